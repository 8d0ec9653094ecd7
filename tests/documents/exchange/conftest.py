"""Paths of shared and own plan files, and what makes the tests skip without them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

REPO_ROOT = Path(__file__).resolve().parents[3]
SHARED = Path(os.environ.get("HEADWAY_SHARED", REPO_ROOT.parent / "shared")) / "data" / "msproject"


@pytest.fixture(scope="session")
def shared_plans() -> Path:
    if not SHARED.is_dir():
        pytest.skip(f"no shared plan files at {SHARED}")
    return SHARED


@pytest.fixture(scope="session")
def own_plans() -> Path:
    return REPO_ROOT / "tests" / "data" / "plans"

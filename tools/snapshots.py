"""Renews what is generated from the use cases and kept in the repository: `python -m tools.snapshots`.

The listing of commands that the program's help reads, and the snapshots that show a reviewer what a change
does to the API, the command line and MCP. A test compares each with what the registry gives.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "headway.config.settings.test")
django.setup()

from headway.interfaces.cli import describe, listing  # noqa: E402 - the registry is full only after django.setup()

ROOT = Path(__file__).resolve().parents[1]
SNAPSHOTS = ROOT / "tests" / "house" / "snapshots"


def _as_text(value: Any) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False) + "\n"


def generated() -> dict[Path, Callable[[], str]]:
    """Every generated file and what makes its text."""
    return {listing.PATH: lambda: _as_text(describe.listing())}


def main() -> None:
    """Write all of them."""
    for path, text in generated().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text(), encoding="utf-8")
        print(path.relative_to(ROOT))


if __name__ == "__main__":
    main()

"""Renews tests/house/matrix.json, the verdicts of the permission matrix: `python -m tools.matrix`."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    """The exit status of the tests that write it."""
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "tests/house/test_matrix.py"],
        cwd=ROOT,
        env={**os.environ, "HEADWAY_RENEW_MATRIX": "1"},
        check=False,
    ).returncode


if __name__ == "__main__":
    sys.exit(main())

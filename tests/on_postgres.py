"""Runs pytest with a throw-away PostgreSQL cluster as the database: `python -m tests.on_postgres …`."""

from __future__ import annotations

import os
import subprocess
import sys

from tests.postgres import postgres_url


def main() -> int:
    """The exit status of pytest."""
    environment = {**os.environ, "HEADWAY_DATABASE_URL": postgres_url()}
    return subprocess.run([sys.executable, "-m", "pytest", *sys.argv[1:]], env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())

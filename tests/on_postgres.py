"""Runs pytest with a throw-away PostgreSQL cluster as the database: `python -m tests.on_postgres …`.

`--without tests/left_to_sqlite.txt` leaves out the tests that send it nothing that others do not send.
"""

from __future__ import annotations

import os
import subprocess
import sys

from tests.once_a_run import SHARED_FOLDER, is_shared, run_folder
from tests.postgres import postgres_url, stop_cluster


def main() -> int:
    """The exit status of pytest."""
    alone = not is_shared()
    os.environ[SHARED_FOLDER] = str(run_folder())
    try:
        environment = {**os.environ, "HEADWAY_DATABASE_URL": postgres_url()}
        return subprocess.run([sys.executable, "-m", "pytest", *sys.argv[1:]], env=environment, check=False).returncode
    finally:
        if alone:
            stop_cluster(run_folder())


if __name__ == "__main__":
    sys.exit(main())

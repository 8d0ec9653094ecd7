"""What is made once in a run of tests: HEADWAY_TEST_RUN names a folder in which the processes of a run share it."""

from __future__ import annotations

import atexit
import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

SHARED_FOLDER = "HEADWAY_TEST_RUN"


def made_once_a_run(name: str, make: Callable[[Path], None]) -> Path:
    """The folder of this name, filled by the first process that asks for it; the others wait for it."""
    folder = run_folder() / name
    with (run_folder() / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            begun = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=run_folder()))
            make(begun)
            begun.rename(folder)
    return folder


def is_shared() -> bool:
    """Whether what is made outlives this process: who gave the folder clears it."""
    return bool(os.environ.get(SHARED_FOLDER))


@cache
def run_folder() -> Path:
    """Shared by the processes of a run that has one, else of this process alone."""
    if is_shared():
        return Path(os.environ[SHARED_FOLDER])
    folder = Path(tempfile.mkdtemp(prefix="headway-run-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder

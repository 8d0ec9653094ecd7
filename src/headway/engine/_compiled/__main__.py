"""Compiles all inner loops once, so that nobody waits for it later: `python -m headway.engine._compiled`."""

from __future__ import annotations

import fcntl
import importlib
import importlib.util
import os
from pathlib import Path

_MODULES = ("levelling", "cpm", "simulation")  # first what waits for it most


def main() -> None:
    """Compile what is not kept yet; nothing where numba is not installed or another process is at it."""
    if importlib.util.find_spec("numba") is None:
        return
    folder = Path(os.environ["NUMBA_CACHE_DIR"])  # set by the package where it was not
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "compiling.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        for name in _MODULES:
            importlib.import_module(f"headway.engine._compiled.{name}").warm()


if __name__ == "__main__":
    os.nice(10)  # nobody waits for it
    main()

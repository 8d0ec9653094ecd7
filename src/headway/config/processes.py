"""What a process of ours does for itself: load quickly, end with its parent, keep its files private."""

from __future__ import annotations

import ctypes
import gc
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

# The process that started this one, by id; set by the supervisor for its children.
SUPERVISOR = "HEADWAY_SUPERVISOR"
_PR_SET_PDEATHSIG = 1
_LOOK_EVERY_SECONDS = 1.0


@contextmanager
def loading() -> Iterator[None]:
    """The collector rests while the program is loaded: a tenth of a start, and nothing that is loaded is garbage."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def keep_files_private() -> None:
    """New files and folders are readable by the owner alone."""
    os.umask(0o077)


def end_with_parent(parent: int | None = None) -> None:
    """Ask for SIGTERM when the parent process dies; end now when it is dead already.

    parent  its id, where the caller knows it; without it a parent that died before this call is not seen.
    """
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    else:
        threading.Thread(target=_watch, args=(os.getppid(),), name="parent-watch", daemon=True).start()
    if parent is not None and os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGTERM)


def end_with_supervisor() -> None:
    """The same for a child of `headway serve`; nothing when started by hand."""
    given = os.environ.get(SUPERVISOR, "")
    if given.isdigit():
        end_with_parent(int(given))


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(_LOOK_EVERY_SECONDS)
    os.kill(os.getpid(), signal.SIGTERM)

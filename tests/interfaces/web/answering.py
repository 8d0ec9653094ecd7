"""What the served house is answering at the moment.

Its threads and the tests share one connection to the database: an answer that still runs when a browser has gone on
would read and write beside the next test.
"""

from __future__ import annotations

import threading
import time
from typing import Any

from django.core.signals import request_finished, request_started

_QUIET = 0.02  # seconds: what was sent just before is begun by then
_TURN = 0.005

_lock = threading.Lock()
_running = 0


def watch() -> None:
    """Count from now on; what a test asks by itself, in its own thread, does not count."""
    request_started.connect(_began, weak=False, dispatch_uid="tests.answering.began")
    request_finished.connect(_ended, weak=False, dispatch_uid="tests.answering.ended")


def _began(**_: Any) -> None:
    _add(1)


def _ended(**_: Any) -> None:
    _add(-1)


def _add(change: int) -> None:
    global _running  # noqa: PLW0603 - one count a process
    if threading.current_thread() is not threading.main_thread():
        with _lock:
            _running += change


def wait_until_quiet(patience: float) -> bool:
    """Wait until nothing has been answered for a moment; False where that did not come in `patience` seconds."""
    end = time.monotonic() + patience
    since = time.monotonic()
    while time.monotonic() - since < _QUIET:
        time.sleep(_TURN)
        if _running:
            since = time.monotonic()
        if time.monotonic() > end:
            return False
    return True

"""What the served house is answering at the moment.

Its threads and the tests share one connection to the database: an answer that still runs when a browser has gone on
would read and write beside the next test. And two threads that send the same statement at one moment may find it in
use, though to its cache it is free ('Error binding parameter'); so they take turns, as they need not where each has a
connection of its own.
"""

from __future__ import annotations

import threading
import time
from typing import Any

from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import connection

_QUIET = 0.02  # seconds: what was sent just before is begun by then
_PAUSE = 0.005

_lock = threading.Lock()
_running = 0
_turn = threading.RLock()  # held by the one who answers, and by a test for each of its own statements


def watch() -> None:
    """Count from now on; what a test asks by itself, in its own thread, does not count."""
    request_started.connect(_began, weak=False, dispatch_uid="tests.answering.began")
    request_finished.connect(_ended, weak=False, dispatch_uid="tests.answering.ended")
    answer = WSGIHandler.get_response

    def get_response(self: WSGIHandler, request: Any) -> Any:
        with _turn:
            return answer(self, request)

    WSGIHandler.get_response = get_response  # type: ignore[method-assign]
    connection.execute_wrappers.append(_in_turn)


def _in_turn(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
    with _turn:
        return execute(sql, params, many, context)


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
        time.sleep(_PAUSE)
        if _running:
            since = time.monotonic()
        if time.monotonic() > end:
            return False
    return True

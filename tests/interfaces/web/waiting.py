"""Waiting for what `expect` has no words for."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

_TURN = 0.02  # seconds


def comes_to(read: Callable[[], Any], wanted: Any, patience: float = 60) -> None:
    """Read again until it is what is wanted; after `patience` seconds the difference fails the test."""
    end = time.monotonic() + patience
    while (found := read()) != wanted and time.monotonic() < end:
        time.sleep(_TURN)
    assert found == wanted

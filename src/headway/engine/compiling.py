"""Compiled code that is loaded beside other work: where it is not kept on disk, compiling takes seconds.

Not here: the code itself (`_compiled`), and when a plan gains by it.
"""

from __future__ import annotations

import atexit
import importlib
import importlib.util
import threading
from typing import Any

_threads: list[threading.Thread] = []


def is_compiling() -> bool:
    """Whether compiled code is being made or loaded just now, so that this process would wait for it at its end."""
    return any(thread.is_alive() for thread in _threads)


class LateCode:
    """A module of compiled code, warmed once in a thread of its own.

    A process that ends while it compiles waits for it: a compiler that is cut off takes the process down with it.
    Who has no time to wait asks `is_compiling` and ends without the usual leave.
    """

    def __init__(self, module: str) -> None:
        """module: its dotted name; it has a function `warm` that compiles or loads all that callers use."""
        self._module = module
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._code: Any = None

    def code(self, patience: float | None) -> Any:
        """The module; None where numba is not installed, or when it is not ready within so many seconds.

        patience  None: however long it takes.
        """
        if self._code is None and importlib.util.find_spec("numba") is not None:
            with self._lock:
                if self._thread is None:
                    self._thread = threading.Thread(target=self._load, name=f"compile {self._module}", daemon=True)
                    _threads.append(self._thread)
                    self._thread.start()
                    atexit.register(self._thread.join)
            self._thread.join(patience)
        return self._code

    def _load(self) -> None:
        module = importlib.import_module(self._module)  # numba: heavy and optional
        module.warm()
        self._code = module

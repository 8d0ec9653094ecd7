"""The schedule passes compiled: the very functions of `headway.engine.cpm.kernel`, given to numba.

Not here: the rules. A change of the kernel or of its columns makes numba compile anew.
"""

from __future__ import annotations

import zlib
from types import FunctionType
from typing import Any

import numpy as np
from numba import njit

from headway.engine.cpm import columns as c
from headway.engine.cpm import kernel

_CALLED = ("forward", "backward", "slacks", "project_finishes", "project_starts", "pin", "arrange")

# _nrt: numba's own typing does not know the option.
_OPTIONS: dict[str, Any] = {"cache": True, "nogil": True, "error_model": "numpy", "_nrt": False}


def _compiled() -> dict[str, Any]:
    """The kernel's names with every function compiled and bound to the compiled others.

    Without counted references (_nrt), which the kernel needs not as it makes no arrays: four times as fast.
    """
    columns = sorted((name, value) for name, value in vars(c).items() if isinstance(value, int))
    edition = zlib.crc32(repr(columns).encode())  # part of each name: numba's cache sees the kernel's file alone
    names = dict(vars(kernel))
    for name, function in vars(kernel).items():
        if isinstance(function, FunctionType) and function.__module__ == kernel.__name__:
            twin = FunctionType(function.__code__, names, name)
            twin.__module__, twin.__qualname__ = kernel.__name__, f"{name}_{edition:x}"
            names[name] = njit(**_OPTIONS, forceinline=name not in _CALLED)(twin)
    return names


_NAMES = _compiled()


def __getattr__(name: str) -> Any:
    """A function of the kernel, compiled."""
    try:
        return _NAMES[name]
    except KeyError:
        raise AttributeError(name) from None


def warm() -> None:
    """Compile or load every function that callers use, for tables of whole numbers."""
    empty = np.zeros(0, dtype=np.int64)
    row, date = np.zeros(c.ROW, dtype=np.int64), np.zeros(c.DATE, dtype=np.int64)
    projects, clock = np.zeros(c.PROJECT_WIDTH, dtype=np.int64), np.zeros(c.HEAD, dtype=np.int64)
    edge = np.zeros(1, dtype=np.int64)
    for name in ("forward", "backward"):
        _NAMES[name](row, empty, empty, projects, date, clock, edge, empty, 0, 0)
    _NAMES["slacks"](row, empty, date, clock, edge, 0, 0)
    for name in ("project_finishes", "project_starts"):
        _NAMES[name](row, projects, date, 0)
    _NAMES["pin"](row, date, 0)
    _NAMES["arrange"](row, empty, empty, empty, 0)

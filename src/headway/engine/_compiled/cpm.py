"""The schedule passes compiled: the very functions of `headway.engine.cpm.kernel`, given to numba.

Not here: the rules. A change of the kernel's source makes numba compile anew.
"""

from __future__ import annotations

from types import FunctionType
from typing import Any

import numpy as np
from numba import njit

from headway.engine.cpm import columns as c
from headway.engine.cpm import kernel

# ruff: noqa: PLW0603


def _compiled() -> dict[str, Any]:
    """The kernel's names with every function compiled and bound to the compiled others."""
    names = dict(vars(kernel))
    for name, function in vars(kernel).items():
        if isinstance(function, FunctionType) and function.__module__ == kernel.__name__:
            twin = FunctionType(function.__code__, names, name)
            twin.__module__ = kernel.__name__
            names[name] = njit(cache=True, nogil=True, error_model="numpy")(twin)
    return names


_NAMES = _compiled()


def __getattr__(name: str) -> Any:
    return _NAMES[name]


def warm() -> None:
    """Compile or load every function that callers use, for tables of whole numbers."""
    empty = np.zeros(0, dtype=np.int64)
    one = np.zeros(max(c.ROW, c.DATE), dtype=np.int64)
    tables = (one, empty, empty, np.zeros(c.PROJECT_WIDTH, dtype=np.int64), one, np.zeros(c.HEAD, dtype=np.int64))
    edge = np.zeros(1, dtype=np.int64)
    rows, links, parts, projects, dates, clock = tables
    _NAMES["forward"](rows, links, parts, projects, dates, clock, edge, empty, 0)
    _NAMES["backward"](rows, links, parts, projects, dates, clock, edge, empty, 0)
    _NAMES["slacks"](rows, links, dates, clock, edge, 0)
    _NAMES["project_finishes"](rows, projects, dates, 0)
    _NAMES["project_starts"](rows, projects, dates, 0)
    _NAMES["pin"](rows, dates, 0)
    _NAMES["arrange"](rows, links, empty, empty, 0)

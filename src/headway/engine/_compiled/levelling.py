"""The levelling search compiled: the very functions of `headway.engine.levelling.kernel`, given to numba.

Not here: the search itself. A change of the kernel's source makes numba compile anew.
"""

from __future__ import annotations

from types import FunctionType
from typing import Any

import numpy as np
from numba import njit

from headway.engine.levelling import kernel
from headway.engine.levelling.problem import Activity, Precedence, Problem
from headway.engine.levelling.tables import tabulate


def _compiled() -> dict[str, Any]:
    """The kernel's names with every function compiled and bound to the compiled others."""
    names = dict(vars(kernel))
    for name, function in vars(kernel).items():
        if isinstance(function, FunctionType) and function.__module__ == kernel.__name__:
            twin = FunctionType(function.__code__, names, name)
            twin.__module__ = kernel.__name__
            names[name] = njit(cache=True, nogil=True)(twin)
    return names


evolve = _compiled()["evolve"]


def warm() -> None:
    """Compile or load the loop, by one child of a problem of two activities."""
    tables = tabulate(Problem((Activity(1, (1,)), Activity(1, (1,))), (Precedence(0, 1),), ((1,),)))
    lists, starts = (np.zeros((4, len(tables.order)), dtype=np.int64) for _ in range(2))
    scores, waiting = np.full(len(lists), kernel.UNSCORED, dtype=np.int64), np.zeros(4, dtype=np.int64)
    state = np.zeros(kernel.STATE, dtype=np.int64)
    state[kernel.RANDOM], state[kernel.SIZE], state[kernel.NEW] = 1, len(lists), len(lists)
    population = lists, starts, scores, waiting
    evolve(tables.problem, tables.room(), population, tables.hand(), state, tables.urgency, 1, 0, False)

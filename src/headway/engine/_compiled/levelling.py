"""The levelling search compiled: the very functions of `headway.engine.levelling.kernel`, given to numba.

Not here: the search itself. A change of the kernel's source makes numba compile anew.
"""

from __future__ import annotations

from types import FunctionType
from typing import Any

from numba import njit

from headway.engine.levelling import kernel


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

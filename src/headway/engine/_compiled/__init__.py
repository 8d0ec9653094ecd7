"""Machine-compiled inner loops of the engine; loaded only where numba is installed and the work is large.

Here only + − × ÷ on whole numbers and reads of shared tables, so that the array code gives the same results.
The compiled code is kept in NUMBA_CACHE_DIR, else in the user's cache folder, else in a folder of this process.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

from platformdirs import user_cache_path


def _cache_folder() -> str:
    """A folder that can be written: numba refuses to compile for a cache without one."""
    folder = user_cache_path("headway") / "numba"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return tempfile.mkdtemp(prefix="headway-numba-")
    return str(folder) if os.access(folder, os.W_OK) else tempfile.mkdtemp(prefix="headway-numba-")


if "NUMBA_CACHE_DIR" not in os.environ:
    os.environ["NUMBA_CACHE_DIR"] = _cache_folder()


def is_kept(function: Any) -> bool:  # a plain function: the type of callables hides its code
    """Whether the cache holds machine code of a function as it now stands, so that it only needs to be loaded."""
    code = function.__code__
    source = Path(code.co_filename)
    found = Path(os.environ["NUMBA_CACHE_DIR"]).rglob(f"{source.stem}.{function.__name__}-{code.co_firstlineno}.*.nbi")
    try:
        written = source.stat().st_mtime
        return any(index.stat().st_mtime >= written for index in found)
    except OSError:
        return False

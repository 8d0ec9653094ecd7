"""Machine-compiled inner loops of the engine; loaded only where numba is installed and the work is large.

Here only + − × ÷ on whole numbers and reads of shared tables, so that the array code gives the same results.
The compiled code is kept in NUMBA_CACHE_DIR, else in the user's cache folder, else in a folder of this process.
"""

from __future__ import annotations

import os
import tempfile

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

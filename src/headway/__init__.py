"""Headway: the associate project manager, as software.

Importing the package does one thing: where the safe SQLite build is installed, it becomes
`sqlite3` for the whole process, before Django or anyone else can load the system's.
"""

import sys

try:
    import pysqlite3
except ImportError:  # no wheel for this platform: kernel/database checks the build and falls back
    pass
else:
    sys.modules["sqlite3"] = pysqlite3
    sys.modules["sqlite3.dbapi2"] = pysqlite3.dbapi2

__version__ = "0.1.0"

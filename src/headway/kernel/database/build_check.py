"""Which SQLite builds may use a write-ahead log, and putting a file into the right journal mode.

SQLite 3.7.0 to 3.51.2 can lose committed writes when the log is reset under concurrency; the mend
is in 3.51.3 and was carried back to 3.50.7 and 3.44.6. Any other build gets the rollback journal.
"""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

from headway.kernel.database.locations import DiskKind, disk_kind

Version = tuple[int, int, int]

# The first mended release of each line that has one; everything from the last entry on is mended.
_MENDED_LINES: tuple[Version, ...] = ((3, 44, 6), (3, 50, 7))
_MENDED_FROM: Version = (3, 51, 3)


def is_mended(version: Version) -> bool:
    """Whether this SQLite release keeps committed writes when the write-ahead log is reset."""
    if version >= _MENDED_FROM:
        return True
    return any(version[:2] == line[:2] and version >= line for line in _MENDED_LINES)


def running_version() -> Version:
    """The release of the SQLite library this process uses."""
    major, minor, patch = sqlite3.sqlite_version_info[:3]
    return major, minor, patch


def journal_mode_for(version: Version, disk: DiskKind) -> str:
    """'wal' for a mended build on a local disk, else 'delete' (the rollback journal)."""
    return "wal" if is_mended(version) and disk is DiskKind.LOCAL else "delete"


def explain(version: Version, disk: DiskKind) -> str:
    """One sentence for the log, doctor and the health page: the mode, and why."""
    name = ".".join(str(part) for part in version)
    if not is_mended(version):
        return (
            f"SQLite {name} can lose writes in write-ahead mode, so the rollback journal is used: safe but slow. "
            "Install the pysqlite3 package, or use PostgreSQL."
        )
    if disk is not DiskKind.LOCAL:
        return (
            f"The data folder is on a shared or user-space disk ({disk.value}), so the rollback journal is used: "
            "safe for one machine but slow. Move HEADWAY_HOME to a local disk, or use PostgreSQL."
        )
    return f"SQLite {name} in write-ahead mode."


def prepare_file(path: Path, *, seconds: float = 8) -> str:
    """Create the database file if absent (mode 0600) and set its journal mode; gives the mode.

    Only the start command calls this, before any other process opens the file. Raises
    sqlite3.OperationalError when another process holds the file for so many seconds.
    """
    if not path.exists():
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    wanted = journal_mode_for(running_version(), disk_kind(path.parent))
    connection = sqlite3.connect(path, timeout=seconds, isolation_level=None)
    try:
        present = str(connection.execute("PRAGMA journal_mode").fetchone()[0])
        if present != wanted:
            present = str(connection.execute(f"PRAGMA journal_mode={wanted}").fetchone()[0])
    finally:
        connection.close()
    if present != wanted:
        raise sqlite3.OperationalError(f"The journal mode of {path} stayed '{present}'; it must be '{wanted}'.")
    return present


def fold_log(path: Path) -> None:
    """Move all of a file's write-ahead log into the file, so that it can be renamed alone.

    Raises sqlite3.OperationalError while another process has it open.
    """
    connection = sqlite3.connect(path, timeout=8, isolation_level=None)
    try:
        busy = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    finally:
        connection.close()
    log = path.with_name(path.name + "-wal")
    if busy or log.exists():
        raise sqlite3.OperationalError(f"Another process still has {path} open. End it and try again.")

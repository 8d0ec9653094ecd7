"""Which SQLite builds may use the write-ahead log: both sides of each border."""

from __future__ import annotations

import sqlite3
import stat
from pathlib import Path

import pytest

from headway.kernel.database import build_check
from headway.kernel.database.locations import DiskKind


@pytest.mark.parametrize(
    ("version", "mended"),
    [
        ((3, 40, 1), False),
        ((3, 44, 5), False),
        ((3, 44, 6), True),
        ((3, 44, 9), True),
        ((3, 45, 0), False),
        ((3, 50, 6), False),
        ((3, 50, 7), True),
        ((3, 51, 0), False),
        ((3, 51, 2), False),
        ((3, 51, 3), True),
        ((3, 52, 0), True),
        ((4, 0, 0), True),
    ],
)
def test_only_mended_builds_get_the_write_ahead_log(version: tuple[int, int, int], mended: bool) -> None:
    assert build_check.is_mended(version) is mended
    assert build_check.journal_mode_for(version, DiskKind.LOCAL) == ("wal" if mended else "delete")


@pytest.mark.parametrize("disk", [DiskKind.FUSE, DiskKind.PLAN9, DiskKind.SHARED])
def test_a_disk_that_is_not_local_never_gets_the_log(disk: DiskKind) -> None:
    assert build_check.journal_mode_for((3, 53, 4), disk) == "delete"
    assert disk.value in build_check.explain((3, 53, 4), disk)


def test_the_fall_back_says_that_it_is_slow() -> None:
    assert "slow" in build_check.explain((3, 40, 1), DiskKind.LOCAL)


def test_prepare_sets_the_log_and_keeps_the_file_private(tmp_path: Path) -> None:
    path = tmp_path / "headway.sqlite3"
    assert build_check.prepare_file(path) == "wal"
    assert build_check.prepare_file(path) == "wal"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_prepare_leaves_the_log_when_the_build_is_not_mended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "headway.sqlite3"
    build_check.prepare_file(path)
    monkeypatch.setattr(build_check, "running_version", lambda: (3, 40, 1))
    assert build_check.prepare_file(path) == "delete"


def test_prepare_fails_clearly_while_another_process_holds_the_file(tmp_path: Path) -> None:
    path = tmp_path / "headway.sqlite3"
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("CREATE TABLE t (x)")
    other.execute("PRAGMA locking_mode=EXCLUSIVE")
    other.execute("BEGIN EXCLUSIVE")
    try:
        with pytest.raises(sqlite3.OperationalError):
            build_check.prepare_file(path, seconds=0.1)
    finally:
        other.close()

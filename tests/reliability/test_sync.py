"""Power loss and bad disks, which kill -9 cannot show: every acknowledged write is synced, no error is acknowledged."""

from __future__ import annotations

import re
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from headway.kernel.database import build_check

REPOSITORY = Path(__file__).parents[2]

WRITER = """
import os, sys, pathlib
from django.conf import settings
settings.configure()
from django.db import DatabaseError, transaction
from headway.kernel.database.elsewhere import as_default, connection_to
from headway.kernel.database.write_lock import allow_writes
with as_default(connection_to("", pathlib.Path(sys.argv[1]))) as database, allow_writes("test"):
    database.ensure_connection()
    os.write(1, b"start\\n")
    for number in range(int(sys.argv[2])):
        try:
            with transaction.atomic(), database.cursor() as cursor:
                cursor.execute("INSERT INTO sheet (n, filler) VALUES (%s, %s)", [number, "x" * 3000])
        except DatabaseError as error:
            os.write(1, b"refused\\n")
        else:
            os.write(1, b"saved %d\\n" % number)
"""


def traced(home: Path, writes: int, *options: str) -> tuple[list[str], str]:
    """Run the writer under strace; gives what it said and the trace."""
    trace = home / "trace"
    command = ["strace", "-f", "-y", "-o", str(trace), *options, sys.executable, "-W", "ignore", "-c", WRITER]
    done = subprocess.run(
        [*command, str(home), str(writes)], cwd=REPOSITORY, capture_output=True, text=True, check=False
    )
    if "ptrace" in done.stderr and "not permitted" in done.stderr:
        pytest.skip("strace may not trace here")
    return done.stdout.split("\n"), trace.read_text()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    if shutil.which("strace") is None:
        pytest.skip("strace is not installed (apt install strace)")
    build_check.prepare_file(tmp_path / "headway.sqlite3")
    with sqlite3.connect(tmp_path / "headway.sqlite3") as database:
        database.execute("CREATE TABLE sheet (n integer, filler text)")
    database.close()
    return tmp_path


def test_between_each_write_and_its_answer_the_database_is_synced(home: Path) -> None:
    said, trace = traced(home, 20, "-e", "trace=fsync,fdatasync,write")
    assert len([line for line in said if line.startswith("saved")]) == 20
    synced = False
    answers = 0
    for line in trace.splitlines():
        if re.search(r"\b(fsync|fdatasync)\(\d+<[^>]*headway\.sqlite3(-wal)?>\) += 0", line):
            synced = True
        elif re.search(r'write\(1<.*"saved', line):
            assert synced, f"acknowledged without a sync: {line}"
            answers, synced = answers + 1, False
    assert answers == 20


@pytest.mark.parametrize("error", ["ENOSPC", "EIO"])
@pytest.mark.parametrize("call", ["pwrite64", "fsync,fdatasync"])
@pytest.mark.parametrize("nth", [9, 11, 13])
def test_a_failing_disk_is_never_acknowledged_and_damages_nothing(home: Path, error: str, call: str, nth: int) -> None:
    said, _ = traced(home, 12, "-e", f"trace={call}", "-e", f"inject={call}:error={error}:when={nth}")
    saved = {int(line.split()[1]) for line in said if line.startswith("saved")}
    database = sqlite3.connect(home / "headway.sqlite3")
    assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    present = [row[0] for row in database.execute("SELECT n FROM sheet ORDER BY n")]
    assert saved <= set(present)
    assert len(present) == len(set(present))
    database.execute("INSERT INTO sheet (n) VALUES (99)")
    database.commit()
    database.close()
    assert (said[0], "refused" in said, len(saved)) == ("start", True, 11)

"""The operator's commands, run as programs on a fresh data folder."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from headway.config import doctor, nightly
from headway.kernel import jobs
from headway.kernel.database.elsewhere import as_default, connection_to
from headway.kernel.database.write_lock import allow_writes
from headway.kernel.errors import Invalid
from headway.kernel.jobs_models import InstallationNote
from tests.reliability.harness import Installation, wait_until


@pytest.fixture
def installation(tmp_path: Path) -> Installation:
    return Installation.ready(tmp_path / "home", on="sqlite", settings="headway.config.settings.prod")


def run(installation: Installation, *command: str) -> subprocess.CompletedProcess[str]:
    """The program as a person runs it."""
    return subprocess.run(
        [sys.executable, "-m", "headway.interfaces.cli.main", *command],
        env=installation.environment,
        cwd=installation.home.parent,
        capture_output=True,
        text=True,
        check=False,
    )


def findings(installation: Installation) -> dict[str, dict[str, str]]:
    """What the doctor says, as the program of the operator's commands prints it."""
    answer = json.loads(installation.operate("doctor", "--json", check=False).stdout)
    return {finding["what"]: finding for finding in answer["findings"]}


def test_the_commands_answer_in_words_and_in_json(installation: Installation, tmp_path: Path) -> None:
    target = tmp_path / "one.headway"
    made = run(installation, "backup", str(target))
    assert (made.returncode, "read back and verified" in made.stdout) == (0, True)
    again = run(installation, "backup", str(target), "--json")
    assert again.returncode == 1
    assert json.loads(again.stdout)["code"] == "conflict"
    assert "exists already" in again.stderr
    restored = run(installation, "restore", str(target), "--json")
    assert json.loads(restored.stdout)["held"] is True
    held = json.loads(run(installation, "doctor", "--json").stdout)["findings"]
    assert [finding["state"] for finding in held if finding["what"] == "outgoing work"] == ["so_so"]
    assert run(installation, "release").returncode == 0
    said = run(installation, "doctor")
    assert (said.returncode, "outgoing work" in said.stdout) == (1, False)
    assert run(installation, "upgrade").stdout == "The database is up to date.\n"
    assert run(installation, "restore").returncode == 2


def test_doctor_finds_what_is_wrong_and_says_what_to_do(installation: Installation) -> None:
    healthy = findings(installation)
    assert {name for name, finding in healthy.items() if finding["state"] == "bad"} == {"workers"}
    assert healthy["database"]["says"].endswith("The file's mode is 'wal'.")
    installation.home.chmod(0o755)
    (installation.home / "secret-key").chmod(0o644)
    (installation.home / "files" / "ab").mkdir(parents=True)
    (installation.home / "files" / "ab" / "spare").write_text("x")
    sick = findings(installation)
    assert "chmod 700" in sick["data folder"]["says"]
    assert "chmod 600" in sick["keys"]["says"]
    assert sick["bytes without rows"]["says"].startswith("1")


def test_the_nightly_backup_is_made_once_a_day_proved_and_the_oldest_dropped(
    tmp_path: Path, installation: Installation, django_db_blocker: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Own:
        home = installation.home
        base_url = time_zone = mail_from = "x"

    monkeypatch.setattr(nightly.settings, "read", lambda: Own)
    monkeypatch.setattr(nightly.settings, "secret_key", lambda: "secret")
    with django_db_blocker.unblock(), as_default(connection_to("", installation.home)):
        for day in range(1, 8):  # as earlier nights left them
            (installation.home / "backups").mkdir(exist_ok=True)
            (installation.home / "backups" / f"nightly-2026-03-{day:02d}.headway").touch()
        for day in (8, 9):
            nightly.nightly_backup({"slot": f"2026-03-{day:02d}"})
        first = nightly.nightly_backup({"slot": "2026-03-09"})
        kept = sorted(path.name for path in (installation.home / "backups").iterdir())
        assert kept == [f"nightly-2026-03-{day:02d}.headway" for day in range(3, 10)]
        states = {finding.what: finding.state for finding in doctor._backups()}
        assert states == {"backup": doctor.State.GOOD, "drill": doctor.State.GOOD}
        broken = bytearray(Path(first).read_bytes())
        broken[5000] ^= 1
        Path(first).write_bytes(broken)
        with pytest.raises(Exception, match="is damaged"):
            nightly.nightly_backup({"slot": "2026-03-09"})
        red = {finding.what: finding for finding in doctor._backups()}
        assert red["drill"].state is doctor.State.BAD
        assert "is damaged" in red["drill"].says
        with allow_writes("test"):
            InstallationNote.objects.filter(name="backup").update(at=jobs.real_clock() - 2 * doctor.OLDEST_BACKUP)
        stale = {finding.what: finding for finding in doctor._backups()}
        assert stale["backup"].state is doctor.State.BAD
        assert not list(installation.home.glob("drill-*"))


def test_of_the_backups_asked_for_the_newest_five_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Own:
        home = tmp_path

    monkeypatch.setattr(nightly.settings, "read", lambda: Own)
    monkeypatch.setattr(nightly, "make_backup", lambda target: target.touch())
    monkeypatch.setattr(nightly, "prove", lambda _target: None)
    folder = tmp_path / "backups"
    folder.mkdir()
    for other in ("nightly-2026-03-01.headway", "before-the-move.headway", "asked-notes.txt"):
        (folder / other).touch()
    care = nightly._Care()
    for minute in range(10, 18):
        care.back_up(f"20260302T09{minute}00Z")
        made = folder / f"asked-20260302T09{minute}00Z.headway"
        os.utime(made, (minute, minute))
    asked = sorted(path.name for path in folder.glob("asked-*.headway"))
    assert asked == [f"asked-20260302T09{minute}00Z.headway" for minute in range(13, 18)]
    assert len(list(folder.iterdir())) == 5 + 3

    def damaged(_target: Path) -> None:
        raise Invalid("damaged")

    monkeypatch.setattr(nightly, "prove", damaged)
    with pytest.raises(Invalid):
        care.back_up("20260302T095900Z")
    assert len(list(folder.glob("asked-*.headway"))) == 6, "nothing goes for one that is not proved"


def test_an_older_database_is_not_served_until_it_is_upgraded_after_a_backup(installation: Installation) -> None:
    with sqlite3.connect(installation.home / "headway.sqlite3") as database:
        database.execute("DROP TABLE web_cache")
        database.execute("DELETE FROM django_migrations WHERE app = 'web'")
    database.close()
    installation.start(wait=False)
    assert installation.ended() == 1
    assert "headway upgrade" in installation.log.read_text()
    assert findings(installation)["schema"]["state"] == "bad"
    done = json.loads(run(installation, "upgrade", "--json").stdout)
    assert done["upgraded"] is True
    assert Path(done["backup"]).stat().st_size > 100_000
    assert findings(installation)["schema"]["state"] == "good"
    installation.start("--no-jobs", wait=False)
    assert wait_until(lambda: installation.get("/healthz") == 200)
    assert installation.stop() == 0


def test_a_first_start_that_was_killed_goes_on_where_it_stopped(tmp_path: Path) -> None:
    one = Installation(tmp_path / "home", settings="headway.config.settings.prod")
    started = subprocess.Popen(
        [sys.executable, "-m", "headway.config.operations", "init"], env=one.environment, cwd=tmp_path
    )

    def some_tables() -> bool:
        try:
            with sqlite3.connect(f"file:{one.home}/headway.sqlite3?mode=ro", uri=True) as database:
                return bool(database.execute("SELECT count(*) FROM django_migrations").fetchone()[0] >= 3)
        except sqlite3.Error:
            return False

    assert wait_until(some_tables)
    started.kill()
    started.wait()
    one.operate("init")
    found = findings(one)
    assert (found["schema"]["state"], found["references"]["state"]) == ("good", "good")

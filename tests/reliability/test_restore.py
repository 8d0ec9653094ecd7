"""The drill: back up an installation under load, lose the machine, restore, and compare everything."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.contrib.sessions.models import Session
from django.db import models

from headway.kernel import backup, dump, jobs
from headway.kernel.context import real_clock
from headway.kernel.database.elsewhere import as_default, connection_to
from headway.kernel.database.write_lock import allow_writes
from headway.kernel.jobs_models import InstallationNote
from tests.postgres import postgres_url
from tests.reliability.harness import Installation, wait_until

pytestmark = pytest.mark.timeout(1800)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def installation(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Installation]:
    one = Installation.ready(tmp_path / "home", on=request.param)
    yield one
    if one.process is not None and one.process.poll() is None:
        one.stop()


def another_machine(installation: Installation, tmp_path: Path) -> Installation:
    """An empty data folder and, for PostgreSQL, an empty database."""
    url = postgres_url() if installation.environment["HEADWAY_DATABASE_URL"] else ""
    return Installation(tmp_path / "elsewhere", database_url=url)


def database_of(installation: Installation) -> Any:
    """Its database, as this thread's default."""
    return as_default(connection_to(installation.environment["HEADWAY_DATABASE_URL"], installation.home))


def test_a_backup_under_load_comes_back_on_an_empty_machine(
    installation: Installation, tmp_path: Path, django_db_blocker: Any
) -> None:
    installation.start()
    with django_db_blocker.unblock(), database_of(installation), allow_writes("test"):
        Session.objects.create(session_key="k" * 32, session_data="x", expire_date=real_clock())
    stop = threading.Event()
    written: list[int] = []

    def write_on() -> None:
        while not stop.is_set():
            number = len(written) + 1
            if installation.post("/append", {"client": "c", "number": number}, key=f"c-{number}")[0] == 200:
                written.append(number)
            stop.wait(0.02)  # a busy house, and not all that the processor can do

    writer = threading.Thread(target=write_on)
    writer.start()
    target = tmp_path / "one.headway"
    try:
        assert wait_until(lambda: bool(written))
        before = len(written)
        installation.operate("backup", str(target))
    finally:
        stop.set()
        writer.join()
    refused = installation.operate("restore", str(target), check=False)
    assert (refused.returncode, "Another 'headway serve'" in refused.stderr) == (1, True)
    assert installation.is_ready()
    key = tmp_path / "recovery-key"
    shutil.copy(installation.home / "recovery-key", key)
    secret = (installation.home / "secret-key").read_text()
    manifest = backup.verify(target)

    restored = another_machine(installation, tmp_path)
    refused = restored.operate("restore", str(target), check=False)
    assert refused.returncode == 2
    assert "--recovery-key-file" in refused.stderr
    answer = restored.operate("restore", "--json", "--recovery-key-file", str(key), "--", str(target))
    assert json.loads(answer.stdout)["held"] is True
    assert (restored.home / "secret-key").read_text() == secret
    with django_db_blocker.unblock(), database_of(restored):
        assert jobs.held_since() is not None
        assert not Session.objects.exists()
        entries = InstallationNote.objects.filter(name__startswith="entry:").count()
        with allow_writes("test"):
            InstallationNote.objects.filter(name__in=["outgoing-held"]).delete()
        assert dump.content().rows == manifest.rows
    assert before <= entries <= len(written)
    restored.operate("release")
    restored.start()
    try:
        with django_db_blocker.unblock(), database_of(restored):
            assert wait_until(lambda: jobs.waiting_count() == 0)
            assert InstallationNote.objects.filter(name__startswith="effect:").count() == entries
    finally:
        restored.stop()


@pytest.mark.parametrize("installation", ["sqlite"], indirect=True)  # the file is read before either database
def test_a_refused_restore_changes_nothing(installation: Installation, tmp_path: Path) -> None:
    target = tmp_path / "one.headway"
    installation.operate("backup", str(target))
    before = {path.name: path.read_bytes() for path in installation.home.iterdir() if path.suffix != ".wlock"}
    wrong = tmp_path / "wrong-key"
    wrong.write_text(backup.new_recovery_key())
    with_wrong_key = installation.operate("restore", "--recovery-key-file", str(wrong), "--", str(target), check=False)
    assert (with_wrong_key.returncode, "does not open" in with_wrong_key.stderr) == (2, True)
    broken = bytearray(target.read_bytes())
    broken[len(broken) // 2] ^= 4
    (tmp_path / "broken.headway").write_bytes(broken)
    with_flipped_byte = installation.operate("restore", str(tmp_path / "broken.headway"), check=False)
    assert (with_flipped_byte.returncode, "is damaged" in with_flipped_byte.stderr) == (2, True)
    absent = installation.operate("restore", str(tmp_path / "absent"), check=False)
    assert (absent.returncode, "cannot be read" in absent.stderr) == (2, True)
    after = {path.name: path.read_bytes() for path in installation.home.iterdir() if path.suffix != ".wlock"}
    assert after == before


def test_restoring_over_a_live_folder_keeps_the_old_database_and_ends_tokens(
    installation: Installation, tmp_path: Path, django_db_blocker: Any
) -> None:
    revocable = [
        model for model in apps.get_models() if any(field.name == "revoked_at" for field in model._meta.fields)
    ]
    assert revocable
    target = tmp_path / "one.headway"
    installation.operate("backup", str(target))
    with django_db_blocker.unblock(), database_of(installation), allow_writes("test"):
        InstallationNote.objects.create(name="made after the backup", at=real_clock())
    restored = installation.operate("restore", str(target), check=False)
    if installation.environment["HEADWAY_DATABASE_URL"]:
        assert (restored.returncode, "is not empty" in restored.stderr) == (1, True)
        return
    assert restored.returncode == 0
    with django_db_blocker.unblock(), database_of(installation):
        assert not InstallationNote.objects.filter(name="made after the backup").exists()
        for model in revocable:
            assert not models.QuerySet(model).filter(revoked_at=None).exists()
    [kept] = installation.home.glob("headway.sqlite3.before-*")
    with django_db_blocker.unblock(), as_default(connection_to(f"sqlite://{kept}", installation.home)):
        assert InstallationNote.objects.filter(name="made after the backup").exists()

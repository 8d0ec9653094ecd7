"""A backup is whole or refused; what is restored is what was backed up, held and signed out."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
import threading
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from headway.kernel import backup, dump, settings, stored_files
from headway.kernel.context import real_clock
from headway.kernel.database.elsewhere import as_default, connection_to
from headway.kernel.database.write_lock import allow_writes
from headway.kernel.errors import Conflict, Invalid
from headway.kernel.jobs_models import InstallationNote
from headway.kernel.stored_files import NamedFile
from tests.migrated import migrated_url

KEY = backup.new_recovery_key()
KEYS = {"secret-key": "the installation's secret"}


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def migrated(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, django_db_blocker: Any) -> str:
    """The address of a migrated database of each kind."""
    with django_db_blocker.unblock():
        return migrated_url(request.param, tmp_path_factory.mktemp("backup"))


@pytest.fixture
def home(migrated: str, tmp_path: Path, django_db_blocker: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A data folder with a stored file, and fifty rows in the database."""
    folder = tmp_path / "home"
    (folder / "files").mkdir(mode=0o700, parents=True)
    own = replace(settings.read(), home=folder)
    monkeypatch.setattr(settings, "read", lambda: own)
    (folder / "files" / "report").write_bytes(b"report" * 1000)
    digest = hashlib.sha256(b"report" * 1000).hexdigest()
    monkeypatch.setattr(stored_files, "_folders", {"files": lambda: [NamedFile("files/report", digest)]})
    with django_db_blocker.unblock(), as_default(connection_to(migrated, folder)):
        with allow_writes("test"):
            InstallationNote.objects.all().delete()
        fill(50)
        yield folder


def fill(rows: int) -> None:
    """Add rows of every awkward kind of value."""
    with allow_writes("test"), transaction.atomic():
        start = InstallationNote.objects.count()
        for number in range(start, start + rows):
            value = {"ü": number, "b": [1.5, None, True], "a": "tab\t and 'quote'"}
            InstallationNote.objects.create(name=f"note-{number:06d}", value=value, at=real_clock())


def make(target: Path) -> backup.Manifest:
    return backup.create(target, now=real_clock(), keys=KEYS, recovery_key=KEY)


def test_a_backup_reads_back_with_everything_it_names(home: Path, tmp_path: Path) -> None:
    target = tmp_path / "one.headway"
    made = make(target)
    assert backup.verify(target) == made
    assert made.rows["kernel_installationnote"] == 50
    assert made.dump_sha256 == dump.content().sha256
    assert list(made.files) == ["files/report"]
    assert target.stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in tmp_path.iterdir()) == ["home", "one.headway"]
    with tarfile.open(target) as archive:
        assert archive.getnames() == ["manifest.json", "database", "files/files/report"]


def test_keys_are_in_it_only_encrypted(home: Path, tmp_path: Path) -> None:
    made = make(tmp_path / "one.headway")
    assert KEYS["secret-key"].encode() not in (tmp_path / "one.headway").read_bytes()
    assert KEY.encode() not in (tmp_path / "one.headway").read_bytes()
    assert backup.open_keys(made.keys, KEY.lower().replace("-", " ")) == KEYS
    with pytest.raises(Invalid, match="does not open"):
        backup.open_keys(made.keys, backup.new_recovery_key())


def test_a_flipped_byte_anywhere_is_refused(home: Path, tmp_path: Path) -> None:
    target = tmp_path / "one.headway"
    make(target)
    whole = target.read_bytes()
    for place in [0, 100, 700, len(whole) // 3, len(whole) // 2, len(whole) - 3000, len(whole) - 70, len(whole) - 1]:
        broken = bytearray(whole)
        broken[place] ^= 1
        target.write_bytes(broken)
        with pytest.raises(Invalid, match=r"damaged|not a Headway backup"):
            backup.verify(target)
    for length in (0, 10, len(whole) // 2, len(whole) - 1):
        target.write_bytes(whole[:length])
        with pytest.raises(Invalid, match=r"damaged|cut short"):
            backup.verify(target)


def test_a_missing_part_is_refused_even_under_a_right_seal(home: Path, tmp_path: Path) -> None:
    target = tmp_path / "one.headway"
    made = make(target)
    target.unlink()
    incomplete = replace(made, files={**made.files, "files/absent": ("0" * 64, 1)})
    sealed = backup._Hashing((tmp_path / "two").open("wb"))
    with tarfile.open(fileobj=sealed, mode="w|") as archive:  # type: ignore[call-overload]
        text = json.dumps(asdict(incomplete)).encode()
        backup._add(archive, "manifest.json", io.BytesIO(text), len(text))
    sealed.file.write(backup._SEAL + sealed.digest.hexdigest().encode())
    sealed.file.close()
    with pytest.raises(Invalid, match="lacks 3 parts"):
        backup.verify(tmp_path / "two")


def test_a_damaged_or_missing_stored_file_stops_the_backup(home: Path, tmp_path: Path) -> None:
    (home / "files" / "report").write_bytes(b"r" * 6000)
    with pytest.raises(Conflict, match="files/report is damaged"):
        make(tmp_path / "one.headway")
    (home / "files" / "report").unlink()
    with pytest.raises(Conflict, match="files/report is missing"):
        make(tmp_path / "one.headway")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["home"]


def test_an_existing_file_is_never_overwritten(home: Path, tmp_path: Path) -> None:
    target = tmp_path / "one.headway"
    target.write_text("precious")
    with pytest.raises(Conflict, match="exists already"):
        make(target)
    assert target.read_text() == "precious"
    with pytest.raises(Invalid, match="does not exist"):
        make(tmp_path / "absent" / "one.headway")


def test_a_backup_under_write_load_is_of_one_instant(migrated: str, home: Path, tmp_path: Path) -> None:
    stop = threading.Event()

    def write_on() -> None:
        with as_default(connection_to(migrated, home)):
            while not stop.is_set():
                fill(3)

    writer = threading.Thread(target=write_on)
    writer.start()
    try:
        made = [make(tmp_path / f"{number}.headway") for number in range(3)]
    finally:
        stop.set()
        writer.join()
    for one in made:
        assert (one.rows["kernel_installationnote"] - 50) % 3 == 0
    assert made[0].rows != made[-1].rows


def test_both_databases_give_the_same_dump_of_the_same_rows(tmp_path: Path, django_db_blocker: Any) -> None:
    sums = []
    instant = real_clock()
    for kind in ("sqlite", "postgresql"):
        with django_db_blocker.unblock(), as_default(connection_to(migrated_url(kind, tmp_path), tmp_path)):
            with allow_writes("test"):
                for number in range(5):
                    value = {"b": 1.5, "a": [number, "é", None], "c": {"y": True, "x": 10**20}}
                    InstallationNote.objects.create(name=f"n{number}", value=value, at=instant)
            model = (InstallationNote, frozenset(field.column for field in InstallationNote._meta.concrete_fields))
            sums.append(list(dump.lines_of(*model)))
    assert sums[0] == sums[1]
    assert len(sums[0]) == 5

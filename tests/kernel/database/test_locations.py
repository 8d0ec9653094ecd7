"""The kind of disk, by faked answers of the system."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from headway.kernel.database import locations
from headway.kernel.database.locations import DiskKind, disk_kind
from tests.kernel.database.connections import connection_to


@pytest.mark.parametrize(
    ("magic", "kind"),
    [
        (0x6969, DiskKind.SHARED),
        (0xFF534D42, DiskKind.SHARED),
        (0xFE534D42, DiskKind.SHARED),
        (0x65735546, DiskKind.FUSE),
        (0x01021997, DiskKind.PLAN9),
        (0xEF53, DiskKind.LOCAL),
        (0x58465342, DiskKind.LOCAL),
        (None, DiskKind.LOCAL),
    ],
)
def test_the_disk_is_known_by_its_number(
    magic: int | None, kind: DiskKind, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locations, "file_system_magic", lambda _path: magic)
    assert disk_kind(tmp_path) is kind


def test_the_system_answers_for_a_real_path(tmp_path: Path) -> None:
    assert locations.file_system_magic(tmp_path) not in (0, None)


def test_an_absent_path_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="Cannot ask"):
        locations.file_system_magic(tmp_path / "absent")


def test_a_database_on_a_network_disk_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(locations, "file_system_magic", lambda _path: 0x6969)
    with pytest.raises(ImproperlyConfigured, match="network disk"):
        connection_to("", tmp_path).connect()
    assert list(tmp_path.iterdir()) == []

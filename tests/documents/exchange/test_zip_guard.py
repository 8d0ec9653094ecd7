"""The archive guard: each limit at its value and one above, and every hostile shape is named."""

from __future__ import annotations

import stat
import struct
import zipfile
from pathlib import Path

import pytest

from headway.documents.child import Refused
from headway.documents.exchange.zip_guard import ZipLimits, check_zip


def archive(path: Path, members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as target:
        for name, content in members.items():
            target.writestr(name, content)
    return path


def test_sound_archive_lists_its_true_sizes(tmp_path):
    path = archive(tmp_path / "a.xlsx", {"[Content_Types].xml": b"<x/>", "xl/a.bin": b"0123456789" * 1000, "e/": b""})
    assert [(m.name, m.size) for m in check_zip(path)] == [("[Content_Types].xml", 4), ("xl/a.bin", 10_000), ("e/", 0)]


def test_unpacked_size_at_the_limit_passes_and_one_above_is_refused(tmp_path):
    path = archive(tmp_path / "a.zip", {"a": b"x" * 600, "b": b"y" * 400})
    assert len(check_zip(path, limits=ZipLimits(unpacked=1000))) == 2
    with pytest.raises(Refused, match="unpacks to more than"):
        check_zip(path, limits=ZipLimits(unpacked=999))


def test_ratio_counts_only_above_the_floor(tmp_path):
    path = archive(tmp_path / "a.zip", {"a": bytes(20_000)})
    assert check_zip(path, limits=ZipLimits(ratio_floor=20_000))[0].size == 20_000
    with pytest.raises(Refused, match="more than 100 times"):
        check_zip(path, limits=ZipLimits(ratio_floor=19_999))


def test_a_bomb_is_refused_by_its_ratio(tmp_path):
    path = tmp_path / "bomb.xlsx"
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target,
        target.open("xl/worksheets/sheet1.xml", "w") as out,
    ):
        for _ in range(128):
            out.write(bytes(1024 * 1024))
    with pytest.raises(Refused, match="more than 100 times") as caught:
        check_zip(path)
    assert caught.value.file == "bomb.xlsx"
    assert caught.value.value == "xl/worksheets/sheet1.xml"


def test_member_count_at_the_limit_passes_and_one_above_is_refused(tmp_path):
    path = archive(tmp_path / "a.zip", {str(n): b"" for n in range(5)})
    assert len(check_zip(path, limits=ZipLimits(members=5))) == 5
    with pytest.raises(Refused, match="more than 4 members"):
        check_zip(path, limits=ZipLimits(members=4))


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("../evil.xml", "climbs out"),
        ("a/../../evil.xml", "climbs out"),
        ("/etc/passwd", "points outside"),
        ("C:evil.xml", "points outside"),
        ("xl\\evil.xml", "points outside"),
    ],
)
def test_names_that_leave_the_archive_are_refused(tmp_path, name, message):
    with pytest.raises(Refused, match=message):
        check_zip(archive(tmp_path / "a.zip", {"good.xml": b"", name: b"x"}))


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("twin", ["xl/a.xml", "XL/A.xml"])
def test_doubled_names_are_refused(tmp_path, twin):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as target:
        target.writestr("xl/a.xml", b"1")
        target.writestr(twin, b"2")
    with pytest.raises(Refused, match="there twice"):
        check_zip(tmp_path / "a.zip")


def test_symbolic_link_is_refused(tmp_path):
    entry = zipfile.ZipInfo("link")
    entry.create_system = 3
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as target:
        target.writestr(entry, "/etc/passwd")
    with pytest.raises(Refused, match="is a link"):
        check_zip(tmp_path / "a.zip")


def patched(path: Path, marker: bytes, offset: int, value: bytes) -> Path:
    """The file with `value` written at `offset` from the first `marker`."""
    data = bytearray(path.read_bytes())
    at = data.index(marker) + offset
    data[at : at + len(value)] = value
    path.write_bytes(bytes(data))
    return path


def test_encrypted_archive_is_refused(tmp_path):
    path = archive(tmp_path / "a.zip", {"a": b"x"})
    with pytest.raises(Refused, match="password"):
        check_zip(patched(path, b"PK\x01\x02", 8, b"\x01\x00"))


def test_declared_size_that_lies_is_refused(tmp_path):
    path = archive(tmp_path / "a.zip", {"a": b"x" * 500})
    with pytest.raises(Refused, match="damaged"):
        check_zip(patched(path, b"PK\x01\x02", 24, struct.pack("<L", 10)))


def test_overlapping_members_are_refused(tmp_path):
    inner = archive(tmp_path / "inner.zip", {"b": b"x" * 50}, zipfile.ZIP_STORED).read_bytes()
    path = archive(tmp_path / "a.zip", {"a": inner[:81], "b": b"x" * 50}, zipfile.ZIP_STORED)
    data = bytearray(path.read_bytes())
    second = data.rindex(b"PK\x01\x02")
    data[second + 42 : second + 46] = struct.pack("<L", 31)  # inside the contents of "a"
    path.write_bytes(bytes(data))
    with pytest.raises(Refused, match="overlaps"):
        check_zip(path)


def test_local_header_that_contradicts_the_directory_is_refused(tmp_path):
    path = archive(tmp_path / "a.zip", {"a": b"x"})
    with pytest.raises(Refused, match="contradicts"):
        check_zip(patched(path, b"PK\x03\x04", 30, b"b"))


@pytest.mark.parametrize("cut", [1, 30, 200])
def test_truncated_archive_is_refused(tmp_path, cut):
    path = archive(tmp_path / "a.zip", {"a": bytes(range(256)) * 4})
    path.write_bytes(path.read_bytes()[:-cut])
    with pytest.raises(Refused):
        check_zip(path)


@pytest.mark.parametrize(("before", "after"), [(b"junk", b""), (b"", b"junk")])
def test_bytes_around_the_archive_are_refused(tmp_path, before, after):
    path = archive(tmp_path / "a.zip", {"a": b"x"})
    path.write_bytes(before + path.read_bytes() + after)
    with pytest.raises(Refused, match=r"bytes before or after|directory"):
        check_zip(path)


def test_text_that_is_no_archive_is_refused(tmp_path):
    path = tmp_path / "a.xlsx"
    path.write_text("Date,Hours\n2026-01-01,8\n")
    with pytest.raises(Refused, match="not a complete ZIP"):
        check_zip(path)

"""Checks a ZIP-based file (XLSX, ODS, DOCX) before any library opens it.

The directory is walked by hand and every member is inflated and counted, because declared sizes
and the readers' own checks cannot be trusted. Nested archives stay packed. Not here: what the
members hold.
"""

from __future__ import annotations

import re
import stat
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, NoReturn

from headway.documents.child import Refused

_END = struct.Struct("<4s4H2LH")
_ENTRY = struct.Struct("<4s6H3L5H2L")
_LOCAL = struct.Struct("<4s5H3L2H")
_LONGEST_COMMENT = 65_535
_CHUNK = 65_536
_STORED, _DEFLATED = 0, 8
_ENCRYPTED_FLAGS = 0x1 | 0x40 | 0x2000
_UTF8_FLAG = 0x800
_UNIX = 3
_DRIVE = re.compile(r"^[A-Za-z]:")


@dataclass(frozen=True, slots=True)
class ZipLimits:
    """Largest archive accepted; sizes in bytes. The ratio counts only for members above `ratio_floor`."""

    unpacked: int = 200 * 1024 * 1024
    ratio: int = 100
    ratio_floor: int = 1024 * 1024
    members: int = 2000


ZIP_LIMITS = ZipLimits()


@dataclass(frozen=True, slots=True)
class Member:
    """One file of the archive; `size` is what inflating it really gave."""

    name: str
    size: int
    packed: int


@dataclass(frozen=True, slots=True)
class _Entry:
    name: str
    raw_name: bytes
    method: int
    checksum: int
    packed: int
    declared: int
    offset: int


def check_zip(path: Path, *, limits: ZipLimits = ZIP_LIMITS) -> tuple[Member, ...]:
    """The members of a sound archive, in directory order.

    Raises Refused, naming the limit or the fault and the member.
    """
    with path.open("rb") as stream:
        directory = _directory(stream, path.name)
        entries = tuple(_entries(directory, path.name, limits))
        _check_names(entries, path.name)
        spans = []
        members = []
        room = limits.unpacked
        for entry in entries:
            begin = _data_offset(stream, entry, path.name)
            spans.append((entry.offset, begin + entry.packed, entry.name))
            size = _inflated_size(stream, begin, entry, path.name, limits, room)
            room -= size
            members.append(Member(entry.name, size, entry.packed))
        _check_overlaps(spans, path.stat().st_size, path.name)
    return tuple(members)


def _refuse(file: str, message: str, member: str = "") -> NoReturn:
    raise Refused(message, {"file": file, "value": member[:200]})


def _directory(stream: BinaryIO, file: str) -> tuple[bytes, int]:
    """The central directory and the number of entries its end record promises."""
    size = stream.seek(0, 2)
    tail_start = max(0, size - _END.size - _LONGEST_COMMENT)
    stream.seek(tail_start)
    tail = stream.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) - at < _END.size:
        _refuse(file, "This is not a complete ZIP-based file (its directory is missing). Export or download it again.")
    _, disk, start_disk, here, total, length, offset, comment = _END.unpack_from(tail, at)
    if disk or start_disk or here != total:
        _refuse(file, "This archive is split over several files. Save it as one file.")
    if 0xFFFFFFFF in {length, offset} or total == 0xFFFF:
        _refuse(file, "This archive uses the 64-bit ZIP directory, meant for far larger files. Save it again.")
    if tail_start + at + _END.size + comment != size or offset + length != tail_start + at:
        _refuse(file, "This archive has bytes before or after its contents. Save it again where it came from.")
    stream.seek(offset)
    return stream.read(length), total


def _entries(directory: tuple[bytes, int], file: str, limits: ZipLimits) -> Iterator[_Entry]:
    data, promised = directory
    at = count = 0
    while at < len(data):
        if len(data) - at < _ENTRY.size or data[at : at + 4] != b"PK\x01\x02":
            _refuse(file, "The archive's directory is damaged. Export or download the file again.")
        found = _ENTRY.unpack_from(data, at)
        made_by, flags, method = found[1], found[3], found[4]
        checksum, packed, declared = found[7:10]
        name_length, extra_length, comment_length, attributes, offset = *found[10:13], found[15], found[16]
        raw_name = data[at + _ENTRY.size : at + _ENTRY.size + name_length]
        name = _decoded(raw_name, flags, file)
        if flags & _ENCRYPTED_FLAGS:
            _refuse(file, "The file is protected by a password. Save it without one.", name)
        if method not in {_STORED, _DEFLATED}:
            _refuse(file, f"Archive member '{name}' uses an unusual compression (method {method}).", name)
        if made_by >> 8 == _UNIX and stat.S_ISLNK(attributes >> 16):
            _refuse(file, f"Archive member '{name}' is a link to another file. Links are not read.", name)
        if 0xFFFFFFFF in {packed, declared, offset}:
            _refuse(file, f"Archive member '{name}' is larger than any file we read.", name)
        count += 1
        if count > limits.members:
            _refuse(file, f"The archive has more than {limits.members:,} members, which is the limit.")
        yield _Entry(name, raw_name, method, checksum, packed, declared, offset)
        at += _ENTRY.size + name_length + extra_length + comment_length
    if count != promised or at != len(data):
        _refuse(file, "The archive's directory does not count its members rightly. Export the file again.")
    if count == 0:
        _refuse(file, "The archive is empty.")


def _decoded(raw: bytes, flags: int, file: str) -> str:
    try:
        return raw.decode("utf-8" if flags & _UTF8_FLAG else "cp437")
    except UnicodeDecodeError:
        _refuse(file, "A member of the archive has a name that is not valid text.")


def _check_names(entries: tuple[_Entry, ...], file: str) -> None:
    seen: set[str] = set()
    for entry in entries:
        name = entry.name
        if not name or "\x00" in name or "\\" in name or name.startswith("/") or _DRIVE.match(name):
            _refuse(file, f"Archive member '{name}' has a name that points outside the archive.", name)
        if ".." in name.split("/"):
            _refuse(file, f"Archive member '{name}' climbs out of the archive with '..'.", name)
        if name.casefold() in seen:
            _refuse(file, f"Archive member '{name}' is there twice (capital letters do not count).", name)
        seen.add(name.casefold())


def _data_offset(stream: BinaryIO, entry: _Entry, file: str) -> int:
    stream.seek(entry.offset)
    header = stream.read(_LOCAL.size)
    if len(header) < _LOCAL.size or header[:4] != b"PK\x03\x04":
        _refuse(file, f"Archive member '{entry.name}' is not where the directory says.", entry.name)
    fields = _LOCAL.unpack(header)
    flags, method, name_length, extra_length = fields[2], fields[3], fields[9], fields[10]
    if flags & _ENCRYPTED_FLAGS or method != entry.method or stream.read(name_length) != entry.raw_name:
        _refuse(file, f"Archive member '{entry.name}' contradicts the archive's directory.", entry.name)
    begin: int = entry.offset + _LOCAL.size + name_length + extra_length
    return begin


def _inflated_size(stream: BinaryIO, begin: int, entry: _Entry, file: str, limits: ZipLimits, room: int) -> int:
    """The true unpacked size; stops at the first chunk beyond a limit."""
    stream.seek(begin)
    name = entry.name
    size = checksum = 0
    for chunk in _contents(stream, entry, file):
        size += len(chunk)
        checksum = zlib.crc32(chunk, checksum)
        if size > room:
            most = limits.unpacked // 2**20
            _refuse(file, f"The file unpacks to more than {most} MiB, which is the limit.", name)
        if size > limits.ratio_floor and size > limits.ratio * max(entry.packed, 1):
            _refuse(file, f"Archive member '{name}' unpacks to more than {limits.ratio} times its size.", name)
    if checksum != entry.checksum or size != entry.declared:
        _refuse(file, f"Archive member '{name}' is damaged (checksum or size). Export the file again.", name)
    return size


def _contents(stream: BinaryIO, entry: _Entry, file: str) -> Iterator[bytes]:
    left = entry.packed
    inflater = zlib.decompressobj(-15)
    while left:
        packed = stream.read(min(_CHUNK, left))
        if not packed:
            _refuse(file, f"The file ends in the middle of archive member '{entry.name}'.", entry.name)
        left -= len(packed)
        if entry.method == _STORED:
            yield packed
            continue
        try:
            while packed:
                yield inflater.decompress(packed, _CHUNK)
                packed = inflater.unconsumed_tail
        except zlib.error:
            _refuse(file, f"Archive member '{entry.name}' is damaged and cannot be unpacked.", entry.name)
    if entry.method == _DEFLATED:
        yield inflater.flush()
        if not inflater.eof or inflater.unused_data:
            _refuse(file, f"Archive member '{entry.name}' is damaged and cannot be unpacked.", entry.name)


def _check_overlaps(spans: list[tuple[int, int, str]], size: int, file: str) -> None:
    end = 0
    for begin, finish, name in sorted(spans):
        if begin < end or finish > size:
            _refuse(file, f"Archive member '{name}' overlaps another one.", name)
        end = finish

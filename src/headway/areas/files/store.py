"""The bytes on disk: written beside their place, synced, renamed, the folder synced; named by hash.

Bytes come first, the row after: a crash between leaves bytes without a row, which `headway doctor`
counts and a collector removes after 30 days, never a row without bytes.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from headway.kernel import settings
from headway.kernel.errors import Invalid, NotFound

_CHUNK = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Stored:
    """What lies in the store now."""

    sha256: str
    size: int


def folder() -> Path:
    """Where the bytes lie; readable by the owner alone."""
    place = settings.read().home / "files"
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    return place


def place_of(sha256: str) -> Path:
    """The path of the bytes with this hash."""
    return folder() / sha256[:2] / sha256


def put(chunks: Iterable[bytes], *, limit: int) -> Stored:
    """Keep bytes; raises Invalid above `limit` bytes. Nothing is kept then."""
    digest = hashlib.sha256()
    size = 0
    handle, temporary = tempfile.mkstemp(dir=folder(), prefix="incoming-")
    try:
        with os.fdopen(handle, "wb") as file:
            for chunk in chunks:
                size += len(chunk)
                if size > limit:
                    raise Invalid(f"The file is larger than {limit // (1024 * 1024)} MB, the limit for this kind.")
                digest.update(chunk)
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        place = place_of(digest.hexdigest())
        place.parent.mkdir(mode=0o700, exist_ok=True)
        os.replace(temporary, place)
        _sync(place.parent)
        _sync(folder())
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return Stored(digest.hexdigest(), size)


def put_path(path: Path, *, limit: int) -> Stored:
    """Keep a local file's bytes."""
    with path.open("rb") as file:
        return put(_read(file), limit=limit)


def _read(file: object) -> Iterator[bytes]:
    while chunk := file.read(_CHUNK):  # type: ignore[attr-defined]
        yield chunk


def _sync(directory: Path) -> None:
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def read(sha256: str) -> bytes:
    """The bytes; NotFound when the store has lost them, Invalid when they are not what they were."""
    try:
        data = place_of(sha256).read_bytes()
    except FileNotFoundError:
        raise NotFound("The file's content is missing. An administrator finds more with 'headway doctor'.") from None
    if hashlib.sha256(data).hexdigest() != sha256:
        raise Invalid("The file's content is damaged. An administrator finds more with 'headway doctor'.")
    return data

"""Reads of files."""

from __future__ import annotations

from pathlib import Path

from headway.areas.files import store
from headway.areas.files.models import StoredFile
from headway.areas.files.types import FileRow
from headway.kernel.context import Context
from headway.kernel.errors import NotFound
from headway.kernel.queries import query


def file_row(row: StoredFile) -> FileRow:
    """A file as others see it."""
    return FileRow(row.pk, row.token, row.name, row.media_type, row.size, row.sha256, row.created_at)


@query(permission="files.read", name="files.show")
def show(ctx: Context, *, file: StoredFile) -> FileRow:
    """A file that this person brought."""
    return file_row(file)


# --- for records that hold files; the caller has passed its own door ------------------------


def held(file_id: int) -> FileRow:
    """A file that a visible record holds."""
    row = StoredFile.unscoped(reason="held by a visible record").filter(pk=file_id).first()
    if row is None:
        raise NotFound("File not found.")
    return file_row(row)


def held_path(file_id: int) -> Path:
    """Where the bytes of a held file lie."""
    return store.place_of(held(file_id).sha256)


def held_bytes(file_id: int) -> bytes:
    """The bytes of a held file, checked against their hash."""
    return store.read(held(file_id).sha256)

"""Keeping files."""

from __future__ import annotations

import secrets

from headway.areas.files import store
from headway.areas.files.models import StoredFile
from headway.areas.files.queries import file_row
from headway.areas.files.types import FileRow
from headway.kernel.commands import command
from headway.kernel.context import Context
from headway.kernel.errors import NotFound
from headway.kernel.schema import Name


@command(permission="files.keep", internal="the bytes come first: by upload, a local path or a writer")
def keep(ctx: Context, *, name: Name, media_type: Name, sha256: str, size: int) -> FileRow:
    """Give a name to bytes that lie in the store."""
    if not store.place_of(sha256).exists():
        raise NotFound("The bytes of this file are not in the store.")
    row = StoredFile.add(
        ctx,
        token=secrets.token_hex(16),
        name=name.rsplit("/", 1)[-1].rsplit("\\", 1)[-1],
        media_type=media_type,
        size=size,
        sha256=sha256,
        brought_by=ctx.actor.user_id,
    )
    return file_row(row)

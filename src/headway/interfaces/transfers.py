"""Files in and out over HTTP: what a person brings is kept, what they fetch is saved and never shown in our pages."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import quote

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import StopUpload, TemporaryFileUploadHandler
from django.http import HttpRequest, HttpResponse

from headway.areas.files import commands as files
from headway.areas.files import store
from headway.areas.files.types import Download, FileRow
from headway.kernel.audit import canonical, digest_of
from headway.kernel.context import Context
from headway.kernel.errors import FieldError, Invalid

MEGABYTE = 1024 * 1024
MAX_UPLOAD = 200 * MEGABYTE  # the largest kind, an hours export; imports look at the limit of theirs
_NO_SNIFF = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox", "Cache-Control": "no-store"}


class Quota(TemporaryFileUploadHandler):
    """Streams the upload to a temporary file and stops reading above the limit."""

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """Write a piece, unless it would be too much."""
        if start + len(raw_data) > MAX_UPLOAD:
            raise StopUpload(connection_reset=True)
        return super().receive_data_chunk(raw_data, start)


def kept_upload(ctx: Context, request: HttpRequest, *, once: str = "") -> FileRow:
    """Keep the one file of a multipart request, in its field 'file'; once as in `kept_uploads`."""
    brought = request.FILES.get("file")
    if brought is None or len(request.FILES) != 1 or len(request.FILES.getlist("file")) != 1:
        raise Invalid(
            "Send one file, as multipart/form-data in the field 'file'.", fields=[FieldError("file", "give one file")]
        )
    return _kept(ctx, brought, limit=MAX_UPLOAD, once=once)


def kept_uploads(
    ctx: Context, request: HttpRequest, field: str, *, most: int, limit: int, once: str = ""
) -> tuple[FileRow, ...]:
    """Keep the files of one field of a multipart request; none may be given.

    most, limit  how many, and how many bytes each.
    once         the key of the form that brings them: the same file brought with it again is the file kept before.
    """
    brought = request.FILES.getlist(field)
    if len(brought) > most:
        raise Invalid(
            f"{len(brought)} files are too many; give at most {most}.", fields=[FieldError(field, "too many")]
        )
    return tuple(_kept(ctx, file, limit=limit, once=once) for file in brought)


def _kept(ctx: Context, brought: UploadedFile[bytes], *, limit: int, once: str) -> FileRow:
    stored = store.put(brought.chunks(), limit=limit)
    given = {
        "name": brought.name or "file",
        "media_type": (brought.content_type or "application/octet-stream")[:120],
        "sha256": stored.sha256,
        "size": stored.size,
    }
    if once:  # of the file too: a form that was refused may be sent again with another one
        ctx = ctx.but(idempotency_key=digest_of(canonical([once, given])))
    told = files.keep.call_json(ctx, given)  # only an answer in JSON is given again for a key
    return FileRow(**{**told, "created_at": datetime.fromisoformat(told["created_at"])})


def attachment(file: Download) -> HttpResponse:
    """A file to save: never shown inside our pages. Its name is given by RFC 6266, twice."""
    response = HttpResponse(file.content, content_type=file.media_type, headers=_NO_SNIFF)
    plain = "".join(char if char.isascii() and char.isprintable() and char not in '"\\%' else "_" for char in file.name)
    exact = quote(file.name, safe="")
    response.headers["Content-Disposition"] = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{exact}"
    return response

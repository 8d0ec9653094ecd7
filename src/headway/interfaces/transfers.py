"""Files in and out over HTTP: what a person brings is kept, what they fetch is saved and never shown in our pages."""

from __future__ import annotations

from urllib.parse import quote

from django.http import HttpRequest, HttpResponse

from headway.areas.deliverables.queries import Download
from headway.areas.files import commands as files
from headway.areas.files import store
from headway.areas.files.types import FileRow
from headway.kernel.context import Context
from headway.kernel.errors import FieldError, Invalid

MAX_UPLOAD = 200 * 1024 * 1024
_NO_SNIFF = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox", "Cache-Control": "no-store"}


def kept_upload(ctx: Context, request: HttpRequest) -> FileRow:
    """Keep the one file of a multipart request, in its field 'file'."""
    brought = request.FILES.get("file")
    if brought is None or len(request.FILES) != 1:
        raise Invalid(
            "Send one file, as multipart/form-data in the field 'file'.", fields=[FieldError("file", "choose one file")]
        )
    stored = store.put(brought.chunks(), limit=MAX_UPLOAD)
    return files.keep(
        ctx,
        name=brought.name or "file",
        media_type=(brought.content_type or "application/octet-stream")[:120],
        sha256=stored.sha256,
        size=stored.size,
    )


def attachment(file: Download) -> HttpResponse:
    """A file to save: never shown inside our pages."""
    response = HttpResponse(file.content, content_type=file.media_type, headers=_NO_SNIFF)
    plain = "".join(char if char.isascii() and char.isprintable() and char not in '"\\' else "_" for char in file.name)
    response.headers["Content-Disposition"] = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(file.name)}"
    return response

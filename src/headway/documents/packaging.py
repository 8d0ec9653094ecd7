"""Office packages with fixed times, so that the same content gives the same bytes; shared by Word and PowerPoint."""

from __future__ import annotations

import io
import zipfile

_FIXED_TIME = (1980, 1, 1, 0, 0, 0)  # the earliest that a ZIP entry can bear
_CONTENT_TYPES = "[Content_Types].xml"


def repacked(package: bytes) -> bytes:
    """The same parts in the same order, the content types first, every entry at one fixed time."""
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(package)) as source,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as made,
    ):
        for name in sorted(source.namelist(), key=lambda name: name != _CONTENT_TYPES):
            entry = zipfile.ZipInfo(name, _FIXED_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 0
            made.writestr(entry, source.read(name))
    return target.getvalue()

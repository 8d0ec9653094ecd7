"""Which files may be kept as documents or beside a comment: by ending, with the first bytes that such a file has. Pure.

The ending decides the type under which a file is given out; what a browser or a person's program says of it counts
for nothing. Not here: what is in a file.
"""

from __future__ import annotations

from headway.kernel.errors import FieldError, Invalid

HEAD = 4096  # bytes that `media_type_of` needs to see
MOST_BYTES = 100 * 1024 * 1024

_ZIP = (b"PK\x03\x04",)
_OLE = (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",)
_OFFICE = "application/vnd.openxmlformats-officedocument"
_OPEN = "application/vnd.oasis.opendocument"
_TEXT: tuple[bytes, ...] = ()  # any bytes that read as text

_TYPES: dict[str, tuple[str, tuple[bytes, ...]]] = {
    "pdf": ("application/pdf", (b"%PDF-",)),
    "docx": (f"{_OFFICE}.wordprocessingml.document", _ZIP),
    "xlsx": (f"{_OFFICE}.spreadsheetml.sheet", _ZIP),
    "pptx": (f"{_OFFICE}.presentationml.presentation", _ZIP),
    "odt": (f"{_OPEN}.text", _ZIP),
    "ods": (f"{_OPEN}.spreadsheet", _ZIP),
    "odp": (f"{_OPEN}.presentation", _ZIP),
    "doc": ("application/msword", _OLE),
    "xls": ("application/vnd.ms-excel", _OLE),
    "ppt": ("application/vnd.ms-powerpoint", _OLE),
    "mpp": ("application/vnd.ms-project", _OLE),
    "vsdx": ("application/vnd.visio", _ZIP),
    "zip": ("application/zip", _ZIP),
    "png": ("image/png", (b"\x89PNG\r\n\x1a\n",)),
    "jpg": ("image/jpeg", (b"\xff\xd8\xff",)),
    "jpeg": ("image/jpeg", (b"\xff\xd8\xff",)),
    "gif": ("image/gif", (b"GIF87a", b"GIF89a")),
    "txt": ("text/plain", _TEXT),
    "md": ("text/markdown", _TEXT),
    "csv": ("text/csv", _TEXT),
    "xml": ("application/xml", _TEXT),
    "eml": ("message/rfc822", _TEXT),
}
ENDINGS = tuple(_TYPES)
_NO_TEXT = frozenset(range(32)) - frozenset(b"\t\n\r\f\x1b")


def media_type_of(name: str, head: bytes, size: int) -> str:
    """The type under which a file may be kept. Invalid says why it may not: unknown, too large, not what it says."""
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    if ending not in _TYPES:
        raise _refused(f"'{name}' cannot be kept. Known are {', '.join(ENDINGS)}.", name)
    if size > MOST_BYTES:
        raise _refused(f"'{name}' is larger than {MOST_BYTES // 1024**2} MB, the limit for one file.", name)
    if not size:
        raise _refused(f"'{name}' is empty. Choose the file again.", name)
    media_type, beginnings = _TYPES[ending]
    if beginnings and not head.startswith(beginnings):
        raise _refused(f"'{name}' is no {ending.upper()} file, whatever its name says. Save it anew.", name)
    if not beginnings and (b"\x00" in head or _NO_TEXT & frozenset(head)):
        raise _refused(f"'{name}' is not text, whatever its name says. Save it anew.", name)
    return media_type


def _refused(message: str, name: str) -> Invalid:
    return Invalid(message, fields=[FieldError("file", "not taken", value=name)])

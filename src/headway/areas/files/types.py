"""What the files area answers with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from headway.kernel.schema import Ref

FileId = Annotated[int, Ref("files.StoredFile", key="token")]


@dataclass(frozen=True, slots=True)
class FileRow:
    """A kept file. `token` is random and stands in addresses; `sha256` names the bytes; size in bytes."""

    id: int
    token: str
    name: str
    media_type: str
    size: int
    sha256: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Download:
    """A file as it may be given out now, under a type of our choosing."""

    name: str
    media_type: str
    content: bytes

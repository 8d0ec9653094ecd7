"""A file that a command writes: where it may go, and all of it or nothing."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from headway.kernel.errors import FieldError, Invalid


def target_of(output: Path | None) -> Path:
    """The file to write. Raises Invalid where none is named or it cannot be one."""
    if output is None:
        raise Invalid("Say where to write: -o FILE.", fields=[FieldError("output", "required")])
    if not output.absolute().parent.is_dir():
        raise Invalid(f"There is no folder {output.absolute().parent}.", fields=[FieldError("output", "no folder")])
    if output.is_dir():
        raise Invalid(f"{output} is a folder; name a file.", fields=[FieldError("output", "a folder")])
    return output


def write_whole(target: Path, content: bytes) -> None:
    """All of the file or nothing: written beside its place, then renamed."""
    handle, temporary = tempfile.mkstemp(dir=target.absolute().parent, prefix=".headway-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.replace(temporary, target)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise

"""What kind of disk a path lies on. Lock files and write-ahead logs need a local one."""

from __future__ import annotations

import ctypes
import sys
from enum import Enum
from pathlib import Path


class DiskKind(Enum):
    """LOCAL is safe. SHARED reaches other machines and is refused. The rest fall back to the rollback journal."""

    LOCAL = "local"
    SHARED = "network"
    FUSE = "fuse"
    PLAN9 = "9p"


# Linux: include/uapi/linux/magic.h and the file systems' own headers.
_KINDS: dict[int, DiskKind] = {
    0x00006969: DiskKind.SHARED,  # nfs
    0xFF534D42: DiskKind.SHARED,  # cifs
    0xFE534D42: DiskKind.SHARED,  # smb2
    0x0000517B: DiskKind.SHARED,  # smb
    0x0000564C: DiskKind.SHARED,  # ncp
    0x5346414F: DiskKind.SHARED,  # afs
    0x6B414653: DiskKind.SHARED,  # kafs
    0x73757245: DiskKind.SHARED,  # coda
    0x00C36400: DiskKind.SHARED,  # ceph
    0x0BD00BD0: DiskKind.SHARED,  # lustre
    0x01161970: DiskKind.SHARED,  # gfs2
    0x7461636F: DiskKind.SHARED,  # ocfs2
    0x65735546: DiskKind.FUSE,
    0x01021997: DiskKind.PLAN9,
}


def disk_kind(path: Path) -> DiskKind:
    """The kind of disk under an existing path. LOCAL where the system cannot say (not Linux)."""
    magic = file_system_magic(path)
    return DiskKind.LOCAL if magic is None else _KINDS.get(magic, DiskKind.LOCAL)


def file_system_magic(path: Path) -> int | None:
    """The file system's number as Linux's statfs gives it; None on other systems.

    Raises OSError when the path cannot be asked.
    """
    if not sys.platform.startswith("linux"):
        return None
    libc = ctypes.CDLL(None, use_errno=True)
    answer = ctypes.create_string_buffer(512)  # struct statfs is 120 bytes; its first word is f_type
    if libc.statfs(str(path).encode(), answer) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"Cannot ask what file system holds {path}")
    return ctypes.c_long.from_buffer(answer).value & 0xFFFFFFFF

"""Which files the database names: told by whoever keeps files, asked by backup and doctor."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

# How the names of files begin that are still being written.
IN_THE_MAKING = (".", "incoming-")


@dataclass(frozen=True, slots=True)
class NamedFile:
    """One file that a row names. `path` is relative to the data folder; `sha256` is its content's."""

    path: str
    sha256: str


_folders: dict[str, Callable[[], Iterable[NamedFile]]] = {}


def register(folder: str, named: Callable[[], Iterable[NamedFile]]) -> None:
    """Say that a folder of the data folder holds stored files, and how to list those that rows name."""
    _folders[folder] = named


def all_named() -> Iterator[NamedFile]:
    """Every named file once, in order of its path."""
    found = {item.path: item for named in _folders.values() for item in named()}
    for path in sorted(found):
        yield found[path]


def unnamed(home: Path, named: Iterable[NamedFile]) -> Iterator[Path]:
    """Files in the registered folders that no row names. Files in the making do not count."""
    known = {item.path for item in named}
    for folder in sorted(_folders):
        for path in sorted((home / folder).rglob("*")):
            if path.is_file() and not path.name.startswith(IN_THE_MAKING) and str(path.relative_to(home)) not in known:
                yield path

"""Streams an XML file as records, refusing document types, deep nesting and crowds of attributes.

A record is one whole child of a container (a `Task` under `Tasks`), given as nested mappings of
text; the tree of the file is never built. Not here: what the records mean.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NoReturn
from xml.parsers import expat

from headway.documents.child import Refused

DEEPEST = 256
MOST_ATTRIBUTES = 200
_BLOCK = 1 << 16

# Text, one nested record, or several of either under the same name.
Record = dict[str, Any]


class _RootFoundError(Exception):
    pass


def root_of(path: Path) -> tuple[str, str]:
    """Name and default namespace of the document's first element, with all guards in force."""
    found: list[tuple[str, str]] = []

    def start(tag: str, attributes: Mapping[str, str]) -> NoReturn:
        prefix, _, name = tag.rpartition(":")
        found.append((name, attributes.get(f"xmlns:{prefix}" if prefix else "xmlns", "")))
        raise _RootFoundError

    parser = guarded_parser(path.name)
    parser.StartElementHandler = start
    try:
        _feed(parser, path)
    except _RootFoundError:
        return found[0]
    raise Refused("This XML file has no content.", {"file": path.name})


def stream(path: Path, containers: Mapping[str, str], take: Callable[[str, Record], None]) -> Record:
    """Give each record of the named containers to `take`; return what else the root holds.

    containers  parent's name -> record's name, both directly below the root.
    Raises Refused for a broken or guarded-against document, naming the line.
    """
    reader = _Reader(path.name, containers, take)
    parser = guarded_parser(path.name)
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.texts.append
    reader.parser = parser
    _feed(parser, path)
    return reader.root


def guarded_parser(name: str) -> expat.XMLParserType:
    """A parser that refuses any document type declaration, so that no entity can be declared."""
    parser = expat.ParserCreate()
    parser.buffer_text = True

    def refuse_doctype(*_: object) -> NoReturn:
        raise Refused(
            "The XML file carries a DOCTYPE, which could pull in other files. Save it again without one.",
            {"file": name, "row": parser.CurrentLineNumber},
        )

    parser.StartDoctypeDeclHandler = refuse_doctype
    parser.EntityDeclHandler = refuse_doctype
    return parser


def _feed(parser: expat.XMLParserType, path: Path) -> None:
    try:
        with path.open("rb") as source:
            while block := source.read(_BLOCK):
                parser.Parse(block, False)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        reason = expat.errors.messages.get(error.code, str(error))
        raise Refused(
            f"The XML file is damaged: {reason} at column {error.offset + 1}. Save or export it again.",
            {"file": path.name, "row": error.lineno},
        ) from error
    except (LookupError, UnicodeError, ValueError) as error:
        if isinstance(error, Refused):
            raise
        raise Refused(
            f"The XML file declares an encoding that cannot be read ({error}). Save it as UTF-8.",
            {"file": path.name},
        ) from error


class _Reader:
    def __init__(self, name: str, containers: Mapping[str, str], take: Callable[[str, Record], None]) -> None:
        self.name = name
        self.containers = containers
        self.take = take
        self.root: Record = {}
        self.texts: list[str] = []
        self.parser: expat.XMLParserType | None = None
        self._node: Record = {}
        self._above: list[Record] = []
        self._path: list[str] = []

    def check(self, depth: int, attributes: Mapping[str, str]) -> None:
        """Refuse one level or one attribute above the limits."""
        if depth >= DEEPEST:
            self._refuse(f"nests deeper than the limit of {DEEPEST} levels")
        if len(attributes) > MOST_ATTRIBUTES:
            self._refuse(f"gives one element more attributes than the limit of {MOST_ATTRIBUTES}")

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if attributes or len(self._path) >= DEEPEST:
            self.check(len(self._path), attributes)
        self._path.append(tag)
        self._above.append(self._node)
        self._node = {}
        self.texts.clear()

    def end(self, tag: str) -> None:
        value: Any = self._node or "".join(self.texts)
        self.texts.clear()
        self._node = parent = self._above.pop()
        path = self._path
        path.pop()
        if ":" in tag:
            tag = tag.rpartition(":")[2]
        depth = len(path)
        if depth == 2 and self.containers.get(path[1].rpartition(":")[2]) == tag:
            self.take(tag, value if isinstance(value, dict) else {})
            return
        if depth == 0:
            self.root = value if isinstance(value, dict) else {}
            return
        present = parent.get(tag)
        if present is None:
            parent[tag] = value
        elif isinstance(present, list):
            present.append(value)
        else:
            parent[tag] = [present, value]

    def _refuse(self, what: str) -> NoReturn:
        line = self.parser.CurrentLineNumber if self.parser else 0
        raise Refused(
            f"The XML file {what}. It was not written by a planning program.", {"file": self.name, "row": line}
        )


def text(record: Record, name: str) -> str:
    """The text of a field, stripped; '' when absent or not plain text. Of several the first."""
    value = record.get(name, "")
    if isinstance(value, list):
        value = value[0]
    return value.strip() if isinstance(value, str) else ""


def raw_text(record: Record, name: str) -> str:
    """The text of a field as it stands, line breaks and blanks included."""
    value = record.get(name, "")
    return value if isinstance(value, str) else ""


def records(record: Record, name: str, item: str = "") -> tuple[Record, ...]:
    """The nested records of a name; with `item`, those inside the container of that name."""
    value = record.get(name)
    found = value if isinstance(value, list) else [value]
    nested = tuple(entry for entry in found if isinstance(entry, dict))
    return tuple(inner for outer in nested for inner in records(outer, item)) if item else nested


def scan(path: Path) -> dict[str, int]:
    """Read the whole document under the same guards; how often each name stands below the root."""
    counts: dict[str, int] = {}
    depth = 0
    parser = guarded_parser(path.name)
    reader = _Reader(path.name, {}, lambda _kind, _record: None)
    reader.parser = parser

    def start(tag: str, attributes: Mapping[str, str]) -> None:
        nonlocal depth
        reader.check(depth, attributes)
        depth += 1
        if depth == 2:
            name = tag.rpartition(":")[2]
            counts[name] = counts.get(name, 0) + 1

    def end(_tag: str) -> None:
        nonlocal depth
        depth -= 1

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    _feed(parser, path)
    return counts

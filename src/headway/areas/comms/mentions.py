"""@Names in a text: who is meant, and where they stand. Pure.

Not here: who may be meant (whoever works on the project) and telling them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody who can be meant."""

    person_id: int
    name: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a text; `person_id` where it names somebody, then with its @."""

    text: str
    person_id: int | None = None


def pieces(text: str, people: Collection[Named]) -> tuple[Piece, ...]:
    """The text cut at the names behind an @; joined together they give it again.

    A name counts whatever its case, where no letter or digit stands before the @ or behind the name; of two names
    that fit, the longer. Who shares a name with another is meant together with them: the first of them is given.
    """
    byname: dict[str, int] = {}
    for one in people:
        byname.setdefault(one.name.lower(), one.person_id)
    found: list[Piece] = []
    lower, begun = text.lower(), 0
    if len(lower) != len(text):  # a letter whose small form is longer: names are then compared as they stand
        lower, byname = text, {one.name: one.person_id for one in people}
    longest_first = sorted(byname, key=len, reverse=True)
    for at in _signs(text):
        name = next((name for name in longest_first if name and _stands(lower, at + 1, name)), None)
        if name is None or at < begun:
            continue
        if at > begun:
            found.append(Piece(text[begun:at]))
        begun = at + 1 + len(name)
        found.append(Piece(text[at:begun], byname[name]))
    if begun < len(text):
        found.append(Piece(text[begun:]))
    return tuple(found)


def meant(text: str, people: Collection[Named]) -> tuple[Named, ...]:
    """Who is named in a text, each once; all who share a name."""
    names = {piece.text[1:].lower() for piece in pieces(text, people) if piece.person_id is not None}
    return tuple(one for one in people if one.name.lower() in names)


def _signs(text: str) -> Iterator[int]:
    at = text.find("@")
    while at >= 0:
        if at == 0 or not text[at - 1].isalnum():
            yield at
        at = text.find("@", at + 1)


def _stands(text: str, at: int, name: str) -> bool:
    end = at + len(name)
    return text.startswith(name, at) and (end == len(text) or not text[end].isalnum())

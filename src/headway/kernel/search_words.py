"""Words as the search index knows them: folded, split the same way on every database. Pure functions.

The databases only store and find what is made here, so that one text gives one set of hits on SQLite and PostgreSQL.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from itertools import accumulate

MOST_TERMS = 12
SHORTEST_PART = 3  # letters inside a word are looked for from this length on
_MOST_WORDS = 5_000
_LONGEST_WORD = 60
_SNIPPET = 160
_BEFORE = 40
_WORD = re.compile(r"[^\W_]+(?:[-_][^\W_]+)*")
_REFERENCE = re.compile(r"[a-z]+(?:-[a-z0-9]+)*-\d+")
# Letters that Unicode does not take apart, as people type them on another keyboard.
_PLAIN = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d"})

Mark = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Term:
    """One word that somebody looks for.

    exact  found only as it stands (references, single letters), else also as the beginning of a word.
    parts  the words that it is made of ('web-site'); they may stand apart as well.
    """

    word: str
    exact: bool = False
    parts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A piece of a text with the places (start, length) of what was looked for."""

    text: str
    marks: tuple[Mark, ...] = ()


def fold(text: str) -> str:
    """Without capitals and diacritics: 'Übergröße' and 'ubergrosse' are one."""
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in apart if not unicodedata.combining(char)).translate(_PLAIN)


def words_of(text: str) -> list[str]:
    """The words of a text in order; one with hyphens as it stands and in its parts."""
    found: list[str] = []
    for match in _WORD.finditer(fold(text)):
        word = match.group()
        found.append(word[:_LONGEST_WORD])
        parts = _parts(word)
        found.extend(part[:_LONGEST_WORD] for part in parts)
        if len(found) >= _MOST_WORDS:
            break
    return found


def terms_of(text: str, *, loosely: bool = False) -> tuple[Term, ...]:
    """What somebody looks for, word by word; operators and quotes are no more than their letters.

    loosely  a reference ('RISK-3') is taken apart as any other word, for when it is none.
    """
    found: dict[str, Term] = {}
    for match in _WORD.finditer(fold(text)):
        word = match.group()[:_LONGEST_WORD]
        exact = len(word) == 1 or (not loosely and _REFERENCE.fullmatch(word) is not None)
        found.setdefault(word, Term(word, exact, () if exact else _parts(word)))
    return tuple(found.values())[:MOST_TERMS]


def _parts(word: str) -> tuple[str, ...]:
    return tuple(re.split("[-_]", word)) if "-" in word or "_" in word else ()


def grams_of(text: str) -> list[str]:
    """All runs of three letters of a folded text, for looking inside words."""
    return sorted({text[place : place + 3] for place in range(len(text) - 2)})


def holds_all(text: str, terms: tuple[Term, ...]) -> bool:
    """Whether every term stands somewhere in the text, inside words too."""
    folded = fold(text)
    return all(term.word in folded for term in terms)


def excerpt(text: str, terms: tuple[Term, ...], *, whole: bool = False) -> Excerpt:
    """The piece of a text around the first term, or the whole of it; the beginning where none stands in it."""
    text = " ".join(text.split())
    marks = marks_in(text, terms)
    if whole or len(text) <= _SNIPPET:
        return Excerpt(text, marks)
    start = _word_start(text, max(0, marks[0][0] - _BEFORE)) if marks else 0
    piece = text[start : start + _SNIPPET]
    ahead = "… " if start else ""
    inside = tuple(
        (place - start + len(ahead), length)
        for place, length in marks
        if place >= start and place + length <= start + len(piece)
    )
    return Excerpt(ahead + piece + (" …" if start + _SNIPPET < len(text) else ""), inside)


def _word_start(text: str, place: int) -> int:
    space = text.rfind(" ", 0, place + 1)
    return space + 1


def marks_in(text: str, terms: tuple[Term, ...]) -> tuple[Mark, ...]:
    """Where terms stand in a text, in order and without overlaps."""
    folded, origin = _folded_with_origin(text)
    looked_for = {word for term in terms for word in (term.word, *term.parts)}
    found: list[Mark] = []
    for word in looked_for:
        for match in re.finditer(re.escape(word), folded):
            first, last = origin[match.start()], origin[match.end() - 1]
            if _begins_word(folded, match.start()) or len(word) >= SHORTEST_PART:
                found.append((first, last - first + 1))
    return _without_overlaps(found)


def _begins_word(text: str, place: int) -> bool:
    return place == 0 or not text[place - 1].isalnum()


def _without_overlaps(found: list[Mark]) -> tuple[Mark, ...]:
    kept: list[Mark] = []
    for place, length in sorted(found, key=lambda mark: (mark[0], -mark[1])):
        if not kept or place >= kept[-1][0] + kept[-1][1]:
            kept.append((place, length))
    return tuple(kept)


def _folded_with_origin(text: str) -> tuple[str, list[int]]:
    """The folded text, and for each of its letters the place it comes from."""
    if text.isascii():
        return text.lower(), list(range(len(text)))
    pieces = [fold(char) for char in text]
    ends = list(accumulate(len(piece) for piece in pieces))
    origin = [0] * (ends[-1] if ends else 0)
    for place, (piece, end) in enumerate(zip(pieces, ends, strict=True)):
        origin[end - len(piece) : end] = [place] * len(piece)
    return "".join(pieces), origin

"""Texts with marked places as templates and scripts take them: pieces, each marked or not."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a text."""

    text: str
    marked: bool


def pieces(text: str, marks: tuple[tuple[int, int], ...]) -> tuple[Piece, ...]:
    """The text in pieces; the marks are places (start, length) in order."""
    found, done = [], 0
    for place, length in marks:
        found.append(Piece(text[done:place], marked=False))
        found.append(Piece(text[place : place + length], marked=True))
        done = place + length
    found.append(Piece(text[done:], marked=False))
    return tuple(piece for piece in found if piece.text)

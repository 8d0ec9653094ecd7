"""What the files of a frozen document tree may say and must say, for the claims checker.

The tree is the record: its values, days and texts are what was frozen. Not here: the check (`documents/claims.py`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from headway.documents.claim_set import ClaimSet, Day, Figure, Required, tidy
from headway.documents.tree import Document, KeyFigure, Kind, Series, Value, clean

_LONGEST_NAME = 80  # characters of a cell that may be somebody's name
_UNITS = {Kind.MONEY: "money", Kind.HOURS: "h", Kind.PERCENT: "%"}


def claims_of_tree(document: Document) -> ClaimSet:
    """Every figure, day and text of a tree, and that each key figure and each row of its tables is said."""
    parts = list(_walked(document))
    values = [one for one in parts if isinstance(one, Value)]
    numbers = [one for one in values if isinstance(one.raw, Decimal)]
    drawn = [value for one in parts if isinstance(one, Series) for value in one.values if value is not None]
    said = list(dict.fromkeys(tidy(clean(one)) for one in parts if isinstance(one, str) and one.strip()))
    texts = tuple(one for one in said if any(letter.isalpha() for letter in one))  # a bare number is a figure
    return ClaimSet(
        figures=tuple(
            dict.fromkeys(
                (
                    *(
                        Figure(Decimal(str(one.raw)), one.digits, unit)
                        for one in numbers
                        for unit in (_UNITS.get(one.kind, one.unit), "")  # beside its label it may stand alone
                    ),
                    *(Figure(value, 0, "") for value in drawn),
                    *(Figure(Decimal(one), 0, "") for one in said if one.isascii() and one.isdigit()),
                    *(Figure(Decimal(one), 0, "") for one in _walked(document.meta) if type(one) is int),
                )
            )
        ),
        days=tuple(dict.fromkeys(Day(one) for one in parts if isinstance(one, date) and not isinstance(one, datetime))),
        counts=(),
        colours=(),
        names=tuple(text for text in texts if len(text) <= _LONGEST_NAME),
        quotes=texts,
        required=tuple(dict.fromkeys(_required(parts))),
    )


def _walked(part: Any) -> Iterator[Any]:
    """A part of a tree and all that it holds."""
    yield part
    if isinstance(part, Enum):
        return
    if is_dataclass(part) and not isinstance(part, type):
        for field in fields(part):
            yield from _walked(getattr(part, field.name))
    elif isinstance(part, tuple):
        for one in part:
            yield from _walked(one)


def _required(parts: list[Any]) -> Iterator[Required]:
    for one in parts:
        if isinstance(one, KeyFigure) and one.value.text:
            yield Required(one.label, (tidy(clean(one.value.text)),))

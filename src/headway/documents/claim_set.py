"""What a finished file may say and must say: the claims that the checker compares it with.

Light on purpose: whoever works out claims needs no reader of files. Not here: the check (`claims.py`).
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal

Terms = tuple[tuple[str, ...], ...]
"""Every group must be met by one of its terms: words near the figure; "row:X" and "column:X" name the row or column
of a cell as a whole, IN_FIGURE stands for any place inside a drawn chart or Gantt."""

IN_FIGURE = "in:figure"


@dataclass(frozen=True, slots=True)
class Figure:
    """A number that may be said.

    digits  fewest decimals that still say it; more must agree as far as they go.
    unit    '', 'money', 'h', '%', 'points', 'weeks' or 'days'; a number without unit in prose matches only ''.
    about   groups of words; of each group one must stand in the sentence, its row, column, heading or caption.
    """

    value: Decimal
    digits: int
    unit: str
    about: Terms = ()


@dataclass(frozen=True, slots=True)
class Day:
    """A date that may be said, near these words."""

    on: date
    about: Terms = ()


@dataclass(frozen=True, slots=True)
class Count:
    """How many of a kind of thing are in a state: 4 of 6 milestones hold. `states` () = how many there are."""

    noun: str
    states: tuple[str, ...]
    count: int
    total: int


@dataclass(frozen=True, slots=True)
class Colour:
    """The colour word of a subject; `near` as for figures ("by rule", "last time")."""

    subject: str
    word: str
    near: Terms = ()


@dataclass(frozen=True, slots=True)
class Required:
    """Something that the file must say in one of these wordings."""

    what: str
    wordings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ClaimSet:
    """All that a file may and must say.

    quotes  texts of records, said word for word; numbers, dates and names inside them are theirs.
    names   persons and organisations.
    labels  further capitalised words that are no names.
    currency  ISO code of every amount; "" = amounts carry a sign of any currency.
    """

    figures: tuple[Figure, ...]
    days: tuple[Day, ...]
    counts: tuple[Count, ...]
    colours: tuple[Colour, ...]
    names: tuple[str, ...]
    quotes: tuple[str, ...]
    labels: tuple[str, ...] = ()
    required: tuple[Required, ...] = ()
    currency: str = ""

    def to_json(self) -> str:
        """The claims as JSON, for the child process."""
        return json.dumps(asdict(self), default=str, ensure_ascii=False)

    @classmethod
    def from_json(cls, stored: str) -> ClaimSet:
        """The claims that `to_json` wrote."""
        data = json.loads(stored)
        return cls(
            figures=tuple(
                Figure(Decimal(each["value"]), each["digits"], each["unit"], _terms(each["about"]))
                for each in data["figures"]
            ),
            days=tuple(Day(date.fromisoformat(each["on"]), _terms(each["about"])) for each in data["days"]),
            counts=tuple(
                Count(each["noun"], tuple(each["states"]), each["count"], each["total"]) for each in data["counts"]
            ),
            colours=tuple(Colour(each["subject"], each["word"], _terms(each["near"])) for each in data["colours"]),
            names=tuple(data["names"]),
            quotes=tuple(data["quotes"]),
            labels=tuple(data["labels"]),
            required=tuple(Required(each["what"], tuple(each["wordings"])) for each in data["required"]),
            currency=data["currency"],
        )


def _terms(stored: list[list[str]]) -> Terms:
    return tuple(tuple(group) for group in stored)


_LAYOUT = re.compile("[\u00ad\u200b\u2060\u25a0-\u25ff]")
_LIGATURES = str.maketrans({"\ufb00": "ff", "\ufb01": "fi", "\ufb02": "fl", "\ufb03": "ffi", "\ufb04": "ffl"})


def tidy(words: str) -> str:
    """Words with single plain spaces: no-break spaces, soft hyphens, line ends and drawn shapes are layout."""
    return re.sub(r"\s+", " ", _LAYOUT.sub("", words).translate(_LIGATURES)).strip()

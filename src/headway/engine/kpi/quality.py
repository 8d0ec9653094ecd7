"""How good the data behind a figure is: shares of rows that are there, right, single and in time.

Each is a numerator over a denominator, with the number of rows that could not be judged.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from headway.engine.measures import HUNDRED


@dataclass(frozen=True, slots=True)
class Quality:
    """One measure of one field: `good` of `of`, and how many rows could not be judged.

    name   'completeness', 'validity', 'uniqueness' or 'timeliness'.
    """

    name: str
    field: str
    good: int
    of: int
    unjudged: int = 0

    @property
    def percent(self) -> Decimal | None:
        """The share in percent; None where nothing could be judged."""
        return Decimal(self.good) / self.of * HUNDRED if self.of else None


def completeness(field: str, values: Sequence[object]) -> Quality:
    """How many rows are filled."""
    return Quality("completeness", field, sum(1 for value in values if value not in (None, "")), len(values))


def validity(field: str, verdicts: Sequence[bool | None]) -> Quality:
    """How many filled rows are right; None = empty, and so not judged."""
    judged = [verdict for verdict in verdicts if verdict is not None]
    return Quality("validity", field, sum(judged), len(judged), len(verdicts) - len(judged))


def uniqueness(field: str, keys: Sequence[Hashable | None]) -> Quality:
    """How many rows stand alone under their key; None = without a key, and so not judged."""
    counted = Counter(key for key in keys if key is not None)
    there = sum(counted.values())
    alone = sum(1 for count in counted.values() if count == 1)
    return Quality("uniqueness", field, alone, there, len(keys) - there)


def timeliness(field: str, verdicts: Sequence[bool | None]) -> Quality:
    """How many came in time; None = no time is known, and so not judged."""
    judged = [verdict for verdict in verdicts if verdict is not None]
    return Quality("timeliness", field, sum(judged), len(judged), len(verdicts) - len(judged))

"""Estimates in words. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from headway.engine.statistics import EstimateClass

NO_FINISHED = "No finished project has an approved estimate and hours logged yet."


def numbered(levels: Sequence[int]) -> tuple[str, ...]:
    """The number of each line in the tree: '1', '1.1', '1.2', '2'."""
    counts: list[int] = []
    found = []
    for level in levels:
        counts = [*counts[:level], *([0] * (level - len(counts)))]
        counts[level - 1] += 1
        found.append(".".join(map(str, counts)))
    return tuple(found)


def class_words(kind: EstimateClass) -> str:
    """'a budget estimate (−10 % / +25 %)'."""
    low, high = kind.percentages
    article = "an" if kind.value[0] in "aeiou" else "a"
    return f"{article} {kind.value} estimate (−{abs(low):f} % / +{high:f} %)"


def factor_words(factor: Decimal) -> str:
    """'18 % more than estimated', as finished work came out."""
    percent = round((factor - 1) * 100)
    if not percent:
        return "as estimated"
    return f"{abs(percent)} % {'more' if percent > 0 else 'less'} than estimated"

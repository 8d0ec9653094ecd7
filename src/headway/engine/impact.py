"""Scores of impact assessments: how much of a group is reached, severity times reach, the risk of a change of IT.

Not here: effects computed from a plan (`engine.cpm`), the health of a project (`rag`).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

MOST_SEVERITY = 4
_BANDS = (Decimal(10), Decimal(30), Decimal(70))  # percent of the group from which bands 2, 3 and 4 begin
_RED_FROM, _AMBER_FROM = 12, 6
_LOW, _MEDIUM, _HIGH = range(3)
_HIGH_FROM, _MEDIUM_FROM = 20, 12


class ImpactColour(Enum):
    """What a score comes to."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"


class RiskBand(Enum):
    """How risky a change of IT is."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


@dataclass(frozen=True, slots=True)
class Score:
    """Severity × reach band, 0 to 16, and its colour."""

    severity: int
    band: int
    score: int
    colour: ImpactColour


def reach_percent(reached: int, group: int) -> Decimal:
    """Share of a group in percent. ValueError for an empty group, or more reached than there are."""
    if group <= 0:
        raise ValueError("The group has nobody in it; give how many people it is.")
    if not 0 <= reached <= group:
        raise ValueError(f"{reached} of {group} cannot be reached; give 0 to {group}.")
    return Decimal(reached) * 100 / Decimal(group)


def reach_band(percent: Decimal) -> int:
    """1 below 10 %, 2 from 10 %, 3 from 30 %, 4 from 70 % of the group."""
    if not 0 <= percent <= 100:
        raise ValueError(f"{percent} % is no share of a group; give 0 to 100.")
    return 1 + sum(percent >= limit for limit in _BANDS)


def score(severity: int, percent: Decimal) -> Score:
    """Severity (0 to 4) times the band of the reach; likelihood is told beside it and is no part of it."""
    if not 0 <= severity <= MOST_SEVERITY:
        raise ValueError(f"Severity {severity}; give 0 to {MOST_SEVERITY}.")
    band = reach_band(percent)
    return Score(severity, band, severity * band, colour_of(severity * band))


def colour_of(points: int) -> ImpactColour:
    """12 and more red, 6 to 11 amber, less green."""
    if points >= _RED_FROM:
        return ImpactColour.RED
    return ImpactColour.AMBER if points >= _AMBER_FROM else ImpactColour.GREEN


def it_risk(probability: int, impact: int, *, rollback_tested: bool, first_time: bool) -> RiskBand:
    """Probability × impact (each 1 to 5): below 12 low, 12 to 19 medium, 20 and more high; then moved by a band.

    A roll-back that was tested takes one band off, a first time adds one; never beyond low and high.
    """
    for name, value in (("Probability", probability), ("Impact", impact)):
        if not 1 <= value <= 5:
            raise ValueError(f"{name} {value}; give 1 to 5.")
    product = probability * impact
    band = _HIGH if product >= _HIGH_FROM else _MEDIUM if product >= _MEDIUM_FROM else _LOW
    moved = band - int(rollback_tested) + int(first_time)
    return tuple(RiskBand)[max(_LOW, min(_HIGH, moved))]

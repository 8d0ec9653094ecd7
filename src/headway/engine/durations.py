"""Durations as people type and read them: '3d', '2 weeks', '8h', '1.5 mo', '2ed', '30 min', '5d?'.

Conversions are Microsoft Project's: a day is the plan's minutes per day, whatever the calendar works.
"""

from __future__ import annotations

import re
from decimal import Decimal

from headway.engine.plan import Duration, ProjectSettings
from headway.engine.units import WorkTime

_UNITS = {
    "m": "m", "min": "m", "mins": "m", "minute": "m", "minutes": "m",
    "h": "h", "hr": "h", "hrs": "h", "hour": "h", "hours": "h",
    "d": "d", "dy": "d", "day": "d", "days": "d",
    "w": "w", "wk": "w", "wks": "w", "week": "w", "weeks": "w",
    "mo": "mo", "mon": "mo", "mons": "mo", "month": "mo", "months": "mo",
}  # fmt: skip
_TEXT = re.compile(r"\s*(-?\d+(?:[.,]\d+)?)\s*(e?)([a-z]*)\s*(\??)\s*", re.IGNORECASE)


def minutes_per(unit: str, settings: ProjectSettings, *, elapsed: bool = False) -> int:
    """Minutes in one 'm', 'h', 'd', 'w' or 'mo' of the plan; elapsed units run round the clock."""
    if elapsed:
        return {"m": 1, "h": 60, "d": 1440, "w": 7 * 1440, "mo": 30 * 1440}[unit]
    day = settings.minutes_per_day
    return {"m": 1, "h": 60, "d": day, "w": settings.minutes_per_week, "mo": settings.days_per_month * day}[unit]


def parse_duration(text: str, settings: ProjectSettings) -> Duration:
    """Read a duration; days when no unit is given. Raises ValueError with the text and an example."""
    match = _TEXT.fullmatch(text)
    unit = _UNITS.get(match[3].lower() or "d") if match else None
    if match is None or unit is None:
        raise ValueError(f"'{text}' is no duration; write for example 3d, 2w, 8h or 30min.")
    elapsed = bool(match[2])
    minutes = Decimal(match[1].replace(",", ".")) * minutes_per(unit, settings, elapsed=elapsed)
    return Duration(WorkTime.from_minutes(minutes), unit, elapsed, bool(match[4]))


def duration_text(duration: Duration, settings: ProjectSettings) -> str:
    """'3 d', '1.5 w', '2 ed'; at most two decimals, without trailing zeros."""
    unit = duration.unit if duration.unit in ("m", "h", "d", "w", "mo") else "d"
    amount = duration.amount.minutes / minutes_per(unit, settings, elapsed=duration.elapsed)
    number = f"{amount:.2f}".rstrip("0").rstrip(".")
    return f"{number} {'e' if duration.elapsed else ''}{unit}{'?' if duration.estimated else ''}"

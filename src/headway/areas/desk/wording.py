"""How lines word their days, the same in every area, and the stake that follows from them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import lru_cache

from headway.areas.desk.providers import Reader
from headway.areas.desk.types import Evidence
from headway.engine.ranking import Stake, working_days


@lru_cache(maxsize=1000)
def late_text(what: str, due: date | None, me: Reader) -> str:
    """'decision 3 working days late', 'check due today', 'response due Fri 6 Mar'."""
    if due is None:
        return f"{what} without a day"
    if due < me.day:
        late = working_days(due, me.day)
        return f"{what} {days_text(late)} late" if late else f"{what} late since {me.says(due)}"
    return f"{what} due today" if due == me.day else f"{what} due {me.says(due)}"


def days_text(count: int) -> str:
    """'1 working day', '3 working days'."""
    return "1 working day" if count == 1 else f"{count} working days"


def stake(due: date | None, me: Reader, *, severity: Decimal = Decimal(0), people: int = 0, finish: int = 0) -> Stake:
    """What depends on a line, with how late it is today."""
    late = None if due is None else working_days(due, me.day)
    return Stake(days_late=late, finish_days=finish, people=people, severity=severity)


@lru_cache(maxsize=1000)
def due_evidence(due: date | None, me: Reader, field: str) -> tuple[Evidence, ...]:
    """Where 'working days late' comes from; nothing for what has no day."""
    if due is None:
        return ()
    said = f"Mondays to Fridays after {field} {me.says(due)}, up to today {me.says(me.day)}"
    return (Evidence("Working days late", str(working_days(due, me.day)), said),)


def short(text: str, *, most: int = 120) -> str:
    """The first line of a text, cut to what a row can show."""
    line = (text.strip().splitlines() or [""])[0]
    return line if len(line) <= most else f"{line[: most - 1]}…"


def names_text(names: list[str]) -> str:
    """'Ana', 'Ana and Bo', 'Ana, Bo and 2 others'."""
    if len(names) <= 2:
        return " and ".join(names)
    rest = len(names) - 2
    return f"{names[0]}, {names[1]} and {rest} other{'' if rest == 1 else 's'}"


def ended(text: str) -> str:
    """The text with one mark at its end: a full stop unless it brings its own."""
    return text if text.endswith((".", "?", "!", "…")) else f"{text}."

"""Whether something worked: a KPI before and after a day, and two shares side by side."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from headway.areas.metrics.given import Period
from headway.areas.metrics.models import Kpi
from headway.areas.metrics.periods import read_period
from headway.areas.metrics.queries import judged_of
from headway.areas.metrics.reading import Read
from headway.areas.metrics.types import ChangeEffect, Direction, Formula, Groups, Point, State
from headway.areas.metrics.wording import value_text
from headway.engine.kpi.control import LimitError, Signal
from headway.engine.kpi.control import effect as found_effect
from headway.engine.kpi.proportions import difference
from headway.engine.measures import HUNDRED
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, FieldError, Invalid
from headway.kernel.queries import query

_UNUSABLE = frozenset({State.TOO_FEW})


@query(permission="metrics.read")
def effect(
    ctx: Context, *, kpi: Kpi, day: date, first: Period | None = None, last: Period | None = None
) -> ChangeEffect:
    """A KPI before and after a day. An effect is claimed only where the time after gives a signal.

    first, last  the windows reach from the first to the last of these periods; None = all there are.
    """
    found, judged = judged_of(kpi)
    points = _between(found, judged.points, first, last)
    here = found.formula_at(datetime.combine(day, datetime.min.time()))
    points = [one for one in points if one.formula == here.number and one.value is not None]
    points = [one for one in points if one.state not in _UNUSABLE]
    before = [one for one in points if _ends_before(points, one, day)]
    after = [one for one in points if one.begins.date() >= day]
    try:
        told = found_effect(_values(before), _values(after), least=kpi.least, most=kpi.most)
    except LimitError as fault:
        raise Conflict(f"Before {day}: {fault}" if after or not before else str(fault)) from None
    unit, direction = here.unit, Direction(here.direction)
    means = value_text(told.limits.mean, unit), value_text(told.mean_after, unit)
    better = (
        None if told.higher is None or direction is Direction.RANGE else told.higher is (direction is Direction.HIGHER)
    )
    return ChangeEffect(
        day,
        len(before),
        len(after),
        told.limits.mean,
        told.mean_after,
        *means,
        told.limits,
        told.shown,
        better if told.shown else None,
        _effect_text(told.shown, better, means, told.signals, after),
    )


def _ends_before(points: Sequence[Point], one: Point, day: date) -> bool:
    """Whether a period lies wholly before a day: the one that holds it counts on neither side."""
    following = next((other for other in points if other.begins > one.begins), None)
    return one.begins.date() < day and (following is None or following.begins.date() <= day)


def _values(points: Sequence[Point]) -> list[Decimal]:
    return [one.value for one in points if one.value is not None]


def _effect_text(
    claimed: bool, better: bool | None, means: tuple[str, str], told: Sequence[Signal], after: Sequence[Point]
) -> str:
    if not claimed:
        said = "No signal: the values after lie within what is usual."
        return said if not told else "No effect is claimed: the values after swing to both sides of the limits."
    word = {True: "Better", False: "Worse", None: "Changed"}[better]
    first = after[told[0].place].name
    return f"{word}: {means[1]} after, {means[0]} before; a signal since {first} ({told[0].kind.text})."


def _between(found: Read, points: Sequence[Point], first: str | None, last: str | None) -> list[Point]:
    start = read_period(first, found.frequency, field="first") if first else None
    end = read_period(last, found.frequency, field="last") if last else None
    return [one for one in points if (start is None or one.begins >= start) and (end is None or one.begins <= end)]


@query(permission="metrics.read")
def groups(ctx: Context, *, kpi: Kpi, other: Kpi, first: Period | None = None, last: Period | None = None) -> Groups:
    """Two shares of one project side by side, each with its 95 % interval; 'not shown' where they may be the same.

    first, last  the periods whose sums are compared; None = all there are.
    """
    one, two = (_sums(row, first, last, field) for row, field in ((kpi, "kpi"), (other, "other")))
    found = difference(*one, *two)
    shares = [f"{value_text(each.share * HUNDRED, '%')} of {each.n}" for each in (found.one, found.other)]
    z = "no z" if found.z is None else f"z {found.z:.2f}"
    said = f"{kpi.name} {shares[0]}, {other.name} {shares[1]}: "
    said += f"a difference is shown ({z})." if found.shown else f"a difference is not shown at 95 % ({z})."
    if found.overlap:
        said += " The intervals overlap: no rank."
    return Groups(kpi.name, other.name, found, said)


def _sums(kpi: Kpi, first: str | None, last: str | None, field: str) -> tuple[int, int]:
    found, judged = judged_of(kpi)
    formula = found.formulas[-1]
    if Formula(formula.formula) is not Formula.RATIO:
        raise Invalid(f"{kpi.ref} is no share of cases.", fields=[FieldError(field, "not a ratio")])
    points = [
        one
        for one in _between(found, judged.points, first, last)
        if one.formula == formula.number and one.numerator is not None and one.denominator is not None
    ]
    hits = sum((one.numerator for one in points if one.numerator is not None), Decimal(0))
    cases = sum((one.denominator for one in points if one.denominator is not None), Decimal(0))
    whole = hits == hits.to_integral_value() and cases == cases.to_integral_value()
    if not whole or not 0 <= hits <= cases or cases < 1:
        raise Invalid(
            f"{kpi.ref} is no share of cases: {hits} of {cases}.", fields=[FieldError(field, "not a share of cases")]
        )
    return int(hits), int(cases)

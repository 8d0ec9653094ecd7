"""What is said about the newest value of one KPI: comparisons, values over several periods, data quality, budgets."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

from headway.areas.metrics.judging import measured_value
from headway.areas.metrics.models import KpiSample
from headway.areas.metrics.periods import ends, hours_of, local, stale_after
from headway.areas.metrics.reading import Read, rule_of
from headway.areas.metrics.types import (
    Against,
    Compared,
    Direction,
    Flag,
    Formula,
    Frequency,
    Point,
    ServiceLevel,
    Together,
)
from headway.areas.metrics.wording import value_text
from headway.engine.kpi.clock import working_days
from headway.engine.kpi.formulas import Measured, combined
from headway.engine.kpi.periods import period_after, period_of, periods
from headway.engine.kpi.quality import Quality, completeness, timeliness, validity
from headway.engine.kpi.service import Counts, error_budget, projected

_YEAR_OF_PERIODS = 12
_BEFORE = 6
_MOST_EXPECTED = 1000


# --- comparisons -------------------------------------------------------------------------------


def compared(found: Read, points: Sequence[Point], days_off: frozenset[date]) -> tuple[Compared, ...]:
    """The newest value beside its target, the period before, and the same period last year, where there are such."""
    if not points or points[-1].value is None:
        return ()
    by_begin = {point.begins: point for point in points}
    last, frequency = points[-1], found.frequency
    told = [_with_plan(found, last)]
    told.append(_with(found, last, by_begin.get(period_after(last.begins, frequency, -1)), Against.PRIOR, days_off))
    if frequency.in_a_year:
        before = period_after(last.begins, frequency, -frequency.in_a_year)
        told.append(_with(found, last, by_begin.get(before), Against.LAST_YEAR, days_off))
    return tuple(one for one in told if one is not None)


def _with_plan(found: Read, last: Point) -> Compared | None:
    target, formula = found.target_at(last.begins), found.formula_at(last.begins)
    if target is None or last.value is None:
        return None
    if Direction(formula.direction) is Direction.RANGE:
        inside = target.value <= last.value <= (target.high or target.value)
        return Compared(Against.PLAN, "Target", None, last.target, None, "in range" if inside else "out of range", True)
    change = last.value - target.value
    text = "on target" if change == 0 else f"{_signed(change, formula.unit)} {'above' if change > 0 else 'below'} it"
    return Compared(Against.PLAN, "Target", target.value, last.target, change, text, True)


def _with(
    found: Read, last: Point, other: Point | None, against: Against, days_off: frozenset[date]
) -> Compared | None:
    if other is None or other.value is None or last.value is None:
        return None
    unit = found.formula_at(last.begins).unit
    if other.formula != last.formula:
        return Compared(against, other.name, None, other.shown, None, "measured by another formula", False)
    change = last.value - other.value
    text = "as then" if change == 0 else f"{_signed(change, unit)} {'more' if change > 0 else 'less'}"
    days, before = (_days(found, one, days_off) for one in (last, other))
    if days == before:
        return Compared(against, other.name, other.value, other.shown, change, text, True)
    said = f"{text}; {days} working {'day' if days == 1 else 'days'} against {before}"
    return Compared(against, other.name, other.value, other.shown, change, said, False)


def _signed(change: Decimal, unit: str) -> str:
    return value_text(abs(change), "points" if unit == "%" else unit)


def _days(found: Read, point: Point, days_off: frozenset[date]) -> int:
    """The working days of a period, by the KPI's own hours and the house's holidays."""
    if found.frequency.by_the_clock:
        return 0
    last = period_after(point.begins, found.frequency) - timedelta(days=1)
    return working_days(hours_of(found.kpi, days_off), point.begins.date(), last.date())


# --- several periods ---------------------------------------------------------------------------


def together(found: Read, points: Sequence[Point]) -> tuple[Together, ...]:
    """The value of the running quarter and year, and of the last twelve periods, by the formula of today."""
    if not points:
        return ()
    last, number = points[-1], points[-1].formula
    own = [point for point in points if point.formula == number]
    told = []
    if found.frequency in (Frequency.DAILY, Frequency.WEEKLY, Frequency.MONTHLY):
        quarter = period_of(last.begins, Frequency.QUARTERLY)
        told.append(("This quarter", [one for one in own if one.begins >= quarter]))
    year = period_of(last.begins, Frequency.YEARLY)
    if found.frequency is not Frequency.YEARLY and not found.frequency.by_the_clock:
        told.append(("This year", [one for one in own if one.begins >= year]))
    told.append((f"Last {_YEAR_OF_PERIODS} samples", own[-_YEAR_OF_PERIODS:]))
    wanted = sorted({one.begins for _, some in told for one in some})
    rows = _with_rows(found, wanted)
    return tuple(_together(found, name, [rows[one.begins] for one in some]) for name, some in told if len(some) > 1)


def _with_rows(found: Read, wanted: Sequence[datetime]) -> dict[datetime, KpiSample]:
    """The newest samples of some periods; with their single values where the formula needs them."""
    mine = {sample.begins: sample for sample in found.samples}
    formula = Formula(found.formulas[-1].formula)
    if not formula.needs_rows:
        return {begins: mine[begins] for begins in wanted}
    ids = [mine[begins].pk for begins in wanted]
    return {row.begins: row for row in KpiSample.of(found.kpi).filter(pk__in=ids)}


def _together(found: Read, name: str, samples: Sequence[KpiSample]) -> Together:
    formula = found.formulas[-1]
    each = [_measured(found, sample) for sample in samples]
    value = combined(rule_of(formula), [one for one in each if one is not None])
    return Together(
        name,
        value.value,
        value_text(value.value, formula.unit),
        value.numerator,
        value.denominator,
        value.n,
        len(samples),
        value.reason,
    )


def _measured(found: Read, sample: KpiSample) -> Measured | None:
    formula = found.formulas[-1]
    if Formula(formula.formula).needs_rows:
        return Measured(rows=tuple(Decimal(one) for one in sample.rows)) if sample.rows else None
    value = measured_value(formula, sample)
    if value.value is None and value.denominator is None:
        return None
    return Measured(sample.value, sample.numerator, sample.denominator, sample.n)


# --- data quality ------------------------------------------------------------------------------


def own_quality(found: Read, points: Sequence[Point], now: datetime) -> tuple[Quality, ...]:
    """How good the samples are: periods that are there, values that can be right, taken in time, and confirmed."""
    if not points:
        return ()
    least, most = found.kpi.least, found.kpi.most
    there = {point.begins for point in points}
    running = period_of(local(now, found.kpi), found.frequency)
    last = max(points[-1].begins, period_after(running, found.frequency, -1))
    expected = list(periods(points[0].begins, last, found.frequency))[:_MOST_EXPECTED]
    after = stale_after(found.kpi)
    return (
        completeness("periods", [begins in there or None for begins in expected]),
        validity(
            "value",
            [
                None
                if one.value is None
                else (least is None or one.value >= least) and (most is None or one.value <= most)
                for one in points
            ],
        ),
        timeliness("recorded", [one.recorded_at - one.as_of <= after for one in points]),
        validity("confirmed", [Flag.NOT_CONFIRMED not in one.flags for one in points]),
    )


# --- service levels ----------------------------------------------------------------------------


def service_level(found: Read, points: Sequence[Point], now: datetime) -> ServiceLevel | None:
    """The newest period of a service level: counts, error budget, and where it will end if it goes on so."""
    counted = [point for point in points if point.counts is not None]
    if not counted:
        return None
    last = counted[-1]
    counts = last.counts or Counts()
    target = found.target_at(last.begins)
    percent = target.value if target is not None else None
    if percent is None or not 0 < percent <= 100:
        return ServiceLevel(counts, None, None, None, f"{_counts_text(counts)}. Set a target in percent for a budget.")
    budget = error_budget(percent, counts.judged, counts.bad)
    before = [point.counts.judged for point in counted[:-1][-_BEFORE:] if point.counts is not None]
    running = ends(last.begins, found.kpi) > now
    expected = round(sum(before) / len(before)) if before and running else None
    ahead = projected(percent, counts.judged, counts.bad, expected) if expected is not None else None
    if budget.consumed is not None:
        said = f"{value_text(budget.consumed, '%')} of the error budget is used"
    else:
        said = "Any miss exhausts the budget" + ("; it is exhausted" if budget.exhausted else "")
    tail = "" if last.value is None else ", on target" if last.value >= percent else ", below target"
    return ServiceLevel(counts, budget, ahead, expected, f"{_counts_text(counts)}{tail}. {said}.")


def _counts_text(counts: Counts) -> str:
    parts = [
        f"{counts.met} met",
        f"{counts.missed} missed",
        f"{counts.overdue} open and overdue",
        f"{counts.open} open and not due",
    ]
    if counts.paused:
        parts.append(f"{counts.paused} paused")
    return ", ".join(parts)

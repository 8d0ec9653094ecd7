"""What the samples of a KPI are judged to be: value and colour of each period, limits and signals, and its line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from headway.areas.metrics.models import KpiBaseline, KpiFormula, KpiSample
from headway.areas.metrics.periods import stale_after
from headway.areas.metrics.reading import Read, formula_row, rule_of, target_row, wanted
from headway.areas.metrics.types import (
    Counts,
    Direction,
    Flag,
    Formula,
    Limits,
    Point,
    Provenance,
    ScoreRow,
    SourceKind,
    State,
    Trend,
)
from headway.areas.metrics.wording import value_text
from headway.engine.kpi.control import LimitError, SignalKind, limits, outliers, signals
from headway.engine.kpi.formulas import FormulaError, Measured, Value, value_of
from headway.engine.kpi.judging import Attainment, Colour, attainment, colour, enough
from headway.engine.kpi.periods import is_stale, period_after, periods

SPARKS = 26
_COUNTED = frozenset({State.GREEN, State.AMBER, State.RED, State.NOT_JUDGED})
STATE_WORDS = {
    State.GREEN: "Green",
    State.AMBER: "Amber",
    State.RED: "Red",
    State.NOT_JUDGED: "Not judged",
    State.TOO_FEW: "Too few cases",
    State.STALE: "Stale",
    State.NO_DATA: "No data",
}


@dataclass(frozen=True, slots=True)
class Judged:
    """A KPI's periods as they are judged; `limits_text` says where the limits come from, or why there are none."""

    points: tuple[Point, ...]
    limits: Limits | None
    limits_text: str
    baseline: KpiBaseline | None


def judge(found: Read) -> Judged:
    """Value, colour, signal and flags of every period."""
    points = [_point(found, sample) for sample in found.samples]
    points = _with_gaps(found, points)
    known, text, baseline = _limits(found, points)
    return Judged(tuple(_with_signals(points, known, baseline, found)), known, text, baseline)


def _point(found: Read, sample: KpiSample) -> Point:
    formula = found.formula_at(sample.begins)
    value = measured_value(formula, sample)
    state, reached, target = _judged(found, formula, sample, value)
    return Point(
        sample.begins,
        found.name_of(sample.begins),
        value.value,
        value_text(value.value, formula.unit),
        value.reason,
        value.numerator,
        value.denominator,
        value.n,
        state,
        target,
        reached.percent if reached is not None else None,
        _attained_text(reached),
        reached.met if reached is not None else None,
        "",
        formula.number,
        Counts(**sample.counts) if sample.counts else None,
        Provenance(sample.provenance),
        sample.said_by,
        sample.as_of,
        sample.recorded_at,
        sample.revision,
        () if sample.confirmed else (Flag.NOT_CONFIRMED,),
        0,
    )


def measured_value(formula: KpiFormula, sample: KpiSample) -> Value:
    """The value of a stored sample; of a percentile it was found among its rows when they came."""
    if Formula(formula.formula) is Formula.PERCENTILE:
        return Value(sample.value, n=sample.n)
    try:
        return value_of(rule_of(formula), Measured(sample.value, sample.numerator, sample.denominator, sample.n))
    except FormulaError as fault:
        return Value(None, reason=str(fault))


def _judged(found: Read, formula: KpiFormula, sample: KpiSample, value: Value) -> tuple[State, Attainment | None, str]:
    target = found.target_at(sample.begins)
    words = found.target_words(target, formula) if target is not None else ""
    if value.value is None:
        return State.NOT_JUDGED, None, words
    if not enough(value.n, found.kpi.minimum_n):
        return State.TOO_FEW, None, words
    if target is None:
        return State.NOT_JUDGED, None, words
    direction = Direction(formula.direction)
    reached = attainment(direction, value.value, wanted(target))
    seen = colour(direction, value.value, wanted(target))
    return (State.NOT_JUDGED if seen is Colour.NONE else State(seen.value)), reached, words


def _attained_text(reached: Attainment | None) -> str:
    if reached is None:
        return ""
    return reached.text if reached.percent is None else f"{value_text(reached.percent, '%')}"


def _with_gaps(found: Read, points: Sequence[Point]) -> list[Point]:
    """The points, each with how many periods before it have no sample."""
    told: list[Point] = []
    for point in points:
        gap = 0
        if told:
            after = period_after(told[-1].begins, found.frequency)
            gap = sum(1 for begins in periods(after, point.begins, found.frequency) if begins < point.begins)
        told.append(replace(point, gap=gap, flags=(*point.flags, Flag.MISSING)) if gap else point)
    return told


def _limits(found: Read, points: Sequence[Point]) -> tuple[Limits | None, str, KpiBaseline | None]:
    if not found.baselines:
        return None, "No baseline is declared, so there are no limits and no signals.", None
    baseline, kpi = found.baselines[-1], found.kpi
    formula = found.formulas[-1]
    if baseline.last < formula.since:
        return None, "The baseline was declared for an earlier formula. Declare a new one.", baseline
    inside = [
        point.value
        for point in points
        if point.value is not None
        and point.state in _COUNTED
        and point.formula == formula.number
        and baseline.first <= point.begins <= baseline.last
    ]
    span = f"{found.name_of(baseline.first)} to {found.name_of(baseline.last)}"
    try:
        known = limits(inside, least=kpi.least, most=kpi.most)
    except LimitError as fault:
        return None, f"{fault} ({span})", baseline
    return known, f"Mean ± 2.66 × mean moving range of {len(inside)} periods, {span}: {baseline.reason}", baseline


def _with_signals(
    points: Sequence[Point], known: Limits | None, baseline: KpiBaseline | None, found: Read
) -> list[Point]:
    if known is None or baseline is None:
        judged = [place for place, point in enumerate(points) if point.value is not None]
        far = outliers([point.value for point in points if point.value is not None])
        strange = {judged[place] for place in far}
        return [_flagged(point, Flag.OUTLIER) if at in strange else point for at, point in enumerate(points)]
    number = found.formulas[-1].number
    watched = [
        at
        for at, point in enumerate(points)
        if point.begins >= baseline.first and point.formula == number and point.state in _COUNTED
        if point.value is not None
    ]
    values: list[Decimal] = [value for at in watched if (value := points[at].value) is not None]
    told = {watched[one.place]: one.kind for one in signals(values, known)}
    return [_signalled(point, told.get(at)) for at, point in enumerate(points)]


def _signalled(point: Point, kind: SignalKind | None) -> Point:
    if kind is None:
        return point
    said = replace(point, signal=kind.text)
    return _flagged(said, Flag.OUTLIER) if kind in (SignalKind.ABOVE, SignalKind.BELOW) else said


def _flagged(point: Point, flag: Flag) -> Point:
    return replace(point, flags=(*point.flags, flag))


# --- the line of a scorecard -------------------------------------------------------------------


def stale_at(found: Read, points: Sequence[Point]) -> datetime | None:
    """After which instant a KPI is stale; None while it has no sample."""
    return points[-1].as_of + stale_after(found.kpi) if points else None


def state_of(found: Read, points: Sequence[Point], now: datetime) -> State:
    """How a KPI stands: no data and stale are neither of them red."""
    if not points:
        return State.NO_DATA
    if is_stale(points[-1].as_of, now, stale_after(found.kpi)):
        return State.STALE
    return points[-1].state


def score_row(found: Read, judged: Judged, now: datetime, source_words: str) -> ScoreRow:
    """The line of a KPI as it stands at an instant."""
    kpi, points = found.kpi, judged.points
    last = points[-1] if points else None
    formula = found.formula_at(last.begins) if last is not None else found.formulas[-1]
    target = found.target_at(last.begins if last is not None else now.replace(tzinfo=None))
    shown = target_row(target, formula) if target is not None else None
    state = state_of(found, points, now)
    trend, trend_text = _trend(last, judged, state)
    return ScoreRow(
        kpi.pk,
        kpi.ref,
        kpi.name,
        kpi.goal,
        kpi.project_id,
        kpi.owner_id,
        kpi.owner.name if kpi.owner is not None else "",
        found.frequency,
        formula.unit,
        kpi.basis,
        state,
        STATE_WORDS[state],
        last.name if last is not None else "",
        last.value if last is not None else None,
        last.shown if last is not None else value_text(None, ""),
        last.numerator if last is not None else None,
        last.denominator if last is not None else None,
        last.n if last is not None else None,
        kpi.minimum_n,
        shown.shown if shown is not None else "",
        last.attained if last is not None else None,
        last.attained_text if last is not None else "",
        trend,
        trend_text,
        _changed(points),
        last.as_of if last is not None else None,
        ((*last.flags, Flag.STALE) if state is State.STALE else last.flags) if last is not None else (),
        kpi.trouble,
        judged.limits,
        points[-SPARKS:],
        formula_row(found, formula).words,
        shown.thresholds if shown is not None else "",
        source_words,
        kpi.version,
    )


def _trend(last: Point | None, judged: Judged, state: State) -> tuple[Trend, str]:
    if last is None:
        return Trend.NO_DATA, "no data"
    if last.state is State.TOO_FEW:
        return Trend.TOO_FEW, "too few cases for a trend"
    if judged.limits is None:
        return Trend.UNKNOWN, "no limits yet"
    if last.signal:
        return Trend.SIGNAL, f"signal: {last.signal}"
    return Trend.NO_SIGNAL, "no signal"


def _changed(points: Sequence[Point]) -> str:
    if len(points) < 2:
        return ""
    before, last = points[-2], points[-1]
    if before.formula != last.formula:
        return "new formula, not comparable"
    if before.value is None or last.value is None:
        return ""
    said = "as before" if before.shown == last.shown else f"was {before.shown} in {before.name}"
    if before.state is not last.state:
        said += f", {STATE_WORDS[before.state].lower()} then"
    return said


def source_text(found: Read, title: str) -> str:
    """Where samples come from, in words."""
    kind = SourceKind(found.kpi.source)
    if kind is SourceKind.QUERY:
        return title or f"{found.kpi.query}, {found.kpi.figure}"
    return "typed by people" if kind is SourceKind.TYPED else "files"

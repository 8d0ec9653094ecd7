"""The KPI scorecard as a document: how each KPI stands, its line with limits, service levels, and how good the data is.

Not here: the workbook's sheets (`kpi_workbook`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from headway.areas.metrics.types import (
    Direction,
    Flag,
    KpiDetail,
    Point,
    Scorecard,
    ScoreRow,
    State,
    TargetRow,
    Trend,
)
from headway.documents import tree
from headway.documents.tree import (
    Block,
    Cell,
    Chart,
    ChartKind,
    Column,
    KeyFigure,
    KeyFigures,
    Kind,
    Paragraph,
    Rag,
    Runs,
    Series,
    Sheet,
    Table,
    Tone,
    Value,
    cell,
    row,
    runs,
)
from headway.engine.kpi.quality import Quality
from headway.reports.figure_report import Parts, Section, percent
from headway.reports.words import joined, plural

_CHARTS = 12  # lines that are drawn; the workbook holds the samples of all
_POINTS = 26
_NAMED = 4  # KPIs that a title names
_PERCENT = "%"
_DIGITS = 2
_TINTS = {State.GREEN: Rag.GREEN, State.AMBER: Rag.AMBER, State.RED: Rag.RED}
_WORDS = {
    State.RED: "red",
    State.AMBER: "amber",
    State.GREEN: "green",
    State.STALE: "stale",
    State.NO_DATA: "without data",
    State.TOO_FEW: "with too few cases",
    State.NOT_JUDGED: "not judged",
}
_FLAGS = {Flag.MISSING: "a gap before it", Flag.OUTLIER: "an outlier", Flag.NOT_CONFIRMED: "not confirmed"}
SOURCE = "Newest samples of the KPIs with the targets, thresholds and limits that count for them"


@dataclass(frozen=True, slots=True)
class Measured:
    """What the report is made of.

    details  of each row of the card, in its order. places: a project's name by its id; None = the house.
    """

    card: Scorecard
    details: tuple[KpiDetail, ...]
    places: Mapping[int | None, str]
    scope: str


def parts(found: Measured, sheets: tuple[Sheet, ...], *, subtitle: str, left_out: int = 0) -> Parts:
    """What the report says. left_out: KPIs beyond the most that one document holds."""
    more = (("KPIs left out", str(left_out)),) if left_out else ()
    return Parts(
        title="KPI scorecard",
        subtitle=subtitle,
        scope=found.scope,
        source=SOURCE,
        lead=_lead(found.card),
        figures=(KeyFigures(tuple(_figures(found))),) if found.card.rows else (),
        sections=tuple(_sections(found)),
        sheets=sheets,
        sources=(
            ("Stale or without data", "Neither is red: a KPI is judged by a sample that is young enough"),
            ("Limits", "Mean ± 2.66 × mean moving range of the declared baseline; without one there is no signal"),
            ("Several periods", "Numerators and denominators are summed, percentages never averaged"),
            *more,
        ),
    )


def _lead(card: Scorecard) -> Runs:
    """'12 KPIs: 1 red, 2 amber, 9 green; 1 shows a signal.'"""
    if not card.rows:
        return runs("No KPI stands so.")
    states = [row.state for row in card.rows]
    counted = ", ".join(f"{states.count(state)} {_WORDS[state]}" for state in _WORDS if state in states)
    signals = sum(1 for row in card.rows if row.trend is Trend.SIGNAL)
    said = f"{plural(len(card.rows), 'KPI')}: {counted}"
    said += f"; {signals} {'shows' if signals == 1 else 'show'} a signal." if signals else "; none shows a signal."
    return runs(said)


def _figures(found: Measured) -> Iterable[KeyFigure]:
    states = [row.state for row in found.card.rows]
    for state, label in ((State.RED, "Red"), (State.AMBER, "Amber"), (State.GREEN, "Green")):
        yield KeyFigure(label, tree.number(states.count(state)), tint=_TINTS[state] if state in states else None)
    silent = states.count(State.STALE) + states.count(State.NO_DATA)
    yield KeyFigure("Stale or without data", tree.number(silent), runs("not red"))
    signals = sum(1 for row in found.card.rows if row.trend is Trend.SIGNAL)
    yield KeyFigure("With a signal", tree.number(signals), runs("beyond its usual limits"))


def _sections(found: Measured) -> Iterable[Section]:
    rows = found.card.rows
    table = _table(found)
    if not rows:
        yield Section(runs("No KPI stands so."), (table,))
        return
    yield Section(_standing(rows), (table,))
    yield from _lines(found)
    levels = [one for one in found.details if one.service_level is not None]
    if levels:
        yield Section(_kept(levels), (_service(levels),))
    yield Section(_doubt(rows), (_quality(found.details),))


# --- how they stand -------------------------------------------------------------------------------


def _standing(rows: Sequence[ScoreRow]) -> Runs:
    for state in (State.RED, State.AMBER):
        names = [row.name for row in rows if row.state is state]
        if names:
            verb = "is" if len(names) == 1 else "are"
            return runs(f"{len(names)} of {plural(len(rows), 'KPI')} {verb} {_WORDS[state]}: {_named(names)}.")
    green = sum(1 for row in rows if row.state is State.GREEN)
    if green == len(rows):
        return runs(f"{'The KPI is' if green == 1 else f'All {green} KPIs are'} green.")
    return runs(f"No KPI is red or amber; {green} of {len(rows)} {'is' if green == 1 else 'are'} green.")


def _named(names: Sequence[str]) -> str:
    if len(names) <= _NAMED:
        return joined(tuple(names))
    return f"{', '.join(names[:_NAMED])} and {len(names) - _NAMED} more"


def _table(found: Measured) -> Table:
    of_house = len({row.project_id for row in found.card.rows}) > 1

    def line(one: ScoreRow) -> tuple[Cell, ...]:
        place = (found.places.get(one.project_id, ""),) if of_house else ()
        return row(
            f"{one.ref} {one.name}",
            *place,
            measured(one.value, one.shown, one.unit),
            one.period or "–",
            one.target or "–",
            percent(one.attained),
            state_cell(one),
            one.trend_text,
            one.owner or "nobody",
        )

    return Table(
        columns=(
            Column("KPI", width=2.6),
            *((Column("Project", width=1.5),) if of_house else ()),
            Column("Actual", Kind.NUMBER, 1.1),
            Column("Period", width=1.2),
            Column("Target", width=1.3),
            Column("Attained", Kind.PERCENT),
            Column("State", width=1.1),
            Column("Trend", width=1.6),
            Column("Owner", width=1.4),
        ),
        rows=tuple(line(one) for one in found.card.rows),
        caption="How the KPIs stand",
        notes=("Stale and without data are not red. A value on a threshold belongs to the better colour.",),
        empty="No KPI stands so.",
    )


def state_cell(one: ScoreRow) -> Cell:
    """The state as a word with its colour; grey where nothing is judged."""
    return cell(one.state_text, bold=True, tint=_TINTS.get(one.state, Rag.GREY))


def measured(value: Decimal | None, shown: str, unit: str) -> Value:
    """A KPI's value as people read it: a percentage as such, any other unit behind the number."""
    if value is None:
        return tree.no_value(Kind.NUMBER)
    kind = Kind.PERCENT if unit == _PERCENT else Kind.NUMBER
    places = -int(value.normalize().as_tuple().exponent)
    return Value(kind, value, shown, 1 if kind is Kind.PERCENT else max(0, min(_DIGITS, places)), unit)


# --- their lines ----------------------------------------------------------------------------------


def _lines(found: Measured) -> Iterable[Section]:
    """A line for each KPI that has one, those that want a look first."""
    drawn = [one for one in found.details if len(_own(one)) > 1]
    first = [one for one in drawn if one.row.trend is Trend.SIGNAL]
    for one in [*first, *(one for one in drawn if one not in first)][:_CHARTS]:
        said = f"{one.row.name}: {one.row.shown} in {one.row.period}"
        said += f", wanted {one.row.target}" if one.row.target else ""
        said += "; stale" if one.row.state is State.STALE else ""
        blocks: list[Block] = [_chart(one)]
        below = Paragraph(runs(one.limits_text), Tone.SMALL)
        yield Section(runs(f"{said}; {one.row.trend_text}."), (*blocks, below), slide=tuple(blocks))


def _own(found: KpiDetail) -> list[Point]:
    """The newest values under the formula of today: an older formula's are not of the same line."""
    return [point for point in found.points if point.value is not None and point.formula == found.formula.number][
        -_POINTS:
    ]


def _chart(found: KpiDetail) -> Chart:
    points = _own(found)
    known = found.limits
    lines = [Series(found.row.name, tuple(point.value for point in points), highlight=True)]
    targets = [target_at(found, point) for point in points]
    if any(targets):
        sides = ("From", "To") if found.formula.direction is Direction.RANGE else ("Target",)
        for side, name in enumerate(sides):
            values = tuple(None if one is None else (one.value, one.high)[side] for one in targets)
            lines.append(Series(name, values, dashed=True))
    if known is not None:
        for name, value in (
            ("Upper limit", known.shown_upper),
            ("Mean", known.mean),
            ("Lower limit", known.shown_lower),
        ):
            lines.append(Series(name, (round(value, _DIGITS),) * len(points), dashed=name != "Mean"))
    unit = found.formula.unit
    signals = [point.name for point in points if point.signal]
    return Chart(
        kind=ChartKind.LINE,
        title=f"{found.row.ref} {found.row.name}",
        categories=tuple(point.name for point in points),
        series=tuple(lines),
        y_title="" if unit == _PERCENT else unit,
        value_kind=Kind.PERCENT if unit == _PERCENT else Kind.NUMBER,
        unit=unit if unit == _PERCENT else "",
        digits=1,
        near=True,
        note=f"Signal: {joined(tuple(signals))}." if signals else "",
    )


def target_at(found: KpiDetail, point: Point) -> TargetRow | None:
    """The target that counts for a period."""
    return next((one for one in found.targets if one.since <= point.begins.date()), None)


# --- service levels and data ----------------------------------------------------------------------


def _kept(levels: Sequence[KpiDetail]) -> Runs:
    below = [one.row.name for one in levels if one.points and one.points[-1].met is False]
    if not below:
        return runs(f"{'The service level is' if len(levels) == 1 else f'All {len(levels)} service levels are'} kept.")
    if len(levels) == 1:
        return runs(f"The service level is below target: {_named(below)}.")
    return runs(f"{len(below)} of {len(levels)} service levels {_is(below)} below target: {_named(below)}.")


def _is(names: Sequence[str]) -> str:
    return "is" if len(names) == 1 else "are"


def _service(levels: Sequence[KpiDetail]) -> Table:
    def line(one: KpiDetail) -> tuple[Cell, ...]:
        level = one.service_level
        assert level is not None  # noqa: S101  chosen for it
        counts, budget = level.counts, level.budget
        return row(
            one.row.name,
            one.row.period,
            measured(one.row.value, one.row.shown, one.row.unit),
            one.row.target or "–",
            *(tree.number(value) for value in (counts.met, counts.missed, counts.overdue, counts.open)),
            percent(budget.consumed if budget is not None else None),
            percent(level.projection.expected if level.projection is not None else None),
        )

    return Table(
        columns=(
            Column("Service level", width=2.2),
            Column("Period", width=1.2),
            Column("Attained", Kind.PERCENT),
            Column("Target", width=1.3),
            Column("Met", Kind.NUMBER, 0.8),
            Column("Missed", Kind.NUMBER, 0.8),
            Column("Overdue", Kind.NUMBER, 0.9),
            Column("Not due", Kind.NUMBER, 0.9),
            Column("Budget used", Kind.PERCENT, 1.1),
            Column("At the end", Kind.PERCENT, 1.1),
        ),
        rows=tuple(line(one) for one in levels),
        caption="Service levels and their error budgets",
        notes=("Budget: the cases that may fail at the target. At the end: its use when the period goes on so.",),
    )


def _doubt(rows: Sequence[ScoreRow]) -> Runs:
    stale = sum(1 for row in rows if row.state is State.STALE)
    silent = sum(1 for row in rows if row.state is State.NO_DATA)
    told = [f"{stale} {'is' if stale == 1 else 'are'} stale"] if stale else []
    told += [f"{silent} {'has' if silent == 1 else 'have'} no data"] if silent else []
    if not told:
        return runs("Every KPI has a sample that is young enough to judge it.")
    return runs(f"{stale + silent} of {plural(len(rows), 'KPI')} cannot be judged today: {' and '.join(told)}.")


def _quality(details: Sequence[KpiDetail]) -> Table:
    def line(one: KpiDetail) -> tuple[Cell, ...]:
        by_name = {(quality.name, quality.field): quality for quality in one.quality}
        keys = (
            ("completeness", "periods"),
            ("validity", "value"),
            ("timeliness", "recorded"),
            ("validity", "confirmed"),
        )
        return row(
            f"{one.row.ref} {one.row.name}",
            tree.day(one.row.as_of),
            *(_share(by_name.get(key)) for key in keys),
            doubts(one.row) or "–",
        )

    return Table(
        columns=(
            Column("KPI", width=2.4),
            Column("Newest sample", Kind.DATE, 1.2),
            Column("Periods there", width=1.1),
            Column("Values possible", width=1.1),
            Column("In time", width=1.1),
            Column("Confirmed", width=1.1),
            Column("Doubt", width=2),
        ),
        rows=tuple(line(one) for one in details),
        caption="How good the samples are",
    )


def _share(quality: Quality | None) -> str:
    return "–" if quality is None or not quality.of else f"{quality.good} of {quality.of}"


def doubts(one: ScoreRow) -> str:
    """What is doubtful about the newest value, in words; '' = nothing."""
    said = [one.state_text] if one.state in (State.STALE, State.NO_DATA, State.TOO_FEW) else []
    said += [_FLAGS[flag] for flag in one.flags if flag in _FLAGS]
    said += [f"not taken: {one.trouble}"] if one.trouble else []
    return "; ".join(said)

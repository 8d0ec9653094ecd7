"""The sheets of the KPI scorecard: states counted, values and attainment live over a sheet of all samples."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from headway.areas.metrics.types import Direction, KpiDetail, Point
from headway.documents import tree
from headway.documents.tree import Cell, Column, Kind, Sheet, Table, Value, cell, row
from headway.engine.measures import HUNDRED
from headway.reports.figure_report import percent
from headway.reports.kpi_scorecard import Measured, doubts, measured, state_cell, target_at

_PERCENT = "%"
_CLOSE = Decimal("1e-9")


def sheets(found: Measured) -> tuple[Sheet, ...]:
    """States, the scorecard itself, and every sample under it."""
    return (
        Sheet("States", (_states(found),), landscape=False),
        Sheet("Scorecard", (_scorecard(found),)),
        Sheet("Samples", (_samples(found),)),
    )


def _states(found: Measured) -> Table:
    words: dict[str, int] = {}
    for one in found.card.rows:
        words[one.state_text] = words.get(one.state_text, 0) + 1
    whole = cell(tree.number(len(found.card.rows)), formula="SUM({c1}{first}:{c1}{last})")
    return Table(
        columns=(Column("State", width=2), Column("KPIs", Kind.NUMBER)),
        rows=tuple(
            row(name, cell(tree.number(count), formula="COUNTIF(Scorecard[State],{c0}{row})"))
            for name, count in words.items()
        ),
        totals=(row("In all", whole),) if words else (),
        caption="How the KPIs stand",
        empty="No KPI stands so.",
    )


def _scorecard(found: Measured) -> Table:
    return Table(
        columns=(
            Column("Ref", width=0.9),
            Column("KPI", width=2.4),
            Column("Project", width=1.6),
            Column("Period", width=1.2),
            Column("Actual", Kind.NUMBER),
            Column("Target", Kind.NUMBER),
            Column("Target in words", width=1.4),
            Column("Attained", Kind.PERCENT),
            Column("State", width=1.1),
            Column("Trend", width=1.5),
            Column("Cases", Kind.NUMBER),
            Column("Owner", width=1.4),
            Column("As of", Kind.DATE, 1.1),
            Column("Doubt", width=1.8),
        ),
        rows=tuple(_standing(one, found.places.get(one.project_id, "")) for one in found.details),
        caption="How the KPIs stand",
        empty="No KPI stands so.",
        name="Scorecard",
    )


def _standing(found: KpiDetail, place: str) -> tuple[Cell, ...]:
    one = found.row
    last = found.points[-1] if found.points else None
    target = target_at(found, last) if last is not None else None
    of = "Samples[Ref],{c0}{row},Samples[Period],{c3}{row}"
    ratio = {Direction.HIGHER: "{c4}{row}/{c5}{row}", Direction.LOWER: "{c5}{row}/{c4}{row}"}
    formula = ratio.get(found.formula.direction, "") if _is_ratio(found, last) else ""
    return row(
        one.ref,
        one.name,
        place,
        one.period,
        cell(
            measured(one.value, one.shown, one.unit),
            formula=f"SUMIFS(Samples[Value],{of})" if one.value is not None else "",
        ),
        _target(target.value if target is not None else None, one.unit),
        one.target,
        cell(percent(one.attained), formula=formula),
        state_cell(one),
        one.trend_text,
        _count(one.n),
        one.owner,
        tree.day(one.as_of),
        doubts(one),
    )


def _is_ratio(found: KpiDetail, last: Point | None) -> bool:
    """Whether the attainment is the quotient of what stands beside it, and no rule of its own."""
    if last is None or not last.value or found.row.attained is None:
        return False
    target = target_at(found, last)
    if target is None or not target.value:
        return False
    higher = found.formula.direction is Direction.HIGHER
    quotient = last.value / target.value if higher else target.value / last.value
    return abs(quotient * HUNDRED - found.row.attained) < _CLOSE


def _target(value: Decimal | None, unit: str) -> Value:
    return tree.no_value(Kind.NUMBER) if value is None else measured(value, f"{value.normalize():f}", unit)


def _count(n: int | None) -> Value:
    return tree.no_value(Kind.NUMBER) if n is None else tree.number(n)


def _samples(found: Measured) -> Table:
    """One row a period, to pivot from; a share is its numerator over its denominator."""
    return Table(
        columns=(
            Column("Ref", width=0.9),
            Column("KPI", width=2.2),
            Column("Period", width=1.2),
            Column("Value", Kind.NUMBER),
            Column("Unit", width=0.7),
            Column("Numerator", Kind.NUMBER),
            Column("Denominator", Kind.NUMBER, 1.1),
            Column("Cases", Kind.NUMBER),
            Column("Target", width=1.3),
            Column("State", width=1.1),
            Column("Signal", width=1.6),
            Column("From", width=1.3),
            Column("As of", Kind.DATE, 1.1),
            Column("Revision", Kind.NUMBER),
        ),
        rows=tuple(line for one in found.details for line in _of(one)),
        caption="Samples",
        empty="No sample.",
        name="Samples",
    )


def _of(found: KpiDetail) -> Iterable[tuple[Cell, ...]]:
    units = {formula.number: formula.unit for formula in found.formulas}
    for point in found.points:
        unit = units.get(point.formula, found.formula.unit)
        yield row(
            found.row.ref,
            found.row.name,
            point.name,
            cell(measured(point.value, point.shown, unit), formula=_quotient(point, unit)),
            unit,
            _plain(point.numerator),
            _plain(point.denominator),
            _count(point.n),
            point.target,
            point.state.value.replace("_", " "),
            point.signal,
            point.said_by,
            tree.day(point.as_of),
            tree.number(point.revision),
        )


def _quotient(point: Point, unit: str) -> str:
    """The formula of a share; '' where the value is no plain quotient."""
    if point.value is None or point.numerator is None or not point.denominator:
        return ""
    factor = HUNDRED if unit == _PERCENT else Decimal(1)
    plain = abs(point.numerator / point.denominator * factor - point.value) < _CLOSE
    return "{c5}{row}/{c6}{row}" if plain else ""


def _plain(value: Decimal | None) -> Value:
    return measured(value, "" if value is None else f"{value.normalize():f}", "")

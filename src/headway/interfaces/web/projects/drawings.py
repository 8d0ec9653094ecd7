"""The project page's pictures, drawn by the same geometry as the documents: the Gantt and the S-curve."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from hashlib import sha256

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from headway.areas.budgets.types import CurvePoint, EarnedFigures
from headway.areas.schedule.types import PlanComparison, TaskRow
from headway.documents import charts, drawing, gantt
from headway.documents.style import shortened
from headway.documents.tree import (
    Chart,
    ChartKind,
    Gantt,
    GanttKind,
    GanttRow,
    Kind,
    Series,
    day_text,
)
from headway.engine.measures import Unit

GANTT_WIDTH = 1040.0
CHART_SIZE = (860.0, 280.0)
MOST_ROWS = 60
_LABEL_WIDTH = 190.0


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing with the finding it shows; `heads` and `rows` say the same in figures.

    hrefs  for each cell of each row but the first, the page that says where it comes from; empty = none is told.
    """

    title: str
    svg: SafeString
    note: str = ""
    heads: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    hrefs: tuple[tuple[str, ...], ...] = ()

    @property
    def told(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """Each row as its name and its cells, every cell with the address behind it."""
        hrefs = self.hrefs or tuple(("",) * (len(row) - 1) for row in self.rows)
        return [(row[0], list(zip(row[1:], behind, strict=True))) for row, behind in zip(self.rows, hrefs, strict=True)]


@lru_cache(maxsize=1)
def _style() -> tuple[str, str]:
    rules = drawing.svg_style()
    return rules, sha256(rules.encode()).hexdigest()[:10]


def style_address() -> str:
    """Where the drawings' style rules are; changes with them."""
    return f"{reverse('drawing-style')}?v={_style()[1]}"


def style(request: HttpRequest) -> HttpResponse:
    """The drawings' style rules. They say nothing of anybody, so a browser may keep them."""
    response = HttpResponse(_style()[0], content_type="text/css; charset=utf-8")
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


def _svg(picture: drawing.Drawing, name: str) -> SafeString:
    return mark_safe(drawing.svg(picture, name))  # noqa: S308  drawing.svg escapes every text it is given


def plan_picture(rows: Sequence[TaskRow], *, status_date: date | None, title: str) -> Picture | None:
    """The Gantt of some rows of a plan; None where none of them has dates."""
    drawn = [row for row in rows if row.start is not None and row.finish is not None and row.active]
    if not drawn:
        return None
    top = min(row.level for row in drawn)
    whole = Gantt(title=title, rows=tuple(_gantt_row(row, row.level - top) for row in drawn), status_date=status_date)
    return Picture(title, _svg(gantt.draw(whole, GANTT_WIDTH), "gantt"))


def _gantt_row(row: TaskRow, level: int) -> GanttRow:
    assert row.start is not None  # noqa: S101  chosen by the caller
    assert row.finish is not None  # noqa: S101
    kind = GanttKind.SUMMARY if row.summary else GanttKind.MILESTONE if row.milestone else GanttKind.TASK
    label = day_text(row.finish.date(), year=False) if kind is GanttKind.MILESTONE else row.owner or row.resources
    return GanttRow(
        uid=row.uid,
        name=row.name,
        start=row.start,
        finish=row.finish,
        kind=kind,
        level=level,
        progress=row.percent_complete,
        critical=row.critical,
        baseline_start=row.baseline_start,
        baseline_finish=row.baseline_finish,
        label=shortened(label, 8.0, _LABEL_WIDTH) if kind is not GanttKind.SUMMARY else "",
    )


def outline(rows: Sequence[TaskRow], most: int = MOST_ROWS) -> tuple[TaskRow, ...]:
    """The rows that give a plan's shape: all of a short plan, else summaries and milestones, the highest first."""
    if len(rows) <= most:
        return tuple(rows)
    for levels in range(9, 0, -1):
        chosen = [row for row in rows if (row.summary or row.milestone) and row.level <= levels]
        if chosen and len(chosen) <= most:
            return tuple(chosen)
    return tuple(rows[:most])


def curve_picture(earned: EarnedFigures) -> Picture | None:
    """Planned value, actual, and what is earned at the status date; None without a baseline to measure against."""
    points = _thinned(earned.curve)
    if not points:
        return None
    hours = earned.unit is Unit.HOURS
    passed = [number for number, point in enumerate(points) if point.day <= earned.as_of]
    chart = Chart(
        kind=ChartKind.S_CURVE,
        title=curve_finding(earned),
        categories=tuple(day_text(point.day, year=False) for point in points),
        series=(
            Series("Planned (PV)", tuple(point.pv for point in points), dashed=True),
            Series("Earned (EV)", tuple(point.ev for point in points), highlight=True),
            Series("Actual (AC)", tuple(point.ac for point in points)),
        ),
        value_kind=Kind.HOURS if hours else Kind.MONEY,
        unit="h" if hours else earned.currency,
        marker=passed[-1] if passed else None,
    )
    return Picture(
        chart.title,
        _svg(charts.draw(chart, *CHART_SIZE), "curve"),
        note=f"Cumulative, {earned.basis_text}. Week ending.",
        heads=("Week ending", *(series.name for series in chart.series)),
        rows=tuple(
            (
                category,
                *(
                    "" if series.values[place] is None else charts.value_text(chart, series.values[place] or Decimal(0))
                    for series in chart.series
                ),
            )
            for place, category in enumerate(chart.categories)
        ),
    )


_MOST_CAUSES = 6
_SLIP_SIZE = (560.0, 250.0)


def slip_picture(found: PlanComparison) -> Picture:
    """What a slip is made of: from the finish of one version over its causes to that of the other, in working days."""
    shown, rest = found.causes[:_MOST_CAUSES], found.causes[_MOST_CAUSES:]
    parts = [(cause.name or "Slack", cause.days) for cause in shown]
    if rest:
        parts.append((f"{len(rest)} more", sum((cause.days for cause in rest), Decimal(0))))
    slip = sum((days for _, days in parts), Decimal(0))
    whole = "later" if slip > 0 else "earlier"
    chart = Chart(
        kind=ChartKind.WATERFALL,
        title=f"What makes the finish {whole}" if slip else "What moves the finish there and back",
        categories=(*(shortened(name, 8.0, 66.0) for name, _ in parts), "In all"),
        series=(Series("Working days", (*(days for _, days in parts), slip), highlight=True),),
        digits=1,
        totals=(len(parts),),
    )
    return Picture(
        chart.title,
        _svg(charts.draw(chart, *_SLIP_SIZE), "slip"),
        note="Working days on the path that drives the finish; above 0 is later.",
        heads=("Task", "Working days"),
        rows=tuple((name, f"{days:+}") for name, days in [*parts, ("In all", slip)]),
    )


def _thinned(points: Sequence[CurvePoint], most: int = 60) -> tuple[CurvePoint, ...]:
    """At most that many points, evenly chosen; the last one and the one that carries earned value stay."""
    if not points or not any(point.pv for point in points):
        return ()
    step = -(-len(points) // most)
    return tuple(
        point
        for place, point in enumerate(points)
        if place % step == 0 or place == len(points) - 1 or point.ev is not None
    )


def curve_finding(earned: EarnedFigures) -> str:
    """'Work is behind plan (0.88) and over the planned effort (0.84) at 14 Mar 2026'."""
    cpi, spi = earned.value.cpi, earned.schedule.spi_t if earned.schedule else earned.value.spi
    parts = []
    if spi.value is not None:
        parts.append(f"{'ahead of' if spi.value > 1 else 'behind' if spi.value < 1 else 'on'} plan ({spi.shown()})")
    if cpi.value is not None:
        parts.append(
            f"{'under' if cpi.value > 1 else 'over' if cpi.value < 1 else 'at'} the planned effort ({cpi.shown()})"
        )
    if not parts:
        return "Planned value so far; nothing is recorded to compare with it"
    return f"Work is {' and '.join(parts)} at {day_text(earned.as_of)}"


def week_of(day: date) -> date:
    """The Monday of a day's week."""
    return day - timedelta(days=day.weekday())

"""What the demo's projects measure: a signal, one that is stale, one with too few cases, a service level."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from headway.areas.metrics import commands as metrics
from headway.areas.metrics import sampling, taking
from headway.areas.metrics.given import GivenSample, GivenTarget
from headway.areas.metrics.types import Direction, Formula, Frequency
from headway.kernel.context import Context

_Acting = Callable[[str], Context]
_WEEKS = 12
_USUAL = 8  # weeks of the baseline


@dataclass(frozen=True, slots=True)
class _Told:
    """A KPI of the story: its definition, and its weeks, oldest first, as (value, n) or (part, whole).

    stale   weeks ago the last sample is of; note: what happened so many weeks ago.
    """

    name: str
    goal: str
    formula: Formula
    direction: Direction
    unit: str
    target: tuple[str, str, str]
    weeks: tuple[tuple[str, ...], ...] = ()
    owner: str = "Mara"
    basis: str = ""
    stale: int = 1
    note: tuple[int, str] | None = None
    more: dict[str, Any] = field(default_factory=dict)


_ORDERS = (
    *(("471", "488"), ("502", "519"), ("466", "481"), ("495", "513"), ("480", "495"), ("510", "529")),
    *(("474", "490"), ("489", "506"), ("483", "500"), ("497", "514"), ("505", "511"), ("498", "503")),
)
_LOADS = tuple(
    (value, "900") for value in ["3.4", "3.6", "3.3", "3.5", "3.7", "3.4", "3.6", "3.5", "3.4", "3.6", "3.5", "4.4"]
)
_SALES = tuple((value,) for value in ["42", "45", "39", "44", "47", "41", "43", "46", "40", "44", "42", "45"])
_ANSWERS = (
    *(("61", "2", "0", "4"), ("58", "1", "1", "3"), ("64", "3", "0", "5"), ("57", "2", "0", "2")),
    *(("60", "1", "0", "3"), ("55", "2", "1", "6"), ("62", "1", "0", "4"), ("59", "3", "1", "5")),
    *(("63", "2", "0", "3"), ("56", "1", "0", "4"), ("60", "2", "0", "2"), ("41", "3", "2", "6")),
)
_REFERRALS = (("3", "11"), ("2", "9"), ("4", "13"), ("3", "12"))
_H, _L = Direction.HIGHER, Direction.LOWER
_STORY: dict[str, tuple[_Told, ...]] = {
    "ORDERS": (
        _Told(
            "Orders without fallout", "Orders reach billing without hands", Formula.RATIO, _H, "%", ("97", "97", "95"),
            _ORDERS, basis="Orders closed in the week", note=(2, "Address check switched on"),
        ),
        _Told(
            "Requests answered in time", "Sales gets an answer within the promise", Formula.RATIO, _H, "%",
            ("97", "97", "90"), _ANSWERS, basis="Closed in the week, business time", more={"service": True},
        ),
        _Told(
            "Overdue tasks", "The plan is kept", Formula.LAST, _L, "", ("0", "2", "5"),
            more={"ready": "late_tasks"},
        ),
    ),
    "ACME": (
        _Told(
            "Load time of the start page", "The shop opens at once", Formula.AVERAGE, _L, "s", ("4", "4", "4.5"),
            _LOADS, owner="Tom", basis="Mean of all measured visits", note=(1, "New picture gallery"),
            more={"least": "0"},
        ),
        _Told(
            "Newsletter sign-ups", "The shop keeps its readers", Formula.SUM, _H, "", ("40", "40", "30"), _SALES,
            stale=4,
        ),
        _Told(
            "Cost performance", "Within the fixed fee", Formula.LAST, _H, "", ("1", "1", "0.9"), more={"ready": "cpi"}
        ),
    ),
    "REFER": (
        _Told(
            "Referrals that were won", "Referrals bring customers", Formula.RATIO, _H, "%", ("25", "25", "20"),
            _REFERRALS, basis="Decided in the week", more={"minimum_n": 30},
        ),
    ),
}  # fmt: skip


def kpis(acting: _Acting, person: Callable[[str], int], project: int, key: str, today: date) -> None:
    """The KPIs of a project with the weeks behind them, as they stand this morning."""
    for told in _STORY.get(key, ()):
        _kpi(acting, person, project, told, today)


def _kpi(acting: _Acting, person: Callable[[str], int], project: int, told: _Told, today: date) -> None:
    lead, value = acting("Mara"), Decimal(told.target[0])
    target = GivenTarget(value, amber=Decimal(told.target[1]), red=Decimal(told.target[2]), zero=value == 0)
    more = {name: Decimal(of) if name == "least" else of for name, of in told.more.items()}
    kpi = metrics.define(
        lead,
        project=project,
        name=told.name,
        goal=told.goal,
        basis=told.basis,
        formula=told.formula,
        direction=told.direction,
        unit=told.unit,
        frequency=Frequency.WEEKLY,
        owner=person(told.owner),
        target=target,
        **more,
    ).row.id
    if not told.weeks:
        taking.take(lead, kpi=kpi)
        return
    monday = today - timedelta(days=today.weekday())
    first = monday - timedelta(weeks=len(told.weeks) - 1 + told.stale)
    samples = tuple(_sample(told, first + timedelta(weeks=week), cells) for week, cells in enumerate(told.weeks))
    sampling.record(lead, kpi=kpi, samples=samples)
    if len(told.weeks) == _WEEKS:
        last = first + timedelta(weeks=_USUAL - 1)
        reason = "eight weeks before anything was changed"
        metrics.declare_baseline(lead, kpi=kpi, first=first.isoformat(), last=last.isoformat(), reason=reason)
    if told.note is not None:
        ago, text = told.note
        metrics.annotate(lead, kpi=kpi, day=monday - timedelta(weeks=ago), text=text, change=True)


def _sample(told: _Told, day: date, cells: tuple[str, ...]) -> GivenSample:
    period = day.isoformat()
    if told.more.get("service"):
        met, missed, overdue, still = map(int, cells)
        return GivenSample(period, met=met, missed=missed, overdue=overdue, open=still)
    if told.formula is Formula.RATIO:
        return GivenSample(period, numerator=Decimal(cells[0]), denominator=Decimal(cells[1]))
    if len(cells) > 1:
        return GivenSample(period, value=Decimal(cells[0]), n=int(cells[1]))
    return GivenSample(period, value=Decimal(cells[0]))

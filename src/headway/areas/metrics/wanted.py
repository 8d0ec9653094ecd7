"""Figures of KPIs that a person could be asked for, for areas above: of which period, in which unit, within what."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from headway.areas.metrics.models import Kpi
from headway.areas.metrics.periods import local, read_period
from headway.areas.metrics.reading import Read, read
from headway.areas.metrics.types import Formula, SourceKind
from headway.engine.kpi.periods import period_after, period_of
from headway.kernel.context import Context
from headway.kernel.errors import FieldError, Invalid

_MOST = 200


@dataclass(frozen=True, slots=True)
class WantedFigure:
    """A figure that somebody could tell.

    period   in words, begins its first day or minute, by which it is found again.
    ratio    whether it is told as how many out of how many.
    words    what is counted, and how, as the KPI's owner put it.
    why      'no figure yet', 'stale since 2026-03-02'; '' = it is not missing.
    """

    kpi_id: int
    name: str
    unit: str
    period: str
    begins: str
    ratio: bool
    least: Decimal | None
    most: Decimal | None
    words: str
    why: str


def figures_wanted(ctx: Context, project_id: int) -> tuple[WantedFigure, ...]:
    """The figures of a project's KPIs that are entered by people, each of its last whole period; missing ones first.

    Service levels and percentiles are left out: they are made of cases, which no form of one line can take. The
    caller has passed its own door.
    """
    kpis = Kpi.visible_to(ctx).filter(project_id=project_id, retired_at=None, service=False)
    rows = kpis.exclude(source=SourceKind.QUERY.value).order_by("name", "id")[:_MOST]
    found = [_wanted(one, _last_whole(ctx, one), ctx.now) for one in _told_by_people(list(rows))]
    return tuple(sorted(found, key=lambda one: (not one.why, one.name)))


def figure_wanted(ctx: Context, project_id: int, kpi_id: int, period: str) -> WantedFigure:
    """One figure. period: '' = the last whole one. Invalid where nobody can be asked for it."""
    rows = Kpi.visible_to(ctx).filter(pk=kpi_id, project_id=project_id, retired_at=None, service=False)
    kept = list(_told_by_people(list(rows.exclude(source=SourceKind.QUERY.value))))
    if not kept:
        raise Invalid(
            f"There is no KPI {kpi_id} on this project whose figure a person could tell. Choose among those offered.",
            fields=[FieldError("questions", "no such KPI", value=str(kpi_id))],
        )
    begins = read_period(period, kept[0].frequency) if period.strip() else _last_whole(ctx, kept[0])
    if begins > local(ctx.now, kept[0].kpi):
        raise Invalid(
            f"{kept[0].name_of(begins)} has not begun yet. Ask for a period that has.",
            fields=[FieldError("questions", "in the future", value=period)],
        )
    return _wanted(kept[0], begins, ctx.now)


def _told_by_people(kpis: list[Kpi]) -> Iterable[Read]:
    return (one for one in read(kpis) if one.formulas and Formula(one.formulas[-1].formula) is not Formula.PERCENTILE)


def _last_whole(ctx: Context, found: Read) -> datetime:
    running = period_of(local(ctx.now, found.kpi), found.frequency)
    return period_after(running, found.frequency, -1)


def _wanted(found: Read, begins: datetime, now: datetime) -> WantedFigure:
    kpi, formula = found.kpi, found.formula_at(begins)
    why = ""
    if not found.samples:
        why = "no figure yet"
    elif kpi.stale_at is not None and kpi.stale_at < now and found.samples[-1].begins < begins:
        why = f"stale since {local(kpi.stale_at, kpi):%Y-%m-%d}"
    return WantedFigure(
        kpi_id=kpi.pk,
        name=kpi.name,
        unit=formula.unit,
        period=found.name_of(begins),
        begins=begins.isoformat(),
        ratio=Formula(formula.formula) is Formula.RATIO,
        least=kpi.least,
        most=kpi.most,
        words=kpi.basis,
        why=why,
    )

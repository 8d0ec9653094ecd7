"""Burn and forecast of a project: by contract line, phase, role and person; why it differs; words for the client."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.safestring import mark_safe

from headway.areas.budgets import by_part, causes, progress, queries, realising, status
from headway.areas.budgets.part_types import ExplainedVariance, VarianceCause
from headway.areas.budgets.realising import Realised
from headway.areas.budgets.types import Basis, BurnFigures
from headway.areas.hours import queries as hours
from headway.areas.projects.types import Charter
from headway.documents import charts, drawing
from headway.documents.tree import Chart, ChartKind, Kind, Series
from headway.engine.measures import Measure, Unit, shown
from headway.engine.units import Money
from headway.engine.variance import Cause
from headway.interfaces.web.burn.lines import Lines
from headway.interfaces.web.context import locale_of
from headway.interfaces.web.explaining import of_measure
from headway.interfaces.web.frame import Input, Link, Source
from headway.interfaces.web.hours import burn as burning
from headway.interfaces.web.locale import Locale
from headway.interfaces.web.page import offered, page, show, working_project
from headway.interfaces.web.projects import drawings
from headway.interfaces.web.projects.drawings import Picture
from headway.interfaces.web.projects.figures import KeyFigure, forecasts, written
from headway.interfaces.web.templatetags.formats import money, number
from headway.kernel.access import may
from headway.kernel.context import Context

_BRIDGE_SIZE = (520.0, 270.0)
_SHORT = {
    Cause.CHANGES: "Changes",
    Cause.OUTSIDE: "Outside scope",
    Cause.DATE: "Finish",
    Cause.HOURS: "Same work",
    Cause.MIX: "People",
    Cause.RATE: "Rates",
}
_BASES = ((Basis.HOURS, "Hours"), (Basis.BILL, "Billable value"), (Basis.COST, "Cost"))


@page()
def burn(request: HttpRequest, ctx: Context, key: str) -> HttpResponse:
    """What was burned for what, beside what is complete; the forecasts; and why they differ from the budget."""
    project = working_project(ctx, key)
    offered(ctx, "budgets.read", project)
    locale, as_of = locale_of(request), status_day(ctx, project)
    total = next(iter(hours.totals(ctx, project=project.id, by=())), None)
    burned = queries.burn(ctx, project=project.id, as_of=as_of)
    parts = by_part.burn_by_part(ctx, project=project.id, as_of=as_of)
    lines = Lines(project, parts, locale)
    basis = _basis(request, ctx, project, queries.money_basis(project.id))
    explained = causes.variance(ctx, project=project.id, as_of=as_of, basis=basis)
    brought = realising.realisation(ctx, project=project.id, as_of=as_of)
    values: dict[str, Any] = {
        "answer": burning.sentence(burned, total, locale),
        "figures": [*burning.figures(project, burned, total, locale), *_more(burned), *_brought(brought, locale)],
        "trust": progress.trust(ctx, project=project.id, as_of=as_of),
        "burn": burned,
        "as_of": as_of,
        "parts": parts,
        "sides": lines.sides(),
        "phases": lines.phases(),
        "roles": lines.roles(),
        "people": lines.people(),
        "whole": lines.whole(),
        "explained": explained,
        "causes": [
            _Cause(one, _amount(one.amount, explained, locale), _source(one, as_of)) for one in explained.causes
        ],
        "differs": _amount(explained.total, explained, locale),
        "differs_source": of_measure(explained.total, as_of=as_of, records="budget and outcome"),
        "forecasts": forecasts(burned),
        "bridge": bridge(explained),
        "bases": _bases(ctx, project, basis),
        "style": drawings.style_address(),
        "sees_value": bool(parts.whole.value),
        "sees_cost": bool(parts.whole.cost),
    }
    return show(
        request, ctx, "burn/burn.html", values, project=project, tab="hours", crumbs=(Link("Burn and forecast"),)
    )


def status_day(ctx: Context, project: Charter) -> date:
    """The day of which figures speak: the plan's status date, else today."""
    return status.status_day(ctx, project.id)


def _basis(request: HttpRequest, ctx: Context, project: Charter, main: Basis | None) -> Basis:
    """Hours, or the money that the project's main budget counts, for those who may see it."""
    wanted = {basis.value: basis for basis, _ in _BASES}.get(request.GET.get("basis", ""), Basis.HOURS)
    return wanted if wanted is main and sees(ctx, project, wanted) else Basis.HOURS


def sees(ctx: Context, project: Charter, basis: Basis) -> bool:
    """Whether this reader may see figures of a basis."""
    if basis is Basis.HOURS:
        return True
    permission = "hours.read_costs" if basis is Basis.COST else "hours.read_rates"
    return may(ctx, permission, project_id=project.id)


def _bases(ctx: Context, project: Charter, here: Basis) -> list[Link]:
    main = queries.money_basis(project.id)
    found = [(basis, label) for basis, label in _BASES if basis in (Basis.HOURS, main) and sees(ctx, project, basis)]
    return [Link(label, f"?basis={basis.value}#causes", active=basis is here) for basis, label in found]


def _more(burned: BurnFigures) -> list[KeyFigure]:
    """What can still be afforded a week, beside the pace."""
    rate = burned.burn.affordable_rate
    source = Source(
        formula=f"{rate.name} = {rate.formula}",
        inputs=tuple(Input(one.name, shown(one.value, one.unit)) for one in rate.inputs),
        as_of=burned.as_of,
        records=burned.name,
        short=rate.formula,
    )
    note = rate.reason or "a week, to end within the budget"
    return [KeyFigure("affordable", "Affordable", written(rate) if rate.value is not None else "–", note, "", source)]


def _brought(found: Realised, locale: Locale) -> list[KeyFigure]:
    """Overburn where there is some; effective rate and realisation for those who may see money."""
    figures = []
    if found.overburn.value is not None and found.overburn.value > 0:
        figures.append((found.overburn, f"{found.overburn.shown()}\u00a0%", "hours over the budget", "red"))
    if found.effective_rate is not None and found.effective_rate.value:
        text = f"{found.currency}\u00a0{number(round(found.effective_rate.value, 2), locale)}"
        figures.append((found.effective_rate, text, f"{found.fee_text} / all hours", ""))
    if found.realisation_hours is not None and found.realisation_hours.value is not None:
        figures.append(
            (found.realisation_hours, f"{found.realisation_hours.shown()}\u00a0%", "billed / billable hours", "")
        )
    if found.realisation_value is not None and found.realisation_value.value is not None:
        figures.append((found.realisation_value, f"{found.realisation_value.shown()}\u00a0%", "invoiced / value", ""))
    return [
        KeyFigure(measure.key.replace("_", "-"), measure.name, text, note, tone, _of(measure, found.as_of))
        for measure, text, note, tone in figures
    ]


def _of(measure: Measure, as_of: date) -> Source:
    return Source(
        formula=f"{measure.name} = {measure.formula}",
        inputs=tuple(Input(one.name, shown(one.value, one.unit)) for one in measure.inputs),
        as_of=as_of,
        short=measure.formula,
    )


# --- why it differs ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Cause:
    """A cause as its row shows it."""

    cause: VarianceCause
    amount: str
    source: Source


def _amount(measure: Measure, explained: ExplainedVariance, locale: Locale) -> str:
    """'+24 h', '−1,200.00 EUR'; '–' without a value."""
    if measure.value is None:
        return "–"
    sign = "+" if measure.value > 0 else ""
    if explained.unit is Unit.HOURS:
        return f"{sign}{number(round(measure.value, 1), locale)}\u00a0h"
    return f"{sign}{money(Money(measure.value, explained.currency), locale)}"


def _source(one: VarianceCause, as_of: date) -> Source:
    return Source(
        formula=f"{one.amount.name} = {one.amount.formula}",
        inputs=tuple(Input(item.name, shown(item.value, item.unit)) for item in one.amount.inputs),
        as_of=as_of,
        short=one.why,
    )


def bridge(explained: ExplainedVariance) -> Picture | None:
    """From the budget to the outcome, step by step; None where there is nothing to explain."""
    budget, outcome = explained.budget.value, explained.outcome.value
    if budget is None or outcome is None or not explained.causes:
        return None
    steps = [one for one in explained.causes if one.amount.value]
    amounts = (budget, *(one.amount.value or Decimal(0) for one in steps), outcome)
    chart = Chart(
        kind=ChartKind.WATERFALL,
        title=f"From the budget to the {explained.outcome.name.lower()}",
        categories=("Budget", *(_SHORT[one.cause] for one in steps), "Outcome"),
        series=(Series("Amount", tuple(_rounded(amounts))),),
        value_kind=Kind.HOURS if explained.unit is Unit.HOURS else Kind.MONEY,
        unit="h" if explained.unit is Unit.HOURS else explained.currency,
        totals=(0, len(steps) + 1),
    )
    picture = charts.draw(chart, *_BRIDGE_SIZE)
    return Picture(chart.title, mark_safe(drawing.svg(picture, "bridge")))  # noqa: S308  drawing.svg escapes every text


def _rounded(amounts: Iterable[Decimal]) -> Iterable[Decimal]:
    return (round(amount, 1) for amount in amounts)

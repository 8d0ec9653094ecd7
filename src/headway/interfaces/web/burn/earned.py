"""Earned value of a project: the S-curve with its forecasts, the indices, and a row for each month or week."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.safestring import mark_safe

from headway.areas.budgets import by_period, progress, queries
from headway.areas.budgets.part_types import EarnedByPeriod, EarnedPeriod, PeriodLength
from headway.areas.budgets.types import Basis, EarnedFigures
from headway.documents import charts, drawing
from headway.documents.tree import Chart, ChartKind, Kind, Series, day_text
from headway.engine.earned_value import EacVariant
from headway.engine.measures import Measure, Unit, shown
from headway.interfaces.web.burn.pages import sees, status_day
from headway.interfaces.web.context import locale_of
from headway.interfaces.web.explaining import of_measure, of_row
from headway.interfaces.web.frame import Input, Link, Source
from headway.interfaces.web.locale import Locale
from headway.interfaces.web.page import offered, page, show, working_project
from headway.interfaces.web.projects import drawings
from headway.interfaces.web.projects.drawings import Picture
from headway.interfaces.web.projects.figures import KeyFigure, written
from headway.interfaces.web.submitting import day_of
from headway.interfaces.web.templatetags.formats import number

_LENGTHS = ((PeriodLength.MONTH, "Months"), (PeriodLength.WEEK, "Weeks"))
_BASES = ((Basis.HOURS, "Hours"), (Basis.BILL, "Billable value"), (Basis.COST, "Cost"))
_MOST_DRAWN = 60


@page()
def earned(request: HttpRequest, ctx: Any, key: str) -> HttpResponse:
    """How much work was planned, earned and spent by the end of each period, and where that leads."""
    project = working_project(ctx, key)
    offered(ctx, "budgets.read", project)
    locale = locale_of(request)
    as_of = day_of(request.GET.get("on")) or status_day(ctx, project)
    length = {one.value: one for one, _ in _LENGTHS}.get(request.GET.get("by", ""), PeriodLength.MONTH)
    bases = [(basis, label) for basis, label in _BASES if sees(ctx, project, basis)]
    basis = {one.value: one for one, _ in bases}.get(request.GET.get("basis", ""), Basis.HOURS)
    found = by_period.earned_by_period(ctx, project=project.id, as_of=as_of, length=length, basis=basis)
    figures = queries.earned_value(ctx, project=project.id, as_of=as_of, basis=basis)
    given = {"by": length.value, "basis": basis.value, "on": request.GET.get("on", "")}
    values = {
        "answer": drawings.curve_finding(figures) if found.bac is not None else "",
        "found": found,
        "figures": key_figures(figures),
        "value": figures,
        "eacs": _estimates(figures, found, locale),
        "rows": [_row(one, found, locale, _entries(project.key, one.last)) for one in found.periods],
        "picture": curve(found, figures),
        "trust": progress.trust(ctx, project=project.id, as_of=as_of),
        "lengths": [Link(label, _to(given, by=one.value), active=one is length) for one, label in _LENGTHS],
        "bases": [Link(label, _to(given, basis=one.value), active=one is basis) for one, label in bases],
        "as_of": as_of,
        "on": given["on"],
        "unit": "h" if basis is Basis.HOURS else found.currency,
        "style": drawings.style_address(),
        "notes": tuple(dict.fromkeys((*found.notes, *figures.notes))),
    }
    return show(request, ctx, "burn/earned.html", values, project=project, tab="hours", crumbs=(Link("Earned value"),))


def _to(given: dict[str, str], **changes: str) -> str:
    return f"?{urlencode({name: value for name, value in {**given, **changes}.items() if value})}"


@dataclass(frozen=True, slots=True)
class _Estimate:
    """One estimate at completion with its assumption; `used` = the one that the other figures rest on."""

    variant: EacVariant
    measure: Measure
    used: bool
    text: str
    panel: str
    source: Source


def _estimates(figures: EarnedFigures, found: EarnedByPeriod, locale: Locale) -> list[_Estimate]:
    used = figures.value.variant
    return [
        _Estimate(
            variant,
            one,
            variant is used,
            _shown(one, found, locale),
            f"estimate-{variant.value}",
            of_measure(one, as_of=figures.as_of, records=f"baseline {figures.baseline or '–'}, {figures.basis_text}"),
        )
        for variant, one in figures.value.eac_by_variant
    ]


def key_figures(figures: EarnedFigures) -> list[KeyFigure]:
    """Cost and schedule in index and amount, and the estimate in use."""
    value, in_time = figures.value, figures.schedule
    measures = [value.cpi, value.spi, value.cv, value.sv, value.eac, value.vac, value.tcpi_bac]
    if in_time is not None:
        measures[2:2] = [in_time.spi_t, in_time.ieac_t]
    return [_figure(one, figures) for one in measures]


def _figure(measure: Measure, figures: EarnedFigures) -> KeyFigure:
    source = Source(
        formula=f"{measure.name} = {measure.formula}" + (f". {measure.reason}" if measure.reason else ""),
        inputs=tuple(Input(one.name, shown(one.value, one.unit)) for one in measure.inputs),
        as_of=figures.as_of,
        records=f"baseline {figures.baseline or '–'}, {figures.basis_text}; progress: {figures.percent_method}",
        short=measure.formula,
    )
    text = measure.shown() if measure.value is None else written(measure)
    if measure.unit is Unit.MONEY and measure.value is not None:
        text = f"{measure.shown(0)}\u00a0{figures.currency}"
    tone = ""
    if measure.key in ("cpi", "spi", "spi_t") and measure.value is not None:
        low, ok = Decimal("0.85"), Decimal("0.95")
        tone = "green" if measure.value >= ok else "amber" if measure.value >= low else "red"
    return KeyFigure(
        measure.key.replace("_", "-"), measure.name, text, measure.assumption or measure.reason, tone, source
    )


def _shown(measure: Measure, found: EarnedByPeriod, locale: Locale) -> str:
    if measure.value is None:
        return measure.shown()
    return _amount(measure.value, found, locale)


def _amount(value: Decimal | None, found: EarnedByPeriod, locale: Locale) -> str:
    if value is None:
        return "–"
    return number(round(value, 1 if found.unit is Unit.HOURS else 0), locale)


@dataclass(frozen=True, slots=True)
class _Row:
    """One period in words."""

    period: EarnedPeriod
    name: str
    cells: tuple[str, ...]
    late: bool
    panel: str
    source: Source


def _entries(key: str, last: date) -> str:
    return f"{reverse('entries', args=[key])}?{urlencode({'last': last.isoformat()})}"


def _source(period: EarnedPeriod, found: EarnedByPeriod, locale: Locale, entries: str) -> Source:
    """Where the figures of a period come from, all of them in one panel."""

    def told(value: Decimal | None) -> str:
        return _amount(value, found, locale)

    last = min(period.last, found.as_of) if period.done else period.last
    if not period.done:
        formulas: tuple[str, ...] = ("PV = what the baseline plans to have done by the end of it",)
        inputs = [Input("PV", told(period.pv)), Input("BAC", told(found.bac))]
    else:
        formulas = (
            "PV = planned by the baseline; EV = PV of the work × % complete; AC = spent",
            "CV = EV − AC; SV = EV − PV; CPI = EV / AC; SPI = EV / PV",
            "SPI(t) = earned time / time gone",
            f"EAC {found.variant.value}: {found.variant_text}",
        )
        spent = "hours recorded" if found.unit is Unit.HOURS else "amounts kept on the entries"
        inputs = [
            Input("PV", told(period.pv)),
            Input("EV", told(period.ev)),
            Input(f"AC, {spent}", told(period.ac), entries),
            Input("BAC", told(found.bac)),
            Input("% complete", shown(period.percent_complete, Unit.PERCENT)),
            Input("Earned time, periods", shown(period.es, Unit.WEEKS)),
        ]
    records = f"baseline {found.baseline or '–'}; progress: {period.method or 'not yet'}"
    return of_row(formulas, inputs, as_of=last, records=records, href=entries if period.done else "")


def _row(period: EarnedPeriod, found: EarnedByPeriod, locale: Locale, entries: str) -> _Row:
    amounts = (period.planned, period.earned, period.actual, period.pv, period.ev, period.ac, period.cv, period.sv)
    indices = (period.cpi, period.spi, period.spi_t)
    name = f"{day_text(period.first, year=False)} – {day_text(period.last)}"
    if found.length is PeriodLength.MONTH:
        name = f"{day_text(period.first).split(' ', 1)[1]}"
    return _Row(
        period,
        name,
        (
            *(_amount(value, found, locale) for value in amounts),
            *(shown(value, Unit.INDEX) for value in indices),
            _amount(period.eac, found, locale),
        ),
        period.done and period.last > found.as_of,
        f"period-{period.last.isoformat()}",
        _source(period, found, locale, entries),
    )


# --- the picture ------------------------------------------------------------------------------


def curve(found: EarnedByPeriod, figures: EarnedFigures) -> Picture | None:
    """PV, EV, AC at the end of each period, and from the status date on the lowest and the highest estimate."""
    periods = list(found.periods)[-_MOST_DRAWN:]
    if len(periods) < 2 or found.bac is None:
        return None
    past = [place for place, one in enumerate(periods) if one.done]
    ahead = _ahead(periods, past[-1] if past else None, figures)
    chart = Chart(
        kind=ChartKind.S_CURVE,
        title=drawings.curve_finding(figures),
        categories=tuple(_category(one, found) for one in periods),
        series=(
            Series("Planned (PV)", tuple(one.pv for one in periods), dashed=True),
            Series("Earned (EV)", tuple(one.ev for one in periods), highlight=True),
            Series("Actual (AC)", tuple(one.ac for one in periods)),
            *ahead,
        ),
        value_kind=Kind.HOURS if found.unit is Unit.HOURS else Kind.MONEY,
        unit="h" if found.unit is Unit.HOURS else found.currency,
        marker=past[-1] if past else None,
    )
    picture = charts.draw(chart, *drawings.CHART_SIZE)
    return Picture(
        chart.title,
        mark_safe(drawing.svg(picture, "curve")),  # noqa: S308  drawing.svg escapes every text it is given
        note=f"Cumulative at the end of each {found.length.value}; {found.basis_text}. "
        "The forecasts are straight lines from today's actual to each estimate at completion at the planned finish.",
    )


def _ahead(periods: Sequence[EarnedPeriod], here: int | None, figures: EarnedFigures) -> list[Series]:
    """From the actual of the status date to the lowest and the highest estimate at completion."""
    last = len(periods) - 1
    now = periods[here].ac if here is not None else None
    ends = {variant: measure.value for variant, measure in figures.value.eac_by_variant if measure.value is not None}
    if here is None or now is None or here >= last or not ends:
        return []
    low, high = min(ends, key=lambda one: ends[one]), max(ends, key=lambda one: ends[one])
    found = []
    for variant in dict.fromkeys((low, high)):
        step = (ends[variant] - now) / (last - here)
        line = [None if place < here else now + step * (place - here) for place in range(last + 1)]
        found.append(Series(f"EAC {variant.value}", tuple(line), dashed=True))
    return found


def _category(period: EarnedPeriod, found: EarnedByPeriod) -> str:
    day: date = period.last
    return day_text(day).split(" ", 1)[1] if found.length is PeriodLength.MONTH else day_text(day, year=False)

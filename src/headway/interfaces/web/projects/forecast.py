"""When a project will end by the forecasts of its own history, and how good past ones were. Not here: `chances`."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from headway.areas.projects.types import Charter
from headway.areas.schedule import forecasting, queries
from headway.areas.schedule.types import FinishForecasts
from headway.engine.finish_forecast import FinishForecast, PastError
from headway.engine.measures import Measure
from headway.interfaces.web.context import locale_of
from headway.interfaces.web.frame import Input, Link, Source
from headway.interfaces.web.locale import Locale
from headway.interfaces.web.page import offered, page, show, working_project
from headway.interfaces.web.projects import chances, drawings
from headway.interfaces.web.projects.figures import KeyFigure, written
from headway.interfaces.web.templatetags.formats import short_date, weekday_date
from headway.kernel.context import Context

# What each forecast takes for granted, in one line.
_MEANS = {
    "earned schedule": "if the pace against the baseline stays as it was",
    "velocity": "if coming weeks finish as much as past ones; links and fixed dates aside",
    "past estimates": "if tasks left err as finished ones did",
}


@page()
def forecast(request: HttpRequest, ctx: Context, key: str) -> HttpResponse:
    """Three forecasts with their ranges, the past error, and the chances."""
    project = working_project(ctx, key)
    offered(ctx, "schedule.read", project)
    locale = locale_of(request)
    values: dict[str, object] = {"title": "Forecast", "planned": False}
    if queries.has_plan(project.id) and queries.summary(ctx, project=project.id).finish is not None:
        found = forecasting.forecast(ctx, project=project.id)
        values |= {
            "planned": True,
            "found": found,
            "sentence": sentence(found, locale),
            "figures": finish_figures(project, found, locale),
            "past": past_source(project, found.past_error, found.as_of),
            "style": drawings.style_address(),
        }
        if not found.done:
            values |= chances.shown(ctx, project, locale, at_once="simulate" in request.GET)
    return show(request, ctx, "projects/forecast.html", values, project=project, tab="plan", crumbs=(Link("Forecast"),))


def sentence(found: FinishForecasts, locale: Locale) -> str:
    """'The plan says Fri 15 May; its history says between Fri 15 May and Fri 29 May.'"""
    said = f"The plan says {weekday_date(found.planned, locale)}"
    if found.done:
        return f"All work is done; the plan ended {weekday_date(found.planned, locale)}."
    dates = sorted(one.finish for one in _forecasts(found) if one.finish is not None)
    if not dates:
        return f"{said}. There is too little history for a forecast of its own."
    if dates[0] == dates[-1]:
        return f"{said}; its history says {weekday_date(dates[0], locale)}."
    return f"{said}; its history says between {weekday_date(dates[0], locale)} and {weekday_date(dates[-1], locale)}."


def finish_figures(project: Charter, found: FinishForecasts, locale: Locale) -> list[KeyFigure]:
    """The plan's finish and one figure for each forecast, with its range or what is missing."""
    href = _address(project)
    return [_planned(project, found, locale)] + [_figure(one, found, href, locale) for one in _forecasts(found)]


def _forecasts(found: FinishForecasts) -> tuple[FinishForecast, ...]:
    return found.earned_schedule, found.velocity, found.past_estimates


def _address(project: Charter) -> str:
    return reverse("plan", args=[project.key])


def _planned(project: Charter, found: FinishForecasts, locale: Locale) -> KeyFigure:
    note = "no past error is known yet"
    if found.likely_from is not None and found.likely_to is not None:
        note = f"if past errors repeat: {_span(found.likely_from, found.likely_to, locale)}"
    source = Source(
        formula="Latest computed finish of the plan's tasks; its range is moved by the lowest and highest past error",
        inputs=(Input("Past error", found.past_sentence),),
        as_of=found.as_of,
        records="the plan",
        href=_address(project),
        short="Latest computed finish of all tasks",
    )
    return KeyFigure("by-plan", "By the plan", short_date(found.planned, locale), note, "", source)


def _figure(one: FinishForecast, found: FinishForecasts, href: str, locale: Locale) -> KeyFigure:
    name = f"by-{one.method.replace(' ', '-')}"
    value, note = "–", one.reason
    if one.finish is not None:
        value, note = short_date(one.finish, locale), _MEANS[one.method]
        if one.low is not None and one.high is not None and one.low != one.high:
            note = f"{_span(one.low, one.high, locale)}: {note}"
    source = Source(
        formula=f"{one.days.formula}" + (f". Range: {one.range_is}" if one.range_is else ""),
        inputs=tuple(Input(item.name, written(item)) for item in one.inputs) + _inputs(one.days),
        as_of=found.as_of,
        records="the plan, its baseline and its progress",
        href=href,
        short=_MEANS[one.method].capitalize(),
    )
    return KeyFigure(name, f"By {one.method}", value, note, "", source)


def _inputs(measure: Measure) -> tuple[Input, ...]:
    shown = (Measure("", item.name, item.value, item.unit, "") for item in measure.inputs)
    return tuple(Input(item.name, written(item)) for item in shown)


def _span(low: date, high: date, locale: Locale) -> str:
    return f"{short_date(low, locale)} – {short_date(high, locale)}"


def past_source(project: Charter, error: PastError, as_of: date) -> Source:
    """The past forecasts one by one."""
    return Source(
        formula=f"{error.mean.name} = {error.mean.formula}; above 0 came later than said",
        inputs=_inputs(error.mean),
        as_of=as_of,
        records="the plan's finish as it stood at the end of past weeks",
        href=reverse("activity", args=[project.key]),
        short="What was said and what came",
    )

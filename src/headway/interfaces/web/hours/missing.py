"""Missing hours by person and week, for those who run projects."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from headway.areas.hours import missing as hours
from headway.areas.hours import sheets
from headway.areas.hours.missing import SHOWN_WEEKS, MissingHours, MissingWeek, MissingWeeks
from headway.areas.hours.weeks import WEEK, monday_of
from headway.areas.projects.queries import seen_project_ids
from headway.interfaces.web.context import locale_of
from headway.interfaces.web.frame import Input, Link, Source
from headway.interfaces.web.hours.week import today_of
from headway.interfaces.web.locale import Locale
from headway.interfaces.web.page import page, show
from headway.interfaces.web.submitting import day_of
from headway.interfaces.web.templatetags.formats import number, short_date
from headway.kernel.access import may
from headway.kernel.context import Context
from headway.kernel.errors import Denied

_NAMED = 5  # days of a person


@page()
def missing(request: HttpRequest, ctx: Context) -> HttpResponse:
    """Who has logged less than they could work, the newest week first."""
    if not any(may(ctx, "hours.read_team", project_id=pk) for pk in seen_project_ids(ctx)):
        raise Denied("Your role does not allow this (see whether everybody's hours are in).")
    locale, today = locale_of(request), today_of(ctx)
    newest = monday_of(day_of(request.GET.get("week")) or today - WEEK)
    found = hours.missing_hours(ctx, day=newest)
    rules = sheets.rules(ctx)
    values: dict[str, Any] = {
        "weeks": [(week, _rows(week, locale)) for week in found.weeks],
        "answer": _answer(found, locale),
        "below": found.below,
        "reminds": bool(rules.remind_on),
        "before": newest - SHOWN_WEEKS * WEEK,
        "after": newest + SHOWN_WEEKS * WEEK if newest + WEEK <= monday_of(today) else None,
    }
    crumbs = (Link("Hours", reverse("my-week")), Link("Team", reverse("team-hours")), Link("Missing hours"))
    return show(request, ctx, "hours/missing.html", values, crumbs=crumbs)


def _rows(week: MissingWeek, locale: Locale) -> list[tuple[MissingHours, str, Source]]:
    return [(row, _days(row, locale), _source(row, locale)) for row in week.rows]


def _days(row: MissingHours, locale: Locale) -> str:
    """The days on which nothing is logged; else that each day is short."""
    empty = row.empty_days
    if not empty:
        return "every day a little"
    named = ", ".join(short_date(day, locale) for day in empty[:_NAMED])
    return named if len(empty) <= _NAMED else f"{named} and {len(empty) - _NAMED} more"


def _source(row: MissingHours, locale: Locale) -> Source:
    return Source(
        formula="What the person could work less what they logged, over all projects",
        inputs=(
            Input("Could work", f"{number(row.expected, locale)} h"),
            Input("Logged", f"{number(row.logged, locale)} h"),
        ),
        as_of=row.last,
        records="Calendars of the person's plans, holidays and approved leave; time entries of any state",
        short=f"{number(row.missing, locale)} h missing",
    )


def _answer(found: MissingWeeks, locale: Locale) -> str:
    newest = found.weeks[0]
    week = f"the week of {short_date(newest.first, locale)}"
    if not newest.expected:
        return f"Nobody is expected to log hours in {week}."
    if not newest.rows:
        return f"Nobody is missing hours in {week}."
    together = sum((row.missing for row in newest.rows), Decimal(0))
    who = "person" if newest.expected == 1 else "people"
    return f"{number(together, locale)} h of {len(newest.rows)} of {newest.expected} {who} are missing in {week}."

"""The house's calendar: the days on which nobody works, and taking them into plans."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from headway.areas.people import commands, queries
from headway.areas.people.types import DayOff
from headway.areas.projects import queries as projects
from headway.interfaces.web.page import act, page, say, warn
from headway.interfaces.web.settings.sections import opened, show_section
from headway.interfaces.web.submitting import Attempt, attempt, day, pressed, text
from headway.journeys import housekeeping
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, Denied, Invalid, NotFound

_ONE_YEAR_EACH_WAY = 1


class DayForm(forms.Form):
    """A day of the house's own."""

    holiday = day("Day", required=True)
    called = text("What it is", hint="Such as Company outing.")


class PublicForm(forms.Form):
    """A country's public holidays of a year."""

    country = text("Country or region", length=12, hint="ISO letters: DE, or DE-BY for Bavaria, US-NY, GB-SCT.")
    year = forms.IntegerField(label="Year", min_value=1990, max_value=2100)


@page("POST")
def calendar(request: HttpRequest, ctx: Context) -> HttpResponse:
    """The holidays of a year, by day; adding one."""
    opened(ctx, "settings-calendar")
    year = _year(request, ctx)
    form = DayForm(request.POST or None)
    done = Attempt(False)
    if request.method == "POST":
        done = attempt(form, lambda given: _add(ctx, given))
        if done.done:
            say(request, f"{form.cleaned_data['called']} is a day off.")
            return redirect(f"{reverse('settings-calendar')}?year={form.cleaned_data['holiday'].year}")
    values = {
        "rows": queries.holidays(ctx, year=year),
        "year": year,
        "years": range(year - _ONE_YEAR_EACH_WAY, year + _ONE_YEAR_EACH_WAY + 1),
        "form": form,
        "public_form": PublicForm(initial={"year": year}),
    }
    return show_section(request, ctx, "settings-calendar", values, status=done.status)


def _year(request: HttpRequest, ctx: Context) -> int:
    given = request.GET.get("year", "")
    return int(given) if given.isascii() and given.isdigit() and 1990 <= int(given[:5]) <= 2100 else ctx.now.year


def _add(ctx: Context, given: dict[str, Any]) -> None:
    if not commands.add_holidays(ctx, days=(DayOff(given["holiday"], given["called"]),)):
        raise Conflict("This day is off already.")


@act
def remove(request: HttpRequest, ctx: Context, holiday: int) -> HttpResponse:
    """Work on a day again."""
    return pressed(
        request,
        lambda: commands.remove_holiday(ctx, holiday=holiday),
        done="The day is a working day again; plans that took it keep it.",
        to=reverse("settings-calendar"),
    )


@act
def take_public(request: HttpRequest, ctx: Context) -> HttpResponse:
    """Enter a country's public holidays of a year."""
    form = PublicForm(request.POST)
    if not form.is_valid():
        warn(request, "Give a country and a year from 1990 to 2100.")
        return redirect(reverse("settings-calendar"))
    given = form.cleaned_data
    try:
        new = housekeeping.take_public_holidays(ctx, country=given["country"], year=given["year"])
    except Invalid as refusal:
        warn(request, refusal.message)
    else:
        many = "1 day is" if len(new) == 1 else f"{len(new)} days are"
        say(request, f"{many} entered; what stood already stays.")
    return redirect(f"{reverse('settings-calendar')}?year={given['year']}")


@act
def into_plan(request: HttpRequest, ctx: Context) -> HttpResponse:
    """Take the holidays into the calendar of a project's plan, and say what that moves."""
    key = request.POST.get("project", "").strip()
    try:
        effect = housekeeping.holidays_into_plan(ctx, project=projects.charter(ctx, project=key).id)
    except (Invalid, Conflict, NotFound, Denied) as refusal:
        warn(request, refusal.message)
    else:
        moved = len(effect.moved)
        say(request, f"The plan of {key} keeps the holidays; {moved or 'no'} task{'s' if moved != 1 else ''} moved.")
    return redirect(reverse("settings-calendar"))

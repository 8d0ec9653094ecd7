"""Meetings of one's calendar as proposed hours: a file dropped or pasted, and each proposal accepted or left out."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse

from headway.areas.hours import meetings as proposals
from headway.areas.hours.types import MeetingRow, MeetingsRead, MeetingState
from headway.areas.hours.weeks import monday_of
from headway.documents.exchange.ics_reading import LONGEST
from headway.interfaces.web.context import locale_of
from headway.interfaces.web.frame import Link
from headway.interfaces.web.hours.line import tell_logged
from headway.interfaces.web.hours.week import loggable, week_address
from headway.interfaces.web.locale import Locale
from headway.interfaces.web.page import act, page, say, show, warn
from headway.interfaces.web.submitting import Attempt, attempt, day, pressed, words
from headway.interfaces.web.templatetags.formats import number
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, Invalid, NotFound

_MOST = 200


class CalendarForm(forms.Form):
    """A calendar file, or its text."""

    file = forms.FileField(label="Calendar file (.ics)", required=False)
    calendar = words("Or its text", hint="What a calendar program copies: it begins with BEGIN:VCALENDAR.", rows=3)
    first = day("From", hint="Else from Monday of last week, until today.")
    last = day("Until")

    def clean(self) -> dict[str, Any]:
        """The text of whichever was given."""
        given = self.cleaned_data
        file = given.pop("file", None)
        if file is not None and file.size > LONGEST:
            raise forms.ValidationError("The file has more than 2 MB. Export the weeks that are wanted alone.")
        if file is not None:
            given["calendar"] = file.read().decode("utf-8-sig", errors="replace")
        if not given.get("calendar"):
            raise forms.ValidationError("Choose a calendar file, or paste its text.")
        return given


@page("POST")
def meetings(request: HttpRequest, ctx: Context) -> HttpResponse:
    """What waits to be accepted, by day; and the place where a file is dropped."""
    form = CalendarForm(request.POST or None, request.FILES or None)
    tried = Attempt(False)
    if request.method == "POST":
        tried = attempt(form, lambda given: proposals.propose_meetings(ctx, **_days(given)))
        if tried.done:
            say(request, _read(tried.result))
            return redirect(reverse("meetings"))
    waiting = proposals.meetings(ctx)
    projects = [(row.id, f"{row.key} {row.name}") for row in loggable(ctx).values()]
    values: dict[str, Any] = {
        "rows": waiting,
        "projects": projects,
        "form": form,
        "left": proposals.meetings(ctx, state=MeetingState.LEFT)[-10:],
        "answer": _answer(waiting, locale_of(request)),
        "sure": sum(1 for row in waiting if row.project_id is not None),
    }
    crumbs = (Link("Hours", reverse("my-week")), Link("Meetings"))
    return show(request, ctx, "hours/meetings.html", values, crumbs=crumbs, status=tried.status)


def _days(given: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in given.items() if value}


def _read(read: MeetingsRead) -> str:
    new = len(read.new)
    said = [f"{new} {'meeting is' if new == 1 else 'meetings are'} proposed; nothing is logged yet."]
    if read.known:
        said.append(f"{read.known} {'was' if read.known == 1 else 'were'} known already.")
    if read.left_out:
        said.append(f"Left out: {', '.join(f'{count} {why}' for why, count in read.left_out.items())}.")
    return " ".join(said)


def _answer(rows: tuple[MeetingRow, ...], locale: Locale) -> str:
    if not rows:
        return "Drop a calendar file here: its meetings are proposed as hours, and nothing is logged unasked."
    hours = number(sum(row.hours for row in rows), locale)
    count = "1 meeting waits" if len(rows) == 1 else f"{len(rows)} meetings wait"
    open_ones = sum(1 for row in rows if row.project_id is None)
    unclear = f"; {open_ones} still {'needs' if open_ones == 1 else 'need'} a project" if open_ones else ""
    return f"{count}, {hours} h{unclear}."


@act
def decide(request: HttpRequest, ctx: Context) -> HttpResponse:
    """Accept or leave out one meeting, or accept all whose project is known."""
    wanted, _, which = request.POST.get("do", "").partition(":")
    back = reverse("meetings")
    if wanted == "all":
        return _all(request, ctx)
    if wanted not in ("accept", "leave") or not which.isdigit() or len(which) > 15:
        raise NotFound("There is nothing here.")
    if wanted == "leave":
        return pressed(
            request,
            lambda: proposals.leave_meeting(ctx, meeting=int(which)),
            done="The meeting is left out and not proposed again.",
            to=back,
        )
    try:
        entry = proposals.accept_meeting(ctx, meeting=int(which), **_project(request.POST, which))
    except (Invalid, Conflict) as refusal:
        warn(request, refusal.message)
    else:
        tell_logged(request, ctx, entry, undo=reverse("meeting-reopen", args=[which]))
    return redirect(back)


def _project(given: QueryDict, which: str) -> dict[str, int]:
    chosen = given.get(f"project-{which}", "")
    return {"project": int(chosen)} if chosen.isdigit() and len(chosen) < 16 else {}


def _all(request: HttpRequest, ctx: Context) -> HttpResponse:
    """Log every meeting that waits, with the project that stands beside it."""
    logged, refused = [], []
    for row in proposals.meetings(ctx)[:_MOST]:
        chosen = _project(request.POST, str(row.id))
        if row.project_id is None and not chosen:
            continue
        try:
            logged.append(proposals.accept_meeting(ctx, meeting=row.id, **chosen))
        except (Invalid, Conflict) as refusal:
            refused.append(f"{row.title}: {refusal.message}")
    for text in refused:
        warn(request, text)
    if logged:
        hours = number(sum(entry.hours for entry in logged), locale_of(request))
        count = "1 meeting is" if len(logged) == 1 else f"{len(logged)} meetings are"
        say(request, f"{count} logged as drafts, {hours} h. Each can be changed in the week.")
        return redirect(week_address(monday_of(max(entry.day for entry in logged))))
    warn(request, "No meeting has a project yet. Choose one beside it first.")
    return redirect(reverse("meetings"))


@act
def reopen(request: HttpRequest, ctx: Context, meeting: int) -> HttpResponse:
    """Propose a meeting again; what it logged is taken out."""
    return pressed(
        request,
        lambda: proposals.reopen_meeting(ctx, meeting=meeting),
        done="The meeting is proposed again; its hours are taken out.",
        to=reverse("meetings"),
    )

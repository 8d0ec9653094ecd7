"""The timer's page and acts. The frame shows the timer itself by `templates/hours/timer.html`."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from headway.areas.hours import timing
from headway.areas.hours.types import TimerRow, TimerStopped
from headway.areas.people.queries import own_organisation_defaults
from headway.areas.schedule.my_tasks import task_of_name, tasks_by_uid
from headway.interfaces.web.context import locale_of
from headway.interfaces.web.frame import Link
from headway.interfaces.web.hours.week import loggable
from headway.interfaces.web.locale import Locale
from headway.interfaces.web.page import act, page, say, show, warn
from headway.interfaces.web.submitting import attempt, one_of, pressed, text
from headway.interfaces.web.templatetags.formats import number
from headway.kernel.access import may
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, Denied, Invalid


class MomentInput(forms.DateTimeInput):
    """The browser's own calendar and clock."""

    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M")


class StartForm(forms.Form):
    """What the timer is for."""

    task = text("Task or phase", required=False, hint="A task of the plan by its name, or a name of your own.")
    note = text("Note", required=False, length=1000)
    zone = forms.CharField(widget=forms.HiddenInput(attrs={"data-zone": ""}), required=False)

    def __init__(self, projects: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["project"] = one_of("Project", [(row.id, row.name) for row in projects], number=True)
        self.order_fields(["project", "task", "note", "zone"])


class EndForm(forms.Form):
    """When the work of a forgotten timer really ended."""

    ended_at = forms.DateTimeField(label="The work ended", widget=MomentInput())
    note = text("Note", required=False, length=1000)


@page("POST")
def timer(request: HttpRequest, ctx: Context) -> HttpResponse:
    """Start the timer; or, while one runs, stop or discard it."""
    if not may(ctx, "hours.log"):
        raise Denied("Your role does not allow this (log hours).")
    running = timing.timer(ctx)
    if _is_another(request, running):
        return _gone_already(request)
    if running is not None:
        return _of_running(request, ctx, running)
    form = StartForm(loggable(ctx).values(), request.POST or None, initial={"project": request.GET.get("project")})
    status = 200
    if request.method == "POST":
        tried = attempt(form, lambda given: _start(ctx, **given))
        if tried.done:
            say(request, f"The timer runs on {tried.result.project}.")
            return redirect(_back(request))
        status = tried.status
    values = {"form": form, "timer": None, "back": _back(request)}
    return show(request, ctx, "hours/timer_page.html", values, crumbs=_crumbs(), status=status)


def _crumbs() -> tuple[Link, ...]:
    return (Link("Hours", reverse("my-week")), Link("Timer"))


def _start(ctx: Context, *, project: int, task: str, note: str, zone: str) -> TimerRow:
    uid = task_of_name(ctx, project, task) if task else None
    found = tasks_by_uid(ctx, project, [uid])[uid] if uid is not None else None
    return timing.start_timer(
        ctx,
        project=project,
        task=found.id if found else None,
        phase=(task or None) if found is None else None,
        note=note,
        zone=_zone(zone),
    )


def _zone(name: str) -> str:
    """The browser's zone where it is a known one, else the organisation's."""
    return name if name in available_timezones() else own_organisation_defaults()[1]


def _of_running(request: HttpRequest, ctx: Context, running: TimerRow) -> HttpResponse:
    there = ZoneInfo(running.zone)
    form = EndForm(request.POST or None, initial={"note": running.note})
    status = 200
    if request.method == "POST":
        tried = attempt(form, lambda given: _end(ctx, given["ended_at"], given["note"], there))
        if tried.done:
            say(request, booked(tried.result, locale_of(request)))
            return redirect(_back(request))
        status = tried.status
    values = {
        "form": form,
        "timer": running,
        "began": running.started_at.astimezone(there).replace(tzinfo=None),
        "back": _back(request),
    }
    return show(request, ctx, "hours/timer_page.html", values, crumbs=_crumbs(), status=status)


def _end(ctx: Context, ended_at: datetime, note: str, there: ZoneInfo) -> TimerStopped:
    """The moment is meant on the clock where the timer began."""
    return timing.stop_timer(ctx, ended_at=ended_at.replace(tzinfo=there), note=note)


def booked(stopped: TimerStopped, locale: Locale) -> str:
    """What a stopped timer put into the sheet."""
    if not stopped.entries:
        return "The timer is stopped. It ran for less than half a minute, so nothing is booked."
    days = len(stopped.entries)
    over = f" on {days} days" if days > 1 else ""
    first = stopped.entries[0]
    rule = f", {stopped.rounding}" if stopped.rounding != "to the minute" else ""
    return f"{number(stopped.hours, locale)} h are booked{over} on {first.phase or 'the project'} as a draft{rule}."


@act
def start(request: HttpRequest, ctx: Context) -> HttpResponse:
    """Start the timer on a task, from where it is listed; one that runs is stopped and booked first."""
    project, task = request.POST.get("project", ""), request.POST.get("task", "")

    def change() -> None:
        running = timing.timer(ctx)
        if running is not None:
            timing.stop_timer(ctx)
        timing.start_timer(ctx, project=project, task=task or None, zone=_zone(request.POST.get("zone", "")))

    return pressed(request, change, done="The timer runs.", to=_back(request))


@act
def stop(request: HttpRequest, ctx: Context) -> HttpResponse:
    """Stop the timer and book it; a forgotten one asks when the work ended."""
    if _is_another(request, timing.timer(ctx)):
        return _gone_already(request)
    try:
        stopped = timing.stop_timer(ctx)
    except timing.TimerForgotten as refusal:
        warn(request, refusal.message)
        return redirect(reverse("timer"))
    except (Invalid, Conflict) as refusal:
        warn(request, refusal.message)
    else:
        say(request, booked(stopped, locale_of(request)))
    return redirect(_back(request))


@act
def discard(request: HttpRequest, ctx: Context) -> HttpResponse:
    """Take the timer away unbooked."""
    if _is_another(request, timing.timer(ctx)):
        return _gone_already(request)
    done = "The timer is discarded; nothing is booked."
    return pressed(request, lambda: timing.discard_timer(ctx), done=done, to=_back(request))


def _is_another(request: HttpRequest, running: TimerRow | None) -> bool:
    """Whether the page that was sent shows a timer that runs no more, as after going back to it."""
    meant = request.POST.get("timer", "")
    return bool(meant) and (running is None or meant != str(running.id))


def _gone_already(request: HttpRequest) -> HttpResponse:
    """To the week, where what it measured stands."""
    say(request, "That timer runs no more; nothing was booked a second time.")
    return redirect(reverse("my-week"))


def _back(request: HttpRequest) -> str:
    """Where the person came from, within this workspace; else their week."""
    asked = request.POST.get("back") or request.GET.get("back") or ""
    if asked.startswith("/") and url_has_allowed_host_and_scheme(asked, allowed_hosts=None):
        return asked
    return reverse("my-week")

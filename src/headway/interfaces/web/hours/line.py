"""The one line above the week sheet: what it means while somebody types, and logging it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from headway.areas.hours import queries, quick
from headway.areas.hours.lines import LONGEST, is_entry
from headway.areas.hours.types import EntryRow, LineRead
from headway.areas.hours.weeks import monday_of
from headway.areas.projects.queries import charter
from headway.interfaces.web.context import locale_of
from headway.interfaces.web.hours.week import week_address
from headway.interfaces.web.locale import Locale
from headway.interfaces.web.once import LONGEST as LONGEST_KEY
from headway.interfaces.web.once import ONCE, make_once
from headway.interfaces.web.page import act, page, say, show, warn
from headway.interfaces.web.submitting import day_of
from headway.interfaces.web.templatetags.formats import number, weekday_date
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, Denied, Invalid


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that was understood: what it is called, and what it is."""

    label: str
    value: str


@page()
def preview(request: HttpRequest, ctx: Context) -> HttpResponse:
    """What a line means, as a piece of the page; a browser without scripts gets the page of quick add."""
    line = request.GET.get("line", "").strip()
    if not request.headers.get("HX-Request"):
        return redirect(_quick_add(ctx, line, reverse("my-week")))
    if refused := too_long(line):
        return render(request, "hours/line_read.html", {"refused": refused})
    read = quick.read_line(ctx, line=line) if line else None
    values: dict[str, Any] = {"line": line, "read": read, "parts": parts(read, locale_of(request)) if read else ()}
    return render(request, "hours/line_read.html", values)


def parts(read: LineRead, locale: Locale) -> tuple[Part, ...]:
    """What was understood, in the order of the sheet."""
    found = []
    if read.hours is not None:
        clock = f", {read.start:%H:%M} to {read.end:%H:%M}" if read.start and read.end else ""
        found.append(Part("Hours", f"{number(read.hours, locale)} h{clock}"))
    if read.day is not None:
        found.append(Part("Day", weekday_date(read.day, locale)))
    if read.project:
        found.append(Part("Project", read.project))
    if read.phase:
        found.append(Part("Task", read.phase))
    if read.person:
        found.append(Part("Whose", read.person))
    if read.note:
        found.append(Part("Note", read.note))
    if read.billable is not None:
        found.append(Part("Billable", "yes" if read.billable else "no"))
    return tuple(found)


def too_long(line: str) -> str:
    """Why a line cannot be read; '' where it can."""
    if len(line) <= LONGEST:
        return ""
    return f"The line has {len(line):,} characters; at most {LONGEST:,} can be read. Shorten it: nothing was saved."


@act
def log(request: HttpRequest, ctx: Context) -> HttpResponse:
    """Log a line; one that leaves something open is answered on the page of quick add."""
    line = request.POST.get("line", "").strip()
    week = day_of(request.POST.get("week"))
    back = week_address(monday_of(week)) if week else reverse("my-week")
    if refused := too_long(line):
        values = {"written": line, "next": back, "refused": refused}
        return show(request, ctx, "quick_add/page.html", values, status=422)
    given = {name: int(text) for name in ("project", "task_uid") if (text := request.POST.get(name, "")).isdigit()}
    key = request.POST.get(ONCE, "")[:LONGEST_KEY]
    try:
        made = make_once(
            ctx, key, quick.log_line, lambda acting: quick.log_line.call_json(acting, {"line": line, **given})
        )
    except (Invalid, Conflict, Denied) as refusal:
        if line and not quick.read_line(ctx, line=line).questions:  # those quick add asks by itself
            warn(request, refusal.message)
        return redirect(_quick_add(ctx, line, back))
    entry = queries.entry(ctx, entry=made.result["id"])
    if made.again:
        say(request, "This line was logged already; nothing was logged a second time.")
    else:
        tell_logged(request, ctx, entry)
    return redirect(week_address(monday_of(entry.day)))


def tell_logged(request: HttpRequest, ctx: Context, entry: EntryRow, *, undo: str = "") -> None:
    """Say what was logged, with its Undo: taking the entry out, unless another address is given."""
    locale = locale_of(request)
    project = charter(ctx, project=entry.project_id)
    what = f" on {entry.phase}" if entry.phase else ""
    text = f"{number(entry.hours, locale)} h{what} for {project.name} are logged on {weekday_date(entry.day, locale)}."
    say(request, text, undo=undo or reverse("entry-remove", args=[project.key, entry.id]))


def _quick_add(ctx: Context, line: str, back: str) -> str:
    """Quick add with the line; one that shows no hours is said to be of hours, so that only they are asked for."""
    if line and not is_entry(line, ctx.now.date()):
        line = f"hours {line}"
    return f"{reverse('quick-add')}?{urlencode({'line': line, 'next': back})}"

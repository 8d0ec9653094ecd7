"""The team's hours for those who run projects: who is missing, what waits for approval, deciding on many at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from html import escape
from typing import Any, NamedTuple

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from headway.areas.hours import commands, weeks
from headway.areas.hours.types import Sheet, StatusChange, TeamRow, TeamWeek
from headway.areas.people.queries import names_of
from headway.areas.projects.queries import named_projects, seen_project_ids
from headway.interfaces.web.context import locale_of
from headway.interfaces.web.frame import Link
from headway.interfaces.web.hours.week import STATES, today_of
from headway.interfaces.web.locale import Locale
from headway.interfaces.web.page import one_page, page, say, show, warn
from headway.interfaces.web.submitting import day_of
from headway.interfaces.web.templatetags.formats import ABSENT, number, short_date
from headway.interfaces.web.templatetags.pieces import icon, person
from headway.kernel.access import may
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, Denied, Invalid, NotFound

ZERO = Decimal(0)
_SHEETS = 50  # of one page
_NOTHING = f'<span class="hw-quiet">{ABSENT}</span>'
_NAMED = 3  # projects of a person
_MOST = 200  # sheets decided in one go
_ACTS = {
    "approve": ("Approve hours", "Approve them", "approved"),
    "return": ("Return hours", "Return them", "given back as drafts"),
    "lock": ("Lock hours", "Lock them", "locked"),
}


class SheetKey(NamedTuple):
    """One person's week on one project, as a form names it."""

    project_id: int
    person_id: int
    week: date

    def written(self) -> str:
        """'12.5.2026-03-02'."""
        return f"{self.project_id}.{self.person_id}.{self.week}"


@dataclass(frozen=True, slots=True)
class Decided:
    """One sheet with what the act does to it, or why it cannot be done."""

    key: str
    project: str
    person: str
    week: date
    entries: int
    hours: Decimal
    refused: str = ""


@page()
def team(request: HttpRequest, ctx: Context) -> HttpResponse:
    """Who has logged the week, and the weeks that are handed in and wait."""
    projects = seen_project_ids(ctx)
    if not any(may(ctx, "hours.read_team", project_id=pk) for pk in projects):
        raise Denied("Your role does not allow this (see whether everybody's hours are in).")
    today, locale = today_of(ctx), locale_of(request)
    monday = weeks.monday_of(day_of(request.GET.get("week")) or today - weeks.WEEK)
    found = weeks.team_week(ctx, day=monday)
    waiting = weeks.waiting_sheets(ctx)
    sheets, pages = one_page(request, waiting, _SHEETS)
    values = {
        "team": found,
        "rows": _rows(found.rows, locale),
        "days": [monday + timedelta(days=step) for step in range(7)],
        "last_day": monday + timedelta(days=6),
        "before": monday - weeks.WEEK,
        "after": monday + weeks.WEEK,
        "waiting": [(SheetKey(one.project_id, one.person_id, one.week).written(), one) for one in sheets],
        "sheets": len(waiting),
        **pages,
        "shown": len(sheets),
        "answer": _answer(found, waiting, locale),
        "approves": any(may(ctx, "hours.approve", project_id=pk) for pk in projects),
    }
    return show(request, ctx, "hours/team.html", values, crumbs=(Link("Hours", reverse("my-week")), Link("Team")))


def _rows(rows: Iterable[TeamRow], locale: Locale) -> SafeString:
    """A row a person, written without a template: a large team's week has hundreds."""
    missing = f'<span class="hw-chip hw-chip-amber">{icon("alert-triangle", "small")}Nothing logged</span>'
    drawn = []
    for row in rows:
        days = [escape(number(hours, locale)) if hours else _NOTHING for hours in row.days]
        cells = "".join(f'<td class="hw-right">{text}</td>' for text in (*days, escape(number(row.total, locale))))
        projects = f"<bdi>{escape(', '.join(row.projects[:_NAMED]))}</bdi>"
        if len(row.projects) > _NAMED:
            projects += f" and {len(row.projects) - _NAMED} more"
        drawn.append(
            f'<tr data-row><th scope="row">{person(row.person)}</th>{cells}'
            f'<td>{missing if row.missing else _state(row)}</td><td class="hw-wrap">{projects}</td></tr>'
        )
    return mark_safe("".join(drawn))  # noqa: S308  every text is escaped


def _state(row: TeamRow) -> str:
    if row.away and not row.total:
        return "On leave"
    state = STATES[row.status] if row.status else ""
    return "Not handed in" if state == "draft" else escape(state[:1].upper() + state[1:])


def _answer(found: TeamWeek, waiting: tuple[Sheet, ...], locale: Locale) -> str:
    week = f"the week of {short_date(found.first, locale)}"
    if not found.expected:
        said = f"Nobody is expected to log hours in {week}."
    elif found.missing:
        who = "person has" if found.expected == 1 else "people have"
        said = f"{found.missing} of {found.expected} {who} logged nothing in {week}."
    else:
        who = "The one person who is expected to has" if found.expected == 1 else f"All {found.expected} people have"
        said = f"{who} logged something in {week}."
    others = [one for one in waiting if not one.own]
    if not others:
        return f"{said} Nothing waits for your approval."
    hours = number(sum((one.hours for one in others), ZERO), locale)
    return f"{said} {len(others)} {'sheet waits' if len(others) == 1 else 'sheets wait'} for you, {hours} h."


@page("POST")
def decide(request: HttpRequest, ctx: Context) -> HttpResponse:
    """Show what approving, returning or locking the chosen sheets does; on confirming, do it."""
    act = request.POST.get("act", "")
    if request.method != "POST" or act not in _ACTS:
        return redirect(reverse("team-hours"))
    chosen = [key for key in (_read(text) for text in request.POST.getlist("sheet")[:_MOST]) if key is not None]
    if act == "lock":
        chosen = _of_week(ctx, request)
    if not chosen:
        warn(request, "Choose at least one sheet.")
        return redirect(reverse("team-hours"))
    reason = request.POST.get("reason", "").strip()
    confirmed = bool(request.POST.get("confirmed"))
    if confirmed and act == "return" and not reason:
        warn(request, "Say why the hours go back: the person reads it in their sheet.")
        confirmed = False
    projects = named_projects(ctx, {key.project_id for key in chosen})
    people = names_of(key.person_id for key in chosen)
    acting = ctx if confirmed else ctx.but(dry_run=True)
    tried = [
        _decide(acting, act, key, projects[key.project_id].name, people.get(key.person_id, ""), reason or "–")
        for key in chosen
        if key.project_id in projects
    ]
    decided = [row for row in tried if row.entries or row.refused]
    if confirmed:
        _tell(request, act, decided)
        return redirect(reverse("team-hours"))
    title, button, _ = _ACTS[act]
    values = {
        "act": act,
        "title": title,
        "button": button,
        "rows": decided,
        "can": any(row.entries for row in decided),
        "total": sum((row.hours for row in decided), ZERO),
        "week": request.POST.get("week", ""),
        "reason": reason,
    }
    crumbs = (Link("Hours", reverse("my-week")), Link("Team", reverse("team-hours")), Link(title))
    return show(request, ctx, "hours/decide.html", values, crumbs=crumbs)


def _read(written: str) -> SheetKey | None:
    project, _, rest = written.partition(".")
    person, _, week = rest.partition(".")
    on = day_of(week)
    numbers = all(part.isascii() and part.isdigit() and len(part) < 16 for part in (project, person))
    return SheetKey(int(project), int(person), weeks.monday_of(on)) if numbers and on is not None else None


def _of_week(ctx: Context, request: HttpRequest) -> list[SheetKey]:
    """Every project whose approved hours of the named week this person may lock; person 0 = all of them."""
    on = day_of(request.POST.get("week"))
    if on is None:
        raise NotFound("There is nothing here.")
    projects = [pk for pk in named_projects(ctx) if may(ctx, "hours.approve", project_id=pk)]
    return [SheetKey(pk, 0, weeks.monday_of(on)) for pk in projects]


def _decide(ctx: Context, act: str, key: SheetKey, project: str, person: str, reason: str) -> Decided:
    days: dict[str, Any] = {"project": key.project_id, "first": key.week, "last": key.week + timedelta(days=6)}
    change = StatusChange(0, ZERO)
    refused = ""
    try:
        if act == "approve":
            change = commands.approve(ctx, person=key.person_id, **days)
        elif act == "return":
            change = commands.return_entries(ctx, person=key.person_id, reason=reason, **days)
        else:
            change = commands.lock(ctx, **days)
    except (Denied, Conflict, Invalid, NotFound) as refusal:
        refused = refusal.message
    return Decided(key.written(), project, person, key.week, change.entries, change.hours, refused)


def _tell(request: HttpRequest, act: str, decided: list[Decided]) -> None:
    locale = locale_of(request)
    done = [row for row in decided if row.entries]
    if done:
        hours = number(sum((row.hours for row in done), ZERO), locale)
        sheets = f"{len(done)} {'sheet' if len(done) == 1 else 'sheets'}"
        say(request, f"{hours} h of {sheets} are {_ACTS[act][2]}.")
    else:
        warn(request, "Nothing is left to do there: the hours were changed meanwhile.")
    for row in decided:
        if row.refused:
            warn(request, f"{row.project}, {row.person}: {row.refused}")

"""My week: a sheet over all my projects, its cells, copying last week, handing in, and the house's rules for hours."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from headway.areas.hours import meetings, sheets, weeks
from headway.areas.hours.types import EntryStatus, MyWeek, MyWeekRow, WeekCell
from headway.areas.hours.weeks import RowKey
from headway.areas.people.queries import own_organisation_defaults
from headway.areas.projects.queries import my_person_id, named_projects
from headway.areas.projects.types import ProjectRow
from headway.areas.schedule.my_tasks import task_of_name, tasks_by_uid
from headway.interfaces.web.context import locale_of
from headway.interfaces.web.frame import Input, Link, Source
from headway.interfaces.web.locale import Locale
from headway.interfaces.web.once import new_key
from headway.interfaces.web.page import act, page, say, show, warn
from headway.interfaces.web.submitting import day_of, one_of, pressed, text
from headway.interfaces.web.templatetags.formats import number, short_date
from headway.kernel.access import may
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, Denied, Invalid, NotFound

ZERO = Decimal(0)

STATES = {
    EntryStatus.DRAFT: "draft",
    EntryStatus.SUBMITTED: "handed in",
    EntryStatus.APPROVED: "approved",
    EntryStatus.LOCKED: "locked",
}
_MOST_ADDED = 20
_ROW = re.compile(r"([0-9]{1,15})\.([0-9]{0,9})\.(.*)", re.DOTALL)


class RowForm(forms.Form):
    """A row that one wants to log on."""

    task = text("Task or phase", required=False, hint="A task of the plan by its name, or a name of your own.")

    def __init__(self, projects: Iterable[ProjectRow], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["project"] = one_of("Project", [(row.id, row.name) for row in projects], number=True)
        self.order_fields(["project", "task"])


@dataclass(frozen=True, slots=True)
class Refused:
    """What was typed into a cell and not saved, and why."""

    typed: str
    why: str


# By row as forms name it, and day of the week.
Refusals = Mapping[tuple[str, int], Refused]


@dataclass(frozen=True, slots=True)
class ShownCell:
    """A cell with the words that stand for its state."""

    cell: WeekCell
    label: str
    state: str
    href: str
    refused: Refused | None = None


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A row as the sheet draws it; `key` names it in addresses and forms."""

    row: MyWeekRow
    key: str
    cells: tuple[ShownCell, ...]


def today_of(ctx: Context) -> date:
    """The day it is where the organisation is: a person's week is over all projects and their zones."""
    return ctx.now.astimezone(ZoneInfo(own_organisation_defaults()[1])).date()


def loggable(ctx: Context) -> dict[int, ProjectRow]:
    """The projects on which this person may log hours, by id and in the order of their names."""
    return {pk: row for pk, row in named_projects(ctx).items() if may(ctx, "hours.log", project_id=pk)}


@page()
def my_week(request: HttpRequest, ctx: Context) -> HttpResponse:
    """The week that the address names, else this one."""
    day = day_of(request.GET.get("week")) or today_of(ctx)
    return _sheet(request, ctx, day, request.GET.getlist("row"), {}, status=200)


def _sheet(
    request: HttpRequest, ctx: Context, day: date, more: Sequence[str], refusals: Refusals, *, status: int
) -> HttpResponse:
    """The week of a day. more: rows that are shown empty; refusals: what was typed and stays in its cell."""
    today = today_of(ctx)
    found = weeks.my_week(ctx, day=day)
    locale = locale_of(request)
    projects = loggable(ctx)
    added = _added(more, found, projects)
    rows = sorted((*found.rows, *added), key=lambda row: (row.project, row.project_id))
    values = {
        "week": found,
        "today_here": today,
        "this_week": weeks.monday_of(today),
        "rows": list(_shown(rows, my_person_id(ctx), locale, refusals)),
        "before": found.first - weeks.WEEK,
        "after": found.first + weeks.WEEK,
        "last_day": found.first + timedelta(days=6),
        "left": found.capacity - found.total,
        "capacity_source": _capacity_source(found, locale),
        "answer": _answer(found, locale),
        "drafts": any(state.status is EntryStatus.DRAFT for state in found.states),
        "returned": _returned(found),
        "states": [(STATES[state.status], state) for state in found.states],
        "earlier": [(STATES[one.status], one) for one in found.earlier],
        "can_log": bool(projects),
        "new_row": RowForm(projects.values()),
        "example": next((row.key for row in projects.values()), "KEY"),
        "once": new_key(),
        "meetings": len(meetings.meetings(ctx)) if projects else 0,
    }
    return show(request, ctx, "hours/week.html", values, status=status)


def _answer(week: MyWeek, locale: Locale) -> str:
    said = f"{number(week.total, locale)} of {number(week.capacity, locale)} h logged"
    if not week.total:
        return f"Nothing is logged yet of the {number(week.capacity, locale)} h that you can work."
    kinds = {state.status for state in week.states}
    if kinds == {EntryStatus.DRAFT}:
        return f"{said}; nothing is handed in yet."
    if EntryStatus.DRAFT in kinds:
        drafts = next(state for state in week.states if state.status is EntryStatus.DRAFT)
        return f"{said}; {number(drafts.hours, locale)} h still to be handed in."
    return f"{said}; all of it is {'approved' if EntryStatus.SUBMITTED not in kinds else 'handed in'}."


def _returned(week: MyWeek) -> list[tuple[str, list[date]]]:
    """Why hours came back, each reason once with its days."""
    reasons: dict[str, set[date]] = {}
    for row in week.rows:
        for cell in row.cells:
            if cell.returned:
                reasons.setdefault(cell.returned, set()).add(cell.day)
    return [(reason, sorted(days)) for reason, days in reasons.items()]


def _capacity_source(week: MyWeek, locale: Locale) -> Source:
    return Source(
        formula="Working hours of each day, added up",
        inputs=tuple(
            Input(short_date(column.day, locale), f"{number(column.capacity, locale)} h") for column in week.days
        ),
        as_of=week.first,
        records=week.capacity_source[:1].upper() + week.capacity_source[1:],
        short="What you can work in this week",
    )


def _shown(rows: Iterable[MyWeekRow], me: int | None, locale: Locale, refusals: Refusals) -> Iterator[ShownRow]:
    for row in rows:
        key = written(RowKey(row.project_id, row.task_uid, row.phase))
        name = f"{row.project}, {row.phase or 'no task'}"
        cells = tuple(
            _shown_cell(row, cell, name, me, locale, refusals.get((key, step))) for step, cell in enumerate(row.cells)
        )
        yield ShownRow(row, key, cells)


def _shown_cell(
    row: MyWeekRow, cell: WeekCell, name: str, me: int | None, locale: Locale, refused: Refused | None
) -> ShownCell:
    state = STATES[cell.status] if cell.status else ""
    if cell.returned:
        state = "returned"
    href = ""
    if cell.entry_id is not None:
        href = reverse("entry", args=[row.project_key, cell.entry_id])
    elif cell.entries:
        only = {"person": me, "phase": row.phase or "-", "first": cell.day, "last": cell.day}
        href = f"{reverse('entries', args=[row.project_key])}?{urlencode(only)}"
    label = f"{name}, {short_date(cell.day, locale)}{f', {state}' if state else ''}"
    return ShownCell(cell, label, state, href, refused)


def _added(more: Sequence[str], week: MyWeek, projects: dict[int, ProjectRow]) -> Iterator[MyWeekRow]:
    """The empty rows that are asked for."""
    known = {(row.project_id, row.task_uid, row.phase) for row in week.rows}
    for named in more[:_MOST_ADDED]:
        key = read_row(named)
        project = projects.get(key.project_id) if key else None
        if key is None or project is None or key in known:
            continue
        known.add(key)
        cells = tuple(weeks.cell_of(column.day, (), may_log=True) for column in week.days)
        yield MyWeekRow(project.id, project.key, project.name, key.task_uid, key.phase, "added", cells, ZERO)


def written(key: RowKey) -> str:
    """A row as addresses and forms name it: '12.5.Build' for project, task and phase."""
    return f"{key.project_id}.{'' if key.task_uid is None else key.task_uid}.{key.phase}"


def read_row(text_: str) -> RowKey | None:
    """The row that an address or a form names; None for anything else."""
    found = _ROW.fullmatch(text_)
    if found is None:
        return None
    return RowKey(int(found[1]), int(found[2]) if found[2] else None, found[3][:255])


def week_address(monday: date, *rows: str) -> str:
    """The address of a week, with rows added."""
    return f"{reverse('my-week')}?{urlencode([('week', monday), *(('row', row) for row in rows)])}"


@act
def add_row(request: HttpRequest, ctx: Context) -> HttpResponse:
    """To the same week with one more row: of a task where the name is one's, else of a phase."""
    monday = _monday(request)
    form = RowForm(loggable(ctx).values(), request.POST)
    rows = [row for row in request.POST.getlist("row") if read_row(row)]
    if not form.is_valid():
        warn(request, "Choose the project to log hours on.")
        return redirect(week_address(monday, *rows))
    project, name = form.cleaned_data["project"], form.cleaned_data["task"]
    uid = task_of_name(ctx, project, name) if name else None
    if uid is not None:
        name = tasks_by_uid(ctx, project, [uid])[uid].name
    return redirect(week_address(monday, *rows, written(RowKey(project, uid, name))) + "#sheet")


@act
def save(request: HttpRequest, ctx: Context) -> HttpResponse:
    """All cells of a sheet at once, for browsers without scripts; with them each cell saves itself.

    What is refused stays in its cell.
    """
    monday = _monday(request)
    refused: dict[tuple[str, int], Refused] = {}
    saved = 0
    for place, named in enumerate(request.POST.getlist("row")):
        key = read_row(named)
        for step in range(7) if key else ():
            name = f"{place}-{step}"
            typed, was = request.POST.get(f"cell-{name}", "").strip(), request.POST.get(f"was-{name}", "")
            if key is None or typed == was:
                continue
            try:
                sheets.set_cell(
                    ctx,
                    project=key.project_id,
                    day=monday + timedelta(days=step),
                    hours=typed or "0",
                    task_uid=key.task_uid,
                    phase=key.phase,
                )
                saved += 1
            except (Invalid, Conflict, NotFound, Denied) as refusal:
                refused[named, step] = Refused(typed, refusal.message)
                day = short_date(monday + timedelta(days=step), locale_of(request))
                warn(request, f"{day}: “{typed}” is not saved. {refusal.message}")
    if saved:
        say(request, f"{saved} {'cell is' if saved == 1 else 'cells are'} saved.")
    rows = request.POST.getlist("row")
    if refused:
        return _sheet(request, ctx, monday, rows, refused, status=422)
    return redirect(week_address(monday, *rows))


@page("POST")
def copy_last_week(request: HttpRequest, ctx: Context) -> HttpResponse:
    """What copying last week would put into the week; on demand it does."""
    on = day_of(request.POST.get("week") or request.GET.get("week")) or today_of(ctx)
    monday = weeks.monday_of(on)
    back = week_address(monday)
    try:
        found = sheets.copy_week(ctx if request.method == "POST" else ctx.but(dry_run=True), day=monday)
    except (Invalid, Conflict) as refusal:
        warn(request, refusal.message)
        return redirect(back)
    if request.method == "POST":
        hours = number(sum((cell.hours for cell in found.copied), ZERO), locale_of(request))
        say(request, f"{hours} h of last week are copied as drafts. Correct what was different.")
        return redirect(back)
    values = {"found": found, "monday": monday, "back": back, "total": sum((cell.hours for cell in found.copied), ZERO)}
    crumbs = (Link("Hours", back), Link("Copy last week"))
    return show(request, ctx, "hours/copy.html", values, crumbs=crumbs)


@act
def submit(request: HttpRequest, ctx: Context) -> HttpResponse:
    """Hand in the week on all projects."""
    monday = _monday(request)
    return pressed(
        request,
        lambda: sheets.submit_week(ctx, day=monday),
        done="Your week is handed in on all its projects.",
        to=week_address(monday),
    )


def _monday(request: HttpRequest) -> date:
    on = day_of(request.POST.get("week"))
    if on is None:
        raise NotFound("There is nothing here.")
    return weeks.monday_of(on)

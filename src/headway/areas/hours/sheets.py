"""Changes to a person's own week over all projects: one cell, copying last week, handing in, and the house's rules.

Each change goes through the use cases of one project, so that its rights, rates and audit count as ever.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Annotated

from pydantic import Field

from headway.areas.hours.commands import edit, log, remove, submit
from headway.areas.hours.deciders import who_can_help
from headway.areas.hours.models import HoursRules, TimeEntry
from headway.areas.hours.queries import ZERO
from headway.areas.hours.sums import plain
from headway.areas.hours.types import (
    CLOSED,
    CellHours,
    CopiedCell,
    CopiedWeek,
    EntryStatus,
    RulesRow,
    WeekCell,
    WeekSubmitted,
)
from headway.areas.hours.weeks import WEEK, RowKey, cell_of, key_of, monday_of, own_entries
from headway.areas.projects.queries import charter, my_person_id, named_projects
from headway.areas.projects.types import ProjectId
from headway.areas.schedule.my_tasks import tasks_by_uid
from headway.kernel.access import may
from headway.kernel.commands import command, journey
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, FieldError, Invalid, NotFound
from headway.kernel.models import next_number
from headway.kernel.queries import query
from headway.kernel.schema import Label, Text

DAY_HOURS = Decimal(24)
HALF_A_YEAR = timedelta(weeks=26)
Step = Annotated[int, Field(ge=0, le=60)]
Weekday = Annotated[int, Field(ge=0, le=7)]
Percent = Annotated[int, Field(ge=1, le=100)]


@command(permission="hours.log", idempotent=True)
def set_cell(
    ctx: Context,
    *,
    project: ProjectId,
    day: date,
    hours: CellHours,
    task_uid: int | None = None,
    phase: Label = "",
    note: Text | None = None,
    was: CellHours | None = None,
) -> WeekCell:
    """Set my hours of one day on a task or phase of a project; 0 empties the cell.

    hours     as a number or as people write them: 1.5, 1:30, 90m, 2h.
    task_uid  the task's uid in the project's plan.
    was       what the cell held when it was shown: if it holds something else now, nothing is changed.
    Role and billable flag follow my newest entry of that row, else of that project. Hours that were handed in
    become a draft again. A cell of several entries is changed entry by entry.
    """
    me = _me(ctx)
    next_number(f"hours.cells.{me}")  # one cell of a person at a time: the counter's row is locked until the end
    key = _row_key(ctx, project, task_uid, phase)
    of_day = list(own_entries(ctx, me, day, day))
    held = [entry for entry in of_day if key_of(entry) == key]
    now = plain(sum((entry.hours for entry in held), ZERO))
    if was is not None and was != now:
        raise Conflict(
            f"This cell holds {now} h now: it was changed elsewhere meanwhile. Look at it and set it again.",
            extra={"hours": str(now)},
        )
    if hours != now or (note is not None and held and note != held[0].note):
        _set(ctx, me, key, day, hours, note, held, others=sum((entry.hours for entry in of_day), ZERO) - now)
    after = [entry for entry in own_entries(ctx, me, day, day) if key_of(entry) == key]
    return cell_of(day, after, may_log=True)


def _me(ctx: Context) -> int:
    person = my_person_id(ctx)
    if person is None:
        raise Invalid("Nobody is signed in whose hours these could be.", fields=[FieldError("person", "required")])
    return person


def _row_key(ctx: Context, project_id: int, task_uid: int | None, phase: str) -> RowKey:
    if task_uid is None:
        return RowKey(project_id, None, phase)
    task = tasks_by_uid(ctx, project_id, [task_uid]).get(task_uid)
    if task is None and not phase:
        raise NotFound("Task not found.")
    return RowKey(project_id, task_uid, (phase or (task.name if task else ""))[:255])


def _set(
    ctx: Context,
    person: int,
    key: RowKey,
    day: date,
    hours: Decimal,
    note: str | None,
    held: Sequence[TimeEntry],
    *,
    others: Decimal,
) -> None:
    closed = next((entry.status for entry in held if entry.status in CLOSED), "")
    if closed:
        name = charter(ctx, project=key.project_id).name
        raise Conflict(
            f"{_said(day)} on {name} is {closed}: it changes no more. {who_can_help(key.project_id, person)}"
        )
    if len(held) > 1:
        raise Conflict(
            f"{_said(day)} holds {len(held)} entries here, each with a note of its own. Open the cell to change them."
        )
    if others + hours > DAY_HOURS:
        room = f"at most {plain(DAY_HOURS - others)}" if others < DAY_HOURS else "nothing more fits on this day"
        raise Invalid(
            f"{_said(day)} would have {plain(others + hours)} hours; a day has 24, and {plain(others)} are logged.",
            fields=[FieldError("hours", room, value=str(hours))],
        )
    if not held:
        _add(ctx, person, key, day, hours, note or "")
    elif hours:
        edit(ctx, entry=held[0].pk, hours=hours, note=note)
    else:
        remove(ctx, entry=held[0].pk)


def _add(ctx: Context, person: int, key: RowKey, day: date, hours: Decimal, note: str = "") -> None:
    role, billable = usual(ctx, person, key, day)
    task = tasks_by_uid(ctx, key.project_id, [key.task_uid]).get(key.task_uid) if key.task_uid is not None else None
    log(
        ctx,
        project=key.project_id,
        day=day,
        hours=hours,
        task=task.id if task else None,
        phase=key.phase or None,
        role=role,
        billable=billable,
        note=note,
    )


def usual(ctx: Context, person: int, key: RowKey, day: date) -> tuple[str, bool]:
    """Role and billable flag of a person's newest entry in a row; the role of the newest on the project else.

    Only the half year before and after the day counts: who came back after longer may do something else now.
    """
    mine = own_entries(ctx, person, day - HALF_A_YEAR, day + HALF_A_YEAR).filter(project_id=key.project_id)
    newest = mine.order_by("-day", "-id").values_list("role", "billable")
    like = newest.filter(task_uid=key.task_uid, phase=key.phase).first()
    if like is not None:
        return like
    other = newest.first()
    return (other[0], True) if other else ("", True)


def own_hours_on(ctx: Context, person: int, day: date) -> Decimal:
    """All hours of a person on a day that the actor may see."""
    return sum((entry.hours for entry in own_entries(ctx, person, day, day)), ZERO)


def _said(day: date) -> str:
    return f"{day:%a} {day.day} {day:%b}"


@journey(permission="hours.log", name="hours.copy_week")
def copy_week(ctx: Context, *, day: date) -> CopiedWeek:
    """Copy my hours of the week before into the empty cells of the week that holds a day, as drafts without notes.

    With a dry run it says what would be copied and what would be left out, and why.
    """
    monday = monday_of(day)
    me = _me(ctx)
    entries = list(own_entries(ctx, me, monday - WEEK, monday + WEEK - timedelta(days=1)))
    filled = {(key_of(entry), entry.day) for entry in entries if entry.day >= monday}
    loaded: dict[date, Decimal] = {}
    cells: dict[tuple[RowKey, date], Decimal] = {}
    for entry in entries:
        if entry.day >= monday:
            loaded[entry.day] = loaded.get(entry.day, ZERO) + entry.hours
        else:
            place = (key_of(entry), entry.day + WEEK)
            cells[place] = cells.get(place, ZERO) + entry.hours
    projects = named_projects(ctx, {key.project_id for key, _ in cells})
    copied: list[CopiedCell] = []
    left: list[CopiedCell] = []
    for (key, on), hours in cells.items():
        why = ""
        if hours <= 0:  # what was logged there was corrected away
            continue
        if (key, on) in filled:
            why = "has hours already"
        elif not may(ctx, "hours.log", project_id=key.project_id):
            why = "you may no longer log hours on this project"
        elif loaded.get(on, ZERO) + hours > DAY_HOURS:
            why = "the day would have more than 24 hours"
        cell = CopiedCell(key.project_id, projects[key.project_id].name, key.phase, on, plain(hours), why)
        (left if why else copied).append(cell)
        if not why:
            loaded[on] = loaded.get(on, ZERO) + hours
            _add(ctx, me, key, on, hours)
    if not cells:
        raise Conflict("The week before holds no hours of yours: there is nothing to copy.")
    return CopiedWeek(monday, tuple(copied), tuple(left))


@journey(permission="hours.log", name="hours.submit_week", idempotent=True)
def submit_week(ctx: Context, *, day: date) -> WeekSubmitted:
    """Hand in my drafts of the week that holds a day, on all projects at once.

    Refused as a whole, with the project and what is missing, where one of them cannot be handed in.
    """
    monday = monday_of(day)
    sunday = monday + timedelta(days=6)
    me = _me(ctx)
    entries = list(own_entries(ctx, me, monday, sunday))
    drafts = [entry for entry in entries if entry.status == EntryStatus.DRAFT.value]
    if not drafts:
        raise Conflict(f"The week from {_said(monday)} to {_said(sunday)} holds no drafts to hand in.")
    projects = named_projects(ctx, {entry.project_id for entry in drafts})
    faults = [*_too_long(entries), *_not_allowed(ctx, drafts, {pk: row.name for pk, row in projects.items()})]
    if rules(ctx).notes_required:
        faults += _without_notes(drafts, {pk: row.name for pk, row in projects.items()})
    if faults:
        raise Conflict(f"Nothing is handed in. {' '.join(faults)}", extra={"missing": faults})
    changes = [submit(ctx, project=project_id, first=monday, last=sunday) for project_id in projects]
    return WeekSubmitted(
        monday,
        sum(change.entries for change in changes),
        sum((change.hours for change in changes), ZERO),
        tuple(row.name for row in projects.values()),
    )


def _too_long(entries: Iterable[TimeEntry]) -> list[str]:
    days: dict[date, Decimal] = {}
    for entry in entries:
        days[entry.day] = days.get(entry.day, ZERO) + entry.hours
    return [f"{_said(on)} has {plain(hours)} hours; a day has 24." for on, hours in days.items() if hours > DAY_HOURS]


def _not_allowed(ctx: Context, drafts: Iterable[TimeEntry], names: dict[int, str]) -> list[str]:
    refused = {entry.project_id for entry in drafts if not may(ctx, "hours.log", project_id=entry.project_id)}
    return [f"{names[pk]}: your role there no longer logs hours. Ask its manager." for pk in sorted(refused)]


def _without_notes(drafts: Iterable[TimeEntry], names: dict[int, str]) -> list[str]:
    bare: dict[int, list[date]] = {}
    for entry in drafts:
        if not entry.note.strip():
            bare.setdefault(entry.project_id, []).append(entry.day)
    return [
        f"{names[pk]}: no note on {', '.join(dict.fromkeys(_said(on) for on in days))}. Write what was done."
        for pk, days in bare.items()
    ]


# --- the house's rules ----------------------------------------------------------------------


@query(permission="hours.read")
def rules(ctx: Context) -> RulesRow:
    """How the house logs hours: rounding of timers, whether every entry needs a note, when people are reminded."""
    return _rules_row(HoursRules.visible_to(ctx).first() or HoursRules(version=0))


def _rules_row(row: HoursRules) -> RulesRow:
    return RulesRow(row.round_minutes, row.round_up, row.notes_required, row.version, row.remind_on, row.remind_below)


@command(permission="hours.edit_rules", idempotent=True)
def edit_rules(
    ctx: Context,
    *,
    round_minutes: Step | None = None,
    round_up: bool | None = None,
    notes_required: bool | None = None,
    remind_on: Weekday | None = None,
    remind_below: Percent | None = None,
) -> RulesRow:
    """Change how the house logs hours, from now on; what is not given stays. Entries of before keep their hours.

    round_minutes  timers are booked in steps of so many minutes; 0 books what was measured, to the minute.
    remind_on      the weekday, 1 = Monday, on which a mail tells people of missing hours of the seven days before;
                   0 = never.
    remind_below   who logged less than so many percent of what they could work gets it.
    """
    row = HoursRules.visible_to(ctx).first() or HoursRules.add(ctx)
    given = {
        "round_minutes": round_minutes,
        "round_up": round_up,
        "notes_required": notes_required,
        "remind_on": remind_on,
        "remind_below": remind_below,
    }
    row.change(ctx, **{name: value for name, value in given.items() if value is not None})
    return _rules_row(row)

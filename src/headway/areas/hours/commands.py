"""Changes to time entries: logged, edited, split, taken out.

Rates and amounts are looked up and copied when an entry is saved; setting a rate moves no entry.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from headway.areas.hours.approving import approve, lock, return_entries, submit
from headway.areas.hours.caps import Worked, may_be_billed
from headway.areas.hours.deciders import who_can_help
from headway.areas.hours.events import EntriesChanged
from headway.areas.hours.models import TimeEntry
from headway.areas.hours.priced import ReadBefore, read_before
from headway.areas.hours.queries import entry_row
from headway.areas.hours.rate_cards import RateCard, money_columns, remove_rate, set_project_rate, set_rate
from headway.areas.hours.sums import plain
from headway.areas.hours.taking import stage_entries, take_entries, undo_entries
from headway.areas.hours.types import CLOSED, EntryRow, EntryStatus, Hours
from headway.areas.people.types import PersonId
from headway.areas.projects.queries import charter, my_person_id
from headway.areas.projects.types import ProjectId
from headway.areas.schedule.queries import task as show_task
from headway.areas.schedule.types import TaskId
from headway.kernel.commands import command
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, FieldError, Invalid
from headway.kernel.schema import Label, Name, ShortText, Text

# Commands of their own modules: callers know one place.
__all__ = [
    "ReadBefore",
    "approve",
    "lock",
    "read_before",
    "remove_rate",
    "return_entries",
    "set_project_rate",
    "set_rate",
    "stage_entries",
    "submit",
    "take_entries",
    "undo_entries",
]

HEADWAY = "headway"


@command(permission="hours.log", name="hours.log")
def log(
    ctx: Context,
    *,
    project: ProjectId,
    day: date,
    hours: Hours,
    person: PersonId | None = None,
    task: TaskId | None = None,
    phase: Name | None = None,
    role: Label = "",
    note: Text = "",
    billable: bool = True,
    start: datetime | None = None,
    end: datetime | None = None,
    zone: ShortText = "",
) -> EntryRow:
    """Log hours on a project; for oneself unless `person` is given, which only those who run the project may.

    hours       above 0, at most 24.
    start, end  when the work was done, with their offset from UTC; the hours are not derived from them.
    phase       a name of one's own; else the task's name.
    billable    stays so unless a budget that stops billing at its cap is used.
    """
    who = person if person is not None else my_person_id(ctx)
    if who is None:
        raise Invalid("Say whose hours these are.", fields=[FieldError("person", "required")])
    _check(hours, start, end)
    named = show_task(ctx, task=task) if task is not None else None
    about = charter(ctx, project=project)
    uid, part = named.uid if named else None, (phase or (named.name if named else ""))[:255]
    billable = billable and may_be_billed(Worked(about.id, who, uid, part, role))
    row = TimeEntry.add(
        ctx,
        project_id=project,
        person_id=who,
        day=day,
        start=start,
        end=end,
        zone=zone or (about.time_zone if start else ""),
        task_uid=uid,
        phase=part,
        role=role,
        hours=hours,
        billable=billable,
        note=note,
        source=HEADWAY,
        **RateCard(about).amounts(who, role, day, hours, billable=billable),
    )
    ctx.emit(EntriesChanged(project_id=project))
    return entry_row(ctx, row)


def _check(hours: Decimal, start: datetime | None, end: datetime | None) -> None:
    if not 0 < hours <= 24:
        raise Invalid(
            f"{hours} hours on one day; give more than 0 and at most 24.",
            fields=[FieldError("hours", "more than 0, at most 24", value=str(hours))],
        )
    for name, moment in (("start", start), ("end", end)):
        if moment is not None and moment.tzinfo is None:
            raise Invalid(
                f"{name} has no offset from UTC.", fields=[FieldError(name, "add the offset, such as +01:00")]
            )
    if start is not None and end is not None and end < start:
        raise Invalid("The work ends before it starts.", fields=[FieldError("end", "before start")])


def _still_open(entry: TimeEntry) -> None:
    if entry.status in CLOSED:
        help_ = who_can_help(entry.project_id, entry.person_id)
        raise Conflict(f"This entry is {entry.status}: it changes no more. {help_}")


@command(permission="hours.log", changes="entry")
def edit(
    ctx: Context,
    *,
    entry: TimeEntry,
    day: date | None = None,
    hours: Hours | None = None,
    person: PersonId | None = None,
    phase: Label | None = None,
    role: Label | None = None,
    note: Text | None = None,
    billable: bool | None = None,
) -> EntryRow:
    """Change an entry that is not yet approved; what is not given stays.

    The rates stay those of the first saving, unless day, person or role change: then they are looked up anew.
    Whoever changes an entry of his own that is handed in takes it back: it is a draft again.
    """
    _still_open(entry)
    new_hours = entry.hours if hours is None else hours
    _check(new_hours, entry.start, entry.end)
    values = _given(
        day=day,
        hours=hours,
        person_id=person,
        phase=phase,
        role=role,
        note=note,
        billable=billable,
    )
    moved = any(getattr(entry, name) != values.get(name, getattr(entry, name)) for name in ("day", "person_id", "role"))
    pays = entry.billable if billable is None else billable
    if moved:
        card = RateCard(charter(ctx, project=entry.project_id))
        who, when, what = (values.get(name, getattr(entry, name)) for name in ("person_id", "day", "role"))
        values |= card.amounts(who, what, when, new_hours, billable=pays)
    elif hours is not None or billable is not None:
        factor = new_hours if pays else Decimal(0)
        values |= money_columns("bill", entry.bill_rate, factor, entry.bill_currency)
        values |= money_columns("cost", entry.cost_rate, new_hours, entry.cost_currency)
    if entry.status == EntryStatus.SUBMITTED.value and entry.person_id == my_person_id(ctx):
        values["status"] = EntryStatus.DRAFT.value
    if entry.change(ctx, **values):
        ctx.emit(EntriesChanged(project_id=entry.project_id))
    return entry_row(ctx, TimeEntry.found(ctx, pk=entry.pk))


def _given(**values: Any) -> dict[str, Any]:
    """What the caller stated; None = leave as it is."""
    return {name: value for name, value in values.items() if value is not None}


@command(permission="hours.log", changes="entry")
def split(ctx: Context, *, entry: TimeEntry, hours: Hours, note: Text) -> EntryRow:
    """Take some hours of an entry that is not yet approved into a second one, with a note of its own.

    Gives the second one; it has the day, task, role and rates of the first.
    """
    _still_open(entry)
    if not 0 < hours < entry.hours:
        raise Invalid(
            f"{hours} hours cannot be taken out of {plain(entry.hours)}; give more than 0 and less than that.",
            fields=[FieldError("hours", f"more than 0, less than {plain(entry.hours)}", value=str(hours))],
        )
    kept = ("project_id", "person_id", "day", "zone", "task_uid", "phase", "role", "billable", "status", "returned")
    pays = hours if entry.billable else Decimal(0)
    second = TimeEntry.add(
        ctx,
        **{name: getattr(entry, name) for name in kept},
        hours=hours,
        note=note,
        source=HEADWAY,
        **money_columns("bill", entry.bill_rate, pays, entry.bill_currency),
        **money_columns("cost", entry.cost_rate, hours, entry.cost_currency),
    )
    left = entry.hours - hours
    rest = left if entry.billable else Decimal(0)
    entry.change(
        ctx,
        hours=left,
        **money_columns("bill", entry.bill_rate, rest, entry.bill_currency),
        **money_columns("cost", entry.cost_rate, left, entry.cost_currency),
    )
    ctx.emit(EntriesChanged(project_id=entry.project_id))
    return entry_row(ctx, second)


@command(permission="hours.log", destructive=True)
def remove(ctx: Context, *, entry: TimeEntry) -> None:
    """Take an entry out; it counts nowhere any more. Approved and locked entries must be returned first."""
    _still_open(entry)
    entry.change(ctx, removed_at=ctx.now)
    ctx.emit(EntriesChanged(project_id=entry.project_id))

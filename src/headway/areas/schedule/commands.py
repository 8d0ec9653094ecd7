"""Changes to plans. Each edit changes the engine's plan in memory, reschedules it, and stores what differs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from headway.areas.people.queries import holidays_from
from headway.areas.people.types import DayOff, PersonId
from headway.areas.projects.queries import local_day
from headway.areas.projects.types import ProjectId
from headway.areas.schedule import fields, keeping, storing
from headway.areas.schedule.baselines import drop_baseline, edit_baseline, set_baseline, use_baseline
from headway.areas.schedule.editing import hold, stored
from headway.areas.schedule.events import PlanChanged
from headway.areas.schedule.history import BEGIN, Figures, Note, note, persons_leaving
from headway.areas.schedule.labels import words_of
from headway.areas.schedule.models import Baseline, Plan, PlanEdit, PlanTask, Resource
from headway.areas.schedule.placeholders import kept_in
from headway.areas.schedule.queries import plan_row
from headway.areas.schedule.records import ReadBefore, days_late, from_record, project_axis, to_record
from headway.areas.schedule.telling import tell_assigned
from headway.areas.schedule.types import Effect, LinkKind, PlanDifference
from headway.engine import edits
from headway.engine import plan as engine
from headway.engine.calendars import standard_calendar
from headway.engine.cpm.whatif import scheduled
from headway.engine.durations import parse_duration
from headway.engine.plan import PlanError
from headway.engine.units import WorkTime
from headway.kernel import search
from headway.kernel.commands import command
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, FieldError, Invalid, NotFound
from headway.kernel.schema import Name, ShortText, Text

# Commands of their own modules: callers know one place.
__all__ = ["drop_baseline", "edit_baseline", "set_baseline", "use_baseline"]

MAX_TASKS = 20_000
MAX_LINKS = 100_000
MAX_UNITS = 1000
MAX_WORK_HOURS = 1_000_000
MAX_LEVEL = 100


@command(permission="schedule.edit")
def start_plan(ctx: Context, *, project: ProjectId, start: date) -> Effect:
    """Begin an empty plan on the standard calendar: Monday to Friday, eight hours, less the house's holidays."""
    if plan_row(ctx, project) is not None:
        raise Conflict("This project has a plan already.")
    calendar = first_calendar(start)
    settings = engine.ProjectSettings(start=datetime.combine(start, time(8)), calendar_uid=1)
    row = Plan.add(ctx, project_id=project, settings=to_record(settings))
    plan = engine.Plan(project=settings, calendars=(calendar,), tasks=())
    return _stored(ctx, row, plan, None, keeping.held(row), Note("Begin the plan", kind=BEGIN))


def first_calendar(start: date) -> engine.Calendar:
    """What a plan that begins on a day begins with: the standard week less the house's holidays."""
    return replace(standard_calendar(), exceptions=tuple(_day_off(*item) for item in holidays_from(start)))


def _day_off(day: date, name: str) -> engine.CalendarException:
    return engine.CalendarException(day, day, (), name)


def _edit(ctx: Context, project_id: int, label: str, change: Callable[[engine.Plan], engine.Plan]) -> Effect:
    """Apply one change to a project's plan, reschedule it, store what differs."""
    row = hold(ctx, project_id)
    before = keeping.held(row)
    return _stored(ctx, row, change(before.plan), None, before, Note(label))


def _changed(
    ctx: Context, row: Plan, uid: int | None, label: str, make: Callable[[engine.Plan], list[edits.Change]]
) -> Effect:
    """Apply the engine's changes to a plan that is held, reschedule it, store what differs."""
    before = keeping.held(row)
    computed = before.scheduled.schedule if before.scheduled is not None else None
    try:
        changed = edits.apply(before.plan, make(before.plan), computed=computed)
    except PlanError as error:
        raise storing.refused(error) from None
    return _stored(ctx, row, changed, uid, before, Note(label))


def _stored(ctx: Context, row: Plan, plan: engine.Plan, uid: int | None, before: keeping.Held, said: Note) -> Effect:
    old_finish = row.finish
    done = stored(ctx, row, before, plan, said)
    computed = done.change.after.schedule
    task = PlanTask.visible_to(ctx).filter(plan=row, uid=uid).first() if uid is not None else None
    return Effect(
        task.pk if task else None, uid, done.moved[:200], old_finish, computed.finish, computed.warnings, row.version
    )


def _duration(text: str, settings: engine.ProjectSettings, field: str) -> engine.Duration:
    try:
        return parse_duration(text, settings)
    except ValueError as error:
        raise Invalid(str(error), fields=[FieldError(field, str(error), value=text)]) from None


def _task_of(plan: engine.Plan, uid: int) -> engine.Task:
    return next(item for item in plan.tasks if item.uid == uid)


@command(permission="schedule.edit")
def add_task(
    ctx: Context,
    *,
    project: ProjectId,
    name: Name,
    duration: str = "1d",
    after: PlanTask | None = None,
    level: int | None = None,
    milestone: bool = False,
    predecessors: tuple[PlanTask, ...] = (),
    start_no_earlier_than: datetime | None = None,
    deadline: datetime | None = None,
    owner: ShortText = "",
    notes: Text = "",
) -> Effect:
    """Add a task behind another, or at the end. A milestone has no duration.

    level  outline level; default that of the task before.
    """
    row = hold(ctx, project)
    uid = row.next_uid

    def changes(plan: engine.Plan) -> list[edits.Change]:
        if len(plan.tasks) >= MAX_TASKS:
            raise Conflict(f"A plan holds at most {MAX_TASKS:,} tasks.")
        before = _task_of(plan, after.uid) if after else plan.tasks[-1] if plan.tasks else None
        new = engine.Task(
            uid=uid,
            id=0,
            name=name,
            duration=_duration("0d" if milestone else duration, plan.project, "duration"),
            outline_level=level or (before.outline_level if before else 1),
            milestone=milestone,
            constraint=engine.ConstraintType.SNET if start_no_earlier_than else engine.ConstraintType.ASAP,
            constraint_date=start_no_earlier_than,
            deadline=deadline,
            owner=owner,
            notes=notes,
        )
        links = [edits.AddLink(engine.Link(item.uid, uid)) for item in predecessors]
        return [edits.AddTask(new, after=after.uid if after else None), *links]

    return _changed(ctx, row, uid, f"Add {name}", changes)


@command(permission="schedule.edit", changes="task")
def edit_task(
    ctx: Context,
    *,
    task: PlanTask,
    name: Name | None = None,
    duration: str | None = None,
    constraint: engine.ConstraintType | None = None,
    constraint_date: datetime | None = None,
    deadline: datetime | None = None,
    priority: int | None = None,
    owner: ShortText | None = None,
    notes: Text | None = None,
    level: int | None = None,
) -> Effect:
    """Change a task; what is not given stays. Dates that follow are computed anew."""
    _within("level", level, 1, MAX_LEVEL)

    def changes(plan: engine.Plan) -> list[edits.Change]:
        old, uid = _task_of(plan, task.uid), task.uid
        wanted: list[edits.Change] = [edits.Describe(uid, name, notes, owner)]
        if duration is not None:
            wanted.append(edits.SetDuration(uid, _duration(duration, plan.project, "duration")))
        if constraint is not None:
            wanted.append(edits.SetConstraint(uid, constraint, constraint_date))
        elif constraint_date is not None:
            kept = engine.ConstraintType.SNET if old.constraint_date is None else old.constraint
            wanted.append(edits.SetConstraint(uid, kept, constraint_date))
        if deadline is not None:
            wanted.append(edits.SetDeadline(uid, deadline))
        if priority is not None:
            wanted.append(edits.SetPriority(uid, priority))
        return wanted + _levelled(uid, old.outline_level, level)

    given: dict[str, object] = {
        "name": name,
        "duration": duration,
        "constraint": constraint or constraint_date,
        "deadline": deadline,
    }
    given |= {"priority": priority, "owner": owner, "notes": notes, "level": level}
    label = f"{words_of(field for field, value in given.items() if value is not None)} of {task.name}"
    return _changed(ctx, hold(ctx, task.plan.project_id), task.uid, label, changes)


def _levelled(uid: int, old: int, new: int | None) -> list[edits.Change]:
    """One step in or out of the outline after the other."""
    if new is None:
        return []
    return [edits.Indent(uid)] * (new - old) if new > old else [edits.Outdent(uid)] * (old - new)


def _within(name: str, value: int | None, least: int, most: int) -> None:
    if value is not None and not least <= value <= most:
        raise Invalid(
            f"{name} is {value}; give {least} to {most}.",
            fields=[FieldError(name, f"give {least} to {most}", value=str(value))],
        )


@command(permission="schedule.edit", changes="task", destructive=True)
def remove_task(ctx: Context, *, task: PlanTask) -> Effect:
    """Take a task, with its sub-tasks and links, out of the plan; the record stays for its history."""

    row = hold(ctx, task.plan.project_id)
    return _changed(ctx, row, task.uid, f"Remove {task.name}", lambda plan: [edits.RemoveTask(task.uid)])


@command(permission="schedule.edit")
def link_tasks(
    ctx: Context, *, predecessor: PlanTask, successor: PlanTask, kind: LinkKind = LinkKind.FS, lag: str = "0d"
) -> Effect:
    """Make one task depend on another; `lag` is a duration ('2d', '-1d', '3ed') or a percent ('50%')."""
    if predecessor.pk == successor.pk:
        raise Invalid("A task cannot depend on itself.", fields=[FieldError("successor", "the same task")])

    def changes(plan: engine.Plan) -> list[edits.Change]:
        if len(plan.links) >= MAX_LINKS:
            raise Conflict(f"A plan holds at most {MAX_LINKS:,} links.")
        pair = (predecessor.uid, successor.uid)
        new = edits.AddLink(engine.Link(*pair, engine.LinkType(kind.value), _lag(lag, plan.project)))
        return [edits.RemoveLink(*pair), new] if _linked(plan, pair) else [new]

    label = f"Link {predecessor.name} to {successor.name}"
    return _changed(ctx, hold(ctx, successor.plan.project_id), successor.uid, label, changes)


def _linked(plan: engine.Plan, pair: tuple[int, int]) -> bool:
    return any((item.predecessor_uid, item.successor_uid) == pair for item in plan.links)


def _lag(text: str, settings: engine.ProjectSettings) -> engine.Lag:
    if text.strip().endswith("%"):
        try:
            return engine.Lag(percent=Decimal(text.strip()[:-1].replace(",", ".")), unit="%")
        except ArithmeticError:
            raise Invalid(f"'{text}' is no lag.", fields=[FieldError("lag", "write 2d or 50%", value=text)]) from None
    amount = _duration(text, settings, "lag")
    return engine.Lag(amount.amount, amount.unit, amount.elapsed)


@command(permission="schedule.edit", destructive=True)
def unlink_tasks(ctx: Context, *, predecessor: PlanTask, successor: PlanTask) -> Effect:
    """Remove the dependency between two tasks."""

    def changes(plan: engine.Plan) -> list[edits.Change]:
        pair = (predecessor.uid, successor.uid)
        if not _linked(plan, pair):
            raise NotFound("These two tasks are not linked.")
        return [edits.RemoveLink(*pair)]

    label = f"Unlink {predecessor.name} and {successor.name}"
    return _changed(ctx, hold(ctx, successor.plan.project_id), successor.uid, label, changes)


@command(permission="schedule.set_progress", changes="task")
def set_progress(
    ctx: Context,
    *,
    task: PlanTask,
    percent_complete: Decimal | None = None,
    actual_start: datetime | None = None,
    actual_finish: datetime | None = None,
    remaining: str | None = None,
) -> Effect:
    """Enter a task's progress: percent complete, actual dates, what remains.

    100 % without an actual finish takes the computed one; an actual finish means 100 %, and makes the duration.
    What remains makes the duration: with what is done already, or with a percent given beside it.
    """

    def changes(plan: engine.Plan) -> list[edits.Change]:
        left = _duration(remaining, plan.project, "remaining").amount if remaining is not None else None
        return [
            edits.EnterProgress(
                task.uid,
                percent_complete=percent_complete,
                actual_start=actual_start,
                actual_finish=actual_finish,
                remaining_duration=left,
            )
        ]

    row = hold(ctx, task.plan.project_id)
    effect = _changed(ctx, row, task.uid, f"Progress of {task.name}", changes)
    row.change(ctx, progress_on=local_day(ctx, project=row.project_id))
    return effect


@command(permission="schedule.edit")
def set_status_date(ctx: Context, *, project: ProjectId, status_date: date) -> Effect:
    """Set the day up to which progress is reported."""

    def change(plan: engine.Plan) -> engine.Plan:
        moment = datetime.combine(status_date, plan.project.default_finish)
        return replace(plan, project=replace(plan.project, status_date=moment))

    return _edit(ctx, project, f"Status date {status_date:%-d %b %Y}", change)


@command(permission="schedule.edit")
def update_as_scheduled(
    ctx: Context, *, project: ProjectId, through: date, whole_tasks: bool = False, tasks: tuple[PlanTask, ...] = ()
) -> Effect:
    """Enter as done what the schedule has done by the end of a day; what is further than that stays.

    whole_tasks  only tasks that end by then become complete; those that run on stay as they are.
    tasks        these, with all below them; none = the whole plan.
    """
    row = hold(ctx, project)
    uids = tuple(task.uid for task in tasks)

    def changes(plan: engine.Plan) -> list[edits.Change]:
        moment = datetime.combine(through, plan.project.default_finish)
        return [edits.UpdateAsScheduled(moment, whole_only=whole_tasks, uids=uids)]

    effect = _changed(ctx, row, None, f"Update as scheduled through {through:%-d %b %Y}", changes)
    row.change(ctx, progress_on=local_day(ctx, project=row.project_id))
    return effect


@command(permission="schedule.edit")
def reschedule_uncompleted(
    ctx: Context, *, project: ProjectId, start: date, tasks: tuple[PlanTask, ...] = ()
) -> Effect:
    """Let undone work that lies before a day start on it; tasks with a date that must be kept stay.

    Started tasks go on from that day, unless the plan splits none.

    tasks  these, with all below them; none = the whole plan.
    """
    uids = tuple(task.uid for task in tasks)

    def changes(plan: engine.Plan) -> list[edits.Change]:
        return [edits.RescheduleUncompleted(datetime.combine(start, plan.project.default_start), uids=uids)]

    return _changed(ctx, hold(ctx, project), None, f"Move undone work to {start:%-d %b %Y}", changes)


@command(permission="schedule.edit")
def add_calendar_exception(
    ctx: Context, *, project: ProjectId, first: date, last: date, name: Name, calendar: Name | None = None
) -> Effect:
    """Make days non-working in the project's calendar, or in the one named."""
    if last < first:
        raise Invalid("The last day lies before the first.", fields=[FieldError("last", "before the first")])

    def change(plan: engine.Plan) -> engine.Plan:
        chosen = [
            item
            for item in plan.calendars
            if (item.name == calendar if calendar else item.uid == plan.project.calendar_uid)
        ] or list(plan.calendars[: 0 if calendar else 1])
        if not chosen:
            raise NotFound(f"The plan has no calendar named {calendar}.")
        holiday = engine.CalendarException(first, last, (), name)
        return replace(
            plan,
            calendars=tuple(
                replace(item, exceptions=(*item.exceptions, holiday)) if item is chosen[0] else item
                for item in plan.calendars
            ),
        )

    return _edit(ctx, project, f"{name}: not worked", change)


@command(permission="schedule.edit", idempotent=True)
def take_days_off(ctx: Context, *, project: ProjectId, days: tuple[DayOff, ...]) -> Effect:
    """Make days non-working in the project's calendar at once; a day that is non-working there already stays."""
    if not days:
        raise Invalid("Give at least one day.", fields=[FieldError("days", "required")])

    def change(plan: engine.Plan) -> engine.Plan:
        calendar = next((item for item in plan.calendars if item.uid == plan.project.calendar_uid), None)
        if calendar is None:
            raise NotFound("The plan has no calendar of its own.")
        standing = calendar.exceptions
        new = [
            _day_off(item.day, item.name)
            for item in days
            if not any(held.first <= item.day <= held.last for held in standing)
        ]
        kept = replace(calendar, exceptions=(*standing, *new))
        return replace(plan, calendars=tuple(kept if item is calendar else item for item in plan.calendars))

    return _edit(ctx, project, f"{len(days)} days off", change)


@command(permission="schedule.edit")
def add_resource(
    ctx: Context, *, project: ProjectId, name: Name, person: PersonId | None = None, max_units: Decimal = Decimal(1)
) -> Effect:
    """Add somebody who can be assigned; `max_units` 1 = full time."""
    _above_none("max_units", max_units)
    row = hold(ctx, project)
    before = keeping.held(row)
    uid = max((item.uid for item in before.plan.resources), default=0) + 1
    new = engine.Resource(uid=uid, id=uid, name=name, max_units=max_units)
    plan = replace(before.plan, resources=(*before.plan.resources, new))
    persons = {uid: (None, person)} if person is not None else {}
    return _stored(ctx, row, plan, None, before, Note(f"Add {name}", persons=persons))


def _above_none(name: str, units: Decimal) -> None:
    if not 0 < units <= MAX_UNITS:
        raise Invalid(
            f"{units} units; give more than 0 and at most {MAX_UNITS}. 1 is full time.",
            fields=[FieldError(name, f"more than 0, at most {MAX_UNITS}", value=str(units))],
        )


@command(permission="schedule.edit", changes="resource")
def match_resource(ctx: Context, *, resource: Resource, person: PersonId) -> None:
    """Say which person a resource of a plan file is."""
    resource.change(ctx, person_id=person)


@command(permission="schedule.edit")
def assign(
    ctx: Context, *, task: PlanTask, resource: Resource, units: Decimal = Decimal(1), work_hours: Decimal | None = None
) -> Effect:
    """Assign a resource to a task; work is duration × units unless given."""
    _above_none("units", units)
    if work_hours is not None and not 0 <= work_hours <= MAX_WORK_HOURS:
        raise Invalid(
            f"{work_hours} hours of work; give 0 to {MAX_WORK_HOURS:,}.",
            fields=[FieldError("work_hours", f"0 to {MAX_WORK_HOURS:,}", value=str(work_hours))],
        )

    work = WorkTime.from_hours(work_hours) if work_hours is not None else None

    def changes(plan: engine.Plan) -> list[edits.Change]:
        pair = (task.uid, resource.uid)
        if all((item.task_uid, item.resource_uid) != pair for item in plan.assignments):
            return [edits.Assign(*pair, units, work)]
        worked = [edits.SetWork(task.uid, work, resource.uid)] if work is not None else []
        return [edits.SetUnits(*pair, units), *worked]

    row = hold(ctx, task.plan.project_id)
    effect = _changed(ctx, row, task.uid, f"Put {resource.name} on {task.name}", changes)
    tell_assigned(ctx, PlanTask.found(ctx, pk=task.pk), resource)
    return effect


@command(permission="schedule.edit", internal="a step of the plan import")
def take_plan(
    ctx: Context,
    *,
    project: ProjectId,
    plan: dict[str, Any] | None = None,
    schedule: dict[str, Any] | None = None,
    progress_on: date | None = None,
    label: ShortText = "Import of a plan",
) -> PlanDifference:
    """Make a project's plan that of a file: rows of the same uid are updated, missing ones removed softly.

    plan, schedule  the engine's records as JSON; the schedule was computed from this very plan. None = those that
                    were read before the transaction.
    label           what the undo list calls it.
    """
    read = ctx.read_first
    new: engine.Plan
    computed: engine.Schedule
    if plan is None and isinstance(read, ReadBefore):
        new, computed = read.plan, read.schedule
    else:
        new, computed = from_record(engine.Plan, plan), from_record(engine.Schedule, schedule)
    row = Plan.hold(Plan.visible_to(ctx).filter(project_id=project)).first()
    old = keeping.plan_of(row) if row is not None else None
    if row is None:
        row = Plan.add(ctx, project_id=project, settings=to_record(new.project))
    old_finish = row.finish
    bare = replace(new, tasks=tuple(replace(task, baselines=()) for task in new.tasks))
    whole = kept_in(bare, old)
    if whole is not bare:
        bare, computed = whole, scheduled(whole).schedule
    persons = persons_leaving(row, old, bare) if old is not None else {}
    difference, moved = storing.store(ctx, row, bare, computed)
    later = days_late(project_axis(bare), bare.project, old_finish, computed.finish) or 0
    note(ctx, row, old, bare, Figures(len(moved), old_finish, computed.finish, later), Note(label, persons=persons))
    storing.store_file_baselines(ctx, row, new)
    fields.keep_brought(ctx, project, new)
    if progress_on is not None:
        row.change(ctx, progress_on=progress_on)
    ctx.emit(PlanChanged(project_id=project))
    return difference


@command(permission="schedule.edit", internal="undoing the import that made the plan")
def drop_plan(ctx: Context, *, project: ProjectId) -> None:
    """Take away a plan that an import made, with all its parts; the audit keeps what was done."""
    row = Plan.hold(Plan.visible_to(ctx).filter(project_id=project)).first()
    if row is None:
        return
    PlanEdit.unscoped(reason="parts of the plan above").filter(plan=row).delete()
    Baseline.unscoped(reason="parts of the plan above").filter(plan=row).delete()
    tasks = PlanTask.unscoped(reason="parts of the plan above").filter(plan=row)
    search.forget(PlanTask, list(tasks.values_list("pk", flat=True)))
    tasks.delete()
    Resource.unscoped(reason="parts of the plan above").filter(plan=row).delete()
    ctx.record("schedule.Plan", row.pk, "", str(row), None)
    row.delete()

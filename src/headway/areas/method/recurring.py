"""Tasks that come again by a calendar rule: a summary row whose occurrences the rule makes, anew when it changes.

Occurrences are rows of the plan like any others (a file for another program keeps them as tasks): what was begun stays
as it is, only unstarted ones follow the rule.
"""

from __future__ import annotations

import calendar as calendars
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any

from headway.areas.method.models import RecurringTask
from headway.areas.method.planning import axis_of, place_behind
from headway.areas.method.templates import uid_of
from headway.areas.method.types import RecurrenceRow, Rhythm
from headway.areas.projects.types import ProjectId
from headway.areas.schedule import keeping
from headway.areas.schedule.acts import PlanEffect
from headway.areas.schedule.changing import answer
from headway.areas.schedule.editing import dated, stored, taken_up
from headway.areas.schedule.history import Note
from headway.areas.schedule.milestone_days import TaskDay, days_of_tasks
from headway.areas.schedule.queries import has_plan, plan_of
from headway.areas.schedule.types import TaskId
from headway.areas.schedule.writing import day_writing
from headway.engine import edits
from headway.engine import plan as engine
from headway.engine.calendars import occurrences
from headway.engine.days import DayWriting
from headway.engine.durations import parse_duration
from headway.engine.edits.outline import renumbered
from headway.kernel.commands import command
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, FieldError, Invalid
from headway.kernel.queries import query
from headway.kernel.schema import Name, ShortText

MOST = 200  # occurrences of one rule
_KINDS = {
    Rhythm.WEEKLY: "weekly",
    Rhythm.MONTHLY_DAY: "monthly_day",
    Rhythm.MONTHLY_WEEKDAY: "monthly_weekday",
}
_POSITIONS = ("", "first", "second", "third", "fourth", "last")
_DAYS = tuple(calendars.day_name)


@dataclass(frozen=True, slots=True)
class Rule:
    """When a task comes again, without where it is stored."""

    rhythm: Rhythm
    interval: int
    weekdays: tuple[int, ...]
    day: int | None
    position: int | None
    first: date
    last: date


def days_of(rule: Rule, plan: engine.Plan) -> list[date]:
    """The days of a rule, at most 200; the last working day is that of the plan's calendar."""
    if rule.rhythm is Rhythm.LAST_WORKING_DAY:
        return list(_last_working_days(rule, plan))[:MOST]
    again = engine.Recurrence(_KINDS[rule.rhythm], rule.interval, rule.weekdays, day=rule.day, position=rule.position)
    return list(occurrences(engine.CalendarException(rule.first, rule.last, recurrence=again)))[:MOST]


def _last_working_days(rule: Rule, plan: engine.Plan) -> Iterable[date]:
    axis = axis_of(plan)
    month = rule.first.year * 12 + rule.first.month - 1
    while month <= rule.last.year * 12 + rule.last.month - 1:
        year, number = month // 12, month % 12 + 1
        end = date(year, number, calendars.monthrange(year, number)[1])
        day = axis.previous_work_finish(datetime.combine(end, time(23, 59))).date()
        if rule.first <= day <= rule.last:
            yield day
        month += rule.interval


def words_of(rule: Rule, until: str) -> str:
    """'Every Monday until Site live', 'On the last working day of every month until Tue 30 Jun'."""
    if rule.rhythm is Rhythm.WEEKLY:
        names = ", ".join(_DAYS[day] for day in sorted(rule.weekdays))
        said = f"Every {names}" if rule.interval == 1 else f"Every {rule.interval} weeks on {names}"
        return f"{said} until {until}"
    month = "every month" if rule.interval == 1 else f"every {rule.interval} months"
    if rule.rhythm is Rhythm.MONTHLY_DAY:
        which = f"day {rule.day}"
    elif rule.rhythm is Rhythm.MONTHLY_WEEKDAY:
        which = f"the {_POSITIONS[rule.position or 1]} {_DAYS[rule.weekdays[0]]}"
    else:
        which = "the last working day"
    return f"On {which} of {month} until {until}"


# --- reading ------------------------------------------------------------------------------------


@query(permission="method.read_findings")
def recurring_tasks(ctx: Context, *, project: ProjectId) -> tuple[RecurrenceRow, ...]:
    """The rules by which tasks come again in a project's plan, with how many each has made."""
    rows = list(RecurringTask.visible_to(ctx).filter(project_id=project).order_by("id"))
    if not rows or not has_plan(project):
        return ()
    plan = plan_of(ctx, project=project)
    uids = {uid for row in rows for uid in (row.task_uid, row.until_uid) if uid is not None}
    there = days_of_tasks(project, uids)
    days = day_writing(ctx)
    made: dict[int, int] = {}
    for task in plan.tasks:
        made[task.parent_uid or 0] = made.get(task.parent_uid or 0, 0) + 1
    return tuple(_row(row, there, made.get(row.task_uid, 0), days) for row in rows if row.task_uid in there)


def _row(row: RecurringTask, there: dict[int, TaskDay], made: int, days: DayWriting) -> RecurrenceRow:
    until_task = there.get(row.until_uid) if row.until_uid is not None else None
    rule = _rule(row, row.until or row.first)
    until = f"“{until_task.name}”" if until_task is not None else ""
    if row.until is not None:
        until = days.of(datetime.combine(row.until, time()))
    return RecurrenceRow(
        id=row.pk,
        task=there[row.task_uid].id,
        name=row.name,
        words=words_of(rule, until),
        rhythm=Rhythm(row.rhythm),
        interval=row.interval,
        weekdays=tuple(row.weekdays),
        day=row.day,
        position=row.position,
        duration=row.duration,
        first=row.first,
        until=row.until,
        until_task=until_task.id if until_task is not None else None,
        made=made,
        version=row.version,
    )


def _rule(row: RecurringTask, last: date) -> Rule:
    return Rule(Rhythm(row.rhythm), row.interval, tuple(row.weekdays), row.day, row.position, row.first, last)


# --- changing -----------------------------------------------------------------------------------


@command(permission="method.plan_by_template", only_reads_when_tried=True)
def add_recurring(
    ctx: Context,
    *,
    project: ProjectId,
    name: Name,
    rhythm: Rhythm,
    first: date,
    until: date | None = None,
    until_task: TaskId | None = None,
    duration: ShortText = "1h",
    interval: int = 1,
    weekdays: tuple[int, ...] = (),
    day: int | None = None,
    position: int | None = None,
    after: TaskId | None = None,
) -> PlanEffect:
    """Put a task into a plan that comes again by a rule: a summary row with its occurrences below it.

    A dry run answers with the same effect and stores nothing.

    until, until_task  the last day, or the row at whose finish it ends: give one of them.
    weekdays           0 = Monday to 6 = Sunday; of the weekly rhythm, and the one day of the monthly weekday.
    position           monthly weekday: 1 to 4, 5 = the last.
    after              the row behind which it stands; None = at the end.
    """
    row, before = taken_up(ctx, project)
    fresh = RecurringTask(
        project_id=project,
        task_uid=row.next_uid,
        name=name,
        rhythm=rhythm.value,
        interval=interval,
        weekdays=sorted(set(weekdays)),
        day=day,
        position=position,
        duration=duration,
        first=first,
        until=until,
        until_uid=uid_of(project, until_task) if until_task is not None else None,
    )
    _check(fresh)
    plan = _with_summary(before.plan, fresh, uid_of(project, after) if after is not None else None)
    plan = _occurring(before, plan, fresh, free_uid=row.next_uid + 1)
    label = f"{name}, again and again"
    if ctx.only_tried:
        return answer(ctx, row, dated(before, plan), label)
    done = stored(ctx, row, before, plan, Note(label))
    RecurringTask.add(ctx, **{name: getattr(fresh, name) for name in _FIELDS})
    return answer(ctx, row, done.change, label, entry=done.entry)


@command(permission="method.plan_by_template", changes="rule", only_reads_when_tried=True)
def edit_recurring(
    ctx: Context,
    *,
    rule: RecurringTask,
    rhythm: Rhythm | None = None,
    first: date | None = None,
    until: date | None = None,
    until_task: TaskId | None = None,
    duration: ShortText | None = None,
    interval: int | None = None,
    weekdays: tuple[int, ...] | None = None,
    day: int | None = None,
    position: int | None = None,
) -> PlanEffect:
    """Change the rule by which a task comes again: begun occurrences stay, the others follow the rule anew.

    Without any change it brings the occurrences up to date, where the row at which they end has moved.
    A dry run answers with the same effect and stores nothing. What is not given stays.
    """
    row, before = taken_up(ctx, rule.project_id)
    given = {
        "rhythm": rhythm.value if rhythm is not None else None,
        "first": first,
        "until": until,
        "until_uid": uid_of(rule.project_id, until_task) if until_task is not None else None,
        "duration": duration,
        "interval": interval,
        "weekdays": sorted(set(weekdays)) if weekdays is not None else None,
        "day": day,
        "position": position,
    }
    values: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    if until is not None:
        values["until_uid"] = None
    elif until_task is not None:
        values["until"] = None
    wanted = RecurringTask(**{name: getattr(rule, name) for name in _FIELDS} | values)
    _check(wanted)
    plan = _occurring(before, before.plan, wanted, free_uid=row.next_uid)
    label = f"{rule.name}: {words_of(_rule(wanted, wanted.first), 'its end').rpartition(' until')[0].lower()}"
    if ctx.only_tried:
        return answer(ctx, row, dated(before, plan), label)
    done = stored(ctx, row, before, plan, Note(label))
    rule.change(ctx, **values)
    return answer(ctx, row, done.change, label, entry=done.entry)


_FIELDS = (
    "project_id", "task_uid", "name", "rhythm", "interval", "weekdays", "day", "position", "duration", "first",
    "until", "until_uid",
)  # fmt: skip


@command(permission="method.plan_by_template", changes="rule", destructive=True, only_reads_when_tried=True)
def remove_recurring(ctx: Context, *, rule: RecurringTask) -> PlanEffect:
    """Let a task come no more: its unstarted occurrences go, begun ones stay as plain tasks."""
    row, before = taken_up(ctx, rule.project_id)
    children = _children(before.plan, rule.task_uid)
    begun = [task for task in children if _is_begun(task)]
    gone = [task.uid for task in children if not _is_begun(task)] if begun else [rule.task_uid]
    there = {task.uid for task in before.plan.tasks}
    changes = [edits.RemoveTask(uid) for uid in gone if uid in there]
    plan = edits.apply(before.plan, changes) if changes else before.plan
    label = f"{rule.name} comes no more"
    if ctx.only_tried:
        return answer(ctx, row, dated(before, plan), label)
    done = stored(ctx, row, before, plan, Note(label))
    rule.change(ctx, removed_at=ctx.now)
    return answer(ctx, row, done.change, label, entry=done.entry)


def _check(row: RecurringTask) -> None:
    def refuse(field: str, why: str) -> None:
        raise Invalid(why, fields=[FieldError(field, why)])

    rhythm = Rhythm(row.rhythm)
    if (row.until is None) == (row.until_uid is None):
        refuse("until", "Give a last day, or the row at whose finish it ends; one of them.")
    if not 1 <= row.interval <= 99:
        refuse("interval", f"Every {row.interval}; give 1 to 99.")
    if any(not 0 <= day <= 6 for day in row.weekdays):
        refuse("weekdays", "Weekdays are 0, Monday, to 6, Sunday.")
    if rhythm is Rhythm.WEEKLY and not row.weekdays:
        refuse("weekdays", "Say on which days of the week.")
    if rhythm is Rhythm.MONTHLY_WEEKDAY and (len(row.weekdays) != 1 or row.position not in range(1, 6)):
        refuse("position", "Say which weekday, and which one of the month: 1 to 4, or 5 for the last.")
    if rhythm is Rhythm.MONTHLY_DAY and row.day not in range(1, 32):
        refuse("day", "Say on which day of the month, 1 to 31.")
    try:
        parse_duration(row.duration, engine.ProjectSettings())
    except ValueError as error:
        refuse("duration", str(error))


def _with_summary(plan: engine.Plan, rule: RecurringTask, after_uid: int | None) -> engine.Plan:
    """The plan with the row under which the occurrences stand."""
    place = len(plan.tasks) if after_uid is None else place_behind(plan.tasks, after_uid)
    level = next((task.outline_level for task in plan.tasks if task.uid == after_uid), 1)
    summary = engine.Task(
        uid=rule.task_uid,
        id=0,
        name=rule.name,
        duration=parse_duration(rule.duration, plan.project),
        outline_level=level,
        recurring=True,
    )
    return replace(plan, tasks=renumbered((*plan.tasks[:place], summary, *plan.tasks[place:])))


def _children(plan: engine.Plan, uid: int) -> list[engine.Task]:
    return [task for task in plan.tasks if task.parent_uid == uid]


def _is_begun(task: engine.Task) -> bool:
    return task.percent_complete > 0 or task.actual_start is not None


def _occurring(before: keeping.Held, plan: engine.Plan, rule: RecurringTask, *, free_uid: int) -> engine.Plan:
    """The plan with the occurrences as the rule wants them; begun ones stay, and none comes before the last of them."""
    summary = next((task for task in plan.tasks if task.uid == rule.task_uid), None)
    if summary is None:
        raise Conflict(f"“{rule.name}” is no longer in the plan. Bring it back from the bin, or remove the rule.")
    wanted = days_of(_rule(rule, _last(before, rule)), plan)
    children = _children(plan, rule.task_uid)
    begun = [task for task in children if _is_begun(task)]
    held = {_day(task): task for task in children if not _is_begun(task)}
    newest = max((_day(task) for task in begun), default=date.min)
    days = [day for day in wanted if day > newest]
    if not days and not begun:
        raise Invalid("The rule gives no day at all. Look at the first and the last day.")
    length = parse_duration(rule.duration, plan.project)
    gone = [edits.RemoveTask(task.uid) for day, task in held.items() if day not in days]
    kept = edits.apply(plan, gone) if gone else plan
    return _placed(kept, summary, days, held, length, free_uid, start_number=len(begun) + 1)


def _last(before: keeping.Held, rule: RecurringTask) -> date:
    if rule.until is not None:
        return rule.until
    at = before.scheduled.span(rule.until_uid) if before.scheduled is not None and rule.until_uid is not None else None
    if at is None:
        raise Conflict("The row at which it ends has no date. Give a last day.")
    return at[1].date()


def _day(task: engine.Task) -> date:
    at = task.actual_start or task.constraint_date
    return at.date() if at is not None else date.min


def _placed(
    plan: engine.Plan,
    summary: engine.Task,
    days: Sequence[date],
    held: dict[date, engine.Task],
    length: engine.Duration,
    free_uid: int,
    *,
    start_number: int,
) -> engine.Plan:
    """The plan with one row for each day below the summary, those of the same day as they were but for their length."""
    rows = []
    for number, day in enumerate(days, start=start_number):
        known = held.get(day)
        if known is not None:
            rows.append(replace(known, name=f"{summary.name} {number}", duration=length))
            continue
        at = datetime.combine(day, plan.project.default_start)
        rows.append(
            engine.Task(
                uid=free_uid,
                id=0,
                name=f"{summary.name} {number}",
                duration=length,
                outline_level=summary.outline_level + 1,
                type=engine.TaskType.FIXED_DURATION,
                constraint=engine.ConstraintType.SNET,
                constraint_date=at,
                owner=summary.owner,
            )
        )
        free_uid += 1
    fresh = {row.uid for row in rows}
    others = [
        replace(task, recurring=True, milestone=False) if task.uid == summary.uid else task
        for task in plan.tasks
        if task.uid not in fresh
    ]
    place = place_behind(others, summary.uid)
    return replace(plan, tasks=renumbered((*others[:place], *rows, *others[place:])))

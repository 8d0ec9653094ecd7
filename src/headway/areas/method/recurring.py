"""Tasks that come again by a calendar rule: a summary row whose occurrences the rule makes, anew when it changes.

Occurrences are rows of the plan like any others (a file for another program keeps them as tasks): what was begun stays
as it is, only unstarted ones follow the rule.
"""

from __future__ import annotations

import calendar as calendars
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from headway.areas.method.models import RecurringTask
from headway.areas.method.planning import axis_of, place_behind
from headway.areas.method.templates import uid_of
from headway.areas.method.types import RecurrenceRow, Rhythm
from headway.areas.projects.types import ProjectId
from headway.areas.schedule import keeping
from headway.areas.schedule.acts import PlanEffect
from headway.areas.schedule.cells import Writer
from headway.areas.schedule.changing import answer, writer_of, written
from headway.areas.schedule.editing import dated, stored, taken_up
from headway.areas.schedule.history import Note
from headway.areas.schedule.milestone_days import TaskDay, days_of_tasks
from headway.areas.schedule.queries import has_plan, plan_of
from headway.areas.schedule.reading import read_people
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
        people=row.people,
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
    people: ShortText = "",
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
    people             who works on each occurrence, as typed into the plan: 'Ann; Bob [50%]'.
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
        people=people.strip(),
        first=first,
        until=until,
        until_uid=uid_of(project, until_task) if until_task is not None else None,
    )
    _check(fresh)
    plan = _with_summary(before.plan, fresh, uid_of(project, after) if after is not None else None)
    plan = _occurring(before, plan, fresh, free_uid=row.next_uid + 1)
    writer = _crewed(writer_of(ctx, row, before, plan), before.plan, fresh, anew=True)
    label = f"{name}, again and again"
    if ctx.only_tried:
        return answer(ctx, row, dated(before, writer.draft.plan), label)
    done = written(ctx, row, before, writer, Note(label))
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
    people: ShortText | None = None,
    interval: int | None = None,
    weekdays: tuple[int, ...] | None = None,
    day: int | None = None,
    position: int | None = None,
) -> PlanEffect:
    """Change the rule by which a task comes again: begun occurrences stay, the others follow the rule anew.

    Without any change it brings the occurrences up to date, where the row at which they end has moved.
    A dry run answers with the same effect and stores nothing. What is not given stays.

    people  who works on each occurrence, as typed into the plan: 'Ann; Bob [50%]'. Where it changes, all unstarted
            occurrences have them; else who was put on a single one by hand stays there.
    """
    row, before = taken_up(ctx, rule.project_id)
    given = {
        "rhythm": rhythm.value if rhythm is not None else None,
        "first": first,
        "until": until,
        "until_uid": uid_of(rule.project_id, until_task) if until_task is not None else None,
        "duration": duration,
        "people": people.strip() if people is not None else None,
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
    writer = _crewed(writer_of(ctx, row, before, plan), before.plan, wanted, anew=wanted.people != rule.people)
    label = f"{rule.name}: {words_of(_rule(wanted, wanted.first), 'its end').rpartition(' until')[0].lower()}"
    if ctx.only_tried:
        return answer(ctx, row, dated(before, writer.draft.plan), label)
    done = written(ctx, row, before, writer, Note(label))
    rule.change(ctx, **values)
    return answer(ctx, row, done.change, label, entry=done.entry)


_FIELDS = (
    "project_id", "task_uid", "name", "rhythm", "interval", "weekdays", "day", "position", "duration", "people",
    "first", "until", "until_uid",
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
    found = faults_of(
        Rhythm(row.rhythm),
        interval=row.interval,
        weekdays=row.weekdays,
        day=row.day,
        position=row.position,
        duration=row.duration,
        people=row.people,
        ends=(row.until is not None) + (row.until_uid is not None),
    )
    if found:
        raise Invalid(" ".join(fault.message for fault in found), fields=found)


def faults_of(
    rhythm: Rhythm,
    *,
    interval: int,
    weekdays: Sequence[int],
    day: int | None,
    position: int | None,
    duration: str,
    people: str,
    ends: int,
) -> list[FieldError]:
    """All that is wrong with a rule as it is given; what its rhythm does not ask for is not looked at.

    ends  how many ends it was given: a last day, a row, or both.
    """
    found = []
    if ends != 1:
        found.append(FieldError("until", "Give a last day, or the row at whose finish it ends; one of them."))
    if not 1 <= interval <= 99:
        found.append(FieldError("interval", f"Every {interval}; give 1 to 99."))
    if any(not 0 <= weekday <= 6 for weekday in weekdays):
        found.append(FieldError("weekdays", "Weekdays are 0, Monday, to 6, Sunday."))
    elif rhythm is Rhythm.WEEKLY and not weekdays:
        found.append(FieldError("weekdays", "Say on which days of the week."))
    elif rhythm is Rhythm.MONTHLY_WEEKDAY and len(weekdays) != 1:
        found.append(FieldError("weekdays", "Say on which day of the week, one of them."))
    if rhythm is Rhythm.MONTHLY_WEEKDAY and position not in range(1, 6):
        found.append(FieldError("position", "Say which one of the month: 1 to 4, or 5 for the last."))
    if rhythm is Rhythm.MONTHLY_DAY and day not in range(1, 32):
        found.append(FieldError("day", "Say on which day of the month, 1 to 31."))
    for field, text, read in (("duration", duration, _read_duration), ("people", people, read_people)):
        try:
            read(text)
        except ValueError as error:
            found.append(FieldError(field, str(error), value=text))
    return found


def _read_duration(text: str) -> engine.Duration:
    return parse_duration(text, engine.ProjectSettings())


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
    """The plan with one row for each day below the summary, those of the same day as they were."""
    rows = []
    for number, day in enumerate(days, start=start_number):
        known = held.get(day)
        if known is not None:
            rows.append(replace(known, name=f"{summary.name} {number}"))
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
                effort_driven=False,
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


def _crewed(writer: Writer, before: engine.Plan, rule: RecurringTask, *, anew: bool) -> Writer:
    """The same writer, when unstarted occurrences last as long as the rule says and have its people.

    anew  also those that were there before get its people.
    """
    try:
        wanted = {resource: units or Decimal(1) for resource, units in writer.people(rule.people).items()}
    except ValueError as error:
        raise Invalid(str(error), fields=[FieldError("people", str(error), value=rule.people)]) from None
    length = parse_duration(rule.duration, before.project)
    there = {task.uid for task in before.tasks}
    for task in _children(writer.draft.plan, rule.task_uid):
        if _is_begun(task):
            continue
        if task.duration != length:
            writer.do(edits.SetDuration(task.uid, length))
        if anew or task.uid not in there:
            writer.give(task.uid, wanted)
    return writer

"""From a template to the engine's plan and back, with its dates. Pure: nothing is stored here, no clock."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from headway.areas.method.outline import (
    TemplateBody,
    TemplateDoer,
    TemplateError,
    TemplateLink,
    TemplateRole,
    TemplateTask,
    work_of,
)
from headway.areas.schedule.roles import is_role
from headway.engine import plan as engine
from headway.engine.calendars import Axis, Calendars
from headway.engine.cpm import schedule
from headway.engine.durations import duration_text, parse_duration
from headway.engine.edits.outline import renumbered
from headway.engine.units import WorkTime

_MOST_DAYS_BACK = 3 * 366
_OPEN = (engine.ConstraintType.ASAP, engine.ConstraintType.ALAP)


@dataclass(frozen=True, slots=True)
class Made:
    """A plan of a template, with its dates. `uids`: each row's uid by the template's key."""

    plan: engine.Plan
    dates: engine.Schedule
    uids: Mapping[str, int]


def made(body: TemplateBody, start: date, calendar: engine.Calendar, *, currency: str = "") -> Made:
    """The plan that begins on a day; roles stand in it as resources. Raises PlanError where it has no dates."""
    settings = engine.ProjectSettings(
        start=datetime.combine(start, time(8)), calendar_uid=calendar.uid, currency=currency
    )
    empty = engine.Plan(settings, (calendar,), ())
    plan, uids = joined(empty, body, first_uid=1, begin=settings.start)
    return Made(plan, schedule(plan), uids)


def latest_start(body: TemplateBody, finish: date, calendar: engine.Calendar) -> date:
    """The last day on which the plan can begin to be done by the end of a day."""
    low, high = finish - timedelta(days=_MOST_DAYS_BACK), finish
    if made(body, low, calendar).dates.finish.date() > finish:
        raise TemplateError("This takes longer than three years. Give a first day instead.")
    while low < high:
        middle = low + timedelta(days=((high - low).days + 1) // 2)
        if made(body, middle, calendar).dates.finish.date() <= finish:
            low = middle
        else:
            high = middle - timedelta(days=1)
    axis = Calendars((calendar,), default_uid=calendar.uid).default
    return axis.next_work_start(datetime.combine(low, time())).date()


def axis_of(plan: engine.Plan) -> Axis:
    """The working time of the plan's own calendar."""
    return Calendars(plan.calendars, default_uid=plan.project.calendar_uid).default


def joined(
    plan: engine.Plan,
    body: TemplateBody,
    *,
    first_uid: int,
    begin: datetime | None,
    after_uid: int | None = None,
    deeper: int = 0,
) -> tuple[engine.Plan, dict[str, int]]:
    """The plan with a template's rows put in: links among them, roles as resources. Also each row's uid by its key.

    begin      what days of the template count from; none of them is then before it.
    after_uid  the row behind which they stand, with all below it; None = at the end.
    deeper     how many levels further in.
    """
    settings = plan.project
    uids = {task.key: first_uid + place for place, task in enumerate(body.tasks)}
    rows = [_task(task, uids[task.key], begin, settings, deeper) for task in body.tasks]
    place = len(plan.tasks) if after_uid is None else place_behind(plan.tasks, after_uid)
    tasks = renumbered((*plan.tasks[:place], *rows, *plan.tasks[place:]))
    summaries = {task.uid for task in tasks if task.summary}
    resources, by_role = _with_roles(plan.resources, body.tasks)
    assignments = list(plan.assignments)
    free = max((item.uid for item in assignments), default=0) + 1
    for task in body.tasks:
        uid = uids[task.key]
        for doer in task.by if uid not in summaries and not task.milestone else ():
            work = work_of(task.duration, doer, settings)
            assignments.append(engine.Assignment(free, uid, by_role[doer.role], doer.units, work, remaining_work=work))
            free += 1
    links = (*plan.links, *(_link(link, uids[task.key], uids, settings) for task in body.tasks for link in task.after))
    new = replace(plan, tasks=tasks, links=links, resources=resources, assignments=tuple(assignments))
    return new, uids


def linked_behind(plan: engine.Plan, body: TemplateBody, uids: Mapping[str, int], before_uid: int) -> engine.Plan:
    """The plan with a link from a row to each task of a part that has no predecessor of its own."""
    rows = {task.uid: task for task in plan.tasks}
    first = [uids[task.key] for task in body.tasks if not task.after and not rows[uids[task.key]].summary]
    return replace(plan, links=(*plan.links, *(engine.Link(before_uid, uid) for uid in first)))


def place_behind(tasks: Sequence[engine.Task], uid: int) -> int:
    """The place behind a row and all below it."""
    place = next(at for at, task in enumerate(tasks) if task.uid == uid)
    level = tasks[place].outline_level
    place += 1
    while place < len(tasks) and tasks[place].outline_level > level:
        place += 1
    return place


def _task(
    row: TemplateTask, uid: int, begin: datetime | None, settings: engine.ProjectSettings, deeper: int
) -> engine.Task:
    constraint, at = engine.ConstraintType.ASAP, None
    if row.starts is not None and begin is not None:
        constraint = engine.ConstraintType(row.rule or "SNET")
        clock = settings.default_start if constraint.value.startswith("S") else settings.default_finish
        at = datetime.combine(begin.date() + timedelta(days=row.starts), clock)
    elif row.rule and engine.ConstraintType(row.rule) in _OPEN:
        constraint = engine.ConstraintType(row.rule)
    deadline = None
    if row.deadline is not None and begin is not None:
        deadline = datetime.combine(begin.date() + timedelta(days=row.deadline), settings.default_finish)
    worked = [work_of(row.duration, doer, settings).tenths for doer in row.by] if not row.milestone else []
    return engine.Task(
        uid=uid,
        id=0,
        name=row.name,
        duration=parse_duration(row.duration or "1d", settings),
        outline_level=row.level + deeper,
        milestone=row.milestone,
        type=engine.TaskType(row.kind) if row.kind else engine.TaskType.FIXED_UNITS,
        constraint=constraint,
        constraint_date=at,
        deadline=deadline,
        work=WorkTime(sum(worked)) if worked else None,
        remaining_work=WorkTime(sum(worked)) if worked else None,
        notes=row.notes,
        owner=row.owner,
        custom=dict(row.values),
    )


def _link(link: TemplateLink, uid: int, uids: Mapping[str, int], settings: engine.ProjectSettings) -> engine.Link:
    return engine.Link(uids[link.before], uid, engine.LinkType(link.kind), _lag(link.lag, settings))


def _lag(text: str, settings: engine.ProjectSettings) -> engine.Lag:
    if not text:
        return engine.NO_LAG
    if text.endswith("%"):
        return engine.Lag(percent=Decimal(text.removesuffix("%")), unit="%")
    amount = parse_duration(text.lstrip("+"), settings)
    return engine.Lag(amount.amount, amount.unit, amount.elapsed)


def _with_roles(
    known: Sequence[engine.Resource], rows: Iterable[TemplateTask]
) -> tuple[tuple[engine.Resource, ...], dict[str, int]]:
    """The resources with one for each role; who holds a role in the plan already holds it here too."""
    by_role = {item.group: item.uid for item in reversed(known) if item.group}
    found = list(known)
    free = max((item.uid for item in known), default=0) + 1
    for role in dict.fromkeys(doer.role for row in rows for doer in row.by):
        if role not in by_role:
            found.append(engine.Resource(uid=free, id=free, name=role, group=role))
            by_role[role] = free
            free += 1
    return tuple(found), by_role


# --- people in place of roles ---------------------------------------------------------------------


def stands_for_role(item: engine.Resource) -> bool:
    """Whether a resource is a role that nobody has taken: it is called as its role is."""
    return is_role(item.name, item.group)


def with_people(
    plan: engine.Plan, names: Mapping[int, str], taken: Mapping[str, int]
) -> tuple[engine.Plan, dict[int, int]]:
    """The plan with people in place of some roles: as resources, and as owners of what the role owned.

    names  of who takes it, by the resource's uid.
    taken  resources that are such people already, by name.
    Also which resource each of them is now: somebody who takes two roles is one resource.
    """
    by_name = dict(taken)
    goes: dict[int, int] = {}
    resources = []
    roles = {item.uid: item.group or item.name for item in plan.resources}
    for item in plan.resources:
        name = names.get(item.uid)
        if name is None:
            resources.append(item)
        elif name in by_name:
            goes[item.uid] = by_name[name]
        else:
            by_name[name] = goes[item.uid] = item.uid
            resources.append(replace(item, name=name, group=roles[item.uid]))
    owners = {roles[uid]: name for uid, name in names.items()}
    tasks = tuple(replace(task, owner=owners[task.owner]) if task.owner in owners else task for task in plan.tasks)
    assignments = tuple(_merged(plan.assignments, goes))
    return replace(plan, resources=tuple(resources), tasks=tasks, assignments=assignments), goes


def _merged(items: Iterable[engine.Assignment], goes: Mapping[int, int]) -> Iterable[engine.Assignment]:
    """The assignments moved to who takes them; two of one person on a task become one."""
    kept: dict[tuple[int, int | None], engine.Assignment] = {}
    for item in items:
        uid = goes.get(item.resource_uid, item.resource_uid) if item.resource_uid is not None else None
        moved = item if uid == item.resource_uid else replace(item, resource_uid=uid)
        other = kept.get((item.task_uid, uid)) if uid is not None else None
        if other is None:
            kept[item.task_uid, uid if uid is not None else -item.uid] = moved
            continue
        left = (other.remaining_work or other.work) + (item.remaining_work or item.work)
        kept[item.task_uid, uid] = replace(
            other,
            units=max(other.units, item.units),
            work=other.work + item.work,
            actual_work=other.actual_work + item.actual_work,
            remaining_work=left,
        )
    return kept.values()


# --- from a plan ----------------------------------------------------------------------------------


def body_of(
    plan: engine.Plan,
    roles: Mapping[int, str],
    checklists: Mapping[int, tuple[str, ...]] | None = None,
    *,
    keep_notes: bool = False,
) -> TemplateBody:
    """A plan as a template: structure, links, durations, work and relative dates; nothing of progress or people.

    roles  what each resource is called in it, by uid.
    """
    settings = plan.project
    start = settings.start or min((task.constraint_date for task in plan.tasks if task.constraint_date), default=None)
    crews: dict[int, list[engine.Assignment]] = {}
    for item in plan.assignments:
        if item.resource_uid in roles:
            crews.setdefault(item.task_uid, []).append(item)
    into: dict[int, list[engine.Link]] = {}
    for link in plan.links:
        into.setdefault(link.successor_uid, []).append(link)
    owners = {item.name: roles[item.uid] for item in plan.resources if item.uid in roles}
    there = {task.uid for task in plan.tasks if not task.external}
    rows = []
    for task in plan.tasks:
        if task.external:
            continue
        doers = tuple(_doer(task, item, roles, settings) for item in crews.get(task.uid, ()))
        dated = start is not None and task.constraint_date is not None and task.constraint not in _OPEN
        rows.append(
            TemplateTask(
                key=f"t{task.uid}",
                level=task.outline_level,
                name=task.name,
                duration="" if task.summary or task.duration is None else _text(task.duration, settings),
                milestone=task.milestone and not task.summary,
                after=tuple(
                    TemplateLink(f"t{link.predecessor_uid}", link.type.value, _lag_text(link.lag, settings))
                    for link in into.get(task.uid, ())
                    if link.predecessor_uid in there
                ),
                by=doers,
                owner=owners.get(task.owner, doers[0].role if doers else ""),
                checklist=(checklists or {}).get(task.uid, ()),
                notes=task.notes if keep_notes else "",
                rule=task.constraint.value if dated or task.constraint is engine.ConstraintType.ALAP else "",
                starts=_days(start, task.constraint_date) if dated else None,
                deadline=_days(start, task.deadline),
                kind="" if task.type is engine.TaskType.FIXED_UNITS else task.type.value,
            )
        )
    used = dict.fromkeys(doer.role for row in rows for doer in row.by)
    return TemplateBody(tuple(rows), tuple(TemplateRole(name) for name in used))


def _days(start: datetime | None, at: datetime | None) -> int | None:
    return (at.date() - start.date()).days if start is not None and at is not None else None


def _doer(
    task: engine.Task, item: engine.Assignment, roles: Mapping[int, str], settings: engine.ProjectSettings
) -> TemplateDoer:
    assert item.resource_uid is not None  # noqa: S101 - only those of known resources are asked
    doer = TemplateDoer(roles[item.resource_uid], item.units)
    usual = task.duration is not None and item.work.tenths == int(task.duration.amount.tenths * item.units)
    return doer if usual else replace(doer, work=f"{item.work.hours.normalize():f}h")


def _text(duration: engine.Duration, settings: engine.ProjectSettings) -> str:
    return duration_text(duration, settings).replace(" ", "")


def _lag_text(lag: engine.Lag, settings: engine.ProjectSettings) -> str:
    if lag.percent is not None:
        return f"{lag.percent:+f}%"
    if not lag.amount:
        return ""
    said = _text(engine.Duration(lag.amount, lag.unit, lag.elapsed), settings)
    return said if said.startswith("-") else f"+{said}"

"""What makes up somebody's hours in some days: tasks, days off, and what is too much with the task that came last."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from headway.areas.capacity.keeping import AllLoads, all_loads
from headway.areas.capacity.types import DayHours, FreeDays, JoinedBy, LoadDetail, OverStretch, TaskHours, hours
from headway.areas.capacity.whose import Who, one, open_lines, take_leave_off
from headway.areas.desk.providers import reader
from headway.areas.people.away import away_days
from headway.areas.projects.lines import ProjectLine
from headway.areas.schedule.joining import joined
from headway.areas.schedule.workloads import days_off, resource_work, task_facts
from headway.engine.load_table import Totals
from headway.kernel.context import Context
from headway.kernel.errors import FieldError, Invalid
from headway.kernel.queries import query
from headway.kernel.schema import ShortText

_MOST_DAYS = 62

_TaskKey = tuple[int, int]  # project, uid
_ByDay = dict[date, dict[_TaskKey, int]]  # tenths of a minute


@query(permission="capacity.read", name="capacity.load")
def load(ctx: Context, *, who: ShortText, first: date, last: date) -> LoadDetail:
    """What makes up somebody's hours in some days: tasks with their hours, days off, and what is too much and why.

    who  as the heat map names them: '12' for a person, 'SITE:3' for a resource that is matched to nobody.
    At most 62 days, of those that hours are kept of.
    """
    loads = all_loads(reader(ctx).day)
    begin, end = max(first, loads.first), min(last, loads.last)
    if end < begin or (end - begin).days >= _MOST_DAYS:
        raise Invalid(
            f"Give at most {_MOST_DAYS} days between {loads.first.isoformat()} and {loads.last.isoformat()}.",
            fields=[FieldError("last", "too few or too many days", value=last.isoformat())],
        )
    someone = one(ctx, who, loads)
    lines = open_lines(ctx)
    days = _days(someone, loads, begin, end)
    by_day = _by_day(someone, loads, lines, begin, end)
    tasks = _tasks(lines, by_day)
    known = sum(work for of_day in by_day.values() for work in of_day.values())
    planned = sum(work for _, work, _ in days)
    return LoadDetail(
        who=someone.key,
        person_id=someone.person_id,
        name=someone.name,
        first=begin,
        last=end,
        planned=hours(planned),
        capacity=hours(sum(room for _, _, room in days)),
        days=tuple(DayHours(day, hours(work), hours(room)) for day, work, room in days),
        tasks=tasks,
        hidden=hours(max(0, planned - known)) if _is_hidden(someone, lines) else Decimal(0),
        off=_off(someone, loads, lines, begin, end),
        over=_over(days, by_day, tasks),
    )


def _is_hidden(who: Who, lines: Mapping[int, ProjectLine]) -> bool:
    return any(project not in lines for project, _ in who.rows)


def _days(who: Who, loads: AllLoads, begin: date, end: date) -> list[tuple[date, int, int]]:
    """Each day with work and capacity over all projects, in tenths of a minute."""
    totals = Totals(1, first=loads.first, days=loads.days)
    for project, row in who.rows:
        totals.add(loads.by_project[project].table, [0], [row])
    take_leave_off(totals, [who])
    low, high = (begin - loads.first).days, (end - loads.first).days + 1
    amounts = zip(totals.planned[0, low:high].tolist(), totals.capacity[0, low:high].tolist(), strict=True)
    return [(begin + timedelta(days=place), work, room) for place, (work, room) in enumerate(amounts)]


def _by_day(who: Who, loads: AllLoads, lines: Mapping[int, ProjectLine], begin: date, end: date) -> _ByDay:
    """The work of each task of visible projects, day by day."""
    uids: dict[int, set[int]] = {}
    for project, row in who.rows:
        if project in lines:
            uids.setdefault(project, set()).add(loads.by_project[project].people[row].uid)
    found: _ByDay = {}
    for project, resources in uids.items():
        for work in resource_work(project, first=begin, last=end, resources=resources):
            for day in work.days:
                held = found.setdefault(day.day, {}) if day.tasks else {}
                for uid, amount in day.tasks:
                    held[project, uid] = held.get((project, uid), 0) + amount.tenths
    return found


def _tasks(lines: Mapping[int, ProjectLine], by_day: _ByDay) -> tuple[TaskHours, ...]:
    """The tasks, those with the most hours first."""
    amounts: dict[_TaskKey, int] = {}
    for held in by_day.values():
        for key, work in held.items():
            amounts[key] = amounts.get(key, 0) + work
    of_project: dict[int, list[int]] = {}
    for project, uid in amounts:
        of_project.setdefault(project, []).append(uid)
    found = []
    for project, uids in of_project.items():
        line, came = lines[project], joined(project, uids)
        for fact in task_facts(project, uids):
            last = came.get(fact.uid)
            found.append(
                TaskHours(
                    project_id=project,
                    project_key=line.key,
                    project=line.name,
                    task_uid=fact.uid,
                    task_id=fact.id,
                    name=fact.name,
                    hours=hours(amounts[project, fact.uid]),
                    start=fact.start,
                    finish=fact.finish,
                    percent_complete=fact.percent_complete,
                    joined=JoinedBy(last.at, last.by, last.label, last.how) if last is not None else None,
                )
            )
    return tuple(sorted(found, key=lambda item: (-item.hours, item.project_key, item.task_uid)))


def _off(who: Who, loads: AllLoads, lines: Mapping[int, ProjectLine], begin: date, end: date) -> tuple[FreeDays, ...]:
    """Days off by the calendars of visible plans, each once."""
    found: dict[tuple[date, date, str], FreeDays] = {}
    for project, row in who.rows:
        if project not in lines:
            continue
        uid = loads.by_project[project].people[row].uid
        for day in days_off(project, uid, first=begin, last=end):
            told = FreeDays(day.first, day.last, day.name, day.own, lines[project].key)
            found.setdefault((day.first, day.last, day.name), told)
    return tuple(
        sorted([*found.values(), *_leave(who, begin, end)], key=lambda item: (item.first, item.last, item.name))
    )


def _leave(who: Who, begin: date, end: date) -> list[FreeDays]:
    """Stretches of approved leave, half days by themselves."""
    away = away_days([who.person_id], begin, end).get(who.person_id, {}) if who.person_id is not None else {}
    found: list[FreeDays] = []
    for day, part in sorted(away.items()):
        name = "Leave" if part == 1 else "Half a day of leave"
        if found and found[-1].name == name and found[-1].last == day - timedelta(days=1):
            found[-1] = replace(found[-1], last=day)
        else:
            found.append(FreeDays(day, day, name, True, ""))
    return found


def _over(days: Sequence[tuple[date, int, int]], by_day: _ByDay, tasks: Sequence[TaskHours]) -> tuple[OverStretch, ...]:
    """Days with too much work, those next to each other with the same tasks together; days off do not part them."""
    places = {(task.project_id, task.task_uid): place for place, task in enumerate(tasks)}
    found: list[OverStretch] = []
    together = False
    for day, planned, capacity in days:
        if planned <= capacity:
            together = together and not planned and not capacity
            continue
        held = by_day.get(day, {})
        here = tuple(sorted(places[key] for key in held))
        hidden = max(0, planned - sum(held.values()))
        if together and found[-1].tasks == here:
            before = found.pop()
            found.append(_stretch(before, day, planned, capacity, hidden))
        else:
            newest = _newest(here, tasks)
            found.append(OverStretch(day, day, 1, hours(planned), hours(capacity), hours(hidden), here, newest))
        together = True
    return tuple(found)


def _stretch(before: OverStretch, day: date, planned: int, capacity: int, hidden: int) -> OverStretch:
    return OverStretch(
        before.first,
        day,
        before.days + 1,
        before.planned + hours(planned),
        before.capacity + hours(capacity),
        before.hidden + hours(hidden),
        before.tasks,
        before.newest,
    )


def _newest(here: Sequence[int], tasks: Sequence[TaskHours]) -> int | None:
    """Which task came last; None where it is one alone, several came at once, or nothing is known of any."""
    dated = sorted((came.at, place) for place in here if (came := tasks[place].joined) is not None)
    if len(here) == 1 or not dated or (len(dated) > 1 and dated[-1][0] == dated[-2][0]):
        return None
    return dated[-1][1]

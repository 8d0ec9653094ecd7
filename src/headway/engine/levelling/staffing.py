"""Who does the work that asks for a role: any member of the group whose name the role has.

A role is a work resource whose name is the group of other work resources. Not here: levelling the plan that comes out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from headway.engine.calendars import instant
from headway.engine.levelling.clear import clear
from headway.engine.levelling.rules import level
from headway.engine.plan import Assignment, Plan, Resource, ResourceType


@dataclass(frozen=True, slots=True)
class Staffed:
    """A plan whose roles are filled; `chosen` is the member for each assignment uid that had asked for a role."""

    plan: Plan
    chosen: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class _Busy:
    start: int
    finish: int
    units: Decimal


def members_of_roles(plan: Plan) -> dict[int, tuple[Resource, ...]]:
    """The members of each role, by the role's uid, in the plan's order."""
    workers = [resource for resource in plan.resources if resource.type is ResourceType.WORK]
    groups: dict[str, list[Resource]] = {}
    for resource in workers:
        if resource.group.strip():
            groups.setdefault(resource.group.strip().casefold(), []).append(resource)
    found: dict[int, tuple[Resource, ...]] = {}
    for role in workers:
        members = groups.get(role.name.strip().casefold(), [])
        if members and role not in members:
            found[role.uid] = tuple(members)
    return found


def staffed(plan: Plan) -> Staffed:
    """Give each unstarted assignment of a role to one member of its group.

    The plan is levelled by rules with each role as large as its group; in the order of the starts that come out, each
    task takes the member who is free for the whole of it, else who is free first, and among equals the least busy.
    An assignment that asks for more units than any member has stays with its role.
    """
    roles = members_of_roles(plan)
    open_tasks = {task.uid for task in plan.tasks if task.active and task.actual_start is None}
    asked = [
        a
        for a in plan.assignments
        if a.resource_uid is not None
        and a.task_uid in open_tasks
        and any(a.units <= member.max_units for member in roles.get(a.resource_uid, ()))
    ]
    if not asked:
        return Staffed(plan, {})
    sizes = {uid: sum((member.max_units for member in members), Decimal(0)) for uid, members in roles.items()}
    wide = [replace(r, max_units=max(r.max_units, sizes[r.uid])) if r.uid in sizes else r for r in plan.resources]
    dates = level(clear(replace(plan, resources=tuple(wide)))).schedule.by_uid()
    waiting = {a.uid for a in asked}
    busy: dict[int, list[_Busy]] = {resource.uid: [] for resource in plan.resources}
    for a in plan.assignments:
        if a.uid not in waiting and a.resource_uid in busy and a.task_uid in dates:
            row = dates[a.task_uid]
            busy[a.resource_uid].append(_Busy(instant(row.start), instant(row.finish), a.units))
    chosen: dict[int, int] = {}
    for a in sorted(asked, key=lambda a: (dates[a.task_uid].start, a.task_uid, a.uid)):
        start, finish = instant(dates[a.task_uid].start), instant(dates[a.task_uid].finish)
        member = _best(a, roles[a.resource_uid or 0], busy, start, finish)
        chosen[a.uid] = member.uid
        busy[member.uid].append(_Busy(start, finish, a.units))
    assignments = tuple(replace(a, resource_uid=chosen.get(a.uid, a.resource_uid)) for a in plan.assignments)
    return Staffed(replace(plan, assignments=assignments), chosen)


def _best(
    asked: Assignment, members: Sequence[Resource], busy: Mapping[int, list[_Busy]], start: int, finish: int
) -> Resource:
    """The member who is free, else free first; then the one with the least work so far."""

    def burden(member: Resource) -> tuple[int, int]:
        held = busy[member.uid]
        meeting = [row for row in held if row.start < finish and start < row.finish]
        used = sum((row.units for row in meeting), Decimal(0))
        free_at = start if used + asked.units <= member.max_units else max(row.finish for row in meeting)
        return free_at, sum(row.finish - row.start for row in held)

    return min((member for member in members if asked.units <= member.max_units), key=burden)

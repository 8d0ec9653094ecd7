"""What every plan that comes from outside must hold, whatever its format.

Not here: what the schedule engine checks for itself (calendars without working time).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from headway.documents.child import Refused
from headway.documents.exchange.fidelity import PlanLimits, joined
from headway.engine.calendars import Calendars
from headway.engine.plan import Plan, PlanError


def check_plan(plan: Plan, limits: PlanLimits, *, file: str) -> None:
    """Raise Refused when ids are doubled, a parent is missing, links or base calendars run in a ring."""
    where = {"file": file}
    for count, limit, name in ((len(plan.tasks), limits.tasks, "tasks"), (len(plan.links), limits.links, "links")):
        if count > limit:
            raise Refused(f"The plan has {count:,} {name}, more than the limit of {limit:,}.", where)
    for name, uids in (
        ("tasks", [task.uid for task in plan.tasks]),
        ("calendars", [calendar.uid for calendar in plan.calendars]),
        ("resources", [resource.uid for resource in plan.resources]),
    ):
        doubled = _doubled(uids)
        if doubled:
            raise Refused(f"Several {name} have the unique id {joined(doubled)}. Save the file again.", where)
    _check_parents(plan, file)
    _check_calendars(plan, file)
    ring = link_ring(plan)
    if ring:
        names = {task.uid: f"'{task.name}' (id {task.id})" for task in plan.tasks}
        path = " → ".join(names[uid] for uid in [*ring, ring[0]][:12])
        raise Refused(f"The links run in a circle: {path}. Remove one of them.", where)


def _doubled(uids: Iterable[int]) -> list[int]:
    return [uid for uid, count in Counter(uids).items() if count > 1]


def _check_parents(plan: Plan, file: str) -> None:
    seen: set[int] = set()
    for task in plan.tasks:
        if task.parent_uid is not None and task.parent_uid not in seen:
            raise Refused(
                f"The parent with unique id {task.parent_uid} does not stand above its task.",
                {"file": file, "task": task.name},
            )
        seen.add(task.uid)


def _check_calendars(plan: Plan, file: str) -> None:
    try:
        calendars = Calendars(plan.calendars, default_uid=plan.project.calendar_uid)
        for calendar in plan.calendars:
            calendars.axis(calendar.uid)
    except PlanError as error:
        raise Refused(str(error), {"file": file}) from error


def link_ring(plan: Plan) -> list[int]:
    """The unique ids of the first circle of links, in order; empty when there is none."""
    following: dict[int, list[int]] = {}
    for link in plan.links:
        following.setdefault(link.predecessor_uid, []).append(link.successor_uid)
    done: set[int] = set()
    for start, successors in following.items():
        if start in done:
            continue
        path: list[int] = [start]
        on_path = {start}
        stack = [iter(successors)]
        while stack:
            uid = next(stack[-1], None)
            if uid is None:
                stack.pop()
                finished = path.pop()
                on_path.discard(finished)
                done.add(finished)
            elif uid in on_path:
                return path[path.index(uid) :]
            elif uid not in done:
                path.append(uid)
                on_path.add(uid)
                stack.append(iter(following.get(uid, ())))
    return []

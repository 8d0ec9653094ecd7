"""Whom a change in a plan concerns: who is assigned, and who owns a milestone that moved. Called inside commands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from headway.areas.comms.commands import notify
from headway.areas.comms.types import NoticeReason
from headway.areas.desk.providers import project_source, reader
from headway.areas.desk.wording import days_text
from headway.areas.schedule.models import Assignment, Plan, PlanTask, Resource
from headway.areas.schedule.types import Moved
from headway.engine.ranking import working_days
from headway.kernel.context import Context

SINGLY = 3  # tasks given at once that are told one by one
MOVED_DAYS = 2  # a milestone that moves by more working days than this is told to its owner


def tell_assigned(ctx: Context, task: PlanTask, resource: Resource) -> None:
    """Whoever is given a task learns of it, with its days."""
    me = reader(ctx)
    days = f", {me.says(task.start.date())} to {me.says(task.finish.date())}" if task.start and task.finish else ""
    _tell(ctx, task.plan.project_id, task.pk, [resource.person_id], NoticeReason.ASSIGNED, f"You do {task.name}{days}")


def tell_joined(ctx: Context, tasks: Sequence[PlanTask], resource: Resource) -> None:
    """Whoever is given many tasks at once learns of them once."""
    if len(tasks) <= SINGLY:
        for task in tasks:
            tell_assigned(ctx, task, resource)
        return
    first = tasks[0]
    said = f"You do {first.name} and {len(tasks) - 1} other tasks"
    _tell(ctx, first.plan.project_id, first.pk, [resource.person_id], NoticeReason.ASSIGNED, said)


def tell_of_moves(ctx: Context, plan: Plan, moved: Iterable[Moved]) -> None:
    """Owners of milestones that moved by more than two working days learn from when to when."""
    spans = {item.uid: (item.old_finish, item.new_finish) for item in moved if item.old_finish and item.new_finish}
    far = {uid: span for uid, span in spans.items() if abs(_days(*span)) > MOVED_DAYS}
    if not far:
        return
    rows = PlanTask.unscoped(reason="milestones of a visible plan").filter(
        plan=plan, milestone=True, summary=False, removed_at=None
    )
    found = [row for row in rows.values_list("uid", "pk", "name", "owner") if row[0] in far]
    me = reader(ctx)
    owners = _owners(plan, [(uid, owner) for uid, _, _, owner in found])
    for uid, pk, name, _ in found:
        old, new = far[uid]
        count = _days(old, new)
        how = f"{days_text(abs(count))} {'later' if count > 0 else 'earlier'}"
        said = f"Milestone {name} moved {how}: {me.says(old.date())} to {me.says(new.date())}"
        _tell(ctx, plan.project_id, pk, sorted(owners.get(uid, ())), NoticeReason.MOVED, said)


def _days(old: datetime, new: datetime) -> int:
    return working_days(old.date(), new.date())


def _owners(plan: Plan, named: list[tuple[int, str]]) -> dict[int, set[int]]:
    """Persons by milestone: those assigned to it, and who works on the project under its owner's name."""
    people = dict(
        Resource.unscoped(reason="of a visible plan")
        .filter(plan=plan, person__isnull=False)
        .values_list("uid", "person")
    )
    owners: dict[int, set[int]] = {}
    uids = [uid for uid, _ in named]
    for task_uid, resource_uid in Assignment.of(plan).filter(task_uid__in=uids).values_list("task_uid", "resource_uid"):
        if resource_uid in people:
            owners.setdefault(task_uid, set()).add(people[resource_uid])
    by_name = {who.name: who.person_id for who in project_source().colleagues(plan.project_id)}
    for uid, owner in named:
        if owner in by_name:
            owners.setdefault(uid, set()).add(by_name[owner])
    return owners


def _tell(
    ctx: Context, project_id: int, task_id: int, to: list[int | None] | list[int], reason: NoticeReason, text: str
) -> None:
    notify(
        ctx,
        to=to,
        reason=reason,
        about_kind=PlanTask._meta.label,
        about_id=task_id,
        project_id=project_id,
        text=text,
    )

"""Whom a plan concerns: who is given a task, whose tasks and milestones moved, whose day has come."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, time, timedelta

from headway.areas.comms.commands import notify, notify_together
from headway.areas.comms.settings import due_key, next_house_day
from headway.areas.comms.types import NoticeReason, Telling
from headway.areas.desk.providers import project_source, reader
from headway.areas.desk.wording import days_text
from headway.areas.projects.across import open_project_ids
from headway.areas.schedule.acts import DeadlineOf
from headway.areas.schedule.models import Assignment, Plan, PlanTask, Resource
from headway.areas.schedule.types import Moved
from headway.engine.ranking import working_days
from headway.kernel.among import among_ids
from headway.kernel.commands import command
from headway.kernel.context import Context

SINGLY = 3  # tasks given at once that are told one by one
_DAYS_BACK = 7  # days that were missed while nothing ran are made up
MOVED_DAYS = 2  # what moves by more working days than this is told


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


def tell_of_moves(ctx: Context, plan: Plan, moved: Iterable[Moved], what: str = "") -> None:
    """Who does a task, and who owns a milestone, that moved by more than two working days learns from when to when.

    Whatever one change moved stands in one line of each of them. what: the change in words.
    """
    spans = {item.uid: (item.old_finish, item.new_finish) for item in moved if item.old_finish and item.new_finish}
    far = {uid: span for uid, span in spans.items() if abs(_days(*span)) > MOVED_DAYS}
    if not far:
        return
    owners = _told_of_moves(plan, far)
    rows = PlanTask.unscoped(reason="rows of a visible plan").filter(
        among_ids("uid", sorted(owners)), plan=plan, summary=False, removed_at=None
    )
    me = reader(ctx)
    tellings = []
    for uid, pk, name, milestone in rows.order_by("-milestone", "position").values_list(
        "uid", "pk", "name", "milestone"
    ):
        old, new = far[uid]
        count = _days(old, new)
        how = f"{days_text(abs(count))} {'later' if count > 0 else 'earlier'}"
        said = f"{'Milestone ' if milestone else ''}{name} moved {how}: {me.says(old.date())} to {me.says(new.date())}"
        words = f"{said} ({what})" if what else said
        tellings.append(Telling(tuple(sorted(owners[uid])), PlanTask._meta.label, pk, words))
    notify_together(ctx, reason=NoticeReason.MOVED, project_id=plan.project_id, tellings=tellings)


def tell_of_deadlines(ctx: Context, plan: Plan, broken: Sequence[DeadlineOf], what: str = "") -> None:
    """The project's manager learns at once, by mail too, which deadlines a change newly misses.

    what: the change in words.
    """
    if not broken:
        return
    own = Plan.unscoped(reason="who manages the project of a visible plan").filter(pk=plan.pk)
    manager = own.values_list("project__manager_id", flat=True).first()
    if manager is None or manager == ctx.actor.person_id:
        return
    rows = PlanTask.unscoped(reason="rows of a visible plan").filter(plan=plan, uid__in=[item.uid for item in broken])
    ids = dict(rows.values_list("uid", "pk"))
    me = reader(ctx)
    tellings = []
    for item in broken:
        said = f"{item.name} misses its deadline {me.says(item.deadline.date())}: it ends {me.says(item.finish.date())}"
        words = f"{said} ({what})" if what else said
        tellings.append(Telling((manager,), PlanTask._meta.label, ids[item.uid], words))
    notify_together(ctx, reason=NoticeReason.MOVED, project_id=plan.project_id, tellings=tellings, urgent=True)


@command(permission="comms.notify", internal="the nightly look at what is due", idempotent=True)
def tell_tasks_due(ctx: Context, *, day: date) -> None:
    """Tell who does an open task of its finish: on the working day before, on the day and once it has passed."""
    first = datetime.combine(day - timedelta(days=_DAYS_BACK), time())
    last = datetime.combine(next_house_day(day) + timedelta(days=1), time())
    rows = PlanTask.unscoped(reason="those who do a task are told of its day").filter(
        among_ids("plan__project_id", open_project_ids()),
        finish__gte=first,
        finish__lt=last,
        percent_complete__lt=100,
        summary=False,
        active=True,
        removed_at=None,
    )
    found = list(rows.values_list("plan_id", "uid", "pk", "name", "finish", "plan__project_id"))
    doers = _doers({(plan, uid) for plan, uid, *_ in found})
    me = reader(ctx)
    tellings: dict[int, list[Telling]] = {}
    for plan, uid, pk, name, finish, project in found:
        those = doers.get((plan, uid))
        if those and finish is not None:
            due = finish.date()
            said = f"{name} {'was to be finished' if due < day else 'is to be finished'} {me.says(due)}"
            key = due_key(PlanTask._meta.label, pk, due, day)
            telling = Telling(tuple(sorted(those)), PlanTask._meta.label, pk, said, key)
            tellings.setdefault(project, []).append(telling)
    for project, items in tellings.items():
        notify_together(ctx, reason=NoticeReason.DUE, project_id=project, tellings=items)


def _doers(places: Collection[tuple[int, int]]) -> dict[tuple[int, int], set[int]]:
    """Persons assigned to tasks, by plan and uid; two queries for all of them."""
    plans = {plan for plan, _ in places}
    people = {
        (plan, uid): person
        for plan, uid, person in Resource.unscoped(reason="those who do a task")
        .filter(among_ids("plan_id", plans), person__isnull=False)
        .values_list("plan_id", "uid", "person_id")
    }
    found: dict[tuple[int, int], set[int]] = {}
    rows = Assignment.unscoped(reason="those who do a task").filter(
        among_ids("plan_id", plans), among_ids("task_uid", {uid for _, uid in places})
    )
    for plan, task, resource in rows.values_list("plan_id", "task_uid", "resource_uid"):
        person = people.get((plan, resource or 0))
        if person is not None and (plan, task) in places:
            found.setdefault((plan, task), set()).add(person)
    return found


def _told_of_moves(plan: Plan, far: Collection[int]) -> dict[int, set[int]]:
    """Who is told of which moved row: whoever is assigned to it; of a milestone, its owner by name, too."""
    milestones = PlanTask.unscoped(reason="milestones of a visible plan").filter(
        plan=plan, milestone=True, summary=False, removed_at=None
    )
    named = [(uid, owner) for uid, owner in milestones.values_list("uid", "owner") if uid in far]
    owners = {uid: persons for (_, uid), persons in _doers({(plan.pk, uid) for uid in far}).items()}
    if any(owner for _, owner in named):
        by_name = {who.name: who.person_id for who in project_source().colleagues(plan.project_id)}
        for uid, owner in named:
            if owner in by_name:
                owners.setdefault(uid, set()).add(by_name[owner])
    return owners


def _days(old: datetime, new: datetime) -> int:
    return working_days(old.date(), new.date())


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

"""Rows of a plan that stand for a task of another plan: put in, given its dates, and what moves with them.

Such a row has no name of its own: whoever sees this plan may not see the other. Which task it stands for, and who may
know, is for the area above; here are only the row, its dates and its links.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from headway.areas.schedule import charting, effect, keeping
from headway.areas.schedule.acts import PlanEffect
from headway.areas.schedule.changing import answer
from headway.areas.schedule.editing import NO_PLAN, dated, hold, stored
from headway.areas.schedule.history import Note
from headway.areas.schedule.models import Plan, PlanLink, PlanTask
from headway.areas.schedule.reading import read_lag
from headway.areas.schedule.records import PLACEHOLDER, from_record
from headway.engine import plan as engine
from headway.engine.plan import Link, LinkType, PlanError, StoredDates, Task
from headway.engine.units import WorkTime
from headway.kernel.among import among_ids
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, FieldError, Invalid, NotFound

_WHY = "tasks of tied plans, which the caller shows to whom they may be shown"
MOST_TASKS = 20_000
_FIRST_UID = 1_000_000  # beyond the rows of any file, so that a newer file of the plan takes no placeholder's place
Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Seat:
    """A task where it stands now.

    there  it is in its plan and takes part; what is not there has the dates it had last, or none.
    slack  how far it may slip before its plan's finish moves.
    """

    task_id: int
    project_id: int
    uid: int
    name: str
    start: datetime | None
    finish: datetime | None
    milestone: bool
    summary: bool
    critical: bool
    there: bool
    percent_complete: float
    slack: WorkTime | None = None

    @property
    def span(self) -> Span | None:
        """Start and finish, where it has both."""
        return (self.start, self.finish) if self.start is not None and self.finish is not None else None


@dataclass(frozen=True, slots=True)
class Tie:
    """A link from a placeholder to a task of its plan."""

    project_id: int
    placeholder_uid: int
    successor: Seat
    type: LinkType
    lag: str


_SEAT = ("pk", "plan__project_id", "uid", "name", "start", "finish", "milestone", "summary", "critical", "definition",
         "removed_at", "percent_complete", "total_slack")  # fmt: skip


def _seats(rows: QuerySet[PlanTask]) -> list[Seat]:
    found: Iterable[Any] = rows.order_by("plan_id", "position", "id").values_list(*_SEAT)
    return [Seat(*(*row[:9], row[10] is None and row[9].get("active", True), float(row[11]), row[12])) for row in found]


def seats(task_ids: Collection[int]) -> dict[int, Seat]:
    """Tasks by id, whoever asks."""
    rows = PlanTask.unscoped(reason=_WHY).filter(among_ids("pk", task_ids))
    return {seat.task_id: seat for seat in _seats(rows)}


def seats_by_uid(pairs: Collection[tuple[int, int]]) -> dict[tuple[int, int], Seat]:
    """Tasks that are in their plans, by project and uid, whoever asks."""
    if not pairs:
        return {}
    rows = PlanTask.unscoped(reason=_WHY).filter(
        among_ids("plan__project_id", {project for project, _ in pairs}),
        among_ids("uid", {uid for _, uid in pairs}),
        removed_at=None,
    )
    wanted = set(pairs)
    found = {(seat.project_id, seat.uid): seat for seat in _seats(rows)}
    return {pair: seat for pair, seat in found.items() if pair in wanted}


def rows_by_uid(pairs: Collection[tuple[int, int]]) -> dict[tuple[int, int], Seat]:
    """Those of some rows, by project and uid, that are in their plans and stand for tasks of other plans."""
    found = seats_by_uid(pairs)
    if not found:
        return {}
    rows = PlanTask.unscoped(reason=_WHY).filter(
        among_ids("pk", [seat.task_id for seat in found.values()]), definition__external=True
    )
    there = set(rows.values_list("pk", flat=True))
    return {pair: seat for pair, seat in found.items() if seat.task_id in there}


def seat_seen(ctx: Context, task_id: int) -> Seat:
    """A task that this actor may see; NotFound alike for absent and hidden."""
    found = _seats(PlanTask.visible_to(ctx).filter(pk=task_id))
    if not found:
        raise NotFound("Task not found.")
    return found[0]


def search(ctx: Context, project_id: int, text: str, most: int) -> list[Seat]:
    """Tasks of a visible plan whose names hold a text, in outline order; rows from elsewhere count as inactive."""
    rows = PlanTask.visible_to(ctx).filter(plan__project_id=project_id, active=True, start__isnull=False)
    return _seats(rows.filter(name__icontains=text) if text else rows)[:most]


def ties(pairs: Collection[tuple[int, int]]) -> list[Tie]:
    """The links from placeholders, each named by project and uid. Three queries, however many."""
    if not pairs:
        return []
    rows = PlanLink.unscoped(reason=_WHY).filter(
        among_ids("plan__project_id", {project for project, _ in pairs}),
        among_ids("predecessor_uid", {uid for _, uid in pairs}),
    )
    wanted = set(pairs)
    columns: Iterable[Any] = rows.order_by("id").values_list(
        "plan__project_id", "predecessor_uid", "successor_uid", "definition", "plan__settings"
    )
    found = [row for row in columns if (row[0], row[1]) in wanted]
    after = seats_by_uid({(row[0], row[2]) for row in found})
    told = []
    for project, uid, successor, definition, settings in found:
        if (project, successor) in after:
            link: Link = from_record(Link, definition)
            lag = charting.lag_text(link.lag, from_record(engine.ProjectSettings, settings))
            told.append(Tie(project, uid, after[project, successor], link.type, lag))
    return told


# --- changes -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Put:
    """A placeholder that is now in a plan, and what that did."""

    uid: int
    effect: PlanEffect


def put(
    ctx: Context,
    project_id: int,
    span: Span,
    *,
    uid: int | None = None,
    successor: int | None = None,
    kind: LinkType = LinkType.FS,
    lag: str = "",
) -> Put:
    """Put a row with these dates into a plan, at its end, and let a task wait for it.

    uid        of the row where it is there already.
    successor  the uid of the task that waits; None = the row is only shown.
    lag        as people type it: '2d', '-50%'; '' = none.
    """
    row = hold(ctx, project_id)
    before = keeping.held(row)
    plan, number = before.plan, uid if uid is not None else max(row.next_uid, _FIRST_UID)
    if uid is None:
        plan = _with_row(plan, number, span)
    if successor is not None:
        plan = _with_link(plan, number, successor, kind, lag)
    label = "Show a task of another project" if successor is None else "Wait for a task of another project"
    done = stored(ctx, row, before, plan, Note(label))
    return Put(number, answer(ctx, row, done.change, label, entry=done.entry))


def _with_row(plan: engine.Plan, uid: int, span: Span) -> engine.Plan:
    if len(plan.tasks) >= MOST_TASKS:
        raise Conflict(f"A plan holds at most {MOST_TASKS:,} tasks.")
    number = max((task.id for task in plan.tasks), default=0) + 1
    task = Task(uid, number, PLACEHOLDER, None, external=True, stored=StoredDates(*span))
    return replace(plan, tasks=(*plan.tasks, task))


def _with_link(plan: engine.Plan, uid: int, successor: int, kind: LinkType, lag: str) -> engine.Plan:
    task = next((item for item in plan.tasks if item.uid == successor), None)
    if task is None:
        raise NotFound("Task not found.")
    if task.external:
        raise Conflict("This row stands for a task of another project. What it waits for is said there.")
    if any((link.predecessor_uid, link.successor_uid) == (uid, successor) for link in plan.links):
        raise Conflict(f"'{task.name}' waits for that task already. Change the link in the plan.")
    try:
        read = read_lag(lag, plan.project) if lag.strip() else engine.Lag()
    except ValueError as error:
        raise Invalid(str(error), fields=[FieldError("lag", str(error), value=lag)]) from None
    return replace(plan, links=(*plan.links, Link(uid, successor, kind, read)))


def take_out(ctx: Context, project_id: int, uid: int, successor: int | None) -> PlanEffect:
    """Take a placeholder's link to a task out of the plan, and the row where nothing is linked to it any more.

    successor  None = the row with all its links.
    """
    row = hold(ctx, project_id)
    before = keeping.held(row)
    gone = [
        link for link in before.plan.links if uid == link.predecessor_uid and successor in (None, link.successor_uid)
    ]
    links = tuple(link for link in before.plan.links if link not in gone)
    if successor is not None and not gone:
        raise Conflict("This task does not wait for that one.")
    used = any(uid in (link.predecessor_uid, link.successor_uid) for link in links)
    tasks = before.plan.tasks if used else tuple(task for task in before.plan.tasks if task.uid != uid)
    label = "No longer wait for a task of another project" if gone else "No longer show a task of another project"
    done = stored(ctx, row, before, replace(before.plan, tasks=tasks, links=links), Note(label))
    return answer(ctx, row, done.change, label, entry=done.entry)


def follow(ctx: Context, project_id: int, spans: Mapping[int, Span]) -> PlanEffect | None:
    """Give the placeholders of a plan, named by uid, these dates; None where they have them already."""
    row = hold(ctx, project_id)
    before = keeping.held(row)
    plan = _redated(before.plan, spans)
    if plan is before.plan:
        return None
    done = stored(ctx, row, before, plan, Note("Follow another project"))
    return answer(ctx, row, done.change, "Follow another project", entry=done.entry)


def kept_in(new: engine.Plan, old: engine.Plan | None) -> engine.Plan:
    """A plan that takes the place of another, as a newer file of it does, with the placeholders that the old one had.

    Links to rows that the new plan has not are left out. The same object where there is nothing to keep.
    """
    taken = {task.uid for task in new.tasks}
    there = old.tasks if old is not None else ()
    kept = [task for task in there if task.external and task.name == PLACEHOLDER and task.uid not in taken]
    if old is None or not kept:
        return new
    mine, first = {task.uid for task in kept}, max((task.id for task in new.tasks), default=0) + 1
    tasks = tuple(replace(task, id=number) for number, task in enumerate(kept, start=first))
    links = tuple(link for link in old.links if link.predecessor_uid in mine and link.successor_uid in taken)
    return replace(new, tasks=(*new.tasks, *tasks), links=(*new.links, *links))


def _redated(plan: engine.Plan, spans: Mapping[int, Span]) -> engine.Plan:
    """The plan with other dates of its placeholders; the same object where none differs."""
    differing = {
        task.uid: span
        for task in plan.tasks
        if task.external
        for span in (spans.get(task.uid),)
        if span is not None and (task.stored is None or (task.stored.start, task.stored.finish) != span)
    }
    if not differing:
        return plan
    tasks = tuple(
        replace(task, stored=StoredDates(*differing[task.uid])) if task.uid in differing else task
        for task in plan.tasks
    )
    return replace(plan, tasks=tasks)


# --- trying --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Trial:
    """A plan beside what it would be with other dates of its placeholders."""

    held: keeping.Held
    difference: effect.Difference


def try_dates(project_id: int, spans: Mapping[int, Span], so_far: Trial | None = None) -> Trial | None:
    """What a plan would be with these dates of its placeholders, as its rows are now; None where nothing differs.

    so_far  an earlier trial of the same plan, which this one goes on from.
    """
    if so_far is None:
        row = Plan.unscoped(reason=_WHY).filter(project_id=project_id).first()
        held = keeping.seen(row) if row is not None else None
    else:
        held = so_far.held
    if held is None:
        return None
    now = so_far.difference.after.plan if so_far is not None else held.plan
    plan = _redated(now, spans)
    if plan is now:
        return None
    try:
        return Trial(held, dated(held, plan))
    except (PlanError, Invalid):  # a plan that cannot be scheduled as it is moves nobody
        return None


def plan_now(project_id: int) -> engine.Plan:
    """A plan as its rows are now."""
    row = Plan.unscoped(reason=_WHY).filter(project_id=project_id).first()
    if row is None:
        raise NotFound(NO_PLAN)
    return keeping.seen(row).plan

"""The one thing to do next: of all that a person can do now, what weighs most by the ranking of the Desk."""

from __future__ import annotations

from collections.abc import Iterable

from headway.areas.capacity.types import NextUp
from headway.areas.desk import queries as desk
from headway.areas.desk.providers import Reader, matters, project_source, reader
from headway.areas.desk.types import Desk, DeskLine, Group, Matter
from headway.areas.schedule.my_tasks import my_tasks
from headway.areas.schedule.readiness import held_up
from headway.areas.schedule.types import MyTask, TaskUrgency
from headway.engine.ranking import Factor, factors
from headway.kernel.access import may
from headway.kernel.context import Context
from headway.kernel.queries import query

_TASK = "schedule.PlanTask"
_FAMILY = "task"
_LOOKED_AT = 40  # the weightiest; what stands below them is not next


@query(permission="desk.read", name="capacity.next_up")
def next_up(ctx: Context) -> NextUp | None:
    """The one thing to do now over all one's projects: the weightiest line of the Desk that nothing holds up.

    None where nothing waits for this person. A task counts when what must be done before it is done.
    """
    return next_of(ctx, desk.show(ctx))


def next_of(ctx: Context, shown: Desk) -> NextUp | None:
    """As `next_up`, from a Desk that was read already."""
    lines = [line for group in shown.groups if group.group is not Group.WAITING for line in group.lines]
    lines.sort(key=lambda line: -line.points)  # of equal weight in the order of the groups
    return _first(ctx, (_of_line(line) for line in lines[:_LOOKED_AT])) or _later(ctx)


def next_task(ctx: Context) -> NextUp | None:
    """Of one's own tasks the one to do now; cheaper than the whole Desk."""
    own = [matter for matter in matters(ctx, {_FAMILY}) if matter.kind == _TASK]
    labels = project_source().labels(ctx, {matter.project_id for matter in own if matter.project_id is not None})
    found = []
    for matter in own:
        label = labels.get(matter.project_id or 0)
        if label is not None:
            found.append(_of_matter(matter, label.key, label.name))
    found.sort(key=lambda item: -item.points)
    return _first(ctx, found[:_LOOKED_AT]) or _later(ctx)


def _first(ctx: Context, ranked: Iterable[NextUp]) -> NextUp | None:
    """The first that can be done; tasks that wait for another one are passed over."""
    tasks: list[NextUp] = []
    other = None
    for item in ranked:
        if item.kind != _TASK:
            other = item  # it can be done, and what stands below it is not next
            break
        tasks.append(item)
    held = held_up(ctx, [item.record_id for item in tasks]) if tasks else ()
    return next((item for item in tasks if item.record_id not in held), other)


def _later(ctx: Context) -> NextUp | None:
    """Where nothing presses: the first of one's tasks of the weeks to come that could be begun now."""
    if not may(ctx, "schedule.read"):
        return None
    me = reader(ctx)
    ahead = [row for row in my_tasks(ctx, day=me.day).items if row.urgency is not TaskUrgency.DONE]
    return _first(ctx, (_of_task(row, me) for row in ahead[:_LOOKED_AT]))


def _of_task(row: MyTask, me: Reader) -> NextUp:
    return NextUp(
        key=f"{_FAMILY}:{row.id}",
        what=row.name,
        project_id=row.project_id,
        project_key=row.project_key,
        project=row.project,
        kind=_TASK,
        record_id=row.id,
        reason=_when(row, me),
        consequence="on the critical path" if row.critical else "",
        points=0,
        because=("nothing of yours is late or due",),
        is_task=True,
    )


def _when(row: MyTask, me: Reader) -> str:
    if row.start is None or row.finish is None:
        return "without dates"
    if row.percent_complete or row.start.date() <= me.day:
        return f"under way, finishes {me.says(row.finish.date())}"
    return f"planned to start {me.says(row.start.date())}"


def _of_line(line: DeskLine) -> NextUp:
    return NextUp(
        key=line.key,
        what=line.what,
        project_id=line.project_id,
        project_key=line.project_key,
        project=line.project,
        kind=line.kind,
        record_id=line.record_id,
        reason=line.reason,
        consequence=line.consequence,
        points=line.points,
        because=_because(line.factors),
        is_task=line.kind == _TASK,
    )


def _of_matter(matter: Matter, key: str, name: str) -> NextUp:
    why = factors(matter.stake)
    return NextUp(
        key=matter.key,
        what=matter.what,
        project_id=matter.project_id,
        project_key=key,
        project=name,
        kind=matter.kind,
        record_id=matter.record_id,
        reason=matter.reason,
        consequence=matter.consequence,
        points=sum(factor.points for factor in why),
        because=_because(why),
        is_task=True,
    )


def _because(why: Iterable[Factor]) -> tuple[str, ...]:
    return tuple(f"{factor.words}: {factor.points} points" for factor in why)

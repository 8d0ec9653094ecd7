"""Levelling by rules, as Microsoft Project does: tasks give way in a fixed order, by elapsed delays and by splits.

Each task is told apart by why it may not move; whatever stays over capacity is named with the reason.
The rules are told in docs/explanation/levelling.md. Not here: the search for the shortest plan (`search`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from headway.engine.calendars import instant, moment
from headway.engine.cpm import schedule as scheduled
from headway.engine.cpm.network import Kind, Network
from headway.engine.days import WITH_YEAR
from headway.engine.levelling.clear import clear
from headway.engine.levelling.latest import latest_starts
from headway.engine.levelling.order import HARD, HARD_FROM_FINISH, NEVER, Giving, Order
from headway.engine.levelling.profile import (
    Demands,
    Granularity,
    Load,
    OverAllocation,
    Profile,
    Stretch,
    over_allocations,
    running_parts,
)
from headway.engine.levelling.rooms import BucketRoom, MinuteRoom, Room
from headway.engine.levelling.sweep import Placing, Scope, Sweep, done_part
from headway.engine.levelling.view import View, view_of
from headway.engine.plan import (
    ConstraintType,
    Duration,
    Plan,
    ProjectSettings,
    ResourceType,
    Schedule,
    SplitPart,
    Task,
    TaskMode,
)

NO_SLACK = "has not enough slack"
CHASED = "meets the others again wherever it goes"  # as-late-as-possible tasks move along with the finish

_MOST_ROUNDS = 5
_MOST_CORRECTIONS = 8
_FAR = 10**15


@dataclass(frozen=True, slots=True)
class Options:
    """What a levelling run may do.

    within_slack  no task is delayed past its late start, so the finish stays.
    split         work may pause; then also what remains of tasks that have started.
    clear         take earlier levelling back first; else delays are added to those there are.
    granularity   the stretch in which work is compared with capacity; by the minute nothing overlaps.
    resources     only these are levelled; tasks: only these are delayed; None = all.
    first, last   only what is over capacity from `first` and before `last`; None = no limit.
    """

    order: Order = Order.STANDARD
    within_slack: bool = False
    split: bool = False
    clear: bool = True
    granularity: Granularity = Granularity.MINUTE
    resources: frozenset[int] | None = None
    tasks: frozenset[int] | None = None
    first: datetime | None = None
    last: datetime | None = None


DEFAULT = Options()


@dataclass(frozen=True, slots=True)
class Delayed:
    """A task that gave way.

    before, start  its start without and with levelling; the finishes likewise.
    delay          the elapsed levelling delay it has now; None when its work was only split.
    parts          its worked stretches when it was split.
    resource_uid   what it waited for; task_uids: the tasks that had it.
    """

    uid: int
    before: datetime
    start: datetime
    finish_before: datetime
    finish: datetime
    delay: Duration | None
    parts: tuple[SplitPart, ...]
    resource_uid: int
    task_uids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Unresolved:
    """What is still over capacity. `reasons` says per task, in the order of `over.task_uids`, why it did not move."""

    over: OverAllocation
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Levelled:
    """A levelled plan, its schedule, and what was done.

    before      the schedule that levelling started from, after clearing.
    delayed     in the plan's order.
    unresolved  in the order of resources and time.
    """

    plan: Plan
    schedule: Schedule
    before: Schedule
    delayed: tuple[Delayed, ...]
    unresolved: tuple[Unresolved, ...]


def level(plan: Plan, schedule: Schedule | None = None, options: Options = DEFAULT) -> Levelled:
    """Delay tasks by levelling delays until no work resource has more work than capacity, as far as the rules allow.

    schedule  of the plan as it is, when it is known; None = computed here.
    Raises PlanError as `cpm.schedule` does.
    """
    cleared = clear(plan) if options.clear else plan
    before = schedule if schedule is not None and cleared.tasks == plan.tasks else scheduled(cleared)
    levelled, dates = cleared, before
    view = view_of(levelled)
    because: dict[int, tuple[int, tuple[int, ...]]] = {}
    met = _FAR
    left: tuple[OverAllocation, ...] | None = None
    for _ in range(_MOST_ROUNDS):
        placing = _swept(view, view.dates(dates), view.dates(before), options)
        if not placing.base and not placing.pieces:
            break
        uids = [task.uid for task in view.tasks]
        for row in (*placing.base, *placing.pieces):
            if row in placing.because:
                uid, rows = placing.because[row]
                because[uids[row]] = uid, tuple(uids[other if other >= 0 else done_part(other)] for other in rows)
        levelled, dates = written_to(levelled, view, placing)
        left = _left(levelled, dates, options, view.demands if view.mirror is None else None)
        met, before_that = _movable(levelled, left, options), met
        if options.within_slack or not met or met >= before_that:
            break  # another pass would add to the delays, and past the slack
        view = view_of(levelled)
    return Levelled(
        plan=levelled,
        schedule=dates,
        before=before,
        delayed=delays_told(cleared, levelled, before, dates, because),
        unresolved=unresolved_told(levelled, dates, options, left),
    )


# ---- what may move ----------------------------------------------------------------------------


def why_not(task: Task, options: Options, project: ProjectSettings) -> str:
    """Why levelling leaves a task where it is; empty when it may be delayed."""
    if task.actual_finish is not None:
        return "is complete"
    if task.mode is TaskMode.MANUAL:
        return "is scheduled by hand"
    if task.external:
        return "belongs to another plan"
    if task.priority >= NEVER:
        return "has priority 1000: do not level"
    if options.tasks is not None and task.uid not in options.tasks:
        return "is not among the tasks to level"
    if (task.actual_start is not None or task.percent_complete > 0) and not (options.split and _may_pause(task)):
        return "has started"
    forward = project.schedule_from_start
    if task.constraint is (ConstraintType.ALAP if forward else ConstraintType.ASAP):
        return f"is {task.constraint.words}"
    hard = HARD if forward else HARD_FROM_FINISH
    if project.honor_constraints and task.constraint_date is not None and task.constraint in hard:
        return f"has a date to keep: {task.constraint.words} {WITH_YEAR.with_time(task.constraint_date)}"
    return ""


def _may_pause(task: Task) -> bool:
    """Whether the rest of a started task can be told from what is done."""
    return task.actual_start is not None and 0 < task.percent_complete < 100 and len(task.splits) < 2


def _stands(task: Task, *, honoured: bool) -> bool:
    """Whether the dates of a task stay whatever its links do."""
    return (
        task.actual_start is not None
        or task.mode is TaskMode.MANUAL
        or task.external
        or task.constraint is ConstraintType.ALAP
        or (
            honoured
            and task.constraint_date is not None
            and task.constraint in (ConstraintType.MSO, ConstraintType.MFO)
        )
    )


# ---- one pass ---------------------------------------------------------------------------------


def _swept(view: View, dates: Schedule, before: Schedule, options: Options) -> Placing:
    """The placing of every row, around what cannot move."""
    network = view.network
    scope = scope_of(view, before, options)
    rooms = rooms_of(view, dates, scope, options)
    return Sweep(network, dates, view.demands, rooms, Giving.of(network, dates, options.order), scope).run()


def scope_of(view: View, before: Schedule, options: Options) -> Scope:
    """Which rows stand, which are held but follow their links, and which may pause."""
    network, demands = view.network, view.demands
    project = network.plan.project
    fixed, held, splits = set[int](), set[int](), set[int]()
    running: dict[int, tuple[int, int]] = {}
    for row, task in enumerate(network.tasks):
        if network.summary[row]:
            if network.placed[row]:
                fixed.add(row)
            continue
        reason = why_not(task, options, project)
        rest = _rest(network, demands, row) if options.split and not reason else None
        if task.actual_start is not None and rest is not None:
            running[row] = rest
            splits.add(row)
        elif _stands(task, honoured=project.honor_constraints) or network.placed[row]:
            fixed.add(row)
        elif reason or task.percent_complete > 0:
            held.add(row)
        elif rest is not None:
            splits.add(row)
    latest = latest_starts(network, before) if options.within_slack else None
    return Scope(frozenset(fixed), frozenset(held), frozenset(splits), running, latest)


def _rest(network: Network, demands: Demands, row: int) -> tuple[int, int] | None:
    """Where the work left of a task begins and how much it is, when it runs evenly on one axis; None otherwise."""
    task, span = network.tasks[row], network.spans[row]
    shapes = demands.shapes(task)
    even = bool(shapes) and not span.parts and len(task.splits) < 2 and span.length >= span.duration
    for shape in shapes:
        plain = shape.axis is span.axis and shape.own is span.axis and not shape.is_delayed
        even = even and plain and len(shape.segments) == 1 and shape.segments[0][:2] == (0, span.duration)
    if not even:
        return None
    if task.actual_start is None:
        return 0, span.length
    begun = span.axis.position(instant(task.actual_start))
    left = min(span.remaining, span.length)
    return (span.axis.start_at(begun + span.length - left), left) if left else None


def rooms_of(view: View, dates: Schedule, scope: Scope, options: Options) -> dict[int, Room]:
    """One room for each resource that is levelled, filled with what stands."""
    network, demands = view.network, view.demands
    first, last = view.limits(options.first, options.last)
    rooms: dict[int, Room] = {}
    for uid in demands.resources:
        if options.resources is not None and uid not in options.resources:
            continue
        axis = demands.axis(uid)
        low = -_FAR if first is None else axis.position(first)
        high = _FAR if last is None else axis.position(last)
        profile = Profile(axis, demands.capacity(uid))
        if options.granularity is Granularity.MINUTE:
            rooms[uid] = MinuteRoom(profile, low, high)
        else:
            rooms[uid] = BucketRoom(profile, low, high, options.granularity, view.bucket)
    known = dates.by_uid()
    for row, task in enumerate(network.tasks):
        if network.summary[row]:
            continue
        start, finish = instant(known[task.uid].start), instant(known[task.uid].finish)
        standing: Iterable[Load | Stretch] = ()
        key = done_part(row) if row in scope.running else row
        if row in scope.running:
            parts = running_parts(task, start, finish)
            done = parts[0][1] if len(parts) > 1 else scope.running[row][0]
            standing = demands.between(task, start, done)
        elif row in scope.fixed:
            standing = demands.placed(task, start, finish)
        for load in standing:
            if isinstance(load, Load) and load.resource_uid in rooms:
                rooms[load.resource_uid].add(load, key)
    return rooms


# ---- what is written --------------------------------------------------------------------------


def written_to(plan: Plan, view: View, placing: Placing) -> tuple[Plan, Schedule]:
    """The plan with delays and splits, and its schedule; delays are set right until the starts are as placed."""
    network, tasks = view.network, view.tasks
    counted = {row: _undelayed(view, row, placing.start, placing.finish) for row in placing.base}
    delays = {row: max(0, placing.start[row] - since) for row, since in counted.items()}
    for row in placing.pieces:
        if row not in delays and tasks[row].actual_start is None:
            delays[row] = max(0, network.delays[row])
    reached: dict[int, int] = {}
    for _ in range(_MOST_CORRECTIONS):
        changed = {tasks[row].uid: _changed(view, placing, row, delays.get(row)) for row in placing.pieces}
        changed |= {
            tasks[row].uid: replace(tasks[row], leveling_delay=view.delay(delays[row]))
            for row in placing.base
            if row not in placing.pieces
        }
        written = replace(plan, tasks=tuple(changed.get(task.uid, task) for task in plan.tasks))
        dates = scheduled(written)
        known = view.dates(dates).by_uid()
        wrong = [row for row in placing.base if instant(known[tasks[row].uid].early_start) != placing.start[row]]
        if not wrong:
            break
        starts = [instant(known[task.uid].early_start) for task in tasks]
        finishes = [instant(known[task.uid].early_finish) for task in tasks]
        for row in wrong:
            since, missing = _undelayed(view, row, starts, finishes), placing.start[row] - starts[row]
            if since != counted[row]:  # what it follows stands elsewhere than was thought
                counted[row] = since
                delays[row] = max(0, placing.start[row] - since)
                continue
            if reached.get(row) == starts[row]:  # it ended in a gap between working times: go past it
                missing = max(missing, starts[row] - network.spans[row].previous_finish(starts[row]))
            delays[row] = max(0, delays[row] + missing)
        reached = {row: starts[row] for row in wrong}
    return written, dates


def _undelayed(view: View, row: int, starts: Sequence[int], finishes: Sequence[int]) -> int:
    """What a levelling delay is counted from: the latest of the links, the project start and the date to start (F4).

    starts, finishes  of every row. A lead may lead to before the project start, but not past the project finish (B1).
    """
    network = view.network
    task, span = network.tasks[row], network.spans[row]
    date = task.constraint_date if task.constraint is ConstraintType.SNET else None
    bounds: list[int] = []
    project_start = instant(network.plan.project.start) if network.plan.project.start is not None else -_FAR
    above = row
    while above >= 0:
        for tie in network.into[above]:
            reached = tie.reached(starts[tie.predecessor], finishes[tie.predecessor])
            if tie.kind is Kind.FF:
                reached = max(span.start(reached), project_start)
            elif tie.kind is Kind.SF:
                reached = span.start(reached)
            bounds.append(reached)
        above = network.parent[above]
    if project_start > -_FAR and (not bounds or (view.mirror is not None and date is None)):
        bounds.append(project_start)
    if date is not None:
        bounds.append(instant(date))
    return max(bounds, default=starts[row])


def _changed(view: View, placing: Placing, row: int, delay: int | None) -> Task:
    """A task whose work is split."""
    task, span = view.tasks[row], view.network.spans[row]
    parts = view.pieces(placing.pieces[row])
    if task.actual_start is None:
        return replace(task, leveling_delay=view.delay(delay or 0), splits=parts)
    axis = span.axis
    begun = instant(task.actual_start)
    done = span.duration - min(span.remaining, span.length)
    stop = task.stop or moment(axis.finish_at(axis.position(begun) + done))
    splits = (SplitPart(task.actual_start, stop), *parts)
    return replace(task, stop=stop, resume=parts[0].start, splits=splits)


# ---- what is told -----------------------------------------------------------------------------


def delays_told(
    plan: Plan,
    levelled: Plan,
    before: Schedule,
    after: Schedule,
    because: Mapping[int, tuple[int, tuple[int, ...]]],
) -> tuple[Delayed, ...]:
    old, new = before.by_uid(), after.by_uid()
    found: list[Delayed] = []
    for was, task in zip(plan.tasks, levelled.tasks, strict=True):
        if was is task or task.uid not in because:
            continue
        resource_uid, task_uids = because[task.uid]
        found.append(
            Delayed(
                uid=task.uid,
                before=old[task.uid].start,
                start=new[task.uid].start,
                finish_before=old[task.uid].finish,
                finish=new[task.uid].finish,
                delay=task.leveling_delay,
                parts=task.splits,
                resource_uid=resource_uid,
                task_uids=task_uids,
            )
        )
    return tuple(found)


def _left(plan: Plan, dates: Schedule, options: Options, demands: Demands | None = None) -> tuple[OverAllocation, ...]:
    """What is over capacity in the range and on the resources that are levelled."""
    rows = over_allocations(plan, dates, by=options.granularity, resources=options.resources, demands=demands)
    return tuple(
        row
        for row in rows
        if (options.first is None or row.finish > options.first) and (options.last is None or row.start < options.last)
    )


def _movable(plan: Plan, left: Iterable[OverAllocation], options: Options) -> int:
    """How much work lies where tasks meet of which one may move; another pass might help."""
    tasks = {task.uid: task for task in plan.tasks}
    return sum(
        row.work.tenths - row.capacity.tenths
        for row in left
        if not row.outside
        and len(row.task_uids) > 1
        and any(not _kept_where_it_is(tasks[uid], options, plan.project) for uid in row.task_uids)
    )


def _kept_where_it_is(task: Task, options: Options, project: ProjectSettings) -> str:
    """As `why_not`, after levelling: what is left over capacity of a started task is done, or could not pause."""
    return why_not(task, options, project) or ("has started" if task.actual_start is not None else "")


def unresolved_told(
    plan: Plan, dates: Schedule, options: Options, left: tuple[OverAllocation, ...] | None = None
) -> tuple[Unresolved, ...]:
    """What is over capacity, with the reason of each task; `left` when that is known already."""
    tasks = {task.uid: task for task in plan.tasks}
    names = {resource.uid: resource.name for resource in plan.resources if resource.type is ResourceType.WORK}
    found: list[Unresolved] = []
    for row in _left(plan, dates, options) if left is None else left:
        reasons: list[str] = []
        for uid in row.task_uids:
            if row.outside:
                reason = f"works while {names[row.resource_uid]} does not"
            elif len(row.task_uids) == 1:
                reason = f"alone needs more than {names[row.resource_uid]} has"
            else:
                reason = _kept_where_it_is(tasks[uid], options, plan.project)
            if not reason:
                reason = NO_SLACK if options.within_slack else CHASED
            reasons.append(reason)
        found.append(Unresolved(row, tuple(reasons)))
    return tuple(found)

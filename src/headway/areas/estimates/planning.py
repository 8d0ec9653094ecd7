"""Between an estimate's lines and the engine's plan: rows as lines, lines as rows. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from itertools import pairwise

from headway.areas.estimates.types import LineInput, LineRow, PlanBy, PlanOrder, Unit
from headway.engine import plan as engine
from headway.engine.edits.outline import renumbered
from headway.engine.units import WorkTime

_ZERO = Decimal(0)
_TENTH = Decimal("0.1")  # of an hour, as a planner writes work


# --- rows of the plan as lines ----------------------------------------------------------------------------


def lines_of_plan(plan: engine.Plan, held: Collection[int]) -> tuple[tuple[LineInput, int | None], ...]:
    """The rows of a plan as lines, each with its uid; without those of `held`, of other plans, and milestones."""
    resources = {item.uid: item for item in plan.resources}
    crews: dict[int, list[engine.Assignment]] = {}
    for item in plan.assignments:
        crews.setdefault(item.task_uid, []).append(item)
    found: list[tuple[LineInput, int | None]] = []
    above: list[int] = []  # outline levels of the rows that the present one lies under
    for task in plan.tasks:
        while above and above[-1] >= task.outline_level:
            above.pop()
        if task.uid in held or task.external or not task.active or (task.milestone and not task.summary):
            continue
        level = len(above) + 1
        above.append(task.outline_level)
        found += _lines(task, level, [_part(item, resources) for item in crews.get(task.uid, ())])
    return tuple(found)


def _part(item: engine.Assignment, resources: Mapping[int, engine.Resource]) -> tuple[str, Decimal]:
    who = resources.get(item.resource_uid or 0)
    return ("" if who is None else who.group), item.work.hours


def _lines(
    task: engine.Task, level: int, parts: Sequence[tuple[str, Decimal]]
) -> Iterator[tuple[LineInput, int | None]]:
    name = task.name[:255] or "Task"
    if task.summary:
        yield LineInput(name=name, level=level), task.uid
        return
    by_role: dict[str, Decimal] = {}
    for role, hours in parts:
        by_role[role] = by_role.get(role, _ZERO) + hours
    if len(by_role) <= 1:
        role, hours = next(iter(by_role.items()), ("", _ZERO))
        yield _pointed(LineInput(name=name, level=level, role=role[:255]), task, hours or _own_hours(task)), task.uid
        return
    yield LineInput(name=name, level=level), task.uid
    for role, hours in by_role.items():
        yield _pointed(LineInput(name=role[:255] or name, level=level + 1, role=role[:255]), task, hours), None


def _own_hours(task: engine.Task) -> Decimal:
    """The work of a task that nobody is on: its own, else its duration at full time."""
    if task.work:
        return task.work.hours
    return task.duration.amount.hours if task.duration is not None and not task.duration.elapsed else _ZERO


def _pointed(line: LineInput, task: engine.Task, hours: Decimal) -> LineInput:
    """The line with its three points: the task's own spread of durations, where it has one."""
    if not hours:
        return line
    likely = _stored(hours)
    whole = task.duration.amount.hours if task.duration is not None else _ZERO
    low, high = task.optimistic, task.pessimistic
    if low is None or high is None or not whole:
        return replace(line, optimistic=likely, likely=likely, pessimistic=likely)
    return replace(
        line,
        optimistic=min(likely, _stored(hours * low.amount.hours / whole)),
        likely=likely,
        pessimistic=max(likely, _stored(hours * high.amount.hours / whole)),
    )


def _stored(hours: Decimal) -> Decimal:
    return hours.quantize(Decimal("0.000001"))


# --- lines as rows of the plan ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan with rows for lines. uids: of each line that made one, by the line's id."""

    plan: engine.Plan
    uids: Mapping[int, int]


def with_lines(
    plan: engine.Plan, lines: Sequence[LineRow], *, first_uid: int, begin: datetime | None, by: PlanBy, order: PlanOrder
) -> Planned:
    """The plan with a row for each line that has none in it: groups as summaries, roles as resources.

    Hours become work of the line's role at full time, an amount a milestone with a fixed cost. A row stands under
    the row of the line above it; the first ones at the end of the plan.

    begin  what waits for nothing begins no earlier; None = with the plan.
    """
    made = _Rows(plan, first_uid, by)
    for line in lines:
        made.take(line)
    links, first = list(plan.links), set(made.leaves)
    if order is PlanOrder.IN_SEQUENCE:
        links += [engine.Link(one, next_) for one, next_ in pairwise(made.leaves)]
        first = set(made.leaves[:1])
    new = replace(
        plan,
        tasks=renumbered([_not_before(task, begin) if task.uid in first else task for task in made.tasks]),
        resources=tuple(made.resources),
        assignments=tuple(made.assignments),
        links=tuple(links),
    )
    return Planned(new, made.uids)


def _not_before(task: engine.Task, begin: datetime | None) -> engine.Task:
    if begin is None:
        return task
    return replace(task, constraint=engine.ConstraintType.SNET, constraint_date=begin)


class _Rows:
    """Takes lines one after the other; what it has made of them it keeps."""

    def __init__(self, plan: engine.Plan, first_uid: int, by: PlanBy) -> None:
        self.tasks = list(plan.tasks)
        self.resources = list(plan.resources)
        self.assignments = list(plan.assignments)
        self.uids: dict[int, int] = {}
        self.leaves: list[int] = []
        self._by = by
        self._next = first_uid
        self._next_assignment = max((item.uid for item in plan.assignments), default=0) + 1
        self._rows = {task.uid: task for task in plan.tasks}
        self._works_as = {item.group: item.uid for item in reversed(plan.resources) if item.group}
        self._above: list[tuple[int, int | None]] = []  # level of the line, uid of its row; None = rows do not go there

    def take(self, line: LineRow) -> None:
        """Make the line's row, unless it has one, or lies below a task that has its people in the plan."""
        while self._above and self._above[-1][0] >= line.level:
            self._above.pop()
        parent = self._above[-1][1] if self._above else 0
        known = self._rows.get(line.task_uid) if line.task_uid is not None else None
        if known is not None:
            closed = line.group and not known.summary
            self._above.append((line.level, None if closed else known.uid))
            return
        if parent is None:
            self._above.append((line.level, None))
            return
        uid = self._next
        self._next += 1
        self._put(self._task(line, uid, parent), parent)
        self.uids[line.id] = uid
        self._above.append((line.level, uid))

    def _task(self, line: LineRow, uid: int, parent: int) -> engine.Task:
        level = self._rows[parent].outline_level + 1 if parent else 1
        row = engine.Task(
            uid=uid, id=0, name=line.name, duration=_full_time(WorkTime.from_hours(8)), outline_level=level
        )
        if line.group:
            return replace(row, summary=True)
        self.leaves.append(uid)
        if line.unit is Unit.MONEY:
            nothing = _full_time(WorkTime(0))
            return replace(row, milestone=True, duration=nothing, fixed_cost=_cents(line.amount))
        work = self._work(line)
        if not work:
            return row
        if line.role:
            given = engine.Assignment(
                self._next_assignment, uid, self._resource(line.role), work=work, remaining_work=work
            )
            self.assignments.append(given)
            self._next_assignment += 1
        row = replace(row, duration=_full_time(work), work=work, remaining_work=work)
        spread = self._by is PlanBy.MOST_LIKELY and line.optimistic != line.pessimistic
        if not spread or line.optimistic is None or line.pessimistic is None:
            return row
        return replace(
            row,
            optimistic=_full_time(_planned(line.optimistic)),
            pessimistic=_full_time(_planned(line.pessimistic)),
        )

    def _work(self, line: LineRow) -> WorkTime:
        hours = line.mean if self._by is PlanBy.EXPECTED else line.likely
        return WorkTime(0) if hours is None else _planned(hours)

    def _resource(self, role: str) -> int:
        """Who works as the role in the plan already, else the role as a resource that waits for somebody."""
        if role not in self._works_as:
            uid = max((item.uid for item in self.resources), default=0) + 1
            self.resources.append(engine.Resource(uid=uid, id=uid, name=role, group=role))
            self._works_as[role] = uid
        return self._works_as[role]

    def _put(self, task: engine.Task, parent: int) -> None:
        self._rows[task.uid] = task
        if not parent:
            self.tasks.append(task)
            return
        place = next(at for at, row in enumerate(self.tasks) if row.uid == parent)
        level = self.tasks[place].outline_level
        place += 1
        while place < len(self.tasks) and self.tasks[place].outline_level > level:
            place += 1
        self.tasks.insert(place, task)


def _planned(hours: Decimal) -> WorkTime:
    return WorkTime.from_hours(hours.quantize(_TENTH))


def _full_time(work: WorkTime) -> engine.Duration:
    return engine.Duration(work, "h")


def _cents(amount: Decimal | None) -> Decimal:
    return (amount or _ZERO).quantize(Decimal("0.01"))

"""The forward and the backward pass over a network, in instants.

Rule numbers (F1, B2 …) are those of docs/explanation/schedule.md.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from headway.engine.calendars import instant
from headway.engine.cpm.network import Kind, Network, Tie
from headway.engine.cpm.spans import Span
from headway.engine.plan import ConstraintType, Task, TaskMode

FAR_PAST = -(10**15)
FAR_FUTURE = 10**15

_HARD = {ConstraintType.MSO, ConstraintType.MFO, ConstraintType.SNLT, ConstraintType.FNLT}


@dataclass(frozen=True, slots=True)
class Cause:
    """What set a start: a driver's kind and the link or date behind it."""

    kind: str
    tie: Tie | None = None
    at: int = 0


PROJECT_START = Cause("project_start")
_UNBOUND: tuple[int, Cause] = (FAR_PAST, PROJECT_START)


@dataclass(slots=True)
class Dates:
    """Columns of instants over the rows of a network, filled by the passes."""

    early_start: list[int]
    early_finish: list[int]
    late_start: list[int]
    late_finish: list[int]
    allowed_finish: list[int | None]  # the finish the links allow, where a hard date lies before it
    cause: list[Cause]
    pinned: dict[int, tuple[int, int]] = field(default_factory=dict)  # as-late-as-possible rows

    @classmethod
    def empty(cls, count: int) -> Dates:
        """Columns for so many rows."""
        return cls(
            early_start=[0] * count,
            early_finish=[0] * count,
            late_start=[0] * count,
            late_finish=[0] * count,
            allowed_finish=[None] * count,
            cause=[PROJECT_START] * count,
        )


def pass_forward(network: Network, dates: Dates, project_start: int) -> int:
    """Early dates of every row; returns the project finish. O(tasks + links)."""
    count = len(network.tasks)
    inlet: list[tuple[int, Cause]] = [_UNBOUND] * count
    es, ef = dates.early_start, dates.early_finish
    for node in network.order:
        if node >= count:
            row = node - count
            inlet[row] = _inlet(network, dates, row, inlet)
        elif network.summary[node]:
            rows = network.children[node]
            es[node] = min(es[row] for row in rows)
            ef[node] = max(ef[row] for row in rows)
            task = network.tasks[node]
            if network.placed[node]:
                es[node], ef[node] = _manual_dates(task, network.spans[node]) or (es[node], ef[node])
        else:
            parent = network.parent[node]
            bound = inlet[parent] if parent >= 0 else _UNBOUND
            _place(network, dates, node, bound, project_start)
    return max((ef[row] for row in range(count) if not network.tasks[row].external), default=project_start)


def _inlet(network: Network, dates: Dates, row: int, inlet: list[tuple[int, Cause]]) -> tuple[int, Cause]:
    """What bounds the start of every leaf below a summary (R3, R4)."""
    parent = network.parent[row]
    at, cause = inlet[parent] if parent >= 0 else _UNBOUND
    for tie in network.into[row]:
        source = dates.early_finish if tie.kind is Kind.FS else dates.early_start
        reached = tie.forward(source[tie.predecessor])
        if reached > at:
            at, cause = reached, Cause("link", tie, reached)
    delay = network.delays[row]
    if delay and at > FAR_PAST:
        at += delay
    task = network.tasks[row]
    if task.constraint is ConstraintType.SNET and task.constraint_date:
        date = instant(task.constraint_date)
        if date > at:
            at, cause = date, Cause("constraint", None, date)
    return at, cause


def _place(network: Network, dates: Dates, row: int, bound: tuple[int, Cause], project_start: int) -> None:
    """Early dates of one leaf."""
    task, span = network.tasks[row], network.spans[row]
    dates.allowed_finish[row] = None
    typed = _manual_dates(task, span) if network.placed[row] else None
    if task.actual_start is not None:
        start = instant(task.actual_start)
        finish = typed[1] if typed is not None else span.finish(start)
        if task.constraint is ConstraintType.FNET and task.constraint_date and typed is None:
            finish = max(finish, instant(task.constraint_date))
        dates.cause[row] = Cause("actual")
        dates.early_start[row] = start
        dates.early_finish[row] = instant(task.actual_finish) if task.actual_finish is not None else max(start, finish)
        return
    if typed is not None:
        dates.cause[row] = Cause("manual")
        dates.early_start[row], dates.early_finish[row] = typed
        return
    if row in dates.pinned:
        dates.early_start[row], dates.early_finish[row] = dates.pinned[row]
        dates.cause[row] = Cause("constraint")
        return
    base, exact, cause = _bound_by_links(network, dates, row, bound, project_start)
    date = instant(task.constraint_date) if task.constraint_date is not None else 0
    unbound = bound[0] == FAR_PAST and not network.into[row]  # then the date stands in for the project start
    if task.constraint is ConstraintType.SNET and task.constraint_date and (unbound or date > base):
        base, exact, cause = date, None, Cause("constraint", None, date)
    delay = network.delays[row]
    if delay > 0 and task.constraint is not ConstraintType.ALAP:
        base, exact, cause = base + delay, None, Cause("resource", None, delay)
    if task.constraint is ConstraintType.FNET and task.constraint_date:
        wanted = span.start(date)
        if wanted > base or (unbound and not delay):
            base, exact, cause = wanted, _kept_finish(span, date), Cause("constraint", None, date)
    start = span.next_start(base)
    finish = span.finish(base) if exact is None else exact
    if network.plan.project.honor_constraints and task.constraint in _HARD and task.constraint_date:
        forced = _forced(task, span, start, finish, date)
        if forced != (start, finish):
            cause = Cause("constraint", None, date)
            dates.allowed_finish[row] = finish if forced < (start, finish) else None
        start, finish = forced
    elif cause.kind != "constraint" and start > base:
        cause = _calendar_cause(network, row, base, start, cause)
    dates.early_start[row], dates.early_finish[row], dates.cause[row] = start, finish, cause


def _bound_by_links(
    network: Network, dates: Dates, row: int, bound: tuple[int, Cause], project_start: int
) -> tuple[int, int | None, Cause]:
    """The latest bound on the start; with it the exact finish when a finish bound sets it (F1, F2).

    The project start bounds only what no link bounds; a lead may reach before it.
    """
    span = network.spans[row]
    base, cause = bound
    exact: int | None = None
    if cause.kind != "link":
        base, cause = (base, cause) if base > project_start else (FAR_PAST, PROJECT_START)
    for tie in network.into[row]:
        from_finish = tie.kind is Kind.FS or tie.kind is Kind.FF
        source = dates.early_finish if from_finish else dates.early_start
        reached = tie.forward(source[tie.predecessor])
        if tie.kind is Kind.FF or tie.kind is Kind.SF:
            wanted = span.start(reached)
            clamped = tie.kind is Kind.FF and wanted < project_start
            if clamped:
                wanted = project_start
            if wanted > base:
                base, cause = wanted, PROJECT_START if clamped else Cause("link", tie, reached)
                exact = _kept_finish(span, reached) if tie.lag == 0 and not clamped else None
        elif reached > base:
            base, cause, exact = reached, Cause("link", tie, reached), None
    return (project_start, None, PROJECT_START) if base == FAR_PAST else (base, exact, cause)


def _kept_finish(span: Span, at: int) -> int | None:
    """A finish bound on the very start of a work period stays there: 08:00, not 17:00 the day before (F2)."""
    return at if span.length and not span.parts and span.axis.next_start(at) == at else None


def _forced(task: Task, span: Span, start: int, finish: int, date: int) -> tuple[int, int]:
    """Start and finish under an honoured hard constraint."""
    if task.constraint is ConstraintType.MSO:
        return span.next_start(date), span.finish(date)
    if task.constraint is ConstraintType.MFO:
        return span.start(date), date
    if task.constraint is ConstraintType.SNLT and start > date:
        return date, span.finish(date)
    if task.constraint is ConstraintType.FNLT and finish > date:
        return span.start(date), date
    return start, finish


def _manual_dates(task: Task, span: Span) -> tuple[int, int] | None:
    """The dates a person typed, one of them perhaps from the duration; None when neither is known.

    A placeholder has no dates but those its file stores.
    """
    start, finish = task.manual_start, task.manual_finish
    if start is None and finish is None and (task.mode is TaskMode.AUTO or task.external) and task.stored is not None:
        start, finish = task.stored.start, task.stored.finish
    if start is not None:
        begun = instant(start)
        return begun, instant(finish) if finish is not None else span.finish(begun)
    if finish is not None:
        ended = instant(finish)
        return span.start(ended), ended
    return None


def _calendar_cause(network: Network, row: int, base: int, start: int, cause: Cause) -> Cause:
    """Names the calendar or resource that moved a start beyond what the rest asks for."""
    if cause.kind == "resource":
        return cause
    own = network.axes[row].next_start(base)
    if start > own:
        return Cause("resource", None, 0)
    return Cause("calendar") if cause.kind == "project_start" and start > base else cause


def pass_backward(network: Network, dates: Dates, project_finish: int) -> None:
    """Late dates of every row, from the project finish. O(tasks + links)."""
    count = len(network.tasks)
    ls, lf = dates.late_start, dates.late_finish
    outlet = [FAR_FUTURE] * count
    for node in reversed(network.order):
        if node >= count:
            row = node - count
            ls[row], lf[row] = rolled_up(network, dates, row)
        elif network.summary[node]:
            parent = network.parent[node]
            bound = outlet[parent] if parent >= 0 else FAR_FUTURE
            for tie in network.out_of[node]:
                if tie.kind is Kind.FS or tie.kind is Kind.FF:
                    limit = finish_limit(network, dates, tie)
                    bound = min(bound, limit)
            outlet[node] = bound
        else:
            parent = network.parent[node]
            _place_late(network, dates, node, outlet[parent] if parent >= 0 else FAR_FUTURE, project_finish)


def rolled_up(network: Network, dates: Dates, row: int) -> tuple[int, int]:
    """Late dates of a summary; a manual child counts with its early dates (R1, R6)."""
    starts, finishes = [], []
    for child in network.children[row]:
        manual = network.tasks[child].mode is TaskMode.MANUAL and not network.summary[child]
        starts.append(dates.early_start[child] if manual else dates.late_start[child])
        finishes.append(dates.early_finish[child] if manual else dates.late_finish[child])
    return min(starts), max(finishes)


def finish_limit(network: Network, dates: Dates, tie: Tie) -> int:
    """The latest finish (FS, FF) or start (SS, SF) of the predecessor that the link allows (B1–B3)."""
    row = tie.successor
    task = network.tasks[row]
    if network.complete[row]:
        return FAR_FUTURE
    if tie.kind is Kind.FS and task.actual_start is not None and not network.summary[row]:
        at = network.spans[row].resume(dates.early_finish[row])
    elif tie.kind is Kind.FS or tie.kind is Kind.SS:
        at = dates.late_start[row]
    else:
        at = dates.late_finish[row]
    if task.constraint is not ConstraintType.ALAP and task.actual_start is None:
        at -= max(0, network.delays[row])
    return tie.backward(at)


def _place_late(network: Network, dates: Dates, row: int, outlet: int, project_finish: int) -> None:
    """Late dates of one leaf (B1–B6, P5, C6, C7)."""
    task, span = network.tasks[row], network.spans[row]
    if task.actual_start is not None and task.actual_finish is not None:
        dates.late_start[row], dates.late_finish[row] = instant(task.actual_start), instant(task.actual_finish)
        return
    manual = network.placed[row]
    limit = outlet
    restrained = outlet < FAR_FUTURE
    for tie in network.out_of[row]:
        backward = finish_limit(network, dates, tie)
        if tie.kind is Kind.SS or tie.kind is Kind.SF:
            if manual or backward >= FAR_FUTURE or (tie.kind is Kind.SS and task.actual_start is not None):
                continue
            backward = span.finish(backward)
        restrained = restrained or backward < FAR_FUTURE
        limit = min(limit, backward)
    end = project_finish
    if network.plan.project.multiple_critical_paths and not restrained:
        end = dates.early_finish[row]
    date = instant(task.constraint_date) if task.constraint_date is not None else 0
    honoured = network.plan.project.honor_constraints
    started = task.actual_start is not None
    constrained = task.constraint_date is not None and not started and not manual
    if constrained and honoured and task.constraint in (ConstraintType.MSO, ConstraintType.MFO):
        dates.late_start[row], dates.late_finish[row] = _hard_late(task, span, date)
        return
    late_end = date if constrained and task.constraint is ConstraintType.FNLT else end
    limit = min(limit, late_end)
    if constrained and task.constraint in (ConstraintType.SNLT, ConstraintType.MSO):
        limit = min(limit, span.finish(date))
    elif constrained and task.constraint is ConstraintType.MFO:
        limit = min(limit, date)
    if task.deadline is not None:
        limit = min(limit, instant(task.deadline))
    if network.delays[row] < 0:
        limit += network.delays[row]
    finish = limit if manual else span.previous_finish(limit)
    start = instant(task.actual_start) if task.actual_start is not None else span.start(finish)
    if constrained and honoured and dates.allowed_finish[row] is not None:
        start, finish = dates.early_start[row], dates.early_finish[row]
    dates.late_start[row], dates.late_finish[row] = start, finish


def _hard_late(task: Task, span: Span, date: int) -> tuple[int, int]:
    if task.constraint is ConstraintType.MSO:
        return span.next_start(date), span.finish(date)
    return span.start(date), date

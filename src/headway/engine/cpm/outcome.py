"""From instants to a Schedule: slack, critical, drivers and warnings.

Not here: how the dates come about (`passes`).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import TypeVar

from headway.engine.calendars import instant, moment
from headway.engine.cpm.network import Kind, Network, Tie, lay_out
from headway.engine.cpm.passes import Dates, pass_backward, pass_forward
from headway.engine.plan import ConstraintType, Driver, Plan, PlanError, Schedule, ScheduledTask, Task, TaskMode
from headway.engine.units import WorkTime

_T = TypeVar("_T")


def schedule(plan: Plan, *, status_date: datetime | None = None) -> Schedule:
    """Place every active task by Microsoft Project's rules and say what drives it.

    plan         unstarted tasks are placed anew; actual, remaining and manual dates are inputs.
    status_date  local; moves nothing, but unfinished work that lies before it is warned about.
                 None = the plan's own status date.
    Returns tasks in the plan's order, summaries included; slack in working time (may be negative).
    Raises PlanError for cycles (naming the tasks), unknown uids, calendars without working time,
    and a plan scheduled from its finish that has none.
    Source: docs/explanation/schedule.md. O(tasks + links).
    """
    network = lay_out(plan)
    dates = Dates.empty(len(network.tasks))
    if plan.project.schedule_from_start:
        start, finish = _from_start(network, dates)
    else:
        start, finish = _from_finish(network, dates)
    return _outcome(network, dates, start, finish, status_date or plan.project.status_date)


def _from_start(network: Network, dates: Dates) -> tuple[int, int]:
    start = _project_start(network)
    finish = pass_forward(network, dates, start)
    pass_backward(network, dates, finish)
    if _pin_late(network, dates):
        pass_forward(network, dates, start)
        pass_backward(network, dates, finish)
    return start, finish


def _from_finish(network: Network, dates: Dates) -> tuple[int, int]:
    if network.plan.project.finish is None:
        raise PlanError("The plan is scheduled from its finish but has no finish date. Set the project finish.")
    finish = instant(network.plan.project.finish)
    pass_forward(network, dates, _project_start(network))  # dates of started tasks, which the backward pass reads
    pass_backward(network, dates, finish)
    leaves = [row for row, is_summary in enumerate(network.summary) if not is_summary]
    start = min((dates.late_start[row] for row in leaves), default=finish)
    pass_forward(network, dates, start)
    if _pin_late(network, dates):
        pass_forward(network, dates, start)
        pass_backward(network, dates, finish)
    return start, finish


def _project_start(network: Network) -> int:
    project = network.plan.project
    if project.start is not None:
        return instant(project.start)
    known = [
        date
        for task in network.tasks
        for date in (task.actual_start, task.manual_start, task.constraint_date)
        if date is not None
    ]
    if known:
        return instant(min(known))
    if project.finish is not None:
        return instant(project.finish)
    raise PlanError("The plan has no start date. Set the project start.")


def _pin_late(network: Network, dates: Dates) -> bool:
    """Note the unstarted as-late-as-possible rows with their late dates; whether there are any."""
    for row, task in enumerate(network.tasks):
        if task.constraint is not ConstraintType.ALAP or network.summary[row]:
            continue
        if task.actual_start is None and not network.placed[row] and dates.late_start[row] >= dates.early_start[row]:
            dates.pinned[row] = dates.late_start[row], dates.late_finish[row]
    return bool(dates.pinned)


class _Each(dict[int, _T]):
    """One frozen value per number, made when first asked for."""

    def __init__(self, make: Callable[[int], _T]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, number: int) -> _T:
        value = self[number] = self._make(number)
        return value


def _outcome(network: Network, dates: Dates, start: int, finish: int, status_date: datetime | None) -> Schedule:
    limit = network.plan.project.critical_slack_limit.tenths
    progress = _progress(network)
    date, work = _Each(moment), _Each(WorkTime)  # many tasks share their dates and amounts
    rows: list[ScheduledTask] = []
    for row, task in enumerate(network.tasks):
        start_slack, finish_slack, total, free = _slack(network, dates, row)
        es, ef = dates.early_start[row], dates.early_finish[row]
        duration = network.axes[row].between(es, ef) if network.summary[row] else network.spans[row].duration
        complete = task.actual_finish is not None or progress[row] >= 100
        rows.append(
            ScheduledTask(
                uid=task.uid,
                start=date[es],
                finish=date[ef],
                early_start=date[es],
                early_finish=date[ef],
                late_start=date[dates.late_start[row]],
                late_finish=date[dates.late_finish[row]],
                total_slack=work[total],
                free_slack=work[free],
                start_slack=work[start_slack],
                finish_slack=work[finish_slack],
                critical=total <= limit and not complete,
                driver=_driver(network, dates, row),
                duration=work[duration],
                percent_complete=progress[row],
            )
        )
    warnings = (*network.warnings, *_warnings(network, dates, status_date))
    return Schedule(moment(start), moment(finish), tuple(rows), warnings)


def _slack(network: Network, dates: Dates, row: int) -> tuple[int, int, int, int]:
    """Start, finish, total and free slack of a row in working time (B7, B8, P5)."""
    task = network.tasks[row]
    axis = network.spans[row].slack_axis
    es, ef = dates.early_start[row], dates.early_finish[row]
    ls, lf = dates.late_start[row], dates.late_finish[row]
    start_slack = 0 if ls == es else axis.between(es, ls)
    finish_slack = 0 if lf == ef else axis.between(ef, lf)
    if task.actual_start is not None and not network.summary[row]:
        total = finish_slack
    else:
        total = min(start_slack, finish_slack)
    allowed = dates.allowed_finish[row]
    if allowed is not None:
        total = min(total, -axis.between(ef, allowed))
    return start_slack, finish_slack, total, _free(network, dates, row, total)


def _free(network: Network, dates: Dates, row: int, total: int) -> int:
    if network.tasks[row].actual_finish is not None:
        return 0
    axis = network.spans[row].slack_axis
    room: int | None = None
    for tie in network.out_of[row]:
        if network.complete[tie.successor]:
            continue
        source = dates.early_finish if tie.kind in (Kind.FS, Kind.FF) else dates.early_start
        target = dates.early_start if tie.kind in (Kind.FS, Kind.SS) else dates.early_finish
        reached = tie.forward(source[row])
        wanted = target[tie.successor]
        if network.tasks[tie.successor].actual_start is None:
            wanted -= max(0, network.delays[tie.successor])
        here = axis.between(reached, wanted)
        room = here if room is None else min(room, here)
    if room is None:
        return max(0, total)
    return max(0, min(room, total) if total >= 0 else room)


def _progress(network: Network) -> list[Decimal]:
    """Percent complete: as told for leaves, actual over whole duration of the leaves for summaries (R2)."""
    count = len(network.tasks)
    done, whole = [Decimal(0)] * count, [0] * count
    shares = [task.percent_complete for task in network.tasks]
    for node in network.order:
        if node >= count:
            continue
        if not network.summary[node]:
            whole[node] = network.spans[node].duration
            done[node] = whole[node] * shares[node] / 100
        elif whole[node]:
            shares[node] = Decimal(round(done[node] * 100 / whole[node]))
        parent = network.parent[node]
        if parent >= 0:
            whole[parent] += whole[node]
            done[parent] += done[node]
    return shares


def _driver(network: Network, dates: Dates, row: int) -> Driver:
    """What set the start, in one sentence; a summary is driven by what drives its first leaf."""
    first = row
    while network.summary[first]:
        first = min(network.children[first], key=lambda child: dates.early_start[child])
    if first != row:
        inner = _driver(network, dates, first)
        return Driver(inner.kind, inner.uid, f"Starts with its first task '{network.tasks[first].name}'.")
    task, cause = network.tasks[row], dates.cause[row]
    if cause.kind == "actual":
        return Driver("actual", None, f"Has started on {_said(dates.early_start[row])}.")
    if cause.kind == "manual":
        typed = task.mode is TaskMode.MANUAL
        return Driver("manual", None, f"Keeps the dates {'a person typed' if typed else 'stored for another plan'}.")
    if cause.kind == "link" and cause.tie is not None:
        return _link_sentence(network, cause.tie, row)
    if cause.kind == "constraint":
        return Driver("constraint", None, _constraint_sentence(task, cause.at))
    if cause.kind == "resource":
        if cause.at:
            return Driver("resource", None, f"Waits {_days(cause.at)} elapsed days of levelling delay.")
        uid = network.spans[row].resource_uid
        return Driver("resource", uid, f"Waits until {network.resource_names.get(uid, 'its resource')} works.")
    if cause.kind == "calendar":
        return Driver("calendar", None, f"Starts with the first working time of '{network.axes[row].name}'.")
    return Driver("project_start", None, "Starts with the project.")


def _link_sentence(network: Network, tie: Tie, row: int) -> Driver:
    predecessor = network.tasks[tie.predecessor]
    verb = "Finishes" if tie.kind in (Kind.FF, Kind.SF) else "Starts"
    moment_of = "finish" if tie.kind in (Kind.FS, Kind.FF) else "start"
    lag = "" if tie.lag == 0 else ", with a lag" if tie.lag > 0 else ", with a lead"
    through = "" if tie.successor == row else f" (a link of its summary '{network.tasks[tie.successor].name}')"
    return Driver("link", predecessor.uid, f"{verb} after the {moment_of} of '{predecessor.name}'{lag}{through}.")


_CONSTRAINTS = {
    ConstraintType.SNET: "Starts no earlier than",
    ConstraintType.FNET: "Finishes no earlier than",
    ConstraintType.SNLT: "Starts no later than",
    ConstraintType.FNLT: "Finishes no later than",
    ConstraintType.MSO: "Must start on",
    ConstraintType.MFO: "Must finish on",
}


def _constraint_sentence(task: Task, at: int) -> str:
    date = task.constraint_date
    if task.constraint in _CONSTRAINTS and date is not None and at in (0, instant(date)):
        return f"{_CONSTRAINTS[task.constraint]} {_said(instant(date))}."
    return f"Its summary starts no earlier than {_said(at)}." if at else "Stands as late as possible."


def _warnings(network: Network, dates: Dates, status_date: datetime | None) -> list[str]:
    found: list[str] = []
    overdue: list[str] = []
    for row, task in enumerate(network.tasks):
        if network.summary[row]:
            continue
        allowed = dates.allowed_finish[row]
        if allowed is not None:
            found.append(
                f"Task '{task.name}': its constraint ({_constraint_sentence(task, 0)[:-1].lower()}) is earlier than "
                f"its links allow ({_said(allowed)}). Move the date or the predecessors."
            )
        if task.deadline is not None and dates.early_finish[row] > instant(task.deadline):
            found.append(
                f"Task '{task.name}' finishes {_said(dates.early_finish[row])}, "
                f"after its deadline {_said(instant(task.deadline))}."
            )
        if task.mode is TaskMode.MANUAL and task.actual_start is None:
            found += _manual_conflicts(network, dates, row)
        unfinished = task.actual_finish is None and task.percent_complete < 100
        if status_date is not None and unfinished and dates.early_finish[row] < instant(status_date):
            overdue.append(f"'{task.name}'")
    if overdue:
        named = ", ".join(overdue[:5]) + (f" and {len(overdue) - 5} more" if len(overdue) > 5 else "")
        found.append(
            f"Unfinished work lies before the status date: {named}. Enter the progress or reschedule what is left."
        )
    return found


def _manual_conflicts(network: Network, dates: Dates, row: int) -> list[str]:
    task = network.tasks[row]
    for tie in network.into[row]:
        source = dates.early_finish if tie.kind in (Kind.FS, Kind.FF) else dates.early_start
        target = dates.early_start if tie.kind in (Kind.FS, Kind.SS) else dates.early_finish
        reached = tie.forward(source[tie.predecessor])
        if network.axes[row].between(target[row], reached) > 0:
            word = "starts" if target is dates.early_start else "finishes"
            return [
                f"Task '{task.name}' is scheduled by hand and {word} {_said(target[row])}, before its predecessor "
                f"'{network.tasks[tie.predecessor].name}' allows ({_said(reached)}). Move it or remove the link."
            ]
    return []


def _said(at: int) -> str:
    return f"{moment(at):%Y-%m-%d %H:%M}"


def _days(tenths: int) -> str:
    return f"{tenths / 14_400:g}"

"""How a computed schedule differs from the dates a plan file stores.

Two grades of equal: to the minute, and the same working instant (Friday 17:00 and Monday 08:00
are one instant for work, but not one date). Stored values that contradict the file's other stored
values are named so: no rule can give them. Not here: the calculation itself (`cpm`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from headway.engine.calendars import instant
from headway.engine.cpm import columns as c
from headway.engine.cpm import kernel
from headway.engine.cpm.columns import FAR_FUTURE, Ints
from headway.engine.cpm.network import Network, lay_out
from headway.engine.plan import ConstraintType, Plan, Schedule, ScheduledTask, StoredDates
from headway.engine.units import WorkTime

DATE_FIELDS = ("start", "finish", "early_start", "early_finish", "late_start", "late_finish")
SLACK_FIELDS = ("total_slack", "free_slack")
FIELDS = DATE_FIELDS + SLACK_FIELDS

_MINUTE = 10
_SAME_WORK = 2  # 0.29 working minutes, in whole tenths
_COLUMNS = (("early_start", c.ES), ("early_finish", c.EF), ("late_start", c.LS), ("late_finish", c.LF))
_LATE_FIELDS = ("late_start", "late_finish", "total_slack", "free_slack")


class Reason(Enum):
    """Why a stored and a computed value differ. The list is closed."""

    INCONSISTENT = "stored dates inconsistent"  # contradicts the file's other stored values
    SAME_WORKING_TIME = "same working instant"  # e.g. 17:00 and 08:00 on the next working day
    FOLLOWS = "follows from another difference"  # of a linked task, its summary, or another field of the task
    UNEXPLAINED = "computed by other rules"


@dataclass(frozen=True, slots=True)
class Difference:
    """One field of one task. Dates are datetimes, slack is WorkTime."""

    uid: int
    field: str
    stored: datetime | WorkTime
    computed: datetime | WorkTime
    reason: Reason


@dataclass(frozen=True, slots=True)
class Comparison:
    """Counts of leaf tasks and every difference.

    tasks       active, non-external leaf tasks with stored dates (no summaries, no project row).
    *_equal     to the minute; *_equal_working within 0.29 working minutes on the task's calendar.
    dates_equal start and finish together; all_equal all eight fields (slack to the minute).
    """

    tasks: int
    start_equal: int
    finish_equal: int
    start_equal_working: int
    finish_equal_working: int
    dates_equal: int
    all_equal: int
    differences: tuple[Difference, ...]


def compare(plan: Plan, schedule: Schedule) -> Comparison:
    """Count how many leaf tasks a schedule places as the file says, and explain the rest.

    Only fields the file stores are compared. O(tasks + links).
    Source: docs/explanation/schedule.md, section on stored dates.
    """
    network = lay_out(plan)
    computed = schedule.by_uid()
    suspects = _inconsistent(network)
    rows = [row for row, task in enumerate(network.tasks) if _counts(network, row) and task.uid in computed]
    found: dict[int, list[str]] = {}
    counts = dict.fromkeys(("start", "finish", "start_working", "finish_working", "dates", "all"), 0)
    for row in rows:
        task = network.tasks[row]
        stored = task.stored
        assert stored is not None  # noqa: S101 - _counts has looked
        ours = computed[task.uid]
        off = [field for field in FIELDS if not _equal(stored, ours, field)]
        far = [field for field in off if field in DATE_FIELDS and not _same_work(network, row, stored, ours, field)]
        counts["start"] += "start" not in off
        counts["finish"] += "finish" not in off
        counts["start_working"] += "start" not in far
        counts["finish_working"] += "finish" not in far
        counts["dates"] += "start" not in off and "finish" not in off
        counts["all"] += not off
        if off:
            found[row] = off
    differences = [
        _explained(network, computed, suspects, found, row, field) for row, fields in found.items() for field in fields
    ]
    return Comparison(
        tasks=len(rows),
        start_equal=counts["start"],
        finish_equal=counts["finish"],
        start_equal_working=counts["start_working"],
        finish_equal_working=counts["finish_working"],
        dates_equal=counts["dates"],
        all_equal=counts["all"],
        differences=tuple(differences),
    )


def _counts(network: Network, row: int) -> bool:
    task = network.tasks[row]
    return not (network.summary[row] or task.summary or task.external or task.id == 0) and task.stored is not None


def _equal(stored: StoredDates, ours: ScheduledTask, field: str) -> bool:
    theirs, mine = getattr(stored, field), getattr(ours, field)
    if theirs is None:
        return True
    if field in SLACK_FIELDS:
        return abs(int(theirs.tenths) - int(mine.tenths)) < _MINUTE
    return abs(instant(theirs) - instant(mine)) < _MINUTE


def _same_work(network: Network, row: int, stored: StoredDates, ours: ScheduledTask, field: str) -> bool:
    axis = network.spans[row].slack_axis
    return abs(axis.between(instant(getattr(stored, field)), instant(getattr(ours, field)))) <= _SAME_WORK


def _explained(
    network: Network,
    computed: dict[int, ScheduledTask],
    suspects: set[int],
    found: dict[int, list[str]],
    row: int,
    field: str,
) -> Difference:
    task = network.tasks[row]
    ours = computed[task.uid]
    assert task.stored is not None  # noqa: S101 - _counts has looked
    late = field in _LATE_FIELDS
    if field in DATE_FIELDS and _same_work(network, row, task.stored, ours, field):
        reason = Reason.SAME_WORKING_TIME
    elif late and row in suspects:
        reason = Reason.INCONSISTENT
    elif _follows(network, found, suspects, row, field):
        reason = Reason.FOLLOWS
    else:
        reason = Reason.UNEXPLAINED
    return Difference(task.uid, field, getattr(task.stored, field), getattr(ours, field), reason)


def _follows(network: Network, found: dict[int, list[str]], suspects: set[int], row: int, field: str) -> bool:
    """Whether a neighbour, or another field of the same task, explains the difference."""
    own = set(found[row])
    if field in SLACK_FIELDS and own & set(DATE_FIELDS):
        return True
    if (field == "finish" and "start" in own) or (field == "early_finish" and "early_start" in own):
        return True
    if field == "early_start" and "start" in own:
        return True
    late = field in _LATE_FIELDS
    ties = network.out_of[row] if late else network.into[row]
    for tie in ties:
        other = tie.successor if late else tie.predecessor
        theirs = found.get(other, ())
        if any((name in _LATE_FIELDS) == late or name in ("start", "finish") for name in theirs):
            return True
        if late and other in suspects:
            return True
    return False


def _inconsistent(network: Network) -> set[int]:
    """Rows whose stored late dates contradict other stored values, by three tests.

    LF later than the successors' stored late dates allow; LF of an unlinked, unconstrained task
    other than the project finish; a summary's stored late dates other than its children's.
    """
    dates = _stored_dates(network)
    if dates is None:
        return set()
    finish = max(
        (dates[row * c.DATE + c.EF] for row, task in enumerate(network.tasks) if not task.external),
        default=0,
    )
    broken = {
        row for row, children in enumerate(network.children) if children and _summary_contradicts(network, dates, row)
    }
    suspects: set[int] = set()
    for row in range(len(network.tasks)):
        if network.summary[row]:
            continue
        parent = network.parent[row]
        while parent >= 0 and parent not in broken:
            parent = network.parent[parent]
        if parent >= 0 or _beyond_successors(network, dates, row) or _free_but_off(network, dates, row, finish):
            suspects.add(row)
    return suspects


def _stored_dates(network: Network) -> Ints | None:
    """The early and late dates of the file in the columns of the passes; None when any is missing."""
    dates: Ints = network.tables.dates
    for row, task in enumerate(network.tasks):
        for name, column in _COLUMNS:
            value = getattr(task.stored, name) if task.stored else None
            if value is None:
                return None
            dates[row * c.DATE + column] = instant(value)
        dates[row * c.DATE + c.COMPLETE] = int(network.complete[row])
    return dates


def _summary_contradicts(network: Network, dates: Ints, row: int) -> bool:
    start, finish = kernel.rolled_up(network.tables.rows, dates, row)
    axis = network.axes[row]
    off_start = axis.between(start, dates[row * c.DATE + c.LS])
    return off_start != 0 or axis.between(finish, dates[row * c.DATE + c.LF]) != 0


def _beyond_successors(network: Network, dates: Ints, row: int) -> bool:
    if network.tasks[row].actual_finish is not None:
        return False
    axis = network.spans[row].slack_axis
    for tie, kind in network.tables.ties_out_of(row):
        limit = _limit(network, dates, tie)
        if limit >= FAR_FUTURE:
            continue
        if kind in (c.FS, c.FF):
            late = dates[row * c.DATE + c.LF]
        elif network.tasks[row].actual_start is None:
            late = dates[row * c.DATE + c.LS]
        else:
            continue
        if axis.between(limit, late) > _SAME_WORK:
            return True
    return False


def _limit(network: Network, dates: Ints, tie: int) -> int:
    """What a link allows its predecessor at the latest, by the file's own dates."""
    tables, found = network.tables, [0]

    def run(clock: Ints, edge: Ints) -> None:
        found[0] = kernel.finish_limit(tables.rows, tables.links, tables.parts, dates, clock, edge, tie)

    tables.until_covered(run)
    return found[0]


def _free_but_off(network: Network, dates: Ints, row: int, finish: int) -> bool:
    task = network.tasks[row]
    if task.actual_finish is not None or task.deadline is not None or task.constraint is not ConstraintType.ASAP:
        return False
    level = row
    while level >= 0:
        if network.out_of[level]:
            return False
        level = network.parent[level]
    span = network.spans[row]
    return abs(span.slack_axis.between(span.previous_finish(finish), dates[row * c.DATE + c.LF])) > _SAME_WORK

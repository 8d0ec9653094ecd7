"""Why a task stands where it does: the chain of drivers behind its start, and what its latest finish hangs on.

Works on any schedule, read through what each task names as its driver.
Not here: which bound drives (`kernel`), what differs between two schedules (`difference`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from headway.engine.cpm import wording
from headway.engine.cpm.calculation import calculate
from headway.engine.cpm.outcome import Dated
from headway.engine.plan import Driver, Plan, Schedule, ScheduledTask


@dataclass(frozen=True, slots=True)
class Step:
    """One task of a driving path and what drives it.

    by_finish  the next task hangs on this one's finish, so the driver is that of the finish, else of the start.
    """

    task: ScheduledTask
    driver: Driver
    by_finish: bool


def driving_path(schedule: Schedule, uid: int) -> tuple[Step, ...]:
    """The chain of tasks that places a task, the task itself last, the one that no other task drives first.

    Raises KeyError for a task that is not in the schedule.
    """
    return path_of(schedule.by_uid(), uid)


def path_of(tasks: Mapping[int, ScheduledTask], uid: int) -> tuple[Step, ...]:
    """The same over scheduled tasks by uid."""
    steps: list[Step] = []
    seen: set[int] = set()
    following: int | None = uid
    by_finish = False
    while following is not None and following not in seen:
        seen.add(following)
        task = tasks[following]
        driver = task.finish_driver if by_finish and task.finish_driver is not None else task.driver
        steps.append(Step(task, driver, by_finish))
        following = driver.uid if driver.kind == "link" and driver.uid in tasks else None
        by_finish = driver.by_finish
    return tuple(reversed(steps))


def late_drivers(plan: Plan, *, uids: Sequence[int] | None = None) -> dict[int, Driver]:
    """What keeps each leaf task from finishing later: a successor, a date, or the project's finish.

    uids  only these tasks. kind 'project_finish' when nothing but the end of the project holds it.
    Raises PlanError as `schedule` does.
    """
    dated = Dated(calculate(plan))
    layout = dated.tables.layout
    wanted = None if uids is None else set(uids)
    return {
        task.uid: wording.late_driver(dated, row)
        for row, task in enumerate(layout.tasks)
        if (wanted is None or task.uid in wanted) and not dated.is_summary(row)
    }

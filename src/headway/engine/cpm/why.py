"""Why a task stands where it does: the chain of drivers behind its start, and what its latest finish hangs on.

Works on any schedule, read through what each task names as its driver.
Not here: which bound drives (`kernel`), what differs between two schedules (`difference`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from headway.engine.cpm import wording
from headway.engine.cpm.calculation import calculate
from headway.engine.cpm.outcome import Dated
from headway.engine.plan import Driver, Plan, Schedule, ScheduledTask

Drivers = tuple[Driver, Driver | None]  # of a task's start and of its finish


@dataclass(frozen=True, slots=True)
class Step:
    """One task of a driving path and what drives it.

    by_finish  the next task hangs on this one's finish, so the driver is that of the finish, else of the start.
    """

    task: ScheduledTask
    driver: Driver
    by_finish: bool

    @property
    def sentence(self) -> str:
        """Why the task stands there; where its finish hangs on its own start, that start's reason comes first."""
        return hanging(self.task.driver, self.driver)


def hanging(start: Driver, driver: Driver) -> str:
    """The sentence of a driver of the finish, after that of the start where the finish only follows from it."""
    follows = (start.kind, start.uid) == (driver.kind, driver.uid) and start.text != driver.text
    return f"{start.text} {driver.text}" if follows else driver.text


def driving_path(schedule: Schedule, uid: int) -> tuple[Step, ...]:
    """The chain of tasks that places a task, the task itself last, the one that no other task drives first.

    Raises KeyError for a task that is not in the schedule.
    """
    tasks = schedule.by_uid()
    found = path_of(lambda one: (tasks[one].driver, tasks[one].finish_driver) if one in tasks else None, uid)
    return tuple(Step(tasks[one], driver, by_finish) for one, driver, by_finish in found)


def path_of(drivers: Callable[[int], Drivers | None], uid: int) -> tuple[tuple[int, Driver, bool], ...]:
    """The same by uids: each with its driver, and whether the next one hangs on its finish.

    drivers  those of a task's start and finish; None for a task that takes no part.
    Raises KeyError for a task that takes none.
    """
    steps: list[tuple[int, Driver, bool]] = []
    seen: set[int] = set()
    here, pair, by_finish = uid, drivers(uid), False
    if pair is None:
        raise KeyError(uid)
    while pair is not None and here not in seen:
        seen.add(here)
        start, finish = pair
        driver = finish if by_finish and finish is not None else start
        steps.append((here, driver, by_finish))
        pair = None
        if driver.kind == "link" and driver.uid is not None:
            here, pair = driver.uid, drivers(driver.uid)
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

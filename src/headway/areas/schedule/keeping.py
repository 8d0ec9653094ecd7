"""Plans that this process has read and scheduled, so that an edit starts from them and not from ten thousand rows.

A stored plan bears a stamp that is new with every change of its content. What is kept is used only while the plan's
row bears the very stamp it was kept under: another process's edit, a rolled-back one or a restored backup bears
another, and the plan is then read again. Nothing of what is kept ever changes.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import partial
from typing import Any

from headway import __version__
from headway.areas.schedule import records
from headway.areas.schedule.models import Plan, PlanTask
from headway.areas.schedule.records import engine_plan, from_record
from headway.areas.schedule.shelf import Shelf
from headway.engine import plan as engine
from headway.engine.cpm.whatif import Scheduled, scheduled
from headway.engine.cpm.why import Drivers
from headway.engine.plan import PlanError

_RELEASE = f"{__version__} "
_MOST_TASKS = 40_000  # kept in one process: some 3 kB each


@dataclass(frozen=True, slots=True)
class Held:
    """A stored plan in hand.

    stamp      the stamp of the rows that hold this plan and these dates; '' = the rows may hold other dates.
    scheduled  None for a plan that cannot be scheduled as it is.
    """

    stamp: str
    plan: engine.Plan
    scheduled: Scheduled | None

    def after(self, plan: engine.Plan) -> Scheduled:
        """The dates of a plan that came of this one. Raises PlanError as scheduling does."""
        return scheduled(plan) if self.scheduled is None else self.scheduled.with_plan(plan)

    def differing(self, after: Scheduled) -> frozenset[int] | None:
        """Whose dates may differ from those that the rows hold; None = anybody's."""
        return after.moved if self.stamp and self.scheduled is not None else None


_shelf: Shelf[int, Held] = Shelf(most=_MOST_TASKS, weight=lambda held: len(held.plan.tasks))


def held(row: Plan) -> Held:
    """The plan as its rows are now, from this process where it is known. The caller holds the row's lock."""
    found = _known(row)
    if found is not None:
        return found
    plan = engine_plan(row)
    same_rules = row.stamp.startswith(_RELEASE)
    try:
        return Held(row.stamp if same_rules else "", plan, scheduled(plan))
    except PlanError:  # an edit may be what mends it
        return Held("", plan, None)


def looked_at(row: Plan) -> Held:
    """The plan for a reader, who holds no lock; kept for the next one where nobody changed it meanwhile."""
    found = held(row)
    if found.stamp and found.scheduled is not None and _shelf.find(row.pk) is not found:
        stamps = Plan.unscoped(reason="the row itself").filter(pk=row.pk).values_list("stamp", flat=True)
        if stamps.first() == found.stamp:
            _shelf.put(row.pk, found)
    return found


def seen(row: Plan) -> Held:
    """The plan as its rows are now, held by nobody; read again where somebody has just changed it, then kept."""
    for _ in range(_MOST_READS):
        found = held(row)
        now = Plan.unscoped(reason="the row itself").filter(pk=row.pk).values_list("stamp", flat=True).first()
        if now == row.stamp:
            if found.stamp:
                _shelf.put(row.pk, found)
            return found
        fresh = Plan.unscoped(reason="the row itself").get(pk=row.pk)
        for field in Plan._meta.concrete_fields:
            setattr(row, field.attname, getattr(fresh, field.attname))
    return found


_MOST_READS = 3


def plan_of(row: Plan) -> engine.Plan:
    """The stored plan, from this process where it is known."""
    known = _known(row)
    return known.plan if known is not None else engine_plan(row)


def drivers_of(row: Plan) -> Callable[[int], Drivers | None]:
    """What drives start and finish of each task, by uid: as kept in this process, else in one query of the rows."""
    known = _known(row)
    if known is not None and known.scheduled is not None:
        return partial(_kept_drivers, known.scheduled)
    rows = PlanTask.unscoped(reason="the path behind a visible task").filter(plan=row, removed_at=None)
    stored = rows.exclude(computed=None).values_list("uid", "computed__driver", "computed__finish_driver")
    return partial(_stored_drivers, {uid: (start, finish) for uid, start, finish in stored})


def _kept_drivers(dated: Scheduled, uid: int) -> Drivers | None:
    try:
        task = dated.task(uid)
    except KeyError:
        return None
    return task.driver, task.finish_driver


def _stored_drivers(stored: Mapping[int, tuple[Any, Any]], uid: int) -> Drivers | None:
    start, finish = stored.get(uid, (None, None))
    if start is None:
        return None
    return from_record(engine.Driver, start), from_record(engine.Driver, finish) if finish else None


def new_stamp() -> str:
    """A stamp that no plan has borne before; it tells the release whose rules gave the dates."""
    return f"{_RELEASE}{secrets.token_hex(8)}"


def keep(row: Plan, computed: Scheduled) -> None:
    """Keep what was just stored under the row's stamp."""
    _shelf.put(row.pk, Held(row.stamp, computed.plan, computed))


_tried: ContextVar[dict[str, Held] | None] = ContextVar("tried plans", default=None)


@contextmanager
def knowing_tried() -> Iterator[None]:
    """Inside, what a trial stores is known to those who read it before it is rolled back; nobody else ever sees it."""
    token = _tried.set({})
    try:
        yield
    finally:
        _tried.reset(token)


def keep_tried(row: Plan, computed: Scheduled) -> None:
    """Keep what a trial has stored under the row's stamp, as long as somebody reads what came of it."""
    known = _tried.get()
    if known is not None:
        known[row.stamp] = Held(row.stamp, computed.plan, computed)


def assignments_of(row: Plan) -> tuple[engine.Assignment, ...]:
    """The stored plan's assignments, from this process where they are known."""
    known = _known(row)
    return known.plan.assignments if known is not None else records.assignments_of(row)


def forget() -> None:
    """Keep nothing of what was read so far."""
    _shelf.clear()


def _known(row: Plan) -> Held | None:
    tried = _tried.get()
    if tried and row.stamp in tried:
        return tried[row.stamp]
    found = _shelf.find(row.pk)
    return found if found is not None and found.stamp == row.stamp else None

"""Plans that this process has read and scheduled, so that an edit starts from them and not from ten thousand rows.

A stored plan bears a stamp that is new with every change of its content. What is kept is used only while the plan's
row bears the very stamp it was kept under: another process's edit, a rolled-back one or a restored backup bears
another, and the plan is then read again. Kept values are immutable.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from headway.areas.schedule.models import Plan
from headway.areas.schedule.records import engine_plan
from headway.areas.schedule.shelf import Shelf
from headway.engine import plan as engine

_MOST_TASKS = 40_000  # kept in one process: some 2 kB each


@dataclass(frozen=True, slots=True)
class Held:
    """A plan with the schedule computed from it, as the rows of that stamp hold both."""

    stamp: str
    plan: engine.Plan
    schedule: engine.Schedule


_shelf: Shelf[int, Held] = Shelf(most=_MOST_TASKS, weight=lambda held: len(held.plan.tasks))


def held(row: Plan) -> Held | None:
    """What this process knows of the plan as the row is now; None when it must be read."""
    found = _shelf.find(row.pk)
    return found if found is not None and found.stamp and found.stamp == row.stamp else None


def plan_of(row: Plan) -> engine.Plan:
    """The stored plan, from this process where it is known."""
    known = held(row)
    return known.plan if known is not None else engine_plan(row)


def new_stamp() -> str:
    """A stamp that no plan has borne before."""
    return secrets.token_hex(16)


def keep(row: Plan, plan: engine.Plan, schedule: engine.Schedule) -> None:
    """Keep what was just stored under the row's stamp."""
    _shelf.put(row.pk, Held(row.stamp, plan, schedule))


def forget() -> None:
    """Keep nothing of what was read so far."""
    _shelf.clear()

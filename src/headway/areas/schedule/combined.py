"""Several plans on one axis: their spans and milestones, the rows of those that are opened, the path to a finish.

Read from columns, in as many queries for two plans as for two hundred. The caller has passed its own door.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Q

from headway.areas.schedule import keeping
from headway.areas.schedule.models import Plan, PlanTask
from headway.areas.schedule.records import KEY_LEVEL
from headway.engine.cpm.why import path_of
from headway.kernel.among import among_ids
from headway.kernel.context import Context

_WHY = "rows of visible plans"
Place = tuple[int, int]  # a project and the uid of a task of its plan


@dataclass(frozen=True, slots=True)
class PlanRow:
    """A row of one plan among several."""

    project_id: int
    id: int
    uid: int
    name: str
    level: int
    summary: bool
    milestone: bool
    active: bool
    start: datetime | None
    finish: datetime | None
    percent_complete: Decimal
    critical: bool


@dataclass(frozen=True, slots=True)
class Span:
    """First and last moment of a plan."""

    start: datetime | None
    finish: datetime | None


_COLUMNS = ("plan__project_id", "pk", "uid", "name", "level", "summary", "milestone", "active", "start", "finish",
            "percent_complete", "critical")  # fmt: skip


def spans(ctx: Context, project_ids: Collection[int]) -> dict[int, Span]:
    """The visible plans of some projects, by project; one query."""
    rows = Plan.visible_to(ctx).filter(among_ids("project_id", project_ids)).order_by("pk")
    return {
        project: Span(start, finish) for project, start, finish in rows.values_list("project_id", "start", "finish")
    }


def key_milestones(project_ids: Collection[int]) -> list[PlanRow]:
    """Milestones with a deadline, or high in the outline, of some plans; one query."""
    rows = PlanTask.unscoped(reason=_WHY).filter(
        among_ids("plan__project_id", project_ids), milestone=True, summary=False, active=True, removed_at=None
    )
    high = Q(level__lte=KEY_LEVEL) | Q(deadline__isnull=False)
    return _rows(rows.filter(high, finish__isnull=False).order_by("plan_id", "finish", "id"))


def outline(project_ids: Collection[int], *, level: int) -> list[PlanRow]:
    """The rows of some plans down to a level, in outline order; rows from elsewhere are at the end; one query."""
    rows = PlanTask.unscoped(reason=_WHY).filter(
        among_ids("plan__project_id", project_ids), removed_at=None, level__lte=level, start__isnull=False
    )
    return _rows(rows.order_by("plan_id", "position", "id"))


def _rows(rows: Any) -> list[PlanRow]:
    found: Iterable[Any] = rows.values_list(*_COLUMNS)
    return [PlanRow(*row) for row in found]


def path_to_finish(project_id: int, original_of: Callable[[Place], Place | None], *, most: int) -> list[Place]:
    """The tasks that place a plan's last finish, the first of them first, followed into the plans they wait for.

    original_of  what a row stands for that is of another project; None = it ends there, or is a task like others.
    most         plans that are looked into.
    """
    plan = Plan.unscoped(reason=_WHY).filter(project_id=project_id).first()
    here = _last_task(plan) if plan is not None else None
    found: list[Place] = []
    project: int | None = project_id
    for _ in range(most):
        if here is None or project is None or plan is None:
            break
        try:
            steps = path_of(keeping.drivers_of(plan), here)
        except KeyError:
            break
        places = [(project, uid) for uid, _, _ in steps]
        before = original_of(places[0])
        found = [*(places[1:] if before is not None else places), *found]
        if before is None or before in found:
            break
        project, here = before
        plan = Plan.unscoped(reason=_WHY).filter(project_id=project).first()
    return found


def named(places: Collection[Place]) -> tuple[tuple[str, str], ...]:
    """Keys of projects and names of tasks, in the order given; one query."""
    if not places:
        return ()
    rows = PlanTask.unscoped(reason=_WHY).filter(
        among_ids("plan__project_id", {project for project, _ in places}), among_ids("uid", {uid for _, uid in places})
    )
    columns: Iterable[Any] = rows.values_list("plan__project_id", "uid", "plan__project__key", "name")
    found = {(project, uid): (key, name) for project, uid, key, name in columns}
    return tuple(found[place] for place in places if place in found)


def _last_task(plan: Plan) -> int | None:
    rows = PlanTask.unscoped(reason=_WHY).filter(
        plan=plan, removed_at=None, summary=False, active=True, finish__isnull=False
    )
    return rows.order_by("-finish", "-critical", "-position").values_list("uid", flat=True).first()

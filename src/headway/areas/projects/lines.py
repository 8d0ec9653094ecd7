"""All projects that a person works on, as areas that look across projects need them: one query, no page.

The caller has passed its own door.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from headway.areas.projects.models import Project
from headway.areas.projects.queries import inside_project_ids
from headway.areas.projects.types import Stage
from headway.kernel.among import among_ids
from headway.kernel.context import Context
from headway.kernel.queries import known, once


@dataclass(frozen=True, slots=True)
class ProjectLine:
    """A project with the ids that lists are grouped and filtered by; '' and None = nobody named."""

    id: int
    key: str
    name: str
    client_id: int | None
    client: str
    manager_id: int | None
    manager: str
    stage: Stage
    currency: str
    time_zone: str
    starts_on: date | None
    ends_on: date | None


_COLUMNS = (
    "pk",
    "key",
    "name",
    "client_id",
    "client__name",
    "manager_id",
    "manager__name",
    "stage",
    "currency",
    "time_zone",
    "starts_on",
    "ends_on",
)


_EVERY = "projects inside"


def lines_inside(ctx: Context, *, client: int | None = None) -> list[ProjectLine]:
    """Every project that the actor works on or may see inside, by name; never those seen as a client or guest."""
    lines = once(ctx, _EVERY, lambda: _lines_inside(ctx))
    return [line for line in lines if client is None or line.client_id == client]


def lines_among(ctx: Context, project_ids: Collection[int]) -> tuple[ProjectLine, ...]:
    """As `lines_inside`, of these projects alone; those that the actor may not see inside are left out."""
    wanted = frozenset(project_ids)
    lines = known(ctx, _EVERY)
    if lines is not None:
        return tuple(line for line in lines if line.id in wanted)
    return once(ctx, (_EVERY, wanted), lambda: _lines_inside(ctx, wanted))


def _lines_inside(ctx: Context, among: Collection[int] | None = None) -> tuple[ProjectLine, ...]:
    rows = Project.visible_to(ctx)
    ids = inside_project_ids(ctx)
    if ids is not None:
        rows = rows.filter(among_ids("pk", ids))
    if among is not None:
        rows = rows.filter(among_ids("pk", among))
    found = []
    for row in rows.order_by("name", "pk").values_list(*_COLUMNS):
        pk, key, name, client_id, client_name, manager_id, manager, stage, *rest = row
        found.append(
            ProjectLine(pk, key, name, client_id, client_name or "", manager_id, manager or "", Stage(stage), *rest)
        )
    return tuple(found)

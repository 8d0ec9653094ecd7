"""Reads over several projects at once, for the areas above; the caller gives ids it found through its own door."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from headway.areas.projects.models import Decision, Issue, Membership
from headway.areas.projects.types import State
from headway.kernel.context import Context

_MOST = 200


@dataclass(frozen=True, slots=True)
class RoleLine:
    """A role that somebody holds on a project."""

    project_id: int
    person_id: int
    name: str
    organisation_id: int | None
    role: str


@dataclass(frozen=True, slots=True)
class OpenRecord:
    """A decision or an issue that waits for its owner. `kind` is the model's label."""

    kind: str
    id: int
    project_id: int
    ref: str
    title: str
    owner_id: int | None
    owner: str
    due: date | None


def roles_on_projects(project_ids: Collection[int]) -> tuple[RoleLine, ...]:
    """Who holds which role on some projects, by name; one query."""
    rows = Membership.among(list(project_ids)).order_by("person__name", "person_id", "project_id", "role")
    columns = ("project_id", "person_id", "person__name", "person__organisation_id", "role")
    return tuple(RoleLine(*row) for row in rows.values_list(*columns))


def open_records_of(ctx: Context, project_ids: Collection[int], person_ids: Collection[int]) -> tuple[OpenRecord, ...]:
    """Decisions to take and issues to solve that these people own on these projects, by the day they are due."""
    of_them = {"project_id__in": list(project_ids), "owner_id__in": list(person_ids), "state": State.OPEN.value}
    decisions = Decision.visible_to(ctx).filter(**of_them).select_related("owner").order_by("id")[:_MOST]
    issues = Issue.visible_to(ctx).filter(**of_them).select_related("owner").order_by("id")[:_MOST]
    found = [
        OpenRecord(
            "projects.Decision",
            row.pk,
            row.project_id,
            row.ref,
            row.question,
            row.owner_id,
            row.owner.name if row.owner else "",
            row.decide_by,
        )
        for row in decisions
    ]
    found += [
        OpenRecord(
            "projects.Issue",
            row.pk,
            row.project_id,
            row.ref,
            row.title,
            row.owner_id,
            row.owner.name if row.owner else "",
            row.due,
        )
        for row in issues
    ]
    return tuple(sorted(found, key=lambda row: (row.due or date.max, row.project_id, row.ref)))

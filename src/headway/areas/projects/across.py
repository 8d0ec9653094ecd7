"""Reads over several projects at once, for the areas above; the caller gives ids it found through its own door."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import F

from headway.areas.projects.models import Decision, Issue, Membership, Project, Risk
from headway.areas.projects.queries import risk_row
from headway.areas.projects.risk_types import RiskKind
from headway.areas.projects.types import RiskRow, Stage, State
from headway.engine.rag import RagLimits, limits_from
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


@dataclass(frozen=True, slots=True)
class BareRisk:
    """An open risk that nobody has planned a response to."""

    project_id: int
    id: int
    ref: str
    title: str


def risks_without_response(project_ids: Collection[int]) -> tuple[BareRisk, ...]:
    """Open risks without a response on some projects, the gravest first."""
    rows = Risk.unscoped(reason="of projects that the caller has found").filter(
        project_id__in=list(project_ids), state=State.OPEN.value, response=""
    )
    ordered = sorted(rows.order_by("id")[:_MOST], key=lambda row: -row.probability * row.impact)
    return tuple(BareRisk(row.project_id, row.pk, row.ref, row.title) for row in ordered)


def open_risks_of(project_ids: Collection[int]) -> dict[int, tuple[RiskRow, ...]]:
    """The open risks of some projects in full, by project and number; one query."""
    rows = Risk.unscoped(reason="of projects that the caller has found").filter(
        project_id__in=list(project_ids), state=State.OPEN.value
    )
    found: dict[int, list[RiskRow]] = {}
    for row in rows.select_related("owner", "issue").order_by("project_id", "number"):
        found.setdefault(row.project_id, []).append(risk_row(row))
    return {project: tuple(risks) for project, risks in found.items()}


@dataclass(frozen=True, slots=True)
class Promise:
    """The last day that a project's charter names, and the limits that it is judged by."""

    ends_on: date | None
    limits: RagLimits


def promises_of(project_ids: Collection[int]) -> dict[int, Promise]:
    """What some projects promise, by id; one query."""
    rows = Project.unscoped(reason="projects that the caller has found").filter(pk__in=list(project_ids))
    return {
        pk: Promise(ends_on, limits_from(own)) for pk, ends_on, own in rows.values_list("pk", "ends_on", "rag_limits")
    }


def open_project_ids() -> list[int]:
    """Every project that is not closed, for what the house does by itself."""
    rows = Project.unscoped(reason="the house's own nightly work").exclude(stage=Stage.CLOSED.value)
    return list(rows.order_by("pk").values_list("pk", flat=True))


def stages_of(project_ids: Collection[int]) -> dict[int, Stage]:
    """Where some projects stand in their life cycle."""
    rows = Project.unscoped(reason="projects that the caller has found").filter(pk__in=list(project_ids))
    return {pk: Stage(stage) for pk, stage in rows.values_list("pk", "stage")}


@dataclass(frozen=True, slots=True)
class GraveRisk:
    """An open risk among those of several projects."""

    project_id: int
    key: str
    id: int
    number: int
    ref: str
    title: str
    exposure: int
    owner: str


def gravest_risks(ctx: Context, project_ids: Collection[int], *, most: int) -> tuple[GraveRisk, ...]:
    """The open risks of some projects with the highest exposure that the actor may see; one query."""
    of_them = {"project_id__in": list(project_ids), "state": State.OPEN.value, "kind": RiskKind.THREAT.value}
    rows = Risk.visible_to(ctx).filter(**of_them)
    graded = rows.annotate(exposed=F("probability") * F("impact")).select_related("owner", "project")
    return tuple(
        GraveRisk(
            row.project_id,
            row.project.key,
            row.pk,
            row.number,
            row.ref,
            row.title,
            row.probability * row.impact,
            row.owner.name if row.owner else "",
        )
        for row in graded.order_by("-exposed", "project_id", "number")[:most]
    )

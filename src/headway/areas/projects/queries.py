"""Reads of projects. `charter`, `risks`, … are use cases; what stands below the line serves areas above."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, TypeVar
from zoneinfo import ZoneInfo

from django.db.models import Case, F, Q, QuerySet, Sum, When
from django.db.models.functions import Coalesce
from pydantic import Field

from headway.areas.projects.models import (
    Assumption,
    Bookmark,
    CharterLine,
    Decision,
    HealthOverride,
    ImportBatch,
    Issue,
    Membership,
    Project,
    Risk,
    Stakeholder,
)
from headway.areas.projects.policies import INSIDE, held_roles, roles_on
from headway.areas.projects.risk_types import ResponseKind, RiskKind, chance_of
from headway.areas.projects.types import (
    AssumptionRow,
    Charter,
    DecisionOption,
    DecisionRow,
    Engagement,
    ImportRow,
    Imports,
    ImportState,
    IssueRow,
    MemberRow,
    Objective,
    OverrideRow,
    ProjectLink,
    ProjectRow,
    Projects,
    Raci,
    RiskRow,
    Severity,
    Stage,
    StakeholderRow,
    State,
)
from headway.kernel.access import EVERYTHING, NOTHING, may, permission_table
from headway.kernel.among import among_ids
from headway.kernel.context import Context
from headway.kernel.errors import NotFound
from headway.kernel.models import AuditChain, AuditEntry
from headway.kernel.paging import page
from headway.kernel.queries import once, query

RecordT = TypeVar("RecordT", Risk, Issue, Decision, Assumption)
_LIST = 1000  # records of one project; more than any project keeps open


def project_row(row: Project) -> ProjectRow:
    """A project as a list shows it."""
    return ProjectRow(
        row.pk,
        row.key,
        row.name,
        row.client.name if row.client else "",
        row.manager.name if row.manager else "",
        Stage(row.stage),
        row.starts_on,
        row.ends_on,
        row.version,
    )


@query(permission="projects.list", name="projects.list")
def list_projects(
    ctx: Context,
    *,
    search: str = "",
    stage: Stage | None = None,
    client: int | None = None,
    cursor: str = "",
    limit: int = 50,
) -> Projects:
    """The projects this person may see, by name, a page at a time."""
    rows = Project.visible_to(ctx).select_related("client", "manager")
    if search:
        rows = rows.filter(name__icontains=search) | rows.filter(key__icontains=search)
    if stage is not None:
        rows = rows.filter(stage=stage.value)
    if client is not None:
        rows = rows.filter(client_id=client)
    items, following = page(rows, order=("name", "id"), cursor=cursor, limit=limit)
    return Projects(tuple(project_row(item) for item in items), following)


@query(permission="projects.list")
def mine_short(ctx: Context, *, limit: int = 8) -> tuple[ProjectLink, ...]:
    """The projects this person keeps at hand: the starred ones by name, then those opened last."""
    me = ctx.actor.person_id
    if me is None:
        return ()
    rows = Bookmark.among(Project.visible_to(ctx)).filter(person_id=me)
    rows = rows.filter(Q(starred_at__isnull=False) | Q(opened_at__isnull=False))
    name_of_starred = Case(When(starred_at__isnull=False, then="project__name"))
    rows = rows.order_by(name_of_starred.asc(nulls_last=True), F("opened_at").desc(nulls_last=True), "id")
    columns = rows.values_list("project_id", "project__key", "project__name", "starred_at")
    most = max(1, min(limit, 50))
    return tuple(ProjectLink(pk, key, name, starred is not None) for pk, key, name, starred in columns[:most])


@query(permission="projects.read")
def is_starred(ctx: Context, *, project: Project) -> bool:
    """Whether this person has starred a project."""
    me = ctx.actor.person_id
    return me is not None and Bookmark.of(project).filter(person_id=me, starred_at__isnull=False).exists()


@query(permission="projects.read", name="projects.show")
def charter(ctx: Context, *, project: Project) -> Charter:
    """A project with its charter: purpose, objectives, success measures, scope in and out, stage."""
    return once(ctx, ("projects.charter", project.pk), lambda: _charter(project))


def _charter(project: Project) -> Charter:
    lines: dict[str, list[CharterLine]] = {"objective": [], "success": [], "in": [], "out": []}
    for line in CharterLine.of(project).order_by("kind", "position"):
        lines[line.kind].append(line)
    return Charter(
        id=project.pk,
        key=project.key,
        name=project.name,
        client_id=project.client_id,
        client=project.client.name if project.client else "",
        manager_id=project.manager_id,
        manager=project.manager.name if project.manager else "",
        stage=Stage(project.stage),
        purpose=project.purpose,
        currency=project.currency,
        time_zone=project.time_zone,
        starts_on=project.starts_on,
        ends_on=project.ends_on,
        hours_tracked=project.hours_tracked,
        objectives=tuple(Objective(line.text, line.measure, line.target) for line in lines["objective"]),
        success_measures=tuple(Objective(line.text, line.measure, line.target) for line in lines["success"]),
        scope_in=tuple(line.text for line in lines["in"]),
        scope_out=tuple(line.text for line in lines["out"]),
        rag_limits=project.rag_limits,
        version=project.version,
    )


@query(permission="projects.read_members")
def members(ctx: Context, *, project: Project) -> tuple[MemberRow, ...]:
    """Who holds which role on a project, by name."""
    rows = Membership.of(project).select_related("person").order_by("person__name", "role", "id")
    return tuple(MemberRow(row.person_id, row.person.name, row.person.email, row.role) for row in rows)


@query(permission="projects.read_registers")
def stakeholders(ctx: Context, *, project: Project) -> tuple[StakeholderRow, ...]:
    """Stakeholders, the powerful and interested first."""
    rows = Stakeholder.visible_to(ctx).filter(project=project, removed_at=None).select_related("person")
    return tuple(stakeholder_row(row) for row in rows.order_by("-power", "-interest", "name", "id")[:_LIST])


def stakeholder_row(row: Stakeholder) -> StakeholderRow:
    """A stakeholder as the register shows them."""
    return StakeholderRow(
        row.pk,
        row.person_id,
        row.name,
        row.organisation,
        row.interest,
        row.power,
        Engagement(row.engagement),
        Engagement(row.desired),
        Raci(row.raci),
        row.notes,
        row.version,
    )


@query(permission="projects.read_registers")
def risks(ctx: Context, *, project: Project, state: State | None = None) -> tuple[RiskRow, ...]:
    """Risks by exposure, the highest first."""
    return once(ctx, ("projects.risks", project.pk, state), lambda: _risks(ctx, project, state))


@query(permission="projects.read_registers")
def high_risks(
    ctx: Context, *, project: Project, at_least: Annotated[int, Field(ge=1, le=25)] = 12
) -> tuple[RiskRow, ...]:
    """Open threats whose exposure (probability × impact, at most 25) is not below a line, the highest first.

    at_least  1 to 25; 12 is where amber begins.
    """
    rows = _risks(ctx, project, State.OPEN)
    return tuple(row for row in rows if row.kind is RiskKind.THREAT and row.exposure >= at_least)


def _risks(ctx: Context, project: Project, state: State | None) -> tuple[RiskRow, ...]:
    rows = _of(ctx, Risk, project, state).select_related("owner", "issue")
    return tuple(risk_row(row) for row in rows.order_by((F("probability") * F("impact")).desc(), "number")[:_LIST])


def risk_row(row: Risk) -> RiskRow:
    """A risk as the register shows it."""
    return RiskRow(
        row.pk,
        row.ref,
        row.title,
        row.cause,
        row.effect,
        row.probability,
        row.impact,
        row.probability * row.impact,
        row.response,
        row.response_due,
        row.owner_id,
        row.owner.name if row.owner else "",
        State(row.state),
        row.version,
        RiskKind(row.kind),
        row.category,
        row.percent,
        chance_of(row.percent, row.probability),
        _points(row.days),
        _points(row.money),
        ResponseKind(row.response_kind) if row.response_kind else None,
        row.residual_probability,
        row.residual_impact,
        row.residual_percent,
        _residual_chance(row),
        _points(row.residual_days),
        _residual_exposure(row),
        row.outcome,
        row.issue_id,
        row.issue.ref if row.issue else "",
    )


def _points(stored: Iterable[str]) -> tuple[Decimal, ...]:
    return tuple(Decimal(one) for one in stored)


def _residual_chance(row: Risk) -> Decimal | None:
    if row.residual_percent is None and row.residual_probability is None:
        return None
    return chance_of(row.residual_percent, row.residual_probability or row.probability)


def _residual_exposure(row: Risk) -> int | None:
    if row.residual_probability is None and row.residual_impact is None:
        return None
    return (row.residual_probability or row.probability) * (row.residual_impact or row.impact)


@query(permission="projects.read_registers")
def issues(ctx: Context, *, project: Project, state: State | None = None) -> tuple[IssueRow, ...]:
    """Issues, the open and newest first."""
    return once(ctx, ("projects.issues", project.pk, state), lambda: _issues(ctx, project, state))


def _issues(ctx: Context, project: Project, state: State | None) -> tuple[IssueRow, ...]:
    rows = _of(ctx, Issue, project, state).order_by("-state", "-number")[:_LIST]
    came_of = _risks_behind(project)
    return tuple(issue_row(row, risk=came_of.get(row.pk, "")) for row in rows)


def _risks_behind(project: Project) -> dict[int, str]:
    """The risks that became issues, by the issue's id."""
    rows = Risk.unscoped(reason="of a visible project").filter(project=project, issue__isnull=False)
    return {row.issue_id: row.ref for row in rows if row.issue_id is not None}


def issue_row(row: Issue, *, risk: str = "") -> IssueRow:
    """An issue as the register shows it. risk: what it was before it happened."""
    return IssueRow(
        row.pk,
        row.ref,
        row.title,
        row.description,
        Severity(row.severity),
        row.owner_id,
        row.owner.name if row.owner else "",
        row.due,
        row.resolution,
        State(row.state),
        row.version,
        risk,
    )


@query(permission="projects.read_registers")
def decisions(ctx: Context, *, project: Project, state: State | None = None) -> tuple[DecisionRow, ...]:
    """Decisions, those to take first, by the day they are needed."""
    rows = _of(ctx, Decision, project, state).order_by("-state", F("decide_by").asc(nulls_last=True), "number")
    return tuple(decision_row(row) for row in rows[:_LIST])


def decision_row(row: Decision) -> DecisionRow:
    """A decision as the register shows it."""
    return DecisionRow(
        row.pk,
        row.ref,
        row.question,
        tuple(DecisionOption(**option) for option in row.options),
        row.recommendation,
        row.decide_by,
        row.cost_of_waiting,
        row.owner_id,
        row.owner.name if row.owner else "",
        row.outcome,
        row.decided_at,
        row.decided_by,
        State(row.state),
        row.version,
    )


@query(permission="projects.read_registers")
def assumptions(ctx: Context, *, project: Project, state: State | None = None) -> tuple[AssumptionRow, ...]:
    """Assumptions, the unchecked first."""
    rows = _of(ctx, Assumption, project, state).order_by("-state", "number")
    return tuple(assumption_row(row) for row in rows[:_LIST])


def assumption_row(row: Assumption) -> AssumptionRow:
    """An assumption as the register shows it."""
    return AssumptionRow(
        row.pk,
        row.ref,
        row.text,
        row.check_by,
        row.owner_id,
        row.owner.name if row.owner else "",
        row.outcome,
        State(row.state),
        row.version,
    )


def _of(ctx: Context, model: type[RecordT], project: Project, state: State | None) -> QuerySet[RecordT]:
    rows = model.visible_to(ctx).filter(project=project).select_related("owner")
    return rows if state is None else rows.filter(state=state.value)


@query(permission="projects.read_registers")
def overrides(ctx: Context, *, project: Project) -> tuple[OverrideRow, ...]:
    """The colours that people set by hand and that stand now, newest first."""
    rows = HealthOverride.visible_to(ctx).filter(project=project, lifted_at=None).order_by("-id")
    return tuple(override_row(row) for row in rows[:100])


def override_row(row: HealthOverride) -> OverrideRow:
    """An override with its trail."""
    return OverrideRow(row.pk, row.dimension, row.colour, row.reason, row.set_by, row.approved_by, row.created_at)


@query(permission="projects.read_imports")
def imports(ctx: Context, *, project: Project) -> tuple[ImportRow, ...]:
    """Imports into a project, newest first."""
    rows = ImportBatch.visible_to(ctx).filter(project=project).defer("parsed", "undo").order_by("-id")
    return tuple(import_row(row) for row in rows[:100])


@query(permission="projects.list_imports")
def import_list(
    ctx: Context, *, state: ImportState | None = None, kind: str = "", cursor: str = "", limit: int = 50
) -> Imports:
    """Imports into all projects whose imports one may see, newest first."""
    rows = ImportBatch.visible_to(ctx).filter(inside_q(ctx, roles=permission_table()["projects.read_imports"].roles))
    if state is not None:
        rows = rows.filter(state=state.value)
    if kind:
        rows = rows.filter(kind=kind)
    items, following = page(rows.defer("parsed", "undo"), order=("-id",), cursor=cursor, limit=limit)
    return Imports(tuple(import_row(row) for row in items), following)


@query(permission="projects.read_imports", name="projects.show_import")
def show_import(ctx: Context, *, batch: ImportBatch) -> ImportRow:
    """One import with its preview."""
    return import_row(batch)


def import_row(row: ImportBatch) -> ImportRow:
    """An import without its raw content."""
    return ImportRow(
        row.pk,
        row.kind,
        row.file_id,
        row.file_name,
        row.project_id,
        ImportState(row.state),
        row.answers,
        row.mapping,
        row.preview,
        row.created_at,
        row.created_by,
        row.applied_at,
        row.undone_at,
        row.version,
    )


# --- for the areas above; the caller has passed its own door ---------------------------------


def visible_project_ids(ctx: Context) -> QuerySet[Project] | None:
    """A sub-query of the ids of projects this actor may see; None = all."""
    if ctx.actor.is_system:
        return None
    return Project.visible_to(ctx).values("pk")  # type: ignore[return-value]


def roles_anywhere(ctx: Context) -> frozenset[str]:
    """Every role that the actor holds on some project."""
    return frozenset(role for roles in held_roles(ctx).values() for role in roles)


def sees_more_than(ctx: Context, few: int) -> bool:
    """Whether the actor sees more projects than that; for who has roles on so many, without asking the database."""
    return len(held_roles(ctx)) > few or len(Project.visible_to(ctx).values_list("pk")[: few + 1]) > few


def seen_project_ids(ctx: Context) -> list[int]:
    """Ids of all projects this actor may see, from inside or as a client."""
    return list(Project.visible_to(ctx).values_list("pk", flat=True))


def inside_project_ids(ctx: Context, roles: Collection[str] = INSIDE) -> list[int] | None:
    """Ids of projects where the actor works (not client or guest), or holds one of some roles; None = all."""
    if ctx.actor.is_system or ctx.actor.org_role in ("administrator", "senior_reader"):
        return None
    if ctx.actor.user_id is None:
        return []
    return [project for project, held in held_roles(ctx).items() if held & set(roles)]


def inside_q(ctx: Context, path: str = "project_id", *, roles: Collection[str] = INSIDE) -> Q:
    """The visibility rule of records that only people working on a project, or holding some roles, may see."""
    if ctx.actor.user_id is None and not ctx.actor.is_system:
        return NOTHING
    ids = inside_project_ids(ctx, roles)
    return EVERYTHING if ids is None else among_ids(path, ids)


def project_roles(ctx: Context, project_id: int) -> frozenset[str]:
    """The roles the actor holds on a project."""
    return roles_on(ctx, project_id)


def people_with_role(project_id: int, roles: Iterable[str]) -> list[int]:
    """Person ids that hold one of the roles on a project."""
    rows = Membership.unscoped(reason="asked by a visible record").filter(project_id=project_id, role__in=list(roles))
    return list(rows.order_by("person_id").values_list("person_id", flat=True).distinct())


def my_person_id(ctx: Context) -> int | None:
    """The actor's own person."""
    return ctx.actor.person_id


def local_day(ctx: Context, *, project: int) -> date:
    """Today where the project is: near midnight UTC another day than the server's."""
    asked = Project.unscoped(reason="asked by a visible record").values_list("time_zone", flat=True)
    zone = once(ctx, ("projects.time zone", project), lambda: asked.get(pk=project))
    return ctx.now.astimezone(ZoneInfo(zone)).date()


def time_zones(project_ids: Collection[int]) -> dict[int, str]:
    """The time zones of projects, asked by visible records."""
    rows = Project.unscoped(reason="asked by visible records").filter(among_ids("pk", project_ids))
    return dict(rows.values_list("pk", "time_zone"))


def hold_import(ctx: Context, batch_id: int) -> ImportRow:
    """A visible import, locked until the end of the transaction, so that it is applied or undone once."""
    row = ImportBatch.hold(ImportBatch.visible_to(ctx).filter(pk=batch_id)).first()
    if row is None:
        raise NotFound(f"{ImportBatch.noun} not found.")
    return import_row(row)


def newest_applied(project_id: int, kind: str) -> ImportRow | None:
    """The import of a kind that was applied last to a project that the caller may see."""
    rows = ImportBatch.unscoped(reason="asked by a visible project").filter(project_id=project_id, kind=kind)
    row = rows.filter(state=ImportState.APPLIED.value).defer("parsed", "undo").order_by("-applied_at", "-id").first()
    return import_row(row) if row is not None else None


def import_content(ctx: Context, batch_id: int) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
    """The raw reading and the undo data of a visible import."""
    row = ImportBatch.found(ctx, pk=batch_id)
    return row.parsed, row.undo


def named_projects(ctx: Context, project_ids: Iterable[int] | None = None) -> dict[int, ProjectRow]:
    """Projects that this actor may see by id, some or all, as a list shows them; one query."""
    rows = Project.visible_to(ctx).select_related("client", "manager")
    if project_ids is not None:
        rows = rows.filter(among_ids("pk", set(project_ids)))
    return {row.pk: project_row(row) for row in rows.order_by("name", "id")}


def client_project_ids(ctx: Context) -> list[int]:
    """Ids of projects on which the actor is a client."""
    if ctx.actor.user_id is None:
        return []
    return [project for project, held in held_roles(ctx).items() if "client" in held]


def change_mark(ctx: Context, key: str = "") -> tuple[int, str]:
    """How often what this actor sees has changed, on one project or on all, and who changed that project last.

    The mark only ever grows; two that are equal mean that nothing has changed between them. The name is told to
    those who may read the project's activity, else it is ''.
    """
    seen = Project.visible_to(ctx)
    if key:
        seen = seen.filter(key=key)
    chains = AuditChain.objects.filter(scope__in=seen.values("pk"))
    if not key:
        return chains.aggregate(marks=Coalesce(Sum("length"), 0))["marks"], ""
    chain = chains.first()
    if chain is None:
        return 0, ""
    if not may(ctx, "projects.read_activity", project_id=chain.scope):
        return chain.length, ""
    last = AuditEntry.objects.filter(scope=chain.scope).order_by("-sequence").values_list("actor_name", flat=True)
    return chain.length, last.first() or ""


def record_number(kind: str, record_id: int) -> int:
    """What the address of a visible record of a register ends with; `kind` is its label ('projects.Risk')."""
    numbered: dict[str, type[Risk | Issue | Decision | Assumption]] = {
        model._meta.label: model for model in (Risk, Issue, Decision, Assumption)
    }
    if kind not in numbered:
        return record_id
    rows = numbered[kind].unscoped(reason="the address of a visible record")
    return rows.values_list("number", flat=True).get(pk=record_id)

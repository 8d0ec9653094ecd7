"""Changes to projects: charter, stage, members, health overrides."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from headway.areas.people.queries import own_organisation_defaults
from headway.areas.people.types import OrganisationId, PersonId, Role, TimeZone
from headway.areas.projects.at_hand import note_opened, star, unstar
from headway.areas.projects.entering import emptied, given, locked
from headway.areas.projects.events import ProjectCreated, StageChanged
from headway.areas.projects.importing import keep_preview, note_import_applied, note_import_undone, open_import
from headway.areas.projects.models import CharterLine, HealthOverride, Membership, Project
from headway.areas.projects.queries import charter, override_row
from headway.areas.projects.registers import (
    add_assumption,
    add_decision,
    add_issue,
    add_stakeholder,
    decide,
    edit_assumption,
    edit_decision,
    edit_issue,
    edit_stakeholder,
    remove_stakeholder,
    reopen_decision,
)
from headway.areas.projects.risks import add_risk, edit_risk, risk_happened
from headway.areas.projects.stages import ask_guards
from headway.areas.projects.telling import tell_member
from headway.areas.projects.types import Charter, MemberRow, Objective, OverrideRow, Stage
from headway.engine.rag import RagError, limits_from
from headway.kernel import search
from headway.kernel.commands import command
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, Denied, FieldError, Invalid, NotFound
from headway.kernel.schema import Currency, Name, ShortText, Text

# Commands of their own modules: callers know one place.
__all__ = [
    "add_assumption",
    "add_decision",
    "add_issue",
    "add_risk",
    "add_stakeholder",
    "decide",
    "edit_assumption",
    "edit_decision",
    "edit_issue",
    "edit_risk",
    "edit_stakeholder",
    "keep_preview",
    "note_import_applied",
    "note_import_undone",
    "note_opened",
    "open_import",
    "remove_stakeholder",
    "reopen_decision",
    "risk_happened",
    "star",
    "unstar",
]


@command(permission="projects.create", name="projects.create")
def create(
    ctx: Context,
    *,
    key: Name,
    name: Name,
    client: OrganisationId | None = None,
    purpose: Text = "",
    starts_on: date | None = None,
    ends_on: date | None = None,
    currency: Currency | None = None,
    time_zone: TimeZone | None = None,
) -> Charter:
    """Begin a project; whoever creates it becomes its manager.

    key  what people quote: capital letters, digits and hyphens, at most 20.
    """
    if len(key) > 20 or not key[0].isalpha() or not key.replace("-", "").isalnum() or key != key.upper():
        raise Invalid(
            f"'{key}' is no project key: use capital letters, digits and hyphens, at most 20, a letter first.",
            fields=[FieldError("key", "capital letters, digits and hyphens", value=key)],
        )
    if Project.unscoped(reason="keys are unique").filter(key=key).exists():
        raise Conflict(f"The key {key} is taken. Choose another.")
    _in_order(starts_on, ends_on)
    usual_currency, usual_zone = own_organisation_defaults()
    me = ctx.actor.person_id
    project = Project.add(
        ctx,
        key=key,
        name=name,
        client_id=client,
        manager_id=me,
        purpose=purpose,
        starts_on=starts_on,
        ends_on=ends_on,
        currency=currency or usual_currency,
        time_zone=time_zone or usual_zone,
    )
    if me is not None:
        Membership(project=project, person_id=me, role=Role.MANAGER.value).save(force_insert=True)
    ctx.cache.clear()
    if ctx.work is not None:
        ctx.work.project_id = project.pk
    ctx.emit(ProjectCreated(project_id=project.pk))
    return charter.function(ctx, project=project)


def _in_order(starts_on: date | None, ends_on: date | None) -> None:
    if starts_on and ends_on and ends_on < starts_on:
        raise Invalid(
            f"The project would end ({ends_on}) before it starts ({starts_on}).",
            fields=[FieldError("ends_on", "before the start", value=str(ends_on))],
        )


@command(permission="projects.edit", name="projects.edit", changes="project")
def edit(
    ctx: Context,
    *,
    project: Project,
    name: Name | None = None,
    client: OrganisationId | None = None,
    manager: PersonId | None = None,
    purpose: Text | None = None,
    starts_on: date | None = None,
    ends_on: date | None = None,
    hours_tracked: bool | None = None,
    objectives: tuple[Objective, ...] | None = None,
    success_measures: tuple[Objective, ...] | None = None,
    scope_in: tuple[ShortText, ...] | None = None,
    scope_out: tuple[ShortText, ...] | None = None,
    rag_limits: dict[str, Any] | None = None,
    clear: tuple[ShortText, ...] = (),
) -> Charter:
    """Change a project's charter; what is not given stays. A list that is given replaces the old one.

    rag_limits  the project's own limits of health by name, in place of the usual ones; {} = the usual ones.
    clear       what to empty: client, starts_on or ends_on.
    """
    if rag_limits is not None:
        _limits_hold(rag_limits)
    values = given(
        name=name,
        client_id=client,
        manager_id=manager,
        purpose=purpose,
        starts_on=starts_on,
        ends_on=ends_on,
        hours_tracked=hours_tracked,
        rag_limits=rag_limits,
    )
    values |= emptied(clear, values, "client_id", "starts_on", "ends_on")
    _in_order(values.get("starts_on", project.starts_on), values.get("ends_on", project.ends_on))
    project.change(ctx, **values)
    for kind, lines in (("objective", objectives), ("success", success_measures)):
        if lines is not None:
            _set_lines(ctx, project, kind, lines)
    for kind, texts in (("in", scope_in), ("out", scope_out)):
        if texts is not None:
            _set_lines(ctx, project, kind, [Objective(text) for text in texts])
    return charter.function(ctx, project=Project.found(ctx, pk=project.pk))


def _limits_hold(given: dict[str, Any]) -> None:
    try:
        limits_from(given)
    except RagError as fault:
        raise Invalid(str(fault), fields=[FieldError("rag_limits", str(fault))]) from fault


def _set_lines(ctx: Context, project: Project, kind: str, lines: Iterable[Objective]) -> None:
    old = list(CharterLine.of(project).filter(kind=kind).order_by("position"))
    new = list(lines)
    if [(line.text, line.measure, line.target) for line in old] == [
        (line.text, line.measure, line.target) for line in new
    ]:
        return
    CharterLine.of(project).filter(kind=kind).delete()
    CharterLine.unscoped(reason="parts of the project above").bulk_create(
        CharterLine(
            project=project, kind=kind, position=position, text=line.text, measure=line.measure, target=line.target
        )
        for position, line in enumerate(new)
    )
    ctx.record("projects.Project", project.pk, kind, [line.text for line in old], [line.text for line in new])
    search.keep(project)


@command(permission="projects.set_stage", changes="project")
def set_stage(ctx: Context, *, project: Project, stage: Stage) -> Charter:
    """Move a project to another stage of its life cycle; onwards only when the gates in between are passed."""
    old = project.stage
    ask_guards(ctx, project.pk, Stage(old), stage)
    if project.change(ctx, stage=stage.value):
        ctx.emit(StageChanged(project_id=project.pk, old=old, new=stage.value))
    return charter.function(ctx, project=project)


@command(permission="projects.set_member", idempotent=True)
def set_member(ctx: Context, *, project: Project, person: PersonId, role: Role) -> MemberRow:
    """Give a person a role on a project."""
    if role in (Role.ADMINISTRATOR, Role.SENIOR_READER):
        raise Invalid(
            f"'{role.value}' is a role in the organisation, not on a project.", fields=[FieldError("role", "not here")]
        )
    _somebody_else(ctx, person)
    row, fresh = Membership.of(project).get_or_create(project=project, person_id=person, role=role.value)
    if fresh:
        ctx.record("projects.Membership", project.pk, "role", None, f"{row.person.name}: {role.value}")
        ctx.cache.clear()
        tell_member(ctx, project, person, role)
    return MemberRow(person, row.person.name, row.person.email, role.value)


def _somebody_else(ctx: Context, person: int) -> None:
    """A manager who made himself the approver would hold more than he was given."""
    if person == ctx.actor.person_id and ctx.actor.org_role != Role.ADMINISTRATOR.value:
        raise Denied("You cannot give yourself a role; another manager or an administrator can.")


@command(permission="projects.set_member", idempotent=True, destructive=True)
def remove_member(ctx: Context, *, project: Project, person: PersonId, role: Role) -> None:
    """Take a role on a project from a person; the last manager stays."""
    locked(project)  # two managers who remove each other at the same time would leave none
    rows = Membership.of(project).filter(person_id=person, role=role.value)
    if not rows.exists():
        raise NotFound("This person does not hold that role here.")
    managers = Membership.of(project).filter(role=Role.MANAGER.value)
    if role is Role.MANAGER and managers.count() == 1:
        raise Conflict("A project keeps one manager. Give somebody else the role first.")
    rows.delete()
    ctx.record("projects.Membership", project.pk, "role", f"{person}: {role.value}", None)
    ctx.cache.clear()


# --- health ---------------------------------------------------------------------------------


@command(permission="projects.override_health", internal="kept by the portfolio, which computes what is overruled")
def keep_override(
    ctx: Context,
    *,
    project: Project,
    dimension: str,
    colour: str,
    computed: str,
    reason: Text,
    set_by: str,
    approved_by: str = "",
) -> OverrideRow:
    """Keep a person's colour beside the computed one; the one that stood before is lifted."""
    if not reason.strip():
        raise Invalid("Give the reason; it stays visible.", fields=[FieldError("reason", "required")])
    for earlier in HealthOverride.visible_to(ctx).filter(project=project, dimension=dimension, lifted_at=None):
        earlier.change(ctx, lifted_at=ctx.now)
    row = HealthOverride.add(
        ctx,
        project=project,
        dimension=dimension,
        colour=colour,
        computed=computed,
        reason=reason,
        set_by=set_by,
        approved_by=approved_by,
    )
    return override_row(row)


@command(permission="projects.override_health", idempotent=True)
def lift_override(ctx: Context, *, override: HealthOverride) -> None:
    """Let the computed colour show again."""
    if override.lifted_at is None:
        override.change(ctx, lifted_at=ctx.now)

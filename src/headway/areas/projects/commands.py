"""Changes to projects: charter, members, registers, health overrides, imports."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Max

from headway.areas.people.queries import own_organisation_defaults
from headway.areas.people.types import OrganisationId, PersonId, Role, TimeZone
from headway.areas.projects.events import ProjectCreated, StageChanged
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
from headway.areas.projects.queries import (
    assumption_row,
    charter,
    decision_row,
    import_row,
    issue_row,
    override_row,
    risk_row,
    stakeholder_row,
)
from headway.areas.projects.stages import ask_guards
from headway.areas.projects.telling import Record, tell_decided, tell_member, tell_owner
from headway.areas.projects.types import (
    AssumptionRow,
    Charter,
    DecisionOption,
    DecisionRow,
    Engagement,
    ImportRow,
    ImportState,
    IssueRow,
    MemberRow,
    Objective,
    OverrideRow,
    Raci,
    RiskRow,
    Severity,
    Stage,
    StakeholderRow,
    State,
)
from headway.engine.rag import RagError, limits_from
from headway.kernel import search
from headway.kernel.commands import command, maintenance
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, Denied, FieldError, Invalid, NotFound
from headway.kernel.schema import Currency, Name, ShortText, Text


def _given(**values: Any) -> dict[str, Any]:
    """What the caller stated; None = leave as it is."""
    return {name: value for name, value in values.items() if value is not None}


def _emptied(names: Iterable[str], given: Mapping[str, Any], *columns: str) -> dict[str, None]:
    """The columns to empty, of those that can be; 'owner' stands for owner_id."""
    can = {column.removesuffix("_id"): column for column in columns}
    found: dict[str, None] = {}
    for name in names:
        if name not in can:
            raise Invalid(
                f"'{name}' cannot be emptied; {', '.join(can)} can.", fields=[FieldError("clear", "not one of these")]
            )
        if can[name] in given:
            raise Invalid(f"'{name}' is both given and emptied.", fields=[FieldError("clear", "given too")])
        found[can[name]] = None
    return found


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
    values = _given(
        name=name,
        client_id=client,
        manager_id=manager,
        purpose=purpose,
        starts_on=starts_on,
        ends_on=ends_on,
        hours_tracked=hours_tracked,
        rag_limits=rag_limits,
    )
    values |= _emptied(clear, values, "client_id", "starts_on", "ends_on")
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
    _locked(project)  # two managers who remove each other at the same time would leave none
    rows = Membership.of(project).filter(person_id=person, role=role.value)
    if not rows.exists():
        raise NotFound("This person does not hold that role here.")
    managers = Membership.of(project).filter(role=Role.MANAGER.value)
    if role is Role.MANAGER and managers.count() == 1:
        raise Conflict("A project keeps one manager. Give somebody else the role first.")
    rows.delete()
    ctx.record("projects.Membership", project.pk, "role", f"{person}: {role.value}", None)
    ctx.cache.clear()


def _locked(project: Project) -> None:
    """Keep others from the project's numbers and roles until the end of the transaction (PostgreSQL)."""
    Project.unscoped(reason="the lock of a visible project").select_for_update().get(pk=project.pk)


# --- stakeholders ---------------------------------------------------------------------------


def _on_scale(**values: int | None) -> None:
    for name, value in values.items():
        if value is not None and not 1 <= value <= 5:
            raise Invalid(
                f"{name} is {value}; give 1 to 5.", fields=[FieldError(name, "give 1 to 5", value=str(value))]
            )


@command(permission="projects.edit_registers")
def add_stakeholder(
    ctx: Context,
    *,
    project: Project,
    name: Name,
    person: PersonId | None = None,
    organisation: ShortText = "",
    power: int = 3,
    interest: int = 3,
    engagement: Engagement = Engagement.NEUTRAL,
    desired: Engagement = Engagement.SUPPORTIVE,
    raci: Raci = Raci.INFORMED,
    notes: Text = "",
) -> StakeholderRow:
    """Enter a stakeholder. Power and interest: 1 (little) to 5 (much)."""
    _on_scale(power=power, interest=interest)
    row = Stakeholder.add(
        ctx,
        project=project,
        name=name,
        person_id=person,
        organisation=organisation,
        power=power,
        interest=interest,
        engagement=engagement.value,
        desired=desired.value,
        raci=raci.value,
        notes=notes,
    )
    return stakeholder_row(row)


@command(permission="projects.edit_registers", changes="stakeholder")
def edit_stakeholder(
    ctx: Context,
    *,
    stakeholder: Stakeholder,
    name: Name | None = None,
    organisation: ShortText | None = None,
    power: int | None = None,
    interest: int | None = None,
    engagement: Engagement | None = None,
    desired: Engagement | None = None,
    raci: Raci | None = None,
    notes: Text | None = None,
) -> StakeholderRow:
    """Change a stakeholder; what is not given stays."""
    _on_scale(power=power, interest=interest)
    values = _given(
        name=name,
        organisation=organisation,
        power=power,
        interest=interest,
        engagement=engagement.value if engagement else None,
        desired=desired.value if desired else None,
        raci=raci.value if raci else None,
        notes=notes,
    )
    stakeholder.change(ctx, **values)
    return stakeholder_row(stakeholder)


@command(permission="projects.edit_registers", destructive=True, idempotent=True)
def remove_stakeholder(ctx: Context, *, stakeholder: Stakeholder) -> None:
    """Take a stakeholder off the register; the record stays."""
    if stakeholder.removed_at is None:
        stakeholder.change(ctx, removed_at=ctx.now)


# --- risks, issues, decisions, assumptions --------------------------------------------------


def _next(model: type[Risk] | type[Issue] | type[Decision] | type[Assumption], project: Project) -> int:
    """The next number of a register; the project's row is locked so that no number is given twice."""
    _locked(project)
    rows = model.unscoped(reason="numbers in order").filter(project=project)
    return (rows.aggregate(last=Max("number"))["last"] or 0) + 1


def _changed(ctx: Context, row: Record, values: dict[str, Any]) -> None:
    """Change a record of a register; a new owner is told."""
    before = row.owner_id
    row.change(ctx, **values)
    if row.owner_id != before:
        tell_owner(ctx, row)


@command(permission="projects.edit_registers")
def add_risk(
    ctx: Context,
    *,
    project: Project,
    title: Name,
    probability: int,
    impact: int,
    cause: Text = "",
    effect: Text = "",
    response: Text = "",
    response_due: date | None = None,
    owner: PersonId | None = None,
) -> RiskRow:
    """Enter a risk. Probability and impact: 1 to 5; exposure is their product."""
    _on_scale(probability=probability, impact=impact)
    row = Risk.add(
        ctx,
        project=project,
        number=_next(Risk, project),
        title=title,
        probability=probability,
        impact=impact,
        cause=cause,
        effect=effect,
        response=response,
        response_due=response_due,
        owner_id=owner,
    )
    tell_owner(ctx, row)
    return risk_row(row)


@command(permission="projects.edit_registers", changes="risk")
def edit_risk(
    ctx: Context,
    *,
    risk: Risk,
    title: Name | None = None,
    probability: int | None = None,
    impact: int | None = None,
    cause: Text | None = None,
    effect: Text | None = None,
    response: Text | None = None,
    response_due: date | None = None,
    owner: PersonId | None = None,
    state: State | None = None,
    clear: tuple[ShortText, ...] = (),
) -> RiskRow:
    """Change, close or reopen a risk; what is not given stays.

    clear  what to empty: response_due or owner.
    """
    _on_scale(probability=probability, impact=impact)
    values = _given(
        title=title,
        probability=probability,
        impact=impact,
        cause=cause,
        effect=effect,
        response=response,
        response_due=response_due,
        owner_id=owner,
        state=state.value if state else None,
    )
    values |= _emptied(clear, values, "response_due", "owner_id")
    _changed(ctx, risk, values)
    return risk_row(risk)


@command(permission="projects.edit_registers")
def add_issue(
    ctx: Context,
    *,
    project: Project,
    title: Name,
    description: Text = "",
    severity: Severity = Severity.MEDIUM,
    owner: PersonId | None = None,
    due: date | None = None,
) -> IssueRow:
    """Enter an issue."""
    row = Issue.add(
        ctx,
        project=project,
        number=_next(Issue, project),
        title=title,
        description=description,
        severity=severity.value,
        owner_id=owner,
        due=due,
    )
    tell_owner(ctx, row)
    return issue_row(row)


@command(permission="projects.edit_registers", changes="issue")
def edit_issue(
    ctx: Context,
    *,
    issue: Issue,
    title: Name | None = None,
    description: Text | None = None,
    severity: Severity | None = None,
    owner: PersonId | None = None,
    due: date | None = None,
    resolution: Text | None = None,
    state: State | None = None,
    clear: tuple[ShortText, ...] = (),
) -> IssueRow:
    """Change, close or reopen an issue; what is not given stays.

    clear  what to empty: due or owner.
    """
    values = _given(
        title=title,
        description=description,
        severity=severity.value if severity else None,
        owner_id=owner,
        due=due,
        resolution=resolution,
        state=state.value if state else None,
    )
    values |= _emptied(clear, values, "due", "owner_id")
    _changed(ctx, issue, values)
    return issue_row(issue)


@command(permission="projects.edit_registers")
def add_decision(
    ctx: Context,
    *,
    project: Project,
    question: Name,
    options: tuple[DecisionOption, ...] = (),
    recommendation: Text = "",
    decide_by: date | None = None,
    cost_of_waiting: Text = "",
    owner: PersonId | None = None,
) -> DecisionRow:
    """Put a question to decide, with its options."""
    row = Decision.add(
        ctx,
        project=project,
        number=_next(Decision, project),
        question=question,
        options=_options(options),
        recommendation=recommendation,
        decide_by=decide_by,
        cost_of_waiting=cost_of_waiting,
        owner_id=owner,
    )
    tell_owner(ctx, row)
    return decision_row(row)


@command(permission="projects.decide", changes="decision")
def decide(ctx: Context, *, decision: Decision, outcome: Text) -> DecisionRow:
    """Record what was decided, by whom and when."""
    if decision.state == State.CLOSED.value:
        raise Conflict(f"{decision.ref} was decided already. Take it up again to change it.")
    if not outcome.strip():
        raise Invalid("Say what was decided.", fields=[FieldError("outcome", "required")])
    decision.change(ctx, outcome=outcome, decided_at=ctx.now, decided_by=ctx.actor.name, state=State.CLOSED.value)
    tell_decided(ctx, decision)
    return decision_row(decision)


@command(permission="projects.edit_registers", changes="decision")
def edit_decision(
    ctx: Context,
    *,
    decision: Decision,
    question: Name | None = None,
    options: tuple[DecisionOption, ...] | None = None,
    recommendation: Text | None = None,
    decide_by: date | None = None,
    cost_of_waiting: Text | None = None,
    owner: PersonId | None = None,
    clear: tuple[ShortText, ...] = (),
) -> DecisionRow:
    """Change a question that is not decided yet; what is not given stays. Options that are given replace the old.

    clear  what to empty: decide_by or owner.
    """
    if decision.state == State.CLOSED.value:
        raise Conflict(f"{decision.ref} was decided already. Take it up again to change it.")
    values = _given(
        question=question,
        options=_options(options) if options is not None else None,
        recommendation=recommendation,
        decide_by=decide_by,
        cost_of_waiting=cost_of_waiting,
        owner_id=owner,
    )
    values |= _emptied(clear, values, "decide_by", "owner_id")
    _changed(ctx, decision, values)
    return decision_row(decision)


def _options(options: Iterable[DecisionOption]) -> list[dict[str, str]]:
    return [{"title": option.title, "consequences": option.consequences} for option in options]


@command(permission="projects.decide", changes="decision")
def reopen_decision(ctx: Context, *, decision: Decision, reason: Text) -> DecisionRow:
    """Take a decision up again, with the reason. What was decided stays in its history."""
    if decision.state == State.OPEN.value:
        raise Conflict(f"{decision.ref} is open already.")
    if not reason.strip():
        raise Invalid("Say why it is taken up again.", fields=[FieldError("reason", "required")])
    ctx.record(Decision._meta.label, decision.pk, "reopened", None, reason)
    decision.change(ctx, outcome="", decided_at=None, decided_by="", state=State.OPEN.value)
    return decision_row(decision)


@command(permission="projects.edit_registers")
def add_assumption(
    ctx: Context, *, project: Project, text: Text, check_by: date | None = None, owner: PersonId | None = None
) -> AssumptionRow:
    """Enter something taken as true."""
    row = Assumption.add(
        ctx, project=project, number=_next(Assumption, project), text=text, check_by=check_by, owner_id=owner
    )
    tell_owner(ctx, row)
    return assumption_row(row)


@command(permission="projects.edit_registers", changes="assumption")
def edit_assumption(
    ctx: Context,
    *,
    assumption: Assumption,
    text: Text | None = None,
    check_by: date | None = None,
    owner: PersonId | None = None,
    outcome: Text | None = None,
    state: State | None = None,
    clear: tuple[ShortText, ...] = (),
) -> AssumptionRow:
    """Change or close an assumption; what is not given stays.

    clear  what to empty: check_by or owner.
    """
    values = _given(text=text, check_by=check_by, owner_id=owner, outcome=outcome, state=state.value if state else None)
    values |= _emptied(clear, values, "check_by", "owner_id")
    _changed(ctx, assumption, values)
    return assumption_row(assumption)


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


# --- projects at hand -----------------------------------------------------------------------


@command(permission="projects.star", idempotent=True)
def star(ctx: Context, *, project: Project) -> None:
    """Keep a project at hand: it stands first in one's list."""
    _set_star(ctx, project, starred=True)


@command(permission="projects.star", idempotent=True)
def unstar(ctx: Context, *, project: Project) -> None:
    """Take one's star off a project."""
    _set_star(ctx, project, starred=False)


def _set_star(ctx: Context, project: Project, *, starred: bool) -> None:
    me = ctx.actor.person_id
    if me is None:
        raise Invalid("Only a person can keep projects at hand.")
    if ctx.work is not None:
        ctx.work.project_id = None  # a person's own matter: the project itself has not changed
    row, _ = Bookmark.of(project).get_or_create(project=project, person_id=me)
    if (row.starred_at is not None) != starred:
        row.starred_at = ctx.now if starred else None
        row.save(update_fields=["starred_at"])


def note_opened(ctx: Context, project_id: int) -> None:
    """Remember that this person opened a project they see, for the list of recent ones.

    No use case: like the last use of a session it is kept without an audit entry, and only when another project
    was opened before it, so that reading the pages of one project writes nothing.
    """
    me = ctx.actor.person_id
    if me is None:
        return
    opened = Bookmark.unscoped(reason="one's own list").filter(person_id=me, opened_at__isnull=False)
    if opened.order_by("-opened_at", "-id").values_list("project_id", flat=True).first() == project_id:
        return
    with maintenance("recent projects"), transaction.atomic():
        Bookmark.of(project_id).update_or_create(project_id=project_id, person_id=me, defaults={"opened_at": ctx.now})


# --- imports --------------------------------------------------------------------------------


@command(permission="projects.import", internal="a step of the import journeys, which own the file and the reading")
def open_import(
    ctx: Context,
    *,
    project: Project,
    kind: Name,
    file_id: int,
    file_name: Name,
    answers: dict[str, str],
    mapping: dict[str, Any],
) -> ImportRow:
    """Note that a file is on its way into a project."""
    row = ImportBatch.add(
        ctx,
        project=project,
        kind=kind,
        file_id=file_id,
        file_name=file_name,
        answers=answers,
        mapping=mapping,
        created_by=ctx.actor.name,
    )
    return import_row(row)


@command(permission="projects.import", internal="a step of the import journeys")
def keep_preview(
    ctx: Context,
    *,
    batch: ImportBatch,
    parsed: dict[str, Any] | None,
    preview: dict[str, Any],
    failed: bool,
    answers: dict[str, str] | None = None,
    mapping: dict[str, Any] | None = None,
) -> ImportRow:
    """Keep what a file would change, before anything changes. parsed: None where there is nothing to apply."""
    if batch.state in (ImportState.APPLIED.value, ImportState.UNDONE.value):
        raise Conflict("This import was applied already.")
    state = ImportState.FAILED if failed else ImportState.PREVIEW
    batch.change(ctx, parsed=parsed, **_given(preview=preview, state=state.value, answers=answers, mapping=mapping))
    return import_row(batch)


@command(permission="projects.import", internal="a step of the import journeys")
def note_import_applied(
    ctx: Context, *, batch: ImportBatch, preview: dict[str, Any], undo: dict[str, Any]
) -> ImportRow:
    """Mark an import as applied, with what undoing it needs; the raw reading is let go."""
    if batch.state != ImportState.PREVIEW.value:
        raise Conflict(f"This import is {batch.state} already. Import the file again.")
    batch.change(ctx, state=ImportState.APPLIED.value, applied_at=ctx.now, preview=preview, undo=undo, parsed=None)
    return import_row(batch)


@command(permission="projects.import", internal="a step of the import journeys")
def note_import_undone(ctx: Context, *, batch: ImportBatch) -> ImportRow:
    """Mark an import as undone."""
    if batch.state != ImportState.APPLIED.value:
        raise Conflict("Only an applied import can be undone.")
    batch.change(ctx, state=ImportState.UNDONE.value, undone_at=ctx.now, undo=None)
    return import_row(batch)

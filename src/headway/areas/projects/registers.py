"""Changes to the registers of stakeholders, issues, decisions and assumptions. Risks have a module of their own."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from headway.areas.people.types import PersonId
from headway.areas.projects.entering import changed, emptied, given, next_number, on_scale
from headway.areas.projects.models import Assumption, Decision, Issue, Project, Stakeholder
from headway.areas.projects.queries import assumption_row, decision_row, issue_row, stakeholder_row
from headway.areas.projects.telling import tell_decided, tell_owner
from headway.areas.projects.types import (
    AssumptionRow,
    DecisionOption,
    DecisionRow,
    Engagement,
    IssueRow,
    Raci,
    Severity,
    StakeholderRow,
    State,
)
from headway.kernel.commands import command
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, FieldError, Invalid
from headway.kernel.schema import Name, ShortText, Text


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
    on_scale(power=power, interest=interest)
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
    on_scale(power=power, interest=interest)
    values = given(
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
        number=next_number(Issue, project),
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
    values = given(
        title=title,
        description=description,
        severity=severity.value if severity else None,
        owner_id=owner,
        due=due,
        resolution=resolution,
        state=state.value if state else None,
    )
    values |= emptied(clear, values, "due", "owner_id")
    changed(ctx, issue, values)
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
        number=next_number(Decision, project),
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
    values = given(
        question=question,
        options=_options(options) if options is not None else None,
        recommendation=recommendation,
        decide_by=decide_by,
        cost_of_waiting=cost_of_waiting,
        owner_id=owner,
    )
    values |= emptied(clear, values, "decide_by", "owner_id")
    changed(ctx, decision, values)
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
        ctx, project=project, number=next_number(Assumption, project), text=text, check_by=check_by, owner_id=owner
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
    values = given(text=text, check_by=check_by, owner_id=owner, outcome=outcome, state=state.value if state else None)
    values |= emptied(clear, values, "check_by", "owner_id")
    changed(ctx, assumption, values)
    return assumption_row(assumption)

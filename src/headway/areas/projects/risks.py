"""Changes to the register of risks."""

from __future__ import annotations

from datetime import date

from headway.areas.people.types import PersonId
from headway.areas.projects.entering import changed, emptied, given, next_number, on_scale
from headway.areas.projects.models import Project, Risk
from headway.areas.projects.queries import risk_row
from headway.areas.projects.telling import tell_owner
from headway.areas.projects.types import RiskRow, State
from headway.kernel.commands import command
from headway.kernel.context import Context
from headway.kernel.schema import Name, ShortText, Text


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
    on_scale(probability=probability, impact=impact)
    row = Risk.add(
        ctx,
        project=project,
        number=next_number(Risk, project),
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
    on_scale(probability=probability, impact=impact)
    values = given(
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
    values |= emptied(clear, values, "response_due", "owner_id")
    changed(ctx, risk, values)
    return risk_row(risk)

"""Changes to the register of risks: entered, changed, closed with a reason, turned into an issue once it happened."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from headway.areas.people.types import PersonId
from headway.areas.projects.entering import changed, emptied, given, next_number, on_scale
from headway.areas.projects.models import Issue, Project, Risk
from headway.areas.projects.queries import issue_row, risk_row
from headway.areas.projects.risk_types import RESPONSES, ResponseKind, RiskKind, level_of
from headway.areas.projects.telling import tell_owner
from headway.areas.projects.types import IssueRow, RiskRow, Severity, State
from headway.kernel.commands import command
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, FieldError, Invalid
from headway.kernel.schema import Name, ShortText, Text

_MOST_DAYS = Decimal(10_000)
_MOST_MONEY = Decimal(10) ** 12
_MOST_CATEGORY = 60
# How much an issue hurts that was a risk of this impact.
_SEVERITIES = {1: Severity.LOW, 2: Severity.LOW, 3: Severity.MEDIUM, 4: Severity.HIGH, 5: Severity.CRITICAL}


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
    kind: RiskKind = RiskKind.THREAT,
    category: ShortText = "",
    percent: Decimal | None = None,
    days: tuple[Decimal, ...] = (),
    money: tuple[Decimal, ...] = (),
    response_kind: ResponseKind | None = None,
    residual_probability: int | None = None,
    residual_impact: int | None = None,
    residual_percent: Decimal | None = None,
    residual_days: tuple[Decimal, ...] = (),
) -> RiskRow:
    """Enter a risk. Probability and impact: 1 to 5; exposure is their product.

    percent      its chance, where the level of probability is too coarse; it must lie in that level.
    days, money  what it costs once it happens: one figure, or least, likely and most. An opportunity saves so much.
    residual_probability, residual_impact, residual_percent, residual_days  what is left after the response.
    """
    values = _checked(
        title=title,
        probability=probability,
        impact=impact,
        cause=cause,
        effect=effect,
        response=response,
        response_due=response_due,
        owner_id=owner,
        kind=kind,
        category=category,
        percent=percent,
        days=days,
        money=money,
        response_kind=response_kind,
        residual_probability=residual_probability,
        residual_impact=residual_impact,
        residual_percent=residual_percent,
        residual_days=residual_days,
    )
    _fits(values)
    row = Risk.add(ctx, project=project, number=next_number(Risk, project), **values)
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
    kind: RiskKind | None = None,
    category: ShortText | None = None,
    percent: Decimal | None = None,
    days: tuple[Decimal, ...] | None = None,
    money: tuple[Decimal, ...] | None = None,
    response_kind: ResponseKind | None = None,
    residual_probability: int | None = None,
    residual_impact: int | None = None,
    residual_percent: Decimal | None = None,
    residual_days: tuple[Decimal, ...] | None = None,
    outcome: Text | None = None,
    clear: tuple[ShortText, ...] = (),
) -> RiskRow:
    """Change, close or reopen a risk; what is not given stays.

    percent      its chance, where the level of probability is too coarse; it must lie in that level.
    days, money  what it costs once it happens: one figure, or least, likely and most. An opportunity saves so much.
    outcome      why it is closed.
    clear        what to empty: response_due, owner, percent, response_kind, residual_probability, residual_impact or
                 residual_percent. Days and money are emptied by an empty list.
    """
    values = _checked(
        title=title,
        probability=probability,
        impact=impact,
        cause=cause,
        effect=effect,
        response=response,
        response_due=response_due,
        owner_id=owner,
        state=state,
        kind=kind,
        category=category,
        percent=percent,
        days=days,
        money=money,
        response_kind=response_kind,
        residual_probability=residual_probability,
        residual_impact=residual_impact,
        residual_percent=residual_percent,
        residual_days=residual_days,
        outcome=outcome,
    )
    values |= emptied(clear, values, *_EMPTIED)
    _fits({name: getattr(risk, name) for name in _TOGETHER} | values)
    changed(ctx, risk, values)
    return risk_row(risk)


_EMPTIED = (
    "response_due",
    "owner_id",
    "percent",
    "response_kind",
    "residual_probability",
    "residual_impact",
    "residual_percent",
)
_TOGETHER = ("kind", "response_kind", "probability", "percent", "residual_probability", "residual_percent")


@command(permission="projects.edit_registers", changes="risk")
def risk_happened(
    ctx: Context, *, risk: Risk, title: ShortText = "", description: Text = "", due: date | None = None
) -> IssueRow:
    """Turn a risk that happened into an issue, which its owner gets; the risk is closed and names the issue.

    title        of the issue; default: the risk's. Its severity follows the risk's impact.
    description  default: the risk's cause and effect.
    """
    if risk.state == State.CLOSED.value:
        raise Conflict(f"{risk.ref} is closed. Open it again first.")
    if risk.kind == RiskKind.OPPORTUNITY.value:
        raise Conflict(f"{risk.ref} is an opportunity: when it happens, nothing is wrong. Close it with that reason.")
    project = risk.project
    issue = Issue.add(
        ctx,
        project=project,
        number=next_number(Issue, project),
        title=title.strip()[:255] or risk.title,
        description=description or "\n".join(filter(None, (risk.cause, risk.effect))),
        severity=_SEVERITIES[risk.impact].value,
        owner_id=risk.owner_id,
        due=due,
    )
    risk.change(ctx, state=State.CLOSED.value, outcome=f"It happened: {issue.ref}.", issue_id=issue.pk)
    tell_owner(ctx, issue)
    return issue_row(issue, risk=risk.ref)


# --- what holds of the values ---------------------------------------------------------------------


def _checked(**values: Any) -> dict[str, Any]:
    """What was given, as columns hold it; Invalid names the value that is out of its bounds."""
    found = given(**values)
    scales = ("probability", "impact", "residual_probability", "residual_impact")
    on_scale(**{name: found[name] for name in scales if name in found})
    for name in ("percent", "residual_percent"):
        if name in found and not 0 <= found[name] <= 100:
            raise _wrong(name, f"{found[name]} % is no chance; give 0 to 100")
    for name, most in (("days", _MOST_DAYS), ("residual_days", _MOST_DAYS), ("money", _MOST_MONEY)):
        if name in found:
            found[name] = _three_points(name, found[name], most)
    if len(found.get("category", "")) > _MOST_CATEGORY:
        raise _wrong("category", f"give at most {_MOST_CATEGORY} characters")
    for name in ("kind", "response_kind", "state"):
        if name in found:
            found[name] = found[name].value
    return found


def _three_points(name: str, values: Sequence[Decimal], most: Decimal) -> list[str]:
    """Least, likely and most as texts; a single figure stands for all three."""
    points = list(values) * 3 if len(values) == 1 else list(values)
    if not points:
        return []
    if len(points) != 3:
        raise _wrong(name, "give one figure, or three: least, likely, most")
    if sorted(points) != points or points[0] < 0 or points[2] > most:
        raise _wrong(name, f"give least, likely and most in this order, from 0 to {most:,}")
    return [format(one.normalize(), "f") for one in points]


def _fits(values: dict[str, Any]) -> None:
    """Refuse a response that is none for this kind of risk, and a chance outside of its level."""
    kind, response = RiskKind(values["kind"]), values.get("response_kind")
    offered = [one.value for one in RESPONSES[kind]]
    if response is not None and response not in offered:
        raise _wrong("response_kind", f"an {kind.value}" if kind is RiskKind.OPPORTUNITY else "a threat", offered)
    for prefix in ("", "residual_"):
        percent, level = values.get(f"{prefix}percent"), values.get(f"{prefix}probability")
        if percent is not None and level is not None and level_of(percent) != level:
            said = f"{percent.normalize():f} % is level {level_of(percent)} of probability, not {level}"
            raise _wrong(f"{prefix}percent", f"{said}; change one of them")


def _wrong(name: str, what: str, offered: Sequence[str] = ()) -> Invalid:
    if offered:
        what = f"{what} has the responses {', '.join(offered)}"
    return Invalid(f"{name.replace('_', ' ').capitalize()}: {what}.", fields=[FieldError(name, what)])

"""Setting when budgets alert: for a project, or for the house."""

from __future__ import annotations

from decimal import Decimal

from headway.areas.budgets.alert_rules import DEFAULT, alert_rule, house_alert_rule, kept_rule
from headway.areas.budgets.commands import as_stored, read_the_lines
from headway.areas.budgets.models import AlertRule, Budget
from headway.areas.budgets.money_types import AlertRuleRow, Percent
from headway.areas.budgets.types import Line
from headway.areas.projects.types import ProjectId
from headway.kernel.commands import command
from headway.kernel.context import Context


@command(permission="budgets.edit", idempotent=True)
def set_alert_rule(
    ctx: Context,
    *,
    project: ProjectId,
    lines: tuple[Line, ...] = DEFAULT.lines,
    forecast_over_budget: bool = True,
    runway_short: bool = True,
    rearm_points: Percent = DEFAULT.rearm_points,
) -> AlertRuleRow:
    """Say when a project's budgets alert, where they have no lines of their own. Lines already crossed are told once.

    rearm_points  a line alerts again only after the figure was this many points below it.
    """
    _set(ctx, project, lines, forecast_over_budget, runway_short, rearm_points)
    _armed_again(project)
    read_the_lines(ctx, project)
    return alert_rule(ctx, project=project)


@command(permission="budgets.edit", idempotent=True, destructive=True)
def remove_alert_rule(ctx: Context, *, project: ProjectId) -> AlertRuleRow:
    """Let the house's rule hold for a project again."""
    own = kept_rule(project)
    if own is not None:
        ctx.record(AlertRule._meta.label, own.pk, "", str(own), None)
        own.delete()
        _armed_again(project)
        read_the_lines(ctx, project)
    return alert_rule(ctx, project=project)


@command(permission="budgets.edit_house_rule", idempotent=True)
def set_house_alert_rule(
    ctx: Context,
    *,
    lines: tuple[Line, ...] = DEFAULT.lines,
    forecast_over_budget: bool = True,
    runway_short: bool = True,
    rearm_points: Percent = DEFAULT.rearm_points,
) -> AlertRuleRow:
    """Say when budgets alert where a project has no rule of its own; read when hours or budgets change."""
    _set(ctx, None, lines, forecast_over_budget, runway_short, rearm_points)
    return house_alert_rule(ctx)


def _set(
    ctx: Context,
    project_id: int | None,
    lines: tuple[Decimal, ...],
    forecast: bool,
    runway: bool,
    rearm: Decimal,
) -> None:
    values = {
        "lines": as_stored(lines),
        "forecast_over_budget": forecast,
        "runway_short": runway,
        "rearm_points": rearm,
    }
    row = kept_rule(project_id)
    if row is None:
        AlertRule.add(ctx, project_id=project_id, house=True if project_id is None else None, **values)
    else:
        row.change(ctx, **values)


def _armed_again(project_id: int) -> None:
    """A new rule reports what is crossed already, once."""
    rows = Budget.unscoped(reason="budgets under the project's rule").filter(project_id=project_id, removed_at=None)
    rows.filter(lines__isnull=True).update(crossed=None)

"""When budgets alert: the rule of a project, else of the house, else Headway's own. Changing it is in `alerting`."""

from __future__ import annotations

from decimal import Decimal

from headway.areas.budgets.models import AlertRule, Budget
from headway.areas.budgets.money_types import AlertRuleRow
from headway.areas.hours.sums import plain
from headway.areas.projects.types import ProjectId
from headway.engine.thresholds import ThresholdRule
from headway.kernel.context import Context
from headway.kernel.queries import query

DEFAULT = ThresholdRule()


@query(permission="budgets.read")
def alert_rule(ctx: Context, *, project: ProjectId) -> AlertRuleRow:
    """At which lines and forecasts a project's budgets alert, and whose rule that is."""
    return rule_row(*_found(project))


@query(permission="budgets.edit_house_rule")
def house_alert_rule(ctx: Context) -> AlertRuleRow:
    """At which lines and forecasts budgets alert where a project has no rule of its own."""
    return rule_row(*_found(None))


def rule_of(project_id: int) -> ThresholdRule:
    """The rule that holds for a project."""
    return _found(project_id)[1]


def lines_of(budget: Budget, rule: ThresholdRule) -> tuple[Decimal, ...]:
    """The alert lines of a budget: its own, else the rule's."""
    return rule.lines if budget.lines is None else tuple(Decimal(line) for line in budget.lines)


def kept_rule(project_id: int | None) -> AlertRule | None:
    """The stored rule of a project, or with None of the house."""
    rows = AlertRule.unscoped(reason="the rule of a visible project, or of the house")
    return rows.filter(house=True).first() if project_id is None else rows.filter(project_id=project_id).first()


def _found(project_id: int | None) -> tuple[str, ThresholdRule]:
    own = None if project_id is None else kept_rule(project_id)
    if own is not None:
        return "project", _rule(own)
    house = kept_rule(None)
    return ("house", _rule(house)) if house is not None else ("default", DEFAULT)


def _rule(row: AlertRule) -> ThresholdRule:
    return ThresholdRule(
        tuple(Decimal(line) for line in row.lines), row.forecast_over_budget, row.runway_short, row.rearm_points
    )


def rule_row(of: str, rule: ThresholdRule) -> AlertRuleRow:
    """A rule as people see it."""
    return AlertRuleRow(
        of,
        tuple(plain(line) for line in rule.lines),
        rule.forecast_over_budget,
        rule.runway_short,
        plain(rule.rearm_points),
    )

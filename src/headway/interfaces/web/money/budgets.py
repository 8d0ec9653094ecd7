"""The budgets of a project with their alerts; each figure opens to where it comes from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from headway.areas.budgets import alerting, commands, queries
from headway.areas.budgets.alert_rules import alert_rule
from headway.areas.budgets.money_types import AlertRuleRow
from headway.areas.budgets.types import Basis, BudgetKind, BudgetRow, BudgetScope, ChangeRow, ChangeState
from headway.areas.hours.queries import sees_costs
from headway.areas.projects.queries import members
from headway.areas.projects.types import Charter
from headway.areas.schedule.queries import has_plan, summary_if_any
from headway.areas.schedule.rows import numbered_rows
from headway.areas.scope.queries import statement
from headway.engine.measures import HUNDRED
from headway.engine.thresholds import BudgetState
from headway.engine.units import Money
from headway.interfaces.web.context import locale_of
from headway.interfaces.web.explaining import of_row
from headway.interfaces.web.frame import Input, Source
from headway.interfaces.web.hours import burn as burning
from headway.interfaces.web.locale import Locale
from headway.interfaces.web.money.forms import BudgetForm, EditBudgetForm, RuleForm, lines_of
from headway.interfaces.web.money.frame import Sheet, entered, filled, show_part
from headway.interfaces.web.page import act, offered, page, today_in, working_project
from headway.interfaces.web.projects.forms import owners
from headway.interfaces.web.submitting import pressed, started_from
from headway.interfaces.web.templatetags.formats import hours, money_short
from headway.kernel.access import may
from headway.kernel.context import Context
from headway.kernel.errors import NotFound

_STATES = {
    BudgetState.WITHIN: ("Within", "green"),
    BudgetState.USED: ("Used", "amber"),
    BudgetState.OVER: ("Over", "red"),
}
_MOST_TASKS = 2000
_ALERTS = 8


@dataclass(frozen=True, slots=True)
class ShownBudget:
    """A budget as its line shows it: amounts written in its unit, and where the rows behind `spent` are."""

    row: BudgetRow
    of: str
    current: str
    baseline: str
    changes: str
    pending: str
    spent: str
    left: str
    percent: Decimal | None
    state: str
    tone: str
    href: str
    expenses: str
    panel: str
    source: Source


@page()
def budget(request: HttpRequest, ctx: Context, key: str) -> HttpResponse:
    """The budgets with what is spent of each, their changes and alerts; whoever sees none sees their own expenses."""
    project = working_project(ctx, key)
    if not may(ctx, "budgets.read", project_id=project.id):
        return redirect(reverse("expenses", args=[key]))
    locale = locale_of(request)
    today = today_in(ctx, project)
    rows = [_shown(project, row, locale, today) for row in queries.budgets(ctx, project=project.id)]
    rule = alert_rule(ctx, project=project.id)
    changes = queries.changes(ctx, project=project.id)
    alerts = queries.alerts(ctx, project=project.id)
    every = request.GET.get("alerts") == "all"
    values = {
        "rows": rows,
        "answer": f"{_sentence(rows)} {_ahead(ctx, project, today, locale)}".strip(),
        "as_of": today,
        "status_date": _other_day(ctx, project, today),
        "changes": [(row, _change_source(row)) for row in changes],
        "waiting": sum(1 for row in changes if row.state is ChangeState.PENDING),
        "alerts": alerts if every else alerts[:_ALERTS],
        "more_alerts": 0 if every else max(0, len(alerts) - _ALERTS),
        "rule": _rule_words(rule),
        "mails": may(ctx, "budgets.mail_client", project_id=project.id),
    }
    return show_part(request, ctx, project, "budget", "money/budgets.html", values)


def _shown(project: Charter, row: BudgetRow, locale: Locale, today: date) -> ShownBudget:
    def written(value: Decimal | None) -> str:
        if row.basis is Basis.HOURS or value is None:
            return str(hours(value, locale))
        return str(money_short(Money(value, row.currency), locale))

    state, tone = _STATES[row.state] if row.state is not None else ("Not counted", "")
    percent = HUNDRED * row.spent / row.current if row.current else None
    changes = written(row.approved_changes) if row.approved_changes else "–"
    inputs = [
        Input("Baseline, approved" if row.approved else "Baseline, not approved", written(row.baseline)),
        Input("Approved changes", changes, f"{reverse('budget', args=[project.key])}#changes"),
        Input("Spent", written(row.spent), _entries(project, row)),
    ]
    if row.expenses:
        expenses = written(row.spent_on_expenses)
        inputs.append(Input("of it expenses", expenses, reverse("expenses", args=[project.key])))
    retained = row.kind is BudgetKind.RETAINER
    return ShownBudget(
        row=row,
        of=_of(row),
        current=written(row.current),
        baseline=written(row.baseline),
        changes=written(row.approved_changes) if row.approved_changes else "",
        pending=written(row.pending) if row.pending else "",
        spent=written(row.spent),
        left=written(row.current - row.spent) if row.current is not None else "–",
        percent=percent,
        state=state,
        tone=tone,
        href=_entries(project, row),
        expenses=written(row.spent_on_expenses) if row.expenses else "",
        panel=f"budget-{row.id}",
        source=of_row(
            (
                "Current = hours of the present period, carried ones included"
                if retained
                else "Current = baseline + approved changes",
                "Left = current − spent",
                "Used = spent / current",
            ),
            inputs,
            as_of=today,
            records="the retainer's ledger" if retained else "what is logged, of every status",
            href=reverse("retainers", args=[project.key]) if retained else _entries(project, row),
        ),
    )


def _change_source(row: ChangeRow) -> Source:
    """Where the figures of a change come from: who asked for it and why, and who decided."""
    inputs = [Input("Asked for by", row.requested_by)]
    if row.decided_by:
        inputs.append(Input(f"{row.state.value.capitalize()} by", row.decided_by))
    return of_row((row.reason,), inputs, as_of=row.decided_at or row.requested_at, records=f"{row.ref} {row.title}")


def _of(row: BudgetRow) -> str:
    return {
        BudgetScope.PROJECT: "",
        BudgetScope.PERSON: row.person,
        BudgetScope.TASK: row.of or "a task that left the plan",
        BudgetScope.ITEM: row.of,
        BudgetScope.PHASE: row.of,
        BudgetScope.ROLE: row.of,
    }[row.scope]


def _entries(project: Charter, row: BudgetRow) -> str:
    """The time entries that a budget counts, as far as their list can be narrowed to them."""
    wanted: dict[str, Any] = {}
    if row.scope is BudgetScope.PHASE or (row.scope is BudgetScope.TASK and row.of):
        wanted["phase"] = row.of
    if row.scope is BudgetScope.PERSON:
        wanted["person"] = row.person_id
    if row.billable_only:
        wanted["billable"] = "yes"
    address = reverse("entries", args=[project.key])
    return f"{address}?{urlencode(wanted)}" if wanted else address


def _sentence(rows: list[ShownBudget]) -> str:
    if not rows:
        return ""
    over = [item.row.name for item in rows if item.row.state is BudgetState.OVER]
    used = [item.row.name for item in rows if item.row.state is BudgetState.USED]
    if over:
        return f"Over budget: {', '.join(over)}."
    if used:
        return f"Used up: {', '.join(used)}."
    counted = [(item.percent, item.row.name) for item in rows if item.percent is not None]
    if not counted:
        return "No budget is counted yet."
    percent, name = max(counted)
    return f"Within budget; the fullest is {name}, {percent:.0f} % used."


def _ahead(ctx: Context, project: Charter, today: date, locale: Locale) -> str:
    """What the main budget comes to, from the same day as all else on the page."""
    return burning.ahead(queries.burn(ctx, project=project.id, as_of=today), locale)


def _other_day(ctx: Context, project: Charter, today: date) -> date | None:
    """The status date, to which other pages count, where it is not today."""
    summary = summary_if_any(ctx, project.id)
    return summary.status_date if summary is not None and summary.status_date != today else None


def _rule_words(rule: AlertRuleRow) -> str:
    whose = {"project": "of this project", "house": "of the house", "default": "as it is unless changed"}[rule.of]
    said = [f"at {', '.join(f'{line:f}' for line in rule.lines)} %"] if rule.lines else []
    said += ["when the forecast is above the budget"] if rule.forecast_over_budget else []
    said += ["when the rest does not last to the planned end"] if rule.runway_short else []
    return f"Alerts {', '.join(said) or 'never'} ({whose})."


# --- setting and changing ------------------------------------------------------------------------


@page("POST")
def new(request: HttpRequest, ctx: Context, key: str) -> HttpResponse:
    """Set a budget."""
    project = working_project(ctx, key)
    offered(ctx, "budgets.edit", project)
    tasks = []
    if has_plan(project.id):
        tasks = [(row.id, f"{row.number} {row.name}") for row in numbered_rows(project.id, most=_MOST_TASKS)]
    items = [(row.id, f"{row.ref} {row.text}"[:120]) for row in statement(ctx, project=project.id).items]
    who = owners(members(ctx, project=project.id))
    form = BudgetForm(who, tasks, items, request.POST or None, costs=sees_costs(ctx, project.id))
    return entered(
        request,
        ctx,
        project,
        form,
        commands.add_budget,
        lambda given: {**given, "project": project.id, "lines": lines_of(given["lines"])},
        Sheet(
            title="New budget",
            submit="Set the budget",
            done="The budget is set; it waits for approval.",
            back=reverse("budget", args=[key]),
            intro="The baseline of a budget stands once it is approved; later it moves only by approved changes.",
        ),
    )


@page("POST")
def edit(request: HttpRequest, ctx: Context, key: str, budget: int) -> HttpResponse:
    """Change a budget's name, switches and lines; its amount while it is not approved."""
    project = working_project(ctx, key)
    offered(ctx, "budgets.edit", project)
    row = _budget(ctx, project, budget)
    stored = {
        "name": row.name,
        "amount": row.baseline,
        "billable_only": row.billable_only,
        "expenses": row.expenses,
        "stops_billing": row.stops_billing,
        "lines": ", ".join(f"{line:f}" for line in row.lines) if row.own_lines else "",
        "version": row.version,
    }
    form = EditBudgetForm(request.POST or None, initial=stored)
    if row.approved:
        del form.fields["amount"]
    intro = "Its amount is approved: ask for a change to move it." if row.approved else ""
    return filled(
        request,
        ctx,
        project,
        form,
        lambda given: _edited(ctx, row, given),
        Sheet(row.name, "Save the budget", "The budget is saved.", reverse("budget", args=[key]), intro),
    )


def _budget(ctx: Context, project: Charter, budget: int) -> BudgetRow:
    row = next((row for row in queries.budgets(ctx, project=project.id) if row.id == budget), None)
    if row is None:
        raise NotFound("There is nothing here.")
    return row


def _edited(ctx: Context, row: BudgetRow, given: dict[str, Any]) -> BudgetRow:
    lines = lines_of(given.pop("lines"))
    ctx = started_from(ctx, given.pop("version"))
    saved: BudgetRow = commands.edit_budget(
        ctx, budget=row.id, **given, lines=lines, clear=() if lines is not None else ("lines",)
    )
    return saved


@act
def remove(request: HttpRequest, ctx: Context, key: str, budget: int) -> HttpResponse:
    """Take a budget away that is not approved."""
    project = working_project(ctx, key)
    row = _budget(ctx, project, budget)
    return pressed(
        request,
        lambda: commands.remove_budget(ctx, budget=row.id),
        done=f"The budget {row.name} is taken away.",
        to=reverse("budget", args=[key]),
    )


@page("POST")
def rule(request: HttpRequest, ctx: Context, key: str) -> HttpResponse:
    """Say when the project's budgets alert."""
    project = working_project(ctx, key)
    offered(ctx, "budgets.edit", project)
    now = alert_rule(ctx, project=project.id)
    form = RuleForm(request.POST or None, initial=rule_initial(now))
    return filled(
        request,
        ctx,
        project,
        form,
        lambda given: alerting.set_alert_rule(
            ctx, project=project.id, **{**given, "lines": lines_of(given["lines"]) or ()}
        ),
        Sheet(
            title="When budgets alert",
            submit="Set the rule",
            done="The rule is set; what is crossed already is told once.",
            back=reverse("budget", args=[key]),
            intro="For the budgets of this project that have no lines of their own. Each line speaks once.",
        ),
    )


def rule_initial(rule: AlertRuleRow) -> dict[str, Any]:
    """A rule as its form begins."""
    return {
        "lines": ", ".join(f"{line:f}" for line in rule.lines),
        "forecast_over_budget": rule.forecast_over_budget,
        "runway_short": rule.runway_short,
        "rearm_points": rule.rearm_points,
    }

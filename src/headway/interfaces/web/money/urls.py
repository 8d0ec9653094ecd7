"""The addresses of a project's money."""

from __future__ import annotations

from django.urls import URLPattern, path

from headway.interfaces.web.money import (
    budgets,
    costs,
    expenses,
    invoices,
    mails,
    margin,
    orders,
    retainers,
    statement,
    status,
)

_P = "projects/<key:key>/"

urlpatterns: list[URLPattern] = [
    path(f"{_P}budget/", budgets.budget, name="budget"),
    path(f"{_P}budgets/new/", budgets.new, name="budget-new"),
    path(f"{_P}budgets/<int:budget>/", budgets.edit, name="budget-edit"),
    path(f"{_P}budgets/<int:budget>/remove/", budgets.remove, name="budget-remove"),
    path(f"{_P}budgets/rule/", budgets.rule, name="budget-rule"),
    path(f"{_P}budgets/alerts/<int:alert>/mail/", mails.prepare_mail, name="budget-mail-prepare"),
    path(f"{_P}budgets/mails/<int:mail>/", mails.mail, name="budget-mail"),
    path(f"{_P}budgets/mails/<int:mail>/approval/", mails.ask_mail, name="budget-mail-approval"),
    path(f"{_P}budgets/mails/<int:mail>/drop/", mails.drop_mail, name="budget-mail-drop"),
    path(f"{_P}retainers/", retainers.retainers, name="retainers"),
    path(f"{_P}retainers/new/", retainers.new, name="retainer-new"),
    path(f"{_P}retainers/<int:retainer>/", retainers.retainer, name="retainer"),
    path(f"{_P}retainers/<int:retainer>/edit/", retainers.edit, name="retainer-edit"),
    path(f"{_P}retainers/<int:retainer>/plan/", retainers.plan, name="retainer-plan"),
    path(f"{_P}retainers/<int:retainer>/remove/", retainers.remove, name="retainer-remove"),
    path(f"{_P}retainers/<int:retainer>/<int:period>/overage/", retainers.overage, name="retainer-overage"),
    path(f"{_P}retainers/<int:retainer>/<int:period>/close/", retainers.close, name="retainer-close"),
    path(f"{_P}retainers/<int:retainer>/<int:period>/statement/", statement.one, name="statement"),
    path(f"{_P}retainers/<int:retainer>/<int:period>/statement/<slug:form>/", statement.file, name="statement-file"),
    path(f"{_P}expenses/", expenses.expenses, name="expenses"),
    path(f"{_P}expenses/new/", expenses.new, name="expense-new"),
    path(f"{_P}expenses/<int:expense>/decide/", expenses.decide, name="expense-decide"),
    path(f"{_P}expenses/<int:expense>/correct/", expenses.correct, name="expense-correct"),
    path(f"{_P}expenses/<int:expense>/remove/", expenses.remove, name="expense-remove"),
    path(f"{_P}expenses/<int:expense>/receipt/", expenses.receipt, name="expense-receipt"),
    path(f"{_P}orders/", orders.orders, name="orders"),
    path(f"{_P}orders/new/", orders.new, name="order-new"),
    path(f"{_P}orders/<int:order>/close/", orders.close, name="order-close"),
    path(f"{_P}orders/<int:order>/remove/", orders.remove, name="order-remove"),
    path(f"{_P}invoices/", invoices.invoices, name="invoices"),
    path(f"{_P}invoices/new/", invoices.new, name="invoice-new"),
    path(f"{_P}invoices/<int:invoice>/paid/", invoices.paid, name="invoice-paid"),
    path(f"{_P}invoices/<int:invoice>/remove/", invoices.remove, name="invoice-remove"),
    path(f"{_P}costs/", costs.costs, name="costs"),
    path("reports/budgets/", status.status, name="budget-status"),
    path("reports/budgets/<slug:form>/", status.file, name="budget-status-file"),
    path("reports/margin/", margin.margin, name="cost-margin"),
    path("reports/margin/<slug:form>/", margin.file, name="cost-margin-file"),
]

"""Expenses of a project: the register with one of them beside it, entering, deciding, receipts."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from headway.areas.budgets import costs as queries
from headway.areas.budgets import expenses as commands
from headway.areas.budgets.expense_correcting import correct_expense
from headway.areas.budgets.money_types import ExpenseRow, Expenses, ExpenseState
from headway.areas.hours.queries import sees_costs
from headway.areas.projects.types import Charter
from headway.engine.units import Money
from headway.interfaces.transfers import attachment
from headway.interfaces.web.context import locale_of
from headway.interfaces.web.explaining import of_row
from headway.interfaces.web.frame import Input, Source
from headway.interfaces.web.locale import Locale
from headway.interfaces.web.money.forms import KINDS_OF_COST, ExpenseForm
from headway.interfaces.web.money.frame import Sheet, brought_file, entered, opened_id, show_part, total, without_open
from headway.interfaces.web.page import act, offered, page, pages_in, say, today_in, warn, working_project
from headway.interfaces.web.submitting import attempt, pressed, start_noted, started_from
from headway.interfaces.web.templatetags.formats import money, number
from headway.kernel.access import may
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, Denied, Invalid, NotFound

STATES = {
    ExpenseState.ENTERED: ("Waits for approval", "amber"),
    ExpenseState.APPROVED: ("Approved", "green"),
    ExpenseState.REFUSED: ("Refused", "red"),
}
_SHOWN = (("", "All"), ("entered", "Wait for approval"), ("approved", "Approved"), ("refused", "Refused"))


@page("POST")
def expenses(request: HttpRequest, ctx: Context, key: str) -> HttpResponse:
    """The expenses that this person may see, with the one that `?open=` names beside them; a POST changes that one."""
    project = working_project(ctx, key)
    offered(ctx, "budgets.read_expenses", project)
    found = _found(request, ctx, project)
    opened = _opened(request, ctx, project, found)
    values: dict[str, Any] = {}
    status = 200
    if opened is not None:
        form, changes = _form(request, opened), _may_change(ctx, project, opened)
        if request.method == "POST":
            if not changes:
                raise Denied("This expense changes no more.")
            done = attempt(form, lambda given: _save(request, ctx, opened, given), stored=_stored(opened))
            if done.done:
                say(request, f"{opened.ref} is saved.")
                return redirect(request.get_full_path())
            status = done.status
            values["both"] = done.both
        values |= {"row": opened, "form": form, "edits": changes, "here": opened.id}
        values["state"], values["tone"] = STATES[opened.state]
        values["decides"] = may(ctx, "budgets.decide_expense", project_id=project.id)
    elif request.method == "POST":
        raise NotFound("There is nothing here.")
    locale = locale_of(request)
    values |= {
        "lines": [(row, *STATES[row.state], _source(ctx, project, row, locale)) for row in found.items],
        "all": sees_costs(ctx, project.id),
        "answer": _sentence(found),
        "total": total(
            "expenses",
            "Spent",
            found.total,
            locale,
            as_of=today_in(ctx, project),
            what="Sum of the expenses that are not refused, by currency",
            href=request.get_full_path(),
        ),
        "states": _SHOWN,
        "asked": {name: request.GET.get(name, "") for name in ("state", "kind", "q")},
        "kinds": found.kinds,
        "close_url": without_open(request),
        **pages_in(request, found.next),
    }
    return show_part(request, ctx, project, "expenses", "money/expenses.html", values, status=status)


def _source(ctx: Context, project: Charter, row: ExpenseRow, locale: Locale) -> Source:
    """Where the figures of an expense come from: who entered it, its receipt, the order that it is a part of."""
    formulas = [f"Amount = as entered by {row.entered_by}"]
    inputs = [Input("Amount", str(money(Money(row.amount, row.currency), locale)))]
    if row.corrects:
        formulas.append(f"It takes {row.corrects} back" if row.counter else f"It stands in the place of {row.corrects}")
    if row.billable:
        formulas.append("Client pays = amount × (1 + markup)")
        inputs.append(Input("Markup", f"{number(row.markup, locale)} %"))
        inputs.append(Input("Client pays", str(money(Money(row.billed, row.currency), locale))))
    if row.commitment:
        sees = may(ctx, "budgets.read_costs", project_id=project.id)
        orders = f"{reverse('orders', args=[project.key])}?open={row.commitment_id}" if sees else ""
        inputs.append(Input("Part of the order", row.commitment, orders))
    if row.decided_by:
        inputs.append(Input(STATES[row.state][0], row.decided_by))
    if row.receipt:
        inputs.append(Input("Receipt", row.receipt, reverse("expense-receipt", args=[project.key, row.id])))
    here = f"{reverse('expenses', args=[project.key])}?open={row.id}"
    return of_row(formulas, inputs, as_of=row.day, records=f"{row.ref} {row.description}", href=here)


def _found(request: HttpRequest, ctx: Context, project: Charter) -> Expenses:
    state = request.GET.get("state", "")
    told: Expenses = queries.expenses(
        ctx,
        project=project.id,
        state=ExpenseState(state) if state in {one.value for one in ExpenseState} else None,
        kind=request.GET.get("kind", "")[:64],
        search=request.GET.get("q", "")[:200],
        cursor=request.GET.get("cursor", ""),
    )
    return told


def _opened(request: HttpRequest, ctx: Context, project: Charter, found: Expenses) -> ExpenseRow | None:
    wanted = opened_id(request)
    if wanted is None:
        return None
    listed = next((row for row in found.items if row.id == wanted), None)
    return listed if listed is not None else _expense(ctx, project, wanted)


def _sentence(found: Expenses) -> str:
    if not found.items:
        return ""
    if found.waiting:
        return f"{found.waiting} {'expense waits' if found.waiting == 1 else 'expenses wait'} for approval."
    return "Every expense is decided."


def _stored(row: ExpenseRow) -> dict[str, Any]:
    names = ("day", "kind", "description", "supplier", "amount", "billable", "markup", "version")
    return {name: getattr(row, name) for name in names}


def _form(request: HttpRequest, row: ExpenseRow) -> ExpenseForm:
    form = ExpenseForm(request.POST if request.method == "POST" else None, request.FILES or None, initial=_stored(row))
    del form.fields["currency"]
    _offer_kinds(form)
    start_noted(form)
    form.fields["file"].show_hidden_initial = False
    return form


def _offer_kinds(form: ExpenseForm) -> None:
    form.fields["kind"].help_text = f"Such as {', '.join(KINDS_OF_COST)}; costs are added up by it."


def _may_change(ctx: Context, project: Charter, row: ExpenseRow) -> bool:
    own = row.own or may(ctx, "budgets.edit_commitments", project_id=project.id)
    return own and row.state is not ExpenseState.APPROVED and may(ctx, "budgets.enter_expense", project_id=project.id)


def _save(request: HttpRequest, ctx: Context, row: ExpenseRow, given: dict[str, Any]) -> ExpenseRow:
    ctx = started_from(ctx, given.pop("version"))
    given.pop("file")
    saved: ExpenseRow = commands.edit_expense(
        ctx, expense=row.id, **{**given, "markup": given["markup"] or 0}, file=brought_file(request, ctx)
    )
    return saved


@page("POST")
def new(request: HttpRequest, ctx: Context, key: str) -> HttpResponse:
    """Enter an expense."""
    project = working_project(ctx, key)
    offered(ctx, "budgets.enter_expense", project)
    initial = {"day": today_in(ctx, project), "currency": project.currency}
    form = ExpenseForm(request.POST or None, request.FILES or None, initial=initial)
    _offer_kinds(form)
    del form.fields["version"]

    def inputs(given: dict[str, Any]) -> dict[str, Any]:
        return {**given, "project": project.id, "markup": given["markup"] or 0}

    return entered(
        request,
        ctx,
        project,
        form,
        commands.add_expense,
        inputs,
        Sheet(
            title="New expense",
            submit="Enter the expense",
            done="The expense is entered; somebody else approves it.",
            back=reverse("expenses", args=[key]),
            intro="Money spent on the project beside hours. It counts at once, unless it is refused.",
            files=True,
            opens=True,
        ),
    )


@act
def decide(request: HttpRequest, ctx: Context, key: str, expense: int) -> HttpResponse:
    """Approve or refuse an expense."""
    project = working_project(ctx, key)
    row = _expense(ctx, project, expense)
    back = f"{reverse('expenses', args=[key])}?open={expense}"
    try:
        if request.POST.get("decision") == "approve":
            commands.approve_expense(ctx, expense=row.id)
        else:
            commands.refuse_expense(ctx, expense=row.id, reason=request.POST.get("reason", ""))
    except (Invalid, Conflict, Denied) as refusal:
        if isinstance(refusal, Denied) and not may(ctx, "budgets.decide_expense", project_id=project.id):
            raise
        warn(request, refusal.message)
    else:
        say(request, f"{row.ref} is decided.")
    return redirect(back)


def _expense(ctx: Context, project: Charter, expense: int) -> ExpenseRow:
    offered(ctx, "budgets.read_expenses", project)
    row: ExpenseRow = queries.expense(ctx, expense=expense)
    if row.project_id != project.id:
        raise NotFound("There is nothing here.")
    return row


@act
def correct(request: HttpRequest, ctx: Context, key: str, expense: int) -> HttpResponse:
    """Correct an approved expense by a counter-entry."""
    project = working_project(ctx, key)
    row = _expense(ctx, project, expense)
    amount = request.POST.get("amount", "").strip().replace(",", ".")
    return pressed(
        request,
        lambda: correct_expense(ctx, expense=row.id, amount=amount or None, reason=request.POST.get("reason", "")),
        done=f"{row.ref} is corrected: a counter-entry takes it back, and what is right stands beside it.",
        to=f"{reverse('expenses', args=[key])}?open={expense}",
    )


@act
def remove(request: HttpRequest, ctx: Context, key: str, expense: int) -> HttpResponse:
    """Take an expense out."""
    project = working_project(ctx, key)
    row = _expense(ctx, project, expense)
    return pressed(
        request,
        lambda: commands.remove_expense(ctx, expense=row.id),
        done=f"{row.ref} is taken out.",
        to=reverse("expenses", args=[key]),
    )


@page()
def receipt(request: HttpRequest, ctx: Context, key: str, expense: int) -> HttpResponse:
    """The receipt of an expense, to save."""
    project = working_project(ctx, key)
    row = _expense(ctx, project, expense)
    return attachment(queries.receipt(ctx, expense=row.id))

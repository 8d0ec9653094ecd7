"""Invoices of a project to date: the register, what is open and overdue; by hand, or from a file."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from headway.areas.budgets import invoiced as queries
from headway.areas.budgets import invoices as commands
from headway.areas.budgets.money_types import InvoiceRow, Invoices, InvoiceShow, InvoiceStatus
from headway.areas.projects.types import Charter
from headway.engine.units import Money
from headway.interfaces.web.context import locale_of
from headway.interfaces.web.explaining import of_row
from headway.interfaces.web.frame import Input, Source
from headway.interfaces.web.locale import Locale
from headway.interfaces.web.money.forms import STATUSES, InvoiceForm
from headway.interfaces.web.money.frame import Sheet, entered, opened_id, show_part, total, without_open
from headway.interfaces.web.page import act, offered, page, pages_in, say, today_in, working_project
from headway.interfaces.web.submitting import attempt, pressed, start_noted, started_from
from headway.interfaces.web.templatetags.formats import hours, money
from headway.kernel.access import may
from headway.kernel.context import Context
from headway.kernel.errors import NotFound

_SHOWN = ((InvoiceShow.ALL, "All"), (InvoiceShow.OPEN, "Open"), (InvoiceShow.OVERDUE, "Overdue"))
_TONES = {
    InvoiceStatus.DRAFT: "",
    InvoiceStatus.SENT: "accent",
    InvoiceStatus.PAID: "green",
    InvoiceStatus.VOID: "",
}


@page("POST")
def invoices(request: HttpRequest, ctx: Context, key: str) -> HttpResponse:
    """The invoices with the one that `?open=` names beside them; a POST changes it."""
    project = working_project(ctx, key)
    offered(ctx, "budgets.read_invoices", project)
    show = request.GET.get("show", "")
    chosen = InvoiceShow(show) if show in {one.value for one in InvoiceShow} else InvoiceShow.ALL
    found = queries.invoices(
        ctx,
        project=project.id,
        show=chosen,
        search=request.GET.get("q", "")[:200],
        cursor=request.GET.get("cursor", ""),
    )
    wanted = opened_id(request)
    opened = None
    if wanted is not None:
        opened = next((row for row in found.items if row.id == wanted), None) or _invoice(ctx, project, wanted)
    values: dict[str, Any] = {}
    status = 200
    if opened is not None:
        edits = may(ctx, "budgets.edit_invoices", project_id=project.id)
        form = _form(request.POST if request.method == "POST" else None, opened)
        if request.method == "POST":
            offered(ctx, "budgets.edit_invoices", project)
            row = opened
            done = attempt(form, lambda given: _changed(ctx, row, given), stored=_stored(opened))
            if done.done:
                say(request, f"Invoice {opened.number} is saved.")
                return redirect(request.get_full_path())
            status = done.status
            values["both"] = done.both
        values |= {"row": opened, "form": form, "edits": edits, "here": opened.id}
        values["state"], values["tone"] = _state(opened)
    elif request.method == "POST":
        raise NotFound("There is nothing here.")
    values |= {
        "lines": [(row, *_state(row), _source(ctx, project, row, locale_of(request))) for row in found.items],
        "answer": _sentence(found),
        "totals": _totals(request, project, found),
        "shown": [(one.value, label, one is chosen) for one, label in _SHOWN],
        "q": request.GET.get("q", ""),
        "narrowed": chosen is not InvoiceShow.ALL or bool(request.GET.get("q")),
        "close_url": without_open(request),
        **pages_in(request, found.next),
    }
    return show_part(request, ctx, project, "invoices", "money/invoices.html", values, status=status)


def _state(row: InvoiceRow) -> tuple[str, str]:
    if row.overdue:
        return f"Overdue, {row.days_late} {'day' if row.days_late == 1 else 'days'}", "red"
    return ("Open" if row.status is InvoiceStatus.SENT else STATUSES[row.status]), _TONES[row.status]


def _source(ctx: Context, project: Charter, row: InvoiceRow, locale: Locale) -> Source:
    """Where the amount of an invoice comes from: the file that brought it, or a person's hand."""
    state, _ = _state(row)
    inputs = [Input("Amount", str(money(Money(row.amount, row.currency), locale))), Input("State", state)]
    if row.hours is not None:
        inputs.append(Input("Hours billed", str(hours(row.hours, locale))))
    if row.batch_id is None:
        formula, records, href = "Amount = as entered by hand", f"invoice {row.number}", ""
    else:
        formula, records = "Amount = as its row of the imported file says", f"import {row.batch_id}"
        sees = may(ctx, "projects.read_imports", project_id=project.id)
        href = reverse("import", args=[project.key, row.batch_id]) if sees else ""
    here = f"{reverse('invoices', args=[project.key])}?open={row.id}"
    return of_row((formula,), inputs, as_of=row.day, records=records, href=href or here)


def _sentence(found: Invoices) -> str:
    if found.count_overdue:
        said = "invoice is overdue" if found.count_overdue == 1 else "invoices are overdue"
        return f"{found.count_overdue} {said}, {found.count_open} open in all."
    if found.count_open:
        return f"{found.count_open} {'invoice is' if found.count_open == 1 else 'invoices are'} open, none overdue."
    return "Nothing is open." if found.invoiced.sums else ""


def _totals(request: HttpRequest, project: Charter, found: Invoices) -> list[Any]:
    locale, path = locale_of(request), reverse("invoices", args=[project.key])
    told = (
        ("invoiced", "Invoiced to date", found.invoiced, "Sum of sent and paid invoices, by currency", "", ""),
        ("paid", "Paid", found.paid, "Sum of paid invoices, by currency", "", ""),
        ("open", "Open", found.open, "Sum of sent invoices that are not paid, by currency", "?show=open", ""),
        ("overdue", "Overdue", found.overdue, "Sum of open invoices past their due day", "?show=overdue", "red"),
    )
    return [
        total(name, label, sums, locale, as_of=found.as_of, what=what, href=path + link, tone=tone if sums.sums else "")
        for name, label, sums, what, link, tone in told
    ]


def _stored(row: InvoiceRow) -> dict[str, Any]:
    values: dict[str, Any] = {
        name: getattr(row, name) for name in ("day", "due", "amount", "paid_on", "hours", "note", "version")
    }
    return values | {"status": row.status.value}


def _form(posted: Any, row: InvoiceRow) -> InvoiceForm:
    form = InvoiceForm(posted, initial=_stored(row))
    for fixed in ("number", "currency"):
        del form.fields[fixed]
    start_noted(form)
    return form


def _changed(ctx: Context, row: InvoiceRow, given: dict[str, Any]) -> InvoiceRow:
    ctx = started_from(ctx, given.pop("version"))
    emptied = tuple(name for name in ("due", "paid_on", "hours") if given[name] is None)
    saved: InvoiceRow = commands.edit_invoice(ctx, invoice=row.id, clear=emptied, **given)
    return saved


@page("POST")
def new(request: HttpRequest, ctx: Context, key: str) -> HttpResponse:
    """Enter an invoice by hand."""
    project = working_project(ctx, key)
    offered(ctx, "budgets.edit_invoices", project)
    initial = {"day": today_in(ctx, project), "currency": project.currency, "status": InvoiceStatus.SENT.value}
    form = InvoiceForm(request.POST or None, initial=initial)
    del form.fields["version"]
    return entered(
        request,
        ctx,
        project,
        form,
        commands.add_invoice,
        lambda given: {**given, "project": project.id},
        Sheet(
            title="New invoice",
            submit="Enter the invoice",
            done="The invoice is entered.",
            back=reverse("invoices", args=[key]),
            intro="What was billed to the client. The list of your accounting can be imported instead.",
            opens=True,
        ),
    )


@act
def paid(request: HttpRequest, ctx: Context, key: str, invoice: int) -> HttpResponse:
    """Note that an invoice was paid today."""
    row = _invoice(ctx, working_project(ctx, key), invoice)
    return pressed(
        request,
        lambda: commands.mark_paid(ctx, invoice=row.id),
        done=f"Invoice {row.number} is paid.",
        to=f"{reverse('invoices', args=[key])}?open={invoice}",
    )


@act
def remove(request: HttpRequest, ctx: Context, key: str, invoice: int) -> HttpResponse:
    """Take an invoice out that was entered by mistake."""
    row = _invoice(ctx, working_project(ctx, key), invoice)
    return pressed(
        request,
        lambda: commands.remove_invoice(ctx, invoice=row.id),
        done=f"Invoice {row.number} is taken out.",
        to=reverse("invoices", args=[key]),
    )


def _invoice(ctx: Context, project: Charter, invoice: int) -> InvoiceRow:
    offered(ctx, "budgets.read_invoices", project)
    row: InvoiceRow = queries.invoice(ctx, invoice=invoice)
    if row.project_id != project.id:
        raise NotFound("There is nothing here.")
    return row

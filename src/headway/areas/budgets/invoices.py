"""Invoices: entered by hand, changed, taken from a file and taken back with it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from headway.areas.budgets.invoiced import invoice_row
from headway.areas.budgets.models import Invoice
from headway.areas.budgets.money_types import BilledHours, Invoiced, InvoiceRow, InvoiceStatus
from headway.areas.projects.commands import note_import_applied, note_import_undone
from headway.areas.projects.queries import charter, import_content, local_day
from headway.areas.projects.types import ImportId, ImportRow, ProjectId
from headway.kernel.commands import command
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, FieldError, Invalid
from headway.kernel.money import payable
from headway.kernel.schema import Currency, Label, ShortName

_FIELDS = ("day", "due", "amount", "currency", "status", "paid_on", "note")


@command(permission="budgets.edit_invoices")
def add_invoice(
    ctx: Context,
    *,
    project: ProjectId,
    number: ShortName,
    day: date,
    amount: Invoiced,
    currency: Currency | None = None,
    due: date | None = None,
    status: InvoiceStatus = InvoiceStatus.SENT,
    paid_on: date | None = None,
    note: Label = "",
    hours: BilledHours | None = None,
) -> InvoiceRow:
    """Enter an invoice to the client. A credit note has an amount below 0.

    hours  how many it bills, for realisation by hours; of a credit note below 0.
    """
    _days_fit(day, due, paid_on, status)
    if _named(project, number) is not None:
        raise Conflict(f"Invoice {number} is known already. Change that one, or give this one its own number.")
    own = currency or charter(ctx, project=project).currency
    payable(amount, own)
    row = Invoice.add(
        ctx,
        project_id=project,
        number=number,
        day=day,
        due=due,
        amount=amount,
        currency=own,
        status=status.value,
        paid_on=paid_on,
        note=note,
        hours=hours,
    )
    return invoice_row(row, local_day(ctx, project=project))


def _days_fit(day: date, due: date | None, paid_on: date | None, status: InvoiceStatus) -> None:
    if due is not None and due < day:
        raise Invalid(f"The invoice is due {due}, before its day {day}.", fields=[FieldError("due", "before its day")])
    if paid_on is not None and status is not InvoiceStatus.PAID:
        raise Invalid(
            "Only a paid invoice has a day on which it was paid.", fields=[FieldError("paid_on", "goes with paid")]
        )


def _named(project_id: int, number: str) -> Invoice | None:
    rows = Invoice.unscoped(reason="numbers are given once").filter(project_id=project_id, removed_at=None)
    return rows.filter(number__iexact=number.strip()).first()


@command(permission="budgets.edit_invoices", changes="invoice")
def edit_invoice(
    ctx: Context,
    *,
    invoice: Invoice,
    day: date | None = None,
    due: date | None = None,
    amount: Invoiced | None = None,
    status: InvoiceStatus | None = None,
    paid_on: date | None = None,
    note: Label | None = None,
    hours: BilledHours | None = None,
    clear: tuple[Literal["due", "paid_on", "hours"], ...] = (),
) -> InvoiceRow:
    """Change an invoice; what is not given stays. The next file that names it says its own again."""
    given = {
        "day": day,
        "due": due,
        "amount": amount,
        "status": None if status is None else status.value,
        "paid_on": paid_on,
        "note": note,
        "hours": hours,
    }
    values: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    values |= dict.fromkeys(clear)
    new_status = InvoiceStatus(values.get("status", invoice.status))
    if new_status is not InvoiceStatus.PAID and paid_on is None:
        values["paid_on"] = None
    after = {name: values.get(name, getattr(invoice, name)) for name in ("day", "due", "paid_on")}
    _days_fit(**after, status=new_status)
    payable(amount, invoice.currency)
    invoice.change(ctx, **values)
    return invoice_row(invoice, local_day(ctx, project=invoice.project_id))


@command(permission="budgets.edit_invoices", changes="invoice")
def mark_paid(ctx: Context, *, invoice: Invoice, on: date | None = None) -> InvoiceRow:
    """Note that an invoice was paid. on: none = today."""
    if invoice.status != InvoiceStatus.SENT.value:
        raise Conflict(f"Invoice {invoice.number} is {invoice.status}; only a sent one is paid.")
    today = local_day(ctx, project=invoice.project_id)
    invoice.change(ctx, status=InvoiceStatus.PAID.value, paid_on=on or today)
    return invoice_row(invoice, today)


@command(permission="budgets.edit_invoices", destructive=True, idempotent=True)
def remove_invoice(ctx: Context, *, invoice: Invoice) -> None:
    """Take an invoice out that was entered by mistake; one that was sent and withdrawn is void instead."""
    if invoice.removed_at is None:
        invoice.change(ctx, removed_at=ctx.now)


# --- from a file ---------------------------------------------------------------------------------


@command(permission="projects.import", internal="the last step of an import of invoices")
def take_invoices(ctx: Context, *, project: ProjectId, batch: ImportId) -> ImportRow:
    """Enter the invoices of a previewed import, and change those that the file tells otherwise; all or none."""
    parsed, _ = import_content(ctx, batch)
    if parsed is None:
        raise Conflict("This import has nothing to apply. Read the file again.")
    created, changed = [], []
    for told in parsed["rows"]:
        values = of_file(told)
        known = _named(project, told["number"])
        if known is None:
            row = Invoice.add(ctx, project_id=project, number=told["number"], batch_id=batch, **values)
            created.append(row.pk)
        elif differs(known, values):
            before = {name: _to_json(getattr(known, name)) for name in _FIELDS}
            known.change(ctx, **values)
            changed.append({"id": known.pk, "before": before, "version": known.version})
    undo = {"created": created, "changed": changed}
    return note_import_applied(ctx, batch=batch, preview=parsed["preview"], undo=undo)


@command(permission="projects.import", internal="part of undoing an import of invoices")
def untake_invoices(ctx: Context, *, project: ProjectId, batch: ImportId) -> ImportRow:
    """Take back what an import of invoices entered and changed."""
    _, undo = import_content(ctx, batch)
    facts = undo or {"created": [], "changed": []}
    for row in _rows(project, facts["created"]):
        row.change(ctx, removed_at=ctx.now)
    before = {item["id"]: item["before"] for item in facts["changed"]}
    for row in _rows(project, before):
        row.change(ctx, **of_file(before[row.pk]))
    return note_import_undone(ctx, batch=batch)


def changed_since(ctx: Context, project_id: int, batch_id: int) -> tuple[int, int, int]:
    """What undoing an import of invoices would take out and bring back, and how many people changed since."""
    _, undo = import_content(ctx, batch_id)
    facts = undo or {"created": [], "changed": []}
    versions = {item["id"]: item["version"] for item in facts["changed"]} | dict.fromkeys(facts["created"], 1)
    later = sum(1 for row in _rows(project_id, versions) if row.version != versions[row.pk])
    return len(facts["created"]), len(facts["changed"]), later


def _rows(project_id: int, ids: Any) -> list[Invoice]:
    rows = Invoice.unscoped(reason="what the import brought").filter(project_id=project_id, removed_at=None)
    return list(rows.filter(pk__in=list(ids)).order_by("pk"))


def differs(row: Invoice, values: Mapping[str, Any]) -> bool:
    """Whether a stored invoice says something else than a file."""
    return any(getattr(row, name) != value for name, value in values.items())


def stored_invoices(project_id: int) -> dict[str, Invoice]:
    """The invoices of a project by number in small letters; the caller has passed its own door."""
    rows = Invoice.unscoped(reason="what a file is held against").filter(project_id=project_id, removed_at=None)
    return {row.number.casefold(): row for row in rows}


def _to_json(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return format(value, "f") if isinstance(value, Decimal) else value


def of_file(told: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of an invoice as a file told them."""
    return {
        "day": date.fromisoformat(told["day"]),
        "due": date.fromisoformat(told["due"]) if told["due"] else None,
        "amount": Decimal(told["amount"]),
        "currency": told["currency"],
        "status": told["status"],
        "paid_on": date.fromisoformat(told["paid_on"]) if told["paid_on"] else None,
        "note": told["note"],
    }

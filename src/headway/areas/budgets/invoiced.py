"""Reads of invoices: what was billed to date, what is open, what is overdue."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Q, QuerySet

from headway.areas.budgets.exchange import house_exchange, total_of
from headway.areas.budgets.models import Invoice
from headway.areas.budgets.money_types import InvoiceRow, Invoices, InvoiceShow, InvoiceStatus
from headway.areas.hours.sums import plain
from headway.areas.projects.queries import charter, local_day
from headway.areas.projects.types import ProjectId
from headway.kernel.among import among_ids
from headway.kernel.context import Context
from headway.kernel.paging import page
from headway.kernel.queries import query
from headway.kernel.schema import ShortText

_BILLED = (InvoiceStatus.SENT.value, InvoiceStatus.PAID.value)


@query(permission="budgets.read_invoices", name="budgets.invoices")
def invoices(
    ctx: Context,
    *,
    project: ProjectId,
    show: InvoiceShow = InvoiceShow.ALL,
    search: ShortText = "",
    cursor: str = "",
    limit: int = 100,
) -> Invoices:
    """Invoices of a project, newest first: invoiced, paid, open and overdue to date.

    Drafts and void ones are listed and count in no sum. Without a due day an invoice is never overdue.
    """
    today, currency = local_day(ctx, project=project), charter(ctx, project=project).currency
    every = Invoice.visible_to(ctx).filter(project_id=project)
    rows = every
    if show is not InvoiceShow.ALL:
        rows = rows.filter(status=InvoiceStatus.SENT.value)
    if show is InvoiceShow.OVERDUE:
        rows = rows.filter(due__lt=today)
    if search:
        rows = rows.filter(Q(number__icontains=search) | Q(note__icontains=search))
    items, following = page(rows, order=("-day", "-id"), cursor=cursor, limit=limit)
    rates = house_exchange(ctx)
    amounts = list(every.order_by().values_list("status", "due", "currency", "amount"))
    sent = [row for row in amounts if row[0] == InvoiceStatus.SENT.value]
    late = [row for row in sent if row[1] is not None and row[1] < today]

    def sums(chosen: Iterable[tuple[str, date | None, str, Decimal]]) -> Iterable[tuple[str, Decimal]]:
        return [(money, amount) for _, _, money, amount in chosen]

    return Invoices(
        items=tuple(invoice_row(row, today) for row in items),
        next=following,
        invoiced=total_of(sums(row for row in amounts if row[0] in _BILLED), currency, rates, today),
        paid=total_of(sums(row for row in amounts if row[0] == InvoiceStatus.PAID.value), currency, rates, today),
        open=total_of(sums(sent), currency, rates, today),
        overdue=total_of(sums(late), currency, rates, today),
        count_open=len(sent),
        count_overdue=len(late),
        as_of=today,
    )


@query(permission="budgets.read_invoices", name="budgets.invoice")
def invoice(ctx: Context, *, invoice: Invoice) -> InvoiceRow:
    """One invoice."""
    return invoice_row(invoice, local_day(ctx, project=invoice.project_id))


def invoice_row(row: Invoice, today: date) -> InvoiceRow:
    """A visible invoice as its register shows it."""
    late = row.status == InvoiceStatus.SENT.value and row.due is not None and row.due < today
    return InvoiceRow(
        id=row.pk,
        project_id=row.project_id,
        number=row.number,
        day=row.day,
        due=row.due,
        amount=plain(row.amount),
        currency=row.currency,
        status=InvoiceStatus(row.status),
        paid_on=row.paid_on,
        note=row.note,
        overdue=late,
        days_late=(today - row.due).days if late and row.due is not None else 0,
        batch_id=row.batch_id,
        version=row.version,
        hours=None if row.hours is None else plain(row.hours),
    )


# --- for figures; the caller has passed its own door ---------------------------------------------


def billed_so_far(project_id: int, *, first: date | None = None, last: date | None = None) -> list[tuple[str, Decimal]]:
    """Amounts by currency of the invoices that were sent or paid, on days between two, both inclusive."""
    rows: QuerySet[Invoice] = Invoice.unscoped(reason="figures of a visible project").filter(
        project_id=project_id, removed_at=None, status__in=_BILLED
    )
    if first is not None:
        rows = rows.filter(day__gte=first)
    if last is not None:
        rows = rows.filter(day__lte=last)
    return list(rows.order_by("day").values_list("currency", "amount"))


@dataclass(frozen=True, slots=True)
class Billed:
    """What invoices that were sent or paid come to.

    amount     in one currency; None where no invoice is in it.
    hours      that they bill; None where there is no invoice, or one does not say its hours.
    unsaid     how many of the `count` invoices do not say their hours.
    """

    amount: Decimal | None
    hours: Decimal | None
    count: int
    unsaid: int

    @property
    def why_no_hours(self) -> str:
        """Why the billed hours are not known; '' = they are."""
        if not self.count:
            return "Nothing is invoiced."
        return f"{self.unsaid} of {self.count} invoices do not say how many hours they bill." if self.unsaid else ""


def billed(project_ids: Collection[int], currency: str, *, first: date | None = None, last: date) -> Billed:
    """What was invoiced for some projects on days between two, both inclusive; one query."""
    rows: QuerySet[Invoice] = Invoice.unscoped(reason="figures of visible projects").filter(
        among_ids("project_id", project_ids), removed_at=None, status__in=_BILLED, day__lte=last
    )
    rows = rows if first is None else rows.filter(day__gte=first)
    found = list(rows.order_by("id").values_list("currency", "amount", "hours"))
    amounts = [amount for money, amount, _ in found if money == currency]
    said = [hours for _, _, hours in found if hours is not None]
    return Billed(
        amount=sum(amounts, Decimal(0)) if amounts else None,
        hours=plain(sum(said, Decimal(0))) if said and len(said) == len(found) else None,
        count=len(found),
        unsaid=len(found) - len(said),
    )


def billed_by_day(
    project_ids: Collection[int], *, first: date | None = None, last: date | None = None
) -> list[tuple[int, date, str, Decimal]]:
    """Project, day, currency and amount of the invoices that were sent or paid, on days between two, both inclusive."""
    rows: QuerySet[Invoice] = Invoice.unscoped(reason="figures of visible projects").filter(
        among_ids("project_id", project_ids), removed_at=None, status__in=_BILLED
    )
    rows = rows if first is None else rows.filter(day__gte=first)
    rows = rows if last is None else rows.filter(day__lte=last)
    return list(rows.order_by("day", "id").values_list("project_id", "day", "currency", "amount"))

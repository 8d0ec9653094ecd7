"""The money of the demo's projects: invoices, expenses, orders, a retainer with closed months, one exchange rate."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

from headway.areas.budgets import commands as budgets
from headway.areas.budgets import commitments, exchange, expenses, invoices, retainers
from headway.areas.budgets.money_types import InvoiceStatus
from headway.areas.budgets.types import Basis
from headway.kernel.context import Context

As = Callable[[str], Context]
D = Decimal

# Who entered it, days after the start, kind, what, from whom, amount, currency, the client pays it, markup, decided.
_EXPENSES: dict[str, tuple[tuple[str, int, str, str, str, str, str, bool, str, bool], ...]] = {
    "ACME": (
        (
            "Ben",
            12,
            "Material",
            "Pictures for the home and category pages",
            "Picturehouse",
            "480",
            "EUR",
            True,
            "10",
            True,
        ),
        ("Lea", 20, "Software", "Search service, first quarter", "Findwell", "210.50", "USD", True, "0", True),
        ("Tom", 41, "Travel", "Workshop at Acme, train and hotel", "", "318.40", "EUR", True, "0", True),
        ("Ben", 60, "Material", "Type licence for the web", "Letterworks", "190", "EUR", False, "0", False),
    ),
    "ORDERS": (
        ("Nina", 9, "Travel", "Two days with the order desk", "", "412.90", "EUR", True, "0", True),
        ("Omar", 33, "Software", "Test licences for the order gateway", "Gatebridge", "1250", "USD", True, "5", True),
        ("Tom", 58, "Travel", "Pilot region, on site", "", "367.20", "EUR", True, "0", False),
    ),
    "REFER": (("Eva", 25, "Media", "Test run of the adverts", "Adgate", "640", "EUR", True, "8", True),),
}
# Supplier, what, kind, amount, expected in days from today, what came of it.
_ORDERS: dict[str, tuple[tuple[str, str, str, str, int, str], ...]] = {
    "ACME": (
        ("Safeguard Labs", "Security test before launch", "Subcontractor", "3200", 18, ""),
        ("Cloudyard", "Hosting, first year", "Hosting", "2400", -6, "600"),
    ),
    "ORDERS": (("Vantage Quoting", "Connector to the quoting tool", "Subcontractor", "8600", 10, "4300"),),
    "REFER": (("Printwell", "Partner kits, 400 pieces", "Material", "2150", 9, ""),),
}
# Number, days after the start, amount, days until it was paid (None = open).
_INVOICES: dict[str, tuple[tuple[str, int, str, int | None], ...]] = {
    "ACME": (("2026-118", 2, "31860", 21), ("2026-131", 36, "26550", 24), ("2026-149", 64, "15930", None)),
    "ORDERS": (("2026-119", 3, "46250", 28), ("2026-135", 31, "37000", None)),
    "REFER": (("2026-122", 5, "13000", 17), ("2026-144", 48, "13000", None)),
}
_DAYS_TO_PAY = 30


def money(act: As, project: int, key: str, start: date, today: date) -> None:
    """What was spent, ordered and billed on a project up to this morning."""
    manager = act("Mara")
    for who, after, kind, what, supplier, amount, currency, billable, markup, decided in _EXPENSES.get(key, ()):
        row = expenses.add_expense(
            act(who),
            project=project,
            day=start + timedelta(days=after),
            kind=kind,
            description=what,
            supplier=supplier,
            amount=D(amount),
            currency=currency,
            billable=billable,
            markup=D(markup),
        )
        if decided:
            expenses.approve_expense(manager, expense=row.id)
    for supplier, what, kind, amount, days, came in _ORDERS.get(key, ()):
        order = commitments.add_commitment(
            manager,
            project=project,
            supplier=supplier,
            title=what,
            kind=kind,
            amount=D(amount),
            expected=today + timedelta(days=days),
        )
        if came:
            commitments.receive_commitment(
                manager, commitment=order.id, amount=D(came), day=today - timedelta(days=8), billable=True
            )
    _billed(act("Tom"), project, key, start, today)
    if key == "ACME":
        budgets.add_budget(
            manager, project=project, name="Fee with expenses", basis=Basis.BILL, amount=D(118_000), expenses=True
        )
    if key == "REFER":
        _retainer(manager, project, start, today)


def _billed(ctx: Context, project: int, key: str, start: date, today: date) -> None:
    for number, after, amount, paid_after in _INVOICES.get(key, ()):
        day = start + timedelta(days=after)
        paid = None if paid_after is None else day + timedelta(days=paid_after)
        invoices.add_invoice(
            ctx,
            project=project,
            number=number,
            day=day,
            due=day + timedelta(days=_DAYS_TO_PAY),
            amount=D(amount),
            status=InvoiceStatus.SENT if paid is None or paid > today else InvoiceStatus.PAID,
            paid_on=None if paid is None or paid > today else paid,
        )


def _retainer(ctx: Context, project: int, start: date, today: date) -> None:
    """Campaign material by the month; the months that are over are closed."""
    row = retainers.add_retainer(
        ctx,
        project=project,
        name="Campaign material",
        allocation=D(45),
        first=start.replace(day=1),
        cap=D(25),
        fee=D(4725),
        rate=D(110),
        phase="Material",
    )
    for line in row.lines:
        if line.last < today:
            retainers.close_period(ctx, retainer=row.id, period=line.number)


def exchange_rates(ctx: Context, first: date) -> None:
    """What a dollar is worth, from before the projects began."""
    exchange.set_exchange_rate(ctx, base="USD", quote="EUR", rate=D("0.92"), first=first)

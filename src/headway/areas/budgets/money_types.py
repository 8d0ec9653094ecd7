"""What retainers, expenses, commitments, invoices and exchange rates take and answer with. Amounts are unrounded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Annotated

from pydantic import Field

from headway.engine.exchange import Converted
from headway.engine.measures import Measure
from headway.engine.retainer import DrawOrder, Overage, PeriodLength
from headway.kernel.schema import Ref

RetainerId = Annotated[int, Ref("budgets.Retainer")]
CommitmentId = Annotated[int, Ref("budgets.Commitment")]
ExpenseId = Annotated[int, Ref("budgets.Expense")]
InvoiceId = Annotated[int, Ref("budgets.Invoice")]

Spent = Annotated[Decimal, Field(gt=0, max_digits=20, decimal_places=6)]
Invoiced = Annotated[Decimal, Field(max_digits=20, decimal_places=6)]
BilledHours = Annotated[Decimal, Field(ge=-100_000, le=100_000, max_digits=14, decimal_places=6)]
Percent = Annotated[Decimal, Field(ge=0, le=1000, max_digits=8, decimal_places=4)]
PeriodHours = Annotated[Decimal, Field(ge=0, le=100_000, max_digits=14, decimal_places=6)]
Fee = Annotated[Decimal, Field(ge=0, max_digits=20, decimal_places=6)]
Worth = Annotated[Decimal, Field(gt=0, max_digits=20, decimal_places=10)]


class ExpenseState(Enum):
    """Whether somebody else has agreed to an expense; it counts while it is not refused."""

    ENTERED = "entered"
    APPROVED = "approved"
    REFUSED = "refused"


class InvoiceStatus(Enum):
    """How far an invoice has come. A draft and a void one count nowhere."""

    DRAFT = "draft"
    SENT = "sent"
    PAID = "paid"
    VOID = "void"


class AlertMailState(Enum):
    """How far the mail to a client has come; it leaves with an approval alone."""

    DRAFT = "draft"
    ASKED = "asked"
    APPROVED = "approved"
    SENT = "sent"
    REFUSED = "refused"
    DROPPED = "dropped"


class InvoiceShow(Enum):
    """Which invoices a list shows."""

    ALL = "all"
    OPEN = "open"
    OVERDUE = "overdue"


class CostPeriod(Enum):
    """By what cost is cut along time."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class ShownTotal:
    """Sums of several currencies, each by itself, and one total for the eye by the house's rates.

    sums   by currency, never added; `shown` None where there is nothing.
    text   how the total came about: each rate with its day, and what is left out.
    """

    sums: tuple[tuple[str, Decimal], ...]
    shown: Converted | None
    text: str


# --- retainers -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RetainerLine:
    """One period of a retainer's ledger, in hours; see the engine for what each column is.

    planned       what people expect it to use, where it lies ahead.
    expected      it lies ahead: `used` is what is planned, and all that follows from it an outlook.
    late          hours of closed periods that came or went after their closing; counted in the first open one.
    overage_value what the overage costs the client by its treatment, rounded to the cent; None without a rate.
    waits         its overage waits for a decision.
    """

    number: int
    first: date
    last: date
    allocation: Decimal
    used: Decimal
    carried_in: Decimal
    repaid: Decimal
    from_carry: Decimal
    from_month: Decimal
    overage: Decimal
    treatment: Overage
    left: Decimal
    rolled: Decimal
    lapsed: Decimal
    available: Decimal
    hours_left: Decimal
    late: Decimal
    planned: Decimal | None
    expected: bool
    closed: bool
    closed_at: datetime | None
    closed_by: str
    waits: bool
    decided_by: str
    overage_value: Decimal | None


@dataclass(frozen=True, slots=True)
class RetainerRow:
    """A retainer with its ledger, the first period first. `current` = its line of today; None outside its time."""

    id: int
    name: str
    allocation: Decimal
    length: PeriodLength
    first: date
    last: date | None
    cap: Decimal | None
    life: int | None
    order: DrawOrder
    overage: Overage
    fee: Decimal | None
    rate: Decimal | None
    currency: str
    phase: str
    billable_only: bool
    ahead: int
    budget_id: int
    rules: str
    lines: tuple[RetainerLine, ...]
    current: RetainerLine | None
    burned: Measure | None
    money_left: Measure | None
    unplaced: Decimal
    version: int


@dataclass(frozen=True, slots=True)
class BalancePeriod:
    """One past or present period as the client sees it: hours alone."""

    first: date
    last: date
    allocation: Decimal
    carried_in: Decimal
    used: Decimal
    overage: Decimal
    left: Decimal
    rolled: Decimal
    lapsed: Decimal
    closed: bool


@dataclass(frozen=True, slots=True)
class RetainerBalance:
    """How many hours of a retainer are left, for the client: no rate, no cost, no names.

    left, percent  of the present period; None outside the retainer's time.
    """

    id: int
    name: str
    as_of: date
    available: Decimal | None
    used: Decimal | None
    left: Decimal | None
    overage: Decimal | None
    percent: Decimal | None
    rules: str
    periods: tuple[BalancePeriod, ...]


# --- expenses and commitments --------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ExpenseRow:
    """An expense. billed = what the client pays for it: amount and markup where it is billable, else 0.

    corrects  the expense that it takes back, where it is a counter-entry, or in the place of which it stands; else ''.
    """

    id: int
    project_id: int
    number: int
    ref: str
    day: date
    kind: str
    description: str
    supplier: str
    amount: Decimal
    currency: str
    billable: bool
    markup: Decimal
    billed: Decimal
    commitment_id: int | None
    commitment: str
    receipt: str
    state: ExpenseState
    entered_by: str
    own: bool
    decided_by: str
    decided_on: date | None
    reason: str
    corrects: str
    counter: bool
    version: int


@dataclass(frozen=True, slots=True)
class Expenses:
    """Expenses that the reader may see, newest first, and what they come to; refused ones are not in the sums."""

    items: tuple[ExpenseRow, ...]
    next: str
    total: ShownTotal
    waiting: int
    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CommitmentRow:
    """An order. received = its expenses; open = what is still to come, 0 once it is closed."""

    id: int
    project_id: int
    number: int
    ref: str
    supplier: str
    title: str
    kind: str
    amount: Decimal
    currency: str
    expected: date | None
    received: Decimal
    open: Decimal
    closed_on: date | None
    late: bool
    version: int


@dataclass(frozen=True, slots=True)
class Commitments:
    """Orders of a project, those still open first, and what is still to come."""

    items: tuple[CommitmentRow, ...]
    open: ShownTotal


# --- invoices ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class InvoiceRow:
    """An invoice. overdue = sent, not paid, and its due day has passed; days_late in calendar days.

    hours  how many it bills; None = it does not say.
    """

    id: int
    project_id: int
    number: str
    day: date
    due: date | None
    amount: Decimal
    currency: str
    status: InvoiceStatus
    paid_on: date | None
    note: str
    overdue: bool
    days_late: int
    batch_id: int | None
    version: int
    hours: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Invoices:
    """Invoices of a project to date, newest first; sums over all of them, whatever the list shows."""

    items: tuple[InvoiceRow, ...]
    next: str
    invoiced: ShownTotal
    paid: ShownTotal
    open: ShownTotal
    overdue: ShownTotal
    count_open: int
    count_overdue: int
    as_of: date


@dataclass(frozen=True, slots=True)
class InvoiceLine:
    """One invoice as a file tells it."""

    number: str
    day: date
    due: date | None
    amount: Decimal
    currency: str
    status: InvoiceStatus
    paid_on: date | None
    note: str


# --- cost and margin -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CostRow:
    """Cost of one kind in one period and currency.

    period  its first day; None = no day is known for it (an order without an expected day).
    source  which records it was added up from, and as of when.
    """

    kind: str
    period: date | None
    currency: str
    actual: Decimal
    committed: Decimal
    records: int
    source: str
    as_of: datetime


@dataclass(frozen=True, slots=True)
class Costs:
    """Cost of a project by kind and period, actual beside committed; what is committed is in no actual."""

    rows: tuple[CostRow, ...]
    actual: ShownTotal
    committed: ShownTotal
    without_rate: int


@dataclass(frozen=True, slots=True)
class Margin:
    """What the project earned on one basis, in the project's currency."""

    basis: str
    revenue: ShownTotal
    cost: ShownTotal
    amount: Measure
    percent: Measure
    notes: tuple[str, ...]


# --- exchange rates, alert rules and mails -------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ExchangeRateRow:
    """1 base = rate quote, from a day on, as somebody typed it."""

    id: int
    base: str
    quote: str
    rate: Decimal
    first: date
    entered_by: str
    version: int


@dataclass(frozen=True, slots=True)
class AlertRuleRow:
    """When budgets alert. `of` says whose rule it is: 'project', 'house' or 'default'."""

    of: str
    lines: tuple[Decimal, ...]
    forecast_over_budget: bool
    runway_short: bool
    rearm_points: Decimal


@dataclass(frozen=True, slots=True)
class AlertMailRow:
    """A mail to the client about a budget, with the alert that it comes from."""

    id: int
    alert_id: int
    budget_id: int
    budget: str
    recipients: tuple[str, ...]
    subject: str
    body: str
    state: AlertMailState
    version: int

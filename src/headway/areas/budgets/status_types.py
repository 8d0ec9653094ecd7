"""What the budget status of several projects, their cost and margin, and a retainer's statement answer with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum

from headway.areas.budgets.money_types import BalancePeriod, Margin, ShownTotal
from headway.areas.budgets.types import Basis, BudgetRow
from headway.engine.forecast import Burn
from headway.engine.measures import Measure, Unit
from headway.engine.thresholds import BudgetState


@dataclass(frozen=True, slots=True)
class BudgetStand:
    """How a main budget of a project stands, to the project's status date.

    budget_id  None = all hours of a project that has no main budget; then there is no baseline either.
    baseline, approved_changes, current, pending  as of `BudgetRow`; spent and the rest as the burn of the budget.
    forecast_range  lowest and highest of the three forecasts, which are never averaged.
    over       more is spent than there is. forecast_over: some forecast ends above it.
    """

    budget_id: int | None
    name: str
    basis: Basis
    unit: Unit
    currency: str
    baseline: Decimal | None
    approved_changes: Decimal
    current: Decimal | None
    pending: Decimal
    burn: Burn
    forecast_range: tuple[Decimal, Decimal] | None
    percent_method: str
    state: BudgetState | None
    over: bool
    forecast_over: bool
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ProjectStatus:
    """The main budgets of one project, the one in hours first.

    budgets    every budget that the reader sees, as the project's Budget page has them; only where one project was
               asked for.
    committed  orders as far as they have not come; None for those who may not see costs, as `margins`.
    """

    project_id: int
    key: str
    name: str
    client: str
    manager: str
    currency: str
    as_of: date
    mains: tuple[BudgetStand, ...]
    budgets: tuple[BudgetRow, ...]
    committed: ShownTotal | None
    margins: tuple[Margin, ...] | None


class LineKind(Enum):
    """What a line of a main budget is."""

    BASELINE = "Baseline"
    CHANGE = "Approved change"
    SPENT = "Spent"


@dataclass(frozen=True, slots=True)
class BudgetLine:
    """One line that a main budget's figures are made of: its baseline, an approved change, what a month burned.

    key     of the project; budget_id as of `BudgetStand`. ref: number and title of a change.
    month   first day of the month in which it was spent, to the project's status date; None for the others.
    amount  hours, or money of the budget's currency, unrounded.
    """

    key: str
    project: str
    budget_id: int | None
    budget: str
    kind: LineKind
    ref: str
    month: date | None
    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class BudgetSum:
    """What the main budgets of one unit and currency come to; only budgets that have an amount, and what they burned.

    currency  '' = hours.
    """

    currency: str
    budgets: int
    baseline: Decimal
    approved_changes: Decimal
    current: Decimal
    spent: Decimal

    @property
    def percent_spent(self) -> Decimal | None:
        """Of all of them; None where they come to 0."""
        return 100 * self.spent / self.current if self.current else None


@dataclass(frozen=True, slots=True)
class BudgetStatus:
    """Budget status over projects, the most spent beyond what is complete first.

    basis     how the figures came about, in words. without  projects without a main budget.
    as_of     the earlier day of which all of them speak; None = each of its own status date.
    """

    projects: tuple[ProjectStatus, ...]
    sums: tuple[BudgetSum, ...]
    over: int
    forecast_over: int
    without: int
    as_of: date | None
    basis: str


# --- cost and margin -----------------------------------------------------------------------------


class MarginBy(Enum):
    """What the rows of cost and margin are."""

    PROJECT = "project"
    CLIENT = "client"
    MONTH = "month"


class MoneyKind(Enum):
    """What an amount is."""

    INVOICED = "Invoiced"
    HOURS_VALUE = "Billable hours"
    EXPENSES_VALUE = "Expenses passed on"
    LABOUR = "Labour"
    EXPENSES = "Expenses"
    ORDERS = "Orders to come"


@dataclass(frozen=True, slots=True)
class MoneyLine:
    """One sum of records: of a project, a month, a kind and a currency.

    month  its first day; None = an order without an expected day.
    rate   what 1 of the currency is worth in the answer's currency; None = no rate, so that it is in no total.
    shown  the amount in the answer's currency, unrounded.
    """

    project_id: int
    key: str
    project: str
    client: str
    month: date | None
    kind: MoneyKind
    currency: str
    amount: Decimal
    rate: Decimal | None
    shown: Decimal | None
    records: int


@dataclass(frozen=True, slots=True)
class MarginRow:
    """What one project, client or month brought and cost, in the answer's currency, unrounded.

    key        of the project; '' for the others. month: None but for months.
    billable   value of the billable hours and of the expenses that are passed on.
    cost       labour and expenses; orders that have not come are apart and in no margin.
    """

    name: str
    key: str
    month: date | None
    invoiced: Decimal
    billable: Decimal
    labour: Decimal
    expenses: Decimal
    cost: Decimal
    orders: Decimal
    margin_invoiced: Measure
    margin_invoiced_percent: Measure
    margin_billable: Measure
    margin_billable_percent: Measure


@dataclass(frozen=True, slots=True)
class CostAndMargin:
    """Cost and margin over projects: rows, their total, and the sums of records that they are made of.

    first, last    both inclusive; None = since ever, to date.
    rates          the rates that were used, each with its day, in words; left_out: what no rate converts.
    without_rate   time entries that carry no cost, so that what they cost is in no figure.
    """

    first: date | None
    last: date | None
    by: MarginBy
    currency: str
    rows: tuple[MarginRow, ...]
    total: MarginRow
    lines: tuple[MoneyLine, ...]
    projects: int
    rates: str
    left_out: tuple[tuple[str, Decimal], ...]
    without_rate: int
    basis: str


# --- the statement of a retainer -----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class StatementEntry:
    """Hours of one day for one task: what the client reads. person, note: '' in the client's copy."""

    day: date
    task: str
    hours: Decimal
    billable: bool
    person: str
    note: str


@dataclass(frozen=True, slots=True)
class RetainerStatement:
    """What a client has of a retainer: the ledger to one period, and the hours of that period. No rate, no cost.

    number     of the period; closed_on: the local day on which it was closed, None = it is not.
    period     its line; ledger: all lines to it, the first period first.
    moved      ledger's use of the period less the hours that its entries add up to now: hours that came, or left,
               after an earlier period or this one was closed.
    as_of      the local day of looking.
    """

    retainer_id: int
    name: str
    project: str
    key: str
    client: str
    as_of: date
    number: int
    period: BalancePeriod
    closed_on: date | None
    ledger: tuple[BalancePeriod, ...]
    left: Decimal
    entries: tuple[StatementEntry, ...]
    hours: Decimal
    moved: Decimal
    rules: str
    inside: bool

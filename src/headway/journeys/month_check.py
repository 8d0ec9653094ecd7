"""Whether a project's month is complete: what is missing, who can settle it, and whether it stops the closing.

What has been entered and not decided stops it, for deciding it would change the month's figures; the rest is said and
may be left (decision 0141). Not here: closing (`month_close`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum

from headway.areas.budgets.month_open import MoneyOpen, money_open
from headway.areas.hours.closing import MonthRow, MonthState, days_of, month_states
from headway.areas.hours.month_open import CorrectedMonth, LoggedTooLittle, corrected_before, too_little_logged
from headway.areas.metrics.month_open import KpisOpen, kpis_open
from headway.areas.people.queries import names_of
from headway.areas.projects.month_open import ImportsOpen, imports_open
from headway.areas.projects.queries import local_day
from headway.areas.projects.types import ProjectId
from headway.kernel.access import may
from headway.kernel.context import Context
from headway.kernel.queries import query

_SHOWN = 3


class Settled(Enum):
    """Where the act stands that settles a finding: a page of the project, or of hours over all of them."""

    TEAM_HOURS = "team hours"
    MISSING_HOURS = "missing hours"
    ENTRIES = "entries"
    RATES = "rates"
    IMPORTS = "imports"
    EXPENSES = "expenses"
    ORDERS = "orders"
    INVOICES = "invoices"
    BUDGETS = "budgets"
    RETAINERS = "retainers"
    PROGRESS = "progress"
    KPIS = "kpis"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that a month lacks.

    blocks  whether the month cannot be closed before it is settled.
    who     who has to do it, or whose it is; empty where nobody is known.
    act     what to do, as a button says it; `at` is where.
    """

    name: str
    blocks: bool
    text: str
    who: tuple[str, ...]
    act: str
    at: Settled


@dataclass(frozen=True, slots=True)
class Facts:
    """What was found out about a month. state: its hours. sees_costs: whether orders may be named."""

    state: MonthState
    people_open: tuple[str, ...]
    too_little: tuple[LoggedTooLittle, ...]
    corrected: tuple[CorrectedMonth, ...]
    imports: ImportsOpen
    money: MoneyOpen
    kpis: KpisOpen
    last: date
    sees_costs: bool


@dataclass(frozen=True, slots=True)
class MonthCheck:
    """How complete a project's month is: findings, those that stop the closing first.

    over     whether the month has passed. closed: the closing that holds.
    looked_at  what was looked at, in words, whatever was found.
    """

    project_id: int
    first: date
    last: date
    over: bool
    state: MonthState
    findings: tuple[Finding, ...]
    looked_at: tuple[str, ...]
    closed: MonthRow | None

    @property
    def blocking(self) -> tuple[Finding, ...]:
        """What has to be settled before the month can be closed."""
        return tuple(one for one in self.findings if one.blocks)

    @property
    def ready(self) -> bool:
        """Whether the month can be closed now."""
        return self.over and self.closed is None and not self.blocking


LOOKED_AT = (
    "hours handed in and approved",
    "hours of everybody on the project",
    "corrections of earlier months",
    "rates",
    "imports of hours",
    "expenses",
    "orders and invoices",
    "budgets, changes and alerts",
    "retainer periods",
    "progress",
    "KPIs",
)


@query(permission="hours.read_team", name="months.check")
def check_month(ctx: Context, *, project: ProjectId, month: date) -> MonthCheck:
    """What the month of a project that holds a day lacks: what stops its closing, and what should be looked at."""
    first, last = days_of(month)
    today = local_day(ctx, project=project)
    state = month_states([project], first)[project]
    names = names_of(set(state.people_open))
    facts = Facts(
        state,
        tuple(sorted(names[who] for who in state.people_open)),
        too_little_logged(ctx, project, first, min(last, today)),
        corrected_before(project, first),
        imports_open(project, first),
        money_open(ctx, project, first, last, today=today),
        kpis_open(project, first, last),
        last,
        may(ctx, "budgets.read_costs", project_id=project),
    )
    found = sorted(findings_of(facts), key=lambda one: not one.blocks)
    return MonthCheck(project, first, last, last < today, state, tuple(found), LOOKED_AT, state.closed)


def findings_of(facts: Facts) -> Iterator[Finding]:
    """The findings of a month, from facts alone."""
    yield from _of_hours(facts)
    yield from _of_imports(facts.imports)
    yield from _of_money(facts)
    yield from _of_budgets(facts)
    yield from _of_kpis(facts.kpis)


def _of_hours(facts: Facts) -> Iterator[Finding]:
    state, who = facts.state, facts.people_open
    if state.draft:
        text = f"{_hours(state.draft)} entered and not handed in"
        yield Finding("hours_drafts", True, text, who, "Look who", Settled.TEAM_HOURS)
    if state.submitted:
        text = f"{_hours(state.submitted)} handed in and not approved"
        yield Finding("hours_submitted", True, text, who, "Approve hours", Settled.TEAM_HOURS)
    if not state.draft and not state.submitted and state.people_open:  # entries that cancel each other out
        yield Finding("hours_open", True, "Entries that are not approved", who, "Look who", Settled.TEAM_HOURS)
    if facts.too_little:
        people = tuple(one.person for one in facts.too_little)
        most = facts.too_little[0]
        text = f"{_count(len(people), 'person has', 'people have')} logged less in the month than they could work"
        text += f"; {most.person} {_hours(most.logged)} of {_hours(most.expected)}"
        yield Finding("hours_missing", False, text, people, "Look who is missing", Settled.MISSING_HOURS)
    if state.without_rate:
        text = f"{_count(state.without_rate, 'billable entry has', 'billable entries have')} no rate and no value"
        yield Finding("hours_without_rate", False, text, (), "Set the rates", Settled.RATES)
    if facts.corrected:
        told = ", ".join(f"{one.month:%B %Y} by {one.hours.normalize():+f} h" for one in facts.corrected)
        text = f"Months corrected since they were closed: {told}"
        yield Finding("corrected_since", False, text, (), "Look at the entries", Settled.ENTRIES)


def _of_imports(found: ImportsOpen) -> Iterator[Finding]:
    if found.waiting:
        text = f"{_count(len(found.waiting), 'file', 'files')} of hours read and not entered: {_listed(found.waiting)}"
        yield Finding("import_waiting", False, text, (), "Look at the imports", Settled.IMPORTS)
    if found.differing:
        text = f"Totals of the month differ between file and store: {_listed(found.differing)}"
        yield Finding("import_differs", False, text, (), "Compare the totals", Settled.IMPORTS)


def _of_money(facts: Facts) -> Iterator[Finding]:
    money = facts.money
    if money.expenses:
        text = f"{_count(len(money.expenses), 'expense waits', 'expenses wait')} for approval"
        text += f": {_listed(money.expenses)}" if facts.sees_costs else ""
        who = money.entered_by if facts.sees_costs else ()
        yield Finding("expenses", True, text, who, "Approve or refuse", Settled.EXPENSES)
    if money.orders and facts.sees_costs:
        text = f"{_count(len(money.orders), 'order was', 'orders were')} expected by then and did not come"
        yield Finding("orders", False, f"{text}: {_listed(money.orders)}", (), "Look at the orders", Settled.ORDERS)
    if money.drafts:
        text = f"{_count(len(money.drafts), 'invoice is', 'invoices are')} a draft still: {_listed(money.drafts)}"
        yield Finding("invoices", False, text, (), "Look at the invoices", Settled.INVOICES)


def _of_budgets(facts: Facts) -> Iterator[Finding]:
    money = facts.money
    if money.budgets:
        text = f"Budgets that nobody has approved: {_named(money.budgets)}"
        yield Finding("budgets", False, text, (), "Look at the budgets", Settled.BUDGETS)
    if money.changes:
        text = f"Changes of budgets not decided: {_listed(money.changes)}"
        yield Finding("changes", False, text, (), "Decide them", Settled.BUDGETS)
    if money.alerts:
        text = f"Alerts of which the client was not told: {_named(money.alerts)}"
        yield Finding("alerts", False, text, (), "Look at the alerts", Settled.BUDGETS)
    for name, hours in money.overages:
        text = f"{_hours(hours)} beyond the retainer “{name}” wait for a decision"
        yield Finding("overage", False, text, (), "Decide on them", Settled.RETAINERS)
    if money.retainers:
        text = f"Periods of retainers that are over and not closed: {_named(money.retainers)}"
        yield Finding("retainers", False, text, (), "Close the period", Settled.RETAINERS)
    for name, hours in money.unplaced:
        text = f"{_hours(hours)} lie in no period of the retainer “{name}”"
        yield Finding("unplaced", False, text, (), "Look at its periods", Settled.RETAINERS)
    if money.planned and (money.progress_on is None or money.progress_on < facts.last):
        said = "never said" if money.progress_on is None else f"last said on {money.progress_on:%a %d %b %Y}"
        text = f"Progress is older than the month's end: {said}"
        yield Finding("progress", False, text, (), "Say how far it is", Settled.PROGRESS)


def _of_kpis(found: KpisOpen) -> Iterator[Finding]:
    if found.behind:
        text = f"KPIs without a sample up to the month's end: {_listed(found.behind)}"
        yield Finding("kpis_behind", False, text, found.owners, "Enter samples", Settled.KPIS)
    if found.no_data:
        text = f"KPIs without any sample: {_listed(found.no_data)}"
        yield Finding("kpis_no_data", False, text, found.owners, "Enter samples", Settled.KPIS)


def _hours(value: Decimal) -> str:
    """'7.5 h'."""
    return f"{value.normalize():f} h"


def _count(count: int, one: str, more: str) -> str:
    return f"{count} {one if count == 1 else more}"


def _named(names: Iterable[str]) -> str:
    """Names, which may hold commas, in quotation marks."""
    return _listed(f"“{name}”" for name in names)


def _listed(names: Iterable[str]) -> str:
    """The first names, and how many more there are."""
    every = list(names)
    more = len(every) - _SHOWN
    return ", ".join(every[:_SHOWN]) + (f" and {more} more" if more > 0 else "")

"""Cost and margin over projects: by project, client or month, for those who may see what things cost.

The same records as a project's page Cost and margin, so that both agree to the penny. Not here: cost by kind of one
project (`costs`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal

from django.db.models import QuerySet

from headway.areas.budgets.costs import COUNTED, commitments
from headway.areas.budgets.exchange import house_exchange, total_of
from headway.areas.budgets.invoiced import billed_by_day
from headway.areas.budgets.models import Expense
from headway.areas.budgets.spending import billed_of
from headway.areas.budgets.status_types import CostAndMargin, MarginBy, MarginRow, MoneyKind, MoneyLine
from headway.areas.hours.queries import totals, without_amount
from headway.areas.hours.types import GroupBy
from headway.areas.hours.weeks import running
from headway.areas.projects.queries import charter, local_day
from headway.areas.projects.types import ProjectId, ProjectRow
from headway.engine.exchange import ExchangeRate, rate_on
from headway.engine.measures import HUNDRED, ZERO, Input, Measure, Unit, derive, divided
from headway.kernel.among import among_ids
from headway.kernel.context import Context
from headway.kernel.errors import FieldError, Invalid, NotFound
from headway.kernel.queries import query
from headway.kernel.schema import ShortText

BASIS = "Invoices, hours at the rates frozen on them, expenses and open orders, by their days"
_Sum = tuple[int, date | None, MoneyKind, str]


@query(permission="budgets.read_costs", name="budgets.cost_and_margin")
def cost_and_margin(
    ctx: Context,
    *,
    by: MarginBy = MarginBy.PROJECT,
    first: date | None = None,
    last: date | None = None,
    project: ProjectId | None = None,
    client: ShortText = "",
) -> CostAndMargin:
    """What projects brought and cost: invoiced and billable value, labour, expenses, orders, and the margin on both.

    Of the projects whose costs I may see, or one of them, in one currency by the house's rates.
    first, last  both inclusive; none = since ever, to date. Orders that have no expected day count only then.
    client       of projects of this client alone, by its name.
    """
    if first is not None and last is not None and last < first:
        raise Invalid(f"{last} lies before {first}.", fields=[FieldError("last", "before first", value=str(last))])
    chosen = _chosen(ctx, project, client)
    currency = _currency(ctx, chosen)
    today = local_day(ctx, project=project) if project is not None else ctx.now.date()
    lines = _lines(ctx, chosen, currency, first=first, last=last, on=today)
    told = total_of(((line.currency, line.amount) for line in lines), currency, house_exchange(ctx), today)
    return CostAndMargin(
        first=first,
        last=last,
        by=by,
        currency=currency,
        rows=_rows(lines, by),
        total=_row("Total", "", None, lines),
        lines=lines,
        projects=len(chosen),
        rates=told.text,
        left_out=told.shown.left_out if told.shown is not None else (),
        without_rate=sum(without_amount(pk, "cost", charter(ctx, project=pk).currency) for pk in chosen),
        basis=BASIS,
    )


def _chosen(ctx: Context, project: int | None, client: str) -> dict[int, ProjectRow]:
    found = running(ctx, "budgets.read_costs")
    if project is not None:
        if project not in found:
            raise NotFound("Project not found.")
        return {project: found[project]}
    wanted = client.strip().casefold()
    return {pk: row for pk, row in found.items() if not wanted or row.client.casefold() == wanted}


def _currency(ctx: Context, chosen: Collection[int]) -> str:
    """That of most of the projects; of equally many the first by name."""
    found = Counter(charter(ctx, project=pk).currency for pk in chosen)
    return min(found, key=lambda name: (-found[name], name), default="")


# --- records -------------------------------------------------------------------------------------


def _lines(
    ctx: Context, chosen: dict[int, ProjectRow], currency: str, *, first: date | None, last: date | None, on: date
) -> tuple[MoneyLine, ...]:
    """Sums of records by project, month, kind and currency, in that order."""
    sums: dict[_Sum, tuple[Decimal, int]] = {}
    for key, amount, count in _records(ctx, chosen, first, last):
        before, counted = sums.get(key, (ZERO, 0))
        sums[key] = (before + amount, counted + count)
    rates = house_exchange(ctx)
    kinds = list(MoneyKind)
    found = []
    for (pk, month, kind, money), (amount, count) in sums.items():
        rate = _rate(money, currency, rates, on)
        about = chosen[pk]
        shown = None if rate is None else amount * rate
        found.append(MoneyLine(pk, about.key, about.name, about.client, month, kind, money, amount, rate, shown, count))
    return tuple(
        sorted(
            found,
            key=lambda line: (line.project, line.key, line.month or date.max, kinds.index(line.kind), line.currency),
        )
    )


def _rate(base: str, quote: str, rates: Sequence[ExchangeRate], on: date) -> Decimal | None:
    if base == quote:
        return Decimal(1)
    found = rate_on(rates, base, quote, on)
    if found is None:
        return None
    return found.rate if found.base == base else 1 / found.rate


def _records(
    ctx: Context, chosen: dict[int, ProjectRow], first: date | None, last: date | None
) -> Iterator[tuple[_Sum, Decimal, int]]:
    for pk in chosen:
        for row in totals(ctx, project=pk, by=(GroupBy.MONTH,), first=first, last=last):
            month = date.fromisoformat(row.keys[0])
            for kind, amounts in ((MoneyKind.HOURS_VALUE, row.bill), (MoneyKind.LABOUR, row.cost)):
                for one in amounts or ():
                    yield (pk, month, kind, one.currency), one.amount, row.entries
        for order in commitments(ctx, project=pk).items:
            if order.open and _within(order.expected, first, last):
                month_of = None if order.expected is None else order.expected.replace(day=1)
                yield (pk, month_of, MoneyKind.ORDERS, order.currency), order.open, 1
    for spent in _expenses(chosen, first, last):
        month = spent.day.replace(day=1)
        yield (spent.project_id, month, MoneyKind.EXPENSES, spent.currency), spent.amount, 1
        if spent.billable:
            yield (spent.project_id, month, MoneyKind.EXPENSES_VALUE, spent.currency), billed_of(spent), 1
    for pk, day, money, amount in billed_by_day(chosen, first=first, last=last):
        yield (pk, day.replace(day=1), MoneyKind.INVOICED, money), amount, 1


def _within(day: date | None, first: date | None, last: date | None) -> bool:
    if day is None:
        return first is None and last is None
    return (first is None or day >= first) and (last is None or day <= last)


def _expenses(chosen: Collection[int], first: date | None, last: date | None) -> QuerySet[Expense]:
    rows = Expense.unscoped(reason="projects whose costs the reader may see").filter(
        COUNTED, among_ids("project_id", chosen), removed_at=None
    )
    rows = rows if first is None else rows.filter(day__gte=first)
    rows = rows if last is None else rows.filter(day__lte=last)
    return rows.order_by("day", "id")


# --- rows ----------------------------------------------------------------------------------------

_NO_CLIENT = "No client"
_NO_MONTH = "No day yet"
_KEYS: dict[MarginBy, Callable[[MoneyLine], tuple[str, str, date | None]]] = {
    MarginBy.PROJECT: lambda line: (line.project, line.key, None),
    MarginBy.CLIENT: lambda line: (line.client or _NO_CLIENT, "", None),
    MarginBy.MONTH: lambda line: (f"{line.month:%b %Y}" if line.month else _NO_MONTH, "", line.month),
}


def _rows(lines: Iterable[MoneyLine], by: MarginBy) -> tuple[MarginRow, ...]:
    """Months in their order; projects and clients by what they brought, the most first."""
    groups: dict[tuple[str, str, date | None], list[MoneyLine]] = {}
    for line in lines:
        groups.setdefault(_KEYS[by](line), []).append(line)
    rows = [_row(*key, some) for key, some in groups.items()]
    if by is MarginBy.MONTH:
        return tuple(sorted(rows, key=lambda row: row.month or date.max))
    return tuple(sorted(rows, key=lambda row: (-row.billable, row.name, row.key)))


def _row(name: str, key: str, month: date | None, lines: Collection[MoneyLine]) -> MarginRow:
    sums = dict.fromkeys(MoneyKind, ZERO)
    for line in lines:
        sums[line.kind] += line.shown or ZERO
    known = {line.kind for line in lines}
    came = sums[MoneyKind.INVOICED] if MoneyKind.INVOICED in known else None
    billable = sums[MoneyKind.HOURS_VALUE] + sums[MoneyKind.EXPENSES_VALUE]
    cost = sums[MoneyKind.LABOUR] + sums[MoneyKind.EXPENSES]
    return MarginRow(
        name=name,
        key=key,
        month=month,
        invoiced=sums[MoneyKind.INVOICED],
        billable=billable,
        labour=sums[MoneyKind.LABOUR],
        expenses=sums[MoneyKind.EXPENSES],
        cost=cost,
        orders=sums[MoneyKind.ORDERS],
        margin_invoiced=_margin("invoiced", came, cost),
        margin_invoiced_percent=_percent("invoiced", came, cost),
        margin_billable=_margin("billable value", billable, cost),
        margin_billable_percent=_percent("billable value", billable, cost),
    )


def _inputs(basis: str, came: Decimal | None, cost: Decimal) -> tuple[Input, Input]:
    return Input(basis, came, Unit.MONEY), Input("cost of hours and expenses", cost, Unit.MONEY)


def _margin(basis: str, came: Decimal | None, cost: Decimal) -> Measure:
    inputs = _inputs(basis, came, cost)
    return derive("margin", "Margin", Unit.MONEY, f"{basis} − cost", inputs, lambda came, cost: came - cost)


def _percent(basis: str, came: Decimal | None, cost: Decimal) -> Measure:
    return derive(
        "margin_percent",
        "Margin, percent",
        Unit.PERCENT,
        f"({basis} − cost) / {basis}",
        _inputs(basis, came, cost),
        lambda came, cost: divided(HUNDRED * (came - cost), came, "Nothing came in."),
    )

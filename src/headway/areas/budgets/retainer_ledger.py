"""Retainers and their ledgers: closed periods as they were kept, the present one from the hours, future ones ahead.

A closed period never changes. Hours that came to it or left it later count in the first open period, so that none is
lost. Not here: agreeing on retainers and closing periods (`retainers`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from typing import Any

from headway.areas.budgets.models import Retainer, RetainerPeriod
from headway.areas.budgets.money_types import BalancePeriod, RetainerBalance, RetainerLine, RetainerRow
from headway.areas.hours.queries import burned_by_day
from headway.areas.hours.sums import plain
from headway.areas.projects.queries import local_day
from headway.areas.projects.types import ProjectId
from headway.engine.measures import ZERO
from headway.engine.retainer import (
    Balance,
    Carried,
    DrawOrder,
    LedgerLine,
    Overage,
    PeriodLength,
    PeriodUse,
    RetainerRules,
    Span,
    burned_percent,
    ledger,
    money_left,
    spans,
)
from headway.engine.units import Money
from headway.kernel.context import Context
from headway.kernel.queries import query

_ORDERS = {
    DrawOrder.CARRIED_FIRST: "carried hours are used first, the oldest before the others",
    DrawOrder.ALLOCATION_FIRST: "the period's own hours are used first",
}
_OVERAGES = {
    Overage.BILL: "hours beyond are billed at the agreed rate",
    Overage.WRITE_OFF: "hours beyond are not charged",
    Overage.BORROW: "hours beyond are taken from the next period",
    Overage.ASK: "hours beyond wait for a decision",
}


@query(permission="budgets.read", name="budgets.retainers")
def retainers(ctx: Context, *, project: ProjectId) -> tuple[RetainerRow, ...]:
    """The retainers of a project with their ledgers: closed periods as they were, the present one, and those ahead."""
    rows = Retainer.visible_to(ctx).filter(project_id=project, removed_at=None).order_by("id")
    return retainer_rows(list(rows), local_day(ctx, project=project))


@query(permission="budgets.read", name="budgets.retainer")
def retainer(ctx: Context, *, retainer: Retainer) -> RetainerRow:
    """One retainer with its ledger."""
    return retainer_row(ctx, retainer)


@query(permission="budgets.read_balance", name="budgets.balance")
def balance(ctx: Context, *, project: ProjectId) -> tuple[RetainerBalance, ...]:
    """How many hours are left of a project's retainers: for the client too, without any rate, cost or name.

    Nothing of what lies ahead is told but what the present period has.
    """
    rows = Retainer.unscoped(reason="hours alone, of a project that the reader sees").filter(
        project_id=project, removed_at=None
    )
    today = local_day(ctx, project=project)
    return tuple(_balance(row, today) for row in retainer_rows(list(rows.order_by("id")), today))


def _balance(row: RetainerRow, today: date) -> RetainerBalance:
    now = row.current
    return RetainerBalance(
        id=row.id,
        name=row.name,
        as_of=today,
        available=now.available if now else None,
        used=now.used if now else None,
        left=now.hours_left if now else None,
        overage=now.overage if now else None,
        percent=row.burned.value if row.burned else None,
        rules=row.rules,
        periods=tuple(balance_period(line) for line in row.lines if not line.expected),
    )


def balance_period(line: RetainerLine) -> BalancePeriod:
    """A line of the ledger as the client sees it."""
    return BalancePeriod(
        *(line.first, line.last, line.allocation, line.carried_in, line.used, line.overage),
        *(line.left, line.rolled, line.lapsed, line.closed),
    )


def has_retainers(project_id: int) -> bool:
    """Whether a visible project has a retainer."""
    return Retainer.unscoped(reason="of a visible project").filter(project_id=project_id, removed_at=None).exists()


# --- rows ----------------------------------------------------------------------------------------


def retainer_row(ctx: Context, row: Retainer) -> RetainerRow:
    """A visible retainer with its ledger of today."""
    return retainer_rows([row], local_day(ctx, project=row.project_id))[0]


def retainer_rows(rows: Collection[Retainer], today: date) -> tuple[RetainerRow, ...]:
    """Retainers with their ledgers; the hours of each are read once."""
    known: dict[int, dict[int, RetainerPeriod]] = {row.pk: {} for row in rows}
    for period in RetainerPeriod.among([row.pk for row in rows]).order_by("number"):
        known[period.retainer_id][period.number] = period
    return tuple(_row(row, known[row.pk], today) for row in rows)


def present_figures(rows: Mapping[int, Retainer], today: date) -> dict[int, tuple[int, Decimal, Decimal]]:
    """Number of the present period, what it has and what it used, by budget. rows: retainers by their budget."""
    found = {}
    for row in retainer_rows(list(rows.values()), today):
        if row.current is not None:
            found[row.budget_id] = (row.current.number, row.current.available, row.current.used)
    return found


def retainers_of(budget_ids: Iterable[int]) -> dict[int, Retainer]:
    """The retainers of some visible budgets, by budget."""
    rows = Retainer.unscoped(reason="of visible budgets").filter(budget_id__in=list(budget_ids), removed_at=None)
    return {row.budget_id: row for row in rows}


def rules_of(row: Retainer) -> RetainerRules:
    """What was agreed, for the engine."""
    return RetainerRules(row.allocation, row.cap, row.life, DrawOrder(row.order), Overage(row.overage))


def rules_text(row: Retainer) -> str:
    """'40 h a month; at most 25 % of it rolls over, good for 1 further month; carried hours …'."""
    length = row.length
    if row.life == 0:
        rolls = "what is left lapses"
    else:
        most = "what is left rolls over" if row.cap is None else f"at most {plain(row.cap):f} % of it rolls over"
        how_long = "for ever" if row.life is None else f"for {row.life} further {length}{'' if row.life == 1 else 's'}"
        rolls = f"{most}, good {how_long}; {_ORDERS[DrawOrder(row.order)]}"
    return f"{plain(row.allocation):f} h a {length}; {rolls}; {_OVERAGES[Overage(row.overage)]}."


@dataclass(frozen=True, slots=True)
class _Use:
    """A period that is not closed, with what it used or is expected to use."""

    span: Span
    use: PeriodUse
    late: Decimal
    expected: bool


def _row(row: Retainer, known: Mapping[int, RetainerPeriod], today: date) -> RetainerRow:
    rules = rules_of(row)
    periods = spans(row.first, PeriodLength(row.length), through=max(today, row.first), ahead=row.ahead, last=row.last)
    by_day = burned_by_day(row.project_id, phase=row.phase, billable_only=row.billable_only)
    closed = [(one, known[one.number]) for one in periods if _is_closed(known.get(one.number))]
    kept = [_unpacked(period.line) for _, period in closed]
    late = sum((_between(by_day, one) for one, _ in closed), ZERO) - sum((line.used for line in kept), ZERO)
    uses, unplaced = _uses(periods[len(closed) :], by_day, known, today, late)
    computed = ledger(rules, [one.use for one in uses], kept[-1].after if kept else Balance())
    lines = [
        *(
            _line(row, one, line, period, late=ZERO, expected=False)
            for (one, period), line in zip(closed, kept, strict=True)
        ),
        *(
            _line(row, one.span, line, known.get(one.span.number), late=one.late, expected=one.expected)
            for one, line in zip(uses, computed, strict=True)
        ),
    ]
    place = next((at for at, one in enumerate(periods) if one.first <= today <= one.last), None)
    present = [*kept, *computed][place] if place is not None else None
    return RetainerRow(
        id=row.pk,
        name=row.name,
        allocation=plain(row.allocation),
        length=PeriodLength(row.length),
        first=row.first,
        last=row.last,
        cap=None if row.cap is None else plain(row.cap),
        life=row.life,
        order=DrawOrder(row.order),
        overage=Overage(row.overage),
        fee=None if row.fee is None else plain(row.fee),
        rate=None if row.rate is None else plain(row.rate),
        currency=row.currency,
        phase=row.phase,
        billable_only=row.billable_only,
        ahead=row.ahead,
        budget_id=row.budget_id,
        rules=rules_text(row),
        lines=tuple(lines),
        current=lines[place] if place is not None else None,
        burned=burned_percent(present) if present is not None else None,
        money_left=money_left(present, row.fee) if present is not None and row.fee is not None else None,
        unplaced=plain(unplaced),
        version=row.version,
    )


def _is_closed(period: RetainerPeriod | None) -> bool:
    return period is not None and period.closed_at is not None


def _between(by_day: Mapping[date, Decimal], one: Span) -> Decimal:
    return sum((hours for day, hours in by_day.items() if one.first <= day <= one.last), ZERO)


def _uses(
    open_: Iterable[Span],
    by_day: Mapping[date, Decimal],
    known: Mapping[int, RetainerPeriod],
    today: date,
    late: Decimal,
) -> tuple[list[_Use], Decimal]:
    """What the open periods use; hours that closed periods gained or lost later go to the first that can take them.

    Gives also what none of them takes: hours that were taken out of closed periods beyond what came since.
    """
    found = []
    for one in open_:
        period = known.get(one.number)
        decided = Overage(period.decided) if period is not None and period.decided else None
        if one.first > today:
            planned = period.planned if period is not None and period.planned is not None else ZERO
            found.append(_Use(one, PeriodUse(planned, decided), ZERO, expected=True))
            continue
        own = _between(by_day, one)
        moved = max(late, -own) if own >= 0 else ZERO
        late -= moved
        found.append(_Use(one, PeriodUse(max(own + moved, ZERO), decided), moved, expected=False))
    return found, late


def _line(
    row: Retainer, one: Span, line: LedgerLine, period: RetainerPeriod | None, *, late: Decimal, expected: bool
) -> RetainerLine:
    closed = _is_closed(period)
    return RetainerLine(
        number=one.number,
        first=one.first,
        last=one.last,
        **{
            name: plain(getattr(line, name))
            for name in (
                *("allocation", "used", "carried_in", "repaid", "from_carry", "from_month", "overage"),
                *("left", "rolled", "lapsed", "available", "hours_left"),
            )
        },
        treatment=line.treatment,
        late=plain(late),
        planned=None if period is None or period.planned is None else plain(period.planned),
        expected=expected,
        closed=closed,
        closed_at=period.closed_at if period is not None else None,
        closed_by=period.closed_by if period is not None else "",
        waits=bool(line.overage) and line.treatment is Overage.ASK and not expected,
        decided_by=period.decided_by if period is not None else "",
        overage_value=_value(row, line),
    )


def _value(row: Retainer, line: LedgerLine) -> Decimal | None:
    """What the client pays for the overage: a line of the ledger, and so to the cent."""
    if line.treatment is Overage.ASK and line.overage:
        return None
    if line.treatment is not Overage.BILL or not line.overage:
        return ZERO
    return None if row.rate is None else Money(line.overage * row.rate, row.currency).rounded().amount


# --- a closed line as it is kept ------------------------------------------------------------------


def packed(line: LedgerLine) -> dict[str, Any]:
    """A ledger line as a closed period keeps it."""
    told: dict[str, Any] = {
        item.name: format(getattr(line, item.name), "f")
        for item in fields(line)
        if item.name not in ("after", "treatment")
    }
    carried = [[format(one.hours, "f"), one.periods] for one in line.after.carried]
    return told | {
        "treatment": line.treatment.value,
        "after": {"carried": carried, "owed": format(line.after.owed, "f")},
    }


def _unpacked(told: Mapping[str, Any]) -> LedgerLine:
    numbers = {name: Decimal(value) for name, value in told.items() if name not in ("after", "treatment")}
    after = Balance(
        tuple(Carried(Decimal(hours), periods) for hours, periods in told["after"]["carried"]),
        Decimal(told["after"]["owed"]),
    )
    return LedgerLine(**numbers, treatment=Overage(told["treatment"]), after=after)


def first_open_line(row: Retainer, today: date) -> tuple[Span, LedgerLine] | None:
    """The first period that is not closed, with its line now; None where none is left."""
    known = {period.number: period for period in RetainerPeriod.of(row)}
    told = _row(row, known, today)
    place = next((at for at, line in enumerate(told.lines) if not line.closed), None)
    if place is None or told.lines[place].expected:
        return None
    line = told.lines[place]
    before = _unpacked(known[place].line).after if place else Balance()
    decided = Overage(known[line.number].decided) if line.number in known and known[line.number].decided else None
    (computed,) = ledger(rules_of(row), [PeriodUse(line.used, decided)], before)
    return Span(line.number, line.first, line.last), computed

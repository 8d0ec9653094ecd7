"""The ledger of a retainer: what each period used, carries into the next, and lets lapse.

Pure arithmetic in Decimal, never rounded: Σ allocation = Σ used − Σ overage + Σ given back + Σ lapsed + what is still
carried. Rules and their reasons: docs/explanation/retainers.md. Not here: the entries, the stored periods.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import Enum

from headway.engine.measures import HUNDRED, ZERO, Input, Measure, Unit, derive, divided


class RetainerError(ValueError):
    """Rules with no sense: a negative allocation, cap or life."""


class PeriodLength(Enum):
    """How long one period of a retainer is."""

    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"


class DrawOrder(Enum):
    """Which hours are used first; of the carried ones always the oldest."""

    CARRIED_FIRST = "carried_first"
    ALLOCATION_FIRST = "allocation_first"


class Overage(Enum):
    """What becomes of hours beyond what the period has. ASK: they wait until somebody decides."""

    BILL = "bill"
    WRITE_OFF = "write_off"
    BORROW = "borrow"
    ASK = "ask"


@dataclass(frozen=True, slots=True)
class RetainerRules:
    """What was agreed.

    cap   percent of the allocation of which at most is carried out of one period; None = all of it.
    life  for how many further periods carried hours stay good; 0 = nothing is carried, None = for ever.
    """

    allocation: Decimal
    cap: Decimal | None = None
    life: int | None = 1
    order: DrawOrder = DrawOrder.CARRIED_FIRST
    overage: Overage = Overage.BILL

    def __post_init__(self) -> None:
        if self.allocation < 0:
            raise RetainerError(f"A retainer cannot hold {self.allocation} hours; give 0 or more.")
        if self.cap is not None and self.cap < 0:
            raise RetainerError(f"The cap on roll-over cannot be {self.cap} %; give 0 or more.")
        if self.life is not None and self.life < 0:
            raise RetainerError(f"Carried hours cannot stay good for {self.life} periods; give 0 or more.")


@dataclass(frozen=True, slots=True)
class Carried:
    """Hours carried out of one period. periods: in how many more they are good; None = for ever."""

    hours: Decimal
    periods: int | None


@dataclass(frozen=True, slots=True)
class Balance:
    """What goes from one period into the next: carried hours, oldest first, and hours borrowed and not given back."""

    carried: tuple[Carried, ...] = ()
    owed: Decimal = ZERO

    @property
    def hours(self) -> Decimal:
        """All carried hours."""
        return sum((one.hours for one in self.carried), ZERO)


NOTHING_CARRIED = Balance()


@dataclass(frozen=True, slots=True)
class PeriodUse:
    """What one period used. overage: what was decided for it; None = as the rules say."""

    used: Decimal
    overage: Overage | None = None


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """One period of the ledger, in hours.

    repaid     of the allocation, given back for what an earlier period borrowed.
    overage    used beyond carry and allocation; the treatment says what becomes of it.
    left       allocation − given back − used from the month.
    rolled     of it, what the next period gets; lapsed: the rest, and carried hours that were good no longer.
    """

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
    after: Balance

    @property
    def available(self) -> Decimal:
        """What the period has: carried hours and its allocation, less what it gives back."""
        return self.carried_in + self.allocation - self.repaid

    @property
    def hours_left(self) -> Decimal:
        """What can still be used in it."""
        return self.available - self.from_carry - self.from_month


def ledger(
    rules: RetainerRules, uses: Iterable[PeriodUse], opening: Balance = NOTHING_CARRIED
) -> tuple[LedgerLine, ...]:
    """The lines of periods one after the other, from the balance before the first. O(periods × life)."""
    lines = []
    balance = opening
    for use in uses:
        line = _line(rules, use, balance)
        lines.append(line)
        balance = line.after
    return tuple(lines)


def _line(rules: RetainerRules, use: PeriodUse, before: Balance) -> LedgerLine:
    if use.used < 0:
        raise RetainerError(f"A period cannot have used {use.used} hours; give 0 or more.")
    repaid = min(before.owed, rules.allocation)
    month = rules.allocation - repaid
    if rules.order is DrawOrder.CARRIED_FIRST:
        from_carry = min(use.used, before.hours)
        from_month = min(use.used - from_carry, month)
    else:
        from_month = min(use.used, month)
        from_carry = min(use.used - from_month, before.hours)
    overage = use.used - from_carry - from_month
    treatment = use.overage or rules.overage
    left = month - from_month
    rolled = _rolled(rules, left)
    kept, expired = _drawn(before.carried, from_carry)
    borrowed = overage if treatment is Overage.BORROW else ZERO
    after = (*kept, Carried(rolled, rules.life)) if rolled else kept
    return LedgerLine(
        allocation=rules.allocation,
        used=use.used,
        carried_in=before.hours,
        repaid=repaid,
        from_carry=from_carry,
        from_month=from_month,
        overage=overage,
        treatment=treatment,
        left=left,
        rolled=rolled,
        lapsed=left - rolled + expired,
        after=Balance(after, before.owed - repaid + borrowed),
    )


def _rolled(rules: RetainerRules, left: Decimal) -> Decimal:
    if rules.life == 0:
        return ZERO
    return left if rules.cap is None else min(left, rules.cap * rules.allocation / HUNDRED)


def _drawn(carried: tuple[Carried, ...], wanted: Decimal) -> tuple[tuple[Carried, ...], Decimal]:
    """What is left of carried hours after drawing on the oldest first, one period older; and what is good no longer."""
    kept, expired = [], ZERO
    for one in carried:
        taken = min(wanted, one.hours)
        wanted -= taken
        rest = one.hours - taken
        if not rest:
            continue
        if one.periods is None:
            kept.append(Carried(rest, None))
        elif one.periods > 1:
            kept.append(Carried(rest, one.periods - 1))
        else:
            expired += rest
    return tuple(kept), expired


# --- periods -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Span:
    """The days of one period, both inclusive; number from 1."""

    number: int
    first: date
    last: date


def span(start: date, length: PeriodLength, number: int) -> Span:
    """The nth period of a retainer that begins on a day; months end before the same day of the next, or its last."""
    return Span(number, _begins(start, length, number), _begins(start, length, number + 1) - timedelta(days=1))


def _begins(start: date, length: PeriodLength, number: int) -> date:
    if length is PeriodLength.WEEK:
        return start + timedelta(weeks=number - 1)
    months = start.month - 1 + (number - 1) * (3 if length is PeriodLength.QUARTER else 1)
    year, month = start.year + months // 12, months % 12 + 1
    return date(year, month, min(start.day, monthrange(year, month)[1]))


def spans(
    start: date, length: PeriodLength, *, through: date, ahead: int, last: date | None = None
) -> tuple[Span, ...]:
    """All periods up to the one that holds a day, and so many after it; none that begins after `last`."""
    found: list[Span] = []
    while True:
        following = span(start, length, len(found) + 1)
        if last is not None and following.first > last:
            return tuple(found)
        if following.first > through:
            if ahead <= 0:
                return tuple(found)
            ahead -= 1
        found.append(following)


# --- measures ------------------------------------------------------------------------------------


def burned_percent(line: LedgerLine) -> Measure:
    """How much of what the period has is used; above 100 there is overage."""
    return derive(
        "retainer_burned",
        "Burned",
        Unit.PERCENT,
        "hours used / (allocation + carried in − given back)",
        (
            Input("hours used", line.used, Unit.HOURS),
            Input("allocation", line.allocation, Unit.HOURS),
            Input("carried in", line.carried_in, Unit.HOURS),
            Input("given back", line.repaid, Unit.HOURS),
        ),
        lambda used, allocation, carried, back: divided(
            HUNDRED * used, allocation + carried - back, "The period has no hours."
        ),
    )


def money_left(line: LedgerLine, fee: Decimal | None) -> Measure:
    """What the hours that are left are worth at the retainer's own rate (fee / allocation)."""
    return derive(
        "retainer_money_left",
        "Money left",
        Unit.MONEY,
        "hours left × fee / allocation",
        (
            Input("hours left", line.hours_left, Unit.HOURS),
            Input("fee", fee, Unit.MONEY),
            Input("allocation", line.allocation, Unit.HOURS),
        ),
        lambda left, paid, allocation: divided(left * paid, allocation, "The allocation is 0 hours."),
    )

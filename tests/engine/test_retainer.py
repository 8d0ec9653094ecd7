"""The ledger of a retainer: the worked table, orders and overages, and that no hour is lost in random ones."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headway.engine.retainer import (
    DrawOrder,
    Overage,
    PeriodLength,
    PeriodUse,
    RetainerError,
    RetainerRules,
    burned_percent,
    ledger,
    money_left,
    span,
    spans,
)

D = Decimal
RULES = RetainerRules(D(40), cap=D(25), life=1)


def used(*hours: str | int) -> list[PeriodUse]:
    return [PeriodUse(D(amount)) for amount in hours]


def test_the_worked_table() -> None:
    lines = ledger(RULES, used(31, 36, 55, 40, 22))
    told = [
        (
            *(line.used, line.carried_in, line.from_carry, line.from_month),
            *(line.overage, line.left, line.rolled, line.lapsed),
        )
        for line in lines
    ]
    assert told == [
        (31, 0, 0, 31, 0, 9, 9, 0),
        (36, 9, 9, 27, 0, 13, 10, 3),
        (55, 10, 10, 40, 5, 0, 0, 0),
        (40, 0, 0, 40, 0, 0, 0, 0),
        (22, 0, 0, 22, 0, 18, 10, 8),
    ]


def test_mid_month_the_balance_in_hours_and_money() -> None:
    (line,) = ledger(RULES, used(31))
    assert line.hours_left == 9
    assert money_left(line, D(4800)).value == D(1080)
    assert burned_percent(line).shown() == "77.5"


def test_carried_hours_live_as_long_as_agreed_the_oldest_go_first() -> None:
    lines = ledger(RetainerRules(D(10), life=2), used(4, 2, 3, 10))
    # The second period takes 2 of the 6 carried; the other 4 are good once more, and the third takes 3 of them first.
    assert [(line.carried_in, line.from_carry, line.lapsed) for line in lines] == [
        (0, 0, 0),
        (6, 2, 0),
        (14, 3, 1),
        (20, 10, 0),
    ]


def test_the_allocation_first_lets_carried_hours_lapse_unused() -> None:
    lines = ledger(RetainerRules(D(40), cap=D(25), life=1, order=DrawOrder.ALLOCATION_FIRST), used(31, 36))
    assert (lines[1].from_month, lines[1].from_carry, lines[1].lapsed) == (36, 0, 9)


def test_borrowed_hours_are_given_back_by_the_next_periods() -> None:
    lines = ledger(RetainerRules(D(40), life=1, overage=Overage.BORROW), used(90, 0, 20))
    assert [(line.overage, line.repaid, line.left) for line in lines] == [(50, 0, 0), (0, 40, 0), (0, 10, 10)]
    assert lines[-1].after.owed == 0


def test_overage_that_waits_borrows_nothing_until_it_is_decided() -> None:
    ask = RetainerRules(D(10), overage=Overage.ASK)
    assert ledger(ask, used(12))[0].after.owed == 0
    assert ledger(ask, [PeriodUse(D(12), Overage.BORROW)])[0].after.owed == 2


def test_rules_without_sense_are_refused() -> None:
    for wrong in ({"allocation": D(-1)}, {"allocation": D(1), "cap": D(-1)}, {"allocation": D(1), "life": -1}):
        with pytest.raises(RetainerError):
            RetainerRules(**wrong)
    with pytest.raises(RetainerError):
        ledger(RULES, used(-1))


def test_periods_end_before_the_same_day_of_the_next_month() -> None:
    assert span(date(2026, 1, 31), PeriodLength.MONTH, 2).last == date(2026, 3, 30)
    found = spans(date(2026, 1, 1), PeriodLength.QUARTER, through=date(2026, 4, 15), ahead=2)
    assert [(one.first, one.last) for one in found[:2]] == [
        (date(2026, 1, 1), date(2026, 3, 31)),
        (date(2026, 4, 1), date(2026, 6, 30)),
    ]
    assert len(found) == 4
    weeks = spans(date(2026, 1, 5), PeriodLength.WEEK, through=date(2026, 1, 6), ahead=9, last=date(2026, 1, 18))
    assert [one.number for one in weeks] == [1, 2]


HOURS = st.decimals(min_value=0, max_value=200, places=4)


@given(
    allocation=HOURS,
    cap=st.none() | st.decimals(min_value=0, max_value=100, places=2),
    life=st.none() | st.integers(0, 4),
    order=st.sampled_from(DrawOrder),
    uses=st.lists(st.tuples(HOURS, st.sampled_from(Overage)), max_size=12),
)
def test_every_hour_of_the_allocation_is_accounted_for(allocation, cap, life, order, uses) -> None:
    lines = ledger(RetainerRules(allocation, cap, life, order), [PeriodUse(hours, how) for hours, how in uses])
    for line in lines:
        assert line.used == line.from_carry + line.from_month + line.overage
        assert line.allocation == line.repaid + line.from_month + line.left
        assert line.lapsed >= 0
        assert line.after.hours == line.carried_in - line.from_carry + line.left - line.lapsed
    if lines:
        spent = sum(line.from_carry + line.from_month + line.repaid + line.lapsed for line in lines)
        assert spent + lines[-1].after.hours == sum(line.allocation for line in lines)
        borrowed = sum(line.overage for line in lines if line.treatment is Overage.BORROW)
        assert borrowed == sum(line.repaid for line in lines) + lines[-1].after.owed


@given(uses=st.lists(HOURS, min_size=2, max_size=8), cut=st.integers(1, 7))
def test_a_ledger_goes_on_from_a_closed_period_as_if_it_were_whole(uses, cut) -> None:
    whole = ledger(RetainerRules(D(40), D(25), 2, overage=Overage.BORROW), [PeriodUse(hours) for hours in uses])
    first, rest = uses[:cut], uses[cut:]
    rules = RetainerRules(D(40), D(25), 2, overage=Overage.BORROW)
    closed = ledger(rules, [PeriodUse(hours) for hours in first])
    assert whole == closed + ledger(rules, [PeriodUse(hours) for hours in rest], closed[-1].after)

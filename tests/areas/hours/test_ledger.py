"""Over random ledgers of hours: kept sums equal the entries, and the parts of every grouping add up to the total."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from headway.areas.hours import commands as hours
from headway.areas.hours import queries
from headway.areas.hours.models import TimeEntry
from headway.areas.hours.types import Amount, GroupBy, RateKind, TotalRow
from headway.kernel.context import Context
from tests.areas.hours.kept import sums_equal_entries

House = Callable[[str], Context]
FIRST = date(2026, 1, 20)
ROLES, PHASES = ("Engineer", "Writer"), ("Build", "Design")

_hours = st.decimals("0.01", "8", places=2)
_acts = st.lists(
    st.one_of(
        st.tuples(
            *(st.just("log"), st.integers(0, 50), _hours),
            *(st.sampled_from(ROLES), st.sampled_from(PHASES), st.booleans()),
        ),
        st.tuples(st.just("edit"), st.integers(0, 9), _hours, st.booleans()),
        st.tuples(st.just("move"), st.integers(0, 9), st.integers(0, 50), st.sampled_from(ROLES)),
        st.tuples(st.just("split"), st.integers(0, 9), st.decimals("0.01", "0.99", places=2)),
        st.tuples(st.just("remove"), st.integers(0, 9)),
        st.tuples(st.just("rate"), st.decimals("0.01", "199.99", places=2), st.integers(0, 50)),
    ),
    min_size=3,
    max_size=12,
)  # fmt: skip


@pytest.mark.django_db
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=_acts)
def test_no_cent_is_lost_in_any_grouping_whatever_is_done(site: House, acts: list[tuple[Any, ...]]) -> None:
    manager, member = site("manager"), site("member")
    with transaction.atomic():
        for act in acts:
            _do(manager, member, act)
        project = sums_equal_entries("SITE")
        _parts_equal_the_total(manager, project)
        transaction.set_rollback(True)


def _do(manager: Context, member: Context, act: tuple[Any, ...]) -> None:
    what, *given_ = act
    if what == "rate":
        rate, after = given_
        for role in ROLES:
            for kind in RateKind:
                first = FIRST + timedelta(days=after)
                hours.set_project_rate(manager, project="SITE", kind=kind, rate=rate, first=first, role=role)
        return
    if what == "log":
        after, worked, role, phase, billable = given_
        day = FIRST + timedelta(days=after)
        hours.log(member, project="SITE", day=day, hours=worked, role=role, phase=phase, billable=billable)
        return
    place, *values = given_
    rows = queries.entries(member, project="SITE").items
    if not rows:
        return
    entry = rows[place % len(rows)]
    if what == "edit":
        hours.edit(member, entry=entry.id, hours=values[0], billable=values[1])
    elif what == "move":
        hours.edit(member, entry=entry.id, day=FIRST + timedelta(days=values[0]), role=values[1])
    elif what == "split" and entry.hours > Decimal("0.02"):
        hours.split(
            member,
            entry=entry.id,
            hours=(entry.hours * values[0]).quantize(Decimal("0.01")) or Decimal("0.01"),
            note="part",
        )
    elif what == "remove":
        hours.remove(member, entry=entry.id)


def _parts_equal_the_total(manager: Context, project: int) -> None:
    rows = TimeEntry.unscoped(reason="a test").filter(project_id=project, removed_at=None)
    worked = sum((row.hours for row in rows), Decimal(0))
    billed = sum((row.bill_amount or 0 for row in rows), Decimal(0))
    paid = sum((row.cost_amount or 0 for row in rows), Decimal(0))
    groupings: tuple[tuple[GroupBy, ...], ...] = (
        (),
        *((one,) for one in GroupBy),
        (GroupBy.PERSON, GroupBy.MONTH),
        (GroupBy.PHASE, GroupBy.ROLE),
        (GroupBy.STATUS, GroupBy.DAY),
    )
    middle = FIRST + timedelta(days=25)
    for by in groupings:
        whole = queries.totals(manager, project=project, by=by)
        halves = queries.totals(manager, project=project, by=by, last=middle)
        halves += queries.totals(manager, project=project, by=by, first=middle + timedelta(days=1))
        for found in (whole, halves):
            assert sum((row.hours for row in found), Decimal(0)) == worked, by
            assert _money(found, "bill") == billed, by
            assert _money(found, "cost") == paid, by
    parts = queries.spent_parts(project, by_task=True)
    assert (sum(p.hours for p in parts), sum(p.bill for p in parts), sum(p.cost for p in parts)) == (
        worked,
        billed,
        paid,
    )
    assert sum(queries.burned_by_day(project, measure="bill", currency="EUR").values()) == billed


def _money(rows: tuple[TotalRow, ...], name: str) -> Decimal:
    amounts: list[Amount] = [amount for row in rows for amount in getattr(row, name) or ()]
    assert {amount.currency for amount in amounts} <= {"EUR"}
    return sum((amount.amount for amount in amounts), Decimal(0))

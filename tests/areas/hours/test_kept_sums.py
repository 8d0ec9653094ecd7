"""Kept sums equal the entries, whatever people do; and the figures read from them are those of the entries."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from headway.areas.hours import commands as hours
from headway.areas.hours import queries
from headway.areas.hours.spent import Span, burned_on_days, hours_of, person_months, span, spent_parts
from headway.areas.hours.types import GroupBy, RateKind
from headway.areas.people.queries import person_of_user
from headway.kernel.context import Context
from tests.areas.hours.kept import sums_equal_entries

House = Callable[[str], Context]
JAN, FEB, MAR = date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1)


@pytest.mark.parametrize(
    ("first", "last", "months", "rest"),
    [
        (None, None, (None, None), ()),
        (JAN, date(2026, 3, 31), (JAN, MAR), ()),
        (
            *(date(2026, 1, 2), date(2026, 3, 30), (FEB, FEB)),
            ((date(2026, 1, 2), date(2026, 1, 31)), (MAR, date(2026, 3, 30))),
        ),
        (date(2026, 1, 2), date(2026, 1, 9), None, ((date(2026, 1, 2), date(2026, 1, 9)),)),
        (date(2026, 1, 2), date(2026, 1, 31), None, ((date(2026, 1, 2), date(2026, 1, 31)),)),
        (date(2026, 1, 20), date(2026, 2, 10), None, ((date(2026, 1, 20), date(2026, 2, 10)),)),
        (None, date(2026, 2, 10), (None, JAN), ((FEB, date(2026, 2, 10)),)),
        (date(2026, 2, 10), None, (MAR, None), ((date(2026, 2, 10), date(2026, 2, 28)),)),
        (FEB, FEB, None, ((FEB, FEB),)),
    ],
)  # fmt: skip
def test_a_span_is_whole_months_and_the_days_left_over(
    first: date | None, last: date | None, months: object, rest: object
) -> None:
    assert span(first, last) == Span(months, rest)


@pytest.mark.django_db
def test_the_sums_follow_every_act_and_the_figures_are_those_of_the_entries(site: House) -> None:
    manager, member = site("manager"), site("member")
    hours.set_project_rate(
        manager, project="SITE", kind=RateKind.BILL, rate=Decimal("99.99"), first=JAN, role="Engineer"
    )

    def log(day: date, worked: str, who: Context = member, **more: object) -> int:
        return hours.log(who, project="SITE", day=day, hours=Decimal(worked), **{"role": "Engineer", **more}).id

    one = log(date(2026, 1, 30), "1.33", phase="Build")
    two = log(date(2026, 2, 2), "2.1", phase="Design", billable=False)
    three = log(date(2026, 2, 27), "3", phase="Build", who=manager)
    log(date(2026, 3, 2), "0.07", role="Writer")
    project = sums_equal_entries("SITE")
    hours.edit(member, entry=one, day=date(2026, 2, 3), hours=Decimal("1.5"))
    hours.edit(member, entry=two, billable=True, phase="Build")
    hours.split(manager, entry=three, hours=Decimal("0.5"), note="The rest")
    hours.edit(manager, entry=three, note="Nothing that counts")
    log(date(2026, 2, 4), "4", phase="Test")
    hours.remove(member, entry=log(date(2026, 2, 5), "5"))
    assert sums_equal_entries("SITE") == project

    parts = spent_parts(project)
    assert sum(part.hours for part in parts) == Decimal("10.67")
    assert sum(part.bill for part in parts) == sum(part.bill for part in spent_parts(project, until=date(2026, 3, 2)))
    assert [part.hours for part in spent_parts(project, first=date(2026, 2, 3), until=date(2026, 2, 3))] == [
        Decimal("1.5")
    ]
    february = queries.totals(manager, project="SITE", by=(GroupBy.PHASE,), first=FEB, last=date(2026, 2, 28))
    assert february == queries.totals(manager, project="SITE", by=(GroupBy.PHASE,), first=date(2026, 1, 31), last=MAR)
    assert [(row.keys[0], row.hours) for row in february] == [("Build", Decimal("6.6")), ("Test", Decimal(4))]
    burned = burned_on_days(project)
    assert burned[date(2026, 2, 3)] == Decimal("1.5")
    assert sum(burned.values()) == sum(row.hours for row in queries.totals(manager, project="SITE", by=(GroupBy.DAY,)))
    assert hours_of([project]) == {project: (Decimal("10.67"), Decimal("10.67"))}
    mine = person_of_user(member.actor.user_id)
    assert [row.hours for row in person_months([project], person_id=mine)] == [Decimal("7.6"), Decimal("0.07")]
    own = queries.totals(member, project="SITE", by=(GroupBy.MONTH,))
    assert [(row.keys, row.hours, row.bill) for row in own] == [
        (("2026-02-01",), Decimal("7.6"), None),
        (("2026-03-01",), Decimal("0.07"), None),
    ]
    theirs = person_of_user(manager.actor.user_id)
    assert queries.totals(member, project="SITE", by=(GroupBy.MONTH,), person=theirs) == ()


@pytest.mark.django_db
def test_a_rate_of_today_moves_no_figure_of_last_month(site: House) -> None:
    manager = site("manager")
    rate = {"project": "SITE", "kind": RateKind.BILL, "role": "Engineer"}
    hours.set_project_rate(manager, **rate, rate=Decimal("80"), first=JAN)
    hours.log(site("member"), project="SITE", day=date(2026, 1, 30), hours=Decimal("1.25"), role="Engineer")
    project = sums_equal_entries("SITE")
    before = (spent_parts(project), queries.totals(manager, project="SITE", by=(GroupBy.MONTH,)))
    for first in (date(2026, 1, 30), JAN, date(2026, 2, 10)):
        hours.set_project_rate(manager, **rate, rate=Decimal("120"), first=first)
    assert (spent_parts(project), queries.totals(manager, project="SITE", by=(GroupBy.MONTH,))) == before
    assert before[1][0].bill is not None
    assert before[1][0].bill[0].amount == Decimal(100)

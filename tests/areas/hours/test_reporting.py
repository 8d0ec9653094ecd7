"""Hours burned over projects: whole months from kept sums, cut ones from entries, weeks; filters; who sees what."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from headway.areas.hours import commands
from headway.areas.hours.reporting import ReportBy, ReportColumns, hours_burned
from headway.areas.hours.types import RateKind
from headway.kernel.context import Context
from headway.kernel.errors import Denied, Invalid

House = Callable[[str], Context]
pytestmark = pytest.mark.django_db
YEAR = {"first": date(2025, 12, 1), "last": date(2026, 2, 28)}


@pytest.fixture
def worked(site: House) -> House:
    """Member 6 h in December and 2 h in February at 100 an hour, associate 3 h in February, not billable."""
    boss = site("manager")
    commands.set_project_rate(
        boss, project="SITE", kind=RateKind.BILL, rate=Decimal(100), first=date(2025, 1, 1), role="Engineer"
    )
    given = {"project": "SITE", "role": "Engineer"}
    commands.log(site("member"), day=date(2025, 12, 15), hours=6, phase="Build", **given)
    commands.log(site("member"), day=date(2026, 2, 3), hours=2, phase="Test", **given)
    commands.log(site("associate"), project="SITE", day=date(2026, 2, 20), hours=3, phase="Test", billable=False)
    return site


def test_people_by_month_add_up_to_the_total(worked: House) -> None:
    told = hours_burned(worked("manager"), **YEAR)
    assert told.columns == (date(2025, 12, 1), date(2026, 1, 1), date(2026, 2, 1))
    assert [(row.hours, row.billable, row.cells) for row in told.rows] == [(8, 8, (6, 0, 2)), (3, 0, (0, 0, 3))]
    assert (told.total.hours, told.total.cells, told.total.entries) == (11, (6, 0, 5), 3)
    assert told.total.billed is not None
    assert [(each.amount, each.currency) for each in told.total.billed] == [(800, "EUR")]


@pytest.mark.parametrize("columns", ReportColumns)
@pytest.mark.parametrize("by", ReportBy)
def test_every_grouping_has_the_same_total(worked: House, by: ReportBy, columns: ReportColumns) -> None:
    told = hours_burned(worked("manager"), first=date(2025, 12, 10), last=date(2026, 2, 10), by=by, columns=columns)
    assert told.total.hours == sum(row.hours for row in told.rows) == sum(told.total.cells) == 8
    assert all(sum(row.cells) == row.hours for row in told.rows)


def test_filters_leave_out_what_was_not_asked(worked: House) -> None:
    def hours(**only: object) -> Decimal:
        return hours_burned(worked("manager"), **YEAR, **only).total.hours

    assert (hours(role="Engineer"), hours(phase="Test"), hours(billable=False)) == (8, 5, 3)
    assert (hours(project="SITE"), hours(client="Nobody")) == (11, 0)


def test_members_and_strangers_get_nothing_and_dates_are_checked(worked: House) -> None:
    with pytest.raises(Denied):
        hours_burned(worked("member"), project="SITE", **YEAR)
    with pytest.raises(Denied):
        hours_burned(worked("client"), project="SITE", **YEAR)
    with pytest.raises(Invalid, match="lies before"):
        hours_burned(worked("manager"), first=date(2026, 2, 2), last=date(2026, 2, 1))
    with pytest.raises(Invalid, match="More than 53 weeks"):
        hours_burned(worked("manager"), first=date(2024, 1, 1), last=date(2026, 2, 1), columns=ReportColumns.WEEK)

"""The end of a month: closed when all is approved, shut to all but corrections, opened again with a reason."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest

from headway.areas.hours import closing, commands, correcting, queries, sheets
from headway.areas.hours.types import EntryStatus
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, Denied, Invalid

House = Callable[[str], Context]
pytestmark = pytest.mark.django_db
MONTH = date(2026, 2, 1)
DAY = date(2026, 2, 23)
WHOLE = {"first": MONTH, "last": date(2026, 2, 28)}


@pytest.fixture
def april(site: House) -> House:
    """The house in the middle of April, with 6 hours of the member in February, approved."""

    def later(who: str) -> Context:
        ctx = site(who)
        return ctx.but(now=ctx.now + timedelta(days=45))

    commands.log(later("member"), project="SITE", day=DAY, hours=6)
    commands.submit(later("member"), project="SITE", **WHOLE)
    commands.approve(later("manager"), project="SITE", **WHOLE)
    return later


def test_a_month_is_closed_once_and_takes_corrections_only(april: House) -> None:
    boss, member = april("manager"), april("member")
    row = closing.close_month(boss, project="SITE", month=DAY)
    assert (row.month, row.entries, row.hours) == (MONTH, 1, Decimal(6))
    assert closing.close_month(boss, project="SITE", month=MONTH) == row
    (entry,) = queries.entries(boss, project="SITE").items
    assert entry.status is EntryStatus.LOCKED
    for shut in (
        lambda: commands.log(member, project="SITE", day=DAY, hours=1),
        lambda: sheets.set_cell(member, project="SITE", day=date(2026, 2, 24), hours="1", phase="Build"),
        lambda: commands.return_entries(boss, project="SITE", first=DAY, last=DAY, reason="No"),
    ):
        with pytest.raises(Conflict, match="February 2026 is closed"):
            shut()
    open_day = commands.log(member, project="SITE", day=date(2026, 3, 2), hours=1)
    with pytest.raises(Conflict, match="February 2026 is closed"):
        commands.edit(member, entry=open_day.id, day=DAY)
    made = correcting.correct(boss, entry=entry.id, hours=5, reason="Misread")
    assert made.right is not None
    (total,) = queries.totals(boss, project="SITE", by=(), last=WHOLE["last"])
    assert total.hours == 5


def test_what_is_not_approved_or_not_over_stops_the_closing(april: House) -> None:
    boss = april("manager")
    commands.log(april("member"), project="SITE", day=date(2026, 2, 24), hours=2)
    with pytest.raises(Conflict, match=r"1 entries \(2 h\) not handed in"):
        closing.close_month(boss, project="SITE", month=MONTH)
    (entry, _) = queries.entries(boss, project="SITE").items
    assert entry.status is EntryStatus.DRAFT
    with pytest.raises(Conflict, match="is not over"):
        closing.close_month(boss, project="SITE", month=boss.now.date())
    assert closing.closed_months(boss, project="SITE") == ()


def test_only_an_administrator_opens_it_again_and_says_why(april: House) -> None:
    boss, admin = april("manager"), april("administrator")
    row = closing.close_month(boss, project="SITE", month=MONTH)
    with pytest.raises(Denied):
        closing.reopen_month(boss, closing=row.id, reason="A day was forgotten")
    with pytest.raises(Invalid, match="Say why"):
        closing.reopen_month(admin, closing=row.id, reason=" ")
    opened = closing.reopen_month(admin, closing=row.id, reason="A day was forgotten")
    assert (opened.reason, opened.reopened_by) == ("A day was forgotten", admin.actor.name)
    commands.log(april("member"), project="SITE", day=date(2026, 2, 25), hours=8)
    states = closing.month_states([row.project_id], MONTH)
    assert (states[row.project_id].draft, states[row.project_id].locked) == (8, 6)
    assert not states[row.project_id].ready
    assert states[row.project_id].closed is None
    (kept,) = closing.closed_months(boss, project="SITE")
    assert kept == opened


def test_members_neither_close_nor_see_closings(april: House) -> None:
    with pytest.raises(Denied):
        closing.close_month(april("member"), project="SITE", month=MONTH)
    with pytest.raises(Denied):
        closing.closed_months(april("member"), project="SITE")

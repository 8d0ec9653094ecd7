"""Corrections of closed hours: the entry stays, a counter-entry and the right one stand beside it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from headway.areas.comms import queries as comms
from headway.areas.hours import commands, correcting, queries, sheets
from headway.areas.hours.types import EntryRow, EntryStatus, RateKind
from headway.kernel.context import Channel, Context
from headway.kernel.errors import Conflict, Denied, Invalid, NotFound, PersonRequired

House = Callable[[str], Context]
pytestmark = pytest.mark.django_db
DAY = date(2026, 2, 23)
DAYS = {"first": DAY, "last": DAY}


@pytest.fixture
def locked(site: House) -> EntryRow:
    """7.5 hours of the member on Monday at 100 an hour, locked; the card went to 120 since, from before that day on."""
    boss = site("manager")
    commands.set_project_rate(
        boss, project="SITE", kind=RateKind.BILL, rate=Decimal(100), first=date(2026, 1, 1), role="Engineer"
    )
    row = commands.log(site("member"), project="SITE", day=DAY, hours=Decimal("7.5"), role="Engineer", note="Build")
    commands.submit(site("member"), project="SITE", **DAYS)
    commands.approve(boss, project="SITE", **DAYS)
    commands.lock(boss, project="SITE", **DAYS)
    commands.set_project_rate(
        boss, project="SITE", kind=RateKind.BILL, rate=Decimal(120), first=date(2026, 1, 1), role="Engineer"
    )
    return row


def test_a_correction_leaves_the_entry_and_makes_the_sums_right(site: House, locked: EntryRow) -> None:
    made = correcting.correct(site("manager"), entry=locked.id, hours="5:20", reason="Two hours were for SHOP")
    assert made.right is not None
    assert (made.counter.hours, made.counter.bill_rate, made.counter.bill_amount) == (
        Decimal("-7.5"), Decimal(100), Decimal(-750),
    )  # fmt: skip
    assert (made.right.hours, made.right.bill_rate) == (Decimal("5.333333"), Decimal(100))
    assert {made.counter.status, made.right.status} == {EntryStatus.LOCKED}
    assert {made.counter.corrects, made.right.corrects} == {locked.id}
    (total,) = queries.totals(site("manager"), project="SITE", by=())
    assert total.hours == Decimal("5.333333")
    assert total.bill is not None
    assert total.bill[0].amount == Decimal("533.3333")
    kept = queries.entry(site("member"), entry=locked.id)
    assert (kept.hours, kept.status, kept.version) == (locked.hours, EntryStatus.LOCKED, 1 + 3)


def test_the_chain_is_shown_whole_and_goes_on_from_the_right_entry(site: House, locked: EntryRow) -> None:
    boss = site("manager")
    first = correcting.correct(boss, entry=locked.id, hours=6, reason="Misread")
    assert first.right is not None
    with pytest.raises(Conflict, match="corrected already"):
        correcting.correct(boss, entry=locked.id, hours=5, reason="Again")
    with pytest.raises(Conflict, match="takes another one's hours back"):
        correcting.correct(boss, entry=first.counter.id, hours=5, reason="Again")
    gone = correcting.correct(boss, entry=first.right.id, hours=0, reason="Was on leave")
    assert gone.right is None
    chain = correcting.corrections(site("member"), entry=gone.counter.id)
    assert [row.hours for row in chain] == [Decimal("7.5"), Decimal("-7.5"), Decimal(6), Decimal(-6)]
    assert chain[-1].correction == "Was on leave"
    told = comms.inbox(site("member")).items
    assert any("Was on leave" in notice.text for notice in told)


def test_a_corrected_entry_never_becomes_a_draft_again(site: House, locked: EntryRow) -> None:
    boss = site("manager")
    correcting.correct(boss, entry=locked.id, hours=6, reason="Misread")
    assert commands.return_entries(boss, project="SITE", reason="All of it", **DAYS).entries == 0
    assert queries.entry(boss, entry=locked.id).status is EntryStatus.LOCKED
    with pytest.raises(Conflict):
        commands.remove(boss, entry=locked.id)


def test_a_move_to_another_day_looks_the_rate_up(site: House, locked: EntryRow) -> None:
    made = correcting.correct(site("manager"), entry=locked.id, day=date(2026, 2, 24), reason="Was Tuesday")
    assert made.right is not None
    assert (made.right.day, made.right.bill_rate) == (date(2026, 2, 24), Decimal(120))
    week = sheets.copy_week(site("member"), day=date(2026, 3, 2))
    assert [cell.hours for cell in week.copied] == [Decimal("7.5")]  # the day that came to 0 is not copied


def test_a_day_stays_within_its_hours(site: House, locked: EntryRow) -> None:
    commands.log(site("member"), project="SITE", day=DAY, hours=Decimal(10))
    with pytest.raises(Invalid, match="0 to 24"):
        correcting.correct(site("manager"), entry=locked.id, hours=15, reason="More")


def test_only_those_who_approve_correct_and_not_their_own(site: House, locked: EntryRow) -> None:
    boss = site("manager")
    for who in ("member", "associate"):
        with pytest.raises(Denied):
            correcting.correct(site(who), entry=locked.id, hours=1, reason="Mine")
    with pytest.raises(NotFound):
        correcting.correct(site("client"), entry=locked.id, hours=1, reason="Less")
    token = boss.but(channel=Channel.API, scopes=frozenset({"write"}))
    with pytest.raises(PersonRequired):
        correcting.correct(token, entry=locked.id, hours=1, reason="Less")
    own = commands.log(boss, project="SITE", day=DAY, hours=Decimal(2))
    with pytest.raises(Denied, match="Somebody else"):
        correcting.correct(boss, entry=own.id, hours=1, reason="Less")
    with pytest.raises(Conflict, match="change it directly"):
        correcting.correct(site("administrator"), entry=own.id, hours=1, reason="Less")
    with pytest.raises(Invalid, match="Say why"):
        correcting.correct(boss, entry=locked.id, hours=1, reason=" ")

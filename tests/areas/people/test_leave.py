"""Leave: asked for, decided, withdrawn; what it takes from capacity, and who sees it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from headway.areas.comms import queries as comms
from headway.areas.comms.settings import working_times
from headway.areas.people import away, commands, leave
from headway.areas.people.queries import person_of_user
from headway.areas.people.types import DayOff, LeaveKind, LeaveRow, LeaveState
from headway.areas.schedule.my_tasks import working_days
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, Denied, Invalid, NotFound

House = Callable[[str], Context]
pytestmark = pytest.mark.django_db
MONDAY, FRIDAY = date(2026, 3, 9), date(2026, 3, 13)


def me(house: House, who: str = "member") -> int:
    found = person_of_user(house(who).actor.user_id)
    assert found is not None
    return found


@pytest.fixture
def asked(house: House) -> LeaveRow:
    """The member asks for a week of which the last afternoon is worked."""
    return leave.ask_leave(house("member"), first=MONDAY, last=FRIDAY, ends_half=True, note="Mountains")


def test_leave_takes_days_only_once_it_is_approved(house: House, asked: LeaveRow) -> None:
    commands.add_holidays(house("manager"), days=(DayOff(date(2026, 3, 10), "Founding day"),))
    assert (asked.state, asked.days) == (LeaveState.ASKED, Decimal("4.5"))
    assert away.away_days([me(house)], MONDAY, FRIDAY) == {}
    row = leave.decide_leave(house("manager"), leave=asked.id, approve=True)
    assert (row.state, row.decided_by, row.days) == (LeaveState.APPROVED, "Mona Manager", Decimal("3.5"))
    can = working_days(house("member"), me(house), MONDAY, FRIDAY)
    assert [can.hours[date(2026, 3, day)] for day in range(9, 14)] == [0, 0, 0, 0, 4]
    assert can.off[date(2026, 3, 10)] == "Leave"
    assert can.off[FRIDAY] == "Half a day of leave"
    assert "less leave" in can.source
    times = working_times([me(house)], MONDAY)[me(house)]
    assert not times.works_on(MONDAY)
    assert times.works_on(FRIDAY)


def test_a_refusal_wants_a_reason_and_is_told(house: House, asked: LeaveRow) -> None:
    with pytest.raises(Invalid, match="Say why"):
        leave.decide_leave(house("manager"), leave=asked.id, approve=False)
    row = leave.decide_leave(house("manager"), leave=asked.id, approve=False, reason="Release week")
    assert row.state is LeaveState.REFUSED
    with pytest.raises(Conflict, match="refused already"):
        leave.decide_leave(house("manager"), leave=asked.id, approve=True)
    assert away.away_days([me(house)], MONDAY, FRIDAY) == {}


def test_nobody_decides_on_their_own_but_enters_that_of_others_at_once(house: House) -> None:
    boss = house("manager")
    own = leave.ask_leave(boss, first=MONDAY, last=MONDAY)
    assert own.state is LeaveState.ASKED
    with pytest.raises(Denied, match="Somebody else"):
        leave.decide_leave(boss, leave=own.id, approve=True)
    sick = leave.ask_leave(boss, first=MONDAY, last=MONDAY, kind=LeaveKind.SICK, person=me(house))
    assert sick.state is LeaveState.APPROVED
    with pytest.raises(Denied):
        leave.ask_leave(house("member"), first=FRIDAY, last=FRIDAY, person=me(house, "tester"))


def test_leave_is_seen_by_its_person_and_by_those_who_decide(house: House, asked: LeaveRow) -> None:
    assert [row.note for row in away.leaves(house("member"))] == ["Mountains"]
    assert [row.decides for row in away.leaves(house("manager"), state=LeaveState.ASKED)] == [True]
    assert away.leaves(house("tester")) == ()
    with pytest.raises(NotFound):
        leave.withdraw_leave(house("tester"), leave=asked.id)
    with pytest.raises(Denied):
        away.leaves(house("client"))


def test_leave_fits_into_days_and_does_not_overlap(house: House, asked: LeaveRow) -> None:
    ctx = house("member")
    with pytest.raises(Conflict, match="asked for already"):
        leave.ask_leave(ctx, first=FRIDAY, last=FRIDAY)
    with pytest.raises(Invalid, match="is not one"):
        leave.ask_leave(ctx, first=FRIDAY, last=MONDAY)
    with pytest.raises(Invalid, match="Choose one half"):
        leave.ask_leave(ctx, first=date(2026, 4, 1), last=date(2026, 4, 1), starts_half=True, ends_half=True)
    assert leave.withdraw_leave(ctx, leave=asked.id).state is LeaveState.WITHDRAWN
    assert leave.ask_leave(ctx, first=FRIDAY, last=FRIDAY).state is LeaveState.ASKED


def test_leave_that_has_begun_is_taken_back_by_those_who_decide(house: House) -> None:
    today = date(2026, 3, 2)
    row = leave.ask_leave(house("manager"), first=today, last=FRIDAY, person=me(house))
    with pytest.raises(Conflict, match="has begun"):
        leave.withdraw_leave(house("member"), leave=row.id)
    assert leave.withdraw_leave(house("manager"), leave=row.id).state is LeaveState.WITHDRAWN
    assert away.away_days([me(house)], today, FRIDAY) == {}
    assert comms.inbox(house("member")).items is not None

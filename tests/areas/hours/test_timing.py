"""The timer: one a person, booked in the days it ran over, rounded by the house's rule; a forgotten one asks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from headway.areas.hours import commands, queries, sheets, timing
from headway.areas.hours.types import RulesRow
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, Denied, Invalid, NotFound

House = Callable[[str], Context]
pytestmark = pytest.mark.django_db
MONDAY = date(2026, 3, 2)  # the day of every context, at 09:00 UTC


def later(ctx: Context, **span: float) -> Context:
    return ctx.but(now=ctx.now + timedelta(**span))


def test_a_stopped_timer_is_booked_as_a_draft_with_its_span(site: House) -> None:
    me = site("member")
    started = timing.start_timer(me, project="SITE", phase="Build", note="Basket", zone="Europe/Berlin")
    assert (started.project, started.phase, started.minutes, started.forgotten) == ("Acme web site", "Build", 0, False)
    seen = timing.timer(later(me, minutes=20))
    assert seen is not None
    assert seen.minutes == 20
    done = timing.stop_timer(later(me, minutes=90))
    (entry,) = done.entries
    assert (entry.day, entry.hours, entry.phase, entry.note) == (MONDAY, Decimal("1.5"), "Build", "Basket")
    assert (entry.start, entry.end, entry.zone) == (me.now, me.now + timedelta(minutes=90), "Europe/Berlin")
    assert (done.hours, done.measured_minutes, done.rounding) == (Decimal("1.5"), 90, "to the minute")
    assert timing.timer(me) is None


def test_one_runs_at_a_time_and_is_ones_own(site: House) -> None:
    timing.start_timer(site("member"), project="SITE")
    with pytest.raises(Conflict, match="Stop or discard it first"):
        timing.start_timer(site("member"), project="SITE")
    assert timing.timer(site("manager")) is None
    timing.start_timer(site("manager"), project="SITE")
    with pytest.raises(Conflict, match="No timer of yours"):
        timing.stop_timer(site("tester"))


def test_discarding_books_nothing(site: House) -> None:
    timing.start_timer(site("member"), project="SITE")
    timing.discard_timer(later(site("member"), hours=2))
    assert timing.timer(site("member")) is None
    assert queries.entries(site("manager"), project="SITE").items == ()


def test_midnight_where_the_person_is_divides_the_entries(site: House) -> None:
    evening = site("member").but(now=datetime(2026, 3, 2, 21, 0, tzinfo=UTC))  # 22:00 in Berlin
    timing.start_timer(evening, project="SITE", zone="Europe/Berlin")
    done = timing.stop_timer(later(evening, hours=5))
    assert [(entry.day, entry.hours) for entry in done.entries] == [
        (MONDAY, Decimal(2)),
        (MONDAY + timedelta(days=1), Decimal(3)),
    ]
    assert done.hours == Decimal(5)


def test_a_forgotten_timer_asks_when_the_work_ended(site: House) -> None:
    me = site("member")
    timing.start_timer(me, project="SITE")
    with pytest.raises(timing.TimerForgotten, match="Say when the work ended"):
        timing.stop_timer(later(me, hours=12, minutes=1))
    assert timing.timer(later(me, hours=13)).forgotten  # type: ignore[union-attr]
    with pytest.raises(Invalid, match="while the timer ran"):
        timing.stop_timer(later(me, hours=13), ended_at=me.now - timedelta(hours=1))
    done = timing.stop_timer(later(me, hours=13), ended_at=me.now + timedelta(hours=3))
    assert done.hours == Decimal(3)


def test_twelve_hours_exactly_are_not_forgotten(site: House) -> None:
    timing.start_timer(site("member"), project="SITE")
    assert timing.stop_timer(later(site("member"), hours=12)).hours == Decimal(12)


def test_less_than_half_a_minute_books_nothing(site: House) -> None:
    timing.start_timer(site("member"), project="SITE")
    assert timing.stop_timer(later(site("member"), seconds=29)).entries == ()
    assert timing.timer(site("member")) is None


def test_a_day_that_would_be_too_long_keeps_the_timer(site: House) -> None:
    me = site("member")
    commands.log(me, project="SITE", day=MONDAY, hours=Decimal(23))
    timing.start_timer(me, project="SITE")
    with pytest.raises(Invalid, match="more than 24"):
        timing.stop_timer(later(me, hours=2))
    assert timing.timer(me) is not None
    assert [entry.hours for entry in queries.entries(me, project="SITE").items] == [Decimal(23)]


def test_the_house_rounds_what_a_timer_measured(site: House) -> None:
    sheets.edit_rules(site("administrator"), round_minutes=15, round_up=True)
    timing.start_timer(site("member"), project="SITE")
    done = timing.stop_timer(later(site("member"), minutes=31))
    assert (done.hours, done.measured_minutes, done.rounding) == (Decimal("0.75"), 31, "up to 15 minutes")


def test_who_logs_no_hours_has_no_timer(site: House) -> None:
    for who in ("client", "senior_reader"):
        with pytest.raises((Denied, NotFound)):
            timing.start_timer(site(who), project="SITE")
    with pytest.raises(NotFound):
        timing.start_timer(site("stranger"), project="SITE")


BEGUN = datetime(2026, 3, 28, 22, 0, tzinfo=UTC)  # 23:00 in Berlin, the night the clocks go forward


@pytest.mark.parametrize(
    ("minutes", "step", "up", "booked"),
    [
        ([7], 15, False, [15]),  # at least one step
        ([22], 15, False, [15]),
        ([23], 15, False, [30]),
        ([31], 15, True, [45]),
        ([30], 15, True, [30]),
        ([48, 4], 15, False, [45]),  # the difference falls on the last days first
        ([10, 10], 30, True, [10, 20]),
        ([7, 8], 0, False, [7, 8]),
    ],
)
def test_rounding_is_of_the_total(minutes: list[int], step: int, up: bool, booked: list[int]) -> None:
    measured = [
        timing.Stretch(MONDAY + timedelta(days=place), BEGUN, BEGUN, amount) for place, amount in enumerate(minutes)
    ]
    found = timing.rounded(measured, RulesRow(step, up, False, 1))
    assert [stretch.minutes for stretch in found] == booked


def test_stretches_count_real_minutes_over_a_change_of_the_clock() -> None:
    found = timing.stretches(BEGUN, BEGUN + timedelta(hours=26), "Europe/Berlin")
    assert [(stretch.day, stretch.minutes) for stretch in found] == [
        (date(2026, 3, 28), 60),
        (date(2026, 3, 29), 23 * 60),
        (date(2026, 3, 30), 120),
    ]

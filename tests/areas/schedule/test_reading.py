"""What people type into a plan, and what is read of it."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal

import pytest

from headway.areas.schedule import reading
from headway.engine.calendars import Calendars, standard_calendar
from headway.engine.plan import ConstraintType, Lag, LinkType, ProjectSettings
from headway.engine.units import WorkTime

SETTINGS = ProjectSettings()
DAY = 4800


def _today(*, month_first: bool = False) -> reading.Today:
    """Wednesday 4 March 2026, Mondays to Fridays worked."""
    calendar = standard_calendar()
    return reading.Today(date(2026, 3, 4), month_first, Calendars((calendar,), default_uid=calendar.uid).default)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("today", date(2026, 3, 4)),
        ("Tomorrow", date(2026, 3, 5)),
        ("fri", date(2026, 3, 6)),
        ("wed", date(2026, 3, 4)),
        ("next fri", date(2026, 3, 13)),
        ("next Monday", date(2026, 3, 9)),
        ("this monday", date(2026, 3, 2)),
        ("last fri", date(2026, 2, 27)),
        ("12 mar", date(2026, 3, 12)),
        ("12mar", date(2026, 3, 12)),
        ("12-Mar-27", date(2027, 3, 12)),
        ("mar 12", date(2026, 3, 12)),
        ("March 12, 2027", date(2027, 3, 12)),
        ("Fri 13 Mar 2026", date(2026, 3, 13)),
        ("30 dec", date(2025, 12, 30)),
        ("29 feb", date(2028, 2, 29)),
        ("2026-03-12", date(2026, 3, 12)),
        ("2026-03-12 14:30", datetime(2026, 3, 12, 14, 30)),
        ("2026-03-12T14:30:00", datetime(2026, 3, 12, 14, 30)),
        ("12 mar 2pm", None),
        ("12 mar 2:30 pm", datetime(2026, 3, 12, 14, 30)),
        ("12.3.", date(2026, 3, 12)),
        ("12.3.2027", date(2027, 3, 12)),
        ("12/3", date(2026, 3, 12)),
        ("+3d", date(2026, 3, 9)),
        ("-1d", date(2026, 3, 3)),
        ("+2w", date(2026, 3, 18)),
        ("+1mo", date(2026, 4, 4)),
        ("31 feb", None),
        ("32 mar", None),
        ("25:00", None),
        ("soon", None),
        ("", None),
    ],
)
def test_days(text: str, found: date | None) -> None:
    if found is None:
        with pytest.raises(ValueError, match="write for example"):
            reading.read_day(text, _today())
    else:
        assert reading.read_day(text, _today()) == found


def test_days_without_a_year_and_steps_are_counted_from_what_stands_there() -> None:
    near = date(2029, 11, 30)
    assert reading.read_day("5 jan", _today(), near=near) == date(2030, 1, 5)
    assert reading.read_day("+1d", _today(), near=near) == date(2029, 12, 3)  # over a week-end
    assert reading.read_day("+3mo", _today(), near=near) == date(2030, 2, 28)
    assert reading.read_day("15:00", _today(), near=near) == datetime(2029, 11, 30, 15)


def test_where_the_month_comes_first() -> None:
    assert reading.read_day("3/12", _today(month_first=True)) == date(2026, 3, 12)
    assert reading.read_day("12.3.", _today(month_first=True)) == date(2026, 3, 12)


def test_a_said_day_is_read_back() -> None:
    for at in (datetime(2026, 3, 13, 8), datetime(2031, 12, 1, 10, 15)):
        said = reading.said_day(at, default=time(8))
        found = reading.read_day(said, _today())
        assert found == (at.date() if at.time() == time(8) else at)


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("", {}),
        ("12", {12: (LinkType.FS, Lag())}),
        ("12FS+2d; 15SS", {12: (LinkType.FS, Lag(WorkTime(2 * DAY))), 15: (LinkType.SS, Lag())}),
        ("12fs + 2 d, 15", {12: (LinkType.FS, Lag(WorkTime(2 * DAY))), 15: (LinkType.FS, Lag())}),
        ("3+1,5d,4", {3: (LinkType.FS, Lag(WorkTime(DAY * 3 // 2))), 4: (LinkType.FS, Lag())}),
        ("3FF-50%", {3: (LinkType.FF, Lag(percent=Decimal(-50), unit="%"))}),
        ("3SF+2ed", {3: (LinkType.SF, Lag(WorkTime(2 * 14_400), "d", elapsed=True))}),
        ("3+2,15SS;", {3: (LinkType.FS, Lag(WorkTime(2 * DAY))), 15: (LinkType.SS, Lag())}),
    ],
)
def test_links(text: str, links: dict[int, reading.Tie]) -> None:
    assert reading.read_links(text, SETTINGS) == links


@pytest.mark.parametrize("text", ["Build", "12XX", "12 13", "12FS+2q", "5;5", ";;x"])
def test_what_is_no_link_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"no row with a link|named twice"):
        reading.read_links(text, SETTINGS)


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("Ann; Bob [50%]", {"Ann": None, "Bob": Decimal("0.5")}),
        ("Ann, Bob", {"Ann": None, "Bob": None}),
        ("Lee, Ann; Bob", {"Lee, Ann": None, "Bob": None}),
        ("Ann [2]", {"Ann": Decimal(2)}),
        ("Ann [50]", {"Ann": Decimal("0.5")}),
        ("Ann [33,3%]", {"Ann": Decimal("0.333")}),
        (" ; ", {}),
    ],
)
def test_people(text: str, people: dict[str, Decimal | None]) -> None:
    assert reading.read_people(text) == people


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("Ann; ann", "twice"),
        ("Ann [0%]", "more than 0"),
        ("[50%]", "names nobody"),
        ("Tom [abc%]", "'abc%' is no share"),
        ("Tom []", "is no share"),
    ],
)
def test_what_is_no_person_is_refused(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        reading.read_people(text)


def test_a_part_of_a_name_that_only_one_begins_with_will_do() -> None:
    known = {"Ann Lee": 1, "Bob Stone": 2, "Anna Stone": 3}
    assert reading.named("bob", known) == 2
    assert reading.named("Ann Lee", known) == 1
    assert reading.named("lee", known) == 1
    for unclear in ("an", "stone", "Anne Lee"):
        with pytest.raises(ValueError, match="is not clear"):
            reading.named(unclear, known)
    with pytest.raises(ValueError, match=r"works neither .* page People first"):
        reading.named("Zoe", known)


@pytest.mark.parametrize(("text", "percent"), [("50%", 50), ("50", 50), ("12,5 %", Decimal("12.5")), ("0", 0)])
def test_percents(text: str, percent: Decimal) -> None:
    assert reading.read_percent(text) == percent


@pytest.mark.parametrize("text", ["101", "-1", "half", "NaN", "1e400"])
def test_what_is_no_percent_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no percent"):
        reading.read_percent(text)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("SNET 12 mar", (ConstraintType.SNET, "12 mar")),
        ("must start on", (ConstraintType.MSO, "")),
        ("Finish no later than: 2026-03-12", (ConstraintType.FNLT, "2026-03-12")),
        ("as soon as possible", (ConstraintType.ASAP, "")),
    ],
)
def test_constraints(text: str, found: tuple[ConstraintType, str]) -> None:
    assert reading.read_constraint(text) == found


def test_work_is_in_hours_unless_said() -> None:
    assert reading.read_work("40", SETTINGS) == WorkTime(24_000)
    assert reading.read_work("2d", SETTINGS) == WorkTime(2 * DAY)
    with pytest.raises(ValueError, match="less than nothing"):
        reading.read_work("-2d", SETTINGS)

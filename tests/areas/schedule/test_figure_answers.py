"""Reading told figures, and the days of reminders: both without a database."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from headway.areas.schedule.answer_reading import read_answer
from headway.areas.schedule.chase_days import chase_days, number_due
from headway.areas.schedule.question_types import Chasing, GivenAnswer, Part, QuestionKind, QuestionRow
from headway.areas.schedule.question_words import chaser_body

TODAY = date(2026, 3, 2)  # a Monday


def question(unit: str = "", *, ratio: bool = False, least: Decimal | None = None) -> QuestionRow:
    """A question for a number."""
    return QuestionRow(1, QuestionKind.KPI, 1, "Calls", unit, "", "", ratio, least, None, "", {}, {}, None, None)


@pytest.mark.parametrize(
    ("text", "unit", "read"),
    [
        ("1250.50", "", "1250.5"),
        ("1,250.50", "", "1250.5"),
        ("1.250,5", "", "1250.5"),
        ("1 250", "", "1250"),
        ("1,250,000", "", "1250000"),
        ("12,5", "", "12.5"),
        ("40h", "h", "40"),
        ("EUR 1’250", "EUR", "1250"),
        ("35 %", "%", "35"),
        ("−3", "", "-3"),
        ("0", "", "0"),
        ("٣٤", "", "34"),
    ],
)
def test_numbers_are_read_as_people_type_them(text: str, unit: str, read: str) -> None:
    assert read_answer(question(unit), GivenAnswer(1, text), TODAY) == ({"value": read}, {})


@pytest.mark.parametrize("text", ["1,250", "ten", "1e3", "1.2.3", "12 d", "1.1234567", "9" * 15])
def test_what_is_no_number_or_could_be_two_is_refused(text: str) -> None:
    found, faults = read_answer(question(), GivenAnswer(1, text), TODAY)
    assert found == {}
    assert list(faults) == [Part.VALUE]


def test_a_ratio_below_nothing_is_refused() -> None:
    _, faults = read_answer(question(ratio=True), GivenAnswer(1, "-1", "20"), TODAY)
    assert faults == {Part.VALUE: "-1 is below 0. Give 0 or more."}


def weekdays(day: date) -> bool:
    return day.weekday() < 5


def test_reminders_go_before_on_and_after_the_day() -> None:
    days = chase_days(date(2026, 3, 6), Chasing(before=1, every=2, most=4), weekdays)
    assert [str(day) for day in days] == ["2026-03-05", "2026-03-06", "2026-03-10", "2026-03-12"]
    assert [number_due(days, date(2026, 3, day)) for day in (4, 5, 9, 12)] == [0, 1, 2, 4]


def test_days_off_move_reminders_and_none_may_be_wanted() -> None:
    off = {date(2026, 3, 5), date(2026, 3, 6)}
    days = chase_days(
        date(2026, 3, 6), Chasing(before=1, every=1, most=3), lambda day: weekdays(day) and day not in off
    )
    assert [str(day) for day in days] == ["2026-03-04", "2026-03-09", "2026-03-10"]
    assert chase_days(TODAY, Chasing(most=0), weekdays) == ()
    assert len(chase_days(TODAY, Chasing(before=0, most=2), weekdays)) == 2


def test_somebody_who_never_works_keeps_the_days_as_they_are() -> None:
    days = chase_days(date(2026, 3, 6), Chasing(before=1, every=2, most=3), lambda _: False)
    assert [str(day) for day in days] == ["2026-03-05", "2026-03-06", "2026-03-08"]


@pytest.mark.parametrize(
    ("count", "day", "said"),
    [
        (1, TODAY, "1 figure for Acme is wanted today."),
        (2, date(2026, 3, 3), "2 figures for Acme are wanted tomorrow."),
        (2, date(2026, 2, 27), "2 figures for Acme were wanted by Fri 27 Feb 2026."),
    ],
)
def test_the_reminder_says_by_when(count: int, day: date, said: str) -> None:
    text = chaser_body(person="Bo", project="Acme", count=count, due=day, today=TODAY, asked_by="Mona")
    assert said in text

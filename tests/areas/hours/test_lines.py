"""One line of words as hours: what is read, what is asked, how names are found, and saving."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time
from decimal import Decimal
from typing import Any

import pytest

from headway.areas.hours import commands, quick
from headway.areas.hours.lines import EntryLine, read_entry
from headway.areas.people.queries import organisations, person_of_user
from headway.areas.people.types import Role
from headway.areas.projects import commands as projects
from headway.areas.schedule import commands as schedule
from headway.kernel.context import Context
from headway.kernel.errors import Denied, Invalid
from tests.made_once import made_once

House = Callable[[str], Context]
WEDNESDAY = date(2026, 3, 4)


def line(text: str) -> EntryLine:
    return read_entry(text, WEDNESDAY)


@pytest.mark.parametrize(
    ("text", "hours", "day", "rest"),
    [
        ("2h Acme design review yesterday", "2", date(2026, 3, 3), "Acme design review"),
        ("1:30 ACME-12 fix", "1.5", None, "ACME-12 fix"),
        ("45m call", "0.75", None, "call"),
        ("2h15 call", "2.25", None, "call"),
        ("2h 30m call", "2.5", None, "call"),
        ("9-11:30 review", "2.5", None, "review"),
        ("from 9 to 10:30 call", "1.5", None, "call"),
        ("9am-11am call", "2", None, "call"),
        ("11am-1pm call", "2", None, "call"),
        ("1-3pm call", "2", None, "call"),
        ("fri 3h design", "3", date(2026, 2, 27), "design"),
        ("1,5h review 17.2.", "1.5", date(2026, 2, 17), "review"),
        ("2 hours review 28.2.2026", "2", date(2026, 2, 28), "review"),
        ("2026-02-27 90 min review", "1.5", date(2026, 2, 27), "review"),
        ("meeting at 14:30 2h", "2", None, "meeting at 14:30"),
        ("review 3-4 people 2h", "2", None, "review 3-4 people"),
    ],
)
def test_a_line_says(text: str, hours: str, day: date | None, rest: str) -> None:
    found = line(text)
    assert (found.hours, found.day, found.rest, found.unclear) == (Decimal(hours), day, rest, ())


@pytest.mark.parametrize(
    ("text", "field", "words"),
    [
        ("design review", "hours", "how long"),
        ("call 1h or 2h", "hours", "'1h' or '2h'"),
        ("10-2 call", "hours", "ends before it begins"),
        ("25h call", "hours", "does not fit into a day"),
        ("2h call 3/4", "day", "3/4"),
        ("2h call tomorrow", "day", "has not come yet"),
    ],
)
def test_what_is_unclear_is_asked_and_not_guessed(text: str, field: str, words: str) -> None:
    found = line(text)
    assert [name for name, _ in found.unclear] == [field]
    assert words in found.unclear[0][1]
    assert getattr(found, field) is None


def test_from_when_to_when_and_who_pays_are_read() -> None:
    found = line("9-11:30 call non-billable")
    assert (found.start, found.end, found.billable, found.rest) == (time(9), time(11, 30), False, "call")
    assert line("2h review of billable rates").billable is None
    assert line("2h review, billable").billable is True


@pytest.fixture
def two_sites(site: House) -> House:
    """SITE with tasks of names that repeat, and SHOP of the same client; the member works on both."""
    made_once(lambda: _two_sites(site))
    return site


def _two_sites(site: House) -> None:
    boss = site("manager")
    acme = next(row.id for row in organisations(boss) if row.name == "Acme")
    projects.edit(boss, project="SITE", client=acme)
    projects.create(boss, key="SHOP", name="Web shop", client=acme)
    me = person_of_user(site("member").actor.user_id)
    projects.set_member(boss, project="SHOP", person=me, role=Role.MEMBER)
    schedule.start_plan(boss, project="SITE", start=date(2026, 3, 2))
    for name in ("Design review", "Copy", "Copy"):
        schedule.add_task(boss, project="SITE", name=name, duration="2d")


def read(ctx: Context, text: str, **more: Any) -> Any:
    return quick.read_line(ctx, line=text, **more)


@pytest.mark.django_db
def test_projects_and_tasks_are_found_by_name(two_sites: House) -> None:
    me = two_sites("member")
    found = read(me, "2h Web shop basket yesterday")
    assert (found.project_key, found.note, found.questions) == ("SHOP", "basket", ())
    found = read(me, "2h SITE design review with Ann")
    assert (found.project_key, found.phase, found.note) == ("SITE", "Design review", "with Ann")
    assert found.task_uid is not None
    found = read(me, "2h SITE design review: with Ann")
    assert (found.phase, found.note, found.task_uid is not None) == ("Design review", "with Ann", True)
    found = read(me, "1:30 SITE-2 headlines")
    assert (found.phase, found.note) == ("Copy", "headlines")
    found = read(me, "2h basket #shop")
    assert (found.project_key, found.note) == ("SHOP", "basket")


@pytest.mark.django_db
def test_a_name_that_fits_several_is_asked_with_those_worked_on_lately_first(two_sites: House) -> None:
    me = two_sites("member")
    commands.log(me, project="SITE", day=date(2026, 2, 27), hours=Decimal(1), phase="Build")
    (question,) = read(me, "2h Acme basket").questions
    assert question.field == "project"
    assert [choice.name.split()[0] for choice in question.choices] == ["SITE", "SHOP"]
    assert "#SHOP" in question.words
    (question,) = read(me, "2h SITE copy").questions
    assert question.field == "task_uid"
    assert [choice.name for choice in question.choices] == ["Copy, row 2", "Copy, row 3"]
    (question,) = read(me, "2h basket").questions
    assert "which project" in question.words


@pytest.mark.django_db
def test_a_clear_line_is_saved_as_an_entry_like_any_other(two_sites: House) -> None:
    me = two_sites("member")
    saved = quick.log_line(me, line="9-11:30 SITE design review yesterday non-billable")
    assert (saved.hours, saved.day, saved.phase, saved.billable) == (
        Decimal("2.5"), date(2026, 3, 1), "Design review", False,
    )  # fmt: skip
    assert saved.start is not None
    assert saved.person == "Max Member"


@pytest.mark.django_db
def test_an_open_line_saves_nothing_until_it_is_answered(two_sites: House) -> None:
    me = two_sites("member")
    with pytest.raises(Invalid, match="Add the key") as refusal:
        quick.log_line(me, line="2h Acme basket")
    (question,) = refusal.value.extra["questions"]
    assert question["field"] == "project"
    assert quick.log_line(me, line="2h Acme basket", project="SHOP").note == "basket"
    with pytest.raises(Invalid, match="24"):
        quick.log_line(me, line="23h SHOP basket")


@pytest.mark.django_db
def test_others_hours_are_logged_by_those_who_run_the_project_alone(two_sites: House) -> None:
    assert quick.log_line(two_sites("manager"), line="1h SITE call @max").person == "Max Member"
    with pytest.raises(Denied):
        quick.log_line(two_sites("member"), line="1h SITE call @mona")
    with pytest.raises(Denied):
        read(two_sites("client"), "1h SITE call")

"""An outline in text becomes rows, and rows become a plan that knows only its past."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from headway.engine import plan as engine
from headway.engine.calendars import Calendars
from headway.engine.cpm import schedule
from headway.journeys.demo.loading import STORIES
from headway.journeys.demo.outlines import rows_of
from headway.journeys.demo.planning import Before, Doer, Outline, Row, plan_of
from headway.journeys.demo.story import NAMES, Story, start_of

MONDAY = date(2026, 3, 2)
TWO = {"Ann": "Ann Bell", "Bob": "Bob Khan"}


def test_a_line_gives_days_links_doers_owner_and_deadline() -> None:
    rows = rows_of(
        """
Phase
  Draw   | a | 5>8 |        | Ann, Bob 50%
  Review | b | 2   | a SS+2 | Bob | Ann | 7
  Done   | c | ms  | a, b   | | Ann
""",
        TWO,
        {"b": "On paper."},
    )
    assert rows[0] == Row(1, "Phase")
    assert rows[1].by == (Doer("Ann Bell"), Doer("Bob Khan", Decimal("0.5")))
    assert (rows[1].planned, rows[1].real, rows[1].owner) == (5, 8, "Ann Bell")
    assert rows[2].after == (Before(2, engine.LinkType.SS, 2),)
    assert (rows[2].owner, rows[2].grace, rows[2].notes) == ("Ann Bell", 7, "On paper.")
    assert (rows[3].planned, rows[3].after) == (0, (Before(2), Before(3)))


def test_an_unknown_predecessor_is_named_with_its_line() -> None:
    with pytest.raises(ValueError, match="'z' names no row, in: Draw"):
        rows_of("Draw | a | 5 | z | Ann", TWO)


def late() -> Outline:
    """A task that takes twice its ten days, and one behind it."""
    return Outline(
        "Late", rows_of("Draw | a | 10>20 | | Ann\nBuild | b | 5 | a | Bob\nDone | c | ms | b | | Bob", TWO), "EUR"
    )


def test_what_runs_late_is_thought_to_end_a_week_later_each_time() -> None:
    """Nobody knows more of a running task than its past: the forecast moves as the weeks go by."""
    finishes = [schedule(plan_of(late(), MONDAY, MONDAY + timedelta(weeks=week))).finish for week in (0, 1, 2, 3, 4)]
    assert [finish.date().isoformat() for finish in finishes] == [
        "2026-03-20",
        "2026-03-20",
        "2026-03-27",
        "2026-04-03",
        "2026-04-03",
    ]


def test_progress_ends_with_the_evening_before() -> None:
    plan = plan_of(late(), MONDAY, MONDAY + timedelta(days=2))
    draw, build, _ = plan.tasks
    assert plan.project.status_date == datetime(2026, 3, 3, 17)
    assert (draw.percent_complete, draw.actual_start) == (Decimal(20), datetime(2026, 3, 2, 8))
    assert (build.percent_complete, build.actual_start) == (0, None)
    done = plan_of(late(), MONDAY, MONDAY + timedelta(weeks=6)).tasks[0]
    assert (done.percent_complete, done.actual_finish) == (Decimal(100), datetime(2026, 3, 27, 17))


def test_the_baseline_is_what_was_agreed() -> None:
    for week in (0, 3, 9):
        [kept] = plan_of(late(), MONDAY, MONDAY + timedelta(weeks=week)).tasks[0].baselines
        assert (kept.number, kept.finish, kept.work) == (
            0,
            datetime(2026, 3, 13, 17),
            engine.Duration(kept.duration).amount,
        )


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.key)
def test_each_story_is_a_plan_of_the_promised_size_with_owners_and_deadlines(story: Story) -> None:
    rows = rows_of(story.rows, NAMES, story.notes)
    today = date(2026, 3, 4)
    plan = plan_of(Outline("Plan", rows, "EUR"), start_of(today), today)
    assert 60 <= len(plan.tasks) <= 250
    assert sum(task.milestone for task in plan.tasks) >= 8
    assert all(task.owner for task in plan.tasks if not task.summary)
    assert sum(task.deadline is not None for task in plan.tasks) >= 2
    assert {link.type for link in plan.links} == {engine.LinkType.FS, engine.LinkType.SS}
    assert any(link.lag.amount for link in plan.links)
    assert all("after its deadline" in warning for warning in schedule(plan).warnings)
    keys = {line.split("|")[1].strip() for line in story.rows.splitlines() if "|" in line}
    assert set(story.notes) <= keys


def test_a_project_that_begins_over_new_year_rests_on_the_first_day() -> None:
    plan = plan_of(late(), date(2025, 12, 29), date(2025, 12, 29))
    assert schedule(plan).by_uid()[1].finish == datetime(2026, 1, 12, 17)  # ten working days, without 1 January


def late_milestones(story: Story, today: date) -> dict[str, float]:
    """Working days after the agreed day, of the milestones that are late."""
    plan = plan_of(Outline("Plan", rows_of(story.rows, NAMES), "EUR"), start_of(today), today)
    axis = Calendars(plan.calendars, default_uid=1).default
    dates = schedule(plan).by_uid()
    found = {}
    for task in plan.tasks:
        slip = axis.work_between(task.baselines[0].finish, dates[task.uid].finish).tenths / 4800
        if task.milestone and slip > 0:
            found[task.name] = slip
    return found


@pytest.mark.parametrize("day", range(7))
def test_one_is_in_trouble_one_late_and_one_on_time_on_whichever_day_it_is_loaded(day: int) -> None:
    today = MONDAY + timedelta(days=day)
    rollout, website, promotion = (late_milestones(story, today) for story in STORIES)
    assert rollout["Order validation rules approved"] > 15
    assert rollout["Project closed"] >= 7
    assert 1 <= max(website.values()) <= 5
    assert promotion == {}

"""Forecasts of a project's finish from its history, and the simulation of its plan."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from headway.areas.projects import commands as projects
from headway.areas.schedule import commands, forecasting, queries, simulating
from headway.kernel.context import Context
from headway.kernel.errors import Denied, Invalid, NotFound
from tests.areas.schedule.history import five_done_late, ten_tasks

House = Callable[[str], Context]
pytestmark = pytest.mark.django_db


@pytest.fixture
def planned(house: House) -> House:
    """SITE: ten tasks of five days one after another, a baseline."""
    return ten_tasks(house)


@pytest.fixture
def under_way(planned: House) -> House:
    """Five of its tasks done, each in six days instead of five; status Friday 10 April 2026."""
    return five_done_late(planned)


def test_each_forecast_follows_from_the_history(under_way: House) -> None:
    found = forecasting.forecast(under_way("manager"), project="SITE")
    assert (found.as_of, found.planned) == (date(2026, 4, 10), date(2026, 5, 15))
    assert (found.earned_schedule.finish, found.earned_schedule.low) == (date(2026, 5, 22), date(2026, 5, 15))
    assert (found.velocity.low, found.velocity.finish) == (date(2026, 5, 15), date(2026, 5, 22))
    assert found.velocity.high == date(2026, 5, 29)
    assert (found.past_estimates.finish, found.ratio.value) == (date(2026, 5, 22), Decimal("1.2"))


def test_past_forecasts_are_measured_against_the_forecast_of_today(under_way: House) -> None:
    found = forecasting.forecast(under_way("manager"), project="SITE")
    assert found.past_error.errors == (5, 4, 3, 2, 1)
    assert found.past_sentence == "The last 5 forecasts were on average 3 working days early (1 to 5)."
    assert (found.likely_from, found.likely_to) == (date(2026, 5, 18), date(2026, 5, 22))


def test_a_young_project_says_what_is_missing(planned: House) -> None:
    found = forecasting.forecast(planned("manager"), project="SITE", as_of=date(2026, 3, 6))
    assert "nothing has been earned" in found.earned_schedule.reason
    assert found.velocity.reason == "It needs at least 4 complete weeks; there is 1 so far."
    assert "at least 5 finished tasks" in found.past_estimates.reason
    assert "at least 3 past forecasts" in found.past_sentence
    assert (found.likely_from, found.likely_to) == (None, None)


def test_a_plan_without_a_baseline_has_no_earned_schedule(house: House) -> None:
    manager = house("manager")
    projects.create(manager, key="BARE", name="Without a baseline")
    commands.start_plan(manager, project="BARE", start=date(2026, 3, 2))
    commands.add_task(manager, project="BARE", name="Only", duration="5d")
    found = forecasting.forecast(manager, project="BARE")
    assert "needs a baseline" in found.earned_schedule.reason
    assert "at least 5 finished tasks" in found.past_estimates.reason


def test_the_simulation_varies_as_finished_tasks_did(under_way: House) -> None:
    found = simulating.simulation(under_way("manager"), project="SITE", runs=300, seed=3)
    assert (found.spread_low, found.spread_high) == (Decimal("1.2"), Decimal("1.2"))
    assert found.spread_from == "the 5 finished tasks"
    assert found.planned == datetime(2026, 5, 15, 17)
    assert found.p10 == found.p90 == datetime(2026, 5, 22, 17)
    assert sum(day.runs for day in found.days) == found.runs == 300
    assert [one.name for one in found.dates] == ["Go-live"]
    assert found.dates[0].low <= found.dates[0].probability <= found.dates[0].high
    assert found.drivers == ()
    assert found == simulating.simulation(under_way("member"), project="SITE", runs=300, seed=3)


def test_without_a_history_the_house_s_spread_is_used_and_said(planned: House) -> None:
    found = simulating.simulation(planned("manager"), project="SITE")
    assert (found.spread_low, found.spread_high) == (Decimal("0.8"), Decimal("1.3"))
    assert found.spread_from == "the house's spread"
    assert found.runs == 2000
    assert found.p10 < found.p50 < found.p80 < found.p90
    assert found.p50 > found.planned
    assert {one.name for one in found.drivers} <= {f"T{number}" for number in range(1, 11)}


def test_tasks_that_all_took_exactly_their_estimate_say_nothing_about_error(house: House) -> None:
    manager = ten_tasks(house)("manager")
    for row in queries.tasks(manager, project="SITE").items[:6]:
        assert row.start is not None
        assert row.finish is not None
        commands.set_progress(
            manager, task=row.id, percent_complete=100, actual_start=row.start, actual_finish=row.finish
        )
    assert simulating.simulation(manager, project="SITE", runs=100).spread_from == "the house's spread"


def test_a_change_of_the_plan_is_simulated_anew(planned: House) -> None:
    manager = planned("manager")
    before = simulating.simulation(manager, project="SITE", runs=100)
    first = queries.tasks(manager, project="SITE").items[0]
    commands.edit_task(manager, task=first.id, duration="15d")
    after = simulating.simulation(manager, project="SITE", runs=100)
    assert after.p50 - before.p50 > timedelta(days=10)


def test_against_another_baseline_it_is_simulated_anew(under_way: House) -> None:
    manager = under_way("manager")
    assert simulating.simulation(manager, project="SITE", runs=100).by_history
    commands.set_baseline(manager, project="SITE", name="As it went")
    assert not simulating.simulation(manager, project="SITE", runs=100).by_history
    (approved,) = (row for row in queries.baselines(manager, project="SITE") if row.name == "Approved")
    commands.use_baseline(manager, baseline=approved.id)
    assert simulating.simulation(manager, project="SITE", runs=100).by_history


@pytest.mark.parametrize("runs", [-1, 2001])
def test_more_runs_than_a_call_may_take_are_refused(planned: House, runs: int) -> None:
    with pytest.raises(Invalid, match="ask for 1 to 2,000"):
        simulating.simulation(planned("manager"), project="SITE", runs=runs)


def test_a_finished_plan_has_nothing_to_simulate(house: House) -> None:
    manager = house("manager")
    projects.create(manager, key="DONE", name="Done")
    commands.start_plan(manager, project="DONE", start=date(2026, 3, 2))
    task = commands.add_task(manager, project="DONE", name="Only", duration="1d").task_id
    commands.set_progress(
        manager,
        task=task,
        percent_complete=100,
        actual_start=datetime(2026, 3, 2, 8),
        actual_finish=datetime(2026, 3, 2, 17),
    )
    with pytest.raises(Invalid, match="No unfinished task"):
        simulating.simulation(manager, project="DONE")
    assert forecasting.forecast(manager, project="DONE").done


@pytest.mark.parametrize("ask", [forecasting.forecast, simulating.simulation])
def test_clients_and_projects_without_a_plan_are_refused(planned: House, ask: Callable[..., object]) -> None:
    with pytest.raises((NotFound, Denied)):
        ask(planned("client"), project="SITE")
    projects.create(planned("manager"), key="EMPTY", name="No plan")
    with pytest.raises(NotFound, match="no plan yet"):
        ask(planned("manager"), project="EMPTY")

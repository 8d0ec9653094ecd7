"""A simulation of every shared plan file: with fixed durations it is the schedule, to the minute, by either code."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from tests.engine.plan_builder import days
from tests.engine.test_cpm_shared import FILES, FOLDER, MPP, XML
from tests.shared_plans import plan_file

from headway.engine.calendars import instant
from headway.engine.cpm import schedule
from headway.engine.cpm.network import lay_out
from headway.engine.plan import Duration, Plan, Task
from headway.engine.risk import Calculation, Shape, Spread, simulate
from headway.engine.risk.passes import Problem, Runs
from headway.engine.risk.simulation import fixed_dates, percent_lags

pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not FILES, reason="the shared data folder is not beside the checkout"),
]

ONE_DAY = Duration(days(1))
OPEN = Task(999_001, 999_001, "Open", ONE_DAY, optimistic=ONE_DAY, pessimistic=ONE_DAY)


def assert_simulated_as_scheduled(plan: Plan) -> None:
    plan = replace(plan, tasks=(*plan.tasks, OPEN))  # in a plan that is done nothing else has an estimate
    assert_every_date_is_the_schedules(plan)
    pytest.importorskip("numba")
    fixed = simulate(plan, runs=2, spread=Spread(1, 1), calculation=Calculation.COMPILED)
    assert fixed.finishes[0] == schedule(plan).finish
    ways = (Calculation.ARRAYS, Calculation.COMPILED)
    varied = partial(simulate, plan, runs=40, seed=3, shape=Shape.TRIANGULAR, spread=Spread(0.5, 2))
    first, second = (varied(calculation=way) for way in ways)
    assert first == second


def assert_every_date_is_the_schedules(plan: Plan) -> None:
    network, wanted = lay_out(plan), schedule(plan)
    problem = Problem(network, instant(wanted.start), fixed_dates(network, wanted), percent_lags(network))
    runs = Runs(problem, {})
    columns = (runs.early_start, runs.early_finish, runs.late_start, runs.late_finish)
    for row, one in enumerate(wanted.tasks):
        found = [int(np.broadcast_to(column[row], 1)[0]) for column in columns]
        dates = (one.early_start, one.early_finish, one.late_start, one.late_finish)
        assert found == [instant(date) for date in dates], network.tasks[row].name
        assert int(np.broadcast_to(runs.total_slack(row), 1)[0]) == one.total_slack.tenths


@pytest.mark.parametrize("name", XML)
def test_xml_files(name: str) -> None:
    assert_simulated_as_scheduled(plan_file(FOLDER / name).plan)


@pytest.mark.slow
@pytest.mark.java
@pytest.mark.parametrize("name", MPP)
def test_mpp_files(name: str) -> None:
    assert_simulated_as_scheduled(plan_file(FOLDER / name).plan)

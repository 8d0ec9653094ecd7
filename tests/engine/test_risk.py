"""The simulation against closed forms, its rules, and what it refuses."""

from __future__ import annotations

import importlib
import math
import statistics
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from tests.engine.plan_builder import (
    DAY,
    MONDAY,
    assignment,
    at,
    days,
    elapsed,
    link,
    plan,
    resource,
    task,
)

from headway.engine.cpm import schedule
from headway.engine.plan import ConstraintType, Duration, Plan, PlanError, SplitPart, Task, TaskMode
from headway.engine.risk import (
    Calculation,
    Constant,
    Empirical,
    History,
    LogNormal,
    Pert,
    RiskEvent,
    Shape,
    Simulation,
    Spread,
    Triangular,
    Uniform,
    simulate,
    simulation,
)
from headway.engine.risk.draws import copula, normal_correlation, quantile_table, read_table, task_keys, uniforms
from headway.engine.risk.figures import percentile_rank, percentile_ranks, share_of
from headway.engine.risk.normal import normal_probability, normal_quantile
from headway.engine.statistics import EstimateError

PROBABILITIES = (np.arange(200_000) + 0.5) / 200_000


def estimated(uid: int, low: float, likeliest: float, high: float, **fields: object) -> Task:
    """A task of so many days with its optimistic and pessimistic duration."""
    return task(uid, likeliest, optimistic=Duration(days(low)), pessimistic=Duration(days(high)), **fields)


def on_the_clock(*tasks: Task, **fields: object) -> Plan:
    """A plan that works round the clock, so that dates are sums of durations."""
    problem = plan(*tasks, **fields)
    return replace(problem, project=replace(problem.project, calendar_uid=2))


def clock_days(result: Simulation) -> list[float]:
    """How many eight-hour amounts of work each run took on a plan that works round the clock."""
    return [(finish - MONDAY) / timedelta(hours=8) for finish in result.finishes]


# ---- distributions ----------------------------------------------------------------------------


def test_triangular_example() -> None:
    distribution = Triangular(2, 3, 7)
    assert distribution.mean == 4
    assert distribution.variance == pytest.approx(7 / 6)
    assert distribution.quantile(np.array([0.8]))[0] == pytest.approx(5.0)


def test_pert_example_and_the_textbook_deviation_beside_it() -> None:
    distribution = Pert(2, 4, 12)
    assert (distribution.mean, distribution.variance) == (5, 3)
    assert math.sqrt(distribution.variance) == pytest.approx(1.732, abs=5e-4)
    assert pytest.approx(1.667, abs=5e-4) == (12 - 2) / 6


def test_pert_quantiles_invert_the_beta_probability() -> None:
    share = (Pert(10, 12, 14).quantile(PROBABILITIES) - 10) / 4  # shapes 3 and 3
    below = 10 * share**3 - 15 * share**4 + 6 * share**5
    assert np.max(np.abs(below - PROBABILITIES)) < 4e-6


def test_lognormal_example() -> None:
    distribution = LogNormal(5, 20)
    assert distribution.median == pytest.approx(10)
    assert distribution.sigma == pytest.approx(0.5409, abs=5e-5)
    assert distribution.quantile(np.array([0.1, 0.9])) == pytest.approx([5, 20])


@pytest.mark.parametrize(
    "distribution",
    [
        Uniform(3, 9), Triangular(2, 3, 7), Triangular(2, 2, 7), Triangular(2, 7, 7), Pert(2, 4, 12), Pert(2, 2, 12),
        Pert(2, 12, 12), LogNormal(5, 20), Constant(4), Empirical((2, 3, 3, 9)),
        Empirical((4,)),
    ],
)  # fmt: skip
def test_quantiles_have_the_stated_mean_and_variance(distribution: Triangular) -> None:
    amounts = distribution.quantile(PROBABILITIES)
    assert amounts.mean() == pytest.approx(distribution.mean, rel=2e-5)
    assert amounts.var() == pytest.approx(distribution.variance, rel=2e-3)
    assert np.all(np.diff(amounts) >= 0)


@pytest.mark.parametrize(
    "distribution", [Triangular(9600, 14_400, 33_600), Pert(9600, 9600, 96_000), LogNormal(5000, 20_000)]
)
def test_tables_of_quantiles_are_close_to_the_quantiles(distribution: Triangular) -> None:
    read = read_table(quantile_table([distribution]), PROBABILITIES[None, :])[0]
    exact = distribution.quantile(PROBABILITIES)
    inner = np.minimum(PROBABILITIES, 1 - PROBABILITIES) > 2.0**-12
    assert np.max(np.abs(read - exact)[inner]) < 0.1 * math.sqrt(distribution.variance)
    assert np.mean(np.abs(read - exact)) < 0.0005 * math.sqrt(distribution.variance)


@pytest.mark.parametrize("points", [(3, 2, 7), (2, 8, 7), (9, 8, 7)])
@pytest.mark.parametrize("shape", list(Shape))
def test_points_out_of_order_are_refused(shape: Shape, points: tuple[float, float, float]) -> None:
    with pytest.raises(EstimateError, match="must not fall"):
        shape.of(*points)


def test_lognormal_from_nothing_is_refused() -> None:
    with pytest.raises(EstimateError, match="choose another distribution"):
        Shape.LOGNORMAL.of(0, 3, 7)


def test_normal_values_agree_with_the_standard_library() -> None:
    normal = statistics.NormalDist()
    probabilities = np.concatenate((np.linspace(1e-9, 1 - 1e-9, 999), 10.0 ** -np.arange(1, 16)))
    assert np.max(np.abs(normal_quantile(probabilities) - [normal.inv_cdf(p) for p in probabilities])) < 1e-12
    values = np.linspace(-9, 9, 999)
    assert np.max(np.abs(normal_probability(values) - [normal.cdf(z) for z in values])) < 1e-15


# ---- draws ------------------------------------------------------------------------------------


def test_draws_depend_on_seed_task_and_run_alone() -> None:
    whole = uniforms(task_keys(7, [1, 2, 3]), 0, 500)
    assert np.array_equal(uniforms(task_keys(7, [3, 99, 1]), 120, 80)[[2, 0]], whole[[0, 2], 120:200])
    assert not np.isin(whole, uniforms(task_keys(8, [1, 2, 3]), 0, 500)).any()
    assert (whole.min() > 0, whole.max() < 1) == (True, True)


def test_draws_are_even_and_unrelated() -> None:
    drawn = uniforms(task_keys(0, range(20)), 0, 20_000)
    counts = np.stack([np.histogram(row, bins=16, range=(0, 1))[0] for row in drawn])
    assert (((counts - 1250) ** 2 / 1250).sum(axis=1) < 45).all()  # chi-square of 15 degrees: 1 in 10,000
    between = np.corrcoef(drawn) - np.eye(20)
    assert np.max(np.abs(between)) < 0.035
    assert abs(np.corrcoef(drawn[:, :-1].ravel(), drawn[:, 1:].ravel())[0, 1]) < 0.006


def test_a_rank_correlation_becomes_a_normal_one() -> None:
    assert normal_correlation(0.5) == pytest.approx(0.5176, abs=5e-5)


def test_correlated_draws_have_the_wanted_rank_correlation() -> None:
    mixing = copula({(1, 2): 0.5, (2, 3): -0.3}, {1: 0, 2: 1, 3: 2})
    assert mixing is not None
    assert mixing.note == ""
    moved = mixing.correlated(uniforms(task_keys(3, [1, 2, 3]), 0, 40_000))
    ranks = np.argsort(np.argsort(moved, axis=1), axis=1)
    found = np.corrcoef(ranks)
    assert found[0, 1] == pytest.approx(0.5, abs=0.015)
    assert found[1, 2] == pytest.approx(-0.3, abs=0.015)
    assert np.abs(moved.mean(axis=1) - 0.5).max() < 0.006


def test_an_impossible_correlation_matrix_is_repaired_and_said() -> None:
    problem = plan(*(estimated(uid, 1, 2, 4) for uid in (1, 2, 3)))
    result = simulate(problem, runs=50, correlations={(1, 2): 0.9, (2, 3): 0.9, (1, 3): -0.9})
    assert any("not positive definite" in warning for warning in result.warnings)


@pytest.mark.parametrize("pairs", [{(1, 2): 1.2}, {(1, 1): 0.5}, {(1, 2): 0.5, (2, 1): 0.4}])
def test_a_wrong_correlation_is_refused(pairs: dict[tuple[int, int], float]) -> None:
    with pytest.raises(EstimateError, match="correlation"):
        simulate(plan(estimated(1, 1, 2, 4), estimated(2, 1, 2, 4)), runs=10, correlations=pairs)


# ---- figures ----------------------------------------------------------------------------------


def test_interval_of_a_percentile_by_order_statistics() -> None:
    assert percentile_ranks(0.8, 10_000) == (7922, 8078)
    assert percentile_rank(0.8, 10_000) == 8000
    assert percentile_ranks(0.9, 1) == (1, 1)


def test_interval_of_a_share_is_wilsons() -> None:
    share = share_of(842, 8000)
    assert (round(share.low, 4), round(share.high, 4)) == (0.0987, 0.1122)
    assert share_of(0, 10).low == 0
    assert share_of(10, 10).high == 1


# ---- closed forms -----------------------------------------------------------------------------


def test_the_later_of_two_uniform_tasks() -> None:
    tasks = (estimated(uid, 0, 50, 100) for uid in (1, 2))
    result = simulate(on_the_clock(*tasks), runs=40_000, seed=11, shape=Shape.UNIFORM)
    spent = np.sort(clock_days(result)) / 100
    assert spent.mean() == pytest.approx(2 / 3, abs=0.004)
    assert spent[31_999] == pytest.approx(math.sqrt(0.8), abs=0.004)


def test_a_chain_adds_means_and_variances() -> None:
    chain = on_the_clock(*(estimated(uid, 20, 30, 70) for uid in (1, 2, 3)), links=(link(1, 2), link(2, 3)))
    spent = np.array(clock_days(simulate(chain, runs=20_000, seed=2, shape=Shape.TRIANGULAR)))
    assert spent.mean() == pytest.approx(120, abs=0.4)
    assert spent.var() == pytest.approx(3 * 700 / 6, rel=0.04)


def test_two_equal_parallel_tasks_are_critical_half_the_time() -> None:
    result = simulate(plan(estimated(1, 100, 200, 400), estimated(2, 100, 200, 400)), runs=10_000, seed=4)
    assert [one.criticality_index for one in result.tasks] == pytest.approx([0.5, 0.5], abs=0.02)


def test_the_error_falls_with_the_root_of_the_runs() -> None:
    problem = on_the_clock(estimated(1, 20, 30, 70))
    errors = {}
    for runs in (100, 1600):
        found = [simulate(problem, runs=runs, seed=seed, shape=Shape.TRIANGULAR) for seed in range(60)]
        means = [np.mean(clock_days(one)) for one in found]
        errors[runs] = np.sqrt(np.mean((np.array(means) - 40) ** 2))
    assert errors[100] / errors[1600] == pytest.approx(4, rel=0.35)


def test_a_risk_event_adds_its_impact_once_to_all_its_tasks() -> None:
    problem = on_the_clock(task(1, 10), task(2, 10), task(3, 5), links=(link(1, 2),))
    risk = RiskEvent(1, "Permit late", 0.3, Constant(2 * DAY), (1, 2))
    result = simulate(problem, runs=10_000, seed=6, risks=(risk,))
    spent = clock_days(result)
    assert set(spent) == {20, 24}
    assert spent.count(24) / 10_000 == pytest.approx(0.3, abs=0.015)
    assert (result.tornado[0].correlation, result.tasks[2].cruciality) == (pytest.approx(1), 0)


# ---- rules ------------------------------------------------------------------------------------


def test_cruciality_sensitivity_and_tornado_follow_the_driving_task() -> None:
    problem = plan(estimated(1, 10, 20, 40), estimated(2, 1, 2, 4), task(3, 1), links=(link(1, 3), link(2, 3)))
    result = simulate(problem, runs=4000, seed=1)
    driving, idle, fixed = result.tasks
    assert (driving.criticality_index, idle.criticality_index, fixed.criticality_index) == (1, 0, 1)
    assert driving.cruciality == pytest.approx(1, abs=1e-9)
    assert driving.schedule_sensitivity == pytest.approx(1, abs=1e-9)
    assert idle.cruciality < 0.05
    assert (fixed.cruciality, fixed.sd) == (0, 0)
    assert [bar.number for bar in result.tornado] == [1, 2]
    assert driving.mean == pytest.approx(Pert(10, 20, 40).mean * DAY, rel=0.01)


def test_complete_tasks_stand_and_started_ones_vary_only_in_what_remains() -> None:
    done = estimated(1, 1, 2, 9, actual_start=MONDAY, actual_finish=at(6, 17), percent_complete=Decimal(100))
    half = estimated(2, 2, 4, 8, actual_start=at(7), percent_complete=Decimal(50))
    result = simulate(plan(done, half, links=(link(1, 2),)), runs=3000, seed=3, shape=Shape.TRIANGULAR)
    by_uid = {one.uid: one for one in result.tasks}
    assert (by_uid[1].sd, by_uid[1].criticality_index) == (0, 0)
    assert by_uid[2].sd == pytest.approx(DAY * math.sqrt(Triangular(1, 2, 4).variance), rel=0.05)
    assert min(result.finishes) >= at(9, 17)  # two days done, at least one to do
    assert max(result.finishes) <= at(14, 17)


def test_adding_a_task_does_not_reshuffle_the_others() -> None:
    first = plan(estimated(5, 1, 2, 4), estimated(6, 1, 2, 4), links=(link(5, 6),))
    more = replace(first, tasks=(task(1, 0.1), estimated(2, 0.1, 0.2, 0.3), *first.tasks))
    assert simulate(first, runs=200, seed=9).finishes == simulate(more, runs=200, seed=9).finishes


def test_threads_and_further_runs_change_nothing() -> None:
    problem = plan(*(estimated(uid, 1, 2, 5) for uid in range(1, 6)), links=(link(1, 2), link(2, 3), link(1, 4)))
    pairs = {(1, 2): 0.4}
    first = simulate(problem, runs=2500, seed=1, correlations=pairs)
    assert first == simulate(problem, runs=2500, seed=1, correlations=pairs, threads=3)
    assert first.finishes[:1300] == simulate(problem, runs=1300, seed=1, correlations=pairs).finishes
    assert first.finishes != simulate(problem, runs=2500, seed=2, correlations=pairs).finishes
    assert (first.runs, first.seed, first.shape) == (2500, 1, Shape.PERT)


class SlowCompiler:
    """Compiled code that is ready only after some blocks of runs were asked for."""

    def __init__(self, module: Any, *, after: int) -> None:
        self.module, self.after = module, after

    def code(self, patience: float) -> Any:
        self.after -= 1
        return self.module if self.after < 0 else None


def test_blocks_before_the_compiled_code_is_ready_are_computed_with_arrays(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("numba")
    problem = plan(*(estimated(uid, 1, 2, 5) for uid in range(1, 6)), links=(link(1, 2), link(2, 3), link(1, 4)))
    arrays = simulate(problem, runs=2500, seed=1, calculation=Calculation.ARRAYS)
    compiler = SlowCompiler(importlib.import_module("headway.engine._compiled.simulation"), after=2)
    monkeypatch.setattr(simulation, "_loader", compiler)
    monkeypatch.setattr(simulation, "_COMPILED_FROM", 1)
    assert simulate(problem, runs=2500, seed=1) == arrays
    assert compiler.after < 0


def test_mixed_calendars_are_simulated_on_their_own_time() -> None:
    tasks = (estimated(1, 1, 2, 4), estimated(2, 1, 2, 4, calendar_uid=2), estimated(3, 1, 2, 4, calendar_uid=3))
    result = simulate(plan(*tasks, links=(link(1, 2), link(2, 3))), runs=300, seed=1)
    assert all(finish.hour < 8 or finish.hour == 23 or finish.time() == at(1, 8).time() for finish in result.finishes)
    assert result.deterministic == schedule(plan(*tasks, links=(link(1, 2), link(2, 3)))).finish


def test_each_deadline_and_milestone_has_its_probability() -> None:
    problem = plan(
        estimated(1, 5, 10, 15, deadline=at(16, 17)),
        task(2, 0, milestone=True),
        task(3, 0, milestone=True, deadline=at(30, 17)),
        links=(link(1, 2), link(1, 3)),
    )
    dates = {one.uid: one for one in simulate(problem, runs=2000, seed=1, shape=Shape.TRIANGULAR).dates}
    assert dates[1].probability.value == pytest.approx(0.5, abs=0.04)
    assert dates[1].probability.low < dates[1].probability.value < dates[1].probability.high
    assert (dates[2].target, dates[2].has_deadline) == (at(16, 17), False)
    assert dates[2].probability == dates[1].probability
    assert dates[3].probability.value == 1
    assert dates[3].p80 > dates[3].p50


def test_constraints_bound_every_run() -> None:
    held = estimated(2, 1, 2, 4, constraint=ConstraintType.SNET, constraint_date=at(26))
    result = simulate(plan(estimated(1, 1, 2, 4), held, links=(link(1, 2),)), runs=400, seed=1)
    assert min(result.finishes) >= at(26, 17)


def test_assignments_of_unequal_work_grow_with_their_task() -> None:
    problem = plan(
        estimated(1, 1, 2, 4),
        resources=(resource(1), resource(2)),
        assignments=(assignment(1, 1, 16), assignment(1, 2, 8, units="0.5", delay=Duration(days(1)))),
    )
    result = simulate(problem, runs=400, seed=1)
    assert any("grow in proportion" in warning for warning in result.warnings)
    assert simulate(problem, runs=5, spread=Spread(1, 1), shape=Shape.UNIFORM).deterministic == result.deterministic
    assert len(set(result.finishes)) > 100


def test_gaps_of_split_tasks_keep_their_length() -> None:
    split = estimated(1, 2, 2, 2, splits=(SplitPart(at(5), at(5, 17)), SplitPart(at(8), at(8, 17))))
    result = simulate(plan(split), runs=4)
    assert set(result.finishes) == {at(8, 17)}
    assert any("gaps of split tasks" in warning for warning in result.warnings)


def test_manual_tasks_keep_their_dates_and_are_named() -> None:
    manual = estimated(1, 1, 2, 9, mode=TaskMode.MANUAL, manual_start=at(7), manual_finish=at(8, 17))
    result = simulate(plan(manual, estimated(2, 0.1, 0.2, 0.3)), runs=20)
    assert set(result.finishes) == {at(8, 17)}
    assert any("'T1'" in warning for warning in result.warnings)


def test_tasks_without_an_estimate_vary_as_finished_ones_did() -> None:
    problem = on_the_clock(task(1, 10), estimated(2, 3, 3, 3), links=(link(1, 2),))
    certain = simulate(problem, runs=50, spread=History((1.2, 1.2, 1.2)))
    assert set(clock_days(certain)) == {15}
    spent = np.array(clock_days(simulate(problem, runs=20_000, seed=5, spread=History((2.0, 0.5, 1.0)))))
    assert (spent.min(), spent.max()) == (pytest.approx(8, abs=0.01), pytest.approx(23, abs=0.01))
    assert np.mean(spent <= 13) == pytest.approx(0.5, abs=0.015)


@pytest.mark.parametrize("ratios", [(), (1.0, -0.5)])
def test_a_history_without_sense_is_refused(ratios: tuple[float, ...]) -> None:
    with pytest.raises(EstimateError, match="history needs"):
        History(ratios)


# ---- refusals ---------------------------------------------------------------------------------


def test_an_estimate_out_of_order_names_its_task() -> None:
    with pytest.raises(EstimateError, match=r"Task 'T2'.*2400, 960, 3840 minutes"):
        simulate(plan(estimated(1, 1, 2, 4), estimated(2, 5, 2, 8)), runs=10)


def test_half_an_estimate_names_its_task() -> None:
    with pytest.raises(EstimateError, match=r"'T1'.*no pessimistic"):
        simulate(plan(task(1, 2, optimistic=Duration(days(1)))), runs=10)


def test_elapsed_and_working_estimates_do_not_mix() -> None:
    with pytest.raises(EstimateError, match="mixes elapsed"):
        simulate(plan(task(1, 2, optimistic=elapsed(8), pessimistic=elapsed(99))), runs=10)


def test_a_plan_in_which_nothing_varies_is_refused() -> None:
    with pytest.raises(EstimateError, match="give a spread"):
        simulate(plan(task(1, 2)), runs=10)


@pytest.mark.parametrize("runs", [0, -1, 1_000_001])
def test_a_number_of_runs_out_of_range_is_refused(runs: int) -> None:
    with pytest.raises(EstimateError, match="runs are not possible"):
        simulate(plan(estimated(1, 1, 2, 4)), runs=runs)


def test_a_plan_scheduled_from_its_finish_is_refused() -> None:
    with pytest.raises(PlanError, match="from its finish"):
        simulate(plan(estimated(1, 1, 2, 4), schedule_from_start=False, finish=at(30, 17)), runs=10)


@pytest.mark.parametrize(("low", "high"), [(1.1, 1.3), (0.5, 0.9), (-0.1, 1.2)])
def test_a_spread_without_the_duration_is_refused(low: float, high: float) -> None:
    with pytest.raises(EstimateError, match="does not hold"):
        Spread(low, high)


def test_a_risk_is_refused_when_its_task_or_probability_is_wrong() -> None:
    with pytest.raises(EstimateError, match="from 0 to 1"):
        RiskEvent(1, "Storm", 1.5, Constant(DAY), (1,))
    with pytest.raises(EstimateError, match="names task 77"):
        simulate(plan(task(1)), runs=5, risks=(RiskEvent(1, "Storm", 0.5, Constant(DAY), (77,)),))

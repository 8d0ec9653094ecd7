"""When a plan will end, with which probability: its schedule over many draws of its durations.

`simulate` is the public function. The network, its calendars, constraints and progress are the
schedule engine's own; only durations and risk events vary from run to run.
"""

from __future__ import annotations

import importlib
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any

import numpy as np
import numpy.typing as npt

from headway.engine.calendars import instant, moment
from headway.engine.compiling import LateCode
from headway.engine.cpm import schedule
from headway.engine.cpm.network import Network, Tie, lay_out
from headway.engine.plan import Plan, PlanError, Schedule, Task, TaskMode
from headway.engine.risk import draws
from headway.engine.risk.columns import Calendared, calendared_of
from headway.engine.risk.distributions import Distribution, Empirical, Shape
from headway.engine.risk.figures import Share, Sums, percentile_rank, percentile_ranks, share_of
from headway.engine.risk.normal import Reals
from headway.engine.risk.passes import Problem, Runs
from headway.engine.risk.tables import Whole, WorkTable
from headway.engine.statistics import EstimateError

logger = logging.getLogger(__name__)

PERCENTILES = (0.1, 0.5, 0.8, 0.9)
MOST_RUNS = 1_000_000
_BLOCK = 1024  # runs counted together; part of the result's definition, never a setting
_COMPILED_FROM = 2_000_000  # runs x tasks from which loading the compiled code pays
_CODE = "headway.engine._compiled.simulation"
_PATIENCE = 1.0  # seconds to wait for it; the blocks before it is ready are computed with arrays
_loader = LateCode(_CODE)

Counts = npt.NDArray[np.int64]


class Calculation(Enum):
    """Which code computes; all give the same result."""

    AUTOMATIC = "automatic"
    ARRAYS = "arrays"
    COMPILED = "compiled"


@dataclass(frozen=True, slots=True)
class Spread:
    """Optimistic and pessimistic duration as shares of the planned one, for tasks without an estimate of their own."""

    low: float
    high: float

    def __post_init__(self) -> None:
        if not 0 <= self.low <= 1 <= self.high:
            raise EstimateError(
                f"A spread from {100 * self.low:g} % to {100 * self.high:g} % of the duration does not hold the "
                "duration itself. Give a low end of at most and a high end of at least 100 %."
            )


@dataclass(frozen=True, slots=True)
class History:
    """How many times their estimate finished tasks took, for tasks without an estimate of their own."""

    ratios: tuple[float, ...]

    def __post_init__(self) -> None:
        if not self.ratios or min(self.ratios) < 0:
            raise EstimateError("A history needs at least one ratio of actual to estimated duration, none below 0.")

    @property
    def low(self) -> float:
        """The ratio that a tenth of the tasks did not exceed."""
        return sorted(self.ratios)[percentile_rank(0.1, len(self.ratios)) - 1]

    @property
    def high(self) -> float:
        """The ratio that nine tenths of the tasks did not exceed."""
        return sorted(self.ratios)[percentile_rank(0.9, len(self.ratios)) - 1]


@dataclass(frozen=True, slots=True)
class RiskEvent:
    """Something that may happen once in a run and then lengthens the tasks it names.

    number  its own unique number; its draws depend on it.
    impact  tenths of a minute of work added to each task; one draw per run, the same for all its tasks.
    """

    number: int
    name: str
    probability: float
    impact: Distribution
    task_uids: tuple[int, ...]

    def __post_init__(self) -> None:
        if not 0 <= self.probability <= 1:
            raise EstimateError(f"Risk '{self.name}' has probability {self.probability:g}. Give a number from 0 to 1.")


@dataclass(frozen=True, slots=True)
class FinishPercentile:
    """A date that a share of the runs does not exceed, with its 95 % interval."""

    share: float
    date: datetime
    low: datetime
    high: datetime


@dataclass(frozen=True, slots=True)
class DateOutlook:
    """A deadline, or a milestone without one: how probably it is met.

    target         the deadline; a milestone's planned date where it has none.
    deterministic  the finish in the plan's own schedule.
    """

    uid: int
    name: str
    target: datetime
    has_deadline: bool
    deterministic: datetime
    p50: datetime
    p80: datetime
    probability: Share


@dataclass(frozen=True, slots=True)
class TaskOutlook:
    """What a task has to do with the finish.

    criticality_index     share of runs in which it is critical.
    cruciality            |Pearson correlation| of its duration with the project finish; 0 when it does not vary.
    schedule_sensitivity  criticality × sd of its duration / sd of the finish, both in working time.
    mean, sd              of its whole duration, in tenths of a minute.
    """

    uid: int
    name: str
    criticality_index: float
    cruciality: float
    schedule_sensitivity: float
    mean: float
    sd: float


@dataclass(frozen=True, slots=True)
class Influence:
    """One bar of the tornado: a task or a risk event (`kind`) and its correlation with the finish."""

    kind: str
    number: int
    name: str
    correlation: float


@dataclass(frozen=True, slots=True)
class Simulation:
    """The result. Equal input, seed and runs give an equal result on every machine and by every way of calculating.

    on_time   share of runs that end by the deterministic finish.
    finishes  the finish of every run, in run order.
    """

    runs: int
    seed: int
    shape: Shape
    spread: Spread | History | None
    deterministic: datetime
    on_time: Share
    mean: datetime
    percentiles: tuple[FinishPercentile, ...]
    dates: tuple[DateOutlook, ...]
    tasks: tuple[TaskOutlook, ...]
    tornado: tuple[Influence, ...]
    finishes: tuple[datetime, ...]
    warnings: tuple[str, ...] = ()

    def percentile(self, share: float) -> FinishPercentile:
        """The finish that this share of the runs (0 to 1) does not exceed."""
        return _percentile(sorted(self.finishes), share)


@dataclass(frozen=True, slots=True)
class _Varying:
    """A task whose duration is drawn: tenths of its remaining work; `planned` is the amount without a draw."""

    row: int
    uid: int
    planned: int
    distribution: Distribution


@dataclass(frozen=True, slots=True)
class _Setting:
    """All that the blocks of runs share."""

    problem: Problem
    columns: Calendared | None  # for compiled code
    finish: int  # deterministic
    leaves: tuple[int, ...]  # rows with a criticality
    watched: tuple[int, ...]  # rows whose finishes are kept
    rows: Counts  # of the durations that change, by draw or by risk
    planned: Counts
    drawn: int  # the first so many rows are drawn, the others change by risks alone
    keys: draws.Keys
    table: Reals
    copula: draws.Copula | None
    risks: tuple[RiskEvent, ...]
    risk_rows: tuple[Counts, ...]  # places in `rows`
    risk_keys: draws.Keys
    risk_table: Reals
    compiled: Callable[[], Any]  # gives the module of compiled code, or None


@dataclass(frozen=True, slots=True)
class _Block:
    """What one block of runs adds to the result."""

    finishes: Whole
    watched: list[Whole]
    critical: Counts
    work: tuple[int, int]  # sums of the finish in working time and of its square
    durations: npt.NDArray[np.int64]  # 3 x rows: sums of change, square, product with the finish
    events: npt.NDArray[np.int64]  # 2 x risks: sums of occurrence, product with the finish


def simulate(
    plan: Plan,
    *,
    runs: int = 10_000,
    seed: int = 0,
    shape: Shape = Shape.PERT,
    spread: Spread | History | None = None,
    correlations: Mapping[tuple[int, int], float] | None = None,
    risks: Sequence[RiskEvent] = (),
    threads: int = 1,
    calculation: Calculation = Calculation.AUTOMATIC,
) -> Simulation:
    """Schedule the plan once per run, with durations drawn anew, and say when it ends.

    runs          1 to 1,000,000.
    shape         what distribution a three-point estimate stands for; the likeliest is the planned duration.
    spread        estimate of the tasks that have none, or how finished tasks erred; None = they do not vary.
    correlations  rank correlations of durations by two unique ids.
    threads       changes the time, never the result.
    Complete, manual, external and inactive tasks do not vary; of a started task what remains does.
    Raises EstimateError when an estimate is out of order, naming the task, and when nothing varies;
    PlanError as `schedule` does, and for a plan scheduled from its finish.
    Source: docs/explanation/simulation.md. O(runs x (tasks + links)).
    """
    if not 1 <= runs <= MOST_RUNS:
        raise EstimateError(f"{runs:,} runs are not possible. Ask for 1 to {MOST_RUNS:,}.")
    if not plan.project.schedule_from_start:
        raise PlanError(
            "The plan is scheduled from its finish, so its finish is given and cannot be forecast. "
            "Schedule it from its start to simulate it."
        )
    deterministic = schedule(plan)
    network = lay_out(plan)
    warnings: list[str] = []
    varying = _varying(network, shape, spread, warnings)
    if not varying and not any(risk.probability for risk in risks):
        raise EstimateError(
            "No unfinished task has an optimistic and a pessimistic duration. Enter them, or give a spread for all."
        )
    setting = _setting(network, deterministic, varying, risks, seed, correlations or {}, runs, calculation, warnings)
    if setting.copula is not None and setting.copula.note:
        warnings.append(setting.copula.note)
    firsts = range(0, runs, _BLOCK)

    def block(first: int) -> _Block:
        return _block(setting, first, min(_BLOCK, runs - first))

    if threads > 1 and len(firsts) > 1:
        with ThreadPoolExecutor(min(threads, len(firsts))) as pool:
            blocks = list(pool.map(block, firsts))
    else:
        blocks = [block(first) for first in firsts]
    return _result(setting, deterministic, blocks, runs, seed, shape, spread, warnings)


# ---- what varies ------------------------------------------------------------------------------


def _varying(network: Network, shape: Shape, spread: Spread | History | None, warnings: list[str]) -> list[_Varying]:
    found: list[_Varying] = []
    manual: list[str] = []
    for row, task in enumerate(network.tasks):
        estimated = task.optimistic is not None or task.pessimistic is not None
        if network.summary[row] or task.summary or task.external or network.complete[row] or task.duration is None:
            continue
        if not estimated and (spread is None or not task.duration.amount):
            continue
        if network.placed[row]:
            manual += [f"'{task.name}'"] if estimated else []
            continue
        span = network.spans[row]
        planned = span.remaining if task.actual_start is not None else span.duration
        if task.actual_start is not None and not planned:
            continue
        distribution = _distribution(task, shape, spread, planned / span.duration if span.duration else 1.0)
        found.append(_Varying(row, task.uid, planned, distribution))
    if manual:
        warnings.append(f"Tasks scheduled by hand keep their dates in every run: {_named(manual)}.")
    _warn_of_gaps(network, found, warnings)
    return found


def _warn_of_gaps(network: Network, varying: Sequence[_Varying], warnings: list[str]) -> None:
    spans = [(f"'{network.tasks[one.row].name}'", network.spans[one.row]) for one in varying]
    split = [name for name, span in spans if not span.parts and span.length != span.duration]
    parts = [name for name, span in spans if span.parts]
    if split:
        warnings.append(f"The gaps of split tasks keep their length in every run: {_named(split)}.")
    if parts:
        warnings.append(
            f"Assignments of unequal calendars or work grow in proportion with their task: {_named(parts)}."
        )


def _distribution(task: Task, shape: Shape, spread: Spread | History | None, remaining: float) -> Distribution:
    """The distribution of a task's remaining work in tenths; `remaining` is the share not yet done."""
    if isinstance(spread, History):
        if task.optimistic is None and task.pessimistic is None and task.duration is not None:
            whole = task.duration.amount.tenths * remaining
            return Empirical(tuple(whole * ratio for ratio in sorted(spread.ratios)))
        spread = None
    optimistic, likeliest, pessimistic = _three_points(task, spread)
    try:
        return shape.of(optimistic * remaining, likeliest * remaining, pessimistic * remaining)
    except EstimateError as error:
        values = ", ".join(f"{value / 10:g}" for value in (optimistic, likeliest, pessimistic))
        raise EstimateError(
            f"Task '{task.name}' (id {task.id}): optimistic, planned and pessimistic duration are {values} minutes. "
            f"{error}"
        ) from error


def _three_points(task: Task, spread: Spread | None) -> tuple[float, float, float]:
    duration = task.duration
    planned = float(duration.amount.tenths) if duration else 0.0
    low, high = task.optimistic, task.pessimistic
    if low is None and high is None and spread is not None:
        return planned * spread.low, planned, planned * spread.high
    if low is None or high is None or duration is None:
        missing = "optimistic" if low is None else "pessimistic"
        raise EstimateError(
            f"Task '{task.name}' (id {task.id}) has no {missing} duration. Enter it or clear the other."
        )
    if {low.elapsed, high.elapsed} != {duration.elapsed} and any((low.amount, high.amount)):
        raise EstimateError(
            f"Task '{task.name}' (id {task.id}) mixes elapsed and working durations. Enter all three in the same kind."
        )
    return float(low.amount.tenths), planned, float(high.amount.tenths)


def _setting(
    network: Network,
    deterministic: Schedule,
    varying: Sequence[_Varying],
    risks: Sequence[RiskEvent],
    seed: int,
    correlations: Mapping[tuple[int, int], float],
    runs: int,
    calculation: Calculation,
    warnings: list[str],
) -> _Setting:
    problem = Problem(network, instant(deterministic.start), fixed_dates(network, deterministic), percent_lags(network))
    place = {one.row: number for number, one in enumerate(varying)}
    rows, planned = [one.row for one in varying], [one.planned for one in varying]
    risk_rows = []
    for risk in risks:
        struck = _struck_rows(network, risk, warnings)
        for row in struck:
            if row not in place:
                place[row] = len(rows)
                rows.append(row)
                span = network.spans[row]
                planned.append(span.remaining if network.tasks[row].actual_start is not None else span.duration)
        risk_rows.append(np.array([place[row] for row in struck], dtype=np.int64))
    by_uid = {one.uid: number for number, one in enumerate(varying) if one.distribution.variance > 0}
    leaves = tuple(
        row for row, task in enumerate(network.tasks) if not (network.summary[row] or task.summary or task.external)
    )
    watched = tuple(row for row, task in enumerate(network.tasks) if _is_watched(network, row, task))
    table = draws.quantile_table([one.distribution for one in varying])
    columns = calendared_of(problem, rows, watched)
    return _Setting(
        problem=problem,
        columns=columns,
        finish=instant(deterministic.finish),
        leaves=leaves,
        watched=watched,
        rows=np.array(rows, dtype=np.int64),
        planned=np.array(planned, dtype=np.int64),
        drawn=len(varying),
        keys=draws.task_keys(seed, [one.uid for one in varying]),
        table=table,
        copula=draws.copula(correlations, by_uid),
        risks=tuple(risks),
        risk_rows=tuple(risk_rows),
        risk_keys=draws.risk_keys(seed, [2 * risk.number + half for risk in risks for half in (0, 1)]),
        risk_table=draws.quantile_table([risk.impact for risk in risks]),
        compiled=_compiled(calculation, columns, runs * len(network.tasks)),
    )


def _compiled(calculation: Calculation, columns: Calendared | None, cells: int) -> Callable[[], Any]:
    """Gives the compiled code where it fits the plan and pays, once it is ready; else None."""
    if columns is not None and calculation is Calculation.COMPILED:
        module = importlib.import_module(_CODE)  # numba: heavy and optional
        return lambda: module
    if columns is not None and calculation is Calculation.AUTOMATIC and cells >= _COMPILED_FROM:
        _loader.code(_PATIENCE)
        return lambda: _loader.code(0)
    return lambda: None


def _struck_rows(network: Network, risk: RiskEvent, warnings: list[str]) -> list[int]:
    rows = []
    for uid in risk.task_uids:
        row = network.index.get(uid)
        if row is None:
            raise EstimateError(f"Risk '{risk.name}' names task {uid}, which is not in the plan. Name another one.")
        if network.summary[row] or network.complete[row] or network.placed[row]:
            warnings.append(
                f"Risk '{risk.name}' does not change task '{network.tasks[row].name}': "
                "complete, summary and hand-scheduled tasks keep their durations."
            )
            continue
        rows.append(row)
    return rows


def fixed_dates(network: Network, deterministic: Schedule) -> dict[int, tuple[int, int]]:
    """The dates of rows that stand as given; a summary without dates of its own follows its tasks."""
    found = {}
    scheduled = deterministic.by_uid()
    for row, task in enumerate(network.tasks):
        if not network.placed[row]:
            continue
        own = task.manual_start is not None or task.manual_finish is not None
        stored = task.stored is not None and (task.stored.start is not None or task.stored.finish is not None)
        if own or (stored and (task.external or task.mode is TaskMode.AUTO)):
            found[row] = instant(scheduled[task.uid].start), instant(scheduled[task.uid].finish)
    return found


def percent_lags(network: Network) -> dict[Tie, float]:
    """The links whose lag is a share of the predecessor's duration, in percent."""
    told = {
        (network.index.get(link.predecessor_uid), network.index.get(link.successor_uid), link.type.value): link.lag
        for link in network.plan.links
        if link.lag.percent
    }
    found = {}
    for ties in network.out_of:
        for tie in ties:
            lag = told.get((tie.predecessor, tie.successor, tie.kind.name))
            if lag is not None and lag.percent is not None:
                found[tie] = float(lag.percent)
    return found


def _is_watched(network: Network, row: int, task: Task) -> bool:
    if task.external:
        return False
    return task.deadline is not None or (not network.summary[row] and task.milestone)


def _named(names: Sequence[str]) -> str:
    return ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")


# ---- the runs ---------------------------------------------------------------------------------


def _block(setting: _Setting, first: int, runs: int) -> _Block:
    code = setting.compiled()
    changes, events = _changes(setting, code, first, runs)
    found = None
    if code is not None and setting.columns is not None:
        found = setting.columns.run(code, changes, setting.watched, setting.leaves)
    if found is not None and setting.columns is not None:
        finishes, watched, critical, work = found
        work = work - setting.columns.position(setting.finish)
    else:
        dates = Runs(setting.problem, {int(row): changes[number] for number, row in enumerate(setting.rows)})
        finishes = np.broadcast_to(dates.finish, runs)
        watched = [np.broadcast_to(dates.early_finish[row], runs) for row in setting.watched]
        critical = np.array([_critical(setting, dates, row, runs) for row in setting.leaves], dtype=np.int64)
        table = WorkTable(setting.problem.network.calendars.default, setting.problem.start)
        work = table.position(finishes) - table.position(np.array([setting.finish]))
    squares = np.einsum("ij,ij->i", changes, changes)
    durations = np.stack((changes.sum(axis=1), squares, np.einsum("ij,j->i", changes, work)))
    return _Block(
        finishes=finishes,
        watched=watched,
        critical=critical,
        work=(int(work.sum()), int((work * work).sum())),
        durations=durations,
        events=np.stack((events.sum(axis=1), (events * work).sum(axis=1))),
    )


def _critical(setting: _Setting, dates: Runs, row: int, runs: int) -> int:
    network = setting.problem.network
    if _is_complete(network, row):
        return 0
    limit = network.plan.project.critical_slack_limit.tenths
    return int(np.count_nonzero(np.broadcast_to(dates.total_slack(row) <= limit, runs)))


def _is_complete(network: Network, row: int) -> bool:
    task = network.tasks[row]
    return task.actual_finish is not None or task.percent_complete >= 100


def _changes(setting: _Setting, code: Any, first: int, runs: int) -> tuple[Counts, Counts]:
    """How much longer than planned each changing row is (rows x runs), and which risks occur (risks x runs)."""
    changes = np.zeros((len(setting.rows), runs), dtype=np.int64)
    drawn = setting.drawn
    if code is not None:
        code.draw(setting.keys, setting.table, first, changes[:drawn])
    elif drawn:
        changes[:drawn] = draws.read_table(setting.table, draws.uniforms(setting.keys, first, runs))
    if setting.copula is not None:
        rows = setting.copula.rows
        moved = setting.copula.correlated(draws.uniforms(setting.keys[rows], first, _BLOCK))[:, :runs]
        changes[rows] = draws.read_table(setting.table[rows], moved)
    changes[:drawn] -= setting.planned[:drawn, None]
    events = np.zeros((len(setting.risks), runs), dtype=np.int64)
    if setting.risks:
        chances = draws.uniforms(setting.risk_keys, first, runs)
        impacts = draws.read_table(setting.risk_table, chances[1::2])
        for number, risk in enumerate(setting.risks):
            events[number] = chances[2 * number] < risk.probability
            changes[setting.risk_rows[number]] += events[number] * impacts[number]
        np.maximum(changes, -setting.planned[:, None], out=changes)
    return changes, events


# ---- the result -------------------------------------------------------------------------------


def _result(
    setting: _Setting,
    deterministic: Schedule,
    blocks: Sequence[_Block],
    runs: int,
    seed: int,
    shape: Shape,
    spread: Spread | History | None,
    warnings: Sequence[str],
) -> Simulation:
    finishes = np.concatenate([block.finishes for block in blocks])
    ordered = np.sort(finishes)
    finish = Sums(
        runs,
        float(sum(block.work[0] for block in blocks)),
        float(sum(block.work[1] for block in blocks)),
        0.0,
    )
    tasks, tornado = _influences(setting, blocks, finish, runs)
    return Simulation(
        runs=runs,
        seed=seed,
        shape=shape,
        spread=spread,
        deterministic=deterministic.finish,
        on_time=share_of(int(np.count_nonzero(finishes <= setting.finish)), runs),
        mean=_mean(setting, finish, ordered),
        percentiles=tuple(_percentile(ordered, share) for share in PERCENTILES),
        dates=tuple(_outlooks(setting, deterministic, blocks, runs)),
        tasks=tasks,
        tornado=tornado,
        finishes=tuple(moment(int(at)) for at in finishes),
        warnings=(*deterministic.warnings, *warnings),
    )


def _mean(setting: _Setting, finish: Sums, ordered: Whole) -> datetime:
    """The mean finish, taken in working time of the project's calendar."""
    if ordered[0] == ordered[-1]:
        return moment(int(ordered[0]))
    axis = setting.problem.network.calendars.default
    return moment(axis.finish_at(axis.position(setting.finish) + round(finish.mean)))


def _percentile(ordered: Sequence[datetime] | Whole, share: float) -> FinishPercentile:
    runs = len(ordered)
    low, high = percentile_ranks(share, runs)
    dates = [ordered[rank - 1] for rank in (percentile_rank(share, runs), low, high)]
    return FinishPercentile(share, *(date if isinstance(date, datetime) else moment(int(date)) for date in dates))


def _outlooks(setting: _Setting, deterministic: Schedule, blocks: Sequence[_Block], runs: int) -> Iterator[DateOutlook]:
    scheduled = deterministic.by_uid()
    for number, row in enumerate(setting.watched):
        task = setting.problem.network.tasks[row]
        planned = scheduled[task.uid].finish
        target = task.deadline or planned
        ordered = np.sort(np.concatenate([block.watched[number] for block in blocks]))
        p50, p80 = (moment(int(ordered[percentile_rank(share, runs) - 1])) for share in (0.5, 0.8))
        met = share_of(int(np.count_nonzero(ordered <= instant(target))), runs)
        yield DateOutlook(task.uid, task.name, target, task.deadline is not None, planned, p50, p80, met)


def _influences(
    setting: _Setting, blocks: Sequence[_Block], finish: Sums, runs: int
) -> tuple[tuple[TaskOutlook, ...], tuple[Influence, ...]]:
    network = setting.problem.network
    durations = np.sum([block.durations.astype(np.float64) for block in blocks], axis=0)
    sums = {int(row): Sums(runs, *map(float, durations[:, number])) for number, row in enumerate(setting.rows)}
    critical = np.sum([block.critical for block in blocks], axis=0)
    bars: list[Influence] = []
    tasks: list[TaskOutlook] = []
    for number, row in enumerate(setting.leaves):
        task, planned = network.tasks[row], network.spans[row].duration
        index = int(critical[number]) / runs
        if row not in sums:
            tasks.append(TaskOutlook(task.uid, task.name, index, 0.0, 0.0, float(planned), 0.0))
            continue
        own = sums[row]
        correlation = own.correlation(finish)
        sensitivity = index * own.sd / finish.sd if finish.sd else 0.0
        mean = planned + own.mean
        tasks.append(TaskOutlook(task.uid, task.name, index, abs(correlation), sensitivity, mean, own.sd))
        bars.append(Influence("task", task.uid, task.name, correlation))
    events = np.sum([block.events.astype(np.float64) for block in blocks], axis=0)
    for number, risk in enumerate(setting.risks):
        hits, product = float(events[0, number]), float(events[1, number])
        correlation = Sums(runs, hits, hits, product).correlation(finish)
        bars.append(Influence("risk", risk.number, risk.name, correlation))
    bars.sort(key=lambda bar: (-abs(bar.correlation), bar.kind, bar.number))
    return tuple(tasks), tuple(bars)

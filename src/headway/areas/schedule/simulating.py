"""The simulation of a plan with its risks: what it is fed with, what its runs say, and what each risk costs.

Drawing and scheduling are the engine's. Whoever asks for a page or a call gets few runs at once (`simulation`);
the kept simulation has more, and values every risk. A job computes it outside of any transaction
(`journeys.risk_forecast`); how it is kept is `simulation_keeping`'s.
"""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from hashlib import sha256
from typing import Any

from headway.areas.projects.across import open_risks_of, promises_of
from headway.areas.projects.risk_types import RiskKind, mean_of
from headway.areas.projects.types import ProjectId, RiskRow
from headway.areas.schedule import keeping
from headway.areas.schedule.forecasting import finished_tasks, planned_row, working_day
from headway.areas.schedule.models import Baseline, Plan, PlanTask, RiskTask
from headway.areas.schedule.queries import framed
from headway.areas.schedule.shelf import Shelf
from headway.areas.schedule.simulation_types import Chances, DeadlineChance, RiskCost
from headway.areas.schedule.types import ChanceOfDate, Driver, FinishChances, FinishDay
from headway.engine import plan as engine
from headway.engine.calendars import Axis
from headway.engine.finish_forecast import working_days
from headway.engine.plan import PlanError
from headway.engine.statistics import EstimateError
from headway.kernel.context import Context
from headway.kernel.errors import FieldError, Invalid
from headway.kernel.queries import query

MOST_CELLS = 1_000_000  # runs x tasks that a page or a call may ask for
MOST_RUNS, LEAST_RUNS = 2_000, 100
KEPT_CELLS = 5_000_000  # the same of each simulation that a job computes
KEPT_RUNS, LEAST_KEPT_RUNS = 5_000, 500
MOST_VALUED = 20  # risks whose cost is computed: those that may cost most
HOUSE_SPREAD = (0.8, 1.3)
_MOST_DATES, _MOST_DRIVERS, _MOST_DAYS = 20, 8, 40
_P80 = 0.8
_WHY = "of a visible plan"


def _risk() -> Any:
    """The engine's simulation: loaded when first asked for, since it brings arrays with it."""
    return importlib.import_module("headway.engine.risk")


def _sampling() -> Any:
    """What makes a distribution of a history, loaded likewise."""
    return importlib.import_module("headway.engine.finish_sampling")


# ---- what is simulated ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Hitting:
    """An open risk that changes the plan: it says what it costs in days, and hits open tasks."""

    risk: RiskRow
    uids: tuple[int, ...]

    @property
    def has_response(self) -> bool:
        """Whether it says what is left after its response."""
        return self.risk.residual_chance is not None or bool(self.risk.residual_days)

    @property
    def weight(self) -> Decimal:
        """By how much it may move the plan, roughly: chance times days."""
        return self.risk.chance * (mean_of(self.risk.days) or 0)


@dataclass(frozen=True, slots=True)
class Ground:
    """What a simulation depends on beside the rows of the plan, whose changes its stamp and version tell.

    baseline  its id and version. ends_on  the last day of the charter.
    """

    hitting: tuple[Hitting, ...]
    baseline: tuple[int, int] | None
    ends_on: date | None

    @property
    def mark(self) -> str:
        """Equal where nothing of it differs."""
        risks = [
            (one.risk.id, one.risk.title, one.risk.kind, one.risk.chance, one.risk.residual_chance, one.risk.days,
             one.risk.residual_days, one.uids)
            for one in self.hitting
        ]  # fmt: skip
        told = json.dumps([risks, self.baseline, self.ends_on], default=str)
        return sha256(told.encode()).hexdigest()


def grounds_of(plans: Collection[Plan]) -> dict[int, Ground]:
    """What the simulations of some plans depend on, by the plan's id; five queries, however many plans."""
    projects, ids = [row.project_id for row in plans], [row.pk for row in plans]
    risks, promises = open_risks_of(projects), promises_of(projects)
    rows = Baseline.unscoped(reason=_WHY).filter(plan__in=ids, current=True)
    baselines = {plan: (pk, version) for plan, pk, version in rows.values_list("plan_id", "pk", "version")}
    hits = _hits(ids)
    found = {}
    for row in plans:
        estimated = (risk for risk in risks.get(row.project_id, ()) if risk.days and risk.id in hits)
        promise = promises.get(row.project_id)
        found[row.pk] = Ground(
            tuple(Hitting(risk, hits[risk.id]) for risk in estimated),
            baselines.get(row.pk),
            promise.ends_on if promise is not None else None,
        )
    return found


def _hits(plans: list[int]) -> dict[int, tuple[int, ...]]:
    """The open tasks that each risk hits, by uid."""
    named = list(RiskTask.among(plans).order_by("task_uid").values_list("risk_id", "plan_id", "task_uid"))
    if not named:
        return {}
    rows = PlanTask.unscoped(reason=_WHY).filter(plan__in=plans, uid__in={uid for _, _, uid in named})
    open_ = rows.filter(removed_at=None, active=True, summary=False, percent_complete__lt=100)
    there = set(open_.values_list("plan_id", "uid"))
    found: dict[int, list[int]] = {}
    for risk, plan, uid in named:
        if (plan, uid) in there:
            found.setdefault(risk, []).append(uid)
    return {risk: tuple(uids) for risk, uids in found.items()}


@dataclass(frozen=True, slots=True)
class Spreading:
    """How durations without an estimate of their own vary, and where that comes from in words."""

    spread: Any
    told: str
    by_history: bool


@dataclass(frozen=True, slots=True)
class Material:
    """A plan in hand, with all that its simulations are fed with. unsound: tasks whose estimate is passed over."""

    row: Plan
    plan: engine.Plan
    axis: Axis
    spreading: Spreading
    ground: Ground
    unsound: tuple[str, ...]

    def simulated(
        self,
        hitting: Iterable[Hitting],
        *,
        runs: int,
        seed: int,
        answered: Collection[Hitting] = (),
        at_once: bool = False,
    ) -> Any:
        """The engine's simulation with these risks.

        answered  of them, those that are taken as they are after their response.
        at_once   somebody waits: no code is compiled first.
        """
        risk = _risk()
        minutes = self.plan.project.minutes_per_day
        events = [_event(risk, one, minutes, after=one in answered) for one in hitting]
        way = risk.Calculation.ARRAYS if at_once else risk.Calculation.AUTOMATIC
        spread = self.spreading.spread
        return risk.simulate(self.plan, runs=runs, seed=seed, spread=spread, risks=events, calculation=way)


def material_of(ctx: Context, row: Plan) -> Material:
    """A visible plan as it is now, in hand."""
    _, axis = framed(ctx, row)
    finished = finished_tasks(row, axis)
    risk = _risk()
    spread, told = _sampling().history_of(finished), f"the {len(finished)} finished tasks"
    if spread is None or set(spread.ratios) == {1.0}:  # entered as planned: nothing is known of their error
        spread, told = risk.Spread(*HOUSE_SPREAD), "the house's spread"
    spreading = Spreading(spread, told, isinstance(spread, risk.History))
    plan, unsound = _sound(keeping.plan_of(row))
    return Material(row, plan, axis, spreading, grounds_of([row])[row.pk], unsound)


def _sound(plan: engine.Plan) -> tuple[engine.Plan, tuple[str, ...]]:
    """The plan without estimates that have one end only or do not hold the duration, and the tasks they were of."""
    wrong = {task.uid for task in plan.tasks if not _holds(task)}
    if not wrong:
        return plan, ()
    tasks = tuple(
        replace(task, optimistic=None, pessimistic=None) if task.uid in wrong else task for task in plan.tasks
    )
    return replace(plan, tasks=tasks), tuple(task.name for task in plan.tasks if task.uid in wrong)


def _holds(task: engine.Task) -> bool:
    low, high, likely = task.optimistic, task.pessimistic, task.duration
    if low is None and high is None:
        return True
    if low is None or high is None or likely is None:
        return False
    return low.amount <= likely.amount <= high.amount


def _event(risk: Any, one: Hitting, minutes_per_day: int, *, after: bool) -> Any:
    """A risk as the engine takes it; an opportunity shortens what it hits."""
    row = one.risk
    chance = row.residual_chance if after and row.residual_chance is not None else row.chance
    days = row.residual_days if after and row.residual_days else row.days
    tenths = [float(day) * minutes_per_day * 10 for day in days]
    if row.kind is RiskKind.OPPORTUNITY:
        tenths = [-amount for amount in reversed(tenths)]
    return risk.RiskEvent(row.id, f"{row.ref} {row.title}", float(chance) / 100, risk.Shape.PERT.of(*tenths), one.uids)


# ---- asked for at once ------------------------------------------------------------------------

_asked: Shelf[tuple[Any, ...], FinishChances] = Shelf(most=64, weight=lambda _: 1)


@query(permission="schedule.read")
def simulation(ctx: Context, *, project: ProjectId, runs: int = 0, seed: int = 0) -> FinishChances:
    """When a plan will end with which probability, its durations and risks drawn anew in each run (Monte Carlo).

    Tasks without an estimate of their own vary as the project's finished tasks did; where these are too few, by
    the house's spread. The answer says which.
    runs  as many as the size of the plan allows when 0; the most is 2,000, and 1,000,000 runs × tasks.
    """
    row = planned_row(ctx, project)
    tasks = PlanTask.unscoped(reason=_WHY).filter(plan=row, removed_at=None, active=True).count()
    most = max(LEAST_RUNS, min(MOST_RUNS, MOST_CELLS // max(1, tasks)))
    if not 0 <= runs <= most:
        message = f"{runs:,} runs are not possible here: ask for 1 to {most:,}, or use `headway plan simulate`."
        raise Invalid(message, fields=[FieldError("runs", f"not in 1 to {most:,}")])
    ground = grounds_of([row])[row.pk]
    key = (row.pk, row.version, row.stamp, ground.mark, runs or most, seed)
    found = _asked.find(key)
    if found is None:
        material = material_of(ctx, row)
        try:
            made = material.simulated(material.ground.hitting, runs=runs or most, seed=seed, at_once=True)
        except (EstimateError, PlanError) as error:
            raise Invalid(str(error)) from error
        found = _finish_chances(material, made)
        _asked.put(key, found)
    return found


def _finish_chances(material: Material, found: Any) -> FinishChances:
    """What the runs of a simulation say, with the ids of the tasks they name."""
    rows = PlanTask.unscoped(reason=_WHY).filter(plan=material.row, removed_at=None)
    ids = dict(rows.values_list("uid", "id"))
    reached = set(rows.filter(actual_finish__isnull=False).values_list("uid", flat=True))
    percents = {round(one.share * 100): one.date for one in found.percentiles}
    spreading = material.spreading
    return FinishChances(
        runs=found.runs,
        seed=found.seed,
        spread_low=_share(spreading.spread.low),
        spread_high=_share(spreading.spread.high),
        spread_from=spreading.told,
        by_history=spreading.by_history,
        own_estimates=sum(task.optimistic is not None for task in material.plan.tasks),
        planned=found.deterministic,
        on_time=_share(found.on_time.value),
        p10=percents[10],
        p50=percents[50],
        p80=percents[80],
        p90=percents[90],
        days=_days(found.finishes),
        dates=tuple(
            ChanceOfDate(
                ids.get(one.uid), one.name, one.target, one.has_deadline, one.p50, one.p80,
                _share(one.probability.value), _share(one.probability.low), _share(one.probability.high),
            )
            for one in sorted(found.dates, key=lambda one: one.target)
            if one.uid not in reached
        )[:_MOST_DATES],
        drivers=tuple(_drivers(material.ground.hitting, found, ids)),
        warnings=(*_of_estimates(material.unsound), *found.warnings),
    )  # fmt: skip


def _of_estimates(unsound: Sequence[str]) -> Iterator[str]:
    if unsound:
        named = ", ".join(f"'{name}'" for name in unsound[:5])
        more = f" and {len(unsound) - 5} more" if len(unsound) > 5 else ""
        yield f"An estimate with one end, or around another duration, is passed over: {named}{more}."


def _drivers(hitting: Sequence[Hitting], found: Any, ids: Mapping[int, int]) -> Iterator[Driver]:
    """Tasks and risks by how far they move the finish, the most first."""
    refs = {one.risk.id: one.risk for one in hitting}
    critical = {task.uid: task.criticality_index for task in found.tasks}
    for bar in found.tornado[:_MOST_DRIVERS]:
        if not bar.correlation:
            return
        moves = _share(abs(bar.correlation))
        if bar.kind == "risk":
            risk = refs[bar.number]
            yield Driver(None, risk.title, moves, risk.ref)
        else:
            yield Driver(ids.get(bar.number), bar.name, moves, "", _share(critical.get(bar.number, 0.0)))


def _share(value: float) -> Decimal:
    return Decimal(str(round(value, 4)))


def _days(finishes: Iterable[datetime]) -> tuple[FinishDay, ...]:
    """How many runs end on which day; over a long span, in spans of equal days."""
    days = sorted(finish.date() for finish in finishes)
    step = 1 + (days[-1] - days[0]).days // _MOST_DAYS
    counts: dict[date, int] = {}
    for day in days:
        first = days[0] + timedelta(days=(day - days[0]).days // step * step)
        counts[first] = counts.get(first, 0) + 1
    return tuple(FinishDay(first, first + timedelta(days=step - 1), count) for first, count in counts.items())


# ---- computed by a job ------------------------------------------------------------------------

Step = Callable[[int, int, str], None]


def chances_of(material: Material, *, seed: int, step: Step) -> Chances:
    """The chances of a plan with its risks, and what each risk costs: the same draws with it and without it.

    step  told before each simulation: how many are done, of how many, and what comes.
    Raises EstimateError and PlanError as the engine does.
    """
    runs = max(LEAST_KEPT_RUNS, min(KEPT_RUNS, KEPT_CELLS // max(1, len(material.plan.tasks))))
    everything = material.ground.hitting
    valued = sorted(everything, key=lambda one: (-one.weight, one.risk.number))[:MOST_VALUED]
    responses = tuple(one for one in everything if one.has_response)
    steps = _Steps(step, 2 + bool(responses) + len(valued) + sum(one.has_response for one in valued))
    steps.next("The plan with its risks")
    found = material.simulated(everything, runs=runs, seed=seed)
    planned = found.deterministic

    def p80_of(text: str, hitting: Iterable[Hitting], answered: Collection[Hitting] = ()) -> datetime:
        steps.next(text)
        try:
            made = material.simulated(hitting, runs=runs, seed=seed, answered=answered)
        except EstimateError:  # without these risks nothing varies
            return planned  # type: ignore[no-any-return]
        return made.percentile(_P80).date  # type: ignore[no-any-return]

    p80, works = found.percentile(_P80).date, working_day(material.axis)

    def cost_of(one: Hitting) -> RiskCost:
        row = one.risk
        without = p80_of(f"Without {row.ref}", [other for other in everything if other is not one])
        after = p80_of(f"{row.ref} after its response", everything, (one,)) if one.has_response else None
        return RiskCost(
            row.id, row.ref, row.title, row.kind, row.chance, row.days, row.residual_chance, row.residual_days,
            tasks=len(one.uids),
            p80_without=without,
            costs=working_days(without.date(), p80.date(), works),
            p80_after=after,
            saves=working_days(after.date(), p80.date(), works) if after is not None else None,
        )  # fmt: skip

    without_risks = p80_of("The plan without risks", ())
    return Chances(
        finish=_finish_chances(material, found),
        deadline=_deadline(material, found, works),
        risks=tuple(cost_of(one) for one in valued),
        without_risks=without_risks,
        after_responses=p80_of("After the responses", everything, responses) if responses else None,
    )


@dataclass(slots=True)
class _Steps:
    """Counts the simulations of one job."""

    tell: Step
    total: int
    done: int = 0

    def next(self, text: str) -> None:
        """Tell that the next one begins."""
        self.tell(self.done, self.total, text)
        self.done += 1


def _deadline(material: Material, found: Any, works: Callable[[date], bool]) -> DeadlineChance | None:
    """The last day of the charter; without one the latest deadline of a task; None without either."""
    p80 = found.percentile(_P80).date
    ends_on = material.ground.ends_on
    if ends_on is not None:
        until = datetime.combine(ends_on, time.max)
        met = _risk().share_of(sum(finish <= until for finish in found.finishes), found.runs)
        return _met("Last day of the charter", None, ends_on, met, p80, works)
    dated = [one for one in found.dates if one.has_deadline]
    if not dated:
        return None
    last = max(dated, key=lambda one: (one.target, one.uid))
    rows = PlanTask.unscoped(reason=_WHY).filter(plan=material.row, uid=last.uid)
    task = rows.values_list("pk", flat=True).first()
    return _met(last.name, task, last.target.date(), last.probability, last.p80, works)


def _met(
    name: str, task: int | None, day: date, met: Any, p80: datetime, works: Callable[[date], bool]
) -> DeadlineChance:
    late = working_days(day, p80.date(), works)
    return DeadlineChance(name, task, day, _share(met.value), _share(met.low), _share(met.high), p80, late)

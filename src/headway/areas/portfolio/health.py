"""A project's health from the areas' figures: the one place that report, overview and portfolio ask.

`health_figures` asks the areas; `readings_of` judges what they answered and can be tested without a database.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from headway.areas.budgets import queries as budgets
from headway.areas.budgets.types import (
    Basis,
    BudgetRow,
    BudgetScope,
    BurnFigures,
    ChangeRow,
    ChangeState,
    EarnedFigures,
)
from headway.areas.hours import queries as hours
from headway.areas.hours.types import TimesheetsIn
from headway.areas.metrics.standing import KpiStanding, kpis_standing
from headway.areas.portfolio.kpis import counted, deciding_kpis, kpi_reading
from headway.areas.portfolio.types import Dimension, Direction, GivenValue, Health, Reading
from headway.areas.projects import queries as projects
from headway.areas.projects.risk_types import RiskKind
from headway.areas.projects.types import Charter, OverrideRow, RiskRow, State
from headway.areas.schedule.outlook import Outlook, outlook
from headway.areas.scope.requests import scope_load
from headway.areas.scope.types import NO_LOAD, ScopeLoad
from headway.engine import rag
from headway.engine.measures import Measure, Unit, shown
from headway.kernel.context import Context

_ZERO = Decimal(0)
_MISSING = (
    (rag.Dimension.SCHEDULE, "There is no plan, or no baseline to measure against."),
    (rag.Dimension.COST, "There is no approved budget, or no hours against it."),
    (rag.Dimension.SCOPE, "No change of the budget has been recorded, and no change request."),
    (rag.Dimension.RISK, "No risk has been recorded."),
    (rag.Dimension.QUALITY, "No test records are kept yet."),
    (rag.Dimension.CLIENT_INPUTS, "No records are kept yet of what the client owes."),
    (rag.Dimension.PEOPLE, "Nobody is assigned to work in the next two weeks."),
)


@dataclass(frozen=True, slots=True)
class PastReading:
    """What an earlier report said of a dimension: the colour it showed, the rule's own, and the deciding measure."""

    colour: Health
    computed: Health
    measure: str
    value: Decimal | None


# The readings of one earlier report, by dimension.
Past = Mapping[Dimension, PastReading]


@dataclass(frozen=True, slots=True)
class HealthFigures:
    """What the areas know of a project at one day. None, or empty, where there are no records.

    main    the budget that burn and gap are measured against.
    risks   the open threats, the highest exposure first; None where no risk was ever recorded.
    asked   what open change requests come to, which no change of the budget holds yet.
    kpis    all in use, those that not everybody may see among them.
    """

    charter: Charter
    as_of: date
    outlook: Outlook | None
    earned: EarnedFigures
    burn: BurnFigures
    main: BudgetRow | None
    changes: tuple[ChangeRow, ...]
    logged: bool
    sheets: TimesheetsIn | None
    risks: tuple[RiskRow, ...] | None
    overrides: tuple[OverrideRow, ...]
    asked: ScopeLoad = NO_LOAD
    kpis: tuple[KpiStanding, ...] = ()

    @property
    def measured(self) -> bool:
        """Whether there is something planned, and so something earned."""
        return self.earned.value.ev.value is not None

    @property
    def valued(self) -> bool:
        """Whether earned value has both what is planned and what is earned."""
        return self.measured and self.earned.value.bac.value is not None

    @property
    def spi_t(self) -> Measure | None:
        """The schedule index in time."""
        return self.earned.schedule.spi_t if self.earned.schedule is not None and self.measured else None

    @property
    def eac(self) -> Measure | None:
        """The estimate at completion in use."""
        return self.earned.value.eac if self.valued and self.logged else None

    @property
    def bac(self) -> Decimal | None:
        """Hours planned for the whole: of the baseline, else of the main budget."""
        if self.valued:
            return self.earned.value.bac.value
        main = self.main
        whole = main is not None and main.scope is BudgetScope.PROJECT and main.basis is Basis.HOURS
        return main.current if main is not None and whole else self.earned.value.bac.value

    @property
    def gap(self) -> Measure | None:
        """Percent spent less percent complete."""
        return self.burn.burn.gap if self.main is not None and self.logged else None

    def changed(self, state: ChangeState) -> Decimal:
        """Hours of the changes in a state: of the budget's own, and of change requests that it does not hold yet."""
        asked = {ChangeState.APPROVED: self.asked.approved, ChangeState.PENDING: self.asked.pending}.get(state, _ZERO)
        return sum((row.hours for row in self.changes if row.state is state), asked)


def health_figures(ctx: Context, *, charter: Charter, as_of: date) -> HealthFigures:
    """Everything that a project's health is judged from, through the queries that every reader has."""
    project = charter.id
    burn = budgets.burn(ctx, project=project, as_of=as_of)
    logged = hours.has_entries(project)
    open_risks = tuple(
        row for row in projects.risks(ctx, project=project, state=State.OPEN) if row.kind is RiskKind.THREAT
    )
    return HealthFigures(
        charter=charter,
        as_of=as_of,
        outlook=outlook(ctx, project, as_of=as_of),
        earned=budgets.earned_value(ctx, project=project, as_of=as_of, basis=Basis.HOURS),
        burn=burn,
        main=next((row for row in budgets.budgets(ctx, project=project) if row.id == burn.budget_id), None),
        changes=budgets.changes(ctx, project=project),
        logged=logged,
        sheets=hours.timesheets_in(ctx, project=project, as_of=as_of) if logged else None,
        risks=open_risks if open_risks or projects.risks(ctx, project=project) else None,
        overrides=projects.overrides(ctx, project=project),
        asked=scope_load(project),
        kpis=kpis_standing(project, as_of=as_of, now=ctx.now, zone=ZoneInfo(charter.time_zone)),
    )


def limits_of(charter: Charter) -> rag.RagLimits:
    """The project's own limits where it has some that hold together, else the usual ones."""
    try:
        return rag.limits_from(charter.rag_limits)
    except rag.RagError:
        return rag.RagLimits()


def readings_of(figures: HealthFigures, earlier: Sequence[Past], *, for_all: bool = False) -> tuple[Reading, ...]:
    """One reading for each dimension, in their order; a project without KPIs has none for these.

    earlier  the readings of earlier reports, newest first: a colour changes only after two of them.
    for_all  KPIs that not everybody inside may see do not count: for a copy that leaves the house.
    """
    judged = {reading.dimension: reading for reading in rag.judge(_inputs(figures), limits_of(figures.charter))}
    by_kpis = kpi_reading(figures.kpis, for_all=for_all)
    if by_kpis is not None:
        judged[rag.Dimension.KPIS] = by_kpis
    own = {row.dimension: row for row in figures.overrides}
    found = tuple(
        _reading(
            dimension,
            judged[rag.Dimension[dimension.name]],
            [past[dimension] for past in earlier if dimension in past],
            own.get(dimension.value),
        )
        for dimension in Dimension
        if rag.Dimension[dimension.name] in judged
    )
    if by_kpis is None:
        return found
    return (*found[:-1], replace(found[-1], kpis=deciding_kpis(figures.kpis, for_all=for_all)))


def kpis_for_all(figures: HealthFigures, earlier: Sequence[Past]) -> Reading | None:
    """The dimension KPIs for those who may not see budgets; None where there are no KPIs.

    Earlier reports count only where they judged the same KPIs: what others see must not shine through.
    """
    if not figures.kpis:
        return None
    same = counted(figures.kpis, for_all=True) == counted(figures.kpis, for_all=False)
    return readings_of(figures, earlier if same else (), for_all=True)[-1]


def _inputs(figures: HealthFigures) -> rag.RagInputs:
    plan, bac, gap, eac = figures.outlook, figures.bac, figures.gap, figures.eac
    progress = plan.progress_on if plan is not None else None
    sheets = figures.sheets.percent.value if figures.sheets is not None else None
    return rag.RagInputs(
        schedule=_schedule(plan, figures.spi_t),
        cost=rag.CostInputs(eac, bac, gap, Unit.HOURS) if eac or gap else None,
        scope=rag.ScopeInputs(figures.changed(ChangeState.APPROVED), figures.changed(ChangeState.PENDING), bac)
        if (figures.changes or figures.asked.open) and bac
        else None,
        risks=_risks(figures.risks),
        quality=None,
        client_inputs=None,
        people=_people(plan),
        freshness=rag.Freshness(
            sheets if figures.charter.hours_tracked else None,
            (figures.as_of - progress).days if progress is not None else None,
        ),
        missing=_MISSING,
    )


def _schedule(plan: Outlook | None, spi_t: Measure | None) -> rag.ScheduleInputs | None:
    if plan is None or plan.key_milestones is None:
        return None
    return rag.ScheduleInputs(spi_t, plan.key_milestones or None, plan.lost)


def _risks(rows: tuple[RiskRow, ...] | None) -> tuple[rag.OpenRisk, ...] | None:
    if rows is None:
        return None
    return tuple(rag.OpenRisk(row.title, row.exposure, bool(row.response and row.response_due)) for row in rows)


def _people(plan: Outlook | None) -> rag.PeopleInputs | None:
    if plan is None or not plan.loads:
        return None
    return rag.PeopleInputs(tuple(rag.PersonLoad(load.name, load.percent) for load in plan.loads))


def _reading(
    dimension: Dimension, now: rag.RagReading, before: list[PastReading], override: OverrideRow | None
) -> Reading:
    history = [rag.Colour[reading.computed.name] for reading in reversed(before)]
    computed = rag.shown_colour(history, now.colour)
    stands = override if override is not None and _stands(override, computed) else None
    driver = now.driver
    return Reading(
        dimension=dimension,
        colour=Health[computed.name] if stands is None else Health(stands.colour),
        by_rule=Health[computed.name],
        computed=Health[now.colour.name],
        previous=before[0].colour if before else None,
        measure=driver.measure.name if driver else "",
        value=driver.measure.value if driver else None,
        unit=driver.measure.unit if driver else None,
        shown=driver.measure.shown() if driver else "",
        formula=driver.measure.formula if driver else "",
        inputs=tuple(GivenValue(item.name, shown(item.value, item.unit)) for item in driver.measure.inputs)
        if driver
        else (),
        reason=now.reason,
        limits=now.limits,
        trend=_trend(before[0] if before else None, driver),
        override=stands,
    )


_SEVERITY = {rag.Colour.GREEN: 0, rag.Colour.GREY: 0, rag.Colour.AMBER: 1, rag.Colour.RED: 2}


def _stands(override: OverrideRow, computed: rag.Colour) -> bool:
    """Whether a person's colour counts now: worse than the computed one freely, better only with an approver."""
    if computed is rag.Colour.NOT_MEASURED:
        return False
    return bool(override.approved_by) or _SEVERITY[rag.Colour(override.colour.title())] >= _SEVERITY[computed]


def _trend(before: PastReading | None, driver: rag.Finding | None) -> Direction:
    if before is None or driver is None or before.measure != driver.measure.name:
        return Direction.UNKNOWN
    if before.value is None or driver.measure.value is None:
        return Direction.UNKNOWN
    if driver.measure.value == before.value:
        return Direction.SAME
    return Direction.BETTER if (driver.measure.value > before.value) == driver.higher_is_better else Direction.WORSE


# What is judged from budgets: left out for those who may not see these.
OF_BUDGETS = frozenset({Dimension.COST, Dimension.SCOPE})


def worst(readings: Sequence[Reading]) -> Health:
    """The worst of the shown colours; NOT_MEASURED when nothing is."""
    return Health[rag.worst_colour([rag.Colour[reading.colour.name] for reading in readings]).name]


def without_budgets(readings: Sequence[Reading], by_kpis: Reading | None) -> tuple[Reading, ...]:
    """The readings that everybody inside a project may see; `by_kpis`: what the KPIs give that all of them see."""
    kept = tuple(reading for reading in readings if reading.dimension not in OF_BUDGETS | {Dimension.KPIS})
    return kept if by_kpis is None else (*kept, by_kpis)


def because(readings: Sequence[Reading]) -> str:
    """Why the overall colour is what it is: the dimensions that have it, each with its reason."""
    colour = worst(readings)
    if colour is Health.NOT_MEASURED:
        return "Nothing is measured yet: there is no baseline, no budget, no risk, no judged KPI and nobody assigned."
    if colour is Health.GREEN:
        names = [reading.dimension.word for reading in readings if reading.colour is Health.GREEN]
        return f"All that is measured is green: {', '.join(names)}."
    return " ".join(f"{reading.dimension.word}: {_why(reading)}" for reading in readings if reading.colour is colour)


def _why(reading: Reading) -> str:
    own = reading.override
    if own is not None and reading.colour is not reading.by_rule:
        return f"set by {own.set_by} ({own.reason.rstrip('.')}); computed {reading.by_rule.word}."
    if reading.colour is not reading.computed:
        return f"{reading.colour.word} until a second reading confirms {reading.computed.word}. {reading.reason}"
    return reading.reason


def past_of_snapshot(readings: Sequence[Mapping[str, Any]]) -> dict[Dimension, PastReading]:
    """The readings that a stored status snapshot holds, as JSON."""
    found = {}
    for item in readings:
        dimension = Dimension[rag.Dimension(item["dimension"]).name]
        value = item["value"]
        found[dimension] = PastReading(
            Health[rag.Colour(item["colour"]).name],
            Health[rag.Colour(item["computed"]).name],
            str(item["measure"]),
            None if value is None else Decimal(value),
        )
    return found

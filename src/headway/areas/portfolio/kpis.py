"""A project's KPIs as a dimension of its health: which of them count for whom, and how they are told."""

from __future__ import annotations

from collections.abc import Sequence

from headway.areas.metrics.standing import KpiStanding
from headway.areas.metrics.types import State
from headway.areas.portfolio.types import DecidingKpi, Health
from headway.engine.measures import NO_VALUE
from headway.engine.rag import Colour, RagReading
from headway.engine.rag_kpis import KpiJudged, deciding, judge_kpis
from headway.kernel.access import implied

_COLOURS = {State.GREEN: Colour.GREEN, State.AMBER: Colour.AMBER, State.RED: Colour.RED}
_OF_ALL, _OF_BUDGETS = "portfolio.read_project", "budgets.read"


def counted(kpis: Sequence[KpiStanding], *, for_all: bool) -> tuple[KpiStanding, ...]:
    """The KPIs that all who see budgets may see; `for_all`: those that everybody may see who sees how a project stands.

    A colour is one for all who read it, so that it rests on nothing that some of them may not see.
    """
    reader = _OF_ALL if for_all else _OF_BUDGETS
    return tuple(kpi for kpi in kpis if not kpi.needs or implied(kpi.needs, reader))


def kpi_reading(kpis: Sequence[KpiStanding], *, for_all: bool) -> RagReading | None:
    """What the KPIs give by rule; None where the project has none."""
    found = counted(kpis, for_all=for_all)
    return judge_kpis([_judged(kpi) for kpi in found], left_out=len(kpis) - len(found))


def deciding_kpis(kpis: Sequence[KpiStanding], *, for_all: bool) -> tuple[DecidingKpi, ...]:
    """The KPIs that give the colour, to open them."""
    found = counted(kpis, for_all=for_all)
    judged = [_judged(kpi) for kpi in found]
    worst = deciding(judged)
    return tuple(
        DecidingKpi(
            kpi.id, kpi.ref, kpi.name, kpi.shown, kpi.period, kpi.target, Health[one.colour.name], stale=kpi.stale
        )
        for kpi, one in zip(found, judged, strict=True)
        if one in worst
    )


def _judged(kpi: KpiStanding) -> KpiJudged:
    colour = _COLOURS.get(kpi.state, Colour.NOT_MEASURED)
    thresholds = kpi.thresholds.partition(";")[0]  # what a boundary belongs to is said for all dimensions alike
    return KpiJudged(f"{kpi.ref} {kpi.name}", colour, _said(kpi), thresholds, stale=kpi.stale)


def _said(kpi: KpiStanding) -> str:
    """The value beside what is wanted, or why there is no colour."""
    if kpi.state in _COLOURS:
        sure = "" if kpi.confirmed else ", not confirmed"
        return f"{kpi.shown} in {kpi.period}, wanted {kpi.target.partition(',')[0]}{sure}"
    if kpi.state is State.NO_DATA:
        return "no data"
    if kpi.state is State.TOO_FEW:
        cases = "cases not counted" if kpi.n is None else f"{kpi.n} case{'' if kpi.n == 1 else 's'}"
        return f"{cases} in {kpi.period}, at least {kpi.minimum_n} needed"
    return f"no value in {kpi.period}" if kpi.shown == NO_VALUE else "no target"

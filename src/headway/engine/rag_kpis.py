"""The KPIs of a project as one dimension of its health: the worst colour of those that can be judged.

Each KPI is judged by its own thresholds before it comes here (`kpi.judging`). The choices are in
docs/decisions/0150-kpis-are-a-dimension-of-health.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from headway.engine.measures import Input, Measure, Unit
from headway.engine.rag import Colour, Dimension, Finding, RagLimits, RagReading, limits_text, worst_colour

_NAMED = 2  # a reason stands in a small box of a slide


@dataclass(frozen=True, slots=True)
class KpiJudged:
    """One KPI by its newest period.

    name    as people quote it: 'KPI-3 Orders in time'.
    colour  by its own thresholds; NOT_MEASURED where it has none.
    said    its value and what is wanted ('91.2 % in Mar 2026, wanted at least 97 %'), or why it has no colour.
    limits  its thresholds in words.
    stale   its newest sample is too old: the colour was that of then.
    """

    name: str
    colour: Colour
    said: str
    limits: str = ""
    stale: bool = False

    @property
    def shown(self) -> Colour:
        """What it counts as: Grey when stale, for stale is not red."""
        return Colour.GREY if self.stale and self.colour is not Colour.NOT_MEASURED else self.colour


def judge_kpis(kpis: Sequence[KpiJudged], *, left_out: int = 0) -> RagReading | None:
    """The reading of a project's KPIs; None where it has none.

    left_out  how many there are besides that do not count for this reader.
    """
    if not kpis and not left_out:
        return None
    judged = [kpi for kpi in kpis if kpi.shown is not Colour.NOT_MEASURED]
    colour = worst_colour([kpi.shown for kpi in judged])
    text = limits_text(Dimension.KPIS, RagLimits())
    if not judged:
        reason = " ".join(("No KPI can be judged.", *_unjudged(kpis), *_left_out(left_out)))
        return RagReading(Dimension.KPIS, Colour.NOT_MEASURED, None, (), text, reason)
    worst = deciding(kpis)
    stale = len([kpi for kpi in judged if kpi.stale]) if colour is not Colour.GREY else 0
    besides = [f"{_count(stale)} stale."] if stale else []
    besides += [f"{_count(len(kpis) - len(judged))} not judged."] if len(kpis) > len(judged) else []
    reason = " ".join((*_told(worst, colour), *besides, *_left_out(left_out)))
    own = [f"{kpi.name}: {kpi.limits}." for kpi in worst[:_NAMED] if kpi.limits and colour is not Colour.GREEN]
    beneath = worst_colour([kpi.colour for kpi in judged]) if colour is Colour.GREY else colour
    finding = Finding(colour, _measure(kpis), reason)
    return RagReading(Dimension.KPIS, colour, beneath, (finding,), " ".join((text, *own)), reason)


def deciding(kpis: Sequence[KpiJudged]) -> tuple[KpiJudged, ...]:
    """Those that give the dimension its colour, in their order; empty where none can be judged."""
    colour = worst_colour([kpi.shown for kpi in kpis])
    return tuple(kpi for kpi in kpis if kpi.shown is colour and colour is not Colour.NOT_MEASURED)


def _measure(kpis: Sequence[KpiJudged]) -> Measure:
    """How many are amber or red, with how many stand otherwise."""
    counts = {colour: len([kpi for kpi in kpis if kpi.shown is colour]) for colour in _COUNTED}
    value = Decimal(counts[Colour.RED] + counts[Colour.AMBER])
    inputs = tuple(Input(_COUNTED[colour], Decimal(count), Unit.COUNT) for colour, count in counts.items() if count)
    return Measure("kpis_not_green", "KPIs amber or red", value, Unit.COUNT, "red + amber", inputs)


_COUNTED = {
    Colour.RED: "Red",
    Colour.AMBER: "Amber",
    Colour.GREY: "Stale",
    Colour.GREEN: "Green",
    Colour.NOT_MEASURED: "Not judged",
}


def _told(worst: Sequence[KpiJudged], colour: Colour) -> tuple[str, ...]:
    """The KPIs that decide, a few by name; green ones are counted."""
    if colour is Colour.GREEN:
        return (f"{_count(len(worst))} green.",)
    if colour is Colour.GREY:
        told = [f"{kpi.name} is stale: {kpi.said}, {kpi.colour.value.lower()} then." for kpi in worst[:_NAMED]]
    else:
        told = [f"{kpi.name} is {colour.value.lower()}: {kpi.said}." for kpi in worst[:_NAMED]]
    more = len(worst) - _NAMED
    word = "stale" if colour is Colour.GREY else colour.value.lower()
    return (*told, f"{more} more {_is(more)} {word}.") if more > 0 else tuple(told)


def _unjudged(kpis: Sequence[KpiJudged]) -> tuple[str, ...]:
    """Why none of them has a colour."""
    if not kpis:
        return ()
    found = ", ".join(f"{kpi.name} ({kpi.said})" for kpi in kpis[:_NAMED])
    more = len(kpis) - _NAMED
    return (f"{found}{f' and {more} more' if more > 0 else ''}.",)


def _left_out(count: int) -> tuple[str, ...]:
    return (f"{_count(count)} left out, for not everybody who reads this may see {_them(count)}.",) if count else ()


def _count(count: int) -> str:
    """'1 KPI is', '3 KPIs are'."""
    return f"{count} KPI{'' if count == 1 else 's'} {_is(count)}"


def _is(count: int) -> str:
    return "is" if count == 1 else "are"


def _them(count: int) -> str:
    return "it" if count == 1 else "them"

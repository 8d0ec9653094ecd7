"""Earned value and earned schedule: variances, indices, estimates at completion in money and in time.

Amounts are Decimals of one unit (money of one currency, or hours) and are never rounded here.
Not here: how planned and earned value come from tasks (`planned_value.py`), the colours (`rag.py`).
Sources: PMI Practice Standard for Earned Value Management; Lipke 2003 (earned schedule);
Vandevoorde & Vanhoucke 2006 (the nine forecasts of duration).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from headway.engine.measures import (
    HUNDRED,
    ZERO,
    Input,
    Measure,
    MeasureState,
    NoValue,
    Unit,
    derive,
    divided,
    given,
)


class EarnedValueError(ValueError):
    """An input that no plan can have: a falling planned value, a negative budget or time."""


class EacVariant(Enum):
    """How the estimate at completion looks ahead; the value is the letter that reports name."""

    ONE_OFF = "a"
    EFFICIENCY = "b"
    DEADLINE_PRESSURE = "c"
    BOTTOM_UP = "d"


DEFAULT_EAC = EacVariant.EFFICIENCY

_EAC_TEXT = {
    EacVariant.ONE_OFF: ("AC + (BAC − EV)", "the variance so far was a one-off"),
    EacVariant.EFFICIENCY: ("BAC / CPI", "the efficiency so far continues"),
    EacVariant.DEADLINE_PRESSURE: ("AC + (BAC − EV) / (CPI × SPI)", "deadline pressure: cost and schedule both bear"),
    EacVariant.BOTTOM_UP: ("AC + ETC estimated anew", "the rest has been estimated anew"),
}


@dataclass(frozen=True, slots=True)
class EarnedValueInputs:
    """What a status date knows. None = the records do not exist, which is not the same as 0.

    bac            budget at completion of the named baseline.
    bottom_up_etc  a fresh estimate of the rest, when one was made.
    """

    bac: Decimal | None
    pv: Decimal | None
    ev: Decimal | None
    ac: Decimal | None
    bottom_up_etc: Decimal | None = None


@dataclass(frozen=True, slots=True)
class EarnedValue:
    """All money measures of one status date. `eac`, `etc`, `vac` follow the variant in use."""

    bac: Measure
    pv: Measure
    ev: Measure
    ac: Measure
    cv: Measure
    sv: Measure
    cpi: Measure
    spi: Measure
    variant: EacVariant
    eac_by_variant: tuple[tuple[EacVariant, Measure], ...]
    eac: Measure
    etc: Measure
    vac: Measure
    tcpi_bac: Measure
    tcpi_eac: Measure
    percent_complete: Measure
    percent_spent: Measure

    def measures(self) -> tuple[Measure, ...]:
        """Every figure once, in reading order: inputs, variances, indices, forecasts."""
        return (
            *(self.bac, self.pv, self.ev, self.ac, self.cv, self.sv, self.cpi, self.spi),
            *(measure for _, measure in self.eac_by_variant),
            *(self.etc, self.vac, self.tcpi_bac, self.tcpi_eac, self.percent_complete, self.percent_spent),
        )


def earned_value(
    inputs: EarnedValueInputs, *, variant: EacVariant = DEFAULT_EAC, unit: Unit = Unit.MONEY
) -> EarnedValue:
    """All earned-value measures of the inputs, each with formula, inputs and, if need be, why there is none.

    variant  names the estimate at completion that `eac`, `etc`, `vac` and TCPI to EAC use.
    unit     MONEY or HOURS.
    Raises EarnedValueError for a negative BAC.
    """
    if inputs.bac is not None and inputs.bac < 0:
        raise EarnedValueError(f"BAC is {inputs.bac}; a budget cannot be negative. Correct the baseline's budget.")
    bac = given("bac", "BAC", inputs.bac, unit, source="budget at completion of the named baseline")
    pv = given("pv", "PV", inputs.pv, unit, source="planned value to the status date")
    ev = given("ev", "EV", inputs.ev, unit, source="earned value to the status date")
    ac = given("ac", "AC", inputs.ac, unit, source="actual cost to the status date")
    anew = Input("ETC estimated anew", inputs.bottom_up_etc, unit)
    eacs = _estimates_at_completion(bac.as_input(), pv.as_input(), ev.as_input(), ac.as_input(), anew)
    eac = dict(eacs)[variant]
    in_use = eac.as_input(f"EAC {variant.value}")
    return EarnedValue(
        bac=bac,
        pv=pv,
        ev=ev,
        ac=ac,
        cv=derive("cv", "CV", unit, "EV − AC", (ev.as_input(), ac.as_input()), lambda e, a: e - a),
        sv=derive("sv", "SV", unit, "EV − PV", (ev.as_input(), pv.as_input()), lambda e, p: e - p),
        cpi=derive("cpi", "CPI", Unit.INDEX, "EV / AC", (ev.as_input(), ac.as_input()), _cpi),
        spi=derive("spi", "SPI", Unit.INDEX, "EV / PV", (ev.as_input(), pv.as_input()), _spi),
        variant=variant,
        eac_by_variant=eacs,
        eac=eac,
        etc=derive("etc", "ETC", unit, "EAC − AC", (in_use, ac.as_input()), lambda e, a: e - a),
        vac=derive("vac", "VAC", unit, "BAC − EAC", (bac.as_input(), in_use), lambda b, e: b - e),
        tcpi_bac=derive(
            "tcpi_bac",
            "TCPI to BAC",
            Unit.INDEX,
            "(BAC − EV) / (BAC − AC)",
            (bac.as_input(), ev.as_input(), ac.as_input()),
            _tcpi_bac,
        ),
        tcpi_eac=derive(
            "tcpi_eac",
            "TCPI to EAC",
            Unit.INDEX,
            "(BAC − EV) / (EAC − AC)",
            (bac.as_input(), ev.as_input(), in_use, ac.as_input()),
            _tcpi_eac,
        ),
        percent_complete=derive(
            "percent_complete", "% complete", Unit.PERCENT, "EV / BAC", (ev.as_input(), bac.as_input()), _share_of_bac
        ),
        percent_spent=derive(
            "percent_spent", "% spent", Unit.PERCENT, "AC / BAC", (ac.as_input(), bac.as_input()), _share_of_bac
        ),
    )


def percent_complete_by_cost(ac: Decimal | None, etc: Decimal | None, *, unit: Unit = Unit.MONEY) -> Measure:
    """AC / (AC + ETC) in percent: it moves with the estimate to go, and is named so."""

    def share(spent: Decimal, to_go: Decimal) -> Decimal:
        return divided(HUNDRED * spent, spent + to_go, "Nothing is spent and nothing is left to spend.")

    return derive(
        "percent_complete_by_cost",
        "% complete by AC / (AC + ETC)",
        Unit.PERCENT,
        "AC / (AC + ETC)",
        (Input("AC", ac, unit), Input("ETC", etc, unit)),
        share,
        assumption="moves with the estimate to go",
    )


def _estimates_at_completion(
    bac: Input, pv: Input, ev: Input, ac: Input, anew: Input
) -> tuple[tuple[EacVariant, Measure], ...]:
    def efficiency(b: Decimal, e: Decimal, a: Decimal) -> Decimal:
        _need_index(e, a)
        return b * a / e  # BAC / CPI with one division, so that no rounded index enters

    def pressure(b: Decimal, p: Decimal, e: Decimal, a: Decimal) -> Decimal:
        _need_index(e, a)
        if p == 0:
            raise NoValue("PV is 0, so there is no SPI.")
        return a + (b - e) * a * p / (e * e)

    parts: dict[EacVariant, tuple[tuple[Input, ...], Callable[..., Decimal]]] = {
        EacVariant.ONE_OFF: ((bac, ev, ac), lambda b, e, a: a + (b - e)),
        EacVariant.EFFICIENCY: ((bac, ev, ac), efficiency),
        EacVariant.DEADLINE_PRESSURE: ((bac, pv, ev, ac), pressure),
        EacVariant.BOTTOM_UP: ((ac, anew), lambda a, to_go: a + to_go),
    }
    return tuple(
        (
            variant,
            derive(
                f"eac_{variant.value}",
                f"EAC {variant.value}",
                bac.unit,
                _EAC_TEXT[variant][0],
                inputs,
                compute,
                assumption=_EAC_TEXT[variant][1],
            ),
        )
        for variant, (inputs, compute) in parts.items()
    )


def _need_index(ev: Decimal, ac: Decimal) -> None:
    if ac == 0:
        raise NoValue("AC is 0, so there is no CPI.")
    if ev == 0:
        raise NoValue("EV is 0, so the CPI cannot be extended to the rest.")


def _cpi(ev: Decimal, ac: Decimal) -> Decimal:
    return divided(ev, ac, "AC is 0: nothing has been spent yet.")


def _spi(ev: Decimal, pv: Decimal) -> Decimal:
    return divided(ev, pv, "PV is 0: nothing was planned by this date.")


def _tcpi_bac(bac: Decimal, ev: Decimal, ac: Decimal) -> Decimal:
    if bac - ac <= 0:
        raise NoValue("AC has reached BAC: no efficiency can bring the rest within it.", MeasureState.NOT_ACHIEVABLE)
    return (bac - ev) / (bac - ac)


def _tcpi_eac(bac: Decimal, ev: Decimal, eac: Decimal, ac: Decimal) -> Decimal:
    if eac - ac <= 0:
        raise NoValue("EAC leaves nothing to spend.")
    return (bac - ev) / (eac - ac)


def _share_of_bac(amount: Decimal, bac: Decimal) -> Decimal:
    return divided(HUNDRED * amount, bac, "BAC is 0.")


# Earned schedule


@dataclass(frozen=True, slots=True)
class PlannedSeries:
    """Cumulative planned value at the end of periods 1, 2, 3 … of equal name (weeks, days).

    duration  planned duration PD in periods; the last period may be a part (PD 10.4).
    values    may stop before PD (only the past is known) or run on flat behind it.
    Raises EarnedValueError where the values fall or PD is not positive.
    """

    values: tuple[Decimal, ...]
    duration: Decimal
    unit: Unit = Unit.WEEKS

    def __post_init__(self) -> None:
        if self.duration <= 0:
            raise EarnedValueError(f"Planned duration is {self.duration}; it must be above 0.")
        before = ZERO
        for period, value in enumerate(self.values, start=1):
            if value < before:
                raise EarnedValueError(
                    f"Cumulative planned value falls from {before} to {value} in period {period}. Give running totals."
                )
            before = value

    @property
    def whole(self) -> bool:
        """Whether the values reach the end of the plan."""
        return len(self.values) >= self.duration

    def points(self) -> tuple[tuple[Decimal, Decimal], ...]:
        """(time, planned value) from (0, 0); time is in periods and stops at PD."""
        times = (min(Decimal(period), self.duration) for period in range(1, len(self.values) + 1))
        return ((ZERO, ZERO), *zip(times, self.values, strict=True))

    def planned_value_at(self, time: Decimal) -> Decimal | None:
        """Planned value at a time in periods, interpolated; None behind the last known period."""
        points = self.points()
        if time >= points[-1][0]:
            return points[-1][1] if self.whole or time == points[-1][0] else None
        if time <= 0:
            return ZERO
        later = next(index for index, point in enumerate(points) if point[0] > time)
        (time_0, value_0), (time_1, value_1) = points[later - 1], points[later]
        return value_0 + (value_1 - value_0) * (time - time_0) / (time_1 - time_0)


@dataclass(frozen=True, slots=True)
class EarnedSchedule:
    """Schedule measures in time. `eac_t` holds the nine forecasts of the duration, keyed by Measure.key."""

    es: Measure
    at: Measure
    pd: Measure
    sv_t: Measure
    spi_t: Measure
    ieac_t: Measure
    tspi: Measure
    eac_t: tuple[Measure, ...]

    def measures(self) -> tuple[Measure, ...]:
        """Every figure once, in reading order."""
        return (self.es, self.at, self.pd, self.sv_t, self.spi_t, self.ieac_t, self.tspi, *self.eac_t)


def earned_time(series: PlannedSeries, ev: Decimal) -> Decimal:
    """The time at which the plan had earned what is earned now: ES = C + (EV − PV_C) / (PV_C+1 − PV_C).

    The last period whose planned value is not above EV counts, so a flat stretch is passed over.
    EV at or above the plan's end gives PD. Raises NoValue where the known periods end too early.
    Source: Lipke 2003.
    """
    if ev < 0:
        raise EarnedValueError(f"EV is {ev}; earned value cannot be negative. Correct the progress it rests on.")
    points = series.points()
    if ev >= points[-1][1]:
        if series.whole:
            return series.duration
        raise NoValue(
            f"Planned value is known for {len(series.values)} of {series.duration} periods only, and EV is beyond it."
        )
    last = max(index for index, (_, value) in enumerate(points) if value <= ev)
    (time_0, value_0), (time_1, value_1) = points[last], points[last + 1]
    return time_0 + (time_1 - time_0) * (ev - value_0) / (value_1 - value_0)


def earned_schedule(
    series: PlannedSeries,
    *,
    ev: Decimal | None,
    actual_time: Decimal,
    bac: Decimal | None,
    ac: Decimal | None,
    unit: Unit = Unit.MONEY,
) -> EarnedSchedule:
    """Earned schedule, its indices, and the nine forecasts of the duration.

    actual_time  AT, periods from start to status date; a part-elapsed period counts as its fraction.
    unit         what EV, BAC and AC count: MONEY or HOURS.
    Where planned value is flat across the status date, ES is held at AT and the figure says so:
    a pause in the plan is not work done early.
    Raises EarnedValueError for a negative AT.
    """
    if actual_time < 0:
        raise EarnedValueError(f"Actual time is {actual_time}; the status date lies before the project's start.")
    at = given("at", "AT", actual_time, series.unit, source="periods from start to status date")
    pd = given("pd", "PD", series.duration, series.unit, source="planned duration of the baseline")
    earned = Input("EV", ev, unit)
    es = _es(series, earned, actual_time)
    spi_t = derive("spi_t", "SPI(t)", Unit.INDEX, "ES / AT", (es.as_input(), at.as_input()), _spi_t)
    return EarnedSchedule(
        es=es,
        at=at,
        pd=pd,
        sv_t=derive("sv_t", "SV(t)", series.unit, "ES − AT", (es.as_input(), at.as_input()), lambda e, a: e - a),
        spi_t=spi_t,
        ieac_t=derive(
            "ieac_t",
            "IEAC(t)",
            series.unit,
            "PD / SPI(t)",
            (pd.as_input(), es.as_input(), at.as_input()),
            _ieac_t,
            assumption="the pace so far continues",
        ),
        tspi=derive(
            "tspi",
            "TSPI",
            Unit.INDEX,
            "(PD − ES) / (PD − AT)",
            (pd.as_input(), es.as_input(), at.as_input()),
            _tspi,
        ),
        eac_t=_durations_at_completion(series, es, at, earned, Input("AC", ac, unit), Input("BAC", bac, unit)),
    )


def _es(series: PlannedSeries, earned: Input, actual_time: Decimal) -> Measure:
    ev = earned.value
    formula = "C + (EV − PV of C) / (PV of C+1 − PV of C), C = last period with PV ≤ EV"
    measure = derive("es", "ES", series.unit, formula, (earned,), lambda amount: earned_time(series, amount))
    points = series.points()
    if measure.value is None or ev is None or ev >= points[-1][1]:
        return measure
    reached = [time for time, value in points if value == ev]
    if not reached or not reached[0] <= actual_time < measure.value:
        return measure
    return Measure(
        "es",
        "ES",
        actual_time,
        series.unit,
        formula,
        (*measure.inputs, Input("AT", actual_time, series.unit)),
        note=f"No work was planned between period {reached[0]} and {measure.value}: "
        "ES is held at AT, for a pause in the plan is not work done early.",
    )


def _spi_t(es: Decimal, at: Decimal) -> Decimal:
    return divided(es, at, "AT is 0: the project has not begun.")


def _ieac_t(pd: Decimal, es: Decimal, at: Decimal) -> Decimal:
    if at == 0:
        raise NoValue("AT is 0: the project has not begun.")
    return divided(pd * at, es, "ES is 0: nothing has been earned yet.")


def _tspi(pd: Decimal, es: Decimal, at: Decimal) -> Decimal:
    if pd - at <= 0:
        raise NoValue(
            "The planned duration has passed: no pace can finish the rest within it.", MeasureState.NOT_ACHIEVABLE
        )
    return (pd - es) / (pd - at)


_METHODS = {"pv": "planned value", "ed": "earned duration", "es": "earned schedule"}
_FACTORS = {
    "1": ("the rest as planned", "the rest goes as planned"),
    "spi": ("at the schedule index", "the schedule efficiency so far continues"),
    "sci": ("at the schedule × cost index", "schedule and cost efficiency so far continue"),
}


def _durations_at_completion(
    series: PlannedSeries, es: Measure, at: Measure, earned: Input, cost: Input, budget: Input
) -> tuple[Measure, ...]:
    """Planned value, earned duration, earned schedule × performance factor 1, schedule, schedule and cost."""
    planned = None if at.value is None else series.planned_value_at(at.value)
    pd = Input("PD", series.duration, series.unit)
    plan = Input("PV", planned, earned.unit)
    by_plan = (pd, earned, plan)
    by_duration = (pd, at.as_input(), earned, plan)
    by_schedule = (pd, at.as_input(), es.as_input())
    rows: tuple[tuple[str, str, str, tuple[Input, ...], Callable[..., Decimal]], ...] = (
        ("pv", "1", "PD − SV × PD / BAC", (*by_plan, budget), _planned_value_rest),
        ("pv", "spi", "PD / SPI", by_plan, lambda d, e, p: _paced(d, _spi(e, p))),
        ("pv", "sci", "PD / (SPI × CPI)", (*by_plan, cost), lambda d, e, p, c: _paced(d, _spi(e, p) * _cpi(e, c))),
        ("ed", "1", "AT + max(PD, AT) − AT × SPI", by_duration, lambda d, t, e, p: t + _duration_left(d, t, e, p)),
        (
            "ed",
            "spi",
            "AT + (max(PD, AT) − AT × SPI) / SPI",
            by_duration,
            lambda d, t, e, p: t + _paced(_duration_left(d, t, e, p), _spi(e, p)),
        ),
        (
            "ed",
            "sci",
            "AT + (max(PD, AT) − AT × SPI) / (SPI × CPI)",
            (*by_duration, cost),
            lambda d, t, e, p, c: t + _paced(_duration_left(d, t, e, p), _spi(e, p) * _cpi(e, c)),
        ),
        ("es", "1", "AT + (PD − ES)", by_schedule, lambda d, t, s: t + d - s),
        ("es", "spi", "AT + (PD − ES) / SPI(t)", by_schedule, lambda d, t, s: t + _paced(d - s, _spi_t(s, t))),
        (
            "es",
            "sci",
            "AT + (PD − ES) / (SPI(t) × CPI)",
            (*by_schedule, earned, cost),
            lambda d, t, s, e, c: t + _paced(d - s, _spi_t(s, t) * _cpi(e, c)),
        ),
    )
    return tuple(
        derive(
            f"eac_t_{method}_{factor}",
            f"EAC(t) by {_METHODS[method]}, {_FACTORS[factor][0]}",
            series.unit,
            formula,
            inputs,
            compute,
            assumption=_FACTORS[factor][1],
        )
        for method, factor, formula, inputs, compute in rows
    )


def _planned_value_rest(pd: Decimal, ev: Decimal, pv: Decimal, bac: Decimal) -> Decimal:
    return pd - divided((ev - pv) * pd, bac, "BAC is 0.")


def _duration_left(pd: Decimal, at: Decimal, ev: Decimal, pv: Decimal) -> Decimal:
    return max(pd, at) - at * _spi(ev, pv)


def _paced(duration: Decimal, factor: Decimal) -> Decimal:
    return divided(duration, factor, "The performance factor is 0: nothing has been earned yet.")

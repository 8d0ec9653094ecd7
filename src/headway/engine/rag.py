"""Red, amber, green by rule: seven dimensions, editable limits, Grey, two readings, overrides, overall.

A colour is judged from measured inputs, never typed in. Not here: where the inputs come from, and the eighth dimension,
which a project has with its first KPI (`rag_kpis.py`).
The choices behind the rules are in docs/decisions/0022 to 0025; for readers: docs/explanation/health.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import Enum
from itertools import pairwise
from typing import Any

from headway.engine.measures import HUNDRED, Input, Measure, MeasureState, Unit, derive, divided, given, shown


class RagError(ValueError):
    """Limits out of order, or an override without what it needs."""


class Colour(Enum):
    """The word that stands beside every colour."""

    GREEN = "Green"
    AMBER = "Amber"
    RED = "Red"
    GREY = "Grey"
    NOT_MEASURED = "Not measured"


# Grey is worse than a proven Green and better than a proven Amber: it hides neither Red nor Amber.
_RANK = {Colour.GREEN: 0, Colour.GREY: 1, Colour.AMBER: 2, Colour.RED: 3}


class Dimension(Enum):
    """What is judged; the value is its name on paper, in the order of the status report."""

    SCHEDULE = "Schedule"
    COST = "Cost / hours"
    SCOPE = "Scope"
    RISK = "Risk"
    QUALITY = "Quality (UAT/ORT)"
    CLIENT_INPUTS = "Client inputs"
    PEOPLE = "People"
    KPIS = "KPIs"


@dataclass(frozen=True, slots=True)
class RagLimits:
    """The limits of one project; each pair is (last value of Green, last value of Amber).

    Continuous limits belong to the better side; whole-number bands are 'from' values as named.
    """

    spi_t: tuple[Decimal, Decimal] = (Decimal("0.95"), Decimal("0.85"))
    slip_days: Decimal = Decimal(10)
    cost_percent: tuple[Decimal, Decimal] = (Decimal(5), Decimal(10))
    gap_points: tuple[Decimal, Decimal] = (Decimal(5), Decimal(10))
    scope_percent: tuple[Decimal, Decimal] = (Decimal(3), Decimal(8))
    exposure_amber_from: int = 12
    exposure_red_from: int = 20
    severity_2_open: int = 0
    client_days_amber_from: int = 3
    client_days_red_from: int = 7
    load_percent: tuple[Decimal, Decimal] = (Decimal(110), Decimal(125))
    timesheets_percent: Decimal = Decimal(90)
    progress_age_days: int = 10
    deadline_chance: Decimal = Decimal(50)  # percent below which the chance of the deadline is told; no colour

    def __post_init__(self) -> None:
        if self.spi_t[0] < self.spi_t[1]:
            raise RagError(f"SPI(t) is Green from {self.spi_t[0]} and Amber from {self.spi_t[1]}: swap them.")
        for name in ("cost_percent", "gap_points", "scope_percent", "load_percent"):
            green, amber = getattr(self, name)
            if green > amber:
                raise RagError(f"Limits {name}: Green ends at {green}, above Amber's end {amber}. Swap them.")
        if self.exposure_amber_from > self.exposure_red_from or self.client_days_amber_from > self.client_days_red_from:
            raise RagError("Red begins below Amber for risk exposure or client days. Swap the limits.")


def limits_from(given: Mapping[str, Any]) -> RagLimits:
    """The usual limits with a project's own in their place; pairs as lists of two numbers.

    Raises RagError for a name that is none, a value that is no such number, and limits out of order.
    """
    usual = RagLimits()
    own: dict[str, Any] = {}
    for name, value in given.items():
        if name not in _LIMIT_NAMES:
            raise RagError(f"'{name}' is no limit of health; there are {', '.join(_LIMIT_NAMES)}.")
        own[name] = _limit(name, getattr(usual, name), value)
    return replace(usual, **own)


def _limit(name: str, usual: Any, value: Any) -> Any:
    if isinstance(usual, tuple):
        if not isinstance(value, list | tuple) or len(value) != 2:
            raise RagError(f"{name} is a pair: the last value of Green and the last of Amber, not {value!r}.")
        return tuple(_number(name, item) for item in value)
    number = _number(name, value)
    if isinstance(usual, Decimal):
        return number
    if number != number.to_integral_value():
        raise RagError(f"{name} is a whole number, not {value}.")
    return int(number)


_LARGEST_LIMIT = Decimal(10_000)


def _number(name: str, value: Any) -> Decimal:
    try:
        number = Decimal(str(value)) if not isinstance(value, bool) else Decimal("NaN")
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or not 0 <= number <= _LARGEST_LIMIT:
        raise RagError(f"{name} takes numbers from 0 to {_LARGEST_LIMIT}, not {value!r}.")
    return number


_LIMIT_NAMES = tuple(item.name for item in fields(RagLimits))


@dataclass(frozen=True, slots=True)
class Finding:
    """One measure judged: its colour, the reason in words, and which way is up."""

    colour: Colour
    measure: Measure
    reason: str
    higher_is_better: bool = False


@dataclass(frozen=True, slots=True)
class RagReading:
    """One dimension at one status date.

    colour    the reading; Grey when its figures cannot be trusted, NOT_MEASURED without records.
    beneath   the colour the figures give, also under Grey; None when not measured.
    findings  every measure judged, worst first; the first one decides.
    limits    the limits in words, to print beside the colour.
    reason    why this colour, or why there is none.
    """

    dimension: Dimension
    colour: Colour
    beneath: Colour | None
    findings: tuple[Finding, ...]
    limits: str
    reason: str

    @property
    def driver(self) -> Finding | None:
        """The finding that decides, None when not measured."""
        return self.findings[0] if self.findings else None

    @property
    def measure_text(self) -> str:
        """The deciding measure with its value: 'SPI(t) 0.88'."""
        return f"{self.driver.measure.name} {self.driver.measure.shown()}" if self.driver else Colour.NOT_MEASURED.value


# Inputs. None always means: the records do not exist.


@dataclass(frozen=True, slots=True)
class Freshness:
    """How far the records can be trusted.

    timesheets_percent  share of due timesheets that are in, out of 100; None = hours are not tracked.
    progress_age_days   calendar days since the oldest progress that counts; None = no progress is kept.
    """

    timesheets_percent: Decimal | None
    progress_age_days: int | None


@dataclass(frozen=True, slots=True)
class KeyMilestone:
    """Slip of one key milestone in working days against the baseline; negative = early."""

    name: str
    slip_days: Decimal


@dataclass(frozen=True, slots=True)
class ScheduleInputs:
    """SPI(t) and key milestones; a contract date that cannot be kept is named."""

    spi_t: Measure | None
    milestones: tuple[KeyMilestone, ...] | None
    lost_contract_dates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CostInputs:
    """The estimate at completion in use, BAC, and the gap of the burn (points)."""

    eac: Measure | None
    bac: Decimal | None
    gap: Measure | None
    unit: Unit = Unit.MONEY


@dataclass(frozen=True, slots=True)
class ScopeInputs:
    """Sums of approved and pending changes against BAC; names of work begun without approval."""

    approved: Decimal
    pending: Decimal
    bac: Decimal | None
    unapproved_work: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OpenRisk:
    """One open risk: probability × impact (1–25), and whether a response with a date exists."""

    name: str
    exposure: int
    dated_response: bool


@dataclass(frozen=True, slots=True)
class QualityInputs:
    """Open defects by severity, pass rate against plan (percent), and a missed exit date."""

    open_severity_1: int
    open_severity_2: int
    pass_rate: Decimal | None
    planned_pass_rate: Decimal | None
    exit_date_missed: bool = False


@dataclass(frozen=True, slots=True)
class ClientInput:
    """Something the client owes; days late in working days, 0 or less = not late."""

    name: str
    days_late: int


@dataclass(frozen=True, slots=True)
class PersonLoad:
    """Planned work in percent of capacity over the next two weeks."""

    name: str
    load_percent: Decimal


@dataclass(frozen=True, slots=True)
class PeopleInputs:
    """Loads of everyone planned, and key roles without a person."""

    loads: tuple[PersonLoad, ...]
    empty_key_roles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RagInputs:
    """All that is known of a project. None = not measured; `missing` says why, by dimension."""

    schedule: ScheduleInputs | None
    cost: CostInputs | None
    scope: ScopeInputs | None
    risks: tuple[OpenRisk, ...] | None
    quality: QualityInputs | None
    client_inputs: tuple[ClientInput, ...] | None
    people: PeopleInputs | None
    freshness: Freshness
    missing: tuple[tuple[Dimension, str], ...] = ()


# Judging


def judge(inputs: RagInputs, limits: RagLimits) -> tuple[RagReading, ...]:
    """One reading for each of the seven dimensions that are judged by the project's limits, in their order."""
    why = dict(inputs.missing)
    findings: dict[Dimension, Sequence[Finding] | None] = {
        Dimension.SCHEDULE: None if inputs.schedule is None else _schedule(inputs.schedule, limits),
        Dimension.COST: None if inputs.cost is None else _cost(inputs.cost, limits),
        Dimension.SCOPE: None if inputs.scope is None else _scope(inputs.scope, limits),
        Dimension.RISK: None if inputs.risks is None else _risk(inputs.risks, limits),
        Dimension.QUALITY: None if inputs.quality is None else _quality(inputs.quality, limits),
        Dimension.CLIENT_INPUTS: None if inputs.client_inputs is None else _client(inputs.client_inputs, limits),
        Dimension.PEOPLE: None if inputs.people is None else _people(inputs.people, limits),
    }
    return tuple(
        _reading(dimension, found, limits, inputs.freshness, why.get(dimension, ""))
        for dimension, found in findings.items()
    )


def _reading(
    dimension: Dimension,
    found: Sequence[Finding] | None,
    limits: RagLimits,
    freshness: Freshness,
    missing: str,
) -> RagReading:
    text = limits_text(dimension, limits)
    judged = sorted(
        (finding for finding in found or () if finding.colour is not Colour.NOT_MEASURED),
        key=lambda finding: -_RANK[finding.colour],
    )
    if not judged:
        gaps = " ".join(dict.fromkeys(finding.reason for finding in found or ()))
        reason = missing or gaps or f"No records for {dimension.value}."
        return RagReading(dimension, Colour.NOT_MEASURED, None, (), text, reason)
    colour = judged[0].colour
    worst = " ".join(finding.reason for finding in judged if finding.colour is colour)
    stale = _stale(dimension, limits, freshness)
    if stale:
        return RagReading(dimension, Colour.GREY, colour, tuple(judged), text, stale)
    return RagReading(dimension, colour, colour, tuple(judged), text, worst)


def _stale(dimension: Dimension, limits: RagLimits, freshness: Freshness) -> str:
    """Why the figures cannot be trusted, empty when they can. Timesheets bear on hours, progress on both."""
    reasons = []
    sheets, age = freshness.timesheets_percent, freshness.progress_age_days
    if dimension is Dimension.COST and sheets is not None and sheets < limits.timesheets_percent:
        reasons.append(
            f"{shown(sheets, Unit.PERCENT)} % of the timesheets are in, "
            f"fewer than {_plain(limits.timesheets_percent)} %."
        )
    if dimension in {Dimension.SCHEDULE, Dimension.COST} and age is not None and age > limits.progress_age_days:
        reasons.append(f"Progress is {age} days old, more than {limits.progress_age_days}.")
    return " ".join(reasons)


def _schedule(inputs: ScheduleInputs, limits: RagLimits) -> list[Finding]:
    findings = []
    if inputs.spi_t is not None:
        green, amber = limits.spi_t
        findings.append(_judged(inputs.spi_t, green, amber, higher_is_better=True))
    if inputs.milestones:
        worst = max(inputs.milestones, key=lambda milestone: milestone.slip_days)
        late = sum(1 for milestone in inputs.milestones if milestone.slip_days > 0)
        measure = given(
            "milestone_slip", "Worst key milestone slip", worst.slip_days, Unit.DAYS, source="forecast − baseline"
        )
        colour = _by_band(worst.slip_days, Decimal(0), limits.slip_days)
        reason = (
            f"{late} of {len(inputs.milestones)} key milestones late; worst '{worst.name}', "
            f"{_plain(worst.slip_days)} working days."
            if late
            else "No key milestone is late."
        )
        findings.append(Finding(colour, measure, reason))
    if inputs.lost_contract_dates:
        count = Decimal(len(inputs.lost_contract_dates))
        measure = given("contract_dates_lost", "Contract dates lost", count, Unit.COUNT, source="counted")
        findings.append(Finding(Colour.RED, measure, f"Contract date lost: {', '.join(inputs.lost_contract_dates)}."))
    return findings


def _cost(inputs: CostInputs, limits: RagLimits) -> list[Finding]:
    findings = []
    if inputs.eac is not None:
        over = derive(
            "eac_over_bac",
            f"{inputs.eac.name} against BAC",
            Unit.PERCENT,
            "EAC / BAC − 1",
            (inputs.eac.as_input(), Input("BAC", inputs.bac, inputs.unit)),
            lambda eac, bac: divided(HUNDRED * (eac - bac), bac, "BAC is 0."),
            assumption=inputs.eac.assumption,
        )
        if inputs.eac.value is None:
            over = replace(over, reason=f"{inputs.eac.name}: {inputs.eac.reason}", state=MeasureState.NOT_MEASURED)
        findings.append(_judged(over, *limits.cost_percent))
    if inputs.gap is not None:
        findings.append(_judged(inputs.gap, *limits.gap_points))
    return findings


def _scope(inputs: ScopeInputs, limits: RagLimits) -> list[Finding]:
    change = derive(
        "scope_change",
        "Approved + pending changes",
        Unit.PERCENT,
        "(approved + pending) / BAC",
        (
            Input("approved", inputs.approved, Unit.MONEY),
            Input("pending", inputs.pending, Unit.MONEY),
            Input("BAC", inputs.bac, Unit.MONEY),
        ),
        lambda approved, pending, bac: divided(HUNDRED * (approved + pending), bac, "BAC is 0."),
    )
    findings = [_judged(change, *limits.scope_percent)]
    if inputs.unapproved_work:
        count = Decimal(len(inputs.unapproved_work))
        measure = given("unapproved_work", "Unapproved work started", count, Unit.COUNT, source="counted")
        findings.append(
            Finding(Colour.RED, measure, f"Unapproved work has started: {', '.join(inputs.unapproved_work)}.")
        )
    return findings


def _risk(risks: tuple[OpenRisk, ...], limits: RagLimits) -> list[Finding]:
    if not risks:
        measure = given("top_exposure", "Top open exposure", Decimal(0), Unit.COUNT, source="no open risk")
        return [Finding(Colour.GREEN, measure, "No risk is open.")]
    judged = [_one_risk(risk, limits) for risk in sorted(risks, key=lambda risk: (-risk.exposure, risk.name))]
    return [max(judged, key=lambda finding: _RANK[finding.colour])]


def _one_risk(risk: OpenRisk, limits: RagLimits) -> Finding:
    measure = given("top_exposure", "Top open exposure", Decimal(risk.exposure), Unit.COUNT, source="P × I, of 25")
    text = f"Risk '{risk.name}' has exposure {risk.exposure}"
    if risk.exposure >= limits.exposure_red_from:
        if risk.dated_response:
            return Finding(Colour.AMBER, measure, f"{text} with a dated response.")
        return Finding(Colour.RED, measure, f"{text} without a dated response.")
    colour = Colour.AMBER if risk.exposure >= limits.exposure_amber_from else Colour.GREEN
    return Finding(colour, measure, f"{text}.")


def _quality(inputs: QualityInputs, limits: RagLimits) -> list[Finding]:
    one, two = inputs.open_severity_1, inputs.open_severity_2
    severity_1 = given("severity_1_open", "Open severity 1", Decimal(one), Unit.COUNT, source="counted")
    severity_2 = given("severity_2_open", "Open severity 2", Decimal(two), Unit.COUNT, source="counted")
    findings = [
        Finding(Colour.RED if one else Colour.GREEN, severity_1, f"{one or 'No'} severity 1 open."),
        Finding(
            Colour.AMBER if two > limits.severity_2_open else Colour.GREEN,
            severity_2,
            f"{two or 'No'} severity 2 open, limit {limits.severity_2_open}.",
        ),
    ]
    if inputs.pass_rate is not None and inputs.planned_pass_rate is not None:
        rate = given("pass_rate", "Pass rate", inputs.pass_rate, Unit.PERCENT, source="passed / run")
        behind = inputs.pass_rate < inputs.planned_pass_rate
        text = f"Pass rate {rate.shown()} %, planned {shown(inputs.planned_pass_rate, Unit.PERCENT)} %."
        findings.append(Finding(Colour.AMBER if behind else Colour.GREEN, rate, text, higher_is_better=True))
    if inputs.exit_date_missed:
        missed = given("exit_date_missed", "Exit dates missed", Decimal(1), Unit.COUNT, source="counted")
        findings.append(Finding(Colour.RED, missed, "The exit date was missed."))
    return findings


def _client(inputs: tuple[ClientInput, ...], limits: RagLimits) -> list[Finding]:
    worst = max(inputs, key=lambda one: one.days_late, default=None)
    days = max(0, worst.days_late) if worst else 0
    measure = given(
        "client_days_late", "Client inputs, worst delay", Decimal(days), Unit.DAYS, source="working days after due"
    )
    late = sum(1 for one in inputs if one.days_late > 0)
    if worst is None or not days:
        return [Finding(Colour.GREEN, measure, "No client input is late.")]
    colour = Colour.GREEN
    if days >= limits.client_days_amber_from:
        colour = Colour.RED if days >= limits.client_days_red_from else Colour.AMBER
    text = f"{late} client input{'s' if late > 1 else ''} late; worst '{worst.name}', {days} working days."
    return [Finding(colour, measure, text)]


def _people(inputs: PeopleInputs, limits: RagLimits) -> list[Finding]:
    findings = []
    if inputs.loads:
        top = max(inputs.loads, key=lambda one: one.load_percent)
        measure = given(
            "top_load", "Highest load, next 2 weeks", top.load_percent, Unit.PERCENT, source="work / capacity"
        )
        colour = _by_band(top.load_percent, *limits.load_percent)
        findings.append(
            Finding(
                colour, measure, f"{top.name} is at {measure.shown()} % in the next 2 weeks, by this project alone."
            )
        )
    if inputs.empty_key_roles:
        count = Decimal(len(inputs.empty_key_roles))
        measure = given("empty_key_roles", "Empty key roles", count, Unit.COUNT, source="counted")
        findings.append(Finding(Colour.RED, measure, f"Key role empty: {', '.join(inputs.empty_key_roles)}."))
    return findings


def _judged(measure: Measure, green: Decimal, amber: Decimal, *, higher_is_better: bool = False) -> Finding:
    """A continuous measure against its limits; a value on a limit belongs to the better side."""
    if measure.value is None:
        return Finding(Colour.NOT_MEASURED, measure, f"{measure.name}: {measure.reason}", higher_is_better)
    sign = -1 if higher_is_better else 1
    colour = _by_band(sign * measure.value, sign * green, sign * amber)
    limit = {Colour.GREEN: green, Colour.AMBER: green, Colour.RED: amber}[colour]
    within = colour is Colour.GREEN
    word = ("at or above" if within else "below") if higher_is_better else ("within" if within else "above")
    unit = {Unit.PERCENT: " %", Unit.POINTS: " points"}.get(measure.unit, "")
    text = f"{measure.name} is {measure.shown_beside(limit)}{unit}, {word} {_plain(limit)}{unit}."
    return Finding(colour, measure, text, higher_is_better)


def _by_band(value: Decimal, green: Decimal, amber: Decimal) -> Colour:
    if value <= green:
        return Colour.GREEN
    return Colour.AMBER if value <= amber else Colour.RED


def _plain(value: Decimal) -> str:
    """The number as typed, without trailing zeros or an exponent."""
    text = f"{value:f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text).replace("-", "−")


def limits_text(dimension: Dimension, limits: RagLimits) -> str:
    """The limits of a dimension in words, to print beside its colour."""
    spi, cost, gap, scope, load = (
        tuple(_plain(value) for value in pair)
        for pair in (limits.spi_t, limits.cost_percent, limits.gap_points, limits.scope_percent, limits.load_percent)
    )
    slip = _plain(limits.slip_days)
    low, high = limits.exposure_amber_from, limits.exposure_red_from
    some, many = limits.client_days_amber_from, limits.client_days_red_from
    texts = {
        Dimension.SCHEDULE: f"Green: SPI(t) ≥ {spi[0]}, no key milestone late. Amber: SPI(t) {spi[1]}–{spi[0]}, "
        f"or slip up to {slip} working days. Red: SPI(t) < {spi[1]}, slip > {slip} working days, "
        "or contract date lost.",
        Dimension.COST: f"Green: EAC ≤ +{cost[0]} %, gap ≤ {gap[0]} points. Amber: EAC +{cost[0]}–{cost[1]} %, gap "
        f"{gap[0]}–{gap[1]}. Red: EAC > +{cost[1]} %, gap > {gap[1]}.",
        Dimension.SCOPE: f"Green: approved + pending ≤ {scope[0]} % of BAC. Amber: {scope[0]}–{scope[1]} %. "
        f"Red: > {scope[1]} %, or unapproved work started.",
        Dimension.RISK: f"Green: top open exposure < {low} of 25. Amber: {low}–{high - 1}, or ≥ {high} with a dated "
        f"response. Red: ≥ {high} without a dated response.",
        Dimension.QUALITY: f"Green: no severity 1 open, pass rate on plan. Amber: more than {limits.severity_2_open} "
        "severity 2 open, or pass rate behind plan. Red: severity 1 open, or exit date missed.",
        Dimension.CLIENT_INPUTS: f"Green: none {some} or more working days late. Amber: {some}–{many - 1} working days "
        f"late. Red: ≥ {many} working days late.",
        Dimension.PEOPLE: f"Green: nobody > {load[0]} % in the next 2 weeks. Amber: {load[0]}–{load[1]} %. "
        f"Red: > {load[1]} %, or a key role empty.",
        Dimension.KPIS: "Each KPI by its own thresholds: Red where one is red, Amber where one is amber, Grey where "
        "one is stale and none is red or amber.",
    }
    return texts[dimension]


# Over time


def shown_colour(previous: Sequence[Colour], new: Colour) -> Colour:
    """The colour to show after the readings so far (oldest first) and a new one.

    A colour changes only after two readings on the same side of it, to the nearer of the two, or at
    once on one Red. Grey and 'not measured' show at once and count as no reading.
    """
    if new not in _SETTLED:
        return new
    readings = [colour for colour in (*previous, new) if colour in _SETTLED]
    held = readings[0]
    for before, now in pairwise(readings):
        if now is Colour.RED or before is now:
            held = now
        elif held is Colour.RED and before is not Colour.RED:
            held = worst_colour((before, now))
    return held


_SETTLED = frozenset({Colour.GREEN, Colour.AMBER, Colour.RED})


def worst_colour(colours: Sequence[Colour]) -> Colour:
    """Red over Amber over Grey over Green; 'not measured' is left out, and is the answer when all else is."""
    ranked = [colour for colour in colours if colour in _RANK]
    return max(ranked, key=_RANK.__getitem__, default=Colour.NOT_MEASURED)


class Trend(Enum):
    """Which way the deciding measure moved since the last reading."""

    BETTER = "better"
    SAME = "same"
    WORSE = "worse"
    UNKNOWN = "–"


def trend(previous: RagReading | None, now: RagReading) -> Trend:
    """The way of the measure that decides now, against the same measure in the previous reading."""
    if previous is None or now.driver is None:
        return Trend.UNKNOWN
    value, key = now.driver.measure.value, now.driver.measure.key
    before = next((one.measure.value for one in previous.findings if one.measure.key == key), None)
    if value is None or before is None:
        return Trend.UNKNOWN
    if value == before:
        return Trend.SAME
    return Trend.BETTER if (value > before) == now.driver.higher_is_better else Trend.WORSE


@dataclass(frozen=True, slots=True)
class Override:
    """A person's own colour for a dimension. Better than computed needs a reason and an approver."""

    colour: Colour
    by: str
    on: date
    reason: str = ""
    approver: str = ""


@dataclass(frozen=True, slots=True)
class RagCell:
    """What a report shows of a dimension: the computed colour and, beside it, a person's own.

    computed  the shown colour by rule, after two readings.
    """

    reading: RagReading
    computed: Colour
    trend: Trend
    override: Override | None = None

    @property
    def dimension(self) -> Dimension:
        """What is judged."""
        return self.reading.dimension

    @property
    def colour(self) -> Colour:
        """The colour that counts: the override's where there is one."""
        return self.override.colour if self.override else self.computed

    @property
    def text(self) -> str:
        """The word, with the computed one beside it when a person overruled it or two readings hold it."""
        if self.override and self.override.colour is not self.computed:
            return f"{self.colour.value} (computed {self.computed.value}; set by {self.override.by})"
        if self.computed is Colour.GREY and self.reading.beneath is not None:
            return f"{self.colour.value} (the figures at hand say {self.reading.beneath.value})"
        if self.computed is not self.reading.colour:
            return f"{self.colour.value} (this reading {self.reading.colour.value})"
        return self.colour.value


def cell(
    reading: RagReading,
    *,
    previous: Sequence[RagReading] = (),
    override: Override | None = None,
) -> RagCell:
    """The cell of a dimension from its reading, its earlier readings (oldest first) and an override.

    Raises RagError for an override that is not allowed (`check_override`).
    """
    computed = shown_colour([one.colour for one in previous], reading.colour)
    if override is not None:
        check_override(computed, override)
    return RagCell(reading, computed, trend(previous[-1] if previous else None, reading), override)


def check_override(computed: Colour, override: Override) -> None:
    """Pass an override that is allowed: worse freely, better only with a reason and an approver.

    Raises RagError for what is missing, and where there is nothing measured to overrule.
    """
    if override.colour not in _SETTLED:
        raise RagError(f"A colour can be set to Green, Amber or Red, not to {override.colour.value}.")
    if computed is Colour.NOT_MEASURED:
        raise RagError("Nothing is measured here, so there is no colour to overrule. Record what is to be judged.")
    if _RANK[override.colour] >= _RANK[computed]:
        return
    if not override.reason.strip():
        raise RagError(f"{override.colour.value} is better than the computed {computed.value}: give a reason.")
    if not override.approver.strip():
        raise RagError(f"{override.colour.value} is better than the computed {computed.value}: name an approver.")


@dataclass(frozen=True, slots=True)
class Overall:
    """The worst shown colour and the dimensions that have it; what is grey or not measured is named apart."""

    colour: Colour
    because: tuple[Dimension, ...]
    grey: tuple[Dimension, ...]
    not_measured: tuple[Dimension, ...]

    @property
    def text(self) -> str:
        """The colour and its dimensions: 'Red: Cost / hours. Grey: Schedule. Not measured: People.'"""
        parts = [f"{self.colour.value}: {_names(self.because)}." if self.because else f"{self.colour.value}."]
        if self.grey and self.colour is not Colour.GREY:
            parts.append(f"Grey: {_names(self.grey)}.")
        if self.not_measured and self.colour is not Colour.NOT_MEASURED:
            parts.append(f"Not measured: {_names(self.not_measured)}.")
        return " ".join(parts)


def overall(cells: Sequence[RagCell]) -> Overall:
    """The worst of the shown colours, naming its dimensions (none when all is Green)."""
    colour = worst_colour([one.colour for one in cells])
    because = () if colour is Colour.GREEN else _with(cells, colour)
    return Overall(colour, because, _with(cells, Colour.GREY), _with(cells, Colour.NOT_MEASURED))


def _with(cells: Sequence[RagCell], colour: Colour) -> tuple[Dimension, ...]:
    return tuple(one.dimension for one in cells if one.colour is colour)


def _names(dimensions: tuple[Dimension, ...]) -> str:
    return ", ".join(dimension.value for dimension in dimensions)

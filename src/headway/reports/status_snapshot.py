"""Everything that the status pack says about one project at one data date, frozen and numbered.

Status report, steering deck and workbook are built from this data set alone, and the claims checker compares the
finished files with it. Not here: the queries that fill it, the layout, the words.

Money is in the project's currency, hours are working hours, ratios are unrounded, percentages are points
(35.5 is 35.5 %). A block that is None has no records; `not_measured` says why.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum

from headway.documents.tree import Rag, day_text
from headway.engine.rag import Dimension as Dimension  # noqa: PLC0414  part of this data set
from headway.reports import frozen


class SnapshotError(ValueError):
    """The data set contradicts itself or holds what its audience may not see."""


class Audience(Enum):
    """Who reads the copy; a client's copy carries bill values only."""

    INTERNAL = "internal"
    CLIENT = "client"


class Basis(Enum):
    """What the figures of earned value and budget count. COST never stands in a client's copy."""

    COST = "cost"
    BILL_VALUE = "bill value"
    HOURS = "hours"


class Block(Enum):
    """The blocks that may be without records; the value is the name printed."""

    EARNED_VALUE = "Earned value"
    EARNED_SCHEDULE = "Earned schedule"
    BUDGET = "Budget"
    HOURS = "Hours"
    MILESTONES = "Milestones"
    PLAN = "Plan"
    DONE = "Done"
    NEXT = "Next"
    RISKS = "Risks"
    ISSUES = "Issues"
    DECISIONS = "Decisions"
    CLIENT_ACTIONS = "Client actions"
    CHANGES = "Change requests"
    FEEDBACK = "You said, we did"


@dataclass(frozen=True, slots=True)
class Project:
    """Which project. `client` is "" for internal projects; `time_zone` an IANA name."""

    key: str
    name: str
    client: str
    manager: str
    stage: str
    currency: str
    time_zone: str


@dataclass(frozen=True, slots=True)
class Week:
    """The reporting week, first and last day inclusive; number and year as ISO 8601 counts them."""

    year: int
    number: int
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Baseline:
    """The baseline that the figures are measured against."""

    name: str
    set_on: date
    finish: date | None


@dataclass(frozen=True, slots=True)
class Override:
    """A person's colour in place of the rule's. `approver` is "" when the colour was made worse."""

    by: str
    approver: str
    on: date
    reason: str


@dataclass(frozen=True, slots=True)
class RagReading:
    """The health of one dimension.

    colour    shown: after the two-readings rule and any override; NOT_MEASURED is left out of Overall.
    computed  what the rule gave for this reading alone.
    previous  shown in the previous snapshot, if any.
    measure   name of the figure judged ("SPI(t)"), with `value`, `unit` and `digits`; value None = no figure.
    reason    the rule's sentence; for NOT_MEASURED why there are no records.
    limits    the limits used, as printed beside the colour.
    trend     'better', 'same' or 'worse' than the previous reading; "" without one.
    """

    dimension: Dimension
    colour: Rag
    computed: Rag
    previous: Rag | None
    measure: str
    value: Decimal | None
    unit: str
    digits: int
    reason: str
    limits: str
    trend: str = ""
    override: Override | None = None


@dataclass(frozen=True, slots=True)
class EacVariant:
    """An estimate at completion with its assumption; exactly one of a set is in use."""

    key: str  # 'a', 'b', 'c' or 'd'
    formula: str
    assumption: str
    value: Decimal | None
    in_use: bool = False


@dataclass(frozen=True, slots=True)
class Explanation:
    """How a measure was worked out, in words ("EV / AC")."""

    measure: str
    text: str


@dataclass(frozen=True, slots=True)
class EarnedValue:
    """The measures at the data date, in money or hours by `basis`.

    None where records are missing or a divisor is zero, never 0.
    tcpi_note  instead of a number where the budget is already spent ("not achievable"), else "".
    """

    basis: Basis
    bac: Decimal
    pv: Decimal | None
    ev: Decimal | None
    ac: Decimal | None
    cv: Decimal | None
    sv: Decimal | None
    cpi: Decimal | None
    spi: Decimal | None
    eac: tuple[EacVariant, ...]
    etc: Decimal | None
    vac: Decimal | None
    tcpi_to_bac: Decimal | None
    tcpi_to_eac: Decimal | None
    tcpi_note: str
    percent_complete: Decimal | None
    percent_spent: Decimal | None
    explanations: tuple[Explanation, ...] = ()

    @property
    def eac_in_use(self) -> EacVariant | None:
        """The variant that forecasts and health use."""
        return next((variant for variant in self.eac if variant.in_use), None)


@dataclass(frozen=True, slots=True)
class EarnedSchedule:
    """Earned schedule in weeks; `note` says when a flat stretch of planned value moved it."""

    actual_weeks: Decimal
    earned_weeks: Decimal
    variance_weeks: Decimal
    spi_t: Decimal | None
    planned_weeks: Decimal
    forecast_weeks: Decimal | None
    note: str = ""


@dataclass(frozen=True, slots=True)
class WeekPoint:
    """One week of the S-curve, cumulative; None after the data date."""

    ends: date
    pv: Decimal
    ev: Decimal | None
    ac: Decimal | None


@dataclass(frozen=True, slots=True)
class Budget:
    """Approved, changed, current, actual, forecast: baseline, approved changes and current are kept apart."""

    basis: Basis
    approved: Decimal
    approved_changes: Decimal
    current: Decimal
    actual: Decimal
    forecast: Decimal | None
    forecast_method: str


@dataclass(frozen=True, slots=True)
class HoursForecast:
    """One of the named forecasts of hours at the end, never averaged."""

    name: str  # 'Burn', 'Straight line' or 'Scope'
    hours: Decimal | None
    method: str


@dataclass(frozen=True, slots=True)
class HoursRow:
    """Hours of one person or phase. Budget None = not counted. `cost_value` is None in a client's copy."""

    name: str
    role: str
    week: Decimal
    total: Decimal
    budget: Decimal | None
    bill_value: Decimal | None
    cost_value: Decimal | None


@dataclass(frozen=True, slots=True)
class HoursEntry:
    """One time entry, for the workbook. `cost_value` is None in a client's copy."""

    day: date
    person: str
    phase: str
    role: str
    hours: Decimal
    billable: bool
    bill_value: Decimal | None
    cost_value: Decimal | None


@dataclass(frozen=True, slots=True)
class Hours:
    """Hours against budget. Percentages in points, weeks are working weeks.

    budget        original; `approved_changes` apart; `current` is their sum.
    gap           % spent − % complete, in points; positive = spent ahead of the work.
    progress_by   who said the % complete, on which day, by which method.
    """

    budget: Decimal | None
    approved_changes: Decimal
    current: Decimal | None
    spent: Decimal
    percent_spent: Decimal | None
    percent_complete: Decimal | None
    progress_method: str
    progress_by: str
    progress_on: date | None
    gap: Decimal | None
    forecasts: tuple[HoursForecast, ...]
    burn_rate: Decimal | None
    runway_weeks: Decimal | None
    affordable_rate: Decimal | None
    weeks_left: Decimal | None
    timesheets_in: Decimal | None
    by_person: tuple[HoursRow, ...] = ()
    by_phase: tuple[HoursRow, ...] = ()
    entries: tuple[HoursEntry, ...] = ()


@dataclass(frozen=True, slots=True)
class Milestone:
    """A milestone. `late_days` are working days of forecast (or actual) after the baseline; negative = early."""

    name: str
    key: bool
    owner: str
    baseline: date | None
    last_forecast: date | None
    forecast: date
    actual: date | None
    late_days: int | None


@dataclass(frozen=True, slots=True)
class PlanRow:
    """A row of the plan on a page. `level` is the outline depth from 0, `progress` in points."""

    uid: int
    name: str
    level: int
    start: date
    finish: date
    baseline_start: date | None
    baseline_finish: date | None
    progress: Decimal
    critical: bool
    milestone: bool
    summary: bool
    late_days: int | None  # working days after the baseline


@dataclass(frozen=True, slots=True)
class Plan:
    """The plan: finish of baseline and forecast, the contract date if any, and the rows drawn."""

    baseline_finish: date | None
    forecast_finish: date
    last_forecast_finish: date | None
    contract_date: date | None
    late_days: int | None
    rows: tuple[PlanRow, ...]
    non_working: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """Something done, or to be done next; `on` is the day it happened or is due."""

    text: str
    owner: str
    on: date | None


@dataclass(frozen=True, slots=True)
class Risk:
    """An open risk; exposure = probability × impact, of 25."""

    ref: str
    title: str
    owner: str
    due: date | None
    probability: int
    impact: int
    exposure: int
    response: str


@dataclass(frozen=True, slots=True)
class Issue:
    """An open issue; severity 1 is the worst."""

    ref: str
    title: str
    owner: str
    due: date | None
    severity: int
    action: str


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision to take: options, recommendation, deadline, and what it costs not to decide."""

    ref: str
    title: str
    decider: str
    options: tuple[str, ...]
    recommendation: str
    deadline: date
    cost_of_not_deciding: str


@dataclass(frozen=True, slots=True)
class ClientAction:
    """Something the client owes; `late_days` are working days, 0 = not late."""

    ref: str
    title: str
    owner: str
    due: date
    late_days: int


@dataclass(frozen=True, slots=True)
class ChangeRequest:
    """A change approved since the baseline or pending; effects on hours, money and days where assessed."""

    ref: str
    title: str
    approved: bool
    on: date
    hours: Decimal | None
    amount: Decimal | None
    days: int | None


@dataclass(frozen=True, slots=True)
class Feedback:
    """What somebody said and what was done about it; `did` is "" while open."""

    said: str
    by: str
    on: date
    did: str


@dataclass(frozen=True, slots=True)
class Moved:
    """One difference from the previous snapshot, as a sentence; `better` None = neither."""

    subject: str
    text: str
    better: bool | None


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a block comes from: the query, how many records, up to which day."""

    block: str
    source: str
    records: int
    as_of: date


@dataclass(frozen=True, slots=True)
class NotMeasured:
    """Why a block says nothing."""

    block: Block
    reason: str


@dataclass(frozen=True, slots=True)
class StatusSnapshot:
    """One project at one data date; see the module for units.

    number           of the frozen data set; printed on every page.
    taken_at         aware instant at which the records were read.
    previous_number, previous_date   the snapshot that `moved` compares with.
    rag              seven readings in the order of `Dimension`, and one of the KPIs where the project has any.
    overall          worst shown colour of the measured dimensions; Grey does not outrank Red.
    """

    number: int
    taken_at: datetime
    audience: Audience
    project: Project
    week: Week
    data_date: date
    previous_number: int | None
    previous_date: date | None
    baseline: Baseline | None
    rag: tuple[RagReading, ...]
    overall: Rag
    earned_value: EarnedValue | None = None
    earned_schedule: EarnedSchedule | None = None
    curve: tuple[WeekPoint, ...] = ()
    budget: Budget | None = None
    hours: Hours | None = None
    milestones: tuple[Milestone, ...] | None = None
    plan: Plan | None = None
    done: tuple[Outcome, ...] | None = None
    next: tuple[Outcome, ...] | None = None
    risks: tuple[Risk, ...] | None = None
    issues: tuple[Issue, ...] | None = None
    decisions: tuple[Decision, ...] | None = None
    client_actions: tuple[ClientAction, ...] | None = None
    changes: tuple[ChangeRequest, ...] | None = None
    feedback: tuple[Feedback, ...] | None = None
    moved: tuple[Moved, ...] = ()
    next_report_on: date | None = None
    next_steering_on: date | None = None
    provenance: tuple[Provenance, ...] = ()
    not_measured: tuple[NotMeasured, ...] = ()

    def __post_init__(self) -> None:
        if tuple(reading.dimension for reading in self.rag) not in (tuple(Dimension), tuple(Dimension)[:-1]):
            raise SnapshotError(
                "A snapshot holds one reading for each of the seven dimensions, and at most one of the KPIs, in order."
            )
        if self.taken_at.tzinfo is None:
            raise SnapshotError("taken_at must carry a time zone.")
        if self.overall is not worst(self.rag):
            raise SnapshotError(
                f"Overall is {self.overall.word}, but the worst measured dimension is {worst(self.rag).word}."
            )
        silent = [block.value for block in self.empty_blocks() if not self.why_not(block)]
        if silent:
            raise SnapshotError(f"No reason is given why these blocks hold nothing: {', '.join(silent)}.")
        if self.audience is Audience.CLIENT:
            _refuse_cost(self)

    def why_not(self, block: Block) -> str:
        """Why a block holds nothing; "" when it is measured."""
        return next((gap.reason for gap in self.not_measured if gap.block is block), "")

    def empty_blocks(self) -> tuple[Block, ...]:
        """The blocks without records, in the order of the page."""
        return tuple(block for block, content in self._contents() if content is None)

    def reading(self, dimension: Dimension) -> RagReading:
        """The reading of one dimension."""
        return self.rag[tuple(Dimension).index(dimension)]

    @property
    def digest(self) -> str:
        """SHA-256 of the canonical JSON: equal data, equal digest."""
        return frozen.digest(self)

    def to_json(self) -> str:
        """Canonical JSON: sorted keys, exact decimals as text."""
        return frozen.canonical_json(self)

    @classmethod
    def from_json(cls, stored: str) -> StatusSnapshot:
        """The snapshot that `to_json` stored. Raises FrozenError naming the place, or SnapshotError."""
        return frozen.read(cls, stored)

    def _contents(self) -> tuple[tuple[Block, object], ...]:
        return (
            (Block.EARNED_VALUE, self.earned_value),
            (Block.EARNED_SCHEDULE, self.earned_schedule),
            (Block.BUDGET, self.budget),
            (Block.HOURS, self.hours),
            (Block.MILESTONES, self.milestones),
            (Block.PLAN, self.plan),
            (Block.DONE, self.done),
            (Block.NEXT, self.next),
            (Block.RISKS, self.risks),
            (Block.ISSUES, self.issues),
            (Block.DECISIONS, self.decisions),
            (Block.CLIENT_ACTIONS, self.client_actions),
            (Block.CHANGES, self.changes),
            (Block.FEEDBACK, self.feedback),
        )


_BADNESS = {Rag.NOT_MEASURED: 0, Rag.GREEN: 1, Rag.GREY: 2, Rag.AMBER: 3, Rag.RED: 4}


def worst(readings: tuple[RagReading, ...]) -> Rag:
    """The worst shown colour; dimensions that are not measured are left out, Grey stands below Amber."""
    return max((reading.colour for reading in readings), key=_BADNESS.__getitem__, default=Rag.NOT_MEASURED)


def rank(colour: Rag) -> int:
    """How bad a colour is; higher is worse."""
    return _BADNESS[colour]


def _refuse_cost(snapshot: StatusSnapshot) -> None:
    found = []
    if snapshot.earned_value is not None and snapshot.earned_value.basis is Basis.COST:
        found.append("earned value at cost")
    if snapshot.budget is not None and snapshot.budget.basis is Basis.COST:
        found.append("a budget at cost")
    if snapshot.hours is not None:
        rows = (*snapshot.hours.by_person, *snapshot.hours.by_phase)
        entries = snapshot.hours.entries
        if any(row.cost_value is not None for row in rows) or any(entry.cost_value is not None for entry in entries):
            found.append("cost values of hours")
    if found:
        raise SnapshotError(f"A client's copy may hold bill values only, but this one holds {' and '.join(found)}.")


# --- what changed since last time -----------------------------------------------------------------------------------


def changes_since(previous: StatusSnapshot | None, current: StatusSnapshot) -> tuple[Moved, ...]:
    """What moved between two snapshots of one project, the weightiest first; nothing without a previous one."""
    if previous is None:
        return ()
    if previous.project.key != current.project.key:
        raise SnapshotError(f"Snapshots of {previous.project.key} and {current.project.key} cannot be compared.")
    return (
        *_overall_moved(previous, current),
        *_colours_moved(previous, current),
        *_finish_moved(previous, current),
        *_milestones_moved(previous, current),
        *_decided(previous, current),
        *_risks_moved(previous, current),
        *_changes_moved(previous, current),
    )


def _overall_moved(previous: StatusSnapshot, current: StatusSnapshot) -> list[Moved]:
    if previous.overall is current.overall:
        return []
    text = f"Overall moved from {previous.overall.word} to {current.overall.word}."
    return [Moved("Overall", text, _is_better(previous.overall, current.overall))]


def _colours_moved(previous: StatusSnapshot, current: StatusSnapshot) -> list[Moved]:
    moved = []
    colours = {reading.dimension: reading.colour for reading in previous.rag}
    for after in current.rag:
        before = colours.get(after.dimension, Rag.NOT_MEASURED)  # the first KPI has come since
        if before is after.colour:
            continue
        name = after.dimension.value
        text = f"{name} moved from {before.word} to {after.colour.word}."
        moved.append(Moved(name, text, _is_better(before, after.colour)))
    return moved


def _is_better(before: Rag, after: Rag) -> bool | None:
    if Rag.NOT_MEASURED in {before, after}:
        return None
    return rank(after) < rank(before)


def _finish_moved(previous: StatusSnapshot, current: StatusSnapshot) -> list[Moved]:
    if previous.plan is None or current.plan is None:
        return []
    before, after = previous.plan.forecast_finish, current.plan.forecast_finish
    return [_date_moved("Forecast finish", before, after)] if before != after else []


def _milestones_moved(previous: StatusSnapshot, current: StatusSnapshot) -> list[Moved]:
    before = {milestone.name: milestone for milestone in previous.milestones or ()}
    moved = []
    for milestone in current.milestones or ():
        old = before.get(milestone.name)
        if old is None:
            if previous.milestones is not None:
                moved.append(Moved(milestone.name, f"{milestone.name} is a new milestone.", None))
        elif milestone.actual is not None and old.actual is None:
            text = f"{milestone.name} was reached on {day_text(milestone.actual)}."
            moved.append(Moved(milestone.name, text, True))
        elif milestone.forecast != old.forecast:
            moved.append(_date_moved(milestone.name, old.forecast, milestone.forecast))
    return moved


def _date_moved(name: str, before: date, after: date) -> Moved:
    text = f"{name} moved from {day_text(before)} to {day_text(after)}."
    return Moved(name, text, after < before)


def _decided(previous: StatusSnapshot, current: StatusSnapshot) -> list[Moved]:
    open_now = {decision.ref for decision in current.decisions or ()}
    return [
        Moved(decision.ref, f"{decision.ref} is no longer waiting: {decision.title}.", None)
        for decision in previous.decisions or ()
        if decision.ref not in open_now
    ]


def _risks_moved(previous: StatusSnapshot, current: StatusSnapshot) -> list[Moved]:
    before = {risk.ref: risk for risk in previous.risks or ()}
    after = {risk.ref: risk for risk in current.risks or ()}
    moved = []
    for ref, risk in after.items():
        old = before.get(ref)
        if old is None and previous.risks is not None:
            text = f"{ref} is a new risk with exposure {risk.exposure} of 25: {risk.title}."
            moved.append(Moved(ref, text, False))
        elif old is not None and old.exposure != risk.exposure:
            text = f"{ref} moved from exposure {old.exposure} to {risk.exposure} of 25: {risk.title}."
            moved.append(Moved(ref, text, risk.exposure < old.exposure))
    moved += [
        Moved(ref, f"{ref} is no longer among the top risks: {risk.title}.", True)
        for ref, risk in before.items()
        if ref not in after and current.risks is not None
    ]
    return moved


def _changes_moved(previous: StatusSnapshot, current: StatusSnapshot) -> list[Moved]:
    before = {change.ref: change for change in previous.changes or ()}
    moved = []
    for change in current.changes or ():
        old = before.get(change.ref)
        if change.approved and (old is None or not old.approved):
            moved.append(Moved(change.ref, f"{change.ref} was approved: {change.title}.", None))
        elif old is None:
            moved.append(Moved(change.ref, f"{change.ref} is a new change request: {change.title}.", None))
    return moved

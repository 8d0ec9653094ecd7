"""What the metrics area answers with. Values are unrounded; a percentage is a number out of 100."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any

from headway.areas.metrics.given import Promised
from headway.engine.kpi.control import Limits
from headway.engine.kpi.formulas import Formula
from headway.engine.kpi.judging import Direction, State
from headway.engine.kpi.periods import Frequency
from headway.engine.kpi.proportions import Difference
from headway.engine.kpi.quality import Quality
from headway.engine.kpi.service import Counts, ErrorBudget, Projection
from headway.kernel.schema import Ref

__all__ = ["Counts", "Difference", "Direction", "ErrorBudget", "Formula", "Frequency", "Limits", "Projection", "State"]

# Projects stand above; their name is all that is known of them here.
ProjectRef = Annotated[int, Ref("projects.Project", key="key")]
KpiId = Annotated[int, Ref("metrics.Kpi")]
PERCENT = "%"


class SourceKind(Enum):
    """Where samples come from."""

    TYPED = "typed"
    FILE = "file"
    QUERY = "query"


class Provenance(Enum):
    """How one sample came."""

    TYPED = "typed"
    IMPORT = "import"
    QUERY = "query"
    UNDONE = "undone"


class Trend(Enum):
    """What may be said of the newest value. UNKNOWN = there are no limits, TOO_FEW = too few cases for a trend."""

    NO_SIGNAL = "no_signal"
    SIGNAL = "signal"
    UNKNOWN = "unknown"
    TOO_FEW = "too_few"
    NO_DATA = "no_data"


class Against(Enum):
    """What a value is compared with."""

    PLAN = "plan"
    PRIOR = "prior"
    LAST_YEAR = "last_year"


class Flag(Enum):
    """What is doubtful about a value."""

    STALE = "stale"
    MISSING = "missing"
    OUTLIER = "outlier"
    NOT_CONFIRMED = "not_confirmed"


@dataclass(frozen=True, slots=True)
class TargetRow:
    """A target with the day from which it counts. shown: in words; thresholds: the sentence about colours."""

    since: date
    value: Decimal
    high: Decimal | None
    amber: Decimal | None
    red: Decimal | None
    zero: bool
    shown: str
    thresholds: str
    reason: str
    set_by: str
    set_at: datetime


@dataclass(frozen=True, slots=True)
class FormulaRow:
    """A version of what is measured and how. A new one breaks the line from the period `since`."""

    number: int
    since: datetime
    since_name: str
    formula: Formula
    unit: str
    direction: Direction
    percentile: Decimal | None
    promises: tuple[Promised, ...]
    words: str
    reason: str
    set_by: str
    set_at: datetime


@dataclass(frozen=True, slots=True)
class BaselineRow:
    """A declared baseline: the limits are those of its periods."""

    first: datetime
    last: datetime
    first_name: str
    last_name: str
    reason: str
    declared_by: str
    declared_at: datetime


@dataclass(frozen=True, slots=True)
class NoteRow:
    """Something that happened on a day. change: what came before and after it can be compared."""

    id: int
    day: date
    text: str
    change: bool
    said_by: str


@dataclass(frozen=True, slots=True)
class Point:
    """One period of a KPI as it is judged.

    value          None where there is none; `shown` is the same as people read it.
    state          a colour, or why there is none; STALE never stands here.
    attained       percent of the target; None with `attained_text` where there is no ratio.
    signal         why it is a signal, '' = it is none.
    formula        number of the formula's version; another one than before it = the line is broken.
    flags          what is doubtful about it; `gap` = how many periods before it have no sample.
    """

    begins: datetime
    name: str
    value: Decimal | None
    shown: str
    reason: str
    numerator: Decimal | None
    denominator: Decimal | None
    n: int | None
    state: State
    target: str
    attained: Decimal | None
    attained_text: str
    met: bool | None
    signal: str
    formula: int
    counts: Counts | None
    provenance: Provenance
    said_by: str
    as_of: datetime
    recorded_at: datetime
    revision: int
    flags: tuple[Flag, ...]
    gap: int


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """One line of a scorecard.

    spark     the newest values with their periods, oldest first; `limits` in the unit of the KPI.
    trend     what may be said; `trend_text` says it.
    changed   how the value moved since the period before, in words; '' = there is nothing to compare with.
    basis     what is counted and how, as its owner put it.
    """

    id: int
    ref: str
    name: str
    goal: str
    project_id: int | None
    owner_id: int | None
    owner: str
    frequency: Frequency
    unit: str
    basis: str
    state: State
    state_text: str
    period: str
    value: Decimal | None
    shown: str
    numerator: Decimal | None
    denominator: Decimal | None
    n: int | None
    minimum_n: int
    target: str
    attained: Decimal | None
    attained_text: str
    trend: Trend
    trend_text: str
    changed: str
    as_of: datetime | None
    flags: tuple[Flag, ...]
    trouble: str
    limits: Limits | None
    spark: tuple[Point, ...]
    formula_words: str
    thresholds: str
    source_words: str
    version: int


@dataclass(frozen=True, slots=True)
class StateCount:
    """How many KPIs stand so."""

    state: State
    count: int


@dataclass(frozen=True, slots=True)
class Scorecard:
    """KPIs as they stood at a moment, those that want a look first. `next` opens the next page; '' at the end.

    as_of     None = now. Only KPIs that the reader may see are counted.
    total     of all KPIs; matching: of those that stand as asked for, on all pages.
    """

    rows: tuple[ScoreRow, ...]
    counts: tuple[StateCount, ...]
    signals: int
    as_of: datetime | None
    total: int
    matching: int
    next: str


@dataclass(frozen=True, slots=True)
class Compared:
    """A value beside another one. `fair` False: the periods differ in working days or formula, and `text` says so."""

    against: Against
    name: str
    other: Decimal | None
    shown: str
    change: Decimal | None
    text: str
    fair: bool


@dataclass(frozen=True, slots=True)
class Together:
    """The value over several periods, by the formula and never by averaging percentages."""

    name: str
    value: Decimal | None
    shown: str
    numerator: Decimal | None
    denominator: Decimal | None
    n: int | None
    periods: int
    reason: str


@dataclass(frozen=True, slots=True)
class ServiceLevel:
    """The newest period of a service level: its counts, the error budget, and where it will end.

    expected  cases of the whole period, as the mean of the periods before; None while there are none.
    """

    counts: Counts
    budget: ErrorBudget | None
    projection: Projection | None
    expected: int | None
    text: str


@dataclass(frozen=True, slots=True)
class BatchRow:
    """A file whose samples were taken in. doubt: '' or why its samples are not confirmed."""

    number: int
    file: str
    rows: int
    taken_by: str
    taken_at: datetime
    undone_at: datetime | None
    doubt: str
    quality: tuple[Quality, ...]


@dataclass(frozen=True, slots=True)
class KpiDetail:
    """A KPI with all that it is judged by, as it stood at a moment."""

    row: ScoreRow
    project_id: int | None
    retired: bool
    stale_minutes: int
    stale_words: str
    least: Decimal | None
    most: Decimal | None
    hours: str
    zone: str
    service: bool
    source: SourceKind
    source_name: str
    query: str
    inputs: dict[str, Any]
    figure: str
    formula: FormulaRow
    formulas: tuple[FormulaRow, ...]
    targets: tuple[TargetRow, ...]
    baseline: BaselineRow | None
    baselines: tuple[BaselineRow, ...]
    notes: tuple[NoteRow, ...]
    points: tuple[Point, ...]
    limits: Limits | None
    limits_text: str
    compared: tuple[Compared, ...]
    together: tuple[Together, ...]
    quality: tuple[Quality, ...]
    service_level: ServiceLevel | None
    batches: tuple[BatchRow, ...]
    as_of: datetime | None


@dataclass(frozen=True, slots=True)
class ChangeEffect:
    """Before and after a day. A claim is made only on a signal; `text` makes it, or says that there is none."""

    day: date
    before: int
    after: int
    mean_before: Decimal
    mean_after: Decimal
    shown_before: str
    shown_after: str
    limits: Limits
    claimed: bool
    better: bool | None
    text: str


@dataclass(frozen=True, slots=True)
class Groups:
    """Two shares side by side with their 95 % intervals. `text` says 'not shown' where they may be the same."""

    one: str
    other: str
    found: Difference
    text: str


@dataclass(frozen=True, slots=True)
class Recorded:
    """What recording did: periods that are new, corrected, and as they were."""

    kpi_id: int
    added: int
    corrected: int
    unchanged: int
    batch: int | None = None


@dataclass(frozen=True, slots=True)
class ReadySource:
    """A figure of the house that a KPI can be taken from. of_house: of all projects, for KPIs of the house alone."""

    name: str
    title: str
    about: str
    query: str
    figure: str
    unit: str
    direction: Direction
    of_house: bool = False

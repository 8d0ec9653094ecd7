"""What the portfolio takes and answers with. Percentages are out of 100; slips are working days, negative = early."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any

from headway.areas.approvals.types import ApprovalRow
from headway.areas.comms.types import MailRow
from headway.areas.deliverables.types import VersionRow
from headway.areas.projects.across import OpenRecord
from headway.areas.projects.types import OverrideRow, Stage
from headway.engine import rag
from headway.engine.measures import Unit
from headway.kernel.schema import Ref

ViewId = Annotated[int, Ref("portfolio.SavedView")]


class Health(Enum):
    """A colour of health, as the engine judges it."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"
    GREY = "grey"
    NOT_MEASURED = "not_measured"

    @property
    def word(self) -> str:
        """As people read it."""
        return rag.Colour[self.name].value


class Dimension(Enum):
    """What is judged, under the names that overrides use."""

    SCHEDULE = "schedule"
    COST = "cost"
    SCOPE = "scope"
    RISK = "risk"
    QUALITY = "quality"
    CLIENT_INPUTS = "client_inputs"
    PEOPLE = "people"
    KPIS = "kpis"

    @property
    def word(self) -> str:
        """As people read it."""
        return rag.Dimension[self.name].value


class Direction(Enum):
    """Which way something moved since it was last read; UNKNOWN where there is nothing to compare with."""

    BETTER = "better"
    SAME = "same"
    WORSE = "worse"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class GivenValue:
    """One input of a figure, written as people read it."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class DecidingKpi:
    """A KPI that gives the dimension KPIs its colour.

    shown   its value in the newest period, as people read it; target: what is wanted, in words.
    colour  by its own thresholds; stale: it was that of then.
    """

    id: int
    ref: str
    name: str
    shown: str
    period: str
    target: str
    colour: Health
    stale: bool


@dataclass(frozen=True, slots=True)
class Reading:
    """One dimension of a project's health.

    colour    what counts: after two readings, and a person's own colour where one stands.
    by_rule   what the rule shows after two readings; `computed` what it gave for this reading alone.
    previous  what the newest report showed.
    value     of the deciding measure, unrounded; `shown` is the same as people read it.
    reason    why this colour, or why there is none; `limits` are the limits used.
    kpis      of the dimension KPIs those that decide.
    """

    dimension: Dimension
    colour: Health
    by_rule: Health
    computed: Health
    previous: Health | None
    measure: str
    value: Decimal | None
    unit: Unit | None
    shown: str
    formula: str
    inputs: tuple[GivenValue, ...]
    reason: str
    limits: str
    trend: Direction
    override: OverrideRow | None
    kpis: tuple[DecidingKpi, ...] = ()


@dataclass(frozen=True, slots=True)
class MilestoneAhead:
    """The next milestone that is not reached."""

    name: str
    on: date
    late_days: int | None


@dataclass(frozen=True, slots=True)
class OverCapacity:
    """Somebody with more work than capacity in the next two weeks over all projects, and the days it falls on.

    percent    of their capacity, over all projects; `here` what this project asks for.
    elsewhere  keys of the reader's other projects that ask for their time.
    hidden     percent asked for by projects that the reader may not see.
    """

    name: str
    person_id: int | None
    percent: Decimal
    days: tuple[date, ...]
    here: Decimal | None = None
    elsewhere: tuple[str, ...] = ()
    hidden: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class ProjectShare:
    """What a project asks of a person, in percent of their capacity."""

    project_id: int
    key: str
    name: str
    percent: Decimal


@dataclass(frozen=True, slots=True)
class PersonOver:
    """A person with more work than capacity in the next two weeks, over all projects.

    days    the days with more work than capacity.
    shares  what the reader's projects ask for, the most first; `hidden`: what other projects do, in percent.
    """

    name: str
    person_id: int | None
    percent: Decimal
    days: tuple[date, ...]
    shares: tuple[ProjectShare, ...]
    hidden: Decimal


@dataclass(frozen=True, slots=True)
class FinishByHistory:
    """When a project will end by its own history.

    finish     by the first method that has an answer: earned schedule, velocity, past estimates.
    low, high  the earliest and the latest of the methods' finishes.
    methods    each method with its finish, or with what it misses.
    late_days  working days after the baseline's finish; None without a baseline.
    past       how far past forecasts of the plan were off, in a sentence.
    """

    finish: date | None
    method: str
    low: date | None
    high: date | None
    methods: tuple[tuple[str, date | None, str], ...]
    late_days: int | None
    past: str


@dataclass(frozen=True, slots=True)
class ChanceOfDeadline:
    """How probably a project's deadline is met, by the newest simulation of its plan; percent.

    limit   what the project asks for. p80  what 8 of 10 runs keep. driver  what moves the finish most.
    """

    chance: Decimal
    limit: Decimal
    deadline: date
    p80: date | None
    driver: str
    simulated_at: datetime


@dataclass(frozen=True, slots=True)
class Figures:
    """How a project stands at one day.

    health         the worst dimension; `because` names it with its reason.
    spent          hours; `budget` the main budget in hours with its approved changes.
    forecast       hours at completion, by `forecast_method`.
    high_risks     open risks that alone make the project amber or red.
    timesheets     percent of last week's timesheets that are in; None = hours are not kept.
    kpis_for_all   the dimension KPIs by those alone that everybody inside may see; None where there are no KPIs.
    good_until     after which instant the figures change without any record: a KPI becomes stale; None = not at all.
    """

    as_of: date
    health: Health
    because: str
    readings: tuple[Reading, ...]
    next_milestone: MilestoneAhead | None
    finish: date | None
    baseline: str
    baseline_finish: date | None
    late_days: int | None
    by_history: FinishByHistory | None
    percent_complete: Decimal | None
    complete_method: str
    percent_spent: Decimal | None
    spent: Decimal | None
    budget: Decimal | None
    forecast: Decimal | None
    forecast_method: str
    over_capacity: tuple[OverCapacity, ...]
    high_risks: int
    top_exposure: int
    decisions_overdue: int
    last_report_on: date | None
    last_report: int | None
    progress_on: date | None
    timesheets: Decimal | None
    kpis_for_all: Reading | None
    good_until: datetime | None
    changes_open: int = 0
    deadline_chance: ChanceOfDeadline | None = None


@dataclass(frozen=True, slots=True)
class Week:
    """How a project stood when a week was last read; `first` is its Monday."""

    first: date
    health: Health
    late_days: int | None
    percent_complete: Decimal | None
    percent_spent: Decimal | None


@dataclass(frozen=True, slots=True)
class Standing:
    """A project in the portfolio.

    figures      None while they are being computed for the first time.
    current      whether the figures hold everything that was recorded; if not, they are those of `computed_at`.
    sees_budget  whether the reader may see burn, cost and scope; without it these are left out, also of health.
    trend        against the newest earlier week; `weeks` are at most the last twelve, oldest first.
    programmes   names of those it is in, by name; read only where the portfolio is grouped by them.
    """

    project_id: int
    key: str
    name: str
    client_id: int | None
    client: str
    manager_id: int | None
    manager: str
    stage: Stage
    figures: Figures | None
    computed_at: datetime | None
    current: bool
    sees_budget: bool
    trend: Direction
    weeks: tuple[Week, ...]
    programmes: tuple[str, ...] = ()


class Sort(Enum):
    """What a portfolio is ordered by; the worst, latest or fullest first where that is what one looks for."""

    NAME = "name"
    HEALTH = "health"
    CLIENT = "client"
    MANAGER = "manager"
    STAGE = "stage"
    MILESTONE = "milestone"
    FINISH = "finish"
    SLIP = "slip"
    COMPLETE = "complete"
    SPENT = "spent"
    RISKS = "risks"
    DECISIONS = "decisions"
    PEOPLE = "people"
    REPORT = "report"
    CHANCE = "chance"


class Group(Enum):
    """What a portfolio is grouped by."""

    NONE = ""
    CLIENT = "client"
    MANAGER = "manager"
    HEALTH = "health"
    PROGRAMME = "programme"


@dataclass(frozen=True, slots=True)
class Whole:
    """All projects that were asked for, in figures.

    waiting        not computed yet.
    over_capacity  projects with somebody over capacity; `people_over` counts the people, over all projects.
    """

    projects: int
    red: int
    amber: int
    green: int
    grey: int
    not_measured: int
    waiting: int
    late: int
    next_finish: date | None
    next_finish_of: str
    decisions_overdue: int
    over_capacity: int
    people_over: int
    as_of: datetime | None


@dataclass(frozen=True, slots=True)
class GroupCount:
    """A group and how many projects are in it, in the order of the list."""

    name: str
    projects: int


@dataclass(frozen=True, slots=True)
class Portfolio:
    """One page of the portfolio, and the whole that was asked for."""

    items: tuple[Standing, ...]
    next: str
    whole: Whole
    groups: tuple[GroupCount, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """A client or manager that a portfolio can be filtered by."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Choices:
    """What the reader's portfolio can be filtered by."""

    clients: tuple[Choice, ...]
    managers: tuple[Choice, ...]
    programmes: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class AccountRow:
    """A client's projects in figures.

    health   the worst of the running projects.
    running  those not closed; `late` and the colours count them alone.
    spent    hours on all projects, with `budget` and `forecast`; None where no hours or budget may be seen.
    """

    id: int
    name: str
    projects: int
    running: int
    health: Health
    red: int
    amber: int
    late: int
    spent: Decimal | None
    budget: Decimal | None
    forecast: Decimal | None
    decisions_overdue: int
    last_finish: date | None


@dataclass(frozen=True, slots=True)
class AccountPerson:
    """Somebody on an account, and what they do where: 'manager of Site build'."""

    id: int
    name: str
    email: str
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Account:
    """A client organisation over all its projects.

    summary         None while there is no project of theirs that the reader works on.
    open_with_them  decisions to take and issues to solve that their people own.
    """

    id: int
    name: str
    summary: AccountRow | None
    standings: tuple[Standing, ...]
    theirs: tuple[AccountPerson, ...]
    ours: tuple[AccountPerson, ...]
    documents: tuple[VersionRow, ...]
    approvals: tuple[ApprovalRow, ...]
    open_with_them: tuple[OpenRecord, ...]
    mails: tuple[MailRow, ...]


@dataclass(frozen=True, slots=True)
class MilestoneMark:
    """A milestone on the timeline over projects."""

    name: str
    on: date
    baseline: date | None
    late_days: int | None
    reached: bool
    key: bool


@dataclass(frozen=True, slots=True)
class TimelineRow:
    """One project of the timeline: its span and its milestones in the days shown."""

    project_id: int
    key: str
    name: str
    client: str
    health: Health
    start: date | None
    finish: date | None
    milestones: tuple[MilestoneMark, ...]


@dataclass(frozen=True, slots=True)
class Timeline:
    """Milestones over projects between two days, both inclusive."""

    first: date
    last: date
    rows: tuple[TimelineRow, ...]
    next: str


class Sharing(Enum):
    """Who else sees a view."""

    OWN = "own"
    TEAM = "team"
    EVERYONE = "everyone"


@dataclass(frozen=True, slots=True)
class ViewRow:
    """A saved view of the portfolio.

    settings  columns, sort, group and filters, as the page's address writes them.
    default   whether it opens when this reader opens the portfolio.
    mine      whether the reader made it, and so may change it.
    """

    id: int
    name: str
    settings: dict[str, Any]
    sharing: Sharing
    team: str
    owner: str
    mine: bool
    default: bool
    version: int


@dataclass(frozen=True, slots=True)
class MilestoneDay:
    """A milestone of one project among those of all, on its day."""

    task: int
    name: str
    project_id: int
    key: str
    project: str
    on: date
    baseline: date | None
    late_days: int | None
    reached: bool
    important: bool


@dataclass(frozen=True, slots=True)
class MilestoneDays:
    """The milestones of one's projects between two days, by day."""

    first: date
    last: date
    items: tuple[MilestoneDay, ...]


@dataclass(frozen=True, slots=True)
class GanttTask:
    """A row of a plan in the combined Gantt.

    elsewhere  it stands for a task of another project. driving  on the path that ends last over all projects shown.
    """

    id: int
    uid: int
    name: str
    level: int
    summary: bool
    milestone: bool
    start: datetime | None
    finish: datetime | None
    percent_complete: Decimal
    critical: bool
    driving: bool
    elsewhere: bool


@dataclass(frozen=True, slots=True)
class GanttProject:
    """A project in the combined Gantt: its span, its milestones, and its tasks where it is opened.

    more  tasks of an opened project that are left out because they are too many.
    """

    id: int
    key: str
    name: str
    client: str
    health: Health
    start: datetime | None
    finish: datetime | None
    percent_complete: Decimal | None
    late_days: int | None
    driving: bool
    opened: bool
    milestones: tuple[GanttTask, ...]
    tasks: tuple[GanttTask, ...]
    more: int


@dataclass(frozen=True, slots=True)
class GanttLink:
    """A link between two projects that are shown: ids of tasks and projects, and how they hang together.

    before_at, after_at  the moments that it ties: a finish or a start, as its type says.
    """

    before_project: int
    before: int
    before_at: datetime | None
    after_project: int
    after: int
    after_at: datetime | None
    type: str
    lag: str
    words: str
    driving: bool


@dataclass(frozen=True, slots=True)
class CombinedGantt:
    """Plans of several projects on one axis.

    path  the tasks that place the last finish of the projects shown, through the plans that they wait for: key of the
          project and name, the first of them first; empty where no plan waits for another.
    """

    projects: tuple[GanttProject, ...]
    links: tuple[GanttLink, ...]
    path: tuple[tuple[str, str], ...]
    last_finish: datetime | None
    next: str
    total: int

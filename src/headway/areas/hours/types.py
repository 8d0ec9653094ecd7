"""What the hours area takes and answers with. Hours and money are exact decimals, never rounded here."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from headway.engine.measures import Measure
from headway.kernel.schema import Ref

EntryId = Annotated[int, Ref("hours.TimeEntry")]
MeetingId = Annotated[int, Ref("hours.Meeting")]
_CLOCK = re.compile(r"(\d{1,3}):([0-5]\d)")
_UNITS = re.compile(r"(?:(\d+(?:\.\d+)?)h)?(?:(\d+)m?)?(?<=[hm\d])")
_MILLIONTH = Decimal("0.000001")


def hours_of_text(value: Any) -> Any:
    """Hours as people write them: '1.5', '1,5', '1:30', '90m', '2h', '1h30'; anything but a text as it is."""
    if not isinstance(value, str):
        return value
    text = value.strip().lower().replace(",", ".").replace(" ", "").replace("min", "m")
    clock = _CLOCK.fullmatch(text)
    if clock:
        return _of_minutes(int(clock[1]) * 60 + int(clock[2]))
    if text.endswith("m") or "h" in text:
        units = _UNITS.fullmatch(text)
        if units is None:
            raise ValueError("write hours as 1.5, 1:30, 90m or 2h")
        return Decimal(units[1] or 0) + _of_minutes(int(units[2] or 0))
    try:
        return Decimal(text)
    except ArithmeticError:
        raise ValueError("write hours as 1.5, 1:30, 90m or 2h") from None


def _of_minutes(minutes: int) -> Decimal:
    return (Decimal(minutes) / 60).quantize(_MILLIONTH)


_Worked = Annotated[Decimal, BeforeValidator(hours_of_text)]
Hours = Annotated[_Worked, Field(gt=-1000, lt=1000, max_digits=14, decimal_places=6)]
CellHours = Annotated[_Worked, Field(ge=0, le=24, max_digits=14, decimal_places=6)]
Rate = Annotated[Decimal, Field(ge=0, max_digits=20, decimal_places=6)]


class EntryStatus(Enum):
    """How far a time entry has come; approved and locked ones do not change."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    LOCKED = "locked"


CLOSED = frozenset({EntryStatus.APPROVED.value, EntryStatus.LOCKED.value})


class MeetingState(Enum):
    """What became of a meeting that a calendar file proposed as hours."""

    OPEN = "open"
    LOGGED = "logged"
    LEFT = "left"


class RateKind(Enum):
    """Bill rates are what a client pays; cost rates need a view right of their own."""

    BILL = "bill"
    COST = "cost"


class GroupBy(Enum):
    """What hours are added up by. Weeks begin on Monday."""

    PERSON = "person"
    PHASE = "phase"
    ROLE = "role"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    STATUS = "status"
    SOURCE = "source"


class MissingRule(Enum):
    """What an import does with stored entries that its file no longer holds."""

    KEEP = "keep"
    REMOVE = "remove"


@dataclass(frozen=True, slots=True)
class Amount:
    """Money of one currency, unrounded."""

    amount: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class HoursOfPerson:
    """What one person logged on a task: hours, in how many entries, the last day."""

    name: str
    hours: Decimal
    entries: int
    last: date


@dataclass(frozen=True, slots=True)
class EntryRow:
    """A time entry. Bill and cost fields are None where the reader lacks the right or no rate applied.

    start, end  instants; the zone in which they were worked is `zone`.
    returned    why it was given back, while it waits to be handed in again.
    source      where it came from; 'headway' when logged here.
    batch_id    the import that brought it.
    corrects    the closed entry that this one corrects; counter: it takes that one's hours back, else it stands in
                its place. correction: why.
    """

    id: int
    person_id: int
    person: str
    day: date
    start: datetime | None
    end: datetime | None
    zone: str
    task_uid: int | None
    phase: str
    role: str
    hours: Decimal
    billable: bool
    note: str
    status: EntryStatus
    returned: str
    source: str
    source_key: str
    batch_id: int | None
    bill_rate: Decimal | None
    bill_amount: Decimal | None
    bill_currency: str
    cost_rate: Decimal | None
    cost_amount: Decimal | None
    cost_currency: str
    version: int
    corrects: int | None = None
    counter: bool = False
    correction: str = ""
    project_id: int = 0


@dataclass(frozen=True, slots=True)
class Entries:
    """One page of time entries, newest day first."""

    items: tuple[EntryRow, ...]
    next: str


@dataclass(frozen=True, slots=True)
class LineChoice:
    """One of the things that an unclear word may mean. `value`: a project's id, a task's uid, a person's id."""

    value: str
    name: str


@dataclass(frozen=True, slots=True)
class LineQuestion:
    """What a line leaves open: the input that answers it, what to say, and the choices where there are some."""

    field: str
    words: str
    choices: tuple[LineChoice, ...] = ()


@dataclass(frozen=True, slots=True)
class LineRead:
    """What a line of words means as hours, before anything is saved; what is None or '' was not said.

    amount     the hours as written. start, end: instants, where it was said from when to when.
    day        today, where the line names none.
    questions  what must be answered first; empty = it can be saved as it is.
    """

    hours: Decimal | None
    amount: str
    start: datetime | None
    end: datetime | None
    day: date | None
    project_id: int | None
    project_key: str
    project: str
    task_uid: int | None
    phase: str
    note: str
    billable: bool | None
    person_id: int | None
    person: str
    questions: tuple[LineQuestion, ...]


@dataclass(frozen=True, slots=True)
class MeetingRow:
    """A meeting of one's calendar as proposed hours.

    start, end  instants, on the clock of `zone`.
    project_id  where it is thought to belong; None = not known. why: the reason, or why it is not known.
    entry_id    what was logged.
    """

    id: int
    title: str
    start: datetime
    end: datetime
    zone: str
    day: date
    hours: Decimal
    project_id: int | None
    project_key: str
    project: str
    task_uid: int | None
    phase: str
    why: str
    state: MeetingState
    entry_id: int | None
    version: int


@dataclass(frozen=True, slots=True)
class MeetingsRead:
    """What a calendar file gave: new proposals, meetings that were known already, and what was left out by reason."""

    first: date
    last: date
    new: tuple[MeetingRow, ...]
    known: int
    left_out: dict[str, int]


@dataclass(frozen=True, slots=True)
class MeetingLeft:
    """A meeting that was not logged, and why."""

    id: int
    title: str
    why: str


@dataclass(frozen=True, slots=True)
class MeetingsLogged:
    """What accepting several meetings logged, and what it left."""

    entries: tuple[EntryRow, ...]
    left: tuple[MeetingLeft, ...]


@dataclass(frozen=True, slots=True)
class TotalRow:
    """Hours of one group.

    keys    one text for each `by`, in its order: person name, phase, ISO day (weeks and months: their first).
    ids     the person's id where grouped by person, else None.
    bill    billable value by currency; None without the right to see rates.
    cost    cost by currency; None without the right to see costs.
    """

    keys: tuple[str, ...]
    person_id: int | None
    entries: int
    hours: Decimal
    billable_hours: Decimal
    bill: tuple[Amount, ...] | None
    cost: tuple[Amount, ...] | None


@dataclass(frozen=True, slots=True)
class WeekRow:
    """One person's week: hours of Monday to Sunday. `status` is that of the entry least far along."""

    person_id: int
    person: str
    days: tuple[Decimal, ...]
    total: Decimal
    billable: Decimal
    status: EntryStatus


@dataclass(frozen=True, slots=True)
class WeekSheet:
    """The week sheet of a project."""

    first: date
    rows: tuple[WeekRow, ...]
    days: tuple[Decimal, ...]
    total: Decimal


@dataclass(frozen=True, slots=True)
class WeekCell:
    """One day of one row of a person's own week.

    entries   how many time entries it holds; with more than one, they are changed one by one.
    entry_id  the entry, where there is just one.
    status    of the entry least far along; None = empty.
    returned  why it was given back, while it waits to be handed in again.
    open      whether it can be changed now.
    """

    day: date
    hours: Decimal
    entries: int
    entry_id: int | None
    status: EntryStatus | None
    notes: tuple[str, ...]
    returned: str
    open: bool


@dataclass(frozen=True, slots=True)
class MyWeekRow:
    """A row of a person's own week: a task or a phase of a project, Monday to Sunday.

    why  'logged', or why the row is offered though it is empty: 'assigned', 'last week'.
    """

    project_id: int
    project_key: str
    project: str
    task_uid: int | None
    phase: str
    why: str
    cells: tuple[WeekCell, ...]
    total: Decimal


@dataclass(frozen=True, slots=True)
class DayTotal:
    """A day over all projects beside the hours that the person can work on it. `off`: what leave or holiday it is."""

    day: date
    hours: Decimal
    capacity: Decimal
    off: str = ""


@dataclass(frozen=True, slots=True)
class StatusTotal:
    """Hours of a week that have come just so far."""

    status: EntryStatus
    entries: int
    hours: Decimal


@dataclass(frozen=True, slots=True)
class WeekTotal:
    """A week by its Monday. `status` is that of the entry least far along."""

    first: date
    hours: Decimal
    status: EntryStatus


@dataclass(frozen=True, slots=True)
class MyWeek:
    """A person's own week over all projects.

    capacity_source  where the hours that can be worked come from.
    earlier          the weeks before that hold hours, newest first.
    """

    first: date
    rows: tuple[MyWeekRow, ...]
    days: tuple[DayTotal, ...]
    total: Decimal
    capacity: Decimal
    capacity_source: str
    states: tuple[StatusTotal, ...]
    earlier: tuple[WeekTotal, ...]


@dataclass(frozen=True, slots=True)
class CopiedCell:
    """A cell of last week that is copied, or `left` out with the reason."""

    project_id: int
    project: str
    phase: str
    day: date
    hours: Decimal
    left: str = ""


@dataclass(frozen=True, slots=True)
class CopiedWeek:
    """What copying last week's hours put into a week, and what it left out."""

    first: date
    copied: tuple[CopiedCell, ...]
    left: tuple[CopiedCell, ...]


@dataclass(frozen=True, slots=True)
class WeekSubmitted:
    """A person's week that was handed in, over all projects."""

    first: date
    entries: int
    hours: Decimal
    projects: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One person's week on one project that waits for approval. `own` = one's own, which somebody else approves."""

    project_id: int
    project_key: str
    project: str
    person_id: int
    person: str
    week: date
    entries: int
    hours: Decimal
    billable: Decimal
    without_note: int
    own: bool


@dataclass(frozen=True, slots=True)
class TeamRow:
    """One person's week over the projects that the reader runs.

    status   of the entry least far along; None = nothing logged.
    missing  expected, and not one hour is there.
    away     on leave all week, so that nothing is expected.
    """

    person_id: int
    person: str
    days: tuple[Decimal, ...]
    total: Decimal
    status: EntryStatus | None
    projects: tuple[str, ...]
    missing: bool
    away: bool = False


@dataclass(frozen=True, slots=True)
class TeamWeek:
    """Who has logged what in a week, those missing first."""

    first: date
    rows: tuple[TeamRow, ...]
    expected: int
    missing: int


@dataclass(frozen=True, slots=True)
class RulesRow:
    """How the house logs hours: the step in which timers are booked (0 = to the minute), and whether notes are due.

    remind_on     the weekday, 1 = Monday, on which people are reminded of missing hours by mail; 0 = never.
    remind_below  percent of what they could work, below which they are.
    """

    round_minutes: int
    round_up: bool
    notes_required: bool
    version: int
    remind_on: int = 0
    remind_below: int = 90


@dataclass(frozen=True, slots=True)
class Reminders:
    """Whether one is reminded of missing hours; `off`: everybody who is not, for administrators, by name."""

    mine: bool
    off: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class TimerRow:
    """A running timer. `forgotten` = it runs so long that it books nothing before somebody says when work ended."""

    id: int
    project_id: int
    project_key: str
    project: str
    task_uid: int | None
    phase: str
    note: str
    started_at: datetime
    zone: str
    minutes: int
    forgotten: bool
    version: int


@dataclass(frozen=True, slots=True)
class TimerStopped:
    """What a stopped timer booked: an entry for each day it ran over. `rounding` names the rule in use."""

    entries: tuple[EntryRow, ...]
    hours: Decimal
    measured_minutes: int
    rounding: str


@dataclass(frozen=True, slots=True)
class TimesheetsIn:
    """How many of the people expected to log hours did so in the last complete week."""

    week: date
    percent: Measure
    expected: tuple[str, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RateRow:
    """One line of the rate cards, from a day on."""

    id: int
    kind: RateKind
    scope: str
    rate: Decimal
    currency: str
    first: date
    last: date | None
    person_id: int | None
    person: str
    project_id: int | None
    role: str
    client_id: int | None
    version: int


@dataclass(frozen=True, slots=True)
class StatusChange:
    """How many entries a submit, approve, return or lock moved, and their hours."""

    entries: int
    hours: Decimal


@dataclass(frozen=True, slots=True)
class MissingEntry:
    """A stored entry of the same source and dates that a newer file no longer holds."""

    id: int
    person: str
    day: date
    hours: Decimal
    phase: str
    note: str


@dataclass(frozen=True, slots=True)
class KnownNames:
    """Names of a file that a person has answered for, to be remembered.

    people    name or e-mail → person. projects: name → project. tasks: project → name → row of its plan.
    """

    people: dict[str, int] = field(default_factory=dict)
    projects: dict[str, int] = field(default_factory=dict)
    tasks: dict[int, dict[str, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class KnownNameRow:
    """A remembered name. kind: 'person', 'project' or 'task'. source: whose files. means: what it stands for."""

    kind: str
    id: int
    source: str
    text: str
    means: str


@dataclass(frozen=True, slots=True)
class Reconciled:
    """File and store side by side for one month and person or project; `flag` = they differ too much."""

    month: str
    name: str
    currency: str
    file: Decimal
    store: Decimal
    flag: bool


@dataclass(frozen=True, slots=True)
class ImportEffect:
    """What an import's rows would change, or have changed.

    missing  all of them are counted in `missing_count`, the first ones listed.
    blocked  why entries that it would change may not change.
    """

    create: int
    update: int
    unchanged: int
    missing_count: int
    missing: tuple[MissingEntry, ...]
    blocked: tuple[str, ...]
    by_person: tuple[Reconciled, ...] = ()
    by_project: tuple[Reconciled, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The counts and lists under the names that an import prints."""
        return {
            "create": self.create,
            "update": self.update,
            "unchanged": self.unchanged,
            "missing": self.missing_count,
            "missing_entries": [
                {
                    "id": row.id,
                    "person": row.person,
                    "day": row.day.isoformat(),
                    "hours": format(row.hours, "f"),
                    "phase": row.phase,
                    "note": row.note,
                }
                for row in self.missing
            ],
            "reconciliation": {
                "by_person": [_reconciled(row) for row in self.by_person],
                "by_project": [_reconciled(row) for row in self.by_project],
            },
        }


def _reconciled(row: Reconciled) -> dict[str, Any]:
    return {
        "month": row.month,
        "name": row.name,
        "currency": row.currency,
        "file": format(row.file, "f"),
        "store": format(row.store, "f"),
        "flag": row.flag,
    }

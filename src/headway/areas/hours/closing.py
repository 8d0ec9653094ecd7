"""The end of a month: is everything in, close it project by project, reopen it with a reason."""

from __future__ import annotations

from calendar import monthrange
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db.models import Count, Q, QuerySet

from headway.areas.deliverables.types import SnapshotId
from headway.areas.hours.approving import lock
from headway.areas.hours.closed import ClosedMonth, keep_months
from headway.areas.hours.events import EntriesChanged
from headway.areas.hours.kept import first_of_month
from headway.areas.hours.models import TimeEntry
from headway.areas.hours.queries import live
from headway.areas.hours.sums import decimal, exact
from headway.areas.hours.types import EntryStatus
from headway.areas.hours.weeks import running
from headway.areas.people.queries import names_of
from headway.areas.projects.queries import local_day
from headway.areas.projects.types import ProjectId
from headway.kernel.access import may
from headway.kernel.among import among_ids
from headway.kernel.commands import command
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, FieldError, Invalid
from headway.kernel.queries import query
from headway.kernel.schema import Text

_OPEN = (EntryStatus.DRAFT.value, EntryStatus.SUBMITTED.value)
_SHOWN = 60  # months of one project


@dataclass(frozen=True, slots=True)
class MonthRow:
    """A month of a project as it was closed.

    hours, entries  of the project in that month when it was closed. reopened_at: None while it is closed.
    snapshot, snapshot_number  what was frozen of it then; None for months closed before figures were kept.
    """

    id: int
    project_id: int
    month: date
    entries: int
    hours: Decimal
    closed_at: datetime
    closed_by: str
    reopened_at: datetime | None
    reopened_by: str
    reason: str
    snapshot: int | None
    snapshot_number: int | None
    version: int


@dataclass(frozen=True, slots=True)
class MonthState:
    """How far the hours of one project's month have come; hours by status.

    people_open    persons with hours that are not approved.
    without_rate   billable entries to which no bill rate applies.
    closed         the closing that holds; None while the month is open.
    """

    project_id: int
    draft: Decimal
    submitted: Decimal
    approved: Decimal
    locked: Decimal
    entries: int
    people_open: tuple[int, ...]
    without_rate: int
    closed: MonthRow | None

    @property
    def hours(self) -> Decimal:
        """All hours of the month, in every status."""
        return self.draft + self.submitted + self.approved + self.locked

    @property
    def signed(self) -> Decimal:
        """Hours that are approved or locked."""
        return self.approved + self.locked

    @property
    def ready(self) -> bool:
        """Whether nothing waits to be handed in or approved."""
        return not self.draft and not self.submitted and not self.people_open


@command(
    permission="hours.close",
    name="hours.shut_month",
    idempotent=True,
    internal="a step of closing a month, which checks and freezes the rest of it",
)
def close_month(ctx: Context, *, project: ProjectId, month: date) -> MonthRow:
    """Close a month of a project: its approved hours are locked, and no hours come, go or change on its days any more.

    month  any day of it. It must be over, and every entry approved. A month that is closed already stays as it is.
    Corrections by counter-entries stay possible.
    """
    keep_months(project)
    first, last = days_of(month)
    held = _closed(project, first)
    if held is not None:
        return month_row(held)
    if last >= local_day(ctx, project=project):
        raise Conflict(
            f"{first:%B %Y} is not over. Close it from {last + timedelta(days=1):%a %d %b %Y} on.",
            fields=[FieldError("month", "is not over", value=first.isoformat())],
        )
    rows = live(ctx, project).filter(day__gte=first, day__lte=last)
    _all_approved(rows.filter(status__in=_OPEN), first)
    lock(ctx, project=project, first=first, last=last)
    summed = rows.aggregate(entries=Count("pk"), worked=exact("hours"))
    row = ClosedMonth.add(
        ctx,
        project_id=project,
        month=first,
        entries=summed["entries"],
        hours=decimal(summed["worked"]),
        closed_by=ctx.actor.name,
    )
    ctx.emit(EntriesChanged(project_id=project))
    return month_row(row)


@command(permission="hours.close", changes="closing", internal="a step of closing a month")
def note_month_frozen(ctx: Context, *, closing: ClosedMonth, snapshot: SnapshotId) -> MonthRow:
    """Note what was frozen of a closed month; once."""
    if closing.snapshot_id is not None:
        raise Conflict(f"The figures of {closing} are kept already.")
    closing.change(ctx, snapshot_id=snapshot)
    return month_row(closing)


def _all_approved(waiting: QuerySet[TimeEntry], first: date) -> None:
    told = waiting.order_by().values_list("status").annotate(n=Count("pk"), worked=exact("hours"))
    found = {status: (n, decimal(worked)) for status, n, worked in told}
    if not found:
        return
    words = {EntryStatus.DRAFT.value: "not handed in", EntryStatus.SUBMITTED.value: "handed in and not approved"}
    parts = [f"{n} entries ({worked} h) {words[status]}" for status, (n, worked) in sorted(found.items())]
    raise Conflict(
        f"{first:%B %Y} cannot be closed yet: {'; '.join(parts)}. Approve them, or return them, first.",
        fields=[FieldError("month", parts[0], value=first.isoformat())],
    )


@command(permission="hours.reopen", changes="closing", destructive=True)
def reopen_month(ctx: Context, *, closing: ClosedMonth, reason: Text) -> MonthRow:
    """Open a closed month again, with the reason, which stays in its history. Its hours stay locked."""
    if not reason.strip():
        raise Invalid("Say why the month is opened again.", fields=[FieldError("reason", "required")])
    if closing.reopened_at is not None:
        raise Conflict(f"{closing} was opened again already.")
    closing.change(ctx, reopened_at=ctx.now, reopened_by=ctx.actor.name, reason=reason.strip())
    ctx.emit(EntriesChanged(project_id=closing.project_id))
    return month_row(closing)


@query(permission="hours.read_team")
def closed_months(ctx: Context, *, project: ProjectId) -> tuple[MonthRow, ...]:
    """The months of a project that were closed, the newest first, with those that were opened again."""
    rows = ClosedMonth.visible_to(ctx).filter(project_id=project).order_by("-month", "-id")
    return tuple(month_row(row) for row in _with_snapshot(rows)[:_SHOWN])


@dataclass(frozen=True, slots=True)
class MonthProject:
    """A project in the list of a month's end. may_close: whether this reader may close it."""

    key: str
    name: str
    client: str
    state: MonthState
    people_open: tuple[str, ...]
    may_close: bool


@dataclass(frozen=True, slots=True)
class MonthEnd:
    """A month over the projects that the reader runs and that had hours in it; the open ones first.

    over  whether the month has passed.
    """

    first: date
    last: date
    over: bool
    projects: tuple[MonthProject, ...]


@query(permission="hours.read_team", name="hours.month")
def month_end(ctx: Context, *, month: date) -> MonthEnd:
    """How far the month that holds a day has come, project by project, on the projects that I run."""
    first, last = days_of(month)
    mine = running(ctx, "hours.read_team")
    states = {pk: state for pk, state in month_states(mine, first).items() if state.entries or state.closed}
    names = names_of({who for state in states.values() for who in state.people_open})
    rows = [
        MonthProject(
            mine[pk].key,
            mine[pk].name,
            mine[pk].client,
            state,
            tuple(sorted(names[who] for who in state.people_open)),
            may(ctx, "hours.close", project_id=pk),
        )
        for pk, state in states.items()
    ]
    rows.sort(key=lambda row: (row.state.closed is not None, row.state.ready, row.name))
    return MonthEnd(first, last, last < ctx.now.date(), tuple(rows))


def month_states(project_ids: Collection[int], month: date) -> dict[int, MonthState]:
    """How far a month has come on some projects, for callers who passed their own door; two queries."""
    first, last = days_of(month)
    rows = TimeEntry.unscoped(reason="the month's end of projects that the caller runs").filter(
        among_ids("project_id", project_ids), removed_at=None, day__gte=first, day__lte=last
    )
    grouped = rows.order_by().values_list("project_id", "person_id", "status")
    unrated = Count("pk", filter=Q(billable=True, bill_rate=None))
    hours: dict[tuple[int, str], Decimal] = defaultdict(Decimal)
    entries: dict[int, int] = defaultdict(int)
    without_rate: dict[int, int] = defaultdict(int)
    people: dict[int, set[int]] = defaultdict(set)
    for project, who, status, n, no_rate, worked in grouped.annotate(
        n=Count("pk"), no_rate=unrated, worked=exact("hours")
    ):
        hours[project, status] += decimal(worked)
        entries[project] += n
        without_rate[project] += no_rate
        if status in _OPEN:
            people[project].add(who)
    closed = {
        row.project_id: month_row(row)
        for row in _with_snapshot(
            ClosedMonth.unscoped(reason="the month's end of projects that the caller runs").filter(
                among_ids("project_id", project_ids), month=first, reopened_at=None
            )
        )
    }
    return {
        project: MonthState(
            project,
            draft=hours[project, EntryStatus.DRAFT.value],
            submitted=hours[project, EntryStatus.SUBMITTED.value],
            approved=hours[project, EntryStatus.APPROVED.value],
            locked=hours[project, EntryStatus.LOCKED.value],
            entries=entries[project],
            people_open=tuple(sorted(people[project])),
            without_rate=without_rate[project],
            closed=closed.get(project),
        )
        for project in project_ids
    }


def days_of(month: date) -> tuple[date, date]:
    """First and last day of the month that holds a day."""
    return first_of_month(month), month.replace(day=monthrange(month.year, month.month)[1])


def _closed(project_id: int, first: date) -> ClosedMonth | None:
    rows = ClosedMonth.unscoped(reason="the month that is closed").filter(project_id=project_id, month=first)
    return rows.filter(reopened_at=None).first()


def _with_snapshot(rows: QuerySet[ClosedMonth]) -> QuerySet[ClosedMonth]:
    return rows.select_related("snapshot").defer("snapshot__data")


def month_row(row: ClosedMonth) -> MonthRow:
    """A closed month as a list shows it."""
    return MonthRow(
        row.pk,
        row.project_id,
        row.month,
        row.entries,
        row.hours,
        row.created_at,
        row.closed_by,
        row.reopened_at,
        row.reopened_by,
        row.reason,
        row.snapshot_id,
        row.snapshot.number if row.snapshot is not None else None,
        row.version,
    )

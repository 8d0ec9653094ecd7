"""Changes to hours: logging, the way to approval, rate cards, and the steps of an import.

Rates and amounts are looked up and copied when an entry is saved; setting a rate moves no entry.
"""

from __future__ import annotations

import gc
import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from operator import itemgetter
from typing import Annotated, Any

from django.db.models import F, Min
from pydantic import StringConstraints

from headway.areas.comms.commands import notify
from headway.areas.comms.types import NoticeReason
from headway.areas.hours.events import EntriesChanged
from headway.areas.hours.models import RateLine, StagedImport, TimeEntry
from headway.areas.hours.queries import between, entry_row, live, rate_row
from headway.areas.hours.staging import CLOSED, Comparison, Taken, compare, effect, reconcile, unpack
from headway.areas.hours.sums import decimal, exact, plain
from headway.areas.hours.types import (
    EntryRow,
    EntryStatus,
    Hours,
    ImportEffect,
    MissingRule,
    Rate,
    RateKind,
    RateRow,
    StatusChange,
)
from headway.areas.people.commands import remember_aliases
from headway.areas.people.queries import self_approval_allowed
from headway.areas.people.types import OrganisationId, PersonId
from headway.areas.projects.commands import note_import_applied, note_import_undone
from headway.areas.projects.queries import charter, my_person_id, show_import
from headway.areas.projects.types import Charter, ImportId, ImportRow, ImportState, ProjectId
from headway.areas.schedule.queries import task as show_task
from headway.areas.schedule.types import TaskId
from headway.engine.rates import RateKind as EngineKind
from headway.engine.rates import RateLine as EngineLine
from headway.engine.rates import RateScope, WorkedBy, rate_for
from headway.engine.units import Money
from headway.kernel.bulk import JsonText, insert_rows
from headway.kernel.commands import command
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, Denied, FieldError, Invalid
from headway.kernel.models import next_number
from headway.kernel.schema import Currency, Name, ShortText, Text

Packed = Annotated[str, StringConstraints(max_length=200_000_000)]
HEADWAY = "headway"
_BATCH = 1000


# --- rates that apply -----------------------------------------------------------------------


class _Card:
    """The rate lines that can apply on one project, with look-ups remembered."""

    def __init__(self, project: Charter) -> None:
        rows = RateLine.unscoped(reason="rates are copied onto entries").filter(removed_at=None)
        rows = rows.filter(project_id=project.id) | rows.filter(project=None)
        self.project = project
        self.lines = [_engine_line(row) for row in rows.order_by("id")]
        self._found: dict[tuple[EngineKind, int, str, date], Money | None] = {}

    def rate(self, kind: EngineKind, person_id: int, role: str, day: date) -> Money | None:
        """The rate in force, None without one."""
        key = (kind, person_id, role.casefold(), day)
        if key not in self._found:
            client = str(self.project.client_id) if self.project.client_id else None
            worked = WorkedBy(str(person_id), str(self.project.id), client, role.casefold() or None, day)
            line = rate_for(self.lines, kind, worked)
            self._found[key] = line.rate if line else None
        return self._found[key]

    def amounts(self, person_id: int, role: str, day: date, hours: Decimal, *, billable: bool) -> dict[str, Any]:
        """The columns to copy onto an entry."""
        values: dict[str, Any] = {}
        for kind in EngineKind:
            rate = self.rate(kind, person_id, role, day)
            factor = hours if billable or kind is EngineKind.COST else Decimal(0)
            values |= _money(kind.value, rate.amount if rate else None, factor, rate.currency if rate else "")
        return values


def _money(kind: str, rate: Decimal | None, factor: Decimal, currency: str) -> dict[str, Any]:
    amount = None if rate is None else _stored(rate * factor)
    return {f"{kind}_rate": rate, f"{kind}_amount": amount, f"{kind}_currency": currency}


def _stored(value: Decimal) -> Decimal:
    """At the precision of the column, so that what is shown now is what is read later."""
    return value.quantize(Decimal("0.000001"))


def _engine_line(row: RateLine) -> EngineLine:
    return EngineLine(
        kind=EngineKind(row.kind),
        scope=RateScope(row.scope),
        rate=Money(row.rate, row.currency),
        first=row.first,
        last=row.last,
        person=_key(row.person_id),
        project=_key(row.project_id),
        role=row.role.casefold() or None,
        client=_key(row.client_id),
    )


def _key(pk: int | None) -> str | None:
    return None if pk is None else str(pk)


# --- entries --------------------------------------------------------------------------------


@command(permission="hours.log", name="hours.log")
def log(
    ctx: Context,
    *,
    project: ProjectId,
    day: date,
    hours: Hours,
    person: PersonId | None = None,
    task: TaskId | None = None,
    phase: Name | None = None,
    role: ShortText = "",
    note: Text = "",
    billable: bool = True,
    start: datetime | None = None,
    end: datetime | None = None,
    zone: ShortText = "",
) -> EntryRow:
    """Log hours on a project; for oneself unless `person` is given, which only those who run the project may.

    hours       above 0, at most 24.
    start, end  when the work was done, with their offset from UTC; the hours are not derived from them.
    phase       a name of one's own; else the task's name.
    """
    who = person if person is not None else my_person_id(ctx)
    if who is None:
        raise Invalid("Say whose hours these are.", fields=[FieldError("person", "required")])
    _check(hours, start, end)
    named = show_task(ctx, task=task) if task is not None else None
    about = charter(ctx, project=project)
    row = TimeEntry.add(
        ctx,
        project_id=project,
        person_id=who,
        day=day,
        start=start,
        end=end,
        zone=zone or (about.time_zone if start else ""),
        task_uid=named.uid if named else None,
        phase=(phase or (named.name if named else ""))[:255],
        role=role[:255],
        hours=hours,
        billable=billable,
        note=note,
        source=HEADWAY,
        **_Card(about).amounts(who, role, day, hours, billable=billable),
    )
    ctx.emit(EntriesChanged(project_id=project))
    return entry_row(ctx, row)


def _check(hours: Decimal, start: datetime | None, end: datetime | None) -> None:
    if not 0 < hours <= 24:
        raise Invalid(
            f"{hours} hours on one day; give more than 0 and at most 24.",
            fields=[FieldError("hours", "more than 0, at most 24", value=str(hours))],
        )
    for name, moment in (("start", start), ("end", end)):
        if moment is not None and moment.tzinfo is None:
            raise Invalid(
                f"{name} has no offset from UTC.", fields=[FieldError(name, "add the offset, such as +01:00")]
            )
    if start is not None and end is not None and end < start:
        raise Invalid("The work ends before it starts.", fields=[FieldError("end", "before start")])


def _still_open(entry: TimeEntry) -> None:
    if entry.status in CLOSED:
        raise Conflict(f"This entry is {entry.status}. Return it before you change it.")


@command(permission="hours.log", changes="entry")
def edit(
    ctx: Context,
    *,
    entry: TimeEntry,
    day: date | None = None,
    hours: Hours | None = None,
    person: PersonId | None = None,
    phase: ShortText | None = None,
    role: ShortText | None = None,
    note: Text | None = None,
    billable: bool | None = None,
) -> EntryRow:
    """Change an entry that is not yet approved; what is not given stays.

    The rates stay those of the first saving, unless day, person or role change: then they are looked up anew.
    Whoever changes an entry of his own that is handed in takes it back: it is a draft again.
    """
    _still_open(entry)
    new_hours = entry.hours if hours is None else hours
    _check(new_hours, entry.start, entry.end)
    values = _given(
        day=day,
        hours=hours,
        person_id=person,
        phase=None if phase is None else phase[:255],
        role=None if role is None else role[:255],
        note=note,
        billable=billable,
    )
    moved = any(getattr(entry, name) != values.get(name, getattr(entry, name)) for name in ("day", "person_id", "role"))
    pays = entry.billable if billable is None else billable
    if moved:
        card = _Card(charter(ctx, project=entry.project_id))
        who, when, what = (values.get(name, getattr(entry, name)) for name in ("person_id", "day", "role"))
        values |= card.amounts(who, what, when, new_hours, billable=pays)
    elif hours is not None or billable is not None:
        factor = new_hours if pays else Decimal(0)
        values |= _money("bill", entry.bill_rate, factor, entry.bill_currency)
        values |= _money("cost", entry.cost_rate, new_hours, entry.cost_currency)
    if entry.status == EntryStatus.SUBMITTED.value and entry.person_id == my_person_id(ctx):
        values["status"] = EntryStatus.DRAFT.value
    if entry.change(ctx, **values):
        ctx.emit(EntriesChanged(project_id=entry.project_id))
    return entry_row(ctx, TimeEntry.found(ctx, pk=entry.pk))


def _given(**values: Any) -> dict[str, Any]:
    """What the caller stated; None = leave as it is."""
    return {name: value for name, value in values.items() if value is not None}


@command(permission="hours.log", changes="entry")
def split(ctx: Context, *, entry: TimeEntry, hours: Hours, note: Text) -> EntryRow:
    """Take some hours of an entry that is not yet approved into a second one, with a note of its own.

    Gives the second one; it has the day, task, role and rates of the first.
    """
    _still_open(entry)
    if not 0 < hours < entry.hours:
        raise Invalid(
            f"{hours} hours cannot be taken out of {plain(entry.hours)}; give more than 0 and less than that.",
            fields=[FieldError("hours", f"more than 0, less than {plain(entry.hours)}", value=str(hours))],
        )
    kept = ("project_id", "person_id", "day", "zone", "task_uid", "phase", "role", "billable", "status", "returned")
    pays = hours if entry.billable else Decimal(0)
    second = TimeEntry.add(
        ctx,
        **{name: getattr(entry, name) for name in kept},
        hours=hours,
        note=note,
        source=HEADWAY,
        **_money("bill", entry.bill_rate, pays, entry.bill_currency),
        **_money("cost", entry.cost_rate, hours, entry.cost_currency),
    )
    left = entry.hours - hours
    rest = left if entry.billable else Decimal(0)
    entry.change(
        ctx,
        hours=left,
        **_money("bill", entry.bill_rate, rest, entry.bill_currency),
        **_money("cost", entry.cost_rate, left, entry.cost_currency),
    )
    ctx.emit(EntriesChanged(project_id=entry.project_id))
    return entry_row(ctx, second)


@command(permission="hours.log", destructive=True)
def remove(ctx: Context, *, entry: TimeEntry) -> None:
    """Take an entry out; it counts nowhere any more. Approved and locked entries must be returned first."""
    _still_open(entry)
    entry.change(ctx, removed_at=ctx.now)
    ctx.emit(EntriesChanged(project_id=entry.project_id))


# --- the way to approval --------------------------------------------------------------------


@command(permission="hours.log", idempotent=True)
def submit(
    ctx: Context, *, project: ProjectId, first: date, last: date, person: PersonId | None = None
) -> StatusChange:
    """Hand in the drafts of some days, both inclusive; one's own unless `person` is given."""
    who = person if person is not None else my_person_id(ctx)
    rows = live(ctx, project).filter(person_id=who or 0)
    return _move(ctx, project, rows, first, last, EntryStatus.SUBMITTED, {EntryStatus.DRAFT}, returned="")


@command(permission="hours.approve", idempotent=True)
def approve(
    ctx: Context, *, project: ProjectId, first: date, last: date, person: PersonId | None = None
) -> StatusChange:
    """Approve the submitted hours of some days, both inclusive, of one person or of all.

    One's own hours are left out, unless the house allows self-approval.
    """
    rows = _of(ctx, project, person)
    if not self_approval_allowed():
        me = my_person_id(ctx)
        if person is not None and person == me:
            raise Denied("Somebody else must approve your own hours.")
        rows = rows.exclude(person_id=me or 0)
    return _move(ctx, project, rows, first, last, EntryStatus.APPROVED, {EntryStatus.SUBMITTED})


@command(permission="hours.approve", idempotent=True)
def return_entries(
    ctx: Context, *, project: ProjectId, first: date, last: date, reason: Text, person: PersonId | None = None
) -> StatusChange:
    """Give submitted, approved or locked hours back as drafts, with the reason, which their persons are told."""
    if not reason.strip():
        raise Invalid("Say why the hours go back.", fields=[FieldError("reason", "required")])
    back = {EntryStatus.SUBMITTED, EntryStatus.APPROVED, EntryStatus.LOCKED}
    rows = _of(ctx, project, person)
    given_back = between(rows, first, last).filter(status__in=[status.value for status in back])
    whose = list(given_back.order_by().values("person_id").annotate(entry=Min("id"), worked=exact("hours")))
    for row in whose:
        notify(
            ctx,
            to=[row["person_id"]],
            reason=NoticeReason.DECIDED,
            about_kind=TimeEntry._meta.label,
            about_id=row["entry"],
            project_id=project,
            text=f"{decimal(row['worked'])} h from {first} to {last} came back: {reason.strip()}",
        )
    return _move(ctx, project, rows, first, last, EntryStatus.DRAFT, back, returned=reason.strip())


@command(permission="hours.approve", idempotent=True)
def lock(ctx: Context, *, project: ProjectId, first: date, last: date) -> StatusChange:
    """Close the approved hours of some days: they change no more, unless returned with a reason."""
    return _move(ctx, project, live(ctx, project), first, last, EntryStatus.LOCKED, {EntryStatus.APPROVED})


def _of(ctx: Context, project_id: int, person: int | None) -> Any:
    rows = live(ctx, project_id)
    return rows if person is None else rows.filter(person_id=person)


def _move(
    ctx: Context,
    project_id: int,
    rows: Any,
    first: date,
    last: date,
    to: EntryStatus,
    frm: set[EntryStatus],
    **more: str,
) -> StatusChange:
    moving = between(rows, first, last).filter(status__in=[status.value for status in frm])
    ids = list(moving.order_by("id").values_list("id", flat=True))
    worked = 0
    for piece in _pieces(ids):
        part = TimeEntry.unscoped(reason="entries chosen above").filter(pk__in=piece)
        worked += part.aggregate(worked=exact("hours"))["worked"]
        part.update(status=to.value, version=F("version") + 1, **more)
    if ids:
        ctx.record("hours.TimeEntry", project_id, "status", f"{len(ids)} entries {first} to {last}", to.value)
        ctx.emit(EntriesChanged(project_id=project_id))
    return StatusChange(len(ids), decimal(worked))


def _pieces(items: list[Any]) -> Iterable[list[Any]]:
    for place in range(0, len(items), _BATCH):
        yield items[place : place + _BATCH]


# --- rate cards -----------------------------------------------------------------------------


@command(permission="hours.set_project_rate")
def set_project_rate(
    ctx: Context,
    *,
    project: ProjectId,
    kind: RateKind,
    rate: Rate,
    first: date,
    last: date | None = None,
    person: PersonId | None = None,
    role: ShortText = "",
    currency: Currency | None = None,
) -> RateRow:
    """Set the hourly rate of a person or of a role on a project, from a day on.

    Give either person or role. A rate that begins on the same day is replaced. Entries saved before
    keep theirs.
    """
    if (person is None) == (not role.strip()):
        raise Invalid("Give either a person or a role.", fields=[FieldError("person", "either this or role")])
    scope = RateScope.PERSON_ON_PROJECT if person is not None else RateScope.ROLE_ON_PROJECT
    own = currency or charter(ctx, project=project).currency
    return _set(
        ctx, kind, scope, rate, own, first, last, project_id=project, person_id=person, client_id=None, role=role
    )


@command(permission="hours.set_rate")
def set_rate(
    ctx: Context,
    *,
    kind: RateKind,
    rate: Rate,
    currency: Currency,
    first: date,
    last: date | None = None,
    person: PersonId | None = None,
    client: OrganisationId | None = None,
    role: ShortText = "",
) -> RateRow:
    """Set a person's default hourly rate, or a client's rate for a role, from a day on, for all projects.

    Give either person, or client and role. Rates of a project go before these.
    """
    of_person = person is not None and client is None and not role
    of_client = person is None and client is not None and bool(role.strip())
    if not (of_person or of_client):
        raise Invalid("Give a person, or a client with a role.", fields=[FieldError("person", "or client and role")])
    scope = RateScope.PERSON_DEFAULT if of_person else RateScope.CLIENT_ROLE
    return _set(
        ctx, kind, scope, rate, currency, first, last, project_id=None, person_id=person, client_id=client, role=role
    )


def _set(
    ctx: Context,
    kind: RateKind,
    scope: RateScope,
    rate: Decimal,
    currency: str,
    first: date,
    last: date | None,
    *,
    project_id: int | None,
    person_id: int | None,
    client_id: int | None,
    role: str,
) -> RateRow:
    if last is not None and last < first:
        raise Invalid(f"The rate ends {last}, before it begins {first}.", fields=[FieldError("last", "before first")])
    role = role.strip()[:255]
    slot = f"{kind.value}:{scope.value}:{first}:{project_id}:{person_id}:{client_id}:{role.casefold()}"
    for earlier in RateLine.unscoped(reason="the same slot is replaced").filter(slot=slot, removed_at=None):
        earlier.change(ctx, removed_at=ctx.now)
    row = RateLine.add(
        ctx,
        kind=kind.value,
        scope=scope.value,
        rate=rate,
        currency=currency,
        first=first,
        last=last,
        project_id=project_id,
        person_id=person_id,
        client_id=client_id,
        role=role,
        slot=slot,
    )
    return rate_row(row)


@command(permission="hours.set_project_rate", destructive=True, idempotent=True)
def remove_rate(ctx: Context, *, line: RateLine) -> None:
    """Take a rate out of its card; entries that carry it keep it."""
    if line.removed_at is None:
        line.change(ctx, removed_at=ctx.now)


# --- imports --------------------------------------------------------------------------------


@command(permission="projects.import", internal="a step of the import journey, which has read the file")
def stage_entries(
    ctx: Context,
    *,
    project: ProjectId,
    batch: ImportId,
    source: Name,
    packed: Packed,
    first: date | None,
    last: date | None,
    missing: MissingRule,
) -> ImportEffect:
    """Keep the rows of a file whose people and projects are known, and say what they would change.

    first, last  days of the whole file, other projects' rows included.
    """
    row = StagedImport.visible_to(ctx).filter(batch_id=batch).first()
    if row is None:
        row = StagedImport.add(ctx, project_id=project, batch_id=batch, source=source, packed=packed)
    else:
        # Written past `change`: rows of people's work belong neither in the audit nor in the history.
        row.source, row.packed = source, packed
        row.save(update_fields=["source", "packed"])
    return effect(compare(project, source, list(unpack(packed)), days=_days(first, last), missing_rule=missing))


def _days(first: date | None, last: date | None) -> tuple[date, date] | None:
    return None if first is None or last is None else (first, last)


@dataclass(frozen=True, slots=True)
class ReadBefore:
    """An import's rows, unpacked and priced before the transaction that takes them.

    packed        what they were unpacked from.
    about, lines  the project and the rate lines that they were priced by; `columns` are the entries' values by key.
    """

    packed: str
    rows: list[Taken]
    about: Charter
    lines: list[EngineLine]
    columns: dict[str, tuple[Any, ...]]


def read_before(ctx: Context, *, project_id: int, batch_id: int) -> ReadBefore | None:
    """What `take_entries` needs of a visible import, so that it is not read while the write lock is held."""
    staged = StagedImport.visible_to(ctx).filter(batch_id=batch_id).first()
    if staged is None or not staged.packed:
        return None
    about = charter(ctx, project=project_id)
    card = _Card(about)
    with _left_alone_by_the_collector():
        rows = list(unpack(staged.packed))
        columns = {row.key: _in_order(_columns(row, card, about.currency)) for row in rows}
    return ReadBefore(staged.packed, rows, about, card.lines, columns)


@command(permission="projects.import", internal="a step of the import journey, which knows the file's answers")
def take_entries(
    ctx: Context,
    *,
    project: ProjectId,
    batch: ImportId,
    preview: dict[str, Any],
    aliases: dict[str, int],
    first: date | None,
    last: date | None,
    missing: MissingRule,
) -> ImportRow:
    """Make the staged rows entries, all or none: rates frozen, names remembered, totals reconciled.

    Rates come from the cards; where none applies, from the file.
    """
    next_number(f"hours.import.{project}")  # one import at a time: the counter's row is locked until the end
    if show_import(ctx, batch=batch).state is not ImportState.PREVIEW:
        raise Conflict("Only a previewed import can be applied.")
    staged = StagedImport.found(ctx, batch_id=batch)
    known = ctx.read_first if isinstance(ctx.read_first, ReadBefore) else None
    if known is not None and known.packed != staged.packed:
        known = None
    rows = known.rows if known is not None else list(unpack(staged.packed))
    comparison = compare(project, staged.source, rows, days=_days(first, last), missing_rule=missing)
    if comparison.blocked:
        raise Conflict(comparison.blocked[0], extra={"blocked": list(comparison.blocked[:200])})
    with _left_alone_by_the_collector():
        undo = _write(ctx, project, batch, staged.source, comparison, missing, known)
    by_person, by_month = reconcile(project, staged.source, rows, days=_days(first, last))
    key = charter(ctx, project=project).key
    by_project = tuple(replace(row, name=key) for row in by_month)
    remember_aliases(ctx, staged.source, aliases)
    staged.packed, staged.undo = "", undo
    staged.save(update_fields=["packed", "undo"])
    done = effect(comparison)
    shown = ImportEffect(
        done.create, done.update, done.unchanged, done.missing_count, done.missing, (), by_person, by_project
    )
    ctx.record("hours.TimeEntry", project, "import", None, f"{done.create} new, {done.update} changed")
    ctx.emit(EntriesChanged(project_id=project))
    return note_import_applied(ctx, batch=batch, preview=preview | shown.as_json() | {"applied": True}, undo={})


@contextmanager
def _left_alone_by_the_collector() -> Iterator[None]:
    """Set present objects apart from garbage collection, which else walks all of a large file's rows again and again.

    With 100,000 rows this more than halves the time that the write lock is held.
    """
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


_KEPT = (
    *("person_id", "day", "start", "end", "zone", "phase", "role", "hours", "billable", "note", "content_key"),
    *("file_digest", "changed_by_id", "status", "bill_rate", "bill_amount", "bill_currency"),
    *("cost_rate", "cost_amount", "cost_currency", "raw"),
)


def _write(
    ctx: Context,
    project_id: int,
    batch_id: int,
    source: str,
    comparison: Comparison,
    missing: MissingRule,
    known: ReadBefore | None,
) -> dict[str, Any]:
    """Create, update and remove entries; gives what undoing needs.

    known  their values, as they were before this transaction.
    """
    about = charter(ctx, project=project_id)
    card = _Card(about)
    still = known is not None and known.about == about and known.lines == card.lines
    ready = known.columns if known is not None and still else {}

    def columns_of(row: Taken) -> tuple[Any, ...]:
        return ready.get(row.key) or _in_order(_columns(row, card, about.currency))

    everything = TimeEntry.unscoped(reason="an import's own entries")
    insert_rows(
        TimeEntry,
        same={"created_at": ctx.now, "project_id": project_id, "batch_id": batch_id, "source": source},
        names=("source_key", "import_key", *_COLUMNS),
        rows=((row.source_key, row.key, *columns_of(row)) for row in comparison.create),
    )
    before: list[dict[str, Any]] = []
    for piece in _pieces(list(comparison.update)):
        stored = everything.in_bulk([pk for pk, _ in piece])
        for pk, row in piece:
            before.append({"id": pk} | {name: _json(getattr(stored[pk], name)) for name in _KEPT})
            values = dict(zip(_COLUMNS, columns_of(row), strict=True)) | {"raw": json.loads(row.raw)}
            everything.filter(pk=pk).update(**values, changed_by_id=batch_id, version=F("version") + 1)
    removed = [row.pk for row in comparison.missing] if missing is MissingRule.REMOVE else []
    for piece in _pieces(removed):
        everything.filter(pk__in=piece).update(removed_at=ctx.now, version=F("version") + 1)
    return {"updated": before, "removed": removed}


_COLUMNS = (
    *("bill_rate", "bill_amount", "bill_currency", "cost_rate", "cost_amount", "cost_currency"),
    *("person_id", "day", "start", "end", "zone", "phase", "role", "hours", "billable", "note"),
    *("content_key", "file_digest", "raw"),
)


_in_order = itemgetter(*_COLUMNS)


def _columns(row: Taken, card: _Card, currency: str) -> dict[str, Any]:
    """What an entry takes from a file's row."""
    values = card.amounts(row.person_id, row.role, row.day, row.hours, billable=row.billable)
    for kind, rate, amount in (
        ("bill", row.bill_rate, row.bill_amount),
        ("cost", row.cost_rate, row.cost_amount),
    ):
        if values[f"{kind}_rate"] is not None or (rate is None and amount is None):
            continue
        factor = row.hours if row.billable or kind == "cost" else Decimal(0)
        values[f"{kind}_rate"] = rate
        values[f"{kind}_amount"] = amount if amount is not None else _stored((rate or Decimal(0)) * factor)
        values[f"{kind}_currency"] = row.currency or currency
    return values | {
        "person_id": row.person_id,
        "day": row.day,
        "start": row.start,
        "end": row.end,
        "zone": row.zone,
        "phase": row.phase[:255],
        "role": row.role[:255],
        "hours": row.hours,
        "billable": row.billable,
        "note": row.note,
        "content_key": row.content_key,
        "file_digest": row.digest,
        "raw": JsonText(row.raw),
    }


def _json(value: Any) -> Any:
    if isinstance(value, Decimal):
        return str(value)
    return value.isoformat() if isinstance(value, date) else value


_READ: dict[str, Callable[[str], Any]] = {
    "day": date.fromisoformat,
    "start": datetime.fromisoformat,
    "end": datetime.fromisoformat,
    **dict.fromkeys(("hours", "bill_rate", "bill_amount", "cost_rate", "cost_amount"), Decimal),
}


@command(permission="projects.import", internal="a step of the import journey", destructive=True)
def undo_entries(ctx: Context, *, project: ProjectId, batch: ImportId) -> ImportRow:
    """Take a whole import back: its entries go, those it changed or removed are as they were.

    Raises Conflict where an entry of it was approved, or a later import has changed one.
    """
    everything = TimeEntry.unscoped(reason="an import's own entries")
    staged = StagedImport.found(ctx, batch_id=batch)
    undo = staged.undo or {"updated": [], "removed": []}
    created = everything.filter(batch_id=batch, removed_at=None)
    updated = everything.filter(changed_by_id=batch, removed_at=None)
    closed = (created | updated).filter(status__in=sorted(CLOSED)).count()
    if closed:
        raise Conflict(f"{closed} entries of this import are approved or locked. Return them first.")
    later = created.exclude(changed_by=None).values_list("changed_by_id", flat=True).first()
    overwritten = len(undo["updated"]) - updated.count()
    if later is not None or overwritten:
        raise Conflict("A later import has changed entries of this one. Undo the later import first.")
    for old in undo["updated"]:
        values = {name: old[name] for name in _KEPT}
        for name, read in _READ.items():
            values[name] = None if values[name] is None else read(values[name])
        everything.filter(pk=old["id"]).update(**values, version=F("version") + 1)
    for piece in _pieces(undo["removed"]):
        everything.filter(pk__in=piece).update(removed_at=None, version=F("version") + 1)
    gone = created.count()
    created.update(removed_at=ctx.now, version=F("version") + 1)
    staged.undo = None
    staged.save(update_fields=["undo"])
    ctx.record("hours.TimeEntry", project, "import", f"{gone} entries", "undone")
    ctx.emit(EntriesChanged(project_id=project))
    return note_import_undone(ctx, batch=batch)

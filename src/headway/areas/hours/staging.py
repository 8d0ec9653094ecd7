"""The rows of an import between its file and the entries: packed for keeping, compared with the store.

`Taken` is a file's row whose person and project are known. Packing keeps the rows out of audit and history, which
note only their size. Rows pass by in pieces: of a file of any length, a few thousand are in memory. Nothing here
writes.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from hashlib import blake2b
from itertools import islice
from typing import Any, NamedTuple, Protocol, TypeVar
from zoneinfo import ZoneInfo

from headway.areas.hours.kept import FirstOfMonth
from headway.areas.hours.models import StagedImport, TimeEntry
from headway.areas.hours.queries import between
from headway.areas.hours.sums import decimal, exact, plain
from headway.areas.hours.types import EntryStatus, ImportEffect, MissingEntry, MissingRule, Reconciled
from headway.areas.people.queries import names_of
from headway.documents.exchange.hours import HoursRow, Total, differences, read_staged_with_text

CLOSED = frozenset({EntryStatus.APPROVED.value, EntryStatus.LOCKED.value})
SHOWN = 200  # missing entries and blocked rows listed one by one
PIECE = 2000
ItemT = TypeVar("ItemT")
Days = tuple[date, date] | None  # first and last day of a whole file, rows that are left out included


def in_runs(items: Iterable[ItemT], size: int = PIECE) -> Iterator[list[ItemT]]:
    """A stream in lists."""
    source = iter(items)
    while run := list(islice(source, size)):
        yield run


class Taken(NamedTuple):
    """One row of a file whose person and project are known, ready to be an entry.

    start, end  aware instants.
    project     the file's own name for the project.
    raw         the file's cells as JSON: one text takes a fifth of the memory of its parts.
    task_uid    the row of the plan that its task was matched to.
    """

    number: int
    person_id: int
    day: date
    start: datetime | None
    end: datetime | None
    zone: str
    project: str
    phase: str
    role: str
    note: str
    hours: Decimal
    billable: bool
    bill_rate: Decimal | None
    bill_amount: Decimal | None
    cost_rate: Decimal | None
    cost_amount: Decimal | None
    currency: str
    source_key: str
    content_key: str
    raw: str
    project_id: int
    task_uid: int | None = None

    @property
    def key(self) -> str:
        """What a re-import finds it by."""
        return self.source_key or self.content_key

    @property
    def digest(self) -> str:
        """Of all that the file says; the person it was matched to and the row's place do not count."""
        parts = (self.content_key.split("-")[0], *map(str, self[3:6]), self.phase, self.role, *map(str, self[10:17]))
        return blake2b("\x1f".join(parts).encode(), digest_size=16).hexdigest()


@dataclass(frozen=True)
class Meaning:
    """What the names in a file mean: whose, of which project and on which row of its plan the hours are.

    projects  (name, code) → project; rows of others are left out. people: (name, e-mail) → person.
    tasks     (project, task) → row of the plan. zones: project → its time zone.
    """

    projects: Mapping[tuple[str, str], int] = field(default_factory=dict)
    people: Mapping[tuple[str, str], int] = field(default_factory=dict)
    tasks: Mapping[tuple[int, str], int] = field(default_factory=dict)
    zones: Mapping[int, str] = field(default_factory=dict)

    def of(self, rows: Iterable[tuple[HoursRow, str]]) -> Iterator[Taken]:
        """The rows that are taken, each given with its cells as JSON. A file that does not say counts as billable."""
        zones = {name: ZoneInfo(name) for name in self.zones.values()}
        for row, raw in rows:
            project_id = self.projects.get((row.project, row.project_code))
            if project_id is None:
                continue
            zone = (row.zone or self.zones[project_id]) if row.start else ""
            if zone and zone not in zones:
                zones[zone] = ZoneInfo(zone)
            task = row.task or row.task_code
            yield Taken(
                number=row.number,
                person_id=self.people[row.person, row.email],
                day=row.day,
                start=_instant(row.start, zones.get(zone)),
                end=_instant(row.end, zones.get(zone)),
                zone=zone,
                project=row.project or row.project_code,
                phase=task,
                role=row.role,
                note=row.note,
                hours=row.hours,
                billable=row.billable is not False,
                bill_rate=row.bill_rate,
                bill_amount=row.bill_amount,
                cost_rate=row.cost_rate,
                cost_amount=row.cost_amount,
                currency=row.currency,
                source_key=row.source_key,
                content_key=row.content_key,
                raw=raw,
                project_id=project_id,
                task_uid=self.tasks.get((project_id, task)),
            )


def _instant(local: datetime | None, zone: ZoneInfo | None) -> datetime | None:
    return None if local is None or zone is None else local.replace(tzinfo=zone).astimezone(UTC)


def pack(meaning: Meaning, staged: bytes) -> str:
    """A file's rows, as their reader left them, with what their names mean, as text."""
    parts = (meaning.projects, meaning.people, meaning.tasks)
    head = [*([[*names, found] for names, found in part.items()] for part in parts), list(meaning.zones.items())]
    return f"{json.dumps(head)}\n{base64.b64encode(staged).decode()}"


def unpack(packed: str) -> Iterator[Taken]:
    """The rows that are taken, one by one."""
    head, _, staged = packed.partition("\n")
    projects, people, tasks, zones = json.loads(head)
    meaning = Meaning(
        {(name, code): found for name, code, found in projects},
        {(name, email): found for name, email, found in people},
        {(project_id, task): found for project_id, task, found in tasks},
        dict(zones),
    )
    return meaning.of(read_staged_with_text(base64.b64decode(staged)))


class Stored(NamedTuple):
    """What is known of a stored entry when a file is compared with it."""

    pk: int
    import_key: str
    file_digest: str
    day: date
    status: str


class Keyed(Protocol):
    """A row of a file, as far as it takes to find its entry."""

    @property
    def number(self) -> int: ...
    @property
    def key(self) -> str: ...
    @property
    def digest(self) -> str: ...


KeyedT = TypeVar("KeyedT", bound=Keyed)


@dataclass
class Comparison:
    """A file's rows of one project against the stored entries of its source, as far as they have passed by.

    missing_rule  what becomes of entries that the file no longer holds.
    create, update, unchanged  rows so far. blocked: why entries that they would change may not change.
    """

    project_id: int
    source: str
    days: Days
    missing_rule: MissingRule
    create: int = 0
    update: int = 0
    unchanged: int = 0
    blocked: list[str] = field(default_factory=list)
    _met: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.knows_any = self._stored().exists()

    def run(self, rows: Sequence[KeyedT]) -> tuple[list[KeyedT], list[tuple[int, KeyedT]]]:
        """The new ones of some rows, and the changed ones with their entries' ids."""
        known = self._of({row.key for row in rows}) if self.knows_any else {}
        new: list[KeyedT] = []
        changed: list[tuple[int, KeyedT]] = []
        for row in rows:
            stored = known.get(row.key)
            if stored is None:
                new.append(row)
                continue
            self._met.add(stored.pk)
            if stored.file_digest == row.digest:
                continue
            changed.append((stored.pk, row))
            if stored.status in CLOSED:
                self._block(
                    f"Row {row.number} changes the entry of {stored.day}, which is {stored.status}. "
                    "Return that entry first, or take the row out of the file."
                )
        self.create += len(new)
        self.update += len(changed)
        self.unchanged += len(rows) - len(new) - len(changed)
        return new, changed

    def missing(self, *, besides: int = 0) -> list[Stored]:
        """Stored entries of the file's days that it no longer holds; ask when all rows have passed by.

        besides  an import whose entries were written meanwhile and are of the file.
        """
        if not self.knows_any or self.days is None:
            return []
        first, last = self.days
        rows = self._stored().filter(day__gte=first, day__lte=last).exclude(batch_id=besides)
        stored = map(Stored._make, _columns(rows).iterator())
        gone = [row for row in stored if row.pk not in self._met]
        if self.missing_rule is MissingRule.REMOVE:
            for row in gone:
                if row.status in CLOSED:
                    self._block(
                        f"The file no longer holds the entry of {row.day}, which is {row.status}. "
                        "Return that entry first."
                    )
        return gone

    def _block(self, why: str) -> None:
        if len(self.blocked) < SHOWN:
            self.blocked.append(why)

    def _of(self, keys: set[str]) -> dict[str, Stored]:
        found = map(Stored._make, _columns(self._stored().filter(import_key__in=keys).order_by()))
        return {row.import_key: row for row in found}

    def _stored(self) -> Any:
        return _of_source(self.project_id, self.source)


def _columns(rows: Any) -> Any:
    return rows.values_list("pk", "import_key", "file_digest", "day", "status")


def _of_source(project_id: int, source: str) -> Any:
    rows = TimeEntry.unscoped(reason="comparing an import").filter(project_id=project_id, source=source)
    return rows.filter(removed_at=None).exclude(import_key="").order_by("day", "pk")


def effect(comparison: Comparison, missing: Sequence[Stored]) -> ImportEffect:
    """The comparison in counts, with the first missing entries named."""
    listed = TimeEntry.unscoped(reason="named in an import's preview").filter(
        pk__in=[row.pk for row in missing[:SHOWN]]
    )
    return ImportEffect(
        comparison.create,
        comparison.update,
        comparison.unchanged,
        len(missing),
        tuple(
            MissingEntry(row.pk, row.person.name, row.day, plain(row.hours), row.phase, row.note)
            for row in listed.select_related("person").order_by("day", "pk")
        ),
        tuple(comparison.blocked),
    )


class FileTotals:
    """What a file's rows of one project add up to, by month and person; `count` of them."""

    def __init__(self) -> None:
        self.count = 0
        self._sums: dict[tuple[str, int], tuple[list[Decimal], dict[str, Decimal]]] = {}

    def add(self, row: Taken) -> None:
        """Count a row."""
        self.count += 1
        key = (row.day.isoformat()[:7], row.person_id)
        known = self._sums.get(key)
        if known is None:
            known = self._sums[key] = ([Decimal(0)], {})
        known[0][0] += row.hours
        if row.bill_amount is not None and row.currency:
            known[1][row.currency] = known[1].get(row.currency, Decimal(0)) + row.bill_amount

    def months(self) -> set[date]:
        """First days of the months that rows lie in."""
        return {date.fromisoformat(f"{month}-01") for month, _ in self._sums}

    def by_person(self) -> dict[tuple[str, int], Total]:
        """(month, person) → total."""
        return {key: Total(hours[0], dict(amounts)) for key, (hours, amounts) in self._sums.items()}


def reconcile(
    project_id: int, source: str, file: dict[tuple[str, int], Total], *, days: Days
) -> tuple[tuple[Reconciled, ...], tuple[Reconciled, ...]]:
    """Totals of file and store side by side: by month and person, and by month for the whole project.

    The store's side holds the live entries of the same source in the file's months that the file covers.
    Flags a difference above 0.1 h, or above 1 unit of a currency in which the file states amounts.
    """
    first, last = days or (date.max, date.min)
    store: dict[tuple[str, int], Total] = {}
    if days is not None:
        summed = between(_of_source(project_id, source), first, last).order_by()
        for found in (
            summed.annotate(month=FirstOfMonth("day"))
            .values("month", "person_id", "bill_currency")
            .annotate(worked=exact("hours"), billed=exact("bill_amount"))
        ):
            key = (f"{found['month']:%Y-%m}", found["person_id"])
            amount = decimal(found["billed"]) if found["bill_currency"] else None
            store[key] = _plus(store.get(key), decimal(found["worked"]), found["bill_currency"], amount)
    names = names_of(who for _, who in {*file, *store})
    ids = {who: f"{names[who]}\x00{who}" for who in names}
    by_person = _side_by_side(
        {(month, ids[who]): total for (month, who), total in file.items()},
        {(month, ids[who]): total for (month, who), total in store.items()},
    )
    whole = _side_by_side(_by_month(file), _by_month(store))
    return by_person, whole


def _plus(total: Total | None, hours: Decimal, currency: str, amount: Decimal | None) -> Total:
    total = total or Total()
    amounts = dict(total.amounts)
    if amount is not None and currency:
        amounts[currency] = amounts.get(currency, Decimal(0)) + amount
    return Total(total.hours + hours, amounts)


def _by_month(totals: dict[tuple[str, int], Total]) -> dict[tuple[str, str], Total]:
    found: dict[tuple[str, str], Total] = {}
    for (month, _), total in totals.items():
        before = found.get((month, ""), Total())
        amounts = dict(before.amounts)
        for currency, amount in total.amounts.items():
            amounts[currency] = amounts.get(currency, Decimal(0)) + amount
        found[month, ""] = Total(before.hours + total.hours, amounts)
    return found


def _side_by_side(file: dict[tuple[str, str], Total], store: dict[tuple[str, str], Total]) -> tuple[Reconciled, ...]:
    # Money is compared only where the file states some: a rate card may price what the file does not.
    stated = {
        key: Total(total.hours, {code: total.amounts[code] for code in total.amounts if code in _codes(file.get(key))})
        for key, total in store.items()
    }
    apart = {(one.month, one.name, one.currency) for one in differences(file, stated)}
    rows = []
    for month, name in sorted(file.keys() | stated.keys()):
        left, right = file.get((month, name), Total()), stated.get((month, name), Total())
        shown = name.split("\x00")[0]
        rows.append(Reconciled(month, shown, "", plain(left.hours), plain(right.hours), (month, name, "") in apart))
        for code in sorted(left.amounts):
            there = right.amounts.get(code, Decimal(0))
            rows.append(
                Reconciled(month, shown, code, plain(left.amounts[code]), plain(there), (month, name, code) in apart)
            )
    return tuple(rows)


def _codes(total: Total | None) -> frozenset[str]:
    return frozenset(total.amounts) if total else frozenset()


@dataclass(frozen=True, slots=True)
class UndoFacts:
    """What became of an import's entries since: those that are left, and those that stand against undoing it.

    touched  entries that people changed or handed in since; closed are approved or locked.
    """

    created: int
    updated: int
    removed: int
    touched: int
    closed: int


def undo_facts(batch_id: int) -> UndoFacts:
    """Counted for an import that the caller may see, with its parts in other projects."""
    staged = StagedImport.unscoped(reason="of a visible import")
    ids = [batch_id, *staged.filter(whole_id=batch_id).values_list("batch_id", flat=True)]
    everything = TimeEntry.unscoped(reason="an import's own entries").filter(removed_at=None)
    created, updated = everything.filter(batch_id__in=ids), everything.filter(changed_by_id__in=ids)
    undone = staged.filter(batch_id__in=ids).values_list("undo", flat=True)
    return UndoFacts(
        created=created.count(),
        updated=updated.count(),
        removed=sum(len((undo or {}).get("removed", ())) for undo in undone),
        touched=created.filter(version__gt=1).count(),
        closed=(created | updated).filter(status__in=sorted(CLOSED)).count(),
    )

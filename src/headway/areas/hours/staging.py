"""The rows of an import between its file and the entries: packed for keeping, compared with the store.

`Taken` is a file's row whose person and project are known. Packing keeps the rows out of audit and
history, which note only their size. Nothing here writes.
"""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from hashlib import blake2b
from typing import Any, NamedTuple

from headway.areas.hours.models import StagedImport, TimeEntry
from headway.areas.hours.queries import between
from headway.areas.hours.sums import decimal, exact, plain
from headway.areas.hours.types import EntryStatus, ImportEffect, MissingEntry, MissingRule, Reconciled
from headway.areas.people.queries import names_of
from headway.documents.exchange.hours import HoursRow, Total, differences

CLOSED = frozenset({EntryStatus.APPROVED.value, EntryStatus.LOCKED.value})
SHOWN = 200  # missing entries and blocked rows listed one by one


class Taken(NamedTuple):
    """One row of a file that belongs to the project, ready to be an entry.

    start, end  aware instants.
    project     the file's own name for the project, for the reconciliation.
    raw         the file's cells as JSON: one text takes a fifth of the memory of its parts.
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

    @property
    def key(self) -> str:
        """What a re-import finds it by."""
        return self.source_key or self.content_key

    @property
    def digest(self) -> str:
        """Of all that the file says; the person it was matched to and the row's place do not count."""
        parts = (self.content_key.split("-")[0], *map(str, self[3:6]), self.phase, self.role, *map(str, self[10:17]))
        return blake2b("\x1f".join(parts).encode(), digest_size=16).hexdigest()


_READ: dict[str, Callable[[str], Any]] = {
    "day": date.fromisoformat,
    "start": datetime.fromisoformat,
    "end": datetime.fromisoformat,
    **dict.fromkeys(("hours", "bill_rate", "bill_amount", "cost_rate", "cost_amount"), Decimal),
}
_READERS = tuple((Taken._fields.index(name), read) for name, read in _READ.items())


def taken(row: HoursRow, *, person_id: int, start: datetime | None, end: datetime | None, zone: str) -> Taken:
    """A file's row as this area takes it. A file that does not say counts as billable."""
    return Taken(
        number=row.number,
        person_id=person_id,
        day=row.day,
        start=start,
        end=end,
        zone=zone,
        project=row.project or row.project_code,
        phase=row.task or row.task_code,
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
        raw=json.dumps(row.raw, ensure_ascii=False),
    )


def pack(rows: Iterable[Taken]) -> str:
    """Rows as compressed text."""
    lines = (json.dumps([_plain(value) for value in row], ensure_ascii=False) for row in rows)
    return base64.b64encode(gzip.compress("\n".join(lines).encode(), 1, mtime=0)).decode()


def unpack(packed: str) -> Iterator[Taken]:
    """The rows again."""
    for line in gzip.decompress(base64.b64decode(packed)).decode().split("\n"):
        if line:
            values = json.loads(line)
            for place, read in _READERS:
                if values[place] is not None:
                    values[place] = read(values[place])
            yield Taken._make(values)


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return str(value)
    return value.isoformat() if isinstance(value, date) else value


class Stored(NamedTuple):
    """What is known of a stored entry when a file is compared with it."""

    pk: int
    import_key: str
    file_digest: str
    day: date
    status: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """A file's rows against the stored entries of its source."""

    create: tuple[Taken, ...]
    update: tuple[tuple[int, Taken], ...]
    unchanged: int
    missing: tuple[Stored, ...]
    blocked: tuple[str, ...]


def compare(
    project_id: int,
    source: str,
    rows: Sequence[Taken],
    *,
    days: tuple[date, date] | None,
    missing_rule: MissingRule,
) -> Comparison:
    """Which rows are new, changed or known, and which stored entries of the file's days it no longer holds.

    days  first and last day of the whole file, other projects' rows included.
    """
    stored = {
        row.import_key: row
        for row in map(
            Stored._make,
            _of_source(project_id, source).values_list("pk", "import_key", "file_digest", "day", "status"),
        )
    }
    create: list[Taken] = []
    update: list[tuple[int, Taken]] = []
    blocked: list[str] = []
    seen: set[str] = set()
    for row in rows:
        known = stored.get(row.key)
        seen.add(row.key)
        if known is None:
            create.append(row)
        elif known.file_digest != row.digest:
            update.append((known.pk, row))
            if known.status in CLOSED:
                blocked.append(
                    f"Row {row.number} changes the entry of {known.day}, which is {known.status}. "
                    "Return that entry first, or take the row out of the file."
                )
    first, last = days or (date.max, date.min)
    missing = tuple(row for key, row in stored.items() if key not in seen and first <= row.day <= last)
    if missing_rule is MissingRule.REMOVE:
        blocked += [
            f"The file no longer holds the entry of {row.day}, which is {row.status}. Return that entry first."
            for row in missing
            if row.status in CLOSED
        ]
    unchanged = len(rows) - len(create) - len(update)
    return Comparison(tuple(create), tuple(update), unchanged, missing, tuple(blocked))


def _of_source(project_id: int, source: str) -> Any:
    rows = TimeEntry.unscoped(reason="comparing an import").filter(project_id=project_id, source=source)
    return rows.filter(removed_at=None).exclude(import_key="").order_by("day", "pk")


def effect(comparison: Comparison) -> ImportEffect:
    """The comparison in counts, with the first missing entries named."""
    listed = TimeEntry.unscoped(reason="named in an import's preview").filter(
        pk__in=[row.pk for row in comparison.missing[:SHOWN]]
    )
    return ImportEffect(
        len(comparison.create),
        len(comparison.update),
        comparison.unchanged,
        len(comparison.missing),
        tuple(
            MissingEntry(row.pk, row.person.name, row.day, plain(row.hours), row.phase, row.note)
            for row in listed.select_related("person").order_by("day", "pk")
        ),
        comparison.blocked[:SHOWN],
    )


def reconcile(
    project_id: int, source: str, rows: Sequence[Taken], *, days: tuple[date, date] | None
) -> tuple[tuple[Reconciled, ...], tuple[Reconciled, ...]]:
    """Totals of file and store side by side: by month and person, and by month for the whole project.

    The store's side holds the live entries of the same source in the file's months that the file covers.
    Flags a difference above 0.1 h, or above 1 unit of a currency in which the file states amounts.
    """
    file: dict[tuple[str, int], Total] = {}
    for row in rows:
        key = (f"{row.day:%Y-%m}", row.person_id)
        file[key] = _plus(file.get(key), row.hours, row.currency, row.bill_amount)
    first, last = days or (date.max, date.min)
    store: dict[tuple[str, int], Total] = {}
    if days is not None:
        summed = between(_of_source(project_id, source), first, last).order_by()
        for found in summed.values("day", "person_id", "bill_currency").annotate(
            worked=exact("hours"), billed=exact("bill_amount")
        ):
            key = (f"{found['day']:%Y-%m}", found["person_id"])
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
    """Counted for an import that the caller may see."""
    everything = TimeEntry.unscoped(reason="an import's own entries").filter(removed_at=None)
    created, updated = everything.filter(batch_id=batch_id), everything.filter(changed_by_id=batch_id)
    staged = StagedImport.unscoped(reason="of a visible import").filter(batch_id=batch_id)
    undo = staged.values_list("undo", flat=True).first() or {}
    return UndoFacts(
        created=created.count(),
        updated=updated.count(),
        removed=len(undo.get("removed", ())),
        touched=created.filter(version__gt=1).count(),
        closed=(created | updated).filter(status__in=sorted(CLOSED)).count(),
    )

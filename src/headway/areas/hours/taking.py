"""The steps of an import of hours: its rows staged, taken as entries with their rates frozen, taken back.

A file may hold hours of several projects: each has an import of its own, made when the whole is applied, and all are
applied and taken back together. Reading the file is the journey's matter; comparing its rows with the store is
`staging`.
"""

from __future__ import annotations

import json
import pickle
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from hashlib import blake2b
from operator import itemgetter
from typing import IO, Annotated, Any, NamedTuple

from django.db.models import F
from pydantic import StringConstraints

from headway.areas.hours.closed import refuse_closed
from headway.areas.hours.events import EntriesChanged
from headway.areas.hours.kept import counted
from headway.areas.hours.known_names import remember_names
from headway.areas.hours.models import StagedImport, TimeEntry
from headway.areas.hours.rate_cards import RateCard, stored
from headway.areas.hours.staging import (
    CLOSED,
    Comparison,
    Days,
    FileTotals,
    Stored,
    Taken,
    effect,
    in_runs,
    reconcile,
    unpack,
)
from headway.areas.hours.types import ImportEffect, KnownNames, MissingRule
from headway.areas.people.commands import remember_aliases
from headway.areas.projects.commands import keep_preview, note_import_applied, note_import_undone, open_import
from headway.areas.projects.queries import charter, show_import
from headway.areas.projects.types import Charter, ImportId, ImportRow, ImportState, ProjectId
from headway.engine.rates import RateLine as EngineLine
from headway.kernel.bulk import JsonText, check_keys_now, in_pieces, insert_rows, prepared_rows
from headway.kernel.commands import command
from headway.kernel.context import Context
from headway.kernel.errors import Conflict
from headway.kernel.models import next_number
from headway.kernel.schema import Name

Packed = Annotated[str, StringConstraints(max_length=400_000_000)]


@command(permission="projects.import", internal="a step of the import journey, which has read the file")
def stage_entries(
    ctx: Context,
    *,
    project: ProjectId,
    batch: ImportId,
    source: Name,
    packed: Packed,
    counts: dict[int, int],
    first: date | None,
    last: date | None,
    missing: MissingRule,
) -> dict[int, ImportEffect]:
    """Keep the rows of a file whose people and projects are known, and say what they would change, by project.

    counts       rows of each project.
    first, last  days of the whole file, rows that are left out included.
    """
    row = StagedImport.visible_to(ctx).filter(batch_id=batch).first()
    if row is None:
        StagedImport.add(ctx, project_id=project, batch_id=batch, source=source, packed=packed)
    else:
        # Written past `change`: rows of people's work belong neither in the audit nor in the history.
        row.source, row.packed = source, packed
        row.save(update_fields=["source", "packed"])
    compared = {pk: Comparison(pk, source, _days(first, last), missing) for pk in counts}
    if any(one.knows_any for one in compared.values()):
        for run in in_runs(unpack(packed)):
            for project_id, rows in _by_project(run).items():
                compared[project_id].run(rows)
    else:
        for project_id, one in compared.items():
            one.create = counts[project_id]
    return {project_id: effect(one, one.missing()) for project_id, one in compared.items()}


def _days(first: date | None, last: date | None) -> Days:
    return None if first is None or last is None else (first, last)


def _by_project(rows: Iterable[Taken]) -> dict[int, list[Taken]]:
    found: dict[int, list[Taken]] = {}
    for row in rows:
        found.setdefault(row.project_id, []).append(row)
    return found


# --- read before the write lock is taken -----------------------------------------------------


class Priced(NamedTuple):
    """A row as its entry will be; `columns` in the order of _INSERTED, as the database takes them."""

    number: int
    key: str
    digest: str
    day: date
    columns: tuple[Any, ...]


@dataclass
class ReadBefore:
    """An import's rows, unpacked and priced before the transaction that takes them; they wait in a file without name.

    seal    of what they were unpacked from.
    priced  the projects and the rate lines that they were priced by.
    totals  what the file's rows add up to, by project.
    """

    seal: bytes
    priced: dict[int, tuple[Charter, list[EngineLine]]]
    totals: dict[int, FileTotals]
    rows: IO[bytes] = field(repr=False)

    def runs(self) -> Iterator[tuple[int, list[Priced]]]:
        """The rows a few thousand at a time, with their project."""
        self.rows.seek(0)
        while True:
            try:
                project_id, rows = pickle.load(self.rows)  # noqa: S301 - written by this process, under no name
            except EOFError:
                return
            yield project_id, [Priced._make(row) for row in rows]


def read_before(ctx: Context, *, project_id: int, batch_id: int) -> ReadBefore | None:
    """What `take_entries` needs of a visible import, so that it is not read while the write lock is held."""
    staged = StagedImport.visible_to(ctx).filter(batch_id=batch_id).first()
    if staged is None or not staged.packed:
        return None
    return _read(ctx, staged.packed)


def _read(ctx: Context, packed: str) -> ReadBefore:
    cards: dict[int, RateCard] = {}
    totals: dict[int, FileTotals] = {}
    kept = tempfile.TemporaryFile(prefix="headway-import-")  # noqa: SIM115 - closed when nobody holds it any more
    for run in in_runs(unpack(packed)):
        for project_id, rows in _by_project(run).items():
            if project_id not in cards:
                cards[project_id], totals[project_id] = RateCard(charter(ctx, project=project_id)), FileTotals()
            card, total = cards[project_id], totals[project_id]
            for row in rows:
                total.add(row)
            ready = prepared_rows(TimeEntry, _INSERTED, (_in_order(_columns(row, card)) for row in rows))
            priced = [
                (row.number, columns[_KEY], columns[_DIGEST], row.day, columns)
                for row, columns in zip(rows, ready, strict=True)
            ]
            pickle.dump((project_id, priced), kept, protocol=5)
    return ReadBefore(_seal(packed), {pk: (card.project, card.lines) for pk, card in cards.items()}, totals, kept)


def _seal(packed: str) -> bytes:
    return blake2b(packed.encode()).digest()


def _still(ctx: Context, known: ReadBefore, packed: str) -> bool:
    """Whether the rows and the rates are those that were read before."""
    if known.seal != _seal(packed):
        return False
    for project_id, (about, lines) in known.priced.items():
        now = charter(ctx, project=project_id)
        if now != about or RateCard(now).lines != lines:
            return False
    return True


# --- taken ----------------------------------------------------------------------------------


@command(permission="projects.import", internal="a step of the import journey, which knows the file's answers")
def take_entries(
    ctx: Context,
    *,
    project: ProjectId,
    batch: ImportId,
    preview: dict[str, Any],
    names: KnownNames,
    first: date | None,
    last: date | None,
    missing: MissingRule,
) -> ImportRow:
    """Make the staged rows entries, all or none: rates frozen, names remembered, totals reconciled.

    Rates come from the cards; where none applies, from the file.
    """
    next_number(f"hours.import.{project}")  # one import at a time: the counter's row is locked until the end
    whole = show_import(ctx, batch=batch)
    if whole.state is not ImportState.PREVIEW:
        raise Conflict("Only a previewed import can be applied.")
    staged = StagedImport.found(ctx, batch_id=batch)
    known = ctx.read_first if isinstance(ctx.read_first, ReadBefore) else None
    if known is None or not _still(ctx, known, staged.packed):
        known = _read(ctx, staged.packed)
    parts = _parts(ctx, whole, staged, sorted(known.priced), _days(first, last), missing)
    for project_id, rows in known.runs():
        parts[project_id].write(rows)
    blocked = [why for part in parts.values() for why in part.end(ctx)]
    if blocked:
        raise Conflict(blocked[0], extra={"blocked": blocked[:200]})
    done = {pk: part.told(known.totals.get(pk) or FileTotals()) for pk, part in parts.items()}
    remember_aliases(ctx, staged.source, names.people)
    remember_names(ctx, staged.source, names)
    staged.packed = ""
    staged.save(update_fields=["packed"])
    for project_id, part in parts.items():
        shown = done[project_id]
        ctx.record("hours.TimeEntry", project_id, "import", None, f"{shown.create} new, {shown.update} changed")
        ctx.emit(EntriesChanged(project_id=project_id))
        if project_id != project:
            told = {name: preview[name] for name in _OF_THE_FILE if name in preview}
            note_import_applied(ctx, batch=part.batch_id, preview=told | shown.as_json() | {"applied": True}, undo={})
    return note_import_applied(
        ctx, batch=batch, preview=preview | _together(ctx, project, done) | {"applied": True}, undo={}
    )


_OF_THE_FILE = ("source", "label", "sheet", "fields", "columns", "first_day", "last_day", "warnings")


def _parts(
    ctx: Context, whole: ImportRow, staged: StagedImport, others: list[int], days: Days, missing: MissingRule
) -> dict[int, _Part]:
    """A writer for each project, each with its own import; making one asks whether the actor may import there."""
    about: dict[str, Any] = {"kind": whole.kind, "file_id": whole.file_id, "file_name": whole.file_name}
    about |= {"answers": whole.answers, "mapping": whole.mapping | {"whole": whole.id}}
    parts = {}
    for project_id in [whole.project_id, *(pk for pk in others if pk != whole.project_id)]:
        own = staged
        if project_id != whole.project_id:
            next_number(f"hours.import.{project_id}")
            batch = open_import(ctx, project=project_id, **about).id
            keep_preview(ctx, batch=batch, parsed=None, preview={}, failed=False)
            own = StagedImport.add(
                ctx, project_id=project_id, batch_id=batch, whole_id=whole.id, source=staged.source, packed=""
            )
        comparison = Comparison(project_id, staged.source, days, missing)
        parts[project_id] = _Part(ctx.now, own, comparison)
    return parts


def _together(ctx: Context, project_id: int, done: dict[int, ImportEffect]) -> dict[str, Any]:
    """What the import shows that the file was brought for: its own lists, and the counts of all projects."""
    own = done[project_id]
    keys = {pk: charter(ctx, project=pk).key for pk in done}
    by_project = tuple(replace(row, name=keys[pk]) for pk, one in done.items() for row in one.by_project)
    shown = replace(own, by_project=by_project).as_json()
    counts = {name: sum(getattr(one, name) for one in done.values()) for name in ("create", "update", "unchanged")}
    return shown | counts | {"missing": sum(one.missing_count for one in done.values())}


_KEPT = (
    *("person_id", "day", "start", "end", "zone", "phase", "role", "hours", "billable", "note", "content_key"),
    *("file_digest", "changed_by_id", "status", "bill_rate", "bill_amount", "bill_currency", "task_uid"),
    *("cost_rate", "cost_amount", "cost_currency", "raw"),
)


@dataclass
class _Part:
    """Writes one project's rows of an import, a run at a time, and gathers what undoing needs."""

    now: datetime
    staged: StagedImport
    comparison: Comparison
    gone: list[Stored] = field(default_factory=list)
    _before: list[dict[str, Any]] = field(default_factory=list)

    @property
    def batch_id(self) -> int:
        """The project's own import."""
        return self.staged.batch_id

    def write(self, rows: list[Priced]) -> None:
        """Create and update entries; writes nothing more once something is blocked."""
        new, changed = self.comparison.run(rows)
        if self.comparison.blocked:
            return
        project_id, source = self.comparison.project_id, self.comparison.source
        refuse_closed(project_id, {row.day for row in (*new, *(row for _, row in changed))})
        insert_rows(
            TimeEntry,
            same={"created_at": self.now, "project_id": project_id, "batch_id": self.batch_id, "source": source},
            names=_INSERTED,
            rows=(row.columns for row in new),
            are_prepared=True,
        )
        for piece in in_pieces(changed):
            rows_of = _entries().filter(pk__in=[pk for pk, _ in piece])
            counted(rows_of, away=True)
            before = rows_of.in_bulk()
            for pk, row in piece:
                self._before.append({"id": pk} | {name: _json(getattr(before[pk], name)) for name in _KEPT})
                values = dict(zip(_INSERTED, row.columns, strict=True))
                values |= {name: _as_instant(values[name]) for name in ("start", "end")}
                values["raw"] = json.loads(values["raw"])
                _entries().filter(pk=pk).update(**values, changed_by_id=self.batch_id, version=F("version") + 1)
            counted(rows_of)
        check_keys_now()

    def end(self, ctx: Context) -> list[str]:
        """After the last row: take out what the file no longer holds, if that was asked. Gives what is blocked."""
        self.gone = self.comparison.missing(besides=self.batch_id)
        if self.comparison.blocked:
            return self.comparison.blocked
        removed = [row.pk for row in self.gone] if self.comparison.missing_rule is MissingRule.REMOVE else []
        for piece in in_pieces(removed):
            rows = _entries().filter(pk__in=piece)
            counted(rows, away=True)
            rows.update(removed_at=ctx.now, version=F("version") + 1)
        counted(_entries().filter(batch_id=self.batch_id, removed_at=None))
        self.staged.undo = {"updated": self._before, "removed": removed}
        self.staged.save(update_fields=["undo"])
        return []

    def told(self, totals: FileTotals) -> ImportEffect:
        """What was done, and file and store side by side."""
        one = self.comparison
        by_person, by_month = reconcile(one.project_id, one.source, totals.by_person(), days=one.days)
        return replace(effect(one, self.gone), blocked=(), by_person=by_person, by_project=by_month)


def _entries() -> Any:
    return TimeEntry.unscoped(reason="an import's own entries")


_COLUMNS = (
    *("bill_rate", "bill_amount", "bill_currency", "cost_rate", "cost_amount", "cost_currency"),
    *("person_id", "day", "start", "end", "zone", "phase", "role", "hours", "billable", "note"),
    *("content_key", "file_digest", "raw", "task_uid"),
)


_INSERTED = ("source_key", "import_key", *_COLUMNS)
_KEY, _DIGEST = _INSERTED.index("import_key"), _INSERTED.index("file_digest")
_in_order = itemgetter(*_INSERTED)


def _as_instant(value: Any) -> datetime | None:
    """An instant as the database took it, which in SQLite is a text without its zone, UTC."""
    return datetime.fromisoformat(value).replace(tzinfo=UTC) if isinstance(value, str) else value


def _columns(row: Taken, card: RateCard) -> dict[str, Any]:
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
        values[f"{kind}_amount"] = amount if amount is not None else stored((rate or Decimal(0)) * factor)
        values[f"{kind}_currency"] = row.currency or card.project.currency
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
        "source_key": row.source_key,
        "import_key": row.key,
        "task_uid": row.task_uid,
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


OF_A_WHOLE = "This is a part of an import into several projects. Undo the whole where the file was brought."


# --- taken back -----------------------------------------------------------------------------


@command(permission="projects.import", internal="a step of the import journey", destructive=True)
def undo_entries(ctx: Context, *, project: ProjectId, batch: ImportId) -> ImportRow:
    """Take a whole import back, in all its projects: its entries go, those it changed or removed are as they were.

    Raises Conflict where an entry of it was approved, or a later import has changed one.
    """
    staged = StagedImport.found(ctx, batch_id=batch)
    if staged.whole_id is not None:
        raise Conflict(OF_A_WHOLE)
    _take_back(ctx, project, staged)
    for part in StagedImport.unscoped(reason="parts of a visible import").filter(whole_id=batch).order_by("id"):
        _take_back(ctx, part.project_id, part)
        note_import_undone(ctx, batch=part.batch_id)
    return note_import_undone(ctx, batch=batch)


def _take_back(ctx: Context, project_id: int, staged: StagedImport) -> None:
    undo = staged.undo or {"updated": [], "removed": []}
    created = _entries().filter(batch_id=staged.batch_id, removed_at=None)
    updated = _entries().filter(changed_by_id=staged.batch_id, removed_at=None)
    closed = (created | updated).filter(status__in=sorted(CLOSED)).count()
    if closed:
        raise Conflict(f"{closed} entries of this import are approved or locked. Return them first.")
    later = created.exclude(changed_by=None).values_list("changed_by_id", flat=True).first()
    overwritten = len(undo["updated"]) - updated.count()
    if later is not None or overwritten:
        raise Conflict("A later import has changed entries of this one. Undo the later import first.")
    for piece in in_pieces(undo["updated"]):
        rows = _entries().filter(pk__in=[old["id"] for old in piece])
        counted(rows, away=True)
        for old in piece:
            values = {name: old.get(name) for name in _KEPT}
            for name, read in _READ.items():
                values[name] = None if values[name] is None else read(values[name])
            _entries().filter(pk=old["id"]).update(**values, version=F("version") + 1)
        counted(rows)
    for piece in in_pieces(undo["removed"]):
        rows = _entries().filter(pk__in=piece)
        refuse_closed(project_id, rows.values_list("day", flat=True).distinct())
        rows.update(removed_at=None, version=F("version") + 1)
        counted(rows)
    counted(created, away=True)
    ids = list(created.order_by("id").values_list("id", flat=True))
    for piece in in_pieces(ids, 20_000):  # one statement for all of a large import would take longer than one may
        created.filter(id__gte=piece[0], id__lte=piece[-1]).update(removed_at=ctx.now, version=F("version") + 1)
    staged.undo = None
    staged.save(update_fields=["undo"])
    ctx.record("hours.TimeEntry", project_id, "import", f"{len(ids)} entries", "undone")
    ctx.emit(EntriesChanged(project_id=project_id))

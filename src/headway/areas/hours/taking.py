"""The steps of an import of hours: its rows staged, taken as entries with their rates frozen, taken back.

Reading the file is the journey's matter; comparing its rows with the store is `staging`.
"""

from __future__ import annotations

import gc
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from operator import itemgetter
from typing import Annotated, Any

from django.db.models import F
from pydantic import StringConstraints

from headway.areas.hours.events import EntriesChanged
from headway.areas.hours.models import StagedImport, TimeEntry
from headway.areas.hours.rate_cards import RateCard, stored
from headway.areas.hours.staging import CLOSED, Comparison, Taken, compare, effect, reconcile, unpack
from headway.areas.hours.types import ImportEffect, MissingRule
from headway.areas.people.commands import remember_aliases
from headway.areas.projects.commands import note_import_applied, note_import_undone
from headway.areas.projects.queries import charter, show_import
from headway.areas.projects.types import Charter, ImportId, ImportRow, ImportState, ProjectId
from headway.engine.rates import RateLine as EngineLine
from headway.kernel.bulk import JsonText, in_pieces, insert_rows
from headway.kernel.commands import command
from headway.kernel.context import Context
from headway.kernel.errors import Conflict
from headway.kernel.models import next_number
from headway.kernel.schema import Name

Packed = Annotated[str, StringConstraints(max_length=200_000_000)]


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
    card = RateCard(about)
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
    card = RateCard(about)
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
    for piece in in_pieces(comparison.update):
        stored = everything.in_bulk([pk for pk, _ in piece])
        for pk, row in piece:
            before.append({"id": pk} | {name: _json(getattr(stored[pk], name)) for name in _KEPT})
            values = dict(zip(_COLUMNS, columns_of(row), strict=True)) | {"raw": json.loads(row.raw)}
            everything.filter(pk=pk).update(**values, changed_by_id=batch_id, version=F("version") + 1)
    removed = [row.pk for row in comparison.missing] if missing is MissingRule.REMOVE else []
    for gone in in_pieces(removed):
        everything.filter(pk__in=gone).update(removed_at=ctx.now, version=F("version") + 1)
    return {"updated": before, "removed": removed}


_COLUMNS = (
    *("bill_rate", "bill_amount", "bill_currency", "cost_rate", "cost_amount", "cost_currency"),
    *("person_id", "day", "start", "end", "zone", "phase", "role", "hours", "billable", "note"),
    *("content_key", "file_digest", "raw"),
)


_in_order = itemgetter(*_COLUMNS)


def _columns(row: Taken, card: RateCard, currency: str) -> dict[str, Any]:
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
    for piece in in_pieces(undo["removed"]):
        everything.filter(pk__in=piece).update(removed_at=None, version=F("version") + 1)
    gone = created.count()
    created.update(removed_at=ctx.now, version=F("version") + 1)
    staged.undo = None
    staged.save(update_fields=["undo"])
    ctx.record("hours.TimeEntry", project, "import", f"{gone} entries", "undone")
    ctx.emit(EntriesChanged(project_id=project))
    return note_import_undone(ctx, batch=batch)

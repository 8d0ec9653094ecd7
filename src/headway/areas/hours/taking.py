"""The steps of an import of hours: its rows staged, taken as entries with their rates frozen, taken back.

A file may hold hours of several projects: each has an import of its own, made when the whole is applied, and all are
applied and taken back together. Reading the file is the journey's matter; comparing its rows with the store is
`comparing`, pricing them `priced`.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, NamedTuple

from django.db.models import F
from pydantic import StringConstraints

from headway.areas.hours.closed import refuse_closed
from headway.areas.hours.comparing import Comparison, Days, Stored, effect
from headway.areas.hours.events import EntriesChanged
from headway.areas.hours.kept import DaySum, PartSum, counted
from headway.areas.hours.known_names import remember_names
from headway.areas.hours.models import StagedImport, TimeEntry
from headway.areas.hours.priced import TAKEN, ReadBefore, make_ready
from headway.areas.hours.reconciling import FileTotals, reconcile, stored_totals
from headway.areas.hours.staging import Taken, unpack
from headway.areas.hours.types import CLOSED, ImportEffect, KnownNames, MissingRule
from headway.areas.people.commands import remember_aliases
from headway.areas.projects.commands import keep_preview, note_import_applied, note_import_undone, open_import
from headway.areas.projects.queries import charter, show_import
from headway.areas.projects.types import ImportId, ImportRow, ImportState, ProjectId
from headway.kernel.bulk import check_keys_now, in_pieces, in_runs, look_again
from headway.kernel.commands import command
from headway.kernel.context import Context
from headway.kernel.errors import Conflict
from headway.kernel.models import next_number
from headway.kernel.schema import Name
from headway.kernel.waiting_rows import WaitingRows

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
    with contextlib.ExitStack() as at_end:
        if known is None or not known.still(ctx, staged.packed):
            known = at_end.enter_context(contextlib.closing(make_ready(ctx, staged.packed)))
        parts = _parts(ctx, whole, staged, sorted(known.priced), _days(first, last), missing)
        for part in parts.values():
            part.write(known)
    blocked = [why for part in parts.values() for why in part.end(ctx)]
    if blocked:
        raise Conflict(blocked[0], extra={"blocked": blocked[:200]})
    if sum(part.comparison.create for part in parts.values()) >= _MANY:
        look_again(TimeEntry, DaySum, PartSum)
    done = {pk: part.told(known) for pk, part in parts.items()}
    remember_aliases(ctx, staged.source, names.people)
    remember_names(ctx, staged.source, names)
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


_MANY = 10_000  # new entries after which the tables are not what they were
_PIECE = 2000  # rows that are compared at a time
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


class _Waiting(NamedTuple):
    """A waiting row, as far as it takes to find its entry. day: as the database's driver gives it."""

    number: int
    key: str
    digest: str
    day: date | str

    @property
    def on(self) -> date:
        """Its day."""
        return date.fromisoformat(self.day) if isinstance(self.day, str) else self.day


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

    def write(self, known: ReadBefore) -> None:
        """Create and update entries; writes nothing more once something is blocked."""
        one, rows = self.comparison, known.rows
        own = {"project_id": one.project_id}
        same = {"created_at": self.now, "batch_id": self.batch_id, "source": one.source}
        if not one.knows_any:
            totals = known.totals.get(one.project_id)
            if totals is not None:
                refuse_closed(one.project_id, totals.months())
                one.create += rows.insert_all(same=same, where=own)
                if one.create != totals.count or known.sums is None:
                    raise RuntimeError(f"{one.create} entries came of the {totals.count} rows that waited")
                known.sums.count(one.project_id)
            return
        for run in rows.read(("import_key", "file_digest", "day"), own, size=_PIECE):
            new, changed = one.run([_Waiting(*row) for row in run])
            if one.blocked:
                return
            refuse_closed(one.project_id, {row.on for row in (*new, *(row for _, row in changed))})
            rows.insert([row.number for row in new], same=same)
            self._update(rows, changed)
            check_keys_now()

    def _update(self, rows: WaitingRows, changed: list[tuple[int, _Waiting]]) -> None:
        for piece in in_pieces(changed):
            entries = _entries().filter(pk__in=[pk for pk, _ in piece])
            counted(entries, away=True)
            for before in entries.order_by("pk"):
                self._before.append({"id": before.pk} | {name: _json(getattr(before, name)) for name in _KEPT})
            pairs = [(pk, row.number) for pk, row in piece]
            rows.change(pairs, names=TAKEN, same={"changed_by_id": self.batch_id})
            counted(entries)

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
        if self.comparison.knows_any:
            counted(_entries().filter(batch_id=self.batch_id, removed_at=None))
        self.staged.undo, self.staged.packed = {"updated": self._before, "removed": removed}, ""
        self.staged.save(update_fields=["undo", "packed"])  # together: SQLite writes a whole row for any of its fields
        return []

    def told(self, known: ReadBefore) -> ImportEffect:
        """What was done, and file and store side by side; where nothing was stored, the store is what was taken."""
        one, totals = self.comparison, known.totals.get(self.comparison.project_id) or FileTotals()
        store = known.stored.get(one.project_id, {})
        if one.knows_any:
            store = stored_totals(one.project_id, one.source, one.days)
        by_person, by_month = reconcile(totals.by_person(), store)
        return replace(effect(one, self.gone), blocked=(), by_person=by_person, by_project=by_month)


def _entries() -> Any:
    return TimeEntry.unscoped(reason="an import's own entries")


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

"""Files into projects: previewed before anything changes, applied whole or not at all, undone whole."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from headway.areas.files.queries import held, held_path
from headway.areas.files.types import FileId
from headway.areas.projects.commands import keep_preview
from headway.areas.projects.queries import hold_import, newest_applied, show_import
from headway.areas.projects.types import ImportId, ImportRow, ImportState, ProjectId
from headway.documents.child import ChildError, Refused
from headway.documents.exchange import READ_SUFFIXES
from headway.documents.exchange.columns import HOURS, PLAN, TableColumns, is_table, read_columns, suffix_of
from headway.documents.exchange.invoices import INVOICES
from headway.journeys import import_hours, import_invoices, import_plan
from headway.journeys.undoing import UndoEffect
from headway.kernel.commands import command, journey
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, FieldError, HeadwayError, Invalid
from headway.kernel.queries import query

MEGABYTE = 1024 * 1024
LIMITS = {PLAN: 50 * MEGABYTE, HOURS: 200 * MEGABYTE, INVOICES: 20 * MEGABYTE}


@dataclass(frozen=True, slots=True)
class _Steps:
    """The steps of importing one kind of file; each is called with keywords and gives the import.

    read_first  what applying needs, read before the write lock is taken; called with the context and the import.
    effect      what undoing would do, for people who are asked whether they want it.
    """

    preview: Callable[..., ImportRow]
    read_again: Callable[..., ImportRow]
    read_first: Callable[[Context, ImportRow], Any]
    apply: Callable[..., ImportRow]
    effect: Callable[..., UndoEffect]
    undo: Callable[..., ImportRow]


_STEPS = {
    PLAN: _Steps(
        import_plan.preview_plan,
        import_plan.read_again,
        import_plan.read_first,
        import_plan.apply_plan,
        import_plan.undo_effect,
        import_plan.undo_plan,
    ),
    HOURS: _Steps(
        import_hours.preview_hours,
        import_hours.read_again,
        import_hours.read_first,
        import_hours.apply_hours,
        import_hours.undo_effect,
        import_hours.undo_hours,
    ),
    INVOICES: _Steps(
        import_invoices.preview_invoices,
        import_invoices.read_again,
        import_invoices.read_first,
        import_invoices.apply_invoices,
        import_invoices.undo_effect,
        import_invoices.undo_invoices,
    ),
}
KINDS = tuple(_STEPS)


@journey(permission="projects.import", name="imports.preview")
def preview(
    ctx: Context,
    *,
    project: ProjectId,
    kind: str,
    file: FileId,
    answers: dict[str, str] | None = None,
    mapping: dict[str, Any] | None = None,
) -> ImportRow:
    """Read a file that was brought, and say what it would change: counts, questions, errors, fidelity.

    kind     'plan', 'hours' or 'invoices'.
    mapping  None = as in the project's last import of this kind, where the file has the columns that it named.
    """
    if kind not in _STEPS:
        raise Invalid(
            f"'{kind}' cannot be imported; choose {' or '.join(KINDS)}.", fields=[FieldError("kind", "unknown")]
        )
    stored = held(file)
    if stored.size > LIMITS[kind]:
        raise Invalid(
            f"{stored.name} is larger than {LIMITS[kind] // MEGABYTE} MB, the limit for {_WORDS[kind]}.",
            fields=[FieldError("file", f"larger than {LIMITS[kind] // MEGABYTE} MB", file=stored.name)],
        )
    path = held_path(file)
    return _STEPS[kind].preview(
        ctx,
        project=project,
        path=path,
        file_id=file,
        file_name=stored.name,
        answers=answers or {},
        mapping=_mapped_before(project, kind, path, stored.name) if mapping is None else mapping,
    )


_WORDS = {PLAN: "a plan", HOURS: "hours", INVOICES: "invoices"}


def _mapped_before(project_id: int, kind: str, path: Path, name: str) -> dict[str, Any]:
    """The columns that were named for the project's last import of this kind, if this file has them all."""
    earlier = newest_applied(project_id, kind)
    named = (earlier.mapping if earlier is not None else {}).get("columns")
    if not isinstance(named, dict) or not named or not is_table(name):
        return {}
    try:
        there = {column.name.casefold() for column in read_columns(path, name=name, kind=kind).columns}
    except (Refused, ChildError):
        return {}
    wanted = {str(column).casefold() for column in named.values() if column}
    return {"columns": named} if wanted <= there else {}


@dataclass(frozen=True, slots=True)
class Sniffed:
    """What a file looks like: its kind, or '' where it cannot be imported; and why."""

    kind: str
    why: str


@query(permission="files.read", name="imports.sniff")
def sniff(ctx: Context, *, file: FileId) -> Sniffed:
    """Which kind of import a file looks like, by its ending and its columns."""
    stored = held(file)
    if is_table(stored.name):
        try:
            found = read_columns(held_path(file), name=stored.name)
        except (Refused, ChildError) as fault:
            return Sniffed("", str(fault))
        return Sniffed(found.kind, f"Its columns look like a {found.label}.")
    if suffix_of(stored.name) in READ_SUFFIXES:
        return Sniffed(PLAN, f"{suffix_of(stored.name)} is a format of plans.")
    return Sniffed("", f"'{stored.name}' is neither a plan nor a table of hours. Plans: {', '.join(READ_SUFFIXES)}.")


@query(permission="projects.read_imports", name="imports.columns")
def columns(ctx: Context, *, batch: ImportId) -> TableColumns:
    """The columns of an import's table: samples, what each is read as, and what it could be."""
    row = show_import(ctx, batch=batch)
    if not is_table(row.file_name):
        raise Conflict(f"{row.file_name} is no table; its fields have names of their own.")
    try:
        return read_columns(
            held_path(row.file_id), name=row.file_name, kind=row.kind, answers=row.answers, mapping=row.mapping
        )
    except (Refused, ChildError) as fault:
        raise Invalid(str(fault), fields=[FieldError("file", "not readable", file=row.file_name)]) from fault


@journey(permission="projects.import", name="imports.answer")
def answer(
    ctx: Context, *, batch: ImportId, answers: dict[str, str] | None = None, mapping: dict[str, Any] | None = None
) -> ImportRow:
    """Answer an import's open questions and read its file again."""
    row = show_import(ctx, batch=batch)
    _still_open(row)
    merged = {**row.answers, **(answers or {})}
    chosen = {**row.mapping, **(mapping or {})}
    row = keep_preview(ctx, batch=batch, parsed=None, preview=row.preview, failed=False, answers=merged, mapping=chosen)
    return _STEPS[row.kind].read_again(ctx, batch=row, path=held_path(row.file_id))


def _read_first(ctx: Context, given: dict[str, Any]) -> Any:
    """What applying an import needs of it, where this actor may see it and it waits to be applied."""
    try:
        row = show_import(ctx, batch=given["batch"])
    except HeadwayError:
        return None
    return _STEPS[row.kind].read_first(ctx, row) if row.state is ImportState.PREVIEW else None


@command(permission="projects.import", name="imports.apply", reads_first=_read_first)
def apply(ctx: Context, *, batch: ImportId) -> ImportRow:
    """Change what the preview said, in one transaction. Open questions and errors must be settled first."""
    row = hold_import(ctx, batch)
    _still_open(row)
    if row.preview.get("errors"):
        raise Invalid("The file has errors; nothing was changed. Mend it and import it again.")
    if open_questions(row):
        names = ", ".join(question["field"] for question in open_questions(row))
        raise Invalid(f"Answer first: {names}. Nothing was changed.")
    return _STEPS[row.kind].apply(ctx, batch=row)


@query(permission="projects.read_imports", name="imports.undo_effect")
def undo_effect(ctx: Context, *, batch: ImportId) -> UndoEffect:
    """What undoing an import would take away and bring back, and what stands against it."""
    row = show_import(ctx, batch=batch)
    if row.state is not ImportState.APPLIED:
        raise Conflict("Only an applied import can be undone.")
    return _STEPS[row.kind].effect(ctx, batch=row)


@command(permission="projects.import", name="imports.undo", destructive=True)
def undo(ctx: Context, *, batch: ImportId, discard_later: bool = False) -> ImportRow:
    """Take back a whole import.

    discard_later  also what people changed since then; without it such an import is not undone.
    """
    row = hold_import(ctx, batch)
    if row.state is not ImportState.APPLIED:
        raise Conflict("Only an applied import can be undone.")
    effect = _STEPS[row.kind].effect(ctx, batch=row)
    if effect.against:
        raise Conflict(effect.against)
    if effect.later and not discard_later:
        raise Conflict(f"{effect.later} Undoing would lose that; say so to undo it all the same.")
    return _STEPS[row.kind].undo(ctx, batch=row)


def open_questions(row: ImportRow) -> list[dict[str, Any]]:
    """Questions that nobody has answered, or that are asked again after an answer that settled nothing."""
    asked = row.preview.get("questions", [])
    return [item for item in asked if item.get("again") or item["field"] not in row.answers]


def _still_open(row: ImportRow) -> None:
    if row.state in (ImportState.APPLIED, ImportState.UNDONE):
        raise Conflict(f"This import is {row.state.value} already. Import the file again.")

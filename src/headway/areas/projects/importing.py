"""Imports as a project keeps them: opened, previewed, applied, undone. Reading files is the matter of journeys."""

from __future__ import annotations

from typing import Any

from headway.areas.projects.entering import given
from headway.areas.projects.models import ImportBatch, Project
from headway.areas.projects.queries import import_row
from headway.areas.projects.types import ImportRow, ImportState
from headway.kernel.commands import command
from headway.kernel.context import Context
from headway.kernel.errors import Conflict
from headway.kernel.schema import Name


@command(permission="projects.import", internal="a step of the import journeys, which own the file and the reading")
def open_import(
    ctx: Context,
    *,
    project: Project,
    kind: Name,
    file_id: int,
    file_name: Name,
    answers: dict[str, str],
    mapping: dict[str, Any],
) -> ImportRow:
    """Note that a file is on its way into a project."""
    row = ImportBatch.add(
        ctx,
        project=project,
        kind=kind,
        file_id=file_id,
        file_name=file_name,
        answers=answers,
        mapping=mapping,
        created_by=ctx.actor.name,
    )
    return import_row(row)


@command(permission="projects.import", internal="a step of the import journeys")
def keep_preview(
    ctx: Context,
    *,
    batch: ImportBatch,
    parsed: dict[str, Any] | None,
    preview: dict[str, Any],
    failed: bool,
    answers: dict[str, str] | None = None,
    mapping: dict[str, Any] | None = None,
) -> ImportRow:
    """Keep what a file would change, before anything changes. parsed: None where there is nothing to apply."""
    if batch.state in (ImportState.APPLIED.value, ImportState.UNDONE.value):
        raise Conflict("This import was applied already.")
    state = ImportState.FAILED if failed else ImportState.PREVIEW
    batch.change(ctx, parsed=parsed, **given(preview=preview, state=state.value, answers=answers, mapping=mapping))
    return import_row(batch)


@command(permission="projects.import", internal="a step of the import journeys")
def note_import_applied(
    ctx: Context, *, batch: ImportBatch, preview: dict[str, Any], undo: dict[str, Any]
) -> ImportRow:
    """Mark an import as applied, with what undoing it needs; the raw reading is let go."""
    if batch.state != ImportState.PREVIEW.value:
        raise Conflict(f"This import is {batch.state} already. Import the file again.")
    batch.change(ctx, state=ImportState.APPLIED.value, applied_at=ctx.now, preview=preview, undo=undo, parsed=None)
    return import_row(batch)


@command(permission="projects.import", internal="a step of the import journeys")
def note_import_undone(ctx: Context, *, batch: ImportBatch) -> ImportRow:
    """Mark an import as undone."""
    if batch.state != ImportState.APPLIED.value:
        raise Conflict("Only an applied import can be undone.")
    batch.change(ctx, state=ImportState.UNDONE.value, undone_at=ctx.now, undo=None)
    return import_row(batch)

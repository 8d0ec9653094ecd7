"""Files into projects: previewed before anything changes, applied whole or not at all, undone whole."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from headway.areas.files.queries import held, held_path
from headway.areas.files.types import FileId
from headway.areas.projects.commands import keep_preview
from headway.areas.projects.queries import hold_import, show_import
from headway.areas.projects.types import ImportId, ImportRow, ImportState, ProjectId
from headway.journeys import import_hours, import_plan
from headway.kernel.commands import command, journey
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, FieldError, Invalid


@dataclass(frozen=True, slots=True)
class _Steps:
    """The four steps of importing one kind of file; each is called with keywords and gives the import."""

    preview: Callable[..., ImportRow]
    read_again: Callable[..., ImportRow]
    apply: Callable[..., ImportRow]
    undo: Callable[..., ImportRow]


_STEPS = {
    "plan": _Steps(import_plan.preview_plan, import_plan.read_again, import_plan.apply_plan, import_plan.undo_plan),
    "hours": _Steps(
        import_hours.preview_hours, import_hours.read_again, import_hours.apply_hours, import_hours.undo_hours
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

    kind  'plan' or 'hours'.
    """
    if kind not in _STEPS:
        raise Invalid(
            f"'{kind}' cannot be imported; choose {' or '.join(KINDS)}.", fields=[FieldError("kind", "unknown")]
        )
    stored = held(file)
    return _STEPS[kind].preview(
        ctx,
        project=project,
        path=held_path(file),
        file_id=file,
        file_name=stored.name,
        answers=answers or {},
        mapping=mapping or {},
    )


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


@command(permission="projects.import", name="imports.apply")
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


@command(permission="projects.import", name="imports.undo", destructive=True)
def undo(ctx: Context, *, batch: ImportId) -> ImportRow:
    """Take back a whole import."""
    row = hold_import(ctx, batch)
    if row.state is not ImportState.APPLIED:
        raise Conflict("Only an applied import can be undone.")
    return _STEPS[row.kind].undo(ctx, batch=row)


def open_questions(row: ImportRow) -> list[dict[str, Any]]:
    """Questions that nobody has answered."""
    return [item for item in row.preview.get("questions", []) if item["field"] not in row.answers]


def _still_open(row: ImportRow) -> None:
    if row.state in (ImportState.APPLIED, ImportState.UNDONE):
        raise Conflict(f"This import is {row.state.value} already. Import the file again.")

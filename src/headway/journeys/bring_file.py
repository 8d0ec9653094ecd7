"""A file of this machine into a project, in one step: kept, previewed and, when nothing is open, applied."""

from __future__ import annotations

import mimetypes
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from headway.areas.files import commands as files
from headway.areas.files import store
from headway.areas.projects import commands as projects
from headway.areas.projects.queries import charter
from headway.areas.projects.types import ImportRow
from headway.journeys import imports
from headway.journeys.imports import LIMITS
from headway.kernel.commands import journey
from headway.kernel.context import Context
from headway.kernel.errors import FieldError, Invalid, NotFound
from headway.kernel.schema import Name, Text


@dataclass(frozen=True, slots=True)
class Brought:
    """How an import went. `batch` None = a dry run, of which nothing is kept.

    create, update, unchanged, missing  records; questions and errors are open while `applied` is False.
    """

    batch: int | None
    applied: bool
    create: int
    update: int
    unchanged: int
    missing: int
    questions: tuple[dict[str, Any], ...]
    errors: tuple[dict[str, Any], ...]
    preview: dict[str, Any]


@journey(
    permission="files.keep",
    name="imports.bring",
    internal="names a path of this machine, which only its own command line may do",
)
def bring(
    ctx: Context,
    *,
    project: Name,
    kind: Name,
    path: Text,
    create: bool = False,
    answers: dict[str, str] | None = None,
    mapping: dict[str, Any] | None = None,
) -> Brought:
    """Import a local file: all of it or nothing. Open questions and errors leave everything as it was.

    create  make the project first when its key is unknown; not even that happens while something is open.
    """
    source = Path(path)
    if kind not in LIMITS:
        raise Invalid(f"'{kind}' cannot be imported; choose {' or '.join(LIMITS)}.", fields=[FieldError("kind", "")])
    if not source.is_file():
        raise Invalid(f"There is no file {source}.", fields=[FieldError("file", "not found", file=str(source))])
    dry = ctx.dry_run
    # In a dry run this journey's own transaction is what rolls back; the steps inside must see one another.
    inner = ctx.but(dry_run=False)
    if not _exists(inner, project):
        if not create:
            raise Invalid(
                f"There is no project {project}. Create it first, or give --create.",
                fields=[FieldError("project", "unknown", value=project)],
            )
        if not dry:
            tried = bring(
                ctx.but(dry_run=True),
                project=project,
                kind=kind,
                path=path,
                create=True,
                answers=answers,
                mapping=mapping,
            )
            if tried.errors or tried.questions:
                return tried
        projects.create(inner, key=project, name=project)
    stored = store.put_path(source, limit=LIMITS[kind])
    media_type = mimetypes.guess_type(source.name)[0] or "application/octet-stream"
    kept = files.keep(inner, name=source.name, media_type=media_type, sha256=stored.sha256, size=stored.size)
    row = imports.preview(inner, project=project, kind=kind, file=kept.id, answers=answers, mapping=mapping)
    if not row.preview.get("errors") and not imports.open_questions(row):
        row = imports.apply(inner, batch=row.id)
    return _told(row, dry=dry)


def _exists(ctx: Context, key: str) -> bool:
    try:
        charter(ctx, project=key)
    except NotFound:
        return False
    return True


def _told(row: ImportRow, *, dry: bool) -> Brought:
    preview = dict(row.preview)
    questions, errors = imports.open_questions(row), preview.get("errors", [])
    return Brought(
        batch=None if dry else row.id,
        applied=not dry and row.applied_at is not None,
        create=int(preview.get("create", 0)),
        update=int(preview.get("update", 0)),
        unchanged=int(preview.get("unchanged", 0)),
        missing=int(preview.get("missing", 0)),
        questions=tuple(questions),
        errors=tuple(errors),
        preview={name: value for name, value in preview.items() if name not in ("questions", "errors")},
    )

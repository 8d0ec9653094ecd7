"""Files into any project: drop one, choose or make its project, let its kind be found out; and what was imported."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from headway.areas.files.queries import show as show_file
from headway.areas.files.types import FileRow
from headway.areas.projects import commands as projects
from headway.areas.projects import queries
from headway.areas.projects.types import ImportRow, ImportState, ProjectRow
from headway.interfaces.transfers import kept_upload
from headway.interfaces.web.frame import Link
from headway.interfaces.web.imports.words import KINDS, STATES, many, steps
from headway.interfaces.web.page import page, pages_in, show
from headway.journeys import imports
from headway.kernel.access import may
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, Denied, FieldError, Invalid, NotFound

NEW = "+"
_SHOWN = {"": "All", "preview": "Wait for you", "applied": "Applied", "undone": "Undone", "failed": "Cannot be read"}
_ACCEPT = ",".join(dict.fromkeys(",".join(accept for _, accept, _ in KINDS.values()).split(",")))


@dataclass(frozen=True, slots=True)
class _Said:
    """What somebody typed beside the file, so that it stands there again after a refusal."""

    project: str = ""
    key: str = ""
    name: str = ""
    kind: str = ""
    kept: str = ""
    error: str = ""
    field: str = ""


@page("POST")
def centre(request: HttpRequest, ctx: Context) -> HttpResponse:
    """The imports of all projects, and a place to drop the next file."""
    said, status = _Said(project=request.GET.get("project", "")), 200
    if request.method == "POST":
        said = _said(request)
        try:
            batch, key = _brought(request, ctx, said)
        except (Invalid, Conflict, Denied) as refusal:
            said, status = _with_fault(ctx, request, said, refusal), 422
        else:
            return redirect(reverse("import", args=[key, batch.id]))
    state = request.GET.get("state", "")
    chosen = ImportState(state) if state in _SHOWN and state else None
    found = queries.import_list(ctx, state=chosen, cursor=request.GET.get("cursor", ""))
    named = queries.named_projects(ctx, {row.project_id for row in found.items})
    rows = [(row, named[row.project_id], *STATES[row.state]) for row in found.items if row.project_id in named]
    values = {
        "rows": rows,
        "count": len(rows),
        "answer": _sentence(found.items, chosen),
        "states": [Link(words, f"?state={name}", active=name == state) for name, words in _SHOWN.items()],
        "said": said,
        "kept": _kept_file(ctx, said.kept),
        "projects": _importing(ctx),
        "may_create": may(ctx, "projects.create"),
        "kinds": [(name, words[0]) for name, words in KINDS.items()],
        "new": NEW,
        "accept": _ACCEPT,
        "steps": steps(0),
        **pages_in(request, found.next),
    }
    return show(request, ctx, "imports/centre.html", values, status=status)


def _sentence(rows: tuple[ImportRow, ...], chosen: ImportState | None) -> str:
    if not rows or chosen is not None:
        return "Bring a plan or hours as they are; you see what a file changes before anything does."
    waiting = sum(1 for row in rows if row.state is ImportState.PREVIEW)
    return f"{many(waiting)} wait{'s' if waiting == 1 else ''} for you." if waiting else "No import waits for you."


def _importing(ctx: Context) -> list[ProjectRow]:
    """The projects that this person may import into, by name."""
    found = [row for row in queries.named_projects(ctx).values() if may(ctx, "projects.import", project_id=row.id)]
    return sorted(found, key=lambda row: row.name.casefold())


def _said(request: HttpRequest) -> _Said:
    typed: dict[str, Any] = {
        name: str(request.POST.get(name, "")).strip() for name in ("project", "key", "name", "kind", "kept")
    }
    return _Said(**typed)


def _with_fault(ctx: Context, request: HttpRequest, said: _Said, refusal: Invalid | Conflict | Denied) -> _Said:
    """The same with what is wrong; a file that has come stays, so that nobody must choose it again."""
    fields = getattr(refusal, "fields", ())
    field = fields[0].field if fields else ""
    kept = getattr(request, "kept_token", said.kept)
    return _Said(said.project, said.key, said.name, said.kind, kept, refusal.message, field)


def _brought(request: HttpRequest, ctx: Context, said: _Said) -> tuple[ImportRow, str]:
    """Keep the file, find its kind and project, read it; gives the import and the project's key."""
    file = _file(request, ctx, said)
    request.kept_token = file.token  # type: ignore[attr-defined]
    kind = said.kind or _kind_of(ctx, file)
    key = _project(ctx, said)
    row = imports.preview(ctx, project=key, kind=kind, file=file.id)
    return row, key


def _file(request: HttpRequest, ctx: Context, said: _Said) -> FileRow:
    if not request.FILES and said.kept:
        found: FileRow = show_file(ctx, file=said.kept)
        return found
    return kept_upload(ctx, request)


def _kept_file(ctx: Context, token: str) -> FileRow | None:
    if not token:
        return None
    try:
        found: FileRow = show_file(ctx, file=token)
    except NotFound:
        return None
    return found


def _kind_of(ctx: Context, file: FileRow) -> str:
    sniffed = imports.sniff(ctx, file=file.id)
    if not sniffed.kind:
        raise Invalid(sniffed.why, fields=[FieldError("file", "not known")])
    return str(sniffed.kind)


def _project(ctx: Context, said: _Said) -> str:
    """The key of the chosen project, which is made first where that is asked for."""
    if not said.project:
        raise Invalid("Choose the project that the file belongs to.", fields=[FieldError("project", "required")])
    if said.project != NEW:
        return said.project
    return str(projects.create(ctx, key=said.key, name=said.name or said.key).key)

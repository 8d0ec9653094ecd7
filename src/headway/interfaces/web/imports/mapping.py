"""Which column of a table is which field: proposed from their names, shown with samples, chosen by a person."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from headway.areas.projects import queries
from headway.areas.projects.types import ImportRow, ImportState
from headway.documents.exchange.columns import TableColumns
from headway.interfaces.web.frame import Link
from headway.interfaces.web.imports.words import steps
from headway.interfaces.web.page import offered, page, say, show, warn, working_project
from headway.journeys import imports
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, Invalid, NotFound


@dataclass(frozen=True, slots=True)
class Choice:
    """One column and the field it is read as; '' = it is not read."""

    name: str
    samples: tuple[str, ...]
    chosen: str


@page("POST")
def columns(request: HttpRequest, ctx: Context, key: str, batch: int) -> HttpResponse:
    """Each column with samples and its field; a POST reads the file again by the fields that were chosen."""
    project = working_project(ctx, key)
    offered(ctx, "projects.import", project)
    row: ImportRow = queries.show_import(ctx, batch=batch)
    if row.project_id != project.id:
        raise NotFound("There is nothing here.")
    back = reverse("import", args=[key, batch])
    try:
        found: TableColumns = imports.columns(ctx, batch=row.id)
    except (Conflict, Invalid) as refusal:
        warn(request, refusal.message)
        return redirect(back)
    faults, status, chosen = [], 200, {column: field for field, column in found.fields.items()}
    if request.method == "POST":
        sheet = request.POST.get("sheet", found.sheet)
        if sheet != found.sheet and sheet in found.sheets:
            imports.answer(ctx, batch=row.id, mapping={"sheet": sheet, "columns": {}})
            return redirect(reverse("import-columns", args=[key, batch]))
        chosen = {column.name: request.POST.get(f"c{place}", "") for place, column in enumerate(found.columns)}
        faults = _faults(found, chosen)
        if not faults:
            return _read_again(request, ctx, key, row, found, chosen)
        status = 422
    values = {
        "row": row,
        "found": found,
        "columns": _choices(found, chosen),
        "faults": faults,
        "answer": _sentence(found),
        "steps": steps(1),
        "open": row.state in (ImportState.PREVIEW, ImportState.FAILED),
        "back": back,
    }
    crumbs = (Link(row.file_name, back), Link("Columns"))
    return show(
        request, ctx, "imports/columns.html", values, project=project, tab="imports", crumbs=crumbs, status=status
    )


def _choices(found: TableColumns, chosen: dict[str, str]) -> list[Choice]:
    return [Choice(column.name, column.samples, chosen.get(column.name, "")) for column in found.columns]


def _sentence(found: TableColumns) -> str:
    known = len(set(found.fields.values()))
    return f"Read as a {found.label}: {known} of {len(found.columns)} columns are known by their names."


def _faults(found: TableColumns, chosen: dict[str, str]) -> list[str]:
    """What keeps the file from being read: a field chosen twice, a field that must be there and is not."""
    labels = dict(found.offered)
    fields = [field for field in chosen.values() if field]
    said = [f"'{labels.get(name, name)}' is chosen for two columns." for name in dict.fromkeys(_doubled(fields))]
    for group in found.required:
        if not set(group) & set(fields):
            said.append(f"Choose a column for one of: {', '.join(labels[name] for name in group)}.")
    return said


def _doubled(fields: list[str]) -> list[str]:
    return [name for place, name in enumerate(fields) if name in fields[:place]]


def _read_again(
    request: HttpRequest, ctx: Context, key: str, row: ImportRow, found: TableColumns, chosen: dict[str, str]
) -> HttpResponse:
    """Keep the choice, for this import and the next, and read the file by it."""
    known = dict(found.offered)
    named = {field: column for column, field in chosen.items() if field in known}
    left_out = {field: "" for field in found.fields if field not in named}
    try:
        imports.answer(ctx, batch=row.id, mapping={"columns": named | left_out})
    except (Conflict, Invalid) as refusal:
        warn(request, refusal.message)
    else:
        say(request, "Read again by these columns; they are kept for the next file of this kind.")
    return redirect(reverse("import", args=[key, row.id]))

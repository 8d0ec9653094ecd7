"""The lines of an estimate as a table one types in, and rows pasted from a spreadsheet.

The table is a plain form: the script beside it adds rows, moves between cells and pastes, and nothing of it is needed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse

from headway.areas.estimates import commands, queries
from headway.areas.estimates.lines import POINTS, read_number, read_table
from headway.areas.estimates.types import MOST_LEVELS, MOST_LINES, EstimateDetail, EstimateState, LineRow, Unit
from headway.areas.hours.queries import rates
from headway.areas.projects.types import Charter
from headway.interfaces.web.context import locale_of
from headway.interfaces.web.estimates.forms import PasteForm
from headway.interfaces.web.frame import Link
from headway.interfaces.web.locale import Locale
from headway.interfaces.web.page import offered, page, say, show, working_project
from headway.interfaces.web.submitting import attempt, started_from
from headway.kernel.access import may
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, FieldError, Invalid, Stale

_BLANK = 5  # rows to type in below the last one
_TEXTS = ("name", "role", "assumptions", "exclusions")
_NUMBERS = (*POINTS, "rate")
_NAMES = ("id", "level", "unit", *_TEXTS, *_NUMBERS)
_MOST_TOLD = 12


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the table as it is typed; `errors` by its cells."""

    cells: dict[str, str]
    group: bool = False
    errors: dict[str, str] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """What is typed in a cell."""
        return self.cells.get(name, "").strip()

    @property
    def blank(self) -> bool:
        """Whether nothing is typed in it."""
        return not any(self.text(name) for name in (*_TEXTS, *_NUMBERS))


@dataclass(frozen=True, slots=True)
class Differing:
    """A line that somebody changed meanwhile: as it is stored, and as it stands in this table; '' = not there."""

    stored: str
    yours: str


@page("POST")
def lines(request: HttpRequest, ctx: Context, key: str, number: int) -> HttpResponse:
    """Type, paste and order the lines; all of them are saved together."""
    project = working_project(ctx, key)
    offered(ctx, "estimates.edit", project)
    found = queries.estimate_of(ctx, project.id, number)
    locale = locale_of(request)
    rows = [_stored(line, locale) for line in found.lines]
    version, status, refused = found.row.version, 200, ""
    differing: tuple[Differing, ...] = ()
    if request.method == "POST":
        rows = _typed(request.POST)
        try:
            commands.set_lines(
                started_from(ctx, _whole(request.POST.get("version", ""))),
                estimate=found.row.id,
                lines=_read(rows, {str(line.id) for line in found.lines}),
            )
        except Invalid as refusal:
            rows, refused, status = _with_errors(rows, refusal), refusal.message, 422
        except Stale:
            refused, status = "Somebody changed the lines meanwhile. Compare them below; saving again keeps yours.", 409
            differing = _differing(rows, [_stored(line, locale) for line in found.lines])
        except Conflict as refusal:
            refused, status = refusal.message, refusal.status
        else:
            say(request, f"{found.row.ref} is saved.")
            return redirect(reverse("estimate", args=[key, number]))
    level = rows[-1].text("level") if rows else "1"
    blank = min(_BLANK if rows else 2 * _BLANK, MOST_LINES - len(rows))
    values = {
        "found": found,
        "row": found.row,
        "rows": [*rows, *(Row({"level": level, "unit": Unit.HOURS.value}) for _ in range(blank))],
        "version": version,
        "refused": refused,
        "differing": differing,
        "deepest": MOST_LEVELS,
        "roles": _roles(ctx, found),
        "draft": found.row.state is EstimateState.DRAFT,
        "most": MOST_LINES,
    }
    return _shown(request, ctx, project, found, "estimates/lines.html", values, "Lines", status)


def _shown(
    request: HttpRequest,
    ctx: Context,
    project: Charter,
    found: EstimateDetail,
    template: str,
    values: dict[str, Any],
    title: str,
    status: int,
) -> HttpResponse:
    crumbs = (Link(found.row.ref, reverse("estimate", args=[project.key, found.row.number])), Link(title))
    return show(request, ctx, template, values, project=project, tab="estimate", crumbs=crumbs, status=status)


def _roles(ctx: Context, found: EstimateDetail) -> list[str]:
    """Roles to choose from: those of the estimate, and those that the rate cards know."""
    known = {line.role for line in found.lines}
    if may(ctx, "hours.read_rates", project_id=found.row.project_id):
        known |= {rate.role for rate in rates(ctx, project=found.row.project_id)}
    return sorted(known - {""}, key=str.casefold)


# --- rows ----------------------------------------------------------------------------------------------


def _stored(line: LineRow, locale: Locale) -> Row:
    texts = {name: getattr(line, name) for name in _TEXTS}
    numbers = {name: _written(getattr(line, name), locale) for name in POINTS}
    rate = _written(line.rate, locale) if line.typed else ""
    fixed = {"id": str(line.id), "level": str(line.level), "unit": line.unit.value}
    return Row({**fixed, **texts, **numbers, "rate": rate}, group=line.group)


def _written(value: Any, locale: Locale) -> str:
    return "" if value is None else format(value, "f").replace(".", locale.decimal)


def _typed(data: QueryDict) -> list[Row]:
    """The rows of the form, without those in which nothing is typed."""
    columns = {name: data.getlist(name) for name in _NAMES}
    count = min(len(columns["name"]), MOST_LINES + 50)
    rows = [
        Row({name: values[place] if place < len(values) else "" for name, values in columns.items()})
        for place in range(count)
    ]
    return [row for row in rows if not row.blank]


def _read(rows: Sequence[Row], known: set[str]) -> list[dict[str, Any]]:
    """The rows as the command takes them. Raises Invalid naming the cells that are no numbers."""
    faults: dict[str, str] = {}
    found = []
    for place, row in enumerate(rows):
        line: dict[str, Any] = {name: row.text(name) for name in _TEXTS}
        line |= {"level": _whole(row.text("level")) or 1, "unit": row.text("unit") or Unit.HOURS.value}
        line["id"] = int(row.text("id")) if row.text("id") in known else None
        for name in _NUMBERS:
            try:
                line[name] = read_number(row.text(name))
            except ValueError as error:
                faults[f"lines.{place}.{name}"] = f"Line {place + 1} '{row.text('name')}' {error}."
        found.append(line)
    if faults:
        raise _invalid(faults)
    return found


def _invalid(faults: dict[str, str]) -> Invalid:
    first = next(iter(faults.values()))
    more = f" And {len(faults) - 1} more." if len(faults) > 1 else ""
    return Invalid(f"{first}{more}", fields=[FieldError(name, said) for name, said in faults.items()])


def _whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _with_errors(rows: Iterable[Row], refusal: Invalid) -> list[Row]:
    """The rows with what is wrong beside the cell that it is about."""
    wrong: dict[int, dict[str, str]] = {}
    for fault in refusal.fields:
        parts = fault.field.split(".")
        if len(parts) == 3 and parts[1].isdigit():
            wrong.setdefault(int(parts[1]), {})[parts[2]] = fault.message
    return [Row(row.cells, row.group, wrong.get(place, {})) for place, row in enumerate(rows)]


def _differing(yours: Sequence[Row], stored: Sequence[Row]) -> tuple[Differing, ...]:
    """Lines that are not the same in this table and as stored, side by side."""
    mine = {row.text("id"): row for row in yours if row.text("id")}
    found = [
        Differing(_words(row), _words(mine[row.text("id")]) if row.text("id") in mine else "")
        for row in stored
        if row.text("id") not in mine or _words(row) != _words(mine[row.text("id")])
    ]
    there = {row.text("id") for row in stored}
    found += [Differing("", _words(row)) for row in yours if row.text("id") not in there]
    return tuple(found[:_MOST_TOLD])


def _words(row: Row) -> str:
    """'Design · Designer · 8 / 12 / 20 · at 110'."""
    points = " / ".join(row.text(name) or "–" for name in POINTS)
    rate = f"at {row.text('rate')}" if row.text("rate") else ""
    told = (row.text("name"), row.text("role"), "" if row.group else points, rate)
    return " · ".join(part for part in told if part)


# --- paste --------------------------------------------------------------------------------------------


@page("POST")
def paste(request: HttpRequest, ctx: Context, key: str, number: int) -> HttpResponse:
    """Put rows of a spreadsheet behind its lines."""
    project = working_project(ctx, key)
    offered(ctx, "estimates.edit", project)
    found = queries.estimate_of(ctx, project.id, number)
    form = PasteForm(request.POST or None)
    status, back = 200, reverse("estimate", args=[key, number])
    if request.method == "POST":
        done = attempt(
            form,
            lambda given: commands.add_lines(ctx, estimate=found.row.id, lines=read_table(given["text"])),
        )
        if done.done:
            more = len(done.result.lines) - len(found.lines)
            say(request, f"{more} {'line is' if more == 1 else 'lines are'} in {found.row.ref}.")
            return redirect(back)
        status = done.status
    values = {"form": form, "title": "Paste lines", "submit": "Add these lines", "back": back}
    return _shown(request, ctx, project, found, "projects/form.html", values, "Paste lines", status)

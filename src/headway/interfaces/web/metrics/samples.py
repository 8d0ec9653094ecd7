"""Samples by hand: a row for each of the last periods, and cells pasted from a spreadsheet."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from headway.areas.metrics import sampling
from headway.areas.metrics.given import GivenSample
from headway.areas.metrics.periods import read_period
from headway.areas.metrics.types import Formula, KpiDetail, Point, Recorded
from headway.engine.kpi.periods import Frequency, period_after, period_name, period_of
from headway.interfaces.web.metrics.one import framed, home_of, recorded
from headway.interfaces.web.page import page, say
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, FieldError, Invalid

_ROWS = 8
_MOST_LINES = 2_000
_TOLD_FAULTS = 5
_COMMA = re.compile(r"-?\d+,\d+")
_EITHER = re.compile(r"-?[1-9]\d{0,2},\d{3}")  # 1,234: a thousand or a decimal comma
_MOST_VALUES = 20_000


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the form: its field of a sample, and its title."""

    name: str
    label: str


@dataclass(frozen=True, slots=True)
class Row:
    """A period of the form: its cells as text, each with its column."""

    iso: str
    name: str
    cells: tuple[tuple[Column, str], ...]
    state: str


def columns_of(found: KpiDetail) -> tuple[Column, ...]:
    """What a sample of the KPI is typed as."""
    if found.service:
        return (
            Column("met", "Met"),
            Column("missed", "Missed"),
            Column("overdue", "Open, overdue"),
            Column("open", "Open, not due"),
        )
    formula = found.formula.formula
    if formula is Formula.RATIO:
        return (Column("numerator", "Numerator"), Column("denominator", "Denominator"))
    if formula is Formula.PERCENTILE:
        return (Column("values", "Single values"),)
    if formula in (Formula.AVERAGE, Formula.DURATION):
        return (Column("value", "Value"), Column("n", "Cases"))
    return (Column("value", "Value"),)


@page("POST")
def enter(request: HttpRequest, ctx: Context, kpi: int) -> HttpResponse:
    """Enter samples of the last periods, or paste many; 'Show the effect' says what they would do."""
    found: KpiDetail = recorded(ctx, kpi)
    columns, status, refused, told = columns_of(found), 200, "", None
    if request.method == "POST":
        tries = bool(request.POST.get("try"))
        try:
            given = (
                *_typed(request, found, columns),
                *_pasted(request.POST.get("rows", ""), columns, found.row.frequency),
            )
            if not given:
                raise Invalid("Type a value, or paste rows.", fields=[FieldError("rows", "needed")])
            reason = request.POST.get("reason", "")
            told = sampling.record(ctx.but(dry_run=tries), kpi=kpi, samples=given, reason=reason)
        except (Invalid, Conflict) as refusal:
            refused, status = refusal.message, refusal.status
        else:
            if not tries:
                say(request, f"{_effect(told)}.")
                return redirect(reverse("kpi", args=[kpi]))
    values = {
        "found": found,
        "title": f"Samples of {found.row.name}",
        "columns": columns,
        "rows": _rows(request, ctx, found, columns),
        "pasted": request.POST.get("rows", ""),
        "reason": request.POST.get("reason", ""),
        "refused": refused,
        "effect": f"Nothing is saved yet. {_effect(told)}." if told is not None else "",
        "example": _example(columns, found.row.frequency),
        "back": reverse("kpi", args=[kpi]),
    }
    project = home_of(ctx, found)
    return framed(request, ctx, "metrics/samples.html", values, found, project, below="Enter samples", status=status)


def _effect(told: Recorded) -> str:
    return f"{told.added} new, {told.corrected} corrected, {told.unchanged} as they were"


def _rows(request: HttpRequest, ctx: Context, found: KpiDetail, columns: tuple[Column, ...]) -> list[Row]:
    """The last periods, the newest first, with what is stored or was typed."""
    frequency = found.row.frequency
    stored = {point.begins: point for point in found.points}
    newest = period_of(ctx.now.astimezone(ZoneInfo(found.zone)).replace(tzinfo=None), frequency)
    rows = []
    for back in range(_ROWS):
        begins = period_after(newest, frequency, -back)
        point = stored.get(begins)
        cells = []
        for column in columns:
            typed = request.POST.get(f"{begins.isoformat()}/{column.name}")
            cells.append((column, typed if typed is not None else _stored(point, column.name)))
        state = "" if point is None else point.shown
        rows.append(Row(begins.isoformat(), period_name(begins, frequency), tuple(cells), state))
    return rows


def _stored(point: Point | None, name: str) -> str:
    """What a period has, as it is typed; single values are not shown again."""
    if point is None or name == "values":
        return ""
    value = getattr(point.counts, name, None) if point.counts is not None else getattr(point, name)
    if value is None:
        return ""
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)


def _typed(request: HttpRequest, found: KpiDetail, columns: tuple[Column, ...]) -> list[GivenSample]:
    """The rows of the form that say something else than what is stored."""
    stored = {point.begins.isoformat(): point for point in found.points}
    told: dict[str, dict[str, str]] = {}
    for name, value in request.POST.items():
        iso, _, column = name.partition("/")
        if column in {one.name for one in columns} and str(value).strip():
            told.setdefault(iso, {})[column] = str(value).strip()
    given = []
    for iso, cells in told.items():
        as_stored = {one.name: _stored(stored.get(iso), one.name) for one in columns}
        if any(value != as_stored[name] for name, value in cells.items()):
            given.append(_sample(iso, cells))
    return given


def _pasted(text: str, columns: tuple[Column, ...], frequency: Frequency) -> list[GivenSample]:
    """Lines of a period and its cells, between tabs or semicolons; a line of titles is passed over.

    What cannot be read is told of all lines at once, the first ones by their words.
    """
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) > _MOST_LINES:
        raise Invalid(f"{len(lines)} lines are too many; bring a file.", fields=[FieldError("rows", "too many")])
    given: list[GivenSample] = []
    faults: list[str] = []
    for number, line in enumerate(lines, 1):
        mark = next((one for one in "\t;," if one in line), None)
        cells = [cell.strip() for cell in (line.split(mark) if mark else line.rsplit(maxsplit=len(columns)))]
        if number == 1 and not any(char.isdigit() for char in "".join(cells[1:])):
            continue
        if len(cells) < 2:
            faults.append(
                f"Line {number}, '{line.strip()[:60]}': write the period, then its values, with tabs between."
            )
            continue
        if columns[0].name == "values":
            named = {"values": " ".join(cells[1:])}
        else:
            named = {column.name: cell for column, cell in zip(columns, cells[1:], strict=False) if cell}
        try:
            read_period(cells[0], frequency)
            given.append(_sample(cells[0], named))
        except Invalid as fault:
            faults.append(f"Line {number}: {fault.message}")
    if faults:
        more = [f"{len(faults) - _TOLD_FAULTS} more lines cannot be read."] if len(faults) > _TOLD_FAULTS else []
        raise Invalid(" ".join([*faults[:_TOLD_FAULTS], *more]), fields=[FieldError("rows", "cannot be read")])
    return given


def _sample(period: str, cells: dict[str, str]) -> GivenSample:
    numbers = {name: _number(period, cell) for name, cell in cells.items() if name not in ("values", *_WHOLE)}
    counts = {name: _count(period, cell) for name, cell in cells.items() if name in _WHOLE}
    values = tuple(_number(period, one) for one in re.split(r"[\s;]+", cells.get("values", "")) if one)
    return GivenSample(period, values=values[:_MOST_VALUES], **numbers, **counts)  # type: ignore[arg-type]


_WHOLE = ("n", "met", "missed", "overdue", "open", "paused")


def _number(period: str, text: str) -> Decimal:
    """A number as people type it: with a point or a comma, and perhaps a percent sign."""
    bare = text.replace("\u00a0", "").replace("−", "-").removesuffix("%").strip()
    if _EITHER.fullmatch(bare):
        plain, point = bare.replace(",", ""), bare.replace(",", ".")
        message = f"{period}: '{text}' can mean {plain} or {point}. Write one of them."
        raise Invalid(message, fields=[FieldError("rows", "can mean two numbers")])
    if _COMMA.fullmatch(bare):
        bare = bare.replace(",", ".")
    try:
        found = Decimal(bare)
        if not found.is_finite():
            raise InvalidOperation
        return found
    except InvalidOperation:
        raise Invalid(f"{period}: '{text}' is no number.", fields=[FieldError("rows", "not a number")]) from None


def _count(period: str, text: str) -> int:
    found = _number(period, text)
    if found != found.to_integral_value() or found < 0:
        raise Invalid(f"{period}: '{text}' is no number of cases.", fields=[FieldError("rows", "not a whole number")])
    return int(found)


def _example(columns: tuple[Column, ...], frequency: Frequency) -> str:
    """A line as it is pasted."""
    period = period_name(datetime(2026, 3, 2), frequency)  # noqa: DTZ001 - an example of a local day
    return "\t".join((period, *("12" for _ in columns)))

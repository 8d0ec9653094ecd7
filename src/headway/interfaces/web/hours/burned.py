"""Hours burned over projects: the report in the page, each row a press from what is behind it, and as a file."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from headway.areas.hours.reporting import BurnedRow, HoursBurned, ReportBy, ReportColumns, hours_burned
from headway.areas.hours.weeks import running
from headway.areas.people.queries import names_of
from headway.areas.projects.types import ProjectRow
from headway.interfaces.web.context import locale_of
from headway.interfaces.web.frame import Input, Link, Source
from headway.interfaces.web.hours.entries import NO_PHASE
from headway.interfaces.web.hours.week import today_of
from headway.interfaces.web.locale import Locale
from headway.interfaces.web.page import one_page, page, show
from headway.interfaces.web.report_files import file_links, sent
from headway.interfaces.web.submitting import day_of
from headway.interfaces.web.templatetags.formats import money, number, short_date
from headway.journeys.hours_report import HOURS_BURNED
from headway.kernel.context import Context
from headway.kernel.errors import Denied, Invalid

_BY = {
    ReportBy.PERSON: "person",
    ReportBy.PROJECT: "project",
    ReportBy.CLIENT: "client",
    ReportBy.ROLE: "role",
    ReportBy.PHASE: "phase",
}
_MONTHS_SHOWN = 3
_PER_PAGE = 100


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for; '' and None are not asked for."""

    first: date
    last: date
    by: ReportBy
    columns: ReportColumns
    project: str = ""
    client: str = ""
    person: int | None = None
    role: str = ""
    phase: str = ""
    billable: str = ""

    def query(self, **changes: Any) -> str:
        """The part of an address behind '?', with some of it changed."""
        asked = replace(self, **changes)
        given = {
            "first": asked.first.isoformat(),
            "last": asked.last.isoformat(),
            "by": asked.by.value,
            "columns": asked.columns.value,
            **{name: getattr(asked, name) for name in ("project", "client", "person", "role", "phase", "billable")},
        }
        return urlencode({name: value for name, value in given.items() if value})

    def limits(self) -> dict[str, Any]:
        """Inputs of the use case."""
        return {
            "first": self.first,
            "last": self.last,
            "by": self.by,
            "columns": self.columns,
            "project": self.project or None,
            "client": self.client,
            "person": self.person,
            "role": self.role,
            "phase": self.phase,
            "billable": {"yes": True, "no": False}.get(self.billable),
        }


def _asked(request: HttpRequest, today: date, projects: dict[int, ProjectRow]) -> Asked:
    """What is asked for; without days, the months up to the running one."""
    given = request.GET
    last = day_of(given.get("last")) or today.replace(day=monthrange(today.year, today.month)[1])
    begin = last.replace(day=1)
    for _ in range(_MONTHS_SHOWN - 1):
        begin = (begin - timedelta(days=1)).replace(day=1)
    person = given.get("person", "")
    keys = {row.key for row in projects.values()}
    return Asked(
        first=day_of(given.get("first")) or begin,
        last=last,
        by={one.value: one for one in ReportBy}.get(given.get("by", ""), ReportBy.PERSON),
        columns={one.value: one for one in ReportColumns}.get(given.get("columns", ""), ReportColumns.MONTH),
        project=given.get("project", "") if given.get("project") in keys else "",
        client=given.get("client", "").strip(),
        person=int(person) if person.isascii() and person.isdigit() and len(person) < 10 else None,
        role=given.get("role", "").strip(),
        phase=given.get("phase", "").strip(),
        billable=given.get("billable", "") if given.get("billable") in ("yes", "no") else "",
    )


@page()
def burned(request: HttpRequest, ctx: Context) -> HttpResponse:
    """Hours by client, project, person, role or phase, with a column a month or week."""
    projects = _projects(ctx)
    asked, locale = _asked(request, today_of(ctx), projects), locale_of(request)
    refused, found = "", None
    try:
        found = hours_burned(ctx, **asked.limits())
    except Invalid as refusal:
        refused = refusal.message
    values = {
        "asked": asked,
        "refused": refused,
        "found": found,
        "bys": [(one.value, f"by {name}") for one, name in _BY.items()],
        "projects": [(row.key, row.name) for row in projects.values()],
        "clients": sorted({row.client for row in projects.values() if row.client}),
        "who": names_of([asked.person]).get(asked.person, "") if asked.person else "",
        "narrowed": asked.query() != Asked(asked.first, asked.last, asked.by, asked.columns).query(),
        "all_query": Asked(asked.first, asked.last, asked.by, asked.columns).query(),
        "no_person": asked.query(person=None),
        "files": file_links("hours-burned-file", query=asked.query()),
    }
    if found is not None:
        rows, pages = one_page(request, found.rows, _PER_PAGE)
        values |= pages | {"shown": len(rows), "total_rows": len(found.rows)}
        values |= _table(found, rows, asked, projects, locale)
    crumbs = (Link("Hours", reverse("my-week")), Link("Hours burned"))
    return show(request, ctx, "hours/burned.html", values, crumbs=crumbs, status=422 if refused else 200)


@page()
def file(request: HttpRequest, ctx: Context, form: str) -> HttpResponse:
    """The report as a file, with the limits that stand in the address."""
    projects = _projects(ctx)
    asked = _asked(request, today_of(ctx), projects)
    back = f"{reverse('hours-burned')}?{asked.query()}"
    return sent(request, ctx, HOURS_BURNED, form=form, back=back, asked=_words(asked), **asked.limits())


def _projects(ctx: Context) -> dict[int, ProjectRow]:
    found = running(ctx, "hours.read_team")
    if not found:
        raise Denied("Your role does not allow this (see whether everybody's hours are in).")
    return found


def _words(asked: Asked) -> tuple[tuple[str, str], ...]:
    said = (
        ("Project", asked.project),
        ("Client", asked.client),
        ("Person", names_of([asked.person]).get(asked.person, "") if asked.person else ""),
        ("Role", asked.role),
        ("Phase", asked.phase),
        ("Billable", asked.billable),
    )
    return tuple((name, value) for name, value in said if value)


def _table(
    found: HoursBurned, rows: Sequence[BurnedRow], asked: Asked, projects: dict[int, ProjectRow], locale: Locale
) -> dict[str, Any]:
    keys = {pk: row.key for pk, row in projects.items()}
    month = found.scale is ReportColumns.MONTH
    return {
        "heads": [f"{head:%b %Y}" if month else short_date(head, locale) for head in found.columns],
        "rows": [_Line(row, asked, found, keys, locale) for row in rows],
        "total": (found.total, _billed(found.total, locale)),
        "answer": _answer(found, locale),
        "source": _source(found, locale),
        "money": found.total.billed is not None,
    }


class _Line:
    """One row as it is written; every figure with the address of what is behind it."""

    def __init__(self, row: BurnedRow, asked: Asked, found: HoursBurned, keys: dict[int, str], locale: Locale) -> None:
        self.row = row
        self.behind = _behind(row, asked, keys)
        self.billed = _billed(row, locale)
        self.billable = _behind(row, replace(asked, billable="yes"), keys)
        self.cells = [
            (hours, _behind(row, replace(asked, first=max(asked.first, first), last=min(asked.last, last)), keys))
            for hours, (first, last) in zip(row.cells, _spans(found), strict=True)
        ]


def _spans(found: HoursBurned) -> list[tuple[date, date]]:
    """First and last day of each column."""
    if found.scale is ReportColumns.WEEK:
        return [(head, head + timedelta(days=6)) for head in found.columns]
    return [(head, head.replace(day=monthrange(head.year, head.month)[1])) for head in found.columns]


def _behind(row: BurnedRow, asked: Asked, keys: dict[int, str]) -> str:
    """Where a row leads: to its projects, and from a project to its entries with the same limits."""
    if asked.by is ReportBy.PROJECT and row.id is not None:
        return _entries(keys[row.id], asked)
    named: dict[str, Any] = {"person": row.id} if asked.by is ReportBy.PERSON else {asked.by.value: row.name}
    if row.name == f"No {asked.by.value}":
        if not asked.project or asked.by not in (ReportBy.ROLE, ReportBy.PHASE):
            return ""
        named = {asked.by.value: NO_PHASE}
    if asked.project:
        return _entries(asked.project, replace(asked, **named))
    return f"{reverse('hours-burned')}?{asked.query(by=ReportBy.PROJECT, **named)}"


def _entries(key: str, asked: Asked) -> str:
    given = {
        "person": asked.person or "",
        "phase": asked.phase,
        "role": asked.role,
        "first": asked.first.isoformat(),
        "last": asked.last.isoformat(),
        "billable": asked.billable,
    }
    return f"{reverse('entries', args=[key])}?{urlencode({name: value for name, value in given.items() if value})}"


def _billed(row: BurnedRow, locale: Locale) -> str:
    return ", ".join(money(each, locale) for each in row.billed or ())


def _answer(found: HoursBurned, locale: Locale) -> str:
    total = found.total
    days = f"from {short_date(found.first, locale)} to {short_date(found.last, locale)}"
    if not total.entries:
        return f"No hours {days}."
    share = round(100 * total.billable / total.hours) if total.hours else 0
    return f"{number(total.hours, locale)} h {days}, {share} % of them billable."


def _source(found: HoursBurned, locale: Locale) -> Source:
    return Source(
        formula="Sum of the hours of the entries",
        inputs=(
            Input("Entries", f"{found.total.entries:,}"),
            Input("Projects", str(found.projects)),
            Input("Billable", f"{number(found.total.billable, locale)} h"),
        ),
        as_of=found.last,
        records=found.basis,
        short=f"{number(found.total.hours, locale)} h",
    )

"""Estimate against actual: a project's approved estimate beside its hours, and how finished projects came out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from headway.areas.estimates import queries
from headway.areas.estimates.against import against_actual
from headway.areas.estimates.against_types import AgainstActual, AgainstRow, WorkedOn
from headway.areas.estimates.types import Comparison
from headway.areas.estimates.wording import factor_words
from headway.documents.tree import plain
from headway.engine.units import Money
from headway.interfaces.web.context import locale_of
from headway.interfaces.web.frame import Input, Link, Source
from headway.interfaces.web.hours.entries import NO_PHASE
from headway.interfaces.web.locale import Locale
from headway.interfaces.web.page import offered, one_page, page, show, working_project
from headway.interfaces.web.projects.figures import KeyFigure
from headway.interfaces.web.report_files import file_links, sent
from headway.interfaces.web.submitting import day_of
from headway.interfaces.web.templatetags.formats import hours, money, number, short_date
from headway.journeys.estimate_reports import ESTIMATE_AGAINST_ACTUAL, ESTIMATES_CAME_OUT
from headway.kernel.context import Context
from headway.reports.estimate_actual import lead
from headway.reports.estimates_finished import lead as finished_lead

_PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class Behind:
    """Hours with the address of the entries that they are made of."""

    label: str
    hours: Decimal
    href: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A row as the page shows it. href: its entries, or '' where `behind` lists them."""

    row: AgainstRow
    over: str
    href: str
    behind: tuple[Behind, ...]
    amount: str
    value: str


@page()
def project(request: HttpRequest, ctx: Context, key: str) -> HttpResponse:
    """The approved estimate by line, phase and role beside the hours worked, each figure a press from its entries."""
    about = working_project(ctx, key)
    offered(ctx, "estimates.read", about)
    until = day_of(request.GET.get("to"))
    found, locale = against_actual(ctx, project=about.id, until=until), locale_of(request)
    rows = _Rows(found, locale)
    values: dict[str, Any] = {
        "found": found,
        "until": until,
        "answer": plain(lead(found)),
        "figures": _figures(found, rows, locale),
        "lines": [rows.shown(one) for one in found.lines],
        "outside": [rows.shown(one) for one in found.outside],
        "roles": [rows.shown(one) for one in found.roles],
        "whole": rows.shown(found.whole),
        "left": hours(found.whole.worked - found.inside, locale),
        "sees_value": found.whole.value is not None,
        "files": file_links("estimate-actual-file", key, query=_query(until)),
    }
    crumbs = (Link("Against actual"),)
    return show(request, ctx, "estimates/actual.html", values, project=about, tab="estimate", crumbs=crumbs)


@page()
def project_file(request: HttpRequest, ctx: Context, key: str, form: str) -> HttpResponse:
    """The same as a file."""
    about = working_project(ctx, key)
    offered(ctx, "estimates.read", about)
    until = day_of(request.GET.get("to"))
    asked = [("Hours to", until.isoformat())] if until is not None else []
    back = f"{reverse('estimate-actual', args=[key])}?{_query(until)}"
    limits = {"project": about.id, "until": until}
    return sent(request, ctx, ESTIMATE_AGAINST_ACTUAL, form=form, back=back, asked=asked, **limits)


def _query(until: date | None) -> str:
    return urlencode({"to": until.isoformat()}) if until is not None else ""


class _Rows:
    """Writes rows of one answer."""

    def __init__(self, found: AgainstActual, locale: Locale) -> None:
        self._found, self._locale = found, locale
        self.entries = reverse("entries", args=[found.key])

    def shown(self, row: AgainstRow) -> Shown:
        """A row with the addresses of its entries."""
        behind = tuple(Behind(part.label, part.hours, self.address(part)) for part in row.entries)
        href, behind = (behind[0].href, ()) if len(behind) == 1 else ("", behind)
        value = row.value if row.worked else None
        return Shown(row, self._over(row.over), href, behind, self._money(row.amount), self._money(value))

    def address(self, part: WorkedOn) -> str:
        """The list of the very entries."""
        wanted: dict[str, Any] = {}
        if part.task_uid is not None:
            wanted["row"] = part.task_uid
        elif part.phase is not None:
            wanted |= {"row": 0, "phase": part.phase or NO_PHASE}
        if part.role is not None:
            wanted["role"] = part.role or NO_PHASE
        if self._found.until is not None:
            wanted["last"] = self._found.until.isoformat()
        return f"{self.entries}?{urlencode(wanted)}"

    def _over(self, over: Decimal | None) -> str:
        if over is None:
            return "–"
        return f"{'+' if over > 0 else ''}{number(over, self._locale)}"

    def _money(self, value: Decimal | None) -> str:
        return "–" if value is None else money(Money(value, self._found.currency), self._locale)


def _figures(found: AgainstActual, rows: _Rows, locale: Locale) -> Iterable[KeyFigure]:
    whole, estimate = found.whole, found.estimate
    span = f"hours to {short_date(found.until, locale)}" if found.until is not None else "all hours so far"
    if estimate is not None:
        yield KeyFigure(
            "estimated",
            "Estimated hours",
            hours(whole.estimated, locale),
            f"P80 {hours(found.p80, locale)}" if found.p80 is not None else "",
            "",
            Source(
                formula="sum of (O + 4M + P) / 6 of the lines",
                inputs=tuple(
                    Input(one.name, hours(one.estimated, locale))
                    for one in found.lines
                    if one.level == 1 and one.number
                ),
                records=f"{estimate.ref} {estimate.title}",
                href=reverse("estimate", args=[found.key, estimate.number]),
            ),
        )
    inputs = (
        Input("On lines of the estimate", hours(found.inside, locale)),
        Input("Not in the estimate", hours(whole.worked - found.inside, locale)),
    )
    source = Source(formula="sum of the hours of all entries", inputs=inputs, records=span, href=rows.entries)
    share = f"{whole.percent:.0f} % of estimated" if whole.percent is not None else ""
    yield KeyFigure("worked", "Worked hours", hours(whole.worked, locale), share, "", source)
    if whole.over is not None:
        tone = "amber" if whole.over > 0 else ""
        inputs = (
            Input("Worked", hours(whole.worked, locale)),
            Input("Estimated", hours(whole.estimated, locale)),
        )
        source = Source(formula="worked − estimated", inputs=inputs, records=span)
        said = f"{'+' if whole.over > 0 else ''}{hours(whole.over, locale)}"
        yield KeyFigure("over", "More than estimated", said, "", tone, source)


@page()
def finished(request: HttpRequest, ctx: Context) -> HttpResponse:
    """How finished projects came out: the factor with its spread, by project, phase and role."""
    found: Comparison = queries.finished(ctx)
    rows, pages = one_page(request, found.projects, _PER_PAGE)
    values: dict[str, Any] = {
        "found": found,
        "answer": plain(finished_lead(found)),
        "projects": [(one, factor_words(one.factor)) for one in rows],
        "shown": len(rows),
        "factors": [
            (head, [(one, factor_words(one.factor)) for one in some])
            for head, some in (
                ("Whole projects", (found.whole,) if found.whole is not None else ()),
                ("Phase", found.phases),
                ("Role", found.roles),
            )
            if some
        ],
        "files": file_links("estimates-finished-file"),
        **pages,
    }
    return show(request, ctx, "estimates/finished.html", values, crumbs=(Link("How estimates came out"),))


@page()
def finished_file(request: HttpRequest, ctx: Context, form: str) -> HttpResponse:
    """The same as a file."""
    return sent(request, ctx, ESTIMATES_CAME_OUT, form=form, back=reverse("estimates-finished"))

"""Programmes: all of them, one with its projects and what it stands on, its form, projects put in and taken out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from headway.areas.people import queries as people
from headway.areas.people.types import PersonRow
from headway.areas.portfolio import across
from headway.areas.portfolio import queries as portfolio
from headway.areas.portfolio.types import Health, Sort, Standing
from headway.areas.programme import commands, queries
from headway.areas.programme.types import ProgrammeDetail
from headway.areas.projects.across import gravest_risks
from headway.areas.projects.lines import lines_inside
from headway.interfaces.web.context import locale_of
from headway.interfaces.web.frame import Link, Source
from headway.interfaces.web.page import act, page, pages_in, say, show
from headway.interfaces.web.portfolio.asking import Asked
from headway.interfaces.web.portfolio.columns import COLUMNS, cells, drawn
from headway.interfaces.web.portfolio.pages import answer, count, frame_of
from headway.interfaces.web.submitting import (
    CHOOSE,
    attempt,
    one_of,
    pressed,
    start_noted,
    started_from,
    text,
    version_field,
    words,
)
from headway.interfaces.web.templatetags.formats import hours
from headway.kernel.access import OUTSIDE_ROLES, may
from headway.kernel.context import Context
from headway.kernel.errors import Denied

_COLUMNS = ("health", "milestone", "finish", "slip", "complete", "spent", "risks", "decisions")
_MOST = 200
_AHEAD = 60  # days of milestones
_RISKS = 8
_MILESTONES = 20


class ProgrammeForm(forms.Form):
    """A programme."""

    name = text("Name", length=120)
    objective = words("Objective", hint="What the projects are to bring about together.")
    owner = one_of("Owner", (), required=False, hint="Who answers for it; without one it is you.", number=True)
    version = version_field()


@page()
def programmes(request: HttpRequest, ctx: Context) -> HttpResponse:
    """All programmes that one may see, with how their projects stand."""
    found = queries.programmes(ctx, cursor=request.GET.get("cursor", ""))
    total = len(queries.programme_names(ctx))
    colours = {row.line.key: row.health for row in portfolio.chosen(ctx)} if found.items else {}
    values = {
        **frame_of(request, ctx, Asked()),
        "rows": [(row, _told(row.projects, colours)) for row in found.items],
        "may_add": may(ctx, "programme.add"),
        "answer": count(total, "programme") + "." if total else "",
        "total": total,
        **pages_in(request, found.next),
    }
    return show(request, ctx, "programme/programmes.html", values)


def _told(keys: Sequence[str], colours: dict[str, Health | None]) -> str:
    """'4 projects: 1 red, 2 amber'."""
    counted = [
        f"{amount} {colour.word.lower()}"
        for colour in (Health.RED, Health.AMBER)
        for amount in (sum(1 for key in keys if colours.get(key) is colour),)
        if amount
    ]
    return count(len(keys), "project") + (f": {', '.join(counted)}" if counted else "")


@page()
def programme(request: HttpRequest, ctx: Context, programme: int) -> HttpResponse:
    """One programme: how its projects stand, what comes next, what ties them, their gravest risks."""
    found = queries.programme(ctx, programme=programme)
    locale = locale_of(request)
    given = Asked(programme=found.id)
    stood = portfolio.standings(ctx, programme=found.id, sort=Sort.HEALTH, limit=_MOST)
    today = ctx.now.date()
    ahead = across.milestones(ctx, first=today, last=today + timedelta(days=_AHEAD), programme=found.id)
    inside = {row.id for row in found.projects}
    values: dict[str, Any] = {
        "found": found,
        "answer": answer(stood.whole, locale, narrowed=False),
        "heads": [COLUMNS[name] for name in _COLUMNS],
        "lines": [(row, drawn(cells(row, _COLUMNS, locale))) for row in stood.items],
        "sums": _sums(stood.items, found, locale),
        "milestones": [item for item in ahead.items if not item.reached][:_MILESTONES],
        "risks": gravest_risks(ctx, list(inside), most=_RISKS),
        "addable": [line for line in lines_inside(ctx) if line.id not in inside] if found.may_change else [],
        "grid": given.address(reverse("portfolio")),
        "gantt": given.address(reverse("portfolio-gantt")),
        "calendar": given.address(reverse("portfolio-calendar")),
    }
    return show(request, ctx, "programme/programme.html", values, crumbs=_crumbs(found.name))


def _sums(rows: Sequence[Standing], found: ProgrammeDetail, locale: Any) -> list[tuple[str, str, str, Source]]:
    """Hours of all projects whose budgets the reader may see, with their source."""
    seen = [row for row in rows if row.figures is not None and row.sees_budget]
    spent = [row.figures.spent for row in seen if row.figures is not None and row.figures.spent is not None]
    budgets = [row.figures.budget for row in seen if row.figures is not None and row.figures.budget is not None]
    records = f"{count(len(seen), 'project')} of {len(rows)}"
    href = f"{reverse('portfolio')}?programme={found.id}"
    sums = []
    for name, label, amounts in (("spent", "Spent", spent), ("budget", "Budget", budgets)):
        if amounts:
            source = Source(
                f"sum of “{label.lower()}” over the projects whose budgets you may see", (), None, records, href
            )
            sums.append((name, label, hours(sum(amounts, Decimal(0)), locale), source))
    return sums


def _crumbs(*names: str) -> tuple[Link, ...]:
    first = (Link("Portfolio", reverse("portfolio")), Link("Programmes", reverse("programmes")))
    return (*first, *(Link(name) for name in names))


@page("POST")
def new(request: HttpRequest, ctx: Context) -> HttpResponse:
    """Begin a programme."""
    _offered(ctx)
    form = _form(ctx, request.POST if request.method == "POST" else None, {})
    status = 200
    if request.method == "POST":
        done = attempt(
            form,
            lambda given: commands.add_programme(
                ctx, name=given["name"], objective=given["objective"], owner=given["owner"] or None
            ),
        )
        if done.done:
            say(request, "The programme is there. Put its projects in.")
            return redirect(reverse("programme", args=[done.result.id]))
        status = done.status
    values = {"form": form, "title": "New programme", "submit": "Begin the programme", "back": reverse("programmes")}
    return show(request, ctx, "programme/form.html", values, crumbs=_crumbs("New"), status=status)


def _offered(ctx: Context) -> None:
    if not may(ctx, "programme.add"):
        raise Denied("Your role does not allow this (begin a programme).")


def _may_own(row: PersonRow) -> bool:
    """Who signs in and works in the house: clients and guests see no programme."""
    return row.user_id is not None and row.org_role not in OUTSIDE_ROLES


def _form(ctx: Context, given: Any, initial: dict[str, Any]) -> ProgrammeForm:
    form = ProgrammeForm(given, initial=initial)
    crew = people.persons(ctx, active=True, limit=_MOST).items
    form.fields["owner"].choices = [  # type: ignore[attr-defined]
        CHOOSE,
        *((row.id, row.name) for row in crew if _may_own(row) or row.id == initial.get("owner")),
    ]
    return form


@page("POST")
def edit(request: HttpRequest, ctx: Context, programme: int) -> HttpResponse:
    """Change name, objective or owner."""
    found = queries.programme(ctx, programme=programme)
    _refuse_unless(found)
    stored = {
        "name": found.name,
        "objective": found.objective,
        "owner": found.owner_id or "",
        "version": found.version,
    }
    form = _form(ctx, request.POST if request.method == "POST" else None, stored)
    start_noted(form)
    back = reverse("programme", args=[found.id])
    values: dict[str, Any] = {"title": f"Change {found.name}", "submit": "Save the programme", "back": back}
    status = 200
    if request.method == "POST":
        done = attempt(
            form,
            lambda given: commands.edit_programme(
                started_from(ctx, given["version"]),
                programme=found.id,
                name=given["name"],
                objective=given["objective"],
                owner=given["owner"] or None,
            ),
            stored=stored,
        )
        if done.done:
            say(request, "Saved.")
            return redirect(back)
        status = done.status
        values["both"] = done.both
    values["form"] = form
    crumbs = (*_crumbs()[:2], Link(found.name, back), Link("Change"))
    return show(request, ctx, "programme/form.html", values, crumbs=crumbs, status=status)


def _refuse_unless(found: ProgrammeDetail) -> None:
    if not found.may_change:
        raise Denied("A programme is changed by its owner, who began it, and administrators.")


@act
def add_project(request: HttpRequest, ctx: Context, programme: int) -> HttpResponse:
    """Put a project in."""
    key = request.POST.get("project", "")[:64]
    return pressed(
        request,
        lambda: commands.add_project(ctx, programme=programme, project=key or "0"),
        done="The project is in the programme.",
        to=reverse("programme", args=[programme]),
    )


@act
def remove_project(request: HttpRequest, ctx: Context, programme: int, key: str) -> HttpResponse:
    """Take a project out."""
    return pressed(
        request,
        lambda: commands.remove_project(ctx, programme=programme, project=key),
        done="The project is no longer in the programme.",
        to=reverse("programme", args=[programme]),
    )


@act
def remove(request: HttpRequest, ctx: Context, programme: int) -> HttpResponse:
    """Remove a programme."""
    return pressed(
        request,
        lambda: commands.remove_programme(ctx, programme=programme),
        done="The programme is removed. Its projects stay.",
        to=reverse("programmes"),
    )

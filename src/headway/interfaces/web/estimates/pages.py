"""The pages of estimates that are read: the newest version, any one of them, its files."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from headway.areas.estimates import queries
from headway.areas.estimates.types import EstimateDetail, EstimateState
from headway.areas.estimates.wording import factor_words, numbered
from headway.areas.projects.types import Charter
from headway.areas.schedule.plan_rows import has_plan
from headway.interfaces.transfers import attachment
from headway.interfaces.web.context import locale_of
from headway.interfaces.web.estimates.figures import Figures
from headway.interfaces.web.estimates.forms import CalibrateForm
from headway.interfaces.web.frame import Fact, Link
from headway.interfaces.web.page import offered, page, show, warn, working_project
from headway.journeys.estimating import document
from headway.kernel.access import may
from headway.kernel.context import Context
from headway.kernel.errors import Unavailable

TONES = {EstimateState.DRAFT: "", EstimateState.APPROVED: "green", EstimateState.SUPERSEDED: ""}


@page()
def estimates(request: HttpRequest, ctx: Context, key: str) -> HttpResponse:
    """The newest version that is not superseded; without any, how to begin."""
    project = working_project(ctx, key)
    offered(ctx, "estimates.read", project)
    rows = queries.estimates(ctx, project=project.id)
    if not rows:
        return show(request, ctx, "estimates/none.html", {}, project=project, tab="estimate")
    standing = [row for row in rows if row.state is not EstimateState.SUPERSEDED]
    return _shown(request, ctx, project, (standing or list(rows))[0].number)


@page()
def estimate(request: HttpRequest, ctx: Context, key: str, number: int) -> HttpResponse:
    """One version: what it comes to, its lines, and what it rests on."""
    project = working_project(ctx, key)
    offered(ctx, "estimates.read", project)
    return _shown(request, ctx, project, number)


def _shown(request: HttpRequest, ctx: Context, project: Charter, number: int) -> HttpResponse:
    found = queries.estimate_of(ctx, project.id, number)
    locale = locale_of(request)
    draft = found.row.state is EstimateState.DRAFT
    writes = draft and may(ctx, "estimates.edit", project_id=project.id)
    came = queries.comparison(ctx, project=project.id)
    figures = Figures(project, found, locale)
    numbers = numbered([line.level for line in found.lines])
    values = {
        "found": found,
        "row": found.row,
        "tone": TONES[found.row.state],
        "answer": figures.answer,
        "figures": figures.all() if found.lines else (),
        "lines": list(zip(found.lines, numbers, strict=True)),
        "facts": _facts(found),
        "writes": writes,
        "approves": draft and may(ctx, "estimates.approve", project_id=project.id),
        "versions": [(row, TONES[row.state]) for row in queries.estimates(ctx, project=project.id)],
        "came": came,
        "factors": [
            (one, factor_words(one.factor)) for one in ((came.whole,) if came.whole else ()) + came.phases + came.roles
        ],
        "calibrate": CalibrateForm() if writes and came.whole is not None else None,
        "planned": has_plan(project.id),
        "worked": any(line.worked is not None for line in found.lines),
        "by_parts": (("Phase", found.phases), ("Role", found.roles)),
    }
    crumbs = (Link(found.row.ref),)
    return show(request, ctx, "estimates/estimate.html", values, project=project, tab="estimate", crumbs=crumbs)


def _facts(found: EstimateDetail) -> tuple[Fact, ...]:
    said = (
        ("Basis", found.basis.words if found.basis is not None else ""),
        ("Derived from", found.basis_note),
        ("Assumptions", _listed(found.assumptions, [(line.name, line.assumptions) for line in found.lines])),
        ("Exclusions", _listed(found.exclusions, [(line.name, line.exclusions) for line in found.lines])),
        ("Note of the approval", found.note),
    )
    return tuple(Fact(name, text) for name, text in said if text.strip())


def _listed(text: str, of_lines: list[tuple[str, str]]) -> str:
    own = [f"{name}: {said}" for name, said in of_lines if said.strip()]
    return "\n".join([*filter(None, [text.strip()]), *own])


@page()
def file(request: HttpRequest, ctx: Context, key: str, number: int, edition: str, form: str) -> HttpResponse:
    """The estimate, or its proposal table, as a file."""
    project = working_project(ctx, key)
    offered(ctx, "estimates.read", project)
    try:
        made = document(
            ctx, project=project, number=number, edition=edition, form=form, language=locale_of(request).language
        )
    except Unavailable as refusal:
        warn(request, refusal.message)
        return redirect(reverse("estimate", args=[key, number]))
    return attachment(made)

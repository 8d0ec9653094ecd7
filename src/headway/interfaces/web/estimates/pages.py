"""The pages of estimates that are read: the newest version, any one of them, its files."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from headway.areas.approvals.queries import of_subject
from headway.areas.approvals.types import ApprovalState, Vote
from headway.areas.estimates import queries
from headway.areas.estimates.approving import SUBJECT
from headway.areas.estimates.types import EstimateDetail, EstimateState
from headway.areas.estimates.wording import factor_words, numbered
from headway.areas.projects.queries import my_person_id
from headway.areas.projects.types import Charter
from headway.areas.schedule.plan_rows import has_plan
from headway.interfaces.transfers import attachment
from headway.interfaces.web.context import locale_of
from headway.interfaces.web.estimates.figures import Figures
from headway.interfaces.web.estimates.forms import CalibrateForm
from headway.interfaces.web.frame import Fact, Link
from headway.interfaces.web.page import offered, page, pages_in, show, warn, working_project
from headway.interfaces.web.reports.states import listed
from headway.journeys.estimating import document
from headway.kernel.access import may
from headway.kernel.context import Context
from headway.kernel.errors import Unavailable

TONES = {
    EstimateState.DRAFT: "",
    EstimateState.ASKED: "amber",
    EstimateState.APPROVED: "green",
    EstimateState.SUPERSEDED: "",
}


@page()
def estimates(request: HttpRequest, ctx: Context, key: str) -> HttpResponse:
    """The newest version that is not superseded; without any, how to begin."""
    project = working_project(ctx, key)
    offered(ctx, "estimates.read", project)
    number = queries.standing_number(ctx, project.id)
    if number is None:
        return show(request, ctx, "estimates/none.html", {}, project=project, tab="estimate")
    return _shown(request, ctx, project, number)


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
    versions = queries.estimates(ctx, project=project.id, cursor=request.GET.get("cursor", ""))
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
        "asked": _asked(found, my_person_id(ctx)),
        "versions": [(row, TONES[row.state]) for row in versions.items],
        **pages_in(request, versions.next),
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


@dataclass(frozen=True, slots=True)
class Asked:
    """The newest request for approval of an estimate: it waits, or it was refused and why.

    waits_for  names of those who have not answered. mine: whether this person is one of them.
    """

    id: int
    waits_for: str
    mine: bool
    refused_by: str
    reason: str


def _asked(found: EstimateDetail, me: int | None) -> Asked | None:
    """What is to be said of the approval of a draft; None = nothing."""
    row = of_subject(SUBJECT, found.row.id)
    if row is None or found.row.state not in (EstimateState.DRAFT, EstimateState.ASKED):
        return None
    open_ = [vote for vote in row.votes if vote.vote is None] if row.state is ApprovalState.PENDING else []
    refused = [vote for vote in row.votes if vote.vote is Vote.REJECT]
    if not open_ and not refused:
        return None
    return Asked(
        row.id,
        listed(tuple(vote.name for vote in open_)),
        any(vote.person_id == me for vote in open_),
        listed(tuple(vote.name for vote in refused)),
        "; ".join(vote.reason for vote in refused),
    )


def _facts(found: EstimateDetail) -> tuple[Fact, ...]:
    said = (
        ("Basis", found.basis.words if found.basis is not None else ""),
        ("Derived from", found.basis_note),
        ("Assumptions", _listed(found.assumptions, [(line.name, line.assumptions) for line in found.lines])),
        ("Exclusions", _listed(found.exclusions, [(line.name, line.exclusions) for line in found.lines])),
        ("Sent with the note", found.note),
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

"""What is done with an estimate: a new version, what it states, calibration, approval, the way into the plan."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from headway.areas.estimates import approving, commands, placing, queries
from headway.areas.estimates.types import Basis, CalibrateBy, EstimateDetail, EstimateRow, PlanBy, PlanOrder
from headway.areas.method.templates import choices, ready_choices
from headway.areas.projects import queries as projects
from headway.areas.projects.types import Charter
from headway.areas.schedule.plan_rows import has_plan
from headway.engine.estimating import Together
from headway.engine.statistics import EstimateClass
from headway.interfaces.web.estimates.forms import (
    COPY,
    PLAN,
    TEMPLATE,
    AboutForm,
    AskForm,
    CalibrateForm,
    NewForm,
    PlanForm,
)
from headway.interfaces.web.frame import Link
from headway.interfaces.web.page import act, offered, page, say, show, warn, working_project
from headway.interfaces.web.reports.asking import approvers_among
from headway.interfaces.web.submitting import Both, attempt, pressed, start_noted, started_from
from headway.journeys.estimating import take_template
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, Invalid, NotFound


def address_of(project: Charter, row: EstimateRow) -> str:
    """An estimate's page."""
    return reverse("estimate", args=[project.key, row.number])


@page("POST")
def new(request: HttpRequest, ctx: Context, key: str) -> HttpResponse:
    """Begin a version: empty, as a copy, from the plan or from a template."""
    project = working_project(ctx, key)
    offered(ctx, "estimates.edit", project)
    versions = queries.estimates(ctx, project=project.id, limit=3).items
    templates = [*choices(ctx), *ready_choices()]
    begin = request.GET.get("begin", "")
    form = NewForm(versions, has_plan(project.id), templates, request.POST or None, initial={"begin": begin})
    status, back = 200, reverse("estimates", args=[key])
    if request.method == "POST":
        done = attempt(form, lambda given: _begun(request, ctx, project, versions, given))
        if done.done:
            row = done.result.row
            say(request, f"{row.ref} is begun with {row.lines} {'line' if row.lines == 1 else 'lines'}.")
            return redirect(
                address_of(project, row) if row.lines else reverse("estimate-lines", args=[key, row.number])
            )
        status = done.status
    values = {
        "form": form,
        "title": "New estimate",
        "intro": "Lines with optimistic, most likely and pessimistic hours or amounts. Earlier versions stay.",
        "submit": "Begin the estimate",
        "back": back,
    }
    crumbs = (Link("New estimate"),)
    return show(
        request, ctx, "projects/form.html", values, project=project, tab="estimate", crumbs=crumbs, status=status
    )


def _begun(
    request: HttpRequest, ctx: Context, project: Charter, versions: tuple[EstimateRow, ...], given: dict[str, Any]
) -> EstimateDetail:
    """The new version with its lines; it stays without them where the plan or template gives none."""
    begin = given["begin"]
    copied = next((row.id for row in versions if begin == f"{COPY}{row.number}"), None)
    kind = EstimateClass(given["kind"])
    made = commands.add_estimate(ctx, project=project.id, title=given["title"], kind=kind, copy_of=copied)
    if copied is not None and made.row.kind is not kind:
        made = commands.edit_estimate(ctx, estimate=made.row.id, kind=kind)
    try:
        if begin == PLAN:
            return commands.take_plan(ctx, estimate=made.row.id)
        if begin.startswith(TEMPLATE):
            return take_template(ctx, estimate=made.row.id, template=begin.removeprefix(TEMPLATE))
    except (Invalid, Conflict, NotFound) as refusal:
        warn(request, refusal.message)
    return made


@page("POST")
def about(request: HttpRequest, ctx: Context, key: str, number: int) -> HttpResponse:
    """What the estimate states: class, basis, validity, assumptions, exclusions."""
    project = working_project(ctx, key)
    offered(ctx, "estimates.edit", project)
    found = queries.estimate_of(ctx, project.id, number)
    stored = {
        "title": found.row.title,
        "kind": found.row.kind.value,
        "basis": found.basis.value if found.basis is not None else "",
        "basis_note": found.basis_note,
        "valid_until": found.row.valid_until,
        "assumptions": found.assumptions,
        "exclusions": found.exclusions,
        "together": found.together.value,
        "version": found.row.version,
    }
    form = AboutForm(request.POST or None, initial=stored)
    start_noted(form)
    status, back = 200, address_of(project, found.row)
    both: tuple[Both, ...] = ()
    if request.method == "POST":
        done = attempt(form, lambda given: _stated(ctx, found, given), stored=stored)
        if done.done:
            say(request, f"{found.row.ref} is saved.")
            return redirect(back)
        status, both = done.status, done.both
    values = {"form": form, "title": f"What {found.row.ref} states", "submit": "Save", "back": back, "both": both}
    return _form(request, ctx, project, found, values, status)


def _stated(ctx: Context, found: EstimateDetail, given: dict[str, Any]) -> EstimateDetail:
    version = given.pop("version")
    clear = tuple(name for name in ("basis", "valid_until") if not given[name])
    values = {name: value for name, value in given.items() if name not in clear}
    for name, read in (("kind", EstimateClass), ("basis", Basis), ("together", Together)):
        if name in values:
            values[name] = read(values[name])
    changed: EstimateDetail = commands.edit_estimate(
        started_from(ctx, version), estimate=found.row.id, clear=clear, **values
    )
    return changed


def _form(
    request: HttpRequest, ctx: Context, project: Charter, found: EstimateDetail, values: dict[str, Any], status: int
) -> HttpResponse:
    crumbs = (Link(found.row.ref, address_of(project, found.row)), Link(values["title"]))
    return show(
        request, ctx, "projects/form.html", values, project=project, tab="estimate", crumbs=crumbs, status=status
    )


@page("POST")
def ask(request: HttpRequest, ctx: Context, key: str, number: int) -> HttpResponse:
    """Send the estimate for approval as it stands."""
    project = working_project(ctx, key)
    offered(ctx, "estimates.edit", project)
    found = queries.estimate_of(ctx, project.id, number)
    who = approvers_among(ctx, projects.members(ctx, project=project.id), clients=False)
    form = AskForm(who, request.POST or None)
    status, back = 200, address_of(project, found.row)
    if request.method == "POST":
        done = attempt(
            form,
            lambda given: approving.ask_estimate(
                ctx,
                estimate=found.row.id,
                approvers=tuple(given["approvers"]),
                note=given["note"],
                due=given["due"],
            ),
        )
        if done.done:
            say(request, f"{found.row.ref} is sent for approval. It stands in the approvals of those who are asked.")
            return redirect(back)
        status = done.status
    values = {
        "form": form,
        "title": f"Send {found.row.ref} for approval",
        "intro": "Its lines, rates and contingency are frozen as they stand now. Once it is approved, the version "
        "approved before is superseded.",
        "submit": "Send for approval",
        "back": back,
    }
    return _form(request, ctx, project, found, values, status)


@act
def recall(request: HttpRequest, ctx: Context, key: str, number: int) -> HttpResponse:
    """Take it back from approval, to change it."""
    found, to = _of(ctx, key, number)
    return pressed(
        request,
        lambda: approving.recall_estimate(ctx, estimate=found.row.id),
        done=f"{found.row.ref} is a draft again.",
        to=to,
    )


@act
def from_plan(request: HttpRequest, ctx: Context, key: str, number: int) -> HttpResponse:
    """Bring rows of the plan in that it does not hold yet."""
    found, to = _of(ctx, key, number)
    return pressed(
        request,
        lambda: commands.take_plan(ctx, estimate=found.row.id),
        done="The rows of the plan are in it.",
        to=to,
    )


@act
def rates(request: HttpRequest, ctx: Context, key: str, number: int) -> HttpResponse:
    """Copy today's rates onto its lines."""
    found, to = _of(ctx, key, number)
    return pressed(
        request,
        lambda: commands.refresh_rates(ctx, estimate=found.row.id),
        done="Its lines have the rates of today; typed ones stay.",
        to=to,
    )


@act
def calibration(request: HttpRequest, ctx: Context, key: str, number: int) -> HttpResponse:
    """Scale its hours by finished work, or take that back."""
    found, to = _of(ctx, key, number)
    form = CalibrateForm(request.POST)
    by = CalibrateBy(form.cleaned_data["by"]) if form.is_valid() else None
    said = "Hours are scaled by finished work." if by is not None else "Hours are as estimated again."
    return pressed(request, lambda: commands.calibrate(ctx, estimate=found.row.id, by=by), done=said, to=to)


@act
def remove(request: HttpRequest, ctx: Context, key: str, number: int) -> HttpResponse:
    """Take a draft away."""
    found, _ = _of(ctx, key, number)
    return pressed(
        request,
        lambda: commands.remove_estimate(ctx, estimate=found.row.id),
        done=f"{found.row.ref} is gone.",
        to=reverse("estimates", args=[key]),
    )


def _of(ctx: Context, key: str, number: int) -> tuple[EstimateDetail, str]:
    project = working_project(ctx, key)
    offered(ctx, "estimates.edit", project)
    found = queries.estimate_of(ctx, project.id, number)
    return found, address_of(project, found.row)


@page("POST")
def plan(request: HttpRequest, ctx: Context, key: str, number: int) -> HttpResponse:
    """Make tasks of its lines: the effect first, then one press."""
    project = working_project(ctx, key)
    offered(ctx, "estimates.plan", project)
    found = queries.estimate_of(ctx, project.id, number)
    first = {"by": PlanBy.EXPECTED.value, "order": PlanOrder.IN_SEQUENCE.value}
    given = request.POST if request.method == "POST" else request.GET
    form = PlanForm(given if "by" in given else first)
    effect, refused, status = None, "", 200
    planned = has_plan(project.id)
    if planned and form.is_valid():
        by, order = PlanBy(form.cleaned_data["by"]), PlanOrder(form.cleaned_data["order"])
        try:
            effect = placing.into_plan(
                ctx.but(dry_run=request.method != "POST"), estimate=found.row.id, by=by, order=order
            )
        except (Invalid, Conflict, NotFound) as refusal:
            refused, status = refusal.message, refusal.status
        if effect is not None and request.method == "POST":
            say(request, f"{found.row.ref} is in the plan. {effect.sentence} Undo takes it back.")
            return redirect(reverse("plan", args=[key]))
    values = {
        "form": form,
        "found": found,
        "effect": effect,
        "fresh": len(effect.made) if effect is not None else 0,
        "refused": refused,
        "planned": planned,
    }
    crumbs = (Link(found.row.ref, address_of(project, found.row)), Link("Take it into the plan"))
    return show(
        request, ctx, "estimates/plan.html", values, project=project, tab="estimate", crumbs=crumbs, status=status
    )

"""What is done to a KPI by forms and buttons: defining it, its target, formula, baseline and notes."""

from __future__ import annotations

from typing import Any

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from headway.areas.metrics import commands as metrics
from headway.areas.metrics import queries, sampling, taking
from headway.areas.metrics.types import Direction, Formula, KpiDetail
from headway.areas.people.queries import persons
from headway.areas.projects import queries as projects
from headway.areas.projects.types import Charter
from headway.interfaces.web.frame import Link
from headway.interfaces.web.metrics.forms import (
    BaselineForm,
    DefineForm,
    EditForm,
    FormulaForm,
    NoteForm,
    TargetForm,
    started,
    target_now,
)
from headway.interfaces.web.metrics.one import framed, home_of
from headway.interfaces.web.page import act, page, say, show, warn, working_project
from headway.interfaces.web.projects.forms import owners
from headway.interfaces.web.submitting import Attempt, Choices, attempt, pressed, start_noted, started_from
from headway.kernel.access import may
from headway.kernel.context import Context
from headway.kernel.errors import Denied, NotFound

_MOST_OWNERS = 200


@page("POST")
def new(request: HttpRequest, ctx: Context) -> HttpResponse:
    """Define a KPI, of a project or of the house."""
    key = request.GET.get("project", "")
    project = working_project(ctx, key) if key else None
    _edits(ctx, project.id if project is not None else None)
    ready = [one for one in queries.sources(ctx) if one.of_house is (project is None)]
    if project is None and ctx.actor.org_role != "administrator":
        ready = []  # a figure over all projects is taken with all rights
    form = DefineForm(ready, _owners(ctx, project), request.POST or None)
    back, status = reverse("project-kpis", args=[key]) if project is not None else reverse("kpis"), 200
    if request.method == "POST":
        done = attempt(form, lambda _: metrics.define(ctx, project=project.id if project else None, **form.inputs()))
        if done.done:
            say(request, f"{done.result.row.ref} is defined. Enter its first samples.")
            return redirect(reverse("kpi", args=[done.result.row.id]))
        status = done.status
    values = {
        "form": form,
        "title": "Define a KPI",
        "intro": "Say what is measured, how, and what is wanted. Samples follow: typed, from files, or by themselves.",
        "submit": "Define the KPI",
        "back": back,
        "wide": True,
    }
    crumbs = (Link("New KPI"),) if project is not None else (Link("KPIs", back), Link("New KPI"))
    return show(request, ctx, "projects/form.html", values, project=project, tab="kpis", crumbs=crumbs, status=status)


def _edits(ctx: Context, project_id: int | None) -> None:
    if not may(ctx, "metrics.edit", project_id=project_id):
        raise Denied("Your role does not allow this (define KPIs, their targets and baselines).")


def _owners(ctx: Context, project: Charter | None) -> Choices:
    if project is not None:
        return owners(projects.members(ctx, project=project.id))
    return [(one.id, one.name) for one in persons(ctx, active=True, limit=_MOST_OWNERS).items]


def _of(ctx: Context, kpi: int) -> tuple[KpiDetail, Charter | None]:
    """A KPI that this person may change, with its project."""
    found: KpiDetail = queries.kpi(ctx, kpi=kpi)
    _edits(ctx, found.project_id)
    return found, home_of(ctx, found)


@page("POST")
def edit(request: HttpRequest, ctx: Context, kpi: int) -> HttpResponse:
    """Change what a KPI is called, whom it belongs to and when it is judged."""
    found, project = _of(ctx, kpi)
    stored = started(found)
    form = EditForm(_owners(ctx, project), request.POST or None, initial=stored)
    start_noted(form)

    def save(given: dict[str, Any]) -> Any:
        version = given.pop("version")
        emptied = [name for name in ("owner", "stale_minutes", "least", "most") if given[name] is None]
        kept = {name: value for name, value in given.items() if value is not None}
        return metrics.edit(started_from(ctx, version), kpi=kpi, clear=tuple(emptied), **kept)

    words = ("Change the KPI", "Name, owner and when it is judged. Formula and target have pages of their own.")
    return _form(request, ctx, found, project, form, save, words, "Save", stored=stored)


@page("POST")
def target(request: HttpRequest, ctx: Context, kpi: int) -> HttpResponse:
    """Set a target from a day on."""
    found, project = _of(ctx, kpi)
    form = TargetForm(request.POST or None, initial=target_now(found))

    def save(given: dict[str, Any]) -> Any:
        wanted = form.wanted()
        assert wanted is not None  # noqa: S101 - the form asks for it
        return metrics.set_target(
            started_from(ctx, given["version"]), kpi=kpi, target=wanted, since=given["since"], reason=given["reason"]
        )

    words = ("Set the target", "It counts for periods that begin on its day or later; earlier ones keep theirs.")
    return _form(request, ctx, found, project, form, save, words, "Set the target")


@page("POST")
def formula(request: HttpRequest, ctx: Context, kpi: int) -> HttpResponse:
    """Measure in another way from a period on."""
    found, project = _of(ctx, kpi)
    now = found.formula
    initial = {
        "formula": now.formula.value,
        "unit": now.unit,
        "direction": now.direction.value,
        "percentile": now.percentile,
        "promises": now.promises,
        "version": found.row.version,
    }
    form = FormulaForm(request.POST or None, initial=initial)

    def save(given: dict[str, Any]) -> Any:
        return metrics.change_formula(
            started_from(ctx, given["version"]),
            kpi=kpi,
            since=given["since"],
            reason=given["reason"],
            formula=Formula(given["formula"]),
            unit=given["unit"],
            direction=Direction(given["direction"]),
            percentile=given["percentile"],
            promises=given["promises"],
        )

    words = (
        "Change the formula",
        "The line breaks at that period: what came before is not compared with what follows.",
    )
    return _form(request, ctx, found, project, form, save, words, "Change the formula")


@page("POST")
def baseline(request: HttpRequest, ctx: Context, kpi: int) -> HttpResponse:
    """Declare the periods from which the limits are computed."""
    found, project = _of(ctx, kpi)
    names = [point.name for point in found.points]
    initial = {"first": names[0] if names else "", "last": names[-1] if names else "", "version": found.row.version}
    form = BaselineForm(request.POST or None, initial=initial)

    def save(given: dict[str, Any]) -> Any:
        version = given.pop("version")
        return metrics.declare_baseline(started_from(ctx, version), kpi=kpi, **given)

    words = (
        "Declare a baseline",
        "From these periods come the limits; a signal is a point outside, or eight on one side.",
    )
    return _form(request, ctx, found, project, form, save, words, "Declare the baseline")


@page("POST")
def note(request: HttpRequest, ctx: Context, kpi: int) -> HttpResponse:
    """Note what happened on a day."""
    found, project = _of(ctx, kpi)
    form = NoteForm(request.POST or None, initial={"day": ctx.now.date()})
    words = ("Add a note", "It stands beside the line on its day.")
    return _form(
        request, ctx, found, project, form, lambda given: metrics.annotate(ctx, kpi=kpi, **given), words, "Add"
    )


def _form(
    request: HttpRequest,
    ctx: Context,
    found: KpiDetail,
    project: Charter | None,
    form: Form,
    save: Any,
    words: tuple[str, str],
    submit: str,
    *,
    stored: dict[str, Any] | None = None,
) -> HttpResponse:
    back = reverse("kpi", args=[found.row.id])
    done = Attempt(False)
    if request.method == "POST":
        done = attempt(form, save, stored=stored)
        if done.done:
            say(request, f"{found.row.ref} is changed.")
            return redirect(back)
    values = {"form": form, "title": words[0], "intro": words[1], "submit": submit, "back": back, "both": done.both}
    return framed(request, ctx, "projects/form.html", values, found, project, below=words[0], status=done.status)


@act
def press(request: HttpRequest, ctx: Context, kpi: int, deed: str) -> HttpResponse:
    """Carry out what a single button asks for."""
    found: KpiDetail = queries.kpi(ctx, kpi=kpi)
    to, ref = reverse("kpi", args=[kpi]), found.row.ref
    number = request.POST.get("number", "")
    which = int(number) if number.isascii() and number.isdigit() and len(number) < 16 else 0
    deeds: dict[str, tuple[Any, str]] = {
        "take": (lambda: taking.take(ctx, kpi=kpi), f"A sample of {ref} is taken."),
        "retire": (lambda: metrics.retire(ctx, kpi=kpi), f"{ref} is retired; its history stays."),
        "take-up": (lambda: metrics.take_up(ctx, kpi=kpi), f"{ref} is in use again."),
        "remove-note": (lambda: metrics.remove_note(ctx, kpi=kpi, note=which), "The note is removed."),
    }
    if deed in deeds:
        do, said = deeds[deed]
        return pressed(request, do, done=said, to=to)
    if deed == "confirm":
        reason = request.POST.get("reason", "").strip()
        if not reason:
            warn(request, "Say why the samples are right.")
            return redirect(to)
        return pressed(request, lambda: sampling.confirm(ctx, kpi=kpi, reason=reason), done="Confirmed.", to=to)
    if deed == "undo-file":
        return pressed(
            request, lambda: sampling.undo_import(ctx, kpi=kpi, batch=which), done="The file is taken back.", to=to
        )
    raise NotFound("There is nothing here.")

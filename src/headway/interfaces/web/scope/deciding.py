"""The decision on a change request and what follows; its impacts; the log over all projects."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from headway.areas.approvals.types import ApprovalRow
from headway.areas.projects import queries as projects
from headway.areas.projects.types import Charter
from headway.areas.scope import deciding, impacts, requests
from headway.areas.scope.types import BEFORE_DECISION, ImpactRow, RequestDetail, RequestState
from headway.interfaces.web.context import locale_of
from headway.interfaces.web.frame import Link
from headway.interfaces.web.page import act, offered, page, pages_in, say, show, working_project
from headway.interfaces.web.projects.forms import owners
from headway.interfaces.web.reports.asking import approvers_among
from headway.interfaces.web.scope.changes import TONES, above, address_of, first_answer
from headway.interfaces.web.scope.forms import DecisionForm, DeferForm, ImpactForm, WithdrawForm
from headway.interfaces.web.scope.options import compute_effects
from headway.interfaces.web.submitting import Both, attempt, pressed, start_noted, started_from
from headway.journeys import impact as journey
from headway.kernel.context import Context
from headway.kernel.errors import NotFound


def _found(ctx: Context, key: str, number: int, permission: str = "scope.edit") -> tuple[Charter, RequestDetail]:
    project = working_project(ctx, key)
    offered(ctx, permission, project)
    return project, requests.request_of(ctx, project.id, number)


@page("POST")
def ask(request: HttpRequest, ctx: Context, key: str, number: int) -> HttpResponse:
    """Ask for a decision on one option; effects that are old or missing can be computed here."""
    project, found = _found(ctx, key, number)
    who = approvers_among(ctx, projects.members(ctx, project=project.id), clients=True)
    recommended = next((one for one in found.options if one.recommended), None)
    recommended = recommended or next((one for one in found.options if not one.nothing), None)
    initial = {
        "option": recommended.id if recommended is not None else None,
        "recommendation": found.recommendation,
        "dissent": found.dissent,
        "due": found.row.decide_by,
    }
    form = DecisionForm(found.options, who, request.POST or None, initial=initial)
    back, status = address_of(project, found.row), 200
    if "compute" in request.POST:
        if compute_effects(request, ctx, found):
            found = requests.request_of(ctx, project.id, number)
            told = first_answer(found, locale_of(request))
            say(request, f"The effects are computed from the plan as it is now. {told}")
        form = DecisionForm(found.options, who, initial={field.name: field.data for field in form})
    elif request.method == "POST":
        done = attempt(form, lambda given: _ask(ctx, found, given))
        if done.done:
            say(request, f"{found.row.ref} waits for a decision.")
            return redirect(back)
        status = done.status
    values = {"form": form, "title": "Ask for a decision", "back": back, "old": _old(found)}
    crumbs = (*above(project), Link(found.row.ref, back), Link("Ask for a decision"))
    return show(request, ctx, "scope/ask.html", values, project=project, tab="scope", crumbs=crumbs, status=status)


def _ask(ctx: Context, found: RequestDetail, given: dict[str, Any]) -> ApprovalRow:
    values = {**given, "approvers": tuple(given["approvers"])}
    asked: ApprovalRow = deciding.ask_for_decision(ctx, change=found.row.id, **values)
    return asked


def _old(found: RequestDetail) -> str:
    """Why nobody can decide on the effects as they are; '' = they hold, or there is nothing to compute."""
    if found.row.state not in BEFORE_DECISION or all(option.nothing for option in found.options):
        return ""
    if any(option.effect is None for option in found.options):
        return "Not all effects are computed yet."
    return next((option.stale for option in found.options if option.stale), "")


def _filled(
    request: HttpRequest,
    ctx: Context,
    project: Charter,
    found: RequestDetail,
    form: forms.Form,
    do: Callable[[dict[str, Any]], object],
    *,
    title: str,
    submit: str,
    done: str,
) -> HttpResponse:
    """A form about a change request, and what becomes of it once it is sent."""
    back, status = address_of(project, found.row), 200
    if request.method == "POST":
        tried = attempt(form, do)
        if tried.done:
            say(request, done)
            return redirect(back)
        status = tried.status
    values = {"form": form, "title": title, "intro": "", "submit": submit, "back": back, "both": ()}
    crumbs = (*above(project), Link(found.row.ref, back), Link(title))
    return show(request, ctx, "projects/form.html", values, project=project, tab="scope", crumbs=crumbs, status=status)


@act
def recall(request: HttpRequest, ctx: Context, key: str, number: int) -> HttpResponse:
    """Take a request back from decision."""
    project, found = _found(ctx, key, number)
    return pressed(
        request,
        lambda: deciding.recall(ctx, change=found.row.id),
        done=f"{found.row.ref} is back; nobody is asked any more.",
        to=address_of(project, found.row),
    )


@page("POST")
def defer(request: HttpRequest, ctx: Context, key: str, number: int) -> HttpResponse:
    """Put the decision off."""
    project, found = _found(ctx, key, number)
    return _filled(
        request,
        ctx,
        project,
        found,
        DeferForm(request.POST or None),
        lambda given: deciding.defer(ctx, change=found.row.id, **given),
        title=f"Put {found.row.ref} off",
        submit="Put it off",
        done=f"{found.row.ref} is put off.",
    )


@page("POST")
def withdraw(request: HttpRequest, ctx: Context, key: str, number: int) -> HttpResponse:
    """Close a request that nobody asks for any more."""
    project, found = _found(ctx, key, number)
    return _filled(
        request,
        ctx,
        project,
        found,
        WithdrawForm(request.POST or None),
        lambda given: deciding.withdraw(ctx, change=found.row.id, **given),
        title=f"Withdraw {found.row.ref}",
        submit="Withdraw it",
        done=f"{found.row.ref} is withdrawn. It stays in the log.",
    )


@act
def carry_out(request: HttpRequest, ctx: Context, key: str, number: int) -> HttpResponse:
    """Do the approved option to the plan."""
    project, found = _found(ctx, key, number, "scope.carry_out")
    return pressed(
        request,
        lambda: journey.carry_out(ctx, change=found.row.id),
        done=f"{found.row.ref} is carried out. It is one entry of the plan's undo list.",
        to=address_of(project, found.row),
    )


@act
def take_back(request: HttpRequest, ctx: Context, key: str, number: int) -> HttpResponse:
    """Undo what was carried out."""
    project, found = _found(ctx, key, number, "scope.carry_out")
    return pressed(
        request,
        lambda: journey.take_back(ctx, change=found.row.id),
        done=f"{found.row.ref} is taken back, in the plan and in the budget. Its approval stands.",
        to=address_of(project, found.row),
    )


# --- impacts ---------------------------------------------------------------------------------------------


@page("POST")
def impact_new(request: HttpRequest, ctx: Context, key: str, number: int) -> HttpResponse:
    """Say what a change means for a group."""
    project, found = _found(ctx, key, number)
    return _filled(
        request,
        ctx,
        project,
        found,
        ImpactForm(owners(projects.members(ctx, project=project.id)), request.POST or None),
        lambda given: impacts.add_impact(
            ctx, change=found.row.id, **{name: value for name, value in given.items() if name != "version"}
        ),
        title=f"Impact of {found.row.ref}",
        submit="Add the impact",
        done="The impact is entered; its score is computed.",
    )


@page("POST")
def impact_edit(request: HttpRequest, ctx: Context, key: str, number: int, impact: int) -> HttpResponse:
    """Change what is said of an impact, or take it off."""
    project, found = _found(ctx, key, number)
    row = next((one for one in found.impacts if one.id == impact), None)
    if row is None:
        raise NotFound("There is nothing here.")
    stored = _stored(row)
    form = ImpactForm(owners(projects.members(ctx, project=project.id)), request.POST or None, initial=stored)
    start_noted(form)
    back, status = address_of(project, found.row), 200
    both: tuple[Both, ...] = ()
    if request.method == "POST":
        done = attempt(form, lambda given: _save(ctx, row, given), stored=stored)
        if done.done:
            say(request, "The impact is saved.")
            return redirect(back)
        status, both = done.status, done.both
    values = {"form": form, "title": f"{row.area.word}: {row.group}", "row": row, "found": found, "both": both}
    values["back"] = back
    crumbs = (*above(project), Link(found.row.ref, back), Link("Impact"))
    return show(request, ctx, "scope/impact.html", values, project=project, tab="scope", crumbs=crumbs, status=status)


def _stored(row: ImpactRow) -> dict[str, Any]:
    names = ("group", "group_size", "reached", "severity", "residual_severity", "likelihood", "description")
    more = ("mitigation", "due", "onset", "lasts", "reversible", "version")
    return {name: getattr(row, name) for name in (*names, *more)} | {
        "area": row.area.value,
        "confidence": row.confidence.value,
        "owner": row.owner_id,
    }


def _save(ctx: Context, row: ImpactRow, given: dict[str, Any]) -> ImpactRow:
    version = given.pop("version")
    emptied = tuple(name for name in ("owner", "due", "onset") if given.get(name) is None)
    kept = {name: value for name, value in given.items() if value is not None}
    saved: ImpactRow = impacts.edit_impact(started_from(ctx, version), impact=row.id, clear=emptied, **kept)
    return saved


@act
def impact_remove(request: HttpRequest, ctx: Context, key: str, number: int, impact: int) -> HttpResponse:
    """Take an impact off."""
    project, found = _found(ctx, key, number)
    if all(one.id != impact for one in found.impacts):
        raise NotFound("There is nothing here.")
    return pressed(
        request,
        lambda: impacts.remove_impact(ctx, impact=impact),
        done="The impact is gone.",
        to=address_of(project, found.row),
    )


# --- the log over all projects ---------------------------------------------------------------------------


@page()
def log(request: HttpRequest, ctx: Context) -> HttpResponse:
    """Change requests of all one's projects: forecast, decision, outcome; and what each group takes on by month."""
    states = {state.value: state for state in RequestState}
    wanted = states.get(request.GET.get("state", ""))
    search = request.GET.get("q", "")[:200]
    found = requests.change_log(ctx, search=search, state=wanted, cursor=request.GET.get("cursor", ""), limit=50)
    first = not request.GET.get("cursor")
    values = {
        "rows": [(row, TONES[row.row.state]) for row in found.items],
        "states": tuple(RequestState),
        "state": wanted,
        "search": search,
        "saturation": requests.saturation(ctx)[:30] if first and not search and wanted is None else (),
        "filtered": bool(search or wanted),
        **pages_in(request, found.next),
    }
    return show(request, ctx, "scope/log.html", values, crumbs=(Link("Projects", reverse("projects")), Link("Changes")))

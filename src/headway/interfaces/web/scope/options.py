"""Options of a change request: adding and changing them, what each does to the plan, computing their effects."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from headway.areas.projects.queries import risks
from headway.areas.projects.types import Charter, State
from headway.areas.schedule.queries import has_plan
from headway.areas.schedule.rows import numbered_rows
from headway.areas.scope import option_risks, options, requests
from headway.areas.scope.types import OptionRow, RequestDetail
from headway.interfaces.web.frame import Link
from headway.interfaces.web.page import act, offered, page, say, show, warn, working_project
from headway.interfaces.web.scope.changes import above, address_of, option_of
from headway.interfaces.web.scope.forms import ASKS, ROWS_LIST, OptionForm, OptionRiskForm, StepForm, option_values
from headway.interfaces.web.submitting import Both, attempt, pressed, start_noted, started_from
from headway.journeys.impact import assess
from headway.kernel.context import Context
from headway.kernel.errors import HeadwayError, NotFound

_MOST_OFFERED = 500  # rows that a field offers while one types
_WAYS = {way.value.replace(" ", "-"): way for way in ASKS}


def _found(ctx: Context, key: str, number: int) -> tuple[Charter, RequestDetail]:
    project = working_project(ctx, key)
    offered(ctx, "scope.edit", project)
    return project, requests.request_of(ctx, project.id, number)


def _option(found: RequestDetail, number: int) -> OptionRow:
    option = option_of(found, number)
    if option is None:
        raise NotFound("There is nothing here.")
    return option


@page("POST")
def new(request: HttpRequest, ctx: Context, key: str, number: int) -> HttpResponse:
    """Another way of dealing with a request."""
    project, found = _found(ctx, key, number)
    form = OptionForm(request.POST or None)
    back, status = address_of(project, found.row), 200
    if request.method == "POST":
        done = attempt(form, lambda given: _add(ctx, found, given))
        if done.done:
            say(request, f"Option {done.result.number} is there. Say what it does to the plan.")
            return redirect(f"{back}#option-{done.result.number}")
        status = done.status
    values = {
        "form": form,
        "title": f"Another option of {found.row.ref}",
        "intro": "What it does to the plan is added step by step, once it is there.",
        "submit": "Add the option",
        "back": back,
    }
    crumbs = (*above(project), Link(found.row.ref, back), Link("New option"))
    return show(request, ctx, "projects/form.html", values, project=project, tab="scope", crumbs=crumbs, status=status)


def _add(ctx: Context, found: RequestDetail, given: dict[str, Any]) -> OptionRow:
    values = {name: value for name, value in given.items() if name != "version"}
    row: OptionRow = options.add_option(ctx, change=found.row.id, **values)
    return row


@page("POST")
def edit(request: HttpRequest, ctx: Context, key: str, number: int, option: int) -> HttpResponse:
    """Change an option, or take it off."""
    project, found = _found(ctx, key, number)
    row = _option(found, option)
    stored = dict(option_values(row))
    form = OptionForm(request.POST or None, initial=stored)
    if row.nothing:
        for name in ("hours", "one_off"):
            del form.fields[name]
    start_noted(form)
    back, status = address_of(project, found.row), 200
    both: tuple[Both, ...] = ()
    if request.method == "POST":
        done = attempt(form, lambda given: _change(ctx, row, given), stored=stored)
        if done.done:
            say(request, f"Option {row.number} is saved.")
            return redirect(back)
        status, both = done.status, done.both
    values = {"form": form, "title": f"Option {row.number}: {row.name}", "option": row, "back": back, "both": both}
    values["found"] = found
    crumbs = (*above(project), Link(found.row.ref, back), Link(f"Option {row.number}"))
    return show(request, ctx, "scope/option.html", values, project=project, tab="scope", crumbs=crumbs, status=status)


def _change(ctx: Context, row: OptionRow, given: dict[str, Any]) -> OptionRow:
    version = given.pop("version")
    changed: OptionRow = options.edit_option(started_from(ctx, version), option=row.id, **given)
    return changed


@page("POST")
def risk_new(request: HttpRequest, ctx: Context, key: str, number: int, option: int) -> HttpResponse:
    """A risk that an option brings, of the register or entered there."""
    project, found = _found(ctx, key, number)
    row = _option(found, option)
    held = {one.id for one in row.register}
    offered_risks = [
        (one.id, f"{one.ref} {one.title} ({one.exposure})")
        for one in risks(ctx, project=project.id, state=State.OPEN)
        if one.id not in held
    ]
    form = OptionRiskForm(offered_risks, request.POST or None)
    back, status = address_of(project, found.row), 200
    if request.method == "POST":
        done = attempt(form, lambda given: option_risks.add_option_risk(ctx, option=row.id, **given))
        if done.done:
            say(request, f"Option {row.number} names the risk.")
            return redirect(f"{back}#option-{row.number}")
        status = done.status
    values = {
        "form": form,
        "title": f"A risk of option {row.number}",
        "intro": f"{row.name}. Choose a risk of the register, or enter a new one there.",
        "submit": "Name the risk",
        "back": back,
    }
    crumbs = (*above(project), Link(found.row.ref, back), Link("Risk"))
    return show(request, ctx, "projects/form.html", values, project=project, tab="scope", crumbs=crumbs, status=status)


@act
def risk_remove(request: HttpRequest, ctx: Context, key: str, number: int, option: int, risk: int) -> HttpResponse:
    """An option no longer brings a risk."""
    project, found = _found(ctx, key, number)
    row = _option(found, option)
    if all(one.id != risk for one in row.register):
        raise NotFound("There is nothing here.")
    return pressed(
        request,
        lambda: option_risks.remove_option_risk(ctx, option=row.id, risk=risk),
        done=f"Option {row.number} no longer names that risk. It stays in the register.",
        to=address_of(project, found.row),
    )


@act
def remove(request: HttpRequest, ctx: Context, key: str, number: int, option: int) -> HttpResponse:
    """Take an option off."""
    project, found = _found(ctx, key, number)
    row = _option(found, option)
    return pressed(
        request,
        lambda: options.remove_option(ctx, option=row.id),
        done=f"Option {row.number} is gone.",
        to=address_of(project, found.row),
    )


@page("POST")
def step(request: HttpRequest, ctx: Context, key: str, number: int, option: int, way: str) -> HttpResponse:
    """Let an option do one more thing to the plan; its effect is computed at once."""
    project, found = _found(ctx, key, number)
    row, chosen = _option(found, option), _WAYS.get(way)
    if chosen is None or row.nothing:
        raise NotFound("There is nothing here.")
    rows = numbered_rows(project.id)
    form = StepForm(chosen, rows, request.POST or None)
    back, status = address_of(project, found.row), 200
    if request.method == "POST":
        done = attempt(form, lambda given: options.add_step(ctx, option=row.id, way=chosen, **given))
        if done.done:
            say(request, f"Option {row.number}: {done.result.steps[-1].text}.")
            compute_effects(request, ctx, found)
            return redirect(back)
        status = done.status
    values = {
        "form": form,
        "title": f"{chosen.value.capitalize()}",
        "intro": f"Option {row.number} of {found.row.ref}: {row.name}. The plan itself stays as it is.",
        "submit": "Add to the option",
        "back": back,
        "planned": has_plan(project.id),
        "offered_rows": rows[:_MOST_OFFERED],
        "list_id": ROWS_LIST,
    }
    crumbs = (*above(project), Link(found.row.ref, back), Link(chosen.value.capitalize()))
    return show(request, ctx, "scope/step.html", values, project=project, tab="scope", crumbs=crumbs, status=status)


@act
def step_remove(request: HttpRequest, ctx: Context, key: str, number: int, option: int, place: int) -> HttpResponse:
    """Let an option no longer do one thing."""
    project, found = _found(ctx, key, number)
    row = _option(found, option)
    if not 1 <= place <= len(row.steps):
        raise NotFound("There is nothing here.")
    return pressed(
        request,
        lambda: options.remove_step(ctx, option=row.id, place=place),
        done=f"Option {row.number} does not do that any more. Compute the effects anew.",
        to=address_of(project, found.row),
    )


@act
def compute(request: HttpRequest, ctx: Context, key: str, number: int) -> HttpResponse:
    """Compute the effects of all options from the plan as it is now."""
    project, found = _found(ctx, key, number)
    if compute_effects(request, ctx, found):
        say(request, "The effects are computed from the plan as it is now.")
    return redirect(address_of(project, found.row) + "#options")


def compute_effects(request: HttpRequest, ctx: Context, found: RequestDetail) -> bool:
    """Compute them, or warn why not."""
    try:
        assess(ctx.but(), change=found.row.id)
    except HeadwayError as refusal:
        warn(request, refusal.message)
        return False
    return True

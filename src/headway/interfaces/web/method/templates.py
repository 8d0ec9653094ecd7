"""Project templates: the list, one with its dates before anything is made, what is made of it, and the house's own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from headway.areas.method import commands, queries
from headway.areas.method import templates as known
from headway.areas.method.types import RolePerson, RoleSeat, TemplatePreview, TemplateRow
from headway.areas.people import queries as people
from headway.areas.people.types import OrganisationKind, PersonRow, Role
from headway.areas.projects.queries import members
from headway.areas.projects.types import Charter
from headway.areas.schedule.queries import has_plan, tasks
from headway.interfaces.web.context import locale_of
from headway.interfaces.web.frame import Link
from headway.interfaces.web.method import preview as drawing
from headway.interfaces.web.page import act, offered, page, pages_in, say, show, working_project
from headway.interfaces.web.projects.forms import Named
from headway.interfaces.web.submitting import (
    attempt,
    day_of,
    one_of,
    pressed,
    started_from,
    text,
    version_field,
    words,
)
from headway.kernel.access import may
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, Invalid, NotFound

_MOST_ROWS = 200
_OUTSIDE = (Role.CLIENT.value, Role.GUEST.value)  # they do no work of the plan


class BeginForm(Named):
    """What a project begins with, beside what the template gives."""

    def __init__(
        self, clients: list[tuple[int, str]], found: TemplatePreview | None, crew: list[PersonRow], *args: Any
    ) -> None:
        super().__init__(*args)
        hint = "Leave open for an internal project." if clients else "No clients yet; they are added under Settings."
        self.fields["client"] = one_of("Client", clients, required=False, number=True, hint=hint)
        offered_people = [(row.id, row.name) for row in crew]
        for place, role in enumerate(found.roles if found else ()):
            self.fields[f"role-{place}"] = one_of(
                role.name, offered_people, required=False, number=True, hint=f"{role.about}; {role.hours:.0f} h"
            )

    def taken(self, found: TemplatePreview) -> tuple[RolePerson, ...]:
        """Who was chosen for which role."""
        chosen = [(role.name, self.cleaned_data.get(f"role-{place}")) for place, role in enumerate(found.roles)]
        return tuple(RolePerson(role, person) for role, person in chosen if person is not None)


@page()
def listing(request: HttpRequest, ctx: Context) -> HttpResponse:
    """What projects can begin with."""
    retired = request.GET.get("retired") == "1"
    found = queries.templates(ctx, retired=retired, cursor=request.GET.get("cursor", ""))
    values = {
        "own": [row for row in found.items if row.own],
        "ready": [row for row in found.items if not row.own],
        "retired": retired,
        "answer": _counted(found.own, len(known.ready_choices())),
        "total": found.own,
        **pages_in(request, found.next),
    }
    crumbs = (Link("Projects", reverse("projects")), Link("Templates"))
    return show(request, ctx, "method/templates.html", values, crumbs=crumbs)


def _counted(own: int, ready: int) -> str:
    said = f"{own} of your own" if own else "none of your own yet"
    return f"A project begins with a plan, roles, checklists, gates and risks: {ready} ready-made templates, {said}."


@page("POST")
def template(request: HttpRequest, ctx: Context, ref: str) -> HttpResponse:
    """A template with the dates it would give; begins a project with it."""
    given = request.POST if request.method == "POST" else request.GET
    starts_on, ends_on = day_of(given.get("starts_on")), day_of(given.get("ends_on"))
    if starts_on is None and ends_on is None:
        starts_on = _next_monday(ctx.now.date())
    taken = given.getlist("part")
    about = known.found(ctx, ref)
    left_out = tuple(name for name in about.body.parts if taken and name not in taken)
    found, refused = _previewed(ctx, ref, starts_on, ends_on, left_out)
    begins = may(ctx, "projects.create") and not about.row.retired
    form, status = None, 200
    if begins:
        form = _begin_form(ctx, found, request)
        if request.method == "POST":
            done = attempt(form, lambda said: _begun(ctx, ref, said, form, found, starts_on, ends_on, left_out))
            if done.done:
                say(request, done.result.sentence)
                return redirect(reverse("plan", args=[done.result.key]))
            status = done.status
    values = {
        "row": about.row,
        "found": found,
        "refused": refused,
        "rows": drawing.rows(found, locale_of(request)),
        "parts": [(name, name not in left_out) for name in about.body.parts],
        "starts_on": starts_on.isoformat() if starts_on and not ends_on else "",
        "ends_on": ends_on.isoformat() if ends_on else "",
        "form": form,
        "begins": begins,
        "edits": about.row.own and may(ctx, "method.edit_templates"),
    }
    crumbs = (Link("Projects", reverse("projects")), Link("Templates", reverse("templates")), Link(about.row.name))
    return show(request, ctx, "method/template.html", values, crumbs=crumbs, status=status)


def _next_monday(day: date) -> date:
    return day + timedelta(days=(7 - day.weekday()) % 7)


def _previewed(
    ctx: Context,
    ref: str,
    starts_on: date | None,
    ends_on: date | None,
    left_out: tuple[str, ...],
) -> tuple[TemplatePreview, str]:
    """The preview as asked for; the plain one, with the reason, where that is no plan."""
    try:
        asked = {"ends_on": ends_on} if ends_on is not None else {"starts_on": starts_on}
        return queries.preview(ctx, template=ref, without=left_out, **asked), ""
    except Invalid as refusal:
        return queries.preview(ctx, template=ref), refusal.message


def _crew(ctx: Context) -> list[PersonRow]:
    """Who can take a role: everybody but clients, guests and those who work for a client."""
    clients = {row.id for row in people.organisations(ctx, kind=OrganisationKind.CLIENT)}
    rows = people.persons(ctx, active=True, limit=200).items
    return [row for row in rows if row.org_role not in _OUTSIDE and row.organisation_id not in clients]


def _begin_form(ctx: Context, found: TemplatePreview, request: HttpRequest) -> BeginForm:
    clients = [(row.id, row.name) for row in people.organisations(ctx, kind=OrganisationKind.CLIENT)]
    return BeginForm(clients, found, _crew(ctx), request.POST if request.method == "POST" else None)


def _begun(
    ctx: Context,
    ref: str,
    said: dict[str, Any],
    form: BeginForm,
    found: TemplatePreview,
    starts_on: date | None,
    ends_on: date | None,
    left_out: tuple[str, ...],
) -> Any:
    return commands.begin(
        ctx,
        key=said["key"],
        name=said["name"],
        client=said["client"],
        template=ref,
        starts_on=None if ends_on else starts_on,
        ends_on=ends_on,
        people=form.taken(found),
        without=left_out,
    )


# --- the house's own -----------------------------------------------------------------------------


class EditForm(forms.Form):
    """What a template is called and for."""

    name = text("Name")
    about = words("What it is for", hint="For which projects, how long, how many people.")
    version = version_field()


def _own(ctx: Context, ref: str) -> tuple[TemplateRow, int]:
    """A template of the house's own and its number; ready-made ones are not changed."""
    row = queries.preview(ctx, template=ref).template
    if not row.own or not may(ctx, "method.edit_templates"):
        raise NotFound("There is nothing here.")
    return row, int(ref.removeprefix("T-"))


@page("POST")
def edit(request: HttpRequest, ctx: Context, ref: str) -> HttpResponse:
    """Change what a template is called and for."""
    row, number = _own(ctx, ref)
    stored = {"name": row.name, "about": row.about, "version": row.version}
    form = EditForm(request.POST or None, initial=stored)
    status = 200
    both: tuple[Any, ...] = ()
    if request.method == "POST":
        done = attempt(
            form,
            lambda given: commands.edit_template(
                started_from(ctx, given["version"]), template=number, name=given["name"], about=given["about"]
            ),
            stored=stored,
        )
        if done.done:
            say(request, "The template is saved.")
            return redirect(reverse("template", args=[ref]))
        status, both = done.status, done.both
    values = {
        "form": form,
        "both": both,
        "title": row.name,
        "intro": "Its plan comes from a project: save that project onto it to make the next edition.",
        "submit": "Save the template",
        "back": reverse("template", args=[ref]),
    }
    crumbs = (Link("Templates", reverse("templates")), Link(row.name, reverse("template", args=[ref])), Link("Change"))
    return show(request, ctx, "projects/form.html", values, crumbs=crumbs, status=status)


@act
def retire(request: HttpRequest, ctx: Context, ref: str) -> HttpResponse:
    """Offer a template no longer."""
    return _offering(request, ctx, ref, commands.retire_template, "“{}” is no longer offered.")


@act
def offer(request: HttpRequest, ctx: Context, ref: str) -> HttpResponse:
    """Offer a retired template again."""
    return _offering(request, ctx, ref, commands.offer_template, "“{}” is offered again.")


def _offering(request: HttpRequest, ctx: Context, ref: str, do: Callable[..., Any], said: str) -> HttpResponse:
    row, number = _own(ctx, ref)
    return pressed(request, lambda: do(ctx, template=number), done=said.format(row.name), to=reverse("templates"))


class SaveForm(forms.Form):
    """A project as a template."""

    name = text("Name of the template")
    about = words("What it is for", hint="For which projects, how long, how many people.")
    keep_gates = forms.BooleanField(label="Gates and their criteria", required=False, initial=True)
    keep_checklists = forms.BooleanField(label="Checklists", required=False, initial=True)
    keep_risks = forms.BooleanField(label="Open risks with their responses", required=False, initial=True)
    keep_assumptions = forms.BooleanField(label="Open assumptions", required=False, initial=True)
    keep_notes = forms.BooleanField(
        label="Notes of the tasks", required=False, help_text="Read them first: they may name people or the client."
    )

    def __init__(self, own: list[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        hint = "It then takes this name and becomes the template's next edition."
        self.fields["onto"] = one_of("In place of", own, required=False, hint=hint)
        self.order_fields(["name", "onto", "about"])


@page("POST")
def save(request: HttpRequest, ctx: Context, key: str) -> HttpResponse:
    """Save a project as a template."""
    project = _planned(ctx, key, "method.save_template")
    own = known.choices(ctx, retired=True)
    form = SaveForm(own, request.POST or None, initial={"name": project.name})
    status = 200
    if request.method == "POST":
        done = attempt(form, lambda given: commands.save_template(ctx, project=project.id, **given))
        if done.done:
            say(request, f"The template “{done.result.name}” is saved.")
            return redirect(reverse("template", args=[done.result.ref]))
        status = done.status
    values = {
        "form": form,
        "title": "Save as a template",
        "intro": "Structure, links, durations, work, roles and relative dates are kept. "
        "Progress, actual dates, hours, people and the client are not.",
        "submit": "Save the template",
        "back": reverse("method", args=[key]),
    }
    crumbs = (Link("Save as a template"),)
    return show(request, ctx, "projects/form.html", values, project=project, tab="method", crumbs=crumbs, status=status)


def _planned(ctx: Context, key: str, permission: str) -> Charter:
    project = working_project(ctx, key)
    offered(ctx, permission, project)
    if not has_plan(project.id):
        raise NotFound("There is nothing here.")
    return project


# --- a part into a plan --------------------------------------------------------------------------


@page("POST")
def part(request: HttpRequest, ctx: Context, key: str) -> HttpResponse:
    """Put a phase of a template into the plan: its effect first, then one press."""
    project = _planned(ctx, key, "method.plan_by_template")
    given = request.POST if request.method == "POST" else request.GET
    ref, name, after = given.get("template", ""), given.get("part", ""), given.get("after", "")
    inputs = {"project": project.id, "template": ref, "part": name, "after": int(after) if after.isdigit() else None}
    rows = [row for row in tasks(ctx, project=project.id, limit=_MOST_ROWS).items if row.level <= 2]
    chosen = queries.preview(ctx, template=ref) if ref else None
    effect, refused, status = None, "", 200
    if chosen is not None and (name or given.get("show")):
        try:
            effect = commands.insert_part(ctx.but(dry_run=request.method != "POST"), **inputs)
        except (Invalid, Conflict) as refusal:
            refused, status = refusal.message, refusal.status
        if effect is not None and request.method == "POST":
            say(request, f"{effect.label}. {effect.sentence} Undo takes it back.")
            return redirect(reverse("plan", args=[key]))
    values = {
        "templates": [*known.choices(ctx), *known.ready_choices()],
        "chosen": chosen,
        "part": name,
        "after": after,
        "rows": rows,
        "effect": effect,
        "refused": refused,
    }
    crumbs = (Link("Take a part of a template"),)
    return show(request, ctx, "method/part.html", values, project=project, tab="plan", crumbs=crumbs, status=status)


# --- people for roles ----------------------------------------------------------------------------


class RolesForm(forms.Form):
    """A person for each role that nobody has taken."""

    def __init__(self, open_seats: list[RoleSeat], crew: list[PersonRow], *args: Any) -> None:
        super().__init__(*args)
        choices = [(row.id, row.name) for row in crew]
        for place, seat in enumerate(open_seats):
            hint = f"{seat.tasks} task{'' if seat.tasks == 1 else 's'}, {seat.hours:.0f} h"
            self.fields[f"role-{place}"] = one_of(seat.role, choices, required=False, number=True, hint=hint)


@page("POST")
def roles(request: HttpRequest, ctx: Context, key: str) -> HttpResponse:
    """Who takes which role of the plan, all in one place."""
    project = _planned(ctx, key, "method.plan_by_template")
    seats = queries.roles(ctx, project=project.id)
    waiting = [seat for seat in seats if seat.person_id is None]
    outside = {row.person_id for row in members(ctx, project=project.id) if row.role in _OUTSIDE}
    form = RolesForm(waiting, [row for row in _crew(ctx) if row.id not in outside], request.POST or None)
    status = 200
    if request.method == "POST":
        done = attempt(form, lambda given: commands.name_people(ctx, project=project.id, people=_named(waiting, given)))
        if done.done:
            say(request, "The roles are given. Everybody who joined was told.")
            return redirect(reverse("plan-roles", args=[key]))
        status = done.status
    values = {"form": form, "waiting": waiting, "taken": [seat for seat in seats if seat.person_id is not None]}
    crumbs = (Link("Roles"),)
    return show(request, ctx, "method/roles.html", values, project=project, tab="method", crumbs=crumbs, status=status)


def _named(waiting: list[RoleSeat], given: dict[str, Any]) -> tuple[RolePerson, ...]:
    chosen = [(seat.role, given.get(f"role-{place}")) for place, seat in enumerate(waiting)]
    return tuple(RolePerson(role, person) for role, person in chosen if person is not None)

"""Who works on a project: roles, and inviting somebody who cannot sign in yet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from headway.areas.people import commands as people_commands
from headway.areas.people import queries as people
from headway.areas.people.types import OrganisationKind, OrganisationRow, Role
from headway.areas.portfolio import queries as portfolio
from headway.areas.portfolio.types import OverCapacity
from headway.areas.projects import commands, queries
from headway.areas.projects.types import MemberRow
from headway.interfaces.web.frame import Link
from headway.interfaces.web.page import act, offered, page, say, show, working_project
from headway.interfaces.web.submitting import attempt, one_of, pressed, text
from headway.kernel.access import OUTSIDE_ROLES, may
from headway.kernel.context import Context
from headway.kernel.errors import FieldError, Invalid, NotFound

_ON_PROJECTS = [role for role in Role if role not in (Role.ADMINISTRATOR, Role.SENIOR_READER)]
ROLE_WORDS = {role.value: role.value.replace("_", " ").capitalize() for role in Role}
_ROLES = [(role.value, ROLE_WORDS[role.value]) for role in _ON_PROJECTS]


class MemberForm(forms.Form):
    """A person and the role to give. The person is found by e-mail: lists of people may be long."""

    person = forms.EmailField(label="E-mail of the person", help_text="Somebody who is known here already.")
    role = one_of("Role", _ROLES)


class InviteForm(forms.Form):
    """Somebody who cannot sign in yet."""

    name = text("Name")
    email = forms.EmailField(label="E-mail", max_length=254)
    role = one_of("Role", _ROLES, hint="Their role in the house, and the one you may give them on projects.")

    def __init__(self, clients: tuple[OrganisationRow, ...], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered_ = [(row.id, row.name) for row in clients]
        hint = "Needed for the role client."
        self.fields["organisation"] = one_of("Client organisation", offered_, required=False, number=True, hint=hint)


@page("POST")
def members(request: HttpRequest, ctx: Context, key: str) -> HttpResponse:
    """Members with their roles; giving a role."""
    project = working_project(ctx, key)
    form = MemberForm(request.POST or None)
    status = 200
    if request.method == "POST":
        offered(ctx, "projects.set_member", project)
        done = attempt(form, lambda given: _set_member(ctx, project.id, given))
        if done.done:
            say(request, f"{done.result.name} is {ROLE_WORDS[done.result.role].lower()} on this project.")
            return redirect(reverse("members", args=[key]))
        status = done.status
    rows = queries.members(ctx, project=project.id)
    loads = _loads(ctx, project.id)
    seats = [Seat(row, ROLE_WORDS[row.role], loads.get(row.person_id)) for row in rows]
    values = {
        "team": [seat for seat in seats if seat.row.role not in OUTSIDE_ROLES],
        "outside": [seat for seat in seats if seat.row.role in OUTSIDE_ROLES],
        "form": form,
        "answer": _answer(seats),
        "may_invite": may(ctx, "people.invite"),
    }
    return show(request, ctx, "projects/members.html", values, project=project, tab="people", status=status)


@dataclass(frozen=True, slots=True)
class Seat:
    """A person's role here; `load` where they have more work in the next two weeks than time."""

    row: MemberRow
    role: str
    load: OverCapacity | None


def _loads(ctx: Context, project_id: int) -> dict[int, OverCapacity]:
    """Who has more work than time, by person, as the project's standing says it."""
    figures = portfolio.standing(ctx, project=project_id).figures
    found = figures.over_capacity if figures is not None else ()
    return {item.person_id: item for item in found if item.person_id is not None}


def _answer(seats: list[Seat]) -> str:
    inside = {seat.row.person_id for seat in seats if seat.row.role not in OUTSIDE_ROLES}
    outside = {seat.row.person_id for seat in seats} - inside
    words = f"{len(inside)} {'person works' if len(inside) == 1 else 'people work'} on this project"
    if outside:
        words += f", {len(outside)} {'looks' if len(outside) == 1 else 'look'} on from outside"
    over = list(dict.fromkeys(seat.row.name for seat in seats if seat.load is not None))
    if over:
        words += f"; more work than time in the next two weeks: {', '.join(over)}"
    return f"{words}."


def _set_member(ctx: Context, project_id: int, given: dict[str, Any]) -> Any:
    try:
        return commands.set_member(ctx, project=project_id, **given)
    except NotFound as error:
        unknown = FieldError("person", "Nobody is known with this e-mail. Invite them first.")
        raise Invalid("Nobody is known with this e-mail.", fields=[unknown]) from error


@act
def remove(request: HttpRequest, ctx: Context, key: str) -> HttpResponse:
    """Take a role on the project from somebody."""
    project = working_project(ctx, key)
    wanted = (request.POST.get("person", ""), request.POST.get("role", ""))
    row = next(
        (item for item in queries.members(ctx, project=project.id) if (str(item.person_id), item.role) == wanted),
        None,
    )
    if row is None:
        raise NotFound("There is nothing here.")
    return pressed(
        request,
        lambda: commands.remove_member(ctx, project=project.id, person=row.person_id, role=row.role),
        done=f"{row.name} is no longer {ROLE_WORDS[row.role].lower()} here.",
        to=reverse("members", args=[key]),
    )


@page("POST")
def invite(request: HttpRequest, ctx: Context, key: str) -> HttpResponse:
    """Invite a person to sign in; the link is shown this once."""
    project = working_project(ctx, key)
    if not may(ctx, "people.invite"):
        offered(ctx, "people.invite", project)
    form = InviteForm(people.organisations(ctx, kind=OrganisationKind.CLIENT), request.POST or None)
    status = 200
    if request.method == "POST":
        done = attempt(form, lambda given: people_commands.invite(ctx, **given))
        if done.done:
            link = request.build_absolute_uri(reverse("invitation", args=[done.result.token]))
            values = {"invited": done.result, "link": link, "back": reverse("members", args=[key])}
            crumbs = (Link("Invited"),)
            return show(request, ctx, "projects/invited.html", values, project=project, tab="people", crumbs=crumbs)
        status = done.status
    values = {
        "form": form,
        "title": "Invite a person",
        "intro": "You get a link to send them yourself. It works once, for seven days. Then give them a role here.",
        "submit": "Make the invitation",
        "back": reverse("members", args=[key]),
    }
    crumbs = (Link("Invite"),)
    return show(request, ctx, "projects/form.html", values, project=project, tab="people", crumbs=crumbs, status=status)

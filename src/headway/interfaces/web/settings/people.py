"""The people of the house: who they are, what they may do, whether they sign in; invitations; teams."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from headway.areas.people import commands, queries
from headway.areas.people.types import OrganisationKind, PersonRow, Role
from headway.interfaces.web.frame import Link
from headway.interfaces.web.page import act, page, pages_in, say
from headway.interfaces.web.projects.members import ROLE_WORDS
from headway.interfaces.web.settings.sections import opened, show_section
from headway.interfaces.web.submitting import (
    Attempt,
    attempt,
    one_of,
    pressed,
    start_noted,
    started_from,
    text,
    version_field,
    words,
)
from headway.kernel.access import may
from headway.kernel.context import Context
from headway.kernel.errors import FieldError, Invalid, NotFound

_ROLES = [(role.value, ROLE_WORDS[role.value]) for role in Role]
_SHOWN = 50


class InviteForm(forms.Form):
    """Somebody who is to sign in."""

    name = text("Name")
    email = forms.EmailField(label="E-mail", max_length=254)
    role = one_of("Role", _ROLES, hint="What they may do in the house; roles on projects are given there.")

    def __init__(self, organisations: list[tuple[int, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"] = one_of(
            "Organisation", organisations, required=False, number=True, hint="Needed for the role client."
        )


class PersonForm(forms.Form):
    """What is known of a person."""

    name = text("Name")
    email = forms.EmailField(label="E-mail", max_length=254, required=False)
    job_title = text("Job title", required=False)
    version = version_field()

    def __init__(self, person: PersonRow, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if person.user_id is not None:  # they change their address themselves, with a confirmation
            del self.fields["email"]


class RoleForm(forms.Form):
    """A user's role in the house."""

    role = one_of("Role in the house", _ROLES, hint="Their sessions and access tokens end when it changes.")


class TeamForm(forms.Form):
    """A team and who is in it."""

    team_name = text("Team")
    members = words("Members", required=True, hint="E-mail addresses of people who are known here, one a line.")


@page()
def listing(request: HttpRequest, ctx: Context) -> HttpResponse:
    """Everybody, a page at a time; who is invited; the teams."""
    opened(ctx, "settings-people")
    search = request.GET.get("q", "")
    found = queries.persons(ctx, search=search, cursor=request.GET.get("cursor", ""), limit=_SHOWN)
    values = {
        "rows": [(row, ROLE_WORDS.get(row.org_role, "")) for row in found.items],
        "search": search,
        "shown": len(found.items),
        "invitations": [(row, ROLE_WORDS[row.role]) for row in queries.invitations(ctx)]
        if may(ctx, "people.invite")
        else [],
        "teams": queries.teams(ctx),
        "team_form": TeamForm(),
        **pages_in(request, found.next),
    }
    return show_section(request, ctx, "settings-people", values)


def _organisations(ctx: Context) -> list[tuple[int, str]]:
    return [(row.id, row.name) for row in queries.organisations(ctx) if row.kind is not OrganisationKind.OWN]


@page("POST")
def invite(request: HttpRequest, ctx: Context) -> HttpResponse:
    """Invite somebody: the link is shown once, for the person who invites to hand over."""
    opened(ctx, "settings-people")
    form = InviteForm(_organisations(ctx), request.POST or None)
    done = Attempt(False)
    if request.method == "POST":
        done = attempt(form, lambda given: commands.invite(ctx, **{**given, "role": Role(given["role"])}))
    link = request.build_absolute_uri(reverse("invitation", args=[done.result.token])) if done.done else ""
    values = {"form": form, "invited": done.result, "link": link, "title": "Invite a person"}
    crumbs = (Link("People and teams", reverse("settings-people")), Link("Invite a person"))
    return show_section(
        request, ctx, "settings-people", values, status=done.status, template="settings/invite.html", crumbs=crumbs
    )


@act
def revoke(request: HttpRequest, ctx: Context, invitation: int) -> HttpResponse:
    """Make an invitation's link worthless."""
    return pressed(
        request,
        lambda: commands.revoke_invitation(ctx, invitation=invitation),
        done="The invitation's link works no more.",
        to=reverse("settings-people"),
    )


@page("POST")
def person(request: HttpRequest, ctx: Context, person: int) -> HttpResponse:
    """One person: what is known, their role, whether they may sign in."""
    opened(ctx, "settings-people")
    row = queries.person(ctx, person=person)
    stored = {"name": row.name, "email": row.email, "job_title": row.job_title, "version": row.version}
    form = PersonForm(row, request.POST or None, initial=stored)
    start_noted(form)
    done = Attempt(False)
    if request.method == "POST":
        done = attempt(form, lambda given: _edit(ctx, row, given), stored=stored)
        if done.done:
            say(request, f"{done.result.name} is saved.")
            return redirect(reverse("person", args=[person]))
    values = {
        "row": row,
        "role": ROLE_WORDS.get(row.org_role, ""),
        "form": form,
        "both": done.both,
        "role_form": RoleForm(initial={"role": row.org_role}) if row.user_id else None,
        "myself": row.user_id is not None and row.user_id == ctx.actor.user_id,
    }
    crumbs = (Link("People and teams", reverse("settings-people")), Link(row.name))
    return show_section(
        request, ctx, "settings-people", values, status=done.status, template="settings/person.html", crumbs=crumbs
    )


def _edit(ctx: Context, row: PersonRow, given: dict[str, Any]) -> PersonRow:
    values = {name: value for name, value in given.items() if name != "version" and (value or name != "email")}
    edited: PersonRow = commands.edit_person(started_from(ctx, given["version"]), person=row.id, **values)
    return edited


@act
def standing(request: HttpRequest, ctx: Context, person: int, act_name: str) -> HttpResponse:
    """Change what a person may do: `role`, `disable` or `enable`."""
    role = request.POST.get("role", "")
    acts: dict[str, tuple[Callable[[], Any], str]] = {
        "role": (lambda: commands.set_role(ctx, person=person, role=_role(role)), "The role is changed."),
        "disable": (lambda: commands.disable_user(ctx, person=person), "They can no longer sign in."),
        "enable": (lambda: commands.enable_user(ctx, person=person), "They can sign in again."),
    }
    if act_name not in acts:
        raise NotFound("There is nothing here.")
    do, done = acts[act_name]
    return pressed(request, do, done=done, to=reverse("person", args=[person]))


def _role(given: str) -> Role:
    try:
        return Role(given)
    except ValueError:
        raise Invalid("Choose a role.", fields=[FieldError("role", "unknown", value=given)]) from None


@act
def team(request: HttpRequest, ctx: Context) -> HttpResponse:
    """Make a team, or set who is in it."""
    name = request.POST.get("team_name", "").strip()
    emails = tuple(request.POST.get("members", "").split())
    return pressed(
        request,
        lambda: _set_team(ctx, name, emails),
        done=f"The team {name} is saved.",
        to=f"{reverse('settings-people')}#teams",
    )


def _set_team(ctx: Context, name: str, emails: tuple[str, ...]) -> None:
    try:
        commands.set_team(ctx, name=name, members=emails)
    except NotFound:
        raise Invalid(
            "One of these addresses is nobody's here. Invite that person first, or mend the address."
        ) from None

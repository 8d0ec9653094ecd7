"""The house: first start, accepting an invitation, settings, clients and access tokens."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from headway.areas.people import commands, queries
from headway.areas.people.types import HouseRules, OrganisationKind
from headway.interfaces.actors import context_of
from headway.interfaces.web.page import act, is_outside, page, say, show
from headway.interfaces.web.projects.pages import home
from headway.interfaces.web.submitting import Attempt, attempt, day, one_of, pressed, started_from, text, version_field
from headway.kernel.access import may
from headway.kernel.context import Channel, Context, system_context
from headway.kernel.errors import FieldError, Invalid, NotFound

_SCOPES = (
    ("read", "Read everything I may see"),
    ("write", "Prepare and change everything I may change; a person still approves and sends"),
)


class PasswordForm(forms.Form):
    """The password of a new account, twice."""

    password = forms.CharField(
        label="Password",
        max_length=4096,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="12 characters or more; a sentence is easiest to remember.",
    )
    again = forms.CharField(
        label="Password once more", max_length=4096, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )

    def clean(self) -> dict[str, Any]:
        """Both are the same."""
        given = super().clean() or {}
        if given.get("password") and given.get("again") and given["password"] != given["again"]:
            self.add_error("again", "The two are not the same.")
        return given


class RulesForm(forms.Form):
    """The organisation's settings."""

    name = text("Name of the organisation")
    currency = forms.RegexField(r"^[A-Z]{3}$", label="Currency", help_text="Three letters, such as EUR.", max_length=3)
    time_zone = forms.ChoiceField(
        label="Time zone", choices=lambda: [(name, name) for name in sorted(available_timezones())]
    )
    spelling = one_of("Spelling and dates", [("gb", "British: 14 Mar 2026"), ("us", "American: Mar 14, 2026")])
    self_approval = forms.BooleanField(
        label="People may approve what they prepared themselves",
        required=False,
        help_text="It is shown where it happens.",
    )
    second_factor = forms.BooleanField(label="Everybody needs a second step to sign in", required=False)
    version = version_field()


class ClientForm(forms.Form):
    """A client organisation."""

    client_name = text("Name of the client")


class TokenForm(forms.Form):
    """An access token for a program that acts for oneself."""

    token_name = text("What it is for")
    scope = one_of("It may", _SCOPES)
    until = day("Good until", hint="Leave open for no end.")


def start(request: HttpRequest) -> HttpResponse:
    """The first page: projects; before the first start, how to set up."""
    user = getattr(request, "user", None)
    if (user is None or not user.is_authenticated) and not _is_set_up():
        return render(request, "people/first_start.html")
    return home(request)


def _is_set_up() -> bool:
    try:
        queries.house_rules(system_context("is there an organisation"))
    except NotFound:
        return False
    return True


def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Become a user by an invitation's link: shown on GET, done on POST."""
    if request.method not in ("GET", "HEAD", "POST"):
        return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
    form = PasswordForm(request.POST or None)
    status = 200
    if request.method == "POST":
        done = attempt(form, lambda given: _accept(request, token, given["password"]))
        if done.done:
            say(request, f"Welcome, {done.result.name}. Sign in with {done.result.email} and your new password.")
            return redirect(reverse("account_login"))
        status = done.status
    return render(request, "people/invitation.html", {"form": form}, status=status)


def _accept(request: HttpRequest, token: str, password: str) -> Any:
    ctx = context_of(request, channel=Channel.WEB)
    try:
        return commands.accept_invitation(ctx, token=token, password=password)
    except NotFound as refusal:
        raise Invalid(refusal.message, fields=[FieldError("token", "not good")]) from refusal


@page("POST")
def settings(request: HttpRequest, ctx: Context) -> HttpResponse:
    """House rules for administrators, clients for those who may add them, one's own access tokens for all."""
    if is_outside(ctx):
        raise NotFound("There is nothing here.")
    rules = queries.house_rules(ctx)
    which = request.POST.get("form", "") if request.method == "POST" else ""
    rules_form = RulesForm(request.POST if which == "rules" else None, initial=_rules(rules))
    client_form = ClientForm(request.POST if which == "client" else None)
    token_form = TokenForm(request.POST if which == "token" else None)
    done = Attempt(False)
    if which == "rules":
        done = attempt(rules_form, lambda given: _save_rules(ctx, rules, given), stored=_rules(rules))
    elif which == "client":
        done = attempt(client_form, lambda given: commands.add_organisation(ctx, name=given["client_name"]))
    elif which == "token":
        done = attempt(token_form, lambda given: _make_token(ctx, given))
    if done.done and which != "token":
        say(request, "The settings are saved." if which == "rules" else f"{done.result.name} is added as a client.")
        return redirect(reverse("settings"))
    values = {
        "rules": rules,
        "rules_form": rules_form,
        "client_form": client_form,
        "token_form": token_form if not done.done else TokenForm(),
        "made": done.result if done.done else None,
        "both": done.both,
        "clients": queries.organisations(ctx, kind=OrganisationKind.CLIENT),
        "tokens": queries.tokens(ctx),
        "may_tokens": may(ctx, "people.make_token"),
    }
    return show(request, ctx, "people/settings.html", values, status=done.status)


def _rules(rules: HouseRules) -> dict[str, Any]:
    names = ("name", "currency", "time_zone", "spelling", "self_approval", "second_factor", "version")
    return {name: getattr(rules, name) for name in names}


def _save_rules(ctx: Context, rules: HouseRules, given: dict[str, Any]) -> HouseRules:
    changed = {name: value for name, value in given.items() if name != "version"}
    saved: HouseRules = commands.edit_house_rules(
        started_from(ctx, given["version"]), organisation=rules.organisation_id, **changed
    )
    return saved


def _make_token(ctx: Context, given: dict[str, Any]) -> Any:
    until = given["until"]
    ends = timezone.make_aware(datetime.combine(until, time(23, 59))) if until is not None else None
    scopes = ("read",) if given["scope"] == "read" else ("read", "write")
    return commands.make_token(ctx, name=given["token_name"], scopes=scopes, expires_at=ends)


@act
def token_revoke(request: HttpRequest, ctx: Context, token: int) -> HttpResponse:
    """End an access token."""
    return pressed(
        request,
        lambda: commands.revoke_token(ctx, token=token),
        done="The token works no more.",
        to=f"{reverse('settings')}#tokens",
    )

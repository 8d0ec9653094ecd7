"""The organisation's own settings, and its clients."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from headway.areas.people import commands, queries
from headway.areas.people.types import HouseRules, OrganisationKind
from headway.interfaces.web.page import act, page, say
from headway.interfaces.web.settings.sections import opened, show_section
from headway.interfaces.web.submitting import (
    Attempt,
    attempt,
    currency,
    one_of,
    pressed,
    start_noted,
    started_from,
    text,
    version_field,
)
from headway.kernel.context import Context


class RulesForm(forms.Form):
    """The organisation's settings."""

    name = text("Name of the organisation")
    currency = currency(hint="Three letters, such as EUR.")
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


@page("POST")
def organisation(request: HttpRequest, ctx: Context) -> HttpResponse:
    """The house rules: for administrators to change, for everybody inside to read."""
    opened(ctx, "settings")
    rules = queries.house_rules(ctx)
    stored = _values(rules)
    form = RulesForm(request.POST or None, initial=stored)
    start_noted(form)
    done = Attempt(False)
    if request.method == "POST":
        done = attempt(form, lambda given: _save(ctx, rules, given), stored=stored)
        if done.done:
            say(request, "The settings are saved.")
            return redirect(reverse("settings"))
    values = {
        "rules": rules,
        "form": form,
        "both": done.both,
        "clients": queries.organisations(ctx, kind=OrganisationKind.CLIENT),
        "client_form": ClientForm(),
    }
    return show_section(request, ctx, "settings", values, status=done.status)


def _values(rules: HouseRules) -> dict[str, Any]:
    names = ("name", "currency", "time_zone", "spelling", "self_approval", "second_factor", "version")
    return {name: getattr(rules, name) for name in names}


def _save(ctx: Context, rules: HouseRules, given: dict[str, Any]) -> HouseRules:
    changed = {name: value for name, value in given.items() if name != "version"}
    saved: HouseRules = commands.edit_house_rules(
        started_from(ctx, given["version"]), organisation=rules.organisation_id, **changed
    )
    return saved


@act
def add_client(request: HttpRequest, ctx: Context) -> HttpResponse:
    """Add a client organisation."""
    form = ClientForm(request.POST)
    name = form.cleaned_data["client_name"] if form.is_valid() else request.POST.get("client_name", "")
    return pressed(
        request,
        lambda: commands.add_organisation(ctx, name=name),
        done=f"{name} is added as a client.",
        to=f"{reverse('settings')}#clients",
    )

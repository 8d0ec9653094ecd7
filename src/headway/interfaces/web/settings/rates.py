"""Hourly rates of the house: of persons, and of clients by role. Rates of a project stand on its own page."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from headway.areas.hours import commands, queries
from headway.areas.hours.types import RateKind
from headway.areas.people import queries as people
from headway.areas.people.types import OrganisationKind
from headway.interfaces.web.page import act, page, say
from headway.interfaces.web.settings.sections import opened, show_section
from headway.interfaces.web.submitting import Attempt, amount, attempt, currency, day, named, one_of, pressed, text
from headway.kernel.context import Context
from headway.kernel.errors import FieldError, Invalid, NotFound


class RateForm(forms.Form):
    """A person's default rate, or a client's rate for a role."""

    kind = one_of("What it is", named(RateKind), hint="Bill: what a client pays. Cost: what it costs the house.")
    person = forms.EmailField(label="Person", required=False, help_text="E-mail; or else a client and a role.")
    role = text("Role", required=False, hint="As in hours and contracts, such as Designer.")
    rate = amount("Rate an hour")
    currency = currency()
    first = day("From", required=True)
    last = day("To", hint="Leave open for no end.")

    def __init__(self, clients: list[tuple[int, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["client"] = one_of("Client", clients, required=False, number=True)
        self.order_fields(["kind", "person", "client", "role", "rate", "currency", "first", "last"])


@page("POST")
def rates(request: HttpRequest, ctx: Context) -> HttpResponse:
    """The rate cards of the house, newest first; setting one."""
    opened(ctx, "settings-rates")
    clients = [(row.id, row.name) for row in people.organisations(ctx, kind=OrganisationKind.CLIENT)]
    rules = people.house_rules(ctx)
    form = RateForm(clients, request.POST or None, initial={"currency": rules.currency, "first": ctx.now.date()})
    done = Attempt(False)
    if request.method == "POST":
        done = attempt(form, lambda given: _set(ctx, given))
        if done.done:
            say(request, "The rate is set; hours keep the rate they were logged at.")
            return redirect(reverse("settings-rates"))
    names = dict(clients)
    rows = [(row, names.get(row.client_id or 0, "")) for row in queries.house_rates(ctx)]
    return show_section(request, ctx, "settings-rates", {"rows": rows, "form": form}, status=done.status)


def _set(ctx: Context, given: dict[str, Any]) -> Any:
    values = {name: value for name, value in given.items() if value not in (None, "")}
    try:
        return commands.set_rate(ctx, **{**values, "kind": RateKind(values["kind"])})
    except NotFound as refusal:
        unknown = FieldError("person", "Nobody is known with this e-mail.")
        raise Invalid("Nobody is known with this e-mail.", fields=[unknown]) from refusal


@act
def remove(request: HttpRequest, ctx: Context, line: int) -> HttpResponse:
    """Take a rate away; hours that were logged at it keep it."""
    return pressed(
        request,
        lambda: commands.remove_rate(ctx, line=line),
        done="The rate is removed.",
        to=reverse("settings-rates"),
    )

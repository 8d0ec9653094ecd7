"""A person as everybody inside may look them up: who they are, and how to reach them."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from headway.areas.people import queries
from headway.areas.people.types import OrganisationKind
from headway.interfaces.web.page import page, show
from headway.kernel.context import Context


@page()
def card(request: HttpRequest, ctx: Context, person: int) -> HttpResponse:
    """One person, with their organisation."""
    row = queries.person(ctx, person=person)
    clients = {one.id for one in queries.organisations(ctx, kind=OrganisationKind.CLIENT)}
    account = reverse("client", args=[row.organisation_id]) if row.organisation_id in clients else ""
    answer = ", ".join(part for part in (row.job_title, row.organisation) if part)
    values = {"row": row, "account": account, "answer": answer}
    return show(request, ctx, "finding/person.html", values)

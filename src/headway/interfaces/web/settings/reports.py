"""How reports look: for the house, and for a client who wants them otherwise."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from headway.areas.deliverables import commands, queries
from headway.areas.deliverables.types import TemplateRow
from headway.areas.files.queries import held_bytes
from headway.areas.people import queries as people
from headway.areas.people.types import OrganisationKind
from headway.interfaces.transfers import kept_upload
from headway.interfaces.web.frame import Link
from headway.interfaces.web.page import act, page, say
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
)
from headway.journeys import report_templates
from headway.kernel.context import Context
from headway.kernel.errors import NotFound
from headway.reports.template import ALL_SECTIONS, SECTIONS

_NOT_YET = 0  # the version of a template that nobody has made


class TemplateForm(forms.Form):
    """A report template: what is shown, in which order, and how it is called."""

    title = text("Title of the status report", required=False, hint="Empty: Weekly status.", length=120)
    confidential = text(
        "Line at the foot of every page", required=False, hint="Empty: Internal, or Copy for the client.", length=120
    )
    file = forms.FileField(label="Logo", required=False, help_text="PNG or JPEG; it is made small for documents.")
    without_logo = forms.BooleanField(label="Take the logo away", required=False)
    version = version_field()

    def __init__(self, clients: list[tuple[int, str]] | None, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if clients is not None:
            self.fields["client"] = one_of("Client", clients, number=True)
        for place, name in enumerate(ALL_SECTIONS, start=1):
            self.fields[f"section_{name}"] = forms.IntegerField(
                label=SECTIONS[name][0], required=False, min_value=1, max_value=99, initial=place
            )
        self.order_fields(["client"])

    @property
    def sections(self) -> tuple[str, ...]:
        """The sections that have a place, in the order of their places."""
        placed = [(self.cleaned_data[f"section_{name}"], at, name) for at, name in enumerate(ALL_SECTIONS)]
        return tuple(name for place, _, name in sorted((p, a, n) for p, a, n in placed if p is not None))

    @property
    def general(self) -> list[Any]:
        """The fields above the sections."""
        return [field for field in self if not field.name.startswith("section_")]

    @property
    def placed(self) -> list[Any]:
        """The fields of the sections."""
        return [field for field in self if field.name.startswith("section_")]


def _initial(row: TemplateRow | None) -> dict[str, Any]:
    if row is None:
        return {"version": _NOT_YET}
    shown = row.sections or ALL_SECTIONS
    places = {f"section_{name}": shown.index(name) + 1 if name in shown else None for name in ALL_SECTIONS}
    return {"title": row.title, "confidential": row.confidential, "version": row.version, **places}


@page()
def templates(request: HttpRequest, ctx: Context) -> HttpResponse:
    """How the reports of the house look, and of which clients otherwise."""
    opened(ctx, "settings-reports")
    rows = queries.templates(ctx)
    values = {
        "house": next((row for row in rows if row.client_id is None), None),
        "rows": [(row, _told(row)) for row in rows if row.client_id is not None],
    }
    return show_section(request, ctx, "settings-reports", values)


def _told(row: TemplateRow) -> str:
    return f"{len(row.sections or ALL_SECTIONS)} of {len(ALL_SECTIONS)} sections"


@page("POST")
def template(request: HttpRequest, ctx: Context, which: str) -> HttpResponse:
    """Change a template: `house`, `new` for a client, or a template's id."""
    opened(ctx, "settings-reports")
    rows = queries.templates(ctx)
    row = _named(rows, which)
    clients = _clients(ctx, rows) if which == "new" else None
    initial = _initial(row)
    form = TemplateForm(clients, request.POST or None, request.FILES or None, initial=initial)
    start_noted(form)
    done = Attempt(False)
    if request.method == "POST":
        done = attempt(form, lambda given: _save(request, ctx, form, row, given), stored=initial)
        if done.done:
            say(request, "Reports look so from the next one on.")
            return redirect(reverse("settings-reports"))
    title = f"Reports for {row.client}" if row is not None and row.client else "Reports of the house"
    title = "Reports for a client" if which == "new" else title
    values = {"form": form, "title": title, "row": row, "both": done.both}
    crumbs = (Link("Reports", reverse("settings-reports")), Link(title))
    return show_section(
        request, ctx, "settings-reports", values, status=done.status, template="settings/template.html", crumbs=crumbs
    )


def _named(rows: tuple[TemplateRow, ...], which: str) -> TemplateRow | None:
    if which == "new":
        return None
    if which == "house":
        return next((row for row in rows if row.client_id is None), None)
    found = next((row for row in rows if str(row.id) == which), None)
    if found is None:
        raise NotFound("There is nothing here.")
    return found


def _clients(ctx: Context, rows: tuple[TemplateRow, ...]) -> list[tuple[int, str]]:
    taken = {row.client_id for row in rows}
    found = people.organisations(ctx, kind=OrganisationKind.CLIENT)
    return [(row.id, row.name) for row in found if row.id not in taken]


def _save(
    request: HttpRequest, ctx: Context, form: TemplateForm, row: TemplateRow | None, given: dict[str, Any]
) -> TemplateRow:
    client = given.get("client", row.client_id if row is not None else None)
    logo = kept_upload(ctx, request).id if given["file"] else None
    saved: TemplateRow = report_templates.set_template(
        started_from(ctx, given["version"]),
        client=client,
        title=given["title"],
        confidential=given["confidential"],
        sections=form.sections,
        file=logo,
        without_logo=given["without_logo"],
    )
    return saved


@act
def remove(request: HttpRequest, ctx: Context, template: int) -> HttpResponse:
    """Let reports look as usual again."""
    return pressed(
        request,
        lambda: commands.remove_template(ctx, template=template),
        done="Its reports look as the house's again.",
        to=reverse("settings-reports"),
    )


@page()
def logo(request: HttpRequest, ctx: Context, template: int) -> HttpResponse:
    """The logo of a template, as the page shows it."""
    row = next((row for row in queries.templates(ctx) if row.id == template), None)
    if row is None or row.logo is None:
        raise NotFound("There is nothing here.")
    return HttpResponse(held_bytes(row.logo), content_type="image/png")

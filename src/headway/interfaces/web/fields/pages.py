"""The lists of fields and one field: of the house in the settings, of a project beside its plan."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from headway.areas.schedule import fields
from headway.areas.schedule.looks import FieldKind, FieldRow
from headway.interfaces.web.fields.forms import KINDS, FieldForm, NewFieldForm, initial_of
from headway.interfaces.web.frame import Link
from headway.interfaces.web.page import act, offered, page, say, show, working_project
from headway.interfaces.web.settings.sections import opened, show_section
from headway.interfaces.web.submitting import Attempt, attempt, pressed, start_noted, started_from
from headway.kernel.access import may
from headway.kernel.context import Context
from headway.kernel.errors import Denied, NotFound

_HOUSE = "settings-fields"


@page("POST")
def house(request: HttpRequest, ctx: Context) -> HttpResponse:
    """The fields that tasks of every project have; adding one."""
    opened(ctx, _HOUSE)
    form, done = _new(request, lambda given: fields.add_house_field(ctx, **given))
    if done.done:
        return redirect(reverse(_HOUSE))
    values = {"rows": _rows(fields.house_fields(ctx)), "form": form, "can": may(ctx, "schedule.add_house_field")}
    return show_section(request, ctx, _HOUSE, values, status=done.status)


@page("POST")
def project(request: HttpRequest, ctx: Context, key: str) -> HttpResponse:
    """The fields that tasks of one project have; adding one of its own."""
    found = working_project(ctx, key)
    offered(ctx, "schedule.read", found)
    form, done = _new(request, lambda given: fields.add_field(ctx, project=found.id, **given))
    if done.done:
        return redirect(reverse("plan-fields", args=[key]))
    rows = fields.fields(ctx, project=found.id)
    values = {
        "rows": _rows(row for row in rows if not row.house),
        "house_rows": _rows(row for row in rows if row.house),
        "form": form,
        "can": may(ctx, "schedule.add_field", project_id=found.id),
        "can_change": may(ctx, "schedule.change_field", project_id=found.id),
    }
    crumbs = (Link("Fields of its tasks"),)
    template = "projects/plan_fields.html"
    return show(request, ctx, template, values, project=found, tab="plan", crumbs=crumbs, status=done.status)


def _new(request: HttpRequest, do: Any) -> tuple[NewFieldForm, Attempt]:
    form = NewFieldForm(request.POST or None)
    if request.method != "POST":
        return form, Attempt(False)
    done = attempt(form, do)
    if done.done:
        say(request, f"The field “{done.result.name}” is added. Show it as a column of the plan to fill it in.")
    return form, done


def _rows(rows: Any) -> list[tuple[FieldRow, str]]:
    return [(row, KINDS[row.kind]) for row in rows]


@page("POST")
def house_field(request: HttpRequest, ctx: Context, field: int) -> HttpResponse:
    """Rename a field of every project, or change its choices."""
    opened(ctx, _HOUSE)
    if not may(ctx, "schedule.add_house_field"):
        raise Denied("Your role does not allow this (give the tasks of every project a field).")
    row = _named(fields.house_fields(ctx), field)
    form, done = _edited(request, ctx, row)
    if done.done:
        return redirect(reverse(_HOUSE))
    values = {"form": form, "row": row, "both": done.both, "back": reverse(_HOUSE)}
    crumbs = (Link("Fields of tasks", reverse(_HOUSE)), Link(row.name))
    return show_section(request, ctx, _HOUSE, values, status=done.status, template="settings/field.html", crumbs=crumbs)


@page("POST")
def project_field(request: HttpRequest, ctx: Context, key: str, field: int) -> HttpResponse:
    """Rename a field of a project, or change its choices."""
    found = working_project(ctx, key)
    offered(ctx, "schedule.change_field", found)
    row = _named((row for row in fields.fields(ctx, project=found.id) if not row.house), field)
    form, done = _edited(request, ctx, row)
    back = reverse("plan-fields", args=[key])
    if done.done:
        return redirect(back)
    values = {"form": form, "title": row.name, "submit": "Save the field", "back": back, "both": done.both}
    crumbs = (Link("Fields of its tasks", back), Link(row.name))
    template = "projects/form.html"
    return show(request, ctx, template, values, project=found, tab="plan", crumbs=crumbs, status=done.status)


def _named(rows: Any, field: int) -> FieldRow:
    row: FieldRow | None = next((row for row in rows if row.id == field), None)
    if row is None:
        raise NotFound("There is nothing here.")
    return row


def _edited(request: HttpRequest, ctx: Context, row: FieldRow) -> tuple[FieldForm, Attempt]:
    initial = initial_of(row)
    form = FieldForm(row.kind, request.POST or None, initial=initial)
    start_noted(form)
    if request.method != "POST":
        return form, Attempt(False)
    stored = initial if row.kind is FieldKind.CHOICE else {"name": row.name, "version": row.version}

    def save(given: dict[str, Any]) -> FieldRow:
        version = given.pop("version")
        return fields.edit_field(started_from(ctx, version), field=row.id, **given)

    done = attempt(form, save, stored=stored)
    if done.done:
        say(request, f"The field “{done.result.name}” is saved.")
    return form, done


@act
def remove_house_field(request: HttpRequest, ctx: Context, field: int) -> HttpResponse:
    """Take a field away from every plan."""
    opened(ctx, _HOUSE)
    return pressed(
        request,
        lambda: fields.remove_field(ctx, field=field),
        done="The field is gone from every plan.",
        to=reverse(_HOUSE),
    )


@act
def remove_project_field(request: HttpRequest, ctx: Context, key: str, field: int) -> HttpResponse:
    """Take a field away from a plan."""
    found = working_project(ctx, key)
    row = _named((row for row in fields.fields(ctx, project=found.id) if not row.house), field)
    return pressed(
        request,
        lambda: fields.remove_field(ctx, field=row.id),
        done=f"The field “{row.name}” is gone from the plan.",
        to=reverse("plan-fields", args=[key]),
    )

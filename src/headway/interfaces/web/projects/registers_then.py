"""A record of a register as it was on a day, beside what it is now; fields brought back."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from headway.areas.projects import recalling
from headway.areas.projects.recalling import RecordThen
from headway.areas.projects.types import Charter
from headway.interfaces.web.frame import Link
from headway.interfaces.web.page import offered, page, say, show, today_in, working_project
from headway.interfaces.web.projects.register_lists import Register
from headway.interfaces.web.projects.registers import address_of, record_of, register_of
from headway.interfaces.web.projects.then_and_now import MOST_FIELDS, beside, end_of, seen_by
from headway.interfaces.web.submitting import day_of
from headway.kernel.access import may
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, Invalid, NotFound


@page("POST")
def then(request: HttpRequest, ctx: Context, key: str, register: str, number: int) -> HttpResponse:
    """What differs since the end of `?day=`; a POST brings the chosen fields back."""
    kind, project = register_of(register), working_project(ctx, key)
    row = record_of(kind, ctx, project.id, number)
    today = today_in(ctx, project)
    day = min(day_of(request.GET.get("day")) or today - timedelta(days=1), today)
    found, said = _found(ctx, project, kind, row, day)
    chosen = request.POST.getlist("field")[:MOST_FIELDS]
    status, back = 200, address_of(project, kind, row)
    if request.method == "POST" and found is not None:
        offered(ctx, "projects.edit_registers", project)
        said, status = _brought_back(request, ctx, project, found, row, chosen)
        if not said:
            say(request, f"{kind.short(row)}: brought back.")
            return redirect(back)
    values: dict[str, Any] = {
        **beside(found, chosen),
        "name": kind.called(row),
        "noun": kind.noun,
        "row": row,
        "day": day,
        "latest": today,
        "said": said,
        "edits": may(ctx, "projects.edit_registers", project_id=project.id) and kind.may_change(row),
        "back": back,
    }
    crumbs = (
        Link(kind.title, reverse("register", args=[key, register])),
        Link(kind.short(row), back),
        Link("As it was"),
    )
    return show(
        request, ctx, "projects/then.html", values, project=project, tab="registers", crumbs=crumbs, status=status
    )


def _found(ctx: Context, project: Charter, kind: Register, row: Any, day: date) -> tuple[RecordThen | None, str]:
    """The record as it was at the end of a day, where the project is; or why that is not known."""
    moment = end_of(day, project, ctx)
    try:
        return recalling.record_at(ctx, project=project.id, kind=kind.kind, record=row.id, moment=moment), ""
    except NotFound as refusal:
        return None, refusal.message


def _brought_back(
    request: HttpRequest, ctx: Context, project: Charter, found: RecordThen, row: Any, chosen: list[str]
) -> tuple[str, int]:
    """Why nothing was brought back; '' where it was."""
    if not chosen:
        return "Choose what to bring back first.", 422
    try:
        recalling.restore_record(
            seen_by(request, ctx, row.version),
            project=project.id,
            kind=found.kind,
            record=found.record_id,
            moment=found.at,
            fields=tuple(chosen),
        )
    except (Invalid, Conflict) as refusal:
        return refusal.message, refusal.status
    return "", 200

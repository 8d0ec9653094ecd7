"""A plan as the chart island takes it: one JSON answer of rows, links and working time, whole or what has changed."""

from __future__ import annotations

import gzip
import json
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from headway.areas.people.types import Role
from headway.areas.programme import queries as programme
from headway.areas.projects import queries as projects
from headway.areas.projects.queries import my_person_id
from headway.areas.projects.types import Charter
from headway.areas.schedule import queries
from headway.areas.schedule import views as saved
from headway.areas.schedule.changing import could_join
from headway.areas.schedule.types import Chart
from headway.engine.calendars import instant
from headway.interfaces.web.page import offered, page, working_project
from headway.interfaces.web.programme.naming import named_lines
from headway.kernel.access import may
from headway.kernel.context import Context
from headway.kernel.errors import FieldError, Invalid
from headway.kernel.schema import to_json

FIRST_ROWS = 60  # in the page itself, so that a plan of any size shows at once
_LARGE = 20_000
_OUTSIDE = (Role.CLIENT.value, Role.GUEST.value)  # they do no work of the plan
_IN_MARKUP = str.maketrans({"<": "\\u003C", ">": "\\u003E", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"})


@page()
def chart(request: HttpRequest, ctx: Context, key: str) -> HttpResponse:
    """The plan's rows: all, or with `since` those that changed after that version. `baseline` chooses another one."""
    project = working_project(ctx, key)
    offered(ctx, "schedule.read", project)
    found = queries.chart(
        ctx, project=project.id, since=_number(request, "since"), baseline=_number(request, "baseline")
    )
    return _answer(request, _text(ctx, project, found))


def head(ctx: Context, project: Charter) -> SafeString:
    """The first rows, as text that may stand in a page."""
    found = queries.chart(ctx, project=project.id, first=FIRST_ROWS)
    return mark_safe(_text(ctx, project, found).translate(_IN_MARKUP))  # noqa: S308 - nothing of markup is left in it


def changes_address(project: Charter) -> str:
    """Where the public API takes changes of the plan."""
    return reverse("api-docs").removesuffix("docs") + f"projects/{project.key}/plan/changes"


def look_addresses(project: Charter) -> dict[str, str]:
    """Where the public API keeps views and fields of the plan."""
    root = reverse("api-docs").removesuffix("docs")
    return {
        "views": f"{root}projects/{project.key}/plan/views",
        "view": f"{root}plan-views/0",
        "fields": f"{root}projects/{project.key}/fields",
        "house_fields": f"{root}fields",
    }


def views(ctx: Context, project: Charter) -> SafeString:
    """The saved views that this person may open, as text that may stand in a page."""
    text = json.dumps(to_json(saved.views(ctx, project=project.id)), ensure_ascii=False, separators=(",", ":"))
    return mark_safe(text.translate(_IN_MARKUP))  # noqa: S308 - nothing of markup is left in it


def undo_address() -> str:
    """Where the public API takes changes back, for the island to ask."""
    return reverse("api-docs").removesuffix("docs") + "plan-changes/"


def people(ctx: Context, project: Charter) -> SafeString:
    """Names to suggest in the plan's cells, as text that may stand in a page; nothing for who may not see members.

    Who works on the project comes first, then who could be put on it.
    """
    if not may(ctx, "projects.read_members", project_id=project.id):
        return mark_safe("")
    here = {row.name for row in projects.members(ctx, project=project.id) if row.role not in _OUTSIDE}
    names = [*sorted(here), *sorted(could_join(ctx, project.id).keys() - here)]
    return mark_safe(json.dumps(names, ensure_ascii=False).translate(_IN_MARKUP))  # noqa: S308 - nothing of markup is left in it


def _number(request: HttpRequest, name: str) -> int | None:
    given = request.GET.get(name, "")
    if not given:
        return None
    if not (given.isascii() and given.isdigit()) or len(given) > 15:
        raise Invalid(f"{name} is a number.", fields=[FieldError(name, "a number", value=given)])
    return int(given)


def _text(ctx: Context, project: Charter, found: Chart) -> str:
    me = my_person_id(ctx)
    now = ctx.now.astimezone(ZoneInfo(project.time_zone)).replace(tzinfo=None)
    about: dict[str, Any] = {
        "version": found.version,
        "whole": found.whole,
        "count": found.count,
        "columns": found.columns,
        "removed": found.removed,
        "people": [
            (row.uid, row.name, row.person is not None and row.person == me, row.percent and float(row.percent))
            + ((tuple(map(float, row.rates)),) if row.rates else ())
            for row in found.people
        ],
        "fixedCosts": [(uid, float(cost)) for uid, cost in found.fixed_costs],
        "fields": [
            {"id": row.id, "key": row.key, "name": row.name, "kind": row.kind.value, "house": row.house}
            | {"choices": [[choice.name, choice.colour.value] for choice in row.choices], "version": row.version}
            for row in found.fields
        ],
        "currency": found.currency,
        "start": _at(found.start),
        "finish": _at(found.finish),
        "status": _at(found.status_date),
        "now": _at(now),
        "minutesPerDay": found.minutes_per_day,
        "baseline": found.baseline,
        "baselines": found.baselines,
    }
    opening = json.dumps(about, ensure_ascii=False, separators=(",", ":"))[:-1]
    rows = named_lines(found.rows, programme.rows_standing(ctx, project.id))
    parts = (("links", found.links or "null"), ("assigned", found.assigned or "null"), ("calendars", found.calendars))
    return f'{opening},"rows":[{",".join(rows)}],' + ",".join(f'"{name}":{text}' for name, text in parts) + "}"


def _at(moment: datetime | None) -> int | None:
    return None if moment is None else instant(moment)


def _answer(request: HttpRequest, text: str) -> HttpResponse:
    """The answer; a large one is compressed quickly here, for it holds no secret of the page that asks."""
    body = text.encode()
    response = HttpResponse(content_type="application/json")
    if len(body) > _LARGE and "gzip" in request.headers.get("Accept-Encoding", ""):
        body = gzip.compress(body, 1)
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Vary"] = "Accept-Encoding, Cookie"
    response.content = body
    return response

"""The heat map of people, what makes up one of its cells, and both as a workbook."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from headway.areas.capacity import details, queries
from headway.areas.capacity.types import Grouping, HeatMap, LoadDetail, OverStretch, Scale, TaskHours
from headway.areas.people import queries as people
from headway.areas.projects.lines import lines_inside
from headway.areas.projects.types import Stage
from headway.interfaces.web.capacity import heat
from headway.interfaces.web.capacity.asking import Asked, asked
from headway.interfaces.web.context import locale_of
from headway.interfaces.web.frame import Link
from headway.interfaces.web.locale import Locale
from headway.interfaces.web.page import page, pages_in, show
from headway.interfaces.web.submitting import day_of
from headway.interfaces.web.templatetags.formats import weekday_date
from headway.journeys import capacity as journey
from headway.kernel.access import may
from headway.kernel.context import Context
from headway.kernel.errors import NotFound

PER_PAGE = 50
_MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_SCALES = (("Days", Scale.DAY), ("Weeks", Scale.WEEK), ("Months", Scale.MONTH))
_GROUPS = (("Not added up", Grouping.NONE), ("Sums by team", Grouping.TEAM), ("Sums by role", Grouping.ROLE))
_NAMED = 3


@page()
def heat_map(request: HttpRequest, ctx: Context) -> HttpResponse:
    """Who has too much work and who has time, by day, week or month, over all projects."""
    given, locale = asked(request), locale_of(request)
    found = queries.heat_map(ctx, **given.inputs(), cursor=request.GET.get("cursor", ""), limit=PER_PAGE)
    before, after = heat.earlier_later(found)
    teams, _ = people.team_members(ctx)
    projects = [line for line in lines_inside(ctx) if line.stage is not Stage.CLOSED]
    values = {
        "found": found,
        "asked": given,
        "answer": answer(found, locale, narrowed=given.narrowed),
        "heads": heat.heads(found, locale),
        "sums": heat.sum_rows((found.whole, *found.sums), found.periods, found.today, heat.noun(found)),
        "rows": heat.rows(found),
        "scales": [
            Link(label, f"?{given.query(scale=scale)}", active=scale is given.scale) for label, scale in _SCALES
        ],
        "groups": [(group.value, label) for label, group in _GROUPS],
        "teams": sorted(teams.items(), key=lambda item: item[1].casefold()),
        "projects": [(line.key, line.name) for line in projects],
        "earlier": f"?{given.query(first=before)}" if before else "",
        "later": f"?{given.query(first=after)}" if after else "",
        "now": f"?{given.query(first=None)}",
        "export": f"{reverse('capacity-export')}?{given.query()}",
        "shown": len(found.rows),
        "total": found.whole.people,
        "noun": heat.noun(found),
        "may_propose": any(may(ctx, "schedule.edit", project_id=line.id) for line in projects),
        **pages_in(request, found.next),
    }
    return show(request, ctx, "capacity/heat.html", values)


def answer(found: HeatMap, locale: Locale, *, narrowed: bool) -> str:
    """'2 of 8 people have more work than time until Sun 16 May, Omar Haddad by 182 h.'"""
    if not found.whole.people:
        return "Nobody matches these filters." if narrowed else ""
    count = found.whole.people - found.to_fill
    people_words = f"{count} {'person' if count == 1 else 'people'}"
    until = weekday_date(found.last, locale)
    roles = f" {found.to_fill} {'role is' if found.to_fill == 1 else 'roles are'} to fill." if found.to_fill else ""
    if not count:
        return f"Nobody is named here yet.{roles}"
    if not found.over:
        return f"Nobody of {people_words} has more work than time until {until}.{roles}"
    verb = "has" if found.over == 1 else "have"
    worst = [f"{row.name} by {heat.short(row.over)} h" for row in found.rows if row.over and not row.to_fill][:_NAMED]
    named = f": {', '.join(worst)}" if worst else ""
    more = " and others" if found.over > len(worst) and worst else ""
    return f"{found.over} of {people_words} {verb} more work than time until {until}{named}{more}.{roles}"


@dataclass(frozen=True, slots=True)
class Cause:
    """Days with too much work, in words: how much, of which tasks, and which came last."""

    days: str
    much: str
    tasks: tuple[TaskHours, ...]
    hidden: str
    newest: str


@page()
def load(request: HttpRequest, ctx: Context) -> HttpResponse:
    """What makes up somebody's hours in some days."""
    first, last = day_of(request.GET.get("first")), day_of(request.GET.get("last"))
    if first is None or last is None:
        raise NotFound("There is nothing here.")
    found = details.load(ctx, who=request.GET.get("who", ""), first=first, last=last)
    locale = locale_of(request)
    keys = list(dict.fromkeys(task.project_key for task in found.tasks))
    editable = [
        key
        for key, pk in {task.project_key: task.project_id for task in found.tasks}.items()
        if may(ctx, "schedule.edit", project_id=pk)
    ]
    values = {
        "found": found,
        "answer": load_answer(found, locale),
        "span": span(found.first, found.last, locale),
        "causes": [cause(item, found, locale) for item in found.over],
        "days": [day for day in found.days if day.planned or day.capacity],
        "projects": keys,
        "level_url": _level_url(found, editable),
        "here": f"{reverse('capacity-load')}?{urlencode({'who': found.who, 'first': first, 'last': last})}",
        "in_pane": bool(request.headers.get("HX-Request")),
    }
    crumbs = (Link("Capacity", reverse("capacity")), Link(found.name))
    return show(request, ctx, "capacity/load.html", values, crumbs=crumbs)


def _level_url(found: LoadDetail, keys: list[str]) -> str:
    """Where a proposal is asked for; '' where nothing is too much or nothing may be moved."""
    if not found.over or not keys:
        return ""
    given = [("project", key) for key in keys]
    if found.person_id is not None:
        given.append(("person", str(found.person_id)))
    return f"{reverse('capacity-level')}?{urlencode(given)}"


def span(first: date, last: date, locale: Locale) -> str:
    """'Mon 2 Mar', or 'Mon 2 Mar to Sun 8 Mar'."""
    if first == last:
        return weekday_date(first, locale)
    return f"{weekday_date(first, locale)} to {weekday_date(last, locale)}"


def load_answer(found: LoadDetail, locale: Locale) -> str:
    """'88 h planned, 40 h of time: 48 h too much on 5 days.'"""
    said = f"{heat.short(found.planned)} h planned, {heat.short(found.capacity)} h of time"
    over = [day for day in found.days if day.over]
    if over:
        much = sum((day.planned - day.capacity for day in over), start=over[0].planned * 0)
        said += f": {heat.short(much)} h too much on {len(over)} day{'' if len(over) == 1 else 's'}"
    return f"{said}."


def cause(item: OverStretch, found: LoadDetail, locale: Locale) -> Cause:
    """One stretch of too much work in words."""
    newest = ""
    if item.newest is not None:
        task = found.tasks[item.newest]
        came = task.joined
        if came is not None:
            newest = (
                f"“{task.name}” came last: {came.by or 'somebody'} {_HOW[came.how]} on "
                f"{weekday_date(came.at, locale)} ({came.label})."
            )
    return Cause(
        days=span(item.first, item.last, locale),
        much=f"{heat.short(item.planned)} h of work in {heat.short(item.capacity)} h",
        tasks=tuple(found.tasks[place] for place in item.tasks),
        hidden=f"{heat.short(item.hidden)} h in projects you do not see" if item.hidden else "",
        newest=newest,
    )


_HOW = {
    "made": "added it",
    "given people": "changed who does it",
    "moved": "changed its dates",
    "imported": "brought it with an import",
}


@page()
def workbook(request: HttpRequest, ctx: Context) -> HttpResponse:
    """The heat map that the address asks for, everybody of it, as an Excel workbook."""
    given = asked(request)
    content = journey.workbook(ctx, asked=in_words(ctx, given), inputs=given.inputs())
    response = HttpResponse(content, content_type=_MEDIA_TYPE)
    response.headers["Content-Disposition"] = f'attachment; filename="Capacity {ctx.now.date().isoformat()}.xlsx"'
    return response


def in_words(ctx: Context, given: Asked) -> list[tuple[str, str]]:
    """The filters as people read them."""
    teams, _ = people.team_members(ctx)
    names = {
        "By": given.scale.value,
        "Team": teams.get(given.team or 0, ""),
        "Role": given.role,
        "With work in": given.project,
        "Found by": given.search,
        "Only": "people with more work than time" if given.over_only else "",
    }
    return [(name, value) for name, value in names.items() if value]

"""The grid of all projects, where a figure comes from, and saved views."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.safestring import SafeString

from headway.areas.people import queries as people
from headway.areas.portfolio import commands, queries
from headway.areas.portfolio.commands import COLUMNS as ALL_COLUMNS
from headway.areas.portfolio.types import Group, Health, Portfolio, Sharing, Standing, Whole
from headway.areas.projects import queries as projects
from headway.areas.projects.types import Stage
from headway.interfaces.web.context import locale_of
from headway.interfaces.web.frame import Link
from headway.interfaces.web.locale import Locale
from headway.interfaces.web.page import act, page, pages_in, show
from headway.interfaces.web.portfolio.asking import Asked, asked
from headway.interfaces.web.portfolio.columns import COLUMNS, cells, drawn, source_of
from headway.interfaces.web.submitting import pressed
from headway.interfaces.web.templatetags.formats import weekday_date
from headway.kernel.context import Context

PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a column: where a click orders by it, and how it is ordered now."""

    label: str
    right: bool
    href: str
    state: str


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the grid; `group` and `count` are set on the first row of a group."""

    standing: Standing
    cells: SafeString
    group: str = ""
    count: int = 0


@page()
def grid(request: HttpRequest, ctx: Context) -> HttpResponse:
    """Every project one works on, in one grid; the answer to "where must I look?" first."""
    views = queries.views(ctx)
    given = asked(request, views)
    found = queries.standings(
        ctx,
        **given.filters,
        sort=given.sort,
        descending=given.descending,
        group=given.group,
        cursor=request.GET.get("cursor", ""),
        limit=PER_PAGE,
    )
    locale = locale_of(request)
    own_teams = people.team_ids_of(projects.my_person_id(ctx))
    values = {
        **frame_of(request, ctx, given),
        "views": views,
        "heads": [_head(given, name) for name in given.columns],
        "lines": _lines(found, given, locale),
        "shown": len(found.items),
        "total": found.whole.projects,
        "columns": [(COLUMNS[name], name in given.columns) for name in _offered(given)],
        "span": len(given.columns) + 1,
        "groups": [(group.value, group.value.capitalize() or "No groups") for group in Group],
        "answer": answer(found.whole, locale, narrowed=given.narrowed),
        "figures_as_of": found.whole.as_of,
        "waiting": found.whole.waiting,
        "empty": found.whole.projects == 0 and not given.narrowed,
        "export": given.address(reverse("portfolio-export")),
        "kept": list(given.parameters().items()),
        "teams": [team for team in people.teams(ctx) if team.id in own_teams],
        "sharings": [(Sharing.OWN, "Only me"), (Sharing.TEAM, "A team of mine"), (Sharing.EVERYONE, "Everyone")],
        **pages_in(request, found.next),
    }
    return show(request, ctx, "portfolio/grid.html", values)


def frame_of(request: HttpRequest, ctx: Context, given: Asked) -> dict[str, Any]:
    """What the pages of the portfolio share: tabs, and the filters with what they offer."""
    choices = queries.choices(ctx)
    tabs = (
        ("Projects", "portfolio"),
        ("Timeline", "portfolio-timeline"),
        ("Gantt", "portfolio-gantt"),
        ("Calendar", "portfolio-calendar"),
        ("Programmes", "programmes"),
    )
    return {
        "asked": given,
        "portfolio_tabs": [
            Link(label, given.address(reverse(name)), active=request.path == reverse(name)) for label, name in tabs
        ],
        "clients": choices.clients,
        "managers": choices.managers,
        "programmes": choices.programmes,
        "stages": [(stage.value, stage.value.capitalize()) for stage in Stage],
        "healths": [(health.value, health.word) for health in Health],
    }


def _offered(given: Asked) -> list[str]:
    """All columns: those shown in their order, then the others."""
    return [*given.columns, *(name for name in ALL_COLUMNS if name not in given.columns)]


def _head(given: Asked, name: str) -> Head:
    column = COLUMNS[name]
    if column.sort is None:
        return Head(column.label, column.right, "", "")
    here = column.sort is given.sort
    href = given.address(reverse("portfolio"), sort=column.sort, descending=here and not given.descending)
    state = ("descending" if given.descending else "ascending") if here else ""
    return Head(column.label, column.right, href, state)


def _lines(found: Portfolio, given: Asked, locale: Locale) -> list[Line]:
    counts = {group.name: group.projects for group in found.groups}
    lines, before = [], ""
    for standing in found.items:
        row = drawn(cells(standing, given.columns, locale))
        name = ""
        if given.group is not Group.NONE:
            colour = standing.figures.health if standing.figures is not None else None
            name = queries.group_name(
                given.group,
                client=standing.client,
                manager=standing.manager,
                health=colour,
                programmes=standing.programmes,
            )
        first = name if name != before else ""
        before = name
        lines.append(Line(standing, row, first, counts.get(first, 0)))
    return lines


def answer(whole: Whole, locale: Locale, *, narrowed: bool) -> str:
    """'12 projects: 2 red, 3 amber; 4 finish late. Next finish is Site build, Fri 27 Mar. 3 decisions are overdue.'"""
    if not whole.projects:
        return "No project matches these filters." if narrowed else ""
    sentences = [f"{count(whole.projects, 'project')}: {colours(whole) or 'all green'}"]
    if whole.late:
        sentences[0] += f"; {whole.late} {'finishes' if whole.late == 1 else 'finish'} late"
    if whole.next_finish is not None:
        sentences.append(f"Next finish is {whole.next_finish_of}, {weekday_date(whole.next_finish, locale)}")
    if whole.decisions_overdue:
        verb = "is" if whole.decisions_overdue == 1 else "are"
        sentences.append(f"{count(whole.decisions_overdue, 'decision')} {verb} overdue")
    if whole.people_over:
        who = "1 person has" if whole.people_over == 1 else f"{whole.people_over} people have"
        sentences.append(f"{who} more work than time")
    return ". ".join(sentences) + "."


def colours(whole: Whole) -> str:
    """'2 red, 3 amber, 1 not measured': every colour but green that some project has."""
    counted = (
        (whole.red, "red"),
        (whole.amber, "amber"),
        (whole.grey, "grey"),
        (whole.not_measured, "not measured"),
        (whole.waiting, "being computed"),
    )
    return ", ".join(f"{amount} {word}" for amount, word in counted if amount)


def count(number: int, noun: str) -> str:
    """'1 project', '3 projects'."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


@page()
def standing(request: HttpRequest, ctx: Context, key: str) -> HttpResponse:
    """Where the figures of one project come from: the one that was clicked first, then every dimension of health."""
    found = queries.standing(ctx, project=key)
    locale = locale_of(request)
    name = request.GET.get("figure", "health")
    column = COLUMNS.get(name) or COLUMNS["health"]
    values = {
        "standing": found,
        "figures": found.figures,
        "column": column,
        "cell": cells(found, (column.name,), locale)[0],
        "source": source_of(column.name, found, locale),
        "others": [(other, cells(found, (other.name,), locale)[0]) for other in COLUMNS.values() if other.opens],
        "in_pane": bool(request.headers.get("HX-Request")),
    }
    crumbs = (Link("Portfolio", reverse("portfolio")), Link(found.name))
    return show(request, ctx, "portfolio/standing.html", values, crumbs=crumbs)


# --- saved views ----------------------------------------------------------------------------


@act
def save_view(request: HttpRequest, ctx: Context) -> HttpResponse:
    """Keep what is shown under a name."""
    given = asked(_as_get(request), ())
    name = request.POST.get("name", "")

    def keep() -> None:
        row = commands.save_view(ctx, name=name, settings=given.settings(), default=request.POST.get("default") == "1")
        sharing = Sharing(request.POST.get("sharing") or "own")
        team = request.POST.get("team", "")
        if sharing is not row.sharing or sharing is Sharing.TEAM:
            commands.share_view(ctx, view=row.id, sharing=sharing, team=int(team) if team.isdigit() else None)

    return pressed(request, keep, done=f"The view “{name.strip()}” is saved.", to=given.address(reverse("portfolio")))


def _as_get(request: HttpRequest) -> HttpRequest:
    """The request with its form as the address."""
    request.GET = request.POST
    return request


@act
def open_with(request: HttpRequest, ctx: Context, view: int) -> HttpResponse:
    """Let a view open with the portfolio; 0 = the usual one."""
    to = reverse("portfolio") + (f"?view={view}" if view else "?q=")
    return pressed(
        request, lambda: commands.open_with(ctx, view=view or None), done="The portfolio opens with this view.", to=to
    )


@act
def remove_view(request: HttpRequest, ctx: Context, view: int) -> HttpResponse:
    """Remove a view of one's own."""
    return pressed(
        request, lambda: commands.remove_view(ctx, view=view), done="The view is removed.", to=reverse("portfolio")
    )

"""What every page of the workspace does around its use case: who looks, what may be offered, which frame.

A page parses, calls one use case (a page of reads may call several queries), and renders. Not here: forms and what
their refusals look like (`submitting`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import wraps
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render
from django.urls import reverse

from headway.areas.projects import queries as projects
from headway.areas.projects.types import Charter
from headway.interfaces.actors import context_of
from headway.interfaces.web.frame import Link
from headway.interfaces.web.guide import guide_of
from headway.interfaces.web.headers import reference_of
from headway.interfaces.web.live import live_of
from headway.interfaces.web.menu import menu_of
from headway.kernel.access import OUTSIDE_ROLES, may, permission_table
from headway.kernel.context import Channel, Context
from headway.kernel.errors import Denied, NotFound, SignInRequired

View = Callable[..., HttpResponse]
RowT = TypeVar("RowT")

# Tab, its address, and the permission that opens it.
_TABS = (
    ("overview", "Overview", "project", "schedule.read"),
    ("plan", "Plan", "plan", "schedule.read"),
    ("updates", "News", "updates", "schedule.read_updates"),
    ("hours", "Hours", "hours", "hours.read"),
    ("budget", "Budget", "budget", "budgets.read_expenses"),
    ("estimate", "Estimate", "estimates", "estimates.read"),
    ("registers", "Risks and decisions", "registers", "projects.read_registers"),
    ("scope", "Scope", "scope", "scope.read"),
    ("kpis", "KPIs", "project-kpis", "metrics.read"),
    ("method", "Method", "method", "method.read_gates"),
    ("imports", "Imports", "imports", "projects.read_imports"),
    ("reports", "Reports", "reports", "deliverables.read"),
    ("documents", "Documents", "documents", "deliverables.read"),
    ("people", "People", "members", "projects.read_members"),
    ("activity", "Activity", "activity", "projects.read_activity"),
)


class May:
    """Which acts a page may offer: `may.schedule_edit` in a template asks the table for 'schedule.edit'."""

    def __init__(self, ctx: Context, project_id: int | None = None) -> None:
        self._ctx = ctx
        self._project_id = project_id

    def __getitem__(self, name: str) -> bool:
        permission = name.replace("_", ".", 1)
        if permission not in permission_table():
            raise KeyError(name)
        return may(self._ctx, permission, project_id=self._project_id)


def page(*methods: str, outside: bool = False) -> Callable[[View], View]:
    """A page for people who are signed in: the view gets their context after the request.

    outside  whether clients and guests may come here too; to them every other address does not exist.
    """
    allowed = ("GET", "HEAD", *methods)

    def door(view: View) -> View:
        @wraps(view)
        def opened(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            ctx = signed_in(request)
            if is_outside(ctx) and not outside:
                raise NotFound("There is nothing here.")
            if request.method not in allowed:
                return HttpResponseNotAllowed(allowed)
            request.live = live_of(request, ctx, str(kwargs.get("key", "")))  # type: ignore[attr-defined]
            try:
                return view(request, ctx, *args, **kwargs)
            except Denied as refusal:
                if isinstance(refusal, SignInRequired) or not is_outside(ctx):
                    raise
                raise NotFound("There is nothing here.") from refusal

        return opened

    return door


def act(view: View) -> View:
    """An address that only takes a form's POST."""

    @wraps(view)
    def posted(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        return view(request, *args, **kwargs)

    return page("POST")(posted)


def signed_in(request: HttpRequest) -> Context:
    """The context of whoever looks; raises SignInRequired for nobody."""
    ctx = context_of(request, channel=Channel.WEB)
    if ctx.actor.user_id is None:
        raise SignInRequired("Sign in first.")
    return ctx.but(correlation=reference_of(request) or ctx.correlation)


def is_outside(ctx: Context) -> bool:
    """Whether a client or a guest looks: they get the quieter pages."""
    return ctx.actor.org_role in OUTSIDE_ROLES


def works_on(ctx: Context, project_id: int) -> bool:
    """Whether this person works on the project, and not only looks at it from outside."""
    return may(ctx, "projects.read_members", project_id=project_id)


def working_project(ctx: Context, key: str) -> Charter:
    """A project for those who work on it; NotFound for everybody else, whether it exists or not."""
    project = projects.charter(ctx, project=key)
    if not works_on(ctx, project.id):
        raise NotFound("There is nothing here.")
    return project


def offered(ctx: Context, permission: str, project: Charter) -> None:
    """A page whose act this person may not do is not there for them."""
    if not may(ctx, permission, project_id=project.id):
        raise Denied(f"Your role does not allow this ({permission_table()[permission].about}).")


def pages_in(request: HttpRequest, following: str) -> dict[str, str]:
    """Addresses of the first and the next page of a list, with the other parameters kept."""

    def address(cursor: str) -> str:
        kept = request.GET.copy()
        kept.pop("cursor", None)
        if cursor:
            kept["cursor"] = cursor
        return f"?{kept.urlencode()}" if kept else "?"

    return {
        "first_url": address("") if request.GET.get("cursor") else "",
        "next_url": address(following) if following else "",
    }


def one_page(request: HttpRequest, rows: Sequence[RowT], size: int) -> tuple[Sequence[RowT], dict[str, str]]:
    """The rows of the page that the address names, of a list that is whole already, and the addresses beside it."""
    cursor = request.GET.get("cursor", "")
    begin = int(cursor) if cursor.isascii() and cursor.isdigit() and len(cursor) < 6 else 0
    begin = begin if begin < len(rows) else 0
    following = begin + size
    return rows[begin:following], pages_in(request, str(following) if following < len(rows) else "")


def today_in(ctx: Context, project: Charter) -> date:
    """The day it is where the project is."""
    return ctx.now.astimezone(ZoneInfo(project.time_zone)).date()


def show(
    request: HttpRequest,
    ctx: Context,
    template: str,
    values: dict[str, Any],
    *,
    project: Charter | None = None,
    tab: str = "",
    crumbs: tuple[Link, ...] = (),
    status: int = 200,
) -> HttpResponse:
    """Render a page in its frame: navigation, and a project's crumbs and tabs.

    crumbs  what stands below the project's tab, the page itself last.
    """
    framed: dict[str, Any] = {
        "live": getattr(request, "live", None),
        "guide": guide_of(request, ctx),
        **menu_of(ctx, request.path),
        "may": May(ctx, project.id if project else None),
        "today": today_in(ctx, project) if project else ctx.now.date(),
    }
    if project is not None:
        tabs = tabs_of(ctx, project, tab)
        framed |= {"project": project, "tabs": tabs, "crumbs": _crumbs(project, tabs, crumbs)}
    elif crumbs:
        framed["crumbs"] = crumbs
    return render(request, template, framed | values, status=status)


def tabs_of(ctx: Context, project: Charter, tab: str) -> tuple[Link, ...]:
    """The tabs of a project that this person may open."""
    if not works_on(ctx, project.id):
        return ()
    return tuple(
        Link(label, reverse(address, args=[project.key]), active=name == tab)
        for name, label, address, permission in _TABS
        if may(ctx, permission, project_id=project.id)
    )


def _crumbs(project: Charter, tabs: tuple[Link, ...], crumbs: tuple[Link, ...]) -> tuple[Link, ...]:
    first = Link("Projects", reverse("projects"))
    if not crumbs:
        return (first, Link(project.name))
    here = tuple(link for link in tabs if link.active)
    return (first, Link(project.name, reverse("project", args=[project.key])), *here, *crumbs)


def say(request: HttpRequest, text: str, *, undo: str = "") -> None:
    """A sentence on the next page: what was done. undo: the address whose POST takes it back."""
    messages.success(request, text, extra_tags=undo)


def warn(request: HttpRequest, text: str) -> None:
    """A sentence on the next page: why something was not done, and what to do."""
    messages.error(request, text)

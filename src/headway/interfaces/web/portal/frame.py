"""The quieter frame: the client's name, the projects they see, and three places to go."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from headway.areas.approvals import queries as approvals
from headway.areas.budgets.retainer_ledger import has_retainers
from headway.areas.projects import queries as projects
from headway.areas.projects.types import Charter
from headway.interfaces.web.frame import Link
from headway.interfaces.web.page import show, today_in
from headway.kernel.access import may
from headway.kernel.context import Context
from headway.kernel.errors import NotFound


def portal_project(ctx: Context, key: str) -> Charter:
    """A project that this person sees, from inside or outside."""
    return projects.charter(ctx, project=key)


def reads_documents(ctx: Context, project: Charter) -> bool:
    """Whether documents are for this person: guests see dates alone."""
    return may(ctx, "deliverables.read", project_id=project.id)


def has_balance(ctx: Context, project: Charter) -> bool:
    """Whether there are hours of a retainer to tell this person of."""
    return may(ctx, "budgets.read_balance", project_id=project.id) and has_retainers(project.id)


def present(
    request: HttpRequest,
    ctx: Context,
    template: str,
    values: dict[str, Any],
    *,
    project: Charter | None = None,
    tab: str = "",
    status: int = 200,
) -> HttpResponse:
    """Render a page of the portal."""
    waiting = len(approvals.waiting(ctx))
    tabs = []
    if project is not None:
        tabs.append(Link("Status", reverse("portal-project", args=[project.key]), active=tab == "status"))
        if reads_documents(ctx, project):
            tabs.append(Link("Documents", reverse("portal-documents", args=[project.key]), active=tab == "documents"))
        if has_balance(ctx, project):
            tabs.append(Link("Hours left", reverse("portal-hours", args=[project.key]), active=tab == "hours"))
    else:
        tabs.append(Link("Projects", reverse("portal"), active=tab == "projects"))
    if waiting or tab == "approvals":
        tabs.append(Link("To approve", reverse("portal-approvals"), active=tab == "approvals", count=waiting or None))
    framed = {
        "nav": (),
        "portal_tabs": tuple(tabs),
        "portal_project": project,
        "several": len(projects.list_projects(ctx, limit=2).items) > 1,
        "today": today_in(ctx, project) if project is not None else ctx.now.date(),
    }
    return show(request, ctx, template, framed | values, status=status)


def nothing_here() -> NotFound:
    """What every address answers that is not this person's."""
    return NotFound("There is nothing here.")

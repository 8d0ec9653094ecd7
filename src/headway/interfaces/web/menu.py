"""What stands around every page for one person: where they can go, what waits for them, their timer.

Navigation hides what the person may not open. A count stands only where something waits.
"""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from headway.areas.approvals import queries as approvals
from headway.areas.comms import queries as comms
from headway.areas.hours import timing
from headway.areas.projects import queries as projects
from headway.interfaces.web.frame import NavEntry, NavGroup, navigation
from headway.kernel.access import OUTSIDE_ROLES, permission_table, roles_of
from headway.kernel.context import Context

_AT_HAND = 6

# Label, address, icon, keys, and the permission that opens it.
_WORK = (
    ("Desk", "desk", "layout-list", "g d", "desk.read"),
    ("My tasks", "my-tasks", "list-check", "g k", "hours.log"),
    ("Portfolio", "portfolio", "layout-kanban", "g p", "portfolio.read"),
    ("Capacity", "capacity", "users", "g y", "capacity.read"),
)
_PLACES = (
    ("Accounts", "clients", "building", "g c", "portfolio.read_accounts"),
    ("Hours", "my-week", "clock", "g h", "hours.log"),
    ("KPIs", "kpis", "chart-line", "g q", "metrics.read"),
    ("Reports", "report-centre", "file-text", "g o", "deliverables.read"),
    ("Imports", "import-centre", "upload", "g i", "projects.import"),
    ("Settings", "settings", "settings", "g s", "people.read_house_rules"),
)


def menu_of(ctx: Context, path: str) -> dict[str, Any]:
    """The frame's own values: `nav`, and for people inside `inbox_count` and `timer`."""
    if ctx.actor.org_role in OUTSIDE_ROLES:
        return {"nav": ()}
    waiting = approvals.how_many_wait(ctx)
    to_approve = NavEntry("To approve", reverse("approvals"), "checklist", keys="g a", count=waiting or None)
    roles = roles_of(ctx, None) | projects.roles_anywhere(ctx)  # pages over all projects are for either
    groups = (
        NavGroup((*_entries(_WORK, roles), to_approve)),
        NavGroup(_projects(ctx), "Projects"),
        NavGroup(_entries(_PLACES, roles), "House"),
    )
    logs = bool(permission_table()["hours.log"].roles & roles)
    return {
        "nav": navigation(groups, path=path),
        "inbox_count": comms.notices_waiting(ctx),
        "timer": timing.timer(ctx) if logs else None,
        "has_timer": logs,
    }


def _entries(places: tuple[tuple[str, str, str, str, str], ...], roles: frozenset[str]) -> tuple[NavEntry, ...]:
    table = permission_table()
    return tuple(
        NavEntry(label, reverse(address), icon, keys=keys)
        for label, address, icon, keys, permission in places
        if table[permission].roles & roles
    )


def _projects(ctx: Context) -> tuple[NavEntry, ...]:
    """All projects, then the starred ones, then those opened last."""
    at_hand = tuple(
        NavEntry(row.name, reverse("project", args=[row.key]), "star" if row.starred else "point")
        for row in projects.mine_short(ctx, limit=_AT_HAND)
    )
    return (NavEntry("All projects", reverse("projects"), "briefcase", keys="g j"), *at_hand)

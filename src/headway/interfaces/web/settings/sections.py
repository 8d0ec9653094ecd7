"""The sections of the settings, and who may open which."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from headway.interfaces.web.frame import Link
from headway.interfaces.web.page import is_outside, show
from headway.kernel.access import may, permission_table
from headway.kernel.context import Context
from headway.kernel.errors import Denied, NotFound

# Label, address, and the permission that opens it.
_SECTIONS = (
    ("Organisation", "settings", "people.read_house_rules"),
    ("People and teams", "settings-people", "people.read"),
    ("Calendar", "settings-calendar", "people.read"),
    ("Fields", "settings-fields", "schedule.read_house_fields"),
    ("Method", "settings-method", "method.read_rules"),
    ("Hours", "settings-hours", "hours.own_reminders"),
    ("Rates", "settings-rates", "hours.set_rate"),
    ("Currencies and alerts", "settings-money", "budgets.edit_exchange"),
    ("Reports", "settings-reports", "deliverables.read_templates"),
    ("Mail", "settings-mail", "comms.retry"),
    ("When I am told", "settings-notices", "comms.own_notices"),
    ("Access tokens", "settings-tokens", "people.own_tokens"),
    ("Backup and health", "settings-installation", "house.read_health"),
)


def opened(ctx: Context, address: str) -> None:
    """Refuse a section that this person may not open; to outside people there are no settings."""
    if is_outside(ctx):
        raise NotFound("There is nothing here.")
    permission = next(needed for _, name, needed in _SECTIONS if name == address)
    if not may(ctx, permission):
        raise Denied(f"Your role does not allow this ({permission_table()[permission].about}).")


def show_section(
    request: HttpRequest, ctx: Context, address: str, values: dict[str, Any], *, status: int = 200, **more: Any
) -> HttpResponse:
    """Render a section among the others that this person may open."""
    tabs = tuple(
        Link(label, reverse(name), active=name == address)
        for label, name, permission in _SECTIONS
        if may(ctx, permission)
    )
    template = f"settings/{address.removeprefix('settings-').replace('settings', 'organisation')}.html"
    return show(request, ctx, more.pop("template", template), {"tabs": tabs, **values}, status=status, **more)

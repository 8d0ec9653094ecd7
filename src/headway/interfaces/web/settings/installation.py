"""Backup and health of the installation, for administrators."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from headway.interfaces.web.page import act, page
from headway.interfaces.web.settings.sections import opened, show_section
from headway.interfaces.web.submitting import pressed
from headway.journeys import housekeeping
from headway.kernel.context import Context

_WORDS = {"bad": ("Mend this", "red"), "so_so": ("Know this", "amber"), "good": ("Good", "green")}


@page()
def installation(request: HttpRequest, ctx: Context) -> HttpResponse:
    """What the last examination found, and the backups."""
    opened(ctx, "settings-installation")
    health = housekeeping.health(ctx)
    bad = sum(1 for item in health.findings if item.state == "bad")
    values = {
        "health": health,
        "findings": [(item, *_WORDS[item.state]) for item in health.findings],
        "answer": _answer(len(health.findings), bad),
        "backups": housekeeping.backups(ctx),
    }
    return show_section(request, ctx, "settings-installation", values)


def _answer(found: int, bad: int) -> str:
    if not found:
        return "Not examined yet: have it examined, or wait for tonight."
    return f"{bad} of {found} things want mending." if bad else f"All {found} things that were looked at are fit."


@act
def examine(request: HttpRequest, ctx: Context) -> HttpResponse:
    """Have the installation examined now."""
    return pressed(
        request,
        lambda: housekeeping.examine(ctx),
        done="The examination is under way; open this page again in a minute.",
        to=reverse("settings-installation"),
    )


@act
def back_up(request: HttpRequest, ctx: Context) -> HttpResponse:
    """Have a backup made now."""
    return pressed(
        request,
        lambda: housekeeping.back_up(ctx),
        done="The backup is being made and proved; open this page again in a minute.",
        to=reverse("settings-installation"),
    )

"""Access tokens: for programs that act for oneself."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from headway.areas.people import commands, queries
from headway.interfaces.web.page import act, page
from headway.interfaces.web.settings.sections import opened, show_section
from headway.interfaces.web.submitting import Attempt, attempt, day, one_of, pressed, text
from headway.kernel.access import may
from headway.kernel.context import Context

_SCOPES = (
    ("read", "Read everything I may see"),
    ("write", "Prepare and change everything I may change; a person still approves and sends"),
)


class TokenForm(forms.Form):
    """An access token for a program that acts for oneself."""

    token_name = text("What it is for")
    scope = one_of("It may", _SCOPES)
    until = day("Good until", hint="Leave open for no end.")


@page("POST")
def tokens(request: HttpRequest, ctx: Context) -> HttpResponse:
    """One's access tokens; making one, whose secret is shown once."""
    opened(ctx, "settings-tokens")
    form = TokenForm(request.POST or None)
    done = Attempt(False)
    if request.method == "POST":
        done = attempt(form, lambda given: _make(ctx, given))
    values = {
        "form": TokenForm() if done.done else form,
        "made": done.result,
        "rows": queries.tokens(ctx),
        "may_make": may(ctx, "people.make_token"),
    }
    return show_section(request, ctx, "settings-tokens", values, status=done.status)


def _make(ctx: Context, given: dict[str, Any]) -> Any:
    until = given["until"]
    ends = timezone.make_aware(datetime.combine(until, time(23, 59))) if until is not None else None
    scopes = ("read",) if given["scope"] == "read" else ("read", "write")
    return commands.make_token(ctx, name=given["token_name"], scopes=scopes, expires_at=ends)


@act
def revoke(request: HttpRequest, ctx: Context, token: int) -> HttpResponse:
    """End an access token."""
    return pressed(
        request,
        lambda: commands.revoke_token(ctx, token=token),
        done="The token works no more.",
        to=reverse("settings-tokens"),
    )

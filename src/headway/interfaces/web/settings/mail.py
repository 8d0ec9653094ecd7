"""Mail: whether a server is set, a test to oneself, and the outbox with what failed."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from headway.areas.comms import commands, queries
from headway.areas.comms.types import MailState
from headway.interfaces.web.page import act, page
from headway.interfaces.web.settings.sections import opened, show_section
from headway.interfaces.web.submitting import pressed
from headway.kernel import settings
from headway.kernel.context import Context


@page()
def mail(request: HttpRequest, ctx: Context) -> HttpResponse:
    """The outbox; failed mails first."""
    opened(ctx, "settings-mail")
    server = urlsplit(settings.read().smtp_url)
    rows = sorted(queries.outbox(ctx, limit=200), key=lambda row: row.state is not MailState.FAILED)
    name = f"{server.hostname}:{server.port or 25}" if server.hostname else ""
    failed = sum(1 for row in rows if row.state is MailState.FAILED)
    values = {"server": name, "sender": settings.read().mail_from, "rows": rows, "answer": _answer(name, failed)}
    return show_section(request, ctx, "settings-mail", values)


def _answer(server: str, failed: int) -> str:
    if not server:
        return "No mail server is set: mails wait in the outbox."
    if failed:
        return f"{failed} mail{'s' if failed > 1 else ''} could not be sent."
    return f"Mail goes out through {server}."


@act
def test(request: HttpRequest, ctx: Context) -> HttpResponse:
    """Send oneself a test mail."""
    return pressed(
        request,
        lambda: commands.send_test(ctx),
        done="A test mail to you is in the outbox; it leaves within seconds.",
        to=reverse("settings-mail"),
    )


@act
def retry(request: HttpRequest, ctx: Context, mail: int) -> HttpResponse:
    """Try a failed mail again."""
    return pressed(
        request,
        lambda: commands.retry(ctx, mail=mail),
        done="The mail is tried again.",
        to=reverse("settings-mail"),
    )

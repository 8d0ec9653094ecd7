"""Mail: whether a server is set, a test to oneself, and the outbox with what failed."""

from __future__ import annotations

from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from headway.areas.comms import commands, digests, queries
from headway.areas.comms.types import MailState, WeekOfMails
from headway.interfaces.web.frame import Link
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


@page()
def week(request: HttpRequest, ctx: Context) -> HttpResponse:
    """Which mails of notices would go out this week, to whom, by which rule; nothing is sent by looking."""
    opened(ctx, "settings-mail")
    found = digests.week_of_mails(ctx)
    crumbs = (Link("Mail", reverse("settings-mail")), Link("This week"))
    local = ((mail, mail.at.astimezone(ZoneInfo(mail.zone))) for mail in found.mails)
    rows = [(mail, at.date(), f"{at:%H:%M} {mail.zone}") for mail, at in local]
    values = {"rows": rows, "without": found.without, "answer": _week_answer(found)}
    return show_section(request, ctx, "settings-mail", values, template="settings/mail_week.html", crumbs=crumbs)


def _week_answer(found: WeekOfMails) -> str:
    if not found.server:
        return "No mail server is set: nothing goes out. This is what would."
    count, people = len(found.mails), len({mail.person_id for mail in found.mails})
    if not count:
        return "No mail of notices would go out in the next seven days."
    return (
        f"At most {count} mail{'s' if count > 1 else ''} of notices to {people} {'people' if people > 1 else 'person'} "
        "in the next seven days; who has nothing unread then gets none."
    )


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

"""The mails to the client that alerts of budgets are drafted with: their words, and the approval they need."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from headway.areas.budgets import alert_mails
from headway.areas.budgets.money_types import AlertMailRow, AlertMailState
from headway.areas.projects.queries import members
from headway.areas.projects.types import Charter
from headway.interfaces.web.frame import Link
from headway.interfaces.web.money.forms import ApproversForm, MailForm
from headway.interfaces.web.page import act, offered, page, say, show, warn, working_project
from headway.interfaces.web.reports.asking import approvers_among
from headway.interfaces.web.submitting import attempt, pressed, start_noted, started_from
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, Invalid, NotFound

_MAILS = {
    AlertMailState.DRAFT: ("Draft", "amber"),
    AlertMailState.ASKED: ("Waits for approval", "amber"),
    AlertMailState.APPROVED: ("Approved, on its way", "accent"),
    AlertMailState.SENT: ("Sent", "green"),
    AlertMailState.REFUSED: ("Refused", "red"),
    AlertMailState.DROPPED: ("Not sent", ""),
}
_UNSENT = (AlertMailState.DRAFT, AlertMailState.ASKED, AlertMailState.REFUSED)


@act
def prepare_mail(request: HttpRequest, ctx: Context, key: str, alert: int) -> HttpResponse:
    """Take up the mail that an alert was drafted with."""
    project = working_project(ctx, key)
    try:
        row = alert_mails.prepare_alert_mail(ctx, project=project.id, alert=alert)
    except Conflict as refusal:
        warn(request, refusal.message)
        return redirect(reverse("budget", args=[key]))
    return redirect(reverse("budget-mail", args=[key, row.id]))


@page("POST")
def mail(request: HttpRequest, ctx: Context, key: str, mail: int) -> HttpResponse:
    """A mail to the client: its words, and who must agree before it leaves."""
    project = working_project(ctx, key)
    offered(ctx, "budgets.mail_client", project)
    row = _mail(ctx, project, mail)
    stored = {
        "recipients": ", ".join(row.recipients),
        "subject": row.subject,
        "body": row.body,
        "version": row.version,
    }
    form = MailForm(request.POST or None, initial=stored)
    start_noted(form)
    status, both = 200, ()
    if request.method == "POST":
        done = attempt(form, lambda given: _edited_mail(ctx, row, given), stored=stored)
        if done.done:
            say(request, "The words are saved. They need an approval of their own.")
            return redirect(request.path)
        status, both = done.status, done.both  # type: ignore[assignment]
    state, tone = _MAILS[row.state]
    who = approvers_among(ctx, members(ctx, project=project.id), clients=False)
    values = {
        "row": row,
        "state": state,
        "tone": tone,
        "open": row.state in _UNSENT,
        "form": form,
        "both": both,
        "approvers_form": ApproversForm(who),
        "title": "Mail to the client",
    }
    crumbs = (Link("Mail to the client"),)
    return show(request, ctx, "money/mail.html", values, project=project, tab="budget", crumbs=crumbs, status=status)


def _mail(ctx: Context, project: Charter, mail: int) -> AlertMailRow:
    row = next((row for row in alert_mails.alert_mails(ctx, project=project.id) if row.id == mail), None)
    if row is None:
        raise NotFound("There is nothing here.")
    return row


def _edited_mail(ctx: Context, row: AlertMailRow, given: dict[str, Any]) -> AlertMailRow:
    to = tuple(part.strip() for part in given["recipients"].replace(";", ",").split(",") if part.strip())
    saved: AlertMailRow = alert_mails.edit_alert_mail(
        started_from(ctx, given["version"]), mail=row.id, recipients=to, subject=given["subject"], body=given["body"]
    )
    return saved


@act
def ask_mail(request: HttpRequest, ctx: Context, key: str, mail: int) -> HttpResponse:
    """Ask for the approval without which the mail does not leave."""
    project = working_project(ctx, key)
    row = _mail(ctx, project, mail)
    chosen = tuple(int(one) for one in request.POST.getlist("approvers") if one.isdigit())
    try:
        alert_mails.ask_to_send_alert_mail(ctx, mail=row.id, approvers=chosen)
    except (Invalid, Conflict) as refusal:
        warn(request, refusal.message)
    else:
        say(request, "Approval is asked for; then the mail leaves.")
    return redirect(reverse("budget-mail", args=[key, mail]))


@act
def drop_mail(request: HttpRequest, ctx: Context, key: str, mail: int) -> HttpResponse:
    """Do not send the mail."""
    project = working_project(ctx, key)
    row = _mail(ctx, project, mail)
    return pressed(
        request,
        lambda: alert_mails.drop_alert_mail(ctx, mail=row.id),
        done="The mail is not sent.",
        to=reverse("budget", args=[key]),
    )

"""The mails of a request for news or figures: shown, changed, sent for approval, or not sent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from headway.areas.projects import queries as projects
from headway.areas.projects.types import Charter
from headway.areas.schedule import asking, updates
from headway.areas.schedule.update_types import Rung, UpdateDetail, UpdateMailRow, UpdateMailState
from headway.interfaces.web.frame import Link
from headway.interfaces.web.page import act, offered, page, say, show, warn, working_project
from headway.interfaces.web.reports.asking import approvers_among
from headway.interfaces.web.submitting import (
    Choices,
    attempt,
    pressed,
    several_of,
    started_from,
    text,
    version_field,
    words,
)
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, HeadwayError, Invalid, NotFound

_MAILS = {
    UpdateMailState.DRAFT: ("Draft", "amber"),
    UpdateMailState.ASKED: ("Waits for approval", "amber"),
    UpdateMailState.APPROVED: ("Approved, on its way", "accent"),
    UpdateMailState.SENT: ("Sent", "green"),
    UpdateMailState.REFUSED: ("Refused", "red"),
    UpdateMailState.DROPPED: ("Not sent", ""),
}
_UNSENT = (UpdateMailState.DRAFT, UpdateMailState.ASKED, UpdateMailState.REFUSED)


class MailForm(forms.Form):
    """The words of a mail before it goes."""

    subject = text("Subject")
    body = words("Text", required=True, rows=12)
    version = version_field()


class ApproversForm(forms.Form):
    """Who must agree before a mail leaves."""

    def __init__(self, who: Choices, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["approvers"] = several_of("Approvers", who, hint="One approval is enough; then the mail goes.")


def found_request(ctx: Context, project: Charter, update: int) -> UpdateDetail:
    """A request of this very project."""
    found: UpdateDetail = updates.update_request(ctx, update=update)
    if found.row.project_id != project.id:
        raise NotFound("There is nothing here.")
    return found


@dataclass(frozen=True, slots=True)
class ShownMail:
    """A mail with what can be done with it."""

    row: UpdateMailRow
    title: str
    state: str
    tone: str
    waits: bool
    droppable: bool


def shown_mail(mail: UpdateMailRow) -> ShownMail:
    """A mail as the page of its request shows it."""
    state, tone = _MAILS[mail.state]
    title = "The mail" if mail.rung is Rung.ASK else "A reminder"
    return ShownMail(mail, title, state, tone, mail.state in _UNSENT, mail.rung is not Rung.ASK)


@page("POST")
def mail(request: HttpRequest, ctx: Context, key: str, update: int, mail: int) -> HttpResponse:
    """Change the words of a mail before it goes."""
    project = working_project(ctx, key)
    offered(ctx, "schedule.ask_updates", project)
    row = _mail(found_request(ctx, project, update), mail)
    stored = {"subject": row.subject, "body": row.body, "version": row.version}
    form = MailForm(request.POST or None, initial=stored)
    status, both, back = 200, (), reverse("update", args=[key, update])
    if request.method == "POST":
        done = attempt(
            form,
            lambda given: asking.edit_update_mail(
                started_from(ctx, given["version"]), mail=mail, subject=given["subject"], body=given["body"]
            ),
            stored=stored,
        )
        if done.done:
            say(request, "The words are changed. They need an approval of their own.")
            return redirect(back)
        status, both = done.status, done.both  # type: ignore[assignment]
    values = {
        "form": form,
        "both": both,
        "title": "Change the words",
        "intro": "The link and until when it is good stand below the text by themselves.",
        "submit": "Save the words",
        "back": back,
    }
    crumbs = (Link("Change the words"),)
    return show(
        request, ctx, "projects/form.html", values, project=project, tab="updates", crumbs=crumbs, status=status
    )


def _mail(found: UpdateDetail, mail: int) -> UpdateMailRow:
    row = next((item for item in found.mails if item.id == mail), None)
    if row is None:
        raise NotFound("There is nothing here.")
    return row


@act
def approval(request: HttpRequest, ctx: Context, key: str, update: int, mail: int) -> HttpResponse:
    """Ask for the approval without which a mail does not leave."""
    project = working_project(ctx, key)
    _mail(found_request(ctx, project, update), mail)
    who = approvers_among(ctx, projects.members(ctx, project=project.id), clients=False)
    form = ApproversForm(who, request.POST)
    back = reverse("update", args=[key, update])
    if not form.is_valid():
        warn(request, "Choose who is to approve the mail.")
        return redirect(back)
    chosen = tuple(form.cleaned_data["approvers"])
    try:
        asked = asking.ask_to_send_update(ctx, mail=mail, approvers=chosen)
    except HeadwayError as refusal:
        if not isinstance(refusal, Invalid | Conflict):
            raise
        warn(request, refusal.message)
        return redirect(back)
    if ctx.actor.person_id in chosen:
        return redirect(reverse("approval", args=[asked.id]))
    say(request, "Asked for approval. Once it is given, the mail goes.")
    return redirect(back)


@act
def drop(request: HttpRequest, ctx: Context, key: str, update: int, mail: int) -> HttpResponse:
    """Do not send a reminder."""
    project = working_project(ctx, key)
    _mail(found_request(ctx, project, update), mail)
    return pressed(
        request,
        lambda: asking.drop_update_mail(ctx, mail=mail),
        done="The reminder is not sent.",
        to=reverse("update", args=[key, update]),
    )

"""Delivery: a queued mail becomes a job, the job hands its bytes to the mail server.

Handing on a line is told, and what becomes of leave.
"""

from __future__ import annotations

import logging
from typing import Any

from headway.areas.comms import commands
from headway.areas.comms.compose import automatic, message
from headway.areas.comms.events import MailQueued
from headway.areas.comms.models import Mail
from headway.areas.comms.types import Mailer, MailState, NoticeReason, Refusal
from headway.areas.desk.events import LineDelegated
from headway.areas.desk.wording import ended
from headway.areas.files import store
from headway.areas.files.queries import held_bytes
from headway.areas.people.events import LeaveDecided
from headway.kernel import jobs, ports
from headway.kernel.context import Context, system_context
from headway.kernel.errors import Invalid, NotFound, Unavailable
from headway.kernel.events import reacts_to

logger = logging.getLogger(__name__)
MAX_ATTEMPTS = 8


@reacts_to(MailQueued)
def plan_delivery(ctx: Context, event: MailQueued) -> None:
    """Ask for the delivery job, once a mail and attempt."""
    jobs.enqueue("comms.deliver", {"mail": event.mail_id}, max_attempts=MAX_ATTEMPTS)


@jobs.job("comms.deliver", outgoing=True)
def deliver(payload: dict[str, Any]) -> None:
    """Send one mail. "Sent" is noted after the server's answer, never before; a lost answer means again."""
    ctx = system_context("mail delivery")
    row = Mail.unscoped(reason="the delivery job").filter(pk=payload["mail"]).first()
    if row is None or row.state != MailState.QUEUED.value:
        return
    mailer: Mailer | None = ports.service("mail")
    if mailer is None:
        commands.note_failure(
            ctx, mail=row.pk, error="No mail server is set (HEADWAY_SMTP_URL). Download the draft instead.", final=True
        )
        return
    try:
        mailer.send(sender=row.sender, recipients=list(row.recipients), message=_content(ctx, row))
    except (Refusal, Invalid, NotFound) as refusal:
        commands.note_failure(ctx, mail=row.pk, error=str(refusal), final=True)
    except Exception as fault:
        final = row.attempts + 1 >= MAX_ATTEMPTS
        commands.note_failure(ctx, mail=row.pk, error=f"{type(fault).__name__}: {fault}", final=final)
        if not final:
            raise Unavailable("The mail server did not take the mail; it is tried again.") from fault
    else:
        commands.note_sent(ctx, mail=row.pk, at=ctx.now)


def _content(ctx: Context, row: Mail) -> bytes:
    """The mail's bytes: made and kept before the first try, the same at every other."""
    if row.content_id is not None:
        return held_bytes(row.content_id)
    made = message(
        recipients=row.recipients,
        subject=row.subject,
        body=row.body,
        attachments=[(item["name"], held_bytes(int(item["file"]))) for item in row.attachments],
        sender=row.sender,
        message_id=row.message_id,
        at=row.created_at,
        html=row.html,
        headers={**(automatic(row.sender) if row.approval_id is None else {}), **row.headers},
    )
    stored = store.put([made], limit=commands.MAX_MAIL)
    return held_bytes(commands.keep_content(ctx, mail=row.pk, sha256=stored.sha256, size=stored.size))


@reacts_to(LineDelegated)
def tell_the_colleague(ctx: Context, event: LineDelegated) -> None:
    """Whoever is handed a line finds it in the inbox, with the words that came with it."""
    said = f"{event.from_name} hands you: {event.what}"
    commands.notify(
        ctx,
        to=(event.to_person_id,),
        reason=NoticeReason.DELEGATED,
        about_kind=event.kind,
        about_id=event.record_id,
        project_id=event.project_id,
        text=f"{ended(said)} {event.note}" if event.note else said,
        once=f"delegated:{event.delegation_id}",
    )


@reacts_to(LeaveDecided)
def tell_of_leave(ctx: Context, event: LeaveDecided) -> None:
    """Whose leave was decided on, or entered or taken back by another, finds it in the inbox."""
    commands.notify(
        ctx,
        to=(event.person_id,),
        reason=NoticeReason.DECIDED,
        about_kind="people.Leave",
        about_id=event.leave_id,
        project_id=None,
        text=event.text,
    )

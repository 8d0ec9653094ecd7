"""Putting mails into the outbox and noting what became of them; telling people what concerns them."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import datetime
from email.utils import parseaddr
from typing import Annotated, Any

from django.db.models import F

from headway.areas.comms.compose import message
from headway.areas.comms.events import MailQueued, MailSent
from headway.areas.comms.models import Mail, Notice
from headway.areas.comms.queries import mail_row, notice_row
from headway.areas.comms.types import MailId, MailRow, MailState, NoticeReason, NoticeRow
from headway.areas.files import commands as files
from headway.areas.files.queries import held
from headway.areas.people.queries import emails_of
from headway.kernel import settings
from headway.kernel.commands import command
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, FieldError, Invalid
from headway.kernel.schema import SECRET, Name, Text

MEGABYTE = 1024 * 1024
MAX_MAIL = 25 * MEGABYTE


@command(permission="comms.queue", internal="part of the journey that sends an approved record")
def queue(
    ctx: Context,
    *,
    event_key: Name,
    subject_kind: str,
    subject_id: int,
    project_id: int | None,
    approval_id: int | None,
    recipients: tuple[str, ...],
    subject: Text,
    body: Annotated[Text, SECRET],
    attachments: tuple[dict[str, Any], ...] = (),
    shown: Text = "",
) -> MailRow:
    """Put one mail for one event into the outbox; the same event again gives the same mail.

    event_key    unique; 'system:…' for fixed-text mails to the person concerned, which need no approval.
    attachments  {'file': id, 'name': text} each.
    body         stays out of the audit: a sign-in mail holds a one-use link.
    shown        what the outbox shows of an approved mail that holds somebody's own link; '' = the body.
    """
    known = Mail.unscoped(reason="one mail an event").filter(event_key=event_key).first()
    if known is not None:
        return mail_row(known)
    _can_be_written(recipients, subject, body, attachments)
    sender = settings.read().mail_from
    domain = parseaddr(sender)[1].rpartition("@")[2] or "localhost"
    row = Mail.add(
        ctx,
        event_key=event_key,
        subject_kind=subject_kind,
        subject_id=subject_id,
        project_id=project_id,
        approval_id=approval_id,
        message_id=f"<{secrets.token_hex(16)}@{domain}>",
        sender=sender,
        recipients=list(recipients),
        subject=subject,
        body=body,
        shown=shown,
        attachments=list(attachments),
    )
    ctx.emit(MailQueued(mail_id=row.pk))
    return mail_row(row)


def _can_be_written(
    recipients: tuple[str, ...], subject: str, body: str, attachments: tuple[dict[str, Any], ...]
) -> None:
    """What could not be written later is refused now; the bytes themselves are made outside this transaction."""
    message(
        recipients=recipients, subject=subject, body=body, attachments=[(item["name"], b"") for item in attachments]
    )
    size = len(body) + sum(held(int(item["file"])).size for item in attachments) * 4 // 3  # as base64
    if size > MAX_MAIL:
        raise Invalid(
            f"The mail would have {size // MEGABYTE} MB; the limit is {MAX_MAIL // MEGABYTE} MB. Send fewer files.",
            fields=[FieldError("attachments", "together too large")],
        )


@command(permission="comms.deliver", internal="the delivery job keeps the bytes that it sends")
def keep_content(ctx: Context, *, mail: MailId, sha256: str, size: int) -> int:
    """Keep a mail's bytes, made once: whoever comes second gets the first one's file."""
    row = Mail.hold(Mail.unscoped(reason="the delivery job").filter(pk=mail)).get()
    if row.content_id is not None:
        return row.content_id
    kept = files.keep(ctx, name=f"mail-{row.subject_id}.eml", media_type="message/rfc822", sha256=sha256, size=size)
    row.change(ctx, content_id=kept.id)
    return kept.id


@command(permission="comms.deliver", internal="the delivery job's note after the server's answer")
def note_sent(ctx: Context, *, mail: MailId, at: datetime) -> None:
    """The server has taken the mail."""
    row = Mail.found(ctx, pk=mail)
    if row.change(ctx, state=MailState.SENT.value, sent_at=at, attempts=row.attempts + 1, last_error=""):
        ctx.emit(MailSent(mail_id=row.pk, subject_kind=row.subject_kind, subject_id=row.subject_id))


@command(permission="comms.deliver", internal="the delivery job's note after a refusal or a fault")
def note_failure(ctx: Context, *, mail: MailId, error: Text, final: bool) -> None:
    """The server refused the mail, or could not be reached."""
    row = Mail.found(ctx, pk=mail)
    state = MailState.FAILED.value if final and row.state != MailState.DROPPED.value else row.state
    row.change(ctx, state=state, attempts=row.attempts + 1, last_error=error[:2000])


@command(permission="comms.deliver", internal="part of taking back what the mail is about")
def take_back(ctx: Context, *, mail: MailId) -> bool:
    """Keep a mail from leaving, now and at every other try; False where the server has it already."""
    row = Mail.hold(Mail.unscoped(reason="of a record that is taken back").filter(pk=mail)).get()
    if row.state == MailState.SENT.value:
        return False
    row.change(ctx, state=MailState.DROPPED.value, last_error="")
    return True


@command(permission="comms.retry", changes="mail")
def retry(ctx: Context, *, mail: Mail) -> MailRow:
    """Try a failed or held mail again: the same bytes under the same Message-ID."""
    if mail.state not in (MailState.FAILED.value, MailState.HELD.value):
        raise Conflict(f"This mail is {mail.state}; only a failed or held one is tried again.")
    mail.change(ctx, state=MailState.QUEUED.value, last_error="")
    ctx.emit(MailQueued(mail_id=mail.pk))
    return mail_row(mail)


# --- notices ----------------------------------------------------------------------------------

MAX_NOTICE = 500


def notify(
    ctx: Context,
    *,
    to: Collection[int | None],
    reason: NoticeReason,
    about_kind: str,
    about_id: int,
    project_id: int | None,
    text: str,
    once: str = "",
) -> None:
    """Tell persons of something, inside the command or reaction that brings it about; None is nobody.

    Whoever causes it is not told. An unread notice about the same thing for the same reason is renewed, not doubled.
    once  a key that lets one such notice reach a person, however often it is asked for.
    """
    told = {person for person in to if person is not None}
    if not told or told == {ctx.actor.person_id}:
        return
    inboxes = Notice.unscoped(reason="inboxes of those who are told")
    if once:
        told -= set(inboxes.filter(person__in=told, once=once).values_list("person_id", flat=True))
    told.discard(ctx.actor.person_id or 0)
    fresh = {
        "text": text if len(text) <= MAX_NOTICE else f"{text[: MAX_NOTICE - 1]}…",
        "by": "" if ctx.actor.is_system else ctx.actor.name,
        "once": once,
        "at": ctx.now,
    }
    same = {"reason": reason.value, "about_kind": about_kind, "about_id": about_id}
    unread = inboxes.filter(person__in=told, read_at=None, archived_at=None, **same)
    renewed = set(unread.values_list("person_id", flat=True))
    unread.update(version=F("version") + 1, **fresh)
    inboxes.bulk_create(
        Notice(person_id=person, created_at=ctx.now, project_id=project_id, **same, **fresh)
        for person in sorted(told - renewed)
    )


@command(permission="comms.own_notices", idempotent=True)
def mark_read(ctx: Context, *, notice: Notice, read: bool = True) -> NoticeRow:
    """Mark one of one's notices as read, or as unread again."""
    if (notice.read_at is not None) != read:
        notice.change(ctx, read_at=ctx.now if read else None)
    return notice_row(notice)


@command(permission="comms.own_notices", idempotent=True)
def archive(ctx: Context, *, notice: Notice) -> NoticeRow:
    """Put one of one's notices away; it counts as read."""
    if notice.archived_at is None:
        notice.change(ctx, archived_at=ctx.now, read_at=notice.read_at or ctx.now)
    return notice_row(notice)


@command(permission="comms.own_notices", idempotent=True)
def archive_all(ctx: Context) -> int:
    """Put all of one's notices away; gives how many."""
    rows = Notice.visible_to(ctx).filter(archived_at=None)
    rows.filter(read_at=None).update(read_at=ctx.now)
    return rows.update(archived_at=ctx.now, version=F("version") + 1)


@command(permission="comms.test")
def send_test(ctx: Context) -> MailRow:
    """Send a mail of fixed text to oneself, to see that mail goes out."""
    person = ctx.actor.person_id
    own = emails_of([person]).get(person, "") if person is not None else ""
    if not own:
        raise Conflict("You have no e-mail address here; a person with one must ask for the test.")
    return queue(
        ctx,
        event_key=f"system:test:{secrets.token_hex(8)}",
        subject_kind="",
        subject_id=0,
        project_id=None,
        approval_id=None,
        recipients=(own,),
        subject="Test mail from Headway",
        body="Mail from Headway reaches you. You asked for this test in the settings; there is nothing to do.",
    )

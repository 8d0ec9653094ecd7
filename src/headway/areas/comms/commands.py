"""Putting mails into the outbox and noting what became of them; telling people what concerns them."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from email.utils import parseaddr
from typing import Annotated, Any

from django.db.models import F

from headway.areas.comms.compose import message
from headway.areas.comms.events import MailQueued, MailSent
from headway.areas.comms.models import Mail, Notice
from headway.areas.comms.queries import mail_row
from headway.areas.comms.types import MailId, MailRow, MailState, NoticeReason, Telling
from headway.areas.comms.watching import not_muted
from headway.areas.files import commands as files
from headway.areas.files.queries import held
from headway.areas.people.queries import emails_of
from headway.kernel import settings
from headway.kernel.among import among_ids
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
    html: Annotated[Text, SECRET] = "",
    headers: dict[str, str] | None = None,
) -> MailRow:
    """Put one mail for one event into the outbox; the same event again gives the same mail.

    event_key    unique; 'system:…' for fixed-text mails to the person concerned, which need no approval.
    attachments  {'file': id, 'name': text} each.
    body         stays out of the audit: a sign-in mail holds a one-use link.
    shown        what the outbox shows of an approved mail that holds somebody's own link; '' = the body.
    html         the body for programs that show it with links. headers: further lines of the head, by name.
    """
    known = Mail.unscoped(reason="one mail an event").filter(event_key=event_key).first()
    if known is not None:
        return mail_row(known)
    _can_be_written(recipients, subject, body, attachments, headers or {})
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
        html=html,
        headers=headers or {},
        attachments=list(attachments),
    )
    ctx.emit(MailQueued(mail_id=row.pk))
    return mail_row(row)


def _can_be_written(
    recipients: tuple[str, ...],
    subject: str,
    body: str,
    attachments: tuple[dict[str, Any], ...],
    headers: dict[str, str],
) -> None:
    """What could not be written later is refused now; the bytes themselves are made outside this transaction."""
    message(
        recipients=recipients,
        subject=subject,
        body=body,
        attachments=[(item["name"], b"") for item in attachments],
        headers=headers,
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
    """Note that the server has taken the mail."""
    row = Mail.found(ctx, pk=mail)
    if row.change(ctx, state=MailState.SENT.value, sent_at=at, attempts=row.attempts + 1, last_error=""):
        ctx.emit(MailSent(mail_id=row.pk, subject_kind=row.subject_kind, subject_id=row.subject_id))


@command(permission="comms.deliver", internal="the delivery job's note after a refusal or a fault")
def note_failure(ctx: Context, *, mail: MailId, error: Text, final: bool) -> None:
    """Note that the server refused the mail or could not be reached."""
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
_MOST_ALONG = 100  # things whose words are kept beside a notice that tells of many


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
    urgent: bool = False,
) -> None:
    """Tell persons of something, inside the command or reaction that brings it about; None is nobody.

    Whoever causes it is not told, nor who has muted the record, its project or the reason; a record that one follows
    is told in a muted project, too. An unread notice about the same thing for the same reason is renewed, not doubled.

    once    a key that lets one such notice reach a person, however often it is asked for.
    urgent  it goes by mail at once, within the receiver's working hours, and does not wait for the digest.
    """
    those = tuple(sorted({person for person in to if person is not None}))
    telling = Telling(those, about_kind, about_id, text, once)
    notify_together(ctx, reason=reason, project_id=project_id, tellings=(telling,), urgent=urgent)


def notify_together(
    ctx: Context,
    *,
    reason: NoticeReason,
    project_id: int | None,
    tellings: Collection[Telling],
    urgent: bool = False,
) -> None:
    """Tell of many things that one act brought about; each person gets one line of all of them. See `notify`."""
    tellings = _those_to_tell(ctx, reason, project_id, tellings)
    if not tellings:
        return
    lines = _lines(tellings)
    unread = _unread(reason, {person for person, _ in lines}, {item.about_id for item in tellings})
    fresh: list[Notice] = []
    for person, line in lines:
        about = {"about_kind": line[0].about_kind, "about_id": line[0].about_id, "project_id": project_id}
        renewed = unread.get((person, line[0].about_kind, line[0].about_id))
        waits = renewed is not None and renewed.urgent and renewed.mailed_at is None
        written = _written(ctx, line, renewed, urgent=urgent or waits)
        if renewed is None:
            fresh.append(Notice(person_id=person, reason=reason.value, created_at=ctx.now, **about, **written))
        else:
            rows = Notice.unscoped(reason="inboxes of those who are told").filter(pk=renewed.pk)
            rows.update(version=F("version") + 1, project_id=project_id, **written)
    Notice.unscoped(reason="inboxes of those who are told").bulk_create(fresh, batch_size=500)


def _lines(tellings: Collection[Telling]) -> list[tuple[int, list[Telling]]]:
    """What stands in one line of whose inbox: all together, but for what has a key of its own."""
    together: dict[int, list[Telling]] = {}
    alone: list[tuple[int, list[Telling]]] = []
    for item in tellings:
        for person in item.to:
            if item.once:
                alone.append((person, [item]))
            else:
                together.setdefault(person, []).append(item)
    return [*sorted(together.items()), *alone]


def _those_to_tell(
    ctx: Context, reason: NoticeReason, project_id: int | None, tellings: Collection[Telling]
) -> list[Telling]:
    """The tellings with those persons alone who are to be told of them."""
    me = ctx.actor.person_id
    every = {person for item in tellings for person in item.to if person != me}
    if not every:
        return []
    told_once: set[tuple[int, str]] = set()
    with_key = sorted({item.about_id for item in tellings if item.once})
    if with_key:
        known = Notice.unscoped(reason="who has been told").exclude(once="")
        known = known.filter(among_ids("person_id", every), among_ids("about_id", with_key))
        told_once = set(known.values_list("person_id", "once"))
    heard = not_muted(reason, every, project_id, tellings)
    narrowed = (
        replace(
            item,
            to=tuple(
                person
                for person in item.to
                if person != me
                and (not item.once or (person, item.once) not in told_once)
                and heard(person, item.about_kind, item.about_id)
            ),
        )
        for item in tellings
    )
    return [item for item in narrowed if item.to]


def _written(ctx: Context, line: list[Telling], renewed: Notice | None, *, urgent: bool) -> dict[str, Any]:
    """What a line of one's inbox says: its first thing, what came along, and what a renewed one told beside that."""
    text = line[0].text
    along = [{"kind": item.about_kind, "id": item.about_id, "text": item.text[:MAX_NOTICE]} for item in line[1:]]
    more = len(along)
    if renewed is not None:
        told = {(item.about_kind, item.about_id) for item in line}
        kept = [one for one in renewed.others if (one["kind"], one["id"]) not in told]
        along += kept
        more += len(kept) + renewed.more - len(renewed.others)
    return {
        "text": text if len(text) <= MAX_NOTICE else f"{text[: MAX_NOTICE - 1]}…",
        "by": "" if ctx.actor.is_system else ctx.actor.name,
        "once": line[0].once,
        "others": along[:_MOST_ALONG],
        "more": more,
        "at": ctx.now,
        "shown_at": ctx.now,
        "urgent": urgent,
        "mailed_at": None,
    }


def _unread(
    reason: NoticeReason, persons: Collection[int], records: Collection[int]
) -> dict[tuple[int, str, int], Notice]:
    """Unread notices of some persons about some records for a reason, by person and record."""
    rows = Notice.unscoped(reason="inboxes of those who are told").filter(
        among_ids("person_id", persons),
        among_ids("about_id", records),
        read_at=None,
        archived_at=None,
        reason=reason.value,
    )
    return {(row.person_id, row.about_kind, row.about_id): row for row in rows}


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

"""Reads of the outbox."""

from __future__ import annotations

from headway.areas.comms.models import Mail
from headway.areas.comms.types import MailRow, MailState
from headway.kernel.context import Context
from headway.kernel.queries import query


def mail_row(row: Mail) -> MailRow:
    """A mail as the outbox shows it."""
    return MailRow(
        row.pk,
        row.project_id,
        row.message_id,
        tuple(row.recipients),
        row.subject,
        row.body if row.approval_id is not None else "(not shown: a mail to this person alone)",
        MailState(row.state),
        row.attempts,
        row.last_error,
        row.approval_id,
        row.created_at,
        row.sent_at,
        tuple(item["name"] for item in row.attachments),
        row.version,
    )


@query(permission="comms.read", name="comms.outbox")
def outbox(ctx: Context, *, state: MailState | None = None, limit: int = 100) -> tuple[MailRow, ...]:
    """Mails of one's projects, newest first."""
    rows = Mail.visible_to(ctx).order_by("-id")
    if state is not None:
        rows = rows.filter(state=state.value)
    return tuple(mail_row(row) for row in rows[: max(1, min(limit, 200))])


def of_subject(kind: str, subject_id: int) -> tuple[MailRow, ...]:
    """The mails about a record that the caller may see, newest first."""
    rows = Mail.unscoped(reason="asked by their visible subject").filter(subject_kind=kind, subject_id=subject_id)
    return tuple(mail_row(row) for row in rows.order_by("-id")[:50])

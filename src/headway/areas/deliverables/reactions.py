"""What documents do when something happens elsewhere."""

from __future__ import annotations

from headway.areas.comms.events import MailSent
from headway.areas.deliverables import commands
from headway.kernel.context import Context
from headway.kernel.events import reacts_to

SUBJECT = "deliverables.DocumentVersion"


@reacts_to(MailSent)
def mark_as_sent(ctx: Context, event: MailSent) -> None:
    """A version is sent once the server has taken its mail."""
    if event.subject_kind == SUBJECT:
        commands.note_sent(ctx, version=event.subject_id)

"""What plans do when something happened: news that was to be accepted by itself is, a mail that went is noted."""

from __future__ import annotations

from headway.areas.comms.events import MailSent
from headway.areas.schedule import answering, asking
from headway.areas.schedule.events import UpdateAnswered
from headway.areas.schedule.models import UpdateRequest
from headway.areas.schedule.update_types import UpdateState
from headway.areas.schedule.updates import MAIL
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, Invalid, NotFound
from headway.kernel.events import reacts_to


@reacts_to(UpdateAnswered)
def accept_by_itself(ctx: Context, event: UpdateAnswered) -> None:
    """Take news into the plan where the asker wanted that; what the plan refuses waits for a person, with why."""
    row = UpdateRequest.unscoped(reason="news that is accepted by itself").filter(pk=event.update_id).first()
    if row is None or not row.auto_accept or row.state != UpdateState.ANSWERED.value:
        return
    why = f"news of {row.person_name}, accepted by itself as {row.asked_by} asked"
    try:
        answering.accept_update(ctx.but(reason=why), update=row.pk)
    except (Invalid, Conflict, NotFound) as refusal:
        answering.note_update_trouble(ctx, update=row.pk, trouble=refusal.message)


@reacts_to(MailSent)
def note_sent(ctx: Context, event: MailSent) -> None:
    """A mail of a request for news was taken by the server."""
    if event.subject_kind == MAIL:
        asking.note_update_mail_sent(ctx, mail=event.subject_id)

"""What budgets do when hours change, and when a mail about one has left."""

from __future__ import annotations

from headway.areas.budgets.alert_mails import MAIL, note_alert_mail_sent
from headway.areas.budgets.commands import raise_alerts
from headway.areas.comms.events import MailSent
from headway.areas.hours.events import EntriesChanged
from headway.kernel.context import Context
from headway.kernel.events import reacts_to


@reacts_to(EntriesChanged)
def read_the_lines(ctx: Context, event: EntriesChanged) -> None:
    """Raise the alerts that the change of hours brought about."""
    raise_alerts(ctx, project=event.project_id)


@reacts_to(MailSent)
def note_sent(ctx: Context, event: MailSent) -> None:
    """The mail to a client has left."""
    if event.subject_kind == MAIL:
        note_alert_mail_sent(ctx, mail=event.subject_id)

"""What happened to mails."""

from __future__ import annotations

from dataclasses import dataclass

from headway.kernel.events import Event, event


@event
@dataclass(frozen=True)
class MailQueued(Event):
    """A mail stands in the outbox and may go."""

    mail_id: int


@event
@dataclass(frozen=True)
class MailSent(Event):
    """The server has taken a mail."""

    mail_id: int
    subject_kind: str
    subject_id: int

"""The mail port, and what the comms area answers with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Annotated, Protocol

from headway.kernel.schema import Ref

MailId = Annotated[int, Ref("comms.Mail")]


class MailState(Enum):
    """Where a mail stands. Held: after a restore, until an administrator releases it."""

    QUEUED = "queued"
    HELD = "held"
    SENT = "sent"
    FAILED = "failed"


class Refusal(Exception):
    """The mail server refused for good (5xx): sending again would not help."""


class Mailer(Protocol):
    """Hands finished bytes to a mail server.

    Returns after the server has taken them (250). Raises Refusal for a permanent refusal; anything
    else that it raises means unknown or temporary: the same bytes are sent again later.
    """

    def send(self, *, sender: str, recipients: list[str], message: bytes) -> None: ...


@dataclass(frozen=True, slots=True)
class MailRow:
    """A mail of the outbox."""

    id: int
    project_id: int | None
    message_id: str
    recipients: tuple[str, ...]
    subject: str
    body: str
    state: MailState
    attempts: int
    last_error: str
    approval_id: int | None
    queued_at: datetime
    sent_at: datetime | None
    attachments: tuple[str, ...]
    version: int

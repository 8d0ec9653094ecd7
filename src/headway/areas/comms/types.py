"""The mail port, and what the comms area answers with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Annotated, Protocol

from headway.kernel.schema import Ref

MailId = Annotated[int, Ref("comms.Mail")]
NoticeId = Annotated[int, Ref("comms.Notice")]


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


class NoticeReason(Enum):
    """Why a person is told of something."""

    ASSIGNED = "assigned"
    MENTIONED = "mentioned"
    DUE = "due"
    APPROVAL = "approval"
    DECIDED = "decided"
    MOVED = "moved"
    JOINED = "joined"
    DELEGATED = "delegated"


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """A notice of one's inbox: why, about which record, from whom.

    about_kind, about_id  a model's label ('projects.Risk') and an id.
    by  who caused it; '' = the calendar did.
    """

    id: int
    reason: NoticeReason
    about_kind: str
    about_id: int
    project_id: int | None
    text: str
    by: str
    at: datetime
    read: bool
    archived: bool
    version: int


@dataclass(frozen=True, slots=True)
class Notices:
    """One page of an inbox, newest first."""

    items: tuple[NoticeRow, ...]
    next: str

"""The mail port, and what the comms area answers with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Annotated, Protocol

from headway.kernel.schema import Ref

MailId = Annotated[int, Ref("comms.Mail")]
NoticeId = Annotated[int, Ref("comms.Notice")]
# Projects stand above; their name is all that is known of them here.
ProjectRef = Annotated[int, Ref("projects.Project", key="key")]


class MailState(Enum):
    """Where a mail stands. Held: after a restore, until it is released. Dropped: taken back before it left."""

    QUEUED = "queued"
    HELD = "held"
    SENT = "sent"
    FAILED = "failed"
    DROPPED = "dropped"


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
    ANSWERED = "answered"
    ASKED = "asked"


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


@dataclass(frozen=True, slots=True)
class MentionRow:
    """Somebody who was named in a comment."""

    person_id: int
    name: str


@dataclass(frozen=True, slots=True)
class CommentFileRow:
    """A file beside a comment."""

    id: int
    name: str
    media_type: str
    size: int


@dataclass(frozen=True, slots=True)
class CommentRow:
    """What somebody said.

    text     '' when it was removed.
    own      whether the reader wrote it, and so may change it.
    unread   whether it came after the reader last read what is said here.
    parent   the comment it answers; None for the first of a thread.
    """

    id: int
    parent: int | None
    author_id: int
    author: str
    text: str
    mentions: tuple[MentionRow, ...]
    at: datetime
    edited_at: datetime | None
    removed: bool
    files: tuple[CommentFileRow, ...]
    own: bool
    unread: bool
    version: int


@dataclass(frozen=True, slots=True)
class Thread:
    """A comment and the answers to it, in the order in which they came."""

    first: CommentRow
    answers: tuple[CommentRow, ...]


@dataclass(frozen=True, slots=True)
class Discussion:
    """What is said about a record: one page of threads, in the order in which they began.

    title    what people call the record.
    count    comments that stand, over all pages. unread  of those on this page.
    earlier  the cursor of the page before; '' = there is none.
    may_comment  whether the reader may write here.
    """

    about: str
    record: int
    title: str
    threads: tuple[Thread, ...]
    count: int
    unread: int
    earlier: str
    may_comment: bool


@dataclass(frozen=True, slots=True)
class Wording:
    """How a comment read from an instant on."""

    at: datetime
    text: str

"""The mail port, and what the comms area answers with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Annotated, Protocol

from pydantic import StringConstraints

from headway.kernel.schema import Ref

MailId = Annotated[int, Ref("comms.Mail")]
Clock = Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
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
    FOLLOWED = "followed"


# Somebody turned to this very person: told whatever they have muted.
DIRECT = frozenset(
    {NoticeReason.MENTIONED, NoticeReason.APPROVAL, NoticeReason.ASKED, NoticeReason.DELEGATED, NoticeReason.JOINED}
)


class Digest(Enum):
    """How often a person gets a mail of what waits in their inbox."""

    WEEKLY = "weekly"
    DAILY = "daily"
    NONE = "none"


class Watching(Enum):
    """Whether a person follows a record, or wants to be told nothing of it."""

    FOLLOWED = "followed"
    MUTED = "muted"


@dataclass(frozen=True, slots=True)
class Along:
    """Something told along with a notice, in one line with it."""

    about_kind: str
    about_id: int
    text: str


@dataclass(frozen=True, slots=True)
class Telling:
    """One thing to tell some persons: about which record, in which words.

    once  a key that lets one such notice reach a person, however often it is asked for; it stands in a line of its own.
    """

    to: tuple[int, ...]
    about_kind: str
    about_id: int
    text: str
    once: str = ""


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """A notice of one's inbox: why, about which record, from whom.

    about_kind, about_id  a model's label ('projects.Risk') and an id.
    by        who caused it; '' = the calendar did.
    shown_at  from when on it stands in the inbox: later than now = set aside.
    returned  whether it came back after it was set aside.
    others    what was told along with it, as far as it is kept and may be seen; more: how many things those were.
    """

    id: int
    reason: NoticeReason
    about_kind: str
    about_id: int
    project_id: int | None
    text: str
    by: str
    at: datetime
    shown_at: datetime
    returned: bool
    read: bool
    archived: bool
    others: tuple[Along, ...]
    more: int
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


@dataclass(frozen=True, slots=True)
class WatchRow:
    """A record that a person follows or has muted. `title` is what people call it."""

    about_kind: str
    about_id: int
    project_id: int
    title: str
    how: Watching


@dataclass(frozen=True, slots=True)
class Watches:
    """One page of what a person follows and has muted, what is followed first, the newest first."""

    items: tuple[WatchRow, ...]
    next: str


@dataclass(frozen=True, slots=True)
class NoticeSettingsRow:
    """How a person is told.

    zone       '' = the organisation's, which `zone_now` names then.
    work_days  ISO weekdays, 1 = Monday. starts, ends: on the clock of the zone, '09:00'.
    silent     reasons that they are not told of.
    version    0 = nothing was set yet: these are the usual ones.
    """

    digest: Digest
    zone: str
    zone_now: str
    work_days: tuple[int, ...]
    starts: str
    ends: str
    away_from: date | None
    away_until: date | None
    silent: tuple[NoticeReason, ...]
    version: int


class MailRule(Enum):
    """By which rule a mail of notices goes out."""

    WEEKLY = "weekly digest"
    DAILY = "daily digest"
    URGENT = "urgent notice"


@dataclass(frozen=True, slots=True)
class PlannedMail:
    """A mail of notices that would go out, as things stand now.

    lines  notices that it would tell of; more may come, and what was read until then stays out.
    """

    person_id: int
    name: str
    address: str
    rule: MailRule
    at: datetime
    zone: str
    lines: int


@dataclass(frozen=True, slots=True)
class NoMail:
    """Somebody with an account who gets no mail of notices this week, and why."""

    person_id: int
    name: str
    why: str


@dataclass(frozen=True, slots=True)
class WeekOfMails:
    """What would be sent in the seven days from now. server: whether mail leaves at all."""

    mails: tuple[PlannedMail, ...]
    without: tuple[NoMail, ...]
    server: bool


@dataclass(frozen=True, slots=True)
class DigestByLink:
    """What the page behind the link of a digest shows: whose it is, and how often they get one."""

    name: str
    digest: Digest

"""The outbox, the notices of people's inboxes, and what is said about records."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from headway.areas.comms.types import Digest, MailState, NoticeReason, Watching
from headway.kernel.models import Part, Root
from headway.kernel.search import Searched


class Mail(Root):
    """One mail for one event; its bytes are made once and never change.

    shown    what the outbox shows in place of a text that holds somebody's own link; '' = the text itself.
    html     the same words for programs that show them with links; '' = none.
    headers  further lines of its head, by name.
    """

    noun: ClassVar[str] = "Mail"
    project_path: ClassVar[str | None] = "project_id"

    project_id = models.BigIntegerField(null=True)
    event_key = models.CharField(max_length=120, unique=True)
    subject_kind = models.CharField(max_length=80, blank=True)
    subject_id = models.BigIntegerField(default=0)
    approval_id = models.BigIntegerField(null=True)
    message_id = models.CharField(max_length=255, unique=True)
    sender = models.CharField(max_length=320)
    recipients: Any = models.JSONField(default=list)
    subject = models.CharField(max_length=998)
    body = models.TextField()
    shown = models.TextField(blank=True)
    html = models.TextField(blank=True)
    headers: Any = models.JSONField(default=dict)
    attachments: Any = models.JSONField(default=list)
    content_id = models.BigIntegerField(null=True)  # the finished bytes, as a kept file; made before the first try
    state = models.CharField(
        max_length=8, choices=[(state.value, state.value) for state in MailState], default=MailState.QUEUED.value
    )
    attempts = models.PositiveIntegerField(default=0)
    last_error = models.TextField(blank=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(approval_id__isnull=False) | models.Q(event_key__startswith="system:"),
                name="comms_nothing_leaves_unapproved",
            )
        ]
        indexes = [models.Index(fields=["state", "id"], name="comms_to_send")]

    def __str__(self) -> str:
        return self.subject


class Notice(Root):
    """Something that one person is told. An unread one about the same thing for the same reason is renewed.

    once      a key that lets one notice of its kind reach a person, as 'due:projects.Risk:3:2026-03-02'; '' = any.
    others    what was told along with it in one line: {'kind', 'id', 'text'} each. more: how many those were.
    at        when it was told or renewed. shown_at: from when on it stands in the inbox; later than `at` = set aside.
    urgent    whether it goes by mail at once, within working hours, and does not wait for the digest.
    mailed_at when a mail told of it; None = none has.
    """

    noun: ClassVar[str] = "Notice"
    project_path: ClassVar[str | None] = "project_id"

    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=12, choices=[(reason.value, reason.value) for reason in NoticeReason])
    about_kind = models.CharField(max_length=80)
    about_id = models.BigIntegerField()
    project_id = models.BigIntegerField(null=True)
    text = models.CharField(max_length=500)
    by = models.CharField(max_length=255, blank=True)
    once = models.CharField(max_length=160, blank=True)
    others: Any = models.JSONField(default=list)
    more = models.PositiveIntegerField(default=0)
    at = models.DateTimeField()
    shown_at = models.DateTimeField()
    urgent = models.BooleanField(default=False)
    mailed_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)
    archived_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "once"], condition=~models.Q(once=""), name="comms_told_once")
        ]
        indexes = [
            models.Index(fields=["person", "-shown_at", "-id"], name="comms_inbox"),
            models.Index(
                fields=["person", "about_kind", "about_id"],
                condition=models.Q(read_at=None, archived_at=None),
                name="comms_unread",
            ),
            models.Index(
                fields=["person", "shown_at"],
                condition=models.Q(read_at=None, archived_at=None, mailed_at=None),
                name="comms_to_mail",
            ),
        ]

    def __str__(self) -> str:
        return self.text


class Watch(Root):
    """That a person follows a record, or wants to be told nothing of it; of a project, when the record is one."""

    noun: ClassVar[str] = "Watch"
    project_path: ClassVar[str | None] = "project_id"

    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="+")
    about_kind = models.CharField(max_length=80)
    about_id = models.BigIntegerField()
    project_id = models.BigIntegerField()
    how = models.CharField(max_length=8, choices=[(how.value, how.value) for how in Watching])

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "about_kind", "about_id"], name="comms_watched_once")]
        indexes = [models.Index(fields=["about_kind", "about_id"], name="comms_watched")]

    def __str__(self) -> str:
        return f"{self.how} {self.about_kind} {self.about_id}"


class NoticeSettings(Root):
    """How a person wants to be told: which mails, when they work, which reasons not at all.

    zone       '' = the organisation's.
    work_days  ISO weekdays. starts, ends: on the clock of the zone, '09:00'.
    away_from, away_until  first and last day of a leave; both or none.
    silent     reasons that this person is not told of.
    """

    noun: ClassVar[str] = "Settings of notices"

    person = models.OneToOneField("people.Person", on_delete=models.CASCADE, related_name="+")
    digest = models.CharField(
        max_length=8, choices=[(digest.value, digest.value) for digest in Digest], default=Digest.WEEKLY.value
    )
    zone = models.CharField(max_length=64, blank=True)
    work_days: Any = models.JSONField(default=list)
    starts = models.CharField(max_length=5)
    ends = models.CharField(max_length=5)
    away_from = models.DateField(null=True)
    away_until = models.DateField(null=True)
    silent: Any = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(starts__lt=models.F("ends")), name="comms_day_has_hours")
        ]

    def __str__(self) -> str:
        return f"settings of notices of person {self.person_id}"


class Comment(Root):
    """What somebody said about a record; an answer stands under the comment it answers, one level deep.

    about_kind, about_id  the record's model ('projects.Risk') and id.
    mentions              whom it names: {'person': id, 'name': as written} each.
    """

    noun: ClassVar[str] = "Comment"
    project_path: ClassVar[str | None] = "project_id"
    searched: ClassVar[Searched | None] = Searched(title=("author_name",), body=("body", "file_names"))

    project_id = models.BigIntegerField()
    about_kind = models.CharField(max_length=80)
    about_id = models.BigIntegerField()
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    author = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    author_name = models.CharField(max_length=255)
    body = models.TextField()
    mentions: Any = models.JSONField(default=list)
    edited_at = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["about_kind", "about_id", "-id"], name="comms_said_about"),
            models.Index(fields=["parent", "id"], name="comms_answers"),
        ]

    @property
    def file_names(self) -> list[str]:
        """What the files beside it are called."""
        return list(CommentFile.of(self).order_by("id").values_list("file__name", flat=True))

    def __str__(self) -> str:
        return f"comment of {self.author_name}"


class CommentFile(Part):
    """A file beside a comment, with the type under which it is given out."""

    part_of: ClassVar[str] = "comment"

    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="+")
    file = models.ForeignKey("files.StoredFile", on_delete=models.PROTECT, related_name="+")
    media_type = models.CharField(max_length=120)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["comment", "file"], name="comms_file_once_a_comment")]


class ReadMark(Part):
    """Up to which comment a person has read what is said about a record."""

    part_of: ClassVar[str] = "person"

    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="+")
    about_kind = models.CharField(max_length=80)
    about_id = models.BigIntegerField()
    upto = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "about_kind", "about_id"], name="comms_read_upto_once")
        ]

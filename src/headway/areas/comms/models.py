"""The outbox, the notices of people's inboxes, and what is said about records."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from headway.areas.comms.types import MailState, NoticeReason
from headway.kernel.models import Part, Root
from headway.kernel.search import Searched


class Mail(Root):
    """One mail for one event; its bytes are made once and never change.

    shown  what the outbox shows in place of a text that holds somebody's own link; '' = the text itself.
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

    once  a key that lets one notice of its kind reach a person, as 'due:projects.Risk:3:2026-03-02'; '' = any number.
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
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    archived_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "once"], condition=~models.Q(once=""), name="comms_told_once")
        ]
        indexes = [
            models.Index(fields=["person", "-at", "-id"], name="comms_inbox"),
            models.Index(
                fields=["person", "about_kind", "about_id"],
                condition=models.Q(read_at=None, archived_at=None),
                name="comms_unread",
            ),
        ]

    def __str__(self) -> str:
        return self.text


class Comment(Root):
    """What somebody said about a record; an answer stands under the comment it answers, one level deep.

    about_kind, about_id  the record's model ('projects.Risk') and id.
    mentions              whom it names: {'person': id, 'name': as written} each.
    """

    noun: ClassVar[str] = "Comment"
    project_path: ClassVar[str | None] = "project_id"
    searched: ClassVar[Searched | None] = Searched(title=("author_name",), body=("body",))

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

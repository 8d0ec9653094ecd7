"""The outbox."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from headway.areas.comms.types import MailState
from headway.kernel.models import Root


class Mail(Root):
    """One mail for one event; its bytes are made once and never change."""

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
    attachments: Any = models.JSONField(default=list)
    content_id = models.BigIntegerField()  # the finished bytes, as a kept file
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

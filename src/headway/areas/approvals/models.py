"""Tables of approvals."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from headway.areas.approvals.types import ApprovalState
from headway.kernel.models import Part, Root


class Approval(Root):
    """A request that somebody agrees to exactly one thing, named by kind, id and hash.

    prepared_by_user  whose work it is, when that is another than who asked: neither approves his own.
    """

    noun: ClassVar[str] = "Approval"
    project_path: ClassVar[str | None] = "project_id"

    project_id = models.BigIntegerField(null=True)
    subject = models.CharField(max_length=80)
    subject_id = models.BigIntegerField()
    title = models.CharField(max_length=255)
    shown = models.TextField()
    digest = models.CharField(max_length=64)
    requested_by = models.CharField(max_length=255)
    requested_by_user = models.BigIntegerField(null=True)
    prepared_by_user = models.BigIntegerField(null=True)
    due = models.DateField(null=True)
    quorum = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(
        max_length=10,
        choices=[(state.value, state.value) for state in ApprovalState],
        default=ApprovalState.PENDING.value,
    )
    self_approved = models.BooleanField(default=False)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["subject", "subject_id"], name="approvals_of_subject"),
            models.Index(fields=["project_id", "state"], name="approvals_of_project"),
        ]

    def __str__(self) -> str:
        return self.title


class ApprovalVote(Part):
    """An approver and their answer."""

    part_of: ClassVar[str] = "approval"

    approval = models.ForeignKey(Approval, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    vote = models.CharField(max_length=8, blank=True)
    reason = models.TextField(blank=True)
    voted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["approval", "person"], name="approvals_vote_once")]

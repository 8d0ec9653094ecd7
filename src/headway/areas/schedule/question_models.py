"""Tables of requests for figures: the questions of a request, and the reminders that went."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from headway.areas.schedule.question_types import QuestionKind
from headway.kernel.fields import AmountField
from headway.kernel.models import Part


class UpdateQuestion(Part):
    """A figure that a request asks for; see `question_types.QuestionRow` for its fields."""

    part_of: ClassVar[str] = "request"

    request = models.ForeignKey("schedule.UpdateRequest", on_delete=models.CASCADE, related_name="+")
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=16, choices=[(item.value, item.value) for item in QuestionKind])
    target = models.BigIntegerField(null=True)
    name = models.CharField(max_length=300)
    unit = models.CharField(max_length=40, blank=True)
    period = models.CharField(max_length=40, blank=True)
    begins = models.CharField(max_length=40, blank=True)
    ratio = models.BooleanField(default=False)
    least = AmountField(null=True)
    most = AmountField(null=True)
    hint = models.CharField(max_length=1000, blank=True)
    draft: Any = models.JSONField(default=dict)
    answer: Any = models.JSONField(default=dict)
    answered_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=8, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["request", "number"], name="schedule_question_once")]


class UpdateChaser(Part):
    """That a reminder of a request went, by mail or into the inbox."""

    part_of: ClassVar[str] = "request"

    request = models.ForeignKey("schedule.UpdateRequest", on_delete=models.CASCADE, related_name="+")
    number = models.PositiveSmallIntegerField()
    sent_at = models.DateTimeField()
    by_mail = models.BooleanField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["request", "number"], name="schedule_chaser_once")]

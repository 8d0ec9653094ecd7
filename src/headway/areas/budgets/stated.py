"""The table of what was said of a project's progress: by which method, by whom, when. Rows are never changed."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from headway.engine.planned_value import ProgressMethod
from headway.kernel.fields import AmountField
from headway.kernel.models import Root


class ProgressStatement(Root):
    """What somebody said of the progress of a project, or of a row of its plan, from a day on.

    task_uid      the row; None = the whole project.
    percent       of an estimate by the owner; None = task by task, as the plan says.
    ac, etc       hours worked when it was said, and hours still to go.
    weights       milestones or deliverables with their shares: name, share, task_uid, accepted_on.
    withdrawn_on  from which day on it counts no more.
    """

    noun: ClassVar[str] = "Statement of progress"
    project_path: ClassVar[str | None] = "project_id"

    project = models.ForeignKey("projects.Project", on_delete=models.PROTECT, related_name="+")
    task_uid = models.PositiveIntegerField(null=True)
    method = models.CharField(max_length=24, choices=[(item.value, item.value) for item in ProgressMethod])
    percent = models.DecimalField(max_digits=7, decimal_places=4, null=True)
    ac = AmountField(null=True)
    etc = AmountField(null=True)
    weights: Any = models.JSONField(default=list)
    said_by = models.CharField(max_length=255)
    said_on = models.DateField()
    entered_by = models.CharField(max_length=255)
    withdrawn_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(percent=None) | models.Q(percent__range=(0, 100)), name="budgets_percent_said"
            )
        ]
        indexes = [models.Index(fields=["project", "said_on", "id"], name="budgets_progress_said")]

    def __str__(self) -> str:
        return f"{self.method} from {self.said_on}"

"""Closed months: days of a project on which no hours and no expenses come, go or change any more, corrections apart.

Not here: closing and reopening one (`closing`).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, ClassVar

from django.db import models

from headway.areas.hours.kept import first_of_month
from headway.kernel.database.keeping import keep_from_others
from headway.kernel.errors import Conflict, FieldError
from headway.kernel.fields import HoursField
from headway.kernel.models import Root

_MONTHS = "hours.months"  # of a project, kept shared by what changes their entries and alone by what closes one


class ClosedMonth(Root):
    """A month of a project that was closed, with what its entries came to then; reopened ones stay as history.

    month     its first day.
    snapshot  what was frozen of the month when it was closed; None for months that were closed before this was kept.
    """

    noun: ClassVar[str] = "Closed month"
    project_path: ClassVar[str | None] = "project_id"

    project = models.ForeignKey("projects.Project", on_delete=models.PROTECT, related_name="+")
    month = models.DateField()
    entries = models.PositiveIntegerField()
    hours = HoursField()
    closed_by = models.CharField(max_length=255)
    snapshot = models.ForeignKey("deliverables.Snapshot", null=True, on_delete=models.PROTECT, related_name="+")
    reopened_at = models.DateTimeField(null=True)
    reopened_by = models.CharField(max_length=255, blank=True, default="")
    reason = models.TextField(blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project", "month"], condition=models.Q(reopened_at=None), name="hours_month_closed_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.month:%B %Y}"


def keep_months(project_id: int) -> None:
    """Let nothing come to a month of the project, or leave it, until the end of the transaction that closes it."""
    keep_from_others(_MONTHS, project_id)


def refuse_closed(project_id: int, days: Iterable[date]) -> None:
    """Raise Conflict where one of these days lies in a closed month of the project; one query."""
    _refuse(project_id, month__in={first_of_month(day) for day in days})


def refuse_closed_between(project_id: int, first: date, last: date) -> None:
    """Raise Conflict where some days, both inclusive, touch a closed month of the project; one query."""
    _refuse(project_id, month__gte=first_of_month(first), month__lte=last)


def _refuse(project_id: int, **months: Any) -> None:
    keep_from_others(_MONTHS, project_id, shared=True)
    rows = ClosedMonth.unscoped(reason="whether a project's month is closed").filter(
        project_id=project_id, reopened_at=None, **months
    )
    first = rows.order_by("month").values_list("month", flat=True).first()
    if first is not None:
        raise Conflict(
            f"{first:%B %Y} is closed on this project. Correct what stands in it by a counter-entry, or have an "
            "administrator open the month again.",
            fields=[FieldError("day", f"{first:%B %Y} is closed", value=first.isoformat())],
        )

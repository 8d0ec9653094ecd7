"""Tables of the portfolio: StoredStanding, StandingWeek, SavedView, DefaultView.

Standings are derived: they can be dropped at any time and are computed anew.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from headway.areas.portfolio.types import Health, Sharing
from headway.kernel.models import Part, Root


def _choices(kind: Any) -> list[tuple[str, str]]:
    return [(item.value, item.value) for item in kind]


class StoredStanding(Root):
    """How a project stood when it was last computed: `figures` whole, and the columns that lists are ordered by.

    changes       how many changes of the project the figures hold (the length of its audit chain).
    health_open   health without cost and scope, for those who may not see budgets.
    loads         what the project asks of each person in the next two weeks, day by day, and their capacity.
    good_until    after which instant the figures change without any record; None = not at all.
    past          readings of earlier reports by snapshot id, so that no report is read twice.
    """

    noun: ClassVar[str] = "Standing"
    project_path: ClassVar[str | None] = "project_id"

    project = models.OneToOneField("projects.Project", on_delete=models.CASCADE, related_name="+")
    computed_at = models.DateTimeField()
    as_of = models.DateField()
    changes = models.BigIntegerField()
    figures: Any = models.JSONField()
    past: Any = models.JSONField(default=dict)
    loads: Any = models.JSONField(null=True)  # None = of an earlier version; computed anew
    health = models.CharField(max_length=12, choices=_choices(Health))
    health_open = models.CharField(max_length=12, choices=_choices(Health))
    milestone_on = models.DateField(null=True)
    finish = models.DateField(null=True)
    late_days = models.IntegerField(null=True)
    percent_complete = models.DecimalField(max_digits=12, decimal_places=4, null=True)
    percent_spent = models.DecimalField(max_digits=12, decimal_places=4, null=True)
    spent = models.DecimalField(max_digits=16, decimal_places=4, null=True)
    budget = models.DecimalField(max_digits=16, decimal_places=4, null=True)
    forecast = models.DecimalField(max_digits=16, decimal_places=4, null=True)
    over_capacity = models.PositiveIntegerField(default=0)
    high_risks = models.PositiveIntegerField(default=0)
    decisions_overdue = models.PositiveIntegerField(default=0)
    last_report_on = models.DateField(null=True)
    good_until = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"standing of project {self.project_id}"


class StandingWeek(Part):
    """How a project stood when a week was last read; `first` is its Monday."""

    part_of: ClassVar[str] = "standing"

    standing = models.ForeignKey(StoredStanding, on_delete=models.CASCADE, related_name="+")
    first = models.DateField()
    health = models.CharField(max_length=12, choices=_choices(Health))
    health_open = models.CharField(max_length=12, choices=_choices(Health))
    late_days = models.IntegerField(null=True)
    percent_complete = models.DecimalField(max_digits=12, decimal_places=4, null=True)
    percent_spent = models.DecimalField(max_digits=12, decimal_places=4, null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["standing", "first"], name="portfolio_one_reading_a_week")]


class SavedView(Root):
    """Columns, order, grouping and filters of the portfolio under a name."""

    noun: ClassVar[str] = "View"

    name = models.CharField(max_length=120)
    owner_user = models.BigIntegerField()
    owner = models.CharField(max_length=255)
    settings: Any = models.JSONField(default=dict)
    sharing = models.CharField(max_length=8, choices=_choices(Sharing), default=Sharing.OWN.value)
    team = models.ForeignKey("people.Team", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["owner_user", "name"], name="portfolio_view_name_once"),
        ]

    def __str__(self) -> str:
        return self.name


class DefaultView(Part):
    """The view that opens for a person: at most one each."""

    part_of: ClassVar[str] = "view"

    user = models.BigIntegerField(unique=True)
    view = models.ForeignKey(SavedView, on_delete=models.CASCADE, related_name="+")

"""Tables of estimates: Estimate and EstimateLine."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from headway.areas.estimates.types import Basis, EstimateState, Unit
from headway.engine.estimating import Together
from headway.engine.statistics import EstimateClass
from headway.kernel.fields import AmountField
from headway.kernel.models import Part, Root
from headway.kernel.search import Searched


def _choices(kind: Any) -> list[tuple[str, str]]:
    return [(item.value, item.value) for item in kind]


class Estimate(Root):
    """One version of a project's estimate: EST-2. An approved one never changes.

    calibration  what hours are scaled by, as `types.Applied`; None = as estimated.
    risks        the contingency as it was approved, as `types.RiskShare`; None = as the register says now.
    plan_change  the change of the plan that its lines made, by its place in the undo list.
    """

    noun: ClassVar[str] = "Estimate"
    project_path: ClassVar[str | None] = "project_id"
    bulky: ClassVar[frozenset[str]] = frozenset({"calibration", "risks"})
    searched: ClassVar[Searched | None] = Searched(
        title=("ref", "title"), body=("basis_note", "assumptions", "exclusions")
    )

    project = models.ForeignKey("projects.Project", on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=255)
    state = models.CharField(max_length=10, choices=_choices(EstimateState), default=EstimateState.DRAFT.value)
    kind = models.CharField(max_length=18, choices=_choices(EstimateClass))
    basis = models.CharField(max_length=10, choices=_choices(Basis), blank=True)
    basis_note = models.TextField(blank=True)
    valid_until = models.DateField(null=True)
    currency = models.CharField(max_length=3)
    assumptions = models.TextField(blank=True)
    exclusions = models.TextField(blank=True)
    together = models.CharField(max_length=11, choices=_choices(Together), default=Together.INDEPENDENT.value)
    calibration: Any = models.JSONField(null=True)
    risks: Any = models.JSONField(null=True)
    made_by = models.CharField(max_length=255)
    made_by_user = models.BigIntegerField(null=True)
    approved_by = models.CharField(max_length=255, blank=True)
    approved_at = models.DateTimeField(null=True)
    note = models.TextField(blank=True)
    plan_change = models.BigIntegerField(null=True)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "number"], name="estimates_number"),
            models.UniqueConstraint(
                fields=["project"],
                condition=models.Q(state=EstimateState.APPROVED.value),
                name="estimates_one_approved",
            ),
        ]

    @property
    def ref(self) -> str:
        """How people quote it: 'EST-2'."""
        return f"EST-{self.number}"

    def __str__(self) -> str:
        return self.ref


class EstimateLine(Part):
    """One line. Its rates are copied from the cards when the line or its role is written, and never follow a card."""

    part_of: ClassVar[str] = "estimate"

    estimate = models.ForeignKey(Estimate, on_delete=models.CASCADE, related_name="+")
    position = models.PositiveSmallIntegerField()
    level = models.PositiveSmallIntegerField(default=1)
    name = models.CharField(max_length=255)
    unit = models.CharField(max_length=5, choices=_choices(Unit), default=Unit.HOURS.value)
    role = models.CharField(max_length=255, blank=True)
    optimistic = AmountField(null=True)
    likely = AmountField(null=True)
    pessimistic = AmountField(null=True)
    rate = AmountField(null=True)
    typed = models.BooleanField(default=False)
    cost_rate = AmountField(null=True)
    assumptions = models.CharField(max_length=1000, blank=True)
    exclusions = models.CharField(max_length=1000, blank=True)
    task_uid = models.PositiveIntegerField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(optimistic=None, likely=None, pessimistic=None)
                | models.Q(
                    optimistic__gte=0,
                    likely__gte=models.F("optimistic"),
                    pessimistic__gte=models.F("likely"),
                ),
                name="estimates_points_in_order",
            ),
        ]
        indexes = [models.Index(fields=["estimate", "position"], name="estimates_lines_in_order")]

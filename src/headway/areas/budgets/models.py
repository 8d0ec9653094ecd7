"""Tables of budgets: Budget, BudgetChange, BudgetAlert."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from headway.areas.budgets.types import Basis, BudgetKind, BudgetScope, ChangeState
from headway.kernel.fields import AmountField
from headway.kernel.models import Part, Root
from headway.kernel.search import Searched


def _choices(kind: Any) -> list[tuple[str, str]]:
    return [(item.value, item.value) for item in kind]


class Budget(Root):
    """An amount of hours or money for a project or a part of it. Changes stand beside it, never in it.

    amount   the baseline; None = not counted.
    set_by_user  whose amount it is: somebody else approves it.
    crossed  which alerts were raised and wait to re-arm: the engine's ThresholdState.
    """

    noun: ClassVar[str] = "Budget"
    project_path: ClassVar[str | None] = "project_id"

    project = models.ForeignKey("projects.Project", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=255)
    basis = models.CharField(max_length=5, choices=_choices(Basis))
    currency = models.CharField(max_length=3, blank=True)
    amount = AmountField(null=True)
    scope = models.CharField(max_length=7, choices=_choices(BudgetScope), default=BudgetScope.PROJECT.value)
    of = models.CharField(max_length=255, blank=True)
    person = models.ForeignKey("people.Person", null=True, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=24, choices=_choices(BudgetKind))
    billable_only = models.BooleanField(default=False)
    lines: Any = models.JSONField(default=list)
    crossed: Any = models.JSONField(null=True)
    set_by_user = models.BigIntegerField(null=True)
    approved_on = models.DateField(null=True)
    approved_by = models.CharField(max_length=255, blank=True)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(amount=None) | models.Q(amount__gte=0), name="budgets_not_negative"
            ),
        ]
        indexes = [models.Index(fields=["project", "id"], name="budgets_of_project")]

    def __str__(self) -> str:
        return self.name


class BudgetChange(Root):
    """A change asked for: more or fewer hours, money and days. Counts when approved."""

    noun: ClassVar[str] = "Change"
    project_path: ClassVar[str | None] = "project_id"
    searched: ClassVar[Searched | None] = Searched(title=("ref", "title"), body=("reason",))

    project = models.ForeignKey("projects.Project", on_delete=models.PROTECT, related_name="+")
    budget = models.ForeignKey(Budget, null=True, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=255)
    reason = models.TextField(blank=True)
    hours = AmountField(default=0)
    money = AmountField(default=0)
    currency = models.CharField(max_length=3, blank=True)
    days = models.IntegerField(default=0)
    state = models.CharField(max_length=8, choices=_choices(ChangeState), default=ChangeState.PENDING.value)
    requested_by = models.CharField(max_length=255)
    requested_by_user = models.BigIntegerField(null=True)
    decided_by = models.CharField(max_length=255, blank=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "number"], name="budgets_change_number")]

    @property
    def ref(self) -> str:
        """How people quote it: 'CHG-3'."""
        return f"CHG-{self.number}"

    def __str__(self) -> str:
        return self.ref


class BudgetAlert(Part):
    """An alert that was raised once for a budget."""

    part_of: ClassVar[str] = "budget"

    budget = models.ForeignKey(Budget, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=8)
    line = models.DecimalField(max_digits=8, decimal_places=4)
    percent = AmountField(null=True)
    already = models.BooleanField(default=False)
    text = models.CharField(max_length=500)
    raised_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["budget", "-id"], name="budgets_alerts_newest")]

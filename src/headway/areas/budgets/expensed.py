"""The table of expenses: money spent on a project beside hours."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from django.db import models

from headway.areas.budgets.money_types import ExpenseState
from headway.areas.hours.closed import refuse_closed
from headway.kernel.context import Context
from headway.kernel.fields import AmountField
from headway.kernel.models import Root
from headway.kernel.search import Searched

_STATES = [(one.value, one.value) for one in ExpenseState]


class Expense(Root):
    """Money spent on a project beside hours, from the day it is entered; refused ones count nowhere.

    In a closed month it neither comes nor changes: an approved one is corrected by a counter-entry, which takes its
    amount back, and the right one beside it.

    commitment   the order of which it is a received part.
    corrects     the expense that it takes back (`counter`), or in the place of which it stands.
    markup       percent that is added when it is passed on to the client; counts where it is billable.
    """

    noun: ClassVar[str] = "Expense"
    project_path: ClassVar[str | None] = "project_id"
    searched: ClassVar[Searched | None] = Searched(title=("ref", "description"), body=("supplier", "kind"))
    beside: ClassVar[tuple[str, ...]] = ("commitment", "receipt", "corrects")

    project = models.ForeignKey("projects.Project", on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    day = models.DateField()
    kind = models.CharField(max_length=64)
    description = models.CharField(max_length=255)
    supplier = models.CharField(max_length=255, blank=True)
    amount = AmountField()
    currency = models.CharField(max_length=3)
    billable = models.BooleanField(default=False)
    markup = models.DecimalField(max_digits=8, decimal_places=4, default=0)
    commitment = models.ForeignKey("budgets.Commitment", null=True, on_delete=models.PROTECT, related_name="+")
    receipt = models.ForeignKey("files.StoredFile", null=True, on_delete=models.PROTECT, related_name="+")
    receipt_type = models.CharField(max_length=120, blank=True)
    state = models.CharField(
        max_length=8, choices=[(one.value, one.value) for one in ExpenseState], default=ExpenseState.ENTERED.value
    )
    entered_by = models.CharField(max_length=255)
    entered_by_user = models.BigIntegerField(null=True)
    decided_by = models.CharField(max_length=255, blank=True)
    decided_on = models.DateField(null=True)
    reason = models.TextField(blank=True)
    corrects = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    counter = models.BooleanField(default=False)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "number"], name="budgets_expense_number"),
            models.CheckConstraint(
                condition=models.Q(amount__gt=0, counter=False, markup__gte=0)
                | models.Q(amount__lt=0, counter=True, corrects__isnull=False, markup__gte=0),
                name="budgets_expense_amount",
            ),
            models.UniqueConstraint(
                fields=["corrects", "counter"],
                condition=models.Q(corrects__isnull=False, removed_at=None),
                name="budgets_expense_corrected_once",
            ),
        ]
        indexes = [models.Index(fields=["project", "-day", "-id"], name="budgets_expenses_newest")]

    @property
    def ref(self) -> str:
        """How people quote it: 'EXP-3'."""
        return f"EXP-{self.number}"

    @classmethod
    def add(cls, ctx: Context, **values: Any) -> Self:
        """Make and store an expense; a closed month takes corrections only."""
        if values.get("corrects_id") is None:
            refuse_closed(values["project_id"], [values["day"]])
        return super().add(ctx, **values)

    def change(self, ctx: Context, **values: Any) -> bool:
        """Set fields. Refused in a closed month."""
        refuse_closed(self.project_id, {self.day, values.get("day", self.day)})
        return super().change(ctx, **values)

    def __str__(self) -> str:
        return self.ref

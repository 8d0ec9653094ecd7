"""Tables of budgets and of money: budgets with changes and alerts, retainers, expenses, commitments, invoices."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from headway.areas.budgets.expensed import Expense
from headway.areas.budgets.money_types import AlertMailState, InvoiceStatus
from headway.areas.budgets.stated import ProgressStatement
from headway.areas.budgets.types import Basis, BudgetKind, BudgetScope, ChangeState
from headway.engine.retainer import DrawOrder, Overage, PeriodLength
from headway.kernel.fields import AmountField, HoursField
from headway.kernel.models import Part, Root
from headway.kernel.search import Searched

# Tables of this area that live in a file of their own.
__all__ = [
    "AlertMail",
    "AlertRule",
    "Budget",
    "BudgetAlert",
    "BudgetChange",
    "Commitment",
    "ExchangeRate",
    "Expense",
    "Invoice",
    "ProgressStatement",
    "Retainer",
    "RetainerPeriod",
]


def _choices(kind: Any) -> list[tuple[str, str]]:
    return [(item.value, item.value) for item in kind]


def _project() -> Any:
    return models.ForeignKey("projects.Project", on_delete=models.PROTECT, related_name="+")


class Budget(Root):
    """An amount of hours or money for a project or a part of it. Changes stand beside it, never in it.

    amount   the baseline; None = not counted.
    task_uid, item  the row of the plan, with all below it, or the contract line it is for.
    expenses        expenses count beside hours. stops_billing: at the cap new entries turn non-billable.
    set_by_user  whose amount it is: somebody else approves it.
    lines    the alert lines; None = as the project's rule, or the house's, says.
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
    task_uid = models.IntegerField(null=True)
    item = models.ForeignKey("scope.ScopeItem", null=True, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=24, choices=_choices(BudgetKind))
    billable_only = models.BooleanField(default=False)
    expenses = models.BooleanField(default=False)
    stops_billing = models.BooleanField(default=False)
    lines: Any = models.JSONField(null=True)
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
    """An alert that was raised once for a budget.

    subject, body  the mail to the client that was drafted with it; '' where none may be written (a budget at cost).
    """

    part_of: ClassVar[str] = "budget"

    budget = models.ForeignKey(Budget, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=8)
    line = models.DecimalField(max_digits=8, decimal_places=4)
    percent = AmountField(null=True)
    already = models.BooleanField(default=False)
    text = models.CharField(max_length=500)
    subject = models.CharField(max_length=255, blank=True, default="")
    body = models.TextField(blank=True, default="")
    raised_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["budget", "-id"], name="budgets_alerts_newest")]


class AlertRule(Root):
    """When budgets alert: of one project, or with `project` None of the house."""

    noun: ClassVar[str] = "Alert rule"
    project_path: ClassVar[str | None] = "project_id"

    project = models.OneToOneField("projects.Project", null=True, on_delete=models.PROTECT, related_name="+")
    house = models.BooleanField(null=True, unique=True)  # True for the one of the house: NULLs may repeat
    lines: Any = models.JSONField(default=list)
    forecast_over_budget = models.BooleanField(default=True)
    runway_short = models.BooleanField(default=True)
    rearm_points = models.DecimalField(max_digits=8, decimal_places=4)

    def __str__(self) -> str:
        return f"alert rule {self.project_id or 'of the house'}"


class AlertMail(Root):
    """The mail to the client that was prepared from an alert's draft; it leaves when it was approved.

    digest  of what was shown to the approvers.
    """

    noun: ClassVar[str] = "Mail"
    project_path: ClassVar[str | None] = "budget__project_id"
    beside: ClassVar[tuple[str, ...]] = ("budget",)

    budget = models.ForeignKey(Budget, on_delete=models.PROTECT, related_name="+")
    alert = models.OneToOneField(BudgetAlert, on_delete=models.PROTECT, related_name="+")
    recipients: Any = models.JSONField(default=list)
    subject = models.CharField(max_length=255)
    body = models.TextField()
    digest = models.CharField(max_length=64, blank=True)
    state = models.CharField(max_length=8, choices=_choices(AlertMailState), default=AlertMailState.DRAFT.value)

    def __str__(self) -> str:
        return self.subject


class Retainer(Root):
    """Hours agreed for each period, with what becomes of those that are left or used beyond.

    budget       its budget in hours: alerts are raised for it once a period.
    cap          percent of the allocation that may roll over; None = all.
    life         periods for which carried hours stay good; 0 = none are carried, None = for ever.
    fee          paid for a period; `rate` for an hour beyond it.
    phase        only hours of this phase count; '' = all of the project.
    ahead        how many future periods the ledger shows.
    """

    noun: ClassVar[str] = "Retainer"
    project_path: ClassVar[str | None] = "project_id"

    project = _project()
    budget = models.OneToOneField(Budget, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=255)
    allocation = HoursField()
    length = models.CharField(max_length=7, choices=_choices(PeriodLength), default=PeriodLength.MONTH.value)
    first = models.DateField()
    last = models.DateField(null=True)
    cap = models.DecimalField(max_digits=8, decimal_places=4, null=True)
    life = models.PositiveSmallIntegerField(null=True)
    order = models.CharField(max_length=16, choices=_choices(DrawOrder), default=DrawOrder.CARRIED_FIRST.value)
    overage = models.CharField(max_length=9, choices=_choices(Overage), default=Overage.BILL.value)
    fee = AmountField(null=True)
    rate = AmountField(null=True)
    currency = models.CharField(max_length=3)
    phase = models.CharField(max_length=255, blank=True)
    billable_only = models.BooleanField(default=True)
    ahead = models.PositiveSmallIntegerField(default=3)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(allocation__gte=0), name="budgets_allocation_not_negative"),
        ]
        indexes = [models.Index(fields=["project", "id"], name="budgets_retainers_of_project")]

    def __str__(self) -> str:
        return self.name


class RetainerPeriod(Part):
    """What is known of one period beyond its dates: a plan, a decision on its overage, and once closed its line.

    line     the ledger line as it was when the period was closed; never changed after that.
    decided  what becomes of its overage, where the rules leave that to a person.
    """

    part_of: ClassVar[str] = "retainer"

    retainer = models.ForeignKey(Retainer, on_delete=models.CASCADE, related_name="+")
    number = models.PositiveIntegerField()
    planned = HoursField(null=True)
    decided = models.CharField(max_length=9, blank=True)
    decided_by = models.CharField(max_length=255, blank=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=255, blank=True)
    line: Any = models.JSONField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["retainer", "number"], name="budgets_period_once")]


class Commitment(Root):
    """What was ordered from a supplier and is still to come; what has come is an expense of it."""

    noun: ClassVar[str] = "Commitment"
    project_path: ClassVar[str | None] = "project_id"

    project = _project()
    number = models.PositiveIntegerField()
    supplier = models.CharField(max_length=255)
    title = models.CharField(max_length=255)
    kind = models.CharField(max_length=64)
    amount = AmountField()
    currency = models.CharField(max_length=3)
    expected = models.DateField(null=True)
    closed_on = models.DateField(null=True)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "number"], name="budgets_commitment_number"),
            models.CheckConstraint(condition=models.Q(amount__gt=0), name="budgets_commitment_above_0"),
        ]

    @property
    def ref(self) -> str:
        """How people quote it: 'PO-2'."""
        return f"PO-{self.number}"

    def __str__(self) -> str:
        return self.ref


class Invoice(Root):
    """An invoice to the client, from a file or entered by hand. Open and overdue follow from status and due day.

    hours  how many it bills, below 0 for a credit note; None = it does not say.
    batch  the import that brought it; None = entered by hand.
    """

    noun: ClassVar[str] = "Invoice"
    project_path: ClassVar[str | None] = "project_id"
    searched: ClassVar[Searched | None] = Searched(title=("number",), body=("note",))

    project = _project()
    number = models.CharField(max_length=64)
    day = models.DateField()
    due = models.DateField(null=True)
    amount = AmountField()
    currency = models.CharField(max_length=3)
    status = models.CharField(max_length=5, choices=_choices(InvoiceStatus), default=InvoiceStatus.SENT.value)
    paid_on = models.DateField(null=True)
    note = models.CharField(max_length=255, blank=True)
    hours = HoursField(null=True)
    batch = models.ForeignKey("projects.ImportBatch", null=True, on_delete=models.PROTECT, related_name="+")
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project", "number"], condition=models.Q(removed_at=None), name="budgets_invoice_number"
            ),
        ]
        indexes = [models.Index(fields=["project", "-day", "-id"], name="budgets_invoices_newest")]

    def __str__(self) -> str:
        return self.number


class ExchangeRate(Root):
    """What 1 of a currency is worth in another from a day on, as an administrator typed it. Of the house."""

    noun: ClassVar[str] = "Exchange rate"

    base = models.CharField(max_length=3)
    quote = models.CharField(max_length=3)
    rate = models.DecimalField(max_digits=20, decimal_places=10)
    first = models.DateField()
    entered_by = models.CharField(max_length=255)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["base", "quote", "first"], condition=models.Q(removed_at=None), name="budgets_one_rate_a_day"
            ),
            models.CheckConstraint(condition=models.Q(rate__gt=0), name="budgets_rate_above_0"),
        ]

    def __str__(self) -> str:
        return f"{self.base}/{self.quote} {self.rate} from {self.first}"

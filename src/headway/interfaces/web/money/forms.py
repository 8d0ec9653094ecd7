"""The forms of a project's money."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms

from headway.areas.budgets.money_types import InvoiceStatus
from headway.areas.budgets.types import Basis, BudgetKind, BudgetScope
from headway.engine.retainer import DrawOrder, Overage, PeriodLength
from headway.interfaces.web.submitting import (
    Choices,
    amount,
    currency,
    day,
    one_of,
    several_of,
    text,
    version_field,
    words,
)
from headway.kernel.errors import FieldError, Invalid

_SCOPES = (
    (BudgetScope.PROJECT.value, "The whole project"),
    (BudgetScope.PHASE.value, "A phase"),
    (BudgetScope.TASK.value, "A task, with all below it"),
    (BudgetScope.ITEM.value, "A contract line"),
    (BudgetScope.ROLE.value, "A role"),
    (BudgetScope.PERSON.value, "A person"),
)
_KINDS = (
    (BudgetKind.FIXED_FEE.value, "Fixed fee"),
    (BudgetKind.TIME_AND_MATERIALS_CAP.value, "Time and materials, with a cap"),
    (BudgetKind.NON_BILLABLE.value, "Not billed"),
)
_OVERAGES = (
    (Overage.BILL.value, "Billed at the rate below"),
    (Overage.WRITE_OFF.value, "Written off"),
    (Overage.BORROW.value, "Borrowed from the next period"),
    (Overage.ASK.value, "Somebody decides each time"),
)
_ORDERS = (
    (DrawOrder.CARRIED_FIRST.value, "Carried hours first, the oldest before the others"),
    (DrawOrder.ALLOCATION_FIRST.value, "The period's own hours first"),
)
STATUSES = {
    InvoiceStatus.DRAFT: "Draft",
    InvoiceStatus.SENT: "Sent",
    InvoiceStatus.PAID: "Paid",
    InvoiceStatus.VOID: "Void",
}
KINDS_OF_COST = ("Travel", "Software", "Hosting", "Subcontractor", "Media", "Material", "Fees", "Other")


def lines_of(given: str) -> tuple[Decimal, ...] | None:
    """'50, 75, 90' as alert lines; None where nothing is given. Invalid names what is no number."""
    parts = [part.strip().removesuffix("%").strip() for part in given.replace(";", ",").split(",") if part.strip()]
    if not parts:
        return None
    try:
        return tuple(Decimal(part) for part in parts)
    except ArithmeticError:
        raise Invalid(
            f"'{given}' are no percentages. Write them as 50, 75, 90.", fields=[FieldError("lines", "such as 50, 75")]
        ) from None


class BudgetForm(forms.Form):
    """A new budget."""

    name = text("Name", hint="Such as 'Fixed price' or 'Hours of phase 1'.")
    basis = one_of("Counted in", [(Basis.HOURS.value, "Hours"), (Basis.BILL.value, "Billable value")])
    amount = amount("Amount", required=False, hint="Left open, it is not counted; 0 is over at once.")
    kind = one_of("How the work is paid", _KINDS)
    scope = one_of("What it is for", _SCOPES)
    of = text("Phase or role", required=False)
    billable_only = forms.BooleanField(label="Leave out hours that are not billable", required=False)
    expenses = forms.BooleanField(
        label="Count expenses too", required=False, help_text="For a budget in money of the whole project."
    )
    stops_billing = forms.BooleanField(
        label="At the cap, new hours are not billable", required=False, help_text="For time and materials with a cap."
    )
    lines = text("Alert at, percent", required=False, hint="Such as 50, 75, 90, 100. Left open, the project's rule.")

    def __init__(self, people: Choices, tasks: Choices, items: Choices, *args: Any, costs: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if costs:
            basis = [(Basis.HOURS.value, "Hours"), (Basis.BILL.value, "Billable value"), (Basis.COST.value, "Cost")]
            self.fields["basis"] = one_of("Counted in", basis)
        self.fields["person"] = one_of("Person", people, required=False, number=True)
        self.fields["task"] = one_of("Task", tasks, required=False, number=True)
        self.fields["item"] = one_of("Contract line", items, required=False, number=True)
        order = ["name", "basis", "amount", "kind", "scope", "of", "task", "item", "person"]
        self.order_fields([*order, "billable_only", "expenses", "stops_billing", "lines"])


class EditBudgetForm(forms.Form):
    """A budget that is there; its amount while it is not approved."""

    name = text("Name")
    amount = amount("Amount", required=False)
    billable_only = forms.BooleanField(label="Leave out hours that are not billable", required=False)
    expenses = forms.BooleanField(label="Count expenses too", required=False)
    stops_billing = forms.BooleanField(label="At the cap, new hours are not billable", required=False)
    lines = text("Alert at, percent", required=False, hint="Left open, the project's rule holds.")
    version = version_field()


class RuleForm(forms.Form):
    """When budgets alert."""

    lines = text("Lines, percent of the budget", hint="Such as 50, 75, 90, 100.")
    forecast_over_budget = forms.BooleanField(label="When the forecast is above the budget", required=False)
    runway_short = forms.BooleanField(label="When the rest does not last to the planned end", required=False)
    rearm_points = amount("Alert again after so many points below", hint="A line speaks again only after that.")


class MailForm(forms.Form):
    """A mail to the client before it goes."""

    recipients = text("To", hint="Mail addresses, with commas between them.", length=2000)
    subject = text("Subject")
    body = words("Text", required=True, rows=12)
    version = version_field()


class ApproversForm(forms.Form):
    """Who must agree before a mail leaves."""

    def __init__(self, who: Choices, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["approvers"] = several_of("Approvers", who, hint="One approval is enough; then the mail goes.")


class RetainerForm(forms.Form):
    """What is agreed for a retainer."""

    name = text("Name", hint="Such as 'Support 2026'.")
    allocation = amount("Hours a period")
    length = one_of("A period is a", [(one.value, one.value.capitalize()) for one in PeriodLength])
    first = day("First day", required=True)
    last = day("Last day", hint="Left open, it goes on.")
    fee = amount("Fee a period", required=False)
    overage = one_of("Hours beyond are", _OVERAGES)
    rate = amount("Rate for an hour beyond", required=False)
    rolls = one_of("What is left", [("life", "Rolls over"), ("ever", "Rolls over for ever"), ("no", "Lapses")], hint="")
    cap = amount("Of which at most, percent", required=False, hint="Of the hours a period; left open, all of it.")
    life = forms.IntegerField(label="Good for so many further periods", required=False, min_value=1, max_value=120)
    order = one_of("Used first", _ORDERS)
    phase = text("Only hours of the phase", required=False, hint="Left open, all of the project.")
    billable_only = forms.BooleanField(label="Only billable hours count", required=False)
    version = version_field()

    @property
    def agreed(self) -> dict[str, Any]:
        """What was filled in, as the use case takes it; what is empty is none."""
        given = dict(self.cleaned_data)
        given.pop("version")
        rolls = given.pop("rolls")
        given["life"] = {"no": 0, "ever": None}.get(rolls, given["life"] or 1)
        return given


class ExpenseForm(forms.Form):
    """Money spent beside hours."""

    field_order = (
        *("day", "kind", "description", "supplier", "amount", "currency"),
        *("billable", "markup", "file", "version"),
    )
    markup = amount("Markup, percent", required=False, hint="What is added when it is passed on.")
    day = day("Day", required=True)
    kind = text("Kind", hint="Costs are added up by it.", length=64)
    description = text("What it was for")
    supplier = text("From whom", required=False)
    amount = amount("Amount")
    currency = currency()
    billable = forms.BooleanField(label="The client pays it", required=False)
    file = forms.FileField(label="Receipt", required=False, help_text="PDF, picture, Office or text, up to 100 MB.")
    version = version_field()


class OrderForm(forms.Form):
    """What was ordered from a supplier."""

    supplier = text("Supplier")
    title = text("What was ordered")
    kind = text("Kind", hint="Costs are added up by it.", length=64)
    amount = amount("Amount")
    currency = currency()
    expected = day("Should come by")
    version = version_field()


class ReceiveForm(forms.Form):
    """What came of an order."""

    field_order = ("amount", "day", "description", "billable", "markup")
    markup = amount("Markup, percent", required=False)
    amount = amount("Amount that came")
    day = day("On", required=True)
    description = text("What came", required=False)
    billable = forms.BooleanField(label="The client pays it", required=False)


class InvoiceForm(forms.Form):
    """An invoice to the client."""

    field_order = ("number", "day", "due", "amount", "currency", "status", "paid_on", "hours", "note", "version")
    due = day("Due")
    paid_on = day("Paid on")
    number = text("Number", length=64)
    day = day("Day", required=True)
    hours = amount("Hours billed", required=False, hint="For realisation by hours; empty where the invoice names none.")
    amount = amount("Amount", hint="Below 0 for a credit note.")
    currency = currency()
    status = one_of("State", [(status.value, label) for status, label in STATUSES.items()])
    note = text("Note", required=False)
    version = version_field()

"""Forms of scope statements and change requests."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from headway.areas.schedule.rows import NumberedRow
from headway.areas.scope.types import Area, Confidence, ItemKind, OptionRow, Way
from headway.interfaces.web.submitting import Choices, day, named, one_of, version_field, words
from headway.interfaces.web.submitting import text as line

ROWS_LIST = "plan-rows"
_MOST_ROWS = 200
_RANGE = re.compile(r"(\d{1,6})(?:\s*[-–]\s*(\d{1,6}))?")


class RowsField(forms.CharField):
    """Rows of the plan by their numbers: '4, 7-9'. Gives their ids."""

    def __init__(self, rows: Iterable[NumberedRow], **more: Any) -> None:
        super().__init__(max_length=2000, **more)
        self._by_number = {row.number: row.id for row in rows}

    def prepare_value(self, value: Any) -> Any:
        """Ids as the numbers that are typed."""
        if not isinstance(value, tuple):
            return value
        return ", ".join(str(number) for number, row in self._by_number.items() if row in value)

    def clean(self, value: Any) -> tuple[int, ...]:
        """The ids, each once."""
        typed = str(super().clean(value) or "")
        found: dict[int, None] = {}
        for part in filter(None, (piece.strip() for piece in re.split(r"[,;\s]+(?![-–])", typed))):
            match = _RANGE.fullmatch(part)
            if match is None:
                raise ValidationError(f"'{part}' is no row number. Write such as 4, 7-9.")
            first, last = int(match[1]), int(match[2] or match[1])
            if last < first or last - first >= _MOST_ROWS:
                raise ValidationError(f"'{part}' is no span of rows.")
            for number in range(first, last + 1):
                if number not in self._by_number:
                    raise ValidationError(f"There is no row {number} in the plan.")
                found[self._by_number[number]] = None
        return tuple(found)


class RowField(forms.CharField):
    """One row of the plan by number, with or without its name behind: '12 Build'. Gives its id, None for none."""

    def __init__(self, rows: Iterable[NumberedRow], **more: Any) -> None:
        super().__init__(
            max_length=300, widget=forms.TextInput(attrs={"list": ROWS_LIST, "autocomplete": "off"}), **more
        )
        self._by_number = {row.number: row.id for row in rows}

    def clean(self, value: Any) -> int | None:
        """The id."""
        typed = str(super().clean(value) or "").strip()
        if not typed:
            return None
        number = typed.split()[0].rstrip(".")
        if not number.isascii() or not number.isdigit() or int(number) not in self._by_number:
            raise ValidationError(f"'{typed}' is no row of the plan. Begin with the number of the row, such as 12.")
        return self._by_number[int(number)]


class ItemForm(forms.Form):
    """A line of the scope statement."""

    kind = one_of("Kind", [(kind.value, kind.word) for kind in ItemKind])
    text = line("What", hint="One thing that is delivered, left out, taken as true, or that binds the project.")
    deliverable = line("Deliverable", required=False, hint="What it belongs to; lines of one stand together.")
    acceptance = words("Accepted when", hint="By what the client tells that it is done.", rows=2)
    hours = forms.DecimalField(label="Contract hours", required=False, min_value=0, max_digits=14)
    fee = forms.DecimalField(label="Fee", required=False, min_value=0, max_digits=20)
    version = version_field()

    def __init__(self, rows: tuple[NumberedRow, ...], currency: str, money: bool, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["tasks"] = RowsField(
            rows,
            label="Rows of the plan that deliver it",
            required=False,
            help_text="Their numbers in the plan, such as 4, 7-9; a summary stands for all below it.",
        )
        self.fields["fee"].help_text = f"In {currency}."
        if not money:
            del self.fields["fee"]


class AskForm(forms.Form):
    """Who is asked to approve, and by when."""

    due = day("Answer wanted by")

    def __init__(self, approvers: Choices, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["approvers"] = forms.TypedMultipleChoiceField(
            label="Who approves",
            choices=list(approvers),
            coerce=int,
            widget=forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"}),
            help_text="" if list(approvers) else "Nobody on this project may approve. Give somebody the role first.",
        )
        self.order_fields(["approvers"])


class AskScopeForm(AskForm):
    """The scope statement to approvers."""

    note = words("What they should know", hint="Such as what is new since the last version.", rows=3)


class RequestForm(forms.Form):
    """A change request as it begins."""

    title = line("Title", hint="Such as 'Newsletter sign-up on every page'.")
    description = words("What is asked for", rows=3)
    why = words("Why", rows=2)
    asked_by = line("Asked by", required=False, hint="Empty = you.")
    asked_on = day("Asked on", hint="Empty = today.")
    decide_by = day("Decide by")
    if_nothing = words("If nothing is done", hint="What it costs not to change.", rows=2)

    def __init__(self, owners: Choices, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"] = one_of("Who assesses it", owners, required=False, number=True)


class EditRequestForm(RequestForm):
    """The same once it exists, with the recommendation and the risk of a change of IT."""

    recommendation = words("Recommendation", hint="Which option, and why.", rows=3)
    dissent = words("Dissent", hint="Who disagrees, and why.", rows=2)
    version = version_field()

    def __init__(self, owners: Choices, *args: Any, **kwargs: Any) -> None:
        super().__init__(owners, *args, **kwargs)
        scale = [(value, str(value)) for value in range(1, 6)]
        hint = "For a change of IT alone: 1 is little, 5 is much."
        self.fields["it_probability"] = one_of("Probability of failure", scale, required=False, number=True, hint=hint)
        self.fields["it_impact"] = one_of("Impact of failure", scale, required=False, number=True)
        self.fields["rollback_tested"] = forms.BooleanField(label="Going back was tested", required=False)
        self.fields["first_time"] = forms.BooleanField(label="It is done for the first time", required=False)
        self.fields["freeze"] = forms.BooleanField(
            label="It falls into a freeze", required=False, help_text="A higher approver is needed then."
        )


class OptionForm(forms.Form):
    """What an option is called and costs beside its work."""

    name = line("Option", hint="Such as 'Build it now' or 'In the second release'.")
    one_off = forms.DecimalField(label="Cost that comes once", required=False, min_value=0, max_digits=20)
    hours = words(
        "Hours by role",
        hint="For work nobody in the plan does, one a line: Designer 12. Work of steps comes by itself.",
    )
    risks = words("Risks it adds", hint="One a line.", rows=2)
    version = version_field()

    def clean_hours(self) -> tuple[dict[str, Any], ...]:
        """Role and hours of each line."""
        found = []
        for typed in filter(None, (one.strip() for one in self.cleaned_data["hours"].splitlines())):
            role, _, amount = typed.rpartition(" ")
            try:
                hours = Decimal(amount.removesuffix("h"))
            except ArithmeticError:
                hours = Decimal(-1)
            if not role.strip() or not 0 <= hours < 1_000_000:
                raise ValidationError(f"'{typed}' does not read as a role and hours, such as Designer 12.")
            found.append({"role": role.strip(" :"), "hours": hours})
        return tuple(found)

    def clean_one_off(self) -> Decimal:
        """Nothing is none."""
        return self.cleaned_data["one_off"] or Decimal(0)


def option_values(row: OptionRow) -> Mapping[str, Any]:
    """An option as its form shows it."""
    return {
        "name": row.name,
        "one_off": row.one_off or None,
        "hours": "\n".join(f"{item.role} {item.hours.normalize():f}" for item in row.hours),
        "risks": row.risks,
        "version": row.version,
    }


# What each way of changing the plan asks for, beside the row.
ASKS: Mapping[Way, tuple[str, ...]] = {
    Way.ADD_WORK: ("name", "hours", "who", "role", "task", "then"),
    Way.EXTEND: ("task", "duration"),
    Way.NEW_DELIVERABLE: ("name", "rows", "task", "then"),
    Way.MOVE_MILESTONE: ("task", "day"),
    Way.SET_PEOPLE: ("task", "who"),
    Way.REMOVE: ("task",),
}
_BEHIND = " Empty = at the end. The new work waits for that row."
_THEN = "Their numbers, such as 4, 7-9: the new work moves them, and the finish with them. Empty = none."
_TASK_WORDS = {Way.ADD_WORK: "After which row", Way.NEW_DELIVERABLE: "After which row"}


class StepForm(forms.Form):
    """One thing that an option does to the plan: the fields of its way alone."""

    name = line("Name", hint="Of the new work or deliverable.")
    hours = forms.DecimalField(label="Hours", min_value=0, max_digits=14)
    who = line("Who", required=False, hint="People of the plan, such as Ann or Ann; Bob [50%].")
    role = line("Or which role", required=False, hint="Where nobody is named yet, such as Designer.")
    duration = line("How long it takes then", hint="Such as 8d or 2w.")
    day = day("To which day", required=True)
    rows = words("Its tasks", required=True, hint="One a line: what; how long; who. Such as Design; 3d; Ann.", rows=5)

    def __init__(self, way: Way, rows: tuple[NumberedRow, ...], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        behind = way in _TASK_WORDS
        self.fields["task"] = RowField(
            rows,
            label=_TASK_WORDS.get(way, "Row of the plan"),
            required=not behind,
            help_text="Its number; names are offered while you type." + (_BEHIND if behind else ""),
        )
        self.fields["then"] = RowsField(rows, label="Rows that wait for it", required=False, help_text=_THEN)
        for name in [name for name in self.fields if name not in ASKS[way]]:
            del self.fields[name]
        if way is Way.SET_PEOPLE:
            self.fields["who"].required = True
        self.order_fields(ASKS[way])


class OptionRiskForm(forms.Form):
    """A risk that an option brings: one of the register, or a new one that is entered there."""

    title = line("Or a new risk", required=False, hint="It is entered into the project's register of risks.")
    probability = one_of("Probability", [(value, str(value)) for value in range(1, 6)], number=True)
    impact = one_of("Impact", [(value, str(value)) for value in range(1, 6)], number=True)
    response = words("Response", hint="What is done about it.", rows=2)

    def __init__(self, register: Choices, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["risk"] = one_of("Of the register", register, required=False, number=True)
        self.initial = {"probability": 3, "impact": 3, **self.initial}
        self.order_fields(["risk"])


class ImpactForm(forms.Form):
    """What a change means for a group."""

    area = one_of("On what", [(area.value, area.word) for area in Area])
    group = line("Which group", hint="Such as 'Sales representatives'.")
    group_size = forms.IntegerField(label="How many they are", min_value=1, max_value=2_000_000_000)
    reached = forms.IntegerField(label="How many it reaches", min_value=0, max_value=2_000_000_000)
    severity = forms.TypedChoiceField(
        label="Severity",
        coerce=int,
        choices=[
            (0, "0 no change"),
            (1, "1 some adjustment"),
            (2, "2 visible, training needed"),
            (3, "3 roles or procedures rebuilt"),
            (4, "4 cannot work the old way"),
        ],
        initial=1,
    )
    residual_severity = forms.TypedChoiceField(
        label="Severity once mitigated", coerce=int, choices=[(value, str(value)) for value in range(5)], initial=1
    )
    likelihood = forms.TypedChoiceField(
        label="Likelihood",
        coerce=int,
        choices=[(value, str(value)) for value in range(1, 6)],
        initial=3,
        help_text="1 to 5; told beside the score and no part of it.",
    )
    description = words("What it means for them", rows=2)
    mitigation = words("What softens it", hint="Such as training before go-live.", rows=2)
    due = day("Mitigated by")
    onset = day("From when")
    lasts = line("For how long", required=False)
    reversible = forms.BooleanField(label="It can be taken back", required=False, initial=True)
    confidence = one_of("How sure we are", named(Confidence))
    version = version_field()

    def __init__(self, owners: Choices, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"] = one_of("Who sees to the mitigation", owners, required=False, number=True)
        self.initial.setdefault("confidence", Confidence.MEDIUM.value)


class DecisionForm(AskForm):
    """Which option is recommended, and who decides."""

    recommendation = words("Why", rows=3)
    dissent = words("Who disagrees, and why", rows=2)

    def __init__(self, options: tuple[OptionRow, ...], approvers: Choices, *args: Any, **kwargs: Any) -> None:
        super().__init__(approvers, *args, **kwargs)
        offered = [(row.id, f"{row.number}. {row.name}") for row in options]
        self.fields["option"] = one_of("Recommended option", offered, number=True)
        self.order_fields(["option", "recommendation", "dissent", "approvers", "due"])


class DeferForm(forms.Form):
    """Until when, and why."""

    until = day("Decide by then", required=True)
    reason = line("Why it is put off")


class WithdrawForm(forms.Form):
    """Why nobody asks for it any more."""

    reason = line("Why it is no longer asked for")

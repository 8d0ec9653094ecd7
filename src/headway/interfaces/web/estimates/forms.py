"""Forms of estimates; the lines have a table of their own (`lines`)."""

from __future__ import annotations

from typing import Any

from django import forms

from headway.areas.estimates.types import Basis, CalibrateBy, EstimateRow, PlanBy, PlanOrder
from headway.areas.estimates.wording import class_words
from headway.engine.estimating import Together
from headway.engine.statistics import EstimateClass
from headway.interfaces.web.submitting import Choices, day, named, one_of, several_of, text, version_field, words

EMPTY, PLAN, COPY, TEMPLATE = "empty", "plan", "copy:", "template:"
_TOGETHER = {
    Together.INDEPENDENT: "Independent: one runs over, another under",
    Together.SOMEWHAT: "Somewhat together (correlation 0.3)",
    Together.WHOLLY: "Wholly together (correlation 1)",
}


class NewForm(forms.Form):
    """A new version, and what it begins with."""

    title = text("Title", required=False, hint="Empty: called after the project.")
    kind = one_of("Class", [(kind.value, class_words(kind).split(" ", 1)[1].capitalize()) for kind in EstimateClass])
    begin = one_of("Begin with", ())

    def __init__(self, versions: tuple[EstimateRow, ...], planned: bool, templates: Choices, *args: Any, **more: Any):
        super().__init__(*args, **more)
        choices = [(f"{COPY}{row.number}", f"A copy of {row.ref} {row.title}") for row in versions]
        choices += [(PLAN, "The rows of the plan")] if planned else []
        choices += [(EMPTY, "No lines: type or paste them")]
        choices += [(f"{TEMPLATE}{ref}", f"The template {name}") for ref, name in templates]
        field = self.fields["begin"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - as declared above
        field.choices = choices


class AboutForm(forms.Form):
    """What an estimate states beside its lines."""

    title = text("Title")
    kind = one_of("Class", [(kind.value, class_words(kind).split(" ", 1)[1].capitalize()) for kind in EstimateClass])
    basis = one_of("Basis", [(basis.value, basis.words.capitalize()) for basis in Basis], required=False)
    basis_note = words("Derived from", hint="Which projects, counts or documents the figures come from.")
    valid_until = day("Valid until")
    assumptions = words("Assumptions", hint="One a line.")
    exclusions = words("Exclusions", hint="What it does not hold, one a line.")
    together = one_of(
        "Lines run over",
        [(together.value, label) for together, label in _TOGETHER.items()],
        hint="What P80 is computed with. Lines of one team and one client seldom are independent.",
    )
    version = version_field()


class PasteForm(forms.Form):
    """Rows of a spreadsheet."""

    text = words(
        "Rows",
        required=True,
        rows=12,
        hint="One line a row: what, role, optimistic, most likely, pessimistic, rate, assumptions, exclusions. A first "
        "row of headings says otherwise. Two blanks, or numbers such as 1.2 in front, go a level deeper.",
    )


class CalibrateForm(forms.Form):
    """Which finished work scales the hours."""

    by = one_of("Scale hours by", named(CalibrateBy))


class PlanForm(forms.Form):
    """How lines become tasks."""

    by = one_of(
        "Hours of a task",
        [
            (PlanBy.EXPECTED.value, "Expected: (O + 4M + P) / 6"),
            (PlanBy.MOST_LIKELY.value, "Most likely, with its spread kept for the simulation of the finish"),
        ],
    )
    order = one_of(
        "New tasks stand",
        [
            (PlanOrder.SIDE_BY_SIDE.value, "Side by side, without links"),
            (PlanOrder.IN_SEQUENCE.value, "In sequence, each behind the one before"),
        ],
    )


class AskForm(forms.Form):
    """An estimate to approvers."""

    note = words("What the approver should know", hint="Such as what is new since the last version.")
    due = day("Answer wanted by")

    def __init__(self, who: Choices, *args: Any, **more: Any):
        super().__init__(*args, **more)
        hint = (
            "One approval is enough."
            if list(who)
            else "Nobody else on this project may approve. Give somebody the role first."
        )
        self.fields["approvers"] = several_of("Approvers", who, hint=hint)
        self.order_fields(["approvers"])

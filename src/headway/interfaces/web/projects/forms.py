"""The forms of projects and their registers."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from copy import deepcopy
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator

from headway.areas.people.types import OrganisationRow
from headway.areas.portfolio.types import Dimension, Health
from headway.areas.projects.keys import free_key
from headway.areas.projects.risk_types import ResponseKind, RiskKind
from headway.areas.projects.types import Charter, Engagement, MemberRow, Objective, Raci, Severity, Stage, State
from headway.interfaces.web.submitting import CHOOSE, Choices, day, named, one_of, scale, text, version_field, words

_HIGH_LOW = "1 is little, 5 is much."


class _KeyField(forms.CharField):
    """What people quote of a project, however it is typed: in capital letters."""

    def to_python(self, value: Any) -> str:
        return str(super().to_python(value)).upper()


class Named(forms.Form):
    """A new project's name, and its key: made of the name where none is typed."""

    name = text("Name")
    key = _KeyField(
        label="Project key",
        max_length=20,
        required=False,
        help_text="What people quote, such as ACME-WEB. Empty: made of the name.",
        validators=[RegexValidator(r"^[A-Z][A-Z0-9-]*$", "Use letters, digits and hyphens, a letter first.")],
    )

    def clean(self) -> dict[str, Any]:
        """With a key that is free, where none was typed."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if given.get("name") and given.get("key") == "":
            given["key"] = free_key(given["name"])
        return given


class NewProject(Named):
    """What a project begins with."""

    starts_on = day("First day")

    def __init__(self, clients: tuple[OrganisationRow, ...], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [(row.id, row.name) for row in clients]
        hint = "Leave open for an internal project." if offered else "No clients yet; they are added under Settings."
        self.fields["client"] = one_of("Client", offered, required=False, number=True, hint=hint)
        self.order_fields(["name", "key", "client", "starts_on"])


class CharterForm(forms.Form):
    """A project's charter. Lists are lines: one objective a line, measure and target after bars."""

    name = text("Name")
    purpose = words("Purpose", hint="Why the project exists, in two sentences.")
    starts_on = day("First day")
    ends_on = day("Last day")
    objectives = words("Objectives", hint="One a line: objective | how it is measured | target.", rows=4)
    success_measures = words("Success measures", hint="One a line: measure | how | target.", rows=4)
    scope_in = words("In scope", hint="One a line.", rows=4)
    scope_out = words("Out of scope", hint="One a line.", rows=4)
    hours_tracked = forms.BooleanField(
        label="Hours are tracked", required=False, help_text="Missing time sheets then turn the health grey."
    )
    version = version_field()


def charter_values(project: Charter) -> dict[str, Any]:
    """A charter as its form shows it."""
    return {
        "name": project.name,
        "purpose": project.purpose,
        "starts_on": project.starts_on,
        "ends_on": project.ends_on,
        "objectives": _lines(project.objectives),
        "success_measures": _lines(project.success_measures),
        "scope_in": "\n".join(project.scope_in),
        "scope_out": "\n".join(project.scope_out),
        "hours_tracked": project.hours_tracked,
        "version": project.version,
    }


def charter_inputs(cleaned: dict[str, Any]) -> dict[str, Any]:
    """What the form says, as the use case takes it."""
    return {
        "name": cleaned["name"],
        "purpose": cleaned["purpose"],
        "starts_on": cleaned["starts_on"],
        "ends_on": cleaned["ends_on"],
        "hours_tracked": cleaned["hours_tracked"],
        "objectives": _objectives(cleaned["objectives"]),
        "success_measures": _objectives(cleaned["success_measures"]),
        "scope_in": tuple(_filled(cleaned["scope_in"])),
        "scope_out": tuple(_filled(cleaned["scope_out"])),
        "clear": tuple(name for name in ("starts_on", "ends_on") if cleaned[name] is None),
    }


def _lines(items: tuple[Objective, ...]) -> str:
    return "\n".join(" | ".join(filter(None, (item.text, item.measure, item.target))) for item in items)


def _filled(lines: str) -> list[str]:
    return [line.strip() for line in lines.splitlines() if line.strip()]


def _objectives(lines: str) -> tuple[Objective, ...]:
    found = []
    for line in _filled(lines):
        parts = [part.strip() for part in line.split("|", 2)] + ["", ""]
        found.append(Objective(parts[0] or line, parts[1], parts[2]))
    return tuple(found)


class StageForm(forms.Form):
    """Where the project stands."""

    stage = one_of("Stage", named(Stage))


class HealthForm(forms.Form):
    """A colour set by hand for one dimension of health, of those that the project has."""

    def __init__(self, dimensions: Sequence[Dimension], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["dimension"].choices = [(item.value, item.word) for item in dimensions]  # type: ignore[attr-defined]

    dimension = one_of("Dimension", [(item.value, item.word) for item in Dimension])
    colour = one_of("Colour", [(item.value, item.word) for item in (Health.GREEN, Health.AMBER, Health.RED)])
    reason = words("Reason", required=True, hint="Stays visible beside the colour, with your name.")


# --- registers --------------------------------------------------------------------------------


def owners(members: tuple[MemberRow, ...]) -> Choices:
    """Who may own a record: whoever works on the project, once."""
    outside = {"client", "guest"}
    return sorted({(row.person_id, row.name) for row in members if row.role not in outside}, key=lambda who: who[1])


class _Owned(forms.Form):
    """A record with an owner. State and reason are offered once the record exists; `later` are fields of then."""

    state_field = True
    later: Mapping[str, forms.Field] = {}

    def __init__(self, who: Choices, *args: Any, exists: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"] = one_of("Owner", who, required=False, number=True)
        if exists:
            if self.state_field:
                self.fields["state"] = one_of("State", named(State))
            self.fields |= {name: deepcopy(field) for name, field in self.later.items()}
            self.fields["why"] = _why()
        self.fields["version"] = version_field()


def _why() -> forms.CharField:
    return text("Reason for the change", required=False, hint="Stands in the history beside what you change.")


class PointsField(forms.CharField):
    """A three-point estimate as '2 / 5 / 10', or one figure. Gives its numbers; the use case says what is wrong."""

    def __init__(self, label: str, hint: str) -> None:
        super().__init__(label=label, required=False, max_length=60, help_text=hint)
        self.widget.attrs |= {"inputmode": "decimal", "autocomplete": "off"}

    def to_python(self, value: Any) -> tuple[Decimal, ...]:  # type: ignore[override]
        """The numbers that are typed."""
        typed = (super().to_python(value) or "").replace(",", ".")
        try:
            return tuple(Decimal(part) for part in re.split(r"[\s/;–]+", typed) if part)
        except InvalidOperation:
            raise ValidationError("Write one figure, or least / likely / most, such as 2 / 5 / 10.") from None


def _chance(label: str, hint: str = "") -> forms.DecimalField:
    return forms.DecimalField(
        label=label, required=False, min_value=0, max_value=100, max_digits=5, decimal_places=2, help_text=hint
    )


def _maybe(label: str, choices: Choices, hint: str = "") -> forms.TypedChoiceField:
    """A choice that gives None where nothing is chosen."""
    return forms.TypedChoiceField(
        label=label, choices=[CHOOSE, *choices], required=False, help_text=hint, coerce=str, empty_value=None
    )


_SCALE = [(value, str(value)) for value in range(1, 6)]


class RiskForm(_Owned):
    """A risk. It is closed by an act of its own, which asks why."""

    state_field = False

    title = text("Risk", hint="What might happen, as a sentence.")
    kind = one_of("Kind", named(RiskKind), hint="A threat would hurt, an opportunity would help.")
    category = text("Category", required=False, hint="Such as Supplier, People or Technology.", length=60)
    probability = scale("Probability", _HIGH_LOW)
    impact = scale("Impact", "1 is little, 5 is much. Exposure is probability times impact, of 25.")
    percent = _chance("Chance in percent", "Empty: 10, 30, 50, 70 or 90 %, by the probability.")
    days = PointsField("Days it costs", "Working days if it happens: one figure, or least / likely / most: 2 / 5 / 10.")
    money = PointsField("Money it costs", "In the project's currency, likewise.")
    cause = words("Cause", rows=2)
    effect = words("Effect", rows=2)
    response_kind = _maybe("Kind of response", named(ResponseKind))
    response = words("Response", hint="What is done about it.", rows=2)
    response_due = day("Response due")
    residual_probability = one_of("Probability after it", _SCALE, required=False, number=True)
    residual_impact = one_of("Impact after it", _SCALE, required=False, number=True)
    residual_percent = _chance("Chance after it in percent")
    residual_days = PointsField("Days after it", "What is left once the response is carried out.")


class IssueForm(_Owned):
    """An issue."""

    title = text("Issue", hint="What has gone wrong, as a sentence.")
    description = words("Description")
    severity = one_of("Severity", named(Severity))
    due = day("Due")
    later: Mapping[str, forms.Field] = {"resolution": words("Resolution", rows=2)}


class AssumptionForm(_Owned):
    """An assumption."""

    text = words("Assumption", required=True, hint="What is taken as true until somebody has checked it.", rows=2)
    check_by = day("Check by")
    later: Mapping[str, forms.Field] = {"outcome": words("What the check gave", rows=2)}


class DecisionForm(_Owned):
    """A question to decide."""

    state_field = False

    question = text("Question to decide")
    options = words("Options", hint="One a line: option | what follows from it.", rows=4)
    recommendation = words("Recommendation", rows=2)
    decide_by = day("Decide by")
    cost_of_waiting = words("What waiting costs", rows=2)


class DecideForm(forms.Form):
    """What was decided."""

    outcome = words("What was decided", required=True)
    version = version_field()


class ReopenForm(forms.Form):
    """Why a decision is taken up again."""

    reason = words("Why it is taken up again", required=True)
    version = version_field()


class StakeholderForm(forms.Form):
    """Somebody who is affected, or may affect."""

    name = text("Name")
    organisation = text("Organisation", required=False)
    power = scale("Power", _HIGH_LOW)
    interest = scale("Interest", _HIGH_LOW)
    engagement = one_of("Stands now", named(Engagement))
    desired = one_of("Should stand", named(Engagement))
    raci = one_of(
        "Part in decisions",
        [
            (Raci.RESPONSIBLE.value, "Responsible"),
            (Raci.ACCOUNTABLE.value, "Accountable"),
            (Raci.CONSULTED.value, "Consulted"),
            (Raci.INFORMED.value, "Informed"),
        ],
    )
    notes = words("Notes", rows=2)

    def __init__(self, _: Choices, *args: Any, exists: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if exists:
            self.fields["why"] = _why()
        self.fields["version"] = version_field()

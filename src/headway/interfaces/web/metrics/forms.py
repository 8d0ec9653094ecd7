"""The forms of KPIs."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from headway.areas.metrics.given import GivenTarget, Promised
from headway.areas.metrics.types import Direction, Formula, Frequency, KpiDetail, ReadySource
from headway.interfaces.web.submitting import Choices, amount, day, one_of, text, version_field, words

FORMULAS = (
    (Formula.LAST.value, "The newest value"),
    (Formula.SUM.value, "Sum of values"),
    (Formula.AVERAGE.value, "Average of cases"),
    (Formula.RATIO.value, "Ratio: part of a whole"),
    (Formula.PERCENTILE.value, "Percentile of single values"),
    (Formula.DURATION.value, "Duration: time from start to stop"),
)
DIRECTIONS = (
    (Direction.HIGHER.value, "Higher is better"),
    (Direction.LOWER.value, "Lower is better"),
    (Direction.RANGE.value, "In a range"),
)
FREQUENCIES = tuple((one.value, one.value.replace("_", " ").capitalize()) for one in Frequency)
TYPED, FILES = "", "files"
_PROMISE = re.compile(r"(?P<priority>[^=]*)=\s*(?P<count>\d{1,6})\s*(?P<unit>min|m|h|d)\w*")
_UNITS = {"m": 1, "min": 1, "h": 60, "d": 480}


class PromisesField(forms.CharField):
    """'P1 = 2 h', one a line, as promises; a day is eight business hours."""

    def __init__(self, **more: Any) -> None:
        super().__init__(max_length=2000, widget=forms.Textarea(attrs={"rows": 3}), **more)

    def prepare_value(self, value: Any) -> Any:
        """Promises as they are typed."""
        if not isinstance(value, tuple):
            return value
        return "\n".join(f"{one.priority or 'others'} = {one.minutes} min" for one in value)

    def clean(self, value: Any) -> tuple[Promised, ...]:
        """The promises, by line."""
        told = []
        for line in filter(None, (one.strip() for one in str(super().clean(value) or "").splitlines())):
            match = _PROMISE.fullmatch(line)
            if match is None:
                raise ValidationError(f"'{line}' promises nothing. Write such as P1 = 2 h, or others = 3 d.")
            priority = match["priority"].strip()
            minutes = int(match["count"]) * _UNITS[match["unit"]]
            told.append(Promised("" if priority.casefold() == "others" else priority, minutes))
        return tuple(told)


class _Target(forms.Form):
    """What is wanted, and where amber and red begin."""

    target = amount("Target", required=False, hint="Of a range its lower end.")
    high = amount("Upper end of the range", required=False)
    amber = amount("Green to", required=False, hint="The last value that is green; of a range how far outside it.")
    red = amount(
        "Amber to",
        required=False,
        hint="The last value that is amber; what is worse is red. With both left open, what meets the target is green "
        "and what misses it red.",
    )
    zero = forms.BooleanField(label="A target of 0 means met or not met", required=False)

    def wanted(self) -> GivenTarget | None:
        """The target that was typed; None without one."""
        given = self.cleaned_data
        if given.get("target") is None:
            return None
        return GivenTarget(given["target"], given["high"], given["amber"], given["red"], bool(given["zero"]))


class DefineForm(_Target):
    """A new KPI."""

    name = text("Name")
    source = one_of("Where samples come from", (), required=False)
    formula = one_of("Formula", FORMULAS, required=False, hint="Of a figure of the house: the newest value.")
    unit = text("Unit", required=False, length=20, hint="%, s, EUR, calls. A ratio in % is multiplied by 100.")
    direction = one_of("Good is", DIRECTIONS, required=False)
    frequency = one_of("Measured", FREQUENCIES)
    owner = one_of("Owner", (), required=False, number=True)
    goal = words("Goal it serves", rows=2)
    basis = text(
        "Basis", required=False, length=1000, hint="What is counted: closed in the period, gross, business time."
    )
    minimum_n = forms.IntegerField(
        label="Least number of cases", required=False, min_value=1, help_text="With fewer, a value has no colour."
    )
    least = amount("Can never be below", required=False, hint="By its nature, such as 0.")
    most = amount("Can never be above", required=False, hint="By its nature, such as 100.")
    percentile = amount("Which percentile", required=False, hint="Of a percentile: 90 for the 90th.")
    service = forms.BooleanField(
        label="A service level", required=False, help_text="The share of promises kept, in %, with an error budget."
    )
    promises = PromisesField(
        label="Promised in business time", required=False, help_text="One a line: P1 = 2 h, P2 = 4 h, others = 3 d."
    )
    hours = text("Business hours", required=False, hint="Mon-Fri 09:00-17:00")

    field_order = (
        *("name", "source", "formula", "unit", "direction", "frequency", "target", "high", "amber", "red", "zero"),
        *("owner", "goal", "basis", "minimum_n", "least", "most", "percentile", "service", "promises", "hours"),
    )

    def __init__(self, ready: Iterable[ReadySource], owners: Choices, *args: Any, **kwargs: Any) -> None:
        self._ready = {one.name: one for one in ready}
        super().__init__(*args, **kwargs)
        houses = [(one.name, f"{one.title}: {one.about}") for one in self._ready.values()]
        source, owner = self.fields["source"], self.fields["owner"]
        offered: Any = [(TYPED, "Typed or pasted"), (FILES, "Files"), ("Taken by itself each period", houses)]
        source.choices = offered if houses else offered[:2]  # type: ignore[attr-defined]
        owner.choices = [("", "Myself"), *owners]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """With formula, unit and direction of a figure of the house, where one is chosen."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        ready = self._ready.get(str(given.get("source", "")))
        if ready is not None:
            shares = " / " in ready.figure  # kept as numerator and denominator, so that periods can be added up
            given["formula"] = Formula.RATIO.value if shares else given.get("formula") or Formula.LAST.value
            given["direction"] = given.get("direction") or ready.direction.value
            given["unit"] = given.get("unit") or ready.unit
        if given.get("service"):
            given["formula"], given["unit"], given["direction"] = Formula.RATIO.value, "%", Direction.HIGHER.value
        for name, said in (("formula", "Choose how samples make the value."), ("direction", "Say what is good.")):
            if not given.get(name) and name not in self.errors:
                self.add_error(name, said)
        return given

    def inputs(self) -> dict[str, Any]:
        """As the use case takes them."""
        given = self.cleaned_data
        kept = ("name", "unit", "goal", "basis", "owner", "least", "most", "percentile", "promises")
        source = given["source"]
        return {
            **{name: given[name] for name in kept},
            "formula": Formula(given["formula"]),
            "direction": Direction(given["direction"]),
            "frequency": Frequency(given["frequency"]),
            "minimum_n": given["minimum_n"] or 1,
            "service": bool(given["service"]),
            "target": self.wanted(),
            "from_files": source == FILES,
            "ready": source if source not in (TYPED, FILES) else "",
            **({"hours": given["hours"]} if given["hours"] else {}),
        }


class EditForm(forms.Form):
    """What a KPI is called, whom it belongs to, when it is judged."""

    name = text("Name")
    goal = words("Goal it serves", rows=2)
    basis = text("Basis", required=False, length=1000)
    owner = one_of("Owner", (), required=False, number=True)
    minimum_n = forms.IntegerField(label="Least number of cases", min_value=1)
    stale_minutes = forms.IntegerField(
        label="Stale after (minutes)", required=False, min_value=1, help_text="Empty: as usual for how often it comes."
    )
    least = amount("Can never be below", required=False)
    most = amount("Can never be above", required=False)
    hours = text("Business hours")
    version = version_field()

    def __init__(self, owners: Choices, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].choices = [("", "–"), *owners]  # type: ignore[attr-defined]


class TargetForm(_Target):
    """A target from a day on."""

    since = day("From", required=True, hint="Periods that begin before keep the target they were judged by.")
    reason = words("Why it changes", rows=2)
    version = version_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["target"].required = True


class FormulaForm(forms.Form):
    """Another way of measuring, from a period on."""

    since = text("From the period", length=40, hint="Such as 2026-04, 2026-W14 or a day in it.")
    formula = one_of("Formula", FORMULAS)
    unit = text("Unit", required=False, length=20)
    direction = one_of("Good is", DIRECTIONS)
    percentile = amount("Which percentile", required=False)
    promises = PromisesField(label="Promised in business time", required=False, help_text="One a line: P1 = 2 h.")
    reason = text("Why", hint="The line breaks there, and a new baseline is needed.")
    version = version_field()


class BaselineForm(forms.Form):
    """The periods from which the limits are computed."""

    first = text("First period", length=40)
    last = text("Last period", length=40, hint="At least six periods with samples.")
    reason = text("Why these are usual periods")
    version = version_field()


class NoteForm(forms.Form):
    """What happened on a day."""

    day = day("Day", required=True)
    text = text("What happened")
    change = forms.BooleanField(
        label="Compare before and after", required=False, help_text="An effect is claimed only on a signal."
    )


def started(found: KpiDetail) -> dict[str, Any]:
    """What the form of a KPI begins with."""
    row = found.row
    return {
        "name": row.name,
        "goal": row.goal,
        "basis": row.basis,
        "owner": row.owner_id,
        "minimum_n": row.minimum_n,
        "stale_minutes": None if found.stale_minutes == _usual(row.frequency) else found.stale_minutes,
        "least": found.least,
        "most": found.most,
        "hours": found.hours,
        "version": row.version,
    }


def _usual(frequency: Frequency) -> int:
    return int(frequency.stale_after.total_seconds() // 60)


def target_now(found: KpiDetail) -> dict[str, Any]:
    """What the form of a target begins with: the one that counts now."""
    newest = found.targets[0] if found.targets else None
    start: dict[str, Any] = {"version": found.row.version}
    if newest is None:
        return start
    values: dict[str, Decimal | None] = {
        "target": newest.value, "high": newest.high, "amber": newest.amber, "red": newest.red,
    }  # fmt: skip
    return start | {name: _plain(value) for name, value in values.items()} | {"zero": newest.zero}


def _plain(value: Decimal | None) -> str:
    return "" if value is None else f"{value.normalize():f}"

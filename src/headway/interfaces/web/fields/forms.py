"""The forms of a field: what it is called, what it holds, what one may choose."""

from __future__ import annotations

import re
from typing import Any

from django import forms

from headway.areas.schedule.looks import FieldChoice, FieldKind, FieldRow, Tint
from headway.interfaces.web.submitting import one_of, text, version_field, words

KINDS = {
    FieldKind.TEXT: "Text",
    FieldKind.NUMBER: "Number",
    FieldKind.MONEY: "Money",
    FieldKind.DATE: "Day",
    FieldKind.YES_NO: "Yes or no",
    FieldKind.CHOICE: "Choice with colours",
    FieldKind.PERSON: "Person",
}
_CHOICE = re.compile(rf"(.+?)(?:\s*:\s*({'|'.join(tint.value for tint in Tint)}))?", re.IGNORECASE)
_COLOURS = ", ".join(tint.value for tint in Tint)
_HINT = f"Of a choice: one a line, with a colour if you like: “Final: green”. Colours: {_COLOURS}."


def choices_text(choices: tuple[FieldChoice, ...]) -> str:
    """'Final: green', one a line, as the form takes them."""
    return "\n".join(f"{choice.name}: {choice.colour.value}" for choice in choices)


class NewFieldForm(forms.Form):
    """A new field."""

    name = text("Name", length=100)
    kind = one_of("It holds", [(kind.value, label) for kind, label in KINDS.items()])
    choices = words("What one may choose", hint=_HINT, rows=4)

    def clean_kind(self) -> FieldKind:
        """The kind itself."""
        return FieldKind(self.cleaned_data["kind"])

    def clean_choices(self) -> tuple[FieldChoice, ...]:
        """The choices, one a line."""
        return _choices(self.cleaned_data["choices"])


class FieldForm(forms.Form):
    """A field that is there: its name, and what one may choose."""

    name = text("Name", length=100)
    choices = words("What one may choose", required=True, hint=_HINT, rows=6)
    version = version_field()

    def __init__(self, kind: FieldKind, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if kind is not FieldKind.CHOICE:
            del self.fields["choices"]

    def clean_choices(self) -> tuple[FieldChoice, ...]:
        """The choices, one a line."""
        return _choices(self.cleaned_data["choices"])


def initial_of(row: FieldRow) -> dict[str, Any]:
    """What stands in the form of a field."""
    return {"name": row.name, "choices": choices_text(row.choices), "version": row.version}


def _choices(typed: str) -> tuple[FieldChoice, ...]:
    found = []
    for line in filter(None, map(str.strip, typed.splitlines())):
        match = _CHOICE.fullmatch(line)
        if match is None or len(match[1]) > 60:
            raise forms.ValidationError(f"“{line[:40]}…” is too long; give at most 60 characters.")
        found.append(FieldChoice(match[1], Tint((match[2] or "grey").lower())))
    return tuple(found)

"""A form from a use case's signature: one field for each input, and back to the values that the use case takes."""

from __future__ import annotations

import dataclasses
import enum
import inspect
import json
import re
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import forms

from headway.interfaces.web.finding.offers import is_file, label_of
from headway.interfaces.web.submitting import CHOOSE, DayInput
from headway.kernel import choices
from headway.kernel.context import Context
from headway.kernel.errors import FieldError, Invalid
from headway.kernel.registry import UseCase
from headway.kernel.schema import Parameter

MOST_CHOICES = 200
_MOST_BOXES = 30
_ROWS = 3  # empty rows for a list of records inside an input
_ONE_LINE = 1000
_YES_NO = (CHOOSE, ("yes", "Yes"), ("no", "No"))
_TOLD = re.compile(r"^(\w+(?:, \w+)*) {2,}(.+)$")
OMIT = object()  # what a field gives that leaves the input out


@dataclass(frozen=True, slots=True)
class Input:
    """One input as form fields, and how what they hold becomes its value; OMIT leaves it out."""

    fields: dict[str, forms.Field]
    read: Callable[[Mapping[str, Any]], Any]


class ActForm(forms.Form):
    """The form of one act.

    fixed    inputs that are settled already and stand in the address, not in the form.
    present  the record that the act changes, as it is: what one leaves as it is is not sent.
    """

    def __init__(
        self,
        case: UseCase[Any],
        ctx: Context,
        *args: Any,
        fixed: frozenset[str] = frozenset(),
        present: choices.Present | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        told = _told(case)
        self._present = present
        self._inputs: dict[str, Input] = {}
        for parameter in case.signature.parameters:
            if parameter.name in fixed:
                continue
            one = _input(ctx, parameter, present)
            self._inputs[parameter.name] = one
            for name, field in one.fields.items():
                field.help_text = field.help_text or told.get(parameter.name, "")
                self.fields[name] = field
                if present is not None and name in present.values and name not in self.initial:
                    self.initial[name] = shown(present.values[name])
        if case.destructive:
            self.fields["sure"] = forms.BooleanField(label="Yes, do it. This cannot be undone here.")
        self.fields["once"] = forms.CharField(widget=forms.HiddenInput(), required=False, max_length=64)
        self.fields["version"] = forms.IntegerField(widget=forms.HiddenInput(), required=False)

    def given(self) -> dict[str, Any]:
        """The inputs that were filled in, as JSON values. Raises Invalid naming a field that cannot be read."""
        found = {name: one.read(self.cleaned_data) for name, one in self._inputs.items()}
        return {
            name: value
            for name, value in found.items()
            if value is not OMIT and not (name in self.initial and self._is_as_before(name))
        }

    def _is_as_before(self, name: str) -> bool:
        if self._present is None or name not in self._present.values or name not in self.fields:
            return False
        return not self.fields[name].has_changed(self.initial[name], self.data.get(name))


def _told(case: UseCase[Any]) -> dict[str, str]:
    """What the docstring says of single inputs."""
    found: dict[str, str] = {}
    for line in case.about.splitlines()[1:]:
        match = _TOLD.match(line.strip())
        if match:
            words = match[2].strip()
            for name in match[1].split(", "):
                found[name] = words[:1].upper() + words[1:]
    return found


def label(name: str) -> str:
    """An input's name as people read it."""
    return name.replace("_", " ").capitalize()


def shown(value: Any) -> Any:
    """A stored value as a form field begins with it."""
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M")
    if isinstance(value, list | tuple):
        return "\n".join(str(item) for item in value) if all(isinstance(item, str | int) for item in value) else ""
    return value


# --- one input --------------------------------------------------------------------------------


def _input(ctx: Context, parameter: Parameter, present: choices.Present | None) -> Input:
    name, required = parameter.name, parameter.required and not parameter.optional
    if is_file(parameter):
        return Input({name: forms.FileField(label=label(name), required=required)}, lambda given: given[name] or OMIT)
    if label_of(parameter):
        return _reference(ctx, parameter, required, present)
    kind = _bare(parameter.annotation)
    if parameter.many:
        return _many(name, _bare(typing.get_args(kind)[0]), required)
    if parameter.secret:
        secret = forms.CharField(
            label=label(name), required=required, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
        )
        return Input({name: secret}, lambda given: given[name] or OMIT)
    if dataclasses.is_dataclass(kind):
        return _nested(name, kind)
    return _leaf(name, parameter.annotation, required, parameter.default)


def _bare(annotation: Any) -> Any:
    """A type without 'or None' and without its limits."""
    origin = typing.get_origin(annotation)
    if origin is typing.Annotated:
        return _bare(typing.get_args(annotation)[0])
    if origin is typing.Union or str(origin) == "<class 'types.UnionType'>":
        rest = [kind for kind in typing.get_args(annotation) if kind is not type(None)]
        return _bare(rest[0]) if len(rest) == 1 else str
    return annotation


def _longest(annotation: Any) -> int | None:
    """The most letters that a text may have; None = not said."""
    for mark in getattr(annotation, "__metadata__", ()):
        if getattr(mark, "max_length", None):
            return int(mark.max_length)
    return next((found for kind in typing.get_args(annotation) if (found := _longest(kind))), None)


def _leaf(name: str, annotation: Any, required: bool, default: Any = None, words: str = "") -> Input:
    """A single value."""
    kind, words = _bare(annotation), words or label(name)
    initial = None if default in (None, inspect.Parameter.empty) else default
    field: forms.Field
    if inspect.isclass(kind) and issubclass(kind, enum.Enum):
        field = _one_of(words, _members(kind), required, initial.value if initial is not None else None)
    elif kind is bool and required is False and initial is None:
        field = forms.ChoiceField(label=words, choices=_YES_NO, required=False)
        return Input({name: field}, lambda given: {"yes": True, "no": False}.get(given[name], OMIT))
    elif kind is bool:
        field = forms.BooleanField(label=words, required=False, initial=initial)
        return Input({name: field}, lambda given: bool(given[name]))
    elif kind is date:
        field = forms.DateField(label=words, required=required, widget=DayInput(), initial=initial)
    elif kind is datetime:
        moment = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
        field = forms.CharField(label=words, required=required, widget=moment, initial=initial)
    elif kind is int:
        field = forms.IntegerField(label=words, required=required, initial=initial)
    elif kind is Decimal:
        field = forms.CharField(label=words, required=required, initial=shown(initial), max_length=40)
        field.widget.attrs["inputmode"] = "decimal"
    elif kind in (dict, Any) or typing.get_origin(kind) is dict:
        return _named_values(name, words, required)
    else:
        field = _text(words, required, initial, _longest(annotation))
    return Input({name: field}, lambda given: _plain(given[name]))


def _text(words: str, required: bool, initial: Any, longest: int | None) -> forms.Field:
    long = longest is None or longest > _ONE_LINE
    widget = forms.Textarea(attrs={"rows": 3}) if long else forms.TextInput()
    return forms.CharField(label=words, required=required, initial=initial, max_length=longest, widget=widget)


def _one_of(words: str, offered: list[tuple[Any, str]], required: bool, initial: Any = None) -> forms.Field:
    listed = offered if required and initial is not None else [CHOOSE, *offered]
    return forms.ChoiceField(label=words, choices=listed, required=required, initial=initial)


def _members(kind: type[enum.Enum]) -> list[tuple[Any, str]]:
    return [(member.value, _member_words(member)) for member in kind]


def _member_words(member: enum.Enum) -> str:
    """Its value as words; its name where the value is a letter."""
    text = str(member.value)
    return (text if len(text) > 1 else member.name).replace("_", " ").capitalize()


def _plain(value: Any) -> Any:
    """What a form field holds as a JSON value; empty = left out."""
    if value in (None, ""):
        return OMIT
    return value.isoformat() if isinstance(value, date) else value


def _named_values(name: str, words: str, required: bool) -> Input:
    def read(given: Mapping[str, Any]) -> Any:
        found = {}
        for line in given[name].splitlines():
            key, sign, value = line.partition("=")
            if not line.strip():
                continue
            if not sign:
                message = f"'{line.strip()}' has no '='; write one 'name = value' a line"
                raise Invalid(f"{words}: {message}.", fields=[FieldError(name, message)])
            found[key.strip()] = _scalar(value.strip())
        return found or OMIT

    hint = "One 'name = value' a line."
    field = forms.CharField(label=words, required=required, help_text=hint, widget=forms.Textarea(attrs={"rows": 3}))
    return Input({name: field}, read)


def _scalar(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


# --- lists and records inside an input ----------------------------------------------------------


def _many(name: str, kind: Any, required: bool) -> Input:
    if dataclasses.is_dataclass(kind):
        return _rows(name, kind)
    if inspect.isclass(kind) and issubclass(kind, enum.Enum):
        return Input({name: _boxes(label(name), _members(kind), required)}, lambda given: list(given[name]) or OMIT)
    field = forms.CharField(
        label=label(name), required=required, help_text="One a line.", widget=forms.Textarea(attrs={"rows": 3})
    )
    return Input({name: field}, lambda given: _lines(given[name]) or OMIT)


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _boxes(words: str, offered: list[tuple[Any, str]], required: bool) -> forms.Field:
    widget: forms.Widget = forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"})
    if len(offered) > _MOST_BOXES:
        widget = forms.SelectMultiple(attrs={"size": 8})
    return forms.MultipleChoiceField(label=words, choices=offered, required=required, widget=widget)


def _rows(name: str, kind: Any) -> Input:
    """Some empty rows for a list of records; those that stay empty are left out."""
    rows = [_nested(f"{name}-{number}", kind, f"{label(name)} {number}") for number in range(1, _ROWS + 1)]

    def read(given: Mapping[str, Any]) -> Any:
        return [value for row in rows if (value := row.read(given)) is not OMIT] or OMIT

    return Input({key: field for row in rows for key, field in row.fields.items()}, read)


def _nested(name: str, kind: Any, words: str = "") -> Input:
    """A record inside an input: a field for each of its own."""
    hints = typing.get_type_hints(kind, include_extras=True)
    parts: dict[str, Input] = {}
    defaults: dict[str, Any] = {}
    for own in dataclasses.fields(kind):
        default = own.default if own.default is not dataclasses.MISSING else None
        defaults[own.name] = default
        parts[own.name] = _leaf(
            f"{name}-{own.name}", hints[own.name], False, default, f"{words or label(name)}: {label(own.name).lower()}"
        )

    def read(given: Mapping[str, Any]) -> Any:
        values = {key: value for key, part in parts.items() if (value := part.read(given)) is not OMIT}
        said = {key for key, value in values.items() if value != _json_default(defaults[key])}
        return values if said else OMIT

    return Input({key: field for part in parts.values() for key, field in part.fields.items()}, read)


def _json_default(value: Any) -> Any:
    if isinstance(value, enum.Enum):
        return value.value
    return value if isinstance(value, bool) else shown(value)


# --- references ---------------------------------------------------------------------------------


def _reference(ctx: Context, parameter: Parameter, required: bool, present: choices.Present | None) -> Input:
    name = parameter.name
    offered = offered_records(ctx, label_of(parameter), present.project_id if present is not None else None)
    if parameter.many:
        return Input({name: _boxes(label(name), offered, required)}, lambda given: list(given[name]) or OMIT)
    field = record_field(label(name), label_of(parameter), offered, required)
    return Input({name: field}, lambda given: _plain(given[name]))


def offered_records(ctx: Context, kind: str, project_id: int | None) -> list[tuple[Any, str]]:
    """Records to choose from, one more than are offered as a list."""
    found = choices.choices(ctx, kind, most=MOST_CHOICES + 1, project_id=project_id)
    return [(str(item.id), item.words) for item in found]


def record_field(words: str, kind: str, offered: list[tuple[Any, str]], required: bool) -> forms.Field:
    """A list of records; where there are too many for one, a field that is searched while one types."""
    if len(offered) <= MOST_CHOICES:
        return _one_of(words, offered, required)
    return forms.CharField(
        label=words,
        required=required,
        help_text="Begin to type a name and choose from the list, or give the number.",
        widget=forms.TextInput(attrs={"data-choose": kind, "autocomplete": "off"}),
    )

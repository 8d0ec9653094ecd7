"""Forms and their use cases: what a person typed stays on the page until it is accepted.

A refusal of the use case is shown where it belongs: beside its field (422), above the form (409, 503), or, when
somebody changed the record meanwhile, both versions side by side (409) with a choice for each field: what this person
changed is theirs unless they choose otherwise, what only the other changed is the other's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.forms import Form
from django.forms.utils import flatatt
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from headway.engine.currencies import fault_of
from headway.interfaces.web.page import say, warn
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, HeadwayError, Invalid, Stale, Unavailable

CHOOSE = ("", "–")
YOURS, STORED = "yours", "stored"
Choices = Iterable[tuple[Any, str]]


@dataclass(frozen=True, slots=True)
class Both:
    """One field that somebody changed meanwhile: as it is stored, and as this person wrote it.

    keep  which of the two is offered first: YOURS where this person changed the field themselves, else STORED.
    """

    name: str
    label: str
    stored: str
    yours: str
    keep: str

    @property
    def choice(self) -> str:
        """The name of the input that says which one to keep."""
        return _choice(self.name)


@dataclass(frozen=True, slots=True)
class Attempt:
    """What became of a form: carried out, or refused with a status; then the form says why.

    refusal  of the use case, where it stands above the form.
    """

    done: bool
    status: int = 200
    result: Any = None
    both: tuple[Both, ...] = ()
    refusal: HeadwayError | None = None


def attempt(
    form: Form,
    do: Callable[[dict[str, Any]], Any],
    *,
    stored: Mapping[str, Any] | None = None,
    changed_by: Callable[[], str] = lambda: "",
) -> Attempt:
    """Check a form and carry out its use case.

    stored      the record's present values by field, to show beside a person's own when theirs started from older ones.
    changed_by  who made the present values, asked when they are to be shown.
    """
    _take_stored(form, stored or {})
    if not form.is_valid():
        return Attempt(False, 422)
    try:
        return Attempt(True, result=do(form.cleaned_data))
    except Invalid as refusal:
        _place(form, refusal)
        return Attempt(False, 422)
    except Stale:
        both = _both(form, stored or {})
        form.add_error(
            None, f"{changed_by() or 'Somebody'} changed this meanwhile. Choose what to keep of each field, then save."
        )
        _start_from(form, stored or {})
        return Attempt(False, 409, both=both)
    except (Conflict, Unavailable) as refusal:
        form.add_error(None, refusal.message)
        return Attempt(False, refusal.status, refusal=refusal)


def _place(form: Form, refusal: Invalid) -> None:
    placed = False
    for field in refusal.fields:
        name = field.field.split(".")[0]
        if name in form.fields and not form.fields[name].widget.is_hidden:
            form.add_error(name, field.message[:1].upper() + field.message[1:])
            placed = True
    if not placed or len(refusal.fields) > 1:
        form.add_error(None, refusal.message)


def _both(form: Form, stored: Mapping[str, Any]) -> tuple[Both, ...]:
    found = []
    changed = set(form.changed_data)
    for name, field in form.fields.items():
        if field.widget.is_hidden or name not in stored:
            continue
        given = form.cleaned_data.get(name)
        now, own = _shown(field, stored[name]), _shown(field, given)
        if now != own and stored[name] != given:
            found.append(Both(name, str(field.label), now, own, YOURS if name in changed else STORED))
    return tuple(found)


def _choice(name: str) -> str:
    return f"keep-{name}"


def _take_stored(form: Form, stored: Mapping[str, Any]) -> None:
    """Where a person chose the stored value of a field, the form says that."""
    chosen = [name for name in form.fields if name in stored and form.data.get(_choice(name)) == STORED]
    if chosen:
        _say(form, {form.add_prefix(name): _raw(stored[name]) for name in chosen})


def _start_from(form: Form, stored: Mapping[str, Any]) -> None:
    """What is shown now is what the next save starts from."""
    values = {form[name].html_initial_name: _raw(value) for name, value in stored.items() if name in form.fields}
    _say(form, values | ({form.add_prefix("version"): _raw(stored["version"])} if "version" in stored else {}))


def _say(form: Form, values: Mapping[str, Any]) -> None:
    """Put values into a form's data; None takes one out, as a browser does with an empty check box."""
    boxes = [
        form[name] for name, field in form.fields.items() if getattr(field.widget, "allow_multiple_selected", False)
    ]
    several = {name for box in boxes for name in (box.html_name, box.html_initial_name)}
    said = {name: _told(form, name, several=name in several) for name in form.data} | dict(values)
    form.data = {name: value for name, value in said.items() if value is not None}


def _told(form: Form, name: str, *, several: bool) -> Any:
    """What the data of a form says; all of it where boxes are ticked."""
    return form.data.getlist(name) if several and isinstance(form.data, QueryDict) else form.data.get(name)


def _raw(value: Any) -> Any:
    """A value as a browser sends it; a list where it is one."""
    if isinstance(value, list):
        return [str(item) for item in value]
    if isinstance(value, bool):
        return "on" if value else None
    return "" if value is None else str(value)


def _shown(field: forms.Field, value: Any) -> str:
    value = field.prepare_value(value)
    if isinstance(value, list):
        return ", ".join(_shown(field, item) for item in value)
    if isinstance(field, forms.ChoiceField):
        return str(dict(field.choices).get(value, dict(field.choices).get(str(value), value)))  # type: ignore[arg-type]
    return "" if value is None else str(value)


def read_only(form: Form, stored: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Label and value of each field that is stored, for those who may not change it."""
    fields = ((name, field) for name, field in form.fields.items() if name in stored and not field.widget.is_hidden)
    return tuple((str(field.label), _shown(field, stored[name])) for name, field in fields)


def pressed(request: HttpRequest, do: Callable[[], Any], *, done: str, to: str) -> HttpResponse:
    """Carry out what a single button asks for and go back; a refusal is said on the page one came from."""
    try:
        do()
    except (Invalid, Conflict) as refusal:
        warn(request, refusal.message)
    else:
        say(request, done)
    return redirect(to)


def started_from(ctx: Context, version: int | None) -> Context:
    """The context of a change that started from this version of the record."""
    return ctx if version is None else ctx.but(expected_version=version)


# --- fields -----------------------------------------------------------------------------------


class DayInput(forms.DateInput):
    """The browser's own calendar."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class WholeText(forms.CharField):
    """A text that is refused where it is too long, with its length. A browser told the limit cuts without a word."""

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """As Django's own, without the limit."""
        attrs: dict[str, Any] = super().widget_attrs(widget)
        attrs.pop("maxlength", None)
        return attrs


def text(label: str, *, required: bool = True, hint: str = "", length: int = 255) -> forms.CharField:
    """One line of text."""
    return WholeText(label=label, required=required, help_text=hint, max_length=length)


def currency(*, hint: str = "") -> forms.CharField:
    """The three letters of a currency in use."""
    return WholeText(label="Currency", help_text=hint, validators=[_in_use])


def _in_use(code: str) -> None:
    fault = fault_of(code)
    if fault:
        raise forms.ValidationError(f"{fault[:1].upper()}{fault[1:]}.")


def words(label: str, *, required: bool = False, hint: str = "", rows: int = 3) -> forms.CharField:
    """Some lines of text."""
    return WholeText(
        label=label, required=required, help_text=hint, max_length=100_000, widget=forms.Textarea(attrs={"rows": rows})
    )


def day(label: str, *, required: bool = False, hint: str = "") -> forms.DateField:
    """A day."""
    return forms.DateField(label=label, required=required, help_text=hint, widget=DayInput())


def amount(label: str, *, required: bool = True, hint: str = "") -> forms.DecimalField:
    """An exact number."""
    return forms.DecimalField(label=label, required=required, help_text=hint, max_digits=20)


def scale(label: str, hint: str) -> forms.TypedChoiceField:
    """1 to 5."""
    return forms.TypedChoiceField(
        label=label, help_text=hint, coerce=int, choices=[(value, str(value)) for value in range(1, 6)], initial=3
    )


class Select(forms.Select):
    """As Django's own, its options written without a template for each: some lists offer hundreds."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """The list with its options."""
        widget = self.get_context(name, value, attrs)["widget"]
        parts = []
        for group, options, _ in widget["optgroups"]:
            written = ((one["value"], flatatt(one["attrs"]), one["label"]) for one in options)
            drawn = format_html_join("", '<option value="{}"{}>{}</option>', written)
            parts.append(format_html('<optgroup label="{}">{}</optgroup>', group, drawn) if group else drawn)
        return format_html(
            '<select name="{}"{}>{}</select>', widget["name"], flatatt(widget["attrs"]), SafeString("".join(parts))
        )


def one_of(label: str, choices: Choices, *, required: bool = True, hint: str = "", number: bool = False) -> forms.Field:
    """A choice; `number` gives it as an integer, and '' as None."""
    offered = list(choices) if required else [CHOOSE, *choices]
    if number:
        return forms.TypedChoiceField(
            label=label,
            choices=offered,
            required=required,
            help_text=hint,
            coerce=int,
            empty_value=None,
            widget=Select(),
        )
    return forms.ChoiceField(label=label, choices=offered, required=required, help_text=hint, widget=Select())


def several_of(label: str, choices: Choices, *, required: bool = True, hint: str = "") -> forms.Field:
    """Any of some choices by their ids, as a list of boxes."""
    return forms.TypedMultipleChoiceField(
        label=label,
        choices=list(choices),
        coerce=int,
        required=required,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"}),
        help_text=hint,
    )


def version_field() -> forms.IntegerField:
    """The version that a change starts from."""
    return forms.IntegerField(widget=forms.HiddenInput(), required=False)


def start_noted(form: Form) -> None:
    """Let a form carry the values it began with, so that one sees which fields its person has changed."""
    for field in form.fields.values():
        field.show_hidden_initial = not field.widget.is_hidden


def named(kinds: Any) -> list[tuple[str, str]]:
    """An enumeration as choices."""
    return [(kind.value, kind.value.replace("_", " ").capitalize()) for kind in kinds]


def day_of(text_: str | None) -> date | None:
    """A day from an address; None for anything else."""
    try:
        return date.fromisoformat(text_ or "")
    except ValueError:
        return None

"""Fields of the house's own on tasks: what they are called, what they hold, and how a typed value is read.

The values stand in the tasks' definitions (`engine.Task.custom`), where the schedule passes them by: numbers and money
as plain digits, days as YYYY-MM-DD, yes and no as such, everything else as text. Setting one is a change of the plan.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from difflib import get_close_matches
from typing import Annotated, Any

from django.db.models import Q
from pydantic import Field

from headway.areas.projects.types import ProjectId
from headway.areas.schedule.looks import FieldChoice, FieldKind, FieldRow
from headway.areas.schedule.models import CustomField
from headway.areas.schedule.records import from_record, to_record
from headway.documents.exchange.msproject_fields import FIELD_NAMES, FREE_TEXT_FIELDS, kind_of
from headway.engine import plan as engine
from headway.kernel.commands import command
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, FieldError, Invalid
from headway.kernel.queries import once, query
from headway.kernel.schema import Name

MOST_FIELDS = 60  # of the house; and of each project
MOST_TEXT = 1000
Choices = Annotated[tuple[FieldChoice, ...], Field(max_length=50)]


@query(permission="schedule.read", name="schedule.fields")
def fields(ctx: Context, *, project: ProjectId) -> tuple[FieldRow, ...]:
    """The fields of the house's own that tasks of this project have, by name."""
    return fields_of(ctx, project)


@query(permission="schedule.read_house_fields", name="schedule.house_fields")
def house_fields(ctx: Context) -> tuple[FieldRow, ...]:
    """The fields that tasks of every project have, by name."""
    return tuple(map(_row, CustomField.visible_to(ctx).filter(project=None).order_by("name", "id")))


def fields_of(ctx: Context, project_id: int) -> tuple[FieldRow, ...]:
    """The fields of a project that the caller has seen to be visible; read once a request."""
    return once(ctx, ("schedule.fields", project_id), lambda: tuple(map(_row, _present(project_id))))


def _present(project_id: int) -> list[CustomField]:
    """The project's fields and the house's; where both have one key, the project's own counts."""
    rows = CustomField.unscoped(reason="fields of a visible project")
    found = {row.key: row for row in rows.filter(Q(project=None) | Q(project=project_id)).order_by("-project", "id")}
    found |= {row.key: row for row in found.values() if row.project_id is not None}
    return sorted(found.values(), key=lambda row: (row.name.casefold(), row.pk))


def _row(row: CustomField) -> FieldRow:
    choices = tuple(from_record(FieldChoice, item) for item in row.choices)
    return FieldRow(row.pk, row.key, row.name, FieldKind(row.kind), choices, row.project_id is None, row.version)


# --- which there are ---------------------------------------------------------------------------


@command(permission="schedule.add_field")
def add_field(
    ctx: Context, *, project: ProjectId, name: Name, kind: FieldKind = FieldKind.TEXT, choices: Choices = ()
) -> FieldRow:
    """Give the tasks of one project a field of its own.

    choices  of the kind 'choice': what one may choose, with its colours.
    """
    return _added(ctx, project, name, kind, choices)


@command(permission="schedule.add_house_field")
def add_house_field(ctx: Context, *, name: Name, kind: FieldKind = FieldKind.TEXT, choices: Choices = ()) -> FieldRow:
    """Give the tasks of every project a field.

    choices  of the kind 'choice': what one may choose, with its colours.
    """
    return _added(ctx, None, name, kind, choices)


def _added(ctx: Context, project_id: int | None, name: str, kind: FieldKind, choices: Choices) -> FieldRow:
    rows = CustomField.unscoped(reason="fields beside the new one").filter(project=project_id)
    if rows.count() >= MOST_FIELDS:
        raise Conflict(f"There are {MOST_FIELDS} fields already. Remove one first.")
    title = _title(name, (row.name for row in rows))
    key = _key(title, set(rows.values_list("key", flat=True)))
    kept = _checked(kind, choices)
    return _row(CustomField.add(ctx, project_id=project_id, key=key, name=title, kind=kind.value, choices=kept))


def _title(name: str, taken: Iterable[str]) -> str:
    title = " ".join(name.split())[:100]
    if title.casefold() in {item.casefold() for item in taken}:
        raise Invalid(f"There is a field “{title}” already.", fields=[FieldError("name", "taken already", value=title)])
    return title


def _key(title: str, taken: Collection[str]) -> str:
    """The name the field has now, so that files carry it; with a number where an older field was called so."""
    key, number = title, 1
    while key in taken:
        number += 1
        key = f"{title[:95]} {number}"
    return key


def _checked(kind: FieldKind, choices: Choices) -> list[Any]:
    names = [choice.name.casefold() for choice in choices]
    if kind is not FieldKind.CHOICE and choices:
        raise Invalid(
            "Only a field of the kind 'choice' has choices.", fields=[FieldError("choices", "leave it empty")]
        )
    if kind is FieldKind.CHOICE and not choices:
        raise Invalid("Say what one may choose.", fields=[FieldError("choices", "give at least one")])
    if len(set(names)) < len(names):
        raise Invalid("Two choices have one name.", fields=[FieldError("choices", "give each name once")])
    return [to_record(choice) for choice in choices]


@command(permission="schedule.change_field", changes="field", idempotent=True)
def edit_field(
    ctx: Context, *, field: CustomField, name: Name | None = None, choices: Choices | None = None
) -> FieldRow:
    """Change the name of a field or what one may choose in it; values that were chosen before stay as they are."""
    wanted: dict[str, Any] = {}
    if name is not None:
        others = CustomField.unscoped(reason="fields beside this one").filter(project=field.project_id)
        wanted["name"] = _title(name, (row.name for row in others.exclude(pk=field.pk)))
    if choices is not None:
        wanted["choices"] = _checked(FieldKind(field.kind), choices)
    field.change(ctx, **wanted)
    return _row(field)


@command(permission="schedule.change_field", destructive=True)
def remove_field(ctx: Context, *, field: CustomField) -> None:
    """Take a field away from every plan that has it. A field made anew under its name shows the old values again."""
    ctx.record("schedule.CustomField", field.pk, "", field.name, None)
    CustomField.unscoped(reason="the field above").filter(pk=field.pk).delete()


# --- what they hold ----------------------------------------------------------------------------

_YES = frozenset({"yes", "y", "true", "1", "x", "✓"})
_NO = frozenset({"no", "n", "false", "0", "–", "-"})
_DIGITS = re.compile(r"[+-]?\d{1,15}(\.\d{1,6})?")
_CURRENCY = re.compile(r"^(?:[A-Z]{3}|[$€£¥])\s*|\s*(?:[A-Z]{3}|[$€£¥])$")


def read_value(
    field: FieldRow, text: str, *, day: Callable[[str], date | datetime], people: Callable[[], Collection[str]]
) -> str | bool | None:
    """A typed text as this field keeps it; None clears. Raises ValueError with words for people.

    day     reads a day as people type it; people  gives the names that may be chosen.
    """
    typed = text.strip()
    if not typed:
        return None
    if field.kind is FieldKind.DATE:
        found = day(typed)
        return (found.date() if isinstance(found, datetime) else found).isoformat()
    if field.kind in (FieldKind.NUMBER, FieldKind.MONEY):
        return _number(typed, money=field.kind is FieldKind.MONEY)
    if field.kind is FieldKind.YES_NO:
        return _yes_or_no(typed)
    if field.kind is FieldKind.CHOICE:
        return _one_of(typed, [choice.name for choice in field.choices])
    if field.kind is FieldKind.PERSON:
        return _one_of(typed, people())
    if len(typed) > MOST_TEXT:
        raise ValueError(f"{len(typed)} characters; give at most {MOST_TEXT}.")
    return typed


def _number(typed: str, *, money: bool) -> str:
    """Plain digits of '1,250.50', '1.250,5' or '€ 40'; one comma with other than three digits after it is decimal."""
    bare = _CURRENCY.sub("", typed) if money else typed
    bare = re.sub(r"[\s'\u2019]", "", bare).replace("\u2212", "-")
    if "," in bare and "." in bare:
        grouping = "," if bare.rfind(".") > bare.rfind(",") else "."
        bare = bare.replace(grouping, "").replace(",", ".")
    elif re.fullmatch(r"[+-]?\d{1,3}(,\d{3})+", bare):
        bare = bare.replace(",", "")
    else:
        bare = bare.replace(",", ".")
    if not _DIGITS.fullmatch(bare):
        raise ValueError(f"'{typed}' is no {'amount' if money else 'number'}. Write it like 1250.50.")
    return _plain(Decimal(bare))


def _plain(number: Decimal) -> str:
    """The digits of a number, without zeros at its end."""
    text = f"{number:f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"


def _yes_or_no(typed: str) -> bool:
    word = typed.casefold()
    if word not in _YES | _NO:
        raise ValueError(f"'{typed}' is neither yes nor no.")
    return word in _YES


def _one_of(typed: str, names: Collection[str]) -> str:
    by_word = {name.casefold(): name for name in names}
    found = by_word.get(typed.casefold())
    if found is not None:
        return found
    near = get_close_matches(typed.casefold(), by_word, n=3, cutoff=0.5) or [
        word for word in by_word if word.startswith(typed.casefold())
    ]
    if len(near) == 1 and near[0].startswith(typed.casefold()):
        return by_word[near[0]]
    offered = ", ".join(by_word[word] for word in near) or ", ".join(list(names)[:6])
    raise ValueError(f"'{typed}' is not among them. Choose of {offered}." if offered else "There is nothing to choose.")


# --- files -------------------------------------------------------------------------------------

_KIND_IN_FILES = {"Number": FieldKind.NUMBER, "Cost": FieldKind.MONEY, "Date": FieldKind.DATE, "Flag": FieldKind.YES_NO}


def keep_brought(ctx: Context, project_id: int, plan: engine.Plan) -> None:
    """Name the fields that a file's tasks carry, so that the plan shows them; what is known already stays."""
    known = {row.key for row in _present(project_id)}
    brought: dict[str, list[Any]] = {}
    for task in plan.tasks:
        for name, value in task.custom.items():
            if name not in known and name not in FREE_TEXT_FIELDS and 0 < len(name) <= 100:
                brought.setdefault(name, []).append(value)
    numbers = plan.project.custom.get("custom_fields", {})
    room = MOST_FIELDS - CustomField.unscoped(reason="fields of the plan above").filter(project=project_id).count()
    for name, values in list(brought.items())[: max(0, room)]:
        own = FIELD_NAMES.get(numbers.get(name, 0), "")
        kind = _KIND_IN_FILES.get(kind_of(own), FieldKind.TEXT) if own else _kind_of_values(values)
        CustomField.add(ctx, project_id=project_id, key=name, name=name, kind=kind.value, choices=[])


def _kind_of_values(values: Collection[Any]) -> FieldKind:
    """What a column without a kind of its own holds: by what every value of it looks like."""
    if all(isinstance(value, bool) for value in values):
        return FieldKind.YES_NO
    texts = [str(value) for value in values]
    if all(_DIGITS.fullmatch(text) and not re.match(r"[+-]?0\d", text) for text in texts):
        return FieldKind.NUMBER
    return FieldKind.DATE if all(map(day_of, texts)) else FieldKind.TEXT


def day_of(text: str) -> datetime | None:
    """The day that a value as it is kept stands for; None where it is none."""
    try:
        return datetime.fromisoformat(text) if len(text) >= 10 else None
    except ValueError:
        return None


def with_native_values(plan: engine.Plan, known: Iterable[FieldRow]) -> engine.Plan:
    """The plan with its fields' values as numbers and days, as files take them."""
    kinds = {field.key: field.kind for field in known if field.kind in _NATIVE}
    if not kinds:
        return plan
    tasks = (replace(task, custom=_typed(task.custom, kinds)) if task.custom else task for task in plan.tasks)
    return replace(plan, tasks=tuple(tasks))


def _typed(custom: Mapping[str, Any], kinds: Mapping[str, FieldKind]) -> dict[str, Any]:
    return {
        key: _NATIVE[kinds[key]](value) if key in kinds and isinstance(value, str) else value
        for key, value in custom.items()
    }


def _as_number(value: str) -> Decimal | str:
    return Decimal(value) if _DIGITS.fullmatch(value) else value


def _as_day(value: str) -> date | datetime | str:
    found = day_of(value)
    return value if found is None else found.date() if len(value) == 10 else found


_NATIVE: dict[FieldKind, Callable[[str], Any]] = {
    FieldKind.NUMBER: _as_number,
    FieldKind.MONEY: _as_number,
    FieldKind.DATE: _as_day,
}

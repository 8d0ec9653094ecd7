"""Fields of a house's own in templates: which of a plan's are kept, and how they come into another project."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from headway.areas.method.outline import TemplateBody, TemplateField
from headway.areas.schedule.fields import add_field, fields_of
from headway.areas.schedule.looks import FieldChoice, FieldKind, FieldRow, Tint
from headway.engine import plan as engine
from headway.kernel.context import Context


def with_fields(ctx: Context, project_id: int, body: TemplateBody, plan: engine.Plan) -> TemplateBody:
    """A template with the fields that the plan's tasks fill, and their values; people are left out."""
    known = {row.key: row for row in fields_of(ctx, project_id) if row.kind is not FieldKind.PERSON}
    filled = {f"t{task.uid}": _own(task.custom, known) for task in plan.tasks}
    used = dict.fromkeys(key for values in filled.values() for key in values)
    return replace(
        body,
        tasks=tuple(replace(row, values=tuple(filled.get(row.key, {}).items())) for row in body.tasks),
        fields=tuple(_kept(known[key]) for key in used),
    )


def _own(custom: Mapping[str, Any], known: Mapping[str, FieldRow]) -> dict[str, str | bool]:
    return {
        key: value for key, value in custom.items() if key in known and isinstance(value, str | bool) and value != ""
    }


def _kept(row: FieldRow) -> TemplateField:
    choices = tuple((choice.name, choice.colour.value) for choice in row.choices)
    return TemplateField(row.key, row.name, row.kind.value, choices)


def put_fields(ctx: Context, project_id: int, body: TemplateBody) -> TemplateBody:
    """The template with its values under the keys that its fields have here; those that are missing are made."""
    if not body.fields:
        return body
    there = {row.key: row for row in fields_of(ctx, project_id)}
    keys = {}
    for item in body.fields:
        held = there.get(item.key)
        if held is None or held.kind.value != item.kind:
            choices = tuple(FieldChoice(name, Tint(colour)) for name, colour in item.choices)
            held = add_field(ctx, project=project_id, name=item.name, kind=FieldKind(item.kind), choices=choices)
        keys[item.key] = held.key
    tasks = (
        replace(row, values=tuple((keys[key], value) for key, value in row.values if key in keys)) for row in body.tasks
    )
    return replace(body, tasks=tuple(tasks))

"""The answer to a request for news as a form: the same inside and behind a mailed link."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.http import HttpRequest

from headway.areas.schedule.update_types import AskedOf, TaskNews, UpdateField, UpdateTaskRow
from headway.kernel.errors import Invalid

LABELS = {
    UpdateField.PERCENT: "Percent complete",
    UpdateField.ACTUAL_START: "Started on",
    UpdateField.ACTUAL_FINISH: "Finished on",
    UpdateField.REMAINING: "Work that remains",
    UpdateField.NOTE: "Note",
}
_HINTS = {
    UpdateField.REMAINING: "Such as 3d or 4h; the percent follows from it.",
    UpdateField.ACTUAL_FINISH: "A finish means 100 %.",
}
_LONGEST = 1000


@dataclass(frozen=True, slots=True)
class AskedField:
    """One input of a task: what stands in it, and what is wrong with that."""

    field: UpdateField
    name: str
    label: str
    hint: str
    value: str
    error: str


@dataclass(frozen=True, slots=True)
class AskedTask:
    """A task with its inputs."""

    row: UpdateTaskRow
    fields: tuple[AskedField, ...]


def news_from(request: HttpRequest, asked: AskedOf) -> tuple[TaskNews, ...]:
    """What was typed, of the tasks that stand on the page."""
    return tuple(
        TaskNews(row.uid, **{field.value: _typed(request, row.uid, field) for field in asked.asks})
        for row in asked.tasks
        if row.there
    )


def _typed(request: HttpRequest, uid: int, field: UpdateField) -> str:
    return request.POST.get(_name(uid, field), "").strip()[:_LONGEST]


def _name(uid: int, field: UpdateField) -> str:
    return f"t{uid}-{field.value}"


def asked_tasks(
    asked: AskedOf, typed: tuple[TaskNews, ...] | None = None, refusal: Invalid | None = None
) -> tuple[AskedTask, ...]:
    """The tasks with what was told, or what was typed and refused."""
    errors = {fault.field: fault.message for fault in refusal.fields} if refusal is not None else {}
    given = {item.uid: (place, item) for place, item in enumerate(typed or ())}
    found = []
    for row in asked.tasks:
        place, item = given.get(row.uid, (None, None))
        values: Mapping[str, str] = (
            row.answer if item is None else {f.value: getattr(item, f.value) for f in asked.asks}
        )
        fields = tuple(
            AskedField(
                field=field,
                name=_name(row.uid, field),
                label=LABELS[field],
                hint=_HINTS.get(field, ""),
                value=_shown(field, values.get(field.value, "")),
                error=errors.get(f"news.{place}.{field.value}", ""),
            )
            for field in asked.asks
        )
        found.append(AskedTask(row, fields))
    return tuple(found)


def _shown(field: UpdateField, text: str) -> str:
    return text.removesuffix("%") if field is UpdateField.PERCENT else text


def told_words(row: UpdateTaskRow) -> tuple[tuple[str, str], ...]:
    """What was told of a task: label and text."""
    return tuple((LABELS[field], row.answer[field.value]) for field in UpdateField if row.answer.get(field.value))

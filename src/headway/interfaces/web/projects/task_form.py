"""The form of a task as a planner changes it: the fields of the plan's grid, read and saved by the same door."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django import forms

from headway.areas.schedule import changing, queries
from headway.areas.schedule.acts import Act, PlanChange, PlanEffect
from headway.areas.schedule.types import TaskRow
from headway.engine.plan import ConstraintType
from headway.interfaces.web.submitting import day, one_of, text, version_field, words
from headway.kernel.context import Context
from headway.kernel.errors import FieldError, Invalid

_HARD = (ConstraintType.MSO, ConstraintType.MFO)
_CONSTRAINTS = tuple(
    (kind.value, kind.words.capitalize())
    for kind in (*(kind for kind in ConstraintType if kind not in _HARD), *_HARD)  # what is chosen least comes last
)
_DATELESS = (ConstraintType.ASAP.value, ConstraintType.ALAP.value)
_FROM_BELOW = ("duration", "finish", "work")  # a summary has them from its tasks


class TaskForm(forms.Form):
    """A task as a planner changes it. `version` is the plan's, so that the same field changed since is seen."""

    name = text("Task")
    duration = text("Duration", required=False, hint="Such as 5d, 4h or 2w; 0d makes a milestone.", length=40)
    start = day("Start", hint="It starts no earlier than this; links may put it later.")
    finish = day("Finish")
    predecessors = text("After", required=False, hint="Row numbers, such as 12; 15SS+2d.", length=2000)
    people = text("Who", required=False, hint="Such as Ann; Bob [50%].", length=2000)
    work = text("New work", required=False, hint="Such as 40h. Leave open to keep what stands.", length=40)
    constraint = one_of("New constraint", _CONSTRAINTS, required=False, hint="Leave open to keep what stands.")
    constraint_date = day("Constraint date")
    deadline = day("Deadline")
    priority = text("New priority", required=False, hint="0 to 1000; leave open to keep what stands.", length=4)
    owner = text("Owner", required=False)
    notes = words("Notes", rows=2)
    version = version_field()


def task_form(row: TaskRow, project_id: int, data: Any = None) -> TaskForm:
    """The form of a task, with what stands in its cells; a summary's without what it has from its tasks."""
    form = TaskForm(data, initial=values_of(row, project_id))
    if row.summary:
        for name in _FROM_BELOW:
            del form.fields[name]
    return form


def values_of(row: TaskRow, project_id: int) -> dict[str, Any]:
    """What is stored, by field of the form."""
    return {
        "name": row.name,
        "duration": row.duration,
        "start": _day_of(row.start),
        "finish": _day_of(row.finish),
        "predecessors": row.predecessors,
        "people": row.resources.replace(", ", "; "),
        "deadline": _day_of(row.deadline),
        "owner": row.owner,
        "notes": row.notes,
        "version": queries.plan_version(project_id),
    }


def save(ctx: Context, row: TaskRow, project_id: int, form: TaskForm) -> PlanEffect:
    """Change what the person changed and no more, so that a computed date is not fixed by saving a name."""
    given = form.cleaned_data
    typed = list(_typed(values_of(row, project_id), {name: given[name] for name in form.changed_data}))
    if not typed:
        raise Invalid("Nothing here differs from what is stored. Change a field first.")
    changes = [PlanChange(Act.SET, task=row.uid, field=name, value=value) for name, value in typed]
    try:
        effect: PlanEffect = changing.change_plan(ctx, project=project_id, changes=changes, seen=given["version"])
    except Invalid as refusal:
        raise _placed(refusal, [name for name, _ in typed]) from None
    return effect


def _typed(old: dict[str, Any], given: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in given.items():
        if name in old and name != "version" and value != old[name]:
            yield name, _text(value)
    for name in ("work", "priority"):
        if given.get(name):
            yield name, given[name]
    if given.get("constraint"):
        on = "" if given["constraint"] in _DATELESS else _text(given.get("constraint_date"))
        yield "constraint", f"{given['constraint']} {on}".strip()


def _placed(refusal: Invalid, names: list[str]) -> Invalid:
    """A refusal that names fields of the form and not places in a list of changes."""
    fields = []
    for fault in refusal.fields:
        _, place, _ = (*fault.field.split("."), "", "")[:3]
        fields.append(
            FieldError(names[int(place)] if place.isdigit() else fault.field, fault.message, value=fault.value)
        )
    return Invalid(refusal.message, fields=fields, extra=refusal.extra)


def _text(value: Any) -> str:
    return "" if value is None else value.isoformat() if isinstance(value, date) else str(value)


def _day_of(moment: datetime | None) -> date | None:
    return moment.date() if moment is not None else None

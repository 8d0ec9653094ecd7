"""Reads of what was done: a project's activity, a record's history, what became of the registers in a span of days.

All of it comes from the audit entries and field changes that the door writes; nothing is kept twice.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from headway.areas.people.queries import names_of
from headway.areas.projects.models import Assumption, Decision, Issue, Project, Risk, Stakeholder
from headway.areas.projects.types import (
    Activity,
    ActivityRow,
    ChangeRow,
    Happening,
    HappeningRow,
    History,
    HistoryRow,
    RecordKind,
    State,
)
from headway.engine.units import WorkTime
from headway.kernel.access import may
from headway.kernel.context import Context
from headway.kernel.models import AuditEntry, FieldChange
from headway.kernel.paging import page
from headway.kernel.queries import query
from headway.kernel.schema import ShortText

MODELS: dict[RecordKind, Any] = {
    RecordKind.RISK: Risk,
    RecordKind.ISSUE: Issue,
    RecordKind.DECISION: Decision,
    RecordKind.ASSUMPTION: Assumption,
    RecordKind.STAKEHOLDER: Stakeholder,
}
_KINDS = {model._meta.label: kind for kind, model in MODELS.items()}
_PER_ACT = 20  # changed fields of one act that a page tells; an import of a plan changes thousands
_LONGEST = 300  # characters of a value that is told
_UNTOLD = frozenset({"stored", "version", "digest", "files_digest", "issue_id"})  # fields that say nothing to people
# Parts of a plan's tasks and people that only those are told who may read costs.
COSTS = frozenset({"cost", "actual_cost", "fixed_cost", "standard_rate", "overtime_rate", "cost_per_use", "baselines"})
_BULKY = "(changed)"  # what the history keeps in the place of a value too large for it


@query(permission="projects.read_activity")
def activity(
    ctx: Context,
    *,
    project: Project,
    who: ShortText = "",
    area: ShortText = "",
    people_only: bool = False,
    cursor: str = "",
    limit: int = 50,
) -> Activity:
    """What was done on a project, newest first, a page at a time: who, when, through which door, which fields.

    who          only the acts of the person of this name.
    area         only acts of one area, such as 'schedule' or 'hours'.
    people_only  leaves out what Headway did by itself.
    What costs were changed from and to is told to those who may see costs.
    """
    entries = AuditEntry.objects.filter(scope=project.pk)
    people = entries.order_by("actor_name").values_list("actor_name", flat=True).distinct()
    if who:
        entries = entries.filter(actor_name=who)
    if people_only:
        entries = entries.filter(actor_id__isnull=False)
    if area:
        entries = entries.filter(use_case__startswith=f"{area}.")
    items, following = page(entries, order=("-sequence", "id"), cursor=cursor, limit=limit)
    changed = _changes(ctx, project, items)
    rows = []
    for entry in items:
        told = changed.get(entry.pk, [])
        rows.append(
            ActivityRow(
                entry.sequence,
                entry.at,
                entry.actor_name,
                entry.channel,
                entry.use_case,
                entry.reason,
                tuple(told[:_PER_ACT]),
                max(0, len(told) - _PER_ACT),
            )
        )
    return Activity(tuple(rows), tuple(people[:1000]), following)


_MOST_CHANGES = 1000  # of one page; beyond it the rest of the page tells acts alone


def _changes(ctx: Context, project: Project, entries: list[AuditEntry]) -> dict[int, list[ChangeRow]]:
    rows = FieldChange.objects.filter(entry__in=entries)
    untold = _UNTOLD
    if not may(ctx, "hours.read_costs", project_id=project.pk):
        untold |= COSTS
        rows = rows.exclude(Q(field__startswith="cost_") | Q(kind="budgets.Budget", field="amount"))
    changes = list(rows.order_by("-entry_id", "id")[:_MOST_CHANGES])
    names = _names(changes)
    records = _entered(changes) | _records(ctx, changes)
    found: dict[int, list[ChangeRow]] = {}
    for change in changes:
        if change.field in _UNTOLD or change.new == _BULKY:
            continue
        known = records.get((change.kind, change.record_id), "")
        for field, old, new in _told(change, names, untold):
            found.setdefault(change.entry_id, []).append(
                ChangeRow(change.kind, change.record_id, known or _name_in(change), field, old, new)
            )
    return found


def _entered(changes: Iterable[FieldChange]) -> dict[tuple[str, int], str]:
    """The names that records had when they were entered, of those whose change does not say its own."""
    unnamed = {
        (change.kind, change.record_id) for change in changes if change.kind not in _KINDS and not _name_in(change)
    }
    if not unnamed:
        return {}
    rows = FieldChange.objects.filter(
        field="", kind__in={kind for kind, _ in unnamed}, record_id__in={record for _, record in unnamed}
    )
    return {(row.kind, row.record_id): _name_in(row) for row in rows.only("kind", "record_id", "old", "new")}


def _records(ctx: Context, changes: Iterable[FieldChange]) -> dict[tuple[str, int], str]:
    """What people call the registers' records: reference and title."""
    wanted: dict[str, set[int]] = {}
    for change in changes:
        wanted.setdefault(change.kind, set()).add(change.record_id)
    found = {}
    for kind, model in MODELS.items():
        label = model._meta.label
        if label in wanted:
            for row in model.visible_to(ctx).filter(pk__in=wanted[label]):
                found[label, row.pk] = called(kind, row)
    return found


def called(kind: RecordKind, row: Any) -> str:
    """'RISK-3 Late texts'; a stakeholder by name."""
    title = _title(row)
    return title if kind is RecordKind.STAKEHOLDER else f"{row.ref} {title}"


def _title(row: Any) -> str:
    return str(next(getattr(row, name) for name in ("title", "question", "text", "name") if hasattr(row, name)))


def _name_in(change: FieldChange) -> str:
    """A record's name, where the change itself holds it: in what was stored, or what it was called when entered."""
    for value in (change.new, change.old):
        if isinstance(value, dict) and isinstance(value.get("name"), str):
            return str(value["name"])
        if (
            change.field == "" and isinstance(value, str) and not value[:1].islower()
        ):  # else it describes, as 'plan of project 3'
            return text_of(value)
    return ""


@query(permission="projects.read_registers")
def history(
    ctx: Context, *, project: Project, kind: RecordKind, record: int, cursor: str = "", limit: int = 50
) -> History:
    """Every change of a risk, issue, decision, assumption or stakeholder: who, when, which field, old and new.

    Newest first, a page at a time.
    """
    model = MODELS[kind]
    row = model.found(ctx, project=project, pk=record)
    changes = FieldChange.objects.filter(kind=model._meta.label, record_id=row.pk, entry__scope=project.pk)
    items, following = page(changes.select_related("entry"), order=("-entry_id", "id"), cursor=cursor, limit=limit)
    names = _names(items)
    rows = [
        HistoryRow(item.entry.at, item.entry.actor_name, item.entry.channel, item.entry.reason, field, old, new)
        for item in items
        for field, old, new in _told(item, names, _UNTOLD)
    ]
    return History(tuple(rows), following)


def _names(changes: Iterable[FieldChange]) -> dict[int, str]:
    """The names of all persons that some changes mention by id."""
    values = [value for item in changes if item.field in _PERSONS for value in (item.old, item.new)]
    ids = [value for value in values if isinstance(value, int)]
    return names_of(ids) if ids else {}


_PERSONS = frozenset({"owner_id", "manager_id", "person_id"})


def _told(change: FieldChange, names: dict[int, str], untold: frozenset[str]) -> list[tuple[str, str, str]]:
    """Field, old and new as text; a stored definition is told by the parts of it that differ."""
    old, new = change.old, change.new
    if isinstance(old, dict) and isinstance(new, dict):
        keys = sorted(key for key in {*old, *new} - untold if old.get(key) != new.get(key))
        return [(key, text_of(old.get(key)), text_of(new.get(key))) for key in keys]
    if change.field in _PERSONS:
        was, now = (names.get(value, "") if isinstance(value, int) else "" for value in (old, new))
        return [(change.field.removesuffix("_id"), was, now)]
    return [(change.field, text_of(old), text_of(new))]


def text_of(value: Any) -> str:
    """A value of the history as people read it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    amount = value.get("amount", value) if isinstance(value, dict) else None
    if isinstance(amount, dict) and set(amount) == {"tenths"}:
        return f"{WorkTime(amount['tenths']).hours.normalize():f} h"
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        text = ", ".join(value)
    else:
        text = json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else str(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


# --- what became of the registers --------------------------------------------------------------

_MOST_HAPPENINGS = 200


@query(permission="projects.read_registers")
def happenings(ctx: Context, *, project: Project, since: datetime) -> tuple[HappeningRow, ...]:
    """The risks, issues, decisions and assumptions entered, closed, reopened or decided since an instant.

    Newest first, each record once for each thing that became of it.
    """
    changes = _register_changes(project, since)
    ids: dict[str, set[int]] = {}
    for change in changes:
        ids.setdefault(change.kind, set()).add(change.record_id)
    rows = {
        (label, row.pk): row
        for label, found in ids.items()
        for row in MODELS[_KINDS[label]].visible_to(ctx).filter(project=project, pk__in=found)
    }
    told: dict[tuple[Happening, str, int], HappeningRow] = {}
    for change in changes:
        row, what = rows.get((change.kind, change.record_id)), _what(change)
        if row is None or what is None:
            continue
        told.setdefault(
            (what, change.kind, row.pk),
            HappeningRow(
                what, _KINDS[change.kind], row.pk, row.ref, _title(row), change.entry.at, change.entry.actor_name
            ),
        )
    return tuple(told.values())


def _register_changes(project: Project, since: datetime) -> QuerySet[FieldChange]:
    labels = [label for label, kind in _KINDS.items() if kind is not RecordKind.STAKEHOLDER]
    rows = FieldChange.objects.filter(
        entry__scope=project.pk, entry__at__gte=since, kind__in=labels, field__in=("", "state")
    )
    return rows.select_related("entry").order_by("-id")[:_MOST_HAPPENINGS]


def _what(change: FieldChange) -> Happening | None:
    if change.field == "":
        return Happening.NEW if change.new is not None else None
    if change.new == State.OPEN.value:
        return Happening.REOPENED
    return Happening.DECIDED if change.kind == Decision._meta.label else Happening.CLOSED

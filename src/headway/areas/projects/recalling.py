"""A record of a register as it was at a moment, beside what it is now, and fields brought back to what they were.

Read backwards from the field changes that the audit keeps. Bringing back is an ordinary change of the record: it goes
through the command that edits it, with all that this refuses and tells. Not here: tasks (`schedule.recalling`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from headway.areas.people.queries import names_of
from headway.areas.projects import commands
from headway.areas.projects.histories import MODELS, called, text_of
from headway.areas.projects.models import Project
from headway.areas.projects.types import RecordKind
from headway.kernel.commands import command
from headway.kernel.context import Context
from headway.kernel.errors import FieldError, Invalid, NotFound, Stale
from headway.kernel.models import FieldChange
from headway.kernel.queries import query
from headway.kernel.registry import UseCase
from headway.kernel.schema import ShortText, to_json


@dataclass(frozen=True, slots=True)
class _Kept:
    """A kind of record: the command that edits it, what that can bring back, what else is told."""

    edit: UseCase[Any]
    fields: tuple[str, ...]
    following: tuple[str, ...] = ()


_KEPT: Mapping[RecordKind, _Kept] = {
    RecordKind.RISK: _Kept(
        commands.edit_risk,
        (
            "title",
            "kind",
            "category",
            "probability",
            "percent",
            "impact",
            "days",
            "money",
            "cause",
            "effect",
            "response_kind",
            "response",
            "response_due",
            "owner_id",
            "residual_probability",
            "residual_percent",
            "residual_impact",
            "residual_days",
            "state",
            "outcome",
        ),
    ),
    RecordKind.ISSUE: _Kept(
        commands.edit_issue, ("title", "description", "severity", "due", "owner_id", "resolution", "state")
    ),
    RecordKind.DECISION: _Kept(
        commands.edit_decision,
        ("question", "options", "recommendation", "decide_by", "cost_of_waiting", "owner_id"),
        ("state", "outcome"),  # a decision is taken and taken up again by acts of their own
    ),
    RecordKind.ASSUMPTION: _Kept(commands.edit_assumption, ("text", "check_by", "owner_id", "outcome", "state")),
    RecordKind.STAKEHOLDER: _Kept(
        commands.edit_stakeholder,
        ("name", "organisation", "power", "interest", "engagement", "desired", "raci", "notes"),
    ),
}
_OWNER = "owner_id"


@dataclass(frozen=True, slots=True)
class FieldThen:
    """A field as it was and as it is. `restorable`: it can be brought back, not following from others."""

    field: str
    label: str
    was: str
    now: str
    restorable: bool

    @property
    def differs(self) -> bool:
        """Whether it was otherwise then."""
        return self.was != self.now


@dataclass(frozen=True, slots=True)
class RecordThen:
    """A record of a register as it was at a moment. `name`: as it is called today."""

    kind: RecordKind
    record_id: int
    name: str
    at: datetime
    fields: tuple[FieldThen, ...]


@query(permission="projects.read_registers", name="projects.record_at")
def record_at(ctx: Context, *, project: Project, kind: RecordKind, record: int, moment: datetime) -> RecordThen:
    """A risk, issue, decision, assumption or stakeholder as it was at a moment, field by field, beside what it is now.

    moment  with its time zone.
    """
    row = MODELS[kind].found(ctx, project=project, pk=record)
    then, now = _then_and_now(project, kind, row, aware(moment))
    names = _names((then, now))
    kept = _KEPT[kind]
    fields = []
    for field in (*kept.fields, *kept.following):
        was, is_ = (_said(field, values[field], names) for values in (then, now))
        fields.append(FieldThen(_given_name(field), _label(field), was, is_, field in kept.fields))
    return RecordThen(kind, row.pk, called(kind, row), moment, tuple(item for item in fields if item.was or item.now))


@command(permission="projects.edit_registers", name="projects.restore_record", idempotent=True)
def restore_record(
    ctx: Context, *, project: Project, kind: RecordKind, record: int, moment: datetime, fields: tuple[ShortText, ...]
) -> RecordThen:
    """Bring fields of a record back to what they were at a moment. Answers with the record then and now.

    moment  with its time zone.   fields  as `record_at` names them.
    """
    row = MODELS[kind].found(ctx, project=project, pk=record)
    if ctx.expected_version is not None and row.version != ctx.expected_version:
        raise Stale(
            f"{row.noun} is at version {row.version}; your change started from {ctx.expected_version}.",
            extra={"current_version": row.version},
        )
    then, now = _then_and_now(project, kind, row, aware(moment))
    known = {_given_name(field): field for field in _KEPT[kind].fields}
    if not fields or not known.keys() >= set(fields):
        said = f"give some of: {', '.join(known)}"
        raise Invalid(
            f"'{', '.join(fields)}' cannot be brought back; {said}." if fields else f"Say what to bring back; {said}.",
            fields=[FieldError("fields", said)],
        )
    wanted = {name: then[known[name]] for name in fields if then[known[name]] != now[known[name]]}
    if wanted:
        emptied = [name for name, value in wanted.items() if value is None]
        given = {name: value for name, value in wanted.items() if value is not None}
        _KEPT[kind].edit.call_json(ctx, {kind.value: row.pk, **given, **({"clear": emptied} if emptied else {})})
    found: RecordThen = record_at(ctx, project=project.pk, kind=kind, record=row.pk, moment=moment)
    return found


def aware(moment: datetime) -> datetime:
    """A moment with its time zone; refused without one."""
    if moment.tzinfo is None:
        raise Invalid(
            "Give the moment with its time zone.", fields=[FieldError("moment", "write 2026-03-03T17:00:00Z")]
        )
    return moment


Values = Mapping[str, Any]  # of a record, as the history keeps them


def _then_and_now(project: Project, kind: RecordKind, row: Any, moment: datetime) -> tuple[Values, Values]:
    if moment < row.created_at:
        raise NotFound(f"{called(kind, row)} was not entered yet then.")
    kept = _KEPT[kind]
    now = {field: to_json(getattr(row, field)) for field in (*kept.fields, *kept.following)}
    later = FieldChange.objects.filter(
        kind=row._meta.label, record_id=row.pk, entry__scope=project.pk, entry__at__gt=moment, field__in=list(now)
    )
    then = dict(now)
    for field, old in later.order_by("-entry_id", "-id").values_list("field", "old"):
        then[field] = old
    return then, now


def _names(both: Iterable[Values]) -> dict[int, str]:
    owners = [values[_OWNER] for values in both if values.get(_OWNER) is not None]
    return names_of(owners) if owners else {}


def _said(field: str, value: Any, names: Mapping[int, str]) -> str:
    if field == _OWNER:
        return names.get(value, "")
    if field == "options":
        parts = ((item.get("title", ""), item.get("consequences", "")) for item in value or ())
        return "\n".join(f"{title} | {more}" if more else title for title, more in parts)
    return text_of(value)


def _given_name(field: str) -> str:
    """As the commands name a field: the owner is a person, not an id."""
    return field.removesuffix("_id")


def _label(field: str) -> str:
    return _given_name(field).replace("_", " ").capitalize()

"""Records to choose from, and what one says now: for forms that are made from a use case's signature."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist

from headway.kernel.context import Context
from headway.kernel.errors import NotFound
from headway.kernel.models import Root
from headway.kernel.schema import MAX_ID
from headway.kernel.search import title_of


@dataclass(frozen=True, slots=True)
class Choice:
    """A record by the words that people know it by."""

    id: int
    words: str


@dataclass(frozen=True, slots=True)
class Present:
    """A record as it is now. `values` has those of the asked names that are fields of it, references by id."""

    kind: str
    id: int
    words: str
    noun: str
    project_id: int | None
    version: int
    values: dict[str, Any] = field(default_factory=dict)


def choices(ctx: Context, kind: str, *, most: int, project_id: int | None = None) -> tuple[Choice, ...]:
    """Visible records of a kind ('projects.Risk'), the newest first, those of one project where it is given."""
    model = _model(kind)
    rows = model.visible_to(ctx).order_by("-pk")
    if project_id is not None and model.project_path is not None:
        rows = rows.filter(**{model.project_path: project_id})
    return tuple(Choice(row.pk, _words(row)) for row in rows[:most])


def present(ctx: Context, kind: str, record_id: int, names: Iterable[str] = ()) -> Present:
    """One visible record with the values of its fields; NotFound alike for absent and hidden."""
    model = _model(kind)
    row = model.visible_to(ctx).filter(pk=record_id).first() if 0 < record_id <= MAX_ID else None
    if row is None:
        raise NotFound(f"{model.noun} not found.")
    values = {name: getattr(row, column) for name in names if (column := _column(model, name))}
    return Present(kind, row.pk, _words(row), model.noun, row.scope_project_id(), row.version, values)


def noun_of(kind: str) -> str:
    """What people call a record of the kind."""
    return _model(kind).noun


def _model(kind: str) -> type[Root]:
    model: Any = apps.get_model(kind)
    found: type[Root] = model
    return found


def _words(row: Root) -> str:
    return title_of(row) or str(row)


def _column(model: type[Root], name: str) -> str:
    try:
        found = model._meta.get_field(name)
    except FieldDoesNotExist:
        return ""
    return str(getattr(found, "attname", ""))

"""What the commands of projects share: what was given or emptied, scales, numbers of registers, telling a new owner."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Max

from headway.areas.projects.models import Assumption, Decision, Issue, Project, Risk
from headway.areas.projects.telling import Record, tell_owner
from headway.kernel.context import Context
from headway.kernel.errors import FieldError, Invalid


def given(**values: Any) -> dict[str, Any]:
    """What the caller stated; None = leave as it is."""
    return {name: value for name, value in values.items() if value is not None}


def emptied(names: Iterable[str], stated: Mapping[str, Any], *columns: str) -> dict[str, None]:
    """The columns to empty, of those that can be; 'owner' stands for owner_id."""
    can = {column.removesuffix("_id"): column for column in columns}
    found: dict[str, None] = {}
    for name in names:
        if name not in can:
            raise Invalid(
                f"'{name}' cannot be emptied; {', '.join(can)} can.", fields=[FieldError("clear", "not one of these")]
            )
        if can[name] in stated:
            raise Invalid(f"'{name}' is both given and emptied.", fields=[FieldError("clear", "given too")])
        found[can[name]] = None
    return found


def on_scale(**values: int | None) -> None:
    """Refuse what is not 1 to 5."""
    for name, value in values.items():
        if value is not None and not 1 <= value <= 5:
            raise Invalid(
                f"{name} is {value}; give 1 to 5.", fields=[FieldError(name, "give 1 to 5", value=str(value))]
            )


def locked(project: Project) -> None:
    """Keep others from the project's numbers and roles until the end of the transaction (PostgreSQL)."""
    Project.unscoped(reason="the lock of a visible project").select_for_update().get(pk=project.pk)


def next_number(model: type[Risk] | type[Issue] | type[Decision] | type[Assumption], project: Project) -> int:
    """The next number of a register; the project's row is locked so that no number is given twice."""
    locked(project)
    rows = model.unscoped(reason="numbers in order").filter(project=project)
    return (rows.aggregate(last=Max("number"))["last"] or 0) + 1


def changed(ctx: Context, row: Record, values: dict[str, Any]) -> None:
    """Change a record of a register; a new owner is told."""
    before = row.owner_id
    row.change(ctx, **values)
    if row.owner_id != before:
        tell_owner(ctx, row)

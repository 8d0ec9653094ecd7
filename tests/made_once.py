"""What a fixture makes through commands is made once a process, and put back by its rows in every later test.

The state it starts from is known by the heads of the audit chains, which every command moves; from
another state, and in another folder of files, it is made anew.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.apps import apps
from django.db import connection, transaction
from django.db.models import Model

from headway.kernel import settings
from headway.kernel.database.write_lock import allow_writes
from headway.kernel.models import AuditChain

Made = TypeVar("Made")
Row = tuple[Any, ...]
Rows = dict[Any, Row]  # by primary key


@dataclass(slots=True)
class _Difference:
    """What was added to one table, changed in it and taken out of it."""

    added: list[Row] = field(default_factory=list)
    changed: Rows = field(default_factory=dict)
    gone: list[Any] = field(default_factory=list)


_kept: dict[tuple[Any, ...], tuple[Any, dict[type[Model], _Difference]]] = {}


def made_once(make: Callable[[], Made]) -> Made:
    """What `make` gives, with the rows it writes; the same each time it begins from the same state.

    It is known by the place it stands at, so what it closes over has to be the same each time.
    """
    key = (make.__module__, make.__qualname__, connection.in_atomic_block, settings.read().home, *_heads())
    if key not in _kept:
        before = _rows()
        made = make()
        _kept[key] = made, _differences(before, _rows())
        return made
    made, differences = _kept[key]
    with allow_writes("a test's rows are put back"), transaction.atomic():
        for model, difference in differences.items():
            _put_back(model, difference)
    return made  # type: ignore[no-any-return]


def _heads() -> list[tuple[int, str]]:
    return list(AuditChain.objects.order_by("scope").values_list("scope", "head"))


def _columns(model: type[Model]) -> list[str]:
    """Those that can be written, the primary key first."""
    key = model._meta.pk.column
    fields = [one.column for one in model._meta.local_concrete_fields if not one.generated]
    return [key, *(column for column in fields if column != key)]


def _rows() -> dict[type[Model], Rows]:
    """All rows of all tables."""
    found: dict[type[Model], Rows] = {}
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            if model._meta.managed and not model._meta.proxy:
                columns = ", ".join(map(connection.ops.quote_name, _columns(model)))
                cursor.execute(f"SELECT {columns} FROM {connection.ops.quote_name(model._meta.db_table)}")  # noqa: S608
                found[model] = {row[0]: tuple(row) for row in cursor.fetchall()}
    return found


def _differences(before: dict[type[Model], Rows], after: dict[type[Model], Rows]) -> dict[type[Model], _Difference]:
    found = {
        model: _Difference(
            added=[row for key, row in rows.items() if key not in before[model]],
            changed={key: row for key, row in rows.items() if before[model].get(key, row) != row},
            gone=[key for key in before[model] if key not in rows],
        )
        for model, rows in after.items()
    }
    return {model: one for model, one in found.items() if one.added or one.changed or one.gone}


def _put_back(model: type[Model], difference: _Difference) -> None:
    """Write one table's difference, in three statements at most."""
    table = connection.ops.quote_name(model._meta.db_table)
    key, *others = (connection.ops.quote_name(column) for column in _columns(model))
    with connection.cursor() as cursor:
        if difference.gone:
            cursor.executemany(f"DELETE FROM {table} WHERE {key} = %s", [(one,) for one in difference.gone])  # noqa: S608
        if difference.changed:
            values = ", ".join(f"{column} = %s" for column in others)
            rows = [(*row[1:], row[0]) for row in difference.changed.values()]
            cursor.executemany(f"UPDATE {table} SET {values} WHERE {key} = %s", rows)  # noqa: S608
        if difference.added:
            places = ", ".join(["%s"] * (1 + len(others)))
            names = ", ".join([key, *others])
            cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({places})", difference.added)  # noqa: S608

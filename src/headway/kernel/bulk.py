"""Very many rows into one table in little time: plain values, one prepared statement, no model per row.

For imports, which hold the write lock while they insert. Everything else makes models.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import islice
from typing import Any

from django.db import connection, models

_BATCH = 2000
_PLAIN = (models.CharField, models.TextField, models.BooleanField, models.IntegerField, models.ForeignKey)


def insert_rows(
    model: type[models.Model], *, same: dict[str, Any], names: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """Insert rows of a table; call inside a command.

    same   columns (as 'project_id') that have one value in all rows.
    names  columns whose values each row gives, in this order. Columns in neither take their default.
    """
    fields = {field.attname: field for field in model._meta.concrete_fields if not field.primary_key}
    rest = {name: field.get_default() for name, field in fields.items() if name not in names} | same
    fixed = tuple(fields[name].get_db_prep_save(value, connection) for name, value in rest.items())
    quote = connection.ops.quote_name
    columns = ", ".join(quote(str(fields[name].column)) for name in (*names, *rest))
    places = ", ".join(["%s"] * (len(names) + len(rest)))
    statement = f"INSERT INTO {quote(model._meta.db_table)} ({columns}) VALUES ({places})"  # noqa: S608 - our own names
    preparers = [_preparer(fields[name]) for name in names]
    changing = [(place, prepare) for place, prepare in enumerate(preparers) if prepare is not None]

    def prepared(row: Sequence[Any]) -> tuple[Any, ...]:
        values = list(row)
        for place, prepare in changing:
            values[place] = prepare(values[place])
        return (*values, *fixed)

    source = map(prepared, rows)
    with connection.cursor() as cursor:
        while batch := list(islice(source, _BATCH)):
            cursor.executemany(statement, batch)


def _preparer(field: Any) -> Callable[[Any], Any] | None:
    """How a column's values become what the driver takes; None = as they are. Days and amounts come again and again."""
    if isinstance(field, _PLAIN) and not isinstance(field, models.DecimalField):
        return None
    prepare = partial(field.get_db_prep_save, connection=connection)
    if isinstance(field, models.JSONField):
        return prepare
    known: dict[Any, Any] = {}

    def remembered(value: Any) -> Any:
        if value not in known:
            if len(known) > _BATCH * 10:
                known.clear()
            known[value] = prepare(value)
        return known[value]

    return remembered

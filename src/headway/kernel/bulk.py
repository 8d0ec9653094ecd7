"""Very many rows into one table in little time: plain values, one prepared statement, no model per row.

For imports, which hold the write lock while they insert. Everything else makes models.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import islice
from operator import attrgetter
from typing import Any, TypeVar

from django.db import connection, models

from headway.kernel.database.write_lock import WriteOutsideDoor, open_reason

ItemT = TypeVar("ItemT")
_BATCH = 2000
_PLAIN = (models.CharField, models.TextField, models.BooleanField, models.IntegerField, models.ForeignKey)


def in_pieces(items: Sequence[ItemT], size: int = 1000) -> Iterator[Sequence[ItemT]]:
    """A long list in parts short enough for one statement each."""
    for place in range(0, len(items), size):
        yield items[place : place + size]


class JsonText(str):
    """A JSON value that is text already; it goes into its column as it stands."""

    __slots__ = ()


def insert_models(made: Sequence[models.Model], *, renew: Sequence[str] = ()) -> None:
    """Insert models of one class that were made and not saved; they do not learn their keys. Call inside a command."""
    if made:
        names = [field.attname for field in made[0]._meta.concrete_fields if not field.primary_key]
        insert_rows(type(made[0]), same={}, names=names, rows=map(attrgetter(*names), made), renew=renew)


def insert_rows(
    model: type[models.Model],
    *,
    same: dict[str, Any],
    names: Sequence[str],
    rows: Iterable[Sequence[Any]],
    renew: Sequence[str] = (),
    are_prepared: bool = False,
) -> None:
    """Insert rows of a table; call inside a command.

    same          columns (as 'project_id') that have one value in all rows.
    names         columns whose values each row gives, in this order. Columns in neither take their default.
    renew         the columns of a unique constraint: a row that is there already takes the new values.
    are_prepared  the rows come from `prepared_rows`.
    """
    fields = {field.attname: field for field in model._meta.concrete_fields if not field.primary_key}
    rest = {name: field.get_default() for name, field in fields.items() if name not in names} | same
    fixed = tuple(fields[name].get_db_prep_save(value, connection) for name, value in rest.items())
    quote = connection.ops.quote_name
    columns = ", ".join(quote(str(fields[name].column)) for name in (*names, *rest))
    places = ", ".join(["%s"] * (len(names) + len(rest)))
    statement = f"INSERT INTO {quote(model._meta.db_table)} ({columns}) VALUES ({places})"  # noqa: S608 - our own names
    if renew:
        taken = [quote(str(fields[name].column)) for name in (*names, *rest) if name not in renew]
        values = ", ".join(f"{column} = excluded.{column}" for column in taken)
        statement += (
            f" ON CONFLICT ({', '.join(quote(str(fields[name].column)) for name in renew)}) DO UPDATE SET {values}"
        )
    ready = rows if are_prepared else prepared_rows(model, names, rows)
    source = ((*row, *fixed) for row in ready)
    with connection.cursor() as cursor:
        while batch := list(islice(source, _BATCH)):
            if connection.vendor == "postgresql" and not renew:
                _copy(cursor, f"COPY {quote(model._meta.db_table)} ({columns}) FROM STDIN", batch)
            else:
                cursor.executemany(statement, batch)


def prepared_rows(
    model: type[models.Model], names: Sequence[str], rows: Iterable[Sequence[Any]]
) -> Iterator[tuple[Any, ...]]:
    """Rows with the values of these columns as the database's driver takes them."""
    fields = {field.attname: field for field in model._meta.concrete_fields}
    preparers = [_preparer(fields[name]) for name in names]
    changing = [(place, prepare) for place, prepare in enumerate(preparers) if prepare is not None]
    for row in rows:
        values = list(row)
        for place, prepare in changing:
            values[place] = prepare(values[place])
        yield tuple(values)


def _copy(cursor: Any, statement: str, rows: Iterable[tuple[Any, ...]]) -> None:
    """Insert rows by PostgreSQL's own way for many; it passes the write lock's guard, and so asks for the lock here."""
    if open_reason() is None:
        raise WriteOutsideDoor(f"Rows are inserted outside a command: {statement}")
    with cursor.copy(statement) as stream:
        for row in rows:
            stream.write_row(row)


def check_keys_now() -> None:
    """Let PostgreSQL check the foreign keys of what was inserted so far: all at the end would take too long."""
    if connection.vendor == "postgresql":
        connection.check_constraints()


def _preparer(field: Any) -> Callable[[Any], Any] | None:
    """How a column's values become what the driver takes; None = as they are. Days and amounts come again and again."""
    if isinstance(field, _PLAIN) and not isinstance(field, models.DecimalField):
        return None
    if isinstance(field, models.JSONField):
        as_json = partial(connection.ops.adapt_json_value, encoder=field.encoder)
        return lambda value: value if value is None or isinstance(value, JsonText) else as_json(value)
    prepare = partial(field.get_db_prep_save, connection=connection)
    known: dict[Any, Any] = {}

    def remembered(value: Any) -> Any:
        if value not in known:
            if len(known) > _BATCH * 10:
                known.clear()
            known[value] = prepare(value)
        return known[value]

    return remembered

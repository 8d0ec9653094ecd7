"""Very many rows into one table in little time: plain values, one prepared statement, no model per row.

For imports, which hold the write lock while they insert. Everything else makes models.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
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


def in_runs(items: Iterable[ItemT], size: int = _BATCH) -> Iterator[list[ItemT]]:
    """A stream in lists."""
    source = iter(items)
    while run := list(islice(source, size)):
        yield run


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
) -> None:
    """Insert rows of a table; call inside a command.

    same   columns (as 'project_id') that have one value in all rows.
    names  columns whose values each row gives, in this order. Columns in neither take their default.
    renew  the columns of a unique constraint: a row that is there already takes the new values.
    """
    rest = columns_besides(model, names, same)
    fields = {field.attname: field for field in model._meta.concrete_fields}
    columns = [quoted(fields[name].column) for name in names] + [quoted(name) for name in rest]
    ending = ""
    if renew:
        kept = [quoted(fields[name].column) for name in renew]
        values = ", ".join(f"{column} = excluded.{column}" for column in columns if column not in kept)
        ending = f" ON CONFLICT ({', '.join(kept)}) DO UPDATE SET {values}"
    fixed = tuple(rest.values())
    source = ((*row, *fixed) for row in prepared_rows(model, names, rows))
    with connection.cursor() as cursor:
        for batch in in_runs(source):
            put(cursor, quoted(model._meta.db_table), columns, batch, ending=ending)


def columns_besides(model: type[models.Model], names: Sequence[str], same: dict[str, Any]) -> dict[str, Any]:
    """What the other columns of new rows hold, as the driver takes it: the value of `same`, or their default."""
    found = {}
    for field in model._meta.concrete_fields:
        if not field.primary_key and field.attname not in names:
            value = same[field.attname] if field.attname in same else field.get_default()
            found[str(field.column)] = field.get_db_prep_save(value, connection)
    return found


def put(cursor: Any, table: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]], *, ending: str = "") -> None:
    """Insert prepared rows in the way that the database has for many; table and columns are quoted already."""
    into = f"{table} ({', '.join(columns)})"
    if connection.vendor == "postgresql" and not ending:
        _copy(cursor, f"COPY {into} FROM STDIN", rows)
    else:
        places = ", ".join(["%s"] * len(columns))
        cursor.executemany(f"INSERT INTO {into} VALUES ({places}){ending}", rows)  # noqa: S608 - our own names


def quoted(name: str | None) -> str:
    """A table's or column's name as it stands in a statement."""
    return str(connection.ops.quote_name(str(name)))


def prepared_rows(
    model: type[models.Model], names: Sequence[str], rows: Iterable[Sequence[Any]]
) -> Iterator[tuple[Any, ...]]:
    """Rows with the values of these columns as the database's driver takes them."""
    preparers = [_preparer(model, name) for name in names]
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


def look_again(*models_written: type[models.Model]) -> None:
    """Let PostgreSQL look over tables that very many rows came into: else it judges by what was there before."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for model in models_written:
                cursor.execute(f"ANALYZE {quoted(model._meta.db_table)}")


def as_driver_takes(model: type[models.Model], name: str) -> Callable[[Any], Any]:
    """How a column's values become what the database's driver takes, for who makes rows ready without models."""
    return _preparer(model, name) or _as_it_is


def _as_it_is(value: Any) -> Any:
    return value


def _preparer(model: type[models.Model], name: str) -> Callable[[Any], Any] | None:
    """The same; None = as they are. Days and amounts come again and again."""
    field: Any = next(field for field in model._meta.concrete_fields if field.attname == name)
    if isinstance(field, models.BooleanField) and connection.vendor == "sqlite":
        return _as_number
    if isinstance(field, _PLAIN) and not isinstance(field, models.DecimalField):
        return None
    if isinstance(field, models.JSONField):
        as_json = partial(connection.ops.adapt_json_value, encoder=field.encoder)
        return lambda value: None if value is None else as_json(value)
    prepare = partial(field.get_db_prep_save, connection=connection)
    if type(field) is models.DateTimeField:  # nearly all instants differ, so that none is remembered
        return _as_text if connection.vendor == "sqlite" else None
    known: dict[Any, Any] = {}

    def remembered(value: Any) -> Any:
        if value not in known:
            if len(known) > _BATCH * 10:
                known.clear()
            known[value] = prepare(value)
        return known[value]

    return remembered


def _as_number(value: bool | None) -> int | None:
    """As SQLite keeps it; its driver asks about every type it does not bind itself, which takes longer than the row."""
    return None if value is None else int(value)


def _as_text(instant: datetime | None) -> str | None:
    """An aware instant as SQLite keeps it, in UTC."""
    return None if instant is None else instant.astimezone(UTC).isoformat(" ").removesuffix("+00:00")

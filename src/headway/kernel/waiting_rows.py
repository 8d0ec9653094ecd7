"""Very many rows that wait beside their table, in one that only this connection sees, until they are taken in.

Filling it keeps nobody waiting. What is left for the time of the write lock is copying, which the database does alone.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from itertools import count
from typing import Any

from django.db import DatabaseError, connection, models

from headway.kernel.bulk import check_keys_now, columns_besides, put, quoted
from headway.kernel.database.write_lock import allow_writes

_NUMBERS = count(1)
_PLACE = "place"
_PIECE = 20_000  # places of one statement, which may last only so long, and sorts them in memory


class WaitingRows:
    """Rows of a model, each at a place of its own; call `close` when nobody needs them any more.

    names  the columns (as 'project_id') that the rows give.
    SQLite keeps temporary tables in memory; there the rows lie in a file without a name, unless made in a transaction.
    """

    def __init__(self, model: type[models.Model], names: Sequence[str]) -> None:
        self._model = model
        self._fields = {field.attname: field for field in model._meta.concrete_fields}
        self._columns = [quoted(self._fields[name].column) for name in names]
        self._names = tuple(names)
        self._target = quoted(model._meta.db_table)
        self._file = ""
        own = f"waiting_{next(_NUMBERS)}"
        self._table, kind, index = own, "TEMPORARY TABLE", f"{own}_places"
        with self._writing("made") as cursor:
            if connection.vendor == "sqlite" and not connection.in_atomic_block:
                _attach(cursor, own)
                self._file, self._table, kind, index = own, f"{own}.waiting", "TABLE", f"{own}.places"
            cursor.execute(
                f"CREATE {kind} {self._table} AS SELECT id AS {_PLACE}, {', '.join(self._columns)}"  # noqa: S608 - our own names
                f" FROM {self._target} WHERE false"
            )
            cursor.execute(f"CREATE INDEX {index} ON {self._table.rpartition('.')[2]} ({_PLACE})")

    def add(self, rows: Sequence[tuple[Any, ...]]) -> None:
        """Let more rows wait: their place, then their columns in order, as `bulk.prepared_rows` gives them."""
        with self._writing("filled") as cursor, _at_once(cursor):
            put(cursor, self._table, (_PLACE, *self._columns), rows)

    def filled(self) -> None:
        """No more rows come: let the database count them, so that it chooses its ways well."""
        if connection.vendor == "postgresql":
            with self._writing("counted") as cursor:
                cursor.execute(f"ANALYZE {self._table}")

    def close(self) -> None:
        """Let them go; the connection would at its end."""
        with contextlib.suppress(DatabaseError), self._writing("gone") as cursor:
            cursor.execute(f"DETACH {self._file}" if self._file else f"DROP TABLE IF EXISTS {self._table}")

    # --- read

    def read(self, names: Sequence[str], where: dict[str, Any], *, size: int) -> Iterator[list[tuple[Any, ...]]]:
        """Place and some columns of the rows with these values, in order and so many at a time, as the driver gives."""
        columns = ", ".join(quoted(self._fields[name].column) for name in names)
        condition, values = self._only(where)
        after = -1
        with connection.cursor() as cursor:
            while True:
                cursor.execute(
                    f"SELECT {_PLACE}, {columns} FROM {self._table} WHERE {condition} AND {_PLACE} > %s"  # noqa: S608 - our own names
                    f" ORDER BY {_PLACE} LIMIT {size}",
                    [*values, after],
                )
                rows = cursor.fetchall()
                if not rows:
                    return
                after = rows[-1][0]
                yield rows

    # --- taken in, inside a command

    def insert_all(self, *, same: dict[str, Any], where: dict[str, Any], order: Sequence[str]) -> None:
        """Insert the rows with these values.

        same   columns that have one value in all rows; what neither says takes its default.
        order  columns by which they are best written, so that indexes grow at few places.
        """
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT MIN({_PLACE}), MAX({_PLACE}) FROM {self._table}")  # noqa: S608 - our own names
            first, last = cursor.fetchone()
        with _room_for_indexes():
            for begin in range(first or 0, (last or 0) + 1, _PIECE):
                self._insert(same, where, f"{_PLACE} BETWEEN %s AND %s", (begin, begin + _PIECE - 1), order)
                check_keys_now()

    def insert(self, places: Sequence[int], *, same: dict[str, Any]) -> None:
        """Insert the rows at these places, a few thousand at most."""
        if places:
            self._insert(same, {}, f"{_PLACE} IN ({', '.join(['%s'] * len(places))})", places, (_PLACE,))

    def _insert(
        self, same: dict[str, Any], where: dict[str, Any], more: str, values: Iterable[Any], order: Sequence[str]
    ) -> None:
        rest = columns_besides(self._model, self._names, same)
        columns = ", ".join([*self._columns, *(quoted(name) for name in rest)])
        taken = ", ".join([*self._columns, *(["%s"] * len(rest))])
        condition, wanted = self._only(where)
        by = ", ".join(name if name == _PLACE else quoted(self._fields[name].column) for name in order)
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {self._target} ({columns}) SELECT {taken} FROM {self._table}"  # noqa: S608 - our own names
                f" WHERE {condition} AND {more} ORDER BY {by}",
                [*rest.values(), *wanted, *values],
            )

    def change(self, pairs: Sequence[tuple[int, int]], *, names: Sequence[str], same: dict[str, Any]) -> None:
        """Give rows of the model what waiting ones say, and their next version.

        pairs  key of the row, and the place. names: the columns to take; same: columns with one value for all.
        """
        columns = [quoted(self._fields[name].column) for name in names]
        fixed = {
            self._fields[name].column: self._fields[name].get_db_prep_save(same[name], connection) for name in same
        }
        sets = [
            *(f"{column} = waiting.{column}" for column in columns),
            *(f"{quoted(column)} = %s" for column in fixed),
            f"version = {self._target}.version + 1",
        ]
        with connection.cursor() as cursor:
            cursor.executemany(
                f"UPDATE {self._target} SET {', '.join(sets)} FROM {self._table} AS waiting"  # noqa: S608 - our own names
                f" WHERE {self._target}.id = %s AND waiting.{_PLACE} = %s",
                [(*fixed.values(), key, place) for key, place in pairs],
            )

    def _only(self, where: dict[str, Any]) -> tuple[str, list[Any]]:
        conditions = [f"{quoted(self._fields[name].column)} = %s" for name in where]
        return " AND ".join(conditions) or "true", list(where.values())

    @contextlib.contextmanager
    def _writing(self, what: str) -> Iterator[Any]:
        """The write lock's guard does not know which tables are nobody else's."""
        with allow_writes(f"waiting rows are {what}"), connection.cursor() as cursor:
            yield cursor


def _attach(cursor: Any, name: str) -> None:
    """Open a database in a new file that has lost its name; SQLite keeps it until it is detached."""
    handle, path = tempfile.mkstemp(prefix="headway-waiting-")
    os.close(handle)
    try:
        cursor.execute(f"ATTACH DATABASE %s AS {name}", [path])
        cursor.execute(f"PRAGMA {name}.journal_mode=OFF")
        cursor.execute(f"PRAGMA {name}.synchronous=OFF")
    finally:
        os.unlink(path)


_ROOM_KB = 160_000  # holds the indexes of a million entries


@contextlib.contextmanager
def _room_for_indexes() -> Iterator[None]:
    """More of the database in memory for a while: SQLite else writes the same pages of an index again and again."""
    if connection.vendor != "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        before = int(cursor.execute("PRAGMA main.cache_size").fetchone()[0])
        cursor.execute(f"PRAGMA main.cache_size=-{_ROOM_KB}")
    yield
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA main.cache_size={before}")


@contextlib.contextmanager
def _at_once(cursor: Any) -> Iterator[None]:
    """SQLite would end each row by itself; a savepoint, unlike a transaction, asks for no other's turn."""
    if connection.vendor != "sqlite":
        yield
        return
    cursor.execute("SAVEPOINT waiting_rows")
    yield
    cursor.execute("RELEASE SAVEPOINT waiting_rows")

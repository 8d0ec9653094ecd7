"""Very many rows that wait beside their table, in one that only this connection sees, until they are taken in.

Filling it keeps nobody waiting. What is left for the time of the write lock is copying, which the database does alone.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from itertools import count
from operator import itemgetter
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
    order  of these, those by which rows are best written, so that indexes grow at few places. Rows that are added
           together are ordered together: SQLite takes them in as they lie, and has nothing left to sort.
    SQLite keeps temporary tables in memory; there the rows lie in a file without a name, unless made in a transaction.
    """

    def __init__(self, model: type[models.Model], names: Sequence[str], *, order: Sequence[str] = ()) -> None:
        self._model = model
        self._fields = {field.attname: field for field in model._meta.concrete_fields}
        self._columns = [quoted(self._fields[name].column) for name in names]
        self._names, self._order = tuple(names), tuple(order)
        self._target = quoted(model._meta.db_table)
        self._places = count(1)
        self._file = ""
        self._before: dict[str, int] = {}  # what SQLite is to be told again at the end
        own = f"waiting_{next(_NUMBERS)}"
        self._table, kind, self._index = own, "TEMPORARY TABLE", own
        with self._writing("made") as cursor:
            if connection.vendor == "sqlite" and not connection.in_atomic_block:
                _attach(cursor, own)
                self._file, self._table, kind, self._index = own, f"{own}.waiting", "TABLE", f"{own}.by"
            cursor.execute(
                f"CREATE {kind} {self._table} AS SELECT id AS {_PLACE}, {', '.join(self._columns)}"  # noqa: S608 - our own names
                f" FROM {self._target} WHERE false"
            )

    def add(self, rows: Sequence[tuple[Any, ...]]) -> None:
        """Let more rows wait: their place, then their columns in order, as the driver takes them (`bulk`)."""
        if self._order and connection.vendor == "sqlite":
            rows = sorted(rows, key=itemgetter(*(1 + self._names.index(name) for name in self._order)))
        with self._writing("filled") as cursor, _at_once(cursor):
            put(cursor, self._table, (_PLACE, *self._columns), rows)

    def add_next(self, rows: Sequence[tuple[Any, ...]]) -> None:
        """Let more rows wait that have no place of their own: theirs are the next."""
        self.add([(next(self._places), *row) for row in rows])

    def filled(self, *, apart: str = "") -> None:
        """No more rows come: they can be found by their place now.

        apart  a column whose values will be asked for one after the other.
        """
        by = [quoted(self._fields[apart].column)] if apart else []
        table = self._table.rpartition(".")[2]
        with self._writing("found") as cursor:
            for number, columns in enumerate([[_PLACE], *([by, [*by, _PLACE]] if by else [])]):
                cursor.execute(f"CREATE INDEX {self._index}_{number} ON {table} ({', '.join(columns)})")
            if connection.vendor == "postgresql":
                cursor.execute(f"ANALYZE {self._table}")

    def close(self) -> None:
        """Let them go; the connection would at its end."""
        with contextlib.suppress(DatabaseError), self._writing("gone") as cursor:
            cursor.execute(f"DETACH {self._file}" if self._file else f"DROP TABLE IF EXISTS {self._table}")
        if self._before:
            self._as_before()

    def _make_room(self) -> None:
        """Tell SQLite to hold much in memory, and not to fold its log at the end of this transaction.

        It else writes the same pages of an index again and again, and all who write would wait for the folding.
        """
        with connection.cursor() as cursor:
            for name, value in _FOR_MUCH.items():
                before = int(cursor.execute(f"PRAGMA {name}").fetchone()[0])
                if before != value:
                    self._before[name] = before
                    cursor.execute(f"PRAGMA {name}={value}")

    def _as_before(self) -> None:
        """Fold the log now that others can write meanwhile."""
        with contextlib.suppress(DatabaseError), connection.cursor() as cursor:
            for name, value in self._before.items():
                cursor.execute(f"PRAGMA {name}={value}")
            if not connection.in_atomic_block:
                cursor.execute("PRAGMA wal_checkpoint(PASSIVE)")

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

    def answer(self, rows: models.QuerySet[Any, Any]) -> list[tuple[Any, ...]]:
        """What a query of the model by values gives when it reads these rows alone, as the driver gives it."""
        sql, values = rows.query.sql_with_params()
        with connection.cursor() as cursor:
            cursor.execute(sql.replace(self._target, self._table), values)
            return list(cursor.fetchall())

    # --- taken in, inside a command

    def insert_all(self, *, same: dict[str, Any], where: dict[str, Any], ending: str = "") -> int:
        """Insert the rows with these values, and give their number.

        same    columns that have one value in all rows; what neither says takes its default.
        ending  of the statement: what becomes of rows that are there already.
        """
        if connection.vendor == "sqlite":
            self._make_room()
            return self._insert(same, where, "true", (), "rowid", ending)
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT MIN({_PLACE}), MAX({_PLACE}) FROM {self._table}")  # noqa: S608 - our own names
            first, last = cursor.fetchone()
            cursor.execute("SET LOCAL work_mem = '64MB'")
        taken, order = 0, ", ".join(quoted(self._fields[name].column) for name in self._order) or _PLACE
        for begin in range(first or 0, (last or 0) + 1, _PIECE):
            piece = (begin, begin + _PIECE - 1)
            taken += self._insert(same, where, f"{_PLACE} BETWEEN %s AND %s", piece, order, ending)
            check_keys_now()
        return taken

    def insert(self, places: Sequence[int], *, same: dict[str, Any]) -> None:
        """Insert the rows at these places, a few thousand at most."""
        if places:
            self._insert(same, {}, f"{_PLACE} IN ({', '.join(['%s'] * len(places))})", places, _PLACE)

    def _insert(
        self,
        same: dict[str, Any],
        where: dict[str, Any],
        more: str,
        values: Iterable[Any],
        order: str,
        ending: str = "",
    ) -> int:
        rest = columns_besides(self._model, self._names, same)
        columns = ", ".join([*self._columns, *(quoted(name) for name in rest)])
        taken = ", ".join([*self._columns, *(["%s"] * len(rest))])
        condition, wanted = self._only(where)
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {self._target} ({columns}) SELECT {taken} FROM {self._table}"  # noqa: S608 - our own names
                f" WHERE {condition} AND {more} ORDER BY {order} {ending}",
                [*rest.values(), *wanted, *values],
            )
            return int(cursor.rowcount)

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


# Room for the indexes of a million entries, in kilobytes; and after how many pages SQLite folds its log by itself.
_FOR_MUCH = {"main.cache_size": -160_000, "wal_autocheckpoint": 0}


@contextlib.contextmanager
def _at_once(cursor: Any) -> Iterator[None]:
    """SQLite would end each row by itself; a savepoint, unlike a transaction, asks for no other's turn."""
    if connection.vendor != "sqlite":
        yield
        return
    cursor.execute("SAVEPOINT waiting_rows")
    yield
    cursor.execute("RELEASE SAVEPOINT waiting_rows")

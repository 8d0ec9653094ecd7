"""Whether a column's value is one of many ids, or two columns' values one of many pairs, given as one value.

`__in` with a list writes a placeholder for each id: with the two hundred projects of a busy person, making that text
takes longer than running it. Here the whole list is one JSON text (SQLite) or one array (PostgreSQL), whatever its
length. For a handful of values, `__in` is as good.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db.models import BooleanField, Field, ForeignKey, Func, Lookup, Q


@dataclass(frozen=True, slots=True)
class Ids:
    """Ids as one value: Django would look into a list."""

    numbers: tuple[int, ...]


def among_ids(path: str, ids: Iterable[int]) -> Q:
    """Rows whose column at `path` ('project_id', 'plan__project_id', 'pk') holds one of the ids; none for no ids."""
    return Q(**{f"{path}__among": Ids(tuple(ids))})


@ForeignKey.register_lookup  # foreign keys do not take over what other fields know
@Field.register_lookup
class Among(Lookup[Any]):
    """`column__among=Ids(...)`; written through `among_ids`."""

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:  # an array is a parameter too
        if not self.rhs.numbers:
            raise EmptyResultSet
        column, params = self.process_lhs(compiler, connection)
        if connection.vendor == "postgresql":
            return f"{column} = ANY(%s::bigint[])", [*params, _as_array(self.rhs.numbers)]
        within = f"{column} IN (SELECT value FROM json_each(%s))"  # noqa: S608 - the column is Django's own text
        return within, [*params, _as_json(self.rhs.numbers)]


@lru_cache(maxsize=256)  # the projects of a person are asked about many times for one page
def _as_array(numbers: tuple[int, ...]) -> str:
    return f"{{{','.join(map(str, numbers))}}}"


@lru_cache(maxsize=256)
def _as_json(numbers: tuple[int, ...]) -> str:
    return json.dumps(numbers)


def among_pairs(first: str, second: str, pairs: Iterable[tuple[int, int]]) -> AmongPairs:
    """Rows whose two columns hold one of the pairs, for `filter`; none for no pairs.

    An `OR` of the many takes PostgreSQL longer to plan than to run.
    """
    return AmongPairs(first, second, tuple(pairs))


class AmongPairs(Func):
    """`(first, second) IN pairs`; written through `among_pairs`."""

    output_field = BooleanField()

    def __init__(self, first: Any, second: Any, pairs: tuple[tuple[int, int], ...]) -> None:
        super().__init__(first, second)
        self.pairs = pairs

    def as_sql(self, compiler: Any, connection: Any, **_: Any) -> tuple[str, Any]:  # type: ignore[override]
        if not self.pairs:
            raise EmptyResultSet
        columns, params = [], []
        for source in self.source_expressions:
            text, given = compiler.compile(source)
            columns.append(text)
            params.extend(given)
        both = f"({', '.join(columns)})"
        if connection.vendor == "postgresql":
            firsts, seconds = (_as_array(ids) for ids in zip(*self.pairs, strict=True))
            return f"{both} IN (SELECT * FROM unnest(%s::bigint[], %s::bigint[]))", [*params, firsts, seconds]  # noqa: S608 - the columns are Django's own text
        pair = "SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each(%s)"
        return f"{both} IN ({pair})", [*params, json.dumps(self.pairs)]

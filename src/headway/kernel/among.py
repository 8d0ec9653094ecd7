"""Whether a column's value is one of many ids, given to the database as one value.

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
from django.db.models import Field, ForeignKey, Lookup, Q


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
            return f"{column} = ANY(%s::bigint[])", [*params, list(self.rhs.numbers)]
        within = f"{column} IN (SELECT value FROM json_each(%s))"  # noqa: S608 - the column is Django's own text
        return within, [*params, _as_json(self.rhs.numbers)]


@lru_cache(maxsize=256)  # the projects of a person are asked about many times for one page
def _as_json(numbers: tuple[int, ...]) -> str:
    return json.dumps(numbers)

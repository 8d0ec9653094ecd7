"""The canonical dump: all rows as ordered text, the same from both databases, and its hash."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import connection, models
from django.db.backends.utils import CursorWrapper
from django.db.migrations.recorder import MigrationRecorder

from headway.engine.units import WorkTime

# What ends or is made anew when a system is restored is no part of its content.
LEFT_OUT = frozenset(
    ["django_session", "usersessions_usersession", "web_cache", "kernel_workerseen", "kernel_searchentry"]
)
_ROWS_AT_ONCE = 2000


@dataclass(frozen=True, slots=True)
class Content:
    """What a database holds: rows per table, applied migrations, the hash of its canonical dump."""

    rows: dict[str, int]
    migrations: list[str]
    sha256: str


def content() -> Content:
    """Describe the default database. Runs in the caller's transaction, if any.

    A database of an earlier version is described as far as this version knows its tables and columns.
    """
    digest = hashlib.sha256()
    rows: dict[str, int] = {}
    for model, columns in _tables():
        table = model._meta.db_table
        count = 0
        for line in lines_of(model, columns):
            digest.update(line.encode())
            count += 1
        rows[table] = count
    return Content(rows, applied_migrations(), digest.hexdigest())


def applied_migrations() -> list[str]:
    """'app.name' of every applied migration, sorted."""
    return sorted(f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations())


def lines_of(model: type[models.Model], columns: frozenset[str]) -> Iterator[str]:
    """One line per row, in order of the primary key: the table's name and the values as JSON."""
    meta = model._meta
    names = sorted(field.attname for field in meta.concrete_fields if field.column in columns)
    rows: models.QuerySet[Any, Any] = models.QuerySet(model).order_by("pk").values_list(*names)
    for row in rows.iterator(chunk_size=_ROWS_AT_ONCE):
        values = {name: _plain(value) for name, value in zip(names, row, strict=True)}
        yield f"{meta.db_table}\t{json.dumps(values, sort_keys=True, ensure_ascii=True, separators=(',', ':'))}\n"


def _tables() -> list[tuple[type[models.Model], frozenset[str]]]:
    """The models whose tables exist, by table name, each with the columns that exist."""
    found = {
        model._meta.db_table: model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy and model._meta.db_table not in LEFT_OUT
    }
    with connection.cursor() as cursor:
        present = set(connection.introspection.table_names(cursor))
        return [(found[table], _columns(cursor, table)) for table in sorted(present & set(found))]


def _columns(cursor: CursorWrapper, table: str) -> frozenset[str]:
    """By name; from an answer without rows, since asking a database for all it knows of a table takes far longer."""
    cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)} LIMIT 0")  # noqa: S608 - a name of ours
    return frozenset(column[0] for column in cursor.description)


def _plain(value: Any) -> Any:
    """A value with one JSON form, whichever database gave it."""
    if isinstance(value, WorkTime):
        return value.tenths
    if isinstance(value, datetime):
        local = value if value.tzinfo is None else value.astimezone(UTC)  # plan dates have no zone and stay
        return local.isoformat(timespec="microseconds")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value // timedelta(microseconds=1)
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(bytes(value)).decode()
    return value

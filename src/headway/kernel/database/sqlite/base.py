"""The SQLite engine: one writer at a time, in order of arrival; the one place that opens connections."""

from __future__ import annotations

import logging
import time
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db.backends.sqlite3 import base, features, operations, schema

from headway.kernel.database import build_check, write_lock
from headway.kernel.database.locations import DiskKind, disk_kind
from headway.kernel.database.writer_queue import DatabaseBusy, Turn, WriterQueue, queue_for

logger = logging.getLogger(__name__)

DEFAULT_WAIT_SECONDS = 8.0
# After a longer wait in the queue, what is left of the budget is all that BEGIN may wait.
_NOTICEABLE_WAIT_SECONDS = 0.1


class DatabaseFeatures(features.DatabaseFeatures):
    """SQLite since 3.32 binds 32,766 values to one statement; the driver cannot be asked."""

    max_query_params = 32766


class DatabaseOperations(operations.DatabaseOperations):
    """Emptying tables is maintenance."""

    def execute_sql_flush(self, sql_list: Any) -> None:
        """Run the statements of `flush` with the write lock open."""
        with write_lock.allow_writes("flush"):
            super().execute_sql_flush(sql_list)


class DatabaseSchemaEditor(schema.DatabaseSchemaEditor):
    """Migrations run inside a schema editor: the write lock is open while one is."""

    def __enter__(self) -> Any:
        """Open the write lock, then begin."""
        self._door = write_lock.allow_writes("schema change")
        self._door.__enter__()
        try:
            return super().__enter__()
        except BaseException:
            self._door.__exit__(None, None, None)
            raise

    def __exit__(self, exc_type: Any, exc_value: Any, traceback: Any) -> None:
        """Finish, then close the write lock."""
        try:
            super().__exit__(exc_type, exc_value, traceback)
        finally:
            self._door.__exit__(None, None, None)


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection whose outermost transactions queue with all other writers of the file."""

    features_class: Any = DatabaseFeatures
    ops_class: Any = DatabaseOperations
    SchemaEditorClass: Any = DatabaseSchemaEditor

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._turn: Turn | None = None
        self._queue: WriterQueue | None = None

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Open the file after checking the disk under it and the build that opens it."""
        if self.is_in_memory_db():
            return super().get_new_connection(conn_params)
        database = str(self.settings_dict["NAME"])
        _refuse_shared_disk(Path(database).parent)
        self._queue = queue_for(database)
        connection = super().get_new_connection(conn_params)
        if not build_check.is_mended(build_check.running_version()):
            _refuse_log_with_unmended_build(connection, database)
        return connection

    def init_connection_state(self) -> None:
        """Set up as Django does, then put the write lock on."""
        super().init_connection_state()
        write_lock.install(self)

    def _start_transaction_under_autocommit(self) -> None:
        if self._queue is None:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]  # absent from the stubs
            return
        seconds = float(self.settings_dict["OPTIONS"].get("timeout", DEFAULT_WAIT_SECONDS))
        started = time.monotonic()
        self._turn = self._queue.take(seconds)
        try:
            self._begin(seconds, waited=time.monotonic() - started)
        except BaseException:
            self._give_turn_back()
            raise

    def _begin(self, seconds: float, *, waited: float) -> None:
        """BEGIN, with no more waiting for autocommit writers than the budget leaves."""
        if waited < _NOTICEABLE_WAIT_SECONDS:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]  # absent from the stubs
            return
        left = max(1, int((seconds - waited) * 1000))
        self.connection.execute(f"PRAGMA busy_timeout={left}")
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]  # absent from the stubs
        finally:
            self.connection.execute(f"PRAGMA busy_timeout={int(seconds * 1000)}")

    def _commit(self) -> None:
        super()._commit()  # type: ignore[misc]  # absent from the stubs
        # A failed COMMIT keeps the turn: Django rolls back next, and that ends it.
        self._give_turn_back()

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc]  # absent from the stubs
        finally:
            self._give_turn_back()

    def _close(self) -> None:
        try:
            super()._close()  # type: ignore[misc]  # absent from the stubs
        finally:
            self._give_turn_back()

    def _give_turn_back(self) -> None:
        turn, self._turn = self._turn, None
        if turn is not None and self._queue is not None:
            self._queue.give_back(turn)


def _refuse_shared_disk(folder: Path) -> None:
    """A file on a network disk is damaged sooner or later: do not open it."""
    if disk_kind(folder) is DiskKind.SHARED:
        raise ImproperlyConfigured(
            f"The database folder {folder} is on a network disk, where SQLite files get damaged. "
            "Set HEADWAY_HOME to a local disk, or HEADWAY_DATABASE_URL to a PostgreSQL server."
        )


def _refuse_log_with_unmended_build(connection: Any, database: str) -> None:
    """A build that can lose writes must not join a file in write-ahead mode."""
    mode = connection.execute("PRAGMA journal_mode").fetchone()[0]
    if mode == "wal":
        connection.close()
        raise ImproperlyConfigured(
            f"{database} is in write-ahead mode, and this SQLite "
            f"{'.'.join(map(str, build_check.running_version()))} can lose writes in it. "
            "Install the pysqlite3 package, or stop Headway everywhere and run 'headway init' with this Python."
        )


__all__ = ["DatabaseBusy", "DatabaseWrapper"]

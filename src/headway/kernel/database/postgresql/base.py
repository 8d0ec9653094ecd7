"""The PostgreSQL engine: Django's, with the write lock on every connection."""

from __future__ import annotations

from typing import Any

from django.db.backends.postgresql import base, operations, schema

from headway.kernel.database import write_lock


class DatabaseOperations(operations.DatabaseOperations):
    """Emptying tables is maintenance."""

    def execute_sql_flush(self, sql_list: Any) -> None:
        """Run the statements of `flush` with the write lock open."""
        with write_lock.allow_writes("flush"):
            super().execute_sql_flush(sql_list)


class DatabaseSchemaEditor(schema.DatabaseSchemaEditor):
    """Migrations run inside a schema editor: the write lock is open while one is."""

    def __enter__(self) -> Any:
        """Open the write lock and lift the time limit of statements, then begin."""
        self._door = write_lock.allow_writes("schema change")
        self._door.__enter__()
        try:
            entered = super().__enter__()
            self.connection.cursor().execute("SET statement_timeout = 0")
        except BaseException:
            self._door.__exit__(None, None, None)
            raise
        return entered

    def __exit__(self, exc_type: Any, exc_value: Any, traceback: Any) -> None:
        """Finish, restore the time limit, then close the write lock."""
        try:
            super().__exit__(exc_type, exc_value, traceback)
            if not self.connection.needs_rollback:
                self.connection.cursor().execute("RESET statement_timeout")
        finally:
            self._door.__exit__(None, None, None)


class DatabaseWrapper(base.DatabaseWrapper):
    """A PostgreSQL connection that refuses writes outside an open door."""

    ops_class: Any = DatabaseOperations
    SchemaEditorClass: Any = DatabaseSchemaEditor

    def init_connection_state(self) -> None:
        """Set up as Django does, then put the write lock on."""
        super().init_connection_state()
        write_lock.install(self)

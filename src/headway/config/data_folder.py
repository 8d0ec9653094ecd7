"""The data folder and the schema in it: made at the first start, checked at each."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from enum import Enum
from pathlib import Path

from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from headway.kernel import backup, search, settings, stored_files
from headway.kernel.context import real_clock
from headway.kernel.database import build_check
from headway.kernel.database.locations import disk_kind
from headway.kernel.database.write_lock import allow_writes
from headway.kernel.errors import Conflict
from headway.kernel.jobs_models import InstallationNote

logger = logging.getLogger(__name__)

RECOVERY_KEY_FILE = "recovery-key"
PREPARED = "prepared"


class Schema(Enum):
    """How the database's schema stands to this version of the program."""

    CURRENT = "current"
    UNFINISHED = "unfinished"  # empty, or a first start that was cut short
    BEHIND = "behind"
    AHEAD = "ahead"


def prepare() -> None:
    """Make what a first start needs and check what a later one finds.

    Makes the folder (0700), the secret key and the recovery key (0600), sets SQLite's journal mode,
    and brings an empty database to the newest schema. Raises Conflict when the database belongs to
    another version of the program.
    """
    home = settings.read().home
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    settings.secret_key()
    recovery_key()
    prepare_database()
    state = schema_state()
    if state is Schema.AHEAD:
        raise Conflict("This database was used by a newer version of Headway. Install that version, or a newer one.")
    if state is Schema.BEHIND:
        raise Conflict("This database belongs to an older version of Headway. Run 'headway upgrade', then start again.")
    if state is Schema.UNFINISHED:
        migrate()


def prepare_database() -> None:
    """Set the journal mode of an SQLite file; nothing for other databases."""
    path = sqlite_path()
    if path is None:
        return
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    mode = build_check.prepare_file(path)
    said = build_check.explain(build_check.running_version(), disk_kind(path.parent))
    logger.log(logging.INFO if mode == "wal" else logging.WARNING, said)


def sqlite_path() -> Path | None:
    """The file of the SQLite database; None for PostgreSQL and in memory."""
    if connection.vendor != "sqlite" or connection.is_in_memory_db():  # type: ignore[attr-defined]
        return None
    return Path(str(connection.settings_dict["NAME"]))


def schema_state() -> Schema:
    """Compare applied migrations with those of this program."""
    executor = MigrationExecutor(connection)
    known = set(executor.loader.disk_migrations)
    for migration in executor.loader.disk_migrations.values():
        known.update(migration.replaces)
    if set(executor.loader.applied_migrations) - known:
        return Schema.AHEAD
    if not executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return Schema.CURRENT
    return Schema.BEHIND if _was_prepared() else Schema.UNFINISHED


def migrate() -> None:
    """Bring the schema up, check all foreign keys, fill the search index, and note that it was completed once."""
    call_command("migrate", interactive=False, verbosity=0)
    connection.check_constraints()
    search.mend()
    with allow_writes("installation"):
        InstallationNote.objects.get_or_create(name=PREPARED, defaults={"at": real_clock()})


def _was_prepared() -> bool:
    if InstallationNote._meta.db_table not in connection.introspection.table_names():
        return False
    return InstallationNote.objects.filter(name=PREPARED).exists()


def recovery_key() -> str:
    """The key that opens the secrets inside backups; made at first use, readable by the owner alone.

    A copy belongs elsewhere: with the machine lost, a backup's secrets open with it alone.
    """
    path = settings.read().home / RECOVERY_KEY_FILE
    try:
        return path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        key = backup.new_recovery_key()
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(key + "\n")
        file.flush()
        os.fsync(file.fileno())
    return key


def _stored_files() -> Iterator[stored_files.NamedFile]:
    """The files that the files area's rows name, in its layout: the first two digits of the hash, the hash."""
    if not apps.is_installed("headway.areas.files"):
        return
    rows = apps.get_model("files", "StoredFile").unscoped(reason="backup and doctor see all files")
    for sha256 in rows.order_by("sha256").values_list("sha256", flat=True).distinct().iterator():
        yield stored_files.NamedFile(f"files/{sha256[:2]}/{sha256}", sha256)


stored_files.register("files", _stored_files)

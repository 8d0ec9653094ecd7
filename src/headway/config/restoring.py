"""Restoring a backup: all is checked beside the present state, and one rename changes over."""

from __future__ import annotations

import io
import os
import secrets
import shutil
from pathlib import Path
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import connection, models
from django.db.migrations.loader import MigrationLoader

from headway.config import data_folder
from headway.kernel import backup, dump, jobs, settings, stored_files
from headway.kernel.backup import Manifest
from headway.kernel.context import real_clock
from headway.kernel.database import build_check
from headway.kernel.database.elsewhere import as_default, connection_to
from headway.kernel.database.write_lock import allow_writes
from headway.kernel.errors import Conflict, Invalid

_SESSION_TABLES = ("usersessions_usersession", "django_session")
_SECRET_KEY_FILE = "secret-key"  # noqa: S105 - a file's name


def restore(path: Path, *, recovery_key: str) -> Manifest:
    """Replace the database, stored files and keys by a backup's. The caller holds the data folder.

    Everything is read, hashed and brought up beside the present state first; a refusal changes
    nothing. The state before is kept in the data folder. Outgoing work is held, sessions and tokens
    end. Raises Invalid or Conflict with what is wrong.
    """
    home = settings.read().home
    work = home / f"restoring-{secrets.token_hex(4)}"
    work.mkdir(mode=0o700)
    try:
        manifest = backup.unpack(path, work)
        _refuse_other_versions(manifest)
        keys = backup.open_keys(manifest.keys, recovery_key)
        _refuse_other_key(keys)
        if connection.vendor == "sqlite":
            replaced = work / "headway.sqlite3"
            os.rename(work / backup.DATABASE, replaced)
            build_check.prepare_file(replaced)
            with as_default(connection_to(f"sqlite://{replaced.resolve()}", work)):
                _finish(manifest)
            _place_files(work, home)
            _place_keys(keys, home, recovery_key)
            _swap_sqlite(replaced)
        else:
            _refuse_full_database()
            _place_files(work, home)
            _place_keys(keys, home, recovery_key)
            backup.load_postgresql(work / backup.DATABASE)
            _finish(manifest)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return manifest


def drill(path: Path, *, recovery_key: str, expected_keys: dict[str, str]) -> Manifest:
    """Prove that a backup can be restored, in a scratch folder; starts nothing, sends nothing, keeps nothing.

    A PostgreSQL dump is verified by its hashes alone here: loading it needs a second database.
    Raises Invalid or Conflict naming what is wrong.
    """
    work = settings.read().home / f"drill-{secrets.token_hex(4)}"
    work.mkdir(mode=0o700)
    try:
        manifest = backup.unpack(path, work)
        if backup.open_keys(manifest.keys, recovery_key) != expected_keys:
            raise Conflict(f"{path} holds other keys than this installation uses.")
        if manifest.database_kind == "sqlite":
            scratch = work / backup.DATABASE
            with as_default(connection_to(f"sqlite://{scratch.resolve()}", work)):
                _check(manifest)
        return manifest
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _refuse_other_versions(manifest: Manifest) -> None:
    if manifest.database_kind != connection.vendor:
        raise Conflict(
            f"This backup is of a {manifest.database_kind} database, and HEADWAY_DATABASE_URL names a "
            f"{connection.vendor} one. Restore it into the same kind."
        )
    loader = MigrationLoader(None)
    known = {f"{app}.{name}" for app, name in loader.disk_migrations}
    for migration in loader.disk_migrations.values():
        known.update(f"{app}.{name}" for app, name in migration.replaces)
    newer = sorted(set(manifest.migrations) - known)
    if newer:
        raise Conflict(
            f"This backup was made by Headway {manifest.version}, which is newer than this program "
            f"(it has '{newer[0]}'). Install that version first."
        )


def _finish(manifest: Manifest) -> None:
    """On the restored database: check it, bring it up, hold what would leave, end all access."""
    _check(manifest)
    data_folder.migrate()
    jobs.hold_outgoing(f"restored from the backup of {manifest.instant}")
    with allow_writes("restore"):
        end_access()


def _check(manifest: Manifest) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA integrity_check")
            answer = cursor.fetchone()[0]
            if answer != "ok":
                raise Invalid(f"The database in this backup is damaged: {answer}.")
    connection.check_constraints()
    content = dump.content()
    if content.migrations == manifest.migrations and content.sha256 != manifest.dump_sha256:
        different = sorted(table for table, rows in content.rows.items() if manifest.rows.get(table) != rows)
        raise Invalid(
            f"The restored rows are not those of the backup (tables: {', '.join(different) or 'same counts'})."
        )


def end_access() -> None:
    """End all sessions, and revoke all that carries `revoked_at`: a revoked token must not come alive again."""
    present = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for table in _SESSION_TABLES:
            if table in present:
                cursor.execute(f"DELETE FROM {table}")  # noqa: S608 - a fixed name
    for model in apps.get_models():
        if _is_revocable(model):
            rows: models.QuerySet[Any] = models.QuerySet(model)
            rows.filter(revoked_at=None).update(revoked_at=real_clock())


def _is_revocable(model: type[models.Model]) -> bool:
    try:
        field = model._meta.get_field("revoked_at")
    except FieldDoesNotExist:
        return False
    return isinstance(field, models.DateTimeField) and field.null


def _refuse_full_database() -> None:
    if connection.introspection.table_names():
        raise Conflict(
            "The PostgreSQL database is not empty. Make a new one (createdb), let HEADWAY_DATABASE_URL name it, "
            "and restore again; the old one stays as it is."
        )


def _place_files(work: Path, home: Path) -> None:
    """Put the backup's stored files where they belong. Their names are their content's, so one there is the same."""
    source = work / "files"
    if not source.exists():
        return
    for path in sorted(source.rglob("*")):
        target = home / path.relative_to(source)
        if not path.is_file():
            continue
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if target.exists():
            target.unlink()
        with path.open("rb") as content:
            backup.write_synced(target, content)


def _refuse_other_key(keys: dict[str, str]) -> None:
    if os.environ.get("HEADWAY_SECRET_KEY") not in (None, "", keys[_SECRET_KEY_FILE]):
        raise Conflict("HEADWAY_SECRET_KEY differs from the backup's key. Unset it, or set it to the key of that time.")


def _place_keys(keys: dict[str, str], home: Path, recovery_key: str) -> None:
    """Put the secret key and the recovery key back; others that are there are kept beside them."""
    for name, wanted in ((_SECRET_KEY_FILE, keys[_SECRET_KEY_FILE]), (data_folder.RECOVERY_KEY_FILE, recovery_key)):
        target = home / name
        if target.exists():
            if target.read_text(encoding="ascii").strip() == wanted:
                continue
            os.link(target, home / f"{name}.before-{real_clock():%Y%m%dT%H%M%S%fZ}")
        beside = home / f".{name}.{secrets.token_hex(4)}"
        backup.write_synced(beside, io.BytesIO(wanted.encode("ascii")))
        os.replace(beside, target)


def _swap_sqlite(replacement: Path) -> None:
    """Let the new file take the old one's name in one step; the old one is kept under another."""
    current = data_folder.sqlite_path()
    assert current is not None  # noqa: S101 - the caller asked for the kind
    connection.close()
    if current.exists():
        build_check.fold_log(current)
        os.link(current, current.with_name(f"{current.name}.before-{real_clock():%Y%m%dT%H%M%SZ}"))
    build_check.fold_log(replacement)
    os.replace(replacement, current)
    folder = os.open(current.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def missing_files() -> list[str]:
    """Rows without bytes: the paths that rows name and the data folder lacks."""
    home = settings.read().home
    return [item.path for item in stored_files.all_named() if not (home / item.path).is_file()]

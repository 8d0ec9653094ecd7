"""A backup is one file: a tar of manifest, database and files, closed by a hash of all its bytes.

The database comes first and the files that this very copy names second, so that no row lacks its
bytes. Keys go in only encrypted under the recovery key, which is kept apart from the backups.
"""

from __future__ import annotations

import base64
import glob
import hashlib
import io
import json
import os
import secrets
import shutil
import sqlite3
import subprocess
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any, cast

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.db import connection, transaction

from headway import __version__
from headway.kernel import dump, settings, stored_files
from headway.kernel.database.elsewhere import as_default, connection_to
from headway.kernel.errors import Conflict, Invalid, Unavailable
from headway.kernel.stored_files import NamedFile

FORMAT = 1
MANIFEST = "manifest.json"
DATABASE = "database"
_SEAL = b"\nheadway-backup-sha256:"
_SEAL_LENGTH = len(_SEAL) + 64
_PIECE = 1024 * 1024
_MOST_MANIFEST_BYTES = 256 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup holds. `files` maps a path in the data folder to (sha256, size)."""

    format: int
    instant: str
    version: str
    database_kind: str
    database_version: str
    database_sha256: str
    database_size: int
    dump_sha256: str
    rows: dict[str, int]
    migrations: list[str]
    files: dict[str, tuple[str, int]]
    settings: dict[str, str]
    keys: str


def create(target: Path, *, now: datetime, keys: Mapping[str, str], recovery_key: str) -> Manifest:
    """Write a verified backup of the default database and its files to a path that must not exist.

    keys  secrets of the installation by name; encrypted under the recovery key.
    Raises Conflict when the path is taken, Unavailable when the disk is too small or the database's
    own tool fails.
    """
    if target.exists():
        raise Conflict(f"{target} exists already. Name a new file; a backup is never overwritten.")
    if not target.parent.is_dir():
        raise Invalid(f"The folder {target.parent} does not exist. Make it, or name another.")
    work = target.parent / f".{target.name}.{secrets.token_hex(4)}"
    work.mkdir(mode=0o700)
    making, copy = work / "backup", work / "database"
    try:
        with _consistent_copy(copy) as content:
            named = list(stored_files.all_named())
        _need_room(target.parent, copy.stat().st_size + sum(_size(item) for item in named))
        manifest = Manifest(
            format=FORMAT,
            instant=now.isoformat(),
            version=__version__,
            database_kind=connection.vendor,
            database_version=".".join(str(part) for part in connection.get_database_version()),
            database_sha256=_sha256_of(copy),
            database_size=copy.stat().st_size,
            dump_sha256=content.sha256,
            rows=content.rows,
            migrations=content.migrations,
            files={item.path: (item.sha256, _size(item)) for item in named},
            settings=_plain_settings(),
            keys=seal_keys(keys, recovery_key),
        )
        _write(making, manifest, copy)
        verify(making)
        os.link(making, target)  # unlike a rename, never replaces a file that came meanwhile
        _sync_folder(target.parent)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return manifest


@contextmanager
def _consistent_copy(path: Path) -> Iterator[dump.Content]:
    """Copy the database to a file; gives its content, as seen at the copy's instant, while the block runs."""
    if connection.vendor == "sqlite":
        _copy_sqlite(path)
        with as_default(connection_to(f"sqlite://{path.resolve()}", path.parent)):
            yield dump.content()
        return
    with _postgresql_snapshot() as snapshot:
        _dump_postgresql(path, snapshot)
        yield dump.content()


def _copy_sqlite(path: Path) -> None:
    """SQLite's own backup in one step: a stepwise one starts over at each foreign write."""
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    connection.ensure_connection()
    copy = sqlite3.connect(path, isolation_level=None)
    try:
        connection.connection.backup(copy, pages=-1)
        copy.execute("PRAGMA journal_mode=DELETE")  # one file, whatever the original uses
    finally:
        copy.close()


@contextmanager
def _postgresql_snapshot() -> Iterator[str]:
    """A read-only transaction that sees one instant, and its name for pg_dump."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute("SELECT pg_export_snapshot()")
        yield str(cursor.fetchone()[0])


def _dump_postgresql(path: Path, snapshot: str) -> None:
    command = [_postgresql_program("pg_dump"), "--format=custom", "--no-owner", "--no-privileges"]
    _run_postgresql([*command, f"--snapshot={snapshot}", f"--file={path}"])
    path.chmod(0o600)


def load_postgresql(path: Path) -> None:
    """Load a dump into the default database, all or nothing. It must be empty."""
    name = str(connection.settings_dict["NAME"])
    command = [_postgresql_program("pg_restore"), "--no-owner", "--no-privileges", "--exit-on-error"]
    _run_postgresql([*command, "--single-transaction", f"--dbname={name}", str(path)])


def _run_postgresql(command: list[str]) -> None:
    """Run one of PostgreSQL's tools on the default database; any word on standard error is a failure."""
    given = connection.settings_dict
    environment = {"PATH": os.environ.get("PATH", ""), "PGDATABASE": str(given["NAME"]), "PGCONNECT_TIMEOUT": "5"}
    for variable, name in (("PGHOST", "HOST"), ("PGPORT", "PORT"), ("PGUSER", "USER"), ("PGPASSWORD", "PASSWORD")):
        if given[name]:
            environment[variable] = str(given[name])
    if "sslmode" in given["OPTIONS"]:
        environment["PGSSLMODE"] = str(given["OPTIONS"]["sslmode"])
    if "sslrootcert" in given["OPTIONS"]:
        environment["PGSSLROOTCERT"] = str(given["OPTIONS"]["sslrootcert"])
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0 or done.stderr.strip():
        raise Unavailable(f"{Path(command[0]).name} failed (status {done.returncode}): {done.stderr.strip()[:1000]}")


def _postgresql_program(name: str) -> str:
    """The newest of the tool's installed versions: it must not be older than the server."""
    found = sorted(glob.glob(f"/usr/lib/postgresql/*/bin/{name}"), key=lambda path: float(Path(path).parts[-3]))
    program = found[-1] if found else shutil.which(name)
    if program is None:
        raise Unavailable(f"{name} is not installed. Install PostgreSQL's client programs (postgresql-client).")
    return program


def _write(path: Path, manifest: Manifest, copy: Path) -> None:
    home = settings.read().home
    with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
        sealed = _Hashing(file)
        with tarfile.open(fileobj=sealed, mode="w|", format=tarfile.PAX_FORMAT) as archive:  # type: ignore[call-overload]
            text = json.dumps(asdict(manifest), sort_keys=True, indent=1).encode()
            _add(archive, MANIFEST, io.BytesIO(text), len(text))
            with copy.open("rb") as source:
                _add(archive, DATABASE, source, manifest.database_size)
            for name, (sha256, size) in manifest.files.items():
                with (home / name).open("rb") as source:
                    checked = _Checking(source, sha256, name)
                    _add(archive, f"files/{name}", checked, size)
                    checked.finish()
        file.write(_SEAL + sealed.digest.hexdigest().encode())
        file.flush()
        os.fsync(file.fileno())


def _add(archive: tarfile.TarFile, name: str, source: Any, size: int) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode = size, 0o600
    archive.addfile(member, source)


class _Hashing:
    """A file to write to that keeps a hash of all that went through."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file
        self.digest = hashlib.sha256()

    def write(self, data: bytes) -> int:
        self.digest.update(data)
        return self.file.write(data)


class _Checking:
    """A file to read from whose hash must be the one the database names."""

    def __init__(self, file: IO[bytes], sha256: str, name: str) -> None:
        self.file, self.sha256, self.name = file, sha256, name
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self.file.read(size)
        self.digest.update(data)
        return data

    def finish(self) -> None:
        if self.digest.hexdigest() != self.sha256:
            raise Conflict(f"The stored file {self.name} is damaged: its hash is not the one its row names.")


def verify(path: Path) -> Manifest:
    """Read a whole backup back: the seal over all bytes, then each part's hash. Gives its manifest.

    Raises Invalid naming what is wrong: not a backup, cut short, altered, a part missing.
    """
    _check_seal(path)
    with open_archive(path) as archive:
        manifest = _manifest_of(archive, path)
        expected = {DATABASE: (manifest.database_sha256, manifest.database_size)}
        expected.update({f"files/{name}": known for name, known in manifest.files.items()})
        for member in archive:
            if member.name == MANIFEST:
                continue
            known = expected.pop(member.name, None)
            source = archive.extractfile(member)
            if known is None or source is None:
                raise Invalid(f"{path} holds '{member.name}', which its manifest does not name.")
            # tarfile's type is wider than what it gives: a buffered reader.
            if (hashlib.file_digest(cast(io.BufferedReader, source), "sha256").hexdigest(), member.size) != known:
                raise Invalid(f"'{member.name}' in {path} is damaged: its hash is not the manifest's.")
    if expected:
        raise Invalid(f"{path} lacks {len(expected)} parts, the first being '{min(expected)}'.")
    return manifest


@contextmanager
def open_archive(path: Path) -> Iterator[tarfile.TarFile]:
    """Read a backup's parts in their order; raises Invalid when it is no readable archive."""
    try:
        with tarfile.open(path, mode="r|") as archive:
            yield archive
    except (tarfile.TarError, EOFError, OSError) as error:
        raise Invalid(f"{path} is not a readable backup: {error}.") from None


def _check_seal(path: Path) -> None:
    try:
        size = path.stat().st_size
        if size < _SEAL_LENGTH:
            raise Invalid(f"{path} is not a Headway backup, or was cut short.")
        digest = hashlib.sha256()
        with path.open("rb") as file:
            left = size - _SEAL_LENGTH
            while left:
                piece = file.read(min(_PIECE, left))
                if not piece:
                    break
                digest.update(piece)
                left -= len(piece)
            seal = file.read()
    except OSError as error:
        raise Invalid(f"{path} cannot be read: {error.strerror}.") from None
    if not seal.startswith(_SEAL):
        raise Invalid(f"{path} is not a Headway backup, or was cut short.")
    if seal[len(_SEAL) :].decode("ascii", "replace") != digest.hexdigest():
        raise Invalid(f"{path} is damaged: its bytes do not match the hash at its end. Use another backup.")


def _manifest_of(archive: tarfile.TarFile, path: Path) -> Manifest:
    first = archive.next()
    source = archive.extractfile(first) if first is not None and first.name == MANIFEST else None
    if first is None or source is None or first.size > _MOST_MANIFEST_BYTES:
        raise Invalid(f"{path} is not a Headway backup: it does not begin with a manifest.")
    values = json.loads(source.read())
    if values.get("format") != FORMAT:
        raise Invalid(f"{path} has backup format {values.get('format')}; this version of Headway reads {FORMAT}.")
    values["files"] = {name: (known[0], int(known[1])) for name, known in values["files"].items()}
    return Manifest(**values)


def unpack(path: Path, folder: Path) -> Manifest:
    """Verify a backup, then put its parts into an empty folder: `database`, and `files/…` by their paths."""
    manifest = verify(path)
    _need_room(folder, 2 * (manifest.database_size + sum(size for _, size in manifest.files.values())))
    with open_archive(path) as archive:
        for member in archive:
            if member.name == MANIFEST:
                continue
            target = (folder / member.name).resolve()
            if not target.is_relative_to(folder.resolve()):
                raise Invalid(
                    f"{path} holds the path '{member.name}', which leads outside. It was not made by Headway."
                )
            source = archive.extractfile(member)
            if source is None:
                raise Invalid(f"'{member.name}' in {path} is not a plain file.")
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_synced(target, source)
    return manifest


def write_synced(target: Path, source: Any) -> None:
    """Write a new private file and its folder entry to the disk itself."""
    with os.fdopen(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
        shutil.copyfileobj(source, file, _PIECE)
        file.flush()
        os.fsync(file.fileno())
    _sync_folder(target.parent)


# -- keys -----------------------------------------------------------------------------------------


def new_recovery_key() -> str:
    """256 random bits as text that can be written down: groups of capital letters and digits."""
    text = base64.b32encode(secrets.token_bytes(32)).decode().rstrip("=")
    return "-".join(text[start : start + 4] for start in range(0, len(text), 4))


def seal_keys(keys: Mapping[str, str], recovery_key: str) -> str:
    """Encrypt keys under the recovery key: AES-256-GCM, the cipher key by HKDF-SHA256 and a fresh salt."""
    salt, nonce = secrets.token_bytes(16), secrets.token_bytes(12)
    sealed = AESGCM(_cipher_key(recovery_key, salt)).encrypt(nonce, json.dumps(dict(keys)).encode(), b"headway keys")
    return base64.b64encode(salt + nonce + sealed).decode()


def open_keys(sealed: str, recovery_key: str) -> dict[str, str]:
    """The keys again. Raises Invalid when the recovery key is not the one they were sealed with."""
    data = base64.b64decode(sealed)
    try:
        plain = AESGCM(_cipher_key(recovery_key, data[:16])).decrypt(data[16:28], data[28:], b"headway keys")
    except InvalidTag:
        raise Invalid("This recovery key does not open the keys of this backup. Nothing was changed.") from None
    return dict(json.loads(plain))


def _cipher_key(recovery_key: str, salt: bytes) -> bytes:
    letters = recovery_key.replace("-", "").replace(" ", "").strip().upper()
    return HKDF(algorithm=SHA256(), length=32, salt=salt, info=b"headway backup").derive(letters.encode())


# -- small parts ----------------------------------------------------------------------------------


def _plain_settings() -> dict[str, str]:
    """What the environment said, for the reader of the manifest; no addresses that carry passwords."""
    given = settings.read()
    return {"base_url": given.base_url, "time_zone": given.time_zone, "mail_from": given.mail_from}


def _size(item: NamedFile) -> int:
    path = settings.read().home / item.path
    try:
        return path.stat().st_size
    except OSError:
        raise Conflict(f"The stored file {item.path} is missing; 'headway doctor' lists all such rows.") from None


def _need_room(folder: Path, size: int) -> None:
    free = shutil.disk_usage(folder).free
    if free < 2 * size:
        raise Unavailable(
            f"{folder} has {free >> 20} MB free; {2 * size >> 20} MB are needed. Make room, or go elsewhere."
        )


def _sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

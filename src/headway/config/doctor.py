"""`headway doctor`: looks at everything that keeps data safe and says what to mend."""

from __future__ import annotations

import ctypes
import os
import shutil
import stat
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Any

from django.db import DatabaseError, InterfaceError, connection

from headway.config import data_folder
from headway.config.health import LEAST_FREE_BYTES
from headway.kernel import audit, jobs, jobs_worker, search, settings, stored_files
from headway.kernel.context import real_clock
from headway.kernel.database import build_check
from headway.kernel.database.locations import disk_kind
from headway.kernel.database.write_lock import allow_writes
from headway.kernel.jobs_models import InstallationNote

OLDEST_BACKUP = timedelta(hours=26)
_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000


class State(Enum):
    """GOOD needs nothing, SO-SO should be known, BAD must be mended."""

    GOOD = "ok"
    SO_SO = "note"
    BAD = "BAD"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    what: str
    state: State
    says: str

    def as_json(self) -> dict[str, str]:
        """For --json."""
        return {"what": self.what, "state": self.state.name.lower(), "says": self.says}


def note(name: str, value: dict[str, Any]) -> None:
    """Remember when something was done, for the next examination."""
    with allow_writes("installation note"):
        InstallationNote.objects.update_or_create(name=name, defaults={"value": value, "at": real_clock()})


def examine() -> list[Finding]:
    """Look at everything; a part that cannot be looked at is bad, and does not hide the others."""
    findings: list[Finding] = []
    for look in _LOOKS:
        try:
            findings.extend(look())
        except (DatabaseError, InterfaceError, OSError) as error:
            what = (look.__doc__ or look.__name__).rstrip(".")
            findings.append(Finding(what, State.BAD, f"cannot be looked at: {error}".strip()))
            connection.close()
    return findings


def _data_folder() -> Iterator[Finding]:
    """Data folder."""
    home = settings.read().home
    mode = stat.S_IMODE(home.stat().st_mode)
    private = not mode & 0o077
    says = f"{home} is private" if private else f"others may read {home}: run chmod 700 on it"
    yield Finding("data folder", State.GOOD if private else State.BAD, says)
    open_files = [name for name in ("secret-key", "recovery-key") if _is_open_to_others(home / name)]
    if open_files:
        yield Finding("keys", State.BAD, f"others may read {', '.join(open_files)}: run chmod 600 on them")
    free = shutil.disk_usage(home).free
    state = State.GOOD if free >= LEAST_FREE_BYTES else State.BAD
    yield Finding("free space", state, f"{free >> 20} MB free on the disk of the data folder")


def _is_open_to_others(path: os.PathLike[str]) -> bool:
    try:
        return bool(stat.S_IMODE(os.stat(path).st_mode) & 0o077)
    except FileNotFoundError:
        return False


def _database() -> Iterator[Finding]:
    """Database."""
    path = data_folder.sqlite_path()
    if path is not None:
        version, disk = build_check.running_version(), disk_kind(path.parent)
        with connection.cursor() as cursor:
            mode = cursor.execute("PRAGMA journal_mode").fetchone()[0]
            whole = cursor.execute("PRAGMA quick_check").fetchone()[0]
        wanted = build_check.journal_mode_for(version, disk)
        state = State.BAD if mode != wanted else State.GOOD if wanted == "wal" else State.SO_SO
        yield Finding("database", state, f"{build_check.explain(version, disk)} The file's mode is '{mode}'.")
        yield Finding("integrity", State.GOOD if whole == "ok" else State.BAD, f"quick check: {whole}")
    elif connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            shown = {}
            for name in ("server_version", "fsync", "full_page_writes", "synchronous_commit"):
                cursor.execute(f"SHOW {name}")
                shown[name] = cursor.fetchone()[0]
        off = [name for name in ("fsync", "full_page_writes", "synchronous_commit") if shown[name] == "off"]
        says = f"{', '.join(off)} must be on, or saved changes are lost at a power cut" if off else "durable settings"
        yield Finding("database", State.BAD if off else State.GOOD, f"PostgreSQL {shown['server_version']}: {says}")
    state_of_schema = data_folder.schema_state()
    good = state_of_schema is data_folder.Schema.CURRENT
    says = "current" if good else f"{state_of_schema.value}: run 'headway upgrade' or install the newer version"
    yield Finding("schema", State.GOOD if good else State.BAD, says)
    try:
        connection.check_constraints()
        yield Finding("references", State.GOOD, "every foreign key has its row")
    except DatabaseError as error:
        yield Finding("references", State.BAD, str(error))


def _audit() -> Iterator[Finding]:
    """Audit chain."""
    faults = list(audit.verify())
    if not faults:
        yield Finding("audit chain", State.GOOD, "complete and unaltered")
    for fault in faults[:20]:
        yield Finding("audit chain", State.BAD, f"chain {fault.scope}, entry {fault.sequence}: {fault.what}")


def _files() -> Iterator[Finding]:
    """Stored files."""
    home = settings.read().home
    named = list(stored_files.all_named())
    missing = [item.path for item in named if not (home / item.path).is_file()]
    spare = list(stored_files.unnamed(home, named))
    first = f", the first being {missing[0]}; restore them from a backup" if missing else ""
    yield Finding("rows without bytes", State.BAD if missing else State.GOOD, f"{len(missing)} of {len(named)}{first}")
    first = f", the first being {spare[0]}; the collector removes them after 30 days" if spare else ""
    yield Finding("bytes without rows", State.SO_SO if spare else State.GOOD, f"{len(spare)}{first}")


def _search() -> Iterator[Finding]:
    """Search index."""
    mended = search.mend()
    says = f"{mended} entries did not agree with the records; they are made anew" if mended else "holds every record"
    yield Finding("search index", State.SO_SO if mended else State.GOOD, says)


def _backups() -> Iterator[Finding]:
    """Backup."""
    for name in ("backup", "drill"):
        row = InstallationNote.objects.filter(name=name).first()
        if row is None:
            yield Finding(name, _never_made(), "never made: run 'headway backup FILE', and keep the file elsewhere")
            continue
        failed = row.value.get("failed", "")
        old = real_clock() - row.at > OLDEST_BACKUP
        says = f"failed at {_when(row.at)}: {failed}" if failed else f"last at {_when(row.at)}"
        yield Finding(
            name, State.BAD if failed or old else State.GOOD, says + (", which is too long ago" if old else "")
        )


def _never_made() -> State:
    """A new installation has a day's time for its first backup."""
    prepared = InstallationNote.objects.filter(name=data_folder.PREPARED).first()
    return State.BAD if prepared is None or real_clock() - prepared.at > OLDEST_BACKUP else State.SO_SO


def _work() -> Iterator[Finding]:
    """Background work."""
    alive = jobs_worker.workers_alive()
    says = f"{alive} alive" if alive else "none has been seen for 30 s: run 'headway serve' or 'headway worker'"
    yield Finding("workers", State.GOOD if alive else State.BAD, says)
    tray = jobs.failed_tray()
    names = ", ".join(sorted({item.name for item in tray}))
    says = f"{len(tray)} jobs lie in the failed tray: {names}" if tray else "the failed tray is empty"
    yield Finding("failed jobs", State.SO_SO if tray else State.GOOD, says)
    since = jobs.held_since()
    if since is not None:
        says = f"held since {_when(since)}, {len(jobs.held_jobs())} jobs wait: release with 'headway release'"
        yield Finding("outgoing work", State.SO_SO, says)


def _isolation() -> Iterator[Finding]:
    """Child processes."""
    kind = network_isolation()
    says = {
        "namespace": "parsers of outside files run without any network",
        "audit hook": "parsers of outside files are refused sockets by Python alone; native code is not bound by that",
    }[kind]
    yield Finding("child processes", State.GOOD if kind == "namespace" else State.SO_SO, says)


def network_isolation() -> str:
    """'namespace' where a child can have a network of its own, with nothing in it; else 'audit hook'."""
    if not sys.platform.startswith("linux"):
        return "audit hook"
    child = os.fork()
    if child == 0:
        flags = _CLONE_NEWNET if os.geteuid() == 0 else _CLONE_NEWUSER | _CLONE_NEWNET
        os._exit(0 if ctypes.CDLL(None).unshare(flags) == 0 else 1)
    return "namespace" if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0 else "audit hook"


def _when(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


_LOOKS: tuple[Callable[[], Iterator[Finding]], ...] = (
    _data_folder,
    _database,
    _audit,
    _files,
    _search,
    _backups,
    _work,
    _isolation,
)

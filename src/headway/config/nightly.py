"""What the product does by itself every night: the backup and the drill that proves it, a look at all, what is due."""

from __future__ import annotations

import logging
from datetime import time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from headway.areas.approvals import commands as approvals
from headway.areas.people.queries import own_organisation_defaults
from headway.areas.projects import telling as projects
from headway.areas.schedule import asking as updates
from headway.areas.schedule import telling as tasks
from headway.config import data_folder, doctor, restoring
from headway.journeys.housekeeping import CARE, KEPT_ASKED, KEPT_NIGHTLY
from headway.kernel import backup, jobs, ports, settings
from headway.kernel.backup import Manifest
from headway.kernel.context import Channel, real_clock, system_context
from headway.kernel.errors import HeadwayError

logger = logging.getLogger(__name__)

FOLDER = "backups"
AT = time(3, 0)


def make_backup(target: Path) -> Manifest:
    """Write a verified backup of this installation and remember when."""
    manifest = backup.create(target, now=real_clock(), keys=_keys(), recovery_key=data_folder.recovery_key())
    doctor.note("backup", {"file": str(target.resolve()), "rows": sum(manifest.rows.values())})
    return manifest


def prove(target: Path) -> Manifest:
    """Run the drill on a backup and remember how it went; raises what the drill found wrong."""
    try:
        manifest = restoring.drill(target, recovery_key=data_folder.recovery_key(), expected_keys=_keys())
    except (HeadwayError, OSError) as fault:
        doctor.note("drill", {"file": str(target), "failed": str(fault)})
        raise
    doctor.note("drill", {"file": str(target), "rows": sum(manifest.rows.values())})
    return manifest


@jobs.periodic("config.nightly_backup", at=AT, queue=jobs.LONG)
def nightly_backup(payload: dict[str, Any]) -> str:
    """Back up into the data folder, prove it, keep the newest seven. Run again for a day, it makes nothing twice."""
    folder = settings.read().home / FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    target = folder / f"nightly-{payload['slot']}.headway"
    try:
        if not target.exists():
            make_backup(target)
    except (HeadwayError, OSError) as fault:
        doctor.note("backup", {"file": str(target), "failed": str(fault)})
        raise
    prove(target)
    drop_older("nightly", KEPT_NIGHTLY)
    return str(target)


def drop_older(kind: str, kept: int) -> None:
    """Remove all but the newest backups of a kind ('nightly', 'asked') from the data folder."""
    found = (settings.read().home / FOLDER).glob(f"{kind}-*.headway")
    for old in sorted(found, key=lambda path: (path.stat().st_mtime, path.name))[:-kept]:
        old.unlink()


class _Care:
    """What the settings page asks for, done by the worker."""

    def back_up(self, stamp: str) -> None:
        """A backup into the data folder, proved; the newest five such stay. The same stamp makes nothing twice."""
        folder = settings.read().home / FOLDER
        folder.mkdir(mode=0o700, exist_ok=True)
        target = folder / f"asked-{stamp}.headway"
        try:
            if not target.exists():
                make_backup(target)
        except (HeadwayError, OSError) as fault:
            doctor.note("backup", {"file": str(target), "failed": str(fault)})
            raise
        prove(target)
        drop_older("asked", KEPT_ASKED)

    def examine(self) -> None:
        """Look at everything and keep what was found."""
        doctor.note("examination", {"findings": [finding.as_json() for finding in doctor.examine()]})


ports.provide(CARE, _Care())


@jobs.periodic("config.examine_nightly", at=time(4, 0), queue=jobs.LONG)
def examine_nightly(_payload: dict[str, Any]) -> None:
    """Look at everything once a day."""
    _Care().examine()


@jobs.periodic("config.tell_due", at=time(5, 0))
def tell_due(_payload: dict[str, Any]) -> None:
    """Tell people early in the day what comes due, is due and is late; run again, it tells nobody twice."""
    ctx = system_context("what is due today", channel=Channel.JOB)
    day = ctx.now.astimezone(ZoneInfo(own_organisation_defaults()[1])).date()
    projects.tell_due(ctx, day=day)
    tasks.tell_tasks_due(ctx, day=day)
    approvals.tell_due(ctx, day=day)
    updates.remind(ctx, day=day)


def _keys() -> dict[str, str]:
    return {"secret-key": settings.secret_key()}

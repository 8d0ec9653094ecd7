"""A worker in a process of its own that is killed at a named step; test_jobs.py forks it from the loaded program."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "headway.config.settings.test")
django.setup()

from django.db import DEFAULT_DB_ALIAS, connections, transaction  # noqa: E402 - the program is loaded first

from headway.kernel import jobs, jobs_worker  # noqa: E402
from headway.kernel.context import real_clock  # noqa: E402
from headway.kernel.database.elsewhere import connection_to  # noqa: E402
from headway.kernel.database.write_lock import allow_writes  # noqa: E402
from headway.kernel.jobs_models import InstallationNote  # noqa: E402


def work(url: str, die_at: str, mark: Path) -> None:
    """Run jobs on this database until told to end; the first worker that comes to the step makes the mark and dies."""
    own = connection_to(url, mark.parent)
    connections[DEFAULT_DB_ALIAS] = own  # of this thread; the settings, of any other
    connections.settings[DEFAULT_DB_ALIAS] = own.settings_dict
    jobs_worker.LEASE_SECONDS = 1.0
    jobs_worker.BEAT_SECONDS = 0.2
    jobs_worker.REAP_SECONDS = 0.1

    def step(name: str) -> None:
        if name != die_at:
            return
        try:  # made by one of the workers only, however close together they come here
            os.close(os.open(mark, os.O_CREAT | os.O_EXCL))
        except FileExistsError:
            return
        os.kill(os.getpid(), signal.SIGKILL)

    @jobs.job("test.effect")
    def effect(payload: dict[str, Any]) -> None:
        step("before the effect")
        with allow_writes("test"), transaction.atomic():
            InstallationNote.objects.get_or_create(name=payload["key"], defaults={"at": real_clock()})
            step("inside the effect")
        step("after the effect")

    close, claim = jobs_worker._close, jobs_worker.claim

    def watched_close(*given: Any, **named: Any) -> None:
        with transaction.atomic():
            close(*given, **named)
            step("inside the end")
        step("after the end")

    def watched_claim(*given: Any, **named: Any) -> Any:
        held = claim(*given, **named)
        if held is not None:
            step("after the claim")
        return held

    jobs_worker._close, jobs_worker.claim = watched_close, watched_claim
    worker = jobs_worker.Worker()
    signal.signal(signal.SIGTERM, lambda *_: worker.stop())
    worker.work()

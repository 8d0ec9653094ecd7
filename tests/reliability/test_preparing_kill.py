"""The worker that prepares a report is killed in the middle: another goes on, and there is one report."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.parse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from headway.areas.deliverables.models import DocumentVersion, Preparation, Snapshot
from headway.kernel import jobs
from headway.kernel.database.elsewhere import as_default, connection_to
from tests.reliability.harness import REPOSITORY, Installation, command_of, wait_until
from tests.reliability.test_product_kill import Sender

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]
GIVEN = {"kind": "status", "as_of": "2026-03-06", "copy": "internal"}


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    one = Installation.ready(tmp_path / "home", on="sqlite", settings="headway.config.settings.prod")
    one.environment["TMPDIR"] = str(tmp_path)  # its child processes are known by it
    done = subprocess.run(
        [sys.executable, "-m", "tests.reliability.product_seed", "0", "0"],
        cwd=REPOSITORY,
        env=one.environment,
        capture_output=True,
        check=False,
    )
    assert json.loads(done.stdout.splitlines()[-1])["versions"] == [], done.stderr[-3000:]
    yield one
    if one.process is not None and one.process.poll() is None:
        one.stop()


def job_now() -> jobs.JobStatus | None:
    """Where the job of the one preparation stands."""
    row = Preparation.unscoped(reason="test").first()
    return jobs.status_of(row.job) if row is not None else None


def is_writing() -> bool:
    """Whether the data is frozen and the child process writes."""
    job = job_now()
    return job is not None and job.state is jobs.State.RUNNING and job.progress_done >= 1


def child_processes(installation: Installation) -> list[int]:
    """Its processes that write or read a report."""
    ids = [int(path.name) for path in Path("/proc").glob("[0-9]*")]
    folder = installation.environment["TMPDIR"]
    return [pid for pid in ids if "headway.documents.child" in (line := command_of(pid)) and folder in line]


def test_a_killed_worker_leaves_one_report_and_no_process(installation: Installation, django_db_blocker: Any) -> None:
    installation.start()
    person = Sender(installation)
    person.sign_in()
    status, _ = person.post("/projects/KILL/reports/new/", urllib.parse.urlencode(GIVEN).encode())
    assert status == 200
    url = installation.environment["HEADWAY_DATABASE_URL"]
    with django_db_blocker.unblock(), as_default(connection_to(url, installation.home)):
        assert wait_until(is_writing), installation.log.read_text()[-3000:]
        installation.kill("worker")
        assert wait_until(lambda: child_processes(installation) == []), "the child outlived its worker"
        assert DocumentVersion.unscoped(reason="test").count() == 0
        ended = wait_until(lambda: (job := job_now()) is not None and job.state is jobs.State.DONE)
        assert ended, installation.log.read_text()[-3000:]
        assert DocumentVersion.unscoped(reason="test").count() == 1
        assert Snapshot.unscoped(reason="test").count() == 1
        job = job_now()
        assert job is not None
        assert job.attempts == 2
        assert jobs.failed_tray() == []

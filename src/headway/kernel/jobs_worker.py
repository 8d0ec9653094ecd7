"""The loop that runs jobs: one at a time, under a lease that a heartbeat renews.

Several of these run side by side, in any number of processes. A job whose worker dies is taken by
another when the lease lapses; a worker that lost its lease may not close the job.
"""

from __future__ import annotations

import logging
import os
import random
import secrets
import socket
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import DatabaseError, InterfaceError, close_old_connections, connection, transaction
from django.db.models import F, Q, QuerySet
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult, get_date_max

from headway.kernel import jobs
from headway.kernel.context import real_clock
from headway.kernel.database.write_lock import allow_writes
from headway.kernel.errors import Denied, Invalid, NotFound
from headway.kernel.jobs_models import Job, JobKey, WorkerSeen

logger = logging.getLogger(__name__)

POLL_SECONDS = 0.2
BEAT_SECONDS = 2.0
LEASE_SECONDS = 8.0
REAP_SECONDS = 2.0
TICK_SECONDS = 5.0
SEEN_SECONDS = 10.0
RETRY_AFTER_DATABASE_FAULT_SECONDS = 2.0
KEEP_FINISHED = timedelta(days=30)
# Trying again cannot mend these.
_PERMANENT = (jobs.GiveUp, Invalid, NotFound, Denied)


@dataclass(frozen=True, slots=True)
class Claim:
    """A job that this worker holds the lease of. `attempt` counts from 1."""

    id: UUID
    name: str
    payload: dict[str, Any]
    attempt: int
    max_attempts: int
    worker: str


def claim(worker: str, queues: Sequence[str]) -> Claim | None:
    """Take the first job that is due; None when there is none. A plain read comes first, without any lock."""
    due = _due(queues)
    if not due.exists():
        return None
    with allow_writes("job claim"), transaction.atomic():
        row = due.select_for_update(skip_locked=True, of=("self",)).first()
        if row is None:
            return None
        now = real_clock()
        DBTaskResult.objects.filter(pk=row.pk).update(
            status=TaskResultStatus.RUNNING, started_at=now, worker_ids=[*row.worker_ids, worker]
        )
        Job.objects.filter(pk=row.pk).update(
            attempts=F("attempts") + 1, worker=worker, lease_until=now + timedelta(seconds=LEASE_SECONDS)
        )
        side = Job.objects.get(pk=row.pk)
    arguments = row.args_kwargs["kwargs"]
    return Claim(row.pk, side.name, arguments["payload"], side.attempts, side.max_attempts, worker)


def _due(queues: Sequence[str]) -> QuerySet[DBTaskResult[Any, Any]]:
    rows = DBTaskResult.objects.filter(
        Q(run_after=get_date_max()) | Q(run_after__lte=real_clock()),
        status=TaskResultStatus.READY,
        queue_name__in=list(queues),
        headway_job__isnull=False,
    )
    since = jobs.held_since()
    return rows if since is None else rows.exclude(jobs.held_back(since))


def run(held: Claim, running: jobs.Running) -> None:
    """Run one claimed job and close it: done, again later, cancelled, or in the failed tray."""
    token = jobs.running_now.set(running)
    try:
        result = jobs.registered(held.name).function(held.payload)
        _close(held, running, status=TaskResultStatus.SUCCESSFUL, result=result)
    except jobs.Cancelled:
        _close(held, running, status=TaskResultStatus.FAILED, cancelled=True)
    except (DatabaseError, InterfaceError) as fault:
        connection.close_if_unusable_or_obsolete()
        _fail(held, running, fault)
    except Exception as fault:
        _fail(held, running, fault)
    finally:
        jobs.running_now.reset(token)


def _fail(held: Claim, running: jobs.Running, fault: Exception) -> None:
    final = isinstance(fault, _PERMANENT) or held.attempt >= held.max_attempts
    text = f"{type(fault).__name__}: {fault}"[:2000]
    if final:
        logger.error("job failed", extra={"job": str(held.id), "job_name": held.name}, exc_info=fault)
        _close(held, running, status=TaskResultStatus.FAILED, error=text)
    else:
        logger.warning("job will be tried again", extra={"job": str(held.id), "job_name": held.name}, exc_info=fault)
        later = real_clock() + timedelta(seconds=back_off(held.attempt))
        _close(held, running, status=TaskResultStatus.READY, error=text, run_after=later)


def back_off(attempt: int) -> float:
    """Seconds to wait after that many attempts: 2 to their power, give or take a quarter."""
    return float(2 ** min(attempt, 12)) * random.uniform(0.75, 1.25)  # noqa: S311 - spreads load, guards nothing


def _close(
    held: Claim,
    running: jobs.Running,
    *,
    status: str,
    result: Any = None,
    error: str = "",
    cancelled: bool = False,
    run_after: datetime | None = None,
) -> None:
    """End this attempt, if the lease is still ours."""
    done, total, text = running.progress
    ended = None if status == TaskResultStatus.READY else real_clock()
    with allow_writes("job end"), transaction.atomic():
        ours = Job.objects.filter(pk=held.id, worker=held.worker, attempts=held.attempt)
        closed = ours.update(
            worker="",
            lease_until=None,
            error=error,
            cancelled=cancelled,
            progress_done=done,
            progress_total=total,
            progress_text=text,
        )
        if not closed:
            logger.warning("job was lost to another worker", extra={"job": str(held.id), "job_name": held.name})
            return
        values: dict[str, Any] = {"status": status, "finished_at": ended, "return_value": result}
        if run_after is not None:
            values["run_after"] = run_after
        DBTaskResult.objects.filter(pk=held.id).update(**values)


def reap() -> int:
    """Put jobs of dead workers back in the queue, or in the failed tray; gives how many."""
    lapsed = Job.objects.filter(task__status=TaskResultStatus.RUNNING, lease_until__lt=real_clock())
    if not lapsed.exists():
        return 0
    count = 0
    for job_id in list(lapsed.order_by("lease_until", "pk").values_list("pk", flat=True)[:100]):
        with allow_writes("job reaper"), transaction.atomic():
            task = DBTaskResult.objects.select_for_update().get(pk=job_id)
            row = Job.objects.get(pk=job_id)
            gone = row.lease_until is not None and row.lease_until < real_clock()
            if task.status != TaskResultStatus.RUNNING or not gone:
                continue
            last = row.attempts >= row.max_attempts
            again = not last and not row.cancel_requested
            Job.objects.filter(pk=job_id).update(
                worker="",
                lease_until=None,
                cancelled=row.cancel_requested,
                error="" if again else f"The worker {row.worker} ended while it ran this job.",
            )
            DBTaskResult.objects.filter(pk=job_id).update(
                status=TaskResultStatus.READY if again else TaskResultStatus.FAILED,
                run_after=get_date_max(),
                finished_at=None if again else real_clock(),
            )
            logger.warning("job of a dead worker", extra={"job": str(job_id), "job_name": row.name, "again": again})
            count += 1
    return count


def tick(now: datetime | None = None) -> list[str]:
    """Ask for every scheduled job whose turn has come and was not taken; gives their names."""
    if jobs.held_since() is not None:
        return []
    instant = now or real_clock()
    due = {f"cron:{name}:{slot}": name for name, slot in _slots(instant)}
    taken = set(JobKey.objects.filter(key__in=list(due)).values_list("key", flat=True))
    asked = []
    for key, name in due.items():
        if key in taken:
            continue
        with allow_writes("job schedule"):
            jobs.enqueue(name, {"slot": key.rpartition(":")[2]}, unique=key)
        asked.append(name)
    return asked


def _slots(now: datetime) -> list[tuple[str, str]]:
    slots = [(name, schedule.slot(now)) for name, schedule in jobs._schedules.items()]
    return [(name, slot) for name, slot in slots if slot is not None]


def prune(now: datetime | None = None) -> int:
    """Remove jobs that ended well or were cancelled 30 days ago, their keys, and workers long gone."""
    before = (now or real_clock()) - KEEP_FINISHED
    ended = Q(status=TaskResultStatus.SUCCESSFUL) | Q(headway_job__cancelled=True)
    removed = 0
    while True:
        old = list(
            DBTaskResult.objects.filter(ended, finished_at__lt=before).order_by("pk").values_list("pk", flat=True)[:500]
        )
        if not old:
            break
        with allow_writes("job pruning"), transaction.atomic():
            Job.objects.filter(pk__in=old).delete()
            DBTaskResult.objects.filter(pk__in=old).delete()
        removed += len(old)
    with allow_writes("job pruning"), transaction.atomic():
        alive = DBTaskResult.objects.values_list("pk", flat=True)
        JobKey.objects.filter(at__lt=before).exclude(task_id__in=alive).delete()
        WorkerSeen.objects.filter(seen_at__lt=before).delete()
    return removed


@jobs.periodic("kernel.prune_jobs", every=timedelta(days=1))
def _prune_daily(_payload: dict[str, Any]) -> int:
    return prune()


def run_due(*, queues: Sequence[str] = jobs.QUEUES, limit: int = 1000) -> int:
    """Run what is due now in this thread, without a heartbeat; gives how many attempts ran.

    For tests and one-shot commands: it ends when nothing is due.
    """
    worker = worker_name()
    for count in range(limit):
        held = claim(worker, queues)
        if held is None:
            return count
        run(held, jobs.Running(held.id, held.name, held.attempt, worker))
    return limit


def worker_name() -> str:
    """A name no other worker has: machine, process, chance."""
    return f"{socket.gethostname()[:40]}-{os.getpid()}-{secrets.token_hex(4)}"


class Worker:
    """One worker process: claims, runs, renews its lease, takes over from the dead, keeps the schedule."""

    def __init__(self, *, queues: Sequence[str] = jobs.QUEUES, name: str | None = None) -> None:
        self.queues = tuple(queues)
        self.name = name or worker_name()
        self._stop = threading.Event()
        self._current: jobs.Running | None = None
        self._due_at: dict[str, float] = {}

    def stop(self) -> None:
        """End after the present job."""
        self._stop.set()

    def work(self) -> None:
        """Run until stopped. Database faults are waited out."""
        beat = threading.Thread(target=self._beat, name="heartbeat", daemon=True)
        beat.start()
        while not self._stop.is_set():
            try:
                if not self._step():
                    self._stop.wait(POLL_SECONDS)
            except (DatabaseError, InterfaceError) as fault:
                logger.warning("database not available to the worker", exc_info=fault)
                connection.close()
                self._stop.wait(RETRY_AFTER_DATABASE_FAULT_SECONDS)
        beat.join(timeout=BEAT_SECONDS)
        connection.close()

    def _step(self) -> bool:
        """One turn of the loop; whether it ran a job."""
        close_old_connections()
        if self._is_time("reap", REAP_SECONDS):
            reap()
        if self._is_time("tick", TICK_SECONDS):
            tick()
        held = claim(self.name, self.queues)
        if held is None:
            return False
        self._current = jobs.Running(held.id, held.name, held.attempt, self.name)
        try:
            run(held, self._current)
        finally:
            self._current = None
        return True

    def _is_time(self, what: str, seconds: float) -> bool:
        now = time.monotonic()
        if now < self._due_at.get(what, 0.0):
            return False
        self._due_at[what] = now + seconds
        return True

    def _beat(self) -> None:
        """Renew the lease of the present job and say that this worker lives, on a connection of its own."""
        started = real_clock()
        while True:
            try:
                if self._is_time("seen", SEEN_SECONDS):
                    self._say_alive(started)
                self._renew()
            except Exception as fault:
                logger.warning("heartbeat failed", exc_info=fault)
                connection.close()
            if self._stop.wait(BEAT_SECONDS):
                break
        # The present job may take a while to end: keep its lease until then.
        while self._current is not None:
            try:
                self._renew()
            except Exception as fault:
                logger.warning("heartbeat failed", exc_info=fault)
                connection.close()
            time.sleep(BEAT_SECONDS / 4)
        connection.close()

    def _say_alive(self, started: datetime) -> None:
        with allow_writes("worker heartbeat"), transaction.atomic():
            WorkerSeen.objects.update_or_create(
                name=self.name,
                defaults={"queues": ",".join(self.queues), "started_at": started, "seen_at": real_clock()},
            )

    def _renew(self) -> None:
        running = self._current
        if running is None:
            return
        done, total, text = running.progress
        with allow_writes("job heartbeat"), transaction.atomic():
            ours = Job.objects.filter(pk=running.id, worker=self.name, attempts=running.attempt)
            renewed = ours.update(
                lease_until=real_clock() + timedelta(seconds=LEASE_SECONDS),
                progress_done=done,
                progress_total=total,
                progress_text=text,
            )
        if not renewed and self._current is running:
            running.lost = True
            return
        running.cancel_seen = running.cancel_seen or ours.filter(cancel_requested=True).exists()


def workers_alive(*, queue: str = "", within: timedelta = timedelta(seconds=30)) -> int:
    """How many workers, of one queue or of all, have said in this time that they live."""
    seen = WorkerSeen.objects.filter(seen_at__gte=real_clock() - within).values_list("queues", flat=True)
    return sum(1 for queues in seen if not queue or queue in queues.split(","))

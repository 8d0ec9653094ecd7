"""Background jobs in the same database and transaction as the change that asks for them.

A job runs at least once: every effect carries a key of its own, so that running twice does nothing.
It runs outside any transaction; what it changes goes through a command. Here: registering, asking,
looking, cancelling, trying again. The loop that runs them is `jobs_worker`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from enum import Enum
from typing import Any, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.db.models import Q
from django_tasks import task
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult, get_date_max

from headway.kernel import settings
from headway.kernel.context import real_clock
from headway.kernel.database.write_lock import allow_writes
from headway.kernel.errors import Conflict, NotFound
from headway.kernel.jobs_models import InstallationNote, Job, JobKey

SHORT = "default"
LONG = "long"
QUEUES = (SHORT, LONG)

# What a job function takes and gives: one JSON object, and a JSON value or None.
JobFunction = Callable[[dict[str, Any]], Any]
JobFunctionT = TypeVar("JobFunctionT", bound=JobFunction)


@dataclass(frozen=True, slots=True)
class Registered:
    """A job function, the queue it waits in, and whether its effect leaves the building."""

    function: JobFunction
    queue: str
    outgoing: bool


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a job asks for itself: every so often, or daily at a local time. Exactly one is set."""

    name: str
    every: timedelta | None
    at: time | None

    def slot(self, now: datetime) -> str | None:
        """The key of the turn that is due at this instant; None when today's has not come.

        A turn missed while nothing ran is made up once: the newest only. A local day has one turn,
        also when its hour comes twice or not at all.
        """
        if self.every is not None:
            return str(int(now.timestamp() // self.every.total_seconds()))
        local = now.astimezone(ZoneInfo(settings.read().time_zone))
        return local.date().isoformat() if self.at is not None and local.time() >= self.at else None


_jobs: dict[str, Registered] = {}
_schedules: dict[str, Schedule] = {}


class GiveUp(Exception):
    """Raised by a job that trying again cannot help: it goes to the failed tray at once."""


class Cancelled(Exception):
    """Raised inside a job whose cancel was asked for."""


def job(name: str, *, queue: str = SHORT, outgoing: bool = False) -> Callable[[JobFunctionT], JobFunctionT]:
    """Register a function as the job of that name.

    queue     SHORT, or LONG for what computes, renders or parses for more than a second.
    outgoing  its effect leaves the building (mail, webhook): it waits while such work is held.
    """
    if queue not in QUEUES:
        raise ValueError(f"Job {name}: queue '{queue}' is not one of {', '.join(QUEUES)}.")

    def keep(function: JobFunctionT) -> JobFunctionT:
        _jobs[name] = Registered(function, queue, outgoing)
        return function

    return keep


def periodic(
    name: str, *, every: timedelta | None = None, at: time | None = None, queue: str = SHORT, outgoing: bool = False
) -> Callable[[JobFunctionT], JobFunctionT]:
    """Register a job that asks for itself: every so often, or daily at a local time of HEADWAY_TIME_ZONE.

    Its payload is {'slot': …}. Any number of workers may run; each turn is taken once.
    """
    if (every is None) == (at is None):
        raise ValueError(f"Job {name}: give either every= or at=.")
    _schedules[name] = Schedule(name, every, at)
    return job(name, queue=queue, outgoing=outgoing)


@task
def run_job(name: str, payload: dict[str, Any]) -> Any:
    """The library's one task of ours; the worker calls the registered function itself."""
    return registered(name).function(payload)


def registered(name: str) -> Registered:
    """The job of that name; raises GiveUp when this version of the program has none."""
    if name not in _jobs:
        raise GiveUp(f"This version of Headway has no job named '{name}'.")
    return _jobs[name]


def enqueue(
    name: str,
    payload: dict[str, Any],
    *,
    unique: str | None = None,
    run_after: datetime | None = None,
    priority: int = 0,
    max_attempts: int = 4,
) -> str:
    """Ask for a job in the caller's transaction; gives its id.

    unique        a key that lets one job in until it is pruned, 30 days after its end: asking again
                  does nothing and gives the first one's id. Put a version or an instant into the key
                  of work that may be asked for again.
    run_after     aware instant before which it does not start.
    priority      -100 to 100; higher goes first.
    max_attempts  starts in all, before it lands in the failed tray.
    """
    known = _jobs.get(name)
    if known is None:
        raise ValueError(f"No job is registered as '{name}'.")
    with transaction.atomic():
        if unique is not None and not _take_key(unique):
            return str(JobKey.objects.values_list("task_id", flat=True).get(key=unique))
        asked = run_job.using(priority=priority, queue_name=known.queue, run_after=run_after)
        row = asked.enqueue(name=name, payload=payload)
        Job.objects.create(task_id=row.id, name=name, outgoing=known.outgoing, max_attempts=max_attempts)
        if unique is not None:
            JobKey.objects.filter(key=unique).update(task_id=row.id)
    return str(row.id)


def _take_key(key: str) -> bool:
    """Insert the key; False when it is there. A concurrent inserter is waited for by the database."""
    now = connection.ops.adapt_datetimefield_value(real_clock())
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO kernel_jobkey (key, at) VALUES (%s, %s) ON CONFLICT (key) DO NOTHING", [key, now])
        return bool(cursor.rowcount == 1)


class State(Enum):
    """Where a job stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class JobStatus:
    """One job as it stands. `error` is the last failure's class and message; `result` what it gave."""

    id: str
    name: str
    state: State
    attempts: int
    max_attempts: int
    progress_done: int
    progress_total: int | None
    progress_text: str
    error: str
    result: Any
    asked_at: datetime
    run_after: datetime | None


def status_of(job_id: str) -> JobStatus | None:
    """Where a job stands; None when it was pruned or never was."""
    row = Job.objects.select_related("task").filter(pk=_known_form(job_id)).first()
    return None if row is None else _status(row)


def statuses_of(job_ids: Collection[str]) -> dict[str, JobStatus]:
    """Where these jobs stand, by id; without those that were pruned."""
    rows = Job.objects.select_related("task").filter(pk__in=list(job_ids))
    return {str(row.pk): _status(row) for row in rows}


def failed_tray(*, limit: int = 200) -> list[JobStatus]:
    """Jobs that used up their attempts or gave up, newest first: a person decides."""
    rows = Job.objects.select_related("task").filter(task__status=TaskResultStatus.FAILED, cancelled=False)
    return [_status(row) for row in rows.order_by("-task__finished_at", "pk")[:limit]]


def waiting_count() -> int:
    """How many jobs wait or run."""
    return Job.objects.filter(task__status__in=[TaskResultStatus.READY, TaskResultStatus.RUNNING]).count()


def request_cancel(job_id: str) -> None:
    """Ask for the end of a job, in the caller's transaction: a waiting one ends now, a running one at its next look.

    Raises NotFound, or Conflict when it has ended already.
    """
    with transaction.atomic():
        row = _locked(job_id)
        if row.task.status == TaskResultStatus.RUNNING:
            Job.objects.filter(pk=row.pk).update(cancel_requested=True)
        elif row.task.status == TaskResultStatus.READY:
            Job.objects.filter(pk=row.pk).update(cancel_requested=True, cancelled=True)
            DBTaskResult.objects.filter(pk=row.pk).update(status=TaskResultStatus.FAILED, finished_at=real_clock())
        else:
            raise Conflict("This job has ended already; there is nothing to cancel.")


def try_again(job_id: str) -> None:
    """Put a job of the failed tray back in the queue with all its attempts, in the caller's transaction.

    Raises NotFound, or Conflict when it has not failed.
    """
    with transaction.atomic():
        row = _locked(job_id)
        if row.task.status != TaskResultStatus.FAILED:
            raise Conflict("Only a failed job can be tried again.")
        Job.objects.filter(pk=row.pk).update(attempts=0, cancel_requested=False, cancelled=False, error="")
        DBTaskResult.objects.filter(pk=row.pk).update(
            status=TaskResultStatus.READY, run_after=get_date_max(), finished_at=None
        )


def _locked(job_id: str) -> Job:
    task_row = DBTaskResult.objects.select_for_update().filter(pk=_known_form(job_id)).first()
    if task_row is None:
        raise NotFound("Job not found.")
    return Job.objects.select_related("task").get(pk=task_row.pk)


def _known_form(job_id: str) -> UUID:
    """The id as stored; what has another form names no job."""
    try:
        return UUID(job_id)
    except ValueError:
        raise NotFound("Job not found.") from None


def _status(row: Job) -> JobStatus:
    ended_badly = State.CANCELLED if row.cancelled else State.FAILED
    states = {"READY": State.WAITING, "RUNNING": State.RUNNING, "SUCCESSFUL": State.DONE, "FAILED": ended_badly}
    return JobStatus(
        id=str(row.pk),
        name=row.name,
        state=states[row.task.status],
        attempts=row.attempts,
        max_attempts=row.max_attempts,
        progress_done=row.progress_done,
        progress_total=row.progress_total,
        progress_text=row.progress_text,
        error=row.error,
        result=row.task.return_value,
        asked_at=row.task.enqueued_at,
        run_after=None if row.task.run_after == get_date_max() else row.task.run_after,
    )


@dataclass(slots=True)
class Running:
    """The job that this thread runs: where it tells its progress and looks whether to stop.

    `lost` is set when the lease has lapsed: another worker may run the job by now.
    """

    id: UUID
    name: str
    attempt: int
    worker: str
    lost: bool = False
    cancel_seen: bool = False
    progress: tuple[int, int | None, str] = field(default=(0, None, ""))

    def tell(self, done: int, total: int | None = None, text: str = "") -> None:
        """Say how far it is; shown to people within two seconds, with the next sign of life."""
        self.progress = (done, total, text[:200])

    def step(self, done: int, total: int, text: str) -> None:
        """Say how far it is, shown to people at once, and look whether to stop: for steps that they watch."""
        self.tell(done, total, text)
        with allow_writes("job progress"), transaction.atomic():
            ours = Job.objects.filter(pk=self.id, worker=self.worker, attempts=self.attempt)
            ours.update(progress_done=done, progress_total=total, progress_text=self.progress[2])
        self.check()

    def is_ending(self) -> bool:
        """Whether its end was asked for, or its lease is lost, as far as the heartbeat knows; asks no database."""
        return self.cancel_seen or self.lost

    def check(self) -> None:
        """Raise Cancelled when someone asked for the end of this job, or its lease is lost."""
        if not self.cancel_seen:
            self.cancel_seen = Job.objects.filter(pk=self.id, cancel_requested=True).exists()
        if self.cancel_seen or self.lost:
            raise Cancelled(f"Job {self.name} was cancelled.")


running_now: ContextVar[Running | None] = ContextVar("headway_running_job", default=None)


def running() -> Running | None:
    """The job that this code runs in; None outside a worker."""
    return running_now.get()


_HELD = "outgoing-held"


def hold_outgoing(reason: str) -> None:
    """Keep all present jobs, outgoing ones and schedules waiting until `release_outgoing`.

    A restored system starts so: its queue may hold what was sent after the backup.
    """
    with allow_writes("hold outgoing work"):
        InstallationNote.objects.update_or_create(
            name=_HELD, defaults={"value": {"reason": reason}, "at": real_clock()}
        )


def release_outgoing() -> None:
    """End the hold, in the caller's transaction."""
    InstallationNote.objects.filter(name=_HELD).delete()


def held_since() -> datetime | None:
    """Since when outgoing work is held; None when it is not."""
    return InstallationNote.objects.filter(name=_HELD).values_list("at", flat=True).first()


def held_back(since: datetime) -> Q:
    """Which rows of the library's table wait while work is held since that instant."""
    return Q(headway_job__outgoing=True) | Q(enqueued_at__lte=since)


def held_jobs(*, limit: int = 200) -> list[JobStatus]:
    """What waits for the release, oldest first."""
    since = held_since()
    if since is None:
        return []
    waiting = Job.objects.select_related("task").filter(task__status=TaskResultStatus.READY)
    held = waiting.filter(Q(outgoing=True) | Q(task__enqueued_at__lte=since))
    return [_status(row) for row in held.order_by("task__enqueued_at", "pk")[:limit]]

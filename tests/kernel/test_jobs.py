"""Jobs keep their promises, on both databases, with real worker processes where it matters."""

from __future__ import annotations

import multiprocessing
import signal
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from datetime import time as day_time
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django_tasks_db.models import DBTaskResult

from headway.kernel import jobs, jobs_worker
from headway.kernel.context import real_clock
from headway.kernel.database.write_lock import allow_writes
from headway.kernel.errors import Conflict, Invalid, NotFound
from headway.kernel.jobs import State
from headway.kernel.jobs_models import InstallationNote, Job, JobKey, WorkerSeen
from tests.kernel.database.connections import as_default, connection_to
from tests.kernel.effects_worker import work
from tests.migrated import migrated_url

ran: list[dict[str, Any]] = []


@jobs.job("test.note")
def note(payload: dict[str, Any]) -> dict[str, Any]:
    """Remember that it ran; fail as often as told."""
    ran.append(payload)
    running = jobs.running()
    assert running is not None
    if running.attempt <= payload.get("failures", 0):
        raise RuntimeError(f"planned failure {running.attempt}")
    running.tell(1, 2, "half way")
    return {"seen": payload}


@jobs.job("test.hopeless")
def hopeless(payload: dict[str, Any]) -> None:
    """Refuse the payload for good."""
    ran.append(payload)
    raise Invalid("The payload will never be right.")


@jobs.job("test.mail", outgoing=True)
def mail(payload: dict[str, Any]) -> None:
    """Leave the building."""
    ran.append(payload)


@jobs.job("test.watch", queue=jobs.LONG)
def watch(payload: dict[str, Any]) -> None:
    """Run until cancelled."""
    ran.append(payload)
    running = jobs.running()
    assert running is not None
    for _ in range(4000):
        running.check()
        time.sleep(0.05)


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def migrated(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, django_db_blocker: Any) -> str:
    """The address of a migrated database of each kind."""
    with django_db_blocker.unblock():
        return migrated_url(request.param, tmp_path_factory.mktemp("jobs"))


@pytest.fixture
def url(migrated: str, tmp_path: Path, django_db_blocker: Any) -> Iterator[str]:
    """The address of a database without jobs, which is this thread's default."""
    ran.clear()
    with django_db_blocker.unblock(), as_default(connection_to(migrated, tmp_path)):
        with allow_writes("test"):
            for model in (Job, JobKey, WorkerSeen, InstallationNote, DBTaskResult):
                model.objects.all().delete()
        yield migrated


def ask(name: str = "test.note", payload: dict[str, Any] | None = None, **options: Any) -> str:
    """Enqueue as a command would: with the write lock open, in a transaction."""
    with allow_writes("test"), transaction.atomic():
        return jobs.enqueue(name, payload or {}, **options)


def make_due(job_id: str) -> None:
    """Let the time before the next attempt pass."""
    with allow_writes("test"):
        DBTaskResult.objects.filter(pk=job_id).update(run_after=real_clock() - timedelta(seconds=1))


def let_lease_lapse(job_id: str) -> None:
    """Let the time of the lease pass without a heartbeat."""
    with allow_writes("test"):
        Job.objects.filter(pk=job_id).update(lease_until=real_clock() - timedelta(seconds=1))


def state(job_id: str) -> State:
    status = jobs.status_of(job_id)
    assert status is not None
    return status.state


def test_a_job_runs_once_and_its_answer_and_progress_are_kept(url: str) -> None:
    job_id = ask(payload={"a": 1})
    assert state(job_id) is State.WAITING
    assert jobs_worker.run_due() == 1
    status = jobs.status_of(job_id)
    assert status is not None
    assert (status.state, status.result, status.attempts) == (State.DONE, {"seen": {"a": 1}}, 1)
    assert (status.progress_done, status.progress_total, status.progress_text) == (1, 2, "half way")
    assert jobs_worker.run_due() == 0
    assert ran == [{"a": 1}]


def test_a_rollback_leaves_no_job_and_no_key(url: str) -> None:
    def change_and_fail() -> None:
        with allow_writes("test"), transaction.atomic():
            jobs.enqueue("test.note", {}, unique="once")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        change_and_fail()
    assert (DBTaskResult.objects.count(), Job.objects.count(), JobKey.objects.count()) == (0, 0, 0)
    ask(unique="once")
    assert jobs_worker.run_due() == 1


def test_a_job_cannot_start_before_its_change_is_committed(url: str) -> None:
    seen: list[int] = []

    def look() -> None:
        with as_default(connection_to(url, Path("/"))):
            seen.append(jobs_worker.run_due())

    with allow_writes("test"), transaction.atomic():
        jobs.enqueue("test.note", {})
        thread = threading.Thread(target=look)
        thread.start()
        thread.join()
    assert seen == [0]
    assert jobs_worker.run_due() == 1


def test_a_key_lets_one_job_in(url: str) -> None:
    first = ask(unique="report:7:v3")
    assert ask(unique="report:7:v3") == first
    assert ask(unique="report:7:v4") != first
    assert jobs_worker.run_due() == 2
    assert ask(unique="report:7:v3") == first
    assert jobs_worker.run_due() == 0


def test_a_key_lets_one_job_in_when_many_ask_at_once(url: str) -> None:
    given: list[str] = []

    def ask_too() -> None:
        with as_default(connection_to(url, Path("/"))):
            given.append(ask(unique="same"))

    threads = [threading.Thread(target=ask_too) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(given) == 6
    assert len(set(given)) == 1
    assert Job.objects.count() == 1


def test_an_unknown_name_is_refused_when_asked_and_lands_in_the_tray_when_it_vanished(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ValueError, match=r"test\.absent"):
        ask("test.absent")
    job_id = ask()
    monkeypatch.delitem(jobs._jobs, "test.note")
    jobs_worker.run_due()
    tray = jobs.failed_tray()
    assert [item.id for item in tray] == [job_id]
    assert "no job named 'test.note'" in tray[0].error


def test_run_after_waits_and_priority_goes_first(url: str) -> None:
    later = ask(payload={"n": "later"}, run_after=real_clock() + timedelta(hours=1))
    ask(payload={"n": "low"}, priority=-5)
    ask(payload={"n": "high"}, priority=5)
    assert jobs_worker.run_due() == 2
    assert [payload["n"] for payload in ran] == ["high", "low"]
    make_due(later)
    assert jobs_worker.run_due() == 1
    assert ran[-1] == {"n": "later"}


def test_a_worker_takes_only_from_its_queues(url: str) -> None:
    ask("test.watch")
    assert jobs_worker.run_due(queues=[jobs.SHORT]) == 0
    assert jobs_worker.claim("w", [jobs.LONG]) is not None


def test_failures_are_tried_again_later_and_later_until_they_succeed(url: str) -> None:
    job_id = ask(payload={"failures": 2})
    for attempt in (1, 2):
        assert jobs_worker.run_due() == 1
        row = DBTaskResult.objects.get(pk=job_id)
        wait = (row.run_after - real_clock()).total_seconds()
        assert 2**attempt * 0.75 - 1 < wait < 2**attempt * 1.25 + 1
        assert state(job_id) is State.WAITING
        make_due(job_id)
    assert jobs_worker.run_due() == 1
    assert state(job_id) is State.DONE


def test_after_the_last_attempt_it_lies_in_the_tray_until_a_person_tries_again(url: str) -> None:
    job_id = ask(payload={"failures": 2}, max_attempts=2)
    for _ in range(2):
        jobs_worker.run_due()
        make_due(job_id)
    assert jobs_worker.run_due() == 0
    [lying] = jobs.failed_tray()
    assert (lying.id, lying.attempts, lying.error) == (job_id, 2, "RuntimeError: planned failure 2")
    with allow_writes("test"):
        jobs.try_again(job_id)
    for _ in range(2):
        jobs_worker.run_due()
        make_due(job_id)
    assert jobs.failed_tray()[0].attempts == 2
    with allow_writes("test"), pytest.raises(NotFound):
        jobs.try_again("00000000-0000-0000-0000-000000000000")


def test_what_trying_again_cannot_mend_goes_to_the_tray_at_once(url: str) -> None:
    job_id = ask("test.hopeless", {"x": 1})
    jobs_worker.run_due()
    make_due(job_id)
    assert jobs_worker.run_due() == 0
    assert len(ran) == 1
    assert state(job_id) is State.FAILED


def test_back_off_doubles_with_jitter() -> None:
    for attempt in range(1, 6):
        waits = [jobs_worker.back_off(attempt) for _ in range(50)]
        assert 2**attempt * 0.75 <= min(waits) < max(waits) <= 2**attempt * 1.25


def test_a_lapsed_lease_is_taken_over_and_the_late_worker_may_not_close_the_job(url: str) -> None:
    job_id = ask()
    slow = jobs_worker.claim("slow", jobs.QUEUES)
    assert slow is not None
    assert jobs_worker.reap() == 0
    let_lease_lapse(job_id)
    assert jobs_worker.reap() == 1
    quick = jobs_worker.claim("quick", jobs.QUEUES)
    assert quick is not None
    assert quick.attempt == 2
    jobs_worker.run(slow, jobs.Running(slow.id, slow.name, slow.attempt, "slow"))
    assert state(job_id) is State.RUNNING
    jobs_worker.run(quick, jobs.Running(quick.id, quick.name, quick.attempt, "quick"))
    assert state(job_id) is State.DONE


def test_a_job_that_kills_its_workers_ends_in_the_tray(url: str) -> None:
    job_id = ask(max_attempts=3)
    for attempt in range(1, 4):
        held = jobs_worker.claim(f"w{attempt}", jobs.QUEUES)
        assert held is not None
        let_lease_lapse(job_id)
        assert jobs_worker.reap() == 1
    assert state(job_id) is State.FAILED
    assert "w3 ended while it ran this job" in jobs.failed_tray()[0].error


def test_a_waiting_job_is_cancelled_at_once_and_an_ended_one_not_at_all(url: str) -> None:
    job_id = ask()
    with allow_writes("test"):
        jobs.request_cancel(job_id)
    assert state(job_id) is State.CANCELLED
    assert jobs_worker.run_due() == 0
    assert jobs.failed_tray() == []
    with allow_writes("test"), pytest.raises(Conflict):
        jobs.request_cancel(job_id)


def test_a_running_job_sees_the_wish_to_cancel(url: str) -> None:
    job_id = ask("test.watch")
    held = jobs_worker.claim("w", jobs.QUEUES)
    assert held is not None
    with allow_writes("test"):
        jobs.request_cancel(job_id)
    jobs_worker.run(held, jobs.Running(held.id, held.name, held.attempt, "w"))
    assert state(job_id) is State.CANCELLED


def test_a_schedule_asks_once_per_turn_however_many_workers_tick(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "_schedules", {"test.note": jobs.Schedule("test.note", timedelta(minutes=5), None)})
    now = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

    def tick() -> None:
        with as_default(connection_to(url, Path("/"))):
            jobs_worker.tick(now)

    threads = [threading.Thread(target=tick) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Job.objects.count() == 1
    assert jobs_worker.tick(now + timedelta(minutes=4, seconds=59)) == []
    assert jobs_worker.tick(now + timedelta(minutes=5)) == ["test.note"]
    assert jobs_worker.tick(now + timedelta(days=2)) == ["test.note"]
    assert Job.objects.count() == 3


def test_a_daily_turn_comes_once_a_local_day_over_clock_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    class Local:
        time_zone = "Europe/Berlin"

    monkeypatch.setattr(jobs.settings, "read", lambda: Local)
    daily = jobs.Schedule("x", None, day_time(2, 30))
    hours = [datetime(2026, 3, 28, 12, tzinfo=UTC) + timedelta(minutes=10 * step) for step in range(6 * 24 * 3)]
    spring = [slot for slot in map(daily.slot, hours) if slot]
    assert sorted(set(spring)) == ["2026-03-28", "2026-03-29", "2026-03-30", "2026-03-31"]
    gap = [hour for hour in hours if daily.slot(hour) == "2026-03-29"]
    assert gap[0] == datetime(2026, 3, 29, 1, 0, tzinfo=UTC)  # 03:00 local, as 02:30 does not exist
    autumn = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)  # 02:30 for the first time
    assert daily.slot(autumn) == daily.slot(autumn + timedelta(hours=1)) == "2026-10-25"


def test_what_was_asked_before_a_restore_waits_for_the_release(url: str) -> None:
    old = ask(payload={"n": "old"})
    jobs.hold_outgoing("restored")
    sent = ask("test.mail", {"n": "mail"})
    ask(payload={"n": "new"})
    assert jobs_worker.run_due() == 1
    assert ran == [{"n": "new"}]
    assert jobs_worker.tick() == []
    assert [item.id for item in jobs.held_jobs()] == [old, sent]
    with allow_writes("test"):
        jobs.release_outgoing()
    assert jobs_worker.run_due() == 2
    assert jobs.held_jobs() == []


def test_pruning_removes_what_ended_long_ago_and_keeps_the_tray(url: str) -> None:
    done, failed, fresh = ask(unique="old"), ask("test.hopeless"), ask("test.mail", unique="fresh")
    jobs_worker.run_due()
    long_ago = real_clock() - timedelta(days=31)
    with allow_writes("test"):
        DBTaskResult.objects.filter(pk__in=[done, failed]).update(finished_at=long_ago)
        JobKey.objects.filter(key="old").update(at=long_ago)
        WorkerSeen.objects.create(name="gone", queues="default", started_at=long_ago, seen_at=long_ago)
    assert jobs_worker.prune() == 1
    assert jobs.status_of(done) is None
    assert state(failed) is State.FAILED
    assert state(fresh) is State.DONE
    assert list(JobKey.objects.values_list("key", flat=True)) == ["fresh"]
    assert not WorkerSeen.objects.exists()


def test_an_idle_worker_takes_no_lock(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: Any, **__: Any) -> None:
        raise AssertionError("an idle poll began a transaction")

    monkeypatch.setattr(transaction, "atomic", refused)
    assert jobs_worker.claim("idle", jobs.QUEUES) is None
    assert jobs_worker.reap() == 0


# -- real worker processes ------------------------------------------------------------------------

# A program that is loaded once and forks each worker: loading it takes most of what a worker of these tests takes.
loaded = multiprocessing.get_context("forkserver")
loaded.set_forkserver_preload(["tests.kernel.effects_worker"])

STEPS = [
    "after the claim",
    "before the effect",
    "inside the effect",
    "after the effect",
    "inside the end",
    "after the end",
]


def start_worker(url: str, die_at: str, mark: Path) -> ForkServerProcess:
    started = loaded.Process(target=work, args=(url, die_at, mark))
    started.start()
    return started


def wait_until(true: Callable[[], bool], seconds: float = 240) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.05)
    return False


@pytest.mark.parametrize("die_at", STEPS)
def test_a_job_whose_worker_is_killed_at_any_step_is_done_once(url: str, die_at: str, tmp_path: Path) -> None:
    jobs._jobs.setdefault("test.effect", jobs.Registered(note, jobs.SHORT, outgoing=False))
    ids = [ask("test.effect", {"key": f"effect-{number}"}) for number in range(3)]
    mark = tmp_path / "mark"
    workers = [start_worker(url, die_at, mark) for _ in range(2)]
    try:
        done = wait_until(lambda: all(state(job_id) is State.DONE for job_id in ids))
        assert done, ([state(job_id) for job_id in ids], [worker.exitcode for worker in workers])
        assert mark.exists()
        assert sorted(worker.exitcode or 0 for worker in workers) == [-signal.SIGKILL, 0]
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM kernel_installationnote WHERE name LIKE 'effect-%%'")
            assert cursor.fetchone() == (3,)
    finally:
        for worker in workers:
            worker.terminate()
        for worker in workers:
            worker.join()

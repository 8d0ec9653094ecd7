"""`headway serve`: a private data folder, children that come back, and nothing left behind."""

from __future__ import annotations

import os
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from headway.config import serve
from tests.reliability.harness import Installation, is_alive, wait_until


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    yield from _ended(Installation.ready(tmp_path / "home", on="sqlite"))


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """One that runs with two web workers, for tests that leave it running."""
    one = Installation.ready(tmp_path_factory.mktemp("served") / "home", on="sqlite")
    one.start("--workers", "2")
    yield from _ended(one)


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Installation]:
    """One that was never started."""
    yield from _ended(Installation(tmp_path / "home"))


def _ended(one: Installation) -> Iterator[Installation]:
    yield one
    if one.process is not None and one.process.poll() is None:
        one.stop()


def test_the_first_start_makes_a_private_folder_and_the_second_finds_it(empty: Installation) -> None:
    installation = empty
    installation.start()
    assert stat.S_IMODE(installation.home.stat().st_mode) == 0o700
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in installation.home.iterdir()}
    assert {"headway.sqlite3", "secret-key", "recovery-key"} <= set(modes)
    folders = {path.name for path in installation.home.iterdir() if path.is_dir()}
    assert {name: mode for name, mode in modes.items() if mode != (0o700 if name in folders else 0o600)} == {}
    written = {path.name for path in installation.home.parent.iterdir()}
    assert written == {"home", "home.log"}
    key = (installation.home / "secret-key").read_text()
    assert installation.stop() == 0
    installation.start("--no-jobs", wait=False)
    assert wait_until(lambda: installation.get("/healthz") == 200)
    assert (installation.home / "secret-key").read_text() == key


@pytest.mark.parametrize("kind", ["web", "web worker", "worker"])
def test_a_killed_child_comes_back_and_the_old_one_shares_no_port(served: Installation, kind: str) -> None:
    installation = served
    assert wait_until(lambda: len(installation.children("web worker")) == 2)
    before = installation.all_processes()
    killed = installation.kill(kind)
    assert killed
    gone = [pid for pid in before if pid in killed or (kind == "web" and pid not in installation.children("worker"))]
    assert wait_until(lambda: not any(is_alive(pid) for pid in gone))
    assert wait_until(lambda: len(installation.children(kind)) == len(killed) and installation.is_ready())
    assert wait_until(lambda: len(installation.children("web worker")) == 2)


def test_however_it_ends_its_children_end_and_it_starts_again(installation: Installation) -> None:
    """The parent killed; then told to end, in both ways there are."""
    for number in (signal.SIGKILL, signal.SIGTERM, signal.SIGINT):
        installation.start()
        tree = installation.all_processes()
        assert len(tree) >= 4
        assert installation.process is not None
        installation.process.send_signal(number)
        assert installation.ended() == (-number if number is signal.SIGKILL else 0)
        if number is signal.SIGKILL:
            assert wait_until(lambda tree=tree: not any(is_alive(pid) for pid in tree))
        assert not any(is_alive(pid) for pid in tree)


def test_a_start_after_a_kill_waits_for_what_the_killed_one_left(installation: Installation) -> None:
    """A web worker that hangs has the port still; the new server neither fails nor serves beside it."""
    installation.start()
    left = [pid for kind in ("web", "web worker") for pid in installation.children(kind)]
    for pid in installation.children("web worker"):
        os.kill(pid, signal.SIGSTOP)
    installation.kill("root")
    installation.start(wait=False)
    assert wait_until(installation.is_ready), installation.log.read_text()
    assert not any(is_alive(pid) for pid in left)
    assert "waiting until its processes have ended" in installation.log.read_text()


def test_a_second_server_on_the_same_folder_is_refused(served: Installation) -> None:
    installation = served
    other = Installation(installation.home)
    other.log = installation.log.with_name("other.log")
    other.start(wait=False)
    assert other.process is not None
    assert other.ended() == 1
    assert "Another 'headway serve'" in other.log.read_text()
    assert installation.is_ready()


def test_a_taken_port_is_named_with_what_to_do(installation: Installation) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", installation.port))
        taken.listen()
        installation.start(wait=False)
        assert installation.process is not None
        assert installation.ended() == 1
    said = installation.log.read_text()
    assert f"127.0.0.1:{installation.port}" in said
    assert "--port 8001" in said


def test_without_a_worker_it_lives_but_is_not_ready(installation: Installation) -> None:
    installation.start("--no-jobs", wait=False)
    assert wait_until(lambda: installation.get("/healthz") == 200)
    assert installation.get("/readyz") == 503


def test_restarts_wait_longer_each_time_up_to_a_limit() -> None:
    waits = [serve.restart_wait(failures) for failures in range(12)]
    assert waits[:3] == [0.2, 0.4, 0.8]
    assert waits[-1] == serve.LONGEST_RESTART_SECONDS
    assert waits == sorted(waits)


def test_a_child_that_ends_at_once_is_started_again_after_its_wait() -> None:
    child = serve.Child("x", ["/bin/false"])
    child.start(0.0)
    assert child.process is not None
    child.process.wait()
    assert child.ended(1.0) is True
    assert (child.failures, child.start_at, child.process) == (1, 1.2, None)
    child.start(100.0)
    assert child.process is not None
    child.process.wait()
    assert child.ended(100.0 + serve.PROVED_SECONDS) is True
    assert child.failures == 1


def test_a_database_of_a_newer_version_is_not_served(installation: Installation) -> None:
    code = (
        "import django; django.setup()\n"
        "from django.db import connection\n"
        "from django.db.migrations.recorder import MigrationRecorder\n"
        "MigrationRecorder(connection).record_applied('kernel', '9999_from_the_future')\n"
    )
    subprocess.run([sys.executable, "-c", code], env=installation.environment, check=True)
    installation.start(wait=False)
    assert installation.process is not None
    assert installation.ended() == 1
    assert "newer version of Headway" in installation.log.read_text()

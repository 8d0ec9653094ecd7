"""`headway serve`: one parent that prepares the data folder, then starts and watches web and workers.

It restarts a child that ends, waiting longer each time; passes signals on; takes its children with
it. It loads neither Django nor the application, so it stays small and cannot fall with them.
"""

from __future__ import annotations

import argparse
import fcntl
import logging
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from headway.config.processes import SUPERVISOR, keep_files_private
from headway.kernel import settings

logger = logging.getLogger(__name__)

LOOK_EVERY_SECONDS = 0.1
FIRST_RESTART_SECONDS = 0.2
LONGEST_RESTART_SECONDS = 30.0
# A child that lived this long has proved itself: its next restart is quick again.
PROVED_SECONDS = 30.0
GRACE_SECONDS = 10.0
# The web server of a killed parent ends by itself within this time, and frees the port and the data folder.
ORPHANS_END_SECONDS = 30.0
# The children that run jobs: one for short work, one for long.
JOB_WORKERS = ("default", "long")


@dataclass(slots=True)
class Child:
    """One watched process: how to start it, and how its restarts went."""

    name: str
    command: list[str]
    holds: tuple[int, ...] = ()  # open files that it keeps as long as it lives
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    failures: int = 0
    start_at: float = field(default=0.0)

    def start(self, now: float) -> None:
        """Start it in a session of its own, so that a terminal's Ctrl-C reaches the parent alone."""
        environment = {**os.environ, SUPERVISOR: str(os.getpid())}
        self.process = subprocess.Popen(self.command, env=environment, start_new_session=True, pass_fds=self.holds)
        self.started = now

    def ended(self, now: float) -> bool:
        """Whether it has ended; then says when it may start again."""
        if self.process is None or self.process.poll() is None:
            return False
        if now - self.started >= PROVED_SECONDS:
            self.failures = 0
        wait = restart_wait(self.failures)
        self.failures += 1
        self.start_at = now + wait
        logger.warning("%s ended with status %s; again in %.1f s", self.name, self.process.returncode, wait)
        self.process = None
        return True

    def send(self, number: int) -> None:
        """Pass a signal on, if it runs."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(number)


def restart_wait(failures: int) -> float:
    """Seconds to wait before a restart: doubled for each failure in a row."""
    return float(min(FIRST_RESTART_SECONDS * 2 ** min(failures, 20), LONGEST_RESTART_SECONDS))


class Supervisor:
    """Starts the children and keeps them running until told to end."""

    def __init__(self, children: Sequence[Child]) -> None:
        self.children = list(children)
        self.ending = False

    def run(self) -> None:
        """Watch until a signal comes, then end all children."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._end)
        signal.signal(signal.SIGHUP, self._pass_on)
        try:
            while not self.ending:
                self._look(time.monotonic())
                time.sleep(LOOK_EVERY_SECONDS)
        finally:
            self._end_children()

    def _look(self, now: float) -> None:
        for child in self.children:
            child.ended(now)
            if child.process is None and now >= child.start_at:
                child.start(now)

    def _end(self, _number: int, _frame: FrameType | None) -> None:
        self.ending = True

    def _pass_on(self, number: int, _frame: FrameType | None) -> None:
        for child in self.children:
            if child.name == "web":  # granian starts its workers anew; the others would end
                child.send(number)

    def _end_children(self) -> None:
        for child in self.children:
            child.send(signal.SIGTERM)
        deadline = time.monotonic() + GRACE_SECONDS
        for child in self.children:
            if child.process is None:
                continue
            try:
                child.process.wait(timeout=max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                logger.warning("%s did not end within %.0f s and is killed", child.name, GRACE_SECONDS)
                os.killpg(child.process.pid, signal.SIGKILL)
                child.process.wait()


def hold_data_folder(home: Path) -> int:
    """Be the only one who serves, restores or upgrades this data folder; gives the open lock.

    It is held as long as anybody lives to whom it was handed on. When the server that wrote its id into it was killed,
    its children are waited for. Raises SystemExit when another one runs.
    """
    lock = os.open(home / "serve.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    deadline = time.monotonic() + ORPHANS_END_SECONDS
    waited = False
    while not _locked(lock):
        if _runs(os.pread(lock, 32, 0)) or time.monotonic() > deadline:
            raise SystemExit(
                f"Another 'headway serve', restore or upgrade uses the data folder {home}. End it first, "
                "or set HEADWAY_HOME to another folder."
            )
        if not waited:
            logger.warning("The last server of %s was killed; waiting until its processes have ended", home)
        waited = True
        time.sleep(LOOK_EVERY_SECONDS)
    os.ftruncate(lock, 0)
    return lock


def _locked(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _runs(holder: bytes) -> bool:
    """Whether the process that wrote its id runs; one that has written nothing hands the lock to nobody."""
    if not holder.isdigit():
        return True
    try:
        os.kill(int(holder), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def refuse_taken_port(host: str, port: int) -> None:
    """Raise SystemExit with what to do when something listens there already."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise SystemExit(
                f"Cannot listen on {host}:{port}: {error.strerror}. End what uses the port, or choose another: "
                "PORT=8001 make run, or headway serve --port 8001."
            ) from None


def main() -> None:
    """Prepare, then serve until told to end."""
    given = _arguments()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    keep_files_private()
    os.environ["PORT"] = str(given.port)
    home = settings.read().home
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = hold_data_folder(home)
    os.pwrite(lock, str(os.getpid()).encode(), 0)
    refuse_taken_port(given.host, given.port)
    prepared = subprocess.run(
        [sys.executable, "-m", "headway.config.operations", "prepare"], check=False, pass_fds=[lock]
    )
    if prepared.returncode != 0:
        raise SystemExit(prepared.returncode)
    logger.info(
        "Headway starts on http://%s:%s and answers in a moment (data folder %s)", _shown(given.host), given.port, home
    )
    try:
        Supervisor(_children(given, lock)).run()
    finally:
        os.close(lock)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="headway serve", description="Serve the workspace and run its jobs.")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: this machine alone)")
    parser.add_argument("--port", type=int, default=int(os.environ.get("PORT", "8000")), help="default: PORT or 8000")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="web workers (default: cores)")
    parser.add_argument("--no-jobs", action="store_true", help="run no job workers here (they run elsewhere)")
    given = parser.parse_args()
    if given.workers < 1:
        parser.error("--workers must be at least 1")
    return given


def _children(given: argparse.Namespace, lock: int) -> list[Child]:
    place = ["--host", given.host, "--port", str(given.port), "--workers", str(given.workers)]
    children = [Child("web", [sys.executable, "-m", "headway.config.web", *place], holds=(lock,))]
    if not given.no_jobs:
        for queue in JOB_WORKERS:
            command = [sys.executable, "-m", "headway.config.worker", "--queues", queue]
            children.append(Child(f"worker {queue}", command))
    return children


def _shown(host: str) -> str:
    return "localhost" if host in ("127.0.0.1", "0.0.0.0") else host  # noqa: S104 - only compared


if __name__ == "__main__":
    main()

"""An installation under test: `headway serve` as a real process tree, its clients, and its end."""

from __future__ import annotations

import atexit
import functools
import http.client
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.once_a_run import made_once_a_run
from tests.postgres import free_port, postgres_url

REPOSITORY = Path(__file__).parents[2]
PATIENCE = 240.0  # seconds for what must come; more than any machine needs, since only what never comes takes them
ANSWER_WITHIN = 60.0  # seconds; after them a client sends again


def wait_until(true: Callable[[], bool], seconds: float = PATIENCE) -> bool:
    """Whether it became true in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.05)
    return False


def children_of(pid: int) -> list[int]:
    """The processes whose parent this is, but for zombies."""

    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == pid and fields[0] != "Z":
            found.append(int(stat.parent.name))
    return sorted(found)


def command_of(pid: int) -> str:
    """Its command line; '' when it has ended."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


def is_alive(pid: int) -> bool:
    """Whether it runs (a zombie does not)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


class Installation:
    """One data folder, one database, and the server on them."""

    def __init__(self, home: Path, *, database_url: str = "", settings: str = "tests.reliability.settings") -> None:
        self.home = home
        self.port = free_port()
        self.log = home.parent / f"{home.name}.log"
        self.process: subprocess.Popen[bytes] | None = None
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("HEADWAY_", "DJANGO_"))},
            "HEADWAY_HOME": str(home),
            "HEADWAY_DATABASE_URL": database_url,
            "DJANGO_SETTINGS_MODULE": settings,
            "PYTHONPATH": os.pathsep.join([str(REPOSITORY / "src"), str(REPOSITORY)]),
        }

    @classmethod
    def ready(cls, home: Path, *, on: str, settings: str = "tests.reliability.settings") -> Installation:
        """One that `init` has prepared, on 'sqlite' or 'postgresql': a copy of the first on it in this run."""
        if on == "postgresql" and "HEADWAY_TEST_POSTGRES_URL" in os.environ:  # one database, which nothing copies
            one = cls(home, database_url=postgres_url(), settings=settings)
            one.operate("init")
            return one
        if on == "postgresql":
            first = _first_on_postgres()
            shutil.copytree(first.home, home)
            return cls(
                home, database_url=postgres_url(like=first.environment["HEADWAY_DATABASE_URL"]), settings=settings
            )
        shutil.copytree(made_once_a_run("installation", _prepare) / "home", home)
        return cls(home, settings=settings)

    def start(self, *more: str, wait: bool = True) -> None:
        """Start `headway serve`; wait until it says that it is ready."""
        command = [sys.executable, "-m", "headway.config.serve", "--port", str(self.port), "--workers", "1", *more]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command, cwd=self.home.parent, env=self.environment, stdout=log, stderr=log, start_new_session=True
            )
        if wait and not (wait_until(lambda: self.is_ready() or self.has_ended()) and self.is_ready()):
            raise AssertionError(f"the server did not become ready:\n{self.log.read_text()[-3000:]}")

    def has_ended(self) -> bool:
        """Whether its root process runs no longer."""
        return self.process is not None and self.process.poll() is not None

    def stop(self) -> int:
        """End it in good order; gives its exit status."""
        assert self.process is not None
        self.process.terminate()
        return self.ended()

    def ended(self) -> int:
        """The exit status of one that ends, or was told to; waits for it."""
        assert self.process is not None
        return self.process.wait(timeout=PATIENCE)

    def operate(self, *command: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run one of the operator's commands on it."""
        done = subprocess.run(
            [sys.executable, "-m", "headway.config.operations", *command],
            cwd=self.home.parent,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if check and done.returncode != 0:
            raise AssertionError(f"{command} ended with {done.returncode}: {done.stdout}{done.stderr}")
        return done

    def get(self, path: str) -> int:
        """The status of an answer; 0 without one."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=ANSWER_WITHIN) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code
        except (OSError, http.client.HTTPException):
            return 0

    def post(self, path: str, body: dict[str, Any], *, key: str) -> tuple[int, Any]:
        """Status and JSON of an answer; (0, None) when the line broke."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}",
            data=json.dumps(body).encode(),
            headers={"Content-Type": "application/json", "Idempotency-Key": key},
        )
        try:
            with urllib.request.urlopen(request, timeout=ANSWER_WITHIN) as answer:
                return int(answer.status), json.loads(answer.read())
        except urllib.error.HTTPError as error:
            return error.code, None
        except (OSError, ValueError, http.client.HTTPException):
            return 0, None

    def is_ready(self) -> bool:
        """Whether it says so."""
        return self.get("/readyz") == 200

    def children(self, kind: str) -> list[int]:
        """Its processes of a kind: 'web' (the server), 'web worker' (what it forked), 'worker' (runs jobs)."""
        assert self.process is not None
        own = children_of(self.process.pid)
        servers = [pid for pid in own if "headway.config.web" in command_of(pid)]
        if kind == "web":
            return servers
        if kind == "web worker":
            return [pid for server in servers for pid in children_of(server)]
        return [pid for pid in own if "headway.config.worker" in command_of(pid)]

    def all_processes(self) -> list[int]:
        """The whole tree but its root."""
        return [pid for kind in ("web", "web worker", "worker") for pid in self.children(kind)]

    def kill(self, kind: str) -> list[int]:
        """kill -9 of what the kind names: also 'all' (the tree, root last) and 'root' (the parent alone)."""
        assert self.process is not None
        if kind == "root":
            victims = [self.process.pid]
        elif kind == "all":
            victims = [*self.all_processes(), self.process.pid]
        else:
            victims = self.children(kind)
        for pid in victims:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        if kind in ("root", "all"):
            self.process.wait()
        return victims


def _prepare(folder: Path) -> None:
    """The installation that others are copied from; nobody starts it."""
    Installation(folder / "home").operate("init")


@functools.cache
def _first_on_postgres() -> Installation:
    """The same on PostgreSQL, whose server is this process's own."""
    folder = Path(tempfile.mkdtemp(prefix="headway-installation-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    one = Installation(folder / "home", database_url=postgres_url())
    one.operate("init")
    return one

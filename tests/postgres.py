"""One throw-away PostgreSQL cluster for a test run, on a private socket and a free loopback port.

The processes of a run that share a folder share the cluster too; who gave the folder ends it.
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import glob
import json
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

import pytest

from tests.once_a_run import is_shared, made_once_a_run, run_folder

_NOTE = "cluster.json"
_UNPRIVILEGED = ("postgres", "nobody")


def binaries() -> Path | None:
    """The folder of the newest PostgreSQL server on this machine; None without one."""
    folders = sorted(glob.glob("/usr/lib/postgresql/*/bin"), key=lambda name: float(Path(name).parent.name))
    return Path(folders[-1]) if folders else None


def postgres_url(*, like: str = "") -> str:
    """The address of a fresh database, owned by its user, in this run's cluster; `like` is the address of one to copy.

    HEADWAY_TEST_POSTGRES_URL names a server to use instead. Skips the test, with the reason, where
    there is neither.
    """
    given = os.environ.get("HEADWAY_TEST_POSTGRES_URL")
    if given:
        return given
    if binaries() is None:
        pytest.skip("PostgreSQL server is not installed (apt install postgresql)")
    port, folder = _cluster()
    name = f"headway_{secrets.token_hex(4)}"
    template = ["-T", like.rpartition("/")[2]] if like else []
    _run_as_owner(["createdb", "-h", str(folder), "-p", str(port), "-U", "headway", *template, name])
    return f"postgresql://headway:headway@127.0.0.1:{port}/{name}"


def stop_cluster(run: Path) -> None:
    """End the cluster of the run that shares this folder, if it has one, whoever is still connected."""
    note = run / "postgres" / _NOTE
    if not note.exists():
        return
    kept = json.loads(note.read_text(encoding="utf-8"))
    note.unlink()
    os.kill(kept["pid"], signal.SIGINT)
    for _ in range(400):
        if _has_ended(kept["pid"]):
            break
        time.sleep(0.05)
    else:
        os.kill(kept["pid"], signal.SIGKILL)
    shutil.rmtree(kept["folder"], ignore_errors=True)


def _has_ended(pid: int) -> bool:
    with contextlib.suppress(ChildProcessError):  # another process of the run started it
        return os.waitpid(pid, os.WNOHANG)[0] == pid
    return not Path(f"/proc/{pid}").exists()


@functools.cache
def _cluster() -> tuple[int, Path]:
    """Start the cluster once; gives its port and socket folder."""
    note = made_once_a_run("postgres", _start) / _NOTE
    if not is_shared():
        process, run = os.getpid(), run_folder()
        atexit.register(lambda: stop_cluster(run) if os.getpid() == process else None)
    kept = json.loads(note.read_text(encoding="utf-8"))
    return kept["port"], Path(kept["folder"])


def _start(run: Path) -> None:
    """Start a server, wait until it answers, and note where it is."""
    folder = Path(tempfile.mkdtemp(prefix="headway-postgres-"))
    owner = _owner()
    if owner is not None:
        os.chown(folder, owner.pw_uid, owner.pw_gid)
    data = folder / "data"
    _run_as_owner(["initdb", "-D", str(data), "-U", "headway", "--auth=trust", "-E", "UTF8", "--locale=C", "--no-sync"])
    port = free_port()
    server = subprocess.Popen(
        [
            *(str(binaries() / "postgres"), "-D", str(data), "-p", str(port), "-k", str(folder)),  # type: ignore[operator]
            *("-c", "listen_addresses=127.0.0.1", "-c", "max_connections=200", "-c", "shared_buffers=32MB"),
        ],
        **_as_owner(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    for _ in range(1200):
        ready = subprocess.run(
            [str(binaries() / "pg_isready"), "-h", str(folder), "-p", str(port)],  # type: ignore[operator]
            capture_output=True,
            check=False,
        )
        if ready.returncode == 0:
            where = {"port": port, "folder": str(folder), "pid": server.pid}
            (run / _NOTE).write_text(json.dumps(where), encoding="utf-8")
            return
        time.sleep(0.05)
    server.kill()
    raise RuntimeError("the PostgreSQL cluster for tests did not start within a minute")


def _owner() -> pwd.struct_passwd | None:
    """The account that runs the server; None when we are not root ourselves."""
    if os.geteuid() != 0:
        return None
    for name in _UNPRIVILEGED:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise RuntimeError(f"none of the accounts {_UNPRIVILEGED} exists, and PostgreSQL refuses to run as root")


def _as_owner() -> dict[str, object]:
    owner = _owner()
    environment = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"}
    if owner is None:
        return {"env": environment, "cwd": "/"}
    return {"env": environment, "cwd": "/", "user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}


def _run_as_owner(command: list[str]) -> None:
    program = str(binaries() / command[0])  # type: ignore[operator]
    done = subprocess.run([program, *command[1:]], **_as_owner(), capture_output=True, text=True, check=False)  # type: ignore[call-overload]
    if done.returncode != 0:
        raise RuntimeError(f"{command[0]} failed: {done.stderr.strip()}")


def free_port() -> int:
    """A port that nobody uses now, below those that the system gives out by itself: it is free a moment later too."""
    chance = secrets.SystemRandom()
    while True:
        port = chance.randrange(12_000, 32_000)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port

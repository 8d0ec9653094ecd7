"""A short-lived child process with limits, for everything that parses or renders outside bytes.

`run` starts `python -m headway.documents.child` in a session of its own, with a bare environment,
a private folder, resource limits, a wall clock and no network; it calls one named function and
answers in JSON. Nothing is ever unpickled. Not here: what the functions read or write.

The function (`"package.module:function"`) is called as `function(payload, folder)`. The inputs lie
in `folder` under their given names; files it leaves in `folder / "out"` come back as bytes.
"""

from __future__ import annotations

import contextlib
import ctypes
import importlib
import json
import logging
import os
import resource
import select
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

import headway

logger = logging.getLogger(__name__)

MEGABYTE = 1024 * 1024
OUTPUT_FOLDER = "out"
PLACES = ("file", "sheet", "row", "task", "field", "value")

_CARRIED = ("PATH", "JAVA_HOME", "HEADWAY_JAVA", "NUMBA_CACHE_DIR", "TZ")
_LONGEST_MESSAGE = 2000
_WATCH_SECONDS = 0.05
_CLONE_NEWUSER = 0x10000000
_CLONE_NEWNET = 0x40000000
_PR_SET_PDEATHSIG = 1
_NETWORK_EVENTS = frozenset(
    f"socket.{name}"
    for name in ("__new__", "connect", "bind", "getaddrinfo", "gethostbyname", "gethostbyaddr", "sendto", "sendmsg")
)


@dataclass(frozen=True, slots=True)
class Limits:
    """What one child may use.

    seconds        wall clock; processor time is limited to `cpu_factor` times that.
    memory_mb      address space, or resident memory of the whole group with `watch_resident`
                   (programs such as Java reserve far more address space than they use).
    file_mb        largest file the child may write.
    answer_mb      size of its JSON answer; `output_mb` of its output files together.
    """

    seconds: float = 10
    memory_mb: int = 512
    watch_resident: bool = False
    file_mb: int = 200
    open_files: int = 256
    answer_mb: int = 64
    output_mb: int = 100
    cpu_factor: float = 2

    @property
    def cpu_seconds(self) -> int:
        """Processor time, over all threads; at least one second."""
        return max(1, round(self.seconds * self.cpu_factor))


READ_LIMITS = Limits()
RENDER_LIMITS = Limits(seconds=60, memory_mb=1024)
LOCAL_LIMITS = Limits(seconds=60, memory_mb=2048, file_mb=1000, answer_mb=400, output_mb=400)


@dataclass(frozen=True, slots=True)
class ChildResult:
    """What the function gave: its JSON object, its output files, and how the network was closed.

    network  'namespace' (binds native code too) or 'audit hook' (Python code only).
    """

    value: dict[str, Any]  # a JSON object: its shape belongs to the entry function
    outputs: dict[str, bytes] = field(default_factory=dict)
    network: str = "audit hook"


class ChildError(RuntimeError):
    """The child reached a limit or died; the message is one sentence that names the limit.

    kind    'timeout', 'memory', 'crash', 'refused' (the child tried what it may not),
            'output' (too large or not JSON) or 'cancelled'.
    detail  the end of the child's error output, for logs only.
    """

    def __init__(self, kind: str, message: str, detail: str = "") -> None:
        super().__init__(message)
        self.kind = kind
        self.detail = detail


class Refused(ValueError):
    """The input is refused, in words for the person who gave it.

    where  any of file, sheet, row, task, field, value: the place, as far as known.
    """

    def __init__(self, message: str, where: Mapping[str, Any] | None = None) -> None:
        super().__init__(message)
        self.message = message
        places = {name: value for name, value in dict(where or {}).items() if value not in {None, ""}}
        unknown = set(places) - set(PLACES)
        if unknown:
            raise TypeError(f"Refused knows the places {', '.join(PLACES)}, not {', '.join(sorted(unknown))}.")
        self.where: dict[str, str | int] = {
            name: value if isinstance(value, int) else str(value) for name, value in places.items()
        }

    @property
    def file(self) -> str | None:
        """The name of the file, when known."""
        return self._text("file")

    @property
    def sheet(self) -> str | None:
        """The sheet or table, when known."""
        return self._text("sheet")

    @property
    def row(self) -> int | None:
        """The row or line, counted from 1, when known."""
        row = self.where.get("row")
        return row if isinstance(row, int) else None

    @property
    def field(self) -> str | None:
        """The column or field, when known."""
        return self._text("field")

    @property
    def value(self) -> str | None:
        """The value as found, when known."""
        return self._text("value")

    def _text(self, name: str) -> str | None:
        return str(self.where[name]) if name in self.where else None

    def __str__(self) -> str:
        names = (("file", "file"), ("sheet", "sheet"), ("row", "row"), ("task", "task"), ("field", "field"))
        places = [f"{label} {self.where[name]}" for name, label in names if name in self.where]
        return f"{self.message} ({', '.join(places)})" if places else self.message


def run(
    entry: str,
    payload: Mapping[str, Any],
    *,
    inputs: Mapping[str, Path] | None = None,
    limits: Limits = READ_LIMITS,
    should_stop: Callable[[], bool] | None = None,
    on_output: Callable[[frozenset[str]], None] | None = None,
) -> ChildResult:
    """The answer of `entry` ("package.module:function"), computed in a limited child process.

    payload      JSON values only.
    inputs       files copied into the child's folder, by the plain name they get there.
    should_stop  asked about twenty times a second; true ends the child.
    on_output    told the names of the files that the child has left so far, whenever there are more.
    Raises Refused when the function refuses its input, ChildError for everything else.
    """
    root = Path(tempfile.mkdtemp(prefix="headway-child-"))
    try:
        folder = _prepare(root, entry, payload, inputs or {}, limits)
        process = _start(root)
        try:
            _watch(process, limits, should_stop, _Outputs(folder / OUTPUT_FOLDER, on_output))
        finally:
            _kill_group(process.pid)
            process.wait()
        return _collect(root, folder, process.returncode, limits)
    finally:
        shutil.rmtree(root, ignore_errors=True)


def _prepare(root: Path, entry: str, payload: Mapping[str, Any], inputs: Mapping[str, Path], limits: Limits) -> Path:
    folder = root / "work"
    (folder / OUTPUT_FOLDER).mkdir(parents=True)
    (root / "tmp").mkdir()
    for name, source in inputs.items():
        if not name or name != Path(name).name or name in {".", "..", OUTPUT_FOLDER}:
            raise ValueError(f"Input name {name!r} is not a plain file name.")
        _copy_regular(source, folder / name)
    request = {
        "entry": entry,
        "payload": dict(payload),
        "seconds": limits.seconds,
        "cpu": limits.cpu_seconds,
        "memory": None if limits.watch_resident else limits.memory_mb * MEGABYTE,
        "file": limits.file_mb * MEGABYTE,
        "open_files": limits.open_files,
    }
    (root / "request.json").write_text(json.dumps(request, allow_nan=False), encoding="utf-8")
    return folder


def _copy_regular(source: Path, target: Path) -> None:
    with open(os.open(source, os.O_RDONLY | os.O_NONBLOCK), "rb") as stream:
        if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
            raise Refused("This is not a regular file. Give the path of a plan or data file.", {"file": source.name})
        with target.open("wb") as copy:
            shutil.copyfileobj(stream, copy, MEGABYTE)


def _start(root: Path) -> subprocess.Popen[bytes]:
    package_parent = str(Path(headway.__file__).resolve().parent.parent)
    search = os.pathsep.join(filter(None, [package_parent, os.environ.get("PYTHONPATH", "")]))
    environment = {name: os.environ[name] for name in _CARRIED if name in os.environ} | {
        "PYTHONPATH": search,
        "PYTHONSAFEPATH": "1",
        "PYTHONNOUSERSITE": "1",
        "LC_ALL": "C.UTF-8",
        "HOME": str(root / "tmp"),
        "TMPDIR": str(root / "tmp"),
        "OPENBLAS_NUM_THREADS": "1",
    }
    with (root / "noise").open("wb") as noise:
        return subprocess.Popen(
            [sys.executable, "-m", "headway.documents.child", str(root), str(os.getpid())],
            cwd=root / "work",
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=noise,
            stderr=noise,
            start_new_session=True,
        )


class _Outputs:
    """Tells which files have come into a folder since the last look."""

    def __init__(self, folder: Path, tell: Callable[[frozenset[str]], None] | None) -> None:
        self._folder = folder
        self._tell = tell
        self._known: frozenset[str] = frozenset()

    def look(self) -> None:
        """Tell of new files, if somebody listens."""
        if self._tell is None:
            return
        found = frozenset(os.listdir(self._folder))
        if found != self._known:
            self._known = found
            self._tell(found)


def _watch(
    process: subprocess.Popen[bytes], limits: Limits, should_stop: Callable[[], bool] | None, outputs: _Outputs
) -> None:
    """Return when the child has ended by itself (still unreaped, so that its group id stays ours)."""
    deadline = time.monotonic() + limits.seconds
    with _Exit(process) as ended:
        while not ended.within(min(_WATCH_SECONDS, max(0.0, deadline - time.monotonic()))):
            if time.monotonic() >= deadline:
                raise ChildError("timeout", f"The work was stopped at the time limit of {limits.seconds:g} seconds.")
            if limits.watch_resident and _resident_bytes(process.pid) > limits.memory_mb * MEGABYTE:
                raise _memory_error(limits)
            outputs.look()
            if should_stop is not None and should_stop():
                raise ChildError("cancelled", "The work was cancelled.")


class _Exit:
    """Waits for a process to end without reaping it."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        self._handle: int | None = None

    def __enter__(self) -> _Exit:
        if hasattr(os, "pidfd_open"):
            with contextlib.suppress(OSError):
                self._handle = os.pidfd_open(self._process.pid)
        return self

    def __exit__(self, *_: object) -> None:
        if self._handle is not None:
            os.close(self._handle)

    def within(self, seconds: float) -> bool:
        """Whether it has ended, after waiting at most so long."""
        if self._handle is not None:
            return bool(select.select([self._handle], [], [], seconds)[0])
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(seconds)
        return self._process.returncode is not None


def _resident_bytes(session: int) -> int:
    """Resident memory of all processes of a session; 0 where /proc does not exist."""
    page = resource.getpagesize()
    total = 0
    for entry in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError, ValueError, IndexError):
            fields = entry.read_bytes().rpartition(b")")[2].split()
            if int(fields[3]) == session:
                total += int(fields[21]) * page
    return total


def _kill_group(group: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)


def _memory_error(limits: Limits) -> ChildError:
    return ChildError("memory", f"The work was stopped at the memory limit of {limits.memory_mb} MB.")


def _collect(root: Path, folder: Path, code: int, limits: Limits) -> ChildResult:
    noise = _tail(root / "noise")
    answer = root / "answer.json"
    if code == -signal.SIGXCPU:
        seconds = limits.cpu_seconds
        raise ChildError("timeout", f"The work was stopped at the limit of {seconds} seconds of processor time.", noise)
    if code != 0 or not answer.is_file():
        if "MemoryError" in noise or "std::bad_alloc" in noise or "OutOfMemoryError" in noise:
            raise _memory_error(limits)
        how = f"by signal {-code}" if code < 0 else f"with code {code}"
        raise ChildError("crash", f"The program that reads or writes this file ended {how} and gave no answer.", noise)
    reply = _read_answer(answer, limits)
    if "refused" in reply:
        raise _refusal(reply["refused"])
    if "error" in reply:
        raise _failure(reply["error"], limits)
    return ChildResult(reply["value"], _read_outputs(folder / OUTPUT_FOLDER, limits), str(reply.get("network", "")))


def _read_answer(path: Path, limits: Limits) -> dict[str, Any]:
    if path.stat().st_size > limits.answer_mb * MEGABYTE:
        raise ChildError("output", f"The answer is larger than the limit of {limits.answer_mb} MB.")
    try:
        reply = json.loads(path.read_text(encoding="utf-8"), parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise ChildError("output", "The program that read this file gave an answer that is not JSON.") from error
    if not isinstance(reply, dict) or not any(
        isinstance(reply.get(key), dict) for key in ("value", "refused", "error")
    ):
        raise ChildError("output", "The program that read this file gave an answer of the wrong shape.")
    return reply


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON.")


def _refusal(given: Any) -> Refused:  # outside JSON: checked here
    given = given if isinstance(given, dict) else {}
    where = given.get("where")
    where = where if isinstance(where, dict) else {}
    places = {name: where[name] for name in PLACES if isinstance(where.get(name), str | int)}
    return Refused(str(given.get("message", "The file was refused."))[:_LONGEST_MESSAGE], places)


def _failure(given: Any, limits: Limits) -> ChildError:  # outside JSON: checked here
    given = given if isinstance(given, dict) else {}
    kind, detail = given.get("kind"), str(given.get("detail", ""))[-4 * _LONGEST_MESSAGE :]
    if kind == "memory":
        return _memory_error(limits)
    if kind == "network":
        return ChildError("refused", "The work was stopped because it tried to use the network.", detail)
    if kind == "file":
        return ChildError("output", f"The work was stopped at the limit of {limits.file_mb} MB for one file.", detail)
    logger.error("A child process failed.", extra={"detail": detail})
    name = str(given.get("name", "an error"))[:100]
    return ChildError("crash", f"The file could not be processed: the program stopped with {name}.", detail)


def _read_outputs(folder: Path, limits: Limits) -> dict[str, bytes]:
    outputs: dict[str, bytes] = {}
    room = limits.output_mb * MEGABYTE
    for path in sorted(folder.iterdir()):
        status = path.lstat()
        if not stat.S_ISREG(status.st_mode):
            continue
        room -= status.st_size
        if room < 0:
            raise ChildError("output", f"The files written are larger than the limit of {limits.output_mb} MB.")
        outputs[path.name] = path.read_bytes()
    return outputs


def _tail(path: Path) -> str:
    with path.open("rb") as stream:
        stream.seek(max(0, path.stat().st_size - 4 * _LONGEST_MESSAGE))
        return stream.read().decode("utf-8", "replace")


# ---- the child's side -------------------------------------------------------------------------


def serve(root: Path, parent: int) -> None:
    """Read the request in `root`, close every door, call the function, leave the answer.

    parent  the process that waits for the answer.
    """
    _die_with_parent(parent)
    request = json.loads((root / "request.json").read_text(encoding="utf-8"))
    network = _close_network()
    _limit(request)
    sys.addaudithook(_refuse_network)
    reply: dict[str, Any]
    try:
        module, _, name = request["entry"].partition(":")
        function = getattr(importlib.import_module(module), name)
        value = function(request["payload"], root / "work")
        text = json.dumps({"value": dict(value), "network": network}, allow_nan=False)
    except Refused as refusal:
        text = json.dumps({"refused": {"message": refusal.message, "where": refusal.where}})
    except MemoryError:
        text = json.dumps({"error": {"kind": "memory"}})
    except _NetworkRefusedError:
        text = json.dumps({"error": {"kind": "network", "detail": traceback.format_exc()}})
    except Exception as error:  # the last resort of the process: everything unexpected becomes one answer
        too_large = isinstance(error, OSError) and error.errno == 27  # EFBIG
        reply = {"kind": "file" if too_large else "crash", "name": type(error).__name__}
        text = json.dumps({"error": reply | {"detail": traceback.format_exc()[-4 * _LONGEST_MESSAGE :]}})
    with (root / "answer.json").open("w", encoding="utf-8") as stream:
        stream.write(text)


def _limit(request: Mapping[str, Any]) -> None:
    for kind, soft, hard in (
        (resource.RLIMIT_CORE, 0, 0),
        (resource.RLIMIT_CPU, request["cpu"], request["cpu"] + 2),
        (resource.RLIMIT_FSIZE, request["file"], request["file"]),
        (resource.RLIMIT_NOFILE, request["open_files"], request["open_files"]),
        (resource.RLIMIT_AS, request["memory"], request["memory"]),
    ):
        if soft is None:
            continue
        ceiling = resource.getrlimit(kind)[1]
        if ceiling != resource.RLIM_INFINITY:
            soft, hard = min(soft, ceiling), min(hard, ceiling)  # noqa: PLW2901  an outer limit may be lower
        with contextlib.suppress(ValueError, OSError):  # some systems know no RLIMIT_AS
            resource.setrlimit(kind, (soft, hard))


def limit_address_space(megabytes: int) -> None:
    """For a function started with `watch_resident` that finds it needs no such program after all."""
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (megabytes * MEGABYTE, megabytes * MEGABYTE))


def _die_with_parent(parent: int) -> None:
    """A parent that is killed can no longer watch the clock; the system then ends this process too.

    The signal is not given for a parent that was dead before it was asked for: such a child has another parent by
    now, and ends here. Asking between fork and exec would be no earlier for the caller, and is not safe where it has
    threads.
    """
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL))
    if os.getppid() != parent:
        sys.exit("Whoever asked for this work is gone.")


def _close_network() -> str:
    """Move into an empty network namespace when the system allows it; say which lock holds."""
    if not sys.platform.startswith("linux"):
        return "audit hook"
    unshare = getattr(ctypes.CDLL(None, use_errno=True), "unshare", None)
    if unshare is None:
        return "audit hook"
    if unshare(_CLONE_NEWNET) == 0:
        return "namespace"
    user, group = os.getuid(), os.getgid()
    if unshare(_CLONE_NEWUSER | _CLONE_NEWNET) != 0:
        return "audit hook"
    with contextlib.suppress(OSError):  # unmapped ids work too; mapped ones keep file listings readable
        Path("/proc/self/setgroups").write_text("deny", encoding="ascii")
        Path("/proc/self/uid_map").write_text(f"{user} {user} 1", encoding="ascii")
        Path("/proc/self/gid_map").write_text(f"{group} {group} 1", encoding="ascii")
    return "namespace"


class _NetworkRefusedError(PermissionError):
    pass


def _refuse_network(event: str, _arguments: tuple[Any, ...]) -> None:  # audit hooks get anything
    if event in _NETWORK_EVENTS:
        raise _NetworkRefusedError(f"{event} is refused: this process has no network.")


if __name__ == "__main__":
    # The module is imported by its name, so that its classes are the ones the functions raise.
    importlib.import_module("headway.documents.child").serve(Path(sys.argv[1]), int(sys.argv[2]))

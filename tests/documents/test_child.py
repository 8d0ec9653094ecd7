"""The limited child process: each limit holds and is named, and nothing leaks either way."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from headway.documents import child
from headway.documents.child import READ_LIMITS, ChildError, Refused, run

SAMPLES = "headway_child_samples"


@pytest.fixture(autouse=True)
def _samples_importable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent / "entries"))


@pytest.fixture
def listening_port():
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield server.getsockname()[1]


def test_answer_and_files_come_back_from_a_bare_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("HEADWAY_SECRET_KEY", "never to be seen")
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    given = tmp_path / "some.txt"
    given.write_bytes(b"hello")
    result = run(f"{SAMPLES}:echo", {"a": [1, "ü"]}, inputs={"given.txt": given})
    assert result.value["payload"] == {"a": [1, "ü"]}
    assert result.outputs == {"copy.txt": b"hello"}
    assert result.value["secret"] is None
    assert not result.value["django"]
    assert (result.value["threads"], result.value["cache"]) == ("1", str(tmp_path))
    assert result.network in {"namespace", "audit hook"}


def test_a_refusal_arrives_with_its_place():
    with pytest.raises(Refused) as caught:
        run(f"{SAMPLES}:refuse", {})
    refusal = caught.value
    assert (refusal.file, refusal.row, refusal.field, refusal.value) == ("h.csv", 17, "Date", "31.02.2026")
    assert str(refusal) == "Date '31.02.2026' does not exist. (file h.csv, row 17, field Date)"


def test_refused_knows_its_places_only():
    with pytest.raises(TypeError, match="colour"):
        Refused("No.", {"colour": "red"})


def _ends(pid: int) -> bool:
    """Whether a killed process is gone within a while: on a busy machine it is not at once."""
    for _ in range(2000):
        try:
            state = Path(f"/proc/{pid}/stat").read_text()
        except (FileNotFoundError, ProcessLookupError):
            return True
        if state.rpartition(")")[2].split()[0] in {"Z", "X"}:
            return True
        time.sleep(0.05)
    return False


def test_time_limit_kills_the_whole_group(tmp_path, monkeypatch):
    pid_file = tmp_path / "pid"

    def clock() -> float:
        """Late, once the child has started another."""
        return 1001.0 if pid_file.exists() and pid_file.read_text() else 0.0

    monkeypatch.setattr(child, "time", SimpleNamespace(monotonic=clock))
    with pytest.raises(ChildError, match="time limit of 1000 seconds") as caught:
        run(f"{SAMPLES}:sleep", {"pid_file": str(pid_file)}, limits=replace(READ_LIMITS, seconds=1000))
    assert caught.value.kind == "timeout"
    assert _ends(int(pid_file.read_text()))


def test_processor_time_limit_is_named():
    with pytest.raises(ChildError, match="1 seconds of processor time") as caught:
        run(f"{SAMPLES}:spin", {}, limits=replace(READ_LIMITS, seconds=250, cpu_factor=0))
    assert caught.value.kind == "timeout"


def test_memory_limit_is_named_at_the_limit_and_not_below():
    small = replace(READ_LIMITS, memory_mb=200)
    assert run(f"{SAMPLES}:swell", {"mb": 20}, limits=small).value == {"size": 2 * 20 * 1024 * 1024}
    with pytest.raises(ChildError, match="memory limit of 200 MB") as caught:
        run(f"{SAMPLES}:swell", {"mb": 150}, limits=small)
    assert caught.value.kind == "memory"


def test_resident_memory_of_the_group_is_watched():
    with pytest.raises(ChildError, match="memory limit of 150 MB"):
        run(f"{SAMPLES}:swell_in_a_grandchild", {}, limits=replace(READ_LIMITS, memory_mb=150, watch_resident=True))


def test_network_is_refused(listening_port):
    with pytest.raises(ChildError, match="network") as caught:
        run(f"{SAMPLES}:connect", {"port": listening_port})
    assert caught.value.kind == "refused"


def test_native_code_has_no_network_where_namespaces_are_allowed(listening_port):
    result = run(f"{SAMPLES}:connect_natively", {"port": listening_port})
    assert (result.value["code"] != 0) == (result.network == "namespace")


@pytest.mark.parametrize(
    ("name", "kind"), [("crash", "crash"), ("die", "crash"), ("missing", "crash"), ("not_json", "crash")]
)
def test_a_crash_is_one_sentence(name, kind):
    with pytest.raises(ChildError) as caught:
        run(f"{SAMPLES}:{name}", {})
    assert caught.value.kind == kind
    assert "Traceback" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_size_of_the_answer_is_limited():
    with pytest.raises(ChildError, match="limit of 2 MB") as caught:
        run(f"{SAMPLES}:talk_too_much", {}, limits=replace(READ_LIMITS, answer_mb=2))
    assert caught.value.kind == "output"


@pytest.mark.parametrize("limits", [replace(READ_LIMITS, output_mb=2), replace(READ_LIMITS, file_mb=2)])
def test_size_of_files_is_limited(limits):
    with pytest.raises(ChildError, match="limit of 2 MB") as caught:
        run(f"{SAMPLES}:write_too_much", {}, limits=limits)
    assert caught.value.kind == "output"


def test_links_left_behind_are_not_followed():
    assert run(f"{SAMPLES}:link_outside", {}).outputs == {}


def test_work_can_be_cancelled(tmp_path):
    with pytest.raises(ChildError) as caught:
        run(f"{SAMPLES}:sleep", {"pid_file": str(tmp_path / "pid")}, should_stop=lambda: True)
    assert caught.value.kind == "cancelled"


def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(Refused, match="not a regular file"):
        run(f"{SAMPLES}:echo", {}, inputs={"given.txt": tmp_path / "pipe"})


@pytest.mark.parametrize("name", ["../x", "a/b", "", "out"])
def test_input_names_are_plain(tmp_path, name):
    with pytest.raises(ValueError, match="plain file name"):
        run(f"{SAMPLES}:echo", {}, inputs={name: tmp_path})


def test_the_private_folder_is_removed(tmp_path, monkeypatch):
    monkeypatch.setattr(child.tempfile, "tempdir", str(tmp_path))
    with pytest.raises(Refused):
        run(f"{SAMPLES}:refuse", {})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Linux ends a child with its parent")
def test_a_killed_parent_takes_its_child_along(tmp_path):
    pid_file = tmp_path / "pid"
    code = f"from headway.documents.child import run; run('{SAMPLES}:announce', {{'pid_file': {str(pid_file)!r}}})"
    with subprocess.Popen([sys.executable, "-c", code]) as parent:
        while not (pid_file.exists() and pid_file.read_text()):
            assert parent.poll() is None
            time.sleep(0.01)
        parent.kill()
    assert _ends(int(pid_file.read_text())), "the child outlived its parent"


def test_a_child_whose_parent_died_before_it_was_ready_ends_at_once(tmp_path):
    """The parent's number that it is given is not that of its parent any more."""
    pid_file = tmp_path / "pid"
    root = tmp_path / "root"
    root.mkdir()
    child._prepare(root, f"{SAMPLES}:announce", {"pid_file": str(pid_file)}, {}, READ_LIMITS)
    gone = os.getpid() + 1
    done = subprocess.run(
        [sys.executable, "-m", "headway.documents.child", str(root), str(gone)],
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert "is gone" in done.stderr
    assert not pid_file.exists()
    assert not (root / "answer.json").exists()

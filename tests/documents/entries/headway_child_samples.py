"""Functions that the tests of the child process run in it, well and badly behaved ones."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from headway.documents.child import Refused


def echo(payload: dict[str, Any], folder: Path) -> dict[str, Any]:
    (folder / "out" / "copy.txt").write_bytes((folder / "given.txt").read_bytes())
    return {
        "payload": payload,
        "environment": sorted(os.environ),
        "django": "django" in sys.modules,
        "secret": os.environ.get("HEADWAY_SECRET_KEY"),
        "threads": os.environ["OPENBLAS_NUM_THREADS"],
        "cache": os.environ.get("NUMBA_CACHE_DIR"),
    }


def refuse(payload: dict[str, Any], folder: Path) -> dict[str, Any]:
    raise Refused(
        "Date '31.02.2026' does not exist.", {"file": "h.csv", "row": 17, "field": "Date", "value": "31.02.2026"}
    )


def sleep(payload: dict[str, Any], folder: Path) -> dict[str, Any]:
    Path(payload["pid_file"]).write_text(str(subprocess.Popen(["sleep", "600"]).pid))
    time.sleep(600)
    return {}


def spin(payload: dict[str, Any], folder: Path) -> dict[str, Any]:
    while True:
        pass


def swell(payload: dict[str, Any], folder: Path) -> dict[str, Any]:
    return {"size": len(bytearray(payload["mb"] * 1024 * 1024).hex())}


def swell_in_a_grandchild(payload: dict[str, Any], folder: Path) -> dict[str, Any]:
    subprocess.run([sys.executable, "-c", "import time; x = bytearray(300 * 1024 * 1024); time.sleep(30)"], check=True)
    return {}


def connect(payload: dict[str, Any], folder: Path) -> dict[str, Any]:
    socket.create_connection(("127.0.0.1", payload["port"]), 2)
    return {}


def connect_natively(payload: dict[str, Any], folder: Path) -> dict[str, Any]:
    code = f"import socket; socket.create_connection(('127.0.0.1', {payload['port']}), 2)"
    return {"code": subprocess.run([sys.executable, "-c", code], check=False, capture_output=True).returncode}


def crash(payload: dict[str, Any], folder: Path) -> dict[str, Any]:
    raise KeyError("inside")


def die(payload: dict[str, Any], folder: Path) -> dict[str, Any]:
    os.abort()


def talk_too_much(payload: dict[str, Any], folder: Path) -> dict[str, Any]:
    return {"text": "x" * (3 * 1024 * 1024)}


def write_too_much(payload: dict[str, Any], folder: Path) -> dict[str, Any]:
    (folder / "out" / "big").write_bytes(bytes(3 * 1024 * 1024))
    return {}


def link_outside(payload: dict[str, Any], folder: Path) -> dict[str, Any]:
    (folder / "out" / "link").symlink_to("/etc/passwd")
    return {}


def not_json(payload: dict[str, Any], folder: Path) -> dict[str, Any]:
    return {"value": float("nan")}


def announce(payload: dict[str, Any], folder: Path) -> dict[str, Any]:
    Path(payload["pid_file"]).write_text(str(os.getpid()))
    time.sleep(600)
    return {}

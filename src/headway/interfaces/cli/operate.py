"""The operator's commands: serve, worker, init, upgrade, backup, restore, release, doctor.

Each starts the program that does it in a process of its own, which loads Django; this module does
not. Not here: what they do (`headway.config`).
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from headway.interfaces.cli.output import Output


def add_to(parser: argparse.ArgumentParser) -> None:
    """Add the options of the command that the parser is named after."""
    name = parser.prog.split()[-1]
    _OPTIONS[name](parser)
    parser.set_defaults(run=_run, operation=name)


def _serve(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--host", help="address to listen on (default: this machine alone)")
    parser.add_argument("--port", type=int, help="default: PORT, else 8000")
    parser.add_argument("--workers", type=int, metavar="N", help="web workers (default: cores)")
    parser.add_argument("--no-jobs", action="store_true", help="run no job workers here (they run elsewhere)")


def _worker(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--queues", help="comma-separated: default, long (default: both)")


def _nothing_more(_parser: argparse.ArgumentParser) -> None:
    """A command without options of its own."""


def _file(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE")


def _restore(parser: argparse.ArgumentParser) -> None:
    _file(parser)
    parser.add_argument("--recovery-key-file", type=Path, metavar="K", help="the key that was kept apart")


_OPTIONS: dict[str, Callable[[argparse.ArgumentParser], None]] = {
    "serve": _serve,
    "worker": _worker,
    "init": _nothing_more,
    "upgrade": _nothing_more,
    "backup": _file,
    "restore": _restore,
    "release": _nothing_more,
    "doctor": _nothing_more,
}
# Those that run until told to end take this process's place, so that signals reach them.
_LASTING = {"serve": "headway.config.serve", "worker": "headway.config.worker"}


def _run(given: argparse.Namespace, out: Output) -> int:
    lasting = _LASTING.get(given.operation)
    if lasting is not None:
        command = [sys.executable, "-m", lasting, *_given_options(given)]
        os.execv(sys.executable, command)  # noqa: S606 - a fixed program with checked options
    command = [sys.executable, "-m", "headway.config.operations", given.operation, *_json(out), *_given_options(given)]
    return subprocess.run(command, check=False).returncode


def _json(out: Output) -> list[str]:
    return ["--json"] if out.as_json else []


def _given_options(given: argparse.Namespace) -> list[str]:
    """The options of the command line again, as the program behind it takes them."""
    options: list[str] = []
    for name in ("host", "port", "workers", "queues", "recovery_key_file"):
        value = getattr(given, name, None)
        if value is not None:
            options += [f"--{name.replace('_', '-')}", str(value)]
    if getattr(given, "no_jobs", False):
        options.append("--no-jobs")
    if getattr(given, "file", None) is not None:
        options += ["--", str(given.file)]
    return options

"""The entry of the `headway` program: chooses a command, and turns every failure into one message.

Exit status: 0 done, 1 refused or failed, 2 wrong usage or bad input; never a traceback. Starting is
fast because only the chosen command's module is imported. Not here: the commands.
"""

from __future__ import annotations

import argparse
import gc
import importlib
import io
import logging
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NoReturn

import headway
from headway.documents.child import ChildError, Refused
from headway.engine.compiling import is_compiling
from headway.engine.plan import PlanError
from headway.interfaces.cli import generated, listing
from headway.interfaces.cli.output import DONE, FAILED, WRONG_USE, Output
from headway.kernel.errors import HeadwayError

logger = logging.getLogger(__name__)

# name -> (module, what it does in one line)
COMMANDS: Mapping[str, tuple[str, str]] = {
    "plan": ("headway.interfaces.cli.plan", "read, schedule, compare, convert and diff plan files"),
    "serve": ("headway.interfaces.cli.operate", "serve the workspace and run its jobs"),
    "worker": ("headway.interfaces.cli.operate", "run background jobs only"),
    "init": ("headway.interfaces.cli.operate", "make the data folder and the database"),
    "upgrade": ("headway.interfaces.cli.operate", "back up, then bring the database to this version"),
    "backup": ("headway.interfaces.cli.operate", "write one verified backup file"),
    "restore": ("headway.interfaces.cli.operate", "put a backup in the place of the present state"),
    "release": ("headway.interfaces.cli.operate", "let mail, webhooks and schedules go that a restore holds"),
    "doctor": ("headway.interfaces.cli.operate", "check everything and say what to mend"),
    "log": ("headway.interfaces.cli.log", "log hours by one line of words, or propose the meetings of a calendar"),
    "import": ("headway.interfaces.cli.import_files", "take plan and hours files into a project, and undo it"),
    "export": ("headway.interfaces.cli.export", "write a project's plan to a file for other programs"),
    "report": ("headway.interfaces.cli.report", "write a report of a project to a file"),
    "user": ("headway.interfaces.cli.accounts", "add users, set passwords, list them"),
    "token": ("headway.interfaces.cli.accounts", "make access tokens for programs"),
    "mcp": ("headway.interfaces.cli.mcp", "give an agent the use cases as tools, over standard input and output"),
    "demo": ("headway.interfaces.cli.demo", "load the demo, or a large portfolio, into an empty workspace"),
    "version": ("headway.interfaces.cli.version", "say which version this is, and of what"),
}

_MOST_FAULTS = 20
_SELDOM = 50_000, 20, 50  # a large plan is few cycles and many objects: looking at them again and again takes a fifth
_STATUS_OF_EXIT = {FAILED: 500, WRONG_USE: 422}


class UsageError(Exception):
    """The command line itself is wrong; the message says how, `usage` what is right."""

    def __init__(self, message: str, usage: str) -> None:
        super().__init__(message)
        self.usage = usage


class Parser(argparse.ArgumentParser):
    """An argument parser whose errors become our one message."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(message, self.format_usage().strip())


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command line; give its exit status."""
    if argv is None:
        for stream in (sys.stdout, sys.stderr):  # a file name may hold what the terminal's encoding cannot
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(encoding="utf-8", errors="backslashreplace")
        gc.set_threshold(*_SELDOM)
    arguments = list(sys.argv[1:] if argv is None else argv)
    as_json, arguments = _take_json(arguments)
    out = Output(as_json)
    try:
        status = _run(arguments, out)
        out.stdout.flush()
    except BrokenPipeError:  # the reader of our output has gone: nobody is left to tell
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    if argv is None and is_compiling():
        _leave(status)
    return status


def _leave(status: int) -> NoReturn:
    """End at once while code is still being compiled; a process of its own compiles it for the next time."""
    quiet = subprocess.DEVNULL
    command = [sys.executable, "-m", "headway.engine._compiled"]
    subprocess.Popen(command, stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)  # the interpreter's own leave would wait for the compiler


def _take_json(arguments: list[str]) -> tuple[bool, list[str]]:
    """Whether --json is given, anywhere before `--`, and the arguments without it."""
    end = arguments.index("--") if "--" in arguments else len(arguments)
    before = [argument for argument in arguments[:end] if argument != "--json"]
    return len(before) < end, before + arguments[end:]


def _run(arguments: list[str], out: Output) -> int:
    try:
        parser = _parser(arguments)
        parsed = parser.parse_args(arguments)
        run: Callable[[argparse.Namespace, Output], int] | None = getattr(parsed, "run", None)
        if run is None:
            raise UsageError("a command is missing", parser.format_usage().strip())
        return run(parsed, out)
    except SystemExit as done:  # argparse ends so after --help and --version
        return done.code if isinstance(done.code, int) else DONE
    except BrokenPipeError:
        raise
    except KeyboardInterrupt:
        return _fail(out, FAILED, "interrupted", "Interrupted; nothing was written.")
    except UsageError as error:
        return _fail(out, WRONG_USE, "usage", f"{str(error).rstrip('.')}.\n{error.usage}")
    except Refused as error:
        return _refused(out, error)
    except PlanError as error:
        return _fail(out, WRONG_USE, "plan", str(error), {"uids": list(error.uids)} if error.uids else {})
    except ChildError as error:
        logger.debug("A child process failed.", extra={"detail": error.detail})
        return _fail(out, FAILED, error.kind, str(error))
    except HeadwayError as error:
        out.fail(error.message, error.as_problem())
        return error.exit_status
    except OSError as error:
        where = {"file": str(error.filename)} if error.filename else {}
        return _fail(out, FAILED, "file", f"{error.strerror or error}: {error.filename or ''}".rstrip(": "), where)
    except Exception as error:  # the last resort: a fault of the program is told in one line too
        logger.debug("The command failed unexpectedly.", exc_info=True)
        return _fail(
            out, FAILED, "fault", f"The program itself failed ({type(error).__name__}: {error}). Please report it."
        )


def _refused(out: Output, error: Refused) -> int:
    """A table's refusal carries all its faults in `errors`; any other one has a single place."""
    faults = getattr(error, "errors", ())
    for fault in faults[:_MOST_FAULTS]:
        out.note(str(fault))
    places = [fault.as_json() for fault in faults] or [error.where]
    return _fail(out, WRONG_USE, "refused", str(error), *places)


def _fail(out: Output, status: int, code: str, message: str, *places: Mapping[str, Any]) -> int:
    problem = {
        "type": "about:blank",
        "title": "Wrong usage or input" if status == WRONG_USE else "Not done",
        "status": _STATUS_OF_EXIT[status],
        "code": code,
        "detail": message,
    }
    errors = [dict(place) for place in places if place]
    out.fail(message, problem | ({"errors": errors} if errors else {}))
    return status


def _parser(arguments: Sequence[str]) -> Parser:
    """The parser of the whole program, with only the chosen command's own part filled in."""
    parser = Parser(prog="headway", description="The associate project manager, as software.")
    parser.add_argument("--version", action="version", version=f"headway {headway.__version__}")
    parser.add_argument("--json", action="store_true", help="one JSON document on standard output (every command)")
    commands = parser.add_subparsers(metavar="COMMAND", parser_class=Parser)
    chosen = next((argument for argument in arguments if not argument.startswith("-")), None)
    for name, (module, help_text) in COMMANDS.items():
        command = commands.add_parser(name, help=help_text, description=f"{help_text[:1].upper()}{help_text[1:]}.")
        if name == chosen:
            importlib.import_module(module).add_to(command)
    for name, area in listing.areas().items():
        command = commands.add_parser(name, help=_lowered(area["about"]), description=f"{area['about']}.")
        if name == chosen:
            generated.add_to(command, name)
    return parser


def _lowered(text: str) -> str:
    return text[:1].lower() + text[1:]


if __name__ == "__main__":
    sys.exit(main())

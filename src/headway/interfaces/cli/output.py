"""How the command line answers: one JSON document or text, progress, one message per error.

Not here: which command runs (`main.py`).
"""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, TextIO

DONE, FAILED, WRONG_USE = 0, 1, 2
_SILENT_SECONDS = 1.0


@dataclass
class Output:
    """Where a command's answer goes.

    as_json  one JSON document on standard output, and nothing else there.
    """

    as_json: bool = False
    stdout: TextIO = field(default_factory=lambda: sys.stdout)
    stderr: TextIO = field(default_factory=lambda: sys.stderr)

    def answer(self, document: Any, lines: Iterable[str] = ()) -> None:
        """The command's one answer: the document with --json, else the lines."""
        if self.as_json:
            self.stdout.write(json.dumps(document, ensure_ascii=False, allow_nan=False) + "\n")
        else:
            self.stdout.writelines(f"{line}\n" for line in lines)
        self.stdout.flush()

    def note(self, message: str) -> None:
        """A remark beside the answer, on standard error."""
        self.stderr.write(f"{message}\n")
        self.stderr.flush()

    def fail(self, message: str, problem: Mapping[str, Any]) -> None:
        """The command's one error: the message on standard error, with --json also the problem object."""
        self.note(f"headway: {message}")
        if self.as_json:
            self.stdout.write(json.dumps(dict(problem), ensure_ascii=False, allow_nan=False) + "\n")
            self.stdout.flush()

    @contextmanager
    def progress(self, message: str) -> Iterator[None]:
        """Show `message` and the seconds gone, from the first second on, when a terminal is attached."""
        if not self.stderr.isatty():
            yield
            return
        with _Ticker(self.stderr, message):
            yield


class _Ticker:
    def __init__(self, stream: TextIO, message: str) -> None:
        self._stream = stream
        self._message = message
        self._ended = threading.Event()
        self._shown = False
        self._thread = threading.Thread(target=self._tick, daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._ended.set()
        self._thread.join()
        if self._shown:
            self._stream.write("\r\x1b[K")
            self._stream.flush()

    def _tick(self) -> None:
        begun = time.monotonic()
        while not self._ended.wait(_SILENT_SECONDS):
            self._shown = True
            self._stream.write(f"\r{self._message} {time.monotonic() - begun:.0f} s")
            self._stream.flush()


def table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """Lines of a table whose columns are as wide as their widest cell; numbers stand right."""
    cells = [[_shown(cell) for cell in row] for row in rows]
    widths = [max(len(head), *(len(row[i]) for row in cells)) if cells else len(head) for i, head in enumerate(heads)]
    right = [bool(cells) and all(_is_number(row[i]) for row in cells) for i in range(len(heads))]
    for line in [list(heads), ["-" * width for width in widths], *cells]:
        padded = [
            cell.rjust(width) if to_right else cell.ljust(width)
            for cell, width, to_right in zip(line, widths, right, strict=True)
        ]
        yield "  ".join(padded).rstrip()


def _shown(cell: object) -> str:
    text = "" if cell is None else str(cell)
    return "".join(letter if letter.isprintable() else "·" for letter in text)


def _is_number(cell: str) -> bool:
    return cell == "" or cell.lstrip("-").replace(".", "", 1).isdigit()

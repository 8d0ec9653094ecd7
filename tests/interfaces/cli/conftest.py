"""The command line in this process, on the tests' database."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from headway.interfaces.cli.main import main
from headway.kernel.context import Context


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output as the one JSON document it must be."""
        return json.loads(self.out)


Run = Callable[..., Ended]


@pytest.fixture
def headway(house: Callable[[str], Context], capsys: pytest.CaptureFixture[str], monkeypatch: Any) -> Run:
    """Run one command line in a house with a user for each role; `stdin` is what it may read."""
    monkeypatch.delenv("HEADWAY_TOKEN", raising=False)

    def run(*arguments: str, stdin: str = "", token: str = "") -> Ended:
        if token:
            monkeypatch.setenv("HEADWAY_TOKEN", token)
        else:
            monkeypatch.delenv("HEADWAY_TOKEN", raising=False)
        monkeypatch.setattr("sys.stdin", io.StringIO(stdin))
        capsys.readouterr()
        status = main(arguments)
        said = capsys.readouterr()
        return Ended(status, said.out, said.err)

    return run

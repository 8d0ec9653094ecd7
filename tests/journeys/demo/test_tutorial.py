"""Every command of the demo's tutorial does what the page says."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from headway.interfaces.cli import describe, listing
from headway.interfaces.cli.main import main
from headway.journeys.demo import DemoUser

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
PAGE = (Path(__file__).parents[3] / "docs" / "tutorials" / "a-first-day-with-the-demo.md").read_text(encoding="utf-8")
COMMANDS = [
    line for block in re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL) for line in block.splitlines() if line.strip()
]


@pytest.fixture
def present_listing(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The commands as the registry has them now, whether or not the kept listing was renewed."""
    path = tmp_path_factory.mktemp("listing") / "listing.json"
    path.write_text(json.dumps(describe.listing()), encoding="utf-8")
    monkeypatch.setattr(listing, "PATH", path)
    listing.areas.cache_clear()
    yield
    listing.areas.cache_clear()


def test_the_page_names_commands_and_people_of_the_demo(users: tuple[DemoUser, ...]) -> None:
    assert len(COMMANDS) >= 6
    assert set(re.findall(r"[\w.]+@[\w.]+\.example", PAGE)) <= {user.email for user in users}


@pytest.mark.parametrize("command", [line for line in COMMANDS if " demo " not in line])
def test_a_command_of_the_page_answers(
    users: tuple[DemoUser, ...],
    present_listing: None,
    command: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.delenv("HEADWAY_TOKEN", raising=False)
    monkeypatch.chdir(tmp_path)
    program, *arguments = shlex.split(command)
    assert program == "headway"
    status = main(arguments)
    said = capsys.readouterr()
    assert (status, said.err) == (0, ""), said.err
    written = [path for path in tmp_path.iterdir() if path.stat().st_size]
    assert said.out or written


@pytest.mark.parametrize("command", [line for line in COMMANDS if " demo " in line])
def test_no_demo_is_loaded_into_a_house_with_people(users: tuple[DemoUser, ...], command: str) -> None:
    assert main(shlex.split(command)[1:]) == 1

"""Renews what is generated from the use cases and kept in the repository: `python -m tools.snapshots`.

The listing of commands that the program's help reads, the reference pages, and the snapshots that show a
reviewer what a change does to the API, the command line and MCP. A test compares each with the registry.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "headway.config.settings.test")
django.setup()

from headway.interfaces.api import openapi  # noqa: E402 - the registry is full only after django.setup()
from headway.interfaces.cli import describe, listing  # noqa: E402
from headway.interfaces.cli.main import COMMANDS  # noqa: E402
from headway.interfaces.mcp import tools  # noqa: E402
from tools import reference  # noqa: E402

ROOT = Path(__file__).resolve().parents[1]
SNAPSHOTS = ROOT / "tests" / "house" / "snapshots"
PAGES = ROOT / "docs" / "reference"


def _as_text(value: Any) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False) + "\n"


def _command_line() -> dict[str, Any]:
    """Each command with its options, in a line a reviewer can read."""
    areas = describe.listing()["areas"]
    return {
        "commands": {name: about for name, (_, about) in COMMANDS.items()},
        "generated": {
            f"{area} {verb}": " ".join(_usage(option) for option in said["options"])
            for area, row in areas.items()
            for verb, said in row["verbs"].items()
        },
    }


def _usage(option: dict[str, Any]) -> str:
    text = "--" + option["name"].replace("_", "-") + (" …" if option.get("many") else "")
    return text if option["required"] else f"[{text}]"


def generated() -> dict[Path, Callable[[], str]]:
    """Every generated file and what makes its text."""
    return {
        listing.PATH: lambda: _as_text(describe.listing()),
        SNAPSHOTS / "openapi.json": lambda: _as_text(openapi.document()),
        SNAPSHOTS / "mcp.json": lambda: _as_text(list(tools.listing())),
        SNAPSHOTS / "cli.json": lambda: _as_text(_command_line()),
        PAGES / "api.md": lambda: reference.api(openapi.document()),
        PAGES / "command-line.md": lambda: reference.command_line(describe.listing()["areas"]),
    }


def main() -> None:
    """Write all of them."""
    for path, text in generated().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text(), encoding="utf-8")
        print(path.relative_to(ROOT))


if __name__ == "__main__":
    main()

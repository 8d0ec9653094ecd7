"""The templates that come with the programme: one file each in `ready/`, readable by a planner."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from headway.areas.method.outline import TemplateFile, read_file

FOLDER = Path(__file__).parent / "ready"


@cache
def ready_made() -> Mapping[str, TemplateFile]:
    """Every ready-made template by the name of its file, in the order of their names."""
    found = {path.stem: read_file(path.read_text(encoding="utf-8")) for path in FOLDER.glob("*.toml")}
    return dict(sorted(found.items(), key=lambda item: item[1].name))

"""The addresses of the workspace's own style sheets and scripts: each carries the version of what it gives.

So a browser may keep them for a year, and asks anew after an upgrade. Files are served from the package as they were
built, compressed beside plain; fonts, which the style sheet names, keep their plain address.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from django.contrib.staticfiles.storage import StaticFilesStorage

_FOLDER = "dist/"
_SHOWN = 10


@cache
def _digests() -> Mapping[str, str]:
    manifest = Path(__file__).parent / "static" / _FOLDER / "manifest.json"
    found: dict[str, str] = json.loads(manifest.read_text(encoding="utf-8"))["outputs"]
    return found


class VersionedFiles(StaticFilesStorage):
    """Django's static files with a version in the address of what `make assets` built."""

    def url(self, name: str | None) -> str:
        """The address of a file; of a built one with `?v=` and the beginning of its digest."""
        plain = super().url(name)
        digest = _digests().get((name or "").removeprefix(_FOLDER), "")
        return plain if not digest or plain.endswith(".woff2") else f"{plain}?v={digest[:_SHOWN]}"

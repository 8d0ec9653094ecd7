"""The workspace's own style sheets and scripts: each address carries the version of what it gives.

So a browser may keep them for a year, and asks anew after an upgrade. Files are served from the package as they were
built, compressed beside plain; fonts, which the style sheet names, keep their plain address. A build under a running
server is noticed: files are sent with the length that they have now, under the address of their new version.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.contrib.staticfiles.storage import StaticFilesStorage
from django.http import HttpRequest, HttpResponse
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.responders import MissingFileError

_FOLDER = "dist/"
_MANIFEST = Path(__file__).parent / "static" / _FOLDER / "manifest.json"
_SHOWN = 10

# When a file and the compressed one beside it were written, and their lengths; None = is not there.
_Stamp = tuple[tuple[int, int] | None, tuple[int, int] | None]


class _Build:
    """The versions that were read last, and when they were written."""

    written: tuple[int, int] | None = None
    digests: Mapping[str, str] = {}


def _digests() -> Mapping[str, str]:
    now = _written(_MANIFEST)
    if now is not None and now != _Build.written:
        try:
            _Build.digests = json.loads(_MANIFEST.read_text(encoding="utf-8"))["outputs"]
        except (FileNotFoundError, ValueError):
            return _Build.digests  # a build is at it: the next page reads what it wrote
        _Build.written = now
    return _Build.digests


def _written(path: str | Path) -> tuple[int, int] | None:
    try:
        stat = os.stat(path)
    except FileNotFoundError:
        return None
    return stat.st_mtime_ns, stat.st_size


def _stamp(path: str) -> _Stamp:
    return _written(path), _written(f"{path}.gz")


class VersionedFiles(StaticFilesStorage):
    """Django's static files with a version in the address of what `make assets` built."""

    def url(self, name: str | None) -> str:
        """The address of a file; of a built one with `?v=` and the beginning of its digest."""
        plain = super().url(name)
        digest = _digests().get((name or "").removeprefix(_FOLDER), "")
        return plain if not digest or plain.endswith(".woff2") else f"{plain}?v={digest[:_SHOWN]}"


class ServedFiles(WhiteNoiseMiddleware):  # type: ignore[misc]  # the library has no types
    """The files that were there at the start, as they are now; one that is gone is not found."""

    def __init__(self, get_response: Any) -> None:
        self._known: dict[str, tuple[str, _Stamp]] = {}
        super().__init__(get_response)

    def add_file_to_dictionary(
        self, url: str, path: str, stat_cache: Mapping[str, os.stat_result] | None = None
    ) -> None:
        """Know a file by its address, and what it was like."""
        self._known[url] = (path, _stamp(path))
        super().add_file_to_dictionary(url, path, stat_cache=stat_cache)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The file of this address, looked at anew where it was written again; else the page."""
        known = self._known.get(request.path_info)
        if known is not None and known[1] != _stamp(known[0]):
            self._look_again(request.path_info, known[0])
        answer: HttpResponse = super().__call__(request)
        return answer

    def _look_again(self, url: str, path: str) -> None:
        self.files.pop(url, None)
        try:
            self.add_file_to_dictionary(url, path)
        except MissingFileError:
            self._known[url] = (path, (None, None))

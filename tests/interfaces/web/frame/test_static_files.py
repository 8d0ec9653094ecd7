"""Built files are served as they are now, also where they were built again under a running server."""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from headway.interfaces.web import static_files
from headway.interfaces.web.static_files import ServedFiles, VersionedFiles

ADDRESS = "/static/one.js"


def written(path: Path, text: str, *, at: int, packed: bool = True) -> None:
    path.write_text(text)
    os.utime(path, (at, at))
    if packed:
        Path(f"{path}.gz").write_bytes(gzip.compress(text.encode(), mtime=0))
        os.utime(f"{path}.gz", (at, at))


def body(answer: HttpResponse) -> bytes:
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
    assert answer.status_code != 200 or int(answer.headers["Content-Length"]) == len(content)
    return content


@pytest.fixture
def served(tmp_path: Path) -> ServedFiles:
    written(tmp_path / "one.js", "let first = 1;" * 40, at=1_000)
    middleware = ServedFiles(lambda request: HttpResponse("no such page", status=404))
    middleware.add_file_to_dictionary(ADDRESS, str(tmp_path / "one.js"))
    return middleware


def asked(*, packed: bool = False) -> HttpRequest:
    return RequestFactory().get(ADDRESS, headers={"Accept-Encoding": "gzip"} if packed else {})


def test_a_file_built_again_is_sent_whole(served: ServedFiles, tmp_path: Path) -> None:
    assert body(served(asked())) == b"let first = 1;" * 40
    written(tmp_path / "one.js", "let second = 2;" * 90, at=2_000)
    assert body(served(asked())) == b"let second = 2;" * 90
    assert gzip.decompress(body(served(asked(packed=True)))) == b"let second = 2;" * 90


def test_a_file_whose_compressed_form_is_gone_is_sent_plain(served: ServedFiles, tmp_path: Path) -> None:
    (tmp_path / "one.js.gz").unlink()
    assert body(served(asked(packed=True))) == b"let first = 1;" * 40


def test_a_file_that_is_gone_is_not_found_until_it_is_there_again(served: ServedFiles, tmp_path: Path) -> None:
    for name in ("one.js", "one.js.gz"):
        (tmp_path / name).unlink()
    assert served(asked()).status_code == 404
    written(tmp_path / "one.js", "let third = 3;", at=3_000)
    assert body(served(asked())) == b"let third = 3;"


def test_the_address_carries_the_version_of_the_newest_build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    manifest = tmp_path / "manifest.json"
    monkeypatch.setattr(static_files, "_MANIFEST", manifest)
    files = VersionedFiles(location=tmp_path, base_url="/static/")
    written(manifest, '{"outputs": {"app.js": "aaaaaaaaaaaaaa"}}', at=1_000, packed=False)
    assert files.url("dist/app.js") == "/static/dist/app.js?v=aaaaaaaaaa"
    written(manifest, '{"outputs": {"app.js', at=2_000, packed=False)
    assert files.url("dist/app.js") == "/static/dist/app.js?v=aaaaaaaaaa", "half written"
    written(manifest, '{"outputs": {"app.js": "bbbbbbbbbbbbbb"}}', at=3_000, packed=False)
    assert files.url("dist/app.js") == "/static/dist/app.js?v=bbbbbbbbbb"

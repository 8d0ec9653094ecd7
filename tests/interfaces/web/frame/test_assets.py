"""The built files are those of the sources, carry no outside host, and hold every icon that a template names."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[4]
WEB = ROOT / "src/headway/interfaces/web"
DIST = WEB / "static/dist"
TEMPLATES = sorted((WEB / "templates").rglob("*.html"))
MANIFEST: dict[str, Any] = json.loads((DIST / "manifest.json").read_text(encoding="utf-8"))
NAMESPACE = "http://www.w3.org/"


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_no_source_has_changed_since_the_last_build() -> None:
    found = {str(path.relative_to(ROOT)): digest(path) for path in (ROOT / "assets").rglob("*") if path.is_file()}
    found |= {name: digest(ROOT / name) for name in ("package.json", "package-lock.json")}
    assert found == MANIFEST["sources"], "assets/ has changed: run `make assets` and commit static/dist"


def test_every_built_file_is_the_one_the_build_wrote() -> None:
    found = {str(path.relative_to(DIST)): digest(path) for path in DIST.rglob("*") if path.is_file()}
    found.pop("manifest.json")
    assert found == MANIFEST["outputs"]


def test_every_text_is_there_compressed_too() -> None:
    texts = [name for name in MANIFEST["outputs"] if not name.endswith((".woff2", ".gz"))]
    assert texts
    for name in texts:
        assert gzip.decompress((DIST / f"{name}.gz").read_bytes()) == (DIST / name).read_bytes()


@pytest.mark.skipif(
    not shutil.which("node") or not (ROOT / "node_modules").is_dir(), reason="Node and its packages are not here"
)
def test_a_new_build_gives_the_same_bytes() -> None:
    done = subprocess.run(
        ["node", "assets/build.mjs", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", sorted(name for name in MANIFEST["outputs"] if not name.endswith((".woff2", ".gz"))))
def test_no_built_file_names_an_outside_host(name: str) -> None:
    text = (DIST / name).read_text(encoding="utf-8").replace(NAMESPACE, "")
    assert re.findall(r"(?:https?:|wss?:)//[\w.-]+|url\(\s*[\"']?//", text) == []


def test_no_page_names_a_class_whose_rules_were_left_out() -> None:
    sources = [*WEB.rglob("*.html"), *WEB.rglob("*.py"), *(ROOT / "assets/ts").rglob("*.ts")]
    named = {word for path in sources for word in re.findall(r"[\w-]+", path.read_text(encoding="utf-8"))}
    left_out = set(MANIFEST["left_out"].split())
    assert len(left_out) > 1000
    assert named & left_out == set(), "a page names a class of Tabler that was not needed before: run `make assets`"


def test_no_lock_names_a_host() -> None:
    assert "://" not in (ROOT / "package-lock.json").read_text(encoding="utf-8")


def test_all_versions_are_exact() -> None:
    wanted = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))["devDependencies"]
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in wanted.values())
    assert wanted["htmx.org"] == "4.0.1"


def test_every_icon_named_in_a_template_is_in_the_sprite() -> None:
    symbols = set(re.findall(r'<symbol id="([\w-]+)"', (DIST / "icons.svg").read_text(encoding="utf-8")))
    named: set[str] = set()
    for path in TEMPLATES:
        for written in re.findall(r'<c-icon name="([^"]*)"', path.read_text(encoding="utf-8")):
            parts = re.split(r"\{[%{].*?[%}]\}", written)
            named |= {part for part in parts if part and not part.endswith("-")}
    assert named
    assert named <= symbols


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_templates_hold_nothing_that_the_content_policy_refuses(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert re.findall(r"\sstyle\s*=|\son[a-z]+\s*=|javascript:|hx-on|js:|<style", text) == []
    scripts = re.findall(r"<script[^>]*>", text)
    assert all("src=" in tag or 'type="application/json"' in tag for tag in scripts)  # data is no script
    assert "|safe" not in text

"""The gallery's addresses and templates, and a browser for the tests that look."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.interfaces.web.frame import gallery

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@pytest.fixture(autouse=True)
def with_gallery(settings: Any) -> None:
    """The gallery is served beside the sign-in pages, and nothing else: the frame is tested by itself."""
    settings.ROOT_URLCONF = gallery.__name__
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [str(gallery.TEMPLATES)]}]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium; the test is skipped, saying so, where there is none."""
    if CHROMIUM is None:
        pytest.skip("Chromium is not on this machine")
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield opened
        opened.close()
    if before is None:
        os.environ.pop("DJANGO_ALLOW_ASYNC_UNSAFE")

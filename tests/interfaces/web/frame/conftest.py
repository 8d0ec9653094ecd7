"""The gallery's addresses and templates, and a browser for the tests that look."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.template import engines
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


@pytest.fixture
def with_gallery(settings: Any) -> Iterator[None]:
    """The gallery is served beside the sign-in pages."""
    settings.ROOT_URLCONF = gallery.__name__
    settings.TEMPLATES = [{**django_settings.TEMPLATES[0], "DIRS": [str(gallery.TEMPLATES)]}]
    engines._templates = None
    engines.__dict__.pop("templates", None)
    engines._engines.clear()
    yield
    engines.__dict__.pop("templates", None)
    engines._engines.clear()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium; the test is skipped, saying so, where there is none."""
    if CHROMIUM is None:
        pytest.skip("Chromium is not on this machine")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield opened
        opened.close()
        os.environ.pop("DJANGO_ALLOW_ASYNC_UNSAFE")

"""The gallery's addresses and templates, for the tests of the frame alone."""

from __future__ import annotations

from typing import Any

import pytest

from tests.interfaces.web.frame import gallery


@pytest.fixture(autouse=True)
def with_gallery(settings: Any) -> None:
    """The gallery is served beside the sign-in pages, and nothing else: the frame is tested by itself."""
    settings.ROOT_URLCONF = gallery.__name__
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [str(gallery.TEMPLATES)]}]

"""Looking at pages finds what is wrong in either theme, also beside text of a kind that was fine before."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.interfaces.web import looking
from tests.interfaces.web.looking import faults

pytestmark = pytest.mark.browser

PAGE = """<!doctype html><html lang="en"><head><title>Sheet</title><style>
  :root { color-scheme: light dark } body { background: light-dark(#fff, #111); color: light-dark(#222, #eee) }
  .faint { color: light-dark(#222, #333) } .over { position: absolute; top: 9em } .bar { background: #333 }
</style></head><body><main><h1>Sheet</h1>%s</main></body></html>"""


@pytest.fixture(autouse=True)
def nothing_was_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a run that begins."""
    monkeypatch.setattr(looking, "_passed", {"light": set(), "dark": set()})


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    """A page to be filled."""
    opened = browser.new_page()
    yield opened
    opened.close()


def test_colours_are_judged_in_both_themes_and_others_rules_once(page: Page) -> None:
    page.set_content(PAGE % "<p>Fine</p><p class=faint>Faint at night</p><img src=x>")
    assert [fault[:24] for fault in faults(page)] == ['image-alt: <img src="x">'[:24], "dark: color-contrast: <p"]
    page.set_content(PAGE % "<p>Fine</p>")
    assert faults(page) == []


def test_text_of_a_kind_that_passed_is_not_asked_about_again_unless_its_colours_or_ground_change(page: Page) -> None:
    page.set_content(PAGE % "<p>Fine</p>")
    assert faults(page) == []
    kinds = {theme: set(passed) for theme, passed in looking._passed.items()}
    assert [len(passed) for passed in kinds.values()] == [2, 2]  # a heading and a paragraph
    page.set_content(PAGE % "<p>Fine too</p>")
    assert faults(page) == []
    assert looking._passed == kinds
    page.set_content(PAGE % "<p class=bar>On another ground</p>")
    assert [fault[:33] for fault in faults(page)] == ['light: color-contrast: <p class="']


def test_text_that_floats_over_something_is_asked_about_every_time(page: Page) -> None:
    page.set_content(PAGE % "<p>Fine</p><p class=over>Fine there</p>")
    assert faults(page) == []
    page.set_content(PAGE % "<div class=bar style='height: 20em'></div><p class=over>Not fine on the bar</p>")
    assert [fault[:30] for fault in faults(page)] == ["light: color-contrast: <p clas"]


def test_text_that_nobody_sees_says_nothing_of_text_like_it(page: Page) -> None:
    page.set_content(PAGE % "<p class=bar style='position: relative; left: -200em'>Out of the window</p>")
    assert faults(page) == []
    page.set_content(PAGE % "<p class=bar style='position: relative'>In the window</p>")
    assert [fault[:30] for fault in faults(page)] == ["light: color-contrast: <p clas"]

"""Looking at a page as it stands in the browser: accessible in both themes, and not wider than its window."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import axe_playwright_python
from playwright.sync_api import Page

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
# A change of theme reaches the page some frames later, and colours fade: measured is what stands then.
SETTLED = """(async () => {
  const within = wait => Promise.race([wait, new Promise(late => setTimeout(late, 500))]);  // some never end
  for (let turn = 0; turn < 2; turn += 1) {
    await within(new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn))));
    await within(Promise.allSettled(document.getAnimations().map(fading => fading.finished)));
  }
})()"""
COLOUR_RULES = ["color-contrast", "link-in-text-block"]
COLOURS = Path(__file__).with_suffix(".js").read_text(encoding="utf-8")
# The rules that do not look at colours, which are the same in both themes.
RULES = """async (colours) => {
  const rules = Object.fromEntries(colours.map((rule) => [rule, { enabled: false }]));
  return (await axe.run({ resultTypes: ["violations"], rules })).violations;
}"""
PICTURES = os.environ.get("HEADWAY_PICTURES", "")
# The kinds of text whose colours axe has passed in this run, by theme.
_passed: dict[str, set[str]] = {"light": set(), "dark": set()}


def faults(page: Page) -> list[str]:
    """What axe finds in both themes, one line a fault: all rules in the light one, and those for colours in the dark.

    Evaluated from outside the page, so the content policy stays as it is.
    """
    page.wait_for_load_state()  # of a page that a press has just opened: its style sheets may still be on their way
    page.emulate_media(color_scheme="light")
    page.evaluate(SETTLED)
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    found = page.evaluate(RULES, COLOUR_RULES)
    wrong = _colour_faults(page, "light")
    page.emulate_media(color_scheme="dark")
    page.evaluate(SETTLED)
    wrong += _colour_faults(page, "dark")
    page.emulate_media(color_scheme="light")
    return [*_lines(found), *wrong]


def _colour_faults(page: Page, theme: str) -> list[str]:
    found, passed = page.evaluate(COLOURS, [list(_passed[theme]), COLOUR_RULES])
    _passed[theme].update(passed)
    return [f"{theme}: {line}" for line in _lines(found)]


def _lines(found: list[Any]) -> list[str]:
    return [f"{fault['id']}: {node['html'][:160]}" for fault in found for node in fault["nodes"]]


def look(page: Page, name: str) -> None:
    """Accessible in both themes, not wider than its window; kept as pictures where a folder is named."""
    assert faults(page) == [], name
    for width in (1440, 390):
        page.set_viewport_size({"width": width, "height": 900})
        wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        for theme in ("light", "dark") if PICTURES else ():
            page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
            page.evaluate(SETTLED)
            page.screenshot(path=Path(PICTURES) / f"{name}-{width}-{theme}.png", full_page=True)
        assert wide <= 0, f"{name} at {width} px is {wide} px too wide"
    page.set_viewport_size({"width": 1440, "height": 900})
    page.emulate_media(color_scheme="light")

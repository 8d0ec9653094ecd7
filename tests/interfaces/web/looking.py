"""Looking at a page as it stands in the browser: accessible in both themes, and not wider than its window."""

from __future__ import annotations

import os
from pathlib import Path

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
PICTURES = os.environ.get("HEADWAY_PICTURES", "")


def faults(page: Page, *, colours_alone: bool = False) -> list[str]:
    """What axe finds, one line a fault. Evaluated from outside the page, so the content policy stays as it is.

    colours_alone  by the rules that look at colours: for the other theme of a page that was judged by all.
    """
    page.evaluate(SETTLED)
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    options = {"resultTypes": ["violations"], **({"runOnly": COLOUR_RULES} if colours_alone else {})}
    found = page.evaluate("options => axe.run(options).then(result => result.violations)", options)
    return [f"{fault['id']}: {node['html'][:160]}" for fault in found for node in fault["nodes"]]


def look(page: Page, name: str) -> None:
    """Accessible in both themes, not wider than its window; kept as pictures where a folder is named."""
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")  # type: ignore[arg-type]
        assert faults(page, colours_alone=theme == "dark") == [], f"{name} in {theme}"
    for width in (1440, 390):
        page.set_viewport_size({"width": width, "height": 900})
        wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        for theme in ("light", "dark") if PICTURES else ():
            page.emulate_media(color_scheme=theme, reduced_motion="reduce")  # type: ignore[arg-type]
            page.wait_for_timeout(200)  # colours fade from one theme to the other
            page.screenshot(path=Path(PICTURES) / f"{name}-{width}-{theme}.png", full_page=True)
        assert wide <= 0, f"{name} at {width} px is {wide} px too wide"
    page.set_viewport_size({"width": 1440, "height": 900})
    page.emulate_media(color_scheme="light")

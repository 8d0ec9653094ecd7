"""Bars pulled with a real pointer and with the keys, links drawn and changed, the time line's scale."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from headway.areas.schedule import commands, queries
from tests.interfaces.web.conftest import House, sign_in
from tests.interfaces.web.looking import look

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PER_DAY = 12  # pixels, as the chart begins


@pytest.fixture
def built(site: House) -> House:
    """SITE with three linked tasks and a free one from Monday 2 March 2026."""
    manager = site("manager")
    commands.start_plan(manager, project="SITE", start=date(2026, 3, 2))
    commands.add_task(manager, project="SITE", name="Phase one", level=1)
    design = commands.add_task(manager, project="SITE", name="Design", duration="3d", level=2)
    build = commands.add_task(
        manager, project="SITE", name="Build", duration="5d", level=2, predecessors=(design.task_id,)
    )
    commands.add_task(manager, project="SITE", name="Go-live", milestone=True, level=2, predecessors=(build.task_id,))
    commands.add_task(manager, project="SITE", name="Texts", duration="2d", level=2)
    return site


def _open(context: BrowserContext, who: str = "manager") -> Page:
    page = sign_in(context, who)
    page.goto("/projects/SITE/plan/")
    expect(page.locator("x-gantt.is-ready.is-complete")).to_be_visible()
    return page


def _task(house: House, name: str) -> Any:
    return next(row for row in queries.tasks(house("manager"), project="SITE").items if row.name == name)


def _after(house: House, name: str) -> str:
    """The task's predecessors as one types them."""
    return str(_task(house, name).predecessors).replace(" ", "")


def _row(page: Page, name: str) -> Locator:
    return page.locator(".gx-row:not([hidden])").filter(has=page.get_by_text(name, exact=True))


def _select(page: Page, name: str) -> None:
    row = _row(page, name)
    row.get_by_role("rowheader").click()
    expect(row).to_have_class(re.compile("is-selected"))


def _hold(page: Page, hold: str) -> tuple[float, float]:
    """Take hold of a part of the selected bar; where the pointer then is."""
    box = page.locator(f".gx-handle-{hold}").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    return x, y


def _pull(page: Page, hold: str, across: float) -> None:
    x, y = _hold(page, hold)
    page.mouse.move(x + across / 2, y, steps=3)
    page.mouse.move(x + across, y, steps=3)


def _saving(page: Page) -> Any:
    """Goes on when the server has answered what is saved within."""
    return page.expect_response(lambda answer: answer.url.endswith("/plan/changes") and answer.ok)


def _said(page: Page, words: str | re.Pattern[str]) -> None:
    expect(page.locator(".gx-said")).to_contain_text(words)


def test_a_bar_is_moved_and_made_longer_with_the_others_as_shadows(opened: BrowserContext, built: House) -> None:
    page = _open(opened)
    _select(page, "Design")
    _pull(page, "body", 2 * PER_DAY)
    note = page.locator(".gx-note")
    expect(note).to_contain_text("Wed, Mar 4 – Fri, Mar 6 (3d)")
    expect(note).to_contain_text("the finish goes from")
    expect(page.locator(".gx-shadow:not([hidden])")).to_have_count(3)  # summary, build, go-live
    assert _task(built, "Design").start == datetime(2026, 3, 2, 8)  # nothing is stored yet
    with _saving(page):
        page.mouse.up()
    _said(page, "the finish goes from")
    expect(note).to_be_hidden()
    assert (_task(built, "Design").start, _task(built, "Build").start) == (
        datetime(2026, 3, 4, 8),
        datetime(2026, 3, 9, 8),
    )
    _pull(page, "finish", 3 * PER_DAY)  # over the weekend
    expect(note).to_contain_text("Wed, Mar 4 – Mon, Mar 9 (4d)")
    with _saving(page):
        page.mouse.up()
    _said(page, re.compile("1 working day later"))
    assert _task(built, "Design").finish == datetime(2026, 3, 9, 17)
    page.get_by_role("button", name="Undo").first.click()
    expect(_row(page, "Design")).to_contain_text("3 d")
    assert _task(built, "Design").finish == datetime(2026, 3, 6, 17)


def test_the_left_end_keeps_the_finish_and_the_edge_says_how_much_is_done(opened: BrowserContext, built: House) -> None:
    page = _open(opened)
    _select(page, "Build")
    _pull(page, "start", 1 * PER_DAY)
    expect(page.locator(".gx-note")).to_contain_text("Fri, Mar 6 – Wed, Mar 11 (4d)")
    with _saving(page):
        page.mouse.up()
    expect(_row(page, "Build")).to_contain_text("4 d")
    assert (_task(built, "Build").start, _task(built, "Build").finish) == (
        datetime(2026, 3, 6, 8),
        datetime(2026, 3, 11, 17),
    )
    _select(page, "Texts")
    box = page.locator(".gx-handles").bounding_box()
    assert box is not None
    _pull(page, "progress", box["width"] / 2)
    expect(page.locator(".gx-note")).to_contain_text("50 % done")
    with _saving(page):
        page.mouse.up()
    expect(_row(page, "Texts")).to_contain_text("50 %")
    assert _task(built, "Texts").percent_complete == 50


def test_escape_leaves_everything_as_it_was(opened: BrowserContext, built: House) -> None:
    page = _open(opened)
    _select(page, "Design")
    _pull(page, "body", 5 * PER_DAY)
    expect(page.locator(".gx-lane.is-held")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.locator(".gx-new-place")).to_be_hidden()
    expect(page.locator(".gx-lane.is-held")).to_have_count(0)
    page.mouse.up()
    _said(page, "Nothing was changed.")
    assert _task(built, "Design").start == datetime(2026, 3, 2, 8)
    assert page.locator(".gx-row.is-selected").inner_text().find("Design") >= 0


def test_a_link_is_drawn_opened_changed_and_removed(opened: BrowserContext, built: House) -> None:
    page = _open(opened)
    _select(page, "Texts")
    _hold(page, "link-finish")
    target = page.locator(".gx-milestone").bounding_box()
    assert target is not None
    x, y = target["x"] + 3, target["y"] + target["height"] / 2
    page.mouse.move(x - 20, y - 10, steps=3)
    page.mouse.move(x, y, steps=3)
    note = page.locator(".gx-note")
    expect(note).to_contain_text("Finish of Texts → start of Go-live (FS)")
    expect(note).to_contain_text("No task moves")
    with _saving(page):
        page.mouse.up()
    expect(note).to_be_hidden()
    expect(_row(page, "Go-live")).to_contain_text("3; 5")
    assert _after(built, "Go-live") == "3FS;5FS"

    _select(page, "Go-live")
    page.keyboard.press("Alt+l")
    box = page.get_by_role("dialog", name="Links of Go-live")
    box.get_by_label("Lag of the link from Texts to Go-live").fill("2d")
    box.get_by_label("Kind of the link from Texts to Go-live").select_option("SS")
    with _saving(page):
        box.get_by_role("button", name="Save").last.click()
    expect(box).to_be_hidden()
    expect(_row(page, "Go-live")).to_contain_text("5SS")
    assert _after(built, "Go-live") == "3FS;5SS+2d"
    page.keyboard.press("Alt+l")
    with _saving(page):
        box.get_by_role("button", name="Remove the link from Texts to Go-live").click()
    expect(box).to_be_hidden()
    expect(_row(page, "Go-live")).not_to_contain_text("5SS")
    page.keyboard.press("Alt+l")
    expect(box.get_by_text("Texts")).to_have_count(0)
    box.get_by_label("Row that Go-live comes after").fill("5")
    with _saving(page):
        box.get_by_role("button", name="Link", exact=True).click()
    expect(box).to_be_hidden()
    expect(_row(page, "Go-live")).to_contain_text("3; 5")
    assert _after(built, "Go-live") == "3FS;5FS"


def test_a_click_on_a_line_opens_its_link(opened: BrowserContext, built: House) -> None:
    page = _open(opened)
    bar = page.locator(".gx-lane .gx-task").nth(0).bounding_box()
    assert bar is not None
    page.mouse.click(bar["x"] + bar["width"] + 12, bar["y"] + 7)  # where the line leaves Design and goes to Build
    box = page.get_by_role("dialog", name="Link")
    expect(box).to_contain_text("Design → Build")
    expect(page.locator(".gx-link.is-chosen")).to_have_attribute("d", re.compile("^M"))
    with _saving(page):
        page.keyboard.press("Delete")
    expect(box).to_be_hidden()
    _said(page, "3 tasks move")
    assert _after(built, "Build") == ""


def test_the_keys_pull_as_the_pointer_does(opened: BrowserContext, built: House) -> None:
    page = _open(opened)
    _select(page, "Design")
    page.keyboard.down("Alt")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(page.locator(".gx-note")).to_contain_text("Wed, Mar 4 – Fri, Mar 6 (3d)")
    page.keyboard.press("Escape")
    expect(page.locator(".gx-note")).to_be_hidden()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".gx-note")).to_contain_text("the finish goes from")
    with _saving(page):
        page.keyboard.up("Alt")
    _said(page, "1 working day later")
    assert _task(built, "Design").start == datetime(2026, 3, 3, 8)
    with _saving(page):
        page.keyboard.press("Alt+=")
    expect(_row(page, "Design")).to_contain_text("4 d")
    with _saving(page):
        page.keyboard.press("Alt+PageUp")
    _said(page, "No task moves")
    assert _task(built, "Design").percent_complete == 5
    _select(page, "Texts")
    page.keyboard.down("Alt")
    page.keyboard.press("ArrowLeft")  # over the weekend
    expect(page.locator(".gx-note")).to_contain_text("Fri, Feb 27 – Mon, Mar 2 (2d)")
    page.keyboard.press("Escape")
    page.keyboard.up("Alt")
    _select(page, "Phase one")
    page.keyboard.press("Alt+ArrowRight")
    _said(page, "A summary's dates and progress come from its tasks.")


def test_who_may_not_change_the_plan_has_nothing_to_hold(opened: BrowserContext, built: House) -> None:
    page = _open(opened, "tester")
    _row(page, "Design").get_by_role("rowheader").click()
    expect(page.locator(".gx-handles")).to_be_hidden()
    page.keyboard.press("Alt+ArrowRight")
    expect(page.locator(".gx-note")).to_be_hidden()


def test_who_may_enter_progress_pulls_that_alone(opened: BrowserContext, built: House) -> None:
    page = _open(opened, "member")
    _select(page, "Texts")
    expect(page.locator(".gx-handle-progress")).to_be_visible()
    expect(page.locator(".gx-handle-body")).to_be_hidden()
    expect(page.locator(".gx-handle-link-finish")).to_be_hidden()
    page.keyboard.press("Alt+ArrowRight")
    _said(page, "You may enter progress only.")


def test_the_scale_says_at_each_level_what_it_shows(opened: BrowserContext, built: House) -> None:
    page = _open(opened)
    zoom = page.get_by_label("Zoom of the time line")
    expect(zoom).to_have_value("Weeks")

    def ticks(row: str) -> list[str]:
        page.get_by_role("button", name="Today").click()
        found: list[str] = page.locator(f".gx-tick-{row}").all_inner_texts()
        return [text for text in found if text]

    def fits(texts: list[str], pattern: str) -> None:
        wrong = [text for text in texts if not re.fullmatch(pattern, text)]
        assert texts
        assert not wrong

    levels = {
        "Years": (r"\d{4}", r"Q[1-4]|"),
        "Quarters": (r"\d{4}", r"Q[1-4]"),
        "Months": (r"\d{4}", r"[A-Z][a-z]{2}"),
        "Weeks": (r"[A-Z][a-z]+ \d{4}", r"W\d\d? · [A-Z][a-z]{2} \d\d?"),
        "Days": (r"Week \d\d? · [A-Z][a-z]{2} \d\d? \d{4}", r"\d\d?"),
        "Hours": (r"[A-Z][a-z]{2} [A-Z][a-z]{2} \d\d? \d{4}", r"\d\d"),
    }
    for name, (above, below) in levels.items():
        zoom.select_option(name)
        fits(ticks("above"), above)
        fits(ticks("below"), below)
    page.get_by_role("button", name="Zoom out").click()
    expect(zoom).to_have_value("Hours")  # quarters of a day
    page.get_by_role("button", name="Show the whole plan").click()
    expect(zoom).to_have_value("Days")
    before = page.locator(".gx-chart").evaluate("chart => chart.scrollLeft")
    page.get_by_role("button", name="Open the selected task").click()
    expect(page.locator(".hw-pane")).to_be_visible()
    assert page.locator(".gx-chart").evaluate("chart => chart.scrollLeft") == before  # the whole plan stays in sight


def test_what_can_be_taken_hold_of_is_accessible(opened: BrowserContext, built: House) -> None:
    page = _open(opened)
    _select(page, "Design")
    page.keyboard.press("Alt+l")
    expect(page.get_by_role("dialog", name="Links of Design")).to_be_visible()
    look(page, "plan-links")
    _select(page, "Design")
    page.keyboard.press("Alt+p")
    pause = page.get_by_role("dialog", name="Pause in Design")
    pause.get_by_label("Length of the pause").fill("2d")
    expect(pause.get_by_role("status")).to_contain_text("4 tasks move")  # before anything is saved
    look(page, "plan-pause")
    with _saving(page):
        pause.get_by_role("button", name="Pause the work").click()
    expect(page.locator(".gx-task.is-split")).to_have_count(1)
    page.get_by_role("button", name="Row").click()
    with _saving(page):
        page.get_by_role("button", name="Join its parts").click()
    expect(page.locator(".gx-task.is-split")).to_have_count(0)
    page.get_by_role("button", name="Export view").click()
    look(page, "plan-export")


def test_a_finger_pulls_too(opened: BrowserContext, built: House) -> None:
    page = _open(opened)
    _select(page, "Texts")
    box = page.locator(".gx-handle-body").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    touch = opened.new_cdp_session(page)

    def finger(kind: str, across: float) -> None:
        points = [{"x": x + across, "y": y}] if kind != "touchEnd" else []
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    finger("touchStart", 0)
    for step in range(1, 5):
        finger("touchMove", step * PER_DAY / 2)
    expect(page.locator(".gx-note")).to_contain_text("Wed, Mar 4 – Thu, Mar 5 (2d)")
    with _saving(page):
        finger("touchEnd", 0)
    assert _task(built, "Texts").start == datetime(2026, 3, 4, 8)

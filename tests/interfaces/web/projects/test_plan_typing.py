"""Typing into the plan in a real browser: cells, new rows, paste with its preview, undo, two people at one cell."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from headway.areas.schedule import commands, queries
from tests.interfaces.web.conftest import House, sign_in
from tests.interfaces.web.looking import look
from tests.interfaces.web.waiting import comes_to

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PASTE = "data => document.activeElement.dispatchEvent(new ClipboardEvent('paste', " + (
    "{ bubbles: true, cancelable: true, clipboardData: (() => "
    "{ const held = new DataTransfer(); held.setData('text/plain', data); return held; })() }))"
)
COPY = """() => { const held = new DataTransfer();
  const copy = new ClipboardEvent('copy', { bubbles: true, cancelable: true, clipboardData: held });
  document.activeElement.dispatchEvent(copy);
  return held.getData('text/plain'); }"""


@pytest.fixture
def empty(site: House) -> House:
    """SITE with a plan that holds no task yet."""
    commands.start_plan(site("manager"), project="SITE", start=date(2026, 3, 2))
    return site


@pytest.fixture
def built(empty: House) -> House:
    """SITE with a phase of three linked tasks and a free one from Monday 2 March 2026."""
    manager = empty("manager")
    commands.add_task(manager, project="SITE", name="Phase one", level=1)
    design = commands.add_task(manager, project="SITE", name="Design", duration="3d", level=2)
    build = commands.add_task(
        manager, project="SITE", name="Build", duration="5d", level=2, predecessors=(design.task_id,)
    )
    commands.add_task(manager, project="SITE", name="Go-live", milestone=True, level=2, predecessors=(build.task_id,))
    commands.add_task(manager, project="SITE", name="Training", duration="2d", level=2)
    return empty


def _open(context: BrowserContext, rows: int, who: str = "manager") -> Page:
    page = sign_in(context, who)
    page.goto("/projects/SITE/plan/")
    expect(page.locator("x-gantt.is-ready.is-complete")).to_be_attached()
    expect(page.locator("[data-gx=count]")).to_have_text(f"{rows} row{'' if rows == 1 else 's'}")
    return page


def _second(context: BrowserContext, page: Page) -> BrowserContext:
    """Another person's browser at the same house."""
    browser = context.browser
    assert browser is not None
    return browser.new_context(base_url=re.sub(r"/projects/.*", "", page.url), viewport={"width": 1440, "height": 900})


def _row(page: Page, name: str) -> Locator:
    return page.locator(".gx-row:not([hidden])").filter(has=page.get_by_text(name, exact=True))


def _cell(page: Page, name: str, column: str) -> Locator:
    at = page.locator(".gx-head [role=columnheader]").evaluate_all(
        f"cells => cells.findIndex((cell) => cell.dataset.column === '{column}')"
    )
    return _row(page, name).locator("[role=gridcell], [role=rowheader]").nth(at)


def _said(page: Page) -> Locator:
    return page.locator("[data-gx=status]")


def _saved(page: Page) -> None:
    """Everything typed has come back from the server."""
    expect(page.locator(".gx-row:not([hidden]) .is-pending")).to_have_count(0)


def _plan(house: House) -> list[Any]:
    return list(queries.tasks(house("manager"), project="SITE").items)


def _task(house: House, name: str) -> Any:
    return next(row for row in _plan(house) if row.name == name)


def test_three_tasks_with_durations_and_links_are_typed_by_keys_alone(opened: BrowserContext, empty: House) -> None:
    page = _open(opened, 0)
    page.get_by_text("New task").click()
    page.keyboard.press("F2")
    page.keyboard.type("   ")
    page.keyboard.press("Enter")
    expect(_said(page)).to_contain_text("spaces alone are none")
    for name, duration in (("Design", "3d"), ("Build", "1w"), ("Go-live", "0d")):
        page.keyboard.type(name)
        page.keyboard.press("Tab")
        page.keyboard.type(duration)
        page.keyboard.press("Enter")  # to the name of the next row
    expect(_cell(page, "Go-live", "finish")).to_have_text("Mon, Mar 2")
    _cell(page, "Build", "predecessors").focus()
    page.keyboard.type("1")
    page.keyboard.press("Enter")
    page.keyboard.type("buil")
    page.get_by_role("option", name="Build").wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")  # takes the suggestion
    page.keyboard.press("Enter")
    _saved(page)
    expect(_cell(page, "Go-live", "finish")).to_have_text("Wed, Mar 11")
    expect(_said(page)).to_contain_text("1 task moves")
    assert [(row.name, row.duration, row.predecessors) for row in _plan(empty)] == [
        ("Design", "3 d", ""),
        ("Build", "1 w", "1FS"),
        ("Go-live", "0 d", "2FS"),
    ]


def test_what_is_typed_in_a_new_row_is_kept_while_the_plan_is_still_on_its_way(
    opened: BrowserContext, empty: House
) -> None:
    page = _open(opened, 0)
    page.route("**/plan/chart*", lambda _: None)
    page.get_by_text("New task").click()
    with page.expect_request("**/plan/chart*"):  # the row has its lasting number, and is not in the plan shown here
        page.keyboard.type("Go-live")
        page.keyboard.press("Tab")
    page.keyboard.type("0d")
    with page.expect_response("**/plan/changes*"):
        page.keyboard.press("Enter")
    expect(_cell(page, "Go-live", "duration")).to_have_text("0d")
    page.unroute("**/plan/chart*")  # what was held goes on with it
    expect(_cell(page, "Go-live", "duration")).to_have_text("0 d")
    _saved(page)
    assert [(row.name, row.duration) for row in _plan(empty)] == [("Go-live", "0 d")]


def test_an_edit_is_shown_at_once_with_what_it_moves_and_taken_back_over_five_levels(
    opened: BrowserContext, built: House
) -> None:
    page = _open(opened, 5)
    for text in ("4d", "5d", "6d", "7d", "8d"):
        _cell(page, "Design", "duration").focus()
        page.keyboard.type(text)
        page.keyboard.press("Enter")
        _saved(page)
    expect(_cell(page, "Design", "duration")).to_have_text("8 d")
    expect(_cell(page, "Build", "start")).to_have_class(re.compile("is-changed"))
    chip = page.locator(".gx-chip").first
    expect(chip).to_contain_text("moved")
    chip.click()
    page.locator(".gx-entry").filter(has_text="Go-live").click()
    expect(_cell(page, "Go-live", "name")).to_be_attached()
    for text in ("7 d", "6 d", "5 d", "4 d", "3 d"):
        _cell(page, "Design", "name").focus()
        page.keyboard.press("Control+z")
        expect(_cell(page, "Design", "duration")).to_have_text(text)
    for text in ("4 d", "5 d", "6 d", "7 d", "8 d"):
        page.keyboard.press("Control+y")
        expect(_cell(page, "Design", "duration")).to_have_text(text)
    assert _task(built, "Design").duration == "8 d"
    page.get_by_role("button", name="What was changed").click()
    older = page.locator(".gx-change-list li").filter(has_text="Duration of Design: 4d").last
    older.get_by_role("button", name="Undo").click()
    expect(older).to_contain_text("cannot be taken back any more: row 2 'Design': duration was changed since")
    look(page, "plan-changes")


def test_rows_from_a_spreadsheet_are_previewed_and_taken_in_part(opened: BrowserContext, built: House) -> None:
    page = _open(opened, 5)
    lines = [
        "Wave\t\t",
        *(f"  Site {number}\t{number}d\t{number + 5 if number > 1 else ''}" for number in range(1, 20)),
    ]
    lines[5] = lines[5].replace("5d", "five")
    page.get_by_text("New task").click()
    page.evaluate(PASTE, "Task\tDuration\tAfter\n" + "\n".join(lines))
    panel = page.get_by_role("dialog", name="Paste 20 rows")
    expect(panel.get_by_role("listitem")).to_have_count(20)
    refused = panel.get_by_role("listitem").filter(has_text="Site 5")
    expect(refused).to_contain_text("'five' is no duration")
    expect(refused.get_by_role("checkbox")).not_to_be_checked()
    panel.get_by_role("listitem").filter(has_text="Site 19").get_by_role("checkbox").uncheck()
    expect(panel.get_by_role("button", name="Paste 18 of 20 rows")).to_be_enabled()
    expect(panel.get_by_label("All rows")).to_be_checked(indeterminate=True)
    look(page, "plan-preview")
    panel.get_by_role("button", name="Paste 18 of 20 rows").click()
    expect(panel).to_contain_text("18 saved. This row was not taken:")
    panel.get_by_role("button", name="Discard").click()
    expect(panel).to_be_hidden()
    rows = _plan(built)
    assert len(rows) == 5 + 18
    assert (rows[5].name, rows[5].summary, rows[6].name, rows[6].level) == ("Wave", True, "Site 1", rows[5].level + 1)
    page.keyboard.press("Control+z")
    expect(page.locator("[data-gx=count]")).to_have_text("5 rows")


def test_headings_of_another_program_name_our_columns(opened: BrowserContext, built: House) -> None:
    page = _open(opened, 5)
    page.get_by_text("New task").click()
    page.evaluate(PASTE, "Task Name\tDuration\tPredecessors\nSupport\t2 days\t3\nHandover\t1 day\t6")
    page.get_by_role("button", name="Paste all 2 rows").click()
    expect(page.locator("[data-gx=count]")).to_have_text("7 rows")
    assert [(row.name, row.duration, row.predecessors) for row in _plan(built)[5:]] == [
        ("Support", "2 d", "3FS"),
        ("Handover", "1 d", "6FS"),
    ]
    page.evaluate(PASTE, "Duration\tStart\n2 days\t\n3 days\t")  # no names: nothing to make rows of
    panel = page.get_by_role("dialog", name="Paste 2 rows")
    expect(panel).to_contain_text("New rows need a column of names.")


def test_the_one_person_who_can_be_meant_is_taken_by_going_on(opened: BrowserContext, built: House) -> None:
    page = _open(opened, 5)
    _cell(page, "Design", "people").focus()
    page.keyboard.type("memb")
    page.get_by_role("option", name="Max Member").wait_for()
    page.keyboard.press("Enter")
    _saved(page)
    expect(_cell(page, "Design", "people")).to_have_text("Max Member")


def test_rows_pasted_at_the_number_of_a_row_begin_with_their_names(opened: BrowserContext, empty: House) -> None:
    page = _open(opened, 0)
    page.get_by_role("gridcell").first.click()  # the number of the empty last row
    page.evaluate(PASTE, "Design\t3d\nBuild\t5d")
    page.get_by_role("button", name="Paste all 2 rows").click()
    expect(page.locator("[data-gx=count]")).to_have_text("2 rows")
    assert [(row.name, row.duration) for row in _plan(empty)] == [("Design", "3 d"), ("Build", "5 d")]


def test_a_cell_that_somebody_changed_meanwhile_shows_both_and_asks(opened: BrowserContext, built: House) -> None:
    page = _open(opened, 5)
    second = _second(opened, page)
    other = _open(second, 5, "associate")
    _cell(page, "Design", "duration").focus()
    page.keyboard.type("7d")
    _cell(other, "Design", "duration").focus()
    other.keyboard.type("4d")
    other.keyboard.press("Enter")
    _saved(other)
    second.close()
    page.evaluate("document.dispatchEvent(new CustomEvent('headway:changed', { detail: { project: 'SITE' } }))")
    expect(_cell(page, "Build", "start")).to_have_text("Fri, Mar 6")
    expect(page.locator(".gx-field")).to_have_value("7d")
    page.keyboard.press("Enter")
    bubble = page.locator(".gx-bubble")
    expect(bubble).to_contain_text("changed this")
    expect(bubble).to_contain_text("Theirs4")
    expect(bubble).to_contain_text("Yours7d")
    look(page, "plan-both")
    bubble.get_by_role("button", name="Put mine").click()
    expect(_cell(page, "Design", "duration")).to_have_text("7 d")
    assert _task(built, "Design").duration == "7 d"


def test_rows_are_indented_moved_filled_and_removed_by_keys(opened: BrowserContext, built: House) -> None:
    page = _open(opened, 5)
    _cell(page, "Training", "name").focus()
    page.keyboard.press("Alt+Shift+ArrowRight")
    expect(_row(page, "Go-live")).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Alt+Shift+ArrowLeft")
    expect(_row(page, "Training")).to_have_attribute("aria-level", "2")
    page.keyboard.press("Alt+Shift+ArrowUp")
    expect(_cell(page, "Training", "number")).to_have_text("4")
    page.keyboard.press("Alt+Shift+ArrowDown")
    expect(_cell(page, "Training", "number")).to_have_text("5")
    _cell(page, "Go-live", "name").focus()
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Alt+Shift+ArrowUp")  # of several rows the effect is shown first
    panel = page.get_by_role("dialog", name="Move 2 rows up")
    expect(panel).to_contain_text("No task moves")
    expect(panel.get_by_role("checkbox")).to_have_count(0)  # they go together
    page.keyboard.press("Escape")
    page.keyboard.press("Alt+Shift+ArrowLeft")
    panel = page.get_by_role("dialog", name="Outdent 2 rows")
    panel.get_by_role("listitem").filter(has_text="Go-live").get_by_role("checkbox").uncheck()
    panel.get_by_role("button", name="Outdent 1 of 2 rows").click()
    expect(_row(page, "Training")).to_have_attribute("aria-level", "1")
    expect(_row(page, "Go-live")).to_have_attribute("aria-level", "2")
    page.keyboard.press("Control+z")
    expect(_row(page, "Training")).to_have_attribute("aria-level", "2")
    _cell(page, "Design", "duration").focus()
    page.keyboard.press("Shift+ArrowDown")
    assert page.evaluate(COPY) == "3d\n5d"
    page.keyboard.press("Control+d")
    expect(_cell(page, "Build", "duration")).to_have_text("3 d")
    _cell(page, "Build", "name").focus()
    page.keyboard.press("Insert")
    page.keyboard.type("Review")
    page.keyboard.press("Enter")
    expect(_cell(page, "Review", "number")).to_have_text("3")
    _cell(page, "Review", "name").focus()
    page.keyboard.press("Shift+Space")
    page.keyboard.press("Delete")
    expect(_row(page, "Review")).to_have_count(0)
    page.get_by_role("button", name="What was changed").click()
    page.get_by_role("button", name="Bring back Review").click()
    expect(_cell(page, "Review", "number")).to_have_text("3")
    page.keyboard.press("Escape")
    _cell(page, "Review", "name").click(button="right")
    page.locator("#gx-row-menu").get_by_role("button", name="Remove").click()
    expect(_row(page, "Review")).to_have_count(0)
    _cell(page, "Phase one", "name").focus()
    page.keyboard.press("Shift+Space")
    page.keyboard.press("Delete")
    panel = page.get_by_role("dialog", name="Remove Phase one")
    expect(panel).to_contain_text("with 4 rows below it")
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(_cell(page, "Phase one", "name")).to_be_focused()
    assert [row.name for row in _plan(built)] == ["Phase one", "Design", "Build", "Go-live", "Training"]


def test_what_is_typed_while_the_server_is_away_is_kept_and_offered_again(opened: BrowserContext, built: House) -> None:
    page = _open(opened, 5)
    page.route("**/plan/changes*", lambda route: route.abort())
    _cell(page, "Design", "duration").focus()
    page.keyboard.type("6d")
    page.keyboard.press("Enter")
    expect(_said(page)).to_contain_text("1 change is not saved.")
    expect(_cell(page, "Design", "duration")).to_have_text("6d")
    page.unroute("**/plan/changes*")
    page.reload()
    expect(_said(page)).to_contain_text("1 change is not saved.")
    expect(_cell(page, "Design", "duration")).to_have_text("6d")
    page.get_by_role("button", name="Save again").click()
    expect(_cell(page, "Design", "duration")).to_have_text("6 d")
    assert _task(built, "Design").duration == "6 d"


def test_a_member_types_progress_and_nothing_else(opened: BrowserContext, built: House) -> None:
    page = _open(opened, 5, "member")
    expect(page.get_by_text("New task")).to_have_count(0)
    _cell(page, "Design", "duration").focus()
    page.keyboard.type("9")
    expect(page.locator(".gx-field")).to_have_count(0)
    _cell(page, "Design", "percent").focus()
    page.keyboard.type("40")
    page.keyboard.press("Enter")
    _saved(page)
    assert _task(built, "Design").percent_complete == 40


def test_the_head_of_the_page_and_the_time_line_follow_an_edit_without_the_regular_look(
    opened: BrowserContext, built: House
) -> None:
    page = _open(opened, 5)
    page.add_init_script("window.setInterval = () => 0")  # nobody looks every few seconds what others changed
    page.reload()
    expect(page.locator("x-gantt.is-ready.is-complete")).to_be_attached()
    expect(page.locator("#plan-answer")).to_contain_text("Finish Wed, Mar 11, 2026")
    wide = "() => document.querySelector('.gx-ticks').parentElement.getBoundingClientRect().width"
    before = page.evaluate(wide)
    _cell(page, "Build", "duration").click()
    page.keyboard.type("400d")
    page.keyboard.press("Enter")
    expect(page.locator("#plan-answer")).to_contain_text("Finish Wed, Sep 15, 2027")
    comes_to(lambda: page.evaluate(wide) > before, True)

"""The plan in a real browser: bars where the dates are, the keyboard alone, progress in place and taken back."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from headway.areas.schedule import commands, fields, queries, views
from headway.areas.schedule.acts import Act, PlanChange
from headway.areas.schedule.changing import change_plan
from headway.areas.schedule.looks import ViewSettings
from tests.interfaces.web.conftest import House, sign_in
from tests.interfaces.web.looking import faults, look

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PER_DAY = 12  # pixels, as the chart begins
HEBREW = "בדיקת מערכת"

BARS = """() => Object.fromEntries([...document.querySelectorAll('.gx-lane')].flatMap((lane) => {
  const bar = lane.querySelector('.gx-task, .gx-milestone, .gx-summary');
  const at = Number(/translateY\\((\\d+)px/.exec(lane.style.transform)?.[1]) / 34;
  return bar && !lane.hidden ? [[at, [parseFloat(bar.style.left), parseFloat(bar.style.width), bar.className]]] : [];
}))"""


@pytest.fixture
def built(site: House) -> House:
    """SITE with a phase of three linked tasks from Monday 2 March 2026, and a baseline."""
    manager = site("manager")
    commands.start_plan(manager, project="SITE", start=date(2026, 3, 2))
    commands.add_task(manager, project="SITE", name="Phase one", level=1)
    design = commands.add_task(manager, project="SITE", name="Design", duration="3d", level=2)
    build = commands.add_task(
        manager, project="SITE", name=HEBREW, duration="5d", level=2, predecessors=(design.task_id,)
    )
    commands.add_task(manager, project="SITE", name="Go-live", milestone=True, level=2, predecessors=(build.task_id,))
    commands.set_baseline(manager, project="SITE", name="Approved plan")
    return site


def _open(context: BrowserContext, who: str = "manager", path: str = "") -> Page:
    page = sign_in(context, who)
    page.goto(f"/projects/SITE/plan/{path}")
    expect(page.locator("x-gantt.is-ready.is-complete")).to_be_visible()
    expect(page.locator("[data-gx=count]")).to_have_text("4 rows")
    return page


def _row(page: Page, name: str) -> Locator:
    return page.locator(".gx-row:not([hidden])").filter(has=page.get_by_text(name, exact=True))


def _cell(page: Page, name: str, column: str) -> Locator:
    at = page.locator(".gx-head [role=columnheader]").evaluate_all(
        f"cells => cells.findIndex((cell) => cell.dataset.column === '{column}')"
    )
    return _row(page, name).locator("[role=gridcell], [role=rowheader]").nth(at)


def _task(house: House, name: str) -> Any:
    return next(row for row in queries.tasks(house("manager"), project="SITE").items if row.name == name)


def test_bars_stand_where_the_dates_are(opened: BrowserContext, built: House) -> None:
    page = _open(opened)
    bars = page.evaluate(BARS)
    (phase, design, build, live) = (bars[str(row)] for row in range(4))
    assert "gx-summary" in phase[2]
    assert "gx-milestone" in live[2]
    assert "is-critical" in design[2]
    working_day = (17 - 8) / 24
    assert design[1] == pytest.approx((2 + working_day) * PER_DAY, abs=0.1)  # Mon 08:00 to Wed 17:00
    assert build[0] - design[0] == pytest.approx(3 * PER_DAY, abs=0.1)  # Thu
    assert build[1] == pytest.approx((6 + working_day) * PER_DAY, abs=0.1)  # over a weekend
    assert phase[0] == design[0]
    assert phase[0] + phase[1] == pytest.approx(build[0] + build[1], abs=0.1)
    assert live[0] + live[1] / 2 == pytest.approx(build[0] + build[1], abs=0.1)
    lines = page.locator(".gx-link").evaluate_all("paths => paths.map((path) => path.getAttribute('d')).join('')")
    assert lines.count("M") == 2  # two links


def test_the_keyboard_walks_folds_sorts_and_leaves(opened: BrowserContext, built: House) -> None:
    page = _open(opened)
    _cell(page, "Phase one", "name").focus()
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".gx-row:not([hidden])")).to_have_count(2)  # with the empty last one
    expect(_row(page, "Phase one")).to_have_attribute("aria-expanded", "false")
    page.keyboard.press("ArrowRight")
    expect(page.locator(".gx-row:not([hidden])")).to_have_count(5)
    page.keyboard.press("ArrowDown")
    expect(_cell(page, "Design", "name")).to_be_focused()
    page.keyboard.press("Tab")
    expect(_cell(page, "Design", "duration")).to_be_focused()
    page.keyboard.press("Control+End")
    expect(_cell(page, "New task", "duration")).to_be_focused()
    page.keyboard.press("Control+Home")
    page.keyboard.press("ArrowUp")
    head = page.get_by_role("columnheader", name="Duration")
    expect(head).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("columnheader", name="Duration")).to_have_attribute("aria-sort", "ascending")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")
    expect(page.get_by_label("Find a task").first).to_be_focused()


def test_rows_are_found_and_the_choice_of_columns_stays(opened: BrowserContext, built: House) -> None:
    page = _open(opened)
    page.get_by_label("Find a task").first.fill("live")
    expect(page.locator(".gx-row:not([hidden])")).to_have_count(2)  # with the summary above it
    page.get_by_label("Find a task").first.fill("nothing like it")
    expect(page.get_by_text("No task matches.")).to_be_visible()
    page.get_by_label("Find a task").first.fill("")
    page.get_by_label("Which tasks").select_option("critical")
    expect(page.locator("[data-gx=count]")).to_have_text("3 of 4 rows")
    page.get_by_role("button", name="Columns").click()
    page.get_by_role("checkbox", name="Slack", exact=True).check()
    page.keyboard.press("Escape")
    page.reload()
    expect(page.get_by_role("columnheader", name="Slack")).to_be_attached()


def test_progress_is_saved_at_once_and_taken_back(opened: BrowserContext, built: House) -> None:
    page = _open(opened)
    _cell(page, "Design", "percent").focus()
    page.keyboard.type("40")
    page.keyboard.press("Enter")
    expect(page.locator("[data-gx=status]")).to_contain_text("the finish stays")
    assert _task(built, "Design").percent_complete == 40
    expect(_cell(page, HEBREW, "percent")).to_be_focused()
    page.keyboard.press("Control+z")
    expect(page.locator("[data-gx=status]")).to_contain_text("Undo: ")
    assert (_task(built, "Design").percent_complete, _task(built, "Design").actual_start) == (0, None)
    page.keyboard.press("Control+y")
    expect(page.locator("[data-gx=status]")).to_contain_text("Redo: ")
    _cell(page, "Design", "slip").focus()  # which takes no typing
    page.keyboard.press("d")
    expect(_cell(page, "Design", "percent")).to_have_text("100 %")
    assert _task(built, "Design").actual_finish is not None


def test_what_an_edit_moves_is_tinted_and_said(opened: BrowserContext, built: House) -> None:
    page = _open(opened)
    page.get_by_role("button", name="Columns").click()
    page.get_by_role("checkbox", name="Remaining").check()
    page.keyboard.press("Escape")
    _cell(page, "Design", "remaining").focus()
    page.keyboard.press("F2")
    page.keyboard.type("5d")
    page.keyboard.press("Enter")
    expect(page.locator("[data-gx=status]")).to_contain_text("4 tasks move")
    expect(page.locator("[data-gx=status]")).to_contain_text("2 working days later")
    expect(page.locator(".gx-row.is-moved")).to_have_count(4)
    expect(_cell(page, HEBREW, "slip")).to_have_text("+2 d")


def test_a_refusal_is_said_beside_the_cell_and_nothing_typed_is_lost(opened: BrowserContext, built: House) -> None:
    page = _open(opened)
    _cell(page, "Design", "percent").focus()
    page.keyboard.type("140")
    page.keyboard.press("Enter")
    bubble = page.locator(".gx-bubble")
    expect(bubble).to_contain_text("'140' is no percent from 0 to 100")
    refused = _cell(page, "Design", "percent")
    expect(refused).to_have_text("140")  # what was typed stays in its cell, marked
    expect(refused).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_role("button", name="1 cell not saved")).to_be_visible()
    bubble.get_by_role("button", name="Edit again").click()
    expect(page.locator(".gx-field")).to_have_value("140")
    page.keyboard.press("Escape")
    expect(refused).to_have_text("0 %")
    expect(page.get_by_role("button", name="1 cell not saved")).to_be_hidden()
    assert _task(built, "Design").percent_complete == 0


def test_the_servers_own_refusal_takes_the_shown_value_back(opened: BrowserContext, built: House) -> None:
    commands.set_progress(built("associate"), task=_task(built, "Design").id, actual_start=date(2026, 3, 3))
    page = _open(opened)
    page.get_by_role("button", name="Columns").click()
    page.get_by_role("checkbox", name="Actual finish").check()
    page.keyboard.press("Escape")
    _cell(page, "Design", "actualFinish").focus()
    page.keyboard.press("F2")
    page.locator(".gx-field").fill("2026-02-02")
    page.keyboard.press("Enter")
    expect(page.locator(".gx-bubble")).to_contain_text("cannot finish (Mon 2 Feb 2026, 17:00) before it starts")
    expect(_cell(page, "Design", "percent")).to_have_text("0 %")
    assert _task(built, "Design").actual_finish is None


def test_a_stale_change_shows_both_and_asks(opened: BrowserContext, built: House) -> None:
    page = _open(opened)
    commands.set_progress(built("associate"), task=_task(built, "Design").id, percent_complete=60)
    _cell(page, "Design", "percent").focus()
    page.keyboard.type("75")
    page.keyboard.press("Enter")
    bubble = page.locator(".gx-bubble")
    expect(bubble).to_contain_text("Theirs60%Yours75")
    bubble.get_by_role("button", name="Put mine").click()
    expect(_cell(page, "Design", "percent")).to_have_text("75 %")
    expect(page.locator("[data-gx=status]")).to_contain_text("the finish stays")
    assert _task(built, "Design").percent_complete == 75


def test_what_others_change_comes_in_and_a_typed_text_stays(opened: BrowserContext, built: House) -> None:
    page = _open(opened)
    _cell(page, "Design", "percent").focus()
    page.keyboard.type("33")
    commands.edit_task(built("associate"), task=_task(built, HEBREW).id, duration="10d")
    page.evaluate("document.dispatchEvent(new CustomEvent('headway:changed', { detail: { project: 'SITE' } }))")
    expect(_cell(page, HEBREW, "duration")).to_have_text("10 d")
    expect(_row(page, HEBREW)).to_have_class(re.compile("is-moved"))
    expect(page.locator(".gx-field")).to_have_value("33")
    expect(page.locator(".gx-field")).to_be_focused()


def test_the_pane_tells_what_drives_a_task_and_takes_progress(opened: BrowserContext, built: House) -> None:
    page = _open(opened)
    _cell(page, "Go-live", "name").focus()
    page.keyboard.press("Control+Enter")
    pane = page.get_by_role("complementary", name="Go-live")
    expect(pane.get_by_role("heading", name="What drives its dates")).to_be_visible()
    expect(page).to_have_url(re.compile(r"\?task=\d+$"))
    pane.get_by_role("link", name="Design").first.click()
    pane = page.get_by_role("complementary", name="Design")
    pane.get_by_label("Percent complete").fill("50")
    pane.get_by_role("button", name="Show the effect").click()
    expect(page.get_by_text("Nothing is saved yet.")).to_be_visible()
    page.get_by_role("complementary", name="Design").get_by_role("button", name="Save the progress").click()
    expect(page.locator(".hw-pane").get_by_text("Saved.")).to_be_visible()
    expect(_cell(page, "Design", "percent")).to_have_text("50 %")
    page.keyboard.press("Escape")
    expect(page.locator(".hw-pane")).to_have_count(0)
    expect(_cell(page, "Design", "name")).to_be_focused()
    page.reload()
    page.goto(f"/projects/SITE/plan/?task={_task(built, 'Go-live').id}")
    expect(page.get_by_role("complementary", name="Go-live")).to_be_visible()


def test_who_may_not_enter_progress_is_offered_none(opened: BrowserContext, built: House) -> None:
    page = _open(opened, "tester")
    expect(page.locator(".gx-cell.is-editable")).to_have_count(0)
    expect(page.get_by_role("button", name="Undo")).to_have_count(0)
    _cell(page, "Design", "percent").focus()
    page.keyboard.press("d")
    expect(_cell(page, "Design", "percent")).to_have_text("0 %")


def test_it_is_accessible_and_fits(opened: BrowserContext, built: House) -> None:
    page = _open(opened)
    look(page, "plan-chart")
    page.get_by_role("button", name="Show", exact=True).click()
    look(page, "plan-show")


def test_on_a_phone_the_tasks_are_a_list_of_saved_views_with_own_fields(opened: BrowserContext, built: House) -> None:
    manager = built("manager")
    key = fields.add_field(manager, project="SITE", name="Stage").key
    uid = next(row.uid for row in queries.tasks(manager.but(), project="SITE").items if row.name == "Design")
    change = PlanChange(act=Act.SET, task=uid, field=f"custom:{key}", value="Concept")
    change_plan(manager.but(), project="SITE", changes=(change,))
    settings = ViewSettings(columns=("name", f"custom:{key}"), search="design")
    views.save_view(manager.but(), project="SITE", name="Stages", settings=settings)
    page = sign_in(opened, "manager")
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/projects/SITE/plan/")
    expect(page.get_by_role("link", name="Go-live")).to_be_visible()
    expect(page.locator("x-gantt")).to_be_hidden()
    page.get_by_label("View", exact=True).select_option("Stages")
    rows = page.locator(".gx-phone-rows")
    expect(rows).to_contain_text("StageConcept")
    expect(rows.get_by_role("link")).to_have_count(2)  # with the summary above it
    page.get_by_label("Find a task").last.fill("nothing like it")
    expect(page.locator(".gx-list").get_by_role("status")).to_have_text("No task matches.")
    page.get_by_label("Find a task").last.fill("")
    assert faults(page) == []

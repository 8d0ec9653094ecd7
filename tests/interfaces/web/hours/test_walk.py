"""Hours in a real browser: a member logs a week by keyboard alone, a manager approves it, a locked cell refuses."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from headway.areas.budgets import commands as budgets
from headway.areas.budgets.types import Basis
from headway.areas.hours import commands, sheets, weeks
from headway.areas.hours.types import RateKind
from headway.areas.schedule import commands as schedule
from headway.areas.schedule import queries as plans
from tests.conftest import NOW
from tests.interfaces.web.conftest import House, person_id, sign_in
from tests.interfaces.web.looking import faults, look

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
MONDAY = date(2026, 3, 2)
WEEK = f"/hours/?week={MONDAY}"
DAY = timedelta(days=1)
DAYS = {"first": MONDAY, "last": MONDAY + timedelta(days=6)}


@pytest.fixture(autouse=True)
def on_the_day_of_every_context(monkeypatch: pytest.MonkeyPatch) -> None:
    """The served house has the same day as the contexts."""
    monkeypatch.setenv("HEADWAY_NOW", NOW.isoformat())


def assigned(house: House) -> None:
    """The member is assigned to every task of SITE's plan."""
    boss = house("manager")
    schedule.add_resource(boss, project="SITE", name="Max", person=person_id(house, "member"))
    resource = next(row for row in plans.resources(boss, project="SITE") if row.name == "Max")
    for task in plans.tasks(boss, project="SITE").items:
        if not task.summary and not task.milestone:
            schedule.assign(boss, task=task.id, resource=resource.id)


def worked(house: House, days: Iterable[int]) -> None:
    """Six hours of the member on the first task, on each day counted from Monday."""
    row = weeks.my_week(house("member"), day=MONDAY).rows[0]
    task = {"task_uid": row.task_uid, "phase": row.phase}
    for step in days:
        sheets.set_cell(house("member"), project="SITE", day=MONDAY + step * DAY, hours="6", **task)


def cell(page: Page, row: int, day: int) -> Locator:
    return page.locator(f"#cell-{row}-{day}")


def saved(page: Page, row: int, day: int) -> Locator:
    return page.locator(f"td.is-saved > #cell-{row}-{day}")


def test_a_week_by_keyboard_alone(opened: BrowserContext, planned: House) -> None:
    page = sign_in(opened, "member")
    page.goto(WEEK)
    look(page, "hours-01-empty")
    assigned(planned)
    page.keyboard.press("g")
    page.keyboard.press("h")
    page.wait_for_url("**/hours/")
    page.goto(WEEK)
    look(page, "hours-02-suggested")
    cell(page, 0, 0).focus()
    page.keyboard.type("1:30")
    page.keyboard.press("Tab")
    page.keyboard.type("2h")
    page.keyboard.press("ArrowRight")
    expect(saved(page, 0, 0)).to_have_value("1.5")
    page.keyboard.type("90m")
    page.keyboard.press("Enter")
    expect(cell(page, 1, 2)).to_be_focused()
    expect(page.locator("[data-week-total]")).to_have_text("5")
    page.keyboard.press("ArrowUp")
    page.keyboard.type("many")
    page.keyboard.press("Enter")
    expect(page.locator("[data-cell-words]")).to_contain_text("“many” is not saved. Write hours as")
    expect(cell(page, 0, 2)).to_have_value("many")
    cell(page, 0, 2).focus()
    page.keyboard.press("Escape")
    expect(cell(page, 0, 2)).to_have_value("1.5")
    cell(page, 0, 1).focus()
    page.keyboard.press("F2")
    page.keyboard.type("Sketches")
    page.keyboard.press("Enter")
    expect(cell(page, 0, 1)).to_be_focused()
    expect(page.locator("td.has-note > #cell-0-1")).to_be_visible()
    page.keyboard.type("5")
    page.keyboard.press("Enter")
    expect(page.locator("[data-week-total]")).to_have_text("8")
    page.keyboard.press("Control+z")
    expect(page.locator("[data-week-total]")).to_have_text("5")
    look(page, "hours-03-filled")
    cell(page, 0, 0).focus()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Hand in the week")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Your week is handed in on all its projects.")).to_be_visible()
    look(page, "hours-04-handed-in")


def test_hours_by_one_line_a_calendar_and_keys(opened: BrowserContext, planned: House) -> None:
    page = sign_in(opened, "member")
    page.goto(WEEK)
    page.keyboard.press("l")
    page.keyboard.type("2h SITE talks today")
    expect(page.locator("#line-read")).to_contain_text("Acme web site")
    page.keyboard.press("Enter")
    expect(page.get_by_text("2 h for Acme web site are logged on")).to_be_visible()
    look(page, "hours-12-one-line")
    page.locator("body").press("u")
    expect(page.get_by_text("The entry is taken out")).to_be_visible()
    page.goto("/hours/meetings/")
    page.get_by_label("Or its text").fill(
        "BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nSUMMARY:SITE weekly\nDTSTART:20260302T080000Z\nDURATION:PT30M\n"
        "END:VEVENT\nEND:VCALENDAR"
    )
    page.get_by_role("button", name="Propose its meetings").click()
    expect(page.get_by_text("1 meeting is proposed; nothing is logged yet.")).to_be_visible()
    look(page, "hours-13-meetings")
    page.locator("body").press("j")
    page.keyboard.press("a")
    expect(page.get_by_text("0.5 h for Acme web site are logged on")).to_be_visible()
    page.goto("/leave/")
    look(page, "hours-14-leave")


def paste(page: Page, row: int, day: int, text: str) -> None:
    """What the browser does when somebody pastes into a cell; a text that the page leaves alone is typed."""
    cell(page, row, day).focus()
    left_alone = cell(page, row, day).evaluate(
        """(cell, text) => {
          const data = new DataTransfer();
          data.setData("text/plain", text);
          const pasted = { clipboardData: data, bubbles: true, cancelable: true };
          return cell.dispatchEvent(new ClipboardEvent("paste", pasted));
        }""",
        text,
    )
    if left_alone:
        page.keyboard.insert_text(text)


def test_cells_of_a_spreadsheet_are_pasted_and_taken_back_together(opened: BrowserContext, planned: House) -> None:
    assigned(planned)
    worked(planned, [6])
    page = sign_in(opened, "member")
    page.goto(WEEK)
    words, total = page.locator("[data-cell-words]"), page.locator("[data-week-total]")
    paste(page, 0, 0, "7,5\t\t7:30:00\r\n1.5\t90m\t1:30\r\n")
    expect(words).to_have_text("5 of 5 pasted cells are saved.")
    expect(cell(page, 0, 0)).to_be_focused()
    assert [cell(page, row, day).input_value() for row in (0, 1) for day in range(3)] == (
        ["7.5", "", "7.5", "1.5", "1.5", "1.5"]
    )
    expect(total).to_have_text("25.5")
    expect(page.locator("[data-draft-hours]")).to_have_text("25.5")
    page.keyboard.press("Control+z")
    expect(total).to_have_text("6")
    paste(page, 0, 5, "2\tmany\t3\n4\t30")
    expect(words).to_contain_text("2 of 5 pasted cells are saved.")
    expect(words).to_contain_text("“many”: Write hours as 1.5, 1:30, 90m or 2h.")
    expect(words).to_contain_text("Acme web site")
    expect(words).to_contain_text("“30”: Give at most 24.")
    expect(words).to_contain_text("1 lies outside the sheet.")
    expect(cell(page, 0, 6)).to_have_value("many")  # what was refused stays, marked
    expect(cell(page, 0, 6)).to_have_attribute("aria-invalid", "true")
    expect(cell(page, 1, 6)).to_have_value("30")
    expect(total).to_have_text("12")
    cell(page, 0, 6).focus()
    expect(words).to_contain_text("“many” is not saved. Write hours as 1.5, 1:30, 90m or 2h. 6 h stay.")
    page.keyboard.press("Escape")
    expect(cell(page, 0, 6)).to_have_value("6")
    cell(page, 1, 6).focus()
    expect(cell(page, 0, 6)).not_to_have_attribute("aria-invalid", "true")
    assert faults(page) == []
    cell(page, 0, 0).focus()
    page.keyboard.press("Control+z")
    expect(total).to_have_text("6")
    paste(page, 0, 0, "4")
    page.keyboard.press("Enter")
    expect(total).to_have_text("10")
    sheets.submit_week(planned("member"), day=MONDAY)
    commands.approve(planned("manager"), project="SITE", person=person_id(planned, "member"), **DAYS)
    page.reload()
    paste(page, 0, 5, "1\t8")
    expect(words).to_contain_text("1 of 2 pasted cells are saved.")
    expect(words).to_contain_text("“8”: It is approved.")


def test_the_manager_approves_and_a_locked_cell_refuses_with_words(opened: BrowserContext, planned: House) -> None:
    assigned(planned)
    worked(planned, range(3))
    sheets.submit_week(planned("member"), day=MONDAY)
    page = sign_in(opened, "manager")
    page.goto(f"/hours/team/?week={MONDAY}")
    look(page, "hours-05-team")
    page.get_by_role("button", name="Approve…").click()
    expect(page.get_by_text("Nothing is done yet.")).to_be_visible()
    look(page, "hours-06-preview")
    page.get_by_role("button", name="Approve them").click()
    expect(page.get_by_text("18 h of 1 sheet are approved.")).to_be_visible()
    page = sign_in(opened, "member")
    page.goto(WEEK)
    page.evaluate("document.querySelector('#cell-0-0').readOnly = false")  # a page from before the approval
    cell(page, 0, 0).fill("7")
    page.keyboard.press("Enter")
    expect(page.locator("[data-cell-words]")).to_contain_text("is approved: it changes no more")
    expect(cell(page, 0, 0)).to_have_value("7")
    expect(page.locator("td.is-refused > #cell-0-0")).to_be_visible()
    commands.return_entries(planned("manager"), project="SITE", reason="The basket is another task", **DAYS)
    page.goto(WEEK)
    expect(page.get_by_text("The basket is another task").first).to_be_visible()
    look(page, "hours-07-returned")


def test_the_timer_runs_over_pages(opened: BrowserContext, planned: House, monkeypatch: pytest.MonkeyPatch) -> None:
    page = sign_in(opened, "member")
    page.goto(WEEK)
    page.keyboard.press("t")
    look(page, "hours-08-timer")
    page.get_by_label("Project").select_option(label="Acme web site")
    page.get_by_label("Task or phase").fill("Talks")
    page.get_by_role("button", name="Start the timer").click()
    expect(page.get_by_text("The timer runs on Acme web site.")).to_be_visible()
    monkeypatch.setenv("HEADWAY_NOW", (NOW + timedelta(minutes=45)).isoformat())
    page.goto(WEEK)
    page.keyboard.press("t")
    expect(page.get_by_text("0.75 h are booked on Talks as a draft.")).to_be_visible()


def test_a_projects_hours_open_to_their_entries(opened: BrowserContext, planned: House) -> None:
    assigned(planned)
    worked(planned, range(-14, 3))
    boss = planned("manager")
    budget = budgets.add_budget(boss, project="SITE", name="Hours", basis=Basis.HOURS, amount=Decimal(200))
    budgets.approve_budget(planned("administrator"), budget=budget.id)
    commands.set_project_rate(
        boss, project="SITE", kind=RateKind.BILL, rate=Decimal(100), first=MONDAY - 14 * DAY, role="Engineer"
    )
    page = sign_in(opened, "manager")
    page.goto(f"/projects/SITE/hours/?week={MONDAY}")
    expect(page.locator(".hw-answer")).to_contain_text("90 of 200 h spent (45 %) with 0 % complete")
    look(page, "hours-09-project")
    page.locator("#main").get_by_role("link", name="102", exact=True).first.click()
    expect(page.get_by_role("heading", name="Time entries")).to_be_visible()
    look(page, "hours-10-entries")
    page.locator("tbody tr[data-row] a").first.click()
    expect(page.get_by_role("heading", name="Time entry")).to_be_visible()
    look(page, "hours-11-entry")

"""My tasks: the list and its acts as pages, and in a real browser by single keys."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from playwright.sync_api import BrowserContext, expect

from headway.areas.hours import queries as hours
from headway.areas.hours import timing
from headway.areas.schedule import commands, my_tasks
from headway.areas.schedule import queries as plans
from headway.areas.schedule.types import MyTask
from headway.interfaces.web.my_tasks import pages
from tests.conftest import NOW
from tests.interfaces.web.conftest import House, Signed, sign_in
from tests.interfaces.web.hours.test_walk import assigned
from tests.interfaces.web.looking import look

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pages live on the day of every context."""
    monkeypatch.setenv("HEADWAY_NOW", NOW.isoformat())


def mine(house: House) -> MyTask:
    return my_tasks.my_tasks(house("member"), day=NOW.date()).items[0]


def test_an_empty_list_says_what_it_is_for(planned: House, signed: Signed) -> None:
    assert "Nothing is yours to do" in signed("tester").get("/my-tasks/").content.decode()


def test_the_list_says_what_is_due_and_why_it_matters(planned: House, signed: Signed) -> None:
    assigned(planned)
    page = signed("member").get("/my-tasks/").content.decode()
    assert 'id="group-' in page
    assert re.search(r"wait(s)? for it\.", page)
    assert "Critical: a day later here is a day later at the end." in page


def test_the_rest_of_a_long_group_is_shown_when_asked(
    planned: House, signed: Signed, monkeypatch: pytest.MonkeyPatch
) -> None:
    assigned(planned)
    every = my_tasks.my_tasks(planned("member"), day=NOW.date()).items
    kind = every[-1].urgency
    group = [row for row in every if row.urgency is kind]
    assert len(group) > 1
    monkeypatch.setattr(pages, "SHOWN", 1)
    member = signed("member")
    first, whole = (member.get(f"/my-tasks/{asked}").content.decode() for asked in ("", f"?whole={kind.value}"))
    rest = member.get(f"/my-tasks/?whole={kind.value}", headers=HTMX).content.decode()
    assert f"Show the other {len(group) - 1}" in first
    marks = [f'data-my-task="{row.id}"' for row in group]
    assert [mark in first for mark in marks] == [True] + [False] * (len(group) - 1)
    assert all(mark in whole for mark in marks)
    assert [mark in rest for mark in marks] == [False] + [True] * (len(group) - 1)


def test_progress_answers_with_the_row_and_says_what_the_finish_does(planned: House, signed: Signed) -> None:
    assigned(planned)
    task = mine(planned)
    member = signed("member")
    address = f"/my-tasks/{task.id}/progress/"
    answer = member.post(address, {"percent_complete": "50", "version": task.version}, headers=HTMX)
    said = answer.content.decode()
    assert answer.status_code == 200
    assert "50 % entered." in said
    assert "Finish of the project" in said
    assert 'value="0" data-undo' in said
    assert mine(planned).percent_complete == Decimal(50)
    stale = member.post(address, {"percent_complete": "75", "version": task.version}, headers=HTMX)
    assert stale.status_code == 409
    assert "Somebody changed this task meanwhile" in stale.content.decode()
    wrong = member.post(address, {"percent_complete": "150", "version": mine(planned).version}, headers=HTMX)
    assert wrong.status_code == 422
    assert mine(planned).percent_complete == Decimal(50)
    assert member.post(address, {"percent_complete": "100", "version": mine(planned).version}).status_code == 302


def test_undo_brings_back_the_duration_too(planned: House, signed: Signed) -> None:
    assigned(planned)
    task = mine(planned)
    before = plans.task(planned("manager"), task=task.id)
    member = signed("member")
    address = f"/my-tasks/{task.id}/progress/"
    first_day = before.start.date().isoformat()
    said = member.post(address, {"actual_finish": first_day, "version": task.version}, headers=HTMX).content.decode()
    assert plans.task(planned("manager"), task=task.id).duration_minutes != before.duration_minutes
    remaining = re.search(r'name="remaining" value="([^"]+)"', said)
    assert remaining is not None
    back = {"percent_complete": "0", "remaining": remaining[1], "version": mine(planned).version}
    assert member.post(address, back, headers=HTMX).status_code == 200
    after = plans.task(planned("manager"), task=task.id)
    assert (after.duration, after.actual_finish, after.finish) == (before.duration, None, before.finish)


def test_done_is_done_today_also_of_what_was_late_or_to_come(
    planned: House, signed: Signed, monkeypatch: pytest.MonkeyPatch
) -> None:
    assigned(planned)
    late, *_, ahead = my_tasks.my_tasks(planned("member"), day=NOW.date()).items
    friday = NOW + timedelta(days=4)
    monkeypatch.setenv("HEADWAY_NOW", friday.isoformat())
    for task in (late, ahead):
        now = plans.task(planned("member"), task=task.id)
        form = {"percent_complete": "100", "version": now.version}
        answer = signed("member").post(f"/my-tasks/{task.id}/progress/", form, headers=HTMX)
        assert "100 % entered." in answer.content.decode()
        assert plans.task(planned("member"), task=task.id).actual_finish.date() == friday.date()  # type: ignore[union-attr]


def test_a_task_finished_in_another_week_leaves_the_list(planned: House, signed: Signed) -> None:
    assigned(planned)
    task = mine(planned)
    form = {"actual_finish": "2026-02-20", "version": task.version, "percent_complete": ""}
    answer = signed("member").post(f"/my-tasks/{task.id}/progress/", form, headers=HTMX)
    assert (answer.status_code, "It has left your list." in answer.content.decode()) == (200, True)


def test_remaining_work_is_entered_by_form(planned: House, signed: Signed) -> None:
    assigned(planned)
    task = mine(planned)
    form = {"remaining": "2d", "percent_complete": "50", "version": task.version}
    answer = signed("member").post(f"/my-tasks/{task.id}/progress/", form, headers=HTMX)
    assert "50 % entered." in answer.content.decode()


def test_hours_are_logged_and_the_timer_started_from_a_task(planned: House, signed: Signed) -> None:
    assigned(planned)
    task = mine(planned)
    member = signed("member")
    form = {"hours": "1:30", "day": str(NOW.date()), "note": "Basket"}
    answer = member.post(f"/my-tasks/{task.id}/log/", form, headers=HTMX)
    assert "1.5 h logged on Mon, Mar 2, as a draft." in answer.content.decode()
    (entry,) = hours.entries(planned("member"), project="SITE").items
    assert (entry.task_uid, entry.phase, entry.note) == (task.uid, task.name, "Basket")
    wrong = member.post(f"/my-tasks/{task.id}/log/", {**form, "hours": "many"}, headers=HTMX)
    assert wrong.status_code == 422
    for _ in range(2):  # the second one books the first
        member.post("/hours/timer/start/", {"project": task.project_id, "task": task.id, "zone": "nowhere"})
    running = timing.timer(planned("member"))
    assert running is not None
    assert running.phase == task.name


def test_what_is_not_mine_is_not_there(planned: House, signed: Signed) -> None:
    assigned(planned)
    task = mine(planned)
    for who in ("tester", "stranger", "client"):
        for act in ("progress", "log"):
            answer = signed(who).post(f"/my-tasks/{task.id}/{act}/", {"percent_complete": "50"}, headers=HTMX)
            assert answer.status_code == 404, (who, act)
    for who in ("client", "guest"):
        assert signed(who).get("/my-tasks/").status_code == 404


def test_the_list_costs_the_same_queries_with_many_tasks(planned: House, signed: Signed) -> None:
    assigned(planned)
    member = signed("member")
    few = _queries(member)
    resource = next(row for row in plans.resources(planned("manager"), project="SITE") if row.name == "Max")
    for number in range(6):
        made = commands.add_task(planned("manager"), project="SITE", name=f"More {number}", duration="2d")
        commands.assign(planned("manager"), task=made.task_id, resource=resource.id)
    assert _queries(member) == few


def _queries(client: Any) -> int:
    client.get("/my-tasks/")
    with CaptureQueriesContext(connection) as seen:
        assert client.get("/my-tasks/").status_code == 200
    return len(seen)


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_one_key_enters_progress(opened: BrowserContext, planned: House, monkeypatch: pytest.MonkeyPatch) -> None:
    page = sign_in(opened, "member")
    page.goto("/my-tasks/")
    look(page, "tasks-01-empty")
    assigned(planned)
    monkeypatch.setenv("HEADWAY_NOW", (NOW + timedelta(days=60)).isoformat())
    page.goto("/my-tasks/")
    look(page, "tasks-02-list")
    row = page.locator("[data-my-task]").first
    here = row.locator("h3 a")
    page.keyboard.press("j")
    for key, percent in (("1", "25"), ("2", "50"), ("u", "25")):
        expect(here).to_be_focused()
        page.keyboard.press(key)
        expect(row).to_contain_text(f"{percent} % entered.")
    expect(here).to_be_focused()
    page.keyboard.press("l")
    page.keyboard.type("1:30")
    page.keyboard.press("Enter")
    expect(row).to_contain_text("1.5 h logged")
    expect(here).to_be_focused()
    page.keyboard.press(" ")
    expect(row).to_contain_text("100 % entered.")
    look(page, "tasks-04-done")

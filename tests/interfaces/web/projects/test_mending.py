"""What is to mend in a plan, on its page; and what could be done about a task, carried out by one press."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, expect

from headway.areas.projects import commands as projects
from headway.areas.schedule import commands, queries
from headway.engine.plan import ConstraintType
from tests.interfaces.web.conftest import House, Signed, sign_in
from tests.interfaces.web.looking import look
from tests.interfaces.web.projects.test_plan_walk import HEBREW, built

__all__ = ["built"]  # fixtures

PAGE = "/projects/SITE/plan/faults/"


def _body(answer: Any, status: int = 200) -> str:
    assert answer.status_code == status
    return re.sub(r"\s+", " ", answer.content.decode())


def _ids(house: House) -> dict[str, int]:
    return {row.name: row.id for row in queries.tasks(house("manager"), project="SITE").items}


def _task(house: House, name: str) -> str:
    return f"/projects/SITE/plan/tasks/{_ids(house)[name]}/"


@pytest.fixture
def late(built: House) -> House:
    """On its first day: Build waits for no reason until Monday 9 March, which breaks the go-live's deadline."""
    manager, ids = built("manager"), _ids(built)
    commands.set_status_date(manager, project="SITE", status_date=date(2026, 3, 2))
    commands.edit_task(
        manager, task=ids[HEBREW], constraint=ConstraintType.SNET, constraint_date=datetime(2026, 3, 9, 8)
    )
    commands.edit_task(manager, task=ids["Go-live"], deadline=datetime(2026, 3, 12, 17))
    return built


def _shown(page: str) -> str:
    found = re.search(r'name="shown" value="([^"]+)"', page)
    assert found
    return found[1]


@pytest.mark.django_db
def test_things_to_mend_are_counted_and_listed(late: House, signed: Signed) -> None:
    page = _body(signed("member").get(PAGE))
    assert "1 thing to mend: 1 deadline missed." in page
    assert "&#x27;Go-live&#x27; finishes Fri, Mar 13, after its deadline Thu, Mar 12." in page
    assert f'href="{_task(late, "Go-live")}#mending"' in page
    assert "1 thing to mend" in _body(signed("member").get(f"{PAGE}?part=1"))
    assert "The first" not in page
    assert "Go-live" not in _body(signed("member").get(f"{PAGE}?kind=no%20progress"))
    assert f'hx-get="{PAGE}?part=1"' in _body(signed("member").get("/projects/SITE/plan/"))


@pytest.mark.django_db
def test_a_sound_plan_says_so(built: House, signed: Signed) -> None:
    commands.set_status_date(built("manager"), project="SITE", status_date=date(2026, 3, 2))
    assert "No deadline is missed" in _body(signed("member").get(PAGE))
    assert "Nothing to mend" in _body(signed("member").get(f"{PAGE}?part=1"))


@pytest.mark.django_db
def test_a_repair_is_shown_with_its_effect_and_carried_out(late: House, signed: Signed) -> None:
    client, address = signed("manager"), _task(late, HEBREW)
    assert f'hx-get="{address}repairs/"' in _body(client.get(address))
    page = _body(client.get(f"{address}repairs/"))
    assert "stands 1 working day too late for a date that hangs on it" in page
    assert "Take away &#x27;start no earlier than Mon, Mar 9&#x27;" in page
    assert "2 working days earlier; 1 deadline is met again." in page
    assert "Mends: negative slack" in page
    told = _body(client.post(address, {"form": "repair", "repair": "constraint", "shown": _shown(page)}, follow=True))
    assert "Done. " in told
    assert "Nothing to mend" in _body(client.get(f"{PAGE}?part=1"))


@pytest.mark.django_db
def test_a_repair_that_would_do_something_else_by_now_is_not_done(late: House, signed: Signed) -> None:
    client, address = signed("manager"), _task(late, HEBREW)
    shown = _shown(_body(client.get(f"{address}repairs/")))
    commands.edit_task(late("manager"), task=_ids(late)["Design"], duration="4d")
    given = {"form": "repair", "repair": "constraint", "shown": shown}
    told = _body(client.post(f"{address}?pane=1", given), 409)
    assert "The plan has changed meanwhile. Now this would be its effect:" in told
    gone = _body(client.post(address, given | {"repair": "lag-1"}), 409)
    assert "this would no longer help" in gone


@pytest.mark.django_db
def test_members_see_what_is_wrong_and_change_nothing(late: House, signed: Signed) -> None:
    client, address = signed("member"), _task(late, HEBREW)
    page = _body(client.get(f"{address}repairs/"))
    assert "stands 1 working day too late" in page
    assert "What could be done" not in page
    assert client.post(address, {"form": "repair", "repair": "constraint", "shown": ""}).status_code == 403


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["client", "guest", "stranger"])
def test_outside_people_find_nothing(late: House, signed: Signed, who: str) -> None:
    for address in (PAGE, f"{PAGE}?part=1", f"{_task(late, HEBREW)}repairs/"):
        assert signed(who).get(address).status_code == 404


@pytest.mark.django_db
def test_tasks_of_other_projects_and_plans_that_are_none(late: House, signed: Signed) -> None:
    manager = late("manager")
    projects.create(manager, key="ELSE", name="Something else")
    assert signed("manager").get("/projects/ELSE/plan/faults/").status_code == 404
    commands.start_plan(manager, project="ELSE", start="2026-03-02")
    task = commands.add_task(manager, project="ELSE", name="Other").task_id
    assert signed("manager").get(f"/projects/SITE/plan/tasks/{task}/repairs/").status_code == 404


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_mending_in_a_browser(opened: BrowserContext, late: House) -> None:
    page = sign_in(opened, "manager")
    page.goto("/projects/SITE/plan/")
    page.get_by_role("link", name="1 thing to mend").click()
    look(page, "faults")
    page.goto(_task(late, HEBREW))
    expect(page.get_by_role("heading", name="What could be done")).to_be_visible()
    look(page, "repairs")
    page.goto(f"/projects/SITE/plan/?task={_ids(late)[HEBREW]}")
    pane = page.locator("#task-pane")
    expect(pane.get_by_role("heading", name="What could be done")).to_be_visible()
    look(page, "repairs-pane")
    pane.get_by_role("button", name="Do it: Take away").click()
    expect(pane.get_by_text("Done. ")).to_be_visible()
    expect(pane.get_by_role("heading", name="What could be done")).to_have_count(0)
    page.goto(PAGE)
    expect(page.get_by_role("heading", name="Nothing to mend")).to_be_visible()

"""The plan's data and the task beside it: whole, what changed, refused to outsiders, safe inside a page."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from headway.areas.hours import commands as hours
from headway.areas.schedule import commands, queries
from tests.interfaces.web.conftest import House, Signed

pytestmark = pytest.mark.django_db
DATA = "/projects/SITE/plan/chart.json"


def _data(client: Client, query: str = "") -> dict[str, Any]:
    answer = client.get(DATA + query)
    assert answer.status_code == 200
    found: dict[str, Any] = json.loads(answer.content)
    return found


def _names(data: dict[str, Any]) -> list[str]:
    return [row[data["columns"].index("name")] for row in data["rows"]]


def _task(house: House, name: str) -> int:
    return next(row.id for row in queries.tasks(house("manager"), project="SITE").items if row.name == name)


def test_the_data_holds_every_row_and_then_what_changed(planned: House, signed: Signed) -> None:
    client = signed("member")
    data = _data(client)
    assert _names(data) == [row.name for row in queries.tasks(planned("manager"), project="SITE").items]
    assert data["whole"]
    commands.edit_task(planned("manager"), task=_task(planned, "Build"), owner="Mona")
    changed = _data(client, f"?since={data['version']}")
    assert (_names(changed), changed["whole"], changed["links"]) == (["Build"], False, None)


def test_a_number_that_is_none_is_refused(planned: House, signed: Signed) -> None:
    assert signed("member").get(f"{DATA}?since=soon").status_code == 422


@pytest.mark.parametrize("who", ["client", "guest", "stranger"])
def test_outside_people_find_neither_data_nor_task(planned: House, signed: Signed, who: str) -> None:
    client, task = signed(who), _task(planned, "Build")
    for path in (DATA, f"/projects/SITE/plan/tasks/{task}/", f"/projects/SITE/plan/tasks/{task}/?pane=1"):
        assert client.get(path).status_code == 404


def test_a_name_cannot_end_the_data_in_the_page(planned: House, signed: Signed) -> None:
    commands.add_task(planned("manager"), project="SITE", name="</script><script>alert(1)</script>")
    page = signed("manager").get("/projects/SITE/plan/").content.decode()
    inside = page.split('id="plan-head">', 1)[1].split("</script>", 1)[0]
    assert "</script><script>alert(1)</script>" in _names(json.loads(inside))
    assert "<script>alert(1)" not in page


def test_large_data_is_compressed_here(planned: House, signed: Signed) -> None:
    for number in range(120):
        commands.add_task(planned("manager"), project="SITE", name=f"Task with a long enough name {number}")
    answer = signed("manager").get(DATA, headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_pane_tells_hours_and_history(planned: House, signed: Signed) -> None:
    task = _task(planned, "Build")
    hours.log(planned("member"), project="SITE", day=date(2026, 3, 2), hours=Decimal("6.5"), task=task)
    commands.edit_task(planned("manager"), task=task, notes="Ask <b>Acme</b> first")
    pane = signed("manager").get(f"/projects/SITE/plan/tasks/{task}/?pane=1").content.decode()
    assert "<html" not in pane
    assert "6.5 h logged" in pane.replace("\u00a0", " ")
    assert "Ask &lt;b&gt;Acme&lt;/b&gt; first" in pane
    assert "Mona Manager" in pane


def test_the_task_page_links_to_what_drives_it(planned: House, signed: Signed) -> None:
    build = _task(planned, "Build")
    added = commands.add_task(planned("manager"), project="SITE", name="Check", duration="1d", predecessors=(build,))
    page = signed("manager").get(f"/projects/SITE/plan/tasks/{added.task_id}/").content.decode()
    driven = page.split("What drives its dates", 1)[1].split("</section>", 1)[0]
    assert "Starts after the finish of &#x27;Build&#x27;." in driven
    assert "Its start, and 1 d of work after it." in driven
    assert driven.count(f'href="/projects/SITE/plan/tasks/{build}/"') == 1
    assert "The path begins here: " in driven


def test_the_pane_saves_and_refuses_without_leaving(planned: House, signed: Signed) -> None:
    task, manager = _task(planned, "Build"), signed("manager")
    address = f"/projects/SITE/plan/tasks/{task}/?pane=1"
    done = manager.post(address, {"form": "progress", "progress-percent_complete": "40"})
    assert done.status_code == 200
    assert "Saved." in done.content.decode()
    assert queries.task(planned("manager"), task=task).percent_complete == 40
    refused = manager.post(address, {"form": "progress", "progress-percent_complete": "400"})
    assert refused.status_code == 422
    assert 'value="400"' in refused.content.decode()


def test_the_page_suggests_the_people_of_the_project_and_no_clients(planned: House, signed: Signed) -> None:
    page = signed("manager").get("/projects/SITE/plan/").content.decode()
    names = json.loads(page.split('id="plan-people">', 1)[1].split("</script>", 1)[0])
    assert "Max Member" in names
    assert not any("Client" in name for name in names)


def test_the_form_of_a_task_takes_what_the_grid_takes(planned: House, signed: Signed) -> None:
    """And names the field that is at fault."""
    task, manager = _task(planned, "Build"), signed("manager")
    address = f"/projects/SITE/plan/tasks/{task}/?pane=1"
    first = queries.tasks(planned("manager"), project="SITE").items[0]
    fields = {
        "form": "task",
        "name": "Build it",
        "duration": "2w",
        "people": "Max Member [50%]",
        "deadline": "2026-06-01",
    }
    done = manager.post(address, fields)
    assert done.status_code == 200
    found = queries.task(planned("manager"), task=task)
    assert (found.name, found.duration, found.resources) == ("Build it", "2 w", "Max Member")
    assert found.deadline is not None
    refused = manager.post(address, {"form": "task", "name": "Build it", "people": "Nobody at all"})
    assert refused.status_code == 422
    assert "Nobody at all&#x27; works neither in this plan nor on this project" in refused.content.decode()
    assert queries.task(planned("manager"), task=first.id).name == first.name


def test_a_field_that_somebody_changed_meanwhile_is_shown_twice(planned: House, signed: Signed) -> None:
    task, manager = _task(planned, "Build"), signed("manager")
    seen = _data(manager)["version"]
    commands.edit_task(planned("associate"), task=task, duration="9d")
    given = {"form": "task", "name": "Build", "duration": "7d", "initial-duration": "5 d", "version": seen}
    answer = manager.post(f"/projects/SITE/plan/tasks/{task}/?pane=1", given)
    assert answer.status_code == 409
    assert "9 d" in answer.content.decode()
    assert queries.task(planned("manager"), task=task).duration == "9 d"


def test_the_address_names_the_open_task(planned: House, signed: Signed) -> None:
    manager = signed("manager")
    page = manager.get(f"/projects/SITE/plan/?task={_task(planned, 'Build')}").content.decode()
    assert "What drives its dates" in page
    assert "What drives its dates" not in manager.get("/projects/SITE/plan/?task=999999").content.decode()


def test_the_data_costs_the_same_for_few_rows_and_many(planned: House, signed: Signed) -> None:
    manager = signed("manager")

    def asked() -> int:
        manager.get(DATA)
        with CaptureQueriesContext(connection) as sent:
            manager.get(DATA)
        return len(sent)

    few = asked()
    for number in range(25):
        commands.add_task(planned("manager"), project="SITE", name=f"More {number}")
    assert asked() == few

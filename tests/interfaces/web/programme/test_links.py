"""The pages that tie plans: a task made to wait for another project, named where it may be named, gone outside."""

from __future__ import annotations

import pytest
from django.test import Client

from headway.areas.programme import commands, queries
from headway.areas.schedule import queries as plans
from tests.interfaces.web.conftest import Signed
from tests.interfaces.web.programme.conftest import House

pytestmark = pytest.mark.django_db


def _text(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.content[:500])
    return answer.content.decode()


def test_a_task_is_made_to_wait_with_its_effect_shown_first(tied: House, ids: dict[str, int], signed: Signed) -> None:
    client = signed("manager")
    page = f"/projects/SITE/plan/tasks/{ids['Build']}/wait/?from=CRM"
    assert "Go-live" in _text(client, page)
    given = {"waits_for": ids["Go-live"], "type": "FS", "lag": "1d"}
    tried = client.post(page, given | {"try": "1"})
    assert "2 tasks move; the finish goes" in tried.content.decode()
    assert queries.links(tied("manager"), project="SITE").waits == ()
    done = client.post(page, given)
    assert done.headers["Location"] == f"/projects/SITE/plan/tasks/{ids['Build']}/"
    text = _text(client, done.headers["Location"])
    assert "Go-live (CRM)" in text  # what drives its start, by the name that this person may read
    links = _text(client, "/projects/SITE/plan/other-projects/")
    assert "1 task waits for other projects." in links
    assert "Awaited by" in _text(client, "/projects/CRM/plan/other-projects/")


def test_what_cannot_be_waited_for_is_said_on_the_page(tied: House, ids: dict[str, int], signed: Signed) -> None:
    client = signed("manager")
    page = f"/projects/SITE/plan/tasks/{ids['Build']}/wait/?from=CRM"
    answer = client.post(page, {"type": "FS", "lag": ""})
    assert answer.status_code == 422
    assert "Choose the task that this one waits for." in answer.content.decode()
    answer = client.post(page, {"waits_for": ids["Go-live"], "type": "FS", "lag": "soon"})
    assert answer.status_code == 422


def test_the_row_in_the_plan_has_its_name_for_those_alone_who_may_read_it(
    tied: House, ids: dict[str, int], signed: Signed
) -> None:
    made = commands.wait_for(tied("manager"), task=ids["Build"], waits_for=ids["Go-live"])
    assert "Go-live (CRM)" in _text(signed("manager"), "/projects/SITE/plan/chart.json")
    hidden = _text(signed("member"), "/projects/SITE/plan/chart.json")
    assert "Task of another project" in hidden
    row = next(row.id for row in plans.tasks(tied("manager"), project="SITE").items if row.uid == made.row_uid)
    for path in (f"tasks/{row}/", f"tasks/{ids['Build']}/", "other-projects/", f"tasks/{row}/?pane=1"):
        text = _text(signed("member"), f"/projects/SITE/plan/{path}")
        assert "Go-live" not in text
        assert "CRM" not in text
    assert "Go-live (CRM)" in _text(signed("manager"), f"/projects/SITE/plan/tasks/{row}/")


def test_waiting_ends_by_a_button_and_a_task_is_shown_elsewhere(
    tied: House, ids: dict[str, int], signed: Signed
) -> None:
    made = commands.wait_for(tied("manager"), task=ids["Build"], waits_for=ids["Go-live"])
    client = signed("manager")
    client.post(f"/projects/SITE/plan/other-projects/{made.placeholder}/stop/", {"task": ids["Build"]})
    assert queries.links(tied("manager"), project="SITE").waits == ()
    page = f"/projects/CRM/plan/tasks/{ids['Go-live']}/show-elsewhere/"
    assert client.post(page, {"project": "SHOP"}).status_code == 302
    assert [row.far.name for row in queries.links(tied("manager"), project="SHOP").waits] == ["Go-live"]


@pytest.mark.parametrize("who", ["client", "guest", "stranger"])
def test_for_people_outside_none_of_it_is_there(tied: House, ids: dict[str, int], signed: Signed, who: str) -> None:
    made = commands.wait_for(tied("manager"), task=ids["Build"], waits_for=ids["Go-live"])
    client = signed(who)
    for path in ("other-projects/", f"tasks/{ids['Build']}/wait/", f"tasks/{ids['Build']}/show-elsewhere/"):
        assert client.get(f"/projects/SITE/plan/{path}").status_code == 404
    assert client.post(f"/projects/SITE/plan/other-projects/{made.placeholder}/stop/").status_code == 404

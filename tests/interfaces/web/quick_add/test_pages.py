"""Quick add: what was understood is shown before it is saved, what is unclear is asked, and the use cases decide."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

import pytest
from django.test import Client

from headway.areas.hours.queries import entries
from headway.areas.projects import commands as projects
from headway.areas.projects import queries
from headway.areas.schedule import queries as schedule
from tests.interfaces.web.conftest import House, Signed, person_id

pytestmark = pytest.mark.django_db


def understood(client: Client, line: str, **more: str) -> tuple[str, dict[str, str]]:
    """The page for a line, and the values of its form as a browser would send them."""
    page = client.get("/add", {"line": line, **more}).content.decode()
    form = page.split('<form class="hw-form"', 1)[-1].split("</form>", 1)[0]
    values = dict(re.findall(r'<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"', form))
    values |= {name: value for value, name in re.findall(r'<input[^>]*value="([^"]*)"[^>]*name="([^"]+)"', form)}
    for name, options in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, re.S):
        picked = re.search(r'<option value="([^"]*)" selected', options)
        values[name] = picked[1] if picked else ""
    values.pop("csrfmiddlewaretoken", None)
    return page, values


def test_a_task_by_one_line(planned: House, signed: Signed) -> None:
    client = signed("manager")
    _, values = understood(client, "task #SITE Write the brief @max 3d 2030-01-04")
    assert values["kind"] == "task"
    assert values["project"] == "SITE"
    assert values["title"] == "Write the brief"
    assert (values["amount"], values["day"]) == ("3d", "2030-01-04")
    assert values["person"] == str(person_id(planned, "member"))
    answer = client.post("/add", values)
    assert answer.headers["Location"] == "/projects/SITE/plan/"
    (task,) = schedule.tasks(planned("manager"), project="SITE", search="Write the brief").items
    assert (task.duration, task.owner) == ("3 d", "Max Member")
    assert task.deadline is not None
    assert task.deadline.date() == date(2030, 1, 4)


@pytest.mark.parametrize("line", ["1:30 SITE design review 2026-02-27", "risk #SITE supplier is late 4x5"])
def test_a_line_that_is_saved_again_adds_nothing(site: House, signed: Signed, line: str) -> None:
    client = signed("member" if "1:30" in line else "manager")
    _, values = understood(client, line)
    assert len(values["once"]) == 32
    for _ in range(2):
        assert client.post("/add", values).status_code == 302
    assert (
        "was saved already; nothing was added a second time." in client.get("/projects/", follow=True).content.decode()
    )
    changed = client.post("/add", values | {"title": "Another"})
    assert changed.status_code == 409
    assert "what you changed since is not saved" in changed.content.decode()
    manager = site("manager")
    assert len(entries(manager, project="SITE").items) + len(queries.risks(manager, project="SITE")) == 1


def test_hours_by_one_line(site: House, signed: Signed) -> None:
    client = signed("member")
    _, values = understood(client, "1:30 SITE design review 2026-02-27")
    assert (values["kind"], values["project"], values["title"]) == ("hours", "SITE", "design review")
    assert client.post("/add", values | {"next": "/projects/"}).headers["Location"] == "/projects/"
    (entry,) = entries(site("member"), project="SITE").items
    assert (entry.hours, entry.day, entry.note) == (Decimal("1.5"), date(2026, 2, 27), "design review")


def test_a_risk_an_issue_and_a_decision_by_one_line(site: House, signed: Signed) -> None:
    client = signed("manager")
    for line in (
        "risk #SITE supplier is late 4x5",
        "issue #SITE sign-in fails 2030-03-12",
        "decision #SITE Which vendor?",
    ):
        _, values = understood(client, line)
        assert client.post("/add", values).status_code == 302, line
    manager = site("manager")
    assert [(row.title, row.exposure) for row in queries.risks(manager, project="SITE")] == [("supplier is late", 20)]
    assert [(row.title, row.due) for row in queries.issues(manager, project="SITE")] == [
        ("sign-in fails", date(2030, 3, 12))
    ]
    assert [row.question for row in queries.decisions(manager, project="SITE")] == ["Which vendor?"]


def test_nothing_is_saved_by_reading(site: House, signed: Signed) -> None:
    understood(signed("manager"), "issue #SITE sign-in fails")
    assert queries.issues(site("manager"), project="SITE") == ()


def test_what_is_unclear_is_asked_and_never_guessed(site: House, signed: Signed) -> None:
    client = signed("manager")
    projects.create(site("manager"), key="SITE-2", name="Second site")
    page, values = understood(client, "Write the brief")
    assert "Say what it is" in page
    assert "Say for which project" in page
    assert (values["kind"], values["project"]) == ("", "")
    assert client.post("/add", values).status_code == 422
    page, values = understood(client, "issue #sit broken @nobody")
    assert "may be" in page
    assert values["project"] == ""
    page, values = understood(client, "issue #SITE broken @nobody")
    assert "fits no person" in page
    page, values = understood(client, "risk #SITE broken")
    assert client.post("/add", values).status_code == 422
    assert queries.risks(site("manager"), project="SITE") == ()


def test_the_project_that_is_open_counts_where_none_is_named(site: House, signed: Signed) -> None:
    _, values = understood(signed("manager"), "issue broken", project_here="SITE")
    assert values["project"] == "SITE"
    page, values = understood(signed("manager"), "issue broken", project_here="OTHER")
    assert values["project"] == ""
    assert "OTHER" not in page.split("<main", 1)[1].replace('value="OTHER"', "")


def test_a_refusal_stands_beside_its_field(site: House, signed: Signed) -> None:
    answer = signed("member").post(
        "/add", {"kind": "hours", "project": "SITE", "title": "x", "amount": "many", "day": "2026-03-02"}
    )
    assert answer.status_code == 422
    assert "hours as 1.5" in answer.content.decode()


def test_a_task_wants_a_plan_and_what_was_typed_stays(site: House, signed: Signed) -> None:
    _, values = understood(signed("manager"), "task #SITE Write the brief")
    answer = signed("manager").post("/add", values)
    assert answer.status_code == 422
    assert "has no plan yet" in answer.content.decode()
    assert "Write the brief" in answer.content.decode()


def test_only_projects_where_one_may_add_are_offered(site: House, signed: Signed) -> None:
    client = signed("member")
    page, values = understood(client, "issue #SITE broken")
    assert values["project"] == ""
    assert "fits no project" in page
    sent = {"kind": "issue", "project": "SITE", "title": "broken", "severity": "high"}
    assert client.post("/add", sent).status_code == 422
    assert queries.issues(site("manager"), project="SITE") == ()
    assert "Rival" not in signed("manager").get("/add?line=issue+%23OTHER+x").content.decode()


@pytest.mark.parametrize("who", ["client", "guest"])
def test_to_clients_there_is_no_quick_add(site: House, signed: Signed, who: str) -> None:
    assert signed(who).get("/add").status_code == 404
    assert signed(who).post("/add", {"kind": "issue", "project": "SITE", "title": "x"}).status_code == 404


def test_it_leads_back_to_pages_of_ours_alone(site: House, signed: Signed) -> None:
    _, values = understood(signed("manager"), "issue #SITE broken")
    for foreign in ("https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"):
        answer = signed("manager").post("/add", values | {"next": foreign})
        assert answer.headers["Location"].startswith("/projects/SITE/"), foreign

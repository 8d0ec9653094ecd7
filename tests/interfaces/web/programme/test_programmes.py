"""Programmes' pages, the combined Gantt, the calendar and its file."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from headway.areas.portfolio.reactions import refresh_all
from headway.areas.programme import commands, queries
from headway.areas.projects import commands as projects
from headway.areas.schedule import commands as schedule
from tests.areas.programme.conftest import START
from tests.conftest import NOW
from tests.interfaces.web.conftest import Signed, person_id
from tests.interfaces.web.programme.conftest import House

pytestmark = pytest.mark.django_db

PAGES = ("/portfolio/programmes/", "/portfolio/gantt/", "/portfolio/calendar/", "/portfolio/calendar/milestones.ics")


@pytest.fixture(autouse=True)
def monday(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pages' clock stands where the plans begin."""
    monkeypatch.setenv("HEADWAY_NOW", NOW.isoformat())


def _text(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.content[:500])
    return answer.content.decode()


def _programme(house: House, *keys: str, name: str = "One front door") -> int:
    made = commands.add_programme(house("manager"), name=name, objective="Customers find us in one place.")
    for key in keys:
        commands.add_project(house("manager"), programme=made.id, project=key)
    return made.id


@pytest.mark.parametrize("who", ["client", "guest"])
def test_for_clients_and_guests_nothing_of_it_is_there(tied: House, signed: Signed, who: str) -> None:
    made = _programme(tied, "CRM", "SITE")
    for path in (*PAGES, f"/portfolio/programmes/{made}/", f"/portfolio/programmes/{made}/edit/"):
        assert signed(who).get(path).status_code == 404


def test_a_programme_is_begun_filled_changed_and_removed(tied: House, signed: Signed) -> None:
    client = signed("manager")
    assert "No programmes yet" in _text(client, "/portfolio/programmes/")
    answer = client.post("/portfolio/programmes/new/", {"name": "One <b>door</b>", "objective": "All in one."})
    page = answer.headers["Location"]
    assert "No projects in it yet" in _text(client, page)
    for key in ("CRM", "SITE"):
        client.post(f"{page}projects/add/", {"project": key})
    text = _text(client, page)
    assert "One &lt;b&gt;door&lt;/b&gt;" in text
    assert "CRM rollout" in text
    assert "Site build" in text
    version = queries.programmes(tied("manager")).items[0].version
    answer = client.post(f"{page}edit/", {"name": "One door", "objective": "All in one.", "version": version - 1})
    assert answer.status_code == 409  # somebody has changed it since
    answer = client.post(f"{page}edit/", {"name": "One door", "objective": "All in one.", "version": version})
    assert answer.status_code == 302
    client.post(f"{page}projects/CRM/remove/")
    assert [row.projects for row in queries.programmes(tied("manager")).items] == [("SITE",)]
    client.post(f"{page}remove/")
    assert queries.programmes(tied("manager")).items == ()


def test_who_may_not_change_it_is_not_offered_to(tied: House, signed: Signed) -> None:
    made = _programme(tied, "CRM", "SITE")
    text = _text(signed("member"), f"/portfolio/programmes/{made}/")
    assert "CRM rollout" not in text  # a member of SITE alone
    assert "Take out" not in text
    assert signed("member").get(f"/portfolio/programmes/{made}/edit/").status_code == 403
    assert signed("stranger").get(f"/portfolio/programmes/{made}/").status_code == 404


def test_clients_are_not_offered_as_owners(tied: House, signed: Signed) -> None:
    owners = _text(signed("manager"), "/portfolio/programmes/new/")
    assert f'<option value="{person_id(tied, "associate")}"' in owners
    assert f'<option value="{person_id(tied, "client")}"' not in owners


def test_the_grid_is_narrowed_to_a_programme_and_grouped_by_it(tied: House, signed: Signed) -> None:
    made = _programme(tied, "CRM", "SITE")
    _programme(tied, "SITE", name="Another aim")
    client = signed("manager")
    narrowed = _text(client, f"/portfolio/?programme={made}")
    assert "2 projects:" in narrowed
    assert "Shop launch" not in narrowed
    grouped = _text(client, "/portfolio/?q=&group=programme")
    places = [grouped.index(name) for name in ("Another aim and One front door", "Without a programme")]
    assert places == sorted(places)


def test_the_gantt_folds_projects_opens_them_and_draws_what_ties_them(
    tied: House, ids: dict[str, int], signed: Signed
) -> None:
    commands.wait_for(tied("manager"), task=ids["Build"], waits_for=ids["Go-live"])
    client = signed("manager")
    folded = _text(client, "/portfolio/gantt/?q=")
    assert (
        "3 projects, 1 link between them. The last finish is Tue, Mar 17, 2026; it hangs on tasks of CRM, SITE."
        in folded
    )
    assert "Configure</bdi>" not in folded
    assert "Build (SITE) waits for Go-live (CRM), FS" in folded
    opened = _text(client, "/portfolio/gantt/?q=&open=CRM&open=SITE&level=1")
    for name in ("Configure", "Build", "Go-live (CRM)"):
        assert f"{name}</bdi>" in opened
    alone = _text(client, "/portfolio/gantt/?q=&p=SHOP")
    assert "Site build</bdi></a>" not in alone


def test_the_calendar_has_the_months_milestones_and_its_file_opens_elsewhere(tied: House, signed: Signed) -> None:
    client = signed("manager")
    text = _text(client, "/portfolio/calendar/?month=2026-03-01")
    assert "2 milestones in March 2026 in 2 projects; none is late. Next is Launch of Site build" in text
    file = client.get("/portfolio/calendar/milestones.ics?q=")
    assert file.headers["Content-Type"] == "text/calendar; charset=utf-8"
    lines = file.content.decode().split("\r\n")
    assert lines[0] == "BEGIN:VCALENDAR"
    assert "SUMMARY:Go-live (CRM rollout)" in lines
    assert "DTSTART;VALUE=DATE:20260313" in lines
    assert lines.count("BEGIN:VEVENT") == 2


def test_the_calendar_lists_the_first_of_a_week_and_all_of_one_that_is_shown_alone(
    tied: House, signed: Signed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("headway.interfaces.web.portfolio.calendar._LISTED", 1)
    for name in ("Signed <b>", "Staffed"):
        schedule.add_task(tied("manager"), project="SITE", name=name, milestone=True)
    client = signed("manager")
    page = "/portfolio/calendar/?month=2026-03-01"
    listed = client.get(page).content.decode().partition('id="portfolio-answer"')[2].partition("By week")[2]
    assert "Signed &lt;b&gt;</bdi>" in listed
    assert "Staffed</bdi>" not in listed
    assert re.findall(r"Show \d+ more of week \d+", listed) == ["Show 2 more of week 10"]
    alone = client.get(f"{page}&week=2026-03-02").content.decode().partition("By week")[2]
    assert "Staffed</bdi>" in alone
    assert "Go-live</bdi>" not in alone


def test_the_pages_ask_as_many_questions_for_many_projects_as_for_few(
    tied: House, ids: dict[str, int], signed: Signed
) -> None:
    manager = tied("manager")
    commands.wait_for(manager, task=ids["Build"], waits_for=ids["Go-live"])
    made = _programme(tied, "CRM", "SITE")
    client = signed("manager")
    pages = ("/portfolio/gantt/?q=&open=CRM", "/portfolio/calendar/?q=", f"/portfolio/programmes/{made}/")
    few = [_asked(client, page) for page in pages]
    for number in range(8):
        key = f"MORE{number}"
        projects.create(manager, key=key, name=f"More {number}", time_zone="UTC")
        schedule.start_plan(manager, project=key, start=START)
        done = schedule.add_task(manager, project=key, name="Done", milestone=True)
        commands.wait_for(manager, task=done.task_id, waits_for=ids["Go-live"])
        commands.add_project(manager, programme=made, project=key)
    assert [_asked(client, page) for page in pages] == few


def _asked(client: Client, page: str) -> int:
    """Queries of a page whose standings have been computed."""
    refresh_all({})
    client.get(page)
    with CaptureQueriesContext(connection) as seen:
        assert client.get(page).status_code == 200
    return len(seen)

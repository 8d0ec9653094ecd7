"""The pages of capacity: what they answer, whom they open for, a proposal from its question to its undo."""

from __future__ import annotations

import io
import re

import openpyxl
import pytest
from django.test import Client

from headway.areas.capacity import proposals
from headway.areas.schedule import commands as plan
from headway.areas.schedule.queries import tasks
from headway.kernel import jobs
from headway.kernel.jobs_worker import run_due
from tests.areas.capacity.conftest import busy
from tests.interfaces.web.conftest import House, Signed, person_id

pytestmark = pytest.mark.django_db
PAGES = ["/capacity/", "/capacity/?scale=day&group=team", "/capacity/?scale=month&group=role", "/capacity/proposals/"]


def _text(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.content[:500])
    return answer.content.decode()


@pytest.mark.parametrize("path", [*PAGES, "/capacity/level/", "/projects/SITE/plan/clear-levelling/"])
@pytest.mark.parametrize("who", ["client", "guest"])
def test_for_clients_and_guests_there_is_no_capacity(crowded: House, signed: Signed, path: str, who: str) -> None:
    assert signed(who).get(path).status_code == 404


def test_pages_open_for_members_who_may_look_and_not_level(crowded: House, signed: Signed) -> None:
    member = signed("member")
    for path in PAGES:
        assert member.get(path).status_code == 200, path
    assert "Level plans" not in _text(member, "/capacity/")
    assert member.get("/capacity/level/").status_code == 403
    assert member.get("/projects/SITE/plan/clear-levelling/").status_code == 403


def test_the_map_answers_first_and_escapes_what_people_typed(crowded: House, signed: Signed) -> None:
    text = _text(signed("manager"), "/capacity/")
    assert "1 of 1 person has more work than time" in text
    assert re.search(r"120<span class=\"hm-of\">/40</span>", text)
    assert "120 of 40 hours: more work than time, on 5 days" in text
    who = person_id(crowded, "member")
    links = re.findall(rf'"(/capacity/load/\?who={who}[^"]+)"[^>]*>120<', text)
    detail = _text(signed("manager"), links[0].replace("&amp;", "&"))
    assert "80 h too much on 5 days" in detail
    assert "Build &lt;b&gt;" in detail
    assert "Build <b>" not in detail
    assert re.search(rf'href="/capacity/level/\?project=[A-Z]+&amp;project=[A-Z]+&amp;person={who}"', detail)


def test_roles_that_nobody_has_are_not_called_people(crowded: House, signed: Signed) -> None:
    busy(crowded("manager"), "SHOP", None, "1", name="Painter", task="Walls", duration="2d")
    text = _text(signed("manager"), "/capacity/")
    assert "1 of 2 people has more work than time" in text
    assert "2 people and roles, 1 with too much" in text
    assert "2 of 2 people and roles" in text


def test_without_anybody_planned_the_page_says_what_it_is_for(house: House, signed: Signed) -> None:
    assert "Nobody is planned yet" in _text(signed("manager"), "/capacity/")
    assert "No proposals yet" in _text(signed("manager"), "/capacity/proposals/")


def test_filters_stand_in_the_address(crowded: House, signed: Signed) -> None:
    client = signed("manager")
    assert "Nobody matches these filters" in _text(client, "/capacity/?q=nobody+like+this")
    assert "Max Member" in _text(client, "/capacity/?project=SHOP&over=1")
    assert client.get("/capacity/?project=OTHER").status_code == 404
    assert client.get("/capacity/?team=99&from=x&scale=y").status_code == 404  # no such team
    assert client.get("/capacity/load/?who=1&first=x&last=y").status_code == 404


def test_the_map_as_a_workbook(crowded: House, signed: Signed) -> None:
    answer = signed("manager").get("/capacity/export/?scale=week")
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="Capacity ')
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    assert book.sheetnames == ["Planned hours", "Capacity", "Left", "Sources"]
    values = [cell.value for row in book["Planned hours"].iter_rows() for cell in row]
    assert "Max Member" in values
    assert 120 in values
    assert -80 in [cell.value for row in book["Left"].iter_rows() for cell in row]


def _asked(client: Client, **given: object) -> str:
    answer = client.post(
        "/capacity/level/",
        {"project": ["SITE", "SHOP"], "method": "rules", "gives_way": "standard", "aim": "finish", "seconds": 5,
         "other_work": "on", **given},
    )  # fmt: skip
    assert answer.status_code == 302, answer.content.decode()[:2000]
    return str(answer.headers["Location"])


def test_a_proposal_from_its_question_to_its_undo(crowded: House, signed: Signed) -> None:
    client, manager = signed("manager"), crowded("manager")
    page = _asked(client)
    assert "It is being computed" in _text(client, page)
    assert 'data-preparing="' in _text(client, f"{page}progress/")
    run_due(queues=(jobs.LONG,))
    assert f'data-ended="{page}"' in _text(client, f"{page}progress/")
    text = _text(client, page)
    assert "80 hours too much" in text or "hours too much become 0" in text
    rows = re.findall(r'name="row" value="([A-Z]+:\d+)"', text)
    assert [row.split(":")[0] for row in rows] == ["SITE", "SHOP"]
    tried = client.post(f"{page}decide/", {"act": "try", "row": rows[:1]}).content.decode()
    assert "The chosen rows would do this" in tried
    assert re.findall(r'value="([A-Z]+:\d+)" checked', tried) == rows[:1]
    done = client.post(f"{page}decide/", {"act": "accept", "row": rows}, follow=True).content.decode()
    assert "Undo stands in its plan." in done
    assert "Nobody of 1 person has more work than time" in _text(client, "/capacity/")
    assert "Clear levelling" in _text(client, "/projects/SITE/plan/clear-levelling/")
    client.post("/projects/SITE/plan/clear-levelling/")
    starts = {row.start for row in tasks(manager.but(), project="SITE").items}
    assert len(starts) == 1


def test_a_changed_plan_is_computed_anew_and_nothing_is_set(crowded: House, signed: Signed) -> None:
    client, manager = signed("manager"), crowded("manager")
    page = _asked(client)
    run_due(queues=(jobs.LONG,))
    rows = re.findall(r'name="row" value="([A-Z]+:\d+)"', _text(client, page))
    plan.add_task(manager, project="SHOP", name="Surprise")
    assert "SHOP changed since this was computed" in _text(client, page)
    answer = client.post(f"{page}decide/", {"act": "accept", "row": rows}, follow=True).content.decode()
    assert "nothing was set, and it is computed anew" in answer
    assert len({row.start for row in tasks(manager.but(), project="SITE").items}) == 1


def test_refusals_are_said_where_they_belong(crowded: House, signed: Signed) -> None:
    client = signed("manager")
    bad = client.post("/capacity/level/", {"project": ["SITE"], "method": "rules", "seconds": 0})
    assert bad.status_code == 422
    page = _asked(client)
    run_due(queues=(jobs.LONG,))
    assert client.post(f"{page}decide/", {"act": "accept"}).status_code == 422
    client.post(f"{page}discard/")
    assert "Discarded by" in _text(client, page)
    assert client.post(f"{page}decide/", {"act": "accept", "row": ["SITE:1"]}).status_code == 409
    assert signed("stranger").get(page).status_code == 404
    assert [row.state.value for row in proposals.proposals(crowded("manager")).items] == ["discarded"]


def test_stopping_what_is_computed(crowded: House, signed: Signed) -> None:
    client = signed("manager")
    page = _asked(client)
    assert "Stopped." in client.post(f"{page}stop/", follow=True).content.decode()
    client.post(f"{page}again/")
    run_due(queues=(jobs.LONG,))
    assert "Accept the chosen rows" in _text(client, page)


def test_another_plan_is_added_and_what_was_typed_stays(crowded: House, signed: Signed) -> None:
    given = {"project": ["SITE"], "place-SITE": "2", "add": "SHOP", "more": "1", "method": "search", "split": "on"}
    text = signed("manager").post("/capacity/level/", given).content.decode()
    assert re.findall(r'name="project" value="(\w+)"', text) == ["SITE", "SHOP"]
    assert '<option value="search" selected>' in text


def test_the_desk_and_my_tasks_say_what_is_next(crowded: House, signed: Signed) -> None:
    text = _text(signed("member"), "/my-tasks/")
    assert re.search(r'class="hw-next-what">Next: <a href="[^"]+"><bdi>(Sketch|Build &lt;b&gt;|Shelf)</bdi>', text)
    assert "Start the timer" in text.split('class="hw-next"')[1].split("</section>")[0]
    assert "hw-next" not in _text(signed("approver"), "/my-tasks/")

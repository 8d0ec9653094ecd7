"""Asking for news on its pages, telling it inside and behind a mailed link, and what such a link does not open."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from headway.areas.comms import reactions as delivery
from headway.areas.comms.queries import outbox
from headway.areas.people import commands as people
from headway.areas.people.types import OrganisationKind
from headway.areas.schedule import asking, commands, updates
from headway.areas.schedule import queries as plans
from headway.areas.schedule.update_types import UpdateDetail, UpdateField, UpdateState
from headway.interfaces import limits
from headway.interfaces.web import by_link
from headway.interfaces.web.news import pages
from headway.journeys import reports
from headway.kernel import ports
from headway.kernel.models import AuditEntry
from tests.areas.comms.test_outbox import Server
from tests.conftest import NOW
from tests.interfaces.web.conftest import House, Signed, person_id

pytestmark = pytest.mark.django_db


@dataclass
class Linked:
    """SITE, whose tasks Bo does without an account."""

    house: House
    server: Server
    bo: int
    uids: list[int]

    def ask(self, **given: Any) -> UpdateDetail:
        """A request whose mail is a draft."""
        boss = self.house("manager")
        values = {"asks": tuple(UpdateField), "due": boss.now.date(), "tasks": tuple(self.uids[:2])} | given
        found: UpdateDetail = asking.ask_for_news(boss, project="SITE", person=self.bo, **values)
        return found

    def approve(self, mail: int) -> str:
        """Approved and delivered; gives the link's path."""
        boss = self.house("manager")
        row = asking.ask_to_send_update(boss, mail=mail, approvers=(person_id(self.house, "approver"),))
        reports.decide(self.house("approver"), approval=row.id, decision="approve", digest=row.digest)
        delivery.deliver({"mail": outbox(boss)[0].id})
        text = self.server.taken[-1].decode().replace("=\r\n", "").replace("=3D", "=")
        found = re.search(r"(/news/[^/\s]+/)", text)
        assert found is not None
        return found[1]

    def state(self, update: int) -> UpdateState:
        """Where a request stands."""
        found: UpdateDetail = updates.update_request(self.house("manager"), update=update)
        return found.row.state


@pytest.fixture
def linked(planned: House, monkeypatch: pytest.MonkeyPatch) -> Iterator[Linked]:
    monkeypatch.setenv("HEADWAY_NOW", NOW.isoformat())  # links end by the clock of the pages
    server = Server()
    ports.provide("mail", server)
    limits._counted.clear()
    boss = planned("manager")
    firm = people.add_organisation(planned("administrator"), name="Builders", kind=OrganisationKind.PARTNER)
    bo = people.add_person(boss, name="Bo Builder", email="bo@builders.example", organisation=firm.id).id
    commands.add_resource(boss, project="SITE", name="Bo Builder", person=bo)
    resource = next(row.id for row in plans.resources(boss, project="SITE") if row.name == "Bo Builder")
    rows = [row for row in plans.tasks(boss, project="SITE").items if not row.summary]
    for row in rows:
        commands.assign(boss, task=row.id, resource=resource)
    yield Linked(planned, server, bo, [row.uid for row in rows])
    limits._counted.clear()
    ports.provide("mail", None)


def test_asking_approving_telling_and_taking_it(linked: Linked, signed: Signed) -> None:
    manager = signed("manager")
    page = manager.get("/projects/SITE/updates/new/?choose=under_way").content.decode()
    assert "Bo Builder" in page
    assert "checked" in page
    given = {
        "ask": [f"{linked.bo}:{uid}" for uid in linked.uids[:2]],
        "asks": ["percent", "note"],
        "words": "How is it going?",
        "due": "2026-12-24",
    }
    answer = manager.post("/projects/SITE/updates/new/", given)
    assert answer.status_code == 302
    address = answer.headers["Location"]
    page = manager.get(address).content.decode()
    assert "How is it going?" in page
    assert "Ask for approval" in page
    (update,) = updates.update_requests(linked.house("manager"), project="SITE")
    mail = updates.update_request(linked.house("manager"), update=update.id).mails[0].id
    asked = manager.post(f"{address}mails/{mail}/approval/", {"approvers": [person_id(linked.house, "approver")]})
    assert asked.status_code == 302
    approver = signed("approver")
    row = updates.update_request(linked.house("manager"), update=update.id).mails[0]
    approval = approver.get(f"/approvals/{row.approval_id}/").content.decode()
    assert "here stands the person&#x27;s own link" in approval
    digest = re.search(r'name="digest" value="(\w+)"', approval)
    assert digest is not None
    approver.post(f"/approvals/{row.approval_id}/", {"digest": digest[1], "decision": "approve"})
    delivery.deliver({"mail": outbox(linked.house("manager"))[0].id})
    link = re.search(r"(/news/[^/\s]+/)", linked.server.taken[-1].decode().replace("=\r\n", "").replace("=3D", "="))
    assert link is not None
    nobody = Client()
    assert "How is it going?" in nobody.get(link[1]).content.decode()
    first, second = linked.uids[:2]
    kept = nobody.post(link[1], {f"t{first}-percent": "40", "keep": "1"}, follow=True).content.decode()
    assert 'value="40"' in kept
    sent = nobody.post(link[1], {f"t{first}-percent": "40", f"t{second}-note": "Not begun", "send": "1"}, follow=True)
    assert "Thank you" in sent.content.decode()
    page = manager.get(address).content.decode()
    assert "What it would do" in page
    assert "40%" in page
    assert manager.post(address, {"take": [first], "accept": "1"}).status_code == 302
    assert linked.state(update.id) is UpdateState.SETTLED
    assert "Taken into the plan" in manager.get(address).content.decode()
    entry = AuditEntry.objects.filter(use_case="schedule.answer_by_link").first()
    assert entry is not None
    assert (entry.actor_id, entry.actor_name) == (None, "Bo Builder, by a mailed link")


def test_what_was_typed_and_refused_stays(linked: Linked) -> None:
    link = linked.approve(linked.ask().mails[0].id)
    uid = linked.uids[0]
    answer = Client().post(link, {f"t{uid}-percent": "140", f"t{uid}-note": "Kept words", "send": "1"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "percent from 0 to 100" in page
    assert "Kept words" in page


def test_looking_changes_nothing(linked: Linked) -> None:
    link = linked.approve(linked.ask().mails[0].id)
    before = AuditEntry.objects.count()
    with CaptureQueriesContext(connection) as caught:
        for _ in range(2):
            assert Client().get(link).status_code == 200
        assert Client().head(link).status_code == 200
    assert AuditEntry.objects.count() == before
    assert not [query for query in caught if query["sql"].split()[0] in ("INSERT", "UPDATE", "DELETE")]


@pytest.mark.parametrize("method", ["put", "patch", "delete", "options"])
def test_no_other_method_is_taken(linked: Linked, method: str) -> None:
    link = linked.approve(linked.ask().mails[0].id)
    assert getattr(Client(), method)(link).status_code == 405


def test_a_form_from_elsewhere_is_refused(linked: Linked) -> None:
    update = linked.ask()
    link = linked.approve(update.mails[0].id)
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(link, {f"t{linked.uids[0]}-percent": "40", "send": "1"}).status_code == 403
    assert linked.state(update.row.id) is UpdateState.OPEN


def test_a_forged_or_changed_link_is_not_there(linked: Linked) -> None:
    link = linked.approve(linked.ask().mails[0].id)
    token = link.split("/")[2]
    for wrong in ("x", token[:-1], token[::-1], f"{token}x", token.replace(".", ":"), "%00", "a" * 5000):
        answer = Client().get(f"/news/{wrong}/")
        assert answer.status_code == 404, wrong
        assert "Builder" not in answer.content.decode()


def test_other_tasks_and_fields_cannot_be_slipped_in(linked: Linked) -> None:
    update = linked.ask(asks=(UpdateField.PERCENT,), tasks=(linked.uids[0],))
    link = linked.approve(update.mails[0].id)
    given = {
        f"t{linked.uids[0]}-percent": "40",
        f"t{linked.uids[0]}-remaining": "90d",
        f"t{linked.uids[1]}-percent": "99",
        "auto_accept": "on",
        "state": "settled",
        "send": "1",
    }
    Client().post(link, given)
    found = updates.update_request(linked.house("manager"), update=update.row.id)
    assert [dict(task.answer) for task in found.tasks] == [{"percent": "40%"}]
    assert (found.row.state, found.row.auto_accept) == (UpdateState.ANSWERED, False)


def test_a_used_link_takes_nothing_more(linked: Linked) -> None:
    update = linked.ask()
    link = linked.approve(update.mails[0].id)
    given = {f"t{linked.uids[0]}-percent": "40", "send": "1"}
    assert Client().post(link, given).status_code == 302
    again = Client().post(link, given | {f"t{linked.uids[0]}-percent": "99"})
    assert again.status_code == 200
    assert "Thank you" in again.content.decode()
    found = updates.update_request(linked.house("manager"), update=update.row.id)
    assert found.tasks[0].answer == {"percent": "40%"}


def test_a_withdrawn_link_says_so(linked: Linked, signed: Signed) -> None:
    update = linked.ask()
    link = linked.approve(update.mails[0].id)
    assert signed("manager").post(f"/projects/SITE/updates/{update.row.id}/withdraw/").status_code == 302
    answer = Client().get(link)
    assert answer.status_code == 410
    assert "has withdrawn this request" in answer.content.decode()
    assert Client().post(link, {f"t{linked.uids[0]}-percent": "40", "send": "1"}).status_code == 410


def test_the_link_lets_nobody_in_elsewhere(linked: Linked) -> None:
    link = linked.approve(linked.ask().mails[0].id)
    visitor = Client()
    answer = visitor.get(link)
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
    for address in ("/projects/SITE/", "/projects/SITE/updates/", "/desk/", "/portal/"):
        assert visitor.get(address).status_code == 302, address
    assert visitor.get("/api/v1/projects").status_code == 401
    for address in ("/api/v1/news", "/api/v1/schedule/answer_by_link"):
        assert visitor.post(address).status_code == 404


def test_whoever_is_signed_in_acts_by_the_link_as_its_person(linked: Linked, signed: Signed) -> None:
    update = linked.ask()
    link = linked.approve(update.mails[0].id)
    signed("manager").post(link, {f"t{linked.uids[0]}-percent": "40", "send": "1"})
    entry = AuditEntry.objects.get(use_case="schedule.answer_by_link")
    assert (entry.actor_id, entry.actor_name) == (None, "Bo Builder, by a mailed link")


def test_saves_visits_and_wrong_links_are_limited(linked: Linked, monkeypatch: pytest.MonkeyPatch) -> None:
    link = linked.approve(linked.ask().mails[0].id)
    for place, name, limit in ((by_link, "WRONG_LINKS", 2), (by_link, "VISITS", 6), (pages, "SAVES", 2)):
        monkeypatch.setattr(place, name, limit)
    visitor = Client()
    given = {f"t{linked.uids[0]}-percent": "40", "keep": "1"}
    assert [visitor.post(link, given).status_code for _ in range(3)] == [302, 302, 429]
    assert [visitor.get(link).status_code for _ in range(4)] == [200, 200, 200, 429]
    assert [visitor.get("/news/wrong/").status_code for _ in range(3)] == [404, 404, 429]


def test_news_is_told_inside_by_the_person_asked_alone(linked: Linked, signed: Signed) -> None:
    boss = linked.house("manager")
    member = person_id(linked.house, "member")
    row = asking.ask_for_news(
        boss, project="SITE", person=member, tasks=(linked.uids[0],), asks=("percent",), due=boss.now.date()
    ).row
    address = f"/projects/SITE/updates/{row.id}/answer/"
    assert signed("member").get(f"/go/schedule.UpdateRequest/{row.id}", follow=True).request["PATH_INFO"] == address
    assert signed("manager").get(address).status_code == 403
    assert signed("tester").get(address).status_code == 404
    refused = signed("member").post(address, {f"t{linked.uids[0]}-percent": "x", "send": "1"})
    assert refused.status_code == 422
    done = signed("member").post(address, {f"t{linked.uids[0]}-percent": "30", "send": "1"}, follow=True)
    assert "Your news has arrived" in done.content.decode()
    assert linked.state(row.id) is UpdateState.ANSWERED


def test_people_outside_and_strangers_find_no_address(linked: Linked, signed: Signed) -> None:
    update = linked.ask()
    base = f"/projects/SITE/updates/{update.row.id}/"
    mail = update.mails[0].id
    for who in ("client", "guest", "stranger"):
        client = signed(who)
        for address in ("/projects/SITE/updates/", "/projects/SITE/updates/new/", base, f"{base}answer/"):
            assert client.get(address).status_code == 404, (who, address)
        for address in ("withdraw/", f"mails/{mail}/", f"mails/{mail}/approval/", f"mails/{mail}/drop/"):
            assert client.post(base + address).status_code == 404, (who, address)
    assert signed("member").get("/projects/SITE/updates/new/").status_code == 403
    assert signed("manager").get(f"/projects/SITE/updates/{2**40}/").status_code == 404


def test_nothing_chosen_is_said_and_kept(linked: Linked, signed: Signed) -> None:
    answer = signed("manager").post(
        "/projects/SITE/updates/new/", {"asks": ["percent"], "words": "Kept", "due": "2026-12-24"}
    )
    assert answer.status_code == 422
    assert "Choose at least one task" in answer.content.decode()
    assert "Kept" in answer.content.decode()


def test_somebody_else_can_be_asked_about_chosen_tasks(linked: Linked, signed: Signed) -> None:
    other = people.add_person(
        linked.house("manager"),
        name="Cy Contact",
        email="cy@builders.example",
        organisation=people.add_organisation(
            linked.house("administrator"), name="Cy & Co", kind=OrganisationKind.PARTNER
        ).id,
    ).id
    given = {"asks": ["percent"], "due": "2026-12-24", "other": other, "other_task": [linked.uids[0]]}
    assert signed("manager").post("/projects/SITE/updates/new/", given).status_code == 302
    (row,) = updates.update_requests(linked.house("manager"), project="SITE")
    assert (row.person, row.task_count) == ("Cy Contact", 1)


def test_the_list_asks_as_much_for_many_as_for_few(linked: Linked, signed: Signed) -> None:
    client = signed("manager")

    def asked() -> int:
        with CaptureQueriesContext(connection) as caught:
            assert client.get("/projects/SITE/updates/").status_code == 200
        return len(caught)

    linked.ask()
    asked()
    few = asked()
    for _ in range(8):
        linked.ask()
    assert asked() == few


def test_no_markup_of_a_request_reaches_a_page(linked: Linked, signed: Signed) -> None:
    probe = "<img src=x onerror=alert(1)>"
    update = linked.ask(words=probe)
    link = linked.approve(update.mails[0].id)
    Client().post(link, {f"t{linked.uids[0]}-note": probe, "send": "1"})
    for page in (Client().get(link), signed("manager").get(f"/projects/SITE/updates/{update.row.id}/")):
        assert "<img src=x" not in page.content.decode()
        assert "&lt;img src=x onerror=alert(1)&gt;" in page.content.decode()


def test_where_one_of_several_cannot_be_asked_nobody_is(linked: Linked, signed: Signed) -> None:
    given = {
        "ask": [f"{linked.bo}:{linked.uids[0]}", f"{person_id(linked.house, 'member')}:999"],
        "asks": ["percent"],
        "due": "2026-12-24",
    }
    answer = signed("manager").post("/projects/SITE/updates/new/", given)
    assert answer.status_code == 422
    assert updates.update_requests(linked.house("manager"), project="SITE") == ()

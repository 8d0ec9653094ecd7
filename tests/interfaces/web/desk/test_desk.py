"""The Desk's and the inbox's pages: one happy walk and one refusal each, and their number of queries."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from headway.areas.comms.commands import notify_together
from headway.areas.comms.queries import inbox
from headway.areas.comms.types import NoticeReason, Telling
from headway.areas.desk import queries as desk
from headway.areas.projects import commands as projects
from headway.areas.projects.queries import decisions
from headway.kernel.commands import maintenance
from headway.kernel.context import clock
from tests.interfaces.web.conftest import House, Signed, person_id

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def a_decision(house: House, question: str = "Which shop system?", *, late: int = 3) -> str:
    row = projects.add_decision(
        house("manager"),
        project="SITE",
        question=question,
        decide_by=clock().date() - timedelta(days=late),
        owner=person_id(house, "manager"),
    )
    return f"decision:{row.id}"


def test_an_empty_desk_says_so_and_offers_first_acts(site: House, signed: Signed) -> None:
    page = signed("member").get("/desk/").content.decode()
    assert "Your Desk is empty" in page
    assert 'href="/my-tasks/"' in page


def test_clients_and_guests_have_no_desk(site: House, signed: Signed) -> None:
    for who in ("client", "guest"):
        for address in ("/desk/", "/desk/delegate/?key=decision:1"):
            assert signed(who).get(address).status_code == 404
        for address in ("/desk/act/", "/desk/snooze/", "/desk/unsnooze/", "/desk/take-back/"):
            assert signed(who).post(address, {"key": "decision:1", "delegation": "1"}).status_code == 404


def test_a_decision_is_recorded_in_place(site: House, signed: Signed) -> None:
    key, client = a_decision(site), signed("manager")
    assert "Which shop system?" in client.get("/desk/").content.decode()
    refused = client.post("/desk/act/", {"key": key, "ask-outcome": " "}, headers=HTMX)
    assert refused.status_code == 422
    assert "Fill in: What was decided." in refused.content.decode()
    done = client.post("/desk/act/", {"key": key, "ask-outcome": "The open one"}, headers=HTMX)
    assert "Done: record the decision." in done.content.decode()
    assert decisions(site("manager"), project="SITE")[0].outcome == "The open one"
    again = client.post("/desk/act/", {"key": key, "ask-outcome": "Another"}, headers=HTMX)
    assert desk.GONE in again.content.decode()


def test_what_was_typed_stays_when_it_is_refused(site: House, signed: Signed) -> None:
    issue = projects.add_issue(site("manager"), project="SITE", title="Broken", due=clock().date())
    client = signed("manager")
    answer = client.post("/desk/act/", {"key": f"issue:{issue.id}", "ask-resolution": "x" * 100_001}, headers=HTMX)
    assert answer.status_code == 422
    assert "x" * 100 in answer.content.decode()


def test_snooze_undo_and_the_walk_without_scripts(site: House, signed: Signed) -> None:
    key, client = a_decision(site), signed("manager")
    answer = client.post("/desk/snooze/", {"key": key, "later": "monday"}, headers=HTMX).content.decode()
    assert "Set aside, back next Monday." in answer
    assert "Bring back" in answer
    assert client.post("/desk/unsnooze/", {"key": key}).headers["Location"] == "/desk/"
    assert key in {line.key for group in desk.show(site("manager").but(now=clock())).groups for line in group.lines}
    gone = client.post("/desk/snooze/", {"key": "decision:999"}, headers=HTMX)
    assert desk.GONE in gone.content.decode()


def test_a_line_is_handed_on_and_taken_back(site: House, signed: Signed) -> None:
    key, client = a_decision(site), signed("manager")
    dialog = client.get(f"/desk/delegate/?key={key}", headers=HTMX).content.decode()
    assert "Asha Associate" in dialog
    assert client.get(f"/desk/delegate/?key={key}").status_code == 200
    wrong = client.post("/desk/delegate/", {"key": key, "to": person_id(site, "client")}, headers=HTMX)
    assert wrong.status_code == 422
    told = client.post("/desk/delegate/", {"key": key, "to": person_id(site, "associate"), "note": "Please"})
    assert told.status_code == 302
    theirs = signed("associate").get("/desk/").content.decode()
    assert "From <bdi>Mona Manager</bdi>" in theirs
    given = next(
        line
        for group in desk.show(site("manager").but(now=clock())).groups
        for line in group.lines
        if line.delegation_id
    )
    back = client.post("/desk/take-back/", {"delegation": given.delegation_id}, headers=HTMX)
    assert "It is not handed on any more." in back.content.decode()


def test_one_group_in_full(site: House, signed: Signed) -> None:
    for number in range(10):
        a_decision(site, f"Question {number}?")
    client = signed("manager")
    whole, alone = client.get("/desk/").content.decode(), client.get("/desk/?group=to_decide").content.decode()
    assert whole.count("data-desk-line") == 8
    assert "Show all 10" in whole
    assert alone.count("data-desk-line") == 10


def _queries(client: Any, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return len(asked)


def test_the_number_of_queries_does_not_grow(site: House, signed: Signed) -> None:
    client = signed("manager")
    a_decision(site)
    projects.add_issue(site("manager"), project="SITE", title="One", owner=person_id(site, "associate"))
    few = _queries(client, "/desk/")
    for number in range(12):
        projects.create(site("manager"), key=f"P-{number}", name=f"Project {number}")
        projects.add_issue(
            site("manager"), project=f"P-{number}", title="Late", due=date(2026, 3, 1), owner=person_id(site, "manager")
        )
        a_decision(site, f"Question {number}?", late=number)
    assert _queries(client, "/desk/") == few
    member = signed("member")
    projects.add_issue(site("manager"), project="SITE", title="The first", owner=person_id(site, "member"))
    one = _queries(member, "/inbox/")
    for number in range(12):
        projects.add_issue(site("manager"), project="SITE", title=f"Yours {number}", owner=person_id(site, "member"))
    assert _queries(member, "/inbox/") == one


# --- the inbox --------------------------------------------------------------------------------


def in_inbox(client: Any, do: str, **more: Any) -> str:
    """An act of the inbox in place; gives the list and what stands beside it."""
    answer = client.post("/inbox/act/", {"do": do, **more}, headers=HTMX)
    assert answer.status_code == 200, answer.content.decode()[:2000]
    return str(answer.content.decode())


def test_the_inbox_is_read_beside_the_list_and_emptied(site: House, signed: Signed) -> None:
    issue = projects.add_issue(site("manager"), project="SITE", title="Broken", owner=person_id(site, "associate"))
    client, ctx = signed("associate"), site("associate")
    page = client.get("/inbox/").content.decode()
    assert "2 unread." in page
    assert "You own ISS-1 Broken" in page
    newest, oldest = (row.id for row in inbox(ctx).items)
    assert f'href="/go/projects.Issue/{issue.id}"' in in_inbox(client, f"open:{newest}")
    assert [row.read for row in inbox(ctx).items] == [True, False]
    in_inbox(client, f"unread:{newest}")
    assert [row.read for row in inbox(ctx).items] == [False, False]
    after = in_inbox(client, f"done:{newest}", open=newest)  # the next one takes its place
    assert f'data-opened="{oldest}"' in after
    assert [row.id for row in inbox(ctx).items] == [oldest]
    in_inbox(client, f"back:{newest}")
    assert "1 notice set aside" in in_inbox(client, f"later:{newest}:tomorrow")
    assert [row.id for row in inbox(ctx, aside=True).items] == [newest]
    in_inbox(client, f"back:{newest}")
    assert "2 notices put away." in in_inbox(client, "done:chosen", chosen=[newest, oldest])
    in_inbox(client, f"back:{newest},{oldest}")
    project = inbox(ctx).items[0].project_id
    assert "Your inbox is empty" in in_inbox(client, f"done:group-{project}")
    assert "You own ISS-1 Broken" in client.get("/inbox/?show=archived").content.decode()
    assert client.post("/inbox/act/?show=archived", {"do": f"back:{newest}"}).headers["Location"] == (
        "/inbox/?show=archived"
    )


def test_what_one_act_did_to_many_things_is_one_line_that_names_them(site: House, signed: Signed) -> None:
    manager, member = site("manager"), person_id(site, "associate")
    issues = [projects.add_issue(manager, project="SITE", title=title) for title in ("One", "Two", "<i>Three")]
    tellings = [Telling((member,), "projects.Issue", issue.id, f"{issue.title} moved") for issue in issues]
    project = inbox(site("associate")).items[0].project_id
    with maintenance("notices for a test"):
        notify_together(manager, reason=NoticeReason.MOVED, project_id=project, tellings=tellings)
    client, row = signed("associate"), inbox(site("associate"), reason=NoticeReason.MOVED).items[0]
    assert "and 2 others" in client.get("/inbox/").content.decode()
    beside = in_inbox(client, f"open:{row.id}")
    assert "&lt;i&gt;Three moved" in beside
    assert f'href="/go/projects.Issue/{issues[1].id}"' in beside
    client.post("/inbox/act/", {"do": f"unread:{row.id}"})
    with maintenance("notices for a test"):
        notify_together(manager, reason=NoticeReason.MOVED, project_id=project, tellings=tellings[:1])
    (again,) = inbox(site("associate"), reason=NoticeReason.MOVED).items
    assert (again.id, again.more, len(again.others)) == (row.id, 2, 2)  # what came along is not lost


def test_the_inbox_stands_by_project_or_by_reason(site: House, signed: Signed) -> None:
    projects.add_issue(site("manager"), project="SITE", title="<b>Broken</b>", owner=person_id(site, "associate"))
    client = signed("associate")
    assert "&lt;b&gt;Broken" in client.get("/inbox/").content.decode()
    by_reason = client.get("/inbox/?by=reason").content.decode()
    assert 'id="group-assigned"' in by_reason
    assert 'id="group-joined"' in by_reason
    assert "Broken" not in client.get("/inbox/?reason=joined").content.decode()


def test_a_record_and_its_project_are_followed_and_muted_beside_a_notice(site: House, signed: Signed) -> None:
    projects.add_issue(site("manager"), project="SITE", title="Broken", owner=person_id(site, "associate"))
    client, notice = signed("associate"), inbox(site("associate")).items[0].id
    assert "Follow this issue no more" in in_inbox(client, f"follow:{notice}", open=notice)
    assert "Hear of this issue again" in in_inbox(client, f"mute:{notice}", open=notice)
    assert "Hear of this project again" in in_inbox(client, f"mute-project:{notice}", open=notice)
    settings = client.get("/settings/notices/").content.decode()
    assert settings.count("Tell me again") == 2
    assert "Nothing yet. Follow" in settings


def test_another_persons_notice_is_not_there(site: House, signed: Signed) -> None:
    notice = inbox(site("associate")).items[0]
    for act in ("open", "unread", "done", "later", "back", "follow", "mute-project", "strange"):
        assert signed("manager").post("/inbox/act/", {"do": f"{act}:{notice.id}"}).status_code == 404, act
    assert f'data-opened="{notice.id}"' not in signed("manager").get("/inbox/").content.decode()
    assert signed("client").post("/inbox/act/", {"do": f"done:{notice.id}"}).status_code == 404

"""One act's form, closely: what is stored, what is sent, refusals, both versions, and who may."""

from __future__ import annotations

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from headway.areas.budgets.costs import expenses
from headway.areas.projects import commands as projects
from headway.areas.projects import queries
from headway.areas.projects.types import State
from tests.interfaces.web.conftest import House, Signed

pytestmark = pytest.mark.django_db


def test_a_form_shows_what_is_stored_and_sends_what_was_changed(site: House, signed: Signed) -> None:
    manager = site("manager")
    risk = projects.add_risk(manager, project="SITE", title="Late", cause="Snow", probability=2, impact=3)
    page = signed("manager").get(f"/acts/projects.edit_risk?risk={risk.id}").content.decode()
    assert 'value="Late"' in page
    assert "RISK-1 Late" in page
    sent = {"title": "Later", "cause": "Snow", "probability": "2", "impact": "3", "version": "1", "once": "a"}
    answer = signed("manager").post(f"/acts/projects.edit_risk?risk={risk.id}", sent)
    assert ": done" in answer.content.decode()
    (row,) = queries.risks(manager, project="SITE")
    assert (row.title, row.cause, row.version, row.state) == ("Later", "Snow", 2, State.OPEN)


def test_a_change_can_be_undone_by_one_press(site: House, signed: Signed) -> None:
    manager = site("manager")
    risk = projects.add_risk(manager, project="SITE", title="Late", probability=2, impact=3)
    path = f"/acts/projects.edit_risk?risk={risk.id}"
    client = signed("manager")
    page = client.post(path, {"title": "Later", "probability": "2", "impact": "4", "version": "1"}).content.decode()
    hidden = dict(re.findall(r'<input type="hidden" name="(title|impact|version|once)" value="([^"]*)"', page))
    assert (hidden["title"], hidden["impact"], hidden["version"]) == ("Late", "3", "2")
    assert client.post(path, hidden).status_code == 200
    (row,) = queries.risks(manager, project="SITE")
    assert (row.title, row.impact, row.version) == ("Late", 3, 3)


def test_a_form_sent_twice_acts_once(site: House, signed: Signed) -> None:
    client = signed("manager")
    sent = {"title": "Down", "severity": "high", "once": "abc"}
    for _ in range(2):
        assert client.post("/acts/projects.add_issue?project=SITE", sent).status_code == 200
    assert len(queries.issues(site("manager"), project="SITE")) == 1


def test_a_form_sent_twice_with_a_file_acts_once(site: House, signed: Signed) -> None:
    client = signed("manager")
    given = {"day": "2026-02-03", "kind": "Travel", "description": "Train", "amount": "50", "once": "abc"}
    for _ in range(2):
        sent = given | {"file": SimpleUploadedFile("bill.pdf", b"%PDF-1.7 x")}
        assert client.post("/acts/budgets.add_expense?project=SITE", sent).status_code == 200
    assert len(expenses(site("manager"), project="SITE").items) == 1


def test_what_was_made_can_be_opened(site: House, signed: Signed) -> None:
    page = signed("manager").post("/acts/projects.add_issue?project=SITE", {"title": "Down", "severity": "high"})
    (issue,) = queries.issues(site("manager"), project="SITE")
    assert f'href="/go/projects.Issue/{issue.id}">Open ISS-1</a>' in page.content.decode()


def test_a_refusal_stands_beside_its_field_and_keeps_what_was_typed(site: House, signed: Signed) -> None:
    sent = {"title": "Kept words", "probability": "9", "impact": "3"}
    answer = signed("manager").post("/acts/projects.add_risk?project=SITE", sent)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Kept words" in page
    assert 'id="id_probability_error"' in page
    assert queries.risks(site("manager"), project="SITE") == ()


def test_a_record_that_is_hidden_is_refused_and_what_was_typed_stays(site: House, signed: Signed) -> None:
    answer = signed("manager").post("/acts/projects.add_issue?project=SITE", {"title": "Kept words", "owner": "999999"})
    assert answer.status_code == 422
    assert "Kept words" in answer.content.decode()


def test_showing_the_result_saves_nothing(site: House, signed: Signed) -> None:
    sent = {"title": "Perhaps", "try": "1"}
    answer = signed("manager").post("/acts/projects.add_issue?project=SITE", sent)
    assert "This would be the result" in answer.content.decode()
    assert queries.issues(site("manager"), project="SITE") == ()


def test_a_stale_form_shows_both_versions(site: House, signed: Signed) -> None:
    manager = site("manager")
    issue = projects.add_issue(manager, project="SITE", title="Down")
    projects.edit_issue(manager, issue=issue.id, title="Up again")
    answer = signed("manager").post(f"/acts/projects.edit_issue?issue={issue.id}", {"title": "Lost", "version": "1"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Up again" in page
    assert "Lost" in page


def test_a_destructive_act_asks_first(site: House, signed: Signed) -> None:
    manager = site("manager")
    row = projects.add_stakeholder(manager, project="SITE", name="Olga")
    path = f"/acts/projects.remove_stakeholder?stakeholder={row.id}"
    assert signed("manager").post(path, {}).status_code == 422
    assert len(queries.stakeholders(manager, project="SITE")) == 1
    assert signed("manager").post(path, {"sure": "on"}).status_code == 200
    assert queries.stakeholders(manager, project="SITE") == ()


def test_who_may_not_is_refused(site: House, signed: Signed) -> None:
    assert signed("member").get("/acts/projects.add_risk?project=SITE").status_code == 403
    assert signed("member").get("/acts/projects.add_risk").status_code == 403
    for who in ("client", "guest", "stranger"):
        assert signed(who).get("/acts/projects.add_risk?project=SITE").status_code == 404
        assert signed(who).post("/acts/projects.add_risk?project=SITE", {"title": "x"}).status_code == 404


def test_the_list_of_acts_is_each_persons_own(site: House, signed: Signed) -> None:
    assert "/acts/projects.add_risk" in signed("manager").get("/acts/").content.decode()
    member = signed("member").get("/acts/").content.decode()
    assert "/acts/hours.log" in member
    assert "/acts/projects.add_risk" not in member
    assert "/acts/projects.add_risk" not in signed("client").get("/acts/").content.decode()


def test_an_act_that_does_not_exist_is_not_there(site: House, signed: Signed) -> None:
    for name in ("projects.no_such", "projects.list", "projects.open_import", "people.set_up"):
        assert signed("manager").get(f"/acts/{name}").status_code == 404, name


def test_records_of_a_kind_are_searched_for_a_field(site: House, signed: Signed) -> None:
    projects.add_risk(site("manager"), project="SITE", title="Kestrel", probability=2, impact=3)
    path = "/acts/choices?kind=projects.Risk&q=kest"
    assert [row["words"] for row in signed("manager").get(path).json()["choices"]] == ["RISK-1 Kestrel"]
    assert signed("stranger").get(path).json()["choices"] == []
    assert signed("manager").get("/acts/choices?kind=people.User&q=a").status_code == 404

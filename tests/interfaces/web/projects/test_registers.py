"""Pages of the registers: lists that narrow, one record beside them or alone, both versions of a stale save."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from headway.areas.projects import commands, histories, queries
from headway.areas.projects.types import RecordKind, RiskRow, State
from headway.interfaces.web.addresses import go_url
from tests.interfaces.web.conftest import House, Signed, person_id

pytestmark = pytest.mark.django_db
RISKS = "/projects/SITE/risks/"


@pytest.fixture
def risk(site: House) -> RiskRow:
    """RISK-1 of SITE, exposure 12, with an owner and a day."""
    return commands.add_risk(
        site("manager"),
        project="SITE",
        title="Late texts",
        probability=3,
        impact=4,
        response="Ask early",
        response_due=date(2026, 3, 20),
        owner=person_id(site, "member"),
    )


def _given(row: RiskRow, **changes: Any) -> dict[str, Any]:
    """The form of a risk as a browser sends it: its fields, and what each began with."""
    fields = {
        "title": row.title,
        "kind": row.kind.value,
        "probability": row.probability,
        "impact": row.impact,
        "cause": row.cause,
        "effect": row.effect,
        "response": row.response,
        "response_due": row.response_due.isoformat() if row.response_due else "",
        "owner": row.owner_id or "",
    }
    began = {f"initial-{name}": value for name, value in fields.items()}
    return fields | began | {"why": "", "version": row.version} | changes


def _stored(site: House) -> RiskRow:
    return queries.risks(site("manager"), project="SITE")[0]


def _body(answer: Any) -> str:
    return str(answer.content.decode())


def test_a_risk_is_entered_changed_with_a_reason_and_closed(site: House, signed: Signed) -> None:
    manager = signed("manager")
    given = {"title": "Late texts", "kind": "threat", "probability": "4", "impact": "5"}
    given["owner"] = person_id(site, "member")
    assert manager.post(f"{RISKS}new/", given | {"title": ""}).status_code == 422
    answer = manager.post(f"{RISKS}new/", given)
    assert (answer.status_code, answer.headers["Location"]) == (302, f"{RISKS}1/")
    row = _stored(site)
    assert manager.post(f"{RISKS}1/", _given(row, response="Ask early", why="Agreed on Monday")).status_code == 302
    assert _stored(site).response == "Ask early"
    page = _body(manager.get(f"{RISKS}1/"))
    assert "Agreed on Monday" in page
    assert "Response: " in page
    manager.post(f"{RISKS}1/state/", {"state": "closed"})
    assert _stored(site).state is State.OPEN  # nobody said why
    manager.post(f"{RISKS}1/state/", {"state": "closed", "outcome": "The texts came"})
    assert (_stored(site).state, _stored(site).outcome) == (State.CLOSED, "The texts came")
    assert "Late texts" not in _body(manager.get(RISKS))
    assert "Late texts" in _body(manager.get(f"{RISKS}?state=closed"))


def test_a_day_and_an_owner_are_emptied_by_leaving_them_empty(site: House, signed: Signed, risk: RiskRow) -> None:
    emptied = _given(risk, response_due="", owner="")
    assert signed("manager").post(f"{RISKS}1/", emptied).status_code == 302
    assert (_stored(site).response_due, _stored(site).owner_id) == (None, None)


def test_the_record_stands_beside_its_list_and_is_changed_there(site: House, signed: Signed, risk: RiskRow) -> None:
    manager = signed("manager")
    beside = f"{RISKS}?state=all&open=1"
    page = _body(manager.get(beside))
    assert 'class="hw-pane"' in page
    assert f'href="{RISKS}1/"' in page
    assert 'href="?state=all"' in page
    answer = manager.post(beside, _given(risk, title="Later texts"))
    assert (answer.status_code, answer.headers["Location"]) == (302, beside)
    assert manager.post(beside, _given(risk, title="")).status_code == 422
    assert manager.post(RISKS, _given(risk)).status_code == 404


def test_a_stale_save_is_shown_beside_the_stored_and_merged_by_field(
    site: House, signed: Signed, risk: RiskRow
) -> None:
    manager = signed("manager")
    commands.edit_risk(site("associate"), risk=risk.id, title="Very late texts", impact=5)
    mine = _given(risk, probability="5", title="Texts come late")
    late = manager.post(f"{RISKS}1/", mine)
    page = _body(late)
    assert late.status_code == 409
    assert "Asha Associate (Mon" in page
    assert _stored(site).probability == 3
    # What only the other changed is offered as stored, what this person changed as theirs.
    assert re.search(r'name="keep-impact" value="stored" checked', page)
    assert re.search(r'name="keep-title" value="yours" checked', page)
    assert re.search(r'name="keep-probability" value="yours" checked', page)
    assert "keep-response" not in page
    again = re.search(r'name="version" value="(\d+)"', page)
    assert again is not None
    choices = {"keep-impact": "stored", "keep-title": "stored", "keep-probability": "yours", "version": again.group(1)}
    assert manager.post(f"{RISKS}1/", mine | choices).status_code == 302
    merged = _stored(site)
    assert (merged.title, merged.probability, merged.impact) == ("Very late texts", 5, 5)


def test_a_merge_that_comes_too_late_itself_is_shown_again(site: House, signed: Signed, risk: RiskRow) -> None:
    manager = signed("manager")
    commands.edit_risk(site("associate"), risk=risk.id, title="Second")
    page = _body(manager.post(f"{RISKS}1/", _given(risk, title="Mine")))
    version = re.search(r'name="version" value="(\d+)"', page)
    assert version is not None
    commands.edit_risk(site("associate"), risk=risk.id, title="Third")
    answer = manager.post(f"{RISKS}1/", _given(risk, title="Mine", version=version.group(1)) | {"keep-title": "yours"})
    assert answer.status_code == 409
    assert "Third" in _body(answer)


def test_lists_narrow_by_words_state_owner_lateness_and_field_of_the_grid(
    site: House, signed: Signed, risk: RiskRow
) -> None:
    manager = signed("manager")
    commands.add_risk(site("manager"), project="SITE", title="Server too small", probability=1, impact=2)
    for asked, shown, hidden in (
        ("", "Late texts", "–none–"),
        ("?q=server", "Server too small", "Late texts"),
        ("?owner=nobody", "Server too small", "Late texts"),
        ("?owner=Max+Member", "Late texts", "Server too small"),
        ("?up=3&across=4", "Late texts", "Server too small"),
    ):
        page = _body(manager.get(f"{RISKS}{asked}")).split('id="register"')[1]
        assert shown in page, asked
        assert hidden not in page, asked
    assert "Nothing fits" in _body(manager.get(f"{RISKS}?late=1&q=server"))
    worst, best = (_body(manager.get(f"{RISKS}{asked}")) for asked in ("", "?sort=-exposure"))
    assert worst.index("Late texts") < worst.index("Server too small")
    assert best.index("Server too small") < best.index("Late texts")
    assert 'aria-sort="descending"' in worst
    assert 'aria-sort="ascending"' in best
    assert "2 open risks, the highest exposure 12 of 25 (RISK-1); 1 without a response; 1 past" in worst
    assert "; 1 without an owner." in worst


def test_the_effect_of_a_risk_is_said_before_it_is_saved(site: House, signed: Signed, risk: RiskRow) -> None:
    said = _body(
        signed("manager").post(f"{RISKS}effect/", _given(risk, impact="5", probability="5", number=1, response=""))
    )
    assert "Exposure 12 → <strong>25</strong> of 25" in said
    assert "hw-rag-amber" in said
    assert "hw-rag-red" in said
    assert _stored(site).exposure == 12
    assert _body(signed("manager").post(f"{RISKS}effect/", {"probability": "9"})) == ""


def test_a_question_is_put_decided_once_and_taken_up_again(site: House, signed: Signed) -> None:
    manager = signed("manager")
    given = {"question": "Which host?", "options": "Ours | slow\nTheirs | dear", "decide_by": "2026-03-09"}
    assert manager.post("/projects/SITE/decisions/new/", given).status_code == 302
    row = queries.decisions(site("manager"), project="SITE")[0]
    assert [(option.title, option.consequences) for option in row.options] == [("Ours", "slow"), ("Theirs", "dear")]
    address = "/projects/SITE/decisions/1/"
    changed = given | {"decide_by": "", "owner": "", "why": "", "version": row.version}
    assert manager.post(address, changed).status_code == 302
    row = queries.decisions(site("manager"), project="SITE")[0]
    assert row.decide_by is None
    assert manager.post(f"{address}decide/", {"outcome": ""}).status_code == 422
    assert manager.post(f"{address}decide/", {"outcome": "Theirs", "version": row.version}).status_code == 302
    assert manager.post(f"{address}decide/", {"outcome": "Ours"}).status_code == 409
    assert 'id="record-form"' not in _body(manager.get(address))
    assert manager.post(f"{address}reopen/", {"reason": ""}).status_code == 422
    assert manager.post(f"{address}reopen/", {"reason": "The host closes"}).status_code == 302
    assert "The host closes" in _body(manager.get(address))


@pytest.mark.parametrize(
    ("register", "given"),
    [
        ("issues", {"title": "Server down", "severity": "high"}),
        ("assumptions", {"text": "Texts come by May"}),
        (
            "stakeholders",
            {
                "name": "Carla",
                "power": "5",
                "interest": "4",
                "engagement": "neutral",
                "desired": "supportive",
                "raci": "C",
            },
        ),
    ],
)
def test_other_records_are_entered_opened_from_their_list_and_changed(
    site: House, signed: Signed, register: str, given: dict[str, str]
) -> None:
    manager = signed("manager")
    entered = manager.post(f"/projects/SITE/{register}/new/", given)
    assert entered.status_code == 302
    page = _body(manager.get(f"/projects/SITE/{register}/"))
    beside = re.search(r'id="row-\d+" href="(\?[^"]+)"', page)
    assert beside is not None
    assert 'id="record-form"' in _body(manager.get(f"/projects/SITE/{register}/{beside.group(1)}"))
    assert manager.post(entered.headers["Location"], {}).status_code == 422
    state = {} if register == "stakeholders" else {"state": "open"}
    assert manager.post(entered.headers["Location"], given | state).status_code == 302


def test_a_stakeholder_is_taken_off(site: House, signed: Signed) -> None:
    row = commands.add_stakeholder(site("manager"), project="SITE", name="Carla")
    assert signed("member").post(f"/projects/SITE/stakeholders/{row.id}/remove/").status_code == 403
    signed("manager").post(f"/projects/SITE/stakeholders/{row.id}/remove/")
    assert queries.stakeholders(site("manager"), project="SITE") == ()
    assert signed("manager").post(f"/projects/SITE/stakeholders/{row.id}/state/").status_code == 404


def test_a_member_reads_a_record_and_is_refused_a_change(site: House, signed: Signed, risk: RiskRow) -> None:
    member = signed("member")
    page = _body(member.get(f"{RISKS}1/"))
    assert "Ask early" in page
    assert 'id="record-form"' not in page
    assert member.post(f"{RISKS}1/", _given(risk, title="Mine")).status_code == 403
    assert member.post(f"{RISKS}1/state/", {"state": "closed"}).status_code == 403
    assert _stored(site) == risk


@pytest.mark.parametrize("who", ["stranger", "client", "guest"])
def test_registers_are_not_there_for_others(site: House, signed: Signed, risk: RiskRow, who: str) -> None:
    other = signed(who)
    for path in ("", "?open=1", "1/", "new/", "1/state/"):
        assert other.get(f"{RISKS}{path}").status_code in (404, 405), path
        assert other.post(f"{RISKS}{path}", _given(risk)).status_code == 404, path
    assert _stored(site) == risk


def test_a_record_has_an_address_by_kind_and_id(site: House, signed: Signed, risk: RiskRow) -> None:
    commands.create(site("manager"), key="SECOND", name="Second")
    second = commands.add_risk(site("manager"), project="SECOND", title="Other", probability=1, impact=1)
    manager = signed("manager")
    assert manager.get(go_url("projects.Risk", second.id)).headers["Location"] == "/projects/SECOND/risks/1/"
    assert manager.get("/projects/SECOND/risks/2/").status_code == 404
    assert manager.get("/projects/SITE/registers/").headers["Location"] == RISKS


def test_a_long_register_comes_in_pages_and_asks_the_database_as_often(site: House, signed: Signed) -> None:
    manager, ctx = signed("manager"), site("manager")
    commands.add_risk(ctx, project="SITE", title="Risk 000", probability=2, impact=2)
    manager.get(RISKS)
    with CaptureQueriesContext(connection) as few:
        manager.get(f"{RISKS}?open=1")
    for number in range(1, 61):
        commands.add_risk(ctx, project="SITE", title=f"Risk {number:03}", probability=2, impact=2)
    with CaptureQueriesContext(connection) as many:
        page = _body(manager.get(f"{RISKS}?open=1"))
    assert len(many) == len(few)
    following = re.search(r'href="(\?from=50)"', page)
    assert following is not None
    assert "Risk 060" in _body(manager.get(f"{RISKS}{following.group(1)}"))


def test_the_history_of_a_record_goes_on_by_pages(site: House, signed: Signed, risk: RiskRow) -> None:
    for number in range(25):
        commands.edit_risk(site("manager"), risk=risk.id, response=f"Answer {number}")
    page = _body(signed("manager").get(f"{RISKS}1/"))
    older = re.search(r'href="(/projects/SITE/risks/1/\?history=[^"]+)"', page)
    assert older is not None
    assert "entered it" in _body(signed("manager").get(older.group(1)))
    found = histories.history(site("manager"), project="SITE", kind=RecordKind.RISK, record=risk.id, limit=200)
    assert len(found.items) == 26

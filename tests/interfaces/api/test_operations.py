"""The API: a happy walk, and one refusal of each kind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from headway.areas.files.types import Download
from headway.areas.people import queries as people
from headway.areas.projects.types import Charter
from headway.interfaces.api.pages import attachment
from headway.kernel.models import AuditEntry
from tests.conftest import PASSWORD
from tests.interfaces.api.conftest import BASE, Api

pytestmark = pytest.mark.django_db
Apis = Callable[..., Api]


def _problem(response: Any, status: int, code: str) -> dict[str, Any]:
    """The problem of a refusal, which must be one."""
    assert response.status_code == status, response.content
    assert response.headers["Content-Type"] == "application/problem+json"
    body: dict[str, Any] = response.json()
    assert (body["status"], body["code"]) == (status, code)
    return body


def test_a_walk_from_a_project_to_a_risk(api: Apis) -> None:
    manager = api("manager")
    made = manager("POST", "/projects", {"key": "SITE", "name": "Web site", "scope_in": []} | {})
    _problem(made, 422, "invalid")
    made = manager("POST", "/projects", {"key": "SITE", "name": "Web site"})
    assert (made.status_code, made.headers["ETag"]) == (200, '"1"')
    assert manager("GET", "/projects/SITE").json() == made.json()
    assert [row["key"] for row in manager("GET", "/projects").json()["items"]] == ["SITE"]
    risk = manager("POST", "/projects/SITE/risks", {"title": "Late", "probability": 3, "impact": 4}).json()
    changed = manager("PATCH", f"/risks/{risk['id']}", {"probability": 5}, If_Match='"1"')
    assert (changed.json()["exposure"], changed.headers["ETag"]) == (20, '"2"')
    assert manager("GET", "/projects/SITE/risks?state=open").json()[0]["ref"] == risk["ref"]


def test_a_list_in_the_address_has_commas(api: Apis, site: Charter) -> None:
    manager = api("manager")
    manager("POST", "/projects", {"key": "SHOP", "name": "Shop"})
    manager("POST", "/projects", {"key": "OTHER", "name": "Other"})
    shown = manager("GET", "/portfolio/gantt?only=SITE,SHOP").json()
    assert {row["key"] for row in shown["projects"]} == {"SITE", "SHOP"}


def test_every_answer_may_not_be_kept_by_anybody(api: Apis, site: Charter) -> None:
    for path in ("/projects", "/projects/SITE", "/projects/NOPE", "/nowhere"):
        assert api("manager")("GET", path).headers["Cache-Control"] == "no-store"


def test_nobody_is_asked_to_sign_in(api: Apis, site: Charter) -> None:
    refused = api("")("GET", "/projects")
    _problem(refused, 401, "sign_in_required")
    assert refused.headers["WWW-Authenticate"] == "Bearer"
    wrong = Api("hw_wrong")
    _problem(wrong("GET", "/projects"), 401, "sign_in_required")
    _problem(api("")("GET", "/projects", Authorization="Basic YTpi"), 401, "sign_in_required")
    _problem(api("")("POST", "/projects", {"key": "A", "name": "A"}), 401, "sign_in_required")


def test_absent_and_hidden_are_one_answer(api: Apis, site: Charter) -> None:
    stranger = api("stranger")
    bodies = [
        _problem(stranger("GET", path), 404, "not_found")
        for path in (f"/projects/{site.id}", "/projects/999999", "/projects/SITE", "/projects/NOPE")
    ]
    assert bodies.count(bodies[0]) == 4


@pytest.mark.parametrize(
    "given", ["9223372036854775808", "99999999999999999999999", "0", "-1", "²", "1.5", "%00", "a" * 300]
)
def test_an_id_that_cannot_be_is_never_a_fault(api: Apis, site: Charter, given: str) -> None:
    assert api("manager")("GET", f"/risks/{given}").status_code == 405
    assert api("manager")("GET", f"/tasks/{given}").status_code in (404, 422)
    assert api("manager")("GET", f"/projects/{given}").status_code in (404, 422)


def test_a_role_and_a_scope_are_looked_at(api: Apis, site: Charter) -> None:
    _problem(api("member")("POST", "/projects", {"key": "B", "name": "B"}), 403, "denied")
    reader = api("manager", "projects:read")
    assert reader("GET", "/projects/SITE").status_code == 200
    _problem(reader("POST", "/projects/SITE/risks", {"title": "T", "probability": 1, "impact": 1}), 403, "denied")
    _problem(reader("GET", "/people"), 403, "denied")


def test_a_token_limited_to_a_project_sees_no_other(api: Apis, site: Charter) -> None:
    manager = api("manager")
    other = manager("POST", "/projects", {"key": "B", "name": "B"}).json()["id"]
    limited = api("manager", project_ids=(site.id,))
    assert [row["key"] for row in limited("GET", "/projects").json()["items"]] == ["SITE"]
    _problem(limited("GET", f"/projects/{other}"), 404, "not_found")


def test_what_wants_a_person_is_refused_to_tokens(api: Apis, site: Charter) -> None:
    refused = api("manager")("POST", "/invitations", {"name": "X", "email": "x@example.org", "role": "member"})
    _problem(refused, 403, "person_required")


def test_a_change_wants_the_version_it_started_from(api: Apis, site: Charter) -> None:
    manager = api("manager")
    _problem(manager("PATCH", "/projects/SITE", {"purpose": "A"}), 428, "version_required")
    assert manager("PATCH", "/projects/SITE", {"purpose": "A"}, If_Match='"1"').json()["version"] == 2
    stale = _problem(manager("PATCH", "/projects/SITE", {"purpose": "B"}, If_Match='"1"'), 412, "stale")
    assert stale["current_version"] == 2
    _problem(manager("PATCH", "/projects/SITE", {"purpose": "B"}, If_Match="one"), 422, "invalid")


def test_a_conflict_of_state_is_its_own_kind(api: Apis, site: Charter) -> None:
    manager = api("manager")
    manager("POST", "/projects/SITE/plan", {"start": "2026-03-02"})
    _problem(manager("POST", "/projects/SITE/plan", {"start": "2026-03-02"}), 409, "conflict")


def test_the_same_key_does_a_write_once(api: Apis, site: Charter) -> None:
    manager = api("manager")
    risk = {"title": "Late", "probability": 3, "impact": 4}
    first = manager("POST", "/projects/SITE/risks", risk, Idempotency_Key="k1")
    assert manager("POST", "/projects/SITE/risks", risk, Idempotency_Key="k1").json() == first.json()
    assert len(manager("GET", "/projects/SITE/risks").json()) == 1
    other = {**risk, "title": "Later"}
    _problem(manager("POST", "/projects/SITE/risks", other, Idempotency_Key="k1"), 409, "conflict")
    _problem(manager("POST", "/projects/SITE/risks", risk, Idempotency_Key="k" * 256), 422, "invalid")


def test_a_key_also_holds_for_what_takes_several_steps(api: Apis, site: Charter) -> None:
    manager = api("manager")
    plan = SimpleUploadedFile("plan.csv", b"uid,name,duration,start\n1,Design,5d,2026-03-02\n")
    headers = {"Authorization": f"Bearer {manager.token}"}
    file = manager.client.post(f"{BASE}/files", {"file": plan}, headers=headers).json()["id"]
    ask = {"kind": "plan", "file": file}
    first = manager("POST", "/projects/SITE/imports", ask, Idempotency_Key="k1").json()
    assert manager("POST", "/projects/SITE/imports", ask, Idempotency_Key="k1").json()["id"] == first["id"]
    assert len(manager("GET", "/projects/SITE/imports").json()) == 1


def test_a_dry_run_keeps_nothing(api: Apis, site: Charter) -> None:
    manager = api("manager")
    tried = manager("POST", "/projects/SITE/risks?dry_run=true", {"title": "T", "probability": 1, "impact": 1})
    assert tried.json()["ref"] == "RISK-1"
    assert manager("GET", "/projects/SITE/risks").json() == []
    _problem(manager("POST", "/projects/SITE/risks?dry_run=maybe", {"title": "T"}), 422, "invalid")


def test_a_list_goes_on_by_cursor(api: Apis, site: Charter) -> None:
    manager = api("manager")
    for number in range(3):
        manager("POST", "/projects", {"key": f"P{number}", "name": f"Project {number}"})
    seen, cursor = [], ""
    while True:
        page = manager("GET", f"/projects?limit=2&cursor={cursor}").json()
        seen += [row["key"] for row in page["items"]]
        cursor = page["next"]
        if not cursor:
            break
    assert seen == ["SITE", "P0", "P1", "P2"]
    for bad in ("?limit=0", "?limit=201", "?limit=x", "?cursor=x", "?offset=2", "?limit=2&limit=3"):
        _problem(manager("GET", f"/projects{bad}"), 422, "invalid")


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[]",
        b'{"title": "A", "title": "B"}',
        b'{"title": NaN}',
        b'{"probability": 9223372036854775808}',
        b'{"probability": 1e999}',
        b'{"title": "\\ud800"}',
        b'{"title": "\\u0000"}',
        b'{"a":' * 40 + b"1" + b"}" * 40,
        b'{"a":' * 90000,
        b"\xff\xfe",
        b'{"title": ["' + b'","' * 5001 + b'"]}',
        b'{"title": "T", "probability": 1, "impact": 1, "score": 3}',
        b'{"title": "T", "probability": "often", "impact": 1}',
        b'{"title": "T", "probability": 1, "impact": 1, "response_due": 0}',
        b'{"title": "T", "probability": 1, "impact": 1, "project": "SITE"}',
    ],
)
def test_a_body_is_read_strictly(api: Apis, site: Charter, body: bytes) -> None:
    _problem(api("manager")("POST", "/projects/SITE/risks", body), 422, "invalid")


def test_a_body_that_is_too_large_or_of_another_type_is_refused(api: Apis, site: Charter) -> None:
    manager = api("manager")
    _problem(manager("POST", "/projects/SITE/risks", b" " * (2 * 1024 * 1024 + 1)), 422, "invalid")
    risk = b'{"title": "T", "probability": 1, "impact": 1}'
    _problem(manager("POST", "/projects/SITE/risks", risk, Content_Type="text/plain"), 422, "invalid")
    _problem(manager("POST", "/projects/SITE/risks?title=T", risk), 422, "invalid")


def test_unknown_addresses_and_methods_are_problems_too(api: Apis) -> None:
    _problem(api("")("GET", "/nowhere"), 404, "not_found")
    _problem(api("")("GET", "/"), 404, "not_found")
    _problem(api("")("POST", "/projects/SITE/nowhere"), 404, "not_found")
    refused = api("")("PUT", "/projects")
    _problem(refused, 405, "method_not_allowed")
    assert refused.headers["Allow"] == "GET, POST"
    _problem(api("")("TRACE", "/projects"), 405, "method_not_allowed")


def test_calls_are_limited_by_token(api: Apis, site: Charter, limits: Callable[..., None]) -> None:
    limits(token_reads=2, token_writes=1)
    first, second = api("manager"), api("manager")
    assert [first("GET", "/projects").status_code for _ in range(2)] == [200, 200]
    refused = first("GET", "/projects")
    _problem(refused, 429, "too_many_requests")
    assert 0 < int(refused.headers["Retry-After"]) <= 60
    assert second("GET", "/projects").status_code == 200
    risk = {"title": "Late", "probability": 3, "impact": 4}
    assert first("POST", "/projects/SITE/risks", risk).status_code == 200
    _problem(first("POST", "/projects/SITE/risks", risk), 429, "too_many_requests")


def test_a_session_needs_its_proof_of_origin(house: object, site: Charter) -> None:
    client = Client(enforce_csrf_checks=True)
    client.get("/accounts/login/")
    token = client.cookies["csrftoken"].value
    signed_in = client.post(
        "/accounts/login/",
        {"login": "manager@example.org", "password": PASSWORD},
        headers={"X-CSRFToken": token},
    )
    assert signed_in.status_code == 302
    assert client.get(f"{BASE}/projects").json()["items"][0]["key"] == "SITE"
    risk = {"title": "Late", "probability": 3, "impact": 4}
    post = (f"{BASE}/projects/SITE/risks", risk)
    _problem(client.post(*post, content_type="application/json"), 403, "csrf")
    proof = {"X-CSRFToken": client.cookies["csrftoken"].value}
    assert client.post(*post, content_type="application/json", headers=proof).status_code == 200
    entry = AuditEntry.objects.order_by("-id").first()
    assert entry is not None
    assert (entry.channel, entry.actor_name) == ("api", "Mona Manager")


def test_a_disabled_users_token_is_dead_at_once(api: Apis, house: Callable[[str], Any]) -> None:
    from headway.areas.people import commands

    member = api("member")
    assert member("GET", "/projects").status_code == 200
    person = people.person_of_user(house("member").actor.user_id)
    commands.disable_user(house("administrator"), person=person)
    _problem(member("GET", "/projects"), 401, "sign_in_required")


def test_a_file_comes_in_and_into_a_plan(api: Apis, site: Charter) -> None:
    manager = api("manager")
    plan = SimpleUploadedFile("plan.csv", b"uid,name,duration,start\n1,Design,5d,2026-03-02\n")
    headers = {"Authorization": f"Bearer {manager.token}"}
    brought = manager.client.post(f"{BASE}/files", {"file": plan}, headers=headers)
    assert (brought.status_code, brought.json()["name"]) == (201, "plan.csv")
    batch = manager("POST", "/projects/SITE/imports", {"kind": "plan", "file": brought.json()["id"]}).json()
    assert (batch["state"], batch["preview"]["create"]) == ("preview", 1)
    assert manager("POST", f"/imports/{batch['id']}/apply").json()["state"] == "applied"
    assert manager("GET", "/projects/SITE/tasks").json()["items"][0]["name"] == "Design"
    _problem(api("stranger")("GET", f"/files/{brought.json()['id']}"), 404, "not_found")


def test_an_upload_has_its_rules(api: Apis, monkeypatch: pytest.MonkeyPatch) -> None:
    manager = api("manager")
    headers = {"Authorization": f"Bearer {manager.token}"}

    def bring(**given: Any) -> Any:
        return manager.client.post(f"{BASE}/files", given, headers=headers)

    _problem(bring(), 422, "invalid")
    _problem(bring(document=SimpleUploadedFile("a", b"x")), 422, "invalid")
    _problem(bring(file=SimpleUploadedFile("a", b"x"), more=SimpleUploadedFile("b", b"y")), 422, "invalid")
    _problem(manager("POST", "/files", b"x", Content_Type="text/plain"), 422, "invalid")
    _problem(Client().post(f"{BASE}/files", {"file": SimpleUploadedFile("a", b"x")}), 401, "sign_in_required")
    monkeypatch.setattr("headway.interfaces.api.pages.MAX_UPLOAD", 10)
    monkeypatch.setattr("headway.interfaces.api.pages._ENVELOPE", 10)
    too_large = _problem(bring(file=SimpleUploadedFile("a", b"x" * 1000)), 422, "invalid")
    assert "larger" in too_large["detail"]


@pytest.mark.parametrize("name", ['a"b\r\nX: 1.pdf', "Übersicht \u202efdp.exe", "100% \\ done.pdf", "простой.pdf"])
def test_a_download_says_its_name_in_one_header(name: str) -> None:
    response = attachment(Download(name, "application/pdf", b"%PDF"))
    header = response.headers["Content-Disposition"]
    assert header.startswith("attachment; filename=")
    assert header.isascii()
    assert not set(header) & set("\r\n")
    assert header.count('"') == 2
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Security-Policy"] == "sandbox"


def test_a_fault_of_ours_says_only_a_reference(api: Apis, site: Charter, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("the secret of the house")

    monkeypatch.setattr("headway.interfaces.api.dispatch._inputs", broken)
    response = api("manager")("GET", "/projects")
    body = _problem(response, 500, "fault")
    assert body["reference"] == response.headers["X-Request-Id"]
    assert "secret" not in response.content.decode()


def test_the_docs_page_reads_without_scripts(api: Apis) -> None:
    page = Client().get(f"{BASE}/docs")
    text = page.content.decode()
    assert page.status_code == 200
    assert "/projects/{project}/risks" in text
    assert "projects_add_risk" in text


def test_a_plan_is_given_as_a_file(api: Apis, site: Charter) -> None:
    manager = api("manager")
    manager("POST", "/projects/SITE/plan", {"start": "2026-03-02"})
    manager("POST", "/projects/SITE/tasks", {"name": "Design", "duration": "3d"})
    given = manager("POST", "/projects/SITE/plan/files/xml")
    assert (given.status_code, given.headers["Content-Type"]) == (200, "application/xml")
    assert b"<Name>Design</Name>" in given.content
    _problem(manager("POST", "/projects/SITE/plan/files/mpp"), 404, "not_found")
    _problem(api("stranger")("POST", "/projects/SITE/plan/files/xml"), 404, "not_found")
    _problem(api("manager", "read")("POST", "/projects/SITE/plan/files/xml"), 403, "denied")

"""The portal: what a client or guest sees of a project, and that nothing else has an address for them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver

from headway.areas.deliverables import commands as deliverables
from headway.areas.deliverables.queries import versions
from headway.areas.deliverables.types import DocumentKind, VersionRow, VersionState
from headway.areas.files import commands as files
from headway.areas.files import store
from headway.areas.people.types import Role
from headway.areas.projects import commands as projects
from headway.areas.schedule import commands as schedule
from headway.interfaces.web import urls as workspace
from headway.journeys import reports
from tests.interfaces.web.conftest import House, Signed, person_id, prepare_report
from tests.made_once import made_once

pytestmark = pytest.mark.django_db
OUTSIDE = ["client", "guest"]


@pytest.fixture
def drafted(planned: House, signed: Signed) -> House:
    """SITE with a client copy of the status as a draft, and an internal one."""

    def make() -> None:
        for copy in ("internal", "client"):
            prepare_report(signed("manager"), copy=copy, formats=["html", "md"])

    made_once(make)
    return planned


def _client_copy(house: House) -> VersionRow:
    return next(row for row in versions(house("manager"), project="SITE") if row.audience == "client")


def _ask(house: House, who: str) -> None:
    reports.ask(
        house("manager"),
        version=_client_copy(house).id,
        approvers=(person_id(house, who),),
        recipients=("carl@acme.example",),
        mail_subject="Status",
        mail_body="Hello, here it is.",
    )


@pytest.fixture
def asked(drafted: House) -> House:
    """The client copy waits for the client's approval."""
    _ask(drafted, "client")
    return drafted


@pytest.fixture
def sent(asked: House, signed: Signed) -> House:
    """The client has approved the copy, and it was sent."""
    assert _answer(signed("client"), "approve").status_code == 302
    house = asked("manager").as_system("the mail went out")
    deliverables.note_sent(house, version=_client_copy(asked).id)
    return asked


def _answer(client: Client, decision: str, reason: str = "") -> Any:
    listed = re.search(r'href="(/portal/approvals/\d+/)"', _text(client, "/portal/approvals/"))
    assert listed is not None
    shown = re.search(r'name="digest" value="([0-9a-f]{64})"', _text(client, listed.group(1)))
    assert shown is not None
    return client.post(listed.group(1), {"decision": decision, "digest": shown.group(1), "reason": reason})


def _text(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return str(answer.content.decode())


# --- status and documents -----------------------------------------------------------------------


@pytest.mark.parametrize("who", OUTSIDE)
def test_signing_in_lands_on_the_status_of_the_one_project(planned: House, signed: Signed, who: str) -> None:
    schedule.add_task(planned("manager"), project="SITE", name="Go-live", milestone=True)
    outsider = signed(who)
    landed = outsider.get("/", follow=True)
    assert [step[0] for step in landed.redirect_chain] == ["/portal/", "/portal/SITE/"]
    page = landed.content.decode()
    assert "0 of 1 milestones reached; waiting for Go-live" in page
    assert "Forecast" in page
    for word in ("Risks", "Hours", "Budget", "Plan</a>", "Settings"):
        assert word not in page, word
    assert outsider.get("/projects/SITE/").headers["Location"] == "/portal/SITE/"


def test_several_projects_are_listed_and_foreign_ones_are_not(planned: House, signed: Signed) -> None:
    projects.create(planned("manager"), key="SECOND", name="Second site")
    projects.set_member(planned("manager"), project="SECOND", person=person_id(planned, "client"), role=Role.CLIENT)
    page = _text(signed("client"), "/portal/")
    assert "Acme web site" in page
    assert "Second site" in page
    assert "Rival" not in page
    assert signed("client").get("/portal/OTHER/").status_code == 404
    assert signed("rival").get("/portal/SITE/").status_code == 404
    assert "No projects yet" in _text(signed("rival"), "/portal/")


def test_health_shows_only_as_a_report_sent_to_the_client_says_it(asked: House, signed: Signed) -> None:
    before = _text(signed("client"), "/portal/SITE/")
    assert "hw-rag" not in before
    assert "As reported on" not in before
    assert "stand here" in _text(signed("client"), "/portal/SITE/documents/")


def test_sent_documents_are_there_to_read_and_internal_ones_are_not(sent: House, signed: Signed) -> None:
    client, row = signed("client"), _client_copy(sent)
    assert row.state is VersionState.SENT
    page = _text(client, "/portal/SITE/")
    assert "As reported on" in page
    assert "hw-rag" in page
    assert f"/portal/SITE/documents/{row.id}/md/" in _text(client, "/portal/SITE/documents/")
    file = client.get(f"/portal/SITE/documents/{row.id}/md/")
    assert file.status_code == 200
    assert "DRAFT" not in file.headers["Content-Disposition"]
    internal = next(item for item in versions(sent("manager"), project="SITE") if item.audience == "internal")
    assert client.get(f"/portal/SITE/documents/{internal.id}/md/").status_code == 404
    assert client.get(f"/portal/SITE/documents/{row.id}/exe/").status_code == 404
    guest = signed("guest")
    assert "As reported on" not in _text(guest, "/portal/SITE/")
    assert guest.get("/portal/SITE/documents/").status_code == 404
    assert guest.get(f"/portal/SITE/documents/{row.id}/md/").status_code == 404


def test_a_file_is_there_once_sharing_it_was_approved(planned: House, signed: Signed) -> None:
    associate, client = planned("associate"), signed("client")
    kept = store.put([b"The brief"], limit=1000)
    file = files.keep(associate, name="brief.txt", media_type="text/plain", sha256=kept.sha256, size=kept.size)
    row = deliverables.add_document(associate, project="SITE", file=file.id, title="Brief", kind=DocumentKind.OTHER)
    upload = row.uploads[0]
    address = f"/portal/SITE/files/{upload.id}/"
    assert client.get(address).status_code == 404
    request = deliverables.share(associate, upload=upload.id, approvers=(person_id(planned, "approver"),))
    reports.decide(planned("approver"), approval=request.id, decision="approve", digest=request.digest)
    assert "Brief" in _text(client, "/portal/SITE/documents/")
    assert client.get(address).content == b"The brief"
    assert signed("rival").get(address).status_code == 404
    projects.create(planned("manager"), key="SECOND", name="Second")
    projects.set_member(planned("manager"), project="SECOND", person=person_id(planned, "client"), role=Role.CLIENT)
    assert client.get(f"/portal/SECOND/files/{upload.id}/").status_code == 404


# --- approvals ------------------------------------------------------------------------------------


def test_a_client_reads_the_document_and_approves_it(asked: House, signed: Signed) -> None:
    client = signed("client")
    assert "Waits for you" in _text(client, "/portal/SITE/")
    listed = re.search(r'href="(/portal/approvals/\d+/)"', _text(client, "/portal/approvals/"))
    assert listed is not None
    page = _text(client, listed.group(1))
    assert f'src="{listed.group(1)}look/"' in page
    look = client.get(f"{listed.group(1)}look/")
    assert look.status_code == 200
    assert look.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert _answer(client, "approve").status_code == 302
    assert _client_copy(asked).state is VersionState.APPROVED
    assert "You approved it" in _text(client, listed.group(1))


def test_a_refusal_needs_its_reason(asked: House, signed: Signed) -> None:
    client = signed("client")
    assert _answer(client, "reject").status_code == 422
    assert _client_copy(asked).state is VersionState.IN_REVIEW
    assert _answer(client, "reject", "The dates are wrong").status_code == 302
    assert _client_copy(asked).state is VersionState.REJECTED


@pytest.mark.parametrize("who", ["guest", "rival"])
def test_what_a_client_is_asked_is_nobody_elses(asked: House, signed: Signed, who: str) -> None:
    listed = re.search(r'href="(/portal/approvals/\d+/)"', _text(signed("client"), "/portal/approvals/"))
    assert listed is not None
    other = signed(who)
    for address in (listed.group(1), f"{listed.group(1)}look/"):
        assert other.get(address).status_code == 404
    assert other.post(listed.group(1), {"decision": "approve", "digest": "0" * 64}).status_code == 404
    assert _client_copy(asked).state is VersionState.IN_REVIEW


def test_whoever_leads_the_project_sees_what_the_client_sees(sent: House, signed: Signed) -> None:
    page = _text(signed("manager"), "/portal/SITE/documents/")
    assert page.count("Version 1") == 1  # the client's copy, and not the internal one
    assert signed("stranger").get("/portal/SITE/").status_code == 404


# --- nothing else -----------------------------------------------------------------------------------

# What clients and guests may open: their portal, signing in and out, and addresses that lead to the portal.
OWN = re.compile(
    r"^(portal|portal-.*|live|signed-in-again|drawing-style|invitation|account_.*|mfa_.*|usersessions_.*)$"
)
INSIDE_ACCOUNTS = {"clients", "client"}  # pages of the house that stand beside signing in
LEADS_TO_THE_PORTAL = {"home", "projects", "project", "approvals", "approval"}
SAMPLES = {"int": "1", "slug": "md", "str": "projects.Risk", "key": "SITE", "register": "risks", "path": "x"}


def _addresses(patterns: Any, before: str = "") -> Iterator[tuple[str, str]]:
    """Every address of the workspace with samples in the place of what varies, by name."""
    for item in patterns:
        route = before + str(item.pattern)
        if isinstance(item, URLResolver):
            yield from _addresses(item.url_patterns, route)
        elif isinstance(item, URLPattern):
            filled = re.sub(r"<(?:(\w+):)?\w+>", lambda found: SAMPLES[found.group(1) or "str"], route)
            yield item.name or route, "/" + filled


def test_the_walk_knows_every_kind_of_address() -> None:
    found = list(_addresses(workspace.urlpatterns))
    assert len(found) > 80
    assert [address for _, address in found if "<" in address] == []


@pytest.mark.parametrize("who", OUTSIDE)
def test_no_other_address_of_the_workspace_is_there_for_them(planned: House, signed: Signed, who: str) -> None:
    projects.add_risk(planned("manager"), project="SITE", title="Secret risk", probability=5, impact=5)
    outsider, wrong = signed(who), []
    for name, address in _addresses(workspace.urlpatterns):
        if OWN.match(name) or (address.startswith("/accounts/") and name not in INSIDE_ACCOUNTS):
            continue
        if name in LEADS_TO_THE_PORTAL:
            answer = outsider.get(address)
            assert answer.headers.get("Location", "").startswith("/portal/"), address
            continue
        for answer in (outsider.get(address), outsider.post(address, {"name": "x"})):
            if answer.headers.get("Location", "").startswith("/accounts/") and address == "/accounts/":
                continue  # the sign-in library leads from its root, where nothing is, to its own pages
            if answer.status_code not in (404, 405) or b"Secret" in answer.content:
                wrong.append((name, address, answer.status_code))
    assert wrong == []


def test_the_portal_asks_the_database_as_often_for_many_milestones_as_for_few(planned: House, signed: Signed) -> None:
    client = signed("client")
    client.get("/portal/SITE/")
    with CaptureQueriesContext(connection) as few:
        client.get("/portal/SITE/")
    for number in range(8):
        schedule.add_task(planned("manager"), project="SITE", name=f"Mark {number}", milestone=True)
    client.get("/portal/SITE/")
    with CaptureQueriesContext(connection) as many:
        assert "Mark 7" in _text(client, "/portal/SITE/")
    assert len(many) == len(few)

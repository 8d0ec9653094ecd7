"""Reports by page: prepared, asked, approved or refused, sent; each for those who may, and nobody else."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from headway.areas.comms.queries import outbox
from headway.areas.deliverables.queries import versions
from headway.areas.deliverables.types import VersionRow, VersionState
from tests.interfaces.web.conftest import House, Signed, person_id, prepare_report
from tests.made_once import made_once

pytestmark = pytest.mark.django_db

MAIL = {"mail_subject": "Status", "mail_body": "Hello,\nhere it is.", "recipients": "carl@acme.example"}


@pytest.fixture
def drafted(planned: House, signed: Signed) -> House:
    """SITE with a client copy of the status as a draft."""
    made_once(lambda: prepare_report(signed("manager"), copy="client", formats=["html", "md"]))
    return planned


def newest(house: House) -> VersionRow:
    row: VersionRow = versions(house("manager"), project="SITE")[0]
    return row


def ask(house: House, client: Client, *approvers: str, **changed: str) -> int:
    given = {**MAIL, "approvers": [person_id(house, who) for who in approvers], **changed}
    return client.post(f"/projects/SITE/reports/{newest(house).id}/ask/", given).status_code


def answer(client: Client, decision: str, reason: str = "") -> int:
    """Open the newest request and answer it with what it shows."""
    listed = re.search(r'href="(/approvals/\d+/)"', client.get("/approvals/").content.decode())
    assert listed is not None
    shown = re.search(r'name="digest" value="([0-9a-f]{64})"', client.get(listed.group(1)).content.decode())
    assert shown is not None
    given = {"decision": decision, "digest": shown.group(1), "reason": reason}
    return client.post(listed.group(1), given).status_code


def test_a_report_is_approved_and_sent_once(drafted: House, signed: Signed) -> None:
    manager = signed("manager")
    row = newest(drafted)
    page = manager.get(f"/projects/SITE/reports/{row.id}/").content.decode()
    assert row.files[0].sha256 in page
    assert "(draft)" in page
    assert ask(drafted, manager, "approver") == 302
    assert answer(signed("approver"), "approve") == 302
    assert newest(drafted).state is VersionState.APPROVED
    mail = manager.get(f"/projects/SITE/reports/{row.id}/mail/")
    assert mail.headers["Content-Type"] == "message/rfc822"
    for _ in range(2):
        manager.post(f"/projects/SITE/reports/{row.id}/send/")
    assert len(outbox(drafted("manager"))) == 1
    assert "On its way" in manager.get(f"/projects/SITE/reports/{row.id}/").content.decode()


def test_our_own_copy_is_not_offered_to_the_client(drafted: House, signed: Signed) -> None:
    manager, email = signed("manager"), "client@example.org"
    theirs = manager.get(f"/projects/SITE/reports/{newest(drafted).id}/ask/").content.decode()
    assert email in theirs
    assert "our own copy" not in theirs
    prepare_report(manager, copy="internal", formats=["md"])
    ours = manager.get(f"/projects/SITE/reports/{newest(drafted).id}/ask/").content.decode()
    assert email not in ours
    assert "This is our own copy, which may show cost rates" in ours
    assert ask(drafted, manager, "approver") == 302
    waiting = signed("approver").get("/approvals/").content.decode()
    assert "our own copy, which may show cost rates: not for a client" in waiting


def test_a_draft_is_marked_and_its_look_is_shut_in(drafted: House, signed: Signed) -> None:
    manager, row = signed("manager"), newest(drafted)
    file = manager.get(f"/projects/SITE/reports/{row.id}/files/md/")
    assert "DRAFT" in file.headers["Content-Disposition"]
    look = manager.get(f"/projects/SITE/reports/{row.id}/look/")
    assert look.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert look.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert manager.get(f"/projects/SITE/reports/{row.id}/files/docx/").status_code == 404
    assert manager.get(f"/projects/SITE/reports/{row.id}/files/exe/").status_code == 404


def test_a_refusal_needs_its_reason_which_stays(drafted: House, signed: Signed) -> None:
    approver = signed("approver")
    assert ask(drafted, signed("manager"), "approver") == 302
    assert answer(approver, "reject") == 422
    assert answer(approver, "reject", "Wrong week") == 302
    page = signed("manager").get(f"/projects/SITE/reports/{newest(drafted).id}/").content.decode()
    assert "Wrong week" in page
    assert signed("manager").post(f"/projects/SITE/reports/{newest(drafted).id}/send/", follow=True).status_code == 200
    assert outbox(drafted("manager")) == ()


def test_what_changed_since_it_was_shown_is_not_approved(drafted: House, signed: Signed) -> None:
    manager, approver = signed("manager"), signed("approver")
    assert ask(drafted, manager, "approver") == 302
    listed = re.search(r'href="(/approvals/\d+/)"', approver.get("/approvals/").content.decode())
    assert listed is not None
    stale = {"decision": "approve", "digest": "0" * 64}
    assert approver.post(listed.group(1), stale).status_code == 409
    assert newest(drafted).state is VersionState.IN_REVIEW


def test_asking_names_approvers_and_good_addresses(drafted: House, signed: Signed) -> None:
    manager = signed("manager")
    assert ask(drafted, manager) == 422
    assert ask(drafted, manager, "approver", recipients="not an address") == 422
    assert ask(drafted, manager, "approver", recipients="") == 422
    assert newest(drafted).state is VersionState.DRAFT


def test_nobody_but_the_named_approver_answers(drafted: House, signed: Signed) -> None:
    assert ask(drafted, signed("manager"), "approver") == 302
    page = signed("approver").get("/approvals/").content.decode()
    address = re.search(r'href="(/approvals/\d+/)"', page)
    assert address is not None
    assert signed("stranger").get(address.group(1)).status_code == 404
    assert signed("client").get(address.group(1), follow=True).status_code == 404
    given = {"decision": "approve", "digest": "0" * 64}
    assert signed("member").post(address.group(1), given).status_code in (403, 409)
    assert newest(drafted).state is VersionState.IN_REVIEW


def test_who_may_not_prepare_is_refused(planned: House, signed: Signed) -> None:
    given = {"kind": "status", "as_of": "2026-03-06", "copy": "client", "formats": ["md"]}
    assert signed("member").post("/projects/SITE/reports/new/", given).status_code == 403
    assert signed("client").post("/projects/SITE/reports/new/", given).status_code == 404
    assert signed("manager").post("/projects/SITE/reports/new/", given | {"as_of": "soon"}).status_code == 422
    assert versions(planned("manager"), project="SITE") == ()


def test_a_client_gets_what_was_sent_and_no_draft(drafted: House, signed: Signed) -> None:
    client, row = signed("client"), newest(drafted)
    assert client.get(f"/projects/SITE/reports/{row.id}/files/md/").status_code == 404
    assert "Weekly status" not in client.get("/portal/SITE/documents/").content.decode()
    assert client.get(f"/projects/SITE/reports/{row.id}/").status_code == 404
    assert client.get(f"/projects/SITE/reports/{row.id}/look/").status_code == 404


def test_a_client_who_is_asked_reads_the_files_and_approves(drafted: House, signed: Signed) -> None:
    client, row = signed("client"), newest(drafted)
    assert ask(drafted, signed("manager"), "client") == 302
    listed = client.get("/approvals/", follow=True).content.decode()
    address = re.search(r'href="(/portal/approvals/\d+/)"', listed)
    assert address is not None
    shown = re.search(r'name="digest" value="([0-9a-f]{64})"', client.get(address.group(1)).content.decode())
    assert shown is not None
    assert client.get(f"/portal/SITE/documents/{row.id}/html/").status_code == 200
    given = {"decision": "approve", "digest": shown.group(1), "reason": ""}
    assert client.post(address.group(1), given).status_code == 302
    assert newest(drafted).state is VersionState.APPROVED

"""Documents by page: kept, shared once approved, taken back; and what outsiders get."""

from __future__ import annotations

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from headway.areas.deliverables.queries import documents
from headway.areas.deliverables.types import DocumentRow, ShareState
from tests.interfaces.web.conftest import House, Signed, person_id

pytestmark = pytest.mark.django_db


def add(client: Client, name: str = "brief.txt", content: bytes = b"The brief", **more: str) -> int:
    given = {"title": "Brief", "kind": "brief", "readers": "team", "file": SimpleUploadedFile(name, content), **more}
    return client.post("/projects/SITE/documents/new/", given).status_code


def kept(house: House) -> DocumentRow:
    return next(row for row in documents(house("manager"), project="SITE") if row.document is not None)


def approve(client: Client, decision: str = "approve") -> int:
    """Open the newest request and answer it with what it shows."""
    listed = re.search(r'href="(/approvals/\d+/)"', client.get("/approvals/").content.decode())
    assert listed is not None
    shown = re.search(r'name="digest" value="([0-9a-f]{64})"', client.get(listed.group(1)).content.decode())
    assert shown is not None
    given = {"decision": decision, "digest": shown.group(1), "reason": "So"}
    return client.post(listed.group(1), given).status_code


def test_a_document_is_kept_versioned_and_saved(site: House, signed: Signed) -> None:
    member = signed("member")
    assert "No documents yet" in member.get("/projects/SITE/documents/").content.decode()
    assert add(member) == 302
    row = kept(site)
    newer = {"note": "Two", "file": SimpleUploadedFile("brief2.txt", b"Newer")}
    assert member.post(f"/projects/SITE/documents/{row.document}/new/", newer).status_code == 302
    page = member.get(f"/projects/SITE/documents/{row.document}/").content.decode()
    assert "Version 2" in page
    assert "Nobody of the client can see it" in page
    saved = member.get(f"/projects/SITE/documents/files/{row.uploads[0].id}/file/")
    assert saved.status_code == 404
    saved = member.get(f"/projects/SITE/documents/files/{row.uploads[0].id}/")
    assert saved.headers["Content-Type"] == "text/plain"
    assert saved.headers["Content-Disposition"].startswith("attachment")
    assert saved.headers["X-Content-Type-Options"] == "nosniff"
    assert saved.headers["Content-Security-Policy"] == "sandbox"


def test_a_file_that_may_not_be_kept_is_refused_beside_the_form(site: House, signed: Signed) -> None:
    manager = signed("manager")
    given = {"title": "Tool", "kind": "other", "readers": "team", "file": SimpleUploadedFile("run.exe", b"MZ")}
    answer = manager.post("/projects/SITE/documents/new/", given)
    assert answer.status_code == 422
    assert "cannot be kept" in answer.content.decode()
    assert 'value="Tool"' in answer.content.decode()
    assert manager.post("/projects/SITE/documents/new/", {"kind": "other", "readers": "team"}).status_code == 422
    assert documents(site("manager"), project="SITE") == ()


def test_a_document_is_shared_with_the_client_once_approved(site: House, signed: Signed) -> None:
    associate = signed("associate")
    assert add(associate) == 302
    upload = kept(site).uploads[0]
    address = f"/projects/SITE/documents/files/{upload.id}/"
    assert signed("client").get(address).status_code == 404
    assert "Cleo Client" in associate.get(f"{address}share/").content.decode()
    assert associate.post(f"{address}share/", {"words": "Please"}).status_code == 422
    asked = {"words": "Please", "approvers": [person_id(site, "approver")]}
    assert associate.post(f"{address}share/", asked).status_code == 302
    page = signed("approver").get("/approvals/").content.decode()
    assert "Share Brief, version 1" in page
    assert approve(signed("approver")) == 302
    assert kept(site).uploads[0].state is ShareState.SHARED
    assert signed("client").get(f"/portal/SITE/files/{upload.id}/").content == b"The brief"
    assert "Version 1, shared" in associate.get("/projects/SITE/documents/").content.decode()
    assert associate.post(f"{address}unshare/").status_code == 302
    assert signed("client").get(f"/portal/SITE/files/{upload.id}/").status_code == 404


def test_the_words_of_a_document_change_and_a_stale_change_is_refused(site: House, signed: Signed) -> None:
    manager = signed("manager")
    assert add(manager) == 302
    row = kept(site)
    address = f"/projects/SITE/documents/{row.document}/"
    given = {"title": "Creative brief", "kind": "design", "readers": "leaders", "note": "", "version": row.version}
    assert manager.post(address, given).status_code == 302
    assert kept(site).title == "Creative brief"
    assert signed("member").get(address).status_code == 404
    stale = manager.post(address, {**given, "title": "Other"})
    assert stale.status_code == 409
    assert "Creative brief" in stale.content.decode()


def test_outsiders_find_no_document_page(site: House, signed: Signed) -> None:
    assert add(signed("manager")) == 302
    row = kept(site)
    for who in ("client", "guest", "stranger"):
        for path in ("", "new/", f"{row.document}/", f"{row.document}/new/", f"files/{row.uploads[0].id}/share/"):
            assert signed(who).get(f"/projects/SITE/documents/{path}").status_code == 404, (who, path)
        assert add(signed(who)) == 404
        unshared = signed(who).post(f"/projects/SITE/documents/files/{row.uploads[0].id}/unshare/")
        assert unshared.status_code == 404
    assert signed("administrator").get(f"/projects/OTHER/documents/{row.document}/").status_code == 404
    assert signed("member").get(f"/projects/SITE/documents/files/{row.uploads[0].id}/share/").status_code == 403

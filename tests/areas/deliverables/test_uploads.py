"""Uploaded documents: what may be kept, who sees it, and that no client does before its sharing was approved."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from headway.areas.approvals.queries import waiting
from headway.areas.approvals.types import ApprovalRow, Vote
from headway.areas.deliverables import commands, queries
from headway.areas.deliverables.types import DocumentRow, Readers, ShareState, UploadRow
from headway.areas.files import commands as files
from headway.areas.files import store
from headway.areas.files.file_types import MOST_BYTES, media_type_of
from headway.areas.people.queries import person_of_user
from headway.areas.people.types import Role
from headway.areas.projects import commands as projects
from headway.journeys import reports
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, Denied, Invalid, NotFound

House = Callable[[str], Context]
pytestmark = pytest.mark.django_db


@pytest.fixture
def site(house: House) -> House:
    """The house with the project SITE and one person of each project role on it."""
    manager = house("manager")
    projects.create(manager, key="SITE", name="Acme web site")
    for who in ("approver", "associate", "member", "tester", "client", "guest"):
        projects.set_member(manager, project="SITE", person=person(house, who), role=Role(who))
    return house


def person(house: House, who: str) -> int:
    found = person_of_user(house(who).actor.user_id)
    assert found is not None
    return found


def brought(ctx: Context, name: str = "brief.txt", content: bytes = b"The brief") -> int:
    stored = store.put([content], limit=10**6)
    return files.keep(ctx, name=name, media_type="x/y", sha256=stored.sha256, size=stored.size).id


def added(ctx: Context, **more: object) -> DocumentRow:
    return commands.add_document(ctx, project="SITE", file=brought(ctx), **more)


def asked(house: House, upload: UploadRow, *who: str) -> ApprovalRow:
    approvers = tuple(person(house, name) for name in who or ("approver",))
    return commands.share(house("associate"), upload=upload.id, approvers=approvers, words="The client wants it.")


def decided(house: House, request: ApprovalRow, decision: Vote, who: str = "approver", reason: str = "") -> None:
    reports.decide(house(who), approval=request.id, decision=decision, digest=request.digest, reason=reason)


def titles(ctx: Context) -> list[str]:
    return [row.title for row in queries.documents(ctx, project="SITE")]


def test_a_file_becomes_a_document_and_gets_versions(site: House) -> None:
    member = site("member")
    row = added(member, title="Brief", note="From the kick-off")
    row = commands.add_version(member, document=row.document, file=brought(member, "brief2.txt", b"Newer"), note="Two")
    assert [(item.number, item.file_name, item.note) for item in row.uploads] == [
        (2, "brief2.txt", "Two"),
        (1, "brief.txt", ""),
    ]
    assert queries.download_upload(member, upload=row.uploads[0].id).content == b"Newer"
    assert queries.download_upload(member, upload=row.uploads[0].id).name == "brief2 v2.txt"
    assert queries.download_upload(member, upload=row.uploads[0].id).media_type == "text/plain"
    assert titles(member) == ["Brief"]


def test_without_a_title_the_files_name_is_taken(site: House) -> None:
    assert added(site("member")).title == "brief"


def test_one_brings_ones_own_files_alone(site: House) -> None:
    with pytest.raises(NotFound):
        commands.add_document(site("associate"), project="SITE", file=brought(site("member")))


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("run.exe", b"MZ", "cannot be kept"),
        ("drawing.svg", b"<svg/>", "cannot be kept"),
        ("page.html", b"<html>", "cannot be kept"),
        ("noending", b"words", "cannot be kept"),
        ("a.pdf", b"<html>", "no PDF file"),
        ("a.docx", b"%PDF-1.7", "no DOCX file"),
        ("a.txt", b"MZ\x00\x90", "not text"),
        ("empty.txt", b"", "is empty"),
    ],
)
def test_what_may_not_be_kept_is_refused_by_name(site: House, name: str, content: bytes, said: str) -> None:
    with pytest.raises(Invalid, match=said) as refusal:
        commands.add_document(site("manager"), project="SITE", file=brought(site("manager"), name, content))
    assert name in refusal.value.message
    assert titles(site("manager")) == []


def test_the_size_is_limited_at_its_value() -> None:
    assert media_type_of("a.pdf", b"%PDF-1.7", MOST_BYTES) == "application/pdf"
    with pytest.raises(Invalid, match="larger than 100 MB"):
        media_type_of("a.pdf", b"%PDF-1.7", MOST_BYTES + 1)


def test_leaders_keep_documents_among_themselves(site: House) -> None:
    row = added(site("associate"), title="Offer", readers=Readers.LEADERS)
    assert titles(site("manager")) == ["Offer"]
    assert titles(site("member")) == []
    with pytest.raises(NotFound):
        queries.download_upload(site("member"), upload=row.uploads[0].id)
    with pytest.raises(Denied, match="Only those who lead"):
        added(site("member"), readers=Readers.LEADERS)


def test_a_client_sees_a_file_once_its_sharing_was_approved(site: House) -> None:
    row = added(site("associate"), title="Brief")
    upload = row.uploads[0]
    client = site("client")
    assert titles(client) == []
    request = asked(site, upload)
    assert "Share with: Cleo Client <client@example.org>" in request.shown
    assert upload.sha256[:12] in request.shown
    assert titles(client) == []
    decided(site, request, Vote.APPROVE)
    assert titles(client) == ["Brief"]
    seen = queries.documents(client, project="SITE")[0]
    assert seen.uploads[0].state is ShareState.SHARED
    assert queries.download_upload(client, upload=upload.id).content == b"The brief"
    with pytest.raises(Conflict, match="shared already"):
        asked(site, upload)


def test_a_newer_version_is_not_shared_with_the_older(site: House) -> None:
    row = added(site("associate"))
    decided(site, asked(site, row.uploads[0]), Vote.APPROVE)
    newer = commands.add_version(site("member"), document=row.document, file=brought(site("member"), "b.txt", b"New"))
    assert [item.number for item in queries.documents(site("client"), project="SITE")[0].uploads] == [1]
    with pytest.raises(NotFound):
        queries.download_upload(site("client"), upload=newer.uploads[0].id)


def test_a_client_who_is_asked_reads_the_file_first(site: House) -> None:
    upload = added(site("associate")).uploads[0]
    request = asked(site, upload, "client")
    assert [row.id for row in waiting(site("client"))] == [request.id]
    assert queries.download_upload(site("client"), upload=upload.id).content == b"The brief"
    decided(site, request, Vote.REJECT, "client", "Not ours")
    assert titles(site("client")) == []
    assert queries.upload(site("manager"), upload=upload.id).state is ShareState.REFUSED


def test_taking_back_ends_the_clients_view(site: House) -> None:
    upload = added(site("associate")).uploads[0]
    decided(site, asked(site, upload), Vote.APPROVE)
    assert commands.unshare(site("associate"), upload=upload.id).state is ShareState.WITHDRAWN
    assert titles(site("client")) == []
    with pytest.raises(Conflict, match="not shared"):
        commands.unshare(site("associate"), upload=upload.id)
    decided(site, asked(site, upload), Vote.APPROVE)
    assert titles(site("client")) == ["brief"]


def test_a_request_that_was_taken_back_cannot_be_approved(site: House) -> None:
    upload = added(site("associate")).uploads[0]
    request = asked(site, upload)
    assert commands.unshare(site("associate"), upload=upload.id).state is ShareState.INSIDE
    with pytest.raises(Conflict, match="withdrawn"):
        decided(site, request, Vote.APPROVE)
    assert titles(site("client")) == []


def test_nothing_is_shared_with_nobody(site: House) -> None:
    projects.remove_member(site("manager"), project="SITE", person=person(site, "client"), role=Role.CLIENT)
    with pytest.raises(Invalid, match="Nobody of the client"):
        asked(site, added(site("associate")).uploads[0])


def test_who_shares_his_own_needs_another_to_approve(site: House) -> None:
    manager = site("manager")
    upload = added(manager).uploads[0]
    request = commands.share(manager, upload=upload.id, approvers=(person(site, "manager"),))
    with pytest.raises(Denied, match="somebody else must approve"):
        decided(site, request, Vote.APPROVE, "manager")


def test_nobody_is_asked_who_could_not_answer(site: House) -> None:
    upload = added(site("associate")).uploads[0]
    for who, name in (("stranger", "Sid Stranger"), ("member", "Max Member")):
        with pytest.raises(Invalid, match=f"{name} could not answer"):
            asked(site, upload, "approver", who)
    assert queries.upload(site("manager"), upload=upload.id).state is ShareState.INSIDE


def test_members_do_not_share(site: House) -> None:
    with pytest.raises(Denied):
        commands.share(
            site("member"), upload=added(site("member")).uploads[0].id, approvers=(person(site, "approver"),)
        )


def test_a_list_sends_as_many_queries_for_many_as_for_few(site: House, django_assert_max_num_queries: object) -> None:
    manager = site("manager")
    added(manager)
    with django_assert_max_num_queries(18) as few:  # type: ignore[operator]
        queries.documents(manager, project="SITE")
    for number in range(10):
        added(manager, title=f"Document {number}")
    with django_assert_max_num_queries(18) as many:  # type: ignore[operator]
        assert len(queries.documents(manager, project="SITE")) == 11
    assert len(many) == len(few)

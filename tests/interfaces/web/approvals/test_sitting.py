"""Approving several requests in one sitting: each text visible, only what was shown, only for whom it asks."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from headway.areas.approvals.queries import waiting
from headway.areas.deliverables import commands
from headway.areas.deliverables.queries import documents
from headway.areas.deliverables.types import ShareState
from headway.areas.files import commands as files
from headway.areas.files import store
from tests.interfaces.web.conftest import House, Signed, person_id

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(site: House) -> House:
    """SITE with three files whose sharing the approver is asked for."""
    helper = site("associate")
    for name in ("brief", "offer", "design"):
        stored = store.put([name.encode()], limit=100)
        file = files.keep(helper, name=f"{name}.txt", media_type="x", sha256=stored.sha256, size=stored.size)
        kept = commands.add_document(helper, project="SITE", file=file.id, title=name.capitalize())
        commands.share(
            helper, upload=kept.uploads[0].id, approvers=(person_id(site, "approver"),), words=f"Words of the {name}"
        )
    return site


def offered(client: Client) -> list[str]:
    """What the page offers to approve: request and digest."""
    return re.findall(r'name="approve" value="(\d+:[0-9a-f]{64})"', client.get("/approvals/").content.decode())


def shared(house: House) -> set[str]:
    rows = documents(house("manager"), project="SITE")
    return {row.title for row in rows if row.uploads and row.uploads[0].state is ShareState.SHARED}


def test_each_request_shows_its_words_and_its_file(asked: House, signed: Signed) -> None:
    page = signed("approver").get("/approvals/").content.decode()
    assert "3 requests wait for you" in page
    for name in ("brief", "offer", "design"):
        assert f"Words of the {name}" in page
        assert f"{name}.txt" in page
    assert "Cleo Client" in page


def test_what_is_chosen_is_approved_and_the_rest_waits(asked: House, signed: Signed) -> None:
    approver = signed("approver")
    first, second, _ = offered(approver)
    answer = approver.post("/approvals/", {"approve": [first, second]}, follow=True).content.decode()
    assert "You approved 2 requests" in answer
    assert len(shared(asked)) == 2
    assert len(waiting(asked("approver"))) == 1


def test_what_changed_since_it_was_shown_is_left(asked: House, signed: Signed) -> None:
    approver = signed("approver")
    first, second, _ = offered(approver)
    stale = f"{first.partition(':')[0]}:{'0' * 64}"
    answer = approver.post("/approvals/", {"approve": [stale, second]}, follow=True).content.decode()
    assert "You approved 1 request" in answer
    assert "has changed since it was shown" in answer
    assert len(shared(asked)) == 1


def test_without_a_choice_nothing_happens(asked: House, signed: Signed) -> None:
    answer = signed("approver").post("/approvals/", {}, follow=True).content.decode()
    assert "Choose what to approve first" in answer
    assert shared(asked) == set()
    assert signed("approver").post("/approvals/", {"approve": "x"}).status_code == 404


def test_nobody_else_approves_in_passing(asked: House, signed: Signed) -> None:
    chosen = offered(signed("approver"))
    for who in ("member", "stranger", "associate", "manager"):
        signed(who).post("/approvals/", {"approve": chosen})
    for who in ("client", "guest"):
        signed(who).post("/approvals/", {"approve": chosen})
    assert shared(asked) == set()

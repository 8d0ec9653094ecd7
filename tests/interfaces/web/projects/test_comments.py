"""Comments beside records: written, answered, changed, taken back, read; refused to people outside; no markup runs."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from headway.areas.comms import commenting, discussions
from headway.areas.projects import commands as projects
from headway.areas.schedule import queries as plans
from headway.kernel.context import Context
from tests.interfaces.web.conftest import House, Signed

pytestmark = pytest.mark.django_db
PROBE = "<img src=x onerror=alert(1)><script>alert(2)</script> {{ 7 }}"


def task_id(ctx: Context) -> int:
    return next(row.id for row in plans.tasks(ctx, project="SITE").items if not row.summary)


@pytest.fixture
def task(planned: House) -> int:
    return task_id(planned("manager"))


def said(planned: House, task: int, text: str = "Is it ready?", who: str = "manager") -> int:
    row = commenting.comment(planned(who), project="SITE", about="task", record=task, text=text)
    return row.id


def test_a_comment_is_written_and_stands_on_the_tasks_page(planned: House, signed: Signed, task: int) -> None:
    client = signed("member")
    file = SimpleUploadedFile("offer.txt", b"An offer", content_type="text/html")
    answer = client.post(f"/projects/SITE/comments/task/{task}/", {"text": "Ready\n\n@Mona Manager", "files": file})
    assert answer.status_code == 302
    assert answer.headers["Location"] == f"/projects/SITE/plan/tasks/{task}/#comments"
    page = client.get(f"/projects/SITE/plan/tasks/{task}/").content.decode()
    assert '<strong class="hw-mention"><bdi>@Mona Manager</bdi></strong>' in page
    pane = signed("manager").get(f"/projects/SITE/plan/tasks/{task}/?pane=1").content.decode()
    assert "offer.txt" in pane
    (thread,) = discussions.discussion(planned("manager"), project="SITE", about="task", record=task).threads
    given = client.get(f"/projects/SITE/comments/{thread.first.id}/files/{thread.first.files[0].id}/")
    assert given.content == b"An offer"
    assert given.headers["Content-Type"] == "text/plain"
    assert "attachment" in given.headers["Content-Disposition"]


def test_it_is_written_in_place(planned: House, signed: Signed, task: int) -> None:
    client = signed("member")
    answer = client.post(f"/projects/SITE/comments/task/{task}/?part=1", {"text": "Here"})
    assert answer.status_code == 200
    assert answer.content.decode().lstrip().startswith('<section class="hw-section hw-comments"')
    refused = client.post(f"/projects/SITE/comments/task/{task}/?part=1", {"text": " "})
    assert refused.status_code == 422
    assert "Write something" in refused.content.decode()


def test_a_refused_comment_keeps_its_words(planned: House, signed: Signed, task: int) -> None:
    file = SimpleUploadedFile("page.html", b"<script>", content_type="text/html")
    answer = signed("member").post(f"/projects/SITE/comments/task/{task}/", {"text": "Kept words", "files": file})
    assert answer.status_code == 422
    assert "Kept words" in answer.content.decode()
    assert "cannot be kept" in answer.content.decode()


def test_one_changes_and_takes_back_what_one_said(planned: House, signed: Signed, task: int) -> None:
    mine = said(planned, task, who="member")
    client = signed("member")
    address = f"/projects/SITE/comments/{mine}/"
    assert client.post(f"{address}edit/", {"text": "It is ready", "version": 1}).status_code == 302
    stale = client.post(f"{address}edit/?part=1", {"text": "Late", "version": 1})
    assert stale.status_code == 409
    assert "Late" in stale.content.decode()
    history = client.get(f"{address}history/").content.decode()
    assert "Is it ready?" in history
    assert "It is ready" in history
    assert signed("manager").post(f"{address}edit/", {"text": "Other", "version": 2}).status_code == 403
    assert signed("manager").post(f"{address}remove/").status_code == 403
    assert client.get(f"{address}remove/").status_code == 405
    assert client.post(f"{address}remove/").status_code == 302
    assert "It is ready" not in client.get(f"/projects/SITE/plan/tasks/{task}/").content.decode()


def test_what_is_new_is_marked_until_it_was_read(planned: House, signed: Signed, task: int) -> None:
    said(planned, task)
    client = signed("member")
    page = f"/projects/SITE/plan/tasks/{task}/"
    assert "data-comments-unread" in client.get(page).content.decode()
    assert "data-comments-unread" in client.get(page).content.decode()  # to look changes nothing
    assert client.post(f"/projects/SITE/comments/task/{task}/read/").status_code == 204
    assert "data-comments-unread" not in client.get(page).content.decode()


def test_a_records_page_has_its_comments(planned: House, signed: Signed) -> None:
    boss = planned("manager")
    risk = projects.add_risk(boss, project="SITE", title="Late", probability=2, impact=2)
    row = commenting.comment(boss, project="SITE", about="risk", record=risk.id, text="Who asks?")
    client = signed("member")
    for page in ("/projects/SITE/risks/1/", "/projects/SITE/risks/?open=1"):
        assert "Who asks?" in client.get(page).content.decode()
    assert client.get(f"/go/comms.Comment/{row.id}").headers["Location"] == f"/projects/SITE/risks/1/#comment-{row.id}"


def test_people_outside_find_no_address(planned: House, signed: Signed, task: int) -> None:
    comment = said(planned, task)
    for who in ("client", "guest", "stranger"):
        client = signed(who)
        for address in (
            f"/projects/SITE/comments/task/{task}/",
            f"/projects/SITE/comments/{comment}/history/",
            f"/projects/SITE/comments/{comment}/files/1/",
            f"/go/comms.Comment/{comment}",
        ):
            assert client.get(address).status_code == 404, (who, address)
        for address in (f"task/{task}/", f"task/{task}/read/", f"{comment}/edit/", f"{comment}/remove/"):
            assert client.post(f"/projects/SITE/comments/{address}", {"text": "x"}).status_code == 404, (who, address)
    assert signed("manager").get(f"/projects/SITE/comments/person/{task}/").status_code in (404, 422)


def test_no_markup_of_a_comment_reaches_the_page(planned: House, signed: Signed, task: int) -> None:
    said(planned, task, f"{PROBE} @Max Member")
    client = signed("member")
    for page in (f"/projects/SITE/plan/tasks/{task}/", "/search/?q=alert", "/inbox/", "/projects/SITE/activity/"):
        text = client.get(page).content.decode()
        assert "<img src=x" not in text, page
        assert "<script>alert" not in text, page
    assert "&lt;img src=x onerror=alert(1)&gt;" in client.get(f"/projects/SITE/plan/tasks/{task}/").content.decode()


def test_a_comment_is_not_reached_by_the_address_of_another_project(planned: House, signed: Signed, task: int) -> None:
    projects.create(planned("manager"), key="SHOP", name="Shop")
    comment, client = said(planned, task), signed("manager")
    edit = {"text": "Changed", "version": "1"}
    assert client.post(f"/projects/SHOP/comments/{comment}/edit/", edit).status_code == 404
    assert client.post(f"/projects/SHOP/comments/{comment}/remove/").status_code == 404
    (thread,) = discussions.discussion(planned("manager"), project="SITE", about="task", record=task).threads
    assert (thread.first.text, thread.first.removed) == ("Is it ready?", False)

"""A report prepared in the background: seen on its way, stopped, failed, begun again; for those who may prepare."""

from __future__ import annotations

import subprocess
from datetime import date
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import BrowserContext, expect

from headway.areas.deliverables import commands as deliverables
from headway.areas.deliverables.queries import preparations, snapshots, versions
from headway.areas.deliverables.types import PreparationRow, Progress
from headway.areas.files.models import StoredFile
from headway.areas.people import commands as people
from headway.documents import child
from headway.journeys import preparing, reports
from headway.kernel import jobs
from headway.kernel.errors import Conflict, Denied, Invalid, NotFound
from headway.kernel.jobs_models import Job
from headway.kernel.jobs_worker import claim, run_due
from tests.interfaces.web.conftest import House, Signed, begin_report, person_id, prepare_report, sign_in, work_off
from tests.interfaces.web.looking import look

pytestmark = pytest.mark.django_db
GIVEN = {"kind": "status", "as_of": "2026-03-06", "copy": "client", "formats": ["html", "md"]}


def begin(client: Client) -> str:
    """Ask for a report by its page; gives the address of the page that follows."""
    answer = client.post("/projects/SITE/reports/new/", GIVEN)
    assert answer.status_code == 302, answer.content.decode()[:3000]
    return str(answer.headers["Location"])


def only(house: House) -> PreparationRow:
    (row,) = preparations(house("manager"), project="SITE")
    return row


def test_the_work_goes_on_in_the_background_and_ends_on_the_draft(planned: House, signed: Signed) -> None:
    manager = signed("manager")
    place = begin(manager)
    page = manager.get(place).content.decode()
    assert "no worker is running" in page
    assert "Stop preparing" in page
    assert "See how far it is" in manager.get("/projects/SITE/reports/").content.decode()
    run_due(queues=(jobs.LONG,))
    assert "data-ended" in manager.get(f"{place}now/").content.decode()
    answer = manager.get(place)
    (row,) = versions(planned("manager"), project="SITE")
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/projects/SITE/reports/{row.id}/")
    assert (row.made_by, row.audience, [item.format.value for item in row.files]) == (
        "Mona Manager",
        "client",
        ["html", "md"],
    )
    assert preparations(planned("manager"), project="SITE") == ()


def test_a_second_press_leads_to_the_report_that_is_being_prepared(planned: House, signed: Signed) -> None:
    manager = signed("manager")
    place = begin(manager)
    assert begin(manager) == place
    other = manager.post("/projects/SITE/reports/new/", GIVEN | {"formats": ["html"]}).headers["Location"]
    assert other != place, "other files are another report"
    while run_due(queues=(jobs.LONG,)):
        pass
    assert len(versions(planned("manager"), project="SITE")) == 2
    assert begin(manager) != place, "one that is there can be prepared anew"


def test_each_step_is_told_as_it_is_done(planned: House, signed: Signed, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[int, int, str]] = []
    step = jobs.Running.step
    monkeypatch.setattr(jobs.Running, "step", lambda self, *given: (told.append(given), step(self, *given)))
    prepare_report(signed("manager"), copy="client", formats=["html", "md"])
    assert told[0] == (1, 6, "The data is frozen")
    assert [done for done, _, _ in told] == sorted({done for done, _, _ in told})
    assert {total for _, total, _ in told} == {6}


def test_the_page_says_what_is_done_in_words(planned: House, signed: Signed) -> None:
    manager = signed("manager")
    place = begin(manager)
    held = claim("worker of the test", (jobs.LONG,))
    assert held is not None
    running = jobs.Running(held.id, held.name, held.attempt, held.worker)
    words = {
        (0, 0, ""): "Freeze the data.",
        (2, 6, "Writing the files: 1 of 2"): "Write the files: 1 of 2 formats.",
        (4, 6, "Reading the files back: 1 of 2"): "compare every statement with the data: 1 of 2 formats.",
        (5, 6, "Reading the files back: 2 of 2"): "Keep the draft.",
    }
    for (done, total, text), said in words.items():
        running.step(done, total, text)
        assert said in manager.get(f"{place}now/").content.decode()
    assert 'value="83"' in manager.get(f"{place}now/").content.decode()


def test_a_stopped_one_ends_its_process_and_keeps_nothing(
    planned: House, signed: Signed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stopped while the child writes: the heartbeat has heard of it, the child is killed, no file is kept."""
    manager = signed("manager")
    place = begin(manager)
    children: list[subprocess.Popen[bytes]] = []
    start = child._start

    def started(root: Any) -> subprocess.Popen[bytes]:
        assert manager.post(f"{place}stop/").status_code == 302
        running = jobs.running()
        assert running is not None
        running.cancel_seen = Job.objects.get(pk=running.id).cancel_requested
        children.append(start(root))
        return children[-1]

    monkeypatch.setattr(child, "_start", started)
    files = StoredFile.unscoped(reason="test").count()
    run_due(queues=(jobs.LONG,))
    assert [process.poll() for process in children] == [-9]
    assert versions(planned("manager"), project="SITE") == ()
    assert StoredFile.unscoped(reason="test").count() == files
    page = manager.get(place).content.decode()
    assert "Mona Manager stopped it" in page
    assert "frozen as snapshot 1 stays" in page
    assert preparations(planned("manager"), project="SITE") == ()


def test_one_that_waits_is_stopped_before_it_begins(planned: House, signed: Signed) -> None:
    manager = signed("manager")
    place = begin(manager)
    manager.post(f"{place}stop/")
    assert run_due(queues=(jobs.LONG,)) == 0
    assert snapshots(planned("manager"), project="SITE") == ()
    assert "Prepare it again" in manager.get(place).content.decode()
    manager.post(f"{place}stop/")
    assert "Mona Manager has stopped this preparation" in manager.get(place).content.decode()


def test_a_ready_one_cannot_be_stopped(planned: House, signed: Signed) -> None:
    begin(signed("manager"))
    row = only(planned)
    run_due(queues=(jobs.LONG,))
    with pytest.raises(Conflict, match="prepared already"):
        preparing.stop(planned("manager"), preparation=row.id)


def test_a_worker_that_died_is_followed_by_one_that_goes_on_from_the_frozen_data(
    planned: House, signed: Signed, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin(signed("manager"))

    def dies(*_: Any, **__: Any) -> Any:
        raise RuntimeError("the worker is gone")

    with monkeypatch.context() as patched:
        patched.setattr(reports, "render", dies)
        run_due(queues=(jobs.LONG,))
    again = only(planned)
    assert (again.progress, again.tried, again.snapshot_number) == (Progress.WAITING, 1, 1)
    preparing.prepare_asked({"preparation": again.id, "user": planned("manager").actor.user_id, "correlation": "again"})
    preparing.prepare_asked({"preparation": again.id, "user": planned("manager").actor.user_id, "correlation": "twice"})
    assert [row.number for row in snapshots(planned("manager"), project="SITE")] == [1]
    assert [row.number for row in versions(planned("manager"), project="SITE")] == [1]


def test_a_failure_says_what_to_do_and_offers_the_same_again(
    planned: House, signed: Signed, monkeypatch: pytest.MonkeyPatch
) -> None:
    manager = signed("manager")
    place = begin(manager)

    def fails(*_: Any, **__: Any) -> Any:
        raise child.ChildError("timeout", "The work was stopped at the time limit of 60 seconds.")

    monkeypatch.setattr(reports, "run", fails)
    run_due(queues=(jobs.LONG,))
    page = manager.get(place).content.decode()
    assert "The files could not be made: The work was stopped at the time limit" in page
    assert "See what to do" in manager.get("/projects/SITE/reports/").content.decode()
    again = manager.get(f"/projects/SITE/reports/new/?again={only(planned).id}").content.decode()
    assert '<option value="client" selected>' in again
    assert 'value="md"' in again
    assert versions(planned("manager"), project="SITE") == ()


def test_whoever_may_no_longer_prepare_gets_no_report(planned: House, signed: Signed) -> None:
    place = begin(signed("associate"))
    people.disable_user(planned("administrator"), person=person_id(planned, "associate"))
    run_due(queues=(jobs.LONG,))
    assert "may no longer sign in" in signed("manager").get(place).content.decode()
    assert versions(planned("manager"), project="SITE") == ()


def test_a_format_that_the_report_has_not_is_refused_at_once(planned: House, signed: Signed) -> None:
    answer = signed("manager").post("/projects/SITE/reports/new/", {**GIVEN, "kind": "steering"})
    assert answer.status_code == 422
    assert "This report is written as pptx, pdf" in answer.content.decode()
    with pytest.raises(Invalid, match="is not written as md"):
        reports.prepare(planned("manager"), project="SITE", kind="steering", formats=("md",))
    with pytest.raises(Invalid, match="There is no report 'weekly'"):
        reports.prepare(planned("manager"), project="SITE", kind="weekly")
    assert preparations(planned("manager"), project="SITE") == ()
    assert snapshots(planned("manager"), project="SITE") == ()


def test_only_those_who_may_prepare_see_or_stop_it(planned: House, signed: Signed) -> None:
    place = begin(signed("manager"))
    row = only(planned)
    for who, status in {"member": 403, "tester": 403, "stranger": 404, "client": 404, "guest": 404}.items():
        assert signed(who).get(place).status_code == status, who
        assert signed(who).get(f"{place}now/").status_code == status, who
        assert signed(who).post(f"{place}stop/").status_code == status, who
    with pytest.raises((Denied, NotFound)):
        preparing.stop(planned("member"), preparation=row.id)
    with pytest.raises((Denied, NotFound)):
        deliverables.note_prepared(planned("stranger"), preparation=row.id, version=1)
    assert only(planned).progress is Progress.WAITING


def test_the_list_asks_the_same_number_of_questions_for_many(
    planned: House, signed: Signed, django_assert_max_num_queries: Any
) -> None:
    manager = planned("manager")
    preparing.begin(manager, project="SITE")
    with django_assert_max_num_queries(100) as few:
        preparations(manager.but(), project="SITE")
    for day in range(1, 9):
        preparing.begin(manager, project="SITE", as_of=date(2026, 2, day))
    with django_assert_max_num_queries(len(few)):
        assert len(preparations(manager.but(), project="SITE")) == 9


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_page_moves_on_by_itself(opened: BrowserContext, planned: House) -> None:
    page = sign_in(opened, "manager")
    for stopped in (True, False):
        page.goto("/projects/SITE/reports/new/")
        page.get_by_label("Markdown").check()
        begin_report(page)
        expect(page.get_by_role("status").filter(has_text="It waits")).to_be_visible()
        if stopped:
            look(page, "51-preparing")
            page.get_by_role("button", name="Stop preparing").click()
            expect(page.get_by_text("Stopped. No file was kept.")).to_be_visible()
            look(page, "52-stopped")
        else:
            page.reload()  # nothing is lost by it
            expect(page.get_by_role("button", name="Stop preparing")).to_be_visible()
            work_off(page)
            expect(page.get_by_text("every statement in its files matches")).to_be_visible()

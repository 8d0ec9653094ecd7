"""The pages of baselines and of comparing: what they show, refuse and hand out, and a walk in a browser."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from playwright.sync_api import BrowserContext, expect

from headway.areas.approvals.queries import waiting
from headway.areas.projects import commands as projects
from headway.areas.schedule import commands, comparing, queries
from headway.areas.schedule.undoing import plan_changes
from headway.journeys import reports
from headway.reports.status_snapshot import Baseline as ReportedBaseline
from tests.interfaces.web.conftest import House, Signed, sign_in
from tests.interfaces.web.looking import look
from tests.interfaces.web.projects.test_plan_walk import built
from tests.interfaces.web.reports.test_centre import asked, prepared
from tests.reports.samples import in_trouble

__all__ = ["built"]  # fixtures

PAGE = "/projects/SITE/plan/baselines/"
COMPARE = "/projects/SITE/plan/compare/"
MOVES = "/projects/SITE/plan/finish/"


def _body(answer: Any, status: int = 200) -> str:
    assert answer.status_code == status
    return re.sub(r"\s+", " ", answer.content.decode())


def _ids(house: House) -> dict[str, int]:
    return {row.name: row.id for row in queries.tasks(house("manager"), project="SITE").items}


def _slip(house: House) -> None:
    commands.edit_task(house("manager"), task=_ids(house)["Design"], duration="6d")


@pytest.mark.django_db
def test_baselines_are_listed_with_what_they_are_for(built: House, signed: Signed) -> None:
    commands.set_baseline(built("manager"), project="SITE", name="After CR-3", why="CR-3 adds a shop")
    _slip(built)
    page = _body(signed("member").get(PAGE))
    assert re.search(r"Measured against After CR-3 of \w{3}[^;]*; the finish is 3 working days later\.", page)
    assert "CR-3 adds a shop" in page
    assert "Measure against it" not in page  # a member may not
    assert "Measure against it" in _body(signed("manager").get(PAGE))


@pytest.mark.django_db
def test_a_baseline_is_taken_named_used_and_removed(built: House, signed: Signed) -> None:
    manager = signed("manager")
    assert "Only Design" in _body(manager.get(f"{PAGE}new/?task={_ids(built)['Design']}"))
    address = f"{PAGE}new/?task={_ids(built)['Design']}"
    assert manager.post(address, {"name": "Design anew", "why": "CR-4", "roll_up": "on"}).status_code == 302
    rows = {row.name: row for row in queries.baselines(built("manager"), project="SITE")}
    new, first = rows["Design anew"], rows["Approved plan"]
    assert (new.partial, new.current, new.why) == (True, True, "CR-4")
    saved = manager.post(f"{PAGE}{first.id}/", {"name": "Signed plan", "why": "", "version": first.version})
    assert saved.status_code == 302
    stale = _body(manager.post(f"{PAGE}{first.id}/", {"name": "Mine", "why": "", "version": first.version}), 409)
    assert "Signed plan" in stale
    assert manager.post(f"{PAGE}{first.id}/use/").status_code == 302
    assert "Baseline Design anew is removed." in _body(manager.post(f"{PAGE}{new.id}/remove/", follow=True))
    assert [row.name for row in queries.baselines(built("manager"), project="SITE")] == ["Signed plan"]


@pytest.mark.django_db
def test_the_one_measured_against_is_not_removed(built: House, signed: Signed) -> None:
    row = queries.baselines(built("manager"), project="SITE")[0]
    told = _body(signed("manager").post(f"{PAGE}{row.id}/remove/", follow=True))
    assert "Measure against another one, then remove it." in told
    assert len(queries.baselines(built("manager"), project="SITE")) == 1


@pytest.mark.django_db
def test_the_one_an_approved_report_stands_on_is_not_removed(built: House, signed: Signed) -> None:
    row = queries.baselines(built("manager"), project="SITE")[0]
    commands.set_baseline(built("manager"), project="SITE", name="Later")
    status = replace(in_trouble(), baseline=ReportedBaseline(row.name, date(2026, 3, 2), None))
    version = prepared(built("associate"), status)
    digest = asked(built, version)
    (request,) = waiting(built("approver"))
    reports.decide(built("approver"), approval=request.id, decision="approve", digest=digest)
    told = _body(signed("manager").post(f"{PAGE}{row.id}/remove/", follow=True))
    assert "was approved with figures measured against baseline" in told
    assert len(queries.baselines(built("manager"), project="SITE")) == 2


@pytest.mark.django_db
def test_the_slip_is_told_with_its_causes_and_figures(built: House, signed: Signed) -> None:
    _slip(built)
    page = _body(signed("member").get(COMPARE))
    assert "Finish 3 working days later than Approved plan; 1 cause." in page
    assert "&#x27;Design&#x27; takes longer: its duration" in page
    for name in ("finish", "moved"):
        assert f'id="{name}-source"' in page
    assert "Go-live" in page
    turned = _body(signed("member").get(f"{COMPARE}?from=now&to=baseline"))
    assert "Approved plan: finish 3 working days earlier than now; 1 cause." in turned


@pytest.mark.django_db
def test_tasks_are_found_and_ordered(built: House, signed: Signed) -> None:
    page = _body(signed("member").get(COMPARE))
    assert "Every task stands as it did." in page
    page = _body(signed("member").get(f"{COMPARE}?all=1&sort=name&q=go"))
    assert "Go-live" in page
    assert ">Design<" not in page
    assert "No task matches." in _body(signed("member").get(f"{COMPARE}?all=1&q=nothing"))


@pytest.mark.django_db
def test_what_moved_the_finish_is_listed_and_opens(built: House, signed: Signed) -> None:
    _slip(built)
    page = _body(signed("member").get(MOVES))
    assert re.search(r"Last moved \w{3}[^:]* by Mona Manager: [^<]*, 3 working days later\.", page)
    opened_ = re.search(r'href="(/projects/SITE/plan/compare/\?from=before-\d+&amp;to=after-\d+)"', page)
    assert opened_
    told = _body(signed("member").get(opened_[1].replace("&amp;", "&")))
    assert "finish 3 working days later than Before " in told
    projects.create(built("manager"), key="BARE", name="Bare")
    commands.start_plan(built("manager"), project="BARE", start="2026-03-02")
    assert "Nothing has moved the finish yet" in _body(signed("manager").get("/projects/BARE/plan/finish/"))


@pytest.mark.django_db
def test_the_plan_as_a_file_brought_it_can_be_chosen(planned: House, signed: Signed) -> None:
    manager = planned("manager").but(now=datetime(2026, 3, 9, 9, tzinfo=UTC))
    last = queries.tasks(manager, project="SITE").items[-1]
    commands.add_task(manager, project="SITE", name="Shop", duration="20d", predecessors=(last.id,))
    client = signed("manager")
    page = _body(client.get(f"{COMPARE}?from_day=2026-03-09"))
    found = re.search(r'<option value="([^"]+)">As imported from small\.xml', page)
    assert found
    told = _body(client.get(COMPARE, {"from": html.unescape(found[1])}))
    assert "later than Mon 2 Mar 2026" in told
    assert "&#x27;Shop&#x27; is new" in told
    assert "As imported from" not in _body(signed("member").get(f"{COMPARE}?from_day=2026-03-02"))
    assert "Import of small.xml" in [row.label for row in plan_changes(manager, project="SITE").items]


@pytest.mark.django_db
def test_a_typed_day_counts_before_the_list(built: House, signed: Signed) -> None:
    page = _body(signed("member").get(f"{COMPARE}?from=baseline&from_day=2026-03-02"))
    assert "Finish as in Mon 2 Mar 2026." in page
    assert "Take a baseline" not in page
    early = _body(signed("member").get(f"{COMPARE}?from_day=2026-02-02"))
    assert "What the plan was on Mon 2 Feb 2026 is not known" in early
    assert 'id="from_day"' in early  # another one can be chosen


@pytest.mark.django_db
def test_what_cannot_be_compared_says_why(built: House, signed: Signed) -> None:
    assert "names no moment of a plan" in _body(signed("member").get(f"{COMPARE}?from=then"), 422)
    projects.create(built("manager"), key="BARE", name="Bare")
    assert "This project has no plan yet." in _body(signed("manager").get("/projects/BARE/plan/compare/"))
    assert "No plan yet" in _body(signed("manager").get("/projects/BARE/plan/baselines/"))


@pytest.mark.django_db
def test_the_comparison_is_handed_out_as_a_workbook(built: House, signed: Signed) -> None:
    _slip(built)
    answer = signed("member").get(f"{COMPARE}export/")
    assert answer.status_code == 200
    assert "attachment" in answer.headers["Content-Disposition"]
    words = ZipFile(BytesIO(answer.content)).read("xl/sharedStrings.xml").decode()
    for said in ("Finish 3 working days later than Approved plan; 1 cause.", "Go-live", "Because of"):
        assert said in words


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["client", "guest", "stranger"])
def test_outside_people_find_nothing(built: House, signed: Signed, who: str) -> None:
    row = queries.baselines(built("manager"), project="SITE")[0]
    for address in (PAGE, f"{PAGE}new/", f"{PAGE}{row.id}/", COMPARE, f"{COMPARE}export/", MOVES):
        assert signed(who).get(address).status_code == 404
    for address in (f"{PAGE}{row.id}/use/", f"{PAGE}{row.id}/remove/"):
        assert signed(who).post(address).status_code == 404


@pytest.mark.django_db
def test_baselines_and_tasks_of_other_projects_are_none(built: House, signed: Signed) -> None:
    manager = built("manager")
    projects.create(manager, key="ELSE", name="Something else")
    commands.start_plan(manager, project="ELSE", start="2026-03-02")
    task = commands.add_task(manager, project="ELSE", name="Other").task_id
    row = commands.set_baseline(manager, project="ELSE", name="Other")
    client = signed("manager")
    assert client.get(f"{PAGE}{row.id}/").status_code == 404
    assert client.post(f"{PAGE}{row.id}/use/").status_code == 404
    assert client.post(f"{PAGE}{row.id}/remove/").status_code == 404
    assert client.get(f"{PAGE}new/?task={task}").status_code == 404


@pytest.mark.django_db
def test_the_pages_ask_the_same_however_many_rows(built: House, signed: Signed) -> None:
    client, counts = signed("manager"), set()
    for number in range(3):
        comparing.forget()
        client.get(f"{COMPARE}?all=1")
        with CaptureQueriesContext(connection) as listed:
            client.get(PAGE)
        with CaptureQueriesContext(connection) as compared:
            client.get(f"{COMPARE}?all=1&sort=name")
        counts.add((len(listed), len(compared)))
        commands.set_baseline(built("manager"), project="SITE", name=f"Again {number}")
        for place in range(5):
            commands.add_task(built("manager"), project="SITE", name=f"More {number}.{place}")
    assert len(counts) == 1


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_baselines_and_comparing_in_a_browser(opened: BrowserContext, built: House) -> None:
    page = sign_in(opened, "manager")
    page.goto("/projects/SITE/plan/")
    page.get_by_role("link", name="Baselines").click()
    page.get_by_role("link", name="Take a baseline").click()
    page.get_by_label("Name of the baseline").fill("After CR-3")
    page.get_by_label("What it is taken for").fill("The client adds a shop, see CR-3")
    look(page, "baseline-new")
    page.get_by_role("button", name="Take the baseline").click()
    expect(page.get_by_text("measured against from now on")).to_be_visible()
    ids = _ids(built)
    manager = built("manager")
    commands.edit_task(manager, task=ids["Design"], duration="6d")
    commands.add_task(manager, project="SITE", name="Shop", duration="4d", level=2, predecessors=(ids["Go-live"],))
    page.reload()
    look(page, "baselines")
    page.locator("tbody").get_by_role("link", name="Compare").first.click()
    expect(page.get_by_text("Finish 7 working days later than After CR-3; 2 causes.")).to_be_visible()
    look(page, "compare")
    page.get_by_label("Find a task").press_sequentially("Shop")
    expect(page.locator("#found tbody tr[data-row]")).to_have_count(1)
    page.locator("details", has_text="link differs").locator("summary").click()
    expect(page.get_by_text("Go-live → Shop (FS)")).to_be_visible()
    page.goto("/projects/SITE/plan/")
    expect(page.locator("x-gantt.is-ready.is-complete")).to_be_visible()
    page.locator(".gx-row").filter(has=page.get_by_text("Design", exact=True)).click()
    page.get_by_role("button", name="Row", exact=True).click()
    page.get_by_role("button", name="Take a baseline of these").click()
    expect(page.get_by_text("Only Design, with all below")).to_be_visible()
    expect(page.get_by_label("Bring their summaries up to date too")).to_be_checked()
    page.goto(MOVES)
    look(page, "finish-moves")
    page.get_by_role("link", name="Shop").click()
    expect(page.locator(".hw-answer")).to_contain_text("4 working days later")
    page.goto(COMPARE)
    page.get_by_role("link", name="The other way round").click()
    expect(page.get_by_text("After CR-3: finish 7 working days earlier than now; 2 causes.")).to_be_visible()

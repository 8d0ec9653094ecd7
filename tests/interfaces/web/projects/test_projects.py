"""Pages of projects: each opens for those who may, refuses the others, and shows what the records say."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from headway.areas.hours.queries import entries
from headway.areas.projects import commands, queries
from headway.areas.schedule import queries as schedule
from headway.interfaces.web.templatetags.formats import rag_state
from headway.journeys.reports import take_snapshot
from headway.reports.status_snapshot import Audience
from tests.interfaces.web.conftest import House, Signed, person_id

pytestmark = pytest.mark.django_db

TABS = ["", "plan/", "hours/", "risks/", "imports/", "reports/", "people/", "activity/"]
FORMS = [
    "charter/",
    "stage/",
    "plan/status-date/",
    "plan/baselines/new/",
    "hours/log/",
    "hours/rates/new/",
    "budgets/new/",
    "budgets/changes/new/",
    "risks/new/",
    "issues/new/",
    "decisions/new/",
    "assumptions/new/",
    "stakeholders/new/",
    "people/invite/",
    "imports/new/",
    "reports/new/",
]


def _text(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


def _without_reference(body: bytes) -> str:
    return re.sub(r"<code>[0-9a-f]+</code>", "", body.decode())


# --- who may ----------------------------------------------------------------------------------


@pytest.mark.parametrize("path", TABS + FORMS)
def test_a_manager_opens_every_page_of_a_project(planned: House, signed: Signed, path: str) -> None:
    assert "Acme web site" in _text(signed("manager"), f"/projects/SITE/{path}")


def test_for_a_stranger_a_project_is_as_absent_as_one_that_does_not_exist(planned: House, signed: Signed) -> None:
    stranger = signed("stranger")
    for path in TABS + FORMS:
        hidden, absent = stranger.get(f"/projects/SITE/{path}"), stranger.get(f"/projects/NONE/{path}")
        assert (hidden.status_code, absent.status_code) == (404, 404), path
        assert _without_reference(hidden.content) == _without_reference(absent.content), path


def test_whoever_is_not_signed_in_is_asked_to(site: House) -> None:
    for path in ("/projects/", "/projects/SITE/", "/approvals/", "/settings/"):
        answer = Client().get(path)
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith("/accounts/login/?next=")


def test_a_member_reads_but_is_offered_no_act_of_others(planned: House, signed: Signed) -> None:
    member = signed("member")
    assert "Take a baseline" not in _text(member, "/projects/SITE/plan/")
    assert member.get("/projects/SITE/charter/").status_code == 403
    assert member.get("/projects/SITE/imports/").status_code == 403
    assert "Burn and forecast" not in _text(member, "/projects/SITE/hours/")
    assert member.get("/projects/SITE/budget/").headers["Location"] == "/projects/SITE/expenses/"


# --- the list ---------------------------------------------------------------------------------


def test_before_the_first_project_the_list_offers_the_two_likeliest_acts(house: House, signed: Signed) -> None:
    page = _text(signed("manager"), "/projects/")
    assert "No projects yet" in page
    assert "Import a plan" in page
    assert "Create a project" in page


def test_before_the_first_start_the_page_says_how_to_set_up(db: None) -> None:
    page = Client().get("/")
    assert page.status_code == 200
    assert "headway init" in page.content.decode()


def test_the_list_says_how_many_projects_need_attention(planned: House, signed: Signed) -> None:
    page = _text(signed("manager"), "/projects/")
    assert "1 project; none needs attention" in page
    assert "No report yet" in page


def test_list_and_overview_show_the_health_of_the_newest_snapshot(planned: House, signed: Signed) -> None:
    ctx = planned("manager")
    project = queries.charter(ctx, project="SITE").id
    row, snapshot = take_snapshot(ctx, project=project, as_of=date(2026, 3, 6), audience=Audience.INTERNAL)
    assert row.overall is not None
    assert row.overall.value == snapshot.overall.value.lower()
    assert snapshot.plan is not None
    assert row.finish == snapshot.plan.forecast_finish
    shape = rag_state(row.overall)
    listed, opened = _text(signed("manager"), "/projects/"), _text(signed("manager"), "/projects/SITE/")
    assert f"hw-rag-{shape}" in listed
    assert f"snapshot {row.number}" in listed
    assert f"hw-rag-{shape}" in opened
    assert 'href="/projects/SITE/health/"' in opened


def test_the_list_asks_the_database_as_often_for_many_projects_as_for_one(site: House, signed: Signed) -> None:
    manager = signed("manager")
    manager.get("/projects/")
    with CaptureQueriesContext(connection) as few:
        manager.get("/projects/")
    for number in range(10):
        commands.create(site("manager"), key=f"P{number}", name=f"Project {number}")
    with CaptureQueriesContext(connection) as many:
        manager.get("/projects/")
    assert len(many) == len(few)
    assert len(few) < 40


def test_a_long_list_comes_in_pages(site: House, signed: Signed) -> None:
    for number in range(30):
        commands.create(site("manager"), key=f"P{number}", name=f"Project {number:02}")
    manager = signed("manager")
    first = _text(manager, "/projects/")
    following = re.search(r'href="(\?cursor=[^"]+)"', first)
    assert following is not None
    assert "Project 29" not in first
    assert "Project 29" in _text(manager, f"/projects/{following.group(1)}")


def test_a_project_is_created_and_opened(house: House, signed: Signed) -> None:
    given = {"key": "NEW-1", "name": "Portal", "starts_on": "2026-03-02", "client": ""}
    answer = signed("manager").post("/projects/new/", given)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/projects/NEW-1/")
    assert queries.charter(house("manager"), project="NEW-1").starts_on == date(2026, 3, 2)


def test_a_refused_project_keeps_what_was_typed(site: House, signed: Signed) -> None:
    manager = signed("manager")
    wrong = manager.post("/projects/new/", {"key": "lo w", "name": "Portal <1>"})
    assert wrong.status_code == 422
    assert 'value="Portal &lt;1&gt;"' in wrong.content.decode()
    taken = manager.post("/projects/new/", {"key": "SITE", "name": "Portal"})
    assert taken.status_code == 409
    assert "The key SITE is taken" in taken.content.decode()


# --- overview and charter ---------------------------------------------------------------------


def test_the_overview_opens_with_the_finish_and_its_pictures_are_a_click_away(planned: House, signed: Signed) -> None:
    manager = signed("manager")
    page = _text(manager, "/projects/SITE/")
    assert re.search(r'class="hw-answer">Finish \w{3}', page)
    assert "style=" not in page
    assert 'class="hd-drawing"' not in page
    drawn = _text(manager, "/projects/SITE/pictures/")
    assert 'class="hd-drawing"' in drawn
    assert re.search(r'href="/drawings.css\?v=[0-9a-f]{10}"', drawn)


def test_the_rules_of_drawings_may_be_kept_by_a_browser(db: None) -> None:
    answer = Client().get("/drawings.css")
    assert answer.headers["Content-Type"].startswith("text/css")
    assert "immutable" in answer.headers["Cache-Control"]


def test_a_charter_is_saved_and_an_older_one_is_shown_beside_the_stored(site: House, signed: Signed) -> None:
    manager = signed("manager")
    version = queries.charter(site("manager"), project="SITE").version
    given = {"name": "Acme web site", "purpose": "Sell more", "objectives": "Faster | seconds | 2", "version": version}
    assert manager.post("/projects/SITE/charter/", given).status_code == 302
    assert queries.charter(site("manager"), project="SITE").objectives[0].target == "2"
    late = manager.post("/projects/SITE/charter/", given | {"purpose": "Sell less"})
    page = late.content.decode()
    assert late.status_code == 409
    assert "Sell more" in page
    assert "Sell less" in page
    again = re.search(r'name="version" value="(\d+)"', page)
    assert again is not None
    assert manager.post("/projects/SITE/charter/", given | {"version": again.group(1)}).status_code == 302


def test_the_activity_tells_who_did_what(planned: House, signed: Signed) -> None:
    page = _text(signed("manager"), "/projects/SITE/activity/")
    assert "Mona Manager" in page
    assert "began a project" in page


# --- plan -------------------------------------------------------------------------------------


def _task(house: House) -> int:
    rows = schedule.tasks(house("manager"), project="SITE").items
    return next(row.id for row in rows if not row.summary and not row.milestone)


def test_an_edit_of_a_task_shows_its_effect_before_it_is_saved(planned: House, signed: Signed) -> None:
    manager, task = signed("manager"), _task(planned)
    before = schedule.task(planned("manager"), task=task)
    given = {"form": "task", "name": before.name, "duration": "40d"}
    tried = manager.post(f"/projects/SITE/plan/tasks/{task}/", given | {"try": "1"})
    assert "Nothing is saved yet" in tried.content.decode()
    assert "the finish goes from" in tried.content.decode()
    assert schedule.task(planned("manager"), task=task).finish == before.finish
    assert manager.post(f"/projects/SITE/plan/tasks/{task}/", given).status_code == 302
    assert schedule.task(planned("manager"), task=task).finish > before.finish


def test_a_duration_that_is_none_is_refused_beside_its_field(planned: House, signed: Signed) -> None:
    task = _task(planned)
    given = {"form": "task", "name": "Build", "duration": "soon"}
    answer = signed("manager").post(f"/projects/SITE/plan/tasks/{task}/", given)
    assert answer.status_code == 422
    assert 'value="soon"' in answer.content.decode()


def test_progress_is_entered_by_a_member(planned: House, signed: Signed) -> None:
    task = _task(planned)
    given = {"form": "progress", "progress-percent_complete": "50"}
    assert signed("member").post(f"/projects/SITE/plan/tasks/{task}/", given).status_code == 302
    assert schedule.task(planned("manager"), task=task).percent_complete == 50
    wrong = signed("member").post(f"/projects/SITE/plan/tasks/{task}/", given | {"progress-percent_complete": "150"})
    assert wrong.status_code == 422


def test_a_task_has_an_address_under_its_own_project_alone(planned: House, signed: Signed) -> None:
    commands.create(planned("manager"), key="SECOND", name="Second")
    assert signed("manager").get(f"/projects/SECOND/plan/tasks/{_task(planned)}/").status_code == 404


def test_a_baseline_is_taken_and_earlier_ones_can_be_used_again(planned: House, signed: Signed) -> None:
    manager = signed("manager")
    assert manager.post("/projects/SITE/plan/baselines/new/", {"name": ""}).status_code == 422
    for name in ("First", "Second"):
        assert manager.post("/projects/SITE/plan/baselines/new/", {"name": name}).status_code == 302
    first = next(row for row in schedule.baselines(planned("manager"), project="SITE") if row.name == "First")
    manager.post(f"/projects/SITE/plan/baselines/{first.id}/use/")
    assert schedule.summary(planned("manager"), project="SITE").baseline == "First"
    assert "CPI" in _text(manager, "/projects/SITE/")


def test_a_plan_can_be_started_and_filled_by_form(site: House, signed: Signed) -> None:
    manager = signed("manager")
    assert "No plan yet" in _text(manager, "/projects/SITE/plan/")
    assert manager.post("/projects/SITE/plan/", {"start": ""}).status_code == 422
    assert manager.post("/projects/SITE/plan/", {"start": "2026-03-02"}).status_code == 302
    assert manager.post("/projects/SITE/plan/tasks/add/", {"name": "Build", "duration": "3d"}).status_code == 302
    assert manager.post("/projects/SITE/plan/tasks/add/", {"name": "", "duration": "3d"}).status_code == 422
    assert manager.post("/projects/SITE/plan/status-date/", {"status_date": "2026-03-03"}).status_code == 302
    page = _text(manager, "/projects/SITE/plan/")
    assert "Build" in page
    assert "Critical" in _text(manager, "/projects/SITE/plan/?critical=1")


def test_the_plan_asks_the_database_as_often_for_many_rows_as_for_few(planned: House, signed: Signed) -> None:
    manager = signed("manager")
    manager.get("/projects/SITE/plan/")
    with CaptureQueriesContext(connection) as few:
        manager.get("/projects/SITE/plan/")
    for number in range(6):
        manager.post("/projects/SITE/plan/tasks/add/", {"name": f"More {number}", "duration": "1d"})
    manager.get("/projects/SITE/plan/")
    with CaptureQueriesContext(connection) as many:
        manager.get("/projects/SITE/plan/")
    assert len(many) == len(few)


# --- hours and budget -------------------------------------------------------------------------


def test_hours_are_logged_and_handed_in(site: House, signed: Signed) -> None:
    manager = signed("manager")
    assert manager.post("/projects/SITE/hours/log/", {"day": "2026-03-03", "hours": "30"}).status_code == 422
    given = {"day": "2026-03-03", "hours": "7.5", "note": "Draft", "billable": "on"}
    assert manager.post("/projects/SITE/hours/log/", given).status_code == 302
    page = _text(manager, "/projects/SITE/hours/?week=2026-03-02")
    assert "7.5 hours recorded" in page
    manager.post("/projects/SITE/hours/submit/", {"week": "2026-03-02"})
    assert "Handed in" in _text(manager, "/projects/SITE/hours/?week=2026-03-02")
    assert entries(site("manager"), project="SITE").items[0].note == "Draft"
    assert manager.post("/projects/SITE/hours/submit/", {"week": "soon"}).status_code == 404


def test_a_budget_is_set_approved_and_changed(site: House, signed: Signed) -> None:
    manager = signed("manager")
    given = {"name": "Fixed", "basis": "hours", "amount": "100", "kind": "fixed_fee", "scope": "project"}
    assert manager.post("/projects/SITE/budgets/new/", given | {"amount": "many"}).status_code == 422
    assert manager.post("/projects/SITE/budgets/new/", given).status_code == 302
    approver = signed("approver")
    approve = re.search(r'action="(/projects/SITE/budgets/\d+/approve/)"', _text(approver, "/projects/SITE/budget/"))
    assert approve is not None
    assert "is approved; its baseline stands" in approver.post(approve.group(1), follow=True).content.decode()
    change = {"title": "More", "reason": "Wish", "hours": "20"}
    assert manager.post("/projects/SITE/budgets/changes/new/", change).status_code == 302
    page = _text(approver, "/projects/SITE/budget/")
    decide = re.search(r'action="(/projects/SITE/budgets/changes/\d+/decide/)"', page)
    assert decide is not None
    approver.post(decide.group(1), {"decision": "approve"})
    assert ">120\xa0h<" in _text(manager, "/projects/SITE/budget/")


def test_a_rate_wants_a_person_or_a_role(site: House, signed: Signed) -> None:
    manager = signed("manager")
    given = {"kind": "bill", "rate": "100", "first": "2026-03-02", "role": "", "person": ""}
    assert manager.post("/projects/SITE/hours/rates/new/", given).status_code == 422
    assert manager.post("/projects/SITE/hours/rates/new/", given | {"role": "Engineer"}).status_code == 302
    assert "Engineer" in _text(manager, "/projects/SITE/hours/")
    assert "Engineer" not in _text(signed("member"), "/projects/SITE/hours/")


# --- people -----------------------------------------------------------------------------------


def test_a_role_is_given_and_taken(site: House, signed: Signed) -> None:
    manager = signed("manager")
    given = {"person": "senior_reader@example.org", "role": "member"}
    assert manager.post("/projects/SITE/people/", given).status_code == 302
    assert manager.post("/projects/SITE/people/", given | {"person": "nobody@example.org"}).status_code == 422
    gone = {"person": person_id(site, "senior_reader"), "role": "member"}
    assert manager.post("/projects/SITE/people/remove/", gone).status_code == 302
    last = {"person": person_id(site, "manager"), "role": "manager"}
    refused = manager.post("/projects/SITE/people/remove/", last, follow=True)
    assert "A project keeps one manager" in refused.content.decode()
    assert signed("member").post("/projects/SITE/people/", given).status_code == 403


def test_an_invitation_shows_its_link_once_and_makes_a_user(site: House, signed: Signed) -> None:
    given = {"name": "Nora New", "email": "nora@example.org", "role": "member", "organisation": ""}
    page = signed("manager").post("/projects/SITE/people/invite/", given).content.decode()
    link = re.search(r"http://testserver(/invitation/[\w-]+/)", page)
    assert link is not None
    guest = Client()
    assert guest.get(link.group(1)).status_code == 200
    passwords = {"password": "a long enough sentence", "again": "a long enough sentence"}
    assert guest.post(link.group(1), passwords | {"again": "another"}).status_code == 422
    assert guest.post(link.group(1), passwords).status_code == 302
    used = guest.post(link.group(1), passwords)
    assert used.status_code == 422
    assert "was used or has expired" in used.content.decode()


# --- the house --------------------------------------------------------------------------------


def test_house_rules_are_saved_by_an_administrator_alone(site: House, signed: Signed) -> None:
    given = {
        "form": "rules",
        "name": "Southwind",
        "currency": "EUR",
        "time_zone": "Europe/Berlin",
        "spelling": "gb",
    }
    assert signed("administrator").post("/settings/", given | {"currency": "euro"}).status_code == 422
    assert signed("administrator").post("/settings/", given).status_code == 302
    assert "Southwind" in _text(signed("manager"), "/settings/")
    assert signed("manager").post("/settings/", given).status_code == 403


def test_a_token_is_shown_once_and_ended(site: House, signed: Signed) -> None:
    manager = signed("manager")
    made = manager.post("/settings/tokens/", {"token_name": "Script", "scope": "read"}).content.decode()
    secret = re.search(r'hw-secret">([^<]+)<', made)
    assert secret is not None
    page = _text(manager, "/settings/tokens/")
    assert secret.group(1) not in page
    revoke = re.search(r'action="(/settings/tokens/\d+/revoke/)"', page)
    assert revoke is not None
    assert signed("stranger").post(revoke.group(1)).status_code == 404
    manager.post(revoke.group(1))
    assert "Script" not in _text(manager, "/settings/tokens/")


def test_a_form_from_elsewhere_is_refused(site: House) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/projects/new/", {"key": "X", "name": "Y"}).status_code == 403

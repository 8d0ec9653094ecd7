"""The pages of the method: templates with their dates, a project begun, gates, findings, checklists, rules."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from headway.areas.method import checklists, commands, gates, queries, recurring
from headway.areas.method.types import GateState
from headway.areas.people.queries import person_of_user
from headway.areas.people.types import Role
from headway.areas.projects import commands as projects
from headway.areas.projects.queries import list_projects
from headway.areas.projects.types import Stage
from headway.areas.schedule import queries as schedule
from tests.interfaces.web.conftest import House, Signed
from tests.made_once import made_once

pytestmark = pytest.mark.django_db
TEMPLATE = "/templates/site-build/"
METHOD = "/projects/WEB/method/"


@pytest.fixture
def begun(house: House) -> House:
    """WEB, begun from the ready-made site build on Monday 2 March 2026, with a member, an approver and a client."""
    made_once(lambda: _begun(house))
    return house


def _begun(house: House) -> None:
    manager = house("manager")
    commands.begin(manager, key="WEB", name="Acme web", template="site-build", starts_on=date(2026, 3, 2))
    for who in ("member", "approver", "client"):
        person = person_of_user(house(who).actor.user_id)
        projects.set_member(manager, project="WEB", person=person, role=Role(who))


def body(answer: Any, status: int = 200) -> str:
    assert answer.status_code == status, answer.content[:2000]
    return re.sub(r"\s+", " ", answer.content.decode())


def task_id(house: House, name: str) -> int:
    rows = schedule.tasks(house("manager"), project="WEB", limit=200).items
    return next(row.id for row in rows if row.name == name)


# --- templates -----------------------------------------------------------------------------------


def test_a_template_shows_its_dates_and_a_project_begins_with_them(house: House, signed: Signed) -> None:
    manager = signed("manager")
    assert "Web site build" in body(manager.get("/templates/"))
    assert 'href="/templates/"' in body(manager.get("/projects/new/"))
    assert "65 rows: 8 phases, 49 tasks, 8 milestones" in body(manager.get("/templates/"))
    page = body(manager.get(TEMPLATE, {"starts_on": "2026-03-02"}))
    assert "65 rows: 8 phases, 49 tasks, 8 milestones." in page
    assert f">{house('member').actor.name}</option>" in page
    for outside in ("client", "guest"):
        assert f">{house(outside).actor.name}</option>" not in page
    page = body(manager.get(TEMPLATE, {"starts_on": "2026-03-02", "part": ["Discover", "Design", "Build"]}))
    assert "Starts Mon, Mar 2" in page
    assert "Redirect map" not in page
    person = person_of_user(house("member").actor.user_id)
    roles = [row.name for row in queries.preview(house("manager"), template="site-build").roles]
    given = {"starts_on": "2026-03-02", "key": "WEB", "name": "Acme web", f"role-{roles.index('Developer')}": person}
    assert body(manager.post(TEMPLATE, {**given, "key": "we b"}), 422)
    assert list_projects(house("manager")).items == ()
    answer = manager.post(TEMPLATE, given)
    assert (answer.status_code, answer["Location"]) == (302, "/projects/WEB/plan/")
    seats = {seat.role: seat.person for seat in queries.roles(house("manager"), project="WEB")}
    assert seats["Developer"] == house("member").actor.name
    assert seats["Tester"] == ""


def test_a_last_day_that_cannot_be_met_is_said(signed: Signed) -> None:
    page = body(signed("manager").get(TEMPLATE, {"ends_on": "2026-12-18"}))
    assert "finishes Fri, Dec 18" in page
    assert "There is nothing" in body(signed("manager").get("/templates/no-such/"), 404)


def test_a_project_becomes_a_template_that_is_changed_and_retired(begun: House, signed: Signed) -> None:
    manager = signed("manager")
    answer = manager.post(f"{METHOD}save-template/", {"name": "Our site", "about": "As we do it", "keep_gates": "on"})
    address = answer["Location"]
    assert "Our site" in body(manager.get(address))
    version = queries.templates(begun("manager")).items[0].version
    saved = manager.post(f"{address}edit/", {"name": "Our sites", "about": "All of them", "version": version})
    assert saved.status_code == 302
    assert manager.post(f"{address}retire/").status_code == 302
    assert address not in body(manager.get("/templates/"))
    assert address in body(manager.get("/templates/?retired=1"))
    assert manager.post(f"{address}offer/").status_code == 302
    assert signed("member").get(f"{address}edit/").status_code == 404


def test_a_part_of_a_template_shows_its_effect_before_it_is_taken(begun: House, signed: Signed) -> None:
    manager = signed("manager")
    before = len(schedule.tasks(begun("manager"), project="WEB", limit=200).items)
    asked = {"template": "site-build", "part": "Search", "after": task_id(begun, "Build"), "show": "1"}
    page = body(manager.get(f"{METHOD}part/", asked))
    assert "Nothing is saved yet." in page
    assert len(schedule.tasks(begun("manager"), project="WEB", limit=200).items) == before
    assert manager.post(f"{METHOD}part/", asked).status_code == 302
    assert len(schedule.tasks(begun("manager"), project="WEB", limit=200).items) == before + 6
    assert signed("member").get(f"{METHOD}part/").status_code == 403


def test_roles_are_given_in_one_place(begun: House, signed: Signed) -> None:
    manager = signed("manager")
    assert "7 roles of the plan have nobody yet" in body(manager.get(METHOD))
    waiting = [seat.role for seat in queries.roles(begun("manager"), project="WEB")]
    person = person_of_user(begun("member").actor.user_id)
    given = {f"role-{waiting.index('Tester')}": person, f"role-{waiting.index('Designer')}": person}
    assert manager.post(f"{METHOD}roles/", given).status_code == 302
    assert "5 roles of the plan have nobody yet" in body(manager.get(METHOD))
    page = body(manager.get(f"{METHOD}roles/"))
    assert f">{begun('member').actor.name}</option>" in page
    for outside in ("client", "guest"):
        assert f">{begun(outside).actor.name}</option>" not in page


# --- gates and findings --------------------------------------------------------------------------


def test_a_gate_is_prepared_asked_and_withdrawn(begun: House, signed: Signed) -> None:
    manager = signed("manager")
    row = gates.gates(begun("manager"), project="WEB")[0]
    address = f"{METHOD}gates/{row.id}/"
    assert "It would be a no-go now" in body(manager.get(address))
    first, charter, owners = (item.id for item in row.criteria)
    manager.post(f"{METHOD}criteria/{first}/holds/")
    manager.post(f"{METHOD}criteria/{first}/evidence/", {"text": "Mail of Carol", "record": "DEC-1"})
    manager.post(f"{METHOD}criteria/{charter}/waive/", {"reason": "Written by Friday"})
    page = body(manager.get(address))
    assert "Mail of Carol" in page
    assert "Written by Friday" in page
    approver = person_of_user(begun("approver").actor.user_id)
    assert "Say what is still to be done" in body(manager.post(address, {"approvers": approver}), 422)
    asked = manager.post(address, {"approvers": approver, "conditions": "Mara writes the charter"})
    assert asked.status_code == 302
    assert gates.gate(begun("manager"), gate=row.id).state is GateState.ASKED
    assert "Mail of Carol" in body(signed("approver").get("/approvals/"))
    manager.post(f"{address}withdraw/")
    assert gates.gate(begun("manager"), gate=row.id).state is GateState.OPEN
    manager.post(f"{METHOD}gates/{row.id}/stop/", {"reason": "Too dear"})
    assert "Too dear" in body(manager.get(address))
    assert owners


def test_gates_are_added_tailored_and_removed(begun: House, signed: Signed) -> None:
    manager = signed("manager")
    answer = manager.post(f"{METHOD}gates/new/", {"name": "Dry run", "stage": "delivery", "milestone": ""})
    address = answer["Location"]
    manager.post(f"{address}criteria/", {"check": "baseline", "text": "", "must": "1"})
    assert "no baseline is taken" in body(manager.get(address))
    manager.post(f"{address}remove/")
    assert manager.get(address).status_code == 404


def test_a_gate_gets_its_day_and_is_late_past_it(begun: House, signed: Signed) -> None:
    manager = signed("manager")
    row = gates.add_gate(begun("manager"), project="WEB", stage=Stage.CLOSING, name="Dry run")
    address = f"{METHOD}gates/{row.id}/"
    assert "No day yet" in body(manager.get(address))
    assert "Set the day of Dry run" in body(manager.get(METHOD))
    given = {"name": "Rehearsal", "milestone": "", "due": "2026-02-02", "version": row.version}
    assert manager.post(f"{address}edit/", given).status_code == 302
    assert "Past its day" in body(manager.get(address))
    assert "“Rehearsal” was due" in body(manager.get(METHOD))
    assert "changed this meanwhile" in body(manager.post(f"{address}edit/", {**given, "name": "Mine"}), 409)
    assert signed("member").get(f"{address}edit/").status_code == 403
    assert signed("client").get(f"{address}edit/").status_code == 404


def test_the_stage_page_says_which_gate_holds_the_project(begun: House, signed: Signed) -> None:
    page = body(signed("manager").post("/projects/WEB/stage/", {"stage": "planning"}), 409)
    assert "The gate “Brief agreed” is not passed" in page


def test_a_finding_is_repaired_by_one_press(begun: House, signed: Signed) -> None:
    manager = signed("manager")
    for row in gates.gates(begun("manager"), project="WEB"):
        gates.remove_gate(begun("manager"), gate=row.id)
    projects.set_stage(begun("manager"), project="WEB", stage=Stage.DELIVERY)
    page = body(manager.get(METHOD))
    assert "tasks and no baseline of them" in page
    assert "Take the usual gates" in page
    effect = "Slip is measured from today&#x27;s dates on; no date moves."
    assert effect in page
    given = {"finding": "baseline", "effect": "Slip is measured from today's dates on; no date moves."}
    assert manager.post(f"{METHOD}repair/", given).status_code == 302
    assert schedule.taken_baseline(list_projects(begun("manager")).items[0].id) == "Approved"
    assert manager.post(f"{METHOD}gates/usual/").status_code == 302
    assert len(gates.gates(begun("manager"), project="WEB")) == 4
    assert "Next gate: Ready to hand over" in body(manager.get(METHOD))  # those of the stages behind it are not next


def test_clients_find_nothing_of_the_method(begun: House, signed: Signed) -> None:
    client = signed("client")
    row = gates.gates(begun("manager"), project="WEB")[0]
    for address in (METHOD, f"{METHOD}gates/{row.id}/", "/templates/", TEMPLATE, "/settings/method/"):
        assert client.get(address).status_code == 404, address
    assert client.post(f"{METHOD}criteria/{row.criteria[0].id}/holds/").status_code == 404
    assert client.get(f"/projects/WEB/plan/tasks/{task_id(begun, 'Build')}/checklist/").status_code == 404


def test_words_of_people_stay_words(begun: House, signed: Signed) -> None:
    manager = begun("manager")
    row = gates.add_gate(manager, project="WEB", stage=Stage.PLANNING, name="<script>alert(1)</script>")
    gates.add_criterion(manager, gate=row.id, text="<img src=x onerror=alert(2)>")
    page = body(signed("manager").get(f"{METHOD}gates/{row.id}/"))
    assert "<script>alert(1)" not in page
    assert "<img src=x" not in page


def test_the_page_asks_as_much_for_many_gates_as_for_few(begun: House, signed: Signed) -> None:
    manager = signed("manager")

    def count() -> int:
        with CaptureQueriesContext(connection, ) as asked:  # fmt: skip
            body(manager.get(METHOD))
        return len(asked)

    count()
    few = count()
    for number in range(5):
        row = gates.add_gate(begun("manager"), project="WEB", stage=Stage.CLOSING, name=f"Gate {number}")
        gates.add_criterion(begun("manager"), gate=row.id, text="One thing")
    count()
    assert count() <= few


# --- checklists, recurring tasks, rules ----------------------------------------------------------


def test_a_checklist_is_ticked_in_its_task(begun: House, signed: Signed) -> None:
    task = task_id(begun, "Kick-off workshop")
    address = f"/projects/WEB/plan/tasks/{task}/checklist/"
    assert address in body(signed("member").get(f"/projects/WEB/plan/tasks/{task}/"))
    line = checklists.checklist(begun("manager"), task=task)[0]
    page = body(signed("member").post(address, {"do": "tick", "line": line.id}))
    assert "1 of 3" in page
    assert signed("member").post(address, {"do": "add", "text": "More"}).status_code == 403
    assert "2 of 4" not in body(signed("manager").post(address, {"do": "add", "text": "More"}))
    assert body(signed("manager").post(address, {"do": "add", "text": ""}), 422)
    assert "1 of 4" in body(signed("manager").get(address))


def test_a_task_that_comes_again_shows_its_effect_first(begun: House, signed: Signed) -> None:
    manager = signed("manager")
    given = {
        "name": "Weekly report", "rhythm": "weekly", "interval": "1", "weekdays": "4", "duration": "1h",
        "first": "2026-03-06", "until": "2026-03-27",
    }  # fmt: skip
    empty = body(manager.get(f"{METHOD}recurring/new/"))
    assert empty.count("(optional)") == empty.count('People <span class="hw-optional">') == 1
    assert "Nothing is saved yet." in body(manager.post(f"{METHOD}recurring/new/", {**given, "try": "1"}))
    assert recurring.recurring_tasks(begun("manager"), project="WEB") == ()
    assert body(manager.post(f"{METHOD}recurring/new/", {**given, "weekdays": ""}), 422)
    assert manager.post(f"{METHOD}recurring/new/", given).status_code == 302
    row = recurring.recurring_tasks(begun("manager"), project="WEB")[0]
    assert "Every Friday until Fri, Mar 27" in body(manager.get(METHOD))
    assert manager.post(f"{METHOD}recurring/{row.id}/", {**given, "until": "2026-03-13"}).status_code == 302
    assert recurring.recurring_tasks(begun("manager"), project="WEB")[0].made == 2
    assert manager.post(f"{METHOD}recurring/{row.id}/", {"remove": "1"}).status_code == 302
    assert recurring.recurring_tasks(begun("manager"), project="WEB") == ()


AGAIN = {
    "name": "Weekly report", "rhythm": "weekly", "interval": "1", "weekdays": ["2", "4"], "duration": "1h",
    "first": "2026-03-02", "until": "2026-03-27",
}  # fmt: skip


def test_a_task_that_comes_again_has_people(begun: House, signed: Signed) -> None:
    manager, member = signed("manager"), begun("member").actor.name
    page = body(manager.post(f"{METHOD}recurring/new/", {**AGAIN, "people": "Zoe"}), 422)
    assert "works neither in this plan nor on this project" in page
    assert manager.post(f"{METHOD}recurring/new/", {**AGAIN, "people": f"{member} [50%]"}).status_code == 302
    row = recurring.recurring_tasks(begun("manager"), project="WEB")[0]
    assert f"{member} [50%]" in body(manager.get(METHOD))
    page = body(manager.get(f"{METHOD}recurring/{row.id}/"))
    assert f"by {member} [50%]. Begun occurrences stay" in page
    assert f'name="people" value="{member} [50%]"' in page
    assert f'name="version" value="{row.version}"' in page


def test_a_second_tab_with_an_older_rule_is_refused(begun: House, signed: Signed) -> None:
    manager = signed("manager")
    manager.post(f"{METHOD}recurring/new/", AGAIN)
    row = recurring.recurring_tasks(begun("manager"), project="WEB")[0]
    address = f"{METHOD}recurring/{row.id}/"
    assert 'type="hidden" name="initial-weekdays" value="2"' in body(manager.get(address))
    given = {**AGAIN, "version": row.version, **{f"initial-{name}": value for name, value in AGAIN.items()}}
    assert manager.post(address, {**given, "weekdays": ["0", "4"]}).status_code == 302
    page = body(manager.post(address, {**given, "duration": "2h"}), 409)
    assert "changed this meanwhile" in page
    assert "Monday, Friday" in page
    assert "Wednesday, Friday" in page
    for field, keep in (("weekdays", "stored"), ("duration", "yours")):
        assert f'name="keep-{field}" value="{keep}" checked' in page, "what only the other changed is the other's"
    assert manager.post(address, {"remove": "1", "version": row.version}).status_code == 302
    assert "your change started from" in body(manager.get(METHOD))
    now = recurring.recurring_tasks(begun("manager"), project="WEB")[0]
    assert (now.weekdays, now.duration) == ((0, 4), "1h")
    chosen = {**given, "duration": "2h", "version": now.version, "keep-weekdays": "stored", "keep-duration": "yours"}
    assert manager.post(address, chosen).status_code == 302
    now = recurring.recurring_tasks(begun("manager"), project="WEB")[0]
    assert (now.weekdays, now.duration) == ((0, 4), "2h")


def test_all_faults_of_a_rule_stand_beside_their_fields_at_once(begun: House, signed: Signed) -> None:
    wrong = {**AGAIN, "name": "", "rhythm": "monthly_weekday", "duration": "soon", "until": ""}
    page = body(signed("manager").post(f"{METHOD}recurring/new/", wrong), 422)
    for field in ("name", "position", "weekday", "duration", "until"):
        assert f'id="id_{field}_error"' in page, field
    assert recurring.recurring_tasks(begun("manager"), project="WEB") == ()


def test_an_administrator_alone_changes_the_rules(house: House, signed: Signed) -> None:
    assert "Open risk without a response" in body(signed("manager").get("/settings/method/"))
    assert signed("manager").post("/settings/method/risk/", {"weight": "note"}).status_code == 403
    assert signed("administrator").post("/settings/method/risk/", {"weight": "note"}).status_code == 302
    assert signed("administrator").post("/settings/method/moon/", {"weight": "note"}).status_code == 404

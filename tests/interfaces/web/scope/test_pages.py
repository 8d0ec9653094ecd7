"""The pages of scope and changes: what they show and refuse."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from headway.areas.hours import commands as hours
from headway.areas.schedule import commands as plan
from headway.areas.scope import commands, deciding, queries, requests
from headway.areas.scope.types import ItemKind, RequestState
from headway.journeys import impact
from headway.kernel.context import Context
from tests.areas.scope.conftest import person, site, tasks
from tests.areas.scope.test_walk import asked, decided
from tests.interfaces.web.conftest import Signed

House = Callable[[str], Context]
__all__ = ["site", "tasks"]  # fixtures: with a plan, which the pages' own has not
pytestmark = pytest.mark.django_db

SCOPE = "/projects/SITE/scope/"
CHANGES = "/projects/SITE/changes/"


def _body(answer: Any, status: int = 200) -> str:
    assert answer.status_code == status, answer.content.decode()[:3000]
    return re.sub(r"\s+", " ", answer.content.decode())


def test_an_empty_scope_offers_its_first_line(site: House, signed: Signed) -> None:
    page = _body(signed("manager").get(SCOPE))
    assert "No scope statement yet" in page
    assert "Add the first line" in page
    assert "Add the first line" not in _body(signed("member").get(SCOPE))


def test_a_line_is_added_changed_and_stale_ones_are_refused(site: House, signed: Signed, tasks: dict[str, int]) -> None:
    manager = signed("manager")
    given = {"kind": "in", "text": "Shop front", "deliverable": "Shop", "hours": "24", "fee": "3000", "tasks": "1-2"}
    assert manager.post(f"{SCOPE}new/", given).status_code == 302
    page = _body(manager.get(SCOPE))
    assert "Shop front" in page
    assert "24" in page
    assert "EUR 3,000" in page
    assert ">Design<" in page.replace("<bdi>", ">").replace("</bdi>", "<")
    row = queries.statement(site("manager"), project="SITE").items[0]
    wrong = _body(manager.post(f"{SCOPE}new/", {**given, "tasks": "99"}), 422)
    assert "There is no row 99 in the plan." in wrong
    saved = manager.post(f"{SCOPE}items/{row.id}/", {**given, "text": "Shop", "version": row.version})
    assert saved.status_code == 302
    stale = _body(manager.post(f"{SCOPE}items/{row.id}/", {**given, "text": "Mine", "version": row.version}), 409)
    assert "changed this meanwhile" in stale
    assert 'name="keep-text"' in stale
    assert 'name="keep-tasks"' not in stale
    assert "3,000" not in _body(signed("member").get(SCOPE))
    assert "Shop is out" not in page
    gone = _body(manager.post(f"{SCOPE}items/{row.id}/remove/", follow=True))
    assert f"{row.ref} is out of the scope statement." in gone


def test_a_change_from_asking_to_its_effects(site: House, signed: Signed, tasks: dict[str, int]) -> None:
    manager = signed("manager")
    assert "No change was asked for yet" in _body(manager.get(CHANGES))
    page = _body(manager.post(f"{CHANGES}new/", {"title": "Newsletter", "why": "They sell by mail"}, follow=True))
    assert "CR-1 Newsletter" in page
    assert "Do nothing" in page
    page = _body(manager.post(f"{CHANGES}1/options/new/", {"name": "Build it now", "one_off": "250"}, follow=True))
    assert "Option 2 is there." in page
    step = {"name": "Form", "hours": "16", "who": "Max Member", "task": "2 Build"}
    assert "2 Build" in _body(manager.get(f"{CHANGES}1/options/2/steps/add-work/"))
    page = _body(manager.post(f"{CHANGES}1/options/2/steps/add-work/", step, follow=True))
    assert "2 working days later" in page
    assert "+16" in page
    assert "EUR 1,530" in page
    refused = _body(manager.post(f"{CHANGES}1/options/2/steps/add-work/", {**step, "who": "Nobody Known"}), 422)
    assert "Nobody Known" in refused
    assert "EUR 1,530" not in _body(signed("member").get(f"{CHANGES}1/"))
    assert "Ask for a decision" in page


def test_rows_that_wait_for_added_work_are_typed_by_number(site: House, signed: Signed, tasks: dict[str, int]) -> None:
    manager = signed("manager")
    manager.post(f"{CHANGES}new/", {"title": "Newsletter", "why": "They sell by mail"})
    manager.post(f"{CHANGES}1/options/new/", {"name": "Build it now"})
    address = f"{CHANGES}1/options/2/steps/add-work/"
    step = {"name": "Form", "hours": "16", "who": "Max Member", "task": "2 Build", "then": "3"}
    assert "the new work moves them, and the finish with them" in _body(manager.get(address))
    page = _body(manager.post(address, step, follow=True))
    assert "then &#x27;Go-live&#x27; waits for it" in page
    assert "2 working days later" in page
    circle = _body(manager.post(address, {**step, "then": "1"}, follow=True), 422)
    assert "Tasks depend on each other in a circle" in circle
    assert "There is no row 99 in the plan." in _body(manager.post(address, {**step, "then": "99"}), 422)


def test_old_effects_are_computed_where_a_decision_is_asked_for(
    site: House, signed: Signed, tasks: dict[str, int]
) -> None:
    request, option = asked(site, tasks)
    impact.assess(site("manager"), change=request)
    manager, address = signed("manager"), f"{CHANGES}1/decision/"
    given = {"option": option, "approvers": [person(site, "approver")], "recommendation": "It sells", "dissent": ""}
    assert "Compute anew" not in _body(manager.get(address))
    plan.edit_task(site("manager"), task=tasks["Design"], duration="4d")
    assert "Nobody can decide on these effects." in _body(manager.get(address))
    refused = _body(manager.post(address, given), 409)
    assert "Compute the effects anew first." in refused
    assert 'name="compute"' in refused
    computed = _body(manager.post(address, {**given, "compute": "1"}))
    assert "The effects are computed from the plan as it is now. Build it now: finish" in computed
    assert 'name="compute"' not in computed
    assert ">It sells</textarea>" in computed.replace("> It", ">It")
    assert re.search(rf'value="{person(site, "approver")}"[^>]* checked', computed)
    assert manager.post(address, given).status_code == 302
    assert requests.change_request(site("manager"), change=request).row.state is RequestState.WAITING


def test_hours_that_name_no_task_are_told_beside_the_burned(site: House, signed: Signed, tasks: dict[str, int]) -> None:
    manager = site("manager")
    commands.add_item(
        manager, project="SITE", kind=ItemKind.IN, text="Shop", hours=Decimal(120), tasks=(tasks["Build"],)
    )
    hours.log(manager, project="SITE", day=date(2026, 3, 2), hours=Decimal(7), phase="build")
    assert "name no task" not in _body(signed("manager").get(SCOPE)).replace("of them name no row", "")
    hours.log(manager, project="SITE", day=date(2026, 3, 3), hours=Decimal(5), phase="Travel")
    hours.log(manager, project="SITE", day=date(2026, 3, 4), hours=Decimal(4))
    found = queries.statement(manager, project="SITE")
    assert (found.burned, found.unnamed) == (Decimal(7), Decimal(9))
    page = _body(signed("manager").get(SCOPE))
    assert "9 h of this project name no task: they are not counted as burned here." in page
    assert "Not counted: they name no task" in page
    assert "of this project name no task" not in _body(signed("member").get(SCOPE))


def test_decided_carried_out_and_in_the_log(site: House, signed: Signed, tasks: dict[str, int]) -> None:
    request, option = asked(site, tasks)
    impact.assess(site("manager"), change=request)
    decided(site, request, option)
    manager = signed("manager")
    assert "On the plan as it is now: 1 task moves" in _body(manager.get(f"{CHANGES}1/")) or "Carry it out" in _body(
        manager.get(f"{CHANGES}1/")
    )
    page = _body(manager.post(f"{CHANGES}1/carry-out/", follow=True))
    assert "CR-1 is carried out." in page
    assert "Forecast and outcome" in page
    log = _body(manager.get("/changes/"))
    assert "Newsletter" in log
    assert "finish as forecast" in log
    assert "CR-1 is taken back" in _body(manager.post(f"{CHANGES}1/take-back/", follow=True))


def test_the_approver_sees_what_is_decided_on_and_where_it_stands(
    site: House, signed: Signed, tasks: dict[str, int]
) -> None:
    request, option = asked(site, tasks)
    impact.assess(site("manager"), change=request)
    row = deciding.ask_for_decision(
        site("manager"), change=request, option=option, approvers=(person(site, "approver"),)
    )
    approver = signed("approver")
    page = _body(approver.get(f"/approvals/{row.id}/"))
    assert "What you decide on" in page
    assert "Open the change request with every figure" in page
    assert approver.get(f"/go/scope.ChangeRequest/{request}").headers["Location"] == f"{CHANGES}1/"
    assert "Waits for a decision." in _body(approver.get(f"{CHANGES}1/"))


def test_nobody_outside_finds_any_of_it(site: House, signed: Signed, tasks: dict[str, int]) -> None:
    asked(site, tasks)
    row = commands.add_item(site("manager"), project="SITE", kind=ItemKind.IN, text="Shop")
    for who in ("client", "stranger"):
        for address in (SCOPE, f"{SCOPE}items/{row.id}/", CHANGES, f"{CHANGES}1/", f"{CHANGES}1/edit/"):
            assert signed(who).get(address).status_code == 404, (who, address)
        assert signed(who).post(f"{CHANGES}1/effects/").status_code == 404
    assert signed("client").get("/changes/").status_code == 404
    assert signed("member").post(f"{CHANGES}1/effects/").status_code == 403


def test_impacts_are_scored_on_the_page(site: House, signed: Signed, tasks: dict[str, int]) -> None:
    asked(site, tasks)
    given = {
        "area": "people",
        "group": "Sales representatives",
        "group_size": "120",
        "reached": "40",
        "severity": "2",
        "residual_severity": "1",
        "likelihood": "4",
        "confidence": "high",
        "mitigation": "E-learning",
        "onset": "2026-04-01",
    }
    manager = signed("manager")
    page = _body(manager.post(f"{CHANGES}1/impacts/new/", given, follow=True))
    assert "6 amber" in page
    assert "3 green" in page
    assert "4 of 5" in page
    assert "April 2026" in _body(manager.get("/changes/"))
    wrong = _body(manager.post(f"{CHANGES}1/impacts/new/", {**given, "reached": "121"}), 422)
    assert "121 of 120 cannot be reached" in wrong


def test_lists_ask_as_much_for_few_as_for_many(site: House, signed: Signed, tasks: dict[str, int]) -> None:
    manager = signed("manager")

    def counted(address: str) -> int:
        with CaptureQueriesContext(
            connection,
        ) as caught:
            assert manager.get(address).status_code == 200
        return len(caught)

    def more(count: int) -> None:
        for place in range(count):
            made = requests.add_request(site("manager"), project="SITE", title=f"Change {place}")
            assert made.row.state is RequestState.DRAFT
            commands.add_item(
                site("manager"),
                project="SITE",
                kind=ItemKind.IN,
                text=f"Line {place}",
                tasks=(tasks["Build"],),
                hours=Decimal(1),
            )

    more(2)
    pages = (SCOPE, CHANGES, "/changes/")
    few = [counted(address) for address in pages for _ in range(2)][1::2]
    more(6)
    assert [counted(address) for address in pages for _ in range(2)][1::2] == few


def test_the_memo_is_taken_as_a_file(site: House, signed: Signed, tasks: dict[str, int]) -> None:
    request, _ = asked(site, tasks)
    impact.assess(site("manager"), change=request)
    answer = signed("manager").get(f"{CHANGES}1/memo/pdf/")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/pdf")
    assert b"".join(answer.streaming_content if answer.streaming else [answer.content]).startswith(b"%PDF")
    assert signed("manager").get(f"{CHANGES}1/memo/exe/").status_code == 404
    assert signed("client").get(f"{CHANGES}1/memo/pdf/").status_code == 404


def test_a_risk_of_an_option_is_entered_into_the_register_and_named(
    site: House, signed: Signed, tasks: dict[str, int]
) -> None:
    asked(site, tasks)
    manager, address = signed("manager"), f"{CHANGES}1/options/2/risks/new/"
    given = {"risk": "", "title": "Mail <is> blocked", "probability": "4", "impact": "3", "response": "Warm it up"}
    page = _body(manager.post(address, given, follow=True))
    assert "RISK-1 <bdi>Mail &lt;is&gt; blocked</bdi>" in page
    assert "4 × 3 = 12" in page
    both = _body(manager.post(address, {**given, "title": ""}), 422)
    assert "Either this or a risk of the register" in both
    risk = options_of(site)[1].register[0].id
    assert "RISK-1" not in _body(manager.get(address))  # named already
    gone = _body(manager.post(f"{CHANGES}1/options/2/risks/{risk}/remove/", follow=True))
    assert "It stays in the register." in gone
    assert "RISK-1 Mail &lt;is&gt; blocked (12)" in _body(manager.get(address))
    assert signed("member").get(address).status_code == 403
    assert signed("client").get(address).status_code == 404


def options_of(house: House) -> Any:
    """The options of CR-1."""
    row = requests.change_requests(house("manager"), project="SITE").items[0]
    return requests.change_request(house("manager"), change=row.id).options


def test_a_client_approves_the_figures_that_stand_on_the_page(
    site: House, signed: Signed, tasks: dict[str, int]
) -> None:
    request, option = asked(site, tasks)
    commands.add_item(
        site("manager"),
        project="SITE",
        kind=ItemKind.IN,
        text="Site built",
        hours=Decimal(60),
        fee=Decimal(9000),
        tasks=(tasks["Build"],),
    )
    impact.assess(site("manager"), change=request)
    row = deciding.ask_for_decision(
        site("manager"), change=request, option=option, approvers=(person(site, "client"),), recommendation="Now"
    )
    address = f"/portal/approvals/{row.id}/"
    page = _body(signed("client").get(address))
    for told in (
        "Options beside each other",
        "Build it now",
        "Fri, Mar 13",
        "2 working days later",
        "+16 h",
        "76 h in all",
    ):
        assert told in page, told
    for hidden in ("1,530", "1,280", "Cost", "People over capacity", "Health"):
        assert hidden not in page, hidden
    assert signed("stranger").get(address).status_code == 404
    answer = signed("client").post(address, {"digest": row.digest, "decision": "approve", "reason": ""})
    assert answer.status_code == 302
    assert requests.change_request(site("manager"), change=request).row.state is RequestState.APPROVED
    assert "You approved it" in _body(signed("client").get(address))

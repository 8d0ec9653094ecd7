"""Gates: criteria said, computed and waived; asked, decided by approval; the stage waits for them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from headway.areas.approvals import queries as approvals
from headway.areas.approvals.types import Vote
from headway.areas.method import gates
from headway.areas.method.types import GateRow, GateState
from headway.areas.people.queries import person_of_user
from headway.areas.people.types import Role
from headway.areas.projects import commands as projects
from headway.areas.projects.types import Objective, Stage
from headway.areas.schedule import commands as plans
from headway.journeys import reports
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, Denied, Invalid, NotFound
from tests.made_once import made_once

House = Callable[[str], Context]


@pytest.fixture
def gated(house: House) -> House:
    """SITE with an approver, a member and a client, a task, and the usual gates."""
    made_once(lambda: _gated(house))
    return house


def _gated(house: House) -> None:
    manager = house("manager")
    project = projects.create(manager, key="SITE", name="Acme web site")
    for who in ("approver", "member", "client"):
        person = person_of_user(house(who).actor.user_id)
        projects.set_member(manager, project=project.id, person=person, role=Role(who))
    plans.start_plan(manager, project="SITE", start=date(2026, 3, 2))
    plans.add_task(manager, project="SITE", name="Design", duration="3d", owner="Max Member")
    gates.take_usual_gates(manager, project="SITE")


def first(ctx: Context) -> GateRow:
    return gates.gates(ctx, project="SITE")[0]


def approver_of(house: House) -> int:
    return person_of_user(house("approver").actor.user_id) or 0


def prepared(house: House) -> GateRow:
    """The first gate with all that it asks for."""
    manager = house("manager")
    projects.edit(manager, project="SITE", purpose="Sell", objectives=(Objective("More"),), scope_in=("Shop",))
    gates.judge(manager, criterion=first(manager).criteria[0].id, met=True)
    return first(manager)


def test_a_gate_proposes_what_its_criteria_say(gated: House) -> None:
    row = first(gated("manager"))
    assert row.proposal is GateState.NO_GO
    assert row.missing[1].endswith("missing: the purpose, objectives, what is in scope")
    assert prepared(gated).proposal is GateState.GO


def test_a_project_moves_on_only_past_a_gate_that_was_decided(gated: House) -> None:
    manager = gated("manager")
    with pytest.raises(Conflict, match="Concept agreed"):
        projects.set_stage(manager, project="SITE", stage=Stage.PLANNING)
    row = gates.ask_gate(manager, gate=prepared(gated).id, approvers=(approver_of(gated),))
    assert row.state is GateState.ASKED
    asked = approvals.waiting(gated("approver"))[0]
    assert "Go: the project leaves concept." in asked.shown
    reports.decide(gated("approver"), approval=asked.id, decision=Vote.APPROVE, digest=asked.digest)
    decided = first(manager)
    assert decided.state is GateState.GO
    assert decided.decisions[0].by == gated("approver").actor.name
    assert projects.set_stage(manager, project="SITE", stage=Stage.PLANNING).stage is Stage.PLANNING
    with pytest.raises(Conflict, match="Ready to deliver"):
        projects.set_stage(manager, project="SITE", stage=Stage.CLOSING)
    assert projects.set_stage(manager, project="SITE", stage=Stage.CONCEPT).stage is Stage.CONCEPT


def test_a_refusal_is_a_no_go_with_its_reason_and_the_gate_can_be_opened_again(gated: House) -> None:
    manager, approver = gated("manager"), gated("approver")
    gates.ask_gate(manager, gate=prepared(gated).id, approvers=(approver_of(gated),))
    asked = approvals.waiting(approver)[0]
    reports.decide(approver, approval=asked.id, decision=Vote.REJECT, digest=asked.digest, reason="Too dear")
    row = first(manager)
    assert (row.state, row.decisions[0].reason) == (GateState.NO_GO, "Too dear")
    assert gates.reopen_gate(manager, gate=row.id).state is GateState.OPEN
    assert len(first(manager).decisions) == 1


def test_a_waiver_has_a_reason_and_makes_it_go_with_conditions(gated: House) -> None:
    manager = gated("manager")
    said, charter = first(manager).criteria
    gates.judge(manager, criterion=said.id, met=True)
    with pytest.raises(Conflict, match="cannot be waived"):
        gates.waive(manager, criterion=said.id, reason="Later")
    row = gates.waive(manager, criterion=charter.id, reason="The charter follows on Friday")
    assert row.proposal is GateState.CONDITIONS
    with pytest.raises(Invalid, match="what is still to be done"):
        gates.ask_gate(manager, gate=row.id, approvers=(approver_of(gated),))
    gates.ask_gate(manager, gate=row.id, approvers=(approver_of(gated),), conditions="Mara writes it by Friday")
    asked = approvals.waiting(gated("approver"))[0]
    assert "waived by" in asked.shown
    assert "The charter follows on Friday" in asked.shown
    reports.decide(gated("approver"), approval=asked.id, decision=Vote.APPROVE, digest=asked.digest)
    assert first(manager).state is GateState.CONDITIONS
    assert first(manager).conditions == "Mara writes it by Friday"
    assert gates.gate(manager, gate=row.id).criteria[1].waiver


def test_a_criterion_that_does_not_hold_keeps_the_gate_from_being_asked(gated: House) -> None:
    with pytest.raises(Conflict, match="no-go"):
        gates.ask_gate(gated("manager"), gate=first(gated("manager")).id, approvers=(approver_of(gated),))


def test_what_is_asked_stays_as_it_was_shown(gated: House) -> None:
    manager = gated("manager")
    row = gates.ask_gate(manager, gate=prepared(gated).id, approvers=(approver_of(gated),))
    with pytest.raises(Conflict, match="Withdraw"):
        gates.judge(manager, criterion=row.criteria[0].id, met=False)
    assert gates.withdraw_gate(manager, gate=row.id).state is GateState.OPEN
    assert approvals.waiting(gated("approver")) == ()


def test_a_computed_criterion_is_not_said_by_hand(gated: House) -> None:
    with pytest.raises(Conflict, match="computed"):
        gates.judge(gated("manager"), criterion=first(gated("manager")).criteria[1].id, met=True)


def test_evidence_stays_with_its_criterion(gated: House) -> None:
    manager = gated("manager")
    criterion = first(manager).criteria[0].id
    row = gates.add_evidence(manager, criterion=criterion, text="Mail of the sponsor", record="DEC-1")
    assert [(item.text, item.record) for item in row.criteria[0].evidence] == [("Mail of the sponsor", "DEC-1")]
    with pytest.raises(Invalid):
        gates.add_evidence(manager, criterion=criterion)


def test_gates_are_tailored(gated: House) -> None:
    manager = gated("manager")
    row = gates.add_gate(manager, project="SITE", stage=Stage.DELIVERY, name="Dry run")
    row = gates.add_criterion(manager, gate=row.id, text="Rehearsed", check="", must=True)
    assert [item.text for item in row.criteria] == ["Rehearsed"]
    with pytest.raises(Invalid, match="not computed"):
        gates.add_criterion(manager, gate=row.id, text="X", check="moon")
    gates.remove_criterion(manager, criterion=row.criteria[0].id)
    gates.remove_gate(manager, gate=row.id)
    assert len(gates.gates(manager, project="SITE")) == 4
    with pytest.raises(Conflict, match="already"):
        gates.take_usual_gates(manager, project="SITE")


@pytest.mark.parametrize(("who", "refusal"), [("member", Denied), ("client", (Denied, NotFound))])
def test_who_does_the_work_neither_prepares_nor_waives(gated: House, who: str, refusal: type[Exception]) -> None:
    row = first(gated("manager"))
    with pytest.raises(refusal):
        gates.waive(gated(who), criterion=row.criteria[1].id, reason="No")
    with pytest.raises(refusal):
        gates.ask_gate(gated(who), gate=row.id, approvers=(approver_of(gated),))


def test_a_client_sees_no_gates(gated: House) -> None:
    with pytest.raises((Denied, NotFound)):
        gates.gates(gated("client"), project="SITE")

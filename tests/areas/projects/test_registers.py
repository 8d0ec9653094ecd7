"""Registers: emptying a field, changing and reopening a decision."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from headway.areas.people.queries import person_of_user
from headway.areas.projects import commands, queries
from headway.areas.projects.types import Charter, DecisionOption, State
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, Denied, Invalid, Stale

House = Callable[[str], Context]
pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 20)


def test_a_date_and_an_owner_can_be_emptied_and_what_is_not_named_stays(house: House, site: Charter) -> None:
    manager = house("manager")
    me = person_of_user(manager.actor.user_id)
    risk = commands.add_risk(
        manager, project="SITE", title="Late", probability=2, impact=3, response_due=DAY, owner=me, response="Ask"
    )
    emptied = commands.edit_risk(manager, risk=risk.id, clear=("response_due", "owner"))
    assert (emptied.response_due, emptied.owner_id, emptied.response) == (None, None, "Ask")
    issue = commands.add_issue(manager, project="SITE", title="Down", due=DAY)
    assert commands.edit_issue(manager, issue=issue.id, clear=("due",)).due is None
    taken = commands.add_assumption(manager, project="SITE", text="So", check_by=DAY)
    assert commands.edit_assumption(manager, assumption=taken.id, clear=("check_by",)).check_by is None


def test_what_must_stay_cannot_be_emptied(house: House, site: Charter) -> None:
    manager = house("manager")
    risk = commands.add_risk(manager, project="SITE", title="Late", probability=2, impact=3, response_due=DAY)
    with pytest.raises(Invalid, match="'title' cannot be emptied; response_due, owner, percent"):
        commands.edit_risk(manager, risk=risk.id, clear=("title",))
    with pytest.raises(Invalid, match="both given and emptied"):
        commands.edit_risk(manager, risk=risk.id, response_due=DAY, clear=("response_due",))
    assert queries.risks(manager, project="SITE")[0].response_due == DAY


def test_a_charter_without_its_first_day_may_end_whenever(house: House, site: Charter) -> None:
    manager = house("manager")
    before = date(2026, 2, 1)
    with pytest.raises(Invalid, match="before it starts"):
        commands.edit(manager, project="SITE", ends_on=before)
    charter = commands.edit(manager, project="SITE", ends_on=before, clear=("starts_on",))
    assert (charter.starts_on, charter.ends_on) == (None, before)


def test_a_question_is_changed_until_it_is_decided_and_again_once_it_is_taken_up(house: House, site: Charter) -> None:
    manager, approver = house("manager"), house("approver")
    row = commands.add_decision(manager, project="SITE", question="Which host?", decide_by=DAY)
    options = (DecisionOption("Ours", "slow"),)
    changed = commands.edit_decision(manager, decision=row.id, options=options, clear=("decide_by",))
    assert (changed.options, changed.decide_by) == (options, None)
    commands.decide(approver, decision=row.id, outcome="Ours")
    with pytest.raises(Conflict, match="Take it up again"):
        commands.edit_decision(manager, decision=row.id, recommendation="Theirs")
    with pytest.raises(Invalid, match="Say why"):
        commands.reopen_decision(approver, decision=row.id, reason=" ")
    opened = commands.reopen_decision(approver, decision=row.id, reason="The host closes")
    assert (opened.state, opened.outcome, opened.decided_at) == (State.OPEN, "", None)
    with pytest.raises(Conflict, match="open already"):
        commands.reopen_decision(approver, decision=row.id, reason="Again")
    assert commands.edit_decision(manager, decision=row.id, recommendation="Theirs").recommendation == "Theirs"


def test_a_member_reads_registers_and_changes_nothing(house: House, site: Charter) -> None:
    row = commands.add_decision(house("manager"), project="SITE", question="Which host?")
    for refused in (
        lambda: commands.edit_decision(house("member"), decision=row.id, recommendation="Mine"),
        lambda: commands.reopen_decision(house("member"), decision=row.id, reason="Mine"),
    ):
        with pytest.raises(Denied):
            refused()


def test_a_stakeholder_changed_meanwhile_is_not_overwritten(house: House, site: Charter) -> None:
    manager = house("manager")
    row = commands.add_stakeholder(manager, project="SITE", name="Carla")
    commands.edit_stakeholder(manager.but(expected_version=row.version), stakeholder=row.id, power=5)
    with pytest.raises(Stale):
        commands.edit_stakeholder(manager.but(expected_version=row.version), stakeholder=row.id, power=1)
    assert queries.stakeholders(manager, project="SITE")[0].power == 5

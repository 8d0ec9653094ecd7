"""Projects through their doors: charter, members, registers, visibility."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from headway.areas.people.queries import person_of_user
from headway.areas.people.types import Role
from headway.areas.projects import commands, queries
from headway.areas.projects.types import Charter, DecisionOption, Objective, State
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, Denied, Invalid, NotFound

House = Callable[[str], Context]
pytestmark = pytest.mark.django_db


def test_who_creates_a_project_manages_it(house: House, site: Charter) -> None:
    assert [(row.name, row.role) for row in queries.members(house("manager"), project="SITE")][-1] == (
        "Mona Manager",
        "manager",
    )


def test_charter_keeps_scope_in_and_out(house: House, site: Charter) -> None:
    charter = commands.edit(
        house("manager"),
        project="SITE",
        purpose="Sell more",
        scope_in=("Home page", "Shop"),
        scope_out=("Hosting",),
        objectives=(Objective("More orders", "orders a day", "40"),),
    )
    assert (charter.scope_in, charter.scope_out) == (("Home page", "Shop"), ("Hosting",))
    assert charter.objectives[0].target == "40"
    assert queries.charter(house("client"), project=site.id).purpose == "Sell more"


def test_a_stranger_gets_the_same_answer_for_hidden_and_absent(house: House, site: Charter) -> None:
    answers = []
    for project in (site.id, 999_999, "SITE", "NOPE"):
        with pytest.raises(NotFound) as refusal:
            queries.charter(house("stranger"), project=project)
        answers.append(refusal.value.as_problem())
    assert answers.count(answers[0]) == 4


def test_client_cannot_see_another_clients_project(house: House, site: Charter) -> None:
    assert [row.key for row in queries.list_projects(house("client")).items] == ["SITE"]
    assert queries.list_projects(house("rival")).items == ()
    with pytest.raises(Denied):
        queries.risks(house("client"), project="SITE")


def test_a_client_may_not_edit(house: House, site: Charter) -> None:
    with pytest.raises(Denied):
        commands.edit(house("client"), project="SITE", purpose="Mine")


def test_risks_are_ordered_by_exposure_and_numbered(house: House, site: Charter) -> None:
    commands.add_risk(house("manager"), project="SITE", title="Small", probability=1, impact=2)
    big = commands.add_risk(house("manager"), project="SITE", title="Big", probability=4, impact=5)
    assert [(row.title, row.ref, row.exposure) for row in queries.risks(house("member"), project="SITE")] == [
        ("Big", "RISK-2", 20),
        ("Small", "RISK-1", 2),
    ]
    closed = commands.edit_risk(house("manager"), risk=big.id, state=State.CLOSED)
    assert closed.state is State.CLOSED
    with pytest.raises(Invalid):
        commands.add_risk(house("manager"), project="SITE", title="Off", probability=6, impact=1)


def test_a_decision_is_taken_once(house: House, site: Charter) -> None:
    decision = commands.add_decision(
        house("manager"),
        project="SITE",
        question="Which shop?",
        options=(DecisionOption("A", "cheap"), DecisionOption("B", "safe")),
        decide_by=date(2026, 3, 9),
    )
    taken = commands.decide(house("approver"), decision=decision.id, outcome="B")
    assert (taken.outcome, taken.decided_by, taken.state) == ("B", "Abel Approver", State.CLOSED)
    with pytest.raises(Conflict):
        commands.decide(house("approver"), decision=decision.id, outcome="A")


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        ({"spi_t": [0.85, 0.95]}, "swap them"),
        ({"slip": 10}, "no limit of health"),
        ({"gap_points": 5}, "is a pair"),
        ({"severity_2_open": 1.5}, "a whole number"),
        ({"slip_days": "many"}, "takes numbers"),
        ({"slip_days": True}, "takes numbers"),
    ],
)
def test_limits_of_health_must_hold_together(house: House, site: Charter, limits: dict[str, Any], said: str) -> None:
    with pytest.raises(Invalid, match=said):
        commands.edit(house("manager"), project="SITE", rag_limits=limits)
    assert commands.edit(house("manager"), project="SITE", rag_limits={"slip_days": 5}).rag_limits == {"slip_days": 5}


def test_the_last_manager_stays(house: House, site: Charter) -> None:
    me = person_of_user(house("manager").actor.user_id)
    with pytest.raises(Conflict):
        commands.remove_member(house("manager"), project="SITE", person=me, role=Role.MANAGER)

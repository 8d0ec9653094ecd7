"""How far a change reaches: money at completion, other projects, risks of the register, what a client decides on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from headway.areas.approvals.queries import show as approval
from headway.areas.approvals.types import Vote
from headway.areas.hours import commands as hours
from headway.areas.hours.types import RateKind
from headway.areas.programme.commands import wait_for
from headway.areas.projects import commands as projects
from headway.areas.projects.queries import risks
from headway.areas.schedule import commands as plan
from headway.areas.schedule import queries as plans
from headway.areas.scope import commands, deciding, option_risks, options, requests
from headway.areas.scope.asked import asked_change
from headway.areas.scope.types import ItemKind, RequestState, Way
from headway.areas.scope.wording import project_words
from headway.journeys import impact, reports
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, Denied, Invalid, NotFound
from tests.areas.scope.conftest import person
from tests.areas.scope.test_walk import asked

House = Callable[[str], Context]
pytestmark = pytest.mark.django_db


def _longer_build(house: House, tasks: dict[str, int]) -> tuple[int, int]:
    """CR-1: Build takes seven days in place of five."""
    request = requests.add_request(house("manager"), project="SITE", title="Wider build").row.id
    option = options.add_option(house("manager"), change=request, name="Two days more").id
    options.add_step(house("manager"), option=option, way=Way.EXTEND, task=tasks["Build"], duration="7d")
    return request, option


def test_money_at_completion_stands_beside_hours(site: House, tasks: dict[str, int]) -> None:
    manager = site("manager")
    hours.log(site("member"), project="SITE", day=date(2026, 3, 2), hours=Decimal(8), task=tasks["Build"])
    plan.set_progress(manager, task=tasks["Build"], percent_complete=Decimal(20))
    request, _ = asked(site, tasks)
    effect = impact.assess(manager, change=request).options[1].effect
    assert effect.old_eac is not None
    assert effect.old_eac_cost == effect.old_eac * 80
    assert effect.new_eac_cost == effect.old_eac_cost + 16 * 80 + 250
    assert "mean cost of a planned hour" in effect.eac_cost_from
    seen = requests.change_request(site("member"), change=request).options[1].effect
    assert (seen.old_eac_cost, seen.new_eac_cost, seen.eac_cost_from) == (None, None, "")


def test_money_at_completion_is_not_guessed_where_somebody_has_no_rate(site: House, tasks: dict[str, int]) -> None:
    manager = site("manager")
    hours.log(site("member"), project="SITE", day=date(2026, 3, 2), hours=Decimal(8), task=tasks["Build"])
    plan.set_progress(manager, task=tasks["Build"], percent_complete=Decimal(20))
    plan.add_resource(manager, project="SITE", name="Ann")
    ann = next(row for row in plans.resources(manager, project="SITE") if row.name == "Ann")
    plan.assign(manager, task=tasks["Copy"], resource=ann.id)
    request, _ = asked(site, tasks)
    effect = impact.assess(manager, change=request).options[1].effect
    assert effect.old_eac is not None
    assert effect.old_eac_cost is None


def test_other_projects_are_told_by_name_to_those_who_see_them(site: House, tasks: dict[str, int]) -> None:
    manager = site("manager")
    projects.create(manager, key="CRM", name="CRM rollout", time_zone="UTC")
    plan.start_plan(manager, project="CRM", start=date(2026, 3, 2))
    load = plan.add_task(manager, project="CRM", name="Load data", duration="3d")
    plan.add_resource(manager, project="CRM", name="Max", person=person(site, "member"))
    plan.assign(manager, task=load.task_id, resource=plans.resources(manager, project="CRM")[0].id)
    wait_for(manager, task=load.task_id, waits_for=tasks["Go-live"])
    request, option = _longer_build(site, tasks)
    effect = impact.assess(manager, change=request).options[1].effect
    assert [(row.key, row.finish_days) for row in effect.elsewhere] == [("CRM", 2)]
    words = project_words(effect.elsewhere[0])
    assert words.startswith("finish 2 working days later, ")
    assert "Max Member has " in words
    assert words.endswith("+16 h here")
    assert "CRM" not in effect.sentence
    seen = requests.change_request(site("associate"), change=request).options[1].effect.elsewhere[0]
    assert (seen.id, seen.key, seen.name, seen.finish_days) == (None, "", "", 2)
    approved = deciding.ask_for_decision(manager, change=request, option=option, approvers=(person(site, "approver"),))
    reports.decide(site("approver"), approval=approved.id, decision=Vote.APPROVE, digest=approved.digest)
    assert "CRM rollout then finishes" in impact.now_effect(manager, change=request).sentence
    hidden = impact.now_effect(site("associate"), change=request)
    assert "CRM" not in hidden.sentence
    assert "A project that you do not see moves." in hidden.sentence


def test_risks_of_an_option_stand_in_the_register(site: House, tasks: dict[str, int]) -> None:
    manager = site("manager")
    request, option = asked(site, tasks)
    known = projects.add_risk(manager, project="SITE", title="Late texts", probability=2, impact=3)
    other = projects.create(manager, key="CRM", name="CRM rollout", time_zone="UTC")
    foreign = projects.add_risk(manager, project=other.id, title="Theirs", probability=1, impact=1)
    impact.assess(manager, change=request)
    option_risks.add_option_risk(manager, option=option, risk=known.id)
    row = option_risks.add_option_risk(
        manager, option=option, title="Mail is blocked", probability=4, impact=3, response="Warm the address up"
    )
    assert [(one.ref, one.title, one.exposure) for one in row.register] == [
        ("RISK-2", "Mail is blocked", 12),
        ("RISK-1", "Late texts", 6),
    ]
    new = next(one for one in risks(manager, project="SITE") if one.title == "Mail is blocked")
    assert new.cause == "CR-1, option 2: Build it now"
    assert requests.change_request(manager, change=request).row.state is RequestState.ASSESSED
    with pytest.raises(Invalid, match="Choose a risk"):
        option_risks.add_option_risk(manager, option=option)
    with pytest.raises((Invalid, NotFound)):
        option_risks.add_option_risk(manager, option=option, risk=foreign.id)
    with pytest.raises(Denied):
        option_risks.add_option_risk(site("member"), option=option, risk=known.id)
    left = option_risks.remove_option_risk(manager, option=option, risk=known.id)
    assert [one.ref for one in left.register] == ["RISK-2"]
    assert len(risks(manager, project="SITE")) == 2
    shown = deciding.ask_for_decision(manager, change=request, option=option, approvers=(person(site, "approver"),))
    assert "Risk RISK-2: Mail is blocked, 4 × 3 = 12" in shown.shown
    with pytest.raises(Conflict, match="waits for a decision"):
        option_risks.add_option_risk(manager, option=option, risk=known.id)


def test_a_client_decides_on_days_hours_and_fee_and_sees_no_costs_or_workloads(
    site: House, tasks: dict[str, int]
) -> None:
    manager, client = site("manager"), site("client")
    hours.set_rate(
        site("administrator"),
        kind=RateKind.BILL,
        rate=Decimal(125),
        currency="EUR",
        first=date(2026, 1, 1),
        person=person(site, "member"),
    )
    item = commands.add_item(
        manager,
        project="SITE",
        kind=ItemKind.IN,
        text="Site built",
        hours=Decimal(60),
        fee=Decimal(9000),
        tasks=(tasks["Build"],),
    )
    request, option = _longer_build(site, tasks)
    options.add_step(manager, option=option, way=Way.ADD_WORK, name="Beside it", who="Max Member", hours=Decimal(40))
    found = impact.assess(manager, change=request)
    assert found.options[1].effect.over_capacity
    row = deciding.ask_for_decision(manager, change=request, option=option, approvers=(person(site, "client"),))
    assert "Max Member" in "\n".join(step.text for step in found.options[1].steps)
    assert "more work than time" not in approval(client, approval=row.id).shown
    shown = asked_change(client, approval=row.id)
    chosen, nothing = shown.options
    assert (shown.contract_hours, shown.contract_fee, shown.currency) == (Decimal(60), Decimal(9000), "EUR")
    assert (nothing.hours, nothing.finish_days, chosen.recommended) == (0, 0, True)
    assert (chosen.hours, chosen.fee) == (Decimal(56), Decimal(56 * 125))
    assert [(line.ref, line.hours, line.fee) for line in chosen.lines] == [(item.ref, Decimal(60), Decimal(9000))]
    assert [(mark.name, mark.days) for mark in chosen.milestones] == [("Go-live", 2)]
    for who in ("member", "stranger"):
        with pytest.raises((Denied, NotFound)):
            asked_change(site(who), approval=row.id)
    deciding.recall(manager, change=request)
    with pytest.raises(NotFound):
        asked_change(client, approval=row.id)

"""A change request from asking to its outcome: computed effect, decision, carried out as one change, undone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal

import pytest

from headway.areas.approvals.types import Vote
from headway.areas.budgets import queries as budgets
from headway.areas.schedule import queries as plans
from headway.areas.scope import deciding, options, requests
from headway.areas.scope.types import RequestDetail, RequestState, Way
from headway.journeys import impact, reports
from headway.kernel.context import Context
from tests.areas.scope.conftest import person

House = Callable[[str], Context]
pytestmark = pytest.mark.django_db


def asked(house: House, tasks: dict[str, int]) -> tuple[int, int]:
    """CR-1 with one option: 16 hours of Max after Build, before nothing; its id and the option's."""
    manager = house("manager")
    made = requests.add_request(manager, project="SITE", title="Newsletter", why="The client sells by mail")
    option = options.add_option(manager, change=made.row.id, name="Build it now", one_off=Decimal(250))
    options.add_step(
        manager,
        option=option.id,
        way=Way.ADD_WORK,
        task=tasks["Build"],
        name="Newsletter form",
        who="Max Member",
        hours=Decimal(16),
    )
    return made.row.id, option.id


def decided(house: House, request: int, option: int) -> RequestDetail:
    """Approved by the approver."""
    approval = deciding.ask_for_decision(
        house("manager"), change=request, option=option, approvers=(person(house, "approver"),), recommendation="Now"
    )
    reports.decide(house("approver"), approval=approval.id, decision=Vote.APPROVE, digest=approval.digest, reason="Yes")
    return requests.change_request(house("manager"), change=request)


def test_the_effect_is_computed_before_anybody_decides(site: House, tasks: dict[str, int]) -> None:
    request, _ = asked(site, tasks)
    found = impact.assess(site("manager"), change=request)
    nothing, option = found.options
    assert found.row.state is RequestState.ASSESSED
    assert nothing.effect.finish_days == 0
    assert nothing.effect.more_hours == 0
    effect = option.effect
    assert (effect.old_finish, effect.new_finish) == (datetime(2026, 3, 11, 17), datetime(2026, 3, 13, 17))
    assert effect.finish_days == 2
    assert [(row.name, row.of_role, row.more) for row in effect.hours] == [("Max Member", False, Decimal(16))]
    assert (effect.old_hours, effect.new_hours) == (Decimal(40), Decimal(56))
    assert effect.more_cost == 16 * 80 + 250
    assert [(row.name, row.days) for row in effect.milestones] == [("Go-live", 0)]
    scope = next(row for row in effect.health if row.dimension == "Scope")
    assert (scope.old, scope.new) == ("not_measured", "red")
    assert plans.summary(site("manager"), project="SITE").finish == datetime(2026, 3, 11, 17)


def test_an_approved_change_is_carried_out_as_one_change_and_taken_back(site: House, tasks: dict[str, int]) -> None:
    manager = site("manager")
    request, option = asked(site, tasks)
    impact.assess(manager, change=request)
    assert decided(site, request, option).row.state is RequestState.APPROVED
    done = impact.carry_out(manager, change=request)
    assert done.row.state is RequestState.IMPLEMENTED
    assert plans.summary(manager, project="SITE").finish == datetime(2026, 3, 13, 17)
    budget = budgets.budgets(manager, project="SITE")[0]
    assert (budget.baseline, budget.approved_changes, budget.current) == (Decimal(100), Decimal(16), Decimal(116))
    assert (done.outcome.forecast_days, done.outcome.forecast_hours, done.outcome.worked) == (2, Decimal(16), 0)
    back = impact.take_back(manager, change=request)
    assert back.row.state is RequestState.APPROVED
    assert plans.summary(manager, project="SITE").finish == datetime(2026, 3, 11, 17)
    assert budgets.budgets(manager, project="SITE")[0].current == Decimal(100)
    assert plans.baselines(manager, project="SITE")[0].finish.date() == date(2026, 3, 11)

"""Budgets through their doors: baseline and changes apart, alerts once, burn and earned value of a worked example."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from headway.areas.budgets import commands, queries
from headway.areas.budgets.types import Basis, BudgetScope, ChangeState
from headway.areas.hours import commands as hours
from headway.areas.hours.types import RateKind
from headway.areas.people.queries import person_of_user
from headway.areas.people.types import Role
from headway.areas.projects import commands as projects
from headway.areas.schedule import commands as plan
from headway.areas.schedule import queries as plans
from headway.areas.schedule.records import to_record
from headway.engine.cpm import schedule
from headway.engine.measures import Unit
from headway.engine.thresholds import BudgetState
from headway.kernel import jobs_worker
from headway.kernel.context import Channel, Context
from headway.kernel.errors import Conflict, Denied, Invalid, NotFound, PersonRequired

House = Callable[[str], Context]
pytestmark = pytest.mark.django_db
START = date(2026, 1, 5)  # a Monday; the clock stands on Monday 2 March, so eight weeks are complete


@pytest.fixture
def site(house: House) -> House:
    """SITE runs 12 weeks from 5 January; the end of week 8 is 27 February."""
    manager = house("manager")
    projects.create(
        manager, key="SITE", name="Site", currency="EUR", starts_on=START, ends_on=date(2026, 3, 27), time_zone="UTC"
    )
    for who in ("associate", "member", "client", "approver"):
        person = person_of_user(house(who).actor.user_id)
        projects.set_member(manager, project="SITE", person=person, role=Role(who))
    return house


def _log(house: House, amount: str, day: date, **more: Any) -> None:
    """Hours on a day, in entries of at most 24."""
    left = Decimal(amount)
    while left > 0:
        part = min(left, Decimal(20))
        hours.log(house("manager"), project="SITE", day=day, hours=part, **more)
        left -= part


def _worked_example(house: House) -> None:
    """268 h by the end of week 8: 108 before, then 38, 41, 36, 45."""
    _log(house, "108", START)
    for week, amount in enumerate(("38", "41", "36", "45"), start=4):
        _log(house, amount, START + timedelta(weeks=week))


def _four_hundred(house: House, **more: Any) -> Any:
    return commands.add_budget(
        house("manager"), project="SITE", name="Hours", basis=Basis.HOURS, amount=Decimal(400), **more
    )


def test_the_burn_example(site: House) -> None:
    _four_hundred(site)
    _worked_example(site)
    figures = queries.burn(site("manager"), project="SITE", as_of=date(2026, 2, 27))
    burn = figures.burn
    assert (figures.unit, burn.spent.value, burn.burn_rate.value) == (Unit.HOURS, Decimal(268), Decimal(40))
    assert burn.runway.shown() == "3.3"
    assert (burn.burn_forecast.value, burn.straight_line_forecast.value) == (Decimal(428), Decimal(402))
    assert burn.affordable_rate.value == Decimal(33)
    assert burn.burn_ratio.shown(3) == "1.005"
    assert (burn.scope_forecast.value, burn.scope_forecast.reason) == (None, "% complete is not known.")
    assert figures.forecast_range == (Decimal(402), Decimal(428))
    assert "never averaged" in figures.range_text
    assert figures.percent_method == "no plan, so nothing says how much is done"


def test_the_gap_stands_beside_what_is_spent(site: House) -> None:
    plan.start_plan(site("manager"), project="SITE", start=START)
    build = plan.add_task(site("manager"), project="SITE", name="Build", duration="12w")
    plan.set_baseline(site("manager"), project="SITE", name="Approved")
    plan.set_progress(site("manager"), task=build.task_id, percent_complete=Decimal(55))
    _four_hundred(site)
    _worked_example(site)
    figures = queries.burn(site("manager"), project="SITE", as_of=date(2026, 2, 27))
    assert figures.burn.gap.value == Decimal(12)
    assert figures.burn.scope_forecast.shown() == "487.3"
    assert figures.burn.scope_etc.shown() == "219.3"
    assert "owner estimate" in figures.percent_method


def test_both_forecast_alerts_fire_while_only_the_first_line_is_crossed(
    site: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HEADWAY_NOW", "2026-03-01T18:00:00+00:00")
    _four_hundred(site)
    _worked_example(site)
    jobs_worker.run_due()
    kinds = sorted((row.kind, row.line) for row in queries.alerts(site("manager"), project="SITE"))
    assert kinds == [("forecast", Decimal(100)), ("line", Decimal(50)), ("runway", Decimal(100))]
    jobs_worker.run_due()
    assert len(queries.alerts(site("manager"), project="SITE")) == 3


def test_a_line_rearms_five_points_below(site: House) -> None:
    commands.add_budget(
        site("manager"),
        project="SITE",
        name="Phase",
        basis=Basis.HOURS,
        amount=Decimal(100),
        scope=BudgetScope.PHASE,
        of="build",
        lines=(Decimal(75),),
    )
    entries = [
        hours.log(site("manager"), project="SITE", day=START, hours=Decimal(19), phase="Build") for _ in range(4)
    ]

    def alerts() -> int:
        jobs_worker.run_due()
        return sum(1 for row in queries.alerts(site("manager"), project="SITE") if row.kind == "line")

    def spend(amount: str) -> int:
        hours.edit(site("manager"), entry=entries[0].id, hours=Decimal(amount))
        return alerts()

    assert alerts() == 1  # 76
    assert (spend("17"), spend("19")) == (1, 1)  # 74, 76
    assert (spend("13"), spend("19")) == (1, 2)  # 70, 76


def test_lines_crossed_before_the_rule_are_reported_once_and_said_to_be_old(site: House) -> None:
    _log(site, "60", START)
    commands.add_budget(
        site("manager"), project="SITE", name="Late", basis=Basis.HOURS, amount=Decimal(100), lines=(Decimal(50),)
    )
    rows = [row for row in queries.alerts(site("manager"), project="SITE") if row.kind == "line"]
    assert [(row.line, row.already) for row in rows] == [(Decimal(50), True)]


def test_exactly_all_of_it_is_used_and_more_is_over(site: House) -> None:
    commands.add_budget(site("manager"), project="SITE", name="Hours", basis=Basis.HOURS, amount=Decimal(20))
    commands.add_budget(site("manager"), project="SITE", name="None", basis=Basis.HOURS, amount=Decimal(0))
    commands.add_budget(
        site("manager"),
        project="SITE",
        name="Max",
        basis=Basis.HOURS,
        amount=None,
        scope=BudgetScope.PERSON,
        person="member@example.org",
    )
    _log(site, "20", START)
    states = [row.state for row in queries.budgets(site("manager"), project="SITE")]
    assert states == [BudgetState.USED, BudgetState.OVER, None]
    _log(site, "1", START)
    assert queries.budgets(site("manager"), project="SITE")[0].state is BudgetState.OVER


def test_baseline_changes_and_current_are_kept_apart(site: House) -> None:
    budget = _four_hundred(site)
    commands.approve_budget(site("approver"), budget=budget.id)
    more = commands.request_change(
        site("associate"), project="SITE", title="Second shop", reason="Asked for", hours=Decimal(40), days=5
    )
    less = commands.request_change(
        site("associate"), project="SITE", title="No blog", reason="Dropped", hours=Decimal(-10)
    )
    row = queries.budgets(site("manager"), project="SITE")[0]
    assert (row.baseline, row.approved_changes, row.current, row.pending) == (400, 0, 400, 30)
    decided = commands.approve_change(site("approver"), change=more.id)
    assert (decided.ref, decided.decided_by, decided.days) == ("CHG-1", "Abel Approver", 5)
    commands.reject_change(site("manager"), change=less.id)
    row = queries.budgets(site("manager"), project="SITE")[0]
    assert (row.baseline, row.approved_changes, row.current, row.pending) == (400, 40, 440, 0)
    assert [row.state for row in queries.changes(site("manager"), project="SITE")] == [
        ChangeState.REJECTED,
        ChangeState.APPROVED,
    ]
    with pytest.raises(Conflict, match="approved already"):
        commands.approve_change(site("approver"), change=more.id)
    with pytest.raises(Conflict, match="Ask for a change"):
        commands.edit_budget(site("manager"), budget=budget.id, amount=Decimal(500))
    with pytest.raises(Conflict, match="stays"):
        commands.remove_budget(site("manager"), budget=budget.id)


def test_a_change_that_no_budget_would_take_is_refused(site: House) -> None:
    _four_hundred(site)
    with pytest.raises(Invalid, match="no budget for all its work in money"):
        commands.request_change(site("manager"), project="SITE", title="Fee", reason="x", money=Decimal(1000))


def test_an_associate_may_ask_and_not_decide_and_no_token_decides(site: House) -> None:
    budget = _four_hundred(site)
    with pytest.raises(Denied):
        commands.approve_budget(site("associate"), budget=budget.id)
    token = site("manager").but(channel=Channel.API, scopes=frozenset({"read", "write"}))
    with pytest.raises(PersonRequired):
        commands.approve_budget(token, budget=budget.id)


def test_clients_members_and_strangers_see_no_budget(site: House) -> None:
    budget = _four_hundred(site)
    for who in ("client", "member"):
        with pytest.raises(Denied):
            queries.budgets(site(who), project="SITE")
        with pytest.raises(Denied):
            queries.burn(site(who), project="SITE", as_of=START)
    for who in ("stranger", "rival"):
        with pytest.raises(NotFound):
            queries.budgets(site(who), project="SITE")
        with pytest.raises(NotFound):
            commands.edit_budget(site(who), budget=budget.id, name="Mine")


def test_a_budget_at_cost_is_hidden_from_those_who_may_not_see_costs(site: House) -> None:
    _rate(site, RateKind.COST, "60")
    _rate(site, RateKind.BILL, "100")
    cost = commands.add_budget(
        site("manager"), project="SITE", name="Inside", basis=Basis.COST, amount=Decimal(1000), lines=(Decimal(10),)
    )
    commands.add_budget(site("manager"), project="SITE", name="Fee", basis=Basis.BILL, amount=Decimal(5000))
    _log(site, "10", START, role="Engineer")
    jobs_worker.run_due()
    shown = queries.budgets(site("manager"), project="SITE")
    assert [(row.name, row.spent, row.currency) for row in shown] == [
        ("Inside", Decimal(600), "EUR"),
        ("Fee", Decimal(1000), "EUR"),
    ]
    assert [row.name for row in queries.budgets(site("associate"), project="SITE")] == ["Fee"]
    assert {row.budget for row in queries.alerts(site("associate"), project="SITE")} <= {"Fee"}
    for budget in (cost.id, 999_999):
        with pytest.raises(NotFound, match="Budget not found"):
            queries.burn(site("associate"), project="SITE", as_of=START, budget=budget)
    for act in (queries.earned_value, queries.planned_value):
        more = {"as_of": START} if act is queries.earned_value else {}
        with pytest.raises(Denied):
            act(site("associate"), project="SITE", basis=Basis.COST, **more)
    with pytest.raises(Denied):
        commands.add_budget(site("associate"), project="SITE", name="x", basis=Basis.COST, amount=Decimal(1))


def _rate(house: House, kind: RateKind, rate: str) -> None:
    hours.set_project_rate(
        house("manager"), project="SITE", kind=kind, rate=Decimal(rate), first=START, role="Engineer"
    )


def _planned(house: House) -> Any:
    """Design one week, then Build one week, from 5 January, with a baseline: 80 h by durations."""
    manager = house("manager")
    plan.start_plan(manager, project="SITE", start=START)
    design = plan.add_task(manager, project="SITE", name="Design", duration="5d")
    plan.add_task(manager, project="SITE", name="Build", duration="5d", predecessors=(design.task_id,))
    plan.set_baseline(manager, project="SITE", name="Approved")
    return design


def test_earned_value_in_hours_names_its_basis(site: House) -> None:
    design = _planned(site)
    plan.set_progress(site("manager"), task=design.task_id, percent_complete=Decimal(100))
    _log(site, "50", START)
    found = queries.earned_value(site("manager"), project="SITE", as_of=date(2026, 1, 14))
    value = found.value
    assert [one.value for one in (value.bac, value.pv, value.ev, value.ac)] == [80, 64, 40, 50]
    assert (value.cpi.value, value.spi.value, value.eac.value) == (Decimal("0.8"), Decimal("0.625"), Decimal(100))
    assert found.schedule is not None
    assert (found.schedule.es.value, found.schedule.at.value) == (Decimal(1), Decimal("1.6"))
    assert found.baseline == "Approved"
    assert found.basis_text.startswith("hours")
    assert any("durations stand for it" in note for note in found.notes)
    assert [(point.day, point.pv, point.ev, point.ac) for point in found.curve] == [
        (date(2026, 1, 9), Decimal(40), None, Decimal(50)),
        (date(2026, 1, 14), Decimal(64), Decimal(40), Decimal(50)),
        (date(2026, 1, 16), Decimal(80), None, None),
    ]


def test_planned_value_runs_to_the_baselines_end(site: House) -> None:
    _planned(site)
    found = queries.planned_value(site("manager"), project="SITE")
    assert (found.bac, [(point.day, point.pv) for point in found.points]) == (
        Decimal(80),
        [(date(2026, 1, 9), Decimal(40)), (date(2026, 1, 16), Decimal(80))],
    )


def test_what_has_no_records_is_not_measured_and_says_why(site: House) -> None:
    found = queries.earned_value(site("manager"), project="SITE", as_of=START)
    assert [one.value for one in (found.value.bac, found.value.ev, found.value.ac)] == [None, None, None]
    assert (found.schedule, found.curve) == (None, ())
    assert "no baseline" in found.notes[-1]
    _planned(site)
    money = queries.earned_value(site("manager"), project="SITE", as_of=START, basis=Basis.BILL)
    assert "holds no cost" in money.notes[-1]


def test_the_list_of_budgets_costs_the_same_however_long(
    site: House, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for place in range(6):
        commands.add_budget(site("manager"), project="SITE", name=f"B{place}", basis=Basis.HOURS, amount=Decimal(10))
    manager = site("manager")
    with django_assert_max_num_queries(8):
        assert len(queries.budgets(manager, project="SITE")) == 6


def test_earned_value_in_money_stands_on_the_plans_cost_and_the_hours_value(site: House) -> None:
    manager = site("manager")
    _rate(site, RateKind.BILL, "100")
    _rate(site, RateKind.COST, "60")
    plan.start_plan(manager, project="SITE", start=START)
    plan.add_task(manager, project="SITE", name="Design", duration="5d")
    bare = plans.plan_of(manager, project="SITE")
    priced = replace(
        bare, tasks=tuple(replace(task, cost=Decimal(4000), percent_complete=Decimal(50)) for task in bare.tasks)
    )
    plan.take_plan(manager, project="SITE", plan=to_record(priced), schedule=to_record(schedule(priced)))
    plan.set_baseline(manager, project="SITE", name="Priced")
    _log(site, "15", START, role="Engineer")
    _log(site, "5", START)
    bill = queries.earned_value(manager, project="SITE", as_of=date(2026, 1, 7), basis=Basis.BILL)
    assert [one.value for one in (bill.value.bac, bill.value.pv, bill.value.ev, bill.value.ac)] == [
        4000,
        2400,
        2000,
        1500,
    ]
    assert (bill.unit, bill.currency) == (Unit.MONEY, "EUR")
    assert bill.notes == ("1 time entry has no billable value in EUR: left out.",)
    cost = queries.earned_value(manager, project="SITE", as_of=date(2026, 1, 7), basis=Basis.COST)
    assert cost.value.ac.value == Decimal(900)

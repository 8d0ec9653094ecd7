"""The simulation of a plan with its risks: which risks count, what each costs, what is kept and when it is old."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest

from headway.areas.portfolio import queries as portfolio
from headway.areas.projects import commands as projects
from headway.areas.projects import queries as registers
from headway.areas.projects.risk_types import RiskKind
from headway.areas.projects.types import State
from headway.areas.schedule import changing, commands, queries
from headway.areas.schedule.acts import Act, PlanChange
from headway.areas.schedule.simulating import simulation
from headway.areas.schedule.simulation_keeping import (
    chance_lines,
    kept_simulation,
    outdated_projects,
    risk_tasks,
    set_risk_tasks,
)
from headway.journeys import risk_forecast
from headway.kernel import jobs
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, Denied, Invalid, NotFound
from headway.kernel.jobs_worker import run_due
from tests.areas.desk.conftest import lines
from tests.areas.schedule.history import ten_tasks

House = Callable[[str], Context]
pytestmark = pytest.mark.django_db


@pytest.fixture
def few_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """As many runs as tell one risk from none."""
    monkeypatch.setattr("headway.areas.schedule.simulating.KEPT_RUNS", 500)


@pytest.fixture
def planned(house: House, few_runs: None) -> House:
    """SITE: ten tasks of five days one after another, then Go-live; the charter ends on Friday 15 May 2026."""
    ten_tasks(house)
    projects.edit(house("manager"), project="SITE", ends_on=date(2026, 5, 15))
    return house


def _task(ctx: Context, name: str) -> int:
    return next(row.id for row in queries.tasks(ctx, project="SITE").items if row.name == name)


def _risk(ctx: Context, title: str, *, task: str = "T9", **values: object) -> int:
    given = {"probability": 3, "impact": 3, "days": (Decimal(10),), **values}
    risk = projects.add_risk(ctx, project="SITE", title=title, **given)
    set_risk_tasks(ctx, risk=risk.id, tasks=(_task(ctx, task),))
    return risk.id


def _computed(ctx: Context) -> object:
    risk_forecast.carry_out(ctx.as_system("the job"), project="SITE")
    found = kept_simulation(ctx, project="SITE")
    assert found.chances is not None
    return found


def test_a_certain_risk_moves_the_finish_by_its_days_and_says_so(planned: House) -> None:
    manager = planned("manager")
    risk = _risk(manager, "Late texts", probability=5, percent=Decimal(100))
    found = _computed(manager)
    chances = found.chances
    assert [one.ref for one in chances.risks] == ["RISK-1"]
    assert chances.risks[0].costs == 10
    assert chances.risks[0].p80_without == chances.without_risks
    assert chances.finish.p80 - chances.without_risks == timedelta(days=14)  # ten working days
    assert (chances.risks[0].saves, chances.after_responses) == (None, None)
    projects.edit_risk(manager, risk=risk, residual_percent=Decimal(0), residual_probability=1)
    after = _computed(manager).chances
    assert (after.risks[0].costs, after.risks[0].saves) == (10, 10)
    assert after.after_responses == after.without_risks


def test_an_opportunity_shortens_what_it_hits(planned: House) -> None:
    manager = planned("manager")
    _risk(manager, "A second team", probability=5, percent=Decimal(100), days=(Decimal(3),), kind=RiskKind.OPPORTUNITY)
    chances = _computed(manager).chances
    assert chances.risks[0].costs == -3
    assert chances.finish.p80 < chances.without_risks


def test_risks_without_days_or_tasks_and_closed_ones_do_not_count(planned: House) -> None:
    manager = planned("manager")
    before = simulation(manager, project="SITE", runs=100)
    projects.add_risk(manager, project="SITE", title="No days", probability=5, impact=5)
    projects.add_risk(manager, project="SITE", title="No tasks", probability=5, impact=5, days=(Decimal(9),))
    assert simulation(manager, project="SITE", runs=100) == before
    risk = _risk(manager, "Counts", probability=5)
    assert simulation(manager, project="SITE", runs=100).p80 > before.p80
    assert "RISK-3" in [one.risk for one in simulation(manager, project="SITE", runs=100).drivers]
    projects.edit_risk(manager, risk=risk, state=State.CLOSED, outcome="The texts are here")
    assert simulation(manager, project="SITE", runs=100) == before


def test_the_deadline_is_the_charter_s_last_day_else_the_last_deadline_of_a_task(planned: House) -> None:
    manager = planned("manager")
    deadline = _computed(manager).chances.deadline
    assert (deadline.name, deadline.day, deadline.task) == ("Last day of the charter", date(2026, 5, 15), None)
    assert deadline.low <= deadline.probability <= deadline.high
    line = chance_lines([registers.charter(manager, project="SITE").id]).popitem()[1]
    assert line.chance == deadline.probability * 100
    assert line.driver
    projects.edit(manager, project="SITE", clear=("ends_on",))
    task = _task(manager, "Go-live")
    commands.edit_task(manager, task=task, deadline="2026-05-29T17:00")
    deadline = _computed(manager).chances.deadline
    assert (deadline.name, deadline.day, deadline.task) == ("Go-live", date(2026, 5, 29), task)


def test_what_changed_is_simulated_by_itself_once(planned: House) -> None:
    manager = planned("manager")
    turn = jobs.registered("schedule.simulate_changed").function
    turn({"slot": "1"})
    turn({"slot": "2"})  # asked for already
    run_due(queues=(jobs.LONG,))
    assert kept_simulation(manager, project="SITE").current
    _risk(manager, "Late texts")
    turn({"slot": "3"})
    run_due(queues=(jobs.LONG,))
    assert kept_simulation(manager, project="SITE").current


def test_a_change_of_plan_or_risks_makes_it_old(planned: House) -> None:
    manager = planned("manager")
    site = registers.charter(manager, project="SITE").id
    assert [*outdated_projects()] == [site]
    assert _computed(manager).current
    assert outdated_projects() == {}
    risk = _risk(manager, "Late texts")
    assert not kept_simulation(manager, project="SITE").current
    assert [*outdated_projects()] == [site]
    assert _computed(manager).current
    projects.edit_risk(manager, risk=risk, effect="Words say nothing of dates")
    assert kept_simulation(manager, project="SITE").current
    commands.edit_task(manager, task=_task(manager, "T2"), duration="9d")
    found = kept_simulation(manager, project="SITE")
    assert not found.current
    assert found.chances is not None  # what was computed stays until there is something newer


def test_the_same_seed_gives_the_same_chances(planned: House) -> None:
    manager = planned("manager")
    _risk(manager, "Late texts", days=(Decimal(2), Decimal(5), Decimal(12)))
    first = _computed(manager).chances
    assert _computed(manager).chances == first


def test_a_plan_that_cannot_be_simulated_says_why_and_is_not_tried_again(house: House, few_runs: None) -> None:
    manager = house("manager")
    project = projects.create(manager, key="ZERO", name="Only a milestone")
    commands.start_plan(manager, project="ZERO", start=date(2026, 3, 2))
    commands.add_task(manager, project="ZERO", name="Kick-off", milestone=True)
    risk_forecast.carry_out(manager.as_system("the job"), project="ZERO")
    found = kept_simulation(manager, project="ZERO")
    assert found.chances is None
    assert "No unfinished task" in found.fault
    assert project.id not in outdated_projects()
    work = commands.add_task(manager, project="ZERO", name="Work", duration="5d").task_id
    assert project.id in outdated_projects()
    risk_forecast.carry_out(manager.as_system("the job"), project="ZERO")
    assert kept_simulation(manager, project="ZERO").chances is not None
    commands.remove_task(manager, task=work)
    risk_forecast.carry_out(manager.as_system("the job"), project="ZERO")
    assert kept_simulation(manager, project="ZERO").chances is None


def test_a_deadline_that_is_too_improbable_stands_on_the_desk_and_in_the_portfolio(planned: House) -> None:
    manager = planned("manager")
    _risk(manager, "Late texts", probability=5, percent=Decimal(100))
    projects.edit(manager, project="SITE", rag_limits={"deadline_chance": 101})
    chance = round(_computed(manager).chances.deadline.probability * 100, 2)
    key = f"chance:{registers.charter(manager, project='SITE').id}"
    line = lines(manager)[key]
    assert f"{chance:.0f} % likely" in line.what
    assert "driven by" in line.consequence
    told = portfolio.standing(manager, project="SITE").figures.deadline_chance
    assert (told.chance, told.limit, told.deadline) == (chance, 101, date(2026, 5, 15))
    projects.edit(manager, project="SITE", rag_limits={"deadline_chance": 0})
    assert key not in lines(manager)


def _type(ctx: Context, uid: int, **cells: str) -> None:
    changing.change_plan(
        ctx,
        project="SITE",
        changes=tuple(PlanChange(Act.SET, task=uid, field=field, value=text) for field, text in cells.items()),
    )


def test_estimates_typed_in_the_plan_are_what_its_tasks_vary_by(planned: House) -> None:
    manager = planned("manager")
    before = simulation(manager, project="SITE", runs=200)
    _type(manager, 9, optimistic="5d", pessimistic="25d")
    after = simulation(manager, project="SITE", runs=200)
    assert (before.own_estimates, after.own_estimates) == (0, 1)
    assert after.p80 > before.p80
    _type(manager, 9, duration="30d")  # outside of its estimate now
    passed_over = simulation(manager, project="SITE", runs=200)
    assert passed_over.own_estimates == 0
    assert passed_over.warnings[0].endswith("is passed over: 'T9'.")
    _type(manager, 9, optimistic="", pessimistic="")
    assert not simulation(manager, project="SITE", runs=200).warnings
    with pytest.raises(Invalid, match="longer than the duration"):
        _type(manager, 8, optimistic="9d")


def test_asking_twice_is_refused_while_it_waits(planned: House) -> None:
    manager = planned("manager")
    assert risk_forecast.simulate(manager, project="SITE").working
    with pytest.raises(Conflict, match="already"):
        risk_forecast.simulate(manager, project="SITE")


def test_members_read_and_do_not_ask_and_outside_people_find_nothing(planned: House) -> None:
    _risk(planned("manager"), "Late texts")
    assert [row.name for row in risk_tasks(planned("member"), project="SITE")] == ["T9"]
    assert kept_simulation(planned("member"), project="SITE").chances is None
    with pytest.raises(Denied):
        risk_forecast.simulate(planned("member"), project="SITE")
    for ask in (kept_simulation, risk_tasks, risk_forecast.simulate):
        with pytest.raises((Denied, NotFound)):
            ask(planned("client"), project="SITE")


def test_a_risk_hits_tasks_of_its_own_plan_only_and_no_summaries(planned: House) -> None:
    manager = planned("manager")
    risk = projects.add_risk(manager, project="SITE", title="Late", probability=3, impact=3)
    projects.create(manager, key="SECOND", name="Second")
    commands.start_plan(manager, project="SECOND", start=date(2026, 3, 2))
    other = commands.add_task(manager, project="SECOND", name="Elsewhere", duration="2d").task_id
    with pytest.raises(NotFound):
        set_risk_tasks(manager, risk=risk.id, tasks=(other,))
    commands.add_task(manager, project="SITE", name="Below", duration="2d", after=_task(manager, "T1"), level=2)
    with pytest.raises(Conflict, match="is a summary"):
        set_risk_tasks(manager, risk=risk.id, tasks=(_task(manager, "T1"),))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"days": (Decimal(5), Decimal(2), Decimal(9))}, "in this order"),
        ({"days": (Decimal(5), Decimal(9))}, "one figure, or three"),
        ({"percent": Decimal(35)}, "is level 2"),
        ({"percent": Decimal(101)}, "give 0 to 100"),
        ({"response_kind": "exploit"}, "a threat has the responses avoid"),
        ({"residual_probability": 6}, "give 1 to 5"),
    ],
)
def test_values_that_cannot_be_are_refused(planned: House, given: dict[str, object], said: str) -> None:
    with pytest.raises(Invalid, match=said):
        projects.add_risk(planned("manager"), project="SITE", title="Late", probability=3, impact=3, **given)

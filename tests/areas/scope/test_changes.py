"""Change requests through their doors: states, stale effects, decisions bound to what was shown, costs kept apart."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from headway.areas.approvals.queries import show as approval
from headway.areas.approvals.types import ApprovalState, Vote
from headway.areas.budgets import queries as budgets
from headway.areas.desk.queries import show as desk
from headway.areas.hours import commands as hours
from headway.areas.portfolio import health
from headway.areas.projects.queries import charter
from headway.areas.schedule import commands as plan
from headway.areas.schedule import queries as plans
from headway.areas.schedule import undoing
from headway.areas.schedule.acts import Act, PlanChange
from headway.areas.schedule.changing import change_plan
from headway.areas.scope import commands, deciding, impacts, options, requests
from headway.areas.scope.types import Area, ItemKind, RequestState, RoleHours, Way
from headway.journeys import impact, reports
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, Denied, Invalid, NotFound
from tests.areas.scope.conftest import person
from tests.areas.scope.test_walk import asked, decided

House = Callable[[str], Context]
pytestmark = pytest.mark.django_db


def test_an_effect_is_stale_once_the_plan_has_moved_and_nobody_decides_on_it(
    site: House, tasks: dict[str, int]
) -> None:
    manager = site("manager")
    request, option = asked(site, tasks)
    impact.assess(manager, change=request)
    plan.edit_task(manager, task=tasks["Design"], duration="4d")
    found = requests.change_request(manager, change=request)
    assert found.row.stale
    assert "The plan has changed since" in found.options[1].stale
    with pytest.raises(Conflict, match="Compute the effects anew"):
        deciding.ask_for_decision(manager, change=request, option=option, approvers=(person(site, "approver"),))
    again = impact.assess(manager, change=request)
    assert not again.row.stale
    assert again.options[1].effect.new_finish.date() == date(2026, 3, 16)


def test_requests_come_a_page_at_a_time_and_are_counted_whole(site: House) -> None:
    manager = site("manager")
    past = manager.now.date() - timedelta(days=2)
    made = [
        requests.add_request(manager, project="SITE", title=title, decide_by=past).row
        for title in ("One", "Two", "Three")
    ]
    deciding.withdraw(manager, change=made[1].id, reason="No more wanted")
    first = requests.change_requests(manager, project="SITE", open_only=True, limit=1)
    assert [row.title for row in first.items] == ["Three"]
    assert (first.open, first.late, first.waiting, first.approved, first.settled) == (2, 2, 0, 0, 1)
    last = requests.change_requests(manager, project="SITE", open_only=True, limit=1, cursor=first.next)
    assert ([row.title for row in last.items], last.next) == (["One"], "")
    every = requests.change_requests(manager, project="SITE")
    assert [row.title for row in every.items] == ["Three", "Two", "One"]


def test_changing_an_option_voids_its_effect(site: House, tasks: dict[str, int]) -> None:
    manager = site("manager")
    request, option = asked(site, tasks)
    impact.assess(manager, change=request)
    options.edit_option(manager, option=option, name="Build it soon")
    assert requests.change_request(manager, change=request).row.state is RequestState.ASSESSED
    options.edit_option(manager, option=option, one_off=Decimal(100))
    found = requests.change_request(manager, change=request)
    assert (found.row.state, found.options[1].effect) == (RequestState.DRAFT, None)
    with pytest.raises(Conflict, match="Compute the effects of all options"):
        deciding.ask_for_decision(manager, change=request, option=option, approvers=(person(site, "approver"),))


def test_the_decision_is_bound_to_what_was_shown(site: House, tasks: dict[str, int]) -> None:
    manager, approver = site("manager"), site("approver")
    request, option = asked(site, tasks)
    impact.assess(manager, change=request)
    row = deciding.ask_for_decision(
        manager, change=request, option=option, approvers=(person(site, "approver"),), dissent="Max: too early"
    )
    assert "Finish Fri 13 Mar 2026, 2 working days later" in row.shown
    assert "1530" not in row.shown
    assert "80" not in row.shown
    with pytest.raises(Conflict, match="waits for a decision"):
        requests.edit_request(manager, change=request, title="Something else")
    with pytest.raises(Conflict, match="waits for a decision"):
        options.edit_option(manager, option=option, name="Else")
    with pytest.raises(Conflict, match="content has changed"):
        reports.decide(approver, approval=row.id, decision=Vote.APPROVE, digest="0" * 64)
    deciding.recall(manager, change=request)
    assert approval(manager, approval=row.id).state is ApprovalState.WITHDRAWN
    assert requests.change_request(manager, change=request).row.state is RequestState.ASSESSED


def test_refused_deferred_withdrawn_and_do_nothing(site: House, tasks: dict[str, int]) -> None:
    manager, approver = site("manager"), site("approver")
    request, option = asked(site, tasks)
    impact.assess(manager, change=request)
    put_off = deciding.defer(manager, change=request, until=date(2026, 4, 1), reason="After the fair")
    assert (put_off.row.state, put_off.row.decide_by) == (RequestState.DEFERRED, date(2026, 4, 1))
    row = deciding.ask_for_decision(manager, change=request, option=option, approvers=(person(site, "approver"),))
    reports.decide(approver, approval=row.id, decision=Vote.REJECT, digest=row.digest, reason="Too dear")
    found = requests.change_request(manager, change=request)
    assert (found.row.state, found.decision_reason) == (RequestState.REJECTED, "Too dear")
    with pytest.raises(Conflict, match="only an approved one"):
        impact.carry_out(manager, change=request)
    second, _ = _asked_again(site, tasks)
    nothing = requests.change_request(manager, change=second).options[0]
    assert decided(site, second, nothing.id).row.state is RequestState.REJECTED
    third = requests.add_request(manager, project="SITE", title="A third").row.id
    gone = deciding.withdraw(manager, change=third, reason="Nobody wants it")
    assert (gone.row.ref, gone.row.state) == ("CR-3", RequestState.WITHDRAWN)


def _asked_again(site: House, tasks: dict[str, int]) -> tuple[int, int]:
    made = asked(site, tasks)
    impact.assess(site("manager"), change=made[0])
    return made


def test_slack_is_used_before_the_finish_moves(site: House, tasks: dict[str, int]) -> None:
    manager = site("manager")
    request = requests.add_request(manager, project="SITE", title="More copy").row.id
    option = options.add_option(manager, change=request, name="Four days of copy").id
    options.add_step(manager, option=option, way=Way.EXTEND, task=tasks["Copy"], duration="4d")
    effect = impact.assess(manager, change=request).options[1].effect
    assert (effect.finish_days, effect.slack_days, effect.slack_of) == (0, Decimal(2), "Copy")


def test_work_behind_a_summary_stands_beside_it(site: House, tasks: dict[str, int]) -> None:
    manager = site("manager")
    phase = plan.add_task(manager, project="SITE", name="Support")
    plan.add_task(manager, project="SITE", name="Desk", duration="2d")
    uids = {row.name: row.uid for row in plans.tasks(manager, project="SITE").items}
    change_plan(manager, project="SITE", changes=(PlanChange(Act.INDENT, task=uids["Desk"]),))
    request = requests.add_request(manager, project="SITE", title="Nights too").row.id
    option = options.add_option(manager, change=request, name="Two nights").id
    options.add_step(
        manager, option=option, way=Way.ADD_WORK, name="Nights", who="Max Member", hours=Decimal(16), task=phase.task_id
    )
    impact.assess(manager, change=request)
    decided(site, request, option)
    impact.carry_out(manager, change=request)
    rows = [(row.name, row.level, row.summary) for row in plans.tasks(manager, project="SITE").items]
    assert rows[-3:] == [("Support", 1, True), ("Desk", 2, False), ("Nights", 1, False)]


def test_rows_that_wait_for_added_work_move_with_it(site: House, tasks: dict[str, int]) -> None:
    manager = site("manager")
    request = requests.add_request(manager, project="SITE", title="Newsletter").row.id
    option = options.add_option(manager, change=request, name="Before launch").id
    more = {"way": Way.ADD_WORK, "name": "Form", "who": "Max Member", "hours": Decimal(16), "task": tasks["Build"]}
    row = options.add_step(manager, option=option, then=(tasks["Go-live"], tasks["Go-live"]), **more)
    assert row.steps[0].text == "Add 'Form' after 'Build': 16 h by Max Member, then 'Go-live' waits for it"
    effect = impact.assess(manager, change=request).options[1].effect
    assert (effect.finish_days, [(one.name, one.days) for one in effect.milestones]) == (2, [("Go-live", 2)])
    decided(site, request, option)
    impact.carry_out(manager, change=request)
    found = {one.name: one for one in plans.tasks(manager, project="SITE").items}
    assert found["Go-live"].finish == found["Form"].finish == _at(2026, 3, 13)


def test_work_that_would_wait_for_itself_is_refused_in_the_plans_words(site: House, tasks: dict[str, int]) -> None:
    manager = site("manager")
    request = requests.add_request(manager, project="SITE", title="Newsletter").row.id
    option = options.add_option(manager, change=request, name="Round and round").id
    more = {"way": Way.ADD_WORK, "name": "Form", "role": "Designer", "hours": Decimal(8), "task": tasks["Build"]}
    with pytest.raises(Invalid, match="in a circle: 'Build' → 'Form' → 'Design' → 'Build'"):
        options.add_step(manager, option=option, then=(tasks["Design"],), **more)
    assert requests.change_request(manager, change=request).options[1].steps == ()
    plan.remove_task(manager, task=tasks["Copy"])
    with pytest.raises(NotFound):
        options.add_step(manager, option=option, then=(tasks["Copy"],), **more)


def test_words_of_long_names_are_kept_as_far_as_they_fit(site: House, tasks: dict[str, int]) -> None:
    manager = site("manager")
    for place, name in enumerate(("Build", "Go-live", "Copy")):
        plan.edit_task(manager, task=tasks[name], name=str(place) * 250)
    request = requests.add_request(manager, project="SITE", title="Newsletter").row.id
    option = options.add_option(manager, change=request, name="Long").id
    then = (tasks["Go-live"], tasks["Copy"])
    more = {"way": Way.ADD_WORK, "name": "F" * 250, "role": "D", "hours": Decimal(8), "task": tasks["Build"]}
    options.add_step(manager, option=option, then=then, **more)
    assert len(impact.assess(manager, change=request).options[1].steps[0].text) == 1000


def test_rows_wait_for_the_last_task_of_a_new_deliverable(site: House, tasks: dict[str, int]) -> None:
    manager = site("manager")
    for name in ("Training", "Handover"):
        plan.add_task(manager, project="SITE", name=name, duration="1d")
    named = {row.name: row.id for row in plans.tasks(manager, project="SITE").items}
    request = requests.add_request(manager, project="SITE", title="Shop").row.id
    option = options.add_option(manager, change=request, name="A small shop").id
    row = options.add_step(
        manager,
        option=option,
        way=Way.NEW_DELIVERABLE,
        name="Shop",
        rows="Basket; 3d\nCheckout; 2d",
        task=tasks["Build"],
        then=(named["Go-live"], named["Training"], named["Handover"]),
    )
    assert row.steps[0].text == (
        "Add 'Shop' with 2 tasks after 'Build', then 'Go-live', 'Training' and 1 more row wait for it"
    )
    effect = impact.assess(manager, change=request).options[1].effect
    assert [(one.name, one.days) for one in effect.milestones] == [("Go-live", 5)]
    assert effect.new_finish == _at(2026, 3, 19)  # Wed 11 + 5 days of the shop, and then a day of training


def test_deadlines_people_and_scope_are_told(site: House, tasks: dict[str, int]) -> None:
    manager = site("manager")
    plan.edit_task(manager, task=tasks["Go-live"], deadline=_at(2026, 3, 12))
    commands.add_item(manager, project="SITE", kind=ItemKind.IN, text="Site built", tasks=(tasks["Build"],))
    request = requests.add_request(manager, project="SITE", title="Wider build").row.id
    option = options.add_option(manager, change=request, name="Two days more").id
    options.add_step(manager, option=option, way=Way.EXTEND, task=tasks["Build"], duration="7d")
    options.add_step(
        manager,
        option=option,
        way=Way.ADD_WORK,
        name="Beside it",
        who="Max Member",
        hours=Decimal(8),
        task=tasks["Design"],
    )
    effect = impact.assess(manager, change=request).options[1].effect
    assert [row.name for row in effect.deadlines_broken] == ["Go-live"]
    assert [(row.name, row.worst_percent) for row in effect.over_capacity] == [("Max Member", 200)]
    assert [(row.ref, row.text) for row in effect.scope] == [("SI-1", "Site built")]
    assert [(row.name, row.days) for row in effect.milestones] == [("Go-live", 2)]


def _at(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, 17)


def test_hours_of_a_role_are_counted_and_said_not_to_be_placed(site: House, tasks: dict[str, int]) -> None:
    manager = site("manager")
    request = requests.add_request(manager, project="SITE", title="Logo").row.id
    option = options.add_option(
        manager, change=request, name="Draw it", hours=(RoleHours("Illustrator", Decimal(6)),)
    ).id
    options.add_step(
        manager, option=option, way=Way.ADD_WORK, name="Logo", role="Designer", hours=Decimal(10), task=tasks["Design"]
    )
    effect = impact.assess(manager, change=request).options[1].effect
    assert [(row.name, row.of_role, row.more) for row in effect.hours] == [
        ("Illustrator", True, Decimal(6)),
        ("Designer", True, Decimal(10)),
    ]
    assert effect.more_hours == Decimal(16)
    assert set(effect.uncosted) == {"Illustrator", "Designer"}
    assert any("Illustrator, Designer" in text for text in effect.not_computed)


def test_a_new_deliverable_of_several_tasks(site: House, tasks: dict[str, int]) -> None:
    manager = site("manager")
    request = requests.add_request(manager, project="SITE", title="Shop").row.id
    option = options.add_option(manager, change=request, name="A small shop").id
    row = options.add_step(
        manager,
        option=option,
        way=Way.NEW_DELIVERABLE,
        name="Shop",
        rows="Basket; 3d; Max Member\nCheckout; 2d; Max Member\n\nTried",
        task=tasks["Build"],
    )
    assert row.steps[0].text == "Add 'Shop' with 3 tasks after 'Build'"
    effect = impact.assess(manager, change=request).options[1].effect
    assert (effect.finish_days, effect.more_hours) == (6, Decimal(40))
    found = decided(site, request, option)
    impact.carry_out(manager, change=found.row.id)
    names = [(task.name, task.level) for task in plans.tasks(manager, project="SITE").items][-4:]
    assert names == [("Shop", 1), ("Basket", 2), ("Checkout", 2), ("Tried", 2)]


def test_several_steps_and_taking_one_out_again(site: House, tasks: dict[str, int]) -> None:
    manager = site("manager")
    request = requests.add_request(manager, project="SITE", title="Two things").row.id
    option = options.add_option(manager, change=request, name="Both").id
    for name in ("First", "Second"):
        held = options.add_step(
            manager, option=option, way=Way.ADD_WORK, name=name, role="Designer", hours=Decimal(8), task=tasks["Build"]
        )
    assert [change["new"] for step in held.steps for change in step.changes if change["new"]] == [-1, -2]
    left = options.remove_step(manager, option=option, place=1)
    assert [change["new"] for step in left.steps for change in step.changes if change["new"]] == [-1]
    with pytest.raises(Invalid, match="Nobody"):
        options.add_step(manager, option=option, way=Way.SET_PEOPLE, task=tasks["Build"], who="Nobody")
    with pytest.raises(Invalid, match="no step 2"):
        options.remove_step(manager, option=option, place=2)
    with pytest.raises(Invalid, match="Say which row"):
        options.add_step(manager, option=option, way=Way.REMOVE)


def test_other_changes_are_taken_as_the_plan_takes_them(site: House, tasks: dict[str, int]) -> None:
    manager = site("manager")
    request = requests.add_request(manager, project="SITE", title="By hand").row.id
    option = options.add_option(manager, change=request, name="Split").id
    changes = (PlanChange(Act.ADD, new=-7), PlanChange(Act.SET, task=-7, field="duration", value="12d"))
    for _ in range(2):
        row = options.add_step(manager, option=option, way=Way.OTHER, name="Twelve days more", changes=changes)
    assert [change["new"] for step in row.steps for change in step.changes if change["new"]] == [-1, -2]
    assert impact.assess(manager, change=request).options[1].effect.finish_days == 4


def test_what_was_undone_in_the_plan_is_said_and_the_budget_follows(site: House, tasks: dict[str, int]) -> None:
    manager = site("manager")
    request, option = asked(site, tasks)
    impact.assess(manager, change=request)
    decided(site, request, option)
    done = impact.carry_out(manager, change=request)
    label = undoing.plan_changes(manager, project="SITE").items[0].label
    assert label == "CR-1: Newsletter"
    undoing.undo_change(manager, change=done.plan_change)
    assert requests.change_request(manager, change=request).outcome.taken_back
    impact.take_back(manager, change=request)
    changes = budgets.changes(manager, project="SITE")
    assert [(row.title, row.hours) for row in changes] == [
        ("Taken back: CR-1: Newsletter", Decimal(-16)),
        ("CR-1: Newsletter", Decimal(16)),
    ]


def test_the_outcome_follows_the_hours_and_the_plan(site: House, tasks: dict[str, int]) -> None:
    manager = site("manager")
    request, option = asked(site, tasks)
    impact.assess(manager, change=request)
    decided(site, request, option)
    impact.carry_out(manager, change=request)
    made = next(row for row in plans.tasks(manager, project="SITE").items if row.name == "Newsletter form")
    hours.log(manager, project="SITE", day=date(2026, 3, 2), hours=Decimal(9), task=made.id)
    plan.edit_task(manager, task=tasks["Design"], duration="5d")
    outcome = requests.change_request(manager, change=request).outcome
    assert (outcome.forecast_hours, outcome.worked) == (Decimal(16), Decimal(9))
    assert (outcome.forecast_finish.date(), outcome.finish_now.date()) == (date(2026, 3, 13), date(2026, 3, 17))
    assert outcome.finish_days == 2
    (row,) = requests.change_log(manager).items
    assert (row.project_key, row.outcome.finish_days) == ("SITE", 2)


def test_open_changes_feed_the_scope_health(site: House, tasks: dict[str, int]) -> None:
    manager = site("manager")
    request, option = asked(site, tasks)
    impact.assess(manager, change=request)
    about = charter(manager, project="SITE")

    def scope() -> Any:
        found = health.health_figures(manager, charter=about, as_of=date(2026, 3, 2))
        return next(row for row in health.readings_of(found, ()) if row.dimension.value == "scope")

    assert (scope().computed.value, scope().value) == ("red", Decimal(20))  # 16 h asked for, of 80 planned
    decided(site, request, option)
    impact.carry_out(manager, change=request)
    assert scope().value == Decimal(20)  # once, though the budget holds it now
    impact.take_back(manager, change=request)
    deciding.withdraw(manager, change=request, reason="No longer wanted")
    assert scope().value == Decimal(0)


def test_costs_and_budgets_are_for_those_who_may_see_them(site: House, tasks: dict[str, int]) -> None:
    request, _ = asked(site, tasks)
    impact.assess(site("associate"), change=request)
    effects = {
        who: requests.change_request(site(who), change=request).options[1].effect
        for who in ("manager", "associate", "member")
    }
    assert effects["manager"].more_cost == Decimal(1530)
    assert effects["associate"].more_cost is None
    assert any(row.of_budgets for row in effects["associate"].health)
    assert not any(row.of_budgets for row in effects["member"].health)
    assert effects["member"].new_finish is not None


def test_members_ask_for_changes_and_others_do_not(site: House, tasks: dict[str, int]) -> None:
    made = requests.add_request(site("member"), project="SITE", title="Idea")
    assert (made.row.ref, made.row.asked_by, made.row.state) == ("CR-1", "Max Member", RequestState.DRAFT)
    with pytest.raises(Denied):
        options.add_option(site("member"), change=made.row.id, name="Mine")
    with pytest.raises(NotFound):
        requests.change_request(site("client"), change=made.row.id)
    with pytest.raises(NotFound):
        requests.add_request(site("stranger"), project="SITE", title="Theirs")
    assert requests.change_log(site("stranger")).items == ()


def test_a_late_decision_and_an_approved_change_stand_on_the_desk(site: House, tasks: dict[str, int]) -> None:
    manager = site("manager")
    request, option = asked(site, tasks)
    requests.edit_request(manager, change=request, decide_by=date(2026, 2, 26))

    def line() -> Any:
        groups = desk(manager)
        return next(
            (item for group in groups.groups for item in group.lines if item.key == f"change-request:{request}"), None
        )

    assert "late" in line().reason
    impact.assess(manager, change=request)
    decided(site, request, option)
    assert line().reason == "approved, not carried out"
    impact.carry_out(manager, change=request)
    assert line() is None


def test_impacts_are_scored_and_months_are_added_up(site: House, tasks: dict[str, int]) -> None:
    manager = site("manager")
    request, _ = asked(site, tasks)
    given = {"change": request, "area": Area.PEOPLE, "group": "Sales", "group_size": 120, "reached": 40}
    row = impacts.add_impact(manager, **given, severity=2, residual_severity=1, onset=date(2026, 4, 20))
    assert (row.band, row.score, row.colour, row.residual, row.residual_colour) == (3, 6, "amber", 3, "green")
    impacts.add_impact(manager, **given | {"area": Area.PROCESS, "group": "sales"}, severity=4, onset=date(2026, 4, 1))
    (month,) = requests.saturation(manager)
    assert (month.month, month.points, month.impacts) == (date(2026, 4, 1), 18, 2)
    assert impacts.edit_impact(manager, impact=row.id, severity=0).score == 0
    with pytest.raises(Invalid, match="121 of 120"):
        impacts.edit_impact(manager, impact=row.id, reached=121)
    impacts.remove_impact(manager, impact=row.id)
    assert len(requests.change_request(manager, change=request).impacts) == 1


def test_the_risk_of_a_change_of_it_stands_beside_it(site: House) -> None:
    manager = site("manager")
    request = requests.add_request(manager, project="SITE", title="New host").row.id
    found = requests.edit_request(manager, change=request, it_probability=3, it_impact=4, first_time=True)
    assert found.it_risk == "high"
    assert requests.edit_request(manager, change=request, rollback_tested=True).it_risk == "medium"
    assert requests.edit_request(manager, change=request, clear=("it_impact",)).it_risk == ""
    with pytest.raises(Invalid, match="1 to 5"):
        requests.edit_request(manager, change=request, it_impact=6)

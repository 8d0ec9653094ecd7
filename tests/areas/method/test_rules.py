"""Rules: what they find, how a repair is shown and done, what the house switches off; recurring tasks; checklists."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from headway.areas.desk.queries import show as desk
from headway.areas.method import checklists, gates, recurring, rules
from headway.areas.method.types import Rhythm, Weight
from headway.areas.people.queries import person_of_user
from headway.areas.people.types import Role
from headway.areas.projects import commands as projects
from headway.areas.projects import queries as projects_of
from headway.areas.projects.types import Stage
from headway.areas.schedule import changing
from headway.areas.schedule import commands as plans
from headway.areas.schedule import queries as schedule
from headway.areas.schedule.acts import Act, PlanChange
from headway.engine.calendars import standard_calendar
from headway.engine.plan import Plan, ProjectSettings
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, Denied, Invalid, NotFound
from tests.made_once import made_once

House = Callable[[str], Context]


@pytest.fixture
def planned(house: House) -> House:
    """SITE in delivery: Design → Build, Loose (nothing before it), the milestone Live without an owner, a bare risk."""
    made_once(lambda: _planned(house))
    return house


def _planned(house: House) -> None:
    manager = house("manager")
    project = projects.create(manager, key="SITE", name="Acme web site")
    for who in ("member", "client"):
        person = person_of_user(house(who).actor.user_id)
        projects.set_member(manager, project=project.id, person=person, role=Role(who))
    plans.start_plan(manager, project="SITE", start=date(2026, 3, 2))
    design = plans.add_task(manager, project="SITE", name="Design", duration="3d", owner="Max Member")
    build = plans.add_task(
        manager, project="SITE", name="Build", duration="5d", owner="Max Member", predecessors=(design.task_id,)
    )
    plans.add_task(manager, project="SITE", name="Live", milestone=True, predecessors=(build.task_id,))
    plans.add_task(manager, project="SITE", name="Loose", duration="1d", owner="Max Member")
    projects.add_risk(manager, project="SITE", title="Late texts", probability=3, impact=3)
    projects.set_stage(manager, project="SITE", stage=Stage.DELIVERY)


def keys(ctx: Context) -> dict[str, str]:
    return {item.rule: item.key for item in rules.findings(ctx, project="SITE")}


# --- rules ---------------------------------------------------------------------------------------


def test_the_rules_find_what_the_method_asks_for_the_gravest_first(planned: House) -> None:
    found = rules.findings(planned("manager"), project="SITE")
    assert [item.rule for item in found] == ["baseline", "milestone", "risk", "predecessor", "gates"]
    assert [bool(item.repair) for item in found] == [True, True, False, True, True]
    assert found[0].weight is Weight.GRAVE


@pytest.mark.parametrize("rule", ["baseline", "milestone", "predecessor", "gates"])
def test_a_repair_does_what_it_showed_and_the_finding_goes(planned: House, rule: str) -> None:
    manager = planned("manager")
    item = next(one for one in rules.findings(manager, project="SITE") if one.rule == rule)
    left = rules.repair(manager, project="SITE", finding=item.key, effect=item.effect)
    assert rule not in {one.rule for one in left}
    with pytest.raises(Conflict, match="nothing to repair"):
        rules.repair(manager, project="SITE", finding=item.key)


def test_a_repair_that_would_do_something_else_by_now_is_refused(planned: House) -> None:
    manager = planned("manager")
    with pytest.raises(Conflict, match="Choose again"):
        rules.repair(manager, project="SITE", finding=keys(manager)["predecessor"], effect="All will be well.")


def test_a_member_sees_findings_and_no_repairs(planned: House) -> None:
    assert all(not item.repair for item in rules.findings(planned("member"), project="SITE"))
    with pytest.raises(Denied):
        rules.repair(planned("member"), project="SITE", finding="baseline")
    with pytest.raises((Denied, NotFound)):
        rules.findings(planned("client"), project="SITE")


def test_a_rule_that_the_house_switches_off_finds_nothing(planned: House) -> None:
    administrator, manager = planned("administrator"), planned("manager")
    rules.set_rule(administrator, rule="risk", on=False)
    rules.set_rule(administrator, rule="milestone", on=True, weight=Weight.GRAVE)
    found = {item.rule: item for item in rules.findings(manager.but(), project="SITE")}
    assert "risk" not in found
    assert found["milestone"].weight is Weight.GRAVE
    with pytest.raises(Invalid, match="no rule"):
        rules.set_rule(administrator, rule="moon", on=True)
    with pytest.raises(Denied):
        rules.set_rule(manager, rule="risk", on=True)


def test_a_gate_that_comes_soon_with_open_criteria_is_found(planned: House) -> None:
    manager = planned("manager")
    live = next(row for row in schedule.tasks(manager, project="SITE").items if row.name == "Design")
    row = gates.add_gate(manager, project="SITE", stage=Stage.DELIVERY, name="Go live", milestone=live.id)
    gates.add_criterion(manager, gate=row.id, text="Rehearsed")
    found = next(item for item in rules.findings(manager, project="SITE") if item.rule == "gate")
    assert found.text == "1 criterion of “Go live” is open, and the gate is due Wed, Mar 4"


def test_a_gate_past_its_day_is_found_and_stands_on_the_desk(planned: House) -> None:
    manager = planned("manager")
    yesterday = manager.now.date() - timedelta(days=1)
    row = gates.add_gate(manager, project="SITE", stage=Stage.DELIVERY, name="Go live", due=yesterday)
    gates.add_gate(manager, project="SITE", stage=Stage.CONCEPT, name="Behind us", due=yesterday)
    assert (row.due, row.due_on, row.task) == (yesterday, yesterday, None)
    found = [item for item in rules.findings(manager, project="SITE") if item.rule == "gate_late"]
    assert [(item.text, item.page, item.record) for item in found] == [
        ("“Go live” was due Sun, Mar 1, 1 day ago", "gate", row.id)
    ]
    lines = [line for group in desk(manager.but()).groups for line in group.lines]
    assert "Gate past its day" in {line.what for line in lines}
    live = next(task for task in schedule.tasks(manager, project="SITE").items if task.name == "Live")
    tied = gates.edit_gate(manager, gate=row.id, milestone=live.id)
    assert (tied.due, tied.due_on) == (live.finish.date() if live.finish else None, yesterday)
    assert "gate_late" not in keys(manager.but())
    freed = gates.edit_gate(manager, gate=row.id, due=date(2026, 4, 1), clear=("milestone",))
    assert (freed.due, freed.task) == (date(2026, 4, 1), None)
    with pytest.raises(Invalid, match="both given and emptied"):
        gates.edit_gate(manager, gate=row.id, due=date(2026, 4, 1), clear=("due",))


def test_usual_gates_fall_on_the_milestones_of_their_stages(planned: House) -> None:
    manager = planned("manager")
    phase = plans.add_task(manager, project="SITE", name="Closing", duration="1d")
    for name in ("Lessons", "Ready to deliver"):
        plans.add_task(manager, project="SITE", name=name, milestone=True, after=phase.task_id, level=2)
    found = {row.stage: row.task_name for row in gates.take_usual_gates(manager, project="SITE")}
    assert found == {"concept": "", "planning": "Ready to deliver", "delivery": "", "closing": "Lessons"}


def test_the_desk_of_who_leads_has_a_line_for_each_rule_that_counts(planned: House) -> None:
    lines = [line for group in desk(planned("manager")).groups for line in group.lines if line.key.startswith("method")]
    assert {line.what for line in lines} == {
        "No baseline in delivery",
        "Milestone without an owner",
        "Open risk without a response",
    }
    assert [
        line for group in desk(planned("member")).groups for line in group.lines if line.key.startswith("method")
    ] == []


def test_many_projects_are_asked_in_as_many_queries_as_one(planned: House) -> None:
    manager = planned("manager")
    ids = [projects_of.charter(manager, project="SITE").id]

    def count() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert set(rules.found_in(manager.but(), ids, day=date(2026, 3, 2))) == set(ids)
        return len(asked)

    counts = []
    for key in ("TWO", "THREE", "FOUR"):
        ids.append(projects.create(manager, key=key, name=key).id)
        plans.start_plan(manager, project=key, start=date(2026, 3, 2))
        live = plans.add_task(manager, project=key, name="Live", milestone=True)
        row = gates.add_gate(manager, project=key, stage=Stage.CONCEPT, name="Gate", milestone=live.task_id)
        gates.add_criterion(manager, gate=row.id, text="Rehearsed")
        counts.append(count())
    assert len(set(counts)) == 1


# --- checklists ----------------------------------------------------------------------------------


def test_a_checklist_is_ticked_by_whom_and_when(planned: House) -> None:
    manager, member = planned("manager"), planned("member")
    task = schedule.tasks(manager, project="SITE").items[0].id
    one = checklists.add_check(manager, task=task, text="Reviewed")
    two = checklists.add_check(manager, task=task, text="Filed")
    done = checklists.tick(member, item=one.id)
    assert (done.done, done.done_by) == (True, member.actor.name)
    assert checklists.ticked_of(member, [task]) == {task: (1, 2)}
    assert checklists.tick(manager, item=one.id).done_by == member.actor.name
    assert not checklists.tick(member, item=one.id, done=False).done
    checklists.edit_check(manager, item=two.id, text="Filed twice")
    checklists.remove_check(manager, item=one.id)
    assert [row.text for row in checklists.checklist(member, task=task)] == ["Filed twice"]
    assert schedule.tasks(manager, project="SITE").items[0].percent_complete == 0
    with pytest.raises(Denied):
        checklists.add_check(member, task=task, text="Mine")
    with pytest.raises((Denied, NotFound)):
        checklists.checklist(planned("client"), task=task)


# --- recurring tasks -----------------------------------------------------------------------------


def _plan() -> Plan:
    return Plan(ProjectSettings(start=datetime(2026, 3, 2, 8), calendar_uid=1), (standard_calendar(),), ())


@pytest.mark.parametrize(
    ("rule", "days", "words"),
    [
        (
            recurring.Rule(Rhythm.WEEKLY, 2, (0,), None, None, date(2026, 3, 2), date(2026, 4, 1)),
            ["2026-03-02", "2026-03-16", "2026-03-30"],
            "Every 2 weeks on Monday until X",
        ),
        (
            recurring.Rule(Rhythm.MONTHLY_WEEKDAY, 1, (3,), None, 5, date(2026, 3, 1), date(2026, 4, 30)),
            ["2026-03-26", "2026-04-30"],
            "On the last Thursday of every month until X",
        ),
        (
            recurring.Rule(Rhythm.LAST_WORKING_DAY, 1, (), None, None, date(2026, 5, 1), date(2026, 6, 30)),
            ["2026-05-29", "2026-06-30"],
            "On the last working day of every month until X",
        ),
        (
            recurring.Rule(Rhythm.MONTHLY_DAY, 1, (), 31, None, date(2026, 3, 1), date(2026, 5, 31)),
            ["2026-03-31", "2026-05-31"],
            "On day 31 of every month until X",
        ),
    ],
)
def test_a_rule_gives_its_days_and_says_so(rule: recurring.Rule, days: list[str], words: str) -> None:
    assert [day.isoformat() for day in recurring.days_of(rule, _plan())] == days
    assert recurring.words_of(rule, "X") == words


def names(ctx: Context) -> list[tuple[str, date]]:
    rows = schedule.tasks(ctx, project="SITE", limit=200).items
    return [(row.name, row.start.date()) for row in rows if row.name.startswith("Report ") and row.start]


def test_occurrences_follow_their_rule_and_what_is_begun_stays(planned: House) -> None:
    manager = planned("manager")
    live = next(row for row in schedule.tasks(manager, project="SITE").items if row.name == "Live")
    inputs = {"project": "SITE", "name": "Report", "rhythm": Rhythm.WEEKLY, "weekdays": (0,)}
    first = date(2026, 3, 2)
    tried = recurring.add_recurring(replace(manager, dry_run=True), **inputs, first=first, until_task=live.id)
    assert recurring.recurring_tasks(manager, project="SITE") == ()
    done = recurring.add_recurring(manager, **inputs, first=first, until_task=live.id)
    assert done.new_finish == tried.new_finish
    assert names(manager) == [("Report 1", date(2026, 3, 2)), ("Report 2", date(2026, 3, 9))]
    row = recurring.recurring_tasks(manager, project="SITE")[0]
    assert (row.words, row.made) == ("Every Monday until “Live”", 2)
    begun = next(one for one in schedule.tasks(manager, project="SITE").items if one.name == "Report 1")
    plans.set_progress(manager, task=begun.id, percent_complete=Decimal(100))
    recurring.edit_recurring(manager, rule=row.id, weekdays=(4,), until=date(2026, 3, 20))
    assert names(manager) == [
        ("Report 1", date(2026, 3, 2)), ("Report 2", date(2026, 3, 6)), ("Report 3", date(2026, 3, 13)),
        ("Report 4", date(2026, 3, 20)),
    ]  # fmt: skip
    recurring.remove_recurring(manager, rule=row.id)
    assert [name for name, _ in names(manager)] == ["Report 1"]
    assert recurring.recurring_tasks(manager, project="SITE") == ()


def doers(ctx: Context) -> dict[str, dict[str, tuple[Decimal, Decimal]]]:
    """Share and hours of each person on each occurrence."""
    plan = schedule.plan_of(ctx, project="SITE")
    called = {item.uid: item.name for item in plan.resources}
    found: dict[str, dict[str, tuple[Decimal, Decimal]]] = {
        task.name: {} for task in plan.tasks if task.name.startswith("Report ")
    }
    tasks = {task.uid: task.name for task in plan.tasks}
    for item in plan.assignments:
        if tasks[item.task_uid] in found:
            found[tasks[item.task_uid]][called[item.resource_uid or 0]] = (item.units, item.work.hours)
    return found


def test_occurrences_have_the_people_of_their_rule(planned: House) -> None:
    manager = planned("manager")
    inputs = {"project": "SITE", "name": "Report", "rhythm": Rhythm.WEEKLY, "weekdays": (0,), "duration": "2h"}
    days = {"first": date(2026, 3, 2), "until": date(2026, 3, 16)}
    with pytest.raises(Invalid, match="Zoe"):
        recurring.add_recurring(manager, **inputs, **days, people="Zoe")
    mara, member = manager.actor.name, planned("member").actor.name
    recurring.add_recurring(manager, **inputs, **days, people=f"{mara}; Max [50%]")
    both = {mara: (Decimal(1), Decimal(2)), member: (Decimal("0.5"), Decimal(1))}
    assert doers(manager) == {"Report 1": both, "Report 2": both, "Report 3": both}
    row = recurring.recurring_tasks(manager, project="SITE")[0]
    assert row.people == f"{mara}; Max [50%]"
    begun = next(one for one in schedule.tasks(manager, project="SITE").items if one.name == "Report 1")
    plans.set_progress(manager, task=begun.id, percent_complete=Decimal(100))
    recurring.edit_recurring(manager, rule=row.id, people="Max", duration="4h", until=date(2026, 3, 23))
    alone = {member: (Decimal(1), Decimal(4))}
    assert doers(manager) == {"Report 1": both, "Report 2": alone, "Report 3": alone, "Report 4": alone}
    recurring.edit_recurring(manager, rule=row.id, people="")
    assert doers(manager) == {"Report 1": both, "Report 2": {}, "Report 3": {}, "Report 4": {}}


def test_who_was_put_on_one_occurrence_stays_until_the_rule_names_others(planned: House) -> None:
    manager = planned("manager")
    inputs = {"project": "SITE", "name": "Report", "rhythm": Rhythm.WEEKLY, "weekdays": (0,)}
    inputs["people"] = manager.actor.name
    recurring.add_recurring(manager, **inputs, first=date(2026, 3, 2), until=date(2026, 3, 9))
    uid = next(task.uid for task in schedule.plan_of(manager, project="SITE").tasks if task.name == "Report 2")
    changing.change_plan(manager, project="SITE", changes=(PlanChange(Act.SET, task=uid, field="people", value="Max"),))
    row = recurring.recurring_tasks(manager, project="SITE")[0]
    recurring.edit_recurring(manager, rule=row.id, people=manager.actor.name, until=date(2026, 3, 16))
    assert [list(names) for names in doers(manager).values()] == [
        [manager.actor.name], [planned("member").actor.name], [manager.actor.name],
    ]  # fmt: skip


def test_all_that_is_wrong_with_a_rule_is_said_at_once(planned: House) -> None:
    with pytest.raises(Invalid) as refused:
        recurring.add_recurring(
            planned("manager"),
            project="SITE",
            name="Report",
            rhythm=Rhythm.MONTHLY_WEEKDAY,
            first=date(2026, 3, 2),
            duration="soon",
            people="Max [lots]",
        )
    assert [fault.field for fault in refused.value.fields] == ["until", "weekdays", "position", "duration", "people"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"until": None},
        {"weekdays": ()},
        {"weekdays": (7,)},
        {"interval": 0},
        {"duration": "soon"},
        {"rhythm": Rhythm.MONTHLY_DAY, "day": 40},
        {"rhythm": Rhythm.MONTHLY_WEEKDAY, "position": 6},
        {"until": date(2026, 2, 1)},
    ],
)
def test_a_rule_that_says_too_little_is_refused(planned: House, wrong: dict[str, object]) -> None:
    inputs: dict[str, object] = {
        "project": "SITE", "name": "Report", "rhythm": Rhythm.WEEKLY, "weekdays": (0,), "first": date(2026, 3, 2),
        "until": date(2026, 3, 30),
    }  # fmt: skip
    with pytest.raises(Invalid):
        recurring.add_recurring(planned("manager"), **inputs | wrong)

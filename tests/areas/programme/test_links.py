"""A task waits for a task of another project: made, followed, shown before it happens, refused where it circles."""

from __future__ import annotations

from datetime import date

import pytest

from headway.areas.comms.queries import inbox
from headway.areas.desk import queries as desk
from headway.areas.programme import commands, queries
from headway.areas.schedule import changing, undoing
from headway.areas.schedule import commands as schedule
from headway.areas.schedule import queries as plans
from headway.areas.schedule.acts import Act, PlanChange
from headway.areas.schedule.records import to_record
from headway.engine.cpm import schedule as compute
from headway.kernel.errors import Conflict, Denied, Invalid, NotFound
from headway.kernel.jobs_worker import run_due
from tests.areas.programme.conftest import House


def finish_of(house: House, ids: dict[str, int], name: str) -> date:
    """The day a task finishes now."""
    found = plans.task(house("administrator"), task=ids[name]).finish
    assert found is not None
    return found.date()


def lengthen(house: House, ids: dict[str, int], name: str, project: str, duration: str) -> object:
    """Give a task another duration, as somebody types it."""
    uid = plans.task(house("manager"), task=ids[name]).uid
    change = PlanChange(Act.SET, task=uid, field="duration", value=duration)
    return changing.change_plan(house("manager"), project=project, changes=(change,))


def test_a_task_takes_the_date_of_the_task_it_waits_for(tied: House, ids: dict[str, int]) -> None:
    assert finish_of(tied, ids, "Launch") == date(2026, 3, 3)
    made = commands.wait_for(tied("manager"), task=ids["Build"], waits_for=ids["Go-live"], lag="1d")
    assert "2 tasks move" in made.effect.sentence
    assert finish_of(tied, ids, "Go-live") == date(2026, 3, 13)
    assert plans.task(tied("manager"), task=ids["Build"]).start.date() == date(2026, 3, 16 + 1)
    assert finish_of(tied, ids, "Launch") == date(2026, 3, 18)


def test_when_the_other_plan_moves_this_one_follows_and_says_why(tied: House, ids: dict[str, int]) -> None:
    commands.wait_for(tied("manager"), task=ids["Build"], waits_for=ids["Go-live"])
    commands.wait_for(tied("manager"), task=ids["Open"], waits_for=ids["Launch"])
    run_due()
    assert (finish_of(tied, ids, "Launch"), finish_of(tied, ids, "Open")) == (date(2026, 3, 17), date(2026, 3, 20))
    effect = lengthen(tied, ids, "Configure", "CRM", "13d")
    told = [(row.project, row.finish_days) for row in effect.elsewhere]
    assert told == [("SITE", 3), ("SHOP", 3)]
    assert "Site build then finishes Fri, Mar 20, 3 working days later." in effect.sentence
    run_due()
    assert (finish_of(tied, ids, "Launch"), finish_of(tied, ids, "Open")) == (date(2026, 3, 20), date(2026, 3, 25))
    move = queries.links(tied("manager"), project="SITE").moves[0]
    assert move.sentence == "Moved by CRM rollout: Launch +3 d; the finish +3 d"
    entry = undoing.plan_changes(tied("manager"), project="SITE").items[0]
    assert (entry.label, entry.by, entry.finish_days) == ("Follow another project", "Headway", 3)


def test_leads_are_told_by_inbox_and_desk_and_who_may_not_see_the_other_reads_no_name(
    tied: House, ids: dict[str, int]
) -> None:
    commands.wait_for(tied("manager"), task=ids["Build"], waits_for=ids["Go-live"])
    lengthen(tied, ids, "Configure", "CRM", "13d")
    run_due()
    for who, cause in (("manager", "CRM rollout"), ("associate", "another project")):
        told = [row.text for row in inbox(tied(who)).items if row.text.startswith("Moved by")]
        assert told == [f"Moved by {cause}: Launch +3 d; the finish +3 d"]
        lines = [line for group in desk.show(tied(who)).groups for line in group.lines if line.key.startswith("moved:")]
        assert [line.what for line in lines] == [f"The plan was moved by {cause}"]


def test_a_dry_run_says_which_projects_would_move_and_stores_nothing(tied: House, ids: dict[str, int]) -> None:
    commands.wait_for(tied("manager"), task=ids["Build"], waits_for=ids["Go-live"])
    run_due()
    uid = plans.task(tied("manager"), task=ids["Configure"]).uid
    change = PlanChange(Act.SET, task=uid, field="duration", value="11d")
    tried = changing.change_plan(tied("manager").but(dry_run=True), project="CRM", changes=(change,))
    assert [(row.name, row.finish_days) for row in tried.elsewhere] == [("Site build", 1)]
    run_due()
    assert finish_of(tied, ids, "Launch") == date(2026, 3, 17)


def test_both_sides_see_the_link_and_hidden_projects_give_their_days_alone(tied: House, ids: dict[str, int]) -> None:
    commands.wait_for(tied("manager"), task=ids["Build"], waits_for=ids["Go-live"], lag="2d")
    waits = queries.task_links(tied("manager"), task=ids["Build"]).waits
    assert [(row.far.project, row.far.name, row.type, row.lag) for row in waits] == [("CRM", "Go-live", "FS", "+2 d")]
    awaited = queries.links(tied("manager"), project="CRM").awaited
    assert [(row.task.name, row.far.project, row.far.name) for row in awaited] == [("Go-live", "SITE", "Build")]
    assert [row.slack_days for row in awaited] == [0]
    hidden = queries.links(tied("member"), project="SITE").waits[0].far
    assert (hidden.task, hidden.project, hidden.name) == (None, "", "")
    assert hidden.finish is not None
    assert hidden.finish.date() == date(2026, 3, 13)
    names = [row.name for row in plans.tasks(tied("member"), project="SITE").items]
    assert names == ["Build", "Launch", "Task of another project"]
    with pytest.raises(Denied):
        queries.links(tied("client"), project="SITE")


def test_who_may_not_edit_the_plan_or_not_see_the_other_makes_no_link(tied: House, ids: dict[str, int]) -> None:
    with pytest.raises(Denied):
        commands.wait_for(tied("member"), task=ids["Build"], waits_for=ids["Launch"])
    with pytest.raises(NotFound):
        commands.wait_for(tied("associate"), task=ids["Build"], waits_for=ids["Go-live"])
    with pytest.raises(NotFound):
        commands.wait_for(tied("manager"), task=ids["Build"], waits_for=ids["Secret"])
    with pytest.raises(Invalid):
        commands.wait_for(tied("manager"), task=ids["Build"], waits_for=ids["Launch"])


def test_a_circle_over_projects_is_refused_and_named(tied: House, ids: dict[str, int]) -> None:
    commands.wait_for(tied("manager"), task=ids["Build"], waits_for=ids["Go-live"])
    with pytest.raises(Conflict) as refusal:
        commands.wait_for(tied("manager"), task=ids["Configure"], waits_for=ids["Launch"])
    said = "circle over projects: Configure (CRM) → Go-live (CRM) → Build (SITE) → Launch (SITE) → Configure (CRM)"
    assert said in refusal.value.message


def test_two_plans_may_wait_for_each_other_as_long_as_no_task_waits_for_itself(
    tied: House, ids: dict[str, int]
) -> None:
    manager = tied("manager")
    commands.wait_for(manager, task=ids["Build"], waits_for=ids["Go-live"])
    training = schedule.add_task(manager, project="CRM", name="Training", duration="2d")
    commands.wait_for(manager, task=training.task_id, waits_for=ids["Launch"])
    run_due()
    assert plans.task(manager, task=training.task_id).finish.date() == date(2026, 3, 19)
    # An ordinary link inside one plan would close the circle.
    uids = {row.name: row.uid for row in plans.tasks(manager, project="CRM").items}
    change = PlanChange(Act.LINK, task=uids["Configure"], other=uids["Training"])
    for context in (manager, manager.but(dry_run=True)):
        with pytest.raises(Conflict, match="circle over projects"):
            changing.change_plan(context, project="CRM", changes=(change,))


def test_nobody_edits_the_row_in_the_plan_and_undone_dates_come_back(tied: House, ids: dict[str, int]) -> None:
    manager = tied("manager")
    made = commands.wait_for(manager, task=ids["Build"], waits_for=ids["Go-live"])
    change = PlanChange(Act.SET, task=made.row_uid, field="duration", value="5d")
    with pytest.raises(Invalid, match="stands for a task of another plan"):
        changing.change_plan(manager, project="SITE", changes=(change,))
    lengthen(tied, ids, "Configure", "CRM", "13d")
    run_due()
    moved = undoing.plan_changes(manager, project="SITE").items[0]
    undoing.undo_change(manager, change=moved.id)
    run_due()
    assert finish_of(tied, ids, "Launch") == date(2026, 3, 20)


def test_the_link_goes_with_its_row_and_undo_brings_both_back(tied: House, ids: dict[str, int]) -> None:
    manager = tied("manager")
    made = commands.wait_for(manager, task=ids["Build"], waits_for=ids["Go-live"])
    with pytest.raises(Conflict, match="waits for that task already"):
        commands.wait_for(manager, task=ids["Build"], waits_for=ids["Go-live"])
    commands.stop_waiting(manager, placeholder=made.placeholder, task=ids["Build"])
    assert queries.links(manager, project="SITE").waits == ()
    assert finish_of(tied, ids, "Launch") == date(2026, 3, 3)
    undoing.undo_last(manager, project="SITE")
    assert [row.far.name for row in queries.links(manager, project="SITE").waits] == ["Go-live"]


def test_a_task_is_shown_in_another_project_and_follows_its_own(tied: House, ids: dict[str, int]) -> None:
    manager = tied("manager")
    commands.show_task(manager, project="SHOP", shown=ids["Go-live"])
    with pytest.raises(Conflict):
        commands.show_task(manager, project="SHOP", shown=ids["Go-live"])
    shown = queries.links(manager, project="SHOP").waits
    assert [(row.task, row.far.name) for row in shown] == [(None, "Go-live")]
    lengthen(tied, ids, "Configure", "CRM", "13d")
    run_due()
    row = next(row for row in plans.tasks(manager, project="SHOP").items if row.name == "Task of another project")
    assert row.finish is not None
    assert row.finish.date() == date(2026, 3, 18)
    shop = _project(tied, "SHOP")
    assert [(one.uid, one.far.words) for one in queries.rows_standing(manager, shop)] == [(row.uid, "Go-live (CRM)")]
    assert [one.far.words for one in queries.rows_standing(tied("stranger"), shop)] == ["a task of another project"]


def test_a_newer_file_of_the_plan_keeps_what_it_waits_for(tied: House, ids: dict[str, int]) -> None:
    manager = tied("manager")
    bare = plans.plan_of(manager, project="SITE")
    commands.wait_for(manager, task=ids["Build"], waits_for=ids["Go-live"])
    schedule.take_plan(manager, project="SITE", plan=to_record(bare), schedule=to_record(compute(bare)))
    assert [row.far.name for row in queries.links(manager, project="SITE").waits] == ["Go-live"]
    assert finish_of(tied, ids, "Launch") == date(2026, 3, 17)


def test_when_the_plan_waited_for_is_taken_away_the_row_keeps_its_dates(tied: House, ids: dict[str, int]) -> None:
    manager = tied("manager")
    commands.wait_for(manager, task=ids["Build"], waits_for=ids["Go-live"])
    lengthen(tied, ids, "Configure", "CRM", "13d")
    run_due()
    schedule.drop_plan(manager, project="CRM")
    run_due()
    assert queries.links(manager, project="SITE").waits == ()
    assert finish_of(tied, ids, "Launch") == date(2026, 3, 20)


def test_a_task_that_left_its_plan_leaves_its_date_and_is_named_as_gone(tied: House, ids: dict[str, int]) -> None:
    manager = tied("manager")
    commands.wait_for(manager, task=ids["Build"], waits_for=ids["Go-live"])
    schedule.remove_task(manager, task=ids["Go-live"])
    run_due()
    assert [row.far.there for row in queries.links(manager, project="SITE").waits] == [False]
    assert finish_of(tied, ids, "Launch") == date(2026, 3, 17)


def _project(house: House, key: str) -> int:
    return next(line.id for line in queries.lines_inside(house("administrator")) if line.key == key)


def test_a_task_knows_how_far_it_may_slip_before_the_plan_that_waits_for_it_ends_later(
    tied: House, ids: dict[str, int]
) -> None:
    manager = tied("manager")
    schedule.add_task(manager, project="SITE", name="Long work", duration="15d")
    commands.wait_for(manager, task=ids["Build"], waits_for=ids["Go-live"])  # 10 days in CRM, then 2 of 15 in SITE
    found = queries.task_links(tied("manager"), task=ids["Go-live"])
    assert [row.slack_days for row in found.awaited] == [3]
    tightest = found.tightest
    assert tightest is not None
    assert (tightest.far.name, tightest.slack_days) == ("Build", 3)
    assert queries.task_links(manager.but(), task=ids["Configure"]).tightest is None

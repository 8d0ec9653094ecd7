"""Levelling proposals: computed beside all other work, taken whole, in part or not at all, and taken back."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from headway.areas.capacity import commands, proposals, queries
from headway.areas.capacity.proposal_types import Chosen, Method, ProposalShown, ProposalState
from headway.areas.schedule import commands as plan
from headway.areas.schedule import levelling as plans
from headway.areas.schedule import undoing
from headway.areas.schedule.queries import plan_of
from headway.areas.schedule.queries import tasks as plan_tasks
from headway.journeys import levelling
from headway.kernel import jobs
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, Denied, Invalid, NotFound
from tests.areas.capacity.conftest import MONDAY, House, busy, person_id
from tests.conftest import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def two(site: House) -> House:
    """On SITE and on SHOP the member has each a task of a week from today, whole time; on SHOP a second one."""
    manager, member = site("manager"), person_id(site, "member")
    plan.start_plan(manager, project="SHOP", start=MONDAY)
    busy(manager, "SITE", member, "1", task="Sketch", duration="1w")
    busy(manager, "SHOP", member, "1", task="Shelf", duration="1w")
    busy(manager, "SHOP", member, "1", task="Till", duration="1w")
    return site


def proposed(ctx: Context, *keys: str, **how: object) -> ProposalShown:
    """A proposal of these projects, computed."""
    row = levelling.propose(ctx, projects=keys, **how)
    levelling.carry_out(ctx, proposal=row.id)
    return proposals.proposal(ctx.but(), proposal=row.id)


def starts(ctx: Context, key: str) -> dict[str, date | None]:
    """The day on which each task begins."""
    return {row.name: row.start.date() if row.start else None for row in plan_tasks(ctx.but(), project=key).items}


def test_a_proposal_changes_nothing_and_says_what_moves_and_why(two: House) -> None:
    manager = two("manager")
    before = starts(manager, "SHOP")
    found = proposed(manager, "SHOP", other_work=False)
    assert found.row.state is ProposalState.READY
    (of_shop,) = found.plans
    (row,) = of_shop.rows
    assert (row.name, row.days, row.waited_for) == ("Till", 5, "Mia Member, busy with Shelf")
    assert (of_shop.over_before, of_shop.over_after) == (Decimal(40), Decimal(0))
    assert (of_shop.finish_days, of_shop.moved) == (5, 1)
    assert starts(manager, "SHOP") == before


def test_work_in_other_projects_stands_and_is_gone_around(two: House) -> None:
    found = proposed(two("manager"), "SHOP")
    (of_shop,) = found.plans
    assert [(row.name, row.new_start.date() if row.new_start else None) for row in of_shop.rows] == [
        ("Shelf", MONDAY + timedelta(weeks=1)),
        ("Till", MONDAY + timedelta(weeks=2)),
    ]
    assert of_shop.rows[0].waited_for == "Mia Member, busy with work in SITE"
    assert (of_shop.over_before, of_shop.over_after) == (Decimal(80), Decimal(0))


def test_the_first_of_several_projects_keeps_its_dates_best(two: House) -> None:
    for first, second, moved in (("SITE", "SHOP", ("Shelf", "Till")), ("SHOP", "SITE", ("Sketch",))):
        found = proposed(two("manager"), first, second)
        assert [of.key for of in found.plans] == [first, second]
        assert tuple(row.name for row in found.plans[1].rows) == moved
    assert found.plans[1].rows[0].new_start == datetime(2026, 3, 16, 8)


def test_accepting_is_one_entry_of_the_undo_list_in_each_plan(two: House) -> None:
    manager = two("manager")
    found = proposed(manager, "SITE", "SHOP")
    done = commands.accept(manager.but(), proposal=found.row.id)
    assert done.proposal.state is ProposalState.ACCEPTED
    assert [key for key, _ in done.effects] == ["SHOP"]  # nothing of SITE moves
    assert starts(manager, "SHOP")["Till"] == MONDAY + timedelta(weeks=2)
    assert queries.heat_map(manager.but()).over == 0
    change = done.effects[0][1].change
    assert change is not None
    accepted = proposals.proposal(manager.but(), proposal=found.row.id)
    assert [plan.undone_by for plan in accepted.plans] == ["", ""]
    undoing.undo_change(manager.but(), change=change)
    assert starts(manager, "SHOP") == {"Shelf": MONDAY, "Till": MONDAY}
    undone = proposals.proposal(manager.but(), proposal=found.row.id)
    told = {plan.key: (plan.undone_by, plan.undone_at) for plan in undone.plans}
    assert told == {"SITE": ("", None), "SHOP": (manager.actor.name, manager.now)}
    with pytest.raises(Conflict, match="accepted"):
        commands.accept(manager.but(), proposal=found.row.id)


def test_only_some_rows_can_be_taken_after_a_look_at_what_they_do(two: House) -> None:
    manager = two("manager")
    found = proposed(manager, "SHOP")
    till = next(row.uid for row in found.plans[0].rows if row.name == "Till")
    chosen = (Chosen("SHOP", (till,)),)
    tried = commands.accept(manager.but(dry_run=True), proposal=found.row.id, chosen=chosen)
    assert tried.effects[0][1].finish_days == 10
    assert starts(manager, "SHOP")["Till"] == MONDAY
    commands.accept(manager.but(), proposal=found.row.id, chosen=chosen)
    assert starts(manager, "SHOP") == {"Shelf": MONDAY, "Till": MONDAY + timedelta(weeks=2)}
    shown = proposals.proposal(manager.but(), proposal=found.row.id)
    assert [(row.name, row.taken) for row in shown.plans[0].rows] == [("Shelf", False), ("Till", True)]


def test_rows_that_are_not_in_it_are_refused(two: House) -> None:
    found = proposed(two("manager"), "SHOP")
    for chosen in ((Chosen("SHOP", (999,)),), (Chosen("SITE", (1,)),), (Chosen("SHOP", ()),), ()):
        with pytest.raises(Invalid):
            commands.accept(two("manager"), proposal=found.row.id, chosen=chosen)


def test_of_plans_that_changed_since_none_is_touched_and_all_is_computed_anew(two: House) -> None:
    manager = two("manager")
    found = proposed(manager, "SITE", "SHOP")
    plan.add_task(manager, project="SITE", name="Surprise")
    answer = commands.accept(manager.but(), proposal=found.row.id)
    assert (answer.anew, answer.effects) == (("SITE",), ())
    assert starts(manager, "SHOP")["Till"] == MONDAY
    again = levelling.propose_again(manager.but(), proposal=found.row.id)
    assert again.state is ProposalState.WAITING
    levelling.carry_out(manager.but(), proposal=found.row.id)
    assert commands.accept(manager.but(), proposal=found.row.id).anew == ()


def test_within_slack_no_finish_moves_and_what_does_not_fit_is_named(two: House) -> None:
    found = proposed(two("manager"), "SHOP", within_slack=True, other_work=False)
    (of_shop,) = found.plans
    assert (of_shop.rows, of_shop.finish_days) == ((), 0)
    assert "has not enough slack" in of_shop.left[0]


def test_a_deadline_that_breaks_is_named(two: House) -> None:
    manager = two("manager")
    till = next(row.id for row in plan_tasks(manager, project="SHOP").items if row.name == "Till")
    plan.edit_task(manager, task=till, deadline=datetime(2026, 3, 6, 17))
    (of_shop,) = proposed(manager, "SHOP").plans
    assert [item.name for item in of_shop.deadlines_broken] == ["Till"]


def test_only_some_people_and_only_some_days(two: House) -> None:
    manager = two("manager")
    for task in ("Paint", "Polish"):
        busy(manager, "SHOP", person_id(two, "approver"), "1", name="Ada Approver", task=task, duration="1w")
    (of_shop,) = proposed(manager, "SHOP", people=(person_id(two, "approver"),)).plans
    assert [row.name for row in of_shop.rows] == ["Polish"]
    (later,) = proposed(manager, "SHOP", first=MONDAY + timedelta(weeks=4)).plans
    assert later.rows == ()


def test_the_search_tells_how_near_it_is_to_what_is_possible(two: House) -> None:
    found = proposed(two("manager"), "SHOP", method=Method.SEARCH, seconds=1, other_work=False)
    (of_shop,) = found.plans
    assert of_shop.bound == datetime(2026, 3, 13, 17)
    assert (of_shop.new_finish, of_shop.gap_days, of_shop.optimal) == (of_shop.bound, 0, True)


def test_what_is_possible_is_told_of_the_plan_without_earlier_levelling(two: House) -> None:
    manager = two("manager")
    commands.accept(manager.but(), proposal=proposed(manager, "SHOP").row.id)
    again = proposed(manager.but(), "SHOP", method=Method.SEARCH, seconds=1).plans[0]
    assert again.bound is not None
    assert again.bound <= datetime(2026, 3, 13, 17)  # two weeks of one person; the week elsewhere proves nothing
    assert again.new_finish == datetime(2026, 3, 20, 17)
    assert again.gap_days >= 5


def test_clearing_takes_levelling_back(two: House) -> None:
    manager = two("manager")
    with pytest.raises(Conflict, match="Nothing in this plan is levelled"):
        plans.clear_levelling(manager, project="SHOP")
    found = proposed(manager, "SHOP", other_work=False)
    commands.accept(manager.but(), proposal=found.row.id)
    tried = plans.clear_levelling(manager.but(dry_run=True), project="SHOP")
    assert (tried.finish_days, tried.change) == (-5, None)
    plans.clear_levelling(manager.but(), project="SHOP")
    assert starts(manager, "SHOP")["Till"] == MONDAY
    assert not any(task.leveling_delay for task in plan_of(manager.but(), project="SHOP").tasks)


def test_levelling_again_takes_earlier_levelling_back_first(two: House) -> None:
    manager = two("manager")
    found = proposed(manager, "SHOP")
    commands.accept(manager.but(), proposal=found.row.id)
    sketch = next(row.id for row in plan_tasks(manager.but(), project="SITE").items if row.name == "Sketch")
    plan.remove_task(manager.but(), task=sketch)
    (of_shop,) = proposed(manager.but(), "SHOP").plans
    assert [(row.name, row.days, row.waited_for) for row in of_shop.rows] == [
        ("Shelf", -5, ""),
        ("Till", -5, "Mia Member, busy with Shelf"),
    ]


# --- who may, and how it ends -------------------------------------------------------------------


def test_only_whoever_may_change_every_plan_asks_and_decides(two: House) -> None:
    with pytest.raises(NotFound):
        levelling.propose(two("manager"), projects=("SITE", "RIVAL"))
    with pytest.raises(Denied):
        levelling.propose(two("member"), projects=("SITE",))
    found = proposed(two("manager"), "SITE", "SHOP")
    for act in (commands.accept, commands.discard, levelling.propose_again):
        with pytest.raises(Denied):
            act(two("member"), proposal=found.row.id)
        for who in ("stranger", "client"):
            with pytest.raises((NotFound, Denied)):
                act(two(who), proposal=found.row.id)
    assert proposals.proposal(two("member"), proposal=found.row.id).row.id == found.row.id
    assert proposals.proposals(two("stranger")).items == ()


def test_work_in_a_hidden_project_is_told_without_its_name(two: House) -> None:
    stranger = two("stranger")
    plan.start_plan(stranger, project="RIVAL", start=MONDAY)
    busy(stranger, "RIVAL", person_id(two, "member"), "1", duration="1w")
    busy(two("manager"), "SHOP", person_id(two, "member"), "1", task="Sign", duration="1w")
    (of_site,) = proposed(two("manager"), "SITE").plans
    assert "work in a project you do not see" in of_site.rows[0].waited_for
    assert "RIVAL" not in repr(of_site)


def test_a_proposal_is_discarded_or_stopped(two: House) -> None:
    manager = two("manager")
    found = proposed(manager, "SHOP")
    assert commands.discard(manager.but(), proposal=found.row.id).state is ProposalState.DISCARDED
    with pytest.raises(Conflict):
        levelling.propose_again(manager.but(), proposal=found.row.id)
    waiting = levelling.propose(manager.but(), projects=("SHOP",))
    assert commands.stop(manager.but(), proposal=waiting.id).state is ProposalState.STOPPED
    state = jobs.status_of(waiting.job)
    assert state is not None
    assert state.state is jobs.State.CANCELLED
    levelling.carry_out(manager.but(), proposal=waiting.id)
    assert proposals.proposal(manager.but(), proposal=waiting.id).row.state is ProposalState.STOPPED
    assert [row.state for row in proposals.proposals(manager.but(), project="SHOP").items] == [
        ProposalState.STOPPED,
        ProposalState.DISCARDED,
    ]
    newest = proposals.proposals(manager.but(), limit=1)
    assert [row.id for row in newest.items] == [waiting.id]
    older = proposals.proposals(manager.but(), limit=1, cursor=newest.next)
    assert ([row.id for row in older.items], older.next) == ([found.row.id], "")


def test_the_job_notes_why_it_could_not_compute(two: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEADWAY_NOW", NOW.isoformat())
    stranger = two("stranger")
    asked = levelling.propose(stranger, projects=("RIVAL",))  # it has no plan
    levelling.level_asked({"proposal": asked.id, "user": stranger.actor.user_id, "correlation": "x"})
    shown = proposals.proposal(stranger.but(), proposal=asked.id)
    assert shown.row.state is ProposalState.FAILED
    assert "no plan yet" in shown.row.fault


def test_choices_that_do_not_go_together_are_refused(two: House) -> None:
    manager = two("manager")
    with pytest.raises(Invalid, match="search"):
        levelling.propose(manager, projects=("SHOP",), method=Method.SEARCH, split=True)
    with pytest.raises(Invalid, match="seconds"):
        levelling.propose(manager, projects=("SHOP",), seconds=1000)
    with pytest.raises(Invalid, match="before the first"):
        levelling.propose(manager, projects=("SHOP",), first=MONDAY, last=MONDAY - timedelta(days=1))

"""Several plans scheduled together, with links between them."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from tests.engine.plan_builder import ROUND_THE_CLOCK, at, days, link, plan, resource, task
from tests.engine.test_cpm_properties import plans
from tests.examples import examples

from headway.engine.cpm import schedule
from headway.engine.cpm.programme import CrossLink, schedule_together
from headway.engine.plan import Lag, LinkType, Plan, PlanError


def test_a_task_waits_for_one_of_another_project() -> None:
    site = plan(task(1, 3, name="Pour"), task(2, 1, name="Cure"), links=(link(1, 2),))
    crane = plan(task(1, 1, name="Lift"), task(2, 2), links=(link(1, 2),), start=at(6))
    found = schedule_together({"Site": site, "Crane": crane}, [CrossLink(("Site", 2), ("Crane", 1))])
    lift = found["Crane"].by_uid()[1]
    assert (lift.start, lift.finish) == (at(9), at(9, 17))
    assert lift.driver.text == "Starts after the finish of 'Cure' of project 'Site'."
    assert lift.driver.uid is None  # uids are each project's own
    assert found["Crane"].by_uid()[2].driver.uid == 1
    assert found["Site"].finish == at(8, 17)
    assert found["Crane"].finish == at(13, 17)
    assert (found["Crane"].start, found["Site"].start) == (at(6), at(5))


def test_late_dates_run_to_each_projects_own_finish_and_over_the_link() -> None:
    site = plan(task(1, 3), task(2, 9))
    crane = plan(task(1, 1), task(2, 1), start=at(6))
    found = schedule_together({"Site": site, "Crane": crane}, [CrossLink(("Site", 1), ("Crane", 1))])
    assert found["Site"].by_uid()[1].late_finish == at(7, 17)  # the crane's finish allows no more
    assert found["Site"].by_uid()[1].total_slack == days(0)
    assert found["Site"].by_uid()[2].late_finish == at(15, 17)
    assert found["Crane"].by_uid()[2].total_slack == days(2)


def test_each_project_keeps_its_calendars_and_lags_run_on_the_successors() -> None:
    office = plan(task(1, 5))
    works = plan(task(1, 3), calendars=(replace(ROUND_THE_CLOCK, uid=1),))
    tie = CrossLink(("Office", 1), ("Works", 1), LinkType.FS, Lag(days(1)))
    found = schedule_together({"Office": office, "Works": works}, [tie])["Works"].by_uid()[1]
    assert (found.start, found.finish) == (at(10, 1), at(11, 1))
    half = CrossLink(("Office", 1), ("Works", 1), LinkType.SS, Lag(percent=Decimal(20)))
    assert schedule_together({"Office": office, "Works": works}, [half])["Works"].by_uid()[1].start == at(5, 16)


def test_a_cycle_across_projects_names_tasks_and_projects() -> None:
    one, two = plan(task(1), task(2), links=(link(1, 2),)), plan(task(1))
    ties = [CrossLink(("One", 2), ("Two", 1)), CrossLink(("Two", 1), ("One", 1))]
    with pytest.raises(PlanError, match="circle") as caught:
        schedule_together({"One": one, "Two": two}, ties)
    assert "'T1' of project 'Two'" in str(caught.value)
    assert "'T2' of project 'One'" in str(caught.value)


def test_what_cannot_be_scheduled_together_is_named() -> None:
    one = plan(task(1))
    with pytest.raises(PlanError, match="names project 'Two'"):
        schedule_together({"One": one}, [CrossLink(("One", 1), ("Two", 1))])
    with pytest.raises(PlanError, match="task 9 of project 'One'"):
        schedule_together({"One": one}, [CrossLink(("One", 1), ("One", 9))])
    with pytest.raises(PlanError, match="'One' is scheduled from its finish"):
        schedule_together({"One": plan(task(1), schedule_from_start=False, finish=at(9))})
    assert schedule_together({}) == {}


def test_a_finish_link_into_a_summary_is_warned_about_and_an_inactive_task_takes_no_part() -> None:
    one = plan(task(1, 5), task(2, 9, active=False))
    two = plan(task(1, duration=None, summary=True), task(2, 1, parent_uid=1), resources=(resource(7),))
    ties = [CrossLink(("One", 1), ("Two", 1), LinkType.FF), CrossLink(("One", 2), ("Two", 2))]
    found = schedule_together({"One": one, "Two": two}, ties)["Two"]
    assert found.by_uid()[2].start == at(5)
    assert "has no effect" in found.warnings[0]


@settings(max_examples=examples(40), deadline=None)
@given(plans(), plans())
def test_without_links_each_plan_is_as_by_itself(one: Plan, two: Plan) -> None:
    found = schedule_together({"One": one, "Two": two})
    assert found == {"One": schedule(one), "Two": schedule(two)}

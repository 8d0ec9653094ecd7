"""What is to mend in a plan, and what could be done about it, each with its effect."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from headway.areas.people import commands as people
from headway.areas.people.queries import house_rules
from headway.areas.schedule import changing, commands, faults, keeping, queries
from headway.areas.schedule.acts import Repair
from headway.areas.schedule.faults import plan_faults, task_faults
from headway.areas.schedule.repairs import repairs
from headway.engine.faults import FaultKind
from headway.engine.plan import ConstraintType
from headway.kernel.context import Context
from headway.kernel.errors import Denied, NotFound

House = Callable[[str], Context]
pytestmark = pytest.mark.django_db


@pytest.fixture
def day(charted: House) -> House:
    """The plan judged on its first day."""
    commands.set_status_date(charted("manager"), project="SITE", status_date=date(2026, 3, 2))
    return charted


def _repair(house: House, task: int, key: str) -> Repair:
    found = {one.key: one for one in repairs(house("manager"), task=task)}
    assert key in found, sorted(found)
    return found[key]


def _carry_out(house: House, repair: Repair) -> str:
    """Do it, and say what it did."""
    return str(changing.change_plan(house("manager"), project="SITE", changes=repair.changes).sentence)


def _kinds(house: House) -> list[str]:
    return [fault.kind for fault in plan_faults(house("member"), project="SITE").items]


def test_a_sound_plan_has_nothing_to_mend(day: House, ids: dict[str, int]) -> None:
    found = plan_faults(day("member"), project="SITE")
    assert (found.count, found.items, found.as_of) == (0, (), date(2026, 3, 2))
    assert task_faults(day("member"), task=ids["Build"]) == ()
    assert repairs(day("manager"), task=ids["Build"]) == ()


def test_faults_are_named_with_their_task_and_counted(day: House, ids: dict[str, int]) -> None:
    manager = day("manager")
    commands.edit_task(manager, task=ids["Build"], deadline=datetime(2026, 3, 6, 17))
    found = plan_faults(manager, project="SITE")
    assert (found.count, found.counts) == (1, (("deadline missed", 1),))
    (fault,) = found.items
    assert (fault.id, fault.name) == (ids["Build"], "Build")
    assert fault.text == "'Build' finishes Wed, Mar 11, after its deadline Fri, Mar 6."
    assert [one.kind for one in task_faults(manager, task=ids["Design"])] == ["negative slack"]
    assert plan_faults(manager, project="SITE", kind=FaultKind.OVERLOAD).items == ()


def test_the_status_date_or_today_says_what_is_overdue(charted: House) -> None:
    manager = charted("manager")
    commands.set_status_date(manager, project="SITE", status_date=date(2026, 3, 4))
    assert _kinds(charted) == ["no progress"]
    commands.set_status_date(manager, project="SITE", status_date=date(2026, 3, 9))
    assert _kinds(charted) == ["no progress", "no progress"]


def test_faults_are_found_anew_when_the_plan_changes(day: House, ids: dict[str, int]) -> None:
    assert _kinds(day) == []
    commands.edit_task(day("manager"), task=ids["Go-live"], deadline=datetime(2026, 3, 6, 17))
    assert _kinds(day) == ["deadline missed"]


def test_a_needless_date_is_taken_away(day: House, ids: dict[str, int]) -> None:
    commands.edit_task(
        day("manager"), task=ids["Build"], constraint=ConstraintType.SNET, constraint_date=datetime(2026, 3, 9, 8)
    )
    found = _repair(day, ids["Build"], "constraint")
    assert found.text == "Take away 'start no earlier than Mon, Mar 9'"
    assert (found.finish_days, found.mends, found.start) == (-2, (), datetime(2026, 3, 5, 8))
    assert _carry_out(day, found) == found.sentence
    assert repairs(day("manager"), task=ids["Build"]) == ()


def test_a_lag_is_taken_out(day: House, ids: dict[str, int]) -> None:
    commands.link_tasks(day("manager"), predecessor=ids["Design"], successor=ids["Build"], kind="SS", lag="4d")
    (found,) = repairs(day("manager"), task=ids["Build"])
    assert found.text == "Take out the lag of 4 d behind 'Design'"
    assert found.finish_days == -4
    assert "2 tasks move" in _carry_out(day, found)


def test_a_date_that_only_holds_slack_is_no_matter(day: House, ids: dict[str, int]) -> None:
    """A task beside the path that drives the finish has nothing to gain."""
    side = commands.add_task(
        day("manager"), project="SITE", name="Texts", start_no_earlier_than=datetime(2026, 3, 4, 8)
    ).task_id
    assert repairs(day("manager"), task=side) == ()


def test_typed_dates_against_links_are_mended(day: House, ids: dict[str, int]) -> None:
    manager = day("manager")
    _type(day, ids["Build"], "mode", "manual")
    _type(day, ids["Build"], "start", "2026-03-03")
    assert _kinds(day) == ["typed dates against links"]
    keys = [one.key for one in repairs(manager, task=ids["Build"])]
    design = queries.task(manager, task=ids["Design"]).uid
    assert set(keys) == {"auto", f"unlink-{design}"}
    _carry_out(day, _repair(day, ids["Build"], "auto"))
    assert _kinds(day) == []


def test_work_begun_too_early_may_run_beside(day: House, ids: dict[str, int]) -> None:
    commands.set_progress(day("manager"), task=ids["Build"], actual_start=datetime(2026, 3, 3, 8))
    assert _kinds(day) == ["begun before its predecessor"]
    design = queries.task(day("manager"), task=ids["Design"]).uid
    found = _repair(day, ids["Build"], f"beside-{design}")
    assert found.mends == ("'Build' has begun, though 'Design' before it ends only Wed, Mar 4.",)
    _carry_out(day, found)
    assert _kinds(day) == []


def test_overdue_work_begins_later_or_is_done(charted: House, ids: dict[str, int]) -> None:
    commands.set_status_date(charted("manager"), project="SITE", status_date=date(2026, 3, 4))
    later, done = _repair(charted, ids["Design"], "later"), _repair(charted, ids["Design"], "done")
    assert (later.text, later.finish_days) == ("Begin it on Wed, Mar 4", 2)
    assert (done.text, done.finish_days) == ("Say that it is done as planned", 0)
    _carry_out(charted, later)
    assert _kinds(charted) == []


def test_overdue_work_begins_on_a_working_day(charted: House, ids: dict[str, int]) -> None:
    commands.set_status_date(charted("manager"), project="SITE", status_date=date(2026, 3, 8))
    later = _repair(charted, ids["Design"], "later")
    assert (later.text, later.start) == ("Begin it on Mon, Mar 9", datetime(2026, 3, 9, 8))


def test_what_delays_the_plan_least_is_offered_first(charted: House, ids: dict[str, int]) -> None:
    commands.set_status_date(charted("manager"), project="SITE", status_date=date(2026, 3, 4))
    found = repairs(charted("manager"), task=ids["Design"])
    assert [(one.key, one.finish_days) for one in found] == [("done", 0), ("later", 2)]


def test_days_are_written_as_the_organisation_writes_them(day: House, ids: dict[str, int]) -> None:
    manager = day("manager")
    commands.edit_task(
        manager, task=ids["Build"], constraint=ConstraintType.SNET, constraint_date=datetime(2026, 3, 9, 8)
    )
    commands.edit_task(manager, task=ids["Go-live"], deadline=datetime(2026, 3, 12, 17))
    assert "'Go-live' finishes Fri, Mar 13" in plan_faults(day("manager"), project="SITE").items[0].text
    own = house_rules(day("administrator"))
    people.edit_house_rules(day("administrator"), organisation=own.organisation_id, spelling="gb")
    assert "'Go-live' finishes Fri 13 Mar," in plan_faults(day("manager"), project="SITE").items[0].text
    (found,) = repairs(day("manager"), task=ids["Go-live"])
    assert found.text == "'Build': Take away 'start no earlier than Mon 9 Mar'"
    assert "from Fri 13 Mar to Wed 11 Mar" in found.sentence


def test_a_milestone_with_work_becomes_a_task_or_has_none(day: House, ids: dict[str, int]) -> None:
    _type(day, ids["Go-live"], "duration", "2d")
    _type(day, ids["Go-live"], "milestone", "yes")
    assert _kinds(day) == ["milestone with work"]
    assert {one.key for one in repairs(day("manager"), task=ids["Go-live"])} == {"task", "empty"}
    _carry_out(day, _repair(day, ids["Go-live"], "empty"))
    assert _kinds(day) == []


def _type(house: House, task: int, field: str, value: str) -> None:
    uid = queries.task(house("manager"), task=task).uid
    change = changing.PlanChange(changing.Act.SET, uid, field=field, value=value)
    changing.change_plan(house("manager"), project="SITE", changes=(change,))


@pytest.fixture
def crowded(day: House) -> int:
    """Max, who builds for five days, is to write texts on the middle one; Ann is free. The id of the texts."""
    manager = day("manager")
    commands.add_resource(manager, project="SITE", name="Ann Other")
    added = commands.add_task(
        manager, project="SITE", name="Texts", duration="1d", start_no_earlier_than=datetime(2026, 3, 9, 8)
    )
    _type(day, added.task_id, "people", "Max Member")
    return int(added.task_id)


def test_too_much_work_goes_to_somebody_free_or_waits(day: House, crowded: int, ids: dict[str, int]) -> None:
    (fault,) = plan_faults(day("member"), project="SITE").items
    assert fault.text == "Max Member has more work than time on Mon, Mar 9, up to 200 %."
    assert (fault.who, {fault.name, *(name for _, name in fault.tasks)}) == ("Max Member", {"Build", "Texts"})
    texts = {one.text: one for one in repairs(day("manager"), task=crowded)}
    instead = texts["Give it to Ann Other instead of Max Member"]
    wait = texts["Begin it when Max Member is free, after Wed, Mar 11"]
    assert (instead.finish_days, wait.finish_days) == (0, 1)
    build = {one.text: one for one in repairs(day("manager"), task=ids["Build"])}
    pause = build["Pause it while Max Member does 'Texts'"]
    assert pause.finish_days == 1
    _carry_out(day, instead)
    assert _kinds(day) == []
    assert queries.task(day("manager"), task=crowded).resources == "Ann Other"


def test_a_pause_mends_it_too(day: House, crowded: int, ids: dict[str, int]) -> None:
    build = {one.text: one for one in repairs(day("manager"), task=ids["Build"])}
    _carry_out(day, build["Pause it while Max Member does 'Texts'"])
    assert _kinds(day) == []
    assert queries.task(day("manager"), task=ids["Build"]).finish == datetime(2026, 3, 12, 17)


def test_part_time_people_may_give_more(day: House, ids: dict[str, int]) -> None:
    _type(day, ids["Build"], "people", "Max Member [50%]")
    (found,) = repairs(day("manager"), task=ids["Build"])
    assert found.text == "Give Max Member 100% of their time to it, instead of 50%"
    assert found.finish_days == -5
    _carry_out(day, found)
    assert queries.task(day("manager"), task=ids["Build"]).finish == datetime(2026, 3, 11, 17)


def test_a_late_task_is_mended_by_what_stands_before_it(day: House, ids: dict[str, int]) -> None:
    manager = day("manager")
    commands.edit_task(
        manager, task=ids["Build"], constraint=ConstraintType.SNET, constraint_date=datetime(2026, 3, 9, 8)
    )
    commands.edit_task(manager, task=ids["Go-live"], deadline=datetime(2026, 3, 12, 17))
    (found,) = repairs(manager, task=ids["Go-live"])
    assert found.text == "'Build': Take away 'start no earlier than Mon, Mar 9'"
    assert found.mends == ("'Go-live' finishes Fri, Mar 13, after its deadline Thu, Mar 12.",)
    assert (found.finish, found.finish_days) == (datetime(2026, 3, 11, 17), -2)
    _carry_out(day, found)
    assert _kinds(day) == []


def test_repairs_are_for_who_may_change_the_plan(charted: House, ids: dict[str, int]) -> None:
    with pytest.raises(Denied):
        repairs(charted("member"), task=ids["Build"])
    for who in ("client", "stranger"):
        for asked in (repairs, task_faults):
            with pytest.raises(NotFound):
                asked(charted(who), task=ids["Build"])
        with pytest.raises((NotFound, Denied)):
            plan_faults(charted(who), project="SITE")


def test_trying_repairs_stores_nothing(day: House, crowded: int, ids: dict[str, int]) -> None:
    manager = day("manager")
    before = queries.summary(manager, project="SITE").version
    assert repairs(manager, task=ids["Build"])
    assert queries.summary(manager, project="SITE").version == before
    assert queries.task(manager, task=ids["Build"]).finish == datetime(2026, 3, 11, 17)


def test_the_database_is_asked_the_same_however_many_tasks(charted: House, ids: dict[str, int]) -> None:
    manager, counts = charted("manager"), set()
    for number in range(3):
        faults.forget()
        keeping.forget()
        with CaptureQueriesContext(connection) as sent:
            plan_faults(manager, project="SITE")
        with CaptureQueriesContext(connection) as tried:
            repairs(manager, task=ids["Build"])
        counts.add((len(sent), len(tried)))
        for place in range(3):
            commands.add_task(manager, project="SITE", name=f"More {number}.{place}", milestone=True)
    assert len(counts) == 1

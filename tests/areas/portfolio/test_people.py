"""People over capacity over all projects: one person in several plans, and what of it each reader is told."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from headway.areas.desk import commands as desk_commands
from headway.areas.desk import queries as desk
from headway.areas.portfolio import people, queries
from headway.areas.portfolio.computing import compute, keep
from headway.areas.portfolio.types import OverCapacity, Sort
from headway.areas.projects import commands as projects
from headway.areas.projects.lines import lines_inside
from headway.areas.projects.types import Stage
from headway.areas.schedule import commands as plan
from headway.areas.schedule.queries import resources
from headway.kernel.context import Context
from headway.kernel.errors import Denied
from tests.areas.portfolio.conftest import House, client_id, person_id

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 3, 2)
WORKING_DAYS = 10


def _busy(ctx: Context, key: str, person: int | None, units: str, *, name: str = "Mia Member") -> None:
    """A task of four weeks from today on which this person works with so many units."""
    task = plan.add_task(
        ctx, project=key, name="Work", duration="4w", start_no_earlier_than=datetime.combine(MONDAY, time(8))
    )
    plan.add_resource(ctx, project=key, name=name, person=person)
    resource = next(row for row in resources(ctx, project=key) if row.name == name)
    plan.assign(ctx, task=task.task_id, resource=resource.id, units=Decimal(units))


def _keep(house: House) -> None:
    """Every project's standing, as the job keeps it, on the house's day."""
    ctx = house("senior_reader")
    for line in lines_inside(ctx):
        keep(line, compute(ctx, line, past={}))


@pytest.fixture
def three(site: House) -> House:
    """The member works on SITE with 60 %, on SHOP with 50 %, and on a stranger's RIVAL with 30 %."""
    manager, stranger = site("manager"), site("stranger")
    plan.start_plan(manager, project="SHOP", start=MONDAY)
    plan.start_plan(stranger, project="RIVAL", start=MONDAY)
    member = person_id(site, "member")
    _busy(manager, "SITE", member, "0.6")
    _busy(manager, "SHOP", member, "0.5")
    _busy(stranger, "RIVAL", member, "0.3", name="Mia M.")
    _keep(site)
    return site


def _in(ctx: Context, key: str) -> tuple[OverCapacity, ...]:
    figures = queries.standing(ctx, project=key).figures
    assert figures is not None
    return figures.over_capacity


def test_who_fits_into_each_project_and_not_into_all_is_over_capacity(three: House) -> None:
    (one,) = _in(three("manager"), "SITE")
    assert (one.name, one.percent, one.here) == ("Mia Member", Decimal(140), Decimal(60))
    assert one.elsewhere == ("SHOP",)
    assert one.days[0] == date(2026, 3, 3)
    assert len(one.days) == WORKING_DAYS


def test_of_projects_one_may_not_see_only_the_amount_is_told(three: House) -> None:
    (mine,) = people.people_over(three("manager"))
    assert [(share.key, share.percent) for share in mine.shares] == [("SITE", Decimal(60)), ("SHOP", Decimal(50))]
    assert mine.hidden == Decimal(30)
    (theirs,) = people.people_over(three("stranger"))
    assert (mine.name, theirs.name) == ("Mia Member", "Mia M.")  # each as a plan calls them that one may see
    assert [one.name for one in _in(three("stranger"), "RIVAL")] == ["Mia M."]
    assert [share.key for share in theirs.shares] == ["RIVAL"]
    assert theirs.hidden == Decimal(110)
    assert "SITE" not in repr(_in(three("stranger"), "RIVAL"))
    (everything,) = people.people_over(three("senior_reader"))
    assert (len(everything.shares), everything.hidden) == (3, 0)


def test_clients_are_refused_and_who_works_on_nothing_of_it_sees_nobody(three: House) -> None:
    with pytest.raises(Denied):
        people.people_over(three("client"))
    projects.create(
        three("stranger"), key="QUIET", name="Quiet", client=client_id(three, "Rival"), currency="EUR", time_zone="UTC"
    )
    assert _in(three("stranger"), "QUIET") == ()


def test_the_portfolio_counts_people_once_and_orders_by_them(three: House) -> None:
    found = queries.standings(three("manager"), sort=Sort.PEOPLE)
    assert (found.whole.over_capacity, found.whole.people_over) == (2, 1)
    assert {row.key for row in found.items if row.figures and row.figures.over_capacity} == {"SITE", "SHOP"}


def test_who_is_called_otherwise_in_each_plan_is_one_person(three: House) -> None:
    whole = queries.standings(three("senior_reader")).whole
    assert (whole.over_capacity, whole.people_over) == (3, 1)


def test_a_closed_project_asks_for_nobody(three: House) -> None:
    ctx = three("stranger")
    for stage in (Stage.PLANNING, Stage.DELIVERY, Stage.CLOSED):
        projects.set_stage(ctx, project="RIVAL", stage=stage)
    assert _in(ctx, "RIVAL") == ()  # computed just now, and not kept yet
    _keep(three)
    (one,) = people.people_over(three("manager"))
    assert (one.percent, one.hidden) == (Decimal(110), 0)


def test_who_is_over_capacity_is_kept_until_something_it_stands_on_changes(three: House) -> None:
    manager = three("manager")
    (before,) = people.over_capacity(manager.but())
    with CaptureQueriesContext(connection) as asked:
        people.over_capacity(manager.but())
    assert len(asked) == 1, "only whether a standing was written since"
    plan.add_resource(manager, project="SITE", name="Contractor")
    contractor = next(row for row in resources(manager, project="SITE") if row.name == "Contractor")
    task = plan.add_task(
        manager, project="SITE", name="More", duration="4w", start_no_earlier_than=datetime.combine(MONDAY, time(8))
    )
    plan.assign(manager, task=task.task_id, resource=contractor.id, units=Decimal(2))
    _keep(three)
    assert len(people.over_capacity(manager.but())) == 2
    tomorrow = manager.but(now=manager.now + timedelta(days=1))
    known = next(one for one in people.over_capacity(tomorrow) if one.person_id == before.person_id)
    assert known.load.over_days[0] == before.load.over_days[0] + timedelta(days=1)


def test_resources_that_are_nobody_yet_count_in_their_own_plan_alone(site: House) -> None:
    manager = site("manager")
    plan.start_plan(manager, project="SHOP", start=MONDAY)
    _busy(manager, "SITE", None, "0.7", name="Ben")
    _busy(manager, "SHOP", None, "0.7", name="Ben")
    assert people.people_over(manager) == ()


def test_a_leaders_desk_says_who_has_more_work_than_time_and_where_it_comes_from(three: House) -> None:
    line = next(
        line for group in desk.show(three("manager")).groups for line in group.lines if line.key.startswith("load:")
    )
    assert line.what == "Mia Member has more work than time"
    assert line.reason == (
        "140 % planned in the next two weeks, over on 10 days, through SITE, SHOP and projects you do not see"
    )
    assert [(item.figure, item.value) for item in line.evidence] == [
        ("SITE", "60 %"),
        ("SHOP", "50 %"),
        ("Other projects", "30 %"),
    ]
    assert not [
        line for group in desk.show(three("member")).groups for line in group.lines if line.key.startswith("load:")
    ]


def test_a_line_about_a_resource_with_a_long_name_can_be_set_aside(site: House) -> None:
    manager = site("manager")
    _busy(manager, "SITE", None, "1.5", name="Contractor-" * 20)
    _keep(site)
    (key,) = (line.key for group in desk.show(manager).groups for line in group.lines if line.key.startswith("load:"))
    assert len(key) <= 120
    desk_commands.snooze(manager, key=key, until=MONDAY + timedelta(days=1))
    assert [line.key for line in desk.show(manager).snoozed] == [key]


def test_it_is_asked_as_often_for_many_projects(three: House) -> None:
    manager = three("manager")

    def asked() -> int:
        with CaptureQueriesContext(connection) as sent:
            people.people_over(manager)
        return len(sent)

    few = asked()
    for place in range(6):
        key = f"P{place}"
        projects.create(manager, key=key, name=key, client=client_id(three, "Acme"), currency="EUR", time_zone="UTC")
        plan.start_plan(manager, project=key, start=MONDAY)
        _busy(manager, key, person_id(three, "member"), "0.1")
    _keep(three)
    assert asked() == few

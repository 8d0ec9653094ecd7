"""Saved views, the timeline and the accounts of clients through their doors."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from headway.areas.people import commands as people
from headway.areas.portfolio import accounts, commands, queries
from headway.areas.portfolio.types import Health, Sharing
from headway.areas.projects import commands as projects
from headway.areas.schedule import commands as plan
from headway.kernel.errors import Denied, Invalid, NotFound
from tests.areas.portfolio.conftest import House, client_id, person_id

pytestmark = pytest.mark.django_db

LATE = {"sort": "slip", "columns": ["slip", "finish"], "health": "red"}


def test_a_view_of_ones_own_is_kept_replaced_and_opened_first(site: House) -> None:
    ctx = site("manager")
    first = commands.save_view(ctx, name="Late", settings=LATE, default=True)
    again = commands.save_view(ctx, name="Late", settings={"sort": "name"})
    assert (again.id, again.settings, again.default, again.mine) == (first.id, {"sort": "name"}, True, True)
    assert queries.views(site("associate")) == ()
    commands.open_with(ctx, view=None)
    assert not queries.views(ctx)[0].default


def test_a_view_is_shared_with_everyone_or_a_team_of_ones_own(site: House) -> None:
    ctx = site("manager")
    view = commands.save_view(ctx, name="Late", settings=LATE).id
    commands.share_view(ctx, view=view, sharing=Sharing.EVERYONE)
    assert [(row.name, row.mine, row.owner) for row in queries.views(site("stranger"))] == [
        ("Late", False, "Mona Manager")
    ]
    crew = people.set_team(
        site("administrator"), name="Crew", members=(person_id(site, "manager"), person_id(site, "member"))
    ).id
    commands.share_view(ctx, view=view, sharing=Sharing.TEAM, team=crew)
    assert queries.views(site("stranger")) == ()
    assert [row.team for row in queries.views(site("member"))] == ["Crew"]
    with pytest.raises(Invalid):
        commands.share_view(ctx, view=view, sharing=Sharing.TEAM)


def test_a_view_is_changed_by_whoever_made_it_alone(site: House) -> None:
    view = commands.save_view(site("manager"), name="Late", settings=LATE).id
    with pytest.raises(NotFound):
        commands.remove_view(site("member"), view=view)
    commands.share_view(site("manager"), view=view, sharing=Sharing.EVERYONE)
    with pytest.raises(Denied):
        commands.remove_view(site("member"), view=view)
    commands.open_with(site("member"), view=view)
    commands.remove_view(site("manager"), view=view)
    assert queries.views(site("member")) == ()


@pytest.mark.parametrize(
    "settings",
    [
        {"sort": "colour"},
        {"columns": "slip"},
        {"columns": ["nothing"]},
        {"columns": []},
        {"colour": "red"},
        {"q": 5},
        {"q": "x" * 201},
    ],
)
def test_settings_that_no_page_could_show_are_refused(site: House, settings: dict[str, object]) -> None:
    with pytest.raises(Invalid):
        commands.save_view(site("manager"), name="Odd", settings=settings)


def test_the_timeline_holds_milestones_with_their_baseline(site: House) -> None:
    ctx = site("manager")
    plan.add_task(ctx, project="SITE", name="Go live", milestone=True)
    plan.set_baseline(ctx, project="SITE", name="With a milestone")
    found = queries.timeline(ctx, first=date(2026, 1, 1), last=date(2026, 12, 31))
    rows = {row.key: row for row in found.rows}
    assert [mark.name for mark in rows["SITE"].milestones] == ["Go live"]
    mark = rows["SITE"].milestones[0]
    assert (mark.baseline, mark.late_days, mark.reached) == (mark.on, 0, False)
    assert rows["SHOP"].milestones == ()
    assert rows["SHOP"].finish == date(2026, 3, 27)
    assert queries.timeline(ctx, first=date(2020, 1, 1), last=date(2020, 1, 31)).rows[1].milestones == ()
    with pytest.raises(Invalid):
        queries.timeline(ctx, first=date(2026, 1, 2), last=date(2026, 1, 1))


def test_an_account_is_a_client_over_the_projects_one_works_on(site: House) -> None:
    ctx, acme = site("manager"), client_id(site, "Acme")
    row = accounts.accounts(ctx)[0]
    assert (row.name, row.projects, row.running, row.health, row.red) == ("Acme", 2, 2, Health.RED, 1)
    assert (row.spent, row.budget) == (Decimal(268), Decimal(400))
    assert accounts.accounts(site("member"))[0].spent is None
    assert [item.name for item in accounts.accounts(site("stranger"))] == ["Rival"]
    cleo = person_id(site, "client")
    projects.add_issue(ctx, project="SITE", title="Content missing", owner=cleo, due=date(2026, 3, 1))
    projects.add_decision(ctx, project="SHOP", question="Which bank?", owner=cleo)
    projects.add_decision(ctx, project="SHOP", question="Ours?", owner=person_id(site, "manager"))
    found = accounts.account(ctx, organisation=acme)
    assert [person.name for person in found.theirs] == ["Cleo Client"]
    assert found.theirs[0].roles == ("client of Site build", "client of Shop launch")
    assert "Mona Manager" in [person.name for person in found.ours]
    assert [item.title for item in found.open_with_them] == ["Content missing", "Which bank?"]
    assert {item.key for item in found.standings} == {"SITE", "SHOP"}


def test_an_account_shows_nothing_of_projects_one_does_not_work_on(site: House) -> None:
    found = accounts.account(site("stranger"), organisation=client_id(site, "Acme"))
    assert (found.summary, found.standings, found.ours, found.documents, found.mails) == (None, (), (), (), ())
    with pytest.raises(NotFound):
        accounts.account(site("manager"), organisation=10**9)
    with pytest.raises(Denied):
        accounts.accounts(site("client"))

"""Programmes: who sees and changes them, what they hold; plans and milestones of many projects side by side."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from headway.areas.portfolio import across
from headway.areas.portfolio import queries as portfolio
from headway.areas.portfolio.types import Group
from headway.areas.programme import commands, queries
from headway.kernel.errors import Conflict, Denied, Invalid, NotFound
from tests.areas.programme.conftest import House


def _programme(house: House, *keys: str, name: str = "One front door") -> int:
    made = commands.add_programme(house("manager"), name=name, objective="One place.")
    for key in keys:
        commands.add_project(house("manager"), programme=made.id, project=key)
    return made.id


def test_a_programme_is_its_makers_and_its_name_is_given_once(tied: House) -> None:
    made = commands.add_programme(tied("manager"), name="One front door")
    assert (made.owner, made.may_change) == ("Mona Manager", True)
    with pytest.raises(Conflict, match="There is a programme 'one FRONT door' already"):
        commands.add_programme(tied("associate"), name="one FRONT door")


def test_people_see_a_programme_by_its_projects_and_in_it_only_theirs(tied: House, ids: dict[str, int]) -> None:
    commands.wait_for(tied("manager"), task=ids["Build"], waits_for=ids["Go-live"])
    made = _programme(tied, "CRM", "SITE")
    whole = queries.programme(tied("manager"), programme=made)
    assert [row.key for row in whole.projects] == ["CRM", "SITE"]
    assert [(link.before.words, link.after.words) for link in whole.links] == [("Go-live (CRM)", "Build (SITE)")]
    part = queries.programme(tied("member"), programme=made)
    assert [row.key for row in part.projects] == ["SITE"]
    assert part.links == ()
    assert queries.programmes(tied("stranger")).items == ()
    with pytest.raises(NotFound):
        queries.programme(tied("stranger"), programme=made)
    with pytest.raises(Denied):
        queries.programmes(tied("client"))


def test_only_its_owner_its_maker_and_administrators_change_it(tied: House) -> None:
    made = _programme(tied, "SITE")
    with pytest.raises(Denied):
        commands.edit_programme(tied("associate"), programme=made, name="Mine now")
    changed = commands.edit_programme(tied("administrator"), programme=made, objective="Another aim.")
    assert changed.objective == "Another aim."
    with pytest.raises(NotFound):
        commands.add_project(tied("manager"), programme=made, project="RIVAL")


def test_a_project_is_in_a_programme_once_and_may_be_in_several(tied: House) -> None:
    made, other = _programme(tied, "SITE"), _programme(tied, "SITE", "SHOP", name="Another aim")
    commands.add_project(tied("manager"), programme=made, project="SITE")
    rows = {row.id: row.projects for row in queries.programmes(tied("manager")).items}
    assert rows == {made: ("SITE",), other: ("SHOP", "SITE")}
    commands.remove_project(tied("manager"), programme=made, project="SITE")
    commands.remove_programme(tied("manager"), programme=other)
    assert [row.projects for row in queries.programmes(tied("manager")).items] == [()]


def test_programmes_come_a_page_at_a_time_in_as_many_queries_for_few_as_for_many(
    tied: House, django_assert_num_queries: Any
) -> None:
    for name in ("Alpha", "Beta", "Gamma"):
        _programme(tied, "SITE", "CRM", name=name)
    first = queries.programmes(tied("manager"), limit=2)
    assert [row.name for row in first.items] == ["Alpha", "Beta"]
    last = queries.programmes(tied("manager"), limit=2, cursor=first.next)
    assert ([row.name for row in last.items], last.next) == (["Gamma"], "")
    assert list(queries.programme_names(tied("manager")).values()) == ["Alpha", "Beta", "Gamma"]
    with CaptureQueriesContext(connection) as few:
        queries.programmes(tied("manager"), limit=1)
    with django_assert_num_queries(len(few)):
        queries.programmes(tied("manager"), limit=3)


def test_the_portfolio_is_narrowed_and_grouped_by_programme(tied: House) -> None:
    made = _programme(tied, "SITE", "CRM")
    _programme(tied, "SITE", name="Another aim")
    found = portfolio.standings(tied("manager"), programme=made)
    assert [row.key for row in found.items] == ["CRM", "SITE"]
    grouped = portfolio.standings(tied("manager"), group=Group.PROGRAMME)
    assert [(group.name, group.projects) for group in grouped.groups] == [
        ("Another aim and One front door", 1),
        ("One front door", 1),
        ("Without a programme", 1),
    ]
    assert portfolio.standings(tied("stranger"), programme=made).items == ()  # unseen, it holds nothing


def test_the_path_to_the_last_finish_goes_through_the_plans_that_wait(tied: House, ids: dict[str, int]) -> None:
    commands.wait_for(tied("manager"), task=ids["Build"], waits_for=ids["Go-live"])
    found = across.gantt(tied("manager"), opened=["CRM", "SITE"], level=1)
    assert found.path == (("CRM", "Configure"), ("CRM", "Go-live"), ("SITE", "Build"), ("SITE", "Launch"))
    assert [(link.words, link.driving) for link in found.links] == [("Build (SITE) waits for Go-live (CRM)", True)]
    rows = {project.key: [(row.name, row.driving) for row in project.tasks] for project in found.projects}
    assert rows["CRM"] == [("Configure", True), ("Go-live", True)]
    assert rows["SITE"] == [("Build", True), ("Launch", True), ("Go-live (CRM)", False)]
    assert rows["SHOP"] == []


def test_the_gantt_shows_what_one_may_see_and_no_name_of_the_rest(tied: House, ids: dict[str, int]) -> None:
    commands.wait_for(tied("manager"), task=ids["Build"], waits_for=ids["Go-live"])
    found = across.gantt(tied("member"), opened=["CRM", "SITE"], level=1)
    assert [project.key for project in found.projects] == ["SITE"]
    assert [row.name for row in found.projects[0].tasks] == ["Build", "Launch", "a task of another project"]
    assert found.links == ()
    with pytest.raises(Invalid):
        across.gantt(tied("member"), level=0)


def test_milestones_of_all_projects_by_day(tied: House) -> None:
    found = across.milestones(tied("manager"), first=date(2026, 3, 1), last=date(2026, 3, 31))
    assert [(row.on, row.key, row.name) for row in found.items] == [
        (date(2026, 3, 3), "SITE", "Launch"),
        (date(2026, 3, 13), "CRM", "Go-live"),
    ]
    with pytest.raises(Invalid):
        across.milestones(tied("manager"), first=date(2026, 3, 2), last=date(2026, 3, 1))

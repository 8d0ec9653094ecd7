"""Starred and recent projects of a person."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from headway.areas.people.queries import person_of_user
from headway.areas.people.types import Role
from headway.areas.projects import commands, queries
from headway.areas.projects.types import Charter
from headway.kernel.context import Context
from headway.kernel.errors import NotFound
from headway.kernel.models import AuditEntry

House = Callable[[str], Context]
pytestmark = pytest.mark.django_db


def _open(ctx: Context, key: str, minute: int) -> None:
    project = queries.charter(ctx, project=key)
    commands.note_opened(ctx.but(now=ctx.now + timedelta(minutes=minute)), project.id)


def test_starred_projects_stand_before_recent_ones(house: House, site: Charter) -> None:
    manager = house("manager")
    for key in ("BETA", "ALPHA", "GAMMA"):
        commands.create(manager, key=key, name=key.title())
    for minute, key in enumerate(("ALPHA", "GAMMA", "SITE", "ALPHA")):
        _open(manager, key, minute)
    commands.star(manager, project="GAMMA")
    commands.star(manager, project="BETA")
    found = queries.mine_short(manager)
    assert [(row.key, row.starred) for row in found] == [
        ("BETA", True),
        ("GAMMA", True),
        ("ALPHA", False),
        ("SITE", False),
    ]
    assert len(queries.mine_short(manager, limit=3)) == 3
    commands.unstar(manager, project="GAMMA")
    assert not queries.is_starred(manager, project="GAMMA")
    assert queries.is_starred(manager, project="BETA")


def test_at_hand_is_ones_own_and_only_what_one_still_sees(house: House, site: Charter) -> None:
    member = house("member")
    commands.star(member, project="SITE")
    assert queries.mine_short(house("manager")) == ()
    person = person_of_user(member.actor.user_id)
    commands.remove_member(house("manager"), project="SITE", person=person, role=Role.MEMBER)
    assert queries.mine_short(house("member")) == ()
    with pytest.raises(NotFound):
        commands.star(house("member"), project="SITE")


def test_a_star_is_not_a_change_of_the_project(house: House, site: Charter) -> None:
    before, _ = queries.change_mark(house("manager"), "SITE")
    commands.star(house("member"), project="SITE")
    assert queries.change_mark(house("manager"), "SITE")[0] == before


def test_reading_on_in_one_project_writes_nothing(house: House, site: Charter) -> None:
    manager = house("manager")
    _open(manager, "SITE", 0)
    entries = AuditEntry.objects.count()
    with CaptureQueriesContext(connection) as asked:
        commands.note_opened(manager, site.id)
    assert not [item for item in asked if item["sql"].startswith(("INSERT", "UPDATE"))]
    assert AuditEntry.objects.count() == entries

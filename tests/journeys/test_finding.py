"""Search as a use case: rows with their project, kinds, and the limit."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from headway.areas.people.types import Role
from headway.areas.projects import commands as projects
from headway.journeys.finding import FoundKind, find
from headway.kernel.context import Context
from headway.kernel.errors import Invalid
from tests.interfaces.web.conftest import person_id

pytestmark = pytest.mark.django_db
House = Callable[[str], Context]


@pytest.fixture
def site(house: House) -> House:
    manager = house("manager")
    projects.create(manager, key="SITE", name="Kestrel site")
    projects.set_member(manager, project="SITE", person=person_id(house, "client"), role=Role.CLIENT)
    for number in range(12):
        projects.add_issue(manager, project="SITE", title=f"Kestrel {number}", description="It is down")
    projects.add_risk(manager, project="SITE", title="Late", cause="A Kestrel nests here", probability=2, impact=2)
    return house


def test_a_hit_says_what_where_and_why(site: House) -> None:
    (risk,) = find(site("manager"), text="kestrel", kinds=(FoundKind.RISK,))
    assert (risk.kind, risk.record, risk.title) == (FoundKind.RISK, "projects.Risk", "RISK-1 Late")
    assert (risk.project_key, risk.project_name) == ("SITE", "Kestrel site")
    ((place, length),) = risk.snippet_marks
    assert risk.snippet[place : place + length] == "Kestrel"


def test_a_client_finds_his_project_alone(site: House) -> None:
    assert [row.kind for row in find(site("client"), text="kestrel")] == [FoundKind.PROJECT]
    assert find(site("stranger"), text="kestrel") == ()


def test_the_limit_holds(site: House) -> None:
    assert len(find(site("manager"), text="kestrel", limit=3)) == 3
    for limit in (0, 101):
        with pytest.raises(Invalid, match="1 to 100"):
            find(site("manager"), text="kestrel", limit=limit)

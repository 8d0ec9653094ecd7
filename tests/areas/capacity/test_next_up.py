"""The one thing to do next: the weightiest that nothing holds up."""

from __future__ import annotations

from datetime import datetime

import pytest

from headway.areas.capacity.next_up import next_task, next_up
from headway.areas.schedule import commands as plan
from headway.areas.schedule.types import LinkKind
from tests.areas.capacity.conftest import House, busy, person_id

pytestmark = pytest.mark.django_db


@pytest.fixture
def chained(site: House) -> tuple[int, int]:
    """Two tasks of the member that should be done by now, the second after the first."""
    manager, member = site("manager"), person_id(site, "member")
    first = busy(manager, "SITE", member, "1", task="Draw", duration="1d", at=datetime(2026, 2, 2, 8))
    second = busy(manager, "SITE", member, "1", task="Build it", duration="1d", at=datetime(2026, 2, 2, 8))
    plan.link_tasks(manager, predecessor=first, successor=second)
    return first, second


def test_a_task_that_waits_for_another_is_not_next(site: House, chained: tuple[int, int]) -> None:
    member = site("member")
    found = next_task(member.but())
    assert found is not None
    assert (found.what, found.record_id, found.project_key) == ("Draw", chained[0], "SITE")
    assert found.because
    plan.set_progress(site("manager"), task=chained[0], percent_complete=100)
    after = next_task(member.but())
    assert after is not None
    assert after.what == "Build it"


def test_a_link_between_starts_holds_until_the_first_has_begun(site: House, chained: tuple[int, int]) -> None:
    manager, member = site("manager"), site("member")
    plan.link_tasks(manager, predecessor=chained[0], successor=chained[1], kind=LinkKind.SS)
    plan.set_progress(manager, task=chained[0], percent_complete=100)
    found = next_up(member.but())
    assert found is not None
    assert found.what == "Build it"


def test_nothing_is_next_for_whom_nothing_waits(site: House) -> None:
    assert next_task(site("approver")) is None

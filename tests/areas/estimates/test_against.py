"""An approved estimate beside what was worked: every hour stands once, by line, phase and role, or outside."""

from __future__ import annotations

from datetime import date

import pytest

from headway.areas.estimates import queries
from headway.areas.estimates.against import NO_PHASE, NO_ROLE, OF_PHASE, against_actual
from headway.areas.hours import commands as hours
from headway.areas.schedule import commands as plan
from headway.kernel.errors import Denied, NotFound
from tests.areas.estimates.conftest import D, House, approved, finished, written

pytestmark = pytest.mark.django_db
DAY = date(2026, 2, 27)


def _worked(site: House) -> None:
    """4 h each: on a line, on a phase itself, on a row of the plan, on no phase at all."""
    manager = site("manager")
    extra = plan.add_task(manager, project="SITE", name="A film", duration="2d").task_id
    hours.log(manager, project="SITE", day=DAY, hours=D(4), phase="concept", role="Designer")
    hours.log(manager, project="SITE", day=DAY, hours=D(4), phase="Design", role="designer")
    hours.log(manager, project="SITE", day=DAY, hours=D(4), task=extra, role="Developer")
    hours.log(manager, project="SITE", day=date(2026, 2, 28), hours=D(4))


def test_every_hour_stands_once(site: House) -> None:
    found = approved(site)
    _worked(site)
    against = against_actual(site("manager"), project="SITE")
    assert [(one.number, one.name, one.estimated, one.worked) for one in against.lines] == [
        ("1", "Design", 23, 8),
        ("", OF_PHASE, None, 4),
        ("1.1", "Concept", 16, 4),
        ("1.2", "Prototype", 7, 0),
        ("2", "Build", 32, 0),
        ("2.1", "Templates", 32, 0),
    ]
    assert {(one.name, one.worked) for one in against.outside} == {("A film", D(4)), (NO_PHASE, D(4))}
    assert (against.whole.estimated, against.whole.worked, against.inside) == (55, 16, 8)
    assert against.whole.over == -39
    roles = {one.name: (one.estimated, one.worked) for one in against.roles}
    assert roles == {"Designer": (16, 8), "Developer": (39, 4), NO_ROLE: (None, 4)}
    shown = queries.show_estimate(site("manager"), estimate=found.row.id)
    assert against.whole.estimated == shown.hours.mean
    assert against.whole.worked == shown.worked
    assert shown.money is not None
    assert against.whole.amount == shown.money.mean
    phases = {one.name: one.worked for one in shown.phases}
    assert phases == {"Design": 8, "Build": None}
    assert against.whole.value == D(4) * 110 + D(4) * 110 + D(4) * 120  # nobody's role has no rate


def test_hours_count_to_a_day(site: House) -> None:
    approved(site)
    _worked(site)
    assert against_actual(site("manager"), project="SITE", until=DAY).whole.worked == 12


def test_without_an_approved_estimate_all_hours_stand_outside(site: House) -> None:
    written(site("manager"))
    _worked(site)
    against = against_actual(site("manager"), project="SITE")
    assert (against.estimate, against.lines, against.inside) == (None, (), 0)
    assert sum(one.worked for one in against.outside) == 16


def test_members_do_not_read_it_and_strangers_find_nothing(site: House) -> None:
    approved(site)
    with pytest.raises(Denied):
        against_actual(site("member"), project="SITE")
    with pytest.raises((Denied, NotFound)):
        against_actual(site("client"), project="SITE")
    assert against_actual(site("approver"), project="SITE").whole.value is None


def test_all_finished_projects_are_those_beside_an_estimate(site: House) -> None:
    finished(site, "ONE", {("Design", "Designer"): 24, ("Build", "Developer"): 40})
    manager = site("manager")
    came = queries.finished(manager)
    assert came == queries.comparison(manager, project="SITE")
    assert came.whole is not None
    against = against_actual(manager, project="ONE")
    assert (against.closed, against.whole.estimated, against.whole.worked) == (True, 55, 64)
    assert (against.whole.worked / (against.whole.estimated or 1)) == came.whole.factor

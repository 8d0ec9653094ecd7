"""A task as it was on a day, on its page: what differs, the effect of bringing it back, and bringing it back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from headway.areas.schedule import changing
from headway.areas.schedule import queries as plans
from headway.areas.schedule.acts import Act, PlanChange
from headway.areas.schedule.types import TaskRow
from headway.kernel.context import Context
from tests.conftest import NOW
from tests.interfaces.web.conftest import House, Signed

pytestmark = pytest.mark.django_db
WEDNESDAY = NOW + timedelta(days=2)


def first(ctx: Context) -> TaskRow:
    return next(row for row in plans.tasks(ctx, project="SITE").items if not row.summary)


@pytest.fixture
def task(planned: House, monkeypatch: pytest.MonkeyPatch) -> int:
    """The first task, which got another name and length on Wednesday; it is Thursday now."""
    later = planned("manager").but(now=WEDNESDAY)
    uid = first(later).uid
    for field, value in (("name", "<b>Renamed</b>"), ("duration", "9d")):
        changing.change_plan(later, project="SITE", changes=(PlanChange(Act.SET, task=uid, field=field, value=value),))
    monkeypatch.setenv("HEADWAY_NOW", (WEDNESDAY + timedelta(days=1)).isoformat())
    return first(later).id


def test_it_shows_what_was_otherwise_and_brings_it_back(planned: House, signed: Signed, task: int) -> None:
    client = signed("manager")
    address = f"/projects/SITE/plan/tasks/{task}/then/?day=2026-03-03"
    assert "/then/" in client.get(f"/projects/SITE/plan/tasks/{task}/").content.decode()
    page = client.get(address).content.decode()
    assert "&lt;b&gt;Renamed&lt;/b&gt;" in page
    assert "9 d" in page
    tried = client.post(address, {"field": ["duration"], "try": "1"}).content.decode()
    assert "Nothing is changed yet." in tried
    assert "working days earlier" in tried
    assert first(planned("manager")).duration == "9 d"
    assert client.post(address, {"field": ["name", "duration"]}).status_code == 302
    assert first(planned("manager")).duration == "2 d"
    assert "Nothing was otherwise then." in client.get(address).content.decode()


def test_nothing_chosen_and_a_day_before_all_are_said(planned: House, signed: Signed, task: int) -> None:
    client = signed("manager")
    address = f"/projects/SITE/plan/tasks/{task}/then/"
    refused = client.post(f"{address}?day=2026-03-03", {})
    assert refused.status_code == 422
    assert "Choose what to bring back first." in refused.content.decode()
    assert "not known" in client.get(f"{address}?day=2026-01-01").content.decode()
    assert client.get(f"{address}?day=nonsense").status_code == 200


def test_who_may_not_edit_looks_and_people_outside_find_nothing(signed: Signed, task: int) -> None:
    address = f"/projects/SITE/plan/tasks/{task}/then/?day=2026-03-03"
    assert "Bring the chosen back" not in signed("member").get(address).content.decode()
    assert signed("member").post(address, {"field": ["name"]}).status_code == 403
    for who in ("client", "guest", "stranger"):
        assert signed(who).get(address).status_code == 404
        assert signed(who).post(address, {"field": ["name"]}).status_code == 404

"""Plan files into a project: the dates that are taken are those of this release, whoever computed the preview."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from headway.areas.projects import commands as projects
from headway.areas.projects.types import ImportState
from headway.areas.schedule import queries as plans
from headway.engine import plan as engine
from headway.engine.cpm import schedule as compute
from headway.engine.plan import PlanError
from headway.journeys import import_plan, imports
from headway.kernel.context import Context
from headway.kernel.errors import Conflict

House = Callable[[str], Context]
pytestmark = pytest.mark.django_db
FILE = Path(__file__).parents[1] / "data" / "plans" / "small.xml"


def _a_week_later(plan: engine.Plan) -> engine.Schedule:
    """The dates that other rules would have given."""
    start = plan.project.start
    assert start is not None
    return compute(replace(plan, project=replace(plan.project, start=start + timedelta(weeks=1))))


@pytest.fixture
def previewed(house: House, monkeypatch: pytest.MonkeyPatch) -> int:
    """A plan file that was previewed by another release."""
    projects.create(house("manager"), key="SITE", name="Acme web site")
    with monkeypatch.context() as other:
        other.setattr(import_plan, "__version__", "0.0")
        other.setattr(import_plan, "compute", _a_week_later)
        row = import_plan.preview_plan(
            house("manager"), project="SITE", path=FILE, file_id=1, file_name="small.xml", answers={}, mapping={}
        )
    return row.id


def test_dates_of_another_releases_preview_are_computed_anew(house: House, previewed: int) -> None:
    manager = house("manager")
    assert imports.apply(manager, batch=previewed).state is ImportState.APPLIED
    computed = compute(plans.plan_of(manager, project="SITE"))
    assert [task.finish for task in plans.schedule_of(manager, project="SITE")] == [
        task.finish for task in computed.tasks
    ]


def test_a_preview_that_these_rules_cannot_schedule_is_refused_in_words(
    house: House, previewed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuses(_: Any) -> Any:
        raise PlanError("The links run in a circle.")

    monkeypatch.setattr(import_plan, "compute", refuses)
    with pytest.raises(Conflict, match=r"cannot be scheduled: The links run in a circle\. Read the file again\."):
        imports.apply(house("manager"), batch=previewed)

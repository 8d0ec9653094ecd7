"""A project's plan as a file for other programs, written in the limited child process, with what it cannot carry."""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path
from typing import Any

from headway.areas.files.types import Download
from headway.areas.projects.queries import charter
from headway.areas.schedule.exporting import note_export
from headway.areas.schedule.queries import plan_of
from headway.documents.child import RENDER_LIMITS, ChildError, run
from headway.documents.exchange import FidelityRow, plan_as_json
from headway.engine.plan import Plan
from headway.kernel.access import may
from headway.kernel.context import Context
from headway.kernel.errors import Unavailable

_PLAN = "plan.json"


class PlanFormat(Enum):
    """What a plan is written as."""

    XML = "xml"
    XLSX = "xlsx"
    CSV = "csv"
    JSON = "json"


_MEDIA_TYPES = {
    PlanFormat.XML: "application/xml",
    PlanFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    PlanFormat.CSV: "text/csv",
    PlanFormat.JSON: "application/json",
}


@dataclass(frozen=True, slots=True)
class PlanFile:
    """The file, what became of every field of the plan in it, and of how many tasks."""

    file: Download
    fidelity: tuple[FidelityRow, ...]
    tasks: int


def plan_file(ctx: Context, *, project: Any, form: PlanFormat) -> PlanFile:
    """The plan as it is now, with its computed dates, to be taken away; the taking of it is noted.

    project  id or key. Costs and rates are in it for those alone who may read them.
    Raises Unavailable when the file could not be written.
    """
    made = tried(ctx, project=project, form=form)
    note_export(ctx, project=project, form=form.value, rows=made.tasks, pages=1)
    return made


def tried(ctx: Context, *, project: Any, form: PlanFormat) -> PlanFile:
    """The same to be looked at, for what the format cannot carry."""
    about = charter(ctx, project=project)
    plan = plan_of(ctx, project=about.id)
    if not may(ctx, "hours.read_costs", project_id=about.id):
        plan = without_costs(plan)
    return _written(plan, form, f"{about.key} plan {ctx.now.date().isoformat()}.{form.value}")


def without_costs(plan: Plan) -> Plan:
    """The plan without rates and amounts of money."""
    tasks = (
        replace(
            task,
            cost=None,
            actual_cost=None,
            fixed_cost=None,
            baselines=tuple(replace(item, cost=None, timephased_cost=()) for item in task.baselines),
        )
        for task in plan.tasks
    )
    resources = (replace(item, standard_rate=None, overtime_rate=None, cost_per_use=None) for item in plan.resources)
    assignments = (replace(item, cost=None, actual_cost=None) for item in plan.assignments)
    return replace(plan, tasks=tuple(tasks), resources=tuple(resources), assignments=tuple(assignments))


def _written(plan: Plan, form: PlanFormat, called: str) -> PlanFile:
    name = f"plan.{form.value}"
    with tempfile.TemporaryDirectory(prefix="headway-") as folder:
        stored = Path(folder) / _PLAN
        stored.write_text(json.dumps(plan_as_json(plan, compact=True), ensure_ascii=False), encoding="utf-8")
        payload = {"plan": _PLAN, "name": name}
        try:
            made = run(
                "headway.documents.plan_file_writing:write", payload, inputs={_PLAN: stored}, limits=RENDER_LIMITS
            )
        except ChildError as error:
            raise Unavailable(f"The file could not be made: {error}") from error
    rows = tuple(FidelityRow.from_json(row) for row in made.value["fidelity"])
    return PlanFile(Download(called, _MEDIA_TYPES[form], made.outputs[name]), rows, len(plan.tasks))

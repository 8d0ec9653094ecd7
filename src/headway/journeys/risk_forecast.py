"""The simulation of a plan with its risks, as a job: asked for by a person, or by the house every night.

It is computed outside of any transaction from the plan and the risks as they are when it begins, and kept with the
version of the plan it was computed from. What it says depends on nobody's rights, so the house computes it.
"""

from __future__ import annotations

from datetime import time
from typing import Any

from headway.areas.projects.types import ProjectId
from headway.areas.schedule import simulating
from headway.areas.schedule.forecasting import planned_row
from headway.areas.schedule.simulation_keeping import (
    Simulated,
    keep_simulation,
    kept_simulation,
    note_simulation_job,
    outdated_projects,
)
from headway.areas.schedule.simulation_types import KeptSimulation
from headway.engine.plan import PlanError
from headway.engine.statistics import EstimateError
from headway.kernel import jobs
from headway.kernel.commands import command, journey
from headway.kernel.context import Channel, Context, system_context
from headway.kernel.errors import Conflict, NotFound
from headway.kernel.schema import to_json

JOB = "schedule.simulate"
AT = time(2, 0)
_SOON = 40


@command(permission="schedule.simulate", name="schedule.simulate")
def simulate(ctx: Context, *, project: ProjectId, seed: int = 0) -> KeptSimulation:
    """Have a plan simulated in the background with its risks; the answer says how far it is.

    seed  the same seed, plan and risks give the same dates.
    """
    kept = kept_simulation(ctx, project=project)
    if kept.working:
        raise Conflict("This plan is being simulated already.")
    payload = {"project": project, "seed": seed, "correlation": ctx.correlation}
    note_simulation_job(ctx, project=project, job=jobs.enqueue(JOB, payload, priority=_SOON, max_attempts=2), seed=seed)
    found: KeptSimulation = kept_simulation(ctx, project=project)
    return found


@jobs.job(JOB, queue=jobs.LONG)
def simulate_asked(payload: dict[str, Any]) -> None:
    """Simulate a plan that somebody asked for, or that has changed."""
    ctx = system_context("simulating a plan", channel=Channel.JOB).but(correlation=payload["correlation"])
    carry_out(ctx, project=payload["project"], seed=payload["seed"])


@jobs.periodic("schedule.simulate_nightly", at=AT, queue=jobs.LONG)
def simulate_nightly(payload: dict[str, Any]) -> None:
    """Have every open plan simulated that changed since its last simulation, or whose risks did."""
    for project in outdated_projects():
        work = {"project": project, "seed": 0, "correlation": ""}
        jobs.enqueue(JOB, work, unique=f"{JOB}:{project}:{payload['slot']}", max_attempts=2)


@journey(
    permission="schedule.simulate",
    name="schedule.carry_out_simulation",
    internal="the work of a background job that a person or the night asked for",
)
def carry_out(ctx: Context, *, project: ProjectId, seed: int = 0) -> None:
    """Simulate a plan and keep what came of it; what the plan or an estimate refuses is kept in its words."""
    try:
        row = planned_row(ctx, project)
    except NotFound:  # it was taken away since
        return
    material = simulating.material_of(ctx, row)
    ground = (row.version, row.stamp, material.ground.mark)
    try:
        made = Simulated(*ground, simulating.chances_of(material, seed=seed, step=_tell))
    except (EstimateError, PlanError) as refusal:
        made = Simulated(*ground, None, str(refusal))
    keep_simulation(ctx, project=project, seed=seed, result=to_json(made))


def _tell(done: int, total: int, text: str) -> None:
    here = jobs.running()
    if here is not None:
        here.step(done, total, text)

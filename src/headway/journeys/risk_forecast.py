"""The simulation of a plan with its risks, as a job: asked for by a person, or by the house once something changed.

It is computed outside of any transaction from the plan and the risks as they are when it begins, and kept with the
version of the plan it was computed from. What it says depends on nobody's rights, so the house computes it.
"""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256
from itertools import islice
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
from headway.kernel.commands import command, journey, maintenance
from headway.kernel.context import Channel, Context, system_context
from headway.kernel.errors import Conflict, NotFound
from headway.kernel.schema import to_json

JOB = "schedule.simulate"
_EVERY = timedelta(minutes=5)
_AT_ONCE = 10  # plans that the house simulates in one turn; the others in the next
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


@jobs.periodic("schedule.simulate_changed", every=_EVERY, queue=jobs.LONG)
def simulate_changed(_payload: dict[str, Any]) -> None:
    """Have open plans simulated that changed since their last simulation, or whose risks did; each state once."""
    outdated = list(islice(outdated_projects().items(), _AT_ONCE))
    with maintenance("asking for simulations of what changed"):
        for project, mark in outdated:
            jobs.enqueue(
                JOB,
                {"project": project, "seed": 0, "correlation": ""},
                unique=f"{JOB}:{project}:{sha256(mark.encode()).hexdigest()[:32]}",
                max_attempts=2,
            )


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

"""The smallest repair of a finding, with its effect: always an ordinary command."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from headway.areas.method.criteria import plan_or_none
from headway.areas.method.gates import USUAL, take_usual_gates
from headway.areas.method.types import Finding
from headway.areas.projects.queries import charter
from headway.areas.schedule.acts import Act, PlanChange
from headway.areas.schedule.baselines import set_baseline
from headway.areas.schedule.changing import change_plan
from headway.engine import plan as engine
from headway.kernel.context import Context
from headway.kernel.errors import HeadwayError


@dataclass(frozen=True, slots=True)
class Repair:
    """What one press does: in words, its effect, and the doing."""

    text: str
    effect: str
    do: Callable[[Context], object]


def with_repair(ctx: Context, project_id: int, finding: Finding) -> Finding:
    """A finding with what one press would do about it, where that can be said."""
    found = repair_of(ctx, project_id, finding)
    return finding if found is None else replace(finding, repair=found.text, effect=found.effect)


def repair_of(ctx: Context, project_id: int, finding: Finding) -> Repair | None:
    """The smallest repair of a finding; None where a person must think, or where it cannot be done."""
    if finding.rule == "gates":
        names = ", ".join(gate.name for gate in USUAL)
        return Repair(
            "Take the usual gates", f"Four gates: {names}.", lambda ctx: take_usual_gates(ctx, project=project_id)
        )
    if finding.rule == "baseline":
        return Repair(
            "Take a baseline “Approved”",
            "Slip is measured from today's dates on; no date moves.",
            lambda ctx: set_baseline(ctx, project=project_id, name="Approved", why="Asked for by the rules"),
        )
    change = _change_of(ctx, project_id, finding)
    if change is None:
        return None
    text, changes = change
    effect = "No date moves."
    if finding.rule == "predecessor":
        try:
            effect = change_plan(ctx.but(dry_run=True, work=None), project=project_id, changes=changes).sentence
        except HeadwayError:
            return None
    return Repair(text, effect, lambda ctx: change_plan(ctx, project=project_id, changes=changes, label=text))


def _change_of(ctx: Context, project_id: int, finding: Finding) -> tuple[str, tuple[PlanChange, ...]] | None:
    uid = int(finding.key.partition(":")[2] or 0)
    if finding.rule in ("milestone", "nobody"):
        manager = charter(ctx, project=project_id).manager
        change = PlanChange(Act.SET, uid, field="owner", value=manager)
        return (f"Let {manager} answer for it", (change,)) if manager else None
    if finding.rule == "predecessor":
        plan = plan_or_none(ctx, project_id)
        before = _before(plan, uid) if plan is not None else None
        if before is not None:
            return f"Link it behind “{before.name}”", (PlanChange(Act.LINK, uid, other=before.uid),)
    return None


def _before(plan: engine.Plan, uid: int) -> engine.Task | None:
    """The task that stands before a row in its phase, else the last one of the phase before."""
    leaves = [task for task in plan.tasks if not task.summary and task.active and not task.external]
    at = next((place for place, task in enumerate(leaves) if task.uid == uid), 0)
    return leaves[at - 1] if at else None

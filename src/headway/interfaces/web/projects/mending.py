"""What is to mend in a plan, as a page and in a few words, and what could be done about one task."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from headway.areas.projects.types import Charter
from headway.areas.schedule import faults, queries, repairs
from headway.areas.schedule.acts import PlanEffect, Repair
from headway.areas.schedule.changing import change_plan
from headway.areas.schedule.types import PlanFault, PlanFaults
from headway.engine.faults import FaultKind
from headway.interfaces.web.frame import Link
from headway.interfaces.web.page import offered, page, show, working_project
from headway.kernel.access import may
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, NotFound

_MOST_LIVE = 2_000  # tasks: faults of larger plans are counted when the page is loaded, not after every change
# One and several of each kind, as a sentence counts them.
_COUNTED = {
    FaultKind.DEADLINE: ("deadline missed", "deadlines missed"),
    FaultKind.DATE: ("date that cannot be kept", "dates that cannot be kept"),
    FaultKind.NO_SLACK: ("task without enough time", "tasks without enough time"),
    FaultKind.OVERLOAD: ("person with more work than time", "people with more work than time"),
    FaultKind.BY_HAND: ("typed date against a link", "typed dates against links"),
    FaultKind.SEQUENCE: ("task begun before its predecessor", "tasks begun before their predecessors"),
    FaultKind.OVERDUE: ("task without the progress due", "tasks without the progress due"),
    FaultKind.MILESTONE: ("milestone with work", "milestones with work"),
}


@page()
def plan_faults(request: HttpRequest, ctx: Context, key: str) -> HttpResponse:
    """Everything to mend in the plan, the gravest first; `part` gives only how much there is."""
    project = working_project(ctx, key)
    offered(ctx, "schedule.read", project)
    if not queries.has_plan(project.id):
        raise NotFound("There is nothing here.")
    kind = next((one for one in FaultKind if one.value == request.GET.get("kind")), None)
    found = faults.plan_faults(ctx, project=project.id, kind=kind)
    values = {
        "found": found,
        "kind": kind,
        "kinds": _kinds(project, found, kind),
        "sentence": _sentence(found),
        "live": found.tasks <= _MOST_LIVE,
        "shown": len(found.items),
        "total": dict(found.counts).get(kind.value, 0) if kind else found.count,
    }
    template = "projects/to_mend.html" if request.GET.get("part") else "projects/faults.html"
    return show(request, ctx, template, values, project=project, tab="plan", crumbs=(Link("Things to mend"),))


def _kinds(project: Charter, found: PlanFaults, chosen: FaultKind | None) -> list[Link]:
    address = reverse("plan-faults", args=[project.key])
    kinds = [(FaultKind(name), count) for name, count in found.counts]
    links = [
        Link(kind.value.capitalize(), f"{address}?kind={kind.value}", active=kind is chosen, count=count)
        for kind, count in kinds
    ]
    return [Link("All", address, active=chosen is None, count=found.count), *links]


def _sentence(found: PlanFaults) -> str:
    """'3 things to mend: 1 deadline missed, 2 people with more work than time.'"""
    if not found.count:
        return "Nothing to mend."
    counts = [(FaultKind(name), count) for name, count in found.counts]
    people = [(kind, count - (found.to_fill if kind is FaultKind.OVERLOAD else 0)) for kind, count in counts]
    parts = [f"{count} {_COUNTED[kind][count != 1]}" for kind, count in people if count]
    if found.to_fill:
        roles = "role to fill needs" if found.to_fill == 1 else "roles to fill need"
        parts.append(f"{found.to_fill} {roles} more than one person")
    return f"{found.count} {'thing' if found.count == 1 else 'things'} to mend: {', '.join(parts)}."


@page()
def task_repairs(request: HttpRequest, ctx: Context, key: str, task_id: int) -> HttpResponse:
    """What is to mend about a task, and what could be done, each with its effect; a part of the task's page."""
    project = working_project(ctx, key)
    offered(ctx, "schedule.read", project)
    if not queries.is_task_of(project.id, task_id):
        raise NotFound("There is nothing here.")
    row = queries.task(ctx, task=task_id)
    found = faults.task_faults(ctx, task=task_id)
    values: dict[str, Any] = {"row": row, "faults": found, "repairs": ()}
    if may(ctx, "schedule.edit", project_id=project.id):
        values["repairs"] = [(one, _mended(one, found)) for one in repairs.repairs(ctx, task=task_id)]
    crumbs = (Link(row.name, reverse("task", args=[key, task_id])), Link("To mend"))
    return show(request, ctx, "projects/task_repairs.html", values, project=project, tab="plan", crumbs=crumbs)


def _mended(repair: Repair, found: Iterable[PlanFault]) -> str:
    """'Mends: deadline missed, more work than time (Ann)'; '' where it mends nothing."""
    mended = [fault for fault in found if fault.text in repair.mends]
    said = ", ".join(f"{fault.kind} ({fault.who})" if fault.who else fault.kind for fault in mended)
    return f"Mends: {said}" if said else ""


def carry_out(ctx: Context, project: Charter, task_id: int, key: str, shown: str) -> PlanEffect:
    """Do what a repair says, if it still does what was shown.

    Raises Conflict where it no longer helps or would do something else by now.
    """
    found: Repair | None = next((one for one in repairs.repairs(ctx, task=task_id) if one.key == key), None)
    if found is None:
        raise Conflict("The plan has changed meanwhile, and this would no longer help. Nothing was changed.")
    if found.sentence != shown:
        raise Conflict(f"The plan has changed meanwhile. Now this would be its effect: {found.sentence} Choose again.")
    effect: PlanEffect = change_plan(ctx, project=project.id, changes=found.changes, label=found.text)
    return effect

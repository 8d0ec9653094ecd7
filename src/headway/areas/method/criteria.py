"""Criteria that are computed: what can be known of a project without asking anybody, each with the words for it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from headway.areas.deliverables.queries import documents
from headway.areas.method.outline import DOCUMENT
from headway.areas.method.planning import stands_for_role
from headway.areas.projects.queries import charter, decisions, issues, risks
from headway.areas.projects.risk_types import RiskKind
from headway.areas.projects.types import Severity, State
from headway.areas.schedule.faults import plan_faults
from headway.areas.schedule.queries import baselines, has_plan, plan_of
from headway.engine.plan import Plan
from headway.kernel.context import Context

RED_FROM = 15  # exposure at which the matrix shows a risk red


@dataclass(frozen=True, slots=True)
class Found:
    """Whether a criterion holds, and what was seen."""

    met: bool
    said: str


@dataclass(frozen=True, slots=True)
class Check:
    """A computed criterion: how lists offer it, and how it is found."""

    title: str
    find: Callable[[Context, int], Found]


_checks: dict[str, Check] = {}


def check(name: str, title: str) -> Callable[[Callable[[Context, int], Found]], Callable[[Context, int], Found]]:
    """Offer a criterion that is computed; journeys add those of the areas above."""

    def keep(function: Callable[[Context, int], Found]) -> Callable[[Context, int], Found]:
        _checks[name] = Check(title, function)
        return function

    return keep


def checks() -> Mapping[str, Check]:
    """All that are computed, by name."""
    return _checks


def found(ctx: Context, project_id: int, names: Collection[str]) -> dict[str, Found]:
    """What some of them say of a project now; a name that is not known holds nothing."""
    unknown = Found(False, "nobody computes this any more; change the criterion")
    return {name: _checks[name].find(ctx, project_id) if name in _checks else unknown for name in set(names)}


def documents_named(ctx: Context, project_id: int, titles: Collection[str]) -> dict[str, Found]:
    """Which documents of these names the project has, by name; a report counts by its title, too."""
    if not titles:
        return {}
    there = {row.title.casefold(): row for row in documents(ctx, project=project_id)}
    return {
        title: Found(True, f"“{row.title}” is among the documents")
        if (row := there.get(title.casefold())) is not None
        else Found(False, "no document of this name yet")
        for title in titles
    }


def _counted(count: int, one: str, many: str) -> str:
    return f"1 {one}" if count == 1 else f"{count} {many}"


def _named(names: list[str]) -> str:
    shown = ", ".join(names[:3])
    return f"{shown} and {len(names) - 3} more" if len(names) > 3 else shown


def plan_or_none(ctx: Context, project_id: int) -> Plan | None:
    """The project's plan; None where there is none yet, or nothing in it."""
    plan = plan_of(ctx, project=project_id) if has_plan(project_id) else None
    return plan if plan is not None and plan.tasks else None


@check(DOCUMENT, "The document of this name is there")
def _document(_: Context, __: int) -> Found:
    """Found by its criterion's text, all of a gate at once: see `documents_named`."""
    return Found(False, "no document is named")


@check("charter", "Purpose, objectives and scope stand in the charter")
def _charter(ctx: Context, project_id: int) -> Found:
    whole = charter(ctx, project=project_id)
    missing = [
        name
        for name, there in (
            ("the purpose", whole.purpose),
            ("objectives", whole.objectives),
            ("what is in scope", whole.scope_in),
        )
        if not there
    ]
    return Found(not missing, f"missing: {', '.join(missing)}" if missing else "all three are there")


@check("baseline", "The plan has a baseline")
def _baseline(ctx: Context, project_id: int) -> Found:
    taken = baselines(ctx, project=project_id) if has_plan(project_id) else ()
    current = next((row for row in taken if row.current), None)
    return Found(current is not None, f"measured against “{current.name}”" if current else "no baseline is taken")


@check("owners", "Every task has an owner or somebody who does it")
def _owners(ctx: Context, project_id: int) -> Found:
    plan = plan_or_none(ctx, project_id)
    if plan is None:
        return Found(False, "there is no plan yet")
    worked = {item.task_uid for item in plan.assignments if item.resource_uid is not None}
    open_tasks = [task for task in plan.tasks if not task.summary and task.active and task.percent_complete < 100]
    bare = [task.name for task in open_tasks if not task.owner and task.uid not in worked]
    if bare:
        return Found(False, f"{_counted(len(bare), 'task has', 'tasks have')} nobody: {_named(bare)}")
    return Found(True, f"all {len(open_tasks)} open tasks have somebody")


@check("people", "Every role has a person")
def _people(ctx: Context, project_id: int) -> Found:
    plan = plan_or_none(ctx, project_id)
    roles = [item.name for item in plan.resources if stands_for_role(item)] if plan is not None else []
    if roles:
        return Found(False, f"nobody is named for {_named(roles)}")
    return Found(True, "no role is left open")


@check("faults", "Nothing in the plan is to be mended")
def _faults(ctx: Context, project_id: int) -> Found:
    if plan_or_none(ctx, project_id) is None:
        return Found(False, "there is no plan yet")
    count = plan_faults(ctx, project=project_id).count
    return Found(not count, f"{_counted(count, 'thing', 'things')} to mend" if count else "nothing to mend")


@check("red_risks", "No open risk is red")
def _red_risks(ctx: Context, project_id: int) -> Found:
    rows = [row for row in risks(ctx, project=project_id, state=State.OPEN) if row.kind is RiskKind.THREAT]
    red = [f"{row.ref} {row.title}" for row in rows if row.exposure >= RED_FROM]
    if red:
        return Found(False, f"{_counted(len(red), 'risk is', 'risks are')} red: {_named(red)}")
    return Found(True, f"{_counted(len(rows), 'open risk', 'open risks')}, none red")


@check("issues", "No open issue is critical or high")
def _issues(ctx: Context, project_id: int) -> Found:
    rows = issues(ctx, project=project_id, state=State.OPEN)
    grave = [f"{row.ref} {row.title}" for row in rows if row.severity in (Severity.CRITICAL, Severity.HIGH)]
    if grave:
        return Found(False, f"{_counted(len(grave), 'issue is', 'issues are')} grave: {_named(grave)}")
    return Found(True, f"{_counted(len(rows), 'open issue', 'open issues')}, none grave")


@check("actions", "No decision, issue or risk is open without an owner")
def _actions(ctx: Context, project_id: int) -> Found:
    owned = [(row.ref, row.owner_id) for row in decisions(ctx, project=project_id, state=State.OPEN)]
    owned += [(row.ref, row.owner_id) for row in issues(ctx, project=project_id, state=State.OPEN)]
    owned += [(row.ref, row.owner_id) for row in risks(ctx, project=project_id, state=State.OPEN)]
    bare = [ref for ref, owner in owned if owner is None]
    return Found(not bare, f"nobody owns {_named(bare)}" if bare else f"all {len(owned)} open records have an owner")

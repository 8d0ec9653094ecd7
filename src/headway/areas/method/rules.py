"""Rules of the house that are checked: what each looks for, what it finds in projects, and the smallest repair.

What is wrong in a plan's dates, people and progress is found by the schedule ('things to mend') and not again here:
one rule counts it. Rules on many projects at once read few queries whatever their number.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from headway.areas.desk.wording import names_text
from headway.areas.method.criteria import plan_or_none
from headway.areas.method.gate_days import gate_findings
from headway.areas.method.models import Gate, MethodRule
from headway.areas.method.planning import stands_for_role
from headway.areas.method.repairs import repair_of, with_repair
from headway.areas.method.types import Finding, RuleRow, Weight
from headway.areas.projects.across import risks_without_response, stages_of
from headway.areas.projects.queries import charter, local_day
from headway.areas.projects.types import ProjectId, Stage
from headway.areas.schedule.faults import plan_faults
from headway.areas.schedule.my_tasks import tasks_by_uid
from headway.areas.schedule.queries import schedule_of, summary_if_any
from headway.areas.schedule.soundness import bare_milestones, without_baseline
from headway.areas.schedule.writing import day_writing
from headway.engine import plan as engine
from headway.engine.days import DayWriting
from headway.kernel.access import may
from headway.kernel.commands import command
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, FieldError, Invalid
from headway.kernel.queries import once, query
from headway.kernel.schema import Name, ShortText

STALE_DAYS = 10
_SOON = timedelta(days=14)
_MOST_EACH = 5  # findings of one rule that a page names; the rest are counted
_PLANNED = (Stage.DELIVERY, Stage.CLOSING)


@dataclass(frozen=True, slots=True)
class Rule:
    """What the house may ask of projects. `weight` is the usual one."""

    key: str
    title: str
    about: str
    weight: Weight


RULES = {
    rule.key: rule
    for rule in (
        Rule(
            "baseline",
            "No baseline in delivery",
            "The project is delivered, and nothing says what was promised.",
            Weight.GRAVE,
        ),
        Rule(
            "gate",
            "Gate due without evidence",
            "A gate comes within seven days and nobody has said whether its criteria hold.",
            Weight.GRAVE,
        ),
        Rule("gate_late", "Gate past its day", "Its day is over, and it is not passed.", Weight.GRAVE),
        Rule(
            "milestone",
            "Milestone without an owner",
            "Nobody answers for a milestone that lies ahead.",
            Weight.WARNING,
        ),
        Rule("risk", "Open risk without a response", "What is to be done about it is not planned.", Weight.WARNING),
        Rule(
            "stale",
            "Plan without news",
            f"No progress was entered for {STALE_DAYS} days while work was going on.",
            Weight.WARNING,
        ),
        Rule("nobody", "Task without anybody", "It starts within 14 days and nobody does it.", Weight.WARNING),
        Rule("role", "Role without a person", "Its work starts within 14 days.", Weight.WARNING),
        Rule("mend", "Things to mend in the plan", "What the plan's own checks have found.", Weight.WARNING),
        Rule(
            "predecessor",
            "Task without a predecessor",
            "Nothing moves it when the work before it is late.",
            Weight.NOTE,
        ),
        Rule("gates", "Project without gates", "Its stages end without anybody deciding.", Weight.NOTE),
    )
}


# --- the house's own choice ------------------------------------------------------------------------


@query(permission="method.read_rules")
def rules(ctx: Context) -> tuple[RuleRow, ...]:
    """The rules of the house: which are on, and how much their findings count."""
    return tuple(rule_rows(ctx).values())


def rule_rows(ctx: Context) -> Mapping[str, RuleRow]:
    """The rules by key, as the house wants them; read once a call."""

    def read() -> dict[str, RuleRow]:
        chosen = {row.key: row for row in MethodRule.unscoped(reason="rules of the house, for whoever is checked")}
        return {rule.key: _rule_row(rule, chosen.get(rule.key)) for rule in RULES.values()}

    return once(ctx, "method rules", read)


def _rule_row(rule: Rule, chosen: MethodRule | None) -> RuleRow:
    if chosen is None:
        return RuleRow(rule.key, rule.title, rule.about, True, rule.weight, 0)
    return RuleRow(rule.key, rule.title, rule.about, chosen.on, Weight(chosen.weight), chosen.version)


@command(permission="method.edit_rules")
def set_rule(ctx: Context, *, rule: Name, on: bool, weight: Weight | None = None) -> RuleRow:
    """Switch a rule of the house on or off, and say how much its findings count; what is not given stays."""
    known = RULES.get(rule)
    if known is None:
        raise Invalid(
            f"There is no rule '{rule}'; there are: {', '.join(RULES)}.",
            fields=[FieldError("rule", "unknown", value=rule)],
        )
    row = MethodRule.visible_to(ctx).filter(key=rule).first()
    if row is None:
        row = MethodRule.add(ctx, key=rule, on=on, weight=(weight or known.weight).value)
    else:
        row.change(ctx, on=on, weight=weight.value if weight is not None else row.weight)
    return _rule_row(known, row)


# --- finding over many projects ----------------------------------------------------------------------


def found_in(ctx: Context, project_ids: Collection[int], *, day: date) -> dict[int, list[Finding]]:
    """What the rules that can be asked of many projects at once find, by project; without repairs."""
    rows = rule_rows(ctx)
    found: dict[int, list[Finding]] = {}
    for project_id, finding in _over_many(ctx, project_ids, day, {key for key, row in rows.items() if row.on}):
        found.setdefault(project_id, []).append(replace(finding, weight=rows[finding.rule].weight))
    return found


def _over_many(ctx: Context, project_ids: Collection[int], day: date, on: set[str]) -> Iterator[tuple[int, Finding]]:
    if "baseline" in on:
        planned = {project for project, stage in stages_of(project_ids).items() if stage in _PLANNED}
        for project_id, rows in without_baseline(planned).items():
            yield project_id, Finding("baseline", "baseline", Weight.GRAVE, f"{rows} tasks and no baseline of them")
    if on & {"gate", "gate_late"}:
        yield from (found for found in gate_findings(project_ids, day, day_writing(ctx)) if found[1].rule in on)
    if "milestone" in on:
        for bare in bare_milestones(project_ids):
            text = f"Nobody answers for the milestone “{bare.name}”"
            yield bare.project_id, Finding(f"milestone:{bare.uid}", "milestone", Weight.WARNING, text, bare.task_id)
    if "risk" in on:
        for risk in risks_without_response(project_ids):
            text = f"{risk.ref} “{risk.title}” has no response"
            yield (
                risk.project_id,
                Finding(f"risk:{risk.id}", "risk", Weight.WARNING, text, record=risk.id, page="risk"),
            )


# --- finding in one project ---------------------------------------------------------------------------


@query(permission="method.read_findings")
def findings(ctx: Context, *, project: ProjectId) -> tuple[Finding, ...]:
    """What the house's rules find in a project, the gravest first, each with the smallest repair and its effect."""
    rows = rule_rows(ctx)
    day = local_day(ctx, project=project)
    found = list(found_in(ctx, [project], day=day).get(project, []))
    if charter(ctx, project=project).stage is not Stage.CLOSED:
        for finding in _in_one(ctx, project, day):
            if rows[finding.rule].on:
                found.append(replace(finding, weight=rows[finding.rule].weight))
    order = {weight: place for place, weight in enumerate((Weight.GRAVE, Weight.WARNING, Weight.NOTE))}
    ranked = sorted(found, key=lambda item: (order[item.weight], list(RULES).index(item.rule)))
    kept = _first_of_each(ranked)
    if not may(ctx, "schedule.edit", project_id=project):
        return tuple(kept)
    return tuple(with_repair(ctx, project, item) for item in kept)


def _first_of_each(found: Iterable[Finding]) -> list[Finding]:
    """At most five of a rule, the last of them with how many more there are."""
    by_rule: dict[str, list[Finding]] = {}
    for item in found:
        by_rule.setdefault(item.rule, []).append(item)
    kept: list[Finding] = []
    for items in by_rule.values():
        kept.extend(items[:_MOST_EACH])
        more = len(items) - _MOST_EACH
        if more > 0:
            kept[-1] = replace(kept[-1], text=f"{kept[-1].text}; and {more} more like it")
    return kept


def _in_one(ctx: Context, project_id: int, day: date) -> Iterator[Finding]:
    plan = plan_or_none(ctx, project_id)
    if not Gate.visible_to(ctx).filter(project_id=project_id).exists():
        yield Finding("gates", "gates", Weight.NOTE, "No gate ends any of its stages")
    if plan is None:
        return
    yield from _stale(ctx, project_id, plan, day)
    count = plan_faults(ctx, project=project_id).count
    if count:
        text = f"{count} thing{'' if count == 1 else 's'} to mend in the plan"
        yield Finding("mend", "mend", Weight.WARNING, text, page="faults")
    starts = {row.uid: row.start.date() for row in schedule_of(ctx, project=project_id)}
    yield from _roles(plan, starts, day, day_writing(ctx))
    bare = [*_nobody(plan, starts, day), *_without_predecessor(plan)]
    ids = tasks_by_uid(ctx, project_id, [int(item.key.partition(":")[2]) for item in bare]) if bare else {}
    for item in bare:
        task = ids.get(int(item.key.partition(":")[2]))
        yield replace(item, task=task.id if task is not None else None)


def _stale(ctx: Context, project_id: int, plan: engine.Plan, day: date) -> Iterator[Finding]:
    figures = summary_if_any(ctx, project_id)
    if figures is None or figures.start is None or all(task.percent_complete >= 100 for task in plan.tasks):
        return
    since = max(figures.start.date(), figures.progress_on or figures.start.date())
    waited = (day - since).days
    if waited > STALE_DAYS:
        yield Finding("stale", "stale", Weight.WARNING, f"No progress was entered for {waited} days", page="updates")


def _roles(plan: engine.Plan, starts: Mapping[int, date], day: date, days_said: DayWriting) -> Iterator[Finding]:
    """One finding for all roles whose work is near, for they are named in one place."""
    near: list[tuple[date, str]] = []
    for item in filter(stands_for_role, plan.resources):
        own = [one.task_uid for one in plan.assignments if one.resource_uid == item.uid]
        first = min((starts[uid] for uid in own if uid in starts), default=None)
        if first is not None and first <= day + _SOON:
            near.append((first, item.name))
    if near:
        near.sort()
        at = days_said.of(datetime.combine(near[0][0], time()))
        said = f"Nobody is named for {names_text([name for _, name in near])}; work starts {at}"
        yield Finding("role", "role", Weight.WARNING, said, page="roles")


def _open_leaves(plan: engine.Plan) -> Iterator[engine.Task]:
    for task in plan.tasks:
        if not task.summary and task.active and not task.external and task.percent_complete < 100:
            yield task


def _nobody(plan: engine.Plan, starts: Mapping[int, date], day: date) -> Iterator[Finding]:
    worked = {item.task_uid for item in plan.assignments if item.resource_uid is not None}
    for task in _open_leaves(plan):
        soon = task.uid in starts and starts[task.uid] <= day + _SOON
        if soon and not task.milestone and not task.owner and task.uid not in worked:
            text = f"Nobody does “{task.name}”, which starts soon"
            yield Finding(f"nobody:{task.uid}", "nobody", Weight.WARNING, text)


def _without_predecessor(plan: engine.Plan) -> Iterator[Finding]:
    """Leaves that no link leads to, neither to them nor to what they stand under; the first one may begin freely."""
    into = {link.successor_uid for link in plan.links}
    tasks = {task.uid: task for task in plan.tasks}
    first = next((task.uid for task in plan.tasks if not task.summary), None)
    for task in _open_leaves(plan):
        free = task.uid == first or task.constraint_date is not None or task.actual_start is not None
        if not free and task.recurring is False and not any(uid in into for uid in _with_above(tasks, task)):
            text = f"Nothing comes before “{task.name}”"
            yield Finding(f"predecessor:{task.uid}", "predecessor", Weight.NOTE, text)


def _with_above(tasks: Mapping[int, engine.Task], task: engine.Task) -> Iterator[int]:
    at: engine.Task | None = task
    while at is not None:
        yield at.uid
        at = tasks.get(at.parent_uid) if at.parent_uid is not None else None


# --- repairs ------------------------------------------------------------------------------------------


@command(permission="schedule.edit")
def repair(ctx: Context, *, project: ProjectId, finding: Name, effect: ShortText = "") -> tuple[Finding, ...]:
    """Carry out the smallest repair of a finding, through the usual commands; answer with what is left.

    finding  its key in `method.findings`.
    effect   what was shown; refused where it would by now be something else. '' = no check.
    """
    item = next((one for one in findings(ctx, project=project) if one.key == finding), None)
    found = repair_of(ctx, project, item) if item is not None else None
    if found is None:
        raise Conflict("The project has changed meanwhile, and there is nothing to repair. Nothing was changed.")
    if effect and found.effect != effect:
        raise Conflict(f"The plan has changed meanwhile. Now this would be its effect: {found.effect} Choose again.")
    found.do(ctx)
    return findings(ctx, project=project)

"""What a change request would do, computed over plan, hours, rates, budgets and health; and carrying it out.

Each option is done to the real plan inside a transaction that is rolled back, and every figure is then read by the
queries that every page has (decision 0115): what is forecast is what the pages would show. Not here: writing requests
and deciding on them (scope).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from headway.areas.budgets import commands as budgets
from headway.areas.portfolio import health
from headway.areas.portfolio.types import Reading
from headway.areas.projects.lines import lines_inside
from headway.areas.projects.queries import charter, local_day
from headway.areas.projects.types import Charter
from headway.areas.schedule import keeping, undoing
from headway.areas.schedule import queries as schedule
from headway.areas.schedule.acts import PlanEffect
from headway.areas.schedule.changing import change_plan
from headway.areas.schedule.rows import Slack, marks_of, slacks_of
from headway.areas.schedule.types import MilestoneRow, ResourceRow
from headway.areas.scope import deciding, effects, options, queries, requests
from headway.areas.scope.effects import (
    DeadlineShift,
    HealthShift,
    HoursShift,
    MilestoneShift,
    OptionEffect,
    OverfullPerson,
    ScopeTouched,
)
from headway.areas.scope.steps import changes_of
from headway.areas.scope.types import (
    ItemRow,
    OptionId,
    OptionRow,
    RequestDetail,
    RequestId,
    RequestState,
    RoleHours,
    ScopeLoad,
)
from headway.engine.ranking import working_days
from headway.journeys.impact_elsewhere import projects_touched
from headway.journeys.impact_money import AtCompletion, Prices, bill_of, budget_money, cost_at_completion, costs_of
from headway.kernel.commands import command, journey
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, Invalid, NotFound
from headway.kernel.queries import query

_ZERO = Decimal(0)
_NO_PLAN = "This project has no plan, so no effect can be computed. Start one or import it first."
_WHY = "what a change request would do, whoever computes it"


@dataclass(frozen=True)
class State:
    """A project's plan and health at one moment, before or after an option.

    work  the plan's resources with their hours, by uid.
    """

    version: int
    finish_on: date | None
    critical: int
    milestones: tuple[MilestoneRow, ...]
    slacks: Mapping[int, Slack]
    work: Mapping[int, ResourceRow]
    figures: health.HealthFigures

    @property
    def hours(self) -> Decimal:
        """Planned work of everybody."""
        return sum((row.work_hours for row in self.work.values()), _ZERO)


@dataclass(frozen=True)
class Ground:
    """What all options of a request are compared with: the project as it is, and what hours cost there."""

    about: Charter
    day: date
    before: State
    prices: Prices
    at_cost: AtCompletion


@dataclass(frozen=True)
class Tried:
    """An option done to the plan and taken back at once."""

    plan: PlanEffect
    after: State


def _state(ctx: Context, about: Charter, day: date, *, without: int) -> State:
    """What is known now, with the house's rights: the stored effect is the same whoever computes it."""
    house = ctx.as_system(_WHY)
    summary = schedule.summary(house, project=about.id)
    found = health.health_figures(house, charter=about, as_of=day)
    slacks = slacks_of(about.id)
    return State(
        version=summary.version,
        finish_on=summary.finish.date() if summary.finish is not None else None,
        critical=sum(1 for slack in slacks.values() if slack.critical),
        milestones=schedule.milestones(house, project=about.id),
        slacks=slacks,
        work={row.uid: row for row in schedule.resources(house, project=about.id)},
        figures=replace(found, asked=requests.scope_load(about.id, without=without)),
    )


@command(permission="scope.edit", name="scope.try_option", internal="a step of computing an effect; always rolled back")
def try_option(ctx: Context, *, option: OptionId) -> Tried:
    """Do an option to the plan and read what has become of it. Refused unless it is only tried."""
    if not ctx.dry_run:
        raise Conflict("An option is only tried here. Approve it and carry it out.")
    request, steps = options.steps_of(option)
    about = charter(ctx, project=request.project_id)
    with keeping.knowing_tried():
        done = change_plan(ctx.as_system(_WHY), project=about.id, changes=changes_of(steps), label="tried")
        return Tried(done, _state(ctx, about, local_day(ctx, project=about.id), without=request.pk))


@journey(permission="scope.edit", name="scope.assess")
def assess(ctx: Context, *, change: RequestId) -> RequestDetail:
    """Compute the effect of every option of a change request from the plan as it stands now."""
    row: RequestDetail = requests.change_request(ctx, change=change)
    requests.still_writable(row.row)
    project = row.row.project_id
    if not schedule.has_plan(project):
        raise Conflict(_NO_PLAN)
    about, day = charter(ctx, project=project), local_day(ctx, project=project)
    before = _state(ctx, about, day, without=change)
    ground = _ground(ctx.as_system(_WHY), about, day, before)
    made = [(option, _effect(ctx, ground, option)) for option in row.options]
    if marks_of([project])[project].version != before.version:
        raise Conflict("Somebody changed the plan while the effects were computed. Compute them again.")
    for option, effect in made:
        options.keep_effect(ctx, option=option.id, effect=effects.packed(effect), plan_version=before.version)
    return requests.change_request(ctx.but(), change=change)


def _ground(house: Context, about: Charter, day: date, before: State) -> Ground:
    prices, eac = Prices(house, about, day), before.figures.eac
    hours = eac.value if eac is not None else None
    return Ground(about, day, before, prices, cost_at_completion(house, about, prices, before.work, hours, as_of=day))


def _effect(ctx: Context, ground: Ground, option: OptionRow) -> OptionEffect:
    """One option beside the plan as it is; nothing of it stays."""
    about, before, prices = ground.about, ground.before, ground.prices
    house = ctx.as_system(_WHY)
    tried = None
    if any(step.changes for step in option.steps):
        try:
            tried = try_option(ctx.but(dry_run=True, work=None, idempotency_key=""), option=option.id)
        except Invalid as refusal:
            raise Invalid(f"Option {option.number} '{option.name}': {refusal.message}", fields=refusal.fields) from None
    after = tried.after if tried is not None else before
    shifts = _hours(before, after, option.hours)
    more = sum((shift.more for shift in shifts), _ZERO)
    plan = tried.plan if tried is not None else None
    old_cost, new_cost, uncosted = costs_of(prices, before.work, after.work, option, plan)
    slack = _slack_used(before, after)
    settings = schedule.measured_plan(house, about.id)
    per_day = Decimal(settings.settings.minutes_per_day * 10) if settings is not None else Decimal(4800)
    eac = before.figures.eac
    finish = schedule.summary(house, project=about.id).finish
    more_cost = None if old_cost is None or new_cost is None else new_cost - old_cost
    at_cost = ground.at_cost.amount if more_cost is not None else None
    return OptionEffect(
        computed_at=ctx.now,
        computed_by=ctx.actor.name,
        plan_version=before.version,
        old_finish=plan.old_finish if plan is not None else finish,
        new_finish=plan.new_finish if plan is not None else finish,
        finish_days=plan.finish_days if plan is not None else 0,
        moved=plan.moved_count if plan is not None else 0,
        milestones=_milestones(before, after),
        old_critical=before.critical,
        new_critical=after.critical,
        slack_days=(Decimal(slack[1]) / per_day).quantize(Decimal("0.1")) if slack is not None else None,
        slack_of=slack[0] if slack is not None else "",
        deadlines_broken=tuple(DeadlineShift(d.name, d.deadline, d.finish) for d in plan.deadlines_broken)
        if plan
        else (),
        deadlines_met=tuple(DeadlineShift(d.name, d.deadline, d.finish) for d in plan.deadlines_met) if plan else (),
        hours=tuple(shift for shift in shifts if shift.more),
        old_hours=before.hours,
        new_hours=before.hours + more,
        old_cost=old_cost,
        new_cost=new_cost,
        currency=about.currency,
        one_off=option.one_off,
        uncosted=uncosted,
        more_bill=bill_of(prices, before.work, after.work, option),
        old_eac=eac.value if eac is not None else None,
        new_eac=eac.value + more if eac is not None and eac.value is not None else None,
        eac_from=_on_top(eac.name, "hours") if eac is not None and eac.value is not None else "",
        over_capacity=tuple(OverfullPerson(o.name, o.first, o.last, o.worst_percent) for o in plan.over_capacity)
        if plan
        else (),
        relieved=tuple(OverfullPerson(o.name, o.first, o.last, o.worst_percent) for o in plan.relieved) if plan else (),
        health=_health(before, after, more, does_something=not option.nothing),
        scope=_scope(house, about.id, option, plan),
        warnings=plan.warnings[:20] if plan is not None else (),
        not_computed=_not_computed(before, option),
        sentence=_own_words(plan) if plan is not None else "The plan stays as it is.",
        old_eac_cost=at_cost,
        new_eac_cost=at_cost + more_cost if at_cost is not None and more_cost is not None else None,
        eac_cost_from=_on_top(ground.at_cost.said, "cost") if at_cost is not None else "",
        elsewhere=projects_touched(house, about.id, plan, before.work, after.work, first=ground.day),
    )


def _on_top(said: str, what: str) -> str:
    return f"{said} before the change, and the option's {what} on top"


def _own_words(plan: PlanEffect) -> str:
    """What happens to this plan, without the sentences on others, which not everybody may read."""
    said = plan.sentence
    for row in reversed(plan.elsewhere):
        said = said.removesuffix(row.sentence).rstrip()
    return said


def _milestones(before: State, after: State) -> tuple[MilestoneShift, ...]:
    """Those that are ahead: where each is forecast before and after."""
    old = {row.uid: row for row in before.milestones if row.actual is None}
    new = {row.uid: row for row in after.milestones if row.actual is None}
    found = []
    for uid, row in {**old, **new}.items():
        was, will = old.get(uid), new.get(uid)
        days = working_days(was.forecast, will.forecast) if was is not None and will is not None else None
        found.append(MilestoneShift(row.name, was.forecast if was else None, will.forecast if will else None, days))
    return tuple(found)


def _slack_used(before: State, after: State) -> tuple[str, int] | None:
    """The task that loses the most slack, and how much; None where none loses any."""
    lost = [
        (slack.tenths - now.tenths, slack.name)
        for uid, slack in before.slacks.items()
        if (now := after.slacks.get(uid)) is not None and now.tenths < slack.tenths
    ]
    most = max(lost, default=None)
    return None if most is None else (most[1], most[0])


def _hours(before: State, after: State, roles: Iterable[RoleHours]) -> list[HoursShift]:
    """Hours by person of the plan, and by role of those who are not named yet."""
    found = [
        HoursShift(row.name, False, before.work[uid].work_hours if uid in before.work else _ZERO, row.work_hours)
        for uid, row in after.work.items()
    ]
    found += [
        HoursShift(row.name, False, row.work_hours, _ZERO) for uid, row in before.work.items() if uid not in after.work
    ]
    summed: dict[str, Decimal] = {}
    for role in roles:
        summed[role.role] = summed.get(role.role, _ZERO) + role.hours
    return found + [HoursShift(name, True, _ZERO, hours) for name, hours in summed.items()]


def _health(before: State, after: State, more: Decimal, *, does_something: bool) -> tuple[HealthShift, ...]:
    """Every dimension by its rule, before and after; after it the option counts as an approved change.

    KPIs are left out: they are measured, and no option changes what was measured.
    """
    figures = replace(after.figures, kpis=())
    if does_something:
        asked = figures.asked
        figures = replace(figures, asked=ScopeLoad(asked.approved + more, asked.pending, asked.open + 1))
    old = health.readings_of(replace(before.figures, kpis=()), ())
    new = health.readings_of(figures, ())
    return tuple(_shift(was, will) for was, will in zip(old, new, strict=True))


def _shift(old: Reading, new: Reading) -> HealthShift:
    return HealthShift(
        new.dimension.word, old.computed.value, new.computed.value, new.reason, new.dimension in health.OF_BUDGETS
    )


def _scope(house: Context, project: int, option: OptionRow, plan: PlanEffect | None) -> tuple[ScopeTouched, ...]:
    """Items of the scope statement whose rows the option names or moves, with what was agreed for each."""
    uids = effects.uids_touched([change for step in option.steps for change in step.changes])
    uids |= {row.uid for row in plan.moved} if plan is not None else set()
    items: tuple[ItemRow, ...] = queries.statement(house, project=project).items
    return tuple(
        ScopeTouched(item.ref, item.text, item.hours, item.fee, item.currency)
        for item in items
        if any(task.uid in uids for task in item.tasks)
    )


def _not_computed(before: State, option: OptionRow) -> tuple[str, ...]:
    found = []
    if option.hours:
        roles = ", ".join(dict.fromkeys(row.role for row in option.hours))
        found.append(f"whether there is time for the hours of {roles}: nobody is named for them in the plan")
    if before.figures.eac is None:
        found.append("the estimate at completion: there is no baseline with work, or no hours are logged yet")
    return tuple(found)


# --- carried out ---------------------------------------------------------------------------------------------


@query(
    permission="scope.read",
    name="scope.now_effect",
    internal="what carrying out would do now; `carry_out` with dry_run is its face",
)
def now_effect(ctx: Context, *, change: RequestId) -> PlanEffect | None:
    """What the chosen option would do to the plan as it is now; None where it changes no row."""
    row: RequestDetail = requests.change_request(ctx, change=change)
    chosen = next((option for option in row.options if option.chosen), None)
    changes = changes_of(options.steps_of(chosen.id)[1]) if chosen is not None else ()
    if not changes:
        return None
    found: PlanEffect = change_plan(
        ctx.as_system("what an approved change would do now").but(dry_run=True, work=None),
        project=row.row.project_id,
        changes=changes,
    )
    return _as_read(ctx, found)


def _as_read(ctx: Context, found: PlanEffect) -> PlanEffect:
    """An effect that the house computed, without costs, and without names of projects that this reader does not see."""
    inside = {line.key for line in lines_inside(ctx)} if found.elsewhere else set()
    seen = tuple(row for row in found.elsewhere if row.project in inside)
    hidden = len(found.elsewhere) - len(seen)
    others = [row.sentence for row in seen]
    if hidden:
        others.append(
            "A project that you do not see moves." if hidden == 1 else f"{hidden} projects that you do not see move."
        )
    return replace(found, old_cost=None, new_cost=None, elsewhere=seen, sentence=" ".join([_own_words(found), *others]))


@command(permission="scope.carry_out", name="scope.carry_out")
def carry_out(ctx: Context, *, change: RequestId) -> RequestDetail:
    """Do the approved option to the plan, as one change that can be undone, and enter it into the budget.

    The original baseline of plan and budget stays; the approved change stands beside it.
    """
    row, chosen = deciding.held_for_carrying_out(ctx, change)
    changes = changes_of(options.steps_of(chosen.pk)[1])
    label = deciding.label_of(row)
    done = change_plan(ctx, project=row.project_id, changes=changes, label=label) if changes else None
    forecast = effects.unpacked(chosen.effect)
    entered = None
    if forecast is not None and (forecast.more_hours or forecast.finish_days or budget_money(row.project_id, forecast)):
        entered = budgets.take_approved_change(
            ctx,
            project=row.project_id,
            title=label,
            reason=f"Approved as {row.ref}: {chosen.name}.",
            approved_by=row.decided_by[:255] or ctx.actor.name,
            hours=forecast.more_hours,
            money=budget_money(row.project_id, forecast),
            days=forecast.finish_days,
        )
    return deciding.note_carried_out(
        ctx,
        change=change,
        plan_change=done.change if done is not None else None,
        budget_change=entered.id if entered is not None else None,
        made=tuple(done.made.values()) if done is not None else (),
    )


@command(permission="scope.carry_out", name="scope.take_back")
def take_back(ctx: Context, *, change: RequestId) -> RequestDetail:
    """Undo a change that was carried out: in the plan, and in the budget by an entry against it."""
    row: RequestDetail = requests.change_request(ctx, change=change)
    if row.row.state is not RequestState.IMPLEMENTED:
        raise Conflict(f"{row.row.ref} was not carried out.")
    undone = row.outcome is not None and row.outcome.taken_back
    if row.plan_change is not None and not undone:
        try:
            undoing.undo_change(ctx, change=row.plan_change)
        except NotFound:
            raise Conflict(
                f"The plan's undo list no longer holds {row.row.ref}. Change the plan by hand, and ask anew."
            ) from None
    if row.budget_change is not None:
        budgets.take_change_back(ctx, change=row.budget_change, reason=f"{row.row.ref} was taken back.")
    return deciding.note_taken_back(ctx, change=change)

"""Levelling proposals: asked for, computed by a job outside of any transaction, computed anew.

Projects are levelled one after the other: the first keeps its dates best, each later one works around those before it
and around all other work of its people, which stays where it is.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from headway.areas.capacity import commands
from headway.areas.capacity import proposals as queries
from headway.areas.capacity.proposal_types import (
    Aim,
    Asked,
    Computed,
    GivesWay,
    Method,
    PlanTold,
    ProjectKeys,
    ProposalId,
    ProposalRow,
    ProposalState,
    Reason,
    StoredLeft,
    StoredRow,
)
from headway.areas.capacity.types import hours
from headway.areas.people.queries import actor_of
from headway.areas.people.types import PersonId
from headway.areas.projects.lines import ProjectLine
from headway.areas.schedule.acts import PlanEffect
from headway.areas.schedule.levelling import InHand, in_hand, moves_between, take_levelling
from headway.areas.schedule.workloads import matched_persons, placed_plan, resources_of_person
from headway.engine.cpm import schedule as scheduled
from headway.engine.levelling.beside import Beside, Taken, beside, taken_by
from headway.engine.levelling.clear import clear
from headway.engine.levelling.optimise import optimise
from headway.engine.levelling.order import Order
from headway.engine.levelling.problem import Problem, Result
from headway.engine.levelling.rules import Levelled, Options, level
from headway.engine.levelling.search import Objective, Progress, can_begin, search
from headway.engine.plan import Plan, PlanError
from headway.kernel import jobs
from headway.kernel.commands import command, journey
from headway.kernel.context import Channel, Context, clock, system_context
from headway.kernel.errors import Conflict, Denied, FieldError, Invalid, NotFound

JOB = "capacity.level"
MOST_SECONDS = 120
_SOON = 50
_AHEAD = timedelta(days=730)  # other work is looked for so far past a plan's finish
_ROUNDS = 3
_WITHOUT_END = 1 << 40
_THREADS = 2
_MOST_LEFT = 50
_ORDERS = {GivesWay.STANDARD: Order.STANDARD, GivesWay.PRIORITY: Order.PRIORITY, GivesWay.ID: Order.ID}
_AIMS = {Aim.FINISH: Objective.FINISH, Aim.DISTURBANCE: Objective.DISTURBANCE}


@command(permission="capacity.propose", name="capacity.propose")
def propose(
    ctx: Context,
    *,
    projects: ProjectKeys,
    method: Method = Method.RULES,
    gives_way: GivesWay = GivesWay.STANDARD,
    aim: Aim = Aim.FINISH,
    within_slack: bool = False,
    split: bool = False,
    people: tuple[PersonId, ...] = (),
    first: date | None = None,
    last: date | None = None,
    other_work: bool = True,
    seconds: int = 20,
) -> ProposalRow:
    """Have plans levelled in the background, as a proposal to accept or to discard; nothing moves until then.

    projects  keys; the first keeps its dates best, each later one works around those before it.
    method    rules: task by task, with the choices `gives_way`, `within_slack` and `split`. search: whole schedules for
              some seconds, looking for the earliest finish or the least delay (`aim`).
    people    only these are levelled; none = all. first, last: only what is too much on these days; by rules only.
    """
    if method is Method.SEARCH and (within_slack or split or people or first or last):
        raise Invalid(
            "The search levels whole plans. Leave out slack, splits, people and days, or level by rules.",
            fields=[FieldError("method", "the search has no such choices", value=method.value)],
        )
    if not 1 <= seconds <= MOST_SECONDS:
        raise Invalid(
            f"{seconds} seconds; give 1 to {MOST_SECONDS}.",
            fields=[FieldError("seconds", f"give 1 to {MOST_SECONDS}", value=str(seconds))],
        )
    if first is not None and last is not None and last < first:
        raise Invalid("The last day lies before the first.", fields=[FieldError("last", "before the first day")])
    lines = commands.editable(ctx, projects)
    asked = Asked(
        tuple(line.key for line in lines),
        method,
        gives_way,
        aim,
        within_slack,
        split,
        people,
        first,
        last,
        other_work,
        seconds,
    )
    row = commands.open_proposal(ctx, asked=asked)
    return _enqueued(ctx, row, "")


@command(permission="capacity.propose", name="capacity.propose_again")
def propose_again(ctx: Context, *, proposal: ProposalId) -> ProposalRow:
    """Have a levelling proposal computed anew from the plans as they are now."""
    row = queries.proposal(ctx, proposal=proposal).row
    if row.is_open:
        raise Conflict("This proposal is being computed.")
    if row.state in (ProposalState.ACCEPTED, ProposalState.DISCARDED):
        raise Conflict(f"This proposal is {row.state.value}. Ask for a new one.")
    return _enqueued(ctx, row, "The plans had changed, so it was computed anew.")


def _enqueued(ctx: Context, row: ProposalRow, note: str) -> ProposalRow:
    payload = {"proposal": row.id, "user": ctx.actor.user_id, "correlation": ctx.correlation}
    return commands.note_job(
        ctx, proposal=row.id, job=jobs.enqueue(JOB, payload, priority=_SOON, max_attempts=2), note=note
    )


@jobs.job(JOB, queue=jobs.LONG)
def level_asked(payload: dict[str, Any]) -> None:
    """Compute what was asked for, with the rights that the person has now; a refusal is noted in its words."""
    house = system_context("levelling in the background").but(correlation=payload["correlation"])
    try:
        actor = actor_of(payload["user"])
        if actor is None:
            raise Denied("Whoever asked for this proposal may no longer sign in.")
        carry_out(
            Context(actor=actor, now=clock(), channel=Channel.JOB, correlation=payload["correlation"]),
            proposal=payload["proposal"],
        )
    except (Invalid, Conflict, Denied, NotFound) as refusal:
        commands.note_fault(house, proposal=payload["proposal"], fault=refusal.message)


@journey(
    permission="capacity.propose",
    name="capacity.carry_out",
    internal="the work of a background job that a person asked for",
)
def carry_out(ctx: Context, *, proposal: ProposalId) -> None:
    """Level the plans of a proposal, in their order, and store what came of it."""
    row = queries.proposal(ctx, proposal=proposal).row
    if not row.is_open:
        return
    lines = commands.editable(ctx, row.asked.projects)
    done: dict[int, _Done] = {}
    for place, line in enumerate(lines):
        _tell(place, len(lines), f"Levelling {line.key}")
        try:
            done[line.id] = _levelled(ctx, line, row.asked, done, lines)
        except PlanError as refusal:
            raise Conflict(f"{line.key}: {refusal}") from None
    _tell(len(lines), len(lines), "Keeping the proposal")
    results = queries.COMPUTED.dump_json(tuple(_computed(ctx, one) for one in done.values())).decode()
    commands.note_computed(ctx, proposal=proposal, results=results)


def _tell(done: int, total: int, text: str) -> None:
    here = jobs.running()
    if here is not None:
        here.step(done, total, text)


# --- one plan -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Done:
    """A plan that was levelled: as it was, as it came out, with the other work beside it.

    finish  of its own tasks. bound: none is earlier, as far as a search knows; None = by rules.
    """

    line: ProjectLine
    begun: InHand
    found: Levelled
    others: Beside
    finish: datetime
    bound: datetime | None
    schedules: int


def _levelled(
    ctx: Context, line: ProjectLine, asked: Asked, done: Mapping[int, _Done], lines: Sequence[ProjectLine]
) -> _Done:
    """Level one plan beside its people's other work, which is looked at as far as the plan reaches.

    A plan that comes out longer meets work it had not seen: it is levelled again beside that. What the first round
    proves holds for all: with less work beside it no plan ends earlier.
    """
    begun = in_hand(ctx, line.id)
    after = {later.id for later in lines} - done.keys()
    taken = _other_work(ctx, line, begun, done, after) if asked.other_work else ()
    until, bound, schedules = scheduled(clear(begun.plan)).finish, None, 0  # earlier levelling is taken back first
    share = asked.seconds / len(lines) / _ROUNDS
    for _ in range(_ROUNDS):
        others = beside(begun.plan, taken, until=until)
        if asked.method is Method.SEARCH:
            searched = optimise(others.plan, _searcher(share, _AIMS[asked.aim]), objective=_AIMS[asked.aim])
            found, schedules = searched.levelled, schedules + searched.schedules
            bound = bound or others.axis.add_work(found.before.start, searched.lower_bound)
        else:
            found = level(others.plan, None, _options(asked, line))
        finish = max((row.finish for row in found.schedule.tasks if row.uid not in others.sources), default=until)
        if finish <= until or not any(item.finish > until for item in taken):
            break
        until = finish
    return _Done(line, begun, found, others, finish, bound, schedules)


def _searcher(seconds: float, objective: Objective) -> Callable[[Problem], Result | None]:
    """Searches one problem for so long, or until the job is called off."""
    until = time.monotonic() + seconds

    def stop(_: Progress) -> bool:
        here = jobs.running()
        return time.monotonic() >= until or (here is not None and here.is_ending())

    def searched(problem: Problem) -> Result | None:
        if not can_begin(problem, until - time.monotonic()):
            return None
        return search(problem, schedules=_WITHOUT_END, threads=_THREADS, objective=objective, stop=stop)

    return searched


def _options(asked: Asked, line: ProjectLine) -> Options:
    return Options(
        order=_ORDERS[asked.gives_way],
        within_slack=asked.within_slack,
        split=asked.split,
        resources=_resources(line, asked.people),
        first=_midnight(asked.first) if asked.first is not None else None,
        last=_midnight(asked.last + timedelta(days=1)) if asked.last is not None else None,
    )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, datetime.min.time())


def _resources(line: ProjectLine, people: Sequence[int]) -> frozenset[int] | None:
    if not people:
        return None
    return frozenset(uid for (_, uid), person in matched_persons([line.id]).items() if person in people)


def _other_work(
    ctx: Context, line: ProjectLine, begun: InHand, done: Mapping[int, _Done], after: frozenset[int] | set[int]
) -> tuple[Taken, ...]:
    """What the people of a plan do in other projects from today on; not in those that are levelled after this one."""
    first, last = ctx.now.date(), (begun.schedule.finish + _AHEAD).date()
    wanted: dict[int, dict[int, int]] = {}  # by project: its resource, and which of this plan that is
    for (_, uid), person in matched_persons([line.id]).items():
        for project, resources in resources_of_person(person).items():
            if project != line.id and project not in after:
                wanted.setdefault(project, {}).update(dict.fromkeys(resources, uid))
    found: list[Taken] = []
    for project, whose in sorted(wanted.items()):
        if project in done:
            other = done[project]
            plan, schedule = other.others.own(other.found.plan), other.found.schedule
        else:
            placed = placed_plan(project, first=first, last=last, resources=whose)
            if placed is None:
                continue
            plan, schedule, _ = placed
        found.extend(taken_by(plan, schedule, whose, source=project, since=_midnight(first)))
    return tuple(found)


# --- what is told -------------------------------------------------------------------------------


def _computed(ctx: Context, done: _Done) -> Computed:
    begun, found, others = done.begun, done.found, done.others
    own = others.own(found.plan)
    moves = tuple(move for move in moves_between(begun.plan, own) if _differs(done, own, move.task))
    effect = _effect(ctx, done, moves)
    today = ctx.now.date()
    before = others.over_work(begun.plan, begun.schedule, first=today)
    after = others.over_work(own, found.schedule, first=today)
    told = PlanTold(
        effect=effect,
        rows=_rows(done, {move.task for move in moves}),
        left=_left(done, today),
        over_before=hours(before.tenths),
        over_after=hours(after.tenths),
        bound=done.bound,
        gap_days=others.days_after(done.bound, done.finish) if done.bound is not None else 0,
        optimal=done.bound is not None and done.finish <= done.bound and not effect.deadlines_broken,
        schedules=done.schedules,
    )
    return Computed(done.line.id, begun.stamp, {move.task: move.sets for move in moves}, told)


def _differs(done: _Done, own: Plan, uid: int) -> bool:
    """Whether a task comes out otherwise: on other dates, or with other pauses between the same."""
    old, new = done.begun.schedule.by_uid().get(uid), done.found.schedule.by_uid().get(uid)
    if old is None or new is None:
        return False
    if (old.start, old.finish) != (new.start, new.finish):
        return True
    was, now = (next(task for task in plan.tasks if task.uid == uid).splits for plan in (done.begun.plan, own))
    return bool(was and now) and was != now


def _effect(ctx: Context, done: _Done, moves: tuple[Any, ...]) -> PlanEffect:
    """What all of it does, as the plan's own door answers a trial."""
    effect: PlanEffect = take_levelling(
        ctx.but(dry_run=True, work=None),
        project=done.line.id,
        moves=moves,
        stamp=done.begun.stamp,
        label="Level the plan",
    )
    return effect


def _rows(done: _Done, moved: set[int]) -> tuple[StoredRow, ...]:
    names = {task.uid: task.name for task in done.others.plan.tasks}
    people = {item.uid: item.name for item in done.begun.plan.resources}
    old, new = done.begun.schedule.by_uid(), done.found.schedule.by_uid()
    waited = {row.uid: row for row in done.found.delayed}
    found = []
    for task in done.begun.plan.tasks:
        if task.uid not in moved:
            continue
        row, was, now = waited.get(task.uid), old.get(task.uid), new.get(task.uid)
        found.append(
            StoredRow(
                uid=task.uid,
                number=task.id,
                name=task.name,
                old_start=was.start if was is not None else None,
                new_start=now.start if now is not None else None,
                old_finish=was.finish if was is not None else None,
                new_finish=now.finish if now is not None else None,
                deadline=task.deadline,
                split=row is not None and bool(row.parts),
                person=people.get(row.resource_uid, "") if row is not None else "",
                because=_reasons(done.others, names, row.task_uids) if row is not None else (),
            )
        )
    return tuple(found)


def _reasons(others: Beside, names: Mapping[int, str], uids: Sequence[int]) -> tuple[Reason, ...]:
    found = [
        Reason(project_id=others.sources[uid]) if uid in others.sources else Reason(task=names[uid]) for uid in uids
    ]
    return tuple(dict.fromkeys(found))


def _left(done: _Done, today: date) -> tuple[StoredLeft, ...]:
    """What is still too much from today on; what is over is over."""
    names = {task.uid: task.name for task in done.others.plan.tasks}
    people = {item.uid: item.name for item in done.begun.plan.resources}
    found = []
    for row in done.found.unresolved:
        own = [uid for uid in row.over.task_uids if uid not in done.others.sources]
        if not own or row.over.finish <= _midnight(today):
            continue
        reasons = tuple(
            (
                _reasons(done.others, names, [uid])[0],
                "stays where it is" if uid in done.others.sources else why,
            )
            for uid, why in zip(row.over.task_uids, row.reasons, strict=True)
        )
        found.append(StoredLeft(people[row.over.resource_uid], row.over.start, row.over.finish, reasons))
    return tuple(found[:_MOST_LEFT])

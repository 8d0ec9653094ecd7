"""Reads of levelling proposals: the list of them, and one with what it does to each of its projects.

A proposal names tasks of its own projects alone; what keeps somebody busy in another project is named to those who see
that project, and told as work elsewhere to others.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal

from pydantic import TypeAdapter

from headway.areas.capacity.models import Proposal, ProposalPlan
from headway.areas.capacity.proposal_types import (
    Asked,
    Computed,
    PlanTold,
    ProposalOf,
    ProposalRow,
    Proposals,
    ProposalShown,
    ProposalState,
    ProposalTask,
    Reason,
    StoredLeft,
    StoredRow,
)
from headway.areas.people.queries import names_of
from headway.areas.projects.lines import ProjectLine, lines_among
from headway.areas.projects.types import ProjectId
from headway.areas.schedule.days_between import DaysBetween, days_between
from headway.areas.schedule.rows import TakenBack, taken_back
from headway.areas.schedule.workloads import stamps_of
from headway.areas.schedule.writing import day_writing
from headway.engine.days import DayWriting
from headway.kernel import jobs
from headway.kernel.access import may
from headway.kernel.context import Context
from headway.kernel.paging import page
from headway.kernel.queries import query

ASKED: TypeAdapter[Asked] = TypeAdapter(Asked)
TOLD: TypeAdapter[PlanTold] = TypeAdapter(PlanTold)
COMPUTED: TypeAdapter[tuple[Computed, ...]] = TypeAdapter(tuple[Computed, ...])
_MOST_NAMED = 3
_ELSEWHERE = "work in a project you do not see"


@query(permission="capacity.read", name="capacity.proposals")
def proposals(ctx: Context, *, project: ProjectId | None = None, cursor: str = "", limit: int = 50) -> Proposals:
    """Levelling proposals of projects that one may see inside, the newest first, a page at a time.

    project  those of this one alone.
    """
    rows = Proposal.visible_to(ctx)
    if project is not None:
        of_project = ProposalPlan.unscoped(reason="proposals of a visible project").filter(project_id=project)
        rows = rows.filter(pk__in=of_project.values("proposal"))
    found, following = page(rows, order=("-id",), cursor=cursor, limit=limit)
    return Proposals(proposal_rows(found), following)


@query(permission="capacity.read", name="capacity.proposal")
def proposal(ctx: Context, *, proposal: Proposal) -> ProposalShown:
    """A levelling proposal: rows that move, finishes, deadlines, hours beyond capacity before and after."""
    parts = list(ProposalPlan.of(proposal).order_by("place"))
    row = proposal_rows([proposal])[0]
    told = {part.project_id: TOLD.validate_python(part.told) for part in parts if part.told is not None}
    others = {pk for plan in told.values() for pk in _projects_in(plan)}
    lines = {line.id: line for line in lines_among(ctx, {*others, *(part.project_id for part in parts)})}
    stamps = stamps_of([part.project_id for part in parts])
    undone = taken_back([part.change for part in parts if part.change is not None])
    shown = tuple(
        _of_project(
            ctx,
            part,
            told.get(part.project_id),
            lines,
            current=stamps.get(part.project_id) == part.stamp,
            undone=undone.get(part.change or 0),
        )
        for part in parts
    )
    names = names_of(row.asked.people)
    return ProposalShown(row, shown, tuple(sorted(names.values())))


def _projects_in(plan: PlanTold) -> Iterable[int]:
    reasons = [reason for row in plan.rows for reason in row.because]
    reasons += [reason for left in plan.left for reason, _ in left.reasons]
    return (reason.project_id for reason in reasons if reason.project_id is not None)


def _of_project(
    ctx: Context,
    part: ProposalPlan,
    told: PlanTold | None,
    lines: Mapping[int, ProjectLine],
    *,
    current: bool,
    undone: TakenBack | None,
) -> ProposalOf:
    line = lines[part.project_id]
    effect = told.effect if told is not None else None
    days = days_between(ctx, part.project_id)
    sees_costs = may(ctx, "hours.read_costs", project_id=part.project_id)
    return ProposalOf(
        project_id=line.id,
        key=line.key,
        name=line.name,
        current=current,
        rows=_tasks(told.rows if told is not None else (), part.taken, lines, days),
        moved=effect.moved_count if effect is not None else 0,
        old_finish=effect.old_finish if effect is not None else None,
        new_finish=effect.new_finish if effect is not None else None,
        finish_days=effect.finish_days if effect is not None else 0,
        deadlines_broken=effect.deadlines_broken if effect is not None else (),
        deadlines_met=effect.deadlines_met if effect is not None else (),
        over_before=told.over_before if told is not None else Decimal(0),
        over_after=told.over_after if told is not None else Decimal(0),
        left=tuple(_left_words(left, lines, day_writing(ctx)) for left in told.left) if told is not None else (),
        old_cost=effect.old_cost if effect is not None and sees_costs else None,
        new_cost=effect.new_cost if effect is not None and sees_costs else None,
        currency=effect.currency if effect is not None else None,
        bound=told.bound if told is not None else None,
        gap_days=told.gap_days if told is not None else 0,
        optimal=told.optimal if told is not None else False,
        schedules=told.schedules if told is not None else 0,
        sentence=effect.sentence if effect is not None else "",
        undone_by=undone.by if undone is not None else "",
        undone_at=undone.at if undone is not None else None,
    )


def _tasks(
    rows: Sequence[StoredRow], taken: Collection[int], lines: Mapping[int, ProjectLine], days: DaysBetween
) -> tuple[ProposalTask, ...]:
    return tuple(
        ProposalTask(
            uid=row.uid,
            number=row.number,
            name=row.name,
            old_start=row.old_start,
            new_start=row.new_start,
            old_finish=row.old_finish,
            new_finish=row.new_finish,
            days=days(row.old_start, row.new_start),
            deadline=row.deadline,
            split=row.split,
            waited_for=_waited_for(row, lines),
            taken=row.uid in taken,
        )
        for row in rows
    )


def _waited_for(row: StoredRow, lines: Mapping[int, ProjectLine]) -> str:
    """'Ann, busy with Build and work in SHOP'."""
    if not row.person:
        return ""
    told = list(dict.fromkeys(_reason_words(reason, lines) for reason in row.because))
    if not told:
        return row.person
    more = f" and {len(told) - _MOST_NAMED} more" if len(told) > _MOST_NAMED else ""
    return f"{row.person}, busy with {', '.join(told[:_MOST_NAMED])}{more}"


def _reason_words(reason: Reason, lines: Mapping[int, ProjectLine]) -> str:
    if reason.project_id is None:
        return reason.task
    line = lines.get(reason.project_id)
    return f"work in {line.key}" if line is not None else _ELSEWHERE


def _left_words(left: StoredLeft, lines: Mapping[int, ProjectLine], days: DayWriting) -> str:
    """'Ann from Mon 2 Mar 2026: Build has started; work in SHOP stays where it is'."""
    causes = [f"{_reason_words(reason, lines)} {why}" for reason, why in left.reasons]
    told = "; ".join(dict.fromkeys(causes[:_MOST_NAMED]))
    more = f"; and {len(causes) - _MOST_NAMED} more" if len(causes) > _MOST_NAMED else ""
    return f"{left.person} from {days.of(left.first)}: {told}{more}"


# --- for this area, and the journey ------------------------------------------------------------


def proposal_rows(rows: Iterable[Proposal]) -> tuple[ProposalRow, ...]:
    """Proposals as lists show them, with how far those are that are being computed."""
    every = list(rows)
    known = jobs.statuses_of([row.job for row in every if row.job and row.state in _OPEN])
    return tuple(_row(row, known.get(row.job)) for row in every)


_OPEN = (ProposalState.WAITING.value, ProposalState.WORKING.value)
_ENDED = (jobs.State.FAILED, jobs.State.CANCELLED)


def _row(row: Proposal, job: jobs.JobStatus | None) -> ProposalRow:
    asked = ASKED.validate_python(row.asked)
    state = ProposalState(row.state)
    fault = row.fault
    if row.state in _OPEN and job is not None:
        if job.state is jobs.State.RUNNING:
            state = ProposalState.WORKING
        elif job.state in _ENDED:
            state = ProposalState.FAILED
            fault = fault or "It could not be computed through a fault of Headway's own, which is noted."
    return ProposalRow(
        id=row.pk,
        state=state,
        asked=asked,
        made_by=row.made_by_name,
        made_at=row.created_at,
        computed_at=row.computed_at,
        decided_by=row.decided_by_name,
        decided_at=row.decided_at,
        fault=fault,
        note=row.note,
        job=row.job,
        done=job.progress_done if job is not None else 0,
        total=job.progress_total or len(asked.projects) if job is not None else len(asked.projects),
        progress=job.progress_text if job is not None else "",
        version=row.version,
    )


def asked_of(row: Proposal) -> Asked:
    """How a proposal's plans are to be levelled."""
    return ASKED.validate_python(row.asked)

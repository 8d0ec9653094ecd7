"""Changes to levelling proposals: asked for, computed, accepted whole or in part, discarded.

Computing is the journey's (`journeys.levelling`); accepting changes every plan in one transaction, or none.
"""

from __future__ import annotations

from collections.abc import Mapping

from headway.areas.capacity.models import Proposal, ProposalPlan
from headway.areas.capacity.proposal_types import (
    Accepted,
    Asked,
    Chosen,
    ProposalRow,
    ProposalState,
)
from headway.areas.capacity.proposals import ASKED, COMPUTED, TOLD, asked_of, proposal_rows
from headway.areas.projects.lines import ProjectLine, lines_inside
from headway.areas.schedule.levelling import LevelMove, take_levelling
from headway.areas.schedule.workloads import stamps_of
from headway.kernel import jobs
from headway.kernel.access import may
from headway.kernel.commands import command
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, Denied, FieldError, Invalid, NotFound
from headway.kernel.schema import Name, Text

_OPEN = (ProposalState.WAITING, ProposalState.WORKING)
_NOT_READY = "This proposal is {}. Only one that is computed and not decided yet can be taken."


@command(permission="capacity.propose", internal="part of asking for a proposal, which also has it computed")
def open_proposal(ctx: Context, *, asked: Asked) -> ProposalRow:
    """Note that plans are to be levelled; `note_job` says which job computes it."""
    lines = editable(ctx, asked.projects)
    row = Proposal.add(
        ctx,
        asked=ASKED.dump_python(asked, mode="json"),
        made_by=ctx.actor.user_id,
        made_by_name=ctx.actor.name,
    )
    for place, line in enumerate(lines):
        ProposalPlan.unscoped(reason="a part of a new proposal").create(proposal=row, project_id=line.id, place=place)
    return proposal_rows([row])[0]


def editable(ctx: Context, keys: tuple[str, ...]) -> list[ProjectLine]:
    """The projects of these keys, in that order. NotFound for what is hidden, Denied where one may not edit plans."""
    lines = {line.key: line for line in lines_inside(ctx)}
    found: list[ProjectLine] = []
    for key in dict.fromkeys(key.strip() for key in keys):
        line = lines.get(key)
        if line is None:
            raise NotFound("Project not found.")
        if not may(ctx, "schedule.edit", project_id=line.id):
            raise Denied(f"Your role does not allow changing the plan of {line.key}.")
        found.append(line)
    if not found:
        raise Invalid("Choose a project.", fields=[FieldError("projects", "choose at least one")])
    return found


@command(permission="capacity.propose", internal="part of asking for a proposal", changes="proposal")
def note_job(ctx: Context, *, proposal: Proposal, job: Name, note: Text = "") -> ProposalRow:
    """Note which job computes a levelling; what was computed before is not current any more."""
    _editor(ctx, proposal)
    proposal.change(ctx, job=job, state=ProposalState.WAITING.value, fault="", note=note, computed_at=None)
    return proposal_rows([proposal])[0]


@command(permission="capacity.propose", internal="part of computing a proposal", changes="proposal")
def note_computed(ctx: Context, *, proposal: Proposal, results: str) -> None:
    """Note what came of a levelling, plan by plan; nothing where it is not wanted any more.

    results  `proposal_types.Computed` of each project, as JSON.
    """
    if ProposalState(proposal.state) not in _OPEN:
        return
    parts = {part.project_id: part for part in ProposalPlan.of(proposal)}
    for found in COMPUTED.validate_json(results):
        part = parts[found.project_id]
        part.stamp = found.stamp
        part.moves = {str(uid): dict(sets) for uid, sets in found.moves.items()}
        part.told = TOLD.dump_python(found.told, mode="json")
        part.taken = []
        part.save()
    proposal.change(ctx, state=ProposalState.READY.value, computed_at=ctx.now)


@command(permission="capacity.propose", internal="part of computing a proposal", changes="proposal")
def note_fault(ctx: Context, *, proposal: Proposal, fault: Text) -> None:
    """Note why a levelling could not be computed."""
    if ProposalState(proposal.state) in _OPEN:
        proposal.change(ctx, state=ProposalState.FAILED.value, fault=fault)


@command(permission="capacity.decide", changes="proposal", name="capacity.stop")
def stop(ctx: Context, *, proposal: Proposal) -> ProposalRow:
    """Call off a levelling proposal that is being computed."""
    _editor(ctx, proposal)
    if ProposalState(proposal.state) not in _OPEN:
        raise Conflict(f"This proposal is {proposal.state} already.")
    proposal.change(ctx, state=ProposalState.STOPPED.value)
    job = jobs.status_of(proposal.job) if proposal.job else None
    if job is not None and job.state in (jobs.State.WAITING, jobs.State.RUNNING):
        jobs.request_cancel(proposal.job)
    return proposal_rows([proposal])[0]


@command(permission="capacity.decide", changes="proposal", name="capacity.accept")
def accept(ctx: Context, *, proposal: Proposal, chosen: tuple[Chosen, ...] | None = None) -> Accepted:
    """Set what a levelling proposal proposes, in every plan or in none; each plan's change can be undone.

    chosen  only these rows, by project key and task uid; default: all. A dry run answers what they would do.
    Where a plan has changed since, nothing is set: the answer names it, and the proposal is to be computed anew.
    """
    _editor(ctx, proposal)
    if ProposalState(proposal.state) is not ProposalState.READY:
        raise Conflict(_NOT_READY.format(proposal.state))
    parts = list(ProposalPlan.of(proposal).order_by("project_id"))  # plans are always locked in this order
    keys = {line.id: line.key for line in lines_inside(ctx)}
    stamps = stamps_of([part.project_id for part in parts])
    anew = tuple(keys[part.project_id] for part in parts if stamps.get(part.project_id) != part.stamp)
    if anew:
        return Accepted(proposal_rows([proposal])[0], anew=anew)
    wanted = _wanted(parts, keys, chosen)
    effects = []
    for part in parts:
        uids = wanted.get(part.project_id, ())
        if not uids:
            continue
        moves = tuple(LevelMove(uid, part.moves[str(uid)]) for uid in uids)
        effect = take_levelling(
            ctx, project=part.project_id, moves=moves, stamp=part.stamp, label=_label(len(moves), len(part.moves))
        )
        effects.append((keys[part.project_id], effect))
        part.taken, part.change = list(uids), effect.change
        part.save(update_fields=["taken", "change"])
    proposal.change(ctx, state=ProposalState.ACCEPTED.value, decided_by_name=ctx.actor.name, decided_at=ctx.now)
    return Accepted(proposal_rows([proposal])[0], tuple(effects))


def _label(taken: int, offered: int) -> str:
    if taken == offered:
        return f"Level the plan, {taken} row{'' if taken == 1 else 's'}"
    return f"Level the plan, {taken} of {offered} rows"


def _wanted(
    parts: list[ProposalPlan], keys: Mapping[int, str], chosen: tuple[Chosen, ...] | None
) -> dict[int, tuple[int, ...]]:
    """Uids by project: the chosen ones, each of which must be in the proposal."""
    offered = {part.project_id: tuple(int(uid) for uid in part.moves) for part in parts}
    if chosen is None:
        if not any(offered.values()):
            raise Conflict("This proposal moves nothing, so there is nothing to accept. Discard it.")
        return offered
    ids = {keys[pk]: pk for pk in offered}
    found: dict[int, tuple[int, ...]] = {}
    for item in chosen:
        pk = ids.get(item.project)
        if pk is None or not set(item.tasks) <= set(offered[pk]):
            raise Invalid("A chosen row is not in this proposal.", fields=[FieldError("chosen", "not in the proposal")])
        found[pk] = tuple(uid for uid in offered[pk] if uid in {*item.tasks, *found.get(pk, ())})
    if not any(found.values()):
        raise Invalid("Choose at least one row.", fields=[FieldError("chosen", "choose at least one row")])
    return found


@command(permission="capacity.decide", changes="proposal", name="capacity.discard")
def discard(ctx: Context, *, proposal: Proposal) -> ProposalRow:
    """Leave the plans as they are; the proposal is kept for the record."""
    _editor(ctx, proposal)
    if ProposalState(proposal.state) in (ProposalState.ACCEPTED, ProposalState.DISCARDED, *_OPEN):
        raise Conflict(f"This proposal is {proposal.state}; there is nothing to discard.")
    proposal.change(ctx, state=ProposalState.DISCARDED.value, decided_by_name=ctx.actor.name, decided_at=ctx.now)
    return proposal_rows([proposal])[0]


def _editor(ctx: Context, proposal: Proposal) -> None:
    """Only who may change every plan of it decides on a proposal."""
    if not ctx.actor.is_system:
        editable(ctx, asked_of(proposal).projects)

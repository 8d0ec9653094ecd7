"""What the figures of a snapshot amount to, as full sentences chosen by rule; never typed by a person.

Each function gives runs whose every figure is a value of the snapshot or one difference of two of them.
Not here: number formats (`words.py`), layout (`status.py`, `steering.py`).
"""

from __future__ import annotations

from decimal import Decimal

from headway.documents.tree import NO_BREAK, Rag, Run, Runs, runs, sentence
from headway.reports import words
from headway.reports.status_snapshot import (
    Basis,
    Block,
    Milestone,
    PlanRow,
    StatusSnapshot,
)


def silent(snapshot: StatusSnapshot, block: Block) -> Runs:
    """Why a block is not measured."""
    return runs(f"{block.value}: not measured. {snapshot.why_not(block)}")


def overall(snapshot: StatusSnapshot) -> Runs:
    """The project's colour and the dimensions that it comes from."""
    if snapshot.overall is Rag.NOT_MEASURED:
        return runs(f"Overall is not measured {overall_reason(snapshot)}")
    between = ": " if snapshot.overall is Rag.GREEN else " "
    return runs("Overall is ", snapshot.overall, f"{between}{overall_reason(snapshot)}")


def overall_reason(snapshot: StatusSnapshot) -> str:
    """Where the project's colour comes from, to stand behind the colour."""
    if snapshot.overall is Rag.NOT_MEASURED:
        return "because no dimension has records yet."
    if snapshot.overall is Rag.GREEN:
        return "every measured dimension is within its limits."
    return f"because of {words.joined(words.worst_dimensions(snapshot))}."


def headline(snapshot: StatusSnapshot) -> Runs:
    """What a busy reader takes along: finish, then forecast against budget; the colour where there is neither.

    The colour with its reason stands right under it, in the health row.
    """
    parts = [
        *(finish(snapshot) if snapshot.plan is not None else ()),
        *([Run(" ")] if snapshot.plan is not None and snapshot.budget is not None else []),
        *(budget(snapshot) if snapshot.budget is not None else ()),
    ]
    return tuple(parts) or overall(snapshot)


def budget(snapshot: StatusSnapshot) -> Runs:
    """The forecast against the current budget."""
    block = snapshot.budget
    if block is None:
        return silent(snapshot, Block.BUDGET)
    current = words.amount(block.current, block.basis, snapshot.project.currency)
    if block.forecast is None:
        return sentence("No forecast against the current budget of {current} can be made yet.", current=current)
    forecast = words.amount(block.forecast, block.basis, snapshot.project.currency)
    difference = words.amount(abs(block.forecast - block.current), block.basis, snapshot.project.currency)
    if forecast.text == current.text:
        return sentence("The forecast of {forecast} equals the current budget.", forecast=forecast)
    side = "over" if block.forecast > block.current else "under"
    return sentence(
        "The forecast of {forecast} is {difference} {side} the current budget of {current}.",
        forecast=forecast,
        difference=difference,
        side=side,
        current=current,
    )


def finish(snapshot: StatusSnapshot) -> Runs:
    """The forecast finish against the baseline."""
    plan = snapshot.plan
    if plan is None:
        return silent(snapshot, Block.PLAN)
    forecast = words.day(plan.forecast_finish)
    if plan.late_days is None or plan.baseline_finish is None:
        return sentence(
            "The finish is forecast for {forecast}; there is no baseline to compare with.", forecast=forecast
        )
    return sentence(
        "The finish is forecast for {forecast}, {late}.", forecast=forecast, late=words.days_text(plan.late_days)
    )


def curve(snapshot: StatusSnapshot) -> Runs:
    """Earned value against plan and actual."""
    block = snapshot.earned_value
    if block is None:
        return silent(snapshot, Block.EARNED_VALUE)
    if block.ev is None or block.sv is None:
        return runs("Earned value cannot be compared with the plan: no progress is recorded.")
    ev = words.amount(block.ev, block.basis, snapshot.project.currency)
    against_plan = _side(
        snapshot, block.sv, even="as much as planned", above="more than planned", below="less than planned"
    )
    if block.cv is None:
        return sentence("The work done is worth {ev}, {plan}.", ev=ev, plan=against_plan)
    return sentence(
        "The work done is worth {ev}, {plan}, and {verb} {cost}.",
        ev=ev,
        plan=against_plan,
        verb="took" if block.basis is Basis.HOURS else "used",
        cost=_side(snapshot, block.cv, even="exactly that", above="less than that", below="more than that"),
    )


def _side(snapshot: StatusSnapshot, value: Decimal, *, even: str, above: str, below: str) -> str:
    basis = snapshot.earned_value.basis if snapshot.earned_value else Basis.COST
    shown = words.amount(abs(value), basis, snapshot.project.currency).text
    if shown == words.amount(Decimal(0), basis, snapshot.project.currency).text:
        return even
    return f"{shown} {above if value > 0 else below}"


def earned_schedule(snapshot: StatusSnapshot) -> Runs:
    """How many weeks the work is ahead or behind."""
    block = snapshot.earned_schedule
    if block is None:
        return silent(snapshot, Block.EARNED_SCHEDULE)
    behind = words.weeks(abs(block.variance_weeks))
    if behind.text == words.weeks(Decimal(0)).text:
        return runs("The work is on schedule.")
    side = "behind" if block.variance_weeks < 0 else "ahead of"
    return sentence("The work is {behind} {side} schedule.", behind=behind, side=side)


def hours(snapshot: StatusSnapshot) -> Runs:
    """Share of the hours spent beside the share of the work done."""
    block = snapshot.hours
    if block is None:
        return silent(snapshot, Block.HOURS)
    spent = words.hours(block.spent)
    if block.percent_spent is None:
        return sentence("{spent} are logged; no budget of hours is set.", spent=spent)
    share = words.percent(block.percent_spent)
    if block.percent_complete is None or block.gap is None:
        return sentence("{share} of the hours are spent; no progress is recorded to compare with.", share=share)
    return sentence(
        "{share} of the hours are spent for {complete} of the work, a gap of {gap}.",
        share=share,
        complete=words.percent(block.percent_complete),
        gap=words.points(block.gap),
    )


def hours_range(snapshot: StatusSnapshot) -> Runs:
    """The lowest and highest of the named forecasts; they are never averaged."""
    block = snapshot.hours
    known = [forecast for forecast in block.forecasts if forecast.hours is not None] if block else []
    if not known:
        return runs("No forecast of hours can be made yet.")
    low = min(known, key=lambda forecast: forecast.hours or Decimal(0))
    high = max(known, key=lambda forecast: forecast.hours or Decimal(0))
    if low is high:
        return sentence("The forecast at the end is {hours} ({name}).", hours=words.hours(low.hours), name=low.name)
    return sentence(
        "The forecasts at the end range from {low} ({low_name}) to {high} ({high_name}).",
        low=words.hours(low.hours),
        low_name=low.name,
        high=words.hours(high.hours),
        high_name=high.name,
    )


def compared(snapshot: StatusSnapshot) -> tuple[Milestone, ...]:
    """The milestones that have a baseline to be late against."""
    return tuple(milestone for milestone in snapshot.milestones or () if milestone.late_days is not None)


def late_milestones(snapshot: StatusSnapshot) -> tuple[Milestone, ...]:
    """Milestones after their baseline date, the latest first."""
    late = [milestone for milestone in compared(snapshot) if (milestone.late_days or 0) > 0]
    return tuple(sorted(late, key=lambda milestone: -(milestone.late_days or 0)))


def milestones(snapshot: StatusSnapshot) -> Runs:
    """How many milestones are late, and the worst of them."""
    if snapshot.milestones is None:
        return silent(snapshot, Block.MILESTONES)
    if not snapshot.milestones:
        return runs("The plan has no milestones.")
    total, late = len(compared(snapshot)), late_milestones(snapshot)
    if not total:
        return runs("No milestone can be judged: there is no baseline to compare with.")
    if not late:
        return runs("The one milestone holds its baseline date." if total == 1 else f"All {total} milestones hold.")
    worst = f"{late[0].name}, by {words.plural(late[0].late_days or 0, 'working day')}"
    if len(late) == 1:
        whole = "The one milestone is late" if total == 1 else f"1 of {total} milestones is late"
        return runs(f"{whole}: {worst}.")
    return runs(f"{len(late)} of {total} milestones are late; the worst is {worst}.")


def late_phases(snapshot: StatusSnapshot) -> tuple[PlanRow, ...]:
    """Phases (summaries of the first level) that finish after their baseline, the latest first."""
    late = [row for row in _phases(snapshot) if (row.late_days or 0) > 0]
    return tuple(sorted(late, key=lambda row: -(row.late_days or 0)))


def _phases(snapshot: StatusSnapshot) -> tuple[PlanRow, ...]:
    rows = snapshot.plan.rows if snapshot.plan else ()
    return tuple(row for row in rows if row.summary and row.level == 0 and row.late_days is not None)


def plan(snapshot: StatusSnapshot) -> Runs:
    """Which phases are off plan."""
    if snapshot.plan is None:
        return silent(snapshot, Block.PLAN)
    total, late = len(_phases(snapshot)), late_phases(snapshot)
    if not total:
        return finish(snapshot)
    if not late:
        return runs(f"All {total} phases are on plan." if total > 1 else "The one phase is on plan.")
    worst = f"{late[0].name}, by {words.plural(late[0].late_days or 0, 'working day')}"
    if len(late) == 1:
        whole = f"1 of {total} phases is off plan" if total > 1 else "The one phase is off plan"
        return runs(f"{whole}: {worst}.")
    return runs(f"{len(late)} of {total} phases are off plan; the worst is {worst}.")


def risks(snapshot: StatusSnapshot) -> Runs:
    """The top risk and its exposure."""
    if snapshot.risks is None:
        return silent(snapshot, Block.RISKS)
    if not snapshot.risks:
        return runs("No risk is open.")
    top = max(snapshot.risks, key=lambda risk: risk.exposure)
    return runs(f"The top risk is {top.ref} with an exposure of {top.exposure} of 25: {top.title}.")


def changes(snapshot: StatusSnapshot) -> Runs:
    """How many changes are approved and how many wait."""
    if snapshot.changes is None:
        return silent(snapshot, Block.CHANGES)
    approved = sum(change.approved for change in snapshot.changes)
    pending = len(snapshot.changes) - approved
    if not snapshot.changes:
        return runs("No change has been requested.")
    return runs(
        f"{words.plural(approved, 'change')} {words.is_are(approved)} approved"
        f" and {pending} {words.is_are(pending)} pending."
    )


def decisions(snapshot: StatusSnapshot) -> Runs:
    """How many decisions are wanted, and the first deadline."""
    if snapshot.decisions is None:
        return silent(snapshot, Block.DECISIONS)
    if not snapshot.decisions:
        return runs("No decision is waiting.")
    count = len(snapshot.decisions)
    first = min(snapshot.decisions, key=lambda decision: decision.deadline)
    by = words.day(first.deadline)
    end = "" if first.title.endswith((".", "?", "!")) else "."
    if count == 1:
        return sentence("1 decision is needed by {by}: {title}" + end, by=by, title=first.title)
    return sentence(
        "{count} are needed, the first by {by}: {title}" + end,
        count=words.plural(count, "decision"),
        by=by,
        title=first.title,
    )


def client_actions(snapshot: StatusSnapshot) -> Runs:
    """How many of the client's actions are late, and the latest."""
    if snapshot.client_actions is None:
        return silent(snapshot, Block.CLIENT_ACTIONS)
    total = len(snapshot.client_actions)
    if not total:
        return runs("The client owes no action.")
    late = sorted((action for action in snapshot.client_actions if action.late_days > 0), key=lambda a: -a.late_days)
    if not late:
        verb = "is" if total == 1 else "are"
        return runs(f"{words.plural(total, 'client action')} {verb} due and none is late.")
    worst = f"{late[0].ref}, by {words.plural(late[0].late_days, 'working day')}"
    lead = f"{len(late)} of {total}{NO_BREAK}client actions {words.is_are(len(late))} late"
    return runs(f"{lead}: {worst}." if len(late) == 1 else f"{lead}; the latest is {worst}.")


def next_date(snapshot: StatusSnapshot) -> Runs:
    """When steering meets next."""
    if snapshot.next_steering_on is None:
        return runs("The next steering date is not set.")
    return sentence("Steering meets next on {on}.", on=words.day(snapshot.next_steering_on))

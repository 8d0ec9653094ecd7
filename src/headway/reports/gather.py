"""Fills a status snapshot from the records, through the same queries that every reader has.

Each block carries where it came from; a block without records says why. The pure parts (week, done, next, readings)
can be tested without a database.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from zoneinfo import ZoneInfo

from headway.areas.deliverables.queries import earlier_snapshots
from headway.areas.portfolio.health import PastReading, health_figures, readings_of
from headway.areas.portfolio.types import Dimension as HealthDimension
from headway.areas.portfolio.types import Direction, Health, Reading
from headway.areas.projects import queries as projects
from headway.areas.projects.types import Charter, RiskRow, Severity, State
from headway.areas.schedule import queries as schedule
from headway.areas.schedule.records import is_key
from headway.areas.schedule.types import PlanSummary
from headway.documents.tree import Rag
from headway.engine import plan as engine
from headway.engine.calendars import Axis, Calendars
from headway.engine.measures import Unit
from headway.kernel.context import Context
from headway.reports import status_snapshot as say
from headway.reports.figures import status_figures
from headway.reports.frozen import FrozenError
from headway.reports.status_snapshot import Audience, Block, StatusSnapshot

_MOST = 7
_SEVERITY = {Severity.CRITICAL: 1, Severity.HIGH: 2, Severity.MEDIUM: 3, Severity.LOW: 4}


@dataclass(frozen=True, slots=True)
class PlanFacts:
    """A project's plan with its dates and its calendar."""

    summary: PlanSummary
    plan: engine.Plan
    dates: dict[int, engine.ScheduledTask]
    axis: Axis

    def days(self, planned: datetime | None, expected: datetime | None) -> int | None:
        """Working days from planned to expected, halves away from nothing; negative = early."""
        if planned is None or expected is None:
            return None
        day = Decimal(self.plan.project.minutes_per_day * 10)
        tenths = self.axis.work_between(planned, expected).tenths
        return int((Decimal(tenths) / day).to_integral_value(ROUND_HALF_UP))


def week_of(as_of: date) -> say.Week:
    """The ISO week of a day, Monday to Sunday."""
    year, number, weekday = as_of.isocalendar()
    first = as_of - timedelta(days=weekday - 1)
    return say.Week(year, number, first, first + timedelta(days=6))


def plan_facts(ctx: Context, project_id: int) -> PlanFacts | None:
    """The plan of a project, or None when it has none."""
    if not schedule.has_plan(project_id):
        return None
    plan = schedule.plan_of(ctx, project=project_id)
    dates = {item.uid: item for item in schedule.schedule_of(ctx, project=project_id)}
    axis = Calendars(plan.calendars, default_uid=plan.project.calendar_uid).default
    return PlanFacts(schedule.summary(ctx, project=project_id), plan, dates, axis)


def gather_status(ctx: Context, *, project: int, as_of: date, audience: Audience, number: int) -> StatusSnapshot:
    """Everything the status pack says about one project at one day, under one snapshot number."""
    charter = projects.charter(ctx, project=project)
    facts = plan_facts(ctx, project)
    earlier = _earlier(ctx, project, audience)
    previous = earlier[0] if earlier else None
    figures = health_figures(ctx, charter=charter, as_of=as_of)
    money = status_figures(ctx, figures=figures, client_copy=audience is Audience.CLIENT, facts=facts, earlier=earlier)
    registers = _registers(ctx, project, as_of, figures.risks)
    past, for_all = [_past(item) for item in earlier], audience is Audience.CLIENT
    readings = tuple(_said(reading) for reading in readings_of(figures, past, for_all=for_all))
    blocks: dict[str, Any] = {
        **_plan_blocks(facts, previous, as_of),
        **registers,
        "earned_value": money.earned_value,
        "earned_schedule": money.earned_schedule,
        "curve": money.curve,
        "budget": money.budget,
        "hours": money.hours,
        "changes": money.changes,
        "client_actions": None,
        "feedback": None,
    }
    current = StatusSnapshot(
        number=number,
        taken_at=ctx.now,
        audience=audience,
        project=say.Project(
            charter.key,
            charter.name,
            charter.client,
            charter.manager,
            charter.stage.value.title(),
            charter.currency,
            charter.time_zone,
        ),
        week=week_of(as_of),
        data_date=as_of,
        previous_number=previous.number if previous else None,
        previous_date=previous.data_date if previous else None,
        baseline=_baseline(ctx, facts, charter),
        rag=readings,
        overall=say.worst(readings),
        provenance=_provenance(blocks, facts, as_of),
        not_measured=_gaps(blocks, facts, money.missing),
        next_report_on=as_of + timedelta(days=7),
        **blocks,
    )
    return replace(current, moved=say.changes_since(previous, current))


def _earlier(ctx: Context, project_id: int, audience: Audience) -> list[StatusSnapshot]:
    """Earlier snapshots for the same audience, newest first; one of another shape (an older release's) is left out."""
    found = []
    for data in earlier_snapshots(ctx, project_id, kind="status", audience=audience.value, most=8):
        try:
            found.append(StatusSnapshot.from_json(data["snapshot"]))
        except (FrozenError, say.SnapshotError, KeyError):
            continue
    return found


# --- the plan -------------------------------------------------------------------------------


def _baseline(ctx: Context, facts: PlanFacts | None, charter: Charter) -> say.Baseline | None:
    if facts is None or not facts.summary.baseline:
        return None
    rows = schedule.baselines(ctx, project=charter.id)
    current = next(row for row in rows if row.current)
    finish = current.finish.date() if current.finish else None
    return say.Baseline(current.name, current.taken_at.astimezone(ZoneInfo(charter.time_zone)).date(), finish)


def _planned(task: engine.Task) -> engine.TaskBaseline | None:
    return next((item for item in task.baselines if item.number == 0), None)


def _plan_blocks(facts: PlanFacts | None, previous: StatusSnapshot | None, as_of: date) -> dict[str, Any]:
    if facts is None:
        return {"milestones": None, "plan": None, "done": None, "next": None}
    rows = tuple(_plan_row(facts, task) for task in facts.plan.tasks if task.uid in facts.dates)
    finish = facts.summary.finish
    planned = facts.summary.baseline_finish
    last = previous.plan.forecast_finish if previous and previous.plan else None
    deadline = min((task.deadline for task in facts.plan.tasks if task.deadline and not task.summary), default=None)
    whole = say.Plan(
        baseline_finish=planned.date() if planned else None,
        forecast_finish=finish.date() if finish else as_of,
        last_forecast_finish=last,
        contract_date=deadline.date() if deadline else None,
        late_days=facts.summary.late_days,
        rows=rows,
        non_working=_non_working(facts),
    )
    return {
        "milestones": _milestones(facts, previous),
        "plan": whole if finish else None,
        "done": tuple(done_in(facts, as_of - timedelta(days=6), as_of)) or None,
        "next": tuple(next_after(facts, as_of, as_of + timedelta(days=7))) or None,
    }


def _plan_row(facts: PlanFacts, task: engine.Task) -> say.PlanRow:
    dates = facts.dates[task.uid]
    planned = _planned(task)
    base_start = planned.start if planned else None
    base_finish = planned.finish if planned else None
    return say.PlanRow(
        uid=task.uid,
        name=task.name,
        level=max(0, task.outline_level - 1),
        start=dates.start.date(),
        finish=dates.finish.date(),
        baseline_start=base_start.date() if base_start else None,
        baseline_finish=base_finish.date() if base_finish else None,
        progress=dates.percent_complete if task.summary else task.percent_complete,
        critical=dates.critical,
        milestone=task.milestone and not task.summary,
        summary=task.summary,
        late_days=facts.days(base_finish, dates.finish),
    )


def _non_working(facts: PlanFacts) -> tuple[date, ...]:
    """Days without work between the plan's start and finish, at most two years of them."""
    start, finish = facts.summary.start, facts.summary.finish
    if start is None or finish is None:
        return ()
    days = (start.date() + timedelta(days=n) for n in range(min(731, (finish.date() - start.date()).days + 1)))
    return tuple(day for day in days if not _works(facts.axis, day))


def _works(axis: Axis, day: date) -> bool:
    midnight = datetime.combine(day, datetime.min.time())
    return bool(axis.work_between(midnight, midnight + timedelta(days=1)))


def _milestones(facts: PlanFacts, previous: StatusSnapshot | None) -> tuple[say.Milestone, ...] | None:
    last = {item.name: item.forecast for item in previous.milestones or ()} if previous else {}
    found = []
    for task in facts.plan.tasks:
        dates = facts.dates.get(task.uid)
        if not task.milestone or task.summary or dates is None:
            continue
        planned = _planned(task)
        base = planned.finish if planned else None
        actual = task.actual_finish
        found.append(
            say.Milestone(
                name=task.name,
                key=is_key(deadline=task.deadline, level=task.outline_level),
                owner=task.owner,
                baseline=base.date() if base else None,
                last_forecast=last.get(task.name),
                forecast=dates.finish.date(),
                actual=actual.date() if actual else None,
                late_days=facts.days(base, actual or dates.finish),
            )
        )
    return tuple(sorted(found, key=lambda item: (item.forecast, item.name))) or None


def done_in(facts: PlanFacts, first: date, last: date) -> Iterable[say.Outcome]:
    """What was finished in those days, milestones first, at most seven."""
    found = [
        (not task.milestone, task.actual_finish, task)
        for task in facts.plan.tasks
        if not task.summary and task.active and task.actual_finish and first <= task.actual_finish.date() <= last
    ]
    for _, finish, task in sorted(found, key=lambda item: (item[0], item[1], item[2].uid))[:_MOST]:
        yield say.Outcome(task.name, task.owner, finish.date())


def next_after(facts: PlanFacts, day: date, last: date) -> Iterable[say.Outcome]:
    """What is due to finish after a day and up to another, and what is overdue: by finish, at most seven."""
    found = [
        (facts.dates[task.uid].finish, task)
        for task in facts.plan.tasks
        if task.uid in facts.dates and not task.summary and task.actual_finish is None and task.percent_complete < 100
    ]
    due = [(finish, task) for finish, task in found if finish.date() <= last]
    for finish, task in sorted(due, key=lambda item: (item[0], item[1].uid))[:_MOST]:
        yield say.Outcome(task.name, task.owner, finish.date())


# --- registers ------------------------------------------------------------------------------


def _registers(ctx: Context, project_id: int, as_of: date, risks: tuple[RiskRow, ...] | None) -> dict[str, Any]:
    issues = projects.issues(ctx, project=project_id, state=State.OPEN)
    decisions = projects.decisions(ctx, project=project_id, state=State.OPEN)
    has_issues = issues or projects.issues(ctx, project=project_id)
    has_decisions = decisions or projects.decisions(ctx, project=project_id)
    return {
        "risks": tuple(
            say.Risk(
                row.ref, row.title, row.owner, row.response_due, row.probability, row.impact, row.exposure, row.response
            )
            for row in risks
        )
        if risks is not None
        else None,
        "issues": tuple(
            say.Issue(
                row.ref, row.title, row.owner, row.due, _SEVERITY[row.severity], row.resolution or row.description
            )
            for row in sorted(issues, key=lambda row: (_SEVERITY[row.severity], row.id))
        )
        if has_issues
        else None,
        "decisions": tuple(
            say.Decision(
                row.ref,
                row.question,
                row.owner,
                tuple(option.title for option in row.options),
                row.recommendation,
                row.decide_by or as_of,
                row.cost_of_waiting,
            )
            for row in decisions
        )
        if has_decisions
        else None,
    }


# --- health ---------------------------------------------------------------------------------


def _said(reading: Reading) -> say.RagReading:
    """A reading as the status pack keeps it."""
    own = reading.override
    return say.RagReading(
        dimension=say.Dimension[reading.dimension.name],
        colour=Rag[reading.colour.name],
        computed=Rag[reading.computed.name],
        previous=Rag[reading.previous.name] if reading.previous is not None else None,
        measure=reading.measure,
        value=reading.value,
        unit=_UNITS.get(reading.unit, "") if reading.unit is not None else "",
        digits=len(reading.shown.partition(".")[2]),
        reason=reading.reason,
        limits=reading.limits,
        trend="" if reading.trend is Direction.UNKNOWN else reading.trend.value,
        override=say.Override(own.set_by, own.approved_by, own.set_at.date(), own.reason) if own is not None else None,
    )


_UNITS = {Unit.PERCENT: "%", Unit.POINTS: "points", Unit.DAYS: "working days", Unit.WEEKS: "weeks"}


def _past(snapshot: StatusSnapshot) -> dict[HealthDimension, PastReading]:
    """What an earlier snapshot said of each dimension."""
    return {
        HealthDimension[reading.dimension.name]: PastReading(
            Health[reading.colour.name], Health[reading.computed.name], reading.measure, reading.value
        )
        for reading in snapshot.rag
    }


# --- where it comes from, and what is not there -------------------------------------------------


_SOURCES = {
    "milestones": ("Milestones", "schedule.milestones"),
    "plan": ("Plan", "schedule.tasks"),
    "risks": ("Risks", "projects.risks"),
    "issues": ("Issues", "projects.issues"),
    "decisions": ("Decisions", "projects.decisions"),
    "changes": ("Changes", "budgets.changes"),
    "hours": ("Hours", "hours.totals"),
    "budget": ("Budget", "budgets.show"),
    "earned_value": ("Earned value", "budgets.earned_value"),
    "earned_schedule": ("Earned schedule", "budgets.earned_value"),
}


def _provenance(blocks: dict[str, Any], facts: PlanFacts | None, as_of: date) -> tuple[say.Provenance, ...]:
    found = []
    for name, (block, source) in _SOURCES.items():
        content = blocks.get(name)
        if content is None:
            continue
        if name == "plan":
            records = len(content.rows)
        elif name == "hours":
            records = len(content.entries)
        else:
            records = len(content) if isinstance(content, tuple) else 1
        found.append(say.Provenance(block, source, records, as_of))
    return tuple(found)


_WHY: dict[str, tuple[Block, str]] = {
    "milestones": (Block.MILESTONES, "The plan has no milestones."),
    "plan": (Block.PLAN, "No plan has been imported or started."),
    "done": (Block.DONE, "Nothing was finished in the week before the data date."),
    "next": (Block.NEXT, "Nothing is due in the week after the data date."),
    "risks": (Block.RISKS, "No risk has been recorded."),
    "issues": (Block.ISSUES, "No issue has been recorded."),
    "decisions": (Block.DECISIONS, "No decision has been recorded."),
    "client_actions": (Block.CLIENT_ACTIONS, "No records are kept yet of what the client owes."),
    "feedback": (Block.FEEDBACK, "No records are kept yet of feedback."),
    "changes": (Block.CHANGES, "No change has been recorded."),
    "hours": (Block.HOURS, "No hours have been logged or imported."),
    "budget": (Block.BUDGET, "No budget has been approved."),
    "earned_value": (Block.EARNED_VALUE, "It needs a baseline and progress."),
    "earned_schedule": (Block.EARNED_SCHEDULE, "It needs a baseline and progress."),
}


def _gaps(blocks: dict[str, Any], facts: PlanFacts | None, missing: dict[str, str]) -> tuple[say.NotMeasured, ...]:
    gaps = []
    for name, (block, why) in _WHY.items():
        if blocks.get(name) is None:
            reason = missing.get(name, why)
            if facts is None and name in ("milestones", "done", "next"):
                reason = "No plan has been imported or started."
            gaps.append(say.NotMeasured(block, reason))
    return tuple(gaps)

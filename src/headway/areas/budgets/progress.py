"""Saying how far a project or a row of its plan is, by a declared method; what was said; whether it is fresh enough."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

from headway.areas.budgets.figures import ground, percent_complete, progress_day
from headway.areas.budgets.progress_read import BY_TASK, BY_WEIGHT, said
from headway.areas.budgets.progress_types import (
    ProgressMethods,
    ProgressWeight,
    RowUid,
    SharePercent,
    StatementRow,
    Trust,
    Weights,
)
from headway.areas.budgets.stated import ProgressStatement
from headway.areas.hours.queries import timesheets_in
from headway.areas.hours.spent import spent_parts
from headway.areas.hours.types import Hours
from headway.areas.projects.queries import charter
from headway.areas.projects.types import ProjectId
from headway.areas.schedule.rows import rows_by_uid
from headway.engine.measures import HUNDRED, ZERO
from headway.engine.planned_value import ProgressMethod
from headway.engine.rag import limits_from
from headway.kernel.access import may
from headway.kernel.commands import command
from headway.kernel.context import Context
from headway.kernel.errors import FieldError, Invalid
from headway.kernel.queries import query
from headway.kernel.schema import Label, to_json

_MOST = 200


@command(permission="budgets.set_progress", name="budgets.state_progress")
def state_progress(
    ctx: Context,
    *,
    project: ProjectId,
    method: ProgressMethod,
    said_on: date | None = None,
    said_by: Label = "",
    row: RowUid | None = None,
    percent: SharePercent | None = None,
    etc: Hours | None = None,
    weights: Weights = (),
) -> StatementRow:
    """Say how far a project, or a row of its plan, is, and by which method that is known.

    What is said counts from its day on and replaces what was said before; figures of earlier days stay.

    method    0/100 and 50/50 count each task by whether it began and ended; an owner's estimate is a percent, or
              without one what each task says; the others work percent complete out of what is given.
    said_on   default: today where the project is. said_by: who says so; default the one who enters it.
    row       uid of a row of the plan; default the whole project.
    percent   of an owner's estimate.  etc: hours still to go, for AC / (AC + ETC).
    weights   milestones (each with its row) or deliverables (with the day of acceptance) and their shares of 100.
    """
    today = ctx.now.astimezone(ZoneInfo(charter(ctx, project=project).time_zone)).date()
    day = said_on or today
    if day > today:
        _refuse("said_on", f"{day} lies ahead: progress is said of today or of a day before.", day)
    spoken = {uid for uid in (row, *(weight.task_uid for weight in weights)) if uid is not None}
    found = rows_by_uid(project, spoken)
    for uid in spoken - set(found):
        _refuse("row" if uid == row else "weights", f"The plan has no row {uid}.", uid)
    _fits(method, row, percent, etc, weights)
    ac = None
    if method is ProgressMethod.COST_TO_GO:
        wanted = None if row is None else {leaf.uid for leaf in found[row].leaves}
        parts = spent_parts(project, until=day, by_task=wanted is not None)
        ac = sum((part.hours for part in parts if wanted is None or part.task_uid in wanted), ZERO)
        if not ac and not etc:
            _refuse("etc", "Nothing is worked and nothing is to go: there is no percent complete.", etc)
    stored = ProgressStatement.add(
        ctx,
        project_id=project,
        task_uid=row,
        method=method.value,
        percent=percent,
        ac=ac,
        etc=etc,
        weights=[_weight(weight) for weight in weights],
        said_by=said_by or ctx.actor.name,
        said_on=day,
        entered_by=ctx.actor.name,
    )
    return _rows(ctx, project, [stored])[0]


def _weight(weight: ProgressWeight) -> dict[str, object]:
    return {
        "name": weight.name,
        "share": to_json(weight.share),
        "task_uid": weight.task_uid,
        "accepted_on": weight.accepted_on.isoformat() if weight.accepted_on else None,
    }


def _fits(
    method: ProgressMethod, row: int | None, percent: Decimal | None, etc: Decimal | None, weights: Weights
) -> None:
    """Each method with what it needs and nothing else."""
    if percent is not None and method is not ProgressMethod.OWNER_ESTIMATE:
        _refuse("percent", f"Progress by {method.value} is worked out; give no percent.", percent)
    if method is ProgressMethod.OWNER_ESTIMATE and row is not None and percent is None:
        _refuse("percent", "Say how many percent of the row are done.", "")
    if (etc is not None) != (method is ProgressMethod.COST_TO_GO):
        _refuse("etc", "Hours to go belong to AC / (AC + ETC), which needs them.", etc)
    if etc is not None and etc < 0:
        _refuse("etc", f"{etc} hours to go; give 0 or more.", etc)
    if bool(weights) != (method in BY_WEIGHT):
        _refuse("weights", "Shares belong to milestone weights and accepted deliverables, which need them.", "")
    if not weights:
        return
    total = sum((weight.share for weight in weights), ZERO)
    if total != HUNDRED:
        _refuse("weights", f"The shares come to {total:f}; they must come to 100.", total)
    if len({weight.name.casefold() for weight in weights}) < len(weights):
        _refuse("weights", "Two of them have the same name.", "")
    for weight in weights:
        if method is ProgressMethod.MILESTONE_WEIGHTS and weight.task_uid is None:
            _refuse("weights", f"'{weight.name}' names no row of the plan, which would say whether it is reached.", "")
        if method is ProgressMethod.ACCEPTED_DELIVERABLES and weight.task_uid is not None:
            _refuse("weights", f"'{weight.name}' is accepted on a day; name no row of the plan.", "")


def _refuse(name: str, text: str, value: object) -> None:
    raise Invalid(text, fields=[FieldError(name, text, value=str(value))])


@command(permission="budgets.set_progress", destructive=True, idempotent=True, name="budgets.withdraw_progress")
def withdraw_progress(ctx: Context, *, statement: ProgressStatement) -> StatementRow:
    """Let a statement of progress count no more from today on; what was said before it counts again."""
    zone = ZoneInfo(charter(ctx, project=statement.project_id).time_zone)
    if statement.withdrawn_on is None:
        statement.change(ctx, withdrawn_on=ctx.now.astimezone(zone).date())
    return _rows(ctx, statement.project_id, [statement])[0]


@query(permission="budgets.read", name="budgets.progress")
def progress(ctx: Context, *, project: ProjectId) -> ProgressMethods:
    """How a project's percent complete is known today, by whom and since when, and all that was said before."""
    stand = ground(ctx, project)
    today = ctx.now.astimezone(ZoneInfo(stand.about.time_zone)).date()
    percent, text = percent_complete(stand, on=today)
    rows = ProgressStatement.visible_to(ctx).filter(project_id=project).order_by("-said_on", "-id")[:_MOST]
    return ProgressMethods(text, percent, progress_day(stand, today), tuple(_rows(ctx, project, list(rows))))


def _rows(ctx: Context, project: int, rows: list[ProgressStatement]) -> list[StatementRow]:
    stand = ground(ctx, project)
    today = ctx.now.astimezone(ZoneInfo(stand.about.time_zone)).date()
    known = stand.said
    whole, by_row = known.whole(today), known.by_row(today)
    used = {one.id for one in (whole, *by_row.values()) if one is not None}
    done = {line.uid: line.percent_complete for line in stand.planned}
    named = rows_by_uid(project, {row.task_uid for row in rows if row.task_uid is not None})
    told = []
    for row in rows:
        one = said(row)
        own = done.get(row.task_uid) if row.task_uid is not None else None
        told.append(
            StatementRow(
                id=row.pk,
                task_uid=row.task_uid,
                row=named[row.task_uid].name if row.task_uid in named else "",
                method=one.method,
                complete=None
                if one.percent is None and one.method in BY_TASK
                else one.measured({**known.milestones, **done}, today, own),
                percent=one.percent,
                ac=one.ac,
                etc=one.etc,
                weights=one.weights,
                said_by=one.said_by,
                said_on=one.said_on,
                entered_by=row.entered_by,
                withdrawn_on=one.withdrawn_on,
                in_use=row.pk in used,
                version=row.version,
            )
        )
    return told


@query(permission="budgets.read")
def trust(ctx: Context, *, project: ProjectId, as_of: date) -> Trust:
    """Whether figures of a day can be believed: how old progress is, and how many timesheets are in.

    Grey by the project's own limits; by default progress older than 10 days, or fewer than 90 % of the timesheets.
    """
    stand = ground(ctx, project)
    limits = limits_from(stand.about.rag_limits)
    day = progress_day(stand, as_of)
    age = (as_of - day).days if day is not None else None
    share = None
    if may(ctx, "hours.read_team", project_id=project):
        share = timesheets_in(ctx, project=project, as_of=as_of).percent.value
    grey = []
    if age is None:
        grey.append("No progress was entered yet.")
    elif age > limits.progress_age_days:
        grey.append(f"Progress is {age} days old; after {limits.progress_age_days} it says too little.")
    if share is not None and share < limits.timesheets_percent:
        grey.append(
            f"{share:.0f} % of the timesheets are in; fewer than {limits.timesheets_percent:.0f} % are too few."
        )
    return Trust(as_of, day, age, share, tuple(grey))

"""The statement of a retainer's period for the client: the ledger to it and the hours behind it. No rate, no cost.

People inside have every period, with names and notes where they ask for them. The client has the periods that were
closed: closing is the recorded word of a person that the hours are right (decision 0143).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from headway.areas.budgets.models import Retainer
from headway.areas.budgets.money_types import BalancePeriod, RetainerLine, RetainerRow
from headway.areas.budgets.retainer_ledger import balance_period, retainer_rows
from headway.areas.budgets.status_types import RetainerStatement, StatementEntry
from headway.areas.hours.told import told_entries
from headway.areas.projects.queries import charter, local_day
from headway.areas.projects.types import ProjectId
from headway.engine.measures import ZERO
from headway.kernel.access import may
from headway.kernel.context import Context
from headway.kernel.errors import Denied, NotFound
from headway.kernel.queries import query


@query(permission="budgets.read_balance", name="budgets.statement")
def statement(
    ctx: Context, *, project: ProjectId, retainer: int, period: int | None = None, details: bool = False
) -> RetainerStatement:
    """What a retainer's period had and used, the ledger to it, and its hours by day and task.

    retainer  its id, as `budgets.balance` gives it.
    period    its number; none = the newest that is closed, and inside the present one where none is.
    details   with names and notes of the entries; for those inside alone.
    """
    inside = may(ctx, "budgets.read", project_id=project)
    if details and not may(ctx, "hours.read_team", project_id=project):
        raise Denied("Your role does not allow this (see names and notes of the hours).")
    today = local_day(ctx, project=project)
    row = _row(project, retainer, today)
    told = [line for line in row.lines if line.closed or (inside and not line.expected)]
    line = _chosen(told, period)
    about = charter(ctx, project=project)
    entries = told_entries(
        project,
        first=line.first,
        last=line.last,
        phase=row.phase,
        billable_only=row.billable_only,
        inside=details,
    )
    hours = sum((one.hours for one in entries), ZERO)
    closed = line.closed_at.astimezone(ZoneInfo(about.time_zone)).date() if line.closed_at is not None else None
    return RetainerStatement(
        retainer_id=row.id,
        name=row.name,
        project=about.name,
        key=about.key,
        client=about.client,
        as_of=today,
        number=line.number,
        period=balance_period(line),
        closed_on=closed,
        ledger=tuple(balance_period(one) for one in told if one.number <= line.number),
        left=line.hours_left,
        entries=tuple(
            StatementEntry(one.day, one.task, one.hours, one.billable, one.person, one.note) for one in entries
        ),
        hours=hours,
        moved=line.used - hours,
        rules=row.rules,
        inside=details,
    )


def statements_of(ctx: Context, project_id: int) -> dict[int, tuple[tuple[int, BalancePeriod], ...]]:
    """The periods of which this reader may have statements, by retainer, the newest first; of a visible project."""
    inside = may(ctx, "budgets.read", project_id=project_id)
    rows = retainer_rows(list(_retainers(project_id).order_by("id")), local_day(ctx, project=project_id))
    return {
        row.id: tuple(
            (line.number, balance_period(line))
            for line in reversed(row.lines)
            if line.closed or (inside and not line.expected)
        )
        for row in rows
    }


def _retainers(project_id: int) -> QuerySet[Retainer]:
    return Retainer.unscoped(reason="hours alone, of a project that the reader sees").filter(
        project_id=project_id, removed_at=None
    )


def _row(project_id: int, retainer: int, today: date) -> RetainerRow:
    found = list(_retainers(project_id).filter(pk=retainer))
    if not found:
        raise NotFound("Retainer not found.")
    return retainer_rows(found, today)[0]


def _chosen(lines: Sequence[RetainerLine], period: int | None) -> RetainerLine:
    if period is None:
        line = next((one for one in reversed(lines) if one.closed), lines[-1] if lines else None)
    else:
        line = next((one for one in lines if one.number == period), None)
    if line is None:
        raise NotFound("There is no statement of this period. A statement stands once the period is closed.")
    return line

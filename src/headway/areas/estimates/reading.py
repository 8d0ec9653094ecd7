"""Estimates as lists and pages show them: rows, lines with their figures, finished projects beside their estimates."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count
from pydantic import TypeAdapter

from headway.areas.estimates.contingency import open_shares
from headway.areas.estimates.figures import Placed, Worked, sums_of, worked_on
from headway.areas.estimates.lines import three_of
from headway.areas.estimates.models import Estimate, EstimateLine
from headway.areas.estimates.policies import sees_costs
from headway.areas.estimates.types import (
    Applied,
    Basis,
    EstimateDetail,
    EstimateRow,
    EstimateState,
    LineRow,
    RiskShare,
    Unit,
)
from headway.areas.hours.on_tasks import worked_parts
from headway.areas.hours.sums import plain
from headway.areas.projects.queries import local_day
from headway.areas.schedule.rows import undone_changes
from headway.engine.estimating import Spread, Together, are_groups, below, spread_of, summed
from headway.engine.statistics import EstimateClass
from headway.kernel.context import Context

_ZERO = Decimal(0)
_APPLIED: TypeAdapter[Applied] = TypeAdapter(Applied)
_SHARES: TypeAdapter[tuple[RiskShare, ...]] = TypeAdapter(tuple[RiskShare, ...])


def stored_lines(estimate: Estimate) -> list[EstimateLine]:
    """The lines of an estimate in outline order."""
    return list(EstimateLine.of(estimate).order_by("position", "id"))


def estimate_rows(ctx: Context, project_id: int, rows: Collection[Estimate]) -> tuple[EstimateRow, ...]:
    """Estimates of one project as lists show them; two queries, however many."""
    counted = EstimateLine.among([row.pk for row in rows]).order_by().values_list("estimate_id")
    counts = dict(counted.annotate(lines=Count("pk")))
    today = local_day(ctx, project=project_id)
    return tuple(_row(row, counts.get(row.pk, 0), today) for row in rows)


def _row(row: Estimate, lines: int, today: date) -> EstimateRow:
    superseded = row.state == EstimateState.SUPERSEDED.value
    return EstimateRow(
        id=row.pk,
        project_id=row.project_id,
        number=row.number,
        ref=row.ref,
        title=row.title,
        state=EstimateState(row.state),
        kind=EstimateClass(row.kind),
        valid_until=row.valid_until,
        expired=not superseded and row.valid_until is not None and row.valid_until < today,
        made_by=row.made_by,
        made_at=row.created_at,
        approved_by=row.approved_by,
        approved_at=row.approved_at,
        lines=lines,
        version=row.version,
    )


def detail(ctx: Context, row: Estimate) -> EstimateDetail:
    """An estimate with all that is known of it; the queries are as many for one line as for hundreds."""
    stored = stored_lines(row)
    costs = sees_costs(ctx, row.project_id)
    worked = worked_on(placed(stored), worked_parts([row.project_id]))
    together = Together(row.together)
    lines = line_rows(stored, worked, together, costs=costs)
    shares, unpriced_risks = _shares(ctx, row)
    calibration = applied(row)
    sums = sums_of(
        lines,
        kind=EstimateClass(row.kind),
        together=together,
        calibration=calibration,
        risks=shares,
        worked=worked,
    )
    leaves = [line for line in lines if not line.group]
    return EstimateDetail(
        row=_row(row, len(lines), local_day(ctx, project=row.project_id)),
        basis=Basis(row.basis) if row.basis else None,
        basis_note=row.basis_note,
        currency=row.currency,
        assumptions=row.assumptions,
        exclusions=row.exclusions,
        together=together,
        assumption=together.assumption,
        note=row.note,
        lines=lines,
        hours=sums.hours,
        money=sums.money,
        cost=sums.margin.cost.value if sums.margin is not None and costs else None,
        margin=sums.margin.margin.value if sums.margin is not None and costs else None,
        phases=sums.phases,
        roles=sums.roles,
        risks=shares,
        unpriced_risks=unpriced_risks,
        calibration=calibration,
        unpriced=sum(1 for line in leaves if line.unit is Unit.HOURS and line.mean is not None and line.rate is None),
        unestimated=sum(1 for line in leaves if line.likely is None),
        even=sum(1 for line in leaves if line.likely is not None and line.optimistic == line.pessimistic),
        worked=worked.whole or None,
        plan_change=row.plan_change,
        taken_back=bool(row.plan_change and undone_changes([row.plan_change])),
        planned=sum(1 for line in lines if line.task_uid is not None),
        missing=missing_for_approval(row, stored),
    )


def _shares(ctx: Context, row: Estimate) -> tuple[tuple[RiskShare, ...], int]:
    if row.risks is not None:
        return _SHARES.validate_python(row.risks), 0
    return open_shares(ctx, row)


def frozen_shares(shares: Iterable[RiskShare]) -> list[dict[str, Any]]:
    """The contingency as an approved estimate keeps it."""
    kept: list[dict[str, Any]] = _SHARES.dump_python(tuple(shares), mode="json")
    return kept


def applied(row: Estimate) -> Applied | None:
    """The calibration of an estimate."""
    return None if row.calibration is None else _APPLIED.validate_python(row.calibration)


def frozen_calibration(made: Applied) -> dict[str, Any]:
    """A calibration as an estimate keeps it."""
    kept: dict[str, Any] = _APPLIED.dump_python(made, mode="json")
    return kept


def missing_for_approval(row: Estimate, stored: Sequence[EstimateLine]) -> tuple[str, ...]:
    """What an estimate must state and does not yet, in words."""
    groups = are_groups([line.level for line in stored])
    open_ = sum(1 for line, group in zip(stored, groups, strict=True) if not group and line.likely is None)
    asked = (
        ("at least one line", not stored),
        (f"figures on {open_} {'line' if open_ == 1 else 'lines'}", bool(open_)),
        ("its basis", not row.basis),
        ("until when it is valid", row.valid_until is None),
    )
    return tuple(words for words, lacking in asked if lacking)


def placed(stored: Iterable[EstimateLine]) -> tuple[Placed, ...]:
    """What of stored lines says where hours belong."""
    return tuple(Placed(line.name, line.level, line.task_uid) for line in stored)


def line_rows(
    stored: Sequence[EstimateLine], worked: Worked, together: Together, *, costs: bool
) -> tuple[LineRow, ...]:
    """Lines with their figures; groups with the sums of what is below them."""
    levels = [line.level for line in stored]
    groups = are_groups(levels)
    hours: list[Spread | None] = []
    money: list[Decimal | None] = []
    for line in stored:
        three = three_of(line)
        spread = None if three is None else spread_of(three)
        in_hours = line.unit == Unit.HOURS.value
        hours.append(spread if in_hours else None)
        money.append(_amount(line, spread))
    found = []
    for place, (line, group) in enumerate(zip(stored, groups, strict=True)):
        spread, amount = hours[place], money[place]
        if group:
            inside = [one for one in below(levels, place) if not groups[one]]
            parts = [part for one in inside if (part := hours[one]) is not None]
            spread = summed(parts, together) if parts else None
            amounts = [own for one in inside if (own := money[one]) is not None]
            amount = sum(amounts, _ZERO) if amounts else None
        found.append(_line(line, place + 1, group, spread, amount, worked, costs=costs))
    return tuple(found)


def _amount(line: EstimateLine, spread: Spread | None) -> Decimal | None:
    if spread is None or line.unit == Unit.MONEY.value:
        return None if spread is None else spread.mean
    return None if line.rate is None else spread.mean * line.rate


def _line(
    line: EstimateLine,
    number: int,
    group: bool,
    spread: Spread | None,
    amount: Decimal | None,
    worked: Worked,
    *,
    costs: bool,
) -> LineRow:
    return LineRow(
        id=line.pk,
        number=number,
        name=line.name,
        level=line.level,
        group=group,
        unit=Unit(line.unit),
        role=line.role,
        optimistic=_shown(line.optimistic),
        likely=_shown(line.likely),
        pessimistic=_shown(line.pessimistic),
        mean=None if spread is None else spread.mean,
        sd=None if spread is None else spread.sd,
        amount=amount,
        rate=_shown(line.rate),
        typed=line.typed,
        cost_rate=_shown(line.cost_rate) if costs else None,
        assumptions=line.assumptions,
        exclusions=line.exclusions,
        task_uid=line.task_uid,
        worked=worked.by_uid.get(line.task_uid) if line.task_uid is not None else None,
    )


def _shown(value: Decimal | None) -> Decimal | None:
    return None if value is None else plain(value)

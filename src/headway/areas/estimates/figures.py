"""What the lines of an estimate come to: sums of the whole, of phases and of roles, with their spread. Pure.

Hours are scaled by the calibration where one is applied; lines show what was estimated, sums what is expected.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from headway.areas.estimates.lines import three_of
from headway.areas.estimates.types import Applied, CalibrateBy, LineRow, RiskShare, SumRow, Total, Unit
from headway.areas.hours.on_tasks import WorkedPart
from headway.engine.estimating import NOTHING, Spread, Together, spread_of, summed, tops_of
from headway.engine.rates import EstimateLine, EstimateMargin, estimate_margin
from headway.engine.statistics import EstimateClass

_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Worked:
    """Hours of a project on the parts of its estimate, by phase and role in small letters."""

    whole: Decimal
    by_phase: Mapping[str, Decimal]
    by_role: Mapping[str, Decimal]
    by_uid: Mapping[int, Decimal]


@dataclass(frozen=True, slots=True)
class Placed:
    """What of a line says where hours belong: its name, its level, its row of the plan."""

    name: str
    level: int
    task_uid: int | None


def worked_on(lines: Sequence[Placed], parts: Iterable[WorkedPart]) -> Worked:
    """Hours shared out: by the row of the plan that they name, else by a phase or line of the same name."""
    tops = tops_of([line.level for line in lines])
    phase_of = [lines[top].name.casefold() for top in tops]
    by_row = {line.task_uid: phase for line, phase in zip(lines, phase_of, strict=True) if line.task_uid is not None}
    by_name: dict[str, str] = {}
    for line, phase in zip(lines, phase_of, strict=True):
        by_name.setdefault(line.name.casefold(), phase)
    phases: dict[str, Decimal] = {}
    roles: dict[str, Decimal] = {}
    rows: dict[int, Decimal] = {}
    whole = _ZERO
    for part in parts:
        whole += part.hours
        named = by_row.get(part.task_uid) if part.task_uid is not None else None
        found = named if named is not None else by_name.get(part.phase.casefold())
        if found is not None:
            phases[found] = phases.get(found, _ZERO) + part.hours
        if part.role:
            roles[part.role.casefold()] = roles.get(part.role.casefold(), _ZERO) + part.hours
        if part.task_uid is not None:
            rows[part.task_uid] = rows.get(part.task_uid, _ZERO) + part.hours
    return Worked(whole, phases, roles, rows)


@dataclass(slots=True)
class _Group:
    """Lines of one phase or role."""

    name: str
    hours: list[Spread] = field(default_factory=list)
    money: list[Spread] = field(default_factory=list)
    factors: set[Decimal] = field(default_factory=set)
    lines: int = 0


@dataclass(frozen=True, slots=True)
class Sums:
    """All sums of an estimate; `money` None where no line has an amount."""

    hours: Total
    money: Total | None
    phases: tuple[SumRow, ...]
    roles: tuple[SumRow, ...]
    margin: EstimateMargin | None


def sums_of(
    lines: Sequence[LineRow],
    *,
    kind: EstimateClass,
    together: Together,
    calibration: Applied | None,
    risks: Sequence[RiskShare],
    worked: Worked,
) -> Sums:
    """What the lines come to, with the contingency on the money and the range of the class."""
    tops = tops_of([line.level for line in lines])
    phases: dict[str, _Group] = {}
    roles: dict[str, _Group] = {}
    whole = _Group("")
    for line, top in zip(lines, tops, strict=True):
        phase = phases.setdefault(lines[top].name.casefold(), _Group(lines[top].name))
        if line.group or line.likely is None:
            continue
        held = [whole, phase]
        if line.unit is Unit.HOURS:
            held.append(roles.setdefault(line.role.casefold(), _Group(line.role)))
        factor = factor_of(line, lines[top].name, calibration)
        for group in held:
            _take(group, line, factor)
    reserve = sum((risk.expected for risk in risks), _ZERO)
    money = _total(summed(whole.money, together), reserve, kind) if whole.money else None
    return Sums(
        hours=_total(summed(whole.hours, together), _ZERO, kind),
        money=money,
        phases=tuple(
            _row(group, together, worked.by_phase, calibration, CalibrateBy.PHASE) for group in phases.values()
        ),
        roles=tuple(_row(group, together, worked.by_role, calibration, CalibrateBy.ROLE) for group in roles.values()),
        margin=_margin(lines, tops, calibration),
    )


def factor_of(line: LineRow, phase: str, applied: Applied | None) -> Decimal:
    """What a line's hours are scaled by; 1 where no finished work speaks for it."""
    if applied is None or line.unit is Unit.MONEY:
        return Decimal(1)
    named = {CalibrateBy.WHOLE: "", CalibrateBy.PHASE: phase, CalibrateBy.ROLE: line.role}[applied.by]
    return applied.factors.get(named.casefold(), Decimal(1))


def scaled(lines: Sequence[LineRow], applied: Applied | None) -> tuple[LineRow, ...]:
    """The lines with their hours as finished projects would have them."""
    tops = tops_of([line.level for line in lines])
    return tuple(
        _scaled(line, factor_of(line, lines[top].name, applied)) for line, top in zip(lines, tops, strict=True)
    )


def _scaled(line: LineRow, factor: Decimal) -> LineRow:
    if factor == 1 or line.group or line.mean is None:
        return line
    return replace(
        line,
        optimistic=_times(line.optimistic, factor),
        likely=_times(line.likely, factor),
        pessimistic=_times(line.pessimistic, factor),
        mean=_times(line.mean, factor),
        sd=_times(line.sd, factor),
        amount=_times(line.amount, factor),
    )


def _times(value: Decimal | None, factor: Decimal) -> Decimal | None:
    return None if value is None else value * factor


def _take(group: _Group, line: LineRow, factor: Decimal) -> None:
    group.lines += 1
    if line.unit is Unit.MONEY:
        group.money.append(_spread(line))
        return
    hours = _spread(line).times(factor)
    group.hours.append(hours)
    group.factors.add(factor)
    if line.rate is not None:
        group.money.append(hours.times(line.rate))


def _spread(line: LineRow) -> Spread:
    three = three_of(line)
    return NOTHING if three is None else spread_of(three)


def _total(sum_: Spread, reserve: Decimal, kind: EstimateClass) -> Total:
    whole = sum_.mean + reserve
    low, high = kind.range_of(whole)
    return Total(sum_.mean, sum_.sd, sum_.p50, sum_.p80, reserve, whole, low, high)


def _row(
    group: _Group, together: Together, worked: Mapping[str, Decimal], applied: Applied | None, by: CalibrateBy
) -> SumRow:
    hours = summed(group.hours, together)
    scaled = applied is not None and applied.by in (by, CalibrateBy.WHOLE) and len(group.factors) == 1
    return SumRow(
        name=group.name,
        lines=group.lines,
        hours=hours.mean,
        sd=hours.sd,
        p80=hours.p80,
        amount=summed(group.money, together).mean if group.money else None,
        factor=next(iter(group.factors)) if scaled else None,
        worked=worked.get(group.name.casefold()) if worked else None,
    )


def _margin(lines: Sequence[LineRow], tops: Sequence[int], applied: Applied | None) -> EstimateMargin | None:
    """What the hours earn; None where one of them has no rate or no cost rate."""
    priced = []
    for line, top in zip(lines, tops, strict=True):
        if line.group or line.unit is Unit.MONEY or line.mean is None:
            continue
        if line.rate is None or line.cost_rate is None:
            return None
        priced.append(EstimateLine(line.mean * factor_of(line, lines[top].name, applied), line.rate, line.cost_rate))
    return estimate_margin(priced) if priced else None

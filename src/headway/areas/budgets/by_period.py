"""Earned value and earned schedule by week or month: what was planned, earned and spent at the end of each.

Past periods are told as they were: progress as the plan held it at the end of their last day, hours by the day on
which they were worked, against the baseline that stands now. Not here: figures of one status date (`queries`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from headway.areas.budgets.figures import (
    BASIS_TEXT,
    Ground,
    curve_of,
    earned,
    ground,
    method_of,
    planned_amounts,
    spent_by_day,
    unit_of,
)
from headway.areas.budgets.part_types import EarnedByPeriod, EarnedPeriod, PeriodLength
from headway.areas.budgets.queries import may_see_basis, nothing_planned
from headway.areas.budgets.types import Basis
from headway.areas.hours.queries import has_entries
from headway.areas.projects.types import ProjectId
from headway.areas.schedule.progress_then import progress_at
from headway.engine.earned_value import (
    DEFAULT_EAC,
    EacVariant,
    EarnedValue,
    EarnedValueInputs,
    earned_schedule,
    earned_value,
)
from headway.engine.measures import ZERO, Unit
from headway.engine.planned_value import PlannedCurve, ProgressMethod
from headway.kernel.context import Context
from headway.kernel.queries import query

MOST = {PeriodLength.WEEK: 160, PeriodLength.MONTH: 60}
_DAY = timedelta(days=1)


@query(permission="budgets.read", name="budgets.earned_by_period")
def earned_by_period(
    ctx: Context,
    *,
    project: ProjectId,
    as_of: date,
    length: PeriodLength = PeriodLength.MONTH,
    basis: Basis = Basis.HOURS,
    variant: EacVariant = DEFAULT_EAC,
) -> EarnedByPeriod:
    """Planned value, earned value and actual cost by week or month with their indices, to the end of the baseline.

    Each row stands for itself and can be reproduced: asked for the last day of a month, the answer's last row is that
    month's. The newest 160 weeks or 60 months where there are more.

    basis    money needs the right to see it.  variant: which estimate at completion is told.
    """
    may_see_basis(ctx, project, basis)
    stand = ground(ctx, project)
    unit, currency = unit_of(basis), "" if basis is Basis.HOURS else stand.about.currency
    amounts, notes = planned_amounts(stand, basis)
    curve = curve_of(stand, amounts, through=as_of)
    if curve is None:
        return _told(
            stand, length, basis, currency, as_of, variant, None, (), (nothing_planned(stand.baseline, basis),)
        )
    by_day = spent_by_day(ctx, project, measure=basis.value, currency=currency)
    actuals = dict(by_day) if by_day or has_entries(project) else None
    spans = _spans(length, min(curve.days[0], *(actuals or {curve.days[0]: ZERO})), max(curve.finish, as_of))
    ends = [min(last, as_of) for first, last in spans if first <= as_of]
    zone = ZoneInfo(stand.about.time_zone)
    moments = [datetime.combine(end + _DAY, time(), zone) for end in ends]
    then = progress_at(project, [moment for moment in moments if moment <= ctx.now])
    known = _entered(dict(zip(ends, then, strict=False)))
    periods: list[EarnedPeriod] = []
    for first, last in spans:
        before = periods[-1] if periods else None
        end = min(last, as_of)
        if first > as_of:
            pv = curve.planned_value_at(last)
            periods.append(_ahead(first, last, pv, pv - ((before.pv if before else None) or ZERO)))
            continue
        done = known[end] if end in known else {line.uid: line.percent_complete for line in stand.planned}
        if done is None and stated(stand, end):
            done = {}
        ev = None if done is None else earned(stand, amounts, on=end, done=done)
        ac = None if actuals is None else sum((spent for day, spent in actuals.items() if day <= end), ZERO)
        periods.append(_period(first, last, end, stand, curve, before, ev, ac, variant, unit))
    if any(one.done and one.ev is None for one in periods):
        notes = (*notes, "Earned value of days before progress was first entered in the plan is not known.")
    shown = periods[-MOST[length] :]
    return _told(stand, length, basis, currency, as_of, variant, curve, shown, notes)


def _entered(then: dict[date, Mapping[int, Decimal] | None]) -> dict[date, Mapping[int, Decimal] | None]:
    """Progress of past days; None before anybody entered any, which is not the same as none."""
    begun = False
    found: dict[date, Mapping[int, Decimal] | None] = {}
    for day, done in then.items():
        begun = begun or (done is not None and any(done.values()))
        found[day] = done if begun else None
    return found


def stated(stand: Ground, day: date) -> bool:
    """Whether a statement about the whole project says how far it was, without asking the plan."""
    whole = stand.said.whole(day)
    return whole is not None and not whole.by_task and whole.method is not ProgressMethod.MILESTONE_WEIGHTS


def _told(
    stand: Ground,
    length: PeriodLength,
    basis: Basis,
    currency: str,
    as_of: date,
    variant: EacVariant,
    curve: PlannedCurve | None,
    periods: Sequence[EarnedPeriod],
    notes: tuple[str, ...],
) -> EarnedByPeriod:
    text = next(
        measure.assumption
        for which, measure in earned_value(EarnedValueInputs(None, None, None, None)).eac_by_variant
        if which is variant
    )
    return EarnedByPeriod(
        length=length,
        basis=basis,
        unit=unit_of(basis),
        currency=currency,
        basis_text=BASIS_TEXT[basis],
        baseline=stand.baseline,
        as_of=as_of,
        finish=curve.finish if curve is not None else None,
        variant=variant,
        variant_text=text,
        bac=curve.bac if curve is not None else None,
        periods=tuple(periods),
        notes=notes,
    )


def _period(
    first: date,
    last: date,
    end: date,
    stand: Ground,
    curve: PlannedCurve,
    before: EarnedPeriod | None,
    ev: Decimal | None,
    ac: Decimal | None,
    variant: EacVariant,
    unit: Unit,
) -> EarnedPeriod:
    pv = curve.planned_value_at(end)
    anew = stand.said.hours_to_go(end, ac) if unit is Unit.HOURS else None
    value: EarnedValue = earned_value(EarnedValueInputs(curve.bac, pv, ev, ac, anew), variant=variant, unit=unit)
    in_time = earned_schedule(curve.series(), ev=ev, actual_time=curve.time_at(end), bac=curve.bac, ac=ac, unit=unit)
    return EarnedPeriod(
        first=first,
        last=last,
        done=True,
        pv=pv,
        ev=ev,
        ac=ac,
        planned=_step(pv, before.pv if before else ZERO),
        earned=_step(ev, before.ev if before else ZERO),
        actual=_step(ac, before.ac if before else ZERO),
        cv=value.cv.value,
        sv=value.sv.value,
        cpi=value.cpi.value,
        spi=value.spi.value,
        es=in_time.es.value,
        spi_t=in_time.spi_t.value,
        eac=value.eac.value,
        percent_complete=value.percent_complete.value,
        percent_spent=value.percent_spent.value,
        method=method_of(stand, end),
    )


def _step(now: Decimal | None, before: Decimal | None) -> Decimal | None:
    return None if now is None or before is None else now - before


def _ahead(first: date, last: date, pv: Decimal, planned: Decimal) -> EarnedPeriod:
    """A period that has not begun: only what is planned is known of it."""
    nothing = dict.fromkeys(
        ("ev", "ac", "earned", "actual", "cv", "sv", "cpi", "spi", "es", "spi_t", "eac", "percent_complete",
         "percent_spent")
    )  # fmt: skip
    return EarnedPeriod(first=first, last=last, done=False, pv=pv, planned=planned, method="", **nothing)


def _spans(length: PeriodLength, first: date, last: date) -> list[tuple[date, date]]:
    """Calendar weeks from Monday, or months, from the one of the first day to that of the last."""
    found = []
    start = first.replace(day=1) if length is PeriodLength.MONTH else first - timedelta(days=first.weekday())
    while start <= last:
        following = start + timedelta(days=7)
        if length is PeriodLength.MONTH:
            following = date(start.year + start.month // 12, start.month % 12 + 1, 1)
        found.append((start, following - _DAY))
        start = following
    return found

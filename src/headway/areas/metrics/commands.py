"""Defining KPIs and changing what they are judged by: formula, target, baseline, notes."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from headway.areas.metrics.given import GivenTarget, Minutes, Number, Period, Promised, Unit
from headway.areas.metrics.judging import judge
from headway.areas.metrics.keeping import next_due, renew
from headway.areas.metrics.models import Kpi, KpiBaseline, KpiEarlier, KpiFormula, KpiNote, KpiTarget
from headway.areas.metrics.periods import local, read_period
from headway.areas.metrics.queries import detail
from headway.areas.metrics.reading import KEPT, read
from headway.areas.metrics.sources import Source, check_source, ready_source, tried
from headway.areas.metrics.types import PERCENT, Direction, Formula, Frequency, KpiDetail, ProjectRef, SourceKind
from headway.areas.people.queries import own_zone_and_spelling
from headway.areas.people.types import PersonId, TimeZone
from headway.engine.kpi.clock import ClockError, read_hours
from headway.engine.kpi.control import FEWEST, LimitError, limits
from headway.engine.kpi.judging import Target, TargetError, check_target, with_thresholds
from headway.engine.kpi.periods import period_of
from headway.kernel.commands import command
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, FieldError, Invalid, NotFound
from headway.kernel.models import next_number
from headway.kernel.schema import Name, ShortText, Text

_USUAL_HOURS = "Mon-Fri 09:00-17:00"
_CAN_BE_EMPTIED = ("owner", "stale_minutes", "least", "most")


@command(permission="metrics.edit")
def define(
    ctx: Context,
    *,
    name: Name,
    formula: Formula,
    direction: Direction,
    frequency: Frequency,
    project: ProjectRef | None = None,
    unit: Unit = "",
    goal: Text = "",
    basis: ShortText = "",
    owner: PersonId | None = None,
    target: GivenTarget | None = None,
    target_since: date | None = None,
    minimum_n: int = 1,
    least: Number | None = None,
    most: Number | None = None,
    stale_minutes: Minutes | None = None,
    hours: ShortText = _USUAL_HOURS,
    zone: TimeZone | None = None,
    service: bool = False,
    promises: tuple[Promised, ...] = (),
    percentile: Number | None = None,
    ready: ShortText = "",
    query: ShortText = "",
    inputs: dict[str, Any] | None = None,
    figure: ShortText = "",
    from_files: bool = False,
) -> KpiDetail:
    """Define a KPI of a project, or of the house where no project is named.

    goal       the goal of the project that it serves; basis: what is counted and how.
    owner      who answers for it; None = whoever defines it.
    target     counts from `target_since`, else from the beginning of all samples. Without thresholds, what meets it is
               green and what misses it red.
    minimum_n  with fewer cases a value has no colour and no trend.
    least, most  what the value can never go below or above by its nature.
    stale_minutes  the age at which its newest sample is stale; None = as usual for the frequency.
    hours      business hours as 'Mon-Fri 09:00-12:00, 13:00-17:30', in `zone`.
    service    a service level: the share of promises kept, in percent; promises: business minutes by priority.
    ready      a figure of the house to take it from (see metrics.sources); or `query` with `inputs` and `figure`.
    """
    _whole_number(minimum_n)
    rule = _checked_rule(formula, unit, direction, percentile, promises, service=service)
    _bounds(least, most)
    _readable(hours)
    chosen = _source(ready, query, inputs, figure)
    found = Kpi(project_id=project, frequency=frequency.value, zone=zone or own_zone_and_spelling()[0])
    needs = ""
    if chosen is not None:
        needs = check_source(ctx, chosen, project)
        tried(ctx, chosen, project_id=project, day=local(ctx.now, found).date())
    settled = _settled(direction, target) if target is not None else None
    row = Kpi.add(
        ctx,
        project_id=project,
        number=next_number("metrics.kpi"),
        name=name,
        goal=goal,
        basis=basis,
        owner_id=owner if owner is not None else ctx.actor.person_id,
        frequency=frequency.value,
        stale_minutes=stale_minutes,
        minimum_n=minimum_n,
        least=least,
        most=most,
        hours=hours,
        zone=found.zone,
        service=service,
        source=(SourceKind.QUERY if chosen else SourceKind.FILE if from_files else SourceKind.TYPED).value,
        query=chosen.query if chosen else "",
        inputs=dict(chosen.inputs) if chosen else {},
        figure=chosen.figure if chosen else "",
        needs=needs,
    )
    _add_formula(ctx, row, 1, period_of(local(ctx.now, row).replace(year=1990), frequency), rule, "")
    if settled is not None:
        _add_target(ctx, row, settled, target_since or date(1990, 1, 1), "")
    due = next_due(ctx, row)
    if due is not None:
        row.change(ctx, due_at=due)
    return _shown(ctx, row)


@command(permission="metrics.edit", changes="kpi")
def edit(
    ctx: Context,
    *,
    kpi: Kpi,
    name: Name | None = None,
    goal: Text | None = None,
    basis: ShortText | None = None,
    owner: PersonId | None = None,
    minimum_n: int | None = None,
    least: Number | None = None,
    most: Number | None = None,
    stale_minutes: Minutes | None = None,
    hours: ShortText | None = None,
    zone: TimeZone | None = None,
    clear: tuple[ShortText, ...] = (),
) -> KpiDetail:
    """Change what a KPI is called, whom it belongs to and when it is judged; what is not given stays.

    clear  what to empty: owner, stale_minutes, least, most.
    """
    wrong = [one for one in clear if one not in _CAN_BE_EMPTIED]
    if wrong:
        raise Invalid(
            f"'{wrong[0]}' cannot be emptied; {', '.join(_CAN_BE_EMPTIED)} can.", fields=[FieldError("clear", wrong[0])]
        )
    if minimum_n is not None:
        _whole_number(minimum_n)
    if hours is not None:
        _readable(hours)
    given: dict[str, Any] = {
        "name": name,
        "goal": goal,
        "basis": basis,
        "owner_id": owner,
        "minimum_n": minimum_n,
        "least": least,
        "most": most,
        "stale_minutes": stale_minutes,
        "hours": hours,
        "zone": zone,
    }
    values = {field: value for field, value in given.items() if value is not None}
    values |= {"owner_id" if one == "owner" else one: None for one in clear}
    _bounds(values.get("least", kpi.least), values.get("most", kpi.most))
    if any(getattr(kpi, field) != value for field, value in values.items()):
        before = {field: getattr(kpi, field) for field in KEPT}
        KpiEarlier(kpi=kpi, until=ctx.now, **before).save(force_insert=True)
    kpi.change(ctx, **values)
    renew(ctx, kpi)
    return _shown(ctx, Kpi.found(ctx, pk=kpi.pk))


@command(permission="metrics.edit", changes="kpi")
def change_formula(
    ctx: Context,
    *,
    kpi: Kpi,
    since: Period,
    reason: Name,
    formula: Formula | None = None,
    unit: Unit | None = None,
    direction: Direction | None = None,
    percentile: Number | None = None,
    promises: tuple[Promised, ...] | None = None,
) -> KpiDetail:
    """Measure a KPI in another way from a period on: the line breaks there, and a new baseline is needed.

    since  the first period of the new formula, after all periods that have samples. What is not given stays.
    """
    found = read([kpi], whole=True)[0]
    last = found.formulas[-1]
    begins = read_period(since, found.frequency, field="since")
    if found.samples and begins <= found.samples[-1].begins:
        raise Conflict(
            f"{found.name_of(found.samples[-1].begins)} is measured by the present formula already. "
            "Begin the new one after it."
        )
    if begins <= last.since:
        raise Conflict(f"The present formula begins with {found.name_of(last.since)}. Begin the new one after it.")
    rule = _checked_rule(
        formula or Formula(last.formula),
        last.unit if unit is None else unit,
        direction or Direction(last.direction),
        percentile if percentile is not None else last.percentile,
        tuple(Promised(**one) for one in last.promises) if promises is None else promises,
        service=kpi.service,
    )
    _add_formula(ctx, kpi, last.number + 1, begins, rule, reason)
    ctx.record(Kpi._meta.label, kpi.pk, "formula", str(last.number), str(last.number + 1))
    renew(ctx, kpi)
    return _shown(ctx, kpi)


@command(permission="metrics.edit", changes="kpi")
def set_target(ctx: Context, *, kpi: Kpi, target: GivenTarget, since: date, reason: Text = "") -> KpiDetail:
    """Set what is wanted from a day on; periods that begin before keep the target they were judged by.

    Thresholds in the wrong order for the KPI's direction are refused; without any, what meets the target is green and
    what misses it red. A further target needs a reason.
    """
    found = read([kpi], whole=True)[0]
    settled = _settled(Direction(found.formulas[-1].direction), target)
    if found.targets and not reason.strip():
        raise Invalid("Say why the target changes.", fields=[FieldError("reason", "required")])
    before = found.targets[-1].value if found.targets else None
    _add_target(ctx, kpi, settled, since, reason)
    ctx.record(Kpi._meta.label, kpi.pk, "target", before, target.value)
    renew(ctx, kpi)
    return _shown(ctx, kpi)


@command(permission="metrics.edit", changes="kpi")
def declare_baseline(ctx: Context, *, kpi: Kpi, first: Period, last: Period, reason: Name) -> KpiDetail:
    """Declare the periods from which the limits are computed; what comes later is judged against them.

    reason  why these periods are usual ones; a new baseline replaces the one before, which stays on record.
    """
    found = read([kpi], whole=True)[0]
    start, end = (read_period(text, found.frequency, field=field) for text, field in ((first, "first"), (last, "last")))
    if end < start:
        raise Invalid(
            f"{found.name_of(end)} comes before {found.name_of(start)}.",
            fields=[FieldError("last", "before the first")],
        )
    formula = found.formulas[-1]
    if start < formula.since:
        raise Conflict(f"The present formula begins with {found.name_of(formula.since)}. Begin the baseline there.")
    counted = [point.value for point in judge(found).points if start <= point.begins <= end and point.value is not None]
    try:
        limits(counted)
    except LimitError as fault:
        few = FieldError("last", f"choose at least {FEWEST} periods with values")
        raise Invalid(f"{fault} Choose a longer span.", fields=[few]) from None
    KpiBaseline(kpi=kpi, first=start, last=end, reason=reason, said_by=ctx.actor.name, recorded_at=ctx.now).save(
        force_insert=True
    )
    ctx.record(Kpi._meta.label, kpi.pk, "baseline", None, f"{found.name_of(start)} to {found.name_of(end)}")
    renew(ctx, kpi)
    return _shown(ctx, kpi)


@command(permission="metrics.edit")
def annotate(ctx: Context, *, kpi: Kpi, day: date, text: Name, change: bool = False) -> KpiDetail:
    """Note what happened on a day, beside the line. change: what came before and after it is compared."""
    KpiNote(kpi=kpi, day=day, text=text, change=change, said_by=ctx.actor.name, recorded_at=ctx.now).save(
        force_insert=True
    )
    ctx.record(Kpi._meta.label, kpi.pk, "note", None, text)
    return _shown(ctx, kpi)


@command(permission="metrics.edit")
def remove_note(ctx: Context, *, kpi: Kpi, note: int) -> KpiDetail:
    """Take a note away from the line."""
    row = KpiNote.of(kpi).filter(pk=note, removed_at=None).first() if 0 < note < 2**63 else None
    if row is None:
        raise NotFound("Note not found.")
    row.removed_at = ctx.now
    row.save(update_fields=["removed_at"])
    ctx.record(Kpi._meta.label, kpi.pk, "note", row.text, None)
    return _shown(ctx, kpi)


@command(permission="metrics.edit", changes="kpi")
def retire(ctx: Context, *, kpi: Kpi) -> KpiDetail:
    """Measure a KPI no more; its history stays, and it can be taken up again."""
    if kpi.retired_at is not None:
        raise Conflict(f"{kpi.ref} is retired already.")
    kpi.change(ctx, retired_at=ctx.now, due_at=None)
    return _shown(ctx, kpi)


@command(permission="metrics.edit", changes="kpi")
def take_up(ctx: Context, *, kpi: Kpi) -> KpiDetail:
    """Measure a retired KPI again."""
    if kpi.retired_at is None:
        raise Conflict(f"{kpi.ref} is in use.")
    kpi.change(ctx, retired_at=None, due_at=next_due(ctx, kpi))
    return _shown(ctx, kpi)


# --- checks and rows ---------------------------------------------------------------------------


def _shown(ctx: Context, kpi: Kpi) -> KpiDetail:
    return detail(read([kpi], whole=True)[0], ctx.now, None)


def _source(ready: str, query: str, inputs: dict[str, Any] | None, figure: str) -> Source | None:
    if ready:
        return ready_source(ready)
    return Source(query, inputs or {}, figure) if query else None


def _whole_number(minimum_n: int) -> None:
    if not 1 <= minimum_n <= 1_000_000:
        raise Invalid("Give a number of cases from 1 up.", fields=[FieldError("minimum_n", "out of range")])


def _bounds(least: Decimal | None, most: Decimal | None) -> None:
    if least is not None and most is not None and most <= least:
        raise Invalid(f"The most, {most}, must be above the least, {least}.", fields=[FieldError("most", "too low")])


def _readable(hours: str) -> None:
    try:
        read_hours(hours)
    except ClockError as fault:
        raise Invalid(str(fault), fields=[FieldError("hours", str(fault), value=hours)]) from None


def _settled(direction: Direction, target: GivenTarget) -> Target:
    """A target with its thresholds, as it is judged by; Invalid where it cannot be."""
    found = with_thresholds(direction, Target(target.value, target.high, target.amber, target.red, target.zero))
    try:
        check_target(direction, found)
    except TargetError as fault:
        raise Invalid(str(fault), fields=[FieldError(f"target.{fault.field}", str(fault))]) from None
    return found


def _checked_rule(
    formula: Formula,
    unit: str,
    direction: Direction,
    percentile: Decimal | None,
    promises: tuple[Promised, ...],
    *,
    service: bool,
) -> dict[str, Any]:
    """The columns of a formula; Invalid where its parts do not fit one another."""
    if service and (formula is not Formula.RATIO or unit != PERCENT or direction is not Direction.HIGHER):
        raise Invalid(
            "A service level is a ratio in percent, higher is better.",
            fields=[FieldError("formula", "not a ratio in %")],
        )
    if promises and not service:
        raise Invalid("Only a service level has promises.", fields=[FieldError("promises", "of a service level")])
    doubled = len({one.priority for one in promises}) != len(promises)
    if doubled:
        raise Invalid("A priority is promised twice.", fields=[FieldError("promises", "twice")])
    if formula is Formula.PERCENTILE and (percentile is None or not 0 < percentile < 100):
        raise Invalid("Say which percentile, from above 0 to below 100.", fields=[FieldError("percentile", "needed")])
    return {
        "formula": formula.value,
        "unit": unit,
        "direction": direction.value,
        "percentile": percentile if formula is Formula.PERCENTILE else None,
        "promises": [{"priority": one.priority, "minutes": one.minutes} for one in promises],
    }


def _add_formula(ctx: Context, kpi: Kpi, number: int, since: Any, rule: dict[str, Any], reason: str) -> None:
    KpiFormula(
        kpi=kpi, number=number, since=since, reason=reason, said_by=ctx.actor.name, recorded_at=ctx.now, **rule
    ).save(force_insert=True)


def _add_target(ctx: Context, kpi: Kpi, target: Target, since: date, reason: str) -> None:
    KpiTarget(
        kpi=kpi,
        since=since,
        value=target.value,
        high=target.high,
        amber=target.amber,
        red=target.red,
        zero=target.zero,
        reason=reason,
        said_by=ctx.actor.name,
        recorded_at=ctx.now,
    ).save(force_insert=True)

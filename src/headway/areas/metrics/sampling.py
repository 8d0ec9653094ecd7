"""Samples: typed or pasted, from cases with a business clock, from files; confirmed, and undone with their file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import Field

from headway.areas.metrics.given import GivenCase, GivenSample
from headway.areas.metrics.keeping import Draft, Origin, again, counts_json, renew, store
from headway.areas.metrics.models import Kpi, KpiFormula, KpiSample, SampleBatch
from headway.areas.metrics.periods import ends, hours_of, local, read_period
from headway.areas.metrics.reading import newest_of, promises_of, read, rule_of
from headway.areas.metrics.types import Formula, Frequency, Provenance, Recorded
from headway.areas.people.queries import holidays_from
from headway.engine.kpi.clock import ClockError, Hours, Outcome, Promise, due, elapsed, outcome
from headway.engine.kpi.formulas import FormulaError, Measured, value_of
from headway.engine.kpi.periods import period_name, period_of
from headway.engine.kpi.quality import Quality
from headway.engine.kpi.service import Counts
from headway.kernel.commands import command
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, FieldError, Invalid, NotFound
from headway.kernel.schema import Name, ShortText, Text

_SECONDS = 60
_HOUR = 3600
_MOST_CASES = 5_000

Samples = Annotated[tuple[GivenSample, ...], Field(min_length=1, max_length=2_000)]
SomeSamples = Annotated[tuple[GivenSample, ...], Field(max_length=20_000)]
Cases = Annotated[tuple[GivenCase, ...], Field(min_length=1, max_length=_MOST_CASES)]
SomeCases = Annotated[tuple[GivenCase, ...], Field(max_length=20_000)]


@command(permission="metrics.record")
def record(ctx: Context, *, kpi: Kpi, samples: Samples, reason: Text = "", said_by: ShortText = "") -> Recorded:
    """Enter samples of one or several periods; what is as it stands adds nothing.

    reason   why a period that has a sample is corrected. The earlier value stays on record as a revision.
    said_by  who says so; default the one who enters it, who stands in the audit in any case.
    """
    origin = Origin(Provenance.TYPED, said_by.strip()[:255] or ctx.actor.name, reason, reason_needed=True)
    return store(ctx, kpi, drafts_of(ctx, kpi, samples), origin)


def drafts_of(ctx: Context, kpi: Kpi, samples: Sequence[GivenSample]) -> list[Draft]:
    """Given samples, checked against the KPI's formula and bounds; Invalid names the sample and what is wrong."""
    if kpi.retired_at is not None:
        raise Conflict(f"{kpi.ref} is retired. Take it up again first.")
    found = read([kpi])[0]
    drafts: dict[datetime, Draft] = {}
    for place, given in enumerate(samples):
        field = f"samples.{place}"
        begins = read_period(given.period, found.frequency, field=f"{field}.period")
        name = found.name_of(begins)
        if begins in drafts:
            raise Invalid(
                f"{name} is given twice.", fields=[FieldError(f"{field}.period", "twice", value=given.period)]
            )
        if begins > local(ctx.now, kpi):
            raise Invalid(f"{name} has not begun yet.", fields=[FieldError(f"{field}.period", "in the future")])
        measured = _measured(kpi, found.formula_at(begins), given, field, name)
        as_of = given.as_of or min(ctx.now, ends(begins, kpi))
        if as_of > ctx.now:
            raise Invalid(
                f"{name} cannot tell of a time to come.", fields=[FieldError(f"{field}.as_of", "in the future")]
            )
        drafts[begins] = Draft(begins, measured, as_of, given.counts if kpi.service else None)
    return list(drafts.values())


def _measured(kpi: Kpi, formula: KpiFormula, given: GivenSample, field: str, name: str) -> Measured:
    """What one sample says; of rows their sum and number too, so that lists need not read the rows."""
    if kpi.service:
        if not given.has_counts:
            raise Invalid(
                f"{name}: a service level is entered as counts: met, missed, open and overdue, open and not due.",
                fields=[FieldError(f"{field}.met", "needed")],
            )
        return measured_counts(given.counts)
    if given.has_counts:
        raise Invalid(f"{name}: only a service level has counts.", fields=[FieldError(f"{field}.met", "not asked for")])
    rule = rule_of(formula)
    raw = Measured(given.value, given.numerator, given.denominator, given.n, given.values)
    try:
        value = value_of(rule, raw)
    except FormulaError as fault:
        raise Invalid(f"{name}: {fault}", fields=[FieldError(f"{field}.value", str(fault))]) from None
    _within(kpi, value.value, field, name)
    if not given.values:
        return raw
    return Measured(value.value, value.numerator, value.denominator, value.n, given.values)


def _within(kpi: Kpi, value: Decimal | None, field: str, name: str) -> None:
    if value is None:
        return
    if kpi.least is not None and value < kpi.least:
        raise Invalid(
            f"{name}: {value} is below {kpi.least}, the least it can be.", fields=[FieldError(field, "too low")]
        )
    if kpi.most is not None and value > kpi.most:
        raise Invalid(
            f"{name}: {value} is above {kpi.most}, the most it can be.", fields=[FieldError(field, "too high")]
        )


def measured_counts(counts: Counts) -> Measured:
    """Counts of a service level as a ratio: kept promises of those that count."""
    return Measured(numerator=Decimal(counts.met), denominator=Decimal(counts.judged), n=counts.judged)


# --- cases with a clock ------------------------------------------------------------------------


@command(permission="metrics.record")
def record_cases(ctx: Context, *, kpi: Kpi, cases: Cases, reason: Text = "") -> Recorded:
    """Enter cases with start, stop, pauses and priority; they are judged in business time and counted by period.

    A stopped case belongs to the period in which it stopped, an open one to the running period. All cases of a period
    are given together: they replace those it had. For service levels with promises, durations and percentiles (then
    the stopped ones alone, in business hours).
    """
    origin = Origin(Provenance.TYPED, ctx.actor.name, reason, reason_needed=True)
    return store(ctx, kpi, drafts_of_cases(ctx, kpi, cases), origin)


def drafts_of_cases(ctx: Context, kpi: Kpi, cases: Sequence[GivenCase]) -> list[Draft]:
    """Given cases, judged and put together by period."""
    if kpi.retired_at is not None:
        raise Conflict(f"{kpi.ref} is retired. Take it up again first.")
    found = read([kpi])[0]
    hours = hours_of(kpi, frozenset(day for day, _ in holidays_from(date(1990, 1, 1))))
    groups: dict[datetime, list[GivenCase]] = {}
    for place, one in enumerate(cases):
        _in_order(ctx, one, place)
        begins = period_of(local(one.stop or ctx.now, kpi), found.frequency)
        groups.setdefault(begins, []).append(one)
    return [
        _of_cases(ctx, kpi, found.formula_at(begins), hours, begins, some) for begins, some in sorted(groups.items())
    ]


def _in_order(ctx: Context, case: GivenCase, place: int) -> None:
    told = case.ref or f"Case {place + 1}"
    if case.start > ctx.now or (case.stop is not None and not case.start <= case.stop <= ctx.now):
        raise Invalid(
            f"{told} stops before it starts, or in the future.",
            fields=[FieldError(f"cases.{place}.stop", "not in order")],
        )
    if any(pause.end is not None and pause.end < pause.start for pause in case.pauses):
        raise Invalid(
            f"{told} has a pause that ends before it starts.", fields=[FieldError(f"cases.{place}.pauses", "")]
        )


def _of_cases(
    ctx: Context, kpi: Kpi, formula: KpiFormula, hours: Hours, begins: datetime, cases: Sequence[GivenCase]
) -> Draft:
    promised = {one.priority: one.minutes for one in promises_of(formula)}
    if kpi.service and not promised:
        raise Invalid("This service level promises nothing yet. Say in its formula how long each priority may take.")
    if not kpi.service and Formula(formula.formula) not in (Formula.DURATION, Formula.PERCENTILE, Formula.AVERAGE):
        raise Invalid(f"{kpi.ref} counts no cases. Enter its samples as values.")
    judged = [_judged(ctx, one, hours, promised, needed=kpi.service) for one in cases]
    as_of = min(ctx.now, ends(begins, kpi))
    kept = tuple(one.row for one in judged)
    about = {"basis": "closed in the period; open cases stand in the running one", "hours": kpi.hours, "zone": kpi.zone}
    if kpi.service:
        counts = _counted([one.outcome for one in judged])
        by_priority = {
            priority: counts_json(_counted([one.outcome for one in judged if one.priority == priority]))
            for priority in sorted({one.priority for one in judged})
        }
        return Draft(begins, measured_counts(counts), as_of, counts, kept, about | {"by_priority": by_priority})
    values = tuple((Decimal(one.seconds) / _HOUR).quantize(Decimal("0.000001")) for one in judged if one.stopped)
    if not values:
        raise Invalid(f"No case of {period_name(begins, Frequency(kpi.frequency))} has stopped yet.")
    value = value_of(rule_of(formula), Measured(rows=values))
    return Draft(
        begins, Measured(value.value, value.numerator, value.denominator, value.n, values), as_of, None, kept, about
    )


@dataclass(frozen=True, slots=True)
class _Case:
    priority: str
    outcome: Outcome
    seconds: int
    stopped: bool
    row: dict[str, Any]


def _judged(ctx: Context, case: GivenCase, hours: Hours, promised: dict[str, int], *, needed: bool) -> _Case:
    minutes = promised.get(case.priority, promised.get(""))
    if needed and minutes is None:
        raise Invalid(
            f"Nothing is promised for the priority '{case.priority}'.",
            fields=[FieldError("cases", "unknown priority", value=case.priority)],
        )
    pauses = tuple((pause.start, pause.end or case.stop) for pause in case.pauses)
    promise, paused = Promise(case.start, case.stop, pauses), any(end is None for _, end in pauses)
    seconds = elapsed(hours, promise, ctx.now)
    found, falls_due = Outcome.OPEN if case.stop is None else Outcome.MET, None
    if minutes is not None:
        try:
            falls_due = None if paused else due(hours, promise, minutes * _SECONDS)
        except ClockError as fault:
            raise Invalid(str(fault), fields=[FieldError("cases", "never due")]) from None
        found = outcome(hours, promise, minutes * _SECONDS, ctx.now)
    row = {
        "ref": case.ref,
        "priority": case.priority,
        "start": case.start.isoformat(),
        "stop": case.stop.isoformat() if case.stop is not None else None,
        "pauses": [[pause.start.isoformat(), pause.end.isoformat() if pause.end else None] for pause in case.pauses],
        "minutes": str((Decimal(seconds) / _SECONDS).quantize(Decimal("0.1"))),
        "promised": minutes,
        "due": falls_due.isoformat() if falls_due is not None else None,
        "outcome": found.value,
    }
    return _Case(case.priority, found, seconds, case.stop is not None, row)


def _counted(outcomes: Sequence[Outcome]) -> Counts:
    return Counts(
        outcomes.count(Outcome.MET),
        outcomes.count(Outcome.MISSED),
        outcomes.count(Outcome.OVERDUE),
        outcomes.count(Outcome.OPEN),
        outcomes.count(Outcome.PAUSED),
    )


# --- files -------------------------------------------------------------------------------------


@command(permission="metrics.record", internal="the step of metrics.import_samples that stores what it read")
def keep_file(
    ctx: Context,
    *,
    kpi: Kpi,
    samples: SomeSamples = (),
    cases: SomeCases = (),
    file_name: Name,
    sha256: Name,
    rows: int,
    doubt: Text = "",
    quality: tuple[Quality, ...] = (),
) -> Recorded:
    """Store the samples or cases of a file; the same file again adds nothing. doubt: why they are not confirmed."""
    drafts = drafts_of_cases(ctx, kpi, cases) if cases else drafts_of(ctx, kpi, samples)
    batch = SampleBatch(
        kpi=kpi,
        number=SampleBatch.of(kpi).count() + 1,
        file_name=file_name,
        sha256=sha256,
        rows=rows,
        doubt=doubt,
        quality=[_quality_json(one) for one in quality],
        said_by=ctx.actor.name,
        recorded_at=ctx.now,
    )
    batch.save(force_insert=True)
    origin = Origin(Provenance.IMPORT, file_name, f"from {file_name}", batch, confirmed=not doubt)
    done = store(ctx, kpi, drafts, origin)
    if not done.added and not done.corrected:
        batch.delete()
        return Recorded(kpi.pk, 0, 0, len(drafts))
    return done


def _quality_json(one: Quality) -> dict[str, Any]:
    return {"name": one.name, "field": one.field, "good": one.good, "of": one.of, "unjudged": one.unjudged}


@command(permission="metrics.record")
def confirm(ctx: Context, *, kpi: Kpi, reason: Name) -> Recorded:
    """Say that the samples of a KPI that are not confirmed are right, and why."""
    found = read([kpi], whole=True)[0]
    unsure = [row.begins for row in found.samples if not row.confirmed]
    if not unsure:
        raise Conflict(f"All samples of {kpi.ref} are confirmed.")
    rows = newest_of(kpi, unsure)
    origin = Origin(Provenance.TYPED, ctx.actor.name, reason)
    made = [again(ctx, row, origin, revision=row.revision + 1) for row in rows.values()]
    KpiSample.unscoped(reason="samples of a KPI that the door has loaded").bulk_create(made)
    ctx.record(Kpi._meta.label, kpi.pk, "samples", None, f"{len(made)} confirmed")
    renew(ctx, kpi)
    return Recorded(kpi.pk, 0, len(made), len(found.samples) - len(made))


@dataclass(frozen=True, slots=True)
class Undone:
    """What undoing a file did; `kept` names periods that were corrected since and stay as they are."""

    kpi_id: int
    restored: int
    withdrawn: int
    kept: tuple[str, ...]


@command(permission="metrics.record", destructive=True)
def undo_import(ctx: Context, *, kpi: Kpi, batch: int) -> Undone:
    """Take back the samples of a file: each period is again as it was before. What was corrected since stays."""
    row = SampleBatch.of(kpi).filter(number=batch).first() if 0 < batch < 2**31 else None
    if row is None:
        raise NotFound("Import not found.")
    if row.undone_at is not None:
        raise Conflict(f"{row.file_name} is taken back already.")
    mine = list(KpiSample.of(kpi).filter(batch=row).order_by("begins"))
    newest = newest_of(kpi, [one.begins for one in mine])
    earlier = {
        (one.begins, one.revision): one for one in KpiSample.of(kpi).filter(begins__in=[one.begins for one in mine])
    }
    origin = Origin(Provenance.UNDONE, ctx.actor.name, f"{row.file_name} taken back")
    made, kept, restored = [], [], 0
    for one in mine:
        if newest[one.begins].pk != one.pk:
            kept.append(period_name(one.begins, Frequency(kpi.frequency)))
            continue
        before = earlier.get((one.begins, one.revision - 1))
        gone = before is None or before.withdrawn
        restored += not gone
        made.append(
            again(ctx, before if before is not None else one, origin, revision=one.revision + 1, withdrawn=gone)
        )
    KpiSample.unscoped(reason="samples of a KPI that the door has loaded").bulk_create(made)
    row.undone_at = ctx.now
    row.save(update_fields=["undone_at"])
    ctx.record(Kpi._meta.label, kpi.pk, "import", row.file_name, None)
    renew(ctx, kpi)
    return Undone(kpi.pk, restored, len(made) - restored, tuple(kept))

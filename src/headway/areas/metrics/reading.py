"""KPIs with what they are judged by, read together: the same number of queries however many there are."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from copy import copy
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery

from headway.areas.metrics.given import Promised
from headway.areas.metrics.models import Kpi, KpiBaseline, KpiEarlier, KpiFormula, KpiNote, KpiSample, KpiTarget
from headway.areas.metrics.periods import local
from headway.areas.metrics.types import PERCENT, Direction, Formula, FormulaRow, Frequency, TargetRow
from headway.areas.metrics.wording import formula_text, target_text
from headway.engine.kpi.formulas import Rule
from headway.engine.kpi.judging import Target, thresholds_text
from headway.engine.kpi.periods import period_after, period_name
from headway.engine.measures import HUNDRED
from headway.kernel.access import NOTHING
from headway.kernel.among import among_ids

MOST_POINTS = 400
_SPARKS, _SPARKS_THEN = 30, 120
_BEFORE_ALL = datetime.combine(date(1990, 1, 1), time())
_BULKY = ("rows", "cases", "detail")


@dataclass(slots=True)
class Read:
    """One KPI with its parts, oldest first, as they were known at a moment."""

    kpi: Kpi
    formulas: list[KpiFormula] = field(default_factory=list)
    targets: list[KpiTarget] = field(default_factory=list)
    baselines: list[KpiBaseline] = field(default_factory=list)
    notes: list[KpiNote] = field(default_factory=list)
    samples: list[KpiSample] = field(default_factory=list)
    _said: dict[tuple[int, int], str] = field(default_factory=dict)

    @property
    def frequency(self) -> Frequency:
        """How often it is measured."""
        return Frequency(self.kpi.frequency)

    def formula_at(self, begins: datetime) -> KpiFormula:
        """The version of the formula in which a period is measured."""
        held = [one for one in self.formulas if one.since <= begins]
        return held[-1] if held else self.formulas[0]

    def target_at(self, begins: datetime) -> KpiTarget | None:
        """The target that counts for a period: the latest said for the latest day up to its first."""
        held = [one for one in self.targets if one.since <= begins.date()]
        return max(held, key=lambda one: (one.since, one.recorded_at, one.pk)) if held else None

    def target_words(self, target: KpiTarget, formula: KpiFormula) -> str:
        """A target in words, said once for all periods that share it."""
        key = target.pk, formula.pk
        if key not in self._said:
            self._said[key] = target_text(Direction(formula.direction), wanted(target), formula.unit)
        return self._said[key]

    def name_of(self, begins: datetime) -> str:
        """How people call a period."""
        return period_name(begins, self.frequency)


def read(kpis: Sequence[Kpi], *, at: datetime | None = None, whole: bool = False) -> list[Read]:
    """What is known of some KPIs, at a moment or now, in their order.

    whole  all periods with their baselines' (of one KPI); else the newest of each, and those of its baseline.
    """
    found = {kpi.pk: Read(kpi) for kpi in (kpis if at is None else _as_called(kpis, at))}
    ids = list(found)
    for formula in _until(KpiFormula.among(ids), at).order_by("kpi_id", "number"):
        found[formula.kpi_id].formulas.append(formula)
    for target in _until(KpiTarget.among(ids), at).order_by("kpi_id", "since", "id"):
        found[target.kpi_id].targets.append(target)
    for baseline in _until(KpiBaseline.among(ids), at).order_by("kpi_id", "id"):
        found[baseline.kpi_id].baselines.append(baseline)
    if whole:
        notes = _until(KpiNote.among(ids), at).filter(removed_at=None)
        for note in notes.order_by("kpi_id", "day", "id"):
            found[note.kpi_id].notes.append(note)
    for sample in _samples(found.values(), at, whole=whole):
        found[sample.kpi_id].samples.append(sample)
    return list(found.values())


KEPT = ("name", "goal", "basis", "owner_id", "stale_minutes", "minimum_n", "least", "most", "hours", "zone")


def _as_called(kpis: Sequence[Kpi], at: datetime) -> list[Kpi]:
    """The KPIs as they were called and judged at a moment, in their order; the stored ones stay as they are."""
    rows = KpiEarlier.among([kpi.pk for kpi in kpis]).filter(until__gt=at).select_related("owner")
    earlier: dict[int, KpiEarlier] = {}
    for row in rows.order_by("until", "id"):
        earlier.setdefault(row.kpi_id, row)
    return [_called(kpi, earlier[kpi.pk]) if kpi.pk in earlier else kpi for kpi in kpis]


def _called(kpi: Kpi, then: KpiEarlier) -> Kpi:
    shown = copy(kpi)
    for name in KEPT:
        setattr(shown, name, getattr(then, name))
    shown.owner = then.owner
    return shown


def _until(rows: QuerySet[Any], at: datetime | None) -> QuerySet[Any]:
    return rows if at is None else rows.filter(recorded_at__lte=at)


def _samples(reads: Collection[Read], at: datetime | None, *, whole: bool) -> Iterable[KpiSample]:
    """The newest revision of each period, oldest period first; withdrawn ones left out."""
    ids = [one.kpi.pk for one in reads]
    revisions = _until(KpiSample.among(ids), at)
    newer = _until(KpiSample.unscoped(reason="newer revisions of the same period"), at).filter(
        kpi_id=OuterRef("kpi_id"), begins=OuterRef("begins")
    )
    rows = revisions.filter(revision=Subquery(newer.order_by("-revision").values("revision")[:1]), withdrawn=False)
    if not whole:
        rows = rows.filter(_lately(reads, at))
    kept = rows.defer(*_BULKY).order_by("kpi_id", "begins")
    return list(kept)[-MOST_POINTS:] if whole else kept


def _lately(reads: Collection[Read], at: datetime | None) -> Q:
    """The periods that a scorecard needs: of each frequency from the first that one of its KPIs needs."""
    wanted = NOTHING
    for frequency in {one.frequency for one in reads}:
        some = [one for one in reads if one.frequency is frequency]
        first = min((begins for one in some for begins in _needed(one, at)), default=_BEFORE_ALL)
        wanted |= among_ids("kpi_id", [one.kpi.pk for one in some]) & Q(begins__gte=first)
    return wanted


def _needed(one: Read, at: datetime | None) -> Iterator[datetime]:
    """Where the baseline begins, and the sparkline; what was the newest on an earlier day may lie some way back."""
    newest = one.kpi.newest
    if newest is not None and at is None:
        yield period_after(newest, one.frequency, -_SPARKS)
    elif newest is not None and at is not None:
        yield period_after(min(newest, local(at, one.kpi)), one.frequency, -_SPARKS_THEN)
    for baseline in one.baselines[-1:]:
        yield baseline.first


def revisions_of(kpi: Kpi, begins: datetime) -> list[KpiSample]:
    """All stored states of one period, newest first."""
    return list(KpiSample.of(kpi).filter(begins=begins).select_related("batch").order_by("-revision"))


def newest_of(kpi: Kpi, periods: Collection[datetime]) -> dict[datetime, KpiSample]:
    """The newest revision of some periods, withdrawn ones too."""
    rows = KpiSample.of(kpi).filter(begins__in=list(periods)).order_by("begins", "revision")
    return {row.begins: row for row in rows}


# --- the parts as people see them --------------------------------------------------------------


def rule_of(formula: KpiFormula) -> Rule:
    """A stored formula as the engine takes it."""
    factor = HUNDRED if formula.unit == PERCENT else Decimal(1)
    return Rule(Formula(formula.formula), factor, formula.percentile or Decimal(90))


def promises_of(formula: KpiFormula) -> tuple[Promised, ...]:
    """What is promised by priority."""
    return tuple(Promised(one["priority"], one["minutes"]) for one in formula.promises)


def wanted(target: KpiTarget) -> Target:
    """A stored target as the engine takes it."""
    return Target(target.value, target.high, target.amber, target.red, target.zero)


def formula_row(read_: Read, formula: KpiFormula) -> FormulaRow:
    """A version of the formula in words."""
    promises = promises_of(formula)
    return FormulaRow(
        formula.number,
        formula.since,
        read_.name_of(formula.since),
        Formula(formula.formula),
        formula.unit,
        Direction(formula.direction),
        formula.percentile,
        promises,
        formula_text(rule_of(formula), promises, service=read_.kpi.service),
        formula.reason,
        formula.said_by,
        formula.recorded_at,
    )


def target_row(target: KpiTarget, formula: KpiFormula) -> TargetRow:
    """A target in words."""
    direction, found = Direction(formula.direction), wanted(target)
    return TargetRow(
        target.since,
        target.value,
        target.high,
        target.amber,
        target.red,
        target.zero,
        target_text(direction, found, formula.unit),
        thresholds_text(direction, found, formula.unit),
        target.reason,
        target.said_by,
        target.recorded_at,
    )


def day_end(day: date, zone: Any) -> datetime:
    """The last instant of a day, up to which everything counts that was known on it."""
    return datetime.combine(day, time.max, zone)

"""Reads of metrics: the scorecard, a KPI with all that it is judged by, and the trace of one value."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Case, CharField, F, QuerySet, Value, When

from headway.areas.metrics.given import Period
from headway.areas.metrics.judging import Judged, judge, measured_value, score_row, source_text
from headway.areas.metrics.measuring import compared, own_quality, service_level, together
from headway.areas.metrics.models import Kpi, KpiBaseline, KpiNote, KpiSample, SampleBatch
from headway.areas.metrics.periods import read_period, stale_after
from headway.areas.metrics.reading import Read, day_end, formula_row, read, revisions_of, target_row
from headway.areas.metrics.sources import Source, ready_sources, title_of
from headway.areas.metrics.trace_types import CaseRow, Revision, Trace
from headway.areas.metrics.types import (
    BaselineRow,
    BatchRow,
    KpiDetail,
    NoteRow,
    ProjectRef,
    Provenance,
    ReadySource,
    Scorecard,
    ScoreRow,
    SourceKind,
    State,
    StateCount,
    Trend,
)
from headway.areas.metrics.wording import age_text, value_text
from headway.areas.people.queries import holidays_from, own_zone_and_spelling
from headway.engine.kpi.quality import Quality
from headway.kernel.context import Context
from headway.kernel.errors import FieldError, Invalid, NotFound
from headway.kernel.paging import MAX_LIMIT
from headway.kernel.queries import query

# Which stand first: what wants a look.
_ORDER = (State.RED, State.AMBER, State.STALE, State.NO_DATA, State.TOO_FEW, State.NOT_JUDGED, State.GREEN)


@query(permission="metrics.read")
def scorecard(
    ctx: Context,
    *,
    project: ProjectRef | None = None,
    state: State | None = None,
    signal: bool = False,
    mine: bool = False,
    as_of: date | None = None,
    cursor: str = "",
    limit: int = 50,
) -> Scorecard:
    """KPIs as they stand, those that want a look first: of a project, or of the house and all one's projects.

    state, signal, mine  only those that stand so, whose newest value is a signal, that one owns oneself.
    as_of  as it was known at the end of that day; None = now.
    """
    rows, at = _of(ctx, project, mine=mine), _moment(as_of)
    if at is not None:
        return _scorecard_then(ctx, rows, at, state=state, signal=signal)
    marked = _standing(rows, ctx.now)
    counts = Counter(marked.values_list("stands", flat=True))
    signals = marked.exclude(stands__in=[State.STALE.value, State.NO_DATA.value]).exclude(signal="")
    how_many = signals.count()
    wanted = signals if signal else marked
    wanted = wanted.filter(stands=state.value) if state is not None else wanted
    skipped = _skipped(cursor, limit)
    found = list(wanted.order_by(_rank(), "name", "id").select_related("owner")[skipped : skipped + limit + 1])
    following = str(skipped + limit) if len(found) > limit else ""
    lines = _rows(found[:limit], ctx.now, None)
    total = sum(counts.values())
    told = tuple(StateCount(one, counts[one.value]) for one in _ORDER if counts[one.value])
    matching = total if state is None and not signal else wanted.count()
    return Scorecard(tuple(lines), told, how_many, None, total, matching, following)


def _of(ctx: Context, project_id: int | None, *, mine: bool) -> QuerySet[Kpi]:
    rows = Kpi.visible_to(ctx)
    if project_id is not None:
        rows = rows.filter(project_id=project_id)
    return rows.filter(owner_id=ctx.actor.person_id or 0) if mine else rows


def _standing(rows: QuerySet[Kpi], now: datetime) -> QuerySet[Any]:
    """Those in use, each with how it stands at this instant."""
    stands = Case(
        When(state=State.NO_DATA.value, then=Value(State.NO_DATA.value)),
        When(stale_at__lt=now, then=Value(State.STALE.value)),
        default=F("state"),
        output_field=CharField(),
    )
    return rows.filter(retired_at=None).annotate(stands=stands)


def _rank() -> Case:
    return Case(*(When(stands=one.value, then=Value(place)) for place, one in enumerate(_ORDER)))


def _skipped(cursor: str, limit: int) -> int:
    if not 1 <= limit <= MAX_LIMIT:
        raise Invalid(f"limit is {limit}; give 1 to {MAX_LIMIT}.", fields=[FieldError("limit", "out of range")])
    if cursor and not (cursor.isascii() and cursor.isdigit() and len(cursor) < 7):
        raise Invalid("The cursor is not one of ours.", fields=[FieldError("cursor", "not valid")])
    return int(cursor or 0)


def _moment(day: date | None) -> datetime | None:
    return None if day is None else day_end(day, ZoneInfo(own_zone_and_spelling()[0]))


def _scorecard_then(ctx: Context, rows: QuerySet[Kpi], at: datetime, *, state: State | None, signal: bool) -> Scorecard:
    """The scorecard as it was known at an instant, the first 200 KPIs by name."""
    kept = rows.filter(created_at__lte=at).exclude(retired_at__lte=at).select_related("owner")
    lines = _rows(list(kept.order_by("name", "id")[:MAX_LIMIT]), min(at, ctx.now), at)
    counts = Counter(line.state for line in lines)
    signals = [line for line in lines if line.trend is Trend.SIGNAL]
    shown = signals if signal else lines
    shown = [line for line in shown if state is None or line.state is state]
    shown.sort(key=lambda line: (_ORDER.index(line.state), line.name, line.id))
    told = tuple(StateCount(one, counts[one]) for one in _ORDER if counts[one])
    return Scorecard(tuple(shown), told, len(signals), at, len(lines), len(shown), "")


def _rows(kpis: list[Kpi], now: datetime, at: datetime | None) -> list[ScoreRow]:
    return [
        score_row(found, judge(found), now, source_text(found, _source_title(found.kpi)))
        for found in read(kpis, at=at)
        if found.formulas
    ]


def _source_title(kpi: Kpi) -> str:
    return title_of(source_of(kpi)) if kpi.source == SourceKind.QUERY.value else ""


def source_of(kpi: Kpi) -> Source:
    """The query that a KPI is taken from."""
    return Source(kpi.query, kpi.inputs, kpi.figure)


@query(permission="metrics.read", name="metrics.sources")
def sources(ctx: Context) -> tuple[ReadySource, ...]:
    """The figures of the house that a project's KPI can be taken from by itself, each period."""
    return ready_sources()


@query(permission="metrics.read", name="metrics.show")
def kpi(ctx: Context, *, kpi: Kpi, as_of: date | None = None) -> KpiDetail:
    """A KPI with all that it is judged by: formula, targets, baseline, periods, notes, comparisons, data quality.

    as_of  as it was known at the end of that day; None = now.
    """
    at = _moment(as_of)
    if at is not None and kpi.created_at > at:
        raise NotFound(f"{kpi.ref} was defined after {as_of}.")
    found = read([kpi], at=at, whole=True)[0]
    return detail(found, min(at, ctx.now) if at is not None else ctx.now, at)


def detail(found: Read, now: datetime, at: datetime | None) -> KpiDetail:
    """All of one KPI, at an instant."""
    kpi, judged = found.kpi, judge(found)
    days_off = frozenset(day for day, _ in holidays_from(date(1990, 1, 1)))
    formula = found.formulas[-1]
    minutes = int(stale_after(kpi).total_seconds() // 60)
    title = _source_title(kpi)
    return KpiDetail(
        row=score_row(found, judged, now, source_text(found, title)),
        project_id=kpi.project_id,
        retired=kpi.retired_at is not None,
        stale_minutes=minutes,
        stale_words=age_text(minutes),
        least=kpi.least,
        most=kpi.most,
        hours=kpi.hours,
        zone=kpi.zone,
        service=kpi.service,
        source=SourceKind(kpi.source),
        source_name=title,
        query=kpi.query,
        inputs=dict(kpi.inputs),
        figure=kpi.figure,
        formula=formula_row(found, formula),
        formulas=tuple(formula_row(found, one) for one in reversed(found.formulas)),
        targets=tuple(target_row(one, found.formula_at(_day(one.since))) for one in reversed(found.targets)),
        baseline=_baseline(found, judged.baseline) if judged.limits is not None and judged.baseline else None,
        baselines=tuple(_baseline(found, one) for one in reversed(found.baselines)),
        notes=tuple(_note(one) for one in reversed(found.notes)),
        points=judged.points,
        limits=judged.limits,
        limits_text=judged.limits_text,
        compared=compared(found, judged.points, days_off),
        together=together(found, judged.points),
        quality=own_quality(found, judged.points, now),
        service_level=service_level(found, judged.points, now) if kpi.service else None,
        batches=_batches(kpi, at),
        as_of=at,
    )


def _day(day: date) -> datetime:
    return datetime.combine(day, datetime.min.time())


def _baseline(found: Read, row: KpiBaseline) -> BaselineRow:
    names = found.name_of(row.first), found.name_of(row.last)
    return BaselineRow(row.first, row.last, *names, row.reason, row.said_by, row.recorded_at)


def _note(row: KpiNote) -> NoteRow:
    return NoteRow(row.pk, row.day, row.text, row.change, row.said_by)


def _batches(kpi: Kpi, at: datetime | None) -> tuple[BatchRow, ...]:
    rows = SampleBatch.of(kpi).order_by("-number")
    if at is not None:
        rows = rows.filter(recorded_at__lte=at)
    return tuple(
        BatchRow(
            row.number,
            row.file_name,
            row.rows,
            row.said_by,
            row.recorded_at,
            row.undone_at,
            row.doubt,
            tuple(Quality(**one) for one in row.quality),
        )
        for row in rows[:100]
    )


@query(permission="metrics.read")
def trace(ctx: Context, *, kpi: Kpi, period: Period) -> Trace:
    """Where the value of a period comes from: rows, versions of formula and target, thresholds, all its revisions."""
    found = read([kpi], whole=True)[0]
    begins = read_period(period, found.frequency)
    judged = judge(found)
    point = next((one for one in judged.points if one.begins == begins), None)
    if point is None:
        raise NotFound(f"{kpi.ref} has no sample of {found.name_of(begins)}.")
    revisions = revisions_of(kpi, begins)
    formula, target, newest = found.formula_at(begins), found.target_at(begins), revisions[0]
    return Trace(
        kpi.pk,
        kpi.name,
        point,
        formula_row(found, formula),
        target_row(target, formula) if target is not None else None,
        tuple(Decimal(one) for one in newest.rows),
        tuple(_case(one) for one in newest.cases),
        dict(newest.detail),
        tuple(_revision(found, one) for one in revisions),
    )


def _case(stored: dict[str, Any]) -> CaseRow:
    stop, due = stored.get("stop"), stored.get("due")
    return CaseRow(
        stored["ref"],
        stored["priority"],
        datetime.fromisoformat(stored["start"]),
        datetime.fromisoformat(stop) if stop else None,
        Decimal(stored["minutes"]),
        stored.get("promised"),
        datetime.fromisoformat(due) if due else None,
        stored["outcome"],
    )


def _revision(found: Read, row: KpiSample) -> Revision:
    formula = found.formula_at(row.begins)
    value = measured_value(formula, row)
    return Revision(
        row.revision,
        "withdrawn" if row.withdrawn else value_text(value.value, formula.unit),
        value.numerator,
        value.denominator,
        value.n,
        Provenance(row.provenance),
        row.said_by,
        row.reason,
        row.as_of,
        row.recorded_at,
        row.confirmed,
        row.withdrawn,
    )


def judged_of(kpi: Kpi) -> tuple[Read, Judged]:
    """A visible KPI with its periods as they are judged now."""
    found = read([kpi], whole=True)[0]
    return found, judge(found)

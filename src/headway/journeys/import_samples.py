"""Files of samples into a KPI: read in a child process, previewed, taken in whole or not at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from headway.areas.files.queries import held, held_path
from headway.areas.files.types import FileId
from headway.areas.metrics import sampling
from headway.areas.metrics.given import GivenCase, GivenPause, GivenSample
from headway.areas.metrics.periods import read_period
from headway.areas.metrics.queries import kpi as kpi_detail
from headway.areas.metrics.types import Formula, KpiDetail, KpiId, Recorded
from headway.documents.child import ChildError, Refused
from headway.documents.exchange.faults import RowError
from headway.documents.exchange.samples import CASES, SampleFile, SampleLine, read_samples
from headway.engine.kpi.periods import period_name
from headway.engine.kpi.quality import Quality, uniqueness
from headway.kernel.commands import journey
from headway.kernel.context import Context
from headway.kernel.errors import FieldError, HeadwayError, Invalid

MOST_BYTES = 20 * 1024 * 1024
_OF_ROWS = frozenset({Formula.PERCENTILE, Formula.AVERAGE, Formula.DURATION})
_ADDED = ("value", "numerator", "denominator", "met", "missed", "overdue")


@dataclass(frozen=True, slots=True)
class SamplesRead:
    """What taking a file in would do: periods that are new, corrected and as they stand.

    errors     rows that cannot be taken; while there is one, nothing enters.
    questions  what must be answered first: 'date_order' (dmy or mdy), 'decimal_sign' (point or comma).
    doubt      why its samples would not be confirmed: its own total says something else.
    periods    the names of the periods, in order.
    """

    file: str
    rows: int
    cases: bool
    columns: dict[str, str]
    ignored: tuple[str, ...]
    periods: tuple[str, ...]
    added: int
    corrected: int
    unchanged: int
    errors: tuple[RowError, ...]
    questions: tuple[str, ...]
    doubt: str
    quality: tuple[Quality, ...]


@journey(permission="metrics.record", name="metrics.read_samples")
def read(ctx: Context, *, kpi: KpiId, file: FileId, answers: dict[str, str] | None = None) -> SamplesRead:
    """Read a file of samples and say what it would do to a KPI; nothing is stored.

    answers  date_order (dmy, mdy) and decimal_sign (point, comma), where the file leaves them open.
    """
    told, _ = _prepared(ctx, kpi, file, answers or {})
    return told


@journey(permission="metrics.record", name="metrics.import_samples")
def import_samples(ctx: Context, *, kpi: KpiId, file: FileId, answers: dict[str, str] | None = None) -> Recorded:
    """Take the samples of a file in: all of it or nothing. The same file again adds nothing."""
    told, given = _prepared(ctx, kpi, file, answers or {})
    if told.questions:
        raise Invalid(
            f"Answer first: {', '.join(told.questions)}. Nothing was stored.",
            fields=[FieldError("answers", name) for name in told.questions],
        )
    if told.errors:
        wrong = [
            FieldError(one.field, one.message, file=one.file, sheet=one.sheet, row=one.row, value=one.value)
            for one in told.errors
        ]
        raise Invalid(f"{told.errors[0]} Nothing was stored.", fields=wrong)
    return _kept(ctx, kpi, given, told)


@dataclass(frozen=True, slots=True)
class _Given:
    """What a file holds, as the KPI takes it; `rows` where each stood."""

    sha256: str
    samples: tuple[GivenSample, ...] = ()
    cases: tuple[GivenCase, ...] = ()
    rows: tuple[int, ...] = ()


def _prepared(ctx: Context, kpi_id: int, file_id: int, answers: Mapping[str, str]) -> tuple[SamplesRead, _Given]:
    stored = held(file_id)
    if stored.size > MOST_BYTES:
        raise Invalid(
            f"{stored.name} is larger than 20 MB, the limit for samples.", fields=[FieldError("file", "large")]
        )
    detail = kpi_detail(ctx, kpi=kpi_id)
    try:
        found = read_samples(held_path(file_id), name=stored.name, answers=answers)
    except (Refused, ChildError) as fault:
        raise Invalid(str(fault), fields=[FieldError("file", str(fault), file=stored.name)]) from fault
    given, errors, periods = _given(detail, found, stored.name)
    given = replace(given, sha256=stored.sha256)
    told = SamplesRead(
        stored.name,
        found.rows,
        found.kind == CASES,
        dict(found.columns),
        found.ignored,
        periods,
        0,
        0,
        0,
        (*found.errors, *errors),
        found.questions,
        _doubt(found),
        _quality(found),
    )
    if told.errors or told.questions:
        return told, given
    try:
        tried = _kept(ctx.but(dry_run=True), kpi_id, given, told)
    except Invalid as refusal:
        wrong = RowError(stored.name, "", _row_of(refusal, given), "", "", refusal.message)
        return replace(told, errors=(wrong,)), given
    return replace(told, added=tried.added, corrected=tried.corrected, unchanged=tried.unchanged), given


def _row_of(refusal: HeadwayError, given: _Given) -> int | None:
    """The row of the file that a refusal of 'samples.3.value' is about."""
    parts = refusal.fields[0].field.split(".") if refusal.fields else []
    place = int(parts[1]) if len(parts) > 1 and parts[1].isdigit() else None
    return given.rows[place] if place is not None and place < len(given.rows) else None


def _kept(ctx: Context, kpi_id: int, given: _Given, told: SamplesRead) -> Recorded:
    return sampling.keep_file(
        ctx,
        kpi=kpi_id,
        samples=given.samples,
        cases=given.cases,
        file_name=told.file,
        sha256=given.sha256,
        rows=told.rows,
        doubt=told.doubt,
        quality=told.quality,
    )


def _given(detail: KpiDetail, found: SampleFile, file: str) -> tuple[_Given, list[RowError], tuple[str, ...]]:
    """The rows as samples or cases, those of one period together where the formula is found among rows."""
    if found.kind == CASES:
        zone = ZoneInfo(detail.zone)
        cases = tuple(_case(line, zone) for line in found.lines if "start" in line.fields)
        return _Given("", cases=cases, rows=tuple(line.row for line in found.lines)), [], ()
    groups: dict[datetime, list[SampleLine]] = {}
    errors = []
    for line in found.lines:
        if "period" not in line.fields:
            continue
        try:
            begins = read_period(line.fields["period"], detail.row.frequency)
        except Invalid as refusal:
            column = found.columns["period"]
            errors.append(RowError(file, "", line.row, column, line.fields["period"], refusal.message))
            continue
        groups.setdefault(begins, []).append(line)
    single = detail.formula.formula in _OF_ROWS and "numerator" not in found.columns
    samples, rows = [], []
    for begins, lines in sorted(groups.items()):
        name = period_name(begins, detail.row.frequency)
        if len(lines) > 1 and not single:
            said = f"{name} stands in row {lines[0].row} already. Keep one row for each period."
            errors.append(RowError(file, "", lines[1].row, found.columns["period"], lines[1].fields["period"], said))
            continue
        samples.append(_values(lines) if single and _rows_wanted(detail, lines) else _sample(lines[0]))
        rows.append(lines[0].row)
    names = tuple(period_name(begins, detail.row.frequency) for begins in sorted(groups))
    return _Given("", samples=tuple(samples), rows=tuple(rows)), errors, names


def _rows_wanted(detail: KpiDetail, lines: Sequence[SampleLine]) -> bool:
    return detail.formula.formula is Formula.PERCENTILE or len(lines) > 1


def _values(lines: Sequence[SampleLine]) -> GivenSample:
    return GivenSample(
        lines[0].fields["period"], values=tuple(Decimal(one.fields["value"]) for one in lines if "value" in one.fields)
    )


def _sample(line: SampleLine) -> GivenSample:
    def number(name: str) -> Decimal | None:
        return Decimal(line.fields[name]) if name in line.fields else None

    def count(name: str) -> int | None:
        return int(Decimal(line.fields[name])) if name in line.fields else None

    return GivenSample(
        line.fields["period"],
        value=number("value"),
        numerator=number("numerator"),
        denominator=number("denominator"),
        n=count("n"),
        met=count("met"),
        missed=count("missed"),
        overdue=count("overdue"),
        open=count("open"),
        paused=count("paused"),
    )


def _case(line: SampleLine, zone: ZoneInfo) -> GivenCase:
    def moment(name: str) -> datetime | None:
        if name not in line.fields:
            return None
        found = datetime.fromisoformat(line.fields[name])
        return found if found.tzinfo is not None else found.replace(tzinfo=zone)

    start, paused = moment("start"), moment("pause_start")
    assert start is not None  # noqa: S101 - rows without one are faults of the file
    pauses = (GivenPause(paused, moment("pause_end")),) if paused is not None else ()
    return GivenCase(start, moment("stop"), line.fields.get("priority", ""), pauses, line.fields.get("ref", ""))


def _doubt(found: SampleFile) -> str:
    """What the file's own total says against its rows; '' where it agrees or has none."""
    for name in _ADDED:
        if name not in found.total:
            continue
        total = Decimal(found.total[name])
        rows = sum((Decimal(line.fields[name]) for line in found.lines if name in line.fields), Decimal(0))
        if rows != total:
            return f"The rows of '{found.columns[name]}' add up to {rows}, the file's own total says {total}."
    return ""


def _quality(found: SampleFile) -> tuple[Quality, ...]:
    """By column: how many rows are filled and right; of the period also how many stand alone and came in time."""
    wrong = {(one.row, one.field) for one in found.errors}
    told = []
    for name, column in found.columns.items():
        told.append(Quality("completeness", column, found.filled.get(name, 0), found.rows))
        bad = sum(1 for _, where in wrong if where == column)
        there = found.filled.get(name, 0) + bad
        told.append(Quality("validity", column, there - bad, there, found.rows - there))
    if "period" in found.columns:
        column = found.columns["period"]
        keys = [line.fields.get("period") for line in found.lines]
        told.append(uniqueness(column, keys))
    return tuple(told)

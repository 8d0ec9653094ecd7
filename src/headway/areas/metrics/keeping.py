"""Storing samples as revisions, and how a KPI stands after every change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from headway.areas.metrics.judging import judge, stale_at
from headway.areas.metrics.models import Kpi, KpiSample, SampleBatch
from headway.areas.metrics.periods import ends, local
from headway.areas.metrics.reading import newest_of, read
from headway.areas.metrics.types import Counts, Provenance, Recorded, SourceKind, State
from headway.engine.kpi.formulas import Measured
from headway.engine.kpi.periods import Frequency, period_name, period_of
from headway.kernel.context import Context
from headway.kernel.errors import FieldError, Invalid

_PLACES = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class Draft:
    """A sample to store, complete: its period, what was measured, what it tells of."""

    begins: datetime
    measured: Measured
    as_of: datetime
    counts: Counts | None = None
    cases: tuple[dict[str, Any], ...] = ()
    detail: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Origin:
    """How samples come: by whom or from what, why, and whether they are sure."""

    provenance: Provenance
    said_by: str
    reason: str = ""
    batch: SampleBatch | None = None
    confirmed: bool = True
    reason_needed: bool = False


def store(ctx: Context, kpi: Kpi, drafts: Sequence[Draft], origin: Origin) -> Recorded:
    """Store what is new or differs, each as the next revision of its period; what is as it was adds nothing.

    Raises Invalid where a correction needs a reason and has none.
    """
    Kpi.hold(Kpi.unscoped(reason="revisions are counted one after another").filter(pk=kpi.pk)).first()
    newest = newest_of(kpi, [draft.begins for draft in drafts])
    made, added, corrected = [], 0, 0
    for draft in drafts:
        before = newest.get(draft.begins)
        newer = origin.provenance is Provenance.QUERY and before is not None and draft.as_of > before.as_of
        if before is not None and not before.withdrawn and not newer and _same(before, draft):
            continue
        if before is not None and not before.withdrawn:
            corrected += 1
            if origin.reason_needed and not origin.reason.strip():
                name = period_name(draft.begins, Frequency(kpi.frequency))
                raise Invalid(
                    f"{name} has a sample already. Say why it is corrected.", fields=[FieldError("reason", "required")]
                )
        else:
            added += 1
        made.append(_row(ctx, kpi, draft, origin, before.revision + 1 if before is not None else 1))
    KpiSample.unscoped(reason="samples of a KPI that the door has loaded").bulk_create(made)
    if made:
        ctx.record(Kpi._meta.label, kpi.pk, "samples", None, f"{added} added, {corrected} corrected")
        renew(ctx, kpi)
    batch = origin.batch.number if origin.batch is not None else None
    return Recorded(kpi.pk, added, corrected, len(drafts) - len(made), batch)


def _same(stored: KpiSample, draft: Draft) -> bool:
    row = _values(draft)
    return all(getattr(stored, name) == value for name, value in row.items())


def _values(draft: Draft) -> dict[str, Any]:
    """The columns that say what was measured."""
    found = draft.measured
    return {
        "value": _rounded(found.value),
        "numerator": _rounded(found.numerator),
        "denominator": _rounded(found.denominator),
        "n": found.n,
        "counts": None if draft.counts is None else counts_json(draft.counts),
        "rows": [str(one) for one in found.rows],
        "cases": list(draft.cases),
    }


def counts_json(counts: Counts) -> dict[str, int]:
    """Counts as they are stored."""
    return {
        "met": counts.met,
        "missed": counts.missed,
        "overdue": counts.overdue,
        "open": counts.open,
        "paused": counts.paused,
    }


def _rounded(value: Decimal | None) -> Decimal | None:
    return None if value is None else value.quantize(_PLACES)


def _row(ctx: Context, kpi: Kpi, draft: Draft, origin: Origin, revision: int) -> KpiSample:
    return KpiSample(
        kpi=kpi,
        begins=draft.begins,
        revision=revision,
        as_of=draft.as_of,
        detail=draft.detail,
        provenance=origin.provenance.value,
        said_by=origin.said_by,
        reason=origin.reason,
        batch=origin.batch,
        confirmed=origin.confirmed,
        recorded_at=ctx.now,
        **_values(draft),
    )


def again(ctx: Context, row: KpiSample, origin: Origin, *, revision: int, withdrawn: bool = False) -> KpiSample:
    """A stored state of a period as a further revision."""
    return KpiSample(
        kpi_id=row.kpi_id,
        begins=row.begins,
        revision=revision,
        value=row.value,
        numerator=row.numerator,
        denominator=row.denominator,
        n=row.n,
        counts=row.counts,
        rows=row.rows,
        cases=row.cases,
        detail=row.detail,
        as_of=row.as_of,
        provenance=origin.provenance.value,
        said_by=origin.said_by,
        reason=origin.reason,
        batch=origin.batch,
        confirmed=origin.confirmed,
        withdrawn=withdrawn,
        recorded_at=ctx.now,
    )


def renew(ctx: Context, kpi: Kpi, **more: Any) -> None:
    """Keep how a KPI stands after a change, for lists over many of them; with further fields that changed."""
    found = read([kpi], whole=True)[0]
    points = judge(found).points
    last = points[-1] if points else None
    changed = kpi.change(
        ctx,
        state=last.state.value if last is not None else State.NO_DATA.value,
        signal=last.signal if last is not None else "",
        newest=last.begins if last is not None else None,
        stale_at=stale_at(found, points),
        **more,
    )
    if not changed:  # what hangs on it has changed all the same
        kpi.touch()


def next_due(ctx: Context, kpi: Kpi) -> datetime | None:
    """When the next sample is to be taken by itself: at the end of the running period."""
    if kpi.source != SourceKind.QUERY.value:
        return None
    return ends(period_of(local(ctx.now, kpi), Frequency(kpi.frequency)), kpi)

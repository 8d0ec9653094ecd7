"""Samples that the house takes by itself: a query is asked at the end of each period, and when somebody asks for it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from headway.areas.metrics.keeping import Draft, Origin, next_due, store
from headway.areas.metrics.models import Kpi
from headway.areas.metrics.periods import ends, local
from headway.areas.metrics.queries import source_of
from headway.areas.metrics.sources import ask, title_of
from headway.areas.metrics.types import Provenance, Recorded, SourceKind
from headway.engine.kpi.formulas import Measured
from headway.engine.kpi.periods import Frequency, period_after, period_of
from headway.kernel import jobs
from headway.kernel.commands import command, journey
from headway.kernel.context import Channel, Context, system_context
from headway.kernel.errors import Conflict, HeadwayError
from headway.kernel.schema import Text

_MOST_AT_ONCE = 500
_LONGEST_TROUBLE = 1000


@journey(permission="metrics.record", name="metrics.take")
def take(ctx: Context, *, kpi: Kpi) -> Recorded:
    """Ask a KPI's query now and keep the answer as the sample of the running period, asked again at its end."""
    if kpi.source != SourceKind.QUERY.value:
        raise Conflict(f"{kpi.ref} is not taken from a query; enter its samples.")
    if kpi.retired_at is not None:
        raise Conflict(f"{kpi.ref} is retired. Take it up again first.")
    begins = period_of(local(ctx.now, kpi), Frequency(kpi.frequency))
    return _taken(ctx, kpi, begins, local(ctx.now, kpi).date())


def _taken(ctx: Context, kpi: Kpi, begins: datetime, day: date) -> Recorded:
    """Ask outside any transaction, then store the answer: with the system's rights, so that it is one for all."""
    system = ctx.as_system(f"takes a sample of {kpi.ref}")
    measured, asked = ask(system, source_of(kpi), project_id=kpi.project_id, day=day)
    return keep_taken(
        ctx,
        kpi=kpi.pk,
        begins=begins.isoformat(),
        value=measured.value,
        numerator=measured.numerator,
        denominator=measured.denominator,
        asked=asked,
    )


@command(permission="metrics.record", internal="the step of taking a sample that stores the answer")
def keep_taken(
    ctx: Context,
    *,
    kpi: Kpi,
    begins: Text,
    value: Decimal | None = None,
    numerator: Decimal | None = None,
    denominator: Decimal | None = None,
    asked: dict[str, Any],
) -> Recorded:
    """Store what a query answered for a period."""
    draft = Draft(
        datetime.fromisoformat(begins),
        Measured(value, numerator, denominator),
        ctx.now,
        detail=asked,
    )
    origin = Origin(Provenance.QUERY, title_of(source_of(kpi)), "taken again")
    done = store(ctx, kpi, [draft], origin)
    due = next_due(ctx, kpi)
    if kpi.trouble or kpi.due_at != due:
        kpi.change(ctx, trouble="", due_at=due)
    return done


@command(permission="metrics.record", internal="the step of taking samples by themselves that notes what failed")
def note_trouble(ctx: Context, *, kpi: Kpi, text: Text) -> None:
    """Keep why a sample could not be taken, and when it is tried again."""
    kpi.change(ctx, trouble=text[:_LONGEST_TROUBLE], due_at=next_due(ctx, kpi))


@jobs.periodic("metrics.take_due", every=timedelta(minutes=15), queue=jobs.LONG)
def take_due(_payload: dict[str, Any]) -> int:
    """Take the samples of all KPIs whose period has ended, each in a transaction of its own; gives how many."""
    return take_all(system_context("samples are taken at the end of their periods", channel=Channel.JOB))


def take_all(ctx: Context) -> int:
    """Take the samples whose period has ended by the context's instant; one that fails says why on its KPI."""
    due = Kpi.visible_to(ctx).filter(due_at__lte=ctx.now, retired_at=None).order_by("due_at", "id")
    taken = 0
    for kpi in due[:_MOST_AT_ONCE]:
        taken += _take_one(ctx, kpi)
    return taken


def _take_one(ctx: Context, kpi: Kpi) -> int:
    begins = period_after(period_of(local(ctx.now, kpi), Frequency(kpi.frequency)), Frequency(kpi.frequency), -1)
    last = local(ends(begins, kpi) - timedelta(seconds=1), kpi).date()
    try:
        _taken(ctx, kpi, begins, last)
    except HeadwayError as refusal:
        note_trouble(ctx, kpi=kpi.pk, text=refusal.message)
        return 0
    return 1

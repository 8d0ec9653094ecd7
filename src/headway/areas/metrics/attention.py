"""What KPIs put on their owner's Desk: no data, stale, red, a signal, and samples that could not be taken."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal

from django.db.models import Q

from headway.areas.desk.providers import Reader, provider, reader
from headway.areas.desk.types import Act, Evidence, Group, Matter
from headway.areas.desk.wording import stake
from headway.areas.metrics.models import Kpi
from headway.areas.metrics.types import State
from headway.kernel.context import Context

_MOST = 200
_GRACE = timedelta(days=2)  # a new KPI is not asked for its first sample at once


@provider("metrics.kpis", families=("kpi",))
def mine(ctx: Context) -> Iterable[Matter]:
    """KPIs of this person that want a look."""
    me = reader(ctx)
    if not me.person_id:
        return
    wants = (
        Q(state=State.RED.value)
        | Q(state=State.NO_DATA.value, created_at__lt=ctx.now - _GRACE)
        | Q(stale_at__lt=ctx.now)
    )
    rows = Kpi.visible_to(ctx).filter(owner_id=me.person_id, retired_at=None)
    for kpi in rows.filter(wants | ~Q(signal="") | ~Q(trouble="")).order_by("id")[:_MOST]:
        yield _matter(kpi, me, ctx)


def _matter(kpi: Kpi, me: Reader, ctx: Context) -> Matter:
    reason, consequence, group, act, severity = _wanted(kpi, me, ctx)
    return Matter(
        key=f"kpi:{kpi.pk}",
        group=group,
        what=f"{kpi.ref} {kpi.name}",
        project_id=kpi.project_id,
        kind=Kpi._meta.label,
        record_id=kpi.pk,
        reason=reason,
        consequence=consequence,
        stake=stake(None, me, severity=severity),
        act=Act(act),
        owner_id=kpi.owner_id,
        evidence=(Evidence("State", reason, "its newest sample against its target, thresholds, limits and age"),),
    )


def _wanted(kpi: Kpi, me: Reader, ctx: Context) -> tuple[str, str, Group, str, Decimal]:
    """Why now, what follows, where it stands, what to do, how bad: the gravest of what is the matter."""
    if kpi.trouble:
        return f"no sample: {kpi.trouble}", "its line has a gap", Group.LATE, "Look at its source", Decimal("0.4")
    if kpi.stale_at is None:
        return "no data yet", "nothing can be said of it", Group.LATE, "Enter the first sample", Decimal("0.2")
    if kpi.stale_at < ctx.now:
        day = kpi.stale_at.astimezone(me.zone).date()
        said = f"stale since {me.says(day)}"
        return said, "it is not judged until a new sample comes", Group.LATE, "Enter the next sample", Decimal("0.3")
    if kpi.state == State.RED.value:
        also = f", {kpi.signal}" if kpi.signal else ""
        return f"red{also}", "its target is missed", Group.DECIDE, "Look at it", Decimal("0.6")
    return f"signal: {kpi.signal}", "something has changed", Group.DECIDE, "Look for the cause", Decimal("0.4")

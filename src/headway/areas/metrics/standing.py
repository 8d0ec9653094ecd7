"""How a project's KPIs stand, for its health: each by its newest period, as on its own page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from headway.areas.metrics.judging import judge, score_row, stale_at
from headway.areas.metrics.models import Kpi
from headway.areas.metrics.reading import Read, day_end, read
from headway.areas.metrics.types import Flag, State


@dataclass(frozen=True, slots=True)
class KpiStanding:
    """One KPI in use, by its newest period.

    state       a colour or why there is none, of the newest sample whatever its age; NO_DATA without one.
    stale       whether that sample is too old; stale_at: after which instant it is, None without one.
    needs       the permission that one needs to see it besides that to see KPIs; '' = none.
    confirmed   whether the newest sample is sure.
    """

    id: int
    ref: str
    name: str
    state: State
    period: str
    shown: str
    target: str
    thresholds: str
    n: int | None
    minimum_n: int
    stale: bool
    stale_at: datetime | None
    needs: str
    confirmed: bool


def kpis_standing(project_id: int, *, as_of: date, now: datetime, zone: ZoneInfo) -> tuple[KpiStanding, ...]:
    """The KPIs of a project by name, as they stand now, or as they were known at the end of an earlier day.

    For callers who passed their own door: they see to it who may read which.
    """
    at = None if as_of >= now.astimezone(zone).date() else day_end(as_of, zone)
    rows = Kpi.unscoped(reason="how a project's KPIs stand").filter(project_id=project_id)
    rows = rows.filter(retired_at=None) if at is None else rows.filter(created_at__lte=at).exclude(retired_at__lte=at)
    kpis = list(rows.select_related("owner").order_by("name", "id"))
    return tuple(_standing(found, at or now) for found in read(kpis, at=at) if found.formulas) if kpis else ()


def _standing(found: Read, moment: datetime) -> KpiStanding:
    judged = judge(found)
    row = score_row(found, judged, moment, "")
    return KpiStanding(
        row.id,
        row.ref,
        row.name,
        judged.points[-1].state if judged.points else State.NO_DATA,
        row.period,
        row.shown,
        row.target,
        row.thresholds,
        row.n,
        row.minimum_n,
        row.state is State.STALE,
        stale_at(found, judged.points),
        found.kpi.needs,
        Flag.NOT_CONFIRMED not in row.flags,
    )

"""Which KPIs of a project say nothing of a month that is over, for those who close it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from headway.areas.metrics.models import Kpi
from headway.areas.metrics.types import Frequency
from headway.areas.people.queries import names_of

_SLOWER = (Frequency.QUARTERLY.value, Frequency.YEARLY.value)  # a month need not have a sample of these


@dataclass(frozen=True, slots=True)
class KpisOpen:
    """Names of KPIs, sorted, and of their owners.

    no_data  without any sample. behind: without a sample of the month, or stale before it ended.
    """

    no_data: tuple[str, ...] = ()
    behind: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()


def kpis_open(project_id: int, first: date, last: date) -> KpisOpen:
    """The KPIs of a project whose samples do not reach to the end of a month; two queries.

    For callers who passed their own door. Of quarterly and yearly ones only that they were not stale is asked.
    """
    end = datetime.combine(last + timedelta(days=1), time(), UTC)
    rows = Kpi.unscoped(reason="whether a month's samples are in").filter(project_id=project_id, retired_at=None)
    no_data, behind = [], []
    owners: set[int] = set()
    for row in rows.order_by("number"):
        if row.newest is None:
            no_data.append(f"{row.ref} {row.name}")
        elif (row.frequency not in _SLOWER and row.newest.date() < first) or (row.stale_at and row.stale_at < end):
            behind.append(f"{row.ref} {row.name}")
        else:
            continue
        if row.owner_id is not None:
            owners.add(row.owner_id)
    return KpisOpen(tuple(no_data), tuple(behind), tuple(sorted(names_of(owners).values())))

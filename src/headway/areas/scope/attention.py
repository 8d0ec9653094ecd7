"""What change requests put on a Desk: decisions past their day, effects that no longer hold, approved ones not done."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from headway.areas.desk.providers import reader
from headway.areas.desk.types import Act, Group, Matter
from headway.areas.desk.wording import due_evidence, late_text, stake
from headway.areas.projects.attention import kept_lines, provider_of_led
from headway.areas.scope.models import ChangeRequest
from headway.areas.scope.reading import request_rows
from headway.areas.scope.types import OPEN, RequestRow, RequestState
from headway.kernel.among import among_ids
from headway.kernel.context import Context

_MOST = 300


@provider_of_led("scope.requests", families=("change-request",))
def requests(ctx: Context) -> Iterable[Matter]:
    """Open change requests of led projects that wait for somebody: to decide, to compute anew, to carry out."""
    found = kept_lines(ctx, "scope.requests", _lines)
    return sorted(found, key=lambda line: (line.due or date.max, line.record_id))[:_MOST]


def _lines(ctx: Context, project_ids: list[int]) -> Iterable[Matter]:
    rows = ChangeRequest.unscoped(reason="requests of projects that the actor leads").filter(
        among_ids("project_id", project_ids), state__in=[state.value for state in OPEN]
    )
    found = list(rows.defer("frozen", "forecast").order_by("id"))
    return [line for row in request_rows(ctx, found) if (line := _line(ctx, row)) is not None]


def _line(ctx: Context, row: RequestRow) -> Matter | None:
    me = reader(ctx)
    if row.state is RequestState.APPROVED:
        return _matter(
            ctx, row, Group.LATE, "approved, not carried out", "the plan does not hold it yet", "Carry it out"
        )
    if row.late:
        waits = row.state is RequestState.WAITING
        act = "Chase the answer" if waits else "Ask for the decision"
        return _matter(
            ctx, row, Group.WAITING if waits else Group.DECIDE, late_text("decision", row.decide_by, me), "", act
        )
    if row.stale:
        return _matter(
            ctx, row, Group.DECIDE, "the plan has changed since", "its effects are old", "Compute the effects anew"
        )
    return None


def _matter(ctx: Context, row: RequestRow, group: Group, reason: str, consequence: str, act: str) -> Matter:
    me = reader(ctx)
    days = row.finish_days
    finish = f"would move the finish by {days:+d} working days" if days else ""
    return Matter(
        key=f"change-request:{row.id}",
        group=group,
        what=f"{row.ref} {row.title}",
        project_id=row.project_id,
        kind=ChangeRequest._meta.label,
        record_id=row.id,
        reason=reason,
        consequence=consequence or finish or f"{row.asked_by} waits for the answer",
        stake=stake(row.decide_by, me, severity=Decimal("0.5"), people=1),
        act=Act(act),
        due=row.decide_by,
        people=(row.asked_by,),
        evidence=due_evidence(row.decide_by, me, "“decide by”"),
    )

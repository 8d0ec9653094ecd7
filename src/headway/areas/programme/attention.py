"""What programmes put on a Desk: plans of led projects that another project moved in the last week."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal

from headway.areas.desk.providers import reader
from headway.areas.desk.types import Act, Evidence, Group, Matter
from headway.areas.desk.wording import days_text
from headway.areas.programme.models import PlanMove
from headway.areas.programme.queries import move_row
from headway.areas.projects.attention import kept_of_led, provider_of_led
from headway.areas.projects.lines import lines_among
from headway.engine.ranking import Stake
from headway.kernel.among import among_ids
from headway.kernel.context import Context

_DAYS = 7


@provider_of_led("programme.moves", families=("moved",))
def moved_plans(ctx: Context) -> Iterable[Matter]:
    """For each led project the last time another one moved its milestones, deadlines or finish."""
    me = reader(ctx)
    since = ctx.now - timedelta(days=_DAYS)
    moved = [row for rows in kept_of_led(ctx, "programme.moves", _newest).values() for row in rows]
    moved = [row for row in moved if row.created_at > since]
    if not moved:
        return
    seen = {line.id: line for line in lines_among(ctx, {row.cause_id for row in moved})}
    for row in moved:
        cause = seen.get(row.cause_id)
        told = move_row(row, cause)
        later = max([row.finish_days, *(days for _, _, _, days in told.milestones)], default=0)
        on = row.created_at.astimezone(me.zone).date()
        yield Matter(
            key=f"moved:{row.pk}",
            group=Group.LATE if later > 0 or row.deadlines else Group.AHEAD,
            what=f"The plan was moved by {cause.name if cause is not None else 'another project'}",
            project_id=row.project_id,
            kind=PlanMove._meta.label,
            record_id=row.pk,
            reason=f"moved on {me.says(on)}",
            consequence=told.sentence.partition(": ")[2],
            stake=Stake(days_late=max(0, later), severity=Decimal("0.5") if row.deadlines else Decimal("0.3")),
            act=Act("See what moved"),
            evidence=(
                Evidence("Tasks moved", str(row.moved), "rows whose dates changed when the other plan moved"),
                Evidence("Finish", days_text(row.finish_days), "working days by which the finish came later"),
            ),
        )


def _newest(ctx: Context, project_ids: list[int]) -> dict[int, list[PlanMove]]:
    """The last move of each project that was one of milestones, deadlines or the finish."""
    rows = PlanMove.unscoped(reason="plans of projects that the actor leads").filter(
        among_ids("project_id", project_ids), created_at__gt=ctx.now - timedelta(days=_DAYS)
    )
    found: dict[int, list[PlanMove]] = {}
    for row in rows.order_by("-created_at", "-id"):
        if row.milestones or row.deadlines or row.finish_days:
            found.setdefault(row.project_id, [row])
    return found

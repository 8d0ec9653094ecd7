"""Who learns that another project moved a plan: its leads; the other project is named to who works on that, too."""

from __future__ import annotations

from headway.areas.comms.commands import notify
from headway.areas.comms.types import NoticeReason
from headway.areas.people.types import Role
from headway.areas.programme.models import PlanMove
from headway.areas.programme.queries import move_row
from headway.areas.projects.lines import ProjectLine, lines_among
from headway.areas.projects.queries import people_with_role
from headway.kernel.context import Context

_LEADING = (Role.MANAGER.value, Role.ASSOCIATE.value)
_INSIDE = (*_LEADING, Role.MEMBER.value, Role.APPROVER.value, Role.TESTER.value)


def tell_of_move(ctx: Context, move: PlanMove) -> None:
    """Leads learn of milestones, deadlines and a finish that another project moved."""
    if not (move.milestones or move.deadlines or move.finish_days):
        return
    leads = people_with_role(move.project_id, _LEADING)
    insiders = set(people_with_role(move.cause_id, _INSIDE))
    house = ctx.as_system("the name of the project that moved")
    line = next(iter(lines_among(house, [move.cause_id])), None)
    _tell(ctx, move, [person for person in leads if person in insiders], line)
    _tell(ctx, move, [person for person in leads if person not in insiders], None)


def _tell(ctx: Context, move: PlanMove, to: list[int], cause: ProjectLine | None) -> None:
    notify(
        ctx,
        to=to,
        reason=NoticeReason.MOVED,
        about_kind=PlanMove._meta.label,
        about_id=move.pk,
        project_id=move.project_id,
        text=move_row(move, cause).sentence,
    )

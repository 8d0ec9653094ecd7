"""Who sees scope and changes: those who work on the project; money and budgets inside them by rights of their own."""

from __future__ import annotations

from django.db.models import Q

from headway.areas.comms.holders import holds_comments
from headway.areas.projects.queries import inside_q
from headway.areas.scope.models import ChangeOption, ChangeRequest, Impact, ScopeItem, ScopeVersion
from headway.kernel.access import may, visible
from headway.kernel.context import Context


@visible(ScopeItem)
def items(ctx: Context) -> Q:
    """Of one's projects; one that was taken out is nobody's."""
    return inside_q(ctx) & Q(removed_at=None)


for _model in (ScopeVersion, ChangeRequest):
    visible(_model)(inside_q)


@visible(ChangeOption)
@visible(Impact)
def of_requests(ctx: Context) -> Q:
    """Those of change requests of one's projects."""
    return inside_q(ctx, "request__project_id") & Q(removed_at=None)


holds_comments("change", ChangeRequest)


def sees_money(ctx: Context, project_id: int) -> bool:
    """Whether this reader may see fees and figures of budgets."""
    return may(ctx, "budgets.read", project_id=project_id)


def sees_costs(ctx: Context, project_id: int) -> bool:
    """Whether this reader may see what hours cost."""
    return may(ctx, "hours.read_costs", project_id=project_id)

"""Who sees estimates: those who lead the project or approve; what hours cost inside them by a right of its own."""

from __future__ import annotations

from django.db.models import Q

from headway.areas.estimates.models import Estimate
from headway.areas.projects.queries import inside_q
from headway.kernel.access import may, visible
from headway.kernel.context import Context

_READERS = frozenset({"approver", "manager", "associate"})


@visible(Estimate)
def estimates(ctx: Context) -> Q:
    """Of projects that one leads or approves for, while they stand: prices are not for every member."""
    return inside_q(ctx, roles=_READERS) & Q(removed_at=None)


def sees_costs(ctx: Context, project_id: int) -> bool:
    """Whether this reader may see what hours cost."""
    return may(ctx, "hours.read_costs", project_id=project_id)

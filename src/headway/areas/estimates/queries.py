"""Reads of estimates: the versions of a project, one of them whole, finished projects beside them."""

from __future__ import annotations

from headway.areas.estimates.comparing import compared
from headway.areas.estimates.models import Estimate
from headway.areas.estimates.reading import detail, estimate_rows
from headway.areas.estimates.types import Comparison, EstimateDetail, EstimateRow
from headway.areas.projects.queries import charter
from headway.areas.projects.types import ProjectId
from headway.kernel.context import Context
from headway.kernel.errors import NotFound
from headway.kernel.queries import query

_MOST = 200


@query(permission="estimates.read")
def estimates(ctx: Context, *, project: ProjectId) -> tuple[EstimateRow, ...]:
    """The versions of a project's estimate, the newest first."""
    rows = Estimate.visible_to(ctx).filter(project_id=project).order_by("-number")[:_MOST]
    return estimate_rows(ctx, project, list(rows))


@query(permission="estimates.read")
def show_estimate(ctx: Context, *, estimate: Estimate) -> EstimateDetail:
    """One estimate: its lines, their sums with P50 and P80, contingency, range, and what was worked since."""
    return detail(ctx, estimate)


@query(permission="estimates.read")
def comparison(ctx: Context, *, project: ProjectId) -> Comparison:
    """How finished projects came out against their approved estimates, as whole, by phase and by role."""
    return compared(ctx, beside=charter(ctx, project=project).id)


def estimate_of(ctx: Context, project_id: int, number: int) -> EstimateDetail:
    """A version of this very project by its number; NotFound for any other. The caller has passed its own door."""
    row = Estimate.visible_to(ctx).filter(project_id=project_id, number=number).first()
    if row is None:
        raise NotFound("Estimate not found.")
    return detail(ctx, row)


def number_of(ctx: Context, estimate_id: int) -> int:
    """The number of a visible estimate in its project."""
    return int(Estimate.found(ctx, pk=estimate_id).number)

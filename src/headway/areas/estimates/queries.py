"""Reads of estimates: the versions of a project, one of them whole, finished projects beside them."""

from __future__ import annotations

from headway.areas.estimates.comparing import compared
from headway.areas.estimates.models import Estimate
from headway.areas.estimates.reading import detail, estimate_rows
from headway.areas.estimates.types import Comparison, EstimateDetail, Estimates, EstimateState
from headway.areas.projects.queries import charter
from headway.areas.projects.types import ProjectId
from headway.kernel.context import Context
from headway.kernel.errors import NotFound
from headway.kernel.paging import page
from headway.kernel.queries import query


@query(permission="estimates.read")
def estimates(ctx: Context, *, project: ProjectId, cursor: str = "", limit: int = 50) -> Estimates:
    """The versions of a project's estimate, the newest first, a page at a time."""
    own = Estimate.visible_to(ctx).filter(project_id=project)
    rows, following = page(own, order=("-number", "id"), cursor=cursor, limit=limit)
    return Estimates(estimate_rows(ctx, project, rows), following)


def standing_number(ctx: Context, project_id: int) -> int | None:
    """The newest version that is not superseded, else the newest; None where there is none. For callers past a door."""
    numbers = (
        Estimate.visible_to(ctx).filter(project_id=project_id).order_by("-number").values_list("number", flat=True)
    )
    standing = numbers.exclude(state=EstimateState.SUPERSEDED.value).first()
    return standing if standing is not None else numbers.first()


@query(permission="estimates.read")
def show_estimate(ctx: Context, *, estimate: Estimate) -> EstimateDetail:
    """One estimate: its lines, their sums with P50 and P80, contingency, range, and what was worked since."""
    return detail(ctx, estimate)


@query(permission="estimates.read")
def comparison(ctx: Context, *, project: ProjectId) -> Comparison:
    """How finished projects came out against their approved estimates, as whole, by phase and by role."""
    return compared(ctx, beside=charter(ctx, project=project).id)


@query(permission="estimates.read")
def finished(ctx: Context) -> Comparison:
    """How all finished projects that one leads or oversees came out against their approved estimates."""
    return compared(ctx, beside=None)


def estimate_of(ctx: Context, project_id: int, number: int) -> EstimateDetail:
    """A version of this very project by its number; NotFound for any other. The caller has passed its own door."""
    row = Estimate.visible_to(ctx).filter(project_id=project_id, number=number).first()
    if row is None:
        raise NotFound("Estimate not found.")
    return detail(ctx, row)


def number_of(ctx: Context, estimate_id: int) -> int:
    """The number of a visible estimate in its project."""
    return int(Estimate.found(ctx, pk=estimate_id).number)

"""Who sees a KPI: those inside its project, of the house all inside; and they may ask what it is taken from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Q

from headway.areas.metrics.models import Kpi
from headway.kernel.access import NOTHING, OUTSIDE_ROLES, may, policy, roles_of, visible, working_on
from headway.kernel.among import among_ids
from headway.kernel.context import Context

_RUN = frozenset({"administrator", "manager", "associate"})


@visible(Kpi)
def kpis(ctx: Context) -> Q:
    """Of projects one works on and of the house; one taken from a query only for those who may ask it there."""
    if ctx.actor.user_id is None:
        return NOTHING
    mine = working_on(ctx, "project_id") & Q(project_id__isnull=False)
    house = NOTHING if ctx.actor.org_role in OUTSIDE_ROLES else Q(project_id=None)
    return (mine | house) & _may_ask(ctx)


def _may_ask(ctx: Context) -> Q:
    allowed = Q(needs="")
    for needs, project_ids in _asked(ctx).items():
        here = [one for one in project_ids if one is not None and may(ctx, needs, project_id=one)]
        found = among_ids("project_id", here) if here else NOTHING
        if None in project_ids and may(ctx, needs):
            found |= Q(project_id=None)
        allowed |= Q(needs=needs) & found
    return allowed


def _asked(ctx: Context) -> dict[str, list[int | None]]:
    """The permissions that KPIs need, each with the projects of those KPIs; read once a call."""
    if "metrics needs" not in ctx.cache:
        rows = Kpi.unscoped(reason="which permissions KPIs need, to see which of them one holds").exclude(needs="")
        found: dict[str, list[int | None]] = {}
        for needs, project_id in rows.order_by("needs").values_list("needs", "project_id").distinct():
            found.setdefault(needs, []).append(project_id)
        ctx.cache["metrics needs"] = found
    kept: dict[str, list[int | None]] = ctx.cache["metrics needs"]
    return kept


def _row(given: Kpi | int) -> Kpi:
    """The KPI itself; journeys name it by its id, which the door has checked."""
    return given if isinstance(given, Kpi) else Kpi.unscoped(reason="checked by the door").get(pk=given)


@policy("metrics.record")
def records(ctx: Context, inputs: Mapping[str, Any]) -> bool:
    """Who runs the project enters samples of all its KPIs; others of those they own."""
    kpi = _row(inputs["kpi"])
    return bool(roles_of(ctx, kpi.project_id) & _RUN) or kpi.owner_id == (ctx.actor.person_id or 0)

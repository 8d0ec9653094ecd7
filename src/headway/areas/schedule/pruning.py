"""The undo list of a plan, kept from growing for ever: what is very old and not among the newest goes.

Baselines and their comparisons do not hang on the list; what a plan was on a day does, and is known for as long as it
reaches.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Count, Min, QuerySet

from headway.areas.projects.types import ProjectId
from headway.areas.schedule.editing import hold
from headway.areas.schedule.history import edits_of
from headway.areas.schedule.models import Plan, PlanEdit
from headway.kernel.commands import command
from headway.kernel.context import Context

KEPT_DAYS = 400  # a year and a month: 'as it was a year ago' is always known
KEPT_NEWEST = 1_000


def long_undo_lists(ctx: Context) -> tuple[int, ...]:
    """Projects whose plan has changes that may go."""
    found = PlanEdit.visible_to(ctx).values("plan_id").annotate(many=Count("pk"), oldest=Min("created_at"))
    long = found.filter(many__gt=KEPT_NEWEST, oldest__lt=_limit(ctx)).values("plan_id")
    plans = Plan.visible_to(ctx).filter(pk__in=long).order_by("project_id")
    return tuple(row.project_id for row in plans if _going(row, _limit(ctx)).exists())


@command(permission="schedule.edit", internal="the nightly care of the installation", idempotent=True)
def prune_changes(ctx: Context, *, project: ProjectId) -> int:
    """Take the oldest changes out of a plan's undo list; give how many.

    The newest thousand stay, and all that is needed to tell what the plan was on any of the last 400 days.
    """
    row = hold(ctx, project)
    old = _going(row, _limit(ctx))
    count = int(old.count())
    if count:
        old.delete()
        since = edits_of(row).order_by("pk").values_list("created_at", flat=True).first()
        ctx.record(Plan._meta.label, row.pk, "changes known since", None, since.isoformat())
    return count


def _limit(ctx: Context) -> datetime:
    return ctx.now - timedelta(days=KEPT_DAYS)


def _going(row: Plan, limit: datetime) -> QuerySet[PlanEdit]:
    """The entries that may go: all before the first that stays.

    The newest stay; the last one from before `limit`, for with it the plan is known since then; and none whose undoing
    stays may go.
    """
    edits: QuerySet[PlanEdit] = edits_of(row)
    newest = edits.order_by("-pk").values_list("pk", flat=True)[KEPT_NEWEST - 1 : KEPT_NEWEST].first()
    known_since = edits.filter(created_at__lte=limit).order_by("-pk").values_list("pk", flat=True).first()
    if newest is None or known_since is None:
        return edits.none()
    first = min(newest, known_since)
    while (undone := edits.filter(pk__gte=first, of__lt=first).aggregate(first=Min("of"))["first"]) is not None:
        first = undone
    return edits.filter(pk__lt=first)

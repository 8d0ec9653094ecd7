"""Plans as a list of projects shows them: finish, slip, percent complete, the next milestone."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal
from typing import Any

from django.db.models import (
    BigIntegerField,
    DecimalField,
    ExpressionWrapper,
    F,
    Max,
    OuterRef,
    QuerySet,
    Subquery,
    Sum,
)
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Cast, Coalesce

from headway.areas.schedule.models import Baseline, BaselineTask, Plan, PlanCalendar, PlanTask
from headway.areas.schedule.records import days_late, from_record, project_axis
from headway.areas.schedule.types import PlanLine
from headway.engine import plan as engine
from headway.kernel.context import Context


def plan_lines(ctx: Context, project_ids: Collection[int]) -> dict[int, PlanLine]:
    """The plans of some projects as a list shows them, by project; those the reader may not see are left out.

    Five database queries, however many projects.
    """
    plans = list(Plan.visible_to(ctx).filter(project_id__in=project_ids))
    ids = [row.pk for row in plans]
    calendars: dict[int, list[engine.Calendar]] = {}
    for item in PlanCalendar.among(ids).order_by("uid"):
        calendars.setdefault(item.plan_id, []).append(from_record(engine.Calendar, item.definition))
    current = Baseline.unscoped(reason="baselines of visible plans").filter(plan__in=ids, current=True)
    last = BaselineTask.among(current).values("baseline__plan").annotate(last=Max("finish")).order_by()
    finishes = dict(last.values_list("baseline__plan", "last"))
    done = _percents(ids, current)
    ahead = PlanTask.unscoped(reason="milestones of visible plans").filter(
        removed_at=None, active=True, milestone=True, summary=False, actual_finish=None, finish__isnull=False
    )
    nearest = ahead.filter(plan=OuterRef("plan")).order_by("finish", "position", "id").values("pk")[:1]
    milestones = {
        plan_id: (name, finish)
        for plan_id, name, finish in ahead.filter(plan__in=ids, pk=Subquery(nearest)).values_list(
            "plan_id", "name", "finish"
        )
    }
    lines = {}
    for row in plans:
        settings: engine.ProjectSettings = from_record(engine.ProjectSettings, row.settings)
        plan = engine.Plan(project=settings, calendars=tuple(calendars.get(row.pk, ())), tasks=())
        name, on = milestones.get(row.pk, ("", None))
        late = days_late(project_axis(plan), settings, finishes.get(row.pk), row.finish) if plan.calendars else None
        lines[row.project_id] = PlanLine(
            row.project_id, row.finish, late, done.get(row.pk), name, on.date() if on is not None else None
        )
    return lines


def _percents(plan_ids: list[int], current: QuerySet[Baseline]) -> dict[int, Decimal]:
    """Percent complete by plan: of baseline work, else of baseline durations, else of the tasks' own durations."""
    tenths = BigIntegerField()
    base = BaselineTask.among(current).filter(baseline__plan=OuterRef("plan"), uid=OuterRef("uid"))
    own = KeyTextTransform("tenths", KeyTransform("amount", KeyTransform("duration", "definition")))
    wide = DecimalField(max_digits=30, decimal_places=4)

    def share(name: str) -> Any:
        return Coalesce(Sum(ExpressionWrapper(F(name) * F("percent_complete"), output_field=wide)), Decimal(0))

    rows: Any = (  # names made above, which the checker cannot follow
        PlanTask.unscoped(reason="tasks of visible plans")
        .filter(plan__in=plan_ids, removed_at=None, summary=False, active=True)
        .annotate(
            by_work=Coalesce(Subquery(base.values(x=Cast("work", tenths))[:1], output_field=tenths), 0),
            by_base=Coalesce(Subquery(base.values(x=Cast("duration", tenths))[:1], output_field=tenths), 0),
            by_own=Coalesce(Cast(own, tenths), 0),
        )
        .values("plan")
        .annotate(
            **{f"{name}_all": Sum(name, output_field=tenths) for name in _GROUNDS},
            **{f"{name}_done": share(name) for name in _GROUNDS},
        )
    )
    found = {}
    for row in rows:
        name = next((name for name in _GROUNDS if row[f"{name}_all"]), "")
        if name:
            found[row["plan"]] = Decimal(row[f"{name}_done"]) / row[f"{name}_all"]
    return found


_GROUNDS = ("by_work", "by_base", "by_own")

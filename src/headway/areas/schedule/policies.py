"""Who sees a plan: those who work on its project. Milestones go to clients by a query of their own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Q

from headway.areas.comms.holders import holds_comments
from headway.areas.projects.queries import inside_q
from headway.areas.schedule.acts import PROGRESS, Act
from headway.areas.schedule.models import (
    Baseline,
    CustomField,
    Plan,
    PlanEdit,
    PlanSimulation,
    PlanTask,
    PlanView,
    Resource,
    UpdateMail,
    UpdateRequest,
)
from headway.kernel.access import NOTHING, OUTSIDE_ROLES, may, policy, visible
from headway.kernel.context import Context


@visible(Plan)
def plans(ctx: Context) -> Q:
    """Plans of one's projects."""
    return inside_q(ctx)


def _of_plan(ctx: Context) -> Q:
    return inside_q(ctx, "plan__project_id")


@visible(PlanTask)
def tasks(ctx: Context) -> Q:
    """Tasks of those plans; one that was taken out is nobody's."""
    return _of_plan(ctx) & Q(removed_at=None)


for _model in (Resource, Baseline, PlanEdit, PlanSimulation):
    visible(_model)(_of_plan)

holds_comments("task", PlanTask)


@visible(CustomField)
def fields(ctx: Context) -> Q:
    """Those of every plan for all people inside, those of one project for who works on it."""
    if ctx.actor.user_id is None or ctx.actor.org_role in OUTSIDE_ROLES:
        return NOTHING
    return Q(project=None) | inside_q(ctx)


@policy("schedule.change_field")
def change_field(ctx: Context, inputs: Mapping[str, Any]) -> bool:
    """A field of every plan is changed by whoever may add one."""
    field = inputs["field"]
    return field.project_id is not None or may(ctx, "schedule.add_house_field")


@visible(PlanView)
def views(ctx: Context) -> Q:
    """One's own, and those that are shared with the project."""
    return inside_q(ctx) & (Q(owner_user=ctx.actor.user_id or 0) | Q(shared=True))


@policy("schedule.change_view")
def change_view(ctx: Context, inputs: Mapping[str, Any]) -> bool:
    """A view is changed by whoever made it."""
    return bool(inputs["view"].owner_user == ctx.actor.user_id)


@policy("schedule.undo")
def undo(ctx: Context, inputs: Mapping[str, Any]) -> bool:
    """Whoever may edit the plan undoes any change of it; the others what they made themselves."""
    change = inputs.get("change")
    if change is None:
        return True
    mine = change.made_by is not None and (change.of or change).made_by == ctx.actor.user_id
    return mine or may(ctx, "schedule.edit", project_id=change.plan.project_id)


@policy("schedule.change_plan")
def change_plan(ctx: Context, inputs: Mapping[str, Any]) -> bool:
    """Whoever may only enter progress types into those cells alone."""
    if may(ctx, "schedule.edit", project_id=inputs["project"]):
        return True
    return all(change.act is Act.SET and change.field in PROGRESS for change in inputs["changes"])


_ASKING = ("manager", "associate")


@visible(UpdateRequest)
def update_requests(ctx: Context) -> Q:
    """Requests for news and figures: who may ask on the project, of costs who may see those; and the person asked."""
    asked = inside_q(ctx) & Q(person_id=ctx.actor.person_id or 0)
    return asked | _may_ask(ctx)


def _may_ask(ctx: Context, path: str = "") -> Q:
    every = inside_q(ctx, f"{path}project_id", roles=_ASKING)
    return inside_q(ctx, f"{path}project_id", roles=("manager",)) | (every & Q(**{f"{path}costs": False}))


@visible(UpdateMail)
def update_mails(ctx: Context) -> Q:
    """Their mails: those who may ask."""
    return _may_ask(ctx, "request__")


@policy("schedule.answer_update")
def answer_update(ctx: Context, inputs: Mapping[str, Any]) -> bool:
    """Only the person asked answers."""
    return bool(inputs["update"].person_id == ctx.actor.person_id)

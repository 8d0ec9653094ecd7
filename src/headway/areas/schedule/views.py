"""Saved views of a plan: columns, filter, groups, order and colours under a name, one's own or shared."""

from __future__ import annotations

from headway.areas.projects.types import ProjectId
from headway.areas.schedule.looks import PlanViewRow, ViewSettings
from headway.areas.schedule.models import FirstView, PlanView
from headway.areas.schedule.records import from_record, to_record
from headway.kernel.commands import command
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, Denied, FieldError, Invalid
from headway.kernel.queries import query
from headway.kernel.schema import Name

_MOST_VIEWS = 50  # of one person in one project


@query(permission="schedule.read", name="schedule.views")
def views(ctx: Context, *, project: ProjectId) -> tuple[PlanViewRow, ...]:
    """The views of the plan that one may open: one's own first, then those that others share, by name."""
    first = _first(ctx, project)
    rows = PlanView.visible_to(ctx).filter(project=project).order_by("name", "id")[:500]
    found = [_row(ctx, row, first=first) for row in rows]
    return tuple(sorted(found, key=lambda row: not row.mine))


def _first(ctx: Context, project_id: int) -> int | None:
    """The view that opens for this person."""
    rows = FirstView.unscoped(reason="one's own first view").filter(user=ctx.actor.user_id or 0, project=project_id)
    return rows.values_list("view_id", flat=True).first()


def _row(ctx: Context, row: PlanView, *, first: int | None) -> PlanViewRow:
    settings = from_record(ViewSettings, row.settings)
    mine = row.owner_user == ctx.actor.user_id
    return PlanViewRow(row.pk, row.name, settings, row.shared, row.owner, mine, row.pk == first, row.version)


@command(permission="schedule.keep_view", name="schedule.save_view", idempotent=True)
def save_view(
    ctx: Context,
    *,
    project: ProjectId,
    name: Name,
    settings: ViewSettings,
    shared: bool | None = None,
    first: bool = False,
) -> PlanViewRow:
    """Keep how a plan is looked at under a name; a view of one's own with this name is replaced.

    shared  whether everybody on the project may open it; what is not given stays, for a new one: no.
    first   let the plan open with it for oneself.
    """
    user = _user(ctx)
    title = " ".join(name.split())[:120]
    if not title:
        raise Invalid("Give the view a name.", fields=[FieldError("name", "required")])
    own = PlanView.unscoped(reason="one's own views").filter(project=project, owner_user=user)
    row, record = own.filter(name=title).first(), to_record(settings)
    if row is None:
        if own.count() >= _MOST_VIEWS:
            raise Conflict(f"You keep {_MOST_VIEWS} views of this plan already. Remove one first.")
        row = PlanView.add(
            ctx,
            project_id=project,
            name=title,
            owner_user=user,
            owner=ctx.actor.name,
            settings=record,
            shared=bool(shared),
        )
    else:
        row.change(ctx, settings=record, shared=row.shared if shared is None else shared)
    if first:
        _open_with(user, project, row)
    return _row(ctx, row, first=_first(ctx, project))


def _user(ctx: Context) -> int:
    if ctx.actor.user_id is None:
        raise Denied("Views belong to persons.")
    return ctx.actor.user_id


def _open_with(user: int, project_id: int, row: PlanView | None) -> None:
    rows = FirstView.unscoped(reason="one's own first view")
    rows.filter(user=user, project=project_id).delete()
    if row is not None:
        rows.create(user=user, project_id=project_id, view=row)


@command(permission="schedule.change_view", name="schedule.share_view", changes="view", idempotent=True)
def share_view(ctx: Context, *, view: PlanView, shared: bool) -> PlanViewRow:
    """Share a view of one's own with everybody on the project or with nobody."""
    view.change(ctx, shared=shared)
    if not shared:
        others = FirstView.unscoped(reason="of those who see the view no more").filter(view=view)
        others.exclude(user=_user(ctx)).delete()
    return _row(ctx, view, first=_first(ctx, view.project_id))


@command(permission="schedule.change_view", name="schedule.remove_view", destructive=True)
def remove_view(ctx: Context, *, view: PlanView) -> None:
    """Remove a view of one's own; whoever opens the plan with it gets the usual one."""
    ctx.record("schedule.PlanView", view.pk, "", view.name, None)
    PlanView.unscoped(reason="the view above").filter(pk=view.pk).delete()


@command(permission="schedule.keep_view", name="schedule.open_with", idempotent=True)
def open_with(ctx: Context, *, project: ProjectId, view: PlanView | None = None) -> None:
    """Choose the view that a plan opens with for oneself; without one, it opens as usual."""
    _open_with(_user(ctx), project, view)

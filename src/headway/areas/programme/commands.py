"""Changes of what ties plans, and of programmes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from headway.areas.people.types import PersonId
from headway.areas.programme.circles import Place, Web
from headway.areas.programme.models import Placeholder, PlanMove, Programme, ProgrammeProject
from headway.areas.programme.queries import days_between
from headway.areas.programme.queries import programme as shown
from headway.areas.programme.telling import tell_of_move
from headway.areas.programme.types import ProgrammeDetail, TaskId
from headway.areas.projects.lines import lines_among
from headway.areas.projects.queries import my_person_id
from headway.areas.projects.types import ProjectId
from headway.areas.schedule import placeholders
from headway.areas.schedule.acts import PlanEffect
from headway.areas.schedule.placeholders import Seat
from headway.engine.plan import LinkType
from headway.kernel import search
from headway.kernel.commands import command
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, FieldError, Invalid, NotFound
from headway.kernel.schema import Name, ShortText, Text

_WHY = "what ties plans"
_UNSEEN = "a task of another project"
_MOST_OF_PLAN = 200  # placeholders in one plan


@dataclass(frozen=True, slots=True)
class Tied:
    """A row that stands for a task of another project, and what it did to the plan.

    placeholder  its record; row_uid  of the row in the plan.
    """

    placeholder: int
    row_uid: int
    effect: PlanEffect


@command(permission="schedule.edit")
def wait_for(ctx: Context, *, task: TaskId, waits_for: int, type: LinkType = LinkType.FS, lag: ShortText = "") -> Tied:
    """Let a task wait for a task of another project. Its plan gets a row that stands for that task and has its dates.

    waits_for  id of the other task, in a project that one may see inside.
    lag        as people type it: '2d', '-50%'; '' = none.
    """
    mine = placeholders.seat_seen(ctx, task)
    far = _other(ctx, waits_for, mine.project_id, "waits_for")
    _refuse_circle(ctx, mine, far)
    return _tied(ctx, mine.project_id, far, successor=mine.uid, kind=type, lag=lag)


@command(permission="schedule.edit")
def show_task(ctx: Context, *, project: ProjectId, shown: int) -> Tied:
    """Show a task of another project in this project's plan: a row to read, which follows the original's dates.

    shown  id of the task, in a project that one may see inside.
    """
    far = _other(ctx, shown, project, "shown")
    if _present(project, far) is not None:
        raise Conflict(f"'{far.name}' is shown in this plan already.")
    return _tied(ctx, project, far)


def _other(ctx: Context, task_id: int, project_id: int, field: str) -> Seat:
    """The task of another project, which the actor sees inside and which has dates."""
    far = placeholders.seat_seen(ctx, task_id)
    why = ""
    if far.project_id == project_id:
        why = f"'{far.name}' is in this very plan. Link it in the plan, by its row number."
    elif Placeholder.unscoped(reason=_WHY).filter(project_id=far.project_id, uid=far.uid).exists():
        why = "That row itself stands for a task of another project. Choose the task where it is planned."
    elif not far.there or far.span is None:
        why = f"'{far.name}' takes no part in its plan, so it has no dates to wait for."
    if why:
        raise Invalid(why, fields=[FieldError(field, why, value=str(task_id))])
    return far


def _refuse_circle(ctx: Context, mine: Seat, far: Seat) -> None:
    way = Web.read().way((mine.project_id, mine.uid), (far.project_id, far.uid))
    if way:
        raise Conflict(f"{circle_words(ctx, way)} Remove one of these links first.")


def circle_words(ctx: Context, way: list[Place]) -> str:
    """'This makes a circle: Go-live (CRM) → Kick-off (SITE) → Go-live.' What may not be seen is not named."""
    seen = {line.id: line.key for line in lines_among(ctx, {project for project, _ in way})}
    seats = placeholders.seats_by_uid(way)
    standing = {(row.project_id, row.uid) for row in Placeholder.unscoped(reason=_WHY).filter(project_id__in=seen)}
    named = [
        f"{seats[place].name} ({seen[place[0]]})"
        if place[0] in seen and place in seats
        else "a task of another project"
        for place in way
        if place not in standing
    ]
    told = [name for number, name in enumerate(named) if not number or named[number - 1] != name]
    return f"This makes a circle over projects: {' → '.join([*told, told[0]])}."


def _present(project_id: int, far: Seat) -> Placeholder | None:
    """The row of a plan that stands for a task, where the plan has one."""
    rows = list(Placeholder.unscoped(reason=_WHY).filter(project_id=project_id, original_id=far.task_id).order_by("id"))
    live = placeholders.rows_by_uid({(row.project_id, row.uid) for row in rows})
    return next((row for row in rows if (row.project_id, row.uid) in live), None)


def _tied(ctx: Context, project_id: int, far: Seat, **link: Any) -> Tied:
    span = far.span
    assert span is not None  # noqa: S101 - `_other` has seen to it
    row = _present(project_id, far)
    if row is None and Placeholder.unscoped(reason=_WHY).filter(project_id=project_id).count() >= _MOST_OF_PLAN:
        raise Conflict(f"A plan may show at most {_MOST_OF_PLAN} tasks of other projects. Remove one first.")
    put = placeholders.put(ctx, project_id, span, uid=row.uid if row is not None else None, **link)
    if row is None:
        row = Placeholder.add(
            ctx,
            project_id=project_id,
            uid=put.uid,
            original_id=far.task_id,
            original_project_id=far.project_id,
            made_by=ctx.actor.name,
        )
    return Tied(row.pk, row.uid, put.effect)


@command(permission="schedule.edit")
def stop_waiting(ctx: Context, *, placeholder: Placeholder, task: TaskId | None = None) -> PlanEffect:
    """Let a task no longer wait for one of another project; the row goes when nothing waits by it any more.

    task  None = take the row out of the plan, with all links to it.
    """
    uid = placeholders.seat_seen(ctx, task).uid if task is not None else None
    place = (placeholder.project_id, placeholder.uid)
    if place not in placeholders.rows_by_uid({place}):
        raise NotFound("This row is no longer in the plan.")
    return placeholders.take_out(ctx, placeholder.project_id, placeholder.uid, uid)


@command(permission="schedule.edit", internal="the reaction to a changed plan; nobody asks for it")
def follow(ctx: Context, *, project: ProjectId, because: int) -> bool:
    """Give the rows that stand for tasks of other projects those tasks' dates; whether anything moved.

    because  the project that changed.
    """
    rows = list(Placeholder.unscoped(reason=_WHY).filter(project_id=project).order_by("id"))
    originals = placeholders.seats([row.original_id for row in rows])
    spans = {row.uid: span for row in rows for span in (_span(originals.get(row.original_id)),) if span is not None}
    trouble, effect = "", None
    web = Web.read()
    circle = web.circle(project) if web.returns(project) else []
    if circle:
        trouble = "These plans wait for each other in a circle, so their dates are not followed. Remove a link."
    else:
        try:
            effect = placeholders.follow(ctx, project, spans)
        except (Invalid, Conflict) as refusal:
            trouble = refusal.message
    for row in rows:
        row.change(ctx, trouble=trouble)
    if effect is None:
        return False
    cause = next((row for row in rows if row.original_project_id == because), rows[0])
    _note(ctx, project, cause, effect)
    return True


def _span(seat: Seat | None) -> placeholders.Span | None:
    return seat.span if seat is not None and seat.there else None


def _note(ctx: Context, project: int, cause: Placeholder, effect: PlanEffect) -> None:
    """Keep what another project moved in this plan."""
    milestones = [
        [item.uid, item.name, item.old_finish.date().isoformat(), item.new_finish.date().isoformat(), days]
        for item in effect.moved
        if item.milestone and item.old_finish is not None and item.new_finish is not None
        for days in (days_between(item.old_finish, item.new_finish),)
        if item.old_finish.date() != item.new_finish.date()
    ]
    move = PlanMove.add(
        ctx,
        project_id=project,
        cause_id=cause.original_project_id,
        original_id=cause.original_id,
        entry=effect.change,
        old_finish=effect.old_finish,
        new_finish=effect.new_finish,
        finish_days=effect.finish_days,
        moved=effect.moved_count,
        milestones=milestones[:_MOST_KEPT],
        deadlines=[item.name for item in effect.deadlines_broken][:_MOST_KEPT],
    )
    tell_of_move(ctx, move)


_MOST_KEPT = 50


# --- programmes -----------------------------------------------------------------------------------


@command(permission="programme.add", name="programme.add")
def add_programme(ctx: Context, *, name: Name, objective: Text = "", owner: PersonId | None = None) -> ProgrammeDetail:
    """Begin a programme: projects with one aim, under a name. Without an owner it is one's own."""
    _refuse_taken(name)
    row = Programme.add(
        ctx,
        name=name,
        objective=objective,
        owner_id=owner if owner is not None else my_person_id(ctx),
        made_by_user=ctx.actor.user_id,
    )
    return shown(ctx, programme=row.pk)


def _refuse_taken(name: str, but: int = 0) -> None:
    if Programme.unscoped(reason="a name is given once").filter(name__iexact=name).exclude(pk=but).exists():
        why = f"There is a programme '{name}' already. Give another name."
        raise Conflict(why, fields=[FieldError("name", why, value=name)])


@command(permission="programme.change", changes="programme", name="programme.edit")
def edit_programme(
    ctx: Context,
    *,
    programme: Programme,
    name: Name | None = None,
    objective: Text | None = None,
    owner: PersonId | None = None,
) -> ProgrammeDetail:
    """Change a programme's name, objective or owner."""
    if name is not None:
        _refuse_taken(name, programme.pk)
    given = {"name": name, "objective": objective, "owner_id": owner}
    programme.change(ctx, **{field: value for field, value in given.items() if value is not None})
    return shown(ctx, programme=programme.pk)


@command(permission="programme.change", changes="programme", name="programme.remove", destructive=True)
def remove_programme(ctx: Context, *, programme: Programme) -> None:
    """Remove a programme. Its projects and the links between them stay as they are."""
    ctx.record(Programme._meta.label, programme.pk, "", programme.name, None)
    search.forget(Programme, [programme.pk])
    programme.delete()


@command(permission="programme.change", changes="programme", idempotent=True)
def add_project(ctx: Context, *, programme: Programme, project: ProjectId) -> ProgrammeDetail:
    """Put a project into a programme; it may be in several."""
    _, fresh = ProgrammeProject.of(programme).get_or_create(programme=programme, project_id=project)
    if fresh:
        ctx.record(Programme._meta.label, programme.pk, "project", None, project)
        programme.touch()
    return shown(ctx, programme=programme.pk)


@command(permission="programme.change", changes="programme", idempotent=True)
def remove_project(ctx: Context, *, programme: Programme, project: ProjectId) -> ProgrammeDetail:
    """Take a project out of a programme."""
    gone, _ = ProgrammeProject.of(programme).filter(project_id=project).delete()
    if gone:
        ctx.record(Programme._meta.label, programme.pk, "project", project, None)
        programme.touch()
    return shown(ctx, programme=programme.pk)

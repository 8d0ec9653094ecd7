"""Options of a change request: what each would do to the plan, typed as steps, and its computed effect."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from pydantic import Field

from headway.areas.schedule.acts import PlanChanges
from headway.areas.schedule.changing import change_plan
from headway.areas.schedule.queries import has_plan, place_of
from headway.areas.schedule.rows import rows_by_uid
from headway.areas.schedule.types import TaskId
from headway.areas.scope import steps as made
from headway.areas.scope.models import ChangeOption, ChangeRequest
from headway.areas.scope.reading import live_options, option_row
from headway.areas.scope.requests import still_written
from headway.areas.scope.steps import Row, Wish, changes_of, next_new, numbered
from headway.areas.scope.types import MOST_STEPS, Amount, Hours, OptionRow, PlanStep, RequestState, RoleHours, Way
from headway.kernel.commands import command
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, FieldError, Invalid
from headway.kernel.models import next_number
from headway.kernel.schema import Name, ShortText, Text

Roles = Annotated[tuple[RoleHours, ...], Field(max_length=50)]
Waiting = Annotated[tuple[TaskId, ...], Field(max_length=50)]
_MOST_OPTIONS = 10
_NO_PLAN = "This project has no plan, so no effect can be computed. Start one or import it first."


@command(permission="scope.edit", changes="change")
def add_option(
    ctx: Context,
    *,
    change: ChangeRequest,
    name: Name,
    hours: Roles = (),
    one_off: Amount = Decimal(0),
    risks: Text = "",
) -> OptionRow:
    """Add a way of dealing with a change request.

    hours    of roles that nobody in the plan stands for.
    one_off  a cost beside the hours, in the project's currency.
    risks    what it adds, one a line.
    """
    still_written(change)
    if len(live_options([change.pk])) >= _MOST_OPTIONS:
        raise Conflict(f"A change request has at most {_MOST_OPTIONS} options.")
    row = ChangeOption.add(
        ctx,
        request=change,
        number=1 + next_number(f"scope.option.{change.pk}"),  # the first is 'do nothing'
        name=name,
        hours=_packed(hours),
        one_off=one_off,
        risks=risks,
    )
    _not_assessed(ctx, change)
    return option_row(ctx, row)


@command(permission="scope.edit", changes="option")
def edit_option(
    ctx: Context,
    *,
    option: ChangeOption,
    name: Name | None = None,
    hours: Roles | None = None,
    one_off: Amount | None = None,
    risks: Text | None = None,
) -> OptionRow:
    """Change an option; what is not given stays. What changes its effect makes the computed one void."""
    still_written(option.request)
    values: dict[str, Any] = {"name": name, "one_off": one_off, "risks": risks}
    if hours is not None:
        _does_something(option)
        values["hours"] = _packed(hours)
    _changed(ctx, option, {name: value for name, value in values.items() if value is not None})
    return option_row(ctx, option)


@command(permission="scope.edit", changes="option")
def add_step(
    ctx: Context,
    *,
    option: ChangeOption,
    way: Way,
    task: TaskId | None = None,
    then: Waiting = (),
    name: ShortText = "",
    who: ShortText = "",
    role: ShortText = "",
    hours: Hours | None = None,
    duration: ShortText = "",
    day: date | None = None,
    rows: Text = "",
    changes: PlanChanges | None = None,
) -> OptionRow:
    """Let an option do one more thing to the plan. Refused where the plan would not take it.

    task      the row that is changed, or behind which new work comes.
    then      rows that wait for added work, or for the last task of a new deliverable; none = nothing waits for it.
    name      of the new work or deliverable. rows: its tasks, one a line: 'Design; 3d; Ann'.
    who       people as the plan takes them: 'Ann; Bob [50%]'. role: who does added work where nobody is named.
    hours     of added work. duration: how long a task takes, '8d'. day: to which a milestone moves.
    changes   for 'other changes', what `schedule.change_plan` takes; `name` then says it in words.
    """
    still_written(option.request)
    _does_something(option)
    held = made.unpacked(option.steps)
    if len(held) >= MOST_STEPS:
        raise Conflict(f"An option does at most {MOST_STEPS} things.")
    wish = Wish(
        next(iter(_rows(option.request.project_id, () if task is None else (task,))), None),
        _rows(option.request.project_id, then),
        name,
        who.strip(),
        role.strip(),
        hours,
        duration,
        day,
        rows,
        changes or (),
    )
    step, roles = made.made(way, wish, first_new=next_new(held))
    _plan_takes(ctx, option.request.project_id, (*held, step))
    values = {"steps": made.packed((*held, step))}
    if roles:
        values["hours"] = [*option.hours, *_packed(roles)]
    _changed(ctx, option, values)
    return option_row(ctx, option)


def _rows(project_id: int, tasks: tuple[int, ...]) -> tuple[Row, ...]:
    """Rows of the plan as steps name them, each once."""
    uids = dict.fromkeys(place_of(task)[1] for task in tasks)
    found = rows_by_uid(project_id, uids)
    return tuple(Row(uid, found[uid].name, found[uid].leaves[-1].uid, found[uid].level) for uid in uids)


@command(permission="scope.edit", destructive=True, changes="option")
def remove_step(ctx: Context, *, option: ChangeOption, place: int) -> OptionRow:
    """Take one step out of an option, by its place among its steps, the first being 1."""
    still_written(option.request)
    held = made.unpacked(option.steps)
    if not 1 <= place <= len(held):
        raise Invalid(
            f"This option has {len(held)} steps; there is no step {place}.",
            fields=[FieldError("place", "no such step")],
        )
    left = (*held[: place - 1], *held[place:])
    _plan_takes(ctx, option.request.project_id, left)
    _changed(ctx, option, {"steps": made.packed(numbered(left))})
    return option_row(ctx, option)


@command(permission="scope.edit", destructive=True, idempotent=True, changes="option")
def remove_option(ctx: Context, *, option: ChangeOption) -> None:
    """Take an option off a request; 'do nothing' stays."""
    if option.removed_at is not None:
        return
    still_written(option.request)
    _does_something(option)
    if option.request.recommended_id == option.pk:
        option.request.change(ctx, recommended_id=None)
    option.change(ctx, removed_at=ctx.now)
    settle(ctx, option.request)


def _does_something(option: ChangeOption) -> None:
    if option.nothing:
        raise Conflict("This option is to do nothing: it stays, and changes no row of the plan. Add another option.")


def _packed(hours: tuple[RoleHours, ...]) -> list[dict[str, str]]:
    return [{"role": item.role, "hours": format(item.hours, "f")} for item in hours]


def _plan_takes(ctx: Context, project_id: int, steps: tuple[PlanStep, ...]) -> None:
    """Refused, as the plan refuses them, where the steps cannot be done to it as it is now; nothing is stored."""
    changes = changes_of(steps)
    if not changes:
        return
    if not has_plan(project_id):
        raise Conflict(_NO_PLAN)
    change_plan(ctx.but(dry_run=True, work=None, expected_version=None), project=project_id, changes=changes)


def _changed(ctx: Context, option: ChangeOption, values: dict[str, Any]) -> None:
    """Store what differs; where the effect depends on it, the computed one is void."""
    if {"steps", "hours", "one_off"} & {name for name, value in values.items() if getattr(option, name) != value}:
        values |= {"effect": None, "plan_version": None}
        _not_assessed(ctx, option.request)
    option.change(ctx, **values)


def _not_assessed(ctx: Context, change: ChangeRequest) -> None:
    if change.state == RequestState.ASSESSED.value:
        change.change(ctx, state=RequestState.DRAFT.value)


@command(permission="scope.edit", internal="the last step of computing an effect", changes="option")
def keep_effect(ctx: Context, *, option: ChangeOption, effect: dict[str, Any], plan_version: int) -> OptionRow:
    """Keep what an option does, as computed from the plan in one version of it."""
    still_written(option.request)
    option.change(ctx, effect=effect, plan_version=plan_version)
    settle(ctx, option.request)
    return option_row(ctx, option)


def settle(ctx: Context, change: ChangeRequest) -> None:
    """A request is assessed once each of its options, of which one does something, has a computed effect."""
    options = live_options([change.pk])
    whole = any(not option.nothing for option in options) and all(option.effect for option in options)
    if whole and change.state == RequestState.DRAFT.value:
        change.change(ctx, state=RequestState.ASSESSED.value)


def steps_of(option_id: int) -> tuple[ChangeRequest, tuple[PlanStep, ...]]:
    """The request and the steps of an option that the caller may see, for the journey that does them to the plan."""
    rows = ChangeOption.unscoped(reason="asked by a visible option").select_related("request")
    option = rows.get(pk=option_id)
    return option.request, made.unpacked(option.steps)

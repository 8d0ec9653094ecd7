"""Checklists of tasks: what is to be looked at before a task counts as done; ticked by whom and when.

They say nothing of progress: a percent is entered by a person. How many are ticked only stands beside it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.db.models import Count, Max

from headway.areas.method.models import CheckItem
from headway.areas.method.outline import TemplateBody
from headway.areas.method.types import CheckRow
from headway.areas.schedule.my_tasks import tasks_by_uid
from headway.areas.schedule.queries import place_of
from headway.areas.schedule.types import TaskId
from headway.kernel.among import among_ids
from headway.kernel.commands import command
from headway.kernel.context import Context
from headway.kernel.errors import Conflict
from headway.kernel.queries import query
from headway.kernel.schema import Name

_MOST = 200


def check_row(row: CheckItem) -> CheckRow:
    """A line as pages show it."""
    return CheckRow(row.pk, row.task_id, row.text, row.done_at is not None, row.done_by, row.done_at, row.version)


@query(permission="method.read_checklist")
def checklist(ctx: Context, *, task: TaskId) -> tuple[CheckRow, ...]:
    """The checklist of a task, in its order."""
    rows = CheckItem.visible_to(ctx).filter(task_id=task).order_by("position", "id")
    return tuple(check_row(row) for row in rows)


def ticked_of(ctx: Context, task_ids: Collection[int]) -> dict[int, tuple[int, int]]:
    """How many lines of each of some tasks are ticked, and how many there are; tasks without any are left out."""
    rows = CheckItem.visible_to(ctx).filter(among_ids("task_id", list(task_ids)))
    counted = rows.values("task_id").annotate(done=Count("done_at"), lines=Count("pk")).order_by("task_id")
    return {row["task_id"]: (row["done"], row["lines"]) for row in counted}


@command(permission="method.edit_checklist")
def add_check(ctx: Context, *, task: TaskId, text: Name) -> CheckRow:
    """Add a line to the checklist of a task."""
    project, _ = place_of(task)
    there = CheckItem.visible_to(ctx).filter(task_id=task)
    if there.count() >= _MOST:
        raise Conflict(f"A checklist holds at most {_MOST} lines.")
    last = there.aggregate(last=Max("position"))["last"] or 0
    return check_row(CheckItem.add(ctx, project_id=project, task_id=task, position=last + 1, text=text))


@command(permission="method.edit_checklist", changes="item")
def edit_check(ctx: Context, *, item: CheckItem, text: Name) -> CheckRow:
    """Change what a line of a checklist says."""
    item.change(ctx, text=text)
    return check_row(item)


@command(permission="method.edit_checklist", changes="item", destructive=True)
def remove_check(ctx: Context, *, item: CheckItem) -> None:
    """Take a line off a checklist; its history stays."""
    item.change(ctx, removed_at=ctx.now)


@command(permission="method.tick", changes="item", idempotent=True)
def tick(ctx: Context, *, item: CheckItem, done: bool = True) -> CheckRow:
    """Tick or untick a line of a checklist."""
    if done and item.done_at is None:
        item.change(ctx, done_at=ctx.now, done_by=ctx.actor.name)
    elif not done and item.done_at is not None:
        item.change(ctx, done_at=None, done_by="")
    return check_row(item)


def put_checklists(ctx: Context, project_id: int, body: TemplateBody, uids: Mapping[str, int]) -> None:
    """Write a template's checklists to the rows that came of it."""
    wanted = {uids[task.key]: task.checklist for task in body.tasks if task.checklist}
    rows = tasks_by_uid(ctx, project_id, list(wanted)) if wanted else {}
    for uid, texts in wanted.items():
        for position, text in enumerate(texts, start=1):
            CheckItem.add(ctx, project_id=project_id, task_id=rows[uid].id, position=position, text=text[:1000])


def texts_by_uid(project_id: int) -> dict[int, tuple[str, ...]]:
    """What the checklists of a project say, by the uid of the task; the caller has passed the project's door."""
    rows = CheckItem.unscoped(reason="of a project whose door was passed").filter(
        project_id=project_id, removed_at=None, task__removed_at=None
    )
    found: dict[int, list[str]] = {}
    for uid, text in rows.order_by("task_id", "position", "id").values_list("task__uid", "text"):
        found.setdefault(uid, []).append(text)
    return {uid: tuple(texts) for uid, texts in found.items()}

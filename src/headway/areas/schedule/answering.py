"""News of tasks: told by the person asked, taken into the plan by whoever asked, in whole or in part."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from headway.areas.comms.commands import notify
from headway.areas.comms.types import NoticeReason
from headway.areas.projects.queries import local_day
from headway.areas.schedule import changing, reading
from headway.areas.schedule.acts import PlanChange, PlanEffect
from headway.areas.schedule.events import UpdateAnswered
from headway.areas.schedule.models import Plan, UpdateRequest, UpdateTask
from headway.areas.schedule.records import from_record
from headway.areas.schedule.update_types import (
    MOST_TASKS,
    AskedOf,
    Outcome,
    TaskNews,
    UpdateField,
    UpdateState,
)
from headway.areas.schedule.updates import asked_of, linked, over_words, proposed, task_rows
from headway.engine import plan as engine
from headway.kernel.commands import command
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, FieldError, Invalid
from headway.kernel.schema import Secret, Text

MOST_NOTE = 1000


@command(permission="schedule.answer_update", changes="update")
def answer_update(ctx: Context, *, update: UpdateRequest, news: tuple[TaskNews, ...], send: bool = True) -> AskedOf:
    """Tell the news that one was asked for; kept as it is until it is sent, then a proposal for whoever asked.

    news  of the tasks asked about, and of the fields asked for, alone.
    send  False = keep it, to be completed later.
    """
    _take(ctx, update, news, send=send)
    return asked_of(ctx, update)


@command(permission="schedule.answer_by_link", internal="the page behind a mailed link, whose secret is the proof")
def answer_by_link(ctx: Context, *, token: Secret, news: tuple[TaskNews, ...], send: bool = False) -> AskedOf:
    """Tell the news by a mailed link: of its tasks and fields alone, until it was sent once."""
    found = UpdateRequest.unscoped(reason="the link proves the right").filter(pk=linked(token).pk)
    update = UpdateRequest.hold(found).get()  # who sends it meanwhile, or takes it back, comes first
    _take(ctx, update, news, send=send)
    return asked_of(ctx, update)


def _take(ctx: Context, update: UpdateRequest, news: Collection[TaskNews], *, send: bool) -> None:
    over = over_words(ctx, update)
    if over:
        raise Conflict(over)
    if len(news) > MOST_TASKS:
        raise Invalid(
            f"News of {len(news)} tasks is too much; a request is about at most {MOST_TASKS}.",
            fields=[FieldError("news", f"at most {MOST_TASKS}")],
        )
    parts = {part.uid: part for part in UpdateTask.of(update)}
    settings = _settings(update.project_id)
    today = local_day(ctx.as_system("the day where a project is"), project=update.project_id)
    faults: list[FieldError] = []
    told: dict[int, dict[str, str]] = {}
    for place, item in enumerate(news):
        if item.uid not in parts:
            raise Invalid(
                "This request is not about that task.", fields=[FieldError(f"news.{place}.uid", "was not asked about")]
            )
        told[item.uid] = _read(item, place, update, settings, today, faults)
    if faults:
        raise Invalid(f"{faults[0].message}", fields=faults)
    for uid, answer in told.items():
        part = parts[uid]
        if part.answer != answer:
            ctx.record(UpdateRequest._meta.label, update.pk, f"news of {part.name}"[:80], part.answer, answer)
            part.answer, part.answered_at = answer, ctx.now if answer else None
            part.save(update_fields=["answer", "answered_at"])
    if send:
        _send(ctx, update, parts.values())


def _settings(project_id: int) -> engine.ProjectSettings:
    plan = Plan.unscoped(reason="of a request that is answered").filter(project_id=project_id).first()
    if plan is None:
        raise Conflict("The plan that was asked about is gone. There is nothing to do.")
    settings: engine.ProjectSettings = from_record(engine.ProjectSettings, plan.settings)
    return settings


def _read(
    item: TaskNews,
    place: int,
    update: UpdateRequest,
    settings: engine.ProjectSettings,
    today: date,
    faults: list[FieldError],
) -> dict[str, str]:
    """What was told of a task, each text as it will be typed into the plan; what cannot be read goes to the faults."""
    found: dict[str, str] = {}
    for field in UpdateField:
        text = str(getattr(item, field.value)).strip()
        if not text:
            continue
        if field.value not in update.asks:
            message = f"'{field.value}' was not asked for."
            raise Invalid(message, fields=[FieldError(f"news.{place}.{field.value}", "was not asked for")])
        try:
            found[field.value] = _said(field, text, settings, today)
        except ValueError as fault:
            faults.append(FieldError(f"news.{place}.{field.value}", str(fault), value=text[:200]))
    begun, ended = found.get("actual_start"), found.get("actual_finish")
    if begun and ended and ended < begun:
        message = f"The finish {ended} lies before the start {begun}. Correct one of them."
        faults.append(FieldError(f"news.{place}.actual_finish", message, value=ended))
    return found


def _said(field: UpdateField, text: str, settings: engine.ProjectSettings, today: date) -> str:
    if field is UpdateField.PERCENT:
        return f"{reading.read_percent(text).normalize():f}%"
    if field is UpdateField.REMAINING:
        reading.read_duration(text, settings)
        return text
    if field is UpdateField.NOTE:
        return text[:MOST_NOTE]
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"'{text[:40]}' is no day. Write it as 2026-03-12.") from None
    if day > today:
        raise ValueError(f"{day} lies ahead. Tell what has happened; for what remains there is its own field.")
    return day.isoformat()


def _send(ctx: Context, update: UpdateRequest, parts: Collection[UpdateTask]) -> None:
    if not any(part.answer for part in parts):
        raise Invalid("Tell something of at least one task first.", fields=[FieldError("news", "tell something")])
    update.change(
        ctx, state=UpdateState.ANSWERED.value, answered_at=ctx.now, answered_by=update.person_name, trouble=""
    )
    ctx.emit(UpdateAnswered(project_id=update.project_id, update_id=update.pk))
    told = sum(1 for part in parts if part.answer)
    notify(
        ctx,
        to=[update.asked_by_person_id],
        reason=NoticeReason.ANSWERED,
        about_kind=UpdateRequest._meta.label,
        about_id=update.pk,
        project_id=update.project_id,
        text=f"{update.person_name} tells the news of {told} {'task' if told == 1 else 'tasks'}",
    )


# --- into the plan -------------------------------------------------------------------------------


@command(permission="schedule.accept_update", changes="update", only_reads_when_tried=True)
def accept_update(
    ctx: Context, *, update: UpdateRequest, tasks: tuple[int, ...] | None = None, note: Text = ""
) -> PlanEffect | None:
    """Take news into the plan: of all its tasks, or of some; what is not taken is left. Answers with what that does.

    tasks  uids of those to take; None = all, none = leave all of it. A dry run shows the effect and decides nothing.
    note   why, for the record.
    """
    if update.state != UpdateState.ANSWERED.value:
        raise Conflict(f"This request is {update.state}; there is no news to decide upon.")
    rows = task_rows([update])[update.pk]
    changes = proposed(rows, tasks)
    if ctx.only_tried:
        return _change(ctx, update, changes)
    effect = _change(ctx, update, changes)
    taken = {change.task for change in changes}
    for part in UpdateTask.of(update):
        if part.answer:
            part.outcome = (Outcome.ACCEPTED if part.uid in taken else Outcome.LEFT).value
            part.save(update_fields=["outcome"])
            ctx.record(
                UpdateRequest._meta.label, update.pk, f"news of {part.name}"[:80], None, _decided(update, part, note)
            )
    update.change(ctx, state=UpdateState.SETTLED.value, settled_at=ctx.now, settled_by=ctx.actor.name, trouble="")
    return effect


def _change(ctx: Context, update: UpdateRequest, changes: tuple[PlanChange, ...]) -> PlanEffect | None:
    """Into the plan by the one way there is; None when nothing is to be changed."""
    if not changes:
        return None
    effect: PlanEffect = changing.change_plan(
        ctx, project=update.project_id, changes=changes, label=f"News of {update.person_name}"
    )
    return effect


def _decided(update: UpdateRequest, part: UpdateTask, note: str) -> str:
    told = [(field, part.answer[field.value]) for field in UpdateField if part.answer.get(field.value)]
    said = ", ".join(f"{field.value.replace('_', ' ')} {text}" for field, text in told if field is not UpdateField.NOTE)
    return f"{part.outcome}, as told by {update.person_name}: {said or 'a note'}{f'. {note}' if note else ''}"


@command(permission="schedule.send_update", internal="news that was to be accepted by itself could not be")
def note_update_trouble(ctx: Context, *, update: UpdateRequest, trouble: Text) -> None:
    """Keep why news could not be taken by itself, so that somebody decides."""
    update.change(ctx, trouble=trouble)

"""Figures asked for by questions: asked, told by the person asked, corrected until somebody has decided on them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from headway.areas.comms.commands import notify
from headway.areas.comms.types import NoticeReason
from headway.areas.people.types import PersonId
from headway.areas.projects.queries import local_day
from headway.areas.projects.types import ProjectId
from headway.areas.schedule.answer_reading import read_answer, typed
from headway.areas.schedule.asking import draft_mail, stop_chasers
from headway.areas.schedule.events import FiguresAnswered
from headway.areas.schedule.models import UpdateQuestion, UpdateRequest
from headway.areas.schedule.question_types import (
    COSTS,
    Chasing,
    GivenAnswer,
    Outcome,
    PreparedQuestion,
    QuestionRow,
)
from headway.areas.schedule.question_words import asked_text, figures_body, figures_subject, figures_text
from headway.areas.schedule.questions import question_rows
from headway.areas.schedule.requesting import REQUEST, askable, begun, tell
from headway.areas.schedule.update_types import AskedOf, Rung, UpdateDetail, UpdateState
from headway.areas.schedule.updates import asked_of, detail, linked, over_words
from headway.kernel.commands import command
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, FieldError, Invalid
from headway.kernel.schema import Secret, Text


@command(permission="schedule.ask_updates", internal="part of asking for figures, which knows what they belong to")
def request_figures(
    ctx: Context,
    *,
    project: ProjectId,
    person: PersonId,
    questions: tuple[PreparedQuestion, ...],
    due: date,
    words: Text = "",
    auto_accept: bool = False,
    good_for: int = 14,
    chasing: Chasing = Chasing(),  # noqa: B008 - frozen
) -> UpdateDetail:
    """Ask one person for figures; by an inbox, or by a mail that waits for approval."""
    about, ends = askable(ctx, project, due, good_for)
    update = begun(
        ctx,
        project,
        person,
        asks=[],
        words=words.strip(),
        due=due,
        expires_at=ends,
        auto_accept=auto_accept,
        costs=any(one.kind in COSTS for one in questions),
        chase_before=chasing.before,
        chase_every=chasing.every,
        chase_most=chasing.most,
    )
    UpdateQuestion.unscoped(reason="parts of the request above").bulk_create(
        _stored(update, number, one) for number, one in enumerate(questions, 1)
    )
    if update.by_link:
        body = figures_body(
            person=update.person_name,
            words=update.words,
            questions=questions,
            due=due,
            asked_by=update.asked_by,
            project=about.name,
        )
        draft_mail(ctx, update, Rung.ASK, figures_subject(about.name, len(questions)), body)
    else:
        said = f"{update.asked_by} asks you for {figures_text(len(questions))} for {about.name}"
        tell(ctx, update, NoticeReason.ASKED, said)
    return detail(ctx, update)


def _stored(update: UpdateRequest, number: int, one: PreparedQuestion) -> UpdateQuestion:
    return UpdateQuestion(
        request=update,
        number=number,
        kind=one.kind.value,
        target=one.target,
        name=one.name,
        unit=one.unit[:40],
        period=one.period[:40],
        begins=one.begins[:40],
        ratio=one.ratio,
        least=one.least,
        most=one.most,
        hint=one.hint,
    )


# --- told by the person asked --------------------------------------------------------------------


@command(permission="schedule.answer_update", changes="update")
def answer_figures(
    ctx: Context, *, update: UpdateRequest, answers: tuple[GivenAnswer, ...], send: bool = True
) -> AskedOf:
    """Tell the figures that one was asked for; kept as typed until sent, then a proposal, corrected until decided on.

    answers  by the number of the question; what is not given stays as it was.
    send     False = keep it, to be completed later.
    """
    _take(ctx, update, answers, send=send)
    return asked_of(ctx, update)


@command(permission="schedule.answer_by_link", internal="the page behind a mailed link, whose secret is the proof")
def answer_figures_by_link(
    ctx: Context, *, token: Secret, answers: tuple[GivenAnswer, ...], send: bool = False
) -> AskedOf:
    """Tell figures by a mailed link: those of its questions alone, until somebody has decided on them."""
    found = UpdateRequest.unscoped(reason="the link proves the right").filter(pk=linked(token).pk)
    update = UpdateRequest.hold(found).get()  # who decides meanwhile, or takes it back, comes first
    _take(ctx, update, answers, send=send)
    return asked_of(ctx, update)


def _take(ctx: Context, update: UpdateRequest, answers: Collection[GivenAnswer], *, send: bool) -> None:
    over = over_words(ctx, update)
    if over:
        raise Conflict(over)
    if not update.wants_figures:
        raise Conflict("This request asks for news of tasks. Tell it on its own page.")
    rows = {row.number: row for row in question_rows(update)}
    given: dict[int, tuple[int, GivenAnswer]] = {}
    for place, one in enumerate(answers):
        if one.number not in rows:
            raise Invalid(
                f"This request has no question {one.number}.",
                fields=[FieldError(f"answers.{place}.number", "was not asked", value=str(one.number))],
            )
        given[one.number] = (place, one)
    if send:
        _send(ctx, update, rows, given)
        return
    parts = {part.number: part for part in UpdateQuestion.of(update)}
    for number, (_, one) in given.items():
        parts[number].draft = typed(rows[number], one)
        parts[number].save(update_fields=["draft"])


def _send(
    ctx: Context, update: UpdateRequest, rows: dict[int, QuestionRow], given: dict[int, tuple[int, GivenAnswer]]
) -> None:
    today = local_day(ctx.as_system("the day where a project is"), project=update.project_id)
    told, faults = {}, []
    for number, row in rows.items():
        place, one = given.get(number, (number - 1, _kept(row)))
        told[number], wrong = read_answer(row, one, today)
        faults += [
            FieldError(f"answers.{place}.{part.value}", message, value=str(getattr(one, part.value))[:200])
            for part, message in wrong.items()
        ]
    if faults:
        raise Invalid(faults[0].message, fields=faults)
    if not any(told.values()):
        raise Invalid("Answer at least one question first.", fields=[FieldError("answers", "answer something")])
    again = update.state == UpdateState.ANSWERED.value
    changed = _keep_sent(ctx, update, rows, given, told)
    if again and not changed:
        return
    told_now = {"answered_at": ctx.now, "answered_by": update.person_name, "trouble": ""}
    if not update.change(ctx, state=UpdateState.ANSWERED.value, **told_now):
        update.touch()  # whoever looks at the earlier answer is to look again
    stop_chasers(ctx, update)
    ctx.emit(FiguresAnswered(project_id=update.project_id, update_id=update.pk))
    count = figures_text(sum(1 for answer in told.values() if answer))
    notify(
        ctx,
        to=[update.asked_by_person_id],
        reason=NoticeReason.ANSWERED,
        about_kind=REQUEST,
        about_id=update.pk,
        project_id=update.project_id,
        text=f"{update.person_name} {'corrects what was told of' if again else 'tells'} {count}",
    )


def _kept(row: QuestionRow) -> GivenAnswer:
    """What was kept of a question that is not given again."""
    return GivenAnswer(row.number, **{part.value: row.draft.get(part.value, "") for part in row.parts})


def _keep_sent(
    ctx: Context,
    update: UpdateRequest,
    rows: dict[int, QuestionRow],
    given: dict[int, tuple[int, GivenAnswer]],
    told: dict[int, dict[str, str]],
) -> bool:
    """Keep what was sent, with what it replaces on record; whether anything differs."""
    changed = False
    for part in UpdateQuestion.of(update):
        answer, row = told[part.number], rows[part.number]
        if part.number in given:
            part.draft = typed(row, given[part.number][1])
        if part.answer != answer:
            changed = True
            ctx.record(REQUEST, update.pk, _in_history(row), part.answer or None, answer or None)
            part.answer, part.answered_at = answer, ctx.now if answer else None
        part.save(update_fields=["draft", "answer", "answered_at"])
    return changed


def _in_history(row: QuestionRow) -> str:
    """The field by which the history tells an answer; what begins with cost_ it tells to those who may see costs."""
    said = asked_text(row)[:75]
    return f"cost_{said}" if row.kind in COSTS else said


# --- decided on ----------------------------------------------------------------------------------


@command(permission="schedule.accept_update", changes="update", internal="part of accepting figures where they belong")
def settle_figures(ctx: Context, *, update: UpdateRequest, taken: tuple[int, ...], note: Text = "") -> UpdateDetail:
    """Note what became of each figure that was told; nothing is corrected any more.

    taken  numbers of the questions whose figures were taken; the others are left.
    """
    if update.state != UpdateState.ANSWERED.value:
        raise Conflict(f"This request is {update.state}; there are no figures to decide upon.")
    rows = {row.number: row for row in question_rows(update)}
    for part in UpdateQuestion.of(update):
        if part.answer:
            part.outcome = (Outcome.ACCEPTED if part.number in taken else Outcome.LEFT).value
            part.save(update_fields=["outcome"])
            row = rows[part.number]
            said = f"{part.outcome}, as told by {update.person_name}: {row.told or 'a note'}"
            ctx.record(REQUEST, update.pk, _in_history(row), None, f"{said}. {note}" if note else said)
    update.change(ctx, state=UpdateState.SETTLED.value, settled_at=ctx.now, settled_by=ctx.actor.name, trouble="")
    return detail(ctx, update)

"""Reads of requests for figures, for what stands beside them; the caller has passed a door."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from headway.areas.comms.quiet import WorkingTime
from headway.areas.comms.settings import working_times
from headway.areas.schedule.chase_days import chase_days, number_due
from headway.areas.schedule.models import UpdateChaser, UpdateQuestion, UpdateRequest
from headway.areas.schedule.question_types import ChaserRow, Chasing, Outcome, QuestionKind, QuestionRow
from headway.areas.schedule.update_types import UpdateState
from headway.kernel.context import Context


def question_rows(request: UpdateRequest) -> tuple[QuestionRow, ...]:
    """The questions of a request, in order; none where it asks for news of tasks."""
    if not request.wants_figures:
        return ()
    return tuple(_row(part) for part in UpdateQuestion.of(request).order_by("number"))


def told_rows(request: UpdateRequest) -> tuple[QuestionRow, ...]:
    """The questions as whoever asked sees them: what was not sent yet is the person's own."""
    return tuple(replace(row, draft={}) for row in question_rows(request))


def _row(part: UpdateQuestion) -> QuestionRow:
    return QuestionRow(
        number=part.number,
        kind=QuestionKind(part.kind),
        target=part.target,
        name=part.name,
        unit=part.unit,
        period=part.period,
        begins=part.begins,
        ratio=part.ratio,
        least=part.least,
        most=part.most,
        hint=part.hint,
        draft=dict(part.draft),
        answer=dict(part.answer),
        answered_at=part.answered_at,
        outcome=Outcome(part.outcome) if part.outcome else None,
    )


def chaser_rows(request: UpdateRequest) -> tuple[ChaserRow, ...]:
    """The reminders of a request for figures that went, in order."""
    if not request.wants_figures:
        return ()
    rows = UpdateChaser.of(request).order_by("number")
    return tuple(ChaserRow(row.number, row.sent_at, row.by_mail) for row in rows)


def due_chaser(ctx: Context, request: UpdateRequest) -> int:
    """The number of the reminder to send now; 0 = none: not their working time, or the latest that is due has gone."""
    times, days = _days_of(request)
    if not times.is_working(ctx.now) or request.opened_at is None:
        return 0
    number = number_due(days, times.day_of(ctx.now))
    if not number or days[number - 1] <= times.day_of(request.opened_at):  # who was just asked is not reminded
        return 0
    gone = UpdateChaser.of(request).filter(number__gte=number).exists()
    return 0 if gone else number


def next_chaser(ctx: Context, request: UpdateRequest, sent: tuple[ChaserRow, ...]) -> date | None:
    """The day of the next reminder; None where none comes: answered, over, or all have gone."""
    if not request.wants_figures or request.state != UpdateState.OPEN.value or request.expires_at <= ctx.now:
        return None
    times, days = _days_of(request)
    today, gone = times.day_of(ctx.now), sent[-1].number if sent else 0
    asked = times.day_of(request.opened_at or ctx.now)
    waiting = [day for number, day in enumerate(days, 1) if number > gone and day > asked]
    return max(waiting[0], today) if waiting else None


def _days_of(request: UpdateRequest) -> tuple[WorkingTime, tuple[date, ...]]:
    """The working time of the person asked, and the days of all reminders in it."""
    times = working_times([request.person_id], request.due)[request.person_id]
    chasing = Chasing(request.chase_before, request.chase_every, request.chase_most)
    return times, chase_days(request.due, chasing, times.works_on)

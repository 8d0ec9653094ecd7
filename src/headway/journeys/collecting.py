"""Figures from people: what is missing, asking for it, and taking what they told into KPIs, progress, plan and orders.

The request, its mails, links and reminders are the schedule's; what a figure belongs to, and the command that a typed
one uses, is known here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import Annotated

from pydantic import Field

from headway.areas.budgets.commitments import edit_commitment, receive_commitment
from headway.areas.budgets.costs import commitments
from headway.areas.budgets.money_types import CommitmentRow
from headway.areas.budgets.progress import state_progress, trust
from headway.areas.metrics.given import GivenSample
from headway.areas.metrics.sampling import record
from headway.areas.metrics.wanted import WantedFigure, figure_wanted, figures_wanted
from headway.areas.people.types import PersonId
from headway.areas.projects.queries import local_day
from headway.areas.projects.types import ProjectId
from headway.areas.schedule import figures, updates
from headway.areas.schedule.acts import Act, PlanChange
from headway.areas.schedule.answering import note_update_trouble
from headway.areas.schedule.changing import change_plan
from headway.areas.schedule.events import FiguresAnswered
from headway.areas.schedule.queries import tasks
from headway.areas.schedule.question_types import (
    MOST_QUESTIONS,
    Chasing,
    Part,
    PreparedQuestion,
    Question,
    QuestionKind,
    QuestionRow,
)
from headway.areas.schedule.question_words import asked_text
from headway.areas.schedule.types import TaskRow
from headway.areas.schedule.update_types import UpdateDetail, UpdateId, UpdateState
from headway.engine.planned_value import ProgressMethod
from headway.kernel.access import may
from headway.kernel.commands import command
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, Denied, FieldError, Invalid, NotFound, Stale
from headway.kernel.events import reacts_to
from headway.kernel.queries import query
from headway.kernel.schema import Text

MOST_PEOPLE = 20  # asked at once
_MOST_ROWS = 200
_MOST_HOURS = Decimal(999)
_MOST_MONEY = Decimal(10) ** 12
_HUNDRED = Decimal(100)
# What one must be allowed to type oneself, to take it from somebody else.
_NEEDS = {
    QuestionKind.KPI: "metrics.record",
    QuestionKind.HOURS: "budgets.set_progress",
    QuestionKind.PERCENT: "budgets.set_progress",
    QuestionKind.FINISH: "schedule.edit",
    QuestionKind.INVOICED: "budgets.edit_commitments",
    QuestionKind.TO_COME: "budgets.edit_commitments",
}

_OTHER_PROGRESS = {
    QuestionKind.HOURS: QuestionKind.PERCENT,
    QuestionKind.PERCENT: QuestionKind.HOURS,
}

Persons = Annotated[tuple[PersonId, ...], Field(min_length=1, max_length=MOST_PEOPLE)]
Questions = Annotated[tuple[Question, ...], Field(min_length=1, max_length=MOST_QUESTIONS)]
_USUAL = Chasing()


@dataclass(frozen=True, slots=True)
class FigureToAsk:
    """A figure that somebody could be asked for. why: what says that it is missing; '' = it is not."""

    question: PreparedQuestion
    text: str
    why: str


# --- what can be asked, and what is missing ------------------------------------------------------


@query(permission="schedule.ask_updates", name="schedule.figures_to_ask")
def figures_to_ask(ctx: Context, *, project: ProjectId) -> tuple[FigureToAsk, ...]:
    """What people can be asked for on a project, the missing with why: figures of KPIs, progress, the plan, orders."""
    found = [*_of_kpis(ctx, project), *_of_progress(ctx, project), *_of_orders(ctx, project)]
    return tuple(FigureToAsk(one, asked_text(one), why) for one, why in found if _allowed(ctx, project, one.kind))


def _allowed(ctx: Context, project_id: int, kind: QuestionKind) -> bool:
    return may(ctx, _NEEDS[kind], project_id=project_id)


def _of_kpis(ctx: Context, project_id: int) -> Iterator[tuple[PreparedQuestion, str]]:
    if may(ctx, "metrics.read", project_id=project_id):
        for one in figures_wanted(ctx, project_id):
            yield _kpi(one), one.why


def _kpi(found: WantedFigure) -> PreparedQuestion:
    return PreparedQuestion(
        QuestionKind.KPI,
        found.kpi_id,
        found.name,
        unit="" if found.ratio else found.unit,
        period=found.period,
        begins=found.begins,
        ratio=found.ratio,
        least=found.least,
        most=found.most,
        hint=found.words[:1000],
    )


def _of_progress(ctx: Context, project_id: int) -> Iterator[tuple[PreparedQuestion, str]]:
    """Of the whole project, of its phases, and of the open tasks in the order of the plan."""
    today = local_day(ctx, project=project_id)
    grey = ""
    if may(ctx, "budgets.read", project_id=project_id):
        known = trust(ctx, project=project_id, as_of=today)
        grey = "never told" if known.progress_on is None else f"told {known.progress_on}" if known.grey else ""
    for kind in (QuestionKind.PERCENT, QuestionKind.HOURS):
        yield _progress(kind, None), grey if kind is QuestionKind.PERCENT else ""
    for row in _open_rows(ctx, project_id):
        late = row.finish is not None and row.finish.date() < today
        yield _progress(QuestionKind.HOURS, row), ""
        yield _progress(QuestionKind.PERCENT, row), ""
        if not row.summary:
            yield _progress(QuestionKind.FINISH, row), f"was to finish {row.finish:%Y-%m-%d}" if late else ""


def _open_rows(ctx: Context, project_id: int) -> list[TaskRow]:
    found = tasks(ctx, project=project_id, limit=_MOST_ROWS).items
    return [row for row in found if row.active and not row.milestone and row.percent_complete < _HUNDRED]


def _progress(kind: QuestionKind, row: TaskRow | None) -> PreparedQuestion:
    return PreparedQuestion(
        kind,
        row.uid if row is not None else None,
        row.name[:255] if row is not None else "the whole project",
        unit={QuestionKind.HOURS: "h", QuestionKind.PERCENT: "%"}.get(kind, ""),
        least=None if kind is QuestionKind.FINISH else Decimal(0),
        most={QuestionKind.HOURS: _MOST_HOURS, QuestionKind.PERCENT: _HUNDRED}.get(kind),
    )


def _of_orders(ctx: Context, project_id: int) -> Iterator[tuple[PreparedQuestion, str]]:
    if may(ctx, "budgets.read_costs", project_id=project_id):
        for row in commitments(ctx, project=project_id).items:
            if row.closed_on is None:
                late = f"was to come by {row.expected}" if row.late else ""
                yield _order(QuestionKind.INVOICED, row), late
                yield _order(QuestionKind.TO_COME, row), ""


def _order(kind: QuestionKind, row: CommitmentRow) -> PreparedQuestion:
    return PreparedQuestion(
        kind, row.id, f"{row.ref} {row.title}"[:255], unit=row.currency, least=Decimal(0), most=_MOST_MONEY
    )


# --- asking --------------------------------------------------------------------------------------


@command(permission="schedule.ask_updates", name="schedule.ask_for_figures")
def ask_for_figures(
    ctx: Context,
    *,
    project: ProjectId,
    persons: Persons,
    questions: Questions,
    due: date,
    words: Text = "",
    auto_accept: bool = False,
    good_for: int = 14,
    chasing: Chasing = _USUAL,
) -> tuple[UpdateDetail, ...]:
    """Ask people for figures: of KPIs, hours to go, percent complete, a finish, what was invoiced or is still to come.

    Each person gets one request with all the questions. Whoever can open the plan finds it in their inbox; anybody
    else gets a mail with a link: a draft, until its text was approved. Nobody is asked where one cannot be.

    due          the day by which the answer is wanted.
    words        what to say to the person; '' = a plain question.
    auto_accept  take the answers when they come, without looking at them first.
    good_for     days after `due` on which the link still works: 1 to 60.
    chasing      when who has not answered is reminded; by mail in fixed words.
    """
    prepared = _prepared(ctx, project, questions)
    return tuple(
        figures.request_figures(
            ctx,
            project=project,
            person=person,
            questions=prepared,
            due=due,
            words=words,
            auto_accept=auto_accept,
            good_for=good_for,
            chasing=chasing,
        )
        for person in dict.fromkeys(persons)
    )


def _prepared(ctx: Context, project_id: int, questions: Questions) -> tuple[PreparedQuestion, ...]:
    """The questions with all that their page needs; Invalid for what cannot be asked, or is asked twice."""
    for one in questions:
        if not _allowed(ctx, project_id, one.kind):
            raise Denied(f"You may not enter figures of the kind '{one.kind.value}', so you cannot ask for them.")
    offered: dict[tuple[QuestionKind, int | None], PreparedQuestion] = {}
    if any(one.kind is not QuestionKind.KPI for one in questions):
        for found, _ in (*_of_progress(ctx, project_id), *_of_orders(ctx, project_id)):
            offered[found.kind, found.target] = found
    prepared: dict[tuple[QuestionKind, int | None, str], PreparedQuestion] = {}
    for place, one in enumerate(questions):
        if one.kind is QuestionKind.KPI:
            made = _kpi(figure_wanted(ctx, project_id, one.target or 0, one.period))
        elif (one.kind, one.target) in offered:
            made = offered[one.kind, one.target]
        else:
            raise Invalid(
                f"'{one.kind.value}' cannot be asked of {one.target}. Choose among the open rows of the plan and the "
                "open orders.",
                fields=[FieldError(f"questions.{place}.target", "not open here", value=str(one.target))],
            )
        key = made.kind, made.target, made.begins
        if key in prepared:
            raise Invalid(
                f"'{asked_text(made)}' is asked twice. Ask it once.",
                fields=[FieldError(f"questions.{place}", "asked twice")],
            )
        other = _OTHER_PROGRESS.get(made.kind)
        if (other, made.target, "") in prepared:
            raise Invalid(
                f"Ask for hours to go or for percent complete of '{made.name}', not for both: one would replace the "
                "other.",
                fields=[FieldError(f"questions.{place}", "asked as hours and as percent")],
            )
        prepared[key] = made
    return tuple(prepared.values())


# --- taking the answers --------------------------------------------------------------------------


@command(permission="schedule.accept_update", name="schedule.accept_figures")
def accept_figures(
    ctx: Context, *, update: UpdateId, questions: tuple[int, ...] | None = None, note: Text = ""
) -> UpdateDetail:
    """Take told figures where they belong, each as if it were typed, with who told it; all of them or none.

    questions  numbers of those to take; None = all that were told, none = leave all of it.
    note       why, for the record.
    """
    asked = updates.update_request(ctx, update=update)
    if ctx.expected_version is not None and asked.row.version != ctx.expected_version:
        raise Stale(
            f"{asked.row.person} has corrected the answer meanwhile. Look at it again, then decide.",
            extra={"current_version": asked.row.version},
        )
    if not asked.row.figures or asked.row.state is not UpdateState.ANSWERED:
        raise Conflict(f"This request is {asked.row.state.value}; there are no figures to decide upon.")
    told = [row for row in asked.questions if row.answer.get(Part.VALUE.value)]
    wanted = [row for row in told if questions is None or row.number in questions]
    for row in wanted:
        if row.kind is not QuestionKind.FINISH:
            _take(row, partial(_TAKEN[row.kind], ctx, asked, row))
    finishes = [row for row in wanted if row.kind is QuestionKind.FINISH]
    if finishes:
        _take(finishes[0], partial(_take_finishes, ctx, asked, finishes))
    return figures.settle_figures(
        ctx.but(expected_version=None), update=update, taken=tuple(row.number for row in wanted), note=note
    )


def _take(row: QuestionRow, act: Callable[[], None]) -> None:
    """Take a figure; what is refused says of which question."""
    try:
        act()
    except (Invalid, Conflict, NotFound) as refusal:
        raise Invalid(
            f"{asked_text(row)}: {refusal.message}",
            fields=[FieldError("questions", refusal.message, value=row.told)],
        ) from refusal


def _said_by(asked: UpdateDetail, day: date) -> str:
    return f"{asked.row.person}, answered {day}"


def _answered_on(ctx: Context, asked: UpdateDetail) -> date:
    """The day of the answer, where the project is."""
    at = asked.row.answered_at or ctx.now
    return local_day(ctx.but(now=at), project=asked.row.project_id)


def _value(row: QuestionRow, part: Part = Part.VALUE) -> Decimal:
    return Decimal(row.answer[part.value])


def _take_kpi(ctx: Context, asked: UpdateDetail, row: QuestionRow) -> None:
    begins = datetime.fromisoformat(row.begins)
    period = begins.isoformat(" ", "minutes")
    given = (
        GivenSample(period, numerator=_value(row), denominator=_value(row, Part.OUT_OF))
        if row.ratio
        else GivenSample(period, value=_value(row))
    )
    said = _said_by(asked, _answered_on(ctx, asked))
    record(ctx, kpi=row.target, samples=(given,), said_by=said, reason=f"as told by {said}")


def _take_progress(ctx: Context, asked: UpdateDetail, row: QuestionRow) -> None:
    day = _answered_on(ctx, asked)
    hours = row.kind is QuestionKind.HOURS
    state_progress(
        ctx,
        project=asked.row.project_id,
        method=ProgressMethod.COST_TO_GO if hours else ProgressMethod.OWNER_ESTIMATE,
        said_on=day,
        said_by=_said_by(asked, day),
        row=row.target,
        percent=None if hours else _value(row),
        etc=_value(row) if hours else None,
    )


def _take_finishes(ctx: Context, asked: UpdateDetail, rows: Sequence[QuestionRow]) -> None:
    """All days of finishing as one change of the plan, undone as one."""
    changes = tuple(
        PlanChange(Act.SET, task=row.target, field="finish", value=row.answer[Part.VALUE.value]) for row in rows
    )
    label = f"Forecast of {_said_by(asked, _answered_on(ctx, asked))}"
    change_plan(ctx, project=asked.row.project_id, changes=changes, label=label)


def _take_invoiced(ctx: Context, asked: UpdateDetail, row: QuestionRow) -> None:
    """What was invoiced beyond what came becomes an expense of the order."""
    order, day = _order_of(ctx, asked, row), _answered_on(ctx, asked)
    more = _value(row) - order.received
    if more < 0:
        raise Conflict(f"{order.received:f} {order.currency} came already, more than that. Ask which is right.")
    if more:
        said = f"{order.title}, as told by {_said_by(asked, day)}"
        receive_commitment(ctx, commitment=order.id, amount=more, day=day, description=said[:255])


def _take_still_to_come(ctx: Context, asked: UpdateDetail, row: QuestionRow) -> None:
    """The order becomes what came and what is still to come."""
    order = _order_of(ctx, asked, row)
    amount = order.received + _value(row)
    if not amount:
        raise Conflict("Nothing came and nothing is to come. Close the order instead.")
    edit_commitment(ctx, commitment=order.id, amount=amount)


def _order_of(ctx: Context, asked: UpdateDetail, row: QuestionRow) -> CommitmentRow:
    found = commitments(ctx, project=asked.row.project_id).items
    order = next((one for one in found if one.id == row.target), None)
    if order is None:
        raise NotFound("This order is not there any more.")
    return order


_TAKEN: Mapping[QuestionKind, Callable[[Context, UpdateDetail, QuestionRow], None]] = {
    QuestionKind.KPI: _take_kpi,
    QuestionKind.HOURS: _take_progress,
    QuestionKind.PERCENT: _take_progress,
    QuestionKind.INVOICED: _take_invoiced,
    QuestionKind.TO_COME: _take_still_to_come,
}


@reacts_to(FiguresAnswered)
def accept_by_itself(ctx: Context, event: FiguresAnswered) -> None:
    """Take figures where the asker wanted that; what is refused waits for a person, with why."""
    found = updates.update_request(ctx, update=event.update_id).row
    if not found.auto_accept or found.state is not UpdateState.ANSWERED:
        return
    why = f"figures of {found.person}, accepted by themselves as {found.asked_by} asked"
    try:
        accept_figures(ctx.but(reason=why), update=found.id)
    except (Invalid, Conflict, NotFound) as refusal:
        note_update_trouble(ctx, update=found.id, trouble=refusal.message)

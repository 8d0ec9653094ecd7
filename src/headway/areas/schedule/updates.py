"""Reads of requests for news and figures: whom to ask, what was asked and came back, what the person asked sees."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from django.core import signing
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from headway.areas.approvals.queries import of_subject
from headway.areas.people.queries import actor_of, names_and_emails, users_of
from headway.areas.projects.across import roles_on_projects
from headway.areas.projects.queries import charter, local_day
from headway.areas.projects.types import ProjectId, Stage
from headway.areas.schedule.acts import Act, PlanChange
from headway.areas.schedule.models import (
    Assignment,
    PlanTask,
    Resource,
    UpdateMail,
    UpdateQuestion,
    UpdateRequest,
    UpdateTask,
)
from headway.areas.schedule.questions import chaser_rows, next_chaser, question_rows, told_rows
from headway.areas.schedule.update_types import (
    AskedOf,
    Outcome,
    PersonToAsk,
    Rung,
    TaskToAsk,
    UpdateDetail,
    UpdateField,
    UpdateMailRow,
    UpdateMailState,
    UpdateRow,
    UpdateState,
    UpdateTaskRow,
)
from headway.areas.schedule.update_words import shown_of
from headway.kernel import settings
from headway.kernel.access import may
from headway.kernel.context import Context
from headway.kernel.errors import NotFound
from headway.kernel.queries import query
from headway.kernel.schema import Secret

MAIL = UpdateMail._meta.label
ANSWER_PATH = "/news/{token}/"
MOST_PEOPLE = 200
_MOST_OPEN = 2_000  # tasks that are looked through for whom to ask
_MOST_LISTED = 200
_WHY = "beside a visible request"
_IN_PLAN = (UpdateField.ACTUAL_START, UpdateField.PERCENT, UpdateField.REMAINING, UpdateField.ACTUAL_FINISH)


@query(permission="schedule.ask_updates")
def people_to_ask(ctx: Context, *, project: ProjectId) -> tuple[PersonToAsk, ...]:
    """Who has open tasks here, by assignment or as their owner, by name; with the tasks and what is under way now."""
    day = local_day(ctx, project=project)
    tasks = {row.uid: row for row in _open_tasks(ctx, project)}
    those = _doers(ctx, project, tasks)
    known = names_and_emails(those)
    inside = _inside(ctx, project, those)
    found = [
        PersonToAsk(
            person,
            known[person][0],
            known[person][1],
            person not in inside,
            tuple(_to_ask(tasks[uid], day) for uid in sorted(uids, key=lambda uid: tasks[uid].position)),
        )
        for person, uids in those.items()
        if person in known
    ]
    return tuple(sorted(found, key=lambda one: (one.name, one.person_id))[:MOST_PEOPLE])


def under_way(start: datetime | None, day: date) -> bool:
    """Whether an open task should have begun by the end of the week."""
    return start is not None and start.date() <= day + timedelta(days=6 - day.weekday())


@query(permission="schedule.read_updates")
def update_requests(ctx: Context, *, project: ProjectId, state: UpdateState | None = None) -> tuple[UpdateRow, ...]:
    """What was asked on a project, the newest first; at most 200."""
    rows = UpdateRequest.visible_to(ctx).filter(project_id=project)
    if state is not None:
        rows = rows.filter(state=state.value)
    today = local_day(ctx, project=project)
    return tuple(update_row(ctx, row, today) for row in _counted(rows).order_by("-id")[:_MOST_LISTED])


@query(permission="schedule.read_updates", name="schedule.update_request")
def update_request(ctx: Context, *, update: UpdateRequest) -> UpdateDetail:
    """A request: what was asked, its mails, what came back beside what the plan says now."""
    return detail(ctx, update)


@query(permission="schedule.answer_update")
def my_update(ctx: Context, *, update: UpdateRequest) -> AskedOf:
    """A request that asks oneself."""
    return asked_of(ctx, update)


@query(permission="schedule.answer_by_link", internal="the page behind a mailed link reads it, and nothing else does")
def update_by_link(ctx: Context, *, token: Secret) -> AskedOf:
    """What a mailed link asks: its tasks and fields, and nothing else of the project."""
    return asked_of(ctx, linked(token))


# --- for what stands beside this; the caller has passed a door ---------------------------------


def link_token(update: UpdateRequest) -> str:
    """What a mailed link carries: the request's key, signed for this purpose alone."""
    return _signer().sign(update.link_key)


def link_of(update: UpdateRequest) -> str:
    """The address that a mail to the person asked carries."""
    return settings.read().base_url.rstrip("/") + ANSWER_PATH.format(token=link_token(update))


def linked(token: str) -> UpdateRequest:
    """The request that a link opens. NotFound for what we did not sign; nothing is looked up for such a one."""
    try:
        key = _signer().unsign(token)
    except signing.BadSignature:
        raise NotFound(_NO_LINK) from None
    row = UpdateRequest.unscoped(reason="the link proves the right").filter(link_key=key, by_link=True).first()
    if row is None or row.state == UpdateState.DRAFT.value:
        raise NotFound(_NO_LINK)
    return row


_NO_LINK = "This link does not exist. Open it exactly as the mail gives it, or ask for a new one."


def _signer() -> signing.Signer:
    return signing.Signer(sep=".", salt="headway.schedule.update")


def over_words(ctx: Context, row: UpdateRequest) -> str:
    """Why no answer is taken any more; '' while it is."""
    if row.state == UpdateState.WITHDRAWN.value:
        return f"{row.asked_by} has withdrawn this request. There is nothing to do."
    if row.wants_figures and row.state == UpdateState.SETTLED.value:
        return f"Your answer has arrived and was looked at. If something has changed since, tell {row.asked_by}."
    if not row.wants_figures and row.state in (UpdateState.ANSWERED.value, UpdateState.SETTLED.value):
        return "Your news has arrived. If something has changed since, ask for a new link."
    if row.expires_at <= ctx.now and row.answered_at is not None:
        return f"Your answer has arrived, and this link has ended. If something has changed, tell {row.asked_by}."
    if row.expires_at <= ctx.now:
        return f"This link has expired. If your news is still wanted, ask {row.asked_by} for a new one."
    project = charter(ctx.as_system("a request for news names its project"), project=row.project_id)
    if project.stage is Stage.CLOSED:
        return f"{project.name} is closed. There is nothing to do."
    return ""


def asked_of(ctx: Context, row: UpdateRequest) -> AskedOf:
    """A request as the person asked sees it."""
    system = ctx.as_system("a request for news names its project")
    over = over_words(ctx, row)
    told = row.answered_at is not None and ctx.now < row.expires_at
    tasks = task_rows([row])[row.pk] if not row.wants_figures and (not over or told) else ()
    return AskedOf(
        id=row.pk,
        project=charter(system, project=row.project_id).name,
        person=row.person_name,
        asked_by=row.asked_by,
        words=row.words,
        due=row.due,
        today=local_day(system, project=row.project_id),
        asks=tuple(UpdateField(name) for name in row.asks),
        tasks=tasks,
        open=not over,
        over=over,
        answered_at=row.answered_at,
        version=row.version,
        questions=question_rows(row) if not over or told else (),
    )


def detail(ctx: Context, row: UpdateRequest) -> UpdateDetail:
    """A request with its tasks or questions, its mails and its reminders."""
    counted = _counted(UpdateRequest.unscoped(reason=_WHY).filter(pk=row.pk)).get()
    mails = UpdateMail.unscoped(reason=_WHY).filter(request=row).order_by("id")
    sent = chaser_rows(row)
    return UpdateDetail(
        update_row(ctx, counted, local_day(ctx, project=row.project_id)),
        task_rows([row])[row.pk],
        tuple(mail_row(item, row) for item in mails),
        told_rows(row),
        sent,
        next_chaser(ctx, row, sent),
    )


def update_row(ctx: Context, row: Any, today: date) -> UpdateRow:
    """A request as lists show it; `row` is counted, `today` is the project's."""
    waiting = row.state in (UpdateState.DRAFT.value, UpdateState.OPEN.value)
    return UpdateRow(
        id=row.pk,
        project_id=row.project_id,
        person_id=row.person_id,
        person=row.person_name,
        email=row.email,
        by_link=row.by_link,
        asks=tuple(UpdateField(name) for name in row.asks),
        words=row.words,
        due=row.due,
        expires_at=row.expires_at,
        auto_accept=row.auto_accept,
        state=UpdateState(row.state),
        expired=waiting and row.expires_at <= ctx.now,
        asked_by=row.asked_by,
        asked_at=row.created_at,
        opened_at=row.opened_at,
        answered_at=row.answered_at,
        answered_by=row.answered_by,
        settled_at=row.settled_at,
        settled_by=row.settled_by,
        trouble=row.trouble,
        task_count=row.tasks_asked,
        answered_count=row.tasks_told,
        version=row.version,
        question_count=row.questions_asked,
        told_count=row.questions_told,
        late=row.state == UpdateState.OPEN.value and row.due < today,
    )


def _counted(rows: QuerySet[UpdateRequest]) -> QuerySet[UpdateRequest]:
    parts, questions = UpdateTask.unscoped(reason=_WHY), UpdateQuestion.unscoped(reason=_WHY)
    return rows.annotate(
        tasks_asked=_count(parts),
        tasks_told=_count(parts.filter(answered_at__isnull=False)),
        questions_asked=_count(questions),
        questions_told=_count(questions.filter(answered_at__isnull=False)),
    )


def _count(parts: QuerySet[Any]) -> Any:
    of_one = parts.filter(request=OuterRef("pk")).order_by().values("request")
    return Coalesce(Subquery(of_one.annotate(count=Count("pk")).values("count")), 0)


def task_rows(requests: Collection[UpdateRequest]) -> dict[int, tuple[UpdateTaskRow, ...]]:
    """The tasks of some requests of one project, as they stand in its plan now; two queries."""
    parts = list(UpdateTask.among([row.pk for row in requests]).order_by("id"))
    project = next(iter(requests)).project_id
    rows = PlanTask.unscoped(reason=_WHY).filter(
        plan__project_id=project, uid__in={part.uid for part in parts}, removed_at=None
    )
    there = {row.uid: row for row in rows.defer("definition", "computed")}
    found: dict[int, list[UpdateTaskRow]] = {row.pk: [] for row in requests}
    for part in parts:
        found[part.request_id].append(_task_row(part, there.get(part.uid)))
    return {pk: tuple(items) for pk, items in found.items()}


def _task_row(part: UpdateTask, row: PlanTask | None) -> UpdateTaskRow:
    return UpdateTaskRow(
        uid=part.uid,
        task_id=row.pk if row is not None else None,
        name=row.name if row is not None else part.name,
        there=row is not None,
        start=row.start if row is not None else None,
        finish=row.finish if row is not None else None,
        percent_complete=row.percent_complete if row is not None else Decimal(0),
        answer=dict(part.answer),
        answered_at=part.answered_at,
        outcome=Outcome(part.outcome) if part.outcome else None,
    )


def mail_row(row: UpdateMail, request: UpdateRequest) -> UpdateMailRow:
    """A mail of a request."""
    approval = of_subject(MAIL, row.pk)
    to = address_of(request)
    return UpdateMailRow(
        id=row.pk,
        rung=Rung(row.rung),
        to=to,
        subject=row.subject,
        body=row.body,
        shown=shown_of(to, row.subject, row.body, request.expires_at),
        state=UpdateMailState(row.state),
        made_at=row.created_at,
        approval_id=approval.id if approval is not None else None,
        version=row.version,
    )


def request_of(ctx: Context, mail_id: int) -> int:
    """The request of a mail that the actor may see."""
    return UpdateMail.found(ctx, pk=mail_id).request_id


def address_of(row: UpdateRequest) -> str:
    """Where its mails go."""
    plain = "".join(char for char in row.person_name if char.isalnum() or char in " .'-")
    return f"{plain} <{row.email}>" if plain.strip() else row.email


def proposed(rows: Iterable[UpdateTaskRow], uids: Collection[int] | None = None) -> tuple[PlanChange, ...]:
    """What the news would change in the plan, in the order in which it makes sense; of some tasks only, when named."""
    return tuple(
        PlanChange(Act.SET, task=row.uid, field=field.value, value=row.answer[field.value])
        for row in rows
        if row.there and (uids is None or row.uid in uids)
        for field in _IN_PLAN
        if row.answer.get(field.value)
    )


def can_answer_inside(ctx: Context, person_id: int, project_id: int) -> bool:
    """Whether a person can open the plan, and so is asked by a notice and not by mail."""
    return person_id in _inside(ctx, project_id, [person_id])


def _inside(ctx: Context, project_id: int, persons: Collection[int]) -> set[int]:
    actors = {person: actor_of(user) for person, user in users_of(persons).items()}
    return {
        person
        for person, actor in actors.items()
        if actor is not None
        and may(Context(actor=actor, now=ctx.now, channel=ctx.channel), "schedule.answer_update", project_id=project_id)
    }


class _OpenTask(NamedTuple):
    """A task that is not done, read without its definition."""

    plan_id: int
    uid: int
    name: str
    owner: str
    start: datetime | None
    finish: datetime | None
    percent_complete: Decimal
    position: int


def _open_tasks(ctx: Context, project_id: int) -> list[_OpenTask]:
    rows = PlanTask.visible_to(ctx).filter(
        plan__project_id=project_id, summary=False, active=True, percent_complete__lt=100
    )
    return [_OpenTask(*row) for row in rows.order_by("position").values_list(*_OpenTask._fields)[:_MOST_OPEN]]


def _doers(ctx: Context, project_id: int, tasks: Mapping[int, _OpenTask]) -> dict[int, set[int]]:
    """Uids of open tasks by person: those assigned, and those on the project who bear the owner's name."""
    people = dict(
        Resource.visible_to(ctx)
        .filter(plan__project_id=project_id, person__isnull=False)
        .values_list("uid", "person_id")
    )
    found: dict[int, set[int]] = {}
    plans = {row.plan_id for row in tasks.values()}
    for task_uid, resource_uid in Assignment.among(list(plans)).values_list("task_uid", "resource_uid"):
        if task_uid in tasks and resource_uid in people:
            found.setdefault(people[resource_uid], set()).add(task_uid)
    by_name = {line.name: line.person_id for line in roles_on_projects([project_id])}
    for row in tasks.values():
        if row.owner in by_name:
            found.setdefault(by_name[row.owner], set()).add(row.uid)
    return found


def _to_ask(row: _OpenTask, day: date) -> TaskToAsk:
    return TaskToAsk(row.uid, row.name, row.start, row.finish, row.percent_complete, under_way(row.start, day))


def waiting_for(ctx: Context, me: int) -> QuerySet[UpdateRequest]:
    """Requests that one person has asked, or whose project they manage."""
    mine = Q(asked_by_person_id=me) | Q(project__manager_id=me)
    return UpdateRequest.visible_to(ctx).filter(mine)

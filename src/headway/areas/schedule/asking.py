"""Asking for news of tasks: drafts that are approved before they leave, a word inside, reminders, taking it back."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta

from headway.areas.approvals import commands as approvals
from headway.areas.approvals.queries import of_subject
from headway.areas.approvals.types import ApprovalRow, ApprovalState
from headway.areas.comms import commands as comms
from headway.areas.comms.queries import of_subject as mails_about
from headway.areas.comms.types import NoticeReason
from headway.areas.people.types import PersonId
from headway.areas.projects.types import ProjectId, Stage
from headway.areas.schedule.models import PlanTask, UpdateMail, UpdateRequest, UpdateTask
from headway.areas.schedule.requesting import REQUEST, askable, begun, tell
from headway.areas.schedule.update_types import (
    MOST_TASKS,
    Rung,
    UpdateDetail,
    UpdateField,
    UpdateMailRow,
    UpdateMailState,
    UpdateState,
)
from headway.areas.schedule.update_words import (
    NamedDays,
    body_of,
    digest_of,
    foot_of,
    shown_of,
    subject_of,
)
from headway.areas.schedule.updates import (
    MAIL,
    address_of,
    detail,
    link_of,
    mail_row,
    people_to_ask,
    task_rows,
)
from headway.engine.ranking import working_days
from headway.kernel.commands import command
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, FieldError, Invalid
from headway.kernel.schema import Name, Text

_WAITING = (UpdateState.DRAFT.value, UpdateState.OPEN.value)
_UNSENT = (UpdateMailState.DRAFT.value, UpdateMailState.ASKED.value, UpdateMailState.REFUSED.value)
# The ladder: working days after the day the answer was wanted, and which reminder is due then.
_LADDER = ((-1, Rung.BEFORE), (0, Rung.DUE), (3, Rung.LATE))
_TO_THE_LEAD = 7


@command(permission="schedule.ask_updates")
def ask_for_news(
    ctx: Context,
    *,
    project: ProjectId,
    person: PersonId,
    asks: tuple[UpdateField, ...],
    due: date,
    tasks: tuple[int, ...] = (),
    words: Text = "",
    auto_accept: bool = False,
    good_for: int = 14,
) -> UpdateDetail:
    """Ask somebody for the news of tasks: percent, dates, remaining work, a note.

    Whoever can open the plan finds it in their inbox at once. Anybody else gets a mail with a link: a draft, until its
    text was approved.

    tasks        uids; none = what of the person's tasks should be under way by the end of this week.
    due          the day by which the answer is wanted.
    words        what to say to the person; '' = a plain question.
    auto_accept  take the answer into the plan when it comes, without looking at it first.
    good_for     days after `due` on which the link still works: 1 to 60.
    """
    if not asks:
        raise Invalid("Say what the person should tell.", fields=[FieldError("asks", "choose at least one")])
    about, ends = askable(ctx, project, due, good_for)
    rows = _tasks(ctx, project, person, tasks)
    update = begun(
        ctx,
        project,
        person,
        asks=[field.value for field in UpdateField if field in asks],
        words=words.strip(),
        due=due,
        expires_at=ends,
        auto_accept=auto_accept,
    )
    UpdateTask.unscoped(reason="parts of the request above").bulk_create(
        UpdateTask(request=update, uid=row.uid, name=row.name) for row in rows
    )
    if update.by_link:
        _draft(ctx, update, Rung.ASK, about.name)
    else:
        tell(ctx, update, NoticeReason.ASKED, _asks_words(update, about.name, len(rows)))
    return detail(ctx, update)


def _tasks(ctx: Context, project_id: int, person_id: int, uids: Collection[int]) -> list[PlanTask]:
    """The tasks to ask about; Invalid where there are none, or where one cannot be asked about."""
    wanted = list(dict.fromkeys(uids))
    if len(wanted) > MOST_TASKS:
        raise Invalid(
            f"{len(wanted)} tasks are too many for one request; give at most {MOST_TASKS}.",
            fields=[FieldError("tasks", f"at most {MOST_TASKS}")],
        )
    if not wanted:
        mine = next((one for one in people_to_ask(ctx, project=project_id) if one.person_id == person_id), None)
        wanted = [task.uid for task in mine.tasks if task.under_way][:MOST_TASKS] if mine is not None else []
        if not wanted:
            raise Invalid(
                "None of this person's tasks should be under way this week. Choose the tasks.",
                fields=[FieldError("tasks", "choose the tasks")],
            )
    rows = PlanTask.visible_to(ctx).filter(plan__project_id=project_id, uid__in=wanted, summary=False)
    found = {row.uid: row for row in rows.defer("definition", "computed")}
    for uid in wanted:
        if uid not in found:
            raise Invalid(
                f"There is no task {uid} here that somebody works on. Choose among the plan's tasks.",
                fields=[FieldError("tasks", "no such task", value=str(uid))],
            )
    return [found[uid] for uid in wanted]


def _draft(ctx: Context, update: UpdateRequest, rung: Rung, project: str) -> UpdateMail:
    tasks = [NamedDays(row.name, row.start, row.finish) for row in task_rows([update])[update.pk] if row.there]
    subject = subject_of(rung, project, len(tasks))
    body = body_of(
        rung,
        person=update.person_name,
        words=update.words,
        tasks=tasks,
        due=update.due,
        asked_by=update.asked_by,
    )
    return draft_mail(ctx, update, rung, subject, body)


def draft_mail(ctx: Context, update: UpdateRequest, rung: Rung, subject: str, body: str) -> UpdateMail:
    """A mail of a request that waits for approval."""
    return UpdateMail.add(
        ctx, request=update, rung=rung.value, subject=subject, body=body, digest=_digest(update, subject, body)
    )


def _digest(update: UpdateRequest, subject: str, body: str) -> str:
    return digest_of(shown_of(address_of(update), subject, body, update.expires_at), update.pk)


# --- the mails: changed, approved, sent, or not --------------------------------------------------


@command(permission="schedule.ask_updates", changes="mail")
def edit_update_mail(ctx: Context, *, mail: UpdateMail, subject: Name, body: Text) -> UpdateMailRow:
    """Change a mail before it goes. An approval asked for before does not hold for the new words."""
    _not_gone(mail)
    update = mail.request
    _withdraw_approval(ctx, mail)
    mail.change(
        ctx,
        subject=subject,
        body=body.strip(),
        digest=_digest(update, subject, body.strip()),
        state=UpdateMailState.DRAFT.value,
    )
    return mail_row(mail, update)


@command(permission="schedule.ask_updates")
def ask_to_send_update(
    ctx: Context, *, mail: UpdateMail, approvers: tuple[PersonId, ...], due: date | None = None
) -> ApprovalRow:
    """Ask for the approval without which the mail does not leave: of exactly its receiver and words."""
    _not_gone(mail)
    update = mail.request
    if update.state not in _WAITING:
        raise Conflict(f"This request is {update.state}; no mail of it leaves any more.")
    shown = shown_of(address_of(update), mail.subject, mail.body, update.expires_at)
    digest = digest_of(shown, update.pk)
    mail.change(ctx, state=UpdateMailState.ASKED.value, digest=digest)
    return approvals.ask(
        ctx,
        subject=MAIL,
        subject_id=mail.pk,
        project_id=update.project_id,
        title=f"Mail to {update.person_name}: {mail.subject}"[:255],
        shown=shown,
        digest=digest,
        approvers=approvers,
        prepared_by_user=ctx.actor.user_id,
        due=due,
    )


@command(permission="schedule.send_update", internal="part of deciding an approval", changes="mail")
def note_update_mail_decided(ctx: Context, *, mail: UpdateMail, digest: Name, approved: bool) -> UpdateMailRow:
    """Note that a mail was approved, and put it into the outbox; or that it was refused."""
    update = mail.request
    if mail.digest != digest or mail.state != UpdateMailState.ASKED.value or update.state not in _WAITING:
        raise Conflict("The mail, or what it asks, has changed since it was shown. Ask for approval again.")
    if not approved:
        mail.change(ctx, state=UpdateMailState.REFUSED.value)
        return mail_row(mail, update)
    asked = of_subject(MAIL, mail.pk)
    link = link_of(update)
    to = address_of(update)
    comms.queue(
        ctx,
        event_key=f"update-mail:{mail.pk}",
        subject_kind=MAIL,
        subject_id=mail.pk,
        project_id=update.project_id,
        approval_id=asked.id if asked is not None else None,
        recipients=(to,),
        subject=mail.subject,
        body=f"{mail.body}\n\n{foot_of(link, update.expires_at)}",
        shown=shown_of(to, mail.subject, mail.body, update.expires_at),
    )
    mail.change(ctx, state=UpdateMailState.APPROVED.value)
    if update.state == UpdateState.DRAFT.value:
        update.change(ctx, state=UpdateState.OPEN.value, opened_at=ctx.now)
    return mail_row(mail, update)


@command(permission="schedule.send_update", internal="the outbox's news that the mail went", changes="mail")
def note_update_mail_sent(ctx: Context, *, mail: UpdateMail) -> None:
    """Note that the mail was taken by the server; at the moment it was taken back, perhaps."""
    if mail.state in (UpdateMailState.APPROVED.value, UpdateMailState.DROPPED.value):
        mail.change(ctx, state=UpdateMailState.SENT.value)


@command(permission="schedule.ask_updates", changes="mail")
def drop_update_mail(ctx: Context, *, mail: UpdateMail) -> UpdateMailRow:
    """Do not send a reminder. The first mail of a request is dropped by withdrawing the request."""
    _not_gone(mail)
    if mail.rung == Rung.ASK.value:
        raise Conflict("Without this mail the person knows of nothing. Withdraw the request instead.")
    _withdraw_approval(ctx, mail)
    mail.change(ctx, state=UpdateMailState.DROPPED.value)
    return mail_row(mail, mail.request)


@command(permission="schedule.ask_updates", changes="update")
def withdraw_update(ctx: Context, *, update: UpdateRequest) -> UpdateDetail:
    """Take a request back: its link opens nothing any more, and no mail of it leaves."""
    if update.state not in _WAITING:
        raise Conflict(f"This request is {update.state} already.")
    house = ctx.as_system("no mail of a withdrawn request leaves")
    stopped = (*_UNSENT, UpdateMailState.APPROVED.value)
    for mail in UpdateMail.unscoped(reason="of a visible request").filter(request=update, state__in=stopped):
        _withdraw_approval(ctx, mail)
        if all(comms.take_back(house, mail=item.id) for item in mails_about(MAIL, mail.pk)):
            mail.change(ctx, state=UpdateMailState.DROPPED.value)
    stop_chasers(ctx, update)
    update.change(ctx, state=UpdateState.WITHDRAWN.value)
    return detail(ctx, update)


def stop_chasers(ctx: Context, update: UpdateRequest) -> None:
    """Keep reminders from leaving that wait in the outbox: the answer has come, or is not wanted any more."""
    house = ctx.as_system("no reminder of a request that is over leaves")
    for mail in mails_about(REQUEST, update.pk):
        comms.take_back(house, mail=mail.id)


def _not_gone(mail: UpdateMail) -> None:
    if mail.state not in _UNSENT:
        raise Conflict(f"This mail is {mail.state} already.")


def _withdraw_approval(ctx: Context, mail: UpdateMail) -> None:
    asked = of_subject(MAIL, mail.pk)
    if asked is not None and asked.state is ApprovalState.PENDING:
        approvals.withdraw(ctx, approval=asked.id)


# --- the ladder of reminders ---------------------------------------------------------------------


@command(permission="comms.notify", internal="the nightly look at what is due", idempotent=True)
def remind(ctx: Context, *, day: date) -> int:
    """Prepare the reminders of a day: drafts for those who answer by mail, notices for those inside; gives how many.

    Kind and few: one before the day, one on it, one three working days after; then the asker is told. Requests for
    figures have reminders of their own (`chasing`). Run again for the same day, it makes nothing twice.
    """
    rows = UpdateRequest.unscoped(reason="who has not answered is reminded").filter(
        state=UpdateState.OPEN.value, expires_at__gt=ctx.now, due__lte=day + timedelta(days=7)
    )
    made = 0
    for update in rows.select_related("project").order_by("id"):
        late = working_days(update.due, day)
        if update.project.stage == Stage.CLOSED.value:
            continue
        rung = next((rung for days, rung in reversed(_LADDER) if late >= days), None)
        if rung is not None and late < _TO_THE_LEAD and not update.wants_figures:
            made += _remind(ctx, update, rung)
        if late >= _TO_THE_LEAD:
            what = "figures were" if update.wants_figures else "news was"
            _tell_asker(ctx, update, f"{update.person_name} has not answered: {what} wanted by {update.due:%a %d %b}")
    return made


def _remind(ctx: Context, update: UpdateRequest, rung: Rung) -> int:
    if not update.by_link:
        said = f"{update.asked_by} waits for your news of {update.project.name}"
        tell(ctx, update, NoticeReason.DUE, said, once=f"update:{update.pk}:{rung.value}")
        return 1
    mails = {mail.rung: mail for mail in UpdateMail.unscoped(reason="of an open request").filter(request=update)}
    first = mails.get(Rung.ASK.value)
    if (
        rung.value in mails
        or first is None
        or first.state
        not in (
            UpdateMailState.APPROVED.value,
            UpdateMailState.SENT.value,
        )
    ):
        return 0
    for mail in mails.values():
        if mail.state in _UNSENT:  # nobody gets two mails for one thing
            _withdraw_approval(ctx, mail)
            mail.change(ctx, state=UpdateMailState.DROPPED.value)
    _draft(ctx, update, rung, update.project.name)
    return 1


def _asks_words(update: UpdateRequest, project: str, count: int) -> str:
    return f"{update.asked_by} asks for your news of {count} {'task' if count == 1 else 'tasks'} of {project}"


def _tell_asker(ctx: Context, update: UpdateRequest, text: str) -> None:
    comms.notify(
        ctx,
        to=[update.asked_by_person_id],
        reason=NoticeReason.DUE,
        about_kind=REQUEST,
        about_id=update.pk,
        project_id=update.project_id,
        text=text,
        once=f"update:{update.pk}:lead",
    )

"""Reminding who was asked for figures and has not answered: a fixed text, by mail to who has no account.

At most one a day, in the working time of the person asked alone; what fell due while they were away is one reminder,
not several. It ends with the answer, with the request, and after as many as the asker wanted.
"""

from __future__ import annotations

from datetime import timedelta

from headway.areas.comms.commands import queue
from headway.areas.comms.settings import working_times
from headway.areas.comms.types import NoticeReason
from headway.areas.projects.queries import charter
from headway.areas.projects.types import Stage
from headway.areas.schedule.models import UpdateChaser, UpdateRequest
from headway.areas.schedule.question_words import chaser_body, chaser_subject, figures_text
from headway.areas.schedule.questions import due_chaser, question_rows
from headway.areas.schedule.requesting import REQUEST, tell
from headway.areas.schedule.update_types import UpdateState
from headway.areas.schedule.update_words import foot_of, shown_of
from headway.areas.schedule.updates import address_of, link_of
from headway.kernel.commands import command
from headway.kernel.context import Context

_AHEAD = timedelta(days=30)  # no reminder comes longer before its day than this


def due(ctx: Context, *, by_mail: bool) -> list[int]:
    """The requests whose reminder is to go now; without a mail server only those of people inside."""
    rows = UpdateRequest.unscoped(reason="who has not answered is reminded").filter(
        state=UpdateState.OPEN.value,
        chase_most__gt=0,
        due__lte=(ctx.now + _AHEAD).date(),
        expires_at__gt=ctx.now,
    )
    if not by_mail:
        rows = rows.filter(by_link=False)
    return [row.pk for row in rows.order_by("id") if due_chaser(ctx, row)]


@command(permission="schedule.send_update", internal="the job that reminds of figures", idempotent=True)
def send_chaser(ctx: Context, *, update: UpdateRequest) -> int:
    """Remind the person asked, once for what is due; gives the number of the reminder, 0 where none is due any more."""
    update = UpdateRequest.hold(UpdateRequest.unscoped(reason="given by the job above").filter(pk=update.pk)).get()
    about = charter(ctx, project=update.project_id)
    if update.state != UpdateState.OPEN.value or update.expires_at <= ctx.now or about.stage is Stage.CLOSED:
        return 0
    number = due_chaser(ctx, update)
    if not number:
        return 0
    UpdateChaser(request=update, number=number, sent_at=ctx.now, by_mail=update.by_link).save(force_insert=True)
    count = len(question_rows(update))
    if update.by_link:
        _mail(ctx, update, number, about.name, count)
    else:
        said = f"{update.asked_by} waits for {figures_text(count)} of yours for {about.name}"
        tell(ctx, update, NoticeReason.DUE, said, once=f"update:{update.pk}:chaser:{number}")
    ctx.record(REQUEST, update.pk, "reminder", None, f"{number}, {'by mail' if update.by_link else 'into the inbox'}")
    return number


def _mail(ctx: Context, update: UpdateRequest, number: int, project: str, count: int) -> None:
    """Fixed words to the person asked alone, so nobody approves them; the link is that of the approved mail."""
    today = working_times([update.person_id], update.due)[update.person_id].day_of(ctx.now)
    to, subject = address_of(update), chaser_subject(project, count)
    body = chaser_body(
        person=update.person_name,
        project=project,
        count=count,
        due=update.due,
        today=today,
        asked_by=update.asked_by,
    )
    queue(
        ctx,
        event_key=f"system:figures:{update.pk}:{number}",
        subject_kind=REQUEST,
        subject_id=update.pk,
        project_id=update.project_id,
        approval_id=None,
        recipients=(to,),
        subject=subject,
        body=f"{body}\n\n{foot_of(link_of(update), update.expires_at)}",
        shown=shown_of(to, subject, body, update.expires_at),
    )

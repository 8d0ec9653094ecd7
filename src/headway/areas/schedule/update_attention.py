"""What requests for news and figures put on a Desk: mails to send, who has not answered, what to decide, one's own."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from django.db.models import Q, QuerySet

from headway.areas.desk.providers import Reader, provider, reader
from headway.areas.desk.types import Act, Evidence, Group, Matter
from headway.areas.desk.wording import due_evidence, late_text, stake
from headway.areas.projects.attention import known_of_led
from headway.areas.schedule.models import UpdateMail, UpdateRequest
from headway.areas.schedule.update_types import Rung, UpdateMailState, UpdateState
from headway.areas.schedule.updates import waiting_for
from headway.kernel.context import Context

_REQUEST = UpdateRequest._meta.label
_MAIL = UpdateMail._meta.label
_MOST = 200
_STANDING = (UpdateState.DRAFT.value, UpdateState.OPEN.value, UpdateState.ANSWERED.value)
_OPEN = Act("Open")


def _known(ctx: Context) -> Q | None:
    """Narrows questions to the requests that are not over; None where there are none to ask for."""
    return known_of_led(ctx, "schedule.updates", _not_over)


def _not_over() -> QuerySet[UpdateRequest]:
    rows = UpdateRequest.unscoped(reason="requests of projects that the actor leads")
    return rows.filter(state__in=_STANDING)


@provider("schedule.updates_asked", families=("update", "news"))
def asked(ctx: Context) -> Iterable[Matter]:
    """Of the requests that one has asked: who has not answered, and news that waits to be taken into the plan."""
    me = reader(ctx)
    if not me.person_id:
        return
    known = _known(ctx)
    if known is None:
        return
    states = (UpdateState.OPEN.value, UpdateState.ANSWERED.value)
    rows = waiting_for(ctx, me.person_id).filter(known, state__in=states)
    for row in rows.order_by("due", "id")[:_MOST]:
        yield _to_decide(row, me) if row.state == UpdateState.ANSWERED.value else _not_answered(row, me)


def _not_answered(row: UpdateRequest, me: Reader) -> Matter:
    return Matter(
        key=f"update:{row.pk}",
        group=Group.WAITING,
        what=f"{_said(row)} of {row.person_name}",
        project_id=row.project_id,
        kind=_REQUEST,
        record_id=row.pk,
        reason=late_text("answer", row.due, me),
        consequence="the figures stay as they are" if row.wants_figures else "the plan goes on with what it knows",
        stake=stake(row.due, me),
        act=_OPEN,
        due=row.due,
        people=(row.person_name,),
        evidence=due_evidence(row.due, me, "the day the answer was wanted"),
    )


def _to_decide(row: UpdateRequest, me: Reader) -> Matter:
    since = row.answered_at.astimezone(me.zone).date() if row.answered_at else row.due
    return Matter(
        key=f"news:{row.pk}",
        group=Group.DECIDE,
        what=f"{_said(row)} of {row.person_name} {'have' if row.wants_figures else 'has'} come",
        project_id=row.project_id,
        kind=_REQUEST,
        record_id=row.pk,
        reason=f"not taken by itself: {row.trouble}" if row.trouble else f"answered {me.says(since)}",
        consequence="nothing counts them yet" if row.wants_figures else "the plan does not know it yet",
        stake=stake(since, me, severity=Decimal("0.4")),
        act=Act("Look and decide"),
        due=since,
        people=(row.person_name,),
        evidence=(Evidence("Answered", me.says(since), "the day the news was sent"),),
    )


def _said(row: UpdateRequest) -> str:
    return "Figures" if row.wants_figures else "News"


@provider("schedule.update_mails", families=("update_mail",))
def to_send(ctx: Context) -> Iterable[Matter]:
    """Mails of one's requests that wait for approval to be asked."""
    me = reader(ctx)
    if not me.person_id:
        return
    known = _known(ctx)
    if known is None:
        return
    mine = waiting_for(ctx, me.person_id).filter(known, state__in=(UpdateState.DRAFT.value, UpdateState.OPEN.value))
    drafts = (UpdateMailState.DRAFT.value, UpdateMailState.REFUSED.value)
    rows = UpdateMail.visible_to(ctx).filter(request__in=mine, state__in=drafts).select_related("request")
    for row in rows.order_by("id")[:_MOST]:
        first = row.rung == Rung.ASK.value
        refused = row.state == UpdateMailState.REFUSED.value
        yield Matter(
            key=f"update_mail:{row.pk}",
            group=Group.SEND,
            what=f"{'Mail' if first else 'Reminder'} to {row.request.person_name}: {row.subject}",
            project_id=row.request.project_id,
            kind=_MAIL,
            record_id=row.pk,
            reason="refused; change it or withdraw the request" if refused else "a draft, not approved yet",
            consequence="the person knows of nothing" if first else "the answer stays out",
            stake=stake(row.request.due, me, severity=Decimal("0.3")),
            act=_OPEN,
            due=row.request.due,
            people=(row.request.person_name,),
            evidence=due_evidence(row.request.due, me, "the day the answer was wanted"),
        )


@provider("schedule.updates_of_me", families=("my_update",))
def asked_of_me(ctx: Context) -> Iterable[Matter]:
    """Requests that ask oneself."""
    me = reader(ctx)
    if not me.person_id:
        return
    known = _known(ctx)
    if known is None:
        return
    rows = UpdateRequest.visible_to(ctx).filter(
        known, person_id=me.person_id, by_link=False, state=UpdateState.OPEN.value, expires_at__gt=ctx.now
    )
    for row in rows.order_by("due", "id")[:_MOST]:
        yield Matter(
            key=f"my_update:{row.pk}",
            group=Group.ASKED,
            what=f"{row.asked_by} asks for your {_said(row).lower()}",
            project_id=row.project_id,
            kind=_REQUEST,
            record_id=row.pk,
            reason=late_text("answer", row.due, me),
            consequence="the figures stay missing" if row.wants_figures else "the plan goes on without it",
            stake=stake(row.due, me, people=1),
            act=Act("Tell the figures" if row.wants_figures else "Tell the news"),
            due=row.due,
            people=(row.asked_by,),
            personal=True,
            evidence=due_evidence(row.due, me, "the day the answer was wanted"),
        )

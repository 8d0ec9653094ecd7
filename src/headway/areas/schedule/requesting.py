"""Making a request for news or figures: whether it can be asked, whom it reaches and how, and telling them inside."""

from __future__ import annotations

import secrets
from datetime import date, datetime, timedelta
from typing import Any

from headway.areas.comms import commands as comms
from headway.areas.comms.types import NoticeReason
from headway.areas.people.queries import names_and_emails
from headway.areas.projects.queries import charter, local_day
from headway.areas.projects.types import Charter, Stage
from headway.areas.schedule.models import UpdateRequest
from headway.areas.schedule.update_types import UpdateState
from headway.areas.schedule.updates import can_answer_inside
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, FieldError, Invalid

REQUEST = UpdateRequest._meta.label
_MOST_DAYS = 60  # that a link stays good after the day the answer is wanted


def askable(ctx: Context, project_id: int, due: date, good_for: int) -> tuple[Charter, datetime]:
    """The project, and when a link ends that asks for an answer by a day; Invalid or Conflict where it cannot ask."""
    about = charter(ctx, project=project_id)
    if about.stage is Stage.CLOSED:
        raise Conflict(f"{about.name} is closed; nobody is asked for its news.")
    today = local_day(ctx, project=project_id)
    if due < today:
        raise Invalid(f"{due} has passed. Give today or a later day.", fields=[FieldError("due", "has passed")])
    if not 1 <= good_for <= _MOST_DAYS:
        raise Invalid(
            f"{good_for} days is not between 1 and {_MOST_DAYS}.", fields=[FieldError("good_for", f"1 to {_MOST_DAYS}")]
        )
    return about, ctx.now + timedelta(days=(due - today).days + good_for + 1)


def begun(ctx: Context, project_id: int, person_id: int, **given: Any) -> UpdateRequest:
    """A request to a person who is reached: a draft where it goes by mail, else open at once."""
    name, email, by_link = _whom(ctx, project_id, person_id)
    return UpdateRequest.add(
        ctx,
        project_id=project_id,
        person_id=person_id,
        person_name=name,
        email=email,
        by_link=by_link,
        link_key=secrets.token_urlsafe(24),
        state=UpdateState.DRAFT.value if by_link else UpdateState.OPEN.value,
        asked_by=ctx.actor.name,
        asked_by_person_id=ctx.actor.person_id,
        opened_at=None if by_link else ctx.now,
        **given,
    )


def _whom(ctx: Context, project_id: int, person_id: int) -> tuple[str, str, bool]:
    """Name and address, and whether it goes by mail; Invalid for whom neither reaches."""
    known = names_and_emails([person_id])
    if person_id not in known:
        raise Invalid("This person is not active any more.", fields=[FieldError("person", "not active")])
    name, email = known[person_id]
    if can_answer_inside(ctx, person_id, project_id):
        return name, email, False
    if not email:
        raise Invalid(
            f"{name} has no e-mail address. Add one to the person, or give a role on the project.",
            fields=[FieldError("person", "has no e-mail address")],
        )
    return name, email, True


def tell(ctx: Context, update: UpdateRequest, reason: NoticeReason, text: str, *, once: str = "") -> None:
    """Tell the person asked, in their inbox."""
    comms.notify(
        ctx,
        to=[update.person_id],
        reason=reason,
        about_kind=REQUEST,
        about_id=update.pk,
        project_id=update.project_id,
        text=text,
        once=once,
    )

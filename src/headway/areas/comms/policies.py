"""Who sees the outbox: those who work on a mail's project; mails without one, administrators. Notices, what is followed
and how one is told: their own person.

Comments: those who work on the project and may see the record. Clients and guests see none.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Q

from headway.areas.comms.holders import on_seen_records
from headway.areas.comms.models import Comment, Mail, Notice, NoticeSettings, Watch
from headway.kernel.access import NOTHING, policy, visible, working_on
from headway.kernel.context import Context


@visible(Mail)
def mails(ctx: Context) -> Q:
    """Mails of projects one works on; an administrator sees all."""
    return working_on(ctx, "project_id")


@visible(Notice)
def notices(ctx: Context) -> Q:
    """One's own. Whether the record behind one may still be seen is asked when an inbox is read."""
    person = ctx.actor.person_id
    return NOTHING if person is None else Q(person_id=person)


@visible(Watch)
def watches(ctx: Context) -> Q:
    """One's own. Whether the record may still be seen is asked when they are listed."""
    person = ctx.actor.person_id
    return NOTHING if person is None else Q(person_id=person)


@visible(NoticeSettings)
def notice_settings(ctx: Context) -> Q:
    """One's own."""
    person = ctx.actor.person_id
    return NOTHING if person is None else Q(person_id=person)


@visible(Comment)
def comments(ctx: Context) -> Q:
    """What is said inside about the records that one may see."""
    return working_on(ctx, "project_id") & on_seen_records(ctx)


@policy("comms.edit_comment")
def own_comment(ctx: Context, inputs: Mapping[str, Any]) -> bool:
    """Everybody changes what they said themselves, and nothing else."""
    return bool(inputs["comment"].author_id == ctx.actor.person_id)

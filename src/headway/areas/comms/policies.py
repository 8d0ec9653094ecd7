"""Who sees the outbox: those who work on a mail's project; mails without one, administrators. Notices: their reader."""

from __future__ import annotations

from django.db.models import Q

from headway.areas.comms.models import Mail, Notice
from headway.kernel.access import NOTHING, visible, working_on
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

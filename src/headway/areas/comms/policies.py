"""Who sees the outbox: those who work on the mail's project; mails without one, administrators."""

from __future__ import annotations

from django.db.models import Q

from headway.areas.comms.models import Mail
from headway.kernel.access import visible, working_on
from headway.kernel.context import Context


@visible(Mail)
def mails(ctx: Context) -> Q:
    """Mails of projects one works on; an administrator sees all."""
    return working_on(ctx, "project_id")

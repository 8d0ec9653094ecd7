"""Reads over several projects at once, for the areas above; the caller gives ids it found through its own door."""

from __future__ import annotations

from collections.abc import Collection

from headway.areas.comms.models import Mail
from headway.areas.comms.queries import mail_row
from headway.areas.comms.types import MailRow
from headway.kernel.context import Context


def mails_of_projects(ctx: Context, project_ids: Collection[int], *, most: int) -> tuple[MailRow, ...]:
    """The mails of some projects, the newest first."""
    rows = Mail.visible_to(ctx).filter(project_id__in=list(project_ids)).order_by("-id")
    return tuple(mail_row(row) for row in rows[:most])

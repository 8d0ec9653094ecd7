"""What mails put on a Desk: those that did not go out."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal

from headway.areas.comms.models import Mail
from headway.areas.comms.types import MailState
from headway.areas.desk.providers import provider, reader
from headway.areas.desk.types import Act, Evidence, Group, Matter
from headway.areas.desk.wording import names_text, short, stake
from headway.kernel.access import may
from headway.kernel.context import Context

_DAYS = 30
_MOST = 200


@provider("comms.mails", families=("mail",))
def mails(ctx: Context) -> Iterable[Matter]:
    """Mails of the last month that failed or are held, for those who may try them again."""
    me = reader(ctx)
    stuck = (MailState.FAILED.value, MailState.HELD.value)
    rows = Mail.visible_to(ctx).filter(state__in=stuck, created_at__gte=ctx.now - timedelta(days=_DAYS))
    for row in rows.defer("body", "attachments").order_by("-id")[:_MOST]:
        if not may(ctx, "comms.retry", project_id=row.project_id):
            continue
        failed = row.state == MailState.FAILED.value
        since = row.created_at.astimezone(me.zone).date()
        yield Matter(
            key=f"mail:{row.pk}",
            group=Group.SEND,
            what=f"Mail “{row.subject}” to {names_text(list(row.recipients))}",
            project_id=row.project_id,
            kind=row.subject_kind or Mail._meta.label,
            record_id=row.subject_id or row.pk,
            reason=f"not sent: {short(row.last_error)}" if failed else "held since the system was restored",
            consequence="its receivers have not got it",
            stake=stake(since, me, severity=Decimal("0.6")),
            act=Act("Try again", "comms.retry", {"mail": row.pk}),
            due=since,
            evidence=(Evidence("Attempts", str(row.attempts), "tries that the mail server did not accept"),),
        )

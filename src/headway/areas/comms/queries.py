"""Reads of the outbox and of inboxes."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from django.apps import apps
from django.db.models import CharField, F, Q, QuerySet, Value

from headway.areas.comms.models import Mail, Notice
from headway.areas.comms.types import Along, MailRow, MailState, NoticeReason, NoticeRow, Notices
from headway.kernel.among import among_ids
from headway.kernel.context import Context
from headway.kernel.errors import NotFound
from headway.kernel.paging import page
from headway.kernel.queries import query


def mail_row(row: Mail) -> MailRow:
    """A mail as the outbox shows it."""
    return MailRow(
        row.pk,
        row.project_id,
        row.message_id,
        tuple(row.recipients),
        row.subject,
        (row.shown or row.body) if row.approval_id is not None else "(not shown: a mail to this person alone)",
        MailState(row.state),
        row.attempts,
        row.last_error,
        row.approval_id,
        row.created_at,
        row.sent_at,
        tuple(item["name"] for item in row.attachments),
        row.version,
    )


@query(permission="comms.read", name="comms.outbox")
def outbox(ctx: Context, *, state: MailState | None = None, limit: int = 100) -> tuple[MailRow, ...]:
    """Mails of one's projects, newest first."""
    rows = Mail.visible_to(ctx).order_by("-id")
    if state is not None:
        rows = rows.filter(state=state.value)
    return tuple(mail_row(row) for row in rows[: max(1, min(limit, 200))])


def of_subject(kind: str, subject_id: int) -> tuple[MailRow, ...]:
    """The mails about a record that the caller may see, newest first."""
    rows = Mail.unscoped(reason="asked by their visible subject").filter(subject_kind=kind, subject_id=subject_id)
    return tuple(mail_row(row) for row in rows.order_by("-id")[:50])


# --- inboxes ----------------------------------------------------------------------------------

_MOST_WAITING = 100  # what the count beside the bell counts up to


@query(permission="comms.own_notices")
def inbox(
    ctx: Context,
    *,
    archived: bool = False,
    unread: bool = False,
    aside: bool = False,
    reason: NoticeReason | None = None,
    cursor: str = "",
    limit: int = 50,
) -> Notices:
    """One's notices, newest first, a page at a time; what one may no longer see is left out.

    archived  those put away instead of those that stand. unread  only what was not read yet.
    aside     those that are set aside and have not come back yet.
    """
    rows = Notice.visible_to(ctx).filter(archived_at__isnull=not archived)
    if aside:
        rows = rows.exclude(standing(ctx))
    elif not archived:
        rows = rows.filter(standing(ctx))
    if unread:
        rows = rows.filter(read_at=None)
    if reason is not None:
        rows = rows.filter(reason=reason.value)
    items, following = page(rows, order=("-shown_at", "-id"), cursor=cursor, limit=limit)
    return Notices(seen_rows(ctx, items), following)


@query(permission="comms.own_notices")
def notice(ctx: Context, *, notice: Notice) -> NoticeRow:
    """One of one's notices; NotFound when its reader may no longer see what it is about."""
    found = seen_rows(ctx, [notice])
    if not found:
        raise NotFound("Notice not found.")
    return found[0]


def seen_rows(ctx: Context, items: Collection[Notice]) -> tuple[NoticeRow, ...]:
    """Notices whose records this person may see now, and of what came along that alone; one query."""
    about = {(item.about_kind, item.about_id) for item in items}
    along = {(str(one["kind"]), int(one["id"])) for item in items for one in item.others}
    seen = _still_seen(ctx, about | along)
    return tuple(notice_row(item, seen) for item in items if (item.about_kind, item.about_id) in seen)


@query(permission="comms.own_notices")
def notices_waiting(ctx: Context) -> int:
    """How many unread notices stand in one's inbox, counted up to 100."""
    rows = Notice.visible_to(ctx).filter(standing(ctx), read_at=None, archived_at=None).order_by("-shown_at", "-id")
    about = list(rows.values_list("about_kind", "about_id")[:_MOST_WAITING])
    seen = _still_seen(ctx, about)
    return sum(1 for item in about if item in seen)


def standing(ctx: Context) -> Q:
    """Notices that are not set aside, or are back; never hidden by the clock of another machine."""
    return Q(shown_at__lte=ctx.now) | Q(shown_at=F("at"))


def notice_row(row: Notice, seen: Collection[tuple[str, int]] = ()) -> NoticeRow:
    """A notice as its reader sees it; `seen`: records that may be named of those told along."""
    along = (Along(str(one["kind"]), int(one["id"]), str(one["text"])) for one in row.others)
    return NoticeRow(
        row.pk,
        NoticeReason(row.reason),
        row.about_kind,
        row.about_id,
        row.project_id,
        row.text,
        row.by,
        row.at,
        row.shown_at,
        row.shown_at > row.at,
        row.read_at is not None,
        row.archived_at is not None,
        tuple(one for one in along if (one.about_kind, one.about_id) in seen),
        row.more,
        row.version,
    )


def _still_seen(ctx: Context, about: Iterable[tuple[str, int]]) -> set[tuple[str, int]]:
    """Those of the records that this person may see now: one query over the tables of their kinds."""
    by_kind: dict[str, set[int]] = {}
    for kind, record_id in about:
        by_kind.setdefault(kind, set()).add(record_id)
    parts = [_seen_of(ctx, kind, ids) for kind, ids in sorted(by_kind.items())]
    return set(parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]) if parts else set()


def _seen_of(ctx: Context, kind: str, ids: Collection[int]) -> QuerySet[Any, tuple[str, int]]:
    model: Any = apps.get_model(kind)
    rows: QuerySet[Any, tuple[str, int]] = model.visible_to(ctx).filter(among_ids("pk", ids)).order_by()
    return rows.values_list(Value(kind, output_field=CharField()), "pk")


def has_gone(*event_keys: str) -> set[str]:
    """Those of some events of which a mail was made; for areas above whose rule sends one mail an event."""
    rows = Mail.unscoped(reason="one mail an event").filter(event_key__in=event_keys)
    return set(rows.values_list("event_key", flat=True))

"""Reads of what is said about records."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.db.models import QuerySet

from headway.areas.comms.holders import Holder, holder_of
from headway.areas.comms.mentions import Named
from headway.areas.comms.models import Comment, CommentFile, ReadMark
from headway.areas.comms.types import (
    CommentFileRow,
    CommentRow,
    Discussion,
    MentionRow,
    ProjectRef,
    Thread,
    Wording,
)
from headway.areas.desk.providers import project_source
from headway.areas.files.queries import held_bytes
from headway.areas.files.types import Download
from headway.kernel.access import may
from headway.kernel.context import Context
from headway.kernel.errors import NotFound
from headway.kernel.models import FieldChange
from headway.kernel.paging import page
from headway.kernel.queries import query
from headway.kernel.schema import Name

_MOST_ANSWERS = 2000  # of one page of threads
_MOST_WORDINGS = 100


@query(permission="comms.read_comments")
def discussion(
    ctx: Context, *, project: ProjectRef, about: Name, record: int, cursor: str = "", limit: int = 50
) -> Discussion:
    """What is said about a record: its newest threads, a page at a time, each with its answers.

    about   task, risk, issue or decision. record  its id.
    cursor  of an earlier page, as `earlier` gives it.
    """
    held = holder_of(ctx, project_id=project, about=about, record=record)
    every = _said_about(held)
    items, earlier = page(every.filter(parent=None), order=("-id",), cursor=cursor, limit=limit)
    answers = list(every.filter(parent__in=items).order_by("id")[:_MOST_ANSWERS])
    known = {row.id: row for row in comment_rows(ctx, [*items, *answers], held)}
    beneath: dict[int, list[CommentRow]] = {}
    for answer in answers:
        beneath.setdefault(answer.parent_id or 0, []).append(known[answer.pk])
    threads = [Thread(known[item.pk], tuple(beneath.get(item.pk, ()))) for item in reversed(items)]
    return Discussion(
        about=about,
        record=held.id,
        title=held.title,
        threads=tuple(thread for thread in threads if _stands(thread)),
        count=every.filter(removed_at=None).count(),
        unread=sum(row.unread for row in known.values()),
        earlier=earlier,
        may_comment=may(ctx, "comms.comment", project_id=project),
    )


def _stands(thread: Thread) -> bool:
    """Whether anything of a thread is left to read."""
    return not thread.first.removed or any(not answer.removed for answer in thread.answers)


@query(permission="comms.read_comments")
def mentionable(ctx: Context, *, project: ProjectRef) -> tuple[MentionRow, ...]:
    """Whom a comment on this project can name with an @: those who work on it and can sign in, by name."""
    return tuple(MentionRow(one.person_id, one.name) for one in people_of(project))


@query(permission="comms.read_comments")
def comment_history(ctx: Context, *, comment: Comment) -> tuple[Wording, ...]:
    """How a comment read before it was changed, the first wording first; none of a removed one."""
    if comment.removed_at is not None:
        return ()
    changes = FieldChange.objects.filter(kind=Comment._meta.label, record_id=comment.pk, field="body")
    rows = list(changes.filter(entry__scope=comment.project_id).select_related("entry").order_by("id")[:_MOST_WORDINGS])
    begun = [comment.created_at, *(row.entry.at for row in rows)]
    read = [*(str(row.old) for row in rows), comment.body]
    return tuple(Wording(at, text) for at, text in zip(begun, read, strict=True))


@query(permission="comms.read_comments", internal="the bytes go out by an address of their own")
def comment_file(ctx: Context, *, comment: Comment, file: int) -> Download:
    """A file beside a comment, to be saved."""
    row = CommentFile.of(comment).filter(pk=file).select_related("file").first()
    if row is None or comment.removed_at is not None:
        raise NotFound("File not found.")
    return Download(row.file.name, row.media_type, held_bytes(row.file_id))


# --- for the pages and the commands beside this; the caller has passed a door ------------------


def people_of(project_id: int) -> tuple[Named, ...]:
    """Who can be named on a project."""
    return tuple(Named(one.person_id, one.name) for one in project_source().colleagues(project_id))


def about_comment(ctx: Context, comment_id: int, *, project_id: int | None = None) -> tuple[str, int]:
    """The kind and id of the record that a comment which the actor may see is about.

    project_id  NotFound for a comment on another project; None = on any.
    """
    row = Comment.found(ctx, pk=comment_id, **({} if project_id is None else {"project_id": project_id}))
    return row.about_kind, row.about_id


def comment_row_of(ctx: Context, comment_id: int) -> CommentRow:
    """A comment that the actor may see."""
    return comment_row(ctx, Comment.found(ctx, pk=comment_id))


def comment_row(ctx: Context, row: Comment) -> CommentRow:
    """One comment as its reader sees it."""
    return comment_rows(ctx, [row], Holder(row.about_kind, row.about_id, row.project_id, ""))[0]


def comment_rows(ctx: Context, rows: Collection[Comment], held: Holder) -> list[CommentRow]:
    """Comments on one record as the actor sees them, in the given order; two queries."""
    me = ctx.actor.person_id
    upto = _read_upto(me, held)
    files: dict[int, list[CommentFileRow]] = {}
    for part in CommentFile.among([row.pk for row in rows]).select_related("file").order_by("id"):
        files.setdefault(part.comment_id, []).append(_file_row(part))
    return [
        CommentRow(
            id=row.pk,
            parent=row.parent_id,
            author_id=row.author_id,
            author=row.author_name,
            text="" if row.removed_at else row.body,
            mentions=() if row.removed_at else _mentions(row.mentions),
            at=row.created_at,
            edited_at=row.edited_at,
            removed=row.removed_at is not None,
            files=() if row.removed_at else tuple(files.get(row.pk, ())),
            own=row.author_id == me,
            unread=row.pk > upto and row.author_id != me and row.removed_at is None,
            version=row.version,
        )
        for row in rows
    ]


def _said_about(held: Holder) -> QuerySet[Comment]:
    rows = Comment.unscoped(reason="of a visible record")
    return rows.filter(about_kind=held.kind, about_id=held.id, project_id=held.project_id)


def _read_upto(person_id: int | None, held: Holder) -> int:
    if person_id is None:
        return 0
    marks = ReadMark.of(person_id).filter(about_kind=held.kind, about_id=held.id)
    return marks.values_list("upto", flat=True).first() or 0


def _mentions(kept: Iterable[dict[str, object]]) -> tuple[MentionRow, ...]:
    return tuple(MentionRow(int(str(item["person"])), str(item["name"])) for item in kept)


def _file_row(part: CommentFile) -> CommentFileRow:
    return CommentFileRow(part.pk, part.file.name, part.media_type, part.file.size)

"""Saying something about a record, changing it, taking it back; remembering what was read."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction

from headway.areas.comms.commands import notify
from headway.areas.comms.discussions import comment_row, people_of
from headway.areas.comms.holders import Holder, holder_of, word_of
from headway.areas.comms.mentions import Named, meant
from headway.areas.comms.models import Comment, CommentFile, ReadMark
from headway.areas.comms.types import CommentRow, NoticeReason, ProjectRef
from headway.areas.comms.watching import followers_of
from headway.areas.files.file_types import HEAD, media_type_of
from headway.areas.files.queries import held, held_path
from headway.areas.files.types import FileId
from headway.kernel import search
from headway.kernel.commands import command, maintenance
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, FieldError, Invalid
from headway.kernel.schema import Name, Text

MOST_FILES = 10  # beside one comment
MOST_TEXT = 20_000
_TOLD = 160  # characters of a comment that its notice tells


@command(permission="comms.comment")
def comment(
    ctx: Context,
    *,
    project: ProjectRef,
    about: Name,
    record: int,
    text: Text,
    answers: Comment | None = None,
    files: tuple[FileId, ...] = (),
) -> CommentRow:
    """Say something about a task, risk, issue or decision; whoever is named with an @ is told.

    about    task, risk, issue or decision. record  its id.
    text     plain, with line ends. '@Max Member' names somebody who works on the project.
    answers  a comment on the same record that this answers.
    files    that one has brought, to stand beside it: at most 10, of the kinds that documents may be.
    """
    holder = holder_of(ctx, project_id=project, about=about, record=record)
    author = ctx.actor.person_id
    if author is None:
        raise Conflict("Only a person says something here; nobody stands behind this access.")
    thread = _thread(holder, answers)
    said = _said(text, files)
    named = meant(said, people_of(project))
    row = Comment.add(
        ctx,
        project_id=project,
        about_kind=holder.kind,
        about_id=holder.id,
        parent=thread,
        author_id=author,
        author_name=ctx.actor.name,
        body=said,
        mentions=_kept(named),
    )
    _attach(row, files)
    if files:
        search.keep(row)  # by the names of its files, too
    _move_mark(author, holder.kind, holder.id, row.pk)
    _tell_named(ctx, row, holder.title, named)
    told = {one.person_id for one in named}
    if thread is not None:
        told |= _tell_thread(ctx, row, holder.title, thread, besides=told)
    here = {one.person_id for one in people_of(project)}
    followers = (set(followers_of(holder.kind, holder.id)) & here) - told
    _tell(ctx, row, followers, NoticeReason.FOLLOWED, f"{holder.title}: {_brief(row.body)}")
    return comment_row(ctx, row)


@command(permission="comms.edit_comment", changes="comment")
def edit_comment(ctx: Context, *, comment: Comment, text: Text) -> CommentRow:
    """Change what one has said; how it read before stays to be seen. Whoever is named anew is told."""
    _still_there(comment)
    has_files = CommentFile.of(comment).exists()
    said = _said(text, (0,) if has_files else ())
    named = meant(said, people_of(comment.project_id))
    before = {int(item["person"]) for item in comment.mentions}
    if said != comment.body:
        comment.change(ctx, body=said, mentions=_kept(named), edited_at=ctx.now)
        _tell_named(ctx, comment, _title(ctx, comment), [one for one in named if one.person_id not in before])
    return comment_row(ctx, comment)


@command(permission="comms.edit_comment", name="comms.remove_comment", changes="comment", destructive=True)
def remove_comment(ctx: Context, *, comment: Comment) -> None:
    """Take back what one has said; answers to it stay, and the project's activity keeps that it was said."""
    _still_there(comment)
    comment.change(ctx, removed_at=ctx.now)


def note_read(ctx: Context, *, project_id: int, about: str, record: int) -> None:
    """Remember that this person has read what is said about a record they see.

    No use case: like the last visit to a project it is kept without an audit entry.
    """
    holder = holder_of(ctx, project_id=project_id, about=about, record=record)
    me = ctx.actor.person_id
    said = Comment.unscoped(reason="of a visible record").filter(about_kind=holder.kind, about_id=holder.id)
    newest = said.order_by("-id").values_list("pk", flat=True).first()
    if me is None or newest is None:
        return
    with maintenance("comments read"), transaction.atomic():
        _move_mark(me, holder.kind, holder.id, newest)


def _said(text: str, files: Collection[int]) -> str:
    """The text without blank ends; Invalid when nothing is left, or too much."""
    said = text.replace("\r\n", "\n").strip()
    if not said and not files:
        raise Invalid("Write something first.", fields=[FieldError("text", "write something")])
    if len(said) > MOST_TEXT:
        raise Invalid(
            f"The comment has {len(said)} characters; the limit is {MOST_TEXT}. Put the rest into a document.",
            fields=[FieldError("text", f"give at most {MOST_TEXT} characters")],
        )
    if len(files) > MOST_FILES:
        raise Invalid(
            f"{len(files)} files are too many; the limit is {MOST_FILES} beside one comment.",
            fields=[FieldError("files", f"give at most {MOST_FILES}")],
        )
    return said


def _thread(holder: Holder, answered: Comment | None) -> Comment | None:
    """The first comment of the thread that is answered: an answer to an answer stands beside it."""
    if answered is None:
        return None
    if (answered.about_kind, answered.about_id) != (holder.kind, holder.id):
        raise Invalid(
            "The comment you answer is about something else. Answer it there.",
            fields=[FieldError("answers", "a comment on this record")],
        )
    _still_there(answered)
    return answered.parent or answered


def _still_there(row: Comment) -> None:
    if row.removed_at is not None:
        raise Conflict("This comment was removed. Write a new one.")


def _attach(row: Comment, files: Collection[int]) -> None:
    for file_id in dict.fromkeys(files):
        file = held(file_id)
        with held_path(file_id).open("rb") as content:
            media_type = media_type_of(file.name, content.read(HEAD), file.size)
        CommentFile(comment=row, file_id=file.id, media_type=media_type).save(force_insert=True)


def _kept(named: Collection[Named]) -> list[dict[str, object]]:
    return [{"person": one.person_id, "name": one.name} for one in named]


def _move_mark(person_id: int, kind: str, record_id: int, upto: int) -> None:
    ReadMark.of(person_id).update_or_create(
        person_id=person_id, about_kind=kind, about_id=record_id, defaults={"upto": upto}
    )


def _title(ctx: Context, row: Comment) -> str:
    holder = holder_of(ctx, project_id=row.project_id, about=word_of(row.about_kind), record=row.about_id)
    return holder.title


def _tell_named(ctx: Context, row: Comment, title: str, named: Collection[Named]) -> None:
    _tell(ctx, row, [one.person_id for one in named], NoticeReason.MENTIONED, f"{title}: {_brief(row.body)}")


def _tell_thread(ctx: Context, row: Comment, title: str, thread: Comment, *, besides: Collection[int]) -> set[int]:
    """Whoever wrote in the thread learns of an answer, while they still work on the project; gives who did."""
    wrote = Comment.unscoped(reason="of a visible record").filter(parent=thread, removed_at=None)
    those = {thread.author_id, *wrote.values_list("author_id", flat=True)} - set(besides)
    here = {one.person_id for one in people_of(row.project_id)}
    _tell(ctx, row, those & here, NoticeReason.ANSWERED, f"{title}: {_brief(row.body)}")
    return those & here


def _tell(ctx: Context, row: Comment, to: Collection[int], reason: NoticeReason, text: str) -> None:
    notify(
        ctx,
        to=to,
        reason=reason,
        about_kind=row.about_kind,
        about_id=row.about_id,
        project_id=row.project_id,
        text=text,
    )


def _brief(text: str) -> str:
    line = " ".join(text.split()) or "a file"
    return line if len(line) <= _TOLD else f"{line[: _TOLD - 1]}…"

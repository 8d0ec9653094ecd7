"""What is said about a record, as its pages and the plan's side pane show it: read, write, answer, change, take back.

Each record's page holds one part, `comments/section.html`; its list comes anew by itself, its forms save without
leaving the page, and without scripts they lead back to it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from headway.areas.comms import commenting, discussions, watching
from headway.areas.comms.holders import kind_of, word_of
from headway.areas.comms.mentions import Named, Piece, pieces
from headway.areas.comms.types import CommentRow, Discussion, Watching
from headway.areas.files.file_types import ENDINGS, MOST_BYTES
from headway.areas.projects.types import Charter
from headway.interfaces.transfers import attachment, kept_uploads
from headway.interfaces.web.addresses import address_of
from headway.interfaces.web.frame import Link
from headway.interfaces.web.page import act, page, say, show, warn, working_project
from headway.interfaces.web.submitting import attempt, started_from, version_field, words
from headway.kernel.access import may
from headway.kernel.context import Context
from headway.kernel.errors import Conflict

_ACCEPT = ",".join(f".{ending}" for ending in ENDINGS)
ANCHOR = "#comments"
_THREADS = 20  # of one page: drawing them is what costs
_TABS = {"task": "plan", "change": "scope"}  # the others stand on their registers


class CommentForm(forms.Form):
    """Something to say, or an answer; files come beside it."""

    text = words("Comment", rows=3)
    answers = forms.IntegerField(widget=forms.HiddenInput(), required=False, min_value=1, max_value=2**62)


class EditForm(forms.Form):
    """A comment as its author changes it."""

    text = words("Comment", rows=4)
    version = version_field()


@dataclass(frozen=True, slots=True)
class Shown:
    """A comment with its text cut into paragraphs, lines and names."""

    row: CommentRow
    paragraphs: tuple[tuple[tuple[Piece, ...], ...], ...]


@dataclass(frozen=True, slots=True)
class ShownThread:
    """A thread as it is drawn."""

    first: Shown
    answers: tuple[Shown, ...]


def comments_of(ctx: Context, project: Charter, about: str, record: int, *, cursor: str = "") -> dict[str, Any]:
    """What the part of a page needs to show what is said about a record; nothing for whoever may not read it."""
    if not may(ctx, "comms.read_comments", project_id=project.id):
        return {}
    found: Discussion = discussions.discussion(
        ctx, project=project.id, about=about, record=record, cursor=cursor, limit=_THREADS
    )
    people = discussions.mentionable(ctx, project=project.id) if found.may_comment else ()
    return {
        "discussion": found,
        "threads": [
            ShownThread(_shown(thread.first), tuple(_shown(row) for row in thread.answers)) for thread in found.threads
        ],
        "comments_url": reverse("comments", args=[project.key, about, record]),
        "watching": watching.how_watched(ctx, kind_of(about), record),
        "mentionable": [one.name for one in people],
        "comment_form": CommentForm(auto_id="say_%s"),
        "comment_accept": _ACCEPT,
    }


def _shown(row: CommentRow) -> Shown:
    named = [Named(one.person_id, one.name) for one in row.mentions]
    paragraphs = (part for part in row.text.split("\n\n") if part.strip())
    return Shown(row, tuple(tuple(pieces(line, named) for line in part.strip("\n").split("\n")) for part in paragraphs))


@page("POST")
def comments(request: HttpRequest, ctx: Context, key: str, about: str, record: int) -> HttpResponse:
    """What is said about a record; a POST says something there."""
    project = working_project(ctx, key)
    form = CommentForm(request.POST or None, auto_id="say_%s")
    status = 200
    if request.method == "POST":
        done = attempt(form, lambda given: _say(request, ctx, project, about, record, given))
        if done.done and not _in_place(request):
            return _back(request, ctx, about, record, "Your comment is there.")
        form, status = (CommentForm(auto_id="say_%s") if done.done else form), done.status
    return _shown_anew(request, ctx, project, _About(about, record), {"comment_form": form}, status)


@act
def edit(request: HttpRequest, ctx: Context, key: str, comment: int) -> HttpResponse:
    """Change one's own comment."""
    project = working_project(ctx, key)
    said = _about(ctx, project, comment)
    stored = discussions.comment_row_of(ctx, comment)
    values = {"text": stored.text, "version": stored.version}
    form = EditForm(request.POST, initial=values)
    done = attempt(
        form,
        lambda given: commenting.edit_comment(started_from(ctx, given["version"]), comment=comment, text=given["text"]),
        stored=values,
    )
    if done.done and not _in_place(request):
        return _back(request, ctx, said.word, said.record, "Your comment is changed.")
    refused = {} if done.done else {"edited": comment, "edit_form": form, "edit_both": done.both}
    return _shown_anew(request, ctx, project, said, refused, done.status)


@act
def remove(request: HttpRequest, ctx: Context, key: str, comment: int) -> HttpResponse:
    """Take back one's own comment."""
    project = working_project(ctx, key)
    said = _about(ctx, project, comment)
    try:
        commenting.remove_comment(ctx, comment=comment)
    except Conflict as refusal:
        warn(request, refusal.message)
    if _in_place(request):
        return _shown_anew(request, ctx, project, said, {}, 200)
    return _back(request, ctx, said.word, said.record, "Your comment is removed.")


@act
def read(request: HttpRequest, ctx: Context, key: str, about: str, record: int) -> HttpResponse:
    """Remember that what is said here was read."""
    project = working_project(ctx, key)
    commenting.note_read(ctx, project_id=project.id, about=about, record=record)
    return HttpResponse(status=204)


@act
def watch(request: HttpRequest, ctx: Context, key: str, about: str, record: int) -> HttpResponse:
    """Follow a record, or follow it no more."""
    project = working_project(ctx, key)
    if request.POST.get("how") == Watching.FOLLOWED.value:
        watching.follow(ctx, project=project.id, about=about, record=record)
        return _back(request, ctx, about, record, "You are told what is said here.")
    watching.unwatch(ctx, project=project.id, about=about, record=record)
    return _back(request, ctx, about, record, "You are told of this as of anything else.")


@page()
def history(request: HttpRequest, ctx: Context, key: str, comment: int) -> HttpResponse:
    """How a comment read before it was changed."""
    project = working_project(ctx, key)
    said = _about(ctx, project, comment)
    values = {
        "wordings": discussions.comment_history(ctx, comment=comment),
        "back": address_of(ctx, kind_of(said.word), said.record) + ANCHOR,
    }
    crumbs = (Link("Earlier wordings"),)
    tab = _TABS.get(said.word, "registers")
    return show(request, ctx, "comments/history.html", values, project=project, tab=tab, crumbs=crumbs)


@page()
def file(request: HttpRequest, ctx: Context, key: str, comment: int, file: int) -> HttpResponse:
    """A file beside a comment, to save."""
    _about(ctx, working_project(ctx, key), comment)
    return attachment(discussions.comment_file(ctx, comment=comment, file=file))


@dataclass(frozen=True, slots=True)
class _About:
    """The record that is talked about, as addresses name it."""

    word: str
    record: int


def _about(ctx: Context, project: Charter, comment: int) -> _About:
    kind, record = discussions.about_comment(ctx, comment, project_id=project.id)
    return _About(word_of(kind), record)


def _say(
    request: HttpRequest, ctx: Context, project: Charter, about: str, record: int, given: dict[str, Any]
) -> CommentRow:
    brought = kept_uploads(ctx, request, "files", most=commenting.MOST_FILES, limit=MOST_BYTES)
    row: CommentRow = commenting.comment(
        ctx,
        project=project.id,
        about=about,
        record=record,
        text=given["text"],
        answers=given["answers"],
        files=tuple(file.id for file in brought),
    )
    return row


def _in_place(request: HttpRequest) -> bool:
    """Whether the part alone is wanted, to be put into the open page."""
    return "part" in request.GET


def _shown_anew(
    request: HttpRequest, ctx: Context, project: Charter, said: _About, values: dict[str, Any], status: int
) -> HttpResponse:
    """The comments of a record: the part for an open page, or a page of their own."""
    found = comments_of(ctx, project, said.word, said.record, cursor=request.GET.get("cursor", ""))
    template = "comments/section.html" if _in_place(request) else "comments/alone.html"
    found |= {"back": address_of(ctx, kind_of(said.word), said.record)} | values
    tab, crumbs = _TABS.get(said.word, "registers"), (Link(found["discussion"].title), Link("Comments"))
    return show(request, ctx, template, found, project=project, tab=tab, crumbs=crumbs, status=status)


def _back(request: HttpRequest, ctx: Context, about: str, record: int, done: str) -> HttpResponse:
    say(request, done)
    return redirect(address_of(ctx, kind_of(about), record) + ANCHOR)

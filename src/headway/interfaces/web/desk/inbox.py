"""The inbox: what concerns this person, by project or by reason; read beside the list, put away, set aside, undone.

Each act answers with the list anew, and with what stands beside it: where a notice is put away that is open there,
the next one takes its place.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from headway.areas.comms import inboxes, queries, watching
from headway.areas.comms.discussions import discussion
from headway.areas.comms.holders import is_talked_about, word_of
from headway.areas.comms.settings import working_time
from headway.areas.comms.types import NoticeReason, NoticeRow, Thread, Watching
from headway.areas.projects.queries import named_projects
from headway.interfaces.web.addresses import PAGES, go_url
from headway.interfaces.web.context import locale_of
from headway.interfaces.web.page import act, page, pages_in, say, show, warn
from headway.interfaces.web.templatetags.formats import weekday_date
from headway.kernel.access import may
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, Invalid, NotFound

_REASONS = {
    NoticeReason.ASSIGNED: ("Given to you", "user-check"),
    NoticeReason.MENTIONED: ("Mentioned", "at"),
    NoticeReason.DUE: ("Due", "calendar-due"),
    NoticeReason.APPROVAL: ("Approval", "checklist"),
    NoticeReason.DECIDED: ("Decided", "gavel"),
    NoticeReason.MOVED: ("Moved", "arrows-move-horizontal"),
    NoticeReason.JOINED: ("Joined", "users"),
    NoticeReason.DELEGATED: ("Handed on", "arrow-forward-up"),
    NoticeReason.ANSWERED: ("Answered", "message"),
    NoticeReason.ASKED: ("You are asked", "question-mark"),
    NoticeReason.FOLLOWED: ("Followed", "eye"),
}
_SHOWS = (("", "Inbox"), ("unread", "Unread"), ("aside", "Set aside"), ("archived", "Put away"))
_LATER = {"3h": "in 3 hours", "tomorrow": "tomorrow", "monday": "next Monday"}
_ON_PAGE = 50
_SAID_LAST = 3  # threads beside a notice


@dataclass(frozen=True, slots=True)
class View:
    """How the inbox is looked at, as its address says.

    order  keys of the groups as they stood before an act, so that none leaves its place under one's hands.
    """

    show: str
    reason: NoticeReason | None
    by_reason: bool
    cursor: str
    order: tuple[str, ...]

    @classmethod
    def of(cls, request: HttpRequest) -> View:
        """From an address, with anything unknown left out."""
        shown = request.GET.get("show", "")
        reason = next((item for item in NoticeReason if item.value == request.GET.get("reason")), None)
        known = shown in {value for value, _ in _SHOWS}
        by_reason = request.GET.get("by") == "reason"
        order = tuple(request.POST.get("order", "").split(","))
        return cls(shown if known else "", reason, by_reason, request.GET.get("cursor", ""), order)

    def address(self, **other: str) -> str:
        """The address of this view with some parts changed; '' takes one out."""
        parts = {
            "show": self.show,
            "reason": self.reason.value if self.reason else "",
            "by": "reason" if self.by_reason else "",
            **other,
        }
        kept = {name: value for name, value in parts.items() if value}
        return reverse("inbox") + (f"?{urlencode(kept)}" if kept else "")


@dataclass(frozen=True, slots=True)
class Told:
    """A notice with its reason in words and the name of its project ('' where it stands under that)."""

    row: NoticeRow
    reason: str
    icon: str
    project: str


@dataclass(frozen=True, slots=True)
class Group:
    """Notices of one project or one reason. `key` names it in a form; `href` its project, '' = none."""

    key: str
    name: str
    href: str
    rows: list[Told]
    unread: int


@dataclass(frozen=True, slots=True)
class Beside:
    """The notice that is open beside the list: where it leads, what was last said there, whether it is followed.

    word  what its kind is called where it can be talked about; '' = it cannot.
    """

    told: Told
    href: str
    others: tuple[tuple[str, str], ...]
    word: str
    threads: tuple[Thread, ...]
    watching: str
    project_muted: bool


@dataclass(frozen=True, slots=True)
class Said:
    """What an act did; `undo` is the act that takes it back."""

    text: str
    undo: str = ""
    refused: bool = False


@page()
def inbox(request: HttpRequest, ctx: Context) -> HttpResponse:
    """Notices by project or by reason, the newest first; `open` shows one beside them."""
    return show(request, ctx, "desk/inbox.html", _values(request, ctx, View.of(request), _number(request.GET)))


@act
def carry_out(request: HttpRequest, ctx: Context) -> HttpResponse:
    """One act on one notice, on those that are chosen or on a group: `do` says which."""
    view, opened = View.of(request), _number(request.POST)
    verb, _, what = request.POST.get("do", "").partition(":")
    groups = _groups(ctx, view, _listed(ctx, view).items)
    try:
        ids = _meant(request, groups, what.partition(":")[0])
        said = _done(request, ctx, verb, ids, what.partition(":")[2])
    except (Invalid, Conflict) as refusal:
        said = Said(refusal.message, refused=True)
        ids = []
    if verb == "open":
        opened = ids[0] if ids else 0
    elif opened in ids and verb in ("done", "later"):
        opened = _next([told.row.id for group in groups for told in group.rows], opened, ids)
        if opened:
            inboxes.mark_read(ctx, notice=opened)
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "desk/inbox_parts.html", {**_values(request, ctx, view, opened), "said": said})
    if said.text:
        (warn if said.refused else say)(request, said.text)
    return redirect(view.address(open=str(opened or "")))


def _number(given: Any) -> int:
    text = str(given.get("open", ""))
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else 0


def _listed(ctx: Context, view: View) -> Any:
    return queries.inbox(
        ctx,
        archived=view.show == "archived",
        unread=view.show == "unread",
        aside=view.show == "aside",
        reason=view.reason,
        cursor=view.cursor,
        limit=_ON_PAGE,
    )


def _meant(request: HttpRequest, groups: Iterable[Group], what: str) -> list[int]:
    """The notices that an act is about: those chosen, all of a group, or those named by their numbers."""
    if what == "chosen":
        found = [int(text) for text in request.POST.getlist("chosen") if text.isascii() and text.isdigit()]
        if not found:
            raise Invalid("Choose some notices first.")
        return found
    if what.startswith("group-"):
        return [told.row.id for group in groups if group.key == what for told in group.rows]
    found = [int(text) for text in what.split(",") if text.isascii() and text.isdigit() and len(text) < 18]
    if not found:
        raise NotFound("There is nothing here.")
    return found


def _done(request: HttpRequest, ctx: Context, verb: str, ids: list[int], more: str) -> Said:
    given = ",".join(map(str, ids))
    if verb == "open":
        row = queries.notice(ctx, notice=ids[0])
        if not row.read:
            inboxes.mark_read(ctx, notice=row.id)
        return Said("")
    if verb == "unread":
        inboxes.mark_read(ctx, notice=ids[0], read=False)
        return Said("Marked as unread.")
    if not ids:
        return Said("There was nothing to put away.")
    if verb == "done":
        inboxes.put_away(ctx, notices=tuple(ids))
        return Said(f"{_count(ids)} put away.", f"back:{given}")
    if verb == "back":
        inboxes.bring_back(ctx, notices=tuple(ids))
        return Said(f"{_count(ids)} in the inbox again.")
    if verb == "later":
        return _later(request, ctx, ids, more, f"back:{given}")
    return _watch(ctx, verb, queries.notice(ctx, notice=ids[0]))


def _count(ids: Collection[int]) -> str:
    return "1 notice" if len(ids) == 1 else f"{len(ids)} notices"


def _later(request: HttpRequest, ctx: Context, ids: list[int], when: str, undo: str) -> Said:
    if when == "3h":
        inboxes.set_aside(ctx, notices=tuple(ids), hours=3)
        return Said(f"{_count(ids)} set aside, back in 3 hours.", undo)
    today = working_time(ctx).day_of(ctx.now)
    day = today + timedelta(days=7 - today.weekday() if when == "monday" else 1)
    inboxes.set_aside(ctx, notices=tuple(ids), until=day)
    return Said(f"{_count(ids)} set aside, back {weekday_date(day, locale_of(request))}.", undo)


def _watch(ctx: Context, verb: str, row: NoticeRow) -> Said:
    """Follow or mute what a notice is about, or its project."""
    project = row.project_id
    if project is None or not may(ctx, "comms.watch", project_id=project):
        raise NotFound("There is nothing here.")
    if verb == "mute-project":
        watching.mute_project(ctx, project=project)
        return Said("You are told no more of this project, but where somebody turns to you.")
    if verb == "unmute-project":
        watching.unmute_project(ctx, project=project)
        return Said("You are told of this project again.")
    if not is_talked_about(row.about_kind):
        raise NotFound("There is nothing here.")
    place = {"project": project, "about": word_of(row.about_kind), "record": row.about_id}
    if verb == "follow":
        return Said(f"You follow {watching.follow(ctx, **place).title}.")
    if verb == "mute":
        return Said(f"You are told no more of {watching.mute(ctx, **place).title}.")
    if verb == "unwatch":
        watching.unwatch(ctx, **place)
        return Said("You are told of this as of anything else.")
    raise NotFound("There is nothing here.")


def _next(order: list[int], opened: int, gone: Collection[int]) -> int:
    """The notice behind the one that was open, else the one before it; 0 = none is left."""
    at = order.index(opened) if opened in order else 0
    left = [one for one in (*order[at:], *reversed(order[:at])) if one not in gone]
    return left[0] if left else 0


# --- what is shown ----------------------------------------------------------------------------


def _values(request: HttpRequest, ctx: Context, view: View, opened: int) -> dict[str, Any]:
    found = _listed(ctx, view)
    waiting = queries.notices_waiting(ctx)
    groups = _groups(ctx, view, found.items)
    return {
        "groups": groups,
        "order": ",".join(group.key for group in groups),
        "view": view,
        "answer": f"{waiting}{' or more' if waiting == 100 else ''} unread." if waiting else "Nothing new.",
        "waiting": waiting,
        "shows": [(words, view.address(show=value), view.show == value) for value, words in _SHOWS],
        "reasons": [(_REASONS[item][0], view.address(reason=item.value), view.reason is item) for item in NoticeReason],
        "every_reason": view.address(reason=""),
        "by_project": view.address(by=""),
        "by_reason": view.address(by="reason"),
        "later": _LATER.items(),
        "any": bool(found.items),
        "count": len(found.items),
        "today": working_time(ctx).day_of(ctx.now),
        "act_url": reverse("inbox-act") + (f"?{request.GET.urlencode()}" if request.GET else ""),
        "opened": opened,
        "beside": _beside(ctx, opened),
        "close_url": view.address(),
        **pages_in(request, found.next),
    }


def _groups(ctx: Context, view: View, rows: Iterable[NoticeRow]) -> list[Group]:
    """By project or by reason: as the groups stood, those that are new among them by their newest first."""
    found = list(rows)
    names = named_projects(ctx, {row.project_id for row in found if row.project_id is not None})
    groups: dict[str, Group] = {}
    for row in found:
        project = names.get(row.project_id or 0)
        words, icon = _REASONS[row.reason]
        if view.by_reason:
            key, name, href = f"group-{row.reason.value}", words, ""
        else:
            key, name = f"group-{row.project_id or 0}", project.name if project else "Not of a project"
            href = reverse("project", args=[project.key]) if project else ""
        group = groups.setdefault(key, Group(key, name, href, [], 0))
        group.rows.append(Told(row, words, icon, project.name if project and view.by_reason else ""))
    places = {key: place for place, key in enumerate(view.order)}
    return [
        Group(group.key, group.name, group.href, group.rows, sum(not told.row.read for told in group.rows))
        for group in sorted(groups.values(), key=lambda group: places.get(group.key, -1))
    ]


def _beside(ctx: Context, opened: int) -> Beside | None:
    if not opened:
        return None
    try:
        row = queries.notice(ctx, notice=opened)
    except NotFound:
        return None
    words, icon = _REASONS[row.reason]
    project = named_projects(ctx, {row.project_id} if row.project_id is not None else set()).get(row.project_id or 0)
    watches = row.project_id is not None and may(ctx, "comms.watch", project_id=row.project_id)
    word = word_of(row.about_kind) if watches and is_talked_about(row.about_kind) else ""
    how = watching.how_watched(ctx, row.about_kind, row.about_id) if word else None
    muted = watching.how_watched(ctx, watching.PROJECT, row.project_id) if watches and row.project_id else None
    return Beside(
        told=Told(row, words, icon, project.name if project else ""),
        href=go_url(row.about_kind, row.about_id) if row.about_kind in PAGES else "",
        others=tuple(
            (one.text, go_url(one.about_kind, one.about_id) if one.about_kind in PAGES else "") for one in row.others
        ),
        word=word,
        threads=_said_last(ctx, row, word),
        watching=how.value if how else "",
        project_muted=muted is Watching.MUTED,
    )


def _said_last(ctx: Context, row: NoticeRow, word: str) -> tuple[Thread, ...]:
    if not word or not may(ctx, "comms.read_comments", project_id=row.project_id):
        return ()
    found = discussion(ctx, project=row.project_id, about=word, record=row.about_id, limit=_SAID_LAST)
    return tuple(found.threads)

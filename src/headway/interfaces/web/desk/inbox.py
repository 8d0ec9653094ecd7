"""The inbox: what concerns this person, grouped by record, read, put away."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from headway.areas.comms import commands, queries
from headway.areas.comms.types import NoticeReason, NoticeRow
from headway.areas.projects.queries import named_projects
from headway.interfaces.web.addresses import PAGES, go_url
from headway.interfaces.web.page import act, page, pages_in, say, show
from headway.kernel.context import Context

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
}


@dataclass(frozen=True, slots=True)
class Told:
    """A notice with its reason in words and where it leads."""

    row: NoticeRow
    reason: str
    icon: str
    leads: bool


@dataclass(frozen=True, slots=True)
class OfProject:
    """The notices of one project; '' = of none."""

    name: str
    key: str
    rows: list[Told]


@page()
def inbox(request: HttpRequest, ctx: Context) -> HttpResponse:
    """Notices by project, the newest first; unread only, by reason, or those put away."""
    archived, unread = request.GET.get("show") == "archived", request.GET.get("show") == "unread"
    reason = next((item for item in NoticeReason if item.value == request.GET.get("reason")), None)
    found = queries.inbox(ctx, archived=archived, unread=unread, reason=reason, cursor=request.GET.get("cursor", ""))
    waiting = queries.notices_waiting(ctx)
    answer = "Nothing new." if not waiting else f"{waiting}{' or more' if waiting == 100 else ''} unread."
    values = {
        "projects": _by_project(ctx, found.items),
        "answer": answer,
        "shown": request.GET.get("show", ""),
        "chosen": reason.value if reason else "",
        "reasons": [(item.value, _REASONS[item][0]) for item in NoticeReason],
        "any": bool(found.items),
        "count": len(found.items),
        **pages_in(request, found.next),
    }
    return show(request, ctx, "desk/inbox.html", values)


def _by_project(ctx: Context, rows: Iterable[NoticeRow]) -> list[OfProject]:
    found = list(rows)
    names = named_projects(ctx, {row.project_id for row in found if row.project_id is not None})
    groups: dict[int | None, OfProject] = {}
    for row in found:
        project = names.get(row.project_id or 0)
        group = groups.setdefault(
            row.project_id, OfProject(project.name if project else "", project.key if project else "", [])
        )
        words, icon = _REASONS[row.reason]
        group.rows.append(Told(row, words, icon, row.about_kind in PAGES))
    return list(groups.values())


@act
def opened(request: HttpRequest, ctx: Context, notice: int) -> HttpResponse:
    """Mark a notice as read and go to what it is about."""
    row = commands.mark_read(ctx, notice=notice)
    return redirect(go_url(row.about_kind, row.about_id))


@act
def mark_read(request: HttpRequest, ctx: Context, notice: int) -> HttpResponse:
    """Read, or unread again."""
    commands.mark_read(ctx, notice=notice, read=request.POST.get("read") != "no")
    return _back(request)


@act
def archive(request: HttpRequest, ctx: Context, notice: int) -> HttpResponse:
    """Put one notice away."""
    commands.archive(ctx, notice=notice)
    return _back(request)


@act
def archive_all(request: HttpRequest, ctx: Context) -> HttpResponse:
    """Put all notices away."""
    count = commands.archive_all(ctx)
    say(request, "There was nothing to put away." if not count else f"{count} put away.")
    return _back(request)


def _back(request: HttpRequest) -> HttpResponse:
    """To the list as it was looked at."""
    shown = request.POST.get("show", "")
    return redirect(reverse("inbox") + (f"?show={shown}" if shown in ("unread", "archived") else ""))

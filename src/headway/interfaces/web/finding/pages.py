"""The search page, which works without scripts, and what the palette asks for while one types."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse

from headway.areas.projects import queries as projects
from headway.interfaces.web.addresses import go_url
from headway.interfaces.web.finding.marked import Piece, pieces
from headway.interfaces.web.finding.offers import Offer, offers
from headway.interfaces.web.frame import Link
from headway.interfaces.web.page import page, show
from headway.journeys.finding import Found, FoundKind, find
from headway.kernel.context import Context
from headway.kernel.search import MOST_RANKED

_ON_PAGE = 60
_IN_PALETTE = 12
_LONGEST = 1000  # letters of a question; more is cut, not refused
KINDS = {
    FoundKind.PROJECT: ("Projects", "briefcase"),
    FoundKind.TASK: ("Tasks", "list-check"),
    FoundKind.RISK: ("Risks", "alert-triangle"),
    FoundKind.ISSUE: ("Issues", "alert-circle"),
    FoundKind.DECISION: ("Decisions", "scale"),
    FoundKind.ASSUMPTION: ("Assumptions", "question-mark"),
    FoundKind.CHANGE: ("Budget changes", "coins"),
    FoundKind.STAKEHOLDER: ("Stakeholders", "users"),
    FoundKind.REPORT: ("Reports", "presentation"),
    FoundKind.DOCUMENT: ("Documents", "file-text"),
    FoundKind.FILE: ("Files", "paperclip"),
    FoundKind.IMPORT: ("Imports", "upload"),
    FoundKind.COMMENT: ("Comments", "message"),
    FoundKind.PERSON: ("People", "user"),
    FoundKind.ORGANISATION: ("Organisations", "building"),
    FoundKind.PROGRAMME: ("Programmes", "folder"),
    FoundKind.ESTIMATE: ("Estimates", "coins"),
    FoundKind.SCOPE_ITEM: ("Scope", "list-check"),
    FoundKind.CHANGE_REQUEST: ("Change requests", "arrows-diff"),
    FoundKind.GATE: ("Gates", "checklist"),
    FoundKind.TEMPLATE: ("Templates", "copy"),
    FoundKind.EXPENSE: ("Expenses", "receipt"),
    FoundKind.INVOICE: ("Invoices", "file-invoice"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A hit as the page shows it."""

    href: str
    title: tuple[Piece, ...]
    snippet: tuple[Piece, ...]
    where: str


@dataclass(frozen=True, slots=True)
class Group:
    """Hits of one kind."""

    name: str
    icon: str
    rows: tuple[Row, ...]


@page()
def search(request: HttpRequest, ctx: Context) -> HttpResponse:
    """What holds all the words, grouped by kind, the best kind first."""
    text, kind = request.GET.get("q", "").strip()[:_LONGEST], _kind(request)
    hits = find(ctx, text=text, kinds=(kind,) if kind else (), limit=_ON_PAGE) if text else ()
    values: dict[str, Any] = {
        "search_text": text,
        "kind": kind.value if kind else "",
        "groups": _groups(hits),
        "chips": _chips(text, kind),
        "answer": _answer(text, len(hits)),
        "cut": len(hits) == _ON_PAGE,
        "ranked": f"{MOST_RANKED:,}",
    }
    return show(request, ctx, "finding/search.html", values)


def _kind(request: HttpRequest) -> FoundKind | None:
    try:
        return FoundKind(request.GET.get("kind", ""))
    except ValueError:
        return None


def _answer(text: str, count: int) -> str:
    if not text:
        return "Names, texts, references and file names of everything you may see."
    if not count:
        return f"Nothing you may see holds all of “{text}”."
    first = "The first " if count == _ON_PAGE else ""
    return f"{first}{count} {'record holds' if count == 1 else 'records hold'} “{text}”."


def _groups(hits: Iterable[Found]) -> tuple[Group, ...]:
    rows: dict[FoundKind, list[Row]] = {}
    for hit in hits:
        rows.setdefault(hit.kind, []).append(
            Row(
                go_url(hit.record, hit.id),
                pieces(hit.title, hit.title_marks),
                pieces(hit.snippet, hit.snippet_marks),
                _where(hit),
            )
        )
    return tuple(Group(*KINDS[kind], tuple(found)) for kind, found in rows.items())


def _where(hit: Found) -> str:
    return f"{hit.project_key} {hit.project_name}" if hit.project_key and hit.kind is not FoundKind.PROJECT else ""


def _chips(text: str, chosen: FoundKind | None) -> tuple[Link, ...]:
    def link(kind: FoundKind | None) -> Link:
        asked = urlencode({"q": text} | ({"kind": kind.value} if kind else {}))
        return Link(KINDS[kind][0] if kind else "Everything", f"{reverse('search')}?{asked}", active=kind is chosen)

    return tuple(link(kind) for kind in (None, *FoundKind))


@page()
def palette(request: HttpRequest, ctx: Context) -> HttpResponse:
    """Records for what is typed; with nothing typed, what is at hand and which acts there are."""
    text = request.GET.get("q", "").strip()[:_LONGEST]
    if text:
        hits = find(ctx, text=text, limit=_IN_PALETTE)
        answer: dict[str, Any] = {"records": [_record(hit) for hit in hits]}
    else:
        answer = {
            "recent": [
                {"title": mine.name, "detail": mine.key, "href": reverse("project", args=[mine.key])}
                for mine in projects.mine_short(ctx)
            ],
            "acts": [_act(offer) for offer in offers(ctx)],
        }
    return JsonResponse(answer, json_dumps_params={"ensure_ascii": False})


def _record(hit: Found) -> dict[str, Any]:
    name, icon = KINDS[hit.kind]
    where = (name, hit.project_key if hit.kind is not FoundKind.PROJECT else "")
    return {
        "title": hit.title,
        "marks": hit.title_marks,
        "detail": " · ".join(part for part in where if part),
        "href": go_url(hit.record, hit.id),
        "icon": icon,
    }


def _act(offer: Offer) -> dict[str, Any]:
    return {"title": offer.title, "detail": offer.summary, "href": offer.href, "project": offer.of_project}

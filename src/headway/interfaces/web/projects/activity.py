"""What was done on a project: who, when, which fields; narrowed by person and by kind of work."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse

from headway.areas.projects import histories
from headway.areas.projects.types import ActivityRow, ChangeRow
from headway.interfaces.web.addresses import PAGES, go_url
from headway.interfaces.web.page import page, pages_in, show, working_project
from headway.kernel.context import Context
from headway.kernel.registry import use_case

PER_PAGE = 50

# Kinds of work by the area whose acts they are, in the order they are offered.
_AREAS = {
    "schedule": "Plan",
    "hours": "Hours",
    "budgets": "Budget",
    "projects": "Project, risks and decisions",
    "imports": "Imports",
    "reports": "Reports",
    "deliverables": "Documents",
    "approvals": "Approvals",
}
_CHANNELS = {"api": "API", "cli": "command line", "mcp": "MCP", "portal": "portal"}
_FIELDS = {"": "", "response_due": "Response due", "decide_by": "Decide by", "check_by": "Check by"}


@dataclass(frozen=True, slots=True)
class Told:
    """One changed field as people read it; `href` leads to its record."""

    record: str
    href: str
    field: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Act:
    """One act with what it changed. `channel` '' = in the workspace, where most acts are done."""

    row: ActivityRow
    words: str
    channel: str
    told: tuple[Told, ...]


@page()
def activity(request: HttpRequest, ctx: Context, key: str) -> HttpResponse:
    """What was done on a project, newest first."""
    project = working_project(ctx, key)
    who, area = request.GET.get("who", "")[:255], request.GET.get("area", "")
    area = area if area in _AREAS else ""
    by_itself = request.GET.get("all") == "1"
    found = histories.activity(
        ctx,
        project=project.id,
        who=who,
        area=area,
        people_only=not by_itself and not who,
        cursor=request.GET.get("cursor", ""),
        limit=PER_PAGE,
    )
    acts = [_act(row) for row in found.items]
    values = {
        "acts": acts,
        "people": found.people,
        "areas": _AREAS.items(),
        "who": who,
        "area": area,
        "by_itself": by_itself,
        "count": len(found.items),
        **pages_in(request, found.next),
    }
    return show(request, ctx, "projects/activity.html", values, project=project, tab="activity")


def _act(row: ActivityRow) -> Act:
    return Act(row, act_words(row.use_case), _CHANNELS.get(row.channel, ""), tuple(map(_told, row.changes)))


def _told(change: ChangeRow) -> Told:
    href = go_url(change.kind, change.record_id) if change.kind in PAGES else ""
    field = _FIELDS.get(change.field, change.field.replace("_", " ").capitalize())
    return Told(change.record or _kind_words(change.kind), href, field, change.old, change.new)


def _kind_words(kind: str) -> str:
    """'schedule.PlanTask' as 'Plan task'."""
    name = kind.rpartition(".")[2]
    return "".join(f" {char.lower()}" if char.isupper() else char for char in name).strip().capitalize()


def act_words(name: str) -> str:
    """What a use case has done, as it stands after a person's name: 'changed, closed or reopened a risk'."""
    try:
        told = use_case(name).summary
    except KeyError:
        return name
    sentence = told.split(". ")[0].split(":")[0].split(";")[0].rstrip(".")
    verbs = _VERBS.match(sentence)
    if verbs is None:
        return sentence
    past = re.sub(r"\b(?!or\b|and\b)\w+", lambda verb: _past(verb.group().lower()), verbs.group())
    return past + sentence[verbs.end() :]


# The verbs that a description begins with: 'Begin', 'Approve or refuse', 'Change, close or reopen'.
_VERBS = re.compile(r"^[A-Z][a-z]+(?:(?:, [a-z]+)* (?:or|and) [a-z]+)?(?= |$)")
_IRREGULAR = {
    "be": "was",
    "become": "became",
    "begin": "began",
    "bring": "brought",
    "choose": "chose",
    "do": "did",
    "forget": "forgot",
    "give": "gave",
    "have": "had",
    "keep": "kept",
    "leave": "left",
    "let": "let",
    "make": "made",
    "put": "put",
    "read": "read",
    "say": "said",
    "send": "sent",
    "set": "set",
    "take": "took",
    "tell": "told",
    "undo": "undid",
    "withdraw": "withdrew",
    "write": "wrote",
}
_DOUBLED = frozenset({"log", "submit", "drop", "stop", "plan", "cancel", "map", "level"})


def _past(verb: str) -> str:
    if verb in _IRREGULAR:
        return _IRREGULAR[verb]
    if verb in _DOUBLED:
        return f"{verb}{verb[-1]}ed"
    if verb.endswith("e"):
        return f"{verb}d"
    if verb.endswith("y") and verb[-2] not in "aeiou":
        return f"{verb[:-1]}ied"
    return f"{verb}ed"

"""What was done on a project: who, when, which fields; narrowed by person and by kind of work."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse

from headway.areas.projects import histories
from headway.areas.projects.types import ActivityRow, ChangeRow
from headway.interfaces.web.addresses import PAGES, go_url
from headway.interfaces.web.context import locale_of
from headway.interfaces.web.locale import Locale
from headway.interfaces.web.page import page, pages_in, show, working_project
from headway.interfaces.web.templatetags.formats import weekday_date
from headway.kernel.context import Context
from headway.kernel.registry import use_case

PER_PAGE = 50
_MOST_TOLD = 20  # changed fields beside one line

# Kinds of work by the area whose acts they are, in the order they are offered.
_AREAS = {
    "schedule": "Plan",
    "hours": "Hours",
    "budgets": "Budget",
    "estimates": "Estimates",
    "scope": "Scope and changes",
    "metrics": "KPIs",
    "method": "Method",
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
    """An act, or the same one several times in a row, with what it changed, newest first.

    channel  '' = in the workspace, where most acts are done.
    time     of the newest, on the project's clock.
    more     how many changed fields are left out of `told`.
    """

    who: str
    words: str
    channel: str
    reason: str
    time: str
    times: int
    told: tuple[Told, ...]
    more: int


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
    write = _writer(ZoneInfo(project.time_zone), locale_of(request))
    values = {
        "days": _days(found.items, ZoneInfo(project.time_zone), write),
        "people": found.people,
        "areas": _AREAS.items(),
        "who": who,
        "area": area,
        "by_itself": by_itself,
        "count": len(found.items),
        **pages_in(request, found.next),
    }
    return show(request, ctx, "projects/activity.html", values, project=project, tab="activity")


def _days(rows: Iterable[ActivityRow], zone: ZoneInfo, write: Write) -> list[tuple[date, list[Act]]]:
    """The acts by day, newest first; what one person does again and again is told once."""
    by_day = groupby(rows, lambda row: row.at.astimezone(zone).date())
    return [(day, [_act(list(same), zone, write) for _, same in groupby(of_day, _same)]) for day, of_day in by_day]


def _same(row: ActivityRow) -> tuple[str, str, str, str]:
    return row.who, row.use_case, row.channel, row.reason


def _act(rows: list[ActivityRow], zone: ZoneInfo, write: Write) -> Act:
    first = rows[0]
    told = [_told(change, write) for row in rows for change in row.changes]
    more = sum(row.more for row in rows) + max(0, len(told) - _MOST_TOLD)
    return Act(
        first.who,
        act_words(first.use_case),
        _CHANNELS.get(first.channel, ""),
        first.reason,
        f"{first.at.astimezone(zone):%H:%M}",
        len(rows),
        tuple(told[:_MOST_TOLD]),
        more,
    )


def _told(change: ChangeRow, write: Write) -> Told:
    href = go_url(change.kind, change.record_id) if change.kind in PAGES else ""
    field = _FIELDS.get(change.field, change.field.replace("_", " ").capitalize())
    return Told(change.record or _kind_words(change.kind), href, field, write(change.old), write(change.new))


Write = Callable[[str], str]
_DAY = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?")


def _writer(zone: ZoneInfo, locale: Locale) -> Write:
    """What writes a value of the history as the project's people do: days, and instants on their own clock."""

    def write(value: str) -> str:
        if _DAY.fullmatch(value) is None:
            return value
        try:
            at = datetime.fromisoformat(value)
        except ValueError:  # the 30th of February, in a text that looks like a day
            return value
        if "T" not in value:
            return weekday_date(at, locale)
        local = at.astimezone(zone) if at.tzinfo else at
        return f"{weekday_date(local.date(), locale)}, {local:%H:%M}"

    return write


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

"""What was done on a project: who, when, which fields; narrowed by person and by kind of work."""

from __future__ import annotations

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
    """One act with what it changed."""

    row: ActivityRow
    words: str
    told: tuple[Told, ...]


@page()
def activity(request: HttpRequest, ctx: Context, key: str) -> HttpResponse:
    """What was done on a project, newest first."""
    project = working_project(ctx, key)
    who, area = request.GET.get("who", "")[:255], request.GET.get("area", "")
    area = area if area in _AREAS else ""
    found = histories.activity(
        ctx, project=project.id, who=who, area=area, cursor=request.GET.get("cursor", ""), limit=PER_PAGE
    )
    values = {
        "acts": [
            Act(row, act_words(row.use_case), tuple(_told(change) for change in row.changes)) for row in found.items
        ],
        "people": found.people,
        "areas": _AREAS.items(),
        "who": who,
        "area": area,
        "count": len(found.items),
        **pages_in(request, found.next),
    }
    return show(request, ctx, "projects/activity.html", values, project=project, tab="activity")


def _told(change: ChangeRow) -> Told:
    href = go_url(change.kind, change.record_id) if change.kind in PAGES else ""
    field = _FIELDS.get(change.field, change.field.replace("_", " ").capitalize())
    return Told(change.record or _kind_words(change.kind), href, field, change.old, change.new)


def _kind_words(kind: str) -> str:
    """'schedule.PlanTask' as 'Plan task'."""
    name = kind.rpartition(".")[2]
    return "".join(f" {char.lower()}" if char.isupper() else char for char in name).strip().capitalize()


def act_words(name: str) -> str:
    """A use case's name as people read it: the first sentence that describes it."""
    try:
        told = use_case(name).summary
    except KeyError:
        return name
    return told.split(". ")[0].split(":")[0].split(";")[0].rstrip(".")

"""What a client sees of a project: how it stands as it was reported to them, its milestones, their documents."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from headway.areas.approvals import queries as approvals
from headway.areas.deliverables import queries as deliverables
from headway.areas.deliverables.types import (
    Colour,
    DocumentRow,
    Format,
    ShareState,
    UploadRow,
    VersionRow,
    VersionState,
)
from headway.areas.projects import queries as projects
from headway.areas.projects.types import Charter
from headway.areas.schedule import queries as schedule
from headway.areas.schedule.types import MilestoneRow
from headway.interfaces.transfers import attachment
from headway.interfaces.web.context import locale_of
from headway.interfaces.web.locale import Locale
from headway.interfaces.web.page import page, pages_in, today_in
from headway.interfaces.web.portal.frame import nothing_here, portal_project, present, reads_documents
from headway.interfaces.web.templatetags.formats import weekday_date
from headway.kernel.context import Context

_NEWEST = 3
_CLIENT = "client"


@page(outside=True)
def home(request: HttpRequest, ctx: Context) -> HttpResponse:
    """The projects one looks at; with a single one, that project itself."""
    found = projects.list_projects(ctx, cursor=request.GET.get("cursor", ""), limit=50)
    if len(found.items) == 1 and not request.GET.get("cursor"):
        return redirect(reverse("portal-project", args=[found.items[0].key]))
    asked = approvals.waiting(ctx)
    values = {
        "rows": found.items,
        "count": len(found.items),
        "asked": asked,
        "answer": _waits(len(asked)),
        **pages_in(request, found.next),
    }
    return present(request, ctx, "portal/home.html", values, tab="projects")


def _waits(count: int) -> str:
    if not count:
        return "Nothing waits for you."
    return f"{count} document{'' if count == 1 else 's'} {'waits' if count == 1 else 'wait'} for your approval."


# --- status -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Reported:
    """How the project stands, in the words of the newest report that was sent to the client."""

    as_of: date
    colour: Colour | None
    version: VersionRow


@page(outside=True)
def status(request: HttpRequest, ctx: Context, key: str) -> HttpResponse:
    """Milestones with plan, forecast and actual; health as reported; what waits for this person; newest documents."""
    project = portal_project(ctx, key)
    milestones = schedule.milestones(ctx, project=project.id)
    shared = _shared(ctx, project)
    values = {
        "milestones": milestones,
        "sentence": sentence(milestones, today_in(ctx, project), locale_of(request)),
        "reported": _reported(shared),
        "documents": _lines(shared)[:_NEWEST],
        "reads": reads_documents(ctx, project),
        "asked": [row for row in approvals.waiting(ctx) if row.project_id == project.id],
    }
    return present(request, ctx, "portal/status.html", values, project=project, tab="status")


def sentence(milestones: Iterable[MilestoneRow], today: date, locale: Locale) -> str:
    """'3 of 9 milestones reached; next is Content complete, Thu 26 Nov, 4 working days later than planned.'"""
    rows = tuple(milestones)
    if not rows:
        return "The plan has no milestones to show yet."
    words = f"{sum(1 for row in rows if row.actual is not None)} of {len(rows)} milestones reached"
    ahead = next((row for row in rows if row.actual is None), None)
    if ahead is None:
        return f"{words}."
    words += f"; {'next is' if ahead.forecast >= today else 'waiting for'} {ahead.name}, "
    words += weekday_date(ahead.forecast, locale)
    if ahead.late_days:
        days = f"{abs(ahead.late_days)} working day{'' if abs(ahead.late_days) == 1 else 's'}"
        words += f", {days} {'later' if ahead.late_days > 0 else 'earlier'} than planned"
    return f"{words}."


def _reported(shared: Iterable[DocumentRow]) -> Reported | None:
    """Health is shown as the newest status report sent to the client says it, and not before there is one."""
    sent = [row for document in shared for row in document.reports if row.kind == "status" and _is_sent(row)]
    newest = max(sent, key=lambda row: (row.as_of, row.number), default=None)
    return Reported(newest.as_of, deliverables.overall_of(newest.id), newest) if newest is not None else None


# --- documents --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Line:
    """One version of a document that the client has: a report in several formats, or one file."""

    title: str
    number: int
    on: date | None
    report: VersionRow | None
    upload: UploadRow | None


@page(outside=True)
def documents(request: HttpRequest, ctx: Context, key: str) -> HttpResponse:
    """Every report that was sent to the client and every file shared with them, the newest first."""
    project = portal_project(ctx, key)
    if not reads_documents(ctx, project):
        raise nothing_here()
    lines = _lines(_shared(ctx, project))
    values = {"documents": lines, "answer": _many(len(lines))}
    return present(request, ctx, "portal/documents.html", values, project=project, tab="documents")


def _many(count: int) -> str:
    return f"{count} document{'' if count == 1 else 's'}, the newest first." if count else ""


def _shared(ctx: Context, project: Charter) -> tuple[DocumentRow, ...]:
    """The documents that the client has, whoever looks: only what was sent or shared stays of each."""
    return deliverables.documents(ctx, project=project.id) if reads_documents(ctx, project) else ()


def _lines(shared: Iterable[DocumentRow]) -> list[Line]:
    found = []
    for document in shared:
        for row in document.reports:
            if _is_sent(row):
                sent = row.sent_at.date() if row.sent_at is not None else None
                found.append(Line(document.title, row.number, sent, row, None))
        for upload in document.uploads:
            if upload.state is ShareState.SHARED:
                since = upload.shared_at.date() if upload.shared_at is not None else None
                found.append(Line(document.title, upload.number, since, None, upload))
    return sorted(found, key=lambda line: (line.on or date.min, line.number), reverse=True)


def _is_sent(row: VersionRow) -> bool:
    return row.state is VersionState.SENT and row.audience == _CLIENT


@page(outside=True)
def report_file(request: HttpRequest, ctx: Context, key: str, version: int, form: str) -> HttpResponse:
    """A file of a report that was sent to the client, or that this person is asked to approve."""
    project = portal_project(ctx, key)
    row = deliverables.version(ctx, version=version)
    if row.project_id != project.id or form not in {item.value for item in Format}:
        raise nothing_here()
    return attachment(deliverables.download(ctx, version=row.id, format=Format(form)))


@page(outside=True)
def shared_file(request: HttpRequest, ctx: Context, key: str, upload: int) -> HttpResponse:
    """A file that was shared with the client, or that this person is asked to approve."""
    project = portal_project(ctx, key)
    row = deliverables.upload(ctx, upload=upload)
    if row.project_id != project.id:
        raise nothing_here()
    return attachment(deliverables.download_upload(ctx, upload=row.id))

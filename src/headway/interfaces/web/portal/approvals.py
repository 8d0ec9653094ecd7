"""What a client is asked to approve: the list, and one request with the document shown."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from headway.areas.approvals import queries
from headway.areas.approvals.types import ApprovalRow, ApprovalState, Vote
from headway.areas.deliverables import queries as deliverables
from headway.areas.deliverables.types import UploadRow, VersionRow
from headway.areas.projects.queries import charter, my_person_id
from headway.areas.projects.types import Charter
from headway.areas.scope.asked import asked_change
from headway.areas.scope.asked_types import AskedChange
from headway.areas.scope.reading import REQUEST
from headway.interfaces.web.approvals.pages import DecideForm
from headway.interfaces.web.context import locale_of
from headway.interfaces.web.page import page, say
from headway.interfaces.web.portal.frame import nothing_here, present
from headway.interfaces.web.reports.pages import SANDBOX
from headway.interfaces.web.scope.asked import asked_measures
from headway.interfaces.web.submitting import attempt
from headway.journeys import reports
from headway.kernel.context import Context
from headway.kernel.errors import HeadwayError


@page(outside=True)
def waiting(request: HttpRequest, ctx: Context) -> HttpResponse:
    """The requests that ask this person, the most urgent first, and those already answered."""
    rows = queries.waiting(ctx)
    answered = [
        row
        for state in (ApprovalState.APPROVED, ApprovalState.REJECTED)
        for row in queries.waiting(ctx, state=state)[:20]
    ]
    values = {"rows": rows, "answered": answered}
    return present(request, ctx, "portal/approvals.html", values, tab="approvals")


@page("POST", outside=True)
def one(request: HttpRequest, ctx: Context, approval: int) -> HttpResponse:
    """One request: the document itself; approve it, or refuse it with a reason."""
    row = queries.show(ctx, approval=approval)
    form = DecideForm(request.POST or None, initial={"digest": row.digest})
    status = 200
    if request.method == "POST":
        done = attempt(form, lambda given: reports.decide(ctx, approval=row.id, **given))
        if done.done:
            approved = form.cleaned_data["decision"] == Vote.APPROVE.value
            say(request, "You approved it. Thank you." if approved else "You refused it; your reason is noted.")
            return redirect(reverse("portal-approvals"))
        status = done.status
        row = queries.show(ctx, approval=approval)
    about = _about(ctx, row)
    own = next((vote for vote in row.votes if vote.person_id == my_person_id(ctx)), None)
    values = {
        "row": row,
        "about": about,
        "form": form,
        "own": own,
        "asked": own is not None and own.vote is None and row.state is ApprovalState.PENDING,
        "measures": asked_measures(about.change, locale_of(request)) if about is not None and about.change else (),
    }
    project = about.project if about is not None else None
    return present(request, ctx, "portal/approval.html", values, project=project, tab="approvals", status=status)


@dataclass(frozen=True, slots=True)
class About:
    """What a request is about, as far as this person may see it."""

    project: Charter
    report: VersionRow | None = None
    upload: UploadRow | None = None
    change: AskedChange | None = None


def _about(ctx: Context, row: ApprovalRow) -> About | None:
    if row.project_id is None:
        return None
    try:
        project = charter(ctx, project=row.project_id)
        if row.subject == "deliverables.DocumentVersion":
            return About(project, report=deliverables.version(ctx, version=row.subject_id))
        if row.subject == "deliverables.UploadedVersion":
            return About(project, upload=deliverables.upload(ctx, upload=row.subject_id))
        if row.subject == REQUEST:
            return About(project, change=asked_change(ctx, approval=row.id))
        return About(project)
    except HeadwayError:
        return None


@page(outside=True)
def look(request: HttpRequest, ctx: Context, approval: int) -> HttpResponse:
    """The report of a request as a page, for the frame on the request's page."""
    about = _about(ctx, queries.show(ctx, approval=approval))
    if about is None or about.report is None:
        raise nothing_here()
    headers = {"Content-Security-Policy": SANDBOX, "X-Frame-Options": "SAMEORIGIN"}
    content = deliverables.preview(ctx, version=about.report.id)
    return HttpResponse(content, content_type="text/html; charset=utf-8", headers=headers)

"""What a person is asked to approve: all of it with its words in one sitting, and one request by itself."""

from __future__ import annotations

from dataclasses import dataclass

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from headway.areas.approvals import queries
from headway.areas.approvals.types import ApprovalRow, ApprovalState, Vote
from headway.areas.deliverables import queries as deliverables
from headway.areas.deliverables.commands import UPLOAD
from headway.areas.deliverables.reactions import SUBJECT
from headway.areas.deliverables.types import UploadRow, VersionFileRow, VersionRow
from headway.areas.estimates.approving import SUBJECT as ESTIMATE
from headway.areas.projects.queries import my_person_id, named_projects
from headway.areas.projects.types import ProjectRow
from headway.areas.scope.commands import VERSION
from headway.areas.scope.reading import REQUEST
from headway.interfaces.web.frame import Link
from headway.interfaces.web.page import is_outside, page, say, show, warn, works_on
from headway.interfaces.web.reports.states import FORMATS
from headway.interfaces.web.submitting import attempt, words
from headway.journeys import reports
from headway.kernel.context import Context
from headway.kernel.errors import HeadwayError, NotFound

_STATES = {
    ApprovalState.PENDING: ("Waits", "amber"),
    ApprovalState.APPROVED: ("Approved", "green"),
    ApprovalState.REJECTED: ("Refused", "red"),
    ApprovalState.WITHDRAWN: ("Withdrawn", ""),
}


# Subjects that leave nothing, but are decided on, and what the way to them is called.
_DECIDED_ON = {
    REQUEST: "Open the change request with every figure",
    VERSION: "Open the versions of the scope",
    ESTIMATE: "Open the estimate with every line",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A request with what would leave, as far as this person may see it.

    reads  whether the report's own page is there for this person.
    """

    row: ApprovalRow
    project: ProjectRow | None
    version: VersionRow | None
    upload: UploadRow | None
    reads: bool
    late: bool

    @property
    def files(self) -> list[tuple[VersionFileRow, str]]:
        """The files of a report with what they are called."""
        return [(item, FORMATS[item.format]) for item in self.version.files] if self.version else []


class DecideForm(forms.Form):
    """An approver's answer, bound to what was shown."""

    digest = forms.CharField(widget=forms.HiddenInput(), max_length=64)
    decision = forms.ChoiceField(choices=[(vote.value, vote.value) for vote in Vote], widget=forms.HiddenInput())
    reason = words("Reason", hint="Needed when you refuse; it stays with the request.")


@page("POST", outside=True)
def waiting(request: HttpRequest, ctx: Context) -> HttpResponse:
    """The requests that ask this person, each with its words; a POST approves those that were chosen."""
    if is_outside(ctx):
        return redirect(reverse("portal-approvals"))
    if request.method == "POST":
        return _approve_chosen(request, ctx)
    rows = _asked(ctx, queries.waiting(ctx))
    decided = [
        (row, *_STATES[row.state])
        for state in (ApprovalState.APPROVED, ApprovalState.REJECTED)
        for row in queries.waiting(ctx, state=state)
    ]
    late = sum(1 for item in rows if item.late)
    answer = "Nothing waits for your approval."
    if rows:
        answer = f"{len(rows)} {'request waits' if len(rows) == 1 else 'requests wait'} for you"
        answer += f", {late} past the day the answer was wanted." if late else "."
    values = {"rows": rows, "decided": decided[:50], "answer": answer}
    return show(request, ctx, "approvals/list.html", values)


def _approve_chosen(request: HttpRequest, ctx: Context) -> HttpResponse:
    """Approve each chosen request as it was shown; what has changed since, or may not be, is said and left."""
    done, refused = 0, []
    for given in request.POST.getlist("approve"):
        number, _, digest = given.partition(":")
        if not number.isdigit():
            raise NotFound("There is nothing here.")
        try:
            reports.decide(ctx, approval=int(number), decision=Vote.APPROVE, digest=digest)
        except HeadwayError as refusal:
            refused.append(refusal.message)
        else:
            done += 1
    if done:
        say(request, f"You approved {done} {'request' if done == 1 else 'requests'}.")
    for message in dict.fromkeys(refused):
        warn(request, message)
    if not done and not refused:
        warn(request, "Choose what to approve first.")
    return redirect(reverse("approvals"))


def _asked(ctx: Context, rows: tuple[ApprovalRow, ...]) -> list[Asked]:
    """Requests with the reports and files behind them."""
    versions = deliverables.shown_versions(ctx, [row.subject_id for row in rows if row.subject == SUBJECT])
    uploads = deliverables.shown_uploads(ctx, [row.subject_id for row in rows if row.subject == UPLOAD])
    projects = named_projects(ctx, {row.project_id for row in rows if row.project_id is not None})
    return [
        Asked(
            row=row,
            project=projects.get(row.project_id or 0),
            version=versions.get(row.subject_id) if row.subject == SUBJECT else None,
            upload=uploads.get(row.subject_id) if row.subject == UPLOAD else None,
            reads=row.project_id is not None and works_on(ctx, row.project_id),
            late=row.due is not None and row.due < ctx.now.date(),
        )
        for row in rows
    ]


@page("POST", outside=True)
def one(request: HttpRequest, ctx: Context, approval: int) -> HttpResponse:
    """One request: exactly what would be approved; approve it, or refuse it with a reason."""
    if is_outside(ctx):
        return redirect(reverse("portal-approval", args=[approval]))
    row: ApprovalRow = queries.show(ctx, approval=approval)
    me = my_person_id(ctx)
    asked = any(vote.person_id == me and vote.vote is None for vote in row.votes)
    form = DecideForm(request.POST or None, initial={"digest": row.digest})
    status = 200
    if request.method == "POST":
        done = attempt(form, lambda given: reports.decide(ctx, approval=row.id, **given))
        if done.done:
            said = "You approved it." if form.cleaned_data["decision"] == Vote.APPROVE.value else "You refused it."
            say(request, said)
            return redirect(reverse("approvals"))
        status = done.status
        row = queries.show(ctx, approval=approval)
    words_, tone = _STATES[row.state]
    values = {
        "row": row,
        "item": _asked(ctx, (row,))[0],
        "state": words_,
        "tone": tone,
        "form": form,
        "asked": asked and row.state is ApprovalState.PENDING,
        "what": "What you decide on" if row.subject in _DECIDED_ON else "What would leave",
        "decides": _DECIDED_ON.get(row.subject, ""),
    }
    crumbs = (Link("To approve", reverse("approvals")), Link(row.title))
    return show(request, ctx, "approvals/one.html", values, crumbs=crumbs, status=status)

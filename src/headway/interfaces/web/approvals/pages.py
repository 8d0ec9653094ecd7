"""What a person is asked to approve: the list, and one request with text, files, hashes and receivers."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from headway.areas.approvals import queries
from headway.areas.approvals.types import ApprovalRow, ApprovalState, Vote
from headway.areas.deliverables import queries as deliverables
from headway.areas.deliverables.reactions import SUBJECT
from headway.areas.deliverables.types import VersionRow
from headway.areas.projects.queries import charter, my_person_id
from headway.interfaces.web.frame import Link
from headway.interfaces.web.page import page, say, show, works_on
from headway.interfaces.web.submitting import attempt, words
from headway.journeys import reports
from headway.kernel.context import Context
from headway.kernel.errors import HeadwayError

_STATES = {
    ApprovalState.PENDING: ("Waits", "amber"),
    ApprovalState.APPROVED: ("Approved", "green"),
    ApprovalState.REJECTED: ("Refused", "red"),
    ApprovalState.WITHDRAWN: ("Withdrawn", ""),
}


class DecideForm(forms.Form):
    """An approver's answer, bound to what was shown."""

    digest = forms.CharField(widget=forms.HiddenInput(), max_length=64)
    decision = forms.ChoiceField(choices=[(vote.value, vote.value) for vote in Vote], widget=forms.HiddenInput())
    reason = words("Reason", hint="Needed when you refuse; it stays with the request.")


@page()
def waiting(request: HttpRequest, ctx: Context) -> HttpResponse:
    """The requests that ask this person, the most urgent first, and those already answered."""
    rows = queries.waiting(ctx)
    decided = [
        (row, *_STATES[row.state])
        for state in (ApprovalState.APPROVED, ApprovalState.REJECTED)
        for row in queries.waiting(ctx, state=state)
    ]
    late = sum(1 for row in rows if row.due is not None and row.due < ctx.now.date())
    answer = "Nothing waits for your approval."
    if rows:
        answer = f"{len(rows)} {'request waits' if len(rows) == 1 else 'requests wait'} for you"
        answer += f", {late} past the day the answer was wanted." if late else "."
    values = {"rows": rows, "decided": decided[:50], "answer": answer}
    return show(request, ctx, "approvals/list.html", values)


@page("POST")
def one(request: HttpRequest, ctx: Context, approval: int) -> HttpResponse:
    """One request: exactly what would be approved; approve it, or refuse it with a reason."""
    row = queries.show(ctx, approval=approval)
    me = my_person_id(ctx)
    asked = any(vote.person_id == me and vote.vote is None for vote in row.votes)
    form = DecideForm(request.POST or None, initial={"digest": row.digest})
    status = 200
    if request.method == "POST":
        done = attempt(form, lambda given: reports.decide(ctx, approval=row.id, **given))
        if done.done:
            say(
                request,
                "You approved it." if form.cleaned_data["decision"] == Vote.APPROVE.value else "You refused it.",
            )
            return redirect(reverse("approvals"))
        status = done.status
        row = queries.show(ctx, approval=approval)
    words_, tone = _STATES[row.state]
    version, key = _version(ctx, row)
    values = {
        "row": row,
        "state": words_,
        "tone": tone,
        "form": form,
        "asked": asked and row.state is ApprovalState.PENDING,
        "version": version,
        "key": key,
        "reads": version is not None and works_on(ctx, version.project_id),
    }
    crumbs = (Link("To approve", reverse("approvals")), Link(row.title))
    return show(request, ctx, "approvals/one.html", values, crumbs=crumbs, status=status)


def _version(ctx: Context, row: ApprovalRow) -> tuple[VersionRow | None, str]:
    """The version behind a request and its project's key, where this person may see it."""
    if row.subject != SUBJECT or row.project_id is None:
        return None, ""
    try:
        found = deliverables.version(ctx, version=row.subject_id)
        return found, charter(ctx, project=found.project_id).key
    except HeadwayError:
        return None, ""

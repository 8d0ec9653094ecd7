"""Reports of a project: look, download, ask for approval, send, keep as a draft of one's own mail."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from headway.areas.approvals.queries import of_subject as approval_of
from headway.areas.approvals.types import ApprovalRow, ApprovalState
from headway.areas.comms import commands as comms
from headway.areas.comms.queries import of_subject as mails_of
from headway.areas.deliverables import queries
from headway.areas.deliverables.reactions import SUBJECT
from headway.areas.deliverables.types import OF_A_MONTH, Format, VersionRow, VersionState
from headway.areas.projects.queries import members, my_person_id
from headway.areas.projects.types import Charter, MemberRow
from headway.areas.schedule import queries as schedule
from headway.interfaces.transfers import attachment
from headway.interfaces.web.context import locale_of
from headway.interfaces.web.frame import Link
from headway.interfaces.web.locale import Locale
from headway.interfaces.web.page import act, offered, page, say, show, working_project
from headway.interfaces.web.reports.asking import approvers_among
from headway.interfaces.web.reports.figures import key_figures, origins
from headway.interfaces.web.reports.preparing import at_work
from headway.interfaces.web.reports.snapshots import compared
from headway.interfaces.web.reports.states import FORMATS, MAILS, VERSIONS, listed
from headway.interfaces.web.submitting import Choices, attempt, day, pressed, several_of, text, words
from headway.interfaces.web.templatetags.formats import weekday_date
from headway.journeys import reports as journey
from headway.kernel.access import may
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, NotFound

# The page may be looked at inside ours, and can do nothing there.
SANDBOX = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'"


OURS = "This is our own copy, which may show cost rates: for a client, prepare theirs. "
OURS_OF_A_MONTH = "This stays inside: only colleagues who can sign in may get it. "


class AskForm(forms.Form):
    """Exactly what is to be approved: files, receivers, words."""

    recipients = words("To", required=True, rows=2, hint="Mail addresses, one a line.")
    mail_subject = text("Subject", length=500)
    mail_body = words("Mail", required=True, rows=8)
    due = day("Answer wanted by")

    def __init__(self, who: Choices, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["approvers"] = several_of("Approvers", who, hint="One approval is enough.")


@page()
def versions(request: HttpRequest, ctx: Context, key: str) -> HttpResponse:
    """Versions of a project's reports, newest first."""
    project = working_project(ctx, key)
    rows = [(row, *VERSIONS[row.state]) for row in queries.versions(ctx, project=project.id)]
    waiting = sum(1 for row, *_ in rows if row.state is VersionState.IN_REVIEW)
    answer = ""
    if rows:
        newest = rows[0][0]
        answer = f"Newest: {newest.document}, version {newest.number}, of "
        answer += f"{weekday_date(newest.as_of, locale_of(request))}; {waiting} waiting for approval."
    return show(
        request,
        ctx,
        "reports/versions.html",
        {
            "rows": rows,
            "answer": answer,
            "planned": schedule.has_plan(project.id),
            "at_work": at_work(ctx, project),
        },
        project=project,
        tab="reports",
    )


@page()
def version(request: HttpRequest, ctx: Context, key: str, version: int) -> HttpResponse:
    """One version: its files, its look, its approval, its mail."""
    project = working_project(ctx, key)
    row = _version(ctx, project, version)
    words_, tone = VERSIONS[row.state]
    approval = approval_of(SUBJECT, row.id)
    mails = [(mail, *MAILS[mail.state]) for mail in mails_of(SUBJECT, row.id)]
    values = {
        "row": row,
        "state": words_,
        "tone": tone,
        "approval": approval,
        "mails": mails,
        "files": [(item, FORMATS[item.format]) for item in row.files],
        "checked": ", ".join(FORMATS[item.format] for item in row.files),
        "looks": row.previewed,
        "asked": _asked(ctx, approval),
        "told": _told(ctx, project, row),
        "can_ask": row.state in (VersionState.DRAFT, VersionState.REJECTED, VersionState.IN_REVIEW),
        "can_send": row.state is VersionState.APPROVED and not mails,
        "released": row.state in (VersionState.APPROVED, VersionState.SENT),
        "answer": _sentence(row, queued=bool(mails)),
    }
    crumbs = (Link(f"{row.document}, version {row.number}"),)
    return show(request, ctx, "reports/version.html", values, project=project, tab="reports", crumbs=crumbs)


def _asked(ctx: Context, approval: ApprovalRow | None) -> bool:
    """Whether this person's answer is wanted."""
    if approval is None or approval.state is not ApprovalState.PENDING:
        return False
    me = my_person_id(ctx)
    return any(vote.person_id == me and vote.vote is None for vote in approval.votes)


def _told(ctx: Context, project: Charter, row: VersionRow) -> dict[str, Any]:
    """What the report's frozen data says, for those who may read it: key figures and what changed."""
    if not may(ctx, "deliverables.read_snapshots", project_id=project.id):
        return {}
    try:
        status = journey.stored_status(ctx, row.snapshot_id)[1]
    except Conflict:
        return {}
    return {
        "status": status,
        "figures": key_figures(status),
        "origins": origins(status, project.key),
        "comparison": compared(ctx, row.snapshot_id),
    }


def _sentence(row: VersionRow, *, queued: bool) -> str:
    if queued and row.state is VersionState.APPROVED:
        return f"Approved and handed to the outbox for {listed(row.recipients)}."
    return {
        VersionState.DRAFT: "A draft: read it, then ask for approval.",
        VersionState.IN_REVIEW: f"Asked for approval, to {listed(row.recipients)}.",
        VersionState.APPROVED: f"Approved: it may go to {listed(row.recipients)}.",
        VersionState.REJECTED: "Refused: read the reason, prepare it anew or ask again.",
        VersionState.SENT: f"Sent to {listed(row.recipients)}.",
    }[row.state]


def _version(ctx: Context, project: Charter, version: int) -> VersionRow:
    row: VersionRow = queries.version(ctx, version=version)
    if row.project_id != project.id:
        raise NotFound("There is nothing here.")
    return row


@page()
def file(request: HttpRequest, ctx: Context, key: str, version: int, form: str) -> HttpResponse:
    """A file of a version to save, marked as a draft until it is approved."""
    project = working_project(ctx, key)
    row = _version(ctx, project, version)
    return attachment(queries.download(ctx, version=row.id, format=_format(form)))


@page()
def look(request: HttpRequest, ctx: Context, key: str, version: int) -> HttpResponse:
    """The web page of a version, for the frame on its page: shut in, with no script and no address."""
    project = working_project(ctx, key)
    row = _version(ctx, project, version)
    headers = {"Content-Security-Policy": SANDBOX, "X-Frame-Options": "SAMEORIGIN"}
    return HttpResponse(queries.preview(ctx, version=row.id), content_type="text/html; charset=utf-8", headers=headers)


def _format(name: str) -> Format:
    try:
        return Format(name)
    except ValueError:
        raise NotFound("There is nothing here.") from None


@page()
def mail(request: HttpRequest, ctx: Context, key: str, version: int) -> HttpResponse:
    """An approved version as a mail draft for one's own program."""
    project = working_project(ctx, key)
    row = _version(ctx, project, version)
    return attachment(journey.draft_mail(ctx, version=row.id))


@page("POST")
def ask(request: HttpRequest, ctx: Context, key: str, version: int) -> HttpResponse:
    """Ask for approval of exactly these files to exactly these receivers with exactly these words."""
    project = working_project(ctx, key)
    offered(ctx, "deliverables.prepare", project)
    row = _version(ctx, project, version)
    people, locale = members(ctx, project=project.id), locale_of(request)
    for_client, of_a_month = row.audience == "client", row.kind.startswith(OF_A_MONTH)
    initial = {
        "recipients": "\n".join(row.recipients or (_clients(people) if for_client else ())),
        "mail_subject": row.mail_subject or f"{row.document}, {weekday_date(row.as_of, locale)}",
        "mail_body": row.mail_body or _letter(project, row, locale),
    }
    form = AskForm(approvers_among(ctx, people, clients=for_client), request.POST or None, initial=initial)
    status, back = 200, reverse("report", args=[key, version])
    if request.method == "POST":
        done = attempt(
            form,
            lambda given: journey.ask(
                ctx,
                version=row.id,
                approvers=tuple(given["approvers"]),
                recipients=tuple(line.strip() for line in given["recipients"].splitlines() if line.strip()),
                mail_subject=given["mail_subject"],
                mail_body=given["mail_body"],
                due=given["due"],
            ),
        )
        if done.done:
            say(request, "Approval is asked for. Nothing leaves before it is given.")
            return redirect(back)
        status = done.status
    values = {
        "form": form,
        "title": "Ask for approval",
        "intro": ("" if for_client else OURS_OF_A_MONTH if of_a_month else OURS)
        + "The approver sees the files, the receivers and the words below; any change needs a new approval.",
        "submit": "Ask for approval",
        "back": back,
    }
    crumbs = (Link("Ask for approval"),)
    return show(
        request, ctx, "projects/form.html", values, project=project, tab="reports", crumbs=crumbs, status=status
    )


def _clients(people: tuple[MemberRow, ...]) -> list[str]:
    return sorted({row.email for row in people if row.role == "client" and row.email})


def _letter(project: Charter, row: VersionRow, locale: Locale) -> str:
    on = weekday_date(row.as_of, locale)
    if row.kind.startswith(OF_A_MONTH):
        about = f"here is “{row.document}” of {row.as_of:%B %Y}"
        return f"Hello,\n\n{about}.\n\nKind regards\n{project.manager}\n"
    return f"Hello,\n\nhere is the status of {project.name} as of {on}.\n\nKind regards\n{project.manager}\n"


@page("POST")
def send(request: HttpRequest, ctx: Context, key: str, version: int) -> HttpResponse:
    """What would leave, to be read once more; a POST sends it, once."""
    project = working_project(ctx, key)
    offered(ctx, "deliverables.send", project)
    row = _version(ctx, project, version)
    back = reverse("report", args=[key, version])
    if request.method == "POST":
        done = "The mail is on its way; its state stands below."
        return pressed(request, lambda: journey.send(ctx, version=row.id), done=done, to=back)
    if row.state is not VersionState.APPROVED:
        return redirect(back)
    values = {"row": row, "files": [(item, FORMATS[item.format]) for item in row.files], "back": back}
    crumbs = (Link(f"{row.document}, version {row.number}", back), Link("Send"))
    return show(request, ctx, "reports/send.html", values, project=project, tab="reports", crumbs=crumbs)


@act
def retry(request: HttpRequest, ctx: Context, key: str, version: int, mail: int) -> HttpResponse:
    """Try a failed or held mail again."""
    project = working_project(ctx, key)
    row = _version(ctx, project, version)
    if mail not in {item.id for item in mails_of(SUBJECT, row.id)}:
        raise NotFound("There is nothing here.")
    return pressed(
        request,
        lambda: comms.retry(ctx, mail=mail),
        done="The mail is tried again.",
        to=reverse("report", args=[key, version]),
    )

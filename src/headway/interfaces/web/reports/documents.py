"""Documents of a project: reports and uploaded files in one list; upload, new version, share, take back."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from headway.areas.approvals.queries import of_subjects
from headway.areas.deliverables import commands, queries
from headway.areas.deliverables.types import DocumentKind, DocumentRow, Readers, ShareState, UploadRow
from headway.areas.files.file_types import ENDINGS
from headway.areas.projects.queries import members
from headway.areas.projects.types import Charter
from headway.interfaces.transfers import attachment, kept_upload
from headway.interfaces.web.frame import Link
from headway.interfaces.web.page import act, offered, page, say, show, working_project
from headway.interfaces.web.reports.asking import approvers_among
from headway.interfaces.web.reports.states import FORMATS, SHARES, VERSIONS, listed, many
from headway.interfaces.web.submitting import (
    Choices,
    attempt,
    day,
    one_of,
    pressed,
    several_of,
    start_noted,
    started_from,
    text,
    version_field,
    words,
)
from headway.kernel.context import Context
from headway.kernel.errors import NotFound

_READERS = {Readers.TEAM: "Everybody on the project", Readers.LEADERS: "Only those who lead it"}
_KINDS = [(kind.value, kind.value.capitalize()) for kind in DocumentKind]
_ACCEPT = ",".join(f".{ending}" for ending in ENDINGS)
_HINT = "Word, Excel, PowerPoint, PDF, pictures, text, Project or ZIP, up to 100 MB. Nobody of the client sees it yet."


class AddForm(forms.Form):
    """A file's words; the file itself comes beside them."""

    title = text("Title", required=False, hint="Leave open to take the file's name.")
    kind = one_of("What it is", _KINDS)
    readers = one_of("Who inside sees it", [(who.value, said) for who, said in _READERS.items()])
    note = words("Note", rows=2)


class EditForm(forms.Form):
    """What can be changed of a document without a new file."""

    title = text("Title")
    kind = one_of("What it is", _KINDS)
    readers = one_of("Who inside sees it", [(who.value, said) for who, said in _READERS.items()])
    note = words("Note", rows=2)
    version = version_field()


class ShareForm(forms.Form):
    """Who must agree before the client sees a file."""

    words = words("What the approver should know", rows=3)
    due = day("Answer wanted by")

    def __init__(self, who: Choices, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["approvers"] = several_of("Approvers", who, hint="One approval is enough.")


@page()
def documents(request: HttpRequest, ctx: Context, key: str) -> HttpResponse:
    """The documents of a project, newest first."""
    project = working_project(ctx, key)
    offered(ctx, "deliverables.read", project)
    found = queries.documents(ctx, project=project.id)
    rows = [_listed(project, row) for row in found if row.reports or row.uploads]
    outside = sum(1 for row in rows if row["outside"])
    answer = f"{many(len(rows), 'document')}; {outside or 'none'} the client can see." if rows else ""
    return show(
        request, ctx, "reports/documents.html", {"rows": rows, "answer": answer}, project=project, tab="documents"
    )


def _listed(project: Charter, row: DocumentRow) -> dict[str, Any]:
    """A document as its list shows it: the newest version, and what the client has of it."""
    if row.reports:
        newest = row.reports[0]
        state, tone = VERSIONS[newest.state]
        sent = next((item for item in row.reports if item.sent_at is not None), None)
        return {
            "title": row.title,
            "href": reverse("report", args=[project.key, newest.id]),
            "kind": "Report",
            "number": newest.number,
            "versions": len(row.reports),
            "state": state,
            "tone": tone,
            "detail": ", ".join(FORMATS[item.format] for item in newest.files),
            "who": newest.made_by,
            "on": newest.made_at,
            "outside": f"Version {sent.number}, sent" if sent is not None and row.audience == "client" else "",
            "leaders": row.audience == "internal",
        }
    upload = row.uploads[0]
    state, tone = SHARES[upload.state]
    shared = next((item for item in row.uploads if item.state is ShareState.SHARED), None)
    return {
        "title": row.title,
        "href": reverse("document", args=[project.key, row.document]),
        "kind": row.kind.capitalize(),
        "number": upload.number,
        "versions": len(row.uploads),
        "state": state,
        "tone": tone,
        "detail": upload.file_name,
        "who": upload.made_by,
        "on": upload.made_at,
        "outside": f"Version {shared.number}, shared" if shared is not None else "",
        "leaders": row.readers is Readers.LEADERS,
    }


@page("POST")
def new(request: HttpRequest, ctx: Context, key: str) -> HttpResponse:
    """Bring a file and keep it as a document."""
    project = working_project(ctx, key)
    offered(ctx, "deliverables.add_document", project)
    form = AddForm(request.POST or None, initial={"kind": "other", "readers": "team"})
    status = 200
    if request.method == "POST":
        done = attempt(
            form,
            lambda given: commands.add_document(
                ctx, project=project.id, file=kept_upload(ctx, request).id, **_typed(given)
            ),
        )
        if done.done:
            say(request, f"{done.result.title} is kept. Nobody of the client sees it yet.")
            return redirect(reverse("document", args=[key, done.result.document]))
        status = done.status
    values = {"form": form, "title": "Add a document", "submit": "Keep the document", **_drop()}
    values["back"] = reverse("documents", args=[key])
    crumbs = (Link("Add a document"),)
    return show(
        request, ctx, "reports/bring.html", values, project=project, tab="documents", crumbs=crumbs, status=status
    )


def _drop() -> dict[str, str]:
    return {"accept": _ACCEPT, "hint": _HINT}


def _typed(given: dict[str, Any]) -> dict[str, Any]:
    return {
        "title": given["title"],
        "kind": DocumentKind(given["kind"]),
        "readers": Readers(given["readers"]),
        "note": given["note"],
    }


@page("POST")
def document(request: HttpRequest, ctx: Context, key: str, document: int) -> HttpResponse:
    """One document: its versions and who may see each; a POST changes its words."""
    project, row = _document(ctx, key, document)
    stored = {"title": row.title, "kind": row.kind, "readers": row.readers.value if row.readers else ""}
    stored |= {"note": row.note, "version": row.version}  # type: ignore[dict-item]
    form = EditForm(request.POST or None, initial=stored)
    start_noted(form)
    status, both = 200, ()
    if request.method == "POST":
        offered(ctx, "deliverables.share", project)

        def change(given: dict[str, Any]) -> DocumentRow:
            started = started_from(ctx, given["version"])
            changed: DocumentRow = commands.edit_document(started, document=document, **_typed(given))
            return changed

        done = attempt(form, change, stored=stored)
        if done.done:
            say(request, "Changed.")
            return redirect(reverse("document", args=[key, document]))
        status, both = done.status, done.both  # type: ignore[assignment]
    asked = of_subjects(commands.UPLOAD, [item.id for item in row.uploads])
    values = {
        "row": row,
        "versions": [(item, *SHARES[item.state], asked.get(item.id)) for item in row.uploads],
        "readers": _READERS[row.readers] if row.readers else "",
        "answer": _sentence(row),
        "form": form,
        "both": both,
        "editing": request.method == "POST",
    }
    return show(
        request,
        ctx,
        "reports/document.html",
        values,
        project=project,
        tab="documents",
        crumbs=(Link(row.title),),
        status=status,
    )


def _document(ctx: Context, key: str, document: int) -> tuple[Charter, DocumentRow]:
    project = working_project(ctx, key)
    row: DocumentRow = queries.document(ctx, document=document)
    if row.project_id != project.id:
        raise NotFound("There is nothing here.")
    return project, row


def _sentence(row: DocumentRow) -> str:
    shared = [str(item.number) for item in row.uploads if item.state is ShareState.SHARED]
    newest = row.uploads[0].number if row.uploads else 0
    if not shared:
        return "Nobody of the client can see it. Sharing needs an approval."
    noun = "version" if len(shared) == 1 else "versions"
    behind = "" if str(newest) in shared else f"; version {newest} stays inside"
    return f"The client can see {noun} {listed(tuple(shared))}{behind}."


@page("POST")
def add_version(request: HttpRequest, ctx: Context, key: str, document: int) -> HttpResponse:
    """Bring a newer file of a document."""
    project, row = _document(ctx, key, document)
    offered(ctx, "deliverables.add_document", project)
    form = _NoteForm(request.POST or None)
    status, back = 200, reverse("document", args=[key, document])
    if request.method == "POST":
        done = attempt(
            form,
            lambda given: commands.add_version(
                ctx, document=document, file=kept_upload(ctx, request).id, note=given["note"]
            ),
        )
        if done.done:
            say(request, f"Version {done.result.uploads[0].number} is kept.")
            return redirect(back)
        status = done.status
    values = {
        "form": form,
        "title": f"New version of {row.title}",
        "submit": "Keep the version",
        "back": back,
        **_drop(),
    }
    crumbs = (Link(row.title, back), Link("New version"))
    return show(
        request, ctx, "reports/bring.html", values, project=project, tab="documents", crumbs=crumbs, status=status
    )


class _NoteForm(forms.Form):
    note = words("What is new in it", rows=2)


@page("POST")
def share(request: HttpRequest, ctx: Context, key: str, upload: int) -> HttpResponse:
    """Ask for the approval to share one version with the client's people."""
    project, row = _upload(ctx, key, upload)
    offered(ctx, "deliverables.share", project)
    people = members(ctx, project=project.id)
    form = ShareForm(approvers_among(ctx, people, clients=True), request.POST or None)
    status, back = 200, reverse("document", args=[key, row.document_id])
    if request.method == "POST":
        done = attempt(form, lambda given: commands.share(ctx, upload=row.id, **given))
        if done.done:
            say(request, "Approval is asked for. The client sees nothing before it is given.")
            return redirect(back)
        status = done.status
    values = {
        "form": form,
        "row": row,
        "receivers": sorted({who.name for who in people if who.role == "client"}),
        "back": back,
    }
    crumbs = (Link(row.title, back), Link("Share with the client"))
    return show(
        request, ctx, "reports/share.html", values, project=project, tab="documents", crumbs=crumbs, status=status
    )


def _upload(ctx: Context, key: str, upload: int) -> tuple[Charter, UploadRow]:
    project = working_project(ctx, key)
    row: UploadRow = queries.upload(ctx, upload=upload)
    if row.project_id != project.id:
        raise NotFound("There is nothing here.")
    return project, row


@act
def unshare(request: HttpRequest, ctx: Context, key: str, upload: int) -> HttpResponse:
    """Take a version back from the client, or the request to share it."""
    _, row = _upload(ctx, key, upload)
    done = "The client no longer sees it." if row.state is ShareState.SHARED else "The request is taken back."
    return pressed(
        request,
        lambda: commands.unshare(ctx, upload=row.id),
        done=done,
        to=reverse("document", args=[key, row.document_id]),
    )


@page()
def file(request: HttpRequest, ctx: Context, key: str, upload: int) -> HttpResponse:
    """The file of a version to save."""
    _, row = _upload(ctx, key, upload)
    return attachment(queries.download_upload(ctx, upload=row.id))

"""Changes to snapshots and versions, which the journeys of reports string together; and to uploaded documents."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from typing import Any

from django.db.models import Max

from headway.areas.approvals import commands as approvals
from headway.areas.approvals.queries import of_subject
from headway.areas.approvals.types import ApprovalRow, ApprovalState
from headway.areas.deliverables.events import UploadShared, UploadWithdrawn, VersionApproved, VersionMade
from headway.areas.deliverables.models import (
    Document,
    DocumentVersion,
    Preparation,
    ReportTemplate,
    Snapshot,
    UploadedDocument,
    UploadedVersion,
    VersionFile,
)
from headway.areas.deliverables.policies import leads
from headway.areas.deliverables.queries import (
    document_rows,
    final_files,
    preparation_rows,
    snapshot_row,
    template_row,
    upload_row,
    version_rows,
)
from headway.areas.deliverables.types import (
    Colour,
    DocumentKind,
    DocumentRow,
    Format,
    PreparationRow,
    Readers,
    ShareState,
    SnapshotId,
    SnapshotRow,
    TemplateRow,
    UploadRow,
    VersionId,
    VersionRow,
    VersionState,
)
from headway.areas.files.file_types import HEAD, media_type_of
from headway.areas.files.queries import held, held_path
from headway.areas.files.types import FileId
from headway.areas.people.queries import emails_of, names_of
from headway.areas.people.types import OrganisationId, PersonId
from headway.areas.projects.queries import people_with_role
from headway.areas.projects.types import ProjectId
from headway.kernel.commands import command
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, Denied, FieldError, Invalid, Stale
from headway.kernel.models import next_number
from headway.kernel.schema import Name, ShortText, Text

_MOST_ASKED = 20  # preparations that are looked through for the one that is wanted again


@command(permission="deliverables.prepare", internal="part of the report journeys, which gather the data")
def number_snapshot(ctx: Context, *, project: ProjectId, kind: Name, as_of: date, audience: Name) -> SnapshotRow:
    """Give out the project's next snapshot number; `freeze_snapshot` fills it. An unfilled number is a gap."""
    next_number(f"deliverables.snapshot.{project}")  # one at a time: the counter's row is locked until the end
    rows = Snapshot.unscoped(reason="numbers in order").filter(project_id=project)
    row = Snapshot.add(
        ctx,
        project_id=project,
        number=(rows.aggregate(last=Max("number"))["last"] or 0) + 1,
        kind=kind,
        as_of=as_of,
        audience=audience,
        made_by=ctx.actor.name,
    )
    return snapshot_row(row)


@command(permission="deliverables.prepare", internal="part of the report journeys, which gather the data")
def freeze_snapshot(
    ctx: Context,
    *,
    snapshot: SnapshotId,
    data: dict[str, Any],
    digest: Name,
    overall: Colour | None = None,
    finish: date | None = None,
) -> SnapshotRow:
    """Fill a numbered snapshot, once and for ever.

    overall, finish  what lists show of it without reading the data.
    """
    row = Snapshot.unscoped(reason="its maker fills it").get(pk=snapshot)
    if row.data is not None:
        raise Conflict(f"Snapshot {row.number} is frozen. Make a new one.")
    row.change(ctx, data=data, digest=digest, overall=overall.value if overall is not None else None, finish=finish)
    return snapshot_row(row)


def digest_of(files: tuple[tuple[str, int, str], ...], recipients: list[str], subject: str, body: str) -> str:
    """SHA-256 over the final files' hashes, the recipients and the mail's text."""
    shown = [[name, sha256] for name, _, sha256 in files], sorted(recipients), subject, body
    return hashlib.sha256(json.dumps(shown, sort_keys=True).encode()).hexdigest()


@command(permission="deliverables.prepare", internal="part of the report journeys, which render the files")
def keep_version(
    ctx: Context,
    *,
    project: ProjectId,
    kind: Name,
    title: Name,
    snapshot: SnapshotId,
    audience: Name,
    files: dict[str, tuple[int, int]],
    tree: dict[str, Any],
    claims: dict[str, Any],
) -> VersionRow:
    """Keep the rendered files as the document's next version.

    files  format → (draft file id, final file id).
    """
    next_number(f"deliverables.version.{project}")  # one at a time: the counter's row is locked until the end
    named = {"project_id": project, "kind": kind, "audience": audience}
    document = Document.unscoped(reason="one document a kind and audience").filter(**named).first()
    if document is None:
        document = Document.add(ctx, **named, title=title)
    last = DocumentVersion.unscoped(reason="numbers in order").filter(document=document)
    hashes = tuple(sorted((name, final, held(final).sha256) for name, (_, final) in files.items()))
    row = DocumentVersion.add(
        ctx,
        document=document,
        number=(last.aggregate(last=Max("number"))["last"] or 0) + 1,
        snapshot_id=snapshot,
        tree=tree,
        claims=claims,
        files_digest=digest_of(hashes, [], "", ""),
        digest=digest_of(hashes, [], "", ""),
        made_by=ctx.actor.name,
        made_by_user=ctx.actor.user_id,
    )
    VersionFile.unscoped(reason="parts of the version above").bulk_create(
        VersionFile(version=row, format=name, draft_id=draft, final_id=final)
        for name, (draft, final) in sorted(files.items())
    )
    ctx.emit(VersionMade(project_id=project, version_id=row.pk))
    return version_rows([row])[0]


# --- reports prepared in the background --------------------------------------------------------


@command(permission="deliverables.prepare", internal="part of asking for a report in the background")
def open_preparation(
    ctx: Context,
    *,
    project: ProjectId,
    kind: Name,
    as_of: date | None,
    audience: Name,
    formats: tuple[Format, ...],
    snapshot: SnapshotId | None,
) -> PreparationRow:
    """Note that a report is wanted; `note_job` says which job prepares it.

    Gives the one that is being prepared already where it is the same that is wanted.
    """
    next_number(f"deliverables.preparation.{project}")  # one at a time: of two presses the second finds the first
    wanted = Preparation.unscoped(reason="of the project that is asked about").filter(
        project_id=project, kind=kind, as_of=as_of, audience=audience, result=None, fault="", stopped_by=""
    )
    begun = list(wanted.select_related("snapshot").order_by("-id")[:_MOST_ASKED])
    for row, told in zip(begun, preparation_rows(begun), strict=True):
        if told.is_open and set(told.formats) == set(formats) and _from_same_data(row, snapshot):
            return told
    row = Preparation.add(
        ctx,
        project_id=project,
        kind=kind,
        as_of=as_of,
        audience=audience,
        formats=[item.value for item in formats],
        snapshot_id=snapshot,
        asked_by=ctx.actor.name,
        asked_by_user=ctx.actor.user_id,
    )
    return preparation_rows([row])[0]


def _from_same_data(begun: Preparation, snapshot: int | None) -> bool:
    """Whether it works from that snapshot; for None, from one that it freezes itself."""
    if snapshot is None:
        return begun.snapshot is None or begun.snapshot.created_at >= begun.created_at
    return begun.snapshot_id == snapshot


@command(permission="deliverables.prepare", internal="part of asking for a report", changes="preparation")
def note_job(ctx: Context, *, preparation: Preparation, job: Name) -> PreparationRow:
    """Note which background job prepares a report."""
    preparation.change(ctx, job=job)
    return preparation_rows([preparation])[0]


@command(permission="deliverables.prepare", internal="part of preparing in the background", changes="preparation")
def note_frozen(ctx: Context, *, preparation: Preparation, snapshot: SnapshotId) -> None:
    """Note that a report's data is frozen: whoever begins the work again goes on from here."""
    _still_wanted(preparation)
    preparation.change(ctx, snapshot_id=snapshot)


@command(permission="deliverables.prepare", internal="part of preparing in the background", changes="preparation")
def note_prepared(ctx: Context, *, preparation: Preparation, version: VersionId) -> None:
    """Note that a report is there; once and not after it was stopped."""
    _still_wanted(preparation)
    preparation.change(ctx, result_id=version)


@command(permission="deliverables.prepare", internal="part of preparing in the background", changes="preparation")
def note_fault(ctx: Context, *, preparation: Preparation, fault: Text) -> None:
    """Note why a report could not be prepared."""
    if preparation.result_id is None and not preparation.stopped_by:
        preparation.change(ctx, fault=fault)


@command(permission="deliverables.prepare", internal="part of stopping the background work", changes="preparation")
def note_stopped(ctx: Context, *, preparation: Preparation) -> PreparationRow:
    """Note that a report is not wanted any more; Conflict when it is ready or has failed."""
    _still_wanted(preparation)
    preparation.change(ctx, stopped_by=ctx.actor.name)
    return preparation_rows([preparation])[0]


def _still_wanted(preparation: Preparation) -> None:
    if preparation.result_id is not None:
        raise Conflict("The report is prepared already.")
    if preparation.stopped_by:
        raise Conflict(f"{preparation.stopped_by} has stopped this preparation.")
    if preparation.fault:
        raise Conflict("This preparation has failed. Prepare the report anew.")


@command(permission="deliverables.prepare", internal="part of asking for approval", changes="version")
def note_in_review(
    ctx: Context,
    *,
    version: DocumentVersion,
    recipients: tuple[str, ...],
    mail_subject: Text,
    mail_body: Text,
) -> VersionRow:
    """Fix who will receive a version and what the mail says; the digest now covers it all."""
    if version.state not in (VersionState.DRAFT.value, VersionState.REJECTED.value, VersionState.IN_REVIEW.value):
        raise Conflict(f"This version is {version.state} already. Make a new one.")
    version.change(
        ctx,
        state=VersionState.IN_REVIEW.value,
        recipients=list(recipients),
        mail_subject=mail_subject,
        mail_body=mail_body,
        digest=digest_of(final_files(version.pk), list(recipients), mail_subject, mail_body),
    )
    return version_rows([version])[0]


@command(permission="deliverables.decide", internal="part of deciding an approval", changes="version")
def note_decided(ctx: Context, *, version: DocumentVersion, digest: Name, approved: bool) -> VersionRow:
    """Note that the approval of exactly this content was given or refused."""
    if version.digest != digest or version.state != VersionState.IN_REVIEW.value:
        raise Conflict("The content has changed since it was shown. Ask for approval again.")
    version.change(ctx, state=(VersionState.APPROVED if approved else VersionState.REJECTED).value)
    if approved:
        ctx.emit(VersionApproved(project_id=version.document.project_id, version_id=version.pk))
    return version_rows([version])[0]


@command(permission="deliverables.send", internal="the outbox's news that the mail went", changes="version")
def note_sent(ctx: Context, *, version: DocumentVersion) -> VersionRow:
    """Note that the mail with this version was taken by the server."""
    if version.state == VersionState.APPROVED.value:
        version.change(ctx, state=VersionState.SENT.value, sent_at=ctx.now)
    return version_rows([version])[0]


# --- uploaded documents ----------------------------------------------------------------------

UPLOAD = UploadedVersion._meta.label


@command(permission="deliverables.add_document")
def add_document(
    ctx: Context,
    *,
    project: ProjectId,
    file: FileId,
    title: ShortText = "",
    kind: DocumentKind = DocumentKind.OTHER,
    note: Text = "",
    readers: Readers = Readers.TEAM,
) -> DocumentRow:
    """Keep a file that one has brought as a document of a project, for its people; no client sees it yet.

    title  as lists show it; '' takes the file's name.
    """
    _may_keep_for(ctx, project, readers)
    row = UploadedDocument.add(
        ctx,
        project_id=project,
        title=(title.strip() or held(file).name.rpartition(".")[0] or held(file).name)[:255],
        kind=kind.value,
        note=note,
        readers=readers.value,
    )
    _add_version(ctx, row, file, "")
    return _document(ctx, row)


@command(permission="deliverables.add_document")
def add_version(ctx: Context, *, document: UploadedDocument, file: FileId, note: Text = "") -> DocumentRow:
    """Keep a file as the next version of a document. What was shared of it stays shared until it is withdrawn."""
    document = UploadedDocument.hold(UploadedDocument.visible_to(ctx).filter(pk=document.pk)).get()
    _add_version(ctx, document, file, note)
    return _document(ctx, document)


@command(permission="deliverables.share", changes="document")
def edit_document(
    ctx: Context,
    *,
    document: UploadedDocument,
    title: Name | None = None,
    kind: DocumentKind | None = None,
    note: Text | None = None,
    readers: Readers | None = None,
) -> DocumentRow:
    """Change what a document is called, what it is for, and who inside sees it."""
    if readers is not None:
        _may_keep_for(ctx, document.project_id, readers)
    given = {"title": title, "kind": kind and kind.value, "note": note, "readers": readers and readers.value}
    document.change(ctx, **{name: value for name, value in given.items() if value is not None})
    return _document(ctx, document)


def _document(ctx: Context, row: UploadedDocument) -> DocumentRow:
    return document_rows([row], UploadedVersion.visible_to(ctx))[0]


def _may_keep_for(ctx: Context, project_id: int, readers: Readers) -> None:
    """Nobody puts a document where he would not find it again."""
    if readers is Readers.LEADERS and not leads(ctx, project_id):
        raise Denied("Only those who lead the project keep documents among themselves. Keep it for the team.")


def _add_version(ctx: Context, document: UploadedDocument, file_id: int, note: str) -> None:
    file = held(file_id)
    with held_path(file_id).open("rb") as content:
        media_type = media_type_of(file.name, content.read(HEAD), file.size)
    earlier = UploadedVersion.unscoped(reason="numbers in order").filter(document=document)
    UploadedVersion.add(
        ctx,
        document=document,
        number=(earlier.aggregate(last=Max("number"))["last"] or 0) + 1,
        file_id=file.id,
        file_name=file.name,
        media_type=media_type,
        note=note,
        made_by=ctx.actor.name,
        made_by_user=ctx.actor.user_id,
    )


@command(permission="deliverables.share")
def share(
    ctx: Context,
    *,
    upload: UploadedVersion,
    approvers: tuple[PersonId, ...],
    words: Text = "",
    due: date | None = None,
) -> ApprovalRow:
    """Ask for the approval without which the client's people do not see this file; it is bound to the file's hash.

    words  what the approver should know.
    """
    if upload.state == ShareState.SHARED.value:
        raise Conflict("This version is shared already.")
    receivers = _clients_of(upload.document.project_id)
    digest = _share_digest(upload, receivers)
    upload.change(ctx, state=ShareState.ASKED.value, digest=digest)
    shown = f"Share with: {', '.join(receivers)}\nFile: {upload.file_name} ({upload.file.sha256[:12]})"
    return approvals.ask(
        ctx,
        subject=UPLOAD,
        subject_id=upload.pk,
        project_id=upload.document.project_id,
        title=f"Share {upload.document.title[:220]}, version {upload.number}",
        shown=f"{shown}\n\n{words}".strip(),
        digest=digest,
        prepared_by_user=upload.made_by_user,
        approvers=approvers,
        due=due,
    )


def _clients_of(project_id: int) -> list[str]:
    """The client's people on a project, as an approver reads them."""
    people = people_with_role(project_id, ["client"])
    if not people:
        raise Invalid(
            "Nobody of the client is on this project yet. Give a person the role Client on its page People first.",
            fields=[FieldError("upload", "nobody to share with")],
        )
    names, mails = names_of(people), emails_of(people)
    return sorted(f"{names[who]} <{mails[who]}>" if mails.get(who) else names[who] for who in people)


def _share_digest(upload: UploadedVersion, receivers: list[str]) -> str:
    shown = upload.pk, upload.file_name, upload.file.sha256, receivers
    return hashlib.sha256(json.dumps(shown).encode()).hexdigest()


@command(permission="deliverables.decide", internal="part of deciding an approval", changes="upload")
def note_share_decided(ctx: Context, *, upload: UploadedVersion, digest: Name, approved: bool) -> UploadRow:
    """Note that the sharing of exactly this file was approved or refused."""
    if upload.digest != digest or upload.state != ShareState.ASKED.value:
        raise Conflict("What was to be shared has changed since it was shown. Ask for approval again.")
    if approved:
        upload.change(ctx, state=ShareState.SHARED.value, shared_at=ctx.now)
        ctx.emit(UploadShared(project_id=upload.document.project_id, upload_id=upload.pk))
    else:
        upload.change(ctx, state=ShareState.REFUSED.value)
    return upload_row(upload)


@command(permission="deliverables.share")
def unshare(ctx: Context, *, upload: UploadedVersion) -> UploadRow:
    """Take a version back from the client's people, or the request to share it. What they have saved stays theirs."""
    if upload.state not in (ShareState.SHARED.value, ShareState.ASKED.value):
        raise Conflict("This version is not shared.")
    if upload.state == ShareState.ASKED.value:
        _withdraw_request(ctx, upload)
        upload.change(ctx, state=ShareState.INSIDE.value, digest="")
        return upload_row(upload)
    upload.change(ctx, state=ShareState.WITHDRAWN.value)
    ctx.emit(UploadWithdrawn(project_id=upload.document.project_id, upload_id=upload.pk))
    return upload_row(upload)


def _withdraw_request(ctx: Context, upload: UploadedVersion) -> None:
    asked = of_subject(UPLOAD, upload.pk)
    if asked is not None and asked.state is ApprovalState.PENDING:
        approvals.withdraw(ctx, approval=asked.id)


@command(permission="deliverables.edit_templates", internal="the journey that cleans the logo is its face")
def keep_template(
    ctx: Context,
    *,
    client: OrganisationId | None,
    title: ShortText,
    confidential: ShortText,
    sections: tuple[str, ...],
    logo: int | None,
    logo_of: ShortText,
) -> TemplateRow:
    """Keep how a client, or the house (no client), wants its reports, in place of what was kept.

    A change that starts from a version (0: from none) is refused when there is another by now.
    """
    values = {
        "title": title[:120],
        "confidential": confidential[:120],
        "sections": list(sections),
        "logo_id": logo,
        "logo_of": logo_of,
    }
    row = ReportTemplate.hold(ReportTemplate.visible_to(ctx).filter(client_id=client)).first()
    if ctx.expected_version is not None and ctx.expected_version != (row.version if row is not None else 0):
        raise Stale("Somebody else has set how these reports look. Look at the newest version and try again.")
    if row is None:
        row = ReportTemplate.add(ctx, client_id=client, **values)
    else:
        row.change(ctx, **values)
    return template_row(row)


@command(permission="deliverables.edit_templates", destructive=True)
def remove_template(ctx: Context, *, template: ReportTemplate) -> None:
    """Make reports look as usual again. Finished ones stay as they are."""
    ctx.record("deliverables.ReportTemplate", template.pk, "", str(template), None)
    template.delete()

"""Changes to snapshots and versions; the journeys of reports string them together."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from typing import Any

from django.db.models import Max

from headway.areas.deliverables.events import VersionApproved, VersionMade
from headway.areas.deliverables.models import Document, DocumentVersion, Snapshot, VersionFile
from headway.areas.deliverables.queries import final_files, snapshot_row, version_rows
from headway.areas.deliverables.types import Colour, SnapshotId, SnapshotRow, VersionRow, VersionState
from headway.areas.files.queries import held
from headway.areas.projects.types import ProjectId
from headway.kernel.commands import command
from headway.kernel.context import Context
from headway.kernel.errors import Conflict
from headway.kernel.models import next_number
from headway.kernel.schema import Name, Text


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
    """The approval of exactly this content was given or refused."""
    if version.digest != digest or version.state != VersionState.IN_REVIEW.value:
        raise Conflict("The content has changed since it was shown. Ask for approval again.")
    version.change(ctx, state=(VersionState.APPROVED if approved else VersionState.REJECTED).value)
    if approved:
        ctx.emit(VersionApproved(project_id=version.document.project_id, version_id=version.pk))
    return version_rows([version])[0]


@command(permission="deliverables.send", internal="the outbox's news that the mail went", changes="version")
def note_sent(ctx: Context, *, version: DocumentVersion) -> VersionRow:
    """The mail with this version was taken by the server."""
    if version.state == VersionState.APPROVED.value:
        version.change(ctx, state=VersionState.SENT.value, sent_at=ctx.now)
    return version_rows([version])[0]

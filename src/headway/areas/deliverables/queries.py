"""Reads of snapshots, documents and their versions, reports and uploads alike."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from itertools import groupby
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery

from headway.areas.deliverables.models import (
    DocumentVersion,
    Preparation,
    ReportTemplate,
    Snapshot,
    UploadedDocument,
    UploadedVersion,
    VersionFile,
)
from headway.areas.deliverables.policies import RELEASED
from headway.areas.deliverables.types import (
    Colour,
    DocumentRow,
    Format,
    PreparationRow,
    Progress,
    Readers,
    Reports,
    ShareState,
    SnapshotRow,
    Stage,
    TemplateRow,
    UploadRow,
    VersionFileRow,
    VersionRow,
    VersionState,
)
from headway.areas.files.queries import held_bytes
from headway.areas.files.types import Download
from headway.areas.projects.types import ProjectId
from headway.kernel import jobs
from headway.kernel.context import Context
from headway.kernel.errors import NotFound
from headway.kernel.paging import page
from headway.kernel.queries import query

_MEDIA_TYPES = {
    Format.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    Format.PPTX: "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Format.PDF: "application/pdf",
    Format.HTML: "text/html",
    Format.MD: "text/markdown",
}


def snapshot_row(row: Snapshot) -> SnapshotRow:
    """A snapshot without its data."""
    return SnapshotRow(
        row.pk,
        row.project_id,
        row.number,
        row.kind,
        row.as_of,
        row.audience,
        row.digest,
        row.created_at,
        row.made_by,
        Colour(row.overall) if row.overall else None,
        row.finish,
    )


@query(permission="deliverables.read_snapshots")
def snapshots(ctx: Context, *, project: ProjectId) -> tuple[SnapshotRow, ...]:
    """The snapshots of a project, newest first."""
    rows = Snapshot.visible_to(ctx).filter(project_id=project).exclude(data=None).defer("data").order_by("-number")
    return tuple(snapshot_row(row) for row in rows[:500])


@query(permission="deliverables.read_snapshots", name="deliverables.show_snapshot")
def snapshot_data(ctx: Context, *, snapshot: Snapshot) -> dict[str, Any]:
    """The frozen data of one snapshot."""
    data: dict[str, Any] = snapshot.data
    return data


@query(permission="deliverables.read")
def versions(ctx: Context, *, project: ProjectId, kind: str = "") -> tuple[VersionRow, ...]:
    """Versions of a project's documents, newest first. A client sees what was sent to clients."""
    rows = DocumentVersion.visible_to(ctx).filter(document__project_id=project)
    if kind:
        rows = rows.filter(document__kind=kind)
    return version_rows(list(rows.select_related("document", "snapshot").defer("snapshot__data").order_by("-id")[:100]))


@query(permission="deliverables.read")
def reports(
    ctx: Context,
    *,
    stage: Stage = Stage.ALL,
    project: ProjectId | None = None,
    kind: str = "",
    audience: str = "",
    cursor: str = "",
    limit: int = 50,
) -> Reports:
    """Reports of all projects that one may see, newest first, and how many there are at each stage."""
    rows = DocumentVersion.visible_to(ctx)
    given = {"document__project_id": project, "document__kind": kind, "document__audience": audience}
    rows = rows.filter(**{name: value for name, value in given.items() if value})
    stages = _stages()
    counted = rows.aggregate(**{each.name: Count("pk", filter=found) for each, found in stages.items()})
    chosen = rows.filter(stages[stage]) if stage in stages else rows
    chosen = chosen.select_related("document", "snapshot").defer("snapshot__data")
    items, following = page(chosen, order=("-id",), cursor=cursor, limit=limit)
    return Reports(version_rows(items), following, {each.value: counted[each.name] for each in stages})


def _stages() -> dict[Stage, Q]:
    newer = DocumentVersion.unscoped(reason="whether a visible version is the newest").filter(
        document=OuterRef("document"), number__gt=OuterRef("number")
    )
    unfinished = Q(state__in=(VersionState.DRAFT.value, VersionState.REJECTED.value))
    return {
        Stage.TO_FINISH: unfinished & Q(~Exists(newer)),
        Stage.WAITING: Q(state=VersionState.IN_REVIEW.value),
        Stage.TO_SEND: Q(state=VersionState.APPROVED.value),
        Stage.SENT: Q(state=VersionState.SENT.value),
    }


@query(permission="deliverables.read", name="deliverables.show")
def version(ctx: Context, *, version: DocumentVersion) -> VersionRow:
    """One version."""
    return version_rows([version])[0]


def version_rows(rows: list[DocumentVersion]) -> tuple[VersionRow, ...]:
    """Versions with their files, in two queries."""
    files: dict[int, list[VersionFileRow]] = {row.pk: [] for row in rows}
    for item in VersionFile.among([row.pk for row in rows]).select_related("final").order_by("id"):
        files[item.version_id].append(
            VersionFileRow(Format(item.format), item.draft_id, item.final_id, item.final.sha256, item.final.size)
        )
    return tuple(
        VersionRow(
            row.pk,
            row.document.project_id,
            row.document.title,
            row.document.kind,
            row.number,
            row.snapshot_id,
            row.snapshot.number,
            row.snapshot.as_of,
            row.document.audience,
            VersionState(row.state),
            row.digest,
            tuple(row.recipients),
            row.mail_subject,
            row.mail_body,
            tuple(files[row.pk]),
            row.claims,
            row.created_at,
            row.made_by,
            row.sent_at,
            "preview" in row.tree or any(item.format is Format.HTML for item in files[row.pk]),
            row.version,
        )
        for row in rows
    )


@query(permission="deliverables.read", internal="gives bytes; the addresses of files answer with them")
def download(ctx: Context, *, version: DocumentVersion, format: Format) -> Download:
    """One file of a version: the final one once approved, until then the one marked as a draft."""
    item = VersionFile.of(version).filter(format=format.value).first()
    if item is None:
        raise NotFound(f"This version has no {format.value} file.")
    released = version.state in RELEASED
    name = f"{_safe(version.document.title)} {version.snapshot.as_of.isoformat()}"
    name += f" v{version.number}" + ("" if released else " DRAFT")
    content = held_bytes(item.final_id if released else item.draft_id)
    return Download(f"{name}.{format.value}", _MEDIA_TYPES[format], content)


_MOST = 500  # uploaded documents of one project; more than a list can be read of


@query(permission="deliverables.read")
def documents(ctx: Context, *, project: ProjectId) -> tuple[DocumentRow, ...]:
    """The documents of a project, reports and uploaded ones, the newest first, with the versions one may see.

    A client sees the reports that were sent and the files that were shared, and what he is asked to approve.
    """
    uploaded = UploadedDocument.visible_to(ctx).filter(project_id=project).order_by("-id")[:_MOST]
    files = UploadedVersion.visible_to(ctx).filter(document__project_id=project)
    reports = sorted(versions(ctx, project=project), key=_document_of)
    rows = [_report_document(same) for _, same in groupby(reports, key=_document_of)]
    rows += document_rows(list(uploaded), files)
    return tuple(sorted(rows, key=lambda row: row.changed_at, reverse=True))


@query(permission="deliverables.read", name="deliverables.show_document")
def document(ctx: Context, *, document: UploadedDocument) -> DocumentRow:
    """One uploaded document with the versions one may see."""
    return document_rows([document], UploadedVersion.visible_to(ctx))[0]


def _document_of(row: VersionRow) -> tuple[str, str, str]:
    return row.kind, row.audience, row.document


def _report_document(versions: Iterable[VersionRow]) -> DocumentRow:
    rows = sorted(versions, key=lambda row: -row.number)
    newest = rows[0]
    return DocumentRow(
        document=None,
        project_id=newest.project_id,
        title=newest.document,
        kind=newest.kind,
        note="",
        readers=None,
        audience=newest.audience,
        changed_at=newest.made_at,
        reports=tuple(rows),
        uploads=(),
        version=None,
    )


def document_rows(documents: list[UploadedDocument], versions: QuerySet[UploadedVersion]) -> list[DocumentRow]:
    """Uploaded documents with those of these versions that are theirs, in one query."""
    found: dict[int, list[UploadRow]] = {row.pk: [] for row in documents}
    for row in versions.filter(document__in=list(found)).select_related("document", "file").order_by("-number"):
        found[row.document_id].append(upload_row(row))
    return [
        DocumentRow(
            document=row.pk,
            project_id=row.project_id,
            title=row.title,
            kind=row.kind,
            note=row.note,
            readers=Readers(row.readers),
            audience="",
            changed_at=found[row.pk][0].made_at if found[row.pk] else row.created_at,
            reports=(),
            uploads=tuple(found[row.pk]),
            version=row.version,
        )
        for row in documents
    ]


def upload_row(row: UploadedVersion) -> UploadRow:
    """A version of an uploaded document as others see it."""
    return UploadRow(
        row.pk,
        row.document_id,
        row.document.project_id,
        row.document.title,
        row.number,
        row.file_name,
        row.media_type,
        row.file.size,
        row.file.sha256,
        row.note,
        ShareState(row.state),
        row.created_at,
        row.made_by,
        row.shared_at,
        row.version,
    )


@query(permission="deliverables.read", name="deliverables.show_upload")
def upload(ctx: Context, *, upload: UploadedVersion) -> UploadRow:
    """One version of an uploaded document."""
    return upload_row(upload)


@query(permission="deliverables.read", internal="gives bytes; the addresses of files answer with them")
def download_upload(ctx: Context, *, upload: UploadedVersion) -> Download:
    """The file of a version of an uploaded document."""
    name, _, ending = upload.file_name.rpartition(".")
    return Download(f"{_safe(name)} v{upload.number}.{ending.lower()}", upload.media_type, held_bytes(upload.file_id))


@query(permission="deliverables.read", internal="gives a page for a frame; the address of the preview answers with it")
def preview(ctx: Context, *, version: DocumentVersion) -> bytes:
    """How a version reads, as one page without scripts: as it was approved, until then marked as a draft."""
    released = version.state in RELEASED
    kept = version.tree.get("preview", {}).get("final" if released else "draft")
    if kept is not None:
        return held_bytes(kept)
    return download(ctx, version=version.pk, format=Format.HTML).content


def _safe(text: str) -> str:
    """A title as part of a file name."""
    return "".join(char if char.isalnum() or char in " -_" else "-" for char in text).strip() or "document"


# --- for this area and those above -----------------------------------------------------------


def newest_snapshots(ctx: Context, project_ids: Collection[int], *, kind: str) -> dict[int, SnapshotRow]:
    """The newest filled snapshot of each project, for whomever, by project; one query, which reads no data."""
    rows = Snapshot.visible_to(ctx).filter(project_id__in=project_ids, kind=kind)
    newest = (
        Snapshot.unscoped(reason="the newest of visible ones")
        .filter(project_id=OuterRef("project_id"), kind=kind)
        .exclude(data=None)
        .order_by("-number")
        .values("pk")[:1]
    )
    return {row.project_id: snapshot_row(row) for row in rows.filter(pk=Subquery(newest)).defer("data")}


def earlier_snapshots(
    ctx: Context, project_id: int, *, kind: str, audience: str, most: int = 10
) -> list[dict[str, Any]]:
    """The data of the newest snapshots of a kind and audience, newest first."""
    rows = Snapshot.visible_to(ctx).filter(project_id=project_id, kind=kind, audience=audience)
    found = rows.exclude(data=None).order_by("-number").values_list("data", flat=True)[:most]
    return [data for data in found if data is not None]


def numbered_snapshot(ctx: Context, project_id: int, number: int) -> tuple[SnapshotRow, dict[str, Any]]:
    """A snapshot and its data, by number."""
    row = Snapshot.found(ctx, project_id=project_id, number=number, data__isnull=False)
    return snapshot_row(row), row.data


def shown_versions(ctx: Context, version_ids: Collection[int]) -> dict[int, VersionRow]:
    """Those of some versions that one may see, by id."""
    rows = DocumentVersion.visible_to(ctx).filter(pk__in=list(version_ids))
    found = version_rows(list(rows.select_related("document", "snapshot").defer("snapshot__data")))
    return {row.id: row for row in found}


def shown_uploads(ctx: Context, upload_ids: Collection[int]) -> dict[int, UploadRow]:
    """Those of some versions of uploaded documents that one may see, by id."""
    rows = UploadedVersion.visible_to(ctx).filter(pk__in=list(upload_ids)).select_related("document", "file")
    return {row.pk: upload_row(row) for row in rows}


def snapshot_before(ctx: Context, snapshot_id: int) -> int | None:
    """The filled snapshot that came before a visible one, of the same kind and for the same readers."""
    row = Snapshot.found(ctx, pk=snapshot_id)
    same = Snapshot.visible_to(ctx).filter(project_id=row.project_id, kind=row.kind, audience=row.audience)
    earlier = same.filter(number__lt=row.number).exclude(data=None).order_by("-number")
    return earlier.values_list("pk", flat=True).first()


def snapshot_number(snapshot_id: int) -> int:
    """The number of a snapshot that the caller has passed a door with."""
    return Snapshot.unscoped(reason="its reader asks").values_list("number", flat=True).get(pk=snapshot_id)


def held_snapshot(ctx: Context, snapshot_id: int) -> tuple[SnapshotRow, dict[str, Any]]:
    """A visible snapshot and its data; NotFound while it is not filled."""
    row = Snapshot.found(ctx, pk=snapshot_id, data__isnull=False)
    return snapshot_row(row), row.data


def final_files(version_id: int) -> tuple[tuple[str, int, str], ...]:
    """Format, file id and hash of a version's final files, by format."""
    rows = VersionFile.unscoped(reason="of a visible version").filter(version_id=version_id).order_by("format")
    return tuple(rows.values_list("format", "final_id", "final__sha256"))


def overall_of(version_id: int) -> Colour | None:
    """The overall health that a visible version reports."""
    rows = DocumentVersion.unscoped(reason="of a visible version").filter(pk=version_id)
    found = rows.values_list("snapshot__overall", flat=True).first()
    return Colour(found) if found else None


def maker_of(version_id: int) -> int | None:
    """The user who prepared a visible version."""
    rows = DocumentVersion.unscoped(reason="of a visible version").filter(pk=version_id)
    return rows.values_list("made_by_user", flat=True).first()


_MOST_PREPARATIONS = 10


@query(permission="deliverables.prepare", internal="the page's look at its own background work")
def preparations(ctx: Context, *, project: ProjectId) -> tuple[PreparationRow, ...]:
    """What is being prepared in a project, and what failed since its newest report; newest first."""
    rows = Preparation.visible_to(ctx).filter(project_id=project, result=None, stopped_by="")
    made = DocumentVersion.visible_to(ctx).filter(document__project_id=project)
    newest = made.order_by("-id").values_list("created_at", flat=True).first()
    found = preparation_rows(rows.select_related("snapshot").order_by("-id")[:_MOST_PREPARATIONS])
    return tuple(row for row in found if row.is_open or (newest is None or newest < row.asked_at))


@query(permission="deliverables.prepare", internal="the page's look at its own background work")
def preparation(ctx: Context, *, preparation: Preparation) -> PreparationRow:
    """How far a report is that somebody asked for."""
    return preparation_rows([preparation])[0]


def preparation_rows(rows: Iterable[Preparation]) -> tuple[PreparationRow, ...]:
    """Preparations with how far their jobs are."""
    held = list(rows)
    stand = jobs.statuses_of([row.job for row in held if row.job])
    return tuple(_preparation_row(row, stand.get(row.job)) for row in held)


_PROGRESS = {
    jobs.State.WAITING: Progress.WAITING,
    jobs.State.RUNNING: Progress.WORKING,
    jobs.State.CANCELLED: Progress.STOPPED,
}


def _preparation_row(row: Preparation, job: jobs.JobStatus | None) -> PreparationRow:
    if row.result_id is not None:
        progress = Progress.READY
    elif row.stopped_by:
        progress = Progress.STOPPED
    elif row.fault or job is None:
        progress = Progress.FAILED
    else:
        progress = _PROGRESS.get(job.state, Progress.FAILED)
    return PreparationRow(
        row.pk,
        row.project_id,
        row.kind,
        row.as_of,
        row.audience,
        tuple(Format(name) for name in row.formats),
        row.snapshot_id,
        row.snapshot.number if row.snapshot is not None else None,
        row.asked_by,
        row.created_at,
        progress,
        (job.progress_total or 0) if job is not None else 0,
        job.progress_done if job is not None else 0,
        row.job,
        job.attempts if job is not None else 0,
        row.result_id,
        row.fault,
        row.stopped_by,
        row.version,
    )


@query(permission="deliverables.read_templates")
def templates(ctx: Context) -> tuple[TemplateRow, ...]:
    """How the house and its clients want their reports; the house's own first."""
    rows = ReportTemplate.visible_to(ctx).select_related("client")
    return tuple(template_row(row) for row in rows.order_by(F("client__name").asc(nulls_first=True), "id")[:1000])


def template_row(row: ReportTemplate) -> TemplateRow:
    """A template as it is used."""
    return TemplateRow(
        row.pk,
        row.client_id,
        row.client.name if row.client else "",
        row.title,
        row.confidential,
        tuple(row.sections),
        row.logo_id,
        row.logo_of,
        row.version,
    )


def template_for(client_id: int | None) -> TemplateRow | None:
    """The template of a client's reports: its own, else the house's; None when there is neither."""
    rows = ReportTemplate.unscoped(reason="every report of the house follows it").select_related("client")
    found = {row.client_id: row for row in rows.filter(Q(client=None) | Q(client_id=client_id))}
    row = found.get(client_id) or found.get(None)
    return template_row(row) if row is not None else None


def has_approved(ctx: Context) -> bool:
    """Whether this actor sees any version that has been approved, sent or not."""
    states = (VersionState.APPROVED.value, VersionState.SENT.value)
    return DocumentVersion.visible_to(ctx).filter(state__in=states).exists()


def versions_of_snapshot(ctx: Context, *, snapshot_id: int) -> tuple[VersionRow, ...]:
    """The visible versions that were made from a snapshot, the newest first."""
    rows = DocumentVersion.visible_to(ctx).filter(snapshot_id=snapshot_id).order_by("-id")
    return version_rows(list(rows.select_related("document", "snapshot").defer("snapshot__data")))


def newest_preparation(ctx: Context, project_id: int, *, kind: str, snapshot_id: int) -> PreparationRow | None:
    """What was asked for last of a kind from a snapshot, for those who may prepare; None where nothing was."""
    rows = Preparation.visible_to(ctx).filter(project_id=project_id, kind=kind, snapshot_id=snapshot_id)
    found = preparation_rows(rows.select_related("snapshot").order_by("-id")[:1])
    return found[0] if found else None

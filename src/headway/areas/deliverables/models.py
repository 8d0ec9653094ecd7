"""Tables of snapshots, documents, versions; of uploaded documents and theirs."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from headway.areas.deliverables.types import Colour, DocumentKind, Readers, ShareState, VersionState
from headway.kernel.models import Part, Root
from headway.kernel.search import Searched


class Snapshot(Root):
    """A frozen data set; numbered within its project, filled once, never changed."""

    noun: ClassVar[str] = "Snapshot"
    project_path: ClassVar[str | None] = "project_id"
    bulky: ClassVar[frozenset[str]] = frozenset({"data"})

    project = models.ForeignKey("projects.Project", on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=40)
    as_of = models.DateField()
    audience = models.CharField(max_length=16)
    data: Any = models.JSONField(null=True)
    digest = models.CharField(max_length=64, blank=True)
    made_by = models.CharField(max_length=255)
    overall = models.CharField(max_length=12, null=True, choices=[(colour.value, colour.value) for colour in Colour])
    finish = models.DateField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "number"], name="deliverables_snapshot_number")]

    def __str__(self) -> str:
        return f"snapshot {self.number}"


class SnapshotPart(Part):
    """A report that was frozen whole with a snapshot: its document tree, from which its files are made.

    report    its name in the register of reports. kind: of the document that is made of it.
    audience  'client', 'internal' or 'costs'.
    """

    part_of: ClassVar[str] = "snapshot"

    snapshot = models.ForeignKey(Snapshot, on_delete=models.CASCADE, related_name="+")
    report = models.CharField(max_length=40)
    kind = models.CharField(max_length=40)
    title = models.CharField(max_length=255)
    file_name = models.CharField(max_length=255)
    audience = models.CharField(max_length=16)
    tree = models.ForeignKey("files.StoredFile", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["snapshot", "kind"], name="deliverables_part_once")]


class Document(Root):
    """A document that a project delivers again and again; its versions are numbered."""

    noun: ClassVar[str] = "Document"
    project_path: ClassVar[str | None] = "project_id"

    project = models.ForeignKey("projects.Project", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=40)
    audience = models.CharField(max_length=16)
    title = models.CharField(max_length=255)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "kind", "audience"], name="deliverables_document_once")
        ]

    def __str__(self) -> str:
        return self.title


class DocumentVersion(Root):
    """One version: its files, its snapshot, who may receive it."""

    noun: ClassVar[str] = "Version"
    project_path: ClassVar[str | None] = "document__project_id"
    searched: ClassVar[Searched | None] = Searched(
        title=("document__title", "numbered"), body=("mail_subject", "mail_body")
    )

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    snapshot = models.ForeignKey(Snapshot, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(
        max_length=10,
        choices=[(state.value, state.value) for state in VersionState],
        default=VersionState.DRAFT.value,
    )
    tree: Any = models.JSONField(default=dict)
    claims: Any = models.JSONField(default=dict)
    files_digest = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    recipients: Any = models.JSONField(default=list)
    mail_subject = models.CharField(max_length=500, blank=True)
    mail_body = models.TextField(blank=True)
    made_by = models.CharField(max_length=255)
    made_by_user = models.BigIntegerField(null=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["document", "number"], name="deliverables_version_number")]
        indexes = [models.Index(fields=["document", "-number"], name="deliverables_newest_version")]

    @property
    def numbered(self) -> str:
        """Which version of its document: 'version 3'."""
        return f"version {self.number}"

    def __str__(self) -> str:
        return f"{self.document} version {self.number}"


class VersionFile(Part):
    """One format of a version: the marked draft and the final file."""

    part_of: ClassVar[str] = "version"

    version = models.ForeignKey(DocumentVersion, on_delete=models.CASCADE, related_name="+")
    format = models.CharField(max_length=8)
    draft = models.ForeignKey("files.StoredFile", on_delete=models.PROTECT, related_name="+")
    final = models.ForeignKey("files.StoredFile", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "format"], name="deliverables_format_once")]


class Preparation(Root):
    """A report that somebody asked to be prepared in the background, until it is there, failed or was stopped.

    job     the background job that does it.
    result  the version it gave. fault: why it gave none, in words. stopped_by: who called it off.
    """

    noun: ClassVar[str] = "Preparation"
    project_path: ClassVar[str | None] = "project_id"

    project = models.ForeignKey("projects.Project", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=40)
    as_of = models.DateField(null=True)
    audience = models.CharField(max_length=16)
    formats: Any = models.JSONField(default=list)
    snapshot = models.ForeignKey(Snapshot, null=True, on_delete=models.PROTECT, related_name="+")
    job = models.CharField(max_length=36, blank=True)
    asked_by = models.CharField(max_length=255)
    asked_by_user = models.BigIntegerField(null=True)
    result = models.ForeignKey(DocumentVersion, null=True, on_delete=models.PROTECT, related_name="+")
    fault = models.TextField(blank=True)
    stopped_by = models.CharField(max_length=255, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(result=None) | models.Q(fault="", stopped_by=""), name="deliverables_one_outcome"
            )
        ]
        indexes = [models.Index(fields=["project", "-id"], name="deliverables_preparations")]

    def __str__(self) -> str:
        return f"preparation of {self.kind}"


class UploadedDocument(Root):
    """A document that was written elsewhere and is kept with the project; its versions are numbered."""

    noun: ClassVar[str] = "Document"
    project_path: ClassVar[str | None] = "project_id"
    searched: ClassVar[Searched | None] = Searched(title=("title",), body=("note",))

    project = models.ForeignKey("projects.Project", on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=255)
    kind = models.CharField(max_length=16, choices=[(kind.value, kind.value) for kind in DocumentKind])
    note = models.TextField(blank=True)
    readers = models.CharField(max_length=8, choices=[(who.value, who.value) for who in Readers])

    def __str__(self) -> str:
        return self.title


class UploadedVersion(Root):
    """One version of an uploaded document: a file, and whether the client's people may see it."""

    noun: ClassVar[str] = "Version"
    project_path: ClassVar[str | None] = "document__project_id"
    searched: ClassVar[Searched | None] = Searched(title=("file_name",), body=("note",))

    document = models.ForeignKey(UploadedDocument, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    file = models.ForeignKey("files.StoredFile", on_delete=models.PROTECT, related_name="+")
    file_name = models.CharField(max_length=255)
    media_type = models.CharField(max_length=120)
    note = models.TextField(blank=True)
    state = models.CharField(
        max_length=9,
        choices=[(state.value, state.value) for state in ShareState],
        default=ShareState.INSIDE.value,
    )
    digest = models.CharField(max_length=64, blank=True)
    made_by = models.CharField(max_length=255)
    made_by_user = models.BigIntegerField(null=True)
    shared_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["document", "number"], name="deliverables_upload_number")]

    def __str__(self) -> str:
        return f"{self.document} version {self.number}"


class ReportTemplate(Root):
    """How the house (no client), or one client, wants its reports."""

    noun: ClassVar[str] = "Template"

    client = models.OneToOneField("people.Organisation", null=True, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=120, blank=True)
    confidential = models.CharField(max_length=120, blank=True)
    sections: Any = models.JSONField(default=list)
    logo = models.ForeignKey("files.StoredFile", null=True, on_delete=models.PROTECT, related_name="+")
    logo_of = models.CharField(max_length=255, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                models.Value(1), condition=models.Q(client=None), name="deliverables_one_house_template"
            )
        ]

    def __str__(self) -> str:
        return f"report template of {self.client or 'the house'}"

"""What the deliverables area takes and answers with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Annotated, Any

from headway.kernel.schema import Ref

SnapshotId = Annotated[int, Ref("deliverables.Snapshot")]
VersionId = Annotated[int, Ref("deliverables.DocumentVersion")]
OF_A_MONTH = "month-"  # begins the kind of every report of a month's pack
PreparationId = Annotated[int, Ref("deliverables.Preparation")]
UploadId = Annotated[int, Ref("deliverables.UploadedVersion")]


class Format(Enum):
    """The file formats of a document."""

    DOCX = "docx"
    PPTX = "pptx"
    XLSX = "xlsx"
    PDF = "pdf"
    HTML = "html"
    MD = "md"


class Colour(Enum):
    """The overall health of a status, as a report words it."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"
    GREY = "grey"
    NOT_MEASURED = "not measured"


class VersionState(Enum):
    """Where a version stands."""

    DRAFT = "draft"
    IN_REVIEW = "in review"
    APPROVED = "approved"
    REJECTED = "rejected"
    SENT = "sent"


@dataclass(frozen=True, slots=True)
class SnapshotRow:
    """A frozen, numbered data set of a project. `digest` is its SHA-256.

    overall, finish  its overall colour and its forecast finish; None where it says nothing of them.
    """

    id: int
    project_id: int
    number: int
    kind: str
    as_of: date
    audience: str
    digest: str
    made_at: datetime
    made_by: str
    overall: Colour | None
    finish: date | None


@dataclass(frozen=True, slots=True)
class VersionFileRow:
    """A file of a version. The final file is released once approved; until then there is the marked draft."""

    format: Format
    draft_file_id: int
    final_file_id: int
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A version of a document. `digest` covers the final files and, once asked for, recipients and mail text.

    previewed  whether it can be read as a page.
    """

    id: int
    project_id: int
    document: str
    kind: str
    number: int
    snapshot_id: int
    snapshot_number: int
    as_of: date
    audience: str
    state: VersionState
    digest: str
    recipients: tuple[str, ...]
    mail_subject: str
    mail_body: str
    files: tuple[VersionFileRow, ...]
    claims: dict[str, Any]
    made_at: datetime
    made_by: str
    sent_at: datetime | None
    previewed: bool
    version: int


class Progress(Enum):
    """How far a report is that is prepared in the background."""

    WAITING = "waiting"
    WORKING = "working"
    READY = "ready"
    FAILED = "failed"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class PreparationRow:
    """A report that is prepared in the background.

    as_of        None = the day of the work. formats: empty = all that the report has.
    snapshot     id and number of its frozen data, once there is some.
    steps, done  how many steps it takes, and how many are done; 0 of 0 before the work begins.
    job          the background job.
    tried        how often the work was begun.
    result       the version it gave.
    fault        why it gave none, in words; '' also where the fault was Headway's own.
    """

    id: int
    project_id: int
    kind: str
    as_of: date | None
    audience: str
    formats: tuple[Format, ...]
    snapshot_id: int | None
    snapshot_number: int | None
    asked_by: str
    asked_at: datetime
    progress: Progress
    steps: int
    done: int
    job: str
    tried: int
    result: int | None
    fault: str
    stopped_by: str
    version: int

    @property
    def is_open(self) -> bool:
        """Whether it waits or is worked on."""
        return self.progress in (Progress.WAITING, Progress.WORKING)


class Stage(Enum):
    """Where a report stands for whoever has to do something about it.

    TO_FINISH  drafts and refused versions that have no newer one. ALL also holds the older drafts.
    """

    TO_FINISH = "to finish"
    WAITING = "waiting"
    TO_SEND = "to send"
    SENT = "sent"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Reports:
    """A page of reports over projects; `counts` says how many there are by stage, without those of ALL."""

    items: tuple[VersionRow, ...]
    next: str
    counts: dict[str, int]


class DocumentKind(Enum):
    """What an uploaded document is for."""

    BRIEF = "brief"
    CONTRACT = "contract"
    SPECIFICATION = "specification"
    DESIGN = "design"
    PLAN = "plan"
    MINUTES = "minutes"
    EVIDENCE = "evidence"
    OTHER = "other"


class Readers(Enum):
    """Who inside sees an uploaded document: everybody on the project, or only those who lead it."""

    TEAM = "team"
    LEADERS = "leaders"


class ShareState(Enum):
    """How far a version of an uploaded document has come on its way to the client."""

    INSIDE = "inside"
    ASKED = "asked"
    SHARED = "shared"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class UploadRow:
    """A version of an uploaded document: one file. `shared_at` is when the client's people were let in."""

    id: int
    document_id: int
    project_id: int
    title: str
    number: int
    file_name: str
    media_type: str
    size: int
    sha256: str
    note: str
    state: ShareState
    made_at: datetime
    made_by: str
    shared_at: datetime | None
    version: int


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """A document of a project with the versions that this person may see, newest first.

    document  id of an uploaded document; None for a report, which has `reports` in place of `uploads`.
    kind      of an upload a `DocumentKind`, of a report its kind.
    readers   who inside sees an upload; None for a report, whose `audience` says it.
    """

    document: int | None
    project_id: int
    title: str
    kind: str
    note: str
    readers: Readers | None
    audience: str
    changed_at: datetime
    reports: tuple[VersionRow, ...]
    uploads: tuple[UploadRow, ...]
    version: int | None


@dataclass(frozen=True, slots=True)
class TemplateRow:
    """How the house, or one client, wants its reports.

    client    the client organisation; None = the house, for all projects whose client has none of its own.
    sections  names in their order; empty = all, as usual.
    logo      its file, a small PNG; None = none.
    """

    id: int
    client_id: int | None
    client: str
    title: str
    confidential: str
    sections: tuple[str, ...]
    logo: int | None
    logo_of: str
    version: int

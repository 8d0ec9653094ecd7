"""A report from its data to its receivers: gathered, frozen, rendered, checked, approved, sent.

Nothing leaves without the approval of exactly the files, receivers and words that go.
"""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from headway.areas.approvals import commands as approvals
from headway.areas.approvals.queries import of_subject
from headway.areas.approvals.types import ApprovalId, ApprovalRow, ApprovalState, Vote
from headway.areas.budgets import alert_mails
from headway.areas.comms import commands as comms
from headway.areas.comms.compose import MAX_RECIPIENTS, address, message
from headway.areas.comms.types import MailRow
from headway.areas.deliverables import commands as deliverables
from headway.areas.deliverables import queries
from headway.areas.deliverables.reactions import SUBJECT
from headway.areas.deliverables.types import (
    OF_A_MONTH,
    Colour,
    Format,
    PreparationId,
    SnapshotId,
    SnapshotRow,
    VersionId,
    VersionRow,
    VersionState,
)
from headway.areas.estimates import approving as estimating
from headway.areas.files import commands as kept_files
from headway.areas.files import store
from headway.areas.files.queries import held_bytes
from headway.areas.files.types import Download
from headway.areas.method import gates
from headway.areas.people.queries import inside_accounts
from headway.areas.people.types import PersonId
from headway.areas.projects.queries import local_day
from headway.areas.projects.types import ProjectId
from headway.areas.schedule import asking as updates
from headway.areas.schedule.updates import MAIL as UPDATE_MAIL
from headway.areas.scope import commands as scope
from headway.areas.scope import deciding as changes
from headway.areas.scope.commands import VERSION as SCOPE_VERSION
from headway.areas.scope.reading import REQUEST as CHANGE_REQUEST
from headway.documents.child import RENDER_LIMITS, ChildError, run
from headway.journeys.report_templates import template_of
from headway.kernel import jobs
from headway.kernel.access import check
from headway.kernel.commands import command, journey
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, FieldError, Invalid, Unavailable
from headway.kernel.queries import query
from headway.kernel.schema import Name, Text
from headway.reports import comparing
from headway.reports.comparing import Comparison
from headway.reports.gather import gather_status
from headway.reports.registry import REPORTS
from headway.reports.status_claims import claims_of
from headway.reports.status_snapshot import Audience, StatusSnapshot
from headway.reports.template import LOGO_FILE, TEMPLATE_FILE, Template

MAX_FILE = 100 * 1024 * 1024
MAX_SUBJECT = 500
MARKS = ("draft", "final")


class Steps:
    """Tells the background job that this runs in, if any, how far a report is: frozen, each format written and read.

    Every telling raises Cancelled when the end of the job was asked for.
    """

    def __init__(self, formats: tuple[str, ...], marks: tuple[str, ...]) -> None:
        self._files = {form: {f"{mark}.{form}" for mark in marks} for form in formats}
        self._job = jobs.running()
        self._done = 0

    def frozen(self) -> None:
        """The data is frozen."""
        self._tell(1, "The data is frozen")

    def written(self, names: Collection[str]) -> None:
        """These files are written."""
        count, of = self._whole(names), len(self._files)
        self._tell(1 + count, f"Writing the files: {count} of {of}")

    def checked(self, names: Collection[str]) -> None:
        """These files were read back and compared."""
        count, of = self._whole(names), len(self._files)
        self._tell(1 + of + count, f"Reading the files back: {count} of {of}")

    def is_ending(self) -> bool:
        """Whether the job is to end."""
        return self._job is not None and self._job.is_ending()

    def _whole(self, names: Collection[str]) -> int:
        return sum(files <= set(names) for files in self._files.values())

    def _tell(self, done: int, text: str) -> None:
        if self._job is not None and done > self._done:
            self._done = done
            self._job.step(done, 2 + 2 * len(self._files), text)


@dataclass(frozen=True, slots=True)
class Rendered:
    """The files of a report by name ('draft.docx', 'final.docx'), each checked against its snapshot."""

    snapshot: SnapshotRow
    title: str
    files: dict[str, bytes]


def take_snapshot(ctx: Context, *, project: int, as_of: date, audience: Audience) -> tuple[SnapshotRow, StatusSnapshot]:
    """Gather a project's status and freeze it under the next number."""
    row = deliverables.number_snapshot(ctx, project=project, kind="status", as_of=as_of, audience=audience.value)
    snapshot = gather_status(ctx, project=project, as_of=as_of, audience=audience, number=row.number)
    data = {"snapshot": snapshot.to_json()}
    frozen = deliverables.freeze_snapshot(
        ctx,
        snapshot=row.id,
        data=data,
        digest=snapshot.digest,
        overall=Colour(snapshot.overall.value.lower()),
        finish=snapshot.plan.forecast_finish if snapshot.plan is not None else None,
    )
    return frozen, snapshot


def render(
    snapshot_row: SnapshotRow,
    snapshot: StatusSnapshot,
    *,
    kind: str,
    formats: tuple[str, ...],
    marks: tuple[str, ...],
    template: Template,
    preview: bool = False,
) -> Rendered:
    """Render and check in the child process. Invalid lists what the claims checker found; no file is given then.

    kind, formats  of `formats_of`. preview  also write how it reads, as a page by itself.
    """
    steps = Steps(formats, marks)
    steps.frozen()
    with tempfile.TemporaryDirectory(prefix="headway-") as name:
        folder = Path(name)
        stored = folder / "snapshot.json"
        stored.write_text(snapshot.to_json(), encoding="utf-8")
        try:
            made = run(
                "headway.reports.rendering:render_files",
                {"kind": kind, "formats": list(formats), "marks": list(marks), "preview": preview},
                inputs={"snapshot.json": stored, **_look(folder, template)},
                limits=RENDER_LIMITS,
                should_stop=steps.is_ending,
                on_output=steps.written,
            )
            faults = _faults(folder, snapshot, template, made.outputs, steps)
        except ChildError as error:
            if error.kind == "cancelled":
                raise jobs.Cancelled("The preparing of a report was stopped.") from error
            raise NotWritten(f"The files could not be made: {error}") from error
    if faults:
        raise ClaimsFailed(
            f"{len(faults)} statements in the finished files do not match snapshot {snapshot_row.number}; "
            f"no file was kept. First: {faults[0].message}",
            fields=faults[:50],
        )
    return Rendered(snapshot_row, REPORTS[kind].title, dict(made.outputs))


def _look(folder: Path, template: Template) -> dict[str, Path]:
    """The files by which the child knows the template."""
    given = {TEMPLATE_FILE: folder / TEMPLATE_FILE}
    given[TEMPLATE_FILE].write_text(template.to_json(), encoding="utf-8")
    if template.logo is not None:
        given[LOGO_FILE] = folder / LOGO_FILE
        given[LOGO_FILE].write_bytes(template.logo)
    return given


def _faults(
    folder: Path, snapshot: StatusSnapshot, template: Template, files: Mapping[str, bytes], steps: Steps
) -> list[FieldError]:
    """What the claims checker finds, in a process of its own that sees only the saved bytes."""
    inputs = {"claims.json": folder / "claims.json"}
    inputs["claims.json"].write_text(claims_of(snapshot, template).to_json(), encoding="utf-8")
    for name, content in files.items():
        inputs[name] = folder / name
        inputs[name].write_bytes(content)
    by_format = sorted(files, key=lambda name: (name.rsplit(".", 1)[1], name))
    answer = run(
        "headway.reports.checking:check_files",
        {"files": {name: name.rsplit(".", 1)[1] for name in by_format}},
        inputs=inputs,
        limits=RENDER_LIMITS,
        should_stop=steps.is_ending,
        on_output=lambda names: steps.checked({name.removesuffix(".checked") for name in names}),
    )
    return [
        FieldError(name, f"{fault['place']}: {fault['sentence']}: {fault['why']}", value=str(fault["found"]))
        for name, rows in answer.value["faults"].items()
        for fault in rows
    ]


class NotWritten(Unavailable):
    """The process that writes or reads the files ended before its time."""

    code = "not_written"


class ClaimsFailed(Conflict):
    """The finished files say something that their snapshot does not."""

    code = "claims_failed"


def formats_of(kind: str, formats: Collection[Format]) -> tuple[str, ...]:
    """In which formats a report is written: those that are named, or all that it has. Invalid where it has them not."""
    report = REPORTS.get(kind)
    if report is None:
        offered = ", ".join(REPORTS)
        fault = FieldError("kind", f"choose one of {offered}", value=kind)
        raise Invalid(f"There is no report '{kind}'; there are {offered}.", fields=[fault])
    wrong = [form.value for form in formats if form.value not in report.builders]
    if wrong:
        offered = ", ".join(report.builders)
        raise Invalid(
            f"The report '{kind}' is not written as {wrong[0]}, but as {offered}.",
            fields=[FieldError("formats", f"this report is written as {offered}", value=wrong[0])],
        )
    return tuple(form.value for form in formats) or tuple(report.builders)


@journey(permission="deliverables.prepare", name="reports.prepare")
def prepare(
    ctx: Context,
    *,
    project: ProjectId,
    kind: str = "status",
    as_of: date | None = None,
    client_copy: bool = False,
    formats: tuple[Format, ...] = (),
    snapshot: int | None = None,
) -> VersionRow:
    """Draft a report: freeze the data (or reuse a snapshot by number), write its files, check every statement.

    client_copy  bill values only. formats  all that the report has, when none is named.
    """
    formats_of(kind, formats)  # refused before a snapshot's number is used
    audience = Audience.CLIENT if client_copy else Audience.INTERNAL
    if snapshot is None:
        day = as_of or local_day(ctx, project=project)
        frozen = take_snapshot(ctx, project=project, as_of=day, audience=audience)
    else:
        frozen = frozen_status(ctx, project, snapshot)
    return draft(ctx, project=project, kind=kind, formats=formats, frozen=frozen)


def frozen_status(ctx: Context, project: int, number: int) -> tuple[SnapshotRow, StatusSnapshot]:
    """A project's snapshot by its number."""
    row, stored = queries.numbered_snapshot(ctx, project, number)
    if row.kind != "status":
        raise Conflict(f"Snapshot {row.number} is of a {row.kind}, not of a status. No status is written from it.")
    return row, StatusSnapshot.from_json(stored["snapshot"])


def draft(
    ctx: Context,
    *,
    project: int,
    kind: str,
    formats: tuple[Format, ...],
    frozen: tuple[SnapshotRow, StatusSnapshot],
    preparation: int | None = None,
) -> VersionRow:
    """Write a report's files from frozen data, check them, and keep them all as its next version, or nothing.

    preparation  the background work that this ends.
    """
    row, data = frozen
    chosen = formats_of(kind, formats)
    rendered = render(
        row,
        data,
        kind=kind,
        formats=chosen,
        marks=MARKS,
        preview=Format.HTML.value not in chosen,
        template=template_of(ctx, project),
    )
    stored = {name: store.put([content], limit=MAX_FILE) for name, content in rendered.files.items()}
    return keep(
        ctx,
        project=project,
        kind=kind,
        title=f"{rendered.title} {data.project.name}"[:255],
        snapshot=row.id,
        audience=row.audience,
        formats=chosen,
        files={name: (held.sha256, held.size) for name, held in stored.items()},
        preparation=preparation,
    )


@command(permission="deliverables.prepare", name="reports.keep", internal="the last step of preparing a report")
def keep(
    ctx: Context,
    *,
    project: ProjectId,
    kind: Name,
    title: Name,
    snapshot: SnapshotId,
    audience: Name,
    formats: tuple[str, ...],
    files: dict[str, tuple[str, int]],
    preparation: PreparationId | None = None,
) -> VersionRow:
    """Keep finished files as a report's next version.

    files  hash and size of the stored bytes by name ('draft.docx', 'final.docx', 'draft-preview.html').
    """
    number = queries.snapshot_number(snapshot)
    ids = {name: _named(ctx, name, number, *stored) for name, stored in files.items()}
    previews = {mark: ids[f"{mark}-preview.html"] for mark in MARKS if f"{mark}-preview.html" in ids}
    row = deliverables.keep_version(
        ctx,
        project=project,
        kind=kind,
        title=title,
        snapshot=snapshot,
        audience=audience,
        files={form: (ids[f"draft.{form}"], ids[f"final.{form}"]) for form in formats},
        tree={"preview": previews},
        claims={"checked": list(formats), "faults": 0},
    )
    if preparation is not None:
        deliverables.note_prepared(ctx, preparation=preparation, version=row.id)
    return row


def _named(ctx: Context, name: str, snapshot: int, sha256: str, size: int) -> int:
    mark, form = name.rsplit(".", 1)
    media_type = "application/octet-stream"
    return kept_files.keep(ctx, name=f"{mark}-{snapshot}.{form}", media_type=media_type, sha256=sha256, size=size).id


@query(permission="deliverables.read_snapshots", name="reports.compare")
def compare(ctx: Context, *, snapshot: SnapshotId, earlier: SnapshotId | None = None) -> Comparison:
    """What is different in a snapshot: sentences, figures with their differences, entries of lists field by field.

    earlier  None = the snapshot before it, of the same kind and for the same readers.
    """
    before = earlier if earlier is not None else queries.snapshot_before(ctx, snapshot)
    if before is None:
        raise Conflict("There is no earlier snapshot to compare with.")
    newer_row, newer = stored_status(ctx, snapshot)
    older_row, older = stored_status(ctx, before)
    if (older_row.project_id, older_row.audience) != (newer_row.project_id, newer_row.audience):
        raise Invalid(
            "Only snapshots of one project and for the same readers can be compared.",
            fields=[FieldError("earlier", "of another project or for other readers")],
        )
    if older_row.number > newer_row.number:
        older, newer = newer, older
    return comparing.compare(older, newer)


def stored_status(ctx: Context, snapshot_id: int) -> tuple[SnapshotRow, StatusSnapshot]:
    """A frozen status as it was; Conflict where what is stored is none."""
    row, data = queries.held_snapshot(ctx, snapshot_id)
    try:
        return row, StatusSnapshot.from_json(data["snapshot"])
    except (KeyError, ValueError) as fault:
        raise Conflict(f"Snapshot {row.number} is not a status that this version of Headway can read.") from fault


@command(permission="deliverables.prepare", name="reports.ask")
def ask(
    ctx: Context,
    *,
    version: VersionId,
    approvers: tuple[PersonId, ...],
    recipients: tuple[str, ...],
    mail_subject: Text,
    mail_body: Text,
    due: date | None = None,
) -> ApprovalRow:
    """Ask for approval of a version: exactly these files to exactly these receivers with exactly these words."""
    _can_be_mailed(recipients, mail_subject)
    row = deliverables.note_in_review(
        ctx, version=version, recipients=recipients, mail_subject=mail_subject, mail_body=mail_body
    )
    _inside_only(row)
    names = ", ".join(f"{item.format.value} ({item.sha256[:12]})" for item in row.files)
    shown = f"To: {', '.join(recipients)}\nSubject: {mail_subject}\nFiles: {names}\n\n{mail_body}"
    return approvals.ask(
        ctx,
        subject=SUBJECT,
        subject_id=version,
        project_id=row.project_id,
        title=f"{row.document[:230]}, version {row.number}",
        shown=shown,
        digest=row.digest,
        prepared_by_user=queries.maker_of(version),
        approvers=approvers,
        due=due,
    )


def _inside_only(row: VersionRow) -> None:
    """Reports of a month that may say what things cost go to people inside alone; Invalid names who is not."""
    if row.audience == "client" or not row.kind.startswith(OF_A_MONTH):
        return
    inside = {email.casefold() for _, _, email, _ in inside_accounts()}
    strangers = [recipient for recipient in row.recipients if recipient.casefold() not in inside]
    if strangers:
        raise Invalid(
            f"'{row.document}' stays inside: {', '.join(strangers)} cannot sign in here. Send it to colleagues only.",
            fields=[FieldError("recipients", "not somebody inside", value=stranger) for stranger in strangers],
        )


def _can_be_mailed(recipients: tuple[str, ...], subject: str) -> None:
    """What the mail would refuse is refused before anybody is asked."""
    if not 1 <= len(recipients) <= MAX_RECIPIENTS:
        raise Invalid(
            f"{len(recipients)} receivers; name 1 to {MAX_RECIPIENTS}.",
            fields=[FieldError("recipients", f"1 to {MAX_RECIPIENTS}")],
        )
    for recipient in recipients:
        address(recipient)
    if len(subject) > MAX_SUBJECT or subject.splitlines()[1:]:
        raise Invalid(
            f"The subject must be one line of at most {MAX_SUBJECT} characters.",
            fields=[FieldError("mail_subject", "one line")],
        )


@command(permission="approvals.vote", name="reports.decide")
def decide(ctx: Context, *, approval: ApprovalId, decision: Vote, digest: str, reason: Text = "") -> ApprovalRow:
    """Approve or refuse what one is asked about, as a named approver; `digest` is that of what was shown."""
    row = approvals.vote(ctx, approval=approval, decision=decision, digest=digest, reason=reason)
    if row.state in (ApprovalState.APPROVED, ApprovalState.REJECTED):
        # Counting the vote is the house's work: the approver decides on what was shown, wherever he works.
        house = ctx.as_system("decided by the named approvers")
        approved = row.state is ApprovalState.APPROVED
        if row.subject == SUBJECT:
            deliverables.note_decided(house, version=row.subject_id, digest=row.digest, approved=approved)
        elif row.subject == deliverables.UPLOAD:
            deliverables.note_share_decided(house, upload=row.subject_id, digest=row.digest, approved=approved)
        elif row.subject == UPDATE_MAIL:
            updates.note_update_mail_decided(house, mail=row.subject_id, digest=row.digest, approved=approved)
        elif row.subject == SCOPE_VERSION:
            scope.note_scope_decided(house, version=row.subject_id, digest=row.digest, approved=approved)
        elif row.subject == CHANGE_REQUEST:
            changes.note_change_decided(house, change=row.subject_id, digest=row.digest, approved=approved)
        elif row.subject == estimating.SUBJECT:
            estimating.note_estimate_decided(house, estimate=row.subject_id, digest=row.digest, approved=approved)
        elif row.subject == alert_mails.MAIL:
            alert_mails.note_alert_mail_decided(house, mail=row.subject_id, digest=row.digest, approved=approved)
        elif row.subject == gates.SUBJECT:
            _gate_decided(house, row, approved=approved)
    return row


def _gate_decided(house: Context, row: ApprovalRow, *, approved: bool) -> None:
    """Note the answer with the names and reasons of those who gave it."""
    wanted = Vote.APPROVE if approved else Vote.REJECT
    votes = [vote for vote in row.votes if vote.vote is wanted]
    by = ", ".join(vote.name for vote in votes)[:1000]
    reason = "; ".join(vote.reason for vote in votes if vote.reason)
    gates.note_gate_decided(house, gate=row.subject_id, digest=row.digest, approved=approved, by=by, reason=reason)


@command(permission="deliverables.send", name="reports.send", destructive=True, idempotent=True)
def send(ctx: Context, *, version: VersionId) -> MailRow:
    """Send an approved version to its receivers, once: sending it again gives the same mail."""
    row = queries.version(ctx, version=version)
    approval = _approval_of(row)
    return comms.queue(
        ctx,
        event_key=f"version:{row.id}",
        subject_kind=SUBJECT,
        subject_id=row.id,
        project_id=row.project_id,
        approval_id=approval.id,
        recipients=row.recipients,
        subject=row.mail_subject,
        body=row.mail_body,
        attachments=tuple({"file": item.final_file_id, "name": _name(row, item.format)} for item in row.files),
    )


def draft_mail(ctx: Context, *, version: Any) -> Download:
    """The approved mail as an .eml draft that mail programs open for sending by hand."""
    row = queries.version(ctx, version=version)
    check(ctx, "deliverables.send", {}, project_id=row.project_id, writes=True)
    _approval_of(row)
    content = message(
        recipients=row.recipients,
        subject=row.mail_subject,
        body=row.mail_body,
        attachments=[(_name(row, item.format), held_bytes(item.final_file_id)) for item in row.files],
    )
    return Download(f"{row.document} {row.as_of.isoformat()}.eml", "message/rfc822", content)


def _approval_of(row: VersionRow) -> ApprovalRow:
    """The approval of exactly this content; Conflict while there is none."""
    approval = of_subject(SUBJECT, row.id)
    approved = approval is not None and approval.state is ApprovalState.APPROVED and approval.digest == row.digest
    if approval is None or not approved or row.state not in (VersionState.APPROVED, VersionState.SENT):
        raise Conflict("This version is not approved. Ask for approval first.")
    return approval


def _name(row: VersionRow, form: Format) -> str:
    return f"{row.document} {row.as_of.isoformat()}.{form.value}"

"""The pack of a closed month: every report as files, drafts to be approved one by one, made in the background.

All is written from the trees that were frozen when the month was closed (`month_close`), never from the records of
today. Not here: approval and sending, which are those of every report (`reports`).
"""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from headway.areas.deliverables import commands as deliverables
from headway.areas.deliverables import queries
from headway.areas.deliverables.parts import COSTS, PartRow, frozen_tree, parts_of
from headway.areas.deliverables.types import Format, PreparationId, PreparationRow, Progress, SnapshotId, VersionRow
from headway.areas.files import commands as kept_files
from headway.areas.files import store
from headway.areas.files.types import Download
from headway.areas.hours.closing import MonthRow, days_of, month_states
from headway.areas.hours.queries import sees_costs
from headway.areas.people.queries import actor_of
from headway.areas.projects.queries import named_projects
from headway.areas.projects.types import ProjectId
from headway.documents.child import RENDER_LIMITS, ChildError, run
from headway.journeys.reports import ClaimsFailed, NotWritten
from headway.kernel import jobs
from headway.kernel.commands import command, journey
from headway.kernel.context import Channel, Context, clock, system_context
from headway.kernel.errors import Conflict, Denied, FieldError, Invalid, NotFound
from headway.kernel.queries import query

JOB = "months.prepare_pack_asked"
PACK = "month-pack"  # the kind of its preparation
FORMATS = (Format.DOCX, Format.PPTX, Format.XLSX, Format.PDF)
_SOON = 50  # a person waits: before other long work
_MAX_FILE = 100 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class PackPart:
    """A report of the pack and its newest version from this closing; None while there is none, or not for this reader.

    audience  'client', 'internal', or 'costs' for those alone who see costs.
    """

    report: str
    title: str
    audience: str
    version: VersionRow | None


@dataclass(frozen=True, slots=True)
class MonthPack:
    """The pack of a closed month: its parts that this reader may have, and what is being made of it."""

    month: MonthRow
    parts: tuple[PackPart, ...]
    preparation: PreparationRow | None

    @property
    def made(self) -> tuple[VersionRow, ...]:
        """The versions that are there."""
        return tuple(part.version for part in self.parts if part.version is not None)


@query(permission="hours.read_team", name="months.pack")
def pack_of(ctx: Context, *, project: ProjectId, month: date) -> MonthPack:
    """The pack of a month that is closed: which reports it has, and their newest files; Conflict while it is open."""
    row = _closed(project, month)
    made = queries.versions_of_snapshot(ctx, snapshot_id=row.snapshot or 0)
    found = {one.kind: one for one in reversed(made)}
    return MonthPack(
        row,
        tuple(PackPart(one.report, one.title, one.audience, found.get(one.kind)) for one in _parts(ctx, row)),
        queries.newest_preparation(ctx, row.project_id, kind=PACK, snapshot_id=row.snapshot or 0),
    )


def _closed(project: int, month: date) -> MonthRow:
    """The closing that holds for a month of a project that the caller runs, with its snapshot."""
    first, _ = days_of(month)
    row = month_states([project], first)[project].closed
    if row is None:
        raise Conflict(f"{first:%B %Y} is not closed on this project. The pack is made of a closed month.")
    if row.snapshot is None:
        raise Conflict(
            f"{first:%B %Y} was closed before figures were kept with it. Have an administrator open it again, and "
            "close it once more."
        )
    return row


def _parts(ctx: Context, row: MonthRow) -> list[PartRow]:
    """The parts that this reader may have."""
    costs = sees_costs(ctx, row.project_id)
    return [one for one in parts_of(row.snapshot or 0) if one.audience != COSTS or costs]


# --- made --------------------------------------------------------------------------------------------


@journey(permission="deliverables.prepare", name="months.prepare_pack")
def prepare_pack(
    ctx: Context, *, project: ProjectId, month: date, formats: tuple[Format, ...] = ()
) -> tuple[VersionRow, ...]:
    """Make the pack of a closed month: each report as the next version of its document, a draft to be approved.

    formats  docx, pptx, xlsx and pdf when none is named; html and md can be named too.
    Made again, it says the same: the figures are frozen.
    """
    return _make(ctx, _closed(project, month), formats or FORMATS, None)


@command(
    permission="deliverables.prepare",
    name="months.begin_pack",
    internal="the page's way to months.prepare_pack, which answers programs when it is done",
)
def begin_pack(ctx: Context, *, project: ProjectId, month: date) -> PreparationRow:
    """Begin to make the pack of a closed month in the background; gives what is under way, if anything is."""
    row = _closed(project, month)
    opened = deliverables.open_preparation(
        ctx,
        project=project,
        kind=PACK,
        as_of=days_of(row.month)[1],
        audience="internal",
        formats=FORMATS,
        snapshot=row.snapshot,
    )
    if opened.job:
        return opened
    payload = {"preparation": opened.id, "user": ctx.actor.user_id, "correlation": ctx.correlation}
    return deliverables.note_job(ctx, preparation=opened.id, job=jobs.enqueue(JOB, payload, priority=_SOON))


@jobs.job(JOB, queue=jobs.LONG)
def prepare_pack_asked(payload: dict[str, Any]) -> None:
    """Do what was asked, with the rights that the person has now; a refusal is noted for them in its words."""
    house = system_context("the pack of a month in the background").but(correlation=payload["correlation"])
    try:
        actor = actor_of(payload["user"])
        if actor is None:
            raise Denied("Whoever asked for this pack may no longer sign in.")
        carry_out(
            Context(actor=actor, now=clock(), channel=Channel.JOB, correlation=payload["correlation"]),
            preparation=payload["preparation"],
        )
    except (Invalid, Conflict, Denied, NotFound, NotWritten) as refusal:
        deliverables.note_fault(house, preparation=payload["preparation"], fault=refusal.message)


@journey(
    permission="deliverables.prepare",
    name="months.carry_out",
    internal="the work of a background job that a person asked for",
)
def carry_out(ctx: Context, *, preparation: PreparationId) -> None:
    """Make the pack that was asked for, unless that is done already."""
    asked = queries.preparation(ctx, preparation=preparation)
    if asked.result is not None or asked.progress is Progress.STOPPED or asked.as_of is None:
        return
    row = _closed(asked.project_id, asked.as_of)
    if row.snapshot != asked.snapshot_id:
        raise Conflict(f"{row.month:%B %Y} was opened and closed again meanwhile. Make the pack anew.")
    _make(ctx, row, asked.formats, preparation)


def _make(ctx: Context, row: MonthRow, formats: tuple[Format, ...], preparation: int | None) -> tuple[VersionRow, ...]:
    """Write all parts, then keep them all, or none."""
    parts = _parts(ctx, row)
    if not parts:
        raise Conflict(f"Nothing was frozen of {row.month:%B %Y} that you may have.")
    steps = _Steps(len(parts))
    written = {}
    for place, part in enumerate(parts):
        steps.tell(place, part.title)
        written[part.id] = _stored(part, formats, steps)
    steps.tell(len(parts), "Keeping the drafts")
    return keep_pack(
        ctx,
        project=row.project_id,
        snapshot=row.snapshot or 0,
        formats=tuple(one.value for one in formats),
        files={str(pk): files for pk, files in written.items()},
        preparation=preparation,
    )


class _Steps:
    """Tells the background job that this runs in, if any, which part is being written."""

    def __init__(self, parts: int) -> None:
        self._of = parts + 1
        self._job = jobs.running()

    def tell(self, done: int, text: str) -> None:
        if self._job is not None:
            self._job.step(done, self._of, text)

    def is_ending(self) -> bool:
        return self._job is not None and self._job.is_ending()


def _stored(part: PartRow, formats: tuple[Format, ...], steps: _Steps) -> dict[str, tuple[str, int]]:
    """Hash and size of a part's files by name ('draft.docx'), written in a child process and put into the store."""
    with tempfile.TemporaryDirectory(prefix="headway-") as folder:
        stored = Path(folder) / "tree.json"
        stored.write_text(frozen_tree(part), encoding="utf-8")
        try:
            made = run(
                "headway.reports.tree_writing:write_versions",
                {"formats": [one.value for one in formats]},
                inputs={"tree.json": stored},
                limits=RENDER_LIMITS,
                should_stop=steps.is_ending,
            )
            _checked(part, stored, made.outputs, Path(folder), steps)
        except ChildError as error:
            if error.kind == "cancelled":
                raise jobs.Cancelled("The making of the pack was stopped.") from error
            raise NotWritten(f"{part.title} could not be written: {error}") from error
    kept = {name: store.put([content], limit=_MAX_FILE) for name, content in made.outputs.items()}
    return {name: (one.sha256, one.size) for name, one in kept.items()}


def _checked(part: PartRow, tree: Path, files: Mapping[str, bytes], folder: Path, steps: _Steps) -> None:
    """Have the claims checker read the finished files back, in a process of its own that sees the saved bytes alone.

    Raises ClaimsFailed where one says something else than what was frozen; no file is kept then.
    """
    inputs = {"tree.json": tree}
    for name, content in files.items():
        inputs[name] = folder / name
        inputs[name].write_bytes(content)
    answer = run(
        "headway.reports.checking:check_tree_files",
        {"files": {name: name.rsplit(".", 1)[1] for name in files}},
        inputs=inputs,
        limits=RENDER_LIMITS,
        should_stop=steps.is_ending,
    )
    wrong = [
        FieldError(name, f"{fault['place']}: {fault['sentence']}: {fault['why']}", value=str(fault["found"]))
        for name, rows in answer.value["faults"].items()
        for fault in rows
    ]
    if wrong:
        raise ClaimsFailed(
            f"{part.title} says something that was not frozen: {wrong[0].field}, {wrong[0].message}", fields=wrong
        )


@command(permission="deliverables.prepare", name="months.keep_pack", internal="the last step of making a pack")
def keep_pack(
    ctx: Context,
    *,
    project: ProjectId,
    snapshot: SnapshotId,
    formats: tuple[str, ...],
    files: dict[str, dict[str, tuple[str, int]]],
    preparation: PreparationId | None = None,
) -> tuple[VersionRow, ...]:
    """Keep the finished files of all parts as the next versions of their documents.

    files  by the part's id: hash and size of the stored bytes by name ('draft.docx', 'final-preview.html').
    """
    if preparation is not None:
        queries.preparation(ctx, preparation=preparation)
    name = named_projects(ctx, [project])[project].name
    number = queries.snapshot_number(snapshot)
    made = []
    for part in parts_of(snapshot):
        if str(part.id) not in files:
            continue
        ids = {
            file: kept_files.keep(
                ctx,
                name=f"{file.partition('.')[0]}-{number}.{file.rpartition('.')[2]}",
                media_type="application/octet-stream",
                sha256=sha256,
                size=size,
            ).id
            for file, (sha256, size) in files[str(part.id)].items()
        }
        made.append(
            deliverables.keep_version(
                ctx,
                project=project,
                kind=part.kind,
                title=f"{part.title} {name}"[:255],
                snapshot=snapshot,
                audience=part.audience,
                files={form: (ids[f"draft.{form}"], ids[f"final.{form}"]) for form in formats},
                tree={"preview": {mark: ids[f"{mark}-preview.html"] for mark in ("draft", "final")}},
                claims={"checked": list(formats), "faults": 0},
            )
        )
    if preparation is not None and made:
        deliverables.note_prepared(ctx, preparation=preparation, version=made[0].id)
    return tuple(made)


def pack_file(ctx: Context, *, project: Any, month: date) -> Download:
    """The files of the pack that this reader may have, as one zip file: approved ones final, the others as drafts.

    project  its id or key. Raises Conflict while nothing was made.
    """
    pack = pack_of(ctx, project=project, month=month)
    if not pack.made:
        raise Conflict(f"The pack of {pack.month.month:%B %Y} is not made yet.")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        for row in pack.made:
            for one in row.files:
                found = queries.download(ctx, version=row.id, format=one.format)
                entry = zipfile.ZipInfo(found.name, pack.month.closed_at.timetuple()[:6])
                entry.compress_type = zipfile.ZIP_DEFLATED
                file.writestr(entry, found.content)
    key = named_projects(ctx, [pack.month.project_id])[pack.month.project_id].key
    return Download(f"{key} {pack.month.month:%Y-%m}.zip", "application/zip", packed.getvalue())

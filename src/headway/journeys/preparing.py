"""A report prepared in the background: asked for, worked on by a job, looked at, stopped.

The work is that of `reports.prepare`. It is begun again where its worker died, from the data that was frozen first;
of a preparation that is stopped or fails no file is kept.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from headway.areas.deliverables import commands as deliverables
from headway.areas.deliverables import queries
from headway.areas.deliverables.types import Format, PreparationId, PreparationRow, Progress, VersionId
from headway.areas.people.queries import actor_of
from headway.areas.projects.queries import local_day
from headway.areas.projects.types import ProjectId
from headway.journeys import reports
from headway.kernel import jobs
from headway.kernel.commands import command, journey
from headway.kernel.context import Channel, Context, clock, system_context
from headway.kernel.errors import Conflict, Denied, Invalid, NotFound
from headway.kernel.schema import Name
from headway.reports.status_snapshot import Audience

JOB = "reports.prepare_asked"
# A person waits: before other long work.
_SOON = 50


@command(
    permission="deliverables.prepare",
    name="reports.begin_preparing",
    internal="the page's way to reports.prepare, which answers programs when it is done",
)
def begin(
    ctx: Context,
    *,
    project: ProjectId,
    kind: Name = "status",
    as_of: date | None = None,
    client_copy: bool = False,
    formats: tuple[Format, ...] = (),
    snapshot: int | None = None,
) -> PreparationRow:
    """Have a report prepared in the background, as `reports.prepare` does it at once.

    Gives the preparation that is under way where the same report is being prepared already.
    """
    reports.formats_of(kind, formats)  # refused before it waits for its turn
    audience = Audience.CLIENT if client_copy else Audience.INTERNAL
    frozen = queries.numbered_snapshot(ctx, project, snapshot)[0] if snapshot is not None else None
    row = deliverables.open_preparation(
        ctx,
        project=project,
        kind=kind,
        as_of=frozen.as_of if frozen else as_of or local_day(ctx, project=project),
        audience=frozen.audience if frozen else audience.value,
        formats=formats,
        snapshot=frozen.id if frozen else None,
    )
    if row.job:
        return row
    payload = {"preparation": row.id, "user": ctx.actor.user_id, "correlation": ctx.correlation}
    return deliverables.note_job(ctx, preparation=row.id, job=jobs.enqueue(JOB, payload, priority=_SOON))


@command(
    permission="deliverables.prepare",
    name="reports.stop_preparing",
    internal="the page's way to call off what it began in the background",
)
def stop(ctx: Context, *, preparation: PreparationId) -> PreparationRow:
    """Call off a report that is prepared in the background: its process is ended, none of its files is kept."""
    row = deliverables.note_stopped(ctx, preparation=preparation)
    job = jobs.status_of(row.job)
    if job is not None and job.state in (jobs.State.WAITING, jobs.State.RUNNING):
        jobs.request_cancel(row.job)
    return row


@jobs.job(JOB, queue=jobs.LONG)
def prepare_asked(payload: dict[str, Any]) -> None:
    """Do what was asked, with the rights that the person has now; a refusal is noted for them in its words."""
    house = system_context("a report in the background").but(correlation=payload["correlation"])
    try:
        actor = actor_of(payload["user"])
        if actor is None:
            raise Denied("Whoever asked for this report may no longer sign in.")
        carry_out(
            Context(actor=actor, now=clock(), channel=Channel.JOB, correlation=payload["correlation"]),
            preparation=payload["preparation"],
        )
    except (Invalid, Conflict, Denied, NotFound, reports.NotWritten) as refusal:
        deliverables.note_fault(house, preparation=payload["preparation"], fault=refusal.message)


@journey(
    permission="deliverables.prepare",
    name="reports.carry_out",
    internal="the work of a background job that a person asked for",
)
def carry_out(ctx: Context, *, preparation: PreparationId) -> VersionId | None:
    """Prepare the report that was asked for, unless that is done already."""
    row = queries.preparation(ctx, preparation=preparation)
    if row.result is not None or row.progress is Progress.STOPPED:
        return row.result
    if row.snapshot_number is not None:
        frozen = reports.frozen_status(ctx, row.project_id, row.snapshot_number)
    else:
        day = row.as_of or local_day(ctx, project=row.project_id)
        frozen = reports.take_snapshot(ctx, project=row.project_id, as_of=day, audience=Audience(row.audience))
        deliverables.note_frozen(ctx, preparation=row.id, snapshot=frozen[0].id)
    made = reports.draft(
        ctx, project=row.project_id, kind=row.kind, formats=row.formats, frozen=frozen, preparation=row.id
    )
    return made.id

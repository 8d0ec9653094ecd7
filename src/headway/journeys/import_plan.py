"""A plan file into a project: read in a child process, previewed, taken in one transaction, undone whole."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from headway import __version__
from headway.areas.projects import commands as projects
from headway.areas.projects.queries import import_content, local_day
from headway.areas.projects.types import ImportRow
from headway.areas.schedule import commands as schedule
from headway.areas.schedule import queries as plans
from headway.areas.schedule.records import ReadBefore, from_record, to_record
from headway.areas.schedule.types import PlanDifference
from headway.documents.child import ChildError, Refused
from headway.documents.exchange import PlanFile, read_plan
from headway.engine import plan as engine
from headway.engine.compare import compare
from headway.engine.cpm import schedule as compute
from headway.engine.plan import PlanError
from headway.journeys.refusals import error_rows
from headway.journeys.undoing import UndoEffect
from headway.kernel.context import Context
from headway.kernel.errors import Conflict

_EXAMPLES = 200


def preview_plan(
    ctx: Context,
    *,
    project: int,
    path: Path,
    file_id: int,
    file_name: str,
    answers: dict[str, str],
    mapping: dict[str, Any],
) -> ImportRow:
    """Read a plan file and keep what it would change; nothing of the plan changes yet."""
    batch = projects.open_import(
        ctx, project=project, kind="plan", file_id=file_id, file_name=file_name, answers=answers, mapping=mapping
    )
    return read_again(ctx, batch=batch, path=path)


def read_again(ctx: Context, *, batch: ImportRow, path: Path) -> ImportRow:
    """Read the file of an import with its present answers and mapping, and keep the preview."""
    try:
        found = read_plan(
            path,
            declared=batch.file_name,
            mapping=batch.mapping or None,
            answers=batch.answers or None,
        )
    except (Refused, ChildError) as error:
        return _failed(ctx, batch, error)
    try:
        computed = compute(found.plan)
    except PlanError as error:  # what was asked of the file may be why
        return _failed(ctx, batch, error, *(question.as_json() for question in found.questions))
    parsed = {"plan": to_record(found.plan), "schedule": to_record(computed), "release": __version__}
    preview = _preview(ctx, batch.project_id, found, computed)
    return projects.keep_preview(ctx, batch=batch.id, parsed=parsed, preview=preview, failed=False)


def _failed(ctx: Context, batch: ImportRow, error: Refused | ChildError | PlanError, *questions: Any) -> ImportRow:
    preview = {"errors": error_rows(error, file=batch.file_name), "questions": list(questions)}
    return projects.keep_preview(ctx, batch=batch.id, parsed=None, preview=preview, failed=True)


def _preview(ctx: Context, project_id: int, found: PlanFile, computed: engine.Schedule) -> dict[str, Any]:
    difference = plans.difference_from(ctx, project_id, found.plan)
    stored = compare(found.plan, computed)
    return {
        "create": difference.create,
        "update": difference.update,
        "unchanged": difference.unchanged,
        "missing": difference.missing,
        "differences": list(difference.details),
        "questions": [question.as_json() for question in found.questions],
        "errors": [],
        "fidelity": [row.as_json() for row in found.fidelity],
        "warnings": list(computed.warnings),
        "tasks": len(found.plan.tasks),
        "links": len(found.plan.links),
        "resources": len(found.plan.resources),
        "start": computed.start.isoformat(),
        "finish": computed.finish.isoformat(),
        "compared": stored.tasks,
        "start_equal": stored.start_equal,
        "finish_equal": stored.finish_equal,
        "program": found.plan.project.application,
    }


def read_first(ctx: Context, batch: ImportRow) -> ReadBefore | None:
    """The plan of a visible import, read before the transaction that takes it."""
    parsed, _ = import_content(ctx, batch.id)
    if parsed is None:
        return None
    try:
        return ReadBefore(batch.id, batch.version, *_scheduled(parsed))
    except PlanError:  # the taking of it says so
        return None


def _scheduled(parsed: dict[str, Any]) -> tuple[engine.Plan, engine.Schedule]:
    """The file's plan with its dates by the rules of this release, by which the stored plan goes on from them."""
    new: engine.Plan = from_record(engine.Plan, parsed["plan"])
    if parsed.get("release") == __version__:
        return new, from_record(engine.Schedule, parsed["schedule"])
    return new, compute(new)


def apply_plan(ctx: Context, *, batch: ImportRow) -> ImportRow:
    """Make the project's plan that of the file."""
    before = None
    if plans.has_plan(batch.project_id):
        before = to_record(plans.plan_of(ctx, project=batch.project_id))
    difference = _take(ctx, batch)
    preview = {
        **batch.preview,
        "create": difference.create,
        "update": difference.update,
        "unchanged": difference.unchanged,
        "missing": difference.missing,
        "differences": list(difference.details),
    }
    return projects.note_import_applied(
        ctx, batch=batch.id, preview=preview, undo={"before": before, "version": plans.plan_version(batch.project_id)}
    )


def _take(ctx: Context, batch: ImportRow) -> PlanDifference:
    """Store the file's plan: as it was read before this transaction, or read now where the import has changed since."""
    read, label = ctx.read_first, f"Import of {batch.file_name}"
    if isinstance(read, ReadBefore) and (read.batch_id, read.batch_version) == (batch.id, batch.version):
        on = progress_day(read.plan, ctx, batch.project_id)
        return schedule.take_plan(ctx, project=batch.project_id, progress_on=on, label=label)
    parsed, _ = import_content(ctx, batch.id)
    if parsed is None:
        raise Conflict("This import has nothing to apply. Read the file again.")
    try:
        new, computed = _scheduled(parsed)
    except PlanError as error:
        raise Conflict(f"The plan of this file cannot be scheduled: {error} Read the file again.") from error
    return schedule.take_plan(
        ctx,
        project=batch.project_id,
        plan=parsed["plan"],
        schedule=to_record(computed),
        progress_on=progress_day(new, ctx, batch.project_id),
        label=label,
    )


def progress_day(plan: engine.Plan, ctx: Context, project_id: int) -> date | None:
    """The day a file's progress speaks for: its status date, else the day it came, if it holds any progress."""
    if not any(task.percent_complete or task.actual_start for task in plan.tasks):
        return None
    return plan.project.status_date.date() if plan.project.status_date else local_day(ctx, project=project_id)


def undo_effect(ctx: Context, *, batch: ImportRow) -> UndoEffect:
    """What undoing would do to the tasks. Work on the plan since the import is said; a baseline stands against it."""
    _, undo = import_content(ctx, batch.id)
    before, version = (undo or {}).get("before"), (undo or {}).get("version")
    now = plans.plan_version(batch.project_id)
    made, changed = int(batch.preview.get("create", 0)), int(batch.preview.get("update", 0))
    against = ""
    if before is None and (taken := plans.taken_baseline(batch.project_id)):
        against = f"The baseline '{taken}' was taken of this plan; its import cannot be undone any more."
    later = ""
    if now is not None and now != version:
        steps = now - version if version is not None else 0
        later = " ".join(["The plan was changed", *_times(steps), "since this import."])
    restored = changed + int(batch.preview.get("missing", 0)) if before is not None else 0
    return UndoEffect(made, restored, "tasks", later, against)


def _times(count: int) -> list[str]:
    """How often, where it is known."""
    return ["once"] if count == 1 else [f"{count} times"] if count > 1 else []


def undo_plan(ctx: Context, *, batch: ImportRow) -> ImportRow:
    """Put back the plan that stood before an import, or take away the one it made."""
    _, undo = import_content(ctx, batch.id)
    before = (undo or {}).get("before")
    if before is None:
        schedule.drop_plan(ctx, project=batch.project_id)
    else:
        old: engine.Plan = from_record(engine.Plan, before)
        dated, label = to_record(compute(old)), f"Import of {batch.file_name} undone"
        schedule.take_plan(ctx, project=batch.project_id, plan=before, schedule=dated, label=label)
    return projects.note_import_undone(ctx, batch=batch.id)

"""An hours export into a project: read in a child process, previewed, taken whole in one transaction, undone whole.

People are matched, never created; rows of other projects are counted and left out, or taken along where that is asked
for; what was taken before is known again. Nothing but the import's own record is written before it is applied.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from headway.areas.hours import commands as hours
from headway.areas.hours.comparing import undo_facts
from headway.areas.hours.staging import Meaning, pack
from headway.areas.hours.taking import OF_A_WHOLE
from headway.areas.hours.types import KnownNames, MissingRule
from headway.areas.projects import commands as projects
from headway.areas.projects.queries import charter, import_content, imports
from headway.areas.projects.types import ImportRow, ImportState
from headway.documents.child import ChildError, Refused
from headway.documents.exchange.hours import read_upload
from headway.journeys.hours_names import Targets, answered, asked, match_names, match_tasks
from headway.journeys.hours_preview import MOST_ERRORS, MOST_QUESTIONS, Split, blocked, changes, described
from headway.journeys.refusals import error_rows
from headway.journeys.undoing import UndoEffect
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, Invalid

ALL = "all"
_UNSAFE = re.compile(r"[^\w .()+-]")


def preview_hours(
    ctx: Context,
    *,
    project: int,
    path: Path,
    file_id: int,
    file_name: str,
    answers: dict[str, str],
    mapping: dict[str, Any],
) -> ImportRow:
    """Read an hours file and keep what it would change; no entry is written.

    answers  to questions: those of the reader (date_order, decimal_sign, …), "person:<name or e-mail>" with a
             person's id or e-mail, "project:<name>" with a project's key or 'skip', "task:<name>" with the uid of a
             row of the plan or 'none', "missing" with keep or remove, "projects" with one or all.
    mapping  {"columns": …, "sheet": …, "source": …, "people": {name: person}, "projects": {name: key}}.
    """
    batch = projects.open_import(
        ctx, project=project, kind="hours", file_id=file_id, file_name=file_name, answers=answers, mapping=mapping
    )
    return read_again(ctx, batch=batch, path=path)


def read_again(ctx: Context, *, batch: ImportRow, path: Path) -> ImportRow:
    """Read the file of an import with its present answers and mapping, and keep the preview."""
    about = charter(ctx, project=batch.project_id)
    answers = {"time_zone": about.time_zone, **_said_before(ctx, batch), **batch.answers}
    try:
        rule, every = _missing_rule(answers), _every_project(answers)
        found, staged = read_upload(
            path, name=_plain_name(batch.file_name), answers=answers, mapping=_for_reader(batch.mapping)
        )
        ours = Targets(ctx, found, about, {**answers, **answered(batch.mapping)}, every=every)
        people = match_names(ctx, found, ours.names, answers, batch.mapping)
        tasks = match_tasks(ctx, found, ours, answers)
    except (Refused, ChildError) as error:
        preview: dict[str, Any] = {"errors": error_rows(error, file=batch.file_name), "questions": []}
        return projects.keep_preview(ctx, batch=batch.id, parsed=None, preview=preview, failed=True)
    errors = [error.as_json() | {"file": batch.file_name} for error in found.errors[:MOST_ERRORS]]
    questions = [one.as_json() for one in found.questions] + ours.questions + people.questions + tasks.questions
    preview = described(found, errors, questions[:MOST_QUESTIONS])
    if errors or questions or not found.usable:
        return projects.keep_preview(ctx, batch=batch.id, parsed=None, preview=preview, failed=bool(errors))
    taking = Split(ctx, about, found, ours.names, people.ids)
    zones = {project_id: one.time_zone for project_id, one in taking.projects.items()}
    packed = pack(Meaning(ours.names, people.ids, tasks.uids, zones), staged)
    effects = hours.stage_entries(
        ctx,
        project=batch.project_id,
        batch=batch.id,
        source=found.source,
        packed=packed,
        counts={project_id: tally.rows for project_id, tally in taking.by_project.items()},
        first=found.first_day,
        last=found.last_day,
        missing=rule,
    )
    against = [blocked(text, batch.file_name) for effect in effects.values() for text in effect.blocked]
    preview |= changes(effects, about.id) | taking.as_json(effects) | {"file_tasks": tasks.shown}
    preview["errors"], preview["error_count"] = against, len(against)
    parsed = {
        "first": found.first_day.isoformat() if found.first_day else None,
        "last": found.last_day.isoformat() if found.last_day else None,
        "missing": rule.value,
        "aliases": people.aliases,
        "projects": ours.answered,
        "tasks": tasks.answered,
    }
    return projects.keep_preview(ctx, batch=batch.id, parsed=parsed, preview=preview, failed=bool(against))


def read_first(ctx: Context, batch: ImportRow) -> hours.ReadBefore | None:
    """The rows of a visible import, read before the transaction that takes them."""
    return hours.read_before(ctx, project_id=batch.project_id, batch_id=batch.id)


def apply_hours(ctx: Context, *, batch: ImportRow) -> ImportRow:
    """Make the previewed rows entries, all or none, with frozen rates; then file and store side by side."""
    parsed, _ = import_content(ctx, batch.id)
    if batch.preview.get("errors") or batch.preview.get("questions"):
        raise Invalid("The file has errors or open questions; nothing was changed. Settle them and read it again.")
    if parsed is None or batch.state is not ImportState.PREVIEW:
        raise Conflict("This import has nothing to apply. Read the file again.")
    return hours.take_entries(
        ctx,
        project=batch.project_id,
        batch=batch.id,
        preview=batch.preview,
        names=KnownNames(
            parsed["aliases"],
            parsed["projects"],
            {int(project_id): tasks for project_id, tasks in parsed["tasks"].items()},
        ),
        first=parsed["first"],
        last=parsed["last"],
        missing=MissingRule(parsed["missing"]),
    )


def undo_hours(ctx: Context, *, batch: ImportRow) -> ImportRow:
    """Take a whole import back: its entries go, those it changed or removed are as they were."""
    return hours.undo_entries(ctx, project=batch.project_id, batch=batch.id)


def undo_effect(ctx: Context, *, batch: ImportRow) -> UndoEffect:
    """What undoing would do to the entries."""
    facts = undo_facts(batch.id)
    later, against = "", ""
    if facts.touched:
        noun = "entry of it was" if facts.touched == 1 else "entries of it were"
        later = f"{facts.touched} {noun} changed or handed in since."
    if facts.closed:
        noun = "entry of this import is" if facts.closed == 1 else "entries of this import are"
        against = f"{facts.closed} {noun} approved or locked. Return them first."
    if "whole" in batch.mapping:
        against = OF_A_WHOLE
    return UndoEffect(facts.created, facts.updated + facts.removed, "entries", later, against)


# --- what is asked of the file --------------------------------------------------------------


def _plain_name(name: str) -> str:
    """The file's name as the child may use it; its ending stays."""
    base = _UNSAFE.sub("_", Path(name.replace("\\", "/")).name).lstrip(". ") or "hours"
    stem, suffix = Path(base).stem[:80], Path(base).suffix[:16]
    return f"{stem}{suffix}" if f"{stem}{suffix}" != "out" else "hours"


def _for_reader(mapping: Mapping[str, Any]) -> dict[str, Any]:
    return {name: mapping[name] for name in ("columns", "sheet", "source") if name in mapping}


def _missing_rule(answers: Mapping[str, str]) -> MissingRule:
    given = str(answers.get("missing", "") or MissingRule.KEEP.value).strip().casefold()
    if given not in {rule.value for rule in MissingRule}:
        raise Refused(f"'{given}' is no answer to missing; give keep or remove.", {"field": "missing", "value": given})
    return MissingRule(given)


def _every_project(answers: Mapping[str, str]) -> bool:
    given = str(answers.get("projects", "") or "one").strip().casefold()
    if given not in {"one", ALL}:
        raise Refused(f"'{given}' is no answer to projects; give one or all.", {"field": "projects", "value": given})
    return given == ALL


def _said_before(ctx: Context, batch: ImportRow) -> dict[str, str]:
    """Which of a file's projects are this one, as answered in the newest import that was applied."""
    for row in imports(ctx, project=batch.project_id):
        if row.kind == "hours" and row.state is ImportState.APPLIED:
            named = {f"project:{name}": str(key) for name, key in asked(row.mapping, "projects").items()}
            return named | {name: value for name, value in row.answers.items() if name.startswith("project:")}
    return {}

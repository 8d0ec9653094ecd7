"""Runs `headway report`: freeze or reuse a snapshot, render and check, then write the file whole."""

from __future__ import annotations

import argparse
import json
from typing import Any

from headway.areas.deliverables.types import SnapshotRow
from headway.areas.projects.queries import charter
from headway.interfaces.cli.acting import context, database_faults
from headway.interfaces.cli.files_out import target_of, write_whole
from headway.interfaces.cli.output import DONE, Output, table
from headway.journeys.report_templates import template_of
from headway.journeys.reports import frozen_status, render, take_snapshot
from headway.kernel.access import check
from headway.kernel.context import Context
from headway.kernel.errors import FieldError, Invalid
from headway.reports.registry import REPORTS
from headway.reports.status_snapshot import Audience, StatusSnapshot

DATA = "json"


def run(given: argparse.Namespace, out: Output) -> int:
    """Write one report, or list the kinds."""
    if given.kind == "list":
        return _list(out)
    form, target = _form(given), target_of(given.output)
    if not given.project:
        raise Invalid("Say of which project: --project KEY.", fields=[FieldError("project", "required")])
    report = REPORTS.get(given.kind)
    if report is None:
        raise Invalid(f"There is no report '{given.kind}'; there are {', '.join(REPORTS)}.")
    if form != DATA and form not in report.builders:
        raise Invalid(f"The report '{given.kind}' is written as {', '.join([*report.builders, DATA])}, not as {form}.")
    with database_faults():
        ctx = context(given)
        row, snapshot = _snapshot(ctx, given)
        template = template_of(ctx, row.project_id)
    if form == DATA:
        content = json.dumps(json.loads(snapshot.to_json()), ensure_ascii=False, indent=2).encode() + b"\n"
    else:
        made = render(row, snapshot, kind=given.kind, formats=(form,), marks=("draft",), template=template)
        content = made.files[f"draft.{form}"]
    write_whole(target, content)
    document = {
        "file": str(target),
        "kind": given.kind,
        "format": form,
        "snapshot": row.number,
        "as_of": row.as_of.isoformat(),
        "audience": row.audience,
        "digest": row.digest,
        "draft": True,
        "bytes": len(content),
    }
    out.answer(document, [f"Wrote {target}: {report.title} as of {row.as_of}, snapshot {row.number}, a draft."])
    return DONE


def _list(out: Output) -> int:
    kinds: list[dict[str, Any]] = [
        {"kind": item.kind, "title": item.title, "summary": item.summary, "formats": [*item.builders, DATA]}
        for item in REPORTS.values()
    ]
    rows = [(item["kind"], item["title"], ", ".join(item["formats"]), item["summary"]) for item in kinds]
    out.answer({"reports": kinds}, table(("kind", "title", "formats", "what it is"), rows))
    return DONE


def _form(given: argparse.Namespace) -> str:
    suffix = given.output.suffix.lstrip(".").lower() if given.output is not None else ""
    form = given.format or suffix
    if not form:
        raise Invalid("Say which format: --format docx|pptx|xlsx|pdf|html|md|json.")
    return str(form)


def _snapshot(ctx: Context, given: argparse.Namespace) -> tuple[SnapshotRow, StatusSnapshot]:
    project = charter(ctx, project=given.project).id
    audience = Audience.CLIENT if given.client_copy else Audience.INTERNAL
    if given.snapshot is None:
        return take_snapshot(ctx, project=project, as_of=given.as_of or ctx.now.date(), audience=audience)
    check(ctx, "deliverables.prepare", {}, project_id=project, writes=True)
    row, status = frozen_status(ctx, project, given.snapshot)
    if row.audience != audience.value:
        other = "without" if given.client_copy else "with"
        raise Invalid(f"Snapshot {row.number} was made {other} --client-copy.", fields=[FieldError("snapshot", "")])
    if given.as_of is not None and given.as_of != row.as_of:
        raise Invalid(f"Snapshot {row.number} is as of {row.as_of}; leave --as-of out or make a new one.")
    return row, status

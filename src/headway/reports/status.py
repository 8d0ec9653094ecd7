"""The weekly status report: one page to act on, and an annex to check it by.

Not here: the figures (`status_snapshot.py`), the sentences (`conclusions.py`), shared tables (`tables.py`).
"""

from __future__ import annotations

from dataclasses import replace

from headway.documents import tree
from headway.documents.tree import Block as TreeBlock
from headway.documents.tree import Document, Heading, Mark, PageBreak, Paragraph, Table, Tone, runs
from headway.reports import conclusions, tables
from headway.reports.status_snapshot import Block, StatusSnapshot


def build(snapshot: StatusSnapshot, *, mark: Mark = Mark.DRAFT) -> Document:
    """The weekly status of one snapshot; `mark` says on every page whether it is approved."""
    return Document(
        title="Weekly status",
        subtitle=_subtitle(snapshot),
        meta=tables.meta(snapshot, mark=mark),
        blocks=(*_page(snapshot), PageBreak(), *_annex(snapshot)),
    )


def _subtitle(snapshot: StatusSnapshot) -> str:
    client = f" for {snapshot.project.client}" if snapshot.project.client else ""
    return f"{snapshot.project.name}{client}"


def _header(snapshot: StatusSnapshot) -> str:
    week = snapshot.week
    first, last = tree.day_text(week.first), tree.day_text(week.last)
    baseline = snapshot.baseline
    measured = f"{baseline.name} of {tree.day_text(baseline.set_on)}" if baseline else "no baseline set"
    return (
        f"Project {snapshot.project.key} · Stage: {snapshot.project.stage} · Manager: {snapshot.project.manager} · "
        f"Week {week.number} of {week.year}, {first} to {last} · Snapshot {snapshot.number} · Baseline: {measured}"
    )


def _page(snapshot: StatusSnapshot) -> tuple[TreeBlock, ...]:
    return (
        Paragraph(runs(_header(snapshot)), Tone.SMALL),
        Paragraph(conclusions.headline(snapshot), Tone.LEAD),
        tables.rag_row(snapshot),
        Heading(tables.moved_title(snapshot), 2),
        tables.moved(snapshot, most=3),
        Heading("Done", 2),
        tables.outcomes(snapshot, Block.DONE, snapshot.done),
        Heading("Next", 2),
        tables.outcomes(snapshot, Block.NEXT, snapshot.next),
        Heading("Milestones of the next 90 days", 2),
        Paragraph(conclusions.milestones(snapshot)),
        _under_heading(tables.milestones(snapshot, ahead_only=True)),
        Heading("Hours and budget", 2),
        Paragraph((*conclusions.hours(snapshot), *runs(" "), *conclusions.hours_range(snapshot))),
        _under_heading(tables.budget(snapshot)),
        Heading("Top risks and issues", 2),
        tables.risks(snapshot, most=3),
        tables.issues(snapshot, most=3),
        Heading("Changes", 2),
        _under_heading(tables.changes(snapshot)),
        Heading("Decisions and client actions due", 2),
        tables.decisions(snapshot),
        tables.client_actions(snapshot),
        Heading("You said, we did", 2),
        _under_heading(tables.feedback(snapshot)),
    )


def _annex(snapshot: StatusSnapshot) -> tuple[TreeBlock, ...]:
    return (
        Heading("Annex"),
        Heading("Health by rule and its limits", 2),
        _under_heading(tables.rag_details(snapshot)),
        Heading("Plan on a page", 2),
        tables.gantt(snapshot),
        Heading("All milestones", 2),
        _under_heading(tables.milestones(snapshot)),
        Heading("Earned value", 2),
        tables.curve(snapshot),
        tables.earned_value(snapshot),
        tables.earned_schedule(snapshot),
        Heading("Hours by person and phase", 2),
        tables.hours_by(snapshot, person=True),
        tables.hours_by(snapshot, person=False),
        tables.burn(snapshot),
        Heading("Where the figures come from", 2),
        _under_heading(tables.sources(snapshot)),
    )


def _under_heading(block: TreeBlock) -> TreeBlock:
    """A table whose heading says already what it holds."""
    return replace(block, caption="") if isinstance(block, Table) else block

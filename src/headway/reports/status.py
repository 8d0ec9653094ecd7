"""The weekly status report: one page to act on, and an annex to check it by.

Not here: the figures (`status_snapshot.py`), the sentences (`conclusions.py`), shared tables (`tables.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from headway.documents import tree
from headway.documents.tree import Block as TreeBlock
from headway.documents.tree import Document, Figure, Heading, Mark, PageBreak, Paragraph, Table, Tone, runs
from headway.reports import conclusions, tables
from headway.reports.status_snapshot import Block, StatusSnapshot
from headway.reports.template import ANNEX, STANDARD, Template

Blocks = tuple[TreeBlock, ...]
_LOGO_WIDTH = 0.2  # of the text's width


def build(snapshot: StatusSnapshot, *, mark: Mark = Mark.DRAFT, template: Template = STANDARD) -> Document:
    """The weekly status of one snapshot; `mark` says on every page whether it is approved."""
    page = [name for name in template.sections if name not in ANNEX]
    annex = [name for name in template.sections if name in ANNEX]
    behind = (PageBreak(), Heading("Annex"), *_sections(annex, snapshot)) if annex else ()
    return Document(
        title=template.title or "Weekly status",
        subtitle=_subtitle(snapshot),
        meta=tables.meta(snapshot, mark=mark, confidential=template.confidential),
        blocks=(*logo(template), *_head(snapshot), *_sections(page, snapshot), *behind),
    )


def logo(template: Template) -> tuple[TreeBlock, ...]:
    """The logo, small, where the template has one."""
    if template.logo is None:
        return ()
    return (Figure(template.logo, f"Logo of {template.logo_of}", width=_LOGO_WIDTH),)


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


def _head(snapshot: StatusSnapshot) -> tuple[TreeBlock, ...]:
    return (
        Paragraph(runs(_header(snapshot)), Tone.SMALL),
        Paragraph(conclusions.headline(snapshot), Tone.LEAD),
        tables.rag_row(snapshot),
    )


def _sections(names: Iterable[str], snapshot: StatusSnapshot) -> tuple[TreeBlock, ...]:
    return tuple(block for name in names for block in _SECTIONS[name](snapshot))


def _moved(snapshot: StatusSnapshot) -> Blocks:
    return (Heading(tables.moved_title(snapshot), 2), tables.moved(snapshot, most=3))


def _done(snapshot: StatusSnapshot) -> Blocks:
    return (Heading("Done", 2), tables.outcomes(snapshot, Block.DONE, snapshot.done))


def _next(snapshot: StatusSnapshot) -> Blocks:
    return (Heading("Next", 2), tables.outcomes(snapshot, Block.NEXT, snapshot.next))


def _milestones(snapshot: StatusSnapshot) -> Blocks:
    return (
        Heading("Milestones of the next 90 days", 2),
        Paragraph(conclusions.milestones(snapshot)),
        _under_heading(tables.milestones(snapshot, ahead_only=True)),
    )


def _budget(snapshot: StatusSnapshot) -> Blocks:
    return (
        Heading("Hours and budget", 2),
        Paragraph((*conclusions.hours(snapshot), *runs(" "), *conclusions.hours_range(snapshot))),
        _under_heading(tables.budget(snapshot)),
    )


def _risks(snapshot: StatusSnapshot) -> Blocks:
    return (
        Heading("Top risks and issues", 2),
        tables.risks(snapshot, most=3),
        tables.issues(snapshot, most=3),
    )


def _changes(snapshot: StatusSnapshot) -> Blocks:
    return (Heading("Changes", 2), _under_heading(tables.changes(snapshot)))


def _decisions(snapshot: StatusSnapshot) -> Blocks:
    return (
        Heading("Decisions and client actions due", 2),
        tables.decisions(snapshot),
        tables.client_actions(snapshot),
    )


def _feedback(snapshot: StatusSnapshot) -> Blocks:
    return (Heading("You said, we did", 2), _under_heading(tables.feedback(snapshot)))


def _limits(snapshot: StatusSnapshot) -> Blocks:
    return (Heading("Health by rule and its limits", 2), _under_heading(tables.rag_details(snapshot)))


def _gantt(snapshot: StatusSnapshot) -> Blocks:
    return (Heading("Plan on a page", 2), tables.gantt(snapshot))


def _all_milestones(snapshot: StatusSnapshot) -> Blocks:
    return (Heading("All milestones", 2), _under_heading(tables.milestones(snapshot)))


def _earned_value(snapshot: StatusSnapshot) -> Blocks:
    return (
        Heading("Earned value", 2),
        tables.curve(snapshot),
        tables.earned_value(snapshot),
        tables.earned_schedule(snapshot),
    )


def _hours(snapshot: StatusSnapshot) -> Blocks:
    return (
        Heading("Hours by person and phase", 2),
        tables.hours_by(snapshot, person=True),
        tables.hours_by(snapshot, person=False),
        tables.burn(snapshot),
    )


def _sources(snapshot: StatusSnapshot) -> Blocks:
    return (Heading("Where the figures come from", 2), _under_heading(tables.sources(snapshot)))


def _under_heading(block: TreeBlock) -> TreeBlock:
    """A table whose heading says already what it holds."""
    return replace(block, caption="") if isinstance(block, Table) else block


_SECTIONS: Mapping[str, Callable[[StatusSnapshot], Blocks]] = {
    "moved": _moved,
    "done": _done,
    "next": _next,
    "milestones": _milestones,
    "budget": _budget,
    "risks": _risks,
    "changes": _changes,
    "decisions": _decisions,
    "feedback": _feedback,
    "limits": _limits,
    "gantt": _gantt,
    "all_milestones": _all_milestones,
    "earned_value": _earned_value,
    "hours": _hours,
    "sources": _sources,
}

"""The steering deck: a decision paper of twelve slides whose titles are conclusions, one message a slide.

Where risks are open, a thirteenth in the annex has them by probability and impact.

Not here: the figures (`status_snapshot.py`), the sentences (`conclusions.py`), shared tables (`tables.py`).
"""

from __future__ import annotations

from headway.documents import tree
from headway.documents.tree import Block as TreeBlock
from headway.documents.tree import Bullets, Document, Layout, Mark, Paragraph, Rag, Runs, Slide, Tone, plain, runs
from headway.reports import conclusions, tables, words
from headway.reports.status import logo
from headway.reports.status_snapshot import Block, StatusSnapshot
from headway.reports.template import STANDARD, Template


def build(snapshot: StatusSnapshot, *, mark: Mark = Mark.DRAFT, template: Template = STANDARD) -> Document:
    """The steering deck of one snapshot; `mark` says on every slide whether it is approved."""
    return Document(
        title="Steering deck",
        subtitle=snapshot.project.name,
        meta=tables.meta(snapshot, mark=mark, confidential=template.confidential),
        slides=(
            _cover(snapshot, template),
            _one_page(snapshot),
            _slide(conclusions.curve(snapshot), tables.curve(snapshot), notes=conclusions.earned_schedule(snapshot)),
            _hours(snapshot),
            _slide(conclusions.plan(snapshot), tables.gantt(snapshot), notes=conclusions.finish(snapshot)),
            _slide(conclusions.milestones(snapshot), tables.milestones(snapshot)),
            _slide(conclusions.risks(snapshot), tables.risks(snapshot), tables.issues(snapshot, most=3)),
            _slide(conclusions.budget(snapshot), tables.bridge(snapshot)),
            _slide(conclusions.decisions(snapshot), tables.decisions(snapshot), tables.changes(snapshot)),
            _actions(snapshot),
            *_matrix(snapshot),
            _slide(runs("Annex: the colours follow these limits."), tables.rag_details(snapshot)),
            _slide(runs("Annex: the figures come from these records."), *_figures(snapshot), layout=Layout.HALVES),
        ),
    )


def _matrix(snapshot: StatusSnapshot) -> tuple[Slide, ...]:
    """All open risks; none where no risk is open."""
    if not snapshot.risks:
        return ()
    return (_slide(runs("Annex: the open risks stand by probability and impact."), tables.risk_matrix(snapshot)),)


def _slide(title: Runs, *blocks: TreeBlock, layout: Layout = Layout.STACK, notes: Runs = ()) -> Slide:
    return Slide(plain(title), blocks, layout, plain(notes))


def _cover(snapshot: StatusSnapshot, template: Template) -> Slide:
    name = snapshot.project.name
    if snapshot.overall is Rag.NOT_MEASURED:
        title = f"The status of {name} is not measured yet."
    elif snapshot.overall is Rag.GREEN:
        title = f"{name} is Green: every measured dimension is within its limits."
    else:
        title = f"{name} is {snapshot.overall.word} because of {words.joined(words.worst_dimensions(snapshot))}."
    lines = (
        f"Steering meeting for {snapshot.project.client}" if snapshot.project.client else "Steering meeting",
        f"Data date {tree.day_text(snapshot.data_date, weekday=True)}, snapshot {snapshot.number}",
        f"Manager: {snapshot.project.manager}",
    )
    return Slide(title, (*(Paragraph(runs(line)) for line in lines), *logo(template)), Layout.COVER)


def _one_page(snapshot: StatusSnapshot) -> Slide:
    asks = Bullets((conclusions.decisions(snapshot), conclusions.client_actions(snapshot)))
    return _slide(
        conclusions.overall(snapshot),
        tables.rag_row(snapshot),
        Paragraph(runs(tree.Run("Asked of this meeting", bold=True))),
        asks,
        Paragraph(runs(tree.Run(tables.moved_title(snapshot), bold=True))),
        tables.moved(snapshot, most=4),
        notes=conclusions.headline(snapshot),
    )


def _hours(snapshot: StatusSnapshot) -> Slide:
    blocks = (tables.hours_chart(snapshot), tables.burn(snapshot)) if snapshot.hours else (tables.burn(snapshot),)
    layout = Layout.SPLIT if snapshot.hours else Layout.STACK
    return _slide(conclusions.hours(snapshot), *blocks, layout=layout, notes=conclusions.hours_range(snapshot))


def _actions(snapshot: StatusSnapshot) -> Slide:
    measured = snapshot.client_actions is not None
    return _slide(
        conclusions.client_actions(snapshot) if measured else conclusions.changes(snapshot),
        tables.client_actions(snapshot),
        *((Paragraph(conclusions.changes(snapshot)),) if measured else ()),
        tables.outcomes(snapshot, Block.NEXT, snapshot.next),
        Paragraph(conclusions.next_date(snapshot), Tone.LEAD),
    )


def _figures(snapshot: StatusSnapshot) -> tuple[TreeBlock, ...]:
    return (tables.earned_value(snapshot), tables.sources(snapshot), tables.not_measured(snapshot))

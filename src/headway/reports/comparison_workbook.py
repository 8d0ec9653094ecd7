"""Two moments of a plan as a workbook: the slip with its causes, phases, every task, links and people."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal

from headway.areas.schedule.types import ComparedTask, PlanComparison, PlanMoment, PlanPart, RowChange
from headway.documents.tree import (
    CellPart,
    Column,
    Document,
    Kind,
    Mark,
    Meta,
    Paragraph,
    Sheet,
    Table,
    Tone,
    day,
    no_value,
    number,
    row,
    runs,
)

_CHANGES = {
    RowChange.SAME: "as then",
    RowChange.MOVED: "moves",
    RowChange.ADDED: "added",
    RowChange.REMOVED: "removed",
}
_PARTS = _CHANGES | {RowChange.MOVED: "changed"}


def build(
    found: PlanComparison, tasks: Sequence[ComparedTask], *, project: str, at: datetime, by: str, organisation: str
) -> Document:
    """The workbook of a comparison; `tasks` in the order to show."""
    meta = Meta(
        project=project,
        data_date=at.date(),
        snapshot=None,
        timestamp=at,
        source=f"{found.old.label} and {found.new.label}",
        author=by,
        organisation=organisation,
        mark=Mark.NONE,
    )
    sheets = (
        Sheet("Slip", (Paragraph(runs(found.sentence), Tone.LEAD), _ends(found), _causes(found), _phases(found))),
        Sheet("Tasks", (_tasks(tasks),)),
        Sheet("Links and people", (_parts("Links", found.links), _parts("People", found.people))),
    )
    return Document("Plan compared", organisation, meta, sheets=sheets)


def _ends(found: PlanComparison) -> Table:
    def line(moment: PlanMoment, work: Decimal | None, cost: Decimal | None) -> tuple[CellPart, ...]:
        return (
            moment.label,
            day(moment.start.date() if moment.start else None),
            day(moment.finish.date() if moment.finish else None),
            _amount(work),
            _amount(cost, 2),
        )

    columns = (
        Column("Version", width=2.4),
        Column("Start", Kind.DATE, 1.2),
        Column("Finish", Kind.DATE, 1.2),
        Column("Work (h)", Kind.NUMBER, 1),
        Column(f"Cost ({found.currency})" if found.currency else "Cost", Kind.NUMBER, 1),
    )
    rows = (
        row(*line(found.old, found.old_work_hours, found.old_cost)),
        row(*line(found.new, found.new_work_hours, found.new_cost)),
    )
    return Table(columns, rows, caption="Versions")


def _causes(found: PlanComparison) -> Table:
    columns = (Column("Cause", width=5), Column("Working days", Kind.NUMBER, 1))
    rows = tuple(row(cause.text, number(cause.days, digits=1)) for cause in found.causes)
    return Table(columns, rows, caption="What moves the finish", empty="Nothing moves it.")


def _phases(found: PlanComparison) -> Table:
    columns = (
        Column("Phase", width=3),
        Column("Finish before", Kind.DATE, 1.2),
        Column("Finish after", Kind.DATE, 1.2),
        Column("Working days", Kind.NUMBER, 1),
        Column("Tasks that move", Kind.NUMBER, 1),
    )
    rows = tuple(
        row(phase.name, _day(phase.old_finish), _day(phase.new_finish), _amount(phase.days), number(phase.moved))
        for phase in found.phases
    )
    return Table(columns, rows, caption="Phases", empty="The plan has no phases.")


def _tasks(tasks: Iterable[ComparedTask]) -> Table:
    columns = (
        Column("Row", Kind.NUMBER, 0.6),
        Column("Task", width=3),
        Column("Was named", width=2),
        Column("Change", width=1),
        Column("Start before", Kind.DATE, 1.2),
        Column("Start after", Kind.DATE, 1.2),
        Column("Finish before", Kind.DATE, 1.2),
        Column("Finish after", Kind.DATE, 1.2),
        Column("Slip (working days)", Kind.NUMBER, 1),
        Column("Work before (h)", Kind.NUMBER, 1),
        Column("Work after (h)", Kind.NUMBER, 1),
        Column("Cost before", Kind.NUMBER, 1),
        Column("Cost after", Kind.NUMBER, 1),
        Column("Because of", width=3),
    )
    rows = tuple(
        row(
            number(task.number),
            task.name,
            task.old_name,
            _CHANGES[task.change],
            _day(task.old_start),
            _day(task.new_start),
            _day(task.old_finish),
            _day(task.new_finish),
            _amount(task.finish_days),
            _amount(task.old_work_hours),
            _amount(task.new_work_hours),
            _amount(task.old_cost, 2),
            _amount(task.new_cost, 2),
            task.cause,
        )
        for task in tasks
    )
    return Table(columns, rows, empty="No task.", name="Tasks")


def _parts(caption: str, parts: Iterable[PlanPart]) -> Table:
    columns = (Column("Change", width=1), Column(caption, width=6))
    rows = tuple(row(_PARTS[part.change], part.text) for part in parts)
    return Table(columns, rows, caption=caption, empty="No difference.")


def _day(moment: datetime | None) -> CellPart:
    return day(moment.date() if moment is not None else None)


def _amount(value: Decimal | None, digits: int = 1) -> CellPart:
    return no_value(Kind.NUMBER) if value is None else number(value, digits=digits)

"""The portfolio as a workbook: what stands on the screen, typed, and a sheet that says where each column comes from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from headway.areas.portfolio.types import Direction, Figures, Standing
from headway.documents import tree
from headway.documents.tree import (
    CellPart,
    Column,
    Document,
    Kind,
    Mark,
    Meta,
    Paragraph,
    Rag,
    Sheet,
    Table,
    Tone,
    day,
    no_value,
    number,
    percent,
    row,
    runs,
)

_Write = Callable[[Standing, Figures], CellPart]


@dataclass(frozen=True, slots=True)
class _Shown:
    """One column of the workbook; a column of the screen may give two."""

    title: str
    kind: Kind
    width: float
    write: _Write
    source: str


def _percent(value: Decimal | None) -> CellPart:
    return no_value(Kind.PERCENT) if value is None else percent(value, digits=1)


def _hours(value: Decimal | None) -> CellPart:
    return no_value(Kind.NUMBER) if value is None else number(value, digits=1)


def _days(value: int | None) -> CellPart:
    return no_value(Kind.NUMBER) if value is None else number(value)


_TRENDS = {
    Direction.BETTER: "better",
    Direction.WORSE: "worse",
    Direction.SAME: "same",
    Direction.UNKNOWN: "no earlier week",
}

_COLUMNS: dict[str, tuple[_Shown, ...]] = {
    "health": (
        _Shown("Health", Kind.TEXT, 1.2, lambda s, f: Rag[f.health.name], "The worst dimension of health"),
        _Shown("Why", Kind.TEXT, 4, lambda s, f: f.because, "The reasons of the dimensions that have this colour"),
    ),
    "trend": (
        _Shown("Trend", Kind.TEXT, 1.2, lambda s, f: _TRENDS[s.trend], "Health and slip against the week before"),
    ),
    "milestone": (
        _Shown(
            "Next milestone",
            Kind.TEXT,
            2.2,
            lambda s, f: f.next_milestone.name if f.next_milestone else "–",
            "The earliest milestone of the plan that is not reached",
        ),
        _Shown(
            "Milestone day",
            Kind.DATE,
            1.2,
            lambda s, f: day(f.next_milestone.on if f.next_milestone else None),
            "Its computed date",
        ),
        _Shown(
            "Milestone late (working days)",
            Kind.NUMBER,
            1.2,
            lambda s, f: _days(f.next_milestone.late_days if f.next_milestone else None),
            "Working days after the baseline's date; negative = early",
        ),
    ),
    "finish": (_Shown("Finish", Kind.DATE, 1.2, lambda s, f: day(f.finish), "Latest computed finish of the plan"),),
    "slip": (
        _Shown(
            "Slip (working days)",
            Kind.NUMBER,
            1.1,
            lambda s, f: _days(f.late_days),
            "Computed finish against the baseline's; negative = early",
        ),
    ),
    "history-finish": (
        _Shown(
            "Finish by its history",
            Kind.DATE,
            1.2,
            lambda s, f: day(f.by_history.finish if f.by_history else None),
            "The first forecast with enough history: earned schedule, velocity, past estimates",
        ),
        _Shown(
            "Late by its history (working days)",
            Kind.NUMBER,
            1.2,
            lambda s, f: _days(f.by_history.late_days if f.by_history else None),
            "That finish against the baseline's; negative = early",
        ),
    ),
    "deadline-chance": (
        _Shown(
            "Chance of the deadline",
            Kind.PERCENT,
            1.2,
            lambda s, f: _percent(f.deadline_chance.chance if f.deadline_chance else None),
            "Runs of the newest simulation that meet the deadline / all runs",
        ),
        _Shown(
            "Deadline",
            Kind.DATE,
            1.2,
            lambda s, f: day(f.deadline_chance.deadline if f.deadline_chance else None),
            "The charter's last day, else the latest deadline in the plan",
        ),
    ),
    "complete": (
        _Shown("Complete", Kind.PERCENT, 1.1, lambda s, f: _percent(f.percent_complete), "Earned by the baseline"),
    ),
    "spent": (
        _Shown("Spent", Kind.PERCENT, 1.1, lambda s, f: _percent(f.percent_spent), "Hours spent / current budget"),
    ),
    "burn": (
        _Shown("Hours spent", Kind.NUMBER, 1.1, lambda s, f: _hours(f.spent), "Time entries of every status"),
        _Shown("Budget (h)", Kind.NUMBER, 1.1, lambda s, f: _hours(f.budget), "Main budget with approved changes"),
    ),
    "forecast": (
        _Shown("Hours at the end", Kind.NUMBER, 1.1, lambda s, f: _hours(f.forecast), "Estimate at completion in use"),
    ),
    "people": (
        _Shown(
            "Over capacity",
            Kind.TEXT,
            2.2,
            lambda s, f: ", ".join(person.name for person in f.over_capacity) or "–",
            "People with more work than capacity in the next 14 days",
        ),
    ),
    "risks": (_Shown("High risks", Kind.NUMBER, 1, lambda s, f: number(f.high_risks), "Open risks at amber or above"),),
    "decisions": (
        _Shown(
            "Decisions overdue",
            Kind.NUMBER,
            1,
            lambda s, f: number(f.decisions_overdue),
            "Open decisions whose day has passed",
        ),
    ),
    "changes": (
        _Shown("Changes open", Kind.NUMBER, 1, lambda s, f: number(f.changes_open), "Change requests not settled yet"),
    ),
    "report": (
        _Shown("Last report", Kind.DATE, 1.2, lambda s, f: day(f.last_report_on), "Data date of the newest report"),
    ),
    "client": (_Shown("Client", Kind.TEXT, 1.8, lambda s, f: s.client or "–", "The project's charter"),),
    "manager": (_Shown("Manager", Kind.TEXT, 1.8, lambda s, f: s.manager or "–", "The project's charter"),),
    "stage": (_Shown("Stage", Kind.TEXT, 1.1, lambda s, f: s.stage.value.capitalize(), "The project's charter"),),
    "age": (_Shown("As of", Kind.DATE, 1.2, lambda s, f: day(f.as_of), "The day that the figures speak for"),),
}


def build(
    standings: Sequence[Standing],
    *,
    columns: Sequence[str],
    asked: Sequence[tuple[str, str]],
    at: datetime,
    by: str,
    organisation: str,
) -> Document:
    """The workbook of these standings in their order, with the columns of the screen.

    asked  the filters and the order, in words: (name, value).
    Projects that are not computed yet are told of on the sheet of sources, and have no row.
    """
    shown = [part for name in columns for part in _COLUMNS.get(name, ())]
    ready = [(item, item.figures) for item in standings if item.figures is not None]
    rows = tuple(row(item.key, item.name, *(part.write(item, figures) for part in shown)) for item, figures in ready)
    heads = (Column("Key", width=1), Column("Project", width=2.6))
    table = Table(
        (*heads, *(Column(part.title, part.kind, part.width) for part in shown)),
        rows,
        empty="No project.",
        name="Portfolio",
    )
    waiting = len(standings) - len(ready)
    meta = Meta(
        project=f"Portfolio of {len(ready)} projects",
        data_date=at.date(),
        snapshot=None,
        timestamp=at,
        source="Standings of the projects",
        author=by,
        organisation=organisation,
        mark=Mark.NONE,
    )
    sources = (
        Paragraph(runs("What stands in this workbook, and where it comes from."), Tone.LEAD),
        _told(asked, at, by, waiting),
        _sources(shown),
    )
    sheets = (Sheet("Portfolio", (table,)), Sheet("Sources", sources, landscape=False))
    return Document("Portfolio", organisation, meta, sheets=sheets)


def _told(asked: Sequence[tuple[str, str]], at: datetime, by: str, waiting: int) -> Table:
    said = [*asked, ("Made", f"{tree.day_text(at.date(), weekday=True)} {at:%H:%M} UTC"), ("By", by)]
    if waiting:
        said.append(("Not computed yet", f"{waiting} projects, left out"))
    columns = (Column("What", width=1.4), Column("Value", width=4))
    return Table(columns, tuple(row(name, value) for name, value in said), caption="Asked for")


def _sources(shown: Sequence[_Shown]) -> Table:
    columns = (Column("Column", width=1.4), Column("Where it comes from", width=4))
    return Table(columns, tuple(row(part.title, part.source) for part in shown), caption="Columns")

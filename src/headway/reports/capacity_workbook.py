"""People's planned hours against their capacity as a workbook: what stands on the screen, and where it is from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from headway.areas.capacity.types import HeatCell, HeatMap, HeatRow, Period, Scale
from headway.documents import tree
from headway.documents.tree import (
    Column,
    Document,
    Kind,
    Mark,
    Meta,
    Paragraph,
    Sheet,
    Table,
    Tone,
    number,
    row,
    runs,
)

_Amount = Callable[[HeatCell], Decimal]


@dataclass(frozen=True, slots=True)
class People:
    """The heat map's frame and all of its rows, every page of them."""

    frame: HeatMap
    rows: tuple[HeatRow, ...]


def build(found: People, *, asked: Sequence[tuple[str, str]], at: datetime, by: str, organisation: str) -> Document:
    """Three sheets of hours by person and period (planned, capacity, what is left), and one of sources.

    asked  the filters in words: (name, value).
    """
    frame = found.frame
    meta = Meta(
        project=f"Capacity of {frame.whole.people} people",
        data_date=at.date(),
        snapshot=None,
        timestamp=at,
        source="Plans of all projects that are not closed",
        author=by,
        organisation=organisation,
        mark=Mark.NONE,
    )
    sheets = (
        Sheet("Planned hours", (_table(found, "Planned hours", lambda cell: cell.planned),)),
        Sheet("Capacity", (_table(found, "Capacity", lambda cell: cell.capacity),)),
        Sheet("Left", (_table(found, "Left", lambda cell: cell.capacity - cell.planned),)),
        Sheet("Sources", (*_sources(asked, at, by, frame),), landscape=False),
    )
    return Document("Capacity", organisation, meta, sheets=sheets)


def _table(found: People, name: str, of: _Amount) -> Table:
    frame = found.frame
    heads = (Column("Person", width=2.2), Column("Role", width=2), Column("Teams", width=1.6))
    periods = tuple(Column(_head(period, frame.scale), Kind.NUMBER, 1) for period in frame.periods)
    rows = tuple(
        row(
            item.name,
            item.detail or "–",
            ", ".join(item.teams) or "–",
            *(number(of(cell), digits=1) for cell in item.cells),
        )
        for item in found.rows
    )
    return Table((*heads, *periods), rows, empty="Nobody.", name=name)


def _head(period: Period, scale: Scale) -> str:
    if scale is Scale.MONTH:
        return f"{period.first:%b %Y}"
    return tree.day_text(period.first, weekday=scale is Scale.DAY)


def _sources(asked: Sequence[tuple[str, str]], at: datetime, by: str, frame: HeatMap) -> list[Paragraph | Table]:
    said = [*asked, ("Made", f"{tree.day_text(at.date(), weekday=True)} {at:%H:%M} UTC"), ("By", by)]
    if frame.waiting:
        said.append(("Not up to date", f"{frame.waiting} projects whose hours are being computed"))
    told = (
        ("Planned hours", "Work of every task on its days, over all projects that are not closed"),
        ("Capacity", "The most that a calendar of one of the person's plans gives on each day, times their units"),
        ("Left", "Capacity less planned hours; negative = more work than time"),
    )
    columns = (Column("What", width=1.4), Column("Value", width=4))
    return [
        Paragraph(runs("What stands in this workbook, and where it comes from."), Tone.LEAD),
        Table(columns, tuple(row(name, value) for name, value in said), caption="Asked for"),
        Table(columns, tuple(row(name, value) for name, value in told), caption="Sheets"),
    ]

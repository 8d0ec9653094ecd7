"""Hours burned as a document: the table that stands on the page, and a workbook with one row an entry.

The workbook's sums are live: they add up the sheet of entries, so that a reader can pivot, check and go on from them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from headway.areas.hours.reporting import BurnedEntry, BurnedRow, HoursBurned, ReportBy, ReportColumns
from headway.documents import tree
from headway.documents.tree import (
    Block,
    Cell,
    Column,
    Document,
    KeyFigure,
    KeyFigures,
    Kind,
    Mark,
    Meta,
    Paragraph,
    Sheet,
    Table,
    Tone,
    Value,
    cell,
    row,
    runs,
)
from headway.engine.units import Money

_PERIOD = "Period"  # the column that says in which month or week an entry is
_SHOWN = 8  # columns that a page has room for; the workbook holds all
_WORDS = {
    ReportBy.CLIENT: "Client",
    ReportBy.PROJECT: "Project",
    ReportBy.PERSON: "Person",
    ReportBy.ROLE: "Role",
    ReportBy.PHASE: "Phase",
}


@dataclass(frozen=True, slots=True)
class About:
    """What stands around the report. asked: the filters in words, (name, value)."""

    organisation: str
    day: date
    at: datetime
    by: str
    asked: Sequence[tuple[str, str]]
    language: str = "en-GB"


def build(found: HoursBurned, entries: Sequence[BurnedEntry], *, about: About) -> Document:
    """The report as running text and as a workbook. entries: for the workbook alone; may be empty for the others."""
    days = f"{tree.day_text(found.first)} to {tree.day_text(found.last)}"
    return Document(
        title="Hours burned",
        subtitle=days,
        meta=Meta(
            project=f"{found.projects} projects" if found.projects != 1 else "1 project",
            data_date=about.day,
            snapshot=None,
            timestamp=about.at,
            source=found.basis,
            language=about.language,
            author=about.by,
            organisation=about.organisation,
            mark=Mark.NONE,
        ),
        blocks=tuple(_blocks(found, about)),
        sheets=(
            Sheet(f"By {found.by.value}", (_sums(found, entries),)),
            Sheet("Entries", (_entries(found, entries),)),
            Sheet("Sources", tuple(_sources(found, about)), landscape=False),
        ),
    )


def _blocks(found: HoursBurned, about: About) -> Iterable[Block]:
    total = found.total
    share = f"{_share(total)} of them billable" if total.hours else "none of them billable"
    yield Paragraph(runs(f"{tree.grouped(total.hours, 2)} hours in {total.entries:,} entries, {share}."), Tone.LEAD)
    yield KeyFigures(
        (
            KeyFigure("Hours", _hours(total.hours)),
            KeyFigure("Billable hours", _hours(total.billable)),
            *(
                KeyFigure(f"Billable value, {each.currency}", tree.money(Money(each.amount, each.currency), digits=2))
                for each in total.billed or ()
            ),
        )
    )
    yield _table(found)
    yield Paragraph(runs(f"{found.basis}. {_asked(about)}"), Tone.SMALL)


def _asked(about: About) -> str:
    return "; ".join(f"{name}: {value}" for name, value in about.asked) + "." if about.asked else "No filter."


def _share(total: BurnedRow) -> str:
    return f"{tree.grouped(100 * total.billable / total.hours, 0)} %"


def _head(found: HoursBurned, begins: date) -> str:
    if found.scale is ReportColumns.MONTH:
        return f"{begins:%b %Y}"
    return f"{begins:%d %b %y}"


def _table(found: HoursBurned) -> Table:
    """What a page has room for: the last columns; the total of a row is of all days."""
    shown = found.columns[-_SHOWN:]
    skipped = len(found.columns) - len(shown)

    def line(one: BurnedRow) -> tuple[Cell, ...]:
        cells = (_hours(hours) for hours in one.cells[skipped:])
        return row(one.name, *cells, _hours(one.hours), _hours(one.billable))

    notes = (f"The {skipped} {found.scale.value}s before stand in the workbook; totals hold them.",) if skipped else ()
    return Table(
        columns=(
            Column(_WORDS[found.by], width=2.4),
            *(Column(_head(found, begins), Kind.HOURS) for begins in shown),
            Column("Total", Kind.HOURS),
            Column("Billable", Kind.HOURS),
        ),
        rows=tuple(line(one) for one in found.rows),
        totals=(line(found.total),) if found.rows else (),
        caption=f"Hours by {found.by.value} and {found.scale.value}",
        notes=notes,
        empty="No hours in these days.",
    )


def _sums(found: HoursBurned, entries: Sequence[BurnedEntry]) -> Table:
    """Every column, each cell a formula over the entries where the name stands for one row alone."""
    names = Counter(one.name for one in found.rows)
    live = bool(entries)
    of = f"Entries[{_WORDS[found.by]}]"
    keys = [_column_key(found.scale, begins) for begins in found.columns]
    last = len(found.columns) + 1

    def line(one: BurnedRow) -> tuple[Cell, ...]:
        known = live and names[one.name] == 1
        mine = f"Entries[Hours],{of},{{c0}}{{row}}"
        cells = [
            cell(_hours(hours), formula=f'SUMIFS({mine},Entries[{_PERIOD}],"{key}")' if known else "")
            for hours, key in zip(one.cells, keys, strict=True)
        ]
        total = cell(_hours(one.hours), formula=f"SUM({{c1}}{{row}}:{{c{last - 1}}}{{row}})")
        paid = cell(
            _hours(one.billable),
            formula=f'SUMIFS({mine},Entries[Billable],"yes")' if known else "",
        )
        return row(one.name, *cells, total, paid)

    whole = found.total
    totals = [
        cell(_hours(hours), formula=f"SUM({{c{place}}}{{first}}:{{c{place}}}{{last}})")
        for place, hours in enumerate((*whole.cells, whole.hours, whole.billable), start=1)
    ]
    return Table(
        columns=(
            Column(_WORDS[found.by], width=2.4),
            *(Column(_head(found, begins), Kind.HOURS) for begins in found.columns),
            Column("Total", Kind.HOURS),
            Column("Billable", Kind.HOURS),
        ),
        rows=tuple(line(one) for one in found.rows),
        totals=(row("Total", *totals),) if found.rows and not found.left_out else (),
        caption=f"Hours by {found.by.value} and {found.scale.value}",
        empty="No hours in these days.",
    )


def _column_key(scale: ReportColumns, day: date) -> str:
    """How an entry's month or week is written: '2026-03', or the Monday '2026-03-02'."""
    if scale is ReportColumns.MONTH:
        return f"{day:%Y-%m}"
    return (day - timedelta(days=day.weekday())).isoformat()


def _entries(found: HoursBurned, entries: Sequence[BurnedEntry]) -> Table:
    """One row an entry, to pivot from; an empty name is written as the report's own rows have it."""

    def line(one: BurnedEntry) -> tuple[Cell, ...]:
        return row(
            tree.day(one.day),
            _column_key(found.scale, one.day),
            one.client or "No client",
            one.project,
            one.person,
            one.role or "No role",
            one.phase or "No phase",
            one.note,
            _hours(one.hours),
            "yes" if one.billable else "no",
            _money(one.billed),
            one.currency,
            one.status,
        )

    return Table(
        columns=(
            Column("Day", Kind.DATE, 1.1),
            Column(_PERIOD, width=0.9),
            Column("Client", width=1.5),
            Column("Project", width=1.8),
            Column("Person", width=1.5),
            Column("Role", width=1.3),
            Column("Phase", width=1.4),
            Column("Note", width=2.6),
            Column("Hours", Kind.HOURS),
            Column("Billable", width=0.8),
            Column("Billable value", Kind.NUMBER, 1.2),
            Column("Currency", width=0.8),
            Column("State", width=0.9),
        ),
        rows=tuple(line(one) for one in entries),
        caption="Entries",
        empty="No hours in these days.",
        name="Entries",
    )


def _hours(value: Decimal) -> Value:
    return Value(Kind.HOURS, value, tree.grouped(value, 2), 2)


def _money(value: Decimal | None) -> Value:
    return tree.no_value(Kind.NUMBER) if value is None else tree.number(value, digits=2)


def _sources(found: HoursBurned, about: About) -> Iterable[Block]:
    columns = (Column("What", width=1.4), Column("Value", width=4))
    said = (
        ("Days", f"{tree.day_text(found.first)} to {tree.day_text(found.last)}, both included"),
        *about.asked,
        ("Projects", str(found.projects)),
        ("Made", f"{tree.day_text(about.at.date(), weekday=True)} {about.at:%H:%M} UTC"),
        ("By", about.by),
        ("Basis", found.basis),
        ("Sums", f"Live: they add up the sheet Entries by its columns {_WORDS[found.by]} and {_PERIOD}"),
    )
    yield Paragraph(runs("What stands in this workbook, and where it comes from."), Tone.LEAD)
    yield Table(columns, tuple(row(name, value) for name, value in said), caption="Asked for")

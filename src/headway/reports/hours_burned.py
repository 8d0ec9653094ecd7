"""Hours burned as a document: the table that stands on the page, and a workbook with one row an entry.

The workbook's sums are live: they add up the sheet of entries, so that a reader can pivot, check and go on from them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta

from headway.areas.hours.reporting import BurnedEntry, BurnedRow, HoursBurned, ReportBy, ReportColumns
from headway.documents import tree
from headway.documents.tree import (
    Cell,
    Chart,
    ChartKind,
    Column,
    Document,
    KeyFigure,
    KeyFigures,
    Kind,
    Runs,
    Series,
    Sheet,
    Table,
    cell,
    row,
    runs,
)
from headway.reports.figure_report import About, Parts, Section, amount, days_text, framed, hours, money
from headway.reports.words import plural

_PERIOD = "Period"  # the column that says in which month or week an entry is
_SHOWN = 8  # columns that a page has room for; the workbook holds all
_WORDS = {
    ReportBy.CLIENT: "Client",
    ReportBy.PROJECT: "Project",
    ReportBy.PERSON: "Person",
    ReportBy.ROLE: "Role",
    ReportBy.PHASE: "Phase",
}
_MANY = {
    ReportBy.CLIENT: "clients",
    ReportBy.PROJECT: "projects",
    ReportBy.PERSON: "people",
    ReportBy.ROLE: "roles",
    ReportBy.PHASE: "phases",
}


def build(found: HoursBurned, entries: Sequence[BurnedEntry], *, about: About) -> Document:
    """The report for all formats. entries: for the workbook alone; may be empty for the others."""
    days = days_text(found.first, found.last)
    total = found.total
    return framed(
        Parts(
            title="Hours burned",
            subtitle=days,
            scope=f"{found.projects} projects" if found.projects != 1 else "1 project",
            source=found.basis,
            lead=_lead(found),
            figures=(
                KeyFigures(
                    (
                        KeyFigure("Hours", hours(total.hours)),
                        KeyFigure("Billable hours", hours(total.billable)),
                        *(
                            KeyFigure(f"Billable value, {each.currency}", money(each.amount, each.currency))
                            for each in total.billed or ()
                        ),
                    )
                ),
            ),
            sections=tuple(_sections(found)),
            sheets=(
                Sheet(f"By {found.by.value}", (_sums(found, entries),)),
                Sheet("Entries", (_entries(found, entries),)),
            ),
            sources=(
                ("Days", f"{days}, both included"),
                ("Projects", str(found.projects)),
                ("Sums", f"Live: they add up the sheet Entries by its columns {_WORDS[found.by]} and {_PERIOD}"),
            ),
        ),
        about,
    )


def _lead(found: HoursBurned) -> Runs:
    total = found.total
    share = f"{_share(total)} of them billable" if total.hours else "none of them billable"
    entries = f"{total.entries:,} {'entry' if total.entries == 1 else 'entries'}"
    return runs(f"{tree.grouped(total.hours, 2)} hours in {entries}, {share}.")


def _sections(found: HoursBurned) -> list[Section]:
    """Who or what took the most hours, and when the most were worked."""
    table = _table(found)
    if not found.rows:
        return [Section(runs("Nobody logged hours in these days."), (table,))]
    first, total = found.rows[0], found.total
    most = runs(f"{first.name} took {tree.grouped(first.hours, 2)} of {tree.grouped(total.hours, 2)} hours.")
    if len(found.rows) > 1:
        most = runs(
            f"{first.name} took the most of {len(found.rows)} {_MANY[found.by]}: "
            f"{tree.grouped(first.hours, 2)} of {tree.grouped(total.hours, 2)} hours."
        )
    sections = [Section(most, (table,))]
    if len(found.columns) > 1:
        busiest = max(range(len(found.columns)), key=lambda place: total.cells[place])
        when = _head(found, found.columns[busiest])
        worked = f"{tree.grouped(total.cells[busiest], 2)} hours were worked in "
        worked += when if found.scale is ReportColumns.MONTH else f"the week of {when}"
        most_in = runs(f"{worked}, the most of {_spans(found)}.")
        sections.insert(0, Section(most_in, (_chart(found),)))
    return sections


def _spans(found: HoursBurned) -> str:
    return plural(len(found.columns), found.scale.value)


def _chart(found: HoursBurned) -> Chart:
    """Billable and other hours are told by row alone, so a column holds the hours of all rows."""
    return Chart(
        kind=ChartKind.BAR,
        title=f"Hours by {found.scale.value}",
        categories=tuple(_head(found, begins) for begins in found.columns),
        series=(Series("Hours", tuple(round(each, 2) for each in found.total.cells), highlight=True),),
        y_title="Hours",
        value_kind=Kind.HOURS,
        unit="h",
    )


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
        cells = (hours(spent) for spent in one.cells[skipped:])
        return row(one.name, *cells, hours(one.hours), hours(one.billable))

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
            cell(hours(spent), formula=f'SUMIFS({mine},Entries[{_PERIOD}],"{key}")' if known else "")
            for spent, key in zip(one.cells, keys, strict=True)
        ]
        total = cell(hours(one.hours), formula=f"SUM({{c1}}{{row}}:{{c{last - 1}}}{{row}})")
        paid = cell(
            hours(one.billable),
            formula=f'SUMIFS({mine},Entries[Billable],"yes")' if known else "",
        )
        return row(one.name, *cells, total, paid)

    whole = found.total
    totals = [
        cell(hours(spent), formula=f"SUM({{c{place}}}{{first}}:{{c{place}}}{{last}})")
        for place, spent in enumerate((*whole.cells, whole.hours, whole.billable), start=1)
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
            hours(one.hours),
            "yes" if one.billable else "no",
            amount(one.billed),
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

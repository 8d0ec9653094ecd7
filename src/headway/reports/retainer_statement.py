"""The statement of a retainer's period as a document for the client: hours alone, no rate, no cost.

Names and notes of the entries stand in it only where somebody inside asked for them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

from headway.areas.budgets.money_types import BalancePeriod
from headway.areas.budgets.status_types import RetainerStatement
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
    Layout,
    Series,
    Sheet,
    Table,
    cell,
    row,
    runs,
)
from headway.reports.figure_report import About, Parts, Section, days_text, framed, hours
from headway.reports.words import plural

_NO_TASK = "No task named"
_SHOWN = 24  # periods that a page has room for; the workbook holds all
_CHARTED = 12


def build(found: RetainerStatement, *, about: About) -> Document:
    """The statement for all formats."""
    days = days_text(found.period.first, found.period.last)
    return framed(
        Parts(
            title=f"Statement of hours: {found.name}",
            subtitle=days,
            scope=found.project,
            source=source(found),
            confidential=f"Confidential: {found.client}" if found.client else "",
            lead=runs(conclusion(found)),
            figures=(_key_figures(found.period),),
            sections=tuple(_sections(found)),
            sheets=(
                Sheet("Ledger", (_ledger(found, found.ledger),)),
                Sheet("By task", (_by_task(found, live=True),)),
                Sheet("Entries", (_entries(found),)),
            ),
            sources=(
                ("Client", found.client or "–"),
                ("Project", found.project),
                ("Period", f"{days}, both included"),
                ("Agreed", found.rules),
                ("Sums", "Live: they add up the sheet Entries"),
            ),
        ),
        about,
    )


def source(found: RetainerStatement) -> str:
    """How firm the figures are."""
    if found.closed_on is not None:
        return (
            f"Period closed on {tree.day_text(found.closed_on)}; entries as they stand on {tree.day_text(found.as_of)}"
        )
    return f"Period still open: entries as they stand on {tree.day_text(found.as_of)}"


def conclusion(found: RetainerStatement) -> str:
    """The one sentence of the statement."""
    period = found.period
    had = tree.grouped(period.allocation + period.carried_in, 2)
    used = tree.grouped(period.used, 2)
    if period.overage:
        return f"{used} hours were used of {had}: {tree.grouped(period.overage, 2)} more than agreed."
    said = f"{used} of {had} hours were used"
    if found.closed_on is None:
        return f"{said} so far; {tree.grouped(found.left, 2)} are left."
    if period.rolled:
        return f"{said}; {tree.grouped(period.rolled, 2)} go on to the next period."
    return f"{said}; nothing goes on to the next period."


def moved_text(found: RetainerStatement) -> str:
    """Why the ledger's use is not what the entries add up to; '' where it is."""
    if not found.moved:
        return ""
    amount = tree.grouped(abs(found.moved), 2)
    if found.closed_on is not None:
        way = "came" if found.moved < 0 else "were taken out"
        return f"{amount} hours of these days {way} after the period was closed; they count in the next open period."
    way = "from" if found.moved > 0 else "less, for hours taken out of"
    return f"In the hours used are {amount} hours {way} earlier periods, which were closed before."


def _key_figures(period: BalancePeriod) -> KeyFigures:
    return KeyFigures(
        (
            KeyFigure("Agreed", hours(period.allocation)),
            KeyFigure("Carried in", hours(period.carried_in)),
            KeyFigure("Used", hours(period.used)),
            KeyFigure("Beyond" if period.overage else "Goes on", hours(period.overage or period.rolled)),
        )
    )


def _sections(found: RetainerStatement) -> Iterable[Section]:
    by_task = _sums(found)
    if by_task:
        task, most = by_task[0]
        finding = f"Most hours were for {task}: {tree.grouped(most, 2)} of {tree.grouped(found.hours, 2)}."
        if len(by_task) == 1:
            finding = f"All {tree.grouped(found.hours, 2)} hours were for {task}."
        yield Section(runs(finding), (_by_task(found, live=False),))
    shown = found.ledger[-_SHOWN:]
    chart = _chart(found)
    yield Section(
        runs(_ledger_sentence(found)),
        (_ledger(found, shown),),
        slide=(chart, _ledger(found, shown)) if chart is not None else (),
        layout=Layout.STACK,
    )
    yield Section(
        runs(
            f"{plural(len(found.entries), 'entry', 'entries')} {'is' if len(found.entries) == 1 else 'are'} behind it."
        ),
        (_entries(found),),
        deck=False,
    )


def _ledger_sentence(found: RetainerStatement) -> str:
    beyond = sum(bool(one.overage) for one in found.ledger)
    count = plural(len(found.ledger), "period")
    if not beyond:
        return f"No hours went beyond what was agreed in {count}."
    return f"{beyond} of {count} went beyond what was agreed."


def _period(one: BalancePeriod) -> str:
    return f"{tree.day_text(one.first, year=False)} – {tree.day_text(one.last)}"


def _chart(found: RetainerStatement) -> Chart | None:
    shown = found.ledger[-_CHARTED:]
    if len(shown) < 2:
        return None
    return Chart(
        kind=ChartKind.BAR,
        title="Hours used beside hours available, period by period",
        categories=tuple(tree.day_text(one.first) for one in shown),
        series=(
            Series("Used", tuple(round(one.used, 2) for one in shown), highlight=True),
            Series("Available", tuple(round(one.allocation + one.carried_in, 2) for one in shown)),
        ),
        value_kind=Kind.HOURS,
        unit="h",
    )


def _ledger(found: RetainerStatement, periods: tuple[BalancePeriod, ...]) -> Table:
    before = len(found.ledger) - len(periods)
    return Table(
        columns=(
            Column("Period", width=2.2),
            Column("Agreed", Kind.HOURS),
            Column("Carried in", Kind.HOURS),
            Column("Used", Kind.HOURS),
            Column("Beyond", Kind.HOURS),
            Column("Left", Kind.HOURS),
            Column("Rolls over", Kind.HOURS),
            Column("Lapsed", Kind.HOURS),
            Column("State", width=0.9),
        ),
        rows=tuple(
            row(
                _period(one),
                *(hours(value) for value in (one.allocation, one.carried_in, one.used, one.overage)),
                *(hours(value) for value in (one.left, one.rolled, one.lapsed)),
                "Closed" if one.closed else "Open",
            )
            for one in periods
        ),
        caption="Ledger, in hours",
        notes=(found.rules, *((f"{plural(before, 'earlier period')} in the workbook.",) if before else ())),
    )


def _sums(found: RetainerStatement) -> list[tuple[str, Decimal]]:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for one in found.entries:
        sums[one.task or _NO_TASK] += one.hours
    return sorted(sums.items(), key=lambda each: (-each[1], each[0]))


def _by_task(found: RetainerStatement, *, live: bool) -> Table:
    rows = tuple(
        row(task, cell(hours(spent), formula="SUMIFS(Entries[Hours],Entries[Task],{c0}{row})" if live else ""))
        for task, spent in _sums(found)
    )
    total = cell(hours(found.hours), formula="SUM({c1}{first}:{c1}{last})" if live else "")
    closing: list[tuple[Cell, ...]] = [row("Total", total)] if rows else []
    if found.moved:
        closing.append(row("Of other periods", hours(found.moved)))
        closing.append(row("Used by the ledger", hours(found.period.used)))
    moved = moved_text(found)
    return Table(
        columns=(Column("Task", width=4), Column("Hours", Kind.HOURS)),
        rows=rows,
        totals=tuple(closing),
        caption="Hours of the period by task",
        notes=(moved,) if moved else (),
        empty="No hours in this period.",
    )


def _entries(found: RetainerStatement) -> Table:
    details = (Column("Person", width=1.6), Column("Note", width=3.0)) if found.inside else ()
    return Table(
        columns=(Column("Day", Kind.DATE, 1.2), Column("Task", width=3.0), *details, Column("Hours", Kind.HOURS)),
        rows=tuple(
            row(
                tree.day(one.day),
                one.task or _NO_TASK,
                *((one.person, one.note) if found.inside else ()),
                hours(one.hours),
            )
            for one in found.entries
        ),
        caption="Entries",
        empty="No hours in this period.",
        name="Entries",
    )

"""Utilisation of people as a document: the heat map that stands on the page, and a workbook with one row a person and
period, from which every share is a live formula.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from decimal import Decimal

from headway.areas.budgets.people_types import TimePeriod, TimeRow, TimeScale, TimeSum, UsedTime, Utilisation
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
from headway.engine.measures import HUNDRED, Measure
from headway.engine.units import Money
from headway.reports.figure_report import About, Parts, Section, days_text, framed, hours, money, percent
from headway.reports.words import plural

_SHOWN = 6  # periods that a page has room for; the workbook holds all
_LOW, _OVER = Decimal(50), HUNDRED
_NET = "net: billable hours / (capacity − leave)"
_GROSS = "gross: billable hours / capacity"
SOURCE = "Hours of every status as they stand now; capacity from calendars less holidays, leave as approved"


def build(found: Utilisation, *, about: About) -> Document:
    """The report for all formats. found: with the rows of all people."""
    days = days_text(found.periods[0].first, found.periods[-1].until)
    return framed(
        Parts(
            title="Utilisation",
            subtitle=days,
            scope=plural(found.whole.people, "person", "people"),
            source=SOURCE,
            lead=_lead(found),
            figures=(KeyFigures(tuple(_figures(found))),),
            sections=tuple(_sections(found)),
            sheets=(Sheet("Utilisation", (_shares(found),)), Sheet("Time", (_time(found),))),
            sources=(
                ("Days", f"{days}, both included; the running {found.scale.value} counts to today"),
                ("Utilisation, net", _NET.partition(": ")[2]),
                ("Utilisation, gross", _GROSS.partition(": ")[2]),
                ("Shares", "Live: sums of the sheet Time divided by sums, never means of percentages"),
                *(("Note", note) for note in found.notes),
            ),
        ),
        about,
    )


def _lead(found: Utilisation) -> Runs:
    total = found.whole.total
    if not found.rows:
        return runs("Nobody's time is known in these days.")
    who = found.rows[0].name if len(found.rows) == 1 else plural(found.whole.people, "person", "people")
    said = f"{who} worked {tree.grouped(total.worked, 2)} hours, {tree.grouped(total.billable, 2)} of them billable"
    if total.net is None:
        return runs(f"{said}.")
    return runs(f"{said}: ", percent(total.net), " of the time that could be worked.")


def _figures(found: Utilisation) -> Iterable[KeyFigure]:
    total = found.whole.total
    yield KeyFigure("Utilisation, net", percent(found.net.value), runs("leave taken off"))
    yield KeyFigure("Utilisation, gross", percent(found.gross.value), runs("leave not taken off"))
    yield KeyFigure("Billable hours", hours(total.billable), runs("of ", hours(total.worked), " worked"))
    if not found.own_only:
        yield KeyFigure(found.effective_rate.name, _rate(found.effective_rate, found.currency), runs("an hour worked"))


def _rate(measure: Measure, currency: str) -> tree.Value:
    if measure.value is None:
        return tree.no_value(Kind.MONEY)
    return tree.money(Money(measure.value, currency), digits=2)


# --- running text and slides ----------------------------------------------------------------------


def _sections(found: Utilisation) -> Iterable[Section]:
    if not found.rows:
        yield Section(runs("Nobody's time is known in these days."), (_people(found),))
        return
    if sum(1 for period in found.periods if not period.running) > 1:
        yield Section(_over_time(found), (_chart(found),))
    yield Section(_spread(found.rows), (_people(found),))
    if found.sums:
        most = max(found.sums, key=lambda one: (one.total.net or Decimal(-1), one.name))
        said = runs(f"{most.name} has the highest utilisation: ", percent(most.total.net), " net.")
        yield Section(said, (_groups(found.sums),))
    if found.notes:
        yield Section(
            runs("What these figures leave out."),
            (tree.Bullets(tuple(runs(note) for note in found.notes)),),
            deck=False,
        )


def _over_time(found: Utilisation) -> Runs:
    """How the last whole period stands beside the best one."""
    known = [
        (period, time.net)
        for period, time in zip(found.periods, found.whole.cells, strict=True)
        if time.net is not None and not period.running
    ]
    if not known:
        return runs(f"No whole {found.scale.value} has ended yet.")
    last, share = known[-1]
    best, highest = max(known, key=lambda one: one[1])
    said = runs("Net utilisation was ", percent(share), f" in {_called(found.scale, last)}")
    if len(known) == 1:
        return (*said, *runs(", the only whole period."))
    if best == last:
        return (*said, *runs(f", the highest of {plural(len(known), 'whole ' + found.scale.value)}."))
    return (*said, *runs(", after a highest ", percent(highest), f" in {_called(found.scale, best)}."))


def _chart(found: Utilisation) -> Chart:
    """Of the periods that have ended: the running one would look like a fall."""
    whole = [place for place, period in enumerate(found.periods) if not period.running]
    times = [found.whole.cells[place] for place in whole]
    return Chart(
        kind=ChartKind.LINE,
        title=f"Utilisation by {found.scale.value}, everybody together",
        categories=tuple(head(found.scale, found.periods[place]) for place in whole),
        series=(
            Series("Net", tuple(_point(time.net) for time in times), highlight=True),
            Series("Gross", tuple(_point(time.gross) for time in times)),
        ),
        value_kind=Kind.PERCENT,
        unit="%",
        note=f"{_NET}; {_GROSS}.",
    )


def _point(share: Decimal | None) -> Decimal | None:
    return None if share is None else round(share, 1)


def _spread(rows: Sequence[TimeRow]) -> Runs:
    """How many people lie where."""
    known = [row.total.net for row in rows if row.total.net is not None]
    low, over = sum(1 for net in known if net < _LOW), sum(1 for net in known if net > _OVER)
    if len(rows) == 1:
        return runs(f"{rows[0].name}'s utilisation: ", percent(rows[0].total.net), " net.")
    if not low and not over:
        return runs(f"All {len(known)} people lie between 50 % and 100 % net.")
    said = [f"{low} of {len(known)} people {'lies' if low == 1 else 'lie'} under 50 % net"] if low else []
    said += [f"{over} of {len(known)} people {'lies' if over == 1 else 'lie'} over 100 %"] if over else []
    return runs(f"{' and '.join(said)}.")


def head(scale: TimeScale, period: TimePeriod) -> str:
    """A period as a column is headed: 'Mar 2026', or the Monday of a week."""
    if scale is TimeScale.MONTH:
        return f"{period.first:%b %Y}"
    return f"{period.first:%d %b %y}"


def _called(scale: TimeScale, period: TimePeriod) -> str:
    """A period in a sentence: 'Mar 2026', 'the week of 2 Mar'."""
    if scale is TimeScale.MONTH:
        return head(scale, period)
    return f"the week of {tree.day_text(period.first, year=False)}"


def _people(found: Utilisation) -> Table:
    """Net utilisation of the last periods; the sums of a row are of all of them."""
    skipped = max(0, len(found.periods) - _SHOWN)

    def line(name: str, cells: Sequence[UsedTime], total: UsedTime) -> tuple[Cell, ...]:
        shares = (percent(time.net) for time in cells[skipped:])
        return row(name, *shares, percent(total.net), percent(total.gross), hours(total.worked), hours(total.billable))

    notes = [f"Net utilisation by {found.scale.value}. {_NET.capitalize()}; {_GROSS}."]
    if skipped:
        notes.append(
            f"The {plural(skipped, found.scale.value)} before stand in the workbook; the last columns hold them."
        )
    return Table(
        columns=(
            Column("Person", width=2.4),
            *(Column(head(found.scale, period), Kind.PERCENT) for period in found.periods[skipped:]),
            Column("Net", Kind.PERCENT),
            Column("Gross", Kind.PERCENT),
            Column("Worked, h", Kind.HOURS, 1.1),
            Column("Billable, h", Kind.HOURS, 1.1),
        ),
        rows=tuple(line(one.name, one.cells, one.total) for one in found.rows),
        totals=(line("Everybody", found.whole.cells, found.whole.total),) if found.rows else (),
        caption=f"Utilisation of people by {found.scale.value}",
        notes=tuple(notes),
        empty="Nobody's time is known in these days.",
    )


def _groups(sums: Sequence[TimeSum]) -> Table:
    return Table(
        columns=(
            Column("Team or role", width=2.4),
            Column("People", Kind.NUMBER),
            Column("Capacity, h", Kind.HOURS),
            Column("Leave, h", Kind.HOURS),
            Column("Worked, h", Kind.HOURS),
            Column("Billable, h", Kind.HOURS),
            Column("Net", Kind.PERCENT),
            Column("Gross", Kind.PERCENT),
        ),
        rows=tuple(
            row(
                one.name,
                tree.number(one.people),
                *(hours(value) for value in (one.total.capacity, one.total.leave)),
                *(hours(value) for value in (one.total.worked, one.total.billable)),
                percent(one.total.net),
                percent(one.total.gross),
            )
            for one in sums
        ),
        caption="Utilisation of teams or roles together",
        notes=("Shares are sums divided by sums. Who is in two teams counts in both.",),
    )


# --- the workbook ---------------------------------------------------------------------------------


def _shares(found: Utilisation) -> Table:
    """Net utilisation of each person by period, from the sheet Time; of equal names without a formula."""
    names = Counter(one.name for one in found.rows)
    keys = [period.first.isoformat() for period in found.periods]

    def line(one: TimeRow) -> tuple[Cell, ...]:
        of = "Time[Person],{c0}{row}" if names[one.name] == 1 else ""
        cells = [_share(time, of and f'{of},Time[Period],"{key}"') for time, key in zip(one.cells, keys, strict=True)]
        return row(one.name, one.role, *cells, _share(one.total, of), _gross(one.total, of))

    whole = found.whole
    cells = [_share(time, f'Time[Period],"{key}"') for time, key in zip(whole.cells, keys, strict=True)]
    every = 'Time[Period],"<>"'
    return Table(
        columns=(
            Column("Person", width=2.2),
            Column("Role", width=1.8),
            *(Column(head(found.scale, period), Kind.PERCENT) for period in found.periods),
            Column("Net, in all", Kind.PERCENT),
            Column("Gross, in all", Kind.PERCENT),
        ),
        rows=tuple(line(one) for one in found.rows),
        totals=(row("Everybody", "", *cells, _share(whole.total, every), _gross(whole.total, every)),)
        if found.rows
        else (),
        caption=f"Net utilisation by {found.scale.value}",
        notes=(f"{_NET.capitalize()}; {_GROSS}.",),
        empty="Nobody's time is known in these days.",
    )


def _share(time: UsedTime, where: str) -> Cell:
    """Billable hours of the time that could be worked; where: criteria over the sheet Time, '' = no formula."""
    live = where and time.net is not None
    room = f"(SUMIFS(Time[Capacity],{where})-SUMIFS(Time[Leave],{where}))"
    return cell(percent(time.net), formula=f"SUMIFS(Time[Billable],{where})/{room}" if live else "")


def _gross(time: UsedTime, where: str) -> Cell:
    live = where and time.gross is not None
    over = f"SUMIFS(Time[Capacity],{where})"
    return cell(percent(time.gross), formula=f"SUMIFS(Time[Billable],{where})/{over}" if live else "")


def _time(found: Utilisation) -> Table:
    """One row a person and period, to pivot from."""

    def lines(one: TimeRow) -> Iterable[tuple[Cell, ...]]:
        for period, time in zip(found.periods, one.cells, strict=True):
            yield row(
                one.name,
                one.role,
                ", ".join(one.teams),
                period.first.isoformat(),
                tree.day(period.until),
                *(hours(value) for value in (time.capacity, time.leave, time.planned, time.worked, time.billable)),
                cell(percent(time.net), formula="{c9}{row}/({c5}{row}-{c6}{row})" if time.net is not None else ""),
                cell(percent(time.gross), formula="{c9}{row}/{c5}{row}" if time.gross is not None else ""),
                *(() if found.own_only else (money(time.value, found.currency),)),
            )

    value = () if found.own_only else (Column(f"Billable value, {found.currency}", Kind.MONEY, 1.3),)
    return Table(
        columns=(
            Column("Person", width=2),
            Column("Role", width=1.6),
            Column("Teams", width=1.4),
            Column("Period", width=1.1),
            Column("Until", Kind.DATE, 1.1),
            *(Column(name, Kind.HOURS) for name in ("Capacity", "Leave", "Planned", "Worked", "Billable")),
            Column("Net", Kind.PERCENT),
            Column("Gross", Kind.PERCENT),
            *value,
        ),
        rows=tuple(line for one in found.rows for line in lines(one)),
        caption="Time by person and period",
        empty="Nobody's time is known in these days.",
        name="Time",
    )

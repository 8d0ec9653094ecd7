"""A project's approved estimate beside what was worked, as a document: phases, lines, roles, what no line foresaw.

The workbook has the estimate's lines and the hours on sheets of their own; everything else adds them up live.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from headway.areas.estimates.against import OF_PHASE
from headway.areas.estimates.against_types import AgainstActual, AgainstRow
from headway.areas.estimates.wording import factor_words
from headway.documents import tree
from headway.documents.tree import (
    Bullets,
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
    Value,
    cell,
    row,
    runs,
)
from headway.engine.measures import HUNDRED, ZERO
from headway.reports.figure_report import About, Parts, Section, amount, framed, hours, percent
from headway.reports.words import plural

_CHARTED = 12  # phases of one chart
NOT_IN_IT = "Not in the estimate"
SOURCE = (
    "Hours of every status as they stand now, by the row of the plan they name, else by a line or phase of that name"
)


def build(found: AgainstActual, *, about: About) -> Document:
    """The report for all formats."""
    reference = f"{found.estimate.ref} {found.estimate.title}" if found.estimate is not None else "no approved estimate"
    days = f"hours to {tree.day_text(found.until)}" if found.until is not None else "all hours so far"
    return framed(
        Parts(
            title="Estimate against actual",
            subtitle=f"{found.project}, {reference}, {days}",
            scope=found.project,
            source=SOURCE,
            lead=lead(found),
            figures=(KeyFigures(tuple(_figures(found))),),
            sections=tuple(_sections(found)),
            sheets=tuple(_sheets(found)),
            sources=(
                ("Estimate", reference),
                ("Estimated hours", "(O + 4M + P) / 6 of each line; groups are the sum of their lines"),
                ("Value", "Hours at the rates frozen on the entries; the estimate has the rates frozen on its lines"),
                *(("Note", note) for note in found.notes),
            ),
        ),
        about,
    )


def lead(found: AgainstActual) -> Runs:
    """'64.00 of 55.00 hours estimated are worked (116.4 %); 8.00 hours are on work not in the estimate.'"""
    worked, estimated = found.whole.worked, found.whole.estimated
    if not estimated:
        said = f"{tree.grouped(worked, 2)} hours are worked; no estimate with hours is approved"
        return runs(f"{said}.")
    if found.closed:
        said = f"{tree.grouped(worked, 2)} hours for {tree.grouped(estimated, 2)} estimated"
        said += f": {factor_words(worked / estimated)}"
    else:
        share = tree.percent(HUNDRED * worked / estimated, digits=1).text
        said = f"{tree.grouped(worked, 2)} of {tree.grouped(estimated, 2)} hours estimated are worked so far ({share})"
    outside = worked - found.inside
    if outside:
        said += f"; {tree.grouped(outside, 2)} hours are on work not in the estimate"
    return runs(f"{said}.")


def _figures(found: AgainstActual) -> Iterable[KeyFigure]:
    whole = found.whole
    p80 = runs("P80 ", hours(found.p80)) if found.p80 is not None else ()
    yield KeyFigure("Estimated hours", hours(whole.estimated), p80)
    yield KeyFigure("Worked hours", hours(whole.worked), runs(percent(whole.percent)) if whole.percent else ())
    yield KeyFigure("More than estimated", signed(whole))
    yield KeyFigure(NOT_IN_IT, hours(whole.worked - found.inside))
    if whole.value is not None:
        beside = runs(f"estimated {found.currency} ", amount(whole.amount))
        yield KeyFigure(f"Value worked, {found.currency}", amount(whole.value), beside)


def signed(one: AgainstRow) -> Value:
    """Hours more than estimated, with their sign; a dash where nothing was estimated."""
    if one.over is None:
        return tree.no_value(Kind.HOURS)
    return Value(Kind.HOURS, one.over, tree.grouped(one.over, 2, signed=True), 2)


# --- running text and slides ----------------------------------------------------------------------


def _sections(found: AgainstActual) -> Iterable[Section]:
    phases = [one for one in found.lines if one.level == 1 and one.name != OF_PHASE]
    if phases:
        yield Section(_most_over(phases, "phase"), (_chart(phases, found),))
        yield Section(_lines_said(found), (_table("Line", found.lines, found, whole=True),))
    if found.roles:
        said = _most_over([one for one in found.roles if one.estimated is not None], "role")
        yield Section(said, (_table("Role", found.roles, found),))
    if found.outside:
        most = found.outside[0]
        share = HUNDRED * (found.whole.worked - found.inside) / found.whole.worked if found.whole.worked else ZERO
        said = runs(
            f"{tree.grouped(found.whole.worked - found.inside, 2)} hours (",
            percent(share),
            f") are on work not in the estimate, the most on {most.name}.",
        )
        yield Section(said, (_table(NOT_IN_IT, found.outside, found),))
    if found.notes:
        yield Section(runs("What to know of these figures."), (Bullets(tuple(map(runs, found.notes))),), deck=False)


def _most_over(rows: Sequence[AgainstRow], noun: str) -> Runs:
    """Which part ran over the most; that none did."""
    known = [one for one in rows if one.over is not None]
    if not known:
        return runs(f"No {noun} has hours estimated.")
    most = max(known, key=lambda one: (one.over or ZERO, one.name))
    over = sum(1 for one in known if (one.over or ZERO) > 0)
    if not over:
        return runs(f"No {noun} is over its estimated hours.")
    said = f"{most.name} is {tree.grouped(most.over or ZERO, 2)} hours over its estimate"
    return runs(f"{said}, the most of {plural(over, noun)} over.") if over > 1 else runs(f"{said}, the only {noun}.")


def _lines_said(found: AgainstActual) -> Runs:
    leaves = [one for one in found.lines if not one.group and one.number and one.estimated is not None]
    on_lines = sum((one.worked for one in leaves), ZERO)
    if not on_lines and found.inside:
        return runs(
            f"{tree.grouped(found.inside, 2)} hours name a phase of the estimate, and none of them a line below it."
        )
    over = sum(1 for one in leaves if (one.over or ZERO) > 0)
    untouched = sum(1 for one in leaves if not one.worked)
    said = f"{over} of {plural(len(leaves), 'line')} {'is' if over == 1 else 'are'} over the hours estimated"
    return runs(f"{said}; {untouched} {'has' if untouched == 1 else 'have'} no hours yet." if untouched else f"{said}.")


def _chart(phases: Sequence[AgainstRow], found: AgainstActual) -> Chart:
    shown = phases[:_CHARTED]
    names = [one.name for one in shown]
    estimated, worked = [one.estimated or ZERO for one in shown], [one.worked for one in shown]
    outside = found.whole.worked - found.inside
    if outside:
        names, estimated, worked = [*names, NOT_IN_IT], [*estimated, ZERO], [*worked, outside]
    left_out = len(phases) - len(shown)
    return Chart(
        kind=ChartKind.BAR,
        title="Hours estimated and worked by phase",
        categories=tuple(names),
        series=(
            Series("Estimated", tuple(round(value, 2) for value in estimated)),
            Series("Worked", tuple(round(value, 2) for value in worked), highlight=True),
        ),
        y_title="Hours",
        value_kind=Kind.HOURS,
        unit="h",
        note=f"{left_out} more phases stand in the table." if left_out else "",
    )


def _columns(head: str, found: AgainstActual) -> tuple[Column, ...]:
    value = (Column(f"Value, {found.currency}", Kind.NUMBER, 1.2),) if found.whole.value is not None else ()
    return (
        Column(head, width=2.8),
        Column("Estimated, h", Kind.HOURS, 1.1),
        Column("Worked, h", Kind.HOURS, 1.1),
        Column("More, h", Kind.HOURS, 1.2),
        Column("Worked, %", Kind.PERCENT),
        Column(f"Estimated, {found.currency}", Kind.NUMBER, 1.2),
        *value,
    )


def _table(head: str, rows: Sequence[AgainstRow], found: AgainstActual, *, whole: bool = False) -> Table:
    def line(one: AgainstRow) -> tuple[Cell, ...]:
        named = f"{one.number} {one.name}".strip()
        value = (amount(one.value),) if found.whole.value is not None else ()
        return row(
            cell(named, bold=one.group, level=one.level - 1),
            hours(one.estimated),
            hours(one.worked),
            signed(one),
            percent(one.percent),
            amount(one.amount),
            *value,
        )

    shown = list(rows)
    totals: list[tuple[Cell, ...]] = []
    if whole:
        if found.outside:
            totals.append(line(_added(NOT_IN_IT, found.outside)))
        totals.append(line(found.whole))
    return Table(
        columns=_columns(head, found),
        rows=tuple(line(one) for one in shown),
        totals=tuple(totals),
        caption=f"{head}: estimated and worked",
        empty="Nothing is estimated.",
    )


def _added(name: str, rows: Sequence[AgainstRow]) -> AgainstRow:
    values = [one.value for one in rows if one.value is not None]
    return AgainstRow(
        name=name,
        number="",
        level=1,
        group=True,
        estimated=None,
        worked=sum((one.worked for one in rows), ZERO),
        amount=None,
        value=sum(values, ZERO) if values else None,
        entries=(),
    )


# --- the workbook ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Keyed:
    """A row with its key: 'L1.2' of a line, 'L1.0' of a phase's own hours, 'O3' of what is not in the estimate."""

    key: str
    row: AgainstRow

    @property
    def all_of_it(self) -> str:
        """The criterion that finds its lines."""
        return f"{self.key}.*" if self.row.group else self.key


def _keyed(found: AgainstActual) -> tuple[_Keyed, ...]:
    told: list[_Keyed] = []
    above = ""
    for one in found.lines:
        above = one.number or above
        told.append(_Keyed(f"L{one.number}" if one.number else f"L{above}.0", one))
    return (*told, *(_Keyed(f"O{place}", one) for place, one in enumerate(found.outside, start=1)))


def _sheets(found: AgainstActual) -> Iterable[Sheet]:
    keyed = _keyed(found)
    yield Sheet("Estimate and actual", (_live(found, keyed),))
    yield Sheet("Roles", (_table("Role", found.roles, found),))
    yield Sheet("Estimate", (_estimate(found, keyed),))
    yield Sheet("Hours", (_hours(keyed),))


def _live(found: AgainstActual, keyed: Sequence[_Keyed]) -> Table:
    """Every line, its figures added up from the sheets Estimate and Hours."""

    def line(each: _Keyed) -> tuple[Cell, ...]:
        one = each.row
        estimated = f'SUMIFS(Estimate[Hours],Estimate[Key],"{each.all_of_it}")' if one.estimated is not None else ""
        priced = f'SUMIFS(Estimate[Amount],Estimate[Key],"{each.all_of_it}")' if one.amount is not None else ""
        value = (amount(one.value),) if found.whole.value is not None else ()
        return row(
            each.key,
            cell(one.name, bold=one.group, level=one.level - 1),
            cell(hours(one.estimated), formula=estimated),
            cell(hours(one.worked), formula=f'SUMIFS(Hours[Hours],Hours[Key],"{each.all_of_it}")'),
            cell(signed(one), formula="{c3}{row}-{c2}{row}" if one.over is not None else ""),
            cell(percent(one.percent), formula="{c3}{row}/{c2}{row}" if one.percent is not None else ""),
            cell(amount(one.amount), formula=priced),
            *value,
        )

    whole = found.whole
    value = (amount(whole.value),) if whole.value is not None else ()
    total = row(
        "",
        whole.name,
        cell(hours(whole.estimated), formula="SUM(Estimate[Hours])" if whole.estimated is not None else ""),
        cell(hours(whole.worked), formula="SUM(Hours[Hours])"),
        cell(signed(whole), formula="{c3}{row}-{c2}{row}" if whole.over is not None else ""),
        cell(percent(whole.percent), formula="{c3}{row}/{c2}{row}" if whole.percent is not None else ""),
        cell(amount(whole.amount), formula="SUM(Estimate[Amount])" if whole.amount is not None else ""),
        *value,
    )
    return Table(
        columns=(Column("Key", width=0.8), *_columns("Line", found)),
        rows=tuple(line(each) for each in keyed),
        totals=(total,) if keyed else (),
        caption="Estimated and worked",
        notes=("L: a line of the estimate by its number, .0 = on the phase and no line below it. O: not in it.",),
        empty="Nothing is estimated and nothing worked.",
    )


def _estimate(found: AgainstActual, keyed: Sequence[_Keyed]) -> Table:
    leaves = [
        one for one in keyed if not one.row.group and (one.row.estimated is not None or one.row.amount is not None)
    ]
    return Table(
        columns=(
            Column("Key", width=0.8),
            Column("Line", width=3),
            Column("Hours", Kind.HOURS),
            Column("Amount", Kind.NUMBER, 1.2),
            Column("Currency", width=0.8),
        ),
        rows=tuple(
            row(one.key, one.row.name, hours(one.row.estimated), amount(one.row.amount), found.currency)
            for one in leaves
        ),
        caption="Lines of the estimate",
        empty="Nothing is estimated.",
        name="Estimate",
    )


def _hours(keyed: Sequence[_Keyed]) -> Table:
    """One row a line and what its entries name; the entries themselves open from the page."""
    return Table(
        columns=(
            Column("Key", width=0.8),
            Column("Line", width=2.4),
            Column("Row of the plan or phase named", width=2.6),
            Column("Hours", Kind.HOURS),
        ),
        rows=tuple(
            row(one.key, one.row.name, part.label, hours(part.hours)) for one in keyed for part in one.row.entries
        ),
        caption="Hours by what they name",
        empty="No hours.",
        name="Hours",
    )

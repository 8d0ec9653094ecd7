"""Cost and margin as a document: what projects, clients or months brought and cost; a workbook over sums of records.

For those inside alone: every page says so. The workbook's figures are live: they add up the sheet of lines.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from decimal import Decimal

from headway.areas.budgets.status_types import CostAndMargin, MarginBy, MarginRow, MoneyKind
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
    Rag,
    Series,
    Sheet,
    Table,
    Value,
    cell,
    row,
    runs,
)
from headway.reports.figure_report import About, Parts, Section, amount, days_text, framed, money, percent
from headway.reports.words import plural

_INSIDE = "Inside only: holds cost"
_CHARTED = 12  # rows of which a slide has room for bars
_HEADS = {MarginBy.PROJECT: "Project", MarginBy.CLIENT: "Client", MarginBy.MONTH: "Month"}
_KEYS = {MarginBy.PROJECT: "Key", MarginBy.CLIENT: "Client", MarginBy.MONTH: "Month"}
_EMPTY = "No invoices, hours, expenses or orders in these days."


def build(found: CostAndMargin, *, about: About) -> Document:
    """The report for all formats."""
    single = {line.project for line in found.lines}
    scope = next(iter(single)) if found.projects == 1 and single else plural(found.projects, "project")
    return framed(
        Parts(
            title="Cost and margin",
            subtitle=f"{scope}, {days_of(found)}",
            scope=scope,
            source=found.basis,
            confidential=_INSIDE,
            lead=runs(conclusion(found)),
            figures=(_key_figures(found),) if found.rows else (),
            sections=tuple(_sections(found)),
            sheets=(Sheet(f"By {found.by.value}", (_live(found),)), Sheet("Lines", (_lines(found),))),
            sources=(
                ("Days", days_of(found)),
                ("Projects", str(found.projects)),
                ("Figures", f"Live: they add up the sheet Lines by its columns {_KEYS[found.by]} and What"),
                *((("Exchange rates", found.rates),) if found.rates else ()),
                *((("Hours without a cost rate", f"{found.without_rate:,} entries"),) if found.without_rate else ()),
            ),
        ),
        about,
    )


def days_of(found: CostAndMargin) -> str:
    """The days asked for, in words."""
    if found.first is not None and found.last is not None:
        return days_text(found.first, found.last)
    if found.first is not None:
        return f"from {tree.day_text(found.first)}"
    return f"to {tree.day_text(found.last)}" if found.last is not None else "all days to date"


def conclusion(found: CostAndMargin, told: Callable[[Decimal], str] | None = None) -> str:
    """The one sentence of the report. told: how an amount is written; default as in documents."""
    total = found.total
    told = told or (lambda value: money(value, found.currency).text)
    if not found.rows:
        return _EMPTY
    margin, share = total.margin_billable.value, total.margin_billable_percent.value
    if margin is None or share is None:
        return f"Cost is {told(total.cost)}; no billable value is set against it."
    kept = "stays" if margin >= 0 else "is missing"
    return f"{told(abs(margin))} {kept} of {told(total.billable)} billable value: a margin of {percent(share).text}."


def notes(found: CostAndMargin) -> tuple[str, ...]:
    """What a reader must know about the figures: rates, what no rate converts, hours without a cost."""
    said = [
        "Margin = revenue less labour and expenses. Refused expenses, drafts and void invoices count nowhere; orders "
        "count as far as they have not come, by the day they are expected, and are in no margin."
    ]
    if found.rates:
        said.append(f"All in {found.currency} by the house's rates: {found.rates}.")
    if found.without_rate:
        said.append(f"{plural(found.without_rate, 'time entry', 'time entries')} without a cost: in no figure here.")
    return tuple(said)


def _key_figures(found: CostAndMargin) -> KeyFigures:
    total, own = found.total, found.currency
    return KeyFigures(
        (
            KeyFigure("Billable value", money(total.billable, own)),
            KeyFigure("Invoiced", money(total.invoiced, own)),
            KeyFigure("Cost", money(total.cost, own)),
            KeyFigure("Margin, billable", money(total.margin_billable.value, own), _share(total)),
        )
    )


def _share(total: MarginRow) -> tuple[tree.Run, ...]:
    share = total.margin_billable_percent.value
    return runs(percent(share)) if share is not None else ()


def _sections(found: CostAndMargin) -> Iterable[Section]:
    table = _table(found)
    chart = _chart(found)
    if chart is not None:
        yield Section(runs(_chart_sentence(found)), (chart,))
    yield Section(runs(_row_sentence(found)), (table,))


def _row_sentence(found: CostAndMargin) -> str:
    known = [one for one in found.rows if one.margin_billable_percent.value is not None]
    if not known:
        return "No margin can be told: no billable value in these days." if found.rows else _EMPTY
    lost = [one for one in known if (one.margin_billable.value or 0) < 0]
    noun = found.by.value
    if lost:
        names = ", ".join(one.name for one in lost[:3])
        return f"{plural(len(lost), noun)} cost more than {'it is' if len(lost) == 1 else 'they are'} worth: {names}."
    lowest = min(known, key=lambda one: one.margin_billable_percent.value or Decimal(0))
    share = percent(lowest.margin_billable_percent.value).text
    if len(known) == 1:
        return f"{lowest.name} keeps {share} of its billable value."
    return f"Every {noun} keeps a margin; the lowest is {share}, {'in' if noun == 'month' else 'of'} {lowest.name}."


def _chart_sentence(found: CostAndMargin) -> str:
    most = max(found.rows, key=lambda one: one.margin_billable.value or Decimal(0))
    margin = money(most.margin_billable.value, found.currency).text
    return f"{most.name} brings the most: {margin} above cost."


def _chart(found: CostAndMargin) -> Chart | None:
    """Value, invoiced and cost side by side; None where there is a single row."""
    rows = found.rows[-_CHARTED:] if found.by is MarginBy.MONTH else found.rows[:_CHARTED]
    if len(rows) < 2 or not any(one.billable or one.cost for one in rows):
        return None
    some = f", {len(rows)} of {len(found.rows)}" if len(rows) < len(found.rows) else ""
    return Chart(
        kind=ChartKind.BAR,
        title=f"Billable value, invoiced and cost by {found.by.value}{some}",
        categories=tuple(one.name for one in rows),
        series=(
            Series("Billable value", tuple(round(one.billable, 2) for one in rows), highlight=True),
            Series("Invoiced", tuple(round(one.invoiced, 2) for one in rows)),
            Series("Cost", tuple(round(one.cost, 2) for one in rows)),
        ),
        value_kind=Kind.MONEY,
        unit=found.currency,
    )


def _columns(head: str) -> tuple[Column, ...]:
    return (
        Column(head, width=2.0),
        Column("Invoiced", Kind.NUMBER, 1.2),
        Column("Billable value", Kind.NUMBER, 1.2),
        Column("Labour", Kind.NUMBER, 1.2),
        Column("Expenses", Kind.NUMBER, 1.1),
        Column("Cost", Kind.NUMBER, 1.2),
        Column("Orders to come", Kind.NUMBER, 1.2),
        Column("Margin, billable", Kind.NUMBER, 1.2),
        Column("%", Kind.PERCENT, 0.8),
    )


def _table(found: CostAndMargin) -> Table:
    def line(one: MarginRow) -> tuple[Cell, ...]:
        margin = one.margin_billable.value
        return row(
            one.name,
            *(amount(each) for each in (one.invoiced, one.billable, one.labour, one.expenses, one.cost, one.orders)),
            cell(amount(margin), tint=Rag.RED if margin is not None and margin < 0 else None),
            percent(one.margin_billable_percent.value),
        )

    return Table(
        columns=_columns(_HEADS[found.by]),
        rows=tuple(line(one) for one in found.rows),
        totals=(line(found.total),) if found.rows else (),
        caption=f"Cost and margin by {found.by.value}, in {found.currency}",
        notes=notes(found),
        empty=_EMPTY,
    )


# --- the workbook ----------------------------------------------------------------------------------

_SUMS: tuple[tuple[MoneyKind, ...], ...] = (
    (MoneyKind.INVOICED,),
    (MoneyKind.HOURS_VALUE, MoneyKind.EXPENSES_VALUE),
    (MoneyKind.LABOUR,),
    (MoneyKind.EXPENSES,),
)


def _live(found: CostAndMargin) -> Table:
    """Each figure a formula over the lines; margins on both bases follow from them."""
    by_project = found.by is MarginBy.PROJECT
    columns = (
        Column(_KEYS[found.by], width=1.2 if by_project else 2.0),
        Column("Name", width=2.2),
        Column("Invoiced", Kind.NUMBER, 1.2),
        Column("Billable value", Kind.NUMBER, 1.2),
        Column("Labour", Kind.NUMBER, 1.2),
        Column("Expenses", Kind.NUMBER, 1.2),
        Column("Cost", Kind.NUMBER, 1.2),
        Column("Orders to come", Kind.NUMBER, 1.2),
        Column("Margin, invoiced", Kind.NUMBER, 1.2),
        Column("Margin, invoiced, %", Kind.PERCENT),
        Column("Margin, billable", Kind.NUMBER, 1.2),
        Column("Margin, billable, %", Kind.PERCENT),
    )
    keys = Counter(_key(found.by, one) for one in found.rows)

    def line(one: MarginRow) -> tuple[Cell, ...]:
        known = keys[_key(found.by, one)] == 1

        def added(value: Decimal, *kinds: MoneyKind) -> Cell:
            name = f"Lines[{_KEYS[found.by]}]"
            sums = (f'SUMIFS(Lines[Shown],{name},{{c0}}{{row}},Lines[What],"{kind.value}")' for kind in kinds)
            return cell(amount(value), formula="+".join(sums) if known else "")

        return row(
            _key(found.by, one),
            one.name,
            *(
                added(value, *kinds)
                for value, kinds in zip((one.invoiced, one.billable, one.labour, one.expenses), _SUMS, strict=True)
            ),
            cell(amount(one.cost), formula="{c4}{row}+{c5}{row}"),
            added(one.orders, MoneyKind.ORDERS),
            *_margins(one),
        )

    total = found.total
    sums = (total.invoiced, total.billable, total.labour, total.expenses, total.cost, total.orders)
    added_up = [
        cell(amount(value), formula=f"SUM({{c{place}}}{{first}}:{{c{place}}}{{last}})")
        for place, value in enumerate(sums, start=2)
    ]
    return Table(
        columns=columns,
        rows=tuple(line(one) for one in found.rows),
        totals=(row("Total", "", *added_up, *_margins(total)),) if found.rows else (),
        caption=f"Cost and margin by {found.by.value}, in {found.currency}",
        notes=notes(found),
        empty=_EMPTY,
    )


def _key(by: MarginBy, one: MarginRow) -> str:
    if by is MarginBy.PROJECT:
        return one.key
    return f"{one.month:%Y-%m}" if one.month is not None else one.name


def _margins(one: MarginRow) -> tuple[Cell, ...]:
    def follows(value: Value, formula: str) -> Cell:
        return cell(value, formula=formula if value.raw is not None else "")

    return (
        follows(amount(one.margin_invoiced.value), "{c2}{row}-{c6}{row}"),
        follows(percent(one.margin_invoiced_percent.value), "({c2}{row}-{c6}{row})/{c2}{row}"),
        follows(amount(one.margin_billable.value), "{c3}{row}-{c6}{row}"),
        follows(percent(one.margin_billable_percent.value), "({c3}{row}-{c6}{row})/{c3}{row}"),
    )


def _lines(found: CostAndMargin) -> Table:
    """One row a project, month, kind and currency, to pivot from; shown = amount × rate."""
    return Table(
        columns=(
            Column("Key", width=1.1),
            Column("Project", width=2.2),
            Column("Client", width=1.8),
            Column("Month", width=1.0),
            Column("What", width=1.5),
            Column("Records", Kind.NUMBER, 0.8),
            Column("Amount", Kind.NUMBER, 1.2),
            Column("Currency", width=0.8),
            Column("Rate", Kind.NUMBER, 0.9),
            Column("Shown", Kind.NUMBER, 1.2),
        ),
        rows=tuple(
            row(
                line.key,
                line.project,
                line.client or "No client",
                f"{line.month:%Y-%m}" if line.month is not None else "No day yet",
                line.kind.value,
                tree.number(line.records),
                amount(line.amount),
                line.currency,
                amount(line.rate, digits=6),
                cell(amount(line.shown), formula="{c6}{row}*{c8}{row}" if line.shown is not None else ""),
            )
            for line in found.lines
        ),
        caption="Lines",
        empty=_EMPTY,
        name="Lines",
    )

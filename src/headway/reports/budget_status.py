"""Budget status as a document: budget, spent beside complete, three forecasts as a range; a workbook of budget lines.

The workbook's figures are live: baseline, changes and spent add up the sheet of lines, the forecasts follow from them
by their formulas. Margin and orders stand only where the reader of the page has them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from headway.areas.budgets.status_types import BudgetLine, BudgetStand, BudgetStatus, ProjectStatus
from headway.areas.budgets.types import Basis, BudgetRow, BudgetScope
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
from headway.engine.forecast import RANGE_TEXT
from headway.engine.measures import Measure, Unit
from headway.engine.units import Money
from headway.reports.budget_status_sheets import live_status, status_lines
from headway.reports.figure_report import About, Parts, Section, amount, framed, money, percent
from headway.reports.words import joined, plural

_NO_PROJECTS = "No running projects with budgets."
_CHARTED = 12  # projects of which a slide has room for bars
_GAP_AMBER, _GAP_RED = 5, 10  # points, as the limits of health by rule

Main = tuple[ProjectStatus, BudgetStand]


def build(found: BudgetStatus, lines: Sequence[BudgetLine], *, about: About) -> Document:
    """The report for all formats. lines: for the workbook alone; may be empty for the others."""
    mains = [(one, stand) for one in found.projects for stand in one.mains]
    single = len(found.projects) == 1
    name = found.projects[0].name if single else plural(len(found.projects), "project")
    return framed(
        Parts(
            title="Budget status",
            subtitle=name,
            scope=name,
            source=found.basis,
            lead=runs(conclusion(found)),
            figures=_key_figures(found),
            sections=tuple(_sections(found, mains)),
            sheets=(
                Sheet("Status", (live_status(mains, lines),)),
                *((Sheet("All budgets", (_budgets(found.projects[0]),)),) if single else ()),
                *((Sheet("Margin and orders", (_margins(found),)),) if _sees_costs(found) else ()),
                Sheet("Lines", (status_lines(lines),)),
            ),
            sources=(
                ("Projects", str(len(found.projects))),
                ("Figures", "Live: baseline, changes and spent add up the sheet Lines by its column Key"),
                ("Forecasts", RANGE_TEXT),
                ("Status dates", _days(found)),
            ),
        ),
        about,
    )


def conclusion(found: BudgetStatus) -> str:
    """The one sentence of the report, with names where they are few."""
    mains = [(one, stand) for one in found.projects for stand in one.mains]
    known = [one for one in mains if one[1].current is not None]
    if not found.projects:
        return _NO_PROJECTS
    if not known:
        return "No budget is set, so nothing says how much may be spent."
    over = _named(one for one, stand in known if stand.over)
    ahead = _named(one for one, stand in known if stand.forecast_over and not stand.over)
    if over:
        return f"Over budget: {over}." + (f" A forecast ends above the budget in {ahead}." if ahead else "")
    if ahead:
        return f"No budget is overspent, but a forecast ends above it in {ahead}."
    return f"No budget is overspent and no forecast ends above one, of {plural(len(known), 'budget')}."


def _named(projects: Iterable[ProjectStatus]) -> str:
    names = tuple(dict.fromkeys(one.name for one in projects))
    return joined(names) if len(names) <= 3 else joined((*names[:2], f"{len(names) - 2} more"))


def _days(found: BudgetStatus) -> str:
    days = sorted({one.as_of for one in found.projects})
    if not days:
        return "–"
    return tree.day_text(days[0]) if len(days) == 1 else f"{tree.day_text(days[0])} to {tree.day_text(days[-1])}"


def _sees_costs(found: BudgetStatus) -> bool:
    return any(one.margins is not None for one in found.projects)


def _key_figures(found: BudgetStatus) -> tuple[KeyFigures, ...]:
    figures = []
    for total in found.sums[:2]:  # more currencies stand in the table
        unit = f", {total.currency}" if total.currency else ", hours"
        figures.append(KeyFigure(f"Budget{unit}", in_unit(round(total.current, 0), total.currency)))
        spent = runs(percent(total.percent_spent), " of it") if total.percent_spent is not None else ()
        figures.append(KeyFigure(f"Spent{unit}", in_unit(round(total.spent, 0), total.currency), spent))
    figures.append(KeyFigure("Over", tree.number(found.over), tint=Rag.RED if found.over else None))
    figures.append(
        KeyFigure("Forecast above", tree.number(found.forecast_over), tint=Rag.AMBER if found.forecast_over else None)
    )
    return (KeyFigures(tuple(figures)),)


def in_unit(value: Decimal | None, currency: str) -> Value:
    """Hours with 'h', or money with its currency; whole ones without decimals."""
    if value is None:
        return tree.no_value(Kind.NUMBER)
    digits = 0 if value == value.to_integral_value() else 2
    if currency:
        return tree.money(Money(value, currency), digits=digits)
    return Value(Kind.HOURS, value, tree.grouped(value, digits) + tree.NO_BREAK + "h", digits, "h")


def _of(stand: BudgetStand, value: Decimal | None) -> Value:
    return in_unit(value, stand.currency if stand.unit is Unit.MONEY else "")


# --- running text and slides -----------------------------------------------------------------------


def _sections(found: BudgetStatus, mains: Sequence[Main]) -> Iterable[Section]:
    finding = runs(_gap_sentence(mains))
    chart = _chart(mains)
    yield Section(finding, (_status(mains),), slide=(chart,) if chart is not None else ())
    if chart is not None:
        yield Section(runs("Budget, spent and complete, project by project."), (_status(mains),), text=False)
    yield Section(runs(_forecast_sentence(mains)), (_forecasts(mains),))
    if len(found.projects) == 1 and found.projects[0].budgets:
        yield Section(runs(_changes_sentence(found.projects[0])), (_budgets(found.projects[0]),))
    if _sees_costs(found):
        yield Section(runs(_margin_sentence(found)), (_margins(found),))


def _gap_sentence(mains: Sequence[Main]) -> str:
    gaps = [(stand.burn.gap.value, one) for one, stand in mains if stand.burn.gap.value is not None]
    if not gaps:
        return "Spent cannot be set beside complete: a budget or the progress is missing."
    gap, one = max(gaps, key=lambda each: each[0])
    if gap <= _GAP_AMBER:
        return f"No project has spent more than {_GAP_AMBER} points beyond what is complete."
    shown = tree.grouped(gap, 1)
    behind = sum(each > _GAP_AMBER for each, _ in gaps)
    if behind == 1:
        return f"{one.name} has spent {shown} points more than is complete."
    return f"{behind} budgets are spent further than the work is; the furthest is {one.name}, by {shown} points."


def _forecast_sentence(mains: Sequence[Main]) -> str:
    known = [stand for _, stand in mains if stand.forecast_range is not None and stand.current is not None]
    if not known:
        return "No forecast can be made yet: budget, hours or progress is missing."
    above = sum(stand.forecast_over for stand in known)
    if len(known) == 1:
        low, high = known[0].forecast_range or (Decimal(0), Decimal(0))
        return f"The forecasts end between {_of(known[0], low).text} and {_of(known[0], high).text}."
    if not above:
        return "No forecast ends above its budget, by any of the three methods."
    if above == len(known):
        return "Every budget has a forecast that ends above it."
    return f"A forecast ends above the budget in {above} of {plural(len(known), 'budget')}."


def _changes_sentence(one: ProjectStatus) -> str:
    changed = sum(bool(each.approved_changes) for each in one.budgets)
    waiting = sum(bool(each.pending) for each in one.budgets)
    said = f"{plural(len(one.budgets), 'budget')}: "
    said += "none was changed" if not changed else f"{changed} changed by approval"
    return f"{said}, {waiting or 'none'} with changes waiting."


def _margin_sentence(found: BudgetStatus) -> str:
    told = [
        (margin.percent.value, one)
        for one in found.projects
        for margin in (one.margins or ())[1:]
        if margin.percent.value is not None
    ]
    if not told:
        return "No margin can be told yet: no project has billable value and cost."
    lowest, one = min(told, key=lambda each: each[0])
    return f"The lowest margin on billable value is {tree.grouped(lowest, 1)} %, of {one.name}."


def _name(main: Main, mains: Sequence[Main]) -> str:
    """The project, and its budget where it has two."""
    one, stand = main
    several = sum(other.project_id == one.project_id for other, _ in mains) > 1
    return f"{one.name}: {stand.name}" if several else one.name


def _gap_cell(stand: BudgetStand) -> Cell:
    gap = stand.burn.gap.value
    tint = None
    if gap is not None and gap > _GAP_AMBER:
        tint = Rag.RED if gap > _GAP_RED else Rag.AMBER
    return cell(tree.no_value(Kind.NUMBER) if gap is None else tree.number(gap, digits=1, signed=True), tint=tint)


def _status(mains: Sequence[Main]) -> Table:
    return Table(
        columns=(
            Column("Project", width=2.2),
            Column("Baseline", Kind.NUMBER, 1.3),
            Column("Changes", Kind.NUMBER, 1.1),
            Column("Budget", Kind.NUMBER, 1.3),
            Column("Spent", Kind.NUMBER, 1.3),
            Column("% spent", Kind.PERCENT, 0.9),
            Column("% complete", Kind.PERCENT, 1.0),
            Column("Gap, points", Kind.NUMBER, 1.0),
        ),
        rows=tuple(
            row(
                _name((one, stand), mains),
                _of(stand, stand.baseline),
                _of(stand, stand.approved_changes) if stand.approved_changes else tree.no_value(Kind.NUMBER),
                _of(stand, stand.current),
                _of(stand, stand.burn.spent.value),
                percent(stand.burn.percent_spent.value),
                percent(stand.burn.percent_complete.value),
                _gap_cell(stand),
            )
            for one, stand in mains
        ),
        caption="Budget, spent and complete",
        notes=("Gap = % spent less % complete, in points: above 0, more is spent than is done.",),
        empty=_NO_PROJECTS,
    )


def _forecasts(mains: Sequence[Main]) -> Table:
    return Table(
        columns=(
            Column("Project", width=2.2),
            Column("Budget", Kind.NUMBER, 1.3),
            Column("Burn", Kind.NUMBER, 1.3),
            Column("Straight line", Kind.NUMBER, 1.3),
            Column("Scope", Kind.NUMBER, 1.3),
            Column("Runway, weeks", Kind.NUMBER, 1.0),
            Column("Weeks to go", Kind.NUMBER, 1.0),
        ),
        rows=tuple(
            row(
                _name((one, stand), mains),
                _of(stand, stand.current),
                *(_forecast(stand, forecast) for forecast in stand.burn.forecasts()),
                amount(stand.burn.runway.value, digits=1),
                amount(stand.burn.weeks_left.value, digits=1),
            )
            for one, stand in mains
        ),
        caption="Three forecasts at the end",
        notes=(
            RANGE_TEXT,
            *(f"{one.name}: {one.assumption}." for one in (mains[0][1].burn.forecasts() if mains else ())),
            "Runway: weeks until the budget is used at the present pace, beside the weeks that are left in the plan.",
        ),
        empty=_NO_PROJECTS,
    )


def _forecast(stand: BudgetStand, forecast: Measure) -> Cell:
    above = forecast.value is not None and stand.current is not None and forecast.value > stand.current
    return cell(_of(stand, forecast.value), tint=Rag.AMBER if above else None)


def _budgets(one: ProjectStatus) -> Table:
    def shown(each: BudgetRow, value: Decimal | None) -> Value:
        return in_unit(value, each.currency if each.basis is not Basis.HOURS else "")

    return Table(
        columns=(
            Column("Budget", width=2.2),
            Column("For", width=1.4),
            Column("Baseline", Kind.NUMBER, 1.2),
            Column("Approved changes", Kind.NUMBER, 1.2),
            Column("Budget now", Kind.NUMBER, 1.2),
            Column("Waiting", Kind.NUMBER, 1.1),
            Column("Spent", Kind.NUMBER, 1.2),
        ),
        rows=tuple(
            row(
                each.name,
                each.person or each.of or ("whole project" if each.scope is BudgetScope.PROJECT else each.scope.value),
                shown(each, each.baseline),
                shown(each, each.approved_changes or None),
                shown(each, each.current),
                shown(each, each.pending or None),
                shown(each, each.spent),
            )
            for each in one.budgets
        ),
        caption=f"All budgets of {one.name}, with all that is logged",
        empty="No budgets.",
    )


def _margins(found: BudgetStatus) -> Table:
    """Margin on both bases and orders to come, of the projects of which the reader may see them."""
    return Table(
        columns=(
            Column("Project", width=2.2),
            Column("Orders to come", Kind.MONEY, 1.4),
            Column("Margin, invoiced", Kind.MONEY, 1.5),
            Column("%", Kind.PERCENT, 0.8),
            Column("Margin, billable value", Kind.MONEY, 1.5),
            Column("% ", Kind.PERCENT, 0.8),
        ),
        rows=tuple(
            row(
                one.name,
                money(_committed(one), one.currency),
                *(
                    value
                    for margin in one.margins
                    for value in (money(margin.amount.value, one.currency), percent(margin.percent.value))
                ),
            )
            for one in found.projects
            if one.margins is not None
        ),
        caption="Margin and orders, to date",
        notes=("Only for those who may see what things cost.",),
        empty="None.",
    )


def _committed(one: ProjectStatus) -> Decimal | None:
    return one.committed.shown.total if one.committed is not None and one.committed.shown is not None else None


def _charted(percent: Decimal | None) -> Decimal:
    return round(percent or Decimal(0), 1)


def _chart(mains: Sequence[Main]) -> Chart | None:
    """Percent spent beside percent complete; None where fewer than two can be set side by side."""
    shown = [
        (one, stand)
        for one, stand in mains
        if stand.burn.percent_spent.value is not None and stand.burn.percent_complete.value is not None
    ][:_CHARTED]
    if len(shown) < 2:
        return None
    return Chart(
        kind=ChartKind.BAR,
        title=f"Percent spent beside percent complete, the {len(shown)} widest gaps"
        if len(shown) < len(mains)
        else "Percent spent beside percent complete",
        categories=tuple(_name(main, mains) for main in shown),
        series=(
            Series("% spent", tuple(_charted(stand.burn.percent_spent.value) for _, stand in shown), True),
            Series("% complete", tuple(_charted(stand.burn.percent_complete.value) for _, stand in shown)),
        ),
        value_kind=Kind.PERCENT,
        unit="%",
    )

"""How the burn of a project is shown: the sentence, its key figures, and the picture by week beside the budget."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.safestring import mark_safe

from headway.areas.budgets.types import Basis, BurnFigures
from headway.areas.hours.types import TotalRow
from headway.areas.projects.types import Charter
from headway.documents import charts, drawing
from headway.documents.tree import Chart, ChartKind, Kind, Series
from headway.engine.measures import Measure, shown
from headway.interfaces.web.explaining import of_row
from headway.interfaces.web.frame import Input, Source
from headway.interfaces.web.locale import Locale
from headway.interfaces.web.projects.drawings import CHART_SIZE, Picture, week_of
from headway.interfaces.web.projects.figures import KeyFigure, burn_figures, written
from headway.interfaces.web.templatetags.formats import money_short, number, short_date

ZERO = Decimal(0)
WEEK = timedelta(days=7)
_MOST_WEEKS = 52


@dataclass(frozen=True, slots=True)
class Group:
    """Hours of a task or person, with the address of the entries that they are made of."""

    name: str
    row: TotalRow
    href: str
    share: Decimal
    panel: str
    source: Source


def sentence(burn: BurnFigures | None, total: TotalRow | None, locale: Locale) -> str:
    """'268 of 400 h spent (67 %) with 55 % complete by Fri 14 Mar; the rest lasts 3.3 weeks at the present pace.'"""
    if total is None:
        return "No hours are recorded yet."
    own = f"{number(total.hours, locale)} hours recorded, {number(total.billable_hours, locale)} of them billable."
    if burn is None or burn.basis is not Basis.HOURS or burn.burn.percent_spent.value is None:
        return own
    measured = burn.burn
    spent, budget = number(measured.spent.value, locale), number(measured.budget.value, locale)
    said = f"{spent} of {budget} h spent ({_whole(measured.percent_spent)})"
    if measured.percent_complete.value is not None:
        said += f" with {_whole(measured.percent_complete)} complete"
    said += f" by {short_date(burn.as_of, locale)}"
    if measured.runway.value is not None:
        said += f"; the rest lasts {written(measured.runway)} at the present pace"
    return f"{said}."


def ahead(found: BurnFigures, locale: Locale) -> str:
    """What the main budget in hours comes to, and how soon it is used up, where either is not enough; else ''."""
    burned = found.burn
    budget, forecast = burned.budget.value, burned.burn_forecast.value
    lasts, left = burned.runway, burned.weeks_left
    if found.basis is not Basis.HOURS or budget is None:
        return ""
    said = []
    if forecast is not None and forecast > budget:
        said.append(f"comes to {number(forecast, locale)} of {number(budget, locale)} h")
    if lasts.value is not None and left.value and lasts.value < left.value:
        said.append(f"is used up in {written(lasts)}, with {written(left)} left in the plan")
    return f"At the present pace '{found.name}' {' and '.join(said)}." if said else ""


def _whole(measure: Measure) -> str:
    return f"{shown(measure.value, measure.unit, 0)} %"


def figures(project: Charter, burn: BurnFigures | None, total: TotalRow | None, locale: Locale) -> list[KeyFigure]:
    """Complete beside spent, pace and runway, hours at the end; value and cost for those who may see them."""
    found: list[KeyFigure] = []
    if burn is not None:
        found += burn_figures(project, burn)
        measured = burn.burn
        notes = {"burn_rate": "last four complete weeks", "runway": f"{written(measured.weeks_left)} left in the plan"}
        found += [_of_measure(project, burn, one, notes[one.key]) for one in (measured.burn_rate, measured.runway)]
    if total is not None:
        entries = reverse("entries", args=[project.key])
        for name, label, amounts in (("value", "Billable value", total.bill), ("cost", "Cost", total.cost)):
            if amounts:
                source = Source(
                    formula=f"{label} = hours × the rate that was copied onto each entry",
                    inputs=(Input("Entries", number(total.entries, locale), entries),),
                    records=f"{number(total.entries, locale)} time entries",
                    href=entries,
                    short="Added up over all entries",
                )
                value = ", ".join(money_short(amount, locale) for amount in amounts)
                found.append(KeyFigure(name, label, value, f"of {number(total.hours, locale)} h", "", source))
    return found


def _of_measure(project: Charter, burn: BurnFigures, measure: Measure, note: str) -> KeyFigure:
    source = Source(
        formula=f"{measure.name} = {measure.formula}" + (f". {measure.reason}" if measure.reason else ""),
        inputs=tuple(Input(item.name, shown(item.value, item.unit)) for item in measure.inputs),
        as_of=burn.as_of,
        records=burn.name,
        href=reverse("entries", args=[project.key]),
        short=measure.formula,
    )
    if measure.value is None:
        return KeyFigure(measure.key, measure.name, "–", measure.reason, "", source)
    return KeyFigure(measure.key, measure.name, written(measure), note, "", source)


def by_week(project: Charter, burn: BurnFigures, days: Sequence[TotalRow], locale: Locale) -> Picture | None:
    """Hours burned up to the end of each week, those of the week as columns, and the budget as a line; None for none.

    days  totals by day: the database groups days fast, and weeks one entry at a time.
    """
    if not days or burn.basis is not Basis.HOURS:
        return None
    amounts: dict[date, Decimal] = {}
    for row in days:
        monday = week_of(date.fromisoformat(row.keys[0]))
        amounts[monday] = amounts.get(monday, ZERO) + row.hours
    first, last = min(amounts), max(amounts)
    mondays = [first + step * WEEK for step in range((last - first).days // 7 + 1)]
    burned, running = [], ZERO
    for monday in mondays:
        running += amounts.get(monday, ZERO)
        burned.append(running)
    mondays, burned = mondays[-_MOST_WEEKS:], burned[-_MOST_WEEKS:]
    budget = burn.burn.budget.value
    series = [Series("Burned", tuple(burned), highlight=True)]
    if budget is not None:
        series.append(Series("Budget", (budget,) * len(mondays), dashed=True))
    series.append(Series("In the week", tuple(amounts.get(monday, ZERO) for monday in mondays), columns=True))
    chart = Chart(
        kind=ChartKind.S_CURVE,
        title=_finding(burned[-1], budget, locale),
        categories=tuple(short_date(monday, locale) for monday in mondays),
        series=tuple(series),
        value_kind=Kind.HOURS,
        unit="h",
        y_title="Burned",
        y2_title="In the week",
    )
    return Picture(
        chart.title,
        mark_safe(drawing.svg(charts.draw(chart, *CHART_SIZE), "burn")),  # noqa: S308  drawing.svg escapes every text
        note="Weeks by their Monday. An entry counts from the moment it is saved, in every state.",
        heads=("Week from", *(one.name for one in chart.series)),
        rows=tuple(
            (label, *(number(one.values[place], locale) for one in chart.series))
            for place, label in enumerate(chart.categories)
        ),
        hrefs=tuple(_behind_week(project, monday, budgeted=budget is not None) for monday in mondays),
    )


def _behind_week(project: Charter, monday: date, *, budgeted: bool) -> tuple[str, ...]:
    """Where the figures of a week come from: burned to its end, the budget, its own hours."""
    entries, sunday = reverse("entries", args=[project.key]), monday + WEEK - timedelta(days=1)
    burned = f"{entries}?{urlencode({'last': sunday.isoformat()})}"
    own = f"{entries}?{urlencode({'first': monday.isoformat(), 'last': sunday.isoformat()})}"
    return (burned, reverse("budget", args=[project.key]), own) if budgeted else (burned, own)


def _finding(burned: Decimal, budget: Decimal | None, locale: Locale) -> str:
    if budget is None:
        return f"{number(burned, locale)} h burned; no budget in hours to hold them against"
    left = budget - burned
    if left < 0:
        return f"{number(-left, locale)} h over the budget of {number(budget, locale)} h"
    return f"{number(left, locale)} h of the budget of {number(budget, locale)} h are left"


def groups(
    project: Charter, rows: Sequence[TotalRow], total: TotalRow | None, kind: str, locale: Locale
) -> list[Group]:
    """Totals with the entries behind each, the most hours first. kind: 'person' or 'phase'."""
    whole = total.hours if total is not None and total.hours else None
    found = []
    for place, row in enumerate(rows):
        wanted = row.person_id if kind == "person" else row.keys[0] or "-"
        href = f"{reverse('entries', args=[project.key])}?{urlencode({kind: wanted})}"
        share = 100 * row.hours / whole if whole else ZERO
        source = _group_source(row, whole, href, locale)
        found.append(Group(row.keys[0] or "No task", row, href, share, f"{kind}-{place}", source))
    return sorted(found, key=lambda group: (-group.row.hours, group.name))


def _group_source(row: TotalRow, whole: Decimal | None, href: str, locale: Locale) -> Source:
    """Where share, value and cost of a group come from."""
    inputs = [
        Input("Entries", number(row.entries, locale), href),
        Input("Hours", number(row.hours, locale)),
        Input("of them billable", number(row.billable_hours, locale)),
        Input("Hours of the project", number(whole, locale)),
    ]
    formulas = ["Share = hours / hours of the project"]
    for name, amounts in (("Value", row.bill), ("Cost", row.cost)):
        if amounts:
            formulas.append(f"{name} = hours × the rate that was copied onto each entry")
            inputs.append(Input(name, ", ".join(str(money_short(amount, locale)) for amount in amounts), href))
    return of_row(formulas, inputs, records="all entries of it, of every status", href=href)

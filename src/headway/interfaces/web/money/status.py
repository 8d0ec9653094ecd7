"""Budget status over the projects that a person runs, and of one: each row opens to its burn and its entries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from headway.areas.budgets.status import budget_status
from headway.areas.budgets.status_types import BudgetStand, BudgetStatus, ProjectStatus
from headway.areas.budgets.types import BudgetRow, BudgetScope
from headway.areas.hours.weeks import running
from headway.areas.projects.types import ProjectRow, Stage
from headway.engine.forecast import RANGE_TEXT
from headway.engine.measures import Measure, Unit, shown
from headway.engine.units import Money
from headway.interfaces.web.context import locale_of
from headway.interfaces.web.explaining import formula_of, of_row
from headway.interfaces.web.frame import Input, Link, Source
from headway.interfaces.web.hours.week import today_of
from headway.interfaces.web.locale import Locale
from headway.interfaces.web.money.frame import Total
from headway.interfaces.web.page import one_page, page, show
from headway.interfaces.web.report_files import file_links, sent
from headway.interfaces.web.submitting import day_of
from headway.interfaces.web.templatetags.formats import hours, money, money_short, number
from headway.journeys.budget_reports import BUDGET_STATUS
from headway.kernel.context import Context
from headway.kernel.errors import Denied
from headway.reports.budget_status import conclusion

_PER_PAGE = 50
_MONTHS = 12
_GAP_AMBER, _GAP_RED = Decimal(5), Decimal(10)


@page()
def status(request: HttpRequest, ctx: Context) -> HttpResponse:
    """Budget, spent beside complete, forecasts as a range, runway; margin for those who may see it."""
    projects = _projects(ctx)
    asked, locale = _asked(request, projects, today_of(ctx)), locale_of(request)
    found = budget_status(ctx, **asked)
    every = [_Line(one, stand, locale) for one in found.projects for stand in one.mains]
    rows, pages = one_page(request, every, _PER_PAGE)
    single = found.projects[0] if len(found.projects) == 1 and "project" in asked else None
    query = urlencode({name: request.GET[name] for name in asked})
    values = {
        "found": found,
        "rows": rows,
        "shown": len(rows),
        "total_rows": len(every),
        "answer": conclusion(found) if found.projects else "",
        "figures": _figures(found, locale),
        "sees_costs": any(one.margins is not None for one in found.projects),
        "budgets": [_budget(single, each, locale) for each in single.budgets] if single is not None else [],
        "single": single,
        "projects": [(row.key, row.name) for row in projects.values()],
        "clients": sorted({row.client for row in projects.values() if row.client}),
        "asked": {name: request.GET[name] for name in asked},
        "files": file_links("budget-status-file", query=query),
        "range_text": RANGE_TEXT,
        "month_ends": _month_ends(today_of(ctx)),
        **pages,
    }
    crumbs = (Link("Reports", reverse("report-centre")), Link("Budget status"))
    return show(request, ctx, "money/status.html", values, crumbs=crumbs)


@page()
def file(request: HttpRequest, ctx: Context, form: str) -> HttpResponse:
    """The report as a file, with the limits that stand in the address."""
    asked = _asked(request, _projects(ctx), today_of(ctx))
    words = tuple((name.replace("_", " ").capitalize(), request.GET[name]) for name in asked)
    back = reverse("budget-status")
    return sent(request, ctx, BUDGET_STATUS, form=form, back=back, asked=words, **asked)


def _projects(ctx: Context) -> dict[int, ProjectRow]:
    found = running(ctx, "budgets.read")
    if not found:
        raise Denied("Your role does not allow this (see budgets, burn and earned value).")
    return {pk: row for pk, row in found.items() if row.stage is not Stage.CLOSED}


def _asked(request: HttpRequest, projects: dict[int, ProjectRow], today: date) -> dict[str, Any]:
    """The inputs that the address names; what it names wrongly is not asked for."""
    given: dict[str, Any] = {}
    if request.GET.get("project") in {row.key for row in projects.values()}:
        given["project"] = request.GET["project"]
    elif request.GET.get("client") in {row.client for row in projects.values() if row.client}:
        given["client"] = request.GET["client"]
    as_of = day_of(request.GET.get("as_of"))
    if as_of is not None and as_of <= today:
        given["as_of"] = as_of
    return given


def _month_ends(today: date) -> list[date]:
    """The last days of the months that have ended, the newest first."""
    found = [today.replace(day=1) - timedelta(days=1)]
    while len(found) < _MONTHS:
        found.append(found[-1].replace(day=1) - timedelta(days=1))
    return found


# --- rows ----------------------------------------------------------------------------------------


def _amount(value: Decimal | None, stand: BudgetStand, locale: Locale) -> str:
    if value is None:
        return "–"
    if stand.unit is Unit.MONEY:
        return str(money(Money(value, stand.currency), locale))
    return str(hours(round(value, 2), locale))


def _whole(value: Decimal | None, stand: BudgetStand, locale: Locale) -> str:
    """A budget, which rarely has cents: without them where it has none."""
    if value is not None and stand.unit is Unit.MONEY and value == value.to_integral_value():
        return str(money_short(Money(value, stand.currency), locale))
    return _amount(value, stand, locale)


class _Line:
    """One main budget as its row shows it."""

    def __init__(self, one: ProjectStatus, stand: BudgetStand, locale: Locale) -> None:
        burn = stand.burn
        self.project, self.stand = one, stand
        self.several = len(one.mains) > 1
        self.name = f"{one.key.lower()}-{stand.budget_id or 'hours'}"
        self.current = _whole(stand.current, stand, locale)
        self.baseline = _whole(stand.baseline, stand, locale) if stand.approved_changes else ""
        sign = "+" if stand.approved_changes > 0 else ""
        self.changes = f"{sign}{_whole(stand.approved_changes, stand, locale)}"
        self.pending = _whole(stand.pending, stand, locale) if stand.pending else ""
        self.spent = _amount(burn.spent.value, stand, locale)
        self.percent_spent = burn.percent_spent.shown()
        self.percent_complete = burn.percent_complete.shown()
        gap = burn.gap.value
        self.gap = f"{'+' if gap is not None and gap > 0 else ''}{burn.gap.shown()}"
        self.tone = "" if gap is None or gap <= _GAP_AMBER else "red" if gap > _GAP_RED else "amber"
        self.forecast = _range(stand, locale)
        self.source = _forecast_source(stand, one)
        self.runway = burn.runway.shown()
        self.weeks_left = burn.weeks_left.shown()
        self.short = (
            burn.runway.value is not None
            and burn.weeks_left.value is not None
            and burn.runway.value < burn.weeks_left.value
        )
        self.burn_href = reverse("burn", args=[one.key])
        self.panel, self.label = f"figures-{self.name}", f"{one.name}, {stand.name}"
        self.entries_href = f"{reverse('entries', args=[one.key])}?{urlencode({'last': one.as_of.isoformat()})}"
        self.figures = self._told(locale)
        self.margin = _margin(one)
        self.orders = _orders(one, locale)

    def _told(self, locale: Locale) -> Source:
        """Where the figures of the row come from, but the forecasts, which have a panel of their own."""
        one, stand, burn = self.project, self.stand, self.stand.burn
        budget = reverse("budget", args=[one.key])
        inputs = [
            Input("Baseline", _whole(stand.baseline, stand, locale), budget),
            Input("Approved changes", self.changes, f"{budget}#changes"),
            Input("Spent", self.spent, self.entries_href),
            Input("Complete", f"{burn.percent_complete.shown()} %", reverse("progress-method", args=[one.key])),
            Input(burn.burn_rate.name, _told(burn.burn_rate)),
            Input("Weeks left in the plan", self.weeks_left, reverse("plan", args=[one.key])),
        ]
        return of_row(
            ("Budget = baseline + approved changes", *map(formula_of, (burn.percent_spent, burn.gap, burn.runway))),
            inputs,
            as_of=one.as_of,
            records=f"{stand.name}; complete: {stand.percent_method}",
            href=self.burn_href,
        )


def _range(stand: BudgetStand, locale: Locale) -> str:
    if stand.forecast_range is None:
        return "–"
    low, high = stand.forecast_range
    if stand.unit is Unit.MONEY:
        return f"{number(round(low), locale)} to {money_short(Money(high, stand.currency), locale)}"
    return f"{number(round(low, 1), locale)} to {hours(round(high, 1), locale)}"


def _forecast_source(stand: BudgetStand, one: ProjectStatus) -> Source:
    return Source(
        formula=RANGE_TEXT + " " + "; ".join(f"{each.name}: {each.formula}" for each in stand.burn.forecasts()),
        inputs=tuple(Input(each.name, _told(each)) for each in stand.burn.forecasts()),
        as_of=one.as_of,
        records=f"{stand.name}; complete by {stand.percent_method}",
        href=reverse("burn", args=[one.key]),
        short="Lowest and highest of three forecasts",
    )


def _told(measure: Measure) -> str:
    return measure.shown() if measure.value is not None else f"– {measure.reason}"


def _margin(one: ProjectStatus) -> str:
    """On billable value, in percent; '' where it is not told."""
    if one.margins is None:
        return ""
    percent = one.margins[-1].percent
    return f"{shown(percent.value, percent.unit)} %" if percent.value is not None else "–"


def _orders(one: ProjectStatus, locale: Locale) -> str:
    """What is ordered and has not come; '' where nothing is, or it is not told."""
    if one.committed is None or one.committed.shown is None or not one.committed.shown.total:
        return ""
    return str(money_short(Money(one.committed.shown.total, one.committed.shown.currency), locale))


@dataclass(frozen=True, slots=True)
class _Budget:
    """One of all budgets of a project; the same figures as on its page Budget."""

    row: BudgetRow
    of: str
    baseline: str
    changes: str
    current: str
    pending: str
    spent: str
    panel: str
    source: Source


def _budget(one: ProjectStatus, row: BudgetRow, locale: Locale) -> _Budget:
    def told(value: Decimal | None) -> str:
        if value is None:
            return "–"
        return str(money(Money(value, row.currency), locale) if row.currency else hours(value, locale))

    of = row.person or row.of or ("" if row.scope is BudgetScope.PROJECT else row.scope.value)
    changes = told(row.approved_changes) if row.approved_changes else "–"
    pending = told(row.pending) if row.pending else "–"
    here = reverse("budget", args=[one.key])
    source = of_row(
        ("Budget now = baseline + approved changes", "Spent = what its hours and expenses come to"),
        (
            Input("Baseline", told(row.baseline), here),
            Input("Approved changes", changes, f"{here}#changes"),
            Input("Waiting for approval", pending, f"{here}#changes"),
            Input("Spent", told(row.spent), reverse("entries", args=[one.key])),
        ),
        records="all that is logged, of every status",
        href=here,
    )
    return _Budget(
        row, of, told(row.baseline), changes, told(row.current), pending, told(row.spent), f"budget-{row.id}", source
    )


def _figures(found: BudgetStatus, locale: Locale) -> Sequence[Total]:
    """What all of them come to, hours and each currency apart."""
    figures = []
    for total in found.sums:

        def told(value: Decimal, currency: str = total.currency) -> str:
            return str(money(Money(value, currency), locale) if currency else hours(round(value, 2), locale))

        name = total.currency.lower() or "hours"
        source = Source(
            formula="Sum of the main budgets: baseline + approved changes; spent to each status date",
            inputs=(
                Input("Budgets", str(total.budgets)),
                Input("Baseline", told(total.baseline)),
                Input("Approved changes", told(total.approved_changes)),
                Input("Spent", told(total.spent)),
            ),
            records=found.basis,
            short=f"{total.budgets} budgets",
        )
        share = f"{shown(total.percent_spent, Unit.PERCENT)} % spent" if total.percent_spent is not None else ""
        label = f"Budgets, {total.currency or 'hours'}"
        figures.append(Total(f"budget-{name}", label, told(total.current), "baseline and approved changes", "", source))
        figures.append(
            Total(f"spent-{name}", f"Spent, {total.currency or 'hours'}", told(total.spent), share, "", source)
        )
    over = Source(formula="Main budgets with more spent than there is", records=found.basis, short="Over 100 %")
    ahead = Source(formula="Main budgets with some forecast above them", records=found.basis, short="Highest > budget")
    figures.append(Total("over", "Over budget", str(found.over), "", "red" if found.over else "", over))
    tone = "amber" if found.forecast_over else ""
    figures.append(Total("ahead", "Forecast above", str(found.forecast_over), "not over yet", tone, ahead))
    return figures

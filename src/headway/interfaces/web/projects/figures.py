"""Key figures of a project with where each comes from, and the sentence that opens its page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.urls import reverse

from headway.areas.budgets.types import BurnFigures, EarnedFigures
from headway.areas.portfolio.health import limits_of
from headway.areas.portfolio.types import FinishByHistory
from headway.areas.projects.types import Charter
from headway.areas.schedule.types import PlanSummary
from headway.engine.measures import Measure, Unit, shown
from headway.interfaces.web.explaining import of_measure
from headway.interfaces.web.frame import Input, Source
from headway.interfaces.web.locale import Locale
from headway.interfaces.web.templatetags.formats import short_date, weekday_date

_UNITS = {
    Unit.HOURS: "\u00a0h",
    Unit.PERCENT: "\u00a0%",
    Unit.POINTS: "\u00a0points",
    Unit.WEEKS: "\u00a0weeks",
    Unit.DAYS: "\u00a0days",
    Unit.HOURS_PER_WEEK: "\u00a0h a week",
}


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """One figure as <c-figure> takes it."""

    name: str
    label: str
    value: str
    note: str = ""
    tone: str = ""
    source: Source | None = None


def status_sentence(summary: PlanSummary | None, driving: int, locale: Locale) -> str:
    """'Finish Fri 14 Mar, 6 working days late; two tasks drive it.' `driving`: how many do."""
    if summary is None or summary.finish is None:
        return ""
    words = f"Finish {weekday_date(summary.finish, locale)}"
    late = summary.late_days
    if late is None:
        words += "; no baseline to measure it against"
    elif late == 0:
        words += ", as in the baseline"
    else:
        words += f", {abs(late)} working {'day' if abs(late) == 1 else 'days'} {'late' if late > 0 else 'early'}"
    if not driving:
        return f"{words}."
    return f"{words}; {_count(driving)} {'drives' if driving == 1 else 'drive'} it."


def _count(number: int) -> str:
    small = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
    return f"{small[number] if number < len(small) else number} {'task' if number == 1 else 'tasks'}"


def plan_figures(project: Charter, summary: PlanSummary | None, locale: Locale) -> list[KeyFigure]:
    """Finish, and how much is done."""
    if summary is None:
        return []
    plan = reverse("plan", args=[project.key])
    late = summary.late_days
    note = f"Baseline {short_date(summary.baseline_finish, locale)}" if summary.baseline_finish else "No baseline yet"
    tone = ""
    if late is not None:
        tone = "red" if late > 0 else "green"
    finish = Source(
        formula="Latest computed finish of the plan's tasks",
        inputs=(
            Input("Baseline finish", weekday_date(summary.baseline_finish, locale)),
            Input("Working days late", "–" if late is None else str(late)),
            Input("Critical tasks", str(summary.critical_tasks)),
        ),
        as_of=summary.status_date,
        records=summary.size + (f", baseline {summary.baseline}" if summary.baseline else ""),
        href=plan,
        short="Latest computed finish of all tasks",
    )
    return [KeyFigure("finish", "Finish", short_date(summary.finish, locale), note, tone, finish)]


def history_figure(project: Charter, told: FinishByHistory | None, as_of: date, locale: Locale) -> list[KeyFigure]:
    """The finish as the project's own history tells it, with its range and how good past forecasts were."""
    if told is None or told.finish is None:
        return []
    span = "" if told.low == told.high else f"{short_date(told.low, locale)} – {short_date(told.high, locale)}; "
    source = Source(
        formula="The first forecast that has enough history: earned schedule, velocity, past estimates",
        inputs=(
            *(
                Input(method.capitalize(), weekday_date(finish, locale) if finish is not None else missing)
                for method, finish, missing in told.methods
            ),
            Input("Past forecasts", told.past),
        ),
        as_of=as_of,
        records="the plan, its baseline and its progress",
        href=reverse("forecast", args=[project.key]),
        short=told.past,
    )
    tone = "" if told.late_days is None else "red" if told.late_days > 0 else "green"
    note = f"{span}by {told.method}"
    return [KeyFigure("by-history", "Finish by its history", short_date(told.finish, locale), note, tone, source)]


def burn_figures(project: Charter, burn: BurnFigures) -> list[KeyFigure]:
    """Percent complete beside percent spent, and hours at the end as a range."""
    href = reverse("hours", args=[project.key])
    measured = burn.burn
    figures = [
        _figure(
            "complete", "Complete", measured.percent_complete, burn, href, note=_known_by(burn.percent_method), digits=0
        ),
    ]
    gap = measured.gap.value
    tone = "" if gap is None else "red" if gap > 15 else "amber" if gap > 5 else "green"
    note = "No budget in hours yet"
    if measured.percent_spent.value is not None:
        note = f"{shown(measured.spent.value, burn.unit, 0)} of {shown(measured.budget.value, burn.unit, 0)} h"
    figures.append(_figure("spent", "Spent", measured.percent_spent, burn, href, note=note, tone=tone, digits=0))
    if burn.forecast_range is not None:
        low, high = burn.forecast_range
        source = Source(
            formula=burn.range_text,
            inputs=tuple(
                Input(f"{item.name}: {item.formula}", written(item, burn.unit)) for item in measured.forecasts()
            ),
            as_of=burn.as_of,
            records=burn.name,
            href=href,
            short="Three forecasts, never averaged",
        )
        ends = dict.fromkeys((shown(low, burn.unit, 0), shown(high, burn.unit, 0)))
        value = f"{' – '.join(ends)}\u00a0h"
        figures.append(KeyFigure("at-end", "Hours at the end", value, "three forecasts as a range", "", source))
    return figures


def forecasts(burn: BurnFigures) -> list[tuple[Measure, Source]]:
    """The three forecasts, each with where it comes from."""
    return [(one, of_measure(one, as_of=burn.as_of, records=burn.name)) for one in burn.burn.forecasts()]


def _known_by(method: str) -> str:
    """'by the owners' estimates', or by the method that was declared, with who said so."""
    if "said by" not in method:
        return "by the owners' estimates"
    return "by " + method.split("(", 1)[-1].split(", entered", 1)[0].rstrip(")")


def earned_figures(project: Charter, earned: EarnedFigures) -> list[KeyFigure]:
    """Cost index, schedule index in time."""
    href = reverse("hours", args=[project.key])
    found = []
    pairs = [("cpi", "Cost index", earned.value.cpi)]
    if earned.schedule is not None:
        pairs.append(("spi", "Schedule index", earned.schedule.spi_t))
    for name, label, measure in pairs:
        tone, value, note = _judged(measure, *limits_of(project).spi_t)
        found.append(
            KeyFigure(
                name,
                label,
                value,
                note or measure.reason,
                tone,
                _source(measure, earned.unit, earned.as_of, f"baseline {earned.baseline}, {earned.basis_text}", href),
            )
        )
    return found


def _judged(measure: Measure, green: Decimal, amber: Decimal) -> tuple[str, str, str]:
    """The tone of an index by the project's limits, its value and the limit that it met or missed."""
    if measure.value is None:
        return "", measure.shown(), ""
    if measure.value >= green:
        return "green", measure.shown_beside(green), f"{green} or better"
    tone, limit = ("amber", green) if measure.value >= amber else ("red", amber)
    return tone, measure.shown_beside(limit), f"below {limit}"


def _figure(
    name: str,
    label: str,
    measure: Measure,
    burn: BurnFigures,
    href: str,
    *,
    note: str,
    tone: str = "",
    digits: int | None = None,
) -> KeyFigure:
    value = shown(measure.value, measure.unit, digits) + (
        _UNITS.get(measure.unit, "") if measure.value is not None else ""
    )
    records = burn.percent_method if name == "complete" else burn.name
    return KeyFigure(name, label, value, note, tone, _source(measure, burn.unit, burn.as_of, records, href))


def _source(measure: Measure, unit: Unit, as_of: object, records: str, href: str) -> Source:
    return Source(
        formula=f"{measure.name} = {measure.formula}" + (f". {measure.reason}" if measure.reason else ""),
        inputs=tuple(
            Input(item.name, shown(item.value, item.unit) + _UNITS.get(item.unit, "")) for item in measure.inputs
        ),
        as_of=as_of,  # type: ignore[arg-type]  # a date
        records=records,
        href=href,
        short=f"{measure.formula}",
    )


def written(measure: Measure, unit: Unit | None = None) -> str:
    """A measure with its unit; the reason where there is no value."""
    if measure.value is None:
        return f"– ({measure.reason})" if measure.reason else "–"
    return measure.shown() + _UNITS.get(measure.unit, "")

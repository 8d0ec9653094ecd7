"""The columns of the portfolio's grid: what each shows of a standing, and where that comes from."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from html import escape

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from headway.areas.portfolio.types import Direction, Figures, Health, OverCapacity, Sort, Standing, Week
from headway.interfaces.web.frame import Input, Source
from headway.interfaces.web.locale import Locale
from headway.interfaces.web.templatetags.formats import days, hours, number, short_date, weekday_date
from headway.interfaces.web.templatetags.pieces import rag

NOTHING = "–"
_THIN = "\u00a0"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its head, what it is ordered by, and whether it holds figures."""

    name: str
    label: str
    sort: Sort | None = None
    right: bool = False
    opens: bool = True


COLUMNS = {
    column.name: column
    for column in (
        Column("health", "Health", Sort.HEALTH),
        Column("trend", "Trend"),
        Column("milestone", "Next milestone", Sort.MILESTONE),
        Column("finish", "Finish", Sort.FINISH),
        Column("slip", "Slip", Sort.SLIP, right=True),
        Column("history-finish", "Finish by its history"),
        Column("deadline-chance", "Chance of the deadline", Sort.CHANCE, right=True),
        Column("complete", "Complete", Sort.COMPLETE, right=True),
        Column("spent", "Spent", Sort.SPENT, right=True),
        Column("burn", "Hours of budget", right=True),
        Column("forecast", "Hours at the end", right=True),
        Column("people", "Over capacity", Sort.PEOPLE),
        Column("risks", "High risks", Sort.RISKS, right=True),
        Column("decisions", "Decisions overdue", Sort.DECISIONS, right=True),
        Column("changes", "Changes open", right=True),
        Column("report", "Last report", Sort.REPORT),
        Column("client", "Client", Sort.CLIENT, opens=False),
        Column("manager", "Manager", Sort.MANAGER, opens=False),
        Column("stage", "Stage", Sort.STAGE, opens=False),
        Column("history", "Weeks", opens=False),
        Column("age", "As of"),
    )
}


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell. `rag` draws the colour's word and shape, `picture` an SVG; `tone` colours the text."""

    label: str
    text: str = NOTHING
    note: str = ""
    tone: str = ""
    rag: str = ""
    picture: SafeString | None = None
    right: bool = False
    wrap: bool = False
    href: str = ""


def cells(standing: Standing, names: tuple[str, ...], locale: Locale) -> tuple[Cell, ...]:
    """The cells of a project, in the order of the columns asked for."""
    page = reverse("portfolio-standing", args=[standing.key])
    found = []
    for name in names:
        column = COLUMNS[name]
        href = f"{page}?figure={name}" if column.opens and standing.figures is not None else ""
        found.append(_SHOWN[name](standing, column, href, locale))
    return tuple(found)


def drawn(cells: Iterable[Cell]) -> SafeString:
    """The cells of a row: written without a template, for a page holds hundreds."""
    return mark_safe("".join(map(_drawn, cells)))  # noqa: S308  every text is escaped


def _drawn(cell: Cell) -> str:
    classes = f"hw-cell-figure{' hw-right' if cell.right else ''}{' hw-cell-words' if cell.wrap else ''}"
    label = "" if cell.rag else f' data-label="{escape(cell.label)}"'
    note = f' <span class="hw-cell-note">{escape(cell.note)}</span>' if cell.note else ""
    return f'<td class="{classes}"{label}>{cell.picture or _opened(cell)}{note}</td>'


def _opened(cell: Cell) -> str:
    """The words of a cell; as a link to their source where there is one."""
    words = rag(cell.rag, cell.text) if cell.rag and cell.href else f"<bdi>{escape(cell.text)}</bdi>"
    tone = f"hw-tone-{cell.tone}" if cell.tone else ""
    if not cell.href:
        return f'<span class="{tone}">{words}</span>' if tone else f"<span>{words}</span>"
    href = escape(cell.href)
    opens = f'href="{href}" hx-get="{href}" hx-target="#side" hx-select="#side" hx-swap="outerHTML"'
    return f'<a class="hw-open-figure{" " if tone else ""}{tone}" {opens}>{words}</a>'


def _of_figures(write: Callable[[Figures, Locale], Cell]) -> Callable[[Standing, Column, str, Locale], Cell]:
    """A cell of the figures; a dash while there are none."""

    def shown(standing: Standing, column: Column, href: str, locale: Locale) -> Cell:
        if standing.figures is None:
            return Cell(column.label, right=column.right)
        made = write(standing.figures, locale)
        empty = made.text == NOTHING and not made.rag
        return Cell(
            column.label,
            made.text,
            made.note,
            made.tone,
            made.rag,
            made.picture,
            column.right,
            made.wrap,
            "" if empty else href,
        )

    return shown


def whole_hours(value: Decimal | None, locale: Locale) -> str:
    """Hours without digits, for sums and forecasts, whose decimals say nothing."""
    return hours(None if value is None else round(value), locale)


def _percent(value: Decimal | None, locale: Locale) -> str:
    return NOTHING if value is None else f"{number(round(value), locale)}{_THIN}%"


def _health(figures: Figures, locale: Locale) -> Cell:
    return Cell("", figures.health.word, rag=figures.health.value, note=drivers(figures))


def drivers(figures: Figures) -> str:
    """The dimensions that have the overall colour, where it is not green."""
    if figures.health in (Health.GREEN, Health.NOT_MEASURED):
        return ""
    return ", ".join(reading.dimension.word for reading in figures.readings if reading.colour is figures.health)


def _milestone(figures: Figures, locale: Locale) -> Cell:
    ahead = figures.next_milestone
    if ahead is None:
        return Cell("")
    late = "" if not ahead.late_days or ahead.late_days < 0 else f", {days(ahead.late_days, locale)} late"
    return Cell("", ahead.name, f"{weekday_date(ahead.on, locale)}{late}", tone="red" if late else "", wrap=True)


def _slip(figures: Figures, locale: Locale) -> Cell:
    late = figures.late_days
    return Cell("", days(late, locale), tone="red" if late is not None and late > 0 else "")


def _by_history(figures: Figures, locale: Locale) -> Cell:
    told = figures.by_history
    if told is None or told.finish is None:
        return Cell("")
    late = told.late_days or 0
    span = "" if told.low == told.high else f"{short_date(told.low, locale)} – {short_date(told.high, locale)}"
    notes = [span, f"{days(late, locale)} late" if late > 0 else ""]
    return Cell("", weekday_date(told.finish, locale), ", ".join(filter(None, notes)), tone="red" if late > 0 else "")


def _deadline_chance(figures: Figures, locale: Locale) -> Cell:
    told = figures.deadline_chance
    if told is None:
        return Cell("")
    low = told.chance < told.limit
    note = f"{weekday_date(told.deadline, locale)}, simulated {short_date(told.simulated_at, locale)}"
    return Cell("", _percent(told.chance, locale), note, tone="red" if low else "")


def _parts_of(person: OverCapacity, locale: Locale) -> str:
    """'Mon 9 Mar; 60 % here, the rest in SHOP and projects you do not see'."""
    told = [_days_of(person.days, locale)] if person.days else []
    others = [*person.elsewhere, *(["projects you do not see"] if person.hidden else [])]
    if others and person.here is not None:
        told.append(f"{_percent(person.here, locale)} here, the rest in {' and '.join(others)}")
    return "; ".join(told)


def _people(figures: Figures, locale: Locale) -> Cell:
    people = figures.over_capacity
    if not people:
        return Cell("", "Nobody" if figures.finish is not None else NOTHING)
    worst = max(people, key=lambda person: person.percent)
    more = f" and {len(people) - 1} more" if len(people) > 1 else ""
    over = f"over on {days(len(worst.days), locale)}" if worst.days else ""
    return Cell(
        "",
        f"{worst.name}{more}",
        f"{_percent(worst.percent, locale)} of two weeks{', ' if over else ''}{over}",
        wrap=True,
    )


def _burn(figures: Figures, locale: Locale) -> Cell:
    if figures.spent is None and figures.budget is None:
        return Cell("")
    return Cell(
        "", whole_hours(figures.spent, locale), f"of {whole_hours(figures.budget, locale)}" if figures.budget else ""
    )


def _forecast(figures: Figures, locale: Locale) -> Cell:
    over = figures.forecast is not None and figures.budget is not None and figures.forecast > figures.budget
    return Cell("", whole_hours(figures.forecast, locale), tone="red" if over else "")


def _report(figures: Figures, locale: Locale) -> Cell:
    if figures.last_report_on is None:
        return Cell("", "None yet")
    return Cell("", weekday_date(figures.last_report_on, locale), f"snapshot {figures.last_report}")


def _counted(value: int, locale: Locale) -> Cell:
    return Cell("", number(value, locale), tone="red" if value else "")


_ARROWS = {
    Direction.BETTER: "Better",
    Direction.WORSE: "Worse",
    Direction.SAME: "Same",
    Direction.UNKNOWN: "No earlier week",
}


def _trend(standing: Standing, column: Column, href: str, locale: Locale) -> Cell:
    tone = {Direction.BETTER: "green", Direction.WORSE: "red"}.get(standing.trend, "quiet")
    return Cell(column.label, _ARROWS[standing.trend], tone=tone, href=href)


def _age(standing: Standing, column: Column, href: str, locale: Locale) -> Cell:
    if standing.computed_at is None:
        return Cell(column.label, "Being computed")
    note = "" if standing.current else "older than its records"
    return Cell(column.label, weekday_date(standing.computed_at, locale), note, href=href)


def _history(standing: Standing, column: Column, href: str, locale: Locale) -> Cell:
    return Cell(column.label, "" if standing.weeks else NOTHING, picture=sparkline(standing.weeks, locale))


_SHOWN: dict[str, Callable[[Standing, Column, str, Locale], Cell]] = {
    "health": _of_figures(_health),
    "trend": _trend,
    "milestone": _of_figures(_milestone),
    "finish": _of_figures(lambda figures, locale: Cell("", weekday_date(figures.finish, locale))),
    "slip": _of_figures(_slip),
    "history-finish": _of_figures(_by_history),
    "deadline-chance": _of_figures(_deadline_chance),
    "complete": _of_figures(lambda figures, locale: Cell("", _percent(figures.percent_complete, locale))),
    "spent": _of_figures(lambda figures, locale: Cell("", _percent(figures.percent_spent, locale))),
    "burn": _of_figures(_burn),
    "forecast": _of_figures(_forecast),
    "people": _of_figures(_people),
    "risks": _of_figures(lambda figures, locale: _counted(figures.high_risks, locale)),
    "decisions": _of_figures(lambda figures, locale: _counted(figures.decisions_overdue, locale)),
    "changes": _of_figures(lambda figures, locale: Cell("", number(figures.changes_open, locale))),
    "report": _of_figures(_report),
    "client": lambda standing, column, href, locale: Cell(column.label, standing.client or NOTHING, wrap=True),
    "manager": lambda standing, column, href, locale: Cell(column.label, standing.manager or NOTHING),
    "stage": lambda standing, column, href, locale: Cell(column.label, standing.stage.value.capitalize()),
    "history": _history,
    "age": _age,
}


# --- the picture of the last weeks ----------------------------------------------------------

_BAR, _GAP, _TALL, _LOW = 6, 2, 18, 3
_FULL_SLIP = 10  # working days of slip that fill the picture's height, unless a week is worse


def sparkline(weeks: tuple[Week, ...], locale: Locale) -> SafeString | None:
    """A bar a week: its colour the health, its height the slip. The words beside it say the same."""
    if not weeks:
        return None
    full = max(_FULL_SLIP, *(abs(week.late_days or 0) for week in weeks))
    bars = []
    for place, week in enumerate(weeks):
        tall = _LOW + (_TALL - _LOW) * max(0, week.late_days or 0) / full
        x, y = place * (_BAR + _GAP), _TALL - tall
        bars.append(
            f'<rect class="hw-bar-{week.health.value}" x="{x}" y="{y:.1f}" width="{_BAR}" height="{tall:.1f}" rx="1"/>'
        )
    width = len(weeks) * (_BAR + _GAP) - _GAP
    return mark_safe(  # noqa: S308  made of numbers, enumerations and our own words
        f'<svg class="hw-spark" role="img" aria-label="{_weeks_in_words(weeks, locale)}" width="{width}" '
        f'height="{_TALL}" viewBox="0 0 {width} {_TALL}">{"".join(bars)}</svg>'
    )


def _weeks_in_words(weeks: tuple[Week, ...], locale: Locale) -> str:
    first, last = weeks[0], weeks[-1]
    if first is last:
        return f"One week: {last.health.word}, slip {days(last.late_days, locale)}"
    return (
        f"{len(weeks)} weeks since {short_date(first.first, locale)}: from {first.health.word}, slip "
        f"{days(first.late_days, locale)}, to {last.health.word}, slip {days(last.late_days, locale)}"
    )


# --- where a figure comes from --------------------------------------------------------------


def source_of(name: str, standing: Standing, locale: Locale) -> Source | None:
    """How a column's figure of this project came about, with its inputs and the page that holds its records."""
    figures = standing.figures
    if figures is None or name not in _SOURCES:
        return None
    formula, inputs, records, page = _SOURCES[name](figures, locale)
    href = reverse(page, args=[standing.key])
    return Source(formula=formula, inputs=inputs, as_of=figures.as_of, records=records, href=href)


_Source = tuple[str, tuple[Input, ...], str, str]


def _days_of(found: tuple[date, ...], locale: Locale) -> str:
    return ", ".join(weekday_date(day, locale) for day in found) or "no single day"


_SOURCES: dict[str, Callable[[Figures, Locale], _Source]] = {
    "health": lambda figures, locale: (
        "The worst dimension. Each is judged by the project's limits; a colour changes after two readings, or at "
        "once on red",
        tuple(Input(reading.dimension.word, reading.colour.word) for reading in figures.readings),
        "The dimensions below",
        "project",
    ),
    "trend": lambda figures, locale: (
        "Health against the newest earlier week; where the colour is the same, the slip",
        (Input("Health now", figures.health.word), Input("Slip now", days(figures.late_days, locale))),
        "The weeks below",
        "project",
    ),
    "milestone": lambda figures, locale: (
        "The earliest milestone that is not reached, by its computed date",
        ()
        if figures.next_milestone is None
        else (
            Input("Forecast", weekday_date(figures.next_milestone.on, locale)),
            Input("Working days late", days(figures.next_milestone.late_days, locale)),
        ),
        "Milestones of the plan",
        "plan",
    ),
    "finish": lambda figures, locale: (
        "Latest computed finish of the plan's tasks",
        (Input("Baseline finish", weekday_date(figures.baseline_finish, locale)),),
        f"Plan, baseline {figures.baseline}" if figures.baseline else "Plan, no baseline",
        "plan",
    ),
    "slip": lambda figures, locale: (
        "Working days from the baseline's finish to the computed finish; negative = early",
        (
            Input("Baseline finish", weekday_date(figures.baseline_finish, locale)),
            Input("Computed finish", weekday_date(figures.finish, locale)),
        ),
        f"Plan, baseline {figures.baseline}" if figures.baseline else "Plan, no baseline",
        "plan",
    ),
    "history-finish": lambda figures, locale: (
        "The first forecast that has enough history: earned schedule, velocity, past estimates; the range is of all",
        (
            *(
                Input(method.capitalize(), weekday_date(finish, locale) if finish is not None else missing)
                for method, finish, missing in (figures.by_history.methods if figures.by_history is not None else ())
            ),
            Input("Past forecasts", figures.by_history.past if figures.by_history is not None else NOTHING),
        ),
        "Plan, baseline and progress",
        "forecast",
    ),
    "deadline-chance": lambda figures, locale: (
        "Runs of the newest simulation of the plan with its risks that meet the deadline / all runs",
        (
            *(
                (
                    Input("Deadline", weekday_date(told.deadline, locale)),
                    Input("P80", weekday_date(told.p80, locale)),
                    Input("What moves the finish most", told.driver or NOTHING),
                    Input("The project asks for", _percent(told.limit, locale)),
                    Input("Simulated", weekday_date(told.simulated_at, locale)),
                )
                if (told := figures.deadline_chance) is not None
                else ()
            ),
        ),
        "Plan, risks and deadline",
        "forecast",
    ),
    "complete": lambda figures, locale: (
        figures.complete_method[:1].upper() + figures.complete_method[1:],
        (Input("Progress entered", weekday_date(figures.progress_on, locale)),),
        "Progress in the plan",
        "plan",
    ),
    "spent": lambda figures, locale: (
        "Hours spent / current budget",
        (Input("Spent", hours(figures.spent, locale)), Input("Budget", hours(figures.budget, locale))),
        "Time entries and budget",
        "hours",
    ),
    "burn": lambda figures, locale: (
        "Hours of every status, beside the main budget with its approved changes",
        (Input("Spent", hours(figures.spent, locale)), Input("Budget", hours(figures.budget, locale))),
        "Time entries and budget",
        "hours",
    ),
    "forecast": lambda figures, locale: (
        figures.forecast_method or "There is no forecast yet",
        (Input("Spent", hours(figures.spent, locale)), Input("Budget", hours(figures.budget, locale))),
        "Earned value and burn",
        "hours",
    ),
    "people": lambda figures, locale: (
        "Planned work in the next 14 days over all projects / capacity by the calendar; a day is over when its work "
        "does not fit into it",
        tuple(
            Input(f"{person.name}, {_percent(person.percent, locale)}", _parts_of(person, locale))
            for person in figures.over_capacity
        ),
        "Assignments of all plans",
        "plan",
    ),
    "risks": lambda figures, locale: (
        "Open risks whose probability × impact reaches the project's limit for amber",
        (Input("Top open exposure", f"{figures.top_exposure} of 25"),),
        "Risk register",
        "registers",
    ),
    "decisions": lambda figures, locale: (
        "Open decisions whose day to decide has passed",
        (Input("Overdue", number(figures.decisions_overdue, locale)),),
        "Decisions",
        "registers",
    ),
    "changes": lambda figures, locale: (
        "Change requests that are not carried out, rejected or withdrawn",
        (Input("Open", number(figures.changes_open, locale)),),
        "Changes",
        "changes",
    ),
    "report": lambda figures, locale: (
        "The newest status report's data date",
        (Input("Snapshot", str(figures.last_report or NOTHING)),),
        "Reports",
        "reports",
    ),
    "age": lambda figures, locale: (
        "When these figures were computed: after each change, and each night as the day moves",
        (
            Input("Progress entered", weekday_date(figures.progress_on, locale)),
            Input("Timesheets in, last week", _percent(figures.timesheets, locale)),
        ),
        "The project",
        "project",
    ),
}

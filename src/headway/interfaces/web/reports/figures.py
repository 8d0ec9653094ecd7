"""The key figures of a frozen status, each with where it comes from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.urls import reverse

from headway.documents.tree import day_text
from headway.interfaces.web.frame import Input, Source
from headway.reports import words
from headway.reports.status_snapshot import Block, EarnedValue, StatusSnapshot


@dataclass(frozen=True, slots=True)
class Shown:
    """A figure as <c-figure> takes it."""

    name: str
    label: str
    value: str
    note: str
    source: Source


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a block of figures was read: in words, and the page that shows the records as they are now."""

    block: str
    words: str
    href: str
    records: int
    as_of: date


# What a snapshot notes as the source of a block, in words, and the project's page that shows it.
_ORIGINS = {
    "schedule.milestones": ("Milestones of the plan", "plan"),
    "schedule.tasks": ("Tasks of the plan", "plan"),
    "projects.risks": ("Register of risks", "registers"),
    "projects.issues": ("Register of issues", "registers"),
    "projects.decisions": ("Register of decisions", "registers"),
    "budgets.changes": ("Changes of the budget", "hours"),
    "budgets.show": ("Approved budgets", "hours"),
    "budgets.earned_value": ("Progress, baseline and hours", "plan"),
    "hours.totals": ("Time entries", "hours"),
}


def origins(snapshot: StatusSnapshot, key: str) -> list[Origin]:
    """Where each measured block comes from."""
    found = []
    for item in snapshot.provenance:
        said, address = _ORIGINS.get(item.source, (item.source, "project"))
        found.append(Origin(item.block, said, reverse(address, args=[key]), item.records, item.as_of))
    return found


def key_figures(snapshot: StatusSnapshot) -> list[Shown]:
    """Finish, budget, hours and the two indices, as far as they were measured."""
    found = [_finish(snapshot), _budget(snapshot), _hours(snapshot), _cpi(snapshot), _spi_t(snapshot)]
    return [figure for figure in found if figure is not None]


def _source(snapshot: StatusSnapshot, block: Block, formula: str, inputs: tuple[Input, ...] = ()) -> Source:
    told = next((item for item in snapshot.provenance if item.block == block.value), None)
    records = ""
    if told is not None:
        records = f"{_ORIGINS.get(told.source, (told.source,))[0]}: {words.plural(told.records, 'record')}"
    return Source(formula=formula, inputs=inputs, as_of=told.as_of if told else snapshot.data_date, records=records)


def _finish(snapshot: StatusSnapshot) -> Shown | None:
    plan = snapshot.plan
    if plan is None:
        return None
    inputs = [Input("Forecast finish", day_text(plan.forecast_finish))]
    if plan.baseline_finish is not None:
        inputs.append(Input("Baseline finish", day_text(plan.baseline_finish)))
    note = words.days_text(plan.late_days) if plan.late_days is not None else "no baseline"
    formula = "Latest early finish of the plan's tasks; late in working days after the baseline"
    return Shown(
        "finish",
        "Forecast finish",
        day_text(plan.forecast_finish),
        note,
        _source(snapshot, Block.PLAN, formula, tuple(inputs)),
    )


def _budget(snapshot: StatusSnapshot) -> Shown | None:
    block, currency = snapshot.budget, snapshot.project.currency
    if block is None or block.forecast is None:
        return None
    forecast = words.amount(block.forecast, block.basis, currency).text
    current = words.amount(block.current, block.basis, currency).text
    inputs = (
        Input("Approved", words.amount(block.approved, block.basis, currency).text),
        Input("Approved changes", words.amount(block.approved_changes, block.basis, currency).text),
        Input("Actual so far", words.amount(block.actual, block.basis, currency).text),
    )
    source = _source(snapshot, Block.BUDGET, block.forecast_method, inputs)
    return Shown("forecast", "Forecast at completion", forecast, f"budget {current}", source)


def _hours(snapshot: StatusSnapshot) -> Shown | None:
    block = snapshot.hours
    if block is None:
        return None
    note = f"of {words.hours(block.current).text}" if block.current is not None else "no budget of hours"
    inputs = (
        Input("% of hours spent", words.percent(block.percent_spent).text),
        Input("% of work done", words.percent(block.percent_complete).text),
    )
    source = _source(snapshot, Block.HOURS, "Sum of the entries up to the status date", inputs)
    return Shown("hours", "Hours spent", words.hours(block.spent).text, note, source)


def _cpi(snapshot: StatusSnapshot) -> Shown | None:
    block = snapshot.earned_value
    if block is None or block.cpi is None:
        return None
    source = _source(snapshot, Block.EARNED_VALUE, "EV / AC", _earned(snapshot, block))
    return Shown("cpi", "CPI", words.index(block.cpi).text, "work done for what was used", source)


def _earned(snapshot: StatusSnapshot, block: EarnedValue) -> tuple[Input, ...]:
    named = (("Earned value (EV)", block.ev), ("Actual (AC)", block.ac), ("Planned value (PV)", block.pv))
    currency = snapshot.project.currency
    return tuple(Input(name, words.amount(value, block.basis, currency).text) for name, value in named)


def _spi_t(snapshot: StatusSnapshot) -> Shown | None:
    block = snapshot.earned_schedule
    if block is None or block.spi_t is None:
        return None
    inputs = (
        Input("Earned schedule (ES)", words.weeks(block.earned_weeks).text),
        Input("Actual time (AT)", words.weeks(block.actual_weeks).text),
    )
    source = _source(snapshot, Block.EARNED_SCHEDULE, "ES / AT", inputs)
    behind = words.weeks(abs(block.variance_weeks)).text
    note = f"{behind} {'behind' if block.variance_weeks < 0 else 'ahead'}"
    return Shown("spi-t", "SPI(t)", words.index(block.spi_t).text, note, source)

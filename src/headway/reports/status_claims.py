"""What the documents of a status snapshot may say and must say, for the claims checker.

Worked out from the snapshot's records, not from the report's sentences: counts are counted here again, Overall is
judged here again, so that a wrong sentence cannot vouch for itself. Not here: the check (`documents/claims.py`).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from headway.documents.claim_set import IN_FIGURE, ClaimSet, Colour, Count, Day, Figure, Required, Terms, tidy
from headway.documents.tree import NO_VALUE_TEXT, Rag, clean, day_text
from headway.reports import words
from headway.reports.status_snapshot import Basis, Block, EarnedValue, Hours, HoursRow, StatusSnapshot
from headway.reports.template import STANDARD, Template

_UNITS = {"%": "%", "working days late": "days", "working days": "days", "days": "days", "weeks": "weeks", "h": "h",
          "points": "points"}  # fmt: skip
_LABELS = ("Total", "Weekly Status", "Headway", NO_VALUE_TEXT)
_FIXED_PHRASES = (
    "All milestones",
    "Top risks, exposure of 25",
    "Issues, severity 1 is the worst",
    "Milestones of the next 90 days",
    "None due in the next 90 days.",
    "mean of the last four complete weeks",
    "mean of the last four",
)
_NO_QUOTE = {"unit", "key", "currency", "time_zone"}


def claims_of(snapshot: StatusSnapshot, template: Template = STANDARD) -> ClaimSet:
    """Every statement that a document of this snapshot may make, and those that it must.

    What a template leaves out need not be said; what is said must be true all the same.
    """
    figures = (
        *_frame_figures(snapshot),
        *_rag_figures(snapshot),
        *_earned_value_figures(snapshot),
        *_earned_schedule_figures(snapshot),
        *_curve_figures(snapshot),
        *_budget_figures(snapshot),
        *_hours_figures(snapshot),
        *_milestone_figures(snapshot),
        *_plan_figures(snapshot),
        *_years(snapshot),
        *_numbers_as_names(snapshot),
        *_register_figures(snapshot),
    )
    quotes = (*_quotes(snapshot), *template.words, *_FIXED_PHRASES)
    return ClaimSet(
        figures=tuple(dict.fromkeys(replace(each, about=_printed(each.about)) for each in figures)),
        days=tuple(dict.fromkeys(replace(each, about=_printed(each.about)) for each in _days(snapshot))),
        counts=tuple(_counts(snapshot)),
        colours=tuple(_colours(snapshot)),
        names=tuple(dict.fromkeys(tidy(clean(name)) for name in _names(snapshot) if name)),
        quotes=tuple(dict.fromkeys(tidy(clean(quote)) for quote in quotes)),
        labels=_LABELS,
        required=tuple(_required(snapshot, template.hidden_blocks)),
        currency=snapshot.project.currency,
    )


def _printed(about: Terms) -> Terms:
    """Terms as documents print them: without control characters and line ends."""
    return tuple(tuple(tidy(clean(term)) for term in group) for group in about)


def _figure(value: Decimal | int | None, digits: int, unit: str, *about: tuple[str, ...]) -> Iterator[Figure]:
    if value is not None:
        yield Figure(Decimal(value), digits, unit, about)


def _cell(value: Decimal | int | None, digits: int, unit: str, row: tuple[str, ...], *columns: str) -> Iterator[Figure]:
    """A figure of one row under one of some column headers."""
    yield from _figure(value, digits, unit, _rows(*row), tuple(f"column:{name}" for name in columns))


def _rows(*labels: str) -> tuple[str, ...]:
    return tuple(f"row:{label}" for label in labels)


def _unit(basis: Basis) -> tuple[int, str]:
    return (1, "h") if basis is Basis.HOURS else (0, "money")


# --- figures --------------------------------------------------------------------------------------------------------


def _frame_figures(snapshot: StatusSnapshot) -> Iterator[Figure]:
    yield from _figure(snapshot.number, 0, "", ("snapshot",))
    yield from _figure(snapshot.previous_number, 0, "", ("snapshot",))
    yield from _figure(snapshot.week.number, 0, "", ("week",))
    yield from _figure(snapshot.week.year, 0, "", ("week",))
    yield from _figure(1, 0, "", ("version",))


def _rag_figures(snapshot: StatusSnapshot) -> Iterator[Figure]:
    for reading in snapshot.rag:
        unit = _UNITS.get(reading.unit, "")
        near = tuple(term for term in (reading.measure, reading.dimension.value) if term)
        late = (("late", "column:Value"),) if reading.unit.endswith("late") else ()
        yield from _figure(reading.value, reading.digits, unit, near, *late)
        if reading.unit == "of 25":
            yield from _figure(25, 0, "", near)


def _earned_value_figures(snapshot: StatusSnapshot) -> Iterator[Figure]:
    block = snapshot.earned_value
    if block is None:
        return
    digits, unit = _unit(block.basis)
    in_use = block.eac_in_use
    amounts: tuple[tuple[Decimal | None, tuple[str, ...]], ...] = (
        (block.bac, ("bac", "budget at completion")),
        (block.pv, ("pv", "planned value")),
        (block.ev, ("ev", "earned value", "worth")),
        (block.ac, ("ac", "actual")),
        (block.cv, ("cv", "cost variance")),
        (block.sv, ("sv", "schedule variance")),
        (block.etc, ("etc", "to go")),
        (block.vac, ("vac", "variance at completion")),
        (in_use.value if in_use else None, ("forecast",)),
        *((variant.value, (f"eac {variant.key}",)) for variant in block.eac),
    )
    for value, about in amounts:
        yield from _figure(value, digits, unit, about)
    yield from _sides(block, digits, unit)
    yield from _figure(block.cpi, 2, "", ("cpi",))
    yield from _figure(block.spi, 2, "", ("spi",))
    yield from _figure(block.tcpi_to_bac, 2, "", ("tcpi to bac",))
    yield from _figure(block.tcpi_to_eac, 2, "", ("tcpi to eac",))
    yield from _percent(block.percent_complete, ("complete",))
    yield from _percent(block.percent_spent, ("spent",))


def _sides(block: EarnedValue, digits: int, unit: str) -> Iterator[Figure]:
    """Differences said without a sign, by the side they lie on."""
    if block.sv is not None:
        yield from _figure(abs(block.sv), digits, unit, ("less than planned" if block.sv < 0 else "more than planned",))
    if block.cv is not None:
        yield from _figure(abs(block.cv), digits, unit, ("more than that" if block.cv < 0 else "less than that",))


def _percent(value: Decimal | None, about: tuple[str, ...]) -> Iterator[Figure]:
    yield from _figure(value, 1, "%", about)


def _earned_schedule_figures(snapshot: StatusSnapshot) -> Iterator[Figure]:
    block = snapshot.earned_schedule
    if block is None:
        return
    yield from _figure(block.actual_weeks, 1, "weeks", ("actual time (at)",))
    yield from _figure(block.earned_weeks, 1, "weeks", ("earned schedule (es)",))
    yield from _figure(block.variance_weeks, 1, "weeks", ("sv(t)",))
    side = "behind schedule" if block.variance_weeks < 0 else "ahead of schedule"
    yield from _figure(abs(block.variance_weeks), 1, "weeks", (side, side.replace(" schedule", "")))
    yield from _figure(block.spi_t, 2, "", ("spi(t)",))
    yield from _figure(block.planned_weeks, 1, "weeks", ("planned duration (pd)",))
    yield from _figure(block.forecast_weeks, 1, "weeks", ("ieac(t)",))


def _curve_figures(snapshot: StatusSnapshot) -> Iterator[Figure]:
    if snapshot.earned_value is None:
        return
    digits, unit = _unit(snapshot.earned_value.basis)
    for point in snapshot.curve:
        on = (day_text(point.ends, year=False), point.ends.isoformat())
        values = {"pv": point.pv, "ev": point.ev, "ac": point.ac}
        for name, value in values.items():
            yield from _figure(value, 0, unit, _NAMES_OF[name], on)  # charts say whole hours
        if point.ev is None:
            continue
        yield from _cell(point.ev - point.pv, digits, unit, (point.ends.isoformat(),), "SV")
        yield from _cell(point.ev / point.pv if point.pv else None, 2, "", (point.ends.isoformat(),), "SPI")
        if point.ac is not None:
            yield from _cell(point.ev - point.ac, digits, unit, (point.ends.isoformat(),), "CV")
            yield from _cell(point.ev / point.ac if point.ac else None, 2, "", (point.ends.isoformat(),), "CPI")


_NAMES_OF = {
    "pv": ("pv", "planned value"),
    "ev": ("ev", "earned value"),
    "ac": ("ac", "actual"),
}


def _budget_figures(snapshot: StatusSnapshot) -> Iterator[Figure]:
    block = snapshot.budget
    if block is None:
        return
    digits, unit = _unit(block.basis)
    yield from _figure(block.approved, digits, unit, ("approved",))
    yield from _figure(block.approved_changes, digits, unit, ("approved changes", "changes"))
    yield from _figure(block.current, digits, unit, ("current", "current budget"))
    yield from _figure(block.actual, digits, unit, ("used",))
    if block.forecast is None:
        return
    over = block.forecast - block.current
    yield from _figure(block.forecast, digits, unit, ("forecast",))
    side = "over the current budget" if over > 0 else "under the current budget"
    yield from _figure(abs(over), digits, unit, (side,))
    yield from _step(over, digits, unit, ("forecast less current", "difference expected"))
    earned = snapshot.earned_value
    if earned is not None and earned.cv is not None and earned.basis is block.basis:
        yield from _step(-earned.cv, digits, unit, ("difference so far",))
        yield from _step(over + earned.cv, digits, unit, ("difference to come",))


def _step(value: Decimal, digits: int, unit: str, about: tuple[str, ...]) -> Iterator[Figure]:
    """A step of the cost bridge; one down is drawn as a column called 'Fall', whose height has no sign."""
    yield from _figure(value, digits, unit, about)
    if value < 0:
        yield from _figure(-value, digits, unit, about, ("column:fall",), (IN_FIGURE,))


def _hours_figures(snapshot: StatusSnapshot) -> Iterator[Figure]:
    block = snapshot.hours
    if block is None:
        return
    yield from _figure(block.budget, 1, "h", ("approved", "budget"))
    yield from _figure(block.approved_changes, 1, "h", ("changes", "approved changes"))
    yield from _figure(block.current, 1, "h", ("current", "current budget"))
    yield from _figure(block.spent, 1, "h", ("used", "spent", "logged"))
    yield from _figure(block.burn_rate, 1, "h", ("burn rate",))
    yield from _figure(block.affordable_rate, 1, "h", ("affordable rate",))
    yield from _figure(block.runway_weeks, 1, "weeks", ("runway",))
    yield from _figure(block.weeks_left, 1, "weeks", ("weeks left",))
    yield from _percent(block.percent_spent, ("spent", "of the hours"))
    yield from _percent(block.percent_complete, ("complete", "of the work"))
    yield from _percent(block.timesheets_in, ("timesheets",))
    yield from _figure(block.gap, 1, "points", ("gap",))
    for forecast in block.forecasts:
        yield from _figure(forecast.hours, 1, "h", (forecast.name,))
    for rows in (block.by_person, block.by_phase):
        for row in rows:
            yield from _hours_row(row.name, row)
        yield from _hours_row("Total", _total(rows))
    yield from _entry_figures(block)


def _hours_row(label: str, row: HoursRow) -> Iterator[Figure]:
    yield from _cell(row.week, 1, "h", (label,), "This week")
    yield from _cell(row.total, 1, "h", (label,), "Total", "Used")
    yield from _cell(row.budget, 1, "h", (label,), "Budget")
    if label != "Total":
        yield from _figure(row.total, 0, "h", (label,), ("used",))  # charts say whole hours
        yield from _figure(row.budget, 0, "h", (label,), ("budget",))
    yield from _cell(row.bill_value, 0, "money", (label,), "Bill value")
    yield from _cell(row.cost_value, 0, "money", (label,), "Cost")


def _total(rows: tuple[HoursRow, ...]) -> HoursRow:
    def added(name: str) -> Decimal | None:
        known = [value for row in rows if (value := getattr(row, name)) is not None]
        return sum(known, Decimal(0)) if known else None

    return HoursRow(
        "Total",
        "",
        added("week") or Decimal(0),
        added("total") or Decimal(0),
        added("budget"),
        added("bill_value"),
        added("cost_value"),
    )


def _entry_figures(block: Hours) -> Iterator[Figure]:
    for entry in block.entries:
        row = (entry.day.isoformat(),)
        yield from _cell(entry.hours, 2, "h", row, "Hours")
        yield from _cell(entry.bill_value, 2, "money", row, "Bill value")
        yield from _cell(entry.cost_value, 2, "money", row, "Cost")


def _milestone_figures(snapshot: StatusSnapshot) -> Iterator[Figure]:
    for each in snapshot.milestones or ():
        rows = (each.name, f"{each.name} (key)")
        yield from _cell(each.late_days, 0, "", rows, "Days late", "Working days late")
        if each.late_days:
            yield from _figure(abs(each.late_days), 0, "days", (each.name,))
        if each.baseline is not None:
            yield from _cell((each.forecast - each.baseline).days, 0, "", rows, "Slip, days")
        if each.last_forecast is not None:
            yield from _cell((each.forecast - each.last_forecast).days, 0, "", rows, "Moved, days")


def _plan_figures(snapshot: StatusSnapshot) -> Iterator[Figure]:
    plan = snapshot.plan
    if plan is None:
        return
    if plan.late_days:
        yield from _figure(abs(plan.late_days), 0, "days", ("finish",), ("late" if plan.late_days > 0 else "early",))
    for row in plan.rows:
        yield from _figure(row.progress, 0, "%", _rows(row.name))
        yield from _figure(row.progress, 0, "%", (IN_FIGURE,))
        yield from _figure(row.progress, 0, "%", (row.name,))
        if row.late_days:
            yield from _figure(abs(row.late_days), 0, "days", (row.name,))


def _register_figures(snapshot: StatusSnapshot) -> Iterator[Figure]:
    yield from _figure(25, 0, "", ("exposure",))
    for risk in snapshot.risks or ():
        yield from _figure(risk.exposure, 0, "", (risk.ref,), ("exposure",))
    for issue in snapshot.issues or ():
        yield from _figure(issue.severity, 0, "", (issue.ref,), ("severity",))
    for action in snapshot.client_actions or ():
        yield from _cell(action.late_days, 0, "", (f"{action.ref} {action.title}",), "Days late")
        if action.late_days:
            yield from _figure(action.late_days, 0, "days", (action.ref,))
    for change in snapshot.changes or ():
        row = (f"{change.ref} {change.title}",)
        yield from _cell(change.hours, 1, "h", row, "Hours")
        yield from _cell(change.amount, 0, "money", row, "Amount")
        yield from _cell(change.days, 0, "", row, "Days")
    for each in snapshot.provenance:
        yield from _cell(each.records, 0, "", (each.block,), "Records")


# --- dates ----------------------------------------------------------------------------------------------------------


def _days(snapshot: StatusSnapshot) -> Iterator[Day]:
    week = snapshot.week
    yield Day(snapshot.data_date, (("data date", "status date", IN_FIGURE),))
    yield from (Day(on, (("week",),)) for on in (week.first, week.last))
    if snapshot.previous_date is not None:
        yield Day(snapshot.previous_date, (("snapshot",),))
    if snapshot.baseline is not None:
        yield Day(snapshot.baseline.set_on, (("baseline",),))
    for on, about in (
        (snapshot.next_report_on, ("report",)),
        (snapshot.next_steering_on, ("steering",)),
        (snapshot.hours.progress_on if snapshot.hours else None, ("complete",)),
    ):
        if on is not None:
            yield Day(on, (about,))
    if snapshot.earned_value is not None:
        near = ("planned value", "pv", "earned value", "week ending", "period", "cumulative", IN_FIGURE)
        yield from (Day(point.ends, (near,)) for point in snapshot.curve)
    yield from (Day(each.override.on, (("set by",),)) for each in snapshot.rag if each.override is not None)
    yield from _plan_days(snapshot)
    yield from _register_days(snapshot)


def _plan_days(snapshot: StatusSnapshot) -> Iterator[Day]:
    for each in snapshot.milestones or ():
        rows = _rows(each.name, f"{each.name} (key)")
        yield from _on(each.baseline, rows, "column:Baseline")
        yield from _on(each.last_forecast, rows, "column:Last forecast")
        yield from _on(each.forecast, rows, "column:Forecast")
        yield from _on(each.actual, rows, "column:Reached")
    plan = snapshot.plan
    if plan is None:
        return
    yield Day(plan.forecast_finish, (("finish",),))
    for row in plan.rows:
        for on, column in ((row.start, "start"), (row.finish, "finish"), (row.baseline_start, "baseline start"),
                           (row.baseline_finish, "baseline finish")):  # fmt: skip
            yield from _on(on, _rows(row.name), f"column:{column}")
            if on is not None:
                yield Day(on, ((IN_FIGURE,),))
                yield Day(on, (("gantt chart",),))


def _on(on: date | None, *about: tuple[str, ...] | str) -> Iterator[Day]:
    if on is not None:
        yield Day(on, tuple((each,) if isinstance(each, str) else each for each in about))


def _register_days(snapshot: StatusSnapshot) -> Iterator[Day]:
    for outcome in (*(snapshot.done or ()), *(snapshot.next or ())):
        yield from _on(outcome.on, outcome.text)
    for risk in snapshot.risks or ():
        yield from _on(risk.due, risk.ref)
    for issue in snapshot.issues or ():
        yield from _on(issue.due, issue.ref)
    for decision in snapshot.decisions or ():
        yield Day(decision.deadline, ((decision.ref, decision.title),))
    for action in snapshot.client_actions or ():
        yield Day(action.due, ((action.ref,),))
    for change in snapshot.changes or ():
        yield Day(change.on, ((change.ref,),))
    for feedback in snapshot.feedback or ():
        yield Day(feedback.on, ((feedback.said,),))
    for each in snapshot.provenance:
        yield Day(each.as_of, (_rows(each.block),))
    for entry in snapshot.hours.entries if snapshot.hours else ():
        yield Day(entry.day, (("column:Date",),))


# --- counts, colours, names -----------------------------------------------------------------------------------------


def _counts(snapshot: StatusSnapshot) -> Iterator[Count]:
    if snapshot.milestones is not None:
        compared = [each.late_days for each in snapshot.milestones if each.late_days is not None]
        late = sum(1 for days in compared if days > 0)
        reached = sum(1 for each in snapshot.milestones if each.actual is not None)
        yield Count("milestone", ("late", "slipped", "missed"), late, len(compared))
        yield Count("milestone", ("hold", "holds", "on time", "on plan"), len(compared) - late, len(compared))
        yield Count("milestone", ("reached", "done"), reached, len(snapshot.milestones))
        yield Count("milestone", ("judged",), len(compared), len(snapshot.milestones))
        yield Count("milestone", (), len(snapshot.milestones), len(snapshot.milestones))
    if snapshot.plan is not None:
        phases = [row.late_days for row in snapshot.plan.rows if row.summary and row.level == 0]
        compared = [days for days in phases if days is not None]
        late = sum(1 for days in compared if days > 0)
        yield Count("phase", ("off plan", "late"), late, len(compared))
        yield Count("phase", ("on plan", "hold", "holds", "on time"), len(compared) - late, len(compared))
    if snapshot.changes is not None:
        approved = sum(1 for change in snapshot.changes if change.approved)
        total = len(snapshot.changes)
        yield Count("change", ("approved",), approved, total)
        yield Count("change", ("pending",), total - approved, total)
    if snapshot.decisions is not None:
        waiting = len(snapshot.decisions)
        yield Count("decision", ("needed", "waiting", "due"), waiting, waiting)
    if snapshot.client_actions is not None:
        total = len(snapshot.client_actions)
        late = sum(1 for action in snapshot.client_actions if action.late_days > 0)
        yield Count("client action", ("late",), late, total)
        yield Count("client action", ("due",), total, total)
    for noun, register in (("risk", snapshot.risks), ("issue", snapshot.issues)):
        if register is not None:
            yield Count(noun, ("open",), len(register), len(register))
    measured = [each for each in snapshot.rag if each.colour is not Rag.NOT_MEASURED]
    green = sum(1 for each in measured if each.colour is Rag.GREEN)
    yield Count("dimension", ("within its limits", "within their limits"), green, len(measured))
    yield Count("dimension", ("has records",), len(measured), len(snapshot.rag))


_WORST_FIRST = (Rag.RED, Rag.AMBER, Rag.GREY, Rag.GREEN)


def _colours(snapshot: StatusSnapshot) -> Iterator[Colour]:
    overall = _overall(snapshot)
    for subject in ("Overall", tidy(clean(snapshot.project.name))):
        yield Colour(subject, overall)
    for each in snapshot.rag:
        subject = each.dimension.value
        yield Colour(subject, each.colour.word)
        yield Colour(subject, each.computed.word, (("rule", "computed"),))
        yield Colour(subject, each.computed.word, (("column:By rule",),))
        if each.previous is not None:
            yield Colour(subject, each.previous.word, (("column:Last time",),))


def _overall(snapshot: StatusSnapshot) -> str:
    """Judged anew: the worst colour shown by a measured dimension."""
    shown = {each.colour for each in snapshot.rag}
    return next((colour for colour in _WORST_FIRST if colour in shown), Rag.NOT_MEASURED).word


_SCALE = ("Q1", "Q2", "Q3", "Q4")  # a long plan's time scale counts quarters


def _years(snapshot: StatusSnapshot) -> Iterator[Figure]:
    """The years of the plan's time scale."""
    rows = snapshot.plan.rows if snapshot.plan is not None else ()
    if not rows:
        return
    first = min(min(row.start, row.baseline_start or row.start) for row in rows)
    last = max(max(row.finish, row.baseline_finish or row.finish) for row in rows)
    for year in range(first.year - 1, max(last.year, snapshot.data_date.year) + 2):
        yield Figure(Decimal(year), 0, "", ())


def _numbers_as_names(snapshot: StatusSnapshot) -> Iterator[Figure]:
    """Tasks that are named by a number only ('1', '2'): in such a plan these numbers may stand anywhere."""
    rows = snapshot.plan.rows if snapshot.plan is not None else ()
    milestones = snapshot.milestones or ()
    for name in dict.fromkeys((*(row.name for row in rows), *(item.name for item in milestones))):
        bare = name.strip()
        if bare.isascii() and bare.isdigit() and len(bare) < 10:
            yield Figure(Decimal(bare), 0, "", ())


def _names(snapshot: StatusSnapshot) -> Iterator[str]:
    yield from (snapshot.project.manager, snapshot.project.client, snapshot.project.name, snapshot.project.key)
    yield from _SCALE if snapshot.plan is not None else ()
    yield from (milestone.owner for milestone in snapshot.milestones or ())
    yield from (outcome.owner for outcome in (*(snapshot.done or ()), *(snapshot.next or ())))
    yield from (risk.owner for risk in snapshot.risks or ())
    yield from (issue.owner for issue in snapshot.issues or ())
    yield from (action.owner for action in snapshot.client_actions or ())
    yield from (decision.decider for decision in snapshot.decisions or ())
    yield from (feedback.by for feedback in snapshot.feedback or ())
    for reading in snapshot.rag:
        if reading.override is not None:
            yield from (reading.override.by, reading.override.approver)
    if snapshot.hours is not None:
        yield snapshot.hours.progress_by
        yield from (row.name for row in snapshot.hours.by_person)
        yield from (entry.person for entry in snapshot.hours.entries)


def _quotes(node: Any, name: str = "") -> Iterator[str]:  # Any: every record of a snapshot
    """Every text that people or rules wrote into the records."""
    if isinstance(node, str):
        long_enough = len(node) > 2 or name == "ref"
        if name not in _NO_QUOTE and long_enough and any(letter.isalpha() for letter in node):
            yield node
    elif isinstance(node, tuple):
        for item in node:
            yield from _quotes(item, name)
    elif dataclasses.is_dataclass(node):
        for field in dataclasses.fields(node):
            yield from _quotes(getattr(node, field.name), field.name)


# --- what must be said ----------------------------------------------------------------------------------------------


def _required(snapshot: StatusSnapshot, hidden: frozenset[Block]) -> Iterator[Required]:
    overall = _overall(snapshot)
    yield Required(
        "the overall colour",
        (f"Overall is {overall}", f"Overall: {overall}", f"Overall {overall}", f"Overall | {overall}"),
    )
    yield Required("the project", (clean(snapshot.project.name),))
    yield Required("the snapshot's number", (f"Snapshot {snapshot.number}",))
    yield Required("the data date", (day_text(snapshot.data_date), snapshot.data_date.isoformat()))
    if snapshot.plan is not None:
        yield Required("the forecast finish", (day_text(snapshot.plan.forecast_finish),))
    if snapshot.budget is not None and snapshot.budget.forecast is not None and Block.BUDGET not in hidden:
        block = snapshot.budget
        shown = words.amount(block.forecast, block.basis, snapshot.project.currency).text
        yield Required("the forecast against the budget", (shown,))
    for block_name in (block for block in snapshot.empty_blocks() if block not in hidden):
        yield Required(f"why {block_name.value} is not measured", (clean(snapshot.why_not(block_name)),))

"""The workbook of a snapshot: live formulas beside the values they must give, and hours one row an entry.

A formula is written only where it gives the snapshot's own value, so that no sheet can contradict the report.
Not here: the figures (`status_snapshot.py`), shared tables (`tables.py`), cell formats (the writer).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from headway.documents import tree
from headway.documents.tree import Block as TreeBlock
from headway.documents.tree import Cell, Column, Document, Kind, Mark, Paragraph, Sheet, Table, Tone, cell, row
from headway.reports import conclusions, tables, words
from headway.reports.status_snapshot import (
    Audience,
    Basis,
    Block,
    EacVariant,
    EarnedValue,
    Hours,
    HoursEntry,
    HoursRow,
    Milestone,
    StatusSnapshot,
    WeekPoint,
)
from headway.reports.template import STANDARD, Template

_NEAR = Decimal("1e-9")
_EAC_FORMULAS = {
    "a": "hw_ac+(hw_bac-hw_ev)",
    "b": "hw_ac+(hw_bac-hw_ev)/hw_cpi",
    "c": "hw_ac+(hw_bac-hw_ev)/(hw_cpi*hw_spi)",
}


def build(snapshot: StatusSnapshot, *, mark: Mark = Mark.DRAFT, template: Template = STANDARD) -> Document:
    """The workbook of one snapshot; `mark` says on every sheet whether it is approved."""
    sheets = (
        Sheet("Status", (Paragraph(conclusions.headline(snapshot), Tone.LEAD), _project(snapshot), _moved(snapshot))),
        Sheet("RAG", (_rag(snapshot),)),
        Sheet("Earned value", (_earned_value(snapshot), tables.earned_schedule(snapshot))),
        Sheet("EV weeks", (_weeks(snapshot),)),
        Sheet("Budget", (_budget(snapshot),)),
        Sheet("Milestones", (_milestones(snapshot),)),
        Sheet("Hours burn", (_burn(snapshot),)),
        Sheet("Hours totals", (_hours_by(snapshot, person=True), _hours_by(snapshot, person=False))),
        Sheet("Hours", (_entries(snapshot),)),
        Sheet("Risks and issues", (tables.risks(snapshot, most=1000), tables.issues(snapshot, most=1000))),
        Sheet("Sources", (tables.sources(snapshot), tables.not_measured(snapshot))),
    )
    meta = tables.meta(snapshot, mark=mark, confidential=template.confidential)
    return Document("Status workbook", snapshot.project.name, meta, sheets=sheets)


def _live(value: tree.Value, formula: str, expected: Decimal | None, *, name: str = "") -> Cell:
    """The value with its formula where the two agree, else the value alone."""
    raw = value.raw
    agrees = (
        isinstance(raw, Decimal) and expected is not None and abs(raw - expected) <= _NEAR * max(Decimal(1), abs(raw))
    )
    return cell(value, formula=formula if agrees else "", name=name)


def _ratio(above: Decimal | None, below: Decimal | None, *, times: int = 1) -> Decimal | None:
    return above / below * times if above is not None and below else None


def _less(left: Decimal | None, right: Decimal | None) -> Decimal | None:
    return left - right if left is not None and right is not None else None


# --- status and health ----------------------------------------------------------------------------------------------


def _project(snapshot: StatusSnapshot) -> Table:
    project, week, baseline = snapshot.project, snapshot.week, snapshot.baseline
    rows = (
        row("Project", f"{project.key} {project.name}"),
        row("Client", project.client or "–"),
        row("Manager", project.manager),
        row("Stage", project.stage),
        row("Week", f"{week.number} of {week.year}"),
        row("Data date", words.short_day(snapshot.data_date)),
        row("Snapshot", tree.number(snapshot.number)),
        row("Baseline", f"{baseline.name} of {tree.day_text(baseline.set_on)}" if baseline else "no baseline set"),
        row("Overall", snapshot.overall),
    )
    return Table((Column("Item", width=1.4), Column("Value", width=4)), rows, caption="Project")


def _moved(snapshot: StatusSnapshot) -> Table:
    return Table(
        columns=(Column("What", width=1.4), Column("How", width=4)),
        rows=tuple(row(each.subject, each.text) for each in snapshot.moved),
        caption=tables.moved_title(snapshot),
        empty="Nothing has changed.",
    )


def _rag(snapshot: StatusSnapshot) -> Table:
    columns = (
        Column("Dimension", width=1.3),
        Column("Status", width=1.2),
        Column("By rule", width=1.2),
        Column("Last time", width=1.2),
        Column("Measure", width=2),
        Column("Value", Kind.NUMBER, 1.4),
        Column("Reason", width=3),
        Column("Limits", width=4),
    )
    return Table(
        columns,
        tuple(
            row(
                each.dimension.value,
                each.colour,
                each.computed,
                each.previous or "–",
                each.measure or "–",
                words.measure(each),
                each.reason,
                each.limits,
            )
            for each in snapshot.rag
        ),
        totals=(row("Overall", snapshot.overall, "", "", "", "", "worst measured dimension", ""),),
        caption="Health by rule",
    )


# --- earned value ---------------------------------------------------------------------------------------------------


def _earned_value(snapshot: StatusSnapshot) -> TreeBlock:
    block = snapshot.earned_value
    if block is None:
        return tables.gap(snapshot, Block.EARNED_VALUE)
    rows = (*_inputs(snapshot, block), *_indices(snapshot, block), *_forecasts(snapshot, block))
    return Table(
        columns=(Column("Measure", width=2.4), Column("Value", Kind.MONEY, 1.4), Column("How", width=3.6)),
        rows=rows,
        caption=f"Earned value {words.basis_words(block.basis)}",
    )


def _amount(snapshot: StatusSnapshot, value: Decimal | None, basis: Basis) -> tree.Value:
    if basis is Basis.HOURS:
        return words.hours(value)
    return words.money(value, snapshot.project.currency, digits=2)


def _inputs(snapshot: StatusSnapshot, block: EarnedValue) -> tuple[tuple[Cell, ...], ...]:
    named = (
        ("Budget at completion (BAC)", "hw_bac", block.bac, "named baseline"),
        ("Planned value (PV)", "hw_pv", block.pv, "work planned to the data date"),
        ("Earned value (EV)", "hw_ev", block.ev, "work done to the data date"),
        ("Actual (AC)", "hw_ac", block.ac, "used to the data date"),
    )
    return tuple(
        row(label, cell(_amount(snapshot, value, block.basis), name=name), how) for label, name, value, how in named
    )


def _indices(snapshot: StatusSnapshot, block: EarnedValue) -> tuple[tuple[Cell, ...], ...]:
    def amount(value: Decimal | None) -> tree.Value:
        return _amount(snapshot, value, block.basis)

    return (
        row("Cost variance (CV)", _live(amount(block.cv), "hw_ev-hw_ac", _less(block.ev, block.ac)), "EV − AC"),
        row("Schedule variance (SV)", _live(amount(block.sv), "hw_ev-hw_pv", _less(block.ev, block.pv)), "EV − PV"),
        row("CPI", _live(words.index(block.cpi), "hw_ev/hw_ac", _ratio(block.ev, block.ac), name="hw_cpi"), "EV / AC"),
        row("SPI", _live(words.index(block.spi), "hw_ev/hw_pv", _ratio(block.ev, block.pv), name="hw_spi"), "EV / PV"),
        row(
            "Complete, %",
            _live(_points(block.percent_complete), "hw_ev/hw_bac*100", _ratio(block.ev, block.bac, times=100)),
            "EV / BAC",
        ),
        row(
            "Spent, %",
            _live(_points(block.percent_spent), "hw_ac/hw_bac*100", _ratio(block.ac, block.bac, times=100)),
            "AC / BAC",
        ),
    )


def _points(value: Decimal | None) -> tree.Value:
    return tree.no_value(Kind.NUMBER) if value is None else tree.number(value, digits=1)


def _forecasts(snapshot: StatusSnapshot, block: EarnedValue) -> tuple[tuple[Cell, ...], ...]:
    rows = []
    for variant in block.eac:
        value = _amount(snapshot, variant.value, block.basis)
        used = ", in use" if variant.in_use else ""
        live = _live(value, _EAC_FORMULAS.get(variant.key, ""), _eac(block, variant), name=f"hw_eac_{variant.key}")
        rows.append(row(f"EAC {variant.key}", live, f"{variant.formula}: {variant.assumption}{used}"))
    in_use = block.eac_in_use
    name = f"hw_eac_{in_use.key}" if in_use else ""
    eac = in_use.value if in_use else None
    short = f"EAC {in_use.key}" if in_use else "EAC"
    etc = _live(_amount(snapshot, block.etc, block.basis), f"{name}-hw_ac", _less(eac, block.ac))
    vac = _live(_amount(snapshot, block.vac, block.basis), f"hw_bac-{name}", _less(block.bac, eac))
    left = _less(block.bac, block.ev)
    to_bac = _live(
        words.index(block.tcpi_to_bac), "(hw_bac-hw_ev)/(hw_bac-hw_ac)", _ratio(left, _less(block.bac, block.ac))
    )
    to_eac = _live(words.index(block.tcpi_to_eac), f"(hw_bac-hw_ev)/({name}-hw_ac)", _ratio(left, _less(eac, block.ac)))
    rows += [
        row("To go (ETC)", etc, f"{short} − AC"),
        row("Variance at completion (VAC)", vac, f"BAC − {short}"),
        row("TCPI to BAC", cell(tree.text(block.tcpi_note)) if block.tcpi_note else to_bac, "(BAC − EV) / (BAC − AC)"),
        row("TCPI to EAC", to_eac, f"(BAC − EV) / ({short} − AC)"),
    ]
    return tuple(rows)


def _eac(block: EarnedValue, variant: EacVariant) -> Decimal | None:
    left = _less(block.bac, block.ev)
    if block.ac is None or left is None:
        return None
    if variant.key == "a":
        return block.ac + left
    if variant.key == "b":
        return block.ac + left / block.cpi if block.cpi else None
    if variant.key == "c":
        return block.ac + left / (block.cpi * block.spi) if block.cpi and block.spi else None
    return None


def _weeks(snapshot: StatusSnapshot) -> TreeBlock:
    block = snapshot.earned_value
    if block is None:
        return tables.gap(snapshot, Block.EARNED_VALUE)
    kind = Kind.HOURS if block.basis is Basis.HOURS else Kind.MONEY
    columns = (
        Column("Week ending", Kind.DATE, 1.1),
        *(Column(name, kind, 1.2) for name in ("PV", "EV", "AC", "CV", "SV")),
        Column("CPI", Kind.NUMBER),
        Column("SPI", Kind.NUMBER),
    )
    return Table(
        columns,
        tuple(_week(snapshot, point, block.basis) for point in snapshot.curve),
        caption=f"Cumulative by week, {words.basis_words(block.basis)}",
        empty="No weeks yet.",
    )


def _week(snapshot: StatusSnapshot, point: WeekPoint, basis: Basis) -> tuple[Cell, ...]:
    cv, sv = _less(point.ev, point.ac), _less(point.ev, point.pv)
    cpi, spi = _ratio(point.ev, point.ac), _ratio(point.ev, point.pv)
    return row(
        words.short_day(point.ends),
        _amount(snapshot, point.pv, basis),
        _amount(snapshot, point.ev, basis),
        _amount(snapshot, point.ac, basis),
        _live(_amount(snapshot, cv, basis), "{c2}{row}-{c3}{row}", cv),
        _live(_amount(snapshot, sv, basis), "{c2}{row}-{c1}{row}", sv),
        _live(words.index(cpi), "{c2}{row}/{c3}{row}", cpi),
        _live(words.index(spi), "{c2}{row}/{c1}{row}", spi),
    )


def _budget(snapshot: StatusSnapshot) -> TreeBlock:
    block = snapshot.budget
    if block is None:
        return tables.gap(snapshot, Block.BUDGET)

    def amount(value: Decimal | None) -> tree.Value:
        return _amount(snapshot, value, block.basis)

    current = _live(
        amount(block.current), "hw_approved+hw_changes", block.approved + block.approved_changes, name="hw_current"
    )
    over = _less(block.forecast, block.current)
    return Table(
        columns=(Column("Item", width=2), Column("Amount", Kind.MONEY, 1.4), Column("How", width=3.6)),
        rows=(
            row("Approved", cell(amount(block.approved), name="hw_approved"), "baseline budget"),
            row("Approved changes", cell(amount(block.approved_changes), name="hw_changes"), "since the baseline"),
            row("Current budget", current, "approved and approved changes"),
            row("Used", cell(amount(block.actual), name="hw_used"), "to the data date"),
            row("Forecast", cell(amount(block.forecast), name="hw_forecast"), block.forecast_method),
            row("Forecast less current", _live(amount(over), "hw_forecast-hw_current", over), "over when positive"),
        ),
        caption=f"Budget {words.basis_words(block.basis)}",
    )


# --- milestones -----------------------------------------------------------------------------------------------------


def _milestones(snapshot: StatusSnapshot) -> TreeBlock:
    if snapshot.milestones is None:
        return tables.gap(snapshot, Block.MILESTONES)
    return Table(
        columns=(
            Column("Milestone", width=2.6),
            Column("Key", width=0.7),
            Column("Owner", width=1.3),
            Column("Baseline", Kind.DATE, 1.1),
            Column("Last forecast", Kind.DATE, 1.1),
            Column("Forecast", Kind.DATE, 1.1),
            Column("Reached", Kind.DATE, 1.1),
            Column("Slip, days", Kind.NUMBER),
            Column("Moved, days", Kind.NUMBER),
            Column("Working days late", Kind.NUMBER, 1.2),
        ),
        rows=tuple(_milestone(each) for each in snapshot.milestones),
        caption="Milestones; slip and movement in calendar days",
        empty="The plan has no milestones.",
    )


def _milestone(each: Milestone) -> tuple[Cell, ...]:
    return row(
        each.name,
        "yes" if each.key else "no",
        each.owner or "–",
        words.short_day(each.baseline),
        words.short_day(each.last_forecast),
        words.short_day(each.forecast),
        words.short_day(each.actual),
        _days(each.baseline, each.forecast, "{c5}{row}-{c3}{row}"),
        _days(each.last_forecast, each.forecast, "{c5}{row}-{c4}{row}"),
        words.late(each.late_days),
    )


def _days(before: date | None, after: date, formula: str) -> Cell:
    if before is None:
        return cell(tree.no_value(Kind.NUMBER))
    count = Decimal((after - before).days)
    return _live(tree.number(count), formula, count)


# --- hours ----------------------------------------------------------------------------------------------------------


def _burn(snapshot: StatusSnapshot) -> TreeBlock:
    block = snapshot.hours
    if block is None:
        return tables.gap(snapshot, Block.HOURS)
    current = _live(
        words.hours(block.current),
        "hw_h_budget+hw_h_changes",
        block.budget + block.approved_changes if block.budget is not None else None,
        name="hw_h_current",
    )
    spent = _live(
        _points(block.percent_spent),
        "hw_h_spent/hw_h_current*100",
        _ratio(block.spent, block.current, times=100),
        name="hw_h_percent_spent",
    )
    rows = [
        row("Budget", cell(words.hours(block.budget), name="hw_h_budget"), "original"),
        row("Approved changes", cell(words.hours(block.approved_changes), name="hw_h_changes"), "since the baseline"),
        row("Current budget", current, "original and approved changes"),
        row("Spent", cell(words.hours(block.spent), name="hw_h_spent"), "logged to the data date"),
        row("Spent, %", spent, "spent of the current budget"),
        row("Complete, %", cell(_points(block.percent_complete), name="hw_h_complete"), block.progress_method or "–"),
        row(
            "Gap, points",
            _live(_points(block.gap), "hw_h_percent_spent-hw_h_complete", _gap(block)),
            "spent less complete",
        ),
        row("Burn rate", cell(words.hours(block.burn_rate), name="hw_h_rate"), "a week, mean of the last four"),
        row("Weeks left", cell(words.weeks(block.weeks_left), name="hw_h_weeks"), "to the forecast finish"),
        *(_forecast_row(block, number) for number in range(len(block.forecasts))),
        row("Affordable rate", _affordable(block), "a week, hours left over the weeks left"),
        row("Runway", _runway(block), "hours left at the burn rate"),
    ]
    return Table(
        columns=(Column("Measure", width=2), Column("Value", Kind.HOURS, 1.4), Column("How", width=3.6)),
        rows=tuple(rows),
        caption="Burn of hours",
    )


def _gap(block: Hours) -> Decimal | None:
    return _less(block.percent_spent, block.percent_complete)


def _forecast_row(block: Hours, number: int) -> tuple[Cell, ...]:
    forecast = block.forecasts[number]
    formulas = {
        "Burn": (
            "hw_h_spent+hw_h_weeks*hw_h_rate",
            block.spent + block.weeks_left * block.burn_rate
            if block.weeks_left is not None and block.burn_rate is not None
            else None,
        ),
        "Scope": ("hw_h_spent/hw_h_complete*100", _ratio(block.spent, block.percent_complete, times=100)),
    }
    formula, expected = formulas.get(forecast.name, ("", None))
    return row(f"{forecast.name} forecast", _live(words.hours(forecast.hours), formula, expected), forecast.method)


def _affordable(block: Hours) -> Cell:
    expected = _ratio(_less(block.current, block.spent), block.weeks_left)
    return _live(words.hours(block.affordable_rate), "(hw_h_current-hw_h_spent)/hw_h_weeks", expected)


def _runway(block: Hours) -> Cell:
    expected = _ratio(_less(block.current, block.spent), block.burn_rate)
    return _live(words.weeks(block.runway_weeks), "(hw_h_current-hw_h_spent)/hw_h_rate", expected)


def _has_cost(snapshot: StatusSnapshot) -> bool:
    """Whether any hours carry a cost that this copy may show."""
    rows = snapshot.hours.by_person if snapshot.hours is not None else ()
    return snapshot.audience is Audience.INTERNAL and any(each.cost_value is not None for each in rows)


def _hours_by(snapshot: StatusSnapshot, *, person: bool) -> TreeBlock:
    block = snapshot.hours
    if block is None:
        return tables.gap(snapshot, Block.HOURS)
    rows = block.by_person if person else block.by_phase
    with_cost = _has_cost(snapshot)
    columns = [Column("Person" if person else "Phase", width=2.2), Column("Role", width=1.4)]
    columns += [Column("This week", Kind.HOURS), Column("Total", Kind.HOURS), Column("Bill value", Kind.MONEY, 1.3)]
    columns += [Column("Cost", Kind.MONEY, 1.3)] if with_cost else []
    return Table(
        columns=tuple(columns),
        rows=tuple(_hours_line(snapshot, each, with_cost=with_cost) for each in rows),
        totals=(_hours_total(snapshot, rows, with_cost=with_cost),) if rows else (),
        caption="Hours by person" if person else "Hours by phase",
        empty="No hours are logged.",
    )


def _hours_line(snapshot: StatusSnapshot, each: HoursRow, *, with_cost: bool) -> tuple[Cell, ...]:
    currency = snapshot.project.currency
    parts: list[tree.CellPart] = [each.name, each.role or "–", words.hours(each.week), words.hours(each.total)]
    parts.append(words.money(each.bill_value, currency, digits=2))
    parts += [words.money(each.cost_value, currency, digits=2)] if with_cost else []
    return row(*parts)


def _hours_total(snapshot: StatusSnapshot, rows: tuple[HoursRow, ...], *, with_cost: bool) -> tuple[Cell, ...]:
    currency = snapshot.project.currency
    week = sum((each.week for each in rows), Decimal(0))
    total = sum((each.total for each in rows), Decimal(0))
    bill = _known_sum(each.bill_value for each in rows)
    cost = _known_sum(each.cost_value for each in rows)
    parts: list[tree.CellPart] = ["Total", ""]
    sums = [words.hours(week), words.hours(total), words.money(bill, currency, digits=2)]
    sums += [words.money(cost, currency, digits=2)] if with_cost else []
    for column, value in enumerate(sums, start=2):
        expected = value.raw if isinstance(value.raw, Decimal) else None
        parts.append(_live(value, f"SUM({{c{column}}}{{first}}:{{c{column}}}{{last}})", expected))
    return row(*parts)


def _known_sum(values: Iterable[Decimal | None]) -> Decimal | None:
    """None where no value is known: hours without any rate have no worth, not a worth of nothing."""
    known = [value for value in values if value is not None]
    return sum(known, Decimal(0)) if known else None


def _entries(snapshot: StatusSnapshot) -> TreeBlock:
    block = snapshot.hours
    if block is None:
        return tables.gap(snapshot, Block.HOURS)
    with_cost = _has_cost(snapshot)
    columns = [
        Column("Date", Kind.DATE, 1.1),
        Column("Month", width=0.9),
        Column("Person", width=1.6),
        Column("Phase", width=1.4),
        Column("Role", width=1.3),
        Column("Hours", Kind.HOURS),
        Column("Billable", width=0.8),
        Column("Bill value", Kind.MONEY, 1.2),
    ]
    columns += [Column("Cost", Kind.MONEY, 1.2)] if with_cost else []
    return Table(
        columns=tuple(columns),
        rows=tuple(_entry(snapshot, each, with_cost=with_cost) for each in block.entries),
        caption="Hours, one row an entry",
        empty="No hours are logged.",
    )


def _entry(snapshot: StatusSnapshot, each: HoursEntry, *, with_cost: bool) -> tuple[Cell, ...]:
    currency = snapshot.project.currency
    logged = tree.Value(Kind.HOURS, each.hours, tree.grouped(each.hours, 2), 2, "")
    parts: list[tree.CellPart] = [
        words.short_day(each.day),
        f"{each.day:%Y-%m}",
        each.person,
        each.phase or "–",
        each.role or "–",
        logged,
        "yes" if each.billable else "no",
        words.money(each.bill_value, currency, digits=2),
    ]
    parts += [words.money(each.cost_value, currency, digits=2)] if with_cost else []
    return row(*parts)

"""The tables, charts and lists that more than one report shows, laid out once.

Each gives a block of the document tree, or the note that says why a block is not measured. Not here: which blocks
make a page or a slide.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from headway.documents import tree
from headway.documents.tree import (
    Block as TreeBlock,
)
from headway.documents.tree import (
    Bullets,
    Cell,
    Chart,
    ChartKind,
    Column,
    Gantt,
    GanttKind,
    GanttRow,
    Kind,
    Mark,
    Meta,
    Rag,
    RagCell,
    RagRow,
    Runs,
    Series,
    Table,
    plain,
    row,
    runs,
)
from headway.engine.rag import RagLimits
from headway.reports import conclusions, words
from headway.reports.status_snapshot import (
    Audience,
    Block,
    Hours,
    HoursRow,
    Milestone,
    Outcome,
    RagReading,
    StatusSnapshot,
)

AHEAD = timedelta(days=90)


def meta(snapshot: StatusSnapshot, *, mark: Mark, confidential: str = "") -> Meta:
    """Project, data date, snapshot and source for the foot of every page; `confidential` in place of the usual line."""
    client = snapshot.audience is Audience.CLIENT
    usual = f"Copy for {snapshot.project.client or 'the client'}" if client else "Internal"
    return Meta(
        project=f"{snapshot.project.key} {snapshot.project.name}",
        data_date=snapshot.data_date,
        snapshot=snapshot.number,
        timestamp=snapshot.taken_at,
        source="Headway records",
        author=snapshot.project.manager,
        confidential=confidential or usual,
        mark=mark,
    )


def gap(snapshot: StatusSnapshot, block: Block) -> TreeBlock:
    """The note that stands for a block without records."""
    return tree.not_measured(block.value, snapshot.why_not(block))


def rag_row(snapshot: StatusSnapshot) -> RagRow:
    """Overall and the dimensions, each with measure, trend and reason; `rag_details` adds the limits."""
    reason = runs(conclusions.overall_reason(snapshot))
    return RagRow(snapshot.overall, reason, tuple(_rag_cell(each) for each in snapshot.rag))


def _rag_cell(reading: RagReading) -> RagCell:
    override = reading.override
    said = ""
    if override is not None:
        agreed = f", agreed by {override.approver}" if override.approver else ""
        said = f"Set by {override.by}{agreed} on {tree.day_text(override.on)}: {override.reason}"
    overruled = override is not None and reading.computed is not reading.colour
    return RagCell(
        dimension=reading.dimension.value,
        colour=reading.colour,
        measure=_measure(reading),
        trend=reading.trend,
        reason=runs(reading.reason),
        computed=reading.computed if overruled else None,
        override=said,
    )


def _measure(reading: RagReading) -> Runs:
    return runs(f"{reading.measure} ", words.measure(reading)) if reading.value is not None else ()


def rag_details(snapshot: StatusSnapshot) -> Table:
    """Each dimension with its figure, the reason and the limits used."""
    return Table(
        columns=(
            Column("Dimension", width=1.3),
            Column("Status", width=1.2),
            Column("Measure", width=2.2),
            Column("Reason", width=3),
            Column("Limits", width=4),
        ),
        rows=tuple(
            row(each.dimension.value, each.colour, plain(_measure(each)) or "–", each.reason, each.limits)
            for each in snapshot.rag
        ),
        caption="Health by rule",
    )


def earned_value(snapshot: StatusSnapshot) -> TreeBlock:
    """The measures of earned value and earned schedule with their formulas."""
    block = snapshot.earned_value
    if block is None:
        return gap(snapshot, Block.EARNED_VALUE)

    def amount(value: Decimal | None) -> tree.Value:
        return words.amount(value, block.basis, snapshot.project.currency)

    in_use = block.eac_in_use
    rows = [
        row("Budget at completion (BAC)", amount(block.bac), "named baseline"),
        row("Planned value (PV)", amount(block.pv), "work planned to the data date"),
        row("Earned value (EV)", amount(block.ev), "work done to the data date"),
        row("Actual (AC)", amount(block.ac), "used to the data date"),
        row("Cost variance (CV)", amount(block.cv), "EV − AC"),
        row("Schedule variance (SV)", amount(block.sv), "EV − PV"),
        row("CPI", words.index(block.cpi), "EV / AC"),
        row("SPI", words.index(block.spi), "EV / PV"),
    ]
    for variant in block.eac:
        used = ", in use" if variant.in_use else ""
        note = f"{variant.formula}: {variant.assumption}{used}"
        rows.append(row(f"EAC {variant.key}", amount(variant.value), note))
    name = f"EAC {in_use.key}" if in_use else "EAC"
    tcpi = tree.text(block.tcpi_note) if block.tcpi_note else words.index(block.tcpi_to_bac)
    rows += [
        row("To go (ETC)", amount(block.etc), f"{name} − AC"),
        row("Variance at completion (VAC)", amount(block.vac), f"BAC − {name}"),
        row("TCPI to BAC", tcpi, "(BAC − EV) / (BAC − AC)"),
        row("TCPI to EAC", words.index(block.tcpi_to_eac), f"(BAC − EV) / ({name} − AC)"),
        row("Complete", words.percent(block.percent_complete), "EV / BAC"),
        row("Spent", words.percent(block.percent_spent), "AC / BAC"),
    ]
    return Table(
        columns=(Column("Measure", width=2.4), Column("Value", Kind.MONEY, 1.4), Column("How", width=3.6)),
        rows=tuple(rows),
        caption=f"Earned value {words.basis_words(block.basis)}",
    )


def earned_schedule(snapshot: StatusSnapshot) -> TreeBlock:
    """Earned schedule in weeks."""
    block = snapshot.earned_schedule
    if block is None:
        return gap(snapshot, Block.EARNED_SCHEDULE)
    return Table(
        columns=(Column("Measure", width=2.4), Column("Value", Kind.NUMBER, 1.4), Column("How", width=3.6)),
        rows=(
            row("Actual time (AT)", words.weeks(block.actual_weeks), "weeks from start to data date"),
            row("Earned schedule (ES)", words.weeks(block.earned_weeks), "week whose planned value equals EV"),
            row("Schedule variance SV(t)", words.weeks(block.variance_weeks, signed=True), "ES − AT"),
            row("SPI(t)", words.index(block.spi_t), "ES / AT"),
            row("Planned duration (PD)", words.weeks(block.planned_weeks), "named baseline"),
            row("Forecast duration IEAC(t)", words.weeks(block.forecast_weeks), "PD / SPI(t)"),
        ),
        caption="Earned schedule",
        notes=(block.note,) if block.note else (),
    )


def curve(snapshot: StatusSnapshot) -> TreeBlock:
    """Planned value, earned value and actual by week."""
    block = snapshot.earned_value
    if block is None or not snapshot.curve:
        return gap(snapshot, Block.EARNED_VALUE) if block is None else tree.not_measured("S-curve", "No weeks yet.")
    points = snapshot.curve
    hours = block.basis.value == "hours"
    passed = [number for number, point in enumerate(points) if point.ends <= snapshot.data_date]
    return Chart(
        kind=ChartKind.S_CURVE,
        title=plain(conclusions.curve(snapshot)),
        categories=tuple(tree.day_text(point.ends, year=False) for point in points),
        series=(
            Series("Planned value (PV)", tuple(point.pv for point in points), dashed=True),
            Series("Earned value (EV)", tuple(point.ev for point in points), highlight=True),
            Series("Actual (AC)", tuple(point.ac for point in points)),
        ),
        value_kind=Kind.HOURS if hours else Kind.MONEY,
        unit="h" if hours else snapshot.project.currency,
        marker=passed[-1] if passed else None,
        note=f"Cumulative, {words.basis_words(block.basis)}, week ending.",
    )


def bridge(snapshot: StatusSnapshot) -> TreeBlock:
    """From the approved budget to the forecast, step by step."""
    block = snapshot.budget
    if block is None:
        return gap(snapshot, Block.BUDGET)
    if block.forecast is None:
        return tree.not_measured("Forecast", "No forecast can be made yet.")
    earned = snapshot.earned_value
    so_far = -earned.cv if earned is not None and earned.cv is not None and earned.basis is block.basis else None
    steps: list[tuple[str, Decimal]] = [
        ("Approved", block.approved),
        ("Approved changes", block.approved_changes),
        ("Current budget", block.current),
    ]
    if so_far is not None:
        steps += [("Difference so far", so_far), ("Difference to come", block.forecast - block.current - so_far)]
    else:
        steps.append(("Difference expected", block.forecast - block.current))
    steps.append(("Forecast", block.forecast))
    hours = block.basis.value == "hours"
    return Chart(
        kind=ChartKind.WATERFALL,
        title=plain(conclusions.budget(snapshot)),
        categories=tuple(name for name, _ in steps),
        series=(Series("Budget to forecast", tuple(value for _, value in steps), highlight=True),),
        value_kind=Kind.HOURS if hours else Kind.MONEY,
        unit="h" if hours else snapshot.project.currency,
        totals=(0, 2, len(steps) - 1),
        note=f"Amounts {words.basis_words(block.basis)}; forecast: {block.forecast_method}.",
    )


def budget(snapshot: StatusSnapshot) -> TreeBlock:
    """Budget and hours in one table: approved, changes, current, used, forecasts with their methods."""
    rows: list[tuple[Cell, ...]] = []
    money, hours = snapshot.budget, snapshot.hours
    if money is not None:

        def amount(value: Decimal | None) -> tree.Value:
            return words.amount(value, money.basis, snapshot.project.currency)

        rows.append(
            row(
                f"Budget {words.basis_words(money.basis)}",
                amount(money.approved),
                amount(money.approved_changes),
                amount(money.current),
                amount(money.actual),
                amount(money.forecast),
                money.forecast_method,
            )
        )
    if hours is not None:
        rows += _hours_rows(hours)
    gaps = [(Block.BUDGET, money), (Block.HOURS, hours)]
    notes = tuple(plain(conclusions.silent(snapshot, block)) for block, content in gaps if content is None)
    if not rows:
        return tree.not_measured("Hours and budget", " ".join(notes))
    columns = (
        Column("", width=1.7),
        Column("Approved", Kind.MONEY),
        Column("Changes", Kind.MONEY, 0.9),
        Column("Current", Kind.MONEY),
        Column("Used", Kind.MONEY),
        Column("Forecast", Kind.MONEY),
        Column("Method", width=3.4),
    )
    return Table(columns, tuple(rows), caption="Hours and budget", notes=notes)


def _hours_rows(block: Hours) -> list[tuple[Cell, ...]]:
    rows = []
    for position, forecast in enumerate(block.forecasts):
        first = position == 0
        rows.append(
            row(
                f"Hours, {forecast.name.lower()} forecast",
                words.hours(block.budget) if first else "",
                words.hours(block.approved_changes) if first else "",
                words.hours(block.current) if first else "",
                words.hours(block.spent) if first else "",
                words.hours(forecast.hours),
                forecast.method,
            )
        )
    return rows


def milestones(snapshot: StatusSnapshot, *, ahead_only: bool = False) -> TreeBlock:
    """Milestones with baseline, last forecast, forecast; with `ahead_only` those late or due within 90 days."""
    if snapshot.milestones is None:
        return gap(snapshot, Block.MILESTONES)
    if ahead_only:
        return _milestones_ahead(snapshot)
    return Table(
        columns=(*_MILESTONE_COLUMNS, Column("Reached", Kind.DATE, 1.1), Column("Days late", Kind.NUMBER, 0.8)),
        rows=tuple(
            (*_milestone_row(each), *row(words.short_day(each.actual), words.late(each.late_days)))
            for each in snapshot.milestones
        ),
        caption="All milestones",
        empty="The plan has no milestones.",
    )


_MILESTONE_COLUMNS = (
    Column("Milestone", width=2.6),
    Column("Owner", width=1.3),
    Column("Baseline", Kind.DATE, 1.1),
    Column("Last forecast", Kind.DATE, 1.1),
    Column("Forecast", Kind.DATE, 1.1),
)


def _milestones_ahead(snapshot: StatusSnapshot) -> Table:
    shown = [each for each in snapshot.milestones or () if _ahead(each, snapshot.data_date)]
    return Table(
        columns=(*_MILESTONE_COLUMNS, Column("Days late", Kind.NUMBER, 0.8)),
        rows=tuple((*_milestone_row(each), *row(words.late(each.late_days))) for each in shown),
        caption="Milestones of the next 90 days",
        empty="None due in the next 90 days.",
    )


def _ahead(milestone: Milestone, data_date: date) -> bool:
    return milestone.actual is None and milestone.forecast <= data_date + AHEAD


def _milestone_row(each: Milestone) -> tuple[Cell, ...]:
    name = f"{each.name} (key)" if each.key else each.name
    return row(
        name,
        each.owner or "–",
        words.short_day(each.baseline),
        words.short_day(each.last_forecast),
        words.short_day(None if each.actual else each.forecast),
    )


def gantt(snapshot: StatusSnapshot, *, levels: int = 9) -> TreeBlock:
    """The plan on a page, with baseline, progress and the data date; rows deeper than `levels` are left out."""
    if snapshot.plan is None:
        return gap(snapshot, Block.PLAN)
    title = plain(conclusions.plan(snapshot))
    shown = [each for each in snapshot.plan.rows if each.level < levels]
    span = ""
    if shown:
        first, last = min(each.start for each in shown), max(each.finish for each in shown)
        span = f" Gantt chart from {tree.day_text(first)} to {tree.day_text(last)}."
    return Gantt(
        title=title,
        rows=tuple(
            GanttRow(
                uid=each.uid,
                name=each.name,
                start=each.start,
                finish=each.finish,
                kind=_gantt_kind(milestone=each.milestone, summary=each.summary),
                level=each.level,
                progress=each.progress,
                critical=each.critical,
                baseline_start=each.baseline_start,
                baseline_finish=each.baseline_finish,
                label=tree.day_text(each.finish, year=False) if each.milestone else "",
            )
            for each in shown
        ),
        status_date=snapshot.data_date,
        description=f"{title}{span}",
        non_working=snapshot.plan.non_working,
    )


def _gantt_kind(*, milestone: bool, summary: bool) -> GanttKind:
    if milestone:
        return GanttKind.MILESTONE
    return GanttKind.SUMMARY if summary else GanttKind.TASK


def risks(snapshot: StatusSnapshot, *, most: int = 5) -> TreeBlock:
    """The top risks with exposure, owner and date."""
    if snapshot.risks is None:
        return gap(snapshot, Block.RISKS)
    top = sorted(snapshot.risks, key=lambda risk: (-risk.exposure, risk.ref))[:most]
    return Table(
        columns=(
            Column("Risk", width=3),
            Column("Exposure", Kind.NUMBER, 0.9),
            Column("Response", width=3),
            Column("Owner", width=1.3),
            Column("By", Kind.DATE, 1.1),
        ),
        rows=tuple(
            row(
                f"{each.ref} {each.title}",
                tree.number(each.exposure),
                each.response or "–",
                each.owner or "–",
                words.short_day(each.due),
            )
            for each in top
        ),
        caption="Top risks, exposure of 25",
        empty="No risk is open.",
    )


_LIMITS = RagLimits()
_STEPS = range(1, 6)
_PROBABILITIES = ("Rare", "Unlikely", "Possible", "Likely", "Almost sure")
_IMPACTS = ("slight", "minor", "moderate", "major", "severe")


def risk_matrix(snapshot: StatusSnapshot) -> TreeBlock:
    """All open risks by probability and impact; each field says by word and colour how high it is."""
    standing: dict[tuple[int, int], list[str]] = {}
    for risk in snapshot.risks or ():
        standing.setdefault((risk.probability, risk.impact), []).append(risk.ref)
    return Table(
        columns=(Column("Probability", width=1.2), *(Column(f"Impact: {word}") for word in _IMPACTS)),
        rows=tuple(
            row(word, *(_field(up * across, standing.get((up, across), [])) for across in _STEPS))
            for up, word in reversed(tuple(zip(_STEPS, _PROBABILITIES, strict=True)))
        ),
        caption="Open risks; low, medium and high by the usual limits of exposure",
    )


def _field(exposure: int, refs: Sequence[str]) -> Cell:
    """Who stands in a field, and how high it is."""
    tint, word = Rag.GREEN, "Low"
    if exposure >= _LIMITS.exposure_amber_from:
        tint, word = Rag.AMBER, "Medium"
    if exposure >= _LIMITS.exposure_red_from:
        tint, word = Rag.RED, "High"
    return tree.cell(f"{word}: {', '.join(refs)}" if refs else word, bold=bool(refs), tint=tint)


def issues(snapshot: StatusSnapshot, *, most: int = 5) -> TreeBlock:
    """The open issues with severity, owner and date."""
    if snapshot.issues is None:
        return gap(snapshot, Block.ISSUES)
    top = sorted(snapshot.issues, key=lambda issue: (issue.severity, issue.ref))[:most]
    return Table(
        columns=(
            Column("Issue", width=3),
            Column("Severity", Kind.NUMBER, 0.9),
            Column("Action", width=3),
            Column("Owner", width=1.3),
            Column("By", Kind.DATE, 1.1),
        ),
        rows=tuple(
            row(
                f"{each.ref} {each.title}",
                tree.number(each.severity),
                each.action or "–",
                each.owner or "–",
                words.short_day(each.due),
            )
            for each in top
        ),
        caption="Issues, severity 1 is the worst",
        empty="No issue is open.",
    )


def changes(snapshot: StatusSnapshot) -> TreeBlock:
    """Change requests approved and pending, with their effects."""
    if snapshot.changes is None:
        return gap(snapshot, Block.CHANGES)
    currency = snapshot.project.currency
    return Table(
        columns=(
            Column("Change request", width=3),
            Column("State", width=1),
            Column("On", Kind.DATE, 1.1),
            Column("Hours", Kind.HOURS, 0.9),
            Column("Amount", Kind.MONEY, 1.1),
            Column("Days", Kind.NUMBER, 0.7),
        ),
        rows=tuple(
            row(
                f"{each.ref} {each.title}",
                "approved" if each.approved else "pending",
                words.short_day(each.on),
                words.hours(each.hours, signed=True),
                words.money(each.amount, currency, signed=True),
                words.late(each.days),
            )
            for each in snapshot.changes
        ),
        caption="Changes",
        empty="No change has been requested.",
    )


def decisions(snapshot: StatusSnapshot, *, most: int = 3) -> TreeBlock:
    """The decisions wanted: options, recommendation, deadline, cost of not deciding."""
    if snapshot.decisions is None:
        return gap(snapshot, Block.DECISIONS)
    first = sorted(snapshot.decisions, key=lambda decision: (decision.deadline, decision.ref))[:most]
    return Table(
        columns=(
            Column("Decision", width=2.2),
            Column("Options", width=3),
            Column("Recommended", width=2.4),
            Column("Who", width=1.1),
            Column("By", Kind.DATE, 1.1),
            Column("If not decided", width=2.4),
        ),
        rows=tuple(
            row(
                f"{each.ref} {each.title}",
                "; ".join(each.options) or "–",
                each.recommendation or "–",
                each.decider or "–",
                words.short_day(each.deadline),
                each.cost_of_not_deciding or "–",
            )
            for each in first
        ),
        caption="Decisions due",
        empty="No decision is waiting.",
    )


def client_actions(snapshot: StatusSnapshot) -> TreeBlock:
    """What the client owes, with days late."""
    if snapshot.client_actions is None:
        return gap(snapshot, Block.CLIENT_ACTIONS)
    return Table(
        columns=(
            Column("Client action", width=3.4),
            Column("Owner", width=1.3),
            Column("Due", Kind.DATE, 1.1),
            Column("Days late", Kind.NUMBER, 0.9),
        ),
        rows=tuple(
            row(f"{each.ref} {each.title}", each.owner or "–", words.short_day(each.due), tree.number(each.late_days))
            for each in sorted(snapshot.client_actions, key=lambda action: (action.due, action.ref))
        ),
        caption="Client actions",
        empty="The client owes no action.",
    )


def feedback(snapshot: StatusSnapshot) -> TreeBlock:
    """You said, we did."""
    if snapshot.feedback is None:
        return gap(snapshot, Block.FEEDBACK)
    return Table(
        columns=(
            Column("You said", width=3),
            Column("Who", width=1.3),
            Column("On", Kind.DATE, 1.1),
            Column("We did", width=3),
        ),
        rows=tuple(
            row(each.said, each.by or "–", words.short_day(each.on), each.did or "open") for each in snapshot.feedback
        ),
        caption="You said, we did",
        empty="No feedback was given.",
    )


def outcomes(snapshot: StatusSnapshot, block: Block, items: Sequence[Outcome] | None, *, most: int = 7) -> TreeBlock:
    """Outcomes done or next, one point each with owner and date."""
    if items is None:
        return gap(snapshot, block)
    return Bullets(tuple(_outcome(each) for each in items[:most]), empty="Nothing is recorded.")


def _outcome(each: Outcome) -> Runs:
    behind = [part for part in (each.owner, tree.day_text(each.on) if each.on else "") if part]
    return runs(f"{each.text} ({', '.join(behind)})" if behind else each.text)


def moved(snapshot: StatusSnapshot, *, most: int = 5) -> Bullets:
    """What changed since the previous snapshot."""
    first = "This is the first snapshot." if snapshot.previous_number is None else "Nothing has changed."
    return Bullets(tuple(runs(each.text) for each in snapshot.moved[:most]), empty=first)


def moved_title(snapshot: StatusSnapshot) -> str:
    """The heading over what changed."""
    if snapshot.previous_number is None or snapshot.previous_date is None:
        return "Changed"
    return f"Changed since snapshot {snapshot.previous_number} of {tree.day_text(snapshot.previous_date)}"


def hours_by(snapshot: StatusSnapshot, *, person: bool) -> TreeBlock:
    """Hours by person or by phase; bill values for both audiences, cost for the internal one alone."""
    block = snapshot.hours
    if block is None:
        return gap(snapshot, Block.HOURS)
    rows = block.by_person if person else block.by_phase
    with_cost = snapshot.audience is Audience.INTERNAL
    columns = [Column("Person" if person else "Phase", width=2.2)]
    columns += [Column("Role", width=1.4)] if person else []
    columns += [
        Column("This week", Kind.HOURS),
        Column("Total", Kind.HOURS),
        Column("Budget", Kind.HOURS),
        Column("Bill value", Kind.MONEY, 1.2),
    ]
    columns += [Column("Cost", Kind.MONEY, 1.2)] if with_cost else []
    currency = snapshot.project.currency
    total = replace(
        HoursRow("Total", "", Decimal(0), Decimal(0), None, None, None),
        week=sum((each.week for each in rows), Decimal(0)),
        total=sum((each.total for each in rows), Decimal(0)),
        budget=_sum([each.budget for each in rows]),
        bill_value=_sum([each.bill_value for each in rows]),
        cost_value=_sum([each.cost_value for each in rows]),
    )

    def line(each: HoursRow) -> tuple[Cell, ...]:
        parts: list[tree.CellPart] = [each.name]
        parts += [each.role or "–" if each is not total else ""] if person else []
        parts += [words.hours(each.week), words.hours(each.total), words.hours(each.budget)]
        parts.append(words.money(each.bill_value, currency))
        parts += [words.money(each.cost_value, currency)] if with_cost else []
        return row(*parts)

    return Table(
        columns=tuple(columns),
        rows=tuple(line(each) for each in rows),
        totals=(line(total),) if rows else (),
        caption="Hours by person" if person else "Hours by phase",
        empty="No hours are logged.",
    )


def _sum(values: list[Decimal | None]) -> Decimal | None:
    known = [value for value in values if value is not None]
    return sum(known, Decimal(0)) if known else None


def hours_chart(snapshot: StatusSnapshot) -> TreeBlock:
    """Hours budget and use by phase, side by side."""
    block = snapshot.hours
    if block is None:
        return gap(snapshot, Block.HOURS)
    budgets = tuple(each.budget for each in block.by_phase)
    series = [Series("Used", tuple(each.total for each in block.by_phase), highlight=True)]
    if any(budget is not None for budget in budgets):
        series.insert(0, Series("Budget", budgets))
    return Chart(
        kind=ChartKind.BAR,
        title=plain(conclusions.hours(snapshot)),
        categories=tuple(each.name for each in block.by_phase),
        series=tuple(series),
        value_kind=Kind.HOURS,
        unit="h",
        empty="No hours are logged.",
    )


def burn(snapshot: StatusSnapshot) -> TreeBlock:
    """Burn, runway, affordable rate, and the two percentages with their gap."""
    block = snapshot.hours
    if block is None:
        return gap(snapshot, Block.HOURS)
    said = f"{block.progress_method}, said by {block.progress_by}" if block.progress_by else block.progress_method
    when = f" on {tree.day_text(block.progress_on)}" if block.progress_on else ""
    return Table(
        columns=(Column("Measure", width=1.6), Column("Value", Kind.NUMBER, 1.2), Column("How", width=3.4)),
        rows=(
            row("Spent", words.percent(block.percent_spent), "hours spent of the current budget"),
            row("Complete", words.percent(block.percent_complete), f"{said}{when}" if said else "–"),
            row("Gap", words.points(block.gap), "spent less complete"),
            row("Burn rate", words.hours(block.burn_rate), "a working week, mean of the last four complete weeks"),
            row("Runway", words.weeks(block.runway_weeks), "hours left at the burn rate"),
            row("Affordable rate", words.hours(block.affordable_rate), "a week, hours left over the weeks left"),
            row("Weeks left", words.weeks(block.weeks_left), "to the forecast finish"),
            row("Timesheets in", words.percent(block.timesheets_in), "of those expected"),
        ),
        caption="Burn of hours",
    )


def sources(snapshot: StatusSnapshot) -> Table:
    """Where the figures come from."""
    return Table(
        columns=(
            Column("Figures", width=1.6),
            Column("Source", width=3),
            Column("Records", Kind.NUMBER, 0.9),
            Column("As of", Kind.DATE, 1.1),
        ),
        rows=tuple(
            row(each.block, each.source, tree.number(each.records), words.short_day(each.as_of))
            for each in snapshot.provenance
        ),
        caption="Where the figures come from",
        empty="No records exist yet.",
    )


def not_measured(snapshot: StatusSnapshot) -> Table:
    """The blocks without records, and why."""
    blocks = tuple(row(block.value, snapshot.why_not(block)) for block in snapshot.empty_blocks())
    return Table(
        columns=(Column("Without records", width=1.6), Column("Why", width=4)),
        rows=blocks,
        caption="Blocks without records",
        empty="Every block has records.",
    )

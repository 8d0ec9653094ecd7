"""An estimate as a document: the whole of it for those who decide, or the proposal table that a client reads.

Built from the estimate as its reader sees it; nothing is computed here but the rounding of what is printed. A draft
until the estimate is approved.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum

from headway.areas.estimates.figures import scaled
from headway.areas.estimates.types import Came, Comparison, EstimateDetail, EstimateState, LineRow, SumRow, Unit
from headway.areas.estimates.wording import NO_FINISHED, class_words, numbered
from headway.areas.projects.types import Charter
from headway.documents import tree
from headway.documents.tree import (
    Block,
    Bullets,
    Column,
    Document,
    Heading,
    KeyFigure,
    KeyFigures,
    Kind,
    Mark,
    Meta,
    Paragraph,
    Sheet,
    Table,
    Tone,
    Value,
    runs,
)
from headway.engine.estimating import below
from headway.engine.units import Money

_ZERO = Decimal(0)
_DIGITS = 1  # of hours in print


class Edition(Enum):
    """For whom an estimate is printed."""

    WHOLE = "estimate"
    PROPOSAL = "proposal"


@dataclass(frozen=True, slots=True)
class About:
    """What stands around an estimate in print."""

    project: Charter
    organisation: str
    day: date
    at: datetime
    language: str = "en-GB"


def build(found: EstimateDetail, came: Comparison, *, about: About, edition: Edition) -> Document:
    """The estimate in an edition, as running text and as a workbook."""
    approved = found.row.state is EstimateState.APPROVED
    writer = _Writer(found, came)
    whole = edition is Edition.WHOLE
    return Document(
        title=found.row.title if whole else f"Proposal: {about.project.name}",
        subtitle=about.project.name if whole else about.project.client,
        meta=Meta(
            project=about.project.name,
            data_date=about.day,
            snapshot=None,
            timestamp=about.at,
            source=f"{found.row.ref}, {found.row.state.words}, {len(found.lines)} lines",
            language=about.language,
            organisation=about.organisation,
            mark=Mark.NONE if approved else Mark.DRAFT,
        ),
        blocks=tuple(writer.blocks() if whole else writer.proposal()),
        sheets=tuple(writer.sheets() if whole else writer.proposal_sheets()),
    )


class _Writer:
    """Writes the parts of one estimate."""

    def __init__(self, found: EstimateDetail, came: Comparison) -> None:
        self._found = found
        self._came = came
        self._numbers = numbered([line.level for line in found.lines])

    # --- the whole of it

    def blocks(self) -> Iterable[Block]:
        found = self._found
        yield Paragraph(runs(self._lead()), Tone.LEAD)
        yield KeyFigures(tuple(self._figures()))
        yield Paragraph(runs(self._basis()))
        yield Heading("Lines", 2)
        yield self._lines()
        yield Heading("By phase", 2)
        yield self._sums("Phase", found.phases, "Sums by phase")
        yield Heading("By role", 2)
        yield self._sums("Role", found.roles, "Sums by role")
        if found.risks:
            yield Heading("Contingency by risk", 2)
            yield self._risks()
        yield from self._said()
        yield Heading("Beside finished projects", 2)
        yield self._finished()
        if found.calibration is not None:
            yield Paragraph(runs(self._scaled()))
        yield Paragraph(runs(found.assumption), Tone.SMALL)

    def sheets(self) -> Iterable[Sheet]:
        found = self._found
        yield Sheet("Lines", (self._lines(name="EstimateLines"),))
        yield Sheet("Phases", (self._sums("Phase", found.phases, "Sums by phase", name="Phases"),))
        yield Sheet("Roles", (self._sums("Role", found.roles, "Sums by role", name="Roles"),))
        if found.risks:
            yield Sheet("Risks", (self._risks(),))
        about: list[Block] = [Paragraph(runs(self._lead()), Tone.LEAD), KeyFigures(tuple(self._figures()))]
        about += [Paragraph(runs(self._basis())), *self._said(), self._finished()]
        yield Sheet("About", (*about, Paragraph(runs(found.assumption), Tone.SMALL)), landscape=False)

    def _lead(self) -> str:
        found = self._found
        said = f"Expected {_hours(found.hours.mean).text} (P80 {_hours(found.hours.p80).text})"
        if found.money is not None:
            said += f"; {self._money(found.money.whole).text}"
            if found.money.contingency:
                said += f" with {self._money(found.money.contingency).text} contingency by risk"
        total = found.money or found.hours
        low, high = (self._written(amount).text for amount in (total.low, total.high))
        valid = f" Valid until {tree.day_text(found.row.valid_until, weekday=True)}." if found.row.valid_until else ""
        return f"{said}. As {class_words(found.row.kind)}: {low} to {high}.{valid}"

    def _written(self, amount: Decimal) -> Value:
        return self._money(amount) if self._found.money is not None else _hours(amount)

    def _figures(self) -> Iterable[KeyFigure]:
        found = self._found
        yield KeyFigure("P50", _hours(found.hours.p50), runs("expected hours"))
        yield KeyFigure("P80", _hours(found.hours.p80), runs(f"sd {_hours(found.hours.sd).text}"))
        if found.money is not None:
            yield KeyFigure("P50", self._money(found.money.p50), runs("expected amount"))
            yield KeyFigure("P80", self._money(found.money.p80), runs("before contingency"))
        if found.margin is not None:
            yield KeyFigure("Margin", tree.percent(found.margin, digits=1), runs("on hours"))

    def _basis(self) -> str:
        found = self._found
        basis = found.basis.words if found.basis is not None else "not stated"
        note = f" {found.basis_note.strip()}" if found.basis_note.strip() else ""
        return f"Class: {class_words(found.row.kind)}. Basis: {basis}.{note}"

    def _lines(self, *, name: str = "") -> Table:
        titles = ("Optimistic", "Most likely", "Pessimistic", "Expected", "Deviation")
        columns = (
            Column("No", width=0.7),
            Column("Line", width=3.0),
            Column("Role", width=1.4),
            *(Column(title, Kind.NUMBER, 1.0) for title in titles),
            Column("Rate", Kind.NUMBER, 0.9),
            Column("Amount", Kind.MONEY, 1.3),
        )
        rows = tuple(self._line(line, number) for line, number in zip(self._found.lines, self._numbers, strict=True))
        notes = ("Expected = (O + 4M + P) / 6; deviation = (P − O) / 6. Lines in money stand in the currency.",)
        return Table(columns, rows, caption="Lines of the estimate", notes=notes, name=name)

    def _line(self, line: LineRow, number: str) -> tuple[tree.Cell, ...]:
        points = (line.optimistic, line.likely, line.pessimistic)
        mean = line.amount if line.unit is Unit.MONEY else line.mean
        return tree.row(
            number,
            tree.cell(line.name, bold=line.group, level=line.level - 1),
            line.role or tree.NO_VALUE_TEXT,
            *(_number(point) for point in (*points, mean, line.sd)),
            _number(line.rate, 2),
            self._amount(line.amount),
        )

    def _sums(self, first: str, rows: Sequence[SumRow], caption: str, *, name: str = "") -> Table:
        worked = any(row.worked is not None for row in rows)
        columns = [Column(first, width=2.4), Column("Hours", Kind.HOURS), Column("P80 hours", Kind.HOURS)]
        columns += [Column("Amount", Kind.MONEY, 1.3)] if self._found.money is not None else []
        columns += [Column("Worked", Kind.HOURS)] if worked else []
        told = []
        for row in rows:
            cells: list[tree.CellPart] = [row.name or f"no {first.lower()}", _hours(row.hours), _hours(row.p80)]
            cells += [self._amount(row.amount)] if self._found.money is not None else []
            cells += [_hours(row.worked)] if worked else []
            told.append(tree.row(*cells))
        return Table(tuple(columns), tuple(told), caption=caption, name=name)

    def _risks(self) -> Table:
        found = self._found
        columns = (
            Column("Risk", width=3.0),
            Column("Probability", Kind.PERCENT),
            Column("When it happens", Kind.MONEY, 1.3),
            Column("Expected", Kind.MONEY, 1.3),
        )
        rows = tuple(
            tree.row(
                f"{risk.ref} {risk.title}",
                tree.percent(risk.percent),
                self._money(risk.amount),
                self._money(risk.expected),
            )
            for risk in found.risks
        )
        reserve = sum((risk.expected for risk in found.risks), _ZERO)
        return Table(columns, rows, (tree.row("All", "", "", self._money(reserve)),), caption="Contingency by risk")

    def _said(self) -> Iterable[Block]:
        found = self._found
        for title, text, of_line in (
            ("Assumptions", found.assumptions, [line.assumptions for line in found.lines]),
            ("Exclusions", found.exclusions, [line.exclusions for line in found.lines]),
        ):
            points = [point.strip() for point in text.splitlines() if point.strip()]
            points += [
                f"{line.name}: {own.strip()}" for line, own in zip(found.lines, of_line, strict=True) if own.strip()
            ]
            if points:
                yield Heading(title, 2)
                yield Bullets(tuple(runs(point) for point in points))

    def _finished(self) -> Table:
        columns = (
            Column("Finished work", width=2.4),
            Column("Worked per hour estimated", Kind.NUMBER, 1.4),
            Column("Lowest", Kind.NUMBER),
            Column("Highest", Kind.NUMBER),
            Column("Projects", Kind.NUMBER),
        )
        came = (() if self._came.whole is None else (self._came.whole,)) + self._came.phases + self._came.roles
        rows = tuple(_came_row(one) for one in came)
        return Table(columns, rows, caption="Actual against estimated hours of finished projects", empty=NO_FINISHED)

    def _scaled(self) -> str:
        made = self._found.calibration
        if made is None:
            return ""
        on = tree.day_text(made.on, weekday=True)
        return f"Hours are scaled by {made.by.value} of {made.projects} finished projects ({made.applied_by}, {on})."

    # --- the proposal

    def proposal(self) -> Iterable[Block]:
        found = self._found
        valid = (
            f" It is valid until {tree.day_text(found.row.valid_until, weekday=True)}." if found.row.valid_until else ""
        )
        yield Paragraph(runs(f"The work, what it takes and what it costs.{valid}"), Tone.LEAD)
        yield self._proposal_table()
        yield from self._said()

    def proposal_sheets(self) -> Iterable[Sheet]:
        yield Sheet("Proposal", (self._proposal_table(),))
        said = tuple(self._said())
        if said:
            yield Sheet("Terms", said, landscape=False)

    def _proposal_table(self) -> Table:
        columns = (
            Column("No", width=0.6),
            Column("Work", width=3.4),
            Column("Hours", Kind.HOURS),
            Column("Amount", Kind.MONEY, 1.3),
        )
        priced = _Priced(self._found)
        rows = []
        for place, (line, number) in enumerate(zip(self._found.lines, self._numbers, strict=True)):
            hours, amount = priced.of(place)
            rows.append(
                tree.row(
                    number,
                    tree.cell(line.name, bold=line.group, level=line.level - 1),
                    _hours(hours) if hours is not None else tree.no_value(Kind.HOURS),
                    self._cents(amount) if amount is not None else tree.no_value(Kind.MONEY),
                )
            )
        hours, amount = priced.whole
        reserve = self._found.money.contingency if self._found.money is not None else _ZERO
        totals = []
        if reserve:
            kept = Money(reserve, self._found.currency).rounded().amount
            totals.append(tree.row("", "Contingency", tree.no_value(Kind.HOURS), self._cents(kept)))
            amount += kept
        totals.append(tree.row("", "Total", _hours(hours), self._cents(amount)))
        return Table(columns, tuple(rows), tuple(totals), caption="What it takes and costs", name="Proposal")

    def _cents(self, amount: Decimal) -> Value:
        return tree.money(Money(amount, self._found.currency), digits=2)

    def _amount(self, amount: Decimal | None) -> Value:
        return tree.no_value(Kind.MONEY) if amount is None else self._money(amount)

    def _money(self, amount: Decimal) -> Value:
        return tree.money(Money(amount, self._found.currency))


class _Priced:
    """Hours and amounts rounded line by line, so that the printed table adds up to its total."""

    def __init__(self, found: EstimateDetail) -> None:
        self._lines = scaled(found.lines, found.calibration)
        self._hours = [_leaf_hours(line) for line in self._lines]
        self._amounts = [_leaf_amount(line, found.currency) for line in self._lines]

    def of(self, place: int) -> tuple[Decimal | None, Decimal | None]:
        """Of one line; of a group the sums of what is below it."""
        if not self._lines[place].group:
            return self._hours[place], self._amounts[place]
        inside = below([line.level for line in self._lines], place)
        return _sum(self._hours[one] for one in inside), _sum(self._amounts[one] for one in inside)

    @property
    def whole(self) -> tuple[Decimal, Decimal]:
        """Of all lines."""
        return _sum(self._hours) or _ZERO, _sum(self._amounts) or _ZERO


def _sum(values: Iterable[Decimal | None]) -> Decimal | None:
    given = [value for value in values if value is not None]
    return sum(given, _ZERO) if given else None


def _leaf_hours(line: LineRow) -> Decimal | None:
    if line.group or line.mean is None:
        return None
    return round(line.mean, _DIGITS)


def _leaf_amount(line: LineRow, currency: str) -> Decimal | None:
    if line.group or line.amount is None:
        return None
    return Money(line.amount, currency).rounded().amount


def _came_row(one: Came) -> tuple[tree.Cell, ...]:
    factors = (tree.number(value, digits=2) for value in (one.factor, one.low, one.high))
    return tree.row(one.name or "Whole projects", *factors, tree.number(one.projects))


def _hours(amount: Decimal | None) -> Value:
    if amount is None:
        return tree.no_value(Kind.HOURS)
    return Value(Kind.HOURS, amount, f"{tree.grouped(amount, _DIGITS)}{tree.NO_BREAK}h", _DIGITS, "h")


def _number(amount: Decimal | None, digits: int = _DIGITS) -> Value:
    return tree.no_value(Kind.NUMBER) if amount is None else tree.number(amount, digits=digits)

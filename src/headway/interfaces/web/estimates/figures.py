"""The key figures of an estimate, each with where it comes from, and its sentence."""

from __future__ import annotations

from decimal import Decimal

from django.urls import reverse

from headway.areas.estimates.types import EstimateDetail, EstimateState, Total, Unit
from headway.areas.estimates.wording import class_words
from headway.areas.projects.types import Charter
from headway.engine.units import Money
from headway.interfaces.web.frame import Input, Source
from headway.interfaces.web.locale import Locale
from headway.interfaces.web.projects.figures import KeyFigure
from headway.interfaces.web.templatetags.formats import hours, money_short, weekday_date

_MOST = 20


class Figures:
    """Writes the figures of one estimate for one reader."""

    def __init__(self, project: Charter, found: EstimateDetail, locale: Locale) -> None:
        self._project = project
        self._found = found
        self._locale = locale
        self._here = reverse("estimate", args=[project.key, found.row.number])

    @property
    def answer(self) -> str:
        """'Expected 412 h (P80 455 h), EUR 48,200 with contingency; … Valid until Fri 14 Mar 2026.'"""
        found = self._found
        if not any(line.likely is not None for line in found.lines):
            return "No line has figures yet." if found.lines else "It has no lines yet."
        said = f"Expected {self._hours(found.hours.mean)} (P80 {self._hours(found.hours.p80)})"
        total = found.hours
        if found.money is not None:
            total = found.money
            said += f", {self._money(total.whole)}"
            said += " with contingency" if total.contingency else ""
        low, high = self._range(total)
        said += f". As {class_words(found.row.kind)}: {low} to {high}."
        if found.row.valid_until is not None:
            until = weekday_date(found.row.valid_until, self._locale)
            said += f" {'It was valid' if found.row.expired else 'Valid'} until {until}."
        return said

    def _range(self, total: Total) -> tuple[str, str]:
        write = self._money if self._found.money is not None else self._hours
        return write(total.low), write(total.high)

    def all(self) -> tuple[KeyFigure, ...]:
        """Hours with their P80, money with contingency and range, margin, hours worked; what this reader may see."""
        found = self._found
        told = [self._expected(), self._p80()]
        if found.money is not None:
            told += [self._amount(found.money), self._contingency(found.money), self._class_range(found.money)]
        else:
            told.append(self._class_range(found.hours))
        if found.margin is not None and found.cost is not None:
            told.append(self._margin(found.margin, found.cost))
        if found.worked is not None:
            told.append(self._worked(found.worked))
        return tuple(told)

    def _expected(self) -> KeyFigure:
        total = self._found.hours
        note = "scaled by finished work" if self._found.calibration is not None else ""
        source = Source(
            "sum of (O + 4M + P) / 6 of the lines", self._phases(), records=self._records(), href=self._here
        )
        return KeyFigure("expected", "Expected hours (P50)", self._hours(total.mean), note=note, source=source)

    def _p80(self) -> KeyFigure:
        total = self._found.hours
        source = Source(
            "P50 + 0.8416 × standard deviation of the sum",
            (
                Input("P50", self._hours(total.p50)),
                Input("Standard deviation", self._hours(total.sd)),
                Input("Taken for granted", self._found.assumption),
            ),
            records=self._records(),
            href=self._here,
        )
        return KeyFigure("p80", "P80 hours", self._hours(total.p80), note=f"sd {self._hours(total.sd)}", source=source)

    def _amount(self, total: Total) -> KeyFigure:
        lines = tuple(
            Input(f"{line.number} {line.name}", self._money(line.amount))
            for line in self._found.lines
            if not line.group and line.amount is not None
        )
        source = Source(
            "sum of expected hours × rate, and of amounts; before contingency",
            lines[:_MOST],
            records=f"{len(lines)} lines with an amount; {self._found.unpriced} without a rate",
            href=self._here,
        )
        return KeyFigure(
            "amount",
            "Expected amount (P50)",
            self._money(total.mean),
            note=f"P80 {self._money(total.p80)}",
            source=source,
        )

    def _contingency(self, total: Total) -> KeyFigure:
        found = self._found
        lines = tuple(
            Input(f"{risk.ref} {risk.title}", f"{risk.percent.normalize():f} % × {self._money(risk.amount)}")
            for risk in found.risks
        )
        source = Source(
            "sum of chance × mean cost of the risks",
            lines[:_MOST],
            records=f"{len(found.risks)} risks with money; {found.unpriced_risks} without",
            href=reverse("register", args=[self._project.key, "risks"]),
        )
        frozen = "as approved" if found.row.state is not EstimateState.DRAFT else "open risks as of now"
        return KeyFigure(
            "contingency", "Contingency by risk", self._money(total.contingency), note=frozen, source=source
        )

    def _class_range(self, total: Total) -> KeyFigure:
        kind = self._found.row.kind
        low, high = self._range(total)
        down, up = kind.percentages
        write = self._money if self._found.money is not None else self._hours
        source = Source(
            f"expected with contingency −{abs(down):f} % and +{up:f} %",
            (Input("Expected with contingency", write(total.whole)), Input("Class", kind.value)),
            href=self._here,
        )
        return KeyFigure("range", "At most, in its class", high, note=f"at least {low}", source=source)

    def _margin(self, margin: Decimal, cost: Decimal) -> KeyFigure:
        source = Source(
            "(fee − cost) / fee of the hours, at bill and cost rates",
            (Input("Cost of the hours", self._money(cost)),),
            href=self._here,
        )
        return KeyFigure("margin", "Margin on hours", f"{round(margin, 1)} %", source=source)

    def _worked(self, worked: Decimal) -> KeyFigure:
        mean = self._found.hours.mean
        over = bool(mean) and worked > mean
        note = f"{round(worked / mean * 100)} % of expected" if mean else ""
        source = Source(
            "all hours logged on the project",
            tuple(Input(row.name, self._hours(row.worked)) for row in self._found.phases if row.worked is not None),
            records="hours that name a row, phase or line of the estimate stand beside it below",
            href=reverse("entries", args=[self._project.key]),
        )
        return KeyFigure(
            "worked", "Worked", self._hours(worked), note=note, tone="amber" if over else "", source=source
        )

    def _phases(self) -> tuple[Input, ...]:
        return tuple(Input(row.name, self._hours(row.hours)) for row in self._found.phases[:_MOST])

    def _records(self) -> str:
        leaves = [line for line in self._found.lines if not line.group]
        timed = [line for line in leaves if line.unit is Unit.HOURS and line.likely is not None]
        return f"{len(timed)} lines in hours; {self._found.unestimated} without figures"

    def _hours(self, amount: Decimal | None) -> str:
        return hours(None if amount is None else round(amount, 1), self._locale)

    def _money(self, amount: Decimal | None) -> str:
        return "–" if amount is None else money_short(Money(amount, self._found.currency), self._locale)

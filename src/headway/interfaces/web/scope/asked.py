"""A change request as a client reads it: one row a measure, one figure an option, each with its source."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from headway.areas.scope.asked_types import AskedChange, AskedOption
from headway.areas.scope.wording import days_text
from headway.engine.units import Money
from headway.interfaces.web.frame import Input, Source
from headway.interfaces.web.locale import Locale
from headway.interfaces.web.scope.figures import Figure, Measure
from headway.interfaces.web.templatetags.formats import hours, money_short, weekday_date

_MOST = 12


def asked_measures(change: AskedChange, locale: Locale) -> tuple[Measure, ...]:
    """The table; a row where no option has anything to say is left out."""
    teller = _Teller(change, locale)
    found = []
    for name, label, tell in teller.measures():
        told = [(option, tell(option)) for option in change.options]
        if any(figure is not None for _, figure in told):
            cells = tuple(figure or Figure(f"{name}-{option.number}", label, "–") for option, figure in told)
            found.append(Measure(label, cells))
    return tuple(found)


class _Teller:
    def __init__(self, change: AskedChange, locale: Locale) -> None:
        self._change, self._locale = change, locale

    def measures(self) -> tuple[tuple[str, str, Callable[[AskedOption], Figure | None]], ...]:
        """Name, label and how it is told."""
        return (
            ("finish", "Finish", self._finish),
            ("milestones", "Milestones", self._milestones),
            ("hours", "Hours", self._hours),
            ("fee", "Fee", self._fee),
            ("scope", "Lines of the contract", self._scope),
            ("risks", "Risks", self._risks),
        )

    def _finish(self, option: AskedOption) -> Figure | None:
        if option.finish is None:
            return None
        days = option.finish_days
        tone = "red" if days > 0 else "green" if days < 0 else ""
        source = Source("the plan scheduled anew with what this option changes; working days of the project")
        value = weekday_date(option.finish, self._locale)
        return Figure(f"finish-{option.number}", "Finish", value, days_text(days), tone, source)

    def _milestones(self, option: AskedOption) -> Figure | None:
        if not option.milestones:
            return None
        moved = [row for row in option.milestones if row.days or row.old is None or row.new is None]
        lines = tuple(
            Input(row.name, f"{self._day(row.old)} → {self._day(row.new)}" if row in moved else self._day(row.new))
            for row in (*moved, *(row for row in option.milestones if row not in moved))
        )
        worst = max((row.days or 0 for row in moved), default=0)
        return Figure(
            f"milestones-{option.number}",
            "Milestones",
            f"{len(moved)} {'moves' if len(moved) == 1 else 'move'}" if moved else "None moves",
            f"up to {days_text(worst)}" if worst > 0 else "",
            "red" if worst > 0 else "",
            Source("milestones ahead, before and after; Mondays to Fridays", lines[:_MOST]),
        )

    def _hours(self, option: AskedOption) -> Figure:
        agreed = self._change.contract_hours
        inputs = [Input("Agreed until now", hours(agreed, self._locale))] if agreed else []
        inputs += [Input("This option", self._signed(option.hours, hours(abs(option.hours), self._locale)))]
        total = f"{hours(agreed + option.hours, self._locale)} in all" if agreed and option.hours else ""
        return Figure(
            f"hours-{option.number}",
            "Hours",
            self._signed(option.hours, hours(abs(option.hours), self._locale)) if option.hours else "As before",
            total,
            "",
            Source("planned work after less before, on top of the hours agreed in the scope statement", tuple(inputs)),
        )

    def _fee(self, option: AskedOption) -> Figure | None:
        if option.fee is None:
            return None
        agreed = self._change.contract_fee
        inputs = [Input("Agreed until now", self._money(agreed))] if agreed else []
        inputs += [Input("This option", self._signed(option.fee, self._money(abs(option.fee))))]
        total = f"{self._money(agreed + option.fee)} in all" if agreed else ""
        return Figure(
            f"fee-{option.number}",
            "Fee",
            self._signed(option.fee, self._money(abs(option.fee))),
            total,
            "",
            Source("hours at the rates agreed with you, and what comes once", tuple(inputs)),
        )

    def _scope(self, option: AskedOption) -> Figure | None:
        if not option.lines:
            return None
        inputs = []
        for row in option.lines:
            agreed = [hours(row.hours, self._locale)] if row.hours is not None else []
            agreed += [self._money(row.fee)] if row.fee is not None else []
            inputs.append(Input(f"{row.ref} {row.text}", ", ".join(agreed) or "no hours or fee agreed"))
        count = len(option.lines)
        return Figure(
            f"scope-{option.number}",
            "Lines of the contract",
            f"{count} {'line' if count == 1 else 'lines'} touched",
            ", ".join(row.ref for row in option.lines[:4]),
            "",
            Source(
                "lines of the scope statement whose work changes or moves, with what is agreed", tuple(inputs[:_MOST])
            ),
        )

    def _risks(self, option: AskedOption) -> Figure | None:
        if not option.risks:
            return None
        count = len(option.risks)
        return Figure(
            f"risks-{option.number}",
            "Risks",
            f"{count} {'risk' if count == 1 else 'risks'}",
            option.risks[0],
            "",
            Source("risks that come with this option", tuple(Input("", text) for text in option.risks[:_MOST])),
        )

    def _day(self, value: object) -> str:
        return weekday_date(value, self._locale)

    def _money(self, amount: Decimal) -> str:
        return money_short(Money(amount, self._change.currency), self._locale)

    @staticmethod
    def _signed(amount: Decimal, written: str) -> str:
        return f"{'+' if amount > 0 else '−' if amount < 0 else ''}{written}"

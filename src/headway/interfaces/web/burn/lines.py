"""How parts of a burn are shown: percent complete beside percent spent, each with the entries behind it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from itertools import count
from urllib.parse import urlencode

from django.urls import reverse

from headway.areas.budgets.part_types import BurnByPart, BurnLine, EntriesOf, Side
from headway.areas.projects.types import Charter
from headway.engine.units import Money
from headway.interfaces.web.explaining import of_row
from headway.interfaces.web.frame import Input, Source
from headway.interfaces.web.hours.entries import NO_PHASE
from headway.interfaces.web.locale import Locale
from headway.interfaces.web.templatetags.formats import hours, money

_GAP_AMBER, _GAP_RED = Decimal(5), Decimal(10)


@dataclass(frozen=True, slots=True)
class Behind:
    """Hours with the address of the entries that they are made of."""

    label: str
    hours: Decimal
    href: str


@dataclass(frozen=True, slots=True)
class Shown:
    """One line of a table of burn. href: its entries, or '' where `behind` lists them. about: the page of the line.

    panel  the id of what its figures open, and `source` what that tells.
    """

    line: BurnLine
    href: str
    about: str
    tone: str
    value: Money | None
    cost: Money | None
    behind: tuple[Behind, ...]
    panel: str
    source: Source


@dataclass(frozen=True, slots=True)
class SideShown:
    """The lines of one side of the scope, with their sum."""

    side: Side
    whole: BurnLine
    lines: tuple[Shown, ...]


class Lines:
    """Lines of one answer, as its page shows them."""

    def __init__(self, project: Charter, found: BurnByPart, locale: Locale) -> None:
        self._project, self._found, self._locale = project, found, locale
        self._numbers = count(1)
        self._entries = reverse("entries", args=[project.key])

    def sides(self) -> list[SideShown]:
        """What is in scope, of changes, outside, and for no line; each with its lines."""
        wholes = {whole.side: whole for whole in self._found.sides}
        found = []
        for side in Side:
            lines = tuple(self._shown(line, "") for line in self._found.lines if line.side is side)
            if lines:
                found.append(SideShown(side, wholes.get(side, lines[0].line), lines))
        return found

    def phases(self) -> list[Shown]:
        """By phase."""
        return [self._shown(line, self._to(phase=self._named(line, "No task"))) for line in self._found.phases]

    def roles(self) -> list[Shown]:
        """By role."""
        return [self._shown(line, self._to(role=self._named(line, "No role"))) for line in self._found.roles]

    def people(self) -> list[Shown]:
        """By person; nobody for who may not see other people's hours."""
        return [self._shown(line, self._to(person=line.person_id or "")) for line in self._found.people or ()]

    def whole(self) -> Shown:
        """The project itself."""
        return self._shown(self._found.whole, self._to())

    @staticmethod
    def _named(line: BurnLine, nameless: str) -> str:
        return NO_PHASE if line.name == nameless else line.name

    def _to(self, **wanted: object) -> str:
        return f"{self._entries}?{urlencode({**wanted, 'last': self._found.as_of.isoformat()})}"

    def _shown(self, line: BurnLine, href: str) -> Shown:
        about = reverse("scope-item", args=[self._project.key, line.item_id]) if line.item_id is not None else ""
        behind = tuple(self._behind(line.entries))
        if len(behind) == 1 and not href:
            href, behind = behind[0].href, ()
        currency = self._found.currency
        value = Money(line.value, currency) if line.value is not None else None
        cost = Money(line.cost, currency) if line.cost is not None else None
        source = self._source(line, value, cost, href)
        return Shown(line, href, about, tone_of(line), value, cost, behind, f"line-{next(self._numbers)}", source)

    def _source(self, line: BurnLine, value: Money | None, cost: Money | None, href: str) -> Source:
        """Where the figures of a line come from."""
        entries = href or self._to()
        complete = f"{line.percent_complete:.1f} %" if line.percent_complete is not None else "–"
        inputs = [
            Input("Hours", str(hours(line.hours, self._locale)), entries),
            Input("of them billable", str(hours(line.billable_hours, self._locale))),
            Input("Budget", str(hours(line.budget, self._locale)), reverse("budget", args=[self._project.key])),
            Input("Complete", complete, reverse("progress-method", args=[self._project.key])),
        ]
        formulas = ["Spent = hours / budget", "Gap = % spent − % complete, in points"]
        if value is not None:
            inputs.append(Input("Billable value", str(money(value, self._locale)), entries))
            formulas.append("Value = billable hours × the rate kept on each entry")
        if cost is not None:
            inputs.append(Input("Cost", str(money(cost, self._locale)), entries))
            formulas.append("Cost = hours × the cost rate kept on each entry")
        return of_row(
            formulas,
            inputs,
            as_of=self._found.as_of,
            records=f"the entries to that day; complete: {line.complete_by}",
            href=entries,
        )

    def _behind(self, parts: Iterable[EntriesOf]) -> Iterable[Behind]:
        for part in parts:
            if part.task_uid is not None:
                href = self._to(row=part.task_uid)
            else:
                href = self._to(row=0, phase=part.phase or NO_PHASE)
            yield Behind(part.label, part.hours, href)


def tone_of(line: BurnLine) -> str:
    """Red where far more is spent than complete, or all of it; amber a little before."""
    over = line.percent_spent is not None and line.percent_spent > 100
    if over or (line.gap is not None and line.gap > _GAP_RED):
        return "red"
    return "amber" if line.gap is not None and line.gap > _GAP_AMBER else ""

"""Options of a change request beside each other: one row a measure, one figure an option, each with its source."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.urls import reverse

from headway.areas.projects.types import Charter
from headway.areas.scope.effects import OptionEffect
from headway.areas.scope.types import OptionRow
from headway.areas.scope.wording import days_text, project_words
from headway.engine.units import Money
from headway.interfaces.web.frame import Input, Source
from headway.interfaces.web.locale import Locale
from headway.interfaces.web.templatetags.formats import hours, money_short, number, weekday_date

_MOST = 12
_UNSEEN = "A project that you do not see"
_WORSE = {"green": 0, "grey": 0, "not_measured": 0, "amber": 1, "red": 2}


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure as <c-figure> takes it."""

    name: str
    label: str
    value: str
    note: str = ""
    tone: str = ""
    source: Source | None = None


@dataclass(frozen=True, slots=True)
class Measure:
    """One row of the table: the same of every option."""

    label: str
    cells: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class _Told:
    """What one measure says of an effect."""

    value: str
    note: str = ""
    tone: str = ""
    formula: str = ""
    inputs: tuple[Input, ...] = ()
    href: str = ""


def measures(project: Charter, options: Iterable[OptionRow], locale: Locale) -> tuple[Measure, ...]:
    """The table; a row where no option has anything to say is left out."""
    rows = [row for row in options if row.effect is not None]
    teller = _Teller(project, locale)
    found = []
    for name, label, tell in teller.measures():
        told = [(row, tell(row.effect)) for row in rows if row.effect is not None]
        if any(one is not None for _, one in told):
            cells = tuple(teller.figure(f"{name}-{row.id}", label, one, row.effect) for row, one in told)
            found.append(Measure(label, cells))
    return tuple(found)


class _Teller:
    """Says each measure of an effect in the reader's spelling."""

    def __init__(self, project: Charter, locale: Locale) -> None:
        self._project, self._locale = project, locale
        self._plan = reverse("plan", args=[project.key])
        self._hours = reverse("hours", args=[project.key])

    def measures(self) -> tuple[tuple[str, str, Callable[[OptionEffect], _Told | None]], ...]:
        """Name, label and how it is told, in the order in which people ask."""
        return (
            ("finish", "Finish", self._finish),
            ("critical", "Critical path", self._critical),
            ("milestones", "Milestones", self._milestones),
            ("deadlines", "Deadlines", self._deadlines),
            ("work", "Work", self._work),
            ("cost", "Cost", self._cost),
            ("eac", "Hours at completion", self._eac),
            ("eac-cost", "Cost at completion", self._eac_cost),
            ("people", "People over capacity", self._people),
            ("health", "Health", self._health),
            ("scope", "Scope", self._scope),
            ("other", "Other projects", self._other),
            ("notes", "Not computed", self._notes),
        )

    def figure(self, name: str, label: str, told: _Told | None, effect: OptionEffect | None) -> Figure:
        """A cell; '–' where there is nothing to say."""
        if told is None or effect is None:
            return Figure(name, label, "–")
        source = Source(
            told.formula,
            told.inputs[:_MOST],
            as_of=effect.computed_at,
            records=f"the plan in version {effect.plan_version}, computed by {effect.computed_by}",
            href=told.href or self._plan,
        )
        return Figure(name, label, told.value, told.note, told.tone, source)

    def _day(self, value: object) -> str:
        return weekday_date(value, self._locale)

    def _finish(self, effect: OptionEffect) -> _Told | None:
        if effect.new_finish is None:
            return None
        return _Told(
            self._day(effect.new_finish),
            days_text(effect.finish_days),
            "red" if effect.finish_days > 0 else "green" if effect.finish_days < 0 else "",
            "the plan scheduled anew with the option's changes; working days of the project's calendar",
            (Input("Finish before", self._day(effect.old_finish)), Input("Rows that move", str(effect.moved))),
        )

    def _critical(self, effect: OptionEffect) -> _Told | None:
        inputs = (
            Input("Critical tasks before", str(effect.old_critical)),
            Input("Critical tasks after", str(effect.new_critical)),
        )
        formula = "the most total slack that one task loses; 0 left means that it is critical"
        if effect.finish_days > 0:
            return _Told("On it", "the finish moves", "red", formula, inputs)
        if not effect.slack_days:
            return _Told("Untouched", "", "", formula, inputs)
        note = f"of {effect.slack_of}"
        used = number(effect.slack_days, self._locale)
        return _Told(f"{used} d of slack used", note, "", formula, (*inputs, Input(effect.slack_of, f"−{used} d")))

    def _milestones(self, effect: OptionEffect) -> _Told | None:
        moved = [row for row in effect.milestones if row.days or row.old is None or row.new is None]
        if not effect.milestones:
            return None
        lines = tuple(
            Input(row.name, f"{self._day(row.old)} → {self._day(row.new)}" if row.days != 0 else self._day(row.new))
            for row in [*moved, *(row for row in effect.milestones if row not in moved)]
        )
        worst = max((row.days or 0 for row in moved), default=0)
        count = len(moved)
        value = f"{count} {'moves' if count == 1 else 'move'}" if count else "None moves"
        note = f"up to {days_text(worst)}" if worst > 0 else ""
        return _Told(
            value, note, "red" if worst > 0 else "", "open milestones, before and after; Mondays to Fridays", lines
        )

    def _deadlines(self, effect: OptionEffect) -> _Told | None:
        if not effect.deadlines_broken and not effect.deadlines_met:
            return None
        broken = tuple(
            Input(row.name, f"due {self._day(row.deadline)}, finishes {self._day(row.finish)}")
            for row in (*effect.deadlines_broken, *effect.deadlines_met)
        )
        count = len(effect.deadlines_broken)
        value = f"{count} missed" if count else "None missed"
        met = len(effect.deadlines_met)
        return _Told(
            value, f"{met} met again" if met else "", "red" if count else "", "deadlines newly missed or met", broken
        )

    def _work(self, effect: OptionEffect) -> _Told | None:
        more = effect.more_hours
        lines = tuple(
            Input(f"{row.name} (role)" if row.of_role else row.name, self._signed(row.more, hours))
            for row in effect.hours
        )
        return _Told(
            self._signed(more, hours) if more else "As before",
            f"{hours(effect.old_hours, self._locale)} → {hours(effect.new_hours, self._locale)}" if more else "",
            "",
            "planned work of everybody after less before, and the option's hours by role",
            (*lines, Input("Planned before", hours(effect.old_hours, self._locale))),
        )

    def _cost(self, effect: OptionEffect) -> _Told | None:
        more = effect.more_cost
        if more is None:
            return self._one_off(effect)
        inputs = [
            Input("Before", self._money(effect.old_cost)),
            Input("After", self._money(effect.new_cost)),
            Input("Of it once only", self._money(effect.one_off)),
        ]
        inputs += [Input(name, "has no cost rate: not counted") for name in effect.uncosted]
        note = f"{len(effect.uncosted)} without a rate" if effect.uncosted else ""
        return _Told(
            self._signed_money(more, effect) if more else "As before",
            note,
            "",
            "planned hours × cost rates, after less before, and costs that come once",
            tuple(inputs),
            self._hours,
        )

    def _one_off(self, effect: OptionEffect) -> _Told | None:
        if not effect.one_off:
            return None
        return _Told(self._money(effect.one_off), "once, beside the hours", "", "as typed with the option")

    def _eac(self, effect: OptionEffect) -> _Told | None:
        if effect.new_eac is None or effect.old_eac is None:
            return None
        return _Told(
            hours(effect.new_eac, self._locale),
            f"{hours(effect.old_eac, self._locale)} before",
            "",
            effect.eac_from,
            (
                Input("Before", hours(effect.old_eac, self._locale)),
                Input("More work", hours(effect.more_hours, self._locale)),
            ),
            self._hours,
        )

    def _eac_cost(self, effect: OptionEffect) -> _Told | None:
        if effect.new_eac_cost is None or effect.old_eac_cost is None:
            return None
        return _Told(
            self._money(effect.new_eac_cost),
            f"{self._money(effect.old_eac_cost)} before",
            "",
            effect.eac_cost_from,
            (
                Input("Before", self._money(effect.old_eac_cost)),
                Input("More cost", self._signed_money(effect.more_cost or Decimal(0), effect)),
            ),
            self._hours,
        )

    def _people(self, effect: OptionEffect) -> _Told | None:
        lines = tuple(
            Input(row.name, f"{row.worst_percent} % on the worst day, {self._day(row.first)} to {self._day(row.last)}")
            for row in effect.over_capacity
        )
        count, eased = len(effect.over_capacity), len(effect.relieved)
        value = f"{count} more" if count else "None more"
        note = ", ".join(row.name for row in effect.over_capacity[:3]) if count else f"{eased} fewer" if eased else ""
        return _Told(
            value,
            note,
            "amber" if count else "",
            "days on which more is planned in this plan than there is time",
            lines,
        )

    def _health(self, effect: OptionEffect) -> _Told | None:
        changed = [row for row in effect.health if row.old != row.new]
        lines = tuple(Input(f"{row.dimension}: {_word(row.old)} → {_word(row.new)}", row.reason) for row in changed)
        if not changed:
            return _Told("As before", "", "", "each dimension by its rule, before and after")
        worse = [row for row in changed if _WORSE.get(row.new, 0) > _WORSE.get(row.old, 0)]
        tone = "red" if any(row.new == "red" for row in worse) else "amber" if worse else "green"
        said = ", ".join(f"{row.dimension} {_word(row.new)}" for row in changed[:3])
        return _Told(said, "", tone, "each dimension by its rule, before and after", lines)

    def _scope(self, effect: OptionEffect) -> _Told | None:
        if not effect.scope:
            return None
        lines = tuple(Input(row.ref, row.text) for row in effect.scope)
        count = len(effect.scope)
        href = reverse("scope", args=[self._project.key])
        return _Told(
            f"{count} {'line' if count == 1 else 'lines'} touched",
            ", ".join(row.ref for row in effect.scope[:4]),
            "",
            "lines of the scope statement whose rows of the plan change or move",
            lines,
            href,
        )

    def _other(self, effect: OptionEffect) -> _Told | None:
        if not effect.elsewhere:
            return None
        lines = tuple(
            Input(row.name or _UNSEEN, project_words(row), reverse("project", args=[row.key]) if row.key else "")
            for row in effect.elsewhere
        )
        late = sum(1 for row in effect.elsewhere if row.finish_days > 0)
        count = len(effect.elsewhere)
        first = effect.elsewhere[0]
        later = f"{late} {'finishes' if late == 1 else 'finish'} later"
        return _Told(
            later if late else f"{count} {'project' if count == 1 else 'projects'}",
            f"{first.name or _UNSEEN}: {project_words(first)}",
            "red" if late else "amber",
            "plans that wait for this one, dated anew; and people of other projects who are asked for more here",
            lines,
            reverse("project-links", args=[self._project.key]),
        )

    def _notes(self, effect: OptionEffect) -> _Told | None:
        if not effect.not_computed:
            return None
        lines = tuple(Input("", text) for text in effect.not_computed)
        return _Told(str(len(effect.not_computed)), effect.not_computed[0], "", "what nothing measures yet", lines)

    def _money(self, amount: Decimal | None) -> str:
        return "–" if amount is None else money_short(Money(amount, self._project.currency), self._locale)

    def _signed_money(self, amount: Decimal, effect: OptionEffect) -> str:
        return f"{'+' if amount > 0 else ''}{money_short(Money(amount, effect.currency), self._locale)}"

    def _signed(self, amount: Decimal, write: Callable[[Decimal, Locale], str]) -> str:
        return f"{'+' if amount > 0 else ''}{write(amount, self._locale)}"


def _word(colour: str) -> str:
    return colour.replace("_", " ")

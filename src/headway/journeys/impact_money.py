"""What an option of a change request costs: hours at rates, what the client would pay, money at completion."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from headway.areas.budgets.queries import earned_value, money_basis
from headway.areas.budgets.types import Basis
from headway.areas.hours.queries import rates, without_amount
from headway.areas.projects.types import Charter
from headway.areas.schedule.acts import PlanEffect
from headway.areas.schedule.types import ResourceRow
from headway.areas.scope.effects import OptionEffect
from headway.areas.scope.types import OptionRow
from headway.engine.rates import RateKind, RateLine, RateScope, WorkedBy, rate_for
from headway.engine.units import Money
from headway.kernel.context import Context

_ZERO = Decimal(0)

# The resources of a plan with their planned hours, by uid.
Work = Mapping[int, ResourceRow]


class Prices:
    """What an hour of a person or a role costs on a project, and is billed at."""

    def __init__(self, house: Context, about: Charter, day: date) -> None:
        rows = rates(house, project=about.id, on=day)
        self._lines = [
            RateLine(
                kind=RateKind(row.kind.value),
                scope=RateScope(row.scope),
                rate=Money(row.rate, row.currency),
                first=row.first,
                last=row.last,
                person=str(row.person_id) if row.person_id is not None else None,
                project=str(row.project_id) if row.project_id is not None else None,
                role=row.role.casefold() or None,
                client=str(row.client_id) if row.client_id is not None else None,
            )
            for row in rows
        ]
        self._about, self._day = about, day

    def rate(self, kind: RateKind, *, person: int | None = None, role: str = "") -> Decimal | None:
        """An hour in the project's currency; None where no rate says, or one in another currency."""
        client = str(self._about.client_id) if self._about.client_id is not None else None
        worked = WorkedBy(str(person or 0), str(self._about.id), client, role.casefold() or None, self._day)
        line = rate_for(self._lines, kind, worked)
        return line.rate.amount if line is not None and line.rate.currency == self._about.currency else None


def costs_of(
    prices: Prices, before: Work, after: Work, option: OptionRow, plan: PlanEffect | None
) -> tuple[Decimal | None, Decimal | None, tuple[str, ...]]:
    """The plan at cost before and after, with roles and once only costs; and whose hours have no rate.

    By the rates of the plan's own resources where it has any, else by the house's rate cards.
    """
    roles, unknown = _priced([(row.role, None, row.hours) for row in option.hours], prices, RateKind.COST)
    if plan is not None and plan.old_cost is not None and plan.new_cost is not None:
        return plan.old_cost, plan.new_cost + roles + option.one_off, unknown
    then, no_rate = _priced(_people(before), prices, RateKind.COST)
    now, no_rate_now = _priced(_people(after), prices, RateKind.COST)
    missing = tuple(dict.fromkeys((*no_rate, *no_rate_now, *unknown)))
    if not then and not now and not roles:
        return None, None, missing
    return then, now + roles + option.one_off, missing


def _people(work: Work) -> list[tuple[str, int | None, Decimal]]:
    return [(row.name, row.person_id, row.work_hours) for row in work.values() if row.work_hours]


def _priced(
    rows: Iterable[tuple[str, int | None, Decimal]], prices: Prices, kind: RateKind
) -> tuple[Decimal, tuple[str, ...]]:
    """Hours of persons, or of roles where no person is named, at their rates; and who has none."""
    total, missing = _ZERO, []
    for name, person, hours in rows:
        rate = prices.rate(kind, person=person) if person is not None else prices.rate(kind, role=name)
        if rate is None:
            missing.append(name)
        else:
            total += rate * hours
    return total, tuple(missing)


def bill_of(prices: Prices, before: Work, after: Work, option: OptionRow) -> Decimal | None:
    """What the client would pay for the option's hours, and once only costs; None where no bill rate says."""
    then, _ = _priced(_people(before), prices, RateKind.BILL)
    now, _ = _priced(_people(after), prices, RateKind.BILL)
    roles, _ = _priced([(row.role, None, row.hours) for row in option.hours], prices, RateKind.BILL)
    more = now - then + roles
    return more + option.one_off if more else None


@dataclass(frozen=True, slots=True)
class AtCompletion:
    """Money at completion before a change, at cost, and how it is known; None where nothing says."""

    amount: Decimal | None
    said: str


def cost_at_completion(
    house: Context, about: Charter, prices: Prices, work: Work, hours_at_completion: Decimal | None, *, as_of: date
) -> AtCompletion:
    """What the project will have cost, without the change.

    Earned value at cost says so where the baseline holds costs and every hour worked has one. Else the hours at
    completion are taken at what a planned hour costs on average, where everybody in the plan has a cost rate.
    """
    if not without_amount(about.id, Basis.COST.value, about.currency):
        measured = earned_value(house, project=about.id, as_of=as_of, basis=Basis.COST).value
        if measured.bac.value and measured.eac.value is not None:
            return AtCompletion(measured.eac.value, f"{measured.eac.name} at cost")
    planned = sum((row.work_hours for row in work.values()), _ZERO)
    cost, missing = _priced(_people(work), prices, RateKind.COST)
    if hours_at_completion is None or not planned or not cost or missing:
        return AtCompletion(None, "")
    return AtCompletion(hours_at_completion * cost / planned, "hours at completion × mean cost of a planned hour")


def budget_money(project: int, effect: OptionEffect) -> Decimal:
    """What comes to the main budget in money, counted as that budget counts; once only costs alone without rates."""
    basis = money_basis(project)
    if basis is None:
        return _ZERO
    more = effect.more_cost if basis is Basis.COST else effect.more_bill
    return (effect.one_off if more is None else more).quantize(Decimal("0.01"))

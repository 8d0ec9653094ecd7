"""Rate cards: the rates that apply on a project, and their changes. Setting a rate moves no entry that was saved."""

from __future__ import annotations

from bisect import bisect_right
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from headway.areas.hours.models import RateLine
from headway.areas.hours.queries import rate_row
from headway.areas.hours.types import Rate, RateKind, RateRow
from headway.areas.people.types import OrganisationId, PersonId
from headway.areas.projects.queries import charter
from headway.areas.projects.types import Charter, ProjectId
from headway.engine.rates import RateKind as EngineKind
from headway.engine.rates import RateLine as EngineLine
from headway.engine.rates import RateScope, WorkedBy, rate_for
from headway.engine.units import Money
from headway.kernel.commands import command
from headway.kernel.context import Context
from headway.kernel.errors import FieldError, Invalid
from headway.kernel.schema import Currency, Label

_KINDS = tuple(EngineKind)


class RateCard:
    """The rate lines that can apply on one project, with look-ups remembered."""

    def __init__(self, project: Charter) -> None:
        rows = RateLine.unscoped(reason="rates are copied onto entries").filter(removed_at=None)
        rows = rows.filter(project_id=project.id) | rows.filter(project=None)
        self.project = project
        self.lines = [_engine_line(row) for row in rows.order_by("id")]
        # Between two of these days no rate changes, so that one look-up stands for all days between them.
        ends = {line.last + timedelta(days=1) for line in self.lines if line.last is not None}
        self._turns = sorted({line.first for line in self.lines} | ends)
        self._found: dict[tuple[EngineKind, int, str, int], Money | None] = {}

    def rate(self, kind: EngineKind, person_id: int, role: str, day: date) -> Money | None:
        """The rate in force, None without one."""
        key = (kind, person_id, role.casefold(), self.turn(day))
        if key not in self._found:
            client = str(self.project.client_id) if self.project.client_id else None
            worked = WorkedBy(str(person_id), str(self.project.id), client, role.casefold() or None, day)
            line = rate_for(self.lines, kind, worked)
            self._found[key] = line.rate if line else None
        return self._found[key]

    def turn(self, day: date) -> int:
        """What two days share when no rate of the card begins or ends between them."""
        return bisect_right(self._turns, day)

    def amounts(self, person_id: int, role: str, day: date, hours: Decimal, *, billable: bool) -> dict[str, Any]:
        """The columns to copy onto an entry."""
        values: dict[str, Any] = {}
        for kind in _KINDS:
            rate = self.rate(kind, person_id, role, day)
            factor = hours if billable or kind is EngineKind.COST else Decimal(0)
            values |= money_columns(kind.value, rate.amount if rate else None, factor, rate.currency if rate else "")
        return values


def money_columns(kind: str, rate: Decimal | None, factor: Decimal, currency: str) -> dict[str, Any]:
    """The columns of an entry for a rate and the hours, or 0, that it counts for."""
    amount = None if rate is None else stored(rate * factor)
    return {f"{kind}_rate": rate, f"{kind}_amount": amount, f"{kind}_currency": currency}


def stored(value: Decimal) -> Decimal:
    """At the precision of the column, so that what is shown now is what is read later."""
    return value.quantize(Decimal("0.000001"))


def _engine_line(row: RateLine) -> EngineLine:
    return EngineLine(
        kind=EngineKind(row.kind),
        scope=RateScope(row.scope),
        rate=Money(row.rate, row.currency),
        first=row.first,
        last=row.last,
        person=_key(row.person_id),
        project=_key(row.project_id),
        role=row.role.casefold() or None,
        client=_key(row.client_id),
    )


def _key(pk: int | None) -> str | None:
    return None if pk is None else str(pk)


@command(permission="hours.set_project_rate")
def set_project_rate(
    ctx: Context,
    *,
    project: ProjectId,
    kind: RateKind,
    rate: Rate,
    first: date,
    last: date | None = None,
    person: PersonId | None = None,
    role: Label = "",
    currency: Currency | None = None,
) -> RateRow:
    """Set the hourly rate of a person or of a role on a project, from a day on.

    Give either person or role. A rate that begins on the same day is replaced. Entries saved before
    keep theirs.
    """
    if (person is None) == (not role.strip()):
        raise Invalid("Give either a person or a role.", fields=[FieldError("person", "either this or role")])
    scope = RateScope.PERSON_ON_PROJECT if person is not None else RateScope.ROLE_ON_PROJECT
    own = currency or charter(ctx, project=project).currency
    return _set(
        ctx, kind, scope, rate, own, first, last, project_id=project, person_id=person, client_id=None, role=role
    )


@command(permission="hours.set_rate")
def set_rate(
    ctx: Context,
    *,
    kind: RateKind,
    rate: Rate,
    currency: Currency,
    first: date,
    last: date | None = None,
    person: PersonId | None = None,
    client: OrganisationId | None = None,
    role: Label = "",
) -> RateRow:
    """Set a person's default hourly rate, or a client's rate for a role, from a day on, for all projects.

    Give either person, or client and role. Rates of a project go before these.
    """
    of_person = person is not None and client is None and not role
    of_client = person is None and client is not None and bool(role.strip())
    if not (of_person or of_client):
        raise Invalid("Give a person, or a client with a role.", fields=[FieldError("person", "or client and role")])
    scope = RateScope.PERSON_DEFAULT if of_person else RateScope.CLIENT_ROLE
    return _set(
        ctx, kind, scope, rate, currency, first, last, project_id=None, person_id=person, client_id=client, role=role
    )


def _set(
    ctx: Context,
    kind: RateKind,
    scope: RateScope,
    rate: Decimal,
    currency: str,
    first: date,
    last: date | None,
    *,
    project_id: int | None,
    person_id: int | None,
    client_id: int | None,
    role: str,
) -> RateRow:
    if last is not None and last < first:
        raise Invalid(f"The rate ends {last}, before it begins {first}.", fields=[FieldError("last", "before first")])
    slot = f"{kind.value}:{scope.value}:{first}:{project_id}:{person_id}:{client_id}:{role.casefold()}"
    for earlier in RateLine.unscoped(reason="the same slot is replaced").filter(slot=slot, removed_at=None):
        earlier.change(ctx, removed_at=ctx.now)
    row = RateLine.add(
        ctx,
        kind=kind.value,
        scope=scope.value,
        rate=rate,
        currency=currency,
        first=first,
        last=last,
        project_id=project_id,
        person_id=person_id,
        client_id=client_id,
        role=role,
        slot=slot,
    )
    return rate_row(row)


@command(permission="hours.set_project_rate", destructive=True, idempotent=True)
def remove_rate(ctx: Context, *, line: RateLine) -> None:
    """Take a rate out of its card; entries that carry it keep it."""
    if line.removed_at is None:
        line.change(ctx, removed_at=ctx.now)

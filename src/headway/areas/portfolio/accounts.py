"""Accounts: a client organisation over all its projects that one works on.

What an account shows is asked from the areas as this reader: projects that one does not work on are not in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from headway.areas.approvals.across import asked_of
from headway.areas.comms.across import mails_of_projects
from headway.areas.deliverables.across import sent_versions
from headway.areas.people.queries import organisations as client_organisations
from headway.areas.people.queries import people_of
from headway.areas.people.types import OrganisationId, OrganisationKind
from headway.areas.portfolio.queries import Row, client_rows, in_full, worst_of
from headway.areas.portfolio.types import Account, AccountPerson, AccountRow, Health
from headway.areas.projects.across import RoleLine, open_records_of, roles_on_projects
from headway.areas.projects.types import Stage
from headway.kernel.access import OUTSIDE_ROLES
from headway.kernel.context import Context
from headway.kernel.errors import NotFound
from headway.kernel.queries import query

_MOST = 50


@query(permission="portfolio.read_accounts", name="portfolio.accounts")
def accounts(ctx: Context) -> tuple[AccountRow, ...]:
    """The clients whose projects one works on, by name: health, hours and budget, what is late or overdue."""
    by_client: dict[int, list[Row]] = {}
    for row in client_rows(ctx):
        by_client.setdefault(row.line.client_id or 0, []).append(row)
    found = [account_row(client, rows) for client, rows in by_client.items()]
    return tuple(sorted(found, key=lambda row: (row.name.casefold(), row.id)))


def account_row(client: int, rows: Sequence[Row]) -> AccountRow:
    """A client's projects in figures. Hours count the projects whose budget the reader may see."""
    running = [row for row in rows if row.line.stage is not Stage.CLOSED]
    colours = [row.health for row in running if row.health is not None]
    spent, budget, forecast = (_sum(row.hours[place] for row in rows) for place in range(3))
    return AccountRow(
        id=client,
        name=rows[0].line.client,
        projects=len(rows),
        running=len(running),
        health=worst_of(colours),
        red=colours.count(Health.RED),
        amber=colours.count(Health.AMBER),
        late=sum(1 for row in running if (row.late_days or 0) > 0),
        spent=spent,
        budget=budget,
        forecast=forecast,
        decisions_overdue=sum(row.decisions for row in running),
        last_finish=max((row.finish for row in running if row.finish is not None), default=None),
    )


def _sum(amounts: Iterable[Decimal | None]) -> Decimal | None:
    """The sum of what is known; None where nothing is."""
    known = [amount for amount in amounts if amount is not None]
    return sum(known, Decimal(0)) if known else None


@query(permission="portfolio.read_accounts", name="portfolio.account")
def account(ctx: Context, *, organisation: OrganisationId) -> Account:
    """A client over all its projects: health, hours, people on both sides, documents sent, what is open with them."""
    client = next(
        (row for row in client_organisations(ctx, kind=OrganisationKind.CLIENT) if row.id == organisation), None
    )
    if client is None:
        raise NotFound("Client not found.")
    rows = client_rows(ctx, client=organisation)
    ids = [row.line.id for row in rows]
    names = {row.line.id: row.line.name for row in rows}
    roles = roles_on_projects(ids)
    theirs = {row.id: row for row in people_of(ctx, organisation)}
    held = _held(roles, names)
    return Account(
        id=organisation,
        name=client.name,
        summary=account_row(organisation, rows) if rows else None,
        standings=in_full(ctx, rows),
        theirs=tuple(
            AccountPerson(person.id, person.name, person.email, held.get(person.id, ())) for person in theirs.values()
        ),
        ours=_ours(roles, held, set(theirs)),
        documents=sent_versions(ctx, ids, most=_MOST),
        approvals=asked_of(ctx, ids, list(theirs), most=_MOST),
        open_with_them=open_records_of(ctx, ids, list(theirs)),
        mails=mails_of_projects(ctx, ids, most=_MOST),
    )


def _held(roles: Iterable[RoleLine], names: Mapping[int, str]) -> dict[int, tuple[str, ...]]:
    """What each person does where, in words: 'manager of Site build'."""
    found: dict[int, list[str]] = {}
    for line in roles:
        found.setdefault(line.person_id, []).append(f"{line.role} of {names[line.project_id]}")
    return {person: tuple(said) for person, said in found.items()}


def _ours(
    roles: Iterable[RoleLine], held: Mapping[int, tuple[str, ...]], theirs: set[int]
) -> tuple[AccountPerson, ...]:
    """Whoever works on the projects; other clients and guests on them are neither side."""
    people = {
        line.person_id: line.name for line in roles if line.person_id not in theirs and line.role not in OUTSIDE_ROLES
    }
    return tuple(AccountPerson(person, name, "", held[person]) for person, name in people.items())

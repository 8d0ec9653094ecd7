"""Reads of people: organisations, persons, teams, tokens, and who an actor is."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import MAXYEAR, MINYEAR, date

from django.db.models import OuterRef, Subquery
from django.db.models.functions import Lower

from headway.areas.people.models import (
    AccessToken,
    Holiday,
    Invitation,
    Organisation,
    Person,
    PersonAlias,
    Team,
    TeamMember,
    User,
)
from headway.areas.people.types import (
    HolidayRow,
    HouseRules,
    InvitationRow,
    OrganisationKind,
    OrganisationRow,
    People,
    PersonRow,
    TeamRow,
    TokenRow,
)
from headway.kernel.access import OUTSIDE_ROLES
from headway.kernel.among import among_ids
from headway.kernel.context import Actor, Channel, Context, clock
from headway.kernel.errors import FieldError, Invalid
from headway.kernel.paging import page
from headway.kernel.queries import query


def person_row(person: Person) -> PersonRow:
    """A person as others see it."""
    return PersonRow(
        id=person.pk,
        name=person.name,
        email=person.email,
        organisation_id=person.organisation_id,
        organisation=person.organisation.name,
        job_title=person.job_title,
        user_id=person.user_id,
        org_role=person.user.org_role if person.user else "",
        active=person.active,
        version=person.version,
    )


@query(permission="people.read")
def organisations(ctx: Context, *, kind: OrganisationKind | None = None) -> tuple[OrganisationRow, ...]:
    """Organisations by name: the own one, clients (accounts), partners."""
    rows = Organisation.visible_to(ctx).order_by("name")
    if kind is not None:
        rows = rows.filter(kind=kind.value)
    return tuple(OrganisationRow(row.pk, row.name, OrganisationKind(row.kind), row.version) for row in rows[:1000])


@query(permission="people.read_house_rules")
def house_rules(ctx: Context) -> HouseRules:
    """The own organisation's settings."""
    own = Organisation.found(ctx, kind="own")
    return HouseRules(
        own.pk, own.name, own.currency, own.time_zone, own.spelling, own.self_approval, own.second_factor, own.version
    )


@query(permission="people.read")
def persons(ctx: Context, *, search: str = "", active: bool | None = None, cursor: str = "", limit: int = 50) -> People:
    """Persons by name, a page at a time; `search` looks in name and e-mail."""
    rows = Person.visible_to(ctx).select_related("organisation", "user")
    if search:
        rows = rows.filter(name__icontains=search) | rows.filter(email__icontains=search)
    if active is not None:
        rows = rows.filter(active=active)
    items, following = page(rows, order=("name", "id"), cursor=cursor, limit=limit)
    return People(tuple(person_row(item) for item in items), following)


@query(permission="people.read")
def person(ctx: Context, *, person: Person) -> PersonRow:
    """One person."""
    return person_row(person)


@query(permission="people.read")
def teams(ctx: Context) -> tuple[TeamRow, ...]:
    """Teams by name with their members."""
    rows = list(Team.visible_to(ctx).order_by("name")[:500])
    members: dict[int, list[PersonRow]] = {row.pk: [] for row in rows}
    joined = TeamMember.among([row.pk for row in rows]).select_related("person__organisation", "person__user")
    for member in joined.order_by("person__name", "id"):
        members[member.team_id].append(person_row(member.person))
    return tuple(TeamRow(row.pk, row.name, tuple(members[row.pk]), row.version) for row in rows)


@query(permission="people.invite")
def invitations(ctx: Context) -> tuple[InvitationRow, ...]:
    """Invitations that wait to be accepted and still can be, newest first."""
    rows = Invitation.visible_to(ctx).filter(used_at=None, revoked_at=None, expires_at__gt=ctx.now)
    return tuple(
        InvitationRow(row.pk, row.person_id, row.person.name, row.person.email, row.org_role, row.expires_at)
        for row in rows.select_related("person").order_by("-id")[:500]
    )


@query(permission="people.read")
def holidays(ctx: Context, *, year: int | None = None) -> tuple[HolidayRow, ...]:
    """The days on which the house does not work, by day; of one year, or all that are kept."""
    rows = Holiday.visible_to(ctx).order_by("day")
    if year is not None:
        if not MINYEAR <= year <= MAXYEAR:
            raise Invalid(f"Give a year from {MINYEAR} to {MAXYEAR}.", fields=[FieldError("year", "out of range")])
        rows = rows.filter(day__year=year)
    return tuple(holiday_row(row) for row in rows[:1000])


def holiday_row(row: Holiday) -> HolidayRow:
    """A holiday as a list shows it."""
    return HolidayRow(row.pk, row.day, row.name, row.version)


@query(permission="people.own_tokens")
def tokens(ctx: Context) -> tuple[TokenRow, ...]:
    """The access tokens that this person may see and that still work, newest first."""
    rows = AccessToken.visible_to(ctx).filter(revoked_at=None).order_by("-id")[:200]
    return tuple(
        TokenRow(
            row.pk,
            row.name,
            tuple(row.scopes),
            tuple(row.project_ids) if row.project_ids is not None else None,
            row.expires_at,
            row.last_used_on.isoformat() if row.last_used_on else "",
            row.version,
        )
        for row in rows
    )


# --- for the doors and for areas above; not use cases of their own --------------------------


def actor_of(user_id: int) -> Actor | None:
    """The actor for a user who may act now; None when disabled or unknown."""
    behind = Person.unscoped(reason="who is this user").filter(user_id=OuterRef("pk"))
    row = (
        User.objects.filter(pk=user_id, is_active=True)
        .annotate(person=Subquery(behind.values("pk")[:1]), home=Subquery(behind.values("organisation_id")[:1]))
        .values_list("name", "org_role", "home", "person")
        .first()
    )
    if row is None:
        return None
    name, org_role, home, person_id = row
    return Actor(user_id, name, org_role, organisation_id=home, person_id=person_id)


def actor_behind(user: User) -> Actor | None:
    """As `actor_of`, for a user who was read just now."""
    if not user.is_active:
        return None
    behind = Person.unscoped(reason="who is this user").filter(user_id=user.pk).order_by("pk")
    home, person_id = behind.values_list("organisation_id", "pk").first() or (None, None)
    return Actor(user.pk, user.name, user.org_role, organisation_id=home, person_id=person_id)


def user_by_email(email: str) -> int | None:
    """The active user with this e-mail, for the data folder's owner on the command line."""
    return User.objects.filter(email__iexact=email, is_active=True).values_list("pk", flat=True).first()


def first_administrator() -> int | None:
    """The oldest active administrator."""
    rows = User.objects.filter(org_role="administrator", is_active=True).order_by("pk")
    return rows.values_list("pk", flat=True).first()


def secret_hash(secret: str) -> str:
    """How a random secret of 256 bits is kept: SHA-256 is enough for what nobody can guess."""
    return hashlib.sha256(secret.encode()).hexdigest()


def proved_token(secret: str, *, channel: Channel) -> tuple[Context, date | None] | None:
    """A context for an access token and the day it was last used; None when it is unknown, expired or revoked,
    or its user disabled."""
    now = clock()
    rows = AccessToken.unscoped(reason="a token proves itself").filter(secret_hash=secret_hash(secret))
    behind = Person.unscoped(reason="who is this user").filter(user_id=OuterRef("user_id"))
    rows = rows.select_related("user").annotate(
        organisation_id=Subquery(behind.values("organisation_id")[:1]), person_id=Subquery(behind.values("pk")[:1])
    )
    row = rows.first()
    if row is None or row.revoked_at is not None or (row.expires_at is not None and row.expires_at <= now):
        return None
    user = row.user
    if not user.is_active:
        return None
    actor = Actor(user.pk, user.name, user.org_role, organisation_id=row.organisation_id, person_id=row.person_id)
    limited = frozenset(row.project_ids) if row.project_ids is not None else None
    ctx = Context(actor=actor, now=now, channel=channel, scopes=frozenset(row.scopes), project_ids=limited)
    return ctx, row.last_used_on


def holidays_from(first: date) -> tuple[tuple[date, str], ...]:
    """The house's holidays from a day on, for the calendar of a new plan."""
    rows = Holiday.unscoped(reason="every plan of the house keeps them").filter(day__gte=first).order_by("day")
    return tuple(rows.values_list("day", "name"))


def names_of(person_ids: Iterable[int]) -> dict[int, str]:
    """Names of persons that a visible record of an area above mentions."""
    rows = Person.unscoped(reason="a visible record names them").filter(among_ids("pk", set(person_ids)))
    return dict(rows.values_list("pk", "name"))


def team_members(ctx: Context) -> tuple[dict[int, str], dict[int, tuple[int, ...]]]:
    """Names of the teams that the actor may see, and the ids of their members, by team."""
    names = dict(Team.visible_to(ctx).order_by("name").values_list("pk", "name"))
    members: dict[int, tuple[int, ...]] = {}
    for team_id, person_id in TeamMember.among(list(names)).order_by("id").values_list("team_id", "person_id"):
        members[team_id] = (*members.get(team_id, ()), person_id)
    return names, members


def profiles_of(person_ids: Iterable[int]) -> dict[int, tuple[str, str]]:
    """Name and job title of persons that a visible record of an area above mentions."""
    rows = Person.unscoped(reason="a visible record names them").filter(among_ids("pk", set(person_ids)))
    return {pk: (name, job_title) for pk, name, job_title in rows.values_list("pk", "name", "job_title")}


def names_and_emails(person_ids: Iterable[int]) -> dict[int, tuple[str, str]]:
    """Name and mail address of the active ones of some persons that a visible record of an area above mentions."""
    rows = Person.unscoped(reason="a visible record names them").filter(among_ids("pk", set(person_ids)), active=True)
    return {pk: (name, email) for pk, name, email in rows.values_list("pk", "name", "email")}


def emails_of(person_ids: Iterable[int]) -> dict[int, str]:
    """Mail addresses of persons that a visible record of an area above mentions."""
    rows = Person.unscoped(reason="a visible record names them").filter(among_ids("pk", set(person_ids)))
    return dict(rows.values_list("pk", "email"))


def organisations_of(emails: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Name and organisation of the persons behind some mail addresses, by address in small letters."""
    wanted = {email.lower() for email in emails}
    rows = Person.unscoped(reason="who takes part in what a visible record tells of").annotate(low=Lower("email"))
    found = rows.filter(low__in=wanted).exclude(email="").values_list("low", "name", "organisation__name")
    return {email: (name, organisation) for email, name, organisation in found}


def users_of(person_ids: Iterable[int]) -> dict[int, int]:
    """The users of persons that a visible record of an area above mentions; who has none is left out."""
    rows = Person.unscoped(reason="a visible record names them").filter(
        among_ids("pk", set(person_ids)), user__isnull=False
    )
    return dict(rows.values_list("pk", "user_id"))


def inside_accounts() -> tuple[tuple[int, str, str, int], ...]:
    """Person, name, mail address and user of everybody inside who can sign in now, by name."""
    rows = Person.unscoped(reason="whom the house tells").filter(active=True, user__is_active=True)
    rows = rows.exclude(user__org_role__in=OUTSIDE_ROLES).order_by("name", "pk")
    return tuple(rows.values_list("pk", "name", "email", "user_id"))


def person_of_user(user_id: int | None) -> int | None:
    """The person behind a user."""
    rows = Person.unscoped(reason="who is this user").filter(user_id=user_id or 0)
    return rows.values_list("pk", flat=True).first()


def match_people(source: str, labels: Iterable[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """Persons for (name, e-mail) pairs of a source's file: by e-mail, kept alias, then a unique full name."""
    wanted = set(labels)
    found: dict[tuple[str, str], int] = {}
    everyone = Person.unscoped(reason="matching an import").filter(active=True)
    by_email = {email.lower(): pk for pk, email in everyone.exclude(email="").values_list("pk", "email")}
    names: dict[str, list[int]] = {}
    for pk, name in everyone.values_list("pk", "name"):
        names.setdefault(" ".join(name.casefold().split()), []).append(pk)
    aliases = dict(
        PersonAlias.unscoped(reason="matching an import").filter(source=source).values_list("text", "person_id")
    )
    for name, email in wanted:
        same_name = names.get(" ".join(name.casefold().split()), [])
        if email and email.lower() in by_email:
            found[name, email] = by_email[email.lower()]
        elif name in aliases or email in aliases:
            found[name, email] = aliases.get(name) or aliases[email]
        elif len(same_name) == 1:
            found[name, email] = same_name[0]
    return found


def aliases() -> tuple[tuple[int, str, str, str], ...]:
    """Id, source, name in its files and person's name of all that imports remember, by source and name."""
    rows = PersonAlias.unscoped(reason="shown to who imports").order_by("source", "text", "pk")
    return tuple(rows.values_list("pk", "source", "text", "person__name")[:1000])


def is_set_up() -> bool:
    """Whether there is an own organisation: before that, nobody can sign in."""
    return Organisation.unscoped(reason="nobody has signed in yet").filter(kind="own").exists()


def own_organisation_defaults() -> tuple[str, str]:
    """Currency and time zone of the own organisation; ('USD', 'UTC') before it is set up."""
    rows = Organisation.unscoped(reason="defaults for new records").filter(kind="own")
    return rows.values_list("currency", "time_zone").first() or ("USD", "UTC")


def own_name() -> str:
    """Name of the own organisation, for what is printed; '' before it is set up. It is no secret of anybody's."""
    rows = Organisation.unscoped(reason="whose paper it is").filter(kind="own")
    return rows.values_list("name", flat=True).first() or ""


def own_zone_and_spelling() -> tuple[str, str]:
    """Time zone and spelling of the own organisation; ('UTC', 'us') before it is set up."""
    rows = Organisation.unscoped(reason="how the house writes").filter(kind="own")
    return rows.values_list("time_zone", "spelling").first() or ("UTC", "us")


def self_approval_allowed() -> bool:
    """Whether the own organisation lets people approve what they prepared."""
    rows = Organisation.unscoped(reason="a rule of the house").filter(kind="own")
    return bool(rows.values_list("self_approval", flat=True).first())


def team_ids_of(person_id: int | None) -> list[int]:
    """Ids of the teams that a person is in."""
    if person_id is None:
        return []
    rows = TeamMember.unscoped(reason="one's own teams").filter(person_id=person_id)
    return list(rows.order_by("team_id").values_list("team_id", flat=True))


def people_of(ctx: Context, organisation_id: int) -> tuple[PersonRow, ...]:
    """The people of an organisation that this actor may see, by name."""
    rows = Person.visible_to(ctx).filter(organisation_id=organisation_id).select_related("organisation", "user")
    return tuple(person_row(row) for row in rows.order_by("name", "id")[:500])

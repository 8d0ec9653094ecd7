"""Changes to people: set-up, organisations, persons, users, teams, invitations, access tokens."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import date, datetime, timedelta

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from headway.areas.people.events import PasswordChanged, PersonInvited, UserDisabled
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
from headway.areas.people.queries import holiday_row, person_row, proved_token, secret_hash
from headway.areas.people.types import (
    DayOff,
    HolidayRow,
    HouseRules,
    Invited,
    OrganisationKind,
    OrganisationRow,
    PersonRow,
    Role,
    TeamRow,
    TimeZone,
    TokenMade,
)
from headway.kernel.commands import command
from headway.kernel.context import Channel, Context
from headway.kernel.database.write_lock import allow_writes
from headway.kernel.errors import Conflict, Denied, FieldError, Invalid, NotFound
from headway.kernel.schema import Currency, Email, Name, Secret, ShortText

INVITATION_LIFE = timedelta(days=7)
# A role may hand out itself and what stands behind it, never more.
_RANK = {
    role: position
    for position, role in enumerate(
        [
            Role.GUEST,
            Role.CLIENT,
            Role.TESTER,
            Role.MEMBER,
            Role.ASSOCIATE,
            Role.APPROVER,
            Role.MANAGER,
            Role.SENIOR_READER,
            Role.ADMINISTRATOR,
        ]
    )
}
SCOPES = ("read", "write")


def _may_grant(ctx: Context, role: Role) -> None:
    if not ctx.actor.is_system and _RANK[role] > _RANK[Role(ctx.actor.org_role)]:
        raise Denied(f"You cannot give the role '{role.value}', which holds more than your own.")


def _checked_password(password: str, user: User | None = None) -> str:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Invalid(
            "The password will not do: " + " ".join(error.messages), fields=[FieldError("password", error.messages[0])]
        ) from None
    return make_password(password)


def _new_user(*, name: str, email: str, role: Role, password: str) -> User:
    if User.objects.filter(email__iexact=email).exists():
        raise Conflict(f"A user with the e-mail {email} exists already.")
    user = User(name=name, email=email, org_role=role.value, password="")
    user.password = _checked_password(password, user)
    user.save(force_insert=True)
    return user


@command(permission="people.set_up", name="people.set_up", internal="once, by the program's first start")
def set_up(
    ctx: Context,
    *,
    organisation: Name,
    name: Name,
    email: Email,
    password: Secret,
    currency: Currency = "USD",
    time_zone: TimeZone = "UTC",
    self_approval: bool = False,
) -> PersonRow:
    """Make the own organisation and its first administrator. Refused when there is one."""
    if Organisation.unscoped(reason="set-up runs once").filter(kind="own").exists():
        raise Conflict("Headway is set up already.")
    own = Organisation.add(
        ctx,
        name=organisation,
        kind=OrganisationKind.OWN.value,
        currency=currency,
        time_zone=time_zone,
        self_approval=self_approval,
    )
    user = _new_user(name=name, email=email, role=Role.ADMINISTRATOR, password=password)
    return person_row(Person.add(ctx, name=name, email=email, organisation=own, user=user))


@command(permission="people.edit_house_rules", changes="organisation")
def edit_house_rules(
    ctx: Context,
    *,
    organisation: Organisation,
    name: Name | None = None,
    currency: Currency | None = None,
    time_zone: TimeZone | None = None,
    spelling: str | None = None,
    self_approval: bool | None = None,
    second_factor: bool | None = None,
) -> HouseRules:
    """Change the own organisation's settings; what is not given stays."""
    if organisation.kind != OrganisationKind.OWN.value:
        raise Invalid("House rules are those of the own organisation.", fields=[FieldError("organisation", "own only")])
    if spelling not in (None, "us", "gb"):
        raise Invalid("Spelling is 'us' or 'gb'.", fields=[FieldError("spelling", "give us or gb")])
    given = {
        "name": name,
        "currency": currency,
        "time_zone": time_zone,
        "spelling": spelling,
        "self_approval": self_approval,
        "second_factor": second_factor,
    }
    organisation.change(ctx, **{field: value for field, value in given.items() if value is not None})
    own = organisation
    return HouseRules(
        own.pk, own.name, own.currency, own.time_zone, own.spelling, own.self_approval, own.second_factor, own.version
    )


@command(permission="people.add_organisation")
def add_organisation(ctx: Context, *, name: Name, kind: OrganisationKind = OrganisationKind.CLIENT) -> OrganisationRow:
    """Add a client organisation (an account) or a partner."""
    if kind is OrganisationKind.OWN:
        raise Invalid("There is one own organisation; add a client or a partner.", fields=[FieldError("kind", "own")])
    if Organisation.unscoped(reason="names are unique").filter(name__iexact=name).exists():
        raise Conflict(f"An organisation named {name} exists already.")
    row = Organisation.add(ctx, name=name, kind=kind.value)
    return OrganisationRow(row.pk, row.name, kind, row.version)


@command(permission="people.add_person")
def add_person(
    ctx: Context,
    *,
    name: Name,
    email: Email | None = None,
    organisation: Organisation | None = None,
    job_title: ShortText = "",
) -> PersonRow:
    """Add a person without a user: a colleague, a stakeholder, somebody in an hours file."""
    if email and Person.unscoped(reason="e-mails are unique").filter(email__iexact=email).exists():
        raise Conflict(f"A person with the e-mail {email} exists already.")
    home = organisation or Organisation.found(ctx, kind="own")
    return person_row(Person.add(ctx, name=name, email=email or "", organisation=home, job_title=job_title))


@command(permission="people.add_person", changes="person")
def edit_person(
    ctx: Context,
    *,
    person: Person,
    name: Name | None = None,
    email: Email | None = None,
    job_title: ShortText | None = None,
    active: bool | None = None,
) -> PersonRow:
    """Change a person's name, e-mail, title or whether they are active; what is not given stays."""
    if email and person.user_id is not None:
        raise Conflict("This person signs in with their e-mail; they change it themselves.")
    given = {"name": name, "email": email, "job_title": job_title, "active": active}
    person.change(ctx, **{field: value for field, value in given.items() if value is not None})
    return person_row(person)


@command(permission="people.add_user")
def add_user(
    ctx: Context, *, name: Name, email: Email, role: Role, password: Secret, organisation: Organisation | None = None
) -> PersonRow:
    """Add a person who can sign in at once with a given password."""
    _may_grant(ctx, role)
    user = _new_user(name=name, email=email, role=role, password=password)
    person = Person.unscoped(reason="e-mails are unique").filter(email__iexact=email).first()
    if person is None:
        home = organisation or Organisation.unscoped(reason="the default").get(kind="own")
        person = Person.add(ctx, name=name, email=email, organisation=home, user=user)
    else:
        person.change(ctx, user_id=user.pk)
    return person_row(person)


@command(permission="people.add_user")
def set_role(ctx: Context, *, person: Person, role: Role) -> PersonRow:
    """Change a user's role in the organisation; all their sessions and tokens end."""
    user = _user_of(person)
    _may_grant(ctx, role)
    _may_grant(ctx, Role(user.org_role))
    if role is not Role.ADMINISTRATOR:
        _another_administrator(user)
    ctx.record("people.User", user.pk, "org_role", user.org_role, role.value)
    user.org_role = role.value
    user.save(update_fields=["org_role"])
    _end_tokens(ctx, user)
    return person_row(person)


@command(permission="people.add_user", destructive=True)
def disable_user(ctx: Context, *, person: Person) -> PersonRow:
    """Stop a user from signing in; their tokens end, their records stay."""
    user = _user_of(person)
    _may_grant(ctx, Role(user.org_role))
    if user.pk == ctx.actor.user_id:
        raise Conflict("You cannot disable yourself.")
    _another_administrator(user)
    ctx.record("people.User", user.pk, "is_active", user.is_active, False)
    user.is_active = False
    user.save(update_fields=["is_active"])
    _end_tokens(ctx, user)
    person.change(ctx, active=False)
    ctx.emit(UserDisabled(user_id=user.pk))
    return person_row(person)


@command(permission="people.add_user")
def set_password(ctx: Context, *, person: Person, password: Secret) -> PersonRow:
    """Give a user a new password; all their sessions and tokens end."""
    user = _user_of(person)
    _may_grant(ctx, Role(user.org_role))
    user.password = _checked_password(password, user)
    user.save(update_fields=["password"])
    _end_tokens(ctx, user)
    ctx.record("people.User", user.pk, "password", "(secret)", "(changed)")
    ctx.emit(PasswordChanged(email=user.email))
    return person_row(person)


def _user_of(person: Person) -> User:
    if person.user is None:
        raise NotFound(f"{person.name} has no user.")
    return person.user


def _another_administrator(user: User) -> None:
    """Without an administrator nobody could give anybody a role any more. Locks them all, against two at once."""
    rows = User.objects.select_for_update().filter(org_role=Role.ADMINISTRATOR.value, is_active=True)
    if set(rows.order_by("pk").values_list("pk", flat=True)) == {user.pk}:
        raise Conflict(f"{user.name} is the only administrator. Make somebody else one first.")


def _end_tokens(ctx: Context, user: User) -> None:
    for token in AccessToken.unscoped(reason="a security change ends them").filter(user=user, revoked_at=None):
        token.change(ctx, revoked_at=ctx.now)


@command(permission="people.invite")
def invite(ctx: Context, *, name: Name, email: Email, role: Role, organisation: Organisation | None = None) -> Invited:
    """Invite a person to sign in: a one-use link, good for seven days. Its secret is shown once."""
    _may_grant(ctx, role)
    if User.objects.filter(email__iexact=email).exists():
        raise Conflict(f"A user with the e-mail {email} exists already.")
    if role is Role.CLIENT and organisation is None:
        raise Invalid("A client belongs to an organisation; name it.", fields=[FieldError("organisation", "required")])
    person = Person.unscoped(reason="e-mails are unique").filter(email__iexact=email).first()
    if person is None:
        home = organisation or Organisation.found(ctx, kind="own")
        person = Person.add(ctx, name=name, email=email, organisation=home)
    open_ones = Invitation.unscoped(reason="a new one replaces the old").filter(person=person, used_at=None)
    for earlier in open_ones.filter(revoked_at=None):
        earlier.change(ctx, revoked_at=ctx.now)
    token = secrets.token_urlsafe(32)
    row = Invitation.add(
        ctx, person=person, org_role=role.value, secret_hash=secret_hash(token), expires_at=ctx.now + INVITATION_LIFE
    )
    ctx.emit(PersonInvited(person_id=person.pk, email=email))
    return Invited(row.pk, email, token, row.expires_at)


@command(permission="people.accept_invitation")
def accept_invitation(ctx: Context, *, token: Secret, password: Secret) -> PersonRow:
    """Become a user by an invitation's link; the link works once."""
    rows = Invitation.unscoped(reason="the link's secret proves the right").select_related("person__organisation")
    row = rows.filter(secret_hash=secret_hash(token), used_at=None, revoked_at=None, expires_at__gt=ctx.now).first()
    if row is None:
        raise NotFound("This invitation does not exist, was used or has expired. Ask for a new one.")
    person = row.person
    person.user = _new_user(name=person.name, email=person.email, role=Role(row.org_role), password=password)
    person.change(ctx, user_id=person.user.pk, active=True)
    row.change(ctx, used_at=ctx.now)
    return person_row(person)


@command(permission="people.edit_team")
def set_team(ctx: Context, *, name: Name, members: tuple[Person, ...]) -> TeamRow:
    """Make a team, or set the members of the one with this name."""
    team = Team.visible_to(ctx).filter(name=name).first() or Team.add(ctx, name=name)
    wanted = {member.pk: member for member in members}
    present = set(TeamMember.of(team).values_list("person_id", flat=True))
    TeamMember.of(team).exclude(person_id__in=wanted).delete()
    TeamMember.unscoped(reason="parts of the team above").bulk_create(
        TeamMember(team=team, person_id=pk) for pk in wanted if pk not in present
    )
    ctx.record("people.Team", team.pk, "members", sorted(present), sorted(wanted))
    rows = Person.visible_to(ctx).filter(pk__in=wanted).select_related("organisation", "user").order_by("name", "id")
    return TeamRow(team.pk, team.name, tuple(person_row(row) for row in rows), team.version)


@command(permission="people.edit_holidays", idempotent=True)
def add_holidays(ctx: Context, *, days: tuple[DayOff, ...]) -> tuple[HolidayRow, ...]:
    """Enter days on which the house does not work; a day that stands already keeps its name. Gives the new ones."""
    if not days:
        raise Invalid("Give at least one day.", fields=[FieldError("days", "required")])
    names: dict[date, str] = {}
    for item in days:
        names.setdefault(item.day, item.name)
    standing = set(Holiday.visible_to(ctx).filter(day__in=names).values_list("day", flat=True))
    new = [Holiday.add(ctx, day=day, name=name) for day, name in sorted(names.items()) if day not in standing]
    return tuple(holiday_row(row) for row in new)


@command(permission="people.edit_holidays", destructive=True)
def remove_holiday(ctx: Context, *, holiday: Holiday) -> None:
    """Work on a day again. Calendars of plans that took it keep it."""
    ctx.record("people.Holiday", holiday.pk, "", str(holiday), None)
    holiday.delete()


@command(permission="people.invite", idempotent=True, destructive=True)
def revoke_invitation(ctx: Context, *, invitation: Invitation) -> None:
    """Make an invitation's link worthless."""
    if invitation.used_at is None and invitation.revoked_at is None:
        invitation.change(ctx, revoked_at=ctx.now)


@command(permission="people.add_user", idempotent=True)
def enable_user(ctx: Context, *, person: Person) -> PersonRow:
    """Let a disabled user sign in again, with the password and role they had."""
    user = _user_of(person)
    _may_grant(ctx, Role(user.org_role))
    if not user.is_active:
        ctx.record("people.User", user.pk, "is_active", False, True)
        user.is_active = True
        user.save(update_fields=["is_active"])
    person.change(ctx, active=True)
    return person_row(person)


@command(permission="people.make_token")
def make_token(
    ctx: Context,
    *,
    name: Name,
    scopes: tuple[str, ...],
    project_ids: tuple[int, ...] | None = None,
    expires_at: datetime | None = None,
    person: Person | None = None,
) -> TokenMade:
    """Make an access token for oneself (administrators: for anyone). The secret is shown once.

    scopes  'read', 'write', '<area>:read', '<area>:write'.
    """
    if not scopes:
        raise Invalid("Give at least one scope.", fields=[FieldError("scopes", "required")])
    for scope in scopes:
        if scope.split(":")[-1] not in SCOPES or scope.count(":") > 1:
            raise Invalid(
                f"'{scope}' is no scope; use read, write, AREA:read or AREA:write.",
                fields=[FieldError("scopes", "not a scope", value=scope)],
            )
    if expires_at is not None and expires_at <= ctx.now:
        raise Invalid("The token would have expired already.", fields=[FieldError("expires_at", "in the past")])
    user_id = ctx.actor.user_id
    if person is not None and person.user_id != user_id:
        if not ctx.actor.is_system and ctx.actor.org_role != Role.ADMINISTRATOR.value:
            raise Denied("Only an administrator makes a token for somebody else.")
        user_id = _user_of(person).pk
    if user_id is None:
        raise Invalid("Say for whom the token is.", fields=[FieldError("person", "required")])
    secret = "hw_" + secrets.token_urlsafe(32)
    row = AccessToken.add(
        ctx,
        user_id=user_id,
        name=name,
        secret_hash=secret_hash(secret),
        scopes=sorted(set(scopes)),
        project_ids=sorted(set(project_ids)) if project_ids is not None else None,
        expires_at=expires_at,
    )
    return TokenMade(row.pk, secret, row.expires_at)


@command(permission="people.own_tokens", idempotent=True, destructive=True)
def revoke_token(ctx: Context, *, token: AccessToken) -> None:
    """End an access token at once."""
    if token.revoked_at is None:
        token.change(ctx, revoked_at=ctx.now)


def context_of_token(secret: str, *, channel: Channel) -> Context | None:
    """A context for an access token, whose day of use is noted; None when it works no more or never did."""
    proved = proved_token(secret, channel=channel)
    if proved is None:
        return None
    ctx, last_used_on = proved
    today = ctx.now.date()
    if last_used_on != today:
        rows = AccessToken.unscoped(reason="a token proves itself").filter(secret_hash=secret_hash(secret))
        with allow_writes("the day of a token's last use"):
            rows.update(last_used_on=today)
    return ctx


def remember_aliases(ctx: Context, source: str, aliases: Mapping[str, int]) -> None:
    """Keep under which names a source's files know persons; called inside an import's command."""
    for text, person_id in aliases.items():
        PersonAlias.unscoped(reason="part of an import").update_or_create(
            source=source, text=text, defaults={"person_id": person_id}
        )


def forget_alias(ctx: Context, alias_id: int) -> None:
    """Forget one of those names; called inside a command."""
    row = PersonAlias.unscoped(reason="the caller's command has asked its policy").filter(pk=alias_id).first()
    if row is None:
        raise NotFound("Name not found.")
    ctx.record("people.Person", row.person_id, "name in files", f"{row.text} ({row.source})", None)
    row.delete()

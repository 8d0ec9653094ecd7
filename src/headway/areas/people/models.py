"""Tables of people: Organisation, Person, User, Team, Invitation, AccessToken, Holiday, Leave, PersonAlias."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac

from headway.areas.people.types import LeaveKind, LeaveState, OrganisationKind, Role
from headway.kernel.models import Part, Root
from headway.kernel.search import Searched

_ROLES = [(role.value, role.value) for role in Role]


class Organisation(Root):
    """A company: our own (one row), a client (an account) or a partner."""

    noun: ClassVar[str] = "Organisation"
    searched: ClassVar[Searched | None] = Searched(title=("name",))

    name = models.CharField(max_length=255, unique=True)
    kind = models.CharField(max_length=16, choices=[(kind.value, kind.value) for kind in OrganisationKind])
    currency = models.CharField(max_length=3, default="USD")
    time_zone = models.CharField(max_length=64, default="UTC")
    spelling = models.CharField(max_length=2, default="us", choices=[("us", "American"), ("gb", "British")])
    self_approval = models.BooleanField(default=False)
    second_factor = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind"], condition=models.Q(kind="own"), name="people_one_own_organisation")
        ]

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    """What Django's sign-in needs; users are made by commands."""

    def get_by_natural_key(self, username: str | None) -> User:
        """By e-mail, whatever the case."""
        return self.get(email__iexact=username)


class User(AbstractBaseUser):
    """An account that signs in. Its manager is open: the sign-in library reads it."""

    email = models.EmailField(max_length=254)
    name = models.CharField(max_length=255)
    org_role = models.CharField(max_length=16, choices=_ROLES)
    is_active = models.BooleanField(default=True)
    second_factor_waived = models.BooleanField(default=False)

    objects: ClassVar[UserManager] = UserManager()
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="people_user_one_email")]

    def __str__(self) -> str:
        return self.name

    def get_full_name(self) -> str:
        """The name people see."""
        return self.name

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """What a session is bound to: a new password or another role ends every session at its next request."""
        return salted_hmac(
            "headway.session", f"{self.password}|{self.org_role}", secret, algorithm="sha256"
        ).hexdigest()

    # The sign-in library asks these; rights are decided by policies alone.
    is_staff = False
    is_superuser = False


class Person(Root):
    """Somebody we plan with or write to, with or without a user."""

    noun: ClassVar[str] = "Person"
    key_field: ClassVar[str] = "email"
    searched: ClassVar[Searched | None] = Searched(title=("name",), body=("email", "job_title"))

    name = models.CharField(max_length=255)
    email = models.EmailField(max_length=254, blank=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    job_title = models.CharField(max_length=255, blank=True)
    user = models.OneToOneField(User, null=True, on_delete=models.PROTECT, related_name="+")
    active = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("email"), condition=~models.Q(email=""), name="people_person_one_email")
        ]
        indexes = [models.Index(fields=["name", "id"], name="people_person_by_name")]

    def __str__(self) -> str:
        return self.name


class Team(Root):
    """A named group of persons."""

    noun: ClassVar[str] = "Team"

    name = models.CharField(max_length=255, unique=True)

    def __str__(self) -> str:
        return self.name


class TeamMember(Part):
    """A person in a team."""

    part_of: ClassVar[str] = "team"

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["team", "person"], name="people_team_member_once")]


class Invitation(Root):
    """A one-use link for a person to become a user; only a hash of its secret is kept."""

    noun: ClassVar[str] = "Invitation"

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    org_role = models.CharField(max_length=16, choices=_ROLES)
    secret_hash = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"invitation of {self.person}"


class AccessToken(Root):
    """A secret that acts with a user's rights, narrowed by scopes; only its hash is kept."""

    noun: ClassVar[str] = "Token"

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=255)
    secret_hash = models.CharField(max_length=64, unique=True)
    scopes: Any = models.JSONField(default=list)
    project_ids: Any = models.JSONField(null=True)
    expires_at = models.DateTimeField(null=True)
    last_used_on = models.DateField(null=True)
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name


class Holiday(Root):
    """A day on which the house does not work; new plans begin with it."""

    noun: ClassVar[str] = "Holiday"

    day = models.DateField(unique=True)
    name = models.CharField(max_length=255)

    def __str__(self) -> str:
        return f"{self.name} ({self.day})"


class Leave(Root):
    """Days on which a person is away, first and last included; it counts once it is approved.

    starts_half  the first day is off from noon on. ends_half: the last day is off until noon.
    decided_by   by name. reason: why it was refused.
    """

    noun: ClassVar[str] = "Leave"

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    first = models.DateField()
    last = models.DateField()
    starts_half = models.BooleanField(default=False)
    ends_half = models.BooleanField(default=False)
    kind = models.CharField(max_length=10, choices=[(kind.value, kind.value) for kind in LeaveKind])
    note = models.CharField(max_length=1000, blank=True)
    state = models.CharField(
        max_length=10, choices=[(state.value, state.value) for state in LeaveState], default=LeaveState.ASKED.value
    )
    decided_by = models.CharField(max_length=255, blank=True)
    decided_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(last__gte=models.F("first")), name="people_leave_ends_after")
        ]
        indexes = [
            models.Index(fields=["state", "first", "last"], name="people_leave_by_days"),
            models.Index(fields=["person", "first"], name="people_leave_of_person"),
        ]

    def __str__(self) -> str:
        return f"{self.first} to {self.last}"


class PersonAlias(Part):
    """A name under which a source's files know a person; asked once, kept for next time."""

    part_of: ClassVar[str] = "person"

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    source = models.CharField(max_length=40)
    text = models.CharField(max_length=255)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "text"], name="people_alias_once")]

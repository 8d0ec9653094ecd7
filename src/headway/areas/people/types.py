"""Roles, organisation kinds, and what the people area answers with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Annotated
from zoneinfo import available_timezones

from pydantic import AfterValidator

from headway.kernel.schema import Name, Ref

OrganisationId = Annotated[int, Ref("people.Organisation")]
PersonId = Annotated[int, Ref("people.Person", key="email")]
TeamId = Annotated[int, Ref("people.Team")]
LeaveId = Annotated[int, Ref("people.Leave")]


def _known_zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError("no time zone of that name is known; give one such as Europe/Berlin or UTC")
    return name


TimeZone = Annotated[Name, AfterValidator(_known_zone)]


class Role(Enum):
    """What a person may do: held in the organisation, and separately on each project."""

    ADMINISTRATOR = "administrator"
    SENIOR_READER = "senior_reader"
    APPROVER = "approver"
    MANAGER = "manager"
    ASSOCIATE = "associate"
    MEMBER = "member"
    TESTER = "tester"
    CLIENT = "client"
    GUEST = "guest"


class LeaveKind(Enum):
    """Why somebody is away. Only the person and those who decide see it."""

    HOLIDAY = "holiday"
    SICK = "sick"
    PARENTAL = "parental"
    TRAINING = "training"
    OTHER = "other"


class LeaveState(Enum):
    """Only approved leave makes days free."""

    ASKED = "asked"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class OrganisationKind(Enum):
    """Own = the company that runs Headway; a client organisation is an account."""

    OWN = "own"
    CLIENT = "client"
    PARTNER = "partner"


@dataclass(frozen=True, slots=True)
class OrganisationRow:
    """An organisation in a list."""

    id: int
    name: str
    kind: OrganisationKind
    version: int


@dataclass(frozen=True, slots=True)
class HouseRules:
    """The own organisation's settings.

    self_approval  whether the person who prepared a draft may approve it; shown as such where it happens.
    second_factor  whether everybody must have one.
    """

    organisation_id: int
    name: str
    currency: str
    time_zone: str
    spelling: str
    self_approval: bool
    second_factor: bool
    version: int


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person in a list; `user_id` None = cannot sign in."""

    id: int
    name: str
    email: str
    organisation_id: int | None
    organisation: str
    job_title: str
    user_id: int | None
    org_role: str
    active: bool
    version: int


@dataclass(frozen=True, slots=True)
class TeamRow:
    """A team and its members."""

    id: int
    name: str
    members: tuple[PersonRow, ...]
    version: int


@dataclass(frozen=True, slots=True)
class Invited:
    """An invitation just made: the link's secret part is shown once."""

    id: int
    email: str
    token: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class TokenRow:
    """An access token without its secret."""

    id: int
    name: str
    scopes: tuple[str, ...]
    project_ids: tuple[int, ...] | None
    expires_at: datetime | None
    last_used_on: str
    version: int


@dataclass(frozen=True, slots=True)
class TokenMade:
    """A new access token: the secret is shown once."""

    id: int
    token: str
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class HolidayRow:
    """A day on which the house does not work."""

    id: int
    day: date
    name: str
    version: int


@dataclass(frozen=True, slots=True)
class LeaveRow:
    """Days on which a person is away, or asks to be.

    starts_half  the first day is off from noon on. ends_half: the last day is off until noon.
    days         working days by the standard week less the house's holidays; a half day is 0.5.
    own          the reader's own. decides: the reader may decide on it now.
    """

    id: int
    person_id: int
    person: str
    first: date
    last: date
    starts_half: bool
    ends_half: bool
    days: Decimal
    kind: LeaveKind
    note: str
    state: LeaveState
    decided_by: str
    reason: str
    own: bool
    decides: bool
    version: int


@dataclass(frozen=True, slots=True)
class DayOff:
    """A day and what it is called, as it is taken into a calendar."""

    day: date
    name: Name


@dataclass(frozen=True, slots=True)
class InvitationRow:
    """An invitation that still waits to be accepted; its secret is not kept."""

    id: int
    person_id: int
    name: str
    email: str
    role: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Page:
    """The cursor of a list: `next` is '' at the end."""

    next: str


@dataclass(frozen=True, slots=True)
class People:
    """One page of persons."""

    items: tuple[PersonRow, ...]
    next: str

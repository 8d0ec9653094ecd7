"""What happened to people."""

from __future__ import annotations

from dataclasses import dataclass

from headway.kernel.events import Event, event


@event
@dataclass(frozen=True)
class PersonInvited(Event):
    """An invitation was made; its link goes out as a fixed text."""

    person_id: int
    email: str


@event
@dataclass(frozen=True)
class UserDisabled(Event):
    """A user may no longer sign in."""

    user_id: int


@event
@dataclass(frozen=True)
class PasswordChanged(Event):
    """A user has another password."""

    email: str


@event
@dataclass(frozen=True)
class LeaveDecided(Event):
    """Somebody's leave was approved, refused, or taken back by another; `text` says so."""

    leave_id: int
    person_id: int
    text: str

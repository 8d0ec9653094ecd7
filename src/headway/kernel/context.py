"""Who acts, when, through which door, and why. The one place that reads the clock."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import Enum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from headway.kernel.events import Event


class Channel(Enum):
    """The door that was used."""

    WEB = "web"
    PORTAL = "portal"
    API = "api"
    CLI = "cli"
    MCP = "mcp"
    JOB = "job"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Actor:
    """The person (or the system) on whose rights a call stands.

    user_id    None for the system and for nobody.
    org_role   the role this person holds in the organisation; '' for nobody.
    person_id  the person behind the user; None for the system, for nobody, and where a user has none.
    """

    user_id: int | None
    name: str
    org_role: str = ""
    is_system: bool = False
    organisation_id: int | None = None
    person_id: int | None = None


NOBODY = Actor(user_id=None, name="nobody")
SYSTEM = Actor(user_id=None, name="Headway", org_role="system", is_system=True)


@dataclass(slots=True)
class Change:
    """One field of one record that a command changed, for audit and history."""

    kind: str
    id: int
    field: str
    old: Any
    new: Any


@dataclass(slots=True)
class _Work:
    """What one outermost command collects until it commits."""

    events: list[Event] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    steps: list[str] = field(default_factory=list)
    project_id: int | None = None
    read_first: Any = None


@dataclass(frozen=True, slots=True)
class Context:
    """Everything a use case may know about its call. Immutable but for what the door collects.

    now               aware UTC; frozen for the whole call.
    reason            why, in the person's words, for the audit.
    correlation       ties together all that one outside request caused.
    scopes            what a token may do ('read', 'write', 'projects:read' …); None for a person.
    project_ids       the projects a token is limited to; None = no limit.
    expected_version  the version a change started from (If-Match), when given.
    idempotency_key   the caller's key for a create, when given.
    dry_run           do all but commit.
    """

    actor: Actor
    now: datetime
    channel: Channel
    reason: str = ""
    correlation: str = field(default_factory=lambda: secrets.token_hex(8))
    scopes: frozenset[str] | None = None
    project_ids: frozenset[int] | None = None
    expected_version: int | None = None
    idempotency_key: str = ""
    dry_run: bool = False
    operated_by: str = ""  # operating-system user, when the command line acts as someone
    cache: dict[Any, Any] = field(default_factory=dict, compare=False, repr=False)
    work: _Work | None = field(default=None, compare=False, repr=False)

    @property
    def is_token(self) -> bool:
        """Whether a token, and not a person at a screen, acts."""
        return self.scopes is not None

    @property
    def only_tried(self) -> bool:
        """Whether what runs is a dry run that holds nothing and writes nothing: outside any command's transaction."""
        return self.dry_run and self.work is None

    def as_system(self, reason: str) -> Context:
        """The same call with the system's rights; the reason is audited."""
        return replace(self, actor=SYSTEM, reason=reason, scopes=None, project_ids=None, cache={})

    def but(self, **changes: Any) -> Context:
        """A copy with other fields and an empty cache."""
        return replace(self, cache={}, **changes)

    @property
    def read_first(self) -> Any:
        """What the outermost command read before its transaction was opened; None where it read nothing."""
        return self.work.read_first if self.work is not None else None

    def emit(self, event: Event) -> None:
        """Store an event with the change; reactions run after commit."""
        self._collecting().events.append(event)

    def record(self, kind: str, id: int, field: str, old: Any, new: Any) -> None:
        """Note a changed field for audit and history."""
        self._collecting().changes.append(Change(kind, id, field, old, new))

    def _collecting(self) -> _Work:
        if self.work is None:
            raise RuntimeError("Only a command may change things.")
        return self.work


def clock() -> datetime:
    """The present instant, or HEADWAY_NOW where that is set (refused in production by settings)."""
    pinned = os.environ.get("HEADWAY_NOW")
    if pinned:
        return datetime.fromisoformat(pinned).astimezone(UTC)
    return datetime.now(UTC)


def real_clock() -> datetime:
    """The machine's own instant, for sessions, leases and rate limits only."""
    return datetime.now(UTC)


def system_context(reason: str, *, channel: Channel = Channel.SYSTEM) -> Context:
    """A context for work that no person asked for directly; audited with its reason."""
    return Context(actor=SYSTEM, now=clock(), channel=channel, reason=reason)

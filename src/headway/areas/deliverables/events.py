"""What happened to documents."""

from __future__ import annotations

from dataclasses import dataclass

from headway.kernel.events import Event, event


@event
@dataclass(frozen=True)
class VersionMade(Event):
    """A draft of a document is ready."""

    project_id: int
    version_id: int


@event
@dataclass(frozen=True)
class VersionApproved(Event):
    """A version was approved."""

    project_id: int
    version_id: int

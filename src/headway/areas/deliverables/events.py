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


@event
@dataclass(frozen=True)
class UploadShared(Event):
    """The client's people may see a version of an uploaded document."""

    project_id: int
    upload_id: int


@event
@dataclass(frozen=True)
class UploadWithdrawn(Event):
    """The client's people may no longer see a version of an uploaded document."""

    project_id: int
    upload_id: int

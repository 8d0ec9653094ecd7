"""What happened to projects."""

from __future__ import annotations

from dataclasses import dataclass

from headway.kernel.events import Event, event


@event
@dataclass(frozen=True)
class ProjectCreated(Event):
    """A project began."""

    project_id: int


@event
@dataclass(frozen=True)
class StageChanged(Event):
    """A project entered another stage of its life cycle."""

    project_id: int
    old: str
    new: str

"""What happened to hours."""

from __future__ import annotations

from dataclasses import dataclass

from headway.kernel.events import Event, event


@event
@dataclass(frozen=True)
class EntriesChanged(Event):
    """Time entries of a project were saved, approved, removed, imported or undone."""

    project_id: int

"""What happened on Desks."""

from __future__ import annotations

from dataclasses import dataclass

from headway.kernel.events import Event, event


@event
@dataclass(frozen=True)
class LineDelegated(Event):
    """A person handed a line of their Desk to another."""

    delegation_id: int
    project_id: int
    kind: str
    record_id: int
    what: str
    note: str
    from_name: str
    to_person_id: int

"""What happened to plans."""

from __future__ import annotations

from dataclasses import dataclass

from headway.kernel.events import Event, event


@event
@dataclass(frozen=True)
class PlanChanged(Event):
    """A plan's dates or content changed."""

    project_id: int


@event
@dataclass(frozen=True)
class BaselineTaken(Event):
    """The plan was copied as a baseline."""

    project_id: int
    baseline_id: int


@event
@dataclass(frozen=True)
class UpdateAnswered(Event):
    """Somebody who was asked has told the news of tasks."""

    project_id: int
    update_id: int


@event
@dataclass(frozen=True)
class FiguresAnswered(Event):
    """Somebody who was asked for figures has sent them, or has corrected them."""

    project_id: int
    update_id: int

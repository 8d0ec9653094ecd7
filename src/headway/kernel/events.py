"""What happened, told upwards: stored with the change, handed to reactions after commit.

An Event is a frozen dataclass named in the past tense in an area's `events.py`. It is stored in
the outbox in the command's transaction; a job hands it to each reaction, again until it succeeds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any, TypeVar

from django.db import transaction
from pydantic import TypeAdapter

from headway.kernel import jobs
from headway.kernel.context import Context, system_context
from headway.kernel.database.write_lock import allow_writes
from headway.kernel.models import ReactionDone, StoredEvent
from headway.kernel.schema import to_json


@dataclass(frozen=True)
class Event:
    """Base of all events."""


EventT = TypeVar("EventT", bound=Event)
Reaction = Callable[[Context, Any], None]

_events: dict[str, type[Event]] = {}
_reactions: dict[str, list[tuple[str, Reaction]]] = {}


def event_name(kind: type[Event]) -> str:
    """'requests.RequestTriaged' from the class and its area."""
    return f"{kind.__module__.split('.')[-2]}.{kind.__name__}"


def event(kind: type[EventT]) -> type[EventT]:
    """Register an event class, so that it can be read back from the outbox."""
    _events[event_name(kind)] = kind
    return kind


def reacts_to(kind: type[EventT]) -> Callable[[Callable[[Context, EventT], None]], Callable[[Context, EventT], None]]:
    """Register a reaction: idempotent, run as the system after commit, retried."""

    def keep(reaction: Callable[[Context, EventT], None]) -> Callable[[Context, EventT], None]:
        name = f"{reaction.__module__}.{reaction.__qualname__}"
        _reactions.setdefault(event_name(kind), []).append((name, reaction))
        return reaction

    return keep


def store(ctx: Context, events: list[Event]) -> None:
    """Write events and the job that hands them on, in the caller's transaction."""
    for item in events:
        name = event_name(type(item))
        if name not in _events:
            raise RuntimeError(f"Event {name} is not registered: decorate it with @event.")
        payload = {field.name: to_json(getattr(item, field.name)) for field in fields(item)}
        row = StoredEvent.objects.create(name=name, payload=payload, at=ctx.now, correlation=ctx.correlation)
        if _reactions.get(name):
            jobs.enqueue("kernel.hand_on_event", {"event": row.pk})


@jobs.job("kernel.hand_on_event")
def hand_on_event(payload: dict[str, Any]) -> None:
    """Run every reaction of one event that has not yet handled it, each in its own transaction."""
    row = StoredEvent.objects.get(pk=payload["event"])
    item = TypeAdapter(_events[row.name]).validate_python(row.payload)
    for name, reaction in _reactions.get(row.name, []):
        with allow_writes("reaction"), transaction.atomic():
            _, fresh = ReactionDone.objects.get_or_create(event=row, reaction=name)
            if fresh:
                reaction(system_context(f"reaction to {row.name}").but(correlation=row.correlation), item)
    with allow_writes("reaction"), transaction.atomic():
        StoredEvent.objects.filter(pk=row.pk).update(done=True)

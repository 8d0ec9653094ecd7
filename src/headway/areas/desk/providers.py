"""How areas above the Desk give their lines to it, and how they learn who looks.

A provider is a function of the context that gives the reader's own matters over all of their projects, in few
queries whatever their number. It gives only what `visible_to` or a door gives.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Protocol
from zoneinfo import ZoneInfo

from headway.areas.desk.types import Colleague, Matter, ProjectLabel
from headway.areas.people.queries import own_zone_and_spelling
from headway.kernel.context import Context

Provider = Callable[[Context], Iterable[Matter]]


@dataclass(frozen=True, slots=True)
class _Registered:
    families: frozenset[str]
    function: Provider


_providers: dict[str, _Registered] = {}


def provider(name: str, *, families: Collection[str]) -> Callable[[Provider], Provider]:
    """Register a function that gives lines.

    families  what its keys begin with ('decision' of 'decision:12'); no two providers share one.
    """

    def keep(function: Provider) -> Provider:
        taken = {family for other, known in _providers.items() if other != name for family in known.families}
        if taken & set(families):
            raise TypeError(f"Desk lines {', '.join(sorted(taken & set(families)))} have a provider already.")
        _providers[name] = _Registered(frozenset(families), function)
        return function

    return keep


def matters(ctx: Context, families: Collection[str] | None = None) -> list[Matter]:
    """The reader's matters; of some families only, when they are named."""
    wanted = None if families is None else frozenset(families)
    return [
        matter
        for _, known in sorted(_providers.items())
        if wanted is None or known.families & wanted
        for matter in known.function(ctx)
    ]


class ProjectSource(Protocol):
    """What the Desk asks of the area that knows projects."""

    def labels(self, ctx: Context, project_ids: Collection[int]) -> Mapping[int, ProjectLabel]:
        """Key and name of those projects that the reader may see."""

    def colleagues(self, project_id: int) -> tuple[Colleague, ...]:
        """Who works on a project and can sign in, by name."""


class _Sources:
    projects: ProjectSource | None = None


def set_project_source(source: ProjectSource) -> None:
    """Called once, by the area that knows projects."""
    _Sources.projects = source


def project_source() -> ProjectSource:
    """Who knows projects."""
    if _Sources.projects is None:
        raise RuntimeError("No area has said how projects are named: call set_project_source at start.")
    return _Sources.projects


@dataclass(frozen=True, slots=True)
class Reader:
    """Who looks at the Desk: their person (0 = none), the day it is where the organisation is, how it writes days."""

    person_id: int
    day: date
    zone: ZoneInfo
    month_first: bool = False

    def says(self, day: date) -> str:
        """'Mon 2 Mar', or 'Mon, Mar 2' where the month comes first."""
        return _said(day, self.month_first)


@lru_cache(maxsize=1000)
def _said(day: date, month_first: bool) -> str:
    return f"{day:%a, %b} {day.day}" if month_first else f"{day:%a} {day.day} {day:%b}"


def reader(ctx: Context) -> Reader:
    """Who looks, read once a call."""
    if "desk reader" not in ctx.cache:
        zone_name, spelling = own_zone_and_spelling()
        zone = ZoneInfo(zone_name)
        person = ctx.actor.person_id or 0
        ctx.cache["desk reader"] = Reader(person, ctx.now.astimezone(zone).date(), zone, spelling == "us")
    found: Reader = ctx.cache["desk reader"]
    return found

"""What the address of the heat map asks for, and the address of what it could ask for next."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest

from headway.areas.capacity.types import Grouping, Scale
from headway.interfaces.web.submitting import day_of


@dataclass(frozen=True, slots=True)
class Asked:
    """Scale, first day and filters; what is '' or None is not asked for. project: a key."""

    scale: Scale = Scale.WEEK
    first: date | None = None
    team: int | None = None
    role: str = ""
    project: str = ""
    search: str = ""
    group: Grouping = Grouping.NONE
    over_only: bool = False

    @property
    def narrowed(self) -> bool:
        """Whether only some people are shown."""
        return bool(self.team or self.role or self.project or self.search or self.over_only)

    def inputs(self) -> dict[str, Any]:
        """As `capacity.heat_map` takes it."""
        return {
            "scale": self.scale,
            "first": self.first,
            "team": self.team,
            "role": self.role,
            "project": self.project or None,
            "search": self.search,
            "group": self.group,
            "over_only": self.over_only,
        }

    def query(self, **changes: Any) -> str:
        """The part of an address behind '?', with some of it changed."""
        asked = replace(self, **changes)
        given = {
            "scale": asked.scale.value,
            "from": asked.first.isoformat() if asked.first else "",
            "team": asked.team or "",
            "role": asked.role,
            "project": asked.project,
            "q": asked.search,
            "group": asked.group.value,
            "over": "1" if asked.over_only else "",
        }
        return urlencode({name: value for name, value in given.items() if value})


def asked(request: HttpRequest) -> Asked:
    """What an address asks for; what it cannot ask for is left out."""
    given = request.GET
    team = given.get("team", "")
    scales, groups = {one.value: one for one in Scale}, {one.value: one for one in Grouping}
    return Asked(
        scale=scales.get(given.get("scale", ""), Scale.WEEK),
        first=day_of(given.get("from")),
        team=int(team) if team.isascii() and team.isdigit() and len(team) < len("9" * 10) else None,
        role=given.get("role", "").strip(),
        project=given.get("project", "").strip(),
        search=given.get("q", "").strip(),
        group=groups.get(given.get("group", ""), Grouping.NONE),
        over_only=given.get("over") == "1",
    )

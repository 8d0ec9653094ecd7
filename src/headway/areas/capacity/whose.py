"""Who stands behind rows of plans: persons over all projects, and resources of one plan matched to nobody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from headway.areas.capacity.keeping import AllLoads
from headway.areas.people import queries as people
from headway.areas.people.away import away_days
from headway.areas.projects.lines import ProjectLine, lines_inside
from headway.areas.projects.types import Stage
from headway.areas.schedule.roles import is_role
from headway.areas.schedule.workloads import matched_persons
from headway.engine.load_table import Totals
from headway.kernel.context import Context
from headway.kernel.errors import NotFound

UNMATCHED = "matched to no person"
TO_FILL = "a role to fill"
NOBODY = "There is nobody of that name in a plan that you may see."


@dataclass(slots=True)
class Who:
    """Somebody with the rows of plans that are theirs: (project, row of its table).

    seen  whether one of the plans is the reader's own. to_fill: a role that nobody has taken.
    """

    key: str
    person_id: int | None
    name: str
    detail: str
    rows: list[tuple[int, int]] = field(default_factory=list)
    seen: bool = False
    to_fill: bool = False


def open_lines(ctx: Context) -> dict[int, ProjectLine]:
    """The projects that are not closed and that the reader may see inside, by id."""
    return {line.id: line for line in lines_inside(ctx) if line.stage is not Stage.CLOSED}


def everybody(loads: AllLoads, lines: Mapping[int, ProjectLine]) -> dict[str, Who]:
    """All people of all open plans, by key; of resources without a person those of the reader's own projects."""
    persons = matched_persons(loads.by_project)
    found: dict[str, Who] = {}
    for project, kept in loads.by_project.items():
        line = lines.get(project)
        for place, someone in enumerate(kept.people):
            person = persons.get((project, someone.uid))
            if person is None and line is None:
                continue
            if person is not None:
                who = found.setdefault(str(person), Who(str(person), person, someone.name, ""))
            else:
                key = f"{line.key if line else ''}:{someone.uid}"
                to_fill = is_role(someone.name, someone.group)
                detail = f"{line.key if line else ''}, {TO_FILL if to_fill else UNMATCHED}"
                who = found.setdefault(key, Who(key, None, someone.name, detail, to_fill=to_fill))
            who.rows.append((project, place))
            who.seen = who.seen or line is not None
    profiles = people.profiles_of([who.person_id for who in found.values() if who.person_id is not None])
    for who in found.values():
        if who.person_id in profiles:
            who.name, who.detail = profiles[who.person_id]
    return found


def one(ctx: Context, key: str, loads: AllLoads) -> Who:
    """Somebody whom the reader may see, by key; NotFound alike for absent and hidden."""
    who = everybody(loads, open_lines(ctx)).get(key.strip())
    if who is None or not who.seen:
        raise NotFound(NOBODY)
    return who


def take_leave_off(totals: Totals, those: Sequence[Who]) -> None:
    """Lessen the capacity of persons on the days of their approved leave; `those` in the order of the rows."""
    rows = {who.person_id: row for row, who in enumerate(those) if who.person_id is not None}
    last = totals.first + timedelta(days=totals.capacity.shape[1] - 1)
    for person_id, days in away_days(rows, totals.first, last).items():
        for day, part in days.items():
            totals.take_off(rows[person_id], day, int(part * 100))

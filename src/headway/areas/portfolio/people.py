"""People with more work than time, over all projects: from what each project's standing keeps of their days.

Every project counts, also those the reader may not see: of these only how much they ask for is told, never which.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from headway.areas.portfolio.models import StoredStanding
from headway.areas.portfolio.types import OverCapacity, PersonOver, ProjectShare
from headway.areas.projects.lines import lines_among, lines_inside
from headway.areas.projects.types import Stage
from headway.areas.schedule.outlook import Outlook
from headway.engine.capacity import PersonTotal, Stint, totals
from headway.kernel.context import Context
from headway.kernel.queries import once, query

_ZERO = Decimal(0)

# A person over all projects; who is matched to nobody is a resource of one project: ("", project, resource uid).
_Who = int | tuple[str, int, int]


@dataclass(frozen=True, slots=True)
class _Busy:
    """Somebody over capacity, with the load over all projects by project id.

    names  what each project's plan calls them.
    """

    names: Mapping[int, str]
    person_id: int | None
    load: PersonTotal[int]

    @property
    def projects(self) -> Collection[int]:
        """Those that ask for work."""
        return self.load.shares.keys()

    def name_in(self, projects: Collection[int]) -> str:
        """Their name in the first of these projects; other plans may say more of themselves in it than is told."""
        return next(name for project, name in self.names.items() if project in projects)


@query(permission="portfolio.read", name="portfolio.people_over")
def people_over(ctx: Context) -> tuple[PersonOver, ...]:
    """Who has more work than time in the next two weeks over all projects, the fullest first.

    Only people with work in a project that one works on.
    """
    return people_with_work(ctx)


# --- for this area's own reads ---------------------------------------------------------------


def people_with_work(ctx: Context, among: Collection[int] | None = None) -> tuple[PersonOver, ...]:
    """Who is over capacity and has work in a project of the reader, or in one of those; the fullest first."""
    lines = {line.id: line for line in lines_inside(ctx) if line.stage is not Stage.CLOSED}
    found: list[PersonOver] = []
    for busy in over_capacity(ctx):
        shares = [
            ProjectShare(pk, lines[pk].key, lines[pk].name, busy.load.percent_of(pk))
            for pk in busy.projects
            if pk in lines
        ]
        if shares and (among is None or any(share.project_id in among for share in shares)):
            shares.sort(key=lambda share: (-share.percent, share.name))
            hidden = _together(busy, (pk for pk in busy.projects if pk not in lines))
            name, load = busy.name_in(lines), busy.load
            found.append(PersonOver(name, busy.person_id, load.percent, load.over_days, tuple(shares), hidden))
    return tuple(sorted(found, key=lambda person: (-person.percent, person.name)))


def over_in(
    ctx: Context, projects: Collection[int], *, fresh: Mapping[int, list[dict[str, Any]]]
) -> dict[int, tuple[OverCapacity, ...]]:
    """Who is over capacity in each of these projects that asks for their time.

    projects  that the reader works on. fresh  loads that were computed just now, by project.
    """
    wanted = frozenset(projects)
    there = [busy for busy in over_capacity(ctx, fresh) if not wanted.isdisjoint(busy.projects)]
    if not there:
        return {}
    keys = {line.id: line.key for line in lines_among(ctx, {pk for busy in there for pk in busy.projects})}
    found: dict[int, list[OverCapacity]] = {}
    for busy in there:
        for project in busy.projects:
            if project not in wanted:
                continue
            found.setdefault(project, []).append(
                OverCapacity(
                    name=busy.name_in((project,)),
                    person_id=busy.person_id,
                    percent=busy.load.percent,
                    days=busy.load.over_days,
                    here=busy.load.percent_of(project),
                    elsewhere=tuple(sorted(keys[pk] for pk in busy.projects if pk != project and pk in keys)),
                    hidden=_together(busy, (pk for pk in busy.projects if pk not in keys)),
                )
            )
    return {project: tuple(people) for project, people in found.items()}


def over_capacity(ctx: Context, fresh: Mapping[int, list[dict[str, Any]]] | None = None) -> tuple[_Busy, ...]:
    """Everybody over capacity from tomorrow on, over all projects that are not closed.

    Kept in this process until a standing is written, a project is closed, or the day ends; never from a command.
    """
    tomorrow = ctx.now.date() + timedelta(days=1)
    if fresh or ctx.work is not None:
        return _busy({**_loads(), **(fresh or {})}, tomorrow)
    mark = (tomorrow, once(ctx, "standings with loads", lambda: tuple(_with_loads().values_list(*_MARKS))))
    kept, busy = _Kept.last
    if kept != mark:
        busy = _busy(_loads(), tomorrow)
        _Kept.last = (mark, busy)
    return busy


class _Kept:
    """What was found last, after what it was found from."""

    last: tuple[object, tuple[_Busy, ...]] = (None, ())


def forget() -> None:
    """Keep nothing of what was found so far."""
    _Kept.last = (None, ())


def _busy(kept: Mapping[int, list[dict[str, Any]]], first: date) -> tuple[_Busy, ...]:
    """Who has more work than time from a day on; what each project keeps of its people."""
    stints: dict[_Who, list[Stint[int]]] = {}
    names: dict[_Who, dict[int, str]] = {}
    for project, loads in kept.items():
        for load in loads:
            person = load["person"]
            who: _Who = person if person is not None else ("", project, load["resource"])
            begins = date.fromisoformat(load["first"])
            stints.setdefault(who, []).append(Stint(project, begins, load["planned"], load["capacity"]))
            names.setdefault(who, {}).setdefault(project, load["name"])
    found: list[_Busy] = []
    for who, parts in stints.items():
        load_of = totals(parts, first=first)
        if load_of.over:
            found.append(_Busy(names[who], who if isinstance(who, int) else None, load_of))
    return tuple(found)


def loads_record(outlook: Outlook | None) -> list[dict[str, Any]]:
    """What a project asks of each person, as it is kept: amounts in tenths of a minute from one day on."""
    return [
        {
            "person": load.person_id,
            "resource": load.resource_uid,
            "name": load.name,
            "first": load.days[0].day.isoformat(),
            "planned": [day.planned.tenths for day in load.days],
            "capacity": [day.capacity.tenths for day in load.days],
        }
        for load in (outlook.loads if outlook is not None else ())
    ]


# What tells one reading of a project's people from the next.
_MARKS = ("project_id", "computed_at", "changes", "as_of")


def _with_loads() -> QuerySet[StoredStanding]:
    rows = StoredStanding.unscoped(reason="work of people over all projects; of hidden ones only how much")
    return rows.exclude(project__stage=Stage.CLOSED.value).filter(loads__isnull=False).order_by("project_id")


def _loads() -> dict[int, list[dict[str, Any]]]:
    """What each standing keeps of its people, by project."""
    return {project: loads or [] for project, loads in _with_loads().values_list("project_id", "loads")}


def _together(busy: _Busy, projects: Iterable[int]) -> Decimal:
    return sum((busy.load.percent_of(pk) for pk in projects), _ZERO)

"""The heat map: people's planned hours against their capacity, by day, week or month, over all projects.

Every project counts, also those that the reader may not see: of these only how much they ask for is told.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from headway.areas.capacity.keeping import AllLoads, all_loads
from headway.areas.capacity.types import Grouping, HeatCell, HeatMap, HeatRow, HeatSum, Level, Period, Scale, hours
from headway.areas.capacity.whose import Who, everybody, open_lines, take_leave_off
from headway.areas.desk.providers import reader
from headway.areas.people import queries as people
from headway.areas.people.types import TeamId
from headway.areas.projects.types import ProjectId
from headway.engine.load_table import Stretches, Totals, added, by_stretch
from headway.kernel.context import Context
from headway.kernel.errors import FieldError, Invalid
from headway.kernel.paging import MAX_LIMIT
from headway.kernel.queries import query
from headway.kernel.schema import ShortText

PERIODS = {Scale.DAY: 28, Scale.WEEK: 26, Scale.MONTH: 12}
MOST_PERIODS = {Scale.DAY: 62, Scale.WEEK: 60, Scale.MONTH: 14}
_FULL_FROM = 85  # percent
_NO_TEAM, _NO_ROLE = "In no team", "Without a role"


@query(permission="capacity.read", name="capacity.heat_map")
def heat_map(
    ctx: Context,
    *,
    scale: Scale = Scale.WEEK,
    first: date | None = None,
    periods: int | None = None,
    team: TeamId | None = None,
    role: ShortText = "",
    project: ProjectId | None = None,
    search: ShortText = "",
    group: Grouping = Grouping.NONE,
    over_only: bool = False,
    cursor: str = "",
    limit: int = 50,
) -> HeatMap:
    """How full people are over all projects, period by period, those with the most work beyond their time first.

    first    a day of the first period; default this one. Hours are kept from 27 weeks back to 55 weeks ahead.
    periods  how many; default 28 days, 26 weeks or 12 months.
    project  only people with work in this project in these periods. role: a job title.
    over_only  only people with more work than time on some day.
    """
    today = reader(ctx).day
    loads = all_loads(today)
    columns = _columns(loads, scale, first or today, _wanted(scale, periods))
    place = _place(cursor, limit)
    lines = open_lines(ctx)
    names, members = people.team_members(ctx)
    found = [who for who in everybody(loads, lines).values() if who.seen]
    roles = {who.detail for who in found if who.person_id is not None and who.detail}
    if team is not None:
        found = [who for who in found if who.person_id in members.get(team, ())]
    if role:
        found = [who for who in found if who.person_id is not None and who.detail.casefold() == role.casefold()]
    if search.strip():
        words = search.casefold().split()
        found = [who for who in found if all(word in f"{who.name} {who.detail}".casefold() for word in words)]
    if project is not None:
        found = [who for who in found if _works_in(who, project, loads, columns)]
    totals = _added(found, loads)
    low, high = columns.low, columns.high
    planned, capacity = totals.planned[:, low:high], totals.capacity[:, low:high]
    too_much = np.maximum(planned - capacity, 0).sum(axis=1)
    order = sorted(range(len(found)), key=lambda row: (-int(too_much[row]), found[row].name.casefold(), found[row].key))
    if over_only:
        order = [row for row in order if too_much[row]]
    stretches = by_stretch(planned, capacity, columns.starts)
    shown = order[place : place + limit]
    of_person: dict[int, list[str]] = {}
    for number, persons in members.items():
        for person in persons:
            of_person.setdefault(person, []).append(names[number])
    rows = tuple(_row(found[row], stretches, row, int(too_much[row]), of_person) for row in shown)
    to_fill = {row for row in order if found[row].to_fill}
    over = {row for row in order if too_much[row]} - to_fill
    return HeatMap(
        scale=scale,
        first=columns.periods[0].first,
        last=columns.periods[-1].last,
        today=today,
        periods=columns.periods,
        rows=rows,
        sums=_sums(group, found, order, over, stretches, of_person),
        whole=_sum("Everybody", stretches, order, over),
        over=len(over),
        to_fill=len(to_fill),
        roles=tuple(sorted(roles, key=str.casefold)),
        waiting=len(loads.waiting & lines.keys()),
        kept_first=loads.first,
        kept_last=loads.last,
        next=str(place + limit) if len(order) > place + limit else "",
    )


# --- columns ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Columns:
    """The periods and their place in the kept days: from `low` to before `high`, beginning at `starts` after `low`."""

    periods: tuple[Period, ...]
    low: int
    high: int
    starts: tuple[int, ...]


def _wanted(scale: Scale, periods: int | None) -> int:
    if periods is None:
        return PERIODS[scale]
    most = MOST_PERIODS[scale]
    if not 1 <= periods <= most:
        raise Invalid(
            f"periods is {periods}; give 1 to {most} {scale.value}s.",
            fields=[FieldError("periods", f"give 1 to {most}", value=str(periods))],
        )
    return periods


def _place(cursor: str, limit: int) -> int:
    if not 1 <= limit <= MAX_LIMIT:
        raise Invalid(
            f"limit is {limit}; give 1 to {MAX_LIMIT}.", fields=[FieldError("limit", f"give 1 to {MAX_LIMIT}")]
        )
    if cursor and not (cursor.isascii() and cursor.isdigit() and len(cursor) < MAX_LIMIT // 20):
        raise Invalid("This cursor is not one that a list has given.", fields=[FieldError("cursor", "unknown")])
    return int(cursor or 0)


def _columns(loads: AllLoads, scale: Scale, day: date, count: int) -> _Columns:
    """Whole periods within the kept days; those that lie outside of them are left out, one at least stays."""
    start = _begin(scale, min(max(day, loads.first), loads.last))
    found: list[Period] = []
    for _ in range(count):
        following = _next(scale, start)
        first, last = max(start, loads.first), min(following - timedelta(days=1), loads.last)
        if first > loads.last:
            break
        found.append(Period(first, last))
        start = following
    low = (found[0].first - loads.first).days
    high = (found[-1].last - loads.first).days + 1
    return _Columns(tuple(found), low, high, tuple((one.first - loads.first).days - low for one in found))


def _begin(scale: Scale, day: date) -> date:
    if scale is Scale.WEEK:
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if scale is Scale.MONTH else day


def _next(scale: Scale, day: date) -> date:
    if scale is Scale.MONTH:
        return date(day.year + day.month // 12, day.month % 12 + 1, 1)
    return day + timedelta(days=7 if scale is Scale.WEEK else 1)


# --- rows and sums ----------------------------------------------------------------------------


def _works_in(who: Who, project: int, loads: AllLoads, columns: _Columns) -> bool:
    return any(
        bool(loads.by_project[pk].table.planned[row, columns.low : columns.high].any())
        for pk, row in who.rows
        if pk == project and loads.by_project[pk].table.first == loads.first
    )


def _added(found: Sequence[Who], loads: AllLoads) -> Totals:
    totals = Totals(len(found), first=loads.first, days=loads.days)
    rows: dict[int, tuple[list[int], list[int]]] = {}
    for place, who in enumerate(found):
        for project, row in who.rows:
            here, there = rows.setdefault(project, ([], []))
            here.append(place)
            there.append(row)
    for project, (here, there) in rows.items():
        totals.add(loads.by_project[project].table, here, there)
    take_leave_off(totals, found)
    return totals


def _row(who: Who, stretches: Stretches, row: int, too_much: int, of_person: dict[int, list[str]]) -> HeatRow:
    return HeatRow(
        who=who.key,
        person_id=who.person_id,
        name=who.name,
        detail=who.detail,
        teams=tuple(of_person.get(who.person_id or 0, ())),
        cells=_cells(stretches.planned[row], stretches.capacity[row], stretches.over[row]),
        planned=hours(int(stretches.planned[row].sum())),
        capacity=hours(int(stretches.capacity[row].sum())),
        over=hours(too_much),
        to_fill=who.to_fill,
    )


_Amounts = npt.NDArray[np.int64]


def _cells(planned: _Amounts, capacity: _Amounts, over: _Amounts) -> tuple[HeatCell, ...]:
    return tuple(
        HeatCell(hours(work), hours(room), days, level_of(work, room, days))
        for work, room, days in zip(planned.tolist(), capacity.tolist(), over.tolist(), strict=True)
    )


def level_of(planned: int, capacity: int, over_days: int) -> Level:
    """How full a stretch is, by its amounts and by how many of its days have more work than fits."""
    if planned > capacity:
        return Level.OVER
    if over_days:
        return Level.UNEVEN
    if not capacity:
        return Level.OFF
    if not planned:
        return Level.FREE
    return Level.FULL if planned * 100 >= capacity * _FULL_FROM else Level.PART


def _sums(
    group: Grouping,
    found: Sequence[Who],
    order: Sequence[int],
    over: set[int],
    stretches: Stretches,
    of_person: dict[int, list[str]],
) -> tuple[HeatSum, ...]:
    """The people of each team or role together, by name; those in none last. Who is in two teams counts in both."""
    if group is Grouping.NONE:
        return ()
    rows: dict[str, list[int]] = {}
    for row in order:
        who = found[row]
        if group is Grouping.TEAM:
            names: Iterable[str] = of_person.get(who.person_id or 0, ()) or (_NO_TEAM,)
        else:
            names = (who.detail if who.person_id is not None and who.detail else _NO_ROLE,)
        for name in names:
            rows.setdefault(name, []).append(row)
    named = sorted(rows, key=lambda name: (name in (_NO_TEAM, _NO_ROLE), name.casefold()))
    return tuple(_sum(name, stretches, rows[name], over) for name in named)


def _sum(name: str, stretches: Stretches, rows: Sequence[int], over: set[int]) -> HeatSum:
    together = added(stretches, rows)
    cells = _cells(together.planned[0], together.capacity[0], together.over[0])
    return HeatSum(name, len(rows), sum(1 for row in rows if row in over), cells)

"""Utilisation of people over all projects that the reader may see: a member's own, everybody's for those who lead.

Hours of every status count from the moment they are saved. Shares of several people or periods are sums divided by
sums. Not here: what is planned ahead against capacity (the capacity area's heat map).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Annotated

from pydantic import Field

from headway.areas.budgets.invoiced import billed
from headway.areas.budgets.people_periods import columns_after, columns_to, wanted_periods
from headway.areas.budgets.people_types import (
    PersonTime,
    PlannedTime,
    TimeGrouping,
    TimeOnProject,
    TimePeriod,
    TimeRow,
    TimeScale,
    TimeSum,
    UsedTime,
    Utilisation,
)
from headway.areas.budgets.realising import realised
from headway.areas.capacity.queries import MOST_PERIODS, heat_map
from headway.areas.capacity.types import Scale
from headway.areas.desk.providers import reader
from headway.areas.hours.worked import DayWorked, has_worked, worked_days, worked_months, worked_weeks
from headway.areas.people.queries import own_organisation_defaults, profiles_of, team_members
from headway.areas.people.types import PersonId, TeamId
from headway.areas.projects.queries import my_person_id, named_projects
from headway.areas.projects.types import ProjectRow
from headway.areas.schedule.my_tasks import people_planned, working_days_of
from headway.areas.schedule.types import WorkingDays
from headway.engine.measures import HUNDRED, ZERO, Measure
from headway.engine.rates import (
    effective_rate,
    realisation_hours,
    realisation_value,
    utilisation_gross,
    utilisation_net,
)
from headway.kernel.access import may
from headway.kernel.context import Context
from headway.kernel.errors import FieldError, Invalid, NotFound
from headway.kernel.paging import MAX_LIMIT
from headway.kernel.queries import query
from headway.kernel.schema import ShortText

LONGEST = 400  # days of one person's time
NOBODY = "Person not found."  # as for somebody who is not there
_NO_TEAM, _NO_ROLE = "In no team", "Without a role"
_DAY = timedelta(days=1)


@query(permission="hours.read", name="budgets.utilisation")
def utilisation(
    ctx: Context,
    *,
    scale: TimeScale = TimeScale.WEEK,
    last: date | None = None,
    periods: Annotated[int, Field(ge=1, le=53)] | None = None,
    team: TeamId | None = None,
    role: ShortText = "",
    search: ShortText = "",
    group: TimeGrouping = TimeGrouping.NONE,
    ahead: Annotated[int, Field(ge=0, le=26)] = 0,
    cursor: ShortText = "",
    limit: Annotated[int, Field(ge=1, le=MAX_LIMIT)] = 50,
) -> Utilisation:
    """How people's time was used by week or month: billable against capacity, net and gross, by person, team or role.

    Members see themselves; who leads or oversees projects sees everybody with hours or tasks on these, and of each
    person the hours on these alone. The running period counts to today.

    last     a day of the last period; default this one. periods: how many; default 12 weeks or 6 months.
    role     a job title.
    ahead    how many periods after the running one are told by what is planned in them; none when `last` is earlier.
    """
    today = reader(ctx).day
    columns = columns_to(scale, last or today, wanted_periods(scale, periods), today)
    coming = columns_after(scale, columns[-1], ahead) if columns[-1].last >= today else ()
    known = _know(ctx, columns[0].first, columns[-1].last, scale=scale, ahead=coming)
    names, members = team_members(ctx)
    of_person = _teams_of(names, members)
    people = [
        who
        for who in sorted(known.people, key=lambda who: (known.profiles[who][0].casefold(), who))
        if (team is None or who in members.get(team, ()))
        and (not role or known.profiles[who][1].casefold() == role.casefold())
        and all(word in " ".join(known.profiles[who]).casefold() for word in search.casefold().split())
    ]
    plans = _planned(ctx, scale, (*columns, *coming))
    whole_team = team is None and not role and not search.strip()
    rows = [
        TimeRow(
            who,
            *known.profiles[who],
            of_person.get(who, ()),
            cells := tuple(known.used(who, period, plans.of(who, period)) for period in columns),
            added(cells),
            known.capacity[who].source,
            tuple(known.planned(who, period, plans.of(who, period)) for period in coming),
        )
        for who in people
    ]
    whole = _sum("Everybody", rows)
    place = _place(cursor)
    shown = rows[place : place + limit]
    by_hours, by_value = _realised(ctx, known, columns, whole.total, whole_team=whole_team)
    return Utilisation(
        scale=scale,
        today=today,
        periods=columns,
        rows=tuple(shown),
        sums=_sums(group, rows),
        whole=whole,
        net=utilisation_net(whole.total.billable, whole.total.capacity, whole.total.leave),
        gross=utilisation_gross(whole.total.billable, whole.total.capacity),
        effective_rate=effective_rate(whole.total.value, whole.total.worked),
        realisation_hours=by_hours,
        realisation_value=by_value,
        currency=known.currency,
        own_only=known.own_only,
        roles=tuple(sorted({job for _, job in known.profiles.values() if job}, key=str.casefold)),
        notes=known.notes(),
        ahead=coming,
        next=str(place + limit) if len(rows) > place + limit else "",
    )


@query(permission="hours.read", name="budgets.time_of_person")
def time_of_person(ctx: Context, *, person: PersonId, first: date, last: date) -> PersonTime:
    """What makes up one person's time in some days: hours by project, leave, capacity; NotFound for hidden ones.

    first, last  both inclusive; at most 400 days.
    """
    if not first <= last <= first + timedelta(days=LONGEST - 1):
        raise Invalid(
            f"{first} to {last} is no stretch of 1 to {LONGEST} days.", fields=[FieldError("last", "not in 400 days")]
        )
    known = _know(ctx, first, last, only=person)
    if person not in known.people:
        raise NotFound(NOBODY)
    used = known.used(person, TimePeriod(first, last, max(first, min(last, reader(ctx).day))), None)
    by_project: dict[int, list[DayWorked]] = {}
    for row in known.worked.get(person, ()):
        by_project.setdefault(row.project_id, []).append(row)
    projects = [
        TimeOnProject(
            pk,
            known.projects[pk].key,
            known.projects[pk].name,
            sum((row.hours for row in rows), ZERO),
            sum((row.billable for row in rows), ZERO),
            known.value(rows),
        )
        for pk, rows in by_project.items()
    ]
    name, job = known.profiles[person]
    return PersonTime(
        person_id=person,
        name=name,
        role=job,
        first=first,
        last=last,
        time=used,
        net=utilisation_net(used.billable, used.capacity, used.leave),
        gross=utilisation_gross(used.billable, used.capacity),
        effective_rate=effective_rate(used.value, used.worked),
        projects=tuple(sorted(projects, key=lambda one: (-one.hours, one.project))),
        away=tuple(day for day in known.capacity[person].off if first <= day <= last),
        currency=known.currency,
        source=known.capacity[person].source,
    )


# --- what is known of whom --------------------------------------------------------------------


@dataclass(frozen=True)
class _Knowledge:
    """Time of some days of the people whose hours this reader may know.

    running  the projects whose whole team the reader sees.
    """

    projects: Mapping[int, ProjectRow]
    running: frozenset[int]
    people: frozenset[int]
    profiles: Mapping[int, tuple[str, str]]
    worked: Mapping[int, Sequence[DayWorked]]
    capacity: Mapping[int, WorkingDays]
    currency: str
    own_only: bool
    everything: bool

    def used(self, who: int, period: TimePeriod, planned: Decimal | None) -> UsedTime:
        """One person in one period."""
        can = self.capacity[who]
        days = [period.first + step * _DAY for step in range((period.until - period.first).days + 1)]
        rows = [row for row in self.worked.get(who, ()) if period.first <= row.day <= period.last]
        return used_time(
            sum((can.capacity[day] for day in days), ZERO),
            sum((can.capacity[day] - can.hours[day] for day in days), ZERO),
            planned,
            sum((row.hours for row in rows), ZERO),
            sum((row.billable for row in rows), ZERO),
            self.value(rows),
        )

    def planned(self, who: int, period: TimePeriod, planned: Decimal | None) -> PlannedTime:
        """What one person is to do in a period ahead."""
        can = self.capacity[who]
        days = [period.first + step * _DAY for step in range((period.last - period.first).days + 1)]
        capacity = sum((can.capacity[day] for day in days), ZERO)
        return planned_time(capacity, capacity - sum((can.hours[day] for day in days), ZERO), planned)

    def value(self, rows: Iterable[DayWorked]) -> Decimal | None:
        """What billable hours are worth in the house's currency; None where one is on a project without that right."""
        total = ZERO
        for row in rows:
            if row.project_id not in self.running:
                return None
            total += row.bill if row.currency == self.currency else ZERO
        return None if self.own_only else total

    def notes(self) -> tuple[str, ...]:
        """What a reader must know of these figures."""
        found = []
        if not self.own_only and not self.everything:
            found.append(
                "Of other people only hours on projects that you run are counted, and planned hours only of those in a "
                "plan that you see: they may work on others."
            )
        others = {row.currency for rows in self.worked.values() for row in rows} - {"", self.currency}
        if others and not self.own_only:
            found.append(f"Value is in {self.currency}; hours billed in {', '.join(sorted(others))} are not in it.")
        return tuple(found)


_READ = {TimeScale.WEEK: worked_weeks, TimeScale.MONTH: worked_months}


def _know(
    ctx: Context,
    first: date,
    last: date,
    *,
    only: int | None = None,
    scale: TimeScale | None = None,
    ahead: Sequence[TimePeriod] = (),
) -> _Knowledge:
    """Of these days, read by whole periods of the scale or day by day; of those ahead capacity alone."""
    me = my_person_id(ctx)
    projects = named_projects(ctx)
    running = frozenset(pk for pk in projects if may(ctx, "hours.read_team", project_id=pk))
    read = worked_days if scale is None else _READ[scale]
    end = ahead[-1].last if ahead else last
    rows = list(read(running, first, last, person_id=only)) if running else []
    elsewhere = [pk for pk in projects if pk not in running and may(ctx, "hours.read", project_id=pk)]
    if me is not None and elsewhere and only in (None, me):
        rows += read(elsewhere, first, last, person_id=me)
    worked: dict[int, list[DayWorked]] = {}
    for row in rows:
        worked.setdefault(row.person_id, []).append(row)
    people = frozenset({*worked, *_planned_on(running, first, end), *(() if me is None else (me,))})
    if only is not None:
        ever = only in people or has_worked(running, only)
        people = frozenset({only} if ever or only in _planned_on(running, date.min, date.max - _DAY) else ())
    return _Knowledge(
        projects=projects,
        running=running,
        people=people,
        profiles=profiles_of(people),
        worked=worked,
        capacity=working_days_of(people, first, end),
        currency=_currency(rows),
        own_only=not running,
        everything=len(running) == len(projects) and ctx.actor.org_role in ("administrator", "senior_reader"),
    )


def _planned_on(projects: Collection[int], first: date, last: date) -> set[int]:
    """Who is assigned to tasks of some projects whose dates touch these days."""
    return {who for who, _ in people_planned(sorted(projects), first, last)} if projects else set()


def _realised(
    ctx: Context, known: _Knowledge, columns: Sequence[TimePeriod], total: UsedTime, *, whole_team: bool
) -> tuple[Measure, Measure]:
    """Realisation of the projects whose whole team the reader sees; no value where only some people are asked for."""
    why = ""
    if not whole_team:
        why = "Invoices name no people: take the filters off."
    elif not known.running or not all(may(ctx, "budgets.read_invoices", project_id=pk) for pk in known.running):
        why = "You may not see the invoices of all these projects."
    elif total.value is None:
        why = "Your own hours on other projects are among these, whose invoices you may not see."
    if why:
        measures = realisation_hours(None, total.billable), realisation_value(None, total.billable, None)
        return replace(measures[0], reason=why), replace(measures[1], reason=why)
    invoiced = billed(known.running, known.currency, first=columns[0].first, last=columns[-1].until)
    return realised(invoiced, total.billable, total.value)


def _currency(rows: Iterable[DayWorked]) -> str:
    """The one in which most is billed; the house's where nothing is."""
    billed: dict[str, Decimal] = {own_organisation_defaults()[0]: ZERO}
    for row in rows:
        if row.currency:
            billed[row.currency] = billed.get(row.currency, ZERO) + row.bill
    return max(billed, key=lambda currency: billed[currency])


def used_time(
    capacity: Decimal,
    leave: Decimal,
    planned: Decimal | None,
    worked: Decimal,
    billable: Decimal,
    value: Decimal | None,
) -> UsedTime:
    """Hours with their shares."""
    room = capacity - leave
    return UsedTime(
        capacity,
        leave,
        planned,
        worked,
        billable,
        value,
        utilisation_net(billable, capacity, leave).value,
        utilisation_gross(billable, capacity).value,
        HUNDRED * worked / room if room else None,
    )


def planned_time(capacity: Decimal, leave: Decimal, planned: Decimal | None) -> PlannedTime:
    """Planned hours with their share of the time that can be worked."""
    room = capacity - leave
    return PlannedTime(capacity, leave, planned, HUNDRED * planned / room if planned is not None and room else None)


def _planned_sum(times: Collection[PlannedTime]) -> PlannedTime:
    return planned_time(
        sum((time.capacity for time in times), ZERO),
        sum((time.leave for time in times), ZERO),
        _total([time.planned for time in times]),
    )


def added(times: Collection[UsedTime]) -> UsedTime:
    """Several in one; what is not known of one is not known of all."""
    values, plans = [time.value for time in times], [time.planned for time in times]
    return used_time(
        sum((time.capacity for time in times), ZERO),
        sum((time.leave for time in times), ZERO),
        _total(plans),
        sum((time.worked for time in times), ZERO),
        sum((time.billable for time in times), ZERO),
        _total(values),
    )


def _total(values: Iterable[Decimal | None]) -> Decimal | None:
    total = ZERO
    for value in values:
        if value is None:
            return None
        total += value
    return total


# --- columns, plans and sums ------------------------------------------------------------------


def _place(cursor: str) -> int:
    if cursor and not (cursor.isascii() and cursor.isdigit() and len(cursor) < 10):
        raise Invalid("This cursor is not one that a list has given.", fields=[FieldError("cursor", "unknown")])
    return int(cursor or 0)


@dataclass(frozen=True, slots=True)
class _Plans:
    """Planned hours by person and first day of a period, of the periods that capacity keeps in whole.

    complete  whether everybody is in it who is in a plan of the reader's: nothing is planned for the others.
    """

    hours: Mapping[tuple[int, date], Decimal]
    periods: Collection[date]
    complete: bool

    def of(self, who: int, period: TimePeriod) -> Decimal | None:
        """What is planned for somebody in the whole period; None where it is not kept."""
        if period.first not in self.periods:
            return None
        return self.hours.get((who, period.first), ZERO if self.complete else None)


def _planned(ctx: Context, scale: TimeScale, columns: Sequence[TimePeriod]) -> _Plans:
    asked = Scale(scale.value)
    count = min(len(columns), MOST_PERIODS[asked])
    heat = heat_map(ctx, scale=asked, first=columns[0].first, periods=count, limit=MAX_LIMIT)
    whole = {(period.first, period.last) for period in columns}
    hours = {
        (row.person_id, period.first): cell.planned
        for row in heat.rows
        if row.person_id is not None
        for period, cell in zip(heat.periods, row.cells, strict=True)
    }
    kept = {period.first for period in heat.periods if (period.first, period.last) in whole}
    return _Plans(hours, kept, not heat.next)


def _teams_of(names: Mapping[int, str], members: Mapping[int, Collection[int]]) -> dict[int, tuple[str, ...]]:
    found: dict[int, tuple[str, ...]] = {}
    for number, persons in members.items():
        for who in persons:
            found[who] = (*found.get(who, ()), names[number])
    return found


def _sums(group: TimeGrouping, rows: Sequence[TimeRow]) -> tuple[TimeSum, ...]:
    """By team or role, by name; those in none last. Who is in two teams counts in both."""
    if group is TimeGrouping.NONE:
        return ()
    grouped: dict[str, list[TimeRow]] = {}
    for row in rows:
        names = (row.teams or (_NO_TEAM,)) if group is TimeGrouping.TEAM else (row.role or _NO_ROLE,)
        for name in names:
            grouped.setdefault(name, []).append(row)
    ordered = sorted(grouped, key=lambda name: (name in (_NO_TEAM, _NO_ROLE), name.casefold()))
    return tuple(_sum(name, grouped[name]) for name in ordered)


def _sum(name: str, rows: Sequence[TimeRow]) -> TimeSum:
    cells = tuple(added(cells) for cells in zip(*(row.cells for row in rows), strict=True))
    ahead = tuple(_planned_sum(times) for times in zip(*(row.ahead for row in rows), strict=True))
    return TimeSum(name, len(rows), cells, added([row.total for row in rows]), ahead)

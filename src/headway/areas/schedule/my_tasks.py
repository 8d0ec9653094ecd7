"""One person's tasks over all projects: assigned to them or owned by them, and the working time they have.

A task is theirs when a resource matched to them is assigned to it, or when its owner's name is theirs.
Not here: changing a task (`commands`), the tasks of one plan (`queries`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import starmap
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Lower

from headway.areas.people.away import away_days
from headway.areas.people.queries import holidays_from, names_of
from headway.areas.projects.queries import my_person_id, named_projects
from headway.areas.schedule.models import Assignment, Plan, PlanCalendar, PlanLink, PlanTask, Resource
from headway.areas.schedule.records import from_record
from headway.areas.schedule.types import MyTask, MyTasks, PlannedTask, TaskUrgency, WorkingDays
from headway.engine import plan as engine
from headway.engine.calendars import Axis, Calendars, standard_calendar
from headway.engine.plan import PlanError
from headway.kernel.access import may
from headway.kernel.among import among_ids, among_pairs
from headway.kernel.context import Context
from headway.kernel.queries import once, query

SHOWN = 300  # tasks of one answer
_NAMED = 3  # of the tasks that wait for one
_NAMESAKES = 20  # tasks of one name
_CALENDARS = 20  # plans whose calendars are asked: a person is in few at a time
_STANDARD = "the standard week, Monday to Friday, 8 h, without the house's holidays: you are in no plan"


class _Place(NamedTuple):
    """A task as the tables of a plan name it."""

    plan_id: int
    uid: int


@query(permission="schedule.read")
def my_tasks(ctx: Context, *, day: date | None = None) -> MyTasks:
    """The tasks assigned to me or owned by me over all projects, the most urgent first, with who waits for them.

    day  what is today for the person; default: the day in UTC.
    Late is what should be finished before today; today, what is planned for it; done, what was finished in this
    week. At most 300 tasks.
    """
    today = day or ctx.now.date()
    return once(ctx, ("my tasks", today), lambda: _read_mine(ctx, today))


def _read_mine(ctx: Context, today: date) -> MyTasks:
    monday = datetime.combine(today - timedelta(days=today.weekday()), time())
    person = my_person_id(ctx)
    assigned = _assigned_to(ctx, person)
    current = Q(percent_complete__lt=100) | Q(actual_finish__gte=monday)
    rows = PlanTask.visible_to(ctx).filter(among_ids("pk", _mine(person, assigned, current)))
    rows = rows.select_related("plan").defer("definition", "computed", "plan__settings", "plan__warnings")
    found = list(rows.order_by("finish", "plan_id", "position", "id")[: SHOWN + 1])
    shown = found[:SHOWN]
    waiting = _waiting(_Place(row.plan_id, row.uid) for row in shown if row.percent_complete < 100)
    projects = named_projects(ctx, {row.plan.project_id for row in shown})
    items = []
    for row in shown:
        place, project = _Place(row.plan_id, row.uid), projects[row.plan.project_id]
        after = waiting.get(place, [])
        items.append(
            MyTask(
                id=row.pk,
                uid=row.uid,
                project_id=project.id,
                project_key=project.key,
                project=project.name,
                name=row.name,
                wbs=row.wbs,
                start=row.start,
                finish=row.finish,
                deadline=row.deadline,
                percent_complete=row.percent_complete,
                actual_finish=row.actual_finish,
                milestone=row.milestone,
                critical=row.critical,
                total_slack_minutes=row.total_slack.minutes if row.total_slack is not None else None,
                assigned=place in assigned,
                urgency=urgency(row.start, row.finish, today=today, done=row.percent_complete >= 100),
                waiting=tuple(after[:_NAMED]),
                waiting_count=len(after),
                may_enter=may(ctx, "schedule.set_progress", project_id=project.id),
                version=row.version,
            )
        )
    return MyTasks(today, tuple(sorted(items, key=_rank)), len(found) > SHOWN)


def urgency(start: datetime | None, finish: datetime | None, *, today: date, done: bool) -> TaskUrgency:
    """When a task is due: 'late' is an open one planned to finish before today."""
    if done:
        return TaskUrgency.DONE
    if finish is not None and finish.date() < today:
        return TaskUrgency.LATE
    if start is None:
        return TaskUrgency.LATER
    if start.date() <= today:
        return TaskUrgency.TODAY
    sunday = today + timedelta(days=6 - today.weekday())
    return TaskUrgency.THIS_WEEK if start.date() <= sunday else TaskUrgency.LATER


_URGENCIES = {kind: place for place, kind in enumerate(TaskUrgency)}


def _rank(row: MyTask) -> tuple[Any, ...]:
    no_date = row.finish is None
    return (_URGENCIES[row.urgency], no_date, row.finish, not row.critical, row.project_key, row.id)


def _assigned_to(ctx: Context, person_id: int | None) -> set[_Place]:
    """The tasks that a person is assigned to, in the plans that the actor may see."""
    return once(ctx, ("assigned tasks", person_id), lambda: _read_assigned(ctx, person_id))


def _read_assigned(ctx: Context, person_id: int | None) -> set[_Place]:
    if person_id is None:
        return set()
    mine = set(Resource.visible_to(ctx).filter(person_id=person_id).values_list("plan_id", "uid"))
    rows = Assignment.unscoped(reason="of resources that the actor sees")
    places = rows.filter(among_pairs("plan_id", "resource_uid", mine)).values_list("plan_id", "task_uid")
    return set(starmap(_Place, places))


def _mine(person_id: int | None, assigned: Collection[_Place], which: Q) -> set[int]:
    """Ids of those tasks, and of the ones that bear the person's name as their owner's; each kind by its own index."""
    every = PlanTask.unscoped(reason="narrowed by the caller to what the actor sees")
    every = every.filter(which, removed_at=None, active=True, summary=False)
    found = set(every.filter(among_pairs("plan_id", "uid", assigned)).values_list("pk", flat=True))
    name = names_of([person_id]).get(person_id, "") if person_id is not None else ""
    if name:
        found |= set(every.filter(owner=name).values_list("pk", flat=True))
    return found


def _waiting(places: Iterable[_Place]) -> dict[_Place, list[str]]:
    """For each task, the open ones that follow it by a link: 'Build the basket (Max Member)'."""
    wanted = set(places)
    links = PlanLink.among(list({place.plan_id for place in wanted}))  # no index goes by predecessors
    links = links.filter(among_ids("predecessor_uid", {place.uid for place in wanted}))
    after: dict[_Place, list[_Place]] = {}
    for plan_id, before, following in links.order_by("id").values_list("plan_id", "predecessor_uid", "successor_uid"):
        if (plan_id, before) in wanted:
            after.setdefault(_Place(plan_id, before), []).append(_Place(plan_id, following))
    followers = {place for places_ in after.values() for place in places_}
    names = _named(followers)
    return {place: [names[item] for item in items if item in names] for place, items in after.items()}


def _named(places: set[_Place]) -> dict[_Place, str]:
    """Names of the open ones of some tasks of visible plans, each with who does it."""
    tasks = PlanTask.unscoped(reason="tasks of plans that the actor sees").filter(
        among_pairs("plan_id", "uid", places), removed_at=None, percent_complete__lt=100
    )
    doer = Resource.unscoped(reason="names in visible plans").filter(
        plan=OuterRef("plan"), uid=OuterRef("resource_uid")
    )
    every = Assignment.unscoped(reason="who does those tasks")
    doing = every.filter(among_pairs("plan_id", "task_uid", places)).annotate(name=Subquery(doer.values("name")[:1]))
    who: dict[_Place, list[str]] = {}
    for plan_id, uid, name in doing.order_by("id").values_list("plan_id", "task_uid", "name"):
        if name:
            who.setdefault(_Place(plan_id, uid), []).append(name)
    found = {}
    for plan_id, uid, name, owner in tasks.values_list("plan_id", "uid", "name", "owner"):
        place = _Place(plan_id, uid)
        people = ", ".join(who.get(place, ())[:2]) or owner
        found[place] = f"{name} ({people})" if people else name
    return found


# --- for the areas above; the caller has passed its own door ---------------------------------


def planned_for(ctx: Context, person_id: int, first: date, last: date) -> tuple[PlannedTask, ...]:
    """The open tasks to which a person is assigned and whose dates touch some days, by project and outline."""
    assigned = _assigned_to(ctx, person_id)
    if not assigned:
        return ()
    plans = Plan.visible_to(ctx).filter(among_ids("pk", {place.plan_id for place in assigned}))
    projects = dict(plans.values_list("pk", "project_id"))
    # Without a join to their plans, so that each task is found by plan and uid and not by reading whole plans.
    rows = PlanTask.unscoped(reason="tasks of plans that the actor sees").filter(
        among_pairs("plan_id", "uid", assigned)
    )
    rows = rows.filter(removed_at=None, active=True, summary=False, milestone=False, percent_complete__lt=100)
    dated = rows.filter(start__lt=_after(last), finish__gte=_at(first)).order_by("plan_id", "position", "id")
    found = dated.values_list("plan_id", "uid", "name")[:SHOWN]
    return tuple(PlannedTask(projects[plan_id], uid, name) for plan_id, uid, name in found if plan_id in projects)


def _at(day: date) -> datetime:
    return datetime.combine(day, time())


def _after(day: date) -> datetime:
    return _at(day + timedelta(days=1))


def people_planned(
    project_ids: Collection[int], first: date, last: date, *, besides: Collection[tuple[int, int]] = ()
) -> set[tuple[int, int]]:
    """Persons with an assignment whose task's dates touch some days, as (person, project); two queries.

    besides  pairs that are known already: they are not looked for.
    """
    every = Resource.unscoped(reason="plans of visible projects")
    resources = every.filter(among_ids("plan__project_id", project_ids), person__isnull=False)
    asked = {
        pk: (person_id, project_id)
        for pk, person_id, project_id in resources.values_list("pk", "person", "plan__project_id")
        if (person_id, project_id) not in besides
    }
    work = Assignment.unscoped(reason="plans of visible projects").filter(
        plan=OuterRef("plan"), task_uid=OuterRef("uid"), resource_uid=OuterRef(OuterRef("uid"))
    )
    tasks = PlanTask.unscoped(reason="plans of visible projects").filter(
        Exists(work),
        plan=OuterRef("plan"),
        removed_at=None,
        active=True,
        summary=False,
        start__lt=_after(last),
        finish__gte=_at(first),
    )
    # For each resource the few tasks of those days: the other way round, all assignments would be looked at.
    busy = every.filter(among_ids("pk", asked)).filter(Exists(tasks)).order_by().values_list("pk", flat=True)
    return {asked[pk] for pk in busy}


class NamedTask(NamedTuple):
    """A task of a plan by id and name."""

    id: int
    name: str


def tasks_by_uid(ctx: Context, project_id: int, uids: Collection[int]) -> dict[int, NamedTask]:
    """Tasks of a plan that the actor may see, by uid."""
    rows = PlanTask.visible_to(ctx).filter(plan__project_id=project_id, uid__in=uids)
    return {uid: NamedTask(pk, name) for uid, pk, name in rows.values_list("uid", "pk", "name")}


def task_of_name(ctx: Context, project_id: int, name: str) -> int | None:
    """The uid of the one task of a plan that bears this name, whatever the case; None for none and for several."""
    rows = PlanTask.visible_to(ctx).filter(plan__project_id=project_id, summary=False, name__iexact=name.strip())
    found = list(rows.values_list("uid", flat=True)[:2])
    return found[0] if len(found) == 1 else None


def names_by_uid(ctx: Context, project_id: int) -> dict[int, str]:
    """What the tasks of a plan are called, in outline order, without its summary rows."""
    rows = PlanTask.visible_to(ctx).filter(plan__project_id=project_id, summary=False, removed_at=None)
    return dict(rows.order_by("position", "id").values_list("uid", "name"))


def tasks_named(ctx: Context, project_id: int, names: Collection[str]) -> tuple[PlannedTask, ...]:
    """The tasks of a plan that bear one of some names, whatever the case, in outline order; at most 20."""
    rows = PlanTask.visible_to(ctx).filter(plan__project_id=project_id, summary=False, removed_at=None)
    wanted = Q(name__in=list(names)) | Q(lowered__in=[name.lower() for name in names])
    found = rows.annotate(lowered=Lower("name")).filter(wanted).order_by("position", "id")
    return tuple(PlannedTask(project_id, uid, name) for uid, name in found.values_list("uid", "name")[:_NAMESAKES])


def task_of_number(ctx: Context, project_id: int, number: int) -> PlannedTask | None:
    """The task that stands in a row of a plan, by the number before the row."""
    rows = PlanTask.visible_to(ctx).filter(plan__project_id=project_id, definition__id=number, removed_at=None)
    found = rows.values_list("uid", "name").first()
    return None if found is None else PlannedTask(project_id, *found)


def working_days(ctx: Context, person_id: int, first: date, last: date) -> WorkingDays:
    """How long a person can work on each of some days: the most that a calendar of one of their plans gives.

    Their own calendar as a resource counts, else the plan's; the most, since one client's holiday leaves the
    day to another. Who is in no plan has the standard week without the house's holidays. Approved leave is taken off.
    """
    return _working_days(Resource.visible_to(ctx), [person_id], first, last)[person_id]


def working_days_of(person_ids: Collection[int], first: date, last: date) -> dict[int, WorkingDays]:
    """As `working_days`, for many persons by all of their plans; four queries, whatever their number."""
    every = Resource.unscoped(reason="how long people of visible records can work")
    return _working_days(every, person_ids, first, last)


def _working_days(
    resources: QuerySet[Resource], person_ids: Collection[int], first: date, last: date
) -> dict[int, WorkingDays]:
    days = [first + timedelta(days=step) for step in range((last - first).days + 1)]
    rows = resources.filter(among_ids("person_id", person_ids)).order_by("-plan_id", "uid").select_related("plan")
    own: dict[int, dict[int, Resource]] = {}
    for row in rows:
        mine = own.setdefault(row.person_id or 0, {})
        if len(mine) < _CALENDARS:
            mine.setdefault(row.plan_id, row)
    by_calendar = _Hours(days, {plan for mine in own.values() for plan in mine})
    off, away = dict(holidays_from(first)), away_days(person_ids, first, last)
    usual = Calendars([standard_calendar()]).default
    standard = {day: Decimal(0) if day in off else _hours(usual, day) for day in days}
    found = {}
    for person_id in person_ids:
        known = [hours for row in own.get(person_id, {}).values() if (hours := by_calendar.of(row)) is not None]
        source = f"the calendars of {len(known)} of your plans" if len(known) > 1 else "the calendar of your plan"
        can = {day: max(hours[day] for hours in known) for day in days} if known else standard
        leave = away.get(person_id, {})
        found[person_id] = WorkingDays(
            {day: hours * (1 - leave.get(day, 0)) for day, hours in can.items()},
            (source if known else _STANDARD) + (", less leave" if leave else ""),
            {day: _off_words(day, off, leave) for day in days if day in off or day in leave},
            can,
        )
    return found


def _off_words(day: date, off: Mapping[date, str], leave: Mapping[date, Decimal]) -> str:
    part = leave.get(day)
    return off.get(day, "") if part is None else "Leave" if part == 1 else "Half a day of leave"


class _Hours:
    """Working hours of some days by the calendars of some plans; equal calendars are worked out once."""

    def __init__(self, days: list[date], plan_ids: Collection[int]) -> None:
        self.days = days
        self.records: dict[int, list[Any]] = {}
        for item in PlanCalendar.among(list(plan_ids)).order_by("plan_id", "uid"):
            self.records.setdefault(item.plan_id, []).append(item.definition)
        self.known: dict[str, dict[date, Decimal] | None] = {}

    def of(self, row: Resource) -> dict[date, Decimal] | None:
        """Those of a resource; None where its plan's calendars hold none."""
        uid, settings, records = (
            row.definition.get("calendar_uid"),
            row.plan.settings,
            self.records.get(row.plan_id, []),
        )
        key = repr((uid, settings.get("calendar_uid"), records))
        if key not in self.known:
            axis = _axis([from_record(engine.Calendar, record) for record in records], uid, settings)
            self.known[key] = None if axis is None else {day: _hours(axis, day) for day in self.days}
        return self.known[key]


def _axis(calendars: list[engine.Calendar], own: Any, settings: dict[str, Any]) -> Axis | None:
    """The working time of a resource; None where the plan's calendars hold none."""
    known = {calendar.uid for calendar in calendars}
    uid = own if own in known else settings.get("calendar_uid")
    try:
        found = Calendars(calendars, default_uid=uid if uid in known else None)
        return found.axis(uid) if uid in known else found.default
    except PlanError:
        return None


def _hours(axis: Axis, day: date) -> Decimal:
    try:
        return axis.work_between(_at(day), _after(day)).hours
    except PlanError:
        return Decimal(0)

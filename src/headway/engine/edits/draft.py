"""A plan while changes are applied to it: what is touched becomes a new object, everything else stays the same one.

Not here: any rule of a change.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time

from headway.engine.calendars import ELAPSED, Axis, Calendars, UnionAxis, has_work, instant
from headway.engine.cpm import schedule
from headway.engine.plan import (
    Assignment,
    Link,
    Plan,
    PlanError,
    ProjectSettings,
    Resource,
    ResourceType,
    Schedule,
    ScheduledTask,
    Task,
    TaskType,
)


class EditError(PlanError):
    """A change that cannot be made. The message names the task, what is wrong and what to do.

    field  the name of the change's field that is at fault.
    """

    def __init__(self, message: str, *, field: str, uids: tuple[int, ...] = ()) -> None:
        super().__init__(message, uids)
        self.field = field


def refusal(task: Task, field: str, why: str) -> EditError:
    """An error about a task: its name, then why and what to do."""
    kind = "Summary task" if task.summary else "Task"
    return EditError(f"{kind} '{task.name}': {why}", field=field, uids=(task.uid,))


class Draft:
    """The plan so far. The schedule is computed only when a change asks where a task stands."""

    def __init__(self, plan: Plan, computed: Schedule | None = None, *, seen: bool = False) -> None:
        """seen: where tasks stand is as the plan stood at first, or when `look_again` was last called.

        So a thousand entries of progress cost one schedule; a task that was not there then is looked up anew.
        """
        self._plan = plan
        self._seen = seen
        self._scheduled_tasks = plan.tasks
        self._rows = list(plan.tasks)
        self._places = {task.uid: place for place, task in enumerate(plan.tasks)}
        self._items = list(plan.assignments)
        self._places_of: dict[int, list[int]] | None = None  # of a task's assignments
        self._last_item: int | None = None  # the highest uid of an assignment
        self._ties: list[Link | None] = list(plan.links)  # None where one was taken away
        self._untied = 0  # how many of them were
        self._tied: dict[int, list[int]] | None = None  # places of the links into and out of a task
        self._changed: set[str] = set()  # fields of the plan that no longer are what `_plan` holds
        self._resources = {resource.uid: resource for resource in plan.resources}
        self._calendars = Calendars(plan.calendars, default_uid=plan.project.calendar_uid)
        self._axes: dict[tuple[int, ...], Axis] = {}
        self._computed = computed
        self._numbers: dict[int, int] | None = None  # place in the schedule by uid

    @property
    def plan(self) -> Plan:
        """The plan as the changes so far have made it."""
        if "tasks" in self._changed:
            self._plan = replace(self._plan, tasks=tuple(self._rows))
        if "links" in self._changed:
            self._plan = replace(self._plan, links=tuple(link for link in self._ties if link is not None))
        if "assignments" in self._changed:
            self._plan = replace(self._plan, assignments=tuple(self._items))
        self._changed.clear()
        return self._plan

    @property
    def project(self) -> ProjectSettings:
        """The plan's settings."""
        return self._plan.project

    def task(self, uid: int, field: str = "uid") -> Task:
        """The task of that uid; EditError names the field when there is none."""
        place = self._places.get(uid)
        if place is None:
            raise EditError(
                f"Task {uid} is not in the plan. Name one of its tasks, or add it first.", field=field, uids=(uid,)
            )
        return self._rows[place]

    def knows(self, uid: int) -> bool:
        """Whether the plan has this task."""
        return uid in self._places

    def place(self, uid: int) -> int:
        """The task's place in the outline, from 0."""
        return self._places[uid]

    def below(self, uid: int) -> range:
        """The places of the rows below a task."""
        place = self.place(uid)
        level, end = self._rows[place].outline_level, place + 1
        while end < len(self._rows) and self._rows[end].outline_level > level:
            end += 1
        return range(place + 1, end)

    def chosen(self, uids: Sequence[int]) -> Iterator[Task]:
        """The tasks named with all below them; every task when none is named."""
        if not uids:
            yield from tuple(self._rows)
            return
        places = {place for uid in uids for place in (self.place(self.task(uid, "uids").uid), *self.below(uid))}
        for place in sorted(places):
            yield self._rows[place]

    def put(self, *tasks: Task) -> None:
        """Take these in place of the tasks of the same uid; what equals the present one changes nothing."""
        for task in tasks:
            place = self._places[task.uid]
            if self._rows[place] != task:
                self._rows[place] = task
                self._touch("tasks")

    def put_rows(self, tasks: Sequence[Task]) -> None:
        """Take another outline: rows added, removed or in another order."""
        self._rows = list(tasks)
        self._places = {task.uid: place for place, task in enumerate(tasks)}
        self._touch("tasks")

    @property
    def rows(self) -> Sequence[Task]:
        """The tasks in outline order."""
        return self._rows

    @property
    def links(self) -> Iterator[Link]:
        """All links."""
        return (link for link in self._ties if link is not None)

    @property
    def link_count(self) -> int:
        """How many links there are."""
        return len(self._ties) - self._untied

    def ties(self, uid: int) -> list[Link]:
        """The links into and out of a task, in the order of the plan's."""
        return [link for place in self._tied_at(uid) if (link := self._ties[place]) is not None]

    def put_links(self, added: Iterable[Link] = (), *, removed: Iterable[Link] = ()) -> None:
        """Take links away, found by identity, and add others behind all that are left."""
        for link in removed:
            place = next(at for at in self._tied_at(link.successor_uid) if self._ties[at] is link)
            self._ties[place] = None
            self._untied += 1
            self._touch("links")
        for link in added:
            for uid in {link.predecessor_uid, link.successor_uid}:
                self._tied_by_uid().setdefault(uid, []).append(len(self._ties))
            self._ties.append(link)
            self._touch("links")

    def _tied_at(self, uid: int) -> list[int]:
        return self._tied_by_uid().get(uid, [])

    def _tied_by_uid(self) -> dict[int, list[int]]:
        if self._tied is None:
            self._tied = {}
            for place, link in enumerate(self._ties):
                if link is not None:
                    for uid in {link.predecessor_uid, link.successor_uid}:
                        self._tied.setdefault(uid, []).append(place)
        return self._tied

    def assignments(self, uid: int) -> list[Assignment]:
        """The assignments of a task."""
        return [self._items[place] for place in self._assigned_at(uid)]

    def crew(self, uid: int) -> list[Assignment]:
        """The assignments of work resources on a task: those whose units and work count."""
        return [item for item in self.assignments(uid) if self._does_work(item)]

    def put_assignments(self, changed: Iterable[Assignment] = (), *, removed: Iterable[int] = ()) -> None:
        """Take these in place of the assignments of the same uid, add those that are new, drop those removed."""
        for item in changed:
            place = next((at for at in self._assigned_at(item.task_uid) if self._items[at].uid == item.uid), None)
            if place is None:
                if self._places_of is not None:
                    self._places_of.setdefault(item.task_uid, []).append(len(self._items))
                self._items.append(item)
                self._last_item = max(self.free_item - 1, item.uid)
            elif self._items[place] == item:
                continue
            else:
                self._items[place] = item
            self._touch("assignments")
        gone = set(removed)
        if gone:
            self._items = [item for item in self._items if item.uid not in gone]
            self._places_of = None
            self._touch("assignments")

    @property
    def free_item(self) -> int:
        """A uid that no assignment has."""
        if self._last_item is None:
            self._last_item = max((item.uid for item in self._items), default=0)
        return self._last_item + 1

    def put_resource(self, resource: Resource) -> None:
        """Take one more resource."""
        self._resources[resource.uid] = resource
        self._plan = replace(self.plan, resources=(*self._plan.resources, resource))

    @property
    def resources(self) -> Mapping[int, Resource]:
        """The resources by uid."""
        return self._resources

    def _assigned_at(self, uid: int) -> list[int]:
        if self._places_of is None:
            self._places_of = {}
            for place, item in enumerate(self._items):
                self._places_of.setdefault(item.task_uid, []).append(place)
        return self._places_of.get(uid, [])

    def resource(self, uid: int, task: Task, field: str = "resource_uid") -> Resource:
        """The resource of that uid; EditError when there is none."""
        found = self._resources.get(uid)
        if found is None:
            raise EditError(
                f"Task '{task.name}': resource {uid} is not in the plan. Add the resource first.",
                field=field,
                uids=(task.uid,),
            )
        return found

    def assignment(self, task: Task, resource_uid: int) -> Assignment:
        """The assignment of a resource on a task; EditError when it is not assigned."""
        found = next((item for item in self.assignments(task.uid) if item.resource_uid == resource_uid), None)
        if found is None:
            name = self.resource(resource_uid, task).name
            raise EditError(
                f"Task '{task.name}': '{name}' is not assigned to it. Assign the resource first.",
                field="resource_uid",
                uids=(task.uid,),
            )
        return found

    def scheduled(self, task: Task) -> ScheduledTask:
        """Where the task stands as the plan is now; EditError for one that takes no part."""
        found = self._where(task.uid)
        if found is None and task.active and self._seen:
            self.look_again()
            found = self._where(task.uid)
        if found is None or not task.active:
            raise refusal(task, "uid", "it is inactive and has no dates. Make it active first.")
        return found

    def look_again(self) -> None:
        """Let tasks stand where the changes so far have put them."""
        self._computed = self._numbers = None

    def _where(self, uid: int) -> ScheduledTask | None:
        if self._computed is None:
            self._scheduled_tasks = self.plan.tasks
            self._computed = schedule(self.plan)
        if self._numbers is None:
            active = (row.uid for row in self._scheduled_tasks if row.active)
            self._numbers = {uid: number for number, uid in enumerate(active)}
        number = self._numbers.get(uid)
        return self._computed.tasks[number] if number is not None else None

    def knows_calendar(self, uid: int) -> bool:
        """Whether the plan has this calendar."""
        return self._calendars.known(uid)

    def axis(self, task: Task) -> Axis:
        """The working time in which the task's duration runs."""
        if task.duration is not None and task.duration.elapsed:
            return ELAPSED
        base = self._calendars.axis(task.calendar_uid)
        if task.type is TaskType.FIXED_DURATION or (task.ignore_resource_calendar and task.calendar_uid is not None):
            return base
        crew = self.crew(task.uid)
        busy = [item for item in crew if item.work] or crew
        axes = {id(axis): axis for axis in (self._own_axis(task, item, base) for item in busy)}
        if len(axes) < 2:
            return next(iter(axes.values()), base)
        key = tuple(sorted(axes))
        return self._axes.setdefault(key, UnionAxis(tuple(axes.values())))

    def typed(self, at: datetime | date, default: time) -> datetime:
        """A typed moment; a day takes the default time."""
        return at if isinstance(at, datetime) else datetime.combine(at, default)

    def typed_start(self, at: datetime | date) -> datetime:
        """A typed start; a day takes the project's default start time."""
        return self.typed(at, self.project.default_start)

    def typed_finish(self, at: datetime | date) -> datetime:
        """A typed finish; a day takes the project's default finish time."""
        return self.typed(at, self.project.default_finish)

    def _does_work(self, item: Assignment) -> bool:
        resource = self._resources.get(item.resource_uid) if item.resource_uid is not None else None
        return resource is not None and resource.type is ResourceType.WORK

    def _own_axis(self, task: Task, item: Assignment, base: Axis) -> Axis:
        resource = self._resources[item.resource_uid] if item.resource_uid is not None else None
        if resource is None or resource.calendar_uid is None or not self._calendars.known(resource.calendar_uid):
            return base
        own = self._calendars.axis(resource.calendar_uid)
        if task.calendar_uid is not None:
            own = self._calendars.intersection(own, base)
        return own if has_work(own, instant(self.project.start or datetime(2000, 1, 1))) else base

    def _touch(self, *fields: str) -> None:
        self._changed.update(fields)
        if not self._seen:
            self.look_again()

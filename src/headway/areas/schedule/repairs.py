"""What could be done about a task: changes that mend its faults or bring the finish forward, each tried first.

A repair is a list of the changes that `schedule.change_plan` takes; its effect is what that command would answer.
Here are the candidates and which of them are worth offering. Not here: what a fault is (`headway.engine.faults`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from headway.areas.schedule import charting, effect, keeping
from headway.areas.schedule.acts import Act, PlanChange, Repair
from headway.areas.schedule.changing import tried
from headway.areas.schedule.effect import Difference
from headway.areas.schedule.faults import judged_on
from headway.areas.schedule.models import Plan, PlanTask
from headway.areas.schedule.records import project_axis
from headway.areas.schedule.writing import day_writing
from headway.engine import plan as engine
from headway.engine.calendars import Calendars, instant, moment
from headway.engine.cpm.whatif import Scheduled
from headway.engine.cpm.why import Drivers, path_of
from headway.engine.days import DayWriting
from headway.engine.durations import duration_text
from headway.engine.faults import Fault, FaultKind, faults_of_task
from headway.engine.plan import ConstraintType, LinkType, ResourceType, TaskMode, TaskType
from headway.kernel.context import Context
from headway.kernel.errors import Invalid
from headway.kernel.queries import query

_MOST_LINKS = 5
_MOST_STAND_INS = 3
_MOST_BEFORE = 12
_MOST_TRIED = 16  # in a large plan each may take a tenth of a second
_FROM_BEFORE = (FaultKind.DEADLINE, FaultKind.DATE, FaultKind.NO_SLACK)  # what tasks before it may be the cause of


@query(permission="schedule.edit")
def repairs(ctx: Context, *, task: PlanTask) -> tuple[Repair, ...]:
    """What would mend a task's faults or bring the finish forward, each with its effect; the best first.

    Nothing is stored: to carry one out, give its changes to `schedule.change_plan`.
    """
    held = keeping.looked_at(task.plan)
    if held.scheduled is None or held.scheduled.span(task.uid) is None:
        return ()
    as_of, days = judged_on(ctx, task.plan), day_writing(ctx)
    bench = _Bench(held.plan, held.scheduled, task.uid, as_of, days)
    tries = [(bench, candidate) for candidate in bench.candidates()]
    if any(fault.kind in _FROM_BEFORE for fault in bench.faults):
        path = _path_before(held.scheduled, task.uid)
        before = [_Bench(held.plan, held.scheduled, uid, as_of, days) for uid in path]
        tries += [(one, candidate) for one in before for candidate in one.sooner()]
    found = (_offered(ctx, task.plan, held, bench, *one) for one in tries[:_MOST_TRIED])
    return tuple(sorted((one for one in found if one is not None), key=_by_slip))


def _by_slip(one: Repair) -> tuple[bool, int, int, str]:
    """What mends first, then by the slip of the plan, then the most mended, then the task's own finish."""
    return not one.mends, one.finish_days, -len(one.mends), one.finish.isoformat() if one.finish else ""


def _path_before(dated: Scheduled, uid: int) -> list[int]:
    """The tasks that place this one, the nearest first."""

    def drivers(one: int) -> Drivers | None:
        row = dated.task(one) if dated.span(one) is not None else None
        return (row.driver, row.finish_driver) if row is not None else None

    return [one for one, _, _ in path_of(drivers, uid)[-2::-1][:_MOST_BEFORE]]


@dataclass(frozen=True, slots=True)
class _Candidate:
    key: str
    text: str
    changes: tuple[PlanChange, ...]


def _offered(
    ctx: Context, row: Plan, held: keeping.Held, asked: _Bench, changed: _Bench, candidate: _Candidate
) -> Repair | None:
    """The candidate with its effect; None where it cannot be done, does no good, or makes other faults.

    asked    the task that repairs are asked for; of one that stands before it only what mends its faults is offered.
    changed  the task that the candidate changes.
    """
    try:
        change = tried(ctx, row, held, candidate.changes)
    except Invalid:
        return None
    remaining = {bench.task.uid: bench.remaining(change.after) for bench in (asked, changed)}
    if any(bench.has_new(remaining[bench.task.uid]) for bench in (asked, changed)):
        return None
    after = remaining[asked.task.uid]
    mends = tuple(fault.text for fault in asked.faults if not any(_same(fault, one) for one in after))
    ends = change.old_finish, change.new_finish
    sooner = ends[0] is not None and ends[1] is not None and ends[1] < ends[0]
    if not (mends or (sooner and asked is changed)):
        return None
    return _told(candidate, change, asked.task.uid, mends, asked.days)


def _told(candidate: _Candidate, change: Difference, uid: int, mends: tuple[str, ...], days: DayWriting) -> Repair:
    start, finish = change.after.span(uid) or (None, None)
    return Repair(
        key=candidate.key,
        text=candidate.text,
        mends=mends,
        changes=candidate.changes,
        start=start,
        finish=finish,
        finish_days=change.finish_days,
        sentence=effect.sentence(change, days=days),
    )


def _same(one: Fault, other: Fault) -> bool:
    return (one.kind, one.resource) == (other.kind, other.resource)


class _Bench:
    """A task with what is known about it while repairs are thought of."""

    def __init__(self, plan: engine.Plan, dated: Scheduled, uid: int, as_of: date, days: DayWriting) -> None:
        self.as_of, self.days = as_of, days
        self.faults = faults_of_task(plan, dated, uid, as_of=as_of, days=days)
        self.task = next(task for task in plan.tasks if task.uid == uid)
        self._plan, self._dated = plan, dated
        self._row = dated.task(uid)
        self._tasks = {task.uid: task for task in plan.tasks}
        self._people = {resource.uid: resource for resource in plan.resources}
        self._crew = [item for item in plan.assignments if item.task_uid == uid and item.resource_uid is not None]

    def remaining(self, after: Scheduled) -> tuple[Fault, ...]:
        """What is to mend about the task after a change."""
        return faults_of_task(after.plan, after, self.task.uid, as_of=self.as_of, days=self.days)

    def has_new(self, after: Sequence[Fault]) -> bool:
        """Whether a change has made a fault that was not there."""
        return any(not any(_same(fault, one) for one in self.faults) for fault in after)

    def sooner(self) -> Iterator[_Candidate]:
        """What may bring tasks behind this one forward; named with the task, for it is not the one asked about."""
        if self._row.percent_complete < 100 and not self.task.summary:
            for one in (*self._dates(), *self._links(), *self._more_time()):
                yield _Candidate(f"{self.task.uid}-{one.key}", f"'{self.task.name}': {one.text}", one.changes)

    def candidates(self) -> Iterator[_Candidate]:
        """What may be worth trying; nothing for work that is done."""
        if self._row.percent_complete >= 100:
            return
        yield from self._dates()
        if self.task.summary:
            return
        yield from self._links()
        yield from self._progress()
        yield from self._milestone()
        yield from self._overloads()
        yield from self._more_time()

    # ---- dates and links ----

    def _dates(self) -> Iterator[_Candidate]:
        task = self.task
        if task.constraint is not ConstraintType.ASAP and task.actual_start is None:
            said = task.constraint.words
            day = f" {self.days.of(task.constraint_date)}" if task.constraint_date is not None else ""
            yield self._set("constraint", f"Take away '{said}{day}'", "constraint", "ASAP")
        if task.mode is TaskMode.MANUAL and task.actual_start is None and not task.summary:
            yield self._set("auto", "Schedule it by its links again", "mode", TaskMode.AUTO.value)

    def _links(self) -> Iterator[_Candidate]:
        into = [link for link in self._plan.links if link.successor_uid == self.task.uid][:_MOST_LINKS]
        begun = {uid for fault in self.faults if fault.kind is FaultKind.SEQUENCE for uid in fault.tasks}
        against = {uid for fault in self.faults if fault.kind is FaultKind.BY_HAND for uid in fault.tasks}
        for link in into:
            before = self._tasks[link.predecessor_uid]
            lag = charting.lag_text(link.lag, self._plan.project)
            if lag.startswith("+"):
                text = f"Take out the lag of {lag[1:]} behind '{before.name}'"
                yield self._link(f"lag-{before.uid}", text, before.uid, link.type.value)
            if before.uid in begun:
                text = f"Let it run beside '{before.name}' (start to start)"
                yield self._link(f"beside-{before.uid}", text, before.uid, LinkType.SS.value)
            if before.uid in against:
                change = PlanChange(Act.UNLINK, self.task.uid, other=before.uid)
                yield _Candidate(f"unlink-{before.uid}", f"Remove the link from '{before.name}'", (change,))

    # ---- progress ----

    def _progress(self) -> Iterator[_Candidate]:
        if not any(fault.kind is FaultKind.OVERDUE for fault in self.faults):
            return
        if self.task.actual_start is None and not self._row.percent_complete:
            at = self._next_start()
            typed = at.isoformat(sep=" ", timespec="minutes")
            yield self._set("later", f"Begin it on {self.days.of(at)}", "start", typed)
        yield self._set("done", "Say that it is done as planned", "percent", "100%")

    def _next_start(self) -> datetime:
        """The first working time of the task from the day on which it is judged."""
        calendars = Calendars(self._plan.calendars, default_uid=self._plan.project.calendar_uid)
        day = datetime.combine(self.as_of, self._plan.project.default_start)
        return moment(calendars.axis(self.task.calendar_uid).next_start(instant(day)))

    def _milestone(self) -> Iterator[_Candidate]:
        if any(fault.kind is FaultKind.MILESTONE for fault in self.faults):
            yield self._set("task", "Show it as a task", "milestone", "no")
            if not self._crew and not self.task.work:
                yield self._set("empty", "Give it no duration", "duration", "0d")

    # ---- people ----

    def _overloads(self) -> Iterator[_Candidate]:
        for fault in self.faults:
            if fault.kind is not FaultKind.OVERLOAD or fault.resource is None:
                continue
            who = self._people[fault.resource]
            yield from self._stand_ins(who)
            others = [self._tasks[uid] for uid in fault.tasks if uid != self.task.uid and uid in self._tasks]
            yield from self._when_free(who, others)
            yield from self._pauses(who, others)

    def _stand_ins(self, who: engine.Resource) -> Iterator[_Candidate]:
        """Others of the same role; where nobody has a role, everybody."""
        crew = {item.resource_uid for item in self._crew}
        able = [
            one
            for one in self._plan.resources
            if one.uid not in crew and one.type is ResourceType.WORK and one.group == who.group and _is_typed(one.name)
        ]
        for one in sorted(able, key=lambda other: (self._booked(other.uid), other.name))[:_MOST_STAND_INS]:
            text = f"Give it to {one.name} instead of {who.name}"
            yield self._set(f"to-{one.uid}", text, "people", self._crew_text({who.uid: one.name}))

    def _booked(self, uid: int) -> int:
        """Work of somebody on tasks that overlap with this one."""
        spans = ((item, self._dated.span(item.task_uid)) for item in self._plan.assignments if item.resource_uid == uid)
        start, finish = self._row.start, self._row.finish
        return sum(
            item.work.tenths for item, span in spans if span is not None and span[0] < finish and span[1] > start
        )

    def _when_free(self, who: engine.Resource, others: Sequence[engine.Task]) -> Iterator[_Candidate]:
        """Begin when the other work on those days is done."""
        if self.task.actual_start is not None:
            return
        ends = [span[1] for one in others if (span := self._dated.span(one.uid)) is not None]
        behind = sorted({end for end in ends if end > self._row.start})
        for end in dict.fromkeys((*behind[:1], *behind[-1:])):
            yield self._set(
                f"free-{who.uid}-{end:%Y%m%d%H%M}",
                f"Begin it when {who.name} is free, after {self.days.of(end)}",
                "start",
                end.isoformat(sep=" ", timespec="minutes"),
            )

    def _pauses(self, who: engine.Resource, others: Sequence[engine.Task]) -> Iterator[_Candidate]:
        """Stop while a shorter task that lies inside this one is done."""
        axis = project_axis(self._plan)
        for one in others:
            span = self._dated.span(one.uid)
            if span is None or not (self._row.start < span[0] and span[1] < self._row.finish):
                continue
            gap = engine.Duration(axis.work_between(*span), "h")
            change = PlanChange(
                Act.SPLIT,
                self.task.uid,
                at=span[0].isoformat(sep=" ", timespec="minutes"),
                gap=duration_text(gap, self._plan.project),
            )
            text = f"Pause it while {who.name} does '{one.name}'"
            yield _Candidate(f"pause-{one.uid}", text, (change,))

    def _more_time(self) -> Iterator[_Candidate]:
        """Part-time people at full time: the work stays, so the task gets shorter."""
        if not self._row.critical or self.task.type is TaskType.FIXED_DURATION:
            return
        for item in self._crew:
            who = self._people.get(item.resource_uid or 0)
            if who is None or who.type is not ResourceType.WORK or not 0 < item.units < who.max_units:
                continue
            change = self._crew_text({}, {who.uid: who.max_units})
            text = f"Give {who.name} {_percent(who.max_units)} of their time to it, instead of {_percent(item.units)}"
            yield self._set(f"more-{who.uid}", text, "people", change)

    def _crew_text(self, instead: dict[int, str], units: dict[int, Decimal] | None = None) -> str:
        """The task's people as one types them, some replaced or with other units."""
        parts = []
        for item in self._crew:
            uid = item.resource_uid or 0
            share = (units or {}).get(uid, item.units)
            parts.append(f"{instead.get(uid, self._people[uid].name)} [{_percent(share)}]")
        return "; ".join(parts)

    # ---- changes ----

    def _set(self, key: str, text: str, field: str, value: str) -> _Candidate:
        return _Candidate(key, text, (PlanChange(Act.SET, self.task.uid, field=field, value=value),))

    def _link(self, key: str, text: str, other: int, value: str) -> _Candidate:
        return _Candidate(key, text, (PlanChange(Act.LINK, self.task.uid, other=other, value=value),))


def _is_typed(name: str) -> bool:
    """Whether a name can stand in a list of people as one types it."""
    return bool(name) and not set(name) & set(";,[]")


def _percent(units: Decimal) -> str:
    return f"{units * 100:f}".rstrip("0").rstrip(".") + "%" if units * 100 % 1 else f"{units * 100:.0f}%"

"""Two versions of a plan beside each other: the slip with its causes, by phase and by task, and what else differs.

Not here: what a version is and where it comes from (`moments`), how causes are found (`headway.engine.cpm.causes`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from headway.areas.projects.types import ProjectId
from headway.areas.schedule import charting, moments
from headway.areas.schedule.models import Plan, PlanTask
from headway.areas.schedule.moments import Stood
from headway.areas.schedule.queries import plan_row
from headway.areas.schedule.records import project_axis
from headway.areas.schedule.shelf import Shelf
from headway.areas.schedule.types import (
    ComparedBy,
    ComparedTask,
    PhaseSlip,
    PlanComparison,
    PlanMoment,
    PlanPart,
    RowChange,
    SlipCause,
)
from headway.engine import plan as engine
from headway.engine.calendars import instant
from headway.engine.cpm.causes import FinishCause, Share, finish_causes
from headway.engine.cpm.difference import Difference, Edit, difference
from headway.engine.durations import duration_text
from headway.engine.units import WorkTime
from headway.kernel.access import may
from headway.kernel.context import Context
from headway.kernel.errors import FieldError, Invalid, NotFound
from headway.kernel.paging import MAX_LIMIT
from headway.kernel.queries import query
from headway.kernel.schema import ShortText

_MOST_ROWS = 40_000  # kept in one process
_MOST_PARTS = 200
_MOST_NAMED = 3
_TENTH = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class _Kept:
    """A comparison with all its rows, in outline order."""

    told: PlanComparison
    rows: tuple[ComparedTask, ...]


_shelf: Shelf[tuple[Any, ...], _Kept] = Shelf(most=_MOST_ROWS, weight=lambda kept: len(kept.rows))


def forget() -> None:
    """Keep nothing of what was compared so far."""
    _shelf.clear()


@query(permission="schedule.read")
def compare_plans(
    ctx: Context,
    *,
    project: ProjectId,
    old: ShortText = moments.BASELINE,
    new: ShortText = moments.NOW,
    search: ShortText = "",
    changed_only: bool = False,
    sort: ComparedBy = ComparedBy.SLIP,
    descending: bool = False,
    cursor: str = "",
    limit: int = 50,
) -> PlanComparison:
    """How a plan differs between two moments: the slip and its causes, phases, tasks, links, people, work and cost.

    Cost is told to those who may read it alone.

    old, new      'baseline' (the one measured against), 'baseline-12', 'now', a day as '2026-03-02', or 'before-34' and
                  'after-34' a change of the undo list.
    changed_only  without the tasks that are the same in both.
    sort          slip: the latest first; outline; name; finish: the earliest first; work: what has grown most first.
    """
    if not 1 <= limit <= MAX_LIMIT:
        said = f"give 1 to {MAX_LIMIT}"
        raise Invalid(f"limit is {limit}; {said}.", fields=[FieldError("limit", said, value=str(limit))])
    row = plan_row(ctx, project)
    if row is None:
        raise NotFound("This project has no plan yet. Import one, or start one.")
    kept = _compared(ctx, row, moments.asked(ctx, row, old, "old"), moments.asked(ctx, row, new, "new"))
    chosen = _chosen(kept.rows, search=search, changed_only=changed_only)
    ordered = sorted(chosen, key=_ORDERS[sort], reverse=descending)
    start = _place(ordered, cursor)
    shown = ordered[start : start + limit]
    following = str(shown[-1].uid) if start + limit < len(ordered) else ""
    found = replace(kept.told, items=tuple(shown), next=following)
    return found if may(ctx, "hours.read_costs", project_id=project) else _without_costs(found)


def _without_costs(found: PlanComparison) -> PlanComparison:
    items = tuple(replace(row, old_cost=None, new_cost=None) for row in found.items)
    return replace(found, items=items, old_cost=None, new_cost=None)


def _chosen(rows: Iterable[ComparedTask], *, search: str, changed_only: bool) -> list[ComparedTask]:
    wanted = search.casefold()
    return [
        row
        for row in rows
        if (not changed_only or row.change is not RowChange.SAME)
        and (not wanted or wanted in row.name.casefold() or wanted in row.old_name.casefold())
    ]


def _slip(row: ComparedTask) -> tuple[bool, Decimal, bool, int]:
    """The latest first; those without a date in one version last."""
    return row.finish_days is None, -(row.finish_days or Decimal(0)), row.summary, row.number


_ORDERS: dict[ComparedBy, Callable[[ComparedTask], Any]] = {
    ComparedBy.SLIP: _slip,
    ComparedBy.OUTLINE: lambda row: row.number,
    ComparedBy.NAME: lambda row: (row.name.casefold(), row.number),
    ComparedBy.FINISH: lambda row: (str(row.new_finish or row.old_finish or "~"), row.number),
    ComparedBy.WORK: lambda row: ((row.old_work_hours or 0) - (row.new_work_hours or 0), row.number),
}


def _place(rows: Sequence[ComparedTask], cursor: str) -> int:
    if not cursor:
        return 0
    for place, row in enumerate(rows, start=1):
        if str(row.uid) == cursor:
            return place
    raise Invalid("The cursor is not one of ours.", fields=[FieldError("cursor", "not valid")])


def _compared(ctx: Context, row: Plan, old: moments.Asked, new: moments.Asked) -> _Kept:
    key = (row.pk, row.stamp, old.identity, new.identity)
    found = _shelf.find(key)
    if found is None:
        found = _Comparing(row, moments.stood(ctx, row, old), moments.stood(ctx, row, new)).made()
        _shelf.put(key, found)
    return found


class _Comparing:
    """One comparison while it is made."""

    def __init__(self, row: Plan, old: Stood, new: Stood) -> None:
        self._old, self._new = old, new
        self._axis = project_axis(new.version.plan)
        self._settings = new.version.plan.project
        tasks = PlanTask.unscoped(reason="tasks of a visible plan").filter(plan=row)
        known = list(tasks.values_list("uid", "pk", "name", "removed_at"))
        self._ids = {uid: pk for uid, pk, _, removed in known if removed is None}
        self._names = {
            **{uid: name for uid, _, name, _ in known},
            **{task.uid: task.name for version in (old, new) for task in version.version.plan.tasks},
        }
        self._difference = self._differing()

    def _differing(self) -> Difference | None:
        """What moved and because of which edit; None where one version is known by its dates alone."""
        old, new = self._old.version, self._new.version
        if old.schedule is None or new.schedule is None:
            return None
        return difference(old.plan, old.schedule, new.plan, new.schedule)

    def made(self) -> _Kept:
        old, new = self._old, self._new
        rows = tuple(self._rows())
        counted = [row for row in rows if not row.summary]
        links = self._links() if self._both_whole else []
        people = self._people() if self._both_whole else []
        slip = self._days_between(old.version.finish, new.version.finish)
        causes = tuple(self._causes())
        told = PlanComparison(
            old=old.told,
            new=new.told,
            sentence=_sentence(old.told, new.told, slip, causes),
            finish_days=slip,
            causes=causes,
            phases=tuple(self._phases(rows)),
            moved=sum(row.change is RowChange.MOVED for row in counted),
            added=sum(row.change is RowChange.ADDED for row in counted),
            removed=sum(row.change is RowChange.REMOVED for row in counted),
            renamed=sum(bool(row.old_name) for row in rows),
            links=tuple(links[:_MOST_PARTS]),
            links_count=len(links),
            people=tuple(people[:_MOST_PARTS]),
            people_count=len(people),
            old_work_hours=_sum(row.old_work_hours for row in counted),
            new_work_hours=_sum(row.new_work_hours for row in counted),
            old_cost=_sum(row.old_cost for row in counted),
            new_cost=_sum(row.new_cost for row in counted),
            currency=self._settings.currency,
            notes=tuple(
                f"{moment.label} holds dates, work and cost alone, so names, links and people are not compared."
                for moment in (old.told, new.told)
                if not moment.whole
            ),
            items=(),
            next="",
        )
        return _Kept(told, rows)

    @property
    def _both_whole(self) -> bool:
        return self._old.told.whole and self._new.told.whole

    # ---- tasks ----

    def _rows(self) -> Iterable[ComparedTask]:
        before = {task.uid: task for task in self._old.version.plan.tasks}
        causes = self._causes_by_task()
        number = 0
        seen: set[int] = set()
        for task in self._new.version.plan.tasks:
            if task.uid in self._new.rows or task.uid in self._old.rows:
                number += 1
                seen.add(task.uid)
                yield self._row(number, task, before.get(task.uid), causes.get(task.uid, ""))
        for uid in sorted(self._old.rows - seen):
            number += 1
            task = before.get(uid) or engine.Task(uid, 0, self._names.get(uid, ""), None)
            yield self._row(number, task, task, "")

    def _row(self, number: int, task: engine.Task, then: engine.Task | None, cause: str) -> ComparedTask:
        uid = task.uid
        old_start, old_finish = self._old.version.dates.get(uid, _NO_DATES)
        new_start, new_finish = self._new.version.dates.get(uid, _NO_DATES)
        if uid not in self._new.rows:
            new_start = new_finish = None
        renamed = then is not None and then.name != task.name
        return ComparedTask(
            uid=uid,
            id=self._ids.get(uid),
            number=number,
            level=task.outline_level,
            name=task.name,
            old_name=then.name if then is not None and renamed else "",
            summary=task.summary,
            milestone=task.milestone,
            change=self._change(uid, (old_start, old_finish) != (new_start, new_finish)),
            old_start=old_start,
            new_start=new_start,
            start_days=self._days_between(old_start, new_start),
            old_finish=old_finish,
            new_finish=new_finish,
            finish_days=self._days_between(old_finish, new_finish),
            old_work_hours=_hours(self._old.work.get(uid)),
            new_work_hours=_hours(self._new.work.get(uid)),
            old_cost=self._old.cost.get(uid),
            new_cost=self._new.cost.get(uid),
            cause=cause,
        )

    def _change(self, uid: int, moved: bool) -> RowChange:
        if uid not in self._old.rows:
            return RowChange.ADDED
        if uid not in self._new.rows:
            return RowChange.REMOVED
        return RowChange.MOVED if moved else RowChange.SAME

    def _causes_by_task(self) -> dict[int, str]:
        if self._difference is None:
            return {}
        return {
            move.uid: self._edited(move.cause, move.uid) for move in self._difference.moves if move.cause is not None
        }

    def _edited(self, edit: Edit, uid: int) -> str:
        """'its duration' of the task itself, ''Build': its duration' of another."""
        if edit.uid is None or edit.uid == uid:
            return edit.text
        name = f"'{self._names.get(edit.uid, '')}'"
        return f"{name} {_WHOLE[edit.text]}" if edit.text in _WHOLE else f"{name}: {edit.text}"

    def _days_between(self, old: datetime | None, new: datetime | None) -> Decimal | None:
        if old is None or new is None:
            return None
        return self._days(WorkTime(self._axis.between(instant(old), instant(new))))

    def _days(self, amount: WorkTime) -> Decimal:
        days = Decimal(amount.tenths) / (10 * self._settings.minutes_per_day)
        return days.quantize(_TENTH)

    # ---- phases ----

    def _phases(self, rows: Sequence[ComparedTask]) -> Iterable[PhaseSlip]:
        level = _phase_level(rows)
        if level is None:
            return
        inside: ComparedTask | None = None
        moved: dict[int, int] = {}
        phases = []
        for row in rows:
            if row.change is RowChange.REMOVED:
                continue
            if row.level <= level:
                inside = row if row.summary and row.level == level else None
                phases += [inside] if inside is not None else []
            elif inside is not None and not row.summary and row.change is RowChange.MOVED:
                moved[inside.uid] = moved.get(inside.uid, 0) + 1
        for row in phases:
            yield PhaseSlip(row.id, row.name, row.old_finish, row.new_finish, row.finish_days, moved.get(row.uid, 0))

    # ---- causes ----

    def _causes(self) -> Iterable[SlipCause]:
        edits = self._difference.edits if self._difference is not None else ()
        for cause in finish_causes(self._old.version, self._new.version, edits):
            name = self._names.get(cause.uid, "") if cause.uid is not None else ""
            id_ = self._ids.get(cause.uid) if cause.uid is not None else None
            yield SlipCause(self._cause_text(cause, name), self._days(cause.moved), id_, name)

    def _cause_text(self, cause: FinishCause, name: str) -> str:
        later = cause.moved.tenths > 0
        why = f": {cause.why}" if cause.why else ""
        if cause.share is Share.LENGTH:
            return f"'{name}' takes {'longer' if later else 'less time'}{why}"
        if cause.share is Share.BEGIN:
            return f"'{name}' begins {'later' if later else 'earlier'}{why}"
        if cause.share is Share.WAIT:
            return f"'{name}' stands {'further behind' if later else 'closer to'} what drives it{why}"
        if cause.share is Share.OTHERS:
            return self._others_text(cause.others)
        if self._new.version.finish < self._old.version.finish and self._old.version.schedule is not None:
            return "Other tasks drive the finish now"
        return "What drives the finish now ended before it then"

    def _others_text(self, uids: Sequence[int]) -> str:
        named = ", ".join(f"'{self._names.get(uid, '')}'" for uid in uids[:_MOST_NAMED])
        more = f" and {len(uids) - _MOST_NAMED} more" if len(uids) > _MOST_NAMED else ""
        gone = uids[0] not in self._new.rows
        verb = "is" if len(uids) == 1 else "are"
        return f"{named}{more} {verb} {'no longer there' if gone else 'new'}"

    # ---- links and people ----

    def _links(self) -> list[PlanPart]:
        before, after = _by_ends(self._old.version.plan.links), _by_ends(self._new.version.plan.links)
        added = [PlanPart(RowChange.ADDED, self._link(link)) for ends, link in after.items() if ends not in before]
        removed = [PlanPart(RowChange.REMOVED, self._link(link)) for ends, link in before.items() if ends not in after]
        changed = [
            PlanPart(RowChange.MOVED, f"{self._link(link)}, was {self._kind(before[ends])}")
            for ends, link in after.items()
            if ends in before and before[ends] != link
        ]
        return [*added, *removed, *changed]

    def _link(self, link: engine.Link) -> str:
        ends = [self._names.get(uid, "") for uid in (link.predecessor_uid, link.successor_uid)]
        return f"{ends[0]} → {ends[1]} ({self._kind(link)})"

    def _kind(self, link: engine.Link) -> str:
        return f"{link.type.value}{charting.lag_text(link.lag, self._settings)}"

    def _people(self) -> list[PlanPart]:
        before, after = self._assigned(self._old.version.plan), self._assigned(self._new.version.plan)
        added = [PlanPart(RowChange.ADDED, self._work(*one)) for one in after.items() if one[0] not in before]
        removed = [PlanPart(RowChange.REMOVED, self._work(*one)) for one in before.items() if one[0] not in after]
        changed = [
            PlanPart(RowChange.MOVED, f"{self._work(one, work)}, was {self._amount(before[one])}")
            for one, work in after.items()
            if one in before and before[one] != work
        ]
        return [*added, *removed, *changed]

    def _assigned(self, plan: engine.Plan) -> dict[tuple[str, int], WorkTime]:
        names = {resource.uid: resource.name for resource in plan.resources}
        found: dict[tuple[str, int], WorkTime] = {}
        for item in plan.assignments:
            if item.resource_uid is not None:
                who = names.get(item.resource_uid, ""), item.task_uid
                found[who] = WorkTime(found[who].tenths + item.work.tenths) if who in found else item.work
        return found

    def _work(self, who: tuple[str, int], work: WorkTime) -> str:
        return f"{who[0]} on {self._names.get(who[1], '')} ({self._amount(work)})"

    def _amount(self, work: WorkTime) -> str:
        return duration_text(engine.Duration(work, "h"), self._settings)


_WHOLE = {"its being new": "is new", "its removal": "is no longer there"}
_NO_DATES: tuple[datetime | None, datetime | None] = (None, None)


def _by_ends(links: Iterable[engine.Link]) -> dict[tuple[int, int], engine.Link]:
    return {(link.predecessor_uid, link.successor_uid): link for link in links}


def _hours(work: WorkTime | None) -> Decimal | None:
    return work.hours if work is not None else None


def _sum(amounts: Iterable[Decimal | None]) -> Decimal | None:
    known = [amount for amount in amounts if amount is not None]
    return sum(known, Decimal(0)) if known else None


def _phase_level(rows: Sequence[ComparedTask]) -> int | None:
    """The highest level that has several summaries; None without one."""
    counts: dict[int, int] = {}
    for row in rows:
        if row.summary and row.change is not RowChange.REMOVED:
            counts[row.level] = counts.get(row.level, 0) + 1
    return next((level for level in sorted(counts) if counts[level] > 1), None)


def _sentence(old: PlanMoment, new: PlanMoment, slip: Decimal | None, causes: Sequence[SlipCause]) -> str:
    """'Finish 12 working days later than Approved plan; 3 causes.'"""
    than = old.label if old.key != moments.NOW else "now"
    subject = "Finish" if new.key == moments.NOW else f"{new.label}: finish"
    if not slip:
        return f"{subject} as in {than}."
    counted = f"; {len(causes)} cause{'' if len(causes) == 1 else 's'}" if causes else ""
    return f"{subject} {days_text(abs(slip))} {'later' if slip > 0 else 'earlier'} than {than}{counted}."


def days_text(days: Decimal) -> str:
    """'1 working day', '2.5 working days'."""
    shown = f"{days:f}".rstrip("0").rstrip(".") if "." in f"{days:f}" else f"{days:f}"
    return f"{shown} working day{'' if days == 1 else 's'}"

"""Duration, units and work of a task: work = duration × units, and which of them gives way (W1).

What is done stays; the rules run on what remains. Spans count contours and overtime (W2, W5).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal

from headway.engine.edits.changes import Assign, SetDuration, SetType, SetUnits, SetWork, Unassign
from headway.engine.edits.draft import Draft, refusal
from headway.engine.edits.gaps import gaps_of, is_replayed, merged, parts, resized, stop_at
from headway.engine.plan import Assignment, Duration, ResourceType, Task, TaskMode, TaskType, WorkContour
from headway.engine.units import ZERO_WORK, WorkTime

# Percent of the units that a contour works on the mean.
MEAN_SHARES = {
    WorkContour.FLAT: 100, WorkContour.EDITED: 100, WorkContour.TURTLE: 70, WorkContour.FRONT_LOADED: 60,
    WorkContour.BACK_LOADED: 60, WorkContour.BELL: 50, WorkContour.DOUBLE_PEAK: 50, WorkContour.EARLY_PEAK: 50,
    WorkContour.LATE_PEAK: 50,
}  # fmt: skip
_PERCENT_GRID = Decimal("0.0001")
_UNITS_GRID = Decimal("0.000001")


def set_duration(draft: Draft, change: SetDuration) -> None:
    """Fixed work: the units follow; else the work does."""
    task = draft.task(change.uid)
    if task.summary and task.mode is TaskMode.AUTO:
        raise refusal(task, "duration", "its duration comes from its tasks. Change that of one of them.")
    if change.duration.amount < ZERO_WORK:
        raise refusal(task, "duration", "a duration cannot be negative. Give 0 or more.")
    left = change.duration.amount.tenths - done(task)
    if task.actual_finish is not None or left < 0:
        raise refusal(
            task,
            "duration",
            "this much of it is done already, or it is complete. Enter another actual duration or finish instead.",
        )
    before, crew = remaining(task), draft.crew(task.uid)
    if task.type is TaskType.FIXED_WORK and any(left_of(item) for item in crew):
        if not left:
            raise refusal(task, "duration", "fixed work cannot be done in no time. Set its work to 0 first.")
        crew = [replace(item, units=_fitted(item.units, before, left)) if before else item for item in crew]
    else:
        crew = [_with_left(item, _scaled(item, before, left)) for item in crew]
    task = replace(task, duration=change.duration, milestone=_milestone(task, change.duration))
    _keep(draft, task, crew, left)


def set_units(draft: Draft, change: SetUnits) -> None:
    """Fixed duration: the work follows; else the duration does."""
    task = draft.task(change.uid)
    _above_none(task, change.units)
    item = draft.assignment(task, change.resource_uid)
    new = replace(item, units=change.units)
    if _holds_duration(task):
        new = _with_left(new, _work_in(remaining(task), new))
    _follow(draft, task, [new])


def set_work(draft: Draft, change: SetWork) -> None:
    """Fixed duration: the units follow; else the duration does."""
    task = draft.task(change.uid)
    if change.resource_uid is not None:
        given = [(draft.assignment(task, change.resource_uid), change.work)]
    else:
        crew = draft.crew(task.uid)
        left = change.work.tenths - sum(item.actual_work.tenths for item in crew)
        amounts = shared(left, [left_of(item) or _weight(item) for item in crew])
        given = [(item, WorkTime(item.actual_work.tenths + amount)) for item, amount in zip(crew, amounts, strict=True)]
        draft.put(replace(task, work=change.work, remaining_work=_less(change.work, task.actual_work)))
        task = draft.task(change.uid)
    new = []
    for item, work in given:
        if work < item.actual_work:
            raise refusal(
                task,
                "work",
                f"{work.hours:g} h are less than the {item.actual_work.hours:g} h that are done. "
                "Give at least those, or enter less actual work first.",
            )
        worked = _with_left(item, (work - item.actual_work).tenths)
        new.append(_with_units(worked, remaining(task)) if _holds_duration(task) else worked)
    _follow(draft, task, new)


def set_type(draft: Draft, change: SetType) -> None:
    """The type alone; nothing is computed from it now."""
    task = draft.task(change.uid)
    driven = change.type is TaskType.FIXED_WORK or (
        task.effort_driven if change.effort_driven is None else change.effort_driven
    )
    if change.type is TaskType.FIXED_WORK and change.effort_driven is False:
        raise refusal(task, "effort_driven", "fixed work is always effort-driven. Choose another type.")
    draft.put(replace(task, type=change.type, effort_driven=driven))


def assign(draft: Draft, change: Assign) -> None:
    """The first takes the task's work or duration × units; on effort-driven tasks the others give theirs up in part."""
    task = draft.task(change.uid)
    resource = draft.resource(change.resource_uid, task)
    _above_none(task, change.units)
    if any(item.resource_uid == resource.uid for item in draft.assignments(task.uid)):
        raise refusal(task, "resource_uid", f"'{resource.name}' is assigned already. Change its units or work.")
    new = Assignment(draft.free_item, task.uid, resource.uid, change.units, change.work or ZERO_WORK)
    if resource.type is not ResourceType.WORK:
        draft.put_assignments([new])
        return
    crew, length = draft.crew(task.uid), remaining(task)
    if change.work is not None:
        _follow(draft, task, [_with_units(new, length) if _holds_duration(task) else new])
        return
    kept = task.remaining_work or task.work
    if not crew and kept:
        new = replace(new, work=kept)
        _follow(draft, task, [_with_units(new, length) if _holds_duration(task) else new])
    elif crew and is_effort_driven(task):
        effort = sum(left_of(item) for item in crew)
        weights = [item.units for item in crew]
        mine = round(effort * new.units / (sum(weights) + new.units))
        amounts = shared(effort - mine, [left_of(item) for item in crew])
        team = [_with_left(item, amount) for item, amount in zip(crew, amounts, strict=True)]
        team.append(replace(new, work=WorkTime(mine)))
        _follow(draft, task, [_with_units(item, length) for item in team] if _holds_duration(task) else team)
    else:
        _follow(draft, task, [replace(new, work=WorkTime(_work_in(length, new)))])


def unassign(draft: Draft, change: Unassign) -> None:
    """On effort-driven tasks the others take over what is left of the work; else it is gone."""
    task = draft.task(change.uid)
    gone = draft.assignment(task, change.resource_uid)
    if gone.actual_work:
        raise refusal(
            task,
            "resource_uid",
            f"{gone.actual_work.hours:g} h of its work are done. Set its remaining work to 0 instead.",
        )
    crew = draft.crew(task.uid)
    rest = [item for item in crew if item.uid != gone.uid]
    draft.put_assignments(removed=[gone.uid])
    if gone not in crew:
        return
    if not is_effort_driven(task):
        draft.put(with_sums(task, rest))
        _follow(draft, draft.task(task.uid), rest)
    elif rest:
        effort = sum(left_of(item) for item in crew)
        amounts = shared(effort, [left_of(item) or _weight(item) for item in rest])
        team = [_with_left(item, amount) for item, amount in zip(rest, amounts, strict=True)]
        length = remaining(task)
        _follow(draft, task, [_with_units(item, length) for item in team] if _holds_duration(task) else team)
    else:
        draft.put(replace(task, work=gone.work, remaining_work=gone.work))


# --- amounts, also for progress ----------------------------------------------------------------


def whole(task: Task) -> int:
    """The duration in tenths."""
    return task.duration.amount.tenths if task.duration is not None else 0


def done(task: Task) -> int:
    """The done part of the duration in tenths."""
    if task.actual_duration is not None:
        return task.actual_duration.tenths
    return round(whole(task) * task.percent_complete / 100)


def remaining(task: Task) -> int:
    """What is left of the duration in tenths."""
    return task.remaining_duration.tenths if task.remaining_duration is not None else whole(task) - done(task)


def left_of(item: Assignment) -> int:
    """What is left of an assignment's work in tenths."""
    if item.remaining_work is not None:
        return item.remaining_work.tenths
    return max(0, (item.work - item.actual_work).tenths)


def percent_of(made: int, length: int) -> Decimal:
    """The done share of a duration, to four decimals."""
    return (Decimal(made) * 100 / length).quantize(_PERCENT_GRID).normalize() + 0


def is_effort_driven(task: Task) -> bool:
    """Whether adding or removing a resource keeps the work."""
    return task.effort_driven or task.type is TaskType.FIXED_WORK


def shared(amount: int, weights: Sequence[int]) -> list[int]:
    """An amount shared by weights, to the last tenth."""
    given: list[int] = []
    rest, weight = amount, sum(weights)
    for mine in weights:
        given.append(round(Decimal(rest) * mine / weight) if weight else 0)
        rest, weight = rest - given[-1], weight - mine
    return given


def with_length(draft: Draft, task: Task, length: int, left: int) -> Task:
    """The task with another duration; its percent, its gaps and a typed finish follow."""
    former = task.duration or Duration(ZERO_WORK)
    crew, axis = draft.crew(task.uid), draft.axis(task)
    gaps = merged(gaps_of(task, crew, axis), length)
    task = replace(task, duration=replace(former, amount=WorkTime(length)))
    if task.actual_start is not None or task.remaining_duration is not None:
        percent = percent_of(length - left, length) if length else task.percent_complete
        task = replace(
            task,
            remaining_duration=WorkTime(left),
            actual_duration=WorkTime(length - left),
            percent_complete=percent if done(task) else task.percent_complete,
        )
    if task.splits:
        start = task.actual_start or task.splits[0].start
        task = replace(task, splits=parts(start, length, gaps, axis))
    if task.mode is TaskMode.MANUAL:
        begun = task.actual_start or task.manual_start
        ended = stop_at(begun, length, gaps, axis) if begun is not None else task.manual_finish
        task = replace(task, manual_duration=task.duration, manual_finish=ended)
    return task


def with_amounts(item: Assignment, work: int, actual: int, draft: Draft, task: Task) -> Assignment:
    """An assignment of so much work, of which so much is done; its timephased work keeps its shape."""
    planned = resized(item.timephased, WorkTime(work), draft.axis(task)) if is_replayed(item) else ()
    left = WorkTime(work - actual) if actual or item.remaining_work is not None else None
    return replace(
        item,
        work=WorkTime(work),
        actual_work=WorkTime(actual),
        remaining_work=left,
        timephased=planned if work != item.work.tenths or not is_replayed(item) else item.timephased,
    )


def with_sums(task: Task, crew: Sequence[Assignment]) -> Task:
    """The task's own work figures, where it carries them: the sums over its assignments."""
    if task.work is None or not crew:
        return task
    work = sum((item.work for item in crew), start=ZERO_WORK)
    actual = sum((item.actual_work for item in crew), start=ZERO_WORK)
    return replace(task, work=work, actual_work=actual, remaining_work=work - actual)


def length_of(item: Assignment, work: int) -> int:
    """How much of the task's duration so much work of an assignment takes."""
    net = work - item.overtime_work.tenths
    if net <= 0 or not item.units:
        return 0
    return round(Decimal(net) * 100 / MEAN_SHARES[item.contour] / item.units)


def units_for(item: Assignment, work: int, length: int) -> Decimal:
    """The units at which so much work fits a length; its own when none would."""
    net = work - item.overtime_work.tenths
    if length <= 0 or net <= 0:
        return item.units
    return (Decimal(net) * 100 / MEAN_SHARES[item.contour] / length).quantize(_UNITS_GRID).normalize() + 0


# --- helpers -----------------------------------------------------------------------------------


def _follow(draft: Draft, task: Task, changed: Iterable[Assignment]) -> None:
    """Keep assignments; unless the duration is held, what remains lasts as long as the longest of them."""
    new = {item.uid: item for item in changed}
    crew = [new.pop(item.uid, item) for item in draft.crew(task.uid)]
    crew += list(new.values())
    spans = [length_of(item, left_of(item)) for item in crew]
    left = remaining(task)
    if not _holds_duration(task) and any(left_of(item) for item in crew):
        left = max(spans)
    _keep(draft, task, crew, left)


def _keep(draft: Draft, task: Task, crew: Sequence[Assignment], left: int) -> None:
    length = done(task) + left
    if length != whole(draft.task(task.uid)) or left != remaining(draft.task(task.uid)):
        task = with_length(draft, task, length, left)
    former = {item.uid: item for item in draft.crew(task.uid)}
    kept = [
        item
        if item.uid not in former or item.work == former[item.uid].work
        else _resized(former[item.uid], item, draft, task)
        for item in crew
    ]
    draft.put(with_sums(task, kept))
    draft.put_assignments(kept)


def _resized(former: Assignment, item: Assignment, draft: Draft, task: Task) -> Assignment:
    sized = with_amounts(former, item.work.tenths, item.actual_work.tenths, draft, task)
    return replace(sized, units=item.units)


def _with_left(item: Assignment, left: int) -> Assignment:
    remains = WorkTime(left) if item.remaining_work is not None else None
    return replace(item, work=item.actual_work + WorkTime(left), remaining_work=remains)


def _with_units(item: Assignment, length: int) -> Assignment:
    """The units at which the rest of the work fits a length."""
    return replace(item, units=units_for(item, left_of(item), length))


def _scaled(item: Assignment, before: int, left: int) -> int:
    """The rest of an assignment's work when the rest of the duration becomes another."""
    return round(Decimal(left_of(item)) * left / before) if before else _work_in(left, item)


def _work_in(length: int, item: Assignment) -> int:
    share = Decimal(MEAN_SHARES[item.contour]) / 100
    return round(length * item.units * share) + item.overtime_work.tenths


def _weight(item: Assignment) -> int:
    return round(item.units * 1_000_000)


def _holds_duration(task: Task) -> bool:
    return task.type is TaskType.FIXED_DURATION or task.summary


def _milestone(task: Task, duration: Duration) -> bool:
    """No duration makes a milestone; a duration ends one that had none."""
    if not duration.amount:
        return True
    return task.milestone and bool(whole(task))


def _less(work: WorkTime, actual: WorkTime | None) -> WorkTime:
    return work - actual if actual is not None else work


def _fitted(units: Decimal, before: int, left: int) -> Decimal:
    return (units * before / left).quantize(_UNITS_GRID).normalize() + 0


def _above_none(task: Task, units: Decimal) -> None:
    if units <= 0:
        raise refusal(task, "units", f"{units} units do no work. Give more than 0; 1 is full time.")

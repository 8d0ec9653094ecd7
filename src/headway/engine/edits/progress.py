"""Progress: what is done, what remains, and where both lie in time (P1–P5).

A started task has an actual start, a done part that ends at its stop date, and a rest that begins at its resume date.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from headway.engine.calendars import Axis, instant, moment
from headway.engine.days import WITH_YEAR
from headway.engine.edits.changes import EnterProgress, EnterWork, RescheduleUncompleted, UpdateAsScheduled
from headway.engine.edits.draft import Draft, refusal
from headway.engine.edits.gaps import Gap, done_by, gaps_of, is_replayed, merged, parts, relaid, resume_at, stop_at
from headway.engine.edits.work import (
    done,
    left_of,
    length_of,
    percent_of,
    units_for,
    whole,
    with_amounts,
    with_length,
    with_sums,
)
from headway.engine.plan import Assignment, ConstraintType, ProjectSettings, Task, TaskMode, TaskType, Timephased
from headway.engine.units import ZERO_WORK, WorkTime

_ALL = Decimal(100)
_MOVABLE = (ConstraintType.ASAP, ConstraintType.ALAP, ConstraintType.SNET, ConstraintType.FNET)
_Works = Mapping[int, tuple[int, int]]  # by assignment: work and actual work in tenths


@dataclass(frozen=True, slots=True)
class _State:
    """How far a task is: amounts in tenths; `recorded` = its actual start is known, not taken from the schedule."""

    length: int
    done: int
    percent: Decimal
    start: datetime | None
    finish: datetime | None
    recorded: bool


@dataclass(frozen=True, slots=True)
class _Laid:
    """Where the done part and the rest lie, and by how much working time each was moved there."""

    start: datetime
    gaps: tuple[Gap, ...]
    done_moved: int = 0
    rest_moved: int = 0


def enter_progress(draft: Draft, change: EnterProgress) -> None:
    """Settle how much is done and when, then lay the task out: done part, rest, work of its assignments."""
    _enter(draft, change, {})


def enter_work(draft: Draft, change: EnterWork) -> None:
    """Hours done and left of one assignment; the task's progress is the done share of all its work."""
    task = _leaf(draft, change.uid)
    item = draft.assignment(task, change.resource_uid)
    actual = item.actual_work if change.actual is None else change.actual
    left = WorkTime(left_of(item)) if change.actual is None else WorkTime(max(0, (item.work - actual).tenths))
    left = left if change.remaining is None else change.remaining
    for field, amount in (("actual", actual), ("remaining", left)):
        if amount < ZERO_WORK:
            raise refusal(task, field, f"{amount.hours:g} h of work cannot be. Give 0 or more.")
    crew = [replace(one, work=actual + left) if one.uid == item.uid else one for one in draft.crew(task.uid)]
    works = {one.uid: (one.work.tenths, one.actual_work.tenths) for one in crew}
    works[item.uid] = ((actual + left).tenths, actual.tenths)
    length = whole(task)
    if actual + left != item.work:
        if task.type is TaskType.FIXED_DURATION:
            draft.put_assignments([replace(item, units=units_for(item, (actual + left).tenths, length))])
        else:
            length = max(length_of(one, works[one.uid][0]) for one in crew)
    work, made = (sum(pair[number] for pair in works.values()) for number in (0, 1))
    share = round(Decimal(length) * made / work) if work else length
    if made or not work:
        entry = EnterProgress(task.uid, actual_duration=WorkTime(share), remaining_duration=WorkTime(length - share))
    else:
        entry = EnterProgress(task.uid, percent_complete=Decimal(0), remaining_duration=WorkTime(length))
    _enter(draft, entry, works)


def update_as_scheduled(draft: Draft, change: UpdateAsScheduled) -> None:
    """What the schedule has done by a moment is done; what is further than that stays."""
    entries = []
    for task in draft.chosen(change.uids):
        if not _takes_progress(task) or task.actual_finish is not None:
            continue
        row = draft.scheduled(task)
        if row.finish <= change.through:
            entries.append(EnterProgress(task.uid, _ALL, actual_start=row.start, actual_finish=row.finish))
        elif row.start < change.through and not change.whole_only:
            axis = draft.axis(task)
            reached = done_by(row.start, change.through, gaps_of(task, draft.crew(task.uid), axis), axis)
            if reached > done(task):
                entries.append(EnterProgress(task.uid, actual_start=row.start, actual_duration=WorkTime(reached)))
    for entry in entries:
        _enter(draft, entry, {})


def reschedule_uncompleted(draft: Draft, change: RescheduleUncompleted) -> None:
    """Unstarted tasks get a start-no-earlier-than date; started ones resume there, where splitting is allowed."""
    split = draft.project.split_in_progress if change.split is None else change.split
    tasks = [task for task in draft.chosen(change.uids) if _takes_progress(task) and task.actual_finish is None]
    starts = {task.uid: draft.scheduled(task).start for task in tasks}
    held = []
    for task in tasks:
        axis = draft.axis(task)
        if task.actual_start is None:
            if starts[task.uid] < change.after and task.mode is TaskMode.AUTO and task.constraint in _MOVABLE:
                date = moment(axis.next_start(instant(change.after)))
                held.append(replace(task, constraint=ConstraintType.SNET, constraint_date=date))
        elif split and 0 < done(task) < whole(task):
            gaps = gaps_of(task, draft.crew(task.uid), axis)
            if resume_at(task.actual_start, done(task), gaps, axis) < change.after:
                _enter(draft, EnterProgress(task.uid, resume=change.after), {})
    draft.put(*held)


def _enter(draft: Draft, change: EnterProgress, works: _Works) -> None:
    task = _leaf(draft, change.uid)
    state = _settled(draft, task, change)
    if change.resume is not None and (state.finish is not None or not 0 < state.done < state.length):
        raise refusal(task, "resume", "only a task that is partly done resumes. Enter how much is done.")
    if state.start is None:
        _keep(draft, task, state, None, works)
        return
    axis = draft.axis(task)
    laid = _Laid(state.start, merged(gaps_of(task, draft.crew(task.uid), axis), state.length))
    if change.resume is not None:
        laid = _resumed(task, state, laid, axis, change.resume)
    elif change.actual_finish is None:
        laid = _by_status_date(draft.project, state, laid, axis)
        if state.finish is not None and laid.done_moved:
            state = replace(state, finish=stop_at(laid.start, state.length, laid.gaps, axis))
    _keep(draft, task, state, laid, works)


# --- settling: how much, from when to when -----------------------------------------------------


def _settled(draft: Draft, task: Task, change: EnterProgress) -> _State:
    length, made = _amounts(draft, task, change)
    complete = _is_complete(task, change, length, made)
    percent = _percent(task, change, length, made)
    recorded = task.actual_start is not None or change.actual_start is not None
    if not complete:
        start = _start(draft, task, change, begun=made > 0 or percent > 0)
        return _State(length, made, percent, start, None, recorded)
    start = _start(draft, task, change, begun=True)
    if start is None:  # never: whatever has begun has a start
        start = draft.scheduled(task).start
    start, finish, length = _completed(draft, task, change, start, length, recorded=recorded)
    return _State(length, length, _ALL, start, finish, recorded)


def _amounts(draft: Draft, task: Task, change: EnterProgress) -> tuple[int, int]:
    """The duration and its done part, from whatever was given: a stop date, then a done amount, then a percent."""
    percent = change.percent_complete
    if percent is not None and not 0 <= percent <= 100:
        raise refusal(task, "percent_complete", f"{percent} % cannot be. Give 0 to 100.")
    length, made = whole(task), done(task)
    left = _amount(task, "remaining_duration", change.remaining_duration)
    given = _amount(task, "actual_duration", change.actual_duration)
    if change.stop is not None:
        given = _done_at_stop(draft, task, change, change.stop)
    if given is not None:
        return (max(length, given) if left is None else given + left), given
    if percent is not None:
        if left is not None and percent < 100:
            length = round(left / (1 - percent / 100))
        return length, round(length * percent / 100)
    return (length, made) if left is None else (made + left, made)


def _amount(task: Task, field: str, given: WorkTime | None) -> int | None:
    if given is not None and given < ZERO_WORK:
        raise refusal(task, field, f"{given.hours:g} h cannot be. Give 0 or more.")
    return None if given is None else given.tenths


def _done_at_stop(draft: Draft, task: Task, change: EnterProgress, stop: datetime) -> int:
    start = _start(draft, task, change, begun=True)
    if start is None or stop < start:
        raise refusal(
            task, "stop", f"it cannot stop ({WITH_YEAR.with_time(stop)}) before it starts. Give a later moment."
        )
    axis = draft.axis(task)
    return min(whole(task), done_by(start, stop, gaps_of(task, draft.crew(task.uid), axis), axis))


def _is_complete(task: Task, change: EnterProgress, length: int, made: int) -> bool:
    if change.actual_finish is not None:
        return True
    by_amount = change.actual_duration is not None or change.stop is not None
    if change.percent_complete is not None and not by_amount:
        return change.percent_complete == 100
    if by_amount or change.remaining_duration is not None:
        return made == length
    return task.actual_finish is not None


def _percent(task: Task, change: EnterProgress, length: int, made: int) -> Decimal:
    if change.percent_complete is not None and change.actual_duration is None and change.stop is None:
        return change.percent_complete
    if not length:
        return task.percent_complete
    return percent_of(made, length)


def _start(draft: Draft, task: Task, change: EnterProgress, *, begun: bool) -> datetime | None:
    """The start given, else the one known, else the scheduled one of a task that has begun; 0 % takes it away."""
    if change.actual_start is not None:
        return draft.typed_start(change.actual_start)
    if change.percent_complete == 0 and not begun:
        return None
    if task.actual_start is not None:
        return task.actual_start
    return draft.scheduled(task).start if begun else None


def _completed(
    draft: Draft, task: Task, change: EnterProgress, start: datetime, length: int, *, recorded: bool
) -> tuple[datetime, datetime, int]:
    """Actual start, actual finish and duration of a complete task; typed dates make the duration."""
    axis = draft.axis(task)
    gaps = merged(gaps_of(task, draft.crew(task.uid), axis), length)
    same = length == whole(task)
    finish = task.actual_finish if same else None
    if change.actual_finish is not None:
        finish = draft.typed_finish(change.actual_finish)
    if finish is None:
        row = draft.scheduled(task)
        as_planned = row.start == start and same
        return start, row.finish if as_planned else stop_at(start, length, gaps, axis), length
    if finish < start and not recorded:
        # Done before it was to begin: it is taken to have lasted as long as it was planned to.
        return moment(axis.start_at(axis.position(instant(finish)) - length)) if length else finish, finish, length
    if finish < start:
        raise refusal(
            task,
            "actual_finish",
            f"it cannot finish ({WITH_YEAR.with_time(finish)}) before it starts ({WITH_YEAR.with_time(start)}). "
            "Correct one of the two.",
        )
    if not length or (change.actual_finish is None and change.actual_start is None):
        return start, finish, length
    return start, finish, done_by(start, finish, gaps, axis) or length


# --- moving the done part and the rest ---------------------------------------------------------


def _resumed(task: Task, state: _State, laid: _Laid, axis: Axis, resume: datetime) -> _Laid:
    """The rest moved to begin at a given moment."""
    if resume < stop_at(laid.start, state.done, laid.gaps, axis):
        raise refusal(
            task,
            "resume",
            f"it cannot resume ({WITH_YEAR.with_time(resume)}) before its done part ends. Give a later moment.",
        )
    return _moved(state, laid, axis, laid.start, instant(resume))


def _by_status_date(project: ProjectSettings, state: _State, laid: _Laid, axis: Axis) -> _Laid:
    """Done and remaining parts moved to the status date, as far as the project's four options ask for it (P3).

    A done part whose start was recorded stays. Nothing is moved to where a task would have to be split in a project
    that splits none.
    """
    if project.status_date is None or not state.done:
        return laid
    status = instant(project.status_date)
    stop = instant(stop_at(laid.start, state.done, laid.gaps, axis))
    resume = instant(resume_at(laid.start, state.done, laid.gaps, axis))
    to_status = _start_to_end_at(laid, state.done, status, axis)
    after_status = axis.next_start(status)
    start, rest = laid.start, resume
    if stop > status:
        if project.move_completed_back and not state.recorded:
            start = to_status
            rest = after_status if project.move_remaining_back else resume
    elif resume < status and state.finish is None and project.move_remaining_forward:
        rest = after_status
        if project.move_completed_forward and not state.recorded:
            start = to_status
    if state.finish is not None:
        return replace(laid, start=start, done_moved=axis.between(instant(laid.start), instant(start)))
    moved = _moved(state, laid, axis, start, rest)
    opened = any(gap.after == state.done for gap in moved.gaps) and moved != laid
    return laid if opened and not project.split_in_progress else moved


def _start_to_end_at(laid: _Laid, made: int, status: int, axis: Axis) -> datetime:
    idle = sum(gap.length for gap in laid.gaps if gap.after < made)
    return moment(axis.start_at(axis.position(status) - made - idle))


def _moved(state: _State, laid: _Laid, axis: Axis, start: datetime, resume: int) -> _Laid:
    """The same task with its done part from `start` and its rest from `resume` on."""
    done_moved = axis.between(instant(laid.start), instant(start))
    rest_moved = axis.between(instant(resume_at(laid.start, state.done, laid.gaps, axis)), resume)
    stop = axis.position(instant(stop_at(start, state.done, laid.gaps, axis)))
    gaps = [gap for gap in laid.gaps if gap.after != state.done]
    return _Laid(
        start, merged([*gaps, Gap(state.done, axis.position(resume) - stop)], state.length), done_moved, rest_moved
    )


# --- keeping -----------------------------------------------------------------------------------


def _keep(draft: Draft, task: Task, state: _State, laid: _Laid | None, works: _Works) -> None:
    axis, crew, former = draft.axis(task), draft.crew(task.uid), whole(task)
    left = state.length - state.done
    new = with_length(draft, task, state.length, left) if state.length != former else task
    new = replace(
        new,
        percent_complete=state.percent,
        actual_start=state.start,
        actual_finish=state.finish,
        actual_duration=WorkTime(state.done),
        remaining_duration=WorkTime(left),
        stop=None,
        resume=None,
    )
    if laid is not None:
        new = replace(new, actual_start=laid.start, splits=parts(laid.start, state.length, laid.gaps, axis))
        if 0 < state.done < state.length:
            stop = stop_at(laid.start, state.done, laid.gaps, axis)
            new = replace(new, stop=stop, resume=resume_at(laid.start, state.done, laid.gaps, axis))
        if task.mode is TaskMode.MANUAL:
            ended = state.finish or stop_at(laid.start, state.length, laid.gaps, axis)
            new = replace(new, manual_start=laid.start, manual_finish=ended)
    changed = [_worked(draft, new, item, state, laid, former, works) for item in crew]
    draft.put(with_sums(_with_own_work(new, state) if not crew else new, changed))
    draft.put_assignments(changed)


def _worked(
    draft: Draft, task: Task, item: Assignment, state: _State, laid: _Laid | None, former: int, works: _Works
) -> Assignment:
    """An assignment with the work that the task's progress makes done, or with what was entered for it."""
    work = item.work.tenths
    if item.uid in works:
        work, actual = works[item.uid]
    else:
        if state.length != former and former:
            if task.type is TaskType.FIXED_WORK:
                item = replace(item, units=units_for(item, work, state.length))
            else:
                work = round(Decimal(work) * state.length / former)
        actual = round(work * state.percent / 100)
    item = with_amounts(item, work, actual, draft, task)
    if laid is not None and is_replayed(item):
        planned = _replayed(item.timephased, state, laid, draft.axis(task))
        item = replace(item, timephased=planned)
        if item.uid not in works:
            actual = sum(part.work.tenths for part in planned if part.actual)
    return replace(item, actual_work=WorkTime(actual), remaining_work=WorkTime(work - actual))


def _replayed(work: tuple[Timephased, ...], state: _State, laid: _Laid, axis: Axis) -> tuple[Timephased, ...]:
    """Timephased work moved with the task: to its actual start, its done part and its rest as they were moved."""
    first = min(part.start for part in work)
    typed = 0
    if state.start is not None and state.recorded and not any(part.actual for part in work):
        typed = axis.between(instant(first), instant(state.start))
    length = state.length if state.finish is not None else state.done
    stop = stop_at(state.start or first, length, laid.gaps, axis)
    return relaid(relaid(work, stop, typed, typed, axis), stop, laid.done_moved, laid.rest_moved, axis)


def _with_own_work(task: Task, state: _State) -> Task:
    """Work of a task that nobody is assigned to is done as far as the task is."""
    if task.work is None:
        return task
    actual = WorkTime(round(task.work.tenths * state.percent / 100))
    return replace(task, actual_work=actual, remaining_work=task.work - actual)


def _takes_progress(task: Task) -> bool:
    return task.active and not task.summary and not task.external


def _leaf(draft: Draft, uid: int) -> Task:
    task = draft.task(uid)
    if task.summary:
        raise refusal(task, "uid", "its progress comes from its tasks. Enter it there.")
    if not task.active:
        raise refusal(task, "uid", "it is inactive. Make it active first.")
    if task.external:
        raise refusal(task, "uid", "it belongs to another plan. Enter its progress there.")
    return task

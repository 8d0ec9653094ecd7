"""What a change of one plan means for those that wait for it: shown before it is saved, refused where it circles."""

from __future__ import annotations

from collections.abc import Collection

from headway.areas.programme.circles import Web
from headway.areas.programme.commands import circle_words
from headway.areas.programme.models import Placeholder
from headway.areas.projects.across import stages_of
from headway.areas.projects.lines import ProjectLine, lines_among
from headway.areas.projects.types import Stage
from headway.areas.schedule import elsewhere
from headway.areas.schedule.acts import MovedElsewhere
from headway.areas.schedule.effect import Difference
from headway.areas.schedule.placeholders import Span, Trial, rows_by_uid, seats, try_dates
from headway.areas.schedule.writing import day_writing
from headway.engine import plan as engine
from headway.engine.days import DayWriting
from headway.kernel.among import among_ids
from headway.kernel.context import Context
from headway.kernel.errors import Conflict

_WHY = "plans that wait for a visible one"
_MOST_STEPS = 60  # plans dated for one answer, those met twice counted twice


class _Following:
    """What plans ask of this area."""

    def refuse_circle(self, ctx: Context, project_id: int, old: engine.Plan, new: engine.Plan) -> None:
        """Only a plan that waits for others and is waited for, and whose links or outline change, can close one."""
        if old.links is new.links and _outline(old) == _outline(new):
            return
        rows = Placeholder.unscoped(reason=_WHY)
        if not rows.filter(project_id=project_id).exists() or not rows.filter(original_project_id=project_id).exists():
            return
        web = Web.read({project_id: new})
        if not web.returns(project_id):
            return
        way = web.circle(project_id)
        if way and not Web.read({project_id: old}).circle(project_id):
            raise Conflict(f"{circle_words(ctx, way)} Choose another link.")

    def moved(self, ctx: Context, project_id: int, change: Difference) -> tuple[MovedElsewhere, ...]:
        """The plans that wait for this one, and those that wait for them, dated as they would be."""
        trials = _trials(project_id, change)
        if not trials:
            return ()
        seen = {line.id: line for line in lines_among(ctx, list(trials))}
        days = day_writing(ctx)
        found = [_told(seen.get(project), trial.difference, days) for project, trial in trials.items()]
        found = [item for item in found if item.moved_count or item.finish_days]
        return tuple(sorted(found, key=lambda item: (abs(item.finish_days), item.moved_count), reverse=True))


elsewhere.set_following(_Following())


def _outline(plan: engine.Plan) -> dict[int, int | None]:
    return {task.uid: task.parent_uid for task in plan.tasks}


def _trials(project_id: int, change: Difference) -> dict[int, Trial]:
    """Every plan that moves with a change of one, in turn until nothing moves any more."""
    rows = _followers([project_id])
    if not rows:
        return {}
    trials: dict[int, Trial] = {}
    waiting: list[tuple[int, Difference]] = [(project_id, change)]
    for _ in range(_MOST_STEPS):
        if not waiting:
            break
        project, moved = waiting.pop(0)
        for follower, spans in _spans(_followers([project]) if project != project_id else rows, moved).items():
            if follower == project_id:
                continue  # what comes back to the plan itself it shows when it is dated anew
            trial = try_dates(follower, spans, trials.get(follower))
            if trial is not None:
                trials[follower] = trial
                waiting.append((follower, trial.difference))
    return trials


def _followers(project_ids: Collection[int]) -> list[tuple[int, int, int]]:
    """Project, row and the original's uid of every row that stands for a task of these projects."""
    rows = Placeholder.unscoped(reason=_WHY).filter(among_ids("original_project_id", project_ids)).order_by("id")
    found = list(rows.values_list("project_id", "uid", "original__uid"))
    closed = _closed({project for project, _, _ in found}) if found else set()
    return [row for row in found if row[0] not in closed]


def _closed(project_ids: Collection[int]) -> set[int]:
    """Those of some projects that are closed: their plans stand."""
    return {pk for pk, stage in stages_of(project_ids).items() if stage is Stage.CLOSED}


def _spans(rows: list[tuple[int, int, int]], moved: Difference) -> dict[int, dict[int, Span]]:
    """The new dates of the placeholders whose originals moved, by project."""
    found: dict[int, dict[int, Span]] = {}
    for project, row, uid in rows:
        if uid in moved.spans:
            start, finish = moved.spans[uid][1]
            if start is not None and finish is not None:
                found.setdefault(project, {})[row] = (start, finish)
    return found


def _told(line: ProjectLine | None, change: Difference, days: DayWriting) -> MovedElsewhere:
    old, new, worked = change.old_finish, change.new_finish, change.finish_days
    moved = len(change.moved)
    broken = len(change.deadlines[0])
    who = line.name if line is not None else "A project that you do not see"
    if new is not None and old != new and worked:
        count = "1 working day" if abs(worked) == 1 else f"{abs(worked)} working days"
        said = f"{who} then finishes {days.of(new)}, {count} {'later' if worked > 0 else 'earlier'}"
    else:
        said = f"{who}: {moved} {'task moves' if moved == 1 else 'tasks move'}, the finish stays"
    if broken:
        said += f", and {broken} {'deadline breaks' if broken == 1 else 'deadlines break'} there"
    key, name = (line.key, line.name) if line is not None else ("", "")
    return MovedElsewhere(key, name, moved, old, new, worked, broken, f"{said}.")


def out_of_step(project_id: int) -> list[int]:
    """Projects whose rows do not have their originals' dates: that wait for this one, and this one itself."""
    rows = Placeholder.unscoped(reason=_WHY).order_by("id")
    touched = rows.filter(original_project_id=project_id) | rows.filter(project_id=project_id)
    found = list(touched.values_list("project_id", "uid", "original_id", "original_project_id"))
    if not found:
        return []
    originals = seats([original for _, _, original, _ in found])
    held = {place: seat.span for place, seat in rows_by_uid({row[:2] for row in found}).items()}
    closed = _closed({row[0] for row in found})
    late = {
        project
        for project, uid, original, _ in found
        if project not in closed
        and (project, uid) in held
        and original in originals
        and originals[original].there
        and originals[original].span not in (None, held[project, uid])
    }
    return sorted(late)

"""What plans put on a Desk: one's own tasks; and for who leads a project, what threatens its dates.

A led project has at most four lines: late critical tasks, missed deadlines, milestones behind the baseline, old
progress. Each names its worst and counts the rest, so that two hundred projects do not make thousands of lines.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.fields.json import KeyTextTransform

from headway.areas.desk.providers import Reader, provider, reader
from headway.areas.desk.types import Act, Ask, Evidence, Group, Matter
from headway.areas.desk.wording import days_text, due_evidence, late_text, stake
from headway.areas.projects.attention import kept_lines, led_projects, provider_of_led
from headway.areas.projects.types import Stage
from headway.areas.schedule.models import BaselineTask, Plan, PlanTask
from headway.areas.schedule.my_tasks import my_tasks
from headway.areas.schedule.types import MyTask, TaskUrgency
from headway.engine.measures import HUNDRED
from headway.engine.ranking import Stake, working_days
from headway.kernel.access import may
from headway.kernel.among import among_ids
from headway.kernel.context import Context

STALE_DAYS = 7  # from the 11th day on, Schedule and Cost turn Grey (decision 0024)
_GREY_DAYS = 10
_MOST_AHEAD = 50  # milestones of the week; the nearest
_MINUTES_PER_DAY = 480
_TASK = PlanTask._meta.label
_PLAN = Plan._meta.label


def _progress(task_id: int) -> Act:
    asks = (Ask("percent_complete", "Percent complete", "percent"),)
    return Act("Set progress", "schedule.set_progress", {"task": task_id}, asks)


@provider("schedule.own_tasks", families=("task",))
def own_tasks(ctx: Context) -> Iterable[Matter]:
    """One's own tasks: late ones, those due today or tomorrow, those that start or finish this week."""
    me = reader(ctx)
    if not may(ctx, "schedule.read"):
        return
    for row in my_tasks(ctx, day=me.day).items:
        placed = _placed(row, me)
        if placed is None:
            continue
        group, reason, due = placed
        lost = _lost_days(row, me)
        waits = [name.rpartition("(")[2].rstrip(")") for name in row.waiting if name.endswith(")")]
        yield Matter(
            key=f"task:{row.id}",
            group=group,
            what=row.name,
            project_id=row.project_id,
            kind=_TASK,
            record_id=row.id,
            reason=reason,
            consequence=_own_consequence(row, lost),
            stake=stake(due, me, finish=lost, people=row.waiting_count),
            act=_progress(row.id) if row.may_enter else Act("Open"),
            due=due,
            people=tuple(dict.fromkeys(waits)) if group is not Group.AHEAD else (),
            evidence=(
                *due_evidence(due, me, "planned day"),
                Evidence("Slack", _slack_text(row), "working time the task may slip before the project's finish moves"),
                Evidence("Tasks that wait for it", str(row.waiting_count), "open tasks that follow it by a link"),
            ),
        )


def _placed(row: MyTask, me: Reader) -> tuple[Group, str, date | None] | None:
    """Where a task stands, why, and its day; None where it needs nobody yet."""
    start, finish = _on(row.start), _on(row.finish)
    if row.urgency is TaskUrgency.DONE or row.urgency is TaskUrgency.LATER:
        return None
    if row.urgency is TaskUrgency.LATE or (finish is not None and finish <= me.day + timedelta(days=1)):
        return Group.LATE, late_text("finish", finish, me), finish
    if start is not None and start < me.day and not row.percent_complete:
        return Group.LATE, f"not begun; its start was planned for {me.says(start)}", start
    sunday = me.day + timedelta(days=6 - me.day.weekday())
    if finish is not None and finish <= sunday:
        return Group.AHEAD, f"finishes {me.says(finish)}", finish
    if start is not None and me.day <= start <= sunday:
        return Group.AHEAD, f"starts {me.says(start)}", start
    return None


def _on(moment: datetime | None) -> date | None:
    return moment.date() if moment is not None else None


def _lost_days(row: MyTask, me: Reader) -> int:
    """Working days by which the task, if it finished today, would move the project's finish."""
    finish = _on(row.finish)
    if finish is None or finish >= me.day or row.total_slack_minutes is None:
        return 0
    return max(0, working_days(finish, me.day) - int(row.total_slack_minutes // _MINUTES_PER_DAY))


def _own_consequence(row: MyTask, lost: int) -> str:
    said = [f"moves the finish by {days_text(lost)}"] if lost else ["on the critical path"] if row.critical else []
    if row.waiting:
        rest = row.waiting_count - len(row.waiting)
        names = ", ".join(row.waiting) + (f" and {rest} more" if rest else "")
        said.append(f"{'waits' if row.waiting_count == 1 else 'wait'} for it: {names}")
    return "; ".join(said)


def _slack_text(row: MyTask) -> str:
    if row.total_slack_minutes is None:
        return "not computed"
    return f"{row.total_slack_minutes / _MINUTES_PER_DAY:.1f}".removesuffix(".0") + " d"


# --- for who leads a project ------------------------------------------------------------------


def _open_tasks(project_ids: Iterable[int]) -> QuerySet[PlanTask]:
    return _open_rows(project_ids).filter(summary=False)


def _open_rows(project_ids: Iterable[int]) -> QuerySet[PlanTask]:
    """Open tasks and open summaries."""
    rows = PlanTask.unscoped(reason="plans of projects that the actor leads").filter(
        among_ids("plan__project_id", project_ids)
    )
    return rows.filter(removed_at=None, active=True, percent_complete__lt=100)


@provider_of_led("schedule.late_tasks", families=("late",))
def late_tasks(ctx: Context) -> Iterable[Matter]:
    """For each led project its latest critical task, how far that moves the finish, and how many more there are."""
    return kept_lines(ctx, "schedule.late_tasks", _late_tasks)


def _late_tasks(ctx: Context, project_ids: list[int]) -> Iterable[Matter]:
    me = reader(ctx)
    late = _open_tasks(project_ids).filter(critical=True, finish__lt=_midnight(me.day)).order_by("finish", "id")
    columns = ("plan__project_id", "pk", "name", "owner", "finish", "plan__finish")
    by_project: dict[int, list[Any]] = {}
    for row in late.values_list(*columns, named=True):
        by_project.setdefault(row.plan__project_id, []).append(row)
    ahead = _next_critical_milestones(by_project)
    for project_id, rows in by_project.items():
        worst, more = rows[0], len(rows) - 1
        finish = worst.finish.date()
        lost = working_days(finish, me.day)
        end = f" of {me.says(worst.plan__finish.date())}" if worst.plan__finish else ""
        said = f"moves the finish{end} by {days_text(lost)}" if lost else f"the finish{end} moves from now on"
        if project_id in ahead:
            name, on = ahead[project_id]
            said += f"; next critical milestone: {name}, {me.says(on)}"
        yield Matter(
            key=f"late:{project_id}",
            group=Group.LATE,
            what=worst.name + (f" and {more} more critical task{'' if more == 1 else 's'}" if more else ""),
            project_id=project_id,
            kind=_TASK,
            record_id=worst.pk,
            reason=late_text("finish", finish, me),
            consequence=said,
            stake=stake(finish, me, finish=lost),
            act=_progress(worst.pk),
            due=finish,
            owner=worst.owner,
            evidence=(
                Evidence("Late critical tasks", str(len(rows)), "open critical tasks planned to finish before today"),
                Evidence("Moves the finish", days_text(lost), "critical tasks have no slack: days late = days lost"),
                *due_evidence(finish, me, "planned finish"),
            ),
        )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time())


def _next_critical_milestones(project_ids: Iterable[int]) -> dict[int, tuple[str, date]]:
    rows = _open_tasks(project_ids).filter(milestone=True, critical=True, finish__isnull=False)
    found: dict[int, tuple[str, date]] = {}
    columns: Any = rows.order_by("finish", "id").values_list("plan__project_id", "name", "finish")
    for project_id, name, finish in columns:
        found.setdefault(project_id, (name, finish.date()))
    return found


@provider_of_led("schedule.deadlines", families=("deadline",))
def deadlines(ctx: Context) -> Iterable[Matter]:
    """For each led project the deadline that its plan misses by most."""
    return kept_lines(ctx, "schedule.deadlines", _deadlines)


def _deadlines(ctx: Context, project_ids: list[int]) -> Iterable[Matter]:
    me = reader(ctx)
    rows = _open_rows(project_ids).filter(deadline__isnull=False, finish__gt=F("deadline")).order_by("id")
    dated = rows.annotate(done=KeyTextTransform("percent_complete", "computed"))
    columns = ("plan__project_id", "pk", "name", "owner", "deadline", "finish", "summary", "done")
    worst: dict[int, tuple[int, Any]] = {}
    counts: dict[int, int] = {}
    for row in dated.values_list(*columns, named=True):
        if row.summary and Decimal(row.done or 0) >= HUNDRED:  # the column holds only what is entered
            continue
        missed = working_days(row.deadline.date(), row.finish.date())
        counts[row.plan__project_id] = counts.get(row.plan__project_id, 0) + 1
        if row.plan__project_id not in worst or missed > worst[row.plan__project_id][0]:
            worst[row.plan__project_id] = (missed, row)
    for project_id, (missed, row) in worst.items():
        more = counts[project_id] - 1
        yield Matter(
            key=f"deadline:{project_id}",
            group=Group.LATE,
            what=f"Deadline of {row.name}" + (f" and {more} more" if more else ""),
            project_id=project_id,
            kind=_TASK,
            record_id=row.pk,
            reason=f"the plan misses {me.says(row.deadline.date())} by {days_text(missed)}"
            if missed
            else f"the plan misses {me.says(row.deadline.date())} by hours",
            consequence=f"it finishes {me.says(row.finish.date())} as planned now",
            stake=Stake(days_late=missed, severity=Decimal("0.5")),
            act=Act("Open the task"),
            due=row.deadline.date(),
            owner=row.owner,
            evidence=(
                Evidence(
                    "Missed by",
                    days_text(missed),
                    "Mondays to Fridays from the deadline to the planned finish",
                ),
                Evidence("Deadlines missed", str(counts[project_id]), "open tasks planned to finish after theirs"),
            ),
        )


@provider_of_led("schedule.milestones", families=("milestone", "milestone-ahead"))
def milestones(ctx: Context) -> Iterable[Matter]:
    """For each led project the milestone that is furthest behind the baseline, and those of this week."""
    found = kept_lines(ctx, "schedule.milestones", _milestones)
    ahead = sorted((line for line in found if line.group is Group.AHEAD), key=lambda line: (line.due, line.record_id))
    return [line for line in found if line.group is not Group.AHEAD] + ahead[:_MOST_AHEAD]


def _milestones(ctx: Context, project_ids: list[int]) -> Iterable[Matter]:
    me = reader(ctx)
    promised = BaselineTask.unscoped(reason="baselines of visible plans").filter(
        baseline__plan=OuterRef("plan"), baseline__current=True, uid=OuterRef("uid")
    )
    # All open ones are read: asking the database for those behind their promise would look each promise up twice.
    rows = _open_tasks(project_ids).filter(milestone=True, finish__isnull=False).order_by("finish", "id")
    dated = rows.annotate(promised=Subquery(promised.values("finish")[:1]))
    columns = ("plan__project_id", "pk", "name", "owner", "finish", "promised")
    behind: dict[int, list[tuple[int, Any]]] = {}
    for row in dated.values_list(*columns, named=True):
        day = row.finish.date()
        if me.day <= day < me.day + timedelta(days=7):
            yield _this_week(row, day, me)
        if row.promised is not None and row.finish > row.promised:
            slip = working_days(row.promised.date(), day)
            if slip > 0:
                behind.setdefault(row.plan__project_id, []).append((slip, row))
    for project_id, late in behind.items():
        slip, row = max(late, key=lambda item: item[0])
        more = len(late) - 1
        yield Matter(
            key=f"milestone:{project_id}",
            group=Group.LATE,
            what=f"Milestone {row.name}" + (f" and {more} more" if more else ""),
            project_id=project_id,
            kind=_TASK,
            record_id=row.pk,
            reason=f"{days_text(slip)} behind the baseline",
            consequence=f"promised {me.says(row.promised.date())}, now {me.says(row.finish.date())}",
            stake=Stake(days_late=slip, severity=Decimal("0.3")),
            act=Act("Open the milestone"),
            due=row.finish.date(),
            owner=row.owner,
            evidence=(
                Evidence("Behind by", days_text(slip), "Mondays to Fridays from the current baseline to the plan"),
                Evidence("Milestones behind", str(len(late)), "open milestones later than in the current baseline"),
            ),
        )


def _this_week(row: Any, day: date, me: Reader) -> Matter:
    return Matter(
        key=f"milestone-ahead:{row.pk}",
        group=Group.AHEAD,
        what=f"Milestone {row.name}",
        project_id=row.plan__project_id,
        kind=_TASK,
        record_id=row.pk,
        reason=f"planned for {me.says(day)}",
        stake=stake(day, me, severity=Decimal("0.1")),
        act=_progress(row.pk),
        due=day,
        owner=row.owner,
    )


@provider_of_led("schedule.progress", families=("progress",))
def old_progress(ctx: Context) -> Iterable[Matter]:
    """Led projects in delivery whose progress was last entered more than a week ago."""
    return kept_lines(ctx, "schedule.progress", _old_progress)


def _old_progress(ctx: Context, project_ids: list[int]) -> Iterable[Matter]:
    me = reader(ctx)
    led = led_projects(ctx)
    delivering = [pk for pk in project_ids if led[pk].stage is Stage.DELIVERY]
    rows = Plan.unscoped(reason="plans of projects that the actor leads").filter(
        among_ids("project_id", delivering), progress_on__lt=me.day - timedelta(days=STALE_DAYS)
    )
    columns: Any = rows.order_by("progress_on", "id").values_list("pk", "project_id", "progress_on")
    for pk, project_id, on in columns:
        age = (me.day - on).days
        grey = age > _GREY_DAYS
        yield Matter(
            key=f"progress:{project_id}",
            group=Group.LATE,
            what="Progress of the plan",
            project_id=project_id,
            kind=_PLAN,
            record_id=pk,
            reason=f"last entered {me.says(on)}, {age} days ago",
            consequence="Schedule and Cost are Grey until it is entered"
            if grey
            else f"Schedule and Cost turn Grey after {_GREY_DAYS} days",
            stake=Stake(days_late=max(0, age - STALE_DAYS), severity=Decimal("0.4") if grey else Decimal("0.2")),
            act=Act("Enter progress"),
            due=on + timedelta(days=STALE_DAYS),
            evidence=(Evidence("Age of progress", f"{age} days", f"from {me.says(on)} to today {me.says(me.day)}"),),
        )

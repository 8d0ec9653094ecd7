"""My tasks: what is mine to do over all projects, with its progress, hours and timer in place.

Each act answers with the row it was pressed in, so that the list stays where it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import ROUND_HALF_UP, Decimal
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.backends.utils import csrf_input
from django.urls import reverse

from headway.areas.capacity.next_up import next_task
from headway.areas.hours import commands as hours
from headway.areas.hours.sheets import usual
from headway.areas.hours.weeks import RowKey
from headway.areas.method.checklists import ticked_of
from headway.areas.projects.queries import my_person_id
from headway.areas.schedule import commands
from headway.areas.schedule import my_tasks as reads
from headway.areas.schedule import queries as plans
from headway.areas.schedule.types import Effect, MyTask, MyTasks, TaskRow, TaskUrgency
from headway.interfaces.web.capacity.next_up import next_shown
from headway.interfaces.web.context import locale_of
from headway.interfaces.web.hours.week import today_of
from headway.interfaces.web.locale import Locale
from headway.interfaces.web.page import May, act, page, say, show, warn
from headway.interfaces.web.submitting import day, started_from, text, version_field
from headway.interfaces.web.templatetags.formats import days as in_days
from headway.interfaces.web.templatetags.formats import number, short_date, sprite, weekday_date
from headway.kernel.access import may
from headway.kernel.context import Context
from headway.kernel.errors import HeadwayError, NotFound, Stale

STEPS = ((25, "1"), (50, "2"), (75, "3"), (90, "9"))  # percent and its key, before "done"
SHOWN = 20  # tasks of a group before its rest is asked for
_TITLES = {
    TaskUrgency.LATE: "Late",
    TaskUrgency.TODAY: "Today",
    TaskUrgency.THIS_WEEK: "Later this week",
    TaskUrgency.LATER: "Later",
    TaskUrgency.DONE: "Done this week",
}
_MORNING, _EVENING = time(8), time(17)
_DAY_MINUTES = 480
_WHOLE = Decimal(100)


class ProgressForm(forms.Form):
    """How far a task has come."""

    percent_complete = forms.DecimalField(
        label="Percent complete", required=False, min_value=Decimal(0), max_value=Decimal(100), max_digits=7
    )
    remaining = text("Work that remains", required=False, hint="Such as 3d or 4h.", length=40)
    actual_finish = day("Finished on", hint="A finish means 100 %.")
    version = version_field()


class LogForm(forms.Form):
    """Hours on a task."""

    hours = text("Hours", hint="1.5, 1:30 or 90m", length=20)
    day = day("Day", required=True)
    note = text("Note", required=False, length=1000)


@dataclass(frozen=True, slots=True)
class Undo:
    """Progress to go back to: the percent, and what remained, which makes the duration what it was."""

    percent: str
    remaining: str


@dataclass(frozen=True, slots=True)
class Said:
    """What an act did, or why it did not: stands in its row until the page is loaded again."""

    text: str
    refused: bool = False
    undo: Undo | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A task with the words that say why it matters, and its addresses; `ticks`: how far its checklist is."""

    task: MyTask
    why: str
    late: str
    done: bool
    percent: str
    url: str
    progress_url: str
    log_url: str
    ticks: str


@dataclass(frozen=True, slots=True)
class Group:
    """The tasks of one urgency, the first of them as rows.

    rest  how many are left out, which `rest_url` shows, too.
    """

    title: str
    kind: str
    rows: list[Row]
    count: int
    rest: int
    rest_url: str


@page()
def my_tasks(request: HttpRequest, ctx: Context) -> HttpResponse:
    """Late, today, this week, later, done this week; `project` narrows it to one, `whole` shows all of one group."""
    today, locale = today_of(ctx), locale_of(request)
    found = reads.my_tasks(ctx, day=today)
    chosen, whole = request.GET.get("project", ""), request.GET.get("whole", "")
    projects = list(dict.fromkeys((row.project_key, row.project) for row in found.items))
    items = [row for row in found.items if not chosen or row.project_key == chosen]
    ticks = _ticks(ctx, items)
    if whole and request.headers.get("HX-Request"):  # only what follows the rows that stand there
        rest = [row for row in items if row.urgency.value == whole][SHOWN:]
        rows = [_row(row, today, locale, ticks) for row in rest]
        return render(
            request, "my_tasks/rest.html", {"rows": rows, "may": May(ctx), **_row_values(request, ctx, today)}
        )
    draw = partial(_row, today=today, locale=locale, ticks=ticks)
    groups = [_group(kind, items, draw, chosen=chosen, whole=whole) for kind in TaskUrgency]
    values = {
        "groups": [group for group in groups if group.count],
        "any": bool(items),
        "more": found.more,
        "projects": projects if len(projects) > 1 else [],
        "chosen": chosen,
        "answer": _answer(found, chosen),
        "next_up": next_shown(request, next_task(ctx)) if not chosen else None,
        **_row_values(request, ctx, today),
    }
    return show(request, ctx, "my_tasks/list.html", values)


def _ticks(ctx: Context, items: list[MyTask]) -> dict[int, str]:
    """'2 of 5 ticked' of each task that has a checklist."""
    found = ticked_of(ctx, [row.id for row in items])
    return {task: f"{done} of {lines} ticked" for task, (done, lines) in found.items()}


def _group(kind: TaskUrgency, items: list[MyTask], draw: Callable[[MyTask], Row], *, chosen: str, whole: str) -> Group:
    every = [row for row in items if row.urgency is kind]
    shown = every if whole == kind.value else every[:SHOWN]
    asked = urlencode(({"project": chosen} if chosen else {}) | {"whole": kind.value})
    rows = [draw(row) for row in shown]
    return Group(_TITLES[kind], kind.value, rows, len(every), len(every) - len(rows), f"{reverse('my-tasks')}?{asked}")


def _row_values(request: HttpRequest, ctx: Context, today: date) -> dict[str, Any]:
    """What every row needs beside its task; made once for all of them."""
    return {
        "steps": STEPS,
        "may_log": may(ctx, "hours.log"),
        "today_iso": today.isoformat(),
        "icons": sprite(),
        "csrf_field": csrf_input(request),
        "timer_url": reverse("timer-start"),
        "list_url": reverse("my-tasks"),
    }


def _answer(found: MyTasks, chosen: str) -> str:
    items = [row for row in found.items if not chosen or row.project_key == chosen]
    late = [row for row in items if row.urgency is TaskUrgency.LATE]
    now = sum(row.urgency is TaskUrgency.TODAY for row in items)
    week = sum(row.urgency is TaskUrgency.THIS_WEEK for row in items)
    if not items:
        return ""
    said = []
    if late:
        critical = sum(row.critical for row in late)
        said.append(f"{_tasks(len(late))} late" + (f", {critical} of them critical" if critical else ""))
    if now or not late:
        said.append(f"{_tasks(now)} for today")
    if week:
        said.append(f"{week} more this week")
    return f"{'; '.join(said)}."


def _tasks(count: int) -> str:
    return f"{count} {'task' if count == 1 else 'tasks'}"


def _row(task: MyTask, today: date, locale: Locale, ticks: Mapping[int, str]) -> Row:
    late = ""
    if task.urgency is TaskUrgency.LATE and task.finish is not None:
        gone = (today - task.finish.date()).days
        late = f"{gone} {'day' if gone == 1 else 'days'} late"
    return Row(
        task=task,
        why=_why(task, locale),
        late=late,
        done=task.urgency is TaskUrgency.DONE,
        percent=str(task.percent_complete.quantize(Decimal(1), ROUND_HALF_UP)),
        url=reverse("task", args=[task.project_key, task.id]),
        progress_url=reverse("my-task-progress", args=[task.id]),
        log_url=reverse("my-task-log", args=[task.id]),
        ticks=ticks.get(task.id, ""),
    )


def _why(task: MyTask, locale: Locale) -> str:
    """'Critical: it moves the finish. Build the basket (Max) waits for it.'"""
    said = []
    if task.urgency is TaskUrgency.DONE:
        return ""
    if task.critical:
        said.append("Critical: a day later here is a day later at the end.")
    elif task.total_slack_minutes is not None and task.total_slack_minutes > 0:
        said.append(f"{in_days(task.total_slack_minutes / _DAY_MINUTES, locale)} of slack.")
    elif task.total_slack_minutes is not None and task.total_slack_minutes < 0:
        said.append(f"{in_days(-task.total_slack_minutes / _DAY_MINUTES, locale)} behind what a date asks for.")
    if task.waiting:
        others = task.waiting_count - len(task.waiting)
        names = ", ".join(task.waiting) + (f" and {others} more" if others > 0 else "")
        said.append(f"{names} {'waits' if task.waiting_count == 1 else 'wait'} for it.")
    return " ".join(said)


@act
def progress(request: HttpRequest, ctx: Context, task: int) -> HttpResponse:
    """Enter a task's progress, by one key, a button or the form; says what it did to the finish."""
    before = _mine(ctx, task)
    form = ProgressForm(request.POST)

    def change() -> Said:
        if not form.is_valid():
            return Said(_faults(form), refused=True)
        given = form.cleaned_data
        undo = _undo(plans.task(ctx, task=task))
        effect = commands.set_progress(
            started_from(ctx, given["version"]),
            task=task,
            percent_complete=given["percent_complete"],
            remaining=given["remaining"] or None,
            **_actual(before, given["percent_complete"], given["actual_finish"], today_of(ctx)),
        )
        percent = plans.task(ctx, task=task).percent_complete
        return Said(_effect(effect, percent, locale_of(request)), undo=undo)

    return _answered(request, ctx, task, change)


def _undo(row: TaskRow) -> Undo:
    """An actual finish makes the duration; going back from it needs what remained before."""
    if row.duration_minutes is None or row.percent_complete >= _WHOLE:
        return Undo(f"{row.percent_complete.normalize():f}", "")
    minutes = row.duration_minutes * (_WHOLE - row.percent_complete) / _WHOLE
    return Undo(f"{row.percent_complete.normalize():f}", f"{minutes:.1f}min")


def _actual(task: MyTask, percent: Decimal | None, finished: date | None, today: date) -> dict[str, datetime]:
    """Done is done today, unless another day is named; a task that was to begin later then began today, too."""
    ended = finished or (today if percent == 100 else None)
    if ended is None:
        return {}
    actual = {"actual_finish": datetime.combine(ended, _EVENING)}
    if task.start is not None and task.start > actual["actual_finish"]:
        actual["actual_start"] = datetime.combine(ended, _MORNING)
    return actual


def _effect(effect: Effect, percent: Decimal, locale: Locale) -> str:
    moved = [item for item in effect.moved if item.uid != effect.uid]
    said = f"{number(percent.quantize(Decimal(1)), locale)} % entered."
    if moved:
        said += f" {_tasks(len(moved))} {'moves' if len(moved) == 1 else 'move'}."
    old, new = effect.old_finish, effect.new_finish
    if new is None:
        return said
    if old is None or old.date() == new.date():
        return f"{said} Finish of the project stays {weekday_date(new, locale)}."
    return f"{said} Finish of the project goes from {weekday_date(old, locale)} to {weekday_date(new, locale)}."


@act
def log(request: HttpRequest, ctx: Context, task: int) -> HttpResponse:
    """Log hours on a task, as a draft in my week."""
    row = _mine(ctx, task)
    form = LogForm(request.POST)

    def change() -> Said:
        if not form.is_valid():
            return Said(_faults(form), refused=True)
        me = my_person_id(ctx)
        role, billable = usual(ctx, me or 0, RowKey(row.project_id, row.uid, row.name[:255]), form.cleaned_data["day"])
        entry = hours.log(
            ctx, project=row.project_id, task=task, role=role, billable=billable, person=me, **form.cleaned_data
        )
        locale = locale_of(request)
        return Said(f"{number(entry.hours, locale)} h logged on {short_date(entry.day, locale)}, as a draft.")

    return _answered(request, ctx, task, change)


def _faults(form: forms.Form) -> str:
    return " ".join(
        f"{form.fields[name].label if name in form.fields else ''}: {' '.join(str(error) for error in errors)}"
        for name, errors in form.errors.items()
    )


def _mine(ctx: Context, task_id: int) -> MyTask:
    found = _listed(ctx, task_id)
    if found is None:
        raise NotFound("There is nothing here.")
    return found


def _listed(ctx: Context, task_id: int) -> MyTask | None:
    return next((row for row in reads.my_tasks(ctx, day=today_of(ctx)).items if row.id == task_id), None)


def _answered(request: HttpRequest, ctx: Context, task_id: int, change: Callable[[], Said]) -> HttpResponse:
    """Carry out an act; the answer is its row, or the list for a browser without scripts."""
    status = 200
    try:
        said = change()
        status = 422 if said.refused else 200
    except Stale:
        said, status = Said("Somebody changed this task meanwhile. This is how it stands; enter it again.", True), 409
    except HeadwayError as refusal:
        said, status = Said(refusal.message, refused=True), refusal.status
    if not request.headers.get("HX-Request"):
        (warn if said.refused else say)(request, said.text)
        return redirect(reverse("my-tasks") + f"#task-{task_id}")
    today = today_of(ctx)
    task = _listed(ctx, task_id)
    if task is None:  # finished in another week: it has left the list
        return render(request, "my_tasks/gone.html", {"task_id": task_id, "said": said}, status=status)
    values = {
        "row": _row(task, today, locale_of(request), _ticks(ctx, [task])),
        "said": said,
        "may": May(ctx, task.project_id),
        **_row_values(request, ctx, today),
    }
    return render(request, "my_tasks/row.html", values, status=status)

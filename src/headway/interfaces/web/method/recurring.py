"""A task that comes again: its rule, with the effect on the plan before it is made."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from headway.areas.method import recurring
from headway.areas.method.types import RecurrenceRow, Rhythm
from headway.areas.projects.types import Charter
from headway.areas.schedule.queries import has_plan, tasks
from headway.interfaces.web.frame import Link
from headway.interfaces.web.page import offered, page, say, show, warn, working_project
from headway.interfaces.web.submitting import (
    Both,
    attempt,
    one_of,
    several_of,
    start_noted,
    started_from,
    text,
    version_field,
)
from headway.interfaces.web.submitting import day as one_day
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, NotFound

_RHYTHMS = [
    (Rhythm.WEEKLY.value, "On days of the week"),
    (Rhythm.MONTHLY_WEEKDAY.value, "On a weekday of the month"),
    (Rhythm.MONTHLY_DAY.value, "On a day of the month"),
    (Rhythm.LAST_WORKING_DAY.value, "On the last working day of the month"),
]
_DAYS = [(0, "Monday"), (1, "Tuesday"), (2, "Wednesday"), (3, "Thursday"), (4, "Friday"), (5, "Saturday"),
         (6, "Sunday")]  # fmt: skip
_POSITIONS = [(1, "the first"), (2, "the second"), (3, "the third"), (4, "the fourth"), (5, "the last")]


class RuleForm(forms.Form):
    """When a task comes again.

    needed  fields that must be filled where the rhythm shows them, and the two ends, of which one must be given.
    """

    needed: ClassVar[frozenset[str]] = frozenset({"weekdays", "position", "weekday", "day", "until", "until_task"})

    rhythm = one_of("Comes", _RHYTHMS)
    interval = forms.IntegerField(
        label="Every", min_value=1, max_value=99, initial=1, help_text="1 = every week or month, 2 = every second."
    )
    weekdays = several_of("Days of the week", _DAYS, required=False)
    position = one_of("Which of the month", _POSITIONS, required=False, number=True)
    weekday = one_of("Day of the week", _DAYS, required=False, number=True)
    day = forms.IntegerField(label="Day of the month", required=False, min_value=1, max_value=31)
    duration = text("Duration", hint="Such as 1h, 4h or 1d.", length=40)
    people = text(
        "People", required=False, hint="As in the plan: Ann; Bob [50%]. Each time it comes, they have it.", length=1000
    )
    first = one_day("First day", required=True)
    until = one_day("Last day", hint="This or the row below.")
    version = version_field()

    def __init__(self, rows: list[tuple[int, str]], *args: Any, new: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["until_task"] = one_of("Ends with", rows, required=False, number=True)
        if new:
            self.fields["name"] = text("Name", hint="Such as 'Weekly report'.")
            self.order_fields(["name"])

    def given(self) -> dict[str, Any]:
        """The rule as the use case takes it: of days, only what its rhythm asks for."""
        cleaned = self.cleaned_data
        rhythm = Rhythm(cleaned["rhythm"])
        of_month = rhythm is Rhythm.MONTHLY_WEEKDAY
        return {
            "rhythm": rhythm,
            "interval": cleaned["interval"],
            "weekdays": self._weekdays(rhythm),
            "position": cleaned["position"] if of_month else None,
            "day": cleaned["day"] if rhythm is Rhythm.MONTHLY_DAY else None,
            "duration": cleaned["duration"],
            "people": cleaned["people"],
            "first": cleaned["first"],
            "until": cleaned["until"],
            "until_task": cleaned["until_task"],
        }

    def _weekdays(self, rhythm: Rhythm) -> tuple[int, ...]:
        if rhythm is Rhythm.MONTHLY_WEEKDAY:
            chosen = self.cleaned_data.get("weekday")
            return (chosen,) if chosen is not None else ()
        return tuple(self.cleaned_data.get("weekdays", ())) if rhythm is Rhythm.WEEKLY else ()

    def clean(self) -> dict[str, Any]:
        """What is wrong with the rule stands beside its fields together with what is wrong with each of them."""
        said: dict[str, Any] = self.cleaned_data
        if "rhythm" not in said:
            return said
        rhythm = Rhythm(said["rhythm"])
        faults = recurring.faults_of(
            rhythm,
            interval=said.get("interval", 1),
            weekdays=self._weekdays(rhythm),
            day=said.get("day"),
            position=said.get("position"),
            duration=said.get("duration", "1h"),
            people=said.get("people", ""),
            ends=(said.get("until") is not None) + (said.get("until_task") is not None),
        )
        for fault in faults:
            field = "weekday" if fault.field == "weekdays" and rhythm is Rhythm.MONTHLY_WEEKDAY else fault.field
            if field not in self.errors:
                self.add_error(field, fault.message[:1].upper() + fault.message[1:])
        return said


def _project(ctx: Context, key: str) -> tuple[Charter, list[tuple[int, str]]]:
    project = working_project(ctx, key)
    offered(ctx, "method.plan_by_template", project)
    if not has_plan(project.id):
        raise NotFound("There is nothing here.")
    rows = tasks(ctx, project=project.id, limit=200).items
    return project, [(row.id, row.name) for row in rows if row.milestone]


@page("POST")
def new(request: HttpRequest, ctx: Context, key: str) -> HttpResponse:
    """A new task that comes again; 'Show the effect' saves nothing."""
    project, rows = _project(ctx, key)
    form = RuleForm(rows, request.POST or None, new=True, initial={"duration": "1h", "rhythm": "weekly"})

    def do(ctx: Context, given: dict[str, Any]) -> Any:
        return recurring.add_recurring(ctx, project=project.id, name=given["name"], **form.given())

    return _shown(request, ctx, project, form, do, "New recurring task", "Put it into the plan")


@page("POST")
def rule(request: HttpRequest, ctx: Context, key: str, rule: int) -> HttpResponse:
    """Change the rule of a task that comes again, or let it come no more."""
    project, rows = _project(ctx, key)
    row = _rule(ctx, project, rule)
    if request.method == "POST" and request.POST.get("remove"):
        seen = request.POST.get("version", "")
        acting = started_from(ctx, int(seen) if seen.isdigit() else None)
        try:
            effect = recurring.remove_recurring(acting, rule=row.id)
        except Conflict as refusal:
            warn(request, refusal.message)
        else:
            say(request, f"{row.name} comes no more. {effect.sentence}")
        return redirect(reverse("method", args=[key]))
    form = RuleForm(rows, request.POST or None, new=False, initial=_stored(row))
    start_noted(form)

    def do(ctx: Context, given: dict[str, Any]) -> Any:
        return recurring.edit_recurring(started_from(ctx, given["version"]), rule=row.id, **form.given())

    return _shown(request, ctx, project, form, do, row.name, "Save the rule", row)


def _stored(row: RecurrenceRow) -> dict[str, Any]:
    """The rule by the fields of its form."""
    weekly = row.rhythm is Rhythm.WEEKLY
    return {
        "rhythm": row.rhythm.value,
        "interval": row.interval,
        "weekdays": list(row.weekdays) if weekly else [],
        "weekday": row.weekdays[0] if row.weekdays and row.rhythm is Rhythm.MONTHLY_WEEKDAY else None,
        "day": row.day,
        "position": row.position,
        "duration": row.duration,
        "people": row.people,
        "first": row.first,
        "until": row.until,
        "until_task": row.until_task,
        "version": row.version,
    }


def _rule(ctx: Context, project: Charter, rule: int) -> RecurrenceRow:
    for row in recurring.recurring_tasks(ctx, project=project.id):
        if row.id == rule:
            return row
    raise NotFound("There is nothing here.")


def _shown(
    request: HttpRequest,
    ctx: Context,
    project: Charter,
    form: RuleForm,
    do: Any,
    title: str,
    submit: str,
    row: RecurrenceRow | None = None,
) -> HttpResponse:
    effect, status = None, 200
    both: tuple[Both, ...] = ()
    if request.method == "POST":
        only_tries = bool(request.POST.get("try"))
        acting = ctx.but(dry_run=True) if only_tries else ctx
        done = attempt(form, lambda given: do(acting, given), stored=_stored(row) if row is not None else None)
        if done.done and not only_tries:
            say(request, f"{done.result.label}. {done.result.sentence}")
            return redirect(reverse("method", args=[project.key]))
        effect, status, both = (done.result if done.done else None), done.status, done.both
    values = {"form": form, "both": both, "title": title, "submit": submit, "effect": effect, "row": row}
    crumbs = (Link(title),)
    return show(
        request, ctx, "method/recurring.html", values, project=project, tab="method", crumbs=crumbs, status=status
    )

"""What was understood of a line, part by part, to be looked at and corrected before anything is saved."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any

from django import forms
from django.http import HttpRequest

from headway.areas.hours import commands as hours
from headway.areas.hours import quick
from headway.areas.hours.line_words import Chosen, Named, chosen, named_in
from headway.areas.hours.lines import LONGEST
from headway.areas.hours.queries import entry
from headway.areas.hours.types import LineChoice, LineRead, hours_of_text
from headway.areas.projects import commands as projects
from headway.areas.projects import queries
from headway.areas.projects.types import Severity
from headway.areas.schedule import commands as schedule
from headway.areas.schedule import queries as plans
from headway.areas.schedule.my_tasks import task_of_name, tasks_by_uid
from headway.interfaces.web.once import carry_key
from headway.interfaces.web.page import today_in
from headway.interfaces.web.quick_add.line import Kind, Line, read
from headway.interfaces.web.submitting import CHOOSE, day, named, one_of, text
from headway.kernel.access import may
from headway.kernel.context import Context
from headway.kernel.errors import FieldError, Invalid
from headway.kernel.registry import UseCase

_EVENING = time(17)
_PAID, _UNPAID = "yes", "no"
_INPUTS = {"hours": "amount"}  # questions about hours by their fields here


@dataclass(frozen=True, slots=True)
class Adding:
    """How one kind is added: its words, its permission, the label of its day, its use case, and by what it is called.

    add  calls `case` once with what was filled in.
    """

    noun: str
    permission: str
    title: str
    day: str
    add: Callable[[Context, dict[str, Any]], Any]
    case: UseCase[Any]
    page: str


def _task(ctx: Context, given: dict[str, Any]) -> Any:
    if not plans.has_plan(queries.charter(ctx, project=given["project"]).id):
        message = "This project has no plan yet. Start one on its Plan page, or import a file."
        raise Invalid(message, fields=[FieldError("project", message)])
    owner = dict(_people(ctx, given["project"])).get(given["person"], "")
    deadline = datetime.combine(given["day"], _EVENING) if given["day"] else None
    duration = given["amount"] or "1d"
    return schedule.add_task(
        ctx, project=given["project"], name=given["title"], duration=duration, deadline=deadline, owner=owner
    )


def _risk(ctx: Context, given: dict[str, Any]) -> Any:
    return projects.add_risk(
        ctx,
        project=given["project"],
        title=given["title"],
        probability=given["probability"],
        impact=given["impact"],
        response_due=given["day"],
        owner=given["person"] or None,
    )


def _issue(ctx: Context, given: dict[str, Any]) -> Any:
    return projects.add_issue(
        ctx,
        project=given["project"],
        title=given["title"],
        severity=Severity(given["severity"]),
        due=given["day"],
        owner=given["person"] or None,
    )


def _decision(ctx: Context, given: dict[str, Any]) -> Any:
    return projects.add_decision(
        ctx, project=given["project"], question=given["title"], decide_by=given["day"], owner=given["person"] or None
    )


def _hours(ctx: Context, given: dict[str, Any]) -> Any:
    written: dict[str, Any] = {
        "project": given["project"],
        "day": given["day"].isoformat(),
        "hours": given["amount"],
        "note": given["title"],
    }
    if given["person"]:
        written["person"] = given["person"]
    if given["billable"]:
        written["billable"] = given["billable"] == _PAID
    written |= _task_of(ctx, given)
    start, end = given["start"], given["end"]
    if start and end and start.date() == given["day"] and _lasts(start, end, given["amount"]):
        written |= {"start": start.isoformat(), "end": end.isoformat()}
    return entry(ctx, entry=hours.log.call_json(ctx, written)["id"])


def _task_of(ctx: Context, given: dict[str, Any]) -> dict[str, Any]:
    """The task of the plan that is meant, by its uid or its name; a name that is none of its tasks is a phase."""
    name, uid = given["task"], given["task_uid"]
    project = queries.charter(ctx, project=given["project"]).id
    uid = uid or (task_of_name(ctx, project, name) if name else None)
    task = tasks_by_uid(ctx, project, [uid]).get(uid) if uid else None
    if task is not None and name.casefold() in ("", task.name.casefold()):
        return {"task": task.id}
    return {"phase": name} if name else {}


def _lasts(start: datetime, end: datetime, amount: str) -> bool:
    """Whether the hours are still those from start to end: if they were changed, the times say nothing any more."""
    try:
        return round(float(hours_of_text(amount)) * 60) == round((end - start).total_seconds() / 60)
    except ValueError:
        return False


KINDS = {
    Kind.TASK: Adding("task", "schedule.edit", "Name", "Deadline", _task, schedule.add_task, "plan"),
    Kind.RISK: Adding(
        "risk", "projects.edit_registers", "Title", "Response due", _risk, projects.add_risk, "registers"
    ),
    Kind.ISSUE: Adding("issue", "projects.edit_registers", "Title", "Due", _issue, projects.add_issue, "registers"),
    Kind.DECISION: Adding(
        "decision", "projects.edit_registers", "Question", "Decide by", _decision, projects.add_decision, "registers"
    ),
    Kind.HOURS: Adding("hours", "hours.log", "Note", "Day", _hours, hours.log, "hours"),
}
_WORDS = [(kind.value, adding.noun.capitalize()) for kind, adding in KINDS.items()]


@dataclass(frozen=True, slots=True)
class Understood:
    """A line with its names looked up; `questions` by field, `choices` where a name fits several.

    read  of hours, what their own area understood.
    """

    line: Line
    project: Chosen
    person: Chosen
    questions: dict[str, str]
    read: LineRead | None = None


def understood(ctx: Context, request: HttpRequest, written: str, *, here: str) -> Understood:
    """Read a line for this person; `here` is the key of the project that is open, which counts where none is named."""
    line = read(written, today=ctx.now.date())
    known = offered(ctx, line.kind)
    if line.kind is Kind.HOURS:
        return _understood_hours(ctx, line, written, here=here if here in {item.id for item in known} else "")
    project, title = Chosen(), line.title
    if line.project:
        project = chosen(line.project, known)
    else:
        found, title = named_in(line.title, known)
        project = Chosen(found) if found else project
    questions = dict(line.unclear)
    if line.project and not project.id:
        questions["project"] = _which(project, f"'{line.project}'", "project of yours")
    elif not project.id and here in {item.id for item in known}:
        project = Chosen(here)
    elif not project.id:
        questions["project"] = "Say for which project: #KEY, or choose it here."
    if project.id:
        charter = queries.charter(ctx, project=project.id)
        line = read(written, today=today_in(ctx, charter))
    person = Chosen()
    if line.person and project.id:
        person = chosen(line.person, [Named(number, name) for number, name in _people(ctx, project.id)])
        if not person.id:
            questions["person"] = _which(person, f"'{line.person}'", "person on this project")
    return Understood(replace(line, title=title), project, person, questions)


def _understood_hours(ctx: Context, line: Line, written: str, *, here: str) -> Understood:
    """Hours are read by their own area, as from the command line and by programs."""
    words = re.sub(r"^(?:hours|log|time):?\s+", "", written, flags=re.I)
    place = queries.charter(ctx, project=here).id if here else None
    found = quick.understood(ctx, words, here=place)
    questions = {_INPUTS.get(one.field, one.field): one.words for one in found.questions}
    whose = Chosen(str(found.person_id)) if found.person_id else Chosen()
    line = replace(line, title=found.note, day=found.day, amount=line.amount if found.hours else "")
    return Understood(line, Chosen(found.project_key), whose, questions, found)


def _which(found: Chosen, name: str, noun: str) -> str:
    if found.among:
        return f"{name} may be {' or '.join(item.name for item in found.among[:4])}. Choose one."
    return f"{name} fits no {noun}. Choose one."


def offered(ctx: Context, kind: Kind | None) -> list[Named]:
    """The projects on which this person may add the kind; with no kind yet, any of them."""
    permissions = {KINDS[kind].permission} if kind else {adding.permission for adding in KINDS.values()}
    return [
        Named(row.key, row.name)
        for row in queries.named_projects(ctx).values()
        if any(may(ctx, permission, project_id=row.id) for permission in permissions)
    ]


def _people(ctx: Context, project: str) -> list[tuple[str, str]]:
    return [(str(row.person_id), row.name) for row in queries.members(ctx, project=project)]


class UnderstoodForm(forms.Form):
    """Every part of what was understood, as a field."""

    def __init__(
        self,
        ctx: Context,
        kind: Kind | None,
        project: str,
        *args: Any,
        tasks: Sequence[LineChoice] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        adding = KINDS.get(kind) if kind else None
        known = offered(ctx, kind)
        self.fields["kind"] = forms.ChoiceField(label="What", choices=[CHOOSE, *_WORDS] if kind is None else _WORDS)
        carry_key(self)
        projects_ = [(item.id, f"{item.id} {item.name}") for item in known]
        self.fields["project"] = forms.ChoiceField(label="Project", choices=[CHOOSE, *projects_])
        longest = LONGEST if kind is Kind.HOURS else 255
        self.fields["title"] = text(
            adding.title if adding else "Title", required=kind is not Kind.HOURS, length=longest
        )
        if adding is None:
            return
        if kind in (Kind.TASK, Kind.HOURS):
            label, hint = ("Duration", "3d, 2w or 4h; a day unless you say.") if kind is Kind.TASK else ("Hours", "")
            self.fields["amount"] = text(label, required=kind is Kind.HOURS, hint=hint, length=40)
        if kind is Kind.RISK:
            for name in ("probability", "impact"):
                scale = forms.TypedChoiceField(
                    label=name.capitalize(), choices=[CHOOSE, *((str(n), str(n)) for n in range(1, 6))], coerce=int
                )
                self.fields[name] = scale
        if kind is Kind.ISSUE:
            self.fields["severity"] = one_of("Severity", named(Severity))
            self.fields["severity"].initial = Severity.MEDIUM.value
        self.fields["day"] = day(adding.day, required=kind is Kind.HOURS)
        people = list(dict.fromkeys(_people(ctx, project))) if project else []
        whose = "Whose hours" if kind is Kind.HOURS else "Owner"
        self.fields["person"] = one_of(whose, people, required=False)
        if kind is Kind.HOURS:
            self.fields["person"].help_text = "Yours, unless you say."
            self._of_hours(tasks)

    def _of_hours(self, tasks: Sequence[LineChoice]) -> None:
        """What hours have beside: their task, who pays, and when the work was done where the line says it."""
        self.fields["task"] = text("Task or phase", required=False, hint="A task of the plan, or a name of your own.")
        if tasks:
            choices = [(int(one.value), one.name) for one in tasks]
            self.fields["task_uid"] = one_of("Which of them", choices, number=True)
            self.fields.pop("task")
        else:
            self.fields["task_uid"] = forms.IntegerField(required=False, widget=forms.HiddenInput())
        pays = [(_PAID, "Billable"), (_UNPAID, "Not billable")]
        self.fields["billable"] = one_of("Who pays", [("", "As usual"), *pays], required=False)
        self.fields["billable"].choices = [("", "As usual"), *pays]  # type: ignore[attr-defined]
        for name in ("start", "end"):
            self.fields[name] = forms.DateTimeField(required=False, widget=forms.HiddenInput())
        order = ("kind", "project", "task", "task_uid", "title", "amount", "day", "billable", "person", "start", "end")
        self.order_fields(list(order))

    def words(self) -> str:
        """What saving does."""
        kind = self["kind"].value()
        return f"Add the {KINDS[Kind(kind)].noun}" if kind in {one.value for one in Kind} else "Go on"


def begin(found: Understood, today: date) -> dict[str, Any]:
    """The form's first values."""
    line = found.line
    values: dict[str, Any] = {
        "kind": line.kind.value if line.kind else "",
        "project": found.project.id,
        "title": line.title,
        "day": line.day or (today if line.kind is Kind.HOURS and "day" not in found.questions else None),
        "amount": line.amount,
        "person": found.person.id,
    }
    if found.read is not None:
        values |= {
            "task": found.read.phase,
            "task_uid": found.read.task_uid,
            "billable": "" if found.read.billable is None else _PAID if found.read.billable else _UNPAID,
            "start": found.read.start,
            "end": found.read.end,
        }
    if line.scale:
        values |= {"probability": line.scale[0], "impact": line.scale[1]}
    return values

"""What was understood of a line, part by part, to be looked at and corrected before anything is saved."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django import forms
from django.http import HttpRequest

from headway.areas.hours import commands as hours
from headway.areas.projects import commands as projects
from headway.areas.projects import queries
from headway.areas.projects.types import Severity
from headway.areas.schedule import commands as schedule
from headway.areas.schedule import queries as plans
from headway.interfaces.web.page import today_in
from headway.interfaces.web.quick_add.line import Chosen, Kind, Line, Named, chosen, named_in, read
from headway.interfaces.web.submitting import CHOOSE, day, named, one_of, text
from headway.kernel.access import may
from headway.kernel.context import Context
from headway.kernel.errors import FieldError, Invalid

_EVENING = time(17)


@dataclass(frozen=True, slots=True)
class Adding:
    """How one kind is added: its words, its permission, the label of its day, and its use case."""

    noun: str
    permission: str
    title: str
    day: str
    add: Callable[[Context, dict[str, Any]], Any]
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
    return hours.log.call_json(
        ctx,
        {
            "project": given["project"],
            "day": given["day"].isoformat(),
            "hours": given["amount"],
            "note": given["title"],
            **({"person": given["person"]} if given["person"] else {}),
        },
    )


KINDS = {
    Kind.TASK: Adding("task", "schedule.edit", "Name", "Deadline", _task, "plan"),
    Kind.RISK: Adding("risk", "projects.edit_registers", "Title", "Response due", _risk, "registers"),
    Kind.ISSUE: Adding("issue", "projects.edit_registers", "Title", "Due", _issue, "registers"),
    Kind.DECISION: Adding("decision", "projects.edit_registers", "Question", "Decide by", _decision, "registers"),
    Kind.HOURS: Adding("hours", "hours.log", "Note", "Day", _hours, "hours"),
}
_WORDS = [(kind.value, adding.noun.capitalize()) for kind, adding in KINDS.items()]


@dataclass(frozen=True, slots=True)
class Understood:
    """A line with its names looked up; `questions` by field, `choices` where a name fits several."""

    line: Line
    project: Chosen
    person: Chosen
    questions: dict[str, str]


def understood(ctx: Context, request: HttpRequest, written: str, *, here: str) -> Understood:
    """Read a line for this person; `here` is the key of the project that is open, which counts where none is named."""
    line = read(written, today=ctx.now.date())
    known = offered(ctx, line.kind)
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
    return Understood(_titled(line, title), project, person, questions)


def _titled(line: Line, title: str) -> Line:
    return Line(line.kind, title, line.project, line.person, line.day, line.amount, line.scale, line.unclear)


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

    def __init__(self, ctx: Context, kind: Kind | None, project: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        adding = KINDS.get(kind) if kind else None
        known = offered(ctx, kind)
        self.fields["kind"] = forms.ChoiceField(label="What", choices=[CHOOSE, *_WORDS] if kind is None else _WORDS)
        projects_ = [(item.id, f"{item.id} {item.name}") for item in known]
        self.fields["project"] = forms.ChoiceField(label="Project", choices=[CHOOSE, *projects_])
        self.fields["title"] = text(adding.title if adding else "Title", required=kind is not Kind.HOURS)
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
    if line.scale:
        values |= {"probability": line.scale[0], "impact": line.scale[1]}
    return values

"""The registers of a project: risks, issues, decisions, assumptions, stakeholders."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from headway.areas.projects import commands, queries
from headway.areas.projects.types import DecisionOption, DecisionRow, State
from headway.interfaces.web.frame import Link
from headway.interfaces.web.page import act, offered, page, say, show, working_project
from headway.interfaces.web.projects.forms import (
    AssumptionForm,
    DecideForm,
    DecisionForm,
    IssueForm,
    RiskForm,
    StakeholderForm,
    owners,
)
from headway.interfaces.web.submitting import Both, Choices, attempt, pressed, started_from
from headway.kernel.context import Context
from headway.kernel.errors import NotFound


@dataclass(frozen=True, slots=True)
class Register:
    """One register: its words, its form, and the use cases behind it. `edit` None = only added and decided."""

    noun: str
    name: str
    rows: Callable[..., tuple[Any, ...]]
    form: Callable[..., forms.Form]
    add: Callable[..., Any]
    edit: Callable[..., Any] | None


def _stakeholder_form(_: Choices, *args: Any, exists: bool = False, **kwargs: Any) -> forms.Form:
    return StakeholderForm(*args, **kwargs)


def _add_decision(ctx: Context, *, options: str, **given: Any) -> DecisionRow:
    row: DecisionRow = commands.add_decision(ctx, options=_options(options), **given)
    return row


def _options(lines: str) -> tuple[DecisionOption, ...]:
    parts = [line.partition("|") for line in lines.splitlines() if line.strip()]
    return tuple(DecisionOption((title or line).strip() or "Option", line.strip()) for title, _, line in parts)


REGISTERS = {
    "risks": Register("risk", "risk", queries.risks, RiskForm, commands.add_risk, commands.edit_risk),
    "issues": Register("issue", "issue", queries.issues, IssueForm, commands.add_issue, commands.edit_issue),
    "decisions": Register("decision", "decision", queries.decisions, DecisionForm, _add_decision, None),
    "assumptions": Register(
        "assumption",
        "assumption",
        queries.assumptions,
        AssumptionForm,
        commands.add_assumption,
        commands.edit_assumption,
    ),
    "stakeholders": Register(
        "stakeholder",
        "stakeholder",
        queries.stakeholders,
        _stakeholder_form,
        commands.add_stakeholder,
        commands.edit_stakeholder,
    ),
}


@page()
def registers(request: HttpRequest, ctx: Context, key: str) -> HttpResponse:
    """Everything that may go wrong, has gone wrong, waits for a decision or is taken as true."""
    project = working_project(ctx, key)
    values: dict[str, Any] = {name: item.rows(ctx, project=project.id) for name, item in REGISTERS.items()}
    risks = [row for row in values["risks"] if row.state is State.OPEN]
    decisions = [row for row in values["decisions"] if row.state is State.OPEN]
    issues = [row for row in values["issues"] if row.state is State.OPEN]
    worst = f", the highest exposure {risks[0].exposure} of 25" if risks else ""
    answer = (
        f"{_many(len(risks), 'open risk')}{worst}; {_many(len(issues), 'open issue')}; "
        f"{_many(len(decisions), 'decision')} to take."
    )
    values["answer"] = answer[:1].upper() + answer[1:]
    return show(request, ctx, "projects/registers.html", values, project=project, tab="registers")


def _many(count: int, noun: str) -> str:
    return f"{count or 'no'} {noun}{'' if count == 1 else 's'}"


@page("POST")
def add(request: HttpRequest, ctx: Context, key: str, register: str) -> HttpResponse:
    """Enter a record."""
    kind, project = _register(register), working_project(ctx, key)
    offered(ctx, "projects.edit_registers", project)
    form = kind.form(owners(queries.members(ctx, project=project.id)), request.POST or None)
    status, back = 200, reverse("registers", args=[key])
    if request.method == "POST":
        done = attempt(form, lambda given: kind.add(ctx, project=project.id, **_given(given)))
        if done.done:
            say(request, f"The {kind.noun} is entered.")
            return redirect(f"{back}#{register}")
        status = done.status
    values = {"form": form, "title": f"New {kind.noun}", "submit": f"Enter the {kind.noun}", "back": back}
    crumbs = (Link(f"New {kind.noun}"),)
    return show(
        request, ctx, "projects/form.html", values, project=project, tab="registers", crumbs=crumbs, status=status
    )


@page("POST")
def edit(request: HttpRequest, ctx: Context, key: str, register: str, record: int) -> HttpResponse:
    """Change a record, close it or open it again."""
    kind, project = _register(register), working_project(ctx, key)
    change = kind.edit
    if change is None:
        raise Http404
    offered(ctx, "projects.edit_registers", project)
    row = _row(kind, ctx, project.id, record)
    stored = _values(row)
    who = owners(queries.members(ctx, project=project.id))
    form = kind.form(who, request.POST or None, initial=stored, exists=True)
    status, back = 200, reverse("registers", args=[key])
    both: tuple[Both, ...] = ()
    if request.method == "POST":
        done = attempt(
            form,
            lambda given: change(started_from(ctx, given["version"]), **{kind.name: row.id}, **_given(given)),
            stored=stored,
        )
        if done.done:
            say(request, f"The {kind.noun} is saved.")
            return redirect(f"{back}#{register}")
        status, both = done.status, done.both
    title = f"{getattr(row, 'ref', kind.noun.capitalize())}: {stored.get('title') or stored.get('name') or kind.noun}"
    values = {"form": form, "both": both, "title": title, "submit": f"Save the {kind.noun}", "back": back}
    crumbs = (Link(getattr(row, "ref", title)),)
    return show(
        request, ctx, "projects/form.html", values, project=project, tab="registers", crumbs=crumbs, status=status
    )


@page("POST")
def decide(request: HttpRequest, ctx: Context, key: str, record: int) -> HttpResponse:
    """Record what was decided."""
    project = working_project(ctx, key)
    offered(ctx, "projects.decide", project)
    row = _row(REGISTERS["decisions"], ctx, project.id, record)
    form = DecideForm(request.POST or None, initial={"version": row.version, "outcome": row.recommendation})
    status, back = 200, reverse("registers", args=[key])
    if request.method == "POST":
        done = attempt(
            form,
            lambda given: commands.decide(
                started_from(ctx, given["version"]), decision=row.id, outcome=given["outcome"]
            ),
            stored={"version": row.version},
        )
        if done.done:
            say(request, f"{row.ref} is decided.")
            return redirect(f"{back}#decisions")
        status = done.status
    values = {
        "form": form,
        "title": f"{row.ref}: {row.question}",
        "intro": "What was decided stays in the register with your name and the time.",
        "notes": " · ".join(f"{item.title}: {item.consequences}" for item in row.options if item.title),
        "submit": "Record the decision",
        "back": back,
    }
    crumbs = (Link(row.ref),)
    return show(
        request, ctx, "projects/form.html", values, project=project, tab="registers", crumbs=crumbs, status=status
    )


@act
def remove_stakeholder(request: HttpRequest, ctx: Context, key: str, record: int) -> HttpResponse:
    """Take a stakeholder off the register."""
    project = working_project(ctx, key)
    row = _row(REGISTERS["stakeholders"], ctx, project.id, record)
    return pressed(
        request,
        lambda: commands.remove_stakeholder(ctx, stakeholder=row.id),
        done=f"{row.name} is off the register.",
        to=f"{reverse('registers', args=[key])}#stakeholders",
    )


def _register(name: str) -> Register:
    if name not in REGISTERS:
        raise Http404
    return REGISTERS[name]


def _row(kind: Register, ctx: Context, project_id: int, record: int) -> Any:
    found = next((row for row in kind.rows(ctx, project=project_id) if row.id == record), None)
    if found is None:
        raise NotFound("There is nothing here.")
    return found


def _values(row: Any) -> dict[str, Any]:
    """A record as its form shows it: enumerations by value, the owner by id."""
    values = {name: getattr(getattr(row, name), "value", getattr(row, name)) for name in row.__dataclass_fields__}
    return values | {"owner": getattr(row, "owner_id", None)}


def _given(cleaned: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in cleaned.items() if name != "version"}

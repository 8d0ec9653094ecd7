"""How a project's progress is known: the method in use, saying it anew, and what was said before."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from headway.areas.budgets import progress as methods
from headway.areas.budgets.progress_types import ProgressMethods, ProgressWeight, StatementRow
from headway.areas.projects.types import Charter
from headway.areas.schedule.rows import NumberedRow, numbered_rows
from headway.engine.measures import ZERO
from headway.engine.planned_value import ProgressMethod
from headway.interfaces.web.explaining import formula_of, inputs_of, of_row
from headway.interfaces.web.frame import Input, Link, Source
from headway.interfaces.web.page import act, offered, page, say, show, today_in, working_project
from headway.interfaces.web.submitting import attempt, day, one_of, pressed, text, words
from headway.kernel.access import may
from headway.kernel.context import Context
from headway.kernel.errors import FieldError, Invalid, NotFound

_MOST_ROWS = 500
_METHODS = (
    (ProgressMethod.OWNER_ESTIMATE, "Owner estimate: task by task as the plan says, or one percent for all"),
    (ProgressMethod.ZERO_HUNDRED, "0/100: a task counts when it is done"),
    (ProgressMethod.FIFTY_FIFTY, "50/50: half when it begins, half when it is done"),
    (ProgressMethod.MILESTONE_WEIGHTS, "Milestone weights: each milestone has a share of 100"),
    (ProgressMethod.ACCEPTED_DELIVERABLES, "Accepted deliverables: each counts once the client has accepted it"),
    (ProgressMethod.COST_TO_GO, "AC / (AC + ETC): hours worked and hours still to go"),
)
_WEIGHTS = "One a line: name; share; for a milestone the number of its row, for a deliverable the day of acceptance."


class ProgressForm(forms.Form):
    """How far the project is, and how that is known."""

    method = one_of("Method", [(method.value, label) for method, label in _METHODS])
    percent = forms.DecimalField(
        label="Percent complete", required=False, min_value=0, max_value=100, help_text="Of an owner estimate for all."
    )
    etc = forms.DecimalField(
        label="Hours to go", required=False, min_value=0, max_digits=14, help_text="For AC / (AC + ETC)."
    )
    weights = words("Shares", hint=_WEIGHTS, rows=4)
    said_by = text("Who says so", required=False, hint="Empty = you.")
    said_on = day("On", hint="Empty = today.")

    def __init__(self, rows: list[tuple[int, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if rows:
            choices = rows
            self.fields["row"] = one_of("Of", choices, required=False, number=True, hint="Empty = the whole project.")
            self.order_fields(["row", "method", "percent", "etc", "weights", "said_by", "said_on"])


@page("POST")
def progress(request: HttpRequest, ctx: Context, key: str) -> HttpResponse:
    """The method in use with who said so and when; a form to say it anew."""
    project = working_project(ctx, key)
    offered(ctx, "budgets.read", project)
    found = methods.progress(ctx, project=project.id)
    edits = may(ctx, "budgets.set_progress", project_id=project.id)
    status, form = 200, None
    if edits:
        rows = numbered_rows(project.id, most=_MOST_ROWS)
        initial = {"said_on": today_in(ctx, project), "method": ProgressMethod.OWNER_ESTIMATE.value}
        form = ProgressForm(
            [(row.uid, f"{row.number} {row.name}") for row in rows], request.POST or None, initial=initial
        )
        if request.method == "POST":
            tried = attempt(form, lambda given: _state(ctx, project, given, rows))
            if tried.done:
                say(request, "Progress is stated; figures from that day on rest on it.")
                return redirect(reverse("progress-method", args=[key]))
            status = tried.status
    elif request.method == "POST":
        offered(ctx, "budgets.set_progress", project)
    values = {
        "found": found,
        "figure": _figure(project, found),
        "statements": [(row, _source(project, row)) for row in found.statements],
        "form": form,
        "edits": edits,
        "trust": methods.trust(ctx, project=project.id, as_of=today_in(ctx, project)),
        "today": ctx.now.astimezone(ZoneInfo(project.time_zone)).date(),
    }
    crumbs = (Link("Progress"),)
    return show(request, ctx, "burn/progress.html", values, project=project, tab="hours", crumbs=crumbs, status=status)


def _figure(project: Charter, found: ProgressMethods) -> Source:
    """Where the percent complete of the whole project comes from."""
    records = "what was said, below" if any(row.in_use for row in found.statements) else "the tasks of the plan"
    href = "#said" if any(row.in_use for row in found.statements) else reverse("plan", args=[project.key])
    return Source(f"Complete = {found.text}", as_of=found.said_on, records=records, href=href)


def _source(project: Charter, row: StatementRow) -> Source:
    """Where the figures of a statement come from: who said what, and what the method makes of it."""
    entries = f"{reverse('entries', args=[project.key])}?last={row.said_on.isoformat()}"
    formulas = [formula_of(row.complete)] if row.complete is not None else ["Each task by what the plan says of it"]
    inputs = list(inputs_of(row.complete, {"AC": entries})) if row.complete is not None else []
    inputs += [Input("Said by", row.said_by), Input("Entered by", row.entered_by)]
    plan = reverse("plan", args=[project.key])
    return of_row(formulas, inputs, as_of=row.said_on, records=row.row or "the plan", href=plan)


def _state(ctx: Context, project: Charter, given: dict[str, Any], rows: tuple[NumberedRow, ...]) -> Any:
    method = ProgressMethod(given["method"])
    return methods.state_progress(
        ctx,
        project=project.id,
        method=method,
        said_on=given["said_on"],
        said_by=given["said_by"],
        row=given.get("row"),
        percent=given["percent"],
        etc=given["etc"],
        weights=_weights(given["weights"], method, rows),
    )


def _weights(lines: str, method: ProgressMethod, rows: tuple[NumberedRow, ...]) -> tuple[ProgressWeight, ...]:
    """The shares as typed; refused with the line that cannot be read."""
    uids = {row.number: row.uid for row in rows}
    found = []
    for line in filter(None, (line.strip() for line in lines.splitlines())):
        name, share, last = (*(part.strip() for part in line.split(";")), "", "")[:3]
        try:
            weight = Decimal(share.rstrip("%").strip().replace(",", "."))
        except InvalidOperation:
            _unread(line, "write name; share; row or day")
        if not name or not ZERO <= weight <= 100:
            _unread(line, "the share lies between 0 and 100")
        row = accepted = None
        if last and method is ProgressMethod.MILESTONE_WEIGHTS:
            number = int(last) if last.isascii() and last.isdigit() and len(last) < 10 else -1
            row = uids.get(number)
            if row is None:
                _unread(line, f"the plan has no row {last}")
        elif last:
            try:
                accepted = date.fromisoformat(last)
            except ValueError:
                _unread(line, "write the day as 2026-03-31")
        found.append(ProgressWeight(name, weight, row, accepted))
    return tuple(found)


def _unread(line: str, why: str) -> None:
    raise Invalid(f"'{line}': {why}.", fields=[FieldError("weights", f"'{line}': {why}", value=line)])


@act
def withdraw(request: HttpRequest, ctx: Context, key: str, statement: int) -> HttpResponse:
    """Let a statement count no more."""
    project = working_project(ctx, key)
    if statement not in {row.id for row in methods.progress(ctx, project=project.id).statements}:
        raise NotFound("There is nothing here.")
    return pressed(
        request,
        lambda: methods.withdraw_progress(ctx, statement=statement),
        done="The statement is withdrawn; what was said before counts again.",
        to=reverse("progress-method", args=[key]),
    )

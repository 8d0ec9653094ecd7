"""A project's method: its gates, what the rules find, tasks that come again; and one gate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from headway.areas.deliverables import queries as deliverables
from headway.areas.method import gates, recurring, rules
from headway.areas.method.criteria import checks
from headway.areas.method.outline import DOCUMENT
from headway.areas.method.queries import roles
from headway.areas.method.types import CriterionRow, Finding, GateRow, GateState, Weight
from headway.areas.people.queries import users_of
from headway.areas.projects import commands as projects
from headway.areas.projects.queries import members
from headway.areas.projects.types import Charter, Stage
from headway.areas.schedule.queries import has_plan, milestones, tasks
from headway.interfaces.web.addresses import go_url
from headway.interfaces.web.frame import Link
from headway.interfaces.web.page import act, offered, page, say, show, today_in, working_project
from headway.interfaces.web.submitting import (
    Both,
    attempt,
    day,
    named,
    one_of,
    pressed,
    start_noted,
    started_from,
    text,
    version_field,
    words,
)
from headway.kernel.access import may
from headway.kernel.context import Context
from headway.kernel.errors import NotFound
from headway.kernel.queries import project_of_visible

_STAGES = list(Stage)
_TONES = {
    GateState.OPEN: "",
    GateState.ASKED: "amber",
    GateState.GO: "green",
    GateState.CONDITIONS: "amber",
    GateState.NO_GO: "red",
}
_WEIGHTS = {Weight.GRAVE: ("red", "Grave"), Weight.WARNING: ("amber", "Warning"), Weight.NOTE: ("", "Note")}
_APPROVES = frozenset({"approver", "manager", "client"})


@dataclass(frozen=True, slots=True)
class GateLine:
    """A gate in the list: its chip, and how far its criteria are."""

    row: GateRow
    tone: str
    holds: int
    late: bool
    here: bool


@dataclass(frozen=True, slots=True)
class FindingLine:
    """A finding with its chip and where a person mends it."""

    row: Finding
    tone: str
    word: str
    href: str
    where: str


@page()
def method(request: HttpRequest, ctx: Context, key: str) -> HttpResponse:
    """Gates, findings of the rules, tasks that come again."""
    project = working_project(ctx, key)
    offered(ctx, "method.read_gates", project)
    found = rules.findings(ctx, project=project.id)
    rows = gates.gates(ctx, project=project.id)
    today = today_in(ctx, project)
    lines = [
        GateLine(
            row,
            _TONES[row.state],
            sum(bool(item.met or item.waived_by) for item in row.criteria),
            row.due is not None and row.due < today and not row.state.passed,
            row.stage == project.stage.value,
        )
        for row in rows
    ]
    planned = has_plan(project.id)
    seats = roles(ctx, project=project.id) if planned else ()
    values = {
        "gates": lines,
        "findings": [_line(project, item) for item in found],
        "steps": [_step(stage, project.stage) for stage in _STAGES],
        "answer": _answer(lines, found, project),
        "next_stage": _next(project, rows),
        "recurring": recurring.recurring_tasks(ctx, project=project.id),
        "planned": planned,
        "waiting": sum(seat.person_id is None for seat in seats),
    }
    return show(request, ctx, "method/method.html", values, project=project, tab="method")


def _step(stage: Stage, now: Stage) -> dict[str, str]:
    at, here = _STAGES.index(stage), _STAGES.index(now)
    return {"label": stage.value.capitalize(), "state": "here" if at == here else "done" if at < here else ""}


def _answer(lines: list[GateLine], found: tuple[Finding, ...], project: Charter) -> str:
    ahead = next((line for line in lines if not line.row.state.passed and _open(line.row.stage, project)), None)
    said = f"The project is in {project.stage.value}."
    if ahead is not None:
        said += f" Next gate: {ahead.row.name}, {ahead.holds} of {len(ahead.row.criteria)} criteria hold."
    if not found:
        return f"{said} The rules find nothing."
    return f"{said} The rules find {len(found)} thing{'' if len(found) == 1 else 's'}."


def _open(stage: str, project: Charter) -> bool:
    """Whether a gate's stage is not behind the project; a gate of no stage stays open."""
    return stage not in {before.value for before in _STAGES[: _STAGES.index(project.stage)]}


def _next(project: Charter, rows: tuple[GateRow, ...]) -> Stage | None:
    """The stage that the project may move to now, by its gates."""
    at = _STAGES.index(project.stage)
    own = [row for row in rows if row.stage == project.stage.value]
    if at + 1 >= len(_STAGES) or not own or not all(row.state.passed for row in own):
        return None
    return _STAGES[at + 1]


def _line(project: Charter, item: Finding) -> FindingLine:
    tone, word = _WEIGHTS[item.weight]
    href, where = "", ""
    if item.task is not None:
        href, where = reverse("task", args=[project.key, item.task]), "Open the task"
    elif item.page == "risk" and item.record is not None:
        href, where = go_url("projects.Risk", item.record), "Write the response"
    elif item.page == "gate" and item.record is not None:
        href, where = reverse("gate", args=[project.key, item.record]), "Prepare the gate"
    elif item.page == "faults":
        href, where = reverse("plan-faults", args=[project.key]), "See what to mend"
    elif item.page == "updates":
        href, where = reverse("update-new", args=[project.key]), "Ask for news"
    elif item.page == "roles":
        href, where = reverse("plan-roles", args=[project.key]), "Name somebody"
    return FindingLine(item, tone, word, href, where)


@act
def repair(request: HttpRequest, ctx: Context, key: str) -> HttpResponse:
    """Carry out what a finding offers, if it still does what was shown."""
    project = working_project(ctx, key)
    offered(ctx, "schedule.edit", project)
    finding, effect = request.POST.get("finding", ""), request.POST.get("effect", "")
    return pressed(
        request,
        lambda: rules.repair(ctx, project=project.id, finding=finding, effect=effect),
        done="Repaired. A change of the plan can be undone there.",
        to=reverse("method", args=[key]),
    )


@act
def usual(request: HttpRequest, ctx: Context, key: str) -> HttpResponse:
    """Give the project the usual gates."""
    project = working_project(ctx, key)
    offered(ctx, "method.edit_gates", project)
    to = reverse("method", args=[key])
    done = "The project has the usual gates. Tailor them as it needs."
    return pressed(request, lambda: gates.take_usual_gates(ctx, project=project.id), done=done, to=to)


@act
def move(request: HttpRequest, ctx: Context, key: str) -> HttpResponse:
    """Move the project to the stage behind its passed gate."""
    project = working_project(ctx, key)
    offered(ctx, "projects.set_stage", project)
    wanted = next((stage for stage in Stage if stage.value == request.POST.get("stage")), None)
    if wanted is None:
        raise NotFound("There is nothing here.")
    return pressed(
        request,
        lambda: projects.set_stage(ctx, project=project.id, stage=wanted),
        done=f"The project is in {wanted.value}.",
        to=reverse("method", args=[key]),
    )


# --- one gate ------------------------------------------------------------------------------------


class GateForm(forms.Form):
    """A new gate."""

    name = text("Name", hint="What is decided: 'Ready to build', 'Go live'.")

    def __init__(self, project: Charter, rows: list[tuple[int, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        stages = [choice for choice in named(Stage) if choice[0] != Stage.CLOSED.value]
        self.fields["stage"] = one_of("Ends the stage", stages)
        self.fields["milestone"] = one_of(
            "Falls on", rows, required=False, number=True, hint="The milestone whose date it has."
        )
        self.fields["due"] = day("Due", hint="Counts where it falls on no milestone.")
        self.initial.setdefault("stage", project.stage.value)


class EditGateForm(GateForm):
    """The same once it exists; the stage that it ends stays."""

    version = version_field()

    def __init__(self, project: Charter, rows: list[tuple[int, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(project, rows, *args, **kwargs)
        del self.fields["stage"]


class AskForm(forms.Form):
    """Whom to ask, and under which conditions."""

    conditions = words("Conditions", hint="What is still to be done, by whom and when. Leave empty for a plain go.")
    due = day("Answer wanted by")

    def __init__(self, approvers: list[tuple[int, str]], *args: Any) -> None:
        super().__init__(*args)
        self.fields["approvers"] = forms.TypedMultipleChoiceField(
            label="Who decides",
            choices=approvers,
            coerce=int,
            widget=forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"}),
        )
        self.order_fields(["approvers", "conditions", "due"])


@page("POST")
def gate_new(request: HttpRequest, ctx: Context, key: str) -> HttpResponse:
    """Add a gate to a project."""
    project = working_project(ctx, key)
    offered(ctx, "method.edit_gates", project)
    form = GateForm(project, _milestones(ctx, project), request.POST or None)
    status = 200
    if request.method == "POST":
        done = attempt(
            form,
            lambda given: gates.add_gate(
                ctx,
                project=project.id,
                stage=Stage(given["stage"]),
                name=given["name"],
                milestone=given["milestone"],
                due=given["due"],
            ),
        )
        if done.done:
            say(request, "The gate is there. Say what must hold.")
            return redirect(reverse("gate", args=[key, done.result.id]))
        status = done.status
    values = {
        "form": form,
        "title": "New gate",
        "intro": "A gate ends a stage: the project moves on when its approvers agree.",
        "submit": "Add the gate",
        "back": reverse("method", args=[key]),
    }
    crumbs = (Link("New gate"),)
    return show(request, ctx, "projects/form.html", values, project=project, tab="method", crumbs=crumbs, status=status)


@page("POST")
def gate_edit(request: HttpRequest, ctx: Context, key: str, gate: int) -> HttpResponse:
    """Change what a gate is called and when it is due."""
    project, row = _gate(ctx, key, gate)
    offered(ctx, "method.edit_gates", project)
    stored = {"name": row.name, "milestone": row.task, "due": row.due_on, "version": row.version}
    form = EditGateForm(project, _milestones(ctx, project), request.POST or None, initial=stored)
    start_noted(form)
    back, status = reverse("gate", args=[key, row.id]), 200
    both: tuple[Both, ...] = ()
    if request.method == "POST":
        done = attempt(form, lambda given: _change_gate(ctx, row, given), stored=stored)
        if done.done:
            say(request, f"{done.result.name} is saved.")
            return redirect(back)
        status, both = done.status, done.both
    values = {
        "form": form,
        "title": row.name,
        "intro": f"It ends {row.stage}. A milestone's date in the plan goes before a day typed here.",
        "submit": "Save the gate",
        "back": back,
        "both": both,
    }
    crumbs = (Link(row.name, back), Link("Edit"))
    return show(request, ctx, "projects/form.html", values, project=project, tab="method", crumbs=crumbs, status=status)


def _change_gate(ctx: Context, row: GateRow, given: dict[str, Any]) -> GateRow:
    empty = tuple(name for name in ("milestone", "due") if given[name] is None)
    changed: GateRow = gates.edit_gate(
        started_from(ctx, given["version"]),
        gate=row.id,
        name=given["name"],
        milestone=given["milestone"],
        due=given["due"],
        clear=empty,
    )
    return changed


def _milestones(ctx: Context, project: Charter) -> list[tuple[int, str]]:
    if not has_plan(project.id):
        return []
    rows = milestones(ctx, project=project.id)
    uids = {row.uid for row in rows}
    found = tasks(ctx, project=project.id, limit=200).items if uids else ()
    return [(row.id, row.name) for row in found if row.uid in uids]


def _gate(ctx: Context, key: str, gate: int) -> tuple[Charter, GateRow]:
    project = working_project(ctx, key)
    offered(ctx, "method.read_gates", project)
    row = gates.gate(ctx, gate=gate)
    if row.project_id != project.id:
        raise NotFound("There is nothing here.")
    return project, row


@page("POST")
def gate(request: HttpRequest, ctx: Context, key: str, gate: int) -> HttpResponse:
    """One gate: its criteria with evidence and waivers, the proposal, the request to its approvers."""
    project, row = _gate(ctx, key, gate)
    edits = may(ctx, "method.edit_gates", project_id=project.id)
    form = AskForm(_approvers(ctx, project), request.POST or None)
    status = 200
    if request.method == "POST":
        offered(ctx, "method.edit_gates", project)
        done = attempt(
            form,
            lambda given: gates.ask_gate(
                ctx,
                gate=row.id,
                approvers=tuple(given["approvers"]),
                conditions=given["conditions"],
                due=given["due"],
            ),
        )
        if done.done:
            say(request, "The approvers are asked. They see exactly these criteria.")
            return redirect(reverse("gate", args=[key, row.id]))
        status = done.status
    values = {
        "row": row,
        "tone": _TONES[row.state],
        "open": row.state in (GateState.OPEN, GateState.NO_GO),
        "asked": row.state is GateState.ASKED,
        "edits": edits,
        "waives": may(ctx, "method.waive", project_id=project.id),
        "form": form,
        "checks": [(name, check.title) for name, check in checks().items()],
        "documents": _documents(ctx, project),
        "answer": _gate_answer(row),
        "late": row.due is not None and row.due < today_in(ctx, project) and not row.state.passed,
    }
    crumbs = (Link(row.name),)
    return show(request, ctx, "method/gate.html", values, project=project, tab="method", crumbs=crumbs, status=status)


def _gate_answer(row: GateRow) -> str:
    if row.state is GateState.ASKED:
        return "The approvers are asked; nothing can be changed until they have answered."
    if row.state.passed:
        return f"{row.state.word}. The project may leave {row.stage}."
    if row.missing:
        count = len(row.missing)
        said = "1 criterion does" if count == 1 else f"{count} criteria do"
        return f"It would be a no-go now: {said} not hold."
    if row.proposal is GateState.CONDITIONS:
        return "It can be asked as a go with conditions: all that does not hold is waived."
    return "All criteria hold. It can be asked as a go."


def _approvers(ctx: Context, project: Charter) -> list[tuple[int, str]]:
    """Who can answer: approvers, managers and clients of the project who can sign in."""
    rows = [row for row in members(ctx, project=project.id) if row.role in _APPROVES]
    known = users_of({row.person_id for row in rows})
    return list({row.person_id: (row.person_id, row.name) for row in rows if row.person_id in known}.values())


def _documents(ctx: Context, project: Charter) -> list[tuple[int, str]]:
    if not may(ctx, "deliverables.read", project_id=project.id):
        return []
    rows = deliverables.documents(ctx, project=project.id)
    return [(row.uploads[0].id, row.title) for row in rows if row.uploads]


def _criterion(ctx: Context, key: str, criterion: int) -> tuple[GateRow, CriterionRow]:
    """A criterion with its gate, of this very project."""
    project = working_project(ctx, key)
    if project_of_visible(ctx, "method.Criterion", criterion) != project.id:
        raise NotFound("There is nothing here.")
    for row in gates.gates(ctx, project=project.id):
        for item in row.criteria:
            if item.id == criterion:
                return row, item
    raise NotFound("There is nothing here.")


@act
def criterion_add(request: HttpRequest, ctx: Context, key: str, gate: int) -> HttpResponse:
    """Add what must hold at a gate: words, or a computed criterion."""
    project, row = _gate(ctx, key, gate)
    offered(ctx, "method.edit_gates", project)
    check, said = request.POST.get("check", ""), request.POST.get("text", "").strip()
    if check in checks() and check != DOCUMENT and not said:
        said = checks()[check].title
    must = request.POST.get("must") == "1"
    return pressed(
        request,
        lambda: gates.add_criterion(ctx, gate=row.id, text=said, check=check, must=must),
        done="The criterion is added.",
        to=reverse("gate", args=[key, row.id]),
    )


@act
def criterion_act(request: HttpRequest, ctx: Context, key: str, criterion: int, deed: str) -> HttpResponse:
    """Say whether a criterion holds, show what proves it, waive it, or take it off."""
    row, item = _criterion(ctx, key, criterion)
    given = request.POST
    deeds = {
        "holds": (lambda: gates.judge(ctx, criterion=item.id, met=True), "Noted: it holds."),
        "fails": (lambda: gates.judge(ctx, criterion=item.id, met=False), "Noted: it does not hold."),
        "waive": (lambda: gates.waive(ctx, criterion=item.id, reason=given.get("reason", "")), "It is waived."),
        "ask-again": (lambda: gates.take_back_waiver(ctx, criterion=item.id), "It is asked for again."),
        "remove": (lambda: gates.remove_criterion(ctx, criterion=item.id), "The criterion is removed."),
        "evidence": (
            lambda: gates.add_evidence(
                ctx,
                criterion=item.id,
                text=given.get("text", ""),
                document=int(given["document"]) if given.get("document", "").isdigit() else None,
                record=given.get("record", ""),
            ),
            "The evidence is kept.",
        ),
    }
    if deed not in deeds:
        raise NotFound("There is nothing here.")
    do, done = deeds[deed]
    return pressed(request, do, done=done, to=f"{reverse('gate', args=[key, row.id])}#criterion-{item.id}")


@act
def gate_act(request: HttpRequest, ctx: Context, key: str, gate: int, deed: str) -> HttpResponse:
    """Withdraw the request, record a no-go, open a decided gate again, or remove it."""
    project, row = _gate(ctx, key, gate)
    here, listing = reverse("gate", args=[key, row.id]), reverse("method", args=[project.key])
    deeds = {
        "withdraw": (lambda: gates.withdraw_gate(ctx, gate=row.id), "The request is withdrawn.", here),
        "reopen": (lambda: gates.reopen_gate(ctx, gate=row.id), "The gate is open again.", here),
        "remove": (lambda: gates.remove_gate(ctx, gate=row.id), "The gate is removed.", listing),
        "stop": (
            lambda: gates.stop_at_gate(ctx, gate=row.id, reason=request.POST.get("reason", "")),
            "The no-go is recorded.",
            here,
        ),
    }
    if deed not in deeds:
        raise NotFound("There is nothing here.")
    do, done, to = deeds[deed]
    return pressed(request, do, done=done, to=to)

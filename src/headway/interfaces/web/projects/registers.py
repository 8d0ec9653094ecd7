"""The registers of a project: risks, issues, decisions, assumptions, stakeholders.

A register is a list with filters; one of its records stands beside it in the side pane (`?open=3`) or has the page for
itself (`/projects/KEY/risks/3/`). Either way its address names what is shown. Not here: what the lists look like
(`register_lists`).
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from headway.areas.projects import commands, histories, queries
from headway.areas.projects.types import Charter, RecordKind, State
from headway.areas.schedule.queries import has_plan
from headway.areas.schedule.rows import NumberedRow, numbered_rows
from headway.areas.schedule.simulation_keeping import risk_tasks, set_risk_tasks
from headway.areas.schedule.simulation_types import RiskTaskRow
from headway.engine import rag
from headway.interfaces.web.context import locale_of
from headway.interfaces.web.frame import Link
from headway.interfaces.web.page import act, offered, page, say, show, today_in, warn, working_project
from headway.interfaces.web.projects.chances import points
from headway.interfaces.web.projects.comments import comments_of
from headway.interfaces.web.projects.forms import DecideForm, ReopenForm, owners
from headway.interfaces.web.projects.register_lists import REGISTERS, Listing, Register, listed
from headway.interfaces.web.projects.risks import expected_cost, of_ref
from headway.interfaces.web.scope.forms import RowsField
from headway.interfaces.web.submitting import Attempt, Both, attempt, pressed, read_only, start_noted, started_from
from headway.interfaces.web.templatetags.formats import weekday_date
from headway.kernel.access import may
from headway.kernel.context import Context
from headway.kernel.errors import NotFound

_HISTORY = 20
_TALKED_ABOUT = ("risk", "issue", "decision")


@page()
def registers(request: HttpRequest, ctx: Context, key: str) -> HttpResponse:
    """The first register."""
    working_project(ctx, key)
    return redirect(reverse("register", args=[key, "risks"]))


@page("POST")
def register(request: HttpRequest, ctx: Context, key: str, register: str) -> HttpResponse:
    """A register, with the record that `?open=` names beside it; a POST changes that record."""
    kind, project = register_of(register), working_project(ctx, key)
    rows = kind.rows(ctx, project=project.id)
    listing = listed(kind, rows, request.GET, today=today_in(ctx, project), limits=rag.limits_from(project.rag_limits))
    found = next((row for row in rows if str(row.number) == request.GET.get("open", "")), None)
    values = _register_values(ctx, project, kind, listing)
    if kind.kind is RecordKind.RISK:
        values["expected"] = expected_cost(rows, project)
    status = 200
    if found is not None:
        opened = _Opened(request, ctx, project, kind, found)
        if request.method == "POST":
            done = opened.save()
            if done.done:
                return redirect(request.get_full_path())
            status = done.status
        values |= opened.values() | {
            "page_url": address_of(project, kind, found),
            "close_url": listing.address(open=None),
            "close_get": request.path + listing.address(open=None),
            "here": found.number,
        }
    elif request.method == "POST":
        raise NotFound("There is nothing here.")
    return show(request, ctx, "projects/register.html", values, project=project, tab="registers", status=status)


@page("POST")
def record(request: HttpRequest, ctx: Context, key: str, register: str, number: int) -> HttpResponse:
    """A record on a page of its own: its fields, what can be done, its history."""
    kind, project = register_of(register), working_project(ctx, key)
    row = record_of(kind, ctx, project.id, number)
    opened = _Opened(request, ctx, project, kind, row)
    status = 200
    if request.method == "POST":
        done = opened.save()
        if done.done:
            return redirect(address_of(project, kind, row))
        status = done.status
    values = opened.values() | {"alone": True}
    crumbs = (Link(kind.title, reverse("register", args=[key, register])), Link(opened.name))
    return show(
        request, ctx, "projects/record.html", values, project=project, tab="registers", crumbs=crumbs, status=status
    )


def address_of(project: Charter, kind: Register, row: Any) -> str:
    """A record's own page."""
    return reverse("record", args=[project.key, kind.slug, row.number])


def _register_values(ctx: Context, project: Charter, kind: Register, listing: Listing) -> dict[str, Any]:
    links = tuple(
        Link(item.title, reverse("register", args=[project.key, item.slug]), active=item is kind)
        for item in REGISTERS.values()
    )
    return {"kind": kind, "listing": listing, "registers": links, "title": kind.title, "answer": listing.answer}


class _Opened:
    """One record that is shown to be read or changed."""

    def __init__(self, request: HttpRequest, ctx: Context, project: Charter, kind: Register, row: Any) -> None:
        self.request, self.ctx, self.project, self.kind, self.row = request, ctx, project, kind, row
        self.name = kind.called(row)
        self.both: tuple[Both, ...] = ()
        self.edits = may(ctx, "projects.edit_registers", project_id=project.id) and kind.may_change(row)
        self.who = owners(queries.members(ctx, project=project.id))
        self.stored = _values(row)
        posted = request.POST if request.method == "POST" else None
        self.form = kind.form(self.who, posted, initial=self.stored, exists=True)
        if kind.kind is RecordKind.RISK:
            self._add_tasks(posted)
        start_noted(self.form)

    def _add_tasks(self, posted: Any) -> None:
        """The rows of the plan that a risk hits, by their numbers; for those who see the plan."""
        self.hit: tuple[RiskTaskRow, ...] = ()
        if not has_plan(self.project.id) or not may(self.ctx, "schedule.read", project_id=self.project.id):
            return
        rows = risk_tasks(self.ctx, project=self.project.id)
        self.hit = tuple(row for row in rows if row.risk_id == self.row.id)
        known = [NumberedRow(row.task, row.uid, row.row, row.name, milestone=False) for row in self.hit]
        hint = "Their numbers in the plan, such as 4, 7-9. With its days, the risk then counts in the forecast."
        self.form.fields["tasks"] = RowsField(
            numbered_rows(self.project.id) if posted is not None else known,
            label="Rows of the plan it hits",
            required=False,
            help_text=hint,
        )
        self.stored["tasks"] = tuple(row.task for row in self.hit)
        self.form.initial["tasks"] = self.stored["tasks"]
        self.form.order_fields([*_BEFORE_TASKS, "tasks"])

    def save(self) -> Attempt:
        """Carry out the form; what is empty and may be is emptied."""
        offered(self.ctx, "projects.edit_registers", self.project)
        done = attempt(self.form, self._change, stored=self.stored, changed_by=self._changed_by)
        if done.done:
            say(self.request, f"{self.kind.short(done.result)} is saved.")
        self.both = done.both
        return done

    def _change(self, given: dict[str, Any]) -> Any:
        ctx = started_from(self.ctx, given.pop("version")).but(reason=given.pop("why"))
        emptied = tuple(name for name in self.kind.clears if name in given and given[name] is None)
        tasks = given.pop("tasks", None)
        hits_others = tasks is not None and set(tasks) != set(self.stored["tasks"])
        if hits_others:  # refused before anything is changed
            set_risk_tasks(self.ctx.but(dry_run=True), risk=self.row.id, tasks=tasks)
        changed = self.kind.edit(ctx, **{self.kind.noun: self.row.id}, clear=emptied, **given)
        if hits_others:
            set_risk_tasks(self.ctx, risk=self.row.id, tasks=tasks)
        return changed

    def _changed_by(self) -> str:
        newest = histories.history(self.ctx, project=self.project.id, kind=self.kind.kind, record=self.row.id, limit=1)
        if not newest.items:
            return ""
        return f"{newest.items[0].who} ({weekday_date(newest.items[0].at, locale_of(self.request))})"

    def values(self) -> dict[str, Any]:
        """What the record's part of a page shows."""
        history = histories.history(
            self.ctx,
            project=self.project.id,
            kind=self.kind.kind,
            record=self.row.id,
            cursor=self.request.GET.get("history", ""),
            limit=_HISTORY,
        )
        labels = {name: str(field.label) for name, field in self.form.fields.items()} | {"state": "State"}
        return {
            "kind": self.kind,
            "row": self.row,
            "name": self.name,
            "title": self.name,
            "form": self.form,
            "facts": read_only(self.form, self.stored),
            "both": self.both,
            "edits": self.edits,
            "history": [(item, labels.get(item.field, _words(item.field))) for item in history.items],
            "older": history.next,
            "back": self.request.get_full_path(),
            "hit": getattr(self, "hit", ()),
            "linked": _linked(self.project, self.row),
            **self._comments(),
        }

    def _comments(self) -> dict[str, Any]:
        """What is said about the record, where its kind is talked about."""
        if self.kind.noun not in _TALKED_ABOUT:
            return {}
        return comments_of(self.ctx, self.project, self.kind.noun, self.row.id)


# What stands before the rows that a risk hits, in its form.
_BEFORE_TASKS = ("title", "kind", "category", "probability", "impact", "percent", "days", "money")


def _linked(project: Charter, row: Any) -> Link | None:
    """The issue that a risk became, or the risk that an issue was."""
    if getattr(row, "issue", ""):
        return Link(f"Became {row.issue}", of_ref(project, "issues", row.issue))
    if getattr(row, "risk", ""):
        return Link(f"Was {row.risk}", of_ref(project, "risks", row.risk))
    return None


def _words(field: str) -> str:
    return field.replace("_", " ").capitalize()


@page("POST")
def add(request: HttpRequest, ctx: Context, key: str, register: str) -> HttpResponse:
    """Enter a record."""
    kind, project = register_of(register), working_project(ctx, key)
    offered(ctx, "projects.edit_registers", project)
    form = kind.form(owners(queries.members(ctx, project=project.id)), request.POST or None)
    status, back = 200, reverse("register", args=[key, register])
    if request.method == "POST":
        done = attempt(form, lambda given: kind.add(ctx, project=project.id, **_without_version(given)))
        if done.done:
            say(request, f"{kind.short(done.result)} is entered.")
            return redirect(address_of(project, kind, done.result))
        status = done.status
    values = {
        "form": form,
        "title": f"New {kind.noun}",
        "submit": f"Enter the {kind.noun}",
        "back": back,
        "effect": register == "risks",
    }
    crumbs = (Link(kind.title, back), Link(f"New {kind.noun}"))
    return show(
        request, ctx, "projects/form.html", values, project=project, tab="registers", crumbs=crumbs, status=status
    )


@act
def set_state(request: HttpRequest, ctx: Context, key: str, register: str, number: int) -> HttpResponse:
    """Close a record, or open it again."""
    kind, project = register_of(register), working_project(ctx, key)
    offered(ctx, "projects.edit_registers", project)
    row = record_of(kind, ctx, project.id, number)
    state = State.CLOSED if request.POST.get("state") == State.CLOSED.value else State.OPEN
    if not kind.closes:
        raise Http404
    given: dict[str, Any] = {"state": state}
    if kind.kind is RecordKind.RISK and state is State.CLOSED:
        given["outcome"] = request.POST.get("outcome", "").strip()
        if not given["outcome"]:
            warn(request, f"Say why {row.ref} is closed; it was left open.")
            return redirect(back_of(request, project, kind, row))
    return pressed(
        request,
        lambda: kind.edit(ctx, **{kind.noun: row.id}, **given),
        done=f"{kind.short(row)} is {'closed' if state is State.CLOSED else 'open again'}.",
        to=back_of(request, project, kind, row),
    )


def back_of(request: HttpRequest, project: Charter, kind: Register, row: Any) -> str:
    """Where an act was asked for: the register it stood in, or the record's own page."""
    back = request.POST.get("back", "")
    return back if back.startswith(f"/projects/{project.key}/{kind.slug}/") else address_of(project, kind, row)


@page("POST")
def decide(request: HttpRequest, ctx: Context, key: str, number: int) -> HttpResponse:
    """Record what was decided."""
    project = working_project(ctx, key)
    offered(ctx, "projects.decide", project)
    row = record_of(REGISTERS["decisions"], ctx, project.id, number)
    form = DecideForm(request.POST or None, initial={"version": row.version, "outcome": row.recommendation})
    status, back = 200, address_of(project, REGISTERS["decisions"], row)
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
            return redirect(back)
        status = done.status
    values = {
        "form": form,
        "title": f"{row.ref}: {row.question}",
        "intro": "What was decided stays in the register with your name and the time.",
        "notes": " · ".join(
            f"{item.title}: {item.consequences}" if item.consequences else item.title for item in row.options
        ),
        "submit": "Record the decision",
        "back": back,
    }
    crumbs = (Link("Decisions", reverse("register", args=[key, "decisions"])), Link(row.ref, back), Link("Decide"))
    return show(
        request, ctx, "projects/form.html", values, project=project, tab="registers", crumbs=crumbs, status=status
    )


@page("POST")
def reopen(request: HttpRequest, ctx: Context, key: str, number: int) -> HttpResponse:
    """Take a decision up again."""
    project = working_project(ctx, key)
    offered(ctx, "projects.decide", project)
    row = record_of(REGISTERS["decisions"], ctx, project.id, number)
    form = ReopenForm(request.POST or None, initial={"version": row.version})
    status, back = 200, address_of(project, REGISTERS["decisions"], row)
    if request.method == "POST":
        done = attempt(
            form,
            lambda given: commands.reopen_decision(
                started_from(ctx, given["version"]), decision=row.id, reason=given["reason"]
            ),
            stored={"version": row.version},
        )
        if done.done:
            say(request, f"{row.ref} is open again.")
            return redirect(back)
        status = done.status
    values = {
        "form": form,
        "title": f"Take {row.ref} up again",
        "intro": f"Decided so far: {row.outcome}. It stays in the history.",
        "submit": "Take it up again",
        "back": back,
    }
    crumbs = (Link("Decisions", reverse("register", args=[key, "decisions"])), Link(row.ref, back), Link("Reopen"))
    return show(
        request, ctx, "projects/form.html", values, project=project, tab="registers", crumbs=crumbs, status=status
    )


@act
def remove_stakeholder(request: HttpRequest, ctx: Context, key: str, number: int) -> HttpResponse:
    """Take a stakeholder off the register."""
    project = working_project(ctx, key)
    row = record_of(REGISTERS["stakeholders"], ctx, project.id, number)
    return pressed(
        request,
        lambda: commands.remove_stakeholder(ctx, stakeholder=row.id),
        done=f"{row.name} is off the register.",
        to=reverse("register", args=[key, "stakeholders"]),
    )


def register_of(name: str) -> Register:
    """A register by its address."""
    if name not in REGISTERS:
        raise Http404
    return REGISTERS[name]


def record_of(kind: Register, ctx: Context, project_id: int, number: int) -> Any:
    """A record of a register by its number."""
    found = next((row for row in kind.rows(ctx, project=project_id) if row.number == number), None)
    if found is None:
        raise NotFound("There is nothing here.")
    return found


def _values(row: Any) -> dict[str, Any]:
    """A record as its form shows it: enumerations by value, the owner by id, options by lines."""
    values = {name: _plain(getattr(row, name)) for name in row.__dataclass_fields__}
    if "options" in values:
        lines = (f"{item.title} | {item.consequences}" if item.consequences else item.title for item in row.options)
        values["options"] = "\n".join(lines)
    return values | {"owner": getattr(row, "owner_id", None)}


def _plain(value: Any) -> Any:
    """A value as a form begins with it: enumerations by value, estimates as they are typed."""
    if isinstance(value, Decimal):
        return Decimal(f"{value.normalize():f}")
    if isinstance(value, tuple) and all(isinstance(item, Decimal) for item in value):
        return points(value) if value else ""
    return getattr(value, "value", value)


def _without_version(cleaned: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in cleaned.items() if name != "version"}

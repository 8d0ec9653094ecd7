"""The scope statement of a project: its page, its lines, sending a version for approval, versions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from headway.areas.projects import queries as projects
from headway.areas.projects.types import Charter
from headway.areas.schedule.rows import numbered_rows
from headway.areas.scope import commands, queries
from headway.areas.scope.requests import change_requests
from headway.areas.scope.types import ChangeRequests, ItemKind, ItemRow, Statement, StatementState
from headway.engine.units import Money
from headway.interfaces.web.context import locale_of
from headway.interfaces.web.frame import Input, Link, Source
from headway.interfaces.web.locale import Locale
from headway.interfaces.web.page import act, offered, page, say, show, today_in, working_project
from headway.interfaces.web.reports.asking import approvers_among
from headway.interfaces.web.scope.figures import Figure
from headway.interfaces.web.scope.forms import AskScopeForm, ItemForm
from headway.interfaces.web.submitting import Both, attempt, pressed, start_noted, started_from
from headway.interfaces.web.templatetags.formats import hours, money_short, weekday_date
from headway.kernel.access import may
from headway.kernel.context import Context

_VERSION_WORDS = {
    StatementState.ASKED: ("Waits for approval", "amber"),
    StatementState.APPROVED: ("Approved", "green"),
    StatementState.REFUSED: ("Refused", "red"),
    StatementState.WITHDRAWN: ("Withdrawn", ""),
}
_SHOWN, _NAMED = 5, 20  # open changes that the page lists, and that its figure names


@dataclass(frozen=True, slots=True)
class Deliverable:
    """Lines of one deliverable, with their sums."""

    name: str
    items: tuple[ItemRow, ...]
    hours: Decimal | None
    burned: Decimal | None


@dataclass(frozen=True, slots=True)
class Part:
    """Lines of one kind; whether one of them has a fee, or belongs to a deliverable."""

    kind: ItemKind
    deliverables: tuple[Deliverable, ...]
    fees: bool
    named: bool

    @property
    def title(self) -> str:
        """'Assumptions', as a heading."""
        return self.kind.word if self.kind in (ItemKind.IN, ItemKind.OUT) else f"{self.kind.word}s"


@page()
def scope(request: HttpRequest, ctx: Context, key: str) -> HttpResponse:
    """What the project delivers and what not, contract hours against hours burned, and the changes asked for."""
    project = working_project(ctx, key)
    offered(ctx, "scope.read", project)
    found = queries.statement(ctx, project=project.id)
    changes = change_requests(ctx, project=project.id, open_only=True, limit=_NAMED)
    locale = locale_of(request)
    values = {
        "statement": found,
        "parts": _parts(found.items),
        "figures": _figures(project, found, changes, locale),
        "answer": _answer(found, changes, locale),
        "changes": changes.items[:_SHOWN],
        "open_changes": changes.open,
        "approved_words": _VERSION_WORDS[StatementState.APPROVED],
    }
    return show(request, ctx, "scope/statement.html", values, project=project, tab="scope")


def _parts(items: Iterable[ItemRow]) -> tuple[Part, ...]:
    found = []
    for kind in ItemKind:
        mine = [row for row in items if row.kind is kind]
        groups: dict[str, list[ItemRow]] = {}
        for row in mine:
            groups.setdefault(row.deliverable.casefold(), []).append(row)
        if mine:
            fees = any(row.fee is not None for row in mine)
            named = any(row.deliverable for row in mine)
            found.append(Part(kind, tuple(_deliverable(rows) for rows in groups.values()), fees, named))
    return tuple(found)


def _deliverable(rows: list[ItemRow]) -> Deliverable:
    agreed = [row.hours for row in rows if row.hours is not None]
    burned = [row.burned for row in rows if row.burned is not None]
    return Deliverable(
        rows[0].deliverable,
        tuple(rows),
        sum(agreed, Decimal(0)) if agreed else None,
        sum(burned, Decimal(0)) if burned else None,
    )


def _figures(project: Charter, found: Statement, changes: ChangeRequests, locale: Locale) -> tuple[Figure, ...]:
    inside = [row for row in found.items if row.kind is ItemKind.IN]
    here = reverse("scope", args=[project.key])
    lines = tuple(Input(f"{row.ref} {row.text}", hours(row.hours, locale)) for row in inside if row.hours is not None)
    burned = tuple(Input(f"{row.ref} {row.text}", hours(row.burned, locale)) for row in inside if row.burned)
    unnamed = (Input("Not counted: they name no task", hours(found.unnamed, locale)),) if found.unnamed else ()
    agreed = Source(
        "sum of the contract hours of what is in scope", lines[:20], records=f"{len(inside)} lines", href=here
    )
    spent = Source(
        "hours logged on the rows of the plan that deliver what is in scope, or under a phase of the same name",
        (*burned[:20], *unnamed),
        records=f"{len(inside)} lines; {found.unlinked} of them name no row",
        href=reverse("entries", args=[project.key]),
    )
    over = bool(found.hours) and found.burned > found.hours
    told = [
        Figure("agreed", "Contract hours", hours(found.hours, locale), source=agreed),
        Figure(
            "burned",
            "Burned on them",
            hours(found.burned, locale),
            note=f"{hours(found.hours - found.burned, locale)} left" if found.hours else "",
            tone="red" if over else "",
            source=spent,
        ),
    ]
    if found.fee:
        fees = tuple(
            Input(f"{row.ref} {row.text}", money_short(Money(row.fee, row.currency), locale))
            for row in inside
            if row.fee is not None
        )
        source = Source(f"sum of the fees in {found.currency} of what is in scope", fees[:20], href=here)
        told.append(Figure("fee", "Fee", money_short(Money(found.fee, found.currency), locale), source=source))
    told.append(
        Figure(
            "changes",
            "Open changes",
            str(changes.open),
            note=f"{changes.late} past their day" if changes.late else "",
            tone="red" if changes.late else "",
            source=Source(
                "change requests that are not carried out, rejected or withdrawn",
                tuple(Input(f"{row.ref} {row.title}", row.state.word) for row in changes.items),
                href=reverse("changes", args=[project.key]),
            ),
        )
    )
    return tuple(told)


def _answer(found: Statement, changes: ChangeRequests, locale: Locale) -> str:
    """'Version 2 was approved on Mon 2 Mar 2026; 3 things differ since. 2 changes wait.'"""
    if not found.items:
        return ""
    if found.approved is None:
        said = "No version is approved yet."
        if found.asked is not None:
            said = f"Version {found.asked.number} waits for approval."
    else:
        on = weekday_date(found.approved.decided_at, locale)
        count = len(found.changed)
        differs = (
            f"{count} {'line differs' if count == 1 else 'lines differ'} since" if count else "it stands as approved"
        )
        said = f"Version {found.approved.number} was approved on {on}; {differs}."
    if changes.open:
        said += f" {changes.open} {'change is' if changes.open == 1 else 'changes are'} open."
    return said


# --- lines ---------------------------------------------------------------------------------------------


@page("POST")
def item_new(request: HttpRequest, ctx: Context, key: str) -> HttpResponse:
    """Add a line to the scope statement."""
    project = working_project(ctx, key)
    offered(ctx, "scope.edit", project)
    kinds = {kind.value for kind in ItemKind}
    wanted = request.GET.get("kind", "")
    form = _item_form(ctx, project, request, initial={"kind": wanted if wanted in kinds else ItemKind.IN.value})
    back, status = reverse("scope", args=[key]), 200
    if request.method == "POST":
        done = attempt(
            form,
            lambda given: commands.add_item(
                ctx, project=project.id, **{name: value for name, value in given.items() if name != "version"}
            ),
        )
        if done.done:
            say(request, f"{done.result.ref} is in the scope statement.")
            return redirect(reverse("scope-item-new", args=[key]) if "more" in request.POST else back)
        status = done.status
    values = {"form": form, "title": "New line of the scope", "submit": "Add the line", "back": back, "new": True}
    crumbs = (Link("New line"),)
    return show(request, ctx, "scope/item.html", values, project=project, tab="scope", crumbs=crumbs, status=status)


def _item_form(ctx: Context, project: Charter, request: HttpRequest, *, initial: dict[str, Any]) -> ItemForm:
    money = may(ctx, "budgets.read", project_id=project.id)
    return ItemForm(numbered_rows(project.id), project.currency, money, request.POST or None, initial=initial)


@page("POST")
def item(request: HttpRequest, ctx: Context, key: str, item: int) -> HttpResponse:
    """One line: change it or take it out."""
    project = working_project(ctx, key)
    offered(ctx, "scope.edit", project)
    row = queries.item_of(ctx, project.id, item)
    numbers = {one.id: one.number for one in numbered_rows(project.id)}
    stored = {
        "kind": row.kind.value,
        "text": row.text,
        "deliverable": row.deliverable,
        "acceptance": row.acceptance,
        "hours": row.hours,
        "fee": row.fee,
        "tasks": ", ".join(str(numbers[task.id]) for task in row.tasks if task.id in numbers),
        "version": row.version,
    }
    form = _item_form(ctx, project, request, initial=stored)
    start_noted(form)
    back, status = reverse("scope", args=[key]), 200
    both: tuple[Both, ...] = ()
    if request.method == "POST":
        done = attempt(form, lambda given: _change_item(ctx, row, given), stored=stored)
        if done.done:
            say(request, f"{row.ref} is saved.")
            return redirect(back)
        status, both = done.status, done.both
    values = {"form": form, "title": f"{row.ref} {row.text}", "submit": "Save", "back": back, "row": row, "both": both}
    crumbs = (Link(row.ref),)
    return show(request, ctx, "scope/item.html", values, project=project, tab="scope", crumbs=crumbs, status=status)


def _change_item(ctx: Context, row: ItemRow, given: dict[str, Any]) -> ItemRow:
    version = given.pop("version")
    cleared = tuple(name for name in ("hours", "fee") if name in given and given[name] is None)
    changed: ItemRow = commands.edit_item(
        started_from(ctx, version),
        item=row.id,
        clear=cleared,
        **{name: value for name, value in given.items() if name not in cleared},
    )
    return changed


@act
def item_remove(request: HttpRequest, ctx: Context, key: str, item: int) -> HttpResponse:
    """Take a line out."""
    row = queries.item_of(ctx, working_project(ctx, key).id, item)
    return pressed(
        request,
        lambda: commands.remove_item(ctx, item=row.id),
        done=f"{row.ref} is out of the scope statement.",
        to=reverse("scope", args=[key]),
    )


@act
def from_charter(request: HttpRequest, ctx: Context, key: str) -> HttpResponse:
    """Bring the charter's lists in."""
    project = working_project(ctx, key)
    return pressed(
        request,
        lambda: commands.take_charter(ctx, project=project.id),
        done="The charter's lines are in the scope statement.",
        to=reverse("scope", args=[key]),
    )


# --- versions -------------------------------------------------------------------------------------------


@page("POST")
def ask(request: HttpRequest, ctx: Context, key: str) -> HttpResponse:
    """Send the scope statement for approval."""
    project = working_project(ctx, key)
    offered(ctx, "scope.edit", project)
    who = approvers_among(ctx, projects.members(ctx, project=project.id), clients=True)
    found = queries.statement(ctx, project=project.id)
    note = "\n".join(found.changed[:20])
    form = AskScopeForm(who, request.POST or None, initial={"note": note})
    back, status = reverse("scope", args=[key]), 200
    if request.method == "POST":
        done = attempt(
            form,
            lambda given: commands.ask_scope(
                ctx,
                project=project.id,
                approvers=tuple(given["approvers"]),
                note=given["note"],
                due=given["due"],
            ),
        )
        if done.done:
            say(request, f"{done.result.title} is sent for approval.")
            return redirect(back)
        status = done.status
    values = {
        "form": form,
        "title": "Send the scope for approval",
        "intro": f"{len(found.items)} lines are frozen as a version. What differs later is shown beside it.",
        "submit": "Send for approval",
        "back": back,
    }
    crumbs = (Link("Send for approval"),)
    return show(request, ctx, "projects/form.html", values, project=project, tab="scope", crumbs=crumbs, status=status)


@page()
def versions(request: HttpRequest, ctx: Context, key: str) -> HttpResponse:
    """The versions that were sent for approval."""
    project = working_project(ctx, key)
    offered(ctx, "scope.read", project)
    rows = [(row, *_VERSION_WORDS[row.state]) for row in queries.scope_versions(ctx, project=project.id)]
    crumbs = (Link("Versions"),)
    return show(request, ctx, "scope/versions.html", {"rows": rows}, project=project, tab="scope", crumbs=crumbs)


@page()
def version(request: HttpRequest, ctx: Context, key: str, number: int) -> HttpResponse:
    """One version with its lines as they were."""
    project = working_project(ctx, key)
    offered(ctx, "scope.read", project)
    row = queries.version_shown(ctx, project.id, number)
    words, tone = _VERSION_WORDS[row.state]
    kinds = {kind.value: kind.word for kind in ItemKind}
    values = {
        "row": row,
        "state": words,
        "tone": tone,
        "items": [{**item, "kind_word": kinds.get(item["kind"], item["kind"])} for item in row.items],
        "today": today_in(ctx, project),
    }
    crumbs = (Link("Versions", reverse("scope-versions", args=[key])), Link(f"Version {number}"))
    return show(request, ctx, "scope/version.html", values, project=project, tab="scope", crumbs=crumbs)

"""Where each kind of record is shown: one address by kind and id, from anywhere in the workspace.

Lists, notices and search hits link by `go_url`; `/go/<kind>/<id>` resolves the record through what this person may
see and leads to its page. Whoever makes a page for a kind adds its line to PAGES.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from headway.areas.comms import discussions
from headway.areas.deliverables import queries as deliverables
from headway.areas.estimates import queries as estimates
from headway.areas.people import queries as people
from headway.areas.people.types import OrganisationKind
from headway.areas.projects import queries as projects
from headway.areas.schedule import updates
from headway.areas.scope import requests as scope
from headway.interfaces.web.page import page
from headway.kernel.context import Context
from headway.kernel.errors import NotFound
from headway.kernel.queries import project_of_visible


@dataclass(frozen=True, slots=True)
class Record:
    """A record that this person may see. `project_id` None and `key` '' = it belongs to no project."""

    id: int
    project_id: int | None = None
    key: str = ""


Address = Callable[[Context, Record], str]


def own_page(name: str) -> Address:
    """The record's own page, an address of the project's key and the record's id."""
    return lambda ctx, record: reverse(name, args=[record.key, record.id])


def page_of_project(name: str, anchor: str = "") -> Address:
    """A page of the record's project, on which it stands."""
    return lambda ctx, record: reverse(name, args=[record.key]) + (f"#{anchor}" if anchor else "")


def _beside(name: str) -> Address:
    """A register of the project, with the record beside it."""
    return lambda ctx, record: f"{reverse(name, args=[record.key])}?open={record.id}"


def page_of_house(name: str) -> Address:
    """A page that takes the id alone."""
    return lambda ctx, record: reverse(name, args=[record.id])


def _record(register: str, kind: str) -> Address:
    """The record's page under its register."""
    return lambda ctx, record: reverse("record", args=[record.key, register, projects.record_number(kind, record.id)])


def _snapshot(ctx: Context, record: Record) -> str:
    return reverse("snapshot", args=[record.key, deliverables.held_snapshot(ctx, record.id)[0].number])


def _upload(ctx: Context, record: Record) -> str:
    return reverse("document", args=[record.key, deliverables.upload(ctx, upload=record.id).document_id])


def _change_request(ctx: Context, record: Record) -> str:
    return reverse("change", args=[record.key, scope.number_of(ctx, record.id)])


def _estimate(ctx: Context, record: Record) -> str:
    return reverse("estimate", args=[record.key, estimates.number_of(ctx, record.id)])


def _organisation(ctx: Context, record: Record) -> str:
    """The account of a client; others have none and stand with all accounts."""
    clients = {row.id for row in people.organisations(ctx, kind=OrganisationKind.CLIENT)}
    return reverse("client", args=[record.id]) if record.id in clients else reverse("clients")


def _update_mail(ctx: Context, record: Record) -> str:
    """The place of a mail on the page of its request."""
    return f"{reverse('update', args=[record.key, updates.request_of(ctx, record.id)])}#mail-{record.id}"


def _comment(ctx: Context, record: Record) -> str:
    """The place on the page of the record that it is about."""
    kind, about = discussions.about_comment(ctx, record.id)
    return f"{PAGES[kind](ctx, Record(about, record.project_id, record.key))}#comment-{record.id}"


PAGES: dict[str, Address] = {
    "projects.Project": page_of_project("project"),
    "projects.Risk": _record("risks", "projects.Risk"),
    "projects.Issue": _record("issues", "projects.Issue"),
    "projects.Decision": _record("decisions", "projects.Decision"),
    "projects.Assumption": _record("assumptions", "projects.Assumption"),
    "projects.Stakeholder": _record("stakeholders", "projects.Stakeholder"),
    "projects.ImportBatch": own_page("import"),
    "programme.Programme": page_of_house("programme"),
    "programme.PlanMove": page_of_project("project-links"),
    "programme.Placeholder": page_of_project("project-links"),
    "schedule.Plan": page_of_project("plan"),
    "schedule.PlanSimulation": page_of_project("forecast", "chances"),
    "schedule.PlanTask": own_page("task"),
    "schedule.UpdateRequest": own_page("update"),
    "schedule.UpdateMail": _update_mail,
    "schedule.Baseline": page_of_project("plan"),
    "method.Gate": own_page("gate"),
    "method.ProjectTemplate": lambda ctx, record: reverse("template", args=[f"T-{record.id}"]),
    "method.RecurringTask": page_of_project("method"),
    "hours.TimeEntry": own_page("entry"),
    "metrics.Kpi": page_of_house("kpi"),
    "budgets.Budget": page_of_project("budget"),
    "budgets.ProgressStatement": page_of_project("progress-method"),
    "budgets.BudgetChange": page_of_project("budget", "changes"),
    "budgets.AlertMail": own_page("budget-mail"),
    "budgets.Retainer": own_page("retainer"),
    "budgets.Expense": _beside("expenses"),
    "budgets.Commitment": _beside("orders"),
    "budgets.Invoice": _beside("invoices"),
    "scope.ScopeItem": page_of_project("scope"),
    "scope.ScopeVersion": page_of_project("scope-versions"),
    "scope.ChangeRequest": _change_request,
    "scope.ChangeOption": page_of_project("changes"),
    "scope.Impact": page_of_project("changes"),
    "estimates.Estimate": _estimate,
    "deliverables.Document": page_of_project("reports"),
    "deliverables.DocumentVersion": own_page("report"),
    "deliverables.UploadedDocument": own_page("document"),
    "deliverables.Snapshot": _snapshot,
    "deliverables.UploadedVersion": _upload,
    "comms.Comment": _comment,
    "approvals.Approval": page_of_house("approval"),
    "people.Person": page_of_house("person-card"),
    "people.Leave": lambda ctx, record: reverse("leave"),
    "people.Organisation": _organisation,
}


@lru_cache(maxsize=4096)  # lists over many projects name hundreds
def task_url(key: str, task: int) -> str:
    """The page of a task, by its project's key."""
    return reverse("task", args=[key, task])


@lru_cache(maxsize=1024)
def plan_url(key: str) -> str:
    """The plan page of a project."""
    return reverse("plan", args=[key])


@lru_cache(maxsize=4_000)  # a Desk names a hundred, the same at each look
def go_url(kind: str, record_id: int) -> str:
    """The address that leads to a record; `kind` is its model's label ('projects.Risk')."""
    return reverse("go", args=[kind, record_id])


@page(outside=True)
def go(request: HttpRequest, ctx: Context, kind: str, record: int) -> HttpResponse:
    """To the record's page; absent, hidden and pageless alike are not there."""
    if kind not in PAGES:
        raise NotFound("There is nothing here.")
    return redirect(address_of(ctx, kind, record))


def address_of(ctx: Context, kind: str, record_id: int) -> str:
    """The page of a record; NotFound unless this person may see it."""
    project_id = project_of_visible(ctx, kind, record_id)
    key = projects.charter(ctx, project=project_id).key if project_id is not None else ""
    return PAGES[kind](ctx, Record(record_id, project_id, key))

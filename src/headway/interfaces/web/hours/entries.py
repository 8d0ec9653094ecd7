"""The entries of a project: a list that narrows, and one entry with its change, split and removal."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from headway.areas.hours import commands, correcting, queries
from headway.areas.hours.deciders import who_can_help
from headway.areas.hours.types import CLOSED, EntryRow, EntryStatus
from headway.areas.hours.weeks import monday_of
from headway.areas.people.queries import self_approval_allowed
from headway.areas.projects.queries import charter, members, my_person_id, named_projects
from headway.areas.projects.types import Charter
from headway.interfaces.web.frame import Link
from headway.interfaces.web.hours.week import STATES, week_address
from headway.interfaces.web.page import act, offered, page, pages_in, say, show, working_project
from headway.interfaces.web.submitting import (
    Attempt,
    attempt,
    day,
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

PER_PAGE = 50
NO_PHASE = "-"  # in an address: entries without a phase, or without a role


class EntryForm(forms.Form):
    """An entry as people correct it."""

    day = day("Day", required=True)
    hours = text("Hours", hint="Such as 7.5, 1:30 or 90m.", length=20)
    phase = text("Phase", required=False)
    role = text("Role", required=False)
    billable = forms.BooleanField(label="Billable", required=False)
    note = words("Note", rows=2)
    version = version_field()


class SplitForm(forms.Form):
    """A part of an entry that gets a note of its own."""

    hours = text("Hours to take out", hint="Such as 2, 1:30 or 90m.", length=20)
    note = text("What they were for", length=1000)
    version = version_field()


class CorrectForm(forms.Form):
    """What is right of a closed entry, and why."""

    hours = text("Right hours", hint="0 when nothing was worked.", length=20)
    day = day("Day", required=True)
    phase = text("Phase", required=False)
    role = text("Role", required=False)
    billable = forms.BooleanField(label="Billable", required=False)
    note = words("Note", rows=2)
    reason = text("Why it is corrected", length=1000, hint="The person reads it.")

    def __init__(self, projects: list[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to_project"] = one_of("Project", projects)
        self.order_fields(["hours", "day", "to_project"])


class FilterForm(forms.Form):
    """What the list shows."""

    phase = text("Phase", required=False)
    role = text("Role", required=False)
    row = forms.IntegerField(required=False, min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)
    status = one_of("State", [(status.value, STATES[status].capitalize()) for status in EntryStatus], required=False)
    first = day("From")
    last = day("To")
    billable = one_of("Billable", [("yes", "Billable"), ("no", "Not billable")], required=False)
    q = text("Words in note or phase", required=False)

    def __init__(self, who: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"] = one_of("Person", who, required=False, number=True)
        self.order_fields(["person", "phase", "role", "status", "first", "last", "billable", "q"])


@page()
def entries(request: HttpRequest, ctx: Context, key: str) -> HttpResponse:
    """The entries that the filters leave, newest day first; members see their own."""
    project = working_project(ctx, key)
    offered(ctx, "hours.read", project)
    form = FilterForm(_people(ctx, project), request.GET)
    given: dict[str, Any] = form.cleaned_data if form.is_valid() else {}
    phase, role = given.get("phase") or None, given.get("role") or None
    wanted: dict[str, Any] = {
        "person": given.get("person"),
        "phase": "" if phase == NO_PHASE else phase,
        "role": "" if role == NO_PHASE else role,
        "row": given.get("row"),
        "status": EntryStatus(given["status"]) if given.get("status") else None,
        "first": given.get("first"),
        "last": given.get("last"),
        "billable": {"yes": True, "no": False}.get(given.get("billable") or ""),
        "search": given.get("q") or "",
    }
    if wanted["first"] and wanted["last"] and wanted["last"] < wanted["first"]:
        wanted["first"], wanted["last"] = wanted["last"], wanted["first"]
    found = queries.entries(ctx, project=project.id, cursor=request.GET.get("cursor", ""), limit=PER_PAGE, **wanted)
    values = {
        "rows": [(row, STATES[row.status]) for row in found.items],
        "count": len(found.items),
        "filter": form,
        "narrowed": any(value not in (None, "") for name, value in wanted.items() if name != "search")
        or "" in (wanted["phase"], wanted["role"])
        or bool(wanted["search"]),
        "rates": queries.sees_rates(ctx, project.id),
        **pages_in(request, found.next),
    }
    crumbs = (Link("Entries"),)
    return show(request, ctx, "hours/entries.html", values, project=project, tab="hours", crumbs=crumbs)


def _people(ctx: Context, project: Charter) -> list[tuple[int, str]]:
    """Whose entries this person may look for: everybody's, or nobody's but his own."""
    if not may(ctx, "hours.read_team", project_id=project.id):
        me = my_person_id(ctx)
        return [] if me is None else [(me, ctx.actor.name)]
    return list(dict.fromkeys((row.person_id, row.name) for row in members(ctx, project=project.id)))


@page("POST")
def entry(request: HttpRequest, ctx: Context, key: str, entry: int) -> HttpResponse:
    """One entry: what is known, its change, and taking a part out with a note of its own."""
    project = working_project(ctx, key)
    row = _entry(ctx, project, entry)
    mine = row.person_id == my_person_id(ctx)
    may_change = may(ctx, "hours.log", project_id=project.id) and (
        mine or may(ctx, "hours.read_team", project_id=project.id)
    )
    which = request.POST.get("form", "") if request.method == "POST" else ""
    change = EntryForm(request.POST if which == "change" else None, initial=_values(row))
    start_noted(change)
    split = SplitForm(request.POST if which == "split" else None, initial={"version": row.version}, prefix="split")
    corrects = _corrects(ctx, project, row, mine=mine)
    correct = CorrectForm(
        _correctable(ctx) if corrects else [],
        request.POST if which == "correct" else None,
        initial={**_values(row), "to_project": project.key},
        prefix="correct",
    )
    tried = Attempt(False)
    if which == "correct" and corrects:
        tried = attempt(correct, lambda given: _correct(ctx, key, row, given))
    elif which == "change":
        tried = attempt(change, lambda given: _change(ctx, row, given), stored=_values(row))
    elif which == "split":
        tried = attempt(split, lambda given: _split(ctx, row, given))
    if tried.done:
        say(request, _DONE[which])
        return redirect(reverse("entry", args=[key, entry]))
    values = {
        "row": row,
        "state": "returned" if row.returned else STATES[row.status],
        "mine": mine,
        "week": week_address(monday_of(row.day)) if mine else "",
        "open": may_change and row.status.value not in CLOSED,
        "helps": who_can_help(project.id, row.person_id),
        "change": change,
        "split": split,
        "both": tried.both,
        "correct": correct if corrects else None,
        "chain": [_link(ctx, one, row.id) for one in correcting.corrections(ctx, entry=row.id)],
        "rates": queries.sees_rates(ctx, project.id),
        "costs": queries.sees_costs(ctx, project.id),
    }
    crumbs = (Link("Entries", reverse("entries", args=[key])), Link(f"{row.person}, {row.day}"))
    return show(
        request, ctx, "hours/entry.html", values, project=project, tab="hours", crumbs=crumbs, status=tried.status
    )


_DONE = {
    "change": "The entry is saved.",
    "split": "The part is an entry of its own now.",
    "correct": "The entry is corrected: what was wrong is taken back, what is right stands beside it.",
}


def _corrects(ctx: Context, project: Charter, row: EntryRow, *, mine: bool) -> bool:
    """Whether this reader may correct the entry: a closed one, nobody's own, not yet corrected."""
    chain = correcting.corrections(ctx, entry=row.id)
    done = row.counter or any(one.corrects == row.id for one in chain)
    closed = row.status.value in CLOSED and (not mine or self_approval_allowed())
    return closed and not done and may(ctx, "hours.correct", project_id=project.id)


def _correctable(ctx: Context) -> list[tuple[str, str]]:
    """The projects on which this reader may correct hours."""
    rows = named_projects(ctx).values()
    return [(row.key, f"{row.key} {row.name}") for row in rows if may(ctx, "hours.correct", project_id=row.id)]


def _correct(ctx: Context, key: str, row: EntryRow, given: dict[str, Any]) -> Any:
    """Only what differs is named, so that a rate is not looked up anew by correcting the hours."""
    old = {**_values(row), "to_project": key}
    changed = {name: value for name, value in given.items() if name != "reason" and value != old[name]}
    return correcting.correct(ctx, entry=row.id, reason=given["reason"], **changed)


def _link(ctx: Context, row: EntryRow, here: int) -> dict[str, Any]:
    """One entry of a chain of corrections, with what it is and where it stands."""
    key = charter(ctx, project=row.project_id).key
    what = "takes back" if row.counter else "in its place" if row.corrects else "first entered"
    return {"row": row, "what": what, "key": key, "here": row.id == here}


def _entry(ctx: Context, project: Charter, entry_id: int) -> EntryRow:
    """An entry of this very project: one of another is as good as none."""
    found = queries.entry_of(ctx, project.id, entry_id)
    if found is None:
        raise NotFound("There is nothing here.")
    return found


def _values(row: EntryRow) -> dict[str, Any]:
    return {
        "day": row.day,
        "hours": format(row.hours, "f"),
        "phase": row.phase,
        "role": row.role,
        "billable": row.billable,
        "note": row.note,
        "version": row.version,
    }


def _change(ctx: Context, row: EntryRow, given: dict[str, Any]) -> EntryRow:
    """Only what differs is changed, so that a rate is not looked up anew by saving a note."""
    old = _values(row)
    changed = {name: value for name, value in given.items() if name != "version" and value != old[name]}
    return commands.edit(started_from(ctx, given["version"]), entry=row.id, **changed)


def _split(ctx: Context, row: EntryRow, given: dict[str, Any]) -> EntryRow:
    return commands.split(started_from(ctx, given["version"]), entry=row.id, hours=given["hours"], note=given["note"])


@act
def remove(request: HttpRequest, ctx: Context, key: str, entry: int) -> HttpResponse:
    """Take an entry out."""
    project = working_project(ctx, key)
    row = _entry(ctx, project, entry)
    mine = row.person_id == my_person_id(ctx)
    return pressed(
        request,
        lambda: commands.remove(ctx, entry=row.id),
        done="The entry is taken out; it counts nowhere any more.",
        to=week_address(monday_of(row.day)) if mine else reverse("entries", args=[key]),
    )

"""Levelling proposals: the list of them, how far one is, what it does, and taking it, in part or not at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from headway.areas.capacity import commands, proposals
from headway.areas.capacity.proposal_types import (
    Accepted,
    Asked,
    Chosen,
    Method,
    ProposalOf,
    ProposalRow,
    ProposalShown,
    ProposalState,
)
from headway.areas.schedule import levelling as plans
from headway.interfaces.web.context import locale_of
from headway.interfaces.web.frame import Link
from headway.interfaces.web.locale import Locale
from headway.interfaces.web.page import act, offered, page, pages_in, say, show, warn, working_project
from headway.interfaces.web.submitting import pressed
from headway.interfaces.web.templatetags.formats import weekday_date
from headway.journeys import levelling
from headway.kernel import jobs
from headway.kernel.access import may
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, Invalid
from headway.kernel.jobs_worker import workers_alive

_STATES = {
    ProposalState.WAITING: "Being computed",
    ProposalState.WORKING: "Being computed",
    ProposalState.READY: "Ready to decide",
    ProposalState.FAILED: "Not computed",
    ProposalState.STOPPED: "Stopped",
    ProposalState.ACCEPTED: "Accepted",
    ProposalState.DISCARDED: "Discarded",
}


@page()
def list_of(request: HttpRequest, ctx: Context) -> HttpResponse:
    """Levelling proposals, the newest first; of one project where the address names it."""
    key = request.GET.get("project", "").strip()
    found = proposals.proposals(ctx, project=key or None, cursor=request.GET.get("cursor", ""))
    values = {
        "rows": [(row, _STATES[row.state], how(row.asked, locale_of(request))) for row in found.items],
        "key": key,
        **pages_in(request, found.next),
    }
    crumbs = (Link("Capacity", reverse("capacity")), Link("Proposals"))
    return show(request, ctx, "capacity/proposals.html", values, crumbs=crumbs)


@page()
def proposal(request: HttpRequest, ctx: Context, proposal: int) -> HttpResponse:
    """One proposal: how far it is, or what it does."""
    return _shown(request, ctx, proposals.proposal(ctx, proposal=proposal))


@dataclass(frozen=True, slots=True)
class Tried:
    """What the chosen rows would do, in a sentence a project."""

    key: str
    sentence: str


def _shown(
    request: HttpRequest,
    ctx: Context,
    found: ProposalShown,
    *,
    chosen: Sequence[Chosen] | None = None,
    tried: Sequence[Tried] = (),
    status: int = 200,
) -> HttpResponse:
    row, locale = found.row, locale_of(request)
    editor = all(may(ctx, "schedule.edit", project_id=plan.project_id) for plan in found.plans)
    picked = {item.project: set(item.tasks) for item in chosen} if chosen is not None else None
    values = {
        "proposal": row,
        "plans": [_plan(plan, row, picked) for plan in found.plans],
        "title": title(row.asked),
        "answer": answer(found, locale),
        "how": how(row.asked, locale),
        "people": found.people,
        "stale": [plan.key for plan in found.plans if not plan.current] if row.state is ProposalState.READY else [],
        "tried": tried,
        "deciding": row.state is ProposalState.READY and editor,
        "editor": editor,
        "rows": sum(len(plan.rows) for plan in found.plans),
        **_work(row),
    }
    crumbs = (
        Link("Capacity", reverse("capacity")),
        Link("Proposals", reverse("capacity-proposals")),
        Link(title(row.asked)),
    )
    return show(request, ctx, "capacity/proposal.html", values, crumbs=crumbs, status=status)


def _plan(plan: ProposalOf, row: ProposalRow, picked: Mapping[str, set[int]] | None) -> dict[str, Any]:
    rows = [(task, task.uid in picked.get(plan.key, ()) if picked is not None else True) for task in plan.rows]
    along = max(0, plan.moved - sum(1 for task in plan.rows if task.old_start != task.new_start))
    return {
        "plan": plan,
        "rows": rows,
        "along": along,
        "searched": row.asked.method is Method.SEARCH,
        "cost_same": plan.old_cost == plan.new_cost,
        "taken": sum(1 for task in plan.rows if task.taken),
    }


def title(asked: Asked) -> str:
    """'Level SITE, SHOP'."""
    return f"Level {', '.join(asked.projects)}"


def how(asked: Asked, locale: Locale) -> str:
    """'By rules, within slack, from Mon 2 Mar'."""
    if asked.method is Method.SEARCH:
        aim = "the earliest finish" if asked.aim.value == "finish" else "the least delay"
        said = [f"By search for {aim}, {asked.seconds} seconds"]
    else:
        said = ["By rules"]
        said += ["within slack"] if asked.within_slack else []
        said += ["work may pause"] if asked.split else []
        said += [f"for {len(asked.people)} of the people"] if asked.people else []
        said += [f"from {weekday_date(asked.first, locale)}"] if asked.first else []
        said += [f"until {weekday_date(asked.last, locale)}"] if asked.last else []
    return ", ".join([*said, *([] if asked.other_work else ["without their work in other projects"])])


def answer(found: ProposalShown, locale: Locale) -> str:
    """What it comes to in a sentence: hours too much before and after, finishes, deadlines."""
    row = found.row
    if row.is_open:
        return "It is being computed. You can leave this page: the work goes on."
    if row.state is ProposalState.FAILED:
        return "The proposal could not be computed."
    if row.state is ProposalState.STOPPED:
        return "It was stopped before it was computed."
    if not any(plan.rows for plan in found.plans):
        return "Nothing can be moved so that less is too much."
    before = sum((plan.over_before for plan in found.plans), start=found.plans[0].over_before * 0)
    after = sum((plan.over_after for plan in found.plans), start=before * 0)
    broken = sum(len(plan.deadlines_broken) for plan in found.plans)
    said = f"{before:.0f} hours too much become {after:.0f}"
    late = [
        f"{plan.key} ends {_days(plan.finish_days)} {'later' if plan.finish_days > 0 else 'earlier'}"
        for plan in found.plans
        if plan.finish_days
    ]
    said += f"; {', '.join(late)}" if late else "; no finish moves"
    if broken:
        said += f"; {broken} deadline{' breaks' if broken == 1 else 's break'}"
    return f"{said}."


def _days(count: int) -> str:
    return f"{abs(count)} working day{'' if abs(count) == 1 else 's'}"


# --- how far it is ------------------------------------------------------------------------------


def _work(row: ProposalRow) -> dict[str, Any]:
    here = reverse("capacity-proposal", args=[row.id])
    return {
        "proposal": row,
        "address": reverse("capacity-progress", args=[row.id]),
        "ended": "" if row.is_open else here,
        "told": told(row),
        "percent": round(100 * row.done / row.total) if row.total else 0,
    }


def told(row: ProposalRow) -> str:
    """What is being done, or how it ended."""
    if row.state is ProposalState.WAITING:
        if not workers_alive(queue=jobs.LONG):
            return "It waits: no worker is running. It begins as soon as 'headway serve' or 'headway worker' runs."
        return "It waits for its turn."
    if row.state is ProposalState.WORKING:
        return f"{row.progress}, {row.done} of {row.total} done." if row.progress else "It has begun."
    return row.fault or f"{_STATES[row.state]}."


@page()
def progress(request: HttpRequest, ctx: Context, proposal: int) -> HttpResponse:
    """The part of the page that moves on."""
    return render(request, "capacity/progress.html", _work(proposals.proposal(ctx, proposal=proposal).row))


# --- acts ---------------------------------------------------------------------------------------


@act
def decide(request: HttpRequest, ctx: Context, proposal: int) -> HttpResponse:
    """Accept the chosen rows, or show first what they do."""
    chosen = _chosen(request.POST.getlist("row"))
    found = proposals.proposal(ctx, proposal=proposal)
    trying = request.POST.get("act") == "try"
    try:
        taken: Accepted = commands.accept(ctx.but(dry_run=trying), proposal=proposal, chosen=chosen)
        if taken.anew and not trying:
            levelling.propose_again(ctx, proposal=proposal)
    except (Invalid, Conflict) as refusal:
        warn(request, refusal.message)
        return _shown(request, ctx, found, chosen=chosen, status=refusal.status)
    if taken.anew:
        if not trying:
            say(request, f"{', '.join(taken.anew)} changed since; nothing was set, and it is computed anew.")
        return redirect(reverse("capacity-proposal", args=[proposal]))
    tried = [Tried(key, effect.sentence) for key, effect in taken.effects]
    if trying:
        return _shown(request, ctx, found, chosen=chosen, tried=tried)
    for item in tried:
        say(request, f"{item.key}: {item.sentence} Undo stands in its plan.")
    return redirect(reverse("capacity-proposal", args=[proposal]))


def _chosen(given: Sequence[str]) -> tuple[Chosen, ...]:
    """The rows whose boxes are checked: 'SITE:12'."""
    found: dict[str, list[int]] = {}
    for text in given:
        key, _, uid = text.rpartition(":")
        if key and uid.isascii() and uid.isdigit() and len(uid) < len("9" * 12):
            found.setdefault(key, []).append(int(uid))
    return tuple(Chosen(key, tuple(uids)) for key, uids in found.items())


@act
def discard(request: HttpRequest, ctx: Context, proposal: int) -> HttpResponse:
    """Leave the plans as they are."""
    here = reverse("capacity-proposal", args=[proposal])
    return pressed(
        request, lambda: commands.discard(ctx, proposal=proposal), done="Discarded. No plan was changed.", to=here
    )


@act
def stop(request: HttpRequest, ctx: Context, proposal: int) -> HttpResponse:
    """Call the computing off."""
    here = reverse("capacity-proposal", args=[proposal])
    return pressed(request, lambda: commands.stop(ctx, proposal=proposal), done="Stopped.", to=here)


@act
def again(request: HttpRequest, ctx: Context, proposal: int) -> HttpResponse:
    """Compute it anew from the plans as they are now."""
    here = reverse("capacity-proposal", args=[proposal])
    return pressed(
        request, lambda: levelling.propose_again(ctx, proposal=proposal), done="It is computed anew.", to=here
    )


@page("POST")
def clear(request: HttpRequest, ctx: Context, key: str) -> HttpResponse:
    """Take levelling of a plan back: what that does, and doing it."""
    project = working_project(ctx, key)
    offered(ctx, "schedule.edit", project)
    there = reverse("plan", args=[key])
    if request.method == "POST":
        return pressed(
            request,
            lambda: plans.clear_levelling(ctx, project=project.id),
            done="Levelling is taken back. Undo stands in the plan.",
            to=there,
        )
    try:
        effect = plans.clear_levelling(ctx.but(dry_run=True), project=project.id)
    except Conflict as refusal:
        effect, refused = None, refusal.message
    else:
        refused = ""
    values = {"effect": effect, "refused": refused}
    crumbs = (Link("Clear levelling"),)
    return show(request, ctx, "capacity/clear.html", values, project=project, tab="plan", crumbs=crumbs)

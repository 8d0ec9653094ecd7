"""Change requests of a project: the list, a new one, its page with options side by side, changing what it says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from headway.areas.approvals.queries import show as approval_of
from headway.areas.approvals.types import ApprovalRow
from headway.areas.projects import queries as projects
from headway.areas.projects.types import Charter
from headway.areas.scope import requests
from headway.areas.scope.types import (
    BEFORE_DECISION,
    Area,
    ChangeRequests,
    ImpactRow,
    OptionRow,
    RequestDetail,
    RequestRow,
    RequestState,
)
from headway.areas.scope.wording import days_text, hours_text
from headway.engine.impact import colour_of
from headway.interfaces.transfers import attachment
from headway.interfaces.web.context import locale_of
from headway.interfaces.web.frame import Fact, Input, Link, Source
from headway.interfaces.web.locale import Locale
from headway.interfaces.web.page import offered, page, pages_in, say, show, warn, working_project
from headway.interfaces.web.projects.comments import comments_of
from headway.interfaces.web.projects.forms import owners
from headway.interfaces.web.scope.figures import Figure, measures
from headway.interfaces.web.scope.forms import ASKS, EditRequestForm, RequestForm
from headway.interfaces.web.submitting import Both, attempt, start_noted, started_from
from headway.interfaces.web.templatetags.formats import hours, number, weekday_date
from headway.journeys.change_memo import FORMS
from headway.journeys.change_memo import memo as write_memo
from headway.journeys.impact import now_effect
from headway.kernel.access import may
from headway.kernel.context import Context
from headway.kernel.errors import HeadwayError, NotFound, Unavailable

TONES = {
    RequestState.DRAFT: "",
    RequestState.ASSESSED: "accent",
    RequestState.WAITING: "amber",
    RequestState.APPROVED: "green",
    RequestState.REJECTED: "red",
    RequestState.DEFERRED: "",
    RequestState.WITHDRAWN: "",
    RequestState.IMPLEMENTED: "green",
}


@page()
def changes(request: HttpRequest, ctx: Context, key: str) -> HttpResponse:
    """The change requests of a project, those that are open first."""
    project = working_project(ctx, key)
    offered(ctx, "scope.read", project)
    every = request.GET.get("show") == "all"
    found = requests.change_requests(ctx, project=project.id, open_only=not every, cursor=request.GET.get("cursor", ""))
    values = {
        "rows": [(row, TONES[row.state]) for row in found.items],
        "any": bool(found.open or found.settled),
        "all": every,
        "closed": found.settled,
        "answer": _sentence(found),
        "total": found.open + found.settled if every else found.open,
        **pages_in(request, found.next),
    }
    return show(request, ctx, "scope/changes.html", values, project=project, tab="scope", crumbs=(Link("Changes"),))


def _sentence(found: ChangeRequests) -> str:
    """'3 changes are open: 1 for decision, 1 past its day.'"""
    if not found.open and not found.settled:
        return ""
    if not found.open:
        return f"Nothing is open; {found.settled} {'change was' if found.settled == 1 else 'changes were'} settled."
    said = f"{found.open} {'change is' if found.open == 1 else 'changes are'} open"
    parts = [f"{found.waiting} for decision"] if found.waiting else []
    parts += [f"{found.approved} approved and not carried out"] if found.approved else []
    parts += [f"{found.late} past {'its' if found.late == 1 else 'their'} day"] if found.late else []
    return f"{said}: {', '.join(parts)}." if parts else f"{said}."


@page("POST")
def new(request: HttpRequest, ctx: Context, key: str) -> HttpResponse:
    """Ask for a change."""
    project = working_project(ctx, key)
    offered(ctx, "scope.ask_change", project)
    form = RequestForm(owners(projects.members(ctx, project=project.id)), request.POST or None)
    status, back = 200, reverse("changes", args=[key])
    if request.method == "POST":
        done = attempt(form, lambda given: requests.add_request(ctx, project=project.id, **given))
        if done.done:
            say(request, f"{done.result.row.ref} is entered. Say what could be done about it.")
            return redirect(address_of(project, done.result.row))
        status = done.status
    values = {
        "form": form,
        "title": "Ask for a change",
        "intro": "Say what is asked for and why. Its effect is then computed from the plan, before anybody decides.",
        "submit": "Enter the request",
        "back": back,
    }
    crumbs = (*above(project), Link("New request"))
    return show(request, ctx, "projects/form.html", values, project=project, tab="scope", crumbs=crumbs, status=status)


def above(project: Charter) -> tuple[Link, ...]:
    """What stands over a request's page in its crumbs."""
    return (Link("Changes", reverse("changes", args=[project.key])),)


def address_of(project: Charter, row: RequestRow) -> str:
    """A request's page."""
    return reverse("change", args=[project.key, row.number])


@page()
def change(request: HttpRequest, ctx: Context, key: str, number: int) -> HttpResponse:
    """A change request: what it would do, who decides, what came of it."""
    project = working_project(ctx, key)
    offered(ctx, "scope.read", project)
    found = requests.request_of(ctx, project.id, number)
    return show_change(request, ctx, project, found)


def show_change(request: HttpRequest, ctx: Context, project: Charter, found: RequestDetail) -> HttpResponse:
    """The page of a change request."""
    locale = locale_of(request)
    row = found.row
    writes = may(ctx, "scope.edit", project_id=project.id) and row.state in BEFORE_DECISION
    computed = [option for option in found.options if option.effect is not None]
    values = {
        "found": found,
        "row": row,
        "tone": TONES[row.state],
        "answer": first_answer(found, locale),
        "facts": _facts(found, locale),
        "options": found.options,
        "computed": computed,
        "measures": measures(project, found.options, locale),
        "stale": next((option.stale for option in computed if option.stale), ""),
        "missing": len(found.options) - len(computed),
        "only_nothing": all(option.nothing for option in found.options),
        "ways": tuple(ASKS),
        "writes": writes,
        "heat": _heat(found.impacts),
        "impacts": [(one, _impact_source(one, locale)) for one in found.impacts],
        "approval": _approval(ctx, found),
        "carrying": _carrying(ctx, found),
        "outcome": _outcome(project, found, locale),
        "chosen": next((option for option in found.options if option.chosen), None),
        "recommended": next((option for option in found.options if option.recommended), None),
        **comments_of(ctx, project, "change", row.id),
    }
    crumbs = (*above(project), Link(row.ref))
    return show(request, ctx, "scope/change.html", values, project=project, tab="scope", crumbs=crumbs)


def first_answer(found: RequestDetail, locale: Locale) -> str:
    """The answer first: what the recommended way does, or what to do next."""
    row = found.row
    told = next((one for one in found.options if one.chosen or (one.recommended and not found.row.decided_at)), None)
    told = told or next((one for one in found.options if not one.nothing), None)
    if row.state is RequestState.REJECTED:
        return f"Rejected by {found.decided_by}: {found.decision_reason or 'no reason given'}"
    if row.state is RequestState.WITHDRAWN:
        return f"Withdrawn by {found.decided_by}: {found.decision_reason}"
    if told is None:
        return "Say what could be done: at least one way beside doing nothing."
    if told.effect is None:
        return "Its effect is not computed yet."
    effect = told.effect
    finish = weekday_date(effect.new_finish, locale)
    said = f"{told.name}: finish {finish}, {days_text(effect.finish_days)}; {hours_text(effect.more_hours)}"
    broken = len(effect.deadlines_broken)
    if broken:
        said += f"; {broken} {'deadline' if broken == 1 else 'deadlines'} missed"
    return f"{said}."


def _facts(found: RequestDetail, locale: Locale) -> tuple[Fact, ...]:
    row = found.row
    facts = [
        Fact("Asked by", f"{row.asked_by}, {weekday_date(row.asked_on, locale)}"),
        Fact("What", found.description),
        Fact("Why", found.why),
        Fact("If nothing is done", found.if_nothing),
        Fact("Decide by", weekday_date(row.decide_by, locale) if row.decide_by else ""),
        Fact("Assessed by", row.owner),
        Fact("Risk of the change of IT", _it_words(found)),
        Fact("Recommendation", found.recommendation),
        Fact("Dissent", found.dissent),
    ]
    return tuple(fact for fact in facts if fact.value)


def _it_words(found: RequestDetail) -> str:
    if not found.it_risk:
        return ""
    beside = [f"{found.it_probability} × {found.it_impact}"]
    beside += ["going back was tested"] if found.rollback_tested else []
    beside += ["for the first time"] if found.first_time else []
    beside += ["in a freeze: a higher approver is needed"] if found.freeze else []
    return f"{found.it_risk.capitalize()} ({', '.join(beside)})"


@dataclass(frozen=True, slots=True)
class HeatCell:
    """The heaviest score of a group in an area; None = no impact."""

    score: int | None
    colour: str


@dataclass(frozen=True, slots=True)
class Heat:
    """Groups by areas, each with its heaviest score."""

    areas: tuple[Area, ...]
    rows: tuple[tuple[str, tuple[HeatCell, ...]], ...]


def _heat(impacts: tuple[ImpactRow, ...]) -> Heat | None:
    if not impacts:
        return None
    areas = tuple(area for area in Area if any(row.area is area for row in impacts))
    groups = tuple(dict.fromkeys(row.group for row in impacts))
    rows = []
    for group in groups:
        cells = []
        for area in areas:
            points = [row.score for row in impacts if row.group == group and row.area is area]
            most = max(points, default=None)
            cells.append(HeatCell(most, colour_of(most).value if most is not None else ""))
        rows.append((group, tuple(cells)))
    return Heat(areas, tuple(rows))


def _impact_source(row: ImpactRow, locale: Locale) -> Source:
    return Source(
        "severity × reach band; likelihood is told beside it and is no part of it",
        (
            Input("Severity", f"{row.severity} of 4"),
            Input(
                "Reach",
                f"{row.reached} of {row.group_size}, {number(round(row.percent, 1), locale)} %: band {row.band}",
            ),
            Input("Once mitigated", f"{row.residual_severity} × {row.band} = {row.residual}"),
        ),
        records=f"likelihood {row.likelihood} of 5, confidence {row.confidence.value}",
    )


def _approval(ctx: Context, found: RequestDetail) -> ApprovalRow | None:
    if found.approval_id is None or found.row.state in (RequestState.DRAFT, RequestState.DEFERRED):
        return None
    row: ApprovalRow = approval_of(ctx, approval=found.approval_id)
    return row


def _carrying(ctx: Context, found: RequestDetail) -> dict[str, Any] | None:
    """What carrying out would do to the plan as it is now, beside what was decided."""
    if found.row.state is not RequestState.APPROVED:
        return None
    try:
        return {"effect": now_effect(ctx, change=found.row.id), "trouble": ""}
    except HeadwayError as refusal:
        return {"effect": None, "trouble": refusal.message}


def _outcome(project: Charter, found: RequestDetail, locale: Locale) -> tuple[Figure, ...]:
    """What was forecast beside what has happened since."""
    held = found.outcome
    if held is None:
        return ()
    plan = reverse("plan", args=[project.key])
    since = held.finish_days
    finish = Figure(
        "outcome-finish",
        "Finish forecast",
        weekday_date(held.forecast_finish, locale),
        note=f"now {weekday_date(held.finish_now, locale)}, {days_text(since)}" if since is not None else "",
        tone="red" if since and since > 0 else "",
        source=Source(
            "the finish that the option was decided on, beside the plan's finish now; Mondays to Fridays",
            (
                Input("Forecast", weekday_date(held.forecast_finish, locale)),
                Input("Plan now", weekday_date(held.finish_now, locale)),
                Input("The change itself", days_text(held.forecast_days)),
            ),
            records="later changes of the plan move it too: see what moved the finish",
            href=reverse("finish-moves", args=[project.key]),
        ),
    )
    told = [finish]
    worked = "none of its own" if held.worked is None else f"{hours(held.worked, locale)} worked so far"
    told.append(
        Figure(
            "outcome-hours",
            "Hours forecast",
            hours(held.forecast_hours, locale),
            note=worked,
            tone="red" if held.worked is not None and held.worked > held.forecast_hours else "",
            source=Source(
                "hours logged on the rows that the change put into the plan",
                (
                    Input("Rows it made", str(held.rows)),
                    Input("Tasks of them in the plan still", str(held.rows_left)),
                    Input("Worked", worked),
                ),
                href=plan,
            ),
        )
    )
    if held.done is not None:
        source = Source("percent complete of the tasks it made, by their durations", href=plan)
        told.append(Figure("outcome-done", "Done of it", f"{number(round(held.done), locale)} %", source=source))
    return tuple(told)


@page()
def memo(request: HttpRequest, ctx: Context, key: str, number: int, form: str) -> HttpResponse:
    """The memo of a request as a file."""
    project = working_project(ctx, key)
    offered(ctx, "scope.read", project)
    if form not in FORMS:
        raise NotFound("There is nothing here.")
    try:
        made = write_memo(ctx, project=project, number=number, form=form, language=locale_of(request).language)
    except Unavailable as refusal:
        warn(request, refusal.message)
        return redirect(reverse("change", args=[key, number]))
    return attachment(made)


@page("POST")
def edit(request: HttpRequest, ctx: Context, key: str, number: int) -> HttpResponse:
    """Change what a request says."""
    project = working_project(ctx, key)
    offered(ctx, "scope.edit", project)
    found = requests.request_of(ctx, project.id, number)
    stored = _stored(found)
    form = EditRequestForm(owners(projects.members(ctx, project=project.id)), request.POST or None, initial=stored)
    start_noted(form)
    back, status = address_of(project, found.row), 200
    both: tuple[Both, ...] = ()
    if request.method == "POST":
        done = attempt(form, lambda given: _save(ctx, found.row.id, given), stored=stored)
        if done.done:
            say(request, f"{found.row.ref} is saved.")
            return redirect(back)
        status, both = done.status, done.both
    values = {"form": form, "title": f"{found.row.ref} {found.row.title}", "submit": "Save", "back": back, "both": both}
    crumbs = (*above(project), Link(found.row.ref, back), Link("Edit"))
    return show(request, ctx, "projects/form.html", values, project=project, tab="scope", crumbs=crumbs, status=status)


def _stored(found: RequestDetail) -> dict[str, Any]:
    row = found.row
    return {
        "title": row.title,
        "description": found.description,
        "why": found.why,
        "asked_by": row.asked_by,
        "asked_on": row.asked_on,
        "decide_by": row.decide_by,
        "if_nothing": found.if_nothing,
        "owner": found.owner_id,
        "recommendation": found.recommendation,
        "dissent": found.dissent,
        "it_probability": found.it_probability,
        "it_impact": found.it_impact,
        "rollback_tested": found.rollback_tested,
        "first_time": found.first_time,
        "freeze": found.freeze,
        "version": row.version,
    }


def _save(ctx: Context, request_id: int, given: dict[str, Any]) -> RequestDetail:
    version = given.pop("version")
    if not given["asked_by"]:
        given.pop("asked_by")
    emptied = tuple(name for name in ("decide_by", "owner", "it_probability", "it_impact") if given.get(name) is None)
    kept = {name: value for name, value in given.items() if value is not None}
    saved: RequestDetail = requests.edit_request(started_from(ctx, version), change=request_id, clear=emptied, **kept)
    return saved


def option_of(found: RequestDetail, number: int) -> OptionRow | None:
    """An option of a request by its number."""
    return next((option for option in found.options if option.number == number), None)

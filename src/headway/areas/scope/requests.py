"""Change requests: reading them, in one project and over all, and writing them until they go to decision."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q

from headway.areas.desk.providers import reader
from headway.areas.people.types import PersonId
from headway.areas.projects.queries import local_day, named_projects
from headway.areas.projects.types import ProjectId
from headway.areas.scope import effects
from headway.areas.scope.models import ChangeOption, ChangeRequest, Impact
from headway.areas.scope.reading import detail, live_options, outcomes, request_rows
from headway.areas.scope.types import (
    BEFORE_DECISION,
    NO_LOAD,
    OPEN,
    UNDECIDED,
    ChangeLog,
    ChangeRequests,
    LogRow,
    RequestDetail,
    RequestRow,
    RequestState,
    Saturation,
    ScopeLoad,
)
from headway.engine.impact import reach_percent, score
from headway.kernel.among import among_ids
from headway.kernel.commands import command
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, FieldError, Invalid, NotFound
from headway.kernel.models import next_number
from headway.kernel.paging import page
from headway.kernel.queries import query
from headway.kernel.schema import Name, ShortText, Text

DO_NOTHING = "Do nothing"
_MOST_IMPACTS = 2000
_ZERO = Decimal(0)


@query(permission="scope.read")
def change_requests(
    ctx: Context,
    *,
    project: ProjectId,
    state: RequestState | None = None,
    open_only: bool = False,
    cursor: str = "",
    limit: int = 50,
) -> ChangeRequests:
    """The change requests of a project, newest first, a page at a time; and how many there are in all.

    open_only  those about which something is still to be done.
    """
    every = ChangeRequest.visible_to(ctx).filter(project_id=project)
    rows = every.defer("frozen", "forecast")
    if state is not None:
        rows = rows.filter(state=state.value)
    if open_only:
        rows = rows.filter(state__in=[one.value for one in OPEN])
    found, following = page(rows, order=("-number",), cursor=cursor, limit=limit)
    in_state = every.order_by().values_list("state").annotate(amount=Count("pk"))
    in_state = in_state.annotate(past=Count("pk", filter=Q(decide_by__lt=reader(ctx).day)))
    counted = {RequestState(one): (amount, past) for one, amount, past in in_state}
    return ChangeRequests(
        request_rows(ctx, found),
        following,
        open=sum(amount for one, (amount, _) in counted.items() if one.open),
        waiting=counted.get(RequestState.WAITING, _NONE)[0],
        approved=counted.get(RequestState.APPROVED, _NONE)[0],
        late=sum(past for one, (_, past) in counted.items() if one in UNDECIDED),
        settled=sum(amount for one, (amount, _) in counted.items() if not one.open),
    )


_NONE = (0, 0)


@query(permission="scope.read", name="scope.show_request")
def change_request(ctx: Context, *, change: ChangeRequest) -> RequestDetail:
    """A change request with its options and their effects, its impacts, the decision and what came of it."""
    return detail(ctx, change)


@query(permission="scope.read_log")
def change_log(
    ctx: Context, *, search: str = "", state: RequestState | None = None, cursor: str = "", limit: int = 50
) -> ChangeLog:
    """Change requests of all one's projects, newest first: what was forecast, decided, and what happened since."""
    rows = ChangeRequest.visible_to(ctx).defer("frozen")
    if search:
        rows = rows.filter(title__icontains=search)
    if state is not None:
        rows = rows.filter(state=state.value)
    found, following = page(rows, order=("-id",), cursor=cursor, limit=limit)
    told = dict(zip([row.pk for row in found], request_rows(ctx, found), strict=True))
    after = outcomes(ctx, found)
    named = named_projects(ctx, {row.project_id for row in found})
    items = tuple(
        LogRow(
            project_key=named[row.project_id].key,
            project=named[row.project_id].name,
            row=told[row.pk],
            decided_by=row.decided_by,
            reason=row.decision_reason,
            outcome=after.get(row.pk),
        )
        for row in found
        if row.project_id in named
    )
    return ChangeLog(items, following)


@query(permission="scope.read_log")
def saturation(ctx: Context) -> tuple[Saturation, ...]:
    """How much each group takes on in each month over all one's projects; of changes that are not turned down."""
    gone = (RequestState.REJECTED.value, RequestState.WITHDRAWN.value)
    rows = Impact.visible_to(ctx).filter(onset__isnull=False).exclude(request__state__in=gone)
    heaps: dict[tuple[str, date], list[tuple[int, str]]] = {}
    called: dict[str, str] = {}
    for row in rows.select_related("request").order_by("-id")[:_MOST_IMPACTS]:
        if row.onset is None:
            continue
        group = called.setdefault(row.group.casefold(), row.group)
        points = score(row.severity, reach_percent(row.reached, row.group_size)).score
        heaps.setdefault((group, row.onset.replace(day=1)), []).append((points, row.request.ref))
    found = [
        Saturation(group, month, sum(points for points, _ in heap), len(heap), tuple(dict.fromkeys(r for _, r in heap)))
        for (group, month), heap in heaps.items()
    ]
    return tuple(sorted(found, key=lambda one: (one.month, -one.points, one.group)))


# --- for the areas above -----------------------------------------------------------------------------


def scope_load(project_id: int, *, without: int | None = None) -> ScopeLoad:
    """Hours of a project's change requests that no change of the budget holds yet. `without`: leave this one out."""
    return scope_loads([project_id], without=without).get(project_id, NO_LOAD)


def scope_loads(project_ids: list[int], *, without: int | None = None) -> dict[int, ScopeLoad]:
    """The same for several projects, in two queries. What is written and not assessed yet weighs nothing."""
    rows = ChangeRequest.unscoped(reason="health of visible projects").filter(
        among_ids("project_id", project_ids), state__in=[state.value for state in OPEN]
    )
    held = [row for row in rows.only("project_id", "state", "recommended_id", "chosen_id") if row.pk != without]
    options: dict[int, list[ChangeOption]] = {}
    for option in live_options([row.pk for row in held]):
        options.setdefault(option.request_id, []).append(option)
    found: dict[int, ScopeLoad] = {}
    for row in held:
        load = found.get(row.project_id, NO_LOAD)
        hours, state = _hours_of(row, options.get(row.pk, [])), RequestState(row.state)
        approved = load.approved + (hours if state is RequestState.APPROVED else _ZERO)
        waits = state in (RequestState.ASSESSED, RequestState.WAITING)
        found[row.project_id] = ScopeLoad(approved, load.pending + (hours if waits else _ZERO), load.open + 1)
    return found


def _hours_of(row: ChangeRequest, options: list[ChangeOption]) -> Decimal:
    wanted = row.chosen_id or row.recommended_id
    chosen = next((option for option in options if option.pk == wanted), None)
    chosen = chosen or next((option for option in options if not option.nothing), None)
    effect = effects.unpacked(chosen.effect) if chosen is not None else None
    return effect.more_hours if effect is not None else _ZERO


# --- writing -------------------------------------------------------------------------------------------


@command(permission="scope.ask_change")
def add_request(
    ctx: Context,
    *,
    project: ProjectId,
    title: Name,
    description: Text = "",
    why: Text = "",
    asked_by: ShortText = "",
    asked_on: date | None = None,
    decide_by: date | None = None,
    if_nothing: Text = "",
    owner: PersonId | None = None,
) -> RequestDetail:
    """Ask for a change of the project. It begins with the option to do nothing.

    description  what is asked for. why: what for.
    asked_by     who asks; '' = oneself. asked_on: when; None = today.
    if_nothing   what happens if nothing is done.
    owner        who assesses it.
    """
    row = ChangeRequest.add(
        ctx,
        project_id=project,
        number=next_number(f"scope.request.{project}"),
        title=title,
        description=description,
        why=why,
        asked_by=(asked_by.strip() or ctx.actor.name)[:255],
        asked_on=asked_on or local_day(ctx, project=project),
        decide_by=decide_by,
        if_nothing=if_nothing,
        owner_id=owner,
    )
    ChangeOption.add(ctx, request=row, number=1, name=DO_NOTHING, nothing=True)
    return detail(ctx, row)


_CAN_BE_EMPTIED = {
    "decide_by": "decide_by",
    "owner": "owner_id",
    "it_probability": "it_probability",
    "it_impact": "it_impact",
}


@command(permission="scope.edit", changes="change")
def edit_request(
    ctx: Context,
    *,
    change: ChangeRequest,
    title: Name | None = None,
    description: Text | None = None,
    why: Text | None = None,
    asked_by: Name | None = None,
    asked_on: date | None = None,
    decide_by: date | None = None,
    if_nothing: Text | None = None,
    owner: PersonId | None = None,
    recommendation: Text | None = None,
    dissent: Text | None = None,
    it_probability: int | None = None,
    it_impact: int | None = None,
    rollback_tested: bool | None = None,
    first_time: bool | None = None,
    freeze: bool | None = None,
    clear: tuple[ShortText, ...] = (),
) -> RequestDetail:
    """Change what a request says, until it goes to decision; what is not given stays.

    dissent  who disagrees with the recommendation, and why.
    it_probability, it_impact  of a change of IT: how probably it fails and how much that hurts, 1 to 5 each.
    rollback_tested, first_time, freeze  whether going back was tried, whether it is done for the first time, and
                                         whether it falls into a time in which nothing should be changed.
    clear    what to empty: decide_by, owner, it_probability, it_impact.
    """
    still_written(change)
    for name, value in (("it_probability", it_probability), ("it_impact", it_impact)):
        if value is not None and not 1 <= value <= 5:
            raise Invalid(f"{value}; give 1 to 5.", fields=[FieldError(name, "give 1 to 5", value=str(value))])
    given: dict[str, Any] = {
        "title": title,
        "description": description,
        "why": why,
        "asked_by": asked_by,
        "asked_on": asked_on,
        "decide_by": decide_by,
        "if_nothing": if_nothing,
        "owner_id": owner,
        "recommendation": recommendation,
        "dissent": dissent,
        "it_probability": it_probability,
        "it_impact": it_impact,
        "rollback_tested": rollback_tested,
        "first_time": first_time,
        "freeze": freeze,
    }
    values = {name: value for name, value in given.items() if value is not None}
    for name in clear:
        if name not in _CAN_BE_EMPTIED:
            known = ", ".join(_CAN_BE_EMPTIED)
            raise Invalid(f"'{name}' cannot be emptied; {known} can.", fields=[FieldError("clear", "not one of these")])
        values[_CAN_BE_EMPTIED[name]] = None
    change.change(ctx, **values)
    return detail(ctx, change)


def still_writable(row: RequestRow) -> None:
    """Conflict unless the request may still be changed."""
    _only_before_decision(row.ref, row.state)


def still_written(change: ChangeRequest) -> None:
    """Conflict unless the request may still be changed."""
    _only_before_decision(change.ref, RequestState(change.state))


def _only_before_decision(ref: str, state: RequestState) -> None:
    if state in BEFORE_DECISION:
        return
    if state is RequestState.WAITING:
        raise Conflict(f"{ref} waits for a decision. Take it back first to change it.")
    raise Conflict(f"{ref} is {state.value}. Ask for a new change instead.")


def number_of(ctx: Context, request_id: int) -> int:
    """The number of a visible change request."""
    return int(ChangeRequest.found(ctx, pk=request_id).number)


def request_of(ctx: Context, project_id: int, number: int) -> RequestDetail:
    """A change request of this very project by its number; NotFound for any other."""
    row = ChangeRequest.visible_to(ctx).filter(project_id=project_id, number=number).select_related("owner").first()
    if row is None:
        raise NotFound("Change request not found.")
    return detail(ctx, row)

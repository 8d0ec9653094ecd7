"""Who sees which hours: members their own, those who run the project all; clients none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Q

from headway.areas.hours.models import (
    ClosedMonth,
    HoursRules,
    KnownName,
    Meeting,
    RateLine,
    StagedImport,
    TimeEntry,
    Timer,
    Unreminded,
)
from headway.areas.hours.types import RateKind
from headway.areas.projects.queries import inside_project_ids, my_person_id, project_roles
from headway.kernel.access import EVERYTHING, NOTHING, OUTSIDE_ROLES, policy, visible
from headway.kernel.among import among_ids
from headway.kernel.context import Context

RUN_THE_PROJECT = frozenset({"administrator", "manager", "associate"})
SEE_ALL = RUN_THE_PROJECT | {"senior_reader"}
SEE_COSTS = frozenset({"administrator", "senior_reader", "manager"})


def _where(ctx: Context, ids: list[int], roles: frozenset[str]) -> list[int]:
    """Those of the projects on which the actor holds one of the roles."""
    return [pk for pk in ids if project_roles(ctx, pk) & roles]


@visible(TimeEntry)
def entries(ctx: Context) -> Q:
    """All of the projects one runs, one's own elsewhere. Removed entries are nobody's."""
    if ctx.actor.user_id is None:
        return NOTHING
    ids = inside_project_ids(ctx)
    if ids is None:
        return Q(removed_at=None)
    running = set(_where(ctx, ids, SEE_ALL))
    seen, elsewhere = among_ids("project_id", running), [pk for pk in ids if pk not in running]
    if elsewhere:
        seen |= among_ids("project_id", elsewhere) & Q(person_id=my_person_id(ctx))
    return seen & Q(removed_at=None)


def sees_everybodys(ctx: Context, project_id: int) -> bool:
    """Whether `entries` gives this actor everybody's hours on a visible project, not only his own."""
    if ctx.actor.user_id is None:
        return ctx.actor.is_system
    ids = inside_project_ids(ctx)
    return ids is None or (project_id in ids and bool(project_roles(ctx, project_id) & SEE_ALL))


@visible(RateLine)
def rates(ctx: Context) -> Q:
    """Bill rates for those who run a project; its cost rates, and the house's cost rates, for fewer."""
    if ctx.actor.user_id is None:
        return NOTHING
    ids = inside_project_ids(ctx)
    if ids is None:
        return Q(removed_at=None)
    running = _where(ctx, ids, SEE_ALL)
    bill = among_ids("project_id", running) & Q(kind=RateKind.BILL.value)
    costs = among_ids("project_id", _where(ctx, ids, SEE_COSTS))
    of_the_house = Q(project=None, kind=RateKind.BILL.value) if running else NOTHING
    return (bill | costs | of_the_house) & Q(removed_at=None)


@visible(ClosedMonth)
@visible(KnownName)
@visible(StagedImport)
def staged(ctx: Context) -> Q:
    """Of the projects one runs."""
    if ctx.actor.user_id is None:
        return NOTHING
    ids = inside_project_ids(ctx)
    return EVERYTHING if ids is None else among_ids("project_id", _where(ctx, ids, SEE_ALL))


@visible(Timer)
def timers(ctx: Context) -> Q:
    """One's own; whoever may see a project does not see who is timing what on it."""
    return NOTHING if ctx.actor.user_id is None else Q(person__user_id=ctx.actor.user_id)


@visible(HoursRules)
def rules(ctx: Context) -> Q:
    """Everybody who works here; clients and guests log no hours."""
    outside = ctx.actor.user_id is None or ctx.actor.org_role in OUTSIDE_ROLES
    return NOTHING if outside else EVERYTHING


@visible(Meeting)
def meetings(ctx: Context) -> Q:
    """One's own alone: a calendar is nobody else's."""
    return NOTHING if ctx.actor.user_id is None else Q(person__user_id=ctx.actor.user_id)


@visible(Unreminded)
def unreminded(ctx: Context) -> Q:
    """One's own; administrators all."""
    if ctx.actor.user_id is None:
        return NOTHING
    return EVERYTHING if ctx.actor.org_role == "administrator" else Q(person__user_id=ctx.actor.user_id)


@policy("hours.own_reminders")
def own_or_administrator(ctx: Context, inputs: Mapping[str, Any]) -> bool:
    """Everybody for himself; administrators for anyone."""
    return inputs.get("person") in (None, my_person_id(ctx)) or ctx.actor.org_role == "administrator"


@policy("hours.log")
def for_whom(ctx: Context, inputs: Mapping[str, Any]) -> bool:
    """Everybody for himself; those who run the project for anyone. Who only sees an entry may not touch it."""
    me, project = my_person_id(ctx), inputs.get("project")
    whose = {inputs.get("person") or me}
    entry = inputs.get("entry")
    if isinstance(entry, TimeEntry):
        project = entry.project_id
        whose = {entry.person_id, inputs.get("person") or entry.person_id}
    if whose == {me}:
        return True
    return project is not None and bool(project_roles(ctx, project) & RUN_THE_PROJECT)


@policy("hours.set_project_rate")
def not_the_house(ctx: Context, inputs: Mapping[str, Any]) -> bool:
    """A line of the house is for administrators, whichever way it is reached."""
    line = inputs.get("line")
    return not isinstance(line, RateLine) or line.project_id is not None or ctx.actor.org_role == "administrator"

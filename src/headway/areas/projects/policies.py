"""Who holds which role on a project, and so who sees it."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from headway.areas.comms.holders import holds_comments
from headway.areas.projects.models import (
    Assumption,
    Decision,
    HealthOverride,
    ImportBatch,
    Issue,
    Membership,
    Project,
    Risk,
    Stakeholder,
)
from headway.kernel.access import EVERYTHING, NOTHING, set_project_source, set_role_source, visible
from headway.kernel.among import among_ids
from headway.kernel.context import Context

# Organisation roles that hold on every project.
EVERYWHERE = frozenset({"administrator", "senior_reader"})
# Project roles that see the working records (risks, issues, imports …); clients and guests do not.
INSIDE = frozenset({"approver", "manager", "associate", "member", "tester"})


def memberships(ctx: Context) -> QuerySet[Membership]:
    """The actor's own memberships."""
    return Membership.unscoped(reason="one's own roles").filter(person__user_id=ctx.actor.user_id or 0)


def held_roles(ctx: Context) -> dict[int, set[str]]:
    """The actor's roles by project; read once a call, and anew after a change of roles."""
    key = ("roles", ctx.actor.user_id)
    if key not in ctx.cache:
        held: dict[int, set[str]] = {}
        for project, role in memberships(ctx).values_list("project_id", "role"):
            held.setdefault(project, set()).add(role)
        ctx.cache[key] = held
    found: dict[int, set[str]] = ctx.cache[key]
    return found


def roles_on(ctx: Context, project_id: int) -> frozenset[str]:
    """The roles the actor holds on one project."""
    found = set(held_roles(ctx).get(project_id, ()))
    if ctx.actor.org_role in EVERYWHERE:
        found.add(ctx.actor.org_role)
    return frozenset(found)


def working_project_ids(ctx: Context) -> list[int] | None:
    """Ids of projects where the actor works; None = all."""
    if ctx.actor.is_system or ctx.actor.org_role in EVERYWHERE:
        return None
    return _inside_ids(ctx)


def _inside_ids(ctx: Context) -> list[int]:
    return [project for project, held in held_roles(ctx).items() if held & INSIDE]


set_role_source(roles_on)
set_project_source(working_project_ids)


@visible(Project)
def projects(ctx: Context) -> Q:
    """Administrators and senior readers see all; others those they have a role on."""
    if ctx.actor.user_id is None:
        return NOTHING
    if ctx.actor.org_role in EVERYWHERE:
        return EVERYTHING
    return among_ids("pk", held_roles(ctx))


def inside(ctx: Context) -> Q:
    """Records of projects where the actor works, not only looks on from outside."""
    if ctx.actor.user_id is None:
        return NOTHING
    if ctx.actor.org_role in EVERYWHERE:
        return EVERYTHING
    return among_ids("project_id", _inside_ids(ctx))


for _model in (Stakeholder, Risk, Issue, Decision, Assumption, HealthOverride, ImportBatch):
    visible(_model)(inside)

for _word, _held in (("risk", Risk), ("issue", Issue), ("decision", Decision)):
    holds_comments(_word, _held)

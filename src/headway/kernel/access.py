"""Who may do what, and who may see which rows.

The permission table is one TOML file (`HEADWAY.permission_table`) that code, documents and tests
read. A role that stands nowhere in it may do nothing. Rows come only from `Root.visible_to(ctx)`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Protocol, TypeVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from headway.kernel.among import among_ids
from headway.kernel.context import Context
from headway.kernel.errors import Denied, PersonRequired, SignInRequired

OUTSIDE_ROLES = frozenset({"client", "guest"})


@dataclass(frozen=True, slots=True)
class Permission:
    """One row of the permission table.

    roles        project roles, organisation roles, or 'staff' (not client or guest), 'signed_in', 'anyone'.
    person_only  refused to tokens: approving, sending, deleting for good, roles, tokens.
    """

    name: str
    roles: frozenset[str]
    person_only: bool
    about: str


@cache
def permission_table() -> Mapping[str, Permission]:
    """Every permission by name, read once."""
    raw = tomllib.loads(Path(settings.HEADWAY_PERMISSION_TABLE).read_text(encoding="utf-8"))
    table: dict[str, Permission] = {}
    for area, verbs in raw.items():
        for verb, row in verbs.items():
            name = f"{area}.{verb}"
            table[name] = Permission(name, frozenset(row["roles"]), bool(row.get("person_only", False)), row["about"])
    return table


class RoleSource(Protocol):
    """Gives the roles that the actor holds on one project."""

    def __call__(self, ctx: Context, project_id: int) -> frozenset[str]: ...


class ProjectSource(Protocol):
    """Gives the ids of the projects the actor works on (not only looks at); None = all."""

    def __call__(self, ctx: Context) -> list[int] | None: ...


class _Sources:
    roles: RoleSource | None = None
    projects: ProjectSource | None = None


def set_project_source(source: ProjectSource) -> None:
    """Called once, by the area that knows project roles."""
    _Sources.projects = source


def working_on(ctx: Context, path: str) -> Q:
    """Rows of projects the actor works on, for areas that stand below projects."""
    if ctx.actor.is_system:
        return EVERYTHING
    if ctx.actor.user_id is None or _Sources.projects is None:
        return NOTHING
    ids = _Sources.projects(ctx)
    return EVERYTHING if ids is None else among_ids(path, ids)


def set_role_source(source: RoleSource) -> None:
    """Called once, by the area that knows project roles."""
    _Sources.roles = source


Predicate = Callable[[Context, Mapping[str, Any]], bool]
_predicates: dict[str, Predicate] = {}


def policy(permission: str) -> Callable[[Predicate], Predicate]:
    """Narrow a permission by a predicate over the loaded inputs; it can only refuse, never grant."""

    def keep(predicate: Predicate) -> Predicate:
        _predicates[permission] = predicate
        return predicate

    return keep


def roles_of(ctx: Context, project_id: int | None) -> frozenset[str]:
    """All role names that count for this call, incl. 'signed_in', 'staff' and 'anyone'; found once a call."""
    place = ("roles of", ctx.actor.user_id, ctx.actor.org_role, project_id)
    if place not in ctx.cache:
        ctx.cache[place] = _roles_of(ctx, project_id)
    found: frozenset[str] = ctx.cache[place]
    return found


def _roles_of(ctx: Context, project_id: int | None) -> frozenset[str]:
    names = {"anyone"}
    if ctx.actor.user_id is not None:
        names.add("signed_in")
        if ctx.actor.org_role not in OUTSIDE_ROLES:
            names.add("staff")
        if project_id is None:
            names.add(ctx.actor.org_role)
        elif _Sources.roles is not None and (ctx.project_ids is None or project_id in ctx.project_ids):
            names |= _Sources.roles(ctx, project_id)
    return frozenset(names)


def _scope_allows(ctx: Context, permission: Permission, *, writes: bool) -> bool:
    if ctx.scopes is None:
        return True
    verb = "write" if writes else "read"
    area = permission.name.split(".")[0]
    return bool({verb, f"{area}:{verb}"} & ctx.scopes)


def check(ctx: Context, name: str, inputs: Mapping[str, Any], *, project_id: int | None, writes: bool) -> None:
    """Raise SignInRequired, PersonRequired or Denied unless this actor may do this."""
    if ctx.actor.is_system:
        return
    permission = permission_table()[name]
    if ctx.actor.user_id is None and "anyone" not in permission.roles:
        raise SignInRequired("Sign in first.")
    if ctx.is_token and permission.person_only:
        raise PersonRequired("A person must do this in the workspace; a token may only prepare it.")
    if not _scope_allows(ctx, permission, writes=writes):
        raise Denied(f"This token has no scope for {name}.")
    if ctx.project_ids is not None and project_id is None and writes:
        raise Denied("This token is limited to named projects.")
    if not roles_of(ctx, project_id) & permission.roles:
        raise Denied(f"Your role does not allow this ({permission.about}).")
    predicate = _predicates.get(name)
    if predicate is None:
        return
    try:
        granted = predicate(ctx, inputs)
    except Exception as error:
        raise Denied(f"Not allowed ({permission.about}).") from error
    if not granted:
        raise Denied(f"Not allowed ({permission.about}).")


def may(ctx: Context, name: str, *, project_id: int | None = None) -> bool:
    """Whether to offer an act at all: the role part of the check, without the inputs."""
    try:
        permission = permission_table()[name]
        if ctx.is_token and permission.person_only:
            return False
        return ctx.actor.is_system or bool(roles_of(ctx, project_id) & permission.roles)
    except KeyError:
        return False


def implied(name: str, by: str) -> bool:
    """Whether each role that holds the permission `by` holds the permission `name` too, by the table alone."""
    roles, needed = permission_table()[by].roles, permission_table()[name].roles
    if needed & {"anyone", "signed_in"} or ("staff" in needed and not roles & OUTSIDE_ROLES):
        return True
    return roles <= needed


# --- which rows -----------------------------------------------------------------------------

ModelT = TypeVar("ModelT", bound=models.Model)
VisibleRule = Callable[[Context], Q]
_visible: dict[type[models.Model], VisibleRule] = {}

NOTHING = Q(pk__in=())
EVERYTHING = ~NOTHING  # not Q(): an empty Q disappears beside `|`, so that "everything or x" would be only x


def visible(model: type[models.Model]) -> Callable[[VisibleRule], VisibleRule]:
    """Declare which rows of a Root an actor may see, as a Q."""

    def keep(rule: VisibleRule) -> VisibleRule:
        _visible[model] = rule
        return rule

    return keep


def has_visible_rule(model: type[models.Model]) -> bool:
    """Whether the model has declared one (a house test asks)."""
    return model in _visible


def visible_q(ctx: Context, model: type[models.Model], project_path: str | None) -> Q:
    """The rule of a model for this actor; the system sees all, an unknown model gives nothing."""
    if ctx.actor.is_system:
        return EVERYTHING
    rule = _visible.get(model)
    q = rule(ctx) if rule is not None else NOTHING
    if ctx.project_ids is not None and project_path is not None:
        q &= among_ids(project_path, ctx.project_ids)
    return q

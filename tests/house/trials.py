"""Trying a use case as every actor with own, foreign, missing and mixed ids, and what must come of it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.apps import apps

from headway.kernel.errors import HeadwayError
from headway.kernel.models import Root
from headway.kernel.registry import UseCase
from headway.kernel.schema import Parameter
from tests.house.cases import Case
from tests.house.world import ACTORS, EVERYWHERE, MISSING, World, rolled_back

TABLE = tomllib.loads((Path(__file__).parents[2] / "src/headway/areas/permissions.toml").read_text(encoding="utf-8"))
OK = "ok"
NOT_FOUND = "not_found"
OUTSIDE = frozenset({"client", "guest"})


@dataclass(frozen=True)
class Answer:
    """How a try went: 'ok' or the error's code, and all that the caller would see of the error."""

    verdict: str
    seen: Any = None


def roles_in_table(use_case: UseCase[Any]) -> frozenset[str]:
    """Who may do this, as the file says."""
    area, verb = use_case.permission.split(".")
    return frozenset(TABLE[area][verb]["roles"])


def actors(use_case: UseCase[Any]) -> tuple[str, ...]:
    """Everybody; and Headway itself where only it may."""
    return (*ACTORS, "system") if roles_in_table(use_case) == {"system"} else ACTORS


def attempt(world: World, use_case: UseCase[Any], who: str, inputs: dict[str, Any]) -> Answer:
    """Call it as that actor; nothing of it stays."""
    answer = Answer("not tried")
    with rolled_back():
        try:
            if use_case.internal:
                use_case(world.context(who), **inputs)  # some answer with bytes, which have no JSON form
            else:
                use_case.call_json(world.context(who), inputs)
            answer = Answer(OK)
        except HeadwayError as error:
            answer = Answer(error.code, (error.status, type(error).__name__, error.as_problem()))
    return answer


def references(use_case: UseCase[Any]) -> list[Parameter]:
    """The inputs that are ids of records."""
    return [parameter for parameter in use_case.signature.parameters if parameter.model or parameter.ref]


def model_of(parameter: Parameter) -> type[Root]:
    """The kind of record an input names."""
    model: Any = parameter.model or apps.get_model(parameter.ref.label if parameter.ref else "")
    return model


def variants(world: World, use_case: UseCase[Any], case: Case, who: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each way to name records: (name, inputs). 'missing:x' is what 'mixed:x' is compared with."""
    own, foreign = case.inputs(world, world.a, who), case.inputs(world, world.b, who)
    yield "own", own
    named = [parameter for parameter in references(use_case) if own.get(parameter.name) is not None]
    if not named:
        return
    if any(own[parameter.name] != foreign[parameter.name] for parameter in named):
        yield "foreign", foreign
    yield "missing", {**own, named[0].name: [MISSING] if named[0].many else MISSING}
    scoped = [parameter for parameter in named if model_of(parameter).project_path is not None]
    for parameter in scoped[1:]:
        name = parameter.name
        yield f"missing:{name}", {**own, name: [*own[name], MISSING] if parameter.many else MISSING}
        yield f"mixed:{name}", {**own, name: [*own[name], *foreign[name]] if parameter.many else foreign[name]}


def expected(world: World, use_case: UseCase[Any], case: Case, who: str, inputs: dict[str, Any]) -> str:
    """The verdict from the permission file, the actor's roles and the visible rows; written without the door."""
    project: int | None = None
    for parameter in references(use_case):
        given = inputs.get(parameter.name)
        if given is None:
            continue
        for item in given if parameter.many else [given]:
            visible, scope = _seen(world, who, model_of(parameter), item)
            if not visible or (scope is not None and project is not None and scope != project):
                return NOT_FOUND
            project = scope if scope is not None else project
    if who == "system":
        return OK
    allowed = roles_in_table(use_case)
    if who == "nobody" and "anyone" not in allowed:
        return "sign_in_required"
    if not allowed & roles(world, who, project):
        return "denied"
    return OK if case.only is None or who in case.only else case.refusal


def _seen(world: World, who: str, model: type[Root], pk: int) -> tuple[bool, int | None]:
    """Whether the actor sees this record, and its project. Asked once: what is tried leaves the world as it was."""
    key = (who, model._meta.label, pk)
    if key not in world.seen:
        row = model.visible_to(world.context(who)).filter(pk=pk).first()
        world.seen[key] = (row is not None, row.scope_project_id() if row is not None else None)
    return world.seen[key]


def roles(world: World, who: str, project: int | None) -> frozenset[str]:
    """What the actor is: in general, and on the project, as the world was made."""
    found = {"anyone"}
    if who == "nobody":
        return frozenset(found)
    role = "manager" if who == "foreign_manager" else who
    found |= {"signed_in"} | (set() if who in OUTSIDE else {"staff"})
    home = world.b if who == "foreign_manager" else world.a
    if project is None or who in EVERYWHERE or project in (home.project, home.bare, home.empty):
        found.add(role)
    return frozenset(found)

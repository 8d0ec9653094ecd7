"""The door for reads: visible rows only, frozen answers, no writes.

Also the loading of inputs, which both doors share: every reference is resolved through what the
actor may see, and all references of one call must belong to one project.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from typing import Any, ParamSpec, TypeVar

from django.apps import apps
from django.db import models

from headway.kernel import access
from headway.kernel.context import Context
from headway.kernel.database.faults import as_refusals
from headway.kernel.database.write_lock import mark, refuse_writes
from headway.kernel.errors import Denied, NotFound
from headway.kernel.models import Root
from headway.kernel.registry import Kind, UseCase, register
from headway.kernel.schema import MAX_ID, Parameter, to_json, validate

ResultT = TypeVar("ResultT")
Spec = ParamSpec("Spec")
_LONGEST_ID = len(str(MAX_ID))


def query(
    *, permission: str, name: str = "", internal: str = ""
) -> Callable[[Callable[..., ResultT]], UseCase[ResultT]]:
    """Put a read behind its door. The function must not write; the write lock sees to it."""

    def door(function: Callable[..., ResultT]) -> UseCase[ResultT]:
        return register(
            function,
            kind=Kind.QUERY,
            permission=permission,
            runner=_run,
            name=name,
            idempotent=True,
            internal=internal,
        )

    return door


def _run(use_case: UseCase[Any], ctx: Context, inputs: dict[str, Any], *, as_json: bool) -> Any:
    checked = validate(use_case.signature, inputs)
    with as_refusals(), refuse_writes():
        values, project_id = load(use_case, ctx, checked, for_update="")
        access.check(ctx, use_case.permission, values, project_id=project_id, writes=False)
        result = use_case.function(ctx, **values)
    return to_json(result) if as_json else result


def load(
    use_case: UseCase[Any], ctx: Context, values: dict[str, Any], *, for_update: str
) -> tuple[dict[str, Any], int | None]:
    """Turn references into visible rows (own area) or checked ids (other areas), and find the project.

    for_update  the input whose row is locked until the end of the transaction (PostgreSQL).
    Raises NotFound for absent, hidden and mixed references alike.
    """
    loaded = dict(values)
    project_id: int | None = None
    for parameter in use_case.signature.parameters:
        value = values[parameter.name]
        if value is None or not (parameter.model or parameter.ref):
            continue
        given = list(value) if parameter.many else [value]
        if use_case.kind is Kind.QUERY:
            rows = [_kept_row(ctx, parameter, item) for item in given]
        else:
            rows = [_row(ctx, parameter, item, lock=parameter.name == for_update) for item in given]
        for row in rows:
            scope = row.scope_project_id()
            if scope is None:
                continue
            if project_id is not None and scope != project_id:
                raise NotFound(f"{row.noun} not found.")
            project_id = scope
        passed = rows if parameter.model else [row.pk for row in rows]
        loaded[parameter.name] = tuple(passed) if parameter.many else passed[0]
    if ctx.project_ids is not None and project_id is not None and project_id not in ctx.project_ids:
        raise Denied("This token is limited to other projects.")
    return loaded, project_id


def once(ctx: Context, key: Hashable, make: Callable[[], ResultT]) -> ResultT:
    """What several reads of one call need: made once while this process writes nothing; never kept in a command.

    key  names what is made and all it is made from, but for the actor.
    """
    now = mark()
    if ctx.work is not None or now is None:
        return make()
    place = _place(ctx, now, key)
    if place not in ctx.cache:
        ctx.cache[place] = make()
    found: ResultT = ctx.cache[place]
    return found


def known(ctx: Context, key: Hashable) -> Any:
    """What `once` has kept under a key, where it still holds; else None."""
    now = mark()
    return None if ctx.work is not None or now is None else ctx.cache.get(_place(ctx, now, key))


def _place(ctx: Context, now: int, key: Hashable) -> Hashable:
    return ("once", now, ctx.actor, ctx.scopes, ctx.project_ids, key)


def project_of_visible(ctx: Context, label: str, record_id: int) -> int | None:
    """The project of a record of this kind ('projects.Risk'), None for one of the house.

    Raises NotFound alike for absent and hidden records.
    """
    model: Any = apps.get_model(label)
    row: Root | None = model.visible_to(ctx).filter(pk=record_id).first() if 0 < record_id <= MAX_ID else None
    if row is None:
        raise NotFound(f"{model.noun} not found.")
    return row.scope_project_id()


def _kept_row(ctx: Context, parameter: Parameter, given: Any) -> Root:
    """The row for a query: the same reference means the same row for the whole call."""
    model, key = _named_by(parameter)
    reference = str(given.pk if isinstance(given, Root) else given)
    row = once(ctx, (model, key, reference), lambda: _row(ctx, parameter, given, lock=False))
    return once(ctx, (model, key, str(row.pk)), lambda: row)


def _named_by(parameter: Parameter) -> tuple[Any, str]:
    """The model of a reference, and by which field beside the id its rows may be named; '' for none."""
    if parameter.ref is not None:
        return parameter.model or apps.get_model(parameter.ref.label), parameter.ref.key
    return parameter.model, getattr(parameter.model, "key_field", "")


def _row(ctx: Context, parameter: Parameter, given: Any, *, lock: bool) -> Root:
    model, key = _named_by(parameter)
    if isinstance(given, Root):
        given = given.pk
    lookup: Mapping[str, Any]
    by_id = isinstance(given, int) or (given.isascii() and given.isdigit())
    if by_id and len(str(given)) <= _LONGEST_ID and 0 < int(given) <= MAX_ID:
        lookup = {"pk": int(given)}
    elif by_id:
        raise NotFound(f"{model.noun} not found.")
    else:
        if not key:
            raise NotFound(f"{model.noun} not found.")
        lookup = {key: given}
    rows: models.QuerySet[Any] = model.visible_to(ctx)
    rows = rows.filter(**lookup)
    if model.beside:
        rows = rows.select_related(*model.beside)
    row: Root | None = (model.hold(rows) if lock else rows).first()
    if row is None:
        raise NotFound(f"{model.noun} not found.")
    return row

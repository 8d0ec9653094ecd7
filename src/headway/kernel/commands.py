"""The door for changes.

Always in this order: check the inputs against the signature; open the transaction; load the
records through what this actor may see; ask the policy; run the body; write the audit entry and
the events; commit. A nested command joins the outer transaction, and its name the outer entry.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any, TypeVar

from django.db import transaction

from headway.kernel import access, audit, events
from headway.kernel.context import Context, _Work, real_clock
from headway.kernel.database.faults import as_refusals
from headway.kernel.database.write_lock import allow_writes, refuse_writes
from headway.kernel.errors import Conflict, HeadwayError, Stale
from headway.kernel.models import IdempotencyKey
from headway.kernel.queries import load
from headway.kernel.registry import Kind, UseCase, register
from headway.kernel.schema import Parameter, to_json, validate

logger = logging.getLogger(__name__)
ResultT = TypeVar("ResultT")


def command(
    *,
    permission: str,
    name: str = "",
    changes: str = "",
    destructive: bool = False,
    idempotent: bool = False,
    internal: str = "",
    reads_first: Callable[[Context, dict[str, Any]], Any] | None = None,
    only_reads_when_tried: bool = False,
) -> Callable[[Callable[..., ResultT]], UseCase[ResultT]]:
    """Put a change behind its door; see `registry.UseCase` for the fields."""

    def door(function: Callable[..., ResultT]) -> UseCase[ResultT]:
        return register(
            function,
            kind=Kind.COMMAND,
            permission=permission,
            runner=_run,
            name=name,
            changes=changes,
            destructive=destructive,
            idempotent=idempotent,
            internal=internal,
            reads_first=reads_first,
            only_reads_when_tried=only_reads_when_tried,
        )

    return door


def journey(
    *, permission: str, name: str, destructive: bool = False, idempotent: bool = False, internal: str = ""
) -> Callable[[Callable[..., ResultT]], UseCase[ResultT]]:
    """Put work that must not hold a transaction (reading a file, rendering, several commands) behind the door.

    Inputs and policy are checked as for a command; each command it calls has its own transaction and audit entry.
    """

    def door(function: Callable[..., ResultT]) -> UseCase[ResultT]:
        return register(
            function,
            kind=Kind.COMMAND,
            permission=permission,
            runner=_run_journey,
            name=name,
            destructive=destructive,
            idempotent=idempotent,
            internal=internal,
        )

    return door


def _run_journey(use_case: UseCase[Any], ctx: Context, inputs: dict[str, Any], *, as_json: bool) -> Any:
    values = validate(use_case.signature, inputs)
    loaded, project_id = load(use_case, ctx, values, for_update="")
    access.check(ctx, use_case.permission, loaded, project_id=project_id, writes=True)
    if not ctx.dry_run:
        return _once(use_case, ctx, inputs, loaded, as_json=as_json)
    try:
        with as_refusals(), allow_writes(use_case.name), transaction.atomic():
            result = use_case.function(replace(ctx, work=_Work()), **loaded)
            raise _DryRun(to_json(result) if as_json else result)
    except _DryRun as way_out:
        return way_out.answer


def _once(
    use_case: UseCase[Any], ctx: Context, inputs: dict[str, Any], loaded: dict[str, Any], *, as_json: bool
) -> Any:
    """Run a journey, or give the answer that the same idempotency key got before. Its steps do not see the key.

    Raises Conflict while an equal request with the key runs. One that failed, or died, may be asked for again.
    """
    if not ctx.idempotency_key or ctx.work is not None:
        result = use_case.function(ctx, **loaded)
        return to_json(result) if as_json else result
    with as_refusals(), allow_writes(use_case.name), transaction.atomic():
        known = _claimed(use_case, ctx, inputs)
    if known is not None and known.done:
        return known.answer
    try:
        result = use_case.function(ctx.but(idempotency_key=""), **loaded)
    except BaseException:
        if known is not None:
            with allow_writes(use_case.name), transaction.atomic():
                known.delete()
        raise
    answer = to_json(result) if as_json else result
    if known is not None:
        with allow_writes(use_case.name), transaction.atomic():
            if as_json:
                known.answer, known.done = answer, True
                known.save(update_fields=["answer", "done"])
            else:  # an answer in Python's own types cannot be kept, and so not be given again
                known.delete()
    return answer


_LONGEST_JOURNEY = timedelta(minutes=10)


def _claimed(use_case: UseCase[Any], ctx: Context, inputs: dict[str, Any]) -> IdempotencyKey | None:
    """The key's row, now this call's to work on unless it is done. One that nobody finished can be claimed anew."""
    known = _known_key(use_case, ctx, inputs)
    if known is None or known.done:
        return known
    if known.claimed_at is not None and real_clock() - known.claimed_at < _LONGEST_JOURNEY:
        raise Conflict("An equal request with this Idempotency-Key is still running. Ask again when it has ended.")
    known.claimed_at = real_clock()
    known.save(update_fields=["claimed_at"])
    return known


class _DryRun(Exception):
    def __init__(self, answer: Any) -> None:
        self.answer = answer


def _run(use_case: UseCase[Any], ctx: Context, inputs: dict[str, Any], *, as_json: bool) -> Any:
    values = validate(use_case.signature, inputs)
    if ctx.work is not None:
        return _body(use_case, ctx, values, as_json=as_json)
    if ctx.dry_run and use_case.only_reads_when_tried:
        return _tried(use_case, ctx, values, as_json=as_json)
    read_first = use_case.reads_first(ctx.but(), values) if use_case.reads_first is not None else None
    ctx.cache.clear()  # a role may have been taken since this request first asked, or while it read
    outer = replace(ctx, work=_Work(read_first=read_first))
    try:
        with as_refusals(), allow_writes(use_case.name), transaction.atomic():
            answer = _outermost(use_case, outer, values, inputs, as_json=as_json)
            if ctx.dry_run:
                raise _DryRun(answer)
    except _DryRun as way_out:
        return way_out.answer
    except HeadwayError as refusal:
        if refusal.status in (401, 403):
            _note_refusal(use_case, ctx, refusal)
        raise
    finally:
        ctx.cache.clear()
        if read_first is not None and hasattr(read_first, "close"):
            read_first.close()
    return answer


def _tried(use_case: UseCase[Any], ctx: Context, values: dict[str, Any], *, as_json: bool) -> Any:
    """The answer of a dry run whose body writes nothing: checked as ever, with no transaction and no lock."""
    with as_refusals(), refuse_writes():
        loaded, project_id = load(use_case, ctx, values, for_update="")
        access.check(ctx, use_case.permission, loaded, project_id=project_id, writes=True)
        result = use_case.function(ctx, **loaded)
    return to_json(result) if as_json else result


def _outermost(
    use_case: UseCase[Any], ctx: Context, values: dict[str, Any], inputs: dict[str, Any], *, as_json: bool
) -> Any:
    known = _known_key(use_case, ctx, inputs)
    if known is not None and known.done:
        return known.answer
    answer = _body(use_case, ctx, values, as_json=as_json)
    work = ctx.work
    assert work is not None  # noqa: S101 - set by the caller
    detail: dict[str, Any] = {"inputs": _public(use_case.signature.parameters, values)}
    if work.steps[1:]:
        detail["steps"] = work.steps[1:]
    audit.write(ctx, use_case=use_case.name, scope=work.project_id or 0, detail=detail, changes=work.changes)
    events.store(ctx, work.events)
    if known is not None:
        known.answer, known.done = answer if as_json else None, True
        known.save(update_fields=["answer", "done"])
    return answer


def _body(use_case: UseCase[Any], ctx: Context, values: dict[str, Any], *, as_json: bool) -> Any:
    loaded, project_id = load(use_case, ctx, values, for_update=use_case.changes)
    access.check(ctx, use_case.permission, loaded, project_id=project_id, writes=True)
    work = ctx.work
    assert work is not None  # noqa: S101 - set by the door
    if use_case.changes and not work.steps and ctx.expected_version is not None:
        row = loaded[use_case.changes]
        if row is not None and row.version != ctx.expected_version:
            raise Stale(
                f"{row.noun} is at version {row.version}; your change started from {ctx.expected_version}.",
                extra={"current_version": row.version},
            )
    work.steps.append(use_case.name)
    work.project_id = work.project_id or project_id
    result = use_case.function(ctx, **loaded)
    return to_json(result) if as_json else result


def _known_key(use_case: UseCase[Any], ctx: Context, inputs: dict[str, Any]) -> IdempotencyKey | None:
    if not ctx.idempotency_key or ctx.dry_run or ctx.actor.user_id is None:
        return None
    body = audit.digest_of(audit.canonical(inputs))
    row, fresh = IdempotencyKey.objects.select_for_update().get_or_create(
        actor_id=ctx.actor.user_id,
        operation=use_case.name,
        key=ctx.idempotency_key,
        defaults={"body_digest": body, "at": ctx.now},
    )
    if not fresh and row.body_digest != body:
        raise Conflict("This Idempotency-Key was used with another body. Use a new key.")
    return row


def was_done(use_case: UseCase[Any], ctx: Context, key: str) -> bool:
    """Whether this actor's key was used for the use case, and it was carried out."""
    if not key or ctx.actor.user_id is None:
        return False
    known = IdempotencyKey.objects.filter(actor_id=ctx.actor.user_id, operation=use_case.name, key=key)
    return known.filter(done=True).exists()


_MOST_TEXT = 2000
_MOST_ITEMS = 50


def _public(parameters: tuple[Parameter, ...], values: dict[str, Any]) -> dict[str, Any]:
    """The inputs as the audit may keep them: no secrets, large ones by their size."""
    kept: dict[str, Any] = {}
    for parameter in parameters:
        value = values[parameter.name]
        shown = "(secret)" if parameter.secret and value is not None else _brief(value)
        if shown not in (None, "", []):
            kept[parameter.name] = shown
    return kept


def _brief(value: Any) -> Any:
    if isinstance(value, str) and len(value) > _MOST_TEXT:
        return f"({len(value)} characters)"
    if isinstance(value, list | tuple | set | frozenset) and len(value) > _MOST_ITEMS:
        return f"({len(value)} items)"
    if isinstance(value, dict):
        if len(value) > _MOST_ITEMS:
            return f"({len(value)} keys)"
        return {str(key): _brief(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_brief(item) for item in value]
    return to_json(value)


def _note_refusal(use_case: UseCase[Any], ctx: Context, refusal: HeadwayError) -> None:
    """A refused act rolled back; the security event is written after, in a transaction of its own."""
    if ctx.actor.user_id is None:
        return
    with allow_writes("refusal"), transaction.atomic():
        audit.write(
            ctx,
            use_case="security.refused",
            scope=0,
            detail={"use_case": use_case.name, "code": refusal.code},
            changes=[],
        )


def maintenance(reason: str) -> Any:
    """For migrations, fixtures and sign-in library writes: opens the write lock, with a reason."""
    return allow_writes(f"maintenance: {reason}")

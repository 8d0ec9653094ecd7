"""Who did what, when, why, through which door: one entry per acknowledged write, hash-chained.

The chain covers a digest of the detail, so that personal data can be erased from the detail
without breaking it. One chain per project keeps PostgreSQL writers of different projects apart.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Max

from headway.kernel.context import Change, Context
from headway.kernel.models import AuditChain, AuditEntry, FieldChange
from headway.kernel.schema import to_json


def canonical(value: Any) -> str:
    """JSON text with one form for one value."""
    return json.dumps(to_json(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def digest_of(text: str) -> str:
    """SHA-256 as hexadecimal text."""
    return hashlib.sha256(text.encode()).hexdigest()


def write(ctx: Context, *, use_case: str, scope: int, detail: Mapping[str, Any], changes: list[Change]) -> AuditEntry:
    """Append one entry to the scope's chain, in the caller's transaction."""
    AuditChain.objects.get_or_create(scope=scope)
    chain = AuditChain.objects.select_for_update().get(scope=scope)
    entry = AuditEntry(
        scope=scope,
        sequence=chain.length + 1,
        at=ctx.now,
        actor_id=ctx.actor.user_id,
        actor_name=ctx.actor.name,
        operated_by=ctx.operated_by,
        channel=ctx.channel.value,
        use_case=use_case,
        reason=ctx.reason,
        correlation=ctx.correlation,
        detail=to_json(detail),
        detail_digest=digest_of(canonical(detail)),
        previous=chain.head,
    )
    entry.digest = _link_digest(entry)
    entry.save(force_insert=True)
    chain.length, chain.head = entry.sequence, entry.digest
    chain.save(update_fields=["length", "head"])
    if changes:
        FieldChange.objects.bulk_create(
            FieldChange(
                entry=entry,
                kind=change.kind,
                record_id=change.id,
                field=change.field,
                old=to_json(change.old),
                new=to_json(change.new),
            )
            for change in changes
        )
    return entry


def _link_digest(entry: AuditEntry) -> str:
    return digest_of(
        canonical(
            [
                entry.scope,
                entry.sequence,
                entry.at,
                entry.actor_id,
                entry.actor_name,
                entry.operated_by,
                entry.channel,
                entry.use_case,
                entry.reason,
                entry.correlation,
                entry.detail_digest,
                entry.previous,
            ]
        )
    )


@dataclass(frozen=True, slots=True)
class ChainFault:
    """A place where a chain does not hold."""

    scope: int
    sequence: int
    what: str


def verify() -> Iterator[ChainFault]:
    """Every changed, removed or reordered entry of every chain.

    Others may write meanwhile: a chain's end is read before its entries, and only those up to it are looked at.
    """
    for scope in list(AuditChain.objects.order_by("scope").values_list("scope", flat=True)):
        last = AuditEntry.objects.filter(scope=scope).aggregate(last=Max("sequence"))["last"] or 0
        chain = AuditChain.objects.get(pk=scope)
        if last > chain.length:
            yield ChainFault(scope, last, "entry added behind the end")
        previous, expected = "", 1
        entries = AuditEntry.objects.filter(scope=scope, sequence__lte=chain.length).order_by("sequence")
        for entry in entries.iterator(chunk_size=5000):
            if entry.sequence != expected:
                yield ChainFault(chain.scope, expected, "entry removed")
                expected = entry.sequence
            if entry.previous != previous:
                yield ChainFault(chain.scope, entry.sequence, "chain broken before this entry")
            if entry.digest != _link_digest(entry):
                yield ChainFault(chain.scope, entry.sequence, "entry changed")
            if entry.detail and entry.detail_digest != digest_of(canonical(entry.detail)):
                yield ChainFault(chain.scope, entry.sequence, "detail changed")
            previous, expected = entry.digest, expected + 1
        if (expected - 1, previous) != (chain.length, chain.head):
            yield ChainFault(chain.scope, expected, "entries removed at the end")

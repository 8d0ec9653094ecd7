"""The smallest use case with everything in it: a row, its audit entry, an idempotency key, a job with an effect."""

from __future__ import annotations

import json
from typing import Any

from django.db import transaction
from django.http import HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from headway.kernel import jobs
from headway.kernel.commands import command
from headway.kernel.context import Actor, Channel, Context, clock, real_clock
from headway.kernel.database.write_lock import allow_writes
from headway.kernel.errors import HeadwayError
from headway.kernel.jobs_models import InstallationNote
from headway.kernel.models import next_number

WRITER = Actor(user_id=1, name="writer", is_system=True)


@command(permission="reliability.append", name="reliability.append", internal="for the kill loops")
def append(ctx: Context, *, client: str, number: int) -> int:
    """Append one entry of a client and ask for its effect."""
    name = f"entry:{client}:{number:06d}"
    InstallationNote.objects.create(name=name, value={"order": next_number("reliability.ledger")}, at=ctx.now)
    jobs.enqueue("reliability.effect", {"name": name}, unique=name, max_attempts=30)
    return number


@jobs.job("reliability.effect")
def effect(payload: dict[str, Any]) -> None:
    """Do the entry's effect, keyed: the second time finds it done."""
    with allow_writes("effect"), transaction.atomic():
        name = payload["name"].replace("entry:", "effect:")
        row, _ = InstallationNote.objects.get_or_create(name=name, defaults={"at": real_clock()})
        InstallationNote.objects.filter(pk=row.pk).update(value={"done": True})


@csrf_exempt
def append_view(request: HttpRequest) -> JsonResponse:
    """POST {client, number} with an Idempotency-Key."""
    ctx = Context(
        actor=WRITER, now=clock(), channel=Channel.API, idempotency_key=request.headers.get("Idempotency-Key", "")
    )
    try:
        return JsonResponse({"number": append.call_json(ctx, json.loads(request.body))})
    except HeadwayError as refusal:
        return JsonResponse(refusal.as_problem(), status=refusal.status)

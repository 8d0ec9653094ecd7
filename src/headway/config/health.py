"""`/healthz`: the process answers. `/readyz`: database, workers and disk are fit. Yes or no, no details."""

from __future__ import annotations

import shutil
import time

from django.db import DatabaseError, InterfaceError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from headway.kernel import jobs_worker, settings

LEAST_FREE_BYTES = 200 * 1024 * 1024
# Anyone may ask: an answer stands for this long.
ANSWER_STANDS_SECONDS = 1.0

_last: tuple[float, bool] = (float("-inf"), False)
_schema_seen_right = False


@never_cache
@require_safe
def healthz(_request: HttpRequest) -> JsonResponse:
    """The process lives."""
    return JsonResponse({"status": "ok"})


@never_cache
@require_safe
def readyz(_request: HttpRequest) -> JsonResponse:
    """All that a request needs is there: 200, or 503 without saying what is missing."""
    if is_ready():
        return JsonResponse({"status": "ok"})
    return JsonResponse({"status": "unavailable"}, status=503, headers={"Retry-After": "5"})


def is_ready() -> bool:
    """Whether database, schema, workers and disk are fit; looked at no oftener than once a second."""
    global _last  # noqa: PLW0603 - one small cache per process
    now = time.monotonic()
    if now - _last[0] >= ANSWER_STANDS_SECONDS:
        _last = (now, _look())
    return _last[1]


def _look() -> bool:
    try:
        return _schema_is_right() and jobs_worker.workers_alive() > 0 and _disk_has_room()
    except (DatabaseError, InterfaceError, OSError):
        connection.close()
        return False


def _schema_is_right() -> bool:
    """No unapplied migration. Once seen right it stays so: only the upgrade command migrates."""
    global _schema_seen_right  # noqa: PLW0603 - as above
    if not _schema_seen_right:
        executor = MigrationExecutor(connection)
        _schema_seen_right = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    return _schema_seen_right


def _disk_has_room() -> bool:
    return shutil.disk_usage(settings.read().home).free >= LEAST_FREE_BYTES

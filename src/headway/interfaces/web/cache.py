"""A cache in the database whose values are JSON: shared by all processes, and nothing is ever unpickled.

Made for rate limits, which must count across workers. Keys are stored hashed, for they hold names and addresses.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.db import IntegrityError, transaction
from django.db.models import Q

from headway.interfaces.web.models import CacheEntry
from headway.kernel.context import real_clock
from headway.kernel.database.write_lock import allow_writes

_REASON = "rate limits"


def _now() -> int:
    return int(real_clock().timestamp())


class JsonTableCache(BaseCache):
    """Django's cache interface over the table web_cache. A value that JSON cannot carry is refused (TypeError)."""

    def __init__(self, _location: str, params: dict[str, Any]) -> None:
        super().__init__(params)

    def _row_key(self, key: str, version: int | None) -> str:
        return hashlib.sha256(self.make_and_validate_key(key, version=version).encode()).hexdigest()

    def _expiry(self, timeout: float | object | None) -> int | None:
        seconds = self.default_timeout if timeout is DEFAULT_TIMEOUT else timeout
        return None if seconds is None else _now() + int(seconds)  # type: ignore[call-overload]

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        """The value, or `default` when there is none or it has expired."""
        found = CacheEntry.entries.filter(_alive(), pk=self._row_key(key, version)).values_list("value", flat=True)
        text = found.first()
        return default if text is None else json.loads(text)

    def set(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        """Keep a value for `timeout` seconds; None keeps it until it is deleted."""
        defaults = {"value": json.dumps(value), "expires_at": self._expiry(timeout)}
        with allow_writes(_REASON), transaction.atomic():
            CacheEntry.entries.update_or_create(pk=self._row_key(key, version), defaults=defaults)

    def add(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """Keep a value unless there is one; says whether it was kept. Of two processes, one is told True."""
        row = self._row_key(key, version)
        try:
            with allow_writes(_REASON), transaction.atomic():
                CacheEntry.entries.filter(expires_at__lte=_now()).delete()
                CacheEntry.entries.create(pk=row, value=json.dumps(value), expires_at=self._expiry(timeout))
        except IntegrityError:
            return False
        return True

    def touch(self, key: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """Give a value a new time to live; says whether there was one."""
        with allow_writes(_REASON), transaction.atomic():
            rows = CacheEntry.entries.filter(_alive(), pk=self._row_key(key, version))
            return rows.update(expires_at=self._expiry(timeout)) > 0

    def delete(self, key: Any, version: int | None = None) -> bool:
        """Forget a value; says whether there was one."""
        with allow_writes(_REASON), transaction.atomic():
            return CacheEntry.entries.filter(pk=self._row_key(key, version)).delete()[0] > 0

    def clear(self) -> None:
        """Forget everything."""
        with allow_writes(_REASON), transaction.atomic():
            CacheEntry.entries.all().delete()


def _alive() -> Q:
    return Q(expires_at__isnull=True) | Q(expires_at__gt=_now())

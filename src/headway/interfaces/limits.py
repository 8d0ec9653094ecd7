"""How often one access token may call in a minute, counted for all processes together.

Two calls at the same instant may count as one: the limit protects the server, it is no bookkeeping.
"""

from __future__ import annotations

from django.core.cache import cache

from headway.kernel.context import real_clock
from headway.kernel.errors import TooMany

_MINUTE = 60


def spend(who: str, kind: str, *, limit: int) -> None:
    """Count one call of this minute; raises TooMany above `limit`, and says when to come back. 0 = no limit."""
    if not limit:
        return
    seconds = int(real_clock().timestamp())
    key = f"calls:{kind.replace(' ', '-')}:{who}:{seconds // _MINUTE}"
    if cache.add(key, 1, 2 * _MINUTE):
        return
    so_far = int(cache.get(key, 0))
    if so_far >= limit:
        left = _MINUTE - seconds % _MINUTE
        raise TooMany(
            f"More than {limit} {kind} in a minute. Try again in {left} seconds.", extra={"retry_after": left}
        )
    cache.set(key, so_far + 1, 2 * _MINUTE)

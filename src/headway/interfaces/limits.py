"""How often one access token may call in a minute.

Counted in each process by itself, so that a read costs no write: with several web workers a token may get as many
times the limit. The limit protects the server, it is no bookkeeping.
"""

from __future__ import annotations

from threading import Lock

from headway.kernel.context import real_clock
from headway.kernel.errors import TooMany

_MINUTE = 60
_lock = Lock()
_counted: dict[tuple[str, str], int] = {}
_minute = 0


def spend(who: str, kind: str, *, limit: int) -> None:
    """Count one call of this minute; raises TooMany above `limit`, and says when to come back. 0 = no limit."""
    global _minute  # noqa: PLW0603 - one counter a process
    if not limit:
        return
    seconds = int(real_clock().timestamp())
    with _lock:
        if seconds // _MINUTE != _minute:
            _minute = seconds // _MINUTE
            _counted.clear()
        _counted[who, kind] = _counted.get((who, kind), 0) + 1
        so_far = _counted[who, kind]
    if so_far > limit:
        left = _MINUTE - seconds % _MINUTE
        raise TooMany(
            f"More than {limit} {kind} in a minute. Try again in {left} seconds.", extra={"retry_after": left}
        )

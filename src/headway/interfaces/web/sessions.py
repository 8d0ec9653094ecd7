"""How long a session lives: ended after a time without use, and in any case after a time since signing in.

Django knows one age only (SESSION_COOKIE_AGE, here the absolute one, kept by browser and store). The last use is
stored at most every five minutes, so that reading pages does not write a row each time.
"""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse

from headway.kernel.context import real_clock

STORE_EVERY_SECONDS = 300
NOT_USE = "/live"  # what an open page asks by itself does not keep its session alive
_SIGNED_IN = "signed_in_at"
_LAST_USED = "last_used_at"


@receiver(user_logged_in, dispatch_uid="headway.session_begins")
def _begin(request: HttpRequest | None, **_: object) -> None:
    if request is not None:
        now = int(real_clock().timestamp())
        request.session[_SIGNED_IN] = request.session[_LAST_USED] = now


def is_over(session: dict[str, object], *, now: int) -> bool:
    """Whether a signed-in session has lapsed; one without its times has no right to live."""
    signed_in, last_used = session.get(_SIGNED_IN), session.get(_LAST_USED)
    if not isinstance(signed_in, int) or not isinstance(last_used, int):
        return True
    return now - last_used > settings.HEADWAY_SESSION_IDLE_SECONDS or now - signed_in > settings.SESSION_COOKIE_AGE


class SessionLife:
    """Ends lapsed sessions before a page sees their user."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, as nobody when the session has lapsed."""
        if request.user.is_authenticated:
            now = int(real_clock().timestamp())
            if is_over(dict(request.session.items()), now=now):
                logout(request)
            elif request.path != NOT_USE and now - request.session[_LAST_USED] >= STORE_EVERY_SECONDS:
                request.session[_LAST_USED] = now
        return self._get_response(request)

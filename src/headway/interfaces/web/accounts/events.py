"""Every security event of signing in is written to the audit chain: who, from where, under which reference.

Never a password, a code, a session id, nor what was typed as a name: that may be a mistyped password.
"""

from __future__ import annotations

from typing import Any

from allauth.mfa import signals as second_factor
from allauth.mfa.models import Authenticator
from django.contrib.auth import signals as sign_in
from django.db import transaction
from django.http import HttpRequest

from headway.areas.people import queries as people
from headway.interfaces.web.headers import reference_of
from headway.kernel import audit
from headway.kernel.context import NOBODY, Channel, Context, clock
from headway.kernel.database.write_lock import allow_writes


def _record(name: str, request: HttpRequest | None, user_id: int | None, **detail: Any) -> None:
    actor = people.actor_of(user_id) if user_id is not None else None
    ctx = Context(
        actor=actor or NOBODY,
        now=clock(),
        channel=Channel.WEB,
        correlation=reference_of(request) if request is not None else "",
    )
    address = request.META.get("REMOTE_ADDR", "") if request is not None else ""
    with allow_writes("security event"), transaction.atomic():
        audit.write(ctx, use_case=f"security.{name}", scope=0, detail={"address": address, **detail}, changes=[])


def _signed_in(request: HttpRequest | None, user: Any, **_: Any) -> None:
    _record("signed_in", request, user.pk)


def _signed_out(request: HttpRequest | None, user: Any, **_: Any) -> None:
    if user is not None:
        _record("signed_out", request, user.pk)


def _failed(credentials: dict[str, Any], request: HttpRequest | None = None, **_: Any) -> None:
    typed = credentials.get("email") or credentials.get("username") or ""
    _record("sign_in_failed", request, None, against=people.user_by_email(typed))


def _step_failed(request: HttpRequest, user: Any, reauthentication: bool, **_: Any) -> None:
    _record("second_step_failed", request, None, against=user.pk, confirming=reauthentication)


def _factor(name: str, request: HttpRequest, user: Any, authenticator: Authenticator) -> None:
    _record(name, request, user.pk, factor=authenticator.type)


def _added(request: HttpRequest, user: Any, authenticator: Authenticator, **_: Any) -> None:
    _factor("factor_added", request, user, authenticator)


def _removed(request: HttpRequest, user: Any, authenticator: Authenticator, **_: Any) -> None:
    _factor("factor_removed", request, user, authenticator)


def _renewed(request: HttpRequest, user: Any, authenticator: Authenticator, **_: Any) -> None:
    _factor("factor_renewed", request, user, authenticator)


def connect() -> None:
    """Listen to the library; once, when the addresses of signing in are loaded."""
    for signal, receiver in (
        (sign_in.user_logged_in, _signed_in),
        (sign_in.user_logged_out, _signed_out),
        (sign_in.user_login_failed, _failed),
        (second_factor.authentication_failed, _step_failed),
        (second_factor.authenticator_added, _added),
        (second_factor.authenticator_removed, _removed),
        (second_factor.authenticator_reset, _renewed),
    ):
        signal.connect(receiver, dispatch_uid=f"headway.{receiver.__name__}")

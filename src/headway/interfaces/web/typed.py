"""Tells an open page that what was typed in one of its forms has been accepted.

The page keeps what people type until then (assets/ts/drafts.ts), so that neither the end of a session nor a restart
of the server loses it. It sends the name it keeps a form under; the answer names it back once the form has been
carried out.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url

FIELD = "_typed"
COOKIE = "headway_typed"
_NAME = re.compile(r"[0-9a-f]{1,16}")
_SECONDS = 60


class AcceptedForms:
    """Names the form that a POST has carried out: one answered by going on to another page than sign-in."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, with the cookie where a form was accepted."""
        response = self._get_response(request)
        if request.method == "POST" and _goes_on(response):
            name = request.POST.get(FIELD, "")
            if _NAME.fullmatch(name):
                secure = bool(settings.CSRF_COOKIE_SECURE)
                response.set_cookie(COOKIE, name, max_age=_SECONDS, secure=secure, samesite="Lax")
        return response


def _goes_on(response: HttpResponse) -> bool:
    away = response.headers.get("Location", "")
    return response.status_code in (302, 303) and not away.startswith(resolve_url("account_login"))

"""Where the organisation demands a second factor, nobody works without one: they are led to set it up first."""

from __future__ import annotations

from collections.abc import Callable

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import Resolver404, resolve, reverse

from headway.interfaces.web.accounts import urls
from headway.interfaces.web.context import rules_of

FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)  # recovery codes stand in for these, not alone
_SIGN_IN_PAGES = frozenset(pattern.name for pattern in urls.urlpatterns)


class SecondFactorFirst:
    """Sends whoever must have a second factor, and has none, to the page that sets one up."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, or redirect to the set-up."""
        if self._lacks(request) and not _is_sign_in_page(request.path_info):
            return redirect(f"{reverse('mfa_index')}?needed=1")
        return self._get_response(request)

    def _lacks(self, request: HttpRequest) -> bool:
        user = request.user
        if not user.is_authenticated or user.second_factor_waived:
            return False
        rules = rules_of(request)
        return rules is not None and rules.second_factor and not is_mfa_enabled(user, FACTORS)


def _is_sign_in_page(path: str) -> bool:
    try:
        return resolve(path).url_name in _SIGN_IN_PAGES
    except Resolver404:
        return False

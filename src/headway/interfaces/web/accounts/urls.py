"""Every address of signing in, and therefore every route that can make a session: account_login,
mfa_authenticate, mfa_login_webauthn. Nothing else of the library is mounted.

The library resolves two names that have no page here (account_signup, account_email); they answer 404.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from allauth.usersessions import views as sessions
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import URLPattern, path, re_path

from headway.interfaces.web.accounts import events
from headway.kernel.database.write_lock import allow_writes

events.connect()

View = Callable[..., HttpResponseBase]


def _writes(view: View) -> View:
    """The library writes a user's last sign-in itself; the write lock is open for that view alone."""

    @wraps(view)
    def opened(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        with allow_writes("sign-in"):
            return view(request, *args, **kwargs)

    return opened


def _signing_out(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
    response: HttpResponseBase = account.logout(request, *args, **kwargs)
    if request.method == "POST":
        response.headers["Clear-Site-Data"] = '"cache"'
    return response


def _absent(_request: HttpRequest) -> HttpResponseBase:
    raise Http404


urlpatterns: list[URLPattern] = [
    path("login/", _writes(account.login), name="account_login"),
    path("logout/", _signing_out, name="account_logout"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("password/change/", account.password_change, name="account_change_password"),
    path("password/reset/", account.password_reset, name="account_reset_password"),
    path("password/reset/done/", account.password_reset_done, name="account_reset_password_done"),
    path("password/reset/key/done/", account.password_reset_from_key_done, name="account_reset_password_from_key_done"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path("signup/", _absent, name="account_signup"),
    path("email/", _absent, name="account_email"),
    path("security/", mfa.index, name="mfa_index"),
    path("second-step/", _writes(mfa.authenticate), name="mfa_authenticate"),
    path("reauthenticate/code/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("security/app/add/", totp.activate_totp, name="mfa_activate_totp"),
    path("security/app/remove/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("security/recovery-codes/", recovery.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("security/recovery-codes/new/", recovery.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("security/keys/", webauthn.list_webauthn, name="mfa_list_webauthn"),
    path("security/keys/add/", webauthn.add_webauthn, name="mfa_add_webauthn"),
    path("reauthenticate/key/", webauthn.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path("security/keys/<int:pk>/remove/", webauthn.remove_webauthn, name="mfa_remove_webauthn"),
    path("security/keys/<int:pk>/edit/", webauthn.edit_webauthn, name="mfa_edit_webauthn"),
    path("login/passkey/", _writes(webauthn.login_webauthn), name="mfa_login_webauthn"),
    path("sessions/", sessions.list_usersessions, name="usersessions_list"),
]

"""How the sign-in library meets the house: no sign-up, passwords through the command, secrets encrypted."""

from __future__ import annotations

from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.internal import ratelimit
from allauth.mfa.adapter import DefaultMFAAdapter
from django.http import HttpRequest

from headway.areas.people import commands as people
from headway.areas.people import queries as people_queries
from headway.interfaces.web.accounts import secrets
from headway.kernel.context import system_context


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # the library is untyped
    """Accounts as the house wants them."""

    error_messages: ClassVar[dict[str, str]] = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": "E-mail or password is wrong. Check both, or choose a new password below.",
        "incorrect_password": "The password is wrong.",
        "too_many_login_attempts": "Too many wrong tries. Wait five minutes, then try once more.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: users are made by an administrator or by invitation."""
        return False

    def set_password(self, user: Any, password: str) -> None:
        """Through the command, so that it is checked, audited and ends the person's access tokens."""
        ctx = system_context("the person changed the password on the sign-in pages")
        people.set_password(ctx, person=user.email, password=password)
        user.refresh_from_db(fields=["password"])

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Failed tries count per name *and* address, so that a stranger cannot lock the owner out."""
        name = super()._get_login_attempts_cache_key(request, **credentials)
        return f"{name}:{ratelimit.get_ip(request)}"


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # the library is untyped
    """The second factor's secrets are stored encrypted, and its issuer is the organisation."""

    error_messages: ClassVar[dict[str, str]] = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": "The code is wrong or has been used. Wait for the next one.",
    }

    def encrypt(self, text: str) -> str:
        """For the database."""
        return secrets.encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        """From the database."""
        return secrets.decrypt(encrypted_text)

    def _get_site_name(self) -> str:
        return people_queries.house_rules(system_context("name of the second factor")).name

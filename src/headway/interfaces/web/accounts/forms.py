"""The library's sign-in forms in our words: no placeholders that repeat the label."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import (
    ChangePasswordForm,
    LoginForm,
    ReauthenticateForm,
    ResetPasswordForm,
    ResetPasswordKeyForm,
)
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as ReauthenticateByCodeForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from django import forms

_TEXTS: dict[str, tuple[str, str]] = {
    "login": ("E-mail", ""),
    "email": ("E-mail", ""),
    "password": ("Password", ""),
    "oldpassword": ("Present password", ""),
    "password1": ("New password", "At least 12 characters. Any characters, spaces too; a few words are good."),
    "password2": ("New password once more", ""),
    "code": ("Code", ""),
    "name": ("Name", "How you tell it from others, such as “Work laptop”."),
    "passwordless": (
        "Use it alone, as a passkey",
        "Signs you in without a password; asks for your finger, face or PIN.",
    ),
}


class _InOurWords(forms.Form):
    """Sets label and help by the field's name."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            if name in _TEXTS:
                field.label, field.help_text = _TEXTS[name]
        if "code" in self.fields:
            self.fields["code"].widget.attrs |= {"autocomplete": "one-time-code", "spellcheck": "false"}


class SignIn(_InOurWords, LoginForm):  # type: ignore[misc]  # the library is untyped
    """E-mail and password."""


class ConfirmByPassword(_InOurWords, ReauthenticateForm):  # type: ignore[misc]
    """The password again, before a change of security."""


class ChangePassword(_InOurWords, ChangePasswordForm):  # type: ignore[misc]
    """Present and new password."""


class AskForReset(_InOurWords, ResetPasswordForm):  # type: ignore[misc]
    """The address a reset link goes to."""


class ResetPassword(_InOurWords, ResetPasswordKeyForm):  # type: ignore[misc]
    """The new password, from a reset link."""


class SecondStep(_InOurWords, AuthenticateForm):  # type: ignore[misc]
    """A code from the app, or a recovery code."""


class ConfirmByCode(_InOurWords, ReauthenticateByCodeForm):  # type: ignore[misc]
    """A code again, before a change of security."""


class ActivateApp(_InOurWords, ActivateTOTPForm):  # type: ignore[misc]
    """The first code of a new authenticator app."""


class AddKey(_InOurWords, AddWebAuthnForm):  # type: ignore[misc]
    """A new passkey or security key."""


class RenameKey(_InOurWords, EditWebAuthnForm):  # type: ignore[misc]
    """Another name for a key."""

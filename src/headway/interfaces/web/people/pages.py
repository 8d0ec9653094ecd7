"""The first page, how to set up, and accepting an invitation."""

from __future__ import annotations

import secrets
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.urls import reverse

from headway.areas.people import commands, queries
from headway.interfaces.actors import context_of
from headway.interfaces.web import guide
from headway.interfaces.web.page import act, is_outside, say, signed_in
from headway.interfaces.web.submitting import attempt, currency, text
from headway.kernel import settings
from headway.kernel.context import Channel, Context
from headway.kernel.errors import FieldError, Invalid, NotFound

_A_YEAR = 365 * 24 * 3600


class PasswordForm(forms.Form):
    """The password of a new account, twice."""

    password = forms.CharField(
        label="Password",
        max_length=4096,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="12 characters or more; a sentence is easiest to remember.",
    )
    again = forms.CharField(
        label="Password once more", max_length=4096, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )

    def clean(self) -> dict[str, Any]:
        """Both are the same."""
        given = super().clean() or {}
        if given.get("password") and given.get("again") and given["password"] != given["again"]:
            self.add_error("again", "The two are not the same.")
        return given


class SetUpForm(forms.Form):
    """The organisation and its first administrator."""

    organisation = text("Name of your organisation")
    name = text("Your name")
    email = forms.EmailField(label="Your e-mail", max_length=254)
    password = forms.CharField(
        label="Password",
        max_length=4096,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="12 characters or more; a sentence is easiest to remember.",
    )
    currency = currency(hint="Three letters, such as EUR.")
    time_zone = forms.ChoiceField(
        label="Time zone", choices=lambda: [(zone, zone) for zone in sorted(available_timezones())], initial="UTC"
    )
    self_approval = forms.BooleanField(
        label="I work alone: let me approve what I prepared myself",
        required=False,
        help_text="It is shown where it happens; change it in the settings once others have joined.",
    )


def start(request: HttpRequest) -> HttpResponse:
    """Where one begins: the Desk, outside people in the portal; without an organisation, setting Headway up."""
    user = getattr(request, "user", None)
    if (user is None or not user.is_authenticated) and not queries.is_set_up():
        return _set_up(request)
    return redirect(reverse("portal" if is_outside(signed_in(request)) else "desk"))


def _set_up(request: HttpRequest) -> HttpResponse:
    """Make the organisation and its first administrator, for whoever knows the code of the data folder."""
    code = request.GET.get("code", "")
    if not secrets.compare_digest(code.encode(), settings.set_up_code().encode()):
        return render(request, "people/first_start.html", {"wrong": bool(code)}, status=403 if code else 200)
    form = SetUpForm(request.POST or None)
    status = 200
    if request.method == "POST":
        ctx = context_of(request, channel=Channel.WEB)
        done = attempt(form, lambda given: commands.set_up(ctx, **given))
        if done.done:
            settings.set_up_code_file().unlink(missing_ok=True)
            say(request, f"{form.cleaned_data['organisation']} is set up. Sign in with {done.result.email}.")
            return redirect(reverse("account_login"))
        status = done.status
    return render(request, "people/set_up.html", {"form": form}, status=status)


def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Become a user by an invitation's link: shown on GET, done on POST."""
    if request.method not in ("GET", "HEAD", "POST"):
        return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
    form = PasswordForm(request.POST or None)
    status = 200
    if request.method == "POST":
        done = attempt(form, lambda given: _accept(request, token, given["password"]))
        if done.done:
            say(request, f"Welcome, {done.result.name}. Sign in with {done.result.email} and your new password.")
            return redirect(reverse("account_login"))
        status = done.status
    return render(request, "people/invitation.html", {"form": form}, status=status)


def _accept(request: HttpRequest, token: str, password: str) -> Any:
    ctx = context_of(request, channel=Channel.WEB)
    try:
        return commands.accept_invitation(ctx, token=token, password=password)
    except NotFound as refusal:
        raise Invalid(refusal.message, fields=[FieldError("token", "not good")]) from refusal


@act
def hide_guide(request: HttpRequest, _ctx: Context) -> HttpResponse:
    """Show the guide through the first week no more in this browser."""
    response = redirect(reverse("home"))
    secure = request.is_secure()
    response.set_cookie(guide.COOKIE, guide.HIDDEN, max_age=_A_YEAR, samesite="Lax", httponly=True, secure=secure)
    return response

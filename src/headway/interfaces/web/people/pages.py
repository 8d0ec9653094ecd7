"""The first page, how to set up, and accepting an invitation."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.urls import reverse

from headway.areas.people import commands, queries
from headway.interfaces.actors import context_of
from headway.interfaces.web.page import say
from headway.interfaces.web.projects.pages import home
from headway.interfaces.web.submitting import attempt
from headway.kernel.context import Channel, system_context
from headway.kernel.errors import FieldError, Invalid, NotFound


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


def start(request: HttpRequest) -> HttpResponse:
    """The first page: projects; before the first start, how to set up."""
    user = getattr(request, "user", None)
    if (user is None or not user.is_authenticated) and not _is_set_up():
        return render(request, "people/first_start.html")
    return home(request)


def _is_set_up() -> bool:
    try:
        queries.house_rules(system_context("is there an organisation"))
    except NotFound:
        return False
    return True


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

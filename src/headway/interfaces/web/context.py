"""What every template may read: `frame`. Pages add `nav` (see frame.navigation) and their own values."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from headway.areas.people import queries as people
from headway.areas.people.types import HouseRules
from headway.interfaces.web.frame import Frame, Link, PersonInFrame
from headway.interfaces.web.locale import BRITISH, Locale, locale_for
from headway.kernel.access import OUTSIDE_ROLES
from headway.kernel.context import system_context
from headway.kernel.errors import NotFound


def frame(request: HttpRequest) -> dict[str, Any]:
    """The frame of the page, with the person who is signed in and the organisation's way of writing.

    A page may put its own Frame into its context under the same name, which then wins.
    """
    rules = rules_of(request)
    if rules is None:
        return {"frame": Frame()}
    person = _person(request)
    return {
        "frame": Frame(
            organisation=rules.name,
            person=person,
            locale=locale_for(rules.spelling),
            search_url=reverse("search") if person is not None and not _is_outside(request) else "",
        ),
    }


def _is_outside(request: HttpRequest) -> bool:
    """Clients and guests have their portal, which is small enough to read."""
    return getattr(request.user, "org_role", "") in OUTSIDE_ROLES


def locale_of(request: HttpRequest) -> Locale:
    """How this house writes figures and dates, for the sentences of a page."""
    rules = rules_of(request)
    return BRITISH if rules is None else locale_for(rules.spelling)


def rules_of(request: HttpRequest) -> HouseRules | None:
    """The house rules, read once a request; None before the first start has made the organisation."""
    if not hasattr(request, "house_rules"):
        try:
            request.house_rules = people.house_rules(system_context("frame of a page"))  # type: ignore[attr-defined]
        except NotFound:
            request.house_rules = None  # type: ignore[attr-defined]
    found: HouseRules | None = request.house_rules  # type: ignore[attr-defined]
    return found


def _person(request: HttpRequest) -> PersonInFrame | None:
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return None
    return PersonInFrame(
        name=user.get_full_name(),
        detail=user.email,
        links=(
            Link("Sign-in and security", reverse("mfa_index"), "shield-check"),
            Link("Sessions", reverse("usersessions_list"), "device-desktop"),
        ),
        sign_out_url=reverse("account_logout"),
    )

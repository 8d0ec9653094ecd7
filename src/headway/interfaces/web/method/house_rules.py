"""The rules of the house: which are checked, and how much their findings count."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from headway.areas.method import rules
from headway.areas.method.types import Weight
from headway.interfaces.web.page import act, page
from headway.interfaces.web.settings.sections import opened, show_section
from headway.interfaces.web.submitting import named, pressed
from headway.kernel.access import may
from headway.kernel.context import Context
from headway.kernel.errors import Denied, NotFound

_SECTION = "settings-method"


@page()
def listing(request: HttpRequest, ctx: Context) -> HttpResponse:
    """All rules."""
    opened(ctx, _SECTION)
    values = {"rows": rules.rules(ctx), "can": may(ctx, "method.edit_rules"), "weights": named(Weight)}
    return show_section(request, ctx, _SECTION, values)


@act
def change(request: HttpRequest, ctx: Context, rule: str) -> HttpResponse:
    """Switch a rule on or off, or change its weight."""
    opened(ctx, _SECTION)
    if not may(ctx, "method.edit_rules"):
        raise Denied("Only an administrator changes the rules.")
    known = next((row for row in rules.rules(ctx) if row.key == rule), None)
    weight = next((item for item in Weight if item.value == request.POST.get("weight")), None)
    if known is None:
        raise NotFound("There is nothing here.")
    on = request.POST.get("on") == "1"
    return pressed(
        request,
        lambda: rules.set_rule(ctx, rule=rule, on=on, weight=weight),
        done=f"“{known.title}” is {'on' if on else 'off'}.",
        to=reverse(_SECTION),
    )

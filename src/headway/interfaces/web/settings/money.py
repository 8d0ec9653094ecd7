"""Exchange rates of the house, and when budgets alert where a project says nothing else."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from headway.areas.budgets import alerting, exchange
from headway.areas.budgets.alert_rules import house_alert_rule
from headway.areas.people.queries import house_rules
from headway.interfaces.web.money.budgets import rule_initial
from headway.interfaces.web.money.forms import RuleForm, lines_of
from headway.interfaces.web.page import act, page, say
from headway.interfaces.web.settings.sections import opened, show_section
from headway.interfaces.web.submitting import Attempt, amount, attempt, day, pressed
from headway.kernel.context import Context


class ExchangeForm(forms.Form):
    """What 1 of a currency is worth in another."""

    base = forms.RegexField(r"^[A-Z]{3}$", label="1 of the currency", max_length=3)
    rate = amount("is worth")
    quote = forms.RegexField(r"^[A-Z]{3}$", label="of the currency", max_length=3)
    first = day("From", required=True)


@page("POST")
def money(request: HttpRequest, ctx: Context) -> HttpResponse:
    """The exchange rates with a form for one more, and the house's rule for alerts."""
    opened(ctx, "settings-money")
    which = request.POST.get("form", "") if request.method == "POST" else ""
    initial = {"quote": house_rules(ctx).currency, "first": ctx.now.date()}
    form = ExchangeForm(request.POST if which == "rate" else None, initial=initial)
    rule = RuleForm(request.POST if which == "rule" else None, initial=rule_initial(house_alert_rule(ctx)))
    done = Attempt(False)
    if which == "rate":
        done = attempt(form, lambda given: exchange.set_exchange_rate(ctx, **given))
    elif which == "rule":
        done = attempt(
            rule,
            lambda given: alerting.set_house_alert_rule(ctx, **{**given, "lines": lines_of(given["lines"]) or ()}),
        )
    if done.done:
        say(request, "The rate is set." if which == "rate" else "The rule is set.")
        return redirect(reverse("settings-money"))
    values = {"rows": exchange.exchange_rates(ctx), "form": form, "rule": rule}
    return show_section(request, ctx, "settings-money", values, status=done.status)


@act
def remove(request: HttpRequest, ctx: Context, rate: int) -> HttpResponse:
    """Take an exchange rate away."""
    return pressed(
        request,
        lambda: exchange.remove_exchange_rate(ctx, rate=rate),
        done="The rate is removed.",
        to=reverse("settings-money"),
    )

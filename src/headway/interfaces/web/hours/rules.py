"""Settings of hours: how the house logs them and when it reminds, and whether one is reminded oneself."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from headway.areas.hours import reminding, sheets
from headway.areas.hours.types import RulesRow
from headway.interfaces.web.page import act, page, say
from headway.interfaces.web.settings.sections import opened, show_section
from headway.interfaces.web.submitting import Attempt, attempt, one_of, pressed
from headway.kernel.access import may
from headway.kernel.context import Context
from headway.kernel.errors import Denied

_STEPS = [(0, "as measured, to the minute"), *((step, f"in steps of {step} minutes") for step in (5, 6, 10, 15, 30))]
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
_REMIND = [(0, "Nobody is reminded"), *((number, f"Every {name}") for number, name in enumerate(_DAYS, 1))]


class RulesForm(forms.Form):
    """How the house logs hours."""

    round_minutes = one_of(
        "Timers are booked",
        _STEPS,
        number=True,
        hint="The total of a timer is rounded; hours that are typed stay as typed.",
    )
    round_up = forms.BooleanField(label="Always up to the next step", required=False)
    notes_required = forms.BooleanField(label="A week can be handed in only with a note on every entry", required=False)
    remind_on = one_of(
        "Mail about missing hours",
        _REMIND,
        number=True,
        hint="To the person alone, at most once a week, in their working time, of the seven days before.",
    )
    remind_below = forms.IntegerField(
        label="Hours are missing below",
        min_value=1,
        max_value=100,
        help_text="Percent of what a person could work, less holidays and leave.",
    )


@page("POST")
def rules(request: HttpRequest, ctx: Context) -> HttpResponse:
    """The house's rules for hours, for administrators to change; one's own reminders for everybody."""
    opened(ctx, "settings-hours")
    now = sheets.rules(ctx)
    edits = may(ctx, "hours.edit_rules")
    form = RulesForm(request.POST or None, initial={name: getattr(now, name) for name in RulesForm.base_fields})
    tried = Attempt(False)
    if request.method == "POST":
        if not edits:
            raise Denied("Your role does not allow this (change how the house logs hours).")
        tried = attempt(form, lambda given: sheets.edit_rules(ctx, **given))
        if tried.done:
            say(request, "The rules hold from now on. Entries of before keep their hours.")
            return redirect(reverse("settings-hours"))
    values: dict[str, Any] = {
        "form": form,
        "edits": edits,
        "reminders": reminding.reminders(ctx),
        "answer": _answer(now),
        "day": _DAYS[now.remind_on - 1] if 0 < now.remind_on <= len(_DAYS) else "",
    }
    return show_section(request, ctx, "settings-hours", values, status=tried.status)


def _answer(now: RulesRow) -> str:
    step = f"in steps of {now.round_minutes} minutes" if now.round_minutes else "to the minute"
    if not 0 < now.remind_on <= len(_DAYS):
        return f"Timers are booked {step}; nobody is reminded of missing hours."
    return (
        f"Timers are booked {step}; who logged less than {now.remind_below} % of what they could work "
        f"gets a mail on {_DAYS[now.remind_on - 1]}."
    )


@act
def reminders(request: HttpRequest, ctx: Context) -> HttpResponse:
    """Switch the mail about missing hours on or off; administrators also for others."""
    wanted = request.POST.get("wanted") == "1"
    whose = request.POST.get("person", "")
    who = "You are" if not whose else "The person is"
    return pressed(
        request,
        lambda: reminding.set_reminders(ctx, wanted=wanted, **({"person": int(whose)} if whose.isdigit() else {})),
        done=f"{who} reminded of missing hours again." if wanted else f"{who} not reminded any more.",
        to=reverse("settings-hours"),
    )

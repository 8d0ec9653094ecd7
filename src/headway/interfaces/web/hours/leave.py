"""Leave: one's own, asked for here; and that of others for those who decide on it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from headway.areas.hours.sums import plain
from headway.areas.people import away
from headway.areas.people import leave as changes
from headway.areas.people.queries import inside_accounts
from headway.areas.people.types import LeaveKind, LeaveRow, LeaveState
from headway.interfaces.web.context import locale_of
from headway.interfaces.web.frame import Link
from headway.interfaces.web.hours.week import today_of
from headway.interfaces.web.locale import Locale
from headway.interfaces.web.page import act, is_outside, page, say, show
from headway.interfaces.web.submitting import Attempt, attempt, day, one_of, pressed, text
from headway.interfaces.web.templatetags.formats import number, weekday_date
from headway.kernel.access import may
from headway.kernel.context import Context
from headway.kernel.errors import NotFound

_KINDS = {
    LeaveKind.HOLIDAY: "Holiday",
    LeaveKind.SICK: "Sick",
    LeaveKind.PARENTAL: "Parental leave",
    LeaveKind.TRAINING: "Training",
    LeaveKind.OTHER: "Other",
}
_STATES = {
    LeaveState.ASKED: "Asked for",
    LeaveState.APPROVED: "Approved",
    LeaveState.REFUSED: "Refused",
    LeaveState.WITHDRAWN: "Withdrawn",
}
_TONES = {LeaveState.ASKED: "amber", LeaveState.APPROVED: "green", LeaveState.REFUSED: "red"}
_LIVE = (LeaveState.ASKED, LeaveState.APPROVED)


class LeaveForm(forms.Form):
    """Days on which somebody is away."""

    first = day("First day", required=True)
    last = day("Last day", required=True)
    starts_half = forms.BooleanField(label="The first day from noon on", required=False)
    ends_half = forms.BooleanField(label="The last day until noon", required=False)
    kind = one_of("Kind", [(kind.value, label) for kind, label in _KINDS.items()], hint="You and who decides see it.")
    note = text("Note", required=False, length=1000)

    def __init__(self, others: list[tuple[int, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if others:
            self.fields["person"] = one_of("Whose", others, required=False, number=True, hint="Yours, unless you say.")
            self.order_fields(["person", "first", "last"])


@page("POST")
def leave(request: HttpRequest, ctx: Context) -> HttpResponse:
    """One's own leave with the form that asks for more; what others ask for, for those who decide."""
    if is_outside(ctx):
        raise NotFound("There is nothing here.")
    decides = may(ctx, "people.decide_leave")
    me = ctx.actor.person_id
    others = [(pk, name) for pk, name, _, _ in inside_accounts() if pk != me] if decides else []
    form = LeaveForm(others, request.POST or None, initial={"kind": LeaveKind.HOLIDAY.value})
    tried = Attempt(False)
    if request.method == "POST":
        tried = attempt(form, lambda given: _ask(ctx, given))
        if tried.done:
            state = "entered" if tried.result.state is LeaveState.APPROVED else "asked for"
            say(request, f"The leave is {state}.", undo=reverse("leave-withdraw", args=[tried.result.id]))
            return redirect(reverse("leave"))
    today, locale = today_of(ctx), locale_of(request)
    every = away.leaves(ctx)
    own = [row for row in every if row.own]
    values = {
        "form": form,
        "decides": decides,
        "own": [_shown(row, today) for row in own],
        "asked": [_shown(row, today) for row in away.leave_to_decide(ctx)],
        "team": [
            _shown(row, today)
            for row in reversed(every)
            if not row.own and row.state is LeaveState.APPROVED and row.last >= today
        ],
        "answer": _answer(own, today, locale),
    }
    crumbs = (Link("Hours", reverse("my-week")), Link("Leave"))
    return show(request, ctx, "hours/leave.html", values, crumbs=crumbs, status=tried.status)


def _ask(ctx: Context, given: dict[str, Any]) -> LeaveRow:
    person = given.pop("person", None)
    more = {"person": person} if person else {}
    asked: LeaveRow = changes.ask_leave(ctx, **{**given, "kind": LeaveKind(given["kind"])}, **more)
    return asked


def _shown(row: LeaveRow, today: Any) -> dict[str, Any]:
    """A leave with its words; `back`: whether this reader may take it back."""
    begun = row.state is LeaveState.APPROVED and row.first <= today
    return {
        "row": row,
        "kind": _KINDS[row.kind],
        "state": _STATES[row.state],
        "tone": _TONES.get(row.state, ""),
        "days": plain(row.days),
        "back": row.state in _LIVE and not (begun and row.own),
    }


def _answer(own: list[LeaveRow], today: Any, locale: Locale) -> str:
    ahead = sorted((row for row in own if row.state in _LIVE and row.last >= today), key=lambda row: row.first)
    if not ahead:
        return "You have asked for no leave ahead. Approved leave is taken off what you can work."
    row = ahead[0]
    state = "is approved" if row.state is LeaveState.APPROVED else "waits to be decided"
    days = f"{number(row.days, locale)} working {'day' if row.days == 1 else 'days'}"
    return f"Your next leave begins {weekday_date(row.first, locale)}, {days}; it {state}."


@act
def decide(request: HttpRequest, ctx: Context, row: int) -> HttpResponse:
    """Approve a leave, or refuse it with a reason."""
    approve = request.POST.get("act") == "approve"
    return pressed(
        request,
        lambda: changes.decide_leave(ctx, leave=row, approve=approve, reason=request.POST.get("reason", "")[:1000]),
        done="The leave is approved; the person is told." if approve else "The leave is refused; the person is told.",
        to=reverse("leave"),
    )


@act
def withdraw(request: HttpRequest, ctx: Context, row: int) -> HttpResponse:
    """Take a leave back."""
    return pressed(
        request,
        lambda: changes.withdraw_leave(ctx, leave=row),
        done="The leave is taken back; its days count as worked again.",
        to=reverse("leave"),
    )

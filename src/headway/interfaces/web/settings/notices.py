"""One's own settings of notices: digest, working hours, leave, what one is not told of; what one follows and mutes."""

from __future__ import annotations

from datetime import time
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from headway.areas.comms import settings, watching
from headway.areas.comms.holders import word_of
from headway.areas.comms.types import Digest, NoticeReason, NoticeSettingsRow, Watching, WatchRow
from headway.interfaces.web.addresses import go_url
from headway.interfaces.web.context import locale_of
from headway.interfaces.web.locale import Locale
from headway.interfaces.web.page import act, page, pages_in, say
from headway.interfaces.web.settings.sections import opened, show_section
from headway.interfaces.web.submitting import (
    Attempt,
    attempt,
    day,
    one_of,
    pressed,
    several_of,
    start_noted,
    version_field,
)
from headway.interfaces.web.templatetags.formats import weekday_date
from headway.kernel.context import Context
from headway.kernel.errors import NotFound

_DIGESTS = (
    (Digest.WEEKLY.value, "Once a week, when my working week begins"),
    (Digest.DAILY.value, "Every working day, when it begins"),
    (Digest.NONE.value, "No mail: I look into the inbox"),
)
_DAYS = tuple(enumerate(("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"), 1))
_SILENT = {
    NoticeReason.ASSIGNED: "What is given to me",
    NoticeReason.DUE: "Days that come and pass",
    NoticeReason.MOVED: "Tasks and milestones of mine that move",
    NoticeReason.DECIDED: "Decisions on what I asked",
    NoticeReason.ANSWERED: "Answers to what I wrote",
    NoticeReason.FOLLOWED: "Comments on what I follow",
}
_NUMBERS = dict(enumerate(_SILENT))  # the boxes of a form are numbers


class NoticesForm(forms.Form):
    """How one is told."""

    digest = one_of("A mail of what waits in my inbox", _DIGESTS)
    work_days = several_of("I work on", _DAYS)
    starts = forms.TimeField(label="From", widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}))
    ends = forms.TimeField(
        label="To",
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        help_text="Outside these hours, on holidays and while I am away no mail of notices comes.",
    )
    zone = forms.ChoiceField(label="My time zone", required=False)
    away_from = day("Away from")
    away_until = day("Away until", hint="The last day of it. Empty both when you are back.")
    silent = several_of(
        "Do not tell me of",
        [(number, _SILENT[reason]) for number, reason in _NUMBERS.items()],
        required=False,
        hint="Where somebody turns to you, you are always told: mentions, questions, approvals, what is handed to you.",
    )
    version = version_field()

    def __init__(self, *args: Any, house_zone: str, **more: Any) -> None:
        super().__init__(*args, **more)
        zones = [(name, name) for name in sorted(available_timezones())]
        self.fields["zone"].choices = [("", f"The house's ({house_zone})"), *zones]  # type: ignore[attr-defined]


@page("POST")
def notices(request: HttpRequest, ctx: Context) -> HttpResponse:
    """How one is told, to change; what one follows and has muted."""
    opened(ctx, "settings-notices")
    said = settings.notice_settings(ctx)
    stored = _stored(said)
    form = NoticesForm(request.POST or None, initial=stored, house_zone=settings.house_zone())
    start_noted(form)
    done = Attempt(False)
    if request.method == "POST":
        done = attempt(form, lambda given: _save(ctx, given), stored=stored)
        if done.done:
            say(request, "Saved.")
            return redirect(reverse("settings-notices"))
    found = watching.watched(ctx, cursor=request.GET.get("cursor", ""))
    values = {
        "form": form,
        "both": done.both,
        "answer": _answer(ctx, said, locale_of(request)),
        "followed": [_watch(row) for row in found.items if row.how is Watching.FOLLOWED],
        "muted": [_watch(row) for row in found.items if row.how is Watching.MUTED],
        "shown": len(found.items),
        **pages_in(request, found.next),
    }
    return show_section(request, ctx, "settings-notices", values, status=done.status)


def _answer(ctx: Context, said: NoticeSettingsRow, locale: Locale) -> str:
    """When the next mail comes, as a sentence."""
    if said.digest is Digest.NONE:
        return "No digest comes by mail; all you are told stands in the inbox."
    begins = settings.next_digest(ctx)
    if begins is None:
        return "No digest comes: there is no working day in the year ahead."
    return f"The next digest comes {weekday_date(begins, locale)} at {begins:%H:%M}, if anything waits then."


def _stored(said: NoticeSettingsRow) -> dict[str, Any]:
    return {
        "digest": said.digest.value,
        "work_days": list(said.work_days),
        "starts": time.fromisoformat(said.starts),
        "ends": time.fromisoformat(said.ends),
        "zone": said.zone,
        "away_from": said.away_from,
        "away_until": said.away_until,
        "silent": [number for number, reason in _NUMBERS.items() if reason in said.silent],
        "version": said.version,
    }


def _save(ctx: Context, given: dict[str, Any]) -> NoticeSettingsRow:
    here = given["away_from"] is None and given["away_until"] is None
    saved: NoticeSettingsRow = settings.set_notices(
        ctx,
        digest=given["digest"],
        work_days=tuple(given["work_days"]),
        starts=f"{given['starts']:%H:%M}",
        ends=f"{given['ends']:%H:%M}",
        zone=given["zone"],
        away_from=given["away_from"],
        away_until=given["away_until"],
        back=here,
        silent=tuple(_NUMBERS[number] for number in given["silent"]),
        version=given["version"],
    )
    return saved


def _watch(row: WatchRow) -> tuple[WatchRow, str, str]:
    """A record that is followed or muted, where it is, and what its kind is called."""
    word = "project" if row.about_kind == watching.PROJECT else word_of(row.about_kind)
    return row, go_url(row.about_kind, row.about_id), word


@act
def unwatch(request: HttpRequest, ctx: Context) -> HttpResponse:
    """Neither follow nor mute a record any more."""
    word, record, project = (request.POST.get(name, "") for name in ("word", "record", "project"))
    if not record.isdigit() or not project.isdigit():
        raise NotFound("There is nothing here.")
    if word == "project":
        return pressed(
            request,
            lambda: watching.unmute_project(ctx, project=int(project)),
            done="You are told of this project again.",
            to=reverse("settings-notices"),
        )
    return pressed(
        request,
        lambda: watching.unwatch(ctx, project=int(project), about=word, record=int(record)),
        done="You are told of this as of anything else.",
        to=reverse("settings-notices"),
    )

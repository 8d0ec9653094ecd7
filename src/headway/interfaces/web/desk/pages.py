"""The Desk: the brief, the ranked groups, and every act in place. Each act answers with the whole board anew."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.backends.utils import csrf_input
from django.urls import reverse
from django.utils.html import format_html, format_html_join

from headway.areas.capacity.next_up import next_of
from headway.areas.desk import commands, queries
from headway.areas.desk.types import DayAhead, Desk, DeskLine, DoneRow, Group
from headway.interfaces.use_cases import registered
from headway.interfaces.web.addresses import PAGES, go_url
from headway.interfaces.web.capacity.next_up import next_shown
from headway.interfaces.web.desk.lines import Refused, as_line, brief_of, groups_of, row_id
from headway.interfaces.web.frame import Link
from headway.interfaces.web.page import act, page, say, show, warn
from headway.interfaces.web.projects.activity import act_words
from headway.interfaces.web.submitting import attempt, one_of, words
from headway.interfaces.web.templatetags.formats import sprite
from headway.kernel.context import Context
from headway.kernel.errors import Conflict, Denied, Invalid, NotFound, Unavailable

_LATER = {"3h": "3 hours", "tomorrow": "tomorrow", "monday": "next Monday"}


@dataclass(frozen=True, slots=True)
class Said:
    """What an act did; `undo` is the address that takes it back with `name`=`value`."""

    text: str
    undo: str = ""
    name: str = ""
    value: str = ""


class DelegateForm(forms.Form):
    """To whom, with which words."""

    to = one_of("To", (), number=True)
    note = words("Note", hint="What they should know; they read it in their inbox and on their Desk.", rows=2)

    def __init__(self, *args: Any, people: list[tuple[int, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["to"].choices = people  # type: ignore[attr-defined]


@page()
def desk(request: HttpRequest, ctx: Context) -> HttpResponse:
    """What needs this person today, the weightiest first; `group` shows one group in full."""
    return _board(request, ctx)


@act
def carry_out(request: HttpRequest, ctx: Context) -> HttpResponse:
    """Carry out a line's main act with what was typed beside it."""
    key = request.POST.get("key", "")
    typed = {name: str(text) for name, text in request.POST.items() if name.startswith("ask-")}
    try:
        line = queries.line(ctx, key=key)
        registered(line.act.use_case).call_json(ctx, {**line.act.inputs, **_asked(line, request.POST)})
    except NotFound:
        return _again(request, ctx, said=Said(queries.GONE))
    except (Invalid, Conflict, Unavailable, Denied) as refusal:
        return _again(request, ctx, refused=Refused(key, refusal.message, typed), status=refusal.status)
    return _again(request, ctx, said=Said(f"Done: {line.act.label.lower()}. {line.what}"))


def _asked(line: DeskLine, given: Mapping[str, str]) -> dict[str, str]:
    """What the act asks for, by input. A line whose act only opens a page has none, and is refused."""
    if not line.act.use_case:
        raise Conflict("This line is done on its own page. Open it.")
    found = {ask.name: given.get(f"ask-{ask.name}", "").strip() for ask in line.act.asks}
    empty = [ask.label for ask in line.act.asks if not found[ask.name]]
    if empty:
        raise Invalid(f"Fill in: {', '.join(empty)}.")
    return found


@act
def snooze(request: HttpRequest, ctx: Context) -> HttpResponse:
    """Set a line aside for hours, until tomorrow or until Monday."""
    key, later = request.POST.get("key", ""), request.POST.get("later", "tomorrow")
    today = queries.today(ctx)
    if later == "3h":
        change = partial(commands.snooze, ctx, key=key, hours=3)
        text = "Set aside, back in 3 hours."
    else:
        ahead = 7 - today.weekday() if later == "monday" else 1
        change = partial(commands.snooze, ctx, key=key, until=today + timedelta(days=ahead))
        text = f"Set aside, back {_LATER.get(later, 'tomorrow')}."
    return _changed(request, ctx, change, Said(text, reverse("desk-unsnooze"), "key", key))


@act
def unsnooze(request: HttpRequest, ctx: Context) -> HttpResponse:
    """Bring a line back now."""
    key = request.POST.get("key", "")
    return _changed(request, ctx, lambda: commands.unsnooze(ctx, key=key), Said("It stands here again."))


@page("POST")
def delegate(request: HttpRequest, ctx: Context) -> HttpResponse:
    """Hand a line to a colleague of its project."""
    key = request.POST.get("key") or request.GET.get("key", "")
    line = queries.line(ctx, key=key)
    people = [(who.person_id, who.name) for who in queries.colleagues(ctx, key=key)]
    form = DelegateForm(request.POST or None, people=people)
    status = 200
    if request.method == "POST":
        done = attempt(form, lambda given: commands.delegate(ctx, key=key, **given))
        if done.done:
            told = Said(f"With {done.result.to_person} now; they are told.", *_take_back(done.result.id))
            return _again(request, ctx, said=told)
        status = done.status
    values = {"row": as_line(line, queries.today(ctx)), "form": form, "people": people}
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "desk/delegate_dialog.html", values, status=status)
    crumbs = (Link("Desk", reverse("desk")), Link("Hand on"))
    return show(request, ctx, "desk/delegate.html", values, crumbs=crumbs, status=status)


def _take_back(delegation: int) -> tuple[str, str, str]:
    return reverse("desk-take-back"), "delegation", str(delegation)


@act
def take_back(request: HttpRequest, ctx: Context) -> HttpResponse:
    """End a delegation that one gave or got."""
    given = request.POST.get("delegation", "")
    return _changed(
        request, ctx, lambda: commands.take_back(ctx, delegation=given), Said("It is not handed on any more.")
    )


def _changed(request: HttpRequest, ctx: Context, change: Callable[[], Any], said: Said) -> HttpResponse:
    try:
        change()
    except NotFound:
        return _again(request, ctx, said=Said(queries.GONE))
    except (Invalid, Conflict) as refusal:
        return _again(
            request, ctx, refused=Refused(request.POST.get("key", ""), refusal.message, {}), status=refusal.status
        )
    return _again(request, ctx, said=said)


def _again(
    request: HttpRequest, ctx: Context, *, said: Said | None = None, refused: Refused | None = None, status: int = 200
) -> HttpResponse:
    """The board after an act: in place where the page asked for it, else the page anew."""
    if request.htmx:  # type: ignore[attr-defined]
        return _board(request, ctx, said=said, refused=refused, status=status)
    if refused is not None:
        warn(request, refused.text)
    elif said is not None:
        say(request, said.text)
    return redirect(reverse("desk"))


def _board(
    request: HttpRequest, ctx: Context, *, said: Said | None = None, refused: Refused | None = None, status: int = 200
) -> HttpResponse:
    found = queries.show(ctx)
    only = request.GET.get("group") or request.POST.get("group", "")
    only = only if only in {group.value for group in Group} else ""
    shown = groups_of(found, only=only, refused=refused)
    count = sum(len(group.lines) for group in found.groups)
    values = {
        "desk": found,
        "today": found.day,
        "brief": brief_of(found),
        "groups": shown,
        "only": only,
        "only_title": Group(only).title if only else "",
        "count": count,
        "snoozed": [as_line(line, found.day) for line in found.snoozed],
        "next_up": next_shown(request, next_of(ctx, found)) if count and not only else None,
        "ahead": _ahead(found),
        "done": _done(found.done),
        "said": said,
        **_of_every_line(request, only),
    }
    if request.htmx and request.method == "POST":  # type: ignore[attr-defined]
        return render(request, "desk/board.html", values, status=status)
    return show(request, ctx, "desk/desk.html", values, status=status)


def _of_every_line(request: HttpRequest, only: str) -> dict[str, str]:
    """What all lines write alike, made once: the heads of their forms, buttons, icons.

    A form's head ends its tag and holds its token and the group that is shown alone.
    """
    within = format_html('{}<input type="hidden" name="group" value="{}">', csrf_input(request), only)
    icon = '<svg class="hw-icon hw-icon-small" aria-hidden="true"><use href="{}#{}"></use></svg>'
    later = (("for" if value == "3h" else "until", value, words) for value, words in _LATER.items())
    button = '<button class="btn btn-quiet" type="submit" name="later" value="{1}">Set aside {0} {2}</button>'
    return {
        "act_form": _form_head(reverse("desk-act"), within),
        "snooze_form": _form_head(reverse("desk-snooze"), within),
        "take_back_url": reverse("desk-take-back"),
        "delegate_url": reverse("desk-delegate"),
        "later_buttons": format_html_join("", button, later),
        "icon_later": format_html(icon, sprite(), "clock"),
        "icon_more": format_html(icon, sprite(), "dots"),
    }


def _form_head(address: str, within: str) -> str:
    head = 'method="post" action="{0}" hx-post="{0}" hx-target="#desk-board" hx-swap="outerHTML" data-no-draft>{1}'
    return format_html(head, address, within)


def _ahead(found: Desk) -> list[tuple[DayAhead, list[tuple[DeskLine, str]], int]]:
    """Working days, and weekend days on which something falls, with the first lines of each."""
    lines = {line.key: line for group in found.groups for line in group.lines}
    days = [day for day in found.ahead if day.keys or day.day.weekday() < 5]
    return [(day, [(lines[key], row_id(key)) for key in day.keys[:3]], max(0, len(day.keys) - 3)) for day in days]


def _done(rows: Iterable[DoneRow]) -> list[tuple[DoneRow, str, str, int]]:
    """What was done, with its words and address; the same act again and again stands once, with its number."""
    found: list[tuple[DoneRow, str, str, int]] = []
    for row in rows:
        last = found[-1][0] if found else None
        if last is not None and (last.use_case, last.project_id) == (row.use_case, row.project_id):
            found[-1] = (*found[-1][:2], "", found[-1][3] + 1)
        else:
            href = go_url(row.kind, row.record_id) if row.kind in PAGES else ""
            words_ = act_words(row.use_case)
            found.append((row, words_[:1].upper() + words_[1:], href, 1))
    return found

"""Telling news by a mailed link: the link shows, a POST saves or sends, and whoever came is nobody to everything else.

However a browser is signed in, the page acts on the link alone. Links that do not exist, visits and saves are counted
and limited by the minute.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.urls import reverse

from headway.areas.schedule import answering, updates
from headway.areas.schedule.update_types import AskedOf, TaskNews
from headway.interfaces.limits import spend
from headway.interfaces.web.by_link import opened, unlisted
from headway.interfaces.web.news.forms import asked_tasks, news_from, told_words
from headway.interfaces.web.page import say
from headway.kernel.context import NOBODY, Context
from headway.kernel.errors import Conflict, Invalid

_GONE = 410
SAVES = 20  # a minute, of one link


def news(request: HttpRequest, token: str) -> HttpResponse:
    """What the link asks; `send` sends it, anything else keeps it to be completed."""
    if request.method not in ("GET", "HEAD", "POST"):
        return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
    ctx, asked = opened(
        request, lambda visitor: updates.update_by_link(visitor, token=token), name=lambda found: f"news {found.id}"
    )
    typed: tuple[TaskNews, ...] | None = None
    refusal: Invalid | None = None
    if request.method == "POST" and asked.open:
        spend(f"news {asked.id}", "saves by a link", limit=SAVES)
        ctx = ctx.but(actor=replace(NOBODY, name=f"{asked.person}, by a mailed link"))
        typed = news_from(request, asked)
        refusal = taken(request, asked, _answer(ctx, token, typed))
        if refusal is None:
            return unlisted(redirect(reverse("news", args=[token])))
    return unlisted(_shown(request, asked, typed, refusal))


def _answer(ctx: Context, token: str, typed: tuple[TaskNews, ...]) -> Callable[[bool], object]:
    return lambda send: answering.answer_by_link(ctx, token=token, news=typed, send=send)


def taken(request: HttpRequest, asked: AskedOf, answer: Callable[[bool], object]) -> Invalid | None:
    """Keep or send what was typed and say so; gives why it was refused."""
    send = "send" in request.POST
    try:
        answer(send)
    except Invalid as refusal:
        return refusal
    except Conflict as refusal:
        return Invalid(refusal.message)
    if not send:
        say(request, "Kept. Send it when it is complete.")
    return None


def _shown(
    request: HttpRequest, asked: AskedOf, typed: tuple[TaskNews, ...] | None, refusal: Invalid | None
) -> HttpResponse:
    if not asked.open:
        answered = asked.answered_at is not None
        values = {"asked": asked, "told": [(row, told_words(row)) for row in asked.tasks if row.answer]}
        return render(request, "news/over.html", values, status=200 if answered else _GONE)
    values = {"asked": asked, "items": asked_tasks(asked, typed, refusal), "refusal": refusal}
    return render(request, "news/news.html", values, status=422 if refusal is not None else 200)

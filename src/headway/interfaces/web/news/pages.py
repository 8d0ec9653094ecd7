"""Telling news or figures by a mailed link: it shows, a POST saves or sends, and whoever came is nobody elsewhere.

However a browser is signed in, the page acts on the link alone. Links that do not exist, visits and saves are counted
and limited by the minute.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.urls import reverse

from headway.areas.schedule import answering, figures, updates
from headway.areas.schedule.question_types import GivenAnswer
from headway.areas.schedule.update_types import AskedOf, TaskNews
from headway.interfaces.limits import spend
from headway.interfaces.web.by_link import opened, unlisted
from headway.interfaces.web.news.figures import asked_figures, figures_from, told_figures
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
    if request.method != "POST" or not asked.open:
        return unlisted(_shown(request, asked))
    spend(f"news {asked.id}", "saves by a link", limit=SAVES)
    ctx = ctx.but(actor=replace(NOBODY, name=f"{asked.person}, by a mailed link"))
    if asked.questions:
        answers = figures_from(request, asked)
        refusal = taken(request, asked, _answer_figures(ctx, token, answers))
        shown = asked_figures(asked, answers, refusal) if refusal is not None else ()
        return unlisted(_after(request, asked, token, refusal, shown))
    typed = news_from(request, asked)
    refusal = taken(request, asked, _answer(ctx, token, typed))
    items = asked_tasks(asked, typed, refusal) if refusal is not None else ()
    return unlisted(_after(request, asked, token, refusal, items))


def _answer(ctx: Context, token: str, typed: tuple[TaskNews, ...]) -> Callable[[bool], object]:
    return lambda send: answering.answer_by_link(ctx, token=token, news=typed, send=send)


def _answer_figures(ctx: Context, token: str, typed: tuple[GivenAnswer, ...]) -> Callable[[bool], object]:
    return lambda send: figures.answer_figures_by_link(ctx, token=token, answers=typed, send=send)


def _after(
    request: HttpRequest, asked: AskedOf, token: str, refusal: Invalid | None, items: Sequence[object]
) -> HttpResponse:
    """The page again after what was sent was kept; or as it was typed, with why it was refused."""
    if refusal is None:
        return redirect(reverse("news", args=[token]))
    return render(request, _template(asked), {"asked": asked, "items": items, "refusal": refusal}, status=422)


def _template(asked: AskedOf) -> str:
    return "news/figures.html" if asked.questions else "news/news.html"


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


def _shown(request: HttpRequest, asked: AskedOf) -> HttpResponse:
    if not asked.open:
        answered = asked.answered_at is not None
        values = {
            "asked": asked,
            "told": [(row, told_words(row)) for row in asked.tasks if row.answer],
            "figures": told_figures(asked.questions),
        }
        return render(request, "news/over.html", values, status=200 if answered else _GONE)
    items = asked_figures(asked) if asked.questions else asked_tasks(asked)
    return render(request, _template(asked), {"asked": asked, "items": items})

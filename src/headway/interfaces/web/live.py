"""What an open page asks every few seconds: am I still signed in, and has something I see changed?

The answer is small and the question does not count as use of the session, which so ends in its time.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.views.decorators.http import require_safe

from headway.areas.projects.queries import change_mark
from headway.interfaces.actors import context_of
from headway.interfaces.web.frame import Live
from headway.kernel.context import Channel, Context


@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """Who is signed in, a token for the next form, and the mark of `?project=KEY` or of all projects; else 401."""
    ctx = context_of(request, channel=Channel.WEB)
    if ctx.actor.user_id is None:
        return JsonResponse({"title": "Sign in first."}, status=401)
    mark, who = change_mark(ctx, request.GET.get("project", ""))
    return JsonResponse({"person": ctx.actor.user_id, "token": get_token(request), "mark": mark, "who": who})


@require_safe
def signed_in_again(request: HttpRequest) -> HttpResponse:
    """Where signing in ends that was done beside an open page: go back to it."""
    return render(request, "frame/signed_in_again.html")


def live_of(request: HttpRequest, ctx: Context, key: str) -> Live:
    """What the page begins from; taken before its rows are read, so that no change falls between."""
    mark, _ = change_mark(ctx, key)
    return Live(person=ctx.actor.user_id or 0, project=key, mark=mark)

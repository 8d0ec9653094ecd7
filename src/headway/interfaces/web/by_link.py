"""Pages that a mailed link opens without signing in: whoever came is nobody, and the link alone says what is shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from django.http import HttpRequest, HttpResponse

from headway.interfaces.limits import spend
from headway.interfaces.web.headers import reference_of
from headway.kernel.context import NOBODY, Channel, Context, clock
from headway.kernel.errors import Invalid, NotFound

WRONG_LINKS, VISITS = 30, 60  # a minute: of one address, of one link

Found = TypeVar("Found")


def opened(
    request: HttpRequest, read: Callable[[Context], Found], *, name: Callable[[Found], str]
) -> tuple[Context, Found]:
    """Who came by a link, and what it opens; wrong links and visits are counted and limited by the minute.

    read  gives what the link opens; raises NotFound or Invalid for a link that is not ours.
    name  what visits of this link are counted under.
    """
    ctx = Context(actor=NOBODY, now=clock(), channel=Channel.PORTAL)
    ctx = ctx.but(correlation=reference_of(request) or ctx.correlation)
    try:
        found = read(ctx)
    except (NotFound, Invalid) as wrong:
        spend(str(request.META.get("REMOTE_ADDR", "")), "links that do not exist", limit=WRONG_LINKS)
        raise NotFound("There is nothing here.") from wrong
    spend(name(found), "visits of a link", limit=VISITS)
    return ctx, found


def unlisted(response: HttpResponse) -> HttpResponse:
    """The link stands in the address: no search is to keep it. (No other host learns it: the policy is same-origin.)"""
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response

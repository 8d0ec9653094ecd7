"""Stopping a digest by the link in it, without signing in: a GET shows, since programs follow links, a POST stops.

Mail programs send the POST by themselves (RFC 8058), without a cookie or a token of ours: the signature in the link is
the proof, and all that it opens is this one choice.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt

from headway.areas.comms import settings
from headway.areas.comms.types import Digest
from headway.interfaces.limits import spend
from headway.interfaces.web.headers import reference_of
from headway.kernel.context import NOBODY, Channel, Context, clock
from headway.kernel.errors import Invalid, NotFound

WRONG_LINKS, VISITS = 30, 60  # a minute: of one address, of one link


@csrf_exempt
def digest(request: HttpRequest, token: str) -> HttpResponse:
    """How often the digest comes; a POST stops it, or brings it back where `digest` says how often."""
    if request.method not in ("GET", "HEAD", "POST"):
        return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
    ctx = Context(actor=NOBODY, now=clock(), channel=Channel.PORTAL)
    ctx = ctx.but(correlation=reference_of(request) or ctx.correlation)
    try:
        found = settings.digest_by_link(ctx, token=token)
    except (NotFound, Invalid) as wrong:
        spend(str(request.META.get("REMOTE_ADDR", "")), "links that do not exist", limit=WRONG_LINKS)
        raise NotFound("There is nothing here.") from wrong
    spend(f"digest {token}", "visits of a link", limit=VISITS)
    done = request.method == "POST"
    if done:
        wanted = next((item for item in Digest if item.value == request.POST.get("digest")), Digest.NONE)
        found = settings.set_digest_by_link(ctx, token=token, digest=wanted)
    response = render(request, "digest/digest.html", {"found": found, "done": done})
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response

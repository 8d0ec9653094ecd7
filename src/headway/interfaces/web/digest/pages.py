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
from headway.interfaces.web.by_link import opened, unlisted


@csrf_exempt
def digest(request: HttpRequest, token: str) -> HttpResponse:
    """How often the digest comes; a POST stops it, or brings it back where `digest` says how often."""
    if request.method not in ("GET", "HEAD", "POST"):
        return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
    ctx, found = opened(
        request, lambda visitor: settings.digest_by_link(visitor, token=token), name=lambda _: f"digest {token}"
    )
    done = request.method == "POST"
    if done:
        wanted = next((item for item in Digest if item.value == request.POST.get("digest")), Digest.NONE)
        found = settings.set_digest_by_link(ctx, token=token, digest=wanted)
    return unlisted(render(request, "digest/digest.html", {"found": found, "done": done}))

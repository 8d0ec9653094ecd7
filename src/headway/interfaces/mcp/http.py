"""`/mcp`: MCP over HTTP, one POST and one answer, nothing kept between. The token is looked at before anything else."""

from __future__ import annotations

import importlib
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse

from headway.interfaces.actors import context_of, token_key, token_of
from headway.interfaces.api.guard import guarded
from headway.interfaces.limits import spend
from headway.interfaces.mcp import tools
from headway.interfaces.mcp.tools import Answer
from headway.kernel import settings
from headway.kernel.context import Channel
from headway.kernel.errors import Denied, Invalid, TooMany

_SKIPPED = frozenset({"content-length", "connection", "transfer-encoding"})


class ForeignOrigin(Denied):
    """A page of another site asked."""

    code = "origin"


@guarded("POST")
def endpoint(request: HttpRequest) -> HttpResponse:
    """POST /mcp."""
    token_of(request)
    ctx = context_of(request, channel=Channel.MCP)
    _own_origin(request)
    if request.content_type != "application/json":
        raise Invalid("Send the message as application/json.")

    def call(name: str, arguments: dict[str, Any]) -> Answer:
        try:
            spend(token_key(request), "MCP calls", limit=settings.read().mcp_calls)
        except TooMany as error:
            return tools.refused(error)
        return tools.call(ctx, name, arguments)

    # The SDK is loaded by the first call: a workspace that nobody asks over MCP does without its memory.
    sdk = importlib.import_module("headway.interfaces.mcp.server")
    given = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in _headers(request)]
    status, headers, body = sdk.exchange(call, path=request.path, headers=given, body=request.body)
    response = HttpResponse(body, status=status)
    for name, value in headers:
        if name.decode("latin-1").lower() not in _SKIPPED:
            response.headers[name.decode("latin-1")] = value.decode("latin-1")
    response.headers["Cache-Control"] = "no-store"
    return response


def _headers(request: HttpRequest) -> list[tuple[str, str]]:
    """What the SDK may see: not the token, and no cookie."""
    return [(name, value) for name, value in request.headers.items() if name not in ("Authorization", "Cookie")]


def _own_origin(request: HttpRequest) -> None:
    """A browser names the page that asks: only our own may. Programs name none."""
    origin = request.headers.get("Origin")
    if origin is None:
        return
    own = {urlsplit(settings.read().base_url).netloc, request.get_host()}
    if urlsplit(origin).netloc not in own:
        raise ForeignOrigin("MCP answers no page of another site.")

"""`headway mcp`: MCP over standard input and output, acting with HEADWAY_TOKEN or not at all."""

from __future__ import annotations

import asyncio
import os
from typing import Any

from asgiref.sync import sync_to_async
from django.db import close_old_connections
from mcp.server.stdio import stdio_server

from headway.areas.people import commands as people_commands
from headway.areas.people import queries as people
from headway.interfaces.limits import spend
from headway.interfaces.mcp import tools
from headway.interfaces.mcp.server import server
from headway.interfaces.mcp.tools import Answer
from headway.kernel import settings
from headway.kernel.context import Channel
from headway.kernel.errors import HeadwayError, SignInRequired


def serve() -> None:
    """Answer until standard input ends. Raises SignInRequired without a token that works."""
    secret = os.environ.get("HEADWAY_TOKEN", "").strip()
    if not secret:
        raise SignInRequired("MCP acts on an access token: set HEADWAY_TOKEN ('headway token create' makes one).")
    if people_commands.context_of_token(secret, channel=Channel.MCP) is None:
        raise SignInRequired("The token in HEADWAY_TOKEN is unknown, expired or revoked.")
    asyncio.run(_serve(secret))


async def _serve(secret: str) -> None:
    await sync_to_async(tools.listing)()

    def call(name: str, arguments: dict[str, Any]) -> Answer:
        close_old_connections()  # one that has lain idle may be dead
        return answer(secret, name, arguments)

    app = server(call)
    async with stdio_server() as (incoming, outgoing):
        await app.run(incoming, outgoing, app.create_initialization_options())


def answer(secret: str, name: str, arguments: dict[str, Any]) -> Answer:
    """One call; the token is looked up each time, so that a revoked one is dead at once."""
    try:
        ctx = people_commands.context_of_token(secret, channel=Channel.MCP)
        if ctx is None:
            raise SignInRequired("This access token is unknown, expired or revoked.")
        spend(people.secret_hash(secret), "MCP calls", limit=settings.read().mcp_calls)
    except HeadwayError as error:
        return tools.refused(error)
    return tools.call(ctx, name, arguments)
